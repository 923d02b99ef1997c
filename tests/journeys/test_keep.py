"""`patency guideline prove --keep`: a counterexample becomes a scenario of its guideline, and nothing else changes."""

import difflib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from patency.guideline.files import CONTENT
from unit.small import FILES, files, write

from .conftest import Run

Patency = Callable[..., Run]
CLASHING = FILES["guidelines/leaflet.yaml"].replace("    when: severity = mild\n", "    when: severity >= mild\n")
KEPT = "counterexample: leaflet severe and mild"


def added(before: str, after: str) -> list[str]:
    """Return the lines that were added; nothing may have been taken away or moved."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert not [line for line in lines if line.startswith("- ")]
    return [line[2:] for line in lines if line.startswith("+ ")]


def test_a_broken_rule_of_the_library_is_kept_as_a_scenario_that_check_tries(patency: Patency, tmp_path: Path) -> None:
    """In a copy of the library two variants clash; the patient stands in the file, and the content is still whole."""
    content = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    file = content / "guidelines" / "acr-2020.yaml"
    broken = file.read_text(encoding="utf-8").replace(
        "severity in [minimal, mild] and otherwise_healthy", "otherwise_healthy", 1
    )
    file.write_text(broken, encoding="utf-8")
    ran = patency("guideline", "prove", "acr-2020", "--content", str(content), "--keep")
    lines = added(broken, file.read_text(encoding="utf-8"))

    assert ran.code == 4
    assert "kept in guidelines/acr-2020.yaml: counterexample: acr-2020 v1 and v2" in ran.out
    assert '  - case: "counterexample: acr-2020 v1 and v2"' in lines
    assert "      scope: yes" in lines
    assert any("v1: yes, v2: yes" in line for line in lines)
    assert "counterexample" not in patency("guideline", "check", str(content)).err, "it is met as the rules stand"


def prove_and_keep(patency: Patency, folder: Path, text: str, newline: str = "\n") -> tuple[Run, str]:
    """Prove the small content with this guideline, and return what its file then is."""
    content = write(folder / "content", files())
    file = content / "guidelines" / "leaflet.yaml"
    file.write_bytes(text.replace("\n", newline).encode())
    ran = patency("guideline", "prove", "--content", str(content), "--keep")
    return ran, file.read_bytes().decode()


def test_what_is_kept_is_tried_from_then_on(patency: Patency, tmp_path: Path) -> None:
    """Once the rule is mended, the scenario says what was expected of it when it was broken."""
    _, kept = prove_and_keep(patency, tmp_path, CLASHING)
    assert KEPT not in patency("guideline", "check", str(tmp_path / "content")).err
    (tmp_path / "content" / "guidelines" / "leaflet.yaml").write_text(
        kept.replace("    when: severity >= mild\n", "    when: severity = mild\n"), encoding="utf-8"
    )
    ran = patency("guideline", "check", str(tmp_path / "content"))

    assert ran.code == 4
    assert f"in '{KEPT}', rule 'mild' is no; expected: yes" in ran.err


def test_it_is_kept_once(patency: Patency, tmp_path: Path) -> None:
    """A second proof finds it there."""
    _, kept = prove_and_keep(patency, tmp_path, CLASHING)
    again = patency("guideline", "prove", "--content", str(tmp_path / "content"), "--keep")

    assert f"kept already, in guidelines/leaflet.yaml: {KEPT}" in again.out
    assert (tmp_path / "content" / "guidelines" / "leaflet.yaml").read_text(encoding="utf-8") == kept


BEGINNING, SCENARIOS = CLASHING.split("scenarios:\n")
FLAT = "scenarios:\n" + "".join(line.removeprefix("  ") + "\n" for line in SCENARIOS.splitlines())
LAYOUTS = {
    "as it is": CLASHING,
    "without an end of line": CLASHING.rstrip("\n"),
    "with a comment at the end": CLASHING + "\n# The end.\n",
    "with the scenarios first": f"# A head.\nscenarios:  # three of them\n{SCENARIOS}\n# Who and what.\n{BEGINNING.lstrip()}",
    "with items that are not indented": BEGINNING + FLAT,
    "without any scenario": BEGINNING,
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_however_the_file_is_laid_out_only_lines_are_added(
    patency: Patency, tmp_path: Path, text: str, newline: str
) -> None:
    """Comments, order, indentation and ends of line stay; the new lines are one block, and the file is read as before."""
    ran, kept = prove_and_keep(patency, tmp_path, text, newline)
    lines = added(text, kept)

    assert f"kept in guidelines/leaflet.yaml: {KEPT}" in ran.out
    assert sum(KEPT in line for line in lines) == 1
    assert kept.count("\r\n") == (kept.count("\n") if newline == "\r\n" else 0)
    checked = patency("guideline", "check", str(tmp_path / "content"))
    assert KEPT not in checked.err


def test_a_claim_of_no_single_guideline_is_not_kept_and_says_so(patency: Patency, tmp_path: Path) -> None:
    """It is proved again each time, so nothing is lost."""
    claim = b"claims:\n  bleeding-alarms: {says: Bleeding raises an alarm, if: bleeding, shows: [alerts/threat]}\n"
    content = write(tmp_path / "content", files() | {"claims.yaml": claim})
    before = {path: path.read_bytes() for path in content.rglob("*.yaml")}
    ran = patency("guideline", "prove", "--content", str(content), "--keep")

    assert ran.code == 4
    assert "not kept: bleeding-alarms is of no single guideline; the claim itself will find it again" in ran.out
    assert {path: path.read_bytes() for path in content.rglob("*.yaml")} == before
