"""What was found of published figures: a page of the site, or one HTML file that needs nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any

from patency.consult.html import HOUSE
from patency.evidence.examine import examine
from patency.evidence.finding import Examined, Verdict
from patency.evidence.model import Audit
from patency.evidence.text import CAUTION, counted
from patency.guideline.model import Library
from patency.publish.press import STYLE, TEMPLATES, Page, Press


def given(examined: Iterable[Examined]) -> Mapping[str, Any]:
    """Return what fills the templates of published figures."""
    return {"examined": list(examined), "verdicts": Verdict, "caution": CAUTION, "counted": counted}


def given_of(audits: Iterable[Audit]) -> Mapping[str, Any]:
    """Work the findings out, which is done whenever the page is printed, so that none can go stale."""
    return given(examine(audit) for audit in audits)


def to_html(examined: Examined, library: Library) -> str:
    """Lay the findings out as one page, with its style in it and no link to elsewhere."""
    style = HOUSE.read_text(encoding="utf-8") + (TEMPLATES.parent / STYLE).read_text(encoding="utf-8")
    page = Page("audit.html", "audit-alone", {**given([examined]), "house": style})
    return Press(library).printed(page).decode()
