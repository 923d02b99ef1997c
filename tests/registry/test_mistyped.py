"""Whatever stands in a cell, `verify` names it and all else that was done, and nothing ends in a traceback.

Every column of every table of a small registry is walked, on SQLite, whose columns take anything. The tables of most kinds of
record are made alike and looked at alike, so that the same is done to one column of all of those at once.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from patency.cli import CASE_REFUSED, DONE, UNREADABLE, main
from patency.fault import Refused
from patency.registry import schema
from patency.registry.access import User
from patency.registry.admin import Admin
from patency.registry.database import transaction
from patency.registry.entry import New
from patency.registry.follow.follow_up import due
from patency.registry.keep.held import Held, hold
from patency.registry.keep.identity import Identity, set_identity
from patency.registry.keep.mistyped import TABLES
from patency.registry.keep.verify import verify
from patency.registry.kinds import KINDS
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, forms, library, made
from registry.made_follow_up import protocol

LONG = 100_000
OF_BYTES = {"text": "x", "bytes": b"\x00\xff", "number": 3000, "nothing": None, "empty": b"", "long": b"[" * LONG}
OF_OTHERS = OF_BYTES | {"empty": "", "long": "[" * LONG}  # so deep is no JSON that can be read
ALIKE = tuple(kind for kind in KINDS if kind not in {"patient", "visit"})
BYTES = {each.name for table in TABLES for each in table.columns if isinstance(each.type, LargeBinary)}
HANG_ON_NONE = [(kind.name,) for kind in KINDS.values() if not kind.of]
# What means the same: of what hangs on none, nothing and no letters.
SAME = {(*kind, "parent", empty) for kind in HANG_ON_NONE for empty in ("nothing", "empty")}
BESIDE = "UPDATE person SET role = 'administrator' WHERE name = 'rita'"
FOUND_BESIDE = "registry: the rights of the user 'rita' were changed by nobody the trail knows"
pytestmark = pytest.mark.sqlite("PostgreSQL takes no value of another type")


class Walked:
    """A registry of which a cell is changed at a time, and all of it put back before the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = sqlite3.connect(folder / "registry.db", isolation_level=None)
        self.file.execute("PRAGMA synchronous = OFF")  # nobody needs it tomorrow
        self._whole = sqlite3.connect(":memory:")
        self.file.backup(self._whole)
        self._opened = hold(folder)
        self.registry = Registry(folder, library(), forms())

    def change(self, tables: Sequence[str], column: str, value: object) -> bool:
        """Change a column of one row of each table, and something beside; return whether it was another, and SQLite takes it."""
        self._whole.backup(self.file)
        changed = 0
        try:
            for table in tables:
                where = f"({ROWS.get(table, 'true')}) AND {column} IS NOT ?2"
                changed += self.file.execute(f"UPDATE {table} SET {column} = ?1 WHERE {where}", [value, value]).rowcount
        except sqlite3.IntegrityError:
            return False
        if not changed:
            return False
        self.file.execute(BESIDE)
        return True

    def told(self) -> set[str]:
        """Return what `verify` finds."""
        return {str(each) for each in verify(self.held())}

    def held(self) -> Held:
        """Return the registry as its operator holds it, by what was opened once: its statements are made once as well."""
        return Held(self.folder, self._opened.engine, self._opened.vault)

    def close(self) -> None:
        """Let go of it."""
        self._opened.close()
        self.registry.close()
        self._whole.close()
        self.file.close()


# Which row of a table is changed, where it has several.
ROWS = {
    "site": "id = 'north'", "person": "name = 'ivo'", "head": "site = 'north'",
    "trail": "(site = '' AND seq = 1) OR (site = 'north' AND kind = 'visit')",
}  # fmt: skip


