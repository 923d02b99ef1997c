"""The server itself, as a process: how it opens, how it ends, and who cannot keep it busy."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from patency.cli.serve import arguments, names_of
from patency.fault import CONTROL, Refused
from patency.web.serve import address_of, address_to_open, cannot_listen, is_for_this_machine, listen

from .served import BREAKING, ROOT, SERVE, Served, read_all, served, status


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server with short limits, shared by those who do not stop it."""
    with served(*BREAKING) as opened:
        yield opened


# The command.


def test_it_says_where_it_is_open_and_ctrl_c_stops_it() -> None:
    """Without a traceback, and not as a failure; its log begins and ends with version and content."""
    with served(*SERVE) as server:
        assert server.says == f"Patency is open at http://127.0.0.1:{server.port}/ ; stop it with Ctrl-C\n"
        health = server.get("/healthz")
        ended = server.end(signal.SIGINT)

    assert ended.code == 0
    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert [line["event"] for line in lines] == ["start", "request", "stop"]
    said = json.loads(health.partition(b"\r\n\r\n")[2])
    assert said["status"] == "ok"
    for line in (lines[0], lines[-1]):
        assert (line["version"], line["content_hash"]) == (said["version"], said["content_hash"])


def test_it_ends_in_good_order_when_the_system_stops_it() -> None:
    """What systemd and Docker send."""
    with served(
        *SERVE, "--host", "localhost", "--name", "ward.example", "--under", "/patency", "--rate", "2"
    ) as server:
        assert "http://127.0.0.1:" in server.says or "http://[::1]:" in server.says
        assert status(server.get("/patency/")) == 200
        faults = [server.post("/api/1/nothing", b"").partition(b"\r\n\r\n")[2] for _ in range(3)]
        assert [list(json.loads(each)) for each in faults] == [["format", "patency", "content_hash", "faults"]] * 3
        assert json.loads(faults[0])["faults"] != json.loads(faults[2])["faults"]  # the last is the guard's
        assert status(server.post("/", b"")) == 429
        assert server.end(signal.SIGTERM).code == 0


def test_a_port_in_use_is_said_and_nothing_is_loaded() -> None:
    """Exit code 5, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*SERVE[:-1], port]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=30, check=False)
    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr == (
        "patency: the page was not opened: 1 fault\n"
        f"127.0.0.1:{port}: another program listens there already\n"
        "  why: only one can be asked under one address and port\n"
        "  fix: stop the other, or choose another port: --port 0 finds a free one\n"
    )


WARNING = """\
patency: WARNING: 0.0.0.0 can be reached by other machines, and no --name was given
  why: whoever reaches it can open it, there is no password, and without a proxy what is entered crosses the
       network unencrypted; it answers only as localhost, to keep other sites out
       (in a container these are the addresses of the container; who reaches it is said by what publishes its port)
  fix: give the name it is to be opened under, such as --name patency.ward.example, and put a proxy with TLS in front
       (docs/hospital-it.md); or leave --host away; a container needs it, so publish that to this machine alone:
       --publish 127.0.0.1:8000:8000
