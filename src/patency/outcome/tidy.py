"""The numbers of a report as one CSV table: a row for each, with its definition, unit, group, denominators, method and source.

In: a Reported, out: text. The label is the first column of every row. Texts are written so that no spreadsheet runs them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from patency.outcome.markdown import cited
from patency.outcome.numbers import Number, numbers_of
from patency.outcome.reported import Outcome, Reported
from patency.outcome.words import count_words
from patency.table import numbers_text

_TRAITS = "Wilson's interval of those of whom it is known; or as the level says"
_NUMBERS = ("month", "value", "low", "high", "count", "denominator", "units", "patients")


class Line(NamedTuple):
    """One row; what does not apply is empty."""

    label: str
    part: str
    outcome: str
    definition: str
    group: str
    measure: str
    month: str
    value: str
    low: str
    high: str
    count: str  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    denominator: str
    units: str
    patients: str
    unit: str
    method: str
    source: str
    defined_by: str
    text: str


def to_csv(reported: Reported) -> str:
    """Lay out every number of a report as CSV."""
    return numbers_text(Line._fields, lines(reported), _NUMBERS)


def lines(reported: Reported) -> Iterator[Line]:
    """Yield a row for each number."""
    empty = Line(*[""] * len(Line._fields))._replace(label=reported.label, source=reported.source)
    yield from _flow(reported, empty)
    yield from _table_one(reported, empty)
    for outcome in reported.outcomes:
        yield from _outcome(reported, outcome, empty)


def _flow(reported: Reported, empty: Line) -> Iterator[Line]:
    for stage in reported.flow:
        yield empty._replace(
            part="flow", definition=stage.words, group="everybody", measure="leaves here" if stage.is_out else "stage",
            count=_written(stage.count), unit="entries, patients, episodes or limbs, as the stage says",
            denominator=_written(stage.count), method="counted", text=count_words(stage.count),
        )  # fmt: skip


def _table_one(reported: Reported, empty: Line) -> Iterator[Line]:
    for trait in reported.traits:
        for at, each in enumerate((trait.everybody, *trait.groups)):
            yield empty._replace(
                part="table 1", outcome=trait.words, definition=f"{trait.words}{': ' if trait.level else ''}{trait.level}",
                group=reported.group(["", *reported.groups][at]), measure=trait.level or "number", unit="episodes",
                denominator=f"not known of {trait.missing[at].text}", method=_TRAITS,
                text=each.text,
            )  # fmt: skip


def _outcome(reported: Reported, outcome: Outcome, empty: Line) -> Iterator[Line]:
    definition = outcome.definition
    told = empty._replace(part="outcome", outcome=definition.name, definition=definition.words,
                          defined_by="; ".join(cited(each, reported) for each in definition.citations))  # fmt: skip
    all_of = _written(outcome.counts.get(definition.unit.plural))
    for words, many in outcome.counts.items():
        yield told._replace(group="everybody", measure=words, count=_written(many), denominator=all_of,
                            unit=definition.unit.plural, method="counted", text=count_words(many))  # fmt: skip
    for shown in outcome.figures:
        named = told._replace(group=reported.group(shown.figure.group), unit=definition.unit.plural)
        for number in numbers_of(shown):
            yield _line(number, named, shown.figure.units, shown.figure.patients, bool(shown.withheld))


def _line(number: Number, named: Line, units: int, patients: int, is_withheld: bool) -> Line:  # of one row
    return named._replace(
        measure=number.measure, text=number.text, unit=number.unit or named.unit, method=number.method or "counted",
        month=_written(number.month), value=_written(number.value), low=_written(number.low), high=_written(number.high),
        count=_written(number.count), denominator=_written(number.of), units="" if is_withheld else str(units),
        patients="" if is_withheld else str(patients),
    )  # fmt: skip


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"
