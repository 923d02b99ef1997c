"""The keys of a registry, in a folder of their own beside it: never in the database, its log or its backups.

Each patient has a key, by which all that is recorded of them is sealed. To erase a patient is to destroy that key: what
the database, its log and every backup of it still hold is then unreadable for ever. So the keys live in a small file that
overwrites what is deleted (SQLite's secure_delete), and so is the journal in which the file stood while it was deleted.

Further there are the key by which the heads of the audit trail are signed, the secret from which ids are made, and each
site's key to the names of its patients, which a site may hold elsewhere.
"""

import errno
import hashlib
import hmac
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeGuard

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from patency.fault import Fault, Place, Refused
from patency.registry.where import blank_out, new_file, only_ours, write_down

PATIENTS, SIGNING, SECRET, SITES = "patients.db", "signing.key", "secret.key", "sites"
ERASURES = "erasures"  # the ids of those whose key was destroyed, a line each
_KEY = 32  # bytes: AES-256, HMAC-SHA-256
_MOST_HELD = 10_000  # keys in memory, made ready: each takes 2.5 KB
_AT_ONCE = 500  # keys that are asked for at once
_WAIT = 60  # seconds that one program waits for another
_ROOM = "make room on the disk, then do it again"
_LET = "see that you may read and write it and its folder, and that the disk has room, then do it again"
_JUST_NOW = {  # why SQLite cannot use a file that is whole, and what can be done
    sqlite3.SQLITE_BUSY: ("another program holds it", "wait until it has ended, then do it again"),
    sqlite3.SQLITE_LOCKED: ("another program holds it", "wait until it has ended, then do it again"),
    sqlite3.SQLITE_FULL: ("the disk is full", _ROOM),
    sqlite3.SQLITE_READONLY: ("it cannot be written", _LET),
    sqlite3.SQLITE_PERM: ("it cannot be opened", _LET),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", _LET),
    sqlite3.SQLITE_IOERR: ("the disk fails", "look after the disk, copy the folder of keys as it is, then do it again"),
}
COPIED = "`patency registry backup DIR --keys COPY`"  # by which a copy of the keys is made
RECOVER = "`patency registry recover DIR --keys COPY`"  # by which single keys come back from it
UNNAMED = "?"  # what stands in the trail before the print of a name with which nobody was let in
STEP = 256  # bytes: what is sealed is as long as a multiple of it, so that its length tells little of what it says
_NONCE = 12  # bytes, drawn anew for each sealing (NIST SP 800-38D, 8.2.2)


class Erased(Exception):  # noqa: N818  what is asked for is gone on purpose
    """A patient whose key was destroyed: what was recorded of them cannot be read."""


