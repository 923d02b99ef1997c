"""The web application: what stands at which address. Wiring only; it decides nothing clinical."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from patency.case import Case
from patency.consult.own import Own
from patency.document import read_document, to_yaml
from patency.evidence.model import Audit
from patency.evidence.study import Evidence
from patency.guideline.model import Library
from patency.publish.studied import NONE
from patency.web.api import Interface
from patency.web.assets import asset_path, asset_route
from patency.web.consults import Consults
from patency.web.draft import from_case, from_document
from patency.web.health import health
from patency.web.kept import Kept
from patency.web.pages import Pages, programs_page
from patency.web.refusal import for_routes
from patency.web.schemas import stamp
from patency.web.shelf import Shelf, routes

AT_ONCE = 4  # consults that are worked out at the same time; the interpreter runs one at a time anyway
STYLE = asset_path("patency.css")


def application(
    library: Library,
    examples: Mapping[str, bytes] | None = None,
    today: Callable[[], date] = date.today,
    clock: Callable[[], float] = time.monotonic,
    audits: Sequence[Audit] = (),
    own: Own | None = None,
    evidence: Evidence = NONE,
) -> Starlette:
    """Return the application that shows a library, with made-up patients to open: these case files, or the library's own patients.

    `own` is a cut of one's own registry, which every consult then tells of.
    """
    files = examples or {case.name: _file(case, library) for case in library.patients}
    documents = {name: read_document(content, name) for name, content in files.items()}
    drafts = {name: replace(from_document(document), is_made_up=True) for name, document in documents.items()}
    shelf = Shelf(library, audits, evidence)
    pages = Pages(shelf.press, {name: draft.about for name, draft in drafts.items()})
    workers = CapacityLimiter(AT_ONCE)
    consults = Consults(library, drafts, pages, Kept(clock), today, workers, own)
    interface = Interface(library, documents, today, workers, own)

    async def programs(request: Request) -> Response:
        if request.url.path.endswith("/"):  # from there its links would lead elsewhere
            return RedirectResponse("../api")
        return HTMLResponse(
            await to_thread.run_sync(lambda: programs_page(shelf.press, interface.told), limiter=workers)
        )

    described = [Route("/api", programs, methods=["GET"]), Route("/api/", programs, methods=["GET"])]
    app = Starlette(
        routes=[
            *consults.routes,
            *routes(shelf),
            *described,
            *interface.routes(),
            asset_route,
            health(library, workers, clock),
        ],
        exception_handlers={HTTPException: for_routes(STYLE, stamp(library))},
    )
    app.router.redirect_slashes = False  # Starlette would send a browser to an absolute address, out of any sub-path
    return app


def _file(case: Case, library: Library) -> bytes:
    return to_yaml(from_case(case, library.lexicon.vocabulary).document()).encode()
