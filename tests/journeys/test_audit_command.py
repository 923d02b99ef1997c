"""`patency audit-numbers`: a file of figures in, what they can be out."""

import json
from collections.abc import Callable
from pathlib import Path

from patency.guideline.files import CONTENT

from .conftest import Run

Patency = Callable[..., Run]
COHORT = str(CONTENT / "audits" / "ivc-cohort.yaml")
FIGURES = """audit: mine
title: my figures
at_most: 40
groups:
  - id: outcome
    title: outcome
    answers: one
    shares:
      - {id: better, says: better, percent: "44"}
      - {id: same, says: the same, percent: "35"}
      - {id: worse, says: worse, percent: "12"}
"""


def test_the_figures_of_a_file_are_examined(patency: Patency, tmp_path: Path) -> None:
    """Findings are no failure: the command ends with 0, whatever it finds."""
    path = tmp_path / "figures.yaml"
    path.write_text(FIGURES)
    ran = patency("audit-numbers", str(path))
    assert (ran.code, ran.err) == (0, "")
    assert "34 is the only number up to 40 that fits: 15, 12 and 4 of 34." in ran.out
    assert patency("audit-numbers", str(path), "--strict").code == 0
    assert patency("audit-numbers", COHORT).code == 0


def test_strict_fails_where_a_figure_does_not_fit(patency: Patency) -> None:
    """Exit code 4, after the same page; a claim that cannot be weighed is no misfit."""
    ran = patency("audit-numbers", COHORT, "--strict")
    assert ran.code == 4
    assert ran.out == patency("audit-numbers", COHORT).out
    assert "findings do not fit" in ran.err


def test_the_findings_are_data_as_well(patency: Patency) -> None:
    """JSON on standard output, and nothing else."""
    written = json.loads(patency("audit-numbers", COHORT, "--format", "json").out)
    assert written["audit"] == "ivc-cohort"
    assert {"id", "says", "printed", "verdict", "answer", "workings"} <= set(written["findings"][0])


def test_the_findings_are_a_page_that_needs_nothing_else(patency: Patency) -> None:
    """One file: its style is in it, and no link leads elsewhere but within it."""
    page = patency("audit-numbers", COHORT, "--format", "html").out
    assert page.startswith("<!DOCTYPE html>")
    assert "36 of 37." in page
    assert "<style>" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert {part.partition('"')[0][:1] for part in page.split('href="')[1:]} == {"#"}


def test_a_draft_of_a_text_is_a_file_to_correct(patency: Patency, tmp_path: Path) -> None:
    """Refused as it is, examined once a person has completed it."""
    text = tmp_path / "article.txt"
    text.write_text("Of the replies 44% chose one, 35% the other and 12% a third.\n", encoding="utf-8")
    draft = patency("audit-numbers", "--draft", str(text))
    assert (draft.code, draft.err) == (0, "")
    path = tmp_path / "figures.yaml"
    path.write_text(draft.out, encoding="utf-8")
    assert patency("audit-numbers", str(path)).code == 3
    path.write_text(draft.out.replace("how many people there may be\n", "40\n"), encoding="utf-8")
    ran = patency("audit-numbers", str(path))
    assert ran.code == 0
    assert "34 is the only number up to 40 that fits" in ran.out
