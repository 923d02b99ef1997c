"""What is listed as changed between two editions is what advising both of them says, for every kind of patient."""

import random
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given

from agreement.reference import Patient, opinions, patients
from agreement.strategies import TODAY, Bedside, Ward, bedsides, examples
from patency.case import Case
from patency.casefile import case_file, read_case
from patency.consult.page import consult
from patency.document import read_document
from patency.fault import Refused
from patency.guideline.advise import Advice, Reading, advise
from patency.guideline.compare import Comparison, Heard, compare
from patency.guideline.contradict import contradictions
from patency.guideline.editions import DAY, Change, differences_between
from patency.guideline.model import Decision, Guideline, Library, Rule
from patency.truth import Truth

PAIRS = [("acr-2013", "acr-2020"), ("chest-2016", "chest-2021"), ("sir-2009", "sir-2023")]


@pytest.fixture(scope="module")
def changed(library: Library) -> dict[tuple[str, str], tuple[Change, ...]]:
    return {pair: differences_between(library, *(library.guidelines[name] for name in pair)) for pair in PAIRS}


def side_by_side(
    library: Library, pair: tuple[str, str], case: Case
) -> tuple[tuple[Advice, Advice], Sequence[Comparison]]:
    """Advise both editions, and lay them out as two guidelines that are current."""
    first, second = (
        advise(library.guidelines[name]._replace(superseded_by=""), Reading(case, library)) for name in pair
    )
    return (first, second), compare(library, (first, second))


def speaking(advice: Advice, comparison: Comparison) -> tuple[str, ...]:
    """Name the rules that hold and say something of a decision."""
    options = comparison.decision.options
    return tuple(each.rule.id for each in advice.matches if any(said.option in options for said in each.opinions))


