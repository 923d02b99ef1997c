"""What the guard lets through, what it refuses, and with which headers either is answered."""

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Coroutine
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from patency.web.exchange import MOST_DRAINED, SAFE
from patency.web.guard import Rules, guarded
from patency.web.names import authority, is_known, name_given, one_client
from patency.web.rate import Rate
from patency.web.refusal import for_routes

from .asking import BROWSER, Hands, Headers, Pages, Reply, ask, asked, heard, reply, scope_of


async def page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("a page")


async def echo(request: Request) -> JSONResponse:
    return JSONResponse({"path": request.url.path, "size": len(await request.body()), "scheme": request.url.scheme})


async def breaks(request: Request) -> PlainTextResponse:
    raise ValueError(f"the patient said {await request.body()!r}")


async def own(_: Request) -> PlainTextResponse:
    return PlainTextResponse(
        "a style", headers={"Cache-Control": "public, max-age=60", "Server": "ours", "X-Frame-Options": "ALLOW"}
    )


async def stream(_: Request) -> StreamingResponse:
    return StreamingResponse(iter([b"one ", b"two ", b"three"]), media_type="text/plain")


async def long(_: Request) -> PlainTextResponse:
    return PlainTextResponse("the same line again\n" * 500)


async def says_500(_: Request) -> PlainTextResponse:
    return PlainTextResponse("its own words", status_code=500)


PATHS: dict[str, Callable[[Request], Coroutine[Any, Any, Any]]] = {
    "/": page,
    "/echo": echo,
    "/open": echo,
    "/api/1/echo": echo,
    "/breaks": breaks,
    "/api/1/breaks": breaks,
    "/own": own,
    "/stream": stream,
    "/long": long,
    "/says-500": says_500,
    "/library/{path:path}": page,
}
STAMP = {"format": "patency-faults/1", "patency": "0.1.0", "content_hash": "5cd935eb64cb251e"}
APP = Starlette(
    routes=[Route(path, answer, methods=["GET", "POST"]) for path, answer in PATHS.items()],
    exception_handlers={HTTPException: for_routes("assets/patency.css", STAMP)},
)


def behind(rules: Rules = Rules(), app: ASGIApp = APP, clock: Hands | None = None) -> ASGIApp:  # noqa: B008  it is frozen
    return guarded(app, rules, Pages().log, clock or Hands(), lambda: "1a2b3c4d")


def status(rules: Rules, line: str, headers: Headers, body: bytes | list[bytes] = b"") -> int:
    return ask(behind(rules), line, headers, body=body).status


# Under which name.

HOSTS = """
localhost               answered
localhost:8000          answered
LOCALHOST:8000          answered
localhost.              answered
localhost:              answered
127.0.0.1:8000          answered
127.4.5.6               answered
[::1]                   answered
[::1]:8000              answered
[0:0:0:0:0:0:0:1]       answered
ward.example            answered
Ward.Example.:8000      answered
[fd00::7]:8000          answered
evil.example            refused
localhost.evil.example  refused
evil.localhost          refused
localhost..             refused
.localhost              refused
ward.example.evil       refused
xward.example           refused
127.1                   refused
2130706433              refused
0x7f.0.0.1              refused
127.0.0.1.evil.example  refused
192.168.1.5             refused
[::2]                   refused
[::1                    refused
::1                     refused
[127.0.0.1]             refused
localhost:80a           refused
localhost:123456        refused
localhost@evil.example  refused
localhost/evil          refused
localhost,evil.example  refused
localhost evil          refused
localhost%00            refused
localhóst               refused
"""


@pytest.mark.parametrize("line", HOSTS.split("\n")[1:-1])
def test_only_known_names_are_answered(line: str) -> None:
    """A site that gives itself this machine's address (DNS rebinding) asks under its own name, and is refused."""
    host, expected = line.rsplit(None, 1)
    rules = Rules(names=frozenset({"ward.example", "fd00::7"}))
    assert status(rules, "GET /", {"host": host}) == (200 if expected == "answered" else 421)


def test_a_request_without_a_name_is_refused() -> None:
    """HTTP/1.0 needs none; and an empty one is none."""
    assert status(Rules(), "GET /", {}) == 421
    assert status(Rules(), "GET /", {"host": ""}) == 421


def test_two_names_must_both_be_known() -> None:
    """Whichever a proxy would have looked at."""
    assert status(Rules(), "GET /", [("host", "localhost"), ("host", "evil.example")]) == 421
    assert status(Rules(), "GET /", [("host", "evil.example"), ("host", "localhost")]) == 421


def test_any_name_may_be_allowed_but_it_must_be_a_name() -> None:
    """The star."""
    rules = Rules(names=frozenset({"*"}))
    assert status(rules, "GET /", {"host": "whatever.example"}) == 200
    assert status(rules, "GET /", {"host": "<script>"}) == 421


