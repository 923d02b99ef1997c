"""A server for one app: it listens, says where, answers until it is stopped, and then ends in good order.

In: where to listen, the app and its Rules. Out: nothing but answers and log lines; or a Refused that says
why an address cannot be listened on.

uvicorn does the work. What it leaves open is closed here: a connection that sends nothing, or reads
nothing, would be held for ever; a body in pieces of one byte would keep everybody waiting while they are
told apart; and what is no HTTP at all would be answered without our headers.
"""

import asyncio
import errno
import gc
import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from patency.fault import Fault, Place, Refused
from patency.web.exchange import SAFE
from patency.web.guard import Rules, guarded
from patency.web.log import Log, hush
from patency.web.refusal import unreadable, written

MOST_CONNECTIONS = 400  # well under the 1,024 files that a process may usually have open
HEAD_SECONDS = 15  # for the head of a request to arrive
IDLE_SECONDS = 65  # between two requests; nginx keeps its own connections for 60, and must be the first to let go
LINGER_SECONDS = 60  # for what was answered to be read
LARGEST_HEAD = 16_384  # bytes of the first line and all headers
MOST_PIECES = 1_000  # that a body may come in, unless they are larger than these
SMALLEST_PIECE = 100  # bytes, on average
STOP_SECONDS = 10  # for answers under way when it is stopped
LEAVE_SECONDS = 2  # after that, for what was cut off to end by itself

_REASONS = {  # by what the system says: what, why, fix
    errno.EADDRINUSE: (
        "another program listens there already",
        "only one can be asked under one address and port",
        "stop the other, or choose another port: --port 0 finds a free one",
    ),
    errno.EACCES: (
        "you may not listen there",
        "ports below 1024 are the administrator's",
        "choose a port from 1024 on, such as --port 8000",
    ),
    errno.EADDRNOTAVAIL: (
        "this is no address of this machine",
        "it can be asked only under its own",
        "use --host 127.0.0.1 for this machine alone, or --host 0.0.0.0 for all its addresses",
    ),
}
_OTHER = (
    "this address cannot be listened on",
    "the system refuses it, or does not know the name",
    "use --host 127.0.0.1 for this machine alone",
)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would let two programs listen at one address
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(MOST_CONNECTIONS)
        except OSError:
            listening.close()
            raise
    except (OSError, UnicodeError) as error:
        raise Refused([cannot_listen(error, host, port)]) from None
    return listening


def cannot_listen(error: Exception, host: str, port: int) -> Fault:
    """Say why an address cannot be listened on."""
    what, why, fix = _REASONS.get(getattr(error, "errno", None) or 0, _OTHER)
    return Fault(Place(address_of(host, port)), what, why, fix)


