"""How a share is written: one rule of rounding, and never without what it is of."""

from fractions import Fraction

import pytest

from patency.percent import counted, percent, ratio, rounded
from patency.share import Share

# Share, and how it is written. The intervals are R's, prop.test(x, n, correct = FALSE)$conf.int:
# 15 of 34: 0.2888 to 0.6055; 154 of 870: 0.1531 to 0.2038; 1 of 8: 0.0224 to 0.4709.
WRITTEN = """
   15   34   44% (29% to 61%)
    1    8   13% (2% to 47%)
  154  870   17.7% (15.3% to 20.4%)
"""


@pytest.mark.parametrize("row", WRITTEN.strip().splitlines())
def test_a_share_is_written_with_its_count_denominator_and_interval(row: str) -> None:
    """The percentage, then the ends of Wilson's interval, to as many decimals."""
    count, of, words = row.split(maxsplit=2)
    assert counted(Share(int(count), int(of))) == f"{count} of {of}, {words}"


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [(1, 8, "13%"), (3, 8, "38%"), (1, 200, "0.5%"), (1, 400, "0.3%"), (3, 400, "0.8%"), (5, 200, "2.5%")],
)
def test_a_half_is_rounded_away_from_zero(count: int, of: int, words: str) -> None:
    """12.5 is 13 and 37.5 is 38, where a float, or rounding to even, would give 12 and 38."""
    assert percent(Share(count, of)) == words


def test_a_decimal_stands_where_two_hundred_were_counted() -> None:
    """76 of 145 is 52%, as the survey of 2021 printed it; 154 of 870 is 17.7%."""
    assert percent(Share(76, 145)) == "52%"
    assert percent(Share(100, 199)) == "50%"
    assert percent(Share(100, 200)) == "50.0%"
    assert percent(Share(154, 870)) == "17.7%"


def test_some_are_never_none_and_not_all_are_never_all() -> None:
    """Whatever is rounded, one of thousands is not 0% and all but one not 100%."""
    assert percent(Share(1, 5000)) == "<0.1%"
    assert percent(Share(4999, 5000)) == ">99.9%"
    assert percent(Share(0, 5000)) == "0.0%"
    for of in range(1, 400):
        assert percent(Share(1, of)) not in ("0%", "0.0%")
        assert of == 1 or percent(Share(of - 1, of)) not in ("100%", "100.0%")


def test_of_nobody_there_is_no_percentage() -> None:
    """None of nobody is not none of them."""
    assert percent(Share(0, 0)) == ""
    assert counted(Share(0, 0)) == "0 of nobody"


def test_a_denominator_may_be_assumed() -> None:
    """RR3 of the vector RR-05: 400 of 880, 0.4545."""
    assert ratio(400, 880.0) == "45.5%"
    assert ratio(35, 54.5) == "64%"


def test_numbers_are_rounded_exactly() -> None:
    """0.5 is a half as a fraction; 2.675 as a float is a little less than it looks."""
    assert rounded(Fraction(1, 2), 0) == "1"
    assert rounded(Fraction(-5, 2), 0) == "-3"
    assert rounded(2.675, 2) == "2.67"
    assert rounded(Fraction(2675, 1000), 2) == "2.68"
