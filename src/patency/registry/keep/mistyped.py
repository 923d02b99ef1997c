"""Which cells of a database hold what Patency never writes there: the columns of SQLite take anything, such as text for bytes.

In: a connection to the database as it stands. Out: each such cell, by table, row and column. Everything else that looks at
the database reads it `legibly`: a table in which there is such a cell is read as if each of its cells were of its column's
type, so that one of them hides nothing that was done elsewhere.

Not here: PostgreSQL, which lets nothing else into a column.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, MetaData, Row, Table, Text, text

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.chain import OURS
from patency.registry.database import RESTORE
from patency.registry.keep.words import trail_of, version_of

FIX = f"of a cell of another type: nobody but who wrote it knows what stood there; {RESTORE}"
_STEPS = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))  # Alembic's own
TABLES: tuple[Table, ...] = (*schema.meta.sorted_tables, _STEPS)
_HOLDS = {Text: "text", Integer: "a whole number", LargeBinary: "bytes", Boolean: "yes or no (1 or 0)"}
_NAMES = {"text": "text", "integer": "a number", "real": "a number", "blob": "bytes", "null": "nothing"}
_NAMED_IN = {  # as SQLite names what it gives
    str: "text", bytes: "blob", memoryview: "blob", bool: "integer", int: "integer", float: "real", type(None): "null",
}  # fmt: skip
_LONGEST = 40  # letters of a name that are told


class Cell(NamedTuple):
    """A cell that holds what Patency never writes there: whose trail its row belongs to, and what is told of it."""

    site: str
    what: str


def mistyped_tables(connection: Connection, tables: Iterable[Table] = TABLES) -> list[Table]:
    """Return the tables in which some cell holds what Patency never writes there: a second for a million rows."""
    if connection.dialect.name != "sqlite":
        return []
    there = set(connection.exec_driver_sql("SELECT name FROM main.sqlite_master WHERE type = 'table'").scalars())
    asked = {table: f"SELECT 1 FROM main.{table.name} WHERE {_any(table)} LIMIT 1" for table in tables}  # noqa: S608  our own names
    return [
        table for table, query in asked.items() if table.name in there and connection.exec_driver_sql(query).first()
    ]


def mistyped(connection: Connection, tables: Sequence[Table]) -> Iterator[Cell]:
    """Yield each such cell of some tables."""
    for table in tables:
        names = [each.name for each in table.columns]
        kinds = ", ".join(f"typeof({name})" for name in names)
        query = text(f"SELECT {', '.join(names)}, {kinds} FROM main.{table.name} WHERE {_any(table)}")  # noqa: S608  our own names
        for row in connection.execute(query):
            values = dict(zip(names, row, strict=False))
            for column, kind in zip(table.columns, row[len(names) :], strict=True):
                if not _fits(column, values[column.name], kind):
                    yield Cell(
                        _site_of(values), f"{_told(table, column, values, kind)}: it was changed outside Patency"
                    )


@contextmanager
def legibly(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """Let tables be read, within this transaction, as if each cell were of its column's type, and text of UTF-8.

    Nothing may be written meanwhile: it ends as if it had not been begun.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    database: Any = connection.connection.dbapi_connection
    for table in tables:
        cells = ", ".join(f"{_cast(each)} AS {each.name}" for each in table.columns)
        connection.exec_driver_sql(f"CREATE TEMP VIEW {table.name} AS SELECT {cells} FROM main.{table.name}")  # noqa: S608  our own names
    try:
        database.text_factory = _text
        yield
    finally:
        database.text_factory = str
        if tables and database.in_transaction:
            connection.exec_driver_sql("ROLLBACK")  # with which the views are gone


def refuse_mistyped(table: Table, row: Row[Any]) -> None:
    """Refuse a row that was read of a table, where a cell in it holds what Patency never writes there."""
    values = row._asdict()
    faults = [
        Fault(Place("database"), _told(table, column, values, kind), "it was changed outside Patency",
              "run `patency registry verify`, and restore a backup")
        for column in table.columns
        if column.name in values and not _fits(column, values[column.name], kind := _NAMED_IN[type(values[column.name])])
    ]  # fmt: skip
    if faults:
        raise Refused(faults)


def _text(raw: bytes) -> str:
    return raw.decode(errors="backslashreplace")


def _any(table: Table) -> str:
    return " OR ".join(_odd(each) for each in table.columns)


def _odd(column: Column[Any]) -> str:
    """Return the SQL by which a cell of a column is one that Patency never writes."""
    if isinstance(column.type, Boolean):
        return f"{column.name} IS NULL OR {column.name} NOT IN (0, 1)"
    return f"typeof({column.name}) NOT IN ({', '.join(repr(kind) for kind in _kinds(column))})"


def _kinds(column: Column[Any]) -> list[str]:
    kind = {Text: "text", LargeBinary: "blob"}.get(_type(column), "integer")
    return [kind, "null"] if column.nullable else [kind]


def _fits(column: Column[Any], value: object, kind: str) -> bool:
    if isinstance(column.type, Boolean):
        return value in (0, 1)
    return kind in _kinds(column)


def _type(column: Column[Any]) -> Any:
    return next(each for each in _HOLDS if isinstance(column.type, each))


def _cast(column: Column[Any]) -> str:
    if isinstance(column.type, Boolean):
        return f"CASE WHEN {column.name} THEN 1 ELSE 0 END"
    kind, instead = {Text: ("TEXT", "''"), LargeBinary: ("BLOB", "x''")}.get(_type(column), ("INTEGER", "0"))
    cast = f"CAST({column.name} AS {kind})"
    return cast if column.nullable else f"coalesce({cast}, {instead})"


def _site_of(values: dict[str, Any]) -> str:
    site = values.get("site", OURS)
    return site if isinstance(site, str) else OURS


def _told(table: Table, column: Column[Any], values: dict[str, Any], kind: str) -> str:
    """Say which cell it is and what is in it, and never what it says: it may be a patient's."""
    stands = (
        _NAMES[kind] if kind in {"text", "blob", "null"} or _type(column) is not Boolean else f"{values[column.name]}"
    )
    row = _row(table, values)
    return f"{column.name} of {row} holds {stands}, where Patency writes {_HOLDS[_type(column)]}"


def _row(table: Table, values: dict[str, Any]) -> str:
    """Name a row by its key, whatever stands in it."""
    if table is schema.trail:
        return f"line {_short(values['seq'])} of {trail_of(_short(values['site']))}"
    if table is schema.registry:
        return "what the database says of the registry"
    if table.name in schema.records:
        return version_of(table.name, _short(values["id"]), values["version"])
    key = ", ".join(f"{_short(values[each.name])}" for each in table.primary_key.columns if each.name in values)
    return f"the row {key!r} of the table {table.name}"


def _short(value: object) -> str:
    said = str(value if isinstance(value, str | int) else repr(value))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
