"""A mapping drafted from a file: which kinds of record its rows hold, and which column answers which item.

In: the file, and the kinds if a person names them. Out: the text of a mapping file (map.py). What bears the very name of
an item is sure; all else bears `guessed: yes`, and no row comes in until a person has looked. How columns are matched with the
items of one form is practice/draft.py's; here stands what a registry needs besides: which kinds, whose rows, by which key, on
what each hangs. A file that Patency exported is known by its ids, and needs no guess.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from patency.instrument.model import Instrument, ItemKind
from patency.practice import identity, redcap_rows
from patency.practice.cells import ORDERS
from patency.practice.draft import MOST_ROWS, codes, drafted, free_columns, same_names, why_not, written
from patency.practice.export import Export, column_cells
from patency.practice.layout import UNSURE
from patency.registry.entry import ITEMS, is_id
from patency.registry.files.ahead import Rows
from patency.registry.files.cells import NOT_ASKED
from patency.registry.files.map import BLANK, FORMATS, GROUP, NOT_BROUGHT, OF_NONE, ONLY, SAME_DATE, VERSION
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.table import SEPARATORS, Table, counted

LEAST_SURE = 2  # columns that bear the very names of a kind's items, before the kind is drafted unasked
ABSENT = {
    "[not known]": "not known",
    NOT_ASKED: "not asked",
    "[declined]": "declined",
    "[not applicable]": "not applicable",
}
_EVENT, _REPEATED, _INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_PATIENT = re.compile(
    r"(?i)(record|study|patient|subject|participant|case)[ _-]?(id|no|nr|number|code)?|pseudonym|id|code"
)


def draft_map(
    rows: Rows, forms: Forms, source: str, kinds: Sequence[str] = (), encoding: str = "", sheet: str = ""
) -> str:
    """Draft the mapping of a file; `kinds` are those that a person names."""
    lines, cells = zip(*islice(rows.rows(), MOST_ROWS), strict=True) if rows.count else ((), ())
    table = Table(rows.file, rows.header, list(cells), list(lines), rows.separator)
    export = _opened(table)
    own = _own_kind(table)
    draft = _exported(own, export, forms) if own else _guessed(export, forms, kinds)
    document = {
        "registry map": VERSION,
        "source": source,
        "format": "" if rows.separator else FORMATS[1],
        "separator": SEPARATORS.get(rows.separator, ""),
        "encoding": encoding,
        "sheet": sheet,
        **draft,
    }
    used = set(_columns(draft))
    if len(groups := _groups(table, draft)) > 1:
        document["groups"] = [UNSURE]
        used.add(GROUP)
    document["left_out"] = {name: why_not(export, name) for name in rows.header if name not in used}
    head = [f"# How {rows.file} holds the records of a registry, drafted from its columns.",
            "# Look at every 'guessed: yes', correct it if need be, and take those words out; put an answer for '?'.",
            "# 'source' names the system it comes from: keep it for later files of the same system."]  # fmt: skip
    if len(groups) > 1:
        told = "; ".join(f"{name} ({counted(len(records), 'record')})" for name, records in groups.items())
        where = "It holds" if rows.count <= MOST_ROWS else f"Its first {MOST_ROWS:,} rows hold"
        head += [f"# {where} records of several data access groups: {told}.",
                 "# Name under 'groups' those that are your site's; rows of the others are refused."]  # fmt: skip
    head += [f"# No column was found for what is always asked of {KINDS[part['kind']].words}: {', '.join(missing)}"
             for part in draft["records"] if (missing := _missing(part, forms))]  # fmt: skip
    return "\n".join([*head, written(document)])


def _groups(table: Table, draft: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the data access groups of a file of REDCap's, each with its records; of no group, where there are others, as BLANK."""
    found: dict[str, set[str]] = {}
    column = draft["patient"].get("column", "")
    if GROUP in table.header and column:
        groups, records = column_cells(table, GROUP), column_cells(table, column)
        for name, record in zip(groups, records, strict=True):
            found.setdefault(name.strip() or BLANK, set()).add(record.strip())
    return found if len(found.keys() - {BLANK}) > 1 else {}


def _missing(part: Mapping[str, Any], forms: Forms) -> list[str]:
    return [name for name, item in forms.of[part["kind"]].items.items()
            if item.is_required and name not in part["items"] and name != "pseudonym"]  # fmt: skip


def _opened(table: Table) -> Export:
    if redcap_rows.recognises(table):
        return redcap_rows.opened(table, None, "")
    return Export("plain", table, {}, {}, [None] * len(table.rows))


def _columns(value: Any, name: str = "") -> Iterable[str]:
    """Yield the columns that a draft names."""
    if isinstance(value, Mapping):
        for each, inner in value.items():
            if each == "rows":
                yield from inner
            elif each not in ("answers", "missing"):
                yield from _columns(inner, "column" if name == "columns" else each)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _columns(inner, name)
    elif name in ("column", "key", "id"):
        yield value


