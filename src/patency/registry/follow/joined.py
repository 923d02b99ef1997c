"""One record joined with what it hangs on, as a condition or a table sees it.

An item of the record itself goes by its name, one of a record it hangs on by the kind and the name: `episode_side`, and of a
stent also `procedure_modality`. A condition is one of Patency's language over these; it says of a record Yes, No or, while
something is not known, Unknown. What is said of an item holds only where the item is asked at all, as in questionnaires
(instrument/asked.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from patency.case import Absence, Case, Finding
from patency.fault import Faults, Place, Refused
from patency.instrument.asked import Asked, holds_where_asked
from patency.instrument.conditions import Mentioned
from patency.instrument.model import Item
from patency.language.parse import parse
from patency.language.terms import Term
from patency.registry.entry import Entry, Value
from patency.registry.forms import Forms
from patency.registry.kinds import lineage
from patency.registry.quality.one_patient import value_in
from patency.registry.quality.read_measures import concepts_of_kind, prefixed
from patency.truth import Truth
from patency.vocabulary import Vocabulary


class Field(NamedTuple):
    """An item of a kind of record, as it is seen from a record that hangs on it, or from itself."""

    name: str
    kind: str
    item: Item


def fields_of(kind: str, forms: Forms) -> dict[str, Field]:
    """Return all fields that can be seen from a record of a kind."""
    found = {name: Field(name, kind, item) for name, item in forms.of[kind].items.items()}
    for above in lineage(kind)[1:]:
        for name, item in forms.of[above].items.items():
            found.setdefault(prefixed(above, name), Field(prefixed(above, name), above, item))
    return found


def read_where(text: str, kind: str, forms: Forms) -> Term:
    """Read a condition on records of a kind, or refuse it."""
    faults = Faults()
    known = concepts_of_kind(kind, forms)
    concepts = {name: concept for name, concept in known.items() if concept is not None}
    term = parse(text, Place("--where"), Mentioned(Vocabulary(concepts), known), faults)
    if term is None:
        raise Refused(faults)
    return term


class Joined:
    """One record with those it hangs on, by kind, itself first."""

    def __init__(self, records: Mapping[str, Entry], fields: Mapping[str, Field], forms: Forms, on: date) -> None:
        self.records, self.fields, self._forms = records, fields, forms
        self.on = on
        self._asked: dict[str, Asked] = {}

    def raw(self, name: str) -> Value | None:
        """Return what is said under a name: an answer, the reason for none, or nothing."""
        field = self.fields[name]
        return self.records[field.kind].values.get(field.item.name)

    def asked(self, name: str) -> Truth:
        """Say whether a field is asked of this record; Unknown while what it hangs on is blank."""
        field = self.fields[name]
        if field.kind not in self._asked:
            items = self._forms.of[field.kind].items
            values = self.records[field.kind].values
            case = self._case([(each, item, values.get(each)) for each, item in items.items()])
            self._asked[field.kind] = Asked(items, case)
        return self._asked[field.kind].of(field.item)

    def _case(self, values: Sequence[tuple[str, Item, Value | None]]) -> Case:
        # Free text has no value in the language, yet it was answered.
        return Case(self.on, {
            name: Finding(name, value_in(item, value), self.on, "", absence=value if isinstance(value, Absence) else None)
            for name, item, value in values if value is not None
        })  # fmt: skip

    def holds(self, term: Term, names: Sequence[str]) -> Truth:
        """Say whether a condition that mentions some fields holds."""
        case = self._case([(name, self.fields[name].item, self.raw(name)) for name in names])
        return holds_where_asked(term, case, self.asked)


def joined(kind: str, entries: Mapping[str, Sequence[Entry]], forms: Forms, on: date) -> list[Joined]:
    """Join each record of a kind with those that it hangs on; what hangs on a record that is not there is left out."""
    fields = fields_of(kind, forms)
    above = lineage(kind)[1:]
    by_id = {each: {entry.id: entry for entry in entries.get(each, ())} for each in above}
    found = []
    for entry in entries.get(kind, ()):
        records = {kind: entry}
        parent = entry.parent
        for each in above:
            if parent in by_id[each]:
                records[each] = by_id[each][parent]
                parent = records[each].parent
        if len(records) == 1 + len(above):
            found.append(Joined(records, fields, forms, on))
    return found
