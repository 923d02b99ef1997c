"""Means and SDs of whole numbers: the vectors of GRIM and GRIMMER, and agreement with counting through."""

from fractions import Fraction
from itertools import combinations_with_replacement
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.strategies import examples
from patency.evidence.finding import Verdict
from patency.evidence.printed import Way
from patency.evidence.values import of_mean
from patency.evidence.whole import find

from .figures import mean, number

# R: scrutiny::grimmer_map(pigs5), as its own tests have it (tests/testthat/test-grimmer-map.R); the last three are of
# rsprite2::GRIMMER_test and of the vignette. GRIM: no sum. GRIMMER: no sum of squares. `n`: possible with n below the
# line instead of n - 1, which GRIMMER does not try.
GRIMMER = """
7.22 5.30 38 GRIM
4.74 6.55 31 possible
5.23 2.55 35 n
2.57 2.57 30 possible
6.77 2.18 33 GRIM
2.68 2.59 34 possible
7.01 6.68 35 GRIM
7.38 3.65 32 possible
3.14 5.32 33 GRIM
6.89 4.18 37 possible
5.00 2.18 31 possible
0.24 6.43 34 possible
5.21 1.6  28 possible
3.44 2.47 18 GRIMMER
7.3  2.51 12 GRIMMER
"""


@pytest.mark.parametrize("row", GRIMMER.strip().splitlines())
def test_the_vectors_of_grimmer_are_met(row: str) -> None:
    """Anaya 2016, Allard 2018, in the implementation by Jung; a possible one is shown by an example."""
    text, sd, of, expected = row.split()
    found = find(mean(text, sd, int(of)), int(of))
    assert bool(found.sums) is (expected != "GRIM")
    assert bool(found.values) is (expected in ("possible", "n"))
    assert not found.is_open
    if found.values:
        assert found.per == int(of) - (expected == "possible")
        assert has(list(found.values), text, sd, found.per)


@pytest.mark.parametrize(
    ("text", "of", "is_possible"), [("5.19", 28, False), ("5.18", 28, True), ("5.21", 28, True), ("5.27", 43, False)]
)
def test_the_vectors_of_grim_are_met(text: str, of: int, is_possible: bool) -> None:
    """5.19 of 28 is the example of Brown and Heathers 2017: 145/28 = 5.179, 146/28 = 5.214. The last is scrutiny's."""
    found = of_mean(mean(text, None, of))
    assert (found.verdict is Verdict.FITS) is is_possible


def has(values: list[int], text: str, sd: str, per: int, items: int = 1) -> bool:
    """Whether values have a mean and an SD as printed, without asking what is tested."""
    middle = Fraction(sum(values), len(values) * items)
    variance = Fraction(sum((Fraction(value, items) - middle) ** 2 for value in values), per)
    printed_mean, printed_sd = number(text), number(sd)
    half = printed_sd.unit / 2
    low, high = max(printed_sd.value - half, Fraction(0)), printed_sd.value + half
    return abs(middle - printed_mean.value) <= printed_mean.unit / 2 and low**2 <= variance <= high**2


@examples(150)
@given(st.integers(2, 5), st.integers(0, 60), st.integers(0, 40), st.booleans())
def test_what_is_possible_is_what_counting_through_finds(
    of: int, tenths: int, sd_tenths: int, is_bounded: bool
) -> None:
    """For few people on a short scale every set of answers is tried; nothing stays open."""
    text, sd = f"{tenths / 10:.1f}", f"{sd_tenths / 10:.1f}"
    most = 6 if is_bounded else 5
    asked = mean(text, sd, of, ends=(0, most))
    found = find(asked, of)
    exact = [values for values in combinations_with_replacement(range(most + 1), of)
             if any(prints(values, text, sd, per) for per in (of - 1, of))]  # fmt: skip
    assert not found.is_open
    assert bool(found.values and found.way is Way.ROUNDED) is bool(exact)
    if exact:
        assert found.values in exact


def prints(values: tuple[int, ...], text: str, sd: str, per: int) -> bool:
    """Whether values are printed so, a five by either rule."""
    middle = Fraction(sum(values), len(values))
    variance = sum(((value - middle) ** 2 for value in values), Fraction(0)) / per
    return middle in number(text).reach() and _root_in(variance, sd)


def _root_in(variance: Fraction, sd: str) -> bool:
    reach = number(sd).reach()
    low, high = max(reach.low, Fraction(0)) ** 2, reach.high**2
    return low <= variance < high or (reach.has_high and variance == high)


@examples(100)
@given(st.lists(st.integers(0, 33), min_size=2, max_size=60), st.integers(0, 20))
def test_a_mean_and_an_sd_that_somebody_has_are_possible(values: list[int], bound: int) -> None:
    """Real values, summarised and rounded, are never called impossible; what is shown for them has the same summary."""
    of, middle = len(values), Fraction(sum(values), len(values))
    sd = sqrt(sum((value - middle) ** 2 for value in values) / (of - 1))
    share = sum(value > bound for value in values)
    text, spread = f"{float(middle):.1f}", f"{sd:.1f}"
    found = find(mean(text, spread, of, ends=(0, 33), above=f"{bound} {100 * share / of:.0f}"), of)
    assert found.values or found.is_open
    if found.values:
        assert has(list(found.values), text, spread, found.per)
        assert min(found.values) >= 0
        assert max(found.values) <= 33


def test_an_sd_beyond_the_ends_of_its_scale_is_impossible() -> None:
    """With a mean of 4.2 of five people on a scale from 1 to 7 the SD is at most 3.03 (rsprite2's vector)."""
    assert of_mean(mean("4.2", "3.03", 5, ends=(1, 7))).verdict is Verdict.FITS
    too_wide = of_mean(mean("4.2", "3.5", 5, ends=(1, 7)))
    assert too_wide.verdict is Verdict.ODD
    assert "an SD of at most 3.35" in too_wide.answer, (
        "which Bhatia and Davis give for any values; whole ones give less"
    )
    assert of_mean(mean("4.2", "3.1", 5, ends=(1, 7))).verdict is Verdict.ODD


def test_a_mean_outside_its_scale_is_impossible() -> None:
    """Nobody scores above the top."""
    assert "a mean lies within its scale, from 0 to 5" in of_mean(mean("5.2", None, 10, ends=(0, 5))).answer


def test_a_share_above_a_bound_can_contradict_the_mean() -> None:
    """90% above 4 cannot have a mean of 3.9: the 32 of 36 alone add up to 160, and the sum is at most 142."""
    assert of_mean(mean("3.9", "2.2", 36, ends=(0, 33), above="4 90")).verdict is Verdict.ODD


def test_a_mean_of_item_means_has_finer_steps() -> None:
    """A mean of 3.33 is impossible for 2 people with one item each, and possible with three."""
    assert of_mean(mean("3.33", None, 2)).verdict is Verdict.ODD
    assert of_mean(mean("3.33", None, 2, items=3)).verdict is Verdict.FITS


@pytest.mark.parametrize(("of", "sd"), [(5000, "52.23"), (5000, "99.9"), (500, "99.9")])
def test_a_strangers_largest_figures_are_worked_out_at_once(of: int, sd: str) -> None:
    """Within the bounds nothing takes long, even where it stays open."""
    import time

    started = time.process_time()
    find(mean("103.91", sd, of, ends=(0, 200), above="140 31"), of)
    assert time.process_time() - started < 2
