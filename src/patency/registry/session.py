"""What one person, signed in, may see and do: every read and write of patients goes through here.

In: the registry and the user. Each method first asks whether the role allows it, and sees the user's own site alone; what
is done is a line of the site's audit trail, in the same transaction as the deed. A record is never overwritten: a
correction is a new version with its author, time and reason.

On PostgreSQL the database refuses by itself what this module forbids (postgres.py).
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from patency.fault import Fault, Place, Refused
from patency.registry import postgres, schema
from patency.registry.access import ADD, CORRECT, CUT, POOL, ROLES, VIEW, VOID, WORDS, User
from patency.registry.chain import about, digest_of
from patency.registry.database import insert_all, is_postgresql, transaction
from patency.registry.entry import Entry, New, Packed, Value, packed, unpacked
from patency.registry.kinds import KINDS, NOT_BY_HAND, lineage
from patency.registry.registry import OURS, SCREENING, Refusal, Registry, Writing, columns_of, unstamped
from patency.registry.valid import check
from patency.registry.vault import Erased, nonces, seal, unseal

if TYPE_CHECKING:
    from sqlalchemy import Row

SHORTEST_BEGINNING = 4  # letters of an id by which a record may be named
_AT_ONCE = 20_000  # rows that are read from the database at once


class Session:
    """A user who is signed in."""

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
            return tuple(row.id for row in connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)))

    def note(
        self, action: str, kind: str = "", record: str = "", patient: str = "", details: Mapping[str, Any] = {}
    ) -> None:
        """Add a line to the audit trail of the user's site."""
        with self._writing() as writing:
            writing.note(action, kind, record, 0, patient, details=details)

    def sign_out(self) -> None:
        """End the session: what follows needs a new one."""
        self.note("logout")
        if is_postgresql(self.registry.engine):
            postgres.sign_out(self.registry.engine, self.token)

    # --- writing ----------------------------------------------------------------------------------------------------

    def enrol(self, pseudonym: str, values: Mapping[str, Value] = {}) -> Entry:
        """Add a patient by a pseudonym, which is theirs alone at this site."""
        new = self.new_patient(pseudonym, values)
        return self.add(new)

    def new_patient(self, pseudonym: str, values: Mapping[str, Value] = {}) -> New:
        """Return a patient who is to be added; the id follows from site and pseudonym."""
        patient = self.id_of("patient", pseudonym)
        return New("patient", {**values, "pseudonym": pseudonym}, patient, "", patient)

    def id_of(self, *parts: str) -> str:
        """Return the id that the same parts always give at this site."""
        return self.registry.vault.id_of(self.user.site, *parts)

    @property
    def screening(self) -> str:
        """The subject under whose key the site's screening log stands."""
        return self.registry.vault.id_of(SCREENING, self.user.site)

    def add(self, new: New, reason: str = "") -> Entry:
        """Add a record, or refuse it with every Fault found in it."""
        return self.add_all([new], reason)[0]

    def add_all(self, news: Sequence[New], reason: str = "", is_checked: bool = False, source: str = "") -> list[Entry]:
        """Add many records in one transaction: all of them or none. `is_checked` where a reader has checked the values.

        A record may hang on another of the same call that stands before it. `source` is noted in the trail.
        """
        _refuse_by_hand(new.kind for new in news)
        return self.keep(news, reason, is_checked, source)

    def keep(self, news: Sequence[New], reason: str = "", is_checked: bool = False, source: str = "") -> list[Entry]:
        """Add records as `add_all` does, those too that Patency itself keeps: for its own modules alone."""
        self.need(ADD, "add records")
        if not is_checked:
            check([(new.kind, new.values) for new in news], self.forms)
        news = [self._completed(new) for new in news]
        at = unstamped(self._add_packed([
            Packed(new.kind, packed(new.values, reason), new.patient, new.parent, new.id) for new in news
        ], source))  # fmt: skip
        return [Entry(new.kind, new.id, 1, self.user.site, new.patient, new.parent, new.values, self.user.name, at, reason)
                for new in news]  # fmt: skip

    def add_packed(self, records: Sequence[Packed], source: str = "") -> str:
        """Add many records whose reader has checked and packed them, as `add_all` does; return the moment they bear."""
        _refuse_by_hand({record.kind for record in records})
        return self._add_packed(records, source)

    def _add_packed(self, records: Sequence[Packed], source: str) -> str:
        self.need(ADD, "add records")
        self._keys_for(records)
        with self._writing() as writing:
            self._refuse_strangers(writing.connection, records)
            if source:
                writing.note("import", details={"source": source, "records": len(records)})
            rows = self._rows(records, 1, False, writing, "add")
            for kind in KINDS:  # those that others hang on come first
                insert_all(writing.connection, schema.records[kind], rows.get(kind, ()), columns_of(kind))
        return writing.at

    def correct(self, kind: str, record: str, values: Mapping[str, Value | None], reason: str, of: int = 0) -> Entry:
        """Add a version in which some values are others; None takes a value away. A correction has a reason.

        `of` is the version that the user saw: where another has been written since, the correction is refused.
        """
        _refuse_by_hand([kind])
        return self.keep_version(kind, record, values, reason, of)

    def keep_version(
        self, kind: str, record: str, values: Mapping[str, Value | None], reason: str, of: int = 0
    ) -> Entry:
        """Add a version as `correct` does, of what Patency itself keeps too: for its own modules alone."""
        self.need(CORRECT, "correct records")
        return self._versioned(kind, record, values, reason, "correct", of)

    def void(self, kind: str, record: str, reason: str) -> Entry:
        """Say that a record should never have been there; its history stays."""
        _refuse_by_hand([kind])
        return self.keep_void(kind, record, reason)

    def keep_void(self, kind: str, record: str, reason: str) -> Entry:
        """Void as `void` does, what Patency itself keeps too: for its own modules alone."""
        self.need(VOID, "void records")
        return self._versioned(kind, record, {}, reason, "void", 0)

    def _versioned(
        self, kind: str, record: str, values: Mapping[str, Value | None], reason: str, action: str, of: int
    ) -> Entry:
        if not reason.strip():
            raise Refused([Fault(Place(f"{kind} {record}"), "there is no reason", "history says why something was changed",
                                 "give a reason, such as 'mistyped'")])  # fmt: skip
        with self._writing() as writing:
            before = self._latest(writing.connection, kind, record)
            if before is None or before.is_void:
                raise Refused([_not_there(kind, record)])
            if of and before.version != of:
                raise Refused([_changed_meanwhile(before, of)])
            if kind == "patient" and values.get("pseudonym", before.values["pseudonym"]) != before.values["pseudonym"]:
                raise Refused([_other_pseudonym()])
            said = {name: value for name, value in {**before.values, **values}.items() if value is not None}
            if action == "correct":
                check([(kind, said)], self.forms)
            entry = before._replace(version=before.version + 1, values=said, author=self.user.name,
                                    at=unstamped(writing.at), reason=reason, is_void=action == "void")  # fmt: skip
            content = Packed(kind, packed(said, reason), entry.patient, entry.parent, entry.id)
            rows = self._rows([content], entry.version, entry.is_void, writing, action)
            insert_all(writing.connection, schema.records[kind], rows[kind], columns_of(kind))
        return entry

    def _completed(self, new: New) -> New:
        if new.kind == "screening":
            new = new._replace(patient=self.screening)
        return new if new.id else new._replace(id=secrets.token_hex(16))

    def _keys_for(self, news: Sequence[Packed]) -> None:
        patients = [new.patient for new in news if new.kind == "patient"]
        for new in news:
            if new.kind == "patient" and not new.id == new.patient == self._patient_of(new):
                raise Refused([Fault(Place("patient"), f"{new.id!r} is not the id that belongs to the pseudonym",
                                     "another site's patient could have it", "add patients by enrol")])  # fmt: skip
        if patients:
            self._refuse_erased(patients)
            self.registry.vault.add_patients(patients)

    def _patient_of(self, new: Packed) -> str:
        return self.id_of("patient", str(unpacked(new.content)[0].get("pseudonym", "")))

    def _refuse_erased(self, patients: Sequence[str]) -> None:
        """Refuse those who are enrolled already, or were and have been erased, before a key is drawn for them."""
        table = schema.records["patient"]
        with transaction(self.registry.engine, self.token) as connection:
            for start in range(0, len(patients), 500):
                some = patients[start : start + 500]
                found = connection.execute(
                    select(table.c.id).where(table.c.site == self.user.site, table.c.id.in_(some))
                )
                if row := found.first():
                    is_known = self.registry.vault.is_known(row.id)
                    what = (
                        "a patient is enrolled under this pseudonym already" if is_known else "the patient was erased"
                    )
                    raise Refused([Fault(Place("pseudonym"), what, "one pseudonym must mean one patient",
                                         "find the patient, or choose another pseudonym")])  # fmt: skip

    def _refuse_strangers(self, connection: Connection, news: Sequence[Packed]) -> None:
        """Refuse a record that hangs on none of this site, on one of another patient, or on what is void."""
        hung = {(above, new.parent, new.patient) for new in news if (above := KINDS[new.kind].of)}
        whose = {("patient", patient, patient) for _, _, patient in hung}
        parents = {parent for _, parent, _ in hung | whose}
        here = {(new.kind, new.id, new.patient) for new in news if new.id in parents}
        asked: dict[str, set[str]] = {}
        for above, parent, _ in (hung | whose) - here:
            asked.setdefault(above, set()).add(parent)
        for above, waiting in asked.items():
            table = schema.records[above]
            ordered = sorted(waiting)
            for start in range(0, len(ordered), 500):
                some = ordered[start : start + 500]
                query = select(table.c.id, table.c.patient, table.c.is_void).where(
                    table.c.site == self.user.site, table.c.id.in_(some)
                )
                latest = {row.id: row for row in connection.execute(query.order_by(table.c.version))}
                here |= {(above, row.id, row.patient) for row in latest.values() if not row.is_void}
        if strangers := sorted(hung - here) or sorted(whose - here):
            above, parent, patient = strangers[0]
            kind = next(new.kind for new in news if new.patient == patient and parent in (new.parent, patient))
            raise Refused([Fault(Place(KINDS[kind].words), f"there is no {KINDS[above].words} {parent!r} of this patient",
                                 f"a {KINDS[kind].words} hangs on one", "name one that is there")])  # fmt: skip

    def _rows(
        self, records: Sequence[Packed], version: int, is_void: bool, writing: Writing, action: str
    ) -> dict[str, list[tuple[Any, ...]]]:
        """Seal a version of each of some records and note it in the trail; return their rows by kind."""
        site, author, at = self.user.site, self.user.name, writing.at
        if len(records) > 1:
            self.registry.vault.hold({record.patient for record in records})
        rows: dict[str, list[tuple[Any, ...]]] = {}
        told = []
        ciphers: dict[str, AESGCM] = {}
        for (kind, content, patient, parent, name), nonce in zip(records, nonces(len(records)), strict=True):
            in_the_open = about(kind, site, name, version, patient, parent, author, at, is_void)
            cipher = ciphers.get(patient)
            if cipher is None:
                cipher = ciphers[patient] = self._cipher(patient, kind)
            sealed = seal(cipher, content, in_the_open, nonce)
            told.append((kind, name, version, patient, digest_of(in_the_open, sealed)))
            row = (site, name, version, patient, parent or None, author, at, is_void, sealed)
            rows.setdefault(kind, []).append(row)
        writing.note_all(action, told)
        return rows

    def _cipher(self, patient: str, kind: str) -> AESGCM:
        try:
            return self.registry.vault.cipher(patient)
        except Erased:
            raise Refused([_erased(kind)]) from None

    def _writing(self) -> "_Write":
        return _Write(self)

    # --- reading ----------------------------------------------------------------------------------------------------

    def entry(self, kind: str, record: str) -> Entry:
        """Return the latest version of a record; that it was seen is a line of the trail."""
        self.need(VIEW, "see records")
        with self._writing() as writing:
            entry = self._latest(writing.connection, kind, record)
            if entry is None or entry.is_void:
                raise Refused([_not_there(kind, record)])
            writing.note("view", kind, record, entry.version, entry.patient)
        return entry

    def patient(self, pseudonym: str) -> str:
        """Return the id of the patient who bears a pseudonym at this site, or refuse."""
        self.need(VIEW, "see records")
        patient = self.id_of("patient", pseudonym)
        table = schema.records["patient"]
        with transaction(self.registry.engine, self.token) as connection:
            found = connection.execute(
                select(table.c.is_void)
                .where(table.c.site == self.user.site, table.c.id == patient)
                .order_by(table.c.version.desc())
            ).first()
        if not found or found.is_void or not self.registry.vault.is_known(patient):
            raise Refused([Fault(Place("patient"), f"there is no patient {pseudonym!r} at your site",
                                 "only patients of your own site can be seen", "check the pseudonym")])  # fmt: skip
        return patient

    def id_beginning(self, kind: str, beginning: str) -> str:
        """Return the id of the one record of a kind, at this site, that begins so; where none or several do, what was given."""
        self.need(VIEW, "see records")
        table = schema.records[kind]
        if len(beginning) < SHORTEST_BEGINNING or not beginning.isalnum():
            return beginning
        query = select(table.c.id).where(table.c.site == self.user.site, table.c.id.startswith(beginning)).distinct()
        with transaction(self.registry.engine, self.token) as connection:
            found = connection.execute(query.limit(2)).scalars().all()
        return found[0] if len(found) == 1 else beginning

    def record_of(self, patient: str) -> list[Entry]:
        """Return all that stands of a patient now, kind by kind; that it was seen is a line of the trail."""
        self.need(VIEW, "see records")
        with self._writing() as writing:
            found = [entry for kind in KINDS for entry in self._current(writing.connection, kind, patient)]
            writing.note("view", "patient", patient, patient=patient)
        return found

    def history(self, patient: str) -> list[Entry]:
        """Return every version of everything that was ever recorded of a patient, oldest first; it is a view."""
        self.need(VIEW, "see records")
        with self._writing() as writing:
            found = [entry for kind in KINDS for entry in self._versions(writing.connection, kind, patient)]
            writing.note("view", "patient", patient, patient=patient, details={"what": "history"})
        order = {kind: place for place, kind in enumerate(KINDS)}
        return sorted(found, key=lambda entry: (entry.at, order[entry.kind], entry.id, entry.version))

    def entries(self, kind: str, patient: str = "") -> Iterator[Entry]:
        """Yield the latest version of each record of a kind, without those that are void or whose patient was erased.

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
        table = schema.records[kind]
        query = select(table).where(table.c.site.in_([each for each in self.sites if site in ("", each)]))
        with transaction(self.registry.engine, self.token) as connection:
            ordered = query.order_by(table.c.site, table.c.id, table.c.version)
            yield from connection.execute(ordered.execution_options(yield_per=_AT_ONCE)).partitions(_AT_ONCE)

    def _current(self, connection: Connection, kind: str, patient: str) -> Iterator[Entry]:
        table = schema.records[kind]
        where = [table.c.site.in_(self.sites), *([table.c.patient == patient] if patient else [])]
        later = select(table.c.site, table.c.id, func.max(table.c.version)).where(table.c.version > 1, *where)
        newest = {(row[0], row[1]): row[2] for row in connection.execute(later.group_by(table.c.site, table.c.id))}
        query = select(table).where(*where)
        for row in connection.execute(query if patient else query.execution_options(yield_per=_AT_ONCE)):
            if row.version == newest.get((row.site, row.id), 1) and not row.is_void:
                entry = self._unsealed(kind, row)
                if entry is not None:
                    yield entry

    def _versions(self, connection: Connection, kind: str, patient: str) -> Iterator[Entry]:
        table = schema.records[kind]
        for row in connection.execute(select(table).where(table.c.site.in_(self.sites), table.c.patient == patient)):
            if entry := self._unsealed(kind, row):
                yield entry

    def _latest(self, connection: Connection, kind: str, record: str) -> Entry | None:
        if kind not in KINDS:
            raise Refused([Fault(Place("kind"), f"there is no kind of record {kind!r}", "each kind has a table of its own",
                                 f"use one of {', '.join(KINDS)}")])  # fmt: skip
        table = schema.records[kind]
        query = select(table).where(table.c.site == self.user.site, table.c.id == record)
        row = connection.execute(query.order_by(table.c.version.desc()).limit(1)).first()
        return None if row is None else self._unsealed(kind, row)

    def opened(self, kind: str, row: "Row[Any]") -> Entry | None:
        """Open a row; None where the patient was erased. A row that was tampered with is refused."""
        self.need(VIEW, "see records")
        return self._unsealed(kind, row)

    def _unsealed(self, kind: str, row: "Row[Any]") -> Entry | None:
        if self.user.site not in ("", row.site):
            raise Refused([_not_there(kind, row.id)])
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

    def parents(self, kind: str) -> Sequence[str]:
        """Return the kinds that a kind hangs on, nearest first."""
        return lineage(kind)[1:]


class _Write:
    """A transaction of a session that ends with its lines in the trail."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> Writing:
        session = self._session
        self._transaction = transaction(session.registry.engine, session.token, is_writing=True)
        connection = self._transaction.__enter__()
        try:
            self._writing = session.registry.writing(connection, session.user.site or OURS, session.user.name)
        except BaseException as error:
            self._transaction.__exit__(type(error), error, error.__traceback__)
            raise
        return self._writing

    def __exit__(self, *error: Any) -> bool | None:
        if error[0] is None:
            try:
                self._writing.finish()
            except BaseException as failed:
                self._transaction.__exit__(type(failed), failed, failed.__traceback__)
                raise
        ended = self._transaction.__exit__(*error)
        if isinstance(error[1], IntegrityError):
            raise Refused([_not_added(error[1])]) from None
        return ended


