"""Patients like one: who matches, how it is widened, and that few people are told of by no answer, nor by two."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations, product
from pathlib import Path

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Case
from patency.casefile import read_case
from patency.cut import Cut
from patency.document import read_bytes, read_document
from patency.fault import Refused
from patency.guideline.read_studies import APART
from patency.outcome.alike import AFTER, ENOUGH, Alike, alike, definitions_for
from patency.outcome.alike_text import to_json, to_text
from patency.outcome.assigned import WINDOW
from patency.outcome.parted import parted, told_of
from patency.outcome.read_criteria import TRAITS, read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from registry.made import library

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
PLAIN = next(path for path in EXAMPLES if path.stem == "acute-severe-adult")
DEFINITIONS = read_definitions(library().sources)
CRITERIA = read_criteria(library(), DEFINITIONS)
PEOPLE = ("units", "patients", "events", "deaths")


def case_of(text: str) -> Case:
    document = read_document(text.encode(), "case.yaml")
    case, faults = read_case(document, library().lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert faults == []
    return case


def case_in(path: Path) -> Case:
    return case_of(read_bytes(path).decode())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_step_counts_those_who_have_all_its_traits(demo: Cut, path: Path) -> None:
    """Each step matches all who have every trait that it names, counted by hand, and never fewer than the one before."""
    case = case_in(path)
    found = alike(demo, case, [DEFINITIONS["death"]], library())
    traits = traits_of(demo).unique("patient").filter(polars.col("option").is_not_null())
    counts = []
    for step in found.steps:
        rows = traits
        for each in step.criteria:
            matched = next(one for one in CRITERIA.matched if one.name == each.name)
            level = matched.level_of(case)
            assert level is not None
            rows = rows.filter(polars.col(each.name) == level.name)
        assert step.patients == rows.height
        assert step.criteria[0].name == "population"
        counts.append(rows.height)
    assert counts == sorted(counts)
    assert all(count < ENOUGH for count in counts[:-1])
    assert found.too_few or counts[-1] >= ENOUGH


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_a_case_does_not_say_is_not_matched_on(demo: Cut, path: Path) -> None:
    """A criterion is applied or named as unknown, and never both."""
    found = alike(demo, case_in(path), [DEFINITIONS["death"]], library())
    applied = {each.name for each in found.steps[0].criteria}
    assert applied.isdisjoint(each.name for each in found.unknown)
    assert applied | {each.name for each in found.unknown} == {each.name for each in CRITERIA.matched}


def test_where_child_or_adult_is_not_known_nothing_is_shown(demo: Cut) -> None:
    """Nobody is matched with a case of no age, and that is said."""
    found = alike(demo, case_of("findings: {limb_threat: no}"), (), library())
    assert (found.steps, found.outcomes) == ((), ())
    assert found.too_few.startswith("It is not known whether this patient is a child or an adult.")
    assert "add the age" in to_text(found)


def test_an_age_alone_is_matched_on_the_population_alone(demo: Cut) -> None:
    """A child of whom nothing else is known is set beside all children."""
    found = alike(demo, case_of("findings: {age: 9 years}"), (), library())
    children = (
        traits_of(demo)
        .unique("patient")
        .filter((polars.col("population") == "child") & polars.col("option").is_not_null())
    )
    assert [step.patients for step in found.steps] == [children.height]
    assert [definition.name for definition, _ in found.outcomes] == list(CRITERIA.shown["child"])


def test_a_vague_onset_is_no_phase(demo: Cut) -> None:
    """Ten to sixteen days ago is neither acute nor subacute."""
    found = alike(demo, case_in(EXAMPLES[0].with_name("onset-vague.yaml")), [DEFINITIONS["death"]], library())
    assert "phase" in [each.name for each in found.unknown]


def test_a_rare_patient_is_matched_more_widely(demo: Cut) -> None:
    """A compressed vein in the cava is rare: what was dropped is said at each step, the last criterion first."""
    found = alike(demo, case_in(EXAMPLES[0].with_name("ivc-extension.yaml")), (), library(), enough=100)
    assert len(found.steps) > 1
    for before, now in zip(found.steps, found.steps[1:], strict=False):
        assert before.criteria[:-1] == now.criteria
        assert now.dropped == before.criteria[-1].words


PREGNANT = "findings: {age: 33 years, sex: female, pregnant: yes}"
EVERY_WOMAN = 1000


def with_pregnancies(demo: Cut, many: int) -> tuple[Cut, set[str]]:
    """Return the cut with so many of its women's clots provoked by a pregnancy, and who they are."""
    women = demo.table("patient").filter(polars.col("sex_at_birth").cast(polars.String) == "female").select("patient")
    adults = demo.table("episode").filter(polars.col("age") >= 18).join(women, on="patient").sort("patient").collect()
    them = set(adults["patient"].unique(maintain_order=True)[:many])
    frame = demo.table("episode").collect()
    because = polars.lit(["pregnancy"], dtype=frame.schema["provoking"])
    changed = frame.with_columns(
        provoking=polars.when(polars.col("patient").is_in(list(them))).then(because).otherwise("provoking")
    )
    file = io.BytesIO()
    changed.write_parquet(file)
    return demo._replace(kept={**demo.kept, "episode": file.getvalue()}), them


