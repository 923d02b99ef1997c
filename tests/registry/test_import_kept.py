"""What an import counts as kept stands in the registry afterwards: every value of every such row is read back, and is equal.

The files are random and small: few patients, keys, ids and answers, so that rows collide in every way that rows can.
"""

import csv
import random
from pathlib import Path

import pytest

from patency.registry.entry import Entry
from patency.registry.files import ahead
from patency.registry.session import Session

from .bringing import brought, said
from .made import PASSWORD, made
from .test_import import _enrolled as enrolled

HEAD = """registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
"""
BY_KEY = (
    HEAD
    + """  - kind: visit
    key: [visit, day]
    parent: only one
    items: {date: {column: day}, pain: {column: pain}, note: {column: note}}
"""
)
BY_ID = (
    HEAD
    + """  - kind: visit
    id: visit
    parent: {id: episode}
    items: {date: {column: day}, pain: {column: pain}, note: {column: note}}
"""
)
BOTH = (
    HEAD
    + """  - kind: event
    rows: {what: filled}
    key: [visit]
    parent: only one
    items: {date: {column: day}, what: {column: what}}
  - kind: visit
    rows: {visit: filled}
    key: [visit, day]
    parent: only one
    items: {date: {column: day}, pain: {column: pain}, note: {column: note}}
"""
)
HEADER = ("patient", "visit", "day", "pain", "note", "what", "episode")
PATIENTS = ("N1", "N2", " N1", "N2 ", "Z9")
ODD_KEYS = ("1", "2", "1\x1f2", "1\x1f", "", " 1")
IDS = tuple(letter * 32 for letter in "0123456789abcdef")


def _rows(drawn: random.Random, keys: tuple[str, ...], episodes: list[str]) -> list[dict[str, str]]:
    return [
        {
            "patient": drawn.choice(PATIENTS),
            "visit": drawn.choice(keys),
            "day": drawn.choice(("2024-03-01", "2024-03-02", "2024-13-01", "")),
            "pain": drawn.choice(("1", "2", "")),
            "note": drawn.choice(("", "", "well")),
            "what": drawn.choice(("", "", "bleeding")),
            "episode": drawn.choice(episodes),
        }
        for _ in range(drawn.randrange(1, 14))
    ]


def _file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _refused(path: Path) -> set[int]:
    """Return the numbers of the rows in the file of those refused."""
    if not path.exists():
        return set()
    with path.open(newline="") as file:
        return {int(row["patency_row"]) for row in csv.DictReader(file)}


def _says(entry: Entry, row: dict[str, str], names: dict[str, str]) -> bool:
    """Whether a record says what a row says: no more, no less, of its patient."""
    told = {"date": row["day"], "pain": row["pain"], "note": row["note"]}
    if entry.kind == "event":
        told = {"date": row["day"], "what": row["what"]}
    stands = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in entry.values.items()}
    return names[entry.patient] == row["patient"].strip() and stands == {
        name: text for name, text in told.items() if text
    }


