"""What the conditions of an instrument say of many responses at once: which items were asked, what cannot be together.

A condition hangs on a few answers, and few combinations of them occur: each is evaluated once. What the condition
means is instrument/asked.py's alone. A response from a file has no day of its own, so a condition on days since a date stays
Unknown, and what is Unknown takes nobody's answer away.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from patency.case import Absence, Case, Finding, Members, Span, Value
from patency.instrument.asked import Asked, hung_on
from patency.instrument.model import Item, ItemKind
from patency.language.terms import Compare, Term, walk
from patency.practice.cells import Read
from patency.truth import Truth

_NO_DAY = date(1, 1, 1)


def truths(term: Term, items: Mapping[str, Item], answers: Mapping[str, Sequence[Any]], count: int) -> list[Truth]:
    """Say of each of so many responses whether a condition holds."""
    hung = hung_on(term, items)
    terms = [term, *(when for name in hung if name in items and (when := items[name].when) is not None)]
    if any(isinstance(part, Compare) and part.is_days_since for each in terms for part in walk(each)):
        return [Truth.UNKNOWN] * count
    names = [name for name in hung if name in answers]
    known: dict[tuple[Any, ...], Truth] = {}
    said = []
    for row in zip(*(answers[name] for name in names), strict=True) if names else [()] * count:
        if row not in known:
            case = case_of([items[name] for name in names], row)
            known[row] = Asked(items, case).holds(term, case)
        said.append(known[row])
    return said


def case_of(items: Sequence[Item], answers: Sequence[Read | Span]) -> Case:
    """Return the case of what one response answered."""
    findings = {}
    for item, answer in zip(items, answers, strict=True):
        if answer is not None and not isinstance(answer, Absence):  # a reason for giving no answer is no answer
            # Free text has no value in the language, yet it was answered.
            findings[item.name] = Finding(item.name, value_of(item, answer), _NO_DAY, str(answer))
    return Case(_NO_DAY, findings)


def value_of(item: Item, answer: Read | Span) -> Value | None:
    """Return an answer as the language knows it; of a number or a day it may be the span within which it is known to lie."""
    if isinstance(answer, Span):
        return answer
    match item.kind:
        case ItemKind.YES_NO:
            return Truth.YES if answer == "yes" else Truth.NO
        case ItemKind.NUMBER:
            assert isinstance(answer, float), "a number was read"
            return Span(answer, answer)
        case ItemKind.DATE:
            assert isinstance(answer, date), "a date was read"
            return Span(answer.toordinal(), answer.toordinal())
        case ItemKind.MULTIPLE:
            assert isinstance(answer, frozenset), "several answers were read"
            return Members(answer, frozenset(item.choices) - answer)
        case ItemKind.TEXT:
            return None
    assert isinstance(answer, str), "the name of an answer was read"
    return frozenset({answer})