def test_a_pregnant_patient_is_compared_with_nobody_who_is_not(demo: Cut) -> None:
    """Where nobody was pregnant there is no figure, and the page says so and why."""
    found = alike(demo, case_of(PREGNANT), (), library())
    assert found.outcomes == ()
    assert found.too_few.startswith("This registry has nobody like this patient: an adult; pregnant, or a birth")
    assert "does not speak for a pregnancy" in " ".join(to_text(found).split())
    assert alike(demo, case_of(PREGNANT.replace("pregnant: yes", "pregnant: no, delivery: no")), (), library()).outcomes


@pytest.mark.parametrize("fewest", [1, 5])
def test_a_pregnant_patient_is_compared_with_pregnant_patients(demo: Cut, fewest: int) -> None:
    """Every figure is of those alone, at every step."""
    changed, them = with_pregnancies(demo, EVERY_WOMAN)
    found = alike(changed, case_of(PREGNANT), (), library(), fewest=fewest)
    people = traits_of(changed).filter(polars.col("patient").is_in(list(them)), polars.col("option").is_not_null())
    everybody = alike(demo, case_of("findings: {age: 33 years}"), (), library()).steps[0].patients
    assert found.steps[-1].patients == people["patient"].n_unique()
    assert people["patient"].n_unique() < (everybody or 0)
    assert all("pregnancy" in [each.name for each in step.criteria] for step in found.steps)
    assert found.outcomes
    for definition, figures in found.outcomes:
        matched = found.matched[definition.name]
        assert "pregnancy" in [each.name for each in matched.criteria]
        assert sum(each.figure.patients for each in figures if not each.withheld and each.figure.group) <= len(them)


def test_of_few_pregnant_patients_nothing_is_told(demo: Cut) -> None:
    """Three of a registry whose people lived: no figure and no count of them; a patient who is not is matched with all, and told."""
    changed, _ = with_pregnancies(demo, 3)
    found = alike(changed, case_of(PREGNANT), (), library(), fewest=5)
    assert (found.outcomes, found.steps[-1].patients) == ((), None)
    assert "3" not in found.too_few.replace("past 3 months", "").replace("30 are wanted", "")
    other = alike(
        changed, case_of(PREGNANT.replace("pregnant: yes", "pregnant: no, delivery: no")), (), library(), fewest=5
    )
    assert other.outcomes
    for definition, _ in other.outcomes:
        if definition.name in other.matched:
            matched = other.matched[definition.name]
            assert "pregnancy" in [each.name for each in matched.criteria] + [
                each.name for each, why in matched.left_out if why
            ]


def test_where_a_pregnancy_is_not_known_it_is_said_that_nobody_was_matched_on_it(demo: Cut) -> None:
    """Nor is a man asked: he cannot be pregnant, and neither can the men of a registry."""
    found = alike(demo, case_of("findings: {age: 33 years, sex: female}"), (), library())
    assert "pregnancy" in [each.name for each in found.unknown]
    assert "not matched on, for the case does not say it: whether there is a pregnancy" in to_text(found, 200)
    man = alike(demo, case_of("findings: {age: 33 years, sex: male}"), (), library())
    assert "neither pregnant nor a birth in the past 3 months" in [each.words for each in man.steps[0].criteria]


