"""Who signed a cut: the registry that it is of signs its content, the hash over the whole set, the label too.

In: what cut.json says. Out: the public key (Ed25519) by which the content is signed, or that none is. That a key is the
registry's nobody can tell from the cut: whoever changes a cut can sign it anew, by another key. So the key is said.
"""

import hashlib
from collections.abc import Mapping
from typing import Any


def signed(content: str) -> bytes:
    """Return what is signed of a cut."""
    return f"patency-cut/1\n{content}".encode()


def fingerprint(key: str) -> str:
    """Return what people compare in a key's place: the first 128 bits of its SHA-256, in fours."""
    said = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]
    return " ".join(said[at : at + 4] for at in range(0, len(said), 4))


def is_key(key: str, told: str) -> bool:
    """Whether what somebody was told is a key or its fingerprint, however it is spaced."""
    compared = "".join(told.split()).replace(":", "").lower()
    return bool(key) and compared in (key, fingerprint(key).replace(" ", ""))


def signer_of(record: Mapping[str, Any]) -> str:
    """Return the public key by which a cut's content is signed, "" where there is no signature; raises ValueError where it does not fit."""
    if "signature" not in record and "public_key" not in record:
        return ""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key, signature = (bytes.fromhex(record[name]) for name in ("public_key", "signature"))
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed(str(record["content"])))
    except (InvalidSignature, KeyError, TypeError):
        raise ValueError("the signature does not fit") from None
    return key.hex()
