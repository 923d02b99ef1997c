"""What the shell says to who cannot open a registry, or types what cannot be."""

import io
import os
import sqlite3
from collections.abc import Callable
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from sqlalchemy.exc import OperationalError

from patency.cli import main
from patency.fault import Refused
from patency.registry import database
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.registry import Registry
from registry.made import PASSWORD, forms, library

SET = {"PATENCY_PASSWORD": PASSWORD, "PATENCY_USER": "anna"}


def typed(folder: Path, *arguments: str, variables: dict[str, str] = SET, is_set: bool = True) -> str:
    """Return what is said to who types a command in a folder."""
    page, says = io.StringIO(), io.StringIO()
    with (
        chdir(folder), patch.dict("os.environ", variables), redirect_stdout(page), redirect_stderr(says),
        patch("sys.stdin", io.StringIO()),
    ):  # fmt: skip
        if not is_set:
            os.environ.pop("PATENCY_PASSWORD", None)
        code = main(["registry", *arguments])
    assert code, "it is refused"
    return f"{page.getvalue()}{says.getvalue()}exit code {code}\n"


def small(folder: Path) -> Path:
    """Make a registry of one site and one user, who enters."""
    create(folder / "registry", "Test registry")
    registry = Registry(folder / "registry", library(), forms())
    Admin(registry, "operator").add_site("north", "North Hospital")
    Admin(registry, "operator").add_user("anna", "entry", "north", PASSWORD)
    registry.close()
    return folder


def _without_episode(folder: Path) -> str:
    small(folder)
    with chdir(folder), patch.dict("os.environ", SET), redirect_stdout(io.StringIO()):
        assert main(["registry", "enrol", "registry", "N-17"]) == 0
    return typed(folder, "add", "registry", "N-17", "visit", "date=2026-03-01")


def _too_early(folder: Path) -> str:
    """Ask for the consult of an episode on a day before it began."""
    small(folder)
    with chdir(folder), patch.dict("os.environ", SET), redirect_stdout(io.StringIO()):
        assert main(["registry", "enrol", "registry", "N-17"]) == 0
        assert main(["registry", "add", "registry", "N-17", "episode", "date=2026-03-01", "age=44 years"]) == 0
    return typed(folder, "consult", "registry", "N-17", "--on", "2025-03-01")


def _consulted(folder: Path, *how: str) -> str:
    """Ask for a consult of a patient in some way that is refused."""
    small(folder)
    with chdir(folder), patch.dict("os.environ", SET), redirect_stdout(io.StringIO()):
        assert main(["registry", "enrol", "registry", "N-17"]) == 0
        assert main(["registry", "add", "registry", "N-17", "episode", "date=2026-03-01", "age=44 years"]) == 0
    return typed(folder, "consult", "registry", "N-17", "--on", "2026-03-01", *how)


def _consulted_too_soon(folder: Path) -> str:
    """Ask for a consult of a patient of whom no episode is entered."""
    small(folder)
    with chdir(folder), patch.dict("os.environ", SET), redirect_stdout(io.StringIO()):
        assert main(["registry", "enrol", "registry", "N-17"]) == 0
    return typed(folder, "consult", "registry", "N-17")


def _following(folder: Path) -> Path:
    """Make a registry that follows the smallest protocol."""
    create(folder / "registry", "Test registry", protocol="minimal")
    return folder


def _of_another(folder: Path) -> str:
    """Put another registry's database into a registry's folder, and migrate it."""
    small(folder)
    create(folder / "another", "Another registry")
    with (
        closing(sqlite3.connect(folder / "another" / "registry.db")) as one,
        closing(sqlite3.connect(folder / "registry" / "registry.db")) as other,
    ):
        one.backup(other)
    return typed(folder, "migrate", "registry")


def _not_a_cut(folder: Path) -> str:
    (folder / "empty").mkdir()
    return typed(folder, "cut", "show", "empty")


def _failed(said: str) -> Callable[[Path], object]:
    """Let a database say why it failed."""

    def fail(folder: Path) -> None:
        (folder / "registry.db").touch()
        engine = database.engine_of(f"sqlite:///{folder / 'registry.db'}")
        try:
            with database.transaction(engine, is_writing=True):
                raise OperationalError("INSERT", {}, sqlite3.OperationalError(said))
        except Refused:
            engine.dispose()
            raise

    return fail


