"""Patients for tests of follow-up: written as entries, without any database, and as a small registry of two sites.

Nobody in it ever lived.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count

from patency.registry.entry import Entry, New, Value
from patency.registry.followed import Followed, by_episode
from patency.registry.protocol import Protocol
from patency.registry.read_protocol import protocol_named
from patency.registry.registry import Registry
from registry.made import PASSWORD, forms, library

INDEX = date(2025, 1, 31)
_AT = datetime(2025, 2, 1, tzinfo=UTC)
_ids = count()


@cache
def protocol(name: str = "minimal") -> Protocol:
    """Return one of Patency's protocols."""
    return protocol_named(name, library().sources, forms())


def entry(kind: str, parent: str = "", **values: Value) -> Entry:
    """Return a record of the patient `p` as it would stand in a registry."""
    name = f"{kind}-{next(_ids):06}"
    return Entry(kind, name, 1, "north", "p", parent, values, "anna", _AT)


def patient(*records: Entry, **values: Value) -> list[Entry]:
    """Return a patient with an episode, id `e`, and records that hang on it."""
    whose = entry("patient", pseudonym="N-1")._replace(id="p")
    episode = entry("episode", "p", **{"date": INDEX, **values})._replace(id="e")
    return [whose, episode, *records]


def visit(days: int, **values: Value) -> Entry:
    """Return a visit so many days after the index date."""
    return entry("visit", "e", **{"date": INDEX + timedelta(days=days), **values})


def followed(*records: Entry, **values: Value) -> list[Followed]:
    """Return one patient with an episode and records, gathered by episode."""
    return by_episode(kinds(patient(*records, **values)))


def kinds(records: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Return records by kind."""
    found: dict[str, list[Entry]] = {}
    for each in records:
        found.setdefault(each.kind, []).append(each)
    return found


def filled(registry: Registry, north: int, south: int) -> Registry:
    """Give the sites of a registry so many patients each, whose answers are a function of their number alone."""
    registry.details = registry.details._replace(label="synthetic")
    for user, many, offset in (("ivo", north, 0), ("sam", south, 1000)):
        session = registry.sign_in(user, PASSWORD)
        for number in range(offset, offset + many):
            session.add_all(records(session.new_patient(f"P-{number:04}", {"sex_at_birth": _sex(number)}), number))
        session.add_all([screened(number) for number in range(offset, offset + 2 * many)])
    return registry


def _sex(number: int) -> str:
    return "female" if number % 5 < 3 else "male"


def screened(number: int) -> New:
    """Return an entry of a screening log: every second person was enrolled."""
    values: dict[str, Value] = {"date": INDEX, "enrolled": "yes" if number % 2 else "no"}
    return New("screening", values if number % 2 else {**values, "reason": "missed" if number % 4 else "not_eligible"})


def records(whose: New, number: int) -> list[New]:
    """Return a patient with consent, an episode, and visits at 10 days, 30 days and, of most, 3 months."""
    name = whose.patient
    index = INDEX + timedelta(days=number % 28)
    episode = New("episode", {
        "date": index, "age": 15.0 + number % 40, "population": "adolescent" if number % 40 < 3 else "adult",
        "side": ("left", "left", "right")[number % 3], "caval": "yes" if number % 4 == 0 else "no",
        "first_treatment": "pcdt" if number % 2 else "anticoagulation_alone",
    }, name, name, f"{name[:20]}e")  # fmt: skip
    visits = [
        New(
            "visit",
            {"date": index + timedelta(days=days), "planned": planned},
            name,
            episode.id,
            f"{name[:20]}{planned}",
        )
        for planned, days in (("V10", 11), ("V30", 31), ("V3", 92))
        if planned != "V3" or number % 6
    ]
    consent = New("consent", {"date": index, "what": "consent", "given_by": "patient", "scope": "data"}, name, name)
    return [whose, consent, episode, *visits]
