"""The exact test of a table larger than two by two: all tables with its totals are counted out, column after column.

In: a table, and the Work that a run may still take. Out: the share, by weight, of the tables that are at most as likely
as this one; beyond the Work it is TooLarge.

A table's weight is the number of ways in which it can come about. After some columns what matters is how many of each
line are left, in any order, and the weight so far; alike ones are carried on together (the network of Mehta CR, Patel NR.
J Am Stat Assoc 1983;78:427-34). The first half of the columns is carried forwards and the second backwards, and where
they meet the weights of the one are counted off against those of the other. Nothing is drawn at random.

Weights are compared by their logarithms. These are wrong by less than 1e-9 of a weight, and tables within 1e-7 of one
another are called equally likely, as R's fisher.test has it.
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
MOST_OF_ALL = 20_000_000  # of all tables of a run: about five seconds
AS_LIKELY = 1e-7
_ALIKE = 1e10  # weights that differ by less than a part in this are carried on as one


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
    """One column: each way to lay it out, from which state of what is left of the lines it comes, and to which it leads."""

    comes: "Whole"
    leads: "Whole"
    weights: "Real"


class _Paths(NamedTuple):
    """Ways through some columns, sorted by the state that they have come to: their weights, and how many are alike."""

    at: "Whole"
    weights: "Real"
    times: "Real"


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
    ordered = sorted((sum(column) for column in zip(*lines, strict=True)), reverse=True)
    columns = ordered[::2] + ordered[1::2]  # large and small ones in either half
    factorials = gammaln(numpy.arange(sum(columns) + 1) + 1.0)  # logarithms
    totals = sorted(sum(line) for line in lines)
    stages, states = _stages(totals, columns, factorials, work)
    half = len(columns) // 2
    forwards, backwards = _start(numpy.zeros(1)), _start(-factorials[states[-1]].sum(axis=1))
    for stage in stages[:half]:
        forwards = _carried(forwards, stage.comes, stage.leads, stage.weights, work)
    for stage in reversed(stages[half:]):
        backwards = _carried(backwards, stage.leads, stage.comes, stage.weights, work)
    every = _every(states[half], columns[half:], factorials)
    shares = backwards._replace(times=backwards.times * numpy.exp(backwards.weights - every[backwards.at]))
    whole = _every(numpy.array([totals]), columns, factorials)
    ways = forwards._replace(times=forwards.times * numpy.exp(forwards.weights + every[forwards.at] - whole))
    return min(1.0, _within(ways, shares, log1p(AS_LIKELY) - float(factorials[numpy.array(lines)].sum())))


def _within(forwards: _Paths, backwards: _Paths, limit: float) -> float:
    """Add up what the pairs of ways weigh that meet in one state and are together within the limit."""
    import numpy

    at = numpy.append(backwards.at, forwards.at)
    reach = numpy.append(backwards.weights, limit - forwards.weights)
    is_forwards = numpy.arange(len(at)) >= len(backwards.at)
    shares = numpy.append(backwards.times, numpy.zeros(len(forwards.at)))
    weighs = numpy.append(numpy.zeros(len(backwards.at)), forwards.times)
    order = numpy.lexsort((is_forwards, reach, at))
    so_far, at = numpy.cumsum(shares[order]), at[order]
    before = numpy.append(0.0, so_far)[numpy.searchsorted(at, at)]  # of the states that come earlier
    return float((weighs[order] * (so_far - before)).sum())


def _start(weights: "Real") -> _Paths:
    import numpy

    return _Paths(numpy.arange(len(weights)), weights, numpy.ones(len(weights)))


def _every(left: "Whole", columns: Sequence[int], factorials: "Real") -> "Real":
    """Return the logarithm of what all tables of these columns weigh together, for each state of the lines."""
    every: Real = factorials[left.sum(axis=1)] - factorials[left].sum(axis=1) - factorials[columns].sum()
    return every


def _stages(
    totals: Sequence[int], columns: Sequence[int], factorials: "Real", work: Work
) -> "tuple[list[_Stage], list[Whole]]":
    """Lay out every column but the last, which takes what is left; with what may be left of the lines before each."""
    import numpy

    stages, states = [], [numpy.array([totals])]
    digits = [(max(totals) + 1) ** line for line in range(len(totals))]
    if digits[-1] >= 2**62:
        raise TooLarge
    for column in columns[:-1]:
        comes, laid = _laid(states[-1], column, work)
        left = numpy.sort(states[-1][comes] - laid, axis=1)
        keys = left[:, 1:] @ numpy.array(digits[:-1])
        _, first, leads = numpy.unique(keys, return_index=True, return_inverse=True)
        stages.append(_Stage(comes, leads, -factorials[laid].sum(axis=1)))
        states.append(left[first])
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


def _carried(paths: _Paths, comes: "Whole", leads: "Whole", weights: "Real", work: Work) -> _Paths:
    """Carry ways on over one column, those alike that lead to the same state as one."""
    import numpy

    begins = numpy.searchsorted(paths.at, comes)
    ways = numpy.searchsorted(paths.at, comes, side="right") - begins
    work.take(int(ways.sum()))
    chosen = _counted_up(begins, ways)
    at, times = numpy.repeat(leads, ways), paths.times[chosen]
    weights = paths.weights[chosen] + numpy.repeat(weights, ways)
    rough = numpy.round(weights * _ALIKE)
    order = numpy.lexsort((rough, at))
    at, weights, rough, times = at[order], weights[order], rough[order], times[order]
    firsts = numpy.flatnonzero(numpy.append(True, (numpy.diff(at) != 0) | (numpy.diff(rough) != 0)))
    return _Paths(at[firsts], weights[firsts], numpy.add.reduceat(times, firsts))
