"""What a guideline says of a case: exact, never reversed, and until when, beside the plain reference."""

import itertools
import json
from datetime import date, timedelta

import pytest
from hypothesis import given

from agreement.reference import opinions, patients
from agreement.strategies import TODAY, Bedside, bedsides, examples, strangers, ward_of
from patency.case import Case
from patency.consult.html import to_html
from patency.consult.json import to_json
from patency.consult.page import consult
from patency.consult.text import to_text
from patency.fault import Refused
from patency.guideline.advise import Advice, Reading, advise
from patency.truth import Truth

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


def advice_on(bedside: Bedside, case: Case) -> dict[str, Advice]:
    """Ask every guideline of the ward about a case."""
    library = bedside.ward.library
    reading = Reading(case, library)
    return {name: advise(each, reading) for name, each in library.guidelines.items()}


def settled(truths: set[bool]) -> Truth:
    """Say what is certain when these are possible."""
    return UNKNOWN if len(truths) == 2 else YES if True in truths else NO


@examples(170)
@given(bedsides(guidelines=2))
def test_what_can_be_reached_is_what_the_completions_say(bedside: Bedside) -> None:
    """Scope, rules, what is settled and every outcome within reach equal the reference over all completions."""
    ward = bedside.ward
    everybody = patients(bedside.case, ward.vocabulary, ward.laws, ward.terms)
    for name, advice in advice_on(bedside, bedside.case).items():
        said = {opinions(ward.papers[name], patient) for patient in everybody}
        scope, *rules = (settled(set(column)) for column in zip(*said, strict=True))
        assert advice.is_exact
        assert advice.scope is scope
        assert [each.holds for each in advice.rules] == rules
        for each, truth in zip(advice.rules, rules, strict=True):
            assert {opinion.is_settled for opinion in each.opinions} == {truth is not UNKNOWN}
        assert advice.is_settled is (UNKNOWN not in rules)
        assert advice.finds_no_match is (scope is YES and set(rules) == {NO})
        for places, outcomes in reached(advice).items():
            assert outcomes == {tuple(opinion[1 + at] for at in places) for opinion in said}


def reached(advice: Advice) -> dict[tuple[int, ...], set[tuple[bool, ...]]]:
    """Read, for the rules that speak on each decision, which of them hold in each outcome within reach."""
    found = {part.rules: {tuple(advice.rules[at].holds is YES for at in part.rules)} for part in advice.guideline.parts}
    for part, reach in advice.open_parts:
        found[part.rules] = {
            tuple(bool(outcome >> term & 1) for term in range(len(part.rules)))
            for number, outcome in enumerate(reach.landscape.outcomes)
            if reach.outcomes >> number & 1
        }
    return found


@examples(70)
@given(bedsides(guidelines=2, visits=3))
def test_a_finding_more_never_reverses_advice(bedside: Bedside) -> None:
    """What holds, or does not, or is settled stays so at every later visit, and nothing new comes within reach."""
    visits = [advice_on(bedside, case) for case in bedside.cases]
    for earlier, later in itertools.pairwise(visits):
        for name, before in earlier.items():
            after = later[name]
            assert before.scope in (UNKNOWN, after.scope)
            for old, new in zip(before.rules, after.rules, strict=True):
                assert old.truth in (UNKNOWN, new.truth)
                assert old.holds in (UNKNOWN, new.holds)
                assert new.truth in (UNKNOWN, new.holds)
            earlier_reach = reached(before)
            for places, outcomes in reached(after).items():
                assert outcomes <= earlier_reach[places]


def told(bedside: Bedside, case: Case) -> dict[str, tuple[Truth, ...]] | str:
    """Say what every guideline says of a case, and of one that cannot be, that."""
    try:
        return {
            name: (each.scope, *(rule.holds for rule in each.rules)) for name, each in advice_on(bedside, case).items()
        }
    except Refused as refused:
        return str(refused.faults[0].what)


@examples(40)
@given(bedsides().filter(lambda bedside: {"onset", "delivery"} & set(bedside.visits[0])))
def test_advice_stands_until_the_day_it_expires_and_no_longer(bedside: Bedside) -> None:
    """Seen on each later day with nothing new found, advice is the same until the day it names, and then it is not."""
    expires = advice_on(bedside, bedside.case)["g1"].expires
    today = told(bedside, bedside.case)
    last = expires.on if expires else date.max
    for day in (TODAY + timedelta(days=days) for days in range(1, 50)):
        if day < last:
            assert told(bedside, bedside.case.seen_on(day)) == today
    assert expires is None or told(bedside, bedside.case.seen_on(expires.on)) != today


@examples(90)
@given(strangers())
def test_a_case_is_refused_exactly_when_nobody_could_have_these_findings(bedside: Bedside) -> None:
    """A case is refused when no patient fits it and the laws, and no other case is."""
    ward = bedside.ward
    is_anybody = bool(patients(bedside.case, ward.vocabulary, ward.laws, ward.terms))

    assert is_anybody is isinstance(told(bedside, bedside.case), dict)


def test_where_the_bound_on_the_work_is_passed_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guideline too large to be worked out has Kleene's truths, is called inexact on every page, and asks nothing."""
    monkeypatch.setattr("patency.language.draw.MOST_NODES", 1)
    ward = ward_of(
        """
concepts:
  fever: {type: yes/no, asks: Fever?, says: [there is fever, there is no fever], cost: history}
  ulcer: {type: yes/no, asks: An ulcer?, says: [there is an ulcer, there is no ulcer], cost: history}
""",
        leaflet="""
population: {words: everybody, when: fever or not fever}
rules:
  - id: r1
    title: either way
    when: ulcer or not ulcer
    says: [{option: rest, grade: good}]
    reviewed: nobody
""",
    )
    page = consult(ward.library, ward.case({"fever": "yes"}))
    (advice,) = page.advice

    assert not advice.is_exact
    assert [(each.truth, each.holds) for each in advice.rules] == [(UNKNOWN, UNKNOWN)]
    assert page.questions == ()
    assert "the bound on the work was passed: what is settled was not worked out exactly" in " ".join(
        to_text(page).split()
    )
    assert "what is settled was not worked out exactly" in " ".join(to_html(page).split())
    assert json.loads(to_json(page))["advice"][0]["exact"] is False
    assert "bound on the work was passed" in page.state_words
