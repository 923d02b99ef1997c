"""From a vocabulary to a Lexicon: every definition and constraint becomes a typed Term.

A cycle of definitions, or one that grows without bound, is a Fault.
"""

from collections.abc import Mapping

from patency.fault import Fault
from patency.language.lexicon import Law, Lexicon, Policy
from patency.language.parse import parse
from patency.language.terms import Any, Defined, Not, Term, parts
from patency.vocabulary import Concept, Vocabulary

LARGEST_TERM = 5_000  # parts with definitions written out; the longest definition here has some forty
DEEPEST = 20  # definitions within definitions


def build_lexicon(vocabulary: Vocabulary, policies: Mapping[str, Policy], faults: list[Fault]) -> Lexicon:
    """Give every definition and constraint of a vocabulary its term."""
    builder = _Builder(vocabulary, policies, faults)
    for concept in vocabulary.concepts.values():
        if concept.is_derived:
            builder.definition(concept.name)
    laws = []
    for constraint in vocabulary.constraints.values():
        premise = parse(constraint.premise, constraint.place, builder, faults)
        conclusion = parse(constraint.conclusion, constraint.place, builder, faults)
        if premise is not None and conclusion is not None:
            term = Any((Not(premise, constraint.place), conclusion), constraint.place)
            laws.append(Law(constraint.name, term, constraint.why, constraint.place))
    definitions = {name: term for name, term in builder.terms.items() if term is not None}
    return Lexicon(vocabulary, policies, definitions, tuple(laws))


class _Builder:
    """Parses each definition when it is first mentioned, so that they may stand in any order."""

    def __init__(self, vocabulary: Vocabulary, policies: Mapping[str, Policy], faults: list[Fault]) -> None:
        self.vocabulary = vocabulary
        self.policies = policies
        self.faults = faults
        self.terms: dict[str, Term | None] = {}
        self.sizes: dict[str, int] = {}
        self.under_way: list[str] = []

    def bound(self, name: str) -> tuple[float, str] | None:
        policy = self.policies.get(name)
        return (policy.value, policy.unit) if policy else None

    def definition(self, name: str) -> Term | None:
        concept = self.vocabulary.concepts[name]
        if name in self.under_way:
            self._refuse_cycle(concept)
        elif len(self.under_way) >= DEEPEST:
            self.faults.append(Fault(concept.place, f"{name!r} stands {DEEPEST} definitions deep",
                                     "nobody could follow it", "say it with fewer steps"))
        elif name not in self.terms:
            self.under_way.append(name)
            term = parse(concept.definition, concept.place, self, self.faults)
            self.under_way.pop()
            self.terms[name] = term if term is None or self._is_small(concept, term) else None
        return self.terms.get(name)

    def _refuse_cycle(self, concept: Concept) -> None:
        cycle = " → ".join([*self.under_way[self.under_way.index(concept.name) :], concept.name])
        self.faults.append(Fault(concept.place, f"{concept.name!r} is defined by itself: {cycle}",
                                 "a definition must end at what can be asked", "take one step out of the circle"))

    def _is_small(self, concept: Concept, term: Term) -> bool:
        self.sizes[concept.name] = size = self._size(term)
        if size > LARGEST_TERM:
            self.faults.append(Fault(concept.place, f"{concept.name!r} has {size:,} parts when written out",
                                     f"nobody could read it aloud; up to {LARGEST_TERM:,} are taken", "say it with fewer"))
        return size <= LARGEST_TERM

    def _size(self, term: Term) -> int:
        if isinstance(term, Defined):
            return self.sizes.get(term.concept, 1)
        return 1 + sum(self._size(part) for part in parts(term))
