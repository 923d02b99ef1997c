"""A mapping drafted from the headers of a file: what is the same name is sure, what is alike is a guess.

In: an Export and the instrument. Out: the text of a mapping file. Every guess bears `guessed: yes` and arrive.py
refuses it until a person has looked. A cell whose meaning is not known stands there as "?". A column that looks like
an identity is never mapped, and every column that is not mapped is listed with the reason.

Not here: how a mapping is read (layout.py).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from patency.answer import Unreadable
from patency.document import Node, to_yaml
from patency.fault import CONTROL, Place
from patency.instrument.model import Choice, Instrument, Item, ItemKind
from patency.practice import identity
from patency.practice.cells import ORDERS, plain, read_all, reader_of
from patency.practice.export import Export, column_cells
from patency.practice.layout import DATES, FINISHED, GUESSED, UNSURE, Column, Layout, is_written, read_layout
from patency.table import SEPARATORS

LEAST_LIKE = 0.5  # of how alike a question and a header are; below it a guess is more often wrong than right
MOST_ROWS = 5_000  # that a draft looks at; what it misses is refused, with its row, when the file arrives
MOST_CELLS = 40  # unlike cells of one column that a person is asked about
_CODES = re.compile(r"-\d+|9{2,4}|[Nn]/?[Aa]|[Uu][Nn][Kk]|\.")  # what often stands for a missing answer
_FILLERS = frozenset("a an and at body by current for from in is of on patient s the this to was".split())
_UNITS = frozenset("cm day days g h hours kg l m mg min minutes ml mm months percent years".split())
_TEXT = re.compile(r"\s+-\s+(Selected Choice|Text)$")


def draft(export: Export, instrument: Instrument, encoding: str = "", strata: Collection[str] = ()) -> str:
    """Draft the mapping of a file to an instrument; `encoding` is the one that a person named, `strata` are the survey's."""
    items = drafted(export, instrument, free_columns(export))
    used = {name for each in items.values() for name in [each.get("column"), *each.get("columns", {}).values()] if name}
    scores = _scores(export, instrument, used)
    used |= set(scores.values())
    finished = _finished(export, used)
    used |= {finished} - {""}
    stratum = _stratum(export, strata, used)
    used |= {stratum} - {""}
    document: dict[str, Any] = {
        "mapping": instrument.id,
        "format": export.format,
        "separator": SEPARATORS[export.table.separator],
        "encoding": encoding,
        "finished": _told(export, finished, FINISHED),
        "stratum": _told(export, stratum, {each.lower(): each for each in strata}),
        "items": items,
        "missing": dict.fromkeys(codes(export, items, instrument), UNSURE),
        "scores": scores,
        "left_out": {name: why for name in export.table.header if name not in used and (why := why_not(export, name))},
    }
    blank = [name for name in instrument.items if name not in items]
    head = [f"# The mapping of {_shown(export.table.file)} to {instrument.id}, drafted from its headers.",
            "# Look at every 'guessed: yes', correct it if need be, and take those words out; put an answer for '?'."]  # fmt: skip
    if blank:
        head.append(f"# No column was found for: {', '.join(blank)}")
    return "\n".join([*head, written(document)])


def sure(export: Export, instrument: Instrument) -> Layout:
    """Return the mapping of a file whose columns bear the very names of the items; nothing is guessed."""
    found = same_names(instrument, free_columns(export))
    items = {name: entry for name, entry in found.items() if "guessed" not in entry}
    faults: list[Any] = []
    layout = read_layout(
        _node({"mapping": instrument.id, "items": items, "format": export.format}), instrument, {}, faults
    )
    assert not faults, "what is sure has no fault"
    return layout


def _finished(export: Export, used: set[str]) -> str:
    """Find the column that says whether a response was finished, in a file whose program does not say it."""
    names = [name for name in export.table.header
             if name.lower() in ("finished", "completed", "complete", "fertig", "klaar", "terminé", "completo")]  # fmt: skip
    return (
        names[0] if export.format == "plain" and names and names[0] not in used and names[0] not in export.own else ""
    )


def _stratum(export: Export, strata: Collection[str], used: set[str]) -> str:
    """Find the column whose cells are the strata of the survey."""
    known = {each.lower() for each in strata}
    for name in export.table.header:
        cells = {cell.lower() for cell in column_cells(export.table, name, MOST_ROWS)} - {""}
        if cells and cells <= known and name not in used:
            return name
    return ""


