"""The guidelines side by side for the library's stated patients: one table to a decision, one row to a patient and option."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from patency.consult.beside import sign
from patency.consult.page import Consult, consult, heard_words
from patency.guideline.compare import Comparison, Heard
from patency.guideline.model import Decision, Guideline, Library
from patency.source import Citation
from patency.truth import Truth


class Table(NamedTuple):
    """One decision: the guidelines that speak on it for any of the patients, and the comparison for each patient."""

    decision: Decision
    columns: tuple[Guideline, ...]
    patients: tuple[tuple[Consult, Comparison], ...]


def consults(library: Library) -> tuple[Consult, ...]:
    """Lay out the page of each stated patient."""
    return tuple(consult(library, patient) for patient in library.patients)


def tables(library: Library, pages: Sequence[Consult]) -> tuple[Table, ...]:
    """Lay the stated patients under one another, decision by decision, where a guideline says something that holds."""
    laid = []
    for number, decision in enumerate(library.decisions.values()):
        rows = [(page, _holding(page.comparisons[number])) for page in pages]
        kept = tuple((page, comparison) for page, comparison in rows if comparison.rows)
        speaking = Counter(advice.guideline.id for _, comparison in kept for advice in comparison.columns)
        columns = tuple(library.guidelines[name] for name, _ in speaking.most_common())  # who speaks most stands first
        if kept:
            laid.append(Table(decision, columns, kept))
    return tuple(laid)


def _holding(comparison: Comparison) -> Comparison:
    """Keep the columns and rows in which something holds for this patient, not those that cannot be told yet."""
    columns = tuple(
        advice for advice in comparison.columns
        if any(holds_in(row.cells.get(advice.guideline.id, ())) for row in comparison.rows)
    )  # fmt: skip
    rows = tuple(row for row in comparison.rows if any(holds_in(cell) for cell in row.cells.values()))
    return comparison._replace(columns=columns, rows=rows)


def holds_in(cell: Sequence[Heard]) -> tuple[Heard, ...]:
    """Return what holds of a cell."""
    return tuple(heard for heard in cell if heard.holds is Truth.YES)


class Said(NamedTuple):
    """What stands in a cell of the table: a sign, the source's own grade in few words, and where that stands."""

    sign: str
    words: str
    is_group: bool
    citations: tuple[Citation, ...]


def said_in(cell: Sequence[Heard], library: Library) -> tuple[Said, ...]:
    """Say what holds of a cell, as short as a wide table allows, each thing once."""
    said: dict[tuple[str, str], Said] = {}
    for heard in holds_in(cell):
        key = sign(heard), _words(heard, library)
        before = said[key].citations if key in said else ()
        said[key] = Said(*key, heard.group is not None, (*before, *heard.opinion.citations))
    return tuple(said.values())


def _words(heard: Heard, library: Library) -> str:
    if heard.group is not None:
        return "rated as a group"
    opinion = heard.opinion
    return heard_words(heard._replace(opinion=opinion._replace(note=opinion.narrowing)), library)
