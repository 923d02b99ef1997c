"""Whether the hazard ratio is the same at every time: the score test of Cox's regression against one that drifts with time.

Grambsch PM, Therneau TM. Biometrika 1994;81:515-26 (recalled). The same as R (survival 3 and later):

    cox.zph(coxph(Surv(entry, time, event) ~ x + strata(s), weights = w, ties = "efron"), transform = "km", terms = FALSE)

To each covariate x another is added, x g(t), and its slope tested at nought: the sum over events of g(t) times the Schoenfeld
residual, with the variance that the information of the whole model gives it. g(t) is one minus Kaplan and Meier's curve of all
rows, unweighted, just before t ("km", as R has it unless told otherwise): it goes by the order of events, so that a few late ones do
not lead. The days themselves ("identity") may be asked for.

It has a say only where there are enough events: a p that is not small is no proof that the ratio holds. It looks for a drift in
one direction, and does not see a ratio that rises and falls again. Rows are taken as independent of each other, as in R, where
clusters change nothing of it.
"""

from typing import Literal, NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, counted
from patency.outcome.estimate.cox import Fit, fit
from patency.outcome.estimate.risk_sets import information_of, score_of

By = Literal["km", "identity"]

_LEAST = 1e-9  # of a drift's information that must be its own


class Proportional(NamedTuple):
    """The test of each covariate, one degree of freedom each, and of all together; None of all where nothing was fitted."""

    chi_squared: Floats | None
    p: Floats | None
    overall: float | None
    freedom: int
    overall_p: float | None
    events: int
    why: str = ""


def proportional(time: Column, event: Column, covariates: Column, *, entry: Column | None = None,
                 weights: Column | None = None, strata: Column | None = None, by: By = "km") -> Proportional:  # fmt: skip
    """Return the test of proportional hazards for the columns of `covariates`."""
    found = fit(time, event, covariates, entry=entry, weights=weights, strata=strata)
    happened = int(numpy.asarray(event).sum())
    if isinstance(found, str):
        return Proportional(None, None, None, 0, None, happened, found)
    turned = _turned(found, numpy.asarray(time, dtype=float), by)
    if not numpy.ptp(turned) > 0:
        return Proportional(None, None, None, 0, None, happened, "all events came at one time: nothing can drift")
    return _tested(found, turned - numpy.average(turned, weights=found.stretches.tied), happened)


def _turned(found: Fit, time: Floats, by: By) -> Floats:
    """Return g(t) of each event time of each stratum."""
    stretches = found.stretches
    days = time[stretches.order[stretches.event_rows[stretches.event_starts]]]
    if by == "identity":
        return days
    counts = counted(found.rows._replace(weights=None))
    free = numpy.cumprod(1 - counts.events[0] / numpy.where(counts.at_risk > 0, counts.at_risk, 1.0))
    turned: Floats = 1 - numpy.concatenate(([1.0], free[:-1]))[numpy.searchsorted(counts.times, days)]
    return turned


def _tested(found: Fit, turned: Floats, happened: int) -> Proportional:
    from scipy.special import chdtrc

    parts = found.at.parts
    drift = score_of(found.stretches, parts, turned)
    across = information_of(parts, turned)
    # What is left of the drift's information when the ratios themselves were fitted.
    whole = information_of(parts, turned**2)
    left = whole - across @ numpy.linalg.solve(found.at.information, across)
    alone = numpy.diag(left)
    if not (alone > _LEAST * numpy.diag(whole)).all():
        return Proportional(None, None, None, 0, None, happened, "too few events to tell a ratio from its drift")
    each, overall = drift**2 / alone, float(drift @ numpy.linalg.pinv(left, hermitian=True) @ drift)
    many = len(drift)
    return Proportional(each, chdtrc(1, each), overall, many, float(chdtrc(many, overall)), happened)
