"""A cut set against a claim: does it support or contrast it, or can it not tell.

In: an open cut, a claim's name, and the evidence, whose claims say what they lead one to expect of a registry
(evidence/read_expected.py). Out: an Against: for each figure that is expected what the cut shows, and by which rule that was
judged; and all of them together. The rule is that of evidence/by_rule.py, and the only one.

A comparative claim is judged by the weighted comparison from one time zero (comparison.py) and by nothing else; outcomes after
two options side by side decide nothing. Where it refuses, or its groups are not balanced, the claim cannot be told.

Of few people: the figure of everybody is that of a report; of one extent it is shown only where the rest of the cut could be
shown too, so that nothing of few is left between the two (few.py).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.opened import Cut
from patency.evidence.by_rule import OR, Verdict, judge, judge_side, together
from patency.evidence.study import Asserted, Evidence, Expected
from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.model import Library
from patency.outcome.asked import allowed
from patency.outcome.assigned import assigned_of
from patency.outcome.comparison import Compared, Question, compared
from patency.outcome.definition import Definition
from patency.outcome.estimated import ALL, MONTHS, RUNS, Estimated, Point, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from patency.share import Interval

if TYPE_CHECKING:
    import polars

NO_FIGURE = "The claim names no figure that a registry could be set against."
REST = "too few to say: of the patients with another extent too few would be left between this and the whole cut."


class Judged(NamedTuple):
    """One expected figure: what the cut shows at a time, None where it shows nothing, and how it was judged.

    Of two options, `value` is the weighted difference and `compared` all that it rests on.
    """

    expected: Expected
    definition: Definition
    month: float | None
    figure: Estimated | None
    value: float | None
    interval: Interval | None
    verdict: Verdict
    why: str
    compared: Compared | None = None


class Against(NamedTuple):
    """A cut against a claim: figure by figure and together."""

    label: str
    content: str
    registry: str
    claim: Asserted
    judged: tuple[Judged, ...]
    verdict: Verdict
    why: str
    fewest: int


class _Asked(NamedTuple):
    """What every figure is counted in, the fewest people whose count may leave, and what options are called."""

    cut: Cut
    fewest: int
    words: Mapping[str, str]


def against(cut: Cut, name: str, evidence: Evidence, library: Library, fewest: int | None = None) -> Against:
    """Say how a cut stands to a claim."""
    claims = evidence.terms.claims
    if name not in claims:
        raise Refused([Fault(Place("claim"), f"there is no claim {name!r}", "a cut is set against what content holds",
                             nearest(name, claims, "`patency study claims` lists them"))])  # fmt: skip
    claim, fewest = claims[name], allowed(cut, fewest)
    known = read_definitions(library.sources)
    if odd := [each for each in claim.expects if each.outcome not in known]:
        raise Refused([Fault(each.place, f"the claim {name!r} expects a figure of {each.outcome!r}, which is no outcome",
                             "each figure stands on one definition",
                             nearest(each.outcome, known, "`patency outcome list` names them")) for each in odd])  # fmt: skip
    asked = _Asked(cut, fewest, {name: option.words for name, option in library.options.items()})
    judged = tuple(one for each in claim.expects for one in _judged(asked, each, known[each.outcome]))
    verdict, why = _together(claim, judged)
    return Against(
        cut.manifest.warning, cut.manifest.content, cut.manifest.registry, claim, judged, verdict, why, fewest
    )


def _judged(asked: _Asked, expected: Expected, definition: Definition) -> list[Judged]:
    if expected.between is None:
        return [_of_two(asked, expected, definition, month) for month in expected.months or (24,)]
    found = _figure(asked, expected, definition)
    empty = Judged(expected, definition, None, None, None, None, Verdict.CANNOT_TELL, found.withheld)
    figure = found.figure
    if found.withheld:
        return [empty]
    if not figure.units:
        return [empty._replace(why="Nobody in the cut was counted by this definition.")]
    if not definition.is_time:
        value = figure.share.value if figure.share else None
        return [_with_figure(empty, figure, None, value, figure.interval, "There is no share.")]
    points = {each.month: each for each in figure.points}
    return [_at(empty, figure, points[_nearest(points, month)]) for month in expected.months]


def _nearest(points: dict[float, Point], month: float) -> float:
    """Return a month among those of a curve, which bears days over days a month and may be off in its last digit."""
    return min(points, key=lambda each: abs(each - month))


def _at(empty: Judged, figure: Estimated, point: Point) -> Judged:
    return _with_figure(empty, figure, point.month, point.value, point.interval, point.why)


def _with_figure(
    empty: Judged, figure: Estimated, month: float | None, value: float | None, interval: Interval | None, why: str
) -> Judged:
    told = empty._replace(month=month, figure=figure, value=value, interval=interval)
    if value is None or interval is None:
        return told._replace(why=f"It cannot be estimated: {why}" if why else "There is no interval of so few.")
    verdict, words = judge(interval, empty.expected.between or Interval(0, 1))
    return told._replace(verdict=verdict, why=words)


# Two options.


def _of_two(asked: _Asked, expected: Expected, definition: Definition, month: float) -> Judged:
    """Judge a claim that sets one option against another, by the weighted comparison."""
    import polars

    (cut, fewest, words), (option, other) = asked, expected.compares
    question = Question(option, other, month, words=words)
    traits = traits_of(cut)
    is_meant = _is_of_extent(expected)
    extents = traits.select("episode", "extent")
    assigned = _joined(assigned_of(cut, question.window), expected).join(extents, on="episode")
    followed = follow(cut, definition)
    found = compared(followed, assigned.filter(is_meant), traits, question, fewest)
    why = found.refused or found.not_weighted
    empty = Judged(expected, definition, None, None, None, None, Verdict.CANNOT_TELL, why)
    if found.weighted is None:
        return empty
    rest = assigned.filter(~is_meant & polars.col("option").is_in([option, other]))
    if fewest > 1 and rest.height and compared(followed, rest, traits, question, fewest).refused:
        return empty._replace(why=REST)
    difference = found.weighted.difference
    told = empty._replace(value=difference.value, interval=difference.interval, compared=found)
    if difference.interval is None or not found.weighted.is_sound:
        return told._replace(why="; ".join(("The weighted groups are not alike", *found.weighted.warnings)) + ".")
    verdict, why = judge_side(difference.interval, expected.direction)
    return told._replace(verdict=verdict, why=why)


def _is_of_extent(expected: Expected) -> "polars.Expr":
    """Whether a clot is of the extent that is meant, where one is."""
    import polars

    return polars.col("extent").fill_null("") == expected.extent if expected.extent else polars.lit(value=True)


def _joined(assigned: "polars.DataFrame", expected: Expected) -> "polars.DataFrame":
    """Return who is counted under which option, those that a claim takes together as one."""
    import polars

    together = {each: side for side in expected.compares for each in side.split(OR)}
    names = polars.col("option", "later_option").replace(together)
    return assigned.with_columns(names)


# One share.


def _figure(asked: _Asked, expected: Expected, definition: Definition) -> Shown:
    """Estimate what is expected, of everybody or of one extent, as it may leave."""
    import polars

    groups = None
    if expected.extent or expected.after:
        col = polars.col
        is_one = _is_of_extent(expected)
        if expected.after:
            is_one &= col("option").is_in(expected.after).fill_null(value=False)
        groups = traits_of(asked.cut).select(
            "episode", group=polars.when(is_one).then(polars.lit("of it")).otherwise(polars.lit("rest"))
        )
    months = sorted({*MONTHS, *expected.months})  # all, so that no point is told here that a report withholds
    figures = shown(estimated(follow(asked.cut, definition), groups, months, runs=RUNS), asked.fewest)
    wanted = "of it" if groups is not None else ALL
    found = next((each for each in figures if each.figure.group == wanted), None)
    return found or Shown(figures[0].figure, "Nobody in the cut has such a clot, treated so.")


def _together(claim: Asserted, judged: Sequence[Judged]) -> tuple[Verdict, str]:
    if not judged:
        return Verdict.CANNOT_TELL, f"{NO_FIGURE} {claim.no_registry}".strip()
    return together([each.verdict for each in judged])
