"""The rows of a registry as a cut reads them: the latest version of each record that stands, of patients who are in it.

All kinds are read in one transaction, so that the cut is of one moment. The lines are unsealed many at a time and go as they
are to Polars' reader of JSON lines; a table's rows are held in columns, never all as objects.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, FromClause, select

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.access import CUT
from patency.registry.chain import about
from patency.registry.database import is_postgresql, transaction
from patency.registry.rows import function_of, rows_of
from patency.registry.stands import Key, Stands
from patency.registry.vault import unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from patency.registry.session import Session

_AT_ONCE = 20_000  # rows that are read and unsealed at once
_TAG = 16  # bytes at the end of what is sealed, made of it and of all that stands in the open beside it (GCM)


class Rows(NamedTuple):
    """Some rows of a kind: their ids, what they hang on, whose they are, where, their lines, and what tells each apart."""

    ids: list[str]
    parents: list[str]
    patients: list[str]
    sites: list[str]
    lines: list[bytes]
    tags: list[bytes]


class Reader:
    """Reads the rows of one moment."""

    def __init__(self, session: "Session", connection: Connection) -> None:
        self._connection, self._site = connection, session.user.site
        self._stands = Stands(connection, **self._asked())
        vault = session.registry.vault
        vault.recall()
        # Whoever has no key was erased.
        self.ciphers = {patient: vault.cipher(patient) for patient in vault.patients()}

    def patients(self) -> dict[str, bool]:
        """Return every patient, and whether they are void; those who were erased too."""
        table = self._rows_of("patient")
        query = select(table.c.id, table.c.is_void).order_by(table.c.version)
        return {row.id: bool(row.is_void) for row in self._connection.execute(query)}

    def rows(self, kind: str, ciphers: "Mapping[str, AESGCM]") -> Iterator[Rows]:
        """Yield the rows of a kind, many at a time, of those whose ciphers are given."""
        newest, gone = self._stands.newest(kind), self._stands.fallen(kind)
        for some in self._driven(kind):
            yield _opened(kind, _latest(some, newest, gone), ciphers)

    def _driven(self, kind: str) -> Iterator[Sequence[Any]]:
        """Yield rows as the database's own driver gives them: SQLAlchemy's take as long to make as to unseal."""
        driver = self._connection.connection
        is_postgresql = self._connection.dialect.name == "postgresql"
        cursor = driver.cursor(name="cut") if is_postgresql else driver.cursor()  # named, it is read bit by bit
        mark = "%s" if is_postgresql else "?"
        table = schema.records[kind]
        where = f" WHERE site = {mark}" if self._site else ""
        source = f"{function_of(table)}()" if is_postgresql else kind
        # The names are the schema's own; what was entered is always bound.
        cursor.execute(f"SELECT {', '.join(schema.ROW)} FROM {source}{where}", (self._site,) if self._site else ())  # noqa: S608
        while some := cursor.fetchmany(_AT_ONCE):
            yield some
        cursor.close()

    def _rows_of(self, kind: str) -> FromClause:
        """Return the rows of one's own site; who cuts all asks for none, so that a table is read from end to end."""
        return rows_of(self._connection, schema.records[kind], **self._asked())

    def _asked(self) -> dict[str, list[str]]:
        return {"sites": [self._site]} if self._site else {}


def _latest(rows: Sequence[Any], newest: Mapping[Key, int], gone: Container[Key]) -> list[Any]:
    """Return the rows that stand: `newest` are the versions of records that were corrected, `gone` those that do not stand."""
    if not newest and not gone:
        return list(rows)
    return [row for row in rows if row[2] == newest.get((row[0], row[1]), 1) and (row[0], row[1]) not in gone]


def _opened(kind: str, found: Sequence[Any], ciphers: "Mapping[str, AESGCM]") -> Rows:
    kept = [row for row in found if row[3] in ciphers]
    lines = []
    for site, record, version, patient, parent, author, at, _, sealed in kept:
        try:
            in_the_open = about(kind, site, record, version, patient, parent or "", author, at, False)
            lines.append(unseal(ciphers[patient], bytes(sealed), in_the_open))
        except InvalidTag:
            raise Refused([_tampered(kind, record, version)]) from None
    return Rows(
        [row[1] for row in kept], [row[4] or "" for row in kept], [row[3] for row in kept], [row[0] for row in kept],
        lines, [bytes(row[8][-_TAG:]) for row in kept],
    )  # fmt: skip


def _tampered(kind: str, record: str, version: int) -> Fault:
    return Fault(Place(f"{kind} {record}, version {version}"), "it was changed outside Patency", "its seal does not fit",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip


@contextmanager
def reader(session: "Session") -> Iterator[Reader]:
    """Read all tables as of one moment: on PostgreSQL too, where each query would else see what was written meanwhile."""
    session.need(CUT, "cut the registry")
    engine = session.registry.engine
    if is_postgresql(engine):
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(engine, session.token) as connection:
        yield Reader(session, connection)
