"""The consult as one HTML file: printable on A4 and Letter, with no script, font or picture from elsewhere.

The short page is what one sees and prints; what else there is folds out on screen.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import patency
from patency.answer import day_words
from patency.consult.beside import (
    MOST_COLUMNS,
    SIGNS,
    STANDS,
    Cell,
    Conditions,
    Said,
    by_side,
    cells,
    grouped,
    open_count,
    shared_columns,
    sign,
)
from patency.consult.outcomes import rows_with_outcomes
from patency.consult.page import Consult, References
from patency.consult.paper import MOST_PRINTED, MOST_PRINTED_QUESTIONS, Paper
from patency.consult.peers import rows_with_peers
from patency.consult.said import LEGEND, MARKS, SHORT_LEGEND, source_words, summary
from patency.consult.said_by_outcomes import words_for_pages
from patency.consult.said_by_peers import (
    HEADING,
    LABEL,
    answer_words,
    asked_words,
    brief_share,
    dated,
    legend,
    remarks,
    surveys_of,
)
from patency.consult.sheets import STATES, Shown, ShownSheet, is_named
from patency.consult.text import HOLDS, NO_MATCH, NOBODY, facts, reviewed_words
from patency.guideline.advise import Advice
from patency.guideline.compare import OPEN, Comparison, Heard, Row
from patency.guideline.model import WATCH, Option, SheetKind, Stance
from patency.language.evaluate import explain
from patency.language.words import to_words
from patency.practice.published import of_words, percent_words
from patency.source import Citation, Mark
from patency.truth import Truth

HERE = Path(__file__).parent
HOUSE = HERE / "house.css"  # the look that every page of Patency has, the consult and the library
ROOM_AFTER = 2  # columns of guidelines in whose place a column of what happened stands; they share the last one
MOST_ALERTS = 5  # that would stand on top if something were so, named on screen beside a form
MOST_ASKED = 5  # questions laid out with their answers; the rest are named


class TableCell(NamedTuple):
    """One cell of a table: what a guideline says of the option, and with what sign it is heard as a group."""

    advice: Advice
    own: tuple[Said, ...]
    groups: tuple[Option, ...]
    signs: tuple[str, ...]


class TableRow(NamedTuple):
    """One option: a cell for each column, and what those say that share the last one."""

    option: Option
    cells: tuple[TableCell, ...]
    others: tuple[Cell, ...]
    is_only_after: bool  # nobody rates it and no peer was asked: it stands here for what happened after it


class Line(NamedTuple):
    """One option run into a line: who says what now, and what may yet hold."""

    option: Option
    now: list[tuple[Advice, Said]]
    open: list[tuple[Advice, Said]]


class Table:
    """A comparison as a table; guidelines that say little share its last column."""

    def __init__(self, comparison: Comparison, consult: Consult) -> None:
        self.comparison = comparison
        self._conditions = Conditions(comparison, consult.known, consult.library)
        self.conditions = self._conditions.letters
        practice = consult.practice.get(comparison.decision.id)
        self.peers = practice.options if practice else {}
        self.unasked = practice.unasked if practice else ""
        self.outcomes = consult.outcomes.get(comparison.decision.id)
        self.has_own = self.outcomes is not None and any(each.own for each in self.outcomes.options.values())
        self.is_after = self.outcomes is not None and self.outcomes.is_told
        self.columns, self.others = shared_columns(
            comparison, MOST_COLUMNS - ROOM_AFTER * (self.is_after + self.has_own)
        )
        self.is_wide = len(comparison.columns) > MOST_PRINTED
        rows = rows_with_peers(comparison, practice, consult.library)
        self._rated = {row.option.id for row in rows}
        self.rows = [self._row(row, consult) for row in rows_with_outcomes(rows, self.outcomes, consult.library)]
        self.groups = grouped(comparison, consult.library)
        self.lines = [self._line(row, consult) for row in comparison.rows]

    def letter(self, advice: Advice, heard: Heard) -> str:
        """Return the letter of an open opinion's condition."""
        return self._conditions.letter(advice, heard) if heard.side == OPEN else ""

    def _row(self, row: Row, consult: Consult) -> TableRow:
        found = {cell.advice.guideline.id: cell for cell in cells(row, self.comparison.columns, consult.library)}
        own = []
        for advice in self.columns:
            heard = row.cells.get(advice.guideline.id, ())
            signs = dict.fromkeys(sign(each) for each in heard if each.group is not None and each.side != OPEN)
            cell = found.get(advice.guideline.id, Cell(advice, (), ()))
            own.append(TableCell(advice, cell.own, cell.groups, tuple(signs)))
        others = tuple(found[each.guideline.id] for each in self.others if each.guideline.id in found)
        return TableRow(row.option, tuple(own), others, row.option.id not in self._rated)

    def _line(self, row: Row, consult: Consult) -> Line:
        order = list(STANDS)
        now: list[tuple[Advice, Said]] = []
        later: list[tuple[Advice, Said]] = []
        for cell in cells(row, self.comparison.columns, consult.library):
            for each in cell.own:
                (later if each.heard.side == OPEN else now).append((cell.advice, each))
        now.sort(key=lambda each: order.index(each[1].heard.side))
        later = [each for each in later if each[1].heard.preferred is None]
        return Line(row.option, now, later)


