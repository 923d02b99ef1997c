"""The consult over HTTP: the form, the page beside it, examples, downloads, case files, cases kept for a while.

In: requests. Out: answers, which hold all there is of a patient: every form is posted, nothing of it is in an
address, and nothing of it stays here unless the person asks to keep it (docs/decisions/0012).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from patency.bounds import LARGEST_FILE
from patency.casefile import read_case
from patency.consult.html import to_html
from patency.consult.json import to_json
from patency.consult.own import Own
from patency.document import read_document, to_yaml
from patency.fault import Fault, Place, Refused
from patency.guideline.model import Library
from patency.web.draft import MOST_ANSWERS, Draft, from_document, refuse_crowd
from patency.web.entered import entered
from patency.web.form import read_form
from patency.web.kept import Full, Kept
from patency.web.pages import KEPT_HOURS, Pages

T = TypeVar("T")
MOST_FIELDS = 3_000  # posted by one form; a form with every concept posts under a thousand


class Consults:
    """Answers what is asked about consults."""

    def __init__(
        self,
        library: Library,
        examples: Mapping[str, Draft],
        pages: Pages,
        kept: Kept,
        today: Callable[[], date],
        workers: CapacityLimiter,
        own: Own | None = None,
    ) -> None:
        self.own = own
        self.library, self.examples, self.pages, self.kept, self.today = library, examples, pages, kept, today
        self._limit = workers
        self._first: tuple[date, str] | None = None

    @property
    def routes(self) -> list[Route]:
        """The routes, each with what answers it."""
        return [
            Route("/", self.start, methods=["GET"]),
            *(
                Route(path, self.begin_again, methods=["GET"])
                for path in ("/consult", "/open", "/keep", "/kept", "/forget")
            ),
            Route("/consult", self.consult, methods=["POST"]),
            Route("/consult.html", self.as_html, methods=["POST"]),
            Route("/consult.json", self.as_json, methods=["POST"]),
            Route("/case.yaml", self.as_case, methods=["POST"]),
            Route("/examples/{name}", self.example, methods=["GET"]),
            Route("/open", self.open, methods=["POST"]),
            Route("/keep", self.keep, methods=["POST"]),
            Route("/kept", self.open_kept, methods=["POST"]),
            Route("/forget", self.forget, methods=["POST"]),
        ]

    async def start(self, _: Request) -> Response:
        """Show the empty form, which is the same all day."""
        today = self.today()
        if self._first is None or self._first[0] != today:
            self._first = today, await self._text(Draft(), (), "index")
        return _page(self._first[1])  # an answer of its own for each, for the guard changes the headers as it packs it

    async def begin_again(self, _: Request) -> Response:
        """Somebody typed the address of a page, or came back to it: its answers are not here."""
        return RedirectResponse("./", 303)

    async def consult(self, request: Request) -> Response:
        """Show the page for what is posted."""
        return await self._shown(await self._draft(request), (), "consult")

    async def example(self, request: Request) -> Response:
        """Show one of the stated, made-up patients."""
        draft = self.examples.get(request.path_params["name"])
        if draft is None:
            raise HTTPException(404)
        return await self._shown(draft, (), "examples/one")

    async def as_html(self, request: Request) -> Response:
        """Give the page as one file that prints."""
        return await self._taken_away(request, lambda page: to_html(page).encode(), "text/html", "consult.html")

    async def as_json(self, request: Request) -> Response:
        """Give the page as versioned JSON."""
        return await self._taken_away(request, lambda page: to_json(page).encode(), "application/json", "consult.json")

    async def as_case(self, request: Request) -> Response:
        """Give what was entered as a case file, as it was written; what does not read is shown with what is to be mended."""
        draft = (await self._draft(request)).seen_on(self.today().isoformat())
        # A file could not say both of two answers, nor that they were two; and one that does not read, nobody could open.
        is_misread = await self._work(self._is_misread, draft)
        if draft.faults or is_misread:
            return _page(await self._text(draft, (), "case.yaml"), 422)
        return _file(await self._work(_written, draft), "application/yaml", "case.yaml")

    def _is_misread(self, draft: Draft) -> bool:
        return bool(read_case(draft.document(), self.library.lexicon.vocabulary, self.today())[1])

    async def open(self, request: Request) -> Response:
        """Take a case file into the form, with every fault in it beside its field."""
        if _kind(request) != "multipart/form-data":
            raise HTTPException(415)
        try:
            async with request.form(max_files=1, max_fields=4, max_part_size=LARGEST_FILE) as posted:
                file = posted.get("file")
                content = await file.read() if isinstance(file, UploadFile) else b""
                is_chosen = isinstance(file, UploadFile) and bool(content or file.filename)
        except (MultiPartException, HTTPException, ValueError, LookupError):  # of a charset that is none, the last two
            raise HTTPException(400) from None
        if not is_chosen:
            return await self._shown(Draft(), [_no_file()], "open")
        return await self._shown(*await self._work(self._taken_in, content), "open")

    def _taken_in(self, content: bytes) -> tuple[Draft, Sequence[Fault]]:
        try:
            document = read_document(content, "the file")
            refuse_crowd(document)
        except Refused as refused:
            return Draft(), refused.faults
        _, faults = read_case(document, self.library.lexicon.vocabulary, self.today(), also=("expect",))
        return from_document(document), faults

    async def keep(self, request: Request) -> Response:
        """Lock a case away for some hours, and show its key this once."""
        draft = (await self._draft(request)).seen_on(self.today().isoformat())
        if draft.faults:
            return _page(await self._text(draft, (), "keep"), 422)
        hours = next((hours for hours in KEPT_HOURS if str(hours) == draft.hours), KEPT_HOURS[0])
        case = (await self._work(_written, draft)).decode()
        content = {"case": case, "done": sorted(draft.done), "is_made_up": draft.is_made_up}
        try:
            key = self.kept.keep(json.dumps(content, ensure_ascii=False).encode(), hours)
        except Full:
            return await self._shown(draft, [_no_room()], "keep")
        return _page(self.pages.key(key, hours))

    async def open_kept(self, request: Request) -> Response:
        """Show the case that a key locks."""
        posted = await self._posted(request)
        content = self.kept.open(" ".join(posted.get("key", ())))
        if content is None:
            return await self._shown(Draft(), [_nothing_kept()], "kept")
        told = json.loads(content)
        draft, faults = await self._work(self._taken_in, told["case"].encode())
        draft = replace(draft, done=frozenset(told["done"]), is_made_up=told["is_made_up"])
        return await self._shown(draft, faults, "kept")

    async def forget(self, request: Request) -> Response:
        """Forget the case that a key locks."""
        posted = await self._posted(request)
        was_kept = self.kept.forget(" ".join(posted.get("key", ())))
        return _page(self.pages.forgotten()) if was_kept else await self._shown(Draft(), [_nothing_kept()], "forget")

    async def _posted(self, request: Request) -> dict[str, list[str]]:
        if _kind(request) != "application/x-www-form-urlencoded":
            raise HTTPException(415)
        try:
            body = (await request.body()).decode()
            return parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError:
            raise HTTPException(400) from None

    async def _work(self, work: Callable[..., T], *given: Any) -> T:
        """Work something out in a thread, and only so many at once."""
        return await to_thread.run_sync(work, *given, limiter=self._limit)

    async def _draft(self, request: Request) -> Draft:
        posted = await self._posted(request)
        names = {key.partition(".")[0] for key in posted}
        if len(names) > MOST_ANSWERS or sum(map(len, posted.values())) > MOST_FIELDS:
            raise HTTPException(413)
        return await self._work(read_form, posted, self.library.lexicon.vocabulary)

    async def _shown(self, draft: Draft, found: Sequence[Fault], path: str) -> Response:
        return _page(await self._text(draft, found, path))

    async def _text(self, draft: Draft, found: Sequence[Fault], path: str) -> str:
        return await self._work(
            lambda: self.pages.consult(entered(draft, self.library, self.today(), found, self.own), path, self.today())
        )

    async def _taken_away(self, request: Request, laid_out: Callable[..., bytes], kind: str, name: str) -> Response:
        """Give a page as a file; one that lacks an answer is shown with what is to be mended instead."""
        draft = await self._draft(request)
        known = await self._work(entered, draft, self.library, self.today(), (), self.own)
        if known.consult is None or known.faults:
            return _page(await self._work(self.pages.consult, known, name, self.today()), 422)
        return _file(await self._work(laid_out, known.consult), kind, name)


def _written(draft: Draft) -> bytes:
    return to_yaml(draft.document()).encode()


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _page(text: str, code: int = 200) -> Response:
    return HTMLResponse(text, code, {"Cache-Control": "no-store"})


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, 200, {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}, kind
    )


def _no_file() -> Fault:
    return Fault(Place("the file"), "no file was chosen", "there is nothing to open",
                 "choose a case file, then press Open")  # fmt: skip


def _nothing_kept() -> Fault:
    return Fault(Place("the key"), "no case is kept here under this key",
                 "its time may be over, the server may have started anew, or the key was mistyped",
                 "look at the key again, or enter the case anew")  # fmt: skip


def _no_room() -> Fault:
    return Fault(Place("this server"), "it keeps as many cases as it can", "none of them is given up for another",
                 "download the case file instead, or try again later")  # fmt: skip
