"""How often each answer was given to a field, all records together or by another field, of those that a condition leaves.

A site's users count their own records. The statistician counts the pool of all sites, and is shown a table whole or not at
all (few.py). What was not recorded, is not known, was declined or does not apply is counted by its reason and is never a No;
nor does a record of which it cannot be told whether the condition holds count as one that it leaves out.

Not here: how a table is laid out (due_text.py).
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from patency.case import Absence
from patency.fault import Fault, Place, Refused, nearest
from patency.instrument.model import ItemKind
from patency.language.terms import Compare, concepts_of, walk
from patency.registry.entry import now as this_moment
from patency.registry.follow.few import WHY, has_few
from patency.registry.follow.groups import Asked, groups, person_of
from patency.registry.follow.joined import Field, Joined, fields_of, joined, read_where
from patency.registry.follow.seen import Seen, see, site_code
from patency.registry.kinds import KINDS
from patency.registry.session import Session
from patency.share import Share
from patency.truth import Truth

SITE = "site"  # what the pool may be counted by beside fields
NOT_RECORDED, NOT_ASKED = "not recorded", "not asked, for it does not apply"
_REASONS = (NOT_RECORDED, NOT_ASKED, *(reason.value for reason in Absence))
_GROUPS = (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED)


class Row(NamedTuple):
    """One answer, or one reason for none: how many records, in each column."""

    words: str
    counts: tuple[int, ...]


class Count(NamedTuple):
    """A table: each answer's count by column, out of the records in which the field has an answer (`known`).

    Where `withheld` says why, nothing of it is shown.
    """

    kind: str
    field: str
    words: str
    by: str
    where: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    missing: tuple[Row, ...] = ()
    known: tuple[int, ...] = ()
    untold: int = 0
    repeats: bool = False
    withheld: str = ""
    pooled_at: str = ""
    label: str = ""
    until: date | None = None

    def share(self, row: Row, column: int) -> Share:
        """Return the share of an answer among the records that have one."""
        return Share(row.counts[column], self.known[column])


def count(session: Session, field: str, by: str = "", where: str = "") -> Count:
    """Count the answers to a field, `KIND.FIELD`: at a user's own site, or for the statistician in the pool."""
    return count_at(session, field, by, where, this_moment())


def count_at(session: Session, field: str, by: str, where: str, now: datetime) -> Count:
    """Count as `count` does, at a moment: for tests alone, for who chose it could look at the pool day by day."""
    asked = _read(session, field, by, where)

    def looked_at(seen: Seen) -> Iterator[tuple[Hashable, str]]:
        on = (seen.pooled_at or now).date()
        return groups(asked, joined(asked.kind, seen.entries, session.forms, on), seen.entries, session.forms, on)

    seen = see(session, [asked.kind], f"counts of {asked.kind}.{asked.field.name}", now, looked_at)
    on = (seen.pooled_at or now).date()
    records = joined(asked.kind, seen.entries, session.forms, on)
    asks = asked.field.item.concept.words if asked.field.item.concept else asked.field.item.asks
    empty = Count(asked.kind, asked.field.name, asks, by, where, label=session.registry.details.label,
                  pooled_at=seen.pooled_at.isoformat(timespec="minutes") if seen.pooled_at else "", until=seen.until)  # fmt: skip
    if seen.is_pooled and has_few(looked_at(seen)):
        return empty._replace(withheld=WHY)
    return _counted(empty, asked, records, session)


