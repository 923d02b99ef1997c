"""A consult beside a cut of one's own registry, from the command line and over HTTP."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patency.cli import DONE, UNREADABLE, main
from patency.consult.json import SCHEMA
from patency.consult.own import own_registry
from patency.cut import Cut, open_cut
from patency.cut.opened import held
from patency.fault import Refused
from patency.guideline.model import Library
from patency.web.app import application
from web.asking import ask
from web.visiting import Visitor

WORKED = Path(__file__).parents[2] / "examples" / "acute-severe-adult.yaml"
LOUD = "SYNTHETIC: NOBODY IN IT EVER LIVED; NO FIGURE OF IT IS EVIDENCE"


def test_a_cut_adds_what_came_after_each_option(demo: Cut, capsys: pytest.CaptureFixture[str]) -> None:
    """The page has the registry's figures with their definitions, loudly labelled at head and foot."""
    assert main(["consult", str(WORKED), "--cut", str(demo.folder)]) == DONE
    said = " ".join(capsys.readouterr().out.split())
    assert said.count(LOUD) == 2
    assert f"This registry · {demo.manifest.registry}, cut {demo.manifest.content[:12]}" in said
    assert "[pts-attract]:" in said
    assert "pts-attract: Post-thrombotic syndrome, ATTRACT:" in said


def test_json_of_a_cut_fits_the_schema(demo: Cut, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure has its count, of how many and its interval, or is withheld in words."""
    assert main(["consult", str(WORKED), "--cut", str(demo.folder), "--format", "json"]) == DONE
    written = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(written)
    own = [each for outcomes in written["outcomes"] for option in outcomes["options"] for each in option["registry"]]
    assert "synthetic" in demo.manifest.warning.lower()
    assert written["registry"]["steps"]
    assert own
    for each in (*own, *written["registry"]["everybody"]):
        assert (each["label"], each["content"]) == (demo.manifest.warning, demo.manifest.content)
    for each in own:
        assert each["definition_words"]
        assert each["definition_citation"]
        assert each["withheld"] or each["units"] is not None
        assert each["count"] is None or (each["of"] is not None and each["interval"])


def test_a_folder_that_is_no_cut_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with what is wrong with it, before anything is worked out."""
    for command in (["consult", str(WORKED)], ["serve", "--port", "0"]):
        assert main([*command, "--cut", str(tmp_path)]) == UNREADABLE
        assert "the cut is refused" in capsys.readouterr().err


def test_a_server_with_a_cut_tells_of_it_on_the_page_and_to_programs(demo: Cut, library: Library) -> None:
    """The page of an example, and the interface for programs, have the registry beside the published figures."""
    app = application(library, {"worked": WORKED.read_bytes()}, own=own_registry(demo.folder, library))
    visitor = Visitor(app)
    shown = visitor.open("/examples/worked")
    again = visitor.send(shown)
    for page in (shown, again):
        assert page.text.count(f'<strong class="loud">{LOUD}') >= 3
        assert 'id="happened"' in page.text
        assert "This registry" in page.words
    answer = json.loads(
        ask(
            app,
            "POST /api/1/consult",
            {"host": "localhost:8000", "content-type": "application/yaml"},
            body=WORKED.read_bytes(),
        ).text
    )
    assert answer["registry"]["content"] == demo.manifest.content
    assert any(option["registry"] for each in answer["outcomes"] for option in each["options"])


@pytest.mark.parametrize("what", ["changed", "gone"])
def test_a_server_tells_of_what_it_checked_whatever_becomes_of_the_folder(
    demo: Cut, library: Library, tmp_path: Path, what: str
) -> None:
    """After its files are changed or its folder is gone, a cut that is served says what it said at the start."""
    folder = Path(shutil.copytree(demo.folder, tmp_path / "cut"))
    app = application(library, {"worked": WORKED.read_bytes()}, own=own_registry(folder, library))
    for path in folder.glob("*.parquet") if what == "changed" else ():
        path.write_bytes(b"no table")
    if what == "gone":
        folder.rename(tmp_path / "moved")
    now = Visitor(app).open("/examples/worked")
    untouched = application(library, {"worked": WORKED.read_bytes()}, own=own_registry(demo.folder, library))
    assert now.code == 200
    assert now.text == Visitor(untouched).open("/examples/worked").text


def test_a_cut_that_changes_while_it_is_opened_is_not_held(demo: Cut, tmp_path: Path) -> None:
    """What is taken into memory is what has the hash, and every file that has it not is named."""
    folder = Path(shutil.copytree(demo.folder, tmp_path / "cut"))
    cut = open_cut(folder)
    (folder / "limb.parquet").unlink()
    (folder / "episode.parquet").write_bytes(b"no table")
    with pytest.raises(Refused) as refused:
        held(cut)
    assert {(Path(each.where.file).name, each.what) for each in refused.value.faults} == {
        ("limb.parquet", "a table of the cut is missing"),
        ("episode.parquet", "the table was changed after it was cut"),
    }
