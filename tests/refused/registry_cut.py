"""What taking a cut, and opening one, refuse."""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

from patency.cut.manifest import MANIFEST, RECORD
from patency.cut.opened import open_cut
from patency.registry.cutting.cut import cut
from patency.registry.cutting.heads import heads_in
from patency.registry.entry import New
from patency.registry.registry import Registry
from registry.made import PASSWORD, made
from registry.tampering import tampering


def _with_a_visit(folder: Path, **values: str | float) -> Registry:
    registry = made(folder)
    session = registry.sign_in("anna", PASSWORD)
    patient = session.enrol("N-1").id
    day = date(2025, 3, 1)
    episode = session.add_all([New("episode", {"date": day}, patient, patient)], is_checked=True)[0].id
    session.add_all([New("visit", {"date": day, **values}, patient, episode)], is_checked=True)
    return registry


def _of_a_strange_answer(folder: Path) -> None:
    cut(_with_a_visit(folder, planned="V99").sign_in("stat", PASSWORD), folder / "cut")


def _of_a_strange_value(folder: Path) -> None:
    cut(_with_a_visit(folder, weight="heavy").sign_in("stat", PASSWORD), folder / "cut")


def _of_what_was_tampered_with(folder: Path) -> None:
    registry = _with_a_visit(folder)
    with tampering(registry) as connection:
        connection.exec_driver_sql("UPDATE visit SET author = 'ivo'")
    cut(registry.sign_in("stat", PASSWORD), folder / "cut")


def _into_a_folder_that_is_there(folder: Path) -> None:
    (folder / "cut").mkdir()
    cut(made(folder).sign_in("stat", PASSWORD), folder / "cut")


def _by_data_entry(folder: Path) -> None:
    cut(made(folder).sign_in("anna", PASSWORD), folder / "cut")


@cache
def _made() -> Path:
    """Cut a registry once, for the pieces that spoil a copy of it."""
    folder = Path(mkdtemp())
    cut(_with_a_visit(folder).sign_in("stat", PASSWORD), folder / "cut")
    return folder / "cut"


def _spoiled(spoil: Callable[[Path], object]) -> Callable[[Path], None]:
    def piece(folder: Path) -> None:
        copytree(_made(), folder / "cut")
        spoil(folder / "cut")
        open_cut(folder / "cut")

    return piece


def _changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _told_otherwise(path: Path) -> None:
    said = json.loads(path.read_bytes())
    said["label"] = "real"
    path.write_text(json.dumps(said))


def _in_another_format(path: Path) -> None:
    path.write_text(json.dumps({"format": "patency-cut/2"}))


def _leading_elsewhere(path: Path) -> None:
    said = json.loads(path.read_bytes())
    said["tables"]["visit"]["file"] = "../visit.parquet"
    path.write_text(json.dumps(said))


def _asked_for_a_strange_table(folder: Path) -> None:
    copytree(_made(), folder / "cut")
    open_cut(folder / "cut").table("visits")


def _heads_of_another_registry(folder: Path) -> None:
    copytree(_made(), folder / "cut")
    heads_in(folder / "cut", made(folder))


def _signed_by_another(path: Path) -> None:
    said = json.loads(path.read_bytes())
    path.write_text(json.dumps({**said, "public_key": "11" * 32}))


def _signed_by_nobody(folder: Path) -> None:
    copytree(_made(), folder / "cut")
    (folder / "cut" / RECORD).unlink()
    open_cut(folder / "cut", "0123 4567")


PIECES: dict[str, Callable[[Path], object]] = {
    "cut-by-data-entry": _by_data_entry,
    "cut-into-a-folder-that-is-there": _into_a_folder_that_is_there,
    "cut-of-an-answer-the-form-has-not": _of_a_strange_answer,
    "cut-of-a-value-of-another-kind": _of_a_strange_value,
    "cut-of-what-was-tampered-with": _of_what_was_tampered_with,
    "cut-that-is-none": open_cut,
    "cut-in-another-format": _spoiled(lambda cut: _in_another_format(cut / MANIFEST)),
    "cut-without-a-manifest-one-can-read": _spoiled(lambda cut: (cut / MANIFEST).write_text("{")),
    "cut-with-a-changed-manifest": _spoiled(lambda cut: _told_otherwise(cut / MANIFEST)),
    "cut-with-a-table-elsewhere": _spoiled(lambda cut: _leading_elsewhere(cut / MANIFEST)),
    "cut-with-a-changed-table": _spoiled(lambda cut: _changed(cut / "visit.parquet")),
    "cut-with-a-table-missing": _spoiled(lambda cut: (cut / "visit.parquet").unlink()),
    "cut-with-a-table-more": _spoiled(lambda cut: (cut / "visits.parquet").write_bytes(b"")),
    "cut-with-another-record": _spoiled(lambda cut: (cut / RECORD).write_text('{"content": "0"}')),
    "cut-with-no-record-one-can-read": _spoiled(lambda cut: (cut / RECORD).write_text("{")),
    "cut-with-a-signature-that-does-not-fit": _spoiled(lambda cut: _signed_by_another(cut / RECORD)),
    "cut-signed-by-nobody-where-a-key-is-named": _signed_by_nobody,
    "cut-asked-for-a-strange-table": _asked_for_a_strange_table,
    "cut-heads-of-another-registry": _heads_of_another_registry,
}
