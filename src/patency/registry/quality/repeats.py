"""What records that repeat say together; what each word means stands in measures.py.

Which of the records of a place count is told once for the place. Where a measure hangs on the checked record as well
(`same`, `before`), the records are ordered or indexed once, as long as all is known of them; otherwise each is looked at.
Both ways are tested to agree.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from patency.case import Absence, Members, Span, Value
from patency.instrument.model import Item
from patency.language.evaluate import compare
from patency.registry.quality.one_patient import At, Reckoned, day_of, value_in
from patency.registry.quality.rule import How, Repeats
from patency.truth import Truth, both, negate

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
_EVER = 1e9  # days: a date that was not given may be any


class _One(NamedTuple):
    """One of the records that may count: whether it does, its date, what must be the same, and the record itself."""

    truth: Truth
    day: Span | None
    same: tuple[Any, ...]
    at: At


class _Group:
    """The records of a place that may count, ordered and indexed where all is known of them."""

    def __init__(self, ones: Sequence[_One], how: Repeats) -> None:
        self.ones = ones
        self.days: list[float] | None = None
        self.places: dict[tuple[Any, ...], int] | None = None
        if not all(one.truth is YES for one in ones):
            return
        if how.before and not how.same and all(one.day is not None and one.day.is_exact for one in ones):
            self.ones = sorted(ones, key=lambda one: one.day.low if one.day else 0)
            self.days = [one.day.low for one in self.ones if one.day]
        if how.same and not how.before and all(_is_known(each) for one in ones for each in one.same):
            self.places = {}
            for one in ones:
                self.places[one.same] = self.places.get(one.same, 0) + 1


def repeats_of(how: Repeats, key: object, item: Item | None, where: Callable[[At], Truth] | None) -> Reckoned:
    """Return what works out a measure of records that repeat, of one of which the answer to `item` may be taken.

    Measures that look at the same records in the same way have the same `key`, and gather them once.
    """
    by, kind, within, names, is_of_all = how.by, how.kind, how.within, how.same, how.how is How.ALL

    def one(at: At) -> _One:
        own = at.own
        truth = YES if where is None else where(at)
        # That it holds of all is that its denial holds of none.
        truth = negate(truth) if is_of_all else truth
        return _One(truth, day_of(own.get(by)) if by else None, tuple([own.get(name) for name in names]), at)

    nobody = _Group([], how)

    def gathered(at: At) -> _Group:
        if kind not in at.patient.of_kind:
            return nobody
        ones = [one(each) for each in at.patient.within(kind, at.patient.place_of(at.entry, within), within)]
        return _Group([each for each in ones if each.truth is not NO], how)

    def group(at: At) -> _Group:
        # What hangs on the same record has the same place, unless the record is the place itself.
        own = (key, at.entry.id if at.entry.kind == within else at.entry.parent)
        known: dict[object, Any] = at.patient.known
        found: _Group | None = known.get(own)
        if found is None:
            found = known[own] = gathered(at)
        return found

    if not how.same and not how.before:
        return lambda at: _together(group(at).ones, how, item)
    if how.same and (how.before or item is not None):
        return lambda at: _for(at, group(at), how, item)
    return _by_day(group, how, item) if how.before else _by_likeness(group, how)


def _by_day(group: Callable[[At], _Group], how: Repeats, item: Item | None) -> Reckoned:
    def before(at: At) -> Value | None:
        found, day = group(at), at.own.get(how.before)
        if found.days is not None and type(day) is date:
            return _before(found, found.days, day.toordinal(), how, item)
        return _for(at, found, how, item)

    return before


def _by_likeness(group: Callable[[At], _Group], how: Repeats) -> Reckoned:
    def same(at: At) -> Value | None:
        found = group(at)
        if found.places is not None:
            like = tuple([at.own.get(name) for name in how.same])
            if all(_is_known(each) for each in like):
                return _counted(found.places.get(like, 0), 0, how.how)
        return _for(at, found, how, None)

    return same


def _for(at: At, group: _Group, how: Repeats, item: Item | None) -> Value | None:
    """Work a measure out for one record, whose own answers say which of the others count, by looking at each of them."""
    before = day_of(at.own.get(how.before)) if how.before else None
    same = tuple([at.own.get(name) for name in how.same])
    ones = (_counting(one, before, same, how) for one in group.ones)
    return _together([each for each in ones if each.truth is not NO], how, item)


def _counting(one: _One, before: Span | None, same: tuple[Any, ...], how: Repeats) -> _One:
    likes = (
        YES if name in how.alike and first is None and second is None else _is_same(first, second)
        for name, first, second in zip(how.same, one.same, same, strict=True)
    )
    truths = [one.truth, *likes]
    if how.before:
        truths.append(_is_before(one.day, before))
    return one._replace(truth=both(truths))


def _before(group: _Group, days: Sequence[float], day: float, how: Repeats, item: Item | None) -> Value | None:
    """Work out what those before a day say together, who stand in the order of their days."""
    count = bisect_left(days, day)
    if item is None:
        return _counted(count, 0, how.how)
    if not count:
        return None
    first, last = (
        (bisect_left(days, days[count - 1]), count)
        if how.how is How.LATEST
        else (0, bisect_right(days, days[0], 0, count))
    )
    if last - first == 1:  # nearly always
        return _answer(group.ones[first], item)
    return joined([_answer(one, item) for one in group.ones[first:last]])


def _together(ones: Sequence[_One], how: Repeats, item: Item | None) -> Value | None:
    """Work out what records say together, of each of which it holds, or may hold, that it counts."""
    if item is not None:
        return _taken(ones, 1 if how.how is How.LATEST else -1, item)
    sure = sum(one.truth is YES for one in ones)
    return _counted(sure, len(ones) - sure, how.how)


def _counted(sure: int, perhaps: int, how: How) -> Value:
    if how is How.COUNT:
        return Span(sure, sure + perhaps)
    any_of_them = YES if sure else UNKNOWN if perhaps else NO
    return negate(any_of_them) if how is How.ALL else any_of_them


def _taken(ones: Sequence[_One], sign: int, item: Item) -> Value | None:
    """Take the answer of the last of some records, or of the first where the sign is turned."""
    days = [_turned(one.day, sign) for one in ones]
    sure = [day.low for day, one in zip(days, ones, strict=True) if one.truth is YES]
    if not sure:
        return None
    last = max(sure)
    return joined([_answer(one, item) for day, one in zip(days, ones, strict=True) if day.high >= last])


def _answer(one: _One, item: Item) -> Value | None:
    return value_in(item, one.at.own.get(item.name))


def _turned(day: Span | None, sign: int) -> Span:
    if day is None:
        return Span(-_EVER, _EVER)
    return day if sign > 0 else Span(-day.high, -day.low)


def _is_before(first: Span | None, second: Span | None) -> Truth:
    if first is None or second is None:
        return UNKNOWN
    return compare(Span(first.low - second.high, first.high - second.low), "<", 0)


def _is_known(raw: Any) -> bool:
    return raw is not None and not isinstance(raw, (Absence, Span))


def _is_same(first: Any, second: Any) -> Truth:
    if _is_known(first) and _is_known(second):
        return YES if first == second else NO
    if isinstance(first, Span) or isinstance(second, Span):
        a, b = _span(first), _span(second)
        if a is not None and b is not None:
            return YES if a == b and a.is_exact else NO if a.high < b.low or b.high < a.low else UNKNOWN
    return UNKNOWN


def _span(raw: Any) -> Span | None:
    return Span(raw, raw) if isinstance(raw, float) else day_of(raw)


def joined(values: Sequence[Value | None]) -> Value | None:
    """Return all that may be, where it is one of these values."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if all(isinstance(value, Span) for value in values):
        spans = [value for value in values if isinstance(value, Span)]
        return Span(min(span.low for span in spans), max(span.high for span in spans))
    if all(isinstance(value, frozenset) for value in values):
        return frozenset().union(*(value for value in values if isinstance(value, frozenset)))
    members = [value for value in values if isinstance(value, Members)]
    if len(members) == len(values):
        return Members(frozenset.intersection(*(each.included for each in members)),
                       frozenset.intersection(*(each.excluded for each in members)))  # fmt: skip
    return None
