"""What a request brings and what goes back, between the server and the app.

In: the channels of ASGI for one request. Out: its body in one piece, within its size and time; and an answer
that has the headers of every answer, is counted, and can still be taken back while nothing of it went out.

Not here: what is refused and why (guard.py), and in which words (refusal.py).
"""

import asyncio
from collections.abc import Iterable
from urllib.parse import quote

from starlette.types import Message, Receive, Scope, Send

from patency.bounds import LARGEST_FILE
from patency.web import refusal
from patency.web.refusal import Refusal, Written

MOST_DRAINED = 10 * LARGEST_FILE  # bytes of a refused body that are let in, so that its sender gets to read why
DRAIN_SECONDS = 5

# Turned off: whatever of these a browser knows, no page here needs.
_UNUSED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection "
    "local-fonts magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock "
    "serial usb xr-spatial-tracking"
).split()
SAFE = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    # Not no-referrer: with it a browser calls the origin of its own forms null, and over plain http,
    # where it says nothing else of where they come from, each would have to be refused.
    b"referrer-policy": b"same-origin",
    b"permissions-policy": ", ".join(f"{each}=()" for each in _UNUSED).encode(),
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
}
# Only where a browser heeds it, over https and on this machine; elsewhere it shows each as an error.
ALONE = (b"cross-origin-opener-policy", b"same-origin")
_SECURE = (b"strict-transport-security", b"max-age=31536000")
_GUARDED = {*SAFE, ALONE[0], b"server", b"x-powered-by"}  # what the app says of these is not passed on


class Denied(Exception):  # noqa: N818  it is an answer
    """A request that is not passed on, and why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.status)
        self.why = why


class Left(Exception):  # noqa: N818  it is nobody's mistake
    """Whoever asked is gone, and nobody is there to answer."""


class Body:
    """What a request brings: read whole, and handed to the app in one piece."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        length = (values_of(scope, b"content-length") or [""])[0]
        self.length = int(length[:20]) if length.isascii() and length.isdigit() else 0
        self.is_whole = not self.length and not values_of(scope, b"transfer-encoding")
        self._is_awaited = "100-continue" in ",".join(values_of(scope, b"expect")).lower()  # before it is sent at all
        self._body: bytes | None = None

    async def read(self, most: int, seconds: float) -> None:
        """Read all of it, or refuse it for its size or slowness."""
        if self.length > most:
            raise Denied(refusal.too_large(most))
        parts, size = [], 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    part = await self._next()
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise Denied(refusal.too_large(most))
                    if self.is_whole:
                        break
        except TimeoutError:
            raise Denied(refusal.too_slow(seconds)) from None
        self._body = b"".join(parts)

    async def drain(self) -> None:
        """Read on and throw away, for a browser shows no answer to what it could not send."""
        if self._is_awaited:
            return
        size = 0
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self.is_whole and size <= MOST_DRAINED:
                    size += len(await self._next())
        except (TimeoutError, Left):
            return

    async def _next(self) -> bytes:
        self._is_awaited = False
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Left
        self.is_whole = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part

    async def receive(self) -> Message:
        """Hand the app the whole body first, and then whatever else there is to hear."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await self._receive()


class Answer:
    """What goes back: with the headers of every answer, and counted."""

    def __init__(self, scope: Scope, send: Send, *, is_here: bool) -> None:
        self._send = send
        is_secure, self._is_head = scope["scheme"] == "https", scope["method"] == "HEAD"
        self._own = [*SAFE.items(), *([ALONE] if is_secure or is_here else []), *([_SECURE] if is_secure else [])]
        self._held: list[Message] = []
        self._is_given_up = False
        self.status: int | None = None
        self.sent = 0

    @property
    def is_begun(self) -> bool:
        """Whether anything of it went out."""
        return self.status is not None

    async def send(self, message: Message) -> None:
        """Pass on what the app sends; a 500 waits until it is known whether an exception follows it."""
        # Starlette answers an exception with a page of its own and only then lets it rise.
        if self._is_given_up:
            return
        if self._held or (message["type"] == "http.response.start" and message["status"] == 500):
            self._held.append(message)
        else:
            await self._pass(message)

    async def let_go(self) -> None:
        """Send what was held back."""
        for message in self._held:
            await self._pass(message)

    def give_up(self) -> None:
        """Let nothing more through that the app sends."""
        self._is_given_up = True

    async def refuse(self, status: int, as_written: Written, *, is_last: bool) -> None:
        """Answer with a refusal, and close the connection where more of its request may follow."""
        headers, body = as_written
        await self._whole(status, [*headers, *([(b"connection", b"close")] if is_last else [])], body)

    async def redirect(self, to: str) -> None:
        """Send a browser on to an address beside the one it asked for."""
        await self._whole(308, [(b"location", quote(to).encode()), (b"content-length", b"0")], b"")

    async def _whole(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await self._pass({"type": "http.response.start", "status": status, "headers": headers})
        await self._pass({"type": "http.response.body", "body": body})

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": _safe(message.get("headers", ()), self._own)}
        elif not self._is_head:
            self.sent += len(message.get("body", b""))
        await self._send(message)


def _safe(headers: Iterable[tuple[bytes, bytes]], own: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers with those of every answer; of these only how long it may be kept is the app's to say."""
    kept = [(name, value) for name, value in headers if name.lower() not in _GUARDED]
    if not any(name.lower() == b"cache-control" for name, _ in kept):
        kept.append((b"cache-control", b"no-store"))
    return [*kept, *own]


def values_of(scope: Scope, name: bytes) -> list[str]:
    """Return what stands in each header of a name."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


def last_of(scope: Scope, name: bytes) -> str:
    """Return the right-most entry of a header that is a list: the one that the nearest proxy wrote."""
    return ",".join(values_of(scope, name)).rpartition(",")[2].strip()


def is_packed(scope: Scope) -> bool:
    """Say whether a body is said to be packed, which nothing here unpacks."""
    return any(value.strip().lower() not in ("", "identity") for value in values_of(scope, b"content-encoding"))
