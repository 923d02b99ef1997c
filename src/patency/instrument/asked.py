"""Which items are asked of somebody, and what a condition of an instrument says of the answers.

An item that hangs on a condition has no answer where that condition does not hold. So whatever a condition says of
its answer holds only where the item is asked: where the duration is asked of ulcers alone, `duration > short` holds
of those who have an ulcer. Without it a comparison with an answer that nobody could give would stay Unknown, and with
it whatever rests upon it (docs/decisions/0015).

Conditions are kept as they were written. Putting into each the whole condition of every item that it names, and into
that those of others, doubles it from item to item; here each item is worked out once, in the order of the file.
"""

from collections.abc import Callable, Mapping

from patency.case import Case
from patency.instrument.model import Item
from patency.language.evaluate import evaluate
from patency.language.terms import ATOMS, All, Any, Not, Term, concepts_of, walk
from patency.truth import Truth, both, either, negate


class Asked:
    """Who was asked what, of one case: each item is worked out when it is first looked at, and kept."""

    def __init__(self, items: Mapping[str, Item], case: Case) -> None:
        self.items, self.case = items, case
        self.known: dict[str, Truth] = {}

    def of(self, item: Item) -> Truth:
        """Say whether an item is asked; Unknown while the answer it hangs on is blank."""
        if item.when is None:
            return Truth.YES
        for name in item.hangs_on:  # from the top, so that a long chain of conditions is no deep recursion
            self._work_out(self.items[name])
        return self._work_out(item)

    def _work_out(self, item: Item) -> Truth:
        if item.name not in self.known:
            self.known[item.name] = Truth.YES if item.when is None else self.holds(item.when, self.case)
        return self.known[item.name]

    def holds(self, term: Term, case: Case) -> Truth:
        """Say whether a condition holds for a case that has these answers, and may have scores beside them."""
        items = self.items
        return holds_where_asked(term, case, lambda name: self.of(items[name]) if name in items else Truth.YES)


def holds_where_asked(term: Term, case: Case, asked: Callable[[str], Truth]) -> Truth:
    """Say whether a condition holds, of which no part does that looks at what is not asked."""
    match term:
        case Not(inner):
            return negate(holds_where_asked(inner, case, asked))
        case All(terms):
            return both(holds_where_asked(each, case, asked) for each in terms)
        case Any(terms):
            return either(holds_where_asked(each, case, asked) for each in terms)
    truth = evaluate(term, case)
    return both((asked(term.concept), truth)) if truth is not Truth.NO and isinstance(term, ATOMS) else truth


def hung_on(term: Term, items: Mapping[str, Item]) -> list[str]:
    """Return the items and scores that a condition hangs on: those it mentions, and those that say whether they are asked."""
    found = dict.fromkeys(concepts_of(term))
    for each in walk(term):
        if isinstance(each, ATOMS) and each.concept in items:
            found |= dict.fromkeys(items[each.concept].hangs_on)
    return [*(name for name in items if name in found), *(name for name in found if name not in items)]
