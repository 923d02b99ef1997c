"""One rule by which an interval supports a claim, contrasts it, or cannot tell: of a study and of a cut alike.

In: the interval of a figure and what a claim says; or a study's stance, whose own interval is looked for. Out: a Verdict, or
None where the rule cannot be asked, and in words why. A study's stance in content was given by whoever entered the study;
what the rule says stands beside it and never in its place.

A study's own interval is the printed one where there is one, since a trial may have adjusted it, and otherwise that of its
counts (effect.py, Wilson's of a share). Its own definition holds, whatever definition the claim names for a registry. A claim
that sets one option against another is asked only of groups that chance made, as a cut is asked only by a weighted comparison.

Not here: what a cut shows (outcome/against.py).
"""

import re
from collections.abc import Collection, Iterator
from enum import Enum
from typing import NamedTuple

from patency.evidence.effect import Measure, effect_of
from patency.evidence.study import Asserted, Compared, Expected, Figure, Reported, Stance, Stands, Study
from patency.percent import span
from patency.share import Interval

OR = " or "  # between options that a claim takes together
RULE = (
    "A figure supports the claim where its 95% interval lies wholly within what the claim says, contrasts it where the interval "
    "lies wholly outside, and otherwise cannot tell. The cut supports the claim where every figure does, contrasts it where one "
    "does and none supports it, and otherwise cannot tell. Nothing is corrected for how many figures there are."
)
COMPARED_RULE = (
    "Of two options, the difference weighted by overlap supports the claim where its 95% interval lies wholly on the side that the "
    "claim says, contrasts it where it lies wholly on the other, and cannot tell where it holds nought, nor where the weighted "
    "groups are not alike."
)
GIVEN = (
    "given by whoever entered the study, from what was read of it and by no rule: one that contrasts went against the claim or, "
    "testing it, showed no difference"
)
BY_RULE = (
    "Beside each study's given stance stands what the same rule says of the study's own 95% interval, as printed or else from its "
    "counts, by its own definition. It is asked only of a study that is read as testing the claim, of the time and the extent that "
    "the claim is of, and of two options only where chance made the groups."
)
NOT_ASKED = "not asked"
RANDOMISED = ("randomised trial", "subgroup of a randomised trial")
_NEUTRAL = {"risk ratio": 1.0, "odds ratio": 1.0, "hazard ratio": 1.0, "difference": 0.0}
_TIME = re.compile(r"(\d+) (month|year)s?")


class Verdict(Enum):
    """How a figure, or a cut, stands to a claim by the rule."""

    SUPPORTS = "supports"
    CONTRASTS = "contrasts"
    CANNOT_TELL = "cannot tell"


def judge(found: Interval, claimed: Interval) -> tuple[Verdict, str]:
    """Say by the rule how an interval stands to what is claimed."""
    if claimed.low <= found.low and found.high <= claimed.high:
        return Verdict.SUPPORTS, "Its interval lies wholly within what is claimed."
    if found.high < claimed.low:
        return Verdict.CONTRASTS, "Its interval lies wholly below what is claimed."
    if found.low > claimed.high:
        return Verdict.CONTRASTS, "Its interval lies wholly above what is claimed."
    return Verdict.CANNOT_TELL, "Its interval reaches both into what is claimed and out of it."


def judge_side(found: Interval, direction: str) -> tuple[Verdict, str]:
    """Say by the rule how the interval of a difference stands to which option is claimed to have it less, or more."""
    if found.low <= 0 <= found.high:
        return Verdict.CANNOT_TELL, "The interval of the difference holds nought."
    side = "less" if found.high < 0 else "more"
    words = f"The interval of the difference lies wholly on the side of {side}."
    return (Verdict.SUPPORTS if side == direction else Verdict.CONTRASTS), words


def together(verdicts: Collection[Verdict]) -> tuple[Verdict, str]:
    """Say how several figures stand to a claim together."""
    found = set(verdicts)
    if found == {Verdict.SUPPORTS}:
        return Verdict.SUPPORTS, "Every figure supports it."
    if Verdict.CONTRASTS in found and Verdict.SUPPORTS not in found:
        return Verdict.CONTRASTS, "A figure contrasts it, and none supports it."
    if {Verdict.CONTRASTS, Verdict.SUPPORTS} <= found:
        return Verdict.CANNOT_TELL, "Its figures disagree: it hangs on the definition or the time that is meant."
    return Verdict.CANNOT_TELL, "No figure contrasts it, and not every figure supports it."


# A study.


class Ruled(NamedTuple):
    """What the rule says of a study's own figures, None where it is not asked; in words why, and on which interval it rests."""

    verdict: Verdict | None
    why: str
    rests: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The verdict, or that the rule is not asked."""
        return self.verdict.value if self.verdict else NOT_ASKED


class _One(NamedTuple):
    verdict: Verdict
    why: str
    rests: str


def ruled(study: Study, stands: Stands, claim: Asserted) -> Ruled:
    """Ask the rule of the figure on which a study's stance rests."""
    reported = next((each for each in study.outcomes if each.id == stands.on), None)
    if why := _not_asked(study, stands, claim, reported):
        return Ruled(None, why)
    assert reported is not None  # for the type checker: _not_asked said that there is one
    wanted = [each for each in claim.expects if reported.outcome in each.reported]
    if not wanted:
        return Ruled(None, "The outcome on which it rests is none that the claim is judged by.")
    reasons: list[str] = []
    found: list[_One] = []
    for expected in _once(wanted):
        one = _of_two(study, reported, expected) if expected.compares else _of_shares(study, reported, expected)
        reasons += [one] if isinstance(one, str) else []
        found += [] if isinstance(one, str) else one
    if not found:
        return Ruled(None, reasons[0])
    verdict, why = together([each.verdict for each in found])
    return Ruled(verdict, found[0].why if len(found) == 1 else why, tuple(each.rests for each in found))


