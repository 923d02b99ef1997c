"""How a request is refused: the words of a Fault with the status of HTTP, as a small page or as JSON.

In: a Refusal, the path that was asked for, and what stands before the faults that a program is told.
Out: headers and body. The page needs no template and brings nothing but a link to the app's stylesheet.
What a stranger typed stands in it nowhere, but for the name of a machine, which is letters, digits and dots.
"""

import json
from collections.abc import Mapping
from html import escape
from math import ceil
from typing import NamedTuple
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler, Scope

from patency.fault import Fault, Place

DEEPEST = 20  # folders that a path may name before its page goes without a stylesheet; none of ours is so deep
_WHERE = "the request"


class Refusal(NamedTuple):
    """Why a request is not answered, and after how many seconds it may be asked again, if that would help."""

    status: int
    what: str
    why: str
    fix: str
    again: int | None = None

    @property
    def fault(self) -> Fault:
        """The same as a mistake that anything else in Patency would speak of."""
        return Fault(Place(_WHERE), self.what, self.why, self.fix)


NOT_A_PATH = Refusal(
    400,
    "what was asked for is not a page here",
    "an address at this machine begins with a slash after its name",
    "open the start page",
)
TWO_LENGTHS = Refusal(
    400,
    "what was sent gives its length in two ways",
    "a proxy in between could read it differently, and let another request hide in it",
    "send it with a Content-Length alone",
)
CROSS_SITE = Refusal(
    403,
    "this was not sent from a page of Patency",
    "another site's page must not be able to act in your name here",
    "open Patency and send it from there; if you did, a proxy in between changes the name that this page is asked under, "
    "and whoever runs it should let that name through",
)
PACKED = Refusal(
    415,
    "what was sent is packed",
    "nothing is unpacked here: a small package can hold more than a machine has room for",
    "send it as it is, without a Content-Encoding",
)
NO_SUCH_PAGE = Refusal(
    404, "there is no such page", "the address leads nowhere", "check it for a slip, or begin at the start page"
)
NOT_SO = Refusal(
    405,
    "this address cannot be asked for in this way",
    "some answers need a form that was filled in, and others take none",
    "begin at the start page, or see which methods the Allow header names",
)
TOO_LATE = Refusal(
    503,
    "the answer took too long",
    "this machine is busy with others, so that work is given up rather than piled up",
    "wait a moment and send it again",
    5,
)
TOO_BUSY = Refusal(
    503,
    "too many requests are under way at once",
    "this machine is busy with others, and those who are already being answered come first",
    "wait a moment and send it again",
    5,
)


def unknown_name(name: str | None) -> Refusal:
    """Refuse a request under a name that the page does not answer to."""
    shown = "a name that cannot be read" if name is None else repr(name)
    return Refusal(
        421,
        f"this machine was asked under {shown}, which Patency does not answer to",
        "another site could give itself this machine's address, and would then read what you enter here",
        f"open it as localhost; where that name is this machine's own, start it with `patency serve --name {name or 'NAME'}`",
    )


def too_large(most: int) -> Refusal:
    """Refuse a body that is larger than what any page here sends."""
    return Refusal(
        413,
        f"what was sent is larger than {most / 1000:,.0f} kB",
        "nothing that is filled in here is that large",
        "check that it is the file you meant",
    )


def too_long(most: int) -> Refusal:
    """Refuse an address with too much after its question mark."""
    return Refusal(
        414,
        f"the address goes on for more than {most:,} letters after its question mark",
        "no page here needs that, and what is asked about a patient never belongs in an address",
        "begin at the start page",
    )


def too_slow(seconds: float) -> Refusal:
    """Refuse a body that does not arrive."""
    return Refusal(
        408,
        f"what was sent did not arrive within {seconds:g} seconds",
        "waiting for it for ever would keep others out",
        "check the connection and send it again; nothing of it was kept",
    )


def too_often(seconds: float) -> Refusal:
    """Refuse a client who asks more often than is fair to the others."""
    again = max(1, ceil(seconds))
    return Refusal(
        429,
        "more was asked from your address than is answered in so short a time",
        "this machine is kept free for everybody",
        f"wait {again} second{'s' * (again != 1)} and ask again",
        again,
    )


def failed(incident: str) -> Refusal:
    """Say that Patency itself went wrong, and by what name that is found in the log."""
    return Refusal(
        500,
        f"something went wrong in Patency itself: incident {incident}",
        "this is no fault of yours, and nothing that you entered is in the log",
        "go back and try again; if it happens again, tell whoever runs Patency the name of the incident",
    )


def unreadable(status: int) -> Refusal:
    """Refuse what a form or an address holds when it cannot be read at all."""
    return Refusal(
        status,
        "what was sent cannot be read",
        "it is not what a page of Patency sends",
        "begin at the start page; a program should look at the description of the interface",
    )


class Written(NamedTuple):
    """A refusal as it goes out."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


def is_for_program(path: str) -> bool:
    """Say whether a path belongs to the interface for programs."""
    return path == "/api" or path.startswith("/api/")


def path_as_asked(scope: Scope) -> str:
    """Return the path as the browser wrote it, which counts its folders: %2F is no slash to it."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.partition(b"?")[0].decode("latin-1")


def written(refusal: Refusal, path: str, style: str, stamp: Mapping[str, str]) -> Written:
    """Write a refusal as JSON where a program asked, and as a page elsewhere."""
    is_json = is_for_program(path)
    body = (_json(refusal, stamp) if is_json else _page(refusal, path, style)).encode()
    kind = b"application/json" if is_json else b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if refusal.again is not None:
        headers.append((b"retry-after", str(refusal.again).encode()))
    return Written(headers, body)


def _json(refusal: Refusal, stamp: Mapping[str, str]) -> str:
    return json.dumps({**stamp, "faults": [refusal.fault.shown]})


def _page(refusal: Refusal, path: str, style: str) -> str:
    depth = path.count("/") - 1
    up = "../" * depth if 0 <= depth <= DEEPEST else ""
    link = f'<link rel="stylesheet" href="{escape(up + style)}">\n' if style and depth <= DEEPEST else ""
    fault = refusal.fault
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_sentence(fault.what)} Patency</title>
{link}</head>
<body>
<main>
<h1>{_sentence(fault.what)}</h1>
<p><b>Why:</b> {escape(fault.why)}.</p>
<p><b>What to do:</b> {escape(fault.fix)}.</p>
<p><a href="{up or "./"}">Start page of Patency</a></p>
<p>HTTP {refusal.status}</p>
</main>
</body>
</html>
"""


def _sentence(words: str) -> str:
    return escape(f"{words[:1].upper()}{words[1:]}.")


def for_routes(style: str, stamp: Mapping[str, str]) -> ExceptionHandler:
    """Return how an app answers where no route fits: in the words and the form of every other refusal."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException), "it is registered for nothing else"
        known: Mapping[int, Refusal] = {404: NO_SUCH_PAGE, 405: NOT_SO}
        refusal = known.get(error.status_code) or unreadable(error.status_code)
        headers, body = written(refusal, path_as_asked(request.scope), style, stamp)
        told = {name.decode(): value.decode() for name, value in headers}
        return Response(body, error.status_code, {**told, **(error.headers or {})})

    return answer
