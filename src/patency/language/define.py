"""From a vocabulary to a Lexicon: every definition and constraint becomes a typed Term.

A cycle of definitions, or one that grows without bound, is a Fault.
"""

from collections.abc import Collection, Mapping

from patency.fault import Fault
from patency.language.lexicon import Law, Lexicon, Policy
from patency.language.parse import parse
from patency.language.terms import Any, Defined, Not, Term, walk
from patency.language.tokens import RESERVED
from patency.vocabulary import Concept, Kind, Vocabulary

DEEPEST = 10  # definitions that stand one upon another


def build_lexicon(vocabulary: Vocabulary, policies: Mapping[str, Policy], faults: list[Fault]) -> Lexicon:
    """Give every definition and constraint of a vocabulary its term."""
    builder = _Builder(vocabulary, policies, faults)
    for concept in vocabulary.concepts.values():
        refuse_reserved(concept, faults)
        if concept.is_derived:
            builder.definition(concept.name)
    laws = []
    for constraint in vocabulary.constraints.values():
        premise = parse(constraint.premise, constraint.premise_place, builder, faults)
        conclusion = parse(constraint.conclusion, constraint.conclusion_place, builder, faults)
        if premise is not None and conclusion is not None:
            term = Any((Not(premise, constraint.place), conclusion), constraint.place)
            laws.append(Law(constraint.name, term, constraint.why, constraint.place))
    definitions = {name: term for name, term in builder.terms.items() if term is not None}
    return Lexicon(vocabulary, policies, definitions, tuple(laws))


def refuse_reserved(concept: Concept, faults: list[Fault]) -> None:
    """Note a name, of a concept or of an answer to it, that means something else to the language."""
    if concept.name in RESERVED:
        faults.append(
            Fault(
                concept.place,
                f"{concept.name!r} cannot name a concept",
                "it means something else in a condition",
                "rename it",
            )
        )
    for value in concept.values:
        # Of a set 'none' says already that the set is empty; a question may have been answered.
        if value in RESERVED and (value not in ("none", "answered") or concept.kind is Kind.SET):
            faults.append(
                Fault(
                    concept.place,
                    f"{value!r} cannot be an answer to {concept.name!r}",
                    "it means something else in a condition or a case",
                    "rename it, or leave it out",
                )
            )


class _Builder:
    """Parses each definition when it is first mentioned, so that they may stand in any order."""

    def __init__(self, vocabulary: Vocabulary, policies: Mapping[str, Policy], faults: list[Fault]) -> None:
        self.vocabulary = vocabulary
        self.policies = policies
        self.faults = faults
        self.terms: dict[str, Term | None] = {}
        self.depths: dict[str, int] = {}
        self.under_way: list[str] = []

    @property
    def answerable(self) -> Collection[str]:
        return ()

    def bound(self, name: str) -> tuple[float, str] | None:
        policy = self.policies.get(name)
        return (policy.value, policy.unit) if policy else None

    def definition(self, name: str) -> Term | None:
        concept = self.vocabulary.concepts[name]
        if name in self.under_way:
            self._refuse_cycle(concept)
        elif len(self.under_way) >= DEEPEST:
            self._refuse_depth(self.vocabulary.concepts[self.under_way[0]])
        elif name not in self.terms:
            self.under_way.append(name)
            self.terms[name] = term = parse(concept.definition, concept.definition_place, self, self.faults)
            self.under_way.pop()
            below = [self.depths[at.concept] for at in walk(term) if isinstance(at, Defined)] if term else []
            self.depths[name] = 1 + max(below, default=0)
            if self.depths[name] > DEEPEST:
                self._refuse_depth(concept)
                self.terms[name] = None
        return self.terms.get(name)

    def _refuse_depth(self, concept: Concept) -> None:
        self.faults.append(
            Fault(
                concept.place,
                f"{concept.name!r} stands on more than {DEEPEST - 1} definitions, one upon another",
                "nobody could follow it",
                "say it with fewer steps",
            )
        )

    def _refuse_cycle(self, concept: Concept) -> None:
        cycle = " → ".join([*self.under_way[self.under_way.index(concept.name) :], concept.name])
        self.faults.append(
            Fault(
                concept.place,
                f"{concept.name!r} is defined by itself: {cycle}",
                "a definition must end at what can be asked",
                "take one step out of the circle",
            )
        )
