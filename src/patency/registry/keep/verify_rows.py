"""Whether each row of a registry has its line in the trail, and each line its row.

Both are read in the order of kind, site, record and version, side by side, so that nothing needs to be held: the database
sorts the lines. A row is as it was written when its digest is the one that its line bears.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Text, collate, select

from patency.registry import schema
from patency.registry.chain import OF_A_VERSION, about, digest_of
from patency.registry.keep.words import moment, version_of
from patency.registry.kinds import KINDS

AT_ONCE = 10_000
_MOST_SWAPPED = 100  # changed rows among which some are looked for that bear each other's words

Key: TypeAlias = tuple[str, str, str, int]  # kind, site, record, version
_PUT_IN = (  # said once below the findings, by `verify`
    "of a row that no line tells of: where a row is gone, or lines are missing, it may be that one, and a backup from before is restored. "
    "Where nothing else is told, it was written beside Patency: PostgreSQL lets in a row of a user's own site, under that user's name "
    "alone, so that it was they, or who has their password. Stop them (`patency registry user stop`), and take the row out as "
    "docs/registry-on-postgresql.md says; no key and no backup is to be put back for it"
)


class Found(NamedTuple):
    """What was done to a row: the site, what, and what can be done about it, where that is its own."""

    site: str
    what: str
    fix: str = ""


class _Told(NamedTuple):
    """A line of the trail that tells of a row."""

    key: Key
    seq: int
    at: str
    person: str
    action: str
    patient: str
    digest: bytes


class _Row(NamedTuple):
    """A row as it stands."""

    key: Key
    patient: str
    parent: str
    author: str
    at: str
    is_void: bool
    sealed: bytes

    @property
    def digest(self) -> bytes:
        kind, site, record, version = self.key
        return digest_of(
            about(kind, site, record, version, self.patient, self.parent, self.author, self.at, self.is_void),
            self.sealed,
        )


def row_findings(connection: Connection) -> Iterator[Found]:
    """Yield which rows were changed, added or taken away, each with its site."""
    changed: list[tuple[_Row, _Told]] = []
    before: Key = ("", "", "", 0)
    for row, told in _side_by_side(connection):
        key = row.key if row else told.key if told else before
        if key[:3] != before[:3] or key[3] != before[3]:
            after = before[3] if key[:3] == before[:3] else 0
            if key[3] != after + 1:
                yield Found(key[1], f"{version_of(*_named(key))} follows on {f'version {after}' if after else 'none'}")
        before = key
        if row is None and told is not None:
            yield Found(key[1], f"{version_of(*_named(key))}, which {_wrote(told)}, is gone")
        elif row is not None and told is None:
            yield Found(key[1], f"{version_of(*_named(key))} was put in: no line of the trail tells of it; it bears the name of "
                                f"{row.author!r}, and says that it was written on {moment(row.at)}", _PUT_IN)  # fmt: skip
        elif row is not None and told is not None and row.digest != told.digest:
            if len(changed) < _MOST_SWAPPED:
                changed.append((row, told))
            else:
                yield Found(key[1], _changed(row, told))
    yield from _all_changed(changed)
    for kind, table in schema.records.items():
        query = (
            select(table.c.site, table.c.id, table.c.version)
            .where(table.c.first != 1)
            .order_by(table.c.site, table.c.id)
        )
        for site, record, version in connection.execute(query):
            yield Found(
                site,
                f"{version_of(kind, record, version)}, was changed by nobody the trail knows: what it hangs on is no first version",
            )


def put_in(connection: Connection, kinds: Iterable[str] = KINDS) -> set[Key]:
    """Return the rows of some kinds that no line of the trail tells of."""
    found: set[Key] = set()
    t = schema.trail.c
    told = select(t.site, t.record, t.version).where(t.version > 0, t.action.in_(("add", "correct", "void")))
    for kind in kinds:
        c = schema.records[kind].c
        rows = connection.execute(select(c.site, c.id, c.version).except_(told.where(t.kind == kind)))
        found |= {(kind, *row) for row in rows.all()}
    return found


def _named(key: Key) -> tuple[str, str, int]:
    return key[0], key[2], key[3]


def _wrote(told: _Told) -> str:
    verb = {"add": "added", "correct": "corrected", "void": "voided", "reinstate": "brought back"}.get(
        told.action, told.action
    )
    return f"{told.person} {verb} on {moment(told.at)} (line {told.seq})"


def _changed(row: _Row, told: _Told) -> str:
    parts = {
        "its patient": row.patient != told.patient,
        "its author": row.author != told.person,
        "its time": row.at != told.at,
        "whether it is void": row.is_void != (told.action == "void"),
    }
    which = ", ".join(part for part, is_other in parts.items() if is_other) or "what it says or hangs on"
    return (
        f"{version_of(*_named(row.key))}, was changed after {moment(told.at)} by nobody the trail knows: {which} is not what "
        f"{_wrote(told)}"
    )


def _all_changed(changed: list[tuple[_Row, _Told]]) -> Iterator[Found]:
    """Yield the changed rows; two that bear each other's words are told together."""
    left = list(changed)
    while left:
        row, told = left.pop(0)
        twin = next((other for other in left if _are_swapped(row, other[0], other[1], told)), None)
        if twin is None:
            yield Found(row.key[1], _changed(row, told))
        else:
            left.remove(twin)
            yield Found(
                row.key[1], f"{version_of(*_named(row.key))}, and {version_of(*_named(twin[0].key))}, were swapped"
            )


