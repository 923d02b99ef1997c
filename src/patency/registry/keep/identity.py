"""Who a pseudonym is: names, day of birth and record numbers, kept by a site for itself.

They are sealed under a key made of two: the site's, which the site may hold outside the registry, and the patient's. So
nobody reads them without the site, and nobody at all once the patient is erased. They are in no cut and in no export, and
no other site reaches them. Only the latest stands; what was written before is written over. The site's key is the one whose
print the trail holds, and no other file is taken for it: what was sealed by any other would be found by nobody.

Every view and every search is a line of the site's trail, which never says what was searched for.

Not here: how alike two names are (alike.py).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Row, select

from patency.fault import Fault, Place, Refused
from patency.registry import postgres, schema
from patency.registry.access import IDENTITY, NotHere, Refusal
from patency.registry.database import insert_all, transaction
from patency.registry.keep.alike import Sought, weighed
from patency.registry.keep.verify_people import key_prints
from patency.registry.rows import rows_of, select_rows
from patency.registry.session import Session
from patency.registry.vault import Erased, seal, unseal

KIND = "identity"  # as lines of the trail name it
MOST_SHOWN = 10  # of those whom a search finds: each that is shown is seen, and noted


class Identity(NamedTuple):
    """Who a patient is; numbers by what they are numbers of, such as {"hospital": "4711"}."""

    name: str
    born: date | None = None
    numbers: Mapping[str, str] = {}


class Hit(NamedTuple):
    """A patient whom a search found: how alike, of 100, and why."""

    patient: str
    identity: Identity
    score: float
    why: tuple[str, ...]


def set_identity(session: Session, patient: str, identity: Identity, key_file: Path | None = None) -> None:
    """Keep who a patient of the user's own site is, in place of what was kept before."""
    session.need(IDENTITY, "see or keep the names of patients")
    site = _own_site(session)
    if not identity.name.strip() and not identity.numbers:
        raise Refused([Fault(Place(KIND), "there is neither a name nor a number", "nobody could be found by it",
                             "give a name, or the number of a record")])  # fmt: skip
    site_key, is_proven = _site_key(session, site, key_file)
    with session.writing() as writing:
        _refuse_strangers(session, writing.connection, patient)
        there = _kept(writing.connection, site, patient)
        if there and not is_proven and _opened(session, site_key, patient, bytes(there.sealed)) is None:
            raise Refusal([_other_key(session, is_proven)])
        sealed = seal(_cipher(site_key, session.registry.vault.key(patient)), _packed(identity), _about(site, patient))
        if there:
            _change(writing.connection, site, patient, sealed)
        else:
            insert_all(writing.connection, schema.identity, [(site, patient, sealed)], ("site", "patient", "sealed"))
        digest = hashlib.sha256(sealed).digest()
        writing.note("correct" if there else "add", KIND, patient=patient, digest=digest)


def identity_of(session: Session, patient: str, key_file: Path | None = None) -> Identity | None:
    """Return who a patient of the user's own site is; None where nobody said so."""
    session.need(IDENTITY, "see or keep the names of patients")
    site = _own_site(session)
    site_key, is_proven = _site_key(session, site, key_file)
    with session.writing() as writing:
        _refuse_strangers(session, writing.connection, patient)
        row = _kept(writing.connection, site, patient)
        found = _opened(session, site_key, patient, bytes(row.sealed)) if row else None
        if row and found is None:
            raise Refusal([_other_key(session, is_proven)])
        writing.note("view", KIND, patient=patient)
    return found


def find(session: Session, sought: Sought, key_file: Path | None = None) -> list[Hit]:
    """Return the patients of the user's own site who are like those sought, the likest first; a search is noted, and who is shown."""
    session.need(IDENTITY, "see or keep the names of patients")
    if sought.is_empty:
        raise Refused([Fault(Place(KIND), "nothing is sought", "a search names at least one thing",
                             "give a name, a day of birth or the number of a record")])  # fmt: skip
    site = _own_site(session)
    site_key, is_proven = _site_key(session, site, key_file)
    known, is_opened = _all(session, site, site_key)
    if known and not is_opened:
        raise Refusal([_other_key(session, is_proven)])
    hits = [Hit(patient, identity, *found) for patient, identity in is_opened
            if (found := weighed(sought, identity.name, identity.born, identity.numbers.values()))]  # fmt: skip
    hits.sort(key=lambda hit: (-hit.score, hit.identity.name, hit.patient))
    with session.writing() as writing:
        writing.note("view", KIND, details={"what": "search", "found": len(hits)})
        for hit in hits[:MOST_SHOWN]:
            writing.note("view", KIND, patient=hit.patient, details={"what": "found by a search"})
    return hits[:MOST_SHOWN]


