"""What imports and exports refuse: mappings that cannot be read, files that fit none, rows that cannot come in, texts nobody named."""

import io
import os
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from unittest import mock

from patency import table
from patency.cli import main
from patency.registry.entry import New
from patency.registry.files import bounds, excel
from patency.registry.files.account import Account
from patency.registry.files.export import export
from patency.registry.files.run import Import
from patency.registry.keep.erase import REASONS, erase
from patency.registry.session import Session
from patency.table import Stream
from registry.bringing import brought, mapped
from registry.hostile import FILES
from registry.hostile import MAPPING as VISITS
from registry.made import PASSWORD, made

HEAD = "registry map: patency-registry-map/1\nsource: clinic\npatient: {column: patient}\n"
ROWS = "patient,visit,date,pain,weight,ulcer,note\nA1,1,2024-03-01,3,62.5,none,well\n"


def _ivo(folder: Path, episodes: int = 1) -> Session:
    session = made(folder).sign_in("ivo", PASSWORD)
    patient = session.enrol("A1").id
    for _ in range(episodes):
        session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, patient, patient))
    return session


def _groups(folder: Path, named: str) -> str:
    """Bring in a file of REDCap's that two institutions share."""
    rows = "patient,redcap_data_access_group\nA2,north\nA3,south\nA4,\n"
    return _said(_ivo(folder), folder, rows, f"{HEAD}{named}records: [{{kind: patient}}]\n", "patients.csv")


def _map(text: str) -> Callable[[Path], object]:
    return lambda folder: mapped(made(folder).sign_in("ivo", PASSWORD), text)


def _said(session: Session, folder: Path, rows: str = ROWS, mapping: str = VISITS, name: str = "visits.csv") -> str:
    (folder / name).write_text(rows)
    account = brought(session, folder / name, mapping)
    return "".join(f"{fault}\n" for fault in account.faults)


def _hostile(name: str) -> Callable[[Path], object]:
    """Bring in one of the hostile files, as tests/registry/test_hostile.py does them all."""

    def piece(folder: Path) -> object:
        file, mapping = FILES[name](), VISITS
        for before, after in file.otherwise:
            mapping = mapping.replace(before, after, 1)
        path = folder / f"{name}.{file.ending}"
        path.write_bytes(file.content)
        return "".join(f"{fault}\n" for fault in brought(_ivo(folder), path, mapping, write=False).faults)

    return piece


def _otherwise(folder: Path) -> str:
    session = _ivo(folder)
    _said(session, folder)
    return _said(session, folder, ROWS.replace("62.5", "63"))


def _voided(folder: Path) -> str:
    session = _ivo(folder)
    _said(session, folder)
    session.void("visit", next(session.entries("visit")).id, "another patient's")
    return _said(session, folder)


def _erased(folder: Path) -> str:
    session = _ivo(folder)
    erase(session, session.patient("A1"), next(iter(REASONS)))
    return _said(session, folder)


def _odd_id(folder: Path) -> str:
    mapping = VISITS.replace("key: [visit]", "id: visit")
    return _said(_ivo(folder), folder, mapping=mapping)


def _shown(*typed: str) -> str:
    said = io.StringIO()
    with (
        mock.patch.dict(os.environ, {"PATENCY_PASSWORD": PASSWORD}),
        redirect_stdout(io.StringIO()),
        redirect_stderr(said),
    ):
        code = main(["registry", *typed])
    return f"{said.getvalue()}exit code {code}\n"


def _import_of_no_file(folder: Path) -> str:
    made(folder)
    (folder / "map.yaml").write_text(VISITS)
    return _shown(
        "import", str(folder / "registry"), str(folder / "none.csv"), str(folder / "map.yaml"), "--user", "ivo"
    )


def _import_with_refused_rows(folder: Path) -> str:
    _ivo(folder)
    (folder / "map.yaml").write_text(VISITS)
    (folder / "visits.csv").write_text(ROWS + "A2,1,2024-03-01,3,62.5,none,\n")
    return _shown(
        "import",
        str(folder / "registry"),
        str(folder / "visits.csv"),
        str(folder / "map.yaml"),
        "--user",
        "ivo",
    )


def _export_into_a_folder_in_use(folder: Path) -> None:
    (folder / "notes.txt").write_text("")
    export(made(folder).sign_in("ivo", PASSWORD), folder)


def _too_large(folder: Path) -> object:
    """A file of four thousand million bytes, none of which is written."""
    (folder / "visits.csv").touch()
    os.truncate(folder / "visits.csv", table.LARGEST_STREAM + 1)
    return brought(_ivo(folder), folder / "visits.csv", VISITS)


