"""Whether the keys of patients, and what is kept of their names, are what the trail says.

A patient who was erased has no key: one that is there again was put back with an older copy of the keys. A patient who has
none was erased, or their records are lost. A key that is there opens what was sealed by it: of each patient the newest version
of their own record is opened, and of each screening log the newest line, and forgotten at once. A row that no line of the trail
tells of was sealed by nobody who has the keys (verify_rows.py tells of it), and says nothing of them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from patency.registry import schema
from patency.registry.chain import about
from patency.registry.keep.held import Held
from patency.registry.keep.verify_people import DONE, Found, erasures
from patency.registry.keep.verify_rows import Key, put_in
from patency.registry.kinds import SCREENING
from patency.registry.registry import KEYS
from patency.registry.vault import COPIED, PATIENTS, is_key, unseal

_AT_ONCE = 10_000
_ERASE_AGAIN = "of a key that is there again: `patency registry erase` erases the patient again"
_PUT_BACK = (  # said once below the findings, by `verify`
    f"of a key that is gone, damaged or replaced: keep {KEYS}/{PATIENTS} as it is under another name, and put in its place "
    f"that of the newest copy of the keys (the folder that {COPIED} wrote); then verify again. Who was erased since the copy was made is "
    "told then, and `patency registry erase` erases them again; who was enrolled since has no key in it. No backup of the database "
    "holds a key: of whose key there is no copy, what was recorded can be read by nobody again."
)


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
    odd = put_in(connection, ("patient", "screening"))
    for look in (_of_patients(connection, keys, known, odd), _screening(connection, held, keys, odd)):
        yield from ((site, what, _PUT_BACK) for site, what in look)


def _of_patients(
    connection: Connection, keys: Mapping[str, bytes], erased: Collection[str], odd: Collection[Key]
) -> Iterator[Found]:
    for row in _newest(connection, "patient", odd):
        if row.id in keys:
            if not is_key(keys[row.id]):
                yield row.site, f"what stands for the key of the patient {row.id} is no key: it was damaged or replaced"
            elif not _opens(keys[row.id], "patient", row):
                yield (
                    row.site,
                    f"the key of the patient {row.id} does not open their record: one of the two was replaced",
                )
        elif row.id not in erased:
            yield (
                row.site,
                f"the key of the patient {row.id} is gone, and no line of the trail tells that they were erased",
            )


def _screening(connection: Connection, held: Held, keys: dict[str, bytes], odd: Collection[Key]) -> Iterator[Found]:
    table = schema.records["screening"].c
    most = 1 + sum(kind == "screening" for kind, *_ in odd)
    for site in connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)).scalars():
        key = keys.get(held.vault.id_of(SCREENING, site))
        newest = select(schema.records["screening"]).where(table.site == site).order_by(table.at.desc()).limit(most)
        rows = connection.execute(newest).all()
        row = next((row for row in rows if ("screening", site, row.id, row.version) not in odd), None)
        if key is None:
            yield site, "the key of the screening log is gone"
        elif not is_key(key):
            yield site, "what stands for the key of the screening log is no key: it was damaged or replaced"
        elif row is not None and not _opens(key, "screening", row):
            yield site, "the key of the screening log does not open its newest line: one of the two was replaced"


def erasure_findings(connection: Connection, destroyed: Collection[str]) -> Iterator[Found]:
    """Yield whose key was destroyed, before the database was read, though no line of the trail tells of an erasure."""
    erased = erasures(connection)
    sites = {row.id: row.site for row in connection.execute(select(*schema.records["patient"].c["id", "site"]))}
    for patient in sorted({*destroyed} - {patient for _, patient in erased}):
        yield sites.get(patient, ""), (
            f"the key of the patient {patient} was destroyed, and no line of the trail tells that they were erased: it was "
            "done beside Patency, or an older database was put back")  # fmt: skip


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


def _opens(key: bytes, kind: str, row: Any) -> bool:
    in_the_open = about(
        kind, row.site, row.id, row.version, row.patient, row.parent or "", row.author, row.at, bool(row.is_void)
    )
    try:
        unseal(AESGCM(key), bytes(row.sealed), in_the_open)
    except (InvalidTag, ValueError):
        return False
    return True


def identity_findings(connection: Connection, _held: Held) -> Iterator[Found]:
    """Yield whose name is not the one that the trail says was kept, without opening it."""
    c = schema.trail.c
    query = select(c.site, c.patient, c.digest).where(c.kind == "identity", c.action.in_(("add", "correct")))
    told = {(row.site, row.patient): bytes(row.digest) for row in connection.execute(query.order_by(c.site, c.seq))}
    there = {(row.site, row.patient): bytes(row.sealed) for row in connection.execute(select(schema.identity))}
    erased = {who for who, state in erasures(connection).items() if state == DONE}
    for site, patient in sorted(there.keys() | told.keys() - erased):
        who = site, patient
        if who in erased:
            yield site, f"the patient {patient} was erased, and their name is there again"
        elif who not in told:
            yield site, f"a name of the patient {patient} was put in: no line of the trail tells of it"
        elif who not in there:
            yield site, f"the name of the patient {patient} is gone"
        elif told[who] and hashlib.sha256(there[who]).digest() != told[who]:
            yield site, f"the name of the patient {patient} was changed by nobody the trail knows"
