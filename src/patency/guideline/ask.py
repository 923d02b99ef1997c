"""What is still worth asking.

A question is worth asking when its answer could still change an opinion: either two of its answers
leave different sets of opinions within reach, or some completion exists in which changing this
answer alone, with what follows from it by definition, changes an opinion. Where laws tie what is
left so closely that no single answer does either, and nothing was answered *not known*, all that is
left is worth asking. What was answered *not known* is not asked again, and the date of an event is
asked only once the event is known.

Questions are ranked by the expected number of distinct sets of opinions left (each answer that the
rules tell apart counted once; over several guidelines, their sum), then by what an answer costs,
then by their order in the vocabulary. All of it is exact, over every completion that the
vocabulary's laws allow. A panel is one question with two answers, none or at least one.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from patency.case import Absence, Case
from patency.guideline.advise import Advice, always_and_ever
from patency.language.landscape import Reach, Variable
from patency.language.words import cell_words
from patency.truth import Truth
from patency.vocabulary import COSTS, Concept, Panel, Vocabulary

_CLOSED = (Absence.NOT_KNOWN, Absence.DECLINED, Absence.NOT_APPLICABLE)


class Answer(NamedTuple):
    """One answer, and what it would lead to: for each guideline and rule, whether it would hold."""

    words: str
    leads_to: Mapping[str, Mapping[str, Truth]]
    distinct: int


class Question(NamedTuple):
    """A concept or a panel to ask, its answers, and the expected number of sets of opinions left."""

    name: str
    asks: str
    concepts: tuple[str, ...]
    is_panel: bool
    cost: str
    expected: float
    answers: tuple[Answer, ...]
    order: int


def ask(advices: Sequence[Advice], case: Case, vocabulary: Vocabulary) -> tuple[Question, ...]:
    """List the questions whose answers could still change an opinion, most telling first."""
    open_advices = [advice for advice in advices if advice.reach is not None and not _is_single(advice.reach)]
    swept = {advice.guideline.id: advice.reach.by_cell() for advice in open_advices if advice.reach}
    worth = {
        name for advice in open_advices for name in _worth_asking(advice, swept[advice.guideline.id], case, vocabulary)
    }
    panels = {panel.name: panel for name in worth if (panel := vocabulary.panel_of(name))}
    grouped: set[str] = set()
    questions = []
    for panel in panels.values():
        members = [name for name in panel.members if name in worth]
        if len(members) > 1:
            grouped.update(members)
            questions.append(_panel_question(panel, members, open_advices, swept, vocabulary))
    for name in worth - grouped:
        questions.append(_question(vocabulary.concepts[name], open_advices, swept))
    return tuple(sorted(questions, key=lambda each: (each.expected, COSTS.index(each.cost), each.order)))


def _is_single(reach: Reach) -> bool:
    return reach.outcomes & (reach.outcomes - 1) == 0


def _worth_asking(advice: Advice, by_cell: list[list[int]], case: Case, vocabulary: Vocabulary) -> list[str]:
    assert advice.reach is not None, "only advice with a reach is swept"
    left, telling, is_any_closed = [], [], False
    for at, variable in enumerate(advice.reach.landscape.variables):
        possible = [outcomes for outcomes in by_cell[at] if outcomes]
        if len(possible) < 2:
            continue
        finding = case.findings.get(variable.concept)
        if finding and finding.absence in _CLOSED:
            is_any_closed = True
        elif _can_be_asked(vocabulary.concepts[variable.concept], case):
            left.append(variable.concept)
            if len(set(possible)) > 1 or advice.reach.can_flip(at):
                telling.append(variable.concept)
    return telling if telling or is_any_closed else left


def _can_be_asked(concept: Concept, case: Case) -> bool:
    """Say whether it makes sense to ask: nobody asks when something was before asking whether it was."""
    event = case.value(concept.only_if)
    if concept.other_than:
        return concept.is_asked and isinstance(event, frozenset) and concept.other_than not in event
    return concept.is_asked and (not concept.only_if or event is Truth.YES)


def _question(concept: Concept, advices: Sequence[Advice], swept: Mapping[str, list[list[int]]]) -> Question:
    variable = next(_variable(advice, concept.name) for advice in advices if _variable(advice, concept.name))
    assert variable is not None, "a concept worth asking is in some landscape"
    answers = []
    for cell in range(len(variable.cells)):
        reached = {}
        for advice in advices:
            assert advice.reach is not None, "only advice with a reach is swept"
            at = advice.reach.landscape.position.get(concept.name)
            outcomes = advice.reach.outcomes if at is None else swept[advice.guideline.id][at][cell]
            reached[advice.guideline.id] = outcomes
        if all(reached.values()):
            answers.append(_answer(cell_words(concept, variable.cells[cell]), advices, reached))
    return Question(
        concept.name, concept.asks, (concept.name,), False, concept.cost, _mean(answers), tuple(answers), concept.order
    )


def _variable(advice: Advice, name: str) -> Variable | None:
    assert advice.reach is not None, "only advice with a reach is swept"
    at = advice.reach.landscape.position.get(name)
    return None if at is None else advice.reach.landscape.variables[at]


def _panel_question(
    panel: Panel,
    members: Sequence[str],
    advices: Sequence[Advice],
    swept: Mapping[str, list[list[int]]],
    vocabulary: Vocabulary,
) -> Question:
    none, any_of = {}, {}
    for advice in advices:
        assert advice.reach is not None, "only advice with a reach is swept"
        places = [advice.reach.landscape.position[name] for name in members if name in advice.reach.landscape.position]
        none[advice.guideline.id] = advice.reach.closing({at: 1 << _cell_of_no(advice, at) for at in places}).outcomes
        yes = 0
        for at in places:
            yes |= swept[advice.guideline.id][at][1 - _cell_of_no(advice, at)]
        # A member that this guideline does not speak of may be the one that is present.
        any_of[advice.guideline.id] = yes if len(places) == len(members) else advice.reach.outcomes
    answers = []
    if all(none.values()):
        answers.append(_answer("none of these", advices, none))
    if any(any_of.values()):
        answers.append(_answer("at least one of these", advices, any_of))
    concepts = [vocabulary.concepts[name] for name in members]
    cost = max((concept.cost for concept in concepts), key=COSTS.index)
    order = min(concept.order for concept in concepts)
    return Question(panel.name, panel.asks, tuple(members), True, cost, _mean(answers), tuple(answers), order)


def _cell_of_no(advice: Advice, at: int) -> int:
    assert advice.reach is not None, "only advice with a reach is swept"
    return advice.reach.landscape.variables[at].cells.index((Truth.NO,))


def _answer(words: str, advices: Sequence[Advice], reached: Mapping[str, int]) -> Answer:
    leads_to = {}
    distinct = 0
    for advice in advices:
        assert advice.reach is not None, "only advice with a reach is swept"
        outcomes = reached[advice.guideline.id]
        distinct += outcomes.bit_count()
        always, ever = always_and_ever(advice.reach, outcomes)
        leads_to[advice.guideline.id] = {
            each.rule.id: Truth.YES if always >> number & 1 else Truth.UNKNOWN if ever >> number & 1 else Truth.NO
            for number, each in enumerate(advice.rules, 1)
        }
    return Answer(words, leads_to, distinct)


def _mean(answers: Sequence[Answer]) -> float:
    return sum(answer.distinct for answer in answers) / len(answers)
