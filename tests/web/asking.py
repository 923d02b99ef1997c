"""How a test asks an app: one request as the server would hand it over, and all that comes back."""

import asyncio
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Receive, Scope

from patency.web.log import Log

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
BROWSER = {"host": "localhost:8000"}


class Reply(NamedTuple):
    """What an app answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def scope_of(line: str, headers: Headers = BROWSER, client: str = "192.0.2.7") -> Scope:
    """Return the scope of a request such as 'GET /library/index.html?x=1'."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }


async def heard(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Ask, and return every message that came back."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


async def asked(app: ASGIApp, scope: Scope, parts: Iterable[bytes] = (b"",)) -> Reply:
    """Ask, and send the body in the parts given; a client who has sent all waits for the answer."""
    waiting = list(parts)

    async def receive() -> Message:
        if waiting:
            part = waiting.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(waiting)}
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    return reply(await heard(app, scope, receive))


def reply(sent: list[Message]) -> Reply:
    """Put together what was sent, which must be one whole answer."""
    start, *rest = sent
    assert start["type"] == "http.response.start"
    assert rest, "an answer has a body, be it empty"
    assert [message.get("more_body", False) for message in rest] == [True] * (len(rest) - 1) + [False]
    names = [name.decode() for name, _ in start["headers"]]
    assert len(names) == len(set(names)), "no header is sent twice"
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


def ask(
    app: ASGIApp,
    line: str,
    headers: Headers = BROWSER,
    *,
    body: bytes | list[bytes] = b"",
    client: str = "192.0.2.7",
) -> Reply:
    """Ask once; a body in one piece is sent with its length, one in parts without."""
    parts = body if isinstance(body, list) else [body]
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if isinstance(body, list):
        pairs.append(("transfer-encoding", "chunked"))
    elif body:
        pairs.append(("content-length", str(len(body))))
    return asyncio.run(asked(app, scope_of(line, pairs, client), parts))


class Pages:
    """A log that is kept to be read."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.log = Log(self.stream, lambda: datetime(2026, 5, 29, 22, 15, tzinfo=UTC))

    @property
    def text(self) -> str:
        """All of it."""
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line as what it says."""
        return [json.loads(line) for line in self.text.splitlines()]


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
