"""Intervals by the methods in use, so that one that was printed can be laid beside them.

A share: Wald, Wilson (JASA 1927;22:209), Agresti-Coull (Am Stat 1998;52:119), exact (Clopper CJ, Pearson ES.
Biometrika 1934;26:404). A difference: Wald, Newcombe's method 10 (Stat Med 1998;17:873), Agresti-Caffo (Am Stat
2000;54:280). A risk or odds ratio: on the log scale (Katz D and others, Biometrics 1978;34:469; Woolf B, Ann Hum
Genet 1955;19:251), with a half added to every cell where one is empty (Haldane JBS, Ann Hum Genet 1956;20:309).
"""

from collections.abc import Callable, Mapping
from math import exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from patency.evidence.model import Arm
from patency.share import CONFIDENCE, score_interval


class Ends(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """From the one end to the other."""
        return self.high - self.low


class Weighed(NamedTuple):
    """An arm that tells as much of an endless population as one that was drawn from a few: its numbers need not be whole."""

    counted: float
    of: float


AnArm = Arm | Weighed


def weighed(arm: Arm) -> Weighed:
    """Return an arm as though drawn from an endless population.

    Drawn from N without return, n tell as much as n (N - 1) / (N - n) do: Cochran WG, Sampling Techniques, 3rd ed.
    1977, section 2.6; Korn EL, Graubard BI. Surv Methodol 1998;24:193-201.
    """
    more = 1.0 if arm.population is None else (arm.population - 1) / (arm.population - arm.of)
    return Weighed(arm.counted * more, arm.of * more)


def wald(arm: AnArm, z: float) -> Ends:
    """Return Wald's interval."""
    share = arm.counted / arm.of
    half = z * sqrt(share * (1 - share) / arm.of)
    return Ends(share - half, share + half)


def wilson(arm: AnArm, z: float) -> Ends:
    """Return Wilson's score interval, without continuity correction."""
    return Ends(*score_interval(arm.counted, arm.of, z))


def agresti_coull(arm: AnArm, z: float) -> Ends:
    """Return Agresti and Coull's interval."""
    of = arm.of + z * z
    share = (arm.counted + z * z / 2) / of
    half = z * sqrt(share * (1 - share) / of)
    return Ends(share - half, share + half)


def exact(arm: Arm, z: float) -> Ends:
    """Return Clopper and Pearson's interval."""
    tail = 1 - NormalDist().cdf(z)
    low = 0.0 if arm.counted == 0 else _where(lambda p: 1 - at_most(arm.counted - 1, arm.of, p) - tail)
    high = 1.0 if arm.counted == arm.of else _where(lambda p: tail - at_most(arm.counted, arm.of, p))
    return Ends(low, high)


def at_most(count: int, of: int, chance: float) -> float:
    """Return how likely at most so many of so many are, at a chance for each."""
    if not 0 < chance < 1:
        return 1.0 if chance <= 0 or count >= of else 0.0
    whole, yes, no = lgamma(of + 1), log(chance), log(1 - chance)
    is_short = count < of - count
    counts = range(count + 1) if is_short else range(count + 1, of + 1)
    tail = sum(exp(whole - lgamma(k + 1) - lgamma(of - k + 1) + k * yes + (of - k) * no) for k in counts)
    return tail if is_short else 1 - tail


def _where(rising: Callable[[float], float]) -> float:
    """Find where something that rises with a chance is zero."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def none_of(of: int) -> float:
    """Return how high a share may still be of which none was seen among so many: Clopper and Pearson's upper end, at 95%.

    Hanley JA, Lippman-Hand A. If nothing goes wrong, is everything all right? JAMA 1983;249:1743-5.
    """
    return 1 - exp(log((1 - CONFIDENCE) / 2) / of)


def _difference(one: AnArm, other: AnArm) -> float:
    return one.counted / one.of - other.counted / other.of


def wald_difference(one: AnArm, other: AnArm, z: float) -> Ends:
    """Return Wald's interval of a difference."""
    half = z * standard_error(one, other)
    return Ends(_difference(one, other) - half, _difference(one, other) + half)


def standard_error(one: AnArm, other: AnArm) -> float:
    """Return the standard error of a difference of two shares, unpooled."""
    return sqrt(sum(arm.counted / arm.of * (1 - arm.counted / arm.of) / arm.of for arm in (one, other)))


def newcombe(one: AnArm, other: AnArm, z: float) -> Ends:
    """Return Newcombe's hybrid score interval of a difference."""
    first, second, by = wilson(one, z), wilson(other, z), _difference(one, other)
    p, q = one.counted / one.of, other.counted / other.of
    return Ends(by - sqrt((p - first.low) ** 2 + (second.high - q) ** 2),
                by + sqrt((first.high - p) ** 2 + (q - second.low) ** 2))  # fmt: skip


def agresti_caffo(one: AnArm, other: AnArm, z: float) -> Ends:
    """Return Agresti and Caffo's interval of a difference."""
    return wald_difference(Weighed(one.counted + 1, one.of + 2), Weighed(other.counted + 1, other.of + 2), z)


class Cells(NamedTuple):
    """The four cells of two arms; a half is added to each where one is empty."""

    a: float
    b: float
    c: float
    d: float


def cells_of(one: AnArm, other: AnArm) -> Cells:
    """Return the four cells: with and without, in the one arm and in the other."""
    cells = Cells(one.counted, one.of - one.counted, other.counted, other.of - other.counted)
    return cells if all(cells) else Cells(*(cell + 0.5 for cell in cells))


def risk_ratio(one: AnArm, other: AnArm) -> float:
    """Return the risk of the one arm over that of the other."""
    a, b, c, d = cells_of(one, other)
    return (a / (a + b)) / (c / (c + d))


def odds_ratio(one: AnArm, other: AnArm) -> float:
    """Return the odds of the one arm over those of the other."""
    a, b, c, d = cells_of(one, other)
    return a * d / (b * c)


def katz(one: AnArm, other: AnArm, z: float) -> Ends:
    """Return the interval of a risk ratio, on the log scale."""
    a, b, c, d = cells_of(one, other)
    return _on_the_log_scale(risk_ratio(one, other), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d), z)


def woolf(one: AnArm, other: AnArm, z: float) -> Ends:
    """Return the interval of an odds ratio, on the log scale."""
    return _on_the_log_scale(odds_ratio(one, other), sum(1 / cell for cell in cells_of(one, other)), z)


def _on_the_log_scale(ratio: float, variance: float, z: float) -> Ends:
    half = z * sqrt(variance)
    return Ends(exp(log(ratio) - half), exp(log(ratio) + half))


OF_A_SHARE: Mapping[str, Callable[[AnArm, float], Ends]] = {
    "Wald": wald, "Wilson": wilson, "Agresti-Coull": agresti_coull,
}  # fmt: skip
OF_A_DIFFERENCE: Mapping[str, Callable[[AnArm, AnArm, float], Ends]] = {
    "Wald": wald_difference, "Newcombe": newcombe, "Agresti-Caffo": agresti_caffo,
}  # fmt: skip
OF_A_RATIO: Mapping[str, Callable[[AnArm, AnArm, float], Ends]] = {"risk ratio": katz, "odds ratio": woolf}
RATIOS: Mapping[str, Callable[[AnArm, AnArm], float]] = {"risk ratio": risk_ratio, "odds ratio": odds_ratio}
