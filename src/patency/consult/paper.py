"""What fits on two sheets of paper.

What one acts on comes first and is never cut. What surrounds it follows: of the key statements that
apply now, as many under each heading as there is room for, in the same proportion; the rest is counted
and stays on screen. Room is reckoned in letters, on the shorter of A4 and Letter; a test prints every
example in a browser.
"""

from patency.consult.beside import Conditions, by_side, cells
from patency.consult.page import Consult, Shown, ShownSection, ShownSheet, is_named
from patency.fault import Place
from patency.guideline.model import SheetKind
from patency.truth import Truth

LINES = 316  # of a column, three columns to a sheet and two sheets, less margins, headings and sources
LETTERS = 48  # in a line of a column
_KINDS = tuple(kind for kind in SheetKind if kind not in (SheetKind.ALERT, SheetKind.CONTRAINDICATIONS))


class Paper:
    """The statements that are printed; all others are on screen alone."""

    def __init__(self, consult: Consult) -> None:
        self.consult = consult
        self._printed: set[Place] = set()
        applying = {kind: [shown for sheet in consult.of_kind(kind) for shown in _applying(sheet)] for kind in _KINDS}
        wanted = {kind: sum(_lines(shown) for shown in found) for kind, found in applying.items()}
        room = LINES - _lines_of_first(consult) - _lines_of_later(consult)
        share = max(0.0, min(1.0, room / max(sum(wanted.values()), 1)))
        for kind, found in applying.items():
            left = wanted[kind] * share
            for shown in found:
                left -= _lines(shown)
                if left >= 0:
                    self._printed.add(shown.statement.place)

    def has(self, shown: Shown) -> bool:
        """Whether a statement is printed."""
        return shown.statement.place in self._printed

    def has_section(self, section: ShownSection) -> bool:
        """Whether anything of a section is printed."""
        return any(self.has(shown) for shown in section.statements)

    def has_sheet(self, sheet: ShownSheet) -> bool:
        """Whether anything of a sheet is printed."""
        return any(self.has_section(section) for section in sheet.sections)

    def left_out(self, kind: SheetKind) -> str:
        """Say how many statements of a kind are on screen alone, and of which sections nothing is printed."""
        sections = [section for sheet in self.consult.of_kind(kind) for section in sheet.sections]
        count = sum(1 for section in sections for shown in section.statements if not self.has(shown))
        unprinted = [section.section.title for section in sections if not self.has_section(section)]
        if not count:
            return ""
        named = f", with all of: {'; '.join(unprinted)}" if unprinted else ""
        return f"{count} more on screen{named}."


def _applying(sheet: ShownSheet) -> list[Shown]:
    """List the key statements of a sheet that apply now, not those that would if something turned out so."""
    return [
        shown
        for section in sheet.sections
        if sheet.truth is Truth.YES and section.truth is Truth.YES
        for shown in section.statements
        if shown.statement.is_key and shown.truth is Truth.YES
    ]


def _lines(shown: Shown) -> int:
    return 1 + (len(shown.statement.text) + 8 * len(shown.statement.citations)) // LETTERS


def _lines_of_first(consult: Consult) -> int:
    """Reckon what the first decision, the questions and the cautions take."""
    first = consult.first
    conditions = Conditions(first, consult.known, consult.library)
    letters = sum(len(words) for words in (*first.agreements, *first.differences, *conditions.letters))
    letters += sum(len(reason.text) for _, reason in first.reasons)
    for row in first.rows:
        for cell in cells(row, first.columns, consult.library):
            letters += sum(len(cell.advice.guideline.short) + len(said.words) + 14 for said in cell.own)
    for shown in consult.alerts:
        letters += len(shown.statement.text) if shown.truth is Truth.YES else len(shown.condition)
    for sheet in consult.of_kind(SheetKind.CONTRAINDICATIONS):
        letters += 50
        for section in sheet.sections:
            named = section.of(Truth.YES) + (
                section.of(Truth.UNKNOWN) if is_named(sheet, section, Truth.UNKNOWN) else ()
            )
            letters += sum(
                len(shown.statement.text) + sum(len(each.text) for each in shown.statement.but) for shown in named
            )
    letters += sum(len(question.asks) for question in consult.questions)
    return letters // LETTERS


def _lines_of_later(consult: Consult) -> int:
    """Reckon what the later decisions take."""
    taken = 0
    for comparison in consult.later:
        taken += 3
        for _, option, said in by_side(comparison, consult.library):
            letters = len(option.brief) + sum(
                len(advice.guideline.short) + len(each.words) + 10 for advice, each in said
            )
            taken += 1 + letters // LETTERS
    return taken
