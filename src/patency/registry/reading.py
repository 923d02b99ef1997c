"""What one person, signed in, may see: every reading of patients goes through here.

In: the registry, the user and their token. Each method first asks whether the role allows it, and sees the user's own site
alone, or for the pool every site without names; that a record was seen is a line of the site's audit trail.

On PostgreSQL the database refuses by itself what this module forbids (postgres.py). What is written is session.py's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import IntegrityError

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.access import CUT, NOT_HERE, POOL, ROLES, VIEW, WORDS, NotHere, Refusal, User
from patency.registry.chain import OURS, about
from patency.registry.database import transaction
from patency.registry.entry import Entry, is_id, unpacked, unstamped
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.keep.verify_people import erasures
from patency.registry.kinds import KINDS, lineage
from patency.registry.registry import Registry
from patency.registry.rows import rows_of, select_rows
from patency.registry.stands import Stands, void_fault
from patency.registry.vault import RECOVER, Erased, unseal
from patency.registry.writing import Writing

if TYPE_CHECKING:
    from sqlalchemy import Row

SHORTEST_BEGINNING = 4  # letters of an id by which a record may be named
_AT_ONCE = 20_000  # rows that are read from the database at once


class Reading:
    """What a user who is signed in may see."""

    def __init__(self, registry: Registry, user: User, token: str) -> None:
        self.registry, self.user, self.token = registry, user, token
        self.forms = registry.forms

    # --- what may be done -------------------------------------------------------------------------------------------

    def need(self, action: str, what: str) -> None:
        """Refuse what the user's role does not allow; the refusal is a line of the trail."""
        if self.user.may(action):
            return
        self.note("refusal", details={"what": what})
        roles = [WORDS[role] for role in ROLES if action in ROLES[role]]
        raise Refusal([Fault(Place(self.user.name), f"{WORDS[self.user.role]} may not {what}",
                             "each role sees and does what its work needs", f"ask somebody who may: {', '.join(roles)}")])  # fmt: skip

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites whose patients the user may see: their own, or for the pool every one."""
        if self.user.site:
            return (self.user.site,)
        if not (self.user.may(POOL) or self.user.may(CUT)):
            return ()
        with transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, schema.site)
            return tuple(row.id for row in connection.execute(select(table.c.id).order_by(table.c.id)))

    def note(
        self, action: str, kind: str = "", record: str = "", patient: str = "", details: Mapping[str, Any] = {}
    ) -> None:
        """Add a line to the audit trail of the user's site."""
        with self.writing() as writing:
            writing.note(action, kind, record, 0, patient, details=details)

    def sign_out(self) -> None:
        """End the session: what follows needs a new one."""
        self.note("logout")
        self.registry.sign_out(self.token)

    def id_of(self, *parts: str) -> str:
        """Return the id that the same parts always give at this site."""
        return self.registry.vault.id_of(self.user.site, *parts)

    # --- reading ----------------------------------------------------------------------------------------------------

    def entry(self, kind: str, record: str) -> Entry:
        """Return the latest version of a record; that it was seen is a line of the trail."""
        self.need(VIEW, "see records")
        with self.writing() as writing:
            entry = self._latest(writing.connection, kind, record)
            if entry is None:
                raise not_there(kind, record)
            if void := self._void_at(writing.connection, entry):
                raise Refused([void_fault(kind, record, void)])
            writing.note("view", kind, record, entry.version, entry.patient)
        return entry

    def patient(self, pseudonym: str, may_be_void: bool = False) -> str:
        """Return the id of the patient who bears a pseudonym at this site, or refuse; one who is void, unless they are meant too."""
        self.need(VIEW, "see records")
        patient = self.id_of("patient", pseudonym)
        with self.noting_strangers(), transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, schema.records["patient"], sites=[self.user.site], ids=[patient])
            found = connection.execute(select(table.c.is_void).order_by(table.c.version.desc())).first()
            if found and self._lacks_key(patient):
                raise Refused([key_missing()])
            if not found or not self.registry.vault.is_known(patient):
                fault = Fault(Place("patient"), f"there is no patient {pseudonym!r} at your site",
                              "only patients of your own site can be seen", "check the pseudonym")  # fmt: skip
                raise NotHere(fault, "patient", patient)
            if found.is_void and not may_be_void:
                raise Refused([void_fault("patient", patient, ("patient", patient), f"patient {pseudonym}")])
        return patient

    def _lacks_key(self, patient: str) -> bool:
        """Whether the key of a patient is missing: they have none, and neither keys/erasures nor the trail says that it was destroyed."""
        vault = self.registry.vault
        if vault.is_known(patient) or patient in vault.erased():
            return False
        with transaction(self.registry.engine, self.token) as connection:
            return (self.user.site, patient) not in erasures(connection, self.user.site)

    def id_beginning(self, kind: str, beginning: str) -> str:
        """Return the id of the one record of a kind, at this site, that begins so; where none or several do, what was given."""
        self.need(VIEW, "see records")
        if len(beginning) < SHORTEST_BEGINNING or not beginning.isalnum():
            return beginning
        with transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, _table_of(kind), sites=[self.user.site], beginning=beginning)
            found = connection.execute(select(table.c.id).distinct().limit(2)).scalars().all()
        return found[0] if len(found) == 1 else beginning

    def record_of(self, patient: str) -> list[Entry]:
        """Return all that stands of a patient now, kind by kind; that it was seen is a line of the trail."""
        self.need(VIEW, "see records")
        with self.writing() as writing:
            stands = Stands(writing.connection, sites=self.sites, **_of(patient))
            found = [entry for kind in KINDS for entry in self._current(writing.connection, kind, patient, stands)]
            writing.note("view", "patient", patient, patient=patient)
        return found

    def void_of(self, patient: str) -> list[Entry]:
        """Return the records of a patient that are void themselves, kind by kind; whoever asks notes what for."""
        self.need(VIEW, "see records")
        with transaction(self.registry.engine, self.token) as connection:
            versions = [entry for kind in KINDS for entry in self._versions(connection, kind, patient)]
        last = {(entry.kind, entry.id): entry for entry in sorted(versions, key=lambda entry: entry.version)}
        return [entry for entry in last.values() if entry.is_void]

    def hanging_on(self, kind: str, record: str) -> dict[str, int]:
        """Count what hangs on a record and stands, kind by kind: it counts no more once the record is void.

        Queries are left out: they are Patency's own, and go with what they are about.
        """
        self.need(VIEW, "see records")
        with self.noting_strangers(), transaction(self.registry.engine, self.token) as connection:
            entry = self._latest(connection, kind, record)
            if entry is None:
                raise not_there(kind, record)
            return self._hanging_on(connection, entry)

    def _hanging_on(self, connection: Connection, entry: Entry) -> dict[str, int]:
        stands = Stands(connection, sites=[entry.site], patients=[entry.patient])
        found = {entry.kind: {entry.id}}
        for kind in KINDS:
            if entry.kind in lineage(kind)[1:] and kind != "query":
                above = found[KINDS[kind].of]
                found[kind] = {name for name, parent in stands.standing(kind) if parent in above}
        return {kind: len(names) for kind, names in found.items() if names and kind != entry.kind}

    def _void_at(self, connection: Connection, entry: Entry, is_above: bool = False) -> tuple[str, str] | None:
        """Return what is void: a record, or what it hangs on; `is_above`, what it hangs on alone."""
        stands = Stands(connection, sites=[entry.site], patients=[entry.patient])
        kind, record = (KINDS[entry.kind].of, entry.parent) if is_above else (entry.kind, entry.id)
        return stands.void_at(kind, entry.site, record)

    def history(self, patient: str) -> list[Entry]:
        """Return every version of everything that was ever recorded of a patient, oldest first; it is a view.

        The versions of a record stand in their order, whatever the clock said when each was written.
        """
        self.need(VIEW, "see records")
        with self.writing() as writing:
            found = [entry for kind in KINDS for entry in self._versions(writing.connection, kind, patient)]
            writing.note("view", "patient", patient, patient=patient, details={"what": "history"})
        return in_order(found)

    def entries(self, kind: str, patient: str = "") -> Iterator[Entry]:
        """Yield the latest version of each record of a kind that stands (stands.py), and whose patient was not erased.

        Whoever asks for all of them notes in the trail what for.
        """
        self.need(VIEW, "see records")
        with transaction(self.registry.engine, self.token) as connection:
            yield from self._current(connection, kind, patient)

    def sealed(self, kind: str, site: str = "") -> "Iterator[Sequence[Row[Any]]]":
        """Yield the rows of a kind's table as they are kept, many at a time, every version, by site, id and version."""
        self.need(VIEW, "see records")
        yield from self._sealed(kind, site)

    def pooled(self, kind: str) -> Iterator[Entry]:
        """Yield every version of each record of all sites, for who counts them and shows none.

        Those whose patient was erased are left out, and so is every pseudonym.
        """
        self.need(POOL, "see what is pooled")
        for rows in self._sealed(kind):
            for row in rows:
                if (entry := self._unsealed(kind, row)) is not None:
                    yield entry._replace(
                        values={name: said for name, said in entry.values.items() if name != "pseudonym"}
                    )

    def _sealed(self, kind: str, site: str = "") -> "Iterator[Sequence[Row[Any]]]":
        sites = [each for each in self.sites if site in ("", each)]
        with transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, _table_of(kind), sites=sites)
            ordered = select(table).order_by(table.c.site, table.c.id, table.c.version)
            yield from connection.execute(ordered.execution_options(yield_per=_AT_ONCE)).partitions(_AT_ONCE)

    def _current(
        self, connection: Connection, kind: str, patient: str, stands: Stands | None = None
    ) -> Iterator[Entry]:
        table = rows_of(connection, _table_of(kind), sites=self.sites, **_of(patient))
        stands = stands or Stands(connection, sites=self.sites, **_of(patient))
        newest, gone = stands.newest(kind), stands.fallen(kind)
        query = select(table)
        for row in connection.execute(query if patient else query.execution_options(yield_per=_AT_ONCE)):
            if row.version == newest.get((row.site, row.id), 1) and (row.site, row.id) not in gone:
                entry = self._unsealed(kind, row)
                if entry is not None:
                    yield entry

    def _versions(self, connection: Connection, kind: str, patient: str) -> Iterator[Entry]:
        for row in connection.execute(select_rows(connection, _table_of(kind), sites=self.sites, **_of(patient))):
            if entry := self._unsealed(kind, row):
                yield entry

    def _latest(self, connection: Connection, kind: str, record: str) -> Entry | None:
        table = rows_of(connection, _table_of(kind), sites=[self.user.site], ids=[record])
        row = connection.execute(select(table).order_by(table.c.version.desc()).limit(1)).first()
        return None if row is None else self._unsealed(kind, row)

    def opened(self, kind: str, row: "Row[Any]") -> Entry | None:
        """Open a row; None where the patient was erased. A row that was tampered with is refused."""
        self.need(VIEW, "see records")
        return self._unsealed(kind, row)

    def _unsealed(self, kind: str, row: "Row[Any]") -> Entry | None:
        if self.user.site not in ("", row.site):
            raise not_there(kind, row.id)
        if not isinstance(row.sealed, bytes | memoryview):
            refuse_mistyped(schema.records[kind], row)
        in_the_open = about(
            kind, row.site, row.id, row.version, row.patient, row.parent or "", row.author, row.at, row.is_void
        )
        try:
            content = unseal(self.registry.vault.cipher(row.patient), bytes(row.sealed), in_the_open)
        except Erased:
            return None
        except InvalidTag:
            raise Refused([Fault(Place(f"{kind} {row.id}, version {row.version}"), "it was changed outside Patency",
                                 "its seal does not fit", "run `patency registry verify`, and restore a backup")]) from None  # fmt: skip
        values, reason = unpacked(content)
        return Entry(kind, row.id, row.version, row.site, row.patient, row.parent or "", values, row.author,
                     unstamped(row.at), reason, bool(row.is_void))  # fmt: skip

    @contextmanager
    def writing(self, meanwhile: Callable[[], object] | None = None) -> Iterator[Writing]:
        """Begin a transaction that ends with its lines in the trail."""
        try:
            with (
                self.noting_strangers(),
                transaction(self.registry.engine, self.token, True, meanwhile) as connection,
            ):
                writing = self.registry.writing(connection, self.user.site or OURS, self.user.name)
                yield writing
                writing.finish()
        except IntegrityError as error:
            raise Refused([_not_added(error)]) from None

    @contextmanager
    def noting_strangers(self) -> Iterator[None]:
        """Note in the trail who asked for what does not stand at their site: ids are found by trying, and by mistake.

        What was typed may be somebody's name: the line names it where it has the form of an id alone.
        """
        try:
            yield
        except NotHere as refused:
            record = refused.record if is_id(refused.record) else ""
            self.note("refusal", refused.kind, record, details={"what": NOT_HERE})
            raise


