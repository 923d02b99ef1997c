"""What is proved of thresholds and of claims, on a content of one page."""

import pytest

from patency.casefile import case_file, read_case
from patency.document import read_document
from patency.fault import Refused
from patency.guideline.load import read_library
from patency.guideline.prove import DAY, Verdict, fault_of, prove

from .small import FILES, files

MILD = "    when: severity = mild\n"
SEVERE = "    when: acute and severity >= moderate\n"


def verdicts(content: dict[str, bytes]) -> list[Verdict]:
    return list(prove(read_library(content)))


def rules(severe: str, mild: str) -> dict[str, bytes]:
    """Give the two rules of the leaflet other conditions; both speak of removal."""
    text = FILES["guidelines/leaflet.yaml"]
    assert text.count(SEVERE) == text.count(MILD) == 1
    text = text.replace(SEVERE, f"    when: {severe}\n").replace(MILD, f"    when: {mild}\n")
    return files() | {"guidelines/leaflet.yaml": text.encode()}


THRESHOLDS = """
ends at                     begins at                    who falls out
days_since(onset) < 14 days  days_since(onset) >= 14 days  -
days_since(onset) <= 13 days days_since(onset) >= 14 days  -
days_since(onset) <= 13 days days_since(onset) > 13 days   -
days_since(onset) < 14 days  days_since(onset) > 13 days   -
days_since(onset) < 14 days  days_since(onset) > 14 days   onset: 14 days ago
days_since(onset) < 14 days  days_since(onset) >= 15 days  onset: 14 days ago
days_since(onset) <= 14 days days_since(onset) >= 14 days  onset: 14 days ago
days_since(onset) <= 14 days days_since(onset) > 13 days   onset: 14 days ago
acute                        not acute                     -
acute                        days_since(onset) > 14 days   onset: 14 days ago
age < 50 years               age >= 50 years               -
age < 50 years               age > 50 years                age: 50 years
age <= 50 years              age >= 50 years               age: 50 years
"""


@pytest.mark.parametrize("row", THRESHOLDS.strip().splitlines()[1:])
def test_rules_meet_at_a_threshold_or_a_patient_shows_that_they_do_not(row: str) -> None:
    """Days are whole and years are not; nobody falls between two rules or into both by a slip of the pen."""
    ends, begins, who = (row[:29].strip(), row[29:59].strip(), row[59:].strip())
    meeting = [each for each in verdicts(rules(ends, begins)) if "meet, nobody falling" in each.says]

    assert [each.is_proved for each in meeting] == [who == "-"]
    for each in meeting:
        if each.counterexample is not None:
            assert who in case_file(each.counterexample)
            assert each.counterexample.name == "leaflet severe and mild meet"


def test_rules_that_are_far_apart_or_speak_of_other_options_do_not_meet() -> None:
    """A rule for the first two weeks and one from the third month on leave the time between to the source."""
    far = verdicts(rules("days_since(onset) < 14 days", "days_since(onset) >= 3 months"))
    apart = rules("days_since(onset) < 14 days", "days_since(onset) > 14 days")
    text = apart["guidelines/leaflet.yaml"].decode().replace("      - {option: removal, grade: bad}\n", "")
    other = verdicts(apart | {"guidelines/leaflet.yaml": text.encode()})

    assert not any("meet" in each.says for each in far)
    assert not any("meet" in each.says for each in other)


GAP = "coverage:\n  says: everyone\n  of: age >= adult_age\n  gaps:\n    - {when: days_since(onset) = 14 days, why: Left open.}\n"
OVERLAP = "overlaps:\n  - {rules: [severe, mild], why: It says both.}\n"


@pytest.mark.parametrize(
    ("begins", "declared", "is_proved"),
    [("> 14 days", GAP, True), (">= 15 days", GAP, True), ("> 15 days", GAP, False), ("> 14 days", OVERLAP, False)],
)
def test_a_declared_gap_may_lie_between_two_rules(begins: str, declared: str, is_proved: bool) -> None:
    """What the source leaves open is declared with its reason; then, and only then, it counts as closed."""
    content = rules("days_since(onset) < 14 days", f"days_since(onset) {begins}")
    text = content["guidelines/leaflet.yaml"].decode().replace("rules:\n", f"{declared}rules:\n", 1)
    found = [each for each in verdicts(content | {"guidelines/leaflet.yaml": text.encode()}) if "meet," in each.says]

    assert all(each.is_proved for each in found) is is_proved


