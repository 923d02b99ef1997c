"""A registry on disk: its folder, its database, its keys, its forms; and the door, at which one signs in.

    FOLDER/
      registry.json   which database, which protocol
      registry.db     the database, where it is SQLite
      keys/           the vault: never in a backup of the database (vault.py)
      heads/          signed heads of the audit trail, as they were carried out (verify.py)

Everything a person does is done through a Session (session.py), which knows who they are.
"""

import hmac
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Column, Connection, Engine, select, text, update
from sqlalchemy.exc import IntegrityError

from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.model import Library
from patency.registry import access, postgres, schema
from patency.registry.access import OF_A_SITE, ROLES, SHORTEST, User
from patency.registry.chain import START, Head, Line, hash_of, noted, row_digest
from patency.registry.database import engine_of, insert_all, is_postgresql, transaction
from patency.registry.entry import now
from patency.registry.forms import Forms
from patency.registry.vault import SITES, Vault, is_signed, write_key
from patency.registry.where import new_urls, role_of, url_of, write_settings

if TYPE_CHECKING:
    from patency.registry.keep.held import Held
    from patency.registry.session import Session

KEYS, HEADS = "keys", "heads"
_SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
OURS = ""  # the site of the registry's own chain
SCREENING = "screening"


class Refusal(Refused):
    """What somebody may not do."""


class Details(NamedTuple):
    """What a registry says of itself; `label` is "synthetic" where nobody in it ever lived."""

    id: str
    name: str
    label: str
    protocol: str


class Site(NamedTuple):
    """A site: its short name, the hospital's, and its papers: ethics approval and data agreement, with their dates."""

    id: str
    name: str
    country: str
    details: Mapping[str, str]


class Writing:
    """A transaction that writes: lines are added to a site's chain, whose head is signed when it ends."""

    def __init__(self, registry: "Registry | Held", connection: Connection, site: str, user: str) -> None:
        self.connection, self.site, self.user = connection, site, user
        self.at = stamped(now())
        self._registry = registry
        if is_postgresql(registry.engine):
            row = postgres.head_of(connection, site)
        else:
            row = connection.execute(select(schema.head).where(schema.head.c.site == site)).one_or_none()
        if row is None and is_postgresql(registry.engine):  # it shows no chain to who is not, or no longer, signed in
            raise Refusal([postgres.ended()])
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
        head = self._registry.signed(Head(self.site, number, last, self.at))
        if is_postgresql(self._registry.engine):
            postgres.append(self.connection, rows, head, head.stamp(self._registry.vault.stamp_key))
        else:
            insert_all(self.connection, schema.trail, rows, _TRAIL)
            self.connection.execute(update(schema.head).where(schema.head.c.site == self.site).values(head._asdict()))
        self._registry.signed_last[self.site] = head


_AT_ONCE = 10_000  # lines that are written at once
_TRAIL = [column.name for column in schema.trail.columns]


