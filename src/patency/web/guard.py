"""What stands between the network and the app: every request passes here first, every answer last.

In: any ASGI app, and the Rules. Out: the same app, behind limits on what may be asked, from where, how
often, how large and for how long; with the headers that keep a browser safe on each answer, whoever made
it; with failures told as an incident and never as a traceback; and with one line in the log for each.

What is refused is refused as early as it can be: the name (DNS rebinding), another site's form, the rate,
the length, and then whatever shows only while the body arrives. A body is read whole before the app sees
any of it, so that no work begins for one that never ends.

Not here: how a connection is held (serve.py), and what a name or an origin is (names.py).
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from patency.document import LARGEST_FILE
from patency.web import refusal
from patency.web.log import Log, failures, method_of, route_of, templates
from patency.web.names import Authority, authority, is_known, is_own_page, one_client
from patency.web.rate import Clock, Rate
from patency.web.refusal import Refusal, written

READING = ("GET", "HEAD", "OPTIONS")  # what changes nothing, and any page may ask for
MOST_DRAINED = 10 * LARGEST_FILE  # bytes of a refused body that are let in, so that its sender gets to read why
DRAIN_SECONDS = 5
SMALLEST_ZIPPED = 1_000  # bytes; below this the header costs more than it saves
ZIP_LEVEL = 5  # half the time of 9 for two hundredths more bytes

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
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
}
_SECURE = (b"strict-transport-security", b"max-age=31536000")
_UNSAID = (b"server", b"x-powered-by")


@dataclass(frozen=True)
class Rules:
    """What is allowed, and how much of it."""

    names: frozenset[str] = frozenset()  # that the page answers to beside this machine's own; '*' for any
    is_behind_proxy: bool = False  # whether what a proxy in front says of the request is believed
    under: str = ""  # the path that a proxy leaves in front of ours, such as /patency
    a_minute: int = 240  # forms and other work from one client; 0 for any number
    reads_for_each: int = 5  # pages, styles and scripts for each of those
    most_clients: int = 10_000  # that are told apart at one time
    largest: int = 300_000  # bytes of a body
    largest_upload: int = (
        LARGEST_FILE + 40_000
    )  # with what a form wraps round a file; from 2**20 on Starlette would use the disk
    uploads: frozenset[str] = frozenset({"/open"})  # where a file may be sent
    longest_query: int = 2_000  # letters
    body_seconds: float = 30  # for a body to arrive
    answer_seconds: float = 30  # for the app to answer
    at_once: int = 64  # requests under way
    at_once_each: int = 32  # of these from one client, so that no one keeps all others out
    style: str = "assets/patency.css"  # from the start page; '' for none


def guarded(
    app: ASGIApp,
    rules: Rules,
    log: Log,
    clock: Clock = time.monotonic,
    incident: Callable[[], str] = lambda: secrets.token_hex(4),
) -> ASGIApp:
    """Put an app behind the guard."""
    # Pages are packed though they are private: what packing can give away is a secret that is repeated beside
    # words that a stranger chose (BREACH), and no page here has a secret that it shows twice, or takes a stranger's words.
    packed = GZipMiddleware(app, minimum_size=SMALLEST_ZIPPED, compresslevel=ZIP_LEVEL)
    return _Guard(packed, rules, log, clock, incident, templates(getattr(app, "routes", ())))


class _Refused(Exception):  # noqa: N818  it is an answer
    def __init__(self, why: Refusal) -> None:
        super().__init__(why.status)
        self.why = why


class _Left(Exception):  # noqa: N818  nobody is there to answer
    pass


class _Guard:
    def __init__(
        self, app: ASGIApp, rules: Rules, log: Log, clock: Clock, incident: Callable[[], str], known: dict[int, str]
    ) -> None:
        self._app, self._rules, self._log, self._clock = app, rules, log, clock
        self._incident, self._templates = incident, known
        self._works = Rate(rules.a_minute, rules.most_clients, clock)
        self._reads = Rate(rules.a_minute * rules.reads_for_each, rules.most_clients, clock)
        self._under_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(dict(scope), receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self._clock()
        if self._rules.is_behind_proxy and _last(scope, b"x-forwarded-proto").lower() == "https":
            scope["scheme"] = "https"
        answer = _Answer(scope, send)
        body = _Body(scope, receive)
        try:
            await self._answer(scope, body, answer)
        except _Refused as refused:
            await body.drain()
            is_last = refused.why.status == 400 or not body.is_whole  # whatever follows could be read in two ways
            await answer.refuse(refused.why, scope["path"], self._rules.style, is_last=is_last)
        except _Left:
            pass
        finally:
            took = round((self._clock() - began) * 1000, 1)
            self._log.note("request", method=method_of(scope), route=route_of(scope, self._templates),
                           status=answer.status, milliseconds=took, bytes=answer.sent)  # fmt: skip

    async def _answer(self, scope: Scope, body: "_Body", answer: "_Answer") -> None:
        rules = self._rules
        is_bare = _strip(scope, rules.under)
        client = self._client(scope)
        if why := self._objection(scope, client):
            raise _Refused(why)
        if is_bare:  # relative links start from the slash at the end
            await answer.redirect(f"{rules.under.rpartition('/')[2]}/")
            return
        most = rules.largest_upload if scope["path"] in rules.uploads else rules.largest
        release = self._begin(client)
        try:
            await body.read(most, rules.body_seconds)
        except BaseException:
            release()
            raise
        await self._run(scope, body, answer, release)

    def _client(self, scope: Scope) -> str:
        """Return who asks: the peer, or whom the proxy that we trust had as its peer.

        A proxy adds the address that it saw at the right; what stands further left was sent to it, by anybody.
        """
        peer = (scope.get("client") or ("",))[0]
        said = _last(scope, b"x-forwarded-for") if self._rules.is_behind_proxy else ""
        return one_client(said) or one_client(peer) or peer

    def _objection(self, scope: Scope, client: str) -> Refusal | None:
        """Say what is wrong with a request as far as its head tells."""
        if not scope["path"].startswith("/"):
            return refusal.NOT_A_PATH
        asked = self._asked(scope)
        for each in asked:
            if each is None or not is_known(each.name, self._rules.names):
                return refusal.unknown_name(each.name if each else None)
        if len(scope["query_string"]) > self._rules.longest_query:
            return refusal.too_long(self._rules.longest_query)
        if _all(scope, b"content-length") and _all(scope, b"transfer-encoding"):
            return refusal.TWO_LENGTHS
        is_reading = scope["method"] in READING
        if not is_reading and not self._is_own(scope, [each for each in asked[-1:] if each]):
            return refusal.CROSS_SITE
        wait = (self._reads if is_reading else self._works).wait(client)
        return refusal.too_often(wait) if wait else None

    def _asked(self, scope: Scope) -> list[Authority | None]:
        """Return under which names the page was asked for, the one in the browser last; all must be known.

        A proxy that sets X-Forwarded-Host may set Host to anything; one that does not lets anybody set it.
        """
        hosts = _all(scope, b"host") or [""]
        if self._rules.is_behind_proxy and _all(scope, b"x-forwarded-host"):
            hosts.append(_last(scope, b"x-forwarded-host"))
        return [authority(host) for host in hosts]

    def _is_own(self, scope: Scope, asked: Sequence[Authority]) -> bool:
        """Say whether no other site can have sent this: browsers tell, and what is no browser holds nobody's trust.

        This is what Go's http.CrossOriginProtection does. A form needs no token then, and no cookie to hold one.
        """
        sites = _all(scope, b"sec-fetch-site")
        if sites:
            return all(site.lower() in ("same-origin", "none") for site in sites)
        is_told = self._rules.is_behind_proxy and _all(scope, b"x-forwarded-proto")
        scheme = scope["scheme"] if is_told else None
        return all(is_own_page(origin, asked, scheme) for origin in _all(scope, b"origin"))

    def _begin(self, client: str) -> Callable[[], None]:
        """Count a request as under way, unless too many are; return how to count it as done."""
        if self._under_way[client] >= self._rules.at_once_each:
            raise _Refused(refusal.too_often(1))
        if self._under_way.total() >= self._rules.at_once:
            raise _Refused(refusal.TOO_BUSY)
        self._under_way[client] += 1

        def release() -> None:
            self._under_way[client] -= 1
            if not self._under_way[client]:
                del self._under_way[client]

        return release

    async def _run(self, scope: Scope, body: "_Body", answer: "_Answer", release: Callable[[], None]) -> None:
        """Let the app answer, within its time."""
        task = asyncio.ensure_future(self._app(scope, body.receive, answer.send))
        # What was given up still works, in a thread that cannot be stopped, and counts until it ends.
        task.add_done_callback(lambda _: release())
        try:
            await asyncio.wait({task}, timeout=self._rules.answer_seconds)
        except asyncio.CancelledError:  # the server is stopping
            task.cancel()
            raise
        if task.done():
            await self._end(task, answer)
            return
        is_begun = answer.is_begun
        answer.give_up()
        task.add_done_callback(self._tell)
        if is_begun:  # nobody reads what is sent; there is no work to wait for, and nothing more to say
            task.cancel()
        else:
            raise _Refused(refusal.TOO_LATE)

    async def _end(self, task: "asyncio.Future[None]", answer: "_Answer") -> None:
        error = None if task.cancelled() else task.exception()
        if error is None and not task.cancelled():
            await answer.let_go()
            return
        incident = self._incident()
        self._log.note("failure", incident=incident, failures=failures(error))
        if not answer.is_begun:
            raise _Refused(refusal.failed(incident))

    def _tell(self, task: "asyncio.Future[None]") -> None:
        """Log a failure that comes after the answer was given up."""
        if not task.cancelled() and (error := task.exception()):
            self._log.note("failure", incident=self._incident(), failures=failures(error))


class _Body:
    """What a request brings: read whole, and handed to the app in one piece."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        length = (_all(scope, b"content-length") or [""])[0]
        self._length = int(length[:20]) if length.isascii() and length.isdigit() else 0
        self.is_whole = not self._length and not _all(scope, b"transfer-encoding")
        self._is_awaited = "100-continue" in ",".join(_all(scope, b"expect")).lower()  # before it is sent at all
        self._body: bytes | None = None

    async def read(self, most: int, seconds: float) -> None:
        """Read all of it, or refuse it for its size or slowness."""
        if self._length > most:
            raise _Refused(refusal.too_large(most))
        parts, size = [], 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    part = await self._next()
                    parts.append(part)
                    size += len(part)
                    if size > most:
                        raise _Refused(refusal.too_large(most))
                    if self.is_whole:
                        break
        except TimeoutError:
            raise _Refused(refusal.too_slow(seconds)) from None
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
        except (TimeoutError, _Left):
            return

    async def _next(self) -> bytes:
        self._is_awaited = False
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise _Left
        self.is_whole = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part

    async def receive(self) -> Message:
        """Hand the app the whole body first, and then whatever else there is to hear."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await self._receive()


class _Answer:
    """What goes back: with the headers of every answer, and counted."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._is_secure, self._is_head = scope["scheme"] == "https", scope["method"] == "HEAD"
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

    async def refuse(self, why: Refusal, path: str, style: str, *, is_last: bool) -> None:
        """Answer with a refusal, and close the connection where more of its request may follow."""
        headers, body = written(why, path, style)
        await self._whole(why.status, [*headers, *([(b"connection", b"close")] if is_last else [])], body)

    async def redirect(self, to: str) -> None:
        """Send a browser on to an address beside the one it asked for."""
        await self._whole(308, [(b"location", quote(to).encode()), (b"content-length", b"0")], b"")

    async def _whole(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await self._pass({"type": "http.response.start", "status": status, "headers": headers})
        await self._pass({"type": "http.response.body", "body": body})

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": _safe(message.get("headers", ()), is_secure=self._is_secure)}
        elif not self._is_head:
            self.sent += len(message.get("body", b""))
        await self._send(message)


def _safe(headers: Iterable[tuple[bytes, bytes]], *, is_secure: bool) -> list[tuple[bytes, bytes]]:
    """Return headers with those of every answer; of these only how long it may be kept is the app's to say."""
    kept = [(name, value) for name, value in headers if name.lower() not in SAFE and name.lower() not in _UNSAID]
    if not any(name.lower() == b"cache-control" for name, _ in kept):
        kept.append((b"cache-control", b"no-store"))
    return [*kept, *SAFE.items(), *([_SECURE] if is_secure else [])]


def _strip(scope: Scope, under: str) -> bool:
    """Take off the path that a proxy left in front of ours; say whether a page was asked for by that path alone."""
    path = scope["path"]
    if under and path.startswith(under + "/"):
        scope["path"] = path[len(under) :]
        scope["raw_path"] = quote(scope["path"]).encode()
    return bool(under) and path == under and scope["method"] in READING


def _all(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


def _last(scope: Scope, name: bytes) -> str:
    """Return the right-most entry of a header that is a list: the one that the nearest proxy wrote."""
    return ",".join(_all(scope, name)).rpartition(",")[2].strip()
