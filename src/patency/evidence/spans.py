"""What is found of intervals: whether any method gives them, whether they hold their estimate, and what their p-value would be."""

from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from patency.evidence.finding import Finding, Verdict, worst
from patency.evidence.method import OF_A_DIFFERENCE, OF_A_RATIO, OF_A_SHARE, RATIOS, Ends, exact, weighed
from patency.evidence.model import Arm, Interval
from patency.evidence.printed import Printed
from patency.share import z_of

NARROW = 0.8  # of the narrowest of the methods: what is wider than this passes for one that is not among them
# What strata or adjustment for other things may leave of the width: half of the variance. Rarely do they take so much
# (Cochran WG, Sampling Techniques, 3rd ed. 1977, chapters 5 and 7), and what is narrower yet is not theirs. A share of
# a population of which most were asked may be far narrower; a comparison of treatments speaks of those to come, and so
# of no finite population, unless its arms name one.
NARROWEST = sqrt(0.5)


class Said(NamedTuple):
    """A sentence on an interval, and how it then stands."""

    words: str
    verdict: Verdict = Verdict.FITS


def of_interval(interval: Interval) -> Finding:
    """Say what is wrong with an interval, or that nothing was found."""
    said = [*_order(interval), *_estimate(interval), *_width(interval), *_p(interval)]
    verdict = worst([each.verdict for each in said])
    first = [each.words for each in said if each.verdict is verdict]
    rest = [each.words for each in said if each.verdict is not verdict]
    answer = " ".join(first) or "Its ends are in order; there is nothing to compute them from."
    return Finding(interval.id, interval.says, _printed(interval), verdict, answer,
                   (*rest, *_computed(interval)), (), (), interval.remarks)  # fmt: skip


def _printed(interval: Interval) -> str:
    ends = f"{interval.level}% interval {interval.low.text} to {interval.high.text}"
    estimate = f"{interval.estimate.text}, " if interval.estimate else ""
    arms = " v ".join(_arm(arm) for arm in interval.arms)
    return f"{estimate}{ends}{f', p {interval.p.text}' if interval.p else ''}{f' ({arms})' if arms else ''}"


def _arm(arm: Arm) -> str:
    return f"{arm.counted}/{arm.of}{f' of {arm.population:,} people' if arm.population else ''}"


def _order(interval: Interval) -> list[Said]:
    if interval.low.value > interval.high.value:
        return [Said("Its lower end is above its upper end.", Verdict.ODD)]
    if interval.estimate and not interval.low.reach().low <= interval.estimate.value <= interval.high.reach().high:
        return [Said("It does not hold its own estimate.", Verdict.ODD)]
    return []


def _expected(interval: Interval) -> float | None:
    """Compute the estimate from the counts, in the unit in which it is printed."""
    arms, kind = interval.arms, interval.kind
    if not arms:
        return None
    if kind == "share":
        return 100 * arms[0].counted / arms[0].of
    if kind == "difference":
        return 100 * (arms[0].counted / arms[0].of - arms[1].counted / arms[1].of)
    return RATIOS[kind](*arms)


def _estimate(interval: Interval) -> list[Said]:
    expected = _expected(interval)
    if expected is None or interval.estimate is None:
        return []
    shown = f"{expected:.{interval.estimate.decimals + 1}f}"
    if _is_printed_as(expected, interval.estimate):
        return [Said(f"The counts give {shown}, as printed.")]
    is_within = interval.low.value <= expected <= interval.high.value
    why = "it was adjusted, or is of other counts" if is_within else "that is not even within the interval"
    return [
        Said(
            f"The counts give {shown}, not {interval.estimate.text}: {why}.", Verdict.OPEN if is_within else Verdict.ODD
        )
    ]


def _is_printed_as(number: float, printed: Printed) -> bool:
    return abs(number - float(printed.value)) <= float(printed.unit) * 0.5 + 1e-9


def _methods(interval: Interval, arms: tuple[Arm, ...]) -> dict[str, Ends]:
    """Compute the interval of some arms by every method in use for its kind."""
    z, drawn = z_of(interval.level / 100), [weighed(arm) for arm in arms]
    if not drawn:
        return {}
    if interval.kind == "share":
        found = {name: _in_per_cent(each(drawn[0], z)) for name, each in OF_A_SHARE.items()}
        # The exact one counts people, and cannot be narrowed.
        return found if arms[0].population else found | {"exact": _in_per_cent(exact(arms[0], z))}
    if interval.kind == "difference":
        return {name: _in_per_cent(each(drawn[0], drawn[1], z)) for name, each in OF_A_DIFFERENCE.items()}
    return {"on the log scale": OF_A_RATIO[interval.kind](drawn[0], drawn[1], z)}


