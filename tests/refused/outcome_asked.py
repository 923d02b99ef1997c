"""What is refused of whoever asks for outcomes: groups that nobody is in, and counts that may not leave."""

from collections.abc import Callable
from pathlib import Path

import polars

from patency.cut.manifest import Manifest
from patency.cut.opened import Cut
from patency.outcome.asked import allowed, refuse_other_mean, refuse_other_months, refuse_other_steps
from patency.outcome.report import groups_of


def _lived(folder: Path) -> Cut:
    """A cut of patients who lived, of which nothing is read."""
    return Cut(folder, Manifest("0" * 64, "a", "", "minimal", {}, {}, {}, {}, ()), {})


PIECES: dict[str, Callable[[Path], object]] = {
    "outcome-by-a-trait-that-is-none": lambda _: groups_of(polars.DataFrame(), "extend"),
    "outcome-at-months-of-the-reader-s-own": lambda _: refuse_other_months((1, 3), 5),
    "outcome-mean-within-months-of-the-reader-s-own": lambda _: refuse_other_mean(3.03, 5),
    "outcome-compared-by-steps-of-the-reader-s-own": lambda _: refuse_other_steps(13, 15, 5),
    "outcome-of-fewer-than-may-leave": lambda folder: allowed(_lived(folder), 3),
}
