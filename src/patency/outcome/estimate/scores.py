"""Scores before and after, and how far two groups differ at the start.

A mean change has Student's interval over the pairs: R's t.test(after, before, paired = TRUE). A standardised difference
is of the means over the root of the mean variance, of shares alike: Austin PC. Stat Med 2009;28:3083-107, section 3.1 (recalled); of
several categories by Mahalanobis' distance: Yang D, Dalton JE. SAS Global Forum 2012, paper 335 (recalled).
"""

from math import sqrt
from typing import NamedTuple

import numpy

from patency.outcome.estimate.counted import Column, NotUsable
from patency.share import CONFIDENCE, Interval


class Change(NamedTuple):
    """The mean of after less before, over pairs of which both are known."""

    pairs: int
    left_out: int  # where one of the two was not known
    mean: float | None
    standard_deviation: float | None
    interval: Interval | None
    method: str = "paired means, Student's t"
    why: str = ""


def change(before: Column, after: Column, confidence: float = CONFIDENCE) -> Change:
    """Return the mean change; a pair of which one is missing (not a number) is left out and counted."""
    from scipy.special import stdtrit

    first, second = numpy.asarray(before, dtype=float), numpy.asarray(after, dtype=float)
    if len(first) != len(second):
        raise NotUsable("the columns are not equally long")
    by = second - first
    known = by[~numpy.isnan(by)]
    many, gone = len(known), len(by) - len(known)
    if not many:
        return Change(0, gone, None, None, None, why="no pair is known")
    mean = float(known.mean())
    if many == 1:
        return Change(1, gone, mean, None, None, why="one pair has no spread")
    spread = float(known.std(ddof=1))
    half = float(stdtrit(many - 1, (1 + confidence) / 2)) * spread / sqrt(many)
    return Change(many, gone, mean, spread, Interval(mean - half, mean + half))


def standardised(one: Column, other: Column, one_weights: Column | None = None,
                 other_weights: Column | None = None) -> float | None:  # fmt: skip
    """Return the standardised difference of two columns of numbers, or of 0 and 1; None where nothing varies or is known."""
    moments = [_moments(*pair) for pair in ((one, one_weights), (other, other_weights))]
    if None in moments:
        return None
    (first, first_variance), (second, second_variance) = (pair for pair in moments if pair)
    spread = (first_variance + second_variance) / 2
    return (first - second) / sqrt(spread) if spread > 0 else 0.0 if first == second else None


def standardised_categories(one: Column, other: Column) -> float | None:
    """Return the standardised difference of two groups' counts over the same categories."""
    first, second = (numpy.asarray(counts, dtype=float) for counts in (one, other))
    if not first.sum() or not second.sum():
        return None
    p, q = first / first.sum(), second / second.sum()
    kept = numpy.flatnonzero(p + q > 0)[1:]
    by = (p - q)[kept]
    spread = sum((numpy.diag(share[kept]) - numpy.outer(share[kept], share[kept])) / 2 for share in (p, q))
    return sqrt(max(0.0, float(by @ numpy.linalg.pinv(spread, hermitian=True) @ by))) if len(kept) else 0.0


def _moments(column: Column, weights: Column | None) -> tuple[float, float] | None:
    """Return mean and variance: of 0 and 1 that of a share, of numbers the sample's; of weighted rows by their weights."""
    values = numpy.asarray(column, dtype=float)
    heavy = numpy.ones(len(values)) if weights is None else numpy.asarray(weights, dtype=float)
    known = ~numpy.isnan(values)
    values, heavy = values[known], heavy[known]
    if not heavy.sum():
        return None
    share = heavy / heavy.sum()
    mean = float(share @ values)
    variance = float(share @ (values - mean) ** 2)
    is_share = bool(numpy.isin(values, (0, 1)).all())
    left = 1 - float(share @ share)  # what of the spread a sample shows; Austin 2009 weighs alike
    if is_share:
        return mean, variance
    return (mean, variance / left) if left > 0 else None