def _in_per_cent(ends: Ends) -> Ends:
    return Ends(100 * ends.low, 100 * ends.high)


def _computed(interval: Interval) -> list[str]:
    return [f"{name}: {ends.low:.{interval.low.decimals + 1}f} to {ends.high:.{interval.high.decimals + 1}f}"
            for name, ends in _methods(interval, interval.arms).items()]  # fmt: skip


def _width(interval: Interval) -> list[Said]:
    methods = _methods(interval, interval.arms)
    if not methods:
        return []
    same = [name for name, ends in methods.items()
            if _is_printed_as(ends.low, interval.low) and _is_printed_as(ends.high, interval.high)]  # fmt: skip
    if same:
        return [Said(f"Its ends are those of a method in use ({', '.join(same)}).")]
    width, narrowest = _span(float(interval.low.value), float(interval.high.value), interval), _narrowest(interval)
    if width >= NARROW * narrowest:
        return [Said("Its width is what such counts can give; its ends are not those of a plain method.")]
    said = f"It is {100 * width / narrowest:.0f}% as wide as the narrowest of the methods in use"
    if width >= _least(interval):
        return [
            Said(f"{said}, which is too narrow unless narrowed for a finite population or by design.", Verdict.OPEN)
        ]
    z = z_of(interval.level / 100) * width / narrowest
    level = 100 * (2 * NormalDist().cdf(z) - 1)
    said += f": with these counts it would be about a {level:.0f}% interval, not a {interval.level}% one"
    return [Said(f"{said}, and no design narrows it so far.", Verdict.ODD)]


def _narrowest(interval: Interval, arms: tuple[Arm, ...] = ()) -> float:
    """Return the width by that method in use which gives the narrowest interval.

    Where all or none had it Wald's has no width, which is a failing of Wald's (Brown LD and others, Stat Sci
    2001;16:101-33), and measures nothing.
    """
    widths = (_span(ends.low, ends.high, interval) for ends in _methods(interval, arms or interval.arms).values())
    return min(width for width in widths if width > 0)


def _least(interval: Interval) -> float:
    """Return the width below which no design explains an interval."""
    least = NARROWEST * _narrowest(interval)
    if interval.kind != "share" or interval.arms[0].population:
        return least
    # Had one person alone been left out of those that it speaks of, it would be so wide; had none, there were no interval.
    arm = interval.arms[0]
    return min(least, _narrowest(interval, (arm._replace(population=arm.of + 1),)))


def _is_ratio(interval: Interval) -> bool:
    return interval.kind in RATIOS


def _span(low: float, high: float, interval: Interval) -> float:
    """Return how wide an interval is; of a ratio, on the log scale."""
    return log(high / low) if _is_ratio(interval) and low > 0 else high - low


def _p(interval: Interval) -> list[Said]:
    """Lay a p-value beside its interval: both turn on whether no effect is still within reach."""
    if interval.p is None or interval.kind == "share":
        return []
    is_ratio = interval.kind != "difference"
    none = 1.0 if is_ratio else 0.0
    low, high = float(interval.low.value), float(interval.high.value)
    holds = low <= none <= high
    threshold = 1 - interval.level / 100
    p = float(interval.p.value)
    implied = _implied_p(interval, is_ratio)
    computed = f"; the interval alone gives p about {implied:.3f}" if implied is not None else ""
    if holds is (p >= threshold):
        return [Said(f"Its p-value and its interval agree{computed}.")]
    where = "holds" if holds else "leaves out"
    against = "there is an effect" if holds else "there may be none"
    said = f"It {where} {none:g}, which is no effect, though p = {interval.p.text} says that {against}"
    return [Said(f"{said}: two methods, or a slip{computed}.", Verdict.ODD)]


def _implied_p(interval: Interval, is_ratio: bool) -> float | None:
    """Return the p-value of a normal estimate with this interval (Altman DG, Bland JM. BMJ 2011;343:d2304)."""
    low, high = float(interval.low.value), float(interval.high.value)
    if interval.estimate is None or low >= high or (is_ratio and (low <= 0 or interval.estimate.value <= 0)):
        return None
    estimate = float(interval.estimate.value)
    if is_ratio:
        low, high, estimate = log(low), log(high), log(estimate)
    error = (high - low) / (2 * z_of(interval.level / 100))
    return 2 * (1 - NormalDist().cdf(abs(estimate) / error))
