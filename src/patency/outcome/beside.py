"""What two definitions of one report would tell of few people: a stricter and a looser one differ by those who met one alone.

In: the figures of a definition, and those that are printed before it of its family. Out: which of its figures and points may be
printed beside them. Where as many were counted by both, or nearly as many, and those who had the event, or had it not, differ by
1 to 4, the later figure is withheld; so is one that would give it back. Points of curves are withheld by themselves.

Definitions that count other people (adults and children), other units or from another day are not set against each other, nor
are numbers. What this does not hold against: two reports of one cut, by other groups or of other definitions, which is why
one report of a cut leaves, and each is logged (docs/decisions/0032).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from patency.outcome.definition import Definition
from patency.outcome.estimated import ALL, Estimated
from patency.outcome.few import Shown, shown, with_event_by, without_point


class Printed(NamedTuple):
    """A definition's figures as they were counted, and as they leave, each by its group."""

    definition: Definition
    counted: Mapping[str, Estimated]
    leaving: Mapping[str, Shown]

    @property
    def told(self) -> frozenset[str]:
        """The groups that are shown."""
        return _told(self.leaving.values())


class _Counts(NamedTuple):
    units: int
    events: int


def beside_words(fewest: int) -> str:
    """Say why a figure is withheld that could be shown alone."""
    return f"not shown: beside a definition of the same family above it would tell of fewer than {fewest} people"


def shown_beside(
    figures: Sequence[Estimated], before: Sequence[Printed], fewest: int, *, is_out: bool = False
) -> tuple[Shown, ...]:
    """Say which figures of one definition may leave beside those of its family that are printed before it."""
    every = {figure.group for figure in figures}
    also = every if is_out else set[str]()
    alone = shown(figures, fewest, also)
    before = [each for each in before if _are_swapped(figures[0].definition, each.definition)]
    if fewest <= 1 or not before:
        return alone
    leaving = alone
    while more := _near({each.group: each for each in figures}, _told(leaving), before, fewest):
        also |= every if ALL in more else more
        leaving = shown(figures, fewest, also)
    few = {each.figure.group for each in alone if each.withheld}
    return tuple(
        Shown(each.figure, each.withheld if each.figure.group in few else beside_words(fewest))
        if each.withheld
        else Shown(_with_points(each.figure, figure, before, fewest), "")
        for each, figure in zip(leaving, figures, strict=True)
    )


def _are_swapped(one: Definition, other: Definition) -> bool:
    """Whether two definitions may be of the same people: of one family, unit and origin, and not of others by age."""
    is_same = (one.family, one.unit, one.origin) == (other.family, other.unit, other.origin)
    return is_same and (one.among == other.among or not one.among or not other.among)


def _told(leaving: Iterable[Shown]) -> frozenset[str]:
    return frozenset(each.figure.group for each in leaving if not each.withheld)


def _near(figures: Mapping[str, Estimated], told: frozenset[str], before: Sequence[Printed], fewest: int) -> set[str]:
    """Return groups that may not be told beside a definition before: those that are near to it, or one that would tell of such."""
    for each in before:
        both = told & each.told
        near = {group for group in both if _is_near(_counts(figures[group]), _counts(each.counted[group]), fewest)}
        if near:
            return near
        if ALL not in both:
            continue
        groups = sorted(both - {ALL}, key=lambda group: (figures[group].units, group))
        if groups and _is_near(_left(figures, groups), _left(each.counted, groups), fewest):
            return {groups[0]}
    return set()


def _counts(figure: Estimated) -> _Counts | None:
    return None if figure.events is None else _Counts(figure.units, figure.events)


def _left(figures: Mapping[str, Estimated], groups: Collection[str]) -> _Counts | None:
    """Return what everybody less the groups that are told would tell of the others."""
    everybody, parts = _counts(figures[ALL]), [_counts(figures[group]) for group in groups]
    if everybody is None:
        return None
    told = [each for each in parts if each is not None]
    return _Counts(
        everybody.units - sum(each.units for each in told), everybody.events - sum(each.events for each in told)
    )


def _is_near(one: _Counts | None, other: _Counts | None, fewest: int) -> bool:
    """Whether the same, or nearly the same, were counted, and those with the event or without it differ by few."""
    if one is None or other is None or abs(one.units - other.units) >= fewest:
        return False
    differ = (one.events - other.events, (one.units - one.events) - (other.units - other.events))
    return any(0 < abs(each) < fewest for each in differ)


def _with_points(leaving: Estimated, counted: Estimated, before: Sequence[Printed], fewest: int) -> Estimated:
    """Withhold the points at which a definition before differs by few, in who had the event or who is at risk."""
    found = leaving
    for each in before:
        if leaving.group not in each.told or abs(counted.units - each.counted[leaving.group].units) >= fewest:
            continue
        other, printed = each.counted[leaving.group], each.leaving[leaving.group].figure.points
        for place, (point, beside) in enumerate(zip(leaving.points, printed, strict=False)):
            if point.at_risk is None or beside.at_risk is None or point.month != beside.month:
                continue
            had = with_event_by(counted, point.month) - with_event_by(other, point.month)
            if 0 < abs(had) < fewest or 0 < abs(point.at_risk - beside.at_risk) < fewest:
                found = without_point(found, place, beside_words(fewest))
    return found
