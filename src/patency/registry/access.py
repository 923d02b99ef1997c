"""Who may do what: roles, and what each may; how a password is turned into what the database keeps of it.

A user of a site acts for that site alone. A statistician sees what is pooled, and no names; an administrator keeps users,
sites and the audit trail, and no patient at all.
"""

import hashlib
import os
from typing import NamedTuple

from argon2.low_level import Type, hash_secret_raw

from patency.fault import Fault, Refused

VIEW, ADD, CORRECT, VOID, EXPORT, ERASE, IDENTITY, TRAIL, POOL, CUT, ADMIN, ACCEPT = (
    "view", "add", "correct", "void", "export", "erase", "identity", "trail", "pool", "cut", "admin", "accept",
)  # fmt: skip
ROLES: dict[str, frozenset[str]] = {
    "entry": frozenset({VIEW, ADD, CORRECT, IDENTITY}),
    "investigator": frozenset({VIEW, ADD, CORRECT, IDENTITY, VOID, EXPORT, ERASE, TRAIL, CUT, ACCEPT}),
    "reader": frozenset({VIEW}),
    "statistician": frozenset({POOL, CUT}),
    "administrator": frozenset({ADMIN, TRAIL}),
}
WORDS = {
    "entry": "data entry",
    "investigator": "site investigator",
    "reader": "reader",
    "statistician": "consortium statistician",
    "administrator": "administrator",
}
OF_A_SITE = ("entry", "investigator", "reader")
LONGEST = 100  # letters of a user's name
SHORTEST = 12  # letters of a password: NIST SP 800-63B-4 asks for 15 where it stands alone, 8 at the least

# argon2id, RFC 9106, section 4, the second recommended option: 64 MiB, 3 passes, 4 lanes.
_PASSES, _MEMORY, _LANES, _LENGTH = 3, 64 * 1024, 4, 32


class Refusal(Refused):
    """What somebody may not do."""


NOT_HERE = "see or change what is not at the site"  # what the trail says of it


class NotHere(Refused):
    """A record that was asked for by its id and does not stand at the site of who asked: another site's, or nobody's."""

    def __init__(self, fault: Fault, kind: str, record: str) -> None:
        super().__init__([fault])
        self.kind, self.record = kind, record


class User(NamedTuple):
    """Someone who may sign in: their role, and the site they act for ("" for none)."""

    name: str
    role: str
    site: str

    def may(self, action: str) -> bool:
        """Whether their role allows it."""
        return action in ROLES[self.role]


def is_name(name: str) -> bool:
    """Whether a user can be called so: letters that can be seen, and that every database holds."""
    return bool(name.strip()) and len(name) <= LONGEST and name.isprintable()


def new_salt() -> bytes:
    """Return a salt for a password."""
    return os.urandom(16)


def proof_of(password: str, salt: bytes) -> bytes:
    """Return what a password proves itself by: its argon2id hash, which is never stored."""
    return hash_secret_raw(password.encode(), salt, _PASSES, _MEMORY, _LANES, _LENGTH, Type.ID)


def verifier_of(proof: bytes) -> bytes:
    """Return what the database keeps: the SHA-256 of the proof, from which the proof cannot be had."""
    return hashlib.sha256(proof).digest()
