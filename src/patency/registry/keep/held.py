"""A registry as whoever holds its folder and owns its database opens it: to verify it, back it up and see how it stands.

Nobody signs in for that, and nothing is opened that is sealed. On PostgreSQL the owner of the tables is meant (where.py):
the role by which people use the registry shows nothing to whoever is not signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, inspect, select, text

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.chain import OURS, Head
from patency.registry.database import engine_of, transaction
from patency.registry.keep.mistyped import legibly, mistyped_tables
from patency.registry.registry import KEYS, Details, Registry
from patency.registry.vault import Vault, is_signed
from patency.registry.where import OWNER, owner_url_of
from patency.registry.writing import Writing

OPERATOR = "operator"


class Held:
    """A registry that is held; its database may say of itself whatever somebody made it say."""

    def __init__(self, folder: Path, engine: Engine, vault: Vault) -> None:
        self.folder, self.engine, self.vault = folder, engine, vault
        self.signed_last: dict[str, Head] = {}
        self._mistyped: list[Table] | None = None  # not yet looked for
        with transaction(engine) as connection, legibly(connection, mistyped_tables(connection, [schema.registry])):
            rows = connection.execute(select(schema.registry)).all()
        row = rows[0] if len(rows) == 1 else None
        self.rows = len(rows)
        self.details = Details(row.id, row.name, row.label, row.protocol) if row else Details("", "", "", "")
        self.public_key = bytes(row.public_key) if row else b""

    @classmethod
    def of(cls, registry: "Registry | Held") -> "Held":
        """Return an open registry as one that is held."""
        return registry if isinstance(registry, Held) else cls(registry.folder, registry.engine, registry.vault)

    def note(self, details: Mapping[str, Any]) -> None:
        """Add a line to the registry's own trail."""
        with transaction(self.engine, is_writing=True) as connection:
            writing = Writing(self, connection, OURS, OPERATOR)
            writing.note("admin", details=details)
            writing.finish()

    def still(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that sees the database as it stands now, whatever others write meanwhile."""
        return transaction(self.engine)

    @contextmanager
    def legible(self) -> Iterator[Connection]:
        """Begin the same to look at what somebody may have tampered with, by which nothing is written (mistyped.py)."""
        with self.still() as connection, legibly(connection, self.mistyped(connection)):
            yield connection

    def mistyped(self, connection: Connection) -> list[Table]:
        """Return the tables in which cells hold what Patency never writes, as they stood when it was first asked."""
        if self._mistyped is None:
            self._mistyped = mistyped_tables(connection)
        return self._mistyped

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def hold(folder: Path, url: str = "") -> Held:
    """Open a registry's database and keys as their owner."""
    held = Held(folder, engine_of(url or owner_url_of(folder)), Vault(folder / KEYS))
    if _is_anothers(held):
        held.close()
        raise Refused([_anothers(folder, held.details.name)])
    return held


def refuse_anothers(folder: Path, engine: Engine) -> None:
    """Refuse a database of another registry than a folder's keys are of, in whatever schema; it may be about to be changed."""
    with transaction(engine) as connection:
        if not inspect(connection).has_table("registry"):
            raise Refused([Fault(Place(f"database of {folder}"), "there is no registry in it", "a migration changes one that is there",
                                 "name the folder of another, or restore a backup with `patency registry restore`")])  # fmt: skip
        with legibly(connection, mistyped_tables(connection, [schema.registry])):
            row = connection.execute(text("SELECT name, public_key FROM registry")).first()
    if row is not None and bytes(row.public_key) != Vault(folder / KEYS).public:
        raise Refused([_anothers(folder, row.name)])


def _anothers(folder: Path, name: str) -> Fault:
    return Fault(Place(f"database of {folder}"), f"it is another registry's: {name!r}",
                 "it is signed by other keys than those of this folder",
                 f"set {OWNER} to the URL of this registry's own database, or name the folder of the other")  # fmt: skip


def _is_anothers(held: Held) -> bool:
    """Whether a database is whole and signed, by other keys; one whose key alone was exchanged is `verify`'s to tell of."""
    if held.public_key in (b"", held.vault.public):
        return False
    with held.legible() as connection:
        row = connection.execute(select(schema.head).where(schema.head.c.site == OURS)).one_or_none()
    if row is None:
        return False
    head = Head(row.site, row.seq, bytes(row.hash), row.at, bytes(row.signature))
    return is_signed(held.public_key, head.signature, head.message(held.details.id))
