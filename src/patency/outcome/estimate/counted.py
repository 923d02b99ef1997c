"""How many were at risk, had an event or were censored on each day: the one pass over rows that curves are made of.

Days are whole numbers in a cut, so rows are counted into days without being sorted (knowledge of speed: binning takes
a tenth of sorting). Times that are not whole, or reach too far, are sorted once and then counted alike.

A row is at risk after its entry and until its exit, the exit's day included: R's Surv(entry, time, state).
"""

from typing import Any, NamedTuple

import numpy

Floats = numpy.ndarray[Any, numpy.dtype[numpy.float64]]
Whole = numpy.ndarray[Any, numpy.dtype[numpy.int64]]
Column = Any  # an array, a list or a column of Polars

MOST_DAYS = 200_000  # further than that, times are ranked first
_CHUNK = 1 << 16  # rows that stay in the processor's cache while they are counted


class Rows(NamedTuple):
    """Rows as given, with each exit and entry as a place among `times`; state 0 is censored, k had the k-th event."""

    times: Floats
    exits: Column
    entries: Column | None  # a place; the row is at risk from the next place on. None where all start at zero
    states: Column
    weights: Floats | None
    causes: int


class Counted(NamedTuple):
    """For each time at which somebody left: events by cause, censored and at risk, as sums of weights."""

    times: Floats
    events: Floats  # causes by times
    censored: Floats
    at_risk: Floats


class NotUsable(ValueError):  # noqa: N818  # it says what the columns are, as Fault does
    """The columns do not fit each other: what is wrong with them, without any patient's value."""


def rows_of(time: Column, state: Column, entry: Column | None = None, weights: Column | None = None,
            causes: int | None = None) -> Rows:  # fmt: skip
    """Return rows with their times made into places, refusing what has no meaning."""
    times, states = _array(time), _array(state)
    entries = None if entry is None else _array(entry)
    weighed = None if weights is None else _array(weights).astype(numpy.float64)
    _refuse(times, states, entries, weighed)
    states = states.astype(numpy.uint8) if states.dtype != numpy.uint8 else states
    known = int(states.max(initial=0))
    if causes is not None and known > causes:
        raise NotUsable(f"there are states above {causes}, the number of causes")
    kinds = max(1, known) if causes is None else causes
    if len(times) and _is_whole(times) and (entries is None or _is_whole(entries)):
        grid = numpy.arange(int(times.max()) + 1, dtype=numpy.float64)
        return Rows(grid, _places(times), None if entries is None else _places(entries), states, weighed, kinds)
    grid, exits = numpy.unique(times.astype(numpy.float64), return_inverse=True)
    started = None if entries is None else numpy.searchsorted(grid, entries, side="right") - 1
    return Rows(grid, exits, started, states, weighed, kinds)


def counted(rows: Rows) -> Counted:
    """Count the rows into their times."""
    many = len(rows.times)
    width = rows.causes + 1
    left = _binned(rows.exits, rows.states, width, many, rows.weights)
    at_risk = numpy.cumsum(left.sum(axis=1)[::-1])[::-1].copy()
    if rows.entries is not None:
        # Negative places entered before the first time; they are at risk at every one until they leave.
        late = _binned(numpy.maximum(rows.entries, -1) + 1, None, 1, many + 1, rows.weights)[:, 0]
        at_risk -= numpy.cumsum(late[::-1])[::-1][1:]
    kept = left.any(axis=1)
    return Counted(rows.times[kept], left[kept, 1:].T.copy(), left[kept, 0], at_risk[kept])


def places_among(rows: Rows, counts: Counted) -> tuple[Whole, Whole]:
    """Return for each row the place of its exit among the counted times, and of the last one not after its entry (or -1)."""
    exits = numpy.searchsorted(counts.times, rows.times)[rows.exits]
    if rows.entries is None:
        return exits, numpy.full(len(exits), -1)
    last = numpy.searchsorted(counts.times, rows.times, side="right") - 1
    return exits, numpy.where(rows.entries < 0, -1, last[numpy.maximum(rows.entries, 0).clip(max=len(last) - 1)])


def _binned(places: Column, states: Column | None, width: int, many: int, weights: Floats | None) -> Floats:
    sums = numpy.zeros(many * width)
    for start in range(0, len(places), _CHUNK):
        part = slice(start, start + _CHUNK)
        keys = places[part].astype(numpy.int64)
        if states is not None:
            keys *= width
            keys += states[part]
        held = numpy.bincount(keys, None if weights is None else weights[part])
        sums[: len(held)] += held
    return sums.reshape(many, width)


def _array(column: Column) -> Column:
    return column.to_numpy() if hasattr(column, "to_numpy") else numpy.asarray(column)


def _places(times: Column) -> Column:
    # Not unsigned: a place before the first one is -1.
    return times if times.dtype.kind == "i" else times.astype(numpy.int64)


def _is_whole(times: Column) -> bool:
    if not len(times) or times.max() > MOST_DAYS or times.min() < 0:
        return False
    return times.dtype.kind in "iu" or bool((times == numpy.floor(times)).all())


def _refuse(times: Column, states: Column, entries: Column | None, weights: Floats | None) -> None:
    said = []
    if any(len(column) != len(times) for column in (states, entries, weights) if column is not None):
        raise NotUsable("the columns are not equally long")
    if any(column.dtype.kind == "f" and not numpy.isfinite(column).all()
           for column in (times, states, entries, weights) if column is not None):  # fmt: skip
        said.append("a time, state, entry or weight is missing; leave such rows out, and say how many")
    if any(column is not None and column.dtype.kind not in "iufb" for column in (times, states, entries, weights)):
        raise NotUsable("a column is not of numbers, or a value is missing; leave such rows out, and say how many")
    if len(times) and times.min() < 0:
        said.append("a time is before the origin")
    if entries is not None and bool((entries >= times).any()):
        said.append("an entry is not before its exit")
    if weights is not None and bool((weights < 0).any()):
        said.append("a weight is negative")
    if len(states) and (
        states.min() < 0 or states.max() > 254 or (states.dtype.kind == "f" and (states % 1 != 0).any())
    ):
        said.append("a state is not 0, 1, 2 and so on")
    if said:
        raise NotUsable("; ".join(said))