PIECES: dict[str, Callable[[Path], object]] = {
    "shell-without-a-user": lambda folder: typed(folder, "list", "registry", variables={"PATENCY_USER": ""}),
    "shell-without-a-registry": lambda folder: typed(folder, "list", "registry"),
    "shell-with-a-wrong-password": lambda folder: typed(
        small(folder), "list", "registry", variables=SET | {"PATENCY_PASSWORD": "not the password"}
    ),
    "shell-without-a-password": lambda folder: typed(
        small(folder), "list", "registry", variables={"PATENCY_USER": "anna"}, is_set=False
    ),
    "shell-pseudonym-that-tells-who": lambda folder: "".join(
        typed(where, "enrol", "registry", each) for where in (small(folder),) for each in ("Made-Up, Ada", "N-20111210")
    ),
    "shell-visit-of-no-episode": _without_episode,
    "shell-consult-before-the-episode": _too_early,
    "shell-consult-beside-no-cut": lambda folder: _consulted(folder, "--cut", "registry"),
    "shell-consult-over-what-is-there": lambda folder: _consulted(folder, "--out", "registry"),
    "shell-consult-into-no-folder": lambda folder: _consulted(folder, "--case", "--out", "gone/N-17.yaml"),
    "shell-consult-of-no-episode": _consulted_too_soon,
    "shell-case-file-with-what-is-of-the-page": lambda folder: _consulted(
        folder, "--case", "--cut", "cut", "--format", "json"
    ),
    "shell-registry-of-no-protocol": lambda folder: typed(
        folder, "init", "registry", "--name", "Ours", "--protocol", "minimall"
    ),
    "shell-site-whose-papers-end-before-they-begin": lambda folder: typed(
        small(folder),
        "site",
        "add",
        "registry",
        "west",
        "--name",
        "West",
        "--ethics-from",
        "2027-01-01",
        "--ethics-until",
        "2026-01-01",
    ),
    "shell-site-without-a-name": lambda folder: typed(small(folder), "site", "add", "registry", "west", "--name", ""),
    "shell-site-corrected-wrongly": lambda folder: "".join(
        typed(where, "site", "correct", "registry", *how)
        for where in (small(folder),)
        for how in (
            ("nord", "--name", "North", "--reason", "mistyped"),
            ("north", "--name", "North Hospital", "--reason", "mistyped"),
            ("north", "--name", "North", "--reason", " "),
            ("north", "--name", "North\x07", "--reason", "mistyped"),
            ("north", "--name", " ", "--reason", "mistyped"),
            ("north", "--ethics-from", "2027-01-01", "--ethics-until", "2026-01-01", "--reason", "prolonged"),
        )
    ),
    "shell-protocol-changed-wrongly": lambda folder: "".join(
        typed(where, "protocol", "set", "registry", *how)
        for where in (_following(folder),)
        for how in (
            ("minimall", "--reason", "agreed"),
            ("minimal", "--reason", "agreed"),
            ("minimal", "--reason", ""),
            ("attract", "--reason", "agreed\x07"),
        )
    ),
    "shell-items-of-no-scale": lambda folder: typed(folder, "form", "response", "vilalta"),
    "shell-items-of-a-scale-for-a-visit": lambda folder: typed(folder, "form", "visit", "villalta"),
    "shell-cut-by-data-entry": lambda folder: typed(small(folder), "cut", "registry", "cut"),
    "shell-cut-that-is-none": _not_a_cut,
    "shell-demo-in-a-folder-in-use": lambda folder: typed(
        small(folder), "demo", "registry", "--patients", "20", "--seed", "1"
    ),
    "shell-migration-of-nothing": lambda folder: typed(folder, "migrate", "registry"),
    "shell-migration-of-another-registry": _of_another,
    "database-on-a-full-disk": _failed("database or disk is full"),
    "database-held-by-another": _failed("database is locked"),
    "database-that-cannot-be-written": _failed("attempt to write a readonly database"),
    "database-that-is-no-registry": _failed("no such table: head"),
    "database-that-refuses": _failed("permission denied for table person"),
}
