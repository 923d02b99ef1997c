"""Where the rows of a registry are read from: its tables on SQLite, on PostgreSQL functions that give what one may see.

Under row-level security EXPLAIN (ANALYZE) counts the rows that a policy hides, so on PostgreSQL the application's role may
read no table in which several sites have rows. It calls a function of the owner's for each, which gives a user's own rows
alone, and of which EXPLAIN shows nothing but how many it gave.

In: a connection, a table, and which rows are wanted of it, by columns that have an index: one record is found without
reading the site's others. Out: what stands in a query in the table's place. Who may see what is in sql/door.sql
(`patency_seen`); what the owner alone reads, such as for `verify`, is read from the tables.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Function,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    column,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from patency.registry import schema

MOST_ASKED = 5_000  # ids or patients that are asked for at once: each is a parameter, of which SQLite takes 32,766
UNSEEN = {"person": ("salt", "verifier")}  # columns that nobody but the owner reads
_Value: TypeAlias = Sequence[str] | str | int  # what is asked for
_Where: TypeAlias = Callable[[Column[Any], Any], ColumnElement[bool]]


class _Asked(NamedTuple):
    """What rows may be asked for by: the column, how PostgreSQL compares it, how SQLite does, and the type of what is asked."""

    column: str
    sql: str
    where: _Where
    type: TypeEngine[Any] = Text()


_MANY = ARRAY(Text)
_ASKED = {
    "sites": _Asked("site", "site = ANY (sites)", Column.in_, _MANY),
    "ids": _Asked("id", "id = ANY (ids)", Column.in_, _MANY),
    "patients": _Asked("patient", "patient = ANY (patients)", Column.in_, _MANY),
    "first_patient": _Asked("patient", "patient >= first_patient", Column.__ge__),
    "last_patient": _Asked("patient", "patient <= last_patient", Column.__le__),
    "after": _Asked("id", "id > after", Column.__gt__),
    # The first two comparisons let the index be used; in no order of letters does a small one or a digit follow so many z.
    "beginning": _Asked("id", "id >= beginning AND id <= beginning || repeat('z', 64) AND starts_with(id, beginning)",
                        Column.startswith),
    "line": _Asked("seq", "seq = line", Column.__eq__, Integer()),
}  # fmt: skip
_MOST = "most"  # rows, the first by id and version
_BY = {  # table: what its rows may be asked for by, and as what they are seen (patency_seen)
    "site": (("sites",), "site"),
    "person": ((), "person"),
    "trail": (("sites", "line"), "trail"),
    "head": (("sites",), "head"),
    "identity": (("sites", "patients"), "identity"),
    **dict.fromkeys(schema.records, ((*(name for name in _ASKED if name != "line"), _MOST), "record")),
}
# Whatever whoever calls has set: an index on the site is used, so that the pages read do not grow with what other sites
# have, and no plan is made that fits whatever is asked for, nor printed.
_HOW = (
    "plan_cache_mode = force_custom_plan", "enable_seqscan = off", "enable_indexscan = on", "enable_indexonlyscan = on",
    "enable_bitmapscan = on", "enable_sort = on", "jit = off",
)  # fmt: skip


def rows_of(connection: Connection, table: Table, **asked: _Value) -> FromClause:
    """Return what gives the rows of a table that one may see, to be queried: all of them, or those asked for."""
    if connection.dialect.name == "postgresql":
        return _given(table, asked)
    return _read(table, asked).subquery(table.name) if asked else table


def select_rows(connection: Connection, table: Table, **asked: _Value) -> Select[Any]:
    """Return the query for the whole rows of a table that one may see: all of them, or those asked for."""
    return select(_given(table, asked)) if connection.dialect.name == "postgresql" else _read(table, asked)


def _given(table: Table, asked: Mapping[str, _Value]) -> FromClause:
    """Return the call of a table's function on PostgreSQL."""
    of = _ways(table, asked)
    values = [bindparam(None, asked.get(name), _kind(name)) for name in of]
    seen = [column(each.name, each.type) for each in _columns(table)]
    return Function(function_of(table), *values).table_valued(*seen, name=table.name)


def _read(table: Table, asked: Mapping[str, _Value]) -> Select[Any]:
    """Return the query of a table on SQLite."""
    _ways(table, asked)
    where = [_ASKED[name].where(table.c[_column(table, name)], value) for name, value in asked.items() if name != _MOST]
    query = select(table).where(*where)
    return query.order_by(table.c.id, table.c.version).limit(int(str(asked[_MOST]))) if _MOST in asked else query


def _ways(table: Table, asked: Mapping[str, _Value]) -> tuple[str, ...]:
    """Return what a table's rows may be asked for by, in the order of its function's parameters."""
    of = _BY[table.name][0]
    assert {*asked} <= {*of}, f"rows of {table.name} are not asked for so"
    return of


def function_of(table: Table) -> str:
    """Name the function by which a table's rows are read on PostgreSQL."""
    return f"patency_rows_of_{table.name}"


def functions() -> dict[str, str]:
    """Return each reading function of PostgreSQL by its name, as it is made; {schema} is where the tables are."""
    return {function_of(table): _made(table) for table in schema.meta.sorted_tables if table.name in _BY}


def _made(table: Table) -> str:
    of, seen_as = _BY[table.name]
    columns = _columns(table)
    told = ", ".join(f"{each.name} {_sql(each.type)}" for each in columns)
    where = [
        f"(is_owner OR {_column(table, 'sites')} = ANY (seen))" if "site" in table.c or table is schema.site else ""
    ]
    where += [f"({name} IS NULL OR {_of_table(table, name)})" for name in of if name != _MOST]
    # The names are the schema's own; what is asked for is always a parameter.
    query = f"SELECT {', '.join(each.name for each in columns)} FROM {table.name} WHERE {' AND '.join(where)}"  # noqa: S608
    first = f"IF most IS NOT NULL THEN RETURN QUERY {query} ORDER BY id, version LIMIT most; RETURN; END IF;"
    return f"""
        CREATE FUNCTION {{schema}}.{function_of(table)}({", ".join(f"{name} {_sql(_kind(name))} DEFAULT NULL" for name in of)})
        RETURNS TABLE ({told})
        LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000 SET search_path = {{schema}}, pg_temp
        {" ".join(f"SET {setting}" for setting in _HOW)}
        AS $$
        #variable_conflict use_column
        DECLARE
            is_owner boolean := pg_has_role(session_user, current_user, 'MEMBER');
            seen text[] := patency_seen('{seen_as}');
        BEGIN
            IF NOT is_owner AND seen = '{{}}' THEN RETURN; END IF;  -- nothing is looked through in vain
            {first if _MOST in of else ""}
            RETURN QUERY {query};
        END $$"""


def _column(table: Table, name: str) -> str:
    return "id" if table is schema.site else _ASKED[name].column


def _of_table(table: Table, name: str) -> str:
    return "id = ANY (sites)" if table is schema.site else _ASKED[name].sql


def _columns(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if each.name not in UNSEEN.get(table.name, ())]


def _kind(name: str) -> TypeEngine[Any]:
    return Integer() if name == _MOST else _ASKED[name].type


def _sql(kind: TypeEngine[Any]) -> str:
    return kind.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]  # so it is in SQLAlchemy
