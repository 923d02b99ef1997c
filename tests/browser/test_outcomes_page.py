"""The report of outcomes in a real browser: accessible, readable on a phone and on paper, its label on every sheet."""

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outcome.reporting import reported_of
from patency.casefile import read_case
from patency.consult.html import to_html
from patency.consult.own import own_registry
from patency.consult.page import consult
from patency.cut import open_cut
from patency.document import read_bytes, read_document
from patency.guideline.model import Library
from patency.publish.outcomes import figures, page
from patency.publish.press import Press
from patency.registry.cutting.cut import cut
from patency.registry.demo.make import Wanted, make
from patency.registry.registry import Registry
from registry.made import PASSWORD, forms

from .faults import faults_of
from .test_pages import A4_BROAD, A4_TALL, CUT_OFF, MARGIN, PIXELS, opened
from .test_survey_page import BEYOND, COLLIDING

BANNER = "SYNTHETIC: nobody in it ever lived; no figure of it is evidence"
LETTERS = """() => [...document.querySelectorAll('svg.figure text')].map(each => parseFloat(getComputedStyle(each).fontSize))"""


@pytest.fixture(scope="session")
def report_files(browser: Any, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  nothing is written for no browser
    """Write the report of a synthetic registry of 160 patients, whole and as if they had lived, and a figure by itself."""
    folder = tmp_path_factory.mktemp("outcomes")
    make(folder / "registry", library, forms(), Wanted(160, seed=5), PASSWORD)
    registry = Registry(folder / "registry", library, forms())
    cut(registry.sign_in("statistician", PASSWORD), folder / "cut")
    registry.close()
    opened_cut = open_cut(folder / "cut")
    for name, fewest in (("whole", 1), ("withheld", 5)):
        reported = reported_of(opened_cut, fewest=fewest)
        (folder / f"{name}.html").write_bytes(page(reported, Press(library)))
    for name, content in figures(reported_of(opened_cut)).items():
        (folder / f"{name}.svg").write_bytes(content)
    return folder


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
@pytest.mark.parametrize("name", ["whole", "withheld"])
def test_axe_finds_no_fault(tab: Any, report_files: Path, name: str, scheme: str, width: int) -> None:
    """WCAG 2.2 AA and good practice, on a desktop and a phone, in the light and in the dark."""
    assert faults_of(opened(tab, report_files / f"{name}.html", width, scheme)) == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("name", ["whole", "withheld"])
def test_figures_fit_and_nothing_lies_upon_anything(tab: Any, report_files: Path, name: str, width: int) -> None:
    """The page does not scroll sideways; no letters of a figure touch others, and none leave it."""
    seen = opened(tab, report_files / f"{name}.html", width)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.evaluate("document.querySelectorAll('svg.figure text').length") > 40
    assert seen.evaluate(BEYOND) == []
    assert seen.evaluate(COLLIDING) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_each_card_of_a_consult_says_whose_its_figures_are(
    tab: Any, report_files: Path, library: Library, tmp_path: Path, width: int
) -> None:
    """Where the table's head is not seen, each option says SYNTHETIC itself, and after, not because of; else its head does."""
    worked = Path(__file__).parents[2] / "examples" / "acute-severe-adult.yaml"
    case, _ = read_case(
        read_document(read_bytes(worked), "case"), library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",)
    )
    page_of = to_html(consult(library, case, own_registry(report_files / "cut", library)))
    (tmp_path / "consult.html").write_text(page_of, encoding="utf-8")
    seen = opened(tab, tmp_path / "consult.html", width)
    cells = seen.evaluate(
        "[...document.querySelectorAll('td.after-cell')].filter(each => /\\d of \\d/.test(each.innerText))"
        ".map(each => [each.dataset.who, each.innerText])"
    )
    assert {who for who, _ in cells} >= {"This registry"}
    is_card = width == 390
    assert all(("after, not because of" in text) is is_card for _, text in cells)
    assert all(("SYNTHETIC" in text) is (is_card and who == "This registry") for who, text in cells)
    head = seen.locator("table.beside thead").first
    assert ("SYNTHETIC" in head.inner_text()) or is_card
    assert seen.evaluate("document.documentElement.scrollWidth") <= width


def test_letters_are_as_large_on_a_phone_as_on_a_desk(tab: Any, report_files: Path) -> None:
    """A figure is laid out for its width, and not shrunk to it."""
    found = []
    for width in (320, 1280):
        seen = opened(tab, report_files / "whole.html", width)
        found.append(seen.evaluate(LETTERS))
    assert found[0] == found[1]
    assert min(found[0]) >= 12


def test_on_paper_nothing_is_cut_off_and_no_figure_is_higher_than_a_sheet(tab: Any, report_files: Path) -> None:
    """Every line of a sheet of A4 ends within the margins, and each drawing stands on one sheet."""
    width = int((A4_TALL - 2 * MARGIN) * PIXELS)
    seen = opened(tab, report_files / "whole.html", width, media="print")
    assert seen.evaluate(CUT_OFF, width) == []
    heights = seen.evaluate(
        "[...document.querySelectorAll('svg.figure')].map(each => each.getBoundingClientRect().height)"
    )
    assert max(heights) < (A4_BROAD - 2 * MARGIN) * PIXELS * 0.8  # beneath the label and a head
    assert seen.evaluate(COLLIDING) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="nothing here reads a PDF: apt-get install poppler-utils")
def test_every_sheet_bears_the_label(tab: Any, report_files: Path, tmp_path: Path) -> None:
    """Whichever sheet is torn out, it says that nobody in it lived."""
    paper = tmp_path / "report.pdf"
    seen = opened(tab, report_files / "whole.html")
    seen.emulate_media(media="print")
    seen.pdf(path=paper, format="A4", prefer_css_page_size=False)
    read = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, check=True, text=True).stdout
    sheets = read.rstrip("\f").split("\f")
    assert len(sheets) > 3
    assert [number for number, sheet in enumerate(sheets, 1) if BANNER not in sheet] == []


@pytest.mark.parametrize("name", ["patency-primary", "death", "pts-cava-isth", "villalta-last", "flow"])
def test_a_figure_by_itself_is_whole(tab: Any, report_files: Path, name: str) -> None:
    """The file that goes into a manuscript holds all of its letters, and none lie upon others."""
    seen = opened(tab, report_files / f"{name}.svg")
    assert seen.evaluate(COLLIDING) == []
    beyond = seen.evaluate("""() => { const frame = document.documentElement.getBoundingClientRect()
        return [...document.querySelectorAll('text')].filter(each => { const box = each.getBoundingClientRect()
            return box.right > frame.right || box.bottom > frame.bottom }).map(each => each.textContent) }""")
    assert beyond == []
