"""Chapter 1. Yes, no and unknown."""

from itertools import product

import pytest

from patency.truth import Truth, both, either, negate

from .reading import rows

TWO = """
      a |       b | a and b |  a or b
    yes |     yes |     yes |     yes
    yes | unknown | unknown |     yes
    yes |      no |      no |     yes
unknown |     yes | unknown |     yes
unknown | unknown | unknown | unknown
unknown |      no |      no | unknown
     no |     yes |      no |     yes
     no | unknown |      no | unknown
     no |      no |      no |      no
"""
ONE = """
      a |   not a
    yes |      no
unknown | unknown
     no |     yes
"""


def test_the_table_of_two_has_every_pair_once() -> None:
    """Three truths make nine pairs, and the table below leaves none out."""
    assert sorted((a, b) for a, b, _, _ in rows(TWO)[1:]) == sorted(product(["no", "unknown", "yes"], repeat=2))


@pytest.mark.parametrize(("a", "b", "a_and_b", "a_or_b"), rows(TWO)[1:])
def test_one_no_decides_and_one_yes_decides_or(a: str, b: str, a_and_b: str, a_or_b: str) -> None:
    """A known No decides `and`, a known Yes decides `or`; otherwise Unknown spreads (Kleene 1952, section 64)."""
    pair = (Truth[a.upper()], Truth[b.upper()])

    assert str(both(pair)) == a_and_b
    assert str(either(pair)) == a_or_b


@pytest.mark.parametrize(("a", "not_a"), rows(ONE)[1:])
def test_not_turns_yes_and_no_and_leaves_unknown(a: str, not_a: str) -> None:
    """The denial of what is unknown is unknown."""
    assert str(negate(Truth[a.upper()])) == not_a


def test_all_of_nothing_is_yes_and_any_of_nothing_is_no() -> None:
    """With nothing to fail all hold; with nothing to hold none does."""
    assert both([]) is Truth.YES
    assert either([]) is Truth.NO


@pytest.mark.parametrize("truth", list(Truth))
def test_a_truth_is_not_a_boolean(truth: Truth) -> None:
    """`if truth:` would read Unknown as one of the other two, so it is an error, even where the truth is known."""
    with pytest.raises(TypeError, match="a Truth has three values"):
        bool(truth)
    with pytest.raises(TypeError, match="a Truth has three values"):
        assert not truth


def test_a_truth_is_written_in_small_letters() -> None:
    """A truth prints as the word that a case file and a page use."""
    assert [str(truth) for truth in (Truth.YES, Truth.UNKNOWN, Truth.NO)] == ["yes", "unknown", "no"]
