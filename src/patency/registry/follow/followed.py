"""The records of a registry gathered by episode: each episode with its patient and all that hangs on it.

Records go in as lists of entries by kind; what hangs on a record that is void, or of an erased patient, is left out, for
nobody could say whose it is. Nothing is read from a database here, so a demo and a test can use it alike.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from patency.case import Absence, Span
from patency.registry.entry import Entry
from patency.registry.follow.protocol import Wanted
from patency.registry.kinds import KINDS, lineage
from patency.registry.oneline import one_line

Entries = Mapping[str, Iterable[Entry]]  # by kind
_FIRST = ("consent", "episode")  # by which a patient comes into a registry
_ENDS = ("death", "lost")  # of the patient, whichever episode they are recorded with
_BEGINS = {"medication": "start"}  # of other kinds the day is `date`


class Followed(NamedTuple):
    """One episode: its patient, and the records of each kind that hang on it; consents, ends and when they came are the patient's.

    A patient dies once, and out of every episode, and who cannot be reached is so for each: `ends` are the deaths and the losses
    recorded under any, `came` the days on which the patient was there, for a visit or a diagnosis of any.
    """

    episode: Entry
    patient: Entry
    records: Mapping[str, tuple[Entry, ...]]
    ends: tuple[Entry, ...] = ()
    came: tuple[date, ...] = ()

    @property
    def pseudonym(self) -> str:
        """The patient's pseudonym, as it is printed."""
        return one_line(str(self.patient.values.get("pseudonym", "")))

    @property
    def diagnosed(self) -> str:
        """The day of its diagnosis in words, by which a person knows the episode."""
        days = days_of(self.episode)
        return "day not known" if days is None else " to ".join(dict.fromkeys(str(day) for day in days))

    def of(self, kind: str) -> tuple[Entry, ...]:
        """Return the records of a kind; of an episode, itself."""
        return (self.episode,) if kind == "episode" else self.records.get(kind, ())

    def hanging_on(self, visit: Entry, kind: str) -> tuple[Entry, ...]:
        """Return what of a kind hangs on one visit; of what hangs on no visit, all."""
        return tuple(each for each in self.of(kind) if KINDS[kind].of != "visit" or each.parent == visit.id)


def kinds_with(kinds: Iterable[str]) -> list[str]:
    """Return kinds and all that they hang on, those that others hang on first."""
    wanted = {above for kind in kinds for above in lineage(kind)}
    return [kind for kind in KINDS if kind in wanted]


def dated_by(entries: Entries, day: date) -> dict[str, list[Entry]]:
    """Return what is dated on a day or before it, as the records now stand; what bears no day goes with what it hangs on.

    A patient of whom consents and episodes are all dated later is not there yet; one who has none of either counts on any day.
    """
    kept = {kind: [each for each in found if not _is_after(each, day)] for kind, found in entries.items()}
    some = [each for kind in _FIRST for each in entries.get(kind, ())]
    there = {each.patient for kind in _FIRST for each in kept.get(kind, ())}
    later = {each.patient for each in some} - there
    return {**kept, "patient": [each for each in kept.get("patient", ()) if each.id not in later]}


def _is_after(entry: Entry, day: date) -> bool:
    """Whether a record is dated after a day; one that may be of that day, or earlier, is not."""
    when = entry.values.get(_BEGINS.get(entry.kind, "date"))
    first = when.low if isinstance(when, Span) else when.toordinal() if isinstance(when, date) else 0
    return first > day.toordinal()


def by_episode(entries: Entries) -> list[Followed]:
    """Gather records by episode, by pseudonym and the episode's first writing."""
    patients = {each.id: each for each in entries.get("patient", ())}
    episodes = {each.id: each for each in entries.get("episode", ()) if each.patient in patients}
    whose = {name: name for name in episodes}
    found: dict[str, dict[str, list[Entry]]] = {name: {} for name in episodes}
    for kind in kinds_with(entries):
        if kind in ("patient", "episode") or "episode" not in lineage(kind):
            continue
        for each in entries.get(kind, ()):
            if (episode := whose.get(each.parent)) is not None:
                whose[each.id] = episode
                found[episode].setdefault(kind, []).append(each)
    of_patient: dict[str, list[Entry]] = {}
    for each in entries.get("consent", ()):
        of_patient.setdefault(each.patient, []).append(each)
    ends: dict[str, list[Entry]] = {}
    for each in (event for some in found.values() for event in some.get("event", ())):
        if each.values.get("what") in _ENDS:
            ends.setdefault(each.patient, []).append(each)
    came: dict[str, list[date]] = {}
    for each in (*episodes.values(), *(visit for some in found.values() for visit in some.get("visit", ()))):
        if (day := day_of(each)) is not None:
            came.setdefault(each.patient, []).append(day)
    gathered = [
        Followed(episode, patients[episode.patient], {
            **{kind: _in_order(some) for kind, some in found[name].items()},
            "consent": _in_order(of_patient.get(episode.patient, ())),
        }, _in_order(ends.get(episode.patient, ())), tuple(came.get(episode.patient, ())))
        for name, episode in episodes.items()
    ]  # fmt: skip
    return sorted(gathered, key=lambda each: (each.pseudonym, each.episode.at, each.episode.id))


def days_of(entry: Entry, field: str = "date") -> tuple[date, date] | None:
    """Return the first and the last day that a field may mean; None where nothing is said of it."""
    match entry.values.get(field):
        case date() as day:
            return day, day
        case Span(low, high):
            return date.fromordinal(int(low)), date.fromordinal(int(high))
    return None


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Order records by their day and id, for a database gives them in any order."""
    return tuple(sorted(entries, key=lambda each: (day_of(each) or date.min, each.id)))


def day_of(entry: Entry, field: str = "date") -> date | None:
    """Return the exact day that a field holds; None where there is none, or it is known only as a span."""
    value = entry.values.get(field)
    return value if isinstance(value, date) else None


def has(entry: Entry, wanted: Wanted) -> bool:
    """Whether a record holds what is wanted: a value in each field, and in the first one of those that count."""
    values = [entry.values.get(field) for field in wanted.fields]
    if any(value is None or isinstance(value, Absence) for value in values):
        return False
    return not wanted.any_of or values[0] in wanted.any_of
