"""From a Library to the pages of a static site, each a path and its bytes; writing them is folder.py's.

The same content gives the same bytes: no page knows the time or the machine. Every link is relative,
so that the site works from a folder of files and under any path of a server. It has no script, and
nothing that it does not bring along. What it says of medicine is content.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from posixpath import relpath
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import patency
from patency.casefile import case_file
from patency.consult.beside import PREFERS_OTHER, SIGNS, sign
from patency.consult.editions import rated_words
from patency.consult.page import References, heard_words
from patency.consult.said import LEGEND, MARKS, day_words, finding_words, summary
from patency.guideline.check import unsigned
from patency.guideline.editions import Change, differences_between
from patency.guideline.model import Claim, Guideline, Library, Option, Scenario, SheetKind, Stance
from patency.language.terms import All, Term
from patency.language.words import to_words
from patency.publish import beside
from patency.publish.chart import MOST_ENDS, charts, numbered, rules_on
from patency.publish.cited import uses_of
from patency.publish.svg import NO_RULE, OUT_OF_SCOPE, in_order, saying_words, sayings_on, to_svg
from patency.source import Citation, Mark, Source
from patency.truth import Truth
from patency.vocabulary import Concept

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict

_HERE = Path(__file__).parent
STYLE = "patency.css"

# The pages that every page links to, in the order of its navigation.
PLACES = {
    "index.html": "Guidelines",
    "beside.html": "Side by side",
    "editions.html": "Editions",
    "sheets.html": "Sheets",
    "options.html": "Options",
    "vocabulary.html": "Vocabulary",
    "claims.html": "Claims",
    "policies.html": "Policies",
    "sources.html": "Sources",
}


class Page(NamedTuple):
    """One page: where it stands, the template that it fills, and what the template needs."""

    path: str
    template: str
    given: Mapping[str, Any]


def site(library: Library, verdicts: Sequence["Verdict"] | None = None) -> dict[str, bytes]:
    """Build every file of the site by its path; `verdicts` are the proofs, None where they were not run."""
    press = _Press(library)
    pages = {page.path: press.printed(page) for page in _pages(library, verdicts)}
    return {**pages, STYLE: (_HERE / STYLE).read_bytes()}


def _pages(library: Library, verdicts: Sequence["Verdict"] | None) -> Iterable[Page]:
    patients = beside.consults(library)
    proofs = {name: list(found) for name, found in groupby(sorted(verdicts or (), key=_subject), key=_subject)}
    is_proved = verdicts is not None
    whole = {"verdicts": verdicts, "is_proved": is_proved, "proofs": proofs, "patients": patients}
    yield Page("index.html", "index", {**whole, "unsigned": len(unsigned(library)), "groups": _groups(library)})
    yield Page("beside.html", "beside", {**whole, "tables": beside.tables(library, patients)})
    for consult in patients:
        yield Page(f"patients/{consult.case.name}.html", "patient", {"consult": consult})
    yield Page("editions.html", "editions", {"editions": _editions(library)})
    for guideline in library.guidelines.values():
        given = {"guideline": guideline, "charts": charts(guideline, library), "is_proved": is_proved,
                 "proofs": proofs.get(guideline.id, [])}  # fmt: skip
        yield Page(f"guidelines/{guideline.id}.html", "guideline", given)
    yield Page("sheets.html", "sheets", {})
    for sheet in library.sheets:
        yield Page(f"sheets/{sheet.id}.html", "sheet", {"sheet": sheet})
    yield Page("options.html", "options", {})
    yield Page("vocabulary.html", "vocabulary", {"groups": _by_file(library)})
    yield Page("claims.html", "claims", {**whole, "named": _by_name(library), "statements": _statements(library)})
    yield Page("policies.html", "policies", {})
    yield Page("sources.html", "sources", {"uses": uses_of(library)})


def _subject(verdict: "Verdict") -> str:
    return verdict.subject


def _groups(library: Library) -> list[tuple[str, list[Guideline]]]:
    """Group the guidelines by the decision that each is mainly about; those superseded come last."""
    current = [each for each in library.guidelines.values() if each.is_current]
    groups = [
        (decision.asks, [each for each in current if each.decision == decision.id])
        for decision in library.decisions.values()
    ]
    superseded = [each for each in library.guidelines.values() if not each.is_current]
    return [group for group in [*groups, ("Superseded editions", superseded)] if group[1]]


def _by_file(library: Library) -> list[tuple[str, list[Concept]]]:
    """Group the concepts by the file that they are written in."""
    concepts = library.lexicon.vocabulary.concepts.values()
    files = {Path(concept.place.file).stem: None for concept in concepts}
    return [(file, [each for each in concepts if Path(each.place.file).stem == file]) for file in files]


def _statements(library: Library) -> dict[tuple[str, str], str]:
    """Return the text of each statement by its sheet and name."""
    return {(sheet.id, statement.id): statement.text
            for sheet in library.sheets for section in sheet.sections for statement in section.statements}  # fmt: skip


def _by_name(library: Library) -> dict[str, list[Claim]]:
    """Gather the claims of one name: a sentence, claimed of one thing after another."""
    named: dict[str, list[Claim]] = {}
    for claim in library.claims:
        named.setdefault(claim.id, []).append(claim)
    return named


def _editions(library: Library) -> list[tuple[Guideline, Guideline, tuple[Change, ...]]]:
    """Compare each guideline with the older edition of it that is here."""
    pairs = [
        (library.guidelines[newer.supersedes], newer)
        for newer in library.guidelines.values()
        if newer.supersedes in library.guidelines
    ]
    return [(older, newer, differences_between(library, older, newer)) for older, newer in pairs]


class _Press:
    """Fills templates with what is the same on every page."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.vocabulary = library.lexicon.vocabulary
        self.environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(
            library=library,
            vocabulary=self.vocabulary,
            version=patency.__version__,
            places=PLACES,
            style=STYLE,
            legend=LEGEND,
            legend_marks=Mark,
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
            is_unverified=_is_unverified,
            marks_of=_marks_of,
            expected=self._expected,
            rules_on=rules_on,
            numbered=numbered,
            in_order=in_order,
            sayings_on=sayings_on,
            saying_words=lambda saying: saying_words(saying, library),
            to_svg=lambda chart: to_svg(chart, library),
            case_file=_case_file,
            true_of=_true_of,
            speaking_of=self._speaking_of,
            silenced=self._silenced,
        )

    def printed(self, page: Page) -> bytes:
        """Fill one page."""
        notes = _Notes(References(self.library.sources))

        def link(path: str) -> str:
            return relpath(path, str(Path(page.path).parent))

        def cite(citations: Iterable[Citation]) -> Markup:
            return Markup("").join(dict.fromkeys(notes.note(each) for each in citations))

        given = {**page.given, "path": page.path, "link": link, "cite": cite, "notes": notes}
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


def _is_unverified(citations: Sequence[Citation]) -> bool:
    """Whether a statement rests on memory alone."""
    return bool(citations) and all(citation.mark is Mark.UNVERIFIED for citation in citations)


def _true_of(option: Option) -> list[str]:
    """Name what is so of an option, by the names that its content has."""
    return [name.replace("_", " ") for name, value in option._asdict().items() if value is True]


def best_mark(citations: Iterable[Citation]) -> Mark:
    """Return how the best verified of some citations was verified."""
    marks = {citation.mark for citation in citations}
    return next((mark for mark in Mark if mark in marks), Mark.UNVERIFIED)


def _marks_of(guideline: Guideline) -> list[tuple[Mark, int]]:
    """Count a guideline's opinions by how the best of their citations was verified."""
    marks = [best_mark(saying.citations) for rule in guideline.rules for saying in rule.says]
    return [(mark, marks.count(mark)) for mark in Mark if mark in marks]


def _case_file(verdict: "Verdict") -> str:
    return case_file(verdict.counterexample) if verdict.counterexample else ""
