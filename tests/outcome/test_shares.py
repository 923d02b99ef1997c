"""Shares, rates, changes and weighted comparisons are those of R, and say where there is none."""

from typing import Any

import numpy
import pytest

from outcome.fixtures import agrees, numbers, read
from patency.evidence import method
from patency.evidence.model import Arm
from patency.outcome.estimate.incidence import incidence
from patency.outcome.estimate.scores import change, standardised, standardised_categories
from patency.outcome.estimate.shares import difference, exact_share, rate, ratio
from patency.outcome.estimate.weighted import (
    ENDLESS,
    Overlap,
    logistic,
    overlap,
    weighted_difference,
    weighted_incidence,
)
from patency.share import Share, z_of

R = read("shares")


@pytest.mark.parametrize(("count", "of", "low", "high"), R["exact"])
def test_exact_intervals_are_those_of_binom_test(count: int, of: int, low: float, high: float) -> None:
    """binom.test(count, of)$conf.int; and the number auditor's own, which needs no SciPy, agrees."""
    agrees(exact_share(Share(count, of)).interval, [low, high])
    if of < 1000:
        agrees(method.exact(Arm(count, of), z_of(0.95)), [low, high], 1e-9)


@pytest.mark.parametrize(("count", "of", "low", "high"), R["wilson"])
def test_wilson_is_prop_test_without_correction(count: int, of: int, low: float, high: float) -> None:
    """prop.test(count, of, correct = FALSE)$conf.int."""
    agrees(Share(count, of).interval, [low, high])


@pytest.mark.parametrize(("events", "years", "value", "low", "high"), R["poisson"])
def test_rates_are_those_of_poisson_test(events: float, years: float, value: float, low: float, high: float) -> None:
    """100 * poisson.test(events, years)$conf.int."""
    found = rate(int(events), years)
    agrees([found.value, *(found.interval or ())], [value, low, high])


def test_newcombe_s_own_examples() -> None:
    """Newcombe RG. Stat Med 1998;17:873-90, table II, method 10: 56/70 less 48/80, 9/10 less 3/10, 10/10 less 0/20."""
    for one, other, low, high in (
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
    ):
        agrees(difference(one, other).interval, [low, high], 5e-5)


def test_a_ratio_with_an_empty_cell_says_what_was_added() -> None:
    """Nobody in one group is a ratio with a half added, nobody in either is none."""
    assert "a half was added" in ratio(Share(0, 20), Share(4, 22)).why
    assert ratio(Share(0, 20), Share(0, 22)).value is None
    assert ratio(Share(10, 20), Share(5, 20)).value == 2


def test_the_paired_change_is_that_of_t_test() -> None:
    """t.test(after, before, paired = TRUE); a pair not known is left out and counted."""
    given = R["paired"]
    found = change(given["before"], given["after"])
    agrees([found.mean, found.standard_deviation, *(found.interval or ())], given["answer"])
    assert change([1, float("nan"), 3], [2, 2, 5]).left_out == 1
    assert change([1], [2]).why == "one pair has no spread"
    assert change([], []).why == "no pair is known"


def test_standardised_differences() -> None:
    """Of shares 0.5 and 0.25: 0.25 / sqrt((0.25 + 0.1875) / 2); of two categories the same by distance (Austin 2009)."""
    agrees(standardised([0, 1], [0, 0, 0, 1]), 0.25 / 0.21875**0.5)
    agrees(standardised_categories([1, 1], [3, 1]), 0.25 / 0.21875**0.5)
    agrees(standardised([1, 2, 3], [3, 4, 5]), -2)
    assert standardised([float("nan")], [1, 2]) is None


