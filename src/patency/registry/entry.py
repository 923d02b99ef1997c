"""One version of one record, and how what it says is written down to be sealed.

A value is what practice reads of a cell: the name of an answer ("yes" and "no" too), a number, a date, several names, or the
reason why there is none; a number or a date may also be a Span. What is not in `values` was not answered: that is neither
No nor nought. Of a filled-in scale, the answers to its items stand in `values` under `answers.` and the item's name.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, NamedTuple

from patency.case import Absence, Span
from patency.practice.cells import Answer

Value = Answer | Span | Absence
SECTIONS = ("v", "d", "i", "s", "a")  # of the line that is sealed, in order
_ID = re.compile("[0-9a-f]{32}")
ITEMS = "answers."  # what the answers to a scale's items are named by, before the item's own name


class New(NamedTuple):
    """A record that is to be added: what it says, and the record it hangs on; for a patient, and what hangs on none, ""."""

    kind: str
    values: Mapping[str, Value]
    patient: str = ""
    parent: str = ""
    id: str = ""


class Packed(NamedTuple):
    """A record that is to be added, what it says packed already, by a reader that has checked it."""

    kind: str
    content: bytes
    patient: str
    parent: str
    id: str


class Entry(NamedTuple):
    """One version of one record, as the registry keeps it; `at` is the moment it was written, in UTC.

    A void entry says that the record should never have been there. A patient's `id` is their `patient` too.
    """

    kind: str
    id: str
    version: int
    site: str
    patient: str
    parent: str
    values: Mapping[str, Value]
    author: str
    at: datetime
    reason: str = ""
    is_void: bool = False


def is_id(text: str) -> bool:
    """Whether a text has the form of a record's id."""
    return _ID.fullmatch(text) is not None


def packed(values: Mapping[str, Value], reason: str = "") -> bytes:
    """Return what a record says as one line of JSON: v, plain values; d, dates; i, a scale's answers; s, spans; a, absences."""
    said: dict[str, list[str]] = {}
    for name in sorted(values):
        section, text = fragment(name, values[name])
        said.setdefault(section, []).append(text)
    sections = [section_of(section, ",".join(said[section])) for section in SECTIONS if section in said]
    return line_of([*sections, _named("r", reason)] if reason else sections)


def fragment(name: str, value: Value) -> tuple[str, str]:
    """Return the section of the line in which a value stands, and how it stands there."""
    if isinstance(value, Absence):
        return "a", _named(name, value.value)
    if isinstance(value, Span):
        return "s", _named(name, [value.low, value.high])
    if name.startswith(ITEMS):
        return "i", _named(name[len(ITEMS) :], _plain(value))
    if isinstance(value, date):
        return "d", _named(name, value.isoformat())
    return "v", _named(name, _plain(value))


def section_of(section: str, text: str) -> str:
    """Return a section of the line, of the fragments that stand in it."""
    return f'"{section}":{{{text}}}'


def line_of(sections: Iterable[str]) -> bytes:
    """Return the line of JSON that has these sections."""
    return f"{{{','.join(sections)}}}".encode()


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_quoted = cache(_json)  # the names of items are few


def _named(name: str, value: Any) -> str:
    if type(value) is str:
        return f"{_quoted(name)}:{encode_basestring(value)}"
    return (
        f"{_quoted(name)}:{value!r}" if type(value) is float and isfinite(value) else f"{_quoted(name)}:{_json(value)}"
    )


def _plain(value: Answer) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return {"d": value.isoformat()}  # among a scale's answers, whose kinds the line does not say
    return value


def unpacked(content: bytes) -> tuple[dict[str, Value], str]:
    """Return what a sealed line says, and the reason it was written for."""
    said = json.loads(content)
    values: dict[str, Value] = {name: _meant(value) for name, value in said.get("v", {}).items()}
    values |= {name: date.fromisoformat(value) for name, value in said.get("d", {}).items()}
    values |= {ITEMS + name: _meant(value) for name, value in said.get("i", {}).items()}
    values |= {name: Span(low, high) for name, (low, high) in said.get("s", {}).items()}
    values |= {name: Absence(value) for name, value in said.get("a", {}).items()}
    return values, said.get("r", "")


def _meant(value: Any) -> Value:
    if isinstance(value, list):
        return frozenset(value)
    if isinstance(value, dict):
        return date.fromisoformat(value["d"])
    if isinstance(value, int):
        return float(value)
    assert isinstance(value, (str, float)), "nothing else was written"
    return value


def now() -> datetime:
    """Return this moment, to the microsecond, in UTC."""
    return datetime.now(UTC)


def stamped(moment: datetime) -> str:
    """Return a moment as the tables keep it: ISO 8601, UTC, to the microsecond."""
    return moment.isoformat(timespec="microseconds")


def unstamped(text: str) -> datetime:
    """Return the moment that the tables keep."""
    return datetime.fromisoformat(text)
