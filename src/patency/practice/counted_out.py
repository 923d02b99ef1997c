"""The exact test of a table larger than two by two: all tables with its totals are counted out, column after column.

In: a table, and the Work that a run may still take. Out: the share, by weight, of the tables that are at most as likely
as this one; beyond the Work it is TooLarge.

A table's weight is the number of ways in which it can come about. After some columns what matters is how many of each
line are left, in any order, and the weight so far; alike ones are carried on together. Where the most that the columns to
come could multiply a weight by leaves it within the limit all of them count, and where the least takes it beyond, none
does: neither is counted out (Mehta CR, Patel NR. J Am Stat Assoc 1983;78:427-34). Nothing is drawn at random.

Weights are compared by their logarithms. These are wrong by less than 1e-11 of a weight, and tables within 1e-7 of one
another are called equally likely, as R's fisher.test has it: which tables count hangs on no rounding.
"""

from collections.abc import Sequence
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Whole = NDArray[numpy.int64]
    Real = NDArray[numpy.float64]

MOST_STEPS = 1_500_000  # of one table: about half a second, and a hundred megabytes
MOST_OF_ALL = 6_000_000  # of all tables of a run: about four seconds
AS_LIKELY = 1e-7
_ALIKE = 1e9  # weights that differ by less than a part in this are carried on as one


class TooLarge(Exception):  # noqa: N818  answered by an approximate test
    """More tables have these totals than are counted out."""


class Work:
    """How many steps a run may still take; each table takes of it what it needs, in the order in which they come."""

    def __init__(self, left: int = MOST_OF_ALL) -> None:
        self.left = left

    def of_a_table(self) -> "Work":
        """Return what one table may take."""
        return Work(min(MOST_STEPS, self.left))

    def take(self, steps: int) -> None:
        """Take so many steps, or refuse before one is made."""
        if steps > self.left:
            raise TooLarge
        self.left -= steps


class _Stage(NamedTuple):
    """One column: what may be left of each line before it, and each way to lay it out, with where it leads.

    `begins` is the first way of each state; the ways of one state stand together.
    """

    left: "Whole"
    begins: "Whole"
    leads: "Whole"
    weights: "Real"


def share_as_unlikely(table: Sequence[Sequence[int]], work: Work) -> float:
    """Return the share, by weight, of all tables with these totals that are at most as likely as this one."""
    own = work.of_a_table()
    given = own.left
    try:
        return _share(table, own)
    finally:
        work.left -= given - own.left


def _share(table: Sequence[Sequence[int]], work: Work) -> float:
    import numpy
    from scipy.special import gammaln

    lines = table if len(table) <= len(table[0]) else list(zip(*table, strict=True))
    columns = sorted((sum(column) for column in zip(*lines, strict=True)), reverse=True)
    factorials = gammaln(numpy.arange(sum(columns) + 1) + 1.0)  # logarithms
    seen = -float(factorials[numpy.array(lines)].sum())
    stages, last = _stages(sorted(sum(line) for line in lines), columns, factorials, work)
    ends = _ends(stages, -factorials[last].sum(axis=1))
    limit, within = seen + log1p(AS_LIKELY), 0.0
    whole = _every(numpy.array([[sum(line) for line in lines]]), columns, factorials)[0]
    at, weights, times = numpy.zeros(1, numpy.int64), numpy.zeros(1), numpy.ones(1)
    for stage, (least, most), columns_left in zip(
        [*stages, None], ends, [columns[k:] for k in range(len(columns))], strict=True
    ):
        counts = weights + most[at] <= limit
        left = last if stage is None else stage.left
        every = _every(left[at[counts]], columns_left, factorials)
        within += float((times[counts] * numpy.exp(weights[counts] + every - whole)).sum())
        is_open = ~counts & (weights + least[at] <= limit)
        if stage is None or not is_open.any():
            break
        at, weights, times = _carried(stage, at[is_open], weights[is_open], times[is_open], work)
    return min(1.0, within)


