"""The tables of a survey as plain text, for a terminal.

Tables go in, text comes out. No percentage stands without its count, its denominator and its interval; what is withheld
says so. Where the answers are not real responses the label stands above everything.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patency.answer import unit_words
from patency.fault import listed
from patency.instrument.model import ItemKind
from patency.percent import counted, percent, ratio, span
from patency.practice.methods import day
from patency.practice.part import figures_of
from patency.practice.rates import Rate, untold
from patency.practice.tables import (
    UNMAPPED,
    Compared,
    Crossed,
    Line,
    Numbers,
    NumbersBy,
    Question,
    Reach,
    Row,
    Tables,
    Test,
)
from patency.practice.tests_of_difference import p_figures
from patency.table import counted as counted_rows

if TYPE_CHECKING:
    from patency.practice.report import Rows


def to_text(tables: Tables, rows: "Rows | None" = None) -> str:
    """Lay out what became of the rows of the file, where there was one, and all tables, one question after another."""
    return "\n".join(line.rstrip() for line in _lines(tables, rows)) + "\n"


def rows_text(rows: "Rows") -> Iterator[str]:
    """Say how many rows were read, kept, refused and set aside in part, and why."""
    refused = sum(rows.refused.values())
    yield f"{counted_rows(rows.read, 'row')} in, {rows.read - refused} kept, {refused} refused"
    yield from (f"  {count} refused: {reason}" for reason, count in rows.refused.items())
    yield from (f"  {count} set aside: {reason}" for reason, count in rows.set_aside.items())
    yield from (f"! {note}" for note in rows.notes)


def _lines(tables: Tables, rows: "Rows | None") -> Iterator[str]:
    survey = tables.survey
    yield survey.title if survey else tables.instrument.title
    if tables.label:
        yield f"*** {tables.label.strip()} ***"
    if rows:
        yield from rows_text(rows)
    yield f"{tables.analysed} analysed, of {tables.kept} responses kept; {tables.not_complete} not complete"
    yield tables.design
    for warning in tables.warnings:
        yield f"! {warning}"
    for came in tables.strata:
        yield f"{came.words}: {came.analysed} analysed of {came.invited} invited"
    for question in tables.questions:
        yield ""
        yield from _question(question, survey.frame.invited if survey else None)
    for crossed in tables.crossed:
        yield ""
        yield from _crossed(crossed)
    for by in tables.numbers_by:
        yield ""
        yield from _numbers_by(by)
    for each in tables.compared:
        yield ""
        yield _compared(each)
    if tables.rates:
        yield ""
        yield from (_rate(rate) for rate in tables.rates if rate.value is not None)
        names, why = untold(tables.rates)
        if names:
            yield f"not defined: {listed(names, 'and')}; {why}"


def _question(question: Question, invited: int | None) -> Iterator[str]:
    yield f"{question.item.name}: {question.item.asks}"
    if not question.is_mapped:
        yield f"  ! {UNMAPPED}"
        return
    yield f"  {_reach(question.reach)}"
    is_multiple = question.item.kind is ItemKind.MULTIPLE
    for row in (*question.rows, *question.collapsed):
        yield from _row(row, invited)
    if is_multiple and question.selections:
        yield "  of all that was ticked:"
        yield from (f"    {row.words}: {counted(row.share, row.interval)}" for row in question.selections)
    if question.numbers:
        yield from _numbers(question.numbers)
    if question.days and question.days.n:
        days = question.days
        yield f"  {days.n} days: {day(days.earliest)} to {day(days.latest)}, median {day(days.median)}"
    if question.spread:
        spread = question.spread
        words = {row.name: row.words for row in question.rows}
        modal = listed([words.get(name, name) for name in spread.modal], "and")
        yield f"  variation {spread.entropy:.2f} of 1; most often: {modal}, {counted(spread.modal_share, spread.modal_interval)}"
    yield from (f"  ! {warning}" for warning in question.warnings)


def _reach(reach: Reach) -> str:
    said = [f"asked {reach.asked}", f"answered {reach.answered}"]
    said += [f"{reason} {count}" for reason, count in reach.absent.items()]
    said += [f"blank {reach.blank}"] if reach.blank else []
    said += [f"not asked {reach.not_asked}"] if reach.not_asked else []
    said += [f"cannot be told whether asked {reach.untold}"] if reach.untold else []
    return ", ".join(said)


def _row(row: Row, invited: int | None) -> Iterator[str]:
    yield f"  {row.words}: {counted(row.share, row.interval)}"
    if row.cumulative and row.cumulative.count != row.share.count:
        yield f"    this or one before it: {counted(row.cumulative, row.cumulative_interval)}"
    if row.bounds:
        least, most = row.bounds
        whom = f"all {least.of} invited" if least.of == invited else f"the {least.of} invited whom it may concern"
        yield f"    of {whom}: at worst {least.count} to {most.count}, {percent(least)} to {percent(most)}"
    if row.estimate:
        interval = span(row.estimate.interval, row.share.of) or "no interval can be given"
        yield f"    estimated by the design: {ratio(row.estimate.share, 1)} ({interval})"


def _numbers(numbers: Numbers) -> Iterator[str]:
    if not numbers.n:
        return
    unit = "" if numbers.unit in ("", "1") else f" {unit_words(numbers.unit)}"
    median = None if numbers.median is None else figures_of(numbers.median)
    quartiles = (
        ""
        if numbers.lower_quartile is None
        else f", quartiles {numbers.lower_quartile:g} and {numbers.upper_quartile:g}"
    )
    yield f"  {numbers.n} numbers: median {median}{unit}{quartiles}"
    if numbers.mean is None:
        return
    deviation = "" if numbers.standard_deviation is None else f", standard deviation {numbers.standard_deviation:.4g}"
    ends = "" if numbers.least is None else f"; {numbers.least:g} to {numbers.most:g}"
    yield f"    mean {numbers.mean:.4g}{deviation}{ends}"
    estimate = numbers.mean_estimate
    if estimate:
        ends = "" if estimate.interval is None else f" ({estimate.interval.low:.4g} to {estimate.interval.high:.4g})"
        yield f"    estimated by the design: mean {estimate.mean:.4g}{ends or ', no interval can be given'}"


def _crossed(crossed: Crossed) -> Iterator[str]:
    yield f"{crossed.item.name}, by {crossed.by}: {crossed.item.asks}"
    tests = crossed.line_tests or (None,) * len(crossed.lines)
    for line, test in zip(crossed.lines, tests, strict=True):
        yield from _line(line, crossed, test)
    if crossed.test:
        yield f"  {_test(crossed.test)}"
    yield from (f"  ! {warning}" for warning in crossed.warnings)


def _line(line: Line, crossed: Crossed, test: Test | None) -> Iterator[str]:
    yield f"  {line.words}: {counted(line.total, line.interval)}"
    for group, cell in zip(crossed.groups, line.cells, strict=True):
        yield f"    {group.words}: {counted(cell.share, cell.interval)}"
    if test:
        yield f"    {_test(test)}"


def _test(test: Test) -> str:
    if test.p is None:
        return f"no test: {test.why}"
    shown = "p < 0.0001" if test.p < 0.0001 else f"p = {p_figures(test.p, 4)}"
    return f"{test.name}: {shown}{f' ({test.why})' if test.why else ''}"


def _numbers_by(by: NumbersBy) -> Iterator[str]:
    yield f"{by.item.name}, by {by.by}: {by.item.asks}"
    for group, numbers in zip(by.groups, by.numbers, strict=False):
        yield f"  {group.words}"
        yield from (f"  {line}" for line in _numbers(numbers))
    if by.test:
        yield f"  {_test(by.test)}"
    yield from (f"  ! {warning}" for warning in by.warnings)


def _compared(each: Compared) -> str:
    said = f"variation in {each.first} less that in {each.second}"
    if each.n is None:
        return f"{said}: {each.why}"
    said += f", of {each.n} who answered both: "
    if each.difference is None:
        return f"{said}not told; {each.why}"
    ends = "" if each.interval is None else f" ({each.interval.low:+.2f} to {each.interval.high:+.2f}, approximate)"
    return f"{said}{each.difference:+.2f}{ends or f'; {each.why}'}"


def _rate(rate: Rate) -> str:
    assert rate.numerator is not None, "a rate that has a value is made of numbers"
    assert rate.denominator is not None, "a rate that has a value is made of numbers"
    ends = span(rate.interval, rate.denominator)
    said = f"{rate.numerator:g} of {rate.denominator:g}, {ratio(rate.numerator, rate.denominator)}"
    return f"{rate.name} {rate.formula}: {said} ({ends or 'no interval: a number is assumed'}); {rate.words}"
