"""Source 002 from end to end: from the reconstructed file through a registry and a cut to the report that the command writes."""

import csv
import json
from pathlib import Path

import pytest

from patency.cli import main
from patency.cut import Cut
from registry.reconstruct_002 import FILE

NOTES = FILE.with_name("source-002.notes.txt")


@pytest.fixture(scope="module")
def written(cohort: Cut, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Type the command."""
    out = tmp_path_factory.mktemp("report") / "out"
    typed = ["outcome", "report", str(cohort.folder), "--out", str(out), "--by", "", "--notes", str(NOTES)]
    assert main([*typed, "--audit", "ivc-cohort"]) == 0
    return out


def rows(written: Path, outcome: str) -> dict[str, str]:
    """Each measure of an outcome with its words."""
    with (written / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["measure"]: row["text"] for row in csv.DictReader(file) if row["outcome"] == outcome}


# Wilson and Clopper-Pearson: R's prop.test(x, n, correct = FALSE) and binom.test(x, n).
@pytest.mark.parametrize(
    ("outcome", "measure", "text"),
    [
        ("success-as-written", "share", "36 of 37, 97% (86% to 100%), Wilson"),
        ("filter-infrarenal", "share", "33 of 36, 92% (78% to 97%), Wilson"),
        ("filter-retrohepatic", "share", "3 of 36, 8% (3% to 22%), Wilson"),
        ("severe-complication-on-record", "share, exact interval", "0 of 37, 0% (0% to 9%), Clopper-Pearson"),
        ("severe-complication-on-record", "none seen",
         "none of 37 is not never: the exact interval of 95% is 0% to 9.5%"),
        ("pts-villalta-once", "share", "8 of 36, 22% (12% to 38%), Wilson"),
        ("villalta-last", "standard deviation", "3.9 ± 2.2 points, of 36"),
        ("villalta-last", "mean", "3.9 (3.1 to 4.6) points, of 36"),
        ("vcss-last", "standard deviation", "5.9 ± 2.6 points, of 36"),
        ("vcss-last", "mean", "5.9 (5.0 to 6.8) points, of 36"),
        ("procedure-minutes", "mean with least and most", "71 (35 to 152) minutes, of 36"),
    ],
)  # fmt: skip
def test_the_report_shows_each_figure_of_source_002(written: Path, outcome: str, measure: str, text: str) -> None:
    """Each figure of the abstract stands in the report with its count, its denominator and its interval."""
    assert rows(written, outcome)[measure] == text
    assert text.replace("#", "") in (written / "report.md").read_text(encoding="utf-8").replace("\\", "")


@pytest.mark.parametrize(
    ("outcome", "percent"),
    [
        ("patency-primary-caval", "95%"),
        ("patency-secondary-caval", "100%"),
        ("patency-primary-iliac", "77%"),
        ("patency-secondary-iliac", "85%"),
    ],
)
def test_the_report_shows_the_patencies_of_source_002(written: Path, outcome: str, percent: str) -> None:
    """The last step of each curve is what the abstract prints, with how many were at risk; without a loss, the last month has it."""
    found = rows(written, outcome)
    last = next(
        (text for name, text in found.items() if "last step" in name), found.get("free of the event by 6 months", "")
    )
    assert last.startswith(percent)
    assert "at risk" in last


def test_the_report_says_which_pattern_was_made_up_and_what_the_auditor_says(written: Path) -> None:
    """The follow-up pattern is named as made up, and the auditor's findings and remarks on the source stand in every file."""
    for name in ("report.md", "report.json"):
        text = (written / name).read_text(encoding="utf-8").replace("\\", "")
        assert "The follow-up pattern was made up" in text
        assert "36 seen at 6 months, 20 at 12" in text
        assert "No one number of people fits them all" in text
        assert "Cumulative suggests Kaplan-Meier estimates" in text
        assert "Everybody had both treatments and a filter" in text


def test_the_report_says_first_and_last_that_no_row_is_a_patient(written: Path, cohort: Cut) -> None:
    """The label stands at the head and at the foot of the Markdown, in every row of the table, and first and last in the data."""
    lines = [
        line.replace("\\", "") for line in (written / "report.md").read_text(encoding="utf-8").splitlines() if line
    ]
    assert cohort.manifest.warning in lines[0]
    assert cohort.manifest.warning in lines[-1]
    with (written / "report.csv").open(encoding="utf-8", newline="") as file:
        assert {row["label"].lstrip("'") for row in csv.DictReader(file)} == {cohort.manifest.warning}
    data = json.loads((written / "report.json").read_text(encoding="utf-8"))
    assert data["label"] == data["foot"] == cohort.manifest.warning