def names(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return entries by their ids."""
    return {entry.id: entry for entry in entries}


def _refuse_by_hand(kinds: Iterable[str]) -> None:
    for kind in sorted(set(kinds) & set(NOT_BY_HAND)):
        fix = (
            "answer or accept the query" if kind == "query" else "ask for a consult, and note what was decided after it"
        )
        raise Refused([Fault(Place(KINDS[kind].words), f"no {KINDS[kind].words} is written by hand",
                             "Patency keeps it, so that it says what was found or shown", fix)])  # fmt: skip


def _not_there(kind: str, record: str) -> Fault:
    return Fault(Place(f"{kind} {record}"), f"there is no such {KINDS[kind].words} at your site",
                 "only what stands in your own site can be seen or changed", "check its id")  # fmt: skip


def _erased(kind: str) -> Fault:
    return Fault(Place(KINDS[kind].words), "the patient was erased, or is not enrolled", "nothing can be recorded of them",
                 "enrol the patient first")  # fmt: skip


def _other_pseudonym() -> Fault:
    return Fault(Place("pseudonym"), "it cannot be corrected", "the patient is known by it, and another may bear the new one",
                 "enrol the patient under the right one, and void this")  # fmt: skip


def _changed_meanwhile(before: Entry, of: int) -> Fault:
    return Fault(Place(f"{before.kind} {before.id}"), f"it was changed since you saw version {of}",
                 f"version {before.version} is by {before.author}, and yours would undo it", "look at it again first")  # fmt: skip


def _not_added(error: IntegrityError) -> Fault:
    said = str(error.orig).splitlines()[0]
    return Fault(Place("records"), f"a record of them stands already, or hangs on none ({said})",
                 "a record is added once; what was acknowledged before stands", "correct the one that is there")  # fmt: skip
