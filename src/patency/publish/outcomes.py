"""The report of outcomes as one page: self-contained, printable, with its figures drawn in it.

A Reported and a Press go in, bytes come out. The page brings its style along and asks for nothing from anywhere. What the
cut says of itself stands at its head and foot, in each figure, and on paper on every sheet. Under each figure and table
stand the definition, the denominators, the method and the source; so they do under each figure that leaves as a file.

Not here: what is reported (outcome/report.py), how a figure is drawn (curve.py), what the tables say (outcome_tables.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from patency.consult.html import HOUSE
from patency.outcome.words import AT_START, NOT_BECAUSE
from patency.publish.curve import curves, parted
from patency.publish.figure import STYLE, Step, alone, flow
from patency.publish.outcome_tables import (
    STARS,
    caption_of,
    facts_table,
    flow_table,
    source_of,
    table_of,
    traits_table,
)
from patency.publish.press import Page, Press
from patency.source import Citation, Mark, Source

if TYPE_CHECKING:
    from patency.outcome.few import Shown
    from patency.outcome.reported import Outcome, Reported

_OWN = Path(__file__).parent
CURVES = _OWN / "curve.css"


class Reference(NamedTuple):
    """A source with the number by which it is cited, and the passages cited."""

    number: int
    source: Source
    passages: tuple[Citation, ...]


def page(reported: "Reported", press: Press) -> bytes:
    """Lay out a report of outcomes as a page."""
    references = _references(reported, {**press.library.sources, **reported.references})
    numbers = {each.source.id: each.number for each in references}
    given = {
        "reported": reported,
        "banner": reported.label.strip(STARS),
        "house": _style(),
        "flow": _flow(reported),
        "flow_words": _flow_words(reported),
        "flow_table": flow_table(reported),
        "facts": facts_table(reported.cut),
        "traits": traits_table(reported) if reported.traits else None,
        "source": source_of(reported),
        "not_because": NOT_BECAUSE,
        "at_start": AT_START,
        "families": [
            (family, list(found)) for family, found in groupby(reported.outcomes, lambda each: each.definition.family)
        ],
        "caption": lambda outcome: caption_of(outcome, reported),
        "drawn": lambda outcome: parted(*_said(outcome, reported)),
        "table": lambda outcome: table_of(outcome, reported),
        "references": references,
        "refs": lambda citations: [(numbers[each.source], each) for each in citations if each.source in numbers],
        "is_doubtful": lambda citation: citation.mark is Mark.UNVERIFIED,
    }
    return press.printed(Page("outcomes.html", "outcomes", given))


def figures(reported: "Reported") -> Mapping[str, bytes]:
    """Return each outcome's figure as an SVG file, by its definition's name; what cannot be drawn is not there."""
    found = {}
    for outcome in reported.outcomes:
        if drawn := curves(*_said(outcome, reported)):
            under = caption_of(outcome, reported).lines
            found[outcome.definition.name] = alone(drawn, "", under, CURVES).encode()
    if stages := _flow(reported):
        found["flow"] = alone(
            stages, reported.label.strip(STARS), (*_flow_words(reported), source_of(reported)), CURVES
        ).encode()
    return found


@cache
def _style() -> str:
    """Return the style that the page brings along, which the template takes as it is."""
    return "\n".join(
        path.read_text(encoding="utf-8") for path in (STYLE, CURVES, HOUSE, _OWN / "survey.css", _OWN / "outcomes.css")
    )


def _said(outcome: "Outcome", reported: "Reported") -> tuple["Sequence[Shown]", Mapping[str, str], str, str, str, str]:
    """Return what a drawing of an outcome is made of."""
    says = " ".join(caption_of(outcome, reported).lines)
    name, title = f"figure-{outcome.definition.name}", outcome.definition.title
    return outcome.figures, reported.group_words, name, title, says, reported.label.strip(STARS)


def _flow(reported: "Reported") -> Markup:
    steps = [Step(stage.words, stage.count, stage.is_out) for stage in reported.into_cut if stage.count is not None]
    if not steps:
        return Markup("")
    said = "; ".join(f"{step.words}: {step.count}" for step in steps)
    return flow(
        steps,
        "figure-flow",
        "From the screened to the analysed",
        " ".join((*_flow_words(reported), said, source_of(reported))),
    )


def _flow_words(reported: "Reported") -> tuple[str, str]:
    hidden = sum(stage.count is None for stage in reported.into_cut)
    told = f" Withheld, for they tell of too few: {hidden}." if hidden else ""
    return (
        "Definition. Each bar is as long as its count; whoever is out, hatched, goes no further.",
        f"Denominators. Each line is of the line before it.{told}",
    )


def _references(reported: "Reported", sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    cited = (*(each for outcome in reported.outcomes for each in outcome.definition.citations), *reported.sources)
    return tuple(
        Reference(number, sources[name], tuple(passages))
        for number, (name, passages) in enumerate(_by_source(cited, sources).items(), 1)
    )


def _by_source(cited: Iterable[Citation], sources: Mapping[str, Source]) -> dict[str, dict[Citation, None]]:
    passages: dict[str, dict[Citation, None]] = {}
    for citation in cited:
        if citation.source in sources:
            passages.setdefault(citation.source, {})[citation] = None
    return passages
