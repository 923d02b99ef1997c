"""What was known of each patient at the start, as columns of numbers: what a weighted comparison balances.

In: traits (traits.py), the names of those that are taken in. Out: a matrix and the name of each of its columns. A category
has a column for each level but its most frequent one; what is not known is a level of its own (a missing indicator), and a
number that is not known takes the mean beside such an indicator: nobody is left out for it, and what was not written down
is balanced as such. That is unbiased only if, where a trait was not known, it did not drive the choice either
(Blake HA and others. Stat Med 2020;39:1641-57, recalled).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy
    import polars

# Of traits.py, those that drive both who is treated how and what happens; chosen beforehand and stated with every result.
COVARIATES = ("age", "extent", "phase", "limb_threat", "compression", "recurrent")
UNKNOWN = "not known"


class Columns(NamedTuple):
    """The matrix, a row for each row of the traits; the name of each column, those that were left out, and why.

    `traits` are those of which at least one column is there: nothing else is balanced.
    """

    matrix: "numpy.ndarray[Any, numpy.dtype[numpy.float64]]"
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    traits: tuple[str, ...]


def columns_of(traits: "polars.DataFrame", names: Sequence[str] = COVARIATES) -> Columns:
    """Return the columns of the traits that are named."""
    import numpy

    every = [(trait, *each) for trait in names for each in _columns(traits[trait], trait)]
    kept: list[tuple[str, Any]] = []
    left_out = [
        f"{trait}: it is the same in everybody" for trait in names if not any(each[0] == trait for each in every)
    ]
    taken_in: dict[str, None] = {}
    for trait, name, values in every:
        tried = numpy.column_stack([numpy.ones(len(values)), *(column for _, column in kept), values])
        if numpy.linalg.matrix_rank(tried) == tried.shape[1]:
            kept.append((name, values))
            taken_in[trait] = None
        else:
            left_out.append(f"{name}: it does not vary, or follows from the others")
    matrix = numpy.column_stack([column for _, column in kept]) if kept else numpy.zeros((traits.height, 0))
    return Columns(matrix, tuple(name for name, _ in kept), tuple(left_out), tuple(taken_in))


def _columns(trait: "polars.Series", name: str) -> list[tuple[str, Any]]:
    import numpy

    if trait.dtype.is_numeric():
        values = trait.cast(float).to_numpy()
        missing = numpy.isnan(values)
        known = values[~missing]
        middle = float(known.mean()) if len(known) else 0.0
        # In units of its own spread: a covariate's scale changes nothing but the last digits.
        spread = float(known.std()) if len(known) else 0.0
        shown = (numpy.where(missing, middle, values) - middle) / (spread or 1.0)
        found = [(name, shown)]
        return [*found, (f"{name}: {UNKNOWN}", missing.astype(float))] if missing.any() else found
    levels = trait.fill_null(UNKNOWN).to_numpy()
    names, counts = numpy.unique(levels, return_counts=True)
    most = names[counts.argmax()]
    return [(f"{name}: {level}", (levels == level).astype(float)) for level in names if level != most]
