"""The share still free of an event that is seen only at visits: Turnbull's curve.

A row says that the event came after `last_without` and not after `first_with` (infinite where it was never seen): it lies
in (last_without, first_with], and is known to the day where both are the same. Turnbull BW. J R Stat Soc B 1976;38:290-5 (recalled).
The likelihood is raised by self-consistency (EM) in steps taken further by squared extrapolation (Varadhan R, Roland C.
Scand J Stat 2008;35:335-53 (recalled)) until no mass could raise it by more than a bound (Gentleman R, Geyer CJ. Biometrika
1994;81:618-23 (recalled): the largest likelihood is reached when every directional derivative is at most the number of rows), and then by
steps of constrained Newton, so that the curve too, and not the likelihood alone, is right to 1e-6.

R's survfit(Surv(a, b, type = "interval2") ~ 1) estimates the same and stops when a step moves less than 5e-5; the tests
hold the likelihood against it, and the curve against an own EM of R run to the end (tests/outcome/r/visits.R).

The interval is the percentile bootstrap's over rows or clusters (resampled.py): the curve has no normal limit where visits are
scattered (Groeneboom P, Wellner JA. Information Bounds. Birkhaeuser 1992 (recalled)), so that it is approximate and says so.
Within a stretch between two visits the mass may lie anywhere: the curve is given at the ends of stretches alone.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable

_CLOSE, _MOST_STEPS = 1e-9, 20_000
_SURE = 1e-12  # mass below it is none
# Of the steps of Newton: how many, which slopes may still bear mass, what moves no more, and what is too wide to lay out.
_POLISHED, _FLAT, _STILL, _MOST_CELLS, _GREAT = 50, 1e-3, 1e-12, 4_000_000, 1e3


class Turnbull(NamedTuple):
    """Stretches that may hold an event, the share of events in each, and the share still free after each."""

    after: Floats  # each stretch begins after this
    until: Floats  # and ends with this, which may be infinite
    mass: Floats
    survival: Floats
    log_likelihood: float | None
    rows: int
    steps: int
    is_converged: bool
    unsaid: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The method in words."""
        return "Turnbull's estimate for events seen at visits, to the largest likelihood"


class BetweenVisits(NamedTuple):
    """What the curve says of one time: between these two shares wherever the mass of a stretch lies."""

    time: float
    least: float | None
    most: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


def turnbull(
    last_without: Column, first_with: Column, *, weights: Column | None = None, within: float = _CLOSE
) -> Turnbull:
    """Return the estimate of most likelihood from the last visit without the event and the first with it.

    It is final when the log-likelihood could rise by at most `within` for each row.
    """
    left, right, heavy = checked(last_without, first_with, weights)
    if not len(left):
        nothing = numpy.zeros(0)
        return Turnbull(nothing, nothing, nothing, nothing, None, 0, 0, True, ("there are no rows",))
    pairs, numbers = numpy.unique(numpy.stack((left, right), axis=1), axis=0, return_inverse=True)
    times = numpy.bincount(numbers.ravel(), heavy, minlength=len(pairs)).astype(float)
    after, until = stretches(pairs[:, 0], pairs[:, 1])
    first, last = reach(pairs, after, until)
    mass, steps, is_done = _largest(first, last, times, len(after), within)
    if within <= _CLOSE:
        mass = _polished(mass, first, last, times)
    held = mass > _SURE
    mass = mass[held] / mass[held].sum()
    free = numpy.clip(1 - numpy.cumsum(mass), 0.0, 1.0)
    full = numpy.zeros(len(held))
    full[held] = mass
    likelihood = float(times @ numpy.log(_chances(full, first, last)))
    return Turnbull(
        after[held], until[held], mass, free, likelihood, len(left), steps, is_done, _unsaid(pairs, is_done)
    )


def _unsaid(pairs: Floats, is_done: bool) -> tuple[str, ...]:
    is_there = bool(numpy.isfinite(pairs[:, 1]).any())
    nobody = "nobody had the event: the share still free has an exact lower bound alone"
    not_final = "the likelihood could still rise: the curve is not final"
    return tuple(words for words, is_so in ((nobody, not is_there), (not_final, not is_done)) if is_so)


def turnbull_at(curve: Turnbull, times: Column) -> tuple[BetweenVisits, ...]:
    """Read the curve at given times: one share between stretches, two bounds within one."""
    return tuple(_at(curve, float(time)) for time in times)


def checked(last_without: Column, first_with: Column, weights: Column | None) -> tuple[Floats, Floats, Floats]:
    """Return the columns as numbers, or refuse what no visits are."""
    left, right = numpy.asarray(last_without, dtype=float), numpy.asarray(first_with, dtype=float)
    heavy = numpy.ones(len(left)) if weights is None else numpy.asarray(weights, dtype=float)
    if not len(left) == len(right) == len(heavy):
        raise NotUsable("the columns are not equally long")
    if numpy.isnan(left).any() or numpy.isnan(right).any() or not numpy.isfinite(left).all() or (left < 0).any():
        raise NotUsable("a visit is missing or before the origin; never seen is an infinite first visit")
    if (right < left).any():
        raise NotUsable("a first visit with the event is before the last one without")
    if (heavy <= 0).any():
        raise NotUsable("a weight is not above zero")
    return left, right, heavy


