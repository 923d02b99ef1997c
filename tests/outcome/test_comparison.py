"""Two options compared: who is counted under what, who is left out, what is refused, and what is said of it."""

import json
from collections.abc import Mapping

import numpy
import polars
import pytest

from patency.cut import Cut
from patency.cut.manifest import FEWEST
from patency.fault import Refused
from patency.outcome.assigned import ALONE, assigned_of
from patency.outcome.comparison import DIED, HAD, NOT_SEEN, OTHERS, Compared, Question, compare, compared, why_not
from patency.outcome.comparison_text import to_json, to_text
from patency.outcome.counterparts import OneSided, with_counterparts
from patency.outcome.covariates import columns_of
from patency.outcome.definition import Definition
from patency.outcome.estimated import estimated
from patency.outcome.follow import Followed, follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.tested import DEPENDENT, LOG_RANK
from patency.outcome.traits import traits_of
from patency.outcome.units import procedures_of
from registry.made import library

DEFINITIONS: Mapping[str, Definition] = read_definitions(library().sources)
RECURRENCE, PROCEDURE = DEFINITIONS["recurrent-thrombosis"], "thrombectomy_without_lytic"
ASKED = Question(PROCEDURE, ALONE, month=12)
MANY = 60  # of each group


def rows(
    times: list[tuple[float, int]], options: list[str], later: Mapping[int, int] = {}
) -> tuple[Followed, polars.DataFrame]:
    """Return what follow.py and assigned.py would give: a time and a state for each patient, and what was begun."""
    names = [str(place) for place in range(len(times))]
    time, state = [float(day) for day, _ in times], [event for _, event in times]
    frame = polars.DataFrame({"unit": names, "episode": names, "patient": names, "site": "one", "time": time, "event": state,
                              "after": time, "seen": time})  # fmt: skip
    assigned = polars.DataFrame({
        "episode": names, "patient": names, "option": options, "why": [None] * len(names),
        "later": [later.get(place) for place in range(len(names))],
        "later_option": [PROCEDURE if place in later else None for place in range(len(names))],
    }, schema_overrides={"why": polars.String, "later": polars.Int32, "later_option": polars.String})  # fmt: skip
    return Followed(RECURRENCE, frame, {}), assigned


def two_groups() -> tuple[list[tuple[float, int]], list[str]]:
    """Return 60 patients of each group, 20 and 12 of whom have the event between day 30 and 300; the others are seen for 500."""
    times: list[tuple[float, int]] = []
    for events in (20, 12):
        times += [(30 + 13 * place, 1) for place in range(events)] + [(500, 0)] * (MANY - events)
    return times, [PROCEDURE] * MANY + [ALONE] * MANY


