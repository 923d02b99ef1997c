"""Whether the keys of patients, and the rights of users, are what the trail says.

A patient who was erased has no key: one that is there again was put back with an older copy of the keys. A patient who has
none was erased, or their records are lost. A user has the role and the site that the trail says they were given.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from patency.registry import schema
from patency.registry.keep.held import Held
from patency.registry.registry import OURS, SCREENING

Found: TypeAlias = tuple[str, str]
BEGUN, DONE = "begun", "done"  # what the lines of an erasure note


def erasures(connection: Connection, site: str = "") -> dict[tuple[str, str], str]:
    """Return how far each erasure has come, by site and patient: BEGUN or DONE."""
    c = schema.trail.c
    query = select(c.site, c.patient, c.note).where(c.action == "erase").order_by(c.site, c.seq)
    found: dict[tuple[str, str], str] = {}
    for row in connection.execute(query.where(c.site == site) if site else query):
        found[row.site, row.patient] = DONE if noted_in(row.note).get("what") == DONE else BEGUN
    return found


def noted_in(note: str) -> dict[str, Any]:
    """Return what a line notes; nothing where somebody wrote what Patency never does."""
    try:
        told = json.loads(note) if note else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def key_findings(connection: Connection, held: Held) -> Iterator[Found]:
    """Yield whose key is there though they were erased, and whose is gone though they were not."""
    erased, keys, destroyed = erasures(connection), held.vault.patients(), held.vault.erased()
    for (site, patient), state in sorted(erased.items()):
        if state == DONE and patient in keys:
            yield (
                site,
                f"the patient {patient} was erased, and their key is there again: it was put back from an older copy",
            )
    table = schema.records["patient"]
    for row in connection.execute(select(table.c.site, table.c.id).distinct().order_by(table.c.site, table.c.id)):
        if row.id not in keys and row.id not in destroyed and (row.site, row.id) not in erased:
            yield (
                row.site,
                f"the key of the patient {row.id} is gone, and no line of the trail tells that they were erased",
            )
    for site in connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)).scalars():
        if held.vault.id_of(SCREENING, site) not in keys:
            yield site, "the key of the screening log is gone"


def _told(connection: Connection) -> Iterator[dict[str, Any]]:
    c = schema.trail.c
    query = select(c.note).where(c.site == OURS, c.action == "admin").order_by(c.seq)
    yield from (noted_in(row.note) for row in connection.execute(query))


def person_findings(connection: Connection, _held: Held) -> Iterator[Found]:
    """Yield which users have other rights than the trail says, or none that it knows of."""
    given, stopped = {}, set()
    for each in _told(connection):
        if each.get("what") == "user added":
            given[each.get("user")] = each.get("role"), each.get("site")
        elif each.get("what") == "user stopped":
            stopped.add(each.get("user"))
    rows = connection.execute(select(schema.user).order_by(schema.user.c.name)).all()
    for row in rows:
        if row.name not in given:
            yield OURS, f"the user {row.name!r} was put in: no line of the trail tells of it"
        elif given[row.name] != (row.role, row.site):
            role, site = given[row.name]
            yield OURS, (f"the rights of the user {row.name!r} were changed by nobody the trail knows: {role} of "
                         f"{site or 'no site'} is what was given, {row.role} of {row.site or 'no site'} what stands")  # fmt: skip
    for row in rows:
        if bool(row.is_active) is (row.name in stopped):
            yield (
                OURS,
                f"the user {row.name!r} was {'let in again' if row.is_active else 'stopped'} by nobody the trail knows",
            )
    for name in sorted(str(name) for name in given.keys() - {row.name for row in rows}):
        yield OURS, f"the user {name!r} is gone"


def site_findings(connection: Connection, _held: Held) -> Iterator[Found]:
    """Yield which sites were put in or taken away by nobody the trail knows."""
    added = {str(each.get("site")) for each in _told(connection) if each.get("what") == "site added"}
    there = {row.id for row in connection.execute(select(schema.site.c.id))}
    yield from ((site, "the site was put in: no line of the trail tells of it") for site in sorted(there - added))
    yield from ((site, "the site is gone") for site in sorted(added - there))
