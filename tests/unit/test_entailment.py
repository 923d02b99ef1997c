"""What follows from the findings, by the laws of the vocabulary and by what was asserted."""

from datetime import date

import pytest

from patency.case import Case
from patency.casefile import read_case
from patency.document import read_document
from patency.fault import Fault
from patency.language.define import build_lexicon
from patency.language.draw import Cut, draw_lawful
from patency.language.entail import FOLLOWS, following
from patency.language.landscape import Openings
from patency.language.lexicon import Lexicon
from patency.vocabulary import read_vocabulary

VOCABULARY = """
concepts:
  age: {asks: Age?, words: age, type: number, unit: year, range: [0, 120], cost: history}
  sex: {asks: Sex?, words: sex, type: choice, values: {female: female, male: male, other: other}, cost: history}
  pregnant: {asks: Pregnant?, says: [pregnant, not pregnant], type: yes/no, cost: history}
  limb_threat: {asks: Threat?, says: [threat, no threat], type: yes/no, cost: examination}
  severity:
    asks: How severe?
    words: severity
    type: ordered
    values: {mild: mild, moderate: moderate, severe: severe}
    cost: examination
  phlegmasia:
    asks: Phlegmasia?
    words: phlegmasia
    type: choice
    values: {none: absent, alba: alba, cerulea: cerulea}
    cost: examination
  cancer: {asks: Cancer?, says: [cancer, no cancer], type: yes/no, cost: history}
  surgery: {asks: Surgery?, says: [surgery, no surgery], type: yes/no, cost: history}
definitions:
  healthy:
    asks: Healthy?
    says: [healthy, not healthy]
    when: not cancer and not surgery
    cost: history
constraints:
  pregnancy-implies-female: {if: pregnant, then: sex = female and age >= 8 years, why: So it is.}
  cerulea-threatens: {if: phlegmasia = cerulea, then: limb_threat, why: So it is.}
  threat-is-severe: {if: limb_threat, then: severity = severe, why: So it is.}
"""


def read_lexicon() -> Lexicon:
    faults: list[Fault] = []
    vocabulary = read_vocabulary([read_document(VOCABULARY.encode(), "vocabulary.yaml")], {}, faults)
    lexicon = build_lexicon(vocabulary, {}, faults)
    assert not faults
    return lexicon


LEXICON = read_lexicon()
LAWFUL = draw_lawful(LEXICON, Cut((), LEXICON))


def entailed(case: Case) -> Case:
    """Put in what follows by each group of laws."""
    follows = [finding for each in LAWFUL for finding in following(case, each.reach(Openings(case)))]
    return case._replace(findings={**case.findings, **{finding.concept: finding for finding in follows}})


def patient(findings: str) -> Case:
    document = read_document(f"findings: {{{findings}}}".encode(), "case.yaml")
    case, faults = read_case(document, LEXICON.vocabulary, date(2026, 5, 29))
    assert not faults
    return case


def beyond(findings: str) -> dict[str, str]:
    """Say what is known of this patient beyond what was found."""
    found = patient(findings)
    known = entailed(found)
    return {
        name: " or ".join(sorted(finding.value)) if isinstance(finding.value, frozenset) else str(finding.value)
        for name, finding in known.findings.items()
        if finding != found.findings.get(name)
    }


@pytest.mark.parametrize(
    ("findings", "follows"),
    [
        ("", {}),
        ("pregnant: yes", {"sex": "female"}),
        ("pregnant: no", {}),
        ("sex: male", {"pregnant": "no"}),
        ("sex: female or other", {}),
        ("sex: male or other", {"pregnant": "no"}),
        ("age: 5", {"pregnant": "no"}),
        ("age: 5 to 9", {}),
        ("limb_threat: yes", {"severity": "severe"}),
        ("limb_threat: no", {"phlegmasia": "alba or none"}),
        ("phlegmasia: cerulea", {"limb_threat": "yes", "severity": "severe"}),
        ("phlegmasia: alba or cerulea, limb_threat: no", {"phlegmasia": "alba"}),
        ("severity: mild", {"limb_threat": "no", "phlegmasia": "alba or none"}),
        ("severity: mild or moderate", {"limb_threat": "no", "phlegmasia": "alba or none"}),
        ("severity: moderate or severe", {}),
        ("severity: moderate or severe, limb_threat: yes", {"severity": "severe"}),
        ("limb_threat: not known, severity: mild", {"limb_threat": "no", "phlegmasia": "alba or none"}),
        ("healthy: yes", {"cancer": "no", "surgery": "no"}),
        ("healthy: no", {}),
        ("healthy: no, cancer: no", {"surgery": "yes"}),
        ("cancer: yes", {"healthy": "no"}),
        ("cancer: no, surgery: no", {"healthy": "yes"}),
    ],
)
def test_a_law_rules_out_the_answers_that_would_break_it(findings: str, follows: dict[str, str]) -> None:
    """From effect to cause as well as from cause to effect, as far as it goes."""
    assert beyond(findings) == follows


def test_what_follows_says_so_and_leaves_the_findings_alone() -> None:
    """An entailed finding names no line of the case file, and the case that was given is not altered."""
    found = patient("phlegmasia: cerulea")
    known = entailed(found)

    assert known.findings["phlegmasia"] == found.findings["phlegmasia"]
    assert known.findings["severity"].source == FOLLOWS
    assert set(found.findings) == {"phlegmasia"}
    assert (known.on, known.name, known.about) == (found.on, found.name, found.about)


def test_what_follows_is_complete_in_one_go() -> None:
    """Nothing more follows from what already follows."""
    once = entailed(patient("phlegmasia: cerulea, healthy: no, cancer: no"))

    assert entailed(once).findings == once.findings
