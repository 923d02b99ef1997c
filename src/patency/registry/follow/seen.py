"""Whose records somebody counts: their own site's, or for the statistician the pool of all sites.

The pool stands still: it holds what had been written by one moment, which every question names in the audit trail. Until it
was first seen with somebody in it, nothing is named and nothing stands still: of the difference from nobody, what few.py shows
is always of five people or more. 30 days
after the last such moment a question may be answered as of now, if the difference from every moment that was named before
tells of nobody: of each group that it looks at (groups.py) nobody came into it or left it, or at least five did. Otherwise
it is answered as of the latest moment of which that holds. So of any two answers, in whatever order and to
whichever questions, the difference is of groups that were looked at, and none is of one to four people (few.py).

A site is in the pool from its fifth patient on, so that no smaller site can be counted. Who withdrew or refused is in it as in a
cut (cutting/people.py). Sites bear codes that tell nothing of their names.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from patency.cut.manifest import FEWEST
from patency.instrument.model import ItemKind
from patency.registry import schema
from patency.registry.access import POOL, VIEW
from patency.registry.chain import OURS
from patency.registry.cutting.people import standings
from patency.registry.database import transaction
from patency.registry.entry import Entry, stamped, unstamped
from patency.registry.follow.few import changed_by_few
from patency.registry.follow.followed import day_of, kinds_with
from patency.registry.kinds import KINDS
from patency.registry.rows import rows_of
from patency.registry.session import Session
from patency.registry.stands import Key, fallen

STANDS_STILL = timedelta(days=30)


Groups = Iterable[tuple[Hashable, str]]


class Seen(NamedTuple):
    """The records that somebody may count, by kind; for the pool, the moment by which they had been written.

    `until` is the day before which the pool does not move on; None where it need not stand still.
    """

    entries: dict[str, list[Entry]]
    pooled_at: datetime | None = None
    until: date | None = None

    @property
    def is_pooled(self) -> bool:
        """Whether they are those of all sites, of which only what tells of nobody may be shown."""
        return self.pooled_at is not None


def see(session: Session, kinds: Iterable[str], what: str, now: datetime, groups: Callable[[Seen], Groups]) -> Seen:
    """Return the records of some kinds, and of all that they hang on; that they were looked at is a line of the trail.

    `groups` says of records which groups of people the answer tells of: over the pool it stands still for fewer than five.
    """
    session.registry.vault.recall()  # one reading of the keys, for all patients
    if session.user.may(POOL):
        seen = _pooled(session, kinds_with([*kinds, "patient", "consent"]), now, groups)
        assert seen.pooled_at is not None, "it is of the pool"
        named = {"pool": stamped(seen.pooled_at)} if seen.until else {"empty pool": stamped(seen.pooled_at)}
        session.note("view", details={"what": what, **named})
        return seen
    session.need(VIEW, f"see the {what}")
    session.note("view", details={"what": what})
    return Seen({kind: list(session.entries(kind)) for kind in kinds_with(kinds)})


def site_code(session: Session, site: str) -> str:
    """Return the code by which the pool calls a site."""
    return f"site {session.registry.vault.id_of('site of the pool', site)[:6]}"


def _pooled(session: Session, kinds: Sequence[str], now: datetime, groups: Callable[[Seen], Groups]) -> Seen:
    """Return the pool as of the latest moment by which, beside each that was named before, it tells of nobody."""
    moments = _named(session)
    versions = {kind: _versions(session, kind) for kind in kinds}
    candidates = [*moments, now] if not moments or now - moments[-1] >= STANDS_STILL else moments
    found = _latest([_pool(session, versions, moment) for moment in candidates], groups)
    assert found.pooled_at is not None, "it is of the pool"
    is_bound = bool(moments or found.entries["patient"])
    return found._replace(until=(max([*moments, found.pooled_at]) + STANDS_STILL).date() if is_bound else None)


def _latest(pools: list[Seen], groups: Callable[[Seen], Groups]) -> Seen:
    """Return the latest of some pools that beside each before it tells of nobody."""
    looked_at = [set(groups(pool)) for pool in pools] if len(pools) > 1 else [set()]
    if (
        len(pools) > 1 and looked_at[-1] == looked_at[-2]
    ):  # nothing is new in it, and each moment named binds those after it
        pools.pop()
    for place in range(len(pools) - 1, 0, -1):
        if not any(changed_by_few(before, looked_at[place]) for before in looked_at[:place]):
            return pools[place]
    return pools[0]


def _pool(session: Session, versions: dict[str, list[list[Entry]]], moment: datetime) -> Seen:
    """Return the pool as it stood at a moment."""
    at = _at(versions, moment)
    last = standings((each.patient, each.values) for each in at["consent"])
    gone = {patient for patient, standing in last.items() if not standing.is_in}
    until = {patient: standing.until for patient, standing in last.items() if standing.until}
    of_site: dict[str, int] = {}
    for each in at["patient"]:
        of_site[each.site] = of_site.get(each.site, 0) + (each.id not in gone)
    large = {site for site, count in of_site.items() if count >= FEWEST}
    entries = {}
    for kind, found in at.items():
        is_dated = _is_dated(session, kind)
        entries[kind] = [
            each
            for each in found
            if each.site in large
            and each.patient not in gone
            and not (is_dated and (last_day := until.get(each.patient)) and (day_of(each) or date.max) > last_day)
        ]
    return Seen(entries, moment)


def _is_dated(session: Session, kind: str) -> bool:
    """Whether every record of a kind has its day, by which it is told whether it came after a withdrawal."""
    item = session.forms.of[kind].items.get("date") if kind in session.forms.of else None
    return item is not None and item.kind is ItemKind.DATE and item.is_required


def _at(versions: Mapping[str, Iterable[Sequence[Entry]]], moment: datetime) -> dict[str, list[Entry]]:
    """Return the records of each kind as they stood at a moment; those that others hang on come first."""
    found: dict[str, list[Entry]] = {}
    gone: dict[str, set[Key]] = {"": set()}
    for kind, every in versions.items():
        written = ([each for each in some if each.at <= moment] for some in every)
        last = [max(some, key=lambda each: each.version) for some in written if some]
        gone[kind] = fallen(((each.site, each.id, each.parent, each.is_void) for each in last), gone[KINDS[kind].of])
        found[kind] = [each for each in last if (each.site, each.id) not in gone[kind]]
    return found


def _versions(session: Session, kind: str) -> list[list[Entry]]:
    """Return every version of each record of a kind, without the erased."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in session.pooled(kind):
        found.setdefault((entry.site, entry.id), []).append(entry)
    return list(found.values())


def _named(session: Session) -> list[datetime]:
    """Return the moments as of which the pool was shown, in their order."""
    with transaction(session.registry.engine, session.token) as connection:
        trail = rows_of(connection, schema.trail, sites=[OURS])
        query = select(trail.c.note).where(trail.c.action == "view", trail.c.note.contains('"pool":'))
        return sorted({unstamped(json.loads(row.note)["pool"]) for row in connection.execute(query.distinct())})
