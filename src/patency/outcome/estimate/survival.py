"""The share still free of an event at each time: Kaplan and Meier's curve, its interval, its median and its mean.

Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-81 (recalled); variance by Greenwood M, 1926 (recalled), or, where rows share a patient or
weights are not whole numbers, by the infinitesimal jackknife (influence.py). The same as R:

    survfit(Surv(entry, time, event) ~ 1, weights = w, conf.type = "log-log")             Greenwood
    survfit(Surv(entry, time, event) ~ 1, weights = w, cluster = patient, robust = TRUE)  clustered
    print(survfit(...), rmean = until)                                                   restricted mean

Not here: competing events (incidence.py); events seen only at visits (visits.py).
"""

from math import isnan, sqrt
from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Counted, Floats, Rows, counted, places_among, rows_of
from patency.outcome.estimate.ends import At, Way, ends, standing
from patency.outcome.estimate.influence import Moves, Steps, squared
from patency.share import CONFIDENCE, z_of


class Survival(NamedTuple):
    """A curve: at each time at which somebody left, how many were at risk, and the share still free of the event."""

    times: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    survival: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    rows: int
    variance: str  # its name, for the foot of a figure
    way: Way
    confidence: float
    unsaid: tuple[str, ...]  # what the rows cannot tell, and why

    @property
    def method(self) -> str:
        """The method in words."""
        percent = f"{100 * self.confidence:g}%"
        return f"Kaplan-Meier; variance by {self.variance}; {percent} intervals by the {self.way} way"


class Quantile(NamedTuple):
    """The time by which a share had the event; None where the curve or its interval does not go so far."""

    share: float
    value: float | None
    low: float | None
    high: float | None
    why: str = ""


class Mean(NamedTuple):
    """The mean time free of the event within so many days, by the area under the curve."""

    until: float
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    why: str = ""


def survival(time: Column, event: Column, *, entry: Column | None = None, weights: Column | None = None,
             clusters: Column | None = None, way: Way = "log-log", confidence: float = CONFIDENCE) -> Survival:  # fmt: skip
    """Return the Kaplan-Meier curve of rows that had the event (1) or were censored (0)."""
    rows = rows_of(time, event, entry, weights, causes=1)
    counts = counted(rows)
    events = counts.events[0]
    with numpy.errstate(divide="ignore", invalid="ignore"):  # all who are left may have the event
        hazard = numpy.where(counts.at_risk > 0, events / counts.at_risk, 0.0)
        curve = numpy.cumprod(1 - hazard)
        greenwood = numpy.cumsum(events / (counts.at_risk * (counts.at_risk - events)))
        independent = curve * numpy.sqrt(greenwood)
    is_robust = clusters is not None or (rows.weights is not None and bool((rows.weights % 1 != 0).any()))
    errors = numpy.sqrt(_jackknife(rows, counts, curve, clusters)) if is_robust else independent
    # Of a share that has come to nothing Greenwood says nothing; the jackknife would say that it is certain.
    errors = numpy.where(curve > 0, errors, numpy.nan)
    both = ends(curve, errors, way, confidence)
    return Survival(counts.times, counts.at_risk, events, counts.censored, curve, errors, both.low, both.high,
                    len(rows.states), _variance(clusters is not None, is_robust), way, confidence,
                    _unsaid(counts, curve))  # fmt: skip


def at(curve: Survival, times: Column) -> tuple[At, ...]:
    """Read a curve at given times; beyond the last row it says nothing unless all had the event."""
    return tuple(_at(curve, float(time)) for time in times)


def quantile(curve: Survival, share: float = 0.5) -> Quantile:
    """Return the time by which a share had the event, with Brookmeyer and Crowley's interval from the curve's own.

    Brookmeyer R, Crowley J. Biometrics 1982;38:29-41 (recalled). Where the curve runs flat at the share, the middle of that
    stretch, as R's quantile(survfit(...)) does.
    """
    value, low, high = (_crossing(curve.times, line, 1 - share) for line in (curve.survival, curve.low, curve.high))
    reached = f"fewer than {100 * share:g}% had the event while they were watched"
    if value is None:
        return Quantile(share, None, low, None, reached)
    return Quantile(share, value, low, high, "" if high is not None else "the upper end is beyond what was watched")


class Limbs(NamedTuple):
    """The rows that a curve was made of, and which of them belong together."""

    time: Column
    event: Column
    clusters: Column


