"""Turnbull's curve is the one of most likelihood, and R's survfit comes near it."""

from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from outcome.fixtures import agrees, numbers, read
from patency.outcome.estimate.counted import NotUsable
from patency.outcome.estimate.resampled import turnbull_intervals
from patency.outcome.estimate.survival import survival
from patency.outcome.estimate.visits import turnbull, turnbull_at

FITS = read("visits")


def ends(name: str) -> tuple[Any, Any]:
    right = numbers(FITS[name]["right"])
    return numbers(FITS[name]["left"]), numpy.where(right < 0, numpy.inf, right)


@pytest.mark.parametrize("name", FITS)
def test_the_curve_is_the_one_of_most_likelihood(name: str) -> None:
    """An EM of R's run to the end over the same stretches: r/visits.R."""
    found, expected = turnbull(*ends(name)), FITS[name]
    assert found.is_converged
    agrees([found.log_likelihood], expected["loglik"], 1e-10)
    until, mass = numbers(expected["until"]), numbers(expected["mass"])
    until = numpy.where(until < 0, numpy.inf, until)
    mine = [found.mass[found.until <= day].sum() for day in until]
    agrees(mine, [mass[until <= day].sum() for day in until], 1e-6)


# Where no event is between visits survfit 3.5-3 adds a row of its own (survfitTurnbull, a `wtmat` of ones), so that even
# Kaplan and Meier's curve is not given; and one row it takes for an event at the middle of its stretch.
@pytest.mark.parametrize("name", [name for name in FITS if name not in ("one", "right", "lung")])
def test_survfit_comes_near_it(name: str) -> None:
    """survfit(Surv(a, b, type = "interval2") ~ 1), which stops at steps below 5e-5, up to a hundredth from the end."""
    found, (left, right) = turnbull(*ends(name)), ends(name)
    days = [day for day in numpy.unique(numpy.r_[left, right]) if numpy.isfinite(day) and day > 0]
    theirs = dict(zip(FITS[name]["survfit_time"], FITS[name]["survfit"], strict=True))
    for day, at in zip(days, turnbull_at(found, days), strict=True):
        before = [value for time, value in theirs.items() if time <= day]
        if at.least is not None and at.least == at.most:
            assert abs(at.least - (before[-1] if before else 1.0)) < 0.01


@given(drawn.lists(drawn.tuples(drawn.integers(1, 20), drawn.booleans()), min_size=1, max_size=25))
def test_with_days_known_it_is_kaplan_meier(rows: list[tuple[int, bool]]) -> None:
    """Where every event is known to the day, Turnbull's curve is Kaplan and Meier's."""
    days, events = zip(*rows, strict=True)
    found = turnbull(days, [day if event else numpy.inf for day, event in rows])
    plain = survival(days, events)
    for day, share in zip(plain.times, plain.survival, strict=True):
        at = turnbull_at(found, [day])[0]
        if at.most is not None:
            assert abs(at.most - share) < 1e-6


def test_what_is_not_seen_is_said() -> None:
    """Nobody with the event, nobody at all, and times after the last visit have reasons and no numbers."""
    assert turnbull([], []).unsaid == ("there are no rows",)
    never = turnbull([5, 8], [numpy.inf, numpy.inf])
    assert never.unsaid[0].startswith("nobody had the event")
    assert turnbull_at(never, [10])[0].why == "nobody was seen so late"
    with pytest.raises(NotUsable, match="before the last one without"):
        turnbull([5], [3])


def test_the_bootstrap_is_of_its_seed_and_holds_the_estimate() -> None:
    """The same seed gives the same interval, and the estimate lies within it."""
    one, again = (turnbull_intervals(*ends("scans"), [180, 360], seed=3, runs=40) for _ in range(2))
    assert one == again
    for at in one:
        assert at.low is not None
        assert at.high is not None
        assert at.least is not None
        assert at.low <= at.least <= at.high + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_a_draw_is_the_curve_of_the_rows_that_were_drawn(seed: int) -> None:
    """One draw raised with the others is Turnbull's curve of these rows alone, as near as draws need to be."""
    left, right = ends("scans")
    names, days = numpy.arange(len(left)) // 2, [90, 180, 360]
    found = turnbull_intervals(left, right, days, seed=seed, runs=1, clusters=names)
    many = int(names.max()) + 1
    heavy = numpy.bincount(numpy.random.default_rng(seed).integers(0, many, many), minlength=many)[names]
    alone = turnbull_at(turnbull(left[heavy > 0], right[heavy > 0], weights=heavy[heavy > 0]), days)
    for one, other in zip(found, alone, strict=True):
        assert one.low == pytest.approx(other.least, abs=0.01)
        assert one.high == pytest.approx(other.most, abs=0.01)