def in_order(versions: Iterable[Entry]) -> list[Entry]:
    """Order versions of records by their time, and those of one record by their number: clocks are set back."""
    place = {kind: at for at, kind in enumerate(KINDS)}
    latest: dict[tuple[str, str], datetime] = {}
    timed = []
    for entry in sorted(versions, key=lambda each: each.version):
        key = (entry.kind, entry.id)
        latest[key] = max(entry.at, latest.get(key, entry.at))
        timed.append((latest[key], place[entry.kind], entry.id, entry.version, entry))
    return [each[-1] for each in sorted(timed, key=lambda each: each[:-1])]


def _of(patient: str) -> dict[str, list[str]]:
    """Return what one patient's rows are asked for by; where none is named, everyone's are."""
    return {"patients": [patient]} if patient else {}


def _table_of(kind: str) -> Table:
    """Return the table of a kind of record, or refuse a kind that is none."""
    if kind not in KINDS:
        raise Refused([Fault(Place("kind"), f"there is no kind of record {kind!r}", "each kind has a table of its own",
                             f"use one of {', '.join(KINDS)}")])  # fmt: skip
    return schema.records[kind]


def key_missing() -> Fault:
    """Say that a patient's key is missing, which is no erasure."""
    return Fault(Place("patient"), "the patient is enrolled and was never erased, and their key is missing",
                 "without it nothing of them can be read or recorded",
                 f"ask who holds the registry to put it back from a copy of the keys ({RECOVER}), and enrol nobody anew")  # fmt: skip


def not_there(kind: str, record: str) -> NotHere:
    """Return that a record is not there for who asks, be it another site's or nowhere."""
    fault = Fault(Place(f"{kind} {record}"), f"there is no such {KINDS[kind].words} at your site",
                  "only what stands in your own site can be seen or changed", "check its id")  # fmt: skip
    return NotHere(fault, kind, record)


def _not_added(error: IntegrityError) -> Fault:
    said = str(error.orig).splitlines()[0]
    return Fault(Place("records"), f"a record of them stands already, or hangs on none ({said})",
                 "a record is added once; what was acknowledged before stands", "correct the one that is there")  # fmt: skip