def _not_asked(study: Study, stands: Stands, claim: Asserted, reported: Reported | None) -> str:
    if not claim.expects:
        return "The claim names no figure."
    if stands.stance is Stance.MENTIONS:
        return "It mentions the claim and is not read as testing it."
    if reported is None:
        return "It rests on no figure that stands here."
    if {each.source for each in study.citations} & {each.source for each in claim.citations}:
        return "It makes the claim, and cannot test it."
    return ""


def _once(wanted: list[Expected]) -> Iterator[Expected]:
    """Yield what differs in what a study can be asked; registry definitions alone are no difference to it."""
    seen = set()
    for each in wanted:
        key = (each.between, each.compares, each.direction, each.extent, each.months)
        if key not in seen:
            seen.add(key)
            yield each


def _other_extent(study: Study, expected: Expected) -> str:
    if expected.extent and study.population.extent != expected.extent:
        return f"The claim is of {expected.extent} clots, and the extent here is: {study.population.extent}."
    return ""


def _of_two(study: Study, reported: Reported, expected: Expected) -> list[_One] | str:
    """Judge the first effect between the two options that has an interval."""
    if why := _other_extent(study, expected):
        return why
    if study.design not in RANDOMISED:
        return "Its groups were not made by chance."
    arms = _arms(study, reported, expected)
    if arms is None:
        return "Its groups are not the two options of the claim."
    for effect in reported.effects:
        if set(effect.groups) == set(arms) and effect.kind in _NEUTRAL and effect.low and effect.high:
            return [_printed(effect, arms[0], expected.direction)]
    return _from_counts(reported, arms, expected.direction)


def _arms(study: Study, reported: Reported, expected: Expected) -> tuple[str, str] | None:
    """Return the group of each side of a claim."""
    named = dict.fromkeys((*reported.figures, *(name for each in reported.effects for name in each.groups)))
    sides = [[name for name in named if study.groups[name].option in side.split(OR)] for side in expected.compares]
    first, second = sides
    return (first[0], second[0]) if len(first) == len(second) == 1 else None


def _printed(effect: Compared, first: str, direction: str) -> _One:
    assert effect.low is not None  # for the type checker, as the next
    assert effect.high is not None
    neutral, is_turned = _NEUTRAL[effect.kind], effect.groups[0] != first
    low, high = float(effect.low.value) - neutral, float(effect.high.value) - neutral
    verdict, why = judge_side(Interval(-high, -low) if is_turned else Interval(low, high), direction)
    estimate = f" {effect.estimate.text}" if effect.estimate else ""
    return _One(
        verdict,
        _of_effect(why, effect.kind),
        f"printed {effect.kind}{estimate} ({effect.low.text} to {effect.high.text})",
    )


def _from_counts(reported: Reported, arms: tuple[str, str], direction: str) -> list[_One] | str:
    """Judge the risk ratio of the counts, where no interval is printed."""
    shares = [reported.figures[name].share for name in arms if name in reported.figures]
    again = None
    if not reported.is_cumulative and len(shares) == 2 and shares[0] and shares[1]:
        again = effect_of(Measure.RISK_RATIO, shares[0], shares[1])
    if again is None:
        return "Neither an interval nor the counts for one are printed."
    low, high = again.interval
    verdict, why = judge_side(Interval(low - 1, high - 1), direction)
    return [
        _One(
            verdict,
            _of_effect(why, "risk ratio"),
            f"risk ratio from counts {again.value:.2f} ({low:.2f} to {high:.2f})",
        )
    ]


def _of_effect(why: str, kind: str) -> str:
    """Say of a ratio what judge_side says of a difference."""
    if _NEUTRAL[kind]:
        return why.replace("of the difference", f"of the {kind}").replace("holds nought", "holds 1")
    return why


def _of_shares(study: Study, reported: Reported, expected: Expected) -> list[_One] | str:
    """Judge the share of each group."""
    if why := _other_extent(study, expected) or _other_time(reported.at, expected.months):
        return why
    figures = [each for each in reported.figures.values() if _is_after(study, each, expected)]
    if not figures:
        return "None of its groups had what the claim is of."
    found = []
    for figure in figures:
        interval, how = _interval(figure, reported)
        if interval is None:
            return "Neither an interval nor the counts for one are printed of each group."
        verdict, why = judge(interval, expected.between or Interval(0, 1))
        found.append(_One(verdict, why, f"{study.groups[figure.group].words}: {how}"))
    return found


def _is_after(study: Study, figure: Figure, expected: Expected) -> bool:
    return not expected.after or study.groups[figure.group].option in expected.after


def _other_time(at: str, months: tuple[float, ...]) -> str:
    match = _TIME.fullmatch(at)
    counted = float(match[1]) * (12 if match[2] == "year" else 1) if match else None
    if not months or counted in months:
        return ""
    claimed = OR.join(f"{each:g}" for each in months)
    return f"The claim is judged at {claimed} months, and this was counted at: {at}."


def _interval(figure: Figure, reported: Reported) -> tuple[Interval | None, str]:
    if figure.low and figure.high:
        words = f"printed {figure.low.text} to {figure.high.text}%"
        return Interval(float(figure.low.value) / 100, float(figure.high.value) / 100), words
    share = None if reported.is_cumulative else figure.share
    if share is None:
        return None, ""
    return share.interval, f"{share.count}/{share.of}, Wilson {span(share.interval, share.of)}"
