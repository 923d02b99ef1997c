"""What a definition comes to in a cut: one Estimated for each group, with all that a figure stands on.

In: what was followed (follow.py), and the group of each episode. Out: shares with Wilson's and the exact interval, patencies
by Kaplan and Meier with Turnbull's curve beside them, events by Aalen and Johansen where death competes, numbers with
mean, deviation, median and range. Limbs that share a patient are clustered by patient.

Not here: what may be shown of few people (few.py), and any drawing or page.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.definition import Definition
from patency.outcome.estimate.counted import Column
from patency.outcome.estimate.ends import At
from patency.outcome.estimate.incidence import Incidence, incidence, incidence_at
from patency.outcome.estimate.resampled import turnbull_intervals
from patency.outcome.estimate.scores import Change, change
from patency.outcome.estimate.shares import effective, exact_share
from patency.outcome.estimate.survival import Limbs, Mean, Survival, mean_until, quantile, survival
from patency.outcome.estimate.survival import at as survival_at
from patency.outcome.estimate.visits import BetweenVisits, turnbull, turnbull_at
from patency.outcome.follow import CENSORED, DEATH, EVENT, Followed
from patency.outcome.tail import cut_words, fewest_at_risk, reach_of
from patency.percent import rounded
from patency.share import Interval, Share, wilson
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    import polars

MONTHS = (1, 3, 6, 12, 24, 36, 60)
ALL = ""  # the group of everybody
# Of the bootstrap of Turnbull's curve: how many draws, whose ends are the 5th lowest and highest, and their seed.
RUNS, SEED = 200, 1


class Point(NamedTuple):
    """A curve at one month: how many were still followed, the share, its interval; or in words why there is none.

    `at_risk` is None where too few were followed to be told (few.py).
    """

    month: float
    at_risk: int | None
    value: float | None
    interval: Interval | None
    why: str = ""


class Median(NamedTuple):
    """The day by which half had the event and the ends of its interval; None beyond the day `reach`, where the curve is cut."""

    value: float | None
    low: float | None
    high: float | None
    reach: float

    @property
    def ends(self) -> tuple[float | None, float | None, float | None]:
        """The median and both ends of its interval."""
        return self.value, self.low, self.high


class Summary(NamedTuple):
    """A number over units: mean with t interval and deviation, median and quartiles, least and most.

    The least and the most are None where they would be those of one person who lived (few.py).
    """

    mean: float
    deviation: float | None
    interval: Interval | None
    median: float
    quartiles: tuple[float, float]
    least: float | None
    most: float | None


class Estimated(NamedTuple):
    """One definition in one group. What does not belong to its kind of outcome is None or empty.

    `kept` says whether the points are of those free of the event (patency) or of those who had it. People are counted
    beside units: `affected` had the event in some unit, `spared` did not in some, and one has `most` units at the most.
    """

    definition: Definition
    group: str
    units: int
    patients: int
    events: int | None
    deaths: int | None
    followed: (
        float | None
    )  # median days, by Kaplan and Meier of the censoring (Schemper M, Smith TL. Control Clin Trials 1996;17:343 (recalled))
    share: Share | None
    interval: Interval | None
    exact: Interval | None
    kept: bool
    curve: Survival | Incidence | None
    points: tuple[Point, ...]
    between: tuple[BetweenVisits, ...]  # Turnbull's curve at the same months, where events are seen at visits only
    median: Median | None
    summary: Summary | None
    change: Change | None
    method: str
    counts: Mapping[str, int]  # of all groups together: units, and why some are not among them
    affected: int | None = None
    spared: int | None = None
    most: int = 1
    restricted: Mean | None = None  # the mean time open within so many days, where it was asked
    reach: float | None = None  # the last day of which the curve is told (tail.py)


def estimated(
    followed: Followed,
    groups: "polars.DataFrame | None" = None,
    months: Sequence[float] = MONTHS,
    until: float | None = None,
    runs: int = 0,
) -> tuple[Estimated, ...]:
    """Estimate an outcome for everybody, and for each group where `groups` gives `episode` and `group`.

    Units whose group is null are counted among everybody alone. `until` asks for the mean time open within so many months,
    and `runs` for the interval of Turnbull's curve by so many draws, which takes a second of many rows.
    """
    import polars

    asked = _Asked(months, None if until is None else until * DAYS_A_MONTH, runs)
    found = [_one(followed, ALL, followed.frame, asked)]
    if groups is not None:
        joined = followed.frame.join(groups.select("episode", "group"), on="episode", how="left", maintain_order="left")
        for name in sorted(joined["group"].drop_nulls().unique()):
            found.append(_one(followed, name, joined.filter(polars.col("group") == name), asked))
    return tuple(found)


class _Asked(NamedTuple):
    """What is asked of a curve: months to read it at, days of a mean time free, and how many draws of a bootstrap."""

    months: Sequence[float]
    until: float | None
    runs: int


def _people(found: Estimated, frame: "polars.DataFrame", had: "polars.Expr") -> Estimated:
    with_it, without = frame.filter(had), frame.filter(~had)
    return found._replace(affected=with_it["patient"].n_unique(), spared=without["patient"].n_unique())


def _one(followed: Followed, group: str, frame: "polars.DataFrame", asked: _Asked) -> Estimated:
    import polars

    definition = followed.definition
    most = frame.group_by("patient").len()["len"].max() if frame.height else 1
    empty = Estimated(
        definition, group, frame.height, frame["patient"].n_unique(), None, None, None, None, None, None, kept=False,
        curve=None, points=(), between=(), median=None, summary=None, change=None, method="", counts=followed.counts, most=int(str(most)),
    )  # fmt: skip
    if definition.is_time:
        return _times(_people(empty, frame, polars.col("event") == EVENT), frame, asked)
    if "before" in frame.columns:
        return _numbers(empty, frame)
    share = Share(int(frame["value"].sum()), frame.height)
    exact = exact_share(share)
    interval, method = share.interval, "Wilson's interval; exact interval by Clopper and Pearson"
    if empty.patients < empty.units:
        many = effective(frame["value"].to_numpy(), frame["patient"].to_numpy())
        interval = wilson(share.count / share.of * many, many)
        method = (f"Wilson's interval with {rounded(many, 1)} as the effective number of {definition.unit.plural}, for those of one "
                  "patient are not independent; the exact interval, by Clopper and Pearson, takes them for independent")  # fmt: skip
    found = empty._replace(events=share.count, share=share, interval=interval, exact=exact.interval, method=method)
    return _people(found, frame, polars.col("value"))


def _times(empty: Estimated, frame: "polars.DataFrame", asked: _Asked) -> Estimated:
    times, states = frame["time"].to_numpy(), frame["event"].to_numpy()
    clusters = frame["patient"].rank("dense").to_numpy() if empty.patients < empty.units else None
    found = empty._replace(
        events=int((states == EVENT).sum()),
        deaths=int((states == DEATH).sum()),
        kept=empty.definition.is_seen_at_visits,
    )
    if not frame.height:
        return found
    followed = quantile(survival(times, states == CENSORED)).value
    found = found._replace(followed=followed)
    if empty.definition.is_seen_at_visits:
        return _patency(found, frame, asked)
    curve = incidence(times, states, causes=2, clusters=clusters)
    points = _points(
        incidence_at(curve, 1, [month * DAYS_A_MONTH for month in asked.months]), asked.months, found.units
    )
    return found._replace(curve=curve, points=points, method=curve.method, reach=reach_of(curve, found.units))


def _points(read: Sequence[At], months: Sequence[float], units: int) -> tuple[Point, ...]:
    """Return a curve at months, as far as enough are at risk."""
    fewest = fewest_at_risk(units)
    return tuple(
        Point(month, round(each.at_risk), None, None, cut_words(units))
        if each.value is not None and each.at_risk < fewest
        else Point(month, round(each.at_risk), each.value, _interval(each.low, each.high), each.why)
        for month, each in zip(months, read, strict=True)
    )


def _patency(found: Estimated, frame: "polars.DataFrame", asked: _Asked) -> Estimated:
    days, runs = [month * DAYS_A_MONTH for month in asked.months], asked.runs
    clusters = frame["patient"].rank("dense").to_numpy() if found.patients < found.units else None
    times, events = frame["seen"].to_numpy(), (frame["event"] == EVENT).to_numpy()
    curve = survival(times, events, clusters=clusters)
    limbs = None if clusters is None else Limbs(times, events, clusters)
    points, reach = _points(survival_at(curve, days), asked.months, found.units), reach_of(curve, found.units)
    between = _between(frame, days, clusters, runs) if found.events else ()
    drawn = f", with the interval of {_draws(clusters, runs)}" if runs else ", without an interval"
    beside = (
        f"; beside it Turnbull's curve for losses that are known to lie between two scans{drawn}" if between else ""
    )
    return found._replace(
        curve=curve, points=points, between=_cut(between, points), median=_median(curve, reach), reach=reach,
        restricted=_restricted(curve, limbs, reach, asked.until, found.units),
        method=f"{curve.method}; naive, for a loss is taken to come on the day of the scan that shows it{beside}",
    )  # fmt: skip


def _draws(clusters: object, runs: int) -> str:
    of = "limbs" if clusters is None else "patients with all their limbs"
    return f"95% between the percentiles of {runs} bootstrap draws of {of} (seed {SEED}), which is approximate"


def _between(
    frame: "polars.DataFrame", days: Sequence[float], clusters: Column | None, runs: int
) -> tuple[BetweenVisits, ...]:
    """Return Turnbull's curve: whoever was last seen open, or died, lost it after the last scan, if ever."""
    import numpy
    import polars

    is_lost = polars.col("event") == EVENT
    without, first = (
        frame.select(each.cast(polars.Float64)).to_series().to_numpy()
        for each in (
            polars.when(is_lost).then("after").otherwise("seen"),
            polars.when(is_lost).then("seen").otherwise(numpy.inf),
        )
    )
    if not runs:
        return turnbull_at(turnbull(without, first), days)
    return turnbull_intervals(without, first, days, seed=SEED, runs=runs, clusters=clusters)


