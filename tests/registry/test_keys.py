"""The keys beside a registry: who was erased stays so, a key that is missing is no erasure, and no file is taken for another."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path

import pytest

from patency.cli import CASE_REFUSED, DONE, UNREADABLE, main
from patency.fault import Refused
from patency.registry import database, vault
from patency.registry.admin import Admin
from patency.registry.chain import Line
from patency.registry.entry import New
from patency.registry.keep import identity
from patency.registry.keep.alike import Sought
from patency.registry.keep.backup import backup, restore
from patency.registry.keep.copies import Recovered, back_up_keys, copy_keys, recover
from patency.registry.keep.erase import erase
from patency.registry.keep.held import Held, hold
from patency.registry.keep.identity import Identity, find, identity_of, set_identity
from patency.registry.keep.status import status
from patency.registry.keep.trail import said
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from patency.registry.vault import PATIENTS, Vault
from registry.made import PASSWORD, by_owner, forms, library, owner_url

ANNE = Identity("Anne Müller", date(1990, 3, 12))


@pytest.fixture
def held_of() -> Iterator[Callable[[Registry], Held]]:
    """Return what opens a registry by who holds it, until the test has ended."""
    with ExitStack() as stack:
        yield lambda registry: stack.enter_context(closing(hold(registry.folder, owner_url(registry))))


@pytest.fixture
def again() -> Iterator[Callable[[Path], Registry]]:
    """Return what opens a registry that was restored into a folder, until the test has ended."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(closing(Registry(folder, library(), forms())))


def lose(registry: Registry, patient: str) -> None:
    """Take a key out of the file, as an older copy of it lacks one."""
    with closing(sqlite3.connect(registry.vault.folder / PATIENTS)) as file, file:
        assert file.execute("DELETE FROM key WHERE patient = ?", (patient,)).rowcount == 1


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_who_was_erased_is_enrolled_again_in_no_older_database(
    registry: Registry, held_of: Callable[[Registry], Held], again: Callable[[Path], Registry], tmp_path: Path
) -> None:
    """One who stood in the backup, and one who did not: both are noted, and nothing is found, then or after the next restoring."""
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    stood, lives = ivo.enrol("P-1").id, ivo.enrol("P-3").id
    for patient in (stood, lives):
        set_identity(ivo, patient, ANNE)
    backup(held, tmp_path / "one.zip")
    never_stood = ivo.enrol("P-2").id
    for patient in (stood, never_stood):
        erase(ivo, patient, "asked")
    restored = restore(tmp_path / "one.zip", tmp_path / "a2", registry.folder / "keys")
    assert restored[1:5] == ([], [], 1, 1)
    older = again(tmp_path / "a2")
    ivo = older.sign_in("ivo", PASSWORD)
    for pseudonym in ("P-1", "P-2"):
        with pytest.raises(Refused, match="the patient was erased"):
            ivo.enrol(pseudonym)
    assert identity_of(ivo, lives) == ANNE
    assert [str(each) for each in verify(older)] == []
    backup(Held.of(older), tmp_path / "two.zip")
    assert restore(tmp_path / "two.zip", tmp_path / "a3", tmp_path / "a2" / "keys")[1:5] == ([], [], 0, 0)
    assert [str(each) for each in verify(again(tmp_path / "a3"))] == []


