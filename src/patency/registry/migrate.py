"""From one version of the schema to the next, by Alembic: the steps stand in migrations/versions.

All the steps that a database has still to take are one transaction, at the end of which every row that stood before must
stand as it was; where it does not, or a step fails, the database is as it was. `rehearse` does the same on a copy with all
the data, and leaves nothing of it. A registry never goes back a step, and one that a newer Patency has migrated is refused.
"""

import hashlib
import secrets
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, delete, insert, select, text

from patency.fault import Fault, Place, Refused
from patency.registry.database import engine_of, is_postgresql, refuse_damaged, transaction
from patency.registry.protect import protect
from patency.registry.where import new_file, sqlite_at

STEPS = Path(__file__).parent / "migrations"
_AT_ONCE = 20_000  # rows that are compared at once
_NOT_COMPARED = ("alembic_version", "seat")  # how far it has come, and who is signed in just now


class Stock(NamedTuple):
    """What stands in a table: how many rows, of which columns, and a digest (SHA-256) of all they say."""

    rows: int
    columns: tuple[str, ...]
    digest: str


def upgrade(engine: Engine, steps: Path = STEPS) -> dict[str, Stock]:
    """Bring a database to the schema of this version of Patency, or leave it as it is; return what stood, and stands."""
    with transaction(engine, is_writing=True) as connection:
        refuse_damaged(engine, connection)
        return _upgrade(connection, steps)


def rehearse(engine: Engine, steps: Path = STEPS) -> dict[str, Stock]:
    """Do on a copy, with all the data, what `upgrade` would do; return what stood, and stands there."""
    return (_rehearse_in_a_schema if is_postgresql(engine) else _rehearse_in_a_file)(engine, steps)


def steps_of(engine: Engine, steps: Path = STEPS) -> list[str]:
    """Return the steps that a database has still to take, in order."""
    with transaction(engine) as connection:
        return waiting(connection, steps)


def waiting(connection: Connection, steps: Path = STEPS) -> list[str]:
    """Return the same by a connection to it."""
    taken = _taken(connection, steps)
    script = ScriptDirectory.from_config(_config(steps))
    return [f"{step.revision} {step.doc}" for step in script.iterate_revisions("head", taken or "base")][::-1]


def make_empty(connection: Connection) -> None:
    """Make the tables of a registry in an empty database or schema, and lay over them what protects them."""
    _take(connection, STEPS, "head")
    protect(connection)


def _upgrade(connection: Connection, steps: Path) -> dict[str, Stock]:
    _taken(connection, steps)
    stood = stock(connection)
    _take(connection, steps, "head")
    _refuse_loss(stood, stock(connection, stood))
    protect(connection)
    return stood


def _take(connection: Connection, steps: Path, to: str) -> None:
    config = _config(steps)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _rehearse_in_a_file(engine: Engine, steps: Path) -> dict[str, Stock]:
    """Copy the file beside itself, by SQLite's backup: it may be in use meanwhile."""
    with transaction(engine) as connection:
        refuse_damaged(engine, connection)
    original = Path(str(engine.url.database))
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=original.parent) as folder:
        copy = Path(folder) / original.name
        new_file(copy)
        try:
            with closing(sqlite3.connect(original)) as one, closing(sqlite3.connect(copy)) as other:
                one.backup(other)
        except sqlite3.Error as error:
            raise Refused([Fault(Place(str(original)), f"it cannot be copied ({error})", "a migration is rehearsed on a copy first",
                                 "make room beside it for as much again")]) from None  # fmt: skip
        rehearsal = engine_of(sqlite_at(copy))
        try:
            return upgrade(rehearsal, steps)
        finally:
            rehearsal.dispose()


def _rehearse_in_a_schema(engine: Engine, steps: Path) -> dict[str, Stock]:
    """Copy the tables into a schema of their own, within a transaction that is undone: others may work meanwhile."""
    with transaction(engine, is_writing=True) as connection:
        taken = _taken(connection, steps)
        stood = stock(connection)
        here = connection.execute(text("SELECT current_schema()")).scalar_one()
        there = f"rehearsal_{secrets.token_hex(8)}"
        connection.exec_driver_sql(f"CREATE SCHEMA {there}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {there}")
        if taken:
            _take(connection, steps, taken)
            _fill(connection, here)
            _refuse_loss(stood, stock(connection, stood))
        _upgrade(connection, steps)
        connection.rollback()
    return stood


def _fill(connection: Connection, here: str) -> None:
    """Copy every row of a schema's tables into those that are in use now, what others hang on first."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name != "alembic_version":
            original = table.to_metadata(MetaData(), schema=here)
            connection.execute(delete(table))  # what a step put there itself
            connection.execute(insert(table).from_select(list(table.columns.keys()), select(*original.columns)))


def stock(connection: Connection, like: Mapping[str, Stock] | None = None) -> dict[str, Stock]:
    """Return what stands in every table; or, of tables and columns as they were, what still stands in them."""
    tables = MetaData()
    tables.reflect(connection, resolve_fks=False)
    found = {}
    for name, table in tables.tables.items():
        if name not in _NOT_COMPARED and (like is None or name in like):
            wanted = list(table.columns.keys()) if like is None else list(like[name].columns)
            found[name] = _stock_of(connection, table, [column for column in wanted if column in table.columns])
    return found


def _stock_of(connection: Connection, table: Table, columns: list[str]) -> Stock:
    order = list(table.primary_key.columns) or [table.c[column] for column in columns]
    digest, count = hashlib.sha256(), 0
    query = select(*(table.c[column] for column in columns)).order_by(*order)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        count += 1
    return Stock(count, tuple(columns), digest.hexdigest())


def _refuse_loss(stood: Mapping[str, Stock], stands: Mapping[str, Stock]) -> None:
    """Refuse where something that stood does not stand any more as it was."""
    faults = [
        Fault(Place(f"table {name}"), _lost(before, stands.get(name)), "a step may add to what was recorded, and changes nothing of it",
              "nothing was changed; keep to the version of Patency you have, and report this")
        for name, before in stood.items()
        if before != stands.get(name)
    ]  # fmt: skip
    if faults:
        raise Refused(faults)


def _lost(before: Stock, after: Stock | None) -> str:
    if after is None:
        return f"it is gone, with {before.rows} rows"
    if before.rows != after.rows:
        return f"it had {before.rows} rows, and has {after.rows}"
    if before.columns != after.columns:
        return f"columns are gone: {', '.join(sorted({*before.columns} - {*after.columns}))}"
    return f"its {before.rows} rows say something else than before"


def revision_of(connection: Connection) -> str:
    """Return the last step that a database has taken, or "" for none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def refuse_newer(connection: Connection) -> None:
    """Refuse a database that has taken a step which this version of Patency does not know."""
    _taken(connection, STEPS)


def _taken(connection: Connection, steps: Path) -> str:
    """Return the last step that a database has taken, or "" for none; refuse one that is not known."""
    taken = revision_of(connection)
    known = [step.revision for step in ScriptDirectory.from_config(_config(steps)).walk_revisions()]
    if taken and taken not in known:
        raise Refused([Fault(Place("database"), f"its schema is of a newer Patency ({taken})", "this one could misread or harm what is "
                             "in it", "use the version of Patency that migrated it, or a newer one")])  # fmt: skip
    return taken


def _config(steps: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
