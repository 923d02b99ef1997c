"""The interval of Turnbull's curve: the percentile bootstrap over rows, or over whole clusters.

In: the last visits without and the first ones with the event, times, and a seed. Out: the curve at these times with its interval.
The same seed gives the same interval. It is approximate: the curve has no normal limit where visits are scattered (visits.py).

All draws are raised together, a column for each, from the estimate itself: by EM with squared extrapolation, over the stretches
of all rows. The stretches of a draw, of whose rows some are away, are wider, and where in one its mass lies cannot be told:
each draw is read with its own.
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats
from patency.outcome.estimate.visits import BetweenVisits, checked, reach, stretches, turnbull, turnbull_at
from patency.share import CONFIDENCE

# Of log-likelihood in all: a draw need not be nearer than the draws are to each other. How many steps at the most, and how much
# of the mass is spread evenly at the start, so that what bears none in the estimate may in a draw.
_NEAR, _MOST_STEPS, _SPREAD = 0.01, 5_000, 0.1
_LEAST = 1e-300


class _Rows(NamedTuple):
    """Rows that are told apart: from and to which stretch each reaches, and what adds up by stretch what is of rows."""

    first: Column
    last: Column
    adding: Column


def turnbull_intervals(last_without: Column, first_with: Column, times: Column, *, seed: int, runs: int = 1000,
                       clusters: Column | None = None, confidence: float = CONFIDENCE) -> tuple[BetweenVisits, ...]:  # fmt: skip
    """Return the curve at given times with percentile intervals over rows, or whole clusters, drawn again `runs` times."""
    left, right, _ = checked(last_without, first_with, None)
    curve = turnbull(left, right)
    found = turnbull_at(curve, times)
    if not len(left):
        return found
    pairs, numbers = numpy.unique(numpy.stack((left, right), axis=1), axis=0, return_inverse=True)
    after, until = stretches(pairs[:, 0], pairs[:, 1])
    heavy = _drawn(numbers.ravel(), len(pairs), clusters, numpy.random.default_rng(seed), runs)
    start = numpy.full(len(after), _SPREAD / len(after))
    start[numpy.isin(until, curve.until)] += (1 - _SPREAD) * curve.mass
    mass = _raised(_rows(*reach(pairs, after, until), len(after)), heavy, start, _NEAR / len(left))
    read = [_read(pairs[heavy[:, run] > 0], until, mass[:, run], times) for run in range(runs)]
    return tuple(_spread(one, [run[place] for run in read], confidence) for place, one in enumerate(found))


def _drawn(numbers: Column, pairs: int, clusters: Column | None, drawing: numpy.random.Generator, runs: int) -> Floats:
    """Return how often each pair is in each draw, a column for a draw."""
    names = numpy.arange(len(numbers)) if clusters is None else numpy.unique(clusters, return_inverse=True)[1]
    many = int(names.max()) + 1
    heavy = numpy.empty((pairs, runs))
    for run in range(runs):
        times = numpy.bincount(drawing.integers(0, many, many), minlength=many)[names]
        heavy[:, run] = numpy.bincount(numbers, times, pairs)
    return heavy


def _rows(first: Column, last: Column, many: int) -> _Rows:
    from scipy.sparse import csr_array

    here = numpy.arange(len(first))
    signs = numpy.repeat((1.0, -1.0), len(first))
    places = numpy.concatenate((first, last)), numpy.concatenate((here, here))
    return _Rows(first, last, csr_array((signs, places), shape=(many + 1, len(first))))


def _raised(rows: _Rows, heavy: Floats, start: Floats, near: float) -> Floats:
    """Raise the likelihood of every draw until none could rise by more than `near` for each row."""
    mass = numpy.repeat(start[:, None], heavy.shape[1], axis=1)
    open_draws = numpy.arange(heavy.shape[1])
    for _ in range(_MOST_STEPS):
        now, of = mass[:, open_draws], heavy[:, open_draws]
        slopes = _slopes(rows, now, of)
        is_open = slopes.max(axis=0) > 1 + near
        if not is_open.any():
            break
        open_draws, now, of, slopes = open_draws[is_open], now[:, is_open], of[:, is_open], slopes[:, is_open]
        mass[:, open_draws] = _stepped(rows, now, of, slopes)
    return mass


def _stepped(rows: _Rows, mass: Floats, heavy: Floats, slopes: Floats) -> Floats:
    """Go two steps of EM, or further in their direction where that is better."""
    once = mass * slopes
    twice = once * _slopes(rows, once, heavy)
    change, turn = once - mass, (twice - once) - (once - mass)
    length = -numpy.sqrt((change**2).sum(axis=0) / numpy.maximum((turn**2).sum(axis=0), _LEAST))
    further = mass - 2 * length * change + length**2 * turn
    may = (length < -1) & (further > 0).all(axis=0)
    further = numpy.where(may, further, twice)
    further /= further.sum(axis=0)
    better = (heavy * numpy.log(_chances(rows, further) / _chances(rows, twice))).sum(axis=0)
    best: Floats = numpy.where(may & (better >= 0), further, twice)
    return best


def _chances(rows: _Rows, mass: Floats) -> Floats:
    upto = numpy.concatenate((numpy.zeros((1, mass.shape[1])), numpy.cumsum(mass, axis=0)))
    chances: Floats = numpy.maximum(upto[rows.last] - upto[rows.first], _LEAST)
    return chances


def _slopes(rows: _Rows, mass: Floats, heavy: Floats) -> Floats:
    slopes: Floats = numpy.cumsum(rows.adding @ (heavy / _chances(rows, mass)), axis=0)[:-1] / heavy.sum(axis=0)
    return slopes


def _read(pairs: Floats, until: Floats, mass: Floats, times: Column) -> list[tuple[float, float]]:
    """Read a draw: between which shares it lies at each time; from nought up where nobody of it was seen so late."""
    begins, ends = stretches(pairs[:, 0], pairs[:, 1])
    gone = numpy.concatenate(([0.0], numpy.cumsum(mass)))
    found = []
    for time in numpy.asarray(times, dtype=float):
        within = numpy.flatnonzero((begins < time) & (ends > time))
        low, high = (begins[within[0]], ends[within[0]]) if len(within) else (time, time)
        least, most = (1 - gone[numpy.searchsorted(until, day, side="right")] for day in (high, low))
        found.append((max(0.0, float(least)), max(0.0, float(most))))
    return found


def _spread(one: BetweenVisits, drawn: list[tuple[float, float]], confidence: float) -> BetweenVisits:
    if one.least is None:
        return one
    tail = (1 - confidence) / 2
    least, most = numpy.array(drawn).T
    return one._replace(low=float(numpy.quantile(least, tail)), high=float(numpy.quantile(most, 1 - tail)))
