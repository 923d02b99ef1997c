"""What the library decides while much is unknown is so whatever turns out, for patients of its own scenarios.

tests/agreement/test_advice.py shows it of small wards over every completion. Here the real guidelines are asked:
of each scenario some findings are hidden, and what is decided without them must be what is decided with them.
"""

import random

import pytest

from patency.case import Case
from patency.guideline.advise import Reading, advise
from patency.guideline.model import Guideline, Library
from patency.truth import Truth


@pytest.mark.parametrize("chance", [0.2, 0.5, 0.8])
def test_what_is_decided_while_findings_are_hidden_stays_decided(chance: float, library: Library) -> None:
    """Scope, rules and matches decided on fewer findings are never reversed by the hidden ones, nor opened again."""
    drawn = random.Random(11)
    decided = 0
    for guideline in library.guidelines.values():
        for scenario in guideline.scenarios:
            case = scenario.case
            known = {name: each for name, each in case.findings.items() if drawn.random() < chance}
            before = decisions(guideline, Case(case.on, known), library)
            after = decisions(guideline, case, library)
            for name, truth in before.items():
                assert truth in (Truth.UNKNOWN, after[name]), f"{guideline.id}, {scenario.name}: {name}"
            decided += sum(truth is not Truth.UNKNOWN for truth in before.values())
    assert decided > 300, "much is decided with little"


def decisions(guideline: Guideline, case: Case, library: Library) -> dict[str, Truth]:
    advice = advise(guideline, Reading(case, library))
    return {"its scope": advice.scope} | {each.rule.id: each.holds for each in advice.rules}
