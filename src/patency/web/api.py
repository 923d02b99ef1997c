"""The interface for programs: the verbs of the command line as JSON, under /api/1.

In: a library, its examples, the clock, and how many may be at work at once. Out: routes for Starlette, and
what the page that describes them shows. One table of verbs makes the routes and their description, so that
neither can have what the other has not.

A case with a Fault is refused whole, with every Fault, as the command line refuses it. What takes long is
worked out in threads, and only so many at once.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from patency.casefile import read_case
from patency.consult import editions
from patency.consult.json import SCHEMA, as_json, comparisons_as_json, questions_as_json
from patency.consult.own import Own
from patency.consult.page import Consult, consult, refuse
from patency.document import Node, to_yaml
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.guideline.editions import differences_between, supersedes
from patency.guideline.model import Guideline, Library
from patency.guideline.show import named
from patency.publish.json import concept_as_json, concepts_as_json, guideline_as_json, guidelines_as_json
from patency.web.body import JSON, YAML, read_body
from patency.web.openapi import description, read_aloud
from patency.web.request import asked_of
from patency.web.schemas import faults_as_json
from patency.web.verb import ROOT, Asked, Declined, Part, Verb

MOST_WAITING = 4  # for a comparison of editions: one is worked out at a time, and each may take seconds
MOST_KEPT = 32  # comparisons of editions, of about half a megabyte each
TRIES_LATER = 10  # seconds


class Interface:
    """What programs may ask of one library."""

    def __init__(
        self,
        library: Library,
        examples: Mapping[str, Node],
        today: Callable[[], date],
        workers: CapacityLimiter,
        own: Own | None = None,
    ) -> None:
        self.own = own
        self.library = library
        self.examples = examples
        self.today = today
        self.workers = workers
        self.comparing = CapacityLimiter(1)
        self._queue = 0  # comparisons that are being worked out or wait
        self._editions: dict[tuple[str, str], Mapping[str, Any]] = {}

    @cached_property
    def verbs(self) -> tuple[Verb, ...]:
        """The table: everything that may be asked."""
        worked = Asked(
            body=next((to_yaml(each).encode() for each in self.examples.values()), b"{}"), media_type=YAML[0]
        )
        ids, concepts = tuple(self.library.guidelines), tuple(self.library.lexicon.vocabulary.concepts)
        return (
            Verb("POST", "/consult", "consult", "The whole page for one patient",
                 "What `patency consult CASE --format json` prints: alerts, what each guideline says and what is settled, what peers do, "
                 "what happened to patients like this one (published, and in the registry whose cut the server was given), "
                 "what is worth asking, cautions, trade-off, plan, and the sources.",
                 "consult", self.consult, takes_case=True, may_refuse=True, tried=worked,
                 queries=(Part("explain", "Whether to add, for each rule, why it holds or does not.", ("true", "false")),)),
            Verb("POST", "/ask", "ask", "What is still worth asking",
                 "The questions whose answers could still change an opinion, most telling first, each with what every answer "
                 "would settle; and the state of the page in a sentence.",
                 "questions", self.ask, takes_case=True, may_refuse=True, tried=worked),
            Verb("POST", "/compare", "compare", "The guidelines side by side for one patient",
                 "For each decision, options by guidelines, each cell with the source's own grade and citation.",
                 "comparisons", self.compare, takes_case=True, may_refuse=True, tried=worked),
            Verb("GET", "/compare/editions/{older}/{newer}", "editions", "What changed between two editions",
                 "Every kind of patient whose rating differs, each with an example. It may take seconds the first time; "
                 "one is worked out at a time, and where several wait already, the answer is 429.",
                 "editions", self.compare_editions, tried=self._two_editions(),
                 parts=(Part("older", "The name of a guideline.", ids), Part("newer", "The name of another.", ids)),
                 may_refuse=True, may_wait=True),
            Verb("GET", "/guidelines", "guidelines", "The guidelines",
                 "Whose each is, for whom, whether superseded, how many of its rules a clinician has reviewed, and how its "
                 "opinions were verified.",
                 "guidelines", self.guidelines, tried=Asked()),
            Verb("GET", "/guidelines/{id}", "guideline", "One guideline read aloud",
                 "Its population, rules, opinions, exceptions, notes and declared gaps, in words, with their sources.",
                 "guideline", self.guideline, tried=Asked({"id": ids[-1]}),
                 parts=(Part("id", "The name of a guideline.", ids),)),
            Verb("GET", "/concepts", "concepts", "What can be known of a patient",
                 "Each question with the answers it takes, its unit and range, its codes, and the panels that ask several at "
                 "once. The words of the query are looked for in names and questions; write nothing of a patient there.",
                 "concepts", self.concepts, tried=Asked(query={"words": concepts[0]}),
                 queries=(Part("words", "Only those whose name or question has these words."),)),
            Verb("GET", "/concepts/{name}", "concept", "One thing that can be known of a patient",
                 "As in the list of all.", "concept", self.concept, tried=Asked({"name": concepts[0]}),
                 parts=(Part("name", "The name of a concept.", concepts),)),
            Verb("GET", "/schema", "schema", "The JSON Schema of the consult",
                 "What `patency schema` prints.", "schema", self.schema, media_type="application/schema+json"),
            Verb("GET", "/openapi.json", "openapi", "This description", "As OpenAPI 3.1.", "description", self.openapi),
        )  # fmt: skip

    def _two_editions(self) -> Asked | None:
        """Ask for the first two editions that there are; None where no guideline has an older one beside it."""
        guidelines = self.library.guidelines
        pairs = ((each.supersedes, each.id) for each in guidelines.values() if each.supersedes in guidelines)
        return next((Asked({"older": older, "newer": newer}) for older, newer in pairs), None)

    def routes(self) -> list[Route]:
        """Return the routes of every verb, and one for whatever else is asked below /api/."""
        paths: dict[str, dict[str, Verb]] = {}
        for verb in self.verbs:
            paths.setdefault(verb.path, {})[verb.method] = verb
        found = [Route(ROOT + path, _Door(self, verbs)) for path, verbs in paths.items()]
        return [*found, Route("/api/{rest:path}", _Door(self, {}))]

    # What answers each verb; all of it runs in a thread.

    def consult(self, asked: Asked) -> Mapping[str, Any]:
        """Lay out the whole page."""
        return as_json(self._page(asked, self.own), asked.query.get("explain") == "true")

    def ask(self, asked: Asked) -> Mapping[str, Any]:
        """List what is worth asking."""
        return questions_as_json(self._page(asked))

    def compare(self, asked: Asked) -> Mapping[str, Any]:
        """Lay the guidelines side by side."""
        return comparisons_as_json(self._page(asked))

    def _page(self, asked: Asked, own: Own | None = None) -> Consult:
        try:
            document = read_body(asked.body, asked.media_type)
        except Refused as refused:
            raise Declined(400, refused.faults) from None
        case, faults = read_case(document, self.library.lexicon.vocabulary, self.today(), also=("expect",))
        refuse(case, faults, self.library)
        return consult(self.library, case, own)

    def compare_editions(self, asked: Asked) -> Mapping[str, Any]:
        """Compare two editions, or return what was found when they were last compared."""
        older, newer = (self._guideline(asked.path[name], name) for name in ("older", "newer"))
        if older.id == newer.id:
            raise Declined(422, [editions.named_twice(Place("newer"), older)])
        if supersedes(older, newer, self.library):
            older, newer = newer, older
        pair = older.id, newer.id
        found = self._editions.get(pair)
        if found is None:
            changes = differences_between(self.library, older, newer)
            found = self._editions[pair] = editions.as_json(self.library, (older, newer), changes)
            for oldest in list(self._editions)[:-MOST_KEPT]:
                del self._editions[oldest]
        return found

    def guidelines(self, _: Asked) -> Mapping[str, Any]:
        """List the guidelines."""
        return guidelines_as_json(self.library)

    def guideline(self, asked: Asked) -> Mapping[str, Any]:
        """Read one guideline aloud."""
        return guideline_as_json(self._guideline(asked.path["id"], "id"), self.library)

    def _guideline(self, name: str, at: str) -> Guideline:
        guidelines = self.library.guidelines
        if name not in guidelines:
            raise Declined(404, [_unknown("guideline", name, at, guidelines, f"GET {ROOT}/guidelines lists them")])
        return guidelines[name]

    def concepts(self, asked: Asked) -> Mapping[str, Any]:
        """List what can be known."""
        return concepts_as_json(*named(asked.query.get("words", ""), self.library.lexicon.vocabulary), self.library)

    def concept(self, asked: Asked) -> Mapping[str, Any]:
        """Lay out one concept."""
        concepts, name = self.library.lexicon.vocabulary.concepts, asked.path["name"]
        if name not in concepts:
            raise Declined(404, [_unknown("concept", name, "name", concepts, f"GET {ROOT}/concepts lists them")])
        return concept_as_json(concepts[name], self.library)

    def schema(self, _: Asked) -> Mapping[str, Any]:
        """Return the JSON Schema of the consult."""
        schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
        return schema

    def openapi(self, _: Asked) -> Mapping[str, Any]:
        """Return the description of the interface."""
        return self.description

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """The description of the interface; its examples are worked out when it is first asked for."""
        return description(self.verbs, self.library, self.examples)

    @property
    def told(self) -> Mapping[str, Any]:
        """What api.html.jinja shows: the description, laid out for reading."""
        return read_aloud(self.description, self.examples)

    # How a request is answered.

    async def respond(self, request: Request, verbs: Mapping[str, Verb]) -> Response:
        """Answer a request to a path that has these verbs, by method."""
        method = "GET" if request.method == "HEAD" else request.method
        try:
            if method not in verbs:
                raise self._nothing_here(request, method, verbs)
            verb = verbs[method]
            asked = await asked_of(request, verb)
            with self._turn(verb, asked) as workers:
                written = await to_thread.run_sync(_write, verb, asked, limiter=workers)
            return _response(200, written, verb.media_type, request.method)
        except Declined as declined:
            return self._declined(declined, request, verbs)
        except Refused as refused:
            return self._declined(Declined(422, refused.faults, refused.meanwhile), request, verbs)

    @contextmanager
    def _turn(self, verb: Verb, asked: Asked) -> Iterator[CapacityLimiter]:
        """Say who works this out: editions that were not compared before wait for one another, and few may."""
        if not verb.may_wait or tuple(asked.path.values()) in self._editions:
            yield self.workers
            return
        if self._queue > MOST_WAITING:
            raise Declined(429, [_busy()])
        self._queue += 1
        try:
            yield self.comparing
        finally:
            self._queue -= 1

    def _nothing_here(self, request: Request, method: str, verbs: Mapping[str, Verb]) -> Declined:
        if verbs:
            asked = listed(list(verbs))
            what = f"this is not asked with {method}"
            return Declined(405, [Fault(Place("the method"), what, f"it is asked with {asked}", f"use {asked}")])
        path = f"/api/{request.path_params['rest']}"
        what, why = f"there is nothing at {path!r}", "only what is described can be asked"
        fix = nearest(path, [ROOT + verb.path for verb in self.verbs], "GET /api says what can be asked")
        return Declined(404, [Fault(Place("the path"), what, why, fix)])

    def _declined(self, declined: Declined, request: Request, verbs: Mapping[str, Verb]) -> Response:
        written = as_bytes(faults_as_json(declined.faults, self.library, declined.meanwhile))
        response = _response(declined.status, written, JSON, request.method)
        if declined.status == 405:
            response.headers["allow"] = ", ".join(verbs)
        if declined.status == 429:
            response.headers["retry-after"] = str(TRIES_LATER)
        return response


class _Door:
    """One path, whatever the method, so that a wrong method is answered with a Fault as well."""

    def __init__(self, interface: Interface, verbs: Mapping[str, Verb]) -> None:
        self.interface = interface
        self.verbs = verbs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.interface.respond(Request(scope, receive), self.verbs)
        await response(scope, receive, send)


def _busy() -> Fault:
    return Fault(Place("the server"), "other editions are being compared, and more wait already",
                 "each comparison takes a processor for seconds", f"ask again in {TRIES_LATER} seconds")  # fmt: skip


def _unknown(kind: str, name: str, at: str, names: Mapping[str, object], otherwise: str) -> Fault:
    return Fault(Place(at), f"there is no {kind} {name!r}", "only those of the library can be shown",
                 nearest(name, names, otherwise))  # fmt: skip


def _write(verb: Verb, asked: Asked) -> bytes:
    return as_bytes(verb.answer(asked))


def as_bytes(value: Mapping[str, Any]) -> bytes:
    """Write JSON without a space too many: of a consult that halves both the size and the time."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _response(status: int, written: bytes, media_type: str, method: str) -> Response:
    # What is said of a patient is kept by nobody on the way; the rest may be kept, but is asked for anew each time.
    keeping = "no-store" if method == "POST" else "no-cache"
    return Response(written, status, {"cache-control": keeping}, media_type)
