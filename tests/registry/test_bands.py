"""Bands of numbers: a condition says the same of all that share one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patency.case import Span
from patency.language.evaluate import compare
from patency.language.terms import All, Any, Compare, Holds, Not, Term
from patency.registry.quality.bands import banded, bounds_of

SIGNS = ("<", "<=", ">", ">=", "=", "!=")
BOUNDS = (-2.0, 0.0, 0.5, 18.0)
# At each bound, beside it, between two and beyond all.
NUMBERS = [-1e9, -2.0, -1.5, -0.0, 0.0, 0.25, 0.5, 0.5000001, 17.999, 18.0, 18.001, float("inf")]
numbers = st.one_of(st.sampled_from(NUMBERS), st.floats())


def said(value: float | Span) -> list[object]:
    """Return what every comparison with every bound says."""
    span = value if isinstance(value, Span) else Span(value, value)
    return [compare(span, sign, bound) for sign in SIGNS for bound in BOUNDS]


@given(st.lists(st.one_of(numbers, st.builds(Span, numbers, numbers)), min_size=2, max_size=40))
def test_what_shares_a_band_is_told_the_same(values: list[float | Span]) -> None:
    """Numbers and ranges of one band get the same answer to every comparison, also those that are no numbers."""
    met: dict[object, list[object]] = {}
    for value in values:
        (band,) = banded((value,), (BOUNDS,))
        assert met.setdefault(band, said(value)) == said(value)


@pytest.mark.parametrize(("low", "high"), list(pairwise(sorted(set(NUMBERS)))))
def test_only_what_is_told_apart_has_two_bands(low: float, high: float) -> None:
    """Two numbers have two bands exactly where some comparison tells them apart."""
    first, second = (tuple(banded((each,), (BOUNDS,))) for each in (low, high))

    assert (first == second) == (said(low) == said(high))


def test_a_date_that_days_are_counted_from_has_no_bounds() -> None:
    """Its band would hang on the day of the check; what is no number stays as it is."""
    term: Term = Any(
        (Compare("onset", True, ">", 14.0, "14 days"), Compare("onset", False, "<", 7.0, "7"), Holds("pain"))
    )
    age = Compare("age", False, ">=", 18.0, "18 years")
    bounds = bounds_of(All((term, age, Not(Compare("age", False, "<", 1.0, "1 year")))))

    assert bounds == {"pain": (), "age": (1.0, 18.0)}
    assert list(banded((None, "yes", Span(1, 2)), ((), (1.0,), None))) == [None, "yes", Span(1, 2)]