def _read(session: Session, field: str, by: str, where: str) -> Asked:
    kind, _, name = field.partition(".")
    if kind not in KINDS or kind not in session.forms.of:
        raise Refused([Fault(Place(field), f"there is no kind of record {kind!r}", "what is counted is written KIND.FIELD",
                             nearest(kind, session.forms.of, f"use one of {', '.join(session.forms.of)}"))])  # fmt: skip
    known = fields_of(kind, session.forms)
    found = _field(name, known, field)
    group = None if by in ("", SITE) else _field(by.removeprefix(f"{kind}.").replace(".", "_"), known, "--by")
    if group and group.item.kind not in _GROUPS:
        raise Refused([Fault(Place("--by"), f"{by!r} makes no groups", "records are counted by a field of which each gives one answer",
                             "name a field that is yes or no, or one answer of several")])  # fmt: skip
    term = read_where(where, kind, session.forms) if where.strip() else None
    if term is not None and not session.user.site and any(isinstance(each, Compare) for each in walk(term)):
        raise Refused([Fault(Place("--where"), "over the pool no condition is taken on a number or a day",
                             "a bound could be moved until one person lies between two tables",
                             "mention fields that are yes or no, or answers of several; a cut is for the rest")])  # fmt: skip
    return Asked(kind, found, group, by == SITE, term, tuple(concepts_of(term)) if term else ())


def _field(name: str, known: Mapping[str, Field], where: str) -> Field:
    if name in known:
        return known[name]
    raise Refused([Fault(Place(where), f"there is no field {name!r}", "what can be counted stands in the forms",
                         nearest(name, known, f"use one of {', '.join(list(known)[:20])}"))])  # fmt: skip


def _counted(empty: Count, asked: Asked, records: Sequence[Joined], session: Session) -> Count:
    truths = [Truth.YES if asked.where is None else each.holds(asked.where, asked.mentioned) for each in records]
    left = [each for each, truth in zip(records, truths, strict=True) if truth is Truth.YES]
    found: dict[str, list[Joined]] = {}
    for each in left:
        found.setdefault(_column(each, asked, session), []).append(each)
    columns = _columns(asked, found)
    by_column = [found.get(name, []) for name in columns]
    rows = tuple(
        Row(words, tuple(sum(_gives(each, asked.field, names) for each in some) for some in by_column))
        for words, names in _answers(asked.field)
    )
    missing = [
        Row(why, tuple(sum(_reason(each, asked.field) == why for each in some) for some in by_column))
        for why in _REASONS
    ]
    return empty._replace(
        columns=columns,
        rows=rows,
        missing=tuple(row for row in missing if any(row.counts)),
        known=tuple(sum(not _reason(each, asked.field) for each in some) for some in by_column),
        untold=truths.count(Truth.UNKNOWN),
        repeats=len({person_of(each, asked.kind) for each in left}) < len(left),
    )


def _columns(asked: Asked, found: Mapping[str, object]) -> tuple[str, ...]:
    """Return the columns: the answers in the order of the form, then the reasons for none that occur; of sites, by their codes."""
    if asked.by_site:
        return tuple(sorted(found))
    if asked.by is None:
        return ("all",)
    answers = [choice.words for choice in asked.by.item.choices.values()]
    return (*answers, *sorted(found.keys() - {*answers, *_REASONS}), *(why for why in _REASONS if why in found))


def _column(record: Joined, asked: Asked, session: Session) -> str:
    if asked.by_site:
        return site_code(session, record.records[asked.kind].site)
    if asked.by is None:
        return "all"
    value = record.raw(asked.by.name)
    if isinstance(value, str):
        return (
            asked.by.item.choices[value].words if value in asked.by.item.choices else f"{value}, no answer of the form"
        )
    return _reason(record, asked.by)


def _answers(field: Field) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the answers that are counted; of a number, a day or free text only that there is one."""
    for choice in field.item.choices.values():
        yield choice.words, frozenset({choice.name})
    if not field.item.choices:
        yield "recorded", frozenset()


def _gives(record: Joined, field: Field, names: frozenset[str]) -> bool:
    value = record.raw(field.name)
    if value is None or isinstance(value, Absence):
        return False
    return not names or (bool(names & value) if isinstance(value, frozenset) else value in names)


def _reason(record: Joined, field: Field) -> str:
    """Return why a record has no answer to a field; "" where it has one."""
    value = record.raw(field.name)
    if isinstance(value, Absence):
        return value.value
    if value is not None:
        return ""
    return NOT_ASKED if record.asked(field.name) is Truth.NO else NOT_RECORDED
