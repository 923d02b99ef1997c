"""A backup of a registry, and a registry from a backup: format `patency-backup/1`, the same for both databases.

A backup is a ZIP file: for each table a file of JSON lines, a row each, and `manifest.json`, which says how many rows each
has, the SHA-256 of each, the schema, and the signed heads of all trails, and is signed itself. All is read in one
transaction, as it stood at one moment, while others write. So a registry can be taken from SQLite to PostgreSQL and back.

No key is in it, and nothing in it can be read without the folder of keys, which must be kept apart from it: whoever has
both has the registry. A backup is restored to an empty place only, with the keys of today, so that who was erased since
stays erased; then every trail is verified and every table compared with what the manifest says.
"""

import base64
import hashlib
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import Connection, Engine, LargeBinary, Table, select

import patency
from patency.fault import Fault, Place, Refused
from patency.registry import postgres, schema
from patency.registry.chain import OURS
from patency.registry.database import engine_of, insert_all, transaction
from patency.registry.entry import now, stamped
from patency.registry.keep.copies import copy_keys
from patency.registry.keep.heads import (
    MANIFEST,
    as_carried,
    keep_heads,
    keep_newest,
    newest_heads,
    read_heads,
    read_written,
    set_aside,
    written_heads,
)
from patency.registry.keep.held import OPERATOR, Held
from patency.registry.keep.verify import Finding, verify
from patency.registry.keep.verify_keys import PUT_BACK
from patency.registry.keep.verify_people import BEFORE, DONE, erasures
from patency.registry.keep.verify_rows import plainly
from patency.registry.registry import HEADS, KEYS
from patency.registry.vault import Vault, is_signed
from patency.registry.where import (
    DATABASE,
    new_file,
    new_urls,
    only_ours,
    role_of,
    shut,
    sqlite,
    writable,
    write_settings,
)
from patency.registry.writing import Writing

FORMAT = "patency-backup/1"
AT_ONCE = 10_000


class Backup(NamedTuple):
    """What was backed up: the rows of each table."""

    file: Path
    rows: dict[str, int]


class Restored(NamedTuple):
    """What was restored: rows by table, what `verify` finds, whose keys are missing, and what came after the backup."""

    rows: dict[str, int]
    findings: list[Finding]
    missing: list[Finding]  # keys that are missing or are none, of nobody who was erased
    erased: int  # patients in the backup who were erased since
    names: int  # kept of them in the backup, and deleted
    behind: dict[str, int]  # site, and the line to which its trail went on after the backup


def backup(held: Held, file: Path) -> Backup:
    """Write a backup of a registry to a new file; that it was made is a line of the trail, and stands in it."""
    if file.exists():
        raise Refused([Fault(Place(str(file)), "the file is there already", "a backup is never written over another",
                             "name a new one")])  # fmt: skip
    with held.still() as connection:
        _refuse_mistyped(held.mistyped(connection))
    held.note({"what": "backup"})
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        manifest = _write(held, part)
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Refused([Fault(Place(str(file)), f"the backup cannot be written: {(error.strerror or '').lower()}",
                             "nothing is backed up", "make room, or name a place that you may write to")]) from None  # fmt: skip
    with (
        writable(
            held.folder, f"the backup {file} is whole; the heads of the trails could not be kept beside the registry"
        ),
        held.still() as connection,
    ):
        keep_heads(held.folder, manifest["heads"])
        keep_newest(connection, held.vault, held.details.id, read_written(manifest["heads"]["heads"]))
    return Backup(file, {name: table["rows"] for name, table in manifest["tables"].items()})


def _refuse_mistyped(tables: Iterable[Table]) -> None:
    if faults := [
        Fault(Place(f"table {table.name}"), "cells in it hold what Patency never writes there", "a backup holds each row as it was "
              "written, and of these nobody knows how that was",
              "run `patency registry verify`, which names each; keep the folder as it is, and restore an older backup")
        for table in tables
    ]:  # fmt: skip
        raise Refused(faults)


