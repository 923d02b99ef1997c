"""The rows of a registry as a cut reads them: the latest version of each record, not void, of patients who are in it.

All kinds are read in one transaction, so that the cut is of one moment. The lines are unsealed many at a time and go as they
are to Polars' reader of JSON lines; a table's rows are held in columns, never all as objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, func, select

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.chain import about
from patency.registry.database import is_postgresql, transaction
from patency.registry.vault import unseal

if TYPE_CHECKING:
    from patency.registry.session import Session

_AT_ONCE = 20_000  # rows that are read and unsealed at once
_TAG = 16  # bytes at the end of what is sealed, by which it is told from anything else (GCM)


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
        self._connection, self._sites = connection, session.sites
        vault = session.registry.vault
        vault.recall()
        # Whoever has no key was erased.
        self.ciphers = {patient: vault.cipher(patient) for patient in vault.patients()}

    def subjects(self, kind: str) -> set[str]:
        """Return everyone of whom there is a record of a kind, erased or not."""
        table = schema.records[kind]
        query = select(table.c.patient).distinct().where(table.c.site.in_(self._sites))
        return {row.patient for row in self._connection.execute(query)}

    def rows(self, kind: str, only: Mapping[str, object] | None = None) -> Iterator[Rows]:
        """Yield the rows of a kind, many at a time; `only` of some patients."""
        table = schema.records[kind]
        where = table.c.site.in_(self._sites)
        later = select(table.c.site, table.c.id, func.max(table.c.version)).where(table.c.version > 1, where)
        newest = {
            (row[0], row[1]): row[2] for row in self._connection.execute(later.group_by(table.c.site, table.c.id))
        }
        fields = (
            table.c[name]
            for name in ("site", "id", "version", "patient", "parent", "author", "at", "is_void", "sealed")
        )
        found = self._connection.execution_options(yield_per=_AT_ONCE).execute(select(*fields).where(where))
        for some in found.partitions(_AT_ONCE):
            yield self._opened(kind, some, newest, only)

    def _opened(
        self, kind: str, some: Sequence[Any], newest: Mapping[tuple[str, str], int], only: Mapping[str, object] | None
    ) -> Rows:
        rows = Rows([], [], [], [], [], [])
        ciphers = self.ciphers
        for site, record, version, patient, parent, author, at, is_void, sealed in some:
            cipher = ciphers.get(patient)
            if (
                cipher is None
                or is_void
                or (only is not None and patient not in only)
                or version != newest.get((site, record), 1)
            ):
                continue
            in_the_open = about(kind, site, record, version, patient, parent or "", author, at, False)
            try:
                rows.lines.append(unseal(cipher, bytes(sealed), in_the_open))
            except InvalidTag:
                raise Refused([_tampered(kind, record, version)]) from None
            rows.ids.append(record)
            rows.parents.append(parent or "")
            rows.patients.append(patient)
            rows.sites.append(site)
            rows.tags.append(record.encode() + sealed[-_TAG:])
        return rows


def _tampered(kind: str, record: str, version: int) -> Fault:
    return Fault(Place(f"{kind} {record}, version {version}"), "it was changed outside Patency", "its seal does not fit",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip


@contextmanager
def reader(session: "Session") -> Iterator[Reader]:
    """Read all tables as of one moment: on PostgreSQL too, where each query would else see what was written meanwhile."""
    engine = session.registry.engine
    if is_postgresql(engine):
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(engine, session.token) as connection:
        yield Reader(session, connection)
