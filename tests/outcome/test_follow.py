"""Definitions applied to cuts: source 002's figures, and what a synthetic registry must keep true."""

import statistics
from collections.abc import Mapping

import polars
import pytest

from patency.cut import Cut
from patency.outcome.definition import Definition, Patency
from patency.outcome.follow import EVENT, follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
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
