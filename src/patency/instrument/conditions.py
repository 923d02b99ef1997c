"""The conditions of an instrument: what they may mention, and what they say of an item that is not asked.

An item that hangs on a condition has no answer where that condition does not hold. So whatever a condition says of
its answer holds only where the item is asked: `duration > short` becomes `ulcers > none and duration > short` where
the duration is asked of ulcers alone. Without it a comparison with an answer that nobody could give would stay
Unknown, and with it whatever rests upon it.

Not here: the conditions of guidelines, which never ask whether something was answered (guideline/).
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from patency.fault import Fault, Place
from patency.instrument.model import Item
from patency.language.parse import parse
from patency.language.terms import ATOMS, All, Answered, Any, Not, Term, concepts_of, walk
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

    def bound(self, name: str) -> tuple[float, str] | None:  # noqa: ARG002
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


def where_asked(term: Term, items: Mapping[str, Item], known: frozenset[Term] = frozenset()) -> Term:
    """Return the term in which what is said of an item holds only where the item is asked.

    `known` are conditions that stand beside it already, and need not be said twice.
    """
    match term:
        case Not(inner, place):
            return Not(where_asked(inner, items), place)
        case All(terms, place):
            beside = known | frozenset(terms)
            return All(tuple(where_asked(each, items, beside) for each in terms), place)
        case Any(terms, place):
            return Any(tuple(where_asked(each, items, known) for each in terms), place)
    item = items.get(term.concept)
    if isinstance(term, ATOMS) and item is not None and item.when is not None and item.when not in known:
        return All((item.when, term), term.place)
    return term


def asks_what_was_answered(term: Term) -> bool:
    """Whether a condition asks if something was answered."""
    return any(isinstance(each, Answered) for each in walk(term))
