"""The pages of the served house, filled from templates: what goes in is values, what comes out is HTML.

Every page stands under the same roof as the library and has its frame, its look and its words. Paths are
counted from the library's root, as the library's own are: "../search" is the house's page `search`. No page
is filled with a path that a person has typed. What a page says of medicine is content.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from patency.answer import day_words
from patency.consult.html import HERE as CONSULT
from patency.consult.html import given
from patency.fault import Fault
from patency.guideline.model import Library
from patency.publish.press import FRONT, Page, Press, Roof
from patency.vocabulary import Kind, Vocabulary
from patency.web.assets import asset_path
from patency.web.draft import ALL
from patency.web.entered import Entered
from patency.web.fields import WHY, fields
from patency.web.search import MOST_LETTERS, Results

HOME, SEARCH, API = "../", "../search", "../api"
ROOF = Roof(
    places={HOME: "Consult", FRONT: "Library", API: "API"},
    search=SEARCH,
    home=HOME,
    most_letters=MOST_LETTERS,
    icon=HOME + asset_path("mark.svg"),
)
_TEMPLATES = Path(__file__).parent / "templates"
KEPT_HOURS = (1, 8, 24)
HINTS = {
    "number": "A range is an answer too: 10 to 16.",
    "date": "A date may be 26 May 2026 or May 2026; the days ago may be 3, or 10 to 16.",
    "set": "Tick what is there, and say below what the rest is.",
    "panel": "Tick what is true, and say below what the rest is.",
}


class Way(NamedTuple):
    """A way that a person may have meant to go: a page's path and what it is called."""

    path: str
    name: str


def house_press(library: Library) -> Press:
    """Return what prints the pages of the house, those of the library apart."""
    return Press(library, ROOF, (_TEMPLATES, CONSULT))


def search_page(press: Press, typed: str, results: Results | None) -> bytes:
    """Print the search form, and what was found where something was looked for."""
    return press.printed(Page(SEARCH, "search", {"typed": typed, "results": results}))


def missing_page(press: Press, at: str, meant: Sequence[Way]) -> bytes:
    """Print what stands where there is no page; `at` is as deep as the path that was asked for."""
    return press.printed(Page(at, "missing", {"meant": meant}))


def programs_page(press: Press, told: Mapping[str, Any]) -> bytes:
    """Print the description of the interface for programs, for people."""
    return press.printed(Page(API, "api", told, API))


class Pages:
    """Prints the pages of the consult, with what is the same on each."""

    def __init__(self, press: Press, examples: Mapping[str, str]) -> None:
        self.library = press.library
        self._press = press
        self._always = {
            "examples": examples,
            "fault_words": lambda fault: _fault_words(fault, press.vocabulary),
            "asset": _asset,
            "reasons": WHY,
            "hints": HINTS,
            "kept_hours": KEPT_HOURS,
        }

    def consult(self, entered: Entered, path: str, today: date) -> str:
        """Show the form and, beside it, the page for what has been entered, to somebody who looks at it today."""
        form = fields(entered.draft, self.library, entered.consult, entered.faults)
        words = {
            **(given(entered.consult) if entered.consult else {}),
            "is_live": True,
            "done": entered.draft.done,
            "entered": entered,
            "form": form,
            "is_whole": entered.draft.mode == ALL,
            "today": today,
            "day": day_words,
            "day_faults": [fault for fault in entered.faults if fault.about == ("on",)],
        }
        return self.filled("consult", path, words)

    def key(self, key: str, hours: int) -> str:
        """Show the key of a case that is kept, which is shown this once."""
        return self.filled("key", "keep", {"key": key, "hours": hours})

    def forgotten(self) -> str:
        """Say that a case is no longer kept."""
        return self.filled("forgotten", "forget", {})

    def filled(self, template: str, path: str, words: Mapping[str, Any]) -> str:
        """Fill a template for the page at a path of the house."""
        page = Page(HOME + path, template, {**self._always, **words}, HOME, _asset("patency.css"))
        return self._press.printed(page).decode()


def _asset(name: str) -> str:
    return HOME + asset_path(name)


def _fault_words(fault: Fault, vocabulary: Vocabulary) -> str:
    """Say a fault to the person at the form, where a question has words and no name."""
    for name in fault.about:
        concept = vocabulary.concepts.get(name)
        panel = vocabulary.panels.get(name)
        is_named = concept is not None and concept.words and concept.kind is not Kind.SET
        called = (
            concept.words
            if concept and is_named
            else f"“{concept.asks}”"
            if concept
            else f"“{panel.asks}”"
            if panel
            else ""
        )
        if called:
            what = fault.what.replace(f"the panel {name!r}", called).replace(repr(name), called)
            fault = fault._replace(what=what, fix=fault.fix.replace(f"{name}: ", ""))
    end = "" if fault.fix.endswith(("?", ".")) else "."
    return f"{fault.what}: {fault.why.removesuffix('.')}; {fault.fix}{end}"
