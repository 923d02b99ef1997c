"""The words a condition may use: the vocabulary, its definitions as terms, and Patency's own policies."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from patency.fault import Place
from patency.language.terms import Term
from patency.vocabulary import Vocabulary


class Policy(NamedTuple):
    """A number that Patency itself decides where a source is silent; a site may set it."""

    name: str
    value: float
    unit: str
    says: str
    why: str
    place: Place


class Law(NamedTuple):
    """A constraint as a term that is true of every patient."""

    name: str
    term: Term
    why: str
    place: Place


class Lexicon(NamedTuple):
    """A vocabulary in which definitions and constraints have become terms."""

    vocabulary: Vocabulary
    policies: Mapping[str, Policy] = {}
    definitions: Mapping[str, Term] = {}
    laws: tuple[Law, ...] = ()

    @property
    def answerable(self) -> Collection[str]:
        """Nothing: of a patient no condition asks whether a question was answered."""
        return ()

    def definition(self, name: str) -> Term | None:
        """Return the term that defines a derived concept."""
        return self.definitions.get(name)

    def bound(self, name: str) -> tuple[float, str] | None:
        """Return a policy's number and unit."""
        policy = self.policies.get(name)
        return (policy.value, policy.unit) if policy else None
