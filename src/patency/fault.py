"""A mistake as a value: where it is, what it is, why it matters, how to mend it.

Readers collect every Fault they find and refuse the whole file with all of them at once.
What Patency itself does wrongly is an ordinary exception and keeps its traceback.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; line 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something a person wrote that cannot be used as it stands."""

    where: Place
    what: str
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  why: {self.why}\n  fix: {self.fix}"


class Refused(Exception):  # noqa: N818  it is not an error of the program but an answer to its user
    """A file or a command that was refused whole, with every Fault found in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(name: str, names: Iterable[str], otherwise: str) -> str:
    """Propose the name the person most likely meant, or say what to do otherwise."""
    from difflib import get_close_matches  # only a mistake needs it, and it is slow to load

    close = get_close_matches(name.lower(), sorted(names), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else otherwise


def listed(words: Sequence[str], joiner: str = "or") -> str:
    """Join words as a sentence does: 'a, b or c'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joiner} {words[-1]}"
