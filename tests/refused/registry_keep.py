"""What is refused to whoever verifies, backs up, restores, looks up and erases."""

import io
import json
import os
import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

from sqlalchemy import text

from patency.cli import main
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.files.export import export
from patency.registry.keep.alike import Sought
from patency.registry.keep.backup import backup, restore
from patency.registry.keep.copies import back_up_keys
from patency.registry.keep.erase import erase
from patency.registry.keep.heads import read_heads
from patency.registry.keep.held import Held
from patency.registry.keep.identity import Identity, find, identity_of, set_identity
from patency.registry.keep.trail import export_trail
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.registry.vault import PATIENTS, Vault
from registry.made import PASSWORD, forms, library
from registry.tampering import tampering

ANNE = Identity("Anne Müller", date(1990, 3, 12))


def made(folder: Path) -> Registry:
    """Make a registry of one site with one user: a password takes a tenth of a second."""
    create(folder / "registry", "Test registry")
    registry = Registry(folder / "registry", library(), forms())
    Admin(registry, "operator").add_site("north", "North Hospital", "DE")
    Admin(registry, "operator").add_user("ivo", "investigator", "north", PASSWORD)
    return registry


def _ivo(folder: Path) -> Session:
    return made(folder).sign_in("ivo", PASSWORD)


def _forged(folder: Path) -> None:
    registry = made(folder)
    with tampering(registry) as connection:
        connection.execute(text("UPDATE head SET seq = 7 WHERE site = 'north'"))
    registry.sign_in("ivo", PASSWORD)


def _another_key(folder: Path) -> None:
    session = _ivo(folder)
    patient = session.enrol("N-1").id
    set_identity(session, patient, ANNE)
    (folder / "another.key").write_bytes(bytes(32))
    identity_of(session, patient, folder / "another.key")


def _erased_twice(folder: Path) -> None:
    session = _ivo(folder)
    patient = session.enrol("N-1").id
    erase(session, patient, "asked")
    erase(session, patient, "asked")


def _over_an_export(folder: Path) -> None:
    (folder / "trail.csv").write_text("")
    export_trail(_ivo(folder), folder / "trail.csv", "csv")


def _onto_a_file(folder: Path) -> None:
    (folder / "file").write_text("")
    export_trail(_ivo(folder), folder / "file" / "trail.csv", "csv")


def _backed_up(folder: Path) -> Registry:
    registry = made(folder)
    backup(Held.of(registry), folder / "backup.zip")
    return registry


def _backup_over_another(folder: Path) -> None:
    backup(Held.of(_backed_up(folder)), folder / "backup.zip")


def _backup_onto_a_file(folder: Path) -> None:
    backup(Held.of(_backed_up(folder)), folder / "backup.zip" / "backup.zip")


