"""Whether it is up: what a container, a proxy or a monitor asks for, which tells nothing about anybody."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import patency
from patency.guideline.model import Library


def health(library: Library) -> Route:
    """Return the route /healthz, which says the version and by which hash the content is known."""
    said = {"status": "ok", "version": patency.__version__, "content_hash": library.content_hash}

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse(said)

    return Route("/healthz", healthz)