def _are_swapped(row: _Row, other: _Row, of_other: _Told, of_row: _Told) -> bool:
    """Whether one row's words are what the other's line bears, with the other's key, or with all that stands in the open."""
    if row.key[0] != other.key[0]:
        return False
    whole = (
        row._replace(key=other.key).digest == of_other.digest and other._replace(key=row.key).digest == of_row.digest
    )
    return whole or (other._replace(sealed=row.sealed).digest == of_other.digest
                     and row._replace(sealed=other.sealed).digest == of_row.digest)  # fmt: skip


def _side_by_side(connection: Connection) -> Iterator[tuple[_Row | None, _Told | None]]:
    """Yield each row with its line, and by itself what has no counterpart."""
    rows = chain.from_iterable(_rows(connection, kind) for kind in sorted(KINDS))
    lines = _lines(connection)
    row, told = next(rows, None), next(lines, None)
    while row is not None or told is not None:
        if told is None or (row is not None and row.key < told.key):
            yield row, None
            row = next(rows, None)
        elif row is None or told.key < row.key:
            yield None, told
            told = next(lines, None)
        else:
            yield row, told
            row, told = next(rows, None), next(lines, None)


def _lines(connection: Connection) -> Iterator[_Told]:
    c = schema.trail.c
    query = select(c.kind, c.site, c.record, c.version, c.seq, c.at, c.person, c.action, c.patient, c.digest)
    query = query.where(c.version > 0, c.action.in_(OF_A_VERSION))
    ordered = query.order_by(*(plainly(connection, each) for each in (c.kind, c.site, c.record)), c.version, c.seq)
    for some in connection.execution_options(yield_per=AT_ONCE).execute(ordered).partitions():
        for kind, site, record, version, seq, at, person, action, patient, digest in some:
            yield _Told((kind, site, record, version), seq, at, person, action, patient, bytes(digest))


def _rows(connection: Connection, kind: str) -> Iterator[_Row]:
    c = schema.records[kind].c
    query = select(c.site, c.id, c.version, c.patient, c.parent, c.author, c.at, c.is_void, c.sealed)
    ordered = query.order_by(plainly(connection, c.site), plainly(connection, c.id), c.version)
    for some in connection.execution_options(yield_per=AT_ONCE).execute(ordered).partitions():
        for site, record, version, patient, parent, author, at, is_void, sealed in some:
            yield _Row((kind, site, record, version), patient, parent or "", author, at, bool(is_void), bytes(sealed))


def plainly(connection: Connection, column: "Column[Any]") -> "ColumnElement[Any]":
    """Return a column in the order in which Python compares letters, which PostgreSQL's need not be."""
    is_text = isinstance(column.type, Text) and connection.dialect.name == "postgresql"
    return collate(column, "C") if is_text else column
