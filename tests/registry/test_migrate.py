"""A database is brought from one version of the schema to the next, with all that is in it, or left as it was."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from patency.fault import Refused
from patency.registry import schema
from patency.registry.database import is_postgresql, transaction
from patency.registry.entry import New
from patency.registry.migrate import STEPS, rehearse, steps_of, stock, upgrade
from patency.registry.registry import Registry
from registry.made import PASSWORD, by_owner

NEXT = '''"""A step of the tests'."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Take it."""
    {}
'''
ADDS = """op.add_column("site", sa.Column("city", sa.Text, nullable=False, server_default=""))
    op.create_table("device", sa.Column("id", sa.Text, primary_key=True))"""
FAILS = """op.add_column("site", sa.Column("city", sa.Text, nullable=True))
    op.execute("INSERT INTO nowhere VALUES (1)")"""
CHANGES = """op.execute("UPDATE site SET country = 'XX'")"""
DROPS = """op.drop_index("visit_of_patient")
    op.drop_table("imaging")
    op.drop_table("response")"""


@pytest.fixture
def owner(registry: Registry) -> Iterator[Engine]:
    """Return the owner's way to a registry with a patient in it."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    anna.add(New("consent", {"what": "consent", "date": date(2024, 5, 1)}, patient.id, patient.id))
    owned = by_owner(registry)
    yield owned.engine
    owned.close()


def steps(folder: Path, step: str) -> Path:
    """Return Patency's steps and one more."""
    shutil.copytree(STEPS, folder / "steps", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "steps" / "versions" / "0002_next.py").write_text(NEXT.format(step))
    return folder / "steps"


def whole(engine: Engine) -> dict[str, Any]:
    """Return all that stands in a database, and its tables."""
    with transaction(engine) as connection:
        seen = inspect(connection)
        return {"rows": stock(connection), "tables": seen.get_table_names(), "schemas": seen.get_schema_names()}


def test_the_steps_leave_the_tables_that_the_code_means(owner: Engine) -> None:
    """After all steps the tables are those of schema.py, and the last step is the one it names."""
    with transaction(owner) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_of_the_registry})
        assert compare_metadata(context, schema.meta) == []
        assert context.get_current_revision() == schema.REVISION


def _is_of_the_registry(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in ("seat", "pepper", "stamp")


def test_a_step_is_taken_with_the_data(owner: Engine, tmp_path: Path) -> None:
    """A step that adds a column and a table is waiting, is rehearsed, is taken, and the registry says what it said."""
    more = steps(tmp_path, ADDS)
    before = whole(owner)
    assert steps_of(owner, more) == ["0002 A step of the tests'."]
    assert rehearse(owner, more) == before["rows"]
    assert whole(owner) == before
    assert upgrade(owner, more) == before["rows"]
    assert steps_of(owner, more) == []
    with transaction(owner) as connection:
        assert stock(connection, before["rows"]) == before["rows"]
        assert connection.execute(text("SELECT city FROM site")).scalars().all() == ["", ""]


@pytest.mark.parametrize(
    ("step", "said"),
    [(CHANGES, "its 2 rows say something else than before"), (DROPS, "it is gone, with 0 rows")],
)
def test_a_step_that_changes_what_stood_is_refused(owner: Engine, tmp_path: Path, step: str, said: str) -> None:
    """A step may only add: rehearsed or in earnest, what changes a row or drops a table is refused and undone."""
    more, before = steps(tmp_path, step), whole(owner)
    for take in (rehearse, upgrade):
        with pytest.raises(Refused) as refused:
            take(owner, more)
        assert refused.value.faults[0].what == said
        assert whole(owner) == before


def test_a_step_that_fails_leaves_all_as_it_was(owner: Engine, tmp_path: Path) -> None:
    """Half a step is undone, tables and columns too."""
    more, before = steps(tmp_path, FAILS), whole(owner)
    for take in (rehearse, upgrade):
        with pytest.raises(Refused):
            take(owner, more)
        assert whole(owner) == before
        with transaction(owner) as connection:
            assert "city" not in {column["name"] for column in inspect(connection).get_columns("site")}


def test_a_newer_database_is_refused(owner: Engine, registry: Registry, tmp_path: Path) -> None:
    """What a newer Patency has migrated is neither migrated nor opened by this one."""
    upgrade(owner, steps(tmp_path, ADDS))
    for act in (lambda: upgrade(owner), lambda: rehearse(owner), lambda: steps_of(owner), lambda: by_owner(registry)):
        with pytest.raises(Refused, match="its schema is of a newer Patency"):
            act()


@pytest.mark.parametrize("table", ["trail", "patient", "head"])
@pytest.mark.parametrize("change", ["UPDATE {} SET site = 'x', at = 'y'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_written_is_not_changed_by_the_owner_either(owner: Engine, table: str, change: str) -> None:
    """Triggers refuse the owner of the tables what the application may not do at all."""
    if "TRUNCATE" in change and not is_postgresql(owner):
        return  # SQLite has none
    before = whole(owner)
    with pytest.raises((Refused, IntegrityError)) as refused, transaction(owner, is_writing=True) as connection:
        connection.execute(text(change.format(table)))
    assert "never changed" in str(refused.value) or "a chain only grows" in str(refused.value)
    assert whole(owner) == before


def test_what_was_written_is_not_replaced(owner: Engine) -> None:
    """SQLite's INSERT OR REPLACE is an end of the old row, and refused like one."""
    if is_postgresql(owner):
        return  # it has none
    with pytest.raises(IntegrityError, match="never changed"), transaction(owner, is_writing=True) as connection:
        connection.execute(text("INSERT OR REPLACE INTO patient SELECT * FROM patient"))
