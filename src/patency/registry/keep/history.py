"""What was recorded of a patient, change by change, as sentences.

    3 Mar 2026 10:12 UTC: anna corrected the visit of 1 Feb 2026: body weight from 60 kg to 61 kg. Reason: mistyped.

In: every version of every record, as Session.history gives them. Out: a sentence each, oldest first, in the words of the
forms. Where a form no longer knows a name, the name itself stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from patency.answer import amount_words
from patency.case import Absence, Span
from patency.fault import listed
from patency.instrument.model import Item
from patency.registry.entry import ITEMS, Entry, Value
from patency.registry.forms import Forms
from patency.registry.keep.words import day, moment
from patency.registry.kinds import KINDS
from patency.registry.session import Session


def history_of(session: Session, patient: str) -> list[str]:
    """Return what was done to a patient's records, as sentences; it is a view, and noted."""
    return list(told(session.history(patient), session.forms))


def told(entries: Iterable[Entry], forms: Forms) -> Iterator[str]:
    """Yield a sentence for each version; of each record the versions stand in order."""
    before: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.kind, entry.id)
        yield f"{moment(entry.at)}: {entry.author} {_done(entry, before.get(key), forms)}{_because(entry.reason)}"
        before[key] = entry


def _because(reason: str) -> str:
    end = "" if reason.rstrip().endswith((".", "!", "?")) else "."
    return f". Reason: {reason.strip()}{end}" if reason.strip() else "."


def _done(entry: Entry, before: Entry | None, forms: Forms) -> str:
    if before is None:
        said = "; ".join(f"{name} {value}" for name, value in _in_words(entry, entry.values, forms))
        return f"added {_named(entry)}{f': {said}' if said else ''}"
    if entry.is_void:
        return f"voided {_named(before)}"
    changes = [_change(name, before, entry, forms) for name in _in_order(entry, {**before.values, **entry.values}, forms)
               if before.values.get(name) != entry.values.get(name)]  # fmt: skip
    return f"corrected {_named(before)}: {'; '.join(changes) or 'nothing was changed'}"


def _named(entry: Entry) -> str:
    """Name a record as one would: the visit of 1 Feb 2026."""
    words, on = KINDS[entry.kind].words, entry.values.get("date")
    return f"the {words} of {day(on)}" if isinstance(on, date) else f"the {words}"


def _in_words(entry: Entry, values: Mapping[str, Value], forms: Forms) -> Iterator[tuple[str, str]]:
    for name in _in_order(entry, values, forms):
        value = values[name]
        if not (name == "date" and isinstance(value, date)):  # its name says it
            item = _item(entry, name, forms)
            yield _name(name, item), _value(value, item)


def _in_order(entry: Entry, names: Iterable[str], forms: Forms) -> list[str]:
    """Return names in the order in which the form asks for them."""
    asked = list(forms.of[entry.kind].items) if entry.kind in forms.of else []
    return sorted(names, key=lambda name: (asked.index(name) if name in asked else len(asked), name))


def _change(name: str, before: Entry, entry: Entry, forms: Forms) -> str:
    item = _item(entry, name, forms)
    old, new = before.values.get(name), entry.values.get(name)
    if old is None:
        assert new is not None, "it was changed"
        return f"{_name(name, item)} {_value(new, item)}, which was blank"
    if new is None:
        return f"{_name(name, item)} blank, which was {_value(old, item)}"
    return f"{_name(name, item)} from {_value(old, item)} to {_value(new, item)}"


def _item(entry: Entry, name: str, forms: Forms) -> Item | None:
    if entry.kind not in forms.of:
        return None
    scale = entry.values.get("instrument", "")
    return forms.item(entry.kind, name, scale if isinstance(scale, str) else "")


def _name(name: str, item: Item | None) -> str:
    """Name a field: by its words; a yes or no by its question; else, as free text, by the name itself."""
    if item is None or item.concept is None:
        return name.removeprefix(ITEMS).replace("_", " ")
    return item.concept.words or f"“{item.asks}”"


def _value(value: Value, item: Item | None) -> str:
    if isinstance(value, Absence):
        return f"({value.value})"
    if isinstance(value, frozenset):
        return listed([_choice(each, item) for each in sorted(value)], "and") or "none"
    if isinstance(value, date):
        return day(value)
    unit = item.concept.unit if item and item.concept else ""
    if isinstance(value, Span):
        return amount_words(f"{value.low:.10g} to {value.high:.10g}", unit)
    if isinstance(value, (int, float)):
        return amount_words(f"{value:.10g}", unit)
    if item is not None and not item.kind.is_chosen:
        return f"“{value}”"
    return _choice(value, item)


def _choice(name: str, item: Item | None) -> str:
    return item.choices[name].words if item and name in item.choices else name