def _cut(between: Sequence[BetweenVisits], points: Sequence[Point]) -> tuple[BetweenVisits, ...]:
    """Return Turnbull's curve as far as the naive one is told."""
    return tuple(
        each if point.value is not None else BetweenVisits(each.time, None, None, why=point.why)
        for each, point in zip(between, points, strict=False)
    )


def _restricted(
    curve: Survival, limbs: Limbs | None, reach: float | None, until: float | None, units: int
) -> Mean | None:
    if until is None:
        return None
    mean = mean_until(curve, until, limbs)
    if mean.value is not None and (reach is None or reach < until):
        return Mean(until, None, None, None, None, cut_words(units))
    return mean


def _median(curve: Survival, reach: float | None) -> Median | None:
    """Return the median with its interval, and nothing of either beyond where the curve is cut."""
    if reach is None:
        return None
    found = quantile(curve)
    value, low, high = (
        each if each is not None and each <= reach else None for each in (found.value, found.low, found.high)
    )
    return Median(value, low, high, reach)


def _numbers(empty: Estimated, frame: "polars.DataFrame") -> Estimated:
    if not frame.height:
        return empty
    values = frame["value"]
    paired = change(frame["before"].cast(float).fill_null(float("nan")).to_numpy(), values.to_numpy())
    alone = change(
        [0.0] * frame.height, values.to_numpy()
    )  # the t interval of a mean is that of its change from nought
    quartiles = values.quantile(0.25, "linear"), values.quantile(0.75, "linear")
    mean, middle, least, most = values.mean(), values.median(), values.min(), values.max()
    deviation = values.std()
    summary = Summary(
        float(mean), None if deviation is None else float(deviation), alone.interval, float(middle),  # type: ignore[arg-type]
        (float(quartiles[0] or 0), float(quartiles[1] or 0)), float(least), float(most),  # type: ignore[arg-type]
    )  # fmt: skip
    return empty._replace(summary=summary, change=paired if paired.pairs else None,
                          method="mean with Student's t interval; median with quartiles, linear between ranks")  # fmt: skip


def _interval(low: float | None, high: float | None) -> Interval | None:
    return None if low is None or high is None else Interval(low, high)
