"""How much more often one kind of row has the event than another, at every time alike: Cox's regression.

Cox DR. J R Stat Soc B 1972;34:187-220 (recalled); ties by Efron B. J Am Stat Assoc 1977;72:557-65 (recalled); robust variance by
Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-8 (recalled). Fitted by Newton and Raphson. The same as R:

    coxph(Surv(entry, time, event) ~ x + strata(s), weights = w, ties = "efron", robust = TRUE, cluster = patient)

Rows are put in the order of their last event time once; each step is then sums over stretches of rows and over event
times, so that tied days cost nothing more (Efron's sum over tied events is taken apart into sums of numbers).
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable, Whole, rows_of
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


class _Stretches(NamedTuple):
    """Rows in the order of the last event time at which they were at risk, and where each time's stretch begins."""

    covariates: Floats
    weights: Floats
    starts: Whole  # of each stretch that is not empty
    bins: Whole  # the event time of each such stretch
    late: Whole  # rows that entered late, in the order of the event time before which they came
    late_starts: Whole
    late_bins: Whole
    event_rows: Whole
    event_starts: Whole
    tied: Whole  # how many events at each time
    ends: Whole  # of each event time, the end of its stratum
    exits: Whole
    entries: Whole
    order: Whole


class _Sums(NamedTuple):
    """Over those at risk at each event time: of exp(score), of it times x, and of it times x x'."""

    none: Floats
    one: Floats
    two: Floats


class _At(NamedTuple):
    log_likelihood: float
    score: Floats
    information: Floats
    risks: Floats


def cox(time: Column, event: Column, covariates: Column, *, entry: Column | None = None,  # noqa: PLR0913  # columns, each its own
        weights: Column | None = None, strata: Column | None = None, clusters: Column | None = None,
        robust: bool | None = None, confidence: float = CONFIDENCE) -> Cox:  # fmt: skip
    """Return hazard ratios of the columns of `covariates`; the variance is robust where rows are clustered or weighted."""
    x = _checked(covariates, len(time))
    rows = rows_of(time, event, entry, weights, causes=1)
    happened = int(numpy.asarray(rows.states).sum())
    is_robust = robust if robust is not None else clusters is not None or weights is not None
    words = (
        "robust, clustered" if clusters is not None and is_robust else "robust" if is_robust else "from the information"
    )
    nothing = Cox(None, None, None, None, None, None, None, len(x), happened, words, confidence)
    if not happened or (rows.weights is not None and not (rows.weights * rows.states).any()):
        return nothing._replace(why="nobody had the event: no hazard can be compared")
    stretches = _stretches(rows.exits, rows.entries, numpy.asarray(rows.states), x, rows.weights, strata)
    found = _newton(stretches)
    if isinstance(found, str):
        return nothing._replace(why=found)
    coefficients, at, empty = found
    covariance: Floats = numpy.linalg.inv(at.information).astype(numpy.float64)
    if is_robust:
        covariance = _robust(stretches, at, covariance, clusters)
    return _fitted(nothing, coefficients, covariance)._replace(log_likelihood=(empty, at.log_likelihood))


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


def _newton(stretches: _Stretches) -> tuple[Floats, _At, float] | str:
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


def _stretches(exits: Column, entries: Column | None, states: Column, x: Floats, weights: Floats | None,
               strata: Column | None) -> _Stretches:  # fmt: skip
    """Give each event time of each stratum a number, and each row the first and the last at which it is at risk."""
    layer = numpy.zeros(len(x), dtype=numpy.int64) if strata is None else numpy.unique(strata, return_inverse=True)[1]
    wide = int(exits.max()) + 2
    weighed = numpy.ones(len(x)) if weights is None else weights
    keys = layer * wide + exits
    had = (states > 0) & (weighed > 0)
    event_keys = numpy.unique(keys[had])
    last = numpy.searchsorted(event_keys, keys, side="right")  # at risk before this one
    origin = layer * wide - 1 if entries is None else layer * wide + numpy.maximum(entries, -1)
    first = numpy.searchsorted(event_keys, origin, side="right")
    kept = numpy.flatnonzero((last > first) & (weighed > 0))
    order = kept[numpy.argsort(last[kept], kind="stable")]
    centred = numpy.ascontiguousarray(x[order] - numpy.average(x[kept], axis=0, weights=weighed[kept]))
    return _laid_out(
        _Ordered(centred, weighed[order], had[order], last[order] - 1, first[order], order), event_keys // wide
    )


class _Ordered(NamedTuple):
    """Rows that were ever at risk at an event time, in the order of the last at which they were."""

    covariates: Floats
    weights: Floats
    had: Column  # whether it had the event
    last: Whole
    first: Whole
    order: Whole


def _laid_out(rows: _Ordered, layers: Whole) -> _Stretches:
    """Say where each event time's stretch of rows begins; `layers` is of each event time its stratum."""
    last, first = rows.last, rows.first
    is_late = numpy.flatnonzero(first > numpy.searchsorted(layers, layers, side="left")[last])
    late = is_late[numpy.argsort(first[is_late], kind="stable")]
    event_rows = numpy.flatnonzero(rows.had)
    starts, late_starts, event_starts = _firsts(last), _firsts(first[late]), _firsts(last[event_rows])
    tied = numpy.diff(numpy.append(event_starts, len(event_rows)))
    return _Stretches(rows.covariates, rows.weights, starts, last[starts], late, late_starts, first[late][late_starts],
                      event_rows, event_starts, tied, numpy.searchsorted(layers, layers, side="right"), last, first,
                      rows.order)  # fmt: skip