@pytest.mark.parametrize(
    ("headers", "is_behind_proxy", "expected"),
    [
        ({"host": "localhost", "x-forwarded-host": "evil.example"}, False, 200),  # nobody believes it
        ({"host": "evil.example", "x-forwarded-host": "localhost"}, False, 421),
        ({"host": "localhost", "x-forwarded-host": "ward.example"}, True, 200),
        ({"host": "localhost", "x-forwarded-host": "evil.example"}, True, 421),
        (
            {"host": "evil.example", "x-forwarded-host": "ward.example"},
            True,
            421,
        ),  # what a script of evil.example sends
        (
            {"host": "localhost", "x-forwarded-host": "evil.example, ward.example"},
            True,
            200,
        ),  # the right-most is the proxy's
        ({"host": "localhost", "x-forwarded-host": "ward.example, evil.example"}, True, 421),
        ({"host": "localhost", "x-forwarded-host": ""}, True, 421),
    ],
)
def test_a_forwarded_name_counts_only_from_a_trusted_proxy(
    headers: dict[str, str], is_behind_proxy: bool, expected: int
) -> None:
    """And then it must be known as well as the other."""
    rules = Rules(names=frozenset({"ward.example"}), is_behind_proxy=is_behind_proxy)
    assert status(rules, "GET /", headers) == expected


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", "a" * 5000, "evil.example\r\nset-cookie: a=b", '"><b>'])
def test_an_unreadable_name_is_not_repeated(host: str) -> None:
    """Nothing but letters, digits, dots and dashes comes back, and nothing in a header."""
    answer = ask(behind(), "GET /", {"host": host})
    assert answer.status == 421
    assert host not in answer.text
    assert host not in str(answer.headers)


def test_a_name_is_compared_as_it_was_given() -> None:
    """However it is written on the command line."""
    given = ["Ward.Example", "ward.example.", "[fd00::7]", "fd00:0::7", "10.0.0.5", "*"]
    assert [name_given(name) for name in given] == [
        "ward.example",
        "ward.example",
        "fd00::7",
        "fd00::7",
        "10.0.0.5",
        "*",
    ]
    for wrong in [
        "http://ward.example",
        "ward.example:8000",
        "ward.example/patency",
        "",
        "-",
        "a b",
        "[fd00::7]:80",
        "\u212aelvin.example",
    ]:
        assert name_given(wrong) is None, wrong


# Another site's forms.

ORIGINS = """
POST   sec-fetch-site: same-origin                                     answered
POST   sec-fetch-site: none                                            answered
POST   sec-fetch-site: same-site                                       refused
POST   sec-fetch-site: cross-site                                      refused
POST   sec-fetch-site: CROSS-SITE                                      refused
POST   sec-fetch-site: something new                                   refused
POST   sec-fetch-site: same-origin; origin: http://evil.example        answered
POST   sec-fetch-site: cross-site; origin: http://localhost:8000       refused
POST                                                                   answered
POST   origin: http://localhost:8000                                   answered
POST   origin: HTTP://LOCALHOST:8000                                   answered
POST   origin: https://localhost:8000                                  answered
POST   origin: http://localhost                                        refused
POST   origin: http://localhost:8001                                   refused
POST   origin: http://127.0.0.1:8000                                   refused
POST   origin: http://evil.example                                     refused
POST   origin: http://evil.example:8000                                refused
POST   origin: http://localhost:8000.evil.example                      refused
POST   origin: http://localhost:8000@evil.example                      refused
POST   origin: null                                                    refused
POST   origin:                                                         refused
POST   origin: file://                                                 refused
POST   origin: ftp://localhost:8000                                    refused
PUT    origin: http://evil.example                                     refused
DELETE sec-fetch-site: cross-site                                      refused
SMITH  sec-fetch-site: cross-site                                      refused
GET    sec-fetch-site: cross-site                                      answered
HEAD   origin: null                                                    answered
"""


@pytest.mark.parametrize("line", ORIGINS.split("\n")[1:-1])
def test_a_form_of_another_site_is_refused(line: str) -> None:
    """A browser says where a form comes from; a program that says nothing has nobody's trust to abuse."""
    method, _, rest = line.rpartition(" ")[0].strip().partition(" ")
    headers = dict(BROWSER)
    for header in filter(None, rest.strip().split("; ")):
        name, _, value = header.partition(":")
        headers[name] = value.strip()
    is_refused = status(Rules(), f"{method} /", headers) == 403
    assert is_refused == line.endswith("refused")


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("ward.example", "http://ward.example", 200),
        ("ward.example:80", "http://ward.example", 200),
        ("ward.example", "https://ward.example", 200),
        ("ward.example:443", "https://ward.example", 200),
        ("ward.example:443", "http://ward.example", 403),
        ("ward.example", "https://ward.example:8443", 403),
        ("[fd00::7]:8000", "http://[fd00:0::7]:8000", 200),
    ],
)
def test_a_port_that_a_browser_leaves_out_is_the_usual_one(host: str, origin: str, expected: int) -> None:
    """80 or 443."""
    rules = Rules(names=frozenset({"ward.example", "fd00::7"}))
    assert status(rules, "POST /echo", {"host": host, "origin": origin}) == expected


