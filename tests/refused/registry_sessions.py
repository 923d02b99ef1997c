"""What a session, and the door to it, refuse."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.entered import read_typed
from patency.registry.entry import New
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.registry.where import read_settings
from registry.made import PASSWORD, forms, library, made

DAY = date(2026, 1, 2)


def _small(folder: Path) -> Registry:
    """Make a registry of one site, with nobody who could sign in: each password takes a tenth of a second."""
    create(folder / "registry", "Test registry")
    registry = Registry(folder / "registry", library(), forms())
    Admin(registry, "operator").add_site("north", "North Hospital")
    return registry


def _session(folder: Path) -> Session:
    """Sign in, with a patient N-1 who has an episode."""
    registry = _small(folder)
    Admin(registry, "operator").add_user("ivo", "investigator", "north", PASSWORD)
    session = registry.sign_in("ivo", PASSWORD)
    patient = session.enrol("N-1").id
    session.add(New("episode", {"date": DAY, "age": 14.0}, patient, patient))
    return session


def _wrong_password(folder: Path) -> None:
    made(folder).sign_in("anna", "not the password")


def _among_other_files(folder: Path) -> None:
    (folder / "notes.txt").write_text("")
    create(folder, "One")


def _user(folder: Path, name: str, role: str, site: str, password: str = PASSWORD) -> None:
    Admin(_small(folder), "operator").add_user(name, role, site, password)


def _user_twice(folder: Path) -> None:
    admin = Admin(_small(folder), "operator")
    admin.add_user("ivo", "reader", "north", PASSWORD)
    admin.add_user("ivo", "reader", "north", PASSWORD)


def _changed_since(folder: Path) -> None:
    session = _session(folder)
    episode = next(session.entries("episode")).id
    session.correct("episode", episode, {"age": 15.0}, "mistyped", 1)
    session.correct("episode", episode, {"age": 16.0}, "mistyped", 1)


def _changes_nothing(folder: Path) -> None:
    session = _session(folder)
    session.correct("episode", next(session.entries("episode")).id, {"age": 14.0}, "mistyped")


def _without_reason(folder: Path) -> None:
    session = _session(folder)
    session.correct("episode", next(session.entries("episode")).id, {"age": 15.0}, " ")


def _void(folder: Path) -> tuple[Session, str]:
    """Return a session in which the patient's one episode is void, and its id."""
    session = _session(folder)
    episode = next(session.entries("episode")).id
    session.void("episode", episode, "of another patient")
    return session, episode


def _of_what_is_void(folder: Path) -> None:
    session, episode = _void(folder)
    session.entry("episode", episode)


def _on_what_is_void(folder: Path) -> None:
    session = _session(folder)
    patient, episode = session.patient("N-1"), next(session.entries("episode")).id
    visit = session.add(New("visit", {"date": DAY}, patient, episode)).id
    session.void("episode", episode, "of another patient", with_hanging=True)
    session.correct("visit", visit, {"pain": 3.0}, "mistyped")


def _void_with_what_hangs(folder: Path) -> None:
    session = _session(folder)
    session.void("patient", session.patient("N-1"), "enrolled twice")


def _back_though_it_stands(folder: Path) -> None:
    session = _session(folder)
    session.reinstate("episode", next(session.entries("episode")).id, "voided by mistake")


def _void_patient(folder: Path) -> None:
    session = _session(folder)
    session.void("patient", session.patient("N-1"), "enrolled twice", with_hanging=True)
    session.patient("N-1")


def _reason_of_two_lines(folder: Path) -> None:
    session = _session(folder)
    session.correct("episode", next(session.entries("episode")).id, {"age": 15.0}, "mistyped.\nOn 1 Jan 2026")


def _on_nothing(folder: Path) -> None:
    session = _session(folder)
    session.add(New("visit", {"date": DAY}, session.patient("N-1"), "0" * 32))


def _added_twice(folder: Path) -> None:
    session = _session(folder)
    patient = session.patient("N-1")
    session.add(New("episode", {"date": DAY, "age": 14.0}, patient, patient, "0" * 32))
    session.add(New("episode", {"date": DAY, "age": 14.0}, patient, patient, "0" * 32))


