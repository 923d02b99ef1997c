"""The pages of the application, each with how one comes to see it; one entry more, and axe, the layout and the screenshots see it too."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

FAULTY = b"""
case: faulty
on: 2026-05-29
findings:
  age: forty
  onset: 3/4/2026
  severity: sever
  limb_threats: no
  side: [left, right]
"""
DAYLESS = b"on: yesterday\nfindings:\n  age: 45\n"
ALL_AT_ONCE = r"All \d+ questions"

Comes = Callable[[Any, str], None]


def at(path: str) -> Comes:
    """Open an address."""
    return lambda page, address: page.goto(address + path)


def whole(path: str) -> Comes:
    """Open an address, and ask for all questions at once."""

    def come(page: Any, address: str) -> None:
        page.goto(address + path)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator("button[name='.mode'][value='all']").click()
        page.wait_for_function("() => document.querySelector('button[name=\".mode\"][value=one]')")

    return come


def opened(content: bytes) -> Comes:
    """Upload a case file."""

    def come(page: Any, address: str) -> None:
        page.goto(address)
        page.get_by_label("A case file").set_input_files(
            {"name": "case.yaml", "mimeType": "application/yaml", "buffer": content}
        )
        with page.expect_navigation():
            page.locator("p", has_text="A case file").get_by_role("button", name="Open").click()

    return come


def key_shown(page: Any, address: str) -> None:
    """Keep a case, and see its key."""
    page.goto(address + "examples/mild")
    page.locator("#take-away > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Keep", exact=True).click()


def forgotten(page: Any, address: str) -> None:
    """Keep a case and have it forgotten."""
    key_shown(page, address)
    with page.expect_navigation():
        page.get_by_role("button", name="Forget it now").click()


def no_such_key(page: Any, address: str) -> None:
    """Type a key that opens nothing."""
    page.goto(address)
    page.get_by_label("A case kept here, by its key").fill("AAAAA-AAAAA-AAAAA-AAAAA")
    with page.expect_navigation():
        page.locator("p", has_text="by its key").get_by_role("button", name="Open").click()


def rule_open(page: Any, address: str) -> None:
    """Open the rule behind a cell of the table."""
    page.goto(address + "examples/acute-severe-adult")
    page.locator(".beside .rule").first.click()


def alarmed(page: Any, address: str) -> None:
    """Answer late that the limb is threatened, from far down the page."""
    page.goto(address + "examples/acute-severe-adult")
    page.locator("#answered > summary").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#field-limb_threat input[value=yes]").click()
    page.wait_for_function("() => document.querySelector('#face .alert:not(.calm)')")


def found(words: str) -> Comes:
    """Search the library."""

    def come(page: Any, address: str) -> None:
        page.goto(address + "search")
        page.get_by_role("searchbox").fill(words)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    return come


PAGES: Mapping[str, Comes] = {
    "start": at(""),
    "start, all questions": whole(""),
    "worked adult": at("examples/acute-severe-adult"),
    "worked adult, all questions": whole("examples/acute-severe-adult"),
    "child": at("examples/child-12"),
    "child, all questions": whole("examples/child-12"),
    "child, May-Thurner": at("examples/child-may-thurner"),
    "child, leukaemia": at("examples/child-leukaemia"),
    "limb threat": at("examples/limb-threat"),
    "limb threat, all questions": whole("examples/limb-threat"),
    "limb threat, entered late": alarmed,
    "a rule": rule_open,
    "faults": opened(FAULTY),
    "no day": opened(DAYLESS),
    "no case file": opened(b"\x00"),
    "key": key_shown,
    "no such key": no_such_key,
    "forgotten": forgotten,
    "no such page": at("nowhere"),
    "no such example": at("examples/nobody"),
    "library": at("library/index.html"),
    "guideline": at("library/guidelines/acr-2020.html"),
    "practice": at("library/practice.html"),
    "studies": at("library/studies.html"),
    "study": at("library/studies/vernacular.html"),
    "claimed": at("library/claimed.html"),
    "figures": at("library/audit.html"),
    "search": at("search"),
    "found": found("catheter"),
    "nothing found": found("zebra"),
    "for programs": at("api"),
}

# What differs from another page in the list; the rest of it is looked at there.
PARTS = {
    ", all questions": "#form",
    ", entered late": "#face",
    "a rule": ".card:popover-open",
    "faults": "#errors, #form",
}


def part_of(name: str) -> str:
    """Name the part of a page to look at, where it is not the whole."""
    return next((part for ending, part in PARTS.items() if name.endswith(ending)), "")


@contextmanager
def seen(
    browser: Any, address: str, come: Comes, width: int = 1280, height: int = 900, scheme: str = "light", **more: Any
) -> Iterator[Any]:
    """Look at a page of the application as one reader sees it."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
    page = context.new_page()
    come(page, address)
    yield page
    context.close()