@pytest.mark.parametrize(
    ("headers", "is_behind_proxy", "expected"),
    [
        ({"x-forwarded-host": "ward.example", "origin": "https://ward.example"}, True, 200),
        ({"x-forwarded-host": "ward.example", "origin": "https://ward.example"}, False, 403),
        (
            {"x-forwarded-host": "ward.example", "origin": "https://ward.example", "x-forwarded-proto": "https"},
            True,
            200,
        ),
        (
            {"x-forwarded-host": "ward.example", "origin": "http://ward.example", "x-forwarded-proto": "https"},
            True,
            403,
        ),
        ({"x-forwarded-host": "ward.example", "origin": "https://evil.example"}, True, 403),
    ],
)
def test_an_origin_is_compared_with_the_name_at_a_trusted_proxy(
    headers: dict[str, str], is_behind_proxy: bool, expected: int
) -> None:
    """And with http or https, where the proxy tells which."""
    rules = Rules(names=frozenset({"ward.example"}), is_behind_proxy=is_behind_proxy)
    assert status(rules, "POST /echo", {"host": "localhost:8000", **headers}) == expected


def test_two_answers_to_where_it_comes_from_must_both_be_good() -> None:
    """A second header does not hide the first."""
    for name, good, bad in [
        ("sec-fetch-site", "same-origin", "cross-site"),
        ("origin", "http://localhost:8000", "http://evil.example"),
    ]:
        assert status(Rules(), "POST /echo", [("host", "localhost:8000"), (name, good), (name, bad)]) == 403
        assert status(Rules(), "POST /echo", [("host", "localhost:8000"), (name, bad), (name, good)]) == 403


# How large.


@pytest.mark.parametrize("in_parts", [False, True])
@pytest.mark.parametrize(
    ("path", "size", "expected"),
    [("/echo", 300_000, 200), ("/echo", 300_001, 413), ("/open", 1_040_000, 200), ("/open", 1_040_001, 413)],
)
def test_a_body_may_be_so_large_and_no_larger(path: str, size: int, expected: int, in_parts: bool) -> None:
    """Whether its length is told or it arrives in chunks."""
    whole = b"x" * size
    body = [whole[at : at + 65_536] for at in range(0, size, 65_536)] if in_parts else whole
    answer = ask(behind(), f"POST {path}", body=body)
    assert answer.status == expected
    if expected == 200:
        assert json.loads(answer.body)["size"] == size


def test_a_length_that_is_a_lie_is_found_out() -> None:
    """The bytes are counted, whatever was announced."""
    headers = [("host", "localhost"), ("content-length", "5")]
    scope = scope_of("POST /echo", headers)
    assert asyncio.run(asked(behind(), scope, [b"x" * 200_000, b"x" * 200_000])).status == 413


def test_a_refused_body_is_let_in_so_that_its_sender_reads_why() -> None:
    """And the connection may be used again; of an endless one so much and no more is taken, and then it is closed."""
    taken: list[int] = []

    async def sender(size: int) -> Reply:
        left = [size]
        taken.clear()

        async def receive() -> Message:
            left[0] -= 1_000_000
            taken.append(1_000_000)
            return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": left[0] > 0}

        length = [("host", "localhost"), ("content-length", str(size))]
        return reply(await heard(behind(), scope_of("POST /echo", length), receive))

    short, endless = asyncio.run(sender(3_000_000)), asyncio.run(sender(10**12))
    assert (short.status, short.headers.get("connection")) == (413, None)
    assert (endless.status, endless.headers["connection"]) == (413, "close")
    assert MOST_DRAINED < sum(taken) <= MOST_DRAINED + 1_000_000


def test_who_asks_before_sending_is_answered_before_sending() -> None:
    """`Expect: 100-continue`: nothing is read of a body that is refused for its announced size."""

    async def receive() -> Message:
        raise AssertionError("reading would tell the client to send it")

    headers = [("host", "localhost"), ("content-length", "400000"), ("expect", "100-continue")]
    answer = reply(asyncio.run(heard(behind(), scope_of("POST /echo", headers), receive)))
    assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_a_body_that_gives_its_length_in_two_ways_is_refused() -> None:
    """Two readers would find two requests in it."""
    headers = [("host", "localhost"), ("content-length", "3"), ("transfer-encoding", "chunked")]
    assert asyncio.run(asked(behind(), scope_of("POST /echo", headers), [b"abc"])).status == 400


def test_what_stands_after_the_question_mark_is_short() -> None:
    """Two thousand letters."""
    assert ask(behind(), f"GET /?{'x' * 2000}").status == 200
    assert ask(behind(), f"GET /?{'x' * 2001}").status == 414


