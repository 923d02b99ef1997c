"""The pages of the web application, as HTML.

In: what was entered, or what was refused. Out: text of HTML. Every link is relative to the page's own path,
so that the application works under any path of a server. What a page says of medicine is content.
"""

from collections.abc import Mapping
from pathlib import Path
from posixpath import relpath
from typing import Any

import patency
from patency.consult.html import environment, given
from patency.fault import Fault
from patency.guideline.model import Library
from patency.web.assets import asset_path
from patency.web.entered import Entered
from patency.web.fields import WHY, fields
from patency.web.form import ALL

TEMPLATES = Path(__file__).parent / "templates"
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
        self.environment = environment(TEMPLATES)
        self.always = {
            "library": library,
            "examples": examples,
            "version": patency.__version__,
            "fault_words": _fault_words,
            "asset": asset_path,
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
        """Fill a template for the page at a path."""

        def link(to: str) -> str:
            return relpath(to or ".", f"{path}.".rpartition("/")[0] or ".")

        return self.environment.get_template(f"{template}.html.jinja").render(
            {**self.always, **words, "link": link, "path": path}
        )


def _fault_words(fault: Fault) -> str:
    return f"{fault.what}: {fault.why}; {fault.fix}."
