"""What is refused of comparisons: options and traits that nobody records, and an option against itself."""

from collections.abc import Callable
from pathlib import Path

from patency.outcome.comparison import Question, refuse_unknown

PIECES: dict[str, Callable[[Path], object]] = {
    "outcome-compare-of-no-option": lambda _: refuse_unknown(Question("catheter_lysys", "anticoagulation_alone")),
    "outcome-compare-of-no-trait": lambda _: refuse_unknown(
        Question("catheter_lysis", "anticoagulation_alone", covariates=("aeg",))
    ),
    "outcome-compare-with-itself": lambda _: refuse_unknown(Question("catheter_lysis", "catheter_lysis")),
}
