"""Whoever follows docs/your-own-registry.md has a registry, its cut, and a trail that fits."""

import re
import shlex
from pathlib import Path

import pytest

from patency.cli import main

from .test_docs import ROOT, blocks

PAGE = (ROOT / "docs" / "your-own-registry.md").read_text(encoding="utf-8")
COMMANDS = [line.removeprefix("patency ") for block in blocks(PAGE, "sh") for line in block.splitlines() if line]


def test_the_page_works_as_it_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of the page, in its order, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATENCY_PASSWORD", "correct horse battery")
    said: dict[str, str] = {}
    visit = scale = ""
    for command in COMMANDS:
        typed = command.replace(" VISIT ", f" {visit[:8]} ").replace(" SCALE ", f" {scale[:8]} ")
        typed = typed.replace("examples/", f"{ROOT}/examples/")
        assert main(shlex.split(typed)) == 0, (command, capsys.readouterr().err)
        action = " ".join(command.split()[1:3])
        said[action] = said.get(action, "") + capsys.readouterr().out
        if command.startswith("registry show"):
            (visit,) = re.findall(r"visit ([0-9a-f]{32})", said["show our-registry"])
            (scale,) = re.findall(r"filled-in scale ([0-9a-f]{32})", said["show our-registry"])

    assert "Ada Made-Up" in said["find our-registry"]
    assert "query: The first treatment was a procedure, and none is on record." in said["add our-registry"]
    assert "answers.compression_pain" in said["form response"]
    assert "Villalta total: 4 to 25 of 33: not told, 7 items are blank" in said["add our-registry"]
    assert "Villalta total: 5 of 33" in said["correct our-registry"]
    assert "weight 16 kg instead of 61 kg" in said["history our-registry"]
    assert "counts no more either: 1 filled-in scale" in said["void our-registry"]
    assert "as version 4. With it counts what hangs on it: 1 filled-in scale" in said["reinstate our-registry"]
    assert "resolved" in said["query list"] or "none is on record" not in said["query list"]
    assert "37" in said["import our-registry"]
    assert "guessed: yes" in (tmp_path / "drafted.map.yaml").read_text(encoding="utf-8")
    assert said["cut our-registry"].startswith("*** MADE UP")
    assert "fit" in said["verify our-registry"]
    (fingerprint,) = re.findall(r"^fingerprint (.+)$", said["cut show"], flags=re.M)
    assert f": {fingerprint}\n" in said["init our-registry"]
    assert f": {fingerprint}\n" in said["status our-registry"]
    assert "while they were in it" in said["erase our-registry"]


def test_the_page_shows_each_command_of_the_registry() -> None:
    """Whoever reads it meets every verb; those of the operator alone stand on the page for PostgreSQL."""
    verbs = {command.split()[1] for command in COMMANDS}
    assert {
        "init",
        "site",
        "user",
        "enrol",
        "add",
        "correct",
        "show",
        "due",
        "map",
        "import",
        "cut",
        "verify",
        "erase",
    } <= verbs
