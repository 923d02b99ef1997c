"""The truth of the demo model lies in the intervals as often as they claim: fifty runs here, a thousand by `make simulate`."""

import pytest

from outcome.simulation.coverage import bounded, covered
from outcome.simulation.drawn import overlap_truth
from outcome.simulation.scenarios import AT_LEAST, FAILS, HOLDS, SCENARIOS, Scenario
from patency.registry.demo.model import MODEL
from patency.registry.demo.truth import effect

# A run of 50 tells 95 % from 80 %, and not from 93 %: the bounds are those beyond which one in a thousand would lie.
_TAIL = 0.001


def _those(*claims: str) -> list[object]:
    return [
        pytest.param(each, id=name, marks=[pytest.mark.slow] if each.is_slow else [])
        for name, each in SCENARIOS.items()
        if each.claims in claims
    ]


@pytest.mark.parametrize("scenario", _those(HOLDS, AT_LEAST))
def test_the_truth_lies_in_the_interval_as_often_as_it_claims(scenario: Scenario) -> None:
    """93 to 97 % of runs, give or take what so few runs can tell (the binomial distribution's ends)."""
    from scipy.stats import binom

    found = covered(scenario, bounded(scenario))
    assert not found.none
    assert found.held >= binom.ppf(_TAIL, found.runs, 0.93)
    assert scenario.claims == AT_LEAST or found.held <= binom.ppf(1 - _TAIL, found.runs, 0.97)


@pytest.mark.parametrize("scenario", _those(FAILS))
def test_the_naive_way_fails(scenario: Scenario) -> None:
    """Fewer than 95 % would give by chance: what the estimators are for is there to be removed."""
    from scipy.stats import binom

    found = covered(scenario, bounded(scenario))
    assert found.held < binom.ppf(_TAIL, found.runs, 0.95)


def test_the_truth_of_the_overlap_is_that_of_the_model() -> None:
    """With a landmark so early that nobody has died it is truth.py's own sum over the overlap population, another way."""
    direct = effect(MODEL, "pts", [24], "cdt", "anticoagulation_alone", weights="overlap:cdt:anticoagulation_alone")[0]
    assert overlap_truth(MODEL, "pts", 24, 1e-9, "cdt", "anticoagulation_alone") == pytest.approx(direct, abs=1e-9)
