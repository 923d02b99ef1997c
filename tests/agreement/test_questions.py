"""What is still worth asking: every question, what it would lead to, and their order, beside brute force."""

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given

from agreement.reference import Opinions, Patient, atoms_about, connected, is_true, opinions, patients
from agreement.strategies import COSTS, Bedside, bedsides, examples
from patency.case import Absence
from patency.guideline.advise import Reading, advise
from patency.guideline.ask import Question, ask
from patency.language import draw
from patency.truth import Truth
from patency.vocabulary import Concept

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
CLOSED = (Absence.NOT_KNOWN, Absence.DECLINED, Absence.NOT_APPLICABLE)  # as good as it gets: nobody is asked twice

Outcome = tuple[str, Opinions]


class Led(NamedTuple):
    """What an answer leads to: the number of sets of opinions left, and the rules it settles, by guideline."""

    distinct: int
    settled: tuple[tuple[str, tuple[tuple[str, Truth], ...]], ...]


class Asked(NamedTuple):
    """A question as the reference finds it, the fields by which it is ranked first."""

    decision: int
    expected: float
    cost: int
    order: int
    name: str
    concepts: frozenset[str]
    answers: tuple[Led, ...]


class Part(NamedTuple):
    """What one guideline says on one decision: which of its rules speak on it."""

    guideline: str
    decision: str
    rules: tuple[int, ...]


class Census:
    """Everybody a case could be, and what each open part of each guideline says of them."""

    def __init__(self, bedside: Bedside) -> None:
        self.ward, self.case = bedside.ward, bedside.case
        self.vocabulary = self.ward.vocabulary
        self.people = patients(self.case, self.vocabulary, self.ward.laws, self.ward.terms)
        self.said: dict[Part, list[Opinions]] = {}
        for part in self.parts():
            paper = self.ward.papers[part.guideline]
            said = [tuple(opinions(paper, each)[1 + at] for at in part.rules) for each in self.people]
            if len(set(said)) > 1:
                self.said[part] = said

    def parts(self) -> list[Part]:
        """List, for each decision, the rules of each guideline that speak on it."""
        library = self.ward.library
        parts = []
        for name, decision in itertools.product(self.ward.papers, library.decisions.values()):
            rules = [{saying.option for saying in rule.says} for rule in library.guidelines[name].rules]
            places = tuple(at for at, options in enumerate(rules) if options & set(decision.options))
            if places:
                parts.append(Part(name, decision.id, places))
        return parts

    def questions(self) -> list[Asked]:
        """List what is worth asking, in order."""
        worth: dict[str, int] = {}
        decisions = list(self.ward.library.decisions)
        for part in self.said:
            for name in self.worth_asking(part):
                order = decisions.index(part.decision)
                worth[name] = min(order, worth.get(name, order))
        concepts = [concept for concept in self.vocabulary.concepts.values() if concept.name in worth]
        asked = []
        for panel in self.vocabulary.panels.values():
            members = [concept for concept in concepts if concept.name in panel.members]
            if len(members) > 1:
                concepts = [concept for concept in concepts if concept not in members]
                is_any = [any(person[concept.name] is True for concept in members) for person in self.people]
                first = min(worth[concept.name] for concept in members)
                asked.append(self.asked(panel.name, members, first, self.sorted_by(is_any)))
        for concept in concepts:
            who = self.told_apart([self.answer(concept, each) for each in self.people])
            asked.append(self.asked(concept.name, [concept], worth[concept.name], who))
        return sorted(asked)

    def answer(self, concept: Concept, person: Patient) -> Hashable:
        """Say how somebody would answer, as far as any rule, law or definition tells answers apart."""
        laws = self.ward.laws
        if concept.is_derived:
            return is_true(laws.definitions[concept.name], person)
        atoms = atoms_about(concept.name, [*self.ward.terms, *laws.terms, *laws.definitions.values()])
        return tuple(is_true(atom, person) for atom in atoms)

    def worth_asking(self, part: Part) -> set[str]:
        """Name what could still change an opinion of one part of a guideline."""
        said, paper = self.said[part], self.ward.papers[part.guideline]
        terms = [paper.population]
        for rule in (paper.rules[at] for at in part.rules):
            terms += [rule.when, *rule.exceptions]
        spoken_of = connected(terms, self.ward.laws)
        left, telling, is_any_closed = set(), set(), False
        for concept in self.vocabulary.concepts.values():
            answers = [self.answer(concept, person) for person in self.people]
            if concept.name not in spoken_of or len(set(answers)) < 2:
                continue
            finding = self.case.findings.get(concept.name)
            if finding and finding.absence in CLOSED:
                is_any_closed = True
            elif concept.is_asked:
                left.add(concept.name)
                if self.splits(answers, said) or self.flips(concept, said):
                    telling.add(concept.name)
        return telling if telling or is_any_closed else left

    def splits(self, answers: Sequence[Hashable], said: Sequence[Opinions]) -> bool:
        """Say whether two answers leave different sets of opinions."""
        left: dict[Hashable, set[Opinions]] = {}
        for answer, opinion in zip(answers, said, strict=True):
            left.setdefault(answer, set()).add(opinion)
        return any(one != other for one, other in itertools.combinations(left.values(), 2))

    def flips(self, concept: Concept, said: Sequence[Opinions]) -> bool:
        """Say whether two people differ in this answer alone, and in what is said of them."""
        twins: dict[Hashable, set[Opinions]] = {}
        for person, opinion in zip(self.people, said, strict=True):
            others = tuple(fact for name, fact in person.items() if name != concept.name)
            twins.setdefault(others, set()).add(opinion)
        return not concept.is_derived and any(len(each) > 1 for each in twins.values())

    def sorted_by(self, answers: Sequence[Hashable]) -> list[list[bool]]:
        """Say, for each answer, who would give it."""
        return [[each == answer for each in answers] for answer in dict.fromkeys(answers)]

    def told_apart(self, answers: Sequence[Hashable]) -> list[list[bool]]:
        """Say who would give each answer, those that leave the same opinions within reach being one."""
        together: dict[Hashable, list[bool]] = {}
        for who in self.sorted_by(answers):
            left = tuple(frozenset(itertools.compress(said, who)) for said in self.said.values())
            together[left] = [one or other for one, other in zip(who, together.get(left, who), strict=True)]
        return list(together.values())

    def asked(self, name: str, concepts: Sequence[Concept], decision: int, answers: Sequence[Sequence[bool]]) -> Asked:
        """Put a question: what each answer leads to, and how many sets of opinions are left on average."""
        led = [self.led(who, list(self.ward.library.decisions)[decision]) for who in answers]
        return Asked(
            decision,
            sum(each.distinct for each in led) / len(led),
            max(COSTS.index(concept.cost) for concept in concepts),
            min(concept.order for concept in concepts),
            name,
            frozenset(concept.name for concept in concepts),
            tuple(sorted(led, key=repr)),
        )

    def led(self, is_left: Sequence[bool], decision: str) -> Led:
        """Say what the people who are left have in common, and how many sets of opinions on a decision they leave."""
        distinct = 1
        settled: dict[str, dict[str, Truth]] = {}
        for part, said in self.said.items():
            left = set(itertools.compress(said, is_left))
            distinct *= len(left) if part.decision == decision else 1
            before, after = list(zip(*said, strict=True)), list(zip(*left, strict=True))
            for place, at in enumerate(part.rules):
                if common(set(before[place])) is UNKNOWN and (truth := common(set(after[place]))) is not UNKNOWN:
                    settled.setdefault(part.guideline, {})[f"r{at + 1}"] = truth
        return Led(distinct, tuple(sorted((name, tuple(sorted(rules.items()))) for name, rules in settled.items())))