def test_a_declared_overlap_may_have_a_patient_twice() -> None:
    """Day 14 belongs to both because the source says so."""
    content = rules("days_since(onset) <= 14 days", "days_since(onset) >= 14 days")
    text = content["guidelines/leaflet.yaml"].decode().replace("rules:\n", f"{OVERLAP}rules:\n", 1)
    found = [each for each in verdicts(content | {"guidelines/leaflet.yaml": text.encode()}) if "meet," in each.says]

    assert [each.is_proved for each in found] == [True]


def claimed(claim: str, **changes: tuple[str, str]) -> list[Verdict]:
    """Prove one claim of the small content."""
    content = files(**changes) | {"claims.yaml": f"claims:\n  it: {{says: It is so, {claim}}}\n".encode()}
    return [each for each in verdicts(content) if each.subject == "it"]


CLAIMS = [
    ("if: limb_threat, shows: [alerts/threat]", True),
    ("if: severity = severe, shows: [alerts/threat]", False),
    ("if: limb_threat, where_favoured: [removal], shows: [alerts/threat]", True),
    # Removal is not favoured in a threatened limb, so it is favoured where no alert stands.
    ("if: severity = severe, where_favoured: [removal], shows: [alerts/threat]", False),
    ("if: severity = severe, where_favoured: [waiting], shows: [alerts/threat]", True),
    ("if: limb_threat, never_favoured: [removal]", True),
    ("if: bleeding, never_favoured: [removal]", False),
    ("if: bleeding and severity = mild, never_favoured: [removal]", True),
    ("if: bleeding and severity = mild, never_favoured: [waiting]", False),
    ("if: bleeding, never_favoured: [uses_lytic]", None),
    ("if: age < adult_age, silences_all_but: []", True),
    ("if: age >= adult_age, silences_all_but: [leaflet]", None),
    ("favour_rests_on: [original, second-hand]", True),
    ("favour_rests_on: [second-hand]", False),
]


@pytest.mark.parametrize(("claim", "is_proved"), CLAIMS)
def test_a_claim_is_proved_or_shown_not_to_hold(claim: str, is_proved: bool | None) -> None:
    """Where it fails it says at which rule, and by whom; a claim that is about no rule gives nothing to prove."""
    found = claimed(claim)

    assert {each.is_proved for each in found} == (set() if is_proved is None else {is_proved})
    for each in found:
        if is_proved is False:
            assert "guidelines/leaflet.yaml:" in str(fault_of(each)) or "shows: [alerts/threat]" in claim
        if each.counterexample is not None:
            document = read_document(case_file(each.counterexample).encode(), "counterexample.yaml")
            _, faults = read_case(document, read_library(files()).lexicon.vocabulary, DAY)
            assert faults == []


def test_a_sheet_that_is_past_its_use_shows_nothing() -> None:
    """A caution on a sheet that is left out after a time is no caution after it."""
    sheet = FILES["sheets/alerts.yaml"].replace("kind: alert\n", "kind: alert\nunless: bleeding\n")
    claim = b"claims:\n  it: {says: It is so, if: limb_threat, shows: [alerts/threat]}\n"
    found = verdicts(files() | {"sheets/alerts.yaml": sheet.encode(), "claims.yaml": claim})
    (verdict,) = [each for each in found if each.subject == "it"]

    assert verdict.is_proved is False
    assert verdict.counterexample is not None
    assert verdict.counterexample.findings["bleeding"].written == "yes"


@pytest.mark.parametrize(
    "claim",
    ["if: bleeding, never_favoured: [remval]", "if: bleeding, shows: [alerts/threatt]", "favour_rests_on: [orignal]"],
)
def test_a_claim_about_what_is_not_there_is_refused_with_the_nearest_name(claim: str) -> None:
    """Nothing would be proved of it."""
    with pytest.raises(Refused, match="did you mean"):
        claimed(claim)