class Registry:
    """A registry that is open. What a person may do begins with `sign_in`."""

    def __init__(self, folder: Path, library: Library, forms: Forms, url: str = "") -> None:
        self.folder, self.library, self.forms = folder, library, forms
        self.engine = engine_of(url or url_of(folder))
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
            row = connection.execute(select(schema.registry)).one()
        self.details = Details(row.id, row.name, row.label, row.protocol)
        self.public_key = bytes(row.public_key)
        self.signed_last: dict[str, Head] = {}  # heads that need not be looked at again
        if self.public_key != self.vault.public:
            fault = Fault(Place(str(self.folder / KEYS)), "these are the keys of another registry",
                          "nothing in this database could be opened or signed by them",
                          "put the right folder of keys beside it")  # fmt: skip
            raise Refused([fault])

    def signed(self, head: Head) -> Head:
        """Return a head with the registry's signature."""
        return head._replace(signature=self.vault.sign(head.message(self.details.id)))

    def writing(self, connection: Connection, site: str, user: str) -> Writing:
        """Begin to write in a site's chain, within a transaction."""
        return Writing(self, connection, site, user)

    def sign_in(self, name: str, password: str) -> "Session":
        """Let a user in by their password (argon2id), or refuse it; either is a line of the trail."""
        from patency.registry.session import Session

        token = secrets.token_hex(32)
        enter = postgres.sign_in if is_postgresql(self.engine) else _sign_in
        user = enter(self.engine, name, password, token) if name == _shown(name) else None
        if user is None:
            with transaction(self.engine, is_writing=True) as connection:
                writing = self.writing(connection, OURS, _shown(name))
                writing.note("refusal", details={"what": "login"})
                writing.finish()
            fault = Fault(Place("sign-in"), "the name or the password is wrong, or the user is no longer active",
                          "the registry shows each only what they may see", "try again, or ask an administrator")  # fmt: skip
            raise Refusal([fault])
        session = Session(self, user, token)
        session.note("login")
        return session

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def _sign_in(engine: Engine, name: str, password: str, _token: str) -> User | None:
    person = schema.user
    with transaction(engine) as connection:
        row = connection.execute(select(person).where(person.c.name == name)).one_or_none()
    salt = bytes(row.salt) if row else bytes(16)  # as much work for a name that is not there
    verifier = access.verifier_of(access.proof_of(password, salt))
    if row is None or not row.is_active or not hmac.compare_digest(verifier, bytes(row.verifier)):
        return None
    return User(row.name, row.role, row.site)


def _shown(name: str) -> str:
    """Return a name as the trail can keep it: what nobody can see, and what no database holds, is blotted out."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:100])


def _refuse_other_schema(connection: Connection) -> None:
    taken = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if taken == schema.REVISION:
        return
    from patency.registry.migrate import refuse_newer

    refuse_newer(connection)
    raise Refused([Fault(Place("database"), f"its schema is of an older Patency ({taken or 'none'})", "tables or columns are not there yet",
                         "run `patency registry migrate`, with --rehearse first")])  # fmt: skip


def create(folder: Path, name: str, url: str = "", label: str = "", protocol: str = "", application: str = "") -> None:
    """Make a registry: its folder, keys and tables, and the registry's own chain.

    `url` is that of PostgreSQL, by the role that owns its tables, and `application` that of the role by which the registry
    is used from then on, which must be another; both may stand in the environment (where.py).
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused([Fault(Place(str(folder)), "the folder is not empty", "a registry would be mixed with other files",
                             "name a new one")])  # fmt: skip
    url, application = new_urls(folder, url, application)
    role = role_of(application) if application else ""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        vault = Vault.create(folder / KEYS)
        (folder / HEADS).mkdir()
        _fill(engine_of(url), name, label, protocol, vault, role)
        write_settings(folder, application)
    except BaseException:
        shutil.rmtree(folder)  # it was empty, and is half a registry
        raise


def _fill(engine: Engine, name: str, label: str, protocol: str, vault: Vault, role: str) -> None:
    from patency.registry.migrate import upgrade

    try:
        upgrade(engine)
        details = Details(secrets.token_hex(8), name, label, protocol)
        at = stamped(now())
        with transaction(engine, is_writing=True) as connection:
            if connection.execute(select(schema.registry.c.id)).first():
                raise Refused([Fault(Place("database"), "there is a registry in it already", "its keys would be lost",
                                     "name an empty database, or the folder of the registry that is there")])  # fmt: skip
            if role:
                postgres.admit(connection, role)
                postgres.keep_stamp(connection, vault.stamp_key)
            row = {**details._asdict(), "public_key": vault.public, "created": at}
            connection.execute(schema.registry.insert().values(row))
            line = Line(OURS, 1, at, "operator", "admin", digest=row_digest(row), note=noted({"what": "registry made"}))
            last = hash_of(START, line)
            insert_all(connection, schema.trail, [(*line, last)], _TRAIL)
            connection.execute(schema.head.insert().values(_first_head(OURS, at, details.id, vault, 1, last)))
    finally:
        engine.dispose()


def _first_head(site: str, at: str, registry: str, vault: Vault, seq: int = 0, last: bytes = START) -> dict[str, Any]:
    head = Head(site, seq, last, at)
    return head._replace(signature=vault.sign(head.message(registry)))._asdict()


