"""Several studies together: fixed and random effects, on the pooling scale of their measure.

In: the effects of studies, or their counts (effect.py). Out: a Pooled, with its interval, and how far the studies
differ: Q, I-squared, tau-squared with its interval, and where a further study would be expected.

Fixed effect: by inverse variance, or Mantel and Haenszel from counts (variances of Robins, Breslow and Greenland 1986
for odds, Greenland and Robins 1985 for risks, Sato, Greenland and Robins 1989 for differences). Random effects: REML
(Viechtbauer W. J Educ Behav Stat 2005;30:261-93) with the interval of Hartung and Knapp (Stat Med 2001;20:3875-89;
IntHout J and others. BMC Med Res Methodol 2014;14:25), since the usual one is too narrow where studies are few.
The prediction interval is that of t with k - 1 degrees of freedom (metafor with test="knha"), from three studies on.
I-squared is tau-squared's part in the sum of it and the typical sampling variance (Higgins JPT, Thompson SG. Stat Med
2002;21:1539-58, their s-squared): by REML's tau-squared it is not the (Q - df) / Q that the same paper gives, which is
DerSimonian and Laird's (`share_by_q`). Tau-squared has the Q-profile interval (Viechtbauer W. Stat Med 2007;26:37-52).

All agree with R metafor: tests/evidence/pooled.json and the R call beside it.

Not here: which studies may stand together, which is a matter of definitions (together.py).
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from patency.evidence.effect import Effect, Measure
from patency.share import Interval, Share, Z

FEWEST_TO_PREDICT = 3  # from two studies the spread between them cannot be told from chance
_MOST_STEPS, _CLOSE = 1_000, 1e-13


class Pooled(NamedTuple):
    """A summary of studies on the pooling scale; `expected` is where a further study would lie, if that can be said.

    `tau2` is how far the studies themselves differ, `share_between` is I-squared. A fixed effect has no tau2.
    """

    method: str
    measure: Measure
    studies: int
    estimate: float
    error: float
    low: float
    high: float
    q: float
    q_p: float
    share_between: float
    tau2: float | None = None
    tau2_interval: Interval | None = None
    expected: Interval | None = None

    @property
    def share_by_q(self) -> float:
        """I-squared from Q and its degrees of freedom, which a fixed effect and many papers have."""
        return max(0.0, (self.q - (self.studies - 1)) / self.q) if self.q > 0 else 0.0

    @property
    def value(self) -> float:
        """The estimate as a reader understands it."""
        return self.measure.back(self.estimate)

    @property
    def interval(self) -> Interval:
        """Its interval as a reader understands it."""
        return Interval(self.measure.back(self.low), self.measure.back(self.high))

    @property
    def prediction(self) -> Interval | None:
        """Where a further study would be expected, as a reader understands it."""
        return self.expected and Interval(*map(self.measure.back, self.expected))


class _Weighed(NamedTuple):
    """Studies weighed by one over their variance and tau-squared: what every method here needs of them."""

    weights: tuple[float, ...]
    mean: float
    q: float
    trace: float  # of the projection, Viechtbauer 2005, with a mean as the only term


def _weigh(effects: Sequence[Effect], tau2: float = 0.0) -> _Weighed:
    weights = tuple(1 / (effect.variance + tau2) for effect in effects)
    total = math.fsum(weights)
    mean = math.fsum(w * e.estimate for w, e in zip(weights, effects, strict=True)) / total
    q = math.fsum(w * (e.estimate - mean) ** 2 for w, e in zip(weights, effects, strict=True))
    return _Weighed(weights, mean, q, total - math.fsum(w * w for w in weights) / total)


def fixed(effects: Sequence[Effect]) -> Pooled:
    """Pool by inverse variance, as though all studies estimated one effect."""
    weighed = _weigh(effects)
    error = math.sqrt(1 / math.fsum(weighed.weights))
    return _fixed("fixed effect, inverse variance", effects, (weighed.mean, error), weighed.q)


def _fixed(method: str, effects: Sequence[Effect], found: tuple[float, float], q: float) -> Pooled:
    (mean, error), freedom = found, len(effects) - 1
    pooled = Pooled(method, effects[0].measure, len(effects), mean, error, mean - Z * error, mean + Z * error,
                    q, _chance(q, freedom), 0.0)  # fmt: skip
    return pooled._replace(share_between=pooled.share_by_q)


def _chance(q: float, freedom: int) -> float:
    from scipy.stats import chi2

    return float(chi2.sf(q, freedom)) if freedom else 1.0


def random(effects: Sequence[Effect]) -> Pooled:
    """Pool as though each study had an effect of its own: REML, with the interval of Hartung and Knapp.

    One study alone keeps its own interval, and tells nothing of how far studies differ.
    """
    if len(effects) < 2:
        return fixed(effects)._replace(method="one study: nothing is pooled")
    from scipy.stats import t

    freedom, alone = len(effects) - 1, _weigh(effects)
    tau2 = _reml(effects)
    weighed = _weigh(effects, tau2)
    error = math.sqrt(weighed.q / freedom / math.fsum(weighed.weights))
    reach = float(t.ppf(0.975, freedom))
    predicted = reach * math.sqrt(tau2 + error**2)
    return Pooled(
        "random effects, REML with Hartung-Knapp", effects[0].measure, len(effects), weighed.mean, error,
        weighed.mean - reach * error, weighed.mean + reach * error, alone.q, _chance(alone.q, freedom),
        tau2 / (tau2 + freedom / alone.trace), tau2, _tau2_interval(effects),
        Interval(weighed.mean - predicted, weighed.mean + predicted) if len(effects) >= FEWEST_TO_PREDICT else None,
    )  # fmt: skip


def _reml(effects: Sequence[Effect]) -> float:
    """Find tau-squared by Fisher scoring on the restricted likelihood; what would fall below zero is zero."""
    tau2, step = _start(effects), math.inf
    for _ in range(_MOST_STEPS):
        weighed = _weigh(effects, tau2)
        total, squares = math.fsum(weighed.weights), [w * w for w in weighed.weights]
        score = math.fsum(s * (e.estimate - weighed.mean) ** 2 for s, e in zip(squares, effects, strict=True))
        information = (
            math.fsum(squares)
            - 2 * math.fsum(w**3 for w in weighed.weights) / total
            + (math.fsum(squares) / total) ** 2
        )
        step = (score - weighed.trace) / information
        while tau2 + step < 0 and tau2 > 0 and abs(step) > _CLOSE * 1e-3:
            step /= 2
        if abs(step) <= _CLOSE * (tau2 + 1e-3) or (tau2 == 0 and step < 0):
            break
        tau2 = max(0.0, tau2 + step)
    return tau2 if tau2 > _CLOSE else 0.0


def _start(effects: Sequence[Effect]) -> float:
    """Begin with the moments of DerSimonian and Laird, which are near."""
    alone = _weigh(effects)
    return max(0.0, (alone.q - (len(effects) - 1)) / alone.trace)


def _tau2_interval(effects: Sequence[Effect]) -> Interval:
    from scipy.stats import chi2

    freedom = len(effects) - 1
    ends = (_tau2_where(effects, float(chi2.ppf(chance, freedom))) for chance in (0.975, 0.025))
    return Interval(*ends)


def _tau2_where(effects: Sequence[Effect], wanted: float) -> float:
    """Return the tau-squared at which Q is what is wanted; Q falls as it grows. Zero where it never was so high."""
    from scipy.optimize import brentq

    def above(tau2: float) -> float:
        return _weigh(effects, tau2).q - wanted

    if above(0.0) <= 0:
        return 0.0
    top = 1.0
    while above(top) > 0:
        top *= 4
    return float(brentq(above, 0.0, top, xtol=1e-14, rtol=1e-14))


Arms = tuple[Share, Share]  # treated, control


def can_be_haenszel(measure: Measure, tables: Sequence[Arms]) -> bool:
    """Whether counts can be pooled without halves: a ratio needs events, and none of them everywhere, in both arms."""
    if not tables or measure is Measure.DIFFERENCE:
        return bool(tables)
    treated, control = (sum(arms[at].count for arms in tables) for at in (0, 1))
    crossed = all(any(arms[at].count and arms[1 - at].count < arms[1 - at].of for arms in tables) for at in (0, 1))
    return bool(treated and control) and (measure is Measure.RISK_RATIO or crossed)


def mantel_haenszel(measure: Measure, tables: Sequence[Arms], effects: Sequence[Effect]) -> Pooled:
    """Pool counts by Mantel and Haenszel, without halves; Q is of the effects of the same studies."""
    estimate, error = _HAENSZEL[measure](tables)
    q = math.fsum((effect.estimate - estimate) ** 2 / effect.variance for effect in effects)
    return _fixed("fixed effect, Mantel-Haenszel", effects, (estimate, error), q)


def _ratio_of_risks(tables: Sequence[Arms]) -> tuple[float, float]:
    upper = math.fsum(t.count * c.of / (t.of + c.of) for t, c in tables)
    lower = math.fsum(c.count * t.of / (t.of + c.of) for t, c in tables)
    spread = math.fsum(
        (t.of * c.of * (t.count + c.count) - t.count * c.count * (t.of + c.of)) / (t.of + c.of) ** 2 for t, c in tables
    )
    return math.log(upper / lower), math.sqrt(spread / (upper * lower))


def _ratio_of_odds(tables: Sequence[Arms]) -> tuple[float, float]:
    parts = []
    for t, c in tables:
        a, b, c1, d, n = t.count, t.of - t.count, c.count, c.of - c.count, t.of + c.of
        parts.append(((a + d) / n, (b + c1) / n, a * d / n, b * c1 / n))
    upper, lower = math.fsum(r for _, _, r, _ in parts), math.fsum(s for *_, s in parts)
    spread = (
        math.fsum(p * r for p, _, r, _ in parts) / upper**2
        + math.fsum(p * s + q * r for p, q, r, s in parts) / (upper * lower)
        + math.fsum(q * s for _, q, _, s in parts) / lower**2
    )
    return math.log(upper / lower), math.sqrt(spread / 2)


def _difference_of_risks(tables: Sequence[Arms]) -> tuple[float, float]:
    total = math.fsum(t.of * c.of / (t.of + c.of) for t, c in tables)
    estimate = math.fsum((t.count * c.of - c.count * t.of) / (t.of + c.of) for t, c in tables) / total
    p, q = 0.0, 0.0
    for t, c in tables:
        n = t.of + c.of
        p += (t.of**2 * c.count - c.of**2 * t.count + t.of * c.of * (c.of - t.of) / 2) / n**2
        q += (t.count * (c.of - c.count) + c.count * (t.of - t.count)) / (2 * n)
    return estimate, math.sqrt((estimate * p + q) / total**2)


_HAENSZEL: dict[Measure, Callable[[Sequence[Arms]], tuple[float, float]]] = {
    Measure.RISK_RATIO: _ratio_of_risks,
    Measure.ODDS_RATIO: _ratio_of_odds,
    Measure.DIFFERENCE: _difference_of_risks,
}
