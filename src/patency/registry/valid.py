"""Whether what a record says fits its form: every Fault found.

In: the kind and the values of each record, the forms. Out: nothing, or all that is wrong, at once. Refused is only what
cannot be; what is unlikely is a question of the quality rules.

Not here: how a value is read that a person typed (entered.py), values by the hundred thousand (an importer has read each
against its item already).
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from patency.answer import amount_words
from patency.case import Absence, Span
from patency.casefile import EARLIEST, LATEST
from patency.fault import CONTROL, Fault, Faults, Place, Refused, listed, nearest
from patency.instrument.model import Instrument, Item, ItemKind
from patency.instrument.response import refuse_forbidden, refuse_unasked
from patency.registry.entry import ITEMS, Value
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.said import case_of_answers, findings_of, scale_answers, written

LONGEST_TEXT = 20_000  # letters; the hashes of all guidelines are some 3,000
LONGEST_SHOWN = 60
AHEAD = timedelta(days=1)  # somewhere it is tomorrow already


def check(said: Iterable[tuple[str, Mapping[str, Value]]], forms: Forms, today: date | None = None) -> None:
    """Refuse what does not fit the form of its kind."""
    faults: list[Fault] = Faults()
    every = list(said)
    for number, (kind, values) in enumerate(every, 1):
        where = Place(kind if len(every) == 1 else f"{kind} ({number} of {len(every)})")
        if kind not in KINDS:
            faults.append(Fault(where, f"there is no kind of record {kind!r}", "each kind has a form of its own",
                                nearest(kind, KINDS, f"use one of {', '.join(KINDS)}")))  # fmt: skip
            continue
        faults.extend(faults_of(kind, values, forms, where, today or date.today()))
    if faults:
        raise Refused(faults)


def faults_of(kind: str, values: Mapping[str, Value], forms: Forms, where: Place, today: date) -> list[Fault]:
    """Return what is wrong with what a record of a kind says."""
    form, scale = forms.of[kind], None
    own = {name: value for name, value in values.items() if not name.startswith(ITEMS)}
    faults = _wrong_values(form, own, where, today)
    faults += [_missing(item, where) for item in form.items.values() if item.is_required and item.name not in values]
    if kind == "response":
        scale = _scale(values, forms, where, faults)
    asked = scale_answers(values)
    if scale is not None:
        faults += _wrong_values(scale, asked, where, today, ITEMS)
    elif asked and kind != "response":
        faults.append(Fault(where, f"there are answers to a scale's items: {', '.join(sorted(asked)[:5])}",
                            "only a filled-in scale has such", "leave them out"))  # fmt: skip
    if faults:
        return faults  # an answer that is none may be the one that a condition speaks of
    found = values.get("date")
    on = found if isinstance(found, date) else today
    for instrument, answers in ((form, own), *([(scale, asked)] if scale is not None else [])):
        case = case_of_answers(instrument, answers, on, where)
        refuse_unasked(instrument, case, faults)
        refuse_forbidden(instrument, case, where, faults)
    if kind == "finding" and not faults:
        try:
            findings_of(values, forms.vocabulary, where, faults)
        except Refused as refused:
            faults += refused.faults
    return faults


def _missing(item: Item, where: Place) -> Fault:
    reasons = [each.value for each in item.absences]
    instead = f", or say why there is none: {listed(reasons)}" if reasons else ""
    return Fault(where, f"{item.name!r} is missing", "it is asked of everybody", f"answer it{instead}")


def no_scale(name: str, where: Place, scales: Mapping[str, Instrument]) -> Fault:
    """Say that there is no scale of a name."""
    return Fault(where, f"there is no scale {name[:LONGEST_SHOWN]!r}", "its answers mean nothing without what was asked",
                 nearest(name, scales, "`patency instrument list` lists them"))  # fmt: skip


def _scale(values: Mapping[str, Value], forms: Forms, where: Place, faults: list[Fault]) -> Instrument | None:
    name = values.get("instrument")
    if not isinstance(name, str):
        return None  # said already
    scale = forms.scales.get(name)
    if scale is None:
        faults.append(no_scale(name, where, forms.scales))
    elif isinstance(values.get("side"), str) and not scale.is_per_leg:
        faults.append(Fault(where, f"the {scale.title} is not of one leg", "its answers would mean the same of either",
                            "leave 'side' out"))  # fmt: skip
    elif _is_of_another_version(values, scale):
        faults.append(Fault(where, f"the answers are of another version than {scale.version!r}, by which they would be scored",
                            "another version may ask or count otherwise",
                            "leave 'version' out if it asks the same; else keep its total, and leave the answers out"))  # fmt: skip
    return scale


def _is_of_another_version(values: Mapping[str, Value], scale: Instrument) -> bool:
    return values.get("version", scale.version) != scale.version and bool(scale_answers(values))


def _wrong_values(
    form: Instrument, values: Mapping[str, Value], where: Place, today: date, prefix: str = ""
) -> list[Fault]:
    faults = []
    for name, value in values.items():
        item = form.items.get(name)
        place = Place(f"{where}, {prefix}{name[:LONGEST_SHOWN]}")
        if item is None:
            faults.append(Fault(place, f"{name[:LONGEST_SHOWN]!r} is no item of {form.title!r}",
                                "what no form asks would be lost in silence",
                                nearest(name, form.items, f"its items are {', '.join(form.items)}")))  # fmt: skip
        elif wrong := why_wrong(item, value, today):
            faults.append(Fault(place, f"{item.name!r} cannot be {shown(value, item)}", *wrong))
    return faults


def why_wrong(item: Item, value: Value, today: date) -> tuple[str, str] | None:
    """Say why a value cannot be an item's, and what to do; None where it can."""
    if isinstance(value, Absence):
        return _why_no_reason(item, value)
    match item.kind:
        case ItemKind.TEXT:
            return _why_no_text(value)
        case ItemKind.NUMBER:
            return _why_no_number(item, value)
        case ItemKind.DATE:
            return _why_no_date(item, value, today)
        case ItemKind.MULTIPLE:
            is_one = isinstance(value, frozenset) and value <= item.choices.keys()
            return (
                None
                if is_one
                else (f"it is a set of {listed(list(item.choices), 'and')}", "name some of them, or none")
            )
    if isinstance(value, str) and value in item.choices:
        return None
    fix = nearest(value, item.choices, "write one of them") if isinstance(value, str) else "write one of them"
    return f"it is one of {listed(list(item.choices))}", fix