def test_who_was_erased_and_never_stood_in_the_database_is_not_enrolled(registry: Registry) -> None:
    """Whatever database stands: the keys tell of it, and no key is drawn."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.id_of("patient", "P-2")
    registry.vault.destroy(patient)
    with pytest.raises(Refused, match="the patient was erased"):
        ivo.enrol("P-2")
    assert not registry.vault.is_known(patient)


def test_an_erasure_that_a_restored_database_does_not_know_is_no_finding(
    registry: Registry, held_of: Callable[[Registry], Held], again: Callable[[Path], Registry], tmp_path: Path
) -> None:
    """Nor where it was restored without a note of it; in one that was put back by hand it is one, with what can be done."""
    backup(held_of(registry), tmp_path / "one.zip")
    restore(tmp_path / "one.zip", tmp_path / "a2", registry.folder / "keys")
    for each in (registry, older := again(tmp_path / "a2")):
        each.vault.destroy("0" * 32)
    assert [str(each) for each in verify(older)] == []
    (found,) = verify(held_of(registry))
    assert str(found).endswith("was erased, and never stood in this database: an older one was put back")
    assert "patency registry restore" in found.fix


def test_a_patient_who_has_a_key_is_never_treated_as_erased(
    registry: Registry, held_of: Callable[[Registry], Held], again: Callable[[Path], Registry], tmp_path: Path
) -> None:
    """Even where the keys tell of an erasure: it is told, and nothing of theirs is deleted."""
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    patient = ivo.enrol("P-1").id
    set_identity(ivo, patient, ANNE)
    (registry.vault.folder / "erasures").write_text(f"{patient}\n")
    (found,) = verify(held)
    assert (found.site, "their key is there" in found.what) == ("north", True)
    assert "taken out of keys/erasures" in found.fix
    backup(held, tmp_path / "one.zip")
    assert restore(tmp_path / "one.zip", tmp_path / "a2", registry.folder / "keys")[3:5] == (0, 0)
    assert identity_of(again(tmp_path / "a2").sign_in("ivo", PASSWORD), patient) == ANNE


def test_the_trail_tells_an_erasure_of_before_a_restoring_as_one() -> None:
    """Nobody erased at that moment."""
    line = Line("north", 7, "2026-03-03T10:12:00+00:00", "operator", "erase", "patient", "x", 0, "x", b"",
                '{"reason":"before","what":"done"}')  # fmt: skip
    assert said(line) == "3 Mar 2026 10:12 UTC: operator noted that the patient x was erased before"


def test_names_are_kept_and_found_by_no_file_but_the_key_of_the_site(registry: Registry, tmp_path: Path) -> None:
    """The first name, too: the trail knows the print of the right one, and which file is another is said."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, another = anna.enrol("P-2").id, tmp_path / "random"
    another.write_bytes(os.urandom(32))
    for refused in (lambda: set_identity(anna, patient, ANNE, another), lambda: find(anna, Sought("Anne"), another),
                    lambda: identity_of(anna, patient, another)):  # fmt: skip
        with pytest.raises(Refused, match=f"{another}: it is not the key of north"):
            refused()
    assert find(anna, Sought("Anne")) == []
    set_identity(anna, patient, ANNE)
    assert [hit.identity for hit in find(anna, Sought("Anne Müller"))] == [ANNE]
    own = registry.vault.folder / "sites" / "north.key"
    own.write_bytes(another.read_bytes())
    with pytest.raises(Refused, match=f"{own}: it is not the key of north"):
        find(anna, Sought("Anne"))