@pytest.mark.parametrize(
    "target", ["*", "evil.example:443", "//"[1:] + "nowhere", "", "ftp://localhost/", "http:/localhost/"]
)
def test_what_is_no_path_is_refused(target: str) -> None:
    """An authority or a star lead nowhere; and nowhere is not found."""
    assert ask(behind(), f"OPTIONS {target}").status == (404 if target == "/nowhere" else 400)


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        ("http://localhost/echo", "localhost", 200),
        ("HTTP://LOCALHOST:8000/echo?a=b", "localhost:8000", 200),
        ("https://ward.example/echo", "ward.example", 200),
        ("http://localhost", "localhost", 200),
        ("http://localhost?a=b", "localhost", 200),
        ("http://[::1]:8000/echo", "[::1]:8000", 200),
        ("http://localhost/patency/echo", "localhost", 200),
        ("http://localhost/nowhere", "localhost", 404),
        ("http://localhost/%2Fecho", "localhost", 404),
        ("http://localhost//evil.example", "localhost", 404),
        ("http://evil.example/echo", "localhost", 421),
        ("http://localhost/echo", "evil.example", 421),
        ("http://localhost@evil.example/echo", "localhost", 421),
        ("http://evil.example@localhost/echo", "localhost", 421),
        ("http:///echo", "localhost", 421),
        ("http://", "localhost", 421),
    ],
)
def test_a_whole_address_may_stand_in_the_first_line(target: str, host: str, expected: int) -> None:
    """As HTTP wants it; its name must be known as well as the other, and what follows is a path like any."""
    app = behind(Rules(names=frozenset({"ward.example"}), under="/patency"))
    answer = ask(app, f"GET {target}", {"host": host})
    assert answer.status == expected
    if expected == 200:
        assert answer.text == "a page" or json.loads(answer.body)["path"] == "/echo"


def test_an_origin_is_compared_with_the_name_in_the_first_line() -> None:
    """It counts before Host."""
    rules = Rules(names=frozenset({"ward.example"}))
    for origin, expected in (("http://ward.example", 200), ("http://localhost", 403)):
        assert status(rules, "POST http://ward.example/echo", {"host": "localhost", "origin": origin}) == expected


@pytest.mark.parametrize(
    ("line", "packing", "expected"),
    [
        ("POST /echo", "gzip", 415),
        ("POST /open", "br, identity", 415),
        ("POST /echo", "identity", 200),
        ("POST /echo", "Identity", 200),
        ("POST /echo", "", 200),
        ("POST /api/1/echo", "gzip", 200),  # it has words of its own for that
    ],
)
def test_a_packed_form_is_refused(line: str, packing: str, expected: int) -> None:
    """Nothing is unpacked here."""
    assert status(Rules(), line, {**BROWSER, "content-encoding": packing}, b"a=b") == expected


# How often.


def test_each_client_may_ask_so_often() -> None:
    """A minute's worth at once, and then as time goes by; forms and pages are counted apart."""
    hands = Hands()
    app = behind(Rules(a_minute=6, reads_for_each=2), clock=hands)

    assert [ask(app, "POST /echo").status for _ in range(7)] == [200] * 6 + [429]
    assert [ask(app, "GET /").status for _ in range(13)] == [200] * 12 + [429]
    assert ask(app, "POST /echo").headers["retry-after"] == "10"
    assert ask(app, "POST /echo", client="192.0.2.8").status == 200
    hands.now += 10.1
    assert [ask(app, "POST /echo").status for _ in range(2)] == [200, 429]
    hands.now += 3600
    assert [ask(app, "POST /echo").status for _ in range(7)] == [200] * 6 + [429]


def test_another_site_cannot_use_up_what_a_person_may_ask() -> None:
    """Its forms are refused before they are counted."""
    app = behind(Rules(a_minute=2))
    for _ in range(5):
        assert ask(app, "POST /echo", {**BROWSER, "sec-fetch-site": "cross-site"}).status == 403
    assert ask(app, "POST /echo").status == 200


def test_the_rate_can_be_turned_off() -> None:
    """Nought is any number."""
    app = behind(Rules(a_minute=0))
    assert {ask(app, "POST /echo").status for _ in range(300)} == {200}


def test_only_so_many_clients_are_remembered() -> None:
    """The one who was silent longest is forgotten first."""
    rate = Rate(1, 3, Hands())
    for client in "abcabcd":  # b, c and d are left, and a is as new
        rate.wait(client)
    assert [rate.wait(client) for client in "dcb"] == [60, 60, 60]
    assert rate.wait("a") == 0


@pytest.mark.parametrize(
    ("is_behind_proxy", "told", "expected"),
    [
        (False, ["1.1.1.1", "2.2.2.2"], [200, 429]),  # lies of one client
        (True, ["1.1.1.1", "2.2.2.2"], [200, 200]),  # two clients
        (True, ["1.1.1.1", "1.1.1.1"], [200, 429]),
        (True, ["6.6.6.6, 1.1.1.1", "7.7.7.7, 1.1.1.1"], [200, 429]),  # what one client put in front of it
        (True, ["1.1.1.1:1234", "[::ffff:1.1.1.1]:99"], [200, 429]),
        (True, ["fd00::1", "fd00::2:3:4"], [200, 429]),  # one network
        (True, ["fd00::1", "fd00:0:0:1::1"], [200, 200]),
        (True, ["nonsense", "x" * 10_000], [200, 429]),  # not the proxy's word, so its own address counts
        (True, ["", ""], [200, 429]),
    ],
)
def test_a_client_is_told_by_the_address_that_nobody_can_invent(
    is_behind_proxy: bool, told: list[str], expected: list[int]
) -> None:
    """Its own, or the right-most that a trusted proxy reports."""
    app = behind(Rules(a_minute=1, is_behind_proxy=is_behind_proxy))
    assert [ask(app, "POST /echo", {**BROWSER, "x-forwarded-for": each}).status for each in told] == expected


