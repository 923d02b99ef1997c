"""Cases that somebody asked to keep for a while: in memory, locked with a key that only that person has.

In: bytes and a number of hours. Out: a key to write down, and for the key the bytes again, until the time is
over, the person forgets them or the server stops. The server holds a digest of the key to find the bytes by,
and the bytes encrypted with it (AES-256-GCM; the digest and the cipher's own key are two different SHA-256
hashes of the key); what it holds cannot be read without the key. A key has 100 random bits, so it can be typed and cannot be guessed.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs, none of which is taken for another
LENGTH = 20
MOST_KEPT = 2_000
LARGEST = 50_000  # bytes of one case, which is some ten times what a case takes
MOST_BYTES = 50_000_000


class Full(Exception):  # noqa: N818  an answer to the person, not an error of the program
    """There is no room for another case, or for one so large; none of those kept is given up for it."""


@dataclass(frozen=True)
class _Locked:
    until: float
    nonce: bytes
    content: bytes


class Kept:
    """The cases that are kept; `clock` says the time in seconds, and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._locked: dict[bytes, _Locked] = {}
        self._turn = Lock()

    def __len__(self) -> int:
        with self._turn:
            self._let_go()
            return len(self._locked)

    def keep(self, content: bytes, hours: float) -> str:
        """Lock bytes away for some hours and return their key; raise Full when there is no room for them."""
        key = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        nonce = secrets.token_bytes(12)
        locked = _Locked(self._clock() + hours * 3600, nonce, _cipher(key).encrypt(nonce, content, None))
        with self._turn:
            self._let_go()
            held = sum(len(each.content) for each in self._locked.values())
            if len(self._locked) >= MOST_KEPT or len(content) > LARGEST or held + len(content) > MOST_BYTES:
                raise Full
            self._locked[_place(key)] = locked
        return "-".join(key[at : at + 5] for at in range(0, LENGTH, 5))

    def open(self, typed: str) -> bytes | None:
        """Return what a key locks, or None where it locks nothing (any more)."""
        key = _key(typed)
        with self._turn:
            self._let_go()
            locked = self._locked.get(_place(key))
        return None if locked is None else _cipher(key).decrypt(locked.nonce, locked.content, None)

    def forget(self, typed: str) -> bool:
        """Give up what a key locks, and say whether there was anything."""
        with self._turn:
            return self._locked.pop(_place(_key(typed)), None) is not None

    def _let_go(self) -> None:
        now = self._clock()
        for place in [place for place, locked in self._locked.items() if locked.until <= now]:
            del self._locked[place]


def _key(typed: str) -> str:
    """Return a key as it was made from a key as a person types it."""
    return "".join(sign for sign in typed.upper() if sign in ALPHABET)


def _place(key: str) -> bytes:
    return hashlib.sha256(b"patency: where it is kept\0" + key.encode()).digest()


def _cipher(key: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hashlib.sha256(b"patency: what it is locked with\0" + key.encode()).digest())
