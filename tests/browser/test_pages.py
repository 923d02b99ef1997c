"""The published pages in a real browser: accessible, readable on a phone and on paper, and from nowhere else."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from .faults import faults_of

# Of each kind of page, one; of guidelines, one with charts, the longest, and one whose claims fail or may.
KINDS = (
    "index", "beside", "editions", "sheets", "options", "vocabulary", "claims", "audit", "policies", "sources",
    "guidelines/acr-2020", "guidelines/acr-2013", "guidelines/ash-isth-2024", "guidelines/svs-2012",
    "patients/healthy-severe", "patients/adolescent", "sheets/alerts", "sheets/iliocaval-reconstruction",
)  # fmt: skip
A4_BROAD, A4_TALL, MARGIN = 297, 210, 14  # millimetres; the margin is the stylesheet's, the wide table's is smaller
PIXELS = 96 / 25.4  # of a stylesheet, to a millimetre
UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true })"
OUTSIDE_ITS_BOX = """() => [...document.querySelectorAll('.chart g')].flatMap(box => {
    const frame = box.querySelector('rect').getBBox()
    return [...box.querySelectorAll('text')].filter(text => {
        const words = text.getBBox()
        return words.x + words.width > frame.x + frame.width || words.y + words.height > frame.y + frame.height
    }).map(text => text.textContent)
})"""


def opened(tab: Any, path: Path, width: int = 1280, scheme: str = "light", media: str = "screen") -> Any:
    """Open a page in the tab as one reader sees it."""
    tab.set_viewport_size({"width": width, "height": 800})
    tab.emulate_media(media=media, color_scheme=scheme)
    tab.goto(path.as_uri())
    return tab


class Walk(NamedTuple):
    """What was found on the way through every page of the folder."""

    asked: set[str]
    failed: list[str]
    boxes: int
    outside: list[str]
    wide: dict[str, int]


@pytest.fixture(scope="module")
def walk(browser: Any, folder: Path) -> Walk:
    """Open every page once: on a desktop as it comes, then as wide as a phone, with everything unfolded."""
    asked, failed = set[str](), list[str]()
    boxes, outside, wide = 0, list[str](), dict[str, int]()
    tab = browser.new_page()
    tab.on("request", lambda request: asked.add(request.url))
    tab.on("requestfailed", lambda request: failed.append(request.url))
    found = sorted(folder.rglob("*.html"))
    assert len(found) > 70
    for path in found:
        page = opened(tab, path)
        if path.parent.name == "guidelines":
            boxes += page.locator(".chart rect").count()
            outside += [f"{path.name}: {text}" for text in page.evaluate(OUTSIDE_ITS_BOX)]
        page.set_viewport_size({"width": 360, "height": 800})
        page.evaluate(UNFOLD)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            wide[path.name] = width
    tab.close()
    return Walk(asked, failed, boxes, outside, wide)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault(tab: Any, folder: Path, kind: str, scheme: str, width: int) -> None:
    """WCAG 2.2 AA and good practice, everything unfolded, on a desktop in the light and on a phone in the dark."""
    page = opened(tab, folder / f"{kind}.html", width, scheme)
    page.evaluate(UNFOLD)
    assert faults_of(page) == []


def test_axe_finds_a_fault_where_there_is_one(tab: Any, folder: Path) -> None:
    """The checker itself is at work: text too pale to read is found."""
    page = opened(tab, folder / "policies.html")
    page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    assert [fault for fault, _ in faults_of(page)] == ["color-contrast"]


def test_no_page_scrolls_sideways_on_a_phone(walk: Walk) -> None:
    """At 360 pixels only charts and wide tables scroll, each in a region of its own."""
    assert walk.wide == {}


def test_nothing_is_fetched_but_the_pages_own_files(walk: Walk, folder: Path) -> None:
    """Every request of every page stays in the folder, and none fails."""
    assert walk.failed == []
    assert {url for url in walk.asked if not url.startswith(folder.as_uri())} == set()
    assert f"{folder.as_uri()}/patency.css" in walk.asked


def test_every_word_of_a_chart_stands_within_its_box(walk: Walk) -> None:
    """Whatever the font of the system, no letter is cut off."""
    assert walk.boxes > 300
    assert walk.outside == []


CUT_OFF = """limit => [...document.querySelectorAll('main *')].filter(each => {
    const box = each.getBoundingClientRect()
    const style = getComputedStyle(each)
    const isHidden = each.closest('.unseen') || !box.width || style.visibility === 'hidden'
    const isClipped = style.overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1
    return !isHidden && (box.right > limit + 1 || isClipped)
}).map(each => `${each.tagName} ${each.textContent.trim().slice(0, 60)}`)"""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "beside"])
def test_on_paper_nothing_is_cut_off(tab: Any, folder: Path, kind: str) -> None:
    """On a sheet of A4 every line ends within the margins, and no strip of a chart is higher than a sheet."""
    width = int((A4_TALL - 2 * MARGIN) * PIXELS)
    page = opened(tab, folder / f"{kind}.html", width, media="print")
    assert page.evaluate(CUT_OFF, width) == []
    heights = page.evaluate(
        "[...document.querySelectorAll('.chart svg')].map(each => each.getBoundingClientRect().height)"
    )
    assert all(height < (A4_BROAD - 2 * MARGIN) * PIXELS for height in heights)


def test_the_wide_table_fits_a_broad_sheet(tab: Any, folder: Path) -> None:
    """The table of all guidelines prints on A4 turned sideways."""
    width = int((A4_BROAD - 2 * 9) * PIXELS)
    page = opened(tab, folder / "beside.html", width, media="print")
    assert page.evaluate(CUT_OFF, width) == []


def test_the_keyboard_comes_first_to_a_way_past_the_navigation(tab: Any, folder: Path) -> None:
    """The first press of Tab shows the link, and Enter leads to the content."""
    page = opened(tab, folder / "guidelines" / "acr-2020.html")
    page.keyboard.press("Tab")
    link = page.locator(".skip")
    assert link.evaluate("each => each === document.activeElement && each.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_chart_is_scrolled_with_the_keyboard(tab: Any, folder: Path) -> None:
    """On a phone's width the region of a chart takes the focus and moves."""
    page = opened(tab, folder / "guidelines" / "acr-2020.html", 360)
    region = page.locator(".chart .wide").first
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.chart .wide').scrollLeft > 0")
