"""The database of a registry: SQLite in a file, or PostgreSQL by URL; what differs between them stands here.

A write either stands whole, synced to the disk, or never was. On SQLite one writes at a time (BEGIN IMMEDIATE) while
others read (WAL). On PostgreSQL writers of one site wait for each other at the head of its chain, others do not; each
transaction bears the token of who is signed in, by which row-level security lets it see (postgres.py).
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from patency.fault import Fault, Place, Refused
from patency.registry.where import without_secrets

_WAIT = 60  # seconds that a writer waits for another
_CACHE = 64 * 1024  # KiB of pages kept in memory
RESTORE = ("keep the folder as it is, and restore the newest backup to a new one: `patency registry restore BACKUP NEW --keys "
            "DIR/keys`; what was recorded since is not in it")  # fmt: skip
_LOG = 16_000  # pages that its log may hold before they are carried over: many rows at once touch the same pages again


def engine_of(url: str) -> Engine:
    """Return the engine of a database URL."""
    if url.startswith("postgres"):
        url = "postgresql+psycopg://" + url.partition("://")[2]
        return create_engine(url, pool_pre_ping=True, pool_size=5, isolation_level="READ COMMITTED")
    engine = create_engine(url, connect_args={"timeout": _WAIT, "check_same_thread": False})
    event.listen(engine, "do_connect", _refuse_gone)
    event.listen(engine, "connect", _prepare)
    return engine


def is_postgresql(engine: Engine) -> bool:
    """Whether it is PostgreSQL."""
    return engine.dialect.name == "postgresql"


def _refuse_gone(_dialect: object, _record: object, arguments: Sequence[str], _parameters: object) -> None:
    """Refuse a file that is gone: SQLite would make an empty one in its place, and nobody would look for the other."""
    if arguments[0] != ":memory:" and not Path(arguments[0]).exists():
        raise Refused(
            [Fault(Place(arguments[0]), "the database's file is not there", "all that was recorded is in it", RESTORE)]
        )


def damage(connection: Connection) -> str:
    """Return what SQLite finds wrong with how its file is built, or "": half a second for 700,000 rows.

    What stands in a row it cannot know: that is `verify`'s. PostgreSQL looks after its own files.
    """
    if connection.dialect.name != "sqlite":
        return ""
    said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return "" if said == "ok" else " ".join(said.split())


def refuse_damaged(engine: Engine, connection: Connection) -> None:
    """Refuse a database whose file is damaged."""
    if said := damage(connection):
        raise Refused([damaged(engine, said)])


def damaged(engine: Engine, said: str) -> Fault:
    """Say that a database's file is damaged, and what can be done."""
    return Fault(Place(without_secrets(engine.url).render_as_string()), f"the database's file is damaged ({said})",
                 "what can still be read of it may be wrong, and what is written to it may be lost", RESTORE)  # fmt: skip


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, and nowhere else
    for pragma in (
        "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON",
        "recursive_triggers = ON",  # so that what may not be deleted cannot be replaced either
        f"cache_size = -{_CACHE}", f"busy_timeout = {_WAIT * 1000}", f"wal_autocheckpoint = {_LOG}",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def transaction(
    engine: Engine, token: str = "", is_writing: bool = False, meanwhile: Callable[[], object] | None = None
) -> Iterator[Connection]:
    """Begin a transaction; what is done in it stands when the block ends, and not at all where it fails.

    `meanwhile` is called while the disk is waited for, which for many rows takes as long as to get the next ready.
    """
    try:
        with engine.connect() as connection:
            if is_postgresql(engine):
                if not is_writing:  # all that is read in one transaction is of one moment, as on SQLite
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.execute(text("SELECT set_config('patency.token', :token, true)"), {"token": token})
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
            try:
                if token and (seats := connection.get_execution_options().get("seats")) is not None:
                    seats.held(connection, token)  # on SQLite nobody else asks whether it still holds
                yield connection
                _commit(engine, connection, meanwhile)
            except BaseException:
                _end(engine, connection, "ROLLBACK")
                raise
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as error:
        raise Refused([_fault(error, engine, is_writing)]) from error


def _commit(engine: Engine, connection: Connection, meanwhile: Callable[[], object] | None) -> None:
    if meanwhile is None:
        _end(engine, connection, "COMMIT")
        return
    with ThreadPoolExecutor(1) as apart:
        ended = apart.submit(_end, engine, connection, "COMMIT")
        try:
            meanwhile()
        finally:
            ended.result()  # whatever else went wrong, whether the rows stand is told first


def _end(engine: Engine, connection: Connection, how: str) -> None:
    if is_postgresql(engine):
        (connection.commit if how == "COMMIT" else connection.rollback)()
        return
    try:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql(how)
    except DBAPIError:
        if how == "COMMIT":
            raise  # a rollback that fails has nothing to undo: the error that led to it is told


def insert_all(connection: Connection, table: Table, rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> None:
    """Insert many rows at once, each its columns' values in order."""
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    # The names are the schema's own; values are always bound.
    written = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608
    connection.exec_driver_sql(written, [tuple(row) for row in rows])


def _fault(error: DBAPIError | PoolTimeout, engine: Engine, is_writing: bool) -> Fault:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    where = Place(without_secrets(engine.url).render_as_string())
    kept = "nothing of this was kept; what was acknowledged before stands" if is_writing else "nothing was read"
    if "full" in said or "No space" in said:
        return Fault(where, f"the disk is full ({said})", kept, "make room on the disk, then do it again")
    if "locked" in said:
        return Fault(
            where, f"another program holds the database ({said})", kept, "wait until it has ended, then do it again"
        )
    if "readonly" in said or "read-only" in said:
        return Fault(
            where, f"the database cannot be written ({said})", kept, "see that you may write its file and folder"
        )
    if "malformed" in said or "not a database" in said:
        return damaged(engine, said)
    if said in ("no such table: registry", "no such table: alembic_version"):  # of which each version has both
        return Fault(
            where, f"there is no registry in the database ({said})", kept, f"name the right folder; or {RESTORE}"
        )
    if "no such table" in said or "does not exist" in said:
        return Fault(where, f"the database is not a registry, or an older one ({said})", kept,
                     "run `patency registry migrate`, or name the right one")  # fmt: skip
    if "permission denied" in said or "row-level security" in said:
        return Fault(where, f"the database refuses it ({said})", kept, "sign in as somebody who may do it")
    if "disk I/O error" in said or "unable to open database file" in said:
        return Fault(where, f"the database's file cannot be used just now ({said})", kept,
                     "see that the disk works and has room, and that you may write the file and its folder; then do it again")  # fmt: skip
    lost = "what was acknowledged stands; what was being written just then stands whole, or not at all"
    return Fault(where, f"the database cannot be reached or failed ({said})", lost if is_writing else kept,
                 "see that the database runs, look whether it stands, then do it again")  # fmt: skip
