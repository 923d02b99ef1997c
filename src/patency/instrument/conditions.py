"""The conditions of an instrument, as they are read: what they may mention.

Not here: what a condition says of an item that is not asked (asked.py); the conditions of guidelines, which never ask
whether something was answered (guideline/).
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from patency.fault import Fault, Place
from patency.language.parse import parse
from patency.language.terms import Answered, Term, concepts_of, walk
from patency.vocabulary import Concept, Vocabulary


class Order(NamedTuple):
    """The items and scores of an instrument in the order of its file; free text has no concept."""

    items: Mapping[str, Concept | None]
    scores: Mapping[str, Concept]

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [*self.items, *self.scores]


class Mentioned(NamedTuple):
    """What the conditions of an instrument may mention: the concepts of its items and scores, and what is answered."""

    vocabulary: Vocabulary
    answerable: Collection[str]

    def definition(self, name: str) -> Term | None:  # noqa: ARG002  an instrument defines nothing of its own
        """Return nothing: what is made of answers is a score."""
        return None

    def bound(self, name: str) -> tuple[float, str] | None:  # noqa: ARG002  nor any policy
        """Return nothing: an instrument knows no policies."""
        return None


def read_condition(text: str, place: Place, order: Order, whose: str, faults: list[Fault]) -> Term | None:
    """Read the condition of an item or score, which may mention what stands above it, or of a check, which may mention all."""
    concepts = {name: concept for name, concept in order.items.items() if concept is not None} | dict(order.scores)
    term = parse(text, place, Mentioned(Vocabulary(concepts), order.items), faults)
    if term is None:
        return None
    names = order.names
    own = names.index(whose) if whose in names else len(names)
    for name in concepts_of(term):
        if names.index(name) >= own:
            where = "itself" if name == whose else f"{name!r}, which stands further down"
            faults.append(
                Fault(
                    place,
                    f"the condition hangs on {where}",
                    "what is asked or scored first must not hang on what follows from it",
                    "mention only what stands above, or move this below it",
                )
            )
            return None
    return term


def asks_what_was_answered(term: Term) -> bool:
    """Whether a condition asks if something was answered."""
    return any(isinstance(each, Answered) for each in walk(term))
