"""Whether what guards the rows still stands: triggers, policies, row security, grants, the functions of the door.

In: the database as it stands. Out: each thing in it that is not as this Patency lays it, and how to mend it. What is
expected is no list: a registry without rows is made beside it by the same steps and the same hands (migrate.py, protect.py,
postgres.py), on SQLite in memory, on PostgreSQL in a schema of its own within a transaction that is undone.

Not here: superusers of PostgreSQL, whom nothing binds, and the veil (sql/veil.sql), which is theirs to lay.
"""

import secrets
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, text

from patency.fault import Refused
from patency.registry import postgres, schema
from patency.registry.chain import OURS
from patency.registry.database import engine_of, is_postgresql, transaction
from patency.registry.keep.held import Held
from patency.registry.keep.verify_people import Found
from patency.registry.migrate import make_empty, revision_of
from patency.registry.where import read_settings, role_of

Guards: TypeAlias = Mapping[str, str]  # what each is called, and how it is defined
_ON_POSTGRESQL = Path(__file__).parents[1] / "sql" / "guards.sql"
_MEND = "run `patency registry migrate`, which lays it anew"
_MADE_ONCE = ("the table ", "the index ", "the column ", "the rule ")  # by a step, and not laid again after each
_MEND_TABLES = "make a backup, and restore it to a new place, where it is made anew"


def guard_findings(connection: Connection, held: Held) -> Iterator[Found]:
    """Yield what guards the rows no more, or otherwise than Patency lays it."""
    if (taken := revision_of(connection)) != schema.REVISION:
        yield OURS, (f"the schema is that of step {taken or 'none'}, and this Patency's is {schema.REVISION}, so what guards the rows "
                     "was not looked at: run `patency registry migrate`, then verify again")  # fmt: skip
    elif is_postgresql(held.engine):
        yield from _on_postgresql(held)
    else:
        yield from _differences(_in_file(connection), _in_memory())


def _differences(stands: Guards, laid: Guards) -> Iterator[Found]:
    for what in sorted(laid.keys() | stands.keys()):
        mend = _MEND_TABLES if what.startswith(_MADE_ONCE) else _MEND
        if what not in stands:
            yield OURS, f"{what} is gone: {mend}"
        elif what not in laid:
            yield OURS, f"{what} was put in, and Patency lays none: the owner of the database should take it away"
        elif stands[what] != laid[what]:
            yield OURS, f"{what} was changed or switched off, it is not as this Patency lays it: {mend}"


def _in_file(connection: Connection) -> Guards:
    query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    return {
        f"the {row.type} {row.name}{f' of {row.tbl_name}' if row.type != 'table' else ''}": str(row.sql)
        for row in connection.execute(text(query))
    }


@cache
def _in_memory() -> Guards:
    engine = engine_of("sqlite://")
    try:
        with transaction(engine, is_writing=True) as connection:
            make_empty(connection)
            return _in_file(connection)
    finally:
        engine.dispose()


def _on_postgresql(held: Held) -> Iterator[Found]:
    """Lay everything a second time, in a schema that nobody else ever sees, and hold the two against each other."""
    with transaction(held.engine, is_writing=True) as connection:
        here = str(connection.execute(text("SELECT current_schema()")).scalar_one())
        roles = postgres.admitted(connection)
        bound = [role for role in roles if _is_bound(connection, role)]
        stands, there = _in_schema(connection, here), f"verify_{secrets.token_hex(8)}"
        connection.exec_driver_sql(f"CREATE SCHEMA {there}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {there}")
        make_empty(connection)
        for role in bound:
            postgres.admit(connection, role)
        quoted = connection.dialect.identifier_preparer.quote(here)
        laid = {what: how.replace(there, quoted) for what, how in _in_schema(connection, there).items()}
        connection.rollback()
    mighty = {role for role in roles if role not in bound}
    for role in sorted(mighty):
        yield OURS, f"{postgres.too_mighty(f'the role {role!r}').what}: row-level security does not bind it"
    yield from _strangers(held, roles)
    yield from _differences(
        {what: how for what, how in stands.items() if not any(what.endswith(f" to {role}") for role in mighty)}, laid
    )


def _is_bound(connection: Connection, role: str) -> bool:
    try:
        postgres.refuse_the_mighty(connection, role)
    except Refused:
        return False
    return True


def _strangers(held: Held, roles: list[str]) -> Iterator[Found]:
    """Yield which roles are let in that the registry's folder does not name."""
    if url := read_settings(held.folder)["url"]:
        named = role_of(url)
        yield from ((OURS, f"the role {role!r} may use the registry, whose folder names {named!r} alone: take its grants away")
                    for role in sorted(roles) if role != named)  # fmt: skip


def _in_schema(connection: Connection, name: str) -> Guards:
    found = connection.execute(text(_ON_POSTGRESQL.read_text(encoding="utf-8")), {"schema": name})
    return {str(row.what): str(row.how) for row in found}
