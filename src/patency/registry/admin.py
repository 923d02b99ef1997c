"""What an operator, who holds the folder and owns the database, and an administrator do: sites and users.

Every change is a line of the registry's own chain, with the digest of the row as it then stands in the open.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, select, update

from patency.fault import Fault, Place, Refused, nearest
from patency.registry import access, postgres, schema
from patency.registry.access import ADMIN, OF_A_SITE, ROLES, SHORTEST, Refusal, User
from patency.registry.chain import OURS, noted, row_digest
from patency.registry.database import is_postgresql, transaction
from patency.registry.entry import now, stamped
from patency.registry.kinds import SCREENING
from patency.registry.oneline import unseen
from patency.registry.papers import papers_of
from patency.registry.registry import Registry
from patency.registry.rows import rows_of, select_rows
from patency.registry.vault import SITES, UNNAMED
from patency.registry.where import writable, write_down
from patency.registry.writing import first_head

_SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Site(NamedTuple):
    """A site: its short name, the hospital's, and its papers: ethics approval and data agreement, with their dates."""

    id: str
    name: str
    country: str
    details: Mapping[str, str]


class Admin:
    """What an operator, who holds the folder and owns the database, and an administrator do: sites and users."""

    def __init__(self, registry: Registry, user: str, token: str = "") -> None:
        self.registry, self.user, self.token = registry, user, token
        if token and not is_postgresql(registry.engine):  # whose policies ask the same at each row
            self._refuse_others()

    def _refuse_others(self) -> None:
        """Refuse a token that is not this user's, or no administrator's."""
        with transaction(self.registry.engine, self.token) as connection:
            holder = self.registry.seats.held(connection, self.token)
        if holder.name != self.user or not holder.may(ADMIN):
            raise Refusal([Fault(Place(self.user), f"{access.WORDS[holder.role]} may not keep sites and users",
                                 "each role sees and does what its work needs", "ask somebody who may: administrator")])  # fmt: skip

    def add_site(self, site: str, name: str, country: str = "", details: Mapping[str, Any] = {}) -> None:
        """Add a site, with its key to names, its chain, and its screening log."""
        if not _SITE.fullmatch(site):
            raise Refused([Fault(Place("site"), f"{site!r} cannot be the short name of a site", "a file is named by it, and it stands in "
                                 "the trail", "use up to 40 small letters, digits, - and _, such as 'north'")])  # fmt: skip
        refuse_papers(details)
        if faults := [*unseen({"name": name, "country": country, **details}, str.isprintable), *_nameless(name)]:
            raise Refused(faults)
        vault, at = self.registry.vault, stamped(now())
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            if connection.execute(select_rows(connection, schema.site, sites=[site])).first():
                raise Refused([Fault(Place("site"), f"there is a site {site!r} already", "one name must mean one site",
                                     "choose another name")])  # fmt: skip
            row = {"id": site, "name": name, "country": country, "details": noted(details) or "{}", "created": at}
            connection.execute(schema.site.insert().values(row))
            connection.execute(schema.head.insert().values(first_head(site, at, self.registry.details.id, vault)))
            vault.add_patients([vault.id_of(SCREENING, site)])
            key = os.urandom(32)
            _keep_key(vault.folder / SITES / f"{site}.key", key)
            told = {"what": "site added", "site": site, "key": vault.key_print(site, key)}
            self._note(connection, told, row_digest(row))

    def correct_site(self, site: str, changes: Mapping[str, str], reason: str) -> None:
        """Correct what is said of a site, its papers among it; what stood before stays in the trail, with who, when and why."""
        _refuse_without_reason(reason)
        if faults := [*unseen({**changes, "reason": reason}, str.isprintable), *_nameless(changes.get("name", site))]:
            raise Refused(faults)
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            row = connection.execute(select_rows(connection, schema.site, sites=[site])).first()
            if row is None:
                raise Refused([Fault(Place("site"), f"there is no site {site!r}", "nothing was changed",
                                     "`patency registry site list` lists them")])  # fmt: skip
            values, told = _corrected_site(row, changes)
            connection.execute(update(schema.site).where(schema.site.c.id == site).values(values))
            self._note(connection, {"what": "site corrected", "site": site, "reason": reason, **told},
                       row_digest({**row._asdict(), **values}))  # fmt: skip

    def set_protocol(self, protocol: str, reason: str) -> str:
        """Let a registry follow another protocol from now on; return the one before, which stays in the trail."""
        _refuse_without_reason(reason)
        if faults := list(unseen({"reason": reason}, str.isprintable)):
            raise Refused(faults)
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            row = connection.execute(select(schema.registry)).one()
            if row.protocol == protocol:
                raise Refused([Fault(Place("protocol"), f"the registry follows {protocol!r} already", "a change changes something",
                                     "name another; `patency registry protocol list` lists them")])  # fmt: skip
            connection.execute(update(schema.registry).values(protocol=protocol))
            told = {
                "what": "protocol changed",
                "reason": reason,
                **_changed({"protocol": row.protocol}, {"protocol": protocol}),
            }
            self._note(connection, told, row_digest({**row._asdict(), "protocol": protocol}))
        self.registry.details = self.registry.details._replace(protocol=protocol)
        return str(row.protocol)

    def add_user(self, name: str, role: str, site: str, password: str) -> None:
        """Add a user, or refuse one with every Fault found."""
        faults = user_faults(name, role, site, password)
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            sites = [row.id for row in connection.execute(select_rows(connection, schema.site))]
            people = rows_of(connection, schema.user)
            if site and site not in sites:
                faults.append(Fault(Place("site"), f"there is no site {site!r}", "a user acts for a site",
                                    nearest(site, sites, "add it first: `patency registry site add`")))  # fmt: skip
            if connection.execute(select(people.c.name).where(people.c.name == name)).first():
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
        """Give a user another password, with another salt; a user who was stopped is refused, for it would let nobody in."""
        values = _by_password(password)
        self._change_user(name, "password changed", values, self._door(values | {"name": name}), is_active=True)

    def resume_user(self, name: str, password: str) -> None:
        """Let a user who was stopped in again, by a new password: what was held before they were stopped lets nobody in."""
        values = _by_password(password)
        told = self._door(values | {"name": name})
        self._change_user(name, "user resumed", {**values, "is_active": True}, told, is_active=False)

    def sites(self) -> list[Site]:
        """Return the sites, with what is known of their ethics approval and data agreement."""
        with transaction(self.registry.engine, self.token) as connection:
            table = rows_of(connection, schema.site)
            rows = connection.execute(select(table).order_by(table.c.id)).all()
        return [Site(row.id, row.name, row.country, papers_of(row)) for row in rows]

    def users(self) -> list[tuple[User, bool]]:
        """Return the users, and of each whether they are let in."""
        with transaction(self.registry.engine, self.token) as connection:
            person = rows_of(
                connection, schema.user
            ).c  # without salt and verifier, which on PostgreSQL nobody may read
            query = select(person.name, person.role, person.site, person.is_active).order_by(person.name)
            rows = connection.execute(query).all()
        return [(User(row.name, row.role, row.site), bool(row.is_active)) for row in rows]

    def _door(self, row: Mapping[str, Any]) -> dict[str, str]:
        return {"door": self.registry.vault.door_print(row["name"], row["salt"], row["verifier"])}

    def _change_user(self, name: str, what: str, values: Mapping[str, Any], told: Mapping[str, Any] = {},
                     is_active: bool | None = None) -> None:  # fmt: skip
        """Change a user; `is_active` says whether they must be let in before, where that matters."""
        with transaction(self.registry.engine, self.token, is_writing=True) as connection:
            people = rows_of(connection, schema.user)
            whose = select(people).where(people.c.name == name)
            stood = connection.execute(whose).one_or_none()
            if stood is not None and is_active not in (None, bool(stood.is_active)):
                raise Refused([_not_stopped(name) if stood.is_active else _stopped(name)])
            if stood is None or not _change(connection, name, values):
                raise Refused([Fault(Place("user"), f"there is no user {name!r}", "nothing was changed",
                                     "`patency registry user list` lists them")])  # fmt: skip
            stands = connection.execute(whose).one()
            self._note(connection, {"what": what, "user": name, **told}, row_digest(in_the_open(stands._asdict())))

    def _note(self, connection: Connection, details: Mapping[str, Any], digest: bytes) -> None:
        writing = self.registry.writing(connection, OURS, self.user)
        writing.note("admin", digest=digest, details=details)
        writing.finish()


