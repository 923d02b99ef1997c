"""A server for one app: it listens, says where, answers until it is stopped, and then ends in good order.

In: where to listen, the app and its Rules. Out: nothing but answers and log lines; or a Refused that says
why an address cannot be listened on.

uvicorn does the work. What it leaves open is closed here: a connection that sends nothing, or reads
nothing, would be held for ever, and what is no HTTP at all would be answered without our headers.
"""

import asyncio
import errno
import gc
import ipaddress
import os
import signal
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from patency.fault import Fault, Place, Refused
from patency.web.guard import SAFE, Rules, guarded
from patency.web.log import Log, hush
from patency.web.refusal import unreadable, written

MOST_CONNECTIONS = 400  # well under the 1,024 files that a process may usually have open
HEAD_SECONDS = 15  # for the head of a request to arrive
IDLE_SECONDS = 65  # between two requests; nginx keeps its own connections for 60, and must be the first to let go
LINGER_SECONDS = 60  # for what was answered to be read
LARGEST_HEAD = 16_384  # bytes of the first line and all headers
STOP_SECONDS = 10  # for answers under way when it is stopped

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
    """Answer until the process is told to stop; `about` stands in the log's first and last line."""
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
        h11_max_incomplete_event_size=LARGEST_HEAD,
    )

    def opened() -> None:
        log.note("start", **about)
        said(f"Patency is open at {address_to_open(listening, rules.names)} ; stop it with Ctrl-C")

    try:
        _Server(config, opened).run(sockets=[listening])
    finally:
        log.note("stop", **about)


class _Server(uvicorn.Server):
    """A server that says when it is open, and for which to be stopped is no failure."""

    def __init__(self, config: uvicorn.Config, opened: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, and say so."""
        await super().startup(sockets)
        self._opened()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the two signals that stop a process stop it in good order, and not by their own force afterwards."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


class _Connection(H11Protocol):
    """A connection that ends by itself when its other end does nothing."""

    _head: asyncio.TimerHandle | None = None
    _since = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether it is at the beginning of a request, or before one."""
        return self.conn.their_state is h11.IDLE

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection; where there are too many, let go of the one that has done nothing for longest."""
        super().connection_made(transport)
        self._wait_for_head()
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = [each for each in self.connections if isinstance(each, _Connection) and each.is_waiting]
            min(waiting, key=lambda each: each._since).transport.abort()  # there is one: this, if no other

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent, which may be a part of a head."""
        super().data_received(data)
        if not self.is_waiting:
            self._stop_waiting()
        elif self._head is None and self.timeout_keep_alive_task is None:
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Wait for the next request; or for the last answer to be read."""
        super().on_response_complete()
        self._since = self.loop.time()
        if self.transport.is_closing():
            self._linger()

    def timeout_keep_alive_handler(self) -> None:
        """Close it, for no request came."""
        super().timeout_keep_alive_handler()
        self._linger()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  it is uvicorn's, and told in our own words
        """Answer what is no HTTP."""
        headers, body = written(unreadable(400), "/", "")
        kept = [*headers, *SAFE.items(), (b"cache-control", b"no-store"), (b"connection", b"close")]
        for event in (h11.Response(status_code=400, headers=kept, reason=b"Bad Request"), h11.Data(data=body)):
            self._put(event)
        self._put(h11.EndOfMessage())
        self.transport.close()
        self._linger()

    def _put(self, event: Any) -> None:
        self.transport.write(self.conn.send(event) or b"")

    def _wait_for_head(self) -> None:
        self._since = self.loop.time()
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _linger(self) -> None:
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
