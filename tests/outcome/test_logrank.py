"""The log-rank test is that of R's survdiff."""

import pytest

from outcome.fixtures import agrees, columns, read
from patency.outcome.estimate.logrank import log_rank

SETS, FITS = read("sets"), read("cox")
TESTED = [name for name in FITS if FITS[name].get("logrank")]


@pytest.mark.parametrize("within_strata", [False, True])
@pytest.mark.parametrize("name", TESTED)
def test_observed_expected_and_chi_squared_are_those_of_survdiff(name: str, *, within_strata: bool) -> None:
    """survdiff(Surv(time, event) ~ group + strata(s)): r/cox.R."""
    given = columns(SETS[name])
    expected = FITS[name]["logrank_strata" if within_strata else "logrank"]
    found = log_rank(
        given["time"], given["event"], given["group"], strata=given.get("strata") if within_strata else None
    )
    agrees(found.observed, expected["obs"])
    agrees(found.expected, expected["exp"])
    agrees([found.chi_squared], expected["chisq"])


def test_who_comes_later_is_not_yet_at_risk() -> None:
    """Events on days 3, 5, 8 and 9 with two, two, two and one at risk: expected 1/2 + 1/2 + 1/2 + 1 in group 1."""
    found = log_rank([3, 5, 7, 8, 9], [1, 1, 0, 1, 1], [1, 2, 1, 2, 1], entry=[0, 0, 4, 6, 6])
    agrees(found.expected, [1 / 2 + 1 / 2 + 1 / 2 + 1, 1 / 2 + 0.5 + 1 / 2])


def test_one_group_is_not_compared() -> None:
    """With one group there is no test, and the reason is said."""
    assert log_rank([1, 2], [1, 1], ["a", "a"]).why.startswith("fewer than two groups")