def test_a_name_that_is_sealed_by_another_file_is_found_and_kept_anew(
    registry: Registry, held_of: Callable[[Registry], Held], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As an older Patency let it be, which asked for no print: by the right key it opens not; kept anew, it does."""
    anna, held = registry.sign_in("anna", PASSWORD), held_of(registry)
    one, two = anna.enrol("P-1").id, anna.enrol("P-2").id
    set_identity(anna, one, ANNE)
    (tmp_path / "random").write_bytes(os.urandom(32))
    with monkeypatch.context() as older:
        older.setattr(identity, "_print_of", lambda *_: "")
        set_identity(anna, two, ANNE, tmp_path / "random")
    (found,) = verify(held)
    assert found.what == f"the name of the patient {two} is sealed by another file than the key of the site"
    assert "patency registry identity" in found.fix
    with pytest.raises(Refused, match="sealed by another file than the key of the site"):
        identity_of(anna, two)
    set_identity(anna, two, ANNE)
    assert identity_of(anna, two) == ANNE
    assert [str(each) for each in verify(held)] == []


def test_a_copy_of_the_keys_replaces_those_of_no_other_registry_and_of_none_that_is_used(
    new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """Neither its own, nor those of one in which nobody is yet, nor a copy of which one key is another."""
    registry = new_registry()
    held = held_of(registry)
    copy_keys(registry.vault, tmp_path / "another-site")
    (tmp_path / "another-site" / "sites" / "north.key").write_bytes(bytes(32))
    Vault.create(tmp_path / "others")
    copy_keys(registry.vault, tmp_path / "restored" / "keys")
    (tmp_path / "restored" / "registry.json").write_text("{}")
    (tmp_path / "link").symlink_to(registry.vault.folder)
    refused = {
        registry.vault.folder: "it is the registry's own", registry.folder / "heads": "it is the registry's own",
        tmp_path / "link": "it is the registry's own", tmp_path / "restored" / "keys": "a registry works with it",
        tmp_path / "restored": "a registry works with it", tmp_path / "others": "signing.key: it is another key",
        tmp_path / "another-site": r"north\.key: it is another key",
    }  # fmt: skip
    before = files_of(tmp_path), files_of(registry.folder / "keys")
    for folder, why in refused.items():
        with pytest.raises(Refused, match=why):
            back_up_keys(held, folder)
    assert (files_of(tmp_path), files_of(registry.folder / "keys")) == before
    back_up_keys(held, tmp_path / "safe")
    back_up_keys(held, tmp_path / "safe")


def test_a_key_that_is_missing_is_told_apart_from_an_erasure(
    registry: Registry, held_of: Callable[[Registry], Held]
) -> None:
    """Who enrols, looks, records, verifies or asks for the status is told that it is missing, and how it comes back."""
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    lost, erased = ivo.enrol("P-3").id, ivo.enrol("P-4").id
    erase(ivo, erased, "asked")
    lose(registry, lost)
    registry.vault.recall()
    for asked in (lambda: ivo.enrol("P-3"), lambda: ivo.patient("P-3"),
                  lambda: ivo.add(New("consent", {"what": "consent", "date": date(2026, 1, 1)}, lost, lost))):  # fmt: skip
        with pytest.raises(Refused, match="was never erased, and their key is missing") as refused:
            asked()
        assert "patency registry recover" in refused.value.faults[0].fix
    with pytest.raises(Refused, match="the patient was erased"):
        ivo.enrol("P-4")
    (found,) = verify(held)
    assert (
        found.what
        == f"the key of the patient {lost} is missing, and neither the trail nor the keys tell that they were erased"
    )
    assert "patency registry recover" in found.fix
    (said_of_it,) = status(held).findings
    assert said_of_it.startswith("north: 1 key is missing of who was never erased: `patency registry recover")


def test_keys_come_back_from_a_copy_and_nobody_is_lost_or_brought_back_by_it(
    registry: Registry, held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """Who was enrolled since stays, who was erased since stays erased, and a key that is none is replaced."""
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    lost, damaged, erased, replaced = (ivo.enrol(f"P-{number}").id for number in range(4))
    back_up_keys(held, tmp_path / "safe")
    since = ivo.enrol("P-9").id
    erase(ivo, erased, "asked")
    lose(registry, lost)
    with closing(sqlite3.connect(registry.vault.folder / PATIENTS)) as file, file:
        file.execute("UPDATE key SET key = x'00' WHERE patient = ?", (damaged,))
        file.execute("UPDATE key SET key = ? WHERE patient = ?", (os.urandom(32), replaced))
    assert recover(held, tmp_path / "safe") == Recovered(3, 0)
    assert [str(each) for each in verify(held)] == []
    assert [ivo.patient(name) for name in ("P-0", "P-1", "P-3", "P-9")] == [lost, damaged, replaced, since]
    assert not registry.vault.is_known(erased)
    lose(registry, since)
    assert recover(held, tmp_path / "safe") == Recovered(0, 1)
    with pytest.raises(Refused, match="there are no keys of patients in it"):
        recover(held, tmp_path / "nowhere")


def test_a_restoring_with_an_older_copy_of_the_keys_takes_nobody_for_erased(
    registry: Registry, held_of: Callable[[Registry], Held], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says whose keys are missing, and by the keys of today they come back."""
    ivo, held = registry.sign_in("ivo", PASSWORD), held_of(registry)
    ivo.enrol("P-1")
    back_up_keys(held, tmp_path / "safe")
    lost = ivo.enrol("P-3").id
    backup(held, tmp_path / "one.zip")
    asked = ["registry", "restore", str(tmp_path / "one.zip"), str(tmp_path / "a2"), "--keys", str(tmp_path / "safe")]
    assert main(asked) == CASE_REFUSED
    told = "".join(capsys.readouterr())
    assert f"north: the key of the patient {lost} is missing" in told
    assert f"1 key is not in {tmp_path / 'safe'}: see above; all else stands, and nobody was taken for erased" in told
    assert "erased since" not in told
    assert main(["registry", "recover", str(tmp_path / "a2"), "--keys", str(registry.vault.folder)]) == DONE
    assert "1 key is put back" in capsys.readouterr().out
    assert main(["registry", "recover", str(tmp_path / "a2"), "--keys", str(tmp_path / "safe")]) == DONE
    assert "No key is missing: nothing is put back." in capsys.readouterr().out
    assert main(["registry", "verify", str(tmp_path / "a2")]) == DONE


def test_a_file_of_keys_that_is_whole_and_cannot_be_used_just_now_is_not_to_be_put_back(
    new_registry: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Held by another, on a full disk, or not to be written: an older copy in its place would lose who was enrolled since."""
    registry = new_registry()
    ivo, path = registry.sign_in("ivo", PASSWORD), registry.vault.folder / PATIENTS
    monkeypatch.setattr(vault, "_WAIT", 0)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match="another program holds it") as held:
            ivo.enrol("P-1")
    registry.vault.patients_uri = registry.vault.patients_uri.replace("mode=rw", "mode=ro")
    with pytest.raises(Refused, match="it cannot be written") as unwritable:
        ivo.enrol("P-1")
    (tmp_path / "full.db").touch()
    with pytest.raises(Refused, match="the disk is full") as full:
        _fill(tmp_path / "full.db")
    for refused in (held, unwritable, full):
        (fault,) = refused.value.faults
        assert "no copy of them is to be put in their place" in fault.why
        assert "put" not in fault.fix


def _fill(path: Path) -> None:
    with vault._reading(path), closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA max_page_count = 1")
        file.execute("CREATE TABLE key (patient TEXT)")


@pytest.mark.sqlite("PostgreSQL is not held by one who writes")
def test_who_cannot_sign_in_just_now_is_told_why(
    new_registry: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That somebody signed in is a line of the trail: where none can be written, it is said in words, with a code of its own."""
    registry = new_registry()
    monkeypatch.setattr(database, "_WAIT", 0)
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    with closing(sqlite3.connect(registry.folder / "registry.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["registry", "list", str(registry.folder), "--user", "anna"]) == UNREADABLE
    assert "nobody signed in: 1 fault" in (told := capsys.readouterr().err)
    assert "another program holds the database" in told


def test_where_keys_cannot_be_written_it_is_said_in_words(
    new_registry: Callable[..., Registry], held_of: Callable[[Registry], Held], tmp_path: Path
) -> None:
    """A copy onto a file, a restored registry below one, and a marker of erasures that is a folder."""
    registry = new_registry()
    held, ivo = held_of(registry), registry.sign_in("ivo", PASSWORD)
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="it cannot be written: not a directory"):
        back_up_keys(held, tmp_path / "file" / "safe")
    backup(held, tmp_path / "one.zip")
    with pytest.raises(Refused, match="it cannot be written: not a directory"):
        restore(tmp_path / "one.zip", tmp_path / "file" / "a2", registry.folder / "keys")
    patient = ivo.enrol("P-1").id
    (registry.vault.folder / "erasures").mkdir()
    with pytest.raises(Refused, match="erasures: it cannot be used just now: is a directory"):
        erase(ivo, patient, "asked")
    (registry.vault.folder / "erasures").rmdir()
    erase(ivo, patient, "asked")
    assert [str(each) for each in verify(held)] == []


def test_a_site_is_not_added_over_a_key_of_its_name(new_registry: Callable[..., Registry]) -> None:
    """It may be that of a newer database, whose names nothing else opens."""
    registry = new_registry()
    path = registry.vault.folder / "sites" / "west.key"
    path.write_bytes(bytes(32))
    with closing(by_owner(registry)) as owned, pytest.raises(Refused, match="a key of a site of that name is there"):
        Admin(owned, "operator").add_site("west", "West Hospital")
    assert path.read_bytes() == bytes(32)
