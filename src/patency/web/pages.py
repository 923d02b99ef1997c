"""The pages of the web application, as HTML.

In: what was entered, or what was refused. Out: text of HTML. Every link is relative to the page's own path,
so that the application works under any path of a server. What a page says of medicine is content.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patency.consult.html import HERE as CONSULT
from patency.consult.html import given
from patency.fault import Fault
from patency.guideline.model import Library
from patency.publish.press import FRONT, Page, Press, Roof
from patency.web.assets import asset_path
from patency.web.entered import Entered
from patency.web.fields import WHY, fields
from patency.web.form import ALL

TEMPLATES = Path(__file__).parent / "templates"
MOST_LETTERS = 100  # of a search
ROOT = "../"  # of the house, from the library, where paths begin
ROOF = Roof({ROOT: "Consult", FRONT: "Library", f"{ROOT}api": "API"}, f"{ROOT}search", ROOT, MOST_LETTERS)
KEPT_HOURS = (1, 8, 24)
HINTS = {
    "number": "A range is an answer too: 10 to 16.",
    "date": "A date may be 26 May 2026 or May 2026; the days ago may be 3, or 10 to 16.",
    "set": "Tick what is there, and say below what the rest is.",
    "panel": "Tick what is true; what is not ticked then counts as absent.",
}


class Pages:
    """Fills templates with what is the same on every page."""

    def __init__(self, library: Library, examples: Mapping[str, str]) -> None:
        self.library = library
        self._press = Press(library, ROOF, (TEMPLATES, CONSULT))
        self._always = {
            "examples": examples,
            "fault_words": _fault_words,
            "asset": _asset,
            "reasons": WHY,
            "hints": HINTS,
            "kept_hours": KEPT_HOURS,
        }

    def consult(self, entered: Entered, path: str, is_example: bool = False) -> str:
        """Show the form and, beside it, the page for what has been entered."""
        form = fields(entered.draft, self.library, entered.consult, entered.faults)
        words = {
            **(given(entered.consult) if entered.consult else {}),
            "is_live": True,
            "done": entered.draft.done,
            "entered": entered,
            "form": form,
            "is_whole": entered.draft.mode == ALL,
            "is_example": is_example,
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
        page = Page(ROOT + path, template, {**self._always, **words}, ROOT, _asset("patency.css"))
        return self._press.printed(page).decode()


def _asset(name: str) -> str:
    return ROOT + asset_path(name)


def _fault_words(fault: Fault) -> str:
    return f"{fault.what}: {fault.why}; {fault.fix}."
