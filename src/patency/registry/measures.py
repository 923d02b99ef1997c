"""What a measure comes to for one record, in three values.

Kleene's strong logic, as everywhere: what is not known stays so until something known decides. Of records that repeat:

- `count` counts those of which `where` is Yes; where of some it is Unknown it is a Span, from none of these to all.
- `any` is Yes once `where` is Yes of one, No where it is No of all (and of none at all), otherwise Unknown.
- `all` is No once `where` is No of one, Yes where it is Yes of all (and of none at all), otherwise Unknown.
- `latest` and `earliest` take the answer of the one with the last, or first, date among those of which `where` is Yes.
  Where several may be that one (two on one day, a date that is a range or was not given, a `where` that is Unknown), it is
  all that their answers may be; where one of these has no answer, or there is none, nothing is known.

They speak of the records that stand: those that are void are not there, and one that nobody entered cannot be counted.
Days, differences and ratios of ranges are the ranges of all that they may be.

Not here: how a measure is written (read_measures.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from patency.case import Absence, Case, Finding, Members, Span, Value
from patency.instrument.model import Item
from patency.instrument.response import Response
from patency.instrument.score import score
from patency.language.evaluate import compare
from patency.practice.conditions import value_of
from patency.registry.entry import ITEMS, Entry
from patency.registry.forms import Forms
from patency.registry.rule import (
    TODAY,
    Current,
    Days,
    Difference,
    How,
    Measure,
    Named,
    Ratio,
    Reckoning,
    Repeats,
    Scored,
)
from patency.truth import Truth, both, either

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
_NO_DAY = date(1, 1, 1)
_NEVER, _EVER = -1e9, 1e9  # days before and after all others: of a date that was not given


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
        self.known: dict[Any, Value | None] = {}  # what measures of repeats came to, for all records in the same place
        self._wanted = wanted
        self._by_id: dict[str, Entry] = {}
        self.of_kind: dict[str, list[Entry]] = {}
        for entry in entries:
            if not entry.is_void:
                self._by_id[entry.id] = entry
                self.of_kind.setdefault(entry.kind, []).append(entry)
        self._above: dict[str, dict[str, Any]] = {"": {}}
        self._within: dict[tuple[str, str], dict[str, list[At]]] = {}

    def at(self, entry: Entry) -> At:
        """Return a record as conditions see it."""
        return At(entry, self._said_above(entry.parent), self)

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


Reckoned = Callable[[At], Value | None]


def value_in(item: Item, raw: Any) -> Value | None:
    """Return what a record says as the language knows it; nothing, where it gives a reason for saying nothing."""
    if raw is None or isinstance(raw, Absence):
        return None
    return raw if isinstance(raw, Span) else value_of(item, raw)


def reckoned(measure: Measure, forms: Forms, truth_of: Callable[[Any], Callable[[At], Truth]]) -> Reckoned:
    """Return what works a measure out; `truth_of` makes of a condition what says whether it holds of a record."""
    how: Reckoning = measure.how
    uses = {name: reckoned(each, forms, truth_of) for name, each in measure.uses.items()}
    match how:
        case Days(item, since):
            return _between(_day(item, uses), _day(since, uses), lambda a, b: Span(a.low - b.high, a.high - b.low))
        case Difference(item, since):
            return _between(
                _amount(item, uses), _amount(since, uses), lambda a, b: Span(a.low - b.high, a.high - b.low)
            )
        case Ratio(item, to):
            return _between(_amount(item, uses), _amount(to, uses), _divided)
        case Named(item, names):
            return lambda at: None if not isinstance(raw := at.own.get(item), str) else YES if raw in names else NO
        case Current(item):
            return lambda at: _is_current(at, item, forms)
        case Scored(name):
            return lambda at: _scored(at, name, forms)
    return _repeats(how, measure, forms, truth_of)


def _between(first: Reckoned, second: Reckoned, join: Callable[[Span, Span], Value | None]) -> Reckoned:
    def between(at: At) -> Value | None:
        a = first(at)
        b = second(at) if isinstance(a, Span) else None
        return join(a, b) if isinstance(a, Span) and isinstance(b, Span) else None

    return between


def _day(name: str, uses: Mapping[str, Reckoned]) -> Reckoned:
    if name in uses:
        return uses[name]

    return (lambda at: day_of(at.patient.on)) if name == TODAY else (lambda at: day_of(at.raw(name)))


def day_of(raw: Any) -> Span | None:
    """Return a date as the day it is, counted from year 1."""
    if isinstance(raw, date):
        day = raw.toordinal()
        return Span(day, day)
    return raw if isinstance(raw, Span) else None


def _amount(name: str, uses: Mapping[str, Reckoned]) -> Reckoned:
    if name in uses:
        return uses[name]

    def amount(at: At) -> Value | None:
        raw = at.raw(name)
        return Span(raw, raw) if isinstance(raw, float) else raw if isinstance(raw, Span) else None

    return amount


def _divided(above: Span, below: Span) -> Span | None:
    if below.low <= 0 or above.low < 0:  # by nought it is undefined, and no amount that is divided here is below it
        return None
    return Span(above.low / below.high, above.high / below.low)


# --- filled-in scales ---------------------------------------------------------------------------------------------------


def _is_current(at: At, item: str, forms: Forms) -> Value | None:
    version, instrument = at.own.get(item), at.own.get("instrument")
    scale = forms.scales.get(instrument) if isinstance(instrument, str) else None
    if scale is None or not isinstance(version, str):
        return None
    return YES if version == scale.version else NO


def _scored(at: At, name: str, forms: Forms) -> Value | None:
    instrument = at.own.get("instrument")
    if not isinstance(instrument, str) or instrument not in forms.scales or name not in forms.scales[instrument].scores:
        return None
    answers = frozenset((each, value) for each, value in at.own.items() if each.startswith(ITEMS))
    return _score_of(_Answers(forms, instrument), name, answers)


class _Answers(NamedTuple):
    forms: Forms
    scale: str

    def __hash__(self) -> int:
        return hash((id(self.forms), self.scale))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Answers) and self.forms is other.forms and self.scale == other.scale


@lru_cache(maxsize=50_000)
def _score_of(of: _Answers, name: str, answers: frozenset[tuple[str, Any]]) -> Value | None:
    scale = of.forms.scales[of.scale]
    findings = {}
    for each, raw in answers:
        item = scale.items.get(each[len(ITEMS) :])
        if item is not None and raw is not None and not isinstance(raw, Absence):
            findings[item.name] = Finding(item.name, value_in(item, raw), _NO_DAY, "")
    found = score(scale, Response(scale, Case(_NO_DAY, findings)))[name]
    return found.value if isinstance(found.value, Span) else None


# --- records that repeat ------------------------------------------------------------------------------------------------


def _repeats(
    how: Repeats, measure: Measure, forms: Forms, truth_of: Callable[[Any], Callable[[At], Truth]]
) -> Reckoned:
    where = truth_of(how.where) if how.where is not None else None
    take = forms.of[how.kind].items[how.take] if how.take else None

    def counts(each: At, at: At) -> Truth:
        truth = YES if where is None else where(each)
        if truth is not NO and how.same:
            truth = both((truth, *(_is_same(each.own.get(name), at.own.get(name)) for name in how.same)))
        if truth is not NO and how.before:
            truth = both((truth, _is_before(day_of(each.own.get(how.by)), day_of(at.own.get(how.before)))))
        return truth

    def result(at: At, place: str) -> Value | None:
        found = [(each, counts(each, at)) for each in at.patient.within(how.kind, place, how.within)]
        if take is not None:
            return _taken(found, how, take)
        truths = [truth for _, truth in found]
        if how.how is How.COUNT:
            sure = truths.count(YES)
            return Span(sure, sure + truths.count(UNKNOWN))
        return either(truths) if how.how is How.ANY else both(truths)

    is_of_the_place = not how.same and not how.before  # the same for every record in the same place
    key = (measure.name, measure.kind, measure.place)

    def reckon(at: At) -> Value | None:
        place = at.patient.place_of(at.entry, how.within)
        if not is_of_the_place:
            return result(at, place)
        known = at.patient.known
        if (key, place) not in known:
            known[key, place] = result(at, place)
        return known[key, place]

    return reckon


def _is_same(first: Any, second: Any) -> Truth:
    if first is None or second is None or isinstance(first, Absence) or isinstance(second, Absence):
        return UNKNOWN
    if isinstance(first, Span) or isinstance(second, Span):
        a, b = _span(first), _span(second)
        return YES if a == b and a.is_exact else NO if a.high < b.low or b.high < a.low else UNKNOWN
    return YES if first == second else NO


def _span(raw: Any) -> Span:
    if isinstance(raw, Span):
        return raw
    day = day_of(raw)
    return Span(raw, raw) if day is None else day


def _is_before(first: Span | None, second: Span | None) -> Truth:
    if first is None or second is None:
        return UNKNOWN
    return compare(Span(first.low - second.high, first.high - second.low), "<", 0)


def _taken(found: Sequence[tuple[At, Truth]], how: Repeats, item: Item) -> Value | None:
    sign = 1 if how.how is How.LATEST else -1
    dated = [(_turned(day_of(at.own.get(how.by)), sign), at, truth) for at, truth in found if truth is not NO]
    sure = [day.low for day, _, truth in dated if truth is YES]
    if not sure:
        return None
    last = max(sure)
    return joined([value_in(item, at.own.get(item.name)) for day, at, _ in dated if day.high >= last])


def _turned(day: Span | None, sign: int) -> Span:
    if day is None:
        return Span(_NEVER, _EVER)
    return day if sign > 0 else Span(-day.high, -day.low)


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