# A file that Patency exported


def _own_kind(table: Table) -> str:
    """Return the kind of record whose export a file is; nothing where it is no export of Patency's."""
    for name in table.header[:1]:
        kind = name.removesuffix("_id")
        if kind != name and kind in KINDS and all(map(is_id, column_cells(table, name))):
            return kind
    return ""


def _exported(kind: str, export: Export, forms: Forms) -> dict[str, Any]:
    header = export.table.header
    scale = next(iter(column_cells(export.table, "instrument", 1)), "") if kind == "response" else ""
    form = forms.of[kind]
    items: dict[str, Any] = {}
    for name in form.items:
        if name == "instrument" and scale:
            items[name] = {"is": scale}
        elif name == "pseudonym":
            continue
        elif entry := _own_columns(name, form, header):
            items[name] = entry
    if scale in forms.scales:
        for name in forms.scales[scale].items:
            if entry := _own_columns(name, forms.scales[scale], header, ITEMS):
                items[ITEMS + name] = entry
    above = KINDS[kind].of
    part: dict[str, Any] = {"kind": kind}
    if kind != "patient":
        part["id"] = f"{kind}_id"
    if above not in ("", "patient"):
        part["parent"] = {"id": f"{above}_id"}
    patient = {"column": "pseudonym"} if kind != OF_NONE else {}
    return {"missing": ABSENT, "patient": patient, "records": [{**part, "items": items}]}


def _own_columns(name: str, form: Instrument, header: Sequence[str], before: str = "") -> dict[str, Any]:
    item = form.items[name]
    if item.kind is not ItemKind.MULTIPLE:
        return {"column": before + name} if before + name in header else {}
    boxes = {member: box_of(before + name, member) for member in item.choices}
    return {"columns": boxes, "unticked": "none"} if all(box in header for box in boxes.values()) else {}


def box_of(name: str, member: str) -> str:
    """Return the column of one answer of several, as an export names it."""
    return f"{name}___{member}"


# Any other file


def _guessed(export: Export, forms: Forms, kinds: Sequence[str]) -> dict[str, Any]:
    table = export.table
    patient, is_sure = _patient(export)
    free = {name: label for name, label in free_columns(export).items() if name != patient}
    chosen = list(kinds) or _kinds(forms, free)
    parts: list[dict[str, Any]] = []
    found: dict[str, dict[str, Any]] = {}
    for kind in sorted(chosen, key=list(KINDS).index):
        own = _of_kind(kind, free)
        items = (
            drafted(export, forms.of[kind], dict(own), kind)
            if not _prefixed(kind, free)
            else _with_names(kind, export, forms, own)
        )
        taken = set(_columns(items))
        free = {name: label for name, label in free.items() if name not in taken}
        found[kind] = items
        parts.append(_part(kind, items, export, patient, [each["kind"] for each in parts]))
    instruments = {kind: forms.of[kind] for kind in found}
    missing = dict.fromkeys(
        (code for kind, form in instruments.items() for code in codes(export, found[kind], form)), UNSURE
    )
    return {
        "decimal": _decimal(found, forms, table),
        "dates": _dates(found, forms, table),
        "missing": missing,
        "patient": {"column": patient, **({} if is_sure else {"guessed": "yes"})},
        "records": parts,
    }


def _patient(export: Export) -> tuple[str, bool]:
    """Find the column of the patient, and whether it is sure."""
    header = export.table.header
    if export.format == "redcap" or "pseudonym" in header:
        return ("pseudonym", True) if "pseudonym" in header else (header[0], False)
    named = [
        name for name in header if _PATIENT.fullmatch(name) and "number of a" in (identity.named(name) or "number of a")
    ]
    return (named[0] if named else header[0]), False


def _prefixed(kind: str, free: Mapping[str, str]) -> bool:
    return any(name.lower().startswith(f"{kind}_") for name in free)


