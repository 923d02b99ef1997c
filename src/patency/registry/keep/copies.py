"""Copies of the folder of keys: how one is made, and how keys that were lost come back from it.

A copy is replaced as a whole by the keys of today, so that who was erased since is gone from it too. From a copy come back
single keys alone: those that are missing here, or are none, of people who were never erased; each is tried on what it sealed
before it is taken, and no other key is touched. So nobody who was enrolled since the copy was made is lost by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.keep.held import Held
from patency.registry.keep.verify_keys import Kept, kept_keys, opens
from patency.registry.keep.verify_people import erasures
from patency.registry.registry import KEYS
from patency.registry.vault import COPIED, PATIENTS, SECRET, SIGNING, SITES, Vault, copy_patients, is_key, keys_in
from patency.registry.where import SETTINGS, blank_out, new_file, writable
from patency.table import counted


class Recovered(NamedTuple):
    """How many keys came back, and how many are still missing."""

    back: int
    missing: int


def back_up_keys(held: Held, folder: Path) -> None:
    """Copy the keys of a registry into a folder, unless it would lose something there: keys of another, or the last copy of some."""
    _refuse_in_use(held, folder)
    _refuse_others(held.vault, folder)
    there, ours = keys_in(folder).keys(), held.vault.patients()
    with held.still() as connection:  # after the keys: a line tells of an erasure before the key goes
        erased = _erased(connection, held.vault)
    if lost := there - ours - erased:
        raise Refused([Fault(Place(str(folder)), f"the copy there holds {counted(len(lost), 'key')} that the registry has not, of nobody "
                             "who was erased", "it may be the last copy, and without it nothing of those patients can be read",
                             f"put them back (`patency registry recover {held.folder} --keys {folder}`), or name a new one")])  # fmt: skip
    copy_keys(held.vault, folder)


def _erased(connection: Connection, vault: Vault) -> set[str]:
    return {patient for _, patient in erasures(connection)} | vault.erased()


def _refuse_in_use(held: Held, folder: Path) -> None:
    """Refuse a registry's own folder, and the folder of keys that a registry works with: a copy lies apart from them."""
    to, own = folder.resolve(), {held.folder.resolve(), held.vault.folder.resolve()}
    what = ""
    if not own.isdisjoint({to, *to.parents}):
        what = "it is the registry's own"
    elif (to / SETTINGS).exists() or (to.name == KEYS and (to.parent / SETTINGS).exists()):
        what = "a registry works with it"
    if what:
        raise Refused([Fault(Place(str(folder)), f"{what}, and no place for a copy of the keys",
                             "what is there would be replaced while it is used, and a copy beside the registry is lost with it",
                             "name a folder in a safe, apart from every registry")])  # fmt: skip


def _refuse_others(vault: Vault, folder: Path) -> None:
    """Refuse a folder in which a key stands that is not the one of this registry, and would be lost."""
    own = [vault.folder / SIGNING, vault.folder / SECRET, *sorted((vault.folder / SITES).glob("*.key"))]
    for path in own:
        there = folder / path.relative_to(vault.folder)
        with writable(folder, "nothing is replaced there"):
            is_another = there.exists() and path.exists() and there.read_bytes() != path.read_bytes()
        if is_another:
            raise Refused([Fault(Place(str(there)), "it is another key than this registry's", "it would be lost, and with it all that only "
                                 "it opens or signs", "name the folder that holds this registry's copy, or a new one")])  # fmt: skip


def copy_keys(vault: Vault, folder: Path) -> None:
    """Write a copy of the keys into a folder, in place of the one that is there; those destroyed since are gone from it too."""
    vault.keys()  # what cannot be read, or is no key, is refused before anything is replaced
    with writable(folder, "the copy is not whole: do it again"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / SITES).mkdir(mode=0o700, exist_ok=True)
        for path in sorted(vault.folder.rglob("*")):
            if path.is_file() and not path.name.startswith(PATIENTS):
                (folder / path.relative_to(vault.folder)).parent.mkdir(mode=0o700, exist_ok=True)
                with _replacing(folder / path.relative_to(vault.folder)) as part:
                    part.write_bytes(path.read_bytes())
        with _replacing(folder / PATIENTS) as part:
            copy_patients(vault, part)


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Let a file be written that only its owner reads, and put it in place of another, which is blotted out first."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    new_file(part)
    yield part
    blank_out(path)
    part.replace(path)


def recover(held: Held, copy: Path) -> Recovered:
    """Put back from a copy the keys that are missing or are none, of who was never erased; that it was done is a line of the trail."""
    theirs = keys_in(copy)
    if not theirs:
        raise Refused([Fault(Place(str(copy)), "there are no keys of patients in it", "a lost key comes back from a copy alone",
                             f"name the folder that {COPIED} wrote")])  # fmt: skip
    back: dict[str, bytes] = {}
    missing = 0
    with held.legible() as connection:
        erased = _erased(connection, held.vault)
        ours = held.vault.keys(is_refusing=False)  # after the database: whoever stands in it has got their key before
        for kept in kept_keys(connection, held):
            if kept.patient in erased or kept.is_opened_by(ours.get(kept.patient)):
                continue
            if kept.is_opened_by(theirs.get(kept.patient)) and not _opens_any(connection, ours.get(kept.patient), kept):
                back[kept.patient] = theirs[kept.patient]
            else:
                missing += 1
    if back:
        held.note({"what": "keys put back", "keys": len(back)})
        held.vault.put_back(back)
        with held.still() as later:
            erased = _erased(later, held.vault)
        for patient in back.keys() & erased:  # meanwhile
            held.vault.destroy(patient)
    return Recovered(len(back), missing)


def _opens_any(connection: Connection, key: object, kept: Kept) -> bool:
    """Whether a key that does not open a patient's newest record opens another of theirs: then it is not to be replaced."""
    if not is_key(key):
        return False
    for kind, table in schema.records.items():
        for row in connection.execute(select(table).where(table.c.patient == kept.patient)):
            if opens(key, kind, row):
                return True
    return False
