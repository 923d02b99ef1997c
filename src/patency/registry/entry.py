"""One version of one record, and how what it says is written down to be sealed.

A value is what practice reads of a cell: the name of an answer ("yes" and "no" too), a number, a date, several names, or the
reason why there is none; a number or a date may also be a Span. What is not in `values` was not answered: that is neither
No nor nought. Of a filled-in scale, the answers to its items stand in `values` under `answers.` and the item's name.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from patency.case import Absence, Span
from patency.practice.cells import Answer

Value = Answer | Span | Absence
ITEMS = "answers."  # what the answers to a scale's items are named by, before the item's own name


class New(NamedTuple):
    """A record that is to be added: what it says, and the record it hangs on; for a patient, and what hangs on none, ""."""

    kind: str
    values: Mapping[str, Value]
    patient: str = ""
    parent: str = ""
    id: str = ""


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


def packed(values: Mapping[str, Value], reason: str = "") -> bytes:
    """Return what a record says as one line of JSON: v, plain values; d, dates; s, spans; a, absences; i, a scale's answers."""
    said: dict[str, dict[str, Any]] = {}
    for name in sorted(values):
        value = values[name]
        if isinstance(value, Absence):
            said.setdefault("a", {})[name] = value.value
        elif isinstance(value, Span):
            said.setdefault("s", {})[name] = [value.low, value.high]
        elif name.startswith(ITEMS):
            said.setdefault("i", {})[name[len(ITEMS) :]] = _plain(value)
        elif isinstance(value, date):
            said.setdefault("d", {})[name] = value.isoformat()
        else:
            said.setdefault("v", {})[name] = _plain(value)
    return _written(said | ({"r": reason} if reason else {}))


def _written(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


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
