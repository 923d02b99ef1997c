"""The patient of an example as a file writes it: what the patient's record says, and beneath it each record by its kind.

    episode:
      date: 2024-03-01
      procedure: {date: 2024-02-10, step: [{what: stent}, {what: balloon}]}

Answers are written as in a case file; numbers with their units. A kind has one record, or a list of them.
"""

from collections.abc import Mapping
from datetime import date

from patency.answer import ABSENCES, Unreadable, read_value
from patency.case import Members, Span
from patency.document import Fields, Node
from patency.fault import Fault, listed, nearest
from patency.instrument.model import Item
from patency.registry.entry import ITEMS, Entry, Value, now
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.quality.rule import Written
from patency.truth import Truth

ON = date(2026, 1, 1)  # the day on which examples are checked
_READ_BY = date(2030, 1, 1)  # an example may say what has not happened by then


def read_patient(node: Node, forms: Forms, faults: list[Fault]) -> Written:
    """Read the patient of an example, with all that hangs on them."""
    return _read("patient", node, forms, faults)


def _read(kind: str, node: Node, forms: Forms, faults: list[Fault]) -> Written:
    fields = Fields(node, faults, f"the {KINDS[kind].words} of an example")
    below = [name for name in KINDS if KINDS[name].of == kind and name in forms.of]
    values: dict[str, Value] = {}
    records: list[Written] = []
    scale = fields.text("instrument") if kind == "response" else ""
    otherwise = f"beneath it stand {listed([KINDS[each].plural for each in below], 'and') or 'no records'}"
    for name, each in fields.named.items():
        item = forms.item(kind, name, scale)
        if item is not None:
            _put(values, name, item, each, faults)
        elif name in below:
            several = each.value if isinstance(each.value, tuple) else (each,)
            records += [_read(name, one, forms, faults) for one in several]
        elif kind == "response" and name == "answers":
            for answered, answer in fields.group(name).items():
                _put_answer(values, answered, answer, scale, forms, faults)
        else:
            faults.append(Fault(each.place, f"{fields.what} has no place for {name!r}", "it could show nothing",
                                nearest(name, [*forms.of[kind].items, *below], otherwise)))  # fmt: skip
    return Written(kind, values, tuple(records))


def _put_answer(values: dict[str, Value], name: str, node: Node, scale: str, forms: Forms, faults: list[Fault]) -> None:
    item = forms.item("response", ITEMS + name, scale)
    if item is None:
        known = forms.scales[scale].items if scale in forms.scales else ()
        faults.append(Fault(node.place, f"{name!r} is no item of the scale {scale!r}", "it could show nothing",
                            nearest(name, known, "name the scale under 'instrument', and its own items")))  # fmt: skip
        return
    _put(values, ITEMS + name, item, node, faults)


def _put(values: dict[str, Value], name: str, item: Item, node: Node, faults: list[Fault]) -> None:
    try:
        values[name] = value_written(item, node)
    except Unreadable as unreadable:
        faults.append(Fault(node.place, unreadable.what, unreadable.why, unreadable.fix))


def value_written(item: Item, node: Node) -> Value:
    """Read one answer as a record keeps it; raise Unreadable where it does not fit the item."""
    if item.concept is None:
        text = node.value if isinstance(node.value, str) else ""
        return ABSENCES.get(text.strip().lower()) or text.strip()
    value, absence = read_value(item.concept, node, _READ_BY)
    match value:
        case Truth():
            return str(value)
        case Span(low, high):
            if low == high:
                return date.fromordinal(int(low)) if item.kind.value == "date" else low
            return value
        case Members(included, _):
            return included
        case frozenset() if len(value) == 1:
            return next(iter(value))
    if absence is not None:
        return absence
    raise Unreadable(f"{item.name!r} has several answers", "a record keeps one", "write the one that was given")


def entries_of(patient: Written) -> list[Entry]:
    """Return the records of an example as a registry would give them."""
    found: list[Entry] = []
    at = now()

    def add(written: Written, parent: str) -> None:
        own = f"{written.kind}-{len(found) + 1}"
        values: Mapping[str, Value] = written.values
        found.append(Entry(written.kind, own, 1, "example", "patient-1", parent, values, "example", at))
        for below in written.below:
            add(below, own)

    add(patient, "")
    return found
