"""`patency registry map`, `import` and `export`, as they are typed: a file is drafted, corrected, tried, written, and taken out."""

import re
from datetime import date
from pathlib import Path

import pytest

from patency.cli import main
from patency.cli.registry_import import account_for, opened
from patency.registry.entry import New
from patency.registry.files import foreseen
from patency.registry.files.account import refused_beside
from patency.registry.files.run import Import
from patency.registry.quality.check import check_patient
from patency.registry.registry import Registry
from patency.registry.session import Session

from .bringing import brought, mapped
from .made import PASSWORD, forms, library, made

FILE = """patient,visit,date,pain,ulcer,ulcer_size_cm
N1,1,2024-06-01,3,none,
N1,2,2024-09-01,2,active,1.5
N2,1,2024-06-01,2,none,
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a registry in which N1 is enrolled, and a file; the password is set as a program sets it."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    session = made(tmp_path, label="synthetic").sign_in("ivo", PASSWORD)
    patient = session.enrol("N1").id
    session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, patient, patient))
    (tmp_path / "visits.csv").write_text(FILE)
    return tmp_path


def test_a_file_is_drafted_corrected_tried_written_and_taken_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed says what was done; rows that are refused end the command with 3 and stand in a file beside."""
    registry, file, mapping = str(folder / "registry"), str(folder / "visits.csv"), folder / "visits.map.yaml"

    assert (
        main(["registry", "map", registry, file, "--kind", "visit", "--source", "clinic", "--out", str(mapping)]) == 0
    )
    assert main(["registry", "import", registry, file, str(mapping), "--user", "anna"]) == 3
    said = capsys.readouterr()
    assert "the part 'visit' is a guess" in said.err

    confirmed = mapping.read_text().replace(", guessed: yes", "").replace("  guessed: yes\n", "")
    mapping.write_text(confirmed)
    assert main(["registry", "import", registry, file, str(mapping), "--user", "anna"]) == 3
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "3 rows in = 2 kept + 1 refused"
    assert "nothing was written" in said.out
    assert "1 row refused; the rest is as it would be written" in said.err

    assert main(["registry", "import", registry, file, str(mapping), "--user", "anna", "--write"]) == 3
    said = capsys.readouterr()
    assert "visits: 2 new" in said.out
    assert (folder / "visits.csv.refused.csv").read_text().count("\n") == 2

    out = folder / "out"
    assert main(["registry", "export", registry, str(out), "--user", "ivo"]) == 0
    assert f"{out / 'synthetic-visit.csv'}: 2 records, synthetic" in capsys.readouterr().out
    assert main(["registry", "export", registry, str(folder / "redcap"), "--user", "ivo", "--redcap"]) == 0
    assert "synthetic-redcap.csv: " in capsys.readouterr().out


