"""Whether groups had the event at different rates: the log-rank test, plain or within strata.

Mantel N. Cancer Chemother Rep 1966;50:163-70 (recalled); Peto R, Peto J. J R Stat Soc A 1972;135:185-207 (recalled). The same as R:

    survdiff(Surv(time, event) ~ group + strata(s))
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable, Rows, Whole, rows_of


class LogRank(NamedTuple):
    """Events observed and expected in each group, in the order of the groups' names, and the test of no difference."""

    groups: tuple[str, ...]
    observed: Floats
    expected: Floats
    chi_squared: float | None
    freedom: int
    p: float | None
    why: str = ""


def log_rank(time: Column, event: Column, group: Column, *, entry: Column | None = None,
             strata: Column | None = None) -> LogRank:  # fmt: skip
    """Return the log-rank test of rows that had the event (1) or were censored (0)."""
    rows = rows_of(time, event, entry, None, causes=1)
    names, member = numpy.unique(numpy.asarray(group), return_inverse=True)
    layers = (
        numpy.zeros(len(member), dtype=numpy.int64) if strata is None else numpy.unique(strata, return_inverse=True)[1]
    )
    if len(member) != len(rows.states) or len(layers) != len(member):
        raise NotUsable("the columns are not equally long")
    events, at_risk = _counted(rows, layers, member, len(names))
    return _tested(tuple(str(name) for name in names), events, at_risk)


def _counted(rows: Rows, layers: Whole, member: Whole, kinds: int) -> tuple[Floats, Floats]:
    """Count the events, and who was at risk, in each stratum at each time in each group."""
    many = len(rows.times)
    shape = (int(layers.max(initial=-1)) + 1, many, kinds)
    where = (layers * many + rows.exits) * kinds + member
    left = numpy.bincount(where, minlength=int(numpy.prod(shape))).reshape(shape)
    events = numpy.bincount(where, numpy.asarray(rows.states), minlength=left.size).reshape(shape)
    at_risk = left[:, ::-1].cumsum(axis=1)[:, ::-1].astype(float)
    if rows.entries is not None:
        at_risk -= _not_yet(rows.entries, layers, member, shape)
    return events.astype(float, copy=False), at_risk


def _tested(groups: tuple[str, ...], events: Floats, at_risk: Floats) -> LogRank:
    from scipy.special import chdtrc

    total, happened = at_risk.sum(axis=2), events.sum(axis=2)
    observed, share = events.sum(axis=(0, 1)), at_risk / numpy.where(total > 0, total, 1)[..., None]
    expected = (share * happened[..., None]).sum(axis=(0, 1))
    spread = numpy.where(total > 1, happened * (total - happened) / numpy.where(total > 1, total - 1, 1), 0.0)
    covariance = numpy.diag((share * spread[..., None]).sum(axis=(0, 1)))
    covariance = covariance - numpy.einsum("stg,sth,st->gh", share, share, spread)
    compared = numpy.flatnonzero(expected > 0)
    if len(compared) < 2 or not numpy.any(spread > 0):
        why = "fewer than two groups were at risk when somebody had the event"
        return LogRank(groups, observed, expected, None, 0, None, why)
    kept = compared[1:]
    apart = (observed - expected)[kept]
    chi = float(apart @ numpy.linalg.pinv(covariance[numpy.ix_(kept, kept)], hermitian=True) @ apart)
    return LogRank(groups, observed, expected, chi, len(kept), float(chdtrc(len(kept), chi)))


def _not_yet(entries: Whole, layers: Whole, member: Whole, shape: tuple[int, int, int]) -> Floats:
    """Count those who had not come by each time: who entered at a time is at risk from the next on."""
    deep, many, kinds = shape
    where = (layers * (many + 1) + numpy.maximum(entries, -1) + 1) * kinds + member
    came = numpy.bincount(where, minlength=deep * (many + 1) * kinds).reshape(deep, many + 1, kinds)
    later: Floats = came[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:].astype(float)
    return later
