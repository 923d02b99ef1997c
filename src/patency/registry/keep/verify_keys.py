"""Whether the keys of patients, and what is kept of their names, are what the trail says.

A patient who was erased has no key: one that is there again was put back with an older copy of the keys. A patient who has
none, and of whom neither the trail nor the keys tell an erasure, was not erased: their key is missing.
A key that is there opens what was sealed by it: of each patient the newest version of their own record is opened, and of
each screening log the newest line, and forgotten at once; and so are names, where the site's key lies beside the others. A row
that no line of the trail tells of was sealed by nobody who has the keys (verify_rows.py tells of it), and says nothing of them.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from patency.fault import Refused
from patency.registry import schema
from patency.registry.chain import OURS, about
from patency.registry.keep.held import Held
from patency.registry.keep.identity import name_in
from patency.registry.keep.verify_people import DONE, erasures, key_prints
from patency.registry.keep.verify_rows import Key, put_in
from patency.registry.kinds import SCREENING
from patency.registry.registry import KEYS
from patency.registry.vault import COPIED, ERASURES, RECOVER, is_key, unseal

_AT_ONCE = 10_000
_ERASE_OR_LEAVE = (
    f"of a key that is there though the keys tell of an erasure: `patency registry erase` erases the patient again; whoever was "
    f"enrolled again and is to stay needs their line taken out of {KEYS}/{ERASURES}"
)
_ERASE_AGAIN = "of a key that is there again: `patency registry erase` erases the patient again"
_NO_LINE = "of a key that was destroyed without a line: `patency registry erase` writes the lines; nobody can bring the key back"
_OLDER = (
    "of an older database that was put back by hand: put the newer one in its place again, or make a backup of the older one "
    "and restore it (`patency registry restore`), which notes who was erased"
)
PUT_BACK = (  # said once below the findings, by `verify`
    f"of a key that is missing, damaged or replaced: {RECOVER} puts it back from a copy of the keys (the folder that {COPIED} "
    "wrote, or another registry's folder of these keys) and touches no other key; try the newest copy first, then older ones. No "
    "backup of the database holds a key: of whose key there is no copy, what was recorded can be read by nobody again."
)
_SEALED_ANEW = (
    "of a name that is sealed by another file: `patency registry identity` keeps it anew, by the site's own key"
)


class Kept(NamedTuple):
    """What is sealed by one key: whose, and the newest row of it, if there is one."""

    site: str
    patient: str
    kind: str
    row: Any

    def is_opened_by(self, key: object) -> bool:
        """Whether something is a key, and opens what there is."""
        return is_key(key) and (self.row is None or opens(key, self.kind, self.row))


def kept_keys(connection: Connection, held: Held) -> Iterator[Kept]:
    """Yield for each patient, and each site's screening log, what their key opens: the newest row that the trail tells of."""
    odd = put_in(connection, ("patient", SCREENING))
    for row in _newest(connection, "patient", odd):
        yield Kept(row.site, row.id, "patient", row)
    table = schema.records[SCREENING].c
    most = 1 + sum(kind == SCREENING for kind, *_ in odd)
    for site in connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)).scalars():
        newest = select(schema.records[SCREENING]).where(table.site == site).order_by(table.at.desc()).limit(most)
        rows = connection.execute(newest).all()
        row = next((row for row in rows if (SCREENING, site, row.id, row.version) not in odd), None)
        yield Kept(site, held.vault.id_of(SCREENING, site), SCREENING, row)