def _unpacked_too_large(folder: Path) -> object:
    """A workbook that says of itself that it unpacks to two thousand million bytes."""
    with zipfile.ZipFile(folder / "visits.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.filelist[0].file_size = 2_000_000_000
    return brought(_ivo(folder), folder / "visits.xlsx", VISITS)


def _far(folder: Path) -> object:
    """A sheet with one cell in its far corner."""
    (folder / "visits.xlsx").write_bytes(FILES["excel-far-corner"]().content)
    return brought(_ivo(folder), folder / "visits.xlsx", VISITS)


def _unopened(folder: Path) -> object:
    """A file of an older format, in less memory than any opens in."""
    (folder / "visits.xls").write_bytes(b"\xd0\xcf\x11\xe0 this was a workbook once")
    with mock.patch.object(bounds, "MOST_MEMORY", 1):
        return brought(_ivo(folder), folder / "visits.xls", VISITS)


def _merged(folder: Path) -> object:
    """A sheet of which more cells are merged than are looked at."""
    (folder / "visits.xlsx").write_bytes(FILES["excel-merged"]().content)
    with mock.patch.object(excel, "_MOST_MERGED", 1):
        return brought(_ivo(folder), folder / "visits.xlsx", VISITS)


def _changed_meanwhile(folder: Path) -> object:
    """A file of which a row is taken out between its opening and its reading."""
    session = _ivo(folder)
    (folder / "visits.csv").write_text(ROWS)
    found = mapped(session, VISITS)
    rows = Stream(folder / "visits.csv")
    (folder / "visits.csv").write_text(ROWS.splitlines()[0])
    return Import(session, rows, found, Account()).run()


def _twice(folder: Path) -> object:
    """The same file, with one id for two patients, twice."""
    session = _ivo(folder)
    other = session.enrol("A2").id
    session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, other, other))
    mapping = VISITS.replace("key: [visit]", "id: visit")
    row = f"A1,{'a' * 32},2024-03-01,3,62.5,none,well\n"
    head, said = ROWS.splitlines()[0] + "\n", ""
    for rows in (row + row.replace("A1", "A2"), row.replace("A1", "A2")):
        said += _said(session, folder, head + rows, mapping)
    return said


ID = "a" * 32
BY_ID = VISITS.replace("key: [visit]", "id: visit")


def _of_another_episode(folder: Path) -> str:
    """A visit that hangs on one episode, and then, by the same id, on the other."""
    session = _ivo(folder, 2)
    mapping = BY_ID.replace("parent: only one", "parent: {id: episode}")
    head = "patient,visit,date,pain,weight,ulcer,note,episode\n"
    said = [_said(session, folder, f"{head}A1,{ID},2024-03-01,3,62.5,none,well,{episode.id}\n", mapping)
            for episode in session.entries("episode")]  # fmt: skip
    return "".join(said)


def _of_the_erased(folder: Path) -> str:
    """The id of a visit of a patient who was erased, in a row of somebody else."""
    session = _ivo(folder)
    row = ROWS.replace("A1,1,", f"A1,{ID},")
    assert not _said(session, folder, row, BY_ID)
    erase(session, session.patient("A1"), next(iter(REASONS)))
    other = session.enrol("A2").id
    session.add(New("episode", {"date": date(2024, 2, 1), "age": 15.0}, other, other))
    return _said(session, folder, row.replace("A1,", "A2,"), BY_ID)


def _made_twice(folder: Path) -> str:
    """Two parts of a mapping that make one record of a row."""
    mapping = BY_ID.replace("  - kind: visit", "  - kind: visit\n    part: first")
    part = BY_ID[BY_ID.index("  - kind: visit") :].replace("kind: visit", "kind: visit\n    part: second")
    return _said(_ivo(folder), folder, ROWS.replace("A1,1,", f"A1,{ID},"), mapping + part)


def _corrected_otherwise(folder: Path) -> str:
    """A correction that does not fit what the mapping does not read."""
    session = _ivo(folder)
    assert not _said(session, folder, ROWS.replace("none", "active"))
    session.correct(
        "visit", next(session.entries("visit")).id, {"compression": "daily", "compression_class": "2"}, "asked"
    )
    mapping = VISITS.replace("ulcer: {column: ulcer}", "compression: {column: ulcer}")
    (folder / "visits.csv").write_text(ROWS)
    return "".join(
        f"{fault}\n" for fault in brought(session, folder / "visits.csv", mapping, correct="asked again").faults
    )


def _taken_by_none(folder: Path) -> str:
    """A row that makes an event, and says something that only a visit could."""
    mapping = (
        VISITS.replace("key: [visit]", "rows: {visit: filled}\n    key: [visit]")
        + """  - kind: event
    rows: {what: filled}
    key: [date]
    parent: only one
    items: {date: {column: date}, what: {column: what}}
"""
    )
    rows = "patient,visit,date,pain,weight,ulcer,note,what\nA1,,2024-03-01,3,,,,readmission\n"
    return _said(_ivo(folder), folder, rows, mapping)


def _taken(folder: Path) -> Path:
    (folder / "visits.csv").write_text(ROWS)
    return folder / "visits.csv"


def _draft_over_a_mapping(folder: Path) -> str:
    (folder / "map.yaml").write_text("mine")
    return _shown("map", str(folder), str(folder / "visits.csv"), "--out", str(folder / "map.yaml"))


def _export_into_a_file(folder: Path) -> None:
    (folder / "file").write_text("")
    export(made(folder).sign_in("ivo", PASSWORD), folder / "file" / "out")