"""


@pytest.mark.parametrize("names", [[], ["--name", "ward.example"]])
def test_it_warns_where_others_can_reach_it_and_no_name_was_thought_of(names: list[str]) -> None:
    """With a name somebody has thought of it, and all that is on standard error is the log."""
    with served(*SERVE, "--host", "0.0.0.0", *names) as server:
        assert f"http://127.0.0.1:{server.port}/" in server.says
        assert status(server.get()) == 200
        said = server.end().err
    assert said.startswith("{" if names else WARNING)


def test_it_connects_to_nowhere() -> None:
    """From its start to its end, with a page in between, no connection is opened and no name looked up."""
    watched = (
        "import sys\n"
        "def hear(event, given):\n"
        "    if event in ('socket.connect', 'socket.sendto', 'socket.gethostbyname'): print('OUTWARD', event, given, file=sys.stderr)\n"
        "    if event == 'socket.getaddrinfo' and given[0] != '127.0.0.1': print('OUTWARD', event, given, file=sys.stderr)\n"
        "sys.addaudithook(hear)\n"
        "from patency.cli import main\n"
        "sys.exit(main(['serve', '--port', '0']))"
    )
    with served(sys.executable, "-c", watched) as server:
        assert status(server.get()) == 200
        ended = server.end()
    assert ended.code == 0
    assert "OUTWARD" not in ended.err


def test_help_says_what_can_be_set_and_loads_no_server() -> None:
    """Only who serves waits for it."""
    code = (
        "import sys; from patency.cli import main\ntry: main(['serve', '--help'])\nfinally: print(sorted(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    for option in ("--host", "--port", "--name", "--proxy", "--rate", "--under", "--policy", "--library"):
        assert option in ran.stdout
    assert "'uvicorn'" not in ran.stdout
    assert "'starlette'" not in ran.stdout


def test_garbage_is_collected_again() -> None:
    """A command turns that off; a server would grow for ever."""
    code = (
        "import gc, io, signal, sys\nfrom datetime import datetime\ngc.disable()\n"
        "from patency.web import serve\nfrom patency.web.guard import Rules\nfrom patency.web.log import Log\n"
        "async def app(scope, receive, send): await receive(); await send({'type': 'lifespan.startup.complete'}); await receive()\n"
        "def opened(line): print(gc.isenabled()); signal.raise_signal(signal.SIGTERM)\n"
        "serve.serve(app, serve.listen('127.0.0.1', 0), Rules(), Log(io.StringIO(), datetime.now), opened)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert ran.stdout == "True\n"


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("127.0.0.1", [], {"127.0.0.1"}),
        ("192.0.2.5", ["ward.example"], {"192.0.2.5", "ward.example"}),
        ("fd00:0::7", [], {"fd00::7"}),
        ("Ward.Example", [], {"ward.example"}),
        ("0.0.0.0", ["*"], {"*"}),
        ("::", [], set()),
    ],
)
def test_it_answers_to_the_names_given_and_to_the_address_it_was_told(
    host: str, names: list[str], expected: set[str]
) -> None:
    """An address that somebody typed is one that they mean to open; all addresses are none in particular."""
    assert names_of(Namespace(host=host, name=names)) == expected


@pytest.mark.parametrize(
    ("typed", "expected"), [("/", ""), ("", ""), ("/patency/", "/patency"), ("/a/b.c", "/a/b.c"), ("/a/...", "/a/...")]
)
def test_a_path_in_front_is_taken_as_it_is_typed(typed: str, expected: str) -> None:
    """But for the slash at its end; a slash alone is none."""
    parser = ArgumentParser()
    arguments(parser)
    assert parser.parse_args(["--under", typed]).under == expected


@pytest.mark.parametrize("typed", ["patency", "/a//b", "/a b", "/%70", "/.", "/..", "/a/../b", "/./a", "/a/..", "/a?b"])
def test_a_path_that_no_browser_would_ask_for_is_refused(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Above all one with dots, which it takes away."""
    parser = ArgumentParser()
    arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--under", typed])
    assert f"{typed!r} is not a path such as /patency, nor / for none" in capsys.readouterr().err


# Where it listens.


@pytest.mark.parametrize("host", ["ward..example", "\udcff", "a" * 300, "192.0.2.1"])
def test_an_address_that_cannot_be_listened_on_is_refused(host: str) -> None:
    """Whatever it is."""
    with pytest.raises(Refused) as refused:
        listen(host, 0)
    (fault,) = refused.value.faults
    assert str(fault.where) == f"{CONTROL.sub('�', host)}:0"


def test_the_reason_why_is_told() -> None:
    """In words for the one who typed it."""
    assert cannot_listen(PermissionError(13, "Permission denied"), "127.0.0.1", 80)[:4] == (
        ("127.0.0.1:80", 0),
        "you may not listen there",
        "ports below 1024 are the administrator's",
        "choose a port from 1024 on, such as --port 8000",
    )


