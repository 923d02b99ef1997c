"""The command cuts a registry for who may, and says of any cut what is in it."""

import hashlib
from pathlib import Path

import pytest

from patency.cli import main
from patency.cli.common import CASE_REFUSED, UNREADABLE
from registry.made import PASSWORD, made
from registry.test_cut import a_little_of_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a synthetic registry with two patients."""
    folder = tmp_path_factory.mktemp("command")
    registry = made(folder, label="synthetic")
    a_little_of_all(registry.sign_in("anna", PASSWORD))
    registry.close()
    return folder


def test_a_statistician_cuts_and_anybody_sees_what_is_in_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was cut and what is shown is told alike: first that nobody in it ever lived, last how few stand alone."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    assert main(["registry", "cut", str(folder / "registry"), str(folder / "cut"), "--user", "stat"]) == 0
    told = capsys.readouterr().out
    monkeypatch.delenv("PATENCY_PASSWORD")
    assert main(["registry", "cut", "show", str(folder / "cut")]) == 0
    shown = capsys.readouterr().out
    told, _, papers = told.partition("! north: ")
    assert (shown, papers.count("no data agreement is entered")) == (told, 2)
    lines = told.splitlines()
    assert lines[0].startswith("*** SYNTHETIC")
    assert "people: patients 2; withdrawn 0" in told
    assert any(line.split()[:3] == ["visit", "2", "rows,"] for line in lines)
    assert lines[-1].startswith("! The smallest group")


def test_a_cut_is_held_against_the_key_that_one_was_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the fingerprint as it is printed, or the whole key; another's, or a cut that somebody signed anew, is refused."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    assert main(["registry", "cut", str(folder / "registry"), str(folder / "keyed"), "--user", "stat"]) == 0
    told = capsys.readouterr().out.splitlines()
    key = next(line.rsplit(" ", 1)[1] for line in told if "signed by the key" in line)
    printed = next(line.removeprefix("fingerprint ") for line in told if line.startswith("fingerprint"))
    assert printed.replace(" ", "") == hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]
    show = ["registry", "cut", "show", str(folder / "keyed"), "--key"]
    for named in (key, printed, printed.replace(" ", ":").upper()):
        assert main([*show, named]) == 0
        assert "it is the key that you named" in capsys.readouterr().out
    for another in ("0" * 32, printed[:19], " ", ""):
        assert main([*show, another]) == UNREADABLE
        assert "not signed by the key that you name" in capsys.readouterr().err


def test_each_refusal_ends_with_its_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may not cut, a folder that is there, and a cut that is none."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    (folder / "there").mkdir()
    assert main(["registry", "cut", str(folder / "registry"), str(folder / "new"), "--user", "anna"]) == CASE_REFUSED
    assert main(["registry", "cut", str(folder / "registry"), str(folder / "there"), "--user", "stat"]) == UNREADABLE
    assert main(["registry", "cut", "show", str(folder / "there")]) == UNREADABLE
