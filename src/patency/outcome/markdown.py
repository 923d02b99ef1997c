"""A report of outcomes as Markdown, for a manuscript or a repository.

In: a Reported, out: text. The label stands at the head, over each outcome and at the foot, so that no part is copied without it.
"""

from collections.abc import Iterator, Sequence

from patency.outcome.few import Shown
from patency.outcome.numbers import numbers_of
from patency.outcome.reported import Outcome, Reported
from patency.outcome.words import count_words
from patency.practice.markdown import escaped
from patency.source import Citation

_STROBE = "Items in Patency's own words (von Elm and others 2007); the authors answer for them."


def to_markdown(reported: Reported) -> str:
    """Lay a report out as Markdown."""
    return "\n".join(_lines(reported)).rstrip() + "\n"


def _lines(reported: Reported) -> Iterator[str]:
    yield from _label(reported)
    yield from (f"# {escaped(reported.title)}", "")
    yield from (*(f"- {escaped(name)}: {escaped(value)}" for name, value in reported.cut.items() if value), "")
    yield from ("## Flow of patients", "", f"Source: {escaped(reported.source)}.", "")
    stages = [(("− " if each.is_out else "") + each.words, count_words(each.count)) for each in reported.flow]
    yield from _table(("stage", "number"), stages)
    yield from _table_one(reported)
    for outcome in reported.outcomes:
        yield from _outcome(outcome, reported)
    yield from ("## Methods", "")
    for paragraph in reported.methods:
        yield from (escaped(paragraph), "")
    yield from ("## STROBE", "", _STROBE, "")
    yield from _table(("item", "asks", "answer"), reported.strobe)
    yield from ("## Sources", "")
    yield from (*(f"- {escaped(cited(each, reported))}" for each in reported.sources), "")
    yield from _label(reported)


def _label(reported: Reported) -> Iterator[str]:
    yield from (f"> **{escaped(reported.label)}**", "") if reported.label else ()


def cited(citation: Citation, reported: Reported) -> str:
    """Write a citation with its source, its passage and how it was verified."""
    source = reported.references.get(citation.source)
    return f"{source.words if source else citation.source} ({citation.at}: {citation.mark.words})"


def _table_one(reported: Reported) -> Iterator[str]:
    yield from ("## Table 1: patients at the start", "")
    yield from _label(reported)
    says = "Shares are of the episodes of which the trait is known, with Wilson's interval; how many it is not known of stands beside."
    yield from (f"{says} Groups: {escaped(reported.by or 'none')}. Source: {escaped(reported.source)}.", "")
    names = [reported.group(name) for name in reported.groups]
    missing = ["not known: everybody", *(f"not known: {name}" for name in names)]
    rows = [
        (
            each.words,
            each.level,
            each.everybody.text,
            *(cell.text for cell in each.groups),
            *(cell.text for cell in each.missing),
            each.difference,
        )
        for each in reported.traits
    ]
    yield from _table(("trait", "level", "everybody", *names, *missing, "largest standardised difference"), rows)


def _outcome(outcome: Outcome, reported: Reported) -> Iterator[str]:
    yield from (f"## {escaped(outcome.definition.title)}", "")
    yield from _label(reported)
    yield from (f"Definition `{outcome.definition.name}`: {escaped(outcome.definition.words)}", "")
    sources = "; ".join(cited(each, reported) for each in outcome.definition.citations)
    yield from (f"Defined by: {escaped(sources)}. Counted from: {escaped(reported.source)}.", "")
    yield from (
        *(f"- {escaped(words)}: {count_words(many)}" for words, many in outcome.counts.items()),
        "",
    )
    yield from _table(
        ("group", "measure", "figure"), [row for each in outcome.figures for row in _rows(each, reported)]
    )
    methods = dict.fromkeys(each.figure.method for each in outcome.figures if each.figure.method and not each.withheld)
    yield from (f"Method: {escaped('; '.join(methods))}.", "") if methods else ()
    yield from (*(f"- {escaped(note)}" for note in outcome.notes), "")


def _rows(each: Shown, reported: Reported) -> Iterator[tuple[str, str, str]]:
    for number in numbers_of(each):
        yield reported.group(each.figure.group), number.measure, number.text


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(escaped(each) for each in head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(escaped(each) for each in row) + " |"
    yield ""
