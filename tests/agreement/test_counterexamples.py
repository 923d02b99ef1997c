"""What random wards once showed to be wrong, kept as small wards that one can read."""

import pytest

from agreement.strategies import TODAY, Bedside, Ward, ward_of
from agreement.test_questions import Census, as_asked, asked_of
from patency.guideline.advise import Advice, Reading, advise
from patency.language import draw
from patency.language.terms import All
from patency.truth import Truth

SIGNS = """
concepts:
  fever: {type: yes/no, asks: Fever?, says: [there is fever, there is no fever], cost: history}
  bleeding: {type: yes/no, asks: Bleeding?, says: [there is bleeding, there is no bleeding], cost: history}
  ulcer: {type: yes/no, asks: An ulcer?, says: [there is an ulcer, there is no ulcer], cost: examination}
  rash: {type: yes/no, asks: A rash?, says: [there is a rash, there is no rash], cost: examination}
  age: {type: number, asks: Age?, words: age, unit: year, range: [0, 120], cost: history}
  onset: {type: date, asks: Since when?, words: the onset, cost: history}
  segments:
    {type: set, asks: Where?, words: the clot involves, values: {caval: cava, iliac: iliac vein, femoral: femoral vein},
     cost: imaging}
"""


def leaflet(*conditions: str) -> str:
    """Write a guideline for everybody of any age, with a rule for each condition."""
    rules = "".join(
        f'  - {{id: r{number}, title: one, when: "{when}", says: [{{option: rest, grade: good}}], reviewed: nobody}}\n'
        for number, when in enumerate(conditions, 1)
    )
    return f'population: {{words: everybody, when: "age >= 0 year"}}\nrules:\n{rules}'


def seen(ward: Ward, **findings: str) -> Bedside:
    """See one patient."""
    return Bedside(ward, (findings,), All(()))


def advice(bedside: Bedside) -> Advice:
    """Ask the first guideline."""
    library = bedside.ward.library
    return advise(next(iter(library.guidelines.values())), Reading(bedside.case, library))


def test_an_assertion_binds_a_guideline_that_does_not_mention_it() -> None:
    """Who is asserted to be a child is under 18 for a rule that speaks of age alone."""
    ward = ward_of(
        SIGNS
        + "definitions:\n  child: {asks: A child?, says: [a child, no child], cost: history, when: age < 18 year}\n",
        leaflet=leaflet("age >= 18 year"),
    )

    assert advice(seen(ward, child="yes")).rules[0].holds is Truth.NO
    assert advice(seen(ward, child="no")).rules[0].holds is Truth.YES
    assert advice(seen(ward)).rules[0].holds is Truth.UNKNOWN