class Admin:
    """What an operator, who holds the folder and owns the database, and an administrator do: sites and users."""

    def __init__(self, registry: Registry, user: str, token: str = "") -> None:
        self.registry, self.user, self.token = registry, user, token

    def add_site(self, site: str, name: str, country: str = "", details: Mapping[str, Any] = {}) -> None:
        """Add a site, with its key to names, its chain, and its screening log."""
        if not _SITE.fullmatch(site):
            raise Refused([Fault(Place("site"), f"{site!r} cannot be the short name of a site", "a file is named by it, and it stands in "
                                 "the trail", "use up to 40 small letters, digits, - and _, such as 'north'")])  # fmt: skip
        if faults := [_unseen(what, said) for what, said in {"name": name, "country": country, **details}.items()
                      if not str(said).isprintable()]:  # fmt: skip
            raise Refused(faults)
        vault, at = self.registry.vault, stamped(now())
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            if connection.execute(select(schema.site.c.id).where(schema.site.c.id == site)).first():
                raise Refused([Fault(Place("site"), f"there is a site {site!r} already", "one name must mean one site",
                                     "choose another name")])  # fmt: skip
            row = {"id": site, "name": name, "country": country, "details": noted(details) or "{}", "created": at}
            connection.execute(schema.site.insert().values(row))
            connection.execute(schema.head.insert().values(_first_head(site, at, self.registry.details.id, vault)))
            vault.add_patients([vault.id_of(SCREENING, site)])
            key = os.urandom(32)
            write_key(vault.folder / SITES / f"{site}.key", key)
            told = {"what": "site added", "site": site, "key": vault.key_print(site, key)}
            self._note(connection, told, row_digest(row))

    def add_user(self, name: str, role: str, site: str, password: str) -> None:
        """Add a user, or refuse one with every Fault found."""
        faults = user_faults(name, role, site, password)
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            sites = [row.id for row in connection.execute(select(schema.site.c.id))]
            if site and site not in sites:
                faults.append(Fault(Place("site"), f"there is no site {site!r}", "a user acts for a site",
                                    nearest(site, sites, "add it first: `patency registry site add`")))  # fmt: skip
            if connection.execute(select(schema.user.c.name).where(schema.user.c.name == name)).first():
                faults.append(Fault(Place("user"), f"there is a user {name!r} already", "the trail names who did what",
                                    "choose another name; the name of a user who left is not given again"))  # fmt: skip
            if faults:
                raise Refused(faults)
            salt = access.new_salt()
            row = {
                "name": name, "site": site, "role": role, "salt": salt, "is_active": True, "created": stamped(now()),
                "verifier": access.verifier_of(access.proof_of(password, salt)),
            }  # fmt: skip
            connection.execute(schema.user.insert().values(row))
            told = {"what": "user added", "user": name, "role": role, "site": site}
            self._note(connection, told | self._door(row), row_digest(in_the_open(row)))

    def stop_user(self, name: str) -> None:
        """Let a user in no more; what they did stays theirs."""
        self._change_user(name, "user stopped", {"is_active": False})

    def new_password(self, name: str, password: str) -> None:
        """Give a user another password, with another salt."""
        if fault := password_fault(password):
            raise Refused([fault])
        salt = access.new_salt()
        verifier = access.verifier_of(access.proof_of(password, salt))
        values = {"salt": salt, "verifier": verifier}
        self._change_user(name, "password changed", values, self._door(values | {"name": name}))

    def sites(self) -> list[Site]:
        """Return the sites, with what is known of their ethics approval and data agreement."""
        with transaction(self.registry.engine, self.token) as connection:
            rows = connection.execute(select(schema.site).order_by(schema.site.c.id)).all()
        return [Site(row.id, row.name, row.country, json.loads(row.details)) for row in rows]

    def users(self) -> list[tuple[User, bool]]:
        """Return the users, and of each whether they are let in."""
        with transaction(self.registry.engine, self.token) as connection:
            person = schema.user.c  # without salt and verifier, which on PostgreSQL nobody may read
            query = select(person.name, person.role, person.site, person.is_active).order_by(person.name)
            rows = connection.execute(query).all()
        return [(User(row.name, row.role, row.site), bool(row.is_active)) for row in rows]

    def _door(self, row: Mapping[str, Any]) -> dict[str, str]:
        return {"door": self.registry.vault.door_print(row["name"], row["salt"], row["verifier"])}

    def _change_user(self, name: str, what: str, values: Mapping[str, Any], told: Mapping[str, Any] = {}) -> None:
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            changed = connection.execute(update(schema.user).where(schema.user.c.name == name).values(values)).rowcount
            if not changed:
                raise Refused([Fault(Place("user"), f"there is no user {name!r}", "nothing was changed",
                                     "`patency registry user list` lists them")])  # fmt: skip
            stands = connection.execute(select(*open_columns()).where(schema.user.c.name == name)).one()
            self._note(connection, {"what": what, "user": name, **told}, row_digest(in_the_open(stands._asdict())))

    def _note(self, connection: Connection, details: Mapping[str, Any], digest: bytes) -> None:
        writing = self.registry.writing(connection, OURS, self.user)
        writing.note("admin", digest=digest, details=details)
        writing.finish()