# How long, and how many.


def test_a_body_must_arrive_in_time() -> None:
    """Who stops sending is told so, and the connection is closed."""
    sent = [b"x"]

    async def receive() -> Message:
        if sent:
            return {"type": "http.request", "body": sent.pop(), "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for this")

    headers = [("host", "localhost"), ("content-length", "100")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("patency.web.exchange.DRAIN_SECONDS", 0.05)
        answer = reply(asyncio.run(heard(behind(Rules(body_seconds=0.05)), scope_of("POST /echo", headers), receive)))
    assert (answer.status, answer.headers["connection"]) == (408, "close")


def test_who_leaves_before_all_is_sent_is_not_answered() -> None:
    """Nobody is there."""
    pages = Pages()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    headers = [("host", "localhost"), ("content-length", "100")]
    assert asyncio.run(heard(guarded(APP, Rules(), pages.log), scope_of("POST /echo", headers), receive)) == []
    assert pages.lines[0]["status"] is None


def slow_app(gate: asyncio.Event, seen: list[str]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await gate.wait()
        seen.append("done")
        await PlainTextResponse("late")(scope, receive, send)

    return app


def test_an_answer_must_come_in_time_and_what_was_given_up_still_counts() -> None:
    """The work goes on in its thread, so that giving it up makes no room for more of it."""

    async def ask_three() -> list[int]:
        gate, seen = asyncio.Event(), list[str]()
        app = behind(Rules(answer_seconds=0.05, at_once=1), slow_app(gate, seen))
        first = await asked(app, scope_of("POST /"))
        second = await asked(app, scope_of("POST /"))
        gate.set()
        await asyncio.sleep(0.01)
        third = await asked(app, scope_of("POST /"))
        assert seen == ["/", "done", "/", "done"]
        assert "took too long" in first.text
        assert "under way at once" in second.text
        assert first.headers["retry-after"] == second.headers["retry-after"] == "5"
        return [first.status, second.status, third.status]

    assert asyncio.run(ask_three()) == [503, 503, 200]


def test_what_comes_after_the_answer_was_given_up_is_not_sent_but_its_failure_is_logged() -> None:
    """Nobody is answered twice."""
    pages, gate = Pages(), asyncio.Event()

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})
        raise ValueError

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def wait_in_vain() -> Reply:
        sent = await heard(guarded(app, Rules(answer_seconds=0.05), pages.log), scope_of("GET /"), receive)
        gate.set()
        await asyncio.sleep(0.01)
        return reply(sent)

    assert asyncio.run(wait_in_vain()).status == 503
    assert [line["event"] for line in pages.lines] == ["request", "failure"]


def test_one_client_cannot_take_all_the_room() -> None:
    """The work of one leaves room for another's."""

    async def crowd() -> list[int]:
        gate = asyncio.Event()
        app = behind(Rules(at_once=4, at_once_each=2), slow_app(gate, []))
        ask_as = [
            asyncio.ensure_future(asked(app, scope_of("POST /", client=f"192.0.2.{number}")))
            for number in (1, 1, 1, 2, 2, 3)
        ]
        await asyncio.sleep(0.01)
        gate.set()
        return [each.status for each in await asyncio.gather(*ask_as)]

    assert asyncio.run(crowd()) == [200, 200, 429, 200, 200, 503]


def test_who_reads_is_kept_out_by_nobody_else() -> None:
    """Neither by work under way, nor by others who read; one who reads too much at once waits for himself."""

    async def crowd() -> list[int]:
        gate = asyncio.Event()
        app = behind(Rules(at_once=1, reads_at_once_each=2), slow_app(gate, []))
        lines = [
            ("POST /", 1),
            ("GET /", 1),
            ("GET /", 1),
            ("GET /", 1),
            ("HEAD /", 2),
            ("GET /healthz", 1),
            ("POST /", 2),
        ]
        ask_as = [
            asyncio.ensure_future(asked(app, scope_of(line, client=f"192.0.2.{number}"))) for line, number in lines
        ]
        await asyncio.sleep(0.01)
        gate.set()
        return [each.status for each in await asyncio.gather(*ask_as)]

    assert asyncio.run(crowd()) == [200, 200, 200, 429, 200, 200, 503]


def test_a_monitor_is_answered_however_often_it_asks() -> None:
    """Under a name that is known; what else is sent there counts as anything else."""
    app = behind(Rules(a_minute=1, reads_for_each=1))
    assert [ask(app, "GET /healthz").status for _ in range(5)] == [404] * 5  # there is none in this app
    assert ask(app, "GET /healthz", {"host": "evil.example"}).status == 421
    assert [ask(app, "POST /healthz").status for _ in range(2)] == [404, 429]


