"""One page for one patient on one day: alerts, advice, what to ask, cautions, plan, sources.

In: a Library and a Case. Out: a Consult, which text.py, html.py and json.py lay out.
Nothing here is medical knowledge: every sentence of the page is a content node with its citation.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from patency.answer import with_unit
from patency.case import Case, Finding, Members, Span
from patency.fault import Refused
from patency.guideline.advise import Advice, Expiry, Reading, advise, contradictions
from patency.guideline.ask import Answer, Question, ask
from patency.guideline.compare import Comparison, Heard, compare
from patency.guideline.model import WATCH, Library, Section, Sheet, SheetKind, Statement
from patency.language.evaluate import evaluate, open_part
from patency.language.terms import All, Term
from patency.language.words import to_words
from patency.source import Source
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

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


class Consult(NamedTuple):
    """The page."""

    library: Library
    case: Case
    alerts: tuple[Shown, ...]
    advice: tuple[Advice, ...]
    comparisons: tuple[Comparison, ...]
    questions: tuple[Question, ...]
    sheets: tuple[ShownSheet, ...]

    def of_kind(self, kind: SheetKind) -> tuple[ShownSheet, ...]:
        """Return the sheets of one kind that apply or may apply."""
        return tuple(sheet for sheet in self.sheets if sheet.sheet.kind is kind)

    @property
    def current(self) -> tuple[Advice, ...]:
        """The advice of guidelines that are not superseded."""
        return tuple(advice for advice in self.advice if advice.guideline.is_current)

    @property
    def superseded(self) -> tuple[Advice, ...]:
        """The advice of guidelines that a later one supersedes."""
        return tuple(advice for advice in self.advice if not advice.guideline.is_current)

    @property
    def out_of_scope(self) -> tuple[Advice, ...]:
        """The advice of current guidelines that do not speak for this patient."""
        return tuple(advice for advice in self.current if advice.scope is Truth.NO)

    @property
    def speaking(self) -> tuple[Advice, ...]:
        """The advice of current guidelines that speak, or may speak, for this patient."""
        return tuple(advice for advice in self.current if advice.scope is not Truth.NO)

    @property
    def found_on(self) -> date | None:
        """The day of the latest finding, where it is not the day of the page."""
        latest = max((finding.on for finding in self.case.findings.values()), default=self.case.on)
        return None if latest == self.case.on else latest

    @property
    def expires(self) -> Expiry | None:
        """The first day on which some current advice will differ."""
        return min((each.expires for each in self.current if each.expires), key=lambda expiry: expiry.on, default=None)

    @property
    def state_words(self) -> str:
        """Say whether anything unknown could still change an opinion."""
        if self.questions:
            count = len(self.questions)
            return f"{count} question{'s' * (count != 1)} could still change an opinion"
        if all(each.is_settled and each.is_exact for each in self.current):
            return "settled: nothing unknown could change an opinion"
        return "not settled, and what could settle it was answered not known, or the bound on the work was passed"

    def would_say(self, advice: Advice) -> str:
        """Say in one line what a superseded guideline would have said."""
        if advice.scope is Truth.NO:
            return "This patient would be out of its scope."
        said = [
            f"{self.library.options[opinion.option].words} {opinion.grade.words} ({each.rule.id})"
            for each in advice.matches
            for opinion in each.opinions
        ]
        if said:
            return f"It would say: {'; '.join(said)}."
        return "It would match no variant." if advice.finds_no_match else "Whether it would match cannot be told yet."

    def led_to(self, answer: Answer) -> str:
        """Say what an answer would settle, guideline by guideline."""
        said = []
        leads_to = answer.leads_to
        for advice in self.current:
            settled = leads_to.get(advice.guideline.id, {})
            holds = [name for name, truth in settled.items() if truth is Truth.YES]
            gone = [name for name, truth in settled.items() if truth is Truth.NO]
            parts = [f"{', '.join(holds)} would hold"] if holds else []
            parts += [f"{', '.join(gone)} would not"] if gone else []
            if parts:
                said.append(f"{advice.guideline.short}: {'; '.join(parts)}")
        return "; ".join(said) or "settles nothing by itself"


def heard_words(heard: Heard, library: Library) -> str:
    """Say an opinion as its cell does: the source's own grade; or that it was rated with a broader option."""
    opinion, grade = heard.opinion, heard.opinion.grade.words
    if heard.preferred is not None:
        said = f"{heard.preferred.words} preferred"
        return f"{said} to the group" if heard.group else f"{said}: {grade}"
    if heard.group is not None:
        return "rated as a group"
    said = f"preferred to {library.options[opinion.over].words}: {grade}" if opinion.over else grade
    return f"{said}, {opinion.note}" if opinion.note else said


