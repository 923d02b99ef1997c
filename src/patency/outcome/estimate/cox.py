"""How much more often one kind of row has the event than another, at every time alike: Cox's regression.

Cox DR. J R Stat Soc B 1972;34:187-220 (recalled); ties by Efron B. J Am Stat Assoc 1977;72:557-65 (recalled); robust variance by
Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-8 (recalled). Fitted by Newton and Raphson. The same as R:

    coxph(Surv(entry, time, event) ~ x + strata(s), weights = w, ties = "efron", robust = TRUE, cluster = patient)

The sums over those at risk are of risk_sets.py; whether the ratio is the same at every time is asked in proportional.py.
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable, Rows, rows_of
from patency.outcome.estimate.risk_sets import Parts, Stretches, information_of, parts_of, score_of, stretches_of
from patency.share import CONFIDENCE, z_of

_STEPS, _CLOSE = 30, 1e-12
_FEWEST = 1e-9  # of its diagonal that an information matrix must keep to be turned round


class Cox(NamedTuple):
    """Log hazard ratios with their standard errors; None of all where nothing could be fitted, and `why`."""

    coefficients: Floats | None
    standard_errors: Floats | None
    hazard_ratios: Floats | None
    low: Floats | None
    high: Floats | None
    covariance: Floats | None
    log_likelihood: tuple[float, float] | None  # with no covariate, and as fitted
    rows: int
    events: int
    variance: str
    confidence: float
    why: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The method in words."""
        return f"Cox regression, Efron's ties; variance {self.variance}; {100 * self.confidence:g}% Wald intervals"


class _At(NamedTuple):
    log_likelihood: float
    score: Floats
    information: Floats
    risks: Floats
    parts: Parts


class Fit(NamedTuple):
    """A regression that was fitted, with what it was fitted to."""

    rows: Rows
    stretches: Stretches
    coefficients: Floats
    at: _At
    empty: float  # the log partial likelihood with no covariate


def cox(time: Column, event: Column, covariates: Column, *, entry: Column | None = None,  # noqa: PLR0913  # columns, each its own
        weights: Column | None = None, strata: Column | None = None, clusters: Column | None = None,
        robust: bool | None = None, confidence: float = CONFIDENCE) -> Cox:  # fmt: skip
    """Return hazard ratios of the columns of `covariates`; the variance is robust where rows are clustered or weighted."""
    found = fit(time, event, covariates, entry=entry, weights=weights, strata=strata)
    is_robust = robust if robust is not None else clusters is not None or weights is not None
    words = (
        "robust, clustered" if clusters is not None and is_robust else "robust" if is_robust else "from the information"
    )
    happened = int(numpy.asarray(event).sum())
    nothing = Cox(None, None, None, None, None, None, None, len(time), happened, words, confidence)
    if isinstance(found, str):
        return nothing._replace(why=found)
    covariance: Floats = numpy.linalg.inv(found.at.information).astype(numpy.float64)
    if is_robust:
        covariance = _robust(found.stretches, found.at, covariance, clusters)
    likelihoods = found.empty, found.at.log_likelihood
    return _fitted(nothing, found.coefficients, covariance)._replace(log_likelihood=likelihoods)


def fit(time: Column, event: Column, covariates: Column, *, entry: Column | None = None,
        weights: Column | None = None, strata: Column | None = None) -> Fit | str:  # fmt: skip
    """Fit the regression, or say in words why nothing could be fitted."""
    x = _checked(covariates, len(time))
    rows = rows_of(time, event, entry, weights, causes=1)
    states = numpy.asarray(rows.states)
    if not states.any() or (rows.weights is not None and not (rows.weights * states).any()):
        return "nobody had the event: no hazard can be compared"
    stretches = stretches_of(rows.exits, rows.entries, states, x, rows.weights, strata)
    found = _newton(stretches)
    return found if isinstance(found, str) else Fit(rows, stretches, *found)


def _checked(covariates: Column, rows: int) -> Floats:
    x: Floats = numpy.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if len(x) != rows or not numpy.isfinite(x).all():
        raise NotUsable(
            "a covariate is missing, or the columns are not equally long; leave such rows out, and say how many"
        )
    return x