async def dripping(app: ASGIApp, line: str, client: str, length: str = "100") -> Reply:
    """Announce a body, and send one letter of it."""
    sent = [b"x"]

    async def receive() -> Message:
        if sent:
            return {"type": "http.request", "body": sent.pop(), "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for this")

    headers = [("host", "localhost"), ("content-length", length)]
    return reply(await heard(app, scope_of(line, headers, client), receive))


def test_slow_bodies_keep_out_neither_readers_nor_others_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """They count apart from work: eight of one client may be arriving, whatever they are said to be for."""
    monkeypatch.setattr("patency.web.exchange.DRAIN_SECONDS", 0.01)

    async def crowd() -> tuple[list[int], list[int]]:
        app = behind(Rules(body_seconds=0.2))
        lines = ["POST /echo"] * 10 + ["GET /"] * 10 + ["GET /healthz"] * 10
        slow = [asyncio.ensure_future(dripping(app, line, f"192.0.2.{client}")) for client in (1, 2) for line in lines]
        await asyncio.sleep(0.05)
        others = [("GET /", 1), ("HEAD /", 3), ("POST /echo", 3), ("POST /echo", 1)]
        answers = [await asked(app, scope_of(line, client=f"192.0.2.{client}")) for line, client in others]
        return [each.status for each in answers], [each.status for each in await asyncio.gather(*slow)]

    others, slow = asyncio.run(crowd())
    assert others == [200] * 4
    assert slow == ([408] * 8 + [429] * 22) * 2


def test_only_so_many_bodies_arrive_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For each waits in memory; a request without a body is none of them."""
    monkeypatch.setattr("patency.web.exchange.DRAIN_SECONDS", 0.01)

    async def crowd() -> list[int]:
        app = behind(Rules(body_seconds=0.1, bodies_at_once=2))
        slow = [asyncio.ensure_future(dripping(app, "POST /echo", f"192.0.2.{client}")) for client in (1, 2, 3)]
        await asyncio.sleep(0.05)
        answer = await asked(app, scope_of("POST /echo", client="192.0.2.4"))
        return [answer.status, *(each.status for each in await asyncio.gather(*slow))]

    assert asyncio.run(crowd()) == [200, 408, 408, 503]


@pytest.mark.parametrize(
    ("line", "length", "expected"),
    [
        ("POST /echo", "300000", "within 0.02 seconds"),
        ("POST /open", "300000", "within 0.02 seconds"),
        ("POST /open", "300001", "within 0.04 seconds"),
    ],
)
def test_only_a_large_file_is_given_long_to_arrive(
    line: str, length: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file may be sent; a form of a slow phone is small."""
    monkeypatch.setattr("patency.web.exchange.DRAIN_SECONDS", 0.01)
    app = behind(Rules(body_seconds=0.02, upload_seconds=0.04))
    answer = asyncio.run(dripping(app, line, "192.0.2.1", length))
    assert answer.status == 408
    assert expected in answer.text


def test_room_is_given_back_whatever_happens() -> None:
    """After refusals, failures and bodies that never came, as many are answered as before."""
    app = behind(Rules(at_once=1, a_minute=0))
    for _ in range(5):
        assert ask(app, "POST /breaks").status == 500
        assert ask(app, "POST /echo", body=[b"x" * 200_000, b"x" * 200_000]).status == 413
        assert ask(app, "POST /echo", body=b"x").status == 200


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    """It has begun, so nothing more can be said; its work is stopped."""

    async def never_read() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)
            if message["type"] == "http.response.body":
                await asyncio.sleep(60)

        await behind(Rules(answer_seconds=0.05))(scope_of("GET /"), receive, send)
        return sent

    assert [message["type"] for message in asyncio.run(never_read())] == ["http.response.start", "http.response.body"]


# What comes back.


@pytest.mark.parametrize(
    ("line", "headers", "expected"),
    [
        ("GET /", BROWSER, 200),
        ("HEAD /", BROWSER, 200),
        ("GET /stream", BROWSER, 200),
        ("GET /own", BROWSER, 200),
        ("POST /breaks", BROWSER, 500),
        ("GET /nowhere", BROWSER, 404),
        ("DELETE /", BROWSER, 405),
        ("OPTIONS /", BROWSER, 405),
        ("SMITH /", BROWSER, 405),
        ("GET /", {"host": "evil.example"}, 421),
        ("POST /", {**BROWSER, "origin": "null"}, 403),
        (f"GET /?{'x' * 3000}", BROWSER, 414),
    ],
)
def test_every_answer_has_the_headers_that_keep_a_browser_safe(
    line: str, headers: dict[str, str], expected: int
) -> None:
    """Whoever made it, and whatever it is."""
    answer = ask(behind(), line, headers)
    assert answer.status == expected
    for name, value in SAFE.items():
        assert answer.headers[name.decode()] == value.decode()
    assert answer.headers["cache-control"] == ("public, max-age=60" if line == "GET /own" else "no-store")
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(
    ("host", "told", "expected"),
    [
        ("localhost:8000", "", True),
        ("127.0.0.1:8000", "", True),
        ("[::1]:8000", "", True),
        ("ward.example", "https", True),
        ("ward.example", "http", False),
        ("ward.example:8000", "", False),
        ("evil.example", "", False),  # refused, and as quietly
        ("<script>", "", False),
    ],
)
def test_a_browser_is_told_to_keep_its_window_apart_only_where_it_would(host: str, told: str, expected: bool) -> None:
    """Over plain http under any other name it does not, and shows an error on each page instead."""
    rules = Rules(names=frozenset({"ward.example"}), is_behind_proxy=True)
    answer = ask(behind(rules), "GET /", {"host": host, "x-forwarded-proto": told})
    assert answer.headers.get("cross-origin-opener-policy") == ("same-origin" if expected else None)