def _site_key(session: Session, site: str, file: Path | None) -> tuple[bytes, bool]:
    """Return a site's key, and whether the trail proves that it is the site's; what is proven to be another is refused."""
    with transaction(session.registry.engine, session.token) as connection:
        known = _print_of(connection, site)
    return session.registry.vault.site_key(site, known, file), bool(known)


def _print_of(connection: Connection, site: str) -> str:
    """Return by what the trail knows a site's key; "" where the trail is older than such prints."""
    if connection.dialect.name == "postgresql":
        return postgres.key_print(connection)
    return key_prints(connection).get(site, "")


def _all(session: Session, site: str, site_key: bytes) -> tuple[int, list[tuple[str, Identity]]]:
    """Return how many of a site's patients are known by name and not erased, and those whom the site's key opens."""
    keys = session.registry.vault.keys()
    with transaction(session.registry.engine, session.token) as connection:
        rows = connection.execute(select_rows(connection, schema.identity, sites=[site])).all()
    known = [row for row in rows if row.patient in keys]
    opened = ((row.patient, _opened(session, site_key, row.patient, bytes(row.sealed), keys)) for row in known)
    return len(known), [(patient, identity) for patient, identity in opened if identity is not None]


def _kept(connection: Connection, site: str, patient: str) -> Row[Any] | None:
    table = rows_of(connection, schema.identity, sites=[site], patients=[patient])
    return connection.execute(select(table.c.sealed)).first()


def _change(connection: Connection, site: str, patient: str, sealed: bytes) -> None:
    if connection.dialect.name == "postgresql":
        postgres.change_identity(connection, patient, sealed)
        return
    table = schema.identity
    own = (table.c.site == site) & (table.c.patient == patient)
    connection.execute(table.update().where(own).values(sealed=sealed))


def remove(connection: Connection, site: str, patient: str) -> None:
    """Remove who a patient is; nothing of it stays."""
    if connection.dialect.name == "postgresql":
        postgres.remove_identity(connection, patient)
        return
    table = schema.identity
    connection.execute(table.delete().where((table.c.site == site) & (table.c.patient == patient)))


def _own_site(session: Session) -> str:
    assert session.user.site, "no role that belongs to no site may see names"
    return session.user.site


def _refuse_strangers(session: Session, connection: Connection, patient: str) -> None:
    table = rows_of(connection, schema.records["patient"], sites=[session.user.site], ids=[patient])
    found = connection.execute(select(table.c.id)).first()
    if not found or not session.registry.vault.is_known(patient):
        fault = Fault(Place("patient"), "there is no such patient at your site",
                      "names are kept of a site's own patients alone", "enrol the patient first")  # fmt: skip
        raise NotHere(fault, "patient", patient)


def _other_key(session: Session, is_proven: bool) -> Fault:
    where = Place(f"key of {session.user.site}")
    if is_proven:
        return Fault(where, "what is kept here was sealed by another file than the key of the site",
                     "the key of the site does not open it, and no other file is taken for it",
                     "keep it anew, in its place: `patency registry identity DIR PSEUDONYM --name NAME`")  # fmt: skip
    return Fault(where, "names are sealed here by another key", "the key of the site opens them, and no other",
                 "name the file that the site holds")  # fmt: skip


def _cipher(site_key: bytes, patient_key: bytes) -> AESGCM:
    """Return what seals a patient's names: under a key made of the site's and the patient's (HKDF, RFC 5869)."""
    return AESGCM(HKDF(SHA256(), 32, salt=site_key, info=b"patency-identity/1").derive(patient_key))


def _opened(
    session: Session, site_key: bytes, patient: str, sealed: bytes, keys: Mapping[str, bytes] | None = None
) -> Identity | None:
    """Open who a patient is; None where the site's key is another, or the patient was erased."""
    try:
        patient_key = keys[patient] if keys is not None else session.registry.vault.key(patient)
    except Erased:
        return None
    return name_in(site_key, patient_key, session.user.site, patient, sealed)


def name_in(site_key: bytes, patient_key: bytes, site: str, patient: str, sealed: bytes) -> Identity | None:
    """Open who a patient is; None where it was sealed by another key."""
    try:
        said = json.loads(unseal(_cipher(site_key, patient_key), sealed, _about(site, patient)))
    except InvalidTag:
        return None
    return Identity(said["name"], date.fromisoformat(said["born"]) if said["born"] else None, said["numbers"])


def _about(site: str, patient: str) -> bytes:
    return f"{KIND}\x1f{site}\x1f{patient}".encode()


def _packed(identity: Identity) -> bytes:
    born = identity.born.isoformat() if identity.born else ""
    written = {"name": identity.name, "born": born, "numbers": dict(identity.numbers)}
    return json.dumps(written, ensure_ascii=False).encode()
