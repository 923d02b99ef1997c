"""Which numbers a condition cannot tell apart, so that it is worked out once for all of them.

A condition asks of a number how it stands to some bounds: `weight > 18 kg`. Between two bounds next to each other, and at
each of them, every number gets the same answers; so does every range whose two ends stand alike. Such numbers share a band.
Ages and days are hardly ever the same for two records, but nearly always in the same few bands.

Not here: what a comparison says (language/evaluate.py, `compare`).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import isnan

from patency.case import Span
from patency.language.terms import ATOMS, Answered, Compare, Defined, Term, walk

Bounds = tuple[float, ...]


def bounds_of(term: Term) -> dict[str, Bounds]:
    """Return what a term holds each of its concepts against, in order; nothing of dates that it counts days from."""
    found: dict[str, set[float]] = {}
    dates: set[str] = set()
    for each in walk(term):
        if isinstance(each, (*ATOMS, Answered, Defined)):
            against = found.setdefault(each.concept, set())
            if isinstance(each, Compare):
                dates.update([each.concept] if each.is_days_since else ())
                against.add(each.bound)
    return {name: tuple(sorted(bounds)) for name, bounds in found.items() if name not in dates}


def banded(values: Sequence[object], bounds: Sequence[Bounds | None]) -> Iterator[object]:
    """Yield values with the band in the place of each number; those without bounds, and all else, as they are."""
    for value, of in zip(values, bounds, strict=True):
        if of is None:
            yield value
        elif type(value) is float and not isnan(value):  # what is no number stands nowhere
            place = _place(value, of)
            yield place, place
        elif isinstance(value, Span) and value.low <= value.high:
            low = _place(value.low, of)
            yield low, low if value.high == value.low else _place(value.high, of)
        else:
            yield value


def _place(number: float, bounds: Bounds) -> int:
    """Return where a number stands: even below, between and beyond the bounds, odd at one of them."""
    index = bisect_left(bounds, number)
    return 2 * index + (index < len(bounds) and bounds[index] == number)
