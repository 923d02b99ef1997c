"""Shares, rates per 100 person-years, and two shares set against each other, each with its interval.

The formulas of Wilson, Newcombe, Katz and Woolf are those of `share.py` and `evidence/method.py`, written once. Exact
intervals are of the beta and the gamma distribution: Clopper CJ, Pearson ES. Biometrika 1934;26:404-13 (recalled); Garwood F.
Biometrika 1936;28:437-42 (recalled). The same as R:

    binom.test(count, of)$conf.int      poisson.test(events, years / 100)$conf.int
"""

from typing import NamedTuple

import numpy

from patency.evidence import method
from patency.evidence.model import Arm
from patency.outcome.estimate.counted import Column
from patency.share import CONFIDENCE, Interval, Share, z_of


class Estimated(NamedTuple):
    """A number with its interval and the name of its method; None with a reason where nobody was counted."""

    value: float | None
    interval: Interval | None
    method: str
    why: str = ""


def exact_share(share: Share) -> Estimated:
    """Return a share with Clopper and Pearson's exact interval; of none of 37 its upper end says how many it may be."""
    from scipy.special import betaincinv

    if not share.of:
        return Estimated(None, None, "Clopper-Pearson", "nobody was counted")
    count, of, tail = share.count, share.of, (1 - CONFIDENCE) / 2
    low = float(betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return Estimated(share.value, Interval(low, high), "Clopper-Pearson")


def effective(values: Column, clusters: Column) -> float:
    """Return of how many independent units a share of clustered ones is worth, at most as many as there are.

    The binomial variance over that of the ratio of cluster totals (Cochran WG. Sampling Techniques, 1977, 6.4), as Korn EL,
    Graubard BI. Surv Methodol 1998;24:193-201 put it to intervals of few events (both recalled). Where all or none have it,
    nothing tells how alike those of one cluster are, and each counts.
    """
    have, (names, place) = numpy.asarray(values, dtype=float), numpy.unique(clusters, return_inverse=True)
    many, share = len(have), float(have.mean()) if len(have) else 0.0
    if len(names) < 2 or share in (0.0, 1.0):
        return float(many)
    beyond = numpy.bincount(place, have - share)
    variance = float(beyond @ beyond) * len(names) / (len(names) - 1) / many**2
    return min(float(many), share * (1 - share) / variance) if variance else float(many)


def difference(one: Share, other: Share, confidence: float = CONFIDENCE) -> Estimated:
    """Return one share less another, with Newcombe's hybrid score interval (method 10; Stat Med 1998;17:873-90 (recalled))."""
    if not one.of or not other.of:
        return Estimated(None, None, "Newcombe", "nobody was counted in one of the groups")
    ends = method.newcombe(Arm(*one), Arm(*other), z_of(confidence))
    return Estimated(one.count / one.of - other.count / other.of, Interval(*ends), "Newcombe")


def ratio(one: Share, other: Share, kind: str = "risk ratio", confidence: float = CONFIDENCE) -> Estimated:
    """Return a "risk ratio" or an "odds ratio"; with an empty cell a half is added to each, and it says so."""
    name = {"risk ratio": "Katz", "odds ratio": "Woolf"}[kind]
    if not one.of or not other.of:
        return Estimated(None, None, name, "nobody was counted in one of the groups")
    if not one.count and not other.count:
        return Estimated(None, None, name, "nobody had it in either group: there is no ratio")
    arms = Arm(*one), Arm(*other)
    cells = (one.count, one.of - one.count, other.count, other.of - other.count)
    added = "" if all(cells) else "a cell is empty: a half was added to each (Haldane 1956)"
    interval = Interval(*method.OF_A_RATIO[kind](*arms, z_of(confidence)))
    return Estimated(method.RATIOS[kind](*arms), interval, name, added)


def rate(events: int, years: float, per: float = 100, confidence: float = CONFIDENCE) -> Estimated:
    """Return events per so many person-years, with the exact interval of Poisson's distribution."""
    from scipy.special import gammaincinv

    if years <= 0:
        return Estimated(None, None, "exact Poisson", "nobody was watched for any time")
    tail = (1 - confidence) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    return Estimated(per * events / years, Interval(per * low / years, per * high / years), "exact Poisson")