PIECES: dict[str, Callable[[Path], object]] = {
    "map-that-says-nothing": _map("registry map: patency-registry-map/2\nrecord: []\n"),
    "map-that-leaves-the-groups-open": _map(HEAD + "groups: ['?']\nrecords: [{kind: patient}]\n"),
    "import-of-several-groups": lambda folder: _groups(folder, ""),
    "import-of-another-group": lambda folder: _groups(folder, "groups: [north]\n"),
    "map-of-no-kind": _map(HEAD + "records: [{kind: visits}, {kind: query}, {guessed: yes, kind: episode, item: {}}]\n"),
    "map-with-parents-that-cannot-be": _map(HEAD + """records:
  - {kind: episode, parent: only one}
  - {kind: visit}
  - {kind: visit, part: twice, parent: first}
  - {kind: procedure, part: twice, parent: {row: episode, key: [a]}}
  - {kind: imaging, parent: {row: visits}}
  - {kind: stent, parent: same date}
"""),
    "map-with-odd-items": _map(HEAD + """records:
  - kind: visit
    parent: only one
    items: {pains: {column: a}, pain: {is: much}}
  - kind: response
    parent: {row: visit}
    items: {instrument: {is: vilalta}, date: {column: b}}
  - kind: response
    part: side
    parent: {row: visit}
    items: {instrument: {is: vte-bleed}, side: {is: left}, date: {column: b}}
"""),
    "map-with-a-guessed-patient": _map(HEAD.replace("patient}", "patient, guessed: yes}") + "records: [{kind: consent}]\n"),
    "map-that-reads-a-name": lambda folder: _said(_ivo(folder), folder, ROWS.replace("patient,", "patient_name,").replace("note", "email"),
        VISITS.replace("{column: patient}", "{column: patient_name}").replace("{column: note}", "{column: email}")
        + "left_out: {email: x, nothing: y}\n"),
    "import-of-rows-that-differ": _otherwise,
    "import-of-a-sheet-that-reaches-far": _far,
    "import-of-a-workbook-that-cannot-be-opened": _unopened,
    "import-of-a-sheet-all-merged": _merged,
    "import-of-a-bomb": _hostile("excel-bomb"),
    "import-of-a-file-that-changes": _changed_meanwhile,
    "import-of-one-id-for-two-patients": _twice,
    "import-of-a-visit-of-another-episode": _of_another_episode,
    "import-of-the-record-of-somebody-erased": _of_the_erased,
    "import-of-one-record-by-two-parts": _made_twice,
    "import-of-a-correction-that-does-not-fit": _corrected_otherwise,
    "import-of-an-answer-that-no-part-takes": _taken_by_none,
    "import-whose-refused-rows-would-overwrite": lambda folder: Account(_taken(folder)),
    "import-whose-refused-rows-go-nowhere": lambda folder: Account(folder / "none" / "refused.csv"),
    "map-drafted-over-a-mapping": _draft_over_a_mapping,
    "map-of-a-pseudonym-among-the-items": _map(HEAD + "records: [{kind: patient, items: {pseudonym: {column: name}}}]\n"),
    "export-into-a-file": _export_into_a_file,
    "typed-bytes-that-are-no-letters": lambda folder: _shown("list", str(folder), "--user", "an\udcff"),
    "entries-of-no-kind": lambda folder: list(made(folder).sign_in("ivo", PASSWORD).entries("identity")),
    "import-of-a-voided-record": _voided,
    "import-of-an-erased-patient": _erased,
    "import-by-odd-ids": _odd_id,
    "import-with-two-episodes": lambda folder: _said(_ivo(folder, 2), folder),
    "import-of-no-file": _import_of_no_file,
    "import-with-refused-rows": _import_with_refused_rows,
    "import-of-a-file-too-large": _too_large,
    "import-of-a-sheet-too-large": _unpacked_too_large,
    "import-of-a-finding-of-nothing": lambda folder: _said(_ivo(folder), folder, "patient,date,what,said\nA1,2024-03-01,wait,5 kg\n",
        HEAD + "records: [{kind: finding, key: [date], parent: only one, items: {date: {column: date}, concept: {column: what}, "
        "written: {column: said}}}]\n"),
    **{f"import-{name}": _hostile(name) for name in (
        "strangers", "no-episode", "keys-twice", "keys-blank", "nothing-said", "huge-cell", "excel-errors", "identities", "out-of-range",
        "excel-sheets", "excel-broken", "excel-empty", "not-asked", "cannot-be-together", "header-again", "ragged", "column-missing",
        "blank-rows", "unseen-letters", "answers-mistyped", "nul", "quote-unclosed", "latin-1-unnamed",
    )},
    "export-into-a-folder-in-use": _export_into_a_folder_in_use,
    "export-of-no-such-text": lambda folder: export(made(folder).sign_in("ivo", PASSWORD), folder / "out", ["visit.nota", "visit.pain"]),
    "export-by-data-entry": lambda folder: export(made(folder).sign_in("anna", PASSWORD), folder / "out"),
    "map-drafted-of-no-kind": lambda folder: _shown("map", str(folder), str(folder / "none.csv"), "--kind", "visits"),
}  # fmt: skip
