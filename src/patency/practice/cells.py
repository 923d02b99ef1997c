"""What one cell of a file says in answer to one item: an answer, a reason for none, or nothing.

A cell is read whole or it is Unreadable: nothing is rounded, guessed or cut. What is written in thousands of rows is
read once.

Not here: which cell belongs to which item (layout.py), whether the item was asked at all (conditions.py).
"""

import html
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from patency.answer import Unreadable, amount_words, unit_factor
from patency.case import Absence
from patency.fault import listed, nearest
from patency.instrument.model import Item, ItemKind
from patency.practice.layout import Column, is_written

Answer = str | float | date | frozenset[str]
Read = Answer | Absence | None

LONGEST_SHOWN = 60  # letters of a cell that a message quotes
_YES_NO = {"yes": ("yes", "y", "true", "1", "checked"), "no": ("no", "n", "false", "0", "unchecked")}
_TICKED = ("1", "yes", "y", "true", "checked", "x", "selected")
_UNTICKED = ("", "0", "no", "n", "false", "unchecked", "not selected")
_POINT = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"[-+]?(?:\d+,?\d*|,\d+)")
ORDERS = {
    "year-month-day": re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    "day-month-year": re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    "month-day-year": re.compile(r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4})"),
}
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


def plain(text: str) -> str:
    """Return words without tags, case and double blanks, as choices are compared."""
    if "<" in text or "&" in text:
        text = html.unescape(re.sub(r"<[^<>]{0,500}>", " ", text))
    return " ".join(text.split()).casefold()


def reader_of(column: Column, decimal: str, unasked: frozenset[str]) -> Callable[[Any], Read]:
    """Return what reads the cells of one item; it raises Unreadable."""
    read = _single(column, decimal)
    if column.members:
        return lambda cells: _ticked(column, cells, unasked)

    def one(text: str) -> Read:
        text = text.strip()
        if not text or text in unasked:
            return None
        if text in column.missing and text not in column.answers:
            return _reason(column.item, text, column.missing[text])
        return read(text)

    return one


def read_all(cells: Sequence[Any], read: Callable[[Any], Read]) -> list[Read | Unreadable]:
    """Read many cells, each that is written alike once."""
    known: dict[Any, Read | Unreadable] = {}
    for each in dict.fromkeys(cells):
        try:
            known[each] = read(each)
        except Unreadable as unreadable:
            known[each] = unreadable
    return [known[each] for each in cells]


def _reason(item: Item, text: str, absence: Absence) -> Absence | None:
    if absence is Absence.NOT_ASKED:
        return None
    if absence in item.absences:
        return absence
    raise Unreadable(f"{text!r} means {absence.value!r}, which {item.name!r} does not take",
                     "the instrument says which reasons may be given",
                     "add it to the item's 'absences', or correct 'missing' in the mapping")  # fmt: skip


def _single(column: Column, decimal: str) -> Callable[[str], Read]:
    item = column.item
    match item.kind:
        case ItemKind.TEXT:
            return lambda text: text
        case ItemKind.NUMBER:
            return lambda text: _number(column, text, decimal)
        case ItemKind.DATE:
            return lambda text: _date(column, text)
    meanings = _meanings(column)
    if item.kind is ItemKind.MULTIPLE:
        return lambda text: _several(column, text, meanings)
    return lambda text: _choice(item, text, meanings)


def _meanings(column: Column) -> Mapping[str, frozenset[str]]:
    """Return which answers a cell may mean: by its name, its words or its code, unless the mapping says which."""
    item = column.item
    found: dict[str, set[str]] = {}
    for choice in item.choices.values():
        for each in {choice.name, choice.words, choice.code} - {""}:
            found.setdefault(plain(each), set()).add(choice.name)
    if item.kind is ItemKind.YES_NO:
        for name, words in _YES_NO.items():
            for each in words:
                found.setdefault(each, {name})  # where a code says otherwise, the code counts
    if "other" in item.choices:
        found.setdefault("-oth-", {"other"})  # so LimeSurvey writes it
    said = {plain(cell): {name} for cell, name in column.answers.items()}
    return {cell: frozenset(names) for cell, names in (found | said).items()}


def _choice(item: Item, text: str, meanings: Mapping[str, frozenset[str]]) -> str:
    names = meanings.get(plain(text), frozenset())
    if len(names) == 1:
        return next(iter(names))
    shown = _shown(text)
    if names:
        raise Unreadable(f"{item.name!r} is {shown}, which may be {listed([repr(name) for name in sorted(names)])}",
                         "one of them is its code and the other its words", "say which in the mapping, under 'answers'")  # fmt: skip
    raise Unreadable(f"{item.name!r} cannot be {shown}", f"its answers are {listed(list(item.choices))}",
                     nearest(text, item.choices, "say what it means in the mapping, under 'answers'"))  # fmt: skip