class References:
    """Numbers the sources in the order in which a page first cites them."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.numbers: dict[str, int] = {}
        self.in_short: set[str] = set()

    def number(self, source: str, in_short: bool = True) -> int:
        """Return the number by which this page cites a source, on its short form or where more folds out."""
        if in_short:
            self.in_short.add(source)
        return self.numbers.setdefault(source, len(self.numbers) + 1)

    def cited(self) -> list[tuple[int, Source]]:
        """List what has been cited so far."""
        return [(number, self.sources[source]) for source, number in self.numbers.items()]


def consult(library: Library, case: Case) -> Consult:
    """Lay out what is known for a case on one page; refuse a case that contradicts itself, saying where."""
    faults = contradictions(case, library)
    if faults:
        raise Refused(faults)
    reading = Reading(case, library)
    current_first = sorted(library.guidelines.values(), key=lambda guideline: not guideline.is_current)
    advice = tuple(advise(guideline, reading) for guideline in current_first)
    questions = ask([each for each in advice if each.guideline.is_current], case, library)
    sheets = [_shown_sheet(sheet, reading.known, library.lexicon.vocabulary) for sheet in library.sheets]
    applying = [sheet for sheet in sheets if sheet.sections]
    alerts = [
        shown
        for sheet in applying
        if sheet.sheet.kind is SheetKind.ALERT
        for section in sheet.sections
        for shown in section.statements
    ]
    order = list(SheetKind)
    return Consult(
        library,
        case,
        tuple(sorted(alerts, key=lambda shown: (shown.truth is not Truth.YES, shown.statement.aspect == WATCH))),
        advice,
        compare(library, advice),
        questions,
        tuple(
            sorted(
                (sheet for sheet in applying if sheet.sheet.kind is not SheetKind.ALERT),
                key=lambda sheet: order.index(sheet.sheet.kind),
            )
        ),
    )


def _truth_of(term: Term | None, case: Case) -> Truth:
    return Truth.YES if term is None else evaluate(term, case)


def _open_words(term: Term | None, truth: Truth, case: Case, vocabulary: Vocabulary) -> str:
    return to_words(open_part(term, case), vocabulary) if term is not None and truth is Truth.UNKNOWN else ""


def _shown_sheet(sheet: Sheet, case: Case, vocabulary: Vocabulary) -> ShownSheet:
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


def is_named(sheet: ShownSheet, section: ShownSection, truth: Truth) -> bool:
    """Say whether the short page names the items of a list: the absolute ones that nobody has looked for."""
    is_applying = sheet.truth is Truth.YES and section.truth is Truth.YES
    return truth is Truth.UNKNOWN and section.section.strength == "absolute" and is_applying


def finding_words(finding: Finding, concept: Concept, on: date) -> str:
    """Say a finding as a clinician reads it back on a day; a date is said as itself and as days before that day."""
    if finding.absence:
        name = concept.words or concept.says
        return f"{name}: {finding.absence.value}"
    value = finding.value
    if isinstance(value, Truth):
        said = concept.says if value is Truth.YES else concept.denies
        return f"{said} (asserted)" if finding.is_asserted else said
    if isinstance(value, frozenset):
        return f"{concept.words}: {' or '.join(words for name, words in concept.values.items() if name in value)}"
    if isinstance(value, Members):
        names = [words for name, words in concept.values.items() if name in value.included]
        if not set(concept.values) - value.included - value.excluded:
            return f"{concept.words} {', '.join(names)}, and no other" if names else f"{concept.words} none"
        names += [f"not {words}" for name, words in concept.values.items() if name in value.excluded]
        return f"{concept.words} {', '.join(names)} (the rest not known)"
    if concept.kind is Kind.DATE and isinstance(value, Span):
        return f"{concept.words}: {_day_words(value, on)}"
    return f"{concept.words}: {with_unit(concept, finding.written) if concept.kind is Kind.NUMBER else finding.written}"


def _day_words(days: Span, on: date) -> str:
    """Say when something was, so that it stays true on whatever day the page is seen."""
    first, last = date.fromordinal(int(days.low)), date.fromordinal(int(days.high))
    nearest_day, furthest_day = (on - last).days, (on - first).days
    if first == last:
        return f"{day_words(first)} ({furthest_day} day{'s' * (furthest_day != 1)} ago)"
    return f"{day_words(first)} to {day_words(last)} ({nearest_day} to {furthest_day} days ago)"


def day_words(day: date) -> str:
    """Write a date so that nobody can misread it: 9 Jun 2026."""
    return f"{day.day} {day:%b %Y}"


def summary(case: Case, vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """Return the findings in words, panels answered with none as one, and the names of what was answered not known."""
    said: list[str] = []
    absent: list[str] = []
    panels: set[str] = set()
    for finding in case.findings.values():
        concept = vocabulary.concepts[finding.concept]
        if finding.absence:
            absent.append(finding_words(finding, concept, case.on))
        elif finding.panel and finding.value is Truth.NO:
            if finding.panel not in panels:
                panels.add(finding.panel)
                others = "none" if finding.written == "none of these" else "no other"
                said.append(f"{vocabulary.panels[finding.panel].asks} {others} of them")
        else:
            said.append(finding_words(finding, concept, case.on))
    return said, absent
