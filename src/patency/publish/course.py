"""What of an estimated curve is drawn: its steps and band as far as enough are followed, its boxes, and the counts beneath.

A Shown goes in, a Course comes out, in months. Of a curve of real patients few.py leaves the months alone, for each step
would be one person's day: then there are marks at these months and no steps.

Not here: how it looks (curve.py), and what may be shown of few people (outcome/few.py).
"""

from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.estimated import Point
from patency.outcome.follow import EVENT
from patency.outcome.tail import fewest_at_risk
from patency.outcome.words import AT_RISK
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    from patency.outcome.estimated import Estimated
    from patency.outcome.few import Shown


class Step(NamedTuple):
    """From a month on, the share and the ends of its interval; None where it has none."""

    month: float
    share: float
    low: float | None
    high: float | None


class Box(NamedTuple):
    """By Turnbull the share lies between these two at a month, one where no visit leaves it open; the ends of its interval."""

    month: float
    least: float
    most: float
    low: float | None
    high: float | None


class Tally(NamedTuple):
    """Up to a month: how many are still at risk, and how many had the event, died before it, or were censored."""

    month: float
    at_risk: int
    events: int
    deaths: int
    censored: int


class Course(NamedTuple):
    """A curve as it is drawn, up to the month `until`; `marks` stand where steps may not be shown."""

    group: str
    figure: "Estimated"
    steps: tuple[Step, ...]
    marks: tuple[Point, ...]
    boxes: tuple[Box, ...]
    until: float
    cut: str  # in words how far it is drawn; "" where it is whole
    tallies: tuple[Tally, ...]


class _Leaving(NamedTuple):
    """One time at which somebody left, with the curve after it."""

    month: float
    at_risk: float
    events: float
    deaths: float
    censored: float
    share: float
    low: float | None
    high: float | None


def course_of(shown: "Shown") -> Course | None:
    """Return what is drawn of a figure; None where it has no curve, is withheld, or too few were ever followed."""
    figure = shown.figure
    if shown.withheld or not figure.points:
        return None
    leaving = _leaving(figure)
    if not leaving:
        return _by_months(figure)
    few, last = fewest_at_risk(figure.units), figure.points[-1].month
    followed = [each for each in leaving if each.at_risk >= few and each.month <= last]
    if not followed:
        return None
    cut = _cut(followed, leaving, few, last)
    until = last if cut.startswith("to ") else followed[-1].month
    start = Step(0.0, 1.0 if figure.kept else 0.0, None, None)
    steps = (start, *(Step(each.month, each.share, each.low, each.high) for each in followed))
    changed = (after for before, after in pairwise(steps) if after[1:] != before[1:])
    tallies = tuple(_tally(leaving, point.month) for point in figure.points if point.month <= until)
    return Course(figure.group, figure, (start, *changed), (), _boxes(figure, until), until, cut,
                  (Tally(0.0, round(leaving[0].at_risk), 0, 0, 0), *tallies))  # fmt: skip


def _by_months(figure: "Estimated") -> Course | None:
    known = [point for point in figure.points if point.value is not None and point.at_risk is not None]
    few = fewest_at_risk(figure.units)
    marks = tuple(point for point in known if (point.at_risk or 0) >= few)
    if not marks:
        return None
    until = marks[-1].month
    cut = f"at months with {few} {AT_RISK}" if len(marks) < len(figure.points) else ""
    return Course(figure.group, figure, (), marks, _boxes(figure, until), until, cut, ())


def _cut(followed: "list[_Leaving]", leaving: "list[_Leaving]", few: int, last: float) -> str:
    if len(followed) == len(leaving):
        return ""
    return f"to {last:g} months" if leaving[len(followed)].at_risk >= few else f"as far as {few} were {AT_RISK}"


def _boxes(figure: "Estimated", until: float) -> tuple[Box, ...]:
    found = ((point.month, *each[1:5]) for point, each in zip(figure.points, figure.between, strict=False))
    return tuple(
        Box(month, least, most, low, high)
        for month, least, most, low, high in found
        if least is not None and most is not None and month <= until
    )


def _leaving(figure: "Estimated") -> list[_Leaving]:
    from patency.outcome.estimate.incidence import Incidence

    curve = figure.curve
    if curve is None:
        return []
    if isinstance(curve, Incidence):
        died = curve.events[1] if len(curve.events) > EVENT else 0 * curve.censored
        lines = (curve.events[0], died, curve.censored, curve.incidence[0], curve.low[0], curve.high[0])
    else:
        lines = (curve.events, 0 * curve.events, curve.censored, curve.survival, curve.low, curve.high)
    columns = zip(curve.times, curve.at_risk, *lines, strict=True)
    return [_one(*(float(each) for each in row)) for row in columns]


def _one(day: float, at_risk: float, events: float, deaths: float, censored: float,  # noqa: PLR0913, PLR0917  # columns of a curve
         share: float, low: float, high: float) -> _Leaving:  # fmt: skip
    return _Leaving(day / DAYS_A_MONTH, at_risk, events, deaths, censored, share, _known(low), _known(high))


def _known(end: float) -> float | None:
    return None if isnan(end) else end


def _tally(leaving: list[_Leaving], month: float) -> Tally:
    """Count who had left before a month, so that the four counts add up to all."""
    gone = [each for each in leaving if each.month < month]
    at_risk = leaving[len(gone)].at_risk if len(gone) < len(leaving) else 0
    events, deaths, censored = (
        round(sum(line)) for line in zip(*((e.events, e.deaths, e.censored) for e in gone), strict=True)
    ) if gone else (0, 0, 0)  # fmt: skip
    return Tally(month, round(at_risk), events, deaths, censored)
