"""The published pages in a real browser: accessible, readable on a phone and on paper, and from nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# Of each kind of page, one; of guidelines, one with charts, the longest, and one whose claims fail or may.
KINDS = (
    "index", "beside", "editions", "sheets", "options", "vocabulary", "claims", "audit", "policies", "sources",
    "guidelines/acr-2020", "guidelines/acr-2013", "guidelines/ash-isth-2024", "guidelines/svs-2012",
    "patients/healthy-severe", "patients/adolescent", "sheets/alerts", "sheets/iliocaval-reconstruction",
)  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
A4_BROAD, A4_TALL, MARGIN = 297, 210, 14  # millimetres; the margin is the stylesheet's, the wide table's is smaller
PIXELS = 96 / 25.4  # of a stylesheet, to a millimetre


@contextmanager
def opened(browser: Any, path: Path, width: int = 1280, scheme: str = "light", media: str = "screen") -> Iterator[Any]:
    """Open a page as one reader sees it."""
    seen = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = seen.new_page()
    page.emulate_media(media=media, color_scheme=scheme)
    page.goto(path.as_uri())
    yield page
    seen.close()


def pages_of(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.html"))
    assert len(found) > 70
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault(browser: Any, folder: Path, kind: str, scheme: str, width: int) -> None:
    """WCAG 2.2 AA and good practice, everything unfolded, on a desktop in the light and on a phone in the dark."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, folder / f"{kind}.html", width, scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
        assert found["passes"], "axe has looked"
        faults = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]]
        assert faults == []


def test_axe_finds_a_fault_where_there_is_one(browser: Any, folder: Path) -> None:
    """The checker itself is at work: text too pale to read is found."""
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, folder / "policies.html") as page:
        page.evaluate("document.querySelector('h1').style.color = '#ddd'")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
    assert [fault["id"] for fault in found["violations"]] == ["color-contrast"]


def test_no_page_scrolls_sideways_on_a_phone(browser: Any, folder: Path) -> None:
    """At 360 pixels only charts and wide tables scroll, each in a region of its own."""
    wide = {}
    for path in pages_of(folder):
        with opened(browser, path, 360) as page:
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 360:
                wide[path.name] = width
    assert wide == {}


def test_nothing_is_fetched_but_the_pages_own_files(browser: Any, folder: Path) -> None:
    """Every request of every page stays in the folder, and none fails."""
    asked: set[str] = set()
    failed: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.add(request.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    for path in pages_of(folder):
        page.goto(path.as_uri())
    page.close()
    assert failed == []
    assert {url for url in asked if not url.startswith(folder.as_uri())} == set()
    assert f"{folder.as_uri()}/patency.css" in asked


def test_every_word_of_a_chart_stands_within_its_box(browser: Any, folder: Path) -> None:
    """Whatever the font of the system, no letter is cut off."""
    outside, boxes = [], 0
    for path in pages_of(folder):
        if path.parent.name == "guidelines":
            with opened(browser, path) as page:
                boxes += page.locator(".chart rect").count()
                outside += page.evaluate("""() => [...document.querySelectorAll('.chart g')].flatMap(box => {
                    const frame = box.querySelector('rect').getBBox()
                    return [...box.querySelectorAll('text')].filter(text => {
                        const words = text.getBBox()
                        return words.x + words.width > frame.x + frame.width || words.y + words.height > frame.y + frame.height
                    }).map(text => text.textContent)
                })""")
    assert boxes > 300
    assert outside == []


CUT_OFF = """limit => [...document.querySelectorAll('main *')].filter(each => {
    const box = each.getBoundingClientRect()
    const style = getComputedStyle(each)
    const isHidden = each.closest('.unseen') || !box.width || style.visibility === 'hidden'
    const isClipped = style.overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1
    return !isHidden && (box.right > limit + 1 || isClipped)
}).map(each => `${each.tagName} ${each.textContent.trim().slice(0, 60)}`)"""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "beside"])
def test_on_paper_nothing_is_cut_off(browser: Any, folder: Path, kind: str) -> None:
    """On a sheet of A4 every line ends within the margins, and no strip of a chart is higher than a sheet."""
    width = int((A4_TALL - 2 * MARGIN) * PIXELS)
    with opened(browser, folder / f"{kind}.html", width, media="print") as page:
        assert page.evaluate(CUT_OFF, width) == []
        heights = page.evaluate(
            "[...document.querySelectorAll('.chart svg')].map(each => each.getBoundingClientRect().height)"
        )
        assert all(height < (A4_BROAD - 2 * MARGIN) * PIXELS for height in heights)


def test_the_wide_table_fits_a_broad_sheet(browser: Any, folder: Path) -> None:
    """The table of all guidelines prints on A4 turned sideways."""
    width = int((A4_BROAD - 2 * 9) * PIXELS)
    with opened(browser, folder / "beside.html", width, media="print") as page:
        assert page.evaluate(CUT_OFF, width) == []


def test_the_keyboard_comes_first_to_a_way_past_the_navigation(browser: Any, folder: Path) -> None:
    """The first press of Tab shows the link, and Enter leads to the content."""
    with opened(browser, folder / "guidelines" / "acr-2020.html") as page:
        page.keyboard.press("Tab")
        link = page.locator(".skip")
        assert link.evaluate("each => each === document.activeElement && each.getBoundingClientRect().left >= 0")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_chart_is_scrolled_with_the_keyboard(browser: Any, folder: Path) -> None:
    """On a phone's width the region of a chart takes the focus and moves."""
    with opened(browser, folder / "guidelines" / "acr-2020.html", 360) as page:
        region = page.locator(".chart .wide").first
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('.chart .wide').scrollLeft > 0")
