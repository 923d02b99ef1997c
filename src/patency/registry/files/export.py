"""The records of a site written out: a CSV file for each kind, as the user's own site may take them with it.

In: a session of somebody who may export, and which free texts were asked for by name. Out: a folder of files, with what is in
them and their hashes in `export.json`. Pseudonyms go along, for the site's own records are meant; names never, for none is in a
record. A text leaves only where it was asked for: `--text visit.note`. The trail has a line before anything is written, and one
with counts and hashes after.

A file that is imported again by the mapping drafted from it (files/draft.py) gives the same records, reasons for absence
included. A number or a day of which only a range is known is written as that range, such as 2026-01-10 to 2026-01-14.

Not here: what is de-identified and leaves the site (the cut), REDCap's way of laying out records (export_redcap.py).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, TextIO

from patency.case import Absence, Span
from patency.fault import Fault, Place, Refused, nearest
from patency.instrument.model import Instrument, Item, ItemKind
from patency.registry.access import EXPORT
from patency.registry.entry import ITEMS, Entry, Value
from patency.registry.files.draft import ABSENT, box_of
from patency.registry.files.map import OF_NONE
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.session import Session
from patency.registry.where import only_ours
from patency.table import cell, csv_text

# Texts that are no free text: the name of a scale, of a concept, and the value of a finding, which is read by its concept.
NO_FREE_TEXT = ("patient.pseudonym", "response.instrument", "finding.concept", "finding.written")
_REASONS = {reason: written for written, reason in ABSENT.items()}
MANIFEST = "export.json"


class Written(NamedTuple):
    """One file of an export: its kind, how many records it holds, its SHA-256, and how often of a field what it cannot hold."""

    file: str
    kind: str
    records: int
    sha256: str
    left_out: Mapping[str, int] = {}


class Column(NamedTuple):
    """A column of an export: the item it holds, and of one of several answers, which."""

    header: str
    name: str
    item: Item
    member: str = ""


def export(session: Session, folder: Path, texts: Iterable[str] = ()) -> list[Written]:
    """Write the records of the user's site into a new folder; `texts` are the free texts that were asked for."""
    session.need(EXPORT, "export records")
    asked = frozenset(texts)
    refuse_texts(asked, session.forms)
    new_folder(folder)
    session.note("export", details={"what": "begun", "kinds": list(session.forms.of), "texts": sorted(asked)})
    pseudonyms = pseudonyms_of(session)
    written = [each for kind in session.forms.of for each in _kind(session, kind, folder, asked, pseudonyms)]
    close(session, folder, written, asked)
    return written


def close(session: Session, folder: Path, written: Sequence[Written], texts: Iterable[str]) -> None:
    """Say in the folder and in the trail what was exported."""
    told = {"label": session.registry.details.label, "site": session.user.site, "texts": sorted(texts),
            "files": [each._asdict() for each in written]}  # fmt: skip
    with private(folder / MANIFEST) as file:
        file.write(json.dumps(told, indent=2) + "\n")
    counts = {each.file: [each.records, each.sha256] for each in written}
    session.note("export", details={"what": "written", "files": counts, "texts": sorted(texts)})


def file_named(name: str, session: Session) -> str:
    """Return the name of a file, which says so where nobody in the registry ever lived: files are passed on one by one."""
    label = re.sub(r"\W+", "-", session.registry.details.label).strip("-")
    return f"{label}-{name}" if label else name


