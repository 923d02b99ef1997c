"""A registry on disk: its folder, its database, its keys, its forms; and the door, at which one signs in.

    FOLDER/
      registry.json   which database, which protocol
      registry.db     the database, where it is SQLite
      keys/           the vault: never in a backup of the database (vault.py)
      heads/          signed heads of the audit trail, as they were carried out (verify.py)

Everything a person does is done through a Session (session.py), which knows who they are.
"""

import hmac
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, Engine, select, text

from patency.fault import Fault, Place, Refused
from patency.guideline.model import Library
from patency.registry import access, postgres, schema
from patency.registry.access import Refusal, User, is_name
from patency.registry.chain import OURS, Head
from patency.registry.database import engine_of, is_postgresql, transaction
from patency.registry.forms import Forms
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.seats import Seats
from patency.registry.vault import Vault
from patency.registry.where import url_of
from patency.registry.writing import Writing

if TYPE_CHECKING:
    from patency.registry.session import Session

KEYS, HEADS = "keys", "heads"


class Details(NamedTuple):
    """What a registry says of itself; `label` is "synthetic" where nobody in it ever lived."""

    id: str
    name: str
    label: str
    protocol: str


class Registry:
    """A registry that is open. What a person may do begins with `sign_in`."""

    def __init__(self, folder: Path, library: Library, forms: Forms, url: str = "") -> None:
        self.folder, self.library, self.forms = folder, library, forms
        self.engine = engine_of(url or url_of(folder))
        self.seats = Seats()
        if not is_postgresql(self.engine):  # which keeps its own
            self.engine.update_execution_options(seats=self.seats)
        try:
            self.vault = Vault(folder / KEYS)
            self._know()
        except BaseException:
            self.close()
            raise

    def _know(self) -> None:
        """Read what the registry says of itself; refuse one that this Patency, or these keys, do not fit."""
        with transaction(self.engine) as connection:
            _refuse_other_schema(connection)
            rows = connection.execute(select(schema.registry)).all()
        if len(rows) != 1:
            raise Refused([Fault(Place("database"), f"it says {len(rows)} times which registry it is", "once is right: it was changed "
                                 "outside Patency", "run `patency registry verify`, and restore a backup")])  # fmt: skip
        row = rows[0]
        refuse_mistyped(schema.registry, row)
        self.details = Details(row.id, row.name, row.label, row.protocol)
        self.public_key = bytes(row.public_key)
        self.signed_last: dict[str, Head] = {}  # heads that need not be looked at again
        if self.public_key != self.vault.public:
            fault = Fault(Place(str(self.folder / KEYS)), "these are the keys of another registry",
                          "nothing in this database could be opened or signed by them",
                          "put the right folder of keys beside it")  # fmt: skip
            raise Refused([fault])

    def writing(self, connection: Connection, site: str, user: str) -> Writing:
        """Begin to write in a site's chain, within a transaction."""
        return Writing(self, connection, site, user)

    def sign_in(self, name: str, password: str) -> "Session":
        """Let a user in by their password (argon2id), or refuse it; either is a line of the trail.

        Of who is refused the trail knows a keyed hash of the name: somebody may have typed their password there.
        """
        from patency.registry.keep.heads import keep_newest
        from patency.registry.session import Session

        token = secrets.token_hex(32)
        user = self._entered(name, password, token) if is_name(name) else None
        if user is None:
            with transaction(self.engine, is_writing=True) as connection:
                writing = self.writing(connection, OURS, self.vault.name_print(name))
                writing.note("refusal", details={"what": "login"})
                writing.finish()
            fault = Fault(Place("sign-in"), "the name or the password is wrong, or the user is no longer active",
                          "the registry shows each only what they may see", "try again, or ask an administrator")  # fmt: skip
            raise Refusal([fault])
        session = Session(self, user, token)
        session.note("login")
        with (
            suppress(OSError),
            transaction(self.engine, token) as connection,
        ):  # `verify` tells where none could be kept
            keep_newest(connection, self.vault, self.details.id, [self.signed_last[user.site or OURS]])
        return session

    def _entered(self, name: str, password: str, token: str) -> User | None:
        if is_postgresql(self.engine):
            return postgres.sign_in(self.engine, name, password, token)
        proven = _proven(self.engine, name, password)
        if proven is None:
            return None
        user, verifier = proven
        self.seats.give(token, user, verifier)
        return user

    def sign_out(self, token: str) -> None:
        """End what a token allows."""
        if is_postgresql(self.engine):
            postgres.sign_out(self.engine, token)
        else:
            self.seats.end(token)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _proven(engine: Engine, name: str, password: str) -> tuple[User, bytes] | None:
    """Return who proved to know their password, on SQLite, and by which verifier."""
    person = schema.user
    with transaction(engine) as connection:
        row = connection.execute(select(person).where(person.c.name == name)).one_or_none()
    if row:
        refuse_mistyped(person, row)
    none = bytes(16)  # as much work for a name that is not there, or a salt that nobody drew: no password fits either
    salt = bytes(row.salt) if row and len(row.salt) == len(none) else none
    verifier = access.verifier_of(access.proof_of(password, salt))
    if row is None or not row.is_active or not hmac.compare_digest(verifier, bytes(row.verifier)):
        return None
    return User(row.name, row.role, row.site), verifier


def _refuse_other_schema(connection: Connection) -> None:
    taken = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if taken == schema.REVISION:
        return
    from patency.registry.migrate import refuse_newer

    refuse_newer(connection)
    raise Refused([Fault(Place("database"), f"its schema is of an older Patency ({taken or 'none'})", "tables or columns are not there yet",
                         "run `patency registry migrate`, with --rehearse first")])  # fmt: skip
