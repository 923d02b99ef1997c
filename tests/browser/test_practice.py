"""Guideline and practice side by side, as somebody at the page sees them; in print, on a phone, in the dark."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from .looking import at, seen

DESKTOP, PHONE = 1280, 360
EXAMPLES = ("child-may-thurner", "child-leukaemia")

Opens = Callable[[str, int], Any]


@pytest.fixture(scope="module")
def opens(browser: Any, served: str) -> Iterator[Opens]:
    """Open a child's page at a width, once for all that is looked at in it; on a phone in the dark."""
    with ExitStack() as until_all_are_seen:

        @cache
        def open_page(name: str, width: int) -> Any:
            scheme = "dark" if width == PHONE else "light"
            come = seen(browser, served, at(f"examples/{name}"), width=width, height=740, scheme=scheme)
            page = until_all_are_seen.enter_context(come)
            page.name = name
            return page

        yield open_page


@pytest.fixture(
    params=[(name, width) for name in EXAMPLES for width in (DESKTOP, PHONE)], ids=lambda each: f"{each[0]}-{each[1]}"
)
def child(request: pytest.FixtureRequest, opens: Opens) -> Any:
    """Open a child's page, on a desktop and on a phone."""
    page = opens(*request.param)
    page.emulate_media(media="screen")
    return page


def block(page: Any, decision: str) -> Any:
    """Find what peers say below a decision."""
    if decision == "How to treat the clot first":
        return page.locator("#options .peers")
    sheet = page.locator("#later .sheet").filter(has=page.get_by_role("heading", name=decision, exact=True))
    return sheet.locator(".peers")


def test_guideline_and_practice_stand_side_by_side(child: Any) -> None:
    """The label, the sentence and the figures are in sight, below what guidelines say of the same decision."""
    assert child.evaluate("document.documentElement.scrollWidth <= innerWidth")
    told = block(
        child, "How to treat the clot first" if child.name == "child-may-thurner" else "How long to anticoagulate"
    )
    assert told.is_visible()
    words = told.inner_text()
    assert "practice, not guidance" in words
    if child.name == "child-may-thurner":
        assert "Practice and guidance differ: in ELITE-Kids 2025, 34 of 35 (97%; 85% to 99%) use" in words
        assert "14 of 34; 26% to 58%" in words
        assert child.locator("#options .beside").get_by_text("anticoagulation alone preferred").first.is_visible()
        shares = child.locator("#options td[data-who=Peers] .share")
        assert [each.split(" ELITE")[0] for each in shares.all_inner_texts()] == [
            "97% (34 of 35; 85% to 99%), for selected patients",
            "29% (10 of 34; 17% to 46%), if by catheter",
            "41% (14 of 34; 26% to 58%), if by catheter",
            "18% (6 of 34; 8% to 34%), if by catheter",
        ]
        assert child.locator("#options td[data-who=Peers]").get_by_text("not asked").count() == 4
    else:
        assert "Practice and guidance differ in part" in words
        assert words.count("How long to anticoagulate for a clot at a catheter?") == 2
        assert "count and denominator not published" in words


def test_where_nobody_guides_practice_stands_alone_and_says_so(child: Any) -> None:
    """A stent in a growing child; few platelets in a child with leukaemia."""
    decision = (
        "Whether to stent the vein" if child.name == "child-may-thurner" else "At what intensity, with few platelets"
    )
    words = block(child, decision).inner_text()
    assert "No guideline here speaks on this for this patient; what follows is practice alone." in words
    assert (
        "left to the interventionist" if child.name == "child-may-thurner" else "transfused, and not paused"
    ) in words


@pytest.mark.parametrize("name", EXAMPLES)
def test_practice_is_in_print(name: str, opens: Opens) -> None:
    """The sentence beside the options, each figure on the sheets, and every source that is cited."""
    page = opens(name, DESKTOP)
    page.emulate_media(media="print")
    printed = page.locator("main").inner_text()
    assert "Practice and guidance differ" in printed
    figure = "14 of 34; 26% to 58%" if name == "child-may-thurner" else "9 of 21; 24% to 63%"
    assert figure in printed


def test_in_print_the_first_decision_s_peers_stand_under_a_heading_of_their_own(opens: Opens) -> None:
    """Not under that of the later decisions."""
    page = opens("child-may-thurner", DESKTOP)
    page.emulate_media(media="print")
    printed = page.locator("main").inner_text()
    own = printed.index("How to treat the clot first: what surveyed peers say")
    assert own < printed.index("Which method by catheter first") < printed.index("Later decisions:")


def test_surveys_that_asked_the_same_are_beside_each_other_on_a_desktop(opens: Opens) -> None:
    """Not one below the other, where there is room."""
    left, right = opens("child-leukaemia", 1600).locator("#later .peer-group.twin").all()
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert left.bounding_box()["x"] < right.bounding_box()["x"]


def test_on_a_phone_no_denominator_of_the_library_is_cut_off(browser: Any, served: str) -> None:
    """Each answer is a card: nothing of it lies beyond the edge, and nothing has to be scrolled to."""
    with seen(browser, served, at("library/practice.html"), width=PHONE, height=740, scheme="dark") as page:
        shares = page.locator(".answers .of")
        assert shares.count() > 50
        edges = shares.evaluate_all("found => found.map(each => each.getBoundingClientRect().right)")
        assert max(edges) <= PHONE
        assert page.evaluate(
            "[...document.querySelectorAll('.wide')].every(each => each.scrollWidth <= each.clientWidth)"
        )
