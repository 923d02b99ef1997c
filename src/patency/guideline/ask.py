"""What is still worth asking.

A question is worth asking when its answer could still change an opinion: either two of its answers
leave different sets of opinions within reach, or some completion exists in which changing this
answer alone, with what follows from it by definition, changes an opinion. Where laws tie what is
left so closely that no single answer does either, and nothing was answered *not known*, all that is
left is worth asking. What was answered *not known* is not asked again, and the date of an event is
asked only once the event is known.

Questions are ranked by decision, in the order of the decisions: each stands under the first
decision on which it could change an opinion. There they are ranked by the expected number of
distinct sets of opinions left (over several guidelines, their product; answers that leave the same
sets count once), then by what an answer costs, then by their order in the vocabulary. All of it is exact,
over every completion that the vocabulary's laws allow. A panel is one question with two answers,
none or at least one.
"""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from patency.case import Absence, Case
from patency.guideline.advise import Advice, OpenPart, truths
from patency.guideline.model import Library
from patency.language.cells import merged
from patency.language.landscape import Piece, Reach
from patency.language.words import cell_words
from patency.truth import Truth
from patency.vocabulary import COSTS, Concept, Panel, Vocabulary

_CLOSED = (Absence.NOT_KNOWN, Absence.DECLINED, Absence.NOT_APPLICABLE)


class Answer(NamedTuple):
    """One answer, and the outcomes it leaves of each part that is open."""

    words: str
    left: tuple[tuple[Advice, OpenPart, int], ...]

    @property
    def leads_to(self) -> dict[str, dict[str, Truth]]:
        """What it would settle: for each guideline, the rules open today that would hold, or would not."""
        led: dict[str, dict[str, Truth]] = {}
        for advice, (part, reach), outcomes in self.left:
            for at, truth in zip(part.rules, truths(reach, outcomes, len(part.rules)), strict=True):
                if truth is not Truth.UNKNOWN and advice.rules[at].holds is Truth.UNKNOWN:
                    led.setdefault(advice.guideline.id, {})[advice.rules[at].rule.id] = truth
        return led

    def distinct(self, decision: str) -> int:
        """Count the sets of opinions left on one decision, over all guidelines."""
        return math.prod(
            outcomes.bit_count() for _, open_part, outcomes in self.left if open_part.part.decision == decision
        )


class Question(NamedTuple):
    """A concept or a panel to ask, the first decision it bears on, its answers, and the expected number of sets of opinions left."""

    name: str
    asks: str
    concepts: tuple[str, ...]
    is_panel: bool
    decision: str
    cost: str
    expected: float
    answers: tuple[Answer, ...]
    order: int


class _Sweep(NamedTuple):
    """An open part, with the outcomes that each cell of each of its variables leaves."""

    advice: Advice
    open_part: OpenPart
    by_cell: list[list[int]]

    @property
    def reach(self) -> Reach:
        return self.open_part.reach

    def place(self, concept: str) -> int | None:
        return self.reach.landscape.position.get(concept)


def ask(advices: Sequence[Advice], case: Case, library: Library) -> tuple[Question, ...]:
    """List the questions whose answers could still change an opinion, most telling first."""
    vocabulary = library.lexicon.vocabulary
    decisions = list(library.decisions)
    sweeps = [
        _Sweep(advice, open_part, open_part.reach.by_cell()) for advice in advices for open_part in advice.open_parts
    ]
    worth: dict[str, str] = {}  # the first decision that each concept bears on
    for decision in decisions:
        for sweep in sweeps:
            if sweep.open_part.part.decision == decision:
                for name in _worth_asking(sweep, case, vocabulary, worth):
                    worth.setdefault(name, decision)
    panels = {panel.name: panel for name in worth if (panel := vocabulary.panel_of(name))}
    grouped: set[str] = set()
    questions = []
    for panel in panels.values():
        members = [name for name in panel.members if name in worth]
        if len(members) > 1:
            grouped.update(members)
            first = min((worth[name] for name in members), key=decisions.index)
            questions.append(_panel_question(panel, members, first, sweeps, vocabulary))
    for name in set(worth) - grouped:
        questions.append(_question(vocabulary.concepts[name], worth[name], sweeps))
    return tuple(
        sorted(
            questions,
            key=lambda each: (decisions.index(each.decision), each.expected, COSTS.index(each.cost), each.order),
        )
    )


