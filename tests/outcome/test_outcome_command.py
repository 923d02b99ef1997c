"""The command: definitions are listed and shown with their marks, and an outcome is counted in three forms."""

import csv
import io
import json
from pathlib import Path

import pytest

from patency.cli import main
from patency.cut import Cut
from patency.outcome.read_definitions import read_definitions
from registry.made import library

EXAMPLES = Path(__file__).parents[2] / "examples"


def typed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["outcome", *arguments]) == 0
    return capsys.readouterr().out


def test_every_definition_is_listed_in_its_family_with_its_mark(capsys: pytest.CaptureFixture[str]) -> None:
    """A definition that rests on memory looks so."""
    lines = typed(capsys, "list").splitlines()
    names = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert set(names) == set(read_definitions(library().sources))
    assert "unverified" in names["success-stent-30"]
    assert "post-thrombotic syndrome" in lines


def test_a_definition_is_shown_in_words_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    """What is counted, from when, in what, and by whose words."""
    said = " ".join(typed(capsys, "show", "pts-cava-isth").split())
    assert "two visits at least 3 months apart" in said
    assert "Counted in limbs of adults, from the diagnosis" in said
    assert "read in the original" in said


def test_an_outcome_is_counted_as_text_as_data_and_as_a_table(capsys: pytest.CaptureFixture[str], demo: Cut) -> None:
    """The three forms give the same figures, with the label first and last."""
    asked = ("estimate", str(demo.folder), "patency-primary", "--by", "extent", "--months", "6,12", "--mean", "12")
    text, table = typed(capsys, *asked), typed(capsys, *asked, "--format", "csv")
    data = json.loads(typed(capsys, *asked, "--format", "json"))
    assert text.startswith(demo.manifest.warning)
    assert text.rstrip().endswith(demo.manifest.warning)
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["measure"] == "free of the event by 12 months"]
    figures = data["outcomes"][0]["figures"]
    assert len(rows) == len(figures) > 1
    for row, figure in zip(rows, figures, strict=True):
        (same,) = (each for each in figure["numbers"] if each["measure"] == row["measure"])
        assert float(row["value"]) == pytest.approx(same["value"], abs=1e-9)
        assert row["text"] == same["text"]
        assert same["text"] in " ".join(text.split())
    assert "mean time free of the event within 12 months" in text
    assert "Turnbull" in text


def test_every_answer_about_people_takes_a_larger_fewest(capsys: pytest.CaptureFixture[str], demo: Cut) -> None:
    """Of `estimate`, `like`, `against` and `compare` alike: with 400 people as the fewest, nothing of the demo is told."""
    cut, few, case = str(demo.folder), ("--fewest", "400"), str(EXAMPLES / "may-thurner.yaml")
    options = ("--option", "catheter_lysis", "--against", "anticoagulation_alone")
    assert "fewer than 400 people" in typed(capsys, "estimate", cut, "death", *few)
    assert json.loads(typed(capsys, "like", cut, case, "--json", *few))["fewest"] == 400
    assert json.loads(typed(capsys, "against", cut, "stents-70-90", "--json", *few))["fewest"] == 400
    assert json.loads(typed(capsys, "compare", cut, "death", *options, "--json", *few))["fewest"] == 400
