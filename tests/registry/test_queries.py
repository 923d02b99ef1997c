"""What becomes of a hit: queries are opened, answered, accepted, resolved and opened again, each with its history."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from patency.fault import Refused
from patency.registry import schema
from patency.registry.database import transaction
from patency.registry.entry import Entry, New, Packed, packed
from patency.registry.quality.check import check_all, check_patient
from patency.registry.quality.queries import accept, answer, query_named, withdraw
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, by_owner, made

TODAY = date(2026, 1, 1)
RULE = "stent-diameter-out-of-the-plausible"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = made(tmp_path)
    yield registry
    registry.close()


def entered(session: Session, diameter: float, pseudonym: str = "P-001") -> tuple[str, Entry]:
    """Enter a patient with a stent of some diameter, and return the patient and the stent."""
    patient = session.enrol(pseudonym).id
    session.add(New("consent", {"date": date(2024, 1, 1), "what": "consent"}, patient, patient))
    episode = session.add(New("episode", {"date": date(2024, 3, 1), "age": 40.0}, patient, patient))
    procedure = session.add(New("procedure", {"date": date(2024, 3, 2)}, patient, episode.id))
    return patient, session.add(
        New("stent", {"segment": "common_iliac", "diameter_mm": diameter}, patient, procedure.id)
    )


def check(session: Session, patient: str) -> list[str]:
    """Check a patient, and return the rules that fire."""
    return [hit.rule for hit in check_patient(session, patient, today=TODAY)]


def queries(session: Session) -> list[tuple[object, object]]:
    """Return each query's rule and what has become of it."""
    return [(entry.values["rule"], entry.values["status"]) for entry in session.entries("query")]


def test_a_hit_opens_one_query_however_often_it_is_checked(registry: Registry) -> None:
    """The id of a query follows from rule and record, so a second check adds nothing."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, stent = entered(anna, 60.0)

    assert check(anna, patient) == check(anna, patient) == [RULE]
    (query,) = anna.entries("query")
    assert query.version == 1
    assert query.values == {
        "rule": RULE, "kind": "stent", "record": stent.id, "record_version": 1.0, "status": "open", "date": TODAY,
    }  # fmt: skip
    assert query.id == anna.id_of("query", RULE, stent.id)


def test_a_query_is_resolved_by_the_correction_and_opened_again_by_the_next(registry: Registry) -> None:
    """What the data no longer fire is resolved by itself, and stays in the history."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, stent = entered(anna, 60.0)
    check(anna, patient)

    anna.correct("stent", stent.id, {"diameter_mm": 16.0}, "mistyped")
    assert check(anna, patient) == []
    assert queries(anna) == [(RULE, "resolved")]

    anna.correct("stent", stent.id, {"diameter_mm": 50.0}, "the label says so")
    check(anna, patient)
    (query,) = anna.entries("query")
    assert (query.values["status"], query.values["record_version"], query.version) == ("open", 3.0, 3)
    assert [entry.reason for entry in anna.history(patient) if entry.kind == "query"] == [
        "a quality rule fired", "the data no longer fire the rule", "the data fire the rule again",
    ]  # fmt: skip


def test_what_can_no_longer_be_told_is_not_resolved(registry: Registry) -> None:
    """Unknown is no pass: taking the value away does not answer the question about it."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, stent = entered(anna, 60.0)
    check(anna, patient)

    anna.correct("stent", stent.id, {"diameter_mm": None}, "cannot be read")
    assert check(anna, patient) == []
    assert queries(anna) == [(RULE, "open")]


def test_a_void_record_has_no_open_query(registry: Registry) -> None:
    """A record that should never have been there cannot be asked about."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient, stent = entered(ivo, 60.0)
    check(ivo, patient)

    ivo.void("stent", stent.id, "of another patient")
    assert check(ivo, patient) == []
    assert queries(ivo) == [(RULE, "resolved")]


def test_an_accepted_query_is_quiet_until_the_record_has_another_version(registry: Registry) -> None:
    """The investigator says that it is so; a correction that still fires the rule asks again."""
    anna, ivo = registry.sign_in("anna", PASSWORD), registry.sign_in("ivo", PASSWORD)
    patient, stent = entered(anna, 60.0)
    check(anna, patient)
    (query,) = anna.entries("query")

    answer(anna, query.id, "The label says 60 mm.")
    check(anna, patient)
    assert queries(anna) == [(RULE, "answered")]

    accept(ivo, query.id)
    assert check(anna, patient) == []
    (accepted,) = anna.entries("query")
    assert (accepted.values["status"], accepted.values["answer"]) == ("accepted", "The label says 60 mm.")
    assert accepted.author == "ivo"

    anna.correct("stent", stent.id, {"diameter_mm": 59.0}, "looked again")
    assert check(anna, patient) == [RULE]
    (again,) = anna.entries("query")
    assert (again.values["status"], again.values["record_version"]) == ("open", 2.0)
    assert "answer" not in again.values


