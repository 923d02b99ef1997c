"""Chapter 8. Exceptions: a rule holds when its condition does and none of its named exceptions."""

import pytest

from patency.guideline.advise import Reading, advise
from patency.guideline.load import read_library

from .reading import patient, rows

CONTENT = {
    "sources/trial.yaml": """
sources:
  leaflet: {kind: note, title: A leaflet, year: 2020}
""",
    "vocabulary/limb.yaml": """
concepts:
  severity:
    asks: How severe are the symptoms?
    words: the severity of symptoms
    type: ordered
    values: {mild: mild, moderate: moderate, severe: severe}
    cost: examination
  limb_threat:
    asks: Is the limb threatened?
    says: [the limb is threatened, the limb is not threatened]
    type: yes/no
    cost: examination
  pregnant:
    asks: Is the patient pregnant?
    says: [the patient is pregnant, the patient is not pregnant]
    type: yes/no
    cost: history
  age: {asks: How old is the patient?, words: age, type: number, unit: year, range: [0, 120], cost: history}
""",
    "decisions.yaml": """
decisions:
  treatment: {asks: How to treat, options: {removal: {words: removal}}}
""",
    "grades/plain.yaml": """
scale: plain
title: a plain scale
cite: [{source: leaflet, at: page 1, mark: original}]
grades: {good: {words: good, stance: for}}
""",
    "guidelines/leaflet.yaml": """
guideline: leaflet
title: A leaflet
publisher: Leaflets
year: 2020
edition: "2020"
decision: treatment
scale: plain
cite: [{source: leaflet, at: page 1, mark: original}]
population: {words: adults, when: age >= 18 years}
rules:
  - id: severe
    title: Moderate to severe symptoms
    when: severity >= moderate
    except:
      limb-threat:
        when: limb_threat
        why: A limb-threatening clot has a pathway of its own.
        cite: [{source: leaflet, at: page 2, mark: original}]
      pregnancy:
        when: pregnant
        why: Pregnancy has a leaflet of its own.
        cite: [{source: leaflet, at: page 3, mark: original}]
    says:
      - {option: removal, grade: good}
    reviewed: nobody
""",
    "page.yaml": """
intended_use: For tests.
headings: {alert: First, contraindications: Cautions, trade-off: Costs, work-up: Work-up, procedure: Plan,
  aftercare: After, pitfalls: Pitfalls}
about: {lysis: lysis, anticoagulation: anticoagulation, anticoagulation-after: after, stent: stent}
""",
}
LIBRARY = read_library({name: text.encode() for name, text in CONTENT.items()})

HOLDS = """
age           | severity           | limb_threat | pregnant  | the rule
45 years      | severe             | no          | no        | yes
45 years      | severe             | yes         | no        | no
45 years      | severe             | no          | yes       | no
45 years      | severe             | yes         | yes       | no
45 years      | severe             | not known   | no        | unknown
45 years      | severe             | not known   | yes       | no
45 years      | mild               | not known   | not known | no
45 years      | mild or moderate   | no          | no        | unknown
12 years      | severe             | no          | no        | no
17 to 19 years| severe             | no          | no        | unknown
not known     | mild               | no          | no        | no
"""


@pytest.mark.parametrize(("age", "severity", "limb_threat", "pregnant", "truth"), rows(HOLDS)[1:])
def test_an_exception_takes_the_rule_back(age: str, severity: str, limb_threat: str, pregnant: str, truth: str) -> None:
    """One exception that holds is enough; one that is unknown leaves the rule unknown, unless another part decides."""
    findings = f"age: {age}, severity: {severity}, limb_threat: {limb_threat}, pregnant: {pregnant}"
    case = patient(findings, LIBRARY.lexicon)
    (rule,) = advise(LIBRARY.guidelines["leaflet"], Reading(case, LIBRARY)).rules

    assert (str(rule.truth), str(rule.holds)) == (truth, truth)


def test_an_exception_has_a_name_a_reason_and_a_source() -> None:
    """Exceptions are told apart by name, and none stands in a rank above another."""
    (rule,) = LIBRARY.guidelines["leaflet"].rules

    assert [(each.name, each.why, each.citations[0].at) for each in rule.exclusions] == [
        ("limb-threat", "A limb-threatening clot has a pathway of its own.", "page 2"),
        ("pregnancy", "Pregnancy has a leaflet of its own.", "page 3"),
    ]
