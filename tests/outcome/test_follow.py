"""Definitions applied to cuts: source 002's figures, and what a synthetic registry must keep true."""

import io
import statistics
from collections.abc import Mapping

import polars
import pytest

from patency.cut import Cut
from patency.outcome.definition import Definition, Patency
from patency.outcome.estimated import estimated
from patency.outcome.follow import CONTRARY, EVENT, follow
from patency.outcome.had_by import had_by
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from patency.vocabulary import DAYS_A_MONTH
from registry.made import library

DEFINITIONS: Mapping[str, Definition] = read_definitions(library().sources)


def found(cut: Cut, name: str) -> polars.DataFrame:
    return follow(cut, DEFINITIONS[name]).frame


@pytest.mark.parametrize(
    ("name", "yes", "of"),
    [
        ("success-as-written", 36, 37),
        ("pts-villalta-once", 8, 36),
        ("filter-infrarenal", 33, 36),
        ("filter-retrohepatic", 3, 36),
        ("severe-complication", 0, 36),
        ("severe-complication-on-record", 0, 37),
    ],
)
def test_the_shares_of_source_002(cohort: Cut, name: str, yes: int, of: int) -> None:
    """Source 002, abstract: 36 of 37 succeeded, 22 % above 4 of Villalta, no severe complication."""
    frame = found(cohort, name)
    assert (frame["value"].sum(), frame.height) == (yes, of)


@pytest.mark.parametrize(
    ("name", "mean", "deviation"),
    [("villalta-last", "3.9", "2.2"), ("vcss-last", "5.9", "2.6"), ("procedure-minutes", "71.1", "")],
)
def test_the_numbers_of_source_002(cohort: Cut, name: str, mean: str, deviation: str) -> None:
    """Source 002, abstract: Villalta 3.9 ± 2.2, VCSS 5.9 ± 2.6, 71 minutes (the file's own mean is 71.06)."""
    values = found(cohort, name)["value"]
    assert f"{statistics.fmean(values):.1f}" == mean
    assert not deviation or f"{statistics.stdev(values):.1f}" == deviation


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("patency-primary-caval", "95"),
        ("patency-secondary-caval", "100"),
        ("patency-primary-iliac", "77"),
        ("patency-secondary-iliac", "85"),
    ],
)
def test_the_patencies_of_source_002(cohort: Cut, name: str, printed: str) -> None:
    """Source 002, abstract: 95 and 100 % of the cava, 77 and 85 % of the iliac vein, by Kaplan and Meier (1958) by hand."""
    frame, share = found(cohort, name), 1.0
    for time in sorted(set(frame.filter(polars.col("event") == EVENT)["time"])):
        at_risk = frame.filter(polars.col("time") >= time)
        share *= (
            1 - at_risk.filter((polars.col("time") == time) & (polars.col("event") == EVENT)).height / at_risk.height
        )
    assert f"{share * 100:.0f}" == printed


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_every_unit_is_counted_or_told_why_not(demo: Cut, name: str) -> None:
    """The frame and what was left out make up all units; a unit stands once, and no time is before the origin."""
    told = follow(demo, DEFINITIONS[name])
    frame, definition = told.frame, DEFINITIONS[name]
    plural = definition.unit.plural
    is_counted = ("counted as", "how they were left")
    left_out = sum(
        number
        for words, number in told.counts.items()
        if words.startswith(f"{plural} ") and not any(each in words for each in is_counted)
    )
    assert frame.height + left_out == told.counts[plural]
    assert frame["unit"].is_unique().all()
    if definition.is_time:
        assert (frame["time"] >= 0).all()
        assert (frame["after"] <= frame["time"]).all()
        assert set(frame["event"]) <= {0, 1, 2}


def test_the_definitions_of_patency_keep_their_order(demo: Cut) -> None:
    """In one family, of one rule, each limb loses primary before primary-assisted patency, and that before secondary."""
    for names in (("patency-primary", "patency-assisted", "patency-secondary"),
                  ("patency-vernacular", "patency-vernacular-assisted", "patency-vernacular-secondary")):  # fmt: skip
        first, second, third = (
            {
                unit: time
                for unit, time, event in found(demo, name).select("unit", "time", "event").rows()
                if event == EVENT
            }
            for name in names
        )
        assert third.keys() <= second.keys() <= first.keys()
        assert all(first[unit] <= second[unit] for unit in second)
        assert all(second[unit] <= third[unit] for unit in third)


def test_swapping_a_definition_changes_the_figure(demo: Cut) -> None:
    """More limbs lose patency where a stenosis above 50 % counts, and a syndrome found twice is rarer than one found once."""
    assert found(demo, "pts-cava-isth")["value"].mean() < found(demo, "pts-attract")["value"].mean()  # type: ignore[operator]


