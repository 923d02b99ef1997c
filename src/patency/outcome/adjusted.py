"""A difference weighted to the overlap of two groups: what it rests on, and how far it may be believed.

In: the rows that are compared, with who took the option; the traits of their episodes; the covariates that are asked for. Out:
a Weighted, or in words why there is none. The numbers are of estimate/weighted.py.

What the data must carry: in the smaller group at least 5 patients for each column of covariates, or nothing is weighted, and
fewer than 10 are warned of. Ten is the rule of Peduzzi P and others (J Clin Epidemiol 1996;49:1373-9); five to nine did little
worse (Vittinghoff E, McCulloch CE. Am J Epidemiol 2007;165:710-8), and the rule has no firm ground (van Smeden M and others.
BMC Med Res Methodol 2016;16:163). All three recalled. A convention, and Patency's own choice.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.outcome.counterparts import OneSided
from patency.outcome.covariates import Columns, columns_of
from patency.outcome.definition import Definition
from patency.outcome.estimate.weighted import (
    ENDLESS,
    Difference,
    Overlap,
    overlap,
    weighted_difference,
    weighted_incidence,
)
from patency.outcome.follow import EVENT

if TYPE_CHECKING:
    import polars

LEAST_EACH = 5  # patients for each column of covariates
BALANCED = 0.1  # a standardised difference below it counts as balance: Austin PC. Stat Med 2009;28:3083-107 (recalled)
_POSITIVITY = "positivity: "


class Balanced(NamedTuple):
    """A covariate's standardised difference before and after weighting: a line of the balance table and of a love plot."""

    covariate: str
    before: float | None
    after: float | None


class Weighted(NamedTuple):
    """A difference by overlap weights, and all that it rests on."""

    difference: Difference
    balance: tuple[Balanced, ...]
    effective: tuple[float, float]
    covariates_left_out: tuple[str, ...]
    warnings: tuple[str, ...]
    taken_in: tuple[str, ...] = ()  # the traits of which at least one column is balanced; of the others none varies
    without: tuple[OneSided, ...] = ()  # who is not among those weighted, for they have no counterpart

    @property
    def is_sound(self) -> bool:
        """Whether the groups overlap, and every covariate is balanced."""
        is_even = all(each.after is not None and abs(each.after) < BALANCED for each in self.balance)
        return self.difference.interval is not None and is_even and not self.warnings


def adjusted(kept: "polars.DataFrame", traits: "polars.DataFrame", definition: Definition, taken: Any,
             limits: tuple[float, int], covariates: Sequence[str]) -> Weighted | str:  # fmt: skip
    """Weigh two groups to their overlap, by a month; or say why they are not weighted."""
    by, fewest = limits
    told = kept.select("episode").join(traits, on="episode", how="left", maintain_order="left")
    columns = columns_of(told, covariates)
    patients = [kept.filter(taken == each)["patient"].n_unique() for each in (0, 1)]
    many = len(columns.names)
    if not many:
        return "no covariate differs between any two patients: there is nothing to balance"
    if min(patients) < LEAST_EACH * many:
        return (
            f"{min(patients)} patients in the smaller group cannot carry {many} columns of covariates: at least {LEAST_EACH} "
            "for each. Name fewer traits with --covariate, chosen before looking at the outcome."
        )
    rests = overlap(taken, columns.matrix)
    if isinstance(rests, str):
        if rests != ENDLESS:
            return rests
        return f"{rests}{_apart(columns, taken)}. Name fewer traits with --covariate, chosen before looking at the outcome."
    clusters = clusters_of(kept)
    if definition.is_time:
        found = weighted_incidence(kept["time"].to_numpy(), kept["state"].to_numpy(), taken, columns.matrix, by,
                                   cause=EVENT, clusters=clusters)  # fmt: skip
    else:
        found = weighted_difference(kept["value"].cast(float).to_numpy(), taken, columns.matrix, clusters=clusters)
    return _with_balance(found, rests, columns, fewest)


def _apart(columns: Columns, taken: Any) -> str:
    """Name the numbers that are all higher after one option than after the other, where that is what has no end."""
    names = [
        name
        for name, values in zip(columns.names, columns.matrix.T, strict=True)
        if values[taken == 1].min() >= values[taken == 0].max() or values[taken == 0].min() >= values[taken == 1].max()
    ]
    return f" ({', '.join(names)})" if names else " (none does so by itself: several together do)"


def _with_balance(found: Difference, rests: Overlap, columns: Columns, fewest: int) -> Weighted:
    names = columns.names
    balance = tuple(Balanced(names[each.covariate], each.before, each.after) for each in rests.balance)
    uneven = [each.covariate for each in balance if each.after is None or abs(each.after) >= BALANCED]
    said = tuple(_vague(each) if _is_of_few(each, fewest) else each for each in rests.warnings)
    warnings = said + ((f"not balanced: {', '.join(uneven)}",) if uneven else ())
    return Weighted(found, balance, rests.effective, columns.left_out, warnings, columns.traits)


def _is_of_few(warning: str, fewest: int) -> bool:
    count = warning.removeprefix(_POSITIVITY).split()[0]
    return warning.startswith(_POSITIVITY) and int(count) < fewest


def _vague(warning: str) -> str:
    return f"{_POSITIVITY}some{warning[warning.index(' had ') :]}"


def clusters_of(frame: "polars.DataFrame") -> Any:
    """Return the patient of each row as a number, or None where each has a row of their own."""
    if frame["patient"].n_unique() == frame.height:
        return None
    return frame["patient"].rank("dense").to_numpy()
