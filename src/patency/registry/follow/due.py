"""What is due: of each episode every visit that its protocol plans, and how it stands on a day.

Episodes with their records, a protocol and a day go in; one Standing for each planned visit comes out. What is dated
after that day is not looked at, so that a list can be made for a day gone by.

A visit that names itself after a planned visit is that visit; one without a name is the planned visit in whose window it
lies. Of several the nearest to the planned day counts, of two as near the earlier; no visit counts twice. One that calls
itself a baseline, a discharge or unplanned counts as none. That the name and the window disagree is said.

Not here: who may see the list (seen.py), how it is laid out (due_text.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from patency.registry.cutting.people import CONSENT
from patency.registry.entry import Entry
from patency.registry.follow.followed import Followed, day_of, days_of, has
from patency.registry.follow.protocol import Planned, Protocol, Window

DONE, OUTSIDE, DUE, OVERDUE, MISSED, UPCOMING, NOT_EXPECTED, UNTOLD = STATUSES = (
    "done", "out of window", "due", "overdue", "missed", "upcoming", "not expected", "cannot be told",
)  # fmt: skip
MADE = (DONE, OUTSIDE)
_NONE_OF_THEM = ("baseline", "discharge", "unplanned")


class Standing(NamedTuple):
    """How one planned visit of one episode stands on a day; a patient's episodes are told apart by the day of `diagnosed`.

    `days` is what a person reckons with: until it opens, until its window closes, since it closed, or how far from its
    window it was made. `missing` names what was expected at a visit that was made and is not recorded.
    """

    pseudonym: str
    patient: str
    episode: str
    visit: str
    words: str
    status: str
    window: Window | None
    diagnosed: str = ""
    made: Entry | None = None
    days: int | None = None
    missing: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def made_on(self) -> date | None:
        """The day of the visit."""
        return day_of(self.made) if self.made else None


def standings(protocol: Protocol, episodes: Iterable[Followed], today: date) -> list[Standing]:
    """Say how each planned visit of each episode stands, in the order of the episodes and of the protocol."""
    return [standing for followed in episodes for standing in _of_episode(protocol, followed, today)]


def _of_episode(protocol: Protocol, followed: Followed, today: date) -> Iterator[Standing]:
    origin = _origin(protocol, followed, today)
    windows = {visit.name: visit.window(origin) for visit in protocol.visits} if isinstance(origin, date) else {}
    visits = [each for each in followed.of("visit") if (day := day_of(each)) is not None and day <= today]
    made = matched(protocol, windows, visits)
    end = ending(protocol, followed, today)
    for planned in protocol.visits:
        empty = Standing(
            followed.pseudonym, followed.patient.id, followed.episode.id, planned.name, planned.words, UNTOLD, None,
            followed.diagnosed,
        )  # fmt: skip
        if isinstance(origin, date):
            yield _standing(empty._replace(window=windows[planned.name]), planned, protocol, followed, made, end, today)
        else:
            yield empty._replace(status=origin.status, said=(origin.why,))


class _NoOrigin(NamedTuple):
    status: str
    why: str


def _origin(protocol: Protocol, followed: Followed, today: date) -> date | _NoOrigin:
    """Return the day from which time runs; what is not known is not guessed."""
    if protocol.starts == "diagnosis":
        return day_of(followed.episode) or _NoOrigin(UNTOLD, "the index date is not known to the day")
    procedures = [each for each in followed.of("procedure") if (day_of(each) or today) <= today]
    if not procedures:
        return _NoOrigin(NOT_EXPECTED, "no procedure is recorded")
    days = [day for each in procedures if each.values.get("is_index") == "yes" and (day := day_of(each))]
    return min(days) if days else _NoOrigin(UNTOLD, "no procedure is marked as the index procedure")


DIED, LOST, WITHDREW, REFUSED = ENDED = ("died", "lost to follow-up", "withdrew", "refused")
_NOES = {"withdrawal": WITHDREW, "refusal": REFUSED}


class Ending(NamedTuple):
    """Why, and from which day on, nothing more is expected; where the day is known as a span, from its first day on.

    Nobody is to call on the dead, or on who said no, because the day of it is not known.
    """

    on: date
    words: str
    last: date

    @property
    def said(self) -> str:
        """What is said of a visit that is not expected for it."""
        return (
            f"{self.words} on {self.on}" if self.on == self.last else f"{self.words} between {self.on} and {self.last}"
        )


def ending(protocol: Protocol, followed: Followed, today: date) -> Ending | None:
    """Return what ended an episode's follow-up first: death, a no or a loss.

    A death ends every episode of the patient, and so does a loss: it is a person who cannot be reached, and a cut counts it so
    (cutting/vital.py). A refusal ends what a withdrawal does (cutting/people.py). Who
    consents again is back, and who came again, for whichever episode, or was diagnosed anew, was not lost.
    """
    found = [
        *_ends(followed.ends if "death" in protocol.ends else (), {"death": DIED}, today),
        *_noes(followed.of("consent") if "withdrawal" in protocol.ends else (), today),
    ]
    last_seen = max((day for day in followed.came if day <= today), default=date.min)
    if "lost" in protocol.ends:
        losses = _ends(followed.ends, {"lost": LOST}, today)
        found += [each for each in losses if each.last >= last_seen]
    return min(found, default=None)


def _ends(records: Iterable[Entry], words: Mapping[str, str], today: date) -> Iterator[Ending]:
    for each in records:
        what, days = str(each.values.get("what")), days_of(each)
        if what in words and days is not None and days[0] <= today:
            yield Ending(days[0], words[what], days[1])


def _noes(consents: Sequence[Entry], today: date) -> list[Ending]:
    """Return the noes that no consent followed; of two words on one day the stricter counts."""
    given = [days_of(each) for each in consents if each.values.get("what") in CONSENT]
    back = max((days[0] for days in given if days is not None and days[1] <= today), default=date.min)
    return [each for each in _ends(consents, _NOES, today) if each.last >= back]


def matched(protocol: Protocol, windows: Mapping[str, Window], visits: Sequence[Entry]) -> dict[str, Entry]:
    """Return which visit is which planned one: those within windows first, then those outside that name themselves."""
    found: dict[str, Entry] = {}
    free = {visit.id: visit for visit in sorted(visits, key=lambda each: (day_of(each) or date.min, each.id))}
    names = {planned.planned for planned in protocol.visits} - {""}
    for is_within in (True, False):
        for planned in protocol.visits:
            if planned.name in found or not windows:
                continue
            rivals = [windows[each.name].target for each in protocol.visits if each.planned == planned.planned]
            some = [
                each
                for each in free.values()
                if _may_be(each, planned, windows[planned.name], names, is_within, rivals)
            ]
            if some:
                target = windows[planned.name].target
                best = min(some, key=lambda each: (not _is_named(each, planned), *_distance(each, target)))
                found[planned.name] = free.pop(best.id)
    return found


def _is_named(visit: Entry, planned: Planned) -> bool:
    return bool(planned.planned) and visit.values.get("planned") == planned.planned


def _distance(visit: Entry, target: date) -> tuple[int, date]:
    day = day_of(visit)
    assert day is not None, "only visits with a day are looked at"
    return abs((day - target).days), day  # a tie goes to the earlier


def _may_be(
    visit: Entry, planned: Planned, window: Window, names: set[str], is_within: bool, rivals: Sequence[date]
) -> bool:
    day = day_of(visit)
    assert day is not None, "only visits with a day are looked at"
    if not is_within:  # of several planned visits of one name, such as yearly ones, it is the nearest
        return _is_named(visit, planned) and min(rivals, key=lambda target: _distance(visit, target)) == window.target
    if not window.opens <= day <= window.closes:
        return False
    called = visit.values.get("planned")
    return _is_named(visit, planned) or not (called in names or called in _NONE_OF_THEM)


def _standing(
    standing: Standing, planned: Planned, protocol: Protocol, followed: Followed, made: Mapping[str, Entry],
    end: Ending | None, today: date,
) -> Standing:  # fmt: skip
    window, visit = standing.window, made.get(planned.name)
    assert window is not None, "time begins on some day"
    said = tuple(_odd_names(planned, window, followed, made, protocol, today))
    if visit is not None:
        return _made(standing._replace(made=visit, said=said), planned, protocol, followed)
    if planned.only_after and not followed.of(planned.only_after):
        return standing._replace(status=NOT_EXPECTED, said=(f"only after a {planned.only_after}", *said))
    if end is not None and end.on <= window.closes:
        return standing._replace(status=NOT_EXPECTED, said=(end.said, *said))
    late = (today - window.closes).days
    if late > 0:
        return standing._replace(status=OVERDUE if late <= protocol.overdue else MISSED, days=late, said=said)
    if today < window.opens:
        return standing._replace(status=UPCOMING, days=(window.opens - today).days, said=said)
    return standing._replace(status=DUE, days=-late, said=said)


def _made(standing: Standing, planned: Planned, protocol: Protocol, followed: Followed) -> Standing:
    visit, window, day = standing.made, standing.window, standing.made_on
    assert visit is not None, "it was made"
    assert window is not None, "time begins on some day"
    assert day is not None, "only visits with a day are looked at"
    missing = [
        wanted.words
        for wanted in (protocol.expected[name] for name in planned.expects)
        if not any(has(each, wanted) for each in followed.hanging_on(visit, wanted.kind))
    ]
    outside = max((window.opens - day).days, (day - window.closes).days, 0)
    said = standing.said
    if outside:
        said = (f"{outside} day{'s' * (outside != 1)} {'before' if day < window.opens else 'after'} its window", *said)
    return standing._replace(status=OUTSIDE if outside else DONE, days=outside, missing=tuple(missing), said=said)


def _odd_names(
    planned: Planned, window: Window, followed: Followed, made: Mapping[str, Entry], protocol: Protocol, today: date
) -> Iterator[str]:
    """Say which visits lie in a window, or were taken for the planned visit, and call themselves otherwise."""
    taken = made.get(planned.name)
    names = {each.planned for each in protocol.visits} - {""}
    for visit in followed.of("visit"):
        day, called = day_of(visit), visit.values.get("planned")
        if day is None or day > today or not window.opens <= day <= window.closes or not isinstance(called, str):
            continue
        if visit is taken and called not in names:
            yield f"calls itself {called}, which this protocol does not plan"
        elif visit is not taken and not _is_named(visit, planned):
            yield f"a visit on {day} lies in the window and calls itself {called}"
