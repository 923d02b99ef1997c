"""What a guideline says on one decision as a chart: question by question, down to the rules that hold.

Each concept that the rules mention, as their authors wrote it, is one question; a definition is asked
by its own name. Which answers can stand together is read off a landscape of all these conditions, so
that no branch is one that no patient can take. Of the orders in which the questions can be put, the
one with the fewest ends is kept; what has been drawn already is referred to by its number.

A chart reads well while it is small: one is drawn where a decision has at least two rules to tell
apart and the chart has at most MOST_ENDS ends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from math import log2
from typing import NamedTuple

from patency.case import Case, Span
from patency.guideline.model import Decision, Guideline, Library, Rule, condition_of
from patency.language.cells import TooMany, cut
from patency.language.draw import draw
from patency.language.landscape import Openings, Piece
from patency.language.lexicon import Lexicon
from patency.language.terms import ATOMS, All, Any, Atom, Defined, Includes, Not, Term, parts
from patency.language.words import cell_words, to_words
from patency.vocabulary import Concept, Kind

MOST_ENDS = 24
MOST_QUESTIONS = 16  # beyond it no order of the questions has few ends, and trying them takes long
_ANY_DAY = date(2026, 1, 1)  # of a case of which nothing is known, no day matters


class End(NamedTuple):
    """Where a chart ends: the rules that hold; none of them, or not even in scope."""

    rules: tuple[Rule, ...]
    is_in_scope: bool = True


class Branch(NamedTuple):
    """One answer to a question, as a term and in words, and what it leads to."""

    when: Term
    answer: str
    leads: "Step"


class Question(NamedTuple):
    """A question of the chart; where it was drawn before, only its number is shown."""

    asks: str
    branches: tuple[Branch, ...]


Step = Question | End


class Chart(NamedTuple):
    """A guideline's rules on one decision, as questions that end in the rules that hold."""

    decision: Decision
    root: Question
    ends: int


class _Topic(NamedTuple):
    """What one question asks: the surface terms it decides, and for each answer which of them hold."""

    asks: str
    terms: tuple[Term, ...]
    words: Callable[[Sequence[int]], str]
    cells: tuple[tuple[bool, ...], ...]


def charts(guideline: Guideline, library: Library, most_ends: int = MOST_ENDS) -> tuple[Chart, ...]:
    """Draw what a guideline says on each decision, where that reads well."""
    drawn = (_chart(guideline, decision, library, most_ends) for decision in library.decisions.values())
    return tuple(each for each in drawn if each is not None)


def rules_on(decision: Decision, guideline: Guideline) -> tuple[Rule, ...]:
    """Return the rules that speak of an option of a decision."""
    return tuple(rule for rule in guideline.rules if any(saying.option in decision.options for saying in rule.says))


def _chart(guideline: Guideline, decision: Decision, library: Library, most_ends: int) -> Chart | None:
    rules = rules_on(decision, guideline)
    conditions = [condition_of(rule) for rule in rules]
    surface = list(dict.fromkeys(each for condition in conditions for each in _surface(condition)))
    topics = _topics(surface, library.lexicon)
    if len(rules) < 2 or topics is None or len(topics) > MOST_QUESTIONS:
        return None
    landscape = draw([guideline.population, *surface], library.lexicon)
    if landscape is None:
        return None
    reached = landscape.reach(Openings(Case(_ANY_DAY))).outcomes
    outcomes = [outcome for number, outcome in enumerate(landscape.outcomes) if reached >> number & 1]
    inside = sorted({outcome >> 1 for outcome in outcomes if outcome & 1})
    if not inside:
        return None
    growing = _Growing(rules, conditions, {term: at for at, term in enumerate(surface)}, topics)
    trees = [tree for weigh in _WAYS if (tree := growing.tree(inside, weigh, most_ends)) is not None]
    best = min(trees, key=ends_of, default=None)
    if best is None:
        return None
    root = Question(
        f"Is this a patient it speaks for: {guideline.population_words}?",
        (Branch(guideline.population, "yes", best), Branch(Not(guideline.population), "no", End((), False))),
    )
    ends = ends_of(root)
    return Chart(decision, root, ends) if ends <= most_ends else None


