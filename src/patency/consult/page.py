"""One page for one patient on one day: alerts, advice, what to ask, cautions, plan, sources.

In: a Library and a Case. Out: a Consult, which text.py, html.py and json.py lay out.
Nothing here is medical knowledge: every sentence of the page is a content node with its citation.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from patency.case import Case
from patency.consult.beside import NOTHING, led_to
from patency.consult.meanwhile import meanwhile
from patency.consult.outcomes import Outcomes, outcomes_of
from patency.consult.peers import Practice, practice_of
from patency.consult.said import MARKS
from patency.consult.sheets import Shown, ShownSheet, alerts_of, shown_sheet
from patency.consult.undecided import undecided
from patency.fault import Fault, Refused, listed
from patency.guideline.advise import Advice, Expiry, Reading, advise
from patency.guideline.ask import Answer, Question, ask
from patency.guideline.compare import Comparison, Heard, compare
from patency.guideline.contradict import contradictions
from patency.guideline.model import WATCH, Decision, Guideline, Library, SheetKind, Statement
from patency.source import Citation, Source
from patency.truth import Truth

if TYPE_CHECKING:
    from patency.consult.own import Own
    from patency.outcome.alike import Alike

UNANSWERED = "not settled, and what could settle it was answered not known"
LONGEST_ANSWER = 160  # letters; what is longer cannot be read at a glance


class Consult(NamedTuple):
    """The page; `known` is the case with what follows from its findings."""

    library: Library
    case: Case
    known: Case
    alerts: tuple[Shown, ...]
    advice: tuple[Advice, ...]
    comparisons: tuple[Comparison, ...]
    questions: tuple[Question, ...]
    sheets: tuple[ShownSheet, ...]
    practice: Mapping[str, Practice] = {}  # by decision
    outcomes: Mapping[str, Outcomes] = {}  # by decision
    alike: "Alike | None" = None  # patients of one's own registry, where a cut of it is given
    undecided: tuple[str, ...] = ()  # the findings by which it is decided what else stands among the alerts

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
    def outside(self) -> dict[str, list[Advice]]:
        """The guidelines that do not speak for this patient, by whom they speak for, in its first words."""
        found: dict[str, list[Advice]] = {}
        for advice in self.out_of_scope:
            words = advice.guideline.population_words
            found.setdefault(words.partition(";")[0].partition(",")[0], []).append(advice)
        return found

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
    def first(self) -> Comparison:
        """The comparison on the first decision."""
        return self.comparisons[0]

    @property
    def later(self) -> tuple[Comparison, ...]:
        """The comparisons on the other decisions, where some guideline says something."""
        return tuple(each for each in self.comparisons[1:] if each.rows)

    def questions_on(self, decision: str) -> tuple[Question, ...]:
        """Return the questions that bear on a decision first."""
        return tuple(question for question in self.questions if question.decision == decision)

    def is_settled_on(self, decision: str) -> bool:
        """Whether nothing unknown could change what any current guideline says on a decision."""
        return is_settled_on(decision, self.current)

    @property
    def state_words(self) -> str:
        """Say by decision whether anything unknown could still change an opinion, and where nobody could work that out."""
        guessed = [each.guideline.short for each in self.current if not each.is_exact]
        if not guessed:
            return self._state
        return f"{self._state}; for {listed(guessed, 'and')} the bound on the work was passed: what is settled was not worked out exactly"

    @property
    def _state(self) -> str:
        if not self.questions and all(each.is_settled for each in self.current):
            return "settled: nothing unknown could change an opinion"
        first = self.first.decision
        here = len(self.questions_on(first.id))
        later = len(self.questions) - here
        said = f"{first.asks}: {self._state_on(first)}"
        if later:
            bear = "bears" if later == 1 else "bear"
            return f"{said}; {later} {'more ' if here else _questions(later) + ' '}{bear} on later decisions"
        unsettled = [each.decision for each in self.comparisons[1:] if not self.is_settled_on(each.decision.id)]
        return f"{said}; later decisions: {UNANSWERED if unsettled else 'settled'}"

    def _state_on(self, decision: Decision) -> str:
        count = len(self.questions_on(decision.id))
        if count:
            return f"{count} {_questions(count)} could still change an opinion"
        return "settled" if self.is_settled_on(decision.id) else UNANSWERED

    @property
    def reviewed(self) -> tuple[int, int]:
        """Count the rules here that a clinician has reviewed, of those that hold or may hold."""
        rules = [each.rule for advice in self.speaking for each in advice.rules if each.holds is not Truth.NO]
        return sum(1 for rule in rules if rule.review), len(rules)

    def would_say(self, advice: Advice) -> str:
        """Say in one line what a superseded guideline would have said."""
        if advice.scope is Truth.NO:
            return "This patient would be out of its scope."
        said = [
            f"{self.library.options[opinion.option].words} {opinion.rating} ({each.rule.id})"
            for each in advice.matches
            for opinion in each.opinions
        ]
        if said:
            return f"It would say: {'; '.join(said)}."
        return "It would match no variant." if advice.finds_no_match else "Whether it would match cannot be told yet."

    def led_to(self, question: Question, answer: Answer) -> str:
        """Say what an answer would settle of the decision that its question bears on."""
        return led_to(question, answer, self.current, self.library)

    def answers_to(self, question: Question) -> dict[str, str]:
        """Return what the answers to a question would settle, in words, and which would; not those that settle nothing."""
        found: dict[str, list[str]] = {}
        for answer in question.answers:
            words = self.led_to(question, answer)
            if words != NOTHING:
                found.setdefault(words, []).append(answer.words)
        return {words: _told(answers) for words, answers in found.items()}

    @property
    def citations(self) -> Iterator[Citation]:
        """Yield every citation in one order, whatever the form: first what the short page shows, then the rest."""
        for shown in self.alerts:
            if shown.truth is Truth.YES:
                yield from _cited(shown.statement)
        for comparison in self.comparisons:
            for row in comparison.rows:
                for cell in row.cells.values():
                    for heard in cell:
                        yield from heard.opinion.citations
            for _, reason in comparison.reasons:
                yield from reason.citations
            if practice := self.practice.get(comparison.decision.id):
                yield from practice.citations
        for outcomes in self.outcomes.values():
            yield from outcomes.citations
        for sheet in self.sheets:
            yield from _cited_in(sheet)
        for shown in self.alerts:
            yield from _cited(shown.statement)
        for advice in self.advice:
            yield from _cited_by(advice.guideline)


def _cited_in(sheet: ShownSheet) -> Iterator[Citation]:
    yield from sheet.sheet.citations
    for section in sheet.sections:
        for shown in section.statements:
            yield from _cited(shown.statement)


def _cited(statement: Statement) -> Iterator[Citation]:
    yield from statement.citations
    for remark in statement.but:
        yield from remark.citations


def _cited_by(guideline: Guideline) -> Iterator[Citation]:
    yield from guideline.citations
    for remark in (*guideline.notes, *([guideline.population_note] if guideline.population_note else [])):
        yield from remark.citations
    for rule in guideline.rules:
        yield from rule.citations
        for exclusion in rule.exclusions:
            yield from exclusion.citations
        for saying in rule.says:
            yield from saying.citations
        for note in rule.notes:
            yield from note.citations


def _told(answers: list[str]) -> str:
    """Join answers; of lists of many members there may be too many to say."""
    joined = " or ".join(answers)
    return joined if len(joined) <= LONGEST_ANSWER else "some answers"


def _questions(count: int) -> str:
    return f"question{'s' * (count != 1)}"


def is_settled_on(decision: str, advice: Iterable[Advice]) -> bool:
    """Say whether every rule that speaks on a decision is known to hold or not to."""
    return all(
        each.rules[at].holds is not Truth.UNKNOWN
        for each in advice
        for part in each.guideline.parts
        if part.decision == decision
        for at in part.rules
    )


def heard_words(heard: Heard, library: Library) -> str:
    """Say an opinion as its cell does, with its whole note: the source's own grade; or that it was rated with a broader option."""
    opinion = heard.opinion
    grade = f"{opinion.grade.words}, {opinion.note}" if opinion.note else opinion.grade.words
    if heard.preferred is not None:
        said = f"{heard.preferred.words} preferred"
        return f"{said} to the group" if heard.group else f"{said}: {grade}"
    if heard.group is not None:
        return "rated as a group"
    return f"preferred to {library.options[opinion.over].words}: {grade}" if opinion.over else grade


