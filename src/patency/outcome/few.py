"""What may leave of few people: which figures, points and counts are shown, and which are withheld.

Where real patients are in a cut, a count of 1 to 4 of them never leaves (5 by default), nor what would give it back:

    a figure      is withheld whole if fewer people were counted, had the event, or did not
    another group is withheld too, if everybody less the groups that are shown would tell of so few: the smallest first
    deaths        before an event are withheld by themselves, for nothing else that is shown tells how many there were
    a point       is withheld with fewer at risk, and where fewer had the event since the last point shown, or have it after;
                  and so is another group's, if everybody less the groups that are told there would tell of so few
    a curve       is told at months alone, for each of its steps is one person's day; so are the least and the most number,
                  and medians are told in whole months
    counts        of one list, of which one is withheld, have another withheld with it (few_cells.py)

None is no small cell: that nobody of 37 was harmed is the figure that is looked for. People are counted, not limbs. A cut
whose label says that nobody in it lived is shown whole: nobody can be known again.

What is no secret: that the denominator of an outcome is smaller than all who are in the cut tells how many have no record of
it, and nothing of what they had. Counts of those are withheld where they would be printed, each reason by itself; the
denominators of outcomes are told, unless few had no procedure or are of another age (follow.py): that is a treatment or a trait.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from math import ceil
from typing import NamedTuple

from patency.cut.manifest import FEWEST
from patency.cut.opened import Cut
from patency.outcome.estimate.incidence import Incidence
from patency.outcome.estimate.survival import Mean
from patency.outcome.estimated import ALL, Estimated, Median, Point
from patency.outcome.few_cells import hidden
from patency.vocabulary import DAYS_A_MONTH

COMPARED = (12, 24)  # months: what most studies print, and so the points that are kept before others
NOBODY_LIVED = ("synthetic", "reconstructed", "made up")


class Shown(NamedTuple):
    """A figure as it may leave; `withheld` says why nothing of it but its definition and group may be printed, or is ""."""

    figure: Estimated
    withheld: str


def fewest_of(cut: Cut) -> int:
    """Return of how many people the smallest count is that may leave a cut: 1 where nobody in it lived."""
    return 1 if cut.manifest.label in NOBODY_LIVED else FEWEST


def few_words(fewest: int) -> str:
    """Say why a figure is withheld; the same whether it is small or would give a small one back."""
    return f"not shown: it tells of fewer than {fewest} people, or would help to work out a figure that does"


def shown(figures: Sequence[Estimated], fewest: int, also: Collection[str] = ()) -> tuple[Shown, ...]:
    """Say which figures of one definition may leave: that of everybody, and those of its groups; `also` may not in any case."""
    if fewest <= 1:
        return tuple(Shown(figure, "") for figure in figures)
    out = _withheld(figures, fewest, also)
    kept = _points(_deaths(figures, out, fewest), fewest)
    return tuple(
        Shown(_emptied(figure), few_words(fewest)) if figure.group in out else Shown(kept[figure.group], "")
        for figure in figures
    )


def _emptied(figure: Estimated) -> Estimated:
    """Return a figure of which nothing is left, so that nothing can be printed by mistake."""
    return figure._replace(
        units=0, patients=0, events=None, deaths=None, followed=None, share=None, interval=None, exact=None, curve=None,
        points=(), between=(), median=None, summary=None, change=None, counts={}, affected=None, spared=None, most=1,
        restricted=None, reach=None,
    )  # fmt: skip


# Whole figures.


def _withheld(figures: Sequence[Estimated], fewest: int, also: Collection[str]) -> set[str]:
    out = {figure.group for figure in figures if figure.group in also or _is_few(figure, fewest)}
    everybody = next((figure for figure in figures if figure.group == ALL), None)
    if everybody is None:
        return out
    if ALL in out:
        return {figure.group for figure in figures}
    while rest := sorted(
        (figure for figure in figures if figure.group not in out | {ALL}), key=lambda each: (each.patients, each.group)
    ):
        if not any(0 < left < fewest for left in _left(everybody, rest)):
            break
        out.add(rest[0].group)
    return out


def _is_few(figure: Estimated, fewest: int) -> bool:
    return any(0 < count < fewest for count in people(figure))


def people(figure: Estimated) -> tuple[int, ...]:
    """Return how many people stand in each cell of a figure: all, those with the event, and those without."""
    return (figure.patients, *(count for count in (figure.affected, figure.spared) if count is not None))


def _counts(figure: Estimated) -> tuple[int, ...]:
    """Return the same in units."""
    return (figure.units,) if figure.events is None else (figure.units, figure.events, figure.units - figure.events)


def _at_least(units: int, figure: Estimated) -> int:
    """Return of how many people so many units are, at the least."""
    return max(ceil(units / figure.most), units - (figure.units - figure.patients)) if units > 0 else 0


def _left(everybody: Estimated, groups: Sequence[Estimated]) -> Iterator[int]:
    """Yield what everybody less some groups tells of the others, in people and in units.

    Who has episodes in two groups is in both, so that people may leave less than there are; units leave what there is.
    """
    for counts in (people, _counts):
        for total, *parts in zip(counts(everybody), *(counts(group) for group in groups), strict=True):
            yield total - sum(parts)


def _deaths(figures: Sequence[Estimated], out: set[str], fewest: int) -> list[Estimated]:
    """Return the figures that are not withheld, without their deaths where these are few, or would tell of few."""
    told = [figure for figure in figures if figure.group not in out]
    if not told or told[0].deaths is None:
        return told
    total, *groups = (figure.deaths or 0 for figure in told)
    cells = [total, *groups, total - sum(groups)]
    few = [at for at, figure in enumerate(told) if _is_few_dead(figure, fewest)]
    gone = hidden(cells, [list(range(len(cells)))] if groups else [[0]], fewest, gone=[*few, len(cells) - 1])
    return [figure._replace(deaths=None) if at in gone else figure for at, figure in enumerate(told)]


def _is_few_dead(figure: Estimated, fewest: int) -> bool:
    """Whether few died before the event, or few were left with neither."""
    deaths = figure.deaths or 0
    left = figure.units - (figure.events or 0) - deaths
    return any(0 < _at_least(count, figure) < fewest for count in (deaths, left))


# Points of curves.


def _points(figures: Sequence[Estimated], fewest: int) -> dict[str, Estimated]:
    """Return figures with the points that may be shown, and without what is of one person."""
    found = {figure.group: _coarse(figure, fewest) for figure in figures}
    for place in range(max((len(figure.points) for figure in figures), default=0)):
        _hide_with_others(found, figures, place, fewest)
    by_group = {figure.group: figure for figure in figures}
    while (more := _next_point(found, by_group, fewest)) is not None:
        found[more[0]] = without_point(found[more[0]], more[1], _point_words(fewest))
    return found


def _coarse(figure: Estimated, fewest: int) -> Estimated:
    summary, change = figure.summary, figure.change
    if summary is not None:
        summary = summary._replace(least=None, most=None)
    if change is not None and (change.pairs < fewest or 0 < figure.units - change.pairs < fewest):
        change = None
    followed = [
        place
        for place, point in enumerate(figure.points)
        if point.at_risk is not None and _at_least(point.at_risk, figure) >= fewest
    ]
    kept = _steady(figure, followed, fewest)
    hidden = [place for place in range(len(figure.points)) if place not in kept]
    told = [figure.points[place].month for place in kept if figure.points[place].value is not None]
    lasts = max(told, default=0.0) * DAYS_A_MONTH
    found = figure._replace(
        summary=summary, change=change, median=_median(figure.median, lasts), reach=lasts or None,
        followed=_month(figure.followed), counts={},
        restricted=_restricted(figure, kept, fewest),
    )  # fmt: skip
    for place in hidden:
        found = without_point(found, place, _point_words(fewest))
    return found._replace(curve=None)


def _month(days: float | None) -> float | None:
    """Return days to the nearest whole month: a median is one person's day."""
    return None if days is None else round(days / DAYS_A_MONTH) * DAYS_A_MONTH


