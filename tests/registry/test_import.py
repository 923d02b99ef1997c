"""How a file comes in: tried first, written whole batch by batch, never twice; and which records a row makes."""

import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from patency.case import Absence
from patency.cli.registry_import import opened
from patency.document import read_document
from patency.fault import Refused
from patency.registry import schema
from patency.registry.database import transaction
from patency.registry.entry import ITEMS, New, Packed, Value, packed, stamped
from patency.registry.files import ahead as import_ahead
from patency.registry.files.account import Account
from patency.registry.files.draft import draft_map
from patency.registry.files.ids import Ids
from patency.registry.files.map import read_map
from patency.registry.files.read import Reader
from patency.registry.keep.erase import erase
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from patency.registry.rows import rows_of
from patency.registry.session import Session
from patency.table import Stream

from .bringing import VISITS, brought, mapped, said
from .made import PASSWORD, by_owner, made

TWO = """patient,visit,date,pain,note
N1,1,2024-03-01,3,well
N1,2,2024-06-01,NK,
"""
WIDE = """registry map: patency-registry-map/1
source: cohort
dates: day-month-year
decimal: comma
patient: {column: no}
records:
  - kind: patient
    items: {sex_at_birth: {column: sex, answers: {w: female, m: male}}}
  - kind: episode
    items: {date: {column: diagnosed}, age: {column: age}, side: {column: leg, answers: {li: left, re: right}}}
  - kind: limb
    parent: {row: episode}
    items: {side: {column: leg, answers: {li: left, re: right}}}
  - kind: segment
    part: segment-1
    parent: {row: limb}
    items: {vein: {column: seg_1}}
  - kind: segment
    part: segment-2
    parent: {row: limb}
    items: {vein: {column: seg_2}}
  - kind: procedure
    parent: {row: episode}
    items: {date: {column: treated}, minutes: {column: minutes}, technical_success: {column: success}}
  - kind: visit
    part: visit-6
    parent: {row: episode}
    items: {date: {column: seen_6}, planned: {is: V6}}
  - kind: response
    part: villalta-6
    rows: {vill_pain: filled}
    parent: {row: visit-6}
    items: {instrument: {is: villalta}, date: {column: seen_6}, side: {column: leg, answers: {li: left, re: right}},
            answers.pain: {column: vill_pain}}
left_out: {birthday: a date of birth}
"""
COHORT = """no;sex;birthday;diagnosed;age;leg;seg_1;seg_2;treated;minutes;success;seen_6;vill_pain
1;w;01.01.2008;03.02.2024;15,9;li;common_iliac;external_iliac;05.02.2024;71;yes;10.08.2024;mild
2;m;01.01.2007;03.03.2024;17,0;re;femoral;;05.03.2024;152;no;;
"""


def _enrolled(session: Session, *names: str) -> Session:
    for name in names:
        patient = session.enrol(name).id
        session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, patient, patient))
    return session


