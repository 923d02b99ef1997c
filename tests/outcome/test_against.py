"""A cut against a claim: the rule, its figures, and what it cannot tell."""

import json
from pathlib import Path

import pytest

from patency.cut import Cut
from patency.evidence.by_rule import GIVEN, OR, Verdict, judge, judge_side
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Evidence
from patency.fault import Refused
from patency.guideline.files import CONTENT
from patency.outcome.against import NO_FIGURE, against
from patency.outcome.against_text import to_json, to_text
from patency.outcome.comparison import Question, why_not
from patency.outcome.definition import Origin
from patency.outcome.estimated import estimated
from patency.outcome.follow import follow
from patency.outcome.read_definitions import read_definitions
from patency.share import Interval
from registry.made import library

DEFINITIONS = read_definitions(library().sources)
RULE = """
    low  high  verdict
     72    88  supports
     70    90  supports
     60    69  contrasts
     91    99  contrasts
     65    80  cannot tell
     80    95  cannot tell
     60    95  cannot tell
"""


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return read_evidence(CONTENT, library().sources, read_texts(CONTENT, library().sources), library().options)


@pytest.mark.parametrize("row", RULE.strip().splitlines()[1:])
def test_a_figure_is_judged_by_where_its_whole_interval_lies(row: str) -> None:
    """Wholly within 70 to 90 % supports, wholly outside contrasts, and anything between cannot tell."""
    low, high, *verdict = row.split()
    found = judge(Interval(int(low) / 100, int(high) / 100), Interval(0.70, 0.90))
    assert found[0] is Verdict(" ".join(verdict))


def test_stents_are_judged_by_the_curve_at_one_and_two_years(demo: Cut, evidence: Evidence) -> None:
    """The figures are those of the definition at 12 and 24 months, and no others."""
    found = against(demo, "stents-70-90", evidence, library())
    for name in ("patency-vernacular", "patency-vernacular-secondary"):
        points = estimated(follow(demo, DEFINITIONS[name]), months=(12, 24))[0].points
        judged = [each for each in found.judged if each.definition.name == name]
        assert [(each.value, each.interval) for each in judged] == [(each.value, each.interval) for each in points]
        assert [round(each.month or 0) for each in judged] == [12, 24]


SIDES = """
    low  high  direction  verdict
    -20    -5  less       supports
    -20    -5  more       contrasts
      5    20  more       supports
      5    20  less       contrasts
    -20     5  less       cannot tell
      0    20  more       cannot tell
"""


@pytest.mark.parametrize("row", SIDES.strip().splitlines()[1:])
def test_a_difference_is_judged_by_the_side_of_its_whole_interval(row: str) -> None:
    """Wholly on the side that is claimed supports, wholly on the other contrasts, and with nought in it cannot tell."""
    low, high, direction, *verdict = row.split()
    assert judge_side(Interval(int(low) / 100, int(high) / 100), direction)[0] is Verdict(" ".join(verdict))


def test_a_claim_that_compares_is_told_by_the_weighted_comparison_alone(demo: Cut, evidence: Evidence) -> None:
    """Without one, nothing is told; with one, the figure is the weighted difference, and its interval decides."""
    for name in ("lysis-less-pts", "lysis-less-moderate-pts"):
        for each in against(demo, name, evidence, library()).judged:
            if each.compared is None or each.compared.weighted is None:
                assert (each.value, each.verdict) == (None, Verdict.CANNOT_TELL)
                assert each.why
            else:
                assert each.value == each.compared.weighted.difference.value
                assert each.compared.weighted.is_sound or each.verdict is Verdict.CANNOT_TELL


