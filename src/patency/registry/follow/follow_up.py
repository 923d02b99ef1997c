"""What a person may ask of the follow-up: the list of what is due, how complete the registry is, the flow of patients.

A site's users see their own patients one by one; the statistician sees the pool, in numbers alone. Each asking is one line
of the audit trail.

A day that is asked for is one of the patients' days and none of the clerk's: what is dated after it does not count, what was
written after it does. A visit that was entered late is one that was made.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from patency.fault import Fault, Place, Refused
from patency.registry.access import POOL
from patency.registry.entry import now as this_moment
from patency.registry.follow.complete import Completeness, completeness
from patency.registry.follow.complete import groups_of as of_targets
from patency.registry.follow.due import STATUSES, Standing, standings
from patency.registry.follow.few import WHY, has_few
from patency.registry.follow.flow import NEEDED as OF_A_FLOW
from patency.registry.follow.flow import Part, flow
from patency.registry.follow.flow import groups_of as of_flow
from patency.registry.follow.followed import Followed, by_episode, dated_by
from patency.registry.follow.protocol import Protocol
from patency.registry.follow.read_protocol import protocol_named
from patency.registry.follow.seen import Seen, see
from patency.registry.session import Session

ALWAYS = ("patient", "consent", "episode", "procedure", "visit", "event")


class Due(NamedTuple):
    """How all planned visits stand on a day: one by one for a site's users, and how many are in each status."""

    protocol: Protocol
    on: date
    standings: tuple[Standing, ...]
    counts: dict[str, int]
    withheld: str = ""
    label: str = ""
    is_pooled: bool = False
    until: date | None = None


class Complete(NamedTuple):
    """How each target of a protocol stands on a day."""

    protocol: Protocol
    on: date
    targets: tuple[Completeness, ...]
    label: str = ""
    is_pooled: bool = False
    until: date | None = None


class Flowed(NamedTuple):
    """The flow of patients on a day, by a protocol."""

    protocol: Protocol
    on: date
    parts: tuple[Part, ...]
    label: str = ""
    is_pooled: bool = False
    until: date | None = None


def kinds_of(protocol: Protocol) -> list[str]:
    """Return the kinds of record that a protocol looks at."""
    wanted = [*protocol.expected.values(), *(target.wanted for target in protocol.targets)]
    return [
        *ALWAYS,
        *(each.kind for each in wanted),
        *(visit.only_after for visit in protocol.visits if visit.only_after),
    ]


def due(session: Session, protocol: Protocol, on: date | None = None) -> Due:
    """Say what is due, by default today. Over the pool the day is that by which it stands, and nobody is named."""
    return due_at(session, protocol, on, this_moment())


def due_at(session: Session, protocol: Protocol, on: date | None, now: datetime) -> Due:
    """Say what `due` does, at a moment: for tests alone, as the next two are."""
    _refuse_chosen(session, protocol, on)

    def looked_at(seen: Seen) -> Iterator[tuple[object, str]]:
        return _by_statuses(_standings(seen, protocol, _day(seen.pooled_at, on, now)))

    seen = see(session, kinds_of(protocol), "due list", now, looked_at)
    today = _day(seen.pooled_at, on, now)
    found = _standings(seen, protocol, today)
    label = session.registry.details.label
    if seen.is_pooled and has_few(_by_statuses(found)):
        return Due(protocol, today, (), {}, WHY, label, True, seen.until)
    counts = {status: sum(each.status == status for each in found) for status in STATUSES}
    return Due(protocol, today, () if seen.is_pooled else tuple(found), counts, "", label, seen.is_pooled, seen.until)


def _standings(seen: Seen, protocol: Protocol, day: date) -> list[Standing]:
    return standings(protocol, _episodes(seen, day), day)


def _episodes(seen: Seen, day: date) -> list[Followed]:
    """Return the episodes of a day, by what is dated on it or before."""
    return by_episode(dated_by(seen.entries, day))


def _by_statuses(found: Sequence[Standing]) -> Iterator[tuple[object, str]]:
    """Yield each person under all their statuses at once: of one who died the numbers are known by what the others are not."""
    of: dict[str, list[tuple[str, str]]] = {}
    for each in found:
        of.setdefault(each.patient, []).append((each.visit, each.status))
    for person, statuses in of.items():
        yield tuple(sorted(statuses)), person


def complete(session: Session, protocol: Protocol, on: date | None = None) -> Complete:
    """Say how complete the registry is, by default today."""
    return complete_at(session, protocol, on, this_moment())


def complete_at(session: Session, protocol: Protocol, on: date | None, now: datetime) -> Complete:
    """Say what `complete` does, at a moment."""
    _refuse_chosen(session, protocol, on)

    def looked_at(seen: Seen) -> Iterator[tuple[object, str]]:
        day = _day(seen.pooled_at, on, now)
        return of_targets(protocol, _episodes(seen, day), day)

    seen = see(session, kinds_of(protocol), "completeness", now, looked_at)
    today = _day(seen.pooled_at, on, now)
    found = completeness(protocol, _episodes(seen, today), today, seen.is_pooled)
    return Complete(protocol, today, tuple(found), session.registry.details.label, seen.is_pooled, seen.until)


def flowed(session: Session, protocol: Protocol, on: date | None = None) -> Flowed:
    """Count the flow of patients, by default as of today."""
    return flowed_at(session, protocol, on, this_moment())


def flowed_at(session: Session, protocol: Protocol, on: date | None, now: datetime) -> Flowed:
    """Count what `flowed` does, at a moment."""
    _refuse_chosen(session, protocol, on)

    def looked_at(seen: Seen) -> Iterator[tuple[object, str]]:
        return of_flow(seen.entries, protocol, _day(seen.pooled_at, on, now))

    seen = see(session, OF_A_FLOW, "flow of patients", now, looked_at)
    today = _day(seen.pooled_at, on, now)
    found = flow(seen.entries, protocol, session.forms, today, seen.is_pooled)
    return Flowed(protocol, today, found, session.registry.details.label, seen.is_pooled, seen.until)


def _refuse_chosen(session: Session, protocol: Protocol, on: date | None) -> None:
    """Refuse over the pool any day, and any protocol but the registry's: by two beside each other one visit could be known."""
    if not session.user.may(POOL):
        return
    if on is not None:
        raise Refused([Fault(Place("--on"), "over the pool no day is chosen", "by two days beside each other somebody could be known",
                             "leave it out: the pool is told as of the moment that stands above it")])  # fmt: skip
    own = protocol_named(session.registry.details.protocol, session.registry.library.sources, session.forms)
    if own.content_hash != protocol.content_hash:
        raise Refused([Fault(Place("protocol"), f"over the pool {protocol.name!r} is not the registry's protocol",
                             "by two protocols beside each other somebody could be known",
                             f"leave it out: it is {own.name!r}")])  # fmt: skip


def _day(pooled_at: datetime | None, on: date | None, now: datetime) -> date:
    """Return the day that is asked for; over the pool it cannot be chosen, or two days beside each other would tell of one visit."""
    return pooled_at.date() if pooled_at else on or now.date()
