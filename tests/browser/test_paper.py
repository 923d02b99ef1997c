"""The consult on paper, printed by a real browser: two sheets at most, and the first suffices to act.

Where there is no browser these tests are skipped and say so; with PATENCY_BROWSER=required they fail instead.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from patency.casefile import read_case
from patency.consult.html import to_html
from patency.consult.page import consult
from patency.document import read_bytes, read_document
from patency.guideline.model import Library, SheetKind
from patency.truth import Truth

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
NAMES = ("chromium", "chromium-browser", "google-chrome")
SIZES = ("A4", "letter")
LATER = (
    '<section class="later">',
    '<section class="guidelines">',
)  # with one of these begins what may stand on the second sheet


def page_of(path: Path, library: Library) -> str:
    document = read_document(read_bytes(path), path.name)
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert not faults
    return to_html(consult(library, case))


def chromium() -> str:
    installed = next((found for name in NAMES if (found := shutil.which(name))), None)
    if installed:
        return installed
    try:
        from playwright.sync_api import sync_playwright  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError:
        return ""
    with sync_playwright() as playwright:
        fetched = playwright.chromium.executable_path
    return fetched if Path(fetched).exists() else ""


@pytest.fixture(scope="session")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], int]:
    """Return what prints a page on paper of a size, and counts the sheets."""
    browser = chromium()
    if not browser and os.environ.get("PATENCY_BROWSER") == "required":
        pytest.fail("no browser is here to print with")
    if not browser:
        pytest.skip("no browser is here to print with")
    folder = tmp_path_factory.mktemp("paper")
    flags = [
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder / 'profile'}",
    ]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []

    def printed(page: str, size: str) -> int:
        source, paper = folder / "page.html", folder / "page.pdf"
        sized, count = re.subn(r"@page \{", f"@page {{ size: {size};", page)
        assert count == 1
        source.write_text(sized, encoding="utf-8")
        paper.unlink(missing_ok=True)
        subprocess.run(
            [browser, *flags, f"--print-to-pdf={paper}", source.as_uri()], capture_output=True, check=True, timeout=60
        )
        return len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))

    return printed


def test_the_counter_counts(sheets: Callable[[str, str], int]) -> None:
    """Three sheets are counted as three."""
    page = "<style>@page { margin: 0 } p { break-after: page }</style><p>one</p><p>two</p>three"
    assert sheets(page, "A4") == 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_any_example_prints_on_two_sheets(
    path: Path, size: str, library: Library, sheets: Callable[[str, str], int]
) -> None:
    """On the first stand the alerts, the patient, the first decision, what to ask and the cautions."""
    page = page_of(path, library)
    first = page[: min(page.index(mark) for mark in LATER if mark in page)]
    assert sheets(page, size) <= 2
    assert sheets(f"{first}</main></body></html>", size) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_urgent_is_left_to_the_screen(path: Path, library: Library) -> None:
    """Every alert that holds, every caution that is present and every absolute one not known is in print, on the first sheet."""
    document = read_document(read_bytes(path), path.name)
    case, _ = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    page = consult(library, case)
    written = to_html(page)
    first = written[: min(written.index(mark) for mark in LATER if mark in written)]
    printed = re.sub(r"<details class=\"more\">.*?</details>", "", first, flags=re.S)
    urgent = [shown.statement.text for shown in page.alerts if shown.truth is Truth.YES]
    for sheet in page.of_kind(SheetKind.CONTRAINDICATIONS):
        for section in sheet.sections:
            urgent += [shown.statement.text for shown in section.of(Truth.YES)]
            if section.section.strength == "absolute" and section.truth is sheet.truth is Truth.YES:
                urgent += [shown.statement.text for shown in section.of(Truth.UNKNOWN)]
    said = (
        printed.replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", '"')
    )
    assert [text for text in urgent if text not in said] == []


def test_no_type_on_paper_is_too_small() -> None:
    """6.5 points for all that is read, 5.5 for the list of sources."""
    style = (ROOT / "src" / "patency" / "consult" / "page.css").read_text(encoding="utf-8")
    paper = style.partition("@media print {")[2]
    sizes = re.findall(r"([^{}]*)\{[^}]*?font(?:-size)?: ([\d.]+)pt", paper)
    assert len(sizes) > 10
    small = [(what.strip(), float(size)) for what, size in sizes if float(size) < 6.5]
    assert {what for what, _ in small} == {".sources li", "footer"}
    assert min(size for _, size in small) >= 5.5
