"""Mistakes an editor might make are caught by check, scenarios or proof.

A bounded number of mutants is let loose here, the same ones each time, some of every kind;
`make mutants` lets all of them loose and lists those that nothing catches.
"""

import os
import random
from collections import defaultdict

from patency.guideline.files import CONTENT, content_files

from .breeding import Mutant, Pen, mutants

CAUGHT = 0.95  # at least, of those that a catcher could tell from the original
SAMPLE = 119  # in every run; PATENCY_MUTANTS=all takes every one


def chosen(everyone: list[Mutant]) -> list[Mutant]:
    """Choose some of every kind, the same ones each time."""
    if os.environ.get("PATENCY_MUTANTS") == "all":
        return everyone
    kinds: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in everyone:
        kinds[mutant.kind].append(mutant)
    picker = random.Random(20261122)
    return [mutant for kind in kinds.values() for mutant in picker.sample(kind, SAMPLE // len(kinds))]


def test_mistakes_put_into_the_content_are_caught() -> None:
    """At least 95 of 100 mutants are refused, fail a scenario or a proof; what the solver shows to be the same is not counted."""
    files = content_files(CONTENT)
    pen = Pen(files)
    tally: dict[str, dict[str, list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    everyone = chosen(list(mutants(files, pen.library)))
    assert all(pen.is_at_home(file) for file in {mutant.file for mutant in everyone})
    for mutant in everyone:
        tally[pen.caught(mutant)][mutant.kind].append(mutant)
    count = {by: sum(map(len, kinds.values())) for by, kinds in tally.items()}
    counted = sum(count.values()) - count.get("nothing to catch", 0)
    loose = [f"{each.file}: {each.kind}: {each.what}" for kind in tally[""].values() for each in kind]
    said = "\n".join([f"{counted} counted: {dict(count)}", *loose])
    print(said)  # noqa: T201  the list is what `make mutants` is for
    assert counted >= 100
    assert 1 - len(loose) / counted >= CAUGHT, said