def _every(left: "Whole", columns: Sequence[int], factorials: "Real") -> "Real":
    """Return the logarithm of what all tables of these columns weigh together, for each state of the lines."""
    every: Real = factorials[left.sum(axis=1)] - factorials[left].sum(axis=1) - factorials[columns].sum()
    return every


def _stages(
    totals: Sequence[int], columns: Sequence[int], factorials: "Real", work: Work
) -> "tuple[list[_Stage], Whole]":
    """Lay out every column but the last, which takes what is left; what may be left for it is returned as well."""
    import numpy

    stages, states = [], numpy.array([totals])
    digits = (max(totals) + 1) ** numpy.arange(len(totals) - 1, dtype=object)
    if digits[-1] * (max(totals) + 1) >= 2**62:
        raise TooLarge
    for column in columns[:-1]:
        origin, laid = _laid(states, column, work)
        left = numpy.sort(states[origin] - laid, axis=1)
        keys = left[:, 1:] @ digits.astype(numpy.int64)
        _, first, leads = numpy.unique(keys, return_index=True, return_inverse=True)
        begins = numpy.searchsorted(origin, numpy.arange(len(states)))
        stages.append(_Stage(states, begins, leads, -factorials[laid].sum(axis=1)))
        states = left[first]
    return stages, states


def _laid(states: "Whole", column: int, work: Work) -> "tuple[Whole, Whole]":
    """Return each way in which a column can be shared out among the lines, and of which state it is."""
    import numpy

    after = numpy.cumsum(states[:, ::-1], axis=1)[:, ::-1] - states  # what the lines further down have left
    origin, need = numpy.arange(len(states)), numpy.full(len(states), column)
    parts: list[Whole] = []
    for line in range(states.shape[1] - 1):
        least = numpy.maximum(0, need - after[origin, line])
        ways = numpy.minimum(need, states[origin, line]) - least + 1
        work.take(int(ways.sum()))
        given = _counted_up(least, ways)
        origin, need = numpy.repeat(origin, ways), numpy.repeat(need, ways) - given
        parts = [*(numpy.repeat(part, ways) for part in parts), given]
    return origin, numpy.stack([*parts, need], axis=1)


def _counted_up(begins: "Whole", lengths: "Whole") -> "Whole":
    """Count up from each beginning, so many times: from 3 and 7, two and three times, 3 4 7 8 9."""
    import numpy

    ends = numpy.cumsum(lengths)
    return numpy.repeat(begins - ends + lengths, lengths) + numpy.arange(ends[-1])


def _ends(stages: Sequence[_Stage], last: "Real") -> "list[tuple[Real, Real]]":
    """Return for each stage and state the least and the most that the columns from there on add to a weight."""
    import numpy

    ends = [(last, last)]
    for stage in reversed(stages):
        least, most = (stage.weights + each[stage.leads] for each in ends[0])
        ends.insert(0, (numpy.minimum.reduceat(least, stage.begins), numpy.maximum.reduceat(most, stage.begins)))
    return ends


def _carried(stage: _Stage, at: "Whole", weights: "Real", times: "Real", work: Work) -> "tuple[Whole, Real, Real]":
    """Carry weights over one column, those alike that lead to the same state as one."""
    import numpy

    ways = numpy.diff(numpy.append(stage.begins, len(stage.leads)))[at]
    work.take(int(ways.sum()))
    chosen = _counted_up(stage.begins[at], ways)
    at, weights, times = (
        stage.leads[chosen], numpy.repeat(weights, ways) + stage.weights[chosen], numpy.repeat(times, ways),
    )  # fmt: skip
    rough = numpy.round(weights * _ALIKE)
    order = numpy.lexsort((rough, at))
    at, weights, rough, times = at[order], weights[order], rough[order], times[order]
    is_new = numpy.append(True, (numpy.diff(at) != 0) | (numpy.diff(rough) != 0))
    firsts = numpy.flatnonzero(is_new)
    return at[firsts], weights[firsts], numpy.add.reduceat(times, firsts)