def stretches(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Return where mass can lie: a left end that a right end follows with no other between (Turnbull 1976, section 2).

    An event known to the day is the closed stretch of that day: it begins before an interval that is open at the day does.
    """
    exact = left == right
    # In the order of the line at one day: a known day begins, then all that ends with it, then what begins after it.
    marks = (
        [(day, 0, 0) for day in left[exact]] + [(day, 2, 0) for day in left[~exact]] + [(day, 1, 1) for day in right]
    )
    marks = sorted(set(marks))
    pairs = [(one[0], other[0]) for one, other in pairwise(marks) if one[2] == 0 and other[2] == 1]
    after, until = numpy.array(pairs).T
    return after, until


def reach(pairs: Floats, after: Floats, until: Floats) -> tuple[Column, Column]:
    """Return the first and the last stretch that lies within each row's interval; stretches are in order, so all between do."""
    exact = pairs[:, 0] == pairs[:, 1]
    first = numpy.where(exact, numpy.searchsorted(until, pairs[:, 0], side="left"), 0)
    # Not a known day's stretch at the interval's own open end: it begins and ends with that day.
    open_from = numpy.searchsorted(until, pairs[:, 0], side="right")
    inside_from = numpy.maximum(open_from, numpy.searchsorted(after, pairs[:, 0], side="left"))
    shut = (inside_from < len(after)) & (until[numpy.minimum(inside_from, len(after) - 1)] <= pairs[:, 0])
    first = numpy.where(exact, first, inside_from + shut)
    return first, numpy.searchsorted(until, pairs[:, 1], side="right")


def _chances(mass: Floats, first: Column, last: Column) -> Floats:
    upto = numpy.concatenate(([0.0], numpy.cumsum(mass)))
    chances: Floats = upto[last] - upto[first]
    return chances


def _slopes(mass: Floats, first: Column, last: Column, times: Floats) -> Floats:
    """Return by how much the log-likelihood rises with each mass."""
    shares = times / numpy.maximum(_chances(mass, first, last), 1e-300)
    many = len(mass) + 1
    slopes: Floats = numpy.cumsum(numpy.bincount(first, shares, many) - numpy.bincount(last, shares, many))[:-1]
    return slopes


def _largest(first: Column, last: Column, times: Floats, many: int, within: float) -> tuple[Floats, int, bool]:
    total = times.sum()
    mass = numpy.full(many, 1 / many)
    for step in range(1, _MOST_STEPS + 1):
        slopes = _slopes(mass, first, last, times) / total
        if slopes.max() <= 1 + within:
            return mass, step, True
        once = mass * slopes
        twice = once * _slopes(once, first, last, times) / total
        change, turn = once - mass, (twice - once) - (once - mass)
        length = -numpy.sqrt((change @ change) / max(float(turn @ turn), 1e-300))
        further = mass - 2 * length * change + length * length * turn
        mass = twice
        if length < -1 and (further > 0).all():
            further = further / further.sum()
            better = times @ (numpy.log(_chances(further, first, last)) - numpy.log(_chances(twice, first, last)))
            mass = further if better >= 0 else twice
    return mass, _MOST_STEPS, False


def _polished(mass: Floats, first: Column, last: Column, times: Floats) -> Floats:
    """Return the mass of most likelihood to the last digits, by steps of constrained Newton; as it came where it is too wide.

    EM gets slow where the likelihood is flat: what can still rise by 1e-9 leaves the curve wrong by its root. Each step is
    the best mass for the quadratic at the present one, by non-negative least squares: Wang Y. J R Stat Soc B 2007;69:185-98
    (recalled).
    """
    total = times.sum()
    for _ in range(_POLISHED):
        slopes = _slopes(mass, first, last, times) / total
        held = numpy.flatnonzero((mass > _SURE) | (slopes > 1 - _FLAT))
        if len(held) * len(first) > _MOST_CELLS:
            return mass
        further = _further(mass, _aim(mass, held, first, last, times), first, last, times)
        if further is None:
            return mass
        step, mass = float(abs(further - mass).max()), further
        if step < _STILL:
            return mass
    return mass


def _aim(mass: Floats, held: Column, first: Column, last: Column, times: Floats) -> Floats:
    """Return the best mass, in the stretches that are held, for the quadratic at the present one."""
    from scipy.optimize import nnls

    inside = (held >= first[:, None]) & (held < last[:, None])
    roots = numpy.sqrt(times / times.sum())
    rows = numpy.where(inside, (roots / _chances(mass, first, last))[:, None], 0.0)
    # The sum of one is kept by a row of great weight; what it misses is divided away.
    found = nnls(numpy.vstack((rows, numpy.full(len(held), _GREAT))), numpy.append(2 * roots, _GREAT))[0]
    aim = numpy.zeros(len(mass))
    aim[held] = found / found.sum()
    return aim


def _further(mass: Floats, aim: Floats, first: Column, last: Column, times: Floats) -> Floats | None:
    """Go as far from one mass towards another as raises the likelihood, halving the way; None where nothing does."""
    before = _chances(mass, first, last)
    length = 1.0
    while length > _SURE:
        further = mass + length * (aim - mass)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            rise = float(times @ numpy.log(_chances(further, first, last) / before))
        if rise > 0 or (rise > -_SURE * times.sum() and length == 1):
            return further
        length /= 2
    return None


def _at(curve: Turnbull, time: float) -> BetweenVisits:
    if not len(curve.mass):
        return BetweenVisits(time, None, None, why="there are no rows")
    gone = curve.mass[curve.until <= time].sum()
    open_now = (curve.after < time) & (curve.until > time)
    if (open_now & numpy.isinf(curve.until)).any():
        return BetweenVisits(time, None, None, why="nobody was seen so late")
    return BetweenVisits(time, max(0.0, float(1 - gone - curve.mass[open_now].sum())), float(1 - gone))
