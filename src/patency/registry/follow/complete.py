"""How complete a registry is, against the targets of its protocol.

Each target counts those that have what is wanted, out of the episodes, the visits that were made, or the visits that were
expected by now (made, or their window closed while the patient could still have come). A value that is missing with a
reason is missing; the reason stands in the list of what is missing.

Not here: how targets are written (protocol.py), how they are laid out (due_text.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from patency.case import Absence
from patency.fault import listed
from patency.registry.entry import Entry
from patency.registry.follow.due import MADE, MISSED, OVERDUE, Standing, standings
from patency.registry.follow.few import WHY, has_few
from patency.registry.follow.followed import Followed, has
from patency.registry.follow.protocol import Protocol, Target, Wanted
from patency.registry.kinds import KINDS
from patency.share import Share

MET, NOT_MET, UNTOLD = "met", "not met", "cannot be told"


class Missing(NamedTuple):
    """What is wanted and not recorded: of which episode, at which visit, and what is said instead."""

    pseudonym: str
    episode: str
    diagnosed: str
    visit: str
    why: str


class Completeness(NamedTuple):
    """How one target stands; where `withheld` says why, its share is not shown."""

    target: Target
    share: Share
    missing: tuple[Missing, ...] = ()
    withheld: str = ""

    @property
    def is_met(self) -> str:
        """Whether it is met; of nobody it cannot be told."""
        if self.withheld or not self.share.of:
            return UNTOLD
        return MET if 100 * self.share.count >= self.target.least * self.share.of else NOT_MET


class _Looked(NamedTuple):
    """One episode, or one visit of it, that a target counts: whether it has what is wanted, and the parts it has of it."""

    followed: Followed
    visit: str
    has_it: bool
    parts: tuple[bool, ...]
    why: str


def completeness(
    protocol: Protocol, episodes: Sequence[Followed], today: date, is_pooled: bool = False
) -> list[Completeness]:
    """Say how each target stands; in the pool without names, and only where no group is of few people."""
    by_episode = _by_episode(protocol, episodes, today)
    return [_target(target, episodes, by_episode, is_pooled) for target in protocol.targets]


def groups_of(protocol: Protocol, episodes: Sequence[Followed], today: date) -> Iterator[tuple[object, str]]:
    """Yield each group of people that the targets tell of, with each person of it."""
    by_episode = _by_episode(protocol, episodes, today)
    for target in protocol.targets:
        looked = _all_looked(target, episodes, by_episode)
        yield from (((target.name, group), person) for group, person in _groups(looked, episodes))


def _by_episode(protocol: Protocol, episodes: Sequence[Followed], today: date) -> dict[str, list[Standing]]:
    found: dict[str, list[Standing]] = {}
    for standing in standings(protocol, episodes, today):
        found.setdefault(standing.episode, []).append(standing)
    return found


def _target(
    target: Target, episodes: Sequence[Followed], by_episode: dict[str, list[Standing]], is_pooled: bool
) -> Completeness:
    looked = _all_looked(target, episodes, by_episode)
    if is_pooled and has_few(_groups(looked, episodes)):
        return Completeness(target, Share(0, 0), withheld=WHY)
    share = Share(sum(each.has_it for each in looked), len(looked))
    missing = () if is_pooled else tuple(
        Missing(each.followed.pseudonym, each.followed.episode.id, each.followed.diagnosed, each.visit, each.why)
        for each in looked if not each.has_it
    )  # fmt: skip
    return Completeness(target, share, missing)


def _all_looked(target: Target, episodes: Sequence[Followed], by_episode: dict[str, list[Standing]]) -> list[_Looked]:
    return [each for followed in episodes for each in _looked(target, followed, by_episode[followed.episode.id])]


def _looked(target: Target, followed: Followed, found: Iterable[Standing]) -> Iterator[_Looked]:
    if target.of == "episodes":
        yield _look(target.wanted, followed, "", followed.of(target.wanted.kind))
        return
    statuses = MADE if target.of == "visits made" else (*MADE, OVERDUE, MISSED)
    for standing in found:
        if standing.visit in target.at and standing.status in statuses:
            if standing.made is None:
                yield _Looked(followed, standing.visit, False, (), f"the visit is {standing.status}")
            else:
                records = followed.hanging_on(standing.made, target.wanted.kind)
                yield _look(target.wanted, followed, standing.visit, records)


def _look(wanted: Wanted, followed: Followed, visit: str, records: Sequence[Entry]) -> _Looked:
    parts = tuple(any(_has_value(each, field) for each in records) for field in wanted.fields)
    if any(has(each, wanted) for each in records):
        return _Looked(followed, visit, True, parts, "")
    return _Looked(followed, visit, False, parts, _why(wanted, records))


def _has_value(entry: Entry, field: str) -> bool:
    value = entry.values.get(field)
    return value is not None and not isinstance(value, Absence)


def _why(wanted: Wanted, records: Sequence[Entry]) -> str:
    """Say what stands instead of what is wanted."""
    if not records:
        return f"no {KINDS[wanted.kind].words} is recorded"
    told = []
    for field in wanted.fields:
        reasons = {value.value for each in records if isinstance(value := each.values.get(field), Absence)}
        if not any(_has_value(each, field) for each in records):
            told.append(f"{field}: {listed(sorted(reasons), 'and') or 'not recorded'}")
    return "; ".join(told) or f"no {KINDS[wanted.kind].words} is one of {listed(sorted(wanted.any_of))}"


def _groups(looked: Sequence[_Looked], episodes: Sequence[Followed]) -> Iterator[tuple[object, str]]:
    """Yield those who have it, who have which parts of it, and whom the target does not count."""
    counted = {each.followed.episode.id for each in looked}
    for each in looked:
        yield (each.has_it, *each.parts), each.followed.patient.id
    for followed in episodes:
        if followed.episode.id not in counted:
            yield "not counted", followed.patient.id
