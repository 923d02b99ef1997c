"""The web application: what stands at which address. Wiring only; it decides nothing clinical."""

import time
from collections.abc import Callable, Mapping
from datetime import date

from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from patency.case import Case
from patency.document import read_document, to_yaml
from patency.fault import Fault, Place
from patency.guideline.model import Library
from patency.web.api import Interface
from patency.web.assets import asset_route
from patency.web.consults import Consults
from patency.web.form import from_case, from_document
from patency.web.kept import Kept
from patency.web.pages import Pages


def application(
    library: Library,
    examples: Mapping[str, bytes] | None = None,
    today: Callable[[], date] = date.today,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Return the application that shows a library, with made-up patients to open: these case files, or the library's own patients."""
    files = examples or {case.name: _file(case, library) for case in library.patients}
    drafts = {name: from_document(read_document(content, name)) for name, content in files.items()}
    pages = Pages(library, {name: draft.about for name, draft in drafts.items()})
    workers = CapacityLimiter(AT_ONCE)
    consults = Consults(library, drafts, pages, Kept(clock), today, workers)
    interface = Interface(library, files, today, workers)

    async def refused(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        path = request.url.path.removeprefix(request.scope.get("root_path", "")).lstrip("/")
        return HTMLResponse(pages.refused(_REFUSALS.get(code, _REFUSALS[400]), path), code, headers)

    return Starlette(
        routes=[*consults.routes, *interface.routes(), asset_route], exception_handlers={HTTPException: refused}
    )


def _file(case: Case, library: Library) -> bytes:
    return to_yaml(from_case(case, library.lexicon.vocabulary).document()).encode()


AT_ONCE = 4  # consults that are worked out at the same time; the interpreter runs one at a time anyway
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
