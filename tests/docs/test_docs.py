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
from patency.guideline.check import unmet
from patency.guideline.files import CONTENT, content_files
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


def test_the_guideline_in_contributing_works() -> None:
    """Whoever follows CONTRIBUTING step by step has a guideline that is accepted and does what its scenario expects."""
    source, scale, guideline, _review = blocks(CONTRIBUTING, "yaml")
    files = content_files(CONTENT)
    files |= {
        "sources/my-society.yaml": source.encode(),
        "grades/my-scale.yaml": scale.encode(),
        "guidelines/my-society-2025.yaml": guideline.encode(),
    }
    library = read_library(files)
    assert unmet(library) == []
    assert library.guidelines["my-society-2025"].rules[0].exclusions[0].name == "limb-threat"


def test_the_review_in_contributing_is_accepted() -> None:
    """The line that signs a rule is taken as a review."""
    source, scale, guideline, review = blocks(CONTRIBUTING, "yaml")
    signed = guideline.replace("    reviewed: nobody\n", review)
    files = content_files(CONTENT)
    files |= {
        "sources/my-society.yaml": source.encode(),
        "grades/my-scale.yaml": scale.encode(),
        "guidelines/my-society-2025.yaml": signed.encode(),
    }
    rule = read_library(files).guidelines["my-society-2025"].rules[0]
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
