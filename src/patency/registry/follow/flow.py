"""The flow of patients: seen, not enrolled and why, enrolled, with consent, with an episode, followed, and how it ended.

The screening log counts persons who were seen and bears no names, so it and the patients are two columns of one flow: the
number of those enrolled may differ between them, and then both are said. Followed are those of whom at least one visit of the
protocol was made.

The flow is that of a day: what is dated after it does not count, in the log as in the records.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from patency.registry.entry import Entry
from patency.registry.follow.due import DIED, ENDED, LOST, MADE, REFUSED, WITHDREW, ending, standings
from patency.registry.follow.few import WHY, has_few
from patency.registry.follow.followed import Entries, by_episode, dated_by
from patency.registry.follow.protocol import ENDS, Protocol
from patency.registry.forms import Forms
from patency.share import Share

NEEDED = ("patient", "consent", "episode", "visit", "event", "screening", "procedure")
_CONSENTS = ("consent", "reconsent")
_RANK = {
    each: rank for rank, each in enumerate((DIED, WITHDREW, REFUSED, LOST, ""))
}  # of several episodes, what is final


class Step(NamedTuple):
    """One box of the flow: so many, and of how many where it is a part of the box above it."""

    words: str
    count: int  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    of: int | None = None
    depth: int = 0

    @property
    def share(self) -> Share | None:
        """The share of the box above."""
        return None if self.of is None else Share(self.count, self.of)


class Part(NamedTuple):
    """One part of the flow; where `withheld` says why, it is not shown."""

    title: str
    steps: tuple[Step, ...]
    withheld: str = ""


def flow(entries: Entries, protocol: Protocol, forms: Forms, today: date, is_pooled: bool = False) -> tuple[Part, ...]:
    """Count the flow of all patients; in the pool each part is shown only where no group is of few people."""
    entries = dated_by(entries, today)
    log = list(entries.get("screening", ()))
    found = _patients(entries, protocol, today)
    log_groups, patient_groups, end_groups = _groups(log, found)
    parts = (
        ("by the screening log", _screened(log, forms), log_groups),
        ("by the patients' records", _followed(found, protocol), patient_groups),
        ("how it ended", _ended(found), end_groups),
    )
    return tuple(
        Part(title, (), WHY) if is_pooled and has_few(groups) else Part(title, tuple(steps))
        for title, steps, groups in parts
    )


def groups_of(entries: Entries, protocol: Protocol, today: date) -> Iterator[tuple[object, str]]:
    """Yield each group of people that the flow tells of, with each person of it."""
    entries = dated_by(entries, today)
    log = list(entries.get("screening", ()))
    for part, found in enumerate(_groups(log, _patients(entries, protocol, today))):
        yield from (((part, group), person) for group, person in found)


def _groups(log: Sequence[Entry], patients: "Sequence[_Patient]") -> tuple[list[tuple[object, str]], ...]:
    return (
        [(_screening_group(each), each.id) for each in log],
        [(each.group, each.entry.id) for each in patients],
        [(each.ends, each.entry.id) for each in patients],
    )


class _Patient:
    """What the flow asks of one patient."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.has_consent = self.has_episode = self.is_followed = False
        self.ended = ""
        self.recorded: set[object] = set()  # all that is recorded of an end, for other tables count it

    @property
    def group(self) -> tuple[object, ...]:
        return self.has_consent, self.has_episode, self.is_followed

    @property
    def ends(self) -> tuple[object, ...]:
        return self.has_episode, self.ended, frozenset(self.recorded)


def _patients(entries: Entries, protocol: Protocol, today: date) -> list[_Patient]:
    found = {each.id: _Patient(each) for each in entries.get("patient", ())}
    for each in entries.get("consent", ()):
        if each.patient in found and each.values.get("what") in _CONSENTS:
            found[each.patient].has_consent = True
    episodes = by_episode(entries)
    made = {each.patient for each in standings(protocol, episodes, today) if each.status in MADE}
    for followed in episodes:
        patient = found[followed.patient.id]
        patient.has_episode = True
        patient.is_followed = followed.patient.id in made
        patient.recorded |= {each.values.get("what") for each in (*followed.of("event"), *followed.of("consent"))} & {
            *ENDS,
            "refusal",
        }
        if (end := ending(protocol, followed, today)) and _RANK[end.words] < _RANK[patient.ended]:
            patient.ended = end.words
    return list(found.values())


def _screening_group(entry: Entry) -> tuple[object, ...]:
    return entry.values.get("enrolled"), entry.values.get("reason")


def _screened(log: Sequence[Entry], forms: Forms) -> Iterator[Step]:
    enrolled = [each.values.get("enrolled") for each in log]
    yield Step("seen, by the screening log", len(log))
    yield Step("enrolled", enrolled.count("yes"), len(log), 1)
    not_enrolled = [each for each in log if each.values.get("enrolled") == "no"]
    yield Step("not enrolled", len(not_enrolled), len(log), 1)
    reasons = [each.values.get("reason") for each in not_enrolled]
    for choice in forms.of["screening"].items["reason"].choices.values():
        if count := reasons.count(choice.name):
            yield Step(choice.words, count, len(not_enrolled), 2)
    if untold := sum(not isinstance(reason, str) for reason in reasons):
        yield Step("reason not known", untold, len(not_enrolled), 2)
    if untold := sum(each not in ("yes", "no") for each in enrolled):
        yield Step("not known whether enrolled", untold, len(log), 1)


def _followed(patients: Sequence[_Patient], protocol: Protocol) -> Iterator[Step]:
    every = len(patients)
    yield Step("patients in the registry", every)
    yield Step("with consent recorded", sum(each.has_consent for each in patients), every, 1)
    with_episode = sum(each.has_episode for each in patients)
    yield Step("with an episode", with_episode, every, 1)
    yield Step(
        f"followed: seen at a visit of {protocol.title!r}", sum(each.is_followed for each in patients), with_episode, 1
    )


def _ended(patients: Sequence[_Patient]) -> Iterator[Step]:
    with_episode = sum(each.has_episode for each in patients)
    for words in ENDED:
        yield Step(words, sum(each.ended == words for each in patients), with_episode)
