"""The audit trail: one line for each thing done, each line's hash made of the one before, each head signed.

Every site has a chain of its own, so that nobody can tell from a number how much other sites enter; what is done for all
(sites, users, cuts) stands in the registry's own chain, whose site is "".

Not here: how a chain is checked against the records (verify.py).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

OF_A_VERSION = ("add", "correct", "void", "reinstate")  # each of their lines tells of a version of a record
ACTIONS = (*OF_A_VERSION, "view", "import", "export", "cut", "login", "logout", "refusal", "erase", "admin")
OURS = ""  # the site of the registry's own chain
_UNIT = "\x1f"  # parts one field from the next; none of them can hold it
START = bytes(32)  # what stands before the first line of a chain


class Line(NamedTuple):
    """One line of the trail. `digest` is that of the record's row, where one was written; `note` bears no patient data."""

    site: str
    seq: int
    at: str
    user: str
    action: str
    kind: str = ""
    record: str = ""
    version: int = 0
    patient: str = ""
    digest: bytes = b""
    note: str = ""


class Head(NamedTuple):
    """The last line of a site's chain: its number and hash, when it was written, signed by the registry."""

    site: str
    seq: int
    hash: bytes
    at: str
    signature: bytes = b""

    def message(self, registry: str) -> bytes:
        """Return what is signed."""
        return f"patency-head/1\n{registry}\n{self.site}\n{self.seq}\n{self.hash.hex()}\n{self.at}".encode()

    def stamp(self, key: bytes) -> bytes:
        """Return by what a database knows that the signature is the registry's: it can check no signature itself."""
        told = f"patency-stamp/1\n{self.site}\n{self.seq}\n{self.hash.hex()}\n{self.at}\n{self.signature.hex()}"
        return hmac.digest(key, told.encode(), "sha256")


def hash_of(before: bytes, line: Line | tuple[str, int, str, str, str, str, str, int, str, bytes, str]) -> bytes:
    """Return a line's hash (SHA-256), made of the hash before it and all that the line says.

    Fields are parted by a letter that none of them can hold.
    """
    site, seq, at, user, action, kind, record, version, patient, digest, note = line
    written = _written((site, str(seq), at, user, action, kind, record, str(version), patient, digest.hex(), note))
    return hashlib.sha256(before + written).digest()


def about(  # noqa: PLR0913, PLR0917  all that stands in the open beside a sealed record
    kind: str, site: str, record: str, version: int, patient: str, parent: str, author: str, at: str, is_void: bool
) -> bytes:
    """Return what stands in the open beside a sealed record, as it is bound to it."""
    return _written((kind, site, record, str(version), patient, parent, author, at, str(int(is_void))))


def _written(fields: tuple[str, ...]) -> bytes:
    try:
        return _UNIT.join(fields).encode()
    except TypeError:  # a cell of a type that Patency never writes: what is made of it fits nothing
        return _UNIT.join(map(str, fields)).encode()


def digest_of(in_the_open: bytes, sealed: bytes) -> bytes:
    """Return the digest (SHA-256) of a record's row, by which the trail knows it."""
    return hashlib.sha256(in_the_open + b"\x1e" + sealed).digest()


def row_digest(row: Mapping[str, Any]) -> bytes:
    """Return the digest (SHA-256) of a row of the registry itself, a site or a user, by which the trail knows it."""
    plain = {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).digest()


def noted(details: Mapping[str, Any]) -> str:
    """Return what a line notes beside the record, as JSON."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if details else ""
