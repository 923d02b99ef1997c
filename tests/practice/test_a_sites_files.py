"""The files of a site's surveys: which of them are surveys, and where they may lie."""

from pathlib import Path

import pytest

from patency.cli import CONTENT_REFUSED, main

QUESTIONNAIRE = """
instrument: small
title: A small questionnaire
version: "1"
unit: one person
licence: free
cite: [{source: elite-kids-2025, mark: unverified}]
items:
  swells: {asks: Does it swell?, type: yes/no}
examples:
  plain: {answers: {swells: no}}
"""
SURVEY = """
survey: one
title: One survey
instrument: small
frame: {population: people, reached: open link, through: a page}
responses: {file: answers.csv, mapping: answers.map2.yaml}
"""
MAPPING = "# where each answer stands\nmapping: small\nitems:\n  swells: {column: swells}\n"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a site's library with one survey, its answers and their mapping."""
    for name, text in {
        "instruments/small.yaml": QUESTIONNAIRE,
        "surveys/one.yaml": SURVEY,
        "surveys/answers.csv": "swells\nyes\n",
        "surveys/answers.map2.yaml": MAPPING,
    }.items():
        path = tmp_path / "library" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "library"


def test_a_mapping_is_no_survey_whatever_its_name(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It begins with 'mapping:', and stops neither the survey that names it nor the others."""
    assert main(["survey", "check", "one", "--library", str(library)]) == 0
    assert "1 row" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["answers.csv", "answers.map2.yaml"])
def test_no_link_leads_out_of_a_library(library: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers and their mapping lie beside their survey, though a link there may point elsewhere."""
    path = library / "surveys" / name
    elsewhere = path.rename(library.parent / f"elsewhere{path.suffix}")
    path.symlink_to(elsewhere)
    assert main(["survey", "check", "one", "--library", str(library)]) == CONTENT_REFUSED
    assert f"the file {name!r} is a link to another folder" in capsys.readouterr().err


def test_a_link_within_the_folder_of_a_survey_is_followed(library: Path) -> None:
    """As where a folder was mounted that keeps each edition of its files in one of its own."""
    path = library / "surveys" / "answers.csv"
    (library / "surveys" / ".first").mkdir()
    path.symlink_to(path.rename(library / "surveys" / ".first" / "answers.csv"))
    assert main(["survey", "check", "one", "--library", str(library)]) == 0
