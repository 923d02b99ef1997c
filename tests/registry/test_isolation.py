"""No user of one site sees, counts, infers or changes another site's patients through the library."""

import os

import pytest

from patency.registry.registry import Registry
from registry.strangers import Strangers

STEPS = 3_000  # on each database; with the statements of test_row_security.py more than 10,000 in every run
EXAMPLES = int(os.environ.get("PATENCY_EXAMPLES", "1"))


def test_nothing_of_another_site_is_shown_told_or_changed(registry: Registry) -> None:
    """Three thousand random acts by users of three sites show each what is theirs, and refuse the rest in the same words."""
    machine = Strangers(registry, seed=6)
    machine.run(STEPS)
    assert len(machine.done) == len({act.__name__ for act in machine.acts}), "every act was drawn"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 1 + EXAMPLES))
def test_nor_in_ten_thousand_more(registry: Registry, seed: int) -> None:
    """The same at ten thousand acts on each database, for each seed."""
    Strangers(registry, seed).run(10_000)
