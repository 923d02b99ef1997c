"""By which findings that nobody has looked for it is decided what else stands among the alerts.

In: the alerts of a page, what is known of the patient, a Library. Out: each such finding in words, once. A finding and
its denial are one question; conditions on one choice are one; and what the denial of an earlier one would rule out waits
for that one: where the limb is not threatened there is no phlegmasia cerulea to ask after, nor a reason to transfer.
"""

from collections.abc import Iterable, Sequence

from patency.case import Case, Finding
from patency.consult.sheets import Shown
from patency.guideline.advise import Reading
from patency.guideline.model import Library
from patency.language.evaluate import evaluate, open_part
from patency.language.terms import All, Among, Any, Holds, Not, Term
from patency.language.words import to_words
from patency.truth import Truth
from patency.vocabulary import Vocabulary


def undecided(alerts: Iterable[Shown], known: Case, library: Library) -> tuple[str, ...]:
    """Say what decides the alerts that cannot be told yet, in the order in which they stand."""
    vocabulary = library.lexicon.vocabulary
    conditions = (shown.statement.when for shown in alerts if shown.truth is Truth.UNKNOWN)
    asked = [each for when in conditions if when is not None for each in _questions(open_part(when, known))]
    items = _merged(asked, vocabulary)
    ruled_out = [_ruled_out(each, items, known, library) for each in items]
    left = [item for at, item in enumerate(items) if not any(item in by for by in ruled_out[:at])]
    return tuple(to_words(each, vocabulary) for each in left)


def _questions(term: Term) -> list[Term]:
    """Part a condition into what would each do by itself; a denial asks for the same finding."""
    if isinstance(term, Any):
        return [question for each in term.terms for question in _questions(each)]
    if isinstance(term, Not) and not isinstance(term.term, (All, Any)):
        return _questions(term.term)
    return [term]


def _merged(asked: Sequence[Term], vocabulary: Vocabulary) -> list[Term]:
    """Name each question once, and each choice once with all the answers that are asked after."""
    merged: dict[Term | str, Term] = {}
    for each in asked:
        before = merged.get(each.concept) if isinstance(each, Among) else None
        if isinstance(each, Among) and isinstance(before, Among) and before.values != each.values:
            values = before.values | each.values
            named = tuple(value for value in vocabulary.concepts[each.concept].values if value in values)
            merged[each.concept] = Among(each.concept, values, "in", named, each.place)
        else:
            merged.setdefault(each.concept if isinstance(each, Among) else each, each)
    return list(merged.values())


def _ruled_out(denied: Term, items: Iterable[Term], known: Case, library: Library) -> list[Term]:
    """List what could not be if a finding were denied; of a judgement, derived or on a scale, none hides what it rests on."""
    if not isinstance(denied, Holds):
        return []
    reading = Reading(known.with_finding(Finding(denied.concept, Truth.NO, known.on, "no")), library)
    if not reading.is_possible:
        return []
    return [each for each in items if each != denied and evaluate(each, reading.known) is Truth.NO]
