"""A share of some who answered: the count, of how many, and how sure one may be of it.

There is no percentage without its count, its denominator and its interval. Nothing here loads more
than the standard library: a consult at night shows shares too.
"""

from math import sqrt
from typing import NamedTuple

CONFIDENCE = 0.95
Z = 1.959963984540054  # of the normal distribution at 97.5%: R, qnorm(0.975)


class Interval(NamedTuple):
    """Two ends, both included, as shares between 0 and 1."""

    low: float
    high: float


class Share(NamedTuple):
    """So many of so many."""

    count: int  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    of: int

    @property
    def value(self) -> float | None:
        """The share, between 0 and 1; none of nobody."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's interval at 95%; none of nobody."""
        return wilson(self.count, self.of)


def wilson(count: float, of: float, confidence: float = CONFIDENCE) -> Interval | None:
    """Return Wilson's score interval for a share, without continuity correction; none where nobody was counted.

    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc
    1927;22:209-12. Chosen over Wald's, which for 34 of 35 reaches beyond 100% and for 0 of 12 has no
    width: Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101-33.
    """
    if not of:
        return None
    return score_interval(count, of, Z if confidence == CONFIDENCE else z_of(confidence))


def score_interval(count: float, of: float, z: float) -> Interval:
    """Return Wilson's interval that reaches so many standard errors to each side."""
    share, extra = count / of, z * z / of
    middle = (share + extra / 2) / (1 + extra)
    half = z * sqrt(share * (1 - share) / of + extra / (4 * of)) / (1 + extra)
    # At the ends the formula gives 0 and 1 exactly, but for the last digit of a float.
    return Interval(0.0 if count == 0 else max(0.0, middle - half), 1.0 if count == of else min(1.0, middle + half))


def z_of(confidence: float) -> float:
    """Return how many standard errors an interval reaches to each side, by the normal distribution."""
    from statistics import NormalDist  # loads fractions and decimals, which takes as long as starting the interpreter

    return NormalDist().inv_cdf((1 + confidence) / 2)
