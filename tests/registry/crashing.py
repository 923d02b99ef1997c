"""Programs that write to a registry until they are killed, and note each write before it is tried and once it is acknowledged.

Two enter patients one by one; two bring files in, thousands of rows in one transaction, with so small a page cache that
SQLite writes pages out in the midst of it. Those tell how far their transaction is, so that kills can be aimed into it. All
are forked from one process in which everything is loaded, so that a round takes about a second.

Not here: what must stand after a crash (crashed.py).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

from patency.registry import database
from patency.registry.entry import New, Packed, Value
from patency.registry.files import ahead
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.bringing import VISITS, brought
from registry.made import PASSWORD, forms, library

WRITERS = (("anna", "by hand"), ("sam", "by hand"), ("ivo", "by file"), ("sam", "by file"))  # two sites; one user twice
SHORTEST, LONGEST = 0.02, 0.4  # seconds that they write before a kill that is not aimed
CACHE = 256  # KiB of pages that a killed program keeps in memory, a sixth of what one transaction of an import writes
LOG = 1_000  # pages in the log: about every third such transaction carries it over
BATCH, BATCHES = 2_000, 5  # rows of one transaction, and transactions of one file
WITHIN, COMMITTING, ENDED = "within", "committing", "ended"  # how far a transaction is
_PATIENTS = 20  # of whom the files tell
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["registry.crashing"])
_LOADED_IN = os.getpid()


class Place(NamedTuple):
    """Where the registry is: its folder, and its URLs by who uses and who owns it."""

    folder: Path
    url: str
    owner: str

    def opened(self) -> Registry:
        """Open it as those do who use it."""
        return Registry(self.folder, library(), forms(), self.url)


class Noted:
    """What a program notes in a file: each write before it is tried ("=", and its rows), and that it stands ("+")."""

    def __init__(self, path: Path, site: str) -> None:
        self.path, self._site = path, site
        self._handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def write(self, rows: Sequence[tuple[str, str, int]], wrote: Callable[[], object]) -> None:
        """Try a write of some rows, each a kind, an id and a version."""
        told = " ".join(f"{self._site}/{kind}/{record}/{version}" for kind, record, version in rows)
        os.write(self._handle, f"= {told}\n".encode())
        wrote()
        os.write(self._handle, b"+\n")


def prepare(place: Place) -> None:
    """Enrol the patients of whom the files tell, each with an episode."""
    registry = place.opened()
    for user in ("ivo", "sam"):
        session = registry.sign_in(user, PASSWORD)
        patients = [session.new_patient(f"P{number}") for number in range(_PATIENTS)]
        episodes = [New("episode", {"date": date(2024, 1, 1), "age": 40.0}, each.id, each.id) for each in patients]
        session.add_all([*patients, *episodes])
    registry.close()


def write_until_killed(place: Place, user: str, how: str, seed: int, path: Path, told: Connection) -> None:
    """Write for ever, by hand or by file, and note every write."""
    database._CACHE, database._LOG, ahead.AT_ONCE = CACHE, LOG, BATCH
    registry = place.opened()
    session = registry.sign_in(user, PASSWORD)
    noted = Noted(path, session.user.site)
    told.send(os.getpid() != _LOADED_IN)
    told.recv()  # all begin at once
    if how == "by file":
        _tell(registry.engine, told)
        _bring(session, noted)
    else:
        _enter(session, seed, noted)


def _enter(session: Session, seed: int, noted: Noted) -> None:
    """Write patients with all that hangs on them, alone, together, and corrected."""
    dice = random.Random(seed)
    for number in range(10**6):
        patient = session.new_patient(f"{session.user.name}-{seed}-{number}")
        noted.write([("patient", patient.id, 1)], lambda: session.add(patient))  # noqa: B023  called at once
        start = date(2024, 1, 1) + timedelta(days=dice.randrange(600))
        episode = New("episode", {"date": start, "age": 40.0}, patient.id, patient.id, f"{dice.getrandbits(128):032x}")
        visits = [New("visit", _visit(start, number, dice), patient.id, episode.id, f"{dice.getrandbits(128):032x}")
                  for number in range(dice.randrange(1, 6))]  # fmt: skip
        responses = [New("response", {"instrument": "villalta", "date": visit.values["date"], "total": 5.0}, patient.id,
                         visit.id, f"{dice.getrandbits(128):032x}") for visit in visits]  # fmt: skip
        news = [episode, *visits, *responses]
        noted.write([(each.kind, each.id, 1) for each in news], lambda: session.add_all(news, is_checked=True))  # noqa: B023  as above
        for visit in visits:
            pain = {"pain": float(dice.randrange(11))}
            noted.write([("visit", visit.id, 2)], lambda: session.correct("visit", visit.id, pain, "mistyped"))  # noqa: B023  as above


def _visit(start: date, number: int, dice: random.Random) -> dict[str, Value]:
    return {
        "date": start + timedelta(days=30 * number),
        "weight": 50.0 + dice.randrange(40),
        "note": "x" * dice.randrange(1, 400),
    }


def _bring(session: Session, noted: Noted) -> None:
    """Bring one file in after the other; they stay beside the notes, to be brought in again."""
    plain = session.add_packed

    def add_packed(records: Sequence[Packed], *rest: Any) -> None:
        noted.write([(each.kind, each.id, 1) for each in records], lambda: plain(records, *rest))

    session.add_packed = add_packed  # type: ignore[method-assign, assignment]  # it is looked on, and does what it did
    for number in range(10**6):
        name = f"{noted.path.stem}-{number}"
        rows = (f"P{row % _PATIENTS},{name}-{row},2024-03-01,{row % 11},well" for row in range(BATCH * BATCHES))
        file = noted.path.with_name(f"{name}.csv")
        file.write_text("\n".join(["patient,visit,date,pain,note", *rows]) + "\n")
        brought(session, file, VISITS)


def _tell(engine: Engine, told: Connection) -> None:
    """Tell how far each transaction is that brings rows in: some are written, it is being committed, it ended."""
    plain, begun = database._end, []

    @event.listens_for(engine, "before_cursor_execute")
    def begin(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO visit"):
            begun.append(True)
            told.send(WITHIN)

    def end(engine: Engine, connection: Any, how: str) -> None:
        is_told = bool(begun)
        begun.clear()
        if is_told:
            told.send(COMMITTING)
        plain(engine, connection, how)
        if is_told:
            told.send(ENDED)

    database._end = end


class Writer:
    """A program that writes until it is killed, as the one sees it that kills it."""

    def __init__(self, place: Place, user: str, how: str, seed: int, path: Path) -> None:
        self._told, theirs = _FORKS.Pipe()
        self._process = _FORKS.Process(
            target=write_until_killed, args=(place, user, how, seed, path, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        self.stage = ENDED

    def begin(self) -> None:
        """Let it write."""
        self._told.send(True)

    def hear(self, wanted: object) -> None:
        """Wait until it tells what is wanted."""
        while self._next() != wanted:
            pass

    def _next(self) -> object:
        assert self._told.poll(120), "a writer comes on within two minutes"
        told = self._told.recv()
        if isinstance(told, str):
            self.stage = told
        return told

    def kill(self) -> None:
        """Kill it, and wait for nothing."""
        self._process.kill()

    def ended(self) -> bool:
        """Wait until it is dead, and return whether it wrote until it was killed; `stage` is how far it was then."""
        self._process.join()
        with suppress(EOFError, ConnectionError):
            while self._told.poll():
                self._next()
        self._told.close()
        return self._process.exitcode == -signal.SIGKILL


class Crash(NamedTuple):
    """One crash: how far the transaction of an import was (`ENDED`: there was none), and whether all wrote until they were killed."""

    stage: str
    is_by_kill: bool


def crash(place: Place, seed: int, notes: Path, is_aimed: bool, server: Any = None) -> Crash:
    """Let writers write, and kill them all; the server too, where one is given."""
    _begin_forking()
    dice = random.Random(seed)
    writers = [Writer(place, user, how, seed * 10 + number, notes / f"{seed}-{number}.txt")
               for number, (user, how) in enumerate(WRITERS)]  # fmt: skip
    for writer in writers:
        writer.hear(True)  # all was loaded before it was forked
    for writer in writers:
        writer.begin()
    if is_aimed:
        with suppress(EOFError):  # one that has ended by itself is told of once all was looked at
            _wait(dice.choice(writers[2:]), dice)
    else:
        time.sleep(dice.uniform(SHORTEST, LONGEST))
    if server is not None and dice.random() < 0.5:
        kill_server(server)
    for writer in reversed(writers):  # those first for which it is the right moment
        writer.kill()
    are_by_kill = [writer.ended() for writer in writers]  # each is waited for
    if server is not None:
        kill_server(server)
        start_again(server)
    stages = {writer.stage for writer in writers}
    return Crash(
        next(stage for stage in (WITHIN, COMMITTING, ENDED) if stage in stages), all(are_by_kill) or server is not None
    )


def _wait(writer: Writer, dice: random.Random) -> None:
    """Wait for a moment at random in a program's second transaction, or shortly after it.

    How long that will take, on this machine and just now, the first one tells.
    """
    writer.hear(WITHIN)
    began = time.monotonic()
    writer.hear(ENDED)
    lasts = time.monotonic() - began
    writer.hear(WITHIN)
    time.sleep(dice.uniform(0, 1.2 * lasts))


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
    for attempt in range(100):
        try:
            server.ensure_postgres_running()
            server.psql("SELECT 1")
        except (subprocess.SubprocessError, AssertionError):  # the latter where it was begun, and did not come up
            assert attempt < 99, "PostgreSQL starts again"
            time.sleep(0.1)
        else:
            return


if __name__ != "__main__":  # in the process that is forked, all is loaded once
    forms()
