"""Who of two groups has no counterpart in the other: a level of a covariate that is found after one option alone.

In: the rows that are compared, with who took the option; the traits of their episodes; the covariates that are asked for. Out:
which rows have counterparts, and each level that has none. By such a level the options are told apart, the regression of the
choice has no end, and its patients would weigh nothing in any case: overlap weights of a chance of 0 or 1 are 0 (Li F, Morgan
KL, Zaslavsky AM. J Am Stat Assoc 2018;113:390-400, recalled). The others can be compared, and of them alone it is then said.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.outcome.covariates import UNKNOWN

if TYPE_CHECKING:
    import numpy
    import polars

    _Rows = numpy.ndarray[Any, numpy.dtype[numpy.bool_]]


class OneSided(NamedTuple):
    """A level of a covariate that is found after one option alone, and how many patients have it."""

    covariate: str
    option: str
    patients: int


def with_counterparts(
    kept: "polars.DataFrame", traits: "polars.DataFrame", covariates: Sequence[str]
) -> "tuple[polars.DataFrame, tuple[OneSided, ...]]":
    """Return the rows whose every level is found after both options, and the levels of the others.

    Without some patients another level may be left on one side: it is looked for until there is none.
    """
    import numpy

    levels = _levels(kept, traits, covariates)
    option, patient = kept["option"].to_numpy(), kept["patient"].to_numpy()
    stays: _Rows = numpy.ones(kept.height, dtype=bool)
    found: list[OneSided] = []
    while more := [
        (OneSided(f"{trait}: {level}", str(option[has][0]), len(set(patient[has]))), has)
        for trait, values in levels.items()
        for level in sorted(set(values[stays]) - {""})
        if len(set(option[has := stays & (values == level)])) == 1
    ]:
        found += [each for each, _ in more]
        for _, has in more:
            stays = stays & ~has
    return kept.filter(stays), tuple(found)


def _levels(kept: "polars.DataFrame", traits: "polars.DataFrame", covariates: Sequence[str]) -> "dict[str, Any]":
    """Return the level of each row by each covariate; of a number only whether it is not known."""
    import polars

    told = kept.select("episode").join(traits, on="episode", how="left", maintain_order="left")
    found = {}
    for name in covariates:
        trait = told[name]
        if trait.dtype.is_numeric():
            missing = trait.is_null() | trait.cast(polars.Float64).is_nan().fill_null(value=False)
            found[name] = told.select(polars.when(missing).then(polars.lit(UNKNOWN)).otherwise(polars.lit("")))
        else:
            found[name] = told.select(trait.cast(polars.String).fill_null(UNKNOWN))
    return {name: frame.to_series().to_numpy() for name, frame in found.items()}
