"""A term as a sentence, so that a clinician can read a rule aloud.

A denial is said of the thing itself and never of a whole sentence where that can be helped:
`not (a and b)` is "not a, or not b", and `not severity in [moderate, severe]` is "the severity of
symptoms is minimal or mild". A comma before the joiner, or brackets, keep apart what belongs apart.
"""

from collections.abc import Sequence

from patency.answer import OLDEST, amount_words
from patency.case import Span
from patency.fault import listed
from patency.language.landscape import Piece
from patency.language.terms import All, Among, Answered, Any, Compare, Defined, Holds, Includes, Not, Term
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

MOST_NAMED = 4  # pieces of one answer that are named; a sentence cannot carry more

_IS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly", "!=": "not"}
_WAS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly", "!=": "not"}
_NOT_SO = "it is not so that"
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


def to_words(term: Term, vocabulary: Vocabulary) -> str:
    """Read a term aloud."""
    return _say(term, vocabulary, True)


def _say(term: Term, vocabulary: Vocabulary, holds: bool) -> str:
    match term:
        case Not(inner):
            return _say(inner, vocabulary, not holds)
        case All(terms) | Any(terms):
            return _say_joined(isinstance(term, All) is holds, terms, vocabulary, holds)
        case Answered(name):
            known = vocabulary.concepts.get(name)  # free text is in no vocabulary
            return f"{known.words if known else name} was {'' if holds else 'not '}answered"
    concept = vocabulary.concepts[term.concept]
    match term:
        case Holds() | Defined():
            return concept.says if holds else concept.denies
        case Compare():
            return _say_comparison(term, concept, holds)
        case Among():
            return _say_choice(term, concept, holds)
        case Includes():
            return _say_set(term, concept, holds)


def _say_joined(is_all: bool, terms: tuple[Term, ...], vocabulary: Vocabulary, holds: bool) -> str:
    # The denial of `a and b` is `not a or not b`, so the joiner turns with the sense.
    joiner = "and" if is_all else "or"
    said = []
    for each in terms:
        words = _say(each, vocabulary, holds)
        said.append(f"({words})" if _is_joined(each) or words.startswith(_NOT_SO) else words)
    # "a or b and c" could be two things; "a or b, and c" is one.
    is_plain = len(said) < 3 and not any(_is_list(words) for words in said)
    return f" {joiner} ".join(said) if is_plain else f", {joiner} ".join(said)


def _is_joined(term: Term) -> bool:
    while isinstance(term, Not):
        term = term.term
    return isinstance(term, (All, Any))


def _is_list(words: str) -> bool:
    return not words.startswith("(") and any(joiner in words for joiner in (", ", " or ", " nor ", " and "))


def _say_comparison(term: Compare, concept: Concept, holds: bool) -> str:
    sign = term.sign if holds else OPPOSITE[term.sign]
    if term.is_days_since:
        return f"{concept.words} was {_WAS[sign]} {term.written} ago"
    return f"{concept.words} is {_IS[sign]} {term.written}"


def _say_choice(term: Among, concept: Concept, holds: bool) -> str:
    """Name the answers that fit, or those that do not where they are fewer."""
    if holds and term.sign in ("in", "="):
        return f"{concept.words} is {listed([concept.values[value] for value in term.named])}"
    fitting = [words for value, words in concept.values.items() if (value in term.values) is holds]
    others = [words for value, words in concept.values.items() if (value in term.values) is not holds]
    sign = term.sign if holds else OPPOSITE.get(term.sign)
    if sign in ("<=", ">=") and len(fitting) > 1:
        return f"{concept.words} is {_IS[sign]} {concept.values[term.named[0]]}"
    if fitting and (len(fitting) <= len(others) or (concept.kind is Kind.ORDERED and len(others) > 1)):
        return f"{concept.words} is {listed(fitting)}"
    return f"{concept.words} is {_none_of(others)}"


def _none_of(named: Sequence[str]) -> str:
    if len(named) < 3:
        return f"neither {' nor '.join(named)}" if len(named) == 2 else f"not {named[0]}"
    return f"none of {listed(named, 'and')}"


def _say_set(term: Includes, concept: Concept, holds: bool) -> str:
    members = [concept.values[member] for member in term.members]
    is_any_of_many = len(members) > 1 and not term.every
    if not holds and is_any_of_many:
        return f"{concept.words} {_none_of(members)}"
    some = listed(members, "or" if is_any_of_many else "and")
    some = some if len(members) == 1 or is_any_of_many else f"{'both' if len(members) == 2 else 'all of'} {some}"
    if holds:
        return f"{concept.words} {some}"
    return f"{concept.denies} {some}" if concept.denies else f"{_NOT_SO} {concept.words} {some}"


def cell_words(concept: Concept, cell: tuple[Piece, ...]) -> str:
    """Name the answers to a concept that a cell stands for, as one would give them."""
    said = [_piece_words(concept, piece) for piece in cell[:MOST_NAMED]]
    joined = "; or ".join(said) if concept.kind is Kind.SET else listed(said)
    return f"{joined} and so on" if len(cell) > MOST_NAMED else joined


def _piece_words(concept: Concept, piece: Piece) -> str:
    if isinstance(piece, Truth):
        return str(piece)
    if isinstance(piece, frozenset):
        return listed([words for value, words in concept.values.items() if value in piece])
    if isinstance(piece, Span):
        return _span_words(concept, piece)
    present = [listed([words for value, words in concept.values.items() if value in group]) for group in piece.present]
    absent = [words for value, words in concept.values.items() if value in piece.absent]
    if len(present) + len(absent) > 1:
        present = [f"({words})" if " or " in words else words for words in present]
    return ", but ".join(part for part in (listed(present, "and"), _none_of(absent) if absent else "") if part)


def _span_words(concept: Concept, span: Span) -> str:
    is_date = concept.kind is Kind.DATE
    lowest, highest = (0.0, float(OLDEST)) if is_date else (concept.lowest, concept.highest)
    if span.low <= lowest and span.high >= highest:
        return "any value"
    # A piece ends just before the next bound, or begins just after one; rounding shows the bound itself.
    low, high = (f"{round(end, 9) + 0.0:.6g}" for end in span)
    least, most = (
        f"{amount_words(end, 'day')} ago" if is_date else amount_words(end, concept.unit) for end in (low, high)
    )
    if span.low == span.high:
        return least
    if span.low <= lowest:
        return (
            f"{most} or less" if is_date else f"at most {most}" if round(span.high, 9) == span.high else f"below {most}"
        )
    if span.high >= highest:
        return f"{least} or more" if is_date or round(span.low, 9) == span.low else f"above {least}"
    return f"{low} to {most}"
