"""The application: which address is answered by what."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from patency.guideline.model import Library
from patency.web.health import health
from patency.web.refusal import for_routes

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict


def application(library: Library, verdicts: Sequence["Verdict"] | None = None) -> Starlette:  # noqa: ARG001  until there are pages
    """Build the application for a library."""

    async def start(_: Request) -> PlainTextResponse:
        return PlainTextResponse("Patency is open.\n")

    app = Starlette(routes=[Route("/", start), health(library)], exception_handlers={HTTPException: for_routes("")})
    app.router.redirect_slashes = False  # Starlette would send a browser to an absolute address, out of any sub-path
    return app
