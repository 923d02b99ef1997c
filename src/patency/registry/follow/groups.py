"""The groups of people that a table could tell of, finer than it prints them: what few.py looks at.

A record is put into a group by every field that the table counts by or that its condition mentions, and by all that these
hang on: the answer, or why there is none. Of a field with several answers, each is looked at by itself, unless the condition
mentions it. Where each episode has at most one such record, those who have none are groups too: set beside a table of
episodes, the table tells how many they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from patency.case import Absence
from patency.instrument.model import ItemKind
from patency.language.terms import Term
from patency.registry.entry import Entry
from patency.registry.follow.joined import Field, Joined, fields_of, joined
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS

Group = tuple[object, ...]


class Asked(NamedTuple):
    """What a table is asked for: the field, what it is counted by, and the condition with the fields that it mentions."""

    kind: str
    field: Field
    by: Field | None
    by_site: bool
    where: Term | None
    mentioned: tuple[str, ...]


def person_of(record: Joined, kind: str) -> str:
    """Return whose a record is; in the screening log each entry is a person."""
    entry = record.records[kind]
    return entry.id if kind == "screening" else entry.patient


def groups(
    asked: Asked, records: Sequence[Joined], entries: Mapping[str, Sequence[Entry]], forms: Forms, on: date
) -> Iterator[tuple[Group, str]]:
    """Yield each group with each person of it."""
    known = fields_of(asked.kind, forms)
    names = _linked(asked, known)
    others = [name for name in names if name != asked.field.name]
    for record in records:
        rest = (*_site(asked, record), *(_state(record, name) for name in others))
        for own in _own(record, asked.field, asked.field.name in asked.mentioned):
            yield (*rest, *own), person_of(record, asked.kind)
    bearers = joined(KINDS[asked.kind].of, entries, forms, on) if KINDS[asked.kind].of else []
    yield from _without(asked, [known[name] for name in names], records, bearers)


def _linked(asked: Asked, known: Mapping[str, Field]) -> list[str]:
    """Return the fields that a table counts by or mentions, and all that these hang on."""
    found = dict.fromkeys([asked.field.name, *([asked.by.name] if asked.by else []), *asked.mentioned])
    for field in [known[name] for name in found]:
        prefix = field.name.removesuffix(field.item.name)
        found |= dict.fromkeys(prefix + each for each in field.item.hangs_on)
    return list(found)


def _site(asked: Asked, record: Joined) -> Group:
    return (next(iter(record.records.values())).site,) if asked.by_site else ()


def _state(record: Joined, name: str) -> Group:
    """Return all that a table could tell of a field: whether it was asked, and the answer or the reason for none."""
    value = record.raw(name)
    is_told = record.fields[name].item.kind.is_chosen or isinstance(value, Absence) or value is None
    return name, record.asked(name).name, value if is_told else "answered"


def _own(record: Joined, field: Field, is_mentioned: bool) -> Iterable[Group]:
    """Return the groups that the counted field itself puts a record into; of several answers, one for each."""
    value = record.raw(field.name)
    if field.item.kind is not ItemKind.MULTIPLE or is_mentioned or not isinstance(value, frozenset):
        return [_state(record, field.name)]
    return [("any", bool(value)), *((name, name in value) for name in field.item.choices)]


def _without(
    asked: Asked, fields: Sequence[Field], records: Sequence[Joined], bearers: Sequence[Joined]
) -> Iterator[tuple[Group, str]]:
    above = KINDS[asked.kind].of
    parents = [record.records[asked.kind].parent for record in records]
    there = set(parents)
    if len(there) < len(parents):
        return
    seen_there = [
        field.item.name if field.kind == above else field.name for field in fields if field.kind != asked.kind
    ]
    for record in bearers:
        if record.records[above].id not in there:
            yield (
                ("none", *_site(asked, record), *(_state(record, name) for name in seen_there)),
                person_of(record, above),
            )
