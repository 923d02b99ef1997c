"""After an erasure no byte of the patient can be read, wherever a copy lies; all others stand, and the trail fits."""

import hashlib
import json
import shutil
import struct
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars
import pytest
from sqlalchemy import select, text

from patency.fault import Refused
from patency.registry import schema
from patency.registry.access import Refusal
from patency.registry.cutting.cut import cut
from patency.registry.database import is_postgresql, transaction
from patency.registry.entry import New, Value
from patency.registry.files.export import export
from patency.registry.keep.alike import Sought
from patency.registry.keep.backup import backup, restore
from patency.registry.keep.erase import REASONS, erase
from patency.registry.keep.held import Held, hold
from patency.registry.keep.identity import Identity, find, set_identity
from patency.registry.keep.status import status
from patency.registry.keep.taken_out import said
from patency.registry.keep.trail import export_trail
from patency.registry.keep.verify import verify
from patency.registry.keep.verify_people import BEGUN
from patency.registry.registry import Registry
from patency.registry.rows import rows_of
from patency.registry.session import Session
from registry.made import PASSWORD, forms, library, owner_url

NAME, NUMBER, BORN = "Xaverius Quastenflosser", "MRN-77665544", date(1987, 5, 23)
SEAL = 12 + 16  # bytes of AES-GCM's nonce and tag
PSEUDONYM, REASON, NOTE = "ZEBRA-0815-PSEUDO", "mistyped by Zacharias", "limps when walking to the Quitzow bridge"
WEIGHT, ON = 73.62519384, date(2019, 11, 27)


def enrolled(session: Session, pseudonym: str = PSEUDONYM) -> str:
    """Enrol a patient who is like no other in any byte: with an episode, a visit that is corrected, and a name."""
    patient = session.enrol(pseudonym).id
    episode = session.add(New("episode", {"date": ON, "age": 41.7365}, patient, patient)).id
    values: dict[str, Value] = {"date": ON, "weight": WEIGHT, "note": NOTE, "pain": 3.0}
    visit = session.add(New("visit", values, patient, episode), "seen").id
    session.correct("visit", visit, {"pain": 4.0}, REASON)
    set_identity(session, patient, Identity(NAME, BORN, {"hospital": NUMBER}))
    return patient


