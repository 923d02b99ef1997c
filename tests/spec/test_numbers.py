"""Chapter 3. Numbers, their units, and numbers known only within limits."""

import pytest

from .reading import differences, language, rows

LANGUAGE = language("""
concepts:
  age:
    asks: How old is the patient?
    words: age
    type: number
    unit: year
    also: {month: 0.08333333333333333}
    range: [0, 120]
    cost: history
  platelets:
    asks: What is the platelet count?
    words: the platelet count
    type: number
    unit: 10^9/L
    also: {10^3/uL: 1, /uL: 0.001}
    range: [0, 3000]
    cost: laboratory
  inr:
    asks: What is the INR?
    words: the INR
    type: number
    unit: "1"
    range: [0.5, 30]
    cost: laboratory
""")

SIGNS = """
      age is |     < 18 |    <= 18 |     = 18 |    != 18 |    >= 18 |     > 18
          10 |      yes |      yes |       no |      yes |       no |       no
          18 |       no |      yes |      yes |       no |      yes |       no
          30 |       no |       no |       no |      yes |      yes |      yes
    10 to 17 |      yes |      yes |       no |      yes |       no |       no
    10 to 18 |  unknown |      yes |  unknown |  unknown |  unknown |       no
    10 to 30 |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
    18 to 30 |       no |  unknown |  unknown |  unknown |      yes |  unknown
    19 to 30 |       no |       no |       no |      yes |      yes |      yes
        < 18 |      yes |      yes |       no |      yes |       no |       no
       <= 18 |  unknown |      yes |  unknown |  unknown |  unknown |       no
      "> 18" |       no |       no |       no |      yes |      yes |      yes
     ">= 18" |       no |  unknown |  unknown |  unknown |      yes |  unknown
   not known |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
"""


@pytest.mark.parametrize("row", rows(SIGNS)[1:], ids=lambda row: row[0])
def test_a_span_compares_in_three_values(row: list[str]) -> None:
    """A comparison is yes when every value in the span fits, no when none does, and unknown otherwise.

    A value that opens with `>` stands in quotes, because YAML gives that sign a meaning of its own.
    """
    written, *expected = row
    for sign, truth in zip(rows(SIGNS)[0][1:], expected, strict=True):
        assert not differences(f"age {sign} years", f"age: {written} | {truth}\n | unknown", LANGUAGE)


def test_a_double_equals_sign_means_the_same_as_one() -> None:
    """Authors who write code may write `==`."""
    table = """
        age: 18 years | yes
        age: 19 years | no
    """
    assert not differences("age == 18 years", table, LANGUAGE)


def test_a_condition_and_a_finding_may_use_different_units() -> None:
    """Each is turned into the concept's own unit before they are compared."""
    table = """
        platelets: 35 10^9/L            | yes
        platelets: 35                   | yes
        platelets: 35 10^3/uL           | yes
        platelets: 35000 /uL            | yes
        platelets: 50000 /uL            | no
        platelets: 49999 to 50001 /uL   | unknown
        platelets: 120 10^9/L           | no
    """
    assert not differences("platelets < 50 10^9/L", table, LANGUAGE)
    assert not differences("platelets < 50000 /uL", table, LANGUAGE)


def test_a_unit_may_stand_in_the_plural() -> None:
    """One writes 1 year and 18 years; months are turned into years."""
    table = """
        age: 6 months     | yes
        age: 11 month     | yes
        age: 1 year       | no
        age: 12 months    | no
        age: 10 to 14 months | unknown
    """
    assert not differences("age < 1 year", table, LANGUAGE)
    assert not differences("age < 12 months", table, LANGUAGE)


def test_a_number_without_a_unit_is_a_ratio() -> None:
    """The unit `1` is not written."""
    table = """
        inr: 1.8         | yes
        inr: 1.7         | no
        inr: 1.6 to 1.8  | unknown
        inr: not known   | unknown
    """
    assert not differences("inr > 1.7", table, LANGUAGE)


def test_two_comparisons_make_a_window() -> None:
    """The lower end belongs to this window and the upper does not."""
    table = """
        age: 17 years        | no
        age: 18 years        | yes
        age: 74 years        | yes
        age: 75 years        | no
        age: 20 to 74 years  | yes
        age: 70 to 80 years  | unknown
        age: 10 to 80 years  | unknown
    """
    assert not differences("age >= 18 years and age < 75 years", table, LANGUAGE)
