"""What a measure comes to for one record, in three values.

Kleene's strong logic, as everywhere: what is not known stays so until something known decides. Of records that repeat:

`same` and `before` say which of them are looked at, `where` what is asked of these. Whether one is looked at may be Unknown
too, where an answer or date that this hangs on was not given.

`alike` are such under which two blanks are the same, as where neither of two scales names a leg.

- `count` counts those that are looked at and of which `where` is Yes; where of some this is Unknown it is a Span, from none
  of these to all.
- `any` is Yes once it is Yes of one that is looked at, No where it is No of all (and where there is none), otherwise Unknown.
- `all` is No once it is No of one that is looked at, Yes where it is Yes of all (and where there is none), otherwise Unknown.
- `latest` and `earliest` take the answer of the one with the last, or first, date among those of which `where` is Yes.
  Where several may be that one (two on one day, a date that is a range or was not given, a `where` that is Unknown), it is
  all that their answers may be; where one of these has no answer, or there is none, nothing is known.

They speak of the records that stand: those that are void are not there, and one that nobody entered cannot be counted.
Days, differences and ratios of ranges are the ranges of all that they may be.

Not here: how a measure is written (read_measures.py); how records that repeat are gone through (repeats.py).
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from patency.case import Span, Value
from patency.instrument.score import score
from patency.registry.entry import ITEMS
from patency.registry.forms import Forms
from patency.registry.quality.one_patient import At, Reckoned, day_of
from patency.registry.quality.repeats import repeats_of
from patency.registry.quality.rule import (
    TODAY,
    Classed,
    Condition,
    Current,
    Days,
    Difference,
    How,
    Measure,
    Named,
    Ratio,
    Repeats,
    Said,
    Scored,
    Sum,
)
from patency.registry.said import response_of
from patency.truth import Truth

YES, NO = Truth.YES, Truth.NO
_NO_DAY = date(1, 1, 1)


class Reckoning(NamedTuple):
    """What measures are worked out with: the forms, what makes a condition ready, and which look at the same records."""

    forms: Forms
    truth_of: Callable[[Condition], Callable[[At], Truth]]
    keys: dict[object, int]


def reckoned(measure: Measure, by: Reckoning) -> Reckoned:
    """Return what works a measure out for a record."""
    forms = by.forms
    how = measure.how
    uses = {name: reckoned(each, by) for name, each in measure.uses.items()}
    match how:
        case Days(item, since):
            return _days(item, since, uses)
        case Difference(item, since):
            return _between(_amount(item, uses), _amount(since, uses), _less)
        case Sum(item, days, factor):
            return _between(_amount(item, uses), _amount(days, uses), lambda first, then: _added(first, then, factor))
        case Ratio(item, to):
            return _between(_amount(item, uses), _amount(to, uses), _divided)
        case Named(item, names):
            return lambda at: None if not isinstance(raw := at.own.get(item), str) else YES if raw in names else NO
        case Current() | Scored() | Said() | Classed():
            return _by_scale(how, forms)
    taken = forms.of[how.kind].items[how.take] if how.take else None
    where = None if how.where is None else by.truth_of(how.where)
    return repeats_of(how, by.keys.setdefault(_looks(how), len(by.keys)), taken, where)


def _looks(how: Repeats) -> object:
    """Return what tells the records that a measure looks at, and how it does, from those of others."""
    if how.where is not None and how.where.measures:  # terms know measures by their names alone
        return object()
    asked = how.where and how.where.term
    return how.kind, how.within, asked, how.same, how.by, how.alike, bool(how.before), how.how is How.ALL


def _between(first: Reckoned, second: Reckoned, join: Callable[[Span, Span], Value | None]) -> Reckoned:
    def between(at: At) -> Value | None:
        a = first(at)
        if not isinstance(a, Span):
            return None
        b = second(at)
        return join(a, b) if isinstance(b, Span) else None

    return between


def _days(item: str, since: str, uses: Mapping[str, Reckoned]) -> Reckoned:
    slowly = _between(_day(item, uses), _day(since, uses), _less)
    if TODAY in (item, since) or uses:
        return slowly

    def days(at: At) -> Value | None:
        first, second = at.raw(item), at.raw(since)
        if type(first) is date and type(second) is date:  # nearly always: the short way to the same
            count = first.toordinal() - second.toordinal()
            return Span(count, count)
        return slowly(at)

    return days


def _less(first: Span, second: Span) -> Span:
    return Span(first.low - second.high, first.high - second.low)


def _day(name: str, uses: Mapping[str, Reckoned]) -> Reckoned:
    if name in uses:
        return uses[name]

    return (lambda at: day_of(at.patient.on)) if name == TODAY else (lambda at: day_of(at.raw(name)))


def _amount(name: str, uses: Mapping[str, Reckoned]) -> Reckoned:
    if name in uses:
        return uses[name]

    def amount(at: At) -> Value | None:
        raw = at.raw(name)
        return Span(raw, raw) if isinstance(raw, float) else raw if isinstance(raw, Span) else None

    return amount


def _added(first: Span, days: Span, factor: float) -> Span:
    return Span(first.low + days.low * factor, first.high + days.high * factor)


def _divided(above: Span, below: Span) -> Span | None:
    if below.low <= 0 or above.low < 0:  # by nought it is undefined, and no amount that is divided here is below it
        return None
    return Span(above.low / below.high, above.high / below.low)


# --- filled-in scales ---------------------------------------------------------------------------------------------------


def _by_scale(how: Current | Scored | Said | Classed, forms: Forms) -> Reckoned:
    match how:
        case Current(item):
            return lambda at: _is_current(at, item, forms)
        case Scored(name):
            return lambda at: _scored(at, name, forms)
        case Said():
            return _count_said
        case Classed(item, scale, name):
            return lambda at: _is_another_class(at.own, item, _Answers(forms, scale), name)


def _is_current(at: At, item: str, forms: Forms) -> Value | None:
    version, instrument = at.own.get(item), at.own.get("instrument")
    scale = forms.scales.get(instrument) if isinstance(instrument, str) else None
    if scale is None or not isinstance(version, str):
        return None
    return YES if version == scale.version else NO


def _count_said(at: At) -> Value | None:
    if "instrument" not in at.own:
        return None
    count = sum(name.startswith(ITEMS) for name in at.own)
    return Span(count, count)


def _is_another_class(own: Mapping[str, Any], item: str, of: "_Answers", name: str) -> Value | None:
    """Say whether the class that was written cannot be the one that the facts come to; Unknown while they leave both open."""
    written = own.get(item)
    if not isinstance(written, str):
        return None
    facts = frozenset((ITEMS + each, own[each]) for each in of.forms.scales[of.scale].items if each in own)
    bands = _score_of(of, name, facts)
    if not isinstance(bands, frozenset):
        return None
    return YES if written not in bands else NO if len(bands) == 1 else Truth.UNKNOWN


def _scored(at: At, name: str, forms: Forms) -> Value | None:
    instrument = at.own.get("instrument")
    if not isinstance(instrument, str) or instrument not in forms.scales or name not in forms.scales[instrument].scores:
        return None
    answers = frozenset((each, value) for each, value in at.own.items() if each.startswith(ITEMS))
    total = _score_of(_Answers(forms, instrument), name, answers)
    return total if isinstance(total, Span) else None


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
    return score(scale, response_of(dict(answers), scale, scale.place, on=_NO_DAY))[name].value


def is_shared(measure: Measure, own: Collection[str]) -> bool:
    """Whether a measure is the same for all records of its kind that hang on the same one; `own` are the kind's items."""
    how = measure.how
    if isinstance(how, Repeats):
        return not how.same and not how.before and how.within != measure.kind
    if isinstance(how, (Named, Current, Scored, Said, Classed)):
        return False
    return not set(how) & set(own) and all(is_shared(each, own) for each in measure.uses.values())
