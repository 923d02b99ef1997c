"""Programs that write to a registry until they are killed, and note each write that was acknowledged.

They are forked from one process in which all is loaded, so that a round takes a second.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select, text

from patency.registry import schema
from patency.registry.database import is_postgresql, transaction
from patency.registry.entry import Entry, New, Value
from patency.registry.keep.held import hold
from patency.registry.keep.verify import verify
from patency.registry.kinds import KINDS
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, forms, library

WRITERS = ("anna", "ivo", "sam", "ivo")  # two sites; one user twice
SHORTEST, LONGEST = 0.02, 0.4  # seconds that they write before they are killed
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["registry.crashing"])
_LOADED_IN = os.getpid()


class Place(NamedTuple):
    """Where the registry is: its folder, and its URLs by who uses and who owns it."""

    folder: Path
    url: str
    owner: str


def write_until_killed(place: Place, user: str, seed: int, noted: Path, ready: Connection) -> None:
    """Write patients with all that hangs on them, alone, together, and corrected, for ever; note each acknowledged row."""
    dice = random.Random(seed)
    registry = Registry(place.folder, library(), forms(), place.url)
    session = registry.sign_in(user, PASSWORD)
    handle = os.open(noted, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    ready.send(os.getpid() != _LOADED_IN)
    for number in range(10**6):
        for entries in _written(session, f"{user}-{seed}-{number}", dice):
            line = "".join(f"{entry.site} {entry.kind} {entry.id} {entry.version}\n" for entry in entries)
            os.write(handle, line.encode())


def _written(session: Session, pseudonym: str, dice: random.Random) -> Iterator[list[Entry]]:
    patient = session.enrol(pseudonym)
    yield [patient]
    start = date(2024, 1, 1) + timedelta(days=dice.randrange(600))
    episode = New("episode", {"date": start, "age": 40.0}, patient.id, patient.id, f"{dice.getrandbits(128):032x}")
    visits = [New("visit", _visit(start, number, dice), patient.id, episode.id, f"{dice.getrandbits(128):032x}")
              for number in range(dice.randrange(1, 6))]  # fmt: skip
    responses = [New("response", {"instrument": "villalta", "date": visit.values["date"], "total": 5.0}, patient.id, visit.id)
                 for visit in visits]  # fmt: skip
    yield session.add_all([episode, *visits, *responses], is_checked=True)
    for visit in visits:
        yield [session.correct("visit", visit.id, {"pain": float(dice.randrange(11))}, "mistyped")]


def _visit(start: date, number: int, dice: random.Random) -> dict[str, Value]:
    return {
        "date": start + timedelta(days=30 * number),
        "weight": 50.0 + dice.randrange(40),
        "note": "x" * dice.randrange(1, 400),
    }


def crash(place: Place, seed: int, notes: Path, server: Any = None) -> None:
    """Let writers write for a moment, and kill them all; the server too, where one is given."""
    _begin_forking()
    dice = random.Random(seed)
    running = []
    for number, user in enumerate(WRITERS):
        ours, theirs = _FORKS.Pipe(duplex=False)
        noted = notes / f"{seed}-{number}.txt"
        writer = _FORKS.Process(
            target=write_until_killed, args=(place, user, seed * 10 + number, noted, theirs), daemon=True
        )
        writer.start()
        theirs.close()
        running.append((writer, ours))
    for _, ours in running:
        assert ours.poll(60), "a writer begins within a minute"
        assert ours.recv(), "all was loaded before it was forked"
    time.sleep(dice.uniform(SHORTEST, LONGEST))
    is_server_first = dice.random() < 0.5
    if server is not None and is_server_first:
        kill_server(server)
    for writer, ours in running:
        writer.kill()
        writer.join()
        assert server is not None or writer.exitcode == -signal.SIGKILL, "it wrote until it was killed"
        ours.close()
    if server is not None:
        kill_server(server)
        start_again(server)


def _begin_forking() -> None:
    """Start the process that writers are forked from, unless it runs; where our modules are it is told, for it asks nobody.

    Python 3.11 does not hand it the path of its parent, loads nothing then, and says nothing: each writer took seconds.
    """
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        forkserver.ensure_running()
    finally:
        del os.environ["PYTHONPATH"]
        if known is not None:
            os.environ["PYTHONPATH"] = known


def kill_server(server: Any) -> None:
    """Kill PostgreSQL's first process, as a machine out of memory would."""
    with suppress(ProcessLookupError):
        os.kill(server.get_postmaster_info().process.pid, signal.SIGKILL)


def start_again(server: Any) -> None:
    """Start PostgreSQL anew; what it left in memory must be let go of first."""
    server.get_postmaster_info().process.wait(30)
    for attempt in range(40):
        try:
            server.ensure_postgres_running()
        except subprocess.SubprocessError:
            assert attempt < 39, "PostgreSQL starts again"
            time.sleep(0.25)
        else:
            return


def acknowledged(notes: Path, pattern: str = "*.txt") -> set[tuple[str, str, str, int]]:
    """Return every row of which a writer was told that it stands."""
    found = set()
    for path in notes.glob(pattern):
        written = path.read_text()
        for line in written[: written.rfind("\n") + 1].splitlines():
            site, kind, record, version = line.split()
            found.add((site, kind, record, int(version)))
    return found


def looked_at(place: Place, expected: set[tuple[str, str, str, int]]) -> int:
    """See that all that was acknowledged stands, and nothing by halves; return how many rows there are."""
    held = hold(place.folder, place.owner)
    try:
        assert [str(each) for each in verify(held)] == []
        with held.still() as connection:
            found = {(row.site, kind, row.id, row.version)
                     for kind in KINDS
                     for row in connection.execute(select(*schema.records[kind].c["site", "id", "version"]))}  # fmt: skip
            for kind, above in ((kind.name, kind.of) for kind in KINDS.values() if kind.of):
                table, parent = schema.records[kind], schema.records[above]
                joined = (table.c.parent == parent.c.id) & (table.c.site == parent.c.site)
                alone = select(table.c.id).where(~select(parent.c.id).where(joined).exists())
                assert connection.execute(alone).first() is None, f"no {kind} is without its {above}"
        if not is_postgresql(held.engine):
            with transaction(held.engine) as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert expected <= found, f"{len(expected - found)} acknowledged writes are lost"
        return len(found)
    finally:
        held.close()


if __name__ != "__main__":  # in the process that is forked, all is loaded once
    forms()
