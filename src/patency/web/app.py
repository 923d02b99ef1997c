"""The web application: what stands at which address. Wiring only; it decides nothing clinical."""

import time
from collections.abc import Callable, Mapping
from datetime import date

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from patency.fault import Fault, Place
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

    async def refused(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        path = request.url.path.removeprefix(request.scope.get("root_path", "")).lstrip("/")
        return HTMLResponse(pages.refused(_REFUSALS.get(code, _REFUSALS[400]), path), code, headers)

    return Starlette(routes=[*consults.routes, asset_route], exception_handlers={HTTPException: refused})


_HERE = Place("the request")
_REFUSALS = {
    400: Fault(_HERE, "what was sent cannot be read", "it is not what a form of this page sends",
               "go back, and send the form again"),
    404: Fault(_HERE, "there is no page at this address", "only what this house holds can be shown",
               "look at the address, or begin at the start"),
    405: Fault(_HERE, "this address cannot be asked so", "a page is opened, and a form is sent, each at its own address",
               "begin at the start"),
    415: Fault(_HERE, "what was sent is not a form", "this address reads what a form of its page sends",
               "send it as application/x-www-form-urlencoded, or use the API"),
}  # fmt: skip