@pytest.mark.parametrize("mapping", [BY_KEY, BY_ID, BOTH], ids=["by key", "by id", "of two parts"])
def test_every_row_that_is_kept_is_read_back_equal(
    mapping: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 40 random files, each imported over those before it, by batches of three rows, some as corrections."""
    monkeypatch.setattr(ahead, "AT_ONCE", 3)
    session = enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1", "N2")
    episodes = [entry.id for entry in session.entries("episode")]
    names = {entry.id: str(entry.values["pseudonym"]) for entry in session.entries("patient")}
    drawn, kept = random.Random(11), 0
    for nth in range(40):
        rows = _rows(drawn, IDS if mapping is BY_ID else ODD_KEYS, episodes)
        file = _file(tmp_path / f"{nth}.csv", rows)
        account = brought(session, file, mapping, correct=drawn.choice(("", "mistyped")))
        refused = _refused(tmp_path / f"{nth}.csv.refused.csv")
        assert (account.rows_in, account.refused) == (len(rows), len(refused))
        assert account.kept == len(rows) - len(refused)
        visits, events = list(session.entries("visit")), list(session.entries("event"))
        for number, row in enumerate(rows, 1):
            if number in refused:
                continue
            kept += 1
            found = [each for each in visits if _says(each, row, names)]
            if mapping is BY_ID:
                assert [(each.id, each.parent) for each in found if each.id == row["visit"]] == [
                    (row["visit"], row["episode"])
                ]
            elif mapping is BY_KEY or row["pain"] or row["note"]:
                assert found, row
            if mapping is BOTH and row["what"]:
                assert any(_says(each, row, names) for each in events), row
    assert kept > 20, "too few were kept to tell anything"


def _ids_of(session: Session) -> dict[str, str]:
    return {str(entry.patient): entry.id for entry in session.entries("episode")}


def test_one_id_of_two_patients_is_refused_with_both_rows_named(tmp_path: Path) -> None:
    """The same answers under the same id, of another patient: the first is kept, the second would be lost, and is refused."""
    session = enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1", "N2")
    of = _ids_of(session)
    first, second = ({"patient": name, "visit": IDS[0], "day": "2024-03-01", "pain": "1", "note": "", "what": "",
                      "episode": of[session.patient(name)]} for name in ("N1", "N2"))  # fmt: skip
    account = brought(session, _file(tmp_path / "a.csv", [first, second]), BY_ID)
    assert (account.kept, account.refused) == (1, 1)
    assert said(account) == [
        "row 2, column 'visit': row 1 makes the same visit, of another patient or with other answers"
    ]
    assert account.faults[0].fix == "look which of the two holds, this row or row 1, and take the other out"
    later = brought(session, _file(tmp_path / "b.csv", [second]), BY_ID)
    assert said(later) == ["row 1, column 'visit': the visit stands in the registry for another patient"]


def test_a_row_that_stood_already_holds_against_a_later_row_that_would_correct_it(tmp_path: Path) -> None:
    """Both cannot be kept: were the second a correction, what the first says would stand nowhere."""
    session = enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1")
    row = {"patient": "N1", "visit": "1", "day": "2024-03-01", "pain": "1", "note": "", "what": "", "episode": ""}
    brought(session, _file(tmp_path / "a.csv", [row]), BY_KEY)
    account = brought(session, _file(tmp_path / "b.csv", [row, row | {"pain": "2"}]), BY_KEY, correct="mistyped")
    assert (account.kept, account.already) == (1, 1)
    assert said(account) == ["row 2, column 'visit': row 1 makes the same visit, with other answers"]


def test_an_answer_that_no_part_takes_refuses_its_row(tmp_path: Path) -> None:
    """A row makes an event, and has pain of a visit that it does not make: the pain would be lost in silence."""
    session = enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1")
    row = {
        "patient": "N1",
        "visit": "1",
        "day": "2024-03-01",
        "pain": "1",
        "note": "",
        "what": "bleeding",
        "episode": "",
    }
    mapping = BOTH.replace("rows: {visit: filled}", "rows: {visit: [V3, V6]}")
    account = brought(session, _file(tmp_path / "a.csv", [row, row | {"pain": ""}]), mapping)
    assert said(account) == ["row 1, column 'pain': 'pain' is answered, and the row makes no visit"]


def test_an_item_that_differs_is_told_with_both_values(tmp_path: Path) -> None:
    """The person sees at once what the two say, and can tell which holds."""
    session = enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1")
    row = {"patient": "N1", "visit": "1", "day": "2024-03-01", "pain": "1", "note": "", "what": "", "episode": ""}
    brought(session, _file(tmp_path / "a.csv", [row]), BY_KEY)
    account = brought(session, _file(tmp_path / "b.csv", [row | {"pain": "2", "note": "well"}]), BY_KEY)
    assert said(account) == [
        (
            "row 1: the visit differs from what is there; correct it by `patency registry correct` or import with --correct REASON "
            "(pain: there '1', here '2'; note: there nothing, here 'well')"
        )
    ]
