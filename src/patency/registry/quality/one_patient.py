"""One patient's records as conditions see them: what each says, what those above it say, and which hang together.

Records that are void are not there, and neither is what a missing record would say. Only the items that some rule looks at
are gathered from the records above.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from patency.case import Absence, Span, Value
from patency.instrument.model import Item
from patency.practice.conditions import value_of
from patency.registry.entry import Entry


class At:
    """One record as conditions see it: what it says, what those above it say, and the patient whose it is."""

    __slots__ = ("above", "entry", "own", "patient")

    def __init__(self, entry: Entry, above: Mapping[str, Any], patient: "Patient") -> None:
        self.entry, self.own, self.above, self.patient = entry, entry.values, above, patient

    def raw(self, name: str) -> Any:
        """Return what the record, or one above it, says under a name; None where nothing."""
        value = self.own.get(name)
        return self.above.get(name) if value is None else value


class Patient:
    """The records of one patient, and which hangs on which."""

    def __init__(self, entries: Iterable[Entry], wanted: Mapping[str, Mapping[str, str]], on: date) -> None:
        self.on = on
        self.known: dict[
            object, Any
        ] = {}  # what measures of repeats have gathered, by the place whose records they are
        self._wanted = wanted
        self._by_id: dict[str, Entry] = {}
        self.of_kind: dict[str, list[Entry]] = {}
        for entry in entries:
            if not entry.is_void:
                self._by_id[entry.id] = entry
                self.of_kind.setdefault(entry.kind, []).append(entry)
        self._above: dict[str, dict[str, Any]] = {"": {}}
        self._at: dict[str, At] = {}
        self._within: dict[tuple[str, str], dict[str, list[At]]] = {}

    def at(self, entry: Entry) -> At:
        """Return a record as conditions see it."""
        at = self._at.get(entry.id)
        if at is None:
            at = self._at[entry.id] = At(entry, self._said_above(entry.parent), self)
        return at

    def _said_above(self, parent: str) -> dict[str, Any]:
        """Return what a record and those it hangs on say, each item after the name of its kind."""
        if parent not in self._above:
            entry = self._by_id.get(parent)
            said: dict[str, Any] = {}
            if entry is not None:
                values = entry.values
                said = {name: values[item] for item, name in self._wanted.get(entry.kind, {}).items() if item in values}
                said = self._said_above(entry.parent) | said
            self._above[parent] = said
        return self._above[parent]

    def place_of(self, entry: Entry, kind: str) -> str:
        """Return the record of a kind that this one is, or hangs on; "" where it is not there."""
        found: Entry | None = entry
        while found is not None and found.kind != kind:
            found = self._by_id.get(found.parent)
        return "" if found is None else found.id

    def within(self, kind: str, place: str, of: str) -> Sequence[At]:
        """Return the records of a kind that hang on one record, which is of the kind `of`."""
        if (kind, of) not in self._within:
            groups: dict[str, list[At]] = {}
            for entry in self.of_kind.get(kind, ()):
                groups.setdefault(self.place_of(entry, of), []).append(self.at(entry))
            self._within[kind, of] = groups
        return self._within[kind, of].get(place, ()) if place else ()

    def forget(self) -> None:
        """Let go of what was gathered: each record knows its patient, and so nothing would be freed until it is looked for."""
        self._at.clear()
        self._within.clear()
        self.known.clear()


Reckoned = Callable[[At], Value | None]


def value_in(item: Item, raw: Any) -> Value | None:
    """Return what a record says as the language knows it; nothing, where it gives a reason for saying nothing."""
    if raw is None or isinstance(raw, Absence):
        return None
    return raw if isinstance(raw, Span) else value_of(item, raw)


def day_of(raw: Any) -> Span | None:
    """Return a date as the day it is, counted from year 1."""
    if isinstance(raw, date):
        day = raw.toordinal()
        return Span(day, day)
    return raw if isinstance(raw, Span) else None
