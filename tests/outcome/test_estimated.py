"""What a definition comes to: the figures of source 002 with their intervals, and what a group must keep true."""

from collections.abc import Mapping

import polars
import pytest

from patency.cut import Cut
from patency.outcome.definition import Definition
from patency.outcome.estimate.shares import effective
from patency.outcome.estimated import ALL, Estimated, Median, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import follow
from patency.outcome.methods import said_once
from patency.outcome.numbers import median_words, numbers_of
from patency.outcome.read_definitions import read_definitions
from patency.outcome.tail import fewest_at_risk
from patency.outcome.traits import traits_of
from patency.outcome.words import months_words
from registry.made import library

DEFINITIONS: Mapping[str, Definition] = read_definitions(library().sources)


def whole(cut: Cut, name: str) -> Estimated:
    return estimated(follow(cut, DEFINITIONS[name]))[0]


def test_none_of_37_is_shown_with_how_many_it_may_be(cohort: Cut) -> None:
    """Clopper and Pearson of 0 of 37: the upper end is 1 - 0.025^(1/37), some 9.5 %; none seen is not none."""
    found = whole(cohort, "severe-complication-on-record")
    assert found.share == (0, 37)
    assert found.exact is not None
    assert found.exact.low == 0
    assert found.exact.high == pytest.approx(1 - 0.025 ** (1 / 37), abs=1e-12)


def test_the_scores_of_source_002_have_their_intervals(cohort: Cut) -> None:
    """Mean and deviation as printed; the t interval is mean ± qt(0.975, 35) s / 6, with qt(0.975, 35) = 2.030108."""
    found = whole(cohort, "villalta-last").summary
    assert found is not None
    assert found.deviation is not None
    assert found.interval is not None
    assert (f"{found.mean:.1f}", f"{found.deviation:.1f}") == ("3.9", "2.2")
    assert found.interval.high - found.mean == pytest.approx(2.030108 * found.deviation / 6, abs=1e-5)
    minutes = whole(cohort, "procedure-minutes").summary
    assert minutes is not None
    assert (minutes.least, minutes.most) == (35, 152)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("patency-primary-caval", 95),
        ("patency-secondary-caval", 100),
        ("patency-primary-iliac", 77),
        ("patency-secondary-iliac", 85),
    ],
)
def test_the_patencies_of_source_002_by_kaplan_and_meier(cohort: Cut, name: str, printed: int) -> None:
    """The curve at its last step is what the abstract prints."""
    curve = whole(cohort, name).curve
    assert curve is not None
    assert round(100 * float(curve.survival[-1])) == printed  # type: ignore[union-attr]  # a patency has one curve


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_groups_make_up_everybody(demo: Cut, name: str) -> None:
    """Units and events of the options add up to those of everybody; each figure has a method, and a curve its points."""
    groups = traits_of(demo).select("episode", group="option")
    everybody, *options = estimated(follow(demo, DEFINITIONS[name]), groups)
    assert everybody.group == ALL
    assert everybody.units == sum(each.units for each in options)
    if everybody.units:
        assert everybody.method
    if everybody.events is not None:
        assert everybody.events == sum(each.events or 0 for each in options)
    for each in (everybody, *options):
        for point in each.points:
            assert point.why or point.value is not None
            assert point.interval is None or point.interval.low <= (point.value or 0) <= point.interval.high


@pytest.mark.parametrize("name", ["patency-primary", "recurrent-thrombosis"])
def test_nothing_is_told_of_a_curve_where_few_remain(demo: Cut, name: str) -> None:
    """No point, median, mean or last step rests on fewer at risk than figures are drawn to, and where it is cut is said."""
    groups = traits_of(demo).select("episode", group="option")
    told = cut = 0
    for each in estimated(follow(demo, DEFINITIONS[name]), groups, until=60):
        fewest = fewest_at_risk(each.units)
        assert fewest >= 5
        assert each.units / 10 <= fewest < max(6, each.units / 10 + 1)
        assert all((point.at_risk or 0) >= fewest for point in each.points if point.value is not None)
        assert all(two.least is None for one, two in zip(each.points, each.between, strict=False) if one.value is None)
        said = {number.measure: number for number in numbers_of(Shown(each, ""))}
        last = next((number for measure, number in said.items() if "last step" in measure), None)
        assert last is None or (last.count or 0) >= fewest
        assert f"fewer than {fewest}" in said["told as far as"].text
        told += sum(point.value is not None for point in each.points)
        cut += sum(str(fewest) in point.why for point in each.points)
        if each.restricted is not None and each.reach is not None and each.reach < each.restricted.until:
            assert each.restricted.value is None
    assert told
    assert cut


