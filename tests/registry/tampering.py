"""Tampering with a registry as somebody would who may do all in its database.

First what protects the tables is taken off, and in the end, so that what was done in between is told alone, laid back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from patency.registry.database import engine_of, is_postgresql, transaction
from patency.registry.protect import KEPT, protect
from patency.registry.registry import Registry
from registry.made import owner_url


@contextmanager
def tampering(registry: Registry, is_hidden: bool = True) -> Iterator[Connection]:
    """Begin a transaction of the database's owner, from which nothing protects the tables; `is_hidden` lays it back after."""
    engine = engine_of(owner_url(registry))
    try:
        with transaction(engine, is_writing=True) as connection:
            if is_postgresql(engine):
                for table in (*KEPT, "head"):
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            else:
                for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            if is_hidden:
                protect(connection)
    finally:
        engine.dispose()