def made(
    times: list[tuple[float, int]], options: list[str], later: Mapping[int, int] = {}, fewest: int = 1
) -> Compared:
    followed, assigned = rows(times, options, later)
    chance = numpy.random.default_rng(5)
    traits = assigned.select("episode").with_columns(
        age=polars.Series(chance.normal(50, 15, len(times))),
        extent=polars.Series(["iliofemoral", "iliocaval"] * (len(times) // 2)),
    )
    return compared(followed, assigned, traits, ASKED._replace(covariates=("age", "extent")), fewest)


def test_who_had_the_event_died_or_was_lost_by_the_landmark_is_in_neither_group() -> None:
    """Day 14 itself is before the landmark's end; day 15 is after it."""
    times, options = two_groups()
    early = [(3.0, 1), (14.0, 1), (9.0, 2), (14.0, 0)]
    found = made(times + early, options + [ALONE] * 4)
    assert found.arms[1].left_out == {HAD: 2, DIED: 1, NOT_SEEN: 1}
    assert (found.arms[0].patients, found.arms[1].patients) == (MANY, MANY)
    assert made([*times, (15.0, 1), (15.0, 0)], [*options, ALONE, ALONE]).arms[1].patients == MANY + 2


def test_the_difference_by_hand() -> None:
    """Nobody is censored before the month: the curves are shares, 20 of 60 less 12 of 60, and no limb shares a patient."""
    found = made(*two_groups())
    assert found.plain is not None
    assert found.plain.value == pytest.approx(20 / 60 - 12 / 60)
    assert [arm.events for arm in found.arms] == [20, 12]
    assert found.plain.interval is not None
    assert found.plain.interval.low < 20 / 60 - 12 / 60 < found.plain.interval.high


def test_what_was_done_later_changes_no_group() -> None:
    """Two under anticoagulation alone have a procedure on days 40 and 60: they are shown, and counted as they began."""
    times, options = two_groups()
    plain, crossed = made(times, options), made(times, options, later={MANY: 40, MANY + 1: 60})
    assert (crossed.arms[1].crossed, crossed.arms[1].crossed_day) == (2, 50)
    assert crossed.plain == plain.plain
    assert crossed.arms[0].crossed == 0
    assert "changed over later: 2 of 60 patients, half of them by day 50" in to_text(crossed)


@pytest.mark.parametrize(
    ("events", "why"),
    [((4, 12), "too few to say: fewer than 5 patients had the outcome after thrombectomy without lytic."),
     ((56, 12), "too few to say: fewer than 5 patients")],
)  # fmt: skip
def test_a_comparison_that_the_data_cannot_carry_is_refused_in_words(events: tuple[int, int], why: str) -> None:
    """Fewer than five with the outcome, or without it, in either group: no figure at all is given."""
    times: list[tuple[float, int]] = []
    for many in events:
        times += [(100.0, 1)] * many + [(500.0, 0)] * (MANY - many)
    found = made(times, two_groups()[1])
    assert found.refused.startswith(why)
    assert (found.arms, found.plain, found.weighted) == ((), None, None)
    assert f"Not compared: {found.refused}" in to_text(found)


def test_a_group_too_small_for_its_covariates_is_not_weighted() -> None:
    """Sixty patients carry twelve columns, at five each, and not thirteen."""
    followed, assigned = rows(*two_groups())
    chance = numpy.random.default_rng(1)
    many = assigned.height
    traits = assigned.select("episode").with_columns(
        *(polars.Series(f"x{place}", chance.normal(size=many)) for place in range(13))
    )
    asked = ASKED._replace(covariates=tuple(f"x{place}" for place in range(13)))
    found = compared(followed, assigned, traits, asked, 1)
    assert found.weighted is None
    assert found.plain is not None
    assert found.not_weighted.startswith("60 patients in the smaller group cannot carry 13 columns")
    assert (
        compared(followed, assigned, traits, asked._replace(covariates=asked.covariates[:12]), 1).weighted is not None
    )


def test_small_counts_are_withheld_and_so_is_what_would_give_them_back() -> None:
    """Where real people are in a cut, one of three reasons is of few: none of them is shown; nor a crossover of two."""
    times, options = two_groups()
    early = [(3.0, 1)] * 7 + [(9.0, 2)] * 2
    found = made(
        times + early + [(500.0, 0)], [*options, *[ALONE] * 9, ALONE], later={MANY: 40, MANY + 1: 60}, fewest=5
    )
    assert set(found.arms[1].left_out.values()) == {None}
    assert (found.arms[1].crossed, found.arms[1].crossed_day) == (None, None)
    assert "not shown: fewer than 5 in one of these" in to_text(found)
    assert " 7 had the event" not in to_text(found)


def test_after_is_not_because_of_unless_weighted_and_balanced() -> None:
    """Without weights it is what came after; with sound ones the assumptions are listed."""
    assert "not because of it" in to_text(
        made(*two_groups())._replace(weighted=None, not_weighted="as it is tried here")
    )
    sound = made(*two_groups())
    assert sound.weighted is not None
    assert sound.weighted.is_sound
    assert "only if all of this holds" in to_text(sound)
    unsound = sound._replace(weighted=sound.weighted._replace(warnings=("positivity: 7 of 120 had ...",)))
    assert "not because of it" in to_text(unsound)


def test_what_is_not_known_is_a_level_of_its_own() -> None:
    """A number not known takes the mean beside an indicator; a column that says nothing new is left out and named."""
    traits = polars.DataFrame({"age": [40.0, None, 60.0, 50.0], "extent": ["a", "b", None, "a"], "same": ["x"] * 4})
    found = columns_of(traits, ("age", "extent", "same"))
    assert found.names == ("age", "age: not known", "extent: not known")
    assert found.matrix[:, 0].tolist() == pytest.approx([-(1.5**0.5), 0, 1.5**0.5, 0])
    assert found.matrix[:, 1].tolist() == [0, 1, 0, 0]
    # The one whose age is not known is alone in b: the two say the same.
    assert found.left_out == (
        "same: it is the same in everybody",
        "extent: b: it does not vary, or follows from the others",
    )
    assert found.traits == ("age", "extent")


def test_the_option_is_what_was_begun_within_the_window(demo: Cut) -> None:
    """By the procedures' days and not by what was written down in the end; a shorter window moves the late ones."""
    col = polars.col
    for window in (14, 3):
        assigned = assigned_of(demo, window)
        done = procedures_of(demo).filter(col("day").is_between(0, window)).select("episode").unique()
        with_one = assigned.filter(col("option").is_not_null() & (col("option") != ALONE))
        assert set(with_one["episode"]) == set(done["episode"])
        assert (assigned["later"].drop_nulls() > window).all()
    wrote = traits_of(demo).filter(col("option") != ALONE).height
    assert assigned_of(demo, 3).filter(col("option") != ALONE).height < wrote


def test_limbs_of_one_patient_are_clustered_and_have_no_test(demo: Cut) -> None:
    """Between two procedures time runs from the procedure, and no landmark is needed."""
    found = compare(
        demo, DEFINITIONS["patency-primary"], Question("thrombectomy_without_lytic", "pharmacomechanical", 12)
    )
    assert found.landmark is None
    assert found.plain is not None, found.refused
    assert [(each.name, each.p, each.why) for each in found.plain.tests] == [(LOG_RANK, None, DEPENDENT)]
    assert found.plain.ratio is not None
    assert "clustered" in found.plain.ratio.method
    assert (found.plain.ratio.check.p, found.plain.ratio.check.why) == (None, DEPENDENT)
    assert f"{DEPENDENT}: whether one ratio holds at every time is not known." in to_text(found)
    assert found.arms[0].patients < found.arms[0].units
    assert found.weighted is None or "clustered" in found.weighted.difference.method


@pytest.mark.parametrize(
    ("name", "asked", "why"),
    [("patency-primary", ASKED, "time runs from the index procedure"),
     ("recurrent-thrombosis", ASKED._replace(month=0.4), "the month lies before the end of the window"),
     ("pts-attract", ASKED._replace(window=200), "it counts visits before the end of the window")],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(demo: Cut, name: str, asked: Question, why: str) -> None:
    """An outcome from the procedure on has no day for who had none; what lies in the window cannot be told apart from it."""
    assert compare(demo, DEFINITIONS[name], asked).refused.startswith(why)


def test_where_patients_lived_a_comparison_goes_by_the_months_and_the_window_of_all_others(demo: Cut) -> None:
    """Asked by 12 and by 13 months, or by 14 and 15 days, two comparisons would differ by what single people had."""
    lived = demo._replace(manifest=demo.manifest._replace(label=""))
    for asked in (ASKED._replace(month=13), ASKED._replace(month=12.5), ASKED._replace(window=15)):
        with pytest.raises(Refused, match="would tell of single people"):
            compare(lived, RECURRENCE, asked)
        assert compare(demo, RECURRENCE, asked).question == asked
    assert compare(lived, RECURRENCE, ASKED).fewest == FEWEST


def test_where_patients_lived_a_comparison_tells_no_point_that_a_report_withholds(demo: Cut) -> None:
    """Five had the event by one month and two more by three: a report tells the seven, and so does a comparison, and no five."""
    days = [*range(16, 21), 40, 41, *range(200, 210)]
    times = [*((float(day), 1) for day in days), *[(500.0, 0)] * (MANY - len(days))] * 2
    followed, assigned = rows(times, [PROCEDURE] * MANY + [ALONE] * MANY)
    traits = assigned.select("episode").with_columns(age=polars.lit(1.0))

    def found(month: float, fewest: int) -> Compared:
        return compared(followed, assigned, traits, ASKED._replace(month=month, covariates=("age",)), fewest)

    assert [[arm.events for arm in found(month, FEWEST).arms] for month in (3, 6, 12)] == [[7, 7], [7, 7], [17, 17]]
    assert "fewer than 5 people with the event since the month before" in found(1, FEWEST).refused
    assert found(1, FEWEST).refused.endswith("Both are told by 3, 6, 12 months.")
    assert [arm.events for arm in found(1, 1).arms] == [5, 5]
    lived = demo._replace(manifest=demo.manifest._replace(label=""))
    asked = Question("pharmacomechanical", "thrombectomy_without_lytic", 12)
    assert "not told by that month" in compare(lived, DEFINITIONS["patency-primary"], asked).refused
    assert compare(demo, DEFINITIONS["patency-primary"], asked).arms


def test_no_comparison_is_told_beyond_the_end_of_a_curve() -> None:
    """Of 60 five are at risk at two years, and not six: the curve is cut there, in a comparison as in every report."""
    times, options = two_groups()
    times = [(900.0, 0) if place % MANY >= MANY - 5 else each for place, each in enumerate(times)]
    followed, assigned = rows(times, options)
    traits = assigned.select("episode").with_columns(age=polars.lit(1.0))
    late = compared(followed, assigned, traits, ASKED._replace(month=24, covariates=("age",)), 1)
    assert late.refused == (
        "too few to say: what came after anticoagulation alone is not told by that month: the curve is cut where fewer than 6 "
        "are at risk. Both are told by 1, 3, 6, 12 months."
    )
    assert not late.arms
    assert compared(followed, assigned, traits, ASKED._replace(covariates=("age",)), 1).arms


def test_children_are_not_those_of_whom_it_cannot_be_told(demo: Cut) -> None:
    """A definition for adults is not meant of children: they are counted apart, and only who is meant may be untold."""
    asked = Question("pharmacomechanical", ALONE, 24, covariates=("age",))
    of_adults, of_all = (compare(demo, DEFINITIONS[name], asked) for name in ("pts-attract", "recurrent-thrombosis"))
    children = traits_of(demo).filter(polars.col("population") == "child").select("episode")
    grown = traits_of(demo).filter(polars.col("population") != "child").select("patient")
    for arm in of_adults.arms:
        began = assigned_of(demo).filter(polars.col("option") == arm.option)
        young = began.join(children, on="episode", how="semi").join(grown, on="patient", how="anti")
        assert arm.left_out[OTHERS["adult"]] == young["patient"].n_unique() > 0
        assert arm.patients + sum(count or 0 for count in arm.left_out.values()) == began["patient"].n_unique()
        assert f"left out: {young['patient'].n_unique()} children, of whom it is not meant; " in to_text(of_adults)
    assert "children" not in to_text(of_all).partition("Each patient")[2]


def test_the_fewest_may_be_raised_and_not_lowered(demo: Cut) -> None:
    """Where patients lived 5 is the least; of 200 wanted with the outcome and 200 without, the demo has too few."""
    lived = demo._replace(manifest=demo.manifest._replace(label=""))
    with pytest.raises(Refused, match="--fewest"):
        compare(lived, RECURRENCE, ASKED, fewest=4)
    wider = compare(lived, RECURRENCE, ASKED, fewest=200)
    assert wider.refused.startswith("too few to say: fewer than 400 patients")
    assert json.loads(to_json(wider))["fewest"] == 200


@pytest.mark.parametrize("name", ["pts-attract", "recurrent-thrombosis", "villalta-last"])
def test_every_comparison_bears_its_banner_definition_and_source(demo: Cut, name: str) -> None:
    """The label stands at the head and the foot; the same document is JSON, with the love plot's data."""
    found = compare(
        demo, DEFINITIONS[name], Question("pharmacomechanical", ALONE, 24, covariates=("age", "limb_threat"))
    )
    text, document = to_text(found), json.loads(to_json(found))
    assert text.startswith("*** SYNTHETIC")
    assert text.rstrip().splitlines()[-1].startswith("*** SYNTHETIC")
    assert DEFINITIONS[name].words in text
    assert demo.manifest.content in text
    assert document["label"] == demo.manifest.warning
    assert document["refused"] or document["as_they_came"]["value"] is not None
    assert not document["weighted"] or {"covariate", "before", "after"} == set(document["weighted"]["balance"][0])


def test_only_what_was_balanced_is_named_as_taken_in() -> None:
    """A trait that is the same in everybody is asked for and cannot be balanced: it is said to be left out, and not taken in."""
    followed, assigned = rows(*two_groups())
    chance = numpy.random.default_rng(5)
    traits = assigned.select("episode").with_columns(
        age=polars.Series(chance.normal(50, 15, assigned.height)), recurrent=polars.lit("no")
    )
    found = compared(followed, assigned, traits, ASKED._replace(covariates=("age", "recurrent")), 1)
    assert found.weighted is not None
    assert found.weighted.taken_in == ("age",)
    assert found.weighted.covariates_left_out == ("recurrent: it is the same in everybody",)
    assert "(taken in: age)" in to_text(found)
    document = json.loads(to_json(found))
    assert (document["covariates"], document["taken_in"]) == (["age", "recurrent"], ["age"])


def test_options_stand_by_their_titles_and_sentences_begin_in_upper_case(demo: Cut) -> None:
    """By content's words, in what is refused as well; two that a claim takes as one are named both."""
    words = {name: option.words for name, option in library().options.items()}
    asked = Question("thrombectomy_without_lytic", "pharmacomechanical", 12, covariates=("age",), words=words)
    text = to_text(compare(demo, DEFINITIONS["pts-attract"], asked))
    for line in (f"after {words[asked.option]} and after {words[asked.against]}", "Mechanical thrombectomy without a lytic: ",
                 "). No weights; ", "). Overlap weights; "):  # fmt: skip
        assert line in text
    assert "thrombectomy without lytic" not in text.casefold()
    assert why_not(DEFINITIONS["patency-primary"], asked._replace(against="no_anticoagulation", words={"no_anticoagulation": "none"})
                   ).startswith("time runs from the index procedure, and who had none had")  # fmt: skip
    few = compare(demo, RECURRENCE, asked, fewest=200)
    assert few.refused == f"too few to say: fewer than 400 patients were followed after {words[asked.option]}."
    assert asked.named("catheter_lysis or systemic_lysis") == f"{words['catheter_lysis']} or {words['systemic_lysis']}"


def test_where_there_is_no_landmark_none_is_named(demo: Cut) -> None:
    """Neither between procedures nor of visits after the window."""
    of_procedures = Question("thrombectomy_without_lytic", "pharmacomechanical", 12, covariates=("age",))
    for name, asked in (("patency-primary", of_procedures), ("pts-attract", of_procedures)):
        found = compare(demo, DEFINITIONS[name], asked)
        assert found.plain is not None, found.refused
        said = to_text(found).replace("so that no landmark is needed", "")
        assert "landmark" not in said
        assert json.loads(to_json(found))["landmark_day"] is None


@pytest.mark.parametrize("name", ["patency-primary", "pts-attract"])
def test_a_group_has_the_interval_that_estimate_gives(demo: Cut, name: str) -> None:
    """With no landmark the same rows have the same share and the same interval, clustered where limbs share a patient."""
    found = compare(
        demo, DEFINITIONS[name], Question("thrombectomy_without_lytic", "pharmacomechanical", 12, covariates=("age",))
    )
    groups = assigned_of(demo).select("episode", group="option")
    by_group = {each.group: each for each in estimated(follow(demo, DEFINITIONS[name]), groups)}
    assert found.arms, found.refused
    for arm in found.arms:
        one = by_group[arm.option]
        point = next((each for each in one.points if each.month == 12), None)
        value, interval = (
            (one.share and one.share.value, one.interval) if point is None else (point.value, point.interval)
        )
        assert value is not None
        assert interval is not None
        assert arm.interval is not None
        flipped = (1 - value, 1 - interval.high, 1 - interval.low) if one.kept else (value, *interval)
        assert (arm.value, *arm.interval) == pytest.approx(flipped)


def test_it_says_why_estimate_may_give_other_figures(demo: Cut) -> None:
    """Other groups, and with a landmark other patients."""
    assert "with all who are followed from the diagnosis on: where its figures differ" in to_text(made(*two_groups()))
    asked = Question("thrombectomy_without_lytic", "pharmacomechanical", 12)
    assert "as somebody wrote it down: where its figures differ" in to_text(
        compare(demo, DEFINITIONS["patency-primary"], asked)
    )


def test_a_first_record_is_not_compared_from_the_diagnosis(demo: Cut) -> None:
    """Where a filter lies may have been settled before what is compared was begun."""
    found = compare(demo, DEFINITIONS["filter-infrarenal"], Question("pharmacomechanical", ALONE, 12))
    assert found.refused.startswith("it asks for the first record of its kind")


def test_the_comparison_is_of_what_was_followed(demo: Cut) -> None:
    """Patients in the groups and those left out make up all who began either option."""
    asked = Question("pharmacomechanical", ALONE, 24, covariates=("age",))
    found = compare(demo, RECURRENCE, asked)
    assert not found.refused
    began = assigned_of(demo).filter(polars.col("option").is_in([asked.option, asked.against]))
    counted = sum(arm.patients + sum(count or 0 for count in arm.left_out.values()) for arm in found.arms)
    assert counted == began["patient"].n_unique()
    assert follow(demo, RECURRENCE).frame.height >= sum(arm.units for arm in found.arms)


def parted_by_threat(threatened: list[int], fewest: int = 1, **more: list[float]) -> Compared:
    """Compare the two groups of 60, of whom those in some places have a threatened limb."""
    followed, assigned = rows(*two_groups())
    chance = numpy.random.default_rng(5)
    traits = assigned.select("episode").with_columns(
        age=polars.Series(more.get("age", chance.normal(50, 15, 2 * MANY).tolist())),
        limb_threat=polars.Series(["yes" if place in threatened else "no" for place in range(2 * MANY)]),
    )
    return compared(followed, assigned, traits, ASKED._replace(covariates=("age", "limb_threat")), fewest)


def test_who_has_no_counterpart_is_named_counted_and_not_weighted_and_the_others_are() -> None:
    """Seven threatened limbs after one option and none after the other: the rest overlap, and have the weights of the rest alone."""
    found = parted_by_threat(list(range(113, 120)))
    assert found.weighted is not None, found.not_weighted
    assert found.weighted.without == (OneSided("limb_threat: yes", ALONE, 7),)
    said = " ".join(to_text(found).split())
    assert "limb_threat: yes: 7 patients after anticoagulation alone, none after thrombectomy without lytic" in said
    assert json.loads(to_json(found))["weighted"]["without"] == [
        {"covariate": "limb_threat: yes", "option": ALONE, "patients": 7}
    ]
    times, options = two_groups()
    followed, assigned = rows(times[:113], options[:113])
    ages = numpy.random.default_rng(5).normal(50, 15, 2 * MANY)[:113]
    alone = compared(followed, assigned, assigned.select("episode").with_columns(age=polars.Series(ages)),
                     ASKED._replace(covariates=("age",)), 1)  # fmt: skip
    assert alone.weighted is not None
    assert found.weighted.difference.value == pytest.approx(alone.weighted.difference.value)
    assert found.weighted.difference.interval == pytest.approx(alone.weighted.difference.interval)
    assert found.plain is not None
    assert [arm.patients for arm in found.arms] == [MANY, MANY]


def test_few_without_a_counterpart_are_not_counted_and_nothing_is_weighted() -> None:
    """Three threatened limbs of people who lived: the level is named and no count of it."""
    found = parted_by_threat([117, 118, 119], fewest=5)
    assert found.plain is not None
    assert found.weighted is None
    assert "limb_threat: yes: fewer than 5 after anticoagulation alone, none after" in found.not_weighted
    assert "3" not in found.not_weighted
    assert parted_by_threat([117, 118, 119]).weighted is not None


def test_where_a_level_parts_the_options_altogether_it_says_which() -> None:
    """All of one group and none of the other: without them nobody is left to compare."""
    found = parted_by_threat(list(range(MANY)))
    assert found.weighted is None
    assert (
        "limb_threat: yes: 60 after thrombectomy without lytic, none after anticoagulation alone" in found.not_weighted
    )
    assert (
        "limb_threat: no: 60 after anticoagulation alone, none after thrombectomy without lytic" in found.not_weighted
    )


def test_a_number_that_parts_the_options_is_named() -> None:
    """Everybody after the one is older than everybody after the other; nobody is said to have had no choice."""
    older = [70.0 + place % 7 for place in range(MANY)] + [40.0 + place % 5 for place in range(MANY)]
    found = parted_by_threat([1, 2, 3, 61, 62, 63], age=older)
    assert found.weighted is None
    assert found.not_weighted.startswith("the regression of the choice has no end")
    assert "all took the same option (age)." in found.not_weighted


def test_without_some_another_level_is_left_on_one_side() -> None:
    """What is found after both options only thanks to those who are left out has no counterpart either."""
    frame = polars.DataFrame({"episode": list("abcd"), "patient": list("abcd"), "option": ["x", "x", "y", "y"]})
    traits = frame.select("episode").with_columns(
        extent=polars.Series(["far", "near", "near", "near"]), phase=polars.Series(["old", "new", "old", "new"])
    )
    here, without = with_counterparts(frame, traits, ("extent", "phase"))
    assert here["episode"].to_list() == ["b", "d"]
    assert without == (OneSided("extent: far", "x", 1), OneSided("phase: old", "y", 1))
