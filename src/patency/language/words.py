"""A term as a sentence, so that a clinician can read a rule aloud."""

from patency.case import Span
from patency.casefile import OLDEST
from patency.fault import listed
from patency.language.landscape import Piece
from patency.language.terms import All, Among, Any, Compare, Defined, Holds, Includes, Not, Term
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

MOST_NAMED = 4  # pieces of one answer that are named; a sentence cannot carry more

_IS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "=": "exactly", "!=": "not"}
_WAS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "exactly", "!=": "not"}
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


def to_words(term: Term, vocabulary: Vocabulary) -> str:
    """Read a term aloud."""
    return _say(term, vocabulary, True)


def _say(term: Term, vocabulary: Vocabulary, holds: bool) -> str:
    match term:
        case Not(inner):
            return _say(inner, vocabulary, not holds)
        case All(terms) | Any(terms):
            return _say_joined(isinstance(term, All) is holds, terms, vocabulary, holds)
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
        inner = each.term if isinstance(each, Not) else each
        said.append(f"({words})" if isinstance(inner, (All, Any)) else words)
    return f", {joiner} ".join(said) if len(said) > 2 else f" {joiner} ".join(said)


def _say_comparison(term: Compare, concept: Concept, holds: bool) -> str:
    sign = term.sign if holds else _OPPOSITE[term.sign]
    if term.is_days_since:
        return f"{concept.words} was {_WAS[sign]} {term.written} ago"
    return f"{concept.words} is {_IS[sign]} {term.written}"


def _say_choice(term: Among, concept: Concept, holds: bool) -> str:
    named = [concept.values[value] for value in term.named]
    if term.sign not in ("in", "=", "!="):
        return f"{concept.words} is {_IS[term.sign if holds else _OPPOSITE[term.sign]]} {named[0]}"
    if holds is (term.sign != "!="):
        return f"{concept.words} is {listed(named)}"
    return f"{concept.words} is {'neither ' if len(named) > 1 else 'not '}{listed(named, 'nor')}"


def _say_set(term: Includes, concept: Concept, holds: bool) -> str:
    members = [concept.values[member] for member in term.members]
    if holds:
        return f"{concept.words} {listed(members, 'and' if term.every else 'or')}"
    if len(members) == 1:
        return f"it is not so that {concept.words} {members[0]}"
    return f"{concept.words} {'not all of' if term.every else 'none of'} {listed(members, 'and')}"


def cell_words(concept: Concept, cell: tuple[Piece, ...]) -> str:
    """Name the answers to a concept that a cell stands for, as one would give them."""
    return listed([_piece_words(concept, piece) for piece in cell[:MOST_NAMED]]) + (" and so on" if len(cell) > MOST_NAMED else "")


def _piece_words(concept: Concept, piece: Piece) -> str:
    if isinstance(piece, Truth):
        return str(piece)
    if isinstance(piece, frozenset):
        return listed([words for value, words in concept.values.items() if value in piece])
    if isinstance(piece, Span):
        return _span_words(concept, piece)
    present = [listed([words for value, words in concept.values.items() if value in group]) for group in piece.present]
    absent = [words for value, words in concept.values.items() if value in piece.absent]
    said = [listed([f"({words})" if " or " in words else words for words in present], "and")] if present else []
    if absent:
        said.append(f"{'not' if present else 'none of'} {listed(absent)}")
    return ", ".join(said)


def _span_words(concept: Concept, span: Span) -> str:
    is_date = concept.kind is Kind.DATE
    unit = " days ago" if is_date else "" if concept.unit == "1" else f" {concept.unit}"
    lowest, highest = (0.0, float(OLDEST)) if is_date else (concept.lowest, concept.highest)
    if span.low <= lowest and span.high >= highest:
        return "any value"
    # A piece ends just before the next bound; rounding shows the bound itself.
    low, high = f"{span.low:.6g}", f"{span.high:.6g}"
    if span.low == span.high:
        return f"{low}{unit}"
    if span.low <= lowest:
        return f"{high} days ago or less" if is_date else f"below {high}{unit}" if not float(high) == span.high else f"at most {high}{unit}"
    if span.high >= highest:
        return f"{low} days ago or more" if is_date else f"above {low}{unit}" if not float(low) == span.low else f"{low}{unit} or more"
    return f"{low} to {high}{unit}"
