"""Cumulative incidence is that of R's survfit on several states."""

from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as drawn

from outcome.fixtures import agrees, columns, numbers, read
from patency.outcome.estimate.incidence import Incidence, incidence, incidence_at

SETS, FITS = read("competing"), read("incidence")


def fitted(name: str, way: Any = "log-log", *, by_patient: bool = True) -> Incidence:
    given = columns(SETS[name])
    return incidence(given["time"], given["event"], entry=given.get("entry"), weights=given.get("weight"), way=way,
                     clusters=given.get("cluster") if by_patient else None)  # fmt: skip


@pytest.mark.parametrize("way", ["log-log", "log", "plain"])
@pytest.mark.parametrize("name", SETS)
def test_each_curve_and_interval_is_that_of_survfit(name: str, way: Any) -> None:
    """survfit(Surv(entry, time, factor(state)) ~ 1, weights, id, cluster, conf.type): r/incidence.R."""
    expected, fit = FITS[name][way], fitted(name, way)
    places = numpy.searchsorted(numbers(expected["time"]), fit.times)
    agrees(numbers(expected["time"])[places], fit.times)
    agrees(fit.free, numbers(expected["free"])[places])
    agrees(fit.incidence.T, numbers(expected["value"])[places])
    agrees(fit.standard_error.T, numbers(expected["err"])[places], 1e-9)
    said = (fit.incidence.T > 0) & (fit.incidence.T < 1)
    agrees(fit.low.T[said], numbers(expected["low"])[places][said], 1e-9)
    agrees(fit.high.T[said], numbers(expected["high"])[places][said], 1e-9)


@pytest.mark.parametrize("name", [name for name in SETS if FITS[name].get("cuminc")])
def test_the_shares_are_those_of_cuminc_and_the_variance_is_near(name: str) -> None:
    """cmprsk::cuminc(time, state) has the same estimate, and in large samples nearly the same variance."""
    fit, expected = fitted(name, by_patient=False), FITS[name]["cuminc"]
    agrees(fit.incidence, expected["value"])
    if fit.rows > 300:
        enough = (fit.events.cumsum(axis=1) >= 20) & (fit.at_risk >= 50)
        numpy.testing.assert_allclose((fit.standard_error**2)[enough], numbers(expected["variance"])[enough], rtol=0.05)


@given(drawn.lists(drawn.tuples(drawn.integers(1, 30), drawn.integers(0, 3)), min_size=1, max_size=40))
def test_what_had_an_event_and_what_had_none_are_all(rows: list[tuple[int, int]]) -> None:
    """The incidences and the share without any event add up to one at every time."""
    days, states = zip(*rows, strict=True)
    curves = incidence(days, states)
    agrees(curves.incidence.sum(axis=0) + curves.free, numpy.ones(len(curves.times)))


def test_a_kind_that_nobody_had_is_said() -> None:
    """A cause without events has no interval, and the reason stands beside it."""
    curves = incidence([3, 5, 9], [1, 0, 1], causes=2)
    assert curves.unsaid[0].startswith("nobody had an event of kind 2")
    assert incidence_at(curves, 2, [4])[0].low is None
    assert incidence_at(curves, 2, [4])[0].why
    assert incidence_at(incidence([3], [0], causes=1), 1, [9])[0].why == "nobody was watched for so long"