def _told(export: Export, column: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Lay out what the cells of a column tell of the whole response; a person says what is not known."""
    if not column:
        return {}
    cells = [cell for cell in dict.fromkeys(column_cells(export.table, column, MOST_ROWS)) if cell]
    answers = {cell: GUESSED.get(cell.lower(), UNSURE) for cell in cells[:MOST_CELLS] if cell.lower() not in known}
    return {"column": column, **({"answers": answers} if answers else {})}


def _scores(export: Export, instrument: Instrument, used: set[str]) -> dict[str, str]:
    """Find the calculated columns that bear the name of a score, to be compared with it."""
    return {
        name: column
        for name, score in instrument.scores.items()
        for column in export.table.header
        if score.number is not None and column.lower() in (name, name.replace("-", "_")) and column not in used
    }


def why_not(export: Export, name: str) -> str:
    """Say why a column is mapped to no item."""
    what = export.own.get(name) or identity.named(name, export.labels.get(name, ""))
    if not what and (held := _held(column_cells(export.table, name, MOST_ROWS))):
        what = f"its cells hold {held}"
    return what or "no item is like it"


def _held(cells: Iterable[str]) -> str:
    """Say what identity most of the cells of a column hold."""
    filled = [cell for cell in cells if cell][:200]
    found = [what for cell in filled if (what := identity.held(cell))]
    return found[0] if found and 2 * len(found) > len(filled) else ""


def drafted(export: Export, instrument: Instrument, free: dict[str, str], of: str = "") -> dict[str, dict[str, Any]]:
    """Match the items of an instrument with the columns that are free for them, each with its question; guesses say so.

    `of` is what a row is of, such as visit: headers are then matched as labels too, for they say "Visit date" and "Date of visit".
    """
    found = same_names(instrument, free)
    if of:
        found |= _labelled({name: item for name, item in instrument.items.items() if name not in found}, free, of)
    found |= _alike({name: item for name, item in instrument.items.items() if name not in found}, free, export)
    found |= _written(instrument, found, export)
    for name, entry in found.items():
        _meanings(entry, instrument.items[name], export)
    return {name: found[name] for name in instrument.items if name in found}


def _written(instrument: Instrument, found: Mapping[str, Any], export: Export) -> dict[str, dict[str, Any]]:
    """Match a question for what "other" was with the words that LimeSurvey keeps beside its box."""
    by_code = {re.sub("[-_]", "", name.lower()): name for name in export.table.header if is_written(name)}
    matched = {}
    for name, item in instrument.items.items():
        for asked in item.hangs_on if item.kind is ItemKind.TEXT and name not in found else ():
            code = re.sub("[-_]", "", asked.lower())
            if column := by_code.get(f"{code}[other]"):
                matched[name] = {"column": column, "guessed": "yes"}
    return matched


def free_columns(export: Export) -> dict[str, str]:
    """Return the columns that could hold answers, each with its question as it is compared."""
    return {
        name: plain(_TEXT.sub("", export.labels.get(name, name)))
        for name in export.table.header
        if name not in export.own
        and not identity.named(name, export.labels.get(name, ""))
        and not _held(column_cells(export.table, name, MOST_ROWS))
    }


def same_names(instrument: Instrument, free: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Match the columns that bear the very names of items, and take them out of those that are free."""
    found = {}
    for name, item in instrument.items.items():
        if entry := _same_name(item, free):
            found[name] = entry
            for column in [entry.get("column"), *entry.get("columns", {}).values()]:
                free.pop(column, None)
    return found


def _same_name(item: Item, free: Mapping[str, str]) -> dict[str, Any]:
    by_name = {name.lower(): name for name in free}
    names = [item.name.lower(), item.name.lower().replace("-", "_")]
    squeezed = re.sub("[-_]", "", names[0])  # LimeSurvey's codes have neither
    for tried, guess in ((names, {}), ([squeezed], {"guessed": "yes"} if squeezed != names[0] else {})):
        for name in tried:
            if name in by_name:
                return {"column": by_name[name], **guess}
        if item.kind is ItemKind.MULTIPLE:
            boxes = {member: _box(tried, choice, by_name) for member, choice in item.choices.items()}
            if columns := {member: column for member, column in boxes.items() if column}:
                return {"columns": columns, **guess}
    return {}


def _box(names: list[str], choice: Choice, by_name: Mapping[str, str]) -> str:
    """Find the column of one box, as REDCap, LimeSurvey and their like name it."""
    for name in names:
        for code in (choice.code, choice.name):
            redcap = re.sub(r"[^a-z0-9_]", "_", code.lower())
            for header in (
                f"{name}___{redcap}",
                f"{name}[{code.lower()}]",
                f"{name}_{code.lower()}",
                f"{name}/{code.lower()}",
            ):
                if header in by_name:
                    return by_name[header]
    return ""


def _alike(items: Mapping[str, Item], free: dict[str, str], export: Export) -> dict[str, dict[str, Any]]:
    """Match the questions that are most alike first; each column goes to one item."""
    offers: list[tuple[float, str, dict[str, Any]]] = []
    for name, item in items.items():
        asked = _words(f"{item.asks} {name}")
        if item.kind is ItemKind.MULTIPLE:
            columns = _boxes_by_label(item, free)
            if columns:
                offers.append((1.0, name, {"columns": columns}))
        for column, label in free.items():
            likeness = _likeness(asked, _words(f"{label} {column}"))
            if likeness >= LEAST_LIKE / 2 and (likeness := (likeness + _fit(item, column, export)) / 2) >= LEAST_LIKE:
                offers.append((likeness, name, {"column": column}))
    found: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for _, name, entry in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        columns_used = {entry.get("column", ""), *entry.get("columns", {}).values()} - {""}
        if name not in found and not columns_used & taken:
            found[name] = {**entry, "guessed": "yes"}
            taken |= columns_used
    return found


def _labelled(items: Mapping[str, Item], free: dict[str, str], of: str) -> dict[str, dict[str, Any]]:
    """Match items with the columns whose label has their very words, or else some of them, and no other; never where two fit."""
    found: dict[str, dict[str, Any]] = {}
    fitting: dict[str, list[str]] = {}
    for fits in (set.__eq__, set.__le__):
        labels = {column: told for column, label in free.items() if (told := _told_by(label, of))}
        fitting = {column: [name for name in items if name not in found and items[name].kind is not ItemKind.MULTIPLE
                            and fits(told, _told_by(name, of))] for column, told in labels.items()}  # fmt: skip
        for column, names in fitting.items():
            if len(names) == 1 and sum(names[0] in others for others in fitting.values()) == 1:
                found[names[0]] = {"column": column, "guessed": "yes"}
                free.pop(column)
    for column in (each for each, names in fitting.items() if names):
        free.pop(column, None)  # what could be several is guessed by no likeness either
    return found


def _told_by(label: str, of: str) -> set[str]:
    """Return the words of a label, or of an item's name, without units, fillers, and the word for what a row is of."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"[(\[].*?[)\]]", " ", label.lower()))
    return set(words) - _FILLERS - _UNITS - {of}


def _boxes_by_label(item: Item, free: Mapping[str, str]) -> dict[str, str]:
    """Find the columns whose question ends in a member's words: "Which segments? - Femoral"."""
    found = {}
    for member, choice in item.choices.items():
        ends = [column for column, label in free.items() if label.endswith(f" - {plain(choice.words)}")
                and _likeness(_words(item.asks), _words(label.rpartition(" - ")[0])) >= LEAST_LIKE]  # fmt: skip
        if len(ends) == 1:
            found[member] = ends[0]
    return found if 2 * len(found) >= len(item.choices) else {}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]{2,}", text.lower()))


