"""What may be asked of the interface for programs: one Verb is one row of the table that makes its routes and its description.

In: Asked, what a request brings. Out: a value that JSON can write; or Declined, with Faults and a status.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from patency.fault import Fault

ROOT = "/api/1"  # the 1 is the version of the interface: what a program relies on stays, or the number changes


class Part(NamedTuple):
    """A part of an address, in its path or after the question mark; `allowed` are its values, none meaning any text."""

    name: str
    says: str
    allowed: tuple[str, ...] = ()


class Asked(NamedTuple):
    """What a request brings: the names in its path, those after the question mark, and its body with its media type."""

    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: bytes = b""
    media_type: str = ""


class Verb(NamedTuple):
    """One thing that may be asked: how, what it says, the schema of its answer, and what answers it.

    `parts` stand in its path, `queries` after the question mark; `tried` is a request that serves as its example;
    `may_refuse` says whether it may be understood and yet refused.
    """

    method: str
    path: str
    name: str
    says: str
    about: str
    answers: str
    answer: Callable[[Asked], Mapping[str, Any]]
    takes_case: bool = False
    parts: tuple[Part, ...] = ()
    queries: tuple[Part, ...] = ()
    may_refuse: bool = False
    may_wait: bool = False
    tried: Asked | None = None
    media_type: str = "application/json"


class Declined(Exception):  # noqa: N818  it is not an error of the program but an answer to its user
    """A request that is not answered: with which status, and every Fault; `meanwhile` is what cannot wait until it is mended."""

    def __init__(self, status: int, faults: Iterable[Fault], meanwhile: Sequence[str] = ()) -> None:
        self.status, self.faults, self.meanwhile = status, tuple(sorted(set(faults))), meanwhile
        super().__init__(status)
