"""Alerts, cautions and plans as they stand to one case: which statements apply, may apply, or do not.

In: a Sheet of the library and a Case. Out: a ShownSheet, with the conditions that are still open in words.
"""

from collections.abc import Iterable
from typing import NamedTuple

from patency.case import Case
from patency.guideline.model import Section, Sheet, SheetKind, Statement
from patency.language.evaluate import evaluate, open_part
from patency.language.terms import All, Term
from patency.language.words import to_words
from patency.truth import Truth
from patency.vocabulary import Vocabulary

STATES = {Truth.YES: "present", Truth.UNKNOWN: "not known", Truth.NO: "absent"}


class Shown(NamedTuple):
    """A statement for this case: whether it applies, and its condition in words where that is still open."""

    statement: Statement
    truth: Truth
    condition: str


class ShownSection(NamedTuple):
    """A section for this case, without the statements that do not apply (a list of cautions keeps them)."""

    section: Section
    truth: Truth
    condition: str
    statements: tuple[Shown, ...]

    def of(self, truth: Truth) -> tuple[Shown, ...]:
        """Return the statements of one truth."""
        return tuple(each for each in self.statements if each.truth is truth)


class ShownSheet(NamedTuple):
    """A sheet for this case."""

    sheet: Sheet
    truth: Truth
    condition: str
    sections: tuple[ShownSection, ...]

    def tally(self, truth: Truth) -> int:
        """Count the statements of one truth."""
        return sum(len(section.of(truth)) for section in self.sections)

    @property
    def counted(self) -> str:
        """Say how many statements are present, not known and absent."""
        counts = [(self.tally(truth), words) for truth, words in STATES.items()]
        return ", ".join(f"{count or 'none'} {words}" for count, words in counts if count or words == "present")


def _truth_of(term: Term | None, case: Case) -> Truth:
    return Truth.YES if term is None else evaluate(term, case)


def _open_words(term: Term | None, truth: Truth, case: Case, vocabulary: Vocabulary) -> str:
    return to_words(open_part(term, case), vocabulary) if term is not None and truth is Truth.UNKNOWN else ""


def shown_sheet(sheet: Sheet, case: Case, vocabulary: Vocabulary) -> ShownSheet:
    """Return a sheet as it stands to a case."""
    truth = _truth_of(sheet.when, case)
    sections: list[ShownSection] = []
    is_past = sheet.unless is not None and evaluate(sheet.unless, case) is Truth.YES
    if truth is not Truth.NO and not is_past:
        shown = (_shown_section(section, sheet.kind, case, vocabulary) for section in sheet.sections)
        sections = [section for section in shown if section.truth is not Truth.NO and section.statements]
    return ShownSheet(sheet, truth, _open_words(sheet.when, truth, case, vocabulary), tuple(sections))


def _shown_section(section: Section, kind: SheetKind, case: Case, vocabulary: Vocabulary) -> ShownSection:
    truth = _truth_of(section.when, case)
    is_list = kind is SheetKind.CONTRAINDICATIONS
    statements = []
    if truth is not Truth.NO:
        for statement in section.statements:
            # An item of a list is present only where its section applies too; elsewhere the section says its own "if".
            term = statement.when
            if is_list and section.when is not None and term is not None:
                term = All((section.when, term))
            applies = _truth_of(term, case)
            if applies is not Truth.NO or is_list:
                statements.append(Shown(statement, applies, _open_words(term, applies, case, vocabulary)))
    return ShownSection(section, truth, _open_words(section.when, truth, case, vocabulary), tuple(statements))


def alerts_of(sheets: Iterable[ShownSheet]) -> list[Shown]:
    """List the alerts that stand or may stand, in the order in which they were written."""
    return [
        shown
        for sheet in sheets
        if sheet.sheet.kind is SheetKind.ALERT
        for section in sheet.sections
        for shown in section.statements
    ]


def is_named(sheet: ShownSheet, section: ShownSection, truth: Truth) -> bool:
    """Say whether the short page names the items of a list: the absolute ones that nobody has looked for."""
    is_applying = sheet.truth is Truth.YES and section.truth is Truth.YES
    return truth is Truth.UNKNOWN and section.section.strength == "absolute" and is_applying