def _written(tmp_path: Path, text: str, name: str = "visits.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.fixture
def session(registry: Registry) -> Session:
    """Somebody of the north, with a patient N1 who has one episode; on either database."""
    return _enrolled(registry.sign_in("ivo", PASSWORD), "N1")


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(session: Session, tmp_path: Path) -> None:
    """The account is the same as that of the writing; after it the registry is as it was, its trail too."""
    file = _written(tmp_path, TWO)
    tried = brought(session, file, VISITS, write=False)
    assert list(session.entries("visit")) == []
    written = brought(session, file, VISITS)
    assert list(tried.lines())[:-1] == list(written.lines())[: len(list(tried.lines())) - 1]
    assert next(tried.lines()) == "2 rows in = 2 kept + 0 refused"
    assert "nothing was written" in list(tried.lines())[-1]
    assert [
        dict(entry.values) for entry in sorted(session.entries("visit"), key=lambda entry: str(entry.values["date"]))
    ] == [
        {"date": date(2024, 3, 1), "pain": 3.0, "note": "well"},
        {"date": date(2024, 6, 1), "pain": Absence.NOT_KNOWN},
    ]


def test_a_file_that_comes_again_adds_nothing(session: Session, tmp_path: Path) -> None:
    """Every row is kept and stood already; a longer file of the same source adds what is new in it."""
    file = _written(tmp_path, TWO)
    brought(session, file, VISITS)
    again = brought(session, file, VISITS)
    assert (again.kept, again.already, again.refused) == (2, 2, 0)
    more = brought(session, _written(tmp_path, TWO + "N1,3,2024-09-01,1,\n"), VISITS)
    assert (more.kept, more.already, more.new["visit"]) == (3, 2, 1)
    assert len(list(session.entries("visit"))) == 3


def test_a_row_that_says_otherwise_is_refused_or_becomes_a_correction_with_its_reason(
    session: Session, tmp_path: Path
) -> None:
    """What was recorded is never overwritten: the first version stays, and the second bears the reason."""
    brought(session, _written(tmp_path, TWO), VISITS)
    changed = _written(tmp_path, TWO.replace("1,2024-03-01,3,well", "1,2024-03-01,4,"))

    refused = brought(session, changed, VISITS)
    assert said(refused) == [
        (
            "row 1: the visit differs from what is there; correct it by `patency registry correct` or import with --correct REASON "
            "(pain: there '3', here '4'; note: there 'well', here nothing)"
        )
    ]
    corrected = brought(session, changed, VISITS, correct="mistyped in the clinic's file")

    assert (corrected.kept, corrected.already, corrected.corrected["visit"]) == (2, 1, 1)
    (entry,) = [each for each in session.entries("visit") if each.version == 2]
    assert dict(entry.values) == {"date": date(2024, 3, 1), "pain": 4.0}, "the note is gone, as in the file"
    assert entry.reason == "mistyped in the clinic's file"
    assert brought(session, changed, VISITS).already == 2


def test_what_somebody_added_by_hand_is_not_touched_by_a_file_that_does_not_map_it(
    session: Session, tmp_path: Path
) -> None:
    """Only the items that are mapped are compared and corrected."""
    brought(session, _written(tmp_path, TWO), VISITS)
    first = min(session.entries("visit"), key=lambda entry: str(entry.values["date"]))
    session.correct("visit", first.id, {"how": "in_person"}, "was missing")
    assert brought(session, _written(tmp_path, TWO), VISITS).already == 2
    brought(session, _written(tmp_path, TWO.replace(",3,well", ",5,well")), VISITS, correct="mistyped")
    latest = {entry.id: entry for entry in session.entries("visit")}[first.id]
    assert (latest.values["how"], latest.values["pain"]) == ("in_person", 5.0)


def test_a_voided_record_is_not_brought_back(session: Session, tmp_path: Path) -> None:
    """The row is refused, for somebody said that it should never have been there."""
    brought(session, _written(tmp_path, TWO), VISITS)
    session.void(
        "visit", min(session.entries("visit"), key=lambda entry: str(entry.values["date"])).id, "another patient's"
    )
    assert said(brought(session, _written(tmp_path, TWO), VISITS)) == [
        "row 1, column 'visit': the visit was voided in the registry"
    ]


def test_one_row_makes_a_patient_an_episode_its_veins_a_procedure_and_a_scale(
    registry: Registry, tmp_path: Path
) -> None:
    """As in source 002's file: one row for each patient; what is blank in it makes no record."""
    session = registry.sign_in("ivo", PASSWORD)
    account = brought(session, _written(tmp_path, COHORT), WIDE)
    assert (account.kept, account.refused) == (2, 0), account.faults
    assert {kind: made.new for kind, made in account.made().items()} == {
        "patient": 2, "episode": 2, "limb": 2, "segment": 3, "procedure": 2, "visit": 1, "response": 1}  # fmt: skip
    first = session.patient("1")
    found = {entry.kind: entry for entry in session.record_of(first)}
    assert found["episode"].values["age"] == 15.9
    assert found["segment"].parent == found["limb"].id
    assert found["response"].parent == found["visit"].id
    assert found["response"].values[f"{ITEMS}pain"] == "mild"
    assert found["visit"].values["planned"] == "V6"
    assert account.left_out == {"birthday": "a date of birth"}


def test_a_row_of_which_one_record_cannot_be_makes_none_of_them(registry: Registry, tmp_path: Path) -> None:
    """A procedure on the 31st of April takes its patient and episode with it; the account names row and column."""
    session = registry.sign_in("ivo", PASSWORD)
    account = brought(session, _written(tmp_path, COHORT.replace("05.02.2024", "31.04.2024")), WIDE)
    assert (account.kept, account.refused) == (1, 1)
    assert said(account) == ["row 1, column 'treated': 'date' cannot be '31.04.2024'"]
    assert [entry.values["pseudonym"] for entry in session.entries("patient")] == ["2"]


def test_refused_rows_can_be_mended_in_their_file_and_imported_again(session: Session, tmp_path: Path) -> None:
    """The file bears the number and the reason before the row as it was; its owner alone may read it."""
    file = _written(tmp_path, TWO + "N1,3,2024-13-01,2,=1+1\n")
    account = brought(session, file, VISITS)
    assert account.file is not None
    assert oct(account.file.stat().st_mode & 0o777) == "0o600"
    lines = account.file.read_text().splitlines()
    assert lines[0] == "patency_row,patency_refused,patient,visit,date,pain,note"
    assert lines[1].startswith("3,\"'date' cannot be '2024-13-01'; ")
    assert lines[1].endswith(",N1,3,2024-13-01,2,'=1+1")

    mended = _written(tmp_path, account.file.read_text().replace("2024-13-01", "2024-10-01"), "mended.csv")
    again = brought(session, mended, VISITS)
    assert (again.kept, again.refused) == (1, 0)
    assert "=1+1" in {entry.values.get("note") for entry in session.entries("visit")}


def test_each_import_is_a_line_of_the_trail_with_source_and_hash_and_no_file_name(
    session: Session, tmp_path: Path
) -> None:
    """A file's name may tell a patient's; its hash tells nothing."""
    file = _written(tmp_path, TWO, "smith-anna.csv")
    brought(session, file, VISITS)
    with transaction(session.registry.engine, session.token) as connection:
        trail = rows_of(connection, schema.trail, sites=[session.user.site])
        notes = [row.note for row in connection.execute(select(trail.c.note).where(trail.c.action == "import"))]
    assert any(Stream(file).digest in note and '"source":"clinic"' in note for note in notes)
    assert not any("smith" in note for note in notes)


def test_who_may_not_add_cannot_import(registry: Registry, tmp_path: Path) -> None:
    """Neither a reader nor a statistician tries a file, let alone writes it."""
    _enrolled(registry.sign_in("ivo", PASSWORD), "N1")
    for name in ("rita", "stat"):
        for is_written in (True, False):
            with pytest.raises(Refused, match="may not add records"):
                brought(registry.sign_in(name, PASSWORD), _written(tmp_path, TWO), VISITS, write=is_written)


def test_another_sites_patients_are_strangers(registry: Registry, tmp_path: Path) -> None:
    """The same pseudonym at the south is nobody there, and its file adds nothing to the north's patient."""
    _enrolled(registry.sign_in("ivo", PASSWORD), "N1")
    account = brought(registry.sign_in("sam", PASSWORD), _written(tmp_path, TWO), VISITS)
    assert (account.kept, account.refused_by) == (0, {"a patient who is not enrolled": 2})


def test_a_visit_hangs_on_the_episode_it_follows_and_imaging_on_the_visit_of_its_day(
    session: Session, tmp_path: Path
) -> None:
    """`latest` takes the last episode on or before the day, `same date` the visit of that very day."""
    patient = session.patient("N1")
    second = session.add(New("episode", {"date": date(2024, 5, 1), "age": 15.2}, patient, patient)).id
    mapping = (
        VISITS.replace("only one", "latest")
        + """  - kind: imaging
    rows: {status: filled}
    key: [visit]
    parent: same date
    items: {date: {column: date}, method: {is: duplex}, status: {column: status}}
"""
    )
    rows = "patient,visit,date,pain,note,status\nN1,1,2024-03-01,3,,open\nN1,2,2024-06-01,1,,occluded\nN1,3,2024-01-01,1,,\n"
    account = brought(session, _written(tmp_path, rows), mapping)
    assert said(account) == ["row 3: there is no episode that the visit could hang on (latest)"]
    visits = {entry.values["date"]: entry for entry in session.entries("visit")}
    assert visits[date(2024, 6, 1)].parent == second != visits[date(2024, 3, 1)].parent
    for entry in session.entries("imaging"):
        assert entry.parent == visits[entry.values["date"]].id


def test_an_import_that_was_killed_goes_on_when_it_is_run_again(tmp_path: Path) -> None:
    """Killed after some batches, run again: every row is there once, and the counts say which stood already."""
    registry = made(tmp_path)
    session = registry.sign_in("ivo", PASSWORD)
    _enrolled(session, *(f"N{number}" for number in range(20)))
    rows = [f"N{number % 20},{number},2024-03-01,3," for number in range(2_000)]
    file = _written(tmp_path, "\n".join(["patient,visit,date,pain,note", *rows]) + "\n")
    _written(tmp_path, VISITS, "map.yaml")
    program = """
import os, signal, sys
from pathlib import Path
from patency.registry.files import ahead as import_ahead
from registry.bringing import brought
from registry.made import PASSWORD, forms, library
from patency.registry.registry import Registry
from patency.registry.registry import Registry
from patency.registry.rows import rows_of
from patency.registry.session import Session
import_ahead.AT_ONCE = 300
folder = Path(sys.argv[1])
session = Registry(folder / "registry", library(), forms()).sign_in("ivo", PASSWORD)
plain, done = Session.add_packed, []
def killed(self, records, source="", meanwhile=None):
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(plain(self, records, source, meanwhile))
Session.add_packed = killed
brought(session, folder / "visits.csv", (folder / "map.yaml").read_text())
"""
    where = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parents[2])])}
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=where, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(list(session.entries("visit"))) == 900

    account = brought(session, file, VISITS)
    assert (account.kept, account.already, account.new["visit"]) == (2_000, 900, 1_100)
    assert len({entry.id for entry in session.entries("visit")}) == 2_000


