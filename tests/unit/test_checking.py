"""Content is checked against the scenarios that its authors wrote."""

import pytest

from patency.guideline.check import unmet, unsigned
from patency.guideline.load import read_library
from patency.guideline.model import Library

from .small import files


def wrong_in(old: str, new: str) -> list[str]:
    """Change one text of the guideline and list what is then not met."""
    return [fault.what for fault in unmet(read_library(files(guideline=(old, new))))]


def test_content_that_does_what_it_says_has_no_fault() -> None:
    """Every scenario is met."""
    assert unmet(read_library(files())) == []


def test_patencys_own_content_does_what_it_says(library: Library) -> None:
    """Every scenario of every guideline is met."""
    assert [str(fault) for fault in unmet(library)] == []


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        (
            "      scope: yes\n",
            "      scope: no\n",
            ["in 'severe on day 3', scope is yes; expected: no"],
        ),
        (
            "rules: {severe: yes, mild: no}",
            "rules: {severe: yes, mild: unknown}",
            ["in 'severe on day 3', rule 'mild' is no; expected: unknown"],
        ),
        (
            "rules: {severe: yes, mild: no}",
            "rules: {severe: yes, milde: no}",
            ["in 'severe on day 3', there is no rule 'milde'"],
        ),
        (
            "opinions: {removal: good}",
            "opinions: {removal: bad}",
            ["in 'severe on day 3', 'removal' is good; expected: bad"],
        ),
        (
            "opinions: {removal: good}",
            "opinions: {removal: good over removal}",
            ["in 'severe on day 3', 'removal' is good over waiting; expected: good over removal"],
        ),
        (
            "opinions: {removal: good}",
            "opinions: {waiting: good}",
            ["in 'severe on day 3', 'waiting' is not spoken of; expected: good"],
        ),
        (
            "settled: yes",
            "settled: no",
            ["in 'severe on day 3', it is settled; expected: open"],
        ),
        (
            "settled: no",
            "settled: yes",
            ["in 'nothing is known', it is open; expected: settled"],
        ),
        (
            "expires: 2026-06-09",
            "expires: 2026-06-10",
            ["in 'severe on day 3', it expires 2026-06-09; expected: 2026-06-10"],
        ),
        (
            "expires: 2026-06-09",
            "expires: never",
            ["in 'severe on day 3', it expires 2026-06-09; expected: never"],
        ),
        (
            "expires: never",
            "expires: 2026-06-09",
            ["in 'mild', it expires never; expected: 2026-06-09"],
        ),
        (
            "asks_first: [severity]",
            "asks_first: [onset, severity]",
            ["in 'nothing is known', it asks severity, limb_threat then onset first; expected: onset then severity"],
        ),
        (
            "when: severity = mild\n",
            "when: severity = moderate\n",
            [
                "in 'mild', 'removal' is not spoken of; expected: bad",
                "in 'mild', 'waiting' is not spoken of; expected: good",
                "in 'mild', rule 'mild' is no; expected: yes",
            ],
        ),
        (
            "rules: {severe: no, mild: yes}",
            "rules: {severe: no}",
            ["no scenario expects the rule 'mild' to hold"],
        ),
    ],
)  # fmt: skip
def test_an_expectation_that_is_not_met_is_a_fault(old: str, new: str, faults: list[str]) -> None:
    """It says which scenario, what was found and what was expected."""
    assert sorted(wrong_in(old, new)) == faults


def test_an_expected_grade_may_name_the_option_that_is_not_preferred() -> None:
    """Named, it is checked too; unnamed, the grade alone counts."""
    assert wrong_in("opinions: {removal: good}", "opinions: {removal: good over waiting}") == []


def test_the_fault_stands_where_the_scenario_begins() -> None:
    """Its line is that of the name of the patient."""
    content = files(guideline=("settled: no", "settled: yes"))
    (fault,) = unmet(read_library(content))
    lines = content["guidelines/leaflet.yaml"].decode().splitlines()

    assert lines[fault.where.line - 1] == "  - case: nothing is known"


def test_a_scenario_that_contradicts_itself_is_a_fault() -> None:
    """A patient who cannot be proves nothing."""
    (fault,) = wrong_in("severity: severe, limb_threat: no}", "severity: mild, limb_threat: yes}")

    assert "these findings cannot all be true" in fault


def test_a_guideline_without_scenarios_is_a_fault() -> None:
    """A rule that is never tried cannot be trusted."""
    text = files()["guidelines/leaflet.yaml"].decode()
    start = text.index("scenarios:")
    content = {**files(), "guidelines/leaflet.yaml": text[:start].encode()}

    assert [fault.what for fault in unmet(read_library(content))] == ["'leaflet' has no scenario"]


def test_the_rules_that_nobody_reviewed_can_be_listed() -> None:
    """A review names a clinician; `nobody` is no review."""
    assert unsigned(read_library(files())) == ["leaflet mild"]