def _likeness(one: set[str], other: set[str]) -> float:
    """Return what share of the words of the shorter is in the other (Szymkiewicz and Simpson), damped where it is short."""
    if not one or not other:
        return 0.0
    least = min(len(one), len(other))
    return len(one & other) / least * min(1.0, 0.5 + least / 6)


def _fit(item: Item, column: str, export: Export) -> float:
    """Return what share of the different cells of a column could be an answer to an item."""
    read = _read(item, column, export)
    return sum(not isinstance(each, Unreadable) for each in read.values()) / len(read) if read else 0.5


def _read(item: Item, column: str, export: Export) -> dict[str, Any]:
    cells = [
        cell
        for cell in dict.fromkeys(column_cells(export.table, column, MOST_ROWS))
        if cell and cell not in export.unasked
    ][:500]
    dates = next((order for order, days in ORDERS.items() if cells and all(map(days.match, cells))), DATES[0])
    entry = Column(item, column, {}, {}, {}, "", False, "", dates, Place(""))
    decimal = "comma" if any(re.fullmatch(r"-?\d+,\d+", cell) for cell in cells) else "point"
    return dict(zip(cells, read_all(cells, reader_of(entry, decimal, export.unasked)), strict=True))


def _meanings(entry: dict[str, Any], item: Item, export: Export) -> None:
    """Guess what the cells mean that do not say it."""
    if "column" not in entry or not item.kind.is_chosen:
        return
    odd = [cell for cell, read in _read(item, entry["column"], export).items() if isinstance(read, Unreadable)]
    answers = {cell: _meant(cell, item) for cell in odd[:MOST_CELLS] if not _CODES.fullmatch(cell)}
    if answers:
        entry["answers"] = answers
        entry["guessed"] = "yes"


def _meant(cell: str, item: Item) -> str:
    words = _words(cell)
    likeness = {name: _likeness(words, _words(f"{choice.words} {name}")) for name, choice in item.choices.items()}
    best = sorted(likeness, key=lambda name: -likeness[name])
    is_clear = len(best) > 1 and likeness[best[0]] >= LEAST_LIKE and likeness[best[0]] > likeness[best[1]]
    return best[0] if is_clear else UNSURE


def codes(export: Export, items: Mapping[str, dict[str, Any]], instrument: Instrument) -> list[str]:
    """List the cells of mapped columns that look like codes of a missing answer."""
    found: dict[str, None] = {}
    for name, entry in items.items():
        item = instrument.items[name]
        if "column" not in entry or item.kind is ItemKind.TEXT:
            continue
        for cell, read in _read(item, entry["column"], export).items():
            if isinstance(read, Unreadable) and _CODES.fullmatch(cell):
                found.setdefault(cell)
    return list(found)


def _shown(text: str) -> str:
    return " ".join(CONTROL.sub("�", text).split())


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return Node(Place(""), {_shown(str(name)): _node(each) for name, each in value.items()})
    if isinstance(value, (list, tuple)):
        return Node(Place(""), tuple(map(_node, value)))
    return Node(Place(""), _shown(str(value)))


def written(document: Mapping[str, Any]) -> str:
    """Write a draft as YAML, without what is empty at its top."""
    return to_yaml(_node({name: value for name, value in document.items() if value}))