def _firsts(sorted_numbers: Whole) -> Whole:
    if not len(sorted_numbers):
        return numpy.zeros(0, dtype=numpy.int64)
    return numpy.flatnonzero(numpy.r_[True, sorted_numbers[1:] != sorted_numbers[:-1]])


def _over(starts: Whole, x: Floats, risks: Floats) -> _Sums:
    """Sum over stretches, the products by one matrix product each where stretches are long."""
    if not len(starts):
        width = x.shape[1]
        return _Sums(numpy.zeros(0), numpy.zeros((0, width)), numpy.zeros((0, width, width)))
    scaled = x * risks[:, None]
    none, one = numpy.add.reduceat(risks, starts), numpy.add.reduceat(scaled, starts, axis=0)
    stops = numpy.append(starts[1:], len(x))
    if len(x) > 16 * len(starts):
        two = numpy.array([x[start:stop].T @ scaled[start:stop] for start, stop in zip(starts, stops, strict=True)])
    else:
        two = numpy.add.reduceat(x[:, :, None] * scaled[:, None, :], starts, axis=0)
    return _Sums(none, one, two)


def _at_risk(stretches: _Stretches, risks: Floats) -> _Sums:
    """Sum over those at risk at each event time: those not yet gone, less those not yet come."""
    gone = _over(stretches.starts, stretches.covariates, risks)
    come = _over(stretches.late_starts, stretches.covariates[stretches.late], risks[stretches.late])
    sums = []
    for leaving, coming in zip(gone, come, strict=True):
        net = numpy.zeros((len(stretches.tied) + 1, *leaving.shape[1:]))
        net[stretches.bins] += leaving
        # Who comes before the event time f is not at risk at f - 1 and all before it of the stratum.
        net[stretches.late_bins - 1] -= coming
        suffix = numpy.cumsum(net[::-1], axis=0)[::-1]
        sums.append(suffix[:-1] - suffix[stretches.ends])
    return _Sums(*sums)


class _Efron(NamedTuple):
    """At each event time, over its tied events: sums of 1/D, f/D, 1/D^2, f/D^2, f^2/D^2 and of log D, by mean weight."""

    inverse: Floats
    part: Floats
    square: Floats
    part_square: Floats
    part_part: Floats
    log: Floats


def _efron(tied: Whole, mean_weight: Floats, at_risk: Floats, of_events: Floats) -> _Efron:
    starts = numpy.cumsum(tied) - tied
    share = (numpy.arange(int(tied.sum())) - numpy.repeat(starts, tied)) / numpy.repeat(tied, tied)
    below = numpy.repeat(at_risk, tied) - share * numpy.repeat(of_events, tied)
    inverse = 1 / below
    square = inverse * inverse

    def summed(values: Floats) -> Floats:
        return mean_weight * numpy.add.reduceat(values, starts)

    return _Efron(summed(inverse), summed(share * inverse), summed(square), summed(share * square),
                  summed(share * share * square), summed(numpy.log(below)))  # fmt: skip


def _parts(stretches: _Stretches, risks: Floats) -> tuple[_Sums, _Sums, Floats, _Efron]:
    sums = _at_risk(stretches, risks)
    rows = stretches.event_rows
    events = _over(stretches.event_starts, stretches.covariates[rows], risks[rows])
    mean_weight = numpy.add.reduceat(stretches.weights[rows], stretches.event_starts) / stretches.tied
    return sums, events, mean_weight, _efron(stretches.tied, mean_weight, sums.none, events.none)


def _at(stretches: _Stretches, coefficients: Floats) -> _At:
    """Return the log partial likelihood, its slope and its information."""
    scores = stretches.covariates @ coefficients
    with numpy.errstate(over="ignore", invalid="ignore"):
        risks = stretches.weights * numpy.exp(scores)
        sums, events, _, efron = _parts(stretches, risks)
    rows, weights = stretches.event_rows, stretches.weights
    weighted = weights[rows]
    log_likelihood = float(weighted @ scores[rows] - efron.log.sum())
    score = weighted @ stretches.covariates[rows] - efron.inverse @ sums.one + efron.part @ events.one
    information = numpy.tensordot(efron.inverse, sums.two, 1) - numpy.tensordot(efron.part, events.two, 1)
    cross = sums.one.T @ (efron.part_square[:, None] * events.one)
    information -= sums.one.T @ (efron.square[:, None] * sums.one) - cross - cross.T
    information -= events.one.T @ (efron.part_part[:, None] * events.one)
    return _At(log_likelihood, score, information, risks)


def _robust(stretches: _Stretches, at: _At, covariance: Floats, clusters: Column | None) -> Floats:
    """Return the sandwich: each row's (or cluster's) score residual, as it moves the coefficients."""
    moved = score_residuals(stretches, at.risks) @ covariance
    if clusters is not None:
        numbers = numpy.unique(numpy.asarray(clusters)[stretches.order], return_inverse=True)[1]
        moved = numpy.array([numpy.bincount(numbers, column) for column in moved.T]).T
    spread: Floats = moved.T @ moved
    return spread


def score_residuals(stretches: _Stretches, risks: Floats) -> Floats:
    """Return the weighted score residual of each row, by Efron's sharing of risk among tied events."""
    sums, events, mean_weight, efron = _parts(stretches, risks)
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
