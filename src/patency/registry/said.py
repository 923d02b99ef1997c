"""What a record says, as the language and the scales know it.

In: the values of a record and its form. Out: the case of its answers, over the form's own vocabulary; the Response that a
filled-in scale is; the findings of the vocabulary that a `finding` is.

Not here: whether the values fit the form (valid.py): these functions take such as do.
"""

from collections.abc import Mapping
from datetime import date

from patency.case import Absence, Case, Finding, Span
from patency.case import Value as Known
from patency.casefile import answer_typed, read_answer
from patency.document import Node, read_document
from patency.fault import Fault, Place
from patency.instrument.model import Instrument, Item
from patency.instrument.response import Response
from patency.practice.conditions import value_of
from patency.registry.entry import ITEMS, Value
from patency.vocabulary import Vocabulary


def known(item: Item, value: Value) -> Known | None:
    """Return an answer as the language knows it; None of free text, of which it knows only that there is some."""
    if isinstance(value, Span):
        return value
    assert not isinstance(value, Absence), "a reason for giving no answer is no answer"
    return value_of(item, float(value) if isinstance(value, int) else value)


def case_of_answers(form: Instrument, values: Mapping[str, Value], on: date, place: Place) -> Case:
    """Return the case of what was answered to a form or a scale; where there is a reason for none, there is no finding."""
    found = {}
    for name, item in form.items.items():
        value = values.get(name)
        if value is not None and not isinstance(value, Absence):
            found[name] = Finding(name, known(item, value), on, written(value), place=Place(f"{place}, {name}"))
    return Case(on, found)


def written(value: Value) -> str:
    """Write a value as a person reads it."""
    if isinstance(value, Absence):
        return value.value
    if isinstance(value, Span):
        return f"{value.low:.10g} to {value.high:.10g}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return f"{value:.10g}" if isinstance(value, (int, float)) else str(value)


def scale_answers(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers to a scale's items, by the items' own names."""
    return {name[len(ITEMS) :]: value for name, value in values.items() if name.startswith(ITEMS)}


def response_of(values: Mapping[str, Value], scale: Instrument, place: Place, on: date | None = None) -> Response:
    """Return a filled-in scale as the Response that is scored; as of another day than its own where one is given."""
    answers, day = scale_answers(values), on or values["date"]
    assert isinstance(day, date), "a filled-in scale has an exact day"
    return Response(
        scale,
        case_of_answers(scale, answers, day, place),
        {name: str(answers[name]) for name, item in scale.items.items() if item.concept is None and name in answers},
        {name: value for name, value in answers.items() if isinstance(value, Absence)},
        place=place,
        side=str(values.get("side", "")) if values.get("side") in ("left", "right") else "",
    )


def findings_of(
    values: Mapping[str, Value], vocabulary: Vocabulary, place: Place, faults: list[Fault]
) -> list[Finding]:
    """Return what a finding says: one Finding of a concept, or of a panel one of each member; note what cannot be read."""
    concept, on, answer = values["concept"], values["date"], values["written"]
    assert isinstance(concept, str), "a finding names its concept"
    assert isinstance(on, date), "a finding has an exact day"
    node = _answer(answer.value if isinstance(answer, Absence) else str(answer), place)
    source, is_asserted = values.get("source", ""), values.get("is_asserted") == "yes"
    found = read_answer(concept, node, place, on, vocabulary, faults)
    return [
        each._replace(
            source=source if isinstance(source, str) else "",
            is_asserted=each.is_asserted or is_asserted,
            written=each.written if not isinstance(answer, str) or each.panel else answer,
        )
        for each in found
    ]


def _answer(text: str, place: Place) -> Node:
    """Return an answer as a case file has it: a word, a list, or what a set includes and excludes."""
    return read_document(text.encode(), str(place)) if text.lstrip().startswith("{") else answer_typed(text, place)
