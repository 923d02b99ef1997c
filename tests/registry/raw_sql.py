"""Statements at random, as somebody would write them who got hold of the application's connection to PostgreSQL.

Each is asked twice: by the application's role with somebody's token, or with none; and by the owner of the tables with each
table cut down to what that person may see, which is written down here (`seen`) and not read off the policies. The answers
must be the same: the same rows, counts and joins, and nothing to tell that there are others.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg

from patency.registry import schema
from registry.made import by_owner
from registry.strangers import Strangers

RECORDS = tuple(schema.records)
USED = (
    "patient",
    "consent",
    "episode",
    "visit",
    "event",
    "identity",
)  # those with rows in them are asked for more often
SITES = ("north", "south", "west")


class Who(NamedTuple):
    """Somebody who writes SQL: by whose token, and what that user is; without a token nobody at all."""

    name: str
    role: str
    site: str
    token: str


def seen(who: Who, table: str) -> str:
    """Return which rows of a table somebody may see."""
    of_a_site = who.role in ("entry", "investigator", "reader")
    own = f"site = '{who.site}'"
    if table in RECORDS:
        return own if of_a_site else str(who.role == "statistician").lower()
    by_role: Mapping[str, Mapping[str, str]] = {
        "trail": {"statistician": "site = ''", "administrator": "true"},
        "head": {"statistician": "true", "administrator": "true", "": "site = ''"},
        "identity": {"entry": own, "investigator": own, "reader": "false"},
        "site": {"statistician": "true", "administrator": "true"}
        | ({who.role: f"id = '{who.site}'"} if of_a_site else {}),
        "person": {"administrator": "true", "entry": "false", "investigator": "false", "reader": "false"},
        "registry": dict.fromkeys((*("entry", "investigator", "reader", "statistician", "administrator"), ""), "true"),
    }
    return by_role[table].get(who.role, own if of_a_site else "false")


def source(table: str) -> str:
    """Return what the application reads a table's rows from."""
    return table if table == "registry" else f"patency_rows_of_{table}()"


COLUMNS = {
    table.name: [column.name for column in table.columns if column.name not in ("salt", "verifier")]
    for table in schema.meta.sorted_tables
}
_BYTES = {"sealed", "hash", "digest", "signature", "public_key"}
_NUMBERS = {"version", "seq", "first"}
_YES_OR_NO = {"is_void", "is_active"}


class Query(NamedTuple):
    """A statement with {TABLE} where a table stands."""

    text: str
    tables: tuple[str, ...]

    def by(self, who: Who | None) -> str:
        """Return it as somebody writes it; with `who`, as the owner asks for what they may see."""
        if who is None:
            return self.text.format(**{table: source(table) for table in self.tables})
        cut = {
            table: f"(SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE {seen(who, table)})"
            for table in self.tables
        }
        return self.text.format(**cut)


class Writer:
    """What draws statements."""

    def __init__(self, dice: random.Random, values: Mapping[str, list[Any]]) -> None:
        self.dice, self._values = dice, values

    def table(self) -> str:
        """Draw a table, of those with rows more often than not."""
        return self.dice.choice(USED) if self.dice.random() < 0.6 else self.dice.choice(list(COLUMNS))

    def literal(self, column: str) -> str:
        """Draw a value that some row at some site has in a column, or that none has."""
        found = self._values.get(column) or ["none"]
        value = self.dice.choice(found)
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'::bytea"
        if isinstance(value, (bool, int)):
            return str(value).lower()
        return (
            "NULL" if value is None else "'" + str(value).replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
        )

    def condition(self, table: str, alias: str) -> str:
        """Draw what is asked of a row."""
        column = self.dice.choice(COLUMNS[table])
        full = f"{alias}.{column}"
        other = self.table()
        drawn = [
            f"{full} = {self.literal(column)}", f"{full} <> {self.literal(column)}", f"{full} IS NOT NULL",
            f"{full} IN (SELECT {full} FROM {{{other}}} inner_one)",
            f"EXISTS (SELECT 1 FROM {{{other}}} inner_one WHERE inner_one.{COLUMNS[other][0]} = {full}::text)"
            if column not in _BYTES else f"length({full}) > {self.dice.randrange(200)}",
            f"NOT ({full} >= {self.literal(column)})",
        ]  # fmt: skip
        if "{" + other + "}" in (chosen := self.dice.choice(drawn)):
            self.used.append(other)
        return chosen

    def expression(self, table: str, alias: str) -> str:
        """Draw what is told of rows together."""
        column = f"{alias}.{self.dice.choice(COLUMNS[table])}"
        return self.dice.choice(["count(*)", f"count(DISTINCT {column})", f"min({column}::text)", f"max({column}::text)",
                                 f"sum(length({column}::text))", f"string_agg({column}::text, ',' ORDER BY {column}::text)"])  # fmt: skip

    def query(self) -> Query:
        """Draw a statement that reads."""
        one, two = self.table(), self.table()
        self.used = [one]
        where = f" WHERE {self.condition(one, 'a')}" if self.dice.random() < 0.7 else ""
        column, other = self.dice.choice(COLUMNS[one]), self.dice.choice(COLUMNS[two])
        shape = self.dice.randrange(8)
        if shape == 0:
            text = f"SELECT {self.expression(one, 'a')}, {self.expression(one, 'a')} FROM {{{one}}} a{where}"
        elif shape == 1:
            text = f"SELECT a.{column}, count(*) FROM {{{one}}} a{where} GROUP BY a.{column}"
        elif shape in (2, 3):
            self.used.append(two)
            how = self.dice.choice(["JOIN", "LEFT JOIN", "FULL JOIN"])
            on = f"a.{column}::text = b.{other}::text"
            text = f"SELECT count(*), count(b.{other}), {self.expression(one, 'a')} FROM {{{one}}} a {how} {{{two}}} b ON {on}"
        elif shape == 4:
            self.used.append(two)
            how = self.dice.choice(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])
            text = f"SELECT a.{column}::text FROM {{{one}}} a{where} {how} SELECT b.{other}::text FROM {{{two}}} b"
        elif shape == 5:
            drawn = f"WITH drawn AS (SELECT a.{column} FROM {{{one}}} a{where})"
            text = f"{drawn} SELECT a.{column}, rank() OVER (ORDER BY a.{column}) FROM drawn a"
        elif shape == 6:
            self.used.append(two)
            later = f"(SELECT count(*) FROM {{{two}}} b WHERE b.{other}::text >= a.{column}::text)"
            text = f"SELECT a.{column}, {later} FROM {{{one}}} a{where}"
        else:
            columns = ", ".join(f"a.{each}" for each in COLUMNS[one])
            text = f"SELECT {columns} FROM {{{one}}} a{where}"
        return Query(text, tuple(dict.fromkeys(self.used)))


