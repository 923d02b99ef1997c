"""Two options compared among patients who could have had either: weights by the chance of the option that was taken.

The chance is of a logistic regression on what was known at the start, fitted by iteratively reweighted least squares:
R's glm(option ~ x, family = binomial). Overlap weights are the chance of the other option: Li F, Morgan KL, Zaslavsky AM.
J Am Stat Assoc 2018;113:390-400 (recalled); they balance the means of the covariates exactly, and weigh down whom hardly anybody
would treat otherwise. The variance of a difference counts the fitted chances in: the sandwich of all equations together
(Stefanski LA, Boos DD. Am Stat 2002;56:29-38 (recalled); Li F, Thomas LE, Li F. Am J Epidemiol 2019;188:250-7 (recalled)).

A comparison holds for those of overlap, and only if nothing unmeasured drove the choice. Weighted curves and ratios:
`survival` and `cox` with `weights`, whose robust variance takes the weights for known, which is on the wide side.
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable
from patency.outcome.estimate.incidence import moved
from patency.outcome.estimate.scores import standardised
from patency.share import CONFIDENCE, Interval, z_of

ENDLESS = "the regression of the choice has no end: on one side of a covariate, or of several together, all took the same option"
_RARE = 0.05  # chances nearer to 0 or 1 are hardly of overlap; Crump RK and others. Biometrika 2009;96:187-99 (recalled) take 0.1
_MOST_STEPS = 50
_NOTHING = 1e-14  # a standard error below it is the last digits of floats


class Logistic(NamedTuple):
    """Log odds for the intercept and each covariate, their errors and the chance of each row; None with a reason."""

    coefficients: Floats | None
    standard_errors: Floats | None
    chances: Floats | None
    why: str = ""


class Balance(NamedTuple):
    """A covariate's standardised difference between the options, as they came and weighted."""

    covariate: int
    before: float | None
    after: float | None


class Overlap(NamedTuple):
    """The weight of each row and what they rest on."""

    chances: Floats
    weights: Floats
    balance: tuple[Balance, ...]
    effective: tuple[float, float]  # how many patients the weighted ones are worth: taken, not taken
    counts: tuple[int, int]
    warnings: tuple[str, ...]


class Difference(NamedTuple):
    """The weighted mean of those who took the option less that of those who did not."""

    value: float | None
    standard_error: float | None
    interval: Interval | None
    taken: float | None
    not_taken: float | None
    method: str = "overlap weights; sandwich variance with the fitted chances; Wald interval"
    why: str = ""


def logistic(taken: Column, covariates: Column) -> Logistic:
    """Return the logistic regression of 0 and 1 on the columns of covariates."""
    y, x = _checked(taken, covariates)
    if not 0 < y.sum() < len(y):
        return Logistic(None, None, None, "all took the same option")
    coefficients = numpy.zeros(x.shape[1])
    if numpy.linalg.matrix_rank(x) < x.shape[1]:
        return Logistic(None, None, None, "a covariate does not vary, or follows from the others")
    for _ in range(_MOST_STEPS):
        chances = _chances(x, coefficients)
        information = (x * (chances * (1 - chances))[:, None]).T @ x
        if numpy.linalg.cond(information) > 1e15:  # nothing is left of it in a float
            break
        step = numpy.linalg.solve(information, x.T @ (y - chances))
        coefficients = coefficients + step
        if (abs(step) <= 1e-10 * numpy.maximum(1, abs(coefficients))).all():
            errors = numpy.sqrt(numpy.diag(numpy.linalg.inv(information)))
            return Logistic(coefficients, errors, _chances(x, coefficients))
    return Logistic(None, None, None, ENDLESS)


def overlap(taken: Column, covariates: Column) -> Overlap | str:
    """Return overlap weights with their balance, or in words why there are none."""
    y, x = _checked(taken, covariates)
    fitted = logistic(taken, covariates)
    if fitted.chances is None:
        return fitted.why
    chances = fitted.chances
    weights = numpy.where(y == 1, 1 - chances, chances)
    groups = y == 1, y == 0
    balance = tuple(
        Balance(place, standardised(*(column[group] for group in groups)),
                standardised(*(column[group] for group in groups), *(weights[group] for group in groups)))
        for place, column in enumerate(x[:, 1:].T)
    )  # fmt: skip
    one, other = (float(weights[group].sum() ** 2 / (weights[group] ** 2).sum()) for group in groups)
    counts = int(y.sum()), int(len(y) - y.sum())
    return Overlap(
        chances, weights, balance, (one, other), counts, _warnings(chances, (one, other), x.shape[1] - 1, counts)
    )


