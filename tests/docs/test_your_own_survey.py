"""Whoever follows docs/your-own-survey.md has a report, and a consult that shows what colleagues chose."""

import json
import re
from pathlib import Path

import pytest

from patency.cli import CONTENT_REFUSED, main

from .test_docs import ROOT, blocks

PAGE = (ROOT / "docs" / "your-own-survey.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"`\.venv/bin/patency ([^`]+)`", PAGE)


def followed(folder: Path) -> Path:
    """Make the files of the page, each under the name that the page gives it."""
    named = re.findall(r"`(our-surveys/[\w/.-]+\.(?:yaml|csv))`", PAGE)
    names = [name for name in dict.fromkeys(named) if "/practice/" not in name]
    written = [*blocks(PAGE, "yaml"), *blocks(PAGE, "csv")]
    written.sort(key=PAGE.index)
    for name, text in zip(names, written, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "our-surveys" / "practice").mkdir()
    return folder


def typed(command: str) -> list[str]:
    return command.replace("examples/", f"{ROOT}/examples/").split()


def test_the_page_works_as_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the page, in its order, over the files of the page."""
    monkeypatch.chdir(followed(tmp_path))
    said = {}
    for command in COMMANDS:
        assert main(typed(command)) == 0, command
        action = " ".join(command.split()[:2])
        said[action] = capsys.readouterr().out

    assert list(said) == [
        "instrument check", "survey map", "survey check", "survey report", "survey practice", "consult examples/femoropopliteal.yaml",
    ]  # fmt: skip
    assert "guessed: yes" in said["survey map"]
    assert "12 rows" in said["survey check"]
    assert "peers 70% (7 of 10; 40% to 89%)" in " ".join(said["consult examples/femoropopliteal.yaml"].split())


def test_the_report_says_what_the_page_says_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """24 invited and 11 analysed; 7 of 10 are 70%, 40% to 89%, and of all invited 30% to 87%; and nobody was asked."""
    monkeypatch.chdir(followed(tmp_path))
    (command,) = [command for command in COMMANDS if command.startswith("survey report")]
    assert main(typed(command)) == 0
    assert "Made up to show the way; nobody was asked." in capsys.readouterr().out
    folder = tmp_path / "our-report"
    assert {"report.html", "report.md", "report.csv", "figures"} <= {path.name for path in folder.iterdir()}
    report = (folder / "report.md").read_text(encoding="utf-8")
    assert "| anticoagulation alone | 7 | 10 | 70% | 40% to 89% | 30% to 87% (7 to 20 of 23) |" in report
    assert "| Invited | 24 |" in report
    assert "| Analysed | 11 |" in report
    assert "from the 24 invited to the 11 analysed" in PAGE
    assert "7 of 10 chose anticoagulation alone, which is 70%, with an interval from 40% to 89%" in PAGE
    assert "anything between 30% and 87%" in PAGE


def test_a_drafted_mapping_is_refused_until_somebody_has_looked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page says of 'guessed: yes' holds."""
    monkeypatch.chdir(followed(tmp_path))
    (command,) = [command for command in COMMANDS if command.startswith("survey map")]
    assert main(typed(command)) == 0
    (tmp_path / "our-surveys" / "surveys" / "clotted-leg.map.yaml").write_text(
        capsys.readouterr().out, encoding="utf-8"
    )
    assert main(["survey", "check", "clotted-leg", "--library", "our-surveys"]) == CONTENT_REFUSED
    assert "nobody has confirmed it" in capsys.readouterr().err


def without_first(folder: Path) -> None:
    """Make the files of the page with a mapping that leaves one question out, and does not say so of its column."""
    path = followed(folder) / "our-surveys" / "surveys" / "clotted-leg.map.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("  first: {column: First treatment}\n") == 1
    path.write_text(text.replace("  first: {column: First treatment}\n", ""), encoding="utf-8")


def test_a_question_that_is_not_mapped_is_told_as_not_mapped_wherever_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers are in the file and were not read: nobody left it blank, in no format; and the check warns of its column."""
    without_first(tmp_path)
    monkeypatch.chdir(tmp_path)
    survey = ["clotted-leg", "--library", "our-surveys"]
    assert main(["survey", "check", *survey]) == 0
    said = capsys.readouterr().out
    assert "! no column is mapped to 'first': told as not mapped, not as blank" in said
    assert "! mapped to nothing, and not said to be left out: 'First treatment'" in said
    assert main(["survey", "tabulate", *survey]) == 0
    (told,) = [each for each in capsys.readouterr().out.split("\n\n") if each.startswith("first:")]
    assert "Not mapped" in told
    assert "blank" not in told
    assert "asked 1" not in told
    assert main(["survey", "tabulate", "--json", *survey]) == 0
    (question,) = [each for each in json.loads(capsys.readouterr().out)["questions"] if each["question"] == "first"]
    assert (question["mapped"], question["reach"], question["answers"]) == (False, None, [])
    assert main(["survey", "report", "--out", "told", *survey]) == 0
    for name in ("report.md", "report.html"):
        report = (tmp_path / "told" / name).read_text(encoding="utf-8")
        assert "Not mapped: no column of the file was read for this question" in report
        assert "Of first nothing is known: no column of the file was mapped" in report
        assert "Of these 10, 0 answered" not in report
        assert "Nothing is hidden" not in report
    lines = [
        line
        for line in (tmp_path / "told" / "report.csv").read_text(encoding="utf-8").splitlines()
        if ",first," in line
    ]
    assert len(lines) == 1
    assert ",not mapped,first," in lines[0]


def test_what_is_not_mapped_is_neither_crossed_nor_handed_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No table by its answers, and no consult that says of colleagues what was not read."""
    without_first(tmp_path)
    monkeypatch.chdir(tmp_path)
    survey = ["clotted-leg", "--library", "our-surveys"]
    assert main(["survey", "tabulate", "--by", "first", *survey]) != 0
    assert "no column of the file is mapped to 'first'" in capsys.readouterr().err
    assert main(["survey", "tabulate", "--by", "treats", *survey]) == 0
    assert "first, by treats" not in capsys.readouterr().out
    assert main(["survey", "practice", *survey]) != 0
    assert "no column of the file is mapped to 'first'" in capsys.readouterr().err


def test_answers_that_were_counted_are_no_arithmetic_of_patency(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The label says that nobody was asked; the counts are counts all the same."""
    monkeypatch.chdir(followed(tmp_path))
    for command in COMMANDS:
        assert main(typed(command)) == 0, command
    said = capsys.readouterr().out
    assert "MADE UP TO SHOW THE WAY" in said
    assert "mark: inference" not in said
    consult = [command for command in COMMANDS if command.startswith("consult")]
    assert main(typed(consult[-1])) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "counts by Patency's arithmetic" not in told.partition("MADE UP TO SHOW THE WAY")[2].partition(". [")[0]
