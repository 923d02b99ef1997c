"""What one person, signed in, may do: every write of patients goes through here.

In: the registry and the user. Each method first asks whether the role allows it; what is done is a line of the site's audit
trail, in the same transaction as the deed. A record is never overwritten: a correction is a new version with its author,
time and reason.

On PostgreSQL the database refuses by itself what this module forbids (postgres.py). What is read is reading.py's.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from patency.fault import Fault, Place, Refused, listed
from patency.registry import schema
from patency.registry.access import ADD, CORRECT, VOID, NotHere
from patency.registry.chain import about, digest_of
from patency.registry.database import insert_all, transaction
from patency.registry.entry import Entry, New, Packed, Value, now, packed, stamped, unpacked, unstamped
from patency.registry.kinds import KINDS, NOT_BY_HAND, SCREENING
from patency.registry.oneline import refuse_lines
from patency.registry.reading import Reading, key_missing, not_there
from patency.registry.rows import MOST_ASKED, rows_of
from patency.registry.stands import Stands, void_fault
from patency.registry.valid import check
from patency.registry.vault import Erased, nonces, seal


class _Sealed(NamedTuple):
    """Records that are sealed before their transaction begins: their rows by kind, and what the trail is told of each.

    `erased` is when a key was last destroyed as they were sealed: after another, they are sealed anew.
    """

    records: Sequence[Packed]
    at: str
    rows: dict[str, list[tuple[Any, ...]]]
    told: list[tuple[str, str, int, str, bytes]]
    erased: int


class Session(Reading):
    """A user who is signed in."""

    _ahead: _Sealed | None = None

    def enrol(self, pseudonym: str, values: Mapping[str, Value] = {}) -> Entry:
        """Add a patient by a pseudonym, which is theirs alone at this site."""
        new = self.new_patient(pseudonym, values)
        return self.add(new)

    def new_patient(self, pseudonym: str, values: Mapping[str, Value] = {}) -> New:
        """Return a patient who is to be added; the id follows from site and pseudonym."""
        refuse_lines({"pseudonym": pseudonym})
        patient = self.id_of("patient", pseudonym)
        return New("patient", {**values, "pseudonym": pseudonym}, patient, "", patient)

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
        refuse_lines({"reason": reason})
        if not is_checked:
            check([(new.kind, new.values) for new in news], self.forms)
        news = [self._completed(new) for new in news]
        at = unstamped(self._add_packed([
            Packed(new.kind, packed(new.values, reason), new.patient, new.parent, new.id) for new in news
        ], source))  # fmt: skip
        return [Entry(new.kind, new.id, 1, self.user.site, new.patient, new.parent, new.values, self.user.name, at, reason)
                for new in news]  # fmt: skip

    def add_packed(
        self, records: Sequence[Packed], source: str = "", meanwhile: Callable[[], Sequence[Packed]] | None = None
    ) -> str:
        """Add many records whose reader has checked and packed them, as `add_all` does; return the moment they bear.

        `meanwhile` is called while the disk is waited for, and returns what is to be added next, which is sealed at once.
        """
        _refuse_by_hand({record.kind for record in records})
        return self._add_packed(records, source, meanwhile)

    def _add_packed(
        self, records: Sequence[Packed], source: str, meanwhile: Callable[[], Sequence[Packed]] | None = None
    ) -> str:
        self.need(ADD, "add records")
        self._keys_for(records)
        with self.writing(meanwhile and (lambda: self._seal_ahead(meanwhile()))) as writing:
            self._refuse_strangers(writing.connection, records)
            ahead = self._sealed_ahead(records)
            writing.at = ahead.at if ahead else writing.at
            if source:
                writing.note("import", details={"source": source, "records": len(records)})
            rows, told = (ahead.rows, ahead.told) if ahead else self._sealed_rows(records, 1, False, writing.at)
            writing.note_all("add", told)
            for kind in KINDS:  # those that others hang on come first
                insert_all(writing.connection, schema.records[kind], rows.get(kind, ()), schema.ROW)
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

    def void(self, kind: str, record: str, reason: str, with_hanging: bool = False) -> Entry:
        """Say that a record should never have been there; its history stays.

        What hangs on it counts no more either, so where there is such it is refused unless `with_hanging` says that it is meant.
        """
        _refuse_by_hand([kind])
        return self.keep_void(kind, record, reason, with_hanging)

    def keep_void(self, kind: str, record: str, reason: str, with_hanging: bool = False) -> Entry:
        """Void as `void` does, what Patency itself keeps too: for its own modules alone."""
        self.need(VOID, "void records")
        return self._versioned(kind, record, {}, reason, "void", with_hanging=with_hanging)

    def reinstate(self, kind: str, record: str, reason: str) -> Entry:
        """Bring back a record that is void, as it was, and with it what hangs on it."""
        _refuse_by_hand([kind])
        self.need(VOID, "bring back records")
        return self._versioned(kind, record, {}, reason, "reinstate")

    def _versioned(
        self, kind: str, record: str, values: Mapping[str, Value | None], reason: str, action: str, of: int = 0,
        with_hanging: bool = False,
    ) -> Entry:  # fmt: skip
        if not reason.strip():
            raise Refused([Fault(Place(f"{kind} {record}"), "there is no reason", "history says why something was changed",
                                 "give a reason, such as 'mistyped'")])  # fmt: skip
        refuse_lines({"reason": reason})
        with self.writing() as writing:
            before = self._latest(writing.connection, kind, record)
            if before is None:
                raise not_there(kind, record)
            is_back = action == "reinstate"
            if is_back and not before.is_void:
                raise Refused([_not_void(before)])
            if void := self._void_at(writing.connection, before, is_back):
                raise Refused([void_fault(kind, record, void)])
            if action == "void" and not with_hanging and (hanging := self._hanging_on(writing.connection, before)):
                raise Refused([_would_go_too(before, hanging)])
            if of and before.version != of:
                raise Refused([_changed_meanwhile(before, of)])
            if kind == "patient" and values.get("pseudonym", before.values["pseudonym"]) != before.values["pseudonym"]:
                raise Refused([_other_pseudonym()])
            said = {name: value for name, value in {**before.values, **values}.items() if value is not None}
            if action == "correct" and said == before.values:
                raise Refused([_changes_nothing(before)])
            if action == "correct":
                check([(kind, said)], self.forms)
            entry = before._replace(version=before.version + 1, values=said, author=self.user.name,
                                    at=unstamped(writing.at), reason=reason, is_void=action == "void")  # fmt: skip
            content = Packed(kind, packed(said, reason), entry.patient, entry.parent, entry.id)
            rows, told = self._sealed_rows([content], entry.version, entry.is_void, writing.at)
            writing.note_all(action, told)
            insert_all(writing.connection, schema.records[kind], rows[kind], schema.ROW)
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
        """Refuse those who are enrolled already, or were and have been erased, before a key is drawn for them.

        Who was erased is known by the keys too: the database may be an older one, in which they never stood.
        """
        with transaction(self.registry.engine, self.token) as connection:
            for start in range(0, len(patients), MOST_ASKED):
                some = patients[start : start + MOST_ASKED]
                table = rows_of(connection, schema.records["patient"], sites=[self.user.site], ids=some)
                if row := connection.execute(select(table.c.id)).first():
                    if self._lacks_key(row.id):
                        raise Refused([key_missing()])
                    is_known, site = self.registry.vault.is_known(row.id), self.user.site
                    if is_known and (
                        void := Stands(connection, sites=[site], patients=[row.id]).void_at("patient", site, row.id)
                    ):
                        raise Refused([void_fault("patient", row.id, void)])
                    raise Refused([_taken(is_known)])
        if not self.registry.vault.erased().isdisjoint(patients):
            raise Refused([_taken(is_known=False)])

    def _refuse_strangers(self, connection: Connection, news: Sequence[Packed]) -> None:
        """Refuse a record that hangs on none of this site, on one of another patient, or on what is void."""
        told = set(map(attrgetter("kind", "parent", "patient"), news))  # many rows of a file share them
        hung = {(above, parent, patient) for kind, parent, patient in told if (above := KINDS[kind].of)}
        whose = {("patient", patient, patient) for _, _, patient in hung}
        own = {parent for _, parent, _ in hung | whose}.intersection(map(attrgetter("id"), news))
        here = {(new.kind, new.id, new.patient) for new in news if new.id in own} if own else set()
        asked: dict[str, set[str]] = {}
        for above, parent, _ in (hung | whose) - here:
            asked.setdefault(above, set()).add(parent)
        for above, waiting in asked.items():
            ordered = sorted(waiting)
            for start in range(0, len(ordered), MOST_ASKED):
                some = ordered[start : start + MOST_ASKED]
                table = rows_of(connection, schema.records[above], sites=[self.user.site], ids=some)
                query = select(table.c.id, table.c.patient, table.c.is_void).order_by(table.c.version)
                latest = {name: (patient, is_void) for name, patient, is_void in connection.execute(query)}
                here |= {(above, name, patient) for name, (patient, is_void) in latest.items() if not is_void}
        here -= self._fallen(connection, here)
        if strangers := sorted(hung - here) or sorted(whose - here):
            above, parent, patient = strangers[0]
            stands = Stands(connection, sites=[self.user.site], patients=[patient])
            if void := stands.void_at(above, self.user.site, parent):
                raise Refused([void_fault(above, parent, void)])
            kind = next(new.kind for new in news if new.patient == patient and parent in (new.parent, patient))
            fault = Fault(Place(KINDS[kind].words), f"there is no {KINDS[above].words} {parent!r} of this patient",
                          f"a {KINDS[kind].words} hangs on one", "name one that is there")  # fmt: skip
            raise NotHere(fault, above, parent)

    def _fallen(self, connection: Connection, here: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Return which of some records, each with its kind and patient, are not void and yet hang on what is."""
        site, found = self.user.site, set[tuple[str, str, str]]()
        deep = [each for each in here if KINDS[each[0]].of not in ("", "patient")]  # of others both were looked up
        patients = sorted({patient for _, _, patient in deep})
        for start in range(0, len(patients), MOST_ASKED):
            stands = Stands(connection, sites=[site], patients=patients[start : start + MOST_ASKED])
            found |= {each for each in deep if (site, each[1]) in stands.fallen(each[0])}
        return found

    def _seal_ahead(self, records: Sequence[Packed]) -> None:
        """Seal what is to be added next, unless it enrols somebody: who comes has no key yet."""
        if not records or any(record.kind == "patient" for record in records):
            return
        at, erased = stamped(now()), self.registry.vault.erased_at()
        with suppress(Refused):  # of whom there is no key, the transaction itself tells
            self._ahead = _Sealed(records, at, *self._sealed_rows(records, 1, False, at), erased)

    def _sealed_ahead(self, records: Sequence[Packed]) -> _Sealed | None:
        """Return what was sealed ahead of these very records, unless a key was destroyed since."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or ahead.records is not records or ahead.erased != self.registry.vault.erased_at():
            return None
        return ahead

    def _sealed_rows(
        self, records: Sequence[Packed], version: int, is_void: bool, at: str
    ) -> tuple[dict[str, list[tuple[Any, ...]]], list[tuple[str, str, int, str, bytes]]]:
        """Seal a version of each of some records; return their rows by kind, and what the trail is told of each."""
        site, author = self.user.site, self.user.name
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
        return rows, told

    def _cipher(self, patient: str, kind: str) -> AESGCM:
        try:
            return self.registry.vault.cipher(patient)
        except Erased:
            raise Refused(
                [key_missing() if self._stands(patient) and self._lacks_key(patient) else _erased(kind)]
            ) from None

    def _stands(self, patient: str) -> bool:
        with transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, schema.records["patient"], sites=[self.user.site], ids=[patient])
            return connection.execute(select(table.c.id)).first() is not None


def _refuse_by_hand(kinds: Iterable[str]) -> None:
    for kind in sorted(set(kinds) & set(NOT_BY_HAND)):
        fix = (
            "answer or accept the query" if kind == "query" else "ask for a consult, and note what was decided after it"
        )
        raise Refused([Fault(Place(KINDS[kind].words), f"no {KINDS[kind].words} is written by hand",
                             "Patency keeps it, so that it says what was found or shown", fix)])  # fmt: skip


def _taken(is_known: bool) -> Fault:
    what = "a patient is enrolled under this pseudonym already" if is_known else "the patient was erased"
    return Fault(Place("pseudonym"), what, "one pseudonym must mean one patient",
                 "find the patient, or choose another pseudonym")  # fmt: skip


def _erased(kind: str) -> Fault:
    return Fault(Place(KINDS[kind].words), "the patient was erased, or is not enrolled", "nothing can be recorded of them",
                 "enrol the patient first")  # fmt: skip


def _other_pseudonym() -> Fault:
    return Fault(Place("pseudonym"), "it cannot be corrected", "the patient is known by it, and another may bear the new one",
                 "enrol the patient under the right one, and void this")  # fmt: skip


def _changes_nothing(before: Entry) -> Fault:
    return Fault(Place(f"{before.kind} {before.id}"), f"version {before.version} says the same already",
                 "a version that changes nothing would look like a correction", "say what is to be changed, or leave it")  # fmt: skip


def _not_void(before: Entry) -> Fault:
    return Fault(Place(f"{before.kind} {before.id}"), "it is not void", "only what is void is brought back",
                 "check its kind and id; history tells what was voided")  # fmt: skip


def _would_go_too(before: Entry, hanging: Mapping[str, int]) -> Fault:
    return Fault(Place(f"{before.kind} {before.id}"), f"on it hang: {hanging_words(hanging)}",
                 "what hangs on a void record counts nowhere either",
                 "look at them first; if they are to go too, add --with-what-hangs-on-it")  # fmt: skip


def hanging_words(hanging: Mapping[str, int]) -> str:
    """Say how much hangs on a record: 2 visits and 1 filled-in scale."""
    said = (
        f"{number:,} {KINDS[kind].words if number == 1 else KINDS[kind].plural}" for kind, number in hanging.items()
    )
    return listed(list(said), "and")


def _changed_meanwhile(before: Entry, of: int) -> Fault:
    return Fault(Place(f"{before.kind} {before.id}"), f"it was changed since you saw version {of}",
                 f"version {before.version} is by {before.author}, and yours would undo it", "look at it again first")  # fmt: skip
