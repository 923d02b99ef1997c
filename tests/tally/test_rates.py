"""How many of those invited answered.

AAPOR's vectors are RR-01 to RR-05 of the registry notes, section 2b: formulas read second-hand in rOpenSci's package
outcomerate (R/outcomerate.R, commit 0c59953); the surveys' own numbers in their abstracts.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patency.practice.rates import Rate, rates
from patency.practice.survey import Outcome, Visits

VECTORS = """
   I    P    R   NC   O    U    e     RR1     RR2     RR3     RR4     RR5     RR6
  35    5    0    0   0   29    1  0.5072  0.5797  0.5072  0.5797  0.8750  1.0000
  35    5   29    0   0    0    -  0.5072  0.5797  0.5072  0.5797  0.5072  0.5797
 154    0    0  716   0    0    -  0.1770  0.1770  0.1770  0.1770  0.1770  0.1770
 142   12    0  716   0    0    -  0.1632  0.1770  0.1632  0.1770  0.1632  0.1770
 400   50  100  200  10  240  0.5  0.4000  0.4500  0.4545  0.5114  0.5263  0.5921
"""
OTHERS = {
    "COOP1": 0.7143, "COOP2": 0.8036, "COOP3": 0.7273, "COOP4": 0.8182, "REF1": 0.1000, "REF2": 0.1136, "REF3": 0.1316,
    "CON1": 0.5600, "CON2": 0.6364, "CON3": 0.7368,
}  # fmt: skip
counts = st.integers(0, 300)


def by_name(outcome: Outcome, visits: Visits = Visits()) -> dict[str, Rate]:  # noqa: B008  a value that does not change
    return {rate.name: rate for rate in rates(outcome, visits)}


def value(rate: Rate) -> float:
    assert rate.value is not None, rate.why
    return rate.value


@pytest.mark.parametrize("row", VECTORS.split("\n")[2:-1])
def test_response_rates_are_aapors(row: str) -> None:
    """RR-01 to RR-05: seed surveys 000 and 001 under each reading of their counts, and one with every class."""
    counted: list[Any] = [
        None if each == "-" else float(each) if "." in each else int(each) for each in row.split()[:7]
    ]
    found = by_name(Outcome(*counted))

    for name, expected in zip(VECTORS.split()[7:13], row.split()[7:], strict=True):
        assert round(value(found[name]), 4) == float(expected), name


def test_cooperation_refusal_and_contact_rates_are_aapors() -> None:
    """The vector derived on RR-05."""
    found = by_name(Outcome(400, 50, 100, 200, 10, 240, 0.5))

    assert {name: round(value(found[name]), 4) for name in OTHERS} == OTHERS


@given(st.tuples(*[counts] * 6, st.floats(0, 1)))
def test_a_rate_grows_as_fewer_of_the_unknown_count(outcome: Any) -> None:
    """RR1 <= RR3 <= RR5 and RR2 <= RR4 <= RR6, whatever the outcome."""
    found = by_name(Outcome(*outcome))

    for first, second, third in (("RR1", "RR3", "RR5"), ("RR2", "RR4", "RR6")):
        if found[third].value is not None:
            assert value(found[first]) <= value(found[second]) + 1e-12
            assert value(found[second]) <= value(found[third]) + 1e-12


@given(st.tuples(*[counts] * 6))
def test_all_or_none_of_the_unknown_eligible_gives_the_outer_rates(outcome: Any) -> None:
    """With e = 1 RR3 is RR1; with e = 0 it is RR5."""
    all_of_them, none_of_them = (by_name(Outcome(*outcome)._replace(eligible=e)) for e in (1.0, 0.0))

    assert all_of_them["RR3"].value == all_of_them["RR1"].value
    assert none_of_them["RR3"].value == none_of_them["RR5"].value


def test_what_is_not_stated_leaves_a_rate_undefined_and_is_named() -> None:
    """A missing count is never taken for nought."""
    found = by_name(Outcome(complete=35, partial=5, unknown=29))

    assert found["RR1"].value is None
    assert found["RR1"].why == "not stated: refusals, those not reached and others"
    assert found["RR3"].why.endswith("others and the share of the unknown that is eligible")
    assert (found["RR1"].numerator, found["RR1"].denominator) == (35, None)


def test_of_nobody_there_is_no_rate() -> None:
    """A denominator of 0 is said."""
    found = by_name(Outcome(0, 0, 0, 0, 0, 0))

    assert {
        (rate.value, rate.why) for rate in found.values() if rate.name.startswith(("RR", "COOP", "REF", "CON"))
    } == {(None, "the denominator is 0")}


def test_the_rates_of_cherries_are_of_those_who_came_before() -> None:
    """Eysenbach 2004: view, participation and completion rate; the view rate is at most 1."""
    found = by_name(Outcome(), Visits(site=200, survey=120, first_page=110, agreed=88, finished=66))

    assert {name: (found[name].numerator, found[name].denominator, found[name].value) for name in list(found)[-3:]} == {
        "view rate": (120, 200, 0.6),
        "participation rate": (88, 110, 0.8),
        "completion rate": (66, 88, 0.75),
    }
    assert (
        by_name(Outcome())["completion rate"].why == "not stated: those who finished and those who agreed to take part"
    )


ASSUMED = {"RR3", "RR4", "REF2", "CON2"}


@pytest.mark.parametrize(("unknown", "eligible"), [(241, 0.5), (240, 0.5), (240, 1.0), (240, 0.0)])
def test_a_rate_of_assumed_people_has_no_interval(unknown: int, eligible: float) -> None:
    """Half of 241 unknown people are no count, and half of 240 are none either: nobody counted them."""
    found = by_name(Outcome(400, 50, 100, 200, 10, unknown, eligible))

    assert {name for name, rate in found.items() if rate.value is not None and rate.interval is None} == ASSUMED
    assert found["RR3"].formula == "I / (I + P + R + NC + O + eU)"


def test_where_nobody_is_unknown_nothing_is_assumed() -> None:
    """Any share of none is none: RR3 is RR5, with its interval."""
    found = by_name(Outcome(400, 50, 100, 200, 10, 0))

    assert found["RR3"].interval == found["RR5"].interval is not None


def test_of_all_who_were_invited_a_rate_needs_no_more_than_their_number() -> None:
    """Where it is not stated who refused and who was not reached, RR1 and RR2 are of the invited; refusals stay untold.

    35 of 69 and 40 of 69 (ELITE-Kids 2025: 69 were sent the questionnaire, 40 responded, 35 were complete).
    """
    found = {rate.name: rate for rate in rates(Outcome(complete=35, partial=5), Visits(), 69)}
    told = {name: (rate.numerator, rate.denominator) for name, rate in found.items() if rate.value is not None}

    assert told == {"RR1": (35, 69), "RR2": (40, 69)}
    assert found["REF1"].why == "not stated: refusals"
    assert found["CON1"].why == "not stated: refusals and others"
