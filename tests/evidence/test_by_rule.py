"""A study by the rule by which a cut is judged, beside the stance that it was given."""

import pytest

from patency.evidence.by_rule import BY_RULE, GIVEN, Ruled, Verdict, ruled
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Evidence, Stance
from patency.evidence.study_text import claim_text, listed_claim
from patency.evidence.study_text import to_text as study_text
from patency.guideline.files import CONTENT
from patency.guideline.model import Library


@pytest.fixture(scope="module")
def evidence(library: Library) -> Evidence:
    return read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)


# The interval as printed in the abstract, or of the printed counts, and on which side of no difference it lies.
KNOWN = """
cava              lysis-less-pts           contrasts | cannot tell | printed odds ratio 0.75 (0.38 to 1.50)
cava              lysis-more-bleeding      supports  | cannot tell | printed odds ratio 9.25 (0.49 to 174.7)
attract           lysis-less-pts           contrasts | cannot tell | printed risk ratio 0.96 (0.82 to 1.11)
attract           lysis-more-bleeding      supports  | cannot tell | printed risk ratio 6.18 (0.78 to 49.2)
attract-iliofemoral lysis-less-moderate-pts supports | supports    | printed risk ratio 0.65 (0.45 to 0.94)
cavent            lysis-less-pts           supports  | supports    | printed difference 14.4 (0.2 to 27.9)
v-mixtent         stents-stay-open         supports  | supports    | stented: 148/162, Wilson 86% to 95%
stents-sun-yat-sen stents-70-90            contrasts | contrasts   | stented: 8/22, Wilson 20% to 57%
"""
NOT_ASKED = """
cavent            lysis-less-moderate-pts  It mentions the claim and is not read as testing it.
cochrane-2021     lysis-less-pts           It rests on no figure that stands here.
goldenberg-2007   lysis-less-pts           Its groups were not made by chance.
torpedo           lysis-less-pts           Its groups are not the two options of the claim.
attract-femoropopliteal lysis-less-moderate-pts The claim is of iliofemoral clots, and the extent here is: femoropopliteal.
stents-swiss      stents-70-90             The claim is judged at 12 or 24 months, and this was counted at: 3 years.
vernacular        stents-70-90             Neither an interval nor the counts for one are printed of each group.
ivc-cohort        caval-aspiration-lysis   It makes the claim, and cannot test it.
sox               stockings-prevent-pts    The claim names no figure.
"""


def asked(evidence: Evidence, name: str, claim: str) -> tuple[Stance, Ruled]:
    study = evidence.studies[name]
    stands = next(each for each in study.stands if each.claim == claim)
    return stands.stance, ruled(study, stands, evidence.terms.claims[claim])


@pytest.mark.parametrize("row", KNOWN.strip().splitlines(), ids=lambda row: " ".join(row.split()[:2]))
def test_a_study_is_judged_by_its_own_interval(evidence: Evidence, row: str) -> None:
    """The stance that was given stays, and the rule says its own: a trial too small to tell cannot tell."""
    head, verdict, rests = (each.strip() for each in row.split("|"))
    name, claim, given = head.split()
    stance, found = asked(evidence, name, claim)
    assert (stance.value, found.verdict, found.rests[0]) == (given, Verdict(verdict), rests)


@pytest.mark.parametrize("row", NOT_ASKED.strip().splitlines(), ids=lambda row: " ".join(row.split()[:2]))
def test_where_the_rule_cannot_be_asked_it_says_why(evidence: Evidence, row: str) -> None:
    """No verdict is made of what does not test the claim."""
    name, claim, why = row.split(maxsplit=2)
    assert asked(evidence, name, claim)[1] == Ruled(None, why)


def test_groups_in_either_order_are_read_alike(evidence: Evidence) -> None:
    """CaVenT prints the control less the lysis, ATTRACT the lysis over the control: both say less after lysis."""
    (cavent,) = [each for each in evidence.studies["cavent"].outcomes if each.id == "cavent-pts-24"]
    assert cavent.effects[0].groups[0] == "control"
    assert asked(evidence, "cavent", "lysis-less-pts")[1].verdict is Verdict.SUPPORTS


def test_a_page_says_which_stance_came_how(evidence: Evidence) -> None:
    """Given stances are said to be given, and the rule's stand beside them."""
    for text in (claim_text("lysis-less-pts", evidence), study_text(evidence.studies["cava"], evidence)):
        flat = " ".join(text.split())
        assert f"Stances are {GIVEN}. {BY_RULE}" in flat
        assert "(given)" in flat
        assert "By the rule: cannot tell on printed odds ratio 0.75 (0.38 to 1.50)." in flat


def test_a_claim_is_listed_with_what_a_registry_can_answer(evidence: Evidence) -> None:
    """Or with why none can."""
    told = {name: " ".join(listed_claim(each).split()) for name, each in evidence.terms.claims.items()}
    assert "of a registry: 70 to 90% at 12 and 24 months. (patency-vernacular)" in told["stents-70-90"]
    assert "no registry can answer it: The share is of all deep vein thromboses." in told["iliocaval-share"]
    assert all("of a registry: " in each or "no registry can answer it: " in each for each in told.values())