def _restored(folder: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    keys = _backed_up(folder).vault.folder
    with ZipFile(folder / "backup.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(folder / "backup.zip", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    restore(folder / "backup.zip", folder / "again", keys)


def _older(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps(manifest | {"schema": "0000", "patency": "0.0.1"}).encode()


def _renamed(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps(manifest | {"made": "2026-01-01T00:00:00+00:00"}).encode()


def _into_a_registry(folder: Path) -> None:
    registry = _backed_up(folder)
    there = registry.engine.url.render_as_string()
    restore(
        folder / "backup.zip",
        folder / "again",
        registry.vault.folder,
        there,
        "postgresql://somebody@localhost/registry",
    )


def _shell(*commands: str) -> Callable[[Path], str]:
    """Return a piece that types commands beside a small registry, with a patient of north."""

    def says(folder: Path) -> str:
        registry = made(folder)
        registry.sign_in("ivo", PASSWORD).enrol("N-1")
        registry.close()
        return "".join(_typed(command, folder) for command in commands)

    return says


def _typed(command: str, folder: Path) -> str:
    said = io.StringIO()
    with (chdir(folder), redirect_stdout(said), redirect_stderr(said), patch.dict(os.environ, PATENCY_PASSWORD=PASSWORD),
          patch("sys.stdin", io.StringIO())):  # fmt: skip
        code = main(shlex.split(command))
    return f"$ patency {command}\n{said.getvalue()}exit code {code}\n"


def _tampered(folder: Path) -> str:
    registry = made(folder)
    with tampering(registry) as connection:
        connection.execute(text("UPDATE person SET role = 'reader' WHERE name = 'ivo'"))
    registry.close()
    return _typed("registry verify registry", folder)


def _mistyped(*changes: str) -> Callable[[Path], str]:
    """Return a piece that asks after cells were changed to what Patency never writes, and something beside."""

    def says(folder: Path) -> str:
        registry = made(folder)
        with tampering(registry) as connection:
            for change in (*changes, "UPDATE person SET role = 'reader' WHERE name = 'ivo'"):
                connection.execute(text(change))
        registry.close()
        commands = (
            "verify registry",
            "status registry",
            "list registry --user ivo",
            "site list registry",
            "backup registry safe.zip",
        )
        return "".join(_timeless(_typed(f"registry {each}", folder)) for each in commands)

    return says


def _timeless(said: str) -> str:
    """Leave out what a status says of moments, ids and keys."""
    said = re.sub(r"(?m)^(Trails:|Fingerprint|Last verify|.* on sqlite, schema).*\n", "", said)
    return re.sub(r"\b[0-9a-f]{16}\b", "ID", said)


def _restored_as_it_was(folder: Path) -> str:
    registry = made(folder)
    with tampering(registry) as connection:
        connection.execute(text("UPDATE person SET role = 'reader' WHERE name = 'ivo'"))
    backup(Held.of(registry), folder / "backup.zip")
    return _typed("registry restore backup.zip again --keys registry/keys", folder)


def _keys_of_another(folder: Path) -> None:
    registry = made(folder)
    (folder / "registry" / "keys").rename(folder / "keys")
    Vault.create(folder / "registry" / "keys")
    Registry(registry.folder, library(), forms())


def _harmed(change: Callable[[Path], object], *commands: str) -> Callable[[Path], str]:
    """Return a piece that types commands after something happened to the folder of keys, of which a copy is in `safe`."""

    def says(folder: Path) -> str:
        registry = made(folder)
        registry.sign_in("ivo", PASSWORD).enrol("N-1")
        back_up_keys(Held.of(registry), folder / "safe")
        registry.close()
        change(registry.vault.folder)
        return "".join(_typed(command, folder) for command in commands)

    return says


def _damaged(folder: Path) -> str:
    """Ask how a registry stands and whether it fits, of which the file is no database, cut short, written into, or gone."""
    made(folder).close()
    file = folder / "registry" / "registry.db"
    with closing(sqlite3.connect(file)) as database:  # an index that no command here reads
        ((page,),) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'visit_of_patient'")
        ((size,),) = database.execute("PRAGMA page_size")
    whole = file.read_bytes()
    written = whole[: (page - 1) * size] + b"\xff" * size + whole[page * size :]
    harms = (b"no database" * 400, whole[: len(whole) // 2], written, b"")
    said = ""
    for harm in (*harms, None):
        for log in ("-wal", "-shm"):
            file.with_name(file.name + log).unlink(missing_ok=True)
        file.write_bytes(harm) if harm is not None else file.unlink()
        said += "".join(_typed(f"registry {each} registry", folder) for each in ("status", "verify", "migrate"))
    return said


def _emptied(keys: Path) -> None:
    with closing(sqlite3.connect(keys / PATIENTS)) as file, file:
        file.execute("DELETE FROM key")


def _shortened(keys: Path) -> None:
    with closing(sqlite3.connect(keys / PATIENTS)) as file, file:
        file.execute("UPDATE key SET key = substr(key, 1, 31)")


def _keys_onto_a_file(folder: Path) -> None:
    (folder / "file").touch()
    back_up_keys(Held.of(made(folder)), folder / "file" / "safe")


def _in_no_copy(folder: Path) -> str:
    session = _ivo(folder)
    back_up_keys(Held.of(session.registry), folder / "safe")
    patient = session.enrol("N-1").id
    with closing(sqlite3.connect(session.registry.vault.folder / PATIENTS)) as file, file:
        file.execute("DELETE FROM key WHERE patient = ?", (patient,))
    session.registry.close()
    return _typed("registry recover registry --keys safe", folder)


def _of_no_print(folder: Path) -> None:
    with patch("patency.registry.keep.identity._print_of", lambda *_: ""):  # as of a site older than prints
        _another_key(folder)


def _over_a_key(folder: Path) -> None:
    registry = made(folder)
    (registry.vault.folder / "sites" / "west.key").write_bytes(bytes(32))
    Admin(registry, "operator").add_site("west", "West Hospital")


def _over_those_in_use(folder: Path) -> str:
    made(folder).close()
    create(folder / "another", "Another")
    return "".join(_typed(f"registry backup registry --keys {each}/keys", folder) for each in ("another", "registry"))


def _over_a_copy_of_anothers(folder: Path) -> None:
    Vault.create(folder / "safe")
    back_up_keys(Held.of(made(folder)), folder / "safe")


def _held_by_another(folder: Path) -> None:
    session = _ivo(folder)
    with (
        patch("patency.registry.vault._WAIT", 0),
        closing(sqlite3.connect(session.registry.vault.folder / PATIENTS)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        session.enrol("N-1")


def _enrolled_in_an_older_one(folder: Path) -> None:
    session = _ivo(folder)
    session.registry.vault.destroy(session.id_of("patient", "N-1"))
    session.enrol("N-1")


def _sealed_by_another(folder: Path) -> None:
    """Leave a name of which no byte is what the site's key sealed."""
    session = _ivo(folder)
    patient = session.enrol("N-1").id
    set_identity(session, patient, ANNE)
    with tampering(session.registry) as connection:
        connection.execute(text("UPDATE identity SET sealed = zeroblob(300)"))
    identity_of(session, patient)


def _against_what_carries_none(folder: Path) -> str:
    """Name what a registry may be thought to be verified against, and cannot be."""
    ivo = _ivo(folder)
    export(ivo, folder / "exported")
    export_trail(ivo, folder / "trail.csv", "csv")
    (folder / "empty").mkdir()
    ivo.registry.close()
    named = "exported", "exported/patient.csv", "trail.csv", "empty", "gone.json"
    return _typed(f"registry verify registry {' '.join(f'--against {each}' for each in named)}", folder)


PIECES: dict[str, Callable[[Path], object]] = {
    "heads-in-no-file": lambda folder: read_heads(folder / "heads.json"),
    "head-that-was-forged": _forged,
    "identity-of-nobody": lambda folder: set_identity(_ivo(folder), "0" * 32, ANNE),
    "identity-without-a-name": lambda folder: set_identity(_ivo(folder), "0" * 32, Identity(" ")),
    "identity-by-another-key": _another_key,
    "identity-that-is-not-sought": lambda folder: find(_ivo(folder), Sought(" - ")),
    "erasure-for-another-reason": lambda folder: erase(_ivo(folder), "0" * 32, "askt"),
    "erasure-of-nobody": lambda folder: erase(_ivo(folder), "0" * 32, "asked"),
    "erasure-for-the-second-time": _erased_twice,
    "export-of-the-trail-over-another": _over_an_export,
    "export-of-the-trail-onto-a-file": _onto_a_file,
    "backup-over-another": _backup_over_another,
    "backup-onto-a-file": _backup_onto_a_file,
    "restore-into-a-folder-of-others": lambda folder: restore(folder / "backup.zip", _backed_up(folder).folder, folder / "keys"),
    "restore-of-no-backup": lambda folder: _restored(folder, lambda members: members.pop("manifest.json")),
    "restore-of-another-schema": lambda folder: _restored(folder, _older),
    "restore-by-other-keys": lambda folder: _restored(folder, _renamed),
    "restore-of-a-table-that-was-changed": lambda folder: _restored(folder, lambda members: members.pop("tables/site.jsonl")),
    "restore-into-a-registry": _into_a_registry,
    "restore-of-what-was-tampered-with": _restored_as_it_was,
    "keys-of-another-registry": _keys_of_another,
    "verify-of-what-was-tampered-with": _tampered,
    "verify-of-no-registry": _shell("registry verify nowhere", "registry verify registry --against nothing.json"),
    "patients-without-their-keys": _harmed(
        lambda keys: (keys / PATIENTS).unlink(),
        "registry list registry --user ivo",
        "registry enrol registry N-2 --user ivo",
        "registry show registry N-1 --user ivo",
        "registry cut registry cut --user ivo",
        "registry status registry",
        "registry verify registry",
        "registry backup registry --keys safe",
    ),
    "patients-with-a-damaged-file-of-keys": _harmed(
        lambda keys: (keys / PATIENTS).write_bytes(b""), "registry verify registry", "registry backup registry --keys safe"
    ),
    "status-of-what-is-damaged": _damaged,
    "cells-of-another-type": _mistyped(
        "UPDATE registry SET public_key = 'x'", "UPDATE person SET salt = 5 WHERE name = 'ivo'",
        "UPDATE site SET name = CAST(name AS BLOB) WHERE id = 'north'",
    ),
    "database-that-is-no-registrys": _mistyped("DELETE FROM registry"),
    "papers-that-nobody-can-read": _mistyped("UPDATE site SET details = 'x' WHERE id = 'north'"),
    "key-that-is-too-short": _harmed(lambda keys: (keys / "signing.key").write_bytes(bytes(31)), "registry verify registry"),
    "secret-that-is-empty": _harmed(lambda keys: (keys / "secret.key").write_bytes(b""), "registry list registry --user ivo"),
    "patients-whose-keys-are-too-short": _harmed(
        _shortened,
        "registry list registry --user ivo",
        "registry show registry N-1 --user ivo",
        "registry find registry --name Anne --user ivo",
        "registry cut registry cut --user ivo",
        "registry verify registry",
        "registry backup registry --keys safe",
    ),
    "verify-against-what-carries-no-heads": _against_what_carries_none,
    "backup-of-fewer-keys-than-the-copy-holds": _harmed(_emptied, "registry backup registry --keys safe"),
    "backup-of-keys-onto-a-file": _keys_onto_a_file,
    "key-that-no-copy-holds": _in_no_copy,
    "identity-by-another-key-that-the-trail-does-not-know": _of_no_print,
    "site-whose-key-is-there": _over_a_key,
    "backup-of-keys-over-those-in-use": _over_those_in_use,
    "backup-of-keys-over-a-copy-of-anothers": _over_a_copy_of_anothers,
    "patient-whose-key-is-missing": _harmed(
        _emptied,
        "registry enrol registry N-1 --user ivo",
        "registry show registry N-1 --user ivo",
        "registry recover registry --keys nowhere",
        "registry backup registry one.zip",
        "registry restore one.zip again --keys registry/keys",
        "registry recover registry --keys safe",
    ),
    "patients-whose-keys-another-program-holds": _held_by_another,
    "erased-and-enrolled-in-an-older-database": _enrolled_in_an_older_one,
    "name-that-another-file-sealed": _sealed_by_another,
    "backup-to-nowhere": _shell("registry backup registry"),
    "identity-by-a-number-of-nothing": _shell("registry identity registry N-1 --user ivo --number 4711"),
    "erasure-that-is-not-confirmed": _shell("registry erase registry N-1 --user ivo --reason asked"),
    "erasure-that-is-confirmed-of-another": _shell("registry erase registry N-1 --user ivo --reason asked --confirm N-2"),
}  # fmt: skip