def test_who_was_found_pregnant_at_the_diagnosis_was_pregnant_whatever_provoked_the_clot(demo: Cut) -> None:
    """A finding says so too; one of half a year before does not."""
    women = with_pregnancies(demo, 2)[1]
    episodes = demo.table("episode").filter(polars.col("patient").is_in(sorted(women))).sort("patient").collect()
    findings = demo.table("finding").collect()
    rows = findings.head(2).with_columns(
        polars.Series("episode", episodes["episode"][:2]), concept=polars.lit("pregnant"), truth=polars.lit(value=True),
        day=polars.Series([2, -180], dtype=findings.schema["day"]),
    )  # fmt: skip
    file = io.BytesIO()
    polars.concat([findings, rows.select(findings.columns)]).write_parquet(file)
    traits = traits_of(demo._replace(kept={**demo.kept, "finding": file.getvalue()}))
    said = dict(zip(traits["episode"], traits["pregnancy"], strict=True))
    assert [said[each] for each in episodes["episode"][:2]] == ["yes", "no"]


@pytest.mark.parametrize("name", APART)
def test_whom_no_study_says_that_it_watched_a_registry_compares_with_their_like_or_with_nobody(
    demo: Cut, name: str
) -> None:
    """The same findings hold back a study and a registry's other patients."""
    case = case_of(f"findings: {{age: 40 years, sex: female, {name}: yes}}")
    alone = [level for each in CRITERIA.matched if (level := each.level_of(case)) is not None and level.alone]
    untold = CRITERIA.untold_of(case)
    assert len(alone) + (untold is not None) == 1
    found = alike(demo, case, (), library(), enough=100)
    assert found.outcomes == ()
    assert (untold.why if untold else alone[0].alone) in found.too_few


def test_where_nobody_is_enough_it_says_too_few(demo: Cut) -> None:
    """With 1,000 wanted, no registry of 300 has them: every step is shown, and no outcome."""
    found = alike(demo, case_in(PLAIN), (), library(), enough=1000)
    assert found.outcomes == ()
    assert found.too_few.startswith("Too few to say")
    assert len(found.steps[-1].criteria) == 1


def test_an_answer_says_what_it_is_and_bears_the_warning_of_its_cut(demo: Cut) -> None:
    """Outcomes after an option, not because of it; the label stands at the head and at the foot."""
    found = alike(demo, case_in(PLAIN), (), library())
    lines = to_text(found).splitlines()
    assert lines[0] == lines[-1] == demo.manifest.warning != ""
    assert AFTER in " ".join(lines)
    assert json.loads(to_json(found))["says"] == AFTER
    text = " ".join(to_text(found, 10_000).split())
    for definition, figures in found.outcomes:
        assert definition.words in text
        assert len(figures) == 4


@pytest.mark.parametrize("fewest", [1, 3])
@pytest.mark.parametrize("path", EXAMPLES[1::4], ids=lambda path: path.stem)
def test_no_figure_is_without_definition_denominator_interval_and_source(demo: Cut, path: Path, fewest: int) -> None:
    """Every percentage of the text stands with its people and its interval, and every outcome with its definition."""
    found = alike(demo, case_in(path), (), library(), fewest=fewest)
    said = json.loads(to_json(found))
    assert (said["content"], said["registry"]) == (demo.manifest.content, demo.manifest.registry)
    for outcome in said["outcomes"]:
        assert outcome["cite"]
        assert outcome["words"]
        for option in outcome["options"]:
            words = option.get("in_words", "")
            for part in re.findall(r"[^;]*\d%[^;]*", words):
                assert re.search(r"\d%? to \d", part), part
                assert re.match(r"\d+ \w+ of \d+ patients", words), words


# Few people.


def small(found: Alike, fewest: int) -> list[object]:
    """Return every count of an answer that is of 1 to fewest - 1."""
    counts = [step.patients for step in found.steps]
    for _, figures in found.outcomes:
        for each in figures:
            counts += [getattr(each.figure, name) for name in PEOPLE]
            if each.figure.events is not None:
                counts.append(each.figure.units - each.figure.events)
    return [count for count in counts if count is not None and 0 < count < fewest]


@pytest.mark.parametrize("path", EXAMPLES[::3], ids=lambda path: path.stem)
def test_no_count_of_fewer_than_five_is_in_an_answer(demo: Cut, path: Path) -> None:
    """Asked as if its people had lived, an answer holds no count of one to four, nor any of those without the event."""
    case = case_in(path)
    assert small(alike(demo, case, (), library(), fewest=5), 5) == []
    said = json.loads(to_json(alike(demo, case, (), library(), fewest=5)))
    for outcome in said["outcomes"]:
        for option in (*outcome["options"], *outcome["everybody"]):
            if "withheld" in option:
                assert set(option) == {"option", "words", "withheld"}


