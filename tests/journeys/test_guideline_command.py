"""`patency guideline`, `patency concepts` and `patency schema`: what the library holds."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from patency.guideline.files import CONTENT

from .conftest import Run

Patency = Callable[..., Run]


def test_the_guidelines_are_listed_one_to_a_line(patency: Patency) -> None:
    """Each with its edition, its rules, and what supersedes it."""
    ran = patency("guideline", "list")
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines())

    assert (ran.code, ran.err) == (0, "")
    assert lines["acr-2013"].startswith("ACR 2013, 4 rules, superseded by acr-2020: ACR Appropriateness Criteria")
    assert lines["acr-2020"].startswith("ACR 2020, 7 rules: ACR Appropriateness Criteria")


def test_a_guideline_is_read_aloud(patency: Patency) -> None:
    """Every rule as a sentence, with its sources and their marks."""
    ran = patency("guideline", "show", "acr-2020")

    assert ran.code == 0
    assert re.findall(r"^(v\d): ", ran.out, flags=re.M) == ["v1", "v2", "v3", "v4", "v5", "v6", "v7"]
    assert "  when the clot is iliofemoral and the limb is threatened\n" in ran.out
    assert "  except when the limb is threatened: " in ran.out
    assert ran.out.count("not yet reviewed by a clinician") == 7
    assert "read second-hand" in ran.out


def test_a_policy_is_shown_as_it_is_set(patency: Patency) -> None:
    """What a site sets is what is read aloud."""
    assert "when age is at least 18 years" in patency("guideline", "show", "acr-2020").out
    assert "when age is at least 16 years" in patency("guideline", "show", "acr-2020", "--policy", "adult_age=16").out


def test_a_guideline_that_is_not_there_is_mistyped(patency: Patency) -> None:
    """The nearest right name is proposed."""
    ran = patency("guideline", "show", "acr2020")

    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'acr-2020'?" in ran.err


def test_check_counts_what_it_checked(patency: Patency) -> None:
    """No fault, and how many rules no clinician has reviewed."""
    ran = patency("guideline", "check")

    assert (ran.code, ran.err) == (0, "")
    assert re.match(
        r"34 guidelines, (\d+) rules, \d+ scenarios met; \d+ sheets, \d+ statements; \d+ concepts; \d+ sources: no fault\n"
        r"\1 of \1 rules are not yet reviewed by a clinician\n$",
        ran.out,
    )


def test_unsigned_names_the_rules_that_nobody_reviewed(patency: Patency) -> None:
    """One to a line, with the guideline."""
    lines = patency("guideline", "check", "--unsigned").out.splitlines()

    assert "  acr-2013 v1" in lines
    assert "  acr-2020 v7" in lines
    rules = int(lines[1].split()[0])
    assert len(lines) == 2 + rules


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def change(content: Path, name: str, old: str, new: str) -> None:
    text = (content / name).read_text(encoding="utf-8")
    assert old in text
    (content / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_another_content_can_be_checked(patency: Patency, content: Path) -> None:
    """A copy is as good as the original, and a change of words breaks nothing."""
    change(content, "guidelines/acr-2020.yaml", "publisher: ACR", "publisher: A.C.R.")

    assert patency("guideline", "check", str(content)).code == 0


def test_content_with_faults_is_refused_with_all_of_them(patency: Patency, content: Path) -> None:
    """Each with its file and line."""
    change(content, "guidelines/acr-2020.yaml", "when: iliofemoral and limb_threat", "when: iliofemorl and limb_threat")
    change(content, "guidelines/acr-2013.yaml", "scale: acr-1-9", "scale: acr-1-10")
    ran = patency("guideline", "check", str(content))

    assert (ran.code, ran.out) == (4, "")
    assert re.search(
        r"^guidelines/acr-2020\.yaml:\d+: you mention 'iliofemorl', which is not in the vocabulary$", ran.err, re.M
    )
    assert re.search(r"^guidelines/acr-2013\.yaml:\d+: 'acr-1-10' is not a scale$", ran.err, re.M)
    assert "did you mean 'iliofemoral'?" in ran.err


def test_a_scenario_that_is_not_met_refuses_the_content(patency: Patency, content: Path) -> None:
    """A rule that no longer does what its author expected is found before a patient meets it."""
    change(
        content, "guidelines/acr-2020.yaml", "severity in [moderate, severe] and otherwise_healthy", "severity = severe"
    )
    ran = patency("guideline", "check", str(content))

    assert (ran.code, ran.out) == (4, "")
    assert "the content does not do what its scenarios expect" in ran.err
    assert "in 'moderate, day 13, the last day', rule 'v2' is no" in ran.err


def test_a_folder_without_content_is_refused(patency: Patency, tmp_path: Path) -> None:
    """An empty folder is no library without faults."""
    assert patency("guideline", "check", str(tmp_path)).code == 4
    assert patency("guideline", "check", str(tmp_path / "missing")).code == 4


def test_the_concepts_are_listed_one_to_a_line(patency: Patency) -> None:
    """Each with its type, unit, cost and question; panels come last."""
    lines = patency("concepts").out.splitlines()

    assert "age: number in years, history. How old is the patient?" in lines
    assert "limb_threat: yes/no, examination. Is the limb threatened?" in lines
    assert lines[-1].startswith("child_only: panel, ")
    assert len(lines) > 150


def test_a_word_finds_the_concepts_that_have_it(patency: Patency) -> None:
    """In the name or in the question, and then in full."""
    ran = patency("concepts", "Platelet count")

    assert ran.out.startswith("platelets: number in 10^9/L, laboratory.")
    assert "  between 0 and 3000 10^9/L; also in " in ran.out


def test_a_word_that_finds_nothing_is_mistyped(patency: Patency) -> None:
    """The nearest name is proposed."""
    ran = patency("concepts", "platelts")

    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'platelets'?" in ran.err


def test_the_schema_is_json(patency: Patency) -> None:
    """It names the version of the consult that it describes."""
    ran = patency("schema")
    schema = json.loads(ran.out)

    assert (ran.code, ran.err) == (0, "")
    assert schema["properties"]["format"]["const"] == "patency-consult/4"
