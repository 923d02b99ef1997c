"""Who is at risk at each time of an event, with Efron's sharing of risk among tied events: what Cox's regression is made of.

Efron B. J Am Stat Assoc 1977;72:557-65 (recalled). Rows are put in the order of their last event time once; each step is then sums
over stretches of rows and over event times, so that tied days cost nothing more (Efron's sum over tied events is taken apart into
sums of numbers).

In: rows as counted.py places them, covariates, weights, strata. Out: Stretches; for given risks the sums over those at risk (Parts),
and of these the slope and the information of the partial likelihood. Not here: the fit (cox.py), and what is asked of it
(proportional.py).
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, Whole


class Stretches(NamedTuple):
    """Rows in the order of the last event time at which they were at risk, and where each time's stretch begins."""

    covariates: Floats
    weights: Floats
    starts: Whole  # of each stretch that is not empty
    bins: Whole  # the event time of each such stretch
    late: Whole  # rows that entered late, in the order of the event time before which they came
    late_starts: Whole
    late_bins: Whole
    event_rows: Whole
    event_starts: Whole
    tied: Whole  # how many events at each time
    ends: Whole  # of each event time, the end of its stratum
    exits: Whole
    entries: Whole
    order: Whole


class Sums(NamedTuple):
    """Over those at risk at each event time: of exp(score), of it times x, and of it times x x'."""

    none: Floats
    one: Floats
    two: Floats


def stretches_of(exits: Column, entries: Column | None, states: Column, x: Floats, weights: Floats | None,
               strata: Column | None) -> Stretches:  # fmt: skip
    """Give each event time of each stratum a number, and each row the first and the last at which it is at risk."""
    layer = numpy.zeros(len(x), dtype=numpy.int64) if strata is None else numpy.unique(strata, return_inverse=True)[1]
    wide = int(exits.max()) + 2
    weighed = numpy.ones(len(x)) if weights is None else weights
    keys = layer * wide + exits
    had = (states > 0) & (weighed > 0)
    event_keys = numpy.unique(keys[had])
    last = numpy.searchsorted(event_keys, keys, side="right")  # at risk before this one
    origin = layer * wide - 1 if entries is None else layer * wide + numpy.maximum(entries, -1)
    first = numpy.searchsorted(event_keys, origin, side="right")
    kept = numpy.flatnonzero((last > first) & (weighed > 0))
    order = kept[numpy.argsort(last[kept], kind="stable")]
    centred = numpy.ascontiguousarray(x[order] - numpy.average(x[kept], axis=0, weights=weighed[kept]))
    return _laid_out(
        _Ordered(centred, weighed[order], had[order], last[order] - 1, first[order], order), event_keys // wide
    )


class _Ordered(NamedTuple):
    """Rows that were ever at risk at an event time, in the order of the last at which they were."""

    covariates: Floats
    weights: Floats
    had: Column  # whether it had the event
    last: Whole
    first: Whole
    order: Whole


def _laid_out(rows: _Ordered, layers: Whole) -> Stretches:
    """Say where each event time's stretch of rows begins; `layers` is of each event time its stratum."""
    last, first = rows.last, rows.first
    is_late = numpy.flatnonzero(first > numpy.searchsorted(layers, layers, side="left")[last])
    late = is_late[numpy.argsort(first[is_late], kind="stable")]
    event_rows = numpy.flatnonzero(rows.had)
    starts, late_starts, event_starts = _firsts(last), _firsts(first[late]), _firsts(last[event_rows])
    tied = numpy.diff(numpy.append(event_starts, len(event_rows)))
    return Stretches(rows.covariates, rows.weights, starts, last[starts], late, late_starts, first[late][late_starts],
                      event_rows, event_starts, tied, numpy.searchsorted(layers, layers, side="right"), last, first,
                      rows.order)  # fmt: skip


def _firsts(sorted_numbers: Whole) -> Whole:
    if not len(sorted_numbers):
        return numpy.zeros(0, dtype=numpy.int64)
    return numpy.flatnonzero(numpy.r_[True, sorted_numbers[1:] != sorted_numbers[:-1]])


