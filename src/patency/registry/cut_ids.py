"""The opaque ids of a cut: made of the registry's secret, the digest of all that is in the cut, and the true id.

`HMAC(HMAC(secret, digest), kind and id)`, SHA-256, RFC 2104. So the same registry gives the same ids, and a cut of other
content other ids throughout: two cuts cannot be joined by them, and without the secret none leads back to a record.
"""

import hashlib
import hmac
from collections.abc import Iterable

_ID, _SITE = 16, 8  # bytes of an id, and of a site's code


class Digest:
    """The digest of what is in a cut, fed kind by kind in one order."""

    def __init__(self, *said: str) -> None:
        self._hash = hashlib.sha256()
        for each in said:
            self._feed(each.encode())

    def add(self, kind: str, rows: Iterable[bytes]) -> None:
        """Take in the rows of a kind, in any order; each is what tells it from all others."""
        self._feed(kind.encode())
        self._feed(b"".join(sorted(rows)))

    def _feed(self, said: bytes) -> None:
        self._hash.update(len(said).to_bytes(8, "big") + said)

    @property
    def bytes(self) -> bytes:
        """The digest."""
        return self._hash.digest()


class Codes:
    """Makes the ids of one cut."""

    def __init__(self, secret: bytes, digest: bytes) -> None:
        self._key = hmac.digest(secret, b"patency-cut/1" + digest, "sha256")

    def of(self, kind: str, ids: Iterable[str]) -> list[str]:
        """Return the opaque ids of records of a kind."""
        key, head, digest = self._key, f"{kind}\x1f", hmac.digest
        return [digest(key, (head + each).encode(), "sha256")[:_ID].hex() for each in ids]

    def site(self, site: str) -> str:
        """Return the code of a site."""
        return hmac.digest(self._key, f"site\x1f{site}".encode(), "sha256")[:_SITE].hex()