@pytest.mark.parametrize("place", range(len(R["weighted"])))
def test_weighted_comparisons_are_those_of_glm_and_its_sandwich(place: int) -> None:
    """glm(taken ~ x, binomial); estimating equations stacked, their slope by numDeriv::jacobian: r/shares.R."""
    given = {name: numbers(values) for name, values in R["weighted"][place].items()}
    fitted = logistic(given["taken"], given["x"])
    agrees(fitted.coefficients, given["coef"], 1e-8)
    agrees(fitted.standard_errors, given["se"], 1e-6)
    agrees(fitted.chances, given["chances"], 1e-8)
    found = weighted_difference(given["y"], given["taken"], given["x"])
    agrees([found.taken, found.not_taken], given["means"], 1e-8)
    agrees([found.standard_error], given["error"], 1e-6)


def test_overlap_weights_balance_the_means_and_say_what_is_left() -> None:
    """Weighted, every covariate's mean is the same in both groups, and fewer patients are effective than are there."""
    given = {name: numbers(values) for name, values in R["weighted"][1].items()}
    found = overlap(given["taken"], given["x"])
    assert isinstance(found, Overlap)
    assert any(abs(row.before or 0) > 0.1 for row in found.balance)
    agrees([row.after for row in found.balance], [0, 0], 1e-8)
    assert all(worth < count for worth, count in zip(found.effective, found.counts, strict=True))


def test_a_comparison_that_cannot_be_is_refused_in_words() -> None:
    """Options that a covariate tells apart, or one option alone, have no weights."""
    apart = overlap([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])
    assert apart == ENDLESS
    assert overlap([1, 1], [3, 4]) == "all took the same option"
    assert weighted_difference([1, 2], [1, 1], [3, 4]).why == "all took the same option"
    assert rate(3, 0).why == "nobody was watched for any time"


def _rows(many: int = 240) -> dict[str, Any]:
    chance = numpy.random.default_rng(20261122)
    x = chance.normal(size=(many, 2))
    return {
        "x": x, "taken": (chance.random(many) < 1 / (1 + numpy.exp(-x[:, 0]))).astype(int), "time": chance.integers(1, 300, many),
        "state": chance.integers(0, 3, many), "patient": chance.integers(0, 160, many), "y": x[:, 0] + chance.normal(size=many),
    }  # fmt: skip


def _without(rows: dict[str, Any], patient: int) -> dict[str, Any]:
    return {name: values[rows["patient"] != patient] for name, values in rows.items()}


@pytest.mark.parametrize("kind", ["mean", "incidence"])
def test_the_clustered_sandwich_is_near_the_jackknife_over_patients(kind: str) -> None:
    """Each patient left out in turn and all fitted anew (Efron B. Biometrika 1981;68:589-99): within 5 % of the sandwich."""

    def found(rows: dict[str, Any]) -> Any:
        if kind == "mean":
            return weighted_difference(rows["y"], rows["taken"], rows["x"], clusters=rows["patient"])
        return weighted_incidence(rows["time"], rows["state"], rows["taken"], rows["x"], 150, clusters=rows["patient"])

    rows = _rows()
    left = numpy.array([found(_without(rows, patient)).value for patient in numpy.unique(rows["patient"])])
    spread = ((left - left.mean()) ** 2).sum() * (len(left) - 1) / len(left)
    assert found(rows).standard_error == pytest.approx(spread**0.5, rel=0.05)
    assert "clustered" in found(rows).method


def test_without_covariates_it_is_the_plain_difference_of_two_curves() -> None:
    """Two groups are independent: their variances, by the infinitesimal jackknife, add up."""
    rows = _rows()
    found = weighted_incidence(rows["time"], rows["state"], rows["taken"], numpy.zeros((240, 0)), 150)
    curves = [incidence(rows["time"][rows["taken"] == arm], rows["state"][rows["taken"] == arm]) for arm in (1, 0)]
    places = [int(numpy.searchsorted(curve.times, 150, side="right")) - 1 for curve in curves]
    one, other = (curve.incidence[0, place] for curve, place in zip(curves, places, strict=True))
    agrees([found.value], [one - other])
    agrees([found.standard_error],
           [sum(curve.standard_error[0, place] ** 2 for curve, place in zip(curves, places, strict=True)) ** 0.5])  # fmt: skip
