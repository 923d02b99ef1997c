"""The consult as one HTML file: printable on A4 and Letter, with no script, font or picture from elsewhere.

The short page is what one sees and prints; what else there is folds out on screen.
"""

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import patency
from patency.consult.page import STATES, Consult, References, Shown, day_words, heard_words, is_named, summary
from patency.consult.text import HOLDS, LEGEND, MARKS, MOST_ASKED, NO_MATCH, facts
from patency.guideline.model import WATCH, SheetKind, Stance, condition_of
from patency.language.evaluate import explain, open_part
from patency.language.words import to_words
from patency.source import Citation, Mark
from patency.truth import Truth

SIGNS = {Stance.FOR: "●", Stance.CONDITIONAL: "◐", Stance.NEUTRAL: "○", Stance.AVOID: "✕", Stance.SILENT: "–"}


def to_html(consult: Consult, is_explained: bool = False) -> str:
    """Lay out the page as HTML; `is_explained` shows the trace of every rule unfolded."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    references = References(consult.library.sources)
    vocabulary = consult.library.lexicon.vocabulary
    known, absent = summary(consult.case, vocabulary)

    def cite(citations: Iterable[Citation], in_short: bool = True) -> Markup:
        return Markup("").join(dict.fromkeys(_reference(each, references, in_short) for each in citations))

    return environment.get_template("page.html.jinja").render(
        consult=consult,
        page=consult.library.page,
        known=known,
        absent=absent,
        cite=cite,
        references=references,
        words=lambda term: to_words(term, vocabulary),
        trace=lambda term: explain(term, consult.case),
        left=lambda rule: open_part(condition_of(rule), consult.case),
        heard_words=heard_words,
        concepts=vocabulary.concepts,
        day=day_words,
        facts=facts,
        is_unverified=_is_unverified,
        yes=Truth.YES,
        no=Truth.NO,
        unknown=Truth.UNKNOWN,
        signs=SIGNS,
        stances=Stance,
        kinds=SheetKind,
        holds=HOLDS,
        states=STATES,
        is_named=is_named,
        watch=WATCH,
        legend=LEGEND,
        no_match=NO_MATCH,
        most_asked=MOST_ASKED,
        is_explained=is_explained,
        version=patency.__version__,
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
