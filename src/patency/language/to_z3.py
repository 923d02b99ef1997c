"""A term as a formula that a solver can reason about, and a solver's answer as a case.

Yes/no concepts and members of sets become truths, choices small whole numbers, dates the whole days
since them, numbers reals within their range. A derived concept is a truth tied to its definition.
Every patient that the solver may think of obeys the vocabulary's ranges and laws, so that a
counterexample is one that could walk in.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import z3

from patency.answer import OLDEST, written
from patency.case import Case, Finding, Members, Span, Value
from patency.language.lexicon import Lexicon
from patency.language.terms import (
    ONLY_OF_A_PATIENT,
    All,
    Among,
    Answered,
    Compare,
    Defined,
    Holds,
    Includes,
    Not,
    Term,
    concepts_of,
)
from patency.truth import Truth
from patency.vocabulary import Concept, Kind


class Encoding:
    """Formulas over one set of symbols; `facts` are what is true of every patient.

    Each has a context of its own, so that the solver's answers do not depend on what was asked before.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.context = z3.Context()
        self.symbols: dict[str, Any] = {}
        self.facts: list[Any] = []
        self.tied: set[str] = set()
        self._formulas: dict[Term, Any] = {}

    def formula(self, term: Term) -> Any:
        """Return the formula that holds where the term does; each is made once."""
        if term not in self._formulas:
            self._formulas[term] = self._formula(term)
        return self._formulas[term]

    def _formula(self, term: Term) -> Any:
        match term:
            case Holds(concept):
                return self._symbol(concept)
            case Defined(concept, definition):
                return self._defined(concept, definition)
            case Not(inner):
                return z3.Not(self.formula(inner))
            case Compare():
                return self._comparison(term)
            case Among(concept, values):
                places = list(self._concept(concept).values)
                return z3.Or([self._symbol(concept) == places.index(value) for value in sorted(values)])
            case Includes(concept, members, every):
                parts = [self._member(concept, member) for member in members]
                return z3.And(parts) if every else z3.Or(parts)
        assert not isinstance(term, Answered), ONLY_OF_A_PATIENT
        parts = [self.formula(each) for each in term.terms]
        if not parts:
            return z3.BoolVal(isinstance(term, All), self.context)
        return z3.And(parts) if isinstance(term, All) else z3.Or(parts)

    def laws(self, terms: Iterable[Term]) -> list[Any]:
        """Return the laws that touch these terms, directly or through one another, as formulas."""
        known = {name for term in terms for name in concepts_of(term)}
        waiting = list(self.lexicon.laws)
        formulas = []
        while touching := [law for law in waiting if known & set(concepts_of(law.term))]:
            for law in touching:
                waiting.remove(law)
                known.update(concepts_of(law.term))
                formulas.append(self.formula(law.term))
        return formulas

    def case(self, model: Any, on: date, name: str) -> Case:
        """Return the patient of a model: a finding for every concept that was spoken of."""
        findings = {}
        for concept in self.lexicon.vocabulary.concepts.values():
            value = self._value(concept, model, on)
            if value is not None:
                findings[concept.name] = Finding(concept.name, value, on, written(concept, value, on))
        return Case(on, findings, name)

    def _concept(self, name: str) -> Concept:
        return self.lexicon.vocabulary.concepts[name]

    def _symbol(self, name: str) -> Any:
        if name not in self.symbols:
            self.symbols[name] = self._new(self._concept(name))
        return self.symbols[name]

    def _new(self, concept: Concept) -> Any:
        if concept.kind is Kind.YES_NO:
            return z3.Bool(concept.name, self.context)
        if concept.kind is Kind.NUMBER:
            number = z3.Real(concept.name, self.context)
            self.facts.append(z3.And(number >= self._exact(concept.lowest), number <= self._exact(concept.highest)))
            return number
        whole = z3.Int(concept.name, self.context)
        highest = OLDEST if concept.kind is Kind.DATE else len(concept.values) - 1
        self.facts.append(z3.And(whole >= 0, whole <= highest))
        return whole

    def _member(self, name: str, member: str) -> Any:
        return self.symbols.setdefault(f"{name}/{member}", z3.Bool(f"{name}/{member}", self.context))

    def _defined(self, name: str, definition: Term) -> Any:
        symbol = self._symbol(name)
        if name not in self.tied:
            self.tied.add(name)
            self.facts.append(symbol == self.formula(definition))
        return symbol

    def _comparison(self, term: Compare) -> Any:
        left, right = self._symbol(term.concept), self._exact(term.bound)
        left = z3.ToReal(left) if term.is_days_since else left
        return {
            "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "=": left == right, "!=": left != right,
        }[term.sign]  # fmt: skip

    def _value(self, concept: Concept, model: Any, on: date) -> Value | None:
        if concept.kind is Kind.SET:
            members = {each for each in concept.values if f"{concept.name}/{each}" in self.symbols}
            if not members:
                return None
            inside = {each for each in members if z3.is_true(model.eval(self.symbols[f"{concept.name}/{each}"], True))}
            # A member that no term mentions is left out of the set: the formula does not depend on it.
            return Members(frozenset(inside), frozenset(concept.values) - inside)
        if concept.name not in self.symbols or concept.is_derived:
            return None
        found = model.eval(self.symbols[concept.name], True)
        if concept.kind is Kind.YES_NO:
            return Truth.YES if z3.is_true(found) else Truth.NO
        if concept.kind is Kind.NUMBER:
            number = float(found.as_fraction())
            return Span(number, number)
        if concept.kind is Kind.DATE:
            day = (on - timedelta(days=found.as_long())).toordinal()
            return Span(day, day)
        return frozenset({list(concept.values)[found.as_long()]})

    def _exact(self, number: float) -> Any:
        return z3.RealVal(repr(number), self.context)
