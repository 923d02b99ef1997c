"""Whatever a program sends, it gets an answer of the form that is described, or faults, and never a failure of Patency's.

One part is drawn by schemathesis from the description, valid and not; another from the vocabulary, near to what people
send; a third is not in the description at all. `PATENCY_FUZZ=20000` sends so many. Of schemathesis's own requests most
go to the small content of `refused/base`, whose description is short: of a case of two hundred names it draws only a
few in a second.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote, urlsplit

import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from starlette.applications import Starlette

from patency.document import plain, read_document
from patency.guideline.files import content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library
from web.programs import app_of, ask, interface, stated_examples

from .drawing import bodies
from .ledger import REQUESTS, Ledger, is_as_described, so_many

BASE = Path(__file__).parents[1] / "refused" / "base"
SMALL = b"on: 2026-05-29\nfindings: {age: 45 years, onset: 3 days ago, veins: [iliac], pain: severe}\n"
ADDRESS = "http://127.0.0.1:8000/api/1"


Operation: TypeAlias = APIOperation[Any, Any, Any, Any]


class House(NamedTuple):
    """A library, its application, its stated examples as JSON, and what is described of it."""

    library: Library
    app: Starlette
    examples: dict[str, Any]
    operations: dict[tuple[str, str], Operation]

    def operation(self, line: str) -> Operation | None:
        """Return what is described of a request, by its method and path; None where nothing is."""
        method, path = line.replace("HEAD", "GET").split(" ")
        for (known, at), operation in self.operations.items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(f"/api/1{at}"))
            if known == method and re.fullmatch(pattern, path.partition("?")[0]):
                return operation
        return None


def house(library: Library, examples: dict[str, Any]) -> House:
    app = app_of(interface(library, examples))
    written = ask(app, "GET /api/1/openapi.json").json
    described = schemathesis.openapi.from_dict(written)
    operations = {
        (method.upper(), at): described[at][method] for at, methods in written["paths"].items() for method in methods
    }
    cases = {
        name: {part: value for part, value in plain(each).items() if part != "expect"}
        for name, each in examples.items()
    }
    return House(library, app, cases, operations)


@pytest.fixture(scope="module")
def whole(library: Library) -> House:
    return house(library, dict(stated_examples()))


@pytest.fixture(scope="module")
def small() -> House:
    return house(read_library(content_files(BASE)), {"one": read_document(SMALL, "one")})


def sent_by(case: Case[Any]) -> tuple[str, bytes, dict[str, str]]:
    """Return a request that schemathesis drew, as it goes over the wire."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=ADDRESS)).prepare()
    url = urlsplit(str(prepared.url))
    line = f"{prepared.method} {url.path}{'?' * bool(url.query)}{url.query}"
    body: Any = prepared.body or b""
    headers = {
        name.lower(): value if isinstance(value, str) else value.decode("latin-1")
        for name, value in prepared.headers.items()
    }
    return line, body.encode() if isinstance(body, str) else bytes(body), headers