def test_what_an_app_says_of_its_window_is_not_passed_on() -> None:
    """It is the guard's to say."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        page = PlainTextResponse("a page", headers={"Cross-Origin-Opener-Policy": "unsafe-none"})
        await page(scope, receive, send)

    assert ask(behind(app=app), "GET /").headers["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_allows_no_script_in_a_page_and_nothing_from_elsewhere() -> None:
    """Word for word, for a browser guesses nothing."""
    assert SAFE[b"content-security-policy"].decode() == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("is_behind_proxy", "told", "expected"),
    [
        (True, "https", True),
        (True, "http, https", True),
        (True, "https, http", False),
        (False, "https", False),
        (True, "", False),
    ],
)
def test_https_is_insisted_on_once_it_was_used(is_behind_proxy: bool, told: str, expected: bool) -> None:
    """And only a trusted proxy says that it was."""
    app = behind(Rules(is_behind_proxy=is_behind_proxy))
    answer = ask(app, "GET /echo", {**BROWSER, "x-forwarded-proto": told})
    assert ("strict-transport-security" in answer.headers) == expected
    assert json.loads(answer.body)["scheme"] == ("https" if expected else "http")


def test_a_long_page_is_packed_for_a_browser_that_can_unpack_it() -> None:
    """A short one is not."""
    packed = ask(behind(), "GET /long", {**BROWSER, "accept-encoding": "gzip, br"})
    plain = ask(behind(), "GET /long")
    short = ask(behind(), "GET /", {**BROWSER, "accept-encoding": "gzip"})
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 10
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in short.headers


def test_a_failure_is_told_as_an_incident() -> None:
    """In the page and in the log the same, and what was said nowhere."""
    pages = Pages()
    answer = ask(guarded(APP, Rules(), pages.log, incident=lambda: "1a2b3c4d"), "POST /breaks", body=b"secret")
    failure, request = pages.lines
    assert answer.status == request["status"] == 500
    assert "incident 1a2b3c4d" in answer.text
    assert failure["incident"] == "1a2b3c4d"
    assert failure["failures"][0]["type"] == "ValueError"
    assert re.fullmatch(r"web/test_guard\.py:\d+:breaks", failure["failures"][0]["stack"][-1])
    assert "secret" not in answer.text + pages.text
    assert "Traceback" not in answer.text + pages.text


def test_each_incident_has_a_name_of_its_own() -> None:
    """Unless somebody says how they are named."""
    texts = {ask(guarded(APP, Rules(), Pages().log), "GET /breaks").text for _ in range(5)}
    assert len(texts) == 5


def test_a_failure_that_the_app_tells_itself_is_left_to_it() -> None:
    """A 500 without an exception is an answer like any other."""
    assert ask(behind(), "GET /says-500").text == "its own words"


def test_an_answer_that_fails_half_way_is_cut_off_and_logged() -> None:
    """What went out cannot be taken back, and is not passed off as whole."""

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("secret")

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    pages = Pages()
    sent = asyncio.run(heard(guarded(app, Rules(), pages.log), scope_of("GET /"), receive))
    assert sent[-1]["more_body"] is True
    assert [line["event"] for line in pages.lines] == ["failure", "request"]
    assert "secret" not in pages.text


REFUSED: list[tuple[str, dict[str, str]]] = [
    ("POST {}breaks", BROWSER),
    ("POST {}nowhere", BROWSER),
    ("PUT {}echo", BROWSER),
    ("GET {}", {"host": "evil.example"}),
    ("POST {}echo", {**BROWSER, "sec-fetch-site": "cross-site"}),
    ("GET {}?" + "x" * 3000, BROWSER),
    ("POST {}echo", {**BROWSER, "content-length": "9999999", "expect": "100-continue"}),
]


@pytest.mark.parametrize(("line", "headers"), REFUSED)
def test_a_program_is_refused_in_json_and_a_person_with_a_page(line: str, headers: dict[str, str]) -> None:
    """The same four things are told to both: where, what, why and how to mend it."""
    told = ask(behind(Rules(stamp=STAMP)), line.format("/api/1/"), headers)
    shown = ask(behind(), line.format("/"), headers)

    assert told.status == shown.status >= 400
    assert told.headers["content-type"] == "application/json"
    said = json.loads(told.body)
    assert list(said) == ["format", "patency", "content_hash", "faults"]
    assert said == {**STAMP, "faults": said["faults"]}
    (fault,) = said["faults"]
    assert list(fault) == ["where", "what", "why", "fix"]
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    seen = Seen(shown.text)
    assert seen.text["h1"] == [f"{fault['what'][0].upper()}{fault['what'][1:]}."]
    assert fault["why"] in shown.text.replace("&#x27;", "'")
    assert fault["fix"] in shown.text.replace("&#x27;", "'")


class Seen(HTMLParser):
    """What a page has, and that its tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: dict[str, list[str]] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes[tag] = dict(attrs)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.text.setdefault(self.open[-1], []).append(data)


@pytest.mark.parametrize(
    ("path", "style", "start"),
    [
        ("/nowhere", "assets/patency.css", "./"),
        ("/examples/nobody", "../assets/patency.css", "../"),
        ("/a/b/c", "../../assets/patency.css", "../../"),
        ("/" + "a/" * 30, None, "./"),
    ],
)
def test_a_page_that_refuses_is_a_page_like_any_other(path: str, style: str | None, start: str) -> None:
    """With a language, a title, a heading and a way out; its links are relative, from wherever it stands."""
    seen = Seen(ask(behind(), f"GET {path}").text)
    assert seen.attributes["html"] == {"lang": "en"}
    assert seen.text["title"] == ["There is no such page. Patency"]
    assert seen.text["h1"] == ["There is no such page."]
    assert seen.attributes["a"] == {"href": start}
    assert seen.attributes.get("link", {}).get("href") == style


# Under a path, and what is no request.


def test_a_path_that_a_proxy_leaves_in_front_is_taken_off() -> None:
    """With it and without it the same is found; without its slash at the end a browser is sent to it."""
    app = behind(Rules(under="/hospital/patency"))
    for path in ("/echo", "/hospital/patency/echo"):
        assert json.loads(ask(app, f"GET {path}").body)["path"] == "/echo"
    assert ask(app, "GET /hospital/patency/").text == "a page"
    bare = ask(app, "GET /hospital/patency")
    assert (bare.status, bare.headers["location"]) == (308, "patency/")
    assert "content-security-policy" in bare.headers
    assert ask(app, "POST /hospital/patency").status == 404
    assert ask(app, "GET /hospital/patencyecho").status == 404
    assert ask(app, "POST /hospital/patency/open", body=b"x" * 1_000_000).status == 200
    assert 'href="../assets/patency.css"' in ask(app, "GET /hospital/patency/a/b").text


@pytest.mark.parametrize("under", ["", "/hospital/patency"])
@pytest.mark.parametrize(
    "path",
    ["/library%2Findex.html", "/library/a%2fb.html", "%2Flibrary/", "/%2F", "/library/..%2F..%2Fecho", "/api%2f1/echo"],
)
def test_no_page_has_a_slash_that_is_none_to_a_browser(under: str, path: str) -> None:
    """Its links would lead out of the path it is under; the page that says so knows how deep it is."""
    answer = ask(behind(Rules(under=under)), f"GET {under}{path}")
    assert answer.status == 404
    folders = path.count("/") - (1 if path.startswith("/") else 0)
    if path.startswith("/"):
        assert f'href="{"../" * folders or "./"}">Start page' in answer.text


def test_the_path_in_front_is_looked_for_as_it_was_written() -> None:
    """And what comes after it is left as it was."""
    seen: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["raw_path"])
        await PlainTextResponse(scope["path"])(scope, receive, send)

    house = behind(Rules(under="/patency"), app)
    assert ask(house, "GET /patency/a%20b/c%3Fd").text == "/a b/c?d"
    assert ask(house, "GET /%70atency/a").text == "/patency/a"
    assert seen == [b"/a%20b/c%3Fd", b"/%70atency/a"]
    assert ask(house, "GET /patency%2Fa").status == 404


def test_a_web_socket_is_refused() -> None:
    """No page here opens one."""

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    sent = asyncio.run(heard(behind(), {**scope_of("GET /"), "type": "websocket"}, receive))
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_the_beginning_and_the_end_of_the_server_reach_the_app() -> None:
    """An app may have something to open and to close."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        seen.append((await receive())["type"])
        await send({"type": "lifespan.startup.complete"})

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    sent = asyncio.run(heard(behind(app=app), {"type": "lifespan"}, receive))
    assert [*seen, *(message["type"] for message in sent)] == [
        "lifespan",
        "lifespan.startup",
        "lifespan.startup.complete",
    ]


def test_the_scope_that_the_server_keeps_is_left_as_it_was() -> None:
    """What the guard changes, it changes in a copy."""
    scope = scope_of("GET /patency/echo", {**BROWSER, "x-forwarded-proto": "https"})
    before = {**scope, "headers": list(scope["headers"])}
    asyncio.run(asked(behind(Rules(under="/patency", is_behind_proxy=True)), scope))
    assert scope == before


def test_words_that_are_no_address_are_no_client() -> None:
    """Nothing that is not an address is kept as one."""
    assert [one_client(each) for each in ("", "x", "1.2.3", "[1.2.3.4]", "fd00::1%eth0")] == [
        None,
        None,
        None,
        None,
        "fd00::",
    ]
    assert authority("a" * 300) is None
    assert not is_known("", frozenset())
