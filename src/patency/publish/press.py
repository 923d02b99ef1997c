"""Fills the templates of the library with what is the same on every page, and numbers the sources that a page cites.

A library and a page go in, bytes come out. Where the library is served, a Roof says what stands above it;
pages of the served house that are not of the library are filled here as well, from templates of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from posixpath import dirname, join, relpath
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import patency
from patency.answer import day_words
from patency.casefile import case_file
from patency.consult.beside import PREFERS_OTHER, SIGNS, sign
from patency.consult.editions import rated_words
from patency.consult.page import References, heard_words
from patency.consult.said import LEGEND, MARKS, finding_words, summary
from patency.guideline.check import unsigned
from patency.guideline.model import Claim, Guideline, Library, Option, Scenario, Sheet, SheetKind, Stance
from patency.language.terms import All, Term
from patency.language.words import to_words
from patency.practice.published import KINDS, is_by_arithmetic, of_words, percent_words
from patency.publish import beside
from patency.publish.chart import MOST_ENDS, numbered
from patency.publish.svg import NO_RULE, OUT_OF_SCOPE, in_order, saying_words, sayings_on, to_svg
from patency.source import Citation, Mark, Source, best_mark, is_unverified
from patency.truth import Truth

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "patency.css"
FRONT = "index.html"

# The pages that every page links to, in the order of its navigation.
PLACES = {
    FRONT: "Guidelines",
    "beside.html": "Side by side",
    "editions.html": "Editions",
    "sheets.html": "Sheets",
    "practice.html": "Practice",
    "studies.html": "Studies",
    "options.html": "Options",
    "vocabulary.html": "Vocabulary",
    "claims.html": "Claims",
    "audit.html": "Figures",
    "policies.html": "Policies",
    "sources.html": "Sources",
}

# Where the library stands in a served house. Paths are resolved from here, and never from the folder in which
# the process happens to run, out of which "../" would not lead.
_LIBRARY = "/house/library"


class Roof(NamedTuple):
    """What stands above the library where it is served: the doors of the house by their path, where to search, and its mark."""

    places: Mapping[str, str]
    search: str
    home: str
    most_letters: int
    icon: str


class Page(NamedTuple):
    """One page: where it stands, the template that it fills, and what the template needs.

    `path` leads from the library's root, and out of it where the page is of the house above. `storey` is the
    door of the house behind which the page is.
    """

    path: str
    template: str
    given: Mapping[str, Any]
    storey: str = FRONT
    style: str = STYLE


def link_from(page: str) -> Callable[[str], str]:
    """Return what links a page to a path, both as they lead from the library's root."""
    start = join(_LIBRARY, dirname(page))
    return lambda path: relpath(join(_LIBRARY, path), start)