def mean_until(curve: Survival, until: float, limbs: Limbs | None = None) -> Mean:
    """Return the restricted mean with its interval by the normal distribution.

    Royston P, Parmar MKB. Stat Med 2011;30:2409-21 (recalled). Its variance is Greenwood's, for rows that are independent; with
    `limbs`, of a curve without weights and late entry, the infinitesimal jackknife's over clusters.
    """
    if not len(curve.times) or (curve.times[-1] < until and curve.survival[-1] > 0):
        return Mean(until, None, None, None, None, "nobody was watched for so long")
    areas = _areas(curve, until)
    value = float(areas[0])
    if "jackknife" in curve.variance and limbs is None:
        why = "no interval: the variance of a mean is not given for clustered or weighted rows"
        return Mean(until, value, None, None, None, why)
    taken = (curve.times <= until) & (curve.events > 0) & (curve.at_risk > curve.events)
    after = numpy.where(taken, areas[1:], 0.0) / numpy.where(taken, curve.at_risk - curve.events, 1.0)
    squares = (
        _of_clusters(curve, after, limbs) if limbs else after**2 * curve.events * (1 - curve.events / curve.at_risk)
    )
    error = sqrt(float(squares.sum()))
    half = z_of(curve.confidence) * error
    return Mean(until, value, error, value - half, value + half)


def _of_clusters(curve: Survival, after: Floats, limbs: Limbs) -> Floats:
    """Return the square of how each cluster moves the mean: its martingales, each times the area that is left after it."""
    times, events = numpy.asarray(limbs.time, dtype=float), numpy.asarray(limbs.event) > 0
    exits = numpy.searchsorted(curve.times, times)
    expected = numpy.cumsum(after * curve.events / curve.at_risk)
    moves = numpy.where(events, after[exits], 0.0) - expected[exits]
    numbers = numpy.unique(numpy.asarray(limbs.clusters), return_inverse=True)[1]
    squares: Floats = numpy.square(numpy.bincount(numbers, moves).astype(float))
    return squares


def _areas(curve: Survival, until: float) -> Floats:
    """Return the area under the curve from zero, and from each of its times, as far as `until`."""
    cuts = numpy.minimum(numpy.concatenate(([0.0], curve.times, [until])), until)
    cuts[-1] = until
    pieces = numpy.diff(cuts) * numpy.concatenate(([1.0], curve.survival))
    return numpy.cumsum(pieces[::-1])[::-1]


def _jackknife(rows: Rows, counts: Counted, curve: Floats, clusters: Column | None) -> Floats:
    """Return the robust variance: each row moves the log of the curve by its martingale over (at risk - events)."""
    events, at_risk = counts.events[0], counts.at_risk
    spare = at_risk - events
    safe = numpy.where(spare > 1e-9 * at_risk, spare, numpy.inf)
    path = numpy.concatenate(([0.0], numpy.cumsum(events / at_risk / safe)))
    exits, entries = places_among(rows, counts)
    weights = numpy.ones(len(exits)) if rows.weights is None else rows.weights
    a = path[entries + 1]
    gone = path[exits + 1] - a - (numpy.asarray(rows.states) > 0) / safe[exits]
    still = numpy.zeros(len(exits))
    moves = Moves(exits, entries, a, still, gone, still, weights)
    numbers = None if clusters is None else numpy.unique(numpy.asarray(clusters), return_inverse=True)[1]
    return curve**2 * squared(Steps(path, numpy.zeros(len(path))), moves, numbers)


def _variance(is_clustered: bool, is_robust: bool) -> str:
    if is_clustered:
        return "the infinitesimal jackknife, clustered"
    return "the infinitesimal jackknife" if is_robust else "Greenwood"


def _unsaid(counts: Counted, curve: Floats) -> tuple[str, ...]:
    said = []
    if not len(counts.times):
        said.append("there are no rows")
    elif not counts.events.any():
        said.append("nobody had the event: the curve has no interval, its share has an exact upper bound")
    elif (curve >= 1).any():
        said.append("before the first event the curve has no interval")
    if len(curve) and curve[-1] <= 0:
        said.append("where the curve has reached zero it has no interval")
    if (counts.at_risk[counts.events[0] > 0] == counts.events[0][counts.events[0] > 0])[:-1].any():
        said.append("all who were at risk had the event before the last row came: later rows say nothing")
    return tuple(said)


def _at(curve: Survival, time: float) -> At:
    place, at_risk = standing(curve.times, curve.at_risk, time)
    if not len(curve.times):
        return At(time, 0.0, None, None, None, "there are no rows")
    if time > curve.times[-1] and curve.survival[-1] > 0:
        return At(time, at_risk, None, None, None, "nobody was watched for so long")
    if place < 0:
        return At(time, at_risk, 1.0, None, None, "before the first event there is no interval")
    value, low, high = (float(line[place]) for line in (curve.survival, curve.low, curve.high))
    if isnan(low) or isnan(high):
        why = "no event so far" if value == 1 else "the curve has reached zero"
        return At(time, at_risk, value, None, None, f"{why}: no interval by the {curve.way} way")
    return At(time, at_risk, value, low, high)


def _crossing(times: Floats, line: Floats, level: float) -> float | None:
    known = ~numpy.isnan(line)
    times, line = times[known], line[known]
    slack = 1e-9  # R's tolerance: what differs by less has reached the share
    reached = numpy.flatnonzero(line < level + slack)
    if not len(reached):
        return None
    first = reached[0]
    if abs(line[first] - level) < slack:
        below = numpy.flatnonzero(line < level - slack)
        return float((times[first] + times[below[0]]) / 2) if len(below) else float(times[first])
    return float(times[first])
