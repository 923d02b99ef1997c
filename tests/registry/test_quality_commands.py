"""The quality rules from the shell: check, query, rule."""

import json
from datetime import date
from pathlib import Path

import pytest

from patency.cli import CASE_REFUSED, CONTENT_REFUSED, DONE, main
from patency.registry.entry import New
from patency.table import read_table
from registry.made import PASSWORD, made

RULE = "stent-diameter-out-of-the-plausible"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the folder of a registry with a label and one stent that is too wide."""
    registry = made(tmp_path, label="synthetic")
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("=P-001").id
    anna.add(New("consent", {"date": date(2024, 1, 1), "what": "consent"}, patient, patient))
    episode = anna.add(New("episode", {"date": date(2024, 3, 1), "age": 40.0}, patient, patient))
    procedure = anna.add(New("procedure", {"date": date(2024, 3, 2)}, patient, episode.id))
    anna.add(New("stent", {"segment": "common_iliac", "diameter_mm": 60.0}, patient, procedure.id))
    registry.close()
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    return str(tmp_path / "registry")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that is done, and return what it prints."""
    assert main(["registry", *arguments]) == DONE
    return capsys.readouterr().out


def test_a_hit_goes_from_check_to_accepted(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Checked, listed, answered by data entry, accepted by the investigator, and quiet from then on."""
    checked = said(capsys, "check", folder, "--user", "ivo")
    assert checked.startswith("*** SYNTHETIC: ")
    assert "\n1 patient, 5 records, " in checked
    assert f"1 hit, 0 not told: {RULE} (implausible)." in checked

    listed = said(capsys, "query", "list", folder, "--user", "anna")
    assert "1 query (open or answered)" in listed
    query = json.loads(said(capsys, "query", "list", folder, "--user", "anna", "--json"))["queries"][0]["id"]
    assert query[:8] in listed

    said(capsys, "query", "answer", folder, query[:8], "The label says 60 mm.", "--user", "anna")
    assert main(["registry", "query", "accept", folder, query[:8], "--user", "anna"]) == CASE_REFUSED
    capsys.readouterr()
    said(capsys, "query", "accept", folder, query[:8], "--user", "ivo")

    assert "0 queries" in said(capsys, "query", "list", folder, "--user", "anna")
    assert "The label says 60 mm." in said(capsys, "query", "list", folder, "--user", "anna", "--status", "accepted")


def test_a_query_is_withdrawn_by_an_investigator_and_not_asked_again(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Data entry may not, and it takes a reason; from then on no check asks again."""
    said(capsys, "check", folder, "--user", "ivo")
    query = json.loads(said(capsys, "query", "list", folder, "--user", "ivo", "--json"))["queries"][0]["id"]
    for user, reason in (("anna", "A graft, and no stent."), ("ivo", " ")):
        assert main(["registry", "query", "withdraw", folder, query[:8], reason, "--user", user]) == CASE_REFUSED
    capsys.readouterr()
    said(capsys, "query", "withdraw", folder, query[:8], "A graft, and no stent.", "--user", "ivo")

    said(capsys, "check", folder, "--user", "ivo")
    assert "0 queries" in said(capsys, "query", "list", folder, "--user", "ivo")


def test_to_look_opens_nothing(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader sees what the rules find, and no query is opened by it."""
    assert RULE in said(capsys, "check", folder, "--user", "rita", "--look")
    assert "0 queries" in said(capsys, "query", "list", folder, "--user", "rita")
    assert main(["registry", "check", folder, "--user", "rita"]) == CASE_REFUSED


def test_what_is_written_for_programs_says_what_the_text_says(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """CSV and JSON hold the same counts, and both the registry's label."""
    found = json.loads(said(capsys, "check", folder, "--user", "ivo", "--json"))
    table = read_table(said(capsys, "check", folder, "--user", "ivo", "--csv").encode(), "check.csv")

    assert (found["label"], found["patients"], found["records"]) == ("synthetic", 1, 5)
    assert [[str(row["rule"]), str(row["hits"])] for row in found["found"]] == [[row[0], row[3]] for row in table.rows]
    assert {row[table.header.index("label")] for row in table.rows} == {"synthetic"}


def test_free_text_leaves_only_if_it_is_asked_for(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An answer is free text; and what a spreadsheet might run is written so that it does not."""
    said(capsys, "check", folder, "--user", "anna")
    query = json.loads(said(capsys, "query", "list", folder, "--user", "anna", "--json"))["queries"][0]["id"]
    said(capsys, "query", "answer", folder, query, "Seen on the label.", "--user", "anna")

    assert "Seen" not in said(capsys, "query", "list", folder, "--user", "anna", "--json")
    written = said(capsys, "query", "list", folder, "--user", "anna", "--csv")
    assert "Seen" not in written
    assert ",'=P-001," in written
    assert "Seen" in said(capsys, "query", "list", folder, "--user", "anna", "--csv", "--answers")


def test_a_rule_is_listed_read_aloud_and_tried(capsys: pytest.CaptureFixture[str]) -> None:
    """As instruments are."""
    assert "procedure-before-onset: procedure, impossible." in said(capsys, "rule", "list")
    shown = said(capsys, "rule", "show", "procedure-before-onset")
    assert "Fires when the time from the onset of symptoms is below 0 days." in shown
    assert "Patency's own reading" in shown
    assert "met: no fault" in said(capsys, "rule", "check")


def test_rules_that_fail_their_examples_end_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that says other than its examples is not used in silence."""
    folder = tmp_path / "registry" / "quality"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text(
        "rules_of: own\n"
        "cite: [{source: registry-data-set, mark: inference}]\n"
        "rules:\n"
        "  r: {of: visit, kind: implausible, when: pain < 5, says: It fires., fix: Mend it., examples: [\n"
        "    {fires: yes, episode: {visit: {pain: 9}}}, {fires: no, episode: {visit: {pain: 2}}}]}\n"
    )

    assert main(["registry", "rule", "check", "--content", str(tmp_path)]) == CONTENT_REFUSED
    assert "the rule 'r' says no here; expected: yes" in capsys.readouterr().err


def test_the_statistician_is_shown_no_query(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Who sees no pseudonyms lists no queries, and is told nothing of them."""
    said(capsys, "check", folder, "--user", "ivo")
    assert main(["registry", "query", "list", folder, "--user", "stat"]) == CASE_REFUSED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "P-001" not in shown.err
