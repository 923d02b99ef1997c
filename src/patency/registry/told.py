"""What a record says, in the words of its form: as one reads it in a history, beside a consult, or on the screen.

In: a record and the forms. Out: its name, such as "the visit of 1 Feb 2026", and each answer in words, with its unit. Where a
form no longer knows a name, the name itself stands.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from patency.answer import amount_words, day_words
from patency.case import Absence, Span
from patency.fault import listed
from patency.instrument.model import Item, ItemKind
from patency.registry.entry import ITEMS, Entry, Value
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.oneline import one_line
from patency.vocabulary import DAYS_A_YEAR


def named(entry: Entry, forms: Forms | None = None) -> str:
    """Name a record as one would: the visit of 1 Feb 2026; a filled-in scale by the scale's own name."""
    words, on = KINDS[entry.kind].words, entry.values.get("date")
    scale = forms.scales.get(str(entry.values.get("instrument", ""))) if forms and entry.kind == "response" else None
    words = scale.title if scale else words
    return f"the {words} of {day_words(on)}" if isinstance(on, date) else f"the {words}"


def said(entry: Entry, forms: Forms, names: Iterable[str] | None = None) -> Iterator[str]:
    """Yield each answer of a record, or those of some names, in the order of its form; not its day, which names it."""
    for name in in_order(entry, entry.values if names is None else names, forms):
        value = entry.values[name]
        if not (name == "date" and isinstance(value, date)):
            yield one(name, value, item_of(entry, name, forms))


def one(name: str, value: Value, item: Item | None) -> str:
    """Say an answer: a yes or no by the form's own sentence for it, any other after what it is called."""
    if item and item.concept and item.kind is ItemKind.YES_NO and value in ("yes", "no") and item.concept.says:
        return item.concept.says if value == "yes" else item.concept.denies
    return f"{called(name, item)} {in_words(value, item)}"


def in_order(entry: Entry, names: Iterable[str], forms: Forms) -> list[str]:
    """Return names in the order in which the form asks for them."""
    asked = list(forms.of[entry.kind].items) if entry.kind in forms.of else []
    scale = forms.scales.get(str(entry.values.get("instrument", "")))
    asked += [f"{ITEMS}{name}" for name in scale.items] if scale else []
    place = {name: at for at, name in enumerate(asked)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))


def item_of(entry: Entry, name: str, forms: Forms) -> Item | None:
    """Return the item that a name of a record is."""
    if entry.kind not in forms.of:
        return None
    scale = entry.values.get("instrument", "")
    return forms.item(entry.kind, name, scale if isinstance(scale, str) else "")


def called(name: str, item: Item | None) -> str:
    """Name a field: by its words; a yes or no by its question; else, as free text, by the name itself."""
    if item is None or item.concept is None:
        return name.removeprefix(ITEMS).replace("_", " ")
    return item.concept.words or f"“{item.asks}”"


def in_words(value: Value, item: Item | None) -> str:
    """Say a value with its unit."""
    if isinstance(value, Absence):
        return f"({value.value})"
    if isinstance(value, frozenset):
        return listed([_choice(each, item) for each in sorted(value)], "and") or "none"
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Span):
        if item is not None and item.kind is ItemKind.DATE:
            return " to ".join(dict.fromkeys(day_words(date.fromordinal(int(end))) for end in value))
        return " to ".join(
            dict.fromkeys(_number(end, item, is_last) for end, is_last in zip(value, (False, True), strict=True))
        )
    if isinstance(value, (int, float)):
        return _number(value, item)
    if item is not None and not item.kind.is_chosen:
        return f"“{one_line(value)}”"
    return _choice(value, item)


def _number(value: float, item: Item | None, is_last: bool = True) -> str:
    unit = item.concept.unit if item and item.concept else ""
    if unit == "year":
        return age_words(value)
    return amount_words(f"{value:.10g}", unit) if is_last else f"{value:.10g}"


def _choice(name: str, item: Item | None) -> str:
    return item.choices[name].words if item and name in item.choices else name


def age_words(years: float) -> str:
    """Say an age in completed time: 14 years 6 months; below 2 years in months, below 3 months in days."""
    if years < 0.25:
        return amount_words(f"{math.floor(years * DAYS_A_YEAR + 1e-6)}", "day")
    months = math.floor(years * 12 + 1e-6)
    if months < 24:
        return amount_words(str(months), "month")
    whole = amount_words(str(months // 12), "year")
    return f"{whole} {amount_words(str(months % 12), 'month')}" if months % 12 else whole


def ago(days: int) -> str:
    """Say how long ago something was: in days up to two months, else in months and years."""
    return f"{amount_words(str(days), 'day') if days < 61 else age_words(days / DAYS_A_YEAR)} ago"


def changed(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[str]:
    """Return the names whose values differ."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
