"""Whether it is up: what a container, a proxy or a monitor asks for, which tells nothing about anybody.

A process that answers this may still be stuck: when whatever works consults out is held, each by the same
request, since it was first seen half a minute ago. That is noticed by being asked twice, as a monitor does.
"""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import patency
from patency.guideline.model import Library

HELD_SECONDS = 30  # as long as a person is let wait for an answer (guard.py)


def health(library: Library, workers: CapacityLimiter, clock: Callable[[], float]) -> Route:
    """Return the route /healthz: the version, by which hash the content is known, and whether work gets done."""
    said = {"version": patency.__version__, "content_hash": library.content_hash}
    seen: WeakKeyDictionary[object, float] = WeakKeyDictionary()  # who holds a worker, since when at the latest

    def is_stuck() -> bool:
        now, told = clock(), workers.statistics()
        for gone in set(seen) - set(told.borrowers):
            del seen[gone]
        held = [now - seen.setdefault(each, now) for each in told.borrowers]
        return len(held) >= told.total_tokens and min(held, default=0) >= HELD_SECONDS

    async def healthz(_: Request) -> JSONResponse:
        is_busy = is_stuck()
        return JSONResponse({"status": "busy" if is_busy else "ok", **said}, 503 if is_busy else 200)

    return Route("/healthz", healthz)
