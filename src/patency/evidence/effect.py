"""From the counts of one study to its effect, on the scale on which effects are pooled.

In: events of so many in two arms, or in one. Out: an estimate with its variance on a pooling scale (logarithm of a
ratio, difference, logit of a share), and the way back to what a reader understands.

Zero cells, one rule: where a ratio or a logit has a cell of zero, half a person is added to every cell of that study,
and to no other study's (Gart JJ, Zweifel JR. Biometrika 1967;54:181-7; metafor: add=1/2, to="only0"). A study without
events, or with nothing but events, in both arms tells nothing of a ratio: it is left out of one, and said to be
(Cochrane Handbook 6.4, section 10.4.4.2). A difference needs no addition, unless both its arms are all or none.

Shares are pooled as logits, and not by the double arcsine of Freeman and Tukey, whose way back is misleading
(Schwarzer G and others. Res Synth Methods 2019;10:476-83).

Not here: several studies together (pool.py), and how it is shown (forest.py).
"""

import math
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from patency.share import Interval, Share, Z

HALF = 0.5


class Measure(Enum):
    """What is compared, or that a share stands alone."""

    RISK_RATIO = "risk ratio"
    ODDS_RATIO = "odds ratio"
    DIFFERENCE = "difference"
    SHARE = "share"

    @property
    def is_ratio(self) -> bool:
        """Whether 1, and not 0, means no difference."""
        return self in (Measure.RISK_RATIO, Measure.ODDS_RATIO)

    @property
    def neutral(self) -> float | None:
        """The value at which the arms do not differ; a share alone has none."""
        return None if self is Measure.SHARE else float(self.is_ratio)

    def back(self, value: float) -> float:
        """Return a value of the pooling scale as what a reader understands."""
        return _BACK[self](value)


_BACK: dict[Measure, Callable[[float], float]] = {
    Measure.RISK_RATIO: math.exp,
    Measure.ODDS_RATIO: math.exp,
    Measure.DIFFERENCE: float,
    Measure.SHARE: lambda logit: 1 / (1 + math.exp(-logit)),
}


class Effect(NamedTuple):
    """An estimate and its variance on the pooling scale; whether halves were added to its cells."""

    measure: Measure
    estimate: float
    variance: float
    has_halves: bool = False

    @property
    def value(self) -> float:
        """The estimate as a reader understands it."""
        return self.measure.back(self.estimate)

    @property
    def interval(self) -> Interval:
        """Its interval at 95%, by the normal distribution on the pooling scale."""
        reach = Z * math.sqrt(self.variance)
        return Interval(self.measure.back(self.estimate - reach), self.measure.back(self.estimate + reach))


def effect_of(measure: Measure, treated: Share, control: Share) -> Effect | None:
    """Compare two arms; None where they tell nothing of a ratio, or one has nobody."""
    if not treated.of or not control.of:
        return None
    if measure is Measure.DIFFERENCE:
        return _difference(treated, control)
    events = treated.count + control.count
    if events in (0, treated.of + control.of):
        return None
    cells = (treated.count, treated.of - treated.count, control.count, control.of - control.count)
    has_halves = 0 in cells
    a, b, c, d = (cell + HALF * has_halves for cell in cells)
    if measure is Measure.ODDS_RATIO:
        return Effect(measure, math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d, has_halves)
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return Effect(measure, math.log(a * (c + d) / (c * (a + b))), variance, has_halves)


def _difference(treated: Share, control: Share) -> Effect:
    arms = [(float(arm.count), float(arm.of)) for arm in (treated, control)]
    # Without a variance the study would outweigh all others together.
    has_halves = all(events in (0, people) for events, people in arms)
    if has_halves:
        arms = [(events + HALF, people + 2 * HALF) for events, people in arms]
    (a, n), (c, m) = arms
    variance = a * (n - a) / n**3 + c * (m - c) / m**3
    return Effect(Measure.DIFFERENCE, a / n - c / m, variance, has_halves)


def share_effect(share: Share) -> Effect | None:
    """Put one share on the logit scale; None of nobody."""
    if not share.of:
        return None
    has_halves = share.count in (0, share.of)
    yes, no = share.count + HALF * has_halves, share.of - share.count + HALF * has_halves
    return Effect(Measure.SHARE, math.log(yes / no), 1 / yes + 1 / no, has_halves)
