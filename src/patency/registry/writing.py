"""A transaction that writes: lines added to a site's chain, whose head is signed when it ends.

In: a registry that is open, a connection within a transaction, the chain's site and who writes. Out: the lines and the
signed head, in the same transaction as the rows that they tell of. What a line holds and hashes is chain.py's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from patency.fault import Fault, Place, Refused
from patency.registry import postgres, schema
from patency.registry.access import Refusal
from patency.registry.chain import START, Head, Line, hash_of, noted
from patency.registry.database import insert_all, is_postgresql
from patency.registry.entry import now, stamped
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.vault import Vault, is_signed

if TYPE_CHECKING:
    from patency.registry.keep.held import Held
    from patency.registry.registry import Registry

TRAIL = [column.name for column in schema.trail.columns]
_AT_ONCE = 10_000  # lines that are written at once


class Writing:
    """A transaction that writes: lines are added to a site's chain, whose head is signed when it ends."""

    def __init__(self, registry: "Registry | Held", connection: Connection, site: str, user: str) -> None:
        self.connection, self.site, self.user = connection, site, user
        self.at = stamped(now())
        self._registry = registry
        if is_postgresql(registry.engine):
            row = postgres.head_of(connection, site)
            if row is None:  # it shows no chain to who is not, or no longer, signed in
                raise Refusal([postgres.ended()])
        else:
            row = connection.execute(select(schema.head).where(schema.head.c.site == site)).one_or_none()
        if row is not None:
            refuse_mistyped(schema.head, row)
        head = Head(row.site, row.seq, bytes(row.hash), row.at, bytes(row.signature)) if row else None
        if head is None or not self._is_ours(head):
            raise Refused([_head_forged(site)])
        self._seq, self._hash = head.seq, head.hash
        self._rows: list[tuple[Any, ...]] = []

    def _is_ours(self, head: Head) -> bool:
        """Whether the registry signed a head: were one that was written without the key carried on, it would be signed now."""
        registry = self._registry
        is_ours = registry.signed_last.get(head.site) == head or is_signed(
            registry.vault.public, head.signature, head.message(registry.details.id)
        )
        if is_ours:
            registry.signed_last[head.site] = head
        return is_ours

    def note(
        self, action: str, kind: str = "", record: str = "", version: int = 0, patient: str = "",
        digest: bytes = b"", details: Mapping[str, Any] = {},
    ) -> None:  # fmt: skip
        """Add a line to the chain."""
        self._seq += 1
        line = Line(
            self.site, self._seq, self.at, self.user, action, kind, record, version, patient, digest, noted(details)
        )
        self._hash = hash_of(self._hash, line)
        self._rows.append((*line, self._hash))

    def note_all(self, action: str, told: Iterable[tuple[str, str, int, str, bytes]]) -> None:
        """Add a line for each of many records: its kind, id, version, patient and digest."""
        site, at, user, number, last = self.site, self.at, self.user, self._seq, self._hash
        for kind, record, version, patient, digest in told:
            number += 1
            line = (site, number, at, user, action, kind, record, version, patient, digest, "")
            last = hash_of(last, line)
            self._rows.append((*line, last))
        self._seq, self._hash = number, last

    def finish(self) -> None:
        """Write the lines and the signed head."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        try:
            for start in range(0, len(rows), _AT_ONCE):
                self._append(rows[start : start + _AT_ONCE])
        except IntegrityError:
            raise Refused([_line_taken(self.site)]) from None

    def _append(self, rows: Sequence[tuple[Any, ...]]) -> None:
        _, number, *_, last = rows[-1]
        registry = self._registry
        head = signed(Head(self.site, number, last, self.at), registry.details.id, registry.vault)
        if is_postgresql(registry.engine):
            postgres.append(self.connection, rows, head, head.stamp(registry.vault.stamp_key))
        else:
            insert_all(self.connection, schema.trail, rows, TRAIL)
            self.connection.execute(update(schema.head).where(schema.head.c.site == self.site).values(head._asdict()))
        registry.signed_last[self.site] = head


def first_head(site: str, at: str, registry: str, vault: Vault, seq: int = 0, last: bytes = START) -> dict[str, Any]:
    """Return the row of a chain's head as it begins, signed."""
    return signed(Head(site, seq, last, at), registry, vault)._asdict()


def signed(head: Head, registry: str, vault: Vault) -> Head:
    """Return a head with a registry's signature."""
    return head._replace(signature=vault.sign(head.message(registry)))


def _line_taken(site: str) -> Fault:
    return Fault(Place(site or "registry"), "a line stands in the audit trail after its head already",
                 "the trail was changed outside Patency; nothing of this was kept",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip


def _head_forged(site: str) -> Fault:
    return Fault(Place(site or "registry"), "the head of the audit trail was changed outside Patency, or taken away",
                 "a line added to it would be signed, and hide what was done",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip
