"""What leaves a registry, and that it comes back the same."""

import csv
import json
import random
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from patency.case import Absence, Span
from patency.document import read_document
from patency.fault import Refused
from patency.instrument.model import Instrument, Item, ItemKind
from patency.practice.conditions import truths
from patency.registry.entry import ITEMS, New, Value
from patency.registry.files.account import Account
from patency.registry.files.draft import draft_map
from patency.registry.files.export import MANIFEST, NO_FREE_TEXT, export
from patency.registry.files.export_redcap import DICTIONARY, RECORDS, export_redcap
from patency.registry.files.map import NOT_BROUGHT, read_map
from patency.registry.files.run import Import
from patency.registry.kinds import KINDS
from patency.registry.session import Session
from patency.table import Stream, read_table
from patency.truth import Truth

from .bringing import brought
from .made import PASSWORD, by_owner, forms, made

TEXTS = ("=1+1", "'=x", "plain", 'a "quoted", word', "two\nlines", "-5", "ä ö ü 静脈", "@here", "' '+x")


def _value(item: Item, drawn: random.Random) -> Any:
    if item.absences and drawn.random() < 0.2:
        return drawn.choice([*item.absences, Absence.NOT_ASKED])
    if item.kind in (ItemKind.NUMBER, ItemKind.DATE) and item.name != "date" and drawn.random() < 0.3:
        return _span(item, drawn)
    match item.kind:
        case ItemKind.TEXT:
            return drawn.choice(TEXTS)
        case ItemKind.NUMBER:
            assert item.concept is not None
            return round(
                drawn.uniform(max(item.concept.lowest, -1e4), min(item.concept.highest, 1e4)), drawn.randrange(4)
            )
        case ItemKind.DATE:
            return date(2020, 1, 1) + timedelta(drawn.randrange(900))
        case ItemKind.MULTIPLE:
            return frozenset(name for name in item.choices if drawn.random() < 0.3)
    return drawn.choice(list(item.choices) or ["yes", "no"])


def _span(item: Item, drawn: random.Random) -> Span:
    if item.kind is ItemKind.DATE:
        first = date(2020, 1, 1).toordinal() + drawn.randrange(900)
        return Span(first, first + drawn.randrange(1, 90))
    assert item.concept is not None
    low, high = sorted(drawn.uniform(max(item.concept.lowest, -1e4), min(item.concept.highest, 1e4)) for _ in range(2))
    return Span(low, high)


def _said(form: Instrument, drawn: random.Random, before: str = "") -> dict[str, Any]:
    """Draw answers to what is asked of everybody (the branching is not what is tried here) until they can be together."""
    while True:
        found = {}
        for name, item in form.items.items():
            value = None
            while value is None and (item.is_required or drawn.random() < 0.6):
                value = _value(item, drawn)
            if item.when is None and value is not None:
                found[name] = value
        answers = {name: [value] for name, value in found.items()}
        if not any(truths(check.when, form.items, answers, 1) == [Truth.YES] for check in form.checks):
            return {before + name: value for name, value in found.items()}


def _filled(session: Session, drawn: random.Random, patients: int) -> None:
    """Give each patient some records of every kind, with values drawn at random."""
    for number in range(patients):
        patient = session.new_patient(f"N-{number:03d}", {"sex_at_birth": drawn.choice(["female", "male"])})
        news, by_kind = [patient], {"patient": [patient]}
        for kind in KINDS:
            if kind in ("patient", *NOT_BROUGHT):
                continue
            above = KINDS[kind].of
            for nth in range(drawn.randrange(1, 3)):
                parent = drawn.choice(by_kind[above]).id if above else ""
                values = _said(forms().of[kind], drawn)
                if kind == "finding":
                    values = {"concept": "age", "written": f"{drawn.randrange(1, 17)} years", "date": values["date"]}
                if kind == "response":
                    values["instrument"] = drawn.choice(["villalta", "vcss"])
                    values.pop("version", None)  # another version's answers would be refused
                    values |= _said(forms().scales[values["instrument"]], drawn, ITEMS)
                new = New(kind, values, patient.patient, parent, session.id_of("test", kind, str(number), str(nth)))
                news.append(new)
                by_kind.setdefault(kind, []).append(new)
        session.add_all(news, is_checked=True)


def _all(session: Session) -> dict[str, dict[str, Any]]:
    return {kind: {entry.id: dict(entry.values) for entry in session.entries(kind)} for kind in session.forms.of}