class Press:
    """Fills templates with what is the same on every page."""

    def __init__(self, library: Library, roof: Roof | None = None, folders: Sequence[Path] = ()) -> None:
        self.library = library
        self.vocabulary = library.lexicon.vocabulary
        self.environment = Environment(
            loader=FileSystemLoader([*folders, TEMPLATES]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters["sentence"] = lambda words: words[:1].upper() + words[1:]
        self.environment.globals.update(
            library=library,
            vocabulary=self.vocabulary,
            version=patency.__version__,
            places=PLACES,
            roof=roof,
            legend=LEGEND,
            legend_marks=Mark,
            unsigned=len(unsigned(library)),
            signs=SIGNS,
            preferred=PREFERS_OTHER,
            stances=Stance,
            kinds=SheetKind,
            yes=Truth.YES,
            no=Truth.NO,
            most_ends=MOST_ENDS,
            no_rule=NO_RULE,
            out_of_scope=OUT_OF_SCOPE,
            words=self._words,
            clauses=self._clauses,
            day=day_words,
            summary=lambda case: summary(case, self.vocabulary),
            unmatched=_NO_RULE,
            rated_words=rated_words,
            heard_words=lambda heard: heard_words(heard, library),
            finding_words=lambda finding, on: finding_words(finding, self.vocabulary.concepts[finding.concept], on),
            said_in=lambda cell: beside.said_in(cell, library),
            heard_sign=sign,
            is_unverified=is_unverified,
            marks_of=_marks_of,
            unconfirmed=_unconfirmed,
            expected=self._expected,
            numbered=numbered,
            in_order=in_order,
            sayings_on=sayings_on,
            saying_words=lambda saying: saying_words(saying, library),
            to_svg=lambda chart: to_svg(chart, library),
            case_file=_case_file,
            true_of=_true_of,
            kinds_of_practice=KINDS,
            percent_words=percent_words,
            of_words=of_words,
            is_by_arithmetic=is_by_arithmetic,
            speaking_of=self._speaking_of,
            silenced=self._silenced,
        )

    def printed(self, page: Page) -> bytes:
        """Fill one page."""
        notes = _Notes(References(self.library.sources))

        def cite(citations: Iterable[Citation]) -> Markup:
            return Markup("").join(dict.fromkeys(notes.note(each) for each in citations))

        given = {"path": page.path, "storey": page.storey, "style": page.style, "link": link_from(page.path),
                 "cite": cite, "notes": notes, **page.given}  # fmt: skip
        return self.environment.get_template(f"{page.template}.html.jinja").render(given).encode()

    def _words(self, term: Term) -> str:
        return to_words(term, self.vocabulary)

    def _clauses(self, term: Term) -> list[str]:
        """Read a term aloud clause by clause, where it is several that must all hold."""
        return [self._words(each) for each in term.terms] if isinstance(term, All) else [self._words(term)]

    def _expected(self, scenario: Scenario, guideline: Guideline) -> list[str]:
        """Say what a scenario expects of its guideline."""
        said = []
        for each in scenario.expects:
            if each.scope is not None:
                said.append({Truth.YES: "in scope", Truth.NO: "out of scope"}.get(each.scope, "scope not known"))
            for truth, words in _HOLDING.items():
                rules = [rule for rule, expected in each.rules.items() if expected is truth]
                if rules:
                    said.append(f"{words}: {', '.join(rules)}")
            for option, grades in each.opinions.items():
                names = [
                    guideline.scale.grades[grade].words if grade in guideline.scale.grades else grade
                    for grade in grades
                ]
                said.append(f"{self.library.options[option].words}: {'; '.join(names)}")
            if each.settled is not None:
                said.append("settled" if each.settled is Truth.YES else "not settled")
            if each.expires or each.never_expires:
                said.append(f"expires {day_words(each.expires)}" if each.expires else "never expires")
            if each.asks_first:
                asked = [self._asked(name) for name in each.asks_first]
                said.append(f"asked first: {' '.join(asked)}")
        return said

    def _asked(self, name: str) -> str:
        panel = self.vocabulary.panels.get(name)
        return panel.asks if panel else self.vocabulary.concepts[name].asks

    def _speaking_of(self, option: str) -> list[tuple[Guideline, list[str]]]:
        """List the guidelines that speak of an option, each with the rules in which it does."""
        found = []
        for guideline in self.library.guidelines.values():
            rules = [
                rule.id for rule in guideline.rules if any(option in (each.option, each.over) for each in rule.says)
            ]
            if rules:
                found.append((guideline, rules))
        return found

    def _silenced(self, claim: Claim) -> list[Guideline]:
        return [each for each in self.library.guidelines.values() if each.id not in claim.silences_all_but]


_NO_RULE = {
    Truth.YES: "no rule",
    Truth.NO: "out of scope",
    Truth.UNKNOWN: "no rule, or out of scope",
}
_HOLDING = {Truth.YES: "holds", Truth.UNKNOWN: "cannot be told", Truth.NO: "does not hold"}


class _Notes:
    """The sources that a page cites, numbered, each with the passages cited."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.passages: dict[str, dict[Citation, None]] = {}

    def note(self, citation: Citation) -> Markup:
        """Note a citation and return the reference to it."""
        self.passages.setdefault(citation.source, {})[citation] = None
        number, mark = self.references.number(citation.source), MARKS[citation.mark].strip()
        at = f"{citation.mark.words}: {citation.at}" if citation.at else citation.mark.words
        return Markup(' <a class="ref" href="#source-{0}" title="{1}">[{0}{2}]</a>').format(
            number, at, f" {mark}" if mark else ""
        )

    def cited(self) -> list[tuple[int, Source, list[Citation]]]:
        """List the sources cited so far, each with the passages."""
        return [(number, source, list(self.passages[source.id])) for number, source in self.references.cited()]


def _true_of(option: Option) -> list[str]:
    """Name what is so of an option, by the names that its content has."""
    return [name.replace("_", " ") for name, value in option._asdict().items() if value is True]


def _unconfirmed(sheet: Sheet) -> int:
    """Count the statements of a sheet that rest on memory alone."""
    return sum(is_unverified(each.citations) for section in sheet.sections for each in section.statements)


def _marks_of(guideline: Guideline) -> list[tuple[Mark, int]]:
    """Count a guideline's opinions by how the best of their citations was verified."""
    marks = [best_mark(saying.citations) for rule in guideline.rules for saying in rule.says]
    return [(mark, marks.count(mark)) for mark in Mark if mark in marks]


def _case_file(verdict: "Verdict") -> str:
    return case_file(verdict.counterexample) if verdict.counterexample else ""
