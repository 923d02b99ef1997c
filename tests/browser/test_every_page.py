"""Every kind of page: axe finds no fault, and a small screen, wider spacing, few colours and no movement lose nothing.

A consult has ten thousand elements, and axe needs half a minute for one that is all unfolded: that is a long test.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from .faults import faults_of
from .looking import PAGES, part_of, seen
from .person import SMALL_TARGETS

DESKTOP, PHONE, ZOOMED = (1280, 900), (360, 740), (320, 256)  # the last is a window of 1280 by 1024 at 400%
LOOKS = [
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
    "heading-order",
    "page-has-heading-one",
]
UNFOLD = "where => document.querySelectorAll(`${where} details`).forEach(each => { each.open = true })"
# WCAG 1.4.12, as it says it.
SPACED = ["* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }",
          "p { margin-bottom: 2em !important }"]  # fmt: skip
SPACE = """rules => { const style = new CSSStyleSheet()
    style.replaceSync(rules.join(' '))
    document.adoptedStyleSheets = [style] }"""
# What is cut off: text that runs out of a box that hides it, or out of the window where nothing scrolls.
CUT_OFF = """() => [...document.querySelectorAll('body *')].filter(each => {
    if (!each.checkVisibility() || each.closest('.unseen, .wide, pre, svg, select, input, [popover]:not(:popover-open)')) return false
    const box = each.getBoundingClientRect(), style = getComputedStyle(each)
    if (!box.width || box.right < 0) return false
    const isHiding = [style.overflowX, style.overflowY].some(way => way === 'hidden' || way === 'clip')
    const isClipped = isHiding && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
    return isClipped || box.right > innerWidth + 1
}).map(each => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 50)}`).slice(0, 5)"""


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, browser: Any, served: str) -> Iterator[Any]:
    """Open each page once for all that is looked at in it, the lists of a consult folded."""
    with seen(browser, served, PAGES[request.param]) as page:
        page.evaluate(UNFOLD, "#form" if page.locator(".leaf .beside").count() else "body")
        page.part = part_of(request.param)
        yield page


def test_axe_finds_no_fault(page: Any) -> None:
    """WCAG 2.2 AA and good practice, on a desktop in the light."""
    look_at(page, DESKTOP)
    assert faults_of(page, page.part) == []


def test_axe_finds_no_fault_on_a_phone_in_the_dark(page: Any) -> None:
    """What can be otherwise there: colours, places, and what is hidden."""
    look_at(page, PHONE, "dark")
    assert faults_of(page, page.part, LOOKS) == []


@pytest.mark.parametrize("screen", [PHONE, ZOOMED], ids=["phone", "400%"])
def test_nothing_is_lost_on_a_small_screen_or_with_wider_spacing(page: Any, screen: tuple[int, int]) -> None:
    """No page scrolls sideways, every control is large enough for a finger, and nothing is cut off."""
    look_at(page, screen)
    for sheets in ([], SPACED):
        page.evaluate(SPACE, sheets)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= screen[0]
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate(CUT_OFF) == []
    page.evaluate(SPACE, [])


def test_on_a_phone_each_opinion_stands_beside_the_name_of_its_guideline(browser: Any, served: str) -> None:
    """The name is drawn before the cell, where no script and no checker sees it run into the words."""
    with seen(browser, served, PAGES["worked adult"], *PHONE) as page:
        beside = """() => [...document.querySelectorAll('#options .beside td:not(.none)')].filter(each => each.checkVisibility()
        ).map(each => {
            const name = parseFloat(getComputedStyle(each, '::before').width), words = document.createRange()
            words.selectNodeContents(each)
            return words.getBoundingClientRect().left - each.getBoundingClientRect().left - name
        })"""
        rooms = page.evaluate(beside)
        assert len(rooms) > 10
        assert min(rooms) >= 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith(("worked", "child", "limb threat"))])
def test_axe_finds_no_fault_in_a_consult_with_everything_unfolded(browser: Any, served: str, name: str) -> None:
    """As a reader who opens every list."""
    with seen(browser, served, PAGES[name], *PHONE) as page:
        page.evaluate(UNFOLD, "body")
        assert faults_of(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
        assert page.evaluate(CUT_OFF) == []


def look_at(page: Any, screen: tuple[int, int], scheme: str = "light") -> None:
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    page.emulate_media(color_scheme=scheme)


def test_nothing_moves_for_whoever_wants_no_movement(browser: Any, served: str) -> None:
    """With prefers-reduced-motion no change takes time."""
    with seen(browser, served, PAGES["worked adult"], reduced_motion="reduce") as page:
        slow = """() => [...document.querySelectorAll('*')].filter(each => {
            const style = getComputedStyle(each)
            return style.transitionDuration.split(',').some(time => parseFloat(time) > 0)
                || style.animationName !== 'none' || style.scrollBehavior === 'smooth'
        }).map(each => each.className)"""
        page.locator("#live").evaluate("each => each.classList.add('stale')")
        assert page.evaluate(slow) == []


def test_with_few_colours_every_control_and_alert_still_has_its_edge(browser: Any, served: str) -> None:
    """In forced colours a button, a box, an alert and an error are drawn by lines, not by a ground that is gone."""
    edge = """each => { const style = getComputedStyle(each)
        return ['Top', 'Right', 'Bottom', 'Left'].some(side => style[`border${side}Style`] !== 'none'
            && parseFloat(style[`border${side}Width`]) >= 1) }"""
    for name, parts in (
        ("limb threat", ("#go", ".alert", "button.second", "#on", ".beside tr, .beside")),
        ("faults", (".errors", ".field.wrong")),
    ):
        with seen(browser, served, PAGES[name], forced_colors="active") as page:
            assert page.evaluate("matchMedia('(forced-colors: active)').matches")
            page.evaluate(UNFOLD, "body")
            for part in parts:
                assert page.locator(part).first.evaluate(edge), part
