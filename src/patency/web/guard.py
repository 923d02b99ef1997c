"""What stands between the network and the app: every request passes here first, every answer last.

In: any ASGI app, and the Rules. Out: the same app, behind limits on what may be asked, from where, how
often, how large and for how long; with the headers that keep a browser safe on each answer, whoever made
it; with failures told as an incident and never as a traceback; and with one line in the log for each.

What is refused is refused as early as it can be: the name (DNS rebinding), another site's form, the rate,
the length, and then whatever shows only while the body arrives. A body is read whole before the app sees
any of it, so that no work begins for one that never ends.

Not here: how a connection is held (serve.py), what a name or an origin is (names.py), and how bodies and
answers pass (exchange.py).
"""

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from patency.bounds import LARGEST_FILE
from patency.web import refusal
from patency.web.exchange import Answer, Body, Denied, Left, is_packed, last_of, values_of
from patency.web.log import Log, failures, method_of, route_of, templates
from patency.web.names import Authority, authority, is_known, is_own_page, is_this_machine, one_client
from patency.web.rate import Clock, Rate
from patency.web.refusal import Refusal, is_for_program, path_as_asked, written

READING = ("GET", "HEAD", "OPTIONS")  # what changes nothing, and any page may ask for
SMALLEST_ZIPPED = 1_000  # bytes; below this the header costs more than it saves
ZIP_LEVEL = 3  # three fifths of the time of 5 for a seventh more bytes: of a consult, packing is most of what HTTP adds


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
    body_seconds: float = 10  # for a body to arrive: the largest form at 30 kB a second, as a phone with one bar has it
    upload_seconds: float = 30  # for one that says that it is larger than any form
    answer_seconds: float = 30  # for the app to answer
    bodies_at_once: int = 128  # that are arriving; all of the largest size fit into a small container
    bodies_at_once_each: int = 8  # of these from one client; a browser sends six at most
    at_once: int = 64  # forms and other work under way
    at_once_each: int = 16  # of these from one client, so that no two or three keep all others out
    reads_at_once_each: int = 32  # pages, styles and scripts under way for one client
    always: str = "/healthz"  # what a monitor reads, however busy it is; it costs nothing
    style: str = "assets/patency.css"  # from the start page; '' for none
    stamp: Mapping[str, str] = field(default_factory=dict)  # what stands before the faults that a program is told


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


