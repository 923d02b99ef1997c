"""The served library: the pages of the site under the roof of the house, and how they are handed out."""

import gzip
import html
import re
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from posixpath import dirname, join, normpath

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.publish.press import link_from
from patency.publish.site import site
from patency.web.assets import asset_path
from patency.web.pages import ROOF
from patency.web.shelf import Shelf, routes
from unit.small import files

ABOVE = "/ward/patency"  # where a proxy may have put the house
DOORS = {"/", "/api", "/search"}  # of the house, beside the library's own files


@pytest.fixture(scope="module")
def small() -> Library:
    return read_library(files())


@pytest.fixture(scope="module")
def shelf(small: Library) -> Shelf:
    return Shelf(small)


@pytest.fixture(scope="module")
def house(shelf: Shelf) -> Starlette:
    return Starlette(routes=[Mount(ABOVE, routes=routes(shelf))])


def asked(house: Starlette, path: str, words: str | None = None, **headers: str) -> httpx.Response:
    """Ask the house for a path, or post words to it."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(house), base_url="http://here") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            if words is None:
                return await client.get(f"{ABOVE}{path}", headers=named)
            return await client.post(f"{ABOVE}{path}", data={"words": words}, headers=named)

    return anyio.run(ask)


def served(shelf: Shelf) -> Mapping[str, str]:
    """Return every page as it is served, by its path in the house."""
    pages = {f"/library/{path}": leaf.content.decode() for path in site(shelf.library) if (leaf := shelf.page(path))}
    return {path: page for path, page in pages.items() if path.endswith(".html")}


# What is served is the site, under a roof.


def test_a_served_page_is_the_static_page_but_for_what_stands_above_it(small: Library) -> None:
    """What a reader reads of medicine is the same, byte for byte, and so is the foot."""
    alone, under = site(small), site(small, roof=ROOF)
    assert alone.keys() == under.keys()
    for path in alone:
        head = alone[path].partition(b"<body>")[0].replace(b'<meta name="referrer" content="no-referrer">\n', b"")
        mark = re.compile(rb'<link rel="icon" href="[^"]*">\n')
        assert head == mark.sub(b"", under[path].partition(b"<body>")[0])  # served, the guard says who sent it
        assert alone[path].partition(b"<main")[2] == under[path].partition(b"<main")[2]
    assert b"<form" not in b"".join(alone.values())


LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


def test_every_link_of_a_served_page_leads_into_the_house(shelf: Shelf) -> None:
    """Relative each, to a page and an anchor that is there, or to a door of the house."""
    pages = served(shelf)
    for path, page in pages.items():
        for link in LINK.findall(page):
            to, _, anchor = html.unescape(link).partition("#")
            assert not re.match(r"[a-z]+:|/", to), f"{path} links to {link}"
            target = normpath(join(dirname(path), to)) if to else path
            assert target in pages or target in {*DOORS, "/library/patency.css", f"/{asset_path('mark.svg')}"}, (
                f"{path} links to {link}"
            )
            assert not anchor or f'id="{anchor}"' in pages[target], f"{path} links to {link}"


def test_every_served_page_leads_to_the_consult_and_can_search(shelf: Shelf) -> None:
    """The words are posted: what somebody types never stands in an address."""
    for path, page in served(shelf).items():
        up = "../" * (path.count("/") - 2)
        assert f'<a href="{up}..">Consult</a>' in page
        assert f'method="post" action="{up}../search"' in page
        assert re.findall(r'name="(\w+)"', page.partition("<body>")[2]) == ["words"]
        assert '<label class="unseen" for="seek-words">' in page


def test_a_link_is_the_same_wherever_the_process_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the root of a file system too, where nothing lies above."""
    monkeypatch.chdir("/")
    assert link_from("index.html")("../") == ".."
    assert link_from("guidelines/first.html")("../search") == "../../search"
    assert link_from("../search")("guidelines/first.html") == "library/guidelines/first.html"
    assert link_from("../")("../search") == "search"


def test_no_served_page_needs_a_laxer_policy(shelf: Shelf) -> None:
    """No script, and no style but the stylesheet's."""
    pages = [*served(shelf).values(), shelf.missing("x", "x").decode()]
    assert not any(re.search(r"<script|<style|\bstyle=|\bon[a-z]+=", page) for page in pages)


# Proofs.


def test_a_served_guideline_shows_what_is_proved_of_it(shelf: Shelf) -> None:
    """The proofs are there with the first page that wants them."""
    leaf = shelf.page("guidelines/leaflet.html")
    assert leaf is not None
    assert "claims are proved, for every patient" in leaf.content.decode()