def test_data_entry_does_not_accept_what_it_has_answered(registry: Registry) -> None:
    """Who enters is not who says that it is so."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, _ = entered(anna, 60.0)
    check(anna, patient)
    (query,) = anna.entries("query")

    with pytest.raises(Refused):
        accept(anna, query.id, "It is so.")
    assert queries(anna) == [(RULE, "open")]


def test_a_voided_query_is_not_opened_again(registry: Registry) -> None:
    """The check neither trips over it nor asks again."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient, _ = entered(ivo, 60.0)
    check(ivo, patient)
    (query,) = ivo.entries("query")
    withdraw(ivo, query.id, "the rule does not fit this device")

    check(ivo, patient)
    assert queries(ivo) == []


def test_a_whole_check_is_one_line_of_the_trail_beside_its_queries(registry: Registry) -> None:
    """How much was looked at and found stands in it, and no patient."""
    anna, ivo = registry.sign_in("anna", PASSWORD), registry.sign_in("ivo", PASSWORD)
    for number, diameter in enumerate((16.0, 60.0, 1.6)):
        entered(anna, diameter, f"P-{number}")

    def lines() -> list[tuple[str, str, str]]:
        table = schema.trail
        with closing(by_owner(registry)) as owned, transaction(owned.engine) as connection:
            rows = connection.execute(select(table).where(table.c.site == "north").order_by(table.c.seq))
            return [(row.action, row.kind, row.note) for row in rows]

    before = len(lines())
    found = check_all(ivo, today=TODAY)

    assert (found.patients, found.records, found.hits) == (3, 15, {RULE: 2})
    assert [line[:2] for line in lines()[before:]] == [("add", "query"), ("add", "query"), ("view", "")]
    assert '"hits":2' in lines()[-1][2]

    assert check_all(ivo, today=TODAY).hits == {RULE: 2}
    assert len(lines()) == before + 4  # the second check opens nothing, and is one line


def test_a_check_sees_one_site_alone(registry: Registry) -> None:
    """A user of one site neither checks nor counts another's patients."""
    anna, sam = registry.sign_in("anna", PASSWORD), registry.sign_in("sam", PASSWORD)
    entered(anna, 60.0)

    assert check_all(sam, today=TODAY)[:2] == (0, 0)
    assert queries(sam) == []
    assert check_patient(sam, anna.patient("P-001"), today=TODAY) == ()


def test_one_may_look_without_opening_queries(registry: Registry) -> None:
    """A reader may check, and writes nothing of it but that they looked."""
    anna, rita = registry.sign_in("anna", PASSWORD), registry.sign_in("rita", PASSWORD)
    entered(anna, 60.0)

    assert check_all(rita, today=TODAY, is_opening=False).hits == {RULE: 1}
    assert queries(anna) == []
    with pytest.raises(Refused):
        check_all(rita, today=TODAY)


def test_a_query_is_found_by_how_its_id_begins(registry: Registry) -> None:
    """As many letters as tell it from the others are enough."""
    anna = registry.sign_in("anna", PASSWORD)
    patient, _ = entered(anna, 60.0)
    check(anna, patient)
    (query,) = anna.entries("query")

    assert query_named(anna, query.id[:8]) == query.id
    with pytest.raises(Refused):
        query_named(anna, "")


def test_no_query_and_no_consult_is_written_by_hand(registry: Registry) -> None:
    """Else data entry could accept what only the investigator may, or keep a consult that never was."""
    anna, ivo = registry.sign_in("anna", PASSWORD), registry.sign_in("ivo", PASSWORD)
    patient, _ = entered(anna, 60.0)
    check(anna, patient)
    (query,) = anna.entries("query")
    for who in (anna, ivo):
        with pytest.raises(Refused, match="no query is written by hand"):
            who.correct("query", query.id, {"status": "accepted"}, "it is so")
        with pytest.raises(Refused, match="no query is written by hand"):
            who.add(New("query", query.values, patient, patient))
        with pytest.raises(Refused, match="no query is written by hand"):
            who.add_packed([Packed("query", packed(query.values), patient, patient, "1" * 32)])
        with pytest.raises(Refused, match="no query is written by hand"):
            who.void("query", query.id, "away with it")
        with pytest.raises(Refused, match="no consult is written by hand"):
            who.add_all([New("consult", {"page_hash": "0" * 64}, patient, "1" * 32)], is_checked=True)
    assert queries(anna) == [(RULE, "open")]
