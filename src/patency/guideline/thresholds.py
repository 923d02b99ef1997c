"""Where one rule of a guideline ends at a threshold and another begins: days 13, 14 and 15.

Two rules meet where one asks for less than a bound of some concept and the other for more than a bound
beside it, and both say something of one option. There a patient may fall between them, or into both,
by a slip of the pen: `< 14 days` and `> 14 days` leave out day 14, `<= 14 days` and `>= 14 days` have it
twice. Whether anybody does is proved (prove.py); here is only where to look.
"""

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from patency.guideline.compare import with_broader
from patency.guideline.model import Guideline, Library, Rule, condition_of
from patency.language.terms import All, Any, Compare, Defined, Not, Term

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
BESIDE = 1.0  # how far apart two bounds may be and still be meant as one, in days


class Meeting(NamedTuple):
    """A rule that ends at a threshold, one that begins there, and how each says so."""

    below: Rule
    above: Rule
    ends: Compare
    begins: Compare


def meetings(guideline: Guideline, library: Library) -> Iterator[Meeting]:
    """Yield where two rules of a guideline that speak of one option meet."""
    edges = {rule.id: tuple(dict.fromkeys(_edges(condition_of(rule), True))) for rule in guideline.rules}
    for below, above in permutations(guideline.rules, 2):
        if _speak_of_one(below, above, library):
            for ends in edges[below.id]:
                for begins in edges[above.id]:
                    if ends.sign[0] == "<" and begins.sign[0] == ">" and _are_beside(ends, begins):
                        yield Meeting(below, above, ends, begins)


def _edges(term: Term, is_so: bool) -> Iterator[Compare]:
    """Yield each comparison with a bound as the condition asks for it: `not days < 14` asks for `days >= 14`."""
    match term:
        case Not(inner):
            yield from _edges(inner, not is_so)
        case Defined(_, inner):
            yield from _edges(inner, is_so)
        case All(terms) | Any(terms):
            for each in terms:
                yield from _edges(each, is_so)
        case Compare(concept, is_days_since, sign, bound, written, place) if sign in _OPPOSITE:
            yield Compare(concept, is_days_since, sign if is_so else _OPPOSITE[sign], bound, written, place)


def _are_beside(ends: Compare, begins: Compare) -> bool:
    if ends.concept != begins.concept:
        return False
    return abs(ends.bound - begins.bound) <= (BESIDE if ends.is_days_since else 0)


def _speak_of_one(one: Rule, other: Rule, library: Library) -> bool:
    return any(narrower(first.option, second.option, library) for first in one.says for second in other.says)


def narrower(one: str, other: str, library: Library) -> str:
    """Return the narrower of two options of which one covers the other, or nothing."""
    for narrow, broad in ((one, other), (other, one)):
        if broad in with_broader(library.options[narrow], library):
            return narrow
    return ""
