"""What a person typed, as the values of a record.

In: `name=value` pairs, as on the command line, or a YAML file of names with values. Out: the values, or every Fault in them.
An answer is written as in a case file or a response: a choice by its name, its words or its code; a number with its unit;
a reason for giving none as `not known`, or `?not known`. What may be several answers is refused where only one can be kept.

Not here: whether the values fit together and nothing is missing (valid.py).
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date

from patency.answer import ABSENCES, Unreadable, read_value
from patency.case import Absence, Members, Span
from patency.casefile import answer_typed
from patency.document import Fields, Node
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.instrument.chosen import by_names
from patency.instrument.model import Item, ItemKind
from patency.registry.entry import ITEMS, Value
from patency.registry.forms import Forms
from patency.registry.oneline import unseen
from patency.registry.valid import no_scale
from patency.truth import Truth


def read_typed(kind: str, pairs: Iterable[str], forms: Forms, today: date) -> dict[str, Value]:
    """Read `name=value` pairs of a record; refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    answers = _pairs(pairs, faults)
    return _told(_read_all(kind, answers, forms, today, "", faults), answers, faults)


def read_corrections(
    kind: str, pairs: Iterable[str], forms: Forms, today: date, scale: str = ""
) -> dict[str, Value | None]:
    """Read the pairs of a correction, in which `name=` takes a value away; `scale` is what the record was filled in by."""
    faults: list[Fault] = Faults()
    answers = _pairs(pairs, faults)
    read = _read_all(kind, answers, forms, today, scale, faults)
    if faults:
        raise Refused(faults)
    return {name: read.get(name) for name in answers}


def read_file(kind: str, node: Node, forms: Forms, today: date) -> dict[str, Value]:
    """Read a file of a record's values, of a scale its answers under `answers:`; refuse it with every Fault found."""
    faults: list[Fault] = Faults()
    fields = Fields(node, faults, "the record")
    asked = fields.group("answers") if kind == "response" else {}
    own = {name: each for name, each in fields.named.items() if kind != "response" or name != "answers"}
    answers = own | {ITEMS + name: each for name, each in asked.items()}
    return _told(_read_all(kind, answers, forms, today, "", faults), answers, faults)


def _pairs(pairs: Iterable[str], faults: list[Fault]) -> dict[str, Node]:
    answers: dict[str, Node] = {}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        place = Place(pair)
        if not equals:
            faults.append(Fault(place, "there is no '='", "a value names its item", "write name=value"))
        elif name in answers:
            faults.append(
                Fault(place, f"{name!r} is given twice", "only one of the two can count", "leave one of them")
            )
        else:
            answers[name] = answer_typed(text, place)
    return answers


def _told(read: dict[str, Value], answers: Mapping[str, Node], faults: list[Fault]) -> dict[str, Value]:
    faults += [
        Fault(node.place, f"{name!r} is empty", "a blank says neither what it is nor why it is not known",
              "answer it, or leave it out")
        for name, node in answers.items() if node.value == ""
    ]  # fmt: skip
    if faults:
        raise Refused(faults)
    return read


def _read_all(
    kind: str, answers: Mapping[str, Node], forms: Forms, today: date, scale: str, faults: list[Fault]
) -> dict[str, Value]:
    named = answers.get("instrument")
    scale = named.value.strip() if named is not None and isinstance(named.value, str) else scale
    read: dict[str, Value] = {}
    if scale and scale not in forms.scales:
        faults.append(no_scale(scale, named.place if named is not None else Place(kind), forms.scales))
        answers = {name: node for name, node in answers.items() if not name.startswith(ITEMS)}
    for name, node in answers.items():
        item = forms.item(kind, name, scale)
        if item is None:
            faults.append(_no_item(kind, name, node.place, forms, scale))
        elif node.value != "":
            try:
                read[name] = read_answer(item, node, today)
            except Unreadable as unreadable:
                faults.append(Fault(node.place, unreadable.what, unreadable.why, unreadable.fix))
    return read


def _no_item(kind: str, name: str, place: Place, forms: Forms, scale: str) -> Fault:
    bare, asked = name.removeprefix(ITEMS), forms.scales[scale].items if scale in forms.scales else {}
    if kind == "response" and name.startswith(ITEMS) and not scale:
        return Fault(place, f"{bare!r} is an item of a scale, and no scale is named", "each scale has items of its own",
                     "write instrument=SCALE beside it; `patency instrument list` lists the scales")  # fmt: skip
    if kind == "response" and name in asked:
        return Fault(place, f"{name!r} is an item of the {scale}, and no answer to the form",
                     "what is said of the scale and what it asks stand apart", f"write {ITEMS}{name}=VALUE")  # fmt: skip
    known = asked if name.startswith(ITEMS) and asked else forms.of[kind].items
    return Fault(place, f"{bare!r} is no item of the {scale if known is not forms.of[kind].items else kind}",
                 "what no form asks would be lost in silence", nearest(bare, known, f"its items are {', '.join(known)}"))  # fmt: skip


def read_answer(item: Item, node: Node, today: date) -> Value:
    """Read one answer to an item; raise Unreadable where it is none."""
    if isinstance(node.value, str) and (absence := ABSENCES.get(node.value.strip().removeprefix("?").strip().lower())):
        if not node.value.strip().startswith("?"):
            _refuse_either(item, absence)
        return absence
    if item.concept is None:
        return _text(node)
    value, reason = read_value(item.concept, by_names(item, node), _day_of(item, node, today))
    if reason is not None:
        return reason
    match value:
        case Truth():
            return str(value)
        case Span(low, high):
            return value if low != high else date.fromordinal(int(low)) if item.kind is ItemKind.DATE else low
        case Members(included, excluded):
            if included | excluded == item.choices.keys():
                return included
        case frozenset():
            if len(value) == 1:
                return next(iter(value))
    raise Unreadable(f"{item.name!r} is known in part only", "a record keeps one answer, whole",
                     "say which it is, or that it is not known; a finding of the vocabulary may be known in part")  # fmt: skip


def _refuse_either(item: Item, absence: Absence) -> None:
    """Refuse a reason for no answer that may be meant as an answer: who declined to take part is not one who would not say."""
    for name, choice in item.choices.items():
        if choice.words.lower().startswith(absence.value):
            raise Unreadable(f"{item.name!r} is {absence.value!r}",
                             f"it may be the answer {name!r}, {choice.words}, or mean that there is no answer",
                             f"write {name}; or, where there is no answer, '? {absence.value}'")  # fmt: skip


def _text(node: Node) -> str:
    """Return words as they were typed: of a finding they may be a list, or what a set includes and excludes."""
    match node.value:
        case str():
            text = node.value.strip()
            for fault in unseen({"the text": text}):
                raise Unreadable(fault.what, fault.why, fault.fix)
            return text
        case tuple():
            return f"[{', '.join(_text(each) for each in node.value)}]"
        case dict():
            return f"{{{', '.join(f'{name}: {_text(each)}' for name, each in node.value.items())}}}"


def _day_of(item: Item, node: Node, today: date) -> date:
    """Return the day that an answer is read on; a day that is written out is judged when the record is checked."""
    if item.kind is ItemKind.DATE and isinstance(node.value, str):
        with suppress(ValueError):
            return date.fromisoformat(node.value.strip())
    return today
