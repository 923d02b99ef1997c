"""`patency compare --editions`: what changed between two editions, as its user reads it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Run

Patency = Callable[..., Run]


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_kinds_of_patient_whose_rating_changed_are_listed(patency: Patency) -> None:
    """Each with what was said, what is said now, in each edition's own words and with its mark, and an example."""
    ran = patency("compare", "--editions", "acr-2013", "acr-2020")
    page = words(ran.out)

    assert (ran.code, ran.err) == (0, "")
    younger = "favoured in younger patients, to avoid the post-thrombotic syndrome"
    assert (
        f"catheter-directed lysis (CDT): 7 of 9, usually appropriate, {younger} [1] → usually not appropriate" in page
    )
    without = "to be used when the patient cannot have lysis"
    assert f"anticoagulation alone: 3 of 9, usually not appropriate, {without} [1] → may be appropriate [2 2nd]" in page
    assert "ACR 2013: no rule → ACR 2020: Acute femoropopliteal clot" in page
    assert (
        "surgical thrombectomy: 2 of 9, usually not appropriate [1] → usually not appropriate [2 2nd] (the same stance)"
        in page
    )
    assert re.search(r"v1, v2 → v2, v4: as \d+ and \d+", page), "who is of several kinds at once is told by them"
    assert "Neither supersedes the other" not in page
    assert max(map(len, ran.out.partition("SOURCES")[0].splitlines())) <= 100


def test_the_older_edition_comes_first_however_they_are_named(patency: Patency) -> None:
    """What supersedes is the newer one."""
    assert (
        patency("compare", "--editions", "sir-2023", "sir-2009").out
        == patency("compare", "--editions", "sir-2009", "sir-2023").out
    )


def test_two_guidelines_that_are_no_editions_are_compared_and_called_so(patency: Patency) -> None:
    """It is allowed, and said plainly."""
    ran = patency("compare", "--editions", "nice-ipg523", "nice-ipg651")

    assert ran.code == 0
    assert "Neither supersedes the other: these are two guidelines, and not two editions." in words(ran.out)


def test_the_changes_are_written_as_json_and_the_examples_as_case_files(patency: Patency, tmp_path: Path) -> None:
    """Every example is a case that `patency consult` opens; every opinion has its citation with a mark."""
    ran = patency("compare", "--editions", "sir-2009", "sir-2023", "--format", "json", "--examples", str(tmp_path))
    page = json.loads(ran.out)
    files = sorted(tmp_path.iterdir())

    assert (page["format"], page["older"], page["newer"], page["supersedes"]) == (
        "patency-editions/1",
        "sir-2009",
        "sir-2023",
        True,
    )
    assert [path.read_text(encoding="utf-8") for path in files] == [change["example"] for change in page["changes"]]
    opinions = [
        each
        for change in page["changes"]
        for rating in change["ratings"]
        for each in (*rating["older"], *rating["newer"])
    ]
    assert opinions
    assert all(each["citation"] and all(cited["mark"] for cited in each["citation"]) for each in opinions)
    for path in files:
        assert patency("consult", str(path)).code == 0


@pytest.mark.parametrize("arguments", [["examples/mild.yaml", "--editions", "acr-2013", "acr-2020"], []])
def test_a_case_or_two_editions_are_compared_and_not_both(patency: Patency, arguments: list[str]) -> None:
    """One of the two has to be named."""
    ran = patency("compare", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert "name a case file to compare the guidelines for, or two editions after --editions" in ran.err
