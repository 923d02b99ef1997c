"""What the log holds, and that nothing in it was ever typed by anybody."""

import io
import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from patency.web.guard import Rules, guarded
from patency.web.log import Hushed, Log, failures, hush

from .asking import BROWSER, Hands, Pages, ask
from .breaking import PAGES
from .served import BREAKING, served, status

# Each is nowhere in the program; were it in the log, it would have come from outside.
TYPED = "MARIGOLD"


async def page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("a page")


APP = Starlette(
    routes=[
        Route("/", page),
        Route("/consult", page, methods=["POST"]),
        Route("/library/{path:path}", page),
        Mount("/api", routes=[Route("/1/guidelines/{name}", page)]),
        Mount("/assets", app=page),  # type: ignore[arg-type]  # it is never called
    ]
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /", "GET / 200 6"),
        ("HEAD /", "HEAD / 200 0"),
        ("POST /consult", "POST /consult 200 6"),
        ("GET /consult", "GET /consult 405"),
        (f"GET /library/{TYPED}?q={TYPED}", "GET /library/{path} 200 6"),
        (f"GET /api/1/guidelines/{TYPED}", "GET /api/1/guidelines/{name} 200 6"),
        (f"GET /{TYPED}", "GET none 404"),
        (f"{TYPED} /", "other / 405"),
    ],
)
def test_a_line_names_the_route_as_the_program_has_it(line: str, expected: str) -> None:
    """Method, route, status, size and time; never the path that was typed."""
    pages, hands = Pages(), Hands()
    ask(guarded(APP, Rules(), pages.log, hands), line)
    (logged,) = pages.lines
    assert list(logged) == ["time", "event", "method", "route", "status", "milliseconds", "bytes"]
    assert f"{logged['method']} {logged['route']} {logged['status']} {logged['bytes']}".startswith(expected)
    assert (logged["time"], logged["event"], logged["milliseconds"]) == (
        "2026-05-29T22:15:00.000+00:00",
        "request",
        0.0,
    )


def test_what_is_refused_is_logged_as_well() -> None:
    """Each request has one line, whoever answered it."""
    pages = Pages()
    app = guarded(APP, Rules(a_minute=2), pages.log)
    ask(app, "GET /", {"host": TYPED})
    ask(app, "POST /consult", {**BROWSER, "origin": f"http://{TYPED}"})
    ask(app, f"GET /?{TYPED * 1000}")
    ask(app, "POST /consult", body=TYPED.encode() * 100_000)
    ask(app, "POST /consult")
    ask(app, "POST /consult")
    assert [line["status"] for line in pages.lines] == [421, 403, 414, 413, 200, 429]
    assert TYPED not in pages.text


def test_a_line_that_cannot_be_written_does_no_harm() -> None:
    """Nobody is denied an answer because a disk is full or a pipe is closed."""
    stream = io.StringIO()
    stream.close()
    Log(stream, lambda: datetime(2026, 5, 29, tzinfo=UTC)).note("request")


def test_a_failure_is_told_by_types_and_places() -> None:
    """With all that led to it, and no word of it."""
    try:
        try:
            int(TYPED)
        except ValueError as error:
            raise ExceptionGroup(TYPED, [KeyError(TYPED), RuntimeError(TYPED)]) from error
    except ExceptionGroup as error:
        told = failures(error)

    assert [each["type"] for each in told] == ["ExceptionGroup", "KeyError", "RuntimeError", "ValueError"]
    here = r"web/test_log\.py:\d+:test_a_failure_is_told_by_types_and_places"
    assert re.fullmatch(here, told[0]["stack"][-1])
    assert TYPED not in json.dumps(told)


def test_an_endless_chain_of_failures_is_cut() -> None:
    """Eight are enough, and one that led to itself is told once."""
    error: BaseException = ValueError()
    for _ in range(50):
        error, led = KeyError(), error
        error.__context__ = led
    assert len(failures(error)) == 8
    circle = ValueError()
    circle.__cause__ = KeyError()
    circle.__cause__.__context__ = circle
    assert [each["type"] for each in failures(circle)] == ["ValueError", "KeyError"]
    assert failures(None) == []