def test_with_nobody_to_protect_small_counts_are_shown(demo: Cut) -> None:
    """The same question of a synthetic cut shows small counts, so that the test above could fail."""
    path = EXAMPLES[0].with_name("may-thurner.yaml")
    assert small(alike(demo, case_in(path), (), library()), 5) != []


def test_where_patients_lived_fewer_may_be_asked_by_nobody(demo: Cut) -> None:
    """The fewest may be raised and not lowered."""
    lived, case = demo._replace(manifest=demo.manifest._replace(label="")), case_of("findings: {age: 45 years}")
    with pytest.raises(Refused, match="--fewest"):
        alike(lived, case, (), library(), fewest=4)
    assert small(alike(lived, case, (), library(), fewest=9), 9) == []


def test_of_real_patients_only_listed_definitions_are_shown(demo: Cut) -> None:
    """Two definitions of one family may differ by one person: one that is not listed has no figures, in words."""
    case = case_of("findings: {age: 45 years}")
    found = alike(demo, case, [DEFINITIONS["pts-attract"], DEFINITIONS["pts-cava-isth"]], library(), fewest=3)
    figures = {definition.name: figures for definition, figures in found.outcomes}
    assert figures["pts-cava-isth"] == ()
    assert figures["pts-attract"] != ()
    assert "only the listed outcomes are shown" in " ".join(to_text(found).split())


def test_of_real_patients_a_name_does_not_make_a_definition_listed(demo: Cut) -> None:
    """A site's own definition by a listed name, with another window, could part one person from the others."""
    case = case_of("findings: {age: 45 years}")
    moved = DEFINITIONS["pts-attract"]._replace(says="Another window.")
    both = alike(demo, case, [DEFINITIONS["pts-attract-moderate"], moved], library(), fewest=3).outcomes
    assert [figures == () for _, figures in both] == [False, True]