class _Guard:
    def __init__(
        self, app: ASGIApp, rules: Rules, log: Log, clock: Clock, incident: Callable[[], str], known: dict[int, str]
    ) -> None:
        self._app, self._rules, self._log, self._clock = app, rules, log, clock
        self._incident, self._templates = incident, known
        self._works = Rate(rules.a_minute, rules.most_clients, clock)
        self._reads = Rate(rules.a_minute * rules.reads_for_each, rules.most_clients, clock)
        self._arriving = _Room(rules.bodies_at_once, rules.bodies_at_once_each)
        # Beyond so many refused bodies of one client, the connection is closed at once, for each holds one of few.
        self._draining = _Room(None, rules.bodies_at_once_each)
        self._working = _Room(rules.at_once, rules.at_once_each)
        # Whoever reads is kept out by nobody but himself: however many send forms, and whatever they hold up.
        self._reading = _Room(None, rules.reads_at_once_each)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._request(dict(scope), receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self._clock()
        if self._rules.is_behind_proxy and last_of(scope, b"x-forwarded-proto").lower() == "https":
            scope["scheme"] = "https"
        named = _take_off_name(scope)
        shown = self._asked(scope, named)[-1]
        answer = Answer(scope, send, is_here=shown is not None and is_this_machine(shown.name))
        body = Body(scope, receive)
        try:
            await self._answer(scope, named, body, answer)
        except Denied as refused:
            with suppress(Denied), self._draining.held(self._client(scope)):
                await body.drain()
            is_last = refused.why.status == 400 or not body.is_whole  # whatever follows could be read in two ways
            words = written(refused.why, path_as_asked(scope), self._rules.style, self._rules.stamp)
            await answer.refuse(refused.why.status, words, is_last=is_last)
        except Left:
            pass
        finally:
            took = round((self._clock() - began) * 1000, 1)
            self._log.note("request", method=method_of(scope), route=route_of(scope, self._templates),
                           status=answer.status, milliseconds=took, bytes=answer.sent)  # fmt: skip

    async def _answer(self, scope: Scope, named: str | None, body: Body, answer: Answer) -> None:
        rules = self._rules
        is_bare = _strip(scope, rules.under)
        client = self._client(scope)
        if why := self._objection(scope, named, client):
            raise Denied(why)
        if is_bare:  # relative links start from the slash at the end
            await answer.redirect(f"{rules.under.rpartition('/')[2]}/")
            return
        with nullcontext() if body.is_whole else self._arriving.held(client):
            await self._read(scope, body)
        await self._run(scope, body, answer, self._room_for(scope).take(client))

    async def _read(self, scope: Scope, body: Body) -> None:
        """Let a body arrive; only one that says it is large, where one may be, is given long."""
        rules = self._rules
        most = rules.largest_upload if scope["path"] in rules.uploads else rules.largest
        await body.read(most, rules.upload_seconds if body.length > rules.largest else rules.body_seconds)

    def _room_for(self, scope: Scope) -> "_Room":
        """Say among which requests under way this one counts."""
        if self._is_always(scope):
            return _ANY_ROOM
        return self._reading if scope["method"] in READING else self._working

    def _is_always(self, scope: Scope) -> bool:
        return scope["path"] == self._rules.always and scope["method"] in READING

    def _client(self, scope: Scope) -> str:
        """Return who asks: the peer, or whom the proxy that we trust had as its peer.

        A proxy adds the address that it saw at the right; what stands further left was sent to it, by anybody.
        """
        peer = (scope.get("client") or ("",))[0]
        said = last_of(scope, b"x-forwarded-for") if self._rules.is_behind_proxy else ""
        return one_client(said) or one_client(peer) or peer

    def _objection(self, scope: Scope, named: str | None, client: str) -> Refusal | None:
        """Say what is wrong with a request as far as its head tells."""
        if not scope["path"].startswith("/"):
            return refusal.NOT_A_PATH
        asked = self._asked(scope, named)
        for each in asked:
            if each is None or not is_known(each.name, self._rules.names):
                return refusal.unknown_name(each.name if each else None)
        if len(scope["query_string"]) > self._rules.longest_query:
            return refusal.too_long(self._rules.longest_query)
        if values_of(scope, b"content-length") and values_of(scope, b"transfer-encoding"):
            return refusal.TWO_LENGTHS
        path, is_reading = path_as_asked(scope), scope["method"] in READING
        if "%2f" in path.lower() and not is_for_program(path):
            return (
                refusal.NO_SUCH_PAGE
            )  # a browser counts no folder there, so that every link in it would lead elsewhere
        if is_packed(scope) and not is_for_program(path):  # to a program its interface says so
            return refusal.PACKED
        if not is_reading and not self._is_own(scope, [each for each in asked[-1:] if each]):
            return refusal.CROSS_SITE
        if self._is_always(scope):
            return None
        wait = (self._reads if is_reading else self._works).wait(client)
        return refusal.too_often(wait) if wait else None

    def _asked(self, scope: Scope, named: str | None) -> list[Authority | None]:
        """Return under which names the page was asked for, the one in the browser last; all must be known.

        A name in the first line, where a proxy may write one, counts before Host (RFC 9112, section 3.2.2).
        A proxy that sets X-Forwarded-Host may set Host to anything; one that does not lets anybody set it.
        """
        hosts = [*(values_of(scope, b"host") or [""]), *([] if named is None else [named])]
        if self._rules.is_behind_proxy and values_of(scope, b"x-forwarded-host"):
            hosts.append(last_of(scope, b"x-forwarded-host"))
        return [authority(host) for host in hosts]

    def _is_own(self, scope: Scope, asked: Sequence[Authority]) -> bool:
        """Say whether no other site can have sent this: browsers tell, and what is no browser holds nobody's trust.

        This is what Go's http.CrossOriginProtection does. A form needs no token then, and no cookie to hold one.
        """
        sites = values_of(scope, b"sec-fetch-site")
        if sites:
            return all(site.lower() in ("same-origin", "none") for site in sites)
        is_told = self._rules.is_behind_proxy and values_of(scope, b"x-forwarded-proto")
        scheme = scope["scheme"] if is_told else None
        return all(is_own_page(origin, asked, scheme) for origin in values_of(scope, b"origin"))

    async def _run(self, scope: Scope, body: Body, answer: Answer, release: Callable[[], None]) -> None:
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
            raise Denied(refusal.TOO_LATE)

    async def _end(self, task: "asyncio.Future[None]", answer: Answer) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None and not task.cancelled():
            await answer.let_go()
            return
        incident = self._incident()
        self._log.note("failure", incident=incident, failures=failures(error))
        if not answer.is_begun:
            raise Denied(refusal.failed(incident))

    def _tell(self, task: "asyncio.Future[None]") -> None:
        """Log a failure that comes after the answer was given up."""
        if not task.cancelled() and (error := task.exception()):
            self._log.note("failure", incident=self._incident(), failures=failures(error))


class _Room:
    """How many requests may be in one state at a time: in all, and for each client; None is any number."""

    def __init__(self, most: int | None, most_each: int | None) -> None:
        self._most, self._most_each = most, most_each
        self._taken: Counter[str] = Counter()

    def take(self, client: str) -> Callable[[], None]:
        """Count one more, unless there are too many; return how to count it as gone."""
        if self._most_each is not None and self._taken[client] >= self._most_each:
            raise Denied(refusal.too_often(1))
        if self._most is not None and self._taken.total() >= self._most:
            raise Denied(refusal.TOO_BUSY)
        self._taken[client] += 1

        def release() -> None:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]

        return release

    @contextmanager
    def held(self, client: str) -> Iterator[None]:
        """Count one more for the time of a block."""
        release = self.take(client)
        try:
            yield
        finally:
            release()


_ANY_ROOM = _Room(None, None)


_WITH_NAME = re.compile(rb"https?://([^/?#]*)(/.*)?", re.IGNORECASE | re.DOTALL)


def _take_off_name(scope: Scope) -> str | None:
    """Return the name in the first line of a request, and leave its path; None where there is none, as in most."""
    found = None if scope["path"].startswith("/") else _WITH_NAME.fullmatch(path_as_asked(scope).encode("latin-1"))
    if not found:
        return None
    scope["raw_path"] = found[2] or b"/"
    scope["path"] = unquote(scope["raw_path"].decode("latin-1"))
    return found[1].decode("latin-1")


def _strip(scope: Scope, under: str) -> bool:
    """Take off the path that a proxy left in front of ours; say whether a page was asked for by that path alone.

    It is looked for as the browser wrote it: what is written as %2F is no slash to whoever follows a link from there.
    """
    path = path_as_asked(scope)
    if under and path.startswith(under + "/"):
        scope["raw_path"] = path[len(under) :].encode("latin-1")
        scope["path"] = scope["path"][len(under) :]
    return bool(under) and path == under and scope["method"] in READING