def ends_of(step: Step) -> int:
    """Count the ends of a chart, each once where it is drawn; what is referred to by number counts once more."""
    seen: set[Question] = set()

    def counted(at: Step) -> int:
        if isinstance(at, End) or at in seen:
            return 1
        seen.add(at)
        return sum(counted(branch.leads) for branch in at.branches)

    return counted(step)


def numbered(chart: Chart) -> dict[Question, int]:
    """Number the questions in the order in which they are drawn."""
    numbers: dict[Question, int] = {}
    counter = count(1)

    def visit(step: Step) -> None:
        if isinstance(step, Question) and step not in numbers:
            numbers[step] = next(counter)
            for branch in step.branches:
                visit(branch.leads)

    visit(chart.root)
    return numbers


def _surface(term: Term) -> Iterator[Atom | Defined]:
    """Yield the conditions a term is made of as its author wrote them, definitions unopened."""
    if isinstance(term, (*ATOMS, Defined)):
        yield term
    else:
        for part in parts(term):
            yield from _surface(part)


def _topics(surface: Sequence[Atom | Defined], lexicon: Lexicon) -> list[_Topic] | None:
    """Gather the conditions on one concept into one question; a condition on a set is a question by itself."""
    by_concept: dict[str, list[Atom | Defined]] = {}
    topics: list[_Topic] = []
    concepts = lexicon.vocabulary.concepts
    for term in surface:
        if isinstance(term, Includes):
            by_concept[f"{term.concept} {term.members} {term.every}"] = [term]
        else:
            by_concept.setdefault(term.concept, []).append(term)
    for terms in by_concept.values():
        concept = concepts[terms[0].concept]
        if concept.kind in (Kind.YES_NO, Kind.SET):
            asks = (
                concept.asks if concept.kind is Kind.YES_NO else f"{_capital(to_words(terms[0], lexicon.vocabulary))}?"
            )
            topics.append(_Topic(asks, (terms[0],), _yes_or_no, ((True,), (False,))))
            continue
        try:
            variable, holding = cut(concept, terms)
        except TooMany:
            return None
        columns = tuple(zip(*holding, strict=True))
        topics.append(_Topic(concept.asks, tuple(terms), _naming(concept, variable.cells), columns))
    return topics


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _yes_or_no(cells: Sequence[int]) -> str:
    return "no" if cells[0] else "yes"


def _naming(concept: Concept, cells: Sequence[tuple[Piece, ...]]) -> Callable[[Sequence[int]], str]:
    def words(chosen: Sequence[int]) -> str:
        return cell_words(concept, _joined([piece for cell in chosen for piece in cells[cell]], concept.kind))

    return words


def _joined(pieces: Sequence[Piece], kind: Kind) -> tuple[Piece, ...]:
    """Join the values of a choice into one piece, and spans that touch into longer ones."""
    values = [piece for piece in pieces if isinstance(piece, frozenset)]
    if values:
        return (frozenset().union(*values),)
    joined: list[Span] = []
    for span in sorted(piece for piece in pieces if isinstance(piece, Span)):
        # The cells of a number leave nothing out: what ends a breath before the next begins touches it.
        gap = 1 if kind is Kind.DATE else 1e-9 * max(1.0, abs(span.low))
        if joined and span.low - joined[-1].high <= gap:
            joined[-1] = Span(joined[-1].low, span.high)
        else:
            joined.append(span)
    return tuple(joined)


# How the next question is chosen: by what is left to tell apart behind each of its answers. No way is best for every
# guideline, so each is tried.
_Weigh = Callable[[list[list[int]]], float]


