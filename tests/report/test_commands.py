"""`patency survey report` and `patency survey practice`, as they are typed."""

from pathlib import Path

import pytest

from patency.cli import DONE, UNREADABLE, main
from patency.document import read_document
from patency.publish.folder import LIST


def test_the_report_of_a_survey_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One page, the same as Markdown and CSV, and a figure for each question; a second time it takes the place of the first."""
    for _ in range(2):
        assert main(["survey", "report", "elite-kids", "--out", str(tmp_path / "report")]) == DONE
    said = capsys.readouterr().out
    assert said.startswith("Reconstructed from published margins, not real responses.")
    assert "35 responses to 19 questions" in said
    files = {
        path.relative_to(tmp_path / "report").as_posix() for path in (tmp_path / "report").rglob("*") if path.is_file()
    }
    assert {"report.html", "report.md", "report.csv", "patency-report.txt"} <= files
    drawn = {name for name in files if name.startswith("figures/")}
    assert len(drawn) == 19
    markdown = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert {name for name in drawn if f"]({name})" not in markdown} == set()


def test_a_report_never_takes_the_place_of_a_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds a published site is refused, and nothing in it is touched."""
    (tmp_path / LIST).write_text("a site", encoding="utf-8")
    assert main(["survey", "report", "elite-kids", "--out", str(tmp_path)]) == UNREADABLE
    assert "not a report of Patency's" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [LIST]


def test_the_practice_of_a_survey_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the questions that say to whom they speak, each with its decision."""
    assert main(["survey", "practice", "elite-kids"]) == DONE
    document = read_document(capsys.readouterr().out.encode(), "elite-kids.yaml").value
    assert isinstance(document, dict)
    questions = document["questions"].value
    assert isinstance(questions, tuple)
    speaking = [each.value["speaks"].value for each in questions if isinstance(each.value, dict)]
    assert len(speaking) == len(questions) > 5
    assert str(document["label"].value).startswith("Reconstructed from published margins, not real responses.")
