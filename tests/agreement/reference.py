"""The plainest reading of the language: two values, one fully known patient at a time.

Nothing here knows of Kleene, cells or decision diagrams. What is unknown of a case is dealt with by
writing down every patient it could still be: representative values around each bound that is
mentioned, tried one after another.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from patency.answer import OLDEST
from patency.case import Case, Members, Span
from patency.language.terms import (
    ONLY_OF_A_PATIENT,
    All,
    Among,
    Answered,
    Any,
    Compare,
    Defined,
    Holds,
    Includes,
    Not,
    Term,
)
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

Fact = bool | float | str | frozenset[str]  # yes/no; a number, or days since a date; a choice; a set
Patient = Mapping[str, Fact]  # everything about somebody, derived concepts left out: they follow


class Condition(NamedTuple):
    """A rule as written: when it holds, and its exceptions."""

    when: Term
    exceptions: tuple[Term, ...]


class Paper(NamedTuple):
    """A guideline as written: for whom, and its rules."""

    population: Term
    rules: tuple[Condition, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Everything it says a condition of."""
        return (self.population, *(term for rule in self.rules for term in (rule.when, *rule.exceptions)))


class Laws(NamedTuple):
    """What is true of every patient of a ward: its constraints as premise and conclusion, and its definitions."""

    constraints: tuple[tuple[Term, Term], ...]
    definitions: Mapping[str, Term]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every premise and conclusion."""
        return tuple(itertools.chain.from_iterable(self.constraints))


Opinions = tuple[bool, ...]  # whether the patient is in scope, then whether each rule holds


def is_true(term: Term, patient: Patient) -> bool:
    """Say whether a term is true of somebody of whom everything is known."""
    match term:
        case Holds(concept):
            return patient[concept] is True
        case Defined(_, definition):
            return is_true(definition, patient)
        case Not(inner):
            return not is_true(inner, patient)
        case All(terms):
            return all(is_true(each, patient) for each in terms)
        case Any(terms):
            return any(is_true(each, patient) for each in terms)
        case Compare(concept, _, sign, bound):
            amount = patient[concept]
            assert isinstance(amount, (int, float)), "only amounts are compared"
            return {
                "<": amount < bound,
                "<=": amount <= bound,
                ">": amount > bound,
                ">=": amount >= bound,
                "=": amount == bound,
                "!=": amount != bound,
            }[sign]
        case Among(concept, values):
            return patient[concept] in values
        case Includes(concept, members, every):
            has = patient[concept]
            assert isinstance(has, frozenset), "only sets have members"
            return all(member in has for member in members) if every else any(member in has for member in members)
        case Answered():
            raise AssertionError(ONLY_OF_A_PATIENT)


def opinions(paper: Paper, patient: Patient) -> Opinions:
    """Say what a guideline holds of somebody of whom everything is known: scope, and each rule."""
    in_scope = is_true(paper.population, patient)
    return (
        in_scope,
        *(
            in_scope and is_true(rule.when, patient) and not any(is_true(each, patient) for each in rule.exceptions)
            for rule in paper.rules
        ),
    )


def atoms_in(term: Term) -> Iterator[Term]:
    """Yield each comparison and each name of a term, those of its definitions as well."""
    match term:
        case Not(inner):
            yield from atoms_in(inner)
        case All(terms) | Any(terms):
            for each in terms:
                yield from atoms_in(each)
        case Defined(_, definition):
            yield term
            yield from atoms_in(definition)
        case _:
            yield term


def atoms_about(concept: str, terms: Iterable[Term]) -> list[Term]:
    """List what these terms ask of one concept, each thing once."""
    found = [atom for term in terms for atom in atoms_in(term) if getattr(atom, "concept", "") == concept]
    return list(dict.fromkeys(found))


def connected(terms: Iterable[Term], laws: Laws) -> set[str]:
    """List the concepts that some terms speak of, and those that laws and definitions tie to them."""
    groups = [{*_names(premise), *_names(then)} for premise, then in laws.constraints]
    groups += [{name, *_names(definition)} for name, definition in laws.definitions.items()]
    found = {name for term in terms for name in _names(term)}
    for _ in groups:  # as many rounds as there are links in the longest chain
        for group in groups:
            found |= group if group & found else set()
    return found


def _names(term: Term) -> set[str]:
    return {getattr(atom, "concept", "") for atom in atoms_in(term)}


def patients(case: Case, vocabulary: Vocabulary, laws: Laws, terms: Sequence[Term]) -> list[Patient]:
    """List everybody a case could still be, one for each way in which these terms and the laws can tell them apart."""
    asked = [concept for concept in vocabulary.concepts.values() if not concept.is_derived]
    everything = [*terms, *laws.terms, *laws.definitions.values()]
    choices = [list(answers(concept, case, everything).values()) for concept in asked]
    names = [concept.name for concept in asked]
    possible = [dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*choices)]
    return [patient for patient in possible if is_lawful(patient, laws) and is_as_asserted(patient, case, laws)]


def is_lawful(patient: Patient, laws: Laws) -> bool:
    """Say whether somebody breaks no constraint."""
    return all(is_true(then, patient) for premise, then in laws.constraints if is_true(premise, patient))


def is_as_asserted(patient: Patient, case: Case, laws: Laws) -> bool:
    """Say whether what was asserted of derived concepts is so."""
    return all(
        is_true(definition, patient) is (case.value(name) is Truth.YES)
        for name, definition in laws.definitions.items()
        if case.value(name) is not None
    )


def answers(concept: Concept, case: Case, terms: Sequence[Term]) -> dict[tuple[bool, ...], Fact]:
    """List the answers to a concept that these terms tell apart and a case leaves open, each with one value of it."""
    atoms = atoms_about(concept.name, terms)
    found: dict[tuple[bool, ...], Fact] = {}
    for fact in _facts(concept, case, atoms):
        if fits(fact, concept, case):
            found.setdefault(tuple(is_true(atom, {concept.name: fact}) for atom in atoms), fact)
    return found


def _facts(concept: Concept, case: Case, atoms: Sequence[Term]) -> Iterable[Fact]:
    match concept.kind:
        case Kind.YES_NO:
            return [True, False]
        case Kind.CHOICE | Kind.ORDERED:
            return list(concept.values)
        case Kind.SET:
            names = list(concept.values)
            sizes = range(len(names) + 1)
            return [frozenset(some) for size in sizes for some in itertools.combinations(names, size)]
        case Kind.NUMBER:
            return _amounts(concept, case, atoms)
        case Kind.DATE:
            return _days(concept, case, atoms)


def _amounts(concept: Concept, case: Case, atoms: Sequence[Term]) -> list[Fact]:
    """List each bound, each end, and an amount between each two of them."""
    span = case.value(concept.name)
    ends = (span.low, span.high) if isinstance(span, Span) else ()
    bounds = [atom.bound for atom in atoms if isinstance(atom, Compare)]
    points = sorted({concept.lowest, concept.highest, *ends, *bounds})
    between = [(low + high) / 2 for low, high in itertools.pairwise(points)]
    return [amount for amount in [*points, *between] if concept.lowest <= amount <= concept.highest]


def _days(concept: Concept, case: Case, atoms: Sequence[Term]) -> list[Fact]:
    """List the days just before, at and just after each bound and each end."""
    days = {0, OLDEST}
    span = case.value(concept.name)
    if isinstance(span, Span):
        today = case.on.toordinal()
        days |= {int(today - span.low), int(today - span.high)}
    for atom in atoms:
        if isinstance(atom, Compare):
            days |= {
                math.floor(atom.bound) - 1,
                math.floor(atom.bound),
                math.ceil(atom.bound),
                math.ceil(atom.bound) + 1,
            }
    return [day for day in sorted(days) if 0 <= day <= OLDEST]


def fits(fact: Fact, concept: Concept, case: Case) -> bool:
    """Say whether a fact is possible given what a case says of its concept."""
    known = case.value(concept.name)
    match known:
        case None:
            return True
        case Truth():
            return fact is (known is Truth.YES)
        case Members(included, excluded):
            assert isinstance(fact, frozenset), "a set is known by its members"
            return included <= fact and not fact & excluded
        case Span(low, high):
            assert isinstance(fact, (int, float)), "an amount is known by a span"
            at = case.on.toordinal() - fact if concept.kind is Kind.DATE else fact
            return low <= at <= high
        case frozenset():
            return fact in known
