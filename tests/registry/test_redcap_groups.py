"""A file of REDCap's that several institutions share brings in the patients of one's own alone; and its headers are understood."""

from pathlib import Path

import pytest

from patency.cli import CASE_REFUSED, DONE, main
from patency.registry.registry import Registry
from registry.made import PASSWORD, forms, library, made

FILE = """record_id,redcap_data_access_group,sex
N-1,north,female
N-2,north,male
S-1,south,female
X-1,,male
"""
MAP = """registry map: patency-registry-map/1
source: redcap
patient: {column: record_id}
records: [{kind: patient, items: {sex_at_birth: {column: sex}}}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a registry, and with the file."""
    made(tmp_path).close()
    (tmp_path / "all.csv").write_text(FILE)
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    return tmp_path


def bring(folder: Path, mapping: str, *more: str) -> int:
    (folder / "all.yaml").write_text(mapping)
    return main(["registry", "import", str(folder / "registry"), str(folder / "all.csv"), str(folder / "all.yaml"),
                 "--user", "ivo", *more])  # fmt: skip


def test_several_groups_are_refused_where_the_mapping_names_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another site's patients come in by no oversight; a file of one group is one's own."""
    assert bring(folder, MAP) == CASE_REFUSED
    said = capsys.readouterr().err
    assert "all.csv holds records of several data access groups, such as north and south" in said
    assert "groups: [north]" in said
    (folder / "all.csv").write_text("".join(FILE.splitlines(keepends=True)[:3]))
    assert bring(folder, MAP) == DONE


@pytest.mark.parametrize(
    ("groups", "kept", "refused"), [("[north]", 2, 2), ("[north, blank]", 3, 1), ("[south]", 1, 3)]
)
def test_rows_of_other_groups_are_refused_and_counted(
    groups: str, kept: int, refused: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of no group too, unless the mapping says blank."""
    assert bring(folder, f"{MAP}groups: {groups}\n", "--write") == CASE_REFUSED
    said = capsys.readouterr()
    assert f"4 rows in = {kept} kept + {refused} refused" in said.out
    assert f"refused, a record of another data access group: {refused}" in said.out
    registry = Registry(folder / "registry", library(), forms())
    assert len(list(registry.sign_in("ivo", PASSWORD).entries("patient"))) == kept
    registry.close()


def test_a_draft_tells_of_the_groups_and_leaves_them_to_a_person(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With how many records each has; as drafted no row comes in."""
    assert main(["registry", "map", str(folder / "registry"), str(folder / "all.csv"), "--kind", "patient"]) == DONE
    drafted = capsys.readouterr().out
    assert "several data access groups: north (2 records); south (1 record); blank (1 record)." in drafted
    assert bring(folder, drafted.replace("guessed: yes", "guessed: no")) == CASE_REFUSED
    assert "it is not said which data access groups are your site's" in capsys.readouterr().err


LABELS = {  # headers, and the column that each item is drafted from
    "code,Visit date,Weight (kg),Height [cm],Calf left (cm)": {
        "date": "Visit date", "weight": "Weight (kg)", "height": "Height [cm]", "calf_left_cm": "Calf left (cm)"},
    "code,Date of visit,Body weight,DOB": {"date": "Date of visit", "weight": "Body weight"},
    "code,Visit date,Date of visit,Calf (cm)": {},
}  # fmt: skip


@pytest.mark.parametrize("headers", LABELS)
def test_items_are_found_by_what_headers_say(headers: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without units and small words; never where two columns, or two items, fit; and no day of birth."""
    (folder / "v.csv").write_text(f"{headers}\nN-1{',' * headers.count(',')}\n")
    assert main(["registry", "map", str(folder / "registry"), str(folder / "v.csv"), "--kind", "visit"]) == DONE
    drafted = " ".join(capsys.readouterr().out.partition("items:")[2].partition("left_out:")[0].split())
    for item, column in LABELS[headers].items():
        assert f"{item}: {{column: {column}, guessed: yes}}" in drafted.replace("'", "")
    assert drafted.count("column:") == len(LABELS[headers])


def test_sex_is_found_and_a_day_of_birth_is_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The one by a part of the item's name, the other because it tells who somebody is."""
    (folder / "p.csv").write_text("code,Sex,DOB\nN-1,female,2010-01-01\n")
    assert main(["registry", "map", str(folder / "registry"), str(folder / "p.csv"), "--kind", "patient"]) == DONE
    drafted = capsys.readouterr().out
    assert "column: Sex" in drafted
    assert "DOB: a date of birth" in drafted


def test_enrolment_by_hand_remarks_as_an_import_does(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pseudonym like another's, and one like a formula; an ordinary one is not remarked upon."""
    said = []
    for pseudonym in ("P-9", "p-9", "=9"):
        assert main(["registry", "enrol", str(folder / "registry"), pseudonym, "--user", "ivo"]) == DONE
        said.append("\n".join(each for each in capsys.readouterr().err.splitlines() if "pseudonym" in each))
    assert said[0] == ""
    assert "differs from another patient's only by capitals" in said[1]
    assert "a spreadsheet may take for a formula" in said[2]
