"""How far each row moves a curve, squared and summed: the infinitesimal jackknife for survival and cumulative incidence.

A row that is at risk moves the curve at t by P(t) - a - b F(t), one that has left by B - c F(t), where F is a step
function that all rows share. So the squares of rows that stand alone are sums over the times, and no row need be laid
beside every time: a million rows cost one pass. Rows of one cluster (two limbs of a patient) are added before they are
squared: for a few rows by the products of pairs, which are sums over the times too; large clusters are laid out.

Jaeckel LA. Bell Labs memorandum MM 72-1215-11, 1972 (recalled); Therneau TM, Grambsch PM. Modeling Survival Data. Springer 2000,
section 7.2 (recalled). The same as R's survfit(..., robust = TRUE, cluster = ) without correction for few clusters.
"""

from itertools import product
from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, Whole

_FEW = 4  # rows of a cluster whose products are summed in pairs
_CELLS = 1 << 22  # numbers held at once while clusters are laid out


class Steps(NamedTuple):
    """What rows share at each time, each with a leading entry for the time before all others."""

    path: Floats  # P
    shared: Floats  # F


class Moves(NamedTuple):
    """What is of each row: the place of its exit, the place before it came, and its four numbers."""

    exits: Whole
    entries: Whole  # -1 where at risk from the start
    a: Floats
    b: Floats
    left: Floats  # B
    slope: Floats  # c
    weights: Floats


def squared(steps: Steps, moves: Moves, clusters: Whole | None = None) -> Floats:
    """Return the sum over clusters of the squared move of the curve at each time."""
    if clusters is None:
        return _alone(steps, moves)
    _, numbers, sizes = numpy.unique(clusters, return_inverse=True, return_counts=True)
    few = sizes[numbers] <= _FEW
    small, named = _of(moves, few), numbers[few]
    total = _alone(steps, small)
    order = numpy.argsort(named, kind="stable")
    for apart in range(1, int(sizes.max(initial=1).clip(max=_FEW))):
        same = named[order[apart:]] == named[order[:-apart]]
        total += 2 * _crossed(steps, _of(small, order[:-apart][same]), _of(small, order[apart:][same]))
    return numpy.maximum(total, 0.0) + _together(steps, _of(moves, ~few), numbers[~few])


def moved_at(steps: Steps, moves: Moves, place: int) -> Floats:
    """Return how far each row moves the curve at the time of one place, by its weight."""
    path, shared = steps.path[place + 1], steps.shared[place + 1]
    gone = moves.left - moves.slope * shared
    moved = numpy.where(place >= moves.exits, gone, path - moves.a - moves.b * shared)
    return numpy.where(place > moves.entries, moves.weights * moved, 0.0)


def _crossed(steps: Steps, one: Moves, other: Moves) -> Floats:
    """Sum the products of pairs: each is a quadratic in (1, P, F) while both are at risk, one has left, both have."""
    many = len(steps.path) - 1
    start = numpy.maximum(one.entries, other.entries) + 1
    first, second = numpy.minimum(one.exits, other.exits), numpy.maximum(one.exits, other.exits)
    is_first = one.exits <= other.exits
    at_risk = [numpy.stack((-move.a, numpy.ones(len(move.a)), -move.b)) for move in (one, other)]
    left = [numpy.stack((move.left, numpy.zeros(len(move.a)), -move.slope)) for move in (one, other)]
    gone, still = numpy.where(is_first, left[0], left[1]), numpy.where(is_first, at_risk[1], at_risk[0])
    shapes = (
        (start, first, *at_risk),
        (numpy.maximum(start, first), second, gone, still),
        (numpy.maximum(start, second), numpy.full(len(start), many), *left),
    )
    held = (numpy.ones(many), steps.path[1:], steps.shared[1:])
    weights, total = one.weights * other.weights, numpy.zeros(many)
    for begin, end, these, those in shapes:
        end = numpy.maximum(begin, end)  # nothing where it would end before it began
        for row, column in product(range(3), repeat=2):
            values = weights * these[row] * those[column]
            change = numpy.bincount(begin, values, many + 1) - numpy.bincount(end, values, many + 1)
            total += numpy.cumsum(change)[:many] * held[row] * held[column]
    return total


def _of(moves: Moves, which: Column) -> Moves:
    return Moves._make(part[which] for part in moves)


def _alone(steps: Steps, moves: Moves) -> Floats:
    """Sum the squares of rows by their moments in (1, a, b) while at risk and in (B, c) once they have left."""
    many = len(steps.path) - 1
    path, shared = steps.path[1:], steps.shared[1:]
    squares = moves.weights**2

    def of_left(values: Floats) -> Floats:
        return numpy.cumsum(numpy.bincount(moves.exits, values, minlength=many)[:many])

    def at_risk(values: Floats) -> Floats:
        came = numpy.cumsum(numpy.bincount(moves.entries + 1, values, minlength=many + 1))[:many]
        return came - of_left(values)

    a, b, gone, slope = moves.a, moves.b, moves.left, moves.slope
    inside = (at_risk(squares) * path**2 + at_risk(squares * a * a) + at_risk(squares * b * b) * shared**2
              - 2 * path * at_risk(squares * a) - 2 * path * shared * at_risk(squares * b)
              + 2 * shared * at_risk(squares * a * b))  # fmt: skip
    outside = (of_left(squares * gone * gone) - 2 * shared * of_left(squares * gone * slope)
               + shared**2 * of_left(squares * slope * slope))  # fmt: skip
    return numpy.maximum(inside + outside, 0.0)


def _together(steps: Steps, moves: Moves, clusters: Whole) -> Floats:
    many = len(steps.path) - 1
    total = numpy.zeros(many)
    if not len(clusters) or not many:
        return total
    order = numpy.argsort(clusters, kind="stable")
    starts = numpy.flatnonzero(numpy.r_[True, numpy.diff(clusters[order]) != 0])
    rows_at_once = max(1, _CELLS // many)
    first = 0
    while first < len(starts):
        last = max(first + 1, int(numpy.searchsorted(starts, starts[first] + rows_at_once, side="right")) - 1)
        end = starts[last] if last < len(starts) else len(order)
        laid = _laid_out(steps, _of(moves, order[starts[first] : end]))
        sums = numpy.add.reduceat(laid, starts[first:last] - starts[first], axis=0)
        total += (sums**2).sum(axis=0)
        first = last
    return total


def _laid_out(steps: Steps, moves: Moves) -> Floats:
    """Lay rows beside every time: a row is nothing before it came."""
    places = numpy.arange(len(steps.path) - 1)
    path, shared = steps.path[1:], steps.shared[1:]
    a, b, gone, slope, weights = (part[:, None] for part in (moves.a, moves.b, moves.left, moves.slope, moves.weights))
    moved = numpy.where(places >= moves.exits[:, None], gone - slope * shared, path - a - b * shared)
    return numpy.where(places > moves.entries[:, None], weights * moved, 0.0)