def key_findings(connection: Connection, held: Held, destroyed: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield whose key is there though they were erased, whose is gone though they were not, whose is another; and what to do.

    A key is drawn before its patient's row is written, and an erasure's first line written before the key goes. So the keys
    are read after the database, and what was erased meanwhile is read once more after the keys.
    """
    erased, keys = erasures(connection), held.vault.keys(is_refusing=False)
    with held.legible() as later:
        erased_since = erasures(later)
    for (site, patient), state in sorted(erased.items()):
        if state == DONE and patient in keys:
            what = f"the patient {patient} was erased, and their key is there again: it was put back from an older copy"
            yield site, what, _ERASE_AGAIN
    known = {*destroyed, *(patient for _, patient in erased_since)}
    for kept in kept_keys(connection, held):
        if what := _wrong_key(kept, keys.get(kept.patient), known):
            yield kept.site, what, PUT_BACK


def missing_keys(connection: Connection, held: Held) -> Counter[str]:
    """Return how many keys each site lacks, of its patients who were never erased and of its screening log, without opening any."""
    patients = {(row.site, row.id) for row in connection.execute(select(*schema.records["patient"].c["site", "id"]))}
    logs = {
        (site, held.vault.id_of(SCREENING, site)) for site in connection.execute(select(schema.site.c.id)).scalars()
    }
    keys = held.vault.patients()  # after the database: whoever stands in it has got their key before
    lacking = [who for who in sorted(patients | logs) if who[1] not in keys]
    if not lacking:
        return Counter()
    with held.legible() as later:
        erased, gone = erasures(later), held.vault.erased()
    return Counter(site for site, patient in lacking if (site, patient) not in erased and patient not in gone)


def _wrong_key(kept: Kept, key: object, erased: Collection[str]) -> str:
    """Return what is wrong with the key of what is kept; "" where it opens it, or its patient was erased."""
    whose, what = (
        (f"the patient {kept.patient}", "their record")
        if kept.kind == "patient"
        else ("the screening log", "its newest line")
    )
    if key is None:
        is_gone = kept.kind == "patient" and kept.patient in erased
        told = ", and neither the trail nor the keys tell that they were erased" if kept.kind == "patient" else ""
        return "" if is_gone else f"the key of {whose} is missing{told}"
    if not is_key(key):
        return f"what stands for the key of {whose} is no key: it was damaged or replaced"
    return "" if kept.is_opened_by(key) else f"the key of {whose} does not open {what}: one of the two was replaced"


def erasure_findings(
    connection: Connection, held: Held, destroyed: Collection[str], is_restored: bool
) -> Iterator[tuple[str, str, str]]:
    """Yield whose key was destroyed, before the database was read, though no line of the trail tells of an erasure; and what to do.

    A database that was restored may be older than who was erased: that somebody never stood in it is no finding.
    """
    erased, keys = erasures(connection), held.vault.keys(is_refusing=False)
    sites = {row.id: row.site for row in connection.execute(select(*schema.records["patient"].c["id", "site"]))}
    for patient in sorted({*destroyed} - {patient for _, patient in erased}):
        if patient not in sites:
            if not is_restored:
                yield (
                    OURS,
                    f"the patient {patient} was erased, and never stood in this database: an older one was put back",
                    _OLDER,
                )
        elif patient in keys:
            yield sites[patient], (
                f"the keys tell that the patient {patient} was erased, and their key is there: it was put back from an older copy, or "
                "they were enrolled again, which an earlier Patency let happen after a restoring"), _ERASE_OR_LEAVE  # fmt: skip
        else:
            yield sites[patient], (
                f"the key of the patient {patient} was destroyed, and no line of the trail tells that they were erased: it was "
                "done beside Patency, or an older database was put back"), _NO_LINE  # fmt: skip


def _newest(connection: Connection, kind: str, odd: Collection[Key]) -> Iterator[Any]:
    """Yield the newest version of each record of a kind, but for odd ones."""
    table = schema.records[kind]
    query = select(table).order_by(table.c.site, table.c.id, table.c.version)
    before = None
    for rows in connection.execution_options(yield_per=_AT_ONCE).execute(query).partitions():
        for row in rows:
            if (kind, row.site, row.id, row.version) in odd:
                continue
            if before is not None and (before.site, before.id) != (row.site, row.id):
                yield before
            before = row
    if before is not None:
        yield before


def opens(key: bytes, kind: str, row: Any) -> bool:
    """Whether a key opens a row."""
    in_the_open = about(
        kind, row.site, row.id, row.version, row.patient, row.parent or "", row.author, row.at, bool(row.is_void)
    )
    try:
        unseal(AESGCM(key), bytes(row.sealed), in_the_open)
    except (InvalidTag, ValueError):
        return False
    return True


def identity_findings(connection: Connection, held: Held) -> Iterator[tuple[str, str, str]]:
    """Yield whose name is not the one that the trail says was kept, or is sealed by another file than the site's key; what to do."""
    others = list(_other_names(connection))
    yield from ((site, what, "") for site, _, what in others)
    told, keys = {(site, patient) for site, patient, _ in others}, held.vault.keys(is_refusing=False)
    for site, known in key_prints(connection).items():
        try:
            site_key = held.vault.site_key(site, known)
        except (
            Refused,
            ValueError,
        ):  # elsewhere, or not its own, of which others tell; or of a name that no file can have
            continue
        for row in connection.execute(select(schema.identity).where(schema.identity.c.site == site)):
            key = keys.get(row.patient)
            if (site, row.patient) in told or not is_key(key):
                continue
            if name_in(site_key, key, site, row.patient, bytes(row.sealed)) is None:
                what = f"the name of the patient {row.patient} is sealed by another file than the key of the site"
                yield site, what, _SEALED_ANEW


def _other_names(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Yield whose name is not the one that the trail says was kept: site, patient, and what is wrong."""
    c = schema.trail.c
    query = select(c.site, c.patient, c.digest).where(c.kind == "identity", c.action.in_(("add", "correct")))
    told = {(row.site, row.patient): bytes(row.digest) for row in connection.execute(query.order_by(c.site, c.seq))}
    there = {(row.site, row.patient): bytes(row.sealed) for row in connection.execute(select(schema.identity))}
    erased = {who for who, state in erasures(connection).items() if state == DONE}
    for site, patient in sorted(there.keys() | told.keys() - erased):
        who = site, patient
        if who in erased:
            yield site, patient, f"the patient {patient} was erased, and their name is there again"
        elif who not in told:
            yield site, patient, f"a name of the patient {patient} was put in: no line of the trail tells of it"
        elif who not in there:
            yield site, patient, f"the name of the patient {patient} is gone"
        elif told[who] and hashlib.sha256(there[who]).digest() != told[who]:
            yield site, patient, f"the name of the patient {patient} was changed by nobody the trail knows"
