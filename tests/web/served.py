"""A server as a process of its own, and a connection to it byte by byte."""

import re
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SERVE = [sys.executable, "-m", "patency", "serve", "--port", "0"]
BREAKING = [sys.executable, str(HERE / "breaking.py")]


class Ended(NamedTuple):
    """How a server ended, and all that it said."""

    code: int
    out: str
    err: str


class Served:
    """A server that is open."""

    def __init__(self, command: Sequence[str]) -> None:
        # A test run in the background may have been told to ignore interrupts, and its children would inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        # A pipe that nobody reads would fill up, and the server wait for its reader.
        self.err = TemporaryFile()  # noqa: SIM115  it is closed with the server
        self.process = Popen(command, stdout=PIPE, stderr=self.err, text=True, encoding="utf-8", cwd=ROOT)
        signal.signal(signal.SIGINT, before)
        assert self.process.stdout is not None
        self.says = self.process.stdout.readline()
        found = re.search(r"http://(\S+):(\d+)/", self.says)
        if not found:
            raise AssertionError(f"it did not open: {self.end()}")
        self.port = int(found[2])

    def end(self, by: signal.Signals = signal.SIGTERM) -> Ended:
        """Stop it, and return what it said."""
        self.process.send_signal(by)
        out, _ = self.process.communicate(timeout=30)
        self.err.seek(0)
        return Ended(self.process.returncode, self.says + out, self.err.read().decode())

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, sent: bytes) -> bytes:
        """Send bytes, and return all that comes until the server closes."""
        with self.connect() as connection:
            connection.sendall(sent)
            return read_all(connection)

    def get(self, path: str = "/", headers: str = "") -> bytes:
        """Ask for a page as a browser would, once."""
        return self.ask(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n".encode("latin-1")
        )

    def post(self, path: str, body: bytes, headers: str = "") -> bytes:
        """Send a body with its length."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        return self.ask(head.encode("latin-1") + body)


def read_all(connection: socket.socket) -> bytes:
    """Read until the other end closes."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status(answer: bytes) -> int:
    """Return the status of an answer, 0 where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@contextmanager
def served(*command: str) -> Iterator[Served]:
    """Open a server, and see to it that it is gone afterwards."""
    server = Served(command)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
        server.err.close()