def _entropy(labels: list[int]) -> float:
    total = len(labels)
    return -sum(n / total * log2(n / total) for n in (labels.count(each) for each in set(labels)))


_WAYS: tuple[_Weigh, ...] = (
    lambda behind: sum(len(set(labels)) for labels in behind),
    lambda behind: max(len(set(labels)) for labels in behind),
    lambda behind: sum(len(labels) * _entropy(labels) for labels in behind) / sum(map(len, behind)),
    lambda behind: sum(len(set(labels)) > 1 for labels in behind),
)


class _Growing:
    """Grows trees over the assignments of the surface conditions that some patient can have."""

    def __init__(
        self, rules: Sequence[Rule], conditions: Sequence[Term], at: Mapping[Term, int], topics: Sequence[_Topic]
    ) -> None:
        self.rules, self.conditions, self.at, self.topics = rules, conditions, at, topics
        self.labels: dict[int, int] = {}

    def tree(self, outcomes: Sequence[int], weigh: _Weigh, most: int) -> Question | None:
        """Grow a tree with one way of choosing questions; None where it has too many ends, or nothing to ask."""
        self.left = 20 * most  # steps; a tree that needs more has too many ends
        try:
            grown = self._grow(tuple(outcomes), weigh)
        except TooMany:
            return None
        return grown if isinstance(grown, Question) else None

    def _grow(self, outcomes: tuple[int, ...], weigh: _Weigh) -> Step:
        self.left -= 1
        if self.left < 0:
            raise TooMany
        labels = {self._label(outcome) for outcome in outcomes}
        if len(labels) == 1:
            label = labels.pop()
            return End(tuple(rule for number, rule in enumerate(self.rules) if label >> number & 1))
        split = {number: cells for number, topic in enumerate(self.topics)
                 if len(cells := self._split(topic, outcomes)) > 1}  # fmt: skip
        chosen = min(
            split, key=lambda number: weigh([[self._label(each) for each in cell] for cell in split[number].values()])
        )
        leads: dict[Step, list[int]] = {}
        for cell, inside in split[chosen].items():
            leads.setdefault(self._grow(tuple(inside), weigh), []).append(cell)
        if len(leads) == 1:
            return next(iter(leads))
        topic = self.topics[chosen]
        return Question(
            topic.asks, tuple(Branch(_answer(topic, cells), topic.words(cells), step) for step, cells in leads.items())
        )

    def _split(self, topic: _Topic, outcomes: Sequence[int]) -> dict[int, list[int]]:
        """Sort assignments by the answer to a question; answers that none of them has are left out."""
        bits = [self.at[term] for term in topic.terms]
        behind: dict[int, list[int]] = {}
        for outcome in outcomes:
            cell = topic.cells.index(tuple(bool(outcome >> bit & 1) for bit in bits))
            behind.setdefault(cell, []).append(outcome)
        return dict(sorted(behind.items()))

    def _label(self, outcome: int) -> int:
        """Return, as bits, the rules that hold under an assignment."""
        if outcome not in self.labels:
            self.labels[outcome] = sum(
                1 << number for number, term in enumerate(self.conditions) if self._holds(term, outcome)
            )
        return self.labels[outcome]

    def _holds(self, term: Term, outcome: int) -> bool:
        match term:
            case Not(inner):
                return not self._holds(inner, outcome)
            case All(terms):
                return all(self._holds(each, outcome) for each in terms)
            case Any(terms):
                return any(self._holds(each, outcome) for each in terms)
        return bool(outcome >> self.at[term] & 1)


def _answer(topic: _Topic, cells: Sequence[int]) -> Term:
    """Return the term that holds where one of these answers is given."""
    answers = tuple(
        All(tuple(term if holds else Not(term) for term, holds in zip(topic.terms, topic.cells[cell], strict=True)))
        for cell in cells
    )
    return answers[0] if len(answers) == 1 else Any(answers)