class Row(NamedTuple):
    """A row of a kind's table that somebody tries to write."""

    table: str
    site: str
    id: str
    patient: str
    author: str

    @property
    def insert(self) -> str:
        """Return the statement that writes it."""
        return (
            f"INSERT INTO {self.table} (site, id, version, patient, author, at, is_void, sealed) VALUES "
            f"('{self.site}', '{self.id}', 1, '{self.patient}', '{self.author}', 'today', false, '\\x00')"
        )

    def may_be_written_by(self, who: Who) -> bool:
        """Whether somebody may: at their own site, in their own name."""
        return who.role in ("entry", "investigator") and (self.site, self.author) == (who.site, who.name)


class Raw:
    """Connections of the application and of the owner to the database of a registry full of strangers."""

    def __init__(self, machine: Strangers) -> None:
        registry = next(iter(machine.sessions.values())).registry
        owned = by_owner(registry)
        urls = [
            each.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            for each in (registry, owned)
        ]
        owned.close()
        self.application, self.owner = (psycopg.connect(url, autocommit=True) for url in urls)
        self.owner.execute("INSERT INTO identity SELECT site, id, sealed FROM patient WHERE version = 1")
        self.people = [Who("nobody", "", "", ""), Who("nobody", "", "", "0" * 64)]
        self.people += [
            Who(name, each.user.role, each.user.site, each.token) for name, each in machine.sessions.items()
        ]
        self.values = self._values()

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_error: object) -> None:
        self.application.close()
        self.owner.close()

    def _values(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for table in (*USED, "trail", "head", "person", "site"):
            for row in self.owner.execute(
                f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY random() LIMIT 40"
            ):
                for column, value in zip(COLUMNS[table], row, strict=True):
                    found.setdefault(column, []).append(value)
        return found

    @contextmanager
    def by(self, who: Who) -> Iterator[psycopg.Connection]:
        """Begin a transaction of the application by somebody's token; nothing of it stands."""
        with self.application.transaction(force_rollback=True):
            self.application.execute("SELECT set_config('patency.token', %s, true)", [who.token])
            yield self.application

    def asked(self, who: Who, text: str) -> tuple[list[Any], str]:
        """Return what a statement gives, or what it is refused with."""
        try:
            with self.by(who) as connection:
                return _rows(connection, text), ""
        except psycopg.Error as error:
            return [], f"{type(error).__name__}: {error}"

    def all_asked(self, who: Who, statements: str) -> str:
        """Return all that several statements, or a copy, give or are refused with."""
        try:
            with self.by(who) as connection:
                if statements.startswith("COPY"):
                    with connection.cursor().copy(statements.encode()) as copy:
                        return "".join(bytes(part).decode() for part in copy)
                cursor = connection.execute(statements.encode())
                found = cursor.fetchall() if cursor.description else []
                while cursor.nextset():
                    found += cursor.fetchall() if cursor.description else []
                return _told(found)
        except psycopg.Error as error:
            return f"{type(error).__name__}: {error} {error.diag.message_detail} {error.diag.context}"

    def expected(self, text: str) -> tuple[list[Any], str]:
        """Return what the owner is given."""
        try:
            with self.owner.transaction(force_rollback=True):
                return _rows(self.owner, text), ""
        except psycopg.Error as error:
            return [], f"{type(error).__name__}: {error}"


def _rows(connection: psycopg.Connection, text: str) -> list[Any]:
    cursor = connection.execute(text.encode())
    return sorted(map(repr, cursor.fetchall())) if cursor.description else [cursor.rowcount]


def _told(rows: list[Any]) -> str:
    return " ".join(value.hex() if isinstance(value, bytes) else str(value) for row in rows for value in row)