@pytest.mark.parametrize("seed", range(3))
def test_what_was_exported_comes_back_the_same_by_the_mapping_that_is_drafted_from_it(
    tmp_path: Path, seed: int
) -> None:
    """Every kind, every sort of answer, reasons for absence, texts that look like formulas: into an empty registry."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = (made(tmp_path / name).sign_in("ivo", PASSWORD) for name in ("one", "other"))
    _filled(one, random.Random(seed), 6)
    texts = [f"{kind}.{name}" for kind, form in one.forms.of.items() for name, item in form.items.items()
             if item.kind is ItemKind.TEXT and f"{kind}.{name}" not in NO_FREE_TEXT]  # fmt: skip
    texts += [f"response.{ITEMS}{name}" for scale in ("villalta", "vcss") for name, item in one.forms.scales[scale].items.items()
              if item.kind is ItemKind.TEXT]  # fmt: skip
    written = export(one, tmp_path / "out", texts)

    for session in (other, one):
        for each in written:
            rows = Stream(tmp_path / "out" / each.file)
            draft = draft_map(rows, session.forms, "patency")
            account = Account()
            Import(
                session, rows, read_map(read_document(draft.encode(), "draft"), session.forms), account, is_written=True
            ).run()
            assert (account.refused, account.kept) == (0, each.records), "\n".join(map(str, account.faults))

    before, after = _all(one), _all(other)
    assert {kind: len(records) for kind, records in after.items()} == {
        kind: len(records) for kind, records in before.items()
    }
    for kind in before:
        if kind != "patient":  # whose id is of the registry
            assert after[kind] == before[kind]
    by_pseudonym = [{values["pseudonym"]: values for values in found["patient"].values()} for found in (before, after)]
    assert by_pseudonym[0] == by_pseudonym[1]
    assert account.already == account.kept, "in the registry it came from, all of it stands already"


def test_free_text_leaves_only_where_it_is_asked_for_by_name(tmp_path: Path) -> None:
    """A note stays; asked for as visit.note it goes along, and nothing else that was written freely."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    _filled(session, random.Random(1), 2)

    export(session, tmp_path / "without")
    export(session, tmp_path / "with", ["visit.note"])

    headers = {folder: {path.name: path.read_text().split("\n")[0] for path in (tmp_path / folder).glob("*.csv")} for folder in
               ("without", "with")}  # fmt: skip
    assert "note" not in headers["without"]["visit.csv"]
    assert headers["with"]["visit.csv"].split(",")[-1] == "note"
    assert "note" not in headers["with"]["medication.csv"]
    with pytest.raises(Refused, match=r"there is no free text 'visit\.nota'"):
        export(session, tmp_path / "third", ["visit.nota"])