def new_folder(folder: Path) -> None:
    """Make the folder of an export, or refuse one that is in use."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused([Fault(Place(str(folder)), "the folder is not empty", "an export would be mixed with other files",
                             "name a new one")])  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_ours = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        is_ours = False
    if not is_ours:
        raise Refused([Fault(Place(str(folder)), "nothing can be written there", "an export is a folder of files",
                             "name a new folder, in one that you may write into")])  # fmt: skip


def refuse_texts(asked: Iterable[str], forms: Forms) -> None:
    """Refuse a free text that is none of any form."""
    known = [f"{kind}.{name}" for kind, form in forms.of.items() for name, item in form.items.items()
             if item.kind is ItemKind.TEXT and f"{kind}.{name}" not in NO_FREE_TEXT]  # fmt: skip
    faults = [Fault(Place("--text"), f"there is no free text {each!r}", "each is asked for by kind and item",
                    nearest(each, known, f"use some of {', '.join(known)}"))
              for each in sorted(set(asked)) if each not in known]  # fmt: skip
    if faults:
        raise Refused(faults)


def pseudonyms_of(session: Session) -> dict[str, str]:
    """Return the pseudonym of each patient of the site."""
    return {entry.id: str(entry.values["pseudonym"]) for entry in session.entries("patient")}


def of_those(session: Session, kind: str, pseudonyms: Mapping[str, str]) -> Iterator[Entry]:
    """Yield the records of a kind, of the patients who were there when the export began: somebody may enrol others meanwhile."""
    return (entry for entry in session.entries(kind) if kind == OF_NONE or entry.patient in pseudonyms)


def _kind(
    session: Session, kind: str, folder: Path, asked: frozenset[str], pseudonyms: Mapping[str, str]
) -> Iterator[Written]:
    """Write the records of a kind: filled-in scales by the scale, for each has items of its own."""
    rows: dict[str, _Rows] = {}
    for entry in of_those(session, kind, pseudonyms):
        scale = str(entry.values.get("instrument", "")) if kind == "response" else ""
        scale = scale if scale in session.forms.scales else ""
        if scale not in rows:
            columns = columns_of(kind, session.forms, asked, scale)
            name = f"{kind}-{scale}.csv" if scale else f"{kind}.csv"
            rows[scale] = _Rows(
                folder / file_named(name, session), columns, [*_own(kind), *(each.header for each in columns)]
            )
        own = {
            f"{kind}_id": entry.id,
            f"{KINDS[kind].of}_id": entry.parent,
            "pseudonym": cell(pseudonyms.get(entry.patient, "")),  # of the screening log there is none
        }
        rows[scale].add([*(own[name] for name in _own(kind)), *cells_of(entry, rows[scale].columns)])
    yield from (each.written(kind) for each in rows.values())


def _own(kind: str) -> list[str]:
    """Return the columns that say which record it is, on which it hangs, and whose it is."""
    above = KINDS[kind].of
    return [
        f"{kind}_id",
        *([f"{above}_id"] if above not in ("", "patient") else []),
        *(["pseudonym"] if kind != OF_NONE else []),
    ]


class _Rows:
    """A file that grows, and its hash with it."""

    def __init__(self, path: Path, columns: Sequence[Column], header: Sequence[str]) -> None:
        self.path, self.columns, self.records = path, columns, 0
        self._file, self._digest, self._waiting = private(path), hashlib.sha256(), [list(header)]

    def add(self, row: Sequence[str]) -> None:
        self._waiting.append(list(row))
        self.records += 1
        if len(self._waiting) > 5_000:
            self._write()

    def _write(self) -> None:
        text = csv_text(self._waiting)
        self._digest.update(text.encode())
        self._file.write(text)
        self._waiting = []

    def written(self, kind: str) -> Written:
        self._write()
        self._file.close()
        return Written(self.path.name, kind, self.records, self._digest.hexdigest())


def private(path: Path) -> TextIO:
    """Open a new file that its owner alone may read."""
    return open(path, "x", encoding="utf-8", newline="", opener=only_ours)


def columns_of(kind: str, forms: Forms, asked: frozenset[str], scale: str = "") -> list[Column]:
    """Return the columns of a kind's export; of a free text, only where it was asked for."""
    form = forms.of[kind]
    columns = [column for name, item in form.items.items()
               if _may_leave(f"{kind}.{name}", item, asked) and f"{kind}.{name}" != "patient.pseudonym"
               for column in _columns(name, item)]  # fmt: skip
    answers: Instrument | None = forms.scales.get(scale)
    if answers is not None:
        columns += [column for name, item in answers.items.items()
                    if _may_leave(f"{kind}.{ITEMS}{name}", item, asked) for column in _columns(ITEMS + name, item)]  # fmt: skip
    return columns


def _may_leave(name: str, item: Item, asked: frozenset[str]) -> bool:
    return item.kind is not ItemKind.TEXT or name in NO_FREE_TEXT or name in asked


def _columns(name: str, item: Item) -> list[Column]:
    if item.kind is ItemKind.MULTIPLE:
        return [Column(box_of(name, member), name, item, member) for member in item.choices]
    return [Column(name, name, item)]


def cells_of(entry: Entry, columns: Sequence[Column]) -> list[str]:
    """Return what a record says, column by column."""
    cells = []
    told: set[str] = set()
    for _, name, item, member in columns:
        value = entry.values.get(name)
        if member and isinstance(value, Absence):
            cells.append("" if name in told else _REASONS[value.value])  # once is enough of one question
            told.add(name)
        elif member:
            cells.append("" if value is None else "1" if isinstance(value, frozenset) and member in value else "0")
        else:
            cells.append(cell_of(value, item))
    return cells


def cell_of(value: Value | None, item: Item) -> str:
    """Return a value as it stands in a cell."""
    match value:
        case None:
            return ""
        case Absence():
            return _REASONS[value.value]
        case Span(low, high) if item.kind is ItemKind.DATE:
            return f"{date.fromordinal(int(low)).isoformat()} to {date.fromordinal(int(high)).isoformat()}"
        case Span(low, high):
            return f"{_digits(float(low))} to {_digits(float(high))}"
        case date():
            return value.isoformat()
        case float():
            return _digits(value)
        case frozenset():
            return ", ".join(sorted(value))
    return cell(value)


def _digits(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
