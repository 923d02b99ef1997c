"""What a session, and the door to it, refuse."""

from collections.abc import Callable
from pathlib import Path

from tests.registry.made import PASSWORD, made

from patency.registry.registry import create, read_settings


def _wrong_password(folder: Path) -> None:
    made(folder).sign_in("anna", "not the password")


PIECES: dict[str, Callable[[Path], object]] = {
    "no-registry": lambda folder: read_settings(folder),
    "registry-in-a-folder-of-others": lambda folder: (folder / "notes.txt").write_text("") and None or create(folder, "One"),
    "sign-in-by-a-wrong-password": _wrong_password,
    "void-by-data-entry": lambda folder: made(folder).sign_in("anna", PASSWORD).void("visit", "0" * 32, "mistyped"),
}