@pytest.fixture(scope="module", name="walked")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """A registry with a patient, whose name is kept, and a record of each kind; its triggers are gone."""
    folder = tmp_path_factory.mktemp("mistyped")
    registry = made(folder)
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.enrol("N-1").id
    ids = {kind: f"{number:032x}" for number, kind in enumerate(KINDS)} | {"patient": patient}
    ivo.keep([New(kind.name, {}, patient if kind.name != "screening" else ivo.screening, kind.of and ids[kind.of], ids[kind.name])
              for kind in KINDS.values() if kind.name != "patient"], is_checked=True)  # fmt: skip
    set_identity(ivo, patient, Identity("Quastenflosser, Xaverius", date(1987, 5, 23), {}))
    registry.close()
    with closing(sqlite3.connect(folder / "registry" / "registry.db")) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
    walked = Walked(folder / "registry")
    yield walked
    walked.close()


def changes() -> Iterator[tuple[tuple[str, ...], str, str, object]]:
    """Yield what is done to each column of each table, with its name; of the kinds that are alike, to all of them at once."""
    for table in (*(each for each in TABLES if each.name not in ALIKE), schema.records[ALIKE[0]]):
        tables = ALIKE if table.name in ALIKE else (table.name,)
        for column in table.columns:
            values = OF_BYTES if isinstance(column.type, LargeBinary) else OF_OTHERS
            yield from ((tables, column.name, name, value) for name, value in values.items())


def test_every_table_of_the_database_is_walked(walked: Walked) -> None:
    """No table is left out, and none is empty."""
    there = {name for (name,) in walked.file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert there == {table.name for table in TABLES}
    assert all(walked.file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in there)


def test_whatever_stands_in_a_cell_is_found_and_hides_nothing(walked: Walked) -> None:
    """Each is a finding, except where it means the same; what was done beside it is told as well."""
    before, walks = walked.told(), 0
    for tables, column, name, value in changes():
        if not walked.change(tables, column, value):
            continue
        told, walks = walked.told(), walks + 1
        where = f"{column} of {tables}: {name}"
        assert any(each.startswith(FOUND_BESIDE) for each in told), where
        new = [each for each in told - before if not each.startswith(FOUND_BESIDE)]
        same = [table for table in tables if (table, column, name) in SAME]
        assert new or same == list(tables), where
        if len(tables) > 1:
            assert len(new) >= len(tables) - len(same), where
    assert walks > 300


def test_no_command_ends_in_a_traceback_whatever_stands_in_a_cell(
    walked: Walked, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status of a registry, its patients, its visits and its users are told, or refused in words."""
    walks = refused = 0
    for tables, column, name, value in changes():
        other = "text" if value == "x" and column in {"details", "note", *BYTES} else "bytes"
        if name != other or not walked.change(tables, column, value):
            continue
        walks += 1
        assert main(["registry", "status", str(walked.folder)]) in {DONE, UNREADABLE, CASE_REFUSED}
        with suppress(Refused):
            refused += 1
            look(walked, tables)
            refused -= 1
    assert 0 < refused < walks
    assert "Traceback" not in "".join(capsys.readouterr())


def seated(registry: Registry) -> Session:
    """Return a session of ivo's without a password being proven."""
    with transaction(registry.engine) as connection:
        verifier = connection.execute(select(schema.user.c.verifier).where(schema.user.c.name == "ivo")).scalar_one()
    user = User("ivo", "investigator", "north")
    registry.seats.give(PASSWORD, user, verifier)
    return Session(registry, user, PASSWORD)


def look(walked: Walked, tables: Sequence[str]) -> None:
    """See what `list`, `due`, `user list` and `site list` show; open and sign in anew, which takes its time, where that is read."""
    if not {"registry", "alembic_version", "person", "head", "trail"}.isdisjoint(tables):
        with closing(Registry(walked.folder, library(), forms())) as registry:
            see(registry.sign_in("ivo", PASSWORD))
    else:
        see(seated(walked.registry))


def see(ivo: Session) -> None:
    assert {kind: list(ivo.entries(kind)) for kind in KINDS}
    ivo.note("view", "patient", details={"what": "list of patients"})
    due(ivo, protocol(), date(2026, 6, 1))
    admin = Admin(ivo.registry, "operator")
    assert admin.users()
    assert admin.sites()