def test_bleeds_within_days_of_a_procedure_are_not_compared_with_those_who_had_none(
    demo: Cut, evidence: Evidence
) -> None:
    """Against anticoagulation alone bleeding counts from the landmark, and in the days of the procedure against a device alone."""
    found = against(demo, "lysis-more-bleeding", evidence, library())
    late, early = found.judged
    assert late.definition.origin is Origin.DIAGNOSIS
    assert late.expected.compares[1] == "anticoagulation_alone"
    assert early.definition.name == "major-bleeding-10-days"
    assert early.expected.compares[1] == "thrombectomy_without_lytic"
    assert [each.why.partition(":")[0] for each in found.judged] == ["too few to say"] * 2  # of 300 made-up patients


def test_every_claim_is_one_that_a_registry_can_answer_or_says_why_none_can(evidence: Evidence) -> None:
    """No claim ends in a dead end without a word."""
    for claim in evidence.terms.claims.values():
        assert bool(claim.expects) != bool(claim.no_registry), claim.id


@pytest.mark.parametrize("month", [3, 12])
def test_no_claim_expects_what_the_comparison_refuses_by_its_definition(evidence: Evidence, month: int) -> None:
    """A figure is refused because the cut holds too few, never because the claim asks what no cut could say."""
    for claim in evidence.terms.claims.values():
        for each in claim.expects:
            if each.compares:
                question = Question(
                    each.compares[0].split(OR)[0], each.compares[1], each.months[0] if each.months else month
                )
                assert why_not(DEFINITIONS[each.outcome], question) == "", claim.id


def test_a_claim_without_a_figure_cannot_be_told(demo: Cut, evidence: Evidence) -> None:
    """Nobody on record wore stockings from a day to a day: no cut can stand to the claim, and its content says why."""
    found = against(demo, "stockings-prevent-pts", evidence, library())
    assert (found.verdict, found.why, found.judged) == (
        Verdict.CANNOT_TELL,
        f"{NO_FIGURE} {evidence.terms.claims['stockings-prevent-pts'].no_registry}",
        (),
    )


def test_few_people_decide_no_claim(cohort: Cut, evidence: Evidence) -> None:
    """Nobody in source 002's cohort has a stent on record: the claim on stents cannot be told from it."""
    found = against(cohort, "stents-70-90", evidence, library(), fewest=5)
    assert found.verdict is Verdict.CANNOT_TELL
    assert all(each.value is None for each in found.judged)
    lived = cohort._replace(manifest=cohort.manifest._replace(label=""))
    with pytest.raises(Refused, match="--fewest"):
        against(lived, "stents-70-90", evidence, library(), fewest=4)


def test_what_is_said_has_its_definition_its_rule_and_the_published_studies(demo: Cut, evidence: Evidence) -> None:
    """Beside the cut stand the stances of studies; the label of the cut stands at the head and at the foot."""
    found = against(demo, "stents-70-90", evidence, library())
    text = to_text(found, evidence)
    lines, flat = text.splitlines(), " ".join(text.split())
    assert lines[0] == lines[-1] == demo.manifest.warning
    assert DEFINITIONS["patency-vernacular"].words in flat
    assert "supports ABRE (given)" in flat
    assert f"Stances are {GIVEN}" in flat
    said = json.loads(to_json(found, evidence))
    assert {each["study"] for each in said["published"]} >= {"abre", "stents-seven-hospitals"}
    abre = next(each for each in said["published"] if each["study"] == "abre")
    assert (abre["stance"], abre["by_rule"]) == (
        "supports",
        "cannot tell",
    )  # 162 of 184: its interval reaches above 90 %
    assert said["rule"].startswith("A figure supports the claim where its 95% interval lies wholly within")


def test_every_figure_that_a_claim_expects_has_a_definition(evidence: Evidence) -> None:
    """What content says of a claim can be looked up in a cut."""
    expected = [each for claim in evidence.terms.claims.values() for each in claim.expects]
    assert len(expected) >= 5
    assert all(each.outcome in DEFINITIONS for each in expected)
    assert all(each.months or not DEFINITIONS[each.outcome].is_time or each.compares for each in expected)


def test_the_claims_file_is_where_the_tests_look() -> None:
    """The content that is read is Patency's own."""
    assert (Path(CONTENT) / "study-terms" / "claims.yaml").is_file()