def _keep_key(path: Path, key: bytes) -> None:
    """Keep a site's new key, or refuse where one stands: a newer database than this may know it, and names be sealed by it."""
    if path.exists():
        raise Refused([Fault(Place(str(path)), "a key of a site of that name is there already", "it may be the only one that opens names "
                             "of a newer database, or of a copy", "move it to another place, and keep it; then add the site")])  # fmt: skip
    with writable(path, "nothing was changed"):
        write_down(path, key)


def _corrected_site(row: Row[Any], changes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a site's row says after a correction, and what the trail says of it."""
    before = {"name": row.name, "country": row.country, **papers_of(row)}
    changed = {each: said for each, said in changes.items() if said != before.get(each, "")}
    if not changed:
        raise Refused([Fault(Place("site"), "it says that already", "a correction changes something",
                             "give what is to be otherwise")])  # fmt: skip
    papers = {each: said for each, said in {**before, **changed}.items() if said}
    refuse_papers(papers)
    name, country = papers.pop("name", ""), papers.pop("country", "")
    return {"name": name, "country": country, "details": noted(papers) or "{}"}, _changed(before, changed)


def refuse_papers(details: Mapping[str, Any]) -> None:
    """Refuse papers of a site that end before they begin."""
    faults = []
    for paper in ("ethics", "agreement"):
        first, last = details.get(f"{paper}-from", ""), details.get(f"{paper}-until", "")
        if last and first > last:
            faults.append(Fault(Place(f"--{paper}-until"), f"it ends on {last}, before it begins on {first}", "it could hold on no day",
                                "exchange the two, or correct the year"))  # fmt: skip
    if faults:
        raise Refused(faults)


def _refuse_without_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(
            [
                Fault(
                    Place("reason"),
                    "no reason is given",
                    "whoever reads the trail later asks why",
                    "say why, in a few words",
                )
            ]
        )


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return what a line of the trail says of a change: of each, what stands now and what stood before."""
    return {name: said for each, now_said in after.items()
            for name, said in ((each, now_said or "nothing"), (f"{each} before", before.get(each, "") or "nothing"))}  # fmt: skip


def _change(connection: Connection, name: str, values: Mapping[str, Any]) -> int:
    """Change the row of a user; return how many rows were changed."""
    if connection.dialect.name == "postgresql":
        return postgres.change_person(connection, name, values)
    return connection.execute(update(schema.user).where(schema.user.c.name == name).values(values)).rowcount


def open_columns() -> list[Column[Any]]:
    """Return the columns of a user that may be read: on PostgreSQL nobody but the owner reads salt and verifier."""
    return [column for column in schema.user.columns if column.name not in {"salt", "verifier"}]


def in_the_open(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the open of a user's row, as its digest is made of it."""
    return {column.name: row[column.name] for column in open_columns()} | {"is_active": bool(row["is_active"])}


def user_faults(name: str, role: str, site: str, password: str) -> list[Fault]:
    """Return what is wrong with a user who is to be added."""
    faults = []
    if not access.is_name(name) or name.startswith(UNNAMED):
        faults.append(Fault(Place("user"), f"{name!r} cannot be a name", "the trail names who did what",
                            f"use up to {access.LONGEST} letters that can be seen, and no {UNNAMED} as the first"))  # fmt: skip
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


def _by_password(password: str) -> dict[str, Any]:
    """Return what the database keeps of a new password, or refuse it."""
    if fault := password_fault(password):
        raise Refused([fault])
    salt = access.new_salt()
    return {"salt": salt, "verifier": access.verifier_of(access.proof_of(password, salt))}


def _stopped(name: str) -> Fault:
    return Fault(Place("user"), f"the user {name!r} was stopped", "a new password alone would let nobody in",
                 "let them in again, by a new password, with `patency registry user resume`")  # fmt: skip


def _not_stopped(name: str) -> Fault:
    return Fault(Place("user"), f"the user {name!r} was not stopped", "only who was stopped can be let in again",
                 "give them a new password, if that is meant, with `patency registry user password`")  # fmt: skip


def password_fault(password: str) -> Fault | None:
    """Return what is wrong with a password, or None."""
    if len(password) >= SHORTEST:
        return None
    return Fault(
        Place("password"), "the password is too short", "a short one is soon found", f"use {SHORTEST} letters or more"
    )


def _nameless(name: str) -> list[Fault]:
    """Return what is wrong with a hospital's name where it is none."""
    return [] if name.strip() else [Fault(Place("name"), "the hospital has no name", "people tell sites by it",
                                          "write its name, such as 'North Hospital'")]  # fmt: skip
