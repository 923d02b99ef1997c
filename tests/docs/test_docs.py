"""What the documents say is true of the program."""

import re
from datetime import date
from pathlib import Path

import pytest

from patency.casefile import read_case
from patency.cli import main
from patency.consult.page import consult
from patency.consult.text import to_text
from patency.document import read_document
from patency.guideline.files import CONTENT, content_files, local_files
from patency.guideline.load import read_library
from patency.guideline.model import Library

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S)
    return [block for each, block in found if each == language]


def test_the_case_in_the_readme_gives_the_page_in_the_readme(library: Library) -> None:
    """The README shows a whole case file and the real beginning of its page."""
    (written,) = blocks(README, "yaml")
    document = read_document(written.encode(), "README.md")
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29))
    assert faults == []
    shown = blocks(README, "")[1]
    assert to_text(consult(library, case)).startswith(shown.rstrip("\n"))


def test_the_readme_names_the_two_commands() -> None:
    """Two commands do all the set-up."""
    assert blocks(README, "")[0].split("\n")[0].startswith("make demo")
    assert "make test" in blocks(README, "")[0]
    recipes = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    assert {"demo", "test", "check", "fix", "bench"} <= set(recipes)


def test_the_readme_counts_the_sources_right(library: Library) -> None:
    """A number in the README is a number of the library."""
    assert f"from {len(library.sources)} sources" in README


def protocol(directory: Path, review: str = "    reviewed: nobody\n") -> Path:
    """Follow CONTRIBUTING step by step, into a directory of one's own."""
    source, scale, guideline, _ = blocks(CONTRIBUTING, "yaml")
    for name, written in (
        ("sources/our-hospital.yaml", source),
        ("grades/our-words.yaml", scale),
        ("guidelines/our-hospital-2025.yaml", guideline.replace("    reviewed: nobody\n", review)),
    ):
        path = directory / "our-protocols" / name
        path.parent.mkdir(parents=True)
        path.write_text(written, encoding="utf-8")
    return directory / "our-protocols"


def test_the_protocol_in_contributing_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever follows CONTRIBUTING has a protocol that is checked, proved, read aloud, and labelled local in its own column."""
    library = str(protocol(tmp_path))
    commands = re.findall(r"`\.venv/bin/patency ([^`]*--library our-protocols)`", CONTRIBUTING)
    assert [command.split()[:2] for command in commands] == [
        ["guideline", "check"],
        ["guideline", "prove"],
        ["guideline", "show"],
        ["consult", "examples/femoropopliteal.yaml"],
    ]
    for command in commands:
        typed = command.replace("our-protocols", library).replace("examples/", f"{ROOT}/examples/")
        assert main(typed.split()) == 0, command
    assert "Our Hospital 2025 (local)" in capsys.readouterr().out


def test_a_folder_of_protocols_is_checked_beside_patencys_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --library too: the folder has no vocabulary, so it speaks in Patency's words; a fault in it is the only one."""
    library = protocol(tmp_path)
    assert main(["guideline", "check", str(library)]) == 0
    assert "checked beside Patency's content" in capsys.readouterr().out

    path = library / "guidelines" / "our-hospital-2025.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("when: age", "when: agee", 1), encoding="utf-8")
    assert main(["guideline", "check", str(library)]) == 4
    said = capsys.readouterr().err
    assert said.startswith("patency: the content is refused: 1 fault\n")
    assert "'agee', which is not in the vocabulary" in said


def test_a_protocol_that_fails_its_own_scenario_is_not_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What check refuses no page shows: the protocol is tried before anybody sees it."""
    library = protocol(tmp_path)
    path = library / "guidelines" / "our-hospital-2025.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("rules: {r1: yes}", "rules: {r1: no}"), encoding="utf-8")

    assert main(["consult", f"{ROOT}/examples/femoropopliteal.yaml", "--library", str(library)]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{path}:" in said.err
    assert "rule 'r1' is yes; expected: no" in said.err


def test_what_a_sheet_of_ones_own_says_is_labelled_local(tmp_path: Path) -> None:
    """Also among the alerts, where nothing else would tell it from what is published."""
    library = protocol(tmp_path)
    (library / "sheets").mkdir()
    (library / "sheets" / "ours.yaml").write_text(
        """
sheet: our-alerts
kind: alert
title: Our alerts
sections:
  - id: ours
    title: Ours
    statements:
      - id: call
        text: Call the vascular team of ward 7.
        when: limb_threat
        cite:
          - {source: our-hospital-2025, at: page 1, mark: original}
""",
        encoding="utf-8",
    )
    read = read_library(content_files(CONTENT), local=local_files(library))
    document = read_document((ROOT / "examples" / "limb-threat.yaml").read_bytes(), "limb-threat.yaml")
    case, _ = read_case(document, read.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    page = consult(read, case)

    assert "Call the vascular team of ward 7. (local)" in [shown.statement.text for shown in page.alerts]
    assert "Call the vascular team of ward 7. (local)" in " ".join(to_text(page).split())


def test_the_review_in_contributing_is_accepted(tmp_path: Path) -> None:
    """The line that signs a rule is taken as a review."""
    *_, review = blocks(CONTRIBUTING, "yaml")
    library = read_library(content_files(CONTENT), local=local_files(protocol(tmp_path, review)))
    rule = library.guidelines["our-hospital-2025"].rules[0]
    assert rule.review is not None
    assert rule.review.role == "vascular surgeon"


def test_every_command_is_in_the_readme(capsys) -> None:  # type: ignore[no-untyped-def]
    """Each command that --help lists stands in the README."""
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    (\w+) +\w", capsys.readouterr().out, flags=re.M)
    assert commands
    for command in commands:
        assert f"patency {command}" in README


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """A relative link names a file that is there."""
    for document in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "ARCHITECTURE.md",
        *(ROOT / "docs").rglob("*.md"),
    ]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name} links to {link}"
