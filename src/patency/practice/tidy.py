"""The numbers of a survey as one tidy CSV table: a row for each number, so that another program can take it up.

A Report goes in, bytes come out: UTF-8, commas, a line for each answer of each question with its count, denominator,
percentage and interval. The label of a survey is the first column of every row. Where a spreadsheet would take a text
for a formula, it is written so that it is read as text (table.py).
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from patency.percent import decimals, rounded
from patency.practice.methods import day
from patency.practice.report import NO_INTERVAL, Report
from patency.practice.tables import UNMAPPED, Crossed, Numbers, NumbersBy, Question, Row
from patency.share import Interval, Share
from patency.table import numbers_text

_NUMBERS = ("count", "denominator", "percent", "low", "high", "value")


class Line(NamedTuple):
    """One row of the table; what does not apply is empty."""

    label: str
    survey: str
    measure: str
    question: str
    asks: str
    answer: str
    words: str
    group: str
    count: str  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    denominator: str
    percent: str
    low: str
    high: str
    value: str
    unit: str
    note: str


def to_csv(report: Report) -> bytes:
    """Lay out every number of a report as CSV."""
    return numbers_text(Line._fields, _lines(report), _NUMBERS).encode()


def _lines(report: Report) -> Iterator[Line]:
    empty = Line(report.label, report.survey.id, *[""] * (len(Line._fields) - 2))
    for stage in report.stages:
        count = "" if stage.count is None else str(stage.count)
        yield empty._replace(measure="flow", words=stage.words, count=count, note=stage.note)
    for rate in report.tables.rates:
        of = rate.denominator or 0
        yield empty._replace(
            measure="rate", answer=rate.name, words=rate.words, count=_plain(rate.numerator), denominator=_plain(rate.denominator),
            percent="" if rate.value is None else rounded(100 * rate.value, decimals(of)),
            low=_end(rate.interval, 0, of), high=_end(rate.interval, 1, of), note=rate.why or ("" if rate.interval else NO_INTERVAL),
        )  # fmt: skip
    for question in report.tables.questions:
        yield from _question(question, empty._replace(question=question.item.name, asks=question.item.asks))
    for came in report.tables.strata:
        share = Share(came.analysed, came.invited)
        line = empty._replace(measure="analysed of invited", group=came.words)
        if came.analysed > came.invited:
            note = "more than were invited"
            yield line._replace(count=str(came.analysed), denominator=str(came.invited), note=note)
        else:
            yield _shared(share, share.interval, line)
    for crossed in report.tables.crossed:
        yield from _crossed(crossed, empty._replace(question=crossed.item.name, asks=crossed.item.asks))
    for by in report.tables.numbers_by:
        yield from _numbers_by(by, empty._replace(question=by.item.name, asks=by.item.asks))


def _question(question: Question, empty: Line) -> Iterator[Line]:
    if not question.is_mapped:
        yield empty._replace(measure="not mapped", note=UNMAPPED)
        return
    reach = question.reach
    reached = {"asked": reach.asked, "not asked": reach.not_asked, "cannot be told": reach.untold, "answered": reach.answered,
               **reach.absent, "blank": reach.blank, "answered though not asked": reach.contrary}  # fmt: skip
    for words, count in reached.items():
        yield empty._replace(measure="reach", words=words, count=str(count))
    for measure, rows in (
        ("answer", question.rows),
        ("counted as one", question.collapsed),
        ("selection", question.selections),
    ):
        for row in rows:
            yield from _row(row, empty._replace(measure=measure, answer=row.name, words=row.words))
    yield from _summary(question, empty)


def _row(row: Row, line: Line) -> Iterator[Line]:
    yield _shared(row.share, row.interval, line)
    if row.cumulative:
        yield _shared(row.cumulative, row.cumulative_interval, line._replace(measure="this or one before it"))
    if row.bounds:
        for end, share in zip(("least", "most"), row.bounds, strict=True):
            yield _shared(
                share, None, line._replace(measure=f"bound, {end}", note="of all invited; a bound has no interval")
            )
    if row.estimate:
        of = row.share.of
        yield _shared(row.share, row.estimate.interval, line)._replace(
            measure="estimate by the design",
            note="" if row.estimate.interval else "the design allows no interval",
            percent=rounded(100 * row.estimate.share, decimals(of)),
        )


def _shared(share: Share, interval: Interval | None, line: Line) -> Line:
    return line._replace(
        count=str(share.count), denominator=str(share.of), percent=_percent(share),
        low=_end(interval, 0, share.of), high=_end(interval, 1, share.of),
    )  # fmt: skip


def _percent(share: Share) -> str:
    return rounded(Fraction(100 * share.count, share.of), decimals(share.of)) if share.of else ""


def _summary(question: Question, empty: Line) -> Iterator[Line]:
    """List the summaries of numbers and days, and how far respondents differ."""
    numbers, days, spread = question.numbers, question.days, question.spread
    if numbers:
        yield from _numbers(numbers, empty._replace(measure="number"))
    if days:
        for words, when in (("earliest", days.earliest), ("median", days.median), ("latest", days.latest)):
            yield empty._replace(
                measure="day",
                words=words,
                denominator=str(days.n),
                value=when.isoformat() if when else "",
                note=day(when),
            )
    if spread:
        yield empty._replace(measure="variation", words="entropy of 1", denominator=str(question.reach.answered),
                             value=rounded(spread.entropy, 4))  # fmt: skip


def _crossed(crossed: Crossed, empty: Line) -> Iterator[Line]:
    if crossed.is_withheld:
        yield empty._replace(measure=f"by {crossed.by}", note=" ".join(crossed.warnings))
    for each in crossed.lines:
        line = empty._replace(measure=f"by {crossed.by}", answer=each.name, words=each.words)
        for group, shown in zip(crossed.groups, each.cells, strict=True):
            yield _shared(shown.share, shown.interval, line._replace(group=group.words))


def _numbers_by(by: NumbersBy, empty: Line) -> Iterator[Line]:
    line = empty._replace(measure=f"by {by.by}")
    if by.is_withheld:
        yield line._replace(note=" ".join(by.warnings))
    for group, numbers in zip(by.groups, by.numbers, strict=True):
        yield from _numbers(numbers, line._replace(group=group.words))


def _numbers(numbers: Numbers, line: Line) -> Iterator[Line]:
    named = {"least": numbers.least, "lower quartile": numbers.lower_quartile, "median": numbers.median,
             "upper quartile": numbers.upper_quartile, "most": numbers.most, "mean": numbers.mean,
             "standard deviation": numbers.standard_deviation}  # fmt: skip
    for words, number in named.items():
        yield line._replace(words=words, denominator=str(numbers.n), value=_plain(number), unit=numbers.unit)


def _end(interval: Interval | None, which: int, of: float) -> str:
    return "" if interval is None else rounded(100 * interval[which], decimals(of))


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