def _several(column: Column, text: str, meanings: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Part a cell into its answers, though an answer's own words may hold what parts them."""
    item, split, whole = column.item, column.split or ",", plain(text)
    if whole in ("none", "[]") and whole not in meanings:
        return frozenset()
    # By position: in how many ways the rest can be parted, and what the first answer of it is.
    ways: dict[int, int] = {len(whole): 1}
    first: dict[int, tuple[str, int]] = {}
    starts = [0, *(place + len(split) for place in range(len(whole)) if whole.startswith(split, place))]
    for place in reversed(starts):
        begin = place + (len(whole[place:]) - len(whole[place:].lstrip()))
        for cell in meanings:
            end = begin + len(cell)
            if not whole.startswith(cell, begin):
                continue
            after = whole[end:].lstrip()
            rest = len(whole) if not after else len(whole) - len(after) + len(split) if after.startswith(split) else -1
            if ways.get(rest, 0):
                ways[place] = min(2, ways.get(place, 0) + ways[rest])
                first[place] = (cell, rest)
    if not ways.get(0):
        raise Unreadable(f"{item.name!r} cannot be {_shown(text)}", f"its answers are {listed(list(item.choices))}",
                         f"write some of them, parted by {split!r}, or say in the mapping what they mean, and 'split'")  # fmt: skip
    members: set[str] = set()
    place = 0
    while place < len(whole):
        cell, place = first[place]
        members |= {_choice(item, cell, meanings)}
    if ways[0] > 1:
        raise Unreadable(f"{item.name!r} is {_shown(text)}, which can be parted in two ways", f"an answer's own words hold {split!r}",
                         "export it with a column for each answer, or as numbers")  # fmt: skip
    return frozenset(members)


def _ticked(column: Column, cells: tuple[str, ...], unasked: frozenset[str]) -> Read:
    """Read one column for each member: nothing ticked is a blank, unless the mapping says that it means none."""
    item = column.item
    ticked, is_denied, reasons = set(), False, []
    for member, text in zip(column.members, (each.strip() for each in cells), strict=True):
        own = {plain(each) for each in (member, item.choices[member].words)}
        if text in unasked:
            continue
        if is_written(column.members[member]):
            ticked |= {member} if text else set()
        elif text in column.missing:
            reasons.append((text, column.missing[text]))
        elif (word := plain(text)) in _UNTICKED:
            is_denied = is_denied or bool(word)
        elif word in _TICKED or word in own:
            ticked.add(member)
        else:
            where = f"column {column.members[member]!r}, a box of {item.name!r}"
            raise Unreadable(f"{where}: the cell is neither ticked nor unticked", "a box is one or the other",
                             "write 1 or 0")  # fmt: skip
    if ticked:
        return frozenset(ticked)
    if reasons:
        return _reason(item, *reasons[0])
    return frozenset() if is_denied and column.is_none else None


def _number(column: Column, text: str, decimal: str) -> float:
    item = column.item
    assert item.concept is not None, "a number is in the instrument's vocabulary"
    if not (_COMMA if decimal == "comma" else _POINT).fullmatch(text):
        sign = "comma" if decimal == "comma" else "point"
        raise Unreadable(f"{item.name!r} cannot be {_shown(text)}", f"it is a number with a decimal {sign}",
                         "write digits alone, or name 'decimal' in the mapping")  # fmt: skip
    number = float(text.replace(",", ".")) * unit_factor(item.concept, column.unit)
    slack = 1e-6 * max(1.0, abs(number))
    lowest, highest = item.concept.lowest, item.concept.highest
    if not (math.isfinite(number) and lowest - slack <= number <= highest + slack):
        raise Unreadable(f"{item.name!r} cannot be {_shown(text)}",
                         f"it lies between {lowest:g} and {amount_words(f'{highest:.10g}', item.concept.unit)}",
                         "check the number and its unit; a code for a missing answer belongs in 'missing'")  # fmt: skip
    return min(max(number, lowest), highest)


def _date(column: Column, text: str) -> date:
    match = ORDERS[column.dates].match(text)
    if match and (match.end() == len(text) or _TIME.fullmatch(text, match.end())):
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            pass
    raise Unreadable(f"{column.item.name!r} cannot be {_shown(text)}", f"it is a date, written {column.dates}",
                     "correct it, or name another order under 'dates' in the mapping")  # fmt: skip


def _shown(text: str) -> str:
    return (
        repr(text)
        if len(text) <= LONGEST_SHOWN
        else f"{text[:LONGEST_SHOWN]!r} and {len(text) - LONGEST_SHOWN:,} letters more"
    )