def _line_taken(site: str) -> Fault:
    return Fault(Place(site or "registry"), "a line stands in the audit trail after its head already",
                 "the trail was changed outside Patency; nothing of this was kept",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip


def _unseen(what: str, said: object) -> Fault:
    return Fault(Place(what), f"{said!r} holds what cannot be seen", "it is shown as it stands, and could hide what is beside it",
                 "use letters that can be seen")  # fmt: skip


def open_columns() -> list[Column[Any]]:
    """Return the columns of a user that may be read: on PostgreSQL nobody but the owner reads salt and verifier."""
    return [column for column in schema.user.columns if column.name not in {"salt", "verifier"}]


def in_the_open(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the open of a user's row, as its digest is made of it."""
    return {column.name: row[column.name] for column in open_columns()} | {"is_active": bool(row["is_active"])}


def _head_forged(site: str) -> Fault:
    return Fault(Place(site or "registry"), "the head of the audit trail was changed outside Patency, or taken away",
                 "a line added to it would be signed, and hide what was done",
                 "run `patency registry verify`, and restore a backup")  # fmt: skip


def user_faults(name: str, role: str, site: str, password: str) -> list[Fault]:
    """Return what is wrong with a user who is to be added."""
    faults = []
    if not name.strip() or len(name) > 100 or not name.isprintable():
        faults.append(Fault(Place("user"), f"{name!r} cannot be a name", "the trail names who did what",
                            "use up to 100 letters that can be seen"))  # fmt: skip
    if role not in ROLES:
        faults.append(Fault(Place("role"), f"there is no role {role!r}", "a role says what one may do",
                            nearest(role, ROLES, f"use one of {', '.join(ROLES)}")))  # fmt: skip
    elif (role in OF_A_SITE) != bool(site):
        what = "acts for a site, and none is named" if role in OF_A_SITE else "acts for no site, and one is named"
        faults.append(Fault(Place("site"), f"a user who is {access.WORDS[role]} {what}", "it says whose patients they see",
                            "name the site" if role in OF_A_SITE else "leave the site out"))  # fmt: skip
    if fault := password_fault(password):
        faults.append(fault)
    return faults


def password_fault(password: str) -> Fault | None:
    """Return what is wrong with a password, or None."""
    if len(password) >= SHORTEST:
        return None
    return Fault(
        Place("password"), "the password is too short", "a short one is soon found", f"use {SHORTEST} letters or more"
    )


def stamped(moment: datetime) -> str:
    """Return a moment as the tables keep it: ISO 8601, UTC, to the microsecond."""
    return moment.isoformat(timespec="microseconds")


def unstamped(text: str) -> datetime:
    """Return the moment that the tables keep."""
    return datetime.fromisoformat(text)


def columns_of(_kind: str) -> Sequence[str]:
    """Return the columns of a kind's table that a row fills, in order."""
    return ("site", "id", "version", "patient", "parent", "author", "at", "is_void", "sealed")