def _write(held: Held, path: Path) -> dict[str, Any]:
    with (
        open(path, "wb", opener=only_ours) as file,
        ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive,
        held.still() as connection,
    ):
        tables = {}
        for table in schema.meta.sorted_tables:
            with archive.open(_member(table), "w", force_zip64=True) as member:
                tables[table.name] = _table_written(_lines(connection, table), table, member)
        manifest = {
            "format": FORMAT, "made": now().isoformat(timespec="seconds"), "patency": patency.__version__,
            "schema": schema.REVISION, "registry": held.details._asdict(), "tables": tables,
            "heads": as_carried(held.details.id, held.public_key, written_heads(connection)),
        }  # fmt: skip
        manifest["signature"] = held.vault.sign(_message(manifest)).hex()
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _member(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


def _message(manifest: Mapping[str, Any]) -> bytes:
    """Return what is signed of a manifest."""
    said = {name: value for name, value in manifest.items() if name != "signature"}
    return f"{FORMAT}\n{json.dumps(said, sort_keys=True)}".encode()


def _table_written(lines: Iterable[bytes], table: Table, file: IO[bytes] | None = None) -> dict[str, Any]:
    """Write the lines of a table, if a file is given, and return what the manifest says of it."""
    digest, rows = hashlib.sha256(), 0
    for rows, line in enumerate(lines, 1):  # noqa: B007  how many there were
        digest.update(line)
        if file:
            file.write(line)
    return {"rows": rows, "sha256": digest.hexdigest(), "columns": [column.name for column in table.columns]}


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield a table's rows as lines of JSON, in the order of its key; bytes as base64."""
    sealed = [place for place, column in enumerate(table.columns) if isinstance(column.type, LargeBinary)]
    order = [plainly(connection, column) for column in table.primary_key.columns]
    query = select(table).order_by(*order).execution_options(yield_per=AT_ONCE)
    for rows in connection.execute(query).partitions():
        for row in rows:
            values = list(row)
            for place in sealed:
                values[place] = base64.b64encode(values[place]).decode()
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def restore(file: Path, folder: Path, keys: Path, url: str = "", application: str = "") -> Restored:
    """Make a registry from a backup, in a new folder and an empty database, with the keys of today; then look whether it is whole.

    On PostgreSQL `url` is that of the role that owns the tables, `application` that by which the registry is used.
    """
    if folder.exists() and any(folder.iterdir()):
        own = f": `patency registry restore {file} NEW --keys {folder / KEYS}` takes the keys from this one"
        raise Refused([Fault(Place(str(folder)), "the folder is not empty", "a backup is never restored over anything",
                             f"name a new one{own if (folder / KEYS).is_dir() else ''}")])  # fmt: skip
    manifest = read_manifest(file)
    vault = Vault(keys)
    _refuse_others(manifest, file, vault)
    url, application = new_urls(folder, url, application)
    role = role_of(application) if application else ""
    with writable(folder, "nothing of it is kept"):
        shut(folder)
        try:
            copy_keys(vault, folder / KEYS)
            (folder / HEADS).mkdir(mode=0o700)
            if not application:
                new_file(folder / DATABASE)
            engine = engine_of(url or sqlite(folder))
            _fill(engine, file, manifest, role, vault)
            write_settings(folder, application)
            restored = _looked_at(Held(folder, engine, Vault(folder / KEYS)), file, manifest)
            engine.dispose()
        except BaseException:
            shutil.rmtree(folder)  # it was empty, and is part of a registry
            raise
    return restored


def read_manifest(file: Path) -> dict[str, Any]:
    """Return the manifest of a backup, or refuse a file that is none."""
    try:
        with ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
        if manifest["format"] == FORMAT and isinstance(manifest["tables"], dict):
            return dict(manifest)
        said = f"it is not of the format {FORMAT}"
    except OSError as error:
        said = (error.strerror or "").lower()
    except (ValueError, KeyError, TypeError, BadZipFile):
        said = "it is no backup"
    raise Refused([Fault(Place(str(file)), f"the backup cannot be read: {said}", "only what `backup` wrote is restored",
                         "name a backup")])  # fmt: skip


def _refuse_others(manifest: Mapping[str, Any], file: Path, vault: Vault) -> None:
    where = Place(str(file))
    if manifest.get("schema") != schema.REVISION:
        raise Refused([Fault(where, f"it is of another schema ({manifest.get('schema')}), made by Patency {manifest.get('patency')}",
                             f"this Patency reads {schema.REVISION}", "restore it with that version, then migrate")])  # fmt: skip
    signature = str(manifest.get("signature", ""))
    signed = bytes.fromhex(signature) if len(signature) == 128 and set(signature) <= set("0123456789abcdef") else b""
    if not is_signed(vault.public, signed, _message(manifest)):
        raise Refused([Fault(where, "its manifest is not signed by these keys", "it was changed, or it is another registry's",
                             "name the right folder of keys, or another backup")])  # fmt: skip


def _fill(engine: Engine, file: Path, manifest: Mapping[str, Any], role: str, vault: Vault) -> None:
    from patency.registry.migrate import upgrade

    upgrade(engine)
    with transaction(engine, is_writing=True) as connection, ZipFile(file) as archive:
        if connection.execute(select(schema.registry.c.id)).first():
            raise Refused([Fault(Place("database"), "there is a registry in it already", "a backup is never restored over anything",
                                 "name an empty database")])  # fmt: skip
        for table in schema.meta.sorted_tables:
            try:
                with archive.open(_member(table)) as member:
                    found = _table_written(_filled(connection, table, member), table)
            except (BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError):
                found = {}
            if found != manifest["tables"].get(table.name):
                raise Refused([Fault(Place(str(file)), f"the file of the table {table.name} is not what was written",
                                     "it is damaged, or was changed", "restore another backup")])  # fmt: skip
        if role:
            postgres.admit(connection, role)
            postgres.keep_stamp(connection, vault.stamp_key)


def _filled(connection: Connection, table: Table, lines: IO[bytes]) -> Iterator[bytes]:
    """Insert lines into a table, and yield them."""
    columns = [column.name for column in table.columns]
    kinds = [column.type for column in table.columns]
    rows: list[list[Any]] = []
    for line in lines:
        rows.append([base64.b64decode(value) if isinstance(kind, LargeBinary) else value
                     for value, kind in zip(json.loads(line), kinds, strict=True)])  # fmt: skip
        if len(rows) == AT_ONCE:
            insert_all(connection, table, rows, columns)
            rows = []
        yield line
    insert_all(connection, table, rows, columns)


def _looked_at(held: Held, file: Path, manifest: Mapping[str, Any]) -> Restored:
    """Compare what was restored with what the manifest says, verify it, and note that it was restored."""
    with held.still() as connection:
        for table in schema.meta.sorted_tables:
            found = _table_written(_lines(connection, table), table)
            assert found["sha256"] == manifest["tables"][table.name]["sha256"], f"{table.name} stands as it was written"
    since = _erased_since(held)
    told = list(verify(held, read_heads(file), is_restoring=True))
    missing = [each for each in told if each.fix == PUT_BACK]
    findings = [each for each in told if each.fix != PUT_BACK]
    keep_heads(held.folder, manifest["heads"])
    behind, names = _set_back(held, manifest), 0
    if not findings:
        lost = ", ".join(f"{site or 'registry'} to line {seq}" for site, seq in behind.items())
        held.note({"what": "restored", "made": manifest["made"], **({"lost": lost} if lost else {})})
        names = _note_erased(held, since)
    rows = {name: table["rows"] for name, table in manifest["tables"].items()}
    return Restored(rows, findings, missing, sum(bool(site) for site, _ in since), names, behind)


def _erased_since(held: Held) -> list[tuple[str, str]]:
    """Return who was erased, as the keys tell, and of whom the backup knows no erasure, each with their site.

    Who never stood in the backup has no site in it. Whoever has a key lives, whatever else is said of them.
    """
    gone = held.vault.erased() - held.vault.patients()
    with held.still() as connection:
        come = {patient for (_, patient), state in erasures(connection).items() if state == DONE}
        sites = {row.id: row.site for row in connection.execute(select(*schema.records["patient"].c["id", "site"]))}
    return sorted((sites.get(patient, OURS), patient) for patient in gone - come)


def _set_back(held: Held, manifest: Mapping[str, Any]) -> dict[str, int]:
    """Set the newest heads aside for those of the backup; return which trails went on after it, and to which line."""
    heads = read_written(manifest["heads"]["heads"])
    ended = {head.site: head.seq for head in heads}
    behind = {
        each.head.site: each.head.seq
        for each in newest_heads(held.vault)
        if each.head.seq > ended.get(each.head.site, 0)
    }
    set_aside(held.vault, stamped(now()))
    with held.still() as connection:
        keep_newest(connection, held.vault, held.details.id, heads)
    return behind


def _note_erased(held: Held, since: Iterable[tuple[str, str]]) -> int:
    """Note in the trails that were restored who was erased since, and delete their names; return how many names those were."""
    table, names = schema.identity, 0
    with transaction(held.engine, is_writing=True) as connection:
        for site, patients in groupby(since, lambda who: who[0]):
            writing = Writing(held, connection, site, OPERATOR)
            for _, patient in patients:
                of_theirs = table.delete().where((table.c.site == site) & (table.c.patient == patient))
                names += connection.execute(of_theirs).rowcount
                writing.note("erase", "patient", patient, patient=patient, details={"what": DONE, "reason": BEFORE})
            writing.finish()
    return names