def test_every_definition_names_its_source_and_its_unit() -> None:
    """Its words stand under a figure: the unit, the origin, the competing event, and what is unverified."""
    for definition in DEFINITIONS.values():
        assert definition.citations
        assert definition.unit.plural in definition.words
        assert ("Unverified" in definition.words) == definition.is_draft
        assert not isinstance(definition.rule, Patency) or definition.is_time


def test_a_patency_is_one_curve_wherever_it_stands(demo: Cut) -> None:
    """Kaplan and Meier's in words, in the frame and in a comparison, of the same limbs: a death ends it and is no state of its own."""
    for name, definition in DEFINITIONS.items():
        if not isinstance(definition.rule, Patency):
            continue
        frame = found(demo, name)
        assert "Kaplan and Meier's: a death ends the follow-up" in definition.words
        assert set(frame["event"]) <= {0, EVENT}
        figure = estimated(follow(demo, definition), months=(12,))[0]
        clusters = frame["patient"].rank("dense").to_numpy() if frame["patient"].n_unique() < frame.height else None
        times, states = frame["seen"].to_numpy(), frame["event"].to_numpy()
        share, interval = had_by(definition, times, states, 12 * DAYS_A_MONTH, clusters)
        point = figure.points[0]
        if point.value is None or share is None:
            assert point.value is None
            assert share is None
            continue
        assert share == pytest.approx(1 - point.value, abs=1e-12)
        assert (interval is None) == (point.interval is None)
        if interval and point.interval:
            assert interval.low == pytest.approx(1 - point.interval.high, abs=1e-12)


def test_nobody_is_followed_beyond_the_day_by_which_it_is_known_who_lived(demo: Cut) -> None:
    """The dead no longer than the living: a death after that day is none, and who lived is followed up to it, seen or not."""
    col = polars.col
    observed = demo.table("observed").select("episode", "vital_day", "end_day", "end_why", "last_day").collect()
    told = found(demo, "death").join(observed, on="episode")
    is_dead = (col("end_why").cast(polars.String) == "death") & (col("end_day") <= col("vital_day"))
    assert told.filter(col("time") > col("vital_day")).is_empty()
    assert told.filter((col("event") == EVENT) != is_dead).is_empty()
    assert told.filter((col("event") != EVENT) & (col("time") != col("vital_day"))).is_empty()
    late = observed.filter((col("end_why").cast(polars.String) == "death") & (col("end_day") > col("vital_day")))
    counts = follow(demo, DEFINITIONS["death"]).counts
    assert next(number for words, number in counts.items() if "after the day until" in words) == late.height > 0


def test_a_definition_of_adults_counts_no_child(demo: Cut) -> None:
    """Who is not meant is told apart from who was not assessed, and adults and children together are all."""
    population = {row["episode"]: row["population"] for row in traits_of(demo).iter_rows(named=True)}
    for name, among in (
        ("major-bleeding", "adult"),
        ("major-bleeding-children", "child"),
        ("pts-attract", "adult"),
        ("pts-children", "child"),
    ):
        told = follow(demo, DEFINITIONS[name])
        assert {population[episode] for episode in told.frame["episode"]} == {among}
        whom = "adults" if among == "adult" else "children"
        others = next(number for words, number in told.counts.items() if words.endswith(f"for it is of {whom}"))
        assert others > 0


STENTED = "patency-vernacular"


@pytest.mark.parametrize("name", ["patency-primary", STENTED])
def test_a_scan_that_contradicts_itself_counts_as_its_definition_says_and_is_counted(demo: Cut, name: str) -> None:
    """An open vein with an occluded stent is lost; where the vein is written as its stent is, the same is, and nothing is counted."""
    definition = DEFINITIONS[name]
    assert "it counts as the stent is, not as the vein is" in definition.words
    scans = demo.table("imaging").collect()
    stent = polars.col("stent_status").cast(polars.String)
    is_shut = polars.col("in_stent") & (stent == "occluded")

    def written(vein: str) -> Cut:
        """Write the vein of every occluded stent as this."""
        status = polars.when(is_shut).then(polars.lit(vein)).otherwise(polars.col("status").cast(polars.String))
        file = io.BytesIO()
        scans.with_columns(status=status.cast(scans.schema["status"])).write_parquet(file)
        return demo._replace(kept={**demo.kept, "imaging": file.getvalue()})

    contrary, alike = (follow(written(vein), definition) for vein in ("open", "occluded"))
    assert 0 < contrary.counts[CONTRARY] <= scans.filter(is_shut).height
    assert CONTRARY not in alike.counts
    assert contrary.frame.equals(alike.frame)
    assert alike.frame["event"].sum() > 0


def test_what_a_definition_does_not_read_of_a_stent_it_does_not_say(demo: Cut) -> None:
    """Flow and compressibility are of the vein, whatever the stent is called."""
    definition = DEFINITIONS["patency-flow"]
    assert "stent" not in definition.words
    assert CONTRARY not in follow(demo, definition).counts
