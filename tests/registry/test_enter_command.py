"""What is entered and looked up by hand, as it is typed: enrol, add, correct, show, consult."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from patency.cli import CASE_REFUSED, DONE, UNREADABLE, main
from patency.registry.pseudonym import tells_who
from registry.made import PASSWORD, forms, made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the folder of a registry with a label; the password is set as a program sets it."""
    made(tmp_path, label="synthetic").close()
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    monkeypatch.setenv("PATENCY_USER", "ivo")
    return str(tmp_path / "registry")


def said(capsys: pytest.CaptureFixture[str], verb: str, folder: str, *arguments: str) -> str:
    """Run a command that is done, and return what it prints."""
    assert main(["registry", verb, folder, *arguments, "--user", "ivo"]) == DONE
    return capsys.readouterr().out


def test_a_patient_is_entered_and_looked_up(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A query is said once and then counted; values have their units; the consult names what no rule uses, and its age."""
    said(capsys, "enrol", folder, "N-1", "sex_at_birth=female")
    first = said(
        capsys,
        "add",
        folder,
        "N-1",
        "episode",
        "date=2026-03-01",
        "age=14.53456781",
        "first_treatment=pcdt",
        "platelets=240",
    )
    assert "query: " in first
    assert "open before" not in first
    second = said(capsys, "add", folder, "N-1", "visit", "date=2026-03-02", "pain=4", "weight=61 kg")
    assert "open before" in second
    asked = {line for line in first.splitlines() if "query: " in line}
    assert not asked & set(second.splitlines())

    shown = said(capsys, "show", folder, "N-1")
    assert shown.startswith("*** SYNTHETIC: ")
    assert "weight: 61 kg" in shown
    assert "age: 14 years 6 months" in shown
    assert "platelets: 240 10^9/L" in shown

    page = said(capsys, "consult", folder, "N-1", "--on", "2026-06-01")
    assert "Recorded, and not used by any rule:" in page
    assert "visit of 2 Mar 2026: pain 4" in page
    assert "the platelet count: 240 10^9/L: 3 months ago, from the registry, episode of 2026-03-01" in page
    told = json.loads(said(capsys, "consult", folder, "N-1", "--on", "2026-06-01", "--format", "json"))
    assert {"record": "visit of 2 Mar 2026", "says": "pain 4"} in told["recorded_and_not_used"]
    (platelets,) = [each for each in told["to_ask_again"] if each["concept"] == "platelets"]
    assert (platelets["on"], platelets["days_ago"]) == ("2026-03-01", 92)
    assert told["consult"]["case"]["about"].startswith("*** SYNTHETIC: ")


def test_a_consult_for_a_program_says_as_which_consult_it_was_kept(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the schema, into which nothing else fits; a decision is noted by that id, and the hash is of the page without it."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=14.5", "platelets=240")
    told = json.loads(said(capsys, "consult", folder, "N-1", "--on", "2026-06-01", "--format", "json"))
    assert main(["schema", "registry-consult"]) == DONE
    schema = Draft202012Validator(json.loads(capsys.readouterr().out))
    schema.validate(told)
    for other in ({**told, "more": 1}, {**told, "consult": {**told["consult"], "more": 1}}, {**told, "kept_as": ""}):
        assert not schema.is_valid(other)
    said(
        capsys,
        "decide",
        folder,
        told["kept_as"],
        "anticoagulation_alone",
        "--by",
        "board",
        "--why",
        "mild",
        "--on",
        "2026-06-01",
    )
    without = {name: each for name, each in told.items() if name != "kept_as"}
    page = json.dumps(without, ensure_ascii=False, indent=2) + "\n"
    shown = said(capsys, "show", folder, "N-1")
    assert "mild" in shown
    assert hashlib.sha256(page.encode()).hexdigest() in shown


def test_a_case_file_goes_into_a_new_file_and_reads(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the person's own file, opens as it stands, and no consult is kept of it."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=14.5")
    file = tmp_path / "N-1.yaml"
    assert said(capsys, "consult", folder, "N-1", "--on", "2026-03-01", "--case", "--out", str(file)) == ""
    assert file.stat().st_mode & 0o777 == 0o600
    assert main(["consult", str(file), "--on", "2026-03-01"]) == DONE
    capsys.readouterr()
    assert "consult" not in said(capsys, "history", folder, "N-1")


def test_a_consult_whose_page_can_be_put_nowhere_is_not_kept(
    folder: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The file is made first; where the consult is refused after it, none is left."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=44 years")
    for place in (tmp_path / "gone" / "page.txt", tmp_path / ("x" * 300)):
        typed = ["registry", "consult", folder, "N-1", "--on", "2026-03-01", "--out", str(place)]
        assert main(typed) == UNREADABLE
    assert main(["registry", "consult", folder, "N-1", "--on", "2025-03-01", "--out", str(tmp_path / "page")]) != DONE
    assert not (tmp_path / "page").exists()
    capsys.readouterr()
    assert "consult" not in said(capsys, "history", folder, "N-1")


def test_a_cut_adds_the_registrys_own_figures(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As beside the consult of any case: in text and for a program, with what the page says of the cut."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=14.5", "side=left", "first_treatment=pcdt")
    said(capsys, "cut", folder, str(tmp_path / "cut"))
    page = said(capsys, "consult", folder, "N-1", "--on", "2026-03-01", "--cut", str(tmp_path / "cut"))
    assert "This registry · " in page
    told = said(
        capsys, "consult", folder, "N-1", "--on", "2026-03-01", "--cut", str(tmp_path / "cut"), "--format", "json"
    )
    assert json.loads(told)["consult"]["registry"]["steps"]


ITEMS = ["pain", "cramps", "heaviness", "paraesthesia", "pruritus", "oedema", "induration", "pigmentation", "redness", "ectasia",
         "compression_pain"]  # fmt: skip


def test_a_scale_is_entered_item_by_item(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its scores are said at once, with version and sources; what is blank is named, and is no nought; a correction ends it."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=14.5")
    said(capsys, "add", folder, "N-1", "visit", "date=2026-09-01")
    typed = [f"answers.{name}={points}" for name, points in zip(ITEMS, "21100200000", strict=True)]
    first = said(capsys, "add", folder, "N-1", "response", "instrument=villalta", "date=2026-09-01", "side=left",
                 *typed[:-1], "answers.ulcer=no")  # fmt: skip
    told = " ".join(first.split())
    assert "*** SYNTHETIC: " in first
    assert "Villalta scale of post-thrombotic syndrome (villalta; 11 items and an ulcer, ISTH 2009), left leg:" in told
    assert "Villalta total: 6 to 9 of 33: not told, 1 item is blank [villalta-practical-haemostasis" in told
    assert "a blank item leaves it open, and never counts as 0" in told
    assert "Villalta category: mild [" in told  # 5 to 9, whatever the answer
    assert "blank: answers.compression_pain (Pain when the calf is pressed)" in told

    (scale,) = re.findall(r"filled-in scale ([0-9a-f]{32})", first)
    then = " ".join(
        said(capsys, "correct", folder, "response", scale, f"{typed[-1][:-1]}1", "--reason", "asked again").split()
    )
    assert "Villalta total: 7 of 33 [" in then
    assert "Villalta category: mild [" in then
    assert "blank:" not in then


def test_what_one_blank_does_is_the_scales_own_rule(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of an empty scale, and of one in another version, no score is said; the total written elsewhere never stands for one."""
    said(capsys, "enrol", folder, "N-1")
    said(capsys, "add", folder, "N-1", "episode", "date=2026-03-01", "age=14.5")
    said(capsys, "add", folder, "N-1", "visit", "date=2026-09-01")
    response = (folder, "N-1", "response", "instrument=villalta", "date=2026-09-01", "total=7")
    empty = " ".join(said(capsys, "add", *response).split())
    assert "nothing is scored: no item has an answer" in empty
    other = " ".join(said(capsys, "add", *response, "version=9 items").split())
    assert "nothing is scored: it was filled in in another version" in other
    assert "of 33" not in empty + other


def test_the_items_of_a_scale_are_listed_as_they_are_typed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each has the names and the codes of its answers; every scale can be listed."""
    assert main(["registry", "form", "response", "villalta"]) == DONE
    listed = capsys.readouterr().out
    assert all(f"answers.{name}: " in listed for name in [*ITEMS, "ulcer"])
    assert "none (0); mild (1); moderate (2); severe (3); or declined" in listed
    for name in forms().scales:
        assert main(["registry", "form", "response", name]) == DONE
        assert all(f"answers.{item}: " in capsys.readouterr().out for item in list(forms().scales[name].items)[:1])


def test_a_correction_to_what_stands_is_refused(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No version is made that changes nothing; who takes a person's refusal for a missing answer is asked which it is."""
    said(capsys, "enrol", folder, "N-1", "sex_at_birth=female")
    patient = said(capsys, "show", folder, "N-1").splitlines()[1].split()[1]
    correct = [
        "registry",
        "correct",
        folder,
        "patient",
        patient,
        "sex_at_birth=female",
        "--reason",
        "mistyped",
        "--user",
        "ivo",
    ]
    assert main(correct) == CASE_REFUSED
    assert "says the same already" in capsys.readouterr().err
    screen = ["registry", "screen", folder, "date=2026-03-01", "enrolled=no", "reason=declined", "--user", "ivo"]
    assert main(screen) == CASE_REFUSED
    assert "write refused" in capsys.readouterr().err


def test_a_pseudonym_that_may_tell_who_somebody_is_is_refused_unless_it_is_said_why(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal does not repeat it; why it was taken anyway stands in the history, and N-17 needs no reason."""
    assert main(["registry", "enrol", folder, "North Alpha", "--user", "ivo"]) == CASE_REFUSED
    told = capsys.readouterr()
    assert "looks like a name" in told.err
    assert "Alpha" not in told.err
    assert "is enrolled" in said(capsys, "enrol", folder, "North Alpha", "--anyway", "our sites name their own codes")
    assert "our sites name their own codes" in said(capsys, "history", folder, "North Alpha")
    assert "is enrolled" in said(capsys, "enrol", folder, "N-17")


def test_why_a_pseudonym_is_taken_is_kept_where_it_looks_like_nothing_too(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that is typed is dropped in silence; blanks alone are no reason."""
    said(capsys, "enrol", folder, "N-17", "--anyway", "its number in the older study")
    assert "its number in the older study" in said(capsys, "history", folder, "N-17")
    said(capsys, "enrol", folder, "N-18", "--anyway", " ")
    assert said(capsys, "history", folder, "N-18").rstrip().endswith("“N-18”.")


def test_blanks_around_a_pseudonym_are_none_of_it(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An import reads it without them: the two would be two patients."""
    said(capsys, "enrol", folder, " N-17 ")
    assert "N-17" in said(capsys, "show", folder, "N-17")
    assert main(["registry", "enrol", folder, "N-17", "--user", "ivo"]) == CASE_REFUSED
    assert "enrolled under this pseudonym already" in capsys.readouterr().err


NAMES = """
Anne Müller · Müller, Anne · O'Neil, Ada · Jean-Luc Le Roux · Müller-Anna · ANNA_M · anna.mueller · anna mueller · MUELLER ANNA
mueller,anna · müller_a · M_Anna · AnnaMueller · anna-mueller2 · Anna Müller 2 · MUELLER-ANNA87 · anna_müller_1987 · A.Müller
Anna-Maria Lopez · d'Angelo_Pia · ANNA.M1 · van der Berg, Ann
"""
DAYS = """
2011-12-10 · 10.12.2011 · P 10/12/11 · 20111210 · 10122011 · 1.2.2010 · 1. 2. 2010 · 1 2 2010 · 2/13/2010 · 01-Feb-2010 · 01FEB2010
1. Februar 2010 · 1-Mär-10 · 3 août 2009 · Feb 1, 2010 · February-01-2010 · 2010-Feb-01 · 2010_02_01 · 01_02_2010 · 01.02.10
87-02-28 · P20100201 · N-20111210 · 02132010 · AM010287 · am-870228 · A.M.010287 · ANM 021387
"""
NEITHER = """
N-17 · SYN-north-00003 · north 17 · Anna · N-2026-004 · 4711 · A1 B2 · B-0012 · SITE3-104 · P2024-017 · P-000101 · P-010287 · HH-000101
010287 · UKE-CVT-012 · BER-ULM12 · site-a · Site_B · patient_x · PAT-A7 · study-arm-2 · Klinik_Nord_3 · DE-01-02-0003 · 49-13-77
0012-2010 · 2024/017 · 100-200-300 · A-B · CVT_PTS · HD-2024-0117 · MAR-2010 · N-kept · P001a · X20991399 · 12345678 · AB123456
UKB.012 · PTS2 · TEST-ONE · 3.14.159 · a_b_c · IVC-12-MAY
"""


@pytest.mark.parametrize(
    ("pseudonym", "looks_like"),
    [(each.strip(), looks_like)
     for looks_like, some in (("a name", NAMES), ("a date", DAYS), ("", NEITHER))
     for line in some.strip().splitlines() for each in line.split(" · ")],
)  # fmt: skip
def test_names_and_days_are_told_from_pseudonyms(pseudonym: str, looks_like: str) -> None:
    """Words that are joined as a name is, and none of them a study's; or a day, as it is written in any country."""
    assert tells_who(pseudonym).startswith(looks_like)
    assert bool(tells_who(pseudonym)) is bool(looks_like)


def test_values_may_stand_behind_the_options(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each command that takes them; what is no value is refused as before."""
    assert main(["registry", "enrol", folder, "Z-2", "--user", "ivo", "sex_at_birth=male"]) == DONE
    assert "sex_at_birth: male" in said(capsys, "show", folder, "Z-2")
    said(capsys, "add", folder, "Z-2", "episode", "date=2026-03-01", "--user", "ivo", "age=44 years")
    assert "age: 44 years" in said(capsys, "show", folder, "Z-2")
    with pytest.raises(SystemExit):
        main(["registry", "enrol", folder, "Z-3", "--user", "ivo", "male"])
    assert "unrecognized arguments: male" in capsys.readouterr().err


def test_a_screening_entry_is_corrected_by_the_id_that_the_list_shows(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said when it is noted, too; that the log was listed is a line of the trail."""
    noted = said(capsys, "screen", folder, "date=2026-11-20", "age_band=12_to_17", "enrolled=no", "reason=refused")
    listed = said(capsys, "list", folder, "--screening")
    (entry,) = re.findall(r"screening entry ([0-9a-f]{32}) of 2026-11-20\n", listed)
    assert entry in noted
    assert "reason: declined to take part" in listed
    assert (
        main(["registry", "correct", folder, "screening", entry[:6], "reason=missed", "--reason", "mistyped"]) == DONE
    )
    assert "reason: missed" in said(capsys, "list", folder, "--screening")
    assert "saw the list of screening entries, 1 of them" in said(capsys, "trail", folder)