class References:
    """Numbers the sources in the order in which a page cites them, the same in each of its forms."""

    def __init__(self, sources: Mapping[str, Source], order: Iterable[Citation] = ()) -> None:
        self.sources = sources
        self.numbers: dict[str, int] = {}
        self.shown: set[str] = set()
        self.in_short: set[str] = set()
        self._order = iter(order)

    def number(self, source: str, in_short: bool = True) -> int:
        """Return the number by which this page cites a source, on its short form or where more folds out."""
        self.shown.add(source)
        if in_short:
            self.in_short.add(source)
        while source not in self.numbers:
            following = next(self._order, None)
            self.numbers.setdefault(following.source if following else source, len(self.numbers) + 1)
        return self.numbers[source]

    def marks(self, citations: Iterable[Citation]) -> str:
        """Cite passages by the numbers of their sources, each with how it was verified."""
        return "".join(dict.fromkeys(f"[{self.number(each.source)}{MARKS[each.mark]}]" for each in citations))

    def cited(self) -> list[tuple[int, Source]]:
        """List what has been cited so far."""
        return [(number, self.sources[source]) for source, number in self.numbers.items() if source in self.shown]


def refuse(case: Case, faults: Iterable[Fault], library: Library) -> None:
    """Refuse a case that was read with faults or contradicts itself, with all of it, and with what cannot wait."""
    # What the readable findings contradict stays contradicted, whatever the others turn out to be.
    if every := {*faults, *contradictions(case, library)}:
        raise Refused(every, meanwhile(case, sorted({name for fault in every for name in fault.about}), library))


