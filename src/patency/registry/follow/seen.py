"""Whose records somebody counts: their own site's, or for the statistician the pool of all sites.

The pool stands still: it holds what had been written by one moment, which every question names in the audit trail, and
which moves on when 30 days have gone by and records of at least five patients were written meanwhile. Asked again a day
later, a table says the same, so that nobody can be known by what was entered between.

A site is in the pool from its fifth patient on, so that no smaller site can be counted. Who withdrew consent and did not
say that what is there may stay is not in it. Sites bear codes that tell nothing of their names.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from patency.registry import schema
from patency.registry.access import POOL, VIEW
from patency.registry.database import transaction
from patency.registry.entry import Entry
from patency.registry.follow.few import FEWEST
from patency.registry.follow.followed import kinds_with
from patency.registry.registry import OURS, stamped, unstamped
from patency.registry.session import Session

STANDS_STILL = timedelta(days=30)


class Seen(NamedTuple):
    """The records that somebody may count, by kind; for the pool, the moment by which they had been written."""

    entries: dict[str, list[Entry]]
    pooled_at: datetime | None = None

    @property
    def is_pooled(self) -> bool:
        """Whether they are those of all sites, of which only what tells of nobody may be shown."""
        return self.pooled_at is not None


def see(session: Session, kinds: Iterable[str], what: str, now: datetime) -> Seen:
    """Return the records of some kinds, and of all that they hang on; that they were looked at is a line of the trail."""
    session.registry.vault.recall()  # one reading of the keys, for all patients
    if session.user.may(POOL):
        return _pool(session, kinds, what, now)
    session.need(VIEW, f"see the {what}")
    session.note("view", details={"what": what})
    return Seen({kind: list(session.entries(kind)) for kind in kinds_with(kinds)})


def site_code(session: Session, site: str) -> str:
    """Return the code by which the pool calls a site."""
    return f"site {session.registry.vault.id_of('site of the pool', site)[:6]}"


def _pool(session: Session, kinds: Iterable[str], what: str, now: datetime) -> Seen:
    moment = _moment(session, now)
    session.note("view", details={"what": what, "pool": stamped(moment)})
    last = stamped(moment)
    patients = {each.id: each for each in session.pooled("patient", last)}
    consents = list(session.pooled("consent", last))
    gone = {
        each.patient
        for each in consents
        if each.values.get("what") == "withdrawal" and each.values.get("may_keep") != "yes"
    }
    of_site: dict[str, int] = {}
    for each in patients.values():
        of_site[each.site] = of_site.get(each.site, 0) + (each.id not in gone)
    large = {site for site, count in of_site.items() if count >= FEWEST}
    entries = {}
    for kind in kinds_with(kinds):
        found = {"patient": patients.values(), "consent": consents}.get(kind) or session.pooled(kind, last)
        entries[kind] = [each for each in found if each.site in large and each.patient not in gone]
    return Seen(entries, moment)


def _moment(session: Session, now: datetime) -> datetime:
    """Return the moment at which the pool stands: the last that was named, unless it is time to move on."""
    trail = schema.trail
    query = select(trail.c.note).where(trail.c.site == OURS, trail.c.action == "view", trail.c.note.contains('"pool":'))
    with transaction(session.registry.engine, session.token) as connection:
        row = connection.execute(query.order_by(trail.c.seq.desc()).limit(1)).first()
        if row is None:
            return now
        moment = unstamped(json.loads(row.note)["pool"])
        if now - moment < STANDS_STILL:
            return moment
        changed: set[str] = set()
        for table in schema.records.values():
            query = (
                select(table.c.patient).where(table.c.site.in_(session.sites), table.c.at > stamped(moment)).distinct()
            )
            changed |= {each.patient for each in connection.execute(query)}
    return now if len(changed) >= FEWEST else moment