def _median(median: Median | None, lasts: float) -> Median | None:
    """Return a median and its ends in whole months, and nothing beyond the last point that is told."""
    if median is None or not lasts:
        return None
    value, low, high = (None if each is None or each > lasts else _month(each) for each in median.ends)
    return Median(value, low, high, lasts)


def _restricted(figure: Estimated, kept: Collection[int], fewest: int) -> Mean | None:
    """Return a mean time open if the curve is told at its end: the area under steps that are not told would tell of them."""
    mean = figure.restricted
    if mean is None or any(_is_at(figure.points[place], mean) for place in kept):
        return mean
    return _untold(mean, _point_words(fewest))


def _is_at(point: Point, mean: Mean) -> bool:
    return abs(point.month * DAYS_A_MONTH - mean.until) < 1e-6


def _untold(mean: Mean, why: str) -> Mean:
    return Mean(mean.until, None, None, None, None, why)


def _steady(figure: Estimated, places: Sequence[int], fewest: int) -> set[int]:
    """Return the points that are worth most, between which, and before and after which, nobody or enough had the event."""
    by = [with_event_by(figure, figure.points[place].month) for place in places]
    worth = [_worth(figure.points[place]) for place in places]
    best: list[tuple[int, ...]] = [()]
    for here, had in enumerate(by):
        chains = [chain for chain in best if _is_enough(had - (by[chain[-1]] if chain else 0), figure, fewest)]
        if chains:
            best.append((*max(chains, key=lambda chain: sum(worth[at] for at in chain)), here))
    ended = [chain for chain in best if chain and _is_enough((figure.events or 0) - by[chain[-1]], figure, fewest)]
    return {places[here] for here in max(ended, key=lambda chain: sum(worth[at] for at in chain), default=())}