class Vault:
    """The keys in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marker = folder / ERASURES
        self.patients_uri = _uri(folder / PATIENTS, "rw")
        self.secret = self._read(SECRET)
        self._signing = Ed25519PrivateKey.from_private_bytes(self._read(SIGNING))
        self.public = self._signing.public_key().public_bytes_raw()
        self._ciphers: dict[str, AESGCM] = {}
        self._erased = self.erased_at()

    @classmethod
    def create(cls, folder: Path) -> "Vault":
        """Make a folder with new keys."""
        folder.mkdir(mode=0o700, parents=True)
        (folder / SITES).mkdir(mode=0o700)
        write_down(folder / SECRET, os.urandom(_KEY))
        write_down(folder / SIGNING, Ed25519PrivateKey.generate().private_bytes_raw())
        new_file(folder / PATIENTS)
        with closing(sqlite3.connect(folder / PATIENTS)) as file, file:
            file.execute("CREATE TABLE key (patient TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID")
        return cls(folder)

    def _read(self, name: str) -> bytes:
        try:
            key = (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise _unreadable(self.folder / name, f"the key cannot be read: {(error.strerror or '').lower()}") from None
        except OSError as error:
            raise _unused(self.folder / name, (error.strerror or "").lower(), _LET) from None
        if len(key) != _KEY:
            raise _unreadable(self.folder / name, f"what is in it is not a key of {_KEY} bytes")
        return key

    def erased_at(self) -> int:
        """Return when a key was last destroyed, by whichever program."""
        try:
            return os.stat(self._marker).st_mtime_ns  # noqa: PTH116  Path's takes thrice as long, and each record asks
        except OSError:
            return 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with (
            _reading(self.folder / PATIENTS),
            closing(sqlite3.connect(self.patients_uri, timeout=_WAIT, isolation_level=None, uri=True)) as file,
        ):
            file.execute("PRAGMA secure_delete = ON")
            file.execute("PRAGMA synchronous = FULL")
            file.execute("PRAGMA temp_store = MEMORY")  # VACUUM would write every key into a file elsewhere
            yield file

    def add_patients(self, patients: Iterable[str]) -> None:
        """Draw a key for each of some patients who have none."""
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            file.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", ((each, os.urandom(_KEY)) for each in patients))
            file.execute("COMMIT")

    def put_back(self, keys: Mapping[str, bytes]) -> None:
        """Keep the keys of some patients that were lost, in place of what stands for them."""
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            file.executemany("INSERT OR REPLACE INTO key VALUES (?, ?)", keys.items())
            file.execute("COMMIT")

    def patients(self) -> set[str]:
        """Return the patients who have a key."""
        with self._open() as file:
            return {patient for (patient,) in file.execute("SELECT patient FROM key")}

    def key(self, patient: str) -> bytes:
        """Return a patient's key; raises Erased where there is none."""
        with self._open() as file:
            row = file.execute("SELECT key FROM key WHERE patient = ?", (patient,)).fetchone()
        if row is None:
            raise Erased(patient)
        return self._whole(row[0])

    def keys(self, is_refusing: bool = True) -> dict[str, bytes]:
        """Return every patient's key; one that is none is refused, but to who looks for such (verify)."""
        with self._open() as file:
            found: dict[str, bytes] = dict(file.execute("SELECT patient, key FROM key").fetchall())
        if is_refusing:
            for key in found.values():
                self._whole(key)
        return found

    def _whole(self, key: object) -> bytes:
        """Return a patient's key, or refuse one that no key is: the file takes whatever somebody writes there."""
        if is_key(key):
            return key
        raise Refused([Fault(Place(str(self.folder / PATIENTS)), f"a patient's key in it is not one of {_KEY} bytes; "
                             "`patency registry verify` tells whose", "without it nothing of them can be read, and no backup of the "
                             "database holds it", f"put it back from the newest copy of the keys: {RECOVER}")])  # fmt: skip

    def destroy(self, patient: str) -> bool:
        """Destroy a patient's key, for ever; return whether there was one."""
        self._ciphers.pop(patient, None)
        with self._open() as file:
            file.execute("PRAGMA journal_mode = PERSIST")  # so that it can be written over before it goes
            file.execute("BEGIN IMMEDIATE")
            gone = file.execute("DELETE FROM key WHERE patient = ?", (patient,)).rowcount
            file.execute("COMMIT")
            file.execute("VACUUM")  # no page that was moved keeps a copy
            file.execute("BEGIN IMMEDIATE")  # nobody else's journal is touched
            blank_out(self.folder / f"{PATIENTS}-journal")
            file.execute("ROLLBACK")
            file.execute("PRAGMA journal_mode = DELETE")
        self._mark(patient)
        return bool(gone)

    def _mark(self, patient: str) -> None:
        """Note that a key was destroyed: other programs that have the registry open forget what they remember."""
        try:
            with open(self._marker, "a", opener=only_ours) as file:
                file.write(f"{patient}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unused(self._marker, (error.strerror or "").lower(), _LET) from None

    def erased(self) -> set[str]:
        """Return the patients whose key was destroyed, those too of whom a database that was restored knows no erasure."""
        return set(self._marker.read_text().split()) if self._marker.exists() else set()

    def cipher(self, patient: str) -> AESGCM:
        """Return what seals and opens a patient's records."""
        if (erased := self.erased_at()) != self._erased:
            self._ciphers, self._erased = {}, erased
        found = self._ciphers.get(patient)
        if found is None:
            found = self._ciphers[patient] = AESGCM(self.key(patient))
        return found

    def is_known(self, patient: str) -> bool:
        """Whether a patient has a key: someone enrolled and not erased."""
        try:
            self.key(patient)
        except Erased:
            return False
        return True

    def recall(self, patients: Iterable[str] | None = None) -> None:
        """Read the keys of some patients, or all, at once; what was kept of others is forgotten."""
        keys = self.keys()
        self._ciphers = {each: AESGCM(keys[each]) for each in (keys if patients is None else patients) if each in keys}

    def hold(self, patients: Collection[str]) -> None:
        """Have the keys of many patients at hand, read at once and not one by one; of those before, not too many stay."""
        missing = [each for each in patients if each not in self._ciphers]
        if len(self._ciphers) + len(missing) > _MOST_HELD:
            self._ciphers, missing = {}, list(patients)
        if not missing:
            return
        with self._open() as file:
            for start in range(0, len(missing), _AT_ONCE):
                some = missing[start : start + _AT_ONCE]
                marks = ", ".join("?" * len(some))
                found = file.execute(f"SELECT patient, key FROM key WHERE patient IN ({marks})", some)  # noqa: S608  marks alone
                self._ciphers |= {patient: AESGCM(self._whole(key)) for patient, key in found}

    def id_of(self, *parts: str) -> str:
        """Return an id that the same parts always give and that tells nothing of them to who has not the secret."""
        told = "\x1f".join(parts).encode("utf-8", "surrogatepass")  # a name may be typed in bytes that are no letters
        return hmac.digest(self.secret, told, "sha256")[:16].hex()

    def door_print(self, name: str, salt: bytes, verifier: bytes) -> str:
        """Return by what the trail knows a user's salt and verifier: keyed, so that whoever reads it can try no password."""
        return self.id_of("door", name, salt.hex(), verifier.hex())

    def name_print(self, name: str) -> str:
        """Return by what the trail knows a name with which nobody was let in: keyed, for it may be a password."""
        return UNNAMED + self.id_of("name", name)

    def key_print(self, site: str, key: bytes) -> str:
        """Return by what the trail knows a site's key to names."""
        return self.id_of("site key", site, key.hex())

    def sign(self, message: bytes) -> bytes:
        """Return the registry's signature (Ed25519) of a message."""
        return self._signing.sign(message)

    @property
    def stamp_key(self) -> bytes:
        """The key of the stamp by which a database that keeps the door knows the heads that come from these keys."""
        return hmac.digest(self.secret, b"patency-stamp/1", "sha256")

    def site_key(self, site: str, known: str, file: Path | None = None) -> bytes:
        """Return a site's key to the names of its patients: from the file a site holds, or from the folder of keys.

        A file that is not the one of which the print is `known` is refused; "" where the trail is older than such prints.
        """
        path = file or self.folder / SITES / f"{site}.key"
        try:
            key = path.read_bytes()
        except OSError as error:
            fault = Fault(Place(str(path)), f"the site's key cannot be read: {(error.strerror or '').lower()}",
                          "names of patients are sealed by it", "name the file that the site holds")  # fmt: skip
            raise Refused([fault]) from None
        if known and self.key_print(site, key) != known:
            raise Refused([Fault(Place(str(path)), f"it is not the key of {site}: the trail tells that the site was added with another",
                                 "what is sealed by any other file is found by nobody and opened by that file alone",
                                 f"name the file that the site holds, or put {site}.key back from the copy of the keys")])  # fmt: skip
        return hashlib.sha256(key).digest()


def is_key(key: object) -> TypeGuard[bytes]:
    """Whether what is kept as a patient's key can be one."""
    return isinstance(key, bytes) and len(key) == _KEY


def keys_in(folder: Path) -> dict[str, bytes]:
    """Return the keys of patients in a folder, be it a copy or one in which there are none yet; nothing of it changes."""
    path = folder / PATIENTS
    if not path.exists() or not path.stat().st_size:
        return {}
    with _reading(path), closing(sqlite3.connect(_uri(path, "ro"), timeout=_WAIT, uri=True)) as file:
        return dict(file.execute("SELECT patient, key FROM key").fetchall())


def copy_patients(vault: Vault, to: Path) -> None:
    """Copy the file of patients' keys into an empty one, while others write."""
    with (
        _reading(vault.folder / PATIENTS, to),
        closing(sqlite3.connect(vault.patients_uri, timeout=_WAIT, uri=True)) as ours,
        closing(sqlite3.connect(to, timeout=_WAIT)) as theirs,
    ):
        ours.backup(theirs)


def _uri(path: Path, mode: str) -> str:
    """Return by what SQLite opens a file that is there, and makes none that is not."""
    return f"{path.absolute().as_uri()}?mode={mode}"


@contextmanager
def _reading(path: Path, to: Path | None = None) -> Iterator[None]:
    """Say in words why the file of patients' keys cannot be used: it is gone, damaged, or whole and not to be had just now.

    `to` is another, into which it is copied.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error).lower()
        if not path.exists():
            raise _unreadable(path, f"the key cannot be read: {os.strerror(errno.ENOENT).lower()}") from None
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the first byte: what follows says more of the same
        if code not in _JUST_NOW:
            raise _unreadable(path, f"the key cannot be read: {said}") from None
        why, fix = _JUST_NOW[code]
        is_held = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        raise _unused(path if is_held or to is None else to, f"{why} ({said})", fix) from None


def _unused(path: Path, said: str, fix: str) -> Refused:
    """Say that a file of the keys can be neither read nor written just now, and is none to be put back."""
    return Refused([Fault(Place(str(path)), f"it cannot be used just now: {said}", "the keys are not harmed by that: no copy of them "
                          "is to be put in their place, for it lacks those enrolled since", fix)])  # fmt: skip


def _unreadable(path: Path, said: str) -> Refused:
    back = f"put {path.name} back from the newest copy of the keys (the folder that {COPIED} wrote)"
    return Refused([Fault(Place(str(path)), said, "without it nothing in the registry can be read or signed, and no backup of the "
                          "database holds it",
                          f"name the right registry; or keep what is there, {back}, then run `patency registry verify`")])  # fmt: skip


def nonces(count: int) -> Iterator[bytes]:
    """Draw so many nonces at once, each for one sealing and no other."""
    drawn = os.urandom(_NONCE * count)
    return (drawn[start : start + _NONCE] for start in range(0, len(drawn), _NONCE))


def seal(cipher: AESGCM, content: bytes, about: bytes, nonce: bytes = b"") -> bytes:
    """Seal a line of JSON (AES-256-GCM), filled up with blanks; `about` is bound to it: elsewhere it cannot be opened."""
    nonce = nonce or os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, content + b" " * (-len(content) % STEP), about)


def unseal(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    """Open what was sealed, without what it was filled up with; raises cryptography's InvalidTag where it was changed."""
    if len(sealed) < _NONCE:  # of which it would say something else
        raise InvalidTag
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about).rstrip(b" ")


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is the one that the owner of a public key made of a message."""
    from cryptography.exceptions import InvalidSignature

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