def test_however_many_rows_are_written_at_once_the_same_comes_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New rows, corrections, rows that stand, doubled keys, strangers: batches of two give what one batch gives."""
    said_again = "\n".join(["patient,visit,date,pain,note", "N1,1,2024-03-01,4,well", "N2,1,2024-03-02,2,", "N1,3,2024-07-01,1,",
                            "N1,1,2024-03-01,5,", "N2,1,2024-03-02,2,", "N1,2,2024-06-01,NK,", "Z,1,2024-03-01,1,",
                            "N2,2,2024-04-01,0,", "N1,2,2024-06-02,3,"]) + "\n"  # fmt: skip
    found = []
    for name, at_once in (("many", 1_000), ("two", 2)):
        monkeypatch.setattr(import_ahead, "AT_ONCE", at_once)
        (folder := tmp_path / name).mkdir()
        session = _enrolled(made(folder).sign_in("ivo", PASSWORD), "N1", "N2")
        brought(session, _written(folder, TWO), VISITS)
        account = brought(session, _written(folder, said_again), VISITS, correct="mistyped")
        stands = sorted((str(entry.values["date"]), str(entry.values.get("pain")), entry.version)
                        for entry in session.entries("visit"))  # fmt: skip
        found.append((account.kept, account.already, account.refused, dict(account.new), dict(account.corrected),
                      [reason.replace(name, "") for reason in said(account)], stands))  # fmt: skip
    assert found[0] == found[1]
    assert found[0][:3] == (6, 2, 3)


def test_what_is_done_while_the_disk_is_waited_for_may_fail_and_the_rows_stand(tmp_path: Path) -> None:
    """The rows were committed; then the error is told."""
    session = _enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1")
    patient = session.patient("N1")
    (episode,) = session.entries("episode")
    record = Packed("visit", packed({"date": date(2024, 3, 1)}), patient, episode.id, "1" * 32)

    def fails() -> list[Packed]:
        raise ValueError("the next rows")

    with pytest.raises(ValueError, match="the next rows"):
        session.add_packed([record], "", fails)
    assert [entry.id for entry in session.entries("visit")] == ["1" * 32]


@pytest.mark.parametrize("is_erased", [False, True])
def test_rows_sealed_ahead_stand_as_if_sealed_later_unless_a_patient_was_erased_since(
    tmp_path: Path, is_erased: bool
) -> None:
    """They are read, each with the moment it bears, and the chain verifies; of who was erased nothing comes in."""
    session = _enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1", "N2")
    episode_of = {entry.patient: entry.id for entry in session.entries("episode")}

    def visit(pseudonym: str, number: int) -> Packed:
        patient = session.patient(pseudonym)
        values: dict[str, Value] = {"date": date(2024, 3, number)}
        return Packed("visit", packed(values), patient, episode_of[patient], f"{number:032x}")

    first, second = [visit("N1", 1)], [visit("N1", 2), visit("N2", 3)]
    session.add_packed(first, "", lambda: second)
    ahead = session._ahead
    assert ahead is not None
    assert ahead.records is second
    if is_erased:
        erase(session, session.patient("N2"), "asked")
        with pytest.raises(Refused):
            session.add_packed(second)
        assert [entry.id for entry in session.entries("visit")] == [f"{1:032x}"]
    else:
        assert session.add_packed(second) == ahead.at
        stood = {entry.id: stamped(entry.at) for entry in session.entries("visit")}
        assert {stood[record.id] for record in second} == {ahead.at}
    with closing(by_owner(session.registry)) as owned:
        assert list(verify(owned)) == []


def test_reading_in_another_process_gives_the_same_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Good rows, refused ones, absences, texts: what comes out is the same, whichever process read it."""
    session = _enrolled(made(tmp_path).sign_in("ivo", PASSWORD), "N1", "N2")
    drawn = random.Random(7)
    rows = [",".join((drawn.choice(("N1", "N2", "Z", "")), str(number), str(date(2024, 1, 1) + timedelta(number % 90)),
                      drawn.choice(("3", "NK", "x", "")), drawn.choice(("", "well", "a@b.org")))) for number in range(500)]  # fmt: skip
    stream = Stream(_written(tmp_path, "\n".join(["patient,visit,date,pain,note", *rows]) + "\n"))
    monkeypatch.setattr(import_ahead, "AT_ONCE", 64)

    def read(how: Any) -> list[Any]:
        found = mapped(session, VISITS)
        reader = Reader(
            found, stream.header, session.forms, Ids(session.id_of, found.source), stream.place, date(2025, 1, 1)
        )
        return [(list(batch.rows), batch.told, batch.patients, [each[1:] for each in batch.drawn], batch.refusals.of,
                 batch.refusals.reasons) for batch in how(reader, stream)]  # fmt: skip

    assert read(import_ahead.plainly) == read(import_ahead._ahead)