def test_without_the_solver_no_served_page_claims_a_proof(small: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page that would show proofs says that they were not run."""
    monkeypatch.setitem(sys.modules, "patency.guideline.prove", None)
    shelf = Shelf(small)
    for path in ("index.html", "claims.html", "guidelines/leaflet.html"):
        leaf = shelf.page(path)
        assert leaf is not None
        assert "roofs were not run" in leaf.content.decode()


# How a file is handed out.


def test_a_page_is_printed_once_whoever_asks(small: Library) -> None:
    """Of many who ask at one time, all get the very same."""
    shelf = Shelf(small)
    with ThreadPoolExecutor(8) as several:
        leaves = list(several.map(shelf.page, ["claims.html"] * 16))
    assert {id(leaf) for leaf in leaves} == {id(shelf.page("claims.html"))}


def test_the_shelf_is_whole(small: Library) -> None:
    """Every file of the site is on the shelf."""
    shelf = Shelf(small)
    assert all(shelf.page(path) for path in site(small))


def test_a_browser_that_has_a_page_is_told_so(house: Starlette) -> None:
    """It asks each time, by the tag, and gets the page again once it is another."""
    first = asked(house, "/library/", accept_encoding="identity")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = asked(house, "/library/", accept_encoding="identity", if_none_match=known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert asked(house, "/library/", accept_encoding="identity", if_none_match='"other"').status_code == 200
    assert asked(house, "/library/sheets.html").headers["etag"] != tag


def test_a_page_goes_packed_to_who_can_unpack_it(house: Starlette, shelf: Shelf) -> None:
    """With a tag of its own, and the same within."""
    leaf = shelf.page("index.html")
    assert leaf is not None
    assert gzip.decompress(leaf.packed) == leaf.content
    packed = asked(house, "/library/", accept_encoding="br, gzip;q=0.8")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"].endswith('-gzip"')
    assert packed.content == leaf.content
    for accepted in ("identity", "br", "gzip;q=0", ""):
        assert "content-encoding" not in asked(house, "/library/", accept_encoding=accepted).headers


def test_the_library_has_one_entrance(house: Starlette) -> None:
    """Without the last slash it leads to the one with it, wherever the house stands."""
    answer = asked(house, "/library")
    assert (answer.status_code, answer.headers["location"]) == (308, "library/")
    assert asked(house, "/library/").content == asked(house, "/library/index.html").content


# What is not there.


def test_a_mistyped_page_is_answered_with_what_may_have_been_meant(house: Starlette) -> None:
    """In the look of the house, with the search."""
    answer = asked(house, "/library/guidelines/leaflets.html")
    assert answer.status_code == 404
    assert '<a href="../guidelines/leaflet.html">Leaflets 2020</a>' in answer.text
    assert 'href="../patency.css"' in answer.text
    assert 'action="../../search"' in answer.text


@pytest.mark.parametrize(
    "path", ["a%2Fb/c", "guidelines//x", "%2e%2e/pyproject.toml", "..%2F..%2Fetc%2Fpasswd", "x%00y", "%F0%9F"]
)
def test_a_strange_path_leads_nowhere_else(path: str, house: Starlette) -> None:
    """Its links are as deep as the browser counts, for which an escaped slash is none."""
    answer = asked(house, f"/library/{path}")
    assert answer.status_code == 404
    for link in LINK.findall(answer.text):
        target = normpath(join(dirname(f"/house/library/{path.replace('//', '/x/')}"), html.unescape(link)))
        assert target.startswith("/house")


def test_what_was_asked_for_is_not_repeated(house: Starlette) -> None:
    """What stands in a mistyped address is nobody's business."""
    assert "Doe" not in asked(house, "/library/Jane-Doe.html").text


def test_a_bottomless_path_is_answered_in_a_line(house: Starlette) -> None:
    """Its links would be longer than the page."""
    answer = asked(house, "/library/" + "a/" * 500)
    assert (answer.status_code, answer.text) == (404, "There is no such page.\n")


# The page of the search.


def test_the_search_page_shows_the_form_alone(house: Starlette) -> None:
    """Nothing was looked for yet."""
    page = asked(house, "/search")
    assert page.status_code == 200
    assert 'id="words"' in page.text
    assert 'id="found"' not in page.text


def test_a_search_finds_and_is_kept_nowhere(house: Starlette) -> None:
    """The words may name a patient."""
    page = asked(house, "/search", words="watchful")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert '<h2 id="found">' in page.text
    assert '<a href="library/options.html#waiting"><mark>watchful</mark> waiting</a>' in page.text


def test_what_was_typed_is_shown_as_it_is(house: Starlette) -> None:
    """Markup in it is text, and too much of it is cut."""
    page = asked(house, "/search", words='<script>alert("x")</script>' + "y" * 500).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "y" * 100 not in page


@pytest.mark.parametrize("words", ["", "   ", "?!", "\x00", "\ud83e".encode("utf-8", "replace").decode()])
def test_a_search_for_no_word_says_so(words: str, house: Starlette) -> None:
    """It is no error."""
    page = asked(house, "/search", words=words)
    assert page.status_code == 200
    assert "No word was typed" in page.text


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (FORM, b"words=watchful", 200),
        ("Application/X-WWW-Form-Urlencoded ; Charset=UTF-8", b"words=watchful", 200),
        (FORM, b"words=%C3%A9", 200),
        (FORM, b"words=&words=b", 200),
        (FORM, b"", 200),
        (FORM, b"words=%ff", 400),
        (FORM, b"words=\xff", 400),
        (FORM, b"&".join([b"a=b"] * 11), 400),
        (f"{FORM}; charset=undefined", b"words=watchful", 400),
        (f'{FORM}; charset="punycode"', b"words=watchful", 400),
        (f"{FORM}; charset=", b"words=watchful", 400),
        (
            "multipart/form-data; boundary=x; charset=undefined",
            b'--x\r\ncontent-disposition: form-data; name="\xff"',
            415,
        ),
        ("multipart/form-data; boundary=x; charset=punycode", b"--x\r\n\xff\r\n\r\n\xff\r\n--x--", 415),
        ("application/json", b"{}", 415),
        ("text/plain", b"words=watchful", 415),
        ("", b"words=watchful", 415),
        (";;", b"words=watchful", 415),
    ],
)
def test_a_search_is_read_as_a_browser_sends_it_and_in_no_other_way(
    kind: str, body: bytes, expected: int, house: Starlette
) -> None:
    """Nobody chooses by which code table it is read, and nothing that is posted is a failure of the server."""
    assert posted(house, body, content_type=kind).status_code == expected


