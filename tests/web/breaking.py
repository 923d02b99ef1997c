"""A server whose pages fail in every way, run as a process of its own: python breaking.py; it says where it is open."""

import asyncio
import logging
import sys
import threading
import time
import warnings
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from patency.web import exchange
from patency.web import serve as server
from patency.web.guard import Rules
from patency.web.log import Log


async def said(request: Request) -> str:
    """All that somebody told, as a careless program would put it into a message."""
    return f"{request.url} {request.headers} {request.path_params} {(await request.body()).decode('latin-1')}"


async def raises(request: Request) -> Response:
    raise ValueError(await said(request))


async def raises_from(request: Request) -> Response:
    words = await said(request)
    try:
        raise KeyError(words)
    except KeyError as error:
        error.add_note(words)
        raise RuntimeError(words) from ExceptionGroup(words, [ValueError(words), OSError(2, words, words)])


async def raises_half_way(request: Request) -> Response:
    words = await said(request)

    async def parts() -> object:
        yield b"half"
        raise ValueError(words)

    return StreamingResponse(parts())  # type: ignore[arg-type]


async def raises_in_a_thread(request: Request) -> Response:
    words = await said(request)
    await asyncio.to_thread(int, words)
    return PlainTextResponse("never")


async def leaves_a_thread(request: Request) -> Response:
    thread = threading.Thread(target=int, args=(await said(request),), name=await said(request))
    thread.start()
    thread.join()
    return PlainTextResponse("left")


async def leaves_a_task(request: Request) -> Response:
    words = await said(request)

    async def fails() -> None:
        raise ValueError(words)

    task = asyncio.create_task(fails(), name=words)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    return PlainTextResponse("left")


async def cannot_be_collected(request: Request) -> Response:
    words = await said(request)

    class Broken:
        def __del__(self) -> None:
            raise ValueError(words)

    Broken()
    return PlainTextResponse("left")


async def logs(request: Request) -> Response:
    words = await said(request)
    logging.getLogger("uvicorn.error").error(words)
    logging.getLogger("uvicorn.access").error(words)
    logging.getLogger(words).error("a patient said %s", words, exc_info=ValueError(words))
    logging.getLogger("a.library").error("%s", words, stack_info=True)
    warnings.warn(words, stacklevel=1)
    return PlainTextResponse("logged")


async def is_late(request: Request) -> Response:
    words = await said(request)
    await asyncio.sleep(1.2)
    raise ValueError(words)


async def sleeps(_: Request) -> Response:
    await run_in_threadpool(time.sleep, 60)
    return PlainTextResponse("never")


async def sleeps_elsewhere(_: Request) -> Response:
    await asyncio.to_thread(time.sleep, 60)  # a thread that the loop itself waits for as it closes
    return PlainTextResponse("never")


async def answers(request: Request) -> Response:
    return PlainTextResponse(f"heard {len(await said(request))}")


async def starts() -> None:
    raise ValueError("the library is not to be told")


PAGES = [
    raises,
    raises_from,
    raises_half_way,
    raises_in_a_thread,
    leaves_a_thread,
    leaves_a_task,
    cannot_be_collected,
    logs,
    is_late,
    answers,
]
STUCK = [sleeps, sleeps_elsewhere]

if __name__ == "__main__":
    server.HEAD_SECONDS = server.LINGER_SECONDS = 1
    server.IDLE_SECONDS = 3
    server.STOP_SECONDS = 2
    server.MOST_CONNECTIONS = 20
    exchange.DRAIN_SECONDS = 1
    routes = [Route(f"/{page.__name__}/{{name:path}}", page, methods=["GET", "POST"]) for page in [*PAGES, *STUCK]]
    with server.listen("127.0.0.1", 0) as listening:
        server.serve(
            Starlette(routes=[*routes, Mount("/mounted/{ward}", routes=routes)]),
            listening,
            Rules(a_minute=1000, body_seconds=1, answer_seconds=1, uploads=frozenset({"/open"})),
            Log(sys.stderr, lambda: datetime.now(UTC)),
            lambda line: print(line, flush=True),  # noqa: T201  its user waits for it
        )
