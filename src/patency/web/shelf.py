"""The library as it is served: every page of the site from memory, and the search over it.

No patient is ever in a page of the library, so each may be kept by the browser, which asks by its tag whether
it is still the same. A page is printed when it is first asked for, since all of them together take seconds.
Proofs are run when the first page wants them, which takes half a second, so that no page is ever without them
where they can be run at all.

Not here: what a page says (publish), what is found (search.py), the reading of requests that are too large.
"""

import gzip
from collections.abc import Sequence
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from patency.evidence.model import Audit
from patency.evidence.study import Evidence
from patency.fault import closest
from patency.guideline.check import proofs
from patency.guideline.model import Library
from patency.publish.press import FRONT, PLACES
from patency.publish.site import Site
from patency.publish.studied import NONE, page_of
from patency.web.pages import ROOF, Way, house_press, missing_page, search_page
from patency.web.search import Index

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict

DEEPEST = 8  # of a path that is answered with the house's own page; what is deeper was not followed from a page
MOST_MEANT = 5
MOST_FIELDS = 10  # posted by the search, which has one; more may be a browser's that adds its own
_MEDIA = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8"}


class Leaf(NamedTuple):
    """One file of the library as it is handed out: what it holds, the same packed, what it is, and its tag."""

    content: bytes
    packed: bytes
    media: str
    tag: str


class Shelf:
    """The files of a served library, each printed once."""

    def __init__(self, library: Library, audits: Sequence[Audit] = (), evidence: Evidence = NONE) -> None:
        self.library = library
        self.press = house_press(library)
        self.index = Index(library, audits, evidence)
        self._site = Site(library, self._proofs, ROOF, audits, evidence)
        self._proving = Lock()
        self._proved: list[Sequence[Verdict] | None] = []
        self._leaves: dict[str, Leaf] = {}
        self._printing = {path: Lock() for path in self._site.paths}
        self._names = _names(library) | {page_of(each.id): each.short for each in evidence.studies.values()}

    def page(self, path: str) -> Leaf | None:
        """Return one file by its path from the library's root, or None where there is no such file."""
        path = path or FRONT
        if path not in self._printing:
            return None
        with self._printing[path]:  # whoever asks meanwhile waits for the same page, and does not print it again
            if path not in self._leaves:
                self._leaves[path] = _leaf(path, self._site.printed(path))
            return self._leaves[path]

    def meant(self, path: str) -> list[Way]:
        """Name the pages whose path is most like one that there is not."""
        stem = path.rpartition("/")[2].partition(".")[0]
        stems = {name.rpartition("/")[2].partition(".")[0]: name for name in self._names}
        return [Way(stems[each], self._names[stems[each]]) for each in closest(stem, stems, most=MOST_MEANT)]

    def missing(self, at: str, path: str) -> bytes:
        """Print what stands where there is no page of the library."""
        return missing_page(self.press, at, self.meant(path))

    def _proofs(self) -> Sequence["Verdict"] | None:
        with self._proving:  # by one thread and once: the solver bears no second beside it
            if not self._proved:
                self._proved.append(proofs(self.library))
            return self._proved[0]


def routes(shelf: Shelf) -> list[BaseRoute]:
    """Return the routes of the library and of the search, to be mounted at the root of the house."""

    async def pages(request: Request) -> Response:
        path = request.path_params["path"]
        leaf = await run_in_threadpool(shelf.page, path)
        if leaf is not None:
            return _handed(leaf, request)
        at = _depth(request)
        if at is None:
            return Response("There is no such page.\n", 404, media_type="text/plain")
        return Response(await run_in_threadpool(shelf.missing, at, path), 404, media_type=_MEDIA["html"])

    async def entrance(request: Request) -> Response:  # noqa: ARG001  every request has the same answer
        return RedirectResponse("library/", 308)

    async def form(request: Request) -> Response:  # noqa: ARG001  every request has the same answer
        return Response(search_page(shelf.press, "", None), media_type=_MEDIA["html"])

    async def search(request: Request) -> Response:
        typed = await _typed(request)
        found = await run_in_threadpool(shelf.index.look_for, typed)
        page = await run_in_threadpool(search_page, shelf.press, typed[: ROOF.most_letters], found)
        return Response(page, media_type=_MEDIA["html"], headers={"Cache-Control": "no-store"})

    return [
        Route("/library", entrance, methods=["GET"]),
        Route("/library/{path:path}", pages, methods=["GET"]),
        Route("/search", form, methods=["GET"]),
        Route("/search", search, methods=["POST"]),
    ]


async def _typed(request: Request) -> str:
    """Return the words of the form: it alone is read, and only as a browser sends it.

    Starlette would read other kinds too, and let a stranger choose by which code table.
    """
    kind, *told = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    if kind != "application/x-www-form-urlencoded" or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415)
    if any(
        name == "charset" and value.strip('"') != "utf-8" for name, _, value in (each.partition("=") for each in told)
    ):
        raise HTTPException(400)
    try:
        posted = parse_qs((await request.body()).decode(), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise HTTPException(400) from None
    return posted.get("words", [""])[0]


def _handed(leaf: Leaf, request: Request) -> Response:
    """Hand out a file, packed where the browser can unpack it; or say that the one it has is still the same."""
    is_packed = _accepts_packed(request.headers.get("accept-encoding", ""))
    tag = f'"{leaf.tag}{"-gzip" if is_packed else ""}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if _is_same(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if is_packed:
        headers["Content-Encoding"] = "gzip"
    return Response(leaf.packed if is_packed else leaf.content, media_type=leaf.media, headers=headers)


def _accepts_packed(accepted: str) -> bool:
    for each in accepted.split(","):
        name, _, weight = each.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_same(tag: str, known: str) -> bool:
    return known.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in known.split(","))


def _depth(request: Request) -> str | None:
    """Return a path as deep as the one that was asked for, as the browser counts it; None where it is too deep.

    Links are relative to what the browser asked for, in which a slash may have been written as %2F.
    """
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    above = request.scope["path"].removesuffix(request.path_params["path"])
    deep = raw.partition(b"?")[0].count(b"/") - above.count("/")
    return "/".join("x" * (deep + 1)) if 0 <= deep <= DEEPEST else None


def _leaf(path: str, content: bytes) -> Leaf:
    packed = gzip.compress(content, mtime=0)
    return Leaf(content, packed, _MEDIA[path.rpartition(".")[2]], sha256(content).hexdigest()[:32])


def _names(library: Library) -> dict[str, str]:
    """Name every page by its path, as a person would."""
    names = dict(PLACES)
    names |= {f"guidelines/{guideline.id}.html": guideline.short for guideline in library.guidelines.values()}
    names |= {f"sheets/{sheet.id}.html": sheet.title for sheet in library.sheets}
    return names | {f"patients/{patient.name}.html": patient.about for patient in library.patients}
