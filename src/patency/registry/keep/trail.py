"""The audit trail, read and exported: of all patients at once, by who may.

An investigator reads the trail of their own site, an administrator every one. An export is a line of the trail itself,
written before anything is read, so that it stands in what is exported; beside the file lies another with the signed heads,
FILE.heads.json, by which one can tell later whether the trail was cut short or written anew.

Not here: what was said of a patient (history.py): a line knows the record, and never what it says.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.access import ADMIN, TRAIL
from patency.registry.chain import Line
from patency.registry.database import transaction
from patency.registry.keep.heads import BESIDE, as_carried, keep_heads, written_heads
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.keep.verify_people import BEFORE, noted_in
from patency.registry.keep.words import moment, trail_of
from patency.registry.kinds import KINDS
from patency.registry.oneline import one_line
from patency.registry.rows import rows_of
from patency.registry.session import Session
from patency.registry.vault import UNNAMED
from patency.registry.where import only_ours
from patency.table import cell, csv_text

FORMATS = ("csv", "jsonl")
AT_ONCE = 10_000
_COLUMNS = (
    "site",
    "seq",
    "at",
    "user",
    "action",
    "kind",
    "record",
    "version",
    "patient",
    "digest",
    "note",
    "hash",
    "says",
)
_END = "\r\n"  # of a line of CSV, as RFC 4180 has it


class Exported(NamedTuple):
    """What was exported: the file, that of the heads, and how many lines."""

    file: Path
    heads: Path
    lines: int


def lines_of(session: Session) -> Iterator[Line]:
    """Return the lines that a user may read, of their own site or of every one; that they were read is one of them."""
    session.need(TRAIL, "read the audit trail")
    session.note("view", details={"what": "the audit trail"})
    return _lines(session)


def _lines(session: Session) -> Iterator[Line]:
    with transaction(session.registry.engine, session.token) as connection:
        for line, _ in _read(connection, session.user.site):
            yield line


def _read(connection: Connection, site: str) -> Iterator[tuple[Line, bytes]]:
    table = rows_of(connection, schema.trail, **({"sites": [site]} if site else {}))
    query = select(table).order_by(table.c.site, table.c.seq).execution_options(yield_per=AT_ONCE)
    for rows in connection.execute(query).partitions():
        for row in rows:
            if tuple(map(type, row)) != _AS_WRITTEN:
                refuse_mistyped(schema.trail, row)
            yield Line(*row[:11]), bytes(row[11])


def names_of(session: Session) -> dict[str, str]:
    """Return the users' names, by what the trail holds of a name with which nobody was let in: for who may read them."""
    if not session.user.may(ADMIN):
        return {}
    with transaction(session.registry.engine, session.token) as connection:
        names = connection.execute(select(rows_of(connection, schema.user).c.name)).scalars().all()
    return {session.registry.vault.name_print(name): name for name in names}


def said(line: Line, names: Mapping[str, str] = {}) -> str:
    """Return a line as a sentence; `names` are those that `names_of` gives."""
    note = noted_in(line.note)
    say = _SAYS.get(line.action)
    return one_line(f"{moment(line.at)}: {_who(line.user, names)} {say(line, note) if say else line.action}")


def _who(user: str, names: Mapping[str, str]) -> str:
    return names.get(user, f"somebody by an unknown name ({user})") if user.startswith(UNNAMED) else user


def _record(line: Line) -> str:
    return f"the {_kind(line)} {line.record}"


def _kind(line: Line) -> str:
    return KINDS[line.kind].words if line.kind in KINDS else line.kind


_AS_WRITTEN = (str, int, str, str, str, str, str, int, str, bytes, str, bytes)  # a line and its hash
_LIST = "list of "  # as what is listed is noted, and how many of them by their plural


def _seen(line: Line, note: dict[str, Any]) -> str:
    if line.kind == "identity":
        if note.get("what") == "search":
            return f"searched for a name, and found {note.get('found')}"
        return f"saw the name of the patient {line.patient}{', found by a search' if note else ''}"
    if note.get("what") == "history":
        return f"read the history of the patient {line.patient}"
    if line.kind == "patient" and line.patient:
        return f"saw the record of the patient {line.patient}"
    if (what := str(note.get("what", ""))).startswith(_LIST):
        return f"saw the {what}, {note.get(what.removeprefix(_LIST), 'nobody knows how many')} of them"
    return f"saw {_record(line)}" if line.record else f"saw {_noted(note)}"


