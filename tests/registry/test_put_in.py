"""A row that was written beside Patency, by a raw connection: what stops working, who is told of it, and how it is taken out."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from patency.cli import CASE_REFUSED, DONE, main
from patency.fault import Refused
from patency.registry.database import transaction
from patency.registry.entry import now, stamped
from patency.registry.keep.held import Held
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from registry.made import PASSWORD, by_operator, by_owner
from registry.tampering import tampering

GUIDE = (Path(__file__).parents[2] / "docs" / "registry-on-postgresql.md").read_text(encoding="utf-8")
NEW = "0" * 32
ROWS = ("a version of a patient who is there", "a patient of nobody", "a screening entry")


def row(which: str, registry: Registry, patient: str) -> tuple[str, str, int, str]:
    """Return the table, the id, the version and the patient of a row."""
    screening = registry.vault.id_of("screening", "north")
    return dict(zip(ROWS, (("patient", patient, 2, patient), ("patient", NEW, 1, NEW), ("screening", NEW, 1, screening)),
                    strict=True))[which]  # fmt: skip


def put(registry: Registry, token: str, table: str, record: str, version: int, patient: str) -> None:
    """Write a row that nobody sealed, as a user of north's with a raw connection does; on SQLite as who holds the file."""
    with transaction(registry.engine, token, is_writing=True) as connection:
        connection.execute(
            text(f"INSERT INTO {table} (site, id, version, patient, author, at, is_void, sealed) "
                 "VALUES ('north', :id, :version, :patient, 'anna', :at, false, :sealed)"),
            {"id": record, "version": version, "patient": patient, "at": stamped(now()), "sealed": b"nothing"},
        )  # fmt: skip


@pytest.mark.parametrize("which", ROWS)
def test_a_row_that_was_put_in_is_named_with_whose_name_it_bears(which: str, registry: Registry) -> None:
    """And nothing else is: the keys fit, so no copy of them is to be put back; the advice says so."""
    anna = registry.sign_in("anna", PASSWORD)
    table, record, version, patient = row(which, registry, anna.enrol("N-1").id)
    put(registry, anna.token, table, record, version, patient)
    with closing(by_owner(registry)) as owned:
        (finding,) = verify(Held.of(owned))
    words = "screening entry" if table == "screening" else "patient"
    assert finding.what.startswith(
        f"the {words} {record}, version {version} was put in: no line of the trail tells of it"
    )
    assert "it bears the name of 'anna', and says that it was written on " in finding.what
    assert "user stop" in finding.fix
    assert "no key and no backup is to be put back" in finding.fix
    assert "patients.db" not in finding.fix


def test_a_backup_tells_of_a_row_that_was_put_in(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is made all the same: what stands is kept as it stands."""
    by_operator(registry, monkeypatch)
    folder = str(registry.folder)
    anna = registry.sign_in("anna", PASSWORD)
    assert main(["registry", "backup", folder, str(tmp_path / "before.zip")]) == DONE
    assert "! " not in capsys.readouterr().out
    put(registry, anna.token, "patient", NEW, 1, NEW)
    assert main(["registry", "backup", folder, str(tmp_path / "after.zip")]) == DONE
    said = f"! 1 row in it that no line of the trail tells of, such as of north the patient {NEW}, version 1: "
    assert said in capsys.readouterr().out


def test_a_row_that_was_put_in_is_taken_out_as_the_guide_says(
    new_registry: Callable[[str], Registry], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The patient cannot be read until the owner does it; then everything is as before, and all fits."""
    registry = new_registry("postgresql")
    by_operator(registry, monkeypatch)
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    put(registry, anna.token, "patient", patient, 2, patient)
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    assert main(["registry", "show", str(registry.folder), "N-1", "--user", "anna"]) == CASE_REFUSED
    assert "its seal does not fit" in capsys.readouterr().err
    (statements,) = [
        each for each in re.findall(r"^```sql\n(.*?)^```$", GUIDE, re.M | re.S) if "DISABLE TRIGGER" in each
    ]
    with closing(by_owner(registry)) as owned:
        with owned.engine.connect() as connection:
            for statement in (
                statements.replace("'ID'", f"'{patient}'").replace("version = 1", "version = 2").split(";")[:-1]
            ):
                if statement.strip() not in ("BEGIN", "COMMIT"):
                    connection.execute(text(statement))
            connection.commit()
        assert list(verify(Held.of(owned))) == []
    assert main(["registry", "show", str(registry.folder), "N-1", "--user", "anna"]) == DONE
    assert f"patient {patient}" in capsys.readouterr().out


def test_a_replaced_key_is_told_beside_a_row_that_was_put_in(registry: Registry) -> None:
    """What is put in hides nothing: of the same patient the version that the trail knows is tried by the key."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    put(registry, anna.token, "patient", patient, 2, patient)
    with tampering(registry) as connection:
        connection.execute(text("UPDATE patient SET author = 'ivo' WHERE version = 1"))
    with closing(by_owner(registry)) as owned:
        told = [str(each) for each in verify(Held.of(owned))]
    assert any(f"the key of the patient {patient} does not open their record" in each for each in told)
    assert any("was put in" in each for each in told)


def test_who_reads_a_row_that_was_put_in_is_refused(registry: Registry) -> None:
    """Nothing is shown that nobody sealed."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    put(registry, anna.token, "patient", patient, 2, patient)
    with pytest.raises(Refused, match="its seal does not fit"):
        anna.record_of(patient)
