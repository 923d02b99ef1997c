"""Signed heads of the audit trail, as they are carried out of a registry: format `patency-heads/1`, a JSON object.

    {"format": "patency-heads/1", "registry": ID, "public_key": HEX,
     "heads": [{"site": "north", "seq": 57, "hash": HEX, "at": "2026-03-03T10:12:00.000000+00:00", "signature": HEX}]}

Whoever holds such a file can tell later whether the trail was cut short or written anew: the line of that number must
still bear that hash (verify.py). So every cut, backup and export of the trail carries one, and `heads/` keeps them; a copy
should lie where nobody who can write to the database can reach it. The newest of each chain stands beside the keys as well
(keys/heads/), from the last sign-in, backup or verification on: an old database that is put back lacks what it tells.

A head says how many lines a site's chain has: who belongs to a site carries the head of that site alone.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Connection, select

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.chain import Head
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.registry import HEADS
from patency.registry.rows import rows_of
from patency.registry.vault import Vault, is_signed
from patency.registry.where import only_ours, write_down

FORMAT = "patency-heads/1"
EXPORTED = "export.json"  # stands in each folder of exported records
BESIDE = ".heads.json"  # how the heads beside an exported trail are named
MANIFEST = "manifest.json"  # of a cut and of a backup, whose "heads" are such an object
_OURS = "_registry"  # the file of the registry's own chain: no site is named so
_MOST = 10_000_000  # bytes of a file of heads: some 40,000 sites


class Carried(NamedTuple):
    """A head that was carried out: by which file, of which registry, signed by whom."""

    file: str
    registry: str
    public_key: bytes
    head: Head

    def is_by(self, public_key: bytes) -> bool:
        """Whether the owner of a public key signed it."""
        return is_signed(public_key, self.head.signature, self.head.message(self.registry))


def written_heads(connection: Connection, site: str = "") -> list[dict[str, Any]]:
    """Return the heads of one site, or of every chain, as they are written."""
    table = rows_of(connection, schema.head, **({"sites": [site]} if site else {}))
    rows = connection.execute(select(table).order_by(table.c.site)).all()
    for row in rows:
        refuse_mistyped(schema.head, row)
    return [_as_written(Head(row.site, row.seq, bytes(row.hash), row.at, bytes(row.signature))) for row in rows]


def _as_written(head: Head) -> dict[str, Any]:
    return head._asdict() | {"hash": head.hash.hex(), "signature": head.signature.hex()}


def read_written(heads: Iterable[Mapping[str, Any]]) -> list[Head]:
    """Return heads from how they are written."""
    return [
        Head(str(told["site"]), int(told["seq"]), bytes.fromhex(told["hash"]), str(told["at"]), bytes.fromhex(told["signature"]))
        for told in heads
    ]  # fmt: skip


def as_carried(registry: str, public_key: bytes, heads: list[dict[str, Any]]) -> dict[str, Any]:
    """Return heads as an object of format `patency-heads/1`."""
    return {"format": FORMAT, "registry": registry, "public_key": public_key.hex(), "heads": heads}


def keep_heads(folder: Path, carried: Mapping[str, Any]) -> Path:
    """Keep heads in a registry's folder of heads, under the latest moment they tell; what is there is never written over."""
    written = json.dumps(carried, indent=1, ensure_ascii=False).encode() + b"\n"
    latest = max((head["at"] for head in carried["heads"]), default="none")
    letters = "".join(letter for letter in latest[:19] if letter.isalnum())
    path = folder / HEADS / f"{letters}-{hashlib.sha256(written).hexdigest()[:12]}.json"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        part = path.with_suffix(".part")
        with open(part, "wb", opener=only_ours) as file:
            file.write(written)
        part.replace(path)
    return path


def keep_newest(connection: Connection, vault: Vault, registry: str, heads: Iterable[Head]) -> None:
    """Keep the newest head of each chain beside the keys; one that is not on its trail any more stays, so that `verify` tells it."""
    for head in heads:
        before = [each.head for each in newest_heads(vault) if each.head.site == head.site]
        if all(each.seq < head.seq and _is_on_trail(connection, each) for each in before):
            path = vault.folder / HEADS / f"{head.site or _OURS}.json"
            path.parent.mkdir(mode=0o700, exist_ok=True)
            carried = as_carried(registry, vault.public, [_as_written(head)])
            part = path.with_name(f"{path.stem}-{os.getpid()}.part")
            write_down(part, json.dumps(carried, indent=1).encode() + b"\n", "wb")
            part.replace(path)


def newest_heads(vault: Vault) -> list[Carried]:
    """Return the newest heads that stand beside the keys."""
    folder = vault.folder / HEADS
    return read_heads(folder) if folder.is_dir() else []


def set_aside(vault: Vault, moment: str) -> None:
    """Keep the newest heads under another name, for who restores an older state knowingly."""
    folder = vault.folder / HEADS
    if folder.is_dir():
        folder.rename(folder.with_name(f"{HEADS}-before-{''.join(letter for letter in moment if letter.isalnum())}"))


def _is_on_trail(connection: Connection, head: Head) -> bool:
    line = rows_of(connection, schema.trail, sites=[head.site], line=head.seq)
    found = connection.execute(select(line.c.hash)).scalar()
    return not head.seq or found == head.hash


def read_heads(path: Path) -> list[Carried]:
    """Read the heads that a file carries: of heads, a cut's or a backup's manifest, a backup; or all files of a folder."""
    if (path / EXPORTED).is_file() or (path.parent / EXPORTED).is_file():
        raise Refused([Fault(Place(str(path)), "it is an export of records, and carries no heads", "a head is the signed end of a trail: "
                             "it goes out with cuts, backups and exports of the trail alone",
                             "name one of those, or export the trail: `patency registry trail DIR --out FILE`")])  # fmt: skip
    if path.is_dir():
        manifest = path / MANIFEST
        files = [manifest] if manifest.exists() else sorted(path.glob("*.json"))
        return [carried for file in files for carried in read_heads(file)]
    if (beside := path.with_name(f"{path.name}{BESIDE}")).is_file():
        raise Refused([Fault(Place(str(path)), "these are the lines of a trail, without its heads", "an export of the trail has its signed "
                             "heads in a file of their own", f"name {beside}")])  # fmt: skip
    try:
        return list(_told(json.loads(_bytes_of(path)), str(path)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadZipFile, RecursionError) as error:
        said = (error.strerror or "").lower() if isinstance(error, OSError) else "it carries no heads"
        raise Refused([Fault(Place(str(path)), f"the heads cannot be read: {said}", f"heads are written as {FORMAT}",
                             "name a file of heads, a cut, a backup, or an export of the trail's heads")]) from None  # fmt: skip


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            return file.read(_MOST)
        with ZipFile(file) as archive, archive.open(MANIFEST) as manifest:
            return manifest.read(_MOST)


def _told(document: Any, file: str) -> Iterator[Carried]:
    if document.get("format") != FORMAT:
        document = document["heads"]
    for head in read_written(document["heads"]):
        yield Carried(file, str(document["registry"]), bytes.fromhex(document["public_key"]), head)