def traces() -> dict[str, bytes]:
    """Return the patient's words, days and numbers, in every way in which a program might have written them."""
    words = {word for each in (NAME, NUMBER, PSEUDONYM, REASON, NOTE) for word in (each, each.split()[-1])}
    days = {f"{day:{pattern}}" for day in (ON, BORN) for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d")}
    found = {
        f"{word!r} as {code}": word.encode(code)
        for word in words | days
        for code in ("utf-8", "utf-16-le", "utf-16-be")
    }
    found |= {f"{word!r} in JSON": json.dumps(word).encode() for word in words}
    found |= {f"{WEIGHT} as text": str(WEIGHT).encode(), f"{WEIGHT} as a float": struct.pack("<d", WEIGHT),
              f"{WEIGHT} as a float, turned round": struct.pack(">d", WEIGHT)}  # fmt: skip
    return found


def read_in(folders: list[Path], sought: dict[str, bytes]) -> list[str]:
    """Return what can be read in any file of some folders, those in an archive unpacked too."""
    found = []
    files = (path for folder in folders for path in (folder, *sorted(folder.rglob("*"))) if path.is_file())
    for path in files:
        contents = {path.name: path.read_bytes()}
        if path.suffix == ".zip":
            with ZipFile(path) as archive:
                contents |= {name: archive.read(name) for name in archive.namelist()}
        found += [
            f"{name}: {what}"
            for name, content in contents.items()
            for what, trace in sought.items()
            if trace in content
        ]
    return found


def cells(folder: Path) -> set[str]:
    """Return what stands in the cells of a cut's tables."""
    return {repr(cell) for path in folder.glob("*.parquet") for row in polars.read_parquet(path).rows() for cell in row}


def folders_of(registry: Registry, server: Any) -> list[Path]:
    """Return all folders in which a registry keeps anything; of PostgreSQL its whole data directory, with pg_wal."""
    return [registry.folder, *([Path(server.pgdata)] if server else [])]


@pytest.fixture(name="server_of")
def whose_server(request: pytest.FixtureRequest, registry: Registry) -> Any:
    """Return the PostgreSQL that a registry is on, or None."""
    return request.getfixturevalue("server") if is_postgresql(registry.engine) else None


def held_of(registry: Registry) -> Held:
    return hold(registry.folder, owner_url(registry))


def found_in(registry: Registry) -> list[str]:
    held = held_of(registry)
    said = [str(each) for each in verify(held)]
    held.close()
    return said


def test_the_traces_that_are_sought_would_be_found(tmp_path: Path) -> None:
    """The search below is one that finds: each trace, written to a file, is seen."""
    for number, trace in enumerate(traces().values()):
        (tmp_path / f"{number}.txt").write_bytes(b"\x00" + trace + b"\x00")
    with ZipFile(tmp_path / "all.zip", "w", compression=8) as archive:
        archive.writestr("inside", b"".join(traces().values()))
    seen = read_in([tmp_path], traces())
    assert set(traces()) <= {line.partition(": ")[2] for line in seen}
    assert any(line.startswith("inside: ") for line in seen)


def test_nothing_of_an_erased_patient_can_be_read_anywhere(registry: Registry, server_of: Any, tmp_path: Path) -> None:
    """Neither in the database, its log, the keys, a backup made before, nor one made later; nor is the key itself there."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient, other = enrolled(ivo), ivo.enrol("N-2").id
    key = registry.vault.key(patient)
    held = held_of(registry)
    backup(held, tmp_path / "before" / "backup.zip")
    cut(ivo, tmp_path / "before" / "cut")
    done = erase(ivo, patient, "asked")
    assert done[:2] == (patient, True)
    cut(ivo, tmp_path / "after" / "cut")
    backup(held, tmp_path / "after" / "backup.zip")
    registry.engine.dispose()
    if server_of:
        server_of.psql("CHECKPOINT; SELECT pg_switch_wal()")
    sought = traces() | {"the key": key, "the key in hex": key.hex().encode()}
    assert repr(WEIGHT) in cells(tmp_path / "before" / "cut")
    assert not {repr(WEIGHT), "4.0"} & cells(tmp_path / "after" / "cut")
    everywhere = [*folders_of(registry, server_of), tmp_path / "before" / "backup.zip", tmp_path / "after"]
    assert read_in(everywhere, sought) == []
    assert [str(each) for each in verify(held)] == []
    assert [entry.id for entry in ivo.record_of(other)] == [other]
    with pytest.raises(Refused, match="there is no patient"):
        ivo.patient(PSEUDONYM)
    assert ivo.record_of(patient) == ivo.history(patient) == []
    assert find(ivo, Sought(NAME)) == []
    held.close()


def test_a_backup_made_before_the_erasure_stays_unreadable_where_it_is_restored(
    registry: Registry, tmp_path: Path
) -> None:
    """The keys are never in it: with those of today, the patient is gone from yesterday's backup too."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient, other = enrolled(ivo), ivo.enrol("N-2").id
    held = held_of(registry)
    backup(held, tmp_path / "backup.zip")
    held.close()
    erase(ivo, patient, "withdrawn")
    restored = restore(tmp_path / "backup.zip", tmp_path / "restored", keys=registry.folder / "keys")
    assert (restored.erased, restored.names, restored.findings, restored.missing) == (1, 1, [], [])
    again = Registry(tmp_path / "restored", library(), forms())
    session = again.sign_in("ivo", PASSWORD)
    assert session.record_of(patient) == []
    assert [entry.id for entry in session.record_of(other)] == [other]
    again.close()


def test_a_pseudonym_whose_patient_was_erased_is_not_given_again(registry: Registry) -> None:
    """One pseudonym means one patient, also after they are gone."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = enrolled(ivo)
    erase(ivo, patient, "mistaken")
    with pytest.raises(Refused, match="the patient was erased"):
        ivo.enrol(PSEUDONYM)
    with pytest.raises(Refused, match="the patient was erased"):
        ivo.add(New("consent", {"what": "consent", "date": ON}, patient, patient))
    assert not registry.vault.is_known(patient)


def test_who_may_not_erase_is_refused(registry: Registry) -> None:
    """Only an investigator of the patient's own site may, for one of four reasons, and once."""
    ivo, sam = registry.sign_in("ivo", PASSWORD), registry.sign_in("sam", PASSWORD)
    patient = enrolled(ivo)
    for name in ("anna", "rita", "stat", "ada"):
        with pytest.raises(Refusal):
            erase(registry.sign_in(name, PASSWORD), patient, "asked")
    with pytest.raises(Refused, match="no such patient at your site"):
        erase(sam, patient, "asked")
    with pytest.raises(Refused, match="there is no reason 'she moved to Berlin'"):
        erase(ivo, patient, "she moved to Berlin")
    assert registry.vault.is_known(patient)
    erase(ivo, patient, "ordered")
    with pytest.raises(Refused, match="erased already"):
        erase(ivo, patient, "ordered")


def test_what_was_taken_out_while_the_patient_was_in_is_told(registry: Registry, tmp_path: Path) -> None:
    """Cuts and exports of the site, with what they are known by: none of before and after, none of another site."""
    ivo, sam = registry.sign_in("ivo", PASSWORD), registry.sign_in("sam", PASSWORD)
    ivo.enrol("N-0")
    export(ivo, tmp_path / "before")
    patient = enrolled(ivo)
    of_theirs = cut(ivo, tmp_path / "theirs")
    written = export(ivo, tmp_path / "export")
    cut(sam, tmp_path / "south")
    export_trail(ivo, tmp_path / "trail.csv", "csv")
    ivo.note("cut", details={"what": "begun"})  # and then the disk was full
    taken = erase(ivo, patient, "asked").taken
    export(ivo, tmp_path / "after")
    assert [(each.user, each.what, each.is_whole) for each in taken] == [
        ("ivo", "a cut of the site", True), ("ivo", "an export of records", True),
        ("ivo", "an export of the audit trail", True), ("ivo", "a cut of the site", False),
    ]  # fmt: skip
    assert taken[0].files == (("content", of_theirs.manifest.content),)
    assert dict(taken[1].files) == {each.file: each.sha256 for each in written}
    lines = [line for each in taken for line in said(each)]
    assert f"    patient.csv {hashlib.sha256((tmp_path / 'export' / 'patient.csv').read_bytes()).hexdigest()}" in lines
    assert lines[-1].endswith("begun, and no end of it is noted; look whether there is something of it")


def test_the_length_of_what_is_sealed_tells_little(registry: Registry) -> None:
    """A visit with one number and one with a page of text are as long as a multiple of 256 bytes, and come back as written."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.enrol("N-1").id
    episode = ivo.add(New("episode", {"date": ON, "age": 41.0}, patient, patient)).id
    written: list[dict[str, Value]] = [{"date": ON, "note": "walks " * count} for count in (1, 20, 30, 100)]
    ids = [ivo.add(New("visit", values, patient, episode)).id for values in written]
    with transaction(registry.engine, ivo.token) as connection:
        table = rows_of(connection, schema.records["visit"])
        lengths = {row.id: len(row.sealed) - SEAL for row in connection.execute(select(table))}
    assert [lengths[each] for each in ids] == [256, 256, 256, 768]
    assert {entry.id: entry.values["note"] for entry in ivo.entries("visit")} == {
        each: values["note"] for each, values in zip(ids, written, strict=True)
    }


@pytest.mark.parametrize("step", ["begun", "key destroyed"])
def test_an_erasure_that_was_stopped_is_finished_by_doing_it_again(step: str, registry: Registry) -> None:
    """Whichever step was the last, `status` tells of it until it is done, and then the trail fits."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = enrolled(ivo)
    ivo.note("erase", "patient", patient, patient, {"what": BEGUN, "reason": "asked"})
    if step == "key destroyed":
        registry.vault.destroy(patient)
    held = held_of(registry)
    assert status(held).half_erased == [("north", patient)]
    erase(ivo, patient, "asked")
    assert status(held).half_erased == []
    assert (status(held).erased, status(held).counts["north"]["patient"]) == ({"north": 1, "south": 0}, 1)
    assert not registry.vault.is_known(patient)
    assert [str(each) for each in verify(held)] == []
    held.close()


def test_a_log_that_somebody_reads_is_told_of(registry: Registry) -> None:
    """SQLite's log cannot be emptied under a reader; what is in it is sealed, and it is emptied the next time."""
    if is_postgresql(registry.engine):
        pytest.skip("PostgreSQL's log is its own; what is in it is sealed as well")
    ivo = registry.sign_in("ivo", PASSWORD)
    one, two = enrolled(ivo), enrolled(ivo, "Y-1")
    with transaction(registry.engine) as connection:
        connection.execute(text("SELECT count(*) FROM trail")).one()
        assert not erase(ivo, one, "asked").is_log_empty
    assert erase(ivo, two, "asked").is_log_empty
    assert (registry.folder / "registry.db-wal").stat().st_size == 0


def test_a_key_that_was_put_back_is_found_and_destroyed_again(registry: Registry, tmp_path: Path) -> None:
    """Whoever puts an older copy of the keys back brings the erased patients with it: that is told."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = enrolled(ivo)
    shutil.copy(registry.folder / "keys" / "patients.db", tmp_path / "older.db")
    erase(ivo, patient, "asked")
    shutil.copy(tmp_path / "older.db", registry.folder / "keys" / "patients.db")
    assert found_in(registry) == [
        f"north: the patient {patient} was erased, and their key is there again: it was put back from an older copy"
    ]
    erase(ivo, patient, "asked")
    assert found_in(registry) == []


def test_an_erasure_reaches_whoever_has_the_registry_open(registry: Registry) -> None:
    """Another program, which had the key in its memory, can no longer read."""
    url = registry.engine.url.render_as_string(hide_password=False)
    elsewhere = Registry(registry.folder, library(), forms(), url)
    rita = elsewhere.sign_in("rita", PASSWORD)
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = enrolled(ivo)
    assert len(rita.record_of(patient)) == 3
    erase(ivo, patient, "asked")
    assert rita.record_of(patient) == []
    elsewhere.close()


def test_no_line_of_the_trail_ever_held_a_word_of_the_patient(registry: Registry) -> None:
    """Reasons, pseudonyms and notes are sealed with the records: the trail, which stands for ever, knows ids alone."""
    ivo = registry.sign_in("ivo", PASSWORD)
    erase(ivo, enrolled(ivo), "asked")
    held = held_of(registry)
    with transaction(held.engine) as connection:
        lines = "\n".join(str(tuple(row)) for row in connection.execute(text("SELECT * FROM trail"))).encode()
    assert [what for what, trace in traces().items() if trace in lines] == []
    assert all(reason.encode() not in lines for reason in REASONS.values())
    held.close()