def _over(starts: Whole, x: Floats, risks: Floats) -> Sums:
    """Sum over stretches, the products by one matrix product each where stretches are long."""
    if not len(starts):
        width = x.shape[1]
        return Sums(numpy.zeros(0), numpy.zeros((0, width)), numpy.zeros((0, width, width)))
    scaled = x * risks[:, None]
    none, one = numpy.add.reduceat(risks, starts), numpy.add.reduceat(scaled, starts, axis=0)
    stops = numpy.append(starts[1:], len(x))
    if len(x) > 16 * len(starts):
        two = numpy.array([x[start:stop].T @ scaled[start:stop] for start, stop in zip(starts, stops, strict=True)])
    else:
        two = numpy.add.reduceat(x[:, :, None] * scaled[:, None, :], starts, axis=0)
    return Sums(none, one, two)


def _at_risk(stretches: Stretches, risks: Floats) -> Sums:
    """Sum over those at risk at each event time: those not yet gone, less those not yet come."""
    gone = _over(stretches.starts, stretches.covariates, risks)
    come = _over(stretches.late_starts, stretches.covariates[stretches.late], risks[stretches.late])
    sums = []
    for leaving, coming in zip(gone, come, strict=True):
        net = numpy.zeros((len(stretches.tied) + 1, *leaving.shape[1:]))
        net[stretches.bins] += leaving
        # Who comes before the event time f is not at risk at f - 1 and all before it of the stratum.
        net[stretches.late_bins - 1] -= coming
        suffix = numpy.cumsum(net[::-1], axis=0)[::-1]
        sums.append(suffix[:-1] - suffix[stretches.ends])
    return Sums(*sums)


class Efron(NamedTuple):
    """At each event time, over its tied events: sums of 1/D, f/D, 1/D^2, f/D^2, f^2/D^2 and of log D, by mean weight."""

    inverse: Floats
    part: Floats
    square: Floats
    part_square: Floats
    part_part: Floats
    log: Floats


def _efron(tied: Whole, mean_weight: Floats, at_risk: Floats, of_events: Floats) -> Efron:
    starts = numpy.cumsum(tied) - tied
    share = (numpy.arange(int(tied.sum())) - numpy.repeat(starts, tied)) / numpy.repeat(tied, tied)
    below = numpy.repeat(at_risk, tied) - share * numpy.repeat(of_events, tied)
    inverse = 1 / below
    square = inverse * inverse

    def summed(values: Floats) -> Floats:
        return mean_weight * numpy.add.reduceat(values, starts)

    return Efron(summed(inverse), summed(share * inverse), summed(square), summed(share * square),
                  summed(share * share * square), summed(numpy.log(below)))  # fmt: skip


class Parts(NamedTuple):
    """Sums over those at risk and over those with the event, at each event time, and what Efron makes of them."""

    sums: Sums
    events: Sums
    mean_weight: Floats
    efron: Efron


def parts_of(stretches: Stretches, risks: Floats) -> Parts:
    """Sum up what rows of these risks come to at each event time."""
    sums = _at_risk(stretches, risks)
    rows = stretches.event_rows
    events = _over(stretches.event_starts, stretches.covariates[rows], risks[rows])
    mean_weight = numpy.add.reduceat(stretches.weights[rows], stretches.event_starts) / stretches.tied
    return Parts(sums, events, mean_weight, _efron(stretches.tied, mean_weight, sums.none, events.none))


def score_of(stretches: Stretches, parts: Parts, by: Floats | float = 1.0) -> Floats:
    """Return the slope of the log partial likelihood, each event time counted `by` times."""
    sums, events, _, efron = parts
    each = numpy.broadcast_to(by, stretches.tied.shape)
    rows = stretches.event_rows
    weighted = stretches.weights[rows] * numpy.repeat(each, stretches.tied)
    score: Floats = weighted @ stretches.covariates[rows]
    score += (efron.part * each) @ events.one - (efron.inverse * each) @ sums.one
    return score


def information_of(parts: Parts, by: Floats | float = 1.0) -> Floats:
    """Return the information of the partial likelihood, each event time counted `by` times."""
    sums, events, _, efron = parts
    information: Floats = numpy.tensordot(efron.inverse * by, sums.two, 1)
    information = information - numpy.tensordot(efron.part * by, events.two, 1)
    cross = sums.one.T @ ((efron.part_square * by)[:, None] * events.one)
    information -= sums.one.T @ ((efron.square * by)[:, None] * sums.one) - cross - cross.T
    information -= events.one.T @ ((efron.part_part * by)[:, None] * events.one)
    return information