def consult(library: Library, case: Case, own: "Own | None" = None) -> Consult:
    """Lay out what is known for a case on one page; refuse a case that contradicts itself, saying where.

    `own` is a cut of one's own registry, out of which patients alike are found.
    """
    refuse(case, (), library)
    reading = Reading(case, library)
    current_first = sorted(library.guidelines.values(), key=lambda guideline: not guideline.is_current)
    advice = tuple(advise(guideline, reading) for guideline in current_first)
    questions = ask([each for each in advice if each.guideline.is_current], case, library)
    sheets = [shown_sheet(sheet, reading.known, library.lexicon.vocabulary) for sheet in library.sheets]
    applying = [sheet for sheet in sheets if sheet.sections]
    order = list(SheetKind)
    alerts = sorted(
        alerts_of(applying), key=lambda shown: (shown.truth is not Truth.YES, shown.statement.aspect == WATCH)
    )
    comparisons = compare(library, advice)
    alike = own.alike(reading.known) if own else None
    return Consult(
        library,
        case,
        reading.known,
        tuple(alerts),
        advice,
        comparisons,
        questions,
        tuple(
            sorted(
                (sheet for sheet in applying if sheet.sheet.kind is not SheetKind.ALERT),
                key=lambda sheet: order.index(sheet.sheet.kind),
            )
        ),
        practice_of(library, reading.known, comparisons),
        outcomes_of(library, reading.known, comparisons, alike),
        alike,
        undecided(alerts, reading.known, library),
    )