def test_rows_that_come_in_at_once_are_those_that_come_in_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies, other answers under one key, strangers, blank keys, patients of two episodes: the same account either way."""
    drawn = random.Random(8)
    rows = [f"{drawn.choice(('N1', 'N2', 'N3', 'Z'))},{drawn.choice((*map(str, range(40)), ''))},2024-03-0{drawn.randrange(1, 3)},"
            f"{drawn.randrange(2)}," for _ in range(400)]  # fmt: skip
    text = "\n".join(["patient,visit,date,pain,note", *rows]) + "\n"
    accounts = []
    for name in ("at-once", "one-by-one"):
        (tmp_path / name).mkdir()
        session = _enrolled(made(tmp_path / name).sign_in("ivo", PASSWORD), "N1", "N2", "N3")
        patient = session.patient("N3")
        session.add(New("episode", {"date": date(2024, 2, 2), "age": 15.0}, patient, patient))
        if name == "one-by-one":
            monkeypatch.setattr("patency.registry.files.made.Maker.plain", lambda *_: {})
        account = brought(session, _written(tmp_path / name, text), VISITS)
        values = sorted((entry.values["pain"], entry.values["date"]) for entry in session.entries("visit"))
        accounts.append((account.kept, account.already, account.refused_by, account.new, values))
    assert accounts[0] == accounts[1]
    assert accounts[0][1] > 0
    assert len(accounts[0][2]) == 4


REDCAP = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex_at_birth,diagnosed,age,\
provoking___surgery,provoking___cancer,visit_date,pain,note,ipaddress,patient_name
P1,v3_arm_1,visit,1,,,,,,01.04.2020,"3,5",=1+1,10.0.0.1,Ann
P1,base_arm_1,,,female,01.01.2020,"15,5",1,0,,,,,Ann
P2,base_arm_1,,,male,13.01.2020,15,0,0,,,,,Bob
P2,v3_arm_1,visit,1,,,,,,21.04.2020,-99,,10.0.0.2,Bob
"""


