"""The check of proportional hazards is that of R's cox.zph."""

from typing import Any

import numpy
import pytest

from outcome.fixtures import agrees, columns, read
from patency.outcome.estimate.proportional import proportional

SETS, CHECKS = read("sets"), read("proportional")


@pytest.mark.parametrize("within_strata", [False, True])
@pytest.mark.parametrize("by", ["km", "identity"])
@pytest.mark.parametrize("name", CHECKS)
def test_each_covariate_and_all_together_are_those_of_cox_zph(name: str, by: Any, *, within_strata: bool) -> None:
    """cox.zph(coxph(Surv(entry, time, event) ~ x + strata(s), weights), transform, terms = FALSE): r/proportional.R."""
    given, expected = columns(SETS[name]), CHECKS[name]["stratified" if within_strata else "plain"][by]
    found = proportional(given["time"], given["event"], given["x"], entry=given.get("entry"), weights=given.get("weight"),
                         strata=given.get("strata") if within_strata else None, by=by)  # fmt: skip
    assert found.chi_squared is not None, found.why
    many = len(found.chi_squared)
    agrees([*found.chi_squared, found.overall][: len(expected["chi_squared"])], expected["chi_squared"], 1e-8)
    agrees([*found.p, found.overall_p][: len(expected["p"])], expected["p"], 1e-8)  # type: ignore[misc]  # with chi squared is p
    assert found.freedom == many == expected["freedom"][-1]


def test_a_ratio_that_turns_round_is_found_and_one_that_holds_is_not() -> None:
    """Group 1 has its events by day 40 three times as often, later a third as often: the drift is plain, and is one way."""
    chance = numpy.random.default_rng(3)
    group = numpy.repeat([0, 1], 200)
    early, late = (chance.exponential(60 / rate) for rate in (numpy.where(group, 3, 1), numpy.where(group, 1 / 3, 1)))
    days = numpy.ceil(numpy.where(early < 40, early, 40 + late))
    turned = proportional(days, numpy.ones(400), group)
    held = proportional(numpy.ceil(chance.exponential(numpy.where(group, 60, 20))), numpy.ones(400), group)
    assert turned.overall_p is not None
    assert held.overall_p is not None
    assert turned.overall_p < 1e-6
    assert held.overall_p > 0.05
    assert turned.chi_squared is not None
    agrees(turned.chi_squared, [turned.overall])


@pytest.mark.parametrize(
    ("days", "events", "group", "why"),
    [([3, 4, 5, 6], [0, 0, 0, 0], [1, 0, 1, 0], "nobody had the event"),
     ([3, 3, 5, 6], [1, 1, 0, 0], [1, 0, 1, 0], "all events came at one time"),
     ([3, 4, 5, 6], [1, 1, 1, 0], [1, 0, 0, 0], "no hazard ratio fits best"),
     ([3, 3, 4], [1, 1, 1], [1, 0, 0], "too few events to tell a ratio from its drift")],
)  # fmt: skip
def test_where_nothing_can_be_told_the_reason_is(
    days: list[int], events: list[int], group: list[int], why: str
) -> None:
    """No events, all on one day, a group in which all came first, or groups seen together on one day: no figure, and why."""
    found = proportional(days, events, group)
    assert (found.chi_squared, found.p, found.overall_p) == (None, None, None)
    assert found.why.startswith(why)
