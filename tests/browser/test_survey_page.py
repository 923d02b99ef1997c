"""The report of a survey in a real browser: accessible, readable on a phone and on paper, its label on every sheet."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from patency.guideline.model import Library
from patency.publish.press import Press
from patency.publish.survey import page
from report.made_up import LABEL, made_up

from .faults import faults_of
from .test_pages import A4_TALL, CUT_OFF, MARGIN, PIXELS, opened

BANNER = "Made up for tests, no real responses."
BEYOND = """() => [...document.querySelectorAll('svg.figure')].flatMap(figure => {
    const frame = figure.getBoundingClientRect()
    return [...figure.querySelectorAll('text, rect, line')].filter(each => {
        const box = each.getBoundingClientRect()
        return box.width && (box.left < frame.left - 3 || box.right > frame.right + 3 || box.bottom > frame.bottom + 3)
    }).map(each => `${figure.querySelector('title').textContent}: ${each.tagName} ${each.textContent}`)
})"""
COLLIDING = """() => [...document.querySelectorAll('svg.figure g')].flatMap(group => {
    const texts = [...group.children].filter(each => each.tagName === 'text' && !each.classList.contains('count'))
    return texts.flatMap((one, at) => texts.slice(at + 1).filter(other => {
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()]
        return a.left < b.right && b.left < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom
    }).map(other => `${one.textContent} / ${other.textContent}`))
})"""


@pytest.fixture(scope="session")
def report_file(browser: Any, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  nothing is written for no browser
    """Write the report of the survey that is made up for tests."""
    written: Path = tmp_path_factory.mktemp("report") / "report.html"
    written.write_bytes(page(made_up(), Press(library)))
    return written


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_axe_finds_no_fault(tab: Any, report_file: Path, scheme: str, width: int) -> None:
    """WCAG 2.2 AA and good practice, on a desktop and a phone, in the light and in the dark."""
    assert faults_of(opened(tab, report_file, width, scheme)) == []


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_page_does_not_scroll_sideways(tab: Any, report_file: Path, width: int) -> None:
    """Wide tables scroll, each in a region of its own that takes the focus; figures fit as they are."""
    seen = opened(tab, report_file, width)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.evaluate("[...document.querySelectorAll('.wide')].every(each => each.tabIndex === 0)")
    assert seen.evaluate("document.querySelectorAll('svg.figure text').length") > 40
    assert seen.evaluate(BEYOND) == []
    assert seen.evaluate(COLLIDING) == []


def test_nothing_is_fetched(browser: Any, report_file: Path) -> None:
    """The page is the only thing that the browser asks for."""
    asked: list[str] = []
    seen = browser.new_page()
    seen.on("request", lambda request: asked.append(request.url))
    seen.goto(report_file.as_uri())
    seen.close()
    assert asked == [report_file.as_uri()]


def test_on_paper_nothing_is_cut_off(tab: Any, report_file: Path) -> None:
    """Every line of a sheet of A4 ends within the margins."""
    width = int((A4_TALL - 2 * MARGIN) * PIXELS)
    seen = opened(tab, report_file, width, media="print")
    assert seen.evaluate(CUT_OFF, width) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="nothing here reads a PDF: apt-get install poppler-utils")
def test_every_sheet_bears_the_label(tab: Any, report_file: Path, tmp_path: Path) -> None:
    """Whichever sheet is torn out, it says that the answers are not real; on the first stands the whole label."""
    paper = tmp_path / "report.pdf"
    seen = opened(tab, report_file)
    seen.emulate_media(media="print")
    seen.pdf(path=paper, format="A4", prefer_css_page_size=False)
    read = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, check=True, text=True).stdout
    sheets = read.rstrip("\f").split("\f")
    assert len(sheets) > 3
    assert [number for number, sheet in enumerate(sheets, 1) if BANNER not in sheet] == []
    assert LABEL in re.sub(r"\s+", " ", sheets[0])


def test_in_the_dark_the_figures_are_seen(tab: Any, report_file: Path) -> None:
    """A bar stands out from its ground three to one at least, in the light and in the dark: WCAG 1.4.11."""
    for scheme in ("light", "dark"):
        seen = opened(tab, report_file, scheme=scheme)
        colours = seen.evaluate("""() => ['.bar', '.track', 'text'].map(each => {
            const found = document.querySelector(`svg.figure ${each}`)
            return getComputedStyle(found).fill
        })""")
        bar, track, text = (luminance(colour) for colour in colours)
        assert contrast(bar, track) >= 3, scheme
        assert contrast(text, track) >= 4.5, scheme


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2.2 defines it."""
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    lighter, darker = max(one, other), min(one, other)
    return (lighter + 0.05) / (darker + 0.05)
