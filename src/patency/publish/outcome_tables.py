"""What stands beside and under the figure of an outcome: its tables, and its definition, denominators, method and source.

An Outcome as reported goes in; Tables of words and a Caption come out. There is no per cent without its count or those at
risk, its denominator and its interval; where there is no interval, the table says why.

Not here: drawing (curve.py), and what may be shown of few people (outcome/few.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.numbers import WITHHELD, between_words, median_words, share_words
from patency.outcome.words import AT_RISK, DRAWN, FLOW_HEAD, STILL_FREE, TURNBULL, months_words
from patency.percent import counted, rounded, span
from patency.practice.part import Table
from patency.share import Interval
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    from patency.outcome.estimate.visits import BetweenVisits
    from patency.outcome.estimated import Estimated, Point
    from patency.outcome.few import Shown
    from patency.outcome.reported import Outcome, Reported, Trait
    from patency.source import Citation

SAID = ("content", "registry", "label")  # in the first words of a source
STARS = "* "
LONG = 24  # letters of a hash or a key that stand under a figure; the whole stands once in the report
COUNTED = "events, deaths and censored are counted up to each month"


class Caption(NamedTuple):
    """What no figure and no table stands without."""

    definition: str
    denominators: str
    method: str
    source: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The caption as paragraphs, for a figure that leaves its page."""
        return tuple(line for line in self if line)


def caption_of(outcome: "Outcome", reported: "Reported") -> Caption:
    """Say what an outcome is, of how many, how it was estimated, and from what."""
    definition = outcome.definition
    name = f" (definition {definition.name}, {definition.content_hash[:12]})"
    counts = "; ".join(f"{words}: {WITHHELD if count is None else count}" for words, count in outcome.counts.items())
    groups = "; ".join(_denominator(each, reported) for each in outcome.figures)
    methods = dict.fromkeys(each.figure.method for each in outcome.figures if each.figure.method and not each.withheld)
    counted_below = f"; {COUNTED}" if any(each.figure.curve is not None for each in outcome.figures) else ""
    drawn = f" {DRAWN}{counted_below}." if definition.is_time else ""
    return Caption(
        f"Definition. {definition.words}{name}",
        f"Denominators. {counts}. Estimated of: {groups}.",
        f"Method. {'; '.join(methods)}.{drawn}" if methods else "",
        source_of(reported, definition.citations),
    )


def source_of(reported: "Reported", citations: "Sequence[Citation]" = ()) -> str:
    """Say which cut of which registry the numbers are of, and on whose authority the definition stands."""
    label = f" {reported.label.strip(STARS)}." if reported.label else ""
    more = "; ".join(f"{name} {_short(value)}" for name, value in reported.cut.items() if value and name not in SAID)
    after = "; ".join(f"{each.source}{f', {each.at}' if each.at else ''} ({each.mark.words})" for each in citations)
    return f"Source. {reported.source}; {more}.{label}{f' The definition after {after}.' if after else ''}"


def _short(value: str) -> str:
    return value if len(value) <= LONG or " " in value else f"{value[:16]}…"


def _denominator(shown: "Shown", reported: "Reported") -> str:
    figure = shown.figure
    return f"{reported.group(figure.group)}: {WITHHELD if shown.withheld else people(figure)}"


def people(figure: "Estimated") -> str:
    """Say of how many units of how many patients a figure is."""
    return f"{figure.units} {figure.definition.unit.plural} of {figure.patients} patients"


# Tables.


def table_of(outcome: "Outcome", reported: "Reported") -> Table:
    """Lay out an outcome: a curve by months, shares with both intervals, or numbers."""
    definition = outcome.definition
    head, groups = (_by_months if definition.is_time else _by_groups)(outcome.figures, reported)
    caption = f"{definition.title} (definition {definition.name}){_by(reported)}; denominators in the table; source: {reported.source}"
    return Table(caption, head, groups)


def _by(reported: "Reported") -> str:
    return f", by {reported.by}" if reported.by else ""


_Rows = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


def _by_months(figures: "Sequence[Shown]", reported: "Reported") -> tuple[tuple[str, ...], _Rows]:
    seen = any(each.figure.between for each in figures)
    kept = any(each.figure.kept for each in figures)
    what = STILL_FREE.capitalize() if kept else "Had the event"
    what += ", by the day of the scan" if seen else ""
    head = ("After", AT_RISK.capitalize(), f"{what} (95% interval)", *((TURNBULL,) if seen else ()))
    return head, tuple((_title(each, reported), tuple(_months(each, seen=seen))) for each in figures)


def _title(shown: "Shown", reported: "Reported") -> str:
    figure = shown.figure
    if shown.withheld:
        return f"{reported.group(figure.group)}: {shown.withheld}"
    if not figure.units:
        return f"{reported.group(figure.group)}: nobody was counted, so there is nothing to tell"
    said = [f"{figure.events} {'lost it' if figure.kept else 'had it'}"]
    said += [f"{figure.deaths} died before it"] if figure.deaths else []
    said += [f"followed for a median of {_months_words(figure.followed)}"] if figure.followed is not None else []
    said += [median_words(figure.median, figure.units)] if figure.median is not None else []
    return f"{reported.group(figure.group)}: {people(figure)}; {', '.join(said)}"


