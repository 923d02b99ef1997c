"""What was done is read as sentences: of a patient, and of everybody who did anything."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from patency.case import Absence, Span
from patency.fault import Refused
from patency.registry import schema
from patency.registry.access import Refusal
from patency.registry.admin import Admin
from patency.registry.chain import START, Line, hash_of
from patency.registry.entry import New, Value
from patency.registry.keep.erase import erase
from patency.registry.keep.heads import read_heads
from patency.registry.keep.held import hold
from patency.registry.keep.history import history_of
from patency.registry.keep.identity import Identity, set_identity
from patency.registry.keep.trail import export_trail, lines_of, names_of, said
from patency.registry.keep.verify import verify
from patency.registry.registry import HEADS, Registry
from patency.registry.session import Session
from patency.registry.told import age_words
from registry.made import PASSWORD, by_owner, owner_url
from registry.tampering import tampering

BLANKED = (
    "anna corrected the visit of 1 Feb 2026: height 170 to 172 cm, which was blank; how often stockings are worn every day, "
    "which was blank; nothing for note instead of “came late”, because: Seen again."
)


def timeless(sentences: list[str]) -> list[str]:
    """Return sentences without the moments with which they begin."""
    assert all(sentence[12:].partition(": ")[1] for sentence in sentences)
    return [sentence.partition(" UTC: ")[2] for sentence in sentences]


def entered(session: Session) -> str:
    patient = session.enrol("N-1", {"sex_at_birth": "female"}).id
    episode = session.add(New("episode", {"date": date(2026, 1, 1), "age": 14.5, "caval": "yes"}, patient, patient)).id
    values: dict[str, Value] = {
        "date": date(2026, 2, 1),
        "weight": 60.0,
        "ulcer": Absence.NOT_ASKED,
        "note": "came late",
    }
    visit = session.add(New("visit", values, patient, episode)).id
    session.correct("visit", visit, {"weight": 61.0}, "mistyped")
    session.correct("visit", visit, {"note": None, "compression": "daily", "height": Span(170, 172)}, "Seen again.")
    session.registry.sign_in("ivo", PASSWORD).void("visit", visit, "of another patient")
    return patient


def test_a_history_is_read_as_sentences_in_the_words_of_the_forms(registry: Registry) -> None:
    """Who did what to which record, from what to what, and why."""
    anna = registry.sign_in("anna", PASSWORD)
    sentences = history_of(anna, entered(anna))
    assert all(re.match(r"On \d+ \w{3} \d{4} at \d\d:\d\d UTC (anna|ivo) ", sentence) for sentence in sentences)
    assert [sentence.partition(" UTC ")[2] for sentence in sentences] == [
        "anna added the patient: pseudonym “N-1”; sex at birth female.",
        "anna added the episode of 1 Jan 2026: age at diagnosis 14 years 6 months; the vena cava is involved.",
        "anna added the visit of 1 Feb 2026: body weight 60 kg; the venous ulcer (not asked); note “came late”.",
        "anna corrected the visit of 1 Feb 2026: body weight 61 kg instead of 60 kg, because: mistyped.",
        BLANKED,
        "ivo voided the visit of 1 Feb 2026, because: of another patient.",
    ]


def test_the_trail_is_read_as_sentences_of_ones_own_site(registry: Registry) -> None:
    """It says who did what, and to which record; never what it says."""
    ivo, ada = registry.sign_in("ivo", PASSWORD), registry.sign_in("ada", PASSWORD)
    patient = ivo.enrol("N-1").id
    set_identity(ivo, patient, Identity("Anne Müller"))
    ivo.history(patient)
    ivo.note("view", "patient", details={"what": "list of patients", "patients": 12})
    ivo.note("view", "query", details={"what": "list of queries", "queries": 3})
    registry.sign_in("sam", PASSWORD).enrol("S-1")
    with pytest.raises(Refused):
        registry.sign_in("ivo", "not the password")
    rita = registry.sign_in("rita", PASSWORD)
    with pytest.raises(Refusal):
        lines_of(rita)
    erase(ivo, patient, "asked")
    assert timeless([said(line) for line in lines_of(ivo)]) == [
        "ivo signed in",
        f"ivo added the patient {patient}",
        f"ivo added the name of the patient {patient}",
        f"ivo read the history of the patient {patient}",
        "ivo saw the list of patients, 12 of them",
        "ivo saw the list of queries, 3 of them",
        "rita signed in",
        "rita was refused to read the audit trail",
        f"ivo began to erase the patient {patient}",
        f"ivo erased the patient {patient}",
        "ivo saw the audit trail",
    ]
    every = [said(line, names_of(ada)) for line in lines_of(ada)]
    assert {line.site for line in lines_of(ada)} == {"", "north", "south"}
    assert any(sentence.endswith("ivo was not let in") for sentence in every)
    assert not any("N-1" in sentence or "Müller" in sentence for sentence in every)


@pytest.mark.parametrize(
    ("years", "words"),
    [(0.0027378507871321013, "1 day"), (0.2, "73 days"), (0.25, "3 months"), (1.5, "18 months"), (14.5, "14 years 6 months"),
     (14.53456781, "14 years 6 months"), (1 + 11 / 12, "23 months"), (45.0, "45 years"), (2.0, "2 years")],
)  # fmt: skip
def test_an_age_is_said_in_completed_years_and_months(years: float, words: str) -> None:
    """Below 2 years in months, below 3 months in days; never in eight decimals."""
    assert age_words(years) == words


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_trail_of_all_patients_is_exported_at_once(form: str, registry: Registry, tmp_path: Path) -> None:
    """The export stands in itself, and its heads are signed: whoever holds it can prove what was there."""
    anna, ivo = registry.sign_in("anna", PASSWORD), registry.sign_in("ivo", PASSWORD)
    entered(anna)
    file = tmp_path / f"trail.{form}"
    done = export_trail(ivo, file, form)
    if form == "csv":
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    else:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert done.lines == len(rows) == 10
    assert {row["site"] for row in rows} == {"north"}
    assert (rows[-1]["action"], rows[-1]["says"].partition(" UTC: ")[2]) == (
        "export",
        f"ivo exported: the audit trail, format {form}",
    )
    (carried,) = read_heads(done.heads)
    assert (carried.head.seq, carried.head.hash.hex()) == (10, rows[-1]["hash"])
    assert carried.is_by(registry.public_key)
    assert [each.head for each in read_heads(registry.folder / HEADS)] == [carried.head]


def test_an_export_can_be_checked_by_itself(registry: Registry, tmp_path: Path) -> None:
    """From the lines of JSON alone, each hash can be made again: an auditor needs no database."""
    ada = registry.sign_in("ada", PASSWORD)
    registry.sign_in("anna", PASSWORD).enrol("N-1")
    done = export_trail(ada, tmp_path / "trail.jsonl", "jsonl")
    last: dict[str, bytes] = {}
    for written in done.file.read_text(encoding="utf-8").splitlines():
        told = json.loads(written)
        kept = bytes.fromhex(told.pop("hash"))
        told.pop("says")
        line = Line(**told | {"digest": bytes.fromhex(told["digest"])})
        last[line.site] = hash_of(last.get(line.site, START), line)
        assert last[line.site] == kept
    assert {each.head.site: each.head.hash for each in read_heads(done.heads) if each.head.seq} == last


def test_an_export_tells_later_that_the_trail_was_cut_short(registry: Registry, tmp_path: Path) -> None:
    """An old head is signed as well as a new one; the file that was carried out says which lines there were."""
    ivo = registry.sign_in("ivo", PASSWORD)
    with tampering(registry) as connection:
        old = connection.execute(schema.head.select().where(schema.head.c.site == "north")).one()
    ivo.enrol("N-1")
    done = export_trail(ivo, tmp_path / "trail.csv", "csv")
    with tampering(registry) as connection:
        connection.execute(schema.records["patient"].delete())
        connection.execute(schema.trail.delete().where(schema.trail.c.site == "north", schema.trail.c.seq > old.seq))
        connection.execute(update(schema.head).where(schema.head.c.site == "north").values(old._asdict()))
    held = hold(registry.folder, owner_url(registry))
    assert [str(each) for each in verify(held)] == []
    (found,) = verify(held, read_heads(done.heads))
    assert "trail.csv.heads.json carries its head at line 3" in str(found)
    held.close()


def test_what_a_spreadsheet_would_run_is_no_formula_in_an_export(registry: Registry, tmp_path: Path) -> None:
    """A user may be called anything that can be seen."""
    owned = by_owner(registry)
    Admin(owned, "operator").add_user('=HYPERLINK("http://example.org")', "reader", "north", PASSWORD)
    owned.close()
    registry.sign_in('=HYPERLINK("http://example.org")', PASSWORD)
    done = export_trail(registry.sign_in("ada", PASSWORD), tmp_path / "trail.csv", "csv")
    cells = [cell for row in csv.reader(done.file.read_text(encoding="utf-8").splitlines()) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_nothing_is_written_over(registry: Registry, tmp_path: Path) -> None:
    """An export goes to a new file, and into a place that can be written to."""
    ivo = registry.sign_in("ivo", PASSWORD)
    (tmp_path / "trail.csv").write_text("")
    with pytest.raises(Refused, match="the file is there already"):
        export_trail(ivo, tmp_path / "trail.csv", "csv")
    with pytest.raises(Refused, match="the export cannot be written"):
        export_trail(ivo, tmp_path / "trail.csv" / "below", "csv")
    with pytest.raises(Refusal):
        export_trail(registry.sign_in("anna", PASSWORD), tmp_path / "other.csv", "csv")