def test_a_draft_finds_kinds_events_and_repeats_and_leaves_identities_out(tmp_path: Path) -> None:
    """Of a REDCap project: what bears an item's name is sure, and no part comes in until somebody has looked at it."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    text = draft_map(Stream(_written(tmp_path, REDCAP)), session.forms, "our-redcap", ["patient", "episode", "visit"])
    assert "decimal: comma" in text
    assert "dates: day-month-year" in text
    assert "missing: {-99: '?'}" in text
    assert "ipaddress: an internet address" in text
    assert "patient_name: a name" in text
    visit = text[text.index("kind: visit") :]
    assert "redcap_event_name: [v3_arm_1]" in visit
    assert "redcap_repeat_instrument: [visit]" in visit
    assert "key: [redcap_event_name, redcap_repeat_instance]" in visit
    assert "date: {column: visit_date}" in visit
    with pytest.raises(Refused) as refused:
        read_map(read_document(text.encode(), "draft"), session.forms)
    guesses = [fault for fault in refused.value.faults if fault.what.endswith("is a guess")]
    assert len(guesses) == 5, "the patient's column, three parts, the day of the diagnosis"
    assert any("'-99' cannot mean '?'" in fault.what for fault in refused.value.faults)

    confirmed = text.replace(", guessed: yes", "").replace("  guessed: yes\n", "").replace("'?'", "not known")
    account = brought(session, tmp_path / "visits.csv", confirmed)
    assert (account.kept, account.refused) == (4, 0), account.faults
    assert {kind: made.new for kind, made in account.made().items()} == {"patient": 2, "episode": 2, "visit": 2}


def test_a_draft_asks_where_two_readings_fit(tmp_path: Path) -> None:
    """Days that are months as well, and numbers with either sign, are for a person to say."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    rows = 'patient,visit,date,pain,weight\nN1,1,01/02/2024,3,62.5\nN1,2,03/04/2024,"3,5",61\n'
    text = draft_map(Stream(_written(tmp_path, rows)), session.forms, "clinic", ["visit"])
    assert "decimal: '?'" in text
    assert "dates: '?'" in text
    assert "key: [visit]" in text