def test_what_came_in_and_is_unlikely_becomes_a_query(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A visit before the patient's thrombosis is kept, and asked about."""
    mapping = folder / "map.yaml"
    mapping.write_text("""registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - kind: event
    key: [visit]
    parent: only one
    items: {date: {column: date}, what: {column: what}}
""")
    (folder / "events.csv").write_text("patient,visit,date,what\nN1,1,2024-09-01,death\nN1,2,2024-10-01,readmission\n")
    typed = [str(folder / "registry"), str(folder / "events.csv"), str(mapping), "--user", "anna"]
    assert main(["registry", "import", *typed]) == 0
    told = re.search(r"the quality rules would raise (\d+) quer", capsys.readouterr().out)
    assert main(["registry", "import", *typed, "--write"]) == 0
    asked = re.search(r"the quality rules ask about (\d+) record", capsys.readouterr().out)
    assert told
    assert asked
    assert int(told[1]) >= 1  # the readmission after the death
    assert told[1] == asked[1]
    assert main(["registry", "import", *typed]) == 0
    assert "the quality rules would raise no query" in capsys.readouterr().out  # they stand already


def test_a_dry_run_of_many_patients_says_why_no_queries_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each, all that stands must be read: up to some number of them it is."""
    monkeypatch.setattr(foreseen, "MOST_PATIENTS", 1)
    (folder / "map.yaml").write_text("""registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - {kind: patient, items: {sex_at_birth: {column: sex}}}
""")
    (folder / "patients.csv").write_text("patient,sex\nN2,female\nN3,male\n")
    typed = [str(folder / "registry"), str(folder / "patients.csv"), str(folder / "map.yaml"), "--user", "anna"]
    assert main(["registry", "import", *typed]) == 0
    assert "how many queries the rows would raise is told of up to" in capsys.readouterr().out


def test_a_correction_that_mends_raises_no_query(folder: Path) -> None:
    """What a dry run counts are queries that are new: of what would stand, and not of what stands."""
    session = Registry(folder / "registry", library(), forms()).sign_in("anna", PASSWORD)
    patient = session.patient("N1")
    (folder / "visits.csv").write_text("patient,visit,date,weight\nN1,1,2024-06-01,60\nN1,2,2024-07-01,20\n")
    mapping = """registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - {kind: visit, key: [visit], parent: only one, items: {date: {column: date}, weight: {column: weight}}}
"""
    assert would_raise(session, folder / "visits.csv", mapping) >= 1
    brought(session, folder / "visits.csv", mapping)
    check_patient(session, patient)
    (folder / "mended.csv").write_text("patient,visit,date,weight\nN1,2,2024-07-01,61\n")
    (folder / "worse.csv").write_text("patient,visit,date,weight\nN1,2,2022-07-01,20\n")
    assert would_raise(session, folder / "mended.csv", mapping) == 0
    assert would_raise(session, folder / "worse.csv", mapping) >= 1  # a visit before the thrombosis


def would_raise(session: Session, file: Path, mapping: str) -> int:
    """Return how many queries a dry run foresees; nothing is written by it."""
    found = mapped(session, mapping)
    rows = opened(file, found)
    trying = Import(session, rows, found, account_for(rows, found, refused_beside(file)), correct="mended")
    before = [len(session.history(entry.id)) for entry in session.entries("patient")]
    trying.run()
    queries = trying.foreseen.queries(session)
    assert queries is not None
    assert before == [len(session.history(entry.id)) for entry in session.entries("patient")]
    return queries


def test_the_mapping_of_the_manual_brings_its_file_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/mapping-files.md shows is read as it says."""
    manual = (Path(__file__).parents[2] / "docs" / "mapping-files.md").read_text()
    for name, language in (("manual.yaml", "yaml"), ("manual.csv", "csv")):
        text = manual.partition(f"```{language}\n")[2].partition("```")[0]
        (folder / name).write_text(text.replace("N-17", "N1"))
    typed = [str(folder / "registry"), str(folder / "manual.csv"), str(folder / "manual.yaml"), "--user", "anna"]
    assert main(["registry", "import", *typed]) == 0
    assert "2 rows in = 2 kept + 0 refused" in capsys.readouterr().out


def test_what_an_import_that_was_stopped_had_written_is_looked_over_when_it_is_run_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at the keyboard before the rules ran: it says what stands, and the second run asks about it."""
    mapping = folder / "map.yaml"
    mapping.write_text("""registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - kind: visit
    key: [visit]
    parent: latest
    items: {date: {column: date}, weight: {column: weight}}
""")
    (folder / "visits.csv").write_text("patient,visit,date,weight\nN1,1,2024-06-01,5\n")
    typed = ["registry", "import", str(folder / "registry"), str(folder / "visits.csv"), str(mapping), "--user", "anna"]

    def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("patency.cli.registry_import.look_over", stopped)
        assert main([*typed, "--write"]) == 130
    said = capsys.readouterr().err
    assert "what was written before that stands" in said
    assert "the quality rules have not been run over it" in said

    assert main([*typed, "--write"]) == 0
    said = capsys.readouterr().out
    assert "1 of those kept stood already as they are" in said
    assert "the quality rules ask about 2 records" in said


PATIENTS = """registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - {kind: patient, items: {sex_at_birth: {column: sex}}}
"""


def test_a_dry_run_remarks_upon_pseudonyms_that_may_tell_who_somebody_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their rows, and without repeating them; of those who stand already nothing is said."""
    (folder / "map.yaml").write_text(PATIENTS)
    (folder / "patients.csv").write_text("patient,sex\nN2,female\nAnne Weber,female\nP-20111210,male\n")
    typed = [str(folder / "registry"), str(folder / "patients.csv"), str(folder / "map.yaml"), "--user", "anna"]
    assert main(["registry", "import", *typed]) == 0
    told = capsys.readouterr().out
    assert "! 2 new pseudonyms that may tell who somebody is" in told
    assert "rows 2, 3; once written it cannot be corrected" in told
    assert "Weber" not in told
    assert main(["registry", "import", *typed, "--write"]) == 0
    capsys.readouterr()
    assert main(["registry", "import", *typed]) == 0
    assert "may tell" not in capsys.readouterr().out


def test_pseudonyms_like_formulas_or_like_anothers_are_remarked_upon(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that stand already are compared with too, and the same one twice is one patient."""
    (folder / "map.yaml").write_text(PATIENTS)
    file = folder / "patients.csv"
    typed = ["registry", "import", str(folder / "registry"), str(file), str(folder / "map.yaml"), "--user", "anna"]
    file.write_text(
        'patient,sex\n"=HYPERLINK(""http://x"")",female\n@SUM,female\n-2,male\nI-11,male\ni-11,male\nＩ-11,male\nI-12,male\nI-12,male\n'
    )
    for more in ((), ("--write",)):
        assert main([*typed, *more]) == 0
        told = capsys.readouterr().out
        assert (
            "! 3 new pseudonyms that a spreadsheet may take for a formula, for it begins with one of = + - @: rows 1, 2, 3;"
            in told
        )
        assert (
            "! 2 new pseudonyms that differ from another patient's only by capitals, the width of letters or blanks: "
            in told
        )
        assert "rows 5, 6; once written it cannot be corrected" in told
        assert "HYPERLINK" not in told
    file.write_text("patient,sex\nI-11,male\nI -12,female\n")
    assert main(typed) == 0
    told = capsys.readouterr().out
    assert "! 1 new pseudonym that differs from another patient's" in told
    assert "row 2; once" in told
