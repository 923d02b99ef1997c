"""The records of a site as REDCap lays them out: one file of repeating instruments, and the data dictionary that goes with it.

Each kind of record is an instrument there, and each record a repeat of it; a patient is the record itself. Fields bear the
name of their kind, for one project has one name once: visit_date. What a record hangs on stands in a field of its own. Filled-in
scales keep what is said of them, and not their items, which REDCap would want as an instrument for each scale.

What no field of REDCap holds, such as a day that is known as a span, is left blank there, and counted field by field in what
is told of the file.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from patency.case import Absence, Span
from patency.instrument.model import ItemKind
from patency.instrument.redcap_export import code_of, export_dictionary, field_name
from patency.instrument.redcap_row import COLUMNS
from patency.registry.access import EXPORT
from patency.registry.entry import Entry, Value
from patency.registry.files.export import (
    Column,
    Written,
    cell_of,
    close,
    columns_of,
    file_named,
    new_folder,
    of_those,
    private,
    pseudonyms_of,
    refuse_texts,
)  # fmt: skip
from patency.registry.files.map import OF_NONE
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.session import Session
from patency.table import cell, csv_text, read_table

RECORDS, DICTIONARY = "redcap.csv", "redcap-dictionary.csv"
MISSING = {"not known": "UNK", "not asked": "NASK", "declined": "ASKU", "not applicable": "NA"}  # REDCap's own codes
_OWN = ("record_id", "redcap_repeat_instrument", "redcap_repeat_instance")


def export_redcap(session: Session, folder: Path, texts: Iterable[str] = ()) -> list[Written]:
    """Write the records of the user's site, and their dictionary, into a new folder."""
    session.need(EXPORT, "export records")
    asked = frozenset(texts)
    refuse_texts(asked, session.forms)
    new_folder(folder)
    session.note("export", details={"what": "begun", "as": "redcap", "texts": sorted(asked)})
    columns = {kind: columns_of(kind, session.forms, asked) for kind in session.forms.of if kind != OF_NONE}
    written = [_records(session, folder, columns), _dictionary(session.forms, folder, columns)]
    close(session, folder, written, asked)
    return written


def _header(columns: Mapping[str, Sequence[Column]]) -> list[str]:
    return [*_OWN, *(name for kind in columns for name in _fields(kind, columns[kind]))]


def _fields(kind: str, columns: Sequence[Column]) -> list[str]:
    own = [] if kind == "patient" else [f"{kind}_id"]
    of = [f"{kind}_of"] if KINDS[kind].of not in ("", "patient") else []
    return [*own, *of, *(f"{kind}_{field_name(each.header)}" for each in columns)]


def _records(session: Session, folder: Path, columns: Mapping[str, Sequence[Column]]) -> Written:
    header, digest, count = _header(columns), hashlib.sha256(), 0
    place = {name: index for index, name in enumerate(header)}
    pseudonyms, repeats, left_out = pseudonyms_of(session), Counter[tuple[str, str]](), Counter[str]()
    with private(folder / file_named(RECORDS, session)) as file:

        def write(rows: Sequence[Sequence[str]]) -> None:
            text = csv_text(rows)
            digest.update(text.encode())
            file.write(text)

        write([header])
        for kind, own in columns.items():
            for entry in of_those(session, kind, pseudonyms):
                row = [""] * len(header)
                repeats[kind, entry.patient] += 1
                repeat = [] if kind == "patient" else [kind, str(repeats[kind, entry.patient])]
                row[: 1 + len(repeat)] = [cell(pseudonyms[entry.patient]), *repeat]
                ids = [] if kind == "patient" else [entry.id]
                of = [entry.parent] if KINDS[kind].of not in ("", "patient") else []
                left_out.update(f"{kind}_{field_name(name)}" for name in _unheld(entry, own))
                for name, text in zip(_fields(kind, own), [*ids, *of, *_cells(entry, own)], strict=True):
                    row[place[name]] = text
                write([row])
                count += 1
    return Written(file_named(RECORDS, session), "redcap", count, digest.hexdigest(), dict(sorted(left_out.items())))


def _cells(entry: Entry, columns: Sequence[Column]) -> list[str]:
    """Return what a record says as REDCap's fields hold it: answers by their codes, yes and no as 1 and 0."""
    unheld = _unheld(entry, columns)
    return ["" if column.name in unheld else _cell(entry.values.get(column.name), column) for column in columns]


def _cell(value: Value | None, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, Absence):
        return MISSING[value.value]
    if column.member:
        return "1" if isinstance(value, frozenset) and column.member in value else "0"
    if column.item.kind is ItemKind.YES_NO:
        return {"yes": "1", "no": "0"}[str(value)]
    if isinstance(value, str) and value in column.item.choices:
        return code_of(column.item.choices[value])
    return cell_of(value, column.item)


def _unheld(entry: Entry, columns: Sequence[Column]) -> set[str]:
    """Return the items that say what no field of REDCap holds: a span of days or numbers, and a reason where boxes are ticked."""
    return {
        name
        for _, name, _, member in columns
        if isinstance(value := entry.values.get(name), Span) or (member and isinstance(value, Absence))
    }


def _dictionary(forms: Forms, folder: Path, columns: Mapping[str, Sequence[Column]]) -> Written:
    rows: list[Sequence[str]] = [COLUMNS]
    for kind, own in columns.items():
        fields = {field_name(each.name) for each in own}
        table = read_table(export_dictionary(forms.of[kind]).text.encode(), kind)
        if kind == "patient":
            rows.append(table.rows[0])
        else:
            links = [f"{kind}_id", *([f"{kind}_of"] if KINDS[kind].of not in ("", "patient") else [])]
            rows += [[name, kind, "", "text", name, *[""] * (len(COLUMNS) - 5)] for name in links]
        rows += [_named(row, kind) for row in table.rows if row[0] in fields]
    text = csv_text(rows)
    with private(folder / DICTIONARY) as file:
        file.write(text)
    return Written(DICTIONARY, "redcap", len(rows) - 1, hashlib.sha256(text.encode()).hexdigest())


def _named(row: Sequence[str], kind: str) -> list[str]:
    """Give a field, and those that its branching names, the name of their kind."""
    branching = COLUMNS.index("Branching Logic (Show field only if...)")
    return [f"{kind}_{text}" if index == 0 else re.sub(r"\[(?=\w)", f"[{kind}_", text) if index == branching else text
            for index, text in enumerate(row)]  # fmt: skip
