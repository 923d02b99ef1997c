"""Whether groups come to different shares of one kind of event, where other kinds keep it from happening: Gray's test.

Gray RJ. Ann Stat 1988;16:1141-54 (recalled), with rho = 0: every time weighs alike. The same as R:

    cmprsk::cuminc(time, state, group)$Tests

The log-rank test of one kind, the others censored, asks who has it sooner among those still without any; this one asks of whom
more come to have it in the end. The two may disagree, and neither is wrong. Rows are taken as independent of each other, start
at the origin and weigh alike: the paper has no late entries, no weights and no clusters, and nor has this.

With F a group's incidence, S its share free of all kinds, Y at risk and - for just before: h = Y / S-, R = h (1 - F-), and the
score of group k is the sum over days of (its events) - (events of all) R_k / R. Its variance is the sum over groups r, of the
kind asked for and of the others, of squares of what one event moves the score (the paper's a and b), with the F of all groups
together, of which each day adds (events of all) / (h of all). Tied
events spread less, as drawn without being put back: by 1 - (d - 1) / (n - 1), where n is h of all times S- of the group for the
kind asked for, and Y for the others; that form is not taken from the paper, but is the one with which R's answers agree.
"""

from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, Floats, NotUsable, Rows, Whole, rows_of

_NONE = 1e-12  # of a share that is none but for the last digits of floats


class Gray(NamedTuple):
    """How far each group's events are from what they would be if all groups came to the same share, and the test of that."""

    groups: tuple[str, ...]
    apart: Floats
    covariance: Floats
    chi_squared: float | None
    freedom: int
    p: float | None
    why: str = ""
    warning: str = ""


class _Days(NamedTuple):
    """A row for each group, a column for each day on which somebody had an event of any kind."""

    events: Floats
    others: Floats
    at_risk: Floats


class _Curves(NamedTuple):
    """What the test is made of: h, R and S of each group; the steps of F of the others' kinds; and F of all together."""

    reach: Floats
    risk: Floats
    before: Floats
    after: Floats
    others: Floats
    steps: Floats
    left_before: Floats
    left_after: Floats


def gray(time: Column, state: Column, group: Column, *, cause: int = 1) -> Gray:
    """Return Gray's test of one cause; state 0 is censored, k had the k-th kind of event."""
    rows = rows_of(time, state)
    names, member = numpy.unique(numpy.asarray(group), return_inverse=True)
    if len(member) != len(rows.states):
        raise NotUsable("the columns are not equally long")
    groups, days = tuple(str(name) for name in names), _counted(rows, member, len(names), cause)
    compared = ((days.at_risk > 0) & (days.events.sum(axis=0) > 0)).any(axis=1)
    if compared.sum() < 2:
        nothing = numpy.zeros((len(groups), len(groups)))
        why = "fewer than two groups were at risk when somebody had the event"
        return Gray(groups, numpy.zeros(len(groups)), nothing, None, 0, None, why)
    return _tested(groups, days, numpy.flatnonzero(compared)[1:])


def _counted(rows: Rows, member: Whole, kinds: int, cause: int) -> _Days:
    """Count who had the event, who another, and who was at risk, in each group on each day."""
    states = numpy.asarray(rows.states)
    of_which = numpy.where(states == cause, 1, numpy.where(states > 0, 2, 0))
    many = len(rows.times)
    where = (of_which * kinds + member) * many + rows.exits
    left = numpy.bincount(where, minlength=3 * kinds * many).reshape(3, kinds, many).astype(float)
    at_risk = left.sum(axis=0)[:, ::-1].cumsum(axis=1)[:, ::-1]
    kept = left[1:].any(axis=(0, 1))
    return _Days(left[1][:, kept], left[2][:, kept], at_risk[:, kept])


def _tested(groups: tuple[str, ...], days: _Days, kept: Whole) -> Gray:
    from scipy.special import chdtrc

    curves = _curves(days)
    apart = (days.events - _over(curves.risk, curves.risk.sum(axis=0)) * days.events.sum(axis=0)).sum(axis=1)
    covariance = _covariance(days, curves)
    of_kept = covariance[numpy.ix_(kept, kept)]
    if not numpy.diag(of_kept).max() > 0:
        return Gray(groups, apart, covariance, None, 0, None, "all who were at risk had the event at once")
    chi = float(apart[kept] @ numpy.linalg.pinv(of_kept, hermitian=True) @ apart[kept])
    # Summed over groups that end early the common share can pass 1; the paper and R go on with it, and so it is said.
    beyond = "the incidence of all groups together goes beyond 1 at the end: the variance is not to be trusted"
    warning = beyond if curves.left_after.min() < -_NONE else ""
    return Gray(groups, apart, covariance, chi, len(kept), float(chdtrc(len(kept), chi)), "", warning)


def _curves(days: _Days) -> _Curves:
    at_risk = days.at_risk
    after = numpy.cumprod(1 - _over(days.events + days.others, at_risk), axis=1).astype(numpy.float64, copy=False)
    before = numpy.concatenate((numpy.ones((len(after), 1)), after[:, :-1]), axis=1)
    events, others = (before * _over(counts, at_risk) for counts in (days.events, days.others))
    reach = _over(at_risk, before)
    risk = reach * (1 - (numpy.cumsum(events, axis=1) - events))
    steps = _over(days.events.sum(axis=0), reach.sum(axis=0))
    left = 1 - numpy.cumsum(steps)
    return _Curves(reach, risk, before, after, others, steps, left + steps, left)


def _covariance(days: _Days, curves: _Curves) -> Floats:
    """Sum what one event of each kind, in each group, on each day moves the scores of two groups."""
    reach, many = curves.reach, len(curves.reach)
    direct = (numpy.eye(many)[:, :, None] - _over(reach, reach.sum(axis=0))[:, None, :]) * reach
    # Not where the common share is at 1, and also beyond it: as R has it.
    hazard = numpy.where(abs(curves.left_before) > _NONE, curves.steps, 0.0) / numpy.where(
        abs(curves.left_before) > _NONE, curves.left_before, 1.0
    )
    summed = numpy.cumsum(direct * hazard, axis=2)
    later = summed[:, :, -1:] - summed
    ratio = _over(curves.left_after, curves.after)
    own, of_others = direct + (1 - ratio) * later, -ratio * later
    spread = _over(curves.steps * _tied(days.events.sum(axis=0), reach.sum(axis=0) * curves.before), reach)
    spread_of_others = _over(curves.others * _tied(days.others, days.at_risk), reach)
    covariance: Floats = numpy.einsum("krt,lrt,rt->kl", own, own, spread)
    covariance += numpy.einsum("krt,lrt,rt->kl", of_others, of_others, spread_of_others)
    return covariance


def _tied(events: Floats, among: Floats) -> Floats:
    """Return by how much tied events spread less than as many alone."""
    is_tied = (events > 1) & (among > 1)
    return numpy.where(is_tied, 1 - (events - 1) / numpy.where(is_tied, among - 1, 1.0), 1.0)


def _over(above: Floats, below: Floats) -> Floats:
    """Divide, with nothing where nobody is at risk."""
    return numpy.where(below > _NONE, above, 0.0) / numpy.where(below > _NONE, below, 1.0)
