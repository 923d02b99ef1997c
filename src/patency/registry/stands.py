"""Which records stand: those whose last version is not void, and that hang on none that does not stand.

Whoever shows, lists, counts, checks, exports or cuts what was recorded asks here, so that what hangs on a void record is
nowhere counted: nobody could say whose it is. What is void, and what hangs on it, is in the history alone, until it is
brought back.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from patency.fault import Fault, Place
from patency.registry import schema
from patency.registry.kinds import KINDS
from patency.registry.rows import MOST_ASKED, rows_of

Key = tuple[str, str]  # of a record: its site and its id
Last = tuple[str, str, str, bool]  # of its last version: site, id, what it hangs on, whether it is void


def fallen(last: Iterable[Last], above: Container[Key]) -> set[Key]:
    """Return which records of a kind do not stand; `above` are those that do not of the kind they hang on."""
    return {(site, name) for site, name, parent, is_void in last if is_void or (site, parent) in above}


class Stands:
    """Which records of a database stand, kind by kind: of all that one may see, or of those `asked` for (rows.py)."""

    def __init__(self, connection: Connection, **asked: Sequence[str]) -> None:
        self._connection, self._asked = connection, asked
        self._newest: dict[str, dict[Key, int]] = {}
        self._void: dict[str, dict[Key, str]] = {}
        self._fallen: dict[str, set[Key]] = {}

    def newest(self, kind: str) -> Mapping[Key, int]:
        """Return the last version of each record that has more than one."""
        self._read(kind)
        return self._newest[kind]

    def fallen(self, kind: str) -> set[Key]:
        """Return the records of a kind that do not stand."""
        if kind not in self._fallen:
            above = self.fallen(KINDS[kind].of) if KINDS[kind].of else set[Key]()
            self._read(kind)
            void: list[Last] = [(site, name, parent, True) for (site, name), parent in self._void[kind].items()]
            self._fallen[kind] = fallen([*void, *self._hanging(kind, sorted({name for _, name in above}))], above)
        return self._fallen[kind]

    def has(self, kind: str, site: str, record: str, version: int) -> bool:
        """Whether a version of a record is its last, and the record stands."""
        return version == self.newest(kind).get((site, record), 1) and (site, record) not in self.fallen(kind)

    def standing(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield the id of each record of a kind that stands, and what it hangs on; of one site, for ids are a site's own."""
        gone, table = self.fallen(kind), rows_of(self._connection, schema.records[kind], **self._asked)
        for site, name, parent in self._connection.execute(
            select(table.c.site, table.c.id, table.c.parent).where(table.c.version == 1)
        ):
            if (site, name) not in gone:
                yield name, parent or ""

    def void_at(self, kind: str, site: str, record: str) -> tuple[str, str] | None:
        """Return the kind and id of what is void: the record, or the nearest that it hangs on; None where it stands."""
        while kind:
            self._read(kind)
            if (site, record) in self._void[kind]:
                return kind, record
            table = rows_of(self._connection, schema.records[kind], sites=[site], ids=[record])
            parent = self._connection.execute(select(table.c.parent).where(table.c.version == 1)).scalar()
            kind, record = KINDS[kind].of, parent or ""
        return None

    def _read(self, kind: str) -> None:
        """Read which records of a kind have several versions, and which of these are void; those of one version are not."""
        if kind in self._newest:
            return
        table = rows_of(self._connection, schema.records[kind], **self._asked)
        query = select(table.c.site, table.c.id, table.c.version, table.c.parent, table.c.is_void)
        later = self._connection.execute(query.where(table.c.version > 1).order_by(table.c.version)).all()
        self._newest[kind] = {(site, name): version for site, name, version, _, _ in later}
        last = {(site, name): (parent or "", is_void) for site, name, _, parent, is_void in later}
        self._void[kind] = {key: parent for key, (parent, is_void) in last.items() if is_void}

    def _hanging(self, kind: str, above: Sequence[str]) -> Iterator[Last]:
        """Yield what hangs on some records that do not stand."""
        for start in range(0, len(above), MOST_ASKED):
            table = rows_of(self._connection, schema.records[kind], **self._asked)
            query = select(table.c.site, table.c.id, table.c.parent).where(
                table.c.version == 1, table.c.parent.in_(above[start : start + MOST_ASKED])
            )
            for site, name, parent in self._connection.execute(query):
                yield site, name, parent, False


def void_fault(kind: str, record: str, void: tuple[str, str], named: str = "") -> Fault:
    """Return that a record does not stand, for what is void: itself, or what it hangs on; and how that is brought back."""
    what = (
        "it is void" if void == (kind, record) else f"it hangs on the {KINDS[void[0]].words} {void[1]}, which is void"
    )
    return Fault(Place(named or f"{kind} {record}"), what, "what is void counts nowhere, and what hangs on it neither; its history stays",
                 f"leave it so, or bring it back, as an investigator: {command_back(*void)}")  # fmt: skip


def how_back(kind: str, record: str) -> str:
    """Say how what is void is brought back."""
    return f"An investigator brings it back by {command_back(kind, record)}"


def command_back(kind: str, record: str) -> str:
    """Return the command that brings back what is void."""
    return f"`patency registry reinstate DIR {kind} {record} --reason WHY`"