def every_question(levels: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Yield every question that a case could ask: each criterion at each of its levels, not known, or left out."""
    for chosen in product(*([None, *each] for each in levels.values())):
        yield {name: level for name, level in zip(levels, chosen, strict=True) if level is not None}


def answers_of(rows: polars.DataFrame, order: Mapping[str, tuple[str, ...]]) -> set[frozenset[str]]:
    """Ask everything: whom each answer is of."""
    told = (told_of(rows, asked) for asked in every_question(order))
    return {frozenset(each["patient"]) for each in told if each is not None}


def few_between(
    answers: set[frozenset[str]], states: Mapping[str, Mapping[str, str | None]], fewest: int
) -> list[object]:
    """Say where two answers, or none and one, differ by or share few people, or few of a state that either tells of."""
    found: list[object] = []
    for one, other in combinations(sorted([*answers, frozenset()], key=sorted), 2):
        for part in (one - other, other - one, one & other):
            counts = Counter(state for state_of in states.values() for each in part if (state := state_of[each]))
            if any(count < fewest for count in counts.values()) or 0 < len(part) < fewest:
                found.append((one, other, part))
    return found


LEVELS = {"population": ("x", "y"), "option": ("o", "p", "q"), "b": ("x", "y", "z"), "c": ("x", "y")}
STATE = st.sampled_from(["yes", "no", None])
PERSON = st.tuples(*(st.sampled_from([*each, None]) for each in LEVELS.values()), STATE, STATE)
PEOPLE_MADE = st.lists(PERSON, min_size=1, max_size=120)


def rows_of(people: list[tuple[str | None, ...]], state: int) -> polars.DataFrame:
    """Lay people out as rows; those of no option have the first."""
    return polars.DataFrame(
        [{"patient": f"{place:03}", "state": each[len(LEVELS) + state], **dict(zip(LEVELS, each[: len(LEVELS)], strict=True))}
         for place, each in enumerate(people)],
        schema={"patient": polars.String, "state": polars.String, **dict.fromkeys(LEVELS, polars.String)},
    ).with_columns(polars.col("option").fill_null("o"))  # fmt: skip


def state_of(rows: polars.DataFrame) -> dict[str, str | None]:
    return dict(zip(rows["patient"], rows["state"], strict=True))


@settings(max_examples=60, deadline=None)
@given(people=PEOPLE_MADE, times=st.integers(1, 4))
def test_no_two_answers_differ_by_few(people: list[tuple[str | None, ...]], times: int) -> None:
    """Whatever is asked of whomever, whichever criteria are left out, of one option or of all: two answers never differ by few."""
    rows = rows_of(people * times, 0)  # so that whole groups are met as well
    answers = answers_of(parted(rows, tuple(LEVELS), 3), LEVELS)
    assert few_between(answers, {"one": state_of(rows)}, 3) == []


@settings(max_examples=40, deadline=None)
@given(people=PEOPLE_MADE, times=st.integers(1, 4))
def test_no_two_outcomes_differ_by_few(people: list[tuple[str | None, ...]], times: int) -> None:
    """Two outcomes may be told as narrowly as each may be: by whom they count they never differ by few, nor from the steps."""
    traits = tuple(LEVELS)
    one, other = (rows_of(people * times, state) for state in (0, 1))
    there = parted(one.with_columns(state=polars.lit("there")), traits, 3)
    by_one = parted(there.with_columns(one["state"]), traits, 3)
    by_other = parted(there.with_columns(other["state"]), traits, 3)
    answers = [answers_of(each, LEVELS) for each in (there, by_one, by_other)]
    assert few_between(set().union(*answers), {}, 3) == []
    for told, rows in zip(answers[1:], (one, other), strict=True):
        assert few_between(told, {"it": state_of(rows)}, 3) == []


@settings(max_examples=40, deadline=None)
@given(people=PEOPLE_MADE, times=st.integers(1, 4))
def test_of_two_definitions_the_second_is_never_told_more_finely(
    people: list[tuple[str | None, ...]], times: int
) -> None:
    """Where both of one family are told, those with the one and without the other are nobody or enough."""
    traits = tuple(LEVELS)
    one, other = (rows_of(people * times, state) for state in (0, 1))
    both = polars.concat_list(polars.lit("one=") + one["state"], polars.lit("other=") + other["state"],
                              one["state"] + "/" + other["state"]).list.drop_nulls()  # fmt: skip
    first = parted(parted(one.with_columns(state=polars.lit("there")), traits, 3).with_columns(one["state"]), traits, 3)
    second = parted(first.with_columns(state=both), traits, 3)
    joint = {patient: None if None in pair else "/".join(pair) for patient, *pair in
             zip(one["patient"], one["state"], other["state"], strict=True)}  # fmt: skip
    assert answers_of(second, LEVELS) <= answers_of(first, LEVELS)
    assert few_between(answers_of(second, LEVELS), {"both": joint, "it": state_of(other)}, 3) == []


def made_up(*groups: tuple[str, str, str, int]) -> polars.DataFrame:
    """Lay out so many people with a trait a, a trait b and a state, all adults of one option."""
    rows = [each[:3] for each in groups for _ in range(each[3])]
    return polars.DataFrame(rows, schema=["a", "b", "state"], orient="row").with_columns(
        patient=polars.int_range(polars.len()).cast(polars.String), option=polars.lit("o"))  # fmt: skip


def many(rows: polars.DataFrame, **asked: str) -> int | None:
    found = told_of(rows, asked)
    return None if found is None else found.height


def test_groups_are_parted_where_they_may_be() -> None:
    """Twelve of x, six with p and six with q, are parted to b; of y, one with q keeps the others together."""
    rows = parted(
        made_up(("x", "p", "no", 6), ("x", "q", "no", 6), ("y", "p", "no", 6), ("y", "q", "no", 1)),
        ("option", "a", "b"),
        5,
    )
    assert [many(rows, a=a, b=b) for a in "xy" for b in "pq"] == [6, 6, None, None]
    assert many(rows, b="p") is None  # with those of x it would tell of the one of y


def test_a_trait_by_which_few_stand_alone_is_passed_over_and_the_next_one_tried() -> None:
    """Two of y are not told apart from 18 of x; by b, which comes after it, ten and ten are."""
    rows = parted(
        made_up(("x", "p", "no", 9), ("x", "q", "no", 9), ("y", "p", "no", 1), ("y", "q", "no", 1)),
        ("option", "a", "b"),
        5,
    )
    assert (many(rows, a="x"), many(rows, b="p"), many(rows, b="q"), many(rows)) == (None, 10, 10, 20)


def test_levels_that_are_few_are_put_together_and_the_others_told() -> None:
    """Of twenty, two and four the twenty are told, and of the six together nobody is told apart."""
    rows = parted(made_up(("x", "p", "no", 20), ("y", "p", "no", 2), ("z", "p", "no", 4)), ("option", "a"), 5)
    assert [many(rows, a=a) for a in "xyz"] == [20, None, None]


def test_where_all_together_are_few_nothing_is_told() -> None:
    """Four people of five that are wanted are told of by no question."""
    assert many(parted(made_up(("x", "p", "no", 4)), ("option", "a"), 5)) is None


def test_where_all_cannot_be_told_those_may_be_of_whom_nobody_had_it() -> None:
    """Two had it, all after one of a: the others are told, and nothing from which they could be subtracted."""
    rows = parted(made_up(("x", "p", "no", 9), ("y", "p", "no", 7), ("y", "p", "yes", 2)), ("option", "a"), 5)
    assert (many(rows), many(rows, a="x"), many(rows, a="y")) == (None, 9, None)


def test_of_the_demo_no_two_answers_differ_by_few(demo: Cut) -> None:
    """The same of a registry, by all its criteria and its options: whoever asks for all patients learns of no three."""
    people = traits_of(demo).unique("patient").filter(polars.col("option").is_not_null())
    order = {each.name: TRAITS[each.name] for each in CRITERIA.matched}
    options = tuple(people["option"].unique())
    order = {"population": order.pop("population"), "option": options, **order}
    rows = parted(people.with_columns(state=polars.lit("there")), tuple(order), 4)
    answers = answers_of(rows, order)
    assert few_between(answers, {}, 4) == []
    assert len(answers) > 40  # it is parted in many places, so that this could fail


def test_how_many_are_enough_is_a_policy_that_a_site_may_set(demo: Cut) -> None:
    """Content says 30, as the program does where no content does; a site that sets 60 widens until 60 match."""
    policies = library().lexicon.policies
    assert (policies["enough_alike"].value, policies["assigned_within"].value) == (ENOUGH, WINDOW)
    set_to_60 = {**policies, "enough_alike": policies["enough_alike"]._replace(value=60)}
    site = library()._replace(lexicon=library().lexicon._replace(policies=set_to_60))
    found = alike(demo, case_in(EXAMPLES[0].with_name("may-thurner.yaml")), (DEFINITIONS["death"],), site)
    assert found.enough == 60
    assert all((step.patients or 0) < 60 for step in found.steps[:-1])
    assert (found.steps[-1].patients or 0) >= 60


# Each outcome by itself.


@pytest.mark.parametrize("path", EXAMPLES[::4], ids=lambda path: path.stem)
def test_each_outcome_says_by_what_it_is_matched_and_why_not_by_more(demo: Cut, path: Path) -> None:
    """Every criterion that the case has is matched on or left out with one of two reasons; all are told in the text."""
    case = case_in(path)
    known = {each.name for each in CRITERIA.matched if each.level_of(case)}
    found = alike(demo, case, (), library(), fewest=4)
    text = " ".join(to_text(found, 10_000).split())
    for name, matched in found.matched.items():
        assert {each.name for each in matched.criteria} | {each.name for each, _ in matched.left_out} == known, name
        assert matched.criteria[0].name == "population"
        assert matched.words in text
        for _, why in matched.left_out:
            assert why.startswith(("too few: ", "withheld, so that")), why


def test_an_outcome_is_shown_more_narrowly_than_another(demo: Cut) -> None:
    """What is on record of most is matched by the extent as well; what is not known of few of a group by the population alone."""
    found = alike(demo, case_in(EXAMPLES[0].with_name("may-thurner.yaml")), (), library(), fewest=5)
    by = {name: len(matched.criteria) for name, matched in found.matched.items()}
    assert by["patency-primary"] > by["pts-attract"] == 1
    assert sum(bool(figures) and any(not each.withheld for each in figures) for _, figures in found.outcomes) >= 5


def test_what_no_option_may_be_told_of_alone_is_told_of_all_together(demo: Cut) -> None:
    """Few bled after any one option: all options together are told, and it is said which are not."""
    found = alike(
        demo, case_in(EXAMPLES[0].with_name("may-thurner.yaml")), (DEFINITIONS["major-bleeding"],), library(), fewest=5
    )
    ((_, (everybody, *options)),) = found.outcomes
    assert (everybody.figure.group, everybody.withheld) == ("", "")
    assert all(each.withheld.startswith("withheld, so that") for each in options)
    assert "all options together" in to_text(found)


def test_what_is_shown_by_default_has_a_reason_and_is_of_its_population() -> None:
    """Children and adults each have their own instruments; every definition listed exists and says why."""
    adult, child = (case_of(f"findings: {{age: {age} years}}") for age in (45, 9))
    assert definitions_for(adult, library())[0].name == "pts-attract"
    assert definitions_for(child, library())[0].name == "pts-children"
    assert all(why for shown in CRITERIA.shown.values() for why in shown.values())
