"""Cox's regression is R's coxph with Efron's ties."""

from typing import Any

import numpy
import pytest

from outcome.fixtures import agrees, columns, read
from patency.outcome.estimate.counted import NotUsable
from patency.outcome.estimate.cox import Cox, cox

SETS, FITS = read("sets"), read("cox")


def fitted(name: str, way: str) -> Cox:
    given = columns(SETS[name])
    more: dict[str, Any] = {"robust": way in ("robust", "clustered")}
    if way == "clustered":
        more["clusters"] = given.get("cluster")
    if way == "stratified":
        more["strata"] = given.get("strata")
    return cox(given["time"], given["event"], given["x"], entry=given.get("entry"), weights=given.get("weight"), **more)


@pytest.mark.parametrize("way", ["plain", "robust", "clustered", "stratified"])
@pytest.mark.parametrize("name", FITS)
def test_ratios_and_errors_are_those_of_coxph(name: str, way: str) -> None:
    """coxph(Surv(entry, time, event) ~ x + strata(s), weights, robust, cluster): r/cox.R."""
    found, expected = fitted(name, way), FITS[name][way]
    assert found.coefficients is not None, found.why
    agrees(found.coefficients, expected["coef"], 1e-8)
    agrees(found.standard_errors, expected["se"], 1e-8)
    agrees(found.log_likelihood, expected["loglik"], 1e-9)


def test_what_cannot_be_compared_is_said() -> None:
    """Without events, with a covariate that does not vary, or with one that tells all apart, there is a reason."""
    assert cox([3, 4], [0, 0], [1, 2]).why.startswith("nobody had the event")
    assert cox([3, 4], [1, 1], [2, 2]).why.startswith("a covariate does not vary")
    apart = cox([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0])
    assert apart.why or apart.warnings
    assert (
        "fewer than ten"
        in fitted("aml", "plain")._replace(warnings=cox([1, 2, 3], [1, 1, 1], [0, 1, 0]).warnings).warnings[0]
    )
    with pytest.raises(NotUsable, match="covariate is missing"):
        cox([1, 2], [1, 1], [numpy.nan, 1])
