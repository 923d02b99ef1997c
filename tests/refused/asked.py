"""What is asked of the web application and refused: each request with the exact words that answer it."""

import asyncio
import errno
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Message

from patency.fault import Fault, Place
from patency.web import exchange
from patency.web.guard import Rules, guarded
from patency.web.refusal import for_routes
from patency.web.serve import cannot_listen
from web.asking import BROWSER, Hands, Pages, Reply, ask, asked, heard, reply, scope_of


async def _page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("a page")


async def _breaks(_: Request) -> PlainTextResponse:
    raise ValueError


async def _never(_: Request) -> PlainTextResponse:
    await asyncio.sleep(60)
    return PlainTextResponse("never")


async def _cannot_be_read(_: Request) -> PlainTextResponse:
    raise HTTPException(400)


PAGES: dict[str, Callable[[Request], Awaitable[PlainTextResponse]]] = {
    "/api/page": _page,
    "/api/breaks": _breaks,
    "/api/never": _never,
    "/api/form": _cannot_be_read,
}
APP = Starlette(
    routes=[Route(path, page, methods=["POST"]) for path, page in PAGES.items()],
    exception_handlers={HTTPException: for_routes("", {})},
)
RULES = Rules(a_minute=2, body_seconds=0.02, answer_seconds=0.02, at_once=1)


def _answer(
    line: str, *, headers: dict[str, str] | None = None, body: Sequence[bytes] = (b"",), times: int = 1
) -> Reply:
    app = guarded(APP, RULES, Pages().log, Hands(), lambda: "1a2b3c4d")

    async def ask_all() -> list[Reply]:
        scope = scope_of(line, {**BROWSER, **(headers or {})})
        return await asyncio.gather(*(asked(app, scope, body) for _ in range(times)))

    return asyncio.run(ask_all())[-1]


def _slow() -> Reply:
    """Announce nine bytes and send none."""

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for this")

    scope = scope_of("POST /api/page", {**BROWSER, "content-length": "9"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "DRAIN_SECONDS", 0)
        return reply(asyncio.run(heard(guarded(APP, RULES, Pages().log), scope, receive)))


REQUESTS: dict[str, Callable[[], Reply]] = {
    "answer-too-late": lambda: _answer("POST /api/never"),
    "asked-too-often": lambda: _answer("POST /api/page", times=3),
    "body-in-two-lengths": lambda: _answer(
        "POST /api/page", headers={"content-length": "1", "transfer-encoding": "chunked"}
    ),
    "body-too-large": lambda: _answer("POST /api/page", body=[b"x" * 300_001]),
    "body-too-slow": _slow,
    "failure": lambda: _answer("POST /api/breaks"),
    "form-of-another-site": lambda: _answer("POST /api/page", headers={"sec-fetch-site": "cross-site"}),
    "form-that-cannot-be-read": lambda: _answer("POST /api/form"),
    "method-that-does-not-fit": lambda: _answer("GET /api/page"),
    "name-that-is-none": lambda: _answer("GET /api/page", headers={"host": "<script>"}),
    "name-that-is-not-known": lambda: _answer("GET /api/page", headers={"host": "evil.example"}),
    "page-that-is-not-there": lambda: _answer("GET /api/pages"),
    "question-too-long": lambda: _answer("GET /api/page?" + "x" * 2001),
    "too-many-at-once": lambda: _answer("POST /api/never", times=2),
}


def _request(name: str) -> str:
    answer = REQUESTS[name]()
    faults = json.loads(answer.body)["faults"]
    again = f", again after {answer.headers['retry-after']} s" if "retry-after" in answer.headers else ""
    told = [Fault(Place(each["where"]), each["what"], each["why"], each["fix"]) for each in faults]
    return f"HTTP {answer.status}{again}\n" + "".join(f"{fault}\n" for fault in told)


def _not_a_path() -> str:
    answer = ask(guarded(APP, RULES, Pages().log), "OPTIONS *")
    return f"HTTP {answer.status}\n{answer.text}"


def _packed() -> str:
    answer = ask(guarded(APP, RULES, Pages().log), "POST /consult", {**BROWSER, "content-encoding": "gzip"})
    return f"HTTP {answer.status}\n{answer.text}"


def _listening() -> str:
    numbers = (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return "".join(f"{cannot_listen(OSError(number, ''), '::1', 80)}\n" for number in numbers)


ASKED: dict[str, Callable[[], str]] = {
    **{name: partial(_request, name) for name in REQUESTS},
    "address-that-is-no-path": _not_a_path,
    "body-that-is-packed": _packed,
    "address-that-cannot-be-listened-on": _listening,
}
