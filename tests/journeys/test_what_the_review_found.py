"""Mistakes that were once made, and stay mended."""

from datetime import date
from pathlib import Path

import pytest

from patency.casefile import read_case
from patency.cli import MISTYPED, main
from patency.consult.page import consult
from patency.consult.text import to_text
from patency.document import read_bytes, read_document
from patency.guideline.model import Library
from patency.truth import Truth

EXAMPLES = Path(__file__).parents[2] / "examples"


def page(name: str, library: Library, on: date = date(2026, 5, 29)):  # type: ignore[no-untyped-def]
    document = read_document(read_bytes(EXAMPLES / f"{name}.yaml"), name)
    case, faults = read_case(document, library.lexicon.vocabulary, on, also=("expect",))
    assert not faults
    return consult(library, case.seen_on(on))


def test_a_date_is_said_as_seen_on_the_day_of_the_page(library: Library) -> None:
    """Three days ago on 29 May is thirteen days ago on 8 June, and the page says of which day its findings are."""
    text = to_text(page("acute-severe-adult", library, date(2026, 6, 8)), 400)
    assert "26 May 2026 (13 days ago)" in text
    assert "findings of 29 May 2026" in text


def test_an_item_is_present_only_where_its_section_applies(library: Library) -> None:
    """What a list says of chronic obstruction is not present in a clot of five days, however mild."""
    for name in ("ivc-extension", "day-18", "residual-thrombus"):
        for sheet in page(name, library).sheets:
            for section in sheet.sections:
                assert section.truth is Truth.YES or not section.of(Truth.YES) or sheet.sheet.about == ""


def test_a_complete_list_of_veins_is_read_back_as_complete(library: Library) -> None:
    """Whoever lists the veins involved reads that no other is."""
    assert "and no other" in to_text(page("femoropopliteal", library), 400)


def test_a_page_is_not_written_over_its_own_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The case survives a mistyped --out."""
    case = tmp_path / "case.yaml"
    written = (EXAMPLES / "mild.yaml").read_bytes()
    case.write_bytes(written)
    assert main(["consult", str(case), "--out", str(case)]) == MISTYPED
    assert case.read_bytes() == written
    assert "over its own case" in capsys.readouterr().err
