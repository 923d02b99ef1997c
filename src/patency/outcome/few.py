"""What may leave of few people: which figures, points and counts are shown, and which are withheld.

Where real patients are in a cut, a count of 1 to 4 of them never leaves (5 by default), nor what would give it back:

    a figure      is withheld whole if fewer people were counted, had the event, did not, died, or were followed without it
    its group     is withheld too, if everybody less the groups that are shown would tell of so few: the smallest first
    a point       is withheld with fewer at risk, and where fewer had the event since the last point shown, or have it after
    a curve       is told at months alone, for each of its steps is one person's day; so are the least and the most number
    counts        of one list, of which one is withheld, have another withheld with it (`hidden`)

None is no small cell: that nobody of 37 was harmed is the figure that is looked for. People are counted, not limbs. A cut
whose label says that nobody in it lived is shown whole: nobody can be known again.

What is no secret: that a denominator is smaller than all who are in the cut tells how many have no record of something,
and nothing of what they had. Counts of those are withheld where they would be printed; denominators are always told.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.manifest import FEWEST
from patency.cut.opened import Cut
from patency.outcome.estimate.incidence import Incidence
from patency.outcome.estimated import ALL, DAYS_A_MONTH, Estimated, Point

if TYPE_CHECKING:
    from fractions import Fraction

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


def shown(figures: Sequence[Estimated], fewest: int) -> tuple[Shown, ...]:
    """Say which figures of one definition may leave: that of everybody, and those of its groups."""
    if fewest <= 1:
        return tuple(Shown(figure, "") for figure in figures)
    out = _withheld(figures, fewest)
    kept = _points([figure for figure in figures if figure.group not in out], fewest)
    return tuple(
        Shown(_emptied(figure), few_words(fewest)) if figure.group in out else Shown(kept[figure.group], "")
        for figure in figures
    )


def _emptied(figure: Estimated) -> Estimated:
    """Return a figure of which nothing is left, so that nothing can be printed by mistake."""
    return figure._replace(
        units=0, patients=0, events=None, deaths=None, followed=None, share=None, interval=None, exact=None, curve=None,
        points=(), between=(), median=None, summary=None, change=None, counts={}, affected=None, spared=None, most=1,
    )  # fmt: skip


# Whole figures.


def _withheld(figures: Sequence[Estimated], fewest: int) -> set[str]:
    out = {figure.group for figure in figures if _is_few(figure, fewest)}
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
    """Return how many people, at the least, stand in each cell of a figure."""
    cells = [figure.patients, *(_at_least(count, figure) for count in _counts(figure))]
    return (*cells, *(count for count in (figure.affected, figure.spared) if count is not None))


def _counts(figure: Estimated) -> tuple[int, ...]:
    """Return the counts of units that a figure tells: all, with the event, without, dead before it, and followed without it."""
    if figure.events is None:
        return (figure.units,)
    without, deaths = figure.units - figure.events, figure.deaths or 0
    return (figure.units, figure.events, without, deaths, without - deaths)


def _at_least(units: int, figure: Estimated) -> int:
    """Return of how many people so many units are, at the least."""
    return max(ceil(units / figure.most), units - (figure.units - figure.patients)) if units > 0 else 0


def _left(everybody: Estimated, groups: Sequence[Estimated]) -> tuple[int, ...]:
    """Return what everybody less some groups tells of the others, in people at the least."""
    patients = everybody.patients - sum(group.patients for group in groups)
    lefts = (
        total - sum(parts)
        for total, *parts in zip(_counts(everybody), *(_counts(group) for group in groups), strict=True)
    )
    return (patients, *(ceil(left / everybody.most) for left in lefts))


# Points of curves.


def _points(figures: Sequence[Estimated], fewest: int) -> dict[str, Estimated]:
    """Return figures with the points that may be shown, and without what is of one person."""
    found = {figure.group: _coarse(figure, fewest) for figure in figures}
    for place in range(max((len(figure.points) for figure in figures), default=0)):
        _hide_with_others(found, figures, place, fewest)
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
    found = figure._replace(summary=summary, change=change)
    for place in hidden:
        found = _without(found, place, fewest)
    return found._replace(curve=None)


def _steady(figure: Estimated, places: Sequence[int], fewest: int) -> set[int]:
    """Return the most points between which, and before and after which, nobody or enough had the event."""
    by = [_by(figure, figure.points[place].month) for place in places]
    total = figure.events or 0
    best: list[tuple[int, ...]] = [()]
    for here, had in enumerate(by):
        chains = [chain for chain in best if _is_enough(had - (by[chain[-1]] if chain else 0), figure, fewest)]
        if chains:
            best.append((*max(chains, key=len), here))
    ended = [chain for chain in best if chain and _is_enough(total - by[chain[-1]], figure, fewest)]
    return {places[here] for here in max(ended, key=len, default=())}


def _is_enough(events: int, figure: Estimated, fewest: int) -> bool:
    return not 0 < _at_least(events, figure) < fewest


def _by(figure: Estimated, month: float) -> int:
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
        found[told[0]] = _without(found[told[0]], place, fewest)


def _without(figure: Estimated, place: int, fewest: int) -> Estimated:
    month = figure.points[place].month
    why = f"not shown: fewer than {fewest} people at risk, or with the event since the month before"
    points = tuple(
        Point(month, None, None, None, why) if at == place else each for at, each in enumerate(figure.points)
    )
    between = tuple(
        each._replace(least=None, most=None, low=None, high=None, why=why) if at == place else each
        for at, each in enumerate(figure.between)
    )
    return figure._replace(points=points, between=between)


# Counts in lists and tables.


def hidden(cells: Sequence[int], lines: Sequence[Sequence[int]], fewest: int) -> frozenset[int]:
    """Return which cells are withheld, so that no cell of too few can be worked out from those that are shown.

    Each line names cells of which the first is the sum of the others. Beside the small cells, further ones are withheld, the
    smallest first, until no sum of withheld cells that a line gives is small, and no small cell follows from all lines.
    """
    if fewest <= 1:
        return frozenset()
    small = {place for place, count in enumerate(cells) if 0 < count < fewest}
    out = set(small)
    while (more := _next(cells, lines, out, small, fewest)) is not None:
        out.add(more)
    return frozenset(out)


def _next(
    cells: Sequence[int], lines: Sequence[Sequence[int]], out: set[int], small: set[int], fewest: int
) -> int | None:
    """Return the next cell to withhold, None where enough are."""
    for total, *parts in lines:
        gone = [place for place in parts if place in out]
        told = total not in out
        if told and gone and 0 < sum(cells[place] for place in gone) < fewest:
            return _smallest(cells, [*(place for place in parts if place not in out), total])
    for place in sorted(small & solved(len(cells), lines, out)):
        for line in lines:
            if place in line and (left := [each for each in line if each not in out]):
                return _smallest(cells, [*(each for each in left if each != line[0]), *left])
    linked = [place for line in lines if set(line) & out for place in line if place not in out]
    return _smallest(cells, linked) if linked and small & solved(len(cells), lines, out) else None


def _smallest(cells: Sequence[int], places: Sequence[int]) -> int:
    """Return the smallest of the cells that hold somebody; the last is the total, which goes last."""
    *parts, _ = places
    held = [place for place in parts if cells[place] > 0]
    return min(held, key=lambda place: (cells[place], place)) if held else places[-1]


def solved(many: int, lines: Sequence[Sequence[int]], out: set[int] | frozenset[int]) -> set[int]:
    """Return which of the withheld cells follow from the lines by addition and subtraction."""
    from fractions import Fraction

    unknown = [place for place in range(many) if place in out]
    rows = [[Fraction((-1 if place == line[0] else 1) if place in line else 0) for place in unknown] for line in lines]
    reduced: list[list[Fraction]] = []
    for column in range(len(unknown)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [_less(row, pivot, column) for row in rows]
        reduced = [_less(row, pivot, column) for row in reduced] + [pivot]
    # In reduced form a cell is known if a row holds it alone.
    return {unknown[_place(row)] for row in reduced if sum(bool(value) for value in row) == 1}


def _less(row: "Sequence[Fraction]", pivot: "Sequence[Fraction]", column: int) -> "list[Fraction]":
    times = row[column]
    return [value - times * other for value, other in zip(row, pivot, strict=True)]


def _place(row: "Sequence[Fraction]") -> int:
    return next(place for place, value in enumerate(row) if value)


def told(counts: Mapping[str, int], fewest: int, total: str, parts: Sequence[str]) -> dict[str, int | None]:
    """Return counts in words as they may be printed, None where withheld; `parts` are those that `total` is the sum of."""
    names = [total, *(name for name in counts if name != total)]
    line = [0, *(names.index(name) for name in parts)]
    out = hidden([counts[name] for name in names], [line], fewest)
    return {name: None if names.index(name) in out else counts[name] for name in counts}
