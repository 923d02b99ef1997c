"""Whatever is posted by a form, or by somebody who pretends to, is answered with a page, a file or a refusal.

What is posted begins as what the pages' own forms hold for the stated examples; fields are then changed, taken out or
joined by others, drawn from the vocabulary. Some of what is posted is no form at all.
"""

import io
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from starlette.types import ASGIApp

from patency.document import read_bytes
from patency.guideline.model import Library
from patency.vocabulary import Kind, Vocabulary
from patency.web.app import application
from patency.web.guard import Rules, guarded
from patency.web.log import Log
from web.programs import EXAMPLES, TODAY
from web.visiting import Visitor

from .drawing import ODD, answers, seldom
from .ledger import Ledger, so_many

NOW = datetime(2026, 5, 29, 22, 15, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
PAGE, JSON, YAML = "text/html; charset=utf-8", "application/json", "application/yaml"
PROMISED = {  # what each form may be answered with; a refusal is always a page
    "/consult": {PAGE},
    "/consult.json": {PAGE, JSON},
    "/consult.html": {PAGE},
    "/case.yaml": {PAGE, YAML},
    "/keep": {PAGE},
    "/kept": {PAGE},
    "/forget": {PAGE},
    "/search": {PAGE},
    "/open": {PAGE},
}
CHEAP = (
    "/case.yaml",
    "/case.yaml",
    "/search",
    "/search",
    "/keep",
    "/kept",
    "/forget",
)  # nothing is worked out for them
Fields = list[tuple[str, str]]


class Forms(NamedTuple):
    """The application, what it is asked about, and what its own forms hold for some examples."""

    app: ASGIApp
    vocabulary: Vocabulary
    filled: list[Fields]


@pytest.fixture(scope="module")
def forms(library: Library) -> Forms:
    """Open some examples as a browser does, and note what their forms hold."""
    app = application(library, {path.stem: read_bytes(path) for path in EXAMPLES}, lambda: TODAY)
    filled = [
        Visitor(app).open(f"/examples/{name}").form.posted for name in ("child-12", "active-bleeding", "after-stent")
    ]
    assert all(filled), "an example opens with its answers in the form"
    return Forms(app, library.lexicon.vocabulary, filled)


def texts(value: Any) -> list[str]:
    """Return an answer as a form posts it: one text, or several under one name."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return [{True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)]


REASONS = st.sampled_from(["", "not known", "not asked", "declined", "not applicable", "lost", "?"])
ENDINGS = ["", ".unit", ".ago", ".rest", ".excluded", ".unknown", ".why", ".on", ".from", ".", "..", ".x"]


@st.composite
def fields(draw: DrawFn, vocabulary: Vocabulary) -> Fields:
    """Draw what is posted of one question, or beside all questions."""
    how = draw(st.sampled_from(range(10)))
    if how < 6:
        concept = draw(st.sampled_from(list(vocabulary.concepts.values())))
        posted = [(concept.name, text) for text in texts(draw(answers(concept)))]
        if concept.kind is Kind.NUMBER:
            posted.append(
                (f"{concept.name}.unit", draw(st.sampled_from([concept.unit, *concept.units, "furlong", ""])))
            )
        if draw(st.sampled_from([False, False, False, True])):
            posted.append((concept.name + draw(st.sampled_from(ENDINGS)), draw(REASONS)))
        return posted
    if how < 8:
        panel = draw(st.sampled_from(list(vocabulary.panels.values())))
        members = draw(st.lists(st.sampled_from([*panel.members, "none", "other"]), max_size=3))
        return [*((panel.name, each) for each in members), (f"{panel.name}.why", draw(REASONS))]
    names = st.sampled_from(
        [
            ".on",
            ".name",
            ".about",
            ".mode",
            ".add",
            ".added",
            ".skip",
            ".skipped",
            ".done",
            ".order",
            ".hours",
            "key",
            "words",
        ]
    )
    known = st.sampled_from([*vocabulary.concepts, *vocabulary.panels])
    values = st.one_of(known, st.sampled_from(["all", "one", "2026-05-29", "2199-12-31", "0", "1", "8"]), ODD.map(str))
    return [
        (draw(st.one_of(names, names, known, st.text(max_size=8))), draw(values))
        for _ in range(draw(st.integers(1, 3)))
    ]


@st.composite
def posted(draw: DrawFn, forms: Forms) -> bytes:
    """Draw the whole of a form: one that a page holds, changed here and there; seldom what is no form."""
    if seldom(draw):
        return draw(
            st.one_of(
                st.binary(max_size=60), st.sampled_from([b"%", b"a=%ff", b"&=&=", b"=", b"a=1&" * 6_000, b"\xff=\xfe"])
            )
        )
    filled = draw(st.sampled_from(forms.filled))
    new = [field for each in draw(st.lists(fields(forms.vocabulary), max_size=4)) for field in each]
    replaced = {name for name, _ in new}
    kept = [field for field in filled if field[0] not in replaced or field[0].startswith(".")]
    return urlencode([*kept, *new], errors="surrogatepass").encode()


def check(forms: Forms, ledger: Ledger, path: str, sent: bytes, headers: dict[str, str]) -> None:
    """Post, and see that what comes back is of a kind that the form promises."""
    answer = ledger.send(forms.app, f"POST {path}", f"POST {path}", sent, headers)
    if answer.status < 400:
        assert answer.headers["content-type"] in PROMISED[path]
        assert path == "/search" or answer.headers["cache-control"] == "no-store"
    else:
        assert answer.headers["content-type"] in (PAGE, JSON)


@pytest.mark.parametrize(
    ("paths", "share"),
    [(("/consult", "/consult.json", "/consult.html"), 0.05), (CHEAP, 0.05)],
    ids=["consults", "others"],
)
def test_what_a_form_posts_breaks_nothing(paths: tuple[str, ...], share: float, forms: Forms, ledger: Ledger) -> None:
    """Whatever is filled in, and whatever is not."""

    @so_many(share)
    @given(
        st.sampled_from(paths),
        posted(forms),
        st.sampled_from([FORM] * 12 + [f"{FORM}; charset=latin-1", "text/plain", "", "multipart/form-data"]),
    )
    def send(path: str, sent: bytes, kind: str) -> None:
        check(forms, ledger, path, sent, {"content-type": kind})

    send()


@st.composite
def uploads(draw: DrawFn) -> tuple[bytes, dict[str, str]]:
    """Draw a file as a browser sends it: a stated example, whole or spoiled; or what is no upload at all."""
    content = draw(st.sampled_from([read_bytes(path) for path in EXAMPLES]))
    at = draw(st.integers(0, len(content)))
    spoiled = st.sampled_from(
        [
            content[:at],
            content[:at] + b"\x00\xff" + content[at:],
            b"findings: [" * 40,
            b"a: &x [*x]",
            b"",
            b"- 1\n" * 2_000,
        ]
    )
    content = draw(st.one_of(st.just(content), spoiled, st.binary(max_size=40)))
    mark, name = (
        draw(st.sampled_from(["x", "x" * 80, "----=_y"])),
        draw(st.sampled_from(["file", "file", "file", "fiel", ""])),
    )
    title = draw(st.sampled_from(['; filename="case.yaml"', '; filename=""', "", '; filename="../../etc/passwd"']))
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{title}\r\nContent-Type: application/yaml\r\n\r\n'
    end = draw(
        st.sampled_from([f"\r\n--{mark}--\r\n", f"\r\n--{mark}--\r\n", f"\r\n--{mark}--\r\n", f"\r\n--{mark}\r\n", ""])
    )
    kinds = [f"multipart/form-data; boundary={mark}"] * 8 + [
        "multipart/form-data",
        "multipart/form-data; boundary=z",
        FORM,
        "application/yaml",
    ]
    return head.encode() + content + end.encode(), {"content-type": draw(st.sampled_from(kinds))}


# Of an upload that ends too early Starlette leaves a file of its own to be closed when nobody looks at it any more.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_uploaded_breaks_nothing(forms: Forms, ledger: Ledger) -> None:
    """A case file, or anything else."""

    @so_many(0.02)
    @given(uploads())
    def send(sent: tuple[bytes, dict[str, str]]) -> None:
        check(forms, ledger, "/open", *sent)

    send()


PLACES = [
    "/", "/consult", "/consult.json", "/open", "/keep", "/kept", "/search", "/examples/child-12", "/examples/", "/api", "/api/",
    "/healthz", "/library", "/library/", "/library/index.html", "/library/guidelines/acr-2020.html", "/library/../healthz",
    "/assets/patency.css", "/assets/../app.py", "//", "/%2e%2e/", "/favicon.ico", "/api/1/ask", "/api/1/guidelines",
]  # fmt: skip
HOSTS = ["127.0.0.1:8000", "localhost", "[::1]:8000", "patency.example", "", "a b", "127.0.0.1:99999999", "\xe9"]
WAYS = ["GET"] * 6 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"]
SAID = {
    "accept": ["text/html", "application/json", "*/*", ";q=x"],
    "accept-encoding": ["gzip", "gzip;q=0", "br, gzip", "*"],
    "origin": ["http://127.0.0.1:8000", "https://elsewhere.example", "null", "x"],
    "sec-fetch-site": ["same-origin", "cross-site", "none", "?"],
    "content-type": [FORM, "application/json", "multipart/form-data; boundary=x", "x"],
    "content-length": ["0", "-1", "99999999999", "x", "3, 3"],
    "transfer-encoding": ["chunked", "gzip", "chunked, chunked"],
    "if-none-match": ["*", '"x"', 'W/"x", "y"'],
    "range": ["bytes=0-1", "bytes=-1", "x"],
    "x-forwarded-for": ["192.0.2.1", "x, y", "::1"],
    "x-forwarded-host": ["patency.example", "x y"],
    "cookie": ["a=b", "\xff"],
    "expect": ["100-continue", "x"],
}


def test_nothing_that_reaches_the_guarded_house_breaks_it(forms: Forms, ledger: Ledger) -> None:
    """Every place of the house, behind its guard, under headers that a browser, a proxy or a stranger may send."""
    house = guarded(forms.app, Rules(a_minute=0), Log(io.StringIO(), lambda: NOW))
    pairs = [(name, value) for name, values in SAID.items() for value in values]
    headers = st.lists(st.sampled_from(pairs), max_size=2).map(dict)
    tails = st.sampled_from([""] * 8 + ["?", "?x=1", "/", "/x", "%00", "?" + "x" * 3_000])

    @so_many(0.06)
    @given(
        st.sampled_from(WAYS),
        st.sampled_from(PLACES),
        tails,
        st.sampled_from(HOSTS[:3] * 8 + HOSTS),
        headers,
        st.binary(max_size=40),
    )
    def send(way: str, place: str, tail: str, host: str, headers: dict[str, str], sent: bytes) -> None:
        answer = ledger.send(house, "the guarded house", f"{way} {place}{tail}", sent, {"host": host, **headers})
        assert "content-security-policy" in answer.headers

    send()