def kind(change: Change) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Name the kind of patient that a change is of."""
    return (
        change.decision.id, tuple(rule.id for rule in change.older.rules), tuple(rule.id for rule in change.newer.rules),
    )  # fmt: skip


def said(heard: Iterable[Heard]) -> set[tuple[str, str, str]]:
    return {(each.rule.rule.id, each.opinion.option, each.opinion.grade.id) for each in heard}


def stances(heard: Iterable[Heard]) -> set[tuple[str, str]]:
    return {(each.opinion.grade.stance.value, each.preferred.id if each.preferred else "") for each in heard}


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_every_listed_example_shows_its_change(
    pair: tuple[str, str], changed: dict[tuple[str, str], tuple[Change, ...]], library: Library
) -> None:
    """Its case file is opened and laid out; the rules that hold, and what they say of each option, are those listed."""
    assert len({kind(change) for change in changed[pair]}) == len(changed[pair]) > 3
    for change in changed[pair]:
        document = read_document(case_file(change.example).encode(), "example.yaml")
        case, faults = read_case(document, library.lexicon.vocabulary, DAY)
        assert faults == []
        assert consult(library, case).case == case
        advice, comparisons = side_by_side(library, pair, case)
        comparison = next(each for each in comparisons if each.decision.id == change.decision.id)
        assert kind(change) == (change.decision.id, *(speaking(each, comparison) for each in advice))
        rows = {row.option.id: row.cells for row in comparison.rows}
        for rating in change.ratings:
            cells = rows[rating.option.id]
            for name, heard in zip(pair, (rating.older, rating.newer), strict=True):
                certain = [each for each in cells.get(name, ()) if each.rule.rule.id in speaking_ids(change)]
                assert said(certain) == said(heard)


def speaking_ids(change: Change) -> set[str]:
    return {rule.id for side in (change.older, change.newer) for rule in side.rules}


def some_patients(library: Library, found: Sequence[Change], chance: random.Random) -> Iterator[Case]:
    """Yield patients put together from an example and two scenarios, where they can be."""
    cases = [scenario.case for each in library.guidelines.values() for scenario in each.scenarios]
    for _ in range(600):
        parts = [chance.choice(found).example.seen_on(cases[0].on), *chance.sample(cases, 2)]
        chance.shuffle(parts)
        mixed = Case(cases[0].on, {name: each for part in parts for name, each in part.findings.items()})
        if not contradictions(mixed, library):
            yield mixed


def is_settled_on(advice: Advice, comparison: Comparison) -> bool:
    """Say whether it is known of each rule that says something of a decision whether it holds."""
    options = comparison.decision.options
    return all(opinion.is_settled for each in advice.rules for opinion in each.opinions if opinion.option in options)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_change_is_listed_exactly_where_the_two_advise_otherwise(
    pair: tuple[str, str], changed: dict[tuple[str, str], tuple[Change, ...]], library: Library
) -> None:
    """For random patients the kind is listed where the ratings that are settled differ, and nowhere else."""
    listed = {kind(change): change for change in changed[pair]}
    met: set[tuple[str, tuple[str, ...], tuple[str, ...]]] = set()
    for case in some_patients(library, changed[pair], random.Random(7)):
        try:
            (older, newer), comparisons = side_by_side(library, pair, case)
        except Refused:  # findings of two patients need not make a third
            continue
        for comparison in comparisons:
            if not is_settled_on(older, comparison) or not is_settled_on(newer, comparison):
                continue
            of_older, of_newer = speaking(older, comparison), speaking(newer, comparison)
            this = (comparison.decision.id, of_older, of_newer)
            if this in listed:
                met.add(this)
                continue
            assert bool(of_older) is bool(of_newer), f"{this} is rated by one of the two, and not listed"
            for row in comparison.rows:
                cells = [row.cells.get(name, ()) for name in pair]
                assert not all(cells) or stances(cells[0]) == stances(cells[1]), f"{this} differs on {row.option.id}"
    assert len(met) > 3, "listed kinds were met"


@examples(60)
@given(bedsides(guidelines=2).filter(lambda bedside: len(bedside.ward.papers) == 2))
def test_the_list_of_kinds_is_complete_and_holds_no_other(bedside: Bedside) -> None:
    """On a small ward the kinds listed are those that the patients one can be fall into, where the grades given differ."""
    ward = bedside.ward
    older, newer = (ward.library.guidelines[name] for name in ("g1", "g2"))
    everybody = patients(Case(TODAY), ward.vocabulary, ward.laws, ward.terms)
    kinds = {
        (decision.id, _holding(ward, older, patient, decision), _holding(ward, newer, patient, decision))
        for decision in ward.library.decisions.values()
        for patient in everybody
    }
    listed = {kind(change) for change in differences_between(ward.library, older, newer)}
    assert listed == {
        (name, first, second)
        for name, first, second in kinds
        if _grades(older, first, ward.library.decisions[name]) != _grades(newer, second, ward.library.decisions[name])
    }
    for change in differences_between(ward.library, older, newer):
        for side in (change.older, change.newer):
            advice = advise(side.guideline, Reading(change.example, ward.library))
            assert speaking_on(advice, change.decision) == tuple(rule.id for rule in side.rules)
            assert all(each.holds is not Truth.UNKNOWN for each in advice.rules if _says(each.rule, change.decision))


def _says(rule: Rule, decision: Decision) -> set[str]:
    """Say how a rule grades the options of a decision."""
    return {saying.grade.id for saying in rule.says if saying.option in decision.options}


def _holding(ward: Ward, guideline: Guideline, patient: Patient, decision: Decision) -> tuple[str, ...]:
    _, *holds = opinions(ward.papers[guideline.id], patient)
    rules = zip(guideline.rules, holds, strict=True)
    return tuple(rule.id for rule, truth in rules if truth and _says(rule, decision))


def _grades(guideline: Guideline, names: tuple[str, ...], decision: Decision) -> set[str]:
    return set().union(*(_says(rule, decision) for rule in guideline.rules if rule.id in names))


def speaking_on(advice: Advice, decision: Decision) -> tuple[str, ...]:
    return tuple(each.rule.id for each in advice.matches if _says(each.rule, decision))
