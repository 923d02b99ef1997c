"""A backup is restored and compared: on either database, and from one to the other and back."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from patency.fault import Refused
from patency.registry import schema
from patency.registry.entry import New
from patency.registry.keep.backup import Restored, backup, read_manifest, restore
from patency.registry.keep.copies import back_up_keys, copy_keys
from patency.registry.keep.erase import erase
from patency.registry.keep.heads import read_heads
from patency.registry.keep.held import Held, hold
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.registry.vault import PATIENTS, SECRET, SIGNING, Vault
from registry.made import APPLICATION, PASSWORD, by_role, forms, library, owner_url
from registry.tampering import tampering


@pytest.fixture(name="registry")
def filled(registry: Registry) -> Registry:
    """A registry of two sites, with a patient each, and a name."""
    anna, sam = registry.sign_in("anna", PASSWORD), registry.sign_in("sam", PASSWORD)
    patient = anna.enrol("N-1").id
    episode = anna.add(New("episode", {"date": date(2026, 1, 1), "age": 40.0}, patient, patient)).id
    visit = anna.add(New("visit", {"date": date(2026, 2, 1), "note": "Ärger – “schlimm”"}, patient, episode)).id
    anna.correct("visit", visit, {"weight": 61.5}, "left out")
    registry.sign_in("ivo", PASSWORD).void("visit", add_visit(anna, patient, episode), "another patient's")
    sam.enrol("S-1")
    return registry


def add_visit(session: Session, patient: str, episode: str) -> str:
    return session.add(New("visit", {"date": date(2026, 2, 2)}, patient, episode)).id


def rows_of(held: Held) -> dict[str, list[Any]]:
    """Return all rows of all tables, in no order that a database has."""
    with held.still() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in schema.meta.sorted_tables}


def owner(registry: Registry) -> Held:
    return hold(registry.folder, owner_url(registry))


@pytest.fixture
def held_of() -> Iterator[Callable[[Registry], Held]]:
    """Return what opens a registry by who holds it, until the test has ended."""
    with ExitStack() as stack:
        yield lambda registry: stack.enter_context(closing(owner(registry)))


def urls(database: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the owner's and the application's URL of a new database."""
    if database == "sqlite":
        return "", ""
    new_database: Callable[[], str] = request.getfixturevalue("new_database")
    url = new_database()
    return url, by_role(url, APPLICATION)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_backup_restored_is_the_registry_again(
    database: str, registry: Registry, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From SQLite to PostgreSQL, from PostgreSQL to SQLite, and to itself: each row stands, each chain fits, people go on."""
    held = owner(registry)
    done = backup(held, tmp_path / "backup.zip")
    before = rows_of(held)
    held.close()
    url, application = urls(database, request)
    restored = restore(tmp_path / "backup.zip", tmp_path / "again", registry.folder / "keys", url, application)
    assert restored == Restored(done.rows, [], [], 0, 0, {})
    again = Registry(tmp_path / "again", library(), forms(), application)
    now = owner(again)
    after = rows_of(now)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"trail", "head"}, "the line that tells of it is one more"
    assert set(before["trail"]) < set(after["trail"])
    assert len(after["trail"]) == len(before["trail"]) + 1
    anna = again.sign_in("anna", PASSWORD)
    entries = anna.record_of(anna.patient("N-1"))
    assert [entry.values.get("note") for entry in entries] == [None, None, "Ärger – “schlimm”"]
    anna.add(New("visit", {"date": date(2026, 3, 1)}, entries[0].id, entries[1].id))
    assert [str(each) for each in verify(now)] == []
    again.close()
    now.close()


@pytest.mark.parametrize("way", [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_registry_goes_there_and_back(
    way: tuple[str, str], new_registry: Callable[..., Registry], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """After two moves between the databases, all but the three lines that tell of them is as it was."""
    here = new_registry(way[0])
    here.sign_in("anna", PASSWORD).enrol("N-1")
    held, keys = owner(here), here.folder / "keys"
    before = rows_of(held)
    for number, database in enumerate((way[1], way[0])):
        backup(held, tmp_path / f"{number}.zip")
        held.close()
        url, application = urls(database, request)
        assert restore(tmp_path / f"{number}.zip", tmp_path / f"at-{number}", keys, url, application).findings == []
        held = hold(tmp_path / f"at-{number}", url)
    after = rows_of(held)
    held.close()
    assert {name for name in before if before[name] != after[name]} == {"trail", "head"}
    assert len(after["trail"]) == len(before["trail"]) + 4


def test_what_is_written_meanwhile_is_in_no_half_of_a_backup(registry: Registry, tmp_path: Path) -> None:
    """All tables are read as they stood at one moment: a record added between two of them is in neither, nor is its line."""
    held = owner(registry)
    anna = registry.sign_in("anna", PASSWORD)
    with held.still() as connection:
        lines = connection.execute(select(schema.trail)).all()
        anna.enrol("N-2")
        assert connection.execute(select(schema.trail)).all() == lines
        assert len(connection.execute(select(schema.records["patient"])).all()) == 2
    backup(held, tmp_path / "backup.zip")
    assert read_manifest(tmp_path / "backup.zip")["tables"]["patient"]["rows"] == 3
    held.close()


def test_no_key_is_in_a_backup_and_heads_are(registry: Registry, tmp_path: Path) -> None:
    """Who finds a backup alone reads nothing; who verifies against it learns whether the trail was cut short."""
    held = owner(registry)
    backup(held, tmp_path / "backup.zip")
    with ZipFile(tmp_path / "backup.zip") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    secrets = [
        held.vault.secret,
        *held.vault.keys().values(),
        *(path.read_bytes() for path in held.vault.folder.rglob("*.key")),
    ]
    assert not any(secret in content or secret.hex().encode() in content for secret in secrets)
    assert b"schlimm" not in content
    assert {each.head.site for each in read_heads(tmp_path / "backup.zip")} == {"", "north", "south"}
    with tampering(registry) as connection:
        connection.execute(schema.trail.delete().where(schema.trail.c.site == "north"))
    assert any("cut short or written anew" in str(each) for each in verify(held, read_heads(tmp_path / "backup.zip")))
    held.close()


def test_a_restored_registry_lacks_what_came_after_the_backup_and_says_why(registry: Registry, tmp_path: Path) -> None:
    """Heads that were carried out later are not on its trail: that it was restored is told beside it."""
    held = owner(registry)
    backup(held, tmp_path / "earlier.zip")
    registry.sign_in("anna", PASSWORD).enrol("N-3")
    backup(held, tmp_path / "later.zip")
    held.close()
    restored = restore(tmp_path / "earlier.zip", tmp_path / "again", registry.folder / "keys")
    assert restored.behind.keys() == {"", "north"}, "what came after is told"
    again = hold(tmp_path / "again")
    assert [str(each) for each in verify(again)] == [], "an older state is restored knowingly"
    said = [str(each) for each in verify(again, read_heads(tmp_path / "later.zip"))]
    assert any("north's trail was cut short or written anew" in line for line in said)
    assert all("it was restored from a backup on" in line for line in said)
    again.close()


def _changed(path: Path, name: str, how: Callable[[bytes], bytes]) -> None:
    with ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for each, content in members.items():
            archive.writestr(each, how(content) if each == name else content)


def _other_name(content: bytes) -> bytes:
    manifest = json.loads(content)
    manifest["registry"]["name"] = "Another"
    return json.dumps(manifest).encode()


HARM = {
    "a row is taken away": ("tables/visit.jsonl", lambda content: b"".join(content.splitlines(True)[:-1]),
                            "the file of the table visit is not what was written"),
    "a row is changed": ("tables/person.jsonl", lambda content: content.replace(b'"reader"', b'"entry"'),
                         "the file of the table person is not what was written"),
    "a row is no JSON": ("tables/visit.jsonl", lambda _: b"[", "the file of the table visit is not what was written"),
    "the manifest is changed": ("manifest.json", _other_name, "its manifest is not signed by these keys"),
    "the manifest is no JSON": ("manifest.json", lambda _: b"{", "it is no backup"),
    "it is another format": ("manifest.json", lambda _: b'{"format": "x", "tables": {}}', "it is not of the format"),
    "it is of another schema": ("manifest.json", lambda content: content.replace(schema.REVISION.encode(), b"9999"),
                                "it is of another schema"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_a_backup_that_was_changed_is_refused(
    harm: str, new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """Nothing is left of what was begun."""
    registry = new_registry()
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    episode = anna.add(New("episode", {"date": date(2026, 1, 1), "age": 40.0}, patient, patient)).id
    anna.add(New("visit", {"date": date(2026, 2, 1)}, patient, episode))
    backup(held_of(registry), tmp_path / "backup.zip")
    member, how, said = HARM[harm]
    _changed(tmp_path / "backup.zip", member, how)
    with pytest.raises(Refused, match=said):
        restore(tmp_path / "backup.zip", tmp_path / "again", registry.folder / "keys")
    assert not (tmp_path / "again").exists()


def test_a_backup_goes_to_an_empty_place_with_the_right_keys(
    new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """Nothing is ever written over, neither a backup nor a registry."""
    registry, other = new_registry(), new_registry()
    copy_keys(registry.vault, tmp_path / "safe")
    other.vault.create(tmp_path / "others")
    file = tmp_path / "backup.zip"
    backup(held_of(registry), file)
    with pytest.raises(Refused, match="the file is there already"):
        backup(held_of(registry), file)
    with pytest.raises(Refused, match="the folder is not empty"):
        restore(file, registry.folder, tmp_path / "safe")
    with pytest.raises(Refused, match="its manifest is not signed by these keys"):
        restore(file, tmp_path / "again", tmp_path / "others")
    with pytest.raises(Refused, match="the key cannot be read"):
        restore(file, tmp_path / "again", tmp_path / "nowhere")
    assert restore(file, tmp_path / "again", tmp_path / "safe").findings == []


def test_a_copy_of_the_keys_is_replaced_after_an_erasure(new_registry: Callable[..., Registry], tmp_path: Path) -> None:
    """What was destroyed is gone from the copy too, to the last byte; what is left opens all others."""
    registry = new_registry()
    ivo = registry.sign_in("ivo", PASSWORD)
    one, two = ivo.enrol("N-1").id, ivo.enrol("N-2").id
    key = registry.vault.key(one)
    copy_keys(registry.vault, tmp_path / "safe")
    assert key in (tmp_path / "safe" / "patients.db").read_bytes()
    erase(ivo, one, "asked")
    copy_keys(registry.vault, tmp_path / "safe")
    assert not any(key in path.read_bytes() for path in (tmp_path / "safe").rglob("*") if path.is_file())
    assert type(registry.vault)(tmp_path / "safe").keys() == registry.vault.keys()
    assert registry.vault.is_known(two)
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "safe").rglob("*")} == {0}


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("content", [None, b"", b"no database at all " * 100])
def test_without_the_keys_of_patients_nothing_is_read_and_no_file_is_made(
    content: bytes | None, new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """A file of keys that is gone, empty or damaged is told of in words; the copy in the safe stays, and can be put back."""
    registry = new_registry()
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    ivo.enrol("N-1")
    back_up_keys(held, tmp_path / "a #safe?")
    before, path = _files(tmp_path / "a #safe?"), registry.vault.folder / PATIENTS
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    vault = Vault(registry.vault.folder)
    for asked in (vault.patients, vault.keys, vault.recall, lambda: vault.key("x"), lambda: vault.add_patients(["x"]),
                  lambda: ivo.enrol("N-2"), lambda: list(verify(held)), lambda: back_up_keys(held, tmp_path / "a #safe?"),
                  lambda: copy_keys(vault, tmp_path / "new")):  # fmt: skip
        with pytest.raises(Refused, match=r"patients\.db: the key cannot be read"):
            asked()
    assert (path.read_bytes() if path.exists() else None) == content
    assert _files(tmp_path / "a #safe?") == before
    assert not (tmp_path / "new").exists()
    assert Vault(tmp_path / "a #safe?").patients()


@pytest.mark.parametrize("name", [SIGNING, SECRET])
@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_none(name: str, length: int, tmp_path: Path) -> None:
    """What was cut off, or is another file, is said to be no key."""
    Vault.create(tmp_path / "keys")
    (tmp_path / "keys" / name).write_bytes(bytes(length))
    with pytest.raises(Refused, match="is not a key of 32 bytes"):
        Vault(tmp_path / "keys")


def test_a_good_copy_of_the_keys_is_not_replaced_by_a_lesser_one(
    new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """Keys that were lost and not destroyed may be in the copy alone; those of the erased go from it."""
    registry = new_registry()
    ivo, held, safe = registry.sign_in("ivo", PASSWORD), held_of(registry), tmp_path / "safe"
    one, two, three = (ivo.enrol(name).id for name in ("N-1", "N-2", "N-3"))
    back_up_keys(held, safe)
    erase(ivo, one, "asked")
    (registry.vault.folder / "erasures").unlink()  # the trail tells of it too
    back_up_keys(held, safe)
    assert {two, three} <= Vault(safe).patients()
    assert one not in Vault(safe).patients()
    erase(ivo, two, "asked")
    before = _files(safe)
    with closing(sqlite3.connect(registry.vault.folder / PATIENTS)) as file, file:
        file.execute("DELETE FROM key WHERE patient = ?", (three,))
    with pytest.raises(Refused, match="the copy there holds 1 key that the registry has not, of nobody who was erased"):
        back_up_keys(held, safe)
    assert _files(safe) == before
    back_up_keys(held, tmp_path / "new")
    assert not {two, three} & Vault(tmp_path / "new").patients()
