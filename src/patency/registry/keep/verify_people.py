"""Whether users, sites and what the registry says of itself are what the trail says.

A user has the role, the site and the password that the trail says they were given; of a site, and of the registry, the row is
the one whose digest the trail bears. A line that bears none was written before there were any: it tells of no more.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, select

from patency.registry import schema
from patency.registry.admin import in_the_open
from patency.registry.chain import OURS, row_digest
from patency.registry.keep.held import Held
from patency.registry.rows import rows_of
from patency.registry.vault import SITES

Found: TypeAlias = tuple[str, str]
BEGUN, DONE = "begun", "done"  # what the lines of an erasure note
BEFORE = "before"  # the reason that a restoring notes of an erasure of which the backup knew nothing


def erasures(connection: Connection, site: str = "") -> dict[tuple[str, str], str]:
    """Return how far each erasure has come, by site and patient: BEGUN or DONE."""
    table = (
        rows_of(connection, schema.trail, sites=[site]) if site else schema.trail
    )  # the owner reads what stands in it
    c = table.c
    query = select(c.site, c.patient, c.note).where(c.action == "erase").order_by(c.site, c.seq)
    found: dict[tuple[str, str], str] = {}
    for row in connection.execute(query):
        found[row.site, row.patient] = DONE if noted_in(row.note).get("what") == DONE else BEGUN
    return found


def noted_in(note: str) -> dict[str, Any]:
    """Return what a line notes; nothing where somebody wrote what Patency never does."""
    try:
        told = json.loads(note) if note else {}
    except (ValueError, RecursionError):  # so deep that nobody can read it
        return {}
    return told if isinstance(told, dict) else {}


class _Told(NamedTuple):
    """What a line of the registry's own trail says of a user, a site or the registry."""

    note: dict[str, Any]
    digest: bytes


def _told(connection: Connection, *what: str) -> Iterator[_Told]:
    c = schema.trail.c
    query = select(c.note, c.digest).where(c.site == OURS, c.action == "admin").order_by(c.seq)
    each = (_Told(noted_in(row.note), bytes(row.digest)) for row in connection.execute(query).all())
    yield from (told for told in each if told.note.get("what") in what)


def registry_findings(connection: Connection, held: Held) -> Iterator[Found]:
    """Yield whether what the registry says of itself is what it was made with."""
    digest = b""
    for told in _told(connection, "registry made", "protocol changed"):
        digest = told.digest
    rows = connection.execute(select(schema.registry)).all()
    is_told = len(rows) == 1 and held.public_key != held.vault.public  # by verify itself
    if len(rows) == 1 and not is_told and digest and row_digest(rows[0]._asdict()) != digest:
        yield OURS, ("what the database says of the registry was changed by nobody the trail knows: its id, name, label, "
                     "protocol or public key is not what it was made with, or changed to")  # fmt: skip


def person_findings(connection: Connection, held: Held) -> Iterator[Found]:
    """Yield which users have other rights or passwords than the trail says, or none that it knows of."""
    given: dict[Any, tuple[Any, Any]] = {}
    stopped: set[Any] = set()
    doors: dict[Any, Any] = {}
    digests: dict[Any, bytes] = {}
    for told, digest in _told(connection, "user added", "user stopped", "user resumed", "password changed"):
        user = str(told.get("user"))
        digests[user] = digest
        doors[user] = told.get("door", doors.get(user))
        if told["what"] == "user added":
            given[user] = told.get("role"), told.get("site")
        elif told["what"] == "user stopped":
            stopped.add(user)
        elif told["what"] == "user resumed":
            stopped.discard(user)
    rows = connection.execute(select(schema.user).order_by(schema.user.c.name)).all()
    for row in rows:
        said = list(_wrong_rights(row, given, row.name in stopped))
        if not said and digests[row.name] and row_digest(in_the_open(row._asdict())) != digests[row.name]:
            said.append(f"the row of the user {row.name!r} was changed by nobody the trail knows")
        door = held.vault.door_print(row.name, bytes(row.salt), bytes(row.verifier))
        if doors.get(row.name, door) not in (None, door):
            said.append(f"the password of the user {row.name!r} was replaced by nobody the trail knows: whoever did it can "
                        "sign in as them")  # fmt: skip
        yield from ((OURS, each) for each in said)
    for name in sorted(str(name) for name in given.keys() - {row.name for row in rows}):
        yield OURS, f"the user {name!r} is gone"


def _wrong_rights(row: Any, given: dict[Any, tuple[Any, Any]], is_stopped: bool) -> Iterator[str]:
    if row.name not in given:
        yield f"the user {row.name!r} was put in: no line of the trail tells of it"
    elif given[row.name] != (row.role, row.site):
        role, site = given[row.name]
        yield (f"the rights of the user {row.name!r} were changed by nobody the trail knows: {role} of "
               f"{site or 'no site'} is what was given, {row.role} of {row.site or 'no site'} what stands")  # fmt: skip
    if bool(row.is_active) is is_stopped:
        yield f"the user {row.name!r} was {'let in again' if row.is_active else 'stopped'} by nobody the trail knows"


def key_prints(connection: Connection) -> dict[str, str]:
    """Return by what the trail knows each site's key to the names of its patients, where it is not older than such prints."""
    told = (each.note for each in _told(connection, "site added"))
    return {str(note.get("site")): str(note["key"]) for note in told if "key" in note}


def site_findings(connection: Connection, held: Held) -> Iterator[Found]:
    """Yield which sites, or their keys, were put in, changed or taken away by nobody the trail knows."""
    added = {str(told.note.get("site")): told for told in _told(connection, "site added")}
    latest = {str(told.note.get("site")): told.digest for told in _told(connection, "site added", "site corrected")}
    there = {row.id: row for row in connection.execute(select(schema.site))}
    yield from (
        (site, "the site was put in: no line of the trail tells of it") for site in sorted(there.keys() - added)
    )
    yield from ((site, "the site is gone") for site in sorted(added.keys() - there))
    for site in sorted(there.keys() & added.keys()):
        told = added[site]
        if latest[site] and row_digest(there[site]._asdict()) != latest[site]:
            yield site, ("what the database says of the site was changed by nobody the trail knows: its name, country, or "
                         "the dates of its papers are not what was entered")  # fmt: skip
        key = held.vault.folder / SITES / f"{site}.key"  # which a site may hold elsewhere
        if "key" in told.note and is_there(key):
            yield from ((site, said) for said in _wrong_key(held, site, key, str(told.note["key"])))


def is_there(key: Path) -> bool:
    """Whether a key is there; there is none of a name that no file can have, such as of a site that somebody put in."""
    try:
        return key.exists()
    except (OSError, ValueError):
        return False


def _wrong_key(held: Held, site: str, key: Path, known: str) -> Iterator[str]:
    """Yield what is wrong with a site's key; one that cannot be read is told, and keeps nothing else from being verified."""
    try:
        content = key.read_bytes()
    except OSError as error:
        said = (error.strerror or "").lower()
        yield f"the site's key to the names of its patients cannot be read ({said}): whether it was replaced is not known"
        return
    if held.vault.key_print(site, content) != known:
        yield "the site's key to the names of its patients was replaced: it is not the one it was added with"
