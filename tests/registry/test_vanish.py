"""A database that vanishes, or a disk that is full, is told plainly; what was acknowledged stands, and nothing half-written."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from patency.fault import Fault, Refused
from patency.registry.database import transaction
from patency.registry.entry import Entry, New
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import APPLICATION, PASSWORD, by_owner, forms, library

DAY = date(2024, 5, 1)
LOST = "what was acknowledged stands; what was being written just then stands whole, or not at all"
KEPT = "nothing of this was kept; what was acknowledged before stands"


class Entrant:
    """Somebody who enters consents one after the other, in a thread of their own, and remembers what was acknowledged."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.patient = session.enrol("N-1")
        self.acknowledged: list[Entry] = []
        self.faults: list[Fault] = []
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._enter)

    def __enter__(self) -> "Entrant":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_done.set()
        self._thread.join()

    def _enter(self) -> None:
        while not self._is_done.is_set():
            try:
                self.acknowledged.append(self.session.add(consent(self.patient)))
            except Refused as refused:
                self.faults += refused.faults

    def wait(self, more: int) -> None:
        """Wait until so many more have been acknowledged."""
        until, limit = len(self.acknowledged) + more, time.monotonic() + 60
        while len(self.acknowledged) < until and time.monotonic() < limit:
            time.sleep(0.001)
        assert len(self.acknowledged) >= until, self.faults[-1:]


def consent(patient: Entry) -> New:
    """Return a consent of a patient."""
    return New("consent", {"what": "consent", "date": DAY}, patient.id, patient.id)


def whole(registry: Registry, session: Session, acknowledged: list[Entry]) -> None:
    """See that all that was acknowledged stands, and each record has its line in the trail, and no line is without."""
    assert {entry.id for entry in acknowledged} <= {entry.id for entry in session.entries("consent")}
    owned = by_owner(registry)
    with transaction(owned.engine) as connection:
        records = connection.execute(text("SELECT id FROM consent")).scalars().all()
        lines = connection.execute(text("SELECT record FROM trail WHERE kind = 'consent' AND action = 'add'"))
        head = connection.execute(text("SELECT seq, hash FROM head WHERE site = 'north'")).one()
        last = connection.execute(text("SELECT seq, hash FROM trail WHERE site = 'north' ORDER BY seq DESC")).first()
        assert sorted(records) == sorted(lines.scalars().all())
        assert tuple(head) == tuple(last or ())
    owned.close()


def test_a_connection_that_is_cut_off_loses_nothing(new_registry: Callable[[str], Registry], server: Any) -> None:
    """Thirty times the connection is cut off in the midst of writing: it is told, and the next write goes on."""
    registry = new_registry("postgresql")
    with (
        psycopg.connect(server.get_uri(), autocommit=True) as master,
        Entrant(registry.sign_in("anna", PASSWORD)) as anna,
    ):
        cut = 0
        while cut < 30:
            anna.wait(2)
            query = (
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s AND state <> 'idle'"
            )
            cut += (master.execute(query, [APPLICATION]).fetchone() or [0])[0]
    assert anna.faults
    for fault in anna.faults:
        assert "the database cannot be reached or failed" in fault.what
        assert fault.why == LOST
        assert PASSWORD not in str(fault)
    whole(registry, anna.session, anna.acknowledged)


def test_a_server_that_is_stopped_loses_nothing(new_registry: Callable[[str], Registry], server: Any) -> None:
    """The server is stopped in the midst of writing: each write is refused until it runs again, and nobody is let in."""
    registry = new_registry("postgresql")
    with Entrant(registry.sign_in("anna", PASSWORD)) as anna:
        anna.wait(5)
        control(server, "-m", "immediate", "stop")  # as though the power had failed
        while len(anna.faults) < 3:
            time.sleep(0.001)
        with pytest.raises(Refused, match="the database cannot be reached or failed"):
            registry.sign_in("ivo", PASSWORD)
        control(server, "-o", f'-h "" -k {server.get_uri().rpartition("host=")[2]}', "-l", str(server.log), "start")
        anna.wait(5)
    whole(registry, anna.session, anna.acknowledged)


def control(server: Any, *arguments: str) -> None:
    """Stop or start the server of the tests."""
    program = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(server.pgdata), *arguments]
    subprocess.run(program, check=True, user=server.system_user, cwd="/", stdout=subprocess.DEVNULL)


def fill(session: Session, patient: Entry) -> tuple[list[Entry], list[Fault]]:
    """Enter until the disk is full, and three times more."""
    acknowledged: list[Entry] = []
    faults: list[Fault] = []
    while len(faults) < 4 and len(acknowledged) < 5_000:
        try:
            acknowledged += session.add_all([consent(patient)] * 40)
        except Refused as refused:
            faults += refused.faults
    return acknowledged, faults


def said_full(faults: list[Fault]) -> None:
    """See that the faults say that the disk is full, and what to do."""
    assert len(faults) == 4
    for fault in faults:
        assert fault.what == "the disk is full (database or disk is full)"
        assert fault.why == KEPT
        assert fault.fix == "make room on the disk, then do it again"


def test_a_full_database_is_told_and_loses_nothing(new_registry: Callable[[str], Registry]) -> None:
    """Where SQLite may add no page, a write is refused whole; once it may, the next one stands."""
    registry = new_registry("sqlite")
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    limit = [150]

    @event.listens_for(registry.engine, "checkout")
    def _limited(connection: Any, *_rest: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    acknowledged, faults = fill(anna, patient)
    said_full(faults)
    whole(registry, anna, acknowledged)
    limit[0] = 10**6
    whole(registry, anna, [*acknowledged, anna.add(consent(patient))])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 3 MB, where one may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    program = shutil.which("mount")
    command = ["-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if not program or subprocess.run([program, *command], check=False, capture_output=True).returncode:
        pytest.skip("only who is root may make a small disk; a full database is tested without one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_loses_nothing(new_registry: Callable[[str], Registry], small_disk: Path) -> None:
    """Where the disk has no room for SQLite's log, a write is refused whole; once there is room, the next one stands."""
    other = new_registry("sqlite")
    other.close()
    shutil.copytree(other.folder, small_disk / "registry")
    registry = Registry(small_disk / "registry", library(), forms())
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    acknowledged, faults = fill(anna, patient)
    said_full(faults)
    ballast.unlink()
    whole(registry, anna, [*acknowledged, anna.add(consent(patient))])
    registry.close()