def _of_an_erased_patient(folder: Path) -> None:
    session = _session(folder)
    patient = session.patient("N-1")
    session.registry.vault.destroy(patient)
    session.add(New("episode", {"date": DAY, "age": 14.0}, patient, patient))


def _changed_outside(folder: Path) -> None:
    session = _session(folder)
    with closing(sqlite3.connect(folder / "registry" / "registry.db")) as file, file:
        file.executescript("DROP TRIGGER IF EXISTS " + "; DROP TRIGGER IF EXISTS ".join(_triggers(file)))
        file.execute("UPDATE episode SET author = 'nobody'")
    list(session.entries("episode"))


def _triggers(file: sqlite3.Connection) -> list[str]:
    return [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]


def _without_the_keys(folder: Path) -> Registry:
    at = _small(folder).folder
    (at / "keys" / "signing.key").unlink()
    return Registry(at, library(), forms())


def _kept_by_another(folder: Path) -> None:
    session = _session(folder)
    Admin(session.registry, "ivo", session.token)


def _stopped(folder: Path) -> Admin:
    admin = Admin(_small(folder), "operator")
    admin.add_user("ivo", "reader", "north", PASSWORD)
    admin.stop_user("ivo")
    return admin


def _resumed_twice(folder: Path) -> None:
    admin = _stopped(folder)
    admin.resume_user("ivo", PASSWORD)
    admin.resume_user("ivo", PASSWORD)


PIECES: dict[str, Callable[[Path], object]] = {
    "no-registry": read_settings,
    "registry-in-a-folder-of-others": _among_other_files,
    "registry-without-its-keys": _without_the_keys,
    "sign-in-by-a-wrong-password": _wrong_password,
    "site-twice": lambda folder: Admin(_small(folder), "operator").add_site("north", "North again"),
    "site-key-that-is-elsewhere": lambda folder: _small(folder).vault.site_key("north", "", folder / "nowhere.key"),
    "user-without-a-name": lambda folder: _user(folder, " ", "boss", "", "short"),
    "user-of-a-site-who-acts-for-none": lambda folder: _user(folder, "eve", "statistician", "north"),
    "user-of-no-such-site": lambda folder: _user(folder, "eve", "reader", "nort"),
    "user-twice": _user_twice,
    "users-kept-by-no-administrator": _kept_by_another,
    "user-who-is-not-there": lambda folder: Admin(_small(folder), "operator").stop_user("nobody"),
    "user-who-was-stopped-and-has-a-new-password": lambda folder: _stopped(folder).new_password("ivo", PASSWORD),
    "user-who-was-not-stopped": _resumed_twice,
    "void-by-data-entry": lambda folder: made(folder).sign_in("anna", PASSWORD).void("visit", "0" * 32, "mistyped"),
    "patient-who-is-not-there": lambda folder: _session(folder).patient("N-2"),
    "patient-enrolled-twice": lambda folder: _session(folder).enrol("N-1"),
    "record-of-an-erased-patient": _of_an_erased_patient,
    "record-of-an-unknown-kind": lambda folder: _session(folder).entry("visits", "0" * 32),
    "record-that-hangs-on-nothing": _on_nothing,
    "record-added-twice": _added_twice,
    "record-changed-outside": _changed_outside,
    "correction-of-what-was-changed-since": _changed_since,
    "correction-that-changes-nothing": _changes_nothing,
    "correction-without-a-reason": _without_reason,
    "correction-for-a-reason-of-two-lines": _reason_of_two_lines,
    "note-of-two-lines": lambda _: read_typed("visit", ["note=came late\nOn 1 Jan 2026"], forms(), DAY),
    "patient-who-is-void": _void_patient,
    "record-that-is-void": _of_what_is_void,
    "record-that-hangs-on-what-is-void": _on_what_is_void,
    "reinstated-though-it-stands": _back_though_it_stands,
    "void-with-what-hangs-on-it": _void_with_what_hangs,
}  # fmt: skip
