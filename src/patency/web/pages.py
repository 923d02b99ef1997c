"""The pages of the served house, filled from templates: what goes in is values, what comes out is HTML.

Every page stands under the same roof as the library and has its frame, its look and its words. Paths are
counted from the library's root, as the library's own are: "../search" is the house's page `search`. No page
is filled with a path that a person has typed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from patency.guideline.model import Library
from patency.publish.press import FRONT, Page, Press, Roof
from patency.web.search import MOST_LETTERS, Results

HOME, SEARCH, API = "../", "../search", "../api"
ROOF = Roof(places={HOME: "Consult", FRONT: "Library", API: "API"}, search=SEARCH, home=HOME, most_letters=MOST_LETTERS)
_TEMPLATES = Path(__file__).parent / "templates"


class Way(NamedTuple):
    """A way that a person may have meant to go: a page's path and what it is called."""

    path: str
    name: str


def house_press(library: Library) -> Press:
    """Return what prints the pages of the house, those of the library apart."""
    return Press(library, ROOF, (_TEMPLATES,))


def search_page(press: Press, typed: str, results: Results | None) -> bytes:
    """Print the search form, and what was found where something was looked for."""
    return press.printed(Page(SEARCH, "search", {"typed": typed, "results": results}))


def missing_page(press: Press, at: str, meant: Sequence[Way], storey: str = FRONT) -> bytes:
    """Print what stands where there is no page; `at` is as deep as the path that was asked for."""
    return press.printed(Page(at, "missing", {"meant": meant}, storey))
