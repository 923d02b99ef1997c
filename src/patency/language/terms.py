"""The terms of a condition: frozen, typed when built, knowing their file and line.

A Term says nothing by itself. evaluate.py gives it its meaning; words.py reads it aloud;
landscape.py asks what it could still become. Parsing (parse.py) is the only place where terms
are made from text, and it makes none that is badly typed.
"""

from collections.abc import Iterator

from patency.fault import Place
from patency.record import Record

_HERE = Place("")


class Holds(Record, compared=1):
    """A yes/no concept, as it stands: `active_bleeding`."""

    concept: str
    place: Place = _HERE


class Compare(Record, compared=4):
    """A number, or the days since a date, against a bound: `platelets < 50 10^9/L`.

    The bound is in the concept's own unit, or in days; `written` keeps the author's.
    """

    concept: str
    is_days_since: bool
    sign: str
    bound: float
    written: str
    place: Place = _HERE


class Among(Record, compared=2):
    """A choice that is one of some values: `severity >= moderate`, `sex in [female, other]`.

    `values` are those for which it holds; `sign` and `named` keep how the author put it.
    """

    concept: str
    values: frozenset[str]
    sign: str
    named: tuple[str, ...]
    place: Place = _HERE


class Includes(Record, compared=3):
    """A set that has any, or every one, of some members: `segments has any [femoral, popliteal]`."""

    concept: str
    members: tuple[str, ...]
    every: bool
    place: Place = _HERE


class Answered(Record, compared=1):
    """An item of a questionnaire to which an answer was given: `answered(pain)`.

    It exists in questionnaires alone (instrument/): of a patient no condition may ask what is unknown, for filling in an
    unknown must never reverse advice. The item may be free text, and then it is no concept of any vocabulary.
    """

    concept: str
    place: Place = _HERE


class Defined(Record, compared=1):
    """A derived concept, with the term that defines it; a clinician may assert it instead."""

    concept: str
    term: "Term"  # not compared: the name tells definitions apart, and comparing them written out is slow
    place: Place = _HERE


class Not(Record, compared=1):
    """The denial of a term."""

    term: "Term"
    place: Place = _HERE


class All(Record, compared=1):
    """All of some terms: `a and b`."""

    terms: "tuple[Term, ...]"
    place: Place = _HERE


class Any(Record, compared=1):
    """Any of some terms: `a or b`."""

    terms: "tuple[Term, ...]"
    place: Place = _HERE


Atom = Holds | Compare | Among | Includes
Term = Atom | Answered | Defined | Not | All | Any
ATOMS = (Holds, Compare, Among, Includes)
KINDS = (*ATOMS, Answered, Defined, Not, All, Any)
ONLY_OF_A_PATIENT = "no condition of a patient asks whether something was answered: the parser makes none"


def parts(term: Term) -> "tuple[Term, ...]":
    """Return the terms a term is made of."""
    if isinstance(term, (All, Any)):
        return term.terms
    if isinstance(term, (Not, Defined)):
        return (term.term,)
    return ()


def walk(term: Term) -> Iterator[Term]:
    """Yield a term and everything in it, definitions included, each definition once."""
    seen: set[str] = set()
    waiting = [term]
    while waiting:
        at = waiting.pop()
        if isinstance(at, Defined):
            if at.concept in seen:
                continue
            seen.add(at.concept)
        yield at
        waiting.extend(reversed(parts(at)))


def size(term: Term, sizes: dict[str, int]) -> int:
    """Count the parts of a term with its definitions written out; `sizes` keeps those already counted."""
    if isinstance(term, Defined):
        if term.concept not in sizes:
            sizes[term.concept] = size(term.term, sizes)
        return sizes[term.concept]
    return 1 + sum(size(part, sizes) for part in parts(term))


def concepts_of(term: Term) -> list[str]:
    """Return the names of the concepts a term mentions, derived ones and items included, in order of mention."""
    return list(dict.fromkeys(at.concept for at in walk(term) if isinstance(at, (*ATOMS, Answered, Defined))))