def address_of(host: str, port: int) -> str:
    """Write host and port as an address has them."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def is_for_this_machine(host: str) -> bool:
    """Say whether nobody can reach a host but this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_to_open(listening: socket.socket, names: Collection[str]) -> str:
    """Return the address that a person on this machine would open."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1" if listening.family == socket.AF_INET else "::1"
    elif not is_for_this_machine(host):  # reached by a name that it answers to, if there is one
        host = next((name for name in sorted(names) if name != "*"), host)
    return f"http://{address_of(host, port)}/"


def serve(
    app: ASGIApp, listening: socket.socket, rules: Rules, log: Log, said: Callable[[str], None], **about: str
) -> None:
    """Answer until the process is told to stop; `about` stands in the log's first and last line.

    Work that is still under way then is not waited for: a thread cannot be stopped, so the process ends.
    """
    hush(log)
    gc.collect()
    gc.freeze()  # the library stays
    gc.enable()  # a command is short and collects nothing; a server must
    config = uvicorn.Config(
        guarded(app, rules, log),
        http=_Connection,
        ws="none",
        loop="asyncio",
        interface="asgi3",
        workers=1,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the guard reads them, and only where they are believed
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )

    def opened() -> None:
        log.note("start", **about)
        said(f"Patency is open at {address_to_open(listening, rules.names)} ; stop it with Ctrl-C")

    def leave() -> None:
        log.note("stop", **about)
        os._exit(0)

    try:
        _Server(config, opened, leave).run(sockets=[listening])
        if _is_still_at_work(LEAVE_SECONDS / 2):
            leave()
    finally:
        log.note("stop", **about)


def _is_still_at_work(seconds: float) -> bool:
    """Say whether threads are left that Python would wait for at its end, however long they take."""
    deadline = time.monotonic() + seconds
    for each in threading.enumerate():
        if each is not threading.current_thread() and not each.daemon:
            each.join(max(0, deadline - time.monotonic()))
            if each.is_alive():
                return True
    return False


class _Server(uvicorn.Server):
    """A server that says when it is open, and for which to be stopped is no failure."""

    def __init__(self, config: uvicorn.Config, opened: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened
        self._last = threading.Timer(STOP_SECONDS + LEAVE_SECONDS, leave)
        self._last.daemon = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, and say so."""
        await super().startup(sockets)
        self._opened()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; where even the end of the loop waits for a thread, leave all the same."""
        self._last.start()
        await super().shutdown(sockets)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer until it is stopped."""
        try:
            super().run(sockets)
        finally:
            self._last.cancel()

    async def on_tick(self, counter: int) -> bool:
        """Look after the connections, ten times a second."""
        for each in list(self.server_state.connections):
            if isinstance(each, _Connection):
                each.end_if_idle()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the two signals that stop a process stop it in good order, and not by their own force afterwards."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class _Reader(h11.Connection):
    """Tells the parts of a request apart, and refuses one that is cut into crumbs: each costs as much as a whole page."""

    _pieces = _bytes = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next part."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._pieces = self._bytes = 0
        elif isinstance(event, h11.Data):
            self._pieces += 1
            self._bytes += len(event.data)
            if self._pieces > MOST_PIECES and self._bytes < self._pieces * SMALLEST_PIECE:
                raise h11.RemoteProtocolError("the body comes in too many small pieces")
        return event


class _Connection(H11Protocol):
    """A connection that ends when its other end does nothing."""

    _since = 0.0  # when it was made, or last answered, or began with another request
    _closing = 0.0  # when it was first seen to be closing

    @property
    def is_waiting(self) -> bool:
        """Whether it is in the head of a request, or before one."""
        return self.conn.their_state is h11.IDLE

    def end_if_idle(self) -> None:
        """Cut it off when a head does not come to its end, or what was answered is not read."""
        now = self.loop.time()
        if self.transport.is_closing():
            self._closing = self._closing or now
            is_idle = now - self._closing > LINGER_SECONDS
        else:
            is_between = self.timeout_keep_alive_task is not None  # and uvicorn will end it
            is_idle = self.is_waiting and not is_between and now - self._since > HEAD_SECONDS
        if is_idle:
            self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection; where there are too many, let go of the one that has done nothing for longest."""
        self.conn = _Reader(h11.SERVER, LARGEST_HEAD)
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = [each for each in self.connections if isinstance(each, _Connection) and each.is_waiting]
            min(waiting, key=lambda each: each._since).transport.abort()  # there is one: this, if no other

    def data_received(self, data: bytes) -> None:
        """Take what was sent, which may be the beginning of a request."""
        if self.timeout_keep_alive_task is not None:
            self._since = self.loop.time()
        for at in range(0, len(data), LARGEST_HEAD):  # h11 would take a head of any size that comes in one piece
            if not self.transport.is_closing():
                super().data_received(data[at : at + LARGEST_HEAD])

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  it is uvicorn's, and told in our own words
        """Answer what is no HTTP, unless the answer to it has begun."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        headers, body = written(unreadable(400), "/", "", {})
        kept = [*headers, *SAFE.items(), (b"cache-control", b"no-store"), (b"connection", b"close")]
        for event in (h11.Response(status_code=400, headers=kept, reason=b"Bad Request"), h11.Data(data=body)):
            self._put(event)
        self._put(h11.EndOfMessage())
        self.transport.close()

    def _put(self, event: Any) -> None:
        self.transport.write(self.conn.send(event) or b"")