def _worth(point: Point) -> float:
    """Return what a point is worth to a reader: nothing where the curve is cut before it."""
    if point.value is None:
        return 0.0
    return 1.5 if point.month in COMPARED else 1.0


def _is_enough(events: int, figure: Estimated, fewest: int) -> bool:
    """Whether so many events are of nobody, or of enough people: at the least all but those that came to one person again."""
    again = (figure.events or 0) - (figure.affected or 0)
    return events <= 0 or max(ceil(events / figure.most), events - again) >= fewest


def with_event_by(figure: Estimated, month: float) -> int:
    """Return how many had had the event by a month."""
    curve = figure.curve
    if curve is None:
        return 0
    events = curve.events[0] if isinstance(curve, Incidence) else curve.events
    return round(float(events[curve.times <= month * DAYS_A_MONTH].sum()))


def _hide_with_others(found: dict[str, Estimated], figures: Sequence[Estimated], place: int, fewest: int) -> None:
    """Withhold the point of a further group, where those at risk in the others would tell of too few."""
    if ALL not in found or found[ALL].points[place].at_risk is None:
        return
    true = {figure.group: figure.points[place].at_risk or 0 for figure in figures}
    while told := sorted(
        (group for group in found if group != ALL and found[group].points[place].at_risk is not None),
        key=true.__getitem__,
    ):
        left = true[ALL] - sum(true[group] for group in told)
        if not 0 < ceil(left / found[ALL].most) < fewest:
            return
        found[told[0]] = without_point(found[told[0]], place, _point_words(fewest))


_START, _END = -1, -2  # before the first point, and all that was followed: of every group that is shown


def _next_point(
    found: Mapping[str, Estimated], figures: Mapping[str, Estimated], fewest: int
) -> tuple[str, int] | None:
    """Return a further point to withhold, where everybody less the groups told at two times leaves few with the event between."""
    if ALL not in figures:
        return None
    told = [place for place, point in enumerate(found[ALL].points) if point.value is not None]
    for first, last in combinations((_START, *told, _END), 2):
        both = [group for group in found if group != ALL and _is_told(found[group], first, last)]
        rest = _between(figures[ALL], first, last) - sum(_between(figures[group], first, last) for group in both)
        if both and {first, last} != {_START, _END} and not _is_enough(rest, figures[ALL], fewest):
            return min(both, key=lambda group: (figures[group].units, group)), last if last != _END else first
    return None


def _is_told(figure: Estimated, *places: int) -> bool:
    return all(place < 0 or figure.points[place].value is not None for place in places)


def _between(figure: Estimated, first: int, last: int) -> int:
    """Return how many had the event between two points, the start and the end among them."""
    by = {_START: 0, _END: figure.events or 0}
    return _by(figure, last, by) - _by(figure, first, by)


def _by(figure: Estimated, place: int, ends: Mapping[int, int]) -> int:
    return ends[place] if place in ends else with_event_by(figure, figure.points[place].month)


def _point_words(fewest: int) -> str:
    return f"not shown: too few at risk, or fewer than {fewest} people with the event since the month before"


def without_point(figure: Estimated, place: int, why: str) -> Estimated:
    """Return a figure without one point of its curve."""
    month = figure.points[place].month
    points = tuple(
        Point(month, None, None, None, why) if at == place else each for at, each in enumerate(figure.points)
    )
    between = tuple(
        each._replace(least=None, most=None, low=None, high=None, why=why) if at == place else each
        for at, each in enumerate(figure.between)
    )
    mean = figure.restricted
    if mean is not None and _is_at(figure.points[place], mean):
        mean = _untold(mean, why)
    lasts = max((each.month for each in points if each.value is not None), default=0.0) * DAYS_A_MONTH
    found = figure._replace(points=points, between=between, restricted=mean)
    if figure.curve is not None or lasts == figure.reach:
        return found
    return found._replace(reach=lasts or None, median=_median(figure.median, lasts))
