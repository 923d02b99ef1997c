"""How a program asks: one request, as the server would hand it to the application, and what comes back."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import jsonschema
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Scope

from patency.document import Node, read_bytes, read_document
from patency.guideline.model import Library
from patency.web.api import Interface

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
WORKED = next(path for path in EXAMPLES if path.stem == "acute-severe-adult")
TODAY = date(2026, 5, 29)
YAML = {"content-type": "application/yaml"}
JSON = {"content-type": "application/json"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def faults(self) -> str:
        """The faults, each as the command line prints it."""
        told = [
            f"{each['where']}: {each['what']}\n  why: {each['why']}\n  fix: {each['fix']}"
            for each in self.json["faults"]
        ]
        return "\n".join(told) + "\n"


def stated_examples() -> dict[str, Node]:
    """Read the stated examples, the worked patient first."""
    return {path.stem: read_document(read_bytes(path), path.name) for path in [WORKED, *EXAMPLES]}


def interface(library: Library, examples: Mapping[str, Node] | None = None) -> Interface:
    """Return the interface to a library, on a day that is always the same."""
    return Interface(library, stated_examples() if examples is None else examples, lambda: TODAY, CapacityLimiter(2))


def app_of(asked: Interface) -> Starlette:
    """Return an application that has the interface and nothing else."""
    return Starlette(routes=asked.routes())


def ask(
    app: ASGIApp, line: str, sent: str | bytes | Iterable[bytes] = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask, for instance, 'GET /api/1/guidelines'; a body in several parts comes part by part, and then the connection ends."""
    return asyncio.run(asking(app, line, sent, headers))


async def asking(
    app: ASGIApp, line: str, sent: str | bytes | Iterable[bytes] = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask while other things go on."""
    whole = sent.encode() if isinstance(sent, str) else sent
    coming = [whole] if isinstance(whole, bytes) else list(whole)
    answered: list[Message] = []

    async def receive() -> Message:
        if coming:
            return {
                "type": "http.request",
                "body": coming.pop(0),
                "more_body": bool(coming) or not isinstance(whole, bytes),
            }
        if isinstance(whole, bytes):  # whoever has sent all waits for the answer
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answered.append(message)

    await app(scope_of(line, headers or {}), receive, send)
    start, *rest = answered
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], named, b"".join(each["body"] for each in rest))


def scope_of(line: str, headers: Mapping[str, str]) -> Scope:
    """Return a request as the server hands it over."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    return {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": unquote(path), "raw_path": path.encode(),
        "query_string": query.encode(), "root_path": "", "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 50_000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in {"host": "127.0.0.1:8000", **headers}.items()],
    }  # fmt: skip


def fits(value: Any, schema: str, described: Mapping[str, Any]) -> None:
    """Check that an answer is what the description says of it."""
    validator_of(schema, described).validate(value)


def validator_of(schema: str, described: Mapping[str, Any]) -> jsonschema.Draft202012Validator:
    """Return what checks a value against a schema of the description."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
    return jsonschema.Draft202012Validator(whole)