def test_the_screening_log_comes_in_without_patients(registry: Registry, tmp_path: Path) -> None:
    """Who was seen and not enrolled is nobody in the registry."""
    session = registry.sign_in("anna", PASSWORD)
    mapping = """registry map: patency-registry-map/1
source: log
records:
  - kind: screening
    key: [number]
    items: {date: {column: seen}, enrolled: {column: enrolled}, age_band: {column: age}}
"""
    rows = "number,seen,enrolled,age\n1,2024-03-01,no,12_to_17\n2,2024-03-02,no,1_to_11\n"
    assert brought(session, _written(tmp_path, rows), mapping).new["screening"] == 2
    assert brought(session, _written(tmp_path, rows), mapping).already == 2


def test_an_empty_registry_opens_excel_by_its_ending(tmp_path: Path) -> None:
    """A workbook needs no word in the mapping; a name that is no file's is told."""
    from patency.cli.common import Failed
    from patency.registry.files.map import ImportMap

    with pytest.raises(Failed, match="cannot be read"):
        opened(tmp_path / "none.csv", ImportMap("", "", ()))
    assert Account().file is None


@pytest.mark.parametrize("how", ["semicolon", "latin-1", "excel"])
def test_refused_rows_of_any_file_are_mended_and_read_by_the_same_mapping(
    session: Session, tmp_path: Path, how: str
) -> None:
    """Whatever parts its columns, whatever its letters, a sheet of Excel too: the mapping of the source reads them again."""
    more = {
        "semicolon": "separator: semicolon\ndecimal: comma\n",
        "latin-1": "encoding: latin-1\n",
        "excel": "format: excel\n",
    }
    mapping = (
        VISITS.replace("missing:", f"{more[how]}missing:")
        .replace("{column: pain}", "{column: weight}")
        .replace("pain:", "weight:")
    )
    rows = [
        ("patient", "visit", "date", "weight", "note"),
        ("N1", "3", "2024-13-01", "62,5" if how == "semicolon" else "62.5", "Müdigkeit"),
    ]
    file = tmp_path / f"visits.{'xlsx' if how == 'excel' else 'csv'}"
    if how == "excel":
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        for row in (rows[0], ("N1", "3", "2024-13-01", 62.5, "Müdigkeit")):
            sheet.append(row)
        book.save(file)
    else:
        file.write_text("".join(f"{(';' if how == 'semicolon' else ',').join(row)}\n" for row in rows), encoding="latin-1"
                        if how == "latin-1" else "utf-8")  # fmt: skip
    refused = brought(session, file, mapping)
    assert (refused.kept, refused.refused) == (0, 1), refused.faults
    assert refused.file is not None
    refused.file.write_text(refused.file.read_text().replace("2024-13-01", "2024-10-01"))
    again = brought(session, refused.file, mapping)
    assert (again.kept, again.refused) == (1, 0), again.faults
    (entry,) = session.entries("visit")
    assert dict(entry.values) == {"date": date(2024, 10, 1), "weight": 62.5, "note": "Müdigkeit"}


def test_refused_rows_overwrite_nothing(session: Session, tmp_path: Path) -> None:
    """Neither a file that somebody named, nor the import's own, nor rows that were refused before and may be mended by now."""
    file = _written(tmp_path, TWO + "N1,3,2024-13-01,2,\n")
    for taken in (file, _written(tmp_path, "mine\n", "mine.csv")):
        before = taken.read_bytes()
        with pytest.raises(Refused, match="it is there already"):
            Account(taken)
        assert taken.read_bytes() == before
    first, second = brought(session, file, VISITS), brought(session, file, VISITS)
    assert [each.file.name for each in (first, second) if each.file] == [
        "visits.csv.refused.csv",
        "visits.csv.refused-2.csv",
    ]