def _fitted(nothing: Cox, coefficients: Floats, covariance: Floats) -> Cox:
    errors = numpy.sqrt(numpy.diag(covariance))
    half = z_of(nothing.confidence) * errors
    return nothing._replace(
        coefficients=coefficients, standard_errors=errors, hazard_ratios=numpy.exp(coefficients),
        low=numpy.exp(coefficients - half), high=numpy.exp(coefficients + half), covariance=covariance,
        warnings=_warnings(nothing.events, coefficients, errors),
    )  # fmt: skip


def _warnings(events: int, coefficients: Floats, errors: Floats) -> tuple[str, ...]:
    said = []
    # Fewer than ten events for each covariate: Peduzzi P and others. J Clin Epidemiol 1995;48:1503-10 (recalled).
    if events < 10 * len(coefficients):
        said.append(f"{events} events for {len(coefficients)} covariates: fewer than ten each")
    if (abs(coefficients) > 10).any() or (errors > 10).any():
        said.append("a ratio is beyond all measure: a covariate may tell the events apart completely")
    return tuple(said)


def _newton(stretches: Stretches) -> tuple[Floats, _At, float] | str:
    coefficients = numpy.zeros(stretches.covariates.shape[1])
    at = _at(stretches, coefficients)
    empty = at.log_likelihood
    diagonal = numpy.diag(at.information)
    if (diagonal <= 0).any() or numpy.linalg.eigvalsh(at.information / numpy.sqrt(numpy.outer(diagonal, diagonal)))[
        0
    ] < _FEWEST:
        return "a covariate does not vary among those at risk, or follows from the others"
    for _ in range(_STEPS):
        step = numpy.linalg.solve(at.information, at.score)
        following = _at(stretches, coefficients + step)
        while (
            not following.log_likelihood >= at.log_likelihood - 1e-9 * abs(at.log_likelihood)
            and abs(step).max() > _CLOSE
        ):
            step = step / 2
            following = _at(stretches, coefficients + step)
        coefficients, at = coefficients + step, following
        if (abs(step) <= 1e-9 * numpy.maximum(1, abs(coefficients))).all():
            return coefficients, at, empty
    return "no hazard ratio fits best: a covariate tells the events apart completely"


def _at(stretches: Stretches, coefficients: Floats) -> _At:
    """Return the log partial likelihood, its slope and its information."""
    scores = stretches.covariates @ coefficients
    with numpy.errstate(over="ignore", invalid="ignore"):
        risks = stretches.weights * numpy.exp(scores)
        parts = parts_of(stretches, risks)
    rows = stretches.event_rows
    log_likelihood = float(stretches.weights[rows] @ scores[rows] - parts.efron.log.sum())
    return _At(log_likelihood, score_of(stretches, parts), information_of(parts), risks, parts)


def _robust(stretches: Stretches, at: _At, covariance: Floats, clusters: Column | None) -> Floats:
    """Return the sandwich: each row's (or cluster's) score residual, as it moves the coefficients."""
    moved = _score_residuals(stretches, at) @ covariance
    if clusters is not None:
        numbers = numpy.unique(numpy.asarray(clusters)[stretches.order], return_inverse=True)[1]
        moved = numpy.array([numpy.bincount(numbers, column) for column in moved.T]).T
    spread: Floats = moved.T @ moved
    return spread


def _score_residuals(stretches: Stretches, at: _At) -> Floats:
    """Return the weighted score residual of each row, by Efron's sharing of risk among tied events."""
    risks, (sums, events, mean_weight, efron) = at.risks, at.parts
    x, rows = stretches.covariates, stretches.event_rows
    mean = efron.square[:, None] * sums.one - efron.part_square[:, None] * events.one
    shared = efron.part_square[:, None] * sums.one - efron.part_part[:, None] * events.one
    upto = numpy.concatenate(([0.0], numpy.cumsum(efron.inverse)))
    upto_mean = numpy.concatenate((numpy.zeros((1, x.shape[1])), numpy.cumsum(mean, axis=0)))
    last, first = stretches.exits + 1, stretches.entries
    residuals: Floats = -risks[:, None] * (
        x * (upto[last] - upto[first])[:, None] - (upto_mean[last] - upto_mean[first])
    )
    own = stretches.exits[rows]
    expected = (efron.inverse[:, None] * sums.one - efron.part[:, None] * events.one) / (mean_weight * stretches.tied)[
        :, None
    ]
    residuals[rows] += stretches.weights[rows, None] * (x[rows] - expected[own])
    residuals[rows] += risks[rows, None] * (x[rows] * efron.part[own][:, None] - shared[own])
    return residuals
