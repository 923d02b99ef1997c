"""No user of one site sees, counts, infers or changes another site's patients through the library."""

import os
from collections.abc import Callable

import pytest
from sqlalchemy import select

from patency.registry import schema
from patency.registry.access import Refusal
from patency.registry.database import transaction
from patency.registry.files.export import pseudonyms_of
from patency.registry.quality.by_patient import standing
from patency.registry.quality.queries import query_named
from patency.registry.registry import Registry
from patency.registry.rows import rows_of
from registry.made import PASSWORD
from registry.strangers import Strangers

STEPS = 5_000  # on each database, so that one run does ten thousand
EXAMPLES = int(os.environ.get("PATENCY_EXAMPLES", "1"))


def test_nothing_of_another_site_is_shown_told_or_changed(registry: Registry) -> None:
    """Of five thousand random acts by users of three sites each shows what is theirs, or refuses in the same words."""
    machine = Strangers(registry, seed=6)
    machine.run(STEPS)
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + EXAMPLES))
def test_nor_in_ten_thousand_more(registry: Registry, seed: int) -> None:
    """The same at ten thousand acts on each database, for each seed."""
    Strangers(registry, seed).run(10_000)
