"""No user of one site sees, counts, infers or changes another site's patients through the library."""

import os
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from patency.registry import schema
from patency.registry.access import NotHere, Refusal
from patency.registry.database import transaction
from patency.registry.entry import New
from patency.registry.files.export import pseudonyms_of
from patency.registry.keep.erase import erase
from patency.registry.keep.identity import identity_of
from patency.registry.keep.trail import lines_of, said
from patency.registry.quality.by_patient import standing
from patency.registry.quality.queries import query_named
from patency.registry.registry import Registry
from patency.registry.rows import rows_of
from registry.made import PASSWORD
from registry.strangers import Strangers

DAY = date(2026, 1, 1)
EXAMPLES = int(os.environ.get("PATENCY_EXAMPLES", "1"))


@pytest.mark.parametrize("seed", range(6, 6 + EXAMPLES))
def test_nothing_of_another_site_is_shown_told_or_changed(registry: Registry, seed: int) -> None:
    """Of ten thousand random acts by users of three sites each shows what is theirs, or refuses in the same words."""
    machine = Strangers(registry, seed)
    machine.run(10_000)
    assert len(machine.done) == len({act.__name__ for act in machine.acts}), "every act was drawn"


def test_the_statistician_sees_no_patient_by_any_way(registry: Registry) -> None:
    """Only who sees single records sees them; each refusal is a line of the trail."""
    patient = registry.sign_in("anna", PASSWORD).enrol("N-1").id
    stat = registry.sign_in("stat", PASSWORD)
    ways: list[Callable[[], object]] = [
        lambda: list(stat.entries("patient")), lambda: list(stat.sealed("patient")), lambda: stat.patient("N-1"),
        lambda: stat.id_beginning("patient", patient[:6]), lambda: pseudonyms_of(stat), lambda: list(standing(stat)),
        lambda: query_named(stat, "abcd"),
    ]  # fmt: skip
    for number, way in enumerate(ways, 1):
        with pytest.raises(Refusal, match="may not see records"):
            way()
        with transaction(registry.engine, stat.token) as connection:
            trail = rows_of(connection, schema.trail).c
            query = select(trail.note).where(trail.person == "stat", trail.action == "refusal")
            assert len(connection.execute(query).all()) == number
    assert [entry.values for entry in stat.pooled("patient")] == [{}]


def test_who_asks_for_what_is_not_theirs_stands_in_the_trail(registry: Registry) -> None:
    """By its id, be it another site's or nobody's; what was typed, and is no id, may be a name and is not repeated."""
    anna, sam, ivo = (registry.sign_in(name, PASSWORD) for name in ("anna", "sam", "ivo"))
    other = sam.enrol("S-1").id
    episode = sam.add(New("episode", {"date": DAY, "age": 40.0}, other, other)).id
    nobody, own = "0" * 32, anna.enrol("N-1").id
    ways: list[tuple[Callable[[], object], str]] = [
        (lambda: anna.entry("episode", episode), f"the episode {episode}"),
        (lambda: anna.entry("episode", nobody), f"the episode {nobody}"),
        (lambda: anna.entry("episode", "Ada Lovelace"), "a record (episode) by what is no id"),
        (lambda: anna.patient("Ada Lovelace"), f"the patient {anna.id_of('patient', 'Ada Lovelace')}"),
        (lambda: anna.correct("episode", episode, {"age": 9}, "mistyped"), f"the episode {episode}"),
        (lambda: anna.add(New("visit", {"date": DAY}, own, episode)), f"the episode {episode}"),
        (lambda: identity_of(anna, other), f"the patient {other}"),
        (lambda: erase(ivo, other, "asked"), f"the patient {other}"),
    ]  # fmt: skip
    for way, _ in ways:
        with pytest.raises(NotHere):
            way()
    told = [said(line) for line in lines_of(ivo) if line.action == "refusal"]
    assert [each.split(": ", 1)[1] for each in told] == [
        f"{'ivo' if way is ways[-1][0] else 'anna'} asked for {asked}, which does not stand at the site" for way, asked in ways
    ]  # fmt: skip
    assert not any("Ada" in each for each in told)
