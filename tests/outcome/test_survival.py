"""Kaplan-Meier curves are those of R's survfit, and what they cannot say they say."""

from typing import Any

import numpy
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from outcome.fixtures import agrees, columns, numbers, read
from patency.outcome.estimate.counted import NotUsable
from patency.outcome.estimate.survival import Limbs, Survival, at, mean_until, quantile, survival

SETS, FITS = read("sets"), read("survival")
FRACTIONS = ("weighted", "late")  # of weights: they have the robust variance always
WAYS: Any = ("log-log", "log", "plain")


def fitted(name: str, way: Any = "log-log", **more: Any) -> Survival:
    given = columns(SETS[name])
    kept: dict[str, Any] = {each: given[each] for each in ("entry", "weight") if each in given}
    if "weight" in kept:
        kept["weights"] = kept.pop("weight")
    return survival(given["time"], given["event"], way=way, **kept, **more)


def at_rows(fit: Survival, times: Any) -> Any:
    return numpy.searchsorted(fit.times, times)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name in SETS if name not in FRACTIONS])
def test_the_curve_and_its_interval_are_those_of_survfit(name: str, way: Any) -> None:
    """survfit(Surv(entry, time, event) ~ 1, weights, conf.type): r/survival.R."""
    expected = FITS[name][way]
    fit = fitted(name, way)
    agrees(fit.times, expected["time"])
    agrees(fit.at_risk, expected["risk"])
    agrees(fit.events, expected["event"])
    agrees(fit.survival, expected["surv"])
    reached = fit.survival > 0
    agrees(fit.standard_error[reached], numbers(expected["err"])[reached])
    agrees(fit.low[reached], numbers(expected["low"])[reached])
    agrees(fit.high[reached], numbers(expected["high"])[reached])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name in SETS if FITS[name]["log"].get("robust")])
def test_limbs_of_one_patient_and_weights_have_the_robust_variance(name: str, way: Any) -> None:
    """survfit(..., cluster = patient, robust = TRUE): r/survival.R."""
    expected = FITS[name][way]
    fit = fitted(name, way, clusters=SETS[name].get("cluster") or None)
    agrees(fit.survival, expected["surv"])
    reached = fit.survival > 0
    for found, name_in_r in ((fit.standard_error, "err"), (fit.low, "low"), (fit.high, "high")):
        agrees(found[reached], numbers(expected["robust"][name_in_r])[reached])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name in SETS if name not in ("none", "one", "alone", "weighted", "late")])
def test_the_median_is_that_of_the_summary(name: str, way: Any) -> None:
    """summary(survfit(...))$table: r/survival.R."""
    found = quantile(fitted(name, way))
    agrees([found.value, found.low, found.high], FITS[name][way]["median"])


@pytest.mark.parametrize("name", [name for name in SETS if name not in ("none", "one", "alone", "weighted", "late")])
def test_the_restricted_mean_is_that_of_survmean(name: str) -> None:
    """summary(survfit(...), rmean = until)$table: r/survival.R."""
    until, value, error = FITS[name]["mean"]
    found = mean_until(fitted(name), until)
    agrees([found.value, found.standard_error], [value, error])


def test_nothing_is_said_where_too_little_is_known() -> None:
    """No rows, no events and times beyond the last row give None with a reason, never a number that is none."""
    nobody = survival([], [])
    assert nobody.unsaid == ("there are no rows",)
    assert at(nobody, [3])[0].why == "there are no rows"
    none = fitted("none")
    assert at(none, [4])[0] == (4.0, 2.0, 1.0, None, None, "no event so far: no interval by the log-log way")
    assert at(none, [10])[0].value is None
    assert quantile(none).why == "fewer than 50% had the event while they were watched"
    assert mean_until(none, 20).why == "nobody was watched for so long"


@pytest.mark.parametrize("name", [name for name in SETS if FITS[name].get("clustered")])
def test_the_restricted_mean_of_limbs_has_the_variance_of_their_patients(name: str) -> None:
    """The area under survfit(..., cluster, influence = TRUE)$influence.surv: r/survival.R."""
    until, error = FITS[name]["clustered"]
    given = columns(SETS[name])
    limbs = Limbs(given["time"], given["event"], SETS[name]["cluster"])
    found = mean_until(fitted(name, clusters=SETS[name]["cluster"]), until, limbs)
    agrees([found.standard_error], [error])


def test_clustered_rows_are_given_no_interval_of_a_mean_that_takes_them_for_independent() -> None:
    """The restricted mean of limbs of which it is not told whose they are is said without an interval, and why."""
    found = mean_until(fitted("kidney", clusters=SETS["kidney"]["cluster"]), 100)
    assert found.value is not None
    assert found.standard_error is None
    assert found.why.startswith("no interval")


def test_columns_of_polars_and_arrays_give_the_same() -> None:
    """A column of a cut can be handed in as it is."""
    frame = polars.DataFrame({"time": SETS["lung"]["time"], "event": SETS["lung"]["event"]})
    agrees(survival(frame["time"], frame["event"]).low, fitted("lung").low)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"time": [-1, 2], "event": [1, 0]}, "a time is before the origin"),
        ({"time": [1.0, float("nan")], "event": [1, 0]}, "a time, state, entry or weight is missing"),
        ({"time": [1, 2], "event": [1]}, "not equally long"),
        ({"time": [1, 2], "event": [1, 0], "entry": [0, 2]}, "an entry is not before its exit"),
        ({"time": [1, 2], "event": [2, 0]}, "states above 1"),
        ({"time": [1, 2], "event": [0.5, 0]}, "a state is not 0, 1, 2"),
        ({"time": [1, 2], "event": [1, 0], "weights": [-1, 1]}, "a weight is negative"),
        ({"time": ["a", "b"], "event": [1, 0]}, "not of numbers"),
    ],
)
def test_columns_without_meaning_are_refused(given: Any, said: str) -> None:
    """What is missing or impossible is said, without a patient's value."""
    with pytest.raises(NotUsable, match=said):
        survival(**given)


@given(drawn.lists(drawn.integers(0, 50), min_size=1, max_size=60))
def test_without_censoring_the_curve_is_the_share_still_there(times: list[int]) -> None:
    """Kaplan-Meier without censoring is one minus the empirical distribution."""
    curve = survival(times, [1] * len(times))
    agrees(curve.survival, [sum(other > time for other in times) / len(times) for time in curve.times])


@given(drawn.lists(drawn.tuples(drawn.integers(1, 30), drawn.integers(0, 1)), min_size=2, max_size=40))
def test_fractions_of_days_give_the_same_as_whole_days(rows: list[tuple[int, int]]) -> None:
    """Sorting and counting by day agree, and so do the jackknife of rows alone and laid out."""
    days, events = zip(*rows, strict=True)
    whole, part = survival(days, events), survival([day / 2 for day in days], events)
    agrees(whole.survival, part.survival)
    agrees(whole.standard_error, part.standard_error)
    alone = survival(days * 2, events * 2, clusters=list(range(2 * len(days))))
    doubled = survival(days * 2, events * 2, clusters=list(range(len(days))) * 2)
    agrees(alone.standard_error * 2**0.5, doubled.standard_error, 1e-7)