def _noted(note: dict[str, Any]) -> str:
    """Tell what a line notes: first what, then the rest by name."""
    rest = (f"{name} {value}" for name, value in note.items() if name != "what" and value != "")
    return ", ".join((str(note["what"]), *rest)) if "what" in note else ", ".join(rest) or "something"


def _written(verb: str) -> Callable[[Line, dict[str, Any]], str]:
    def say(line: Line, _note: dict[str, Any]) -> str:
        if line.kind == "identity":
            return f"{verb} the name of the patient {line.patient}"
        version = f", version {line.version}" if line.version > 1 else ""
        return f"{verb} {_record(line)}{version}"

    return say


def _refused(line: Line, note: dict[str, Any]) -> str:
    if line.kind:
        asked = _record(line) if line.record else f"a record ({_kind(line)}) by what is no id"
        return f"asked for {asked}, which does not stand at the site"
    return "was not let in" if note.get("what") == "login" else f"was refused to {note.get('what', 'do something')}"


def _erased(line: Line, note: dict[str, Any]) -> str:
    if note.get("reason") == BEFORE:
        return f"noted that the patient {line.patient} was erased before"
    return f"{'erased' if note.get('what') == 'done' else 'began to erase'} the patient {line.patient}"


_SAYS: dict[str, Callable[[Line, dict[str, Any]], str]] = {
    "add": _written("added"),
    "correct": _written("corrected"),
    "void": _written("voided"),
    "reinstate": _written("brought back"),
    "view": _seen,
    "login": lambda _line, _note: "signed in",
    "logout": lambda _line, _note: "signed out",
    "refusal": _refused,
    "erase": _erased,
    "import": lambda _line, note: f"imported: {_noted(note)}",
    "export": lambda _line, note: f"exported: {_noted(note)}",
    "cut": lambda _line, note: f"made a cut: {_noted(note)}",
    "admin": lambda _line, note: f"administered: {_noted(note)}",
}


def export_trail(session: Session, file: Path, form: str) -> Exported:
    """Write the trail that a user may read to a new file, as CSV or as lines of JSON, and the signed heads beside it."""
    session.need(TRAIL, "export the audit trail")
    heads = file.with_name(f"{file.name}{BESIDE}")
    for path in (file, heads):
        if path.exists():
            raise Refused([Fault(Place(str(path)), "the file is there already", "an export is never written over another",
                                 "name a new one")])  # fmt: skip
    session.note("export", details={"what": "the audit trail", "format": form})
    registry, written, names = session.registry, 0, names_of(session)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with (
            open(file, "x", encoding="utf-8", newline="", opener=only_ours) as out,
            transaction(registry.engine, session.token) as connection,
        ):
            write = _WRITERS[form](out, names)
            for written, (line, last) in enumerate(_read(connection, session.user.site), 1):  # noqa: B007  counted
                write(line, last)
            carried = as_carried(registry.details.id, registry.public_key, written_heads(connection, session.user.site))
        with open(heads, "x", encoding="utf-8", opener=only_ours) as out:
            out.write(json.dumps(carried, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise Refused([Fault(Place(str(file)), f"the export cannot be written: {(error.strerror or '').lower()}",
                             "it is not whole", "make room, or name a place that you may write to")]) from None  # fmt: skip
    keep_heads(registry.folder, carried)
    return Exported(file, heads, written)


def _as_csv(out: io.TextIOBase, names: Mapping[str, str]) -> Callable[[Line, bytes], None]:
    out.write(csv_text([_COLUMNS], end=_END))

    def write(line: Line, last: bytes) -> None:
        cells = (*line[:9], line.digest.hex(), line.note, last.hex(), said(line, names))
        out.write(csv_text([[cell(str(each)) for each in cells]], end=_END))

    return write


def _as_json(out: io.TextIOBase, names: Mapping[str, str]) -> Callable[[Line, bytes], None]:
    def write(line: Line, last: bytes) -> None:
        told = line._asdict() | {"digest": line.digest.hex(), "hash": last.hex(), "says": said(line, names)}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")

    return write


_WRITERS: dict[str, Callable[[Any, Mapping[str, str]], Callable[[Line, bytes], None]]] = {
    "csv": _as_csv,
    "jsonl": _as_json,
}


def title(session: Session) -> str:
    """Name the trail that a user reads."""
    return trail_of(session.user.site) if session.user.site else "every trail"