def try_described(house: House, ledger: Ledger, at: tuple[str, str], mode: GenerationMode, share: float) -> None:
    """Send what schemathesis draws for one verb."""

    @so_many(share)
    @given(house.operations[at].as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        line, body, headers = sent_by(case)
        answer = ledger.send(house.app, f"{' '.join(at)}, {mode.value}", line, body, headers)
        is_as_described(answer, house.operation(line), line)

    send()


MODES = pytest.mark.parametrize("mode", list(GenerationMode), ids=[mode.value for mode in GenerationMode])


@MODES
@pytest.mark.parametrize("path", ["/consult", "/ask", "/compare"])
def test_a_case_of_the_whole_vocabulary_breaks_nothing(
    path: str, mode: GenerationMode, whole: House, ledger: Ledger
) -> None:
    """Drawn from its description: what fits it, and what does not."""
    try_described(whole, ledger, ("POST", path), mode, 0.006)


@MODES
@pytest.mark.parametrize("path", ["/consult", "/ask", "/compare"])
def test_a_case_of_a_small_vocabulary_breaks_nothing(
    path: str, mode: GenerationMode, small: House, ledger: Ledger
) -> None:
    """The same way is gone, many times more often."""
    try_described(small, ledger, ("POST", path), mode, 0.04)


@MODES
@pytest.mark.parametrize("path", ["/guidelines/{id}", "/concepts", "/concepts/{name}"])
def test_what_is_asked_of_the_library_breaks_nothing(
    path: str, mode: GenerationMode, whole: House, ledger: Ledger
) -> None:
    """Names that there are, and names that there are not."""
    try_described(whole, ledger, ("GET", path), mode, 0.015)


@pytest.mark.parametrize("path", ["/guidelines", "/schema", "/openapi.json"])
def test_what_takes_nothing_breaks_nothing(path: str, whole: House, ledger: Ledger) -> None:
    """There is one way to ask for each."""
    try_described(whole, ledger, ("GET", path), GenerationMode.POSITIVE, 0.001)


def test_comparing_any_two_editions_breaks_nothing(whole: House, ledger: Ledger) -> None:
    """Each pair takes seconds, so these are few."""
    for mode, share in ((GenerationMode.POSITIVE, 0.002), (GenerationMode.NEGATIVE, 0.01)):
        try_described(whole, ledger, ("GET", "/compare/editions/{older}/{newer}"), mode, share)


def try_cases(house: House, ledger: Ledger, kind: str, share: float) -> None:
    """Send cases that are near to what people send."""
    lines = st.sampled_from(
        ["POST /api/1/ask", "POST /api/1/compare", "POST /api/1/consult", "POST /api/1/consult?explain=true"]
    )

    @so_many(share)
    @given(lines, bodies(house.library.lexicon.vocabulary, house.examples))
    def send(line: str, sent: tuple[bytes, dict[str, str]]) -> None:
        answer = ledger.send(house.app, kind, line, *sent)
        is_as_described(answer, house.operation(line), line)

    send()


def test_cases_near_to_those_that_people_send_break_nothing(whole: House, ledger: Ledger) -> None:
    """The stated examples with answers changed, as JSON and as YAML, some of them spoiled on the way."""
    try_cases(whole, ledger, "cases near to the examples", 0.2)


def test_small_cases_near_to_those_that_people_send_break_nothing(small: House, ledger: Ledger) -> None:
    """The same, of the small content."""
    try_cases(small, ledger, "small cases", 0.12)


METHODS = ["GET"] * 5 + ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"]
PATHS = [
    "/api/1/consult", "/api/1/ask", "/api/1/compare", "/api/1/compare/editions/first/first", "/api/1/guidelines",
    "/api/1/guidelines/first", "/api/1/concepts", "/api/1/concepts/age", "/api/1/schema", "/api/1/openapi.json",
    "/api/1", "/api/1/", "/api/", "/api/2/consult", "/api//1/ask", "/api/1/../1/ask", "/api/1/guidelines/..%2f..%2fetc%2fpasswd",
]  # fmt: skip
NAMES = """
    accept accept-encoding range if-none-match if-modified-since content-length origin sec-fetch-site x-forwarded-for
    x-forwarded-prefix forwarded cookie expect content-type host
""".split()
LETTERS = st.characters(min_codepoint=32, max_codepoint=255)
VALUES = st.one_of(st.text(LETTERS, max_size=20), st.sampled_from(["*/*", "text/html", "bytes=0-", "-1"]))
HEADERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3)


def test_what_is_not_described_breaks_nothing(small: House, ledger: Ledger) -> None:
    """Other methods, other paths, other queries, other headers."""
    unseen = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(
        lambda text: quote(text, safe="/")
    )
    paths = st.builds(
        lambda path, is_changed, tail: path + tail * is_changed,
        st.sampled_from(PATHS),
        st.sampled_from([False, False, True]),
        unseen,
    )
    queries = st.one_of(
        st.just(""),
        st.sampled_from(["?explain=true", "?explain", "?words=age&words=b", "?&=&", "?%ff=%00"]),
        unseen.map("?{}".format),
    )

    @so_many(0.1)
    @given(st.sampled_from(METHODS), paths, queries, st.binary(max_size=30), HEADERS)
    def send(method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> None:
        line = f"{method} {path}{query}"
        answer = ledger.send(small.app, "what is not described", line, body, headers)
        is_as_described(answer, small.operation(line), line)

    send()


def test_as_many_requests_were_sent_as_were_asked_for(small: House, ledger: Ledger) -> None:
    """Of some verbs there are few different requests; what is left is sent as cases."""
    while ledger.total < REQUESTS:
        try_cases(small, ledger, "small cases", (REQUESTS - ledger.total) / REQUESTS)
    statuses = {status for _, status in ledger.counted}
    assert {200, 400, 404, 405, 415, 422} <= statuses, "every kind of answer has been seen"