def test_an_ipv6_address_stands_in_brackets() -> None:
    """As a browser wants it."""
    assert address_of("::1", 8000) == "[::1]:8000"
    assert [is_for_this_machine(host) for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9")] == [True] * 4
    assert [is_for_this_machine(host) for host in ("0.0.0.0", "::", "10.0.0.5", "ward.example")] == [False] * 4
    try:
        listening = listen("::", 0)
    except Refused:
        pytest.skip("this machine has no IPv6")
    with listening:
        assert address_to_open(listening, ()) == f"http://[::1]:{listening.getsockname()[1]}/"


# Who cannot keep it busy.


def test_an_unfinished_head_is_not_waited_for(server: Served) -> None:
    """Neither one that never begins, nor one that comes letter by letter, nor a second one."""
    began = time.monotonic()
    with server.connect() as silent, server.connect() as dripping, server.connect() as second:
        second.sendall(b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        second.settimeout(5)
        while b"heard" not in second.recv(65_536, socket.MSG_PEEK):
            time.sleep(0.01)
        second.recv(65_536)
        second.sendall(b"GET /ans")
        dripping.setblocking(False)
        ended = False
        while not ended and time.monotonic() - began < 5:
            try:
                dripping.send(b"G")
                ended = dripping.recv(1) == b""
            except BlockingIOError:
                time.sleep(0.1)
            except ConnectionError:
                ended = True
        assert ended
        assert read_all(silent) == b""
        assert read_all(second) == b""
    assert 0.9 < time.monotonic() - began < 4


def test_a_person_may_read_for_a_while_and_then_go_on(server: Served) -> None:
    """The time for a head begins with its first letter, not with the answer before it."""
    request = b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(request.replace(b"close", b"keep-alive"))
        time.sleep(1.3)
        connection.sendall(request[:20])
        time.sleep(0.4)
        connection.sendall(request[20:])
        assert read_all(connection).count(b"heard") == 2


def test_a_slow_body_is_not_waited_for(server: Served) -> None:
    """It is told so."""
    began = time.monotonic()
    answer = server.ask(b"POST /answers/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    assert status(answer) == 408
    assert b"connection: close" in answer
    assert time.monotonic() - began < 4


def test_many_silent_connections_keep_nobody_out(server: Served) -> None:
    """Beyond so many, the one that did nothing for longest is let go."""
    crowd = [server.connect() for _ in range(60)]
    try:
        assert status(server.get("/answers/")) == 200
        crowd[-1].settimeout(0.05)
        with pytest.raises(TimeoutError):
            crowd[-1].recv(1)
        crowd[0].settimeout(0.05)
        with suppress(ConnectionError):
            assert crowd[0].recv(1) == b""
    finally:
        for each in crowd:
            each.close()


def test_an_answer_that_nobody_reads_is_dropped(server: Served) -> None:
    """Its connection is cut off, and what was to be sent is forgotten."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(("127.0.0.1", server.port))
        deaf.settimeout(0.2)
        with suppress(TimeoutError, ConnectionError):
            while True:  # until nothing more is taken, as the answers to it are not
                deaf.sendall(b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000)
        with pytest.raises(ConnectionError):
            knock(deaf, 10)


def knock(connection: socket.socket, seconds: float) -> None:
    """Try to send until the other end cuts it off, or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.1)
        with suppress(TimeoutError):
            connection.sendall(b"x")


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


POST = b"POST /answers/ HTTP/1.1\r\nHost: localhost\r\n"
SOCKET = (
    b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"
)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"abc", b"def"), [200]),
        (POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(*[b"x" * 50_000] * 10), [413]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(*[b"x"] * 2_000), [400]),
        (POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(*[b"x" * 150] * 1_500), [200]),
        (POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"abc") + SMUGGLED, [400]),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n" + chunked() + SMUGGLED, [400]),
        (POST + b"Transfer-Encoding: identity\r\n\r\n", [400]),
        (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + chunked(), [400]),
        (POST + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc", [400]),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n" + chunked(), [400]),
        (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", [400]),
        (POST + b"Content-Length: 3, 4\r\n\r\nabcd", [400]),
        (POST + b"Content-Length: +3\r\n\r\nabc", [400]),
        (POST + b"Content-Length: -3\r\n\r\nabc", [400]),
        (POST + b"Content-Length: 0x3\r\n\r\nabc", [400]),
        (POST + b"Content-Length: " + b"9" * 19 + b"\r\nExpect: 100-continue\r\n\r\n", [413]),
        (POST + b"Host: evil.example\r\n\r\n", [400]),
        (b"GET / HTTP/1.1\r\n\r\n", [400]),
        (b"GET / HTTP/1.0\r\n\r\n", [421]),
        (b"GET / HTTP/2.0\r\nHost: localhost\r\nConnection: close\r\n\r\n", [404]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
        (b"GET http://localhost/answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [200]),
        (b"GET http://evil.example/answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [421]),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [400]),
        (b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [400]),
        (b"TRACE /answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [405]),
        (b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", [400]),
        (b"GET /answers/\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
        (b"GET /answers/%00%0d%0aSet-Cookie:a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [404]),
        (b"GET /answers/ HTTP/1.1\nHost: localhost\nConnection: close\n\n", [200]),
        (b"GET /" + b"a" * 20_000, [400]),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5_000, [400]),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 6_000 + b"\r\n", [400]),
        (b"GET /answers/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + b"X: y\r\n" * 2_000 + b"\r\n", [200]),
        (SOCKET + b"Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n", [200]),  # as if it had not asked
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),  # the first bytes of TLS
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(server: Served, sent: bytes, expected: list[int]) -> None:
    """Requests that hide another, and what is hardly HTTP at all; each is answered with safe headers, or not at all."""
    answer = server.ask(sent)
    assert [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+) ", answer)] == expected
    assert answer.count(b"content-security-policy") == answer.count(b"x-content-type-options") == len(expected)
    assert b"set-cookie" not in answer.lower().partition(b"\r\n\r\n")[0]
    assert b"uvicorn" not in answer.lower()


def test_a_head_request_has_headers_and_no_body(server: Served) -> None:
    """Of a page and of a refusal."""
    for host, expected in (("localhost", 200), ("evil.example", 421)):
        answer = server.ask(f"HEAD /answers/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert status(answer) == expected
        head, _, body = answer.partition(b"\r\n\r\n")
        assert re.search(rb"content-length: [1-9]", head)
        assert body == b""


def test_a_large_file_sent_by_mistake_is_answered_with_a_page(server: Served) -> None:
    """A browser that sends five megabytes reads why they were not taken."""
    answer = server.post("/answers/", b"x" * 5_000_000)
    assert status(answer) == 413
    assert b"<h1>What was sent is larger than 300 kB.</h1>" in answer


def test_it_stops_though_somebody_is_still_being_answered() -> None:
    """It waits for them no longer than it says."""
    with served(*BREAKING) as server, server.connect() as connection:
        connection.sendall(b"GET /is_late/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.2)
        began = time.monotonic()
        assert server.end().code == 0
        assert time.monotonic() - began < 11


@pytest.mark.parametrize("page", ["sleeps", "sleeps_elsewhere"])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_though_work_is_still_under_way(page: str, by: signal.Signals) -> None:
    """A thread cannot be stopped, and nobody waits for what it works out: it ends as ever, and says so last."""
    with served(*BREAKING) as server, server.connect() as connection:
        connection.sendall(f"GET /{page}/ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(0.3)
        began = time.monotonic()
        ended = server.end(by)
        assert time.monotonic() - began < 8
    assert ended.code == 0
    events = [json.loads(line)["event"] for line in ended.err.splitlines()]
    assert events[-1] == "stop"
    assert events.count("stop") == 1


def test_it_runs_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A container whose file system can only be read has nowhere to keep a library."""
    environment = {**os.environ, "XDG_CACHE_HOME": "/dev/null", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with served(*SERVE) as server:
            assert status(server.get("/healthz")) == 200
    assert list(tmp_path.iterdir()) == []
