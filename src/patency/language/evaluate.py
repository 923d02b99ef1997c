"""What a term says of a case: Yes, No or Unknown, in Kleene's logic.

This is the definition of meaning. It is written to be checked by eye; every other reading of a
term (landscape.py, and solvers or databases later) is tested to agree with it.
"""

from typing import NamedTuple

from patency.case import Case, Members, Span
from patency.language.terms import All, Among, Answered, Any, Compare, Defined, Holds, Includes, Not, Term
from patency.truth import Truth, both, either, negate

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def evaluate(term: Term, case: Case) -> Truth:
    """Say whether a term holds for a case."""
    match term:
        case Holds(concept):
            return _asserted(concept, case)
        case Answered(concept):
            return _answered(concept, case)
        case Defined(concept, definition):
            asserted = _asserted(concept, case)
            return evaluate(definition, case) if asserted is UNKNOWN else asserted
        case Not(inner):
            return negate(evaluate(inner, case))
        case All(terms):
            return both(evaluate(each, case) for each in terms)
        case Any(terms):
            return either(evaluate(each, case) for each in terms)
        case Compare(concept, is_days_since, sign, bound):
            value = case.days_since(concept) if is_days_since else case.value(concept)
            return compare(value, sign, bound) if isinstance(value, Span) else UNKNOWN
        case Among(concept, values):
            possible = case.value(concept)
            return among(possible, values) if isinstance(possible, frozenset) else UNKNOWN
        case Includes(concept, members, every):
            known = case.value(concept)
            return includes(known, members, every) if isinstance(known, Members) else UNKNOWN


def _asserted(concept: str, case: Case) -> Truth:
    value = case.value(concept)
    return value if isinstance(value, Truth) else UNKNOWN


def _answered(concept: str, case: Case) -> Truth:
    # Never Unknown: whether somebody answered is known, whatever the answer is. A reason for giving none is no answer.
    finding = case.findings.get(concept)
    return NO if finding is None or finding.absence else YES


def compare(span: Span, sign: str, bound: float) -> Truth:
    """Compare a span with a bound: Yes if every value in it fits, No if none does."""
    match sign:
        case "<":
            return YES if span.high < bound else NO if span.low >= bound else UNKNOWN
        case "<=":
            return YES if span.high <= bound else NO if span.low > bound else UNKNOWN
        case ">":
            return negate(compare(span, "<=", bound))
        case ">=":
            return negate(compare(span, "<", bound))
        case "=":
            if span.low == span.high == bound:
                return YES
            return UNKNOWN if span.low <= bound <= span.high else NO
    assert sign == "!=", "the parser makes no other sign"
    return negate(compare(span, "=", bound))


def among(possible: frozenset[str], values: frozenset[str]) -> Truth:
    """Say whether the answer is one of some values, when only the possible answers are known."""
    return YES if possible <= values else UNKNOWN if possible & values else NO


def includes(known: Members, members: tuple[str, ...], every: bool) -> Truth:
    """Say whether a set has any, or every one, of some members."""
    truths = (YES if each in known.included else NO if each in known.excluded else UNKNOWN for each in members)
    return both(truths) if every else either(truths)


def open_part(term: Term, case: Case) -> Term:
    """Return what is still open of a term: the parts that are decided, and no longer matter, left out."""
    match term:
        case Not(inner, place):
            return Not(open_part(inner, case), place)
        case All(terms, place) | Any(terms, place):
            left = tuple(open_part(each, case) for each in terms if evaluate(each, case) is UNKNOWN)
            return left[0] if len(left) == 1 else type(term)(left, place) if left else term
    return term


class Trace(NamedTuple):
    """Why a term is what it is: the term, its truth, whether it was asserted, and the same of its parts."""

    term: Term
    truth: Truth
    is_asserted: bool
    because: "tuple[Trace, ...]"


def explain(term: Term, case: Case) -> Trace:
    """Say why a term holds, does not, or cannot be told, down to the findings."""
    truth = evaluate(term, case)
    match term:
        case Defined(concept, definition):
            if _asserted(concept, case) is not UNKNOWN:
                return Trace(term, truth, True, ())
            return Trace(term, truth, False, (explain(definition, case),))
        case All(terms) | Any(terms):
            return Trace(term, truth, False, tuple(explain(each, case) for each in terms))
        case Not(inner):
            return Trace(term, truth, False, (explain(inner, case),))
    return Trace(term, truth, False, ())
