"""Patients like one: who matches, how it is widened, and that few people are told of by no answer, nor by two."""

import json
import re
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
from patency.outcome.alike import AFTER, ENOUGH, Alike, alike, definitions_for
from patency.outcome.alike_text import to_json, to_text
from patency.outcome.parted import parted, told_of
from patency.outcome.read_criteria import TRAITS, read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from registry.made import library

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
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
    """A threatened limb is rare: what was dropped is said at each step, the last criterion first."""
    found = alike(demo, case_in(EXAMPLES[0].with_name("limb-threat.yaml")), (), library())
    assert len(found.steps) > 1
    for before, now in zip(found.steps, found.steps[1:], strict=False):
        assert before.criteria[:-1] == now.criteria
        assert now.dropped == before.criteria[-1].words


def test_where_nobody_is_enough_it_says_too_few(demo: Cut) -> None:
    """With 1,000 wanted, no registry of 300 has them: every step is shown, and no outcome."""
    found = alike(demo, case_in(EXAMPLES[0]), (), library(), enough=1000)
    assert found.outcomes == ()
    assert found.too_few.startswith("Too few to say")
    assert len(found.steps[-1].criteria) == 1


def test_an_answer_says_what_it_is_and_bears_the_warning_of_its_cut(demo: Cut) -> None:
    """Outcomes after an option, not because of it; the label stands at the head and at the foot."""
    found = alike(demo, case_in(EXAMPLES[0]), (), library())
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
        for option in outcome["options"]:
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
    """Yield every question that a case could ask: each criterion at each of its levels, or not known."""
    for chosen in product(*([None, *each] for each in levels.values())):
        yield {name: level for name, level in zip(levels, chosen, strict=True) if level is not None}


def few_between(rows: polars.DataFrame, order: Mapping[str, tuple[str, ...]], fewest: int) -> tuple[int, list[object]]:
    """Ask everything of one option's rows: how many answers there are, and where two differ by few people of a state."""
    state = dict(zip(rows["patient"], rows["state"], strict=True))
    answers = set()
    for asked in every_question(order):
        told = told_of(rows, tuple(order), asked)
        if told is not None and next(iter(order)) in asked:
            answers.add(frozenset(told["patient"]))
    found: list[object] = []
    for one, other in combinations(sorted([*answers, frozenset()], key=sorted), 2):
        for part in (one - other, other - one, one & other):
            states = [state[each] for each in part]
            if any(0 < states.count(each) < fewest for each in set(states) - {None}) or 0 < len(part) < fewest:
                found.append((one, other, part))
    return len(answers), found


LEVELS = {"a": ("x", "y"), "b": ("x", "y", "z"), "c": ("x", "y")}
PERSON = st.tuples(*(st.sampled_from([*each, None]) for each in LEVELS.values()), st.sampled_from(["yes", "no", None]))


@settings(max_examples=60, deadline=None)
@given(people=st.lists(PERSON, min_size=1, max_size=120), times=st.integers(1, 4))
def test_no_two_answers_differ_by_few(people: list[tuple[str | None, ...]], times: int) -> None:
    """Whatever is asked of whomever: two answers differ by, and share, nobody or enough, and so in every state."""
    every = people * times  # so that whole groups are met as well
    rows = polars.DataFrame(
        [{"patient": f"{place}", "option": "o", "state": state, **dict(zip(LEVELS, traits, strict=True))}
         for place, (*traits, state) in enumerate(every)],
        schema={"patient": polars.String, "option": polars.String, "state": polars.String, **dict.fromkeys(LEVELS, polars.String)},
    )  # fmt: skip
    assert few_between(parted(rows, tuple(LEVELS), 3), LEVELS, 3)[1] == []


def test_groups_are_parted_where_they_may_be() -> None:
    """Twelve of x, six of them with b and six without, are parted to b; of y, one without b keeps the others together."""
    rows = polars.DataFrame(
        [("x", "p", "no")] * 6 + [("x", "q", "no")] * 6 + [("y", "p", "no")] * 6 + [("y", "q", "no")] * 1,
        schema=["a", "b", "state"], orient="row",
    ).with_columns(patient=polars.int_range(polars.len()).cast(polars.String), option=polars.lit("o"))  # fmt: skip
    found = parted(rows, ("a", "b"), 5)
    told = {(a, b): told_of(found, ("a", "b"), {"a": a, "b": b}) for a in "xy" for b in "pq"}
    assert {key: None if each is None else each.height for key, each in told.items()} == {
        ("x", "p"): 6, ("x", "q"): 6, ("y", "p"): None, ("y", "q"): None,
    }  # fmt: skip


def test_of_the_demo_no_two_answers_differ_by_few(demo: Cut) -> None:
    """The same of a registry, by all its criteria and for each option: whoever asks for all patients learns of no three."""
    people = traits_of(demo).unique("patient").filter(polars.col("option").is_not_null())
    order = {each.name: TRAITS[each.name] for each in CRITERIA.matched}
    rows = parted(people.with_columns(state=polars.lit("there")), tuple(order), 4)
    asked = 0
    for option in rows.partition_by("option"):
        answers, found = few_between(option, order, 4)
        asked += answers
        assert found == []
    assert asked > 8  # it is parted somewhere, so that this could fail


def test_what_is_shown_by_default_has_a_reason_and_is_of_its_population() -> None:
    """Children and adults each have their own instruments; every definition listed exists and says why."""
    adult, child = (case_of(f"findings: {{age: {age} years}}") for age in (45, 9))
    assert definitions_for(adult, library())[0].name == "pts-attract"
    assert definitions_for(child, library())[0].name == "pts-children"
    assert all(why for shown in CRITERIA.shown.values() for why in shown.values())