def _worth_asking(sweep: _Sweep, case: Case, vocabulary: Vocabulary, known: Collection[str]) -> list[str]:
    """Name what could still change an opinion here; of what is known to be worth asking anyway, perhaps not all."""
    left, telling, unsure, is_any_closed = [], [], {}, False
    for at, variable in enumerate(sweep.reach.landscape.variables):
        possible = [outcomes for outcomes in sweep.by_cell[at] if outcomes]
        if len(possible) < 2:
            continue
        finding = case.findings.get(variable.concept)
        if finding and finding.absence in _CLOSED:
            is_any_closed = True
        elif _can_be_asked(vocabulary.concepts[variable.concept], case):
            left.append(variable.concept)
            if len(set(possible)) > 1:
                telling.append(variable.concept)
            else:
                unsure[variable.concept] = at
    telling += [name for name, at in unsure.items() if name not in known and sweep.reach.can_flip(at)]
    if telling or is_any_closed or any(name in known and sweep.reach.can_flip(at) for name, at in unsure.items()):
        return telling
    return left


def _can_be_asked(concept: Concept, case: Case) -> bool:
    """Say whether it makes sense to ask: nobody asks when something was before asking whether it was."""
    event = case.value(concept.only_if)
    if concept.other_than:
        return concept.is_asked and isinstance(event, frozenset) and concept.other_than not in event
    return concept.is_asked and (not concept.only_if or event is Truth.YES)


def _question(concept: Concept, decision: str, sweeps: Sequence[_Sweep]) -> Question:
    places = [sweep.place(concept.name) for sweep in sweeps]
    variable = next(
        sweep.reach.landscape.variables[at] for sweep, at in zip(sweeps, places, strict=True) if at is not None
    )
    together: dict[tuple[int, ...], list[Piece]] = {}
    for cell in range(len(variable.cells)):
        left = tuple(
            sweep.reach.outcomes if at is None else sweep.by_cell[at][cell]
            for sweep, at in zip(sweeps, places, strict=True)
        )
        if all(left):
            together.setdefault(left, []).extend(variable.cells[cell])
    answers = [
        _answer(cell_words(concept, merged(concept.kind, pieces)), sweeps, left) for left, pieces in together.items()
    ]
    return _asked(concept.name, concept.asks, (concept,), False, decision, answers)


def _panel_question(
    panel: Panel, members: Sequence[str], decision: str, sweeps: Sequence[_Sweep], vocabulary: Vocabulary
) -> Question:
    none, any_of = [], []
    for sweep in sweeps:
        places = [at for name in members if (at := sweep.place(name)) is not None]
        no = {at: sweep.reach.landscape.variables[at].cells.index((Truth.NO,)) for at in places}
        reach = sweep.reach.closing({at: 1 << cell for at, cell in no.items()}) if no else sweep.reach
        none.append(reach.outcomes)
        yes = 0
        for at in places:
            yes |= sweep.by_cell[at][1 - no[at]]
        # A member that this guideline does not speak of may be the one that is present.
        any_of.append(yes if len(places) == len(members) else sweep.reach.outcomes)
    answers = []
    if all(none):
        answers.append(_answer("none of these", sweeps, none))
    if any(any_of):
        answers.append(_answer("at least one of these", sweeps, any_of))
    concepts = [vocabulary.concepts[name] for name in members]
    return _asked(panel.name, panel.asks, concepts, True, decision, answers)


def _answer(words: str, sweeps: Sequence[_Sweep], left: Sequence[int]) -> Answer:
    return Answer(
        words,
        tuple((sweep.advice, sweep.open_part, outcomes) for sweep, outcomes in zip(sweeps, left, strict=True)),
    )


def _asked(
    name: str, asks: str, concepts: Sequence[Concept], is_panel: bool, decision: str, answers: Sequence[Answer]
) -> Question:
    return Question(
        name=name,
        asks=asks,
        concepts=tuple(concept.name for concept in concepts),
        is_panel=is_panel,
        decision=decision,
        cost=max((concept.cost for concept in concepts), key=COSTS.index),
        expected=sum(answer.distinct(decision) for answer in answers) / len(answers),
        answers=tuple(answers),
        order=min(concept.order for concept in concepts),
    )
