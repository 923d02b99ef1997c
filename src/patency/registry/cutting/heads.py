"""The signed heads of the audit trail that a cut carries, sealed so that the registry alone reads them.

A head names a site, tells how many lines its chain has, and when the last was written: none of it belongs in a cut. Whoever holds
the cut holds the heads all the same, and the registry, given the cut, tells by them whether its trail was cut short or
written anew since (verify.py). Where its secret was exchanged they no longer open, which tells as much.
"""

import hmac
import json
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from patency.cut.opened import open_cut
from patency.fault import Fault, Place, Refused
from patency.registry.chain import Head
from patency.registry.database import transaction
from patency.registry.keep.heads import Carried, as_carried, keep_heads, written_heads
from patency.registry.registry import Registry
from patency.registry.vault import seal, unseal

if TYPE_CHECKING:
    from patency.registry.keep.held import Held
    from patency.registry.session import Session

_ABOUT = b"patency-heads of a cut"


def sealed_heads(session: "Session") -> str:
    """Return the heads that who cuts may carry, sealed, for who cuts may not read them; the folder of heads keeps them too."""
    registry = session.registry
    with transaction(registry.engine, session.token) as connection:
        heads = written_heads(connection, session.user.site)
    carried = as_carried(registry.details.id, registry.public_key, heads)
    keep_heads(registry.folder, carried)
    return seal(_cipher(registry), json.dumps(carried).encode(), _ABOUT).hex()


def heads_in(folder: Path, registry: "Registry | Held") -> list[Carried]:
    """Return the heads that a cut of this registry carries, or refuse a cut that carries none it can read."""
    opened = open_cut(folder)
    record = opened.record
    try:
        if opened.signer not in ("", registry.public_key.hex()):
            raise ValueError("signed by another key")
        carried = json.loads(unseal(_cipher(registry), bytes.fromhex(record["heads"]), _ABOUT))
    except (KeyError, ValueError, InvalidTag):
        raise Refused([Fault(Place(str(folder)), "the cut carries no heads that this registry can open",
                             "it is another registry's, its record was left behind, or this registry's secret was exchanged",
                             "name a cut of this registry, with its cut.json")]) from None  # fmt: skip
    return [
        Carried(str(folder), carried["registry"], bytes.fromhex(carried["public_key"]),
                Head(each["site"], each["seq"], bytes.fromhex(each["hash"]), each["at"], bytes.fromhex(each["signature"])))
        for each in carried["heads"]
    ]  # fmt: skip


def _cipher(registry: "Registry | Held") -> AESGCM:
    return AESGCM(hmac.digest(registry.vault.secret, _ABOUT, "sha256"))
