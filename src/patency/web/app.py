"""The web application: what stands at which address. Wiring only; it decides nothing clinical."""

import time
from collections.abc import Callable, Mapping
from datetime import date

from starlette.applications import Starlette

from patency.guideline.model import Library
from patency.web.assets import asset_route
from patency.web.consults import Consults
from patency.web.form import Draft, from_case
from patency.web.kept import Kept
from patency.web.pages import Pages


def application(
    library: Library,
    examples: Mapping[str, Draft] | None = None,
    today: Callable[[], date] = date.today,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Return the application that shows a library, with some made-up patients to open (the library's own, if none are given)."""
    vocabulary = library.lexicon.vocabulary
    shown = examples or {case.name: from_case(case, vocabulary) for case in library.patients}
    pages = Pages(library, {name: draft.about for name, draft in shown.items()})
    consults = Consults(library, shown, pages, Kept(clock), today)
    return Starlette(routes=[*consults.routes, asset_route])