def common(truths: set[bool]) -> Truth:
    """Say what is certain when these are possible."""
    return UNKNOWN if len(truths) == 2 else YES if True in truths else NO


def asked_of(bedside: Bedside) -> tuple[Question, ...]:
    """Ask Patency."""
    library = bedside.ward.library
    reading = Reading(bedside.case, library)
    return ask([advise(each, reading) for each in library.guidelines.values()], bedside.case, library)


def as_asked(question: Question) -> Asked:
    """Write down a question as the reference does."""
    led = [
        Led(
            answer.distinct(question.decision),
            tuple(sorted((name, tuple(sorted(rules.items()))) for name, rules in answer.leads_to.items())),
        )
        for answer in question.answers
    ]
    return Asked(
        ["first", "second"].index(question.decision),
        question.expected,
        COSTS.index(question.cost),
        question.order,
        question.name,
        frozenset(question.concepts),
        tuple(sorted(led, key=repr)),
    )


@examples(160)
@given(bedsides())
def test_the_questions_of_one_guideline_are_those_of_brute_force(bedside: Bedside) -> None:
    """What is worth asking, what each answer leads to, what is left on average and the ranking equal the reference."""
    assert [as_asked(question) for question in asked_of(bedside)] == Census(bedside).questions()


@examples(80)
@given(bedsides(guidelines=3, rules=2))
def test_the_questions_of_several_guidelines_are_those_of_brute_force(bedside: Bedside) -> None:
    """The sets of opinions left multiply over the guidelines that are open; one that says one thing only changes nothing."""
    assert [as_asked(question) for question in asked_of(bedside)] == Census(bedside).questions()


@examples(50)
@given(bedsides())
def test_the_order_in_which_a_landscape_is_drawn_changes_no_question(bedside: Bedside) -> None:
    """Drawn with derived concepts above what they follow from, which is seldom smallest, it says the same."""
    expected = [as_asked(question) for question in asked_of(bedside)]
    ordered = draw._order
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "_order", lambda terms: ordered(terms)[::-1])
        again = replace(bedside, ward=replace(bedside.ward))
        assert [as_asked(question) for question in asked_of(again)] == expected


@examples(60)
@given(bedsides(guidelines=2))
def test_while_an_opinion_is_open_and_nobody_has_said_not_known_there_is_something_to_ask(bedside: Bedside) -> None:
    """A page with nothing left to ask is settled, or what could settle it was answered not known."""
    is_closed = any(finding.absence in CLOSED for finding in bedside.case.findings.values())
    assert asked_of(bedside) or is_closed or not Census(bedside).said


@examples(40)
@given(bedsides())
def test_no_two_answers_to_a_question_are_worded_the_same(bedside: Bedside) -> None:
    """A reader can tell the answers to a question apart by their words."""
    for question in asked_of(bedside):
        words = [answer.words for answer in question.answers]
        assert len(set(words)) == len(words)
