"""The share that had had each kind of event by each time, where one kind keeps the others from happening.

Aalen OO, Johansen S. Scand J Stat 1978;5:141-50 (recalled); variance by the infinitesimal jackknife (influence.py). The same as R:

    survfit(Surv(entry, time, factor(state)) ~ 1, weights = w, id = row, cluster = patient)

R's cmprsk::cuminc gives the same shares; its variance (Aalen O. Ann Stat 1978;6:534-45 (recalled)) differs in the second digit in
small samples. One minus Kaplan-Meier of one kind alone would count the dead as still able to have the event.
"""

from math import isnan
from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Counted, Floats, Rows, Whole, counted, places_among, rows_of
from patency.outcome.estimate.ends import At, Way, ends, standing
from patency.outcome.estimate.influence import Moves, Steps, moved_at, squared
from patency.share import CONFIDENCE


class Incidence(NamedTuple):
    """Curves of cumulative incidence: a row for each cause, numbered from 1 in the states, a column for each time."""

    times: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    free: Floats  # the share without any event
    incidence: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    rows: int
    variance: str
    way: Way
    confidence: float
    unsaid: tuple[str, ...]

    @property
    def method(self) -> str:
        """The method in words."""
        percent = f"{100 * self.confidence:g}%"
        return f"Aalen-Johansen; variance by {self.variance}; {percent} intervals by the {self.way} way"


def incidence(time: Column, state: Column, *, causes: int | None = None, entry: Column | None = None,  # noqa: PLR0913  # columns, each its own
              weights: Column | None = None, clusters: Column | None = None, way: Way = "log-log",
              confidence: float = CONFIDENCE) -> Incidence:  # fmt: skip
    """Return the cumulative incidence of each cause; state 0 is censored, k had the k-th kind of event."""
    rows = rows_of(time, state, entry, weights, causes)
    counts = counted(rows)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        hazards = numpy.where(counts.at_risk > 0, counts.events / counts.at_risk, 0.0)
    free = numpy.cumprod(1 - hazards.sum(axis=0))
    before = numpy.concatenate(([1.0], free[:-1])) if len(free) else free
    shares = numpy.cumsum(before * hazards, axis=1)
    errors = numpy.sqrt(_variances(rows, counts, hazards, before, clusters))
    both = ends(shares, errors, way, confidence)
    words = "the infinitesimal jackknife" + (", clustered" if clusters is not None else "")
    return Incidence(counts.times, counts.at_risk, counts.events, counts.censored, free, shares, errors, both.low,
                     both.high, len(rows.states), words, way, confidence, _unsaid(counts))  # fmt: skip


def incidence_at(curves: Incidence, cause: int, times: Column) -> tuple[At, ...]:
    """Read the curve of a cause at given times; beyond the last row it says nothing unless nobody was left."""
    return tuple(_at(curves, cause, float(time)) for time in times)


class Moved(NamedTuple):
    """The incidence of a cause by a time, and by how much each row moves it: its weight times the derivative."""

    value: float | None
    moves: Floats
    why: str = ""


def moved(time: Column, state: Column, by: float, *, cause: int = 1, weights: Column | None = None) -> Moved:
    """Return the incidence of a cause by a time with the move of each row, of which sandwich variances are made."""
    rows = rows_of(time, state, None, weights)
    counts = counted(rows)
    nothing = numpy.zeros(len(rows.states))
    if not len(counts.times):
        return Moved(None, nothing, "there are no rows")
    with numpy.errstate(divide="ignore", invalid="ignore"):
        hazards = numpy.where(counts.at_risk > 0, counts.events / counts.at_risk, 0.0)
    free = numpy.cumprod(1 - hazards.sum(axis=0))
    if by > counts.times[-1] and free[-1] > 1e-12:  # what is left by the last digits of floats
        return Moved(None, nothing, "nobody was watched for so long")
    place = int(numpy.searchsorted(counts.times, by, side="right")) - 1
    if place < 0 or cause > len(hazards):
        return Moved(0.0, nothing)
    before = numpy.concatenate(([1.0], free[:-1]))
    paths = _paths(counts, hazards, *_each(rows, counts))
    of_cause = numpy.asarray(rows.states) == cause
    steps, moves = _moves(paths, before, hazards[cause - 1], of_cause, counts.at_risk)
    value = float((before * hazards[cause - 1])[: place + 1].sum())
    return Moved(value, moved_at(steps, moves, place))


class _Paths(NamedTuple):
    """What the moves of all rows are made of: one over those spared at each time, and its sum with the hazard."""

    spared: Floats
    summed: Floats
    exits: Whole
    entries: Whole
    had: Floats
    weights: Floats