def _why_no_reason(item: Item, value: Absence) -> tuple[str, str] | None:
    if value in item.absences or (value is Absence.NOT_ASKED and item.absences):
        return None
    reasons = [each.value for each in item.absences]
    why = f"the reasons it takes are {listed(reasons)}" if reasons else "it takes no reason for giving no answer"
    return why, "answer it"


def _why_no_text(value: Value) -> tuple[str, str] | None:
    if not isinstance(value, str) or not value.strip():
        return "it is answered in words", "write them, or leave it out"
    if len(value) > LONGEST_TEXT:
        return f"up to {LONGEST_TEXT:,} letters are kept, and these are {len(value):,}", "say it in fewer words"
    if CONTROL.search(value):
        return "it holds letters that nobody can see", "write it anew, or paste it as plain text"
    return None


def _why_no_number(item: Item, value: Value) -> tuple[str, str] | None:
    ends = value if isinstance(value, Span) else (value, value)
    assert item.concept is not None, "a number is in the form's vocabulary"
    lowest, highest, unit = item.concept.lowest, item.concept.highest, item.concept.unit
    if any(isinstance(end, bool) or not isinstance(end, (int, float)) for end in ends):
        return f"it is a number{'' if unit == '1' else f' in {unit}'}", "write digits alone"
    slack = 1e-6 * max(1.0, abs(lowest), abs(highest))  # a bound that was converted is not refused for its last digit
    low, high = (float(end) for end in ends if isinstance(end, (int, float)))
    if not (math.isfinite(low) and math.isfinite(high) and lowest - slack <= low <= high <= highest + slack):
        return (
            f"it lies between {lowest:g} and {amount_words(f'{highest:.10g}', unit)}",
            "check the number and its unit",
        )
    return None


def _why_no_date(item: Item, value: Value, today: date) -> tuple[str, str] | None:
    latest = min(LATEST, today + AHEAD)
    if isinstance(value, Span):
        if item.name == "date":
            return "a record stands on one day", "write that day, such as 2026-05-29"
        is_possible = EARLIEST.toordinal() <= value.low <= value.high <= latest.toordinal()
    else:
        if not isinstance(value, date) or isinstance(value, datetime):
            return "it is a day", "write it as 2026-05-29"
        is_possible = EARLIEST <= value <= latest
    return (
        None
        if is_possible
        else (f"it lies between {EARLIEST} and {latest}", "check the year; what is to come is not recorded")
    )


def shown(value: Value, item: Item) -> str:
    """Show a value as one that is wrong is quoted."""
    if isinstance(value, Span) and item.kind is ItemKind.DATE and all(0 < end < LATEST.toordinal() for end in value):
        return " to ".join(str(date.fromordinal(int(end))) for end in value)
    text = written(value)
    if isinstance(value, (Span, frozenset)):
        return text
    more = len(text) - LONGEST_SHOWN
    return repr(text) if more <= 0 else f"{text[:LONGEST_SHOWN]!r} and {more:,} letters more"