def _months_words(days: float) -> str:
    return f"{rounded(days / DAYS_A_MONTH, 1)} months"


def _months(shown: "Shown", *, seen: bool) -> "Iterator[tuple[str, ...]]":
    figure = shown.figure
    if shown.withheld:
        return
    between: dict[int, BetweenVisits] = dict(enumerate(figure.between))
    for at, point in enumerate(figure.points):
        last = (_between(between.get(at), figure.units),) if seen else ()
        yield (
            months_words(point.month),
            WITHHELD if point.at_risk is None else str(point.at_risk),
            _share(point, figure.units),
            *last,
        )


def _share(point: "Point", of: int) -> str:
    if point.value is None:
        return point.why
    value = share_words(point.value, of)
    if point.interval:
        return f"{value} ({span(point.interval, of)})"
    return f"{value}, no interval: {point.why.removeprefix('no interval').strip() or 'it is not known'}"


def _between(found: "BetweenVisits | None", of: int) -> str:
    if found is None:
        return ""
    return between_words(found, of) or found.why


def _by_groups(figures: "Sequence[Shown]", reported: "Reported") -> tuple[tuple[str, ...], _Rows]:
    is_share = any(each.figure.share is not None for each in figures)
    head = SHARE if is_share else NUMBER
    rows = tuple(
        (
            reported.group(each.figure.group),
            *([each.withheld] + [""] * (len(head) - 2) if each.withheld else _cells(each.figure)),
        )
        for each in figures
    )
    return head, (("", rows),)


SHARE = ("Group", "Of", "Share (95% interval by Wilson)", "95% exact")
NUMBER = (
    "Group",
    "Of",
    "Mean (95% interval)",
    "Deviation",
    "Median (quartiles)",
    "Least to most",
    "Mean change (95% interval)",
)


def _cells(figure: "Estimated") -> list[str]:
    if figure.share is not None:
        share = figure.share
        return [
            people(figure),
            counted(share, figure.interval) if share.of else "of nobody can it be told",
            span(figure.exact, share.of),
        ]
    summary, change = figure.summary, figure.change
    if summary is None:
        return [people(figure), "of nobody is it known", "", "", "", ""]
    first, third = summary.quartiles
    range_words = (
        "not shown" if summary.least is None or summary.most is None else f"{summary.least:g} to {summary.most:g}"
    )
    moved = f"{change.mean:.1f}{_ends(change.interval)} of {change.pairs}" if change and change.mean is not None else ""
    return [people(figure), f"{summary.mean:.1f}{_ends(summary.interval)}", "" if summary.deviation is None else f"{summary.deviation:.1f}",
            f"{summary.median:g} ({first:g} to {third:g})", range_words, moved]  # fmt: skip


def _ends(interval: Interval | None) -> str:
    return f" ({interval.low:.1f} to {interval.high:.1f})" if interval else ""


def traits_table(reported: "Reported") -> Table:
    """Lay out Table 1: what each group was like at the start, with how many are missing."""
    groups = [reported.group(each) for each in reported.groups]
    head = ("At the start", "Everybody", *groups, "Standardised difference")
    by_words: dict[str, list[Trait]] = {}
    for trait in reported.traits:
        by_words.setdefault(trait.words, []).append(trait)
    laid = tuple((words, tuple(_trait_rows(traits, len(groups)))) for words, traits in by_words.items())
    caption = (
        f"Table 1. Episodes of the cut at their start{_by(reported)}. Denominators: those of whom it is known; missing are "
        f"counted beneath. Source: {reported.source}"
    )
    return Table(caption, head, laid)


def _trait_rows(traits: "Sequence[Trait]", groups: int) -> "Iterator[tuple[str, ...]]":
    for trait in traits:
        yield (
            trait.level or trait.words,
            trait.everybody.text,
            *(each.text for each in trait.groups),
            trait.difference,
        )
    missing = [each.text for each in traits[0].missing]
    if missing:
        lead = [""] * (groups + 1 - len(missing))  # where everybody's are not given
        yield ("missing", *lead, *missing, "")


def flow_table(reported: "Reported") -> Table:
    """Lay out the flow into the cut, with what is withheld."""
    rows = tuple(
        (f"{each.words}{' (out)' if each.is_out else ''}", WITHHELD if each.count is None else str(each.count))
        for each in reported.into_cut
    )
    caption = (
        "From the screened to the analysed. Counted: people and episodes as each line says; how many of them are analysed "
        f"differs by outcome, and stands under each. Source: {reported.source}"
    )
    return Table(caption, FLOW_HEAD, (("", rows),))


def facts_table(facts: Mapping[str, str]) -> Table:
    """Lay out what the cut says of itself."""
    return Table("The cut that every number here is of", ("What", "Which"), (("", tuple(facts.items())),))
