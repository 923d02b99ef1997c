"""Which counts of a list or a table are withheld, so that none of few people can be worked out from those that are shown.

In: counts, and which of them are the sum of which others. Out: which may not be printed. Not here: figures and curves (few.py).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


def hidden(
    cells: Sequence[int],
    lines: Sequence[Sequence[int]],
    fewest: int,
    gone: Collection[int] = (),
    kept: Collection[int] = (),
) -> frozenset[int]:
    """Return which cells are withheld, so that no cell of too few can be worked out from those that are shown.

    Each line names cells of which the first is the sum of the others. Beside the small cells, further ones are withheld, the
    smallest first, until no sum of withheld cells that a line gives is small, and no small cell follows from all lines. `gone`
    are not printed anyway; `kept` are told, here or elsewhere, whatever they are.
    """
    if fewest <= 1:
        return frozenset()
    small = {place for place, count in enumerate(cells) if 0 < count < fewest and place not in kept}
    out, fixed = small | set(gone), frozenset(kept)
    while (more := _next(cells, lines, out, small, fewest, fixed)) is not None:
        out.add(more)
    return frozenset(out)


def _next(
    cells: Sequence[int],
    lines: Sequence[Sequence[int]],
    out: set[int],
    small: set[int],
    fewest: int,
    kept: frozenset[int],
) -> int | None:
    """Return the next cell to withhold, None where enough are."""
    for total, *parts in lines:
        gone = [place for place in parts if place in out]
        if total not in out and gone and 0 < sum(cells[place] for place in gone) < fewest:
            left = _smallest(cells, [place for place in parts if place not in out | kept], total, kept)
            if left is not None:
                return left
    follow = small & solved(len(cells), lines, out)
    near = [line for line in lines if set(line) & follow] + [line for line in lines if follow and set(line) & out]
    for total, *parts in near:
        left = _smallest(cells, [place for place in parts if place not in out | kept], total, kept | out)
        if left is not None:
            return left
    return None


def _smallest(cells: Sequence[int], parts: Sequence[int], total: int, kept: Collection[int]) -> int | None:
    """Return the smallest part that holds somebody; the total goes last, and what is kept not at all."""
    held = [place for place in parts if cells[place] > 0]
    if held:
        return min(held, key=lambda place: (cells[place], place))
    return None if total in kept else total


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


def told(
    counts: Mapping[str, int], fewest: int, total: str, parts: Sequence[str], kept: Collection[str] = ()
) -> dict[str, int | None]:
    """Return counts in words as they may be printed, None where withheld; `parts` are those that `total` is the sum of.

    `kept` are told elsewhere, whatever they are.
    """
    names = [total, *(name for name in counts if name != total)]
    line = [0, *(names.index(name) for name in parts)]
    out = hidden([counts[name] for name in names], [line], fewest, kept=[names.index(name) for name in kept])
    return {name: None if names.index(name) in out else counts[name] for name in counts}
