"""Hostile and broken files that come in: kept and refused are counted right, and each refusal says row, column, what, why, fix."""

import os
from datetime import date
from pathlib import Path

import pytest

from patency.cli.registry_import import opened
from patency.fault import Refused
from patency.registry.entry import New
from patency.registry.files.account import Account
from patency.registry.files.run import Import
from patency.registry.session import Session

from .bringing import mapped
from .hostile import FILES, MAPPING
from .made import PASSWORD, made

TODAY = date(2026, 11, 22)  # what is to come is refused: what lies a day later, for somewhere it is tomorrow already
WORDS = Path(__file__).parent / "hostile"
REWRITE = os.environ.get("PATENCY_REWRITE") == "1"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A registry with patients A1 to A5 of one episode each, B2 of two, and C3 of none."""
    session = made(tmp_path_factory.mktemp("hostile")).sign_in("ivo", PASSWORD)
    for name, episodes in [*((f"A{nth}", 1) for nth in range(1, 6)), ("B2", 2), ("C3", 0)]:
        patient = session.enrol(name).id
        for _ in range(episodes):
            session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, patient, patient))
    return session


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_and_refused_row_by_row_in_these_words(name: str, session: Session, tmp_path: Path) -> None:
    """Rows in = rows kept + rows refused; or the whole file is refused, before anything of it is kept."""
    file = FILES[name]()
    mapping = MAPPING
    for before, after in file.otherwise:
        assert before in mapping
        mapping = mapping.replace(before, after, 1)
    path = tmp_path / f"{name}.{file.ending}"
    path.write_bytes(file.content)

    account = Account()
    try:
        found = mapped(session, mapping)
        rows = opened(path, found)
        Import(session, rows, found, account, today=TODAY).run()
    except Refused as refused:
        said = "refused whole\n" + "".join(f"{fault}\n" for fault in refused.faults)
        assert (file.kept, file.refused) == (None, None), said
    else:
        said = f"{account.rows_in} in, {account.kept} kept, {account.refused} refused\n" + "".join(
            f"{fault}\n" for fault in account.faults
        )
        assert (account.kept, account.refused, account.already) == (file.kept, file.refused, file.already), said
        assert account.rows_in == account.kept + account.refused
        assert all(fault.what.startswith("row ") for fault in account.faults)
    words = WORDS / f"{name}.txt"
    if REWRITE:
        words.parent.mkdir(exist_ok=True)
        words.write_text(said)
    assert said == words.read_text()


def test_there_are_fifty_such_files_and_each_has_its_words() -> None:
    """None is forgotten, and no words are left over."""
    assert len(FILES) >= 50
    assert {path.stem for path in WORDS.glob("*.txt")} == set(FILES)
