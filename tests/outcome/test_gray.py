"""Gray's test is that of R's cmprsk."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from outcome.fixtures import agrees, columns, numbers, read
from patency.outcome.estimate.counted import NotUsable
from patency.outcome.estimate.gray import gray
from patency.outcome.estimate.logrank import log_rank

SETS = read("gray")


@pytest.mark.parametrize("name", SETS)
def test_the_statistic_of_each_cause_is_that_of_cuminc(name: str) -> None:
    """cuminc(time, state, group)$Tests: r/gray.R. Ties, two to four groups, one cause alone, a group without events."""
    asked = columns(SETS[name])
    for place, cause in enumerate(asked["cause"]):
        found = gray(asked["time"], asked["event"], asked["group"], cause=int(cause))
        agrees([found.chi_squared], [asked["chi_squared"][place]], 1e-9)
        assert found.freedom == asked["freedom"][place]
        if numbers(asked["p"])[place] > 1e-9:  # R gives 0 for what lies below the last digit of 1
            agrees([found.p], [asked["p"][place]], 1e-9)


@pytest.mark.parametrize("name", ["alone", "cells"])
def test_with_nothing_that_competes_its_score_is_that_of_the_log_rank_test(name: str) -> None:
    """Observed less expected is the same number; the variance is estimated otherwise, and the statistic only near."""
    asked = columns(SETS[name])
    found = gray(asked["time"], asked["event"], asked["group"])
    ranked = log_rank(asked["time"], asked["event"], asked["group"])
    agrees(found.apart, ranked.observed - ranked.expected)
    assert found.freedom == ranked.freedom


def test_where_the_common_share_passes_1_it_is_said() -> None:
    """Four groups of R's veteran data end on different days, each with an event; the two of lung do not."""
    for name, is_said in (("cells", True), ("alone", False)):
        asked = columns(SETS[name])
        assert bool(gray(asked["time"], asked["event"], asked["group"]).warning) is is_said


ROWS = drawn.lists(
    drawn.tuples(drawn.integers(1, 25), drawn.integers(0, 2), drawn.integers(0, 2)), min_size=2, max_size=50
)


@given(ROWS)
def test_scores_add_up_to_nothing_and_the_order_of_groups_changes_nothing(rows: list[tuple[int, int, int]]) -> None:
    """What one group has too many others have too few; a test without figures says why."""
    days, states, groups = (numpy.array(column) for column in zip(*rows, strict=True))
    found, turned = gray(days, states, groups), gray(days, states, 2 - groups)
    agrees(found.apart.sum(), 0, 1e-9)
    agrees(found.covariance, turned.covariance[::-1, ::-1], 1e-9)
    assert (found.p is None) == bool(found.why)


def test_what_cannot_be_compared_is_said() -> None:
    """One group, no event of the cause, or all of it on one day: a reason and no p."""
    assert gray([1, 2], [1, 1], ["a", "a"]).why.startswith("fewer than two groups")
    assert gray([1, 2], [2, 2], ["a", "b"]).why.startswith("fewer than two groups")
    assert gray([4, 4], [1, 1], ["a", "b"]).why.startswith("all who were at risk")
    with pytest.raises(NotUsable, match="equally long"):
        gray([1, 2], [1, 1], ["a"])
