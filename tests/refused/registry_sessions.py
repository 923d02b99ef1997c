"""What a session, and the door to it, refuse."""

from collections.abc import Callable
from pathlib import Path

from patency.registry.registry import create
from patency.registry.where import read_settings
from registry.made import PASSWORD, made


def _wrong_password(folder: Path) -> None:
    made(folder).sign_in("anna", "not the password")


def _among_other_files(folder: Path) -> None:
    (folder / "notes.txt").write_text("")
    create(folder, "One")


PIECES: dict[str, Callable[[Path], object]] = {
    "no-registry": read_settings,
    "registry-in-a-folder-of-others": _among_other_files,
    "sign-in-by-a-wrong-password": _wrong_password,
    "void-by-data-entry": lambda folder: made(folder).sign_in("anna", PASSWORD).void("visit", "0" * 32, "mistyped"),
}