def test_a_curve_of_those_who_lived_does_not_end_where_it_says_that_few_remain(demo: Cut) -> None:
    """It is told at months alone: where a later one is withheld for few events, it is not said to be cut for few at risk."""
    figures = estimated(follow(demo, DEFINITIONS["patency-primary"]), traits_of(demo).select("episode", group="option"))
    ends = 0
    for each in shown(figures, 5):
        said = next((number for number in numbers_of(each) if number.measure == "told as far as"), None)
        if each.withheld or each.figure.reach is None:
            assert said is None
            continue
        last = max(point.month for point in each.figure.points if point.value is not None)
        assert (said is None) == (last == each.figure.points[-1].month)
        if said is not None:
            ends += 1
            assert said.text.startswith(f"to {last:.1f} months, of {each.figure.units}: no later month is told")
            assert "at risk" not in said.text
    assert ends


def test_a_median_says_what_it_does_not_reach() -> None:
    """Neither a median without its interval nor an interval without its end stands as a lone number."""
    month = 365.25 / 12
    assert median_words(Median(10 * month, 8 * month, 14 * month, 20 * month), 40) == (
        "half had the event by 10.0 months (8.0 to 14.0), of 40"
    )
    assert median_words(Median(10 * month, 8 * month, None, 20 * month), 40) == (
        "half had the event by 10.0 months (lower limit 8.0 months, upper limit not reached), of 40"
    )
    assert median_words(Median(None, None, None, 20 * month), 40) == (
        "half had the event: not reached by 20.0 months (lower limit not reached, upper limit not reached), of 40"
    )


def test_limbs_of_one_patient_are_clustered(demo: Cut) -> None:
    """Where a patient has two limbs, the variance is by patient, and says so."""
    found = whole(demo, "patency-primary")
    assert found.patients < found.units
    assert "clustered" in found.method


def test_a_group_of_nobody_is_no_figure(demo: Cut) -> None:
    """Nothing is estimated of nobody, and nothing is made up."""
    told = follow(demo, DEFINITIONS["patency-primary"])
    nobody = told._replace(frame=told.frame.filter(polars.lit(value=False)))
    found = estimated(nobody)[0]
    assert (found.units, found.curve, found.points) == (0, None, ())


def test_two_like_limbs_are_worth_one() -> None:
    """Where both limbs of each patient have the same, the effective number is that of patients, but for C / (C - 1)."""
    values, patients = [1, 1, 0, 0, 1, 1, 0, 0, 1, 1], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert effective(values, patients) == pytest.approx(5 * 4 / 5)
    assert effective([1, 0, 0, 1], [1, 2, 3, 4]) == pytest.approx(4 * 3 / 4)
    assert effective([0, 0, 0, 0], [1, 1, 2, 2]) == 4


def test_a_share_of_limbs_is_as_wide_as_its_patients_make_it(demo: Cut) -> None:
    """Wilson's interval of limbs is never narrower than that of as many independent ones, and its method says so."""
    found = whole(demo, "pts-attract")
    assert found.patients < found.units
    assert found.share is not None
    assert found.interval is not None
    assert found.share.interval is not None
    assert found.interval.high - found.interval.low >= found.share.interval.high - found.share.interval.low
    assert "effective number" in found.method


def test_a_method_is_said_once_with_the_effective_number_of_each_group(demo: Cut) -> None:
    """Two groups differ in the effective number of limbs alone: one sentence, and the two numbers."""
    method = "Wilson's interval with {} as the effective number of limbs, for those of one patient are not independent"
    one = whole(demo, "pts-attract")
    figures = [one._replace(group="a", method=method.format("27.1")), one._replace(group="b", method=method.format("53.0")),
               one._replace(group="d", method="by Kaplan and Meier"), one._replace(group="c", method="by Kaplan and Meier")]  # fmt: skip
    shared = "Wilson's interval with the effective number of limbs, for those of one patient are not independent"
    assert said_once(figures) == (
        f"{shared} (pts-attract, a: 27.1; pts-attract, b: 53.0)",
        "by Kaplan and Meier",
    )


@pytest.mark.parametrize(("months", "words"), [(1.0, "1 month"), (3.0, "3 months"), (0.5, "0.5 months")])
def test_one_month_is_singular(months: float, words: str) -> None:
    """By 1 month, and by 3 months."""
    assert months_words(months) == words


def test_of_the_demo_vcss_has_a_change_and_villalta_has_none(demo: Cut) -> None:
    """VCSS is scored at the diagnosis; the scale of the syndrome is not, so that no change of it can be told."""
    vcss = whole(demo, "vcss-change-12-months").change
    assert vcss is not None
    assert vcss.pairs > 50
    assert whole(demo, "villalta-change-12-months").units == 0
    early = demo.table("response").filter(polars.col("day") == 0).collect()
    assert set(early["instrument"].cast(polars.String)) == {"vcss"}