def test_an_export_is_a_line_of_the_trail_before_it_is_written_and_one_with_its_hashes_after(tmp_path: Path) -> None:
    """The second names every file with its count and its SHA-256, which the file has."""
    import hashlib

    from sqlalchemy import select

    from patency.registry import schema
    from patency.registry.database import transaction

    session = made(tmp_path).sign_in("ivo", PASSWORD)
    _filled(session, random.Random(2), 1)
    export(session, tmp_path / "out")

    with closing(by_owner(session.registry)) as owned, transaction(owned.engine) as connection:
        lines = connection.execute(select(schema.trail.c.note).where(schema.trail.c.action == "export")).all()
    begun, written = (json.loads(line.note) for line in lines)
    assert (begun["what"], written["what"]) == ("begun", "written")
    for name, (_, digest) in written["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    told = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert {each["file"] for each in told["files"]} == set(written["files"])


def test_who_may_not_export_cannot_and_another_sites_records_are_never_in_it(tmp_path: Path) -> None:
    """Data entry is refused; the south's export holds none of the north's patients."""
    registry = made(tmp_path)
    _filled(registry.sign_in("ivo", PASSWORD), random.Random(3), 2)
    with pytest.raises(Refused, match="may not export"):
        export(registry.sign_in("anna", PASSWORD), tmp_path / "out")
    assert export(registry.sign_in("sam", PASSWORD), tmp_path / "south") == []


def test_no_cell_of_an_export_begins_what_a_spreadsheet_would_run(tmp_path: Path) -> None:
    """Texts that look like formulas bear a quote before them."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    patient = session.enrol("N-1").id
    episode = session.add(New("episode", {"date": date(2020, 1, 1), "age": 15.0}, patient, patient)).id
    for nth, text in enumerate(TEXTS):
        session.add(New("visit", {"date": date(2020, 2, nth + 1), "note": text}, patient, episode))
    export(session, tmp_path / "out", ["visit.note"])
    with (tmp_path / "out" / "visit.csv").open(newline="") as file:
        notes = {row["note"] for row in csv.DictReader(file)}
    assert {"'=1+1", "'@here", "'-5", "''=x"} <= notes
    assert not any(note.startswith(("=", "+", "@", "-")) for note in notes)


def test_a_redcap_export_has_one_row_for_each_record_and_a_dictionary_of_all_its_fields(tmp_path: Path) -> None:
    """Patients are the records, all else repeats; each field of the file stands in the dictionary, boxes by their field."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    _filled(session, random.Random(5), 3)
    written = export_redcap(session, tmp_path / "out")

    table = read_table((tmp_path / "out" / RECORDS).read_bytes(), RECORDS)
    dictionary = read_table((tmp_path / "out" / DICTIONARY).read_bytes(), DICTIONARY)
    fields = {row[0] for row in dictionary.rows}
    assert {name.partition("___")[0] for name in table.header} - fields == {
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
    }
    kept = sum(1 for kind in session.forms.of if kind != "screening" for _ in session.entries(kind))
    assert written[0].records == kept == len(table.rows)
    branching = [row[11] for row in dictionary.rows if "compression_class" in row[0]]
    assert branching
    assert all("[visit_compression]" in each for each in branching)


def test_a_finding_s_value_is_no_free_text_and_comes_back(tmp_path: Path) -> None:
    """What a finding says is read by its concept: it is exported unasked, and the draft of the export brings it in."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = (made(tmp_path / name).sign_in("ivo", PASSWORD) for name in ("one", "other"))
    patient = one.enrol("N-1").id
    episode = one.add(New("episode", {"date": date(2020, 1, 1), "age": 15.0}, patient, patient)).id
    values: dict[str, Value] = {"concept": "onset", "date": date(2020, 1, 1), "written": "3 days ago"}
    one.add(New("finding", values, patient, episode))
    for written in export(one, tmp_path / "out"):
        rows = Stream(tmp_path / "out" / written.file)
        account = brought(other, tmp_path / "out" / written.file, draft_map(rows, other.forms, "out"))
        assert (account.kept, account.refused) == (1, 0), account.faults
    assert [dict(entry.values) for entry in other.entries("finding")] == [values]


def test_what_is_known_within_a_span_is_written_as_it_is_typed_and_redcap_is_told_what_it_does_not_hold(
    tmp_path: Path,
) -> None:
    """Days are days and never counts, numbers keep their digits; in REDCap both are blank, and counted field by field."""
    session = made(tmp_path).sign_in("ivo", PASSWORD)
    patient = session.enrol("N-1").id
    onset = Span(date(2026, 1, 10).toordinal(), date(2026, 1, 14).toordinal())
    values: dict[str, Value] = {"date": date(2026, 1, 20), "age": 40.0, "symptom_onset": onset, "caval": "yes"}
    episode = session.add(New("episode", values, patient, patient)).id
    session.add(New("visit", {"date": date(2026, 2, 1), "weight": Span(60.1234567, 62)}, patient, episode))
    export(session, tmp_path / "plain")
    written = export_redcap(session, tmp_path / "redcap")

    def row(file: str, kind: str) -> dict[str, str]:
        with (tmp_path / file).open(encoding="utf-8", newline="") as lines:
            return next(each for each in csv.DictReader(lines) if each.get("redcap_repeat_instrument", kind) == kind)

    assert row("plain/episode.csv", "episode")["symptom_onset"] == "2026-01-10 to 2026-01-14"
    assert row("plain/visit.csv", "visit")["weight"] == "60.1234567 to 62"
    said = row(f"redcap/{RECORDS}", "episode")
    assert (said["episode_symptom_onset"], said["episode_caval"], said["episode_age"]) == ("", "1", "40")
    assert row(f"redcap/{RECORDS}", "visit")["visit_weight"] == ""
    left_out = {"episode_symptom_onset": 1, "visit_weight": 1}
    assert written[0].left_out == left_out
    assert json.loads((tmp_path / "redcap" / MANIFEST).read_text())["files"][0]["left_out"] == left_out