@pytest.mark.parametrize("step", [1, -1])
def test_what_a_definition_is_made_of_is_worth_asking(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fever leaves both opinions within reach either way; that it can still change one, through frailty, counts.

    It is so whether the diagram has frailty below its parts or above them.
    """
    ordered = draw._order
    monkeypatch.setattr(draw, "_order", lambda terms: ordered(terms)[::step])
    ward = ward_of(
        SIGNS
        + "definitions:\n  frail: {asks: Frail?, says: [frail, robust], cost: history, "
        + "when: (fever or bleeding) and ulcer}\n",
        leaflet=leaflet("not frail"),
    )

    assert [question.name for question in asked_of(seen(ward))] == ["ulcer", "fever", "bleeding"]


def test_one_answer_means_the_same_to_every_guideline() -> None:
    """Where two guidelines name the members of a set in another order, an answer still leads to what it says."""
    ward = ward_of(
        SIGNS, one=leaflet("segments has iliac or segments has caval and fever"), two=leaflet("segments has caval")
    )
    (where,) = [question for question in asked_of(seen(ward, fever="no")) if question.name == "segments"]
    led = [tuple(str(rules["r1"]) for rules in answer.leads_to.values()) for answer in where.answers]

    assert sorted(led) == [("no", "no"), ("no", "yes"), ("yes", "no"), ("yes", "yes")]


def test_at_least_one_of_these_may_be_one_that_a_guideline_does_not_speak_of() -> None:
    """Each guideline speaks of one sign of the panel; that one of the two is present settles neither."""
    ward = ward_of(
        SIGNS + "panels:\n  signs: {asks: Which of these?, members: [fever, bleeding]}\n",
        one=leaflet("fever"),
        two=leaflet("bleeding"),
    )
    (signs,) = asked_of(seen(ward))

    assert [(answer.words, answer.distinct(signs.decision)) for answer in signs.answers] == [
        ("none of these", 1),
        ("at least one of these", 4),
    ]


def test_an_answer_that_no_patient_can_give_is_not_offered() -> None:
    """Where a law says that one of the signs is present, "none of these" is no answer to the panel."""
    ward = ward_of(
        SIGNS
        + "panels:\n  signs: {asks: Which of these?, members: [fever, bleeding]}\n"
        + "constraints:\n  a: {if: not fever, then: bleeding, why: so it is}\n",
        leaflet=leaflet("fever and ulcer", "bleeding and ulcer"),
    )
    (signs,) = [question for question in asked_of(seen(ward)) if question.is_panel]

    assert [(answer.words, answer.distinct(signs.decision)) for answer in signs.answers] == [
        ("at least one of these", 4)
    ]


TIED = """constraints:
  a: {if: fever, then: bleeding, why: so it is}
  b: {if: bleeding, then: fever, why: so it is}
  c: {if: ulcer, then: rash, why: so it is}
  d: {if: rash, then: ulcer, why: so it is}
"""


def test_where_laws_tie_everything_together_all_that_is_left_is_asked() -> None:
    """No answer tells anything alone, and none can change alone; two answers settle it, so the questions are put."""
    ward = ward_of(SIGNS + TIED, leaflet=leaflet("fever and not ulcer or rash and not bleeding"))

    assert [question.name for question in asked_of(seen(ward))] == ["fever", "bleeding", "ulcer", "rash"]
    assert asked_of(seen(ward, fever="yes", ulcer="no")) == ()
    assert asked_of(seen(ward, fever="not known", bleeding="not known")) == ()


EXPIRING = """
findings                              | expires
acute=yes, rash=no, onset=10 days ago | 2026-06-02
acute=yes, rash=no                    | never
onset=10 days ago                     | 2026-05-30
onset=11 days ago                     | 2026-06-01
"""


@pytest.mark.parametrize("row", EXPIRING.strip().splitlines()[1:])
def test_what_time_makes_impossible_or_a_law_decides_makes_advice_expire(row: str) -> None:
    """An assertion that the date will contradict, and a law that speaks of time, both have their day."""
    ward = ward_of(
        SIGNS
        + "definitions:\n  acute: {asks: Acute?, says: [acute, not acute], cost: history, "
        + "when: days_since(onset) < 14 days}\n"
        + "constraints:\n  e: {if: rash or ulcer, then: days_since(onset) > 10 days, why: it takes that long}\n",
        leaflet=leaflet("acute and not rash"),
    )
    findings, expires = row.split("|")
    says = advice(seen(ward, **dict(finding.strip().split("=") for finding in findings.split(","))))

    assert str(says.expires.on if says.expires else "never") == expires.strip()
    assert says.on == TODAY


@pytest.mark.parametrize("findings", [{}, {"fever": "no"}, {"fever": "not known"}])
def test_these_wards_agree_with_brute_force(findings: dict[str, str]) -> None:
    """The tied ward has the questions that the reference finds."""
    bedside = seen(ward_of(SIGNS + TIED, leaflet=leaflet("fever and not ulcer or rash and not bleeding")), **findings)

    assert [as_asked(question) for question in asked_of(bedside)] == Census(bedside).questions()


@pytest.mark.parametrize("haemoglobin", ["15.51446 mmol/L", ">= 15.51446 mmol/L"])
def test_a_value_that_a_change_of_unit_carries_past_the_range_is_the_end_of_the_range(haemoglobin: str) -> None:
    """A millionth too much, which is forgiven when it is read, does not make the patient impossible afterwards."""
    ward = ward_of(
        SIGNS
        + "  haemoglobin: {type: number, asks: Haemoglobin?, words: haemoglobin, unit: g/L, also: {mmol/L: 16.114}, "
        + "range: [0, 250], cost: laboratory}\n",
        leaflet=leaflet("haemoglobin >= 250 g/L"),
    )

    assert advice(seen(ward, haemoglobin=f'"{haemoglobin}"')).rules[0].holds is Truth.YES
