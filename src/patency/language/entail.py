"""What follows from the findings by the vocabulary's laws and by what was asserted.

A limb that is not threatened is not phlegmasia cerulea; a patient asserted to be otherwise healthy
has no active cancer. Each law is tried with each answer to each open concept; an answer under
which the law fails is ruled out, until nothing more is. Sound, and quick; it does not find all
that follows (landscape.py does, for the rules).
"""

from patency.case import Case, Finding, Value
from patency.language.evaluate import evaluate
from patency.language.lexicon import Lexicon
from patency.language.terms import Not, Term, concepts_of
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

FOLLOWS = "follows from the other findings"


def entailed(case: Case, lexicon: Lexicon) -> Case:
    """Return the case with what follows from it put in as findings of their own."""
    known = dict(case.findings)
    laws = [(law.term, concepts_of(law.term)) for law in lexicon.laws]
    tied: dict[str, tuple[Term, list[str]]] = {}
    changed = True
    while changed:
        changed = False
        # A definition whose outcome is known, asserted or entailed, is a law for this patient.
        for name, definition in lexicon.definitions.items():
            value = known[name].value if name in known else None
            if name not in tied and isinstance(value, Truth):
                term = definition if value is Truth.YES else Not(definition)
                tied[name] = (term, concepts_of(term))
        # A law none of whose concepts is known rules nothing out: it holds of every patient anyway.
        for term, names in [*tied.values(), *(law for law in laws if any(name in known for name in law[1]))]:
            if evaluate(term, Case(case.on, known)) is not Truth.UNKNOWN:
                continue
            for name in names:
                narrowed = _narrowed(term, lexicon.vocabulary.concepts[name], Case(case.on, known))
                if narrowed is not None:
                    known[name] = Finding(name, narrowed, case.on, "", FOLLOWS)
                    changed = True
    return Case(case.on, known, case.name, case.about)


def _narrowed(term: Term, concept: Concept, case: Case) -> Value | None:
    """Return what is left of a concept's answers when those that break the term are ruled out, if that is fewer."""
    known = case.value(concept.name)
    answers: list[Value]
    if concept.kind is Kind.YES_NO:
        answers = [Truth.YES, Truth.NO] if known is None else []
    elif concept.kind in (Kind.CHOICE, Kind.ORDERED):
        possible = known if isinstance(known, frozenset) else frozenset(concept.values)
        answers = [frozenset({value}) for value in sorted(possible)] if len(possible) > 1 else []
    else:
        return None
    left = [answer for answer in answers if evaluate(term, _with(case, concept.name, answer)) is not Truth.NO]
    if not left or len(left) == len(answers):
        return None
    return (
        left[0]
        if concept.kind is Kind.YES_NO
        else frozenset().union(*(each for each in left if isinstance(each, frozenset)))
    )


def _with(case: Case, name: str, answer: Value) -> Case:
    return case.with_finding(Finding(name, answer, case.on, ""))