def test_what_a_library_logs_is_told_by_its_place() -> None:
    """Only a few constant words of the server are let through."""
    pages = Pages()
    logger = logging.Logger(TYPED)
    logger.addHandler(Hushed(pages.log))
    logger.warning("Invalid HTTP request received.")
    logger.error("the patient is %s", TYPED)
    logger.error(ValueError(TYPED), exc_info=ValueError(TYPED))
    logger.info("nothing")

    first, second, third = pages.lines
    assert first["says"] == "Invalid HTTP request received."
    assert re.fullmatch(r"web/test_log\.py:\d+:test_what_a_library_logs_is_told_by_its_place", first["at"])
    assert set(second) == {"time", "event", "level", "at"}
    assert third["failures"] == [{"type": "ValueError", "stack": []}]
    assert TYPED not in pages.text


def test_hushing_takes_everything_that_python_itself_would_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loggers without a handler, failures of threads, and of what is thrown away."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.lastResort, threading.excepthook, sys.unraisablehook)
    pages = Pages()
    monkeypatch.setattr(logging, "captureWarnings", lambda **_: None)
    try:
        hush(pages.log)
        logging.getLogger("somebody").error(TYPED)
        thread = threading.Thread(target=int, args=(TYPED,))
        thread.start()
        thread.join()
    finally:
        root.handlers, root.level, logging.lastResort, threading.excepthook, sys.unraisablehook = before
    assert [line["event"] for line in pages.lines] == ["server", "failure"]
    assert TYPED not in pages.text


SENT = {
    "a form": (f"name={TYPED}".encode(), "Content-Type: application/x-www-form-urlencoded\r\n"),
    "a file": (
        f'--{TYPED}\r\nContent-Disposition: form-data; name="{TYPED}"; filename="{TYPED}"\r\n\r\n{TYPED}\r\n--{TYPED}--'.encode(),
        f"Content-Type: multipart/form-data; boundary={TYPED}\r\n",
    ),
    "what is no text": (b"\xff\x00" + TYPED.encode(), f"Content-Type: {TYPED}/{TYPED}\r\nX-{TYPED}: {TYPED}\r\n"),
}


def test_nothing_that_anybody_typed_is_in_the_log_whatever_fails() -> None:
    """A real server, failing in every way that is known: what stands on its standard error was never sent to it."""
    everywhere = f"Cookie: {TYPED}\r\nReferer: http://{TYPED}/\r\nX-Forwarded-For: {TYPED}\r\nUser-Agent: {TYPED}\r\n"
    with served(*BREAKING) as server:
        for each in PAGES:
            for body, headers in SENT.values():
                for before in ("", f"/mounted/{TYPED}"):
                    path = f"{before}/{each.__name__}/{TYPED}%20{TYPED}?{TYPED}={TYPED}"
                    answer = server.post(path, body, headers + everywhere)
                    if each.__name__ != "is_late":
                        assert status(answer) in (200, 500), each.__name__
                    assert b"Traceback" not in answer
                if each.__name__ == "is_late":
                    break
        for oddity in (
            f"{TYPED} /answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            f"GET /{TYPED} HTTP/1.1\r\nHost: {TYPED}\r\nConnection: close\r\n\r\n",
            f"GET {TYPED} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            f"{TYPED}\r\n\r\n",
            f"GET / HTTP/1.1\r\n{TYPED}\r\n\r\n",
            f"GET / HTTP/{TYPED}\r\nHost: localhost\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {TYPED * 3000}\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: {TYPED}\r\nConnection: upgrade, close\r\n\r\n",
            f"POST /answers/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {TYPED}\r\n\r\n",
            f"POST /answers/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{TYPED}\r\n",
            f"POST /answers/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {TYPED}\r\n\r\n",
            f"POST /answers/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{TYPED}",
        ):
            server.ask(oddity.encode())
        ended = server.end()

    assert ended.code == 0
    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert {"start", "stop", "request", "failure", "server"} == {line["event"] for line in lines}
    assert {line.get("status") for line in lines} >= {200, 400, 404, 405, 408, 421, 500, 503}
    assert "/mounted/{ward}/raises/{name}" in {line.get("route") for line in lines}
    assert TYPED.lower() not in ended.err.lower()
    assert TYPED.lower() not in ended.out.lower()
    assert "127.0.0.1" not in ended.err