def _variances(rows: Rows, counts: Counted, hazards: Floats, before: Floats, clusters: Column | None) -> Floats:
    numbers = None if clusters is None else numpy.unique(numpy.asarray(clusters), return_inverse=True)[1]
    exits, entries, states, weights = _alike(rows, counts) if clusters is None else _each(rows, counts)
    paths = _paths(counts, hazards, exits, entries, states, weights)
    given = []
    for cause, hazard in enumerate(hazards, start=1):
        steps, moves = _moves(paths, before, hazard, states == cause, counts.at_risk)
        given.append(squared(steps, moves, numbers))
    return numpy.array(given).reshape(counts.events.shape)


def _paths(counts: Counted, hazards: Floats, exits: Whole, entries: Whole, states: Column, weights: Floats) -> _Paths:
    leaving = counts.events.sum(axis=0)
    spare = counts.at_risk - leaving
    # Where nobody is spared the curve of all events has reached its end: nothing moves it any more.
    spared = numpy.where(spare > 1e-9 * counts.at_risk, 1 / numpy.where(spare > 0, spare, 1.0), 0.0)
    summed = numpy.concatenate(([0.0], numpy.cumsum(hazards.sum(axis=0) * spared)))
    return _Paths(spared, summed, exits, entries, (states > 0).astype(float), weights)


def _each(rows: Rows, counts: Counted) -> tuple[Whole, Whole, Column, Floats]:
    exits, entries = places_among(rows, counts)
    weights = numpy.ones(len(exits)) if rows.weights is None else rows.weights
    return exits, entries, numpy.asarray(rows.states), weights


def _alike(rows: Rows, counts: Counted) -> tuple[Whole, Whole, Column, Floats]:
    """Take rows that left alike and at once as one, its square counted so many times: most rows of a cut are alike."""
    if rows.entries is not None or rows.weights is not None:
        return _each(rows, counts)
    kinds, many = len(counts.events) + 1, len(counts.times)
    exits = numpy.tile(numpy.arange(many), kinds)
    times = numpy.concatenate((counts.censored[None], counts.events)).ravel()
    return exits, numpy.full(len(exits), -1), numpy.repeat(numpy.arange(kinds), many), numpy.sqrt(times)


def _moves(paths: _Paths, before: Floats, hazard: Floats, of_cause: Floats, at_risk: Floats) -> tuple[Steps, Moves]:
    """Return how each row moves the incidence of one cause, by the product rule on its sum of (still free) x (hazard)."""
    risk = numpy.where(at_risk > 0, at_risk, 1.0)
    shared = numpy.concatenate(([0.0], numpy.cumsum(before * hazard)))
    path = numpy.concatenate(([0.0], numpy.cumsum(before * hazard * (paths.summed[:-1] - 1 / risk))))
    came, went = paths.entries + 1, paths.exits + 1
    b = paths.summed[came]
    a = path[came] - b * shared[came]
    slope = paths.had * paths.spared[paths.exits] - (paths.summed[went] - b)
    left = path[went] - a - b * shared[went] + slope * shared[went]
    left = left + of_cause * before[paths.exits] / risk[paths.exits]
    return Steps(path, shared), Moves(paths.exits, paths.entries, a, b, left, slope, paths.weights)


def _unsaid(counts: Counted) -> tuple[str, ...]:
    if not len(counts.times):
        return ("there are no rows",)
    none = [str(cause) for cause, events in enumerate(counts.events, start=1) if not events.any()]
    said = (
        [f"nobody had an event of kind {', '.join(none)}: no interval, but an exact upper bound of the share"]
        if none
        else []
    )
    left = counts.at_risk - counts.events.sum(axis=0)
    if (left[:-1] <= 0).any():
        said.append("all who were at risk had an event before the last row came: later rows say nothing")
    return tuple(said)


def _at(curves: Incidence, cause: int, time: float) -> At:
    if not len(curves.times):
        return At(time, 0.0, None, None, None, "there are no rows")
    place, at_risk = standing(curves.times, curves.at_risk, time)
    if time > curves.times[-1] and curves.free[-1] > 0:
        return At(time, at_risk, None, None, None, "nobody was watched for so long")
    if place < 0:
        return At(time, at_risk, 0.0, None, None, "before the first event there is no interval")
    value, low, high = (float(lines[cause - 1, place]) for lines in (curves.incidence, curves.low, curves.high))
    if isnan(low) or isnan(high):
        return At(time, at_risk, value, None, None, f"no interval by the {curves.way} way at {value:g}")
    return At(time, at_risk, value, low, high)