def test_a_packed_search_is_not_unpacked(house: Starlette) -> None:
    """Nothing is."""
    assert posted(house, gzip.compress(b"words=a"), content_type=FORM, content_encoding="gzip").status_code == 415


def posted(house: Starlette, body: bytes, **headers: str) -> httpx.Response:
    """Post bytes to the search."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(house), base_url="http://here") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.post(f"{ABOVE}/search", content=body, headers=named)

    return anyio.run(ask)


def test_what_else_might_be_meant_is_a_button(house: Starlette) -> None:
    """One press looks for it."""
    page = asked(house, "/search", words="watchfull")
    assert '<button class="second" name="words" value="watchful">watchful</button>' in page.text


# What is not verified or not reviewed looks so.


def doubtful() -> Library:
    """Return a library of which nothing is confirmed and nothing is reviewed."""
    content = files(guideline=("reviewed: {by: A. Reader, role: surgeon, on: 2026-01-02}", "reviewed: nobody"))
    doubted = {name: re.sub(rb"mark: [a-z-]+", b"mark: unverified", text) for name, text in content.items()}
    doubted["grades/plain.yaml"] = doubted["grades/plain.yaml"].replace(b"stance: for", b"stance: neutral")
    return read_library(doubted)  # what is unverified may not speak in favour of anything


SHOWN = {
    "index.html": ["No rule has been reviewed by a clinician yet", "not reviewed by a clinician", "unverified: not confirmed"],
    "guidelines/leaflet.html": ["not confirmed: is good", "not confirmed: for a week", "not confirmed: A pathway of its own",
                                "not confirmed: Acute and severe", "not confirmed: a plain scale", "not confirmed: It is short",
                                "Not yet reviewed by a clinician"],
    "sheets.html": ["1 not confirmed"],
    "sheets/alerts.html": ["not confirmed: The limb is in danger"],
    "vocabulary.html": ["not confirmed: A clinical judgement", "1-1 unverified"],
    "sources.html": ["not stated what was read", "unverified: not confirmed"],
    "beside.html": ["No rule has been reviewed by a clinician yet"],
    "editions.html": ["No rule has been reviewed by a clinician yet"],
}  # fmt: skip


@pytest.mark.parametrize("path", SHOWN)
def test_what_nobody_confirmed_looks_so_on_every_page(path: str) -> None:
    """In words, not by a colour alone."""
    page = site(doubtful(), roof=ROOF)[path].decode()
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
    assert [words for words in SHOWN[path] if words not in text] == []


def test_what_nobody_confirmed_looks_so_among_what_is_found() -> None:
    """A statement, a rule, a concept and a source."""
    house = Starlette(routes=[Mount(ABOVE, routes=routes(Shelf(doubtful())))])
    said = '<span class="unverified"><b>not confirmed:</b>'
    open_tag = '<span class="tag open">{}</span>'.format
    unverified = open_tag("unverified: not confirmed in any source")
    danger = asked(house, "/search", words="danger").text
    assert f"{said} The limb is in <mark>danger</mark>." in danger
    assert unverified in danger
    rule = asked(house, "/search", words="acute severe").text
    assert f"{said} <mark>Acute</mark> and <mark>severe</mark>" in rule
    assert open_tag("not reviewed by a clinician") in rule
    assert unverified in asked(house, "/search", words="severity").text
    assert open_tag("not stated what was read") in asked(house, "/search", words="leaflet").text


def test_the_stylesheet_has_the_look_of_the_house(shelf: Shelf) -> None:
    """The library's own rules build upon the tokens of the one look."""
    leaf = shelf.page("patency.css")
    assert leaf is not None
    assert leaf.media == "text/css; charset=utf-8"
    look = (Path(__file__).parents[2] / "src" / "patency" / "consult" / "house.css").read_bytes()
    assert leaf.content.startswith(look)
    used = set(re.findall(rb"var\((--[a-z-]+)\)", leaf.content))
    assert used <= set(re.findall(rb"(--[a-z-]+):", look))
