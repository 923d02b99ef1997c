"""A cut that is opened: every file is checked by its hash first, so what is read is what was cut.

In: a folder. Out: a Cut, whose tables are lazy Polars frames; or Faults, where a file is missing, was changed or added,
or the cut was never finished. Nothing of a cut is read that was not checked; one that is read again and again, as a server
does, is held: what was checked stays in memory, and what becomes of its folder later does not matter.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.cut.manifest import FORMAT, MANIFEST, RECORD, Manifest, from_json, is_whole
from patency.cut.signature import fingerprint, is_key, signer_of
from patency.fault import Fault, Place, Refused, nearest

if TYPE_CHECKING:
    import polars

_LARGEST = 50_000_000  # bytes of a manifest
_AT_ONCE = 1 << 20
_TABLE_CHANGED = "the table was changed after it was cut"


class Cut(NamedTuple):
    """A cut whose every file has the hash that its manifest says.

    `record` is cut.json: when, by whom; empty where it was left behind. `signer` is the public key by which the content is
    signed, "" where there is no signature: hashes alone do not tell who made them. `kept` are the files of a cut that is held.
    """

    folder: Path
    manifest: Manifest
    record: Mapping[str, Any]
    signer: str = ""
    kept: Mapping[str, bytes] = {}

    def table(self, name: str) -> "polars.LazyFrame":
        """Return a table, lazily."""
        import polars

        if name not in self.manifest.tables:
            raise Refused([Fault(Place(str(self.folder)), f"the cut has no table {name!r}", "nothing could be read of it",
                                 nearest(name, self.manifest.tables, f"it has {', '.join(self.manifest.tables)}"))])  # fmt: skip
        if name in self.kept:
            return polars.scan_parquet(io.BytesIO(self.kept[name]))
        return polars.scan_parquet(self.folder / self.manifest.tables[name].file)


def open_cut(folder: Path, key: str | None = None) -> Cut:
    """Open a cut, or refuse it with every Fault found; `key`, a key or its fingerprint, is whose it must be where one is named."""
    manifest = _manifest(folder)
    faults = [fault for table in manifest.tables.values() if (fault := _file_fault(folder / table.file, table.sha256))]
    known = {table.file for table in manifest.tables.values()}
    faults += [_stranger(path) for path in sorted(folder.glob("*.parquet")) if path.name not in known]
    record = _record(folder, manifest, faults)
    signer = ""
    try:
        signer = signer_of(record)
    except ValueError:
        faults.append(Fault(Place(str(folder / RECORD)), "the signature of the cut does not fit", "it, the key or the content was changed",
                            "take the cut again from where it was copied"))  # fmt: skip
    if key is not None and not faults and not is_key(signer, key):
        faults.append(_of_another(folder, signer))
    if faults:
        raise Refused(faults)
    return Cut(folder, manifest, record, signer)


def held(cut: Cut) -> Cut:
    """Return a cut whose files are in memory, as their hashes say; or refuse it, where they changed since it was opened."""
    kept: dict[str, bytes] = {}
    faults: list[Fault] = []
    for name, table in cut.manifest.tables.items():
        path = cut.folder / table.file
        try:
            kept[name] = path.read_bytes()
        except OSError:
            faults.append(_missing(path))
            continue
        if hashlib.sha256(kept[name]).hexdigest() != table.sha256:
            faults.append(_changed(path, _TABLE_CHANGED))
    if faults:
        raise Refused(faults)
    return cut._replace(kept=kept)


def _of_another(folder: Path, signer: str) -> Fault:
    by = f"it is signed by the key {fingerprint(signer)}" if signer else "nobody signed it"
    return Fault(Place(str(folder / RECORD)), "the cut is not signed by the key that you name",
                 f"{by}; whoever changes a cut can sign it anew",
                 "compare the fingerprint with the one that the registry's people tell you, and ask them for the cut")  # fmt: skip


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        document = _read(path)
        if document.get("format") != FORMAT:
            raise Refused([Fault(Place(str(path)), f"it is written as {str(document.get('format'))!r}", f"this Patency reads {FORMAT}",
                                 "cut the registry anew, or use the Patency that it was cut by")])  # fmt: skip
        manifest = from_json(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = (error.strerror or "").lower() if isinstance(error, OSError) else "it is no manifest of a cut"
        raise Refused([Fault(Place(str(path)), f"the cut cannot be opened: {said}",
                             "a cut is a folder that `patency registry cut` finished; one that is half written has no manifest",
                             "name its folder, or cut the registry anew")]) from None  # fmt: skip
    if not is_whole(manifest):
        raise Refused([_changed(path, "the manifest was changed after it was cut")])
    return manifest


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        return json.loads(file.read(_LARGEST))


def _file_fault(path: Path, sha256: str) -> Fault | None:
    try:
        found = sha256_of(path)
    except OSError:
        return _missing(path)
    return None if found == sha256 else _changed(path, _TABLE_CHANGED)


def _missing(path: Path) -> Fault:
    return Fault(Place(str(path)), "a table of the cut is missing", "what is left is not what was cut",
                 "take the cut again from where it was copied, whole")  # fmt: skip


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while some := file.read(_AT_ONCE):
            digest.update(some)
    return digest.hexdigest()


def _changed(path: Path, what: str) -> Fault:
    return Fault(Place(str(path)), what, "its hash is not the one that stands in the manifest; its figures would not be the registry's",
                 "take the cut again from where it was copied, or cut the registry anew")  # fmt: skip


def _stranger(path: Path) -> Fault:
    return Fault(Place(str(path)), "the manifest knows nothing of this table", "it was not cut with the others",
                 "move it out of the folder of the cut")  # fmt: skip


def _record(folder: Path, manifest: Manifest, faults: list[Fault]) -> Mapping[str, Any]:
    """Return what cut.json says; it may be left behind where a cut is passed on, but it may not be another's."""
    path = folder / RECORD
    try:
        record = _read(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("content") != manifest.content:
        faults.append(Fault(Place(str(path)), "it belongs to another cut, or was changed", "it names another content",
                            "take the cut again from where it was copied, or leave this file out"))  # fmt: skip
        return {}
    return record
