"""Percentages that share a denominator, against counting every possibility through."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.strategies import examples
from patency.evidence.fit import counts_of, enough, fits_alone, fits_together
from patency.evidence.model import Share
from patency.evidence.printed import Way, read_number

from .figures import group, number


def printed(count: int, of: int, decimals: int, way: str) -> str:
    """Print a percentage as a person would, in decimal arithmetic."""
    with localcontext() as context:
        context.prec = 60
        return str((Decimal(100 * count) / Decimal(of)).quantize(Decimal(1).scaleb(-decimals), rounding=way))


@examples(300)
@given(st.integers(1, 400), st.integers(0, 2), st.data())
def test_a_count_is_found_again_from_its_percentage(of: int, decimals: int, data: st.DataObject) -> None:
    """However it was rounded, the count is among those that fit, and every other one is printed the same."""
    count = data.draw(st.integers(0, of))
    way = data.draw(st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
    text = printed(count, of, decimals, way)
    found = counts_of(Share("a", "a", number(text)), of)
    fitting = [each for each in range(of + 1)
               if text in (printed(each, of, decimals, ROUND_HALF_UP), printed(each, of, decimals, ROUND_HALF_EVEN))]  # fmt: skip
    assert count in found
    assert list(found) == fitting


@examples(150)
@given(st.integers(1, 120), st.integers(0, 1), st.data())
def test_what_was_cut_off_is_found_as_cut_off(of: int, decimals: int, data: st.DataObject) -> None:
    """Every count that is cut off to a percentage, and no other."""
    text = printed(data.draw(st.integers(0, of)), of, decimals, ROUND_DOWN)
    found = counts_of(Share("a", "a", number(text)), of, Way.CUT)
    assert list(found) == [each for each in range(of + 1) if printed(each, of, decimals, ROUND_DOWN) == text]


@examples(60)
@given(st.lists(st.integers(0, 100).map(str), min_size=1, max_size=3), st.integers(1, 14), st.booleans())
def test_denominators_are_those_that_counting_through_finds(percentages: list[str], at_most: int, is_one: bool) -> None:
    """For few people every way of answering is tried."""
    asked = group(" ".join(percentages), at_most, is_one=is_one)
    expected = {
        of
        for of in range(1, at_most + 1)
        for counts in product(range(of + 1), repeat=len(percentages))
        if (not is_one or sum(counts) <= of)
        and all(text in (printed(count, of, 0, ROUND_HALF_UP), printed(count, of, 0, ROUND_HALF_EVEN))
                for text, count in zip(percentages, counts, strict=True))
    }  # fmt: skip
    found = fits_together(asked, range(1, at_most + 1))
    if found.way is Way.ROUNDED:
        assert set(found.denominators) == expected
    else:
        assert expected == set(), "another way is tried only where rounding fits nothing"


def test_a_five_goes_up_or_to_the_even_digit() -> None:
    """1 of 8 is 12.5%: printed 13 by half up, 12 by half to even; 3 of 8 is 37.5%: 38 by both, and never 37."""
    assert [list(counts_of(Share("a", "a", number(text)), 8)) for text in ("12", "13", "38", "37")] == [
        [1],
        [1],
        [3],
        [],
    ]


def test_twice_rounded_is_the_last_that_is_tried() -> None:
    """3 of 67 is 4.478%: 4.5 at one decimal, and that is 5 at none."""
    assert fits_alone(Share("a", "a", number("5"), 3), [67]).way is Way.TWICE


def test_one_answer_each_cannot_add_up_to_more_than_all() -> None:
    """60% and 60% fit 5 people who may give two answers, and nobody who gives one."""
    assert fits_together(group("60 60", 9), range(1, 10)).denominators == (5,)
    assert fits_together(group("60 60", 9, is_one=True), range(1, 10)).rows == ()


def test_few_numbers_that_fit_every_group_are_named() -> None:
    """34 fits two of the three; 30 the third."""
    assert enough({"a": (17, 34), "b": (34,), "c": (19, 30)}) == ((34, ("a", "b")), (30, ("c",)))


@pytest.mark.parametrize("text", ["", "abc", "1,5", "1e3", "1.2.3", "٣", "nan", "1" * 10, "0." + "1" * 7, "--1"])
def test_what_is_no_number_as_printed_is_not_read(text: str) -> None:
    """Nothing is guessed."""
    assert read_number(text) is None
