"""What the answers say of all who were invited, where the invited are of strata, or those who answer of clusters.

An answer of stratum h stands for N_h / n_h people: of N_h invited n_h are analysed, and those who are not are taken to
be like them. A share or mean is a ratio of weighted sums; its variance is Taylor's, between the clusters (or people) of
each stratum. The same values as R's survey package: svydesign(ids, strata, weights, fpc), svymean of the subset that
answered, and svyciprop(method = "xlogit"), which is what method = "logit" converges to.

Lumley T. Complex Surveys. Wiley 2010, sections 2.2 and 3.2. Saerndal C-E, Swensson B, Wretman J. Model Assisted Survey
Sampling. Springer 1992, section 5.7.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, log, sqrt
from typing import TYPE_CHECKING, NamedTuple

from patency.fault import listed
from patency.practice.survey import Survey
from patency.practice.tables import Estimate, MeanEstimate
from patency.share import CONFIDENCE, Interval

if TYPE_CHECKING:
    import polars


class Unit(NamedTuple):
    """A cluster, or one person where there are none: over its members, how many answered and the sum of their answers.

    So many `times` a unit alike was met. Those who did not answer this question belong to the sample all the same.
    """

    stratum: str
    answered: float
    total: float
    times: int = 1


class Layer(NamedTuple):
    """One stratum: how many people each of its answers stands for, and, for a finite population, how many units it has."""

    weight: float
    units: int | None = None


class Design(NamedTuple):
    """How the sample came about. Without layers no estimate is made, and `words` says why."""

    layers: Mapping[str, Layer]
    is_clustered: bool
    words: str


class Linear(NamedTuple):
    """A ratio estimated with its standard error, which is None where a stratum has one unit alone, and degrees of freedom."""

    value: float
    standard_error: float | None
    freedom: int


def linear(units: Iterable[Unit], layers: Mapping[str, Layer]) -> Linear | None:
    """Estimate the ratio of weighted totals to weighted numbers of those who answered; none where nobody did."""
    by_layer: dict[str, list[Unit]] = {}
    for unit in units:
        by_layer.setdefault(unit.stratum, []).append(unit)
    weighed = [(layers[unit.stratum].weight, unit) for each in by_layer.values() for unit in each]
    size = sum(weight * unit.answered * unit.times for weight, unit in weighed)
    if not size:
        return None
    value = sum(weight * unit.total * unit.times for weight, unit in weighed) / size
    variances = [_variance(each, layers[name], value, size) for name, each in by_layer.items()]
    known = [variance for variance in variances if variance is not None]
    error = sqrt(max(0.0, sum(known))) if len(known) == len(variances) else None
    answering = [unit for _, unit in weighed if unit.answered]
    freedom = sum(unit.times for unit in answering) - len({unit.stratum for unit in answering})
    return Linear(value, error, freedom)


def _variance(units: Sequence[Unit], layer: Layer, value: float, size: float) -> float | None:
    n = sum(unit.times for unit in units)
    sampled = n / layer.units if layer.units else 0.0
    if sampled >= 1:
        return 0.0
    if n < 2:
        return None  # a unit alone does not say how units differ
    scores = [(layer.weight * (unit.total - value * unit.answered) / size, unit.times) for unit in units]
    mean = sum(score * times for score, times in scores) / n
    return (1 - sampled) * n / (n - 1) * sum((score - mean) ** 2 * times for score, times in scores)


def share_estimate(found: Linear | None) -> Estimate | None:
    """Return a share with its interval on the logit scale; at 0 and 1 that scale has no end, and there is none."""
    if found is None:
        return None
    share, error, freedom = found
    if not error or freedom < 1 or not 0 < share < 1:
        return Estimate(share, error, None)
    middle, half = log(share / (1 - share)), _student(freedom) * error / (share * (1 - share))
    return Estimate(share, error, Interval(_share_of(middle - half), _share_of(middle + half)))


def mean_estimate(found: Linear | None) -> MeanEstimate | None:
    """Return a mean with its interval by Student's t."""
    if found is None:
        return None
    mean, error, freedom = found
    if error is None or freedom < 1:
        return MeanEstimate(mean, error, None)
    half = _student(freedom) * error
    return MeanEstimate(mean, error, Interval(mean - half, mean + half))


