"""What the database itself refuses: to change or remove what was written.

Laid over the tables after each migration. On SQLite triggers refuse it to everybody who does not first drop them; on
PostgreSQL the application's role may not do it, and triggers refuse it to the owner of the tables as well. `verify` finds
what is done in spite of it.
"""

from sqlalchemy import Connection

from patency.registry import postgres, schema

KEPT = ("trail", *schema.records)  # tables whose rows stand for ever


def protect(connection: Connection) -> None:
    """Lay what protects a registry's tables over them."""
    if connection.dialect.name == "postgresql":
        postgres.lay(connection)
        _on_postgresql(connection)
    else:
        _on_sqlite(connection)


def _on_sqlite(connection: Connection) -> None:
    for table in KEPT:
        for what in ("UPDATE", "DELETE"):
            _trigger(connection, table, what, f"SELECT RAISE(ABORT, 'rows of {table} are never changed')")
    _trigger(connection, "head", "DELETE", "SELECT RAISE(ABORT, 'a chain only grows')")
    _trigger(connection, "head", "UPDATE",
             "SELECT RAISE(ABORT, 'a chain only grows') WHERE NEW.site <> OLD.site OR NEW.seq <= OLD.seq")  # fmt: skip


def _trigger(connection: Connection, table: str, what: str, body: str) -> None:
    name = f"{table}_refuses_{what.lower()}"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN {body}; END")


def _on_postgresql(connection: Connection) -> None:
    for table in (*KEPT, "head"):
        whole, each = ("TRUNCATE OR DELETE", "UPDATE") if table == "head" else ("TRUNCATE OR UPDATE OR DELETE", "")
        postgres.run(connection, f"CREATE OR REPLACE TRIGGER stands BEFORE {whole} ON {table} "
                                 "FOR EACH STATEMENT EXECUTE FUNCTION patency_refuse_change()")  # fmt: skip
        if each:
            postgres.run(connection, f"CREATE OR REPLACE TRIGGER grows BEFORE {each} ON {table} "
                                     "FOR EACH ROW EXECUTE FUNCTION patency_head_grows()")  # fmt: skip
