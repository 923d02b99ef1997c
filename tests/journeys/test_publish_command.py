"""`patency guideline publish`: a site in a folder, and nothing else harmed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from patency.publish.folder import HEAD, LIST

from .conftest import ROOT, Run

Patency = Callable[..., Run]
SMALL = ROOT / "tests" / "refused" / "base"  # a whole content, in a page


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_site_is_written_and_says_where_to_begin(patency: Patency, tmp_path: Path) -> None:
    """The folder is made; the command counts the files, and what is proved."""
    ran = patency("guideline", "publish", str(tmp_path / "public" / "site"), "--content", str(SMALL))
    written = files_in(tmp_path / "public" / "site")

    assert (ran.code, ran.err) == (0, "")
    first, second = ran.out.splitlines()
    assert first == f"{len(written) - 1} files for 1 guidelines; open {tmp_path / 'public' / 'site' / 'index.html'}"
    assert second.endswith(" claims proved")
    assert {"index.html", "patency.css", "guidelines/first.html", "sheets/alerts.html", LIST} <= set(written)
    assert set(written[LIST].decode().splitlines()[1:]) == set(written) - {LIST}


def test_a_policy_that_a_site_sets_is_on_the_page(patency: Patency, tmp_path: Path) -> None:
    """What is published is what is set."""
    patency("guideline", "publish", str(tmp_path / "site"), "--content", str(SMALL), "--policy", "adult_age=16")

    assert "is 16 years" in (tmp_path / "site" / "policies.html").read_text(encoding="utf-8")


def test_an_earlier_site_is_replaced_without_a_trace(patency: Patency, tmp_path: Path) -> None:
    """What it had more goes; what somebody put beside it stays."""
    folder = tmp_path / "site"
    patency("guideline", "publish", str(folder), "--content", str(SMALL))
    before = files_in(folder)
    (folder / "guidelines" / "older.html").write_text("an older page")
    (folder / LIST).write_text(f"{HEAD}\nguidelines/older.html\n../outside.txt\n{tmp_path / 'outside.txt'}\n")
    (folder / "CNAME").write_text("guidelines.example.org")
    (tmp_path / "outside.txt").write_text("not of the site")
    ran = patency("guideline", "publish", str(folder), "--content", str(SMALL))

    assert ran.code == 0
    assert files_in(folder) == before | {"CNAME": b"guidelines.example.org"}
    assert (tmp_path / "outside.txt").read_text() == "not of the site"


def test_a_link_in_the_place_of_a_page_is_not_followed(patency: Patency, tmp_path: Path) -> None:
    """What it leads to stays as it was."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / LIST).write_text(f"{HEAD}\n")
    (tmp_path / "mine.txt").write_text("mine")
    (folder / "index.html").symlink_to(tmp_path / "mine.txt")

    assert patency("guideline", "publish", str(folder), "--content", str(SMALL)).code == 0
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not (folder / "index.html").is_symlink()


def test_a_folder_of_other_files_is_refused_and_left_alone(patency: Patency, tmp_path: Path) -> None:
    """Nothing is mixed, and nothing is written over."""
    (tmp_path / "notes.txt").write_text("mine")
    ran = patency("guideline", "publish", str(tmp_path), "--content", str(SMALL))

    assert (ran.code, ran.out) == (5, "")
    assert "there are files here, and they are not a site of Patency's" in ran.err
    assert files_in(tmp_path) == {"notes.txt": b"mine"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_folder_in_which_nothing_may_be_written_is_refused(patency: Patency, tmp_path: Path) -> None:
    """It says so, and with which folder."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    ran = patency("guideline", "publish", str(closed / "site"), "--content", str(SMALL))

    assert (ran.code, ran.out) == (5, "")
    assert "the site cannot be written: permission denied" in ran.err


def test_content_that_breaks_its_own_scenarios_is_not_published(patency: Patency, tmp_path: Path) -> None:
    """A site says of each scenario that it is met, so it is."""
    content = tmp_path / "content"
    for name, written in files_in(SMALL).items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.replace(b"expires: 2026-06-10", b"expires: 2026-06-11"))
    ran = patency("guideline", "publish", str(tmp_path / "site"), "--content", str(content))

    assert (ran.code, ran.out) == (4, "")
    assert "the content does not do what its scenarios expect" in ran.err
    assert not (tmp_path / "site").exists()


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    """On another day, in another process, in whatever order sets are walked."""
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-m",
            "patency",
            "guideline",
            "publish",
            str(tmp_path / seed),
            "--content",
            str(SMALL),
        ]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, check=True, capture_output=True)

    assert files_in(tmp_path / "1") == files_in(tmp_path / "2")
