"""The report of a survey as Markdown: the same words and tables as the page, for a repository or a manuscript.

A Report goes in, text comes out. Figures are files beside it, whose names are given; where a survey is labelled, the
label stands at the head and before every section, so that no part is copied without it.
"""

import re
from collections.abc import Iterator, Mapping

from patency.fault import CONTROL
from patency.practice.methods import Said
from patency.practice.part import Part, Table
from patency.practice.report import Report, is_doubtful

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")


def to_markdown(report: Report, figures: Mapping[str, str] | None = None) -> str:
    """Lay out a report as Markdown; `figures` are the files of the questions' figures by the questions' names."""
    return "\n".join(_lines(report, figures or {})).rstrip() + "\n"


def _lines(report: Report, figures: Mapping[str, str]) -> Iterator[str]:
    survey = report.survey
    yield from (f"# {escaped(survey.title)}", "")
    yield from (f"> **{escaped(report.label)}**", "") if report.label else ()
    yield from (
        f"{escaped(survey.short)} · {escaped(survey.instrument.title)}, {escaped(survey.instrument.version)}",
        "",
    )
    yield from _warnings(report.warnings)
    yield from _heading("How it was done", report)
    for said in report.methods:
        yield _said(said, report)
    yield ""
    yield from _heading("From the invited to the analysed", report)
    yield from _table(report.flow)
    yield from _table(report.refused)
    yield from _table(report.strata)
    yield from _heading("Response rates", report)
    yield from (_said(report.rates_said, report), "")
    yield from _table(report.rates)
    if report.variation:
        yield from _heading("Where respondents differ", report)
        yield from _table(report.variation)
    for section in report.sections:
        yield from _heading(section.title or "Questions", report)
        for part in section.parts:
            yield from _part(part, report, figures.get(part.item.name, ""))
    if report.crossed:
        yield from _heading("By groups", report)
        for table, remarks in report.crossed:
            yield from _table(table)
            yield from _warnings(remarks)
    if report.notes:
        yield from _heading("Notes on the questionnaire", report)
        yield from (*(f"- {_said(each, report)}" for each in report.notes), "")
    yield from _heading("What is not shown", report)
    yield from (*(escaped(each) for each in report.hidden), "")
    yield from _heading("Checklist", report)
    yield from (_said(report.checklist_said, report), "")
    yield from _table(report.checklist)
    yield from _heading("Sources", report)
    for reference in report.references:
        passages = "; ".join(
            f"{each.at}: {each.mark.words}" if each.at else each.mark.words for each in reference.passages
        )
        yield f"{reference.number}. {escaped(reference.source.words)} {escaped(passages)}"
    yield from ("", escaped(report.versions))


def escaped(text: str) -> str:
    """Write a text so that Markdown takes it for text, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(CONTROL.sub("�", text).split()))


def _label(report: Report) -> Iterator[str]:
    if report.label:
        yield from (f"> **{escaped(report.banner)}**", "")


def _heading(title: str, report: Report) -> Iterator[str]:
    yield from (f"## {escaped(title)}", "")
    yield from _label(report)


def _said(said: Said, report: Report) -> str:
    numbers = [f"\\[{report.number(each)}{' unverified' if is_doubtful(each) else ''}\\]" for each in said.citations]
    return " ".join([escaped(said.text), *dict.fromkeys(numbers)])


def _warnings(warnings: tuple[str, ...]) -> Iterator[str]:
    yield from (f"- {escaped(warning)}" for warning in warnings)
    if warnings:
        yield ""


def _part(part: Part, report: Report, figure: str) -> Iterator[str]:
    yield from (f"### {part.number}. {_said(Said(part.item.asks, part.citations), report)}", "")
    yield from (f"{escaped(part.kind.capitalize())}. {escaped(part.who)} {escaped(part.reached)}", "")
    if part.item.help:
        yield from (escaped(part.item.help), "")
    if figure:
        yield from (f"![{escaped(part.says)}]({figure})", "")
    for table in part.tables:
        yield from _table(table)
    yield from _warnings(part.remarks)


def _table(table: Table | None) -> Iterator[str]:
    if table is None:
        return
    yield from (f"{escaped(table.caption)}:", "")
    if not table.groups:
        return
    yield _row([escaped(each) for each in table.head])
    yield _row(["---"] * len(table.head))
    for title, rows in table.groups:
        if title:
            yield _row([f"**{escaped(title)}**", *[""] * (len(table.head) - 1)])
        for cells in rows:
            yield _row([escaped(each) for each in cells])
    yield ""


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