def _student(freedom: int) -> float:
    from scipy.special import stdtrit  # scipy.stats has the same, and takes a second to load

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _share_of(logit: float) -> float:
    return 1 / (1 + exp(-logit))


def units(frame: "polars.DataFrame", design: Design, answered: "polars.Expr", total: "polars.Expr") -> list[Unit]:
    """Return the units of a sheet for one question: what counts as answered, and what is added up."""
    import polars

    rows = frame.select(
        polars.col("stratum").fill_null("")
        if len(design.layers) > 1 or "" not in design.layers
        else polars.lit("").alias("stratum"),
        polars.col("cluster"),
        answered.cast(polars.Float64).fill_null(0.0).alias("answered"),
        total.cast(polars.Float64).fill_null(0.0).alias("total"),
    )
    if design.is_clustered:
        rows = rows.group_by("stratum", "cluster").agg(polars.col("answered", "total").sum())
    alike = rows.group_by("stratum", "answered", "total").len().sort("stratum", "answered", "total")
    return [Unit(*row) for row in alike.iter_rows()]


def plan(frame: "polars.DataFrame", survey: Survey | None, is_finite: bool) -> Design:
    """Say how the sample came about, from the strata and clusters that its answers carry, and which intervals are narrowed."""
    design = _plan(frame, survey, is_finite)
    return design._replace(words=f"{design.words}; {_narrowed(design, survey)}") if is_finite else design


def _narrowed(design: Design, survey: Survey | None) -> str:
    invited = survey.frame.invited if survey else None
    said = (
        f"the {invited} invited being all there are, the intervals of questions asked of all are narrowed"
        if invited
        else "how many were invited is not known, so no interval of a question is narrowed"
    )
    if not design.layers:
        return said
    if all(layer.units for layer in design.layers.values()):
        return f"{said}; those of estimates are narrowed"
    return f"{said}; those of estimates are not narrowed, for how many clusters there are is not known"


def _plan(frame: "polars.DataFrame", survey: Survey | None, is_finite: bool) -> Design:
    strata = survey.frame.strata if survey else {}
    clusters, lost = frame["cluster"].n_unique(), frame["cluster"].null_count()
    is_clustered = 0 < lost < len(frame) or (not lost and clusters > 1)
    if is_clustered and lost:
        return Design({}, False, f"no estimate honours the clusters: {lost} responses carry none")
    if not strata and not is_clustered:
        return Design({}, False, "treated as a simple random sample; no strata or clusters were given")
    if strata:
        return _stratified(frame, survey, is_clustered, is_finite) if survey else Design({}, False, "")
    institutions = survey.frame.institutions if survey and is_finite else None
    said = f"clusters ({clusters}) are honoured; no strata were given"
    return Design({"": Layer(1.0, institutions)}, True, said)


def _stratified(frame: "polars.DataFrame", survey: Survey, is_clustered: bool, is_finite: bool) -> Design:
    came = dict(frame["stratum"].value_counts().iter_rows())
    strata = survey.frame.strata
    odd = sum(count for name, count in came.items() if name not in strata)
    left_out = (survey.frame.invited or 0) - sum(stratum.invited for stratum in strata.values())
    empty = [stratum.words for name, stratum in strata.items() if not came.get(name)]
    over = [f"{came[name]} of {each.words} are analysed and {each.invited} were invited"
            for name, each in strata.items() if came.get(name, 0) > each.invited]  # fmt: skip
    why = next((why for is_so, why in (
        (odd, f"{odd} responses carry none of them"),
        (empty, f"nobody of {', '.join(empty)} is analysed"),
        (over, listed(over, "and")),
        (left_out > 0, f"{left_out} of those invited are in none of them"),
    ) if is_so), "")  # fmt: skip
    if why:
        return Design({}, False, f"treated as a simple random sample: strata were given, but {why}")
    knows_units = is_finite and not is_clustered
    layers = {
        name: Layer(stratum.invited / came[name], stratum.invited if knows_units else None)
        for name, stratum in strata.items()
    }
    and_clusters = " and clusters" if is_clustered else ""
    said = f"strata ({len(strata)}){and_clusters} are honoured: each answer stands for those invited in its stratum"
    if not is_clustered:
        said += "; no clusters were given"
    return Design(layers, is_clustered, said)