def weighted_difference(
    outcome: Column, taken: Column, covariates: Column, *, clusters: Column | None = None
) -> Difference:  # fmt: skip
    """Return the difference of a mean, or of a share of 0 and 1, between the options by overlap weights.

    With no covariate it is the plain difference; with clusters, rows of one patient are added before they are squared.
    """
    y, x = _checked(taken, covariates)
    values = numpy.asarray(outcome, dtype=float)
    if len(values) != len(y) or not numpy.isfinite(values).all():
        raise NotUsable(
            "an outcome is missing, or the columns are not equally long; leave such rows out, and say how many"
        )
    fitted = logistic(taken, covariates)
    if fitted.chances is None:
        return Difference(None, None, None, None, None, why=fitted.why)
    e = fitted.chances
    one, other = y * (1 - e), (1 - y) * e
    first, second = float(one @ values / one.sum()), float(other @ values / other.sum())
    moves = numpy.stack((one * (values - first) / one.sum(), other * (values - second) / other.sum()), axis=1)
    return _difference(_Fitted(y, x, e), (first, second), moves, clusters)


def weighted_incidence(
    time: Column, state: Column, taken: Column, covariates: Column, by: float, *, cause: int = 1,
    clusters: Column | None = None,
) -> Difference:  # fmt: skip
    """Return the difference of Aalen and Johansen's incidence of a cause by a time, between the options by overlap weights.

    With no covariate it is the plain difference. Each row moves its curve as the infinitesimal jackknife says
    (incidence.py), and the fitted chances with it, so that the variance is the sandwich of both.
    """
    y, x = _checked(taken, covariates)
    times, states = numpy.asarray(time), numpy.asarray(state)
    fitted = logistic(taken, covariates)
    if fitted.chances is None:
        return Difference(None, None, None, None, None, why=fitted.why)
    e = fitted.chances
    values: list[float] = []
    moves: Floats = numpy.zeros((len(y), 2))
    for place, (group, weights) in enumerate(((y == 1, 1 - e), (y == 0, e))):
        found = moved(times[group], states[group], by, cause=cause, weights=weights[group])
        if found.value is None:
            return Difference(None, None, None, None, None, why=f"in one of the groups {found.why}")
        values.append(found.value)
        moves[group, place] = found.moves
    return _difference(_Fitted(y, x, e), (values[0], values[1]), moves, clusters)


class _Fitted(NamedTuple):
    """The option taken, the covariates with their intercept, and the fitted chances."""

    taken: Floats
    covariates: Floats
    chances: Floats


def _difference(fitted: _Fitted, both: tuple[float, float], moves: Floats, clusters: Column | None) -> Difference:
    """Set the sandwich together: `moves` is of each row its weight times the derivative of either estimate by it."""
    y, x, e = fitted
    first, second = both
    # How the estimates move with the coefficients of the chances: through the weights, 1 - e and e, whose derivatives
    # are -e (1 - e) x and e (1 - e) x.
    slopes = x.T @ (moves * numpy.where(y == 1, -e, 1 - e)[:, None])
    information = (x * (e * (1 - e))[:, None]).T @ x
    total = moves + (x * (y - e)[:, None]) @ numpy.linalg.solve(information, slopes)
    influence = total[:, 0] - total[:, 1]
    words = "sandwich variance with the fitted chances" if x.shape[1] > 1 else "sandwich variance"
    words = f"{'overlap weights' if x.shape[1] > 1 else 'no weights'}; {words}"
    if clusters is not None:
        numbers = numpy.unique(numpy.asarray(clusters), return_inverse=True)[1]
        influence = numpy.bincount(numbers, influence).astype(numpy.float64)
        words = f"{words}, clustered"
    error = float(numpy.sqrt(influence @ influence))
    words = f"{words}; Wald interval"
    if error < _NOTHING:
        return Difference(first - second, None, None, first, second, words, "the outcome does not vary: no interval")
    half = z_of(CONFIDENCE) * error
    ends = Interval(first - second - half, first - second + half)
    return Difference(first - second, error, ends, first, second, words)


def _warnings(
    chances: Floats, effective: tuple[float, float], covariates: int, counts: tuple[int, int]
) -> tuple[str, ...]:
    said = []
    extreme = int(((chances < _RARE) | (chances > 1 - _RARE)).sum())
    if extreme:
        said.append(
            f"positivity: {extreme} of {len(chances)} had a chance below 5% or above 95% of the option; they weigh little"
        )
    if min(counts) < 10 * covariates:
        said.append(f"{min(counts)} in the smaller group for {covariates} covariates: fewer than ten each")
    if min(effective) < min(counts) / 2:
        said.append("the weighted groups are worth less than half of their patients")
    return tuple(said)


def _checked(taken: Column, covariates: Column) -> tuple[Floats, Floats]:
    y, x = numpy.asarray(taken, dtype=float), numpy.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if len(x) != len(y) or not numpy.isfinite(x).all() or not numpy.isin(y, (0, 1)).all():
        raise NotUsable(
            "a covariate or an option is missing, or the columns are not equally long; say how many are left out"
        )
    return y, numpy.column_stack((numpy.ones(len(y)), x))


def _chances(x: Floats, coefficients: Floats) -> Floats:
    scores = numpy.clip(x @ coefficients, -700, 700)
    chances: Floats = 1 / (1 + numpy.exp(-scores))
    return chances