@cache
def _environment() -> Environment:
    """Return what fills the templates, which are read once."""
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def to_html(consult: Consult, is_explained: bool = False) -> str:
    """Lay out the page as HTML; `is_explained` shows the trace of every rule unfolded."""
    template = _environment().get_template("page.html.jinja")
    return template.render({**given(consult), "is_explained": is_explained})


def given(consult: Consult) -> dict[str, Any]:
    """Return what the parts of a page are filled with; `is_live` is the page that a server shows beside its form."""
    references = References(consult.library.sources, consult.citations)
    vocabulary = consult.library.lexicon.vocabulary
    known, absent = summary(consult.case, vocabulary)

    @cache
    def cite(citations: tuple[Citation, ...], in_short: bool = True) -> Markup:
        return Markup("").join(dict.fromkeys(_reference(each, references, in_short) for each in citations))

    return {
        **SAME,
        "consult": consult,
        "page": consult.library.page,
        "known": known,
        "absent": absent,
        "cite": cite,
        "references": references,
        "words": lambda term: to_words(term, vocabulary),
        "trace": lambda term: explain(term, consult.case),
        "tables": {each.decision.id: Table(each, consult) for each in consult.comparisons},
        "paper": Paper(consult),
        "by_side": lambda comparison: by_side(comparison, consult.library),
        "concepts": vocabulary.concepts,
    }


def _is_any_named(sheet: ShownSheet) -> bool:
    return any(
        section.of(Truth.YES) or (section.of(Truth.UNKNOWN) and is_named(sheet, section, Truth.UNKNOWN))
        for section in sheet.sections
    )


def _reference(citation: Citation, references: References, in_short: bool) -> Markup:
    number = references.number(citation.source, in_short)
    where = f"{citation.at}: {citation.mark.words}" if citation.at else citation.mark.words
    mark = MARKS[citation.mark].strip()
    return Markup('<a class="ref" href="#source-{0}" title="{1}">[{0}{2}]</a>').format(
        number, where, Markup(" <i>{}</i>").format(mark) if mark else ""
    )


def _is_unverified(shown: Shown) -> bool:
    """Whether a statement rests on memory alone."""
    return all(citation.mark is Mark.UNVERIFIED for citation in shown.statement.citations)


# What every page is filled with, whoever the patient is.
SAME: Mapping[str, Any] = {
    "is_any_named": _is_any_named,
    "is_named": is_named,
    "open_count": open_count,
    "sign": sign,
    "signs": SIGNS,
    "stands": STANDS,
    "stances": Stance,
    "peers_heading": HEADING,
    "peers_label": LABEL,
    "peers_legend": legend,
    "surveys_of": surveys_of,
    "asked_words": asked_words,
    "answers_in_words": lambda told: [answer_words(told, answer) for answer in told.question.answers],
    "percent_words": percent_words,
    "of_words": of_words,
    "brief_share": brief_share,
    "dated": dated,
    "peer_remarks": lambda told: list(remarks(told)),
    **words_for_pages(),
    "day": day_words,
    "facts": facts,
    "reviewed_words": reviewed_words,
    "source_words": source_words,
    "is_unverified": _is_unverified,
    "yes": Truth.YES,
    "unknown": Truth.UNKNOWN,
    "kinds": SheetKind,
    "holds": HOLDS,
    "states": STATES,
    "watch": WATCH,
    "legend": LEGEND,
    "short_legend": SHORT_LEGEND,
    "no_match": NO_MATCH,
    "nobody": NOBODY,
    "most_alerts": MOST_ALERTS,
    "most_asked": MOST_ASKED,
    "most_printed": MOST_PRINTED_QUESTIONS,
    "is_explained": False,
    "is_live": False,
    "done": frozenset(),
    "version": patency.__version__,
}