def _of_kind(kind: str, free: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that could be of a kind: those that bear its name, and those that bear no other's."""
    others = tuple(f"{each}_" for each in KINDS if each != kind and _prefixed(each, free))
    own = tuple(name for name in free if name.lower().startswith(f"{kind}_"))
    return {
        name: label for name, label in free.items() if name in own or not name.lower().startswith(others or ("\0",))
    }


def _with_names(kind: str, export: Export, forms: Forms, own: Mapping[str, str]) -> dict[str, Any]:
    """Match columns that bear the kind's name before the item's: visit_date."""
    start = len(kind) + 1
    whole = {(name[start:] if name.lower().startswith(f"{kind}_") else name): name for name in own}
    short = {each: each for each, name in whole.items() if each != name}
    sure = same_names(forms.of[kind], short)
    items = {name: _renamed(entry, whole) for name, entry in sure.items()}
    taken = set(_columns(items))
    rest = forms.of[kind]._replace(
        items={name: item for name, item in forms.of[kind].items.items() if name not in items}
    )
    return items | drafted(export, rest, {name: label for name, label in own.items() if name not in taken}, kind)


def _renamed(entry: Mapping[str, Any], whole: Mapping[str, str]) -> dict[str, Any]:
    renamed = dict(entry)
    if "column" in entry:
        renamed["column"] = whole[entry["column"]]
    if "columns" in entry:
        renamed["columns"] = {member: whole[name] for member, name in entry["columns"].items()}
    return renamed


def _kinds(forms: Forms, free: Mapping[str, str]) -> list[str]:
    """Return the kinds whose items' very names stand among the columns; where there are none, a visit."""
    found = []
    for kind, form in forms.of.items():
        if kind in NOT_BROUGHT:
            continue
        own = {name: label for name, label in _of_kind(kind, free).items() if name.lower().startswith(f"{kind}_")}
        names = {name[len(kind) + 1 :]: label for name, label in own.items()} if own else dict(free)
        sure = [each for each in same_names(form, names).values() if "guessed" not in each]
        if len(sure) >= (1 if own else LEAST_SURE):
            found.append((len(sure), kind))
    # Many kinds have a date and a side: of those that share their columns with a fuller one, none is offered.
    return [kind for number, kind in found if number == max(each for each, _ in found) or _prefixed(kind, free)] or [
        "visit"
    ]


def _part(kind: str, items: Mapping[str, Any], export: Export, patient: str, before: Sequence[str]) -> dict[str, Any]:
    part: dict[str, Any] = {"kind": kind, "guessed": "yes"}
    if rows := _rows(items, export):
        part["rows"] = rows
    if kind != "patient" and (key := _key(items, export, patient)):
        part["key"] = key
    above = KINDS[kind].of
    if above not in ("", "patient"):
        is_beside = above in before and export.format != "redcap"
        part["parent"] = {"row": above} if is_beside else ONLY if above == "episode" else SAME_DATE
    return {**part, "items": dict(items)}


def _rows(items: Mapping[str, Any], export: Export) -> dict[str, list[str] | str]:
    """Say of REDCap in which events and repeats the columns of a part are filled."""
    table, found = export.table, {}
    places = [table.header.index(name) for name in set(_columns(items))]
    filled = [any(place < len(row) and row[place].strip() not in ("", "0") for place in places) for row in table.rows]
    for name in (_EVENT, _REPEATED):
        if name in table.header:
            words = dict.fromkeys(
                cell for cell, is_filled in zip(column_cells(table, name), filled, strict=True) if is_filled
            )
            if words:
                found[name] = [word or BLANK for word in words]
    return found  # type: ignore[return-value]  # lists are among what it may hold


def _key(items: Mapping[str, Any], export: Export, patient: str) -> list[str]:
    """Find by which columns the rows of one patient are told apart; none where there is one row each."""
    table = export.table
    own = [name for name in (_EVENT, _INSTANCE) if name in table.header]
    if own:
        return own
    patients = column_cells(table, patient)
    if len(set(patients)) == len(patients):
        return []
    dates = [entry["column"] for name, entry in items.items() if name == "date" and "column" in entry]
    likely = [name for name in table.header if re.search(r"(?i)visit|event|number|no$|nr$|_id$|instance|repeat", name)]
    for name in dict.fromkeys([*likely, *dates, *table.header]):
        told = list(zip(patients, column_cells(table, name), strict=True))
        if name != patient and len(set(told)) == len(told):
            return [name]
    return [UNSURE]


def _of_item_kind(kind: ItemKind, found: Mapping[str, Any], forms: Forms, table: Table) -> list[str]:
    """Return the unlike cells of all columns that answer items of a kind."""
    columns = {entry["column"] for each, items in found.items() for name, entry in items.items()
               if "column" in entry and forms.of[each].items[name].kind is kind}  # fmt: skip
    return list(dict.fromkeys(cell for name in sorted(columns) for cell in column_cells(table, name) if cell))


def _decimal(found: Mapping[str, Any], forms: Forms, table: Table) -> str:
    numbers = _of_item_kind(ItemKind.NUMBER, found, forms, table)
    commas = [cell for cell in numbers if re.fullmatch(r"[-+]?\d+,\d+", cell)]
    points = [cell for cell in numbers if re.fullmatch(r"[-+]?\d+\.\d+", cell)]
    return UNSURE if commas and points else "comma" if commas else "point" if points else ""


def _dates(found: Mapping[str, Any], forms: Forms, table: Table) -> str:
    """Find in which order dates are written; a person says it where two orders fit."""
    days = _of_item_kind(ItemKind.DATE, found, forms, table)
    days = [day for day in days if any(each.match(day) for each in ORDERS.values())]
    fit = [name for name, pattern in ORDERS.items() if days and all(_is_day(pattern, day) for day in days)]
    return UNSURE if len(fit) > 1 else fit[0] if fit else ""


def _is_day(pattern: re.Pattern[str], text: str) -> bool:
    match = pattern.match(text)
    return match is not None and 1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31
