"""What stands in a registry already while a file comes in: its patients, its records by id, and those of a patient by date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from patency.registry import schema
from patency.registry.database import transaction
from patency.registry.entry import Packed, packed
from patency.registry.keep.verify_people import erasures
from patency.registry.rows import MOST_ASKED, rows_of
from patency.registry.session import Session
from patency.registry.stands import Stands

_ROWS = 10_000  # rows that are read at once
_ROW_BITS = 40
_MOST_ROWS = (1 << _ROW_BITS) - 1
Dated = tuple[date | None, str]  # when a record was, and its id


class Stood(NamedTuple):
    """The latest version of a record that is there: of which patient, what it says, on what it hangs, and what is void.

    `void` is the kind and id of what is void, the record itself or what it hangs on; None where it stands.
    """

    patient: str
    version: int
    content: bytes
    void: tuple[str, str] | None = None
    parent: str = ""
    is_erased: bool = False


class Earlier(NamedTuple):
    """A record that an earlier row of the same file makes: what it says in short, and the number of the row."""

    mark: int
    row: int


class Standing:
    """What stands at the user's site, and what this import has added to it, be it written or only tried.

    `only` and `dated` are the kinds among which a patient's only record, or one by its date, will be looked for.
    """

    def __init__(
        self, session: Session, kinds: Iterable[str], only: Iterable[str] = (), dated: Iterable[str] = ()
    ) -> None:
        self._session = session
        self.enrolled, self.void, self.erased, self.lacking = self._patients()
        # Most imports begin with none of a kind: then there is nothing to look up. Whoever adds one meanwhile is met by the
        # database, which takes no record twice.
        self._is_new = {kind for kind in kinds if self._is_empty(kind)}
        self._of: dict[str, dict[str, list[Dated]]] = {kind: self._ids(kind) for kind in only} | {
            kind: self._dates(kind) for kind in dated}  # fmt: skip
        self._asked: dict[str, str] = {}
        # By kind and id: of a million rows, the mark and the number of the row are one number each, to spare memory.
        self._made: dict[str, dict[str, int]] = {}

    def _patients(self) -> tuple[set[str], set[str], set[str], set[str]]:
        """Return who is enrolled, who is void, who was erased, and whose key is missing though they were not."""
        vault, site = self._session.registry.vault, self._session.user.site
        with transaction(self._session.registry.engine, self._session.token) as connection:
            table = rows_of(connection, schema.records["patient"], sites=[self._session.user.site])
            query = select(table.c.id, table.c.is_void).order_by(table.c.version)
            is_void = dict(_read(connection, query))  # the last version counts
            known = vault.patients()
            lost = is_void.keys() - known - vault.erased()
            lacking = lost - {patient for _, patient in erasures(connection, site)} if lost else set()
        void = {name for name, void in is_void.items() if void and name in known}
        gone = is_void.keys() - known - lacking
        return (is_void.keys() & known) - void, void, gone | vault.erased() - known, lacking

    def _is_empty(self, kind: str) -> bool:
        with transaction(self._session.registry.engine, self._session.token) as connection:
            table = rows_of(connection, schema.records[kind], sites=[self._session.user.site], most=1)
            return connection.execute(select(table.c.id)).first() is None

    def found(self, kind: str, ids: Iterable[str]) -> dict[str, Stood]:
        """Return those of some records that stand in the registry."""
        wanted = [] if kind in self._is_new else list(dict.fromkeys(ids))
        return {name: stood for start in range(0, len(wanted), MOST_ASKED)
                for name, stood in self._latest(kind, wanted[start : start + MOST_ASKED])}  # fmt: skip

    def _latest(self, kind: str, ids: list[str]) -> Iterator[tuple[str, Stood]]:
        with transaction(self._session.registry.engine, self._session.token) as connection:
            table = rows_of(connection, schema.records[kind], sites=[self._session.user.site], ids=ids)
            rows = connection.execute(select(table).order_by(table.c.version)).all()
            void = self._void(connection, kind, rows)
        self._session.registry.vault.hold({row.patient for row in rows})
        for row in {row.id: row for row in rows}.values():
            entry = self._session.opened(kind, row)
            content = b"" if entry is None else packed(entry.values)
            parent = row.parent or ""
            yield row.id, Stood(row.patient, row.version, content, void.get(row.id), parent, entry is None)

    def _void(self, connection: Connection, kind: str, rows: Sequence[Any]) -> dict[str, tuple[str, str]]:
        """Return which of some records do not stand, and what of each is void."""
        site, patients = self._session.user.site, sorted({row.patient for row in rows})
        if not patients:
            return {}
        stands = Stands(connection, sites=[site], patients=patients)
        gone = {row.id for row in rows if (site, row.id) in stands.fallen(kind)}
        return {name: void for name in gone if (void := stands.void_at(kind, site, name))}

    def _ids(self, kind: str) -> dict[str, list[Dated]]:
        """Return each patient's records of a kind, unopened."""
        with transaction(self._session.registry.engine, self._session.token) as connection:
            table = rows_of(connection, schema.records[kind], sites=[self._session.user.site])
            site = self._session.user.site
            gone = Stands(connection, sites=[site]).fallen(kind)
            query = select(table.c.id, table.c.patient).where(table.c.version == 1)
            standing = [row for row in _read(connection, query) if (site, row.id) not in gone]
        by_patient: dict[str, list[Dated]] = {}
        for name, patient in standing:
            by_patient.setdefault(patient, []).append((None, name))
        return by_patient

    def _dates(self, kind: str) -> dict[str, list[Dated]]:
        by_patient: dict[str, list[Dated]] = {}
        for entry in self._session.entries(kind):
            on = entry.values.get("date")
            by_patient.setdefault(entry.patient, []).append((on if isinstance(on, date) else None, entry.id))
        return by_patient

    def of_patient(self, kind: str, patient: str) -> Sequence[Dated]:
        """Return a patient's records of a kind, with their dates where those were asked for."""
        return self._of[kind].get(patient, ())

    def only(self, kind: str) -> dict[str, str]:
        """Return the id of the only record of a kind, of those patients who have one."""
        return {patient: found[0][1] for patient, found in self._of[kind].items() if len(found) == 1}

    def stands(self, kind: str, record: str, patient: str) -> bool:
        """Whether a record of a patient stands, in the registry or in what has come in."""
        if record in self._made.get(kind, ()):
            return True
        if record not in self._asked:
            found = self.found(kind, [record]).get(record)
            self._asked[record] = "" if found is None or found.void or found.is_erased else found.patient
        return self._asked[record] == patient

    def void_at(self, kind: str, record: str, patient: str) -> tuple[str, str] | None:
        """Return the kind and id of what is void, where a record of a patient does not stand for it."""
        found = self.found(kind, [record]).get(record)
        return found.void if found is not None and found.patient == patient and not found.is_erased else None

    def earlier(self, kind: str, record: str) -> Earlier | None:
        """Return what an earlier row makes of a record, if one does."""
        found = self._made.get(kind, {}).get(record)
        return None if found is None else Earlier(found >> _ROW_BITS, found & _MOST_ROWS)

    def met(self, kind: str, ids: Iterable[str]) -> set[str]:
        """Return those of some ids that an earlier row makes a record of."""
        return self._made.get(kind, {}).keys() & set(ids)

    def add_all(self, kind: str, records: Mapping[int, Packed]) -> None:
        """Note records that have come in, by the number of their row, on which none of the file hangs."""
        self._made.setdefault(kind, {}).update(
            (record.id, mark_of(record) << _ROW_BITS | row) for row, record in records.items()
        )

    def meet(self, record: Packed, row: int) -> None:
        """Note which row makes a record, be it new or one that stands already: no later row may say otherwise."""
        self._made.setdefault(record.kind, {}).setdefault(record.id, mark_of(record) << _ROW_BITS | row)

    def add(self, record: Packed, on: date | None) -> None:
        """Note a record that has come in."""
        if record.kind in self._of:
            self._of[record.kind].setdefault(record.patient, []).append((on, record.id))
        if record.kind == "patient":
            self.enrolled.add(record.id)


def _read(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """Yield the rows of a query, many of which are fetched at once."""
    return (row for some in connection.execute(query).partitions(_ROWS) for row in some)


def mark_of(record: Packed) -> int:
    """Return a number that two records share only where they say the same, of the same patient, and hang on the same."""
    return hash((record.patient, record.parent, record.content))
