"""What a program asks wrongly: each request stands in `asked/NAME.txt` with the status and the exact words that answer it."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from patency.guideline.files import content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.web.api import MOST_WAITING
from web.programs import JSON, YAML, Answer, app_of, ask, asking, interface

HERE = Path(__file__).parent / "asked"
ASK = "POST /api/1/ask"


class Wrong(NamedTuple):
    """A request: its line, what is sent with it, and under which headers."""

    line: str
    sent: str | bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = {}


ASKED = {
    "case-of-another-kind": Wrong(ASK, "age,45", {"content-type": "text/csv"}),
    "case-of-no-kind": Wrong(ASK, "{}"),
    "case-that-is-packed": Wrong(ASK, b"\x1f\x8b", {**JSON, "content-encoding": "gzip"}),
    "case-that-is-empty": Wrong(ASK, " ", JSON),
    "case-that-ends-too-early": Wrong(ASK, '{"findings": {"age": 45', JSON),
    "case-that-is-not-json": Wrong(ASK, '{"on": "2026-05-29",\n "findings": {age: 45}}', JSON),
    "case-that-is-not-yaml": Wrong(ASK, "findings: {age: 45", YAML),
    "case-that-is-not-utf-8": Wrong(ASK, '{"about": "naïf"}'.encode("latin-1"), JSON),
    "case-that-is-cut": Wrong(ASK, [b'{"findings": {"age": 45']),
    "case-of-fifty-megabytes": Wrong(ASK, "{}", {**JSON, "content-length": "50000000"}),
    "case-nested-30-deep": Wrong(ASK, '{"findings": ' + "[" * 30 + "]" * 30 + "}", JSON),
    "case-nested-a-million-deep": Wrong(ASK, b"[" * 999_999, JSON),
    "case-that-is-a-list": Wrong(ASK, '["age", 45]', JSON),
    "names-given-twice": Wrong(
        ASK, '{"findings": {"age": 45, "age": 46}, "on": "2026-05-29", "on": "2026-05-30"}', JSON
    ),
    "names-that-are-empty": Wrong(ASK, '{"": 1, "findings": {"": {"": ""}}}', JSON),
    "values-that-say-nothing": Wrong(
        ASK, '{"findings": {"age": NaN, "swollen": null, "veins": ["iliac", -Infinity]}}', JSON
    ),
    "letters-that-cannot-be-seen": Wrong(ASK, '{"about": "a \\u202eleg", "findings": {"age": "4\\ud8005"}}', JSON),
    "several-faults-in-json": Wrong(
        ASK,
        '{"on": "29/05/2026", "findings": {"age": 240, "pain": "bad", "veins": ["illiac"], "looks": ["blu"], "sied": "left",\n'
        ' "swollen": {"absent": "lost"}}}',
        JSON,
    ),
    "several-faults-in-yaml": Wrong(ASK, "findings:\n  age: 240\n  pain: mild\n  blue: yes\n  acute: maybe\n", YAML),
    "query-that-is-not-read": Wrong("POST /api/1/consult?explian=true&patient=A", "{}", JSON),
    "query-on-what-takes-none": Wrong("GET /api/1/guidelines?id=first"),
    "query-given-twice": Wrong("GET /api/1/concepts?words=a&words=b"),
    "query-of-another-value": Wrong("POST /api/1/consult?explain=1", "{}", JSON),
    "guideline-that-is-not-there": Wrong("GET /api/1/guidelines/frist"),
    "concept-that-is-not-there": Wrong("GET /api/1/concepts/weight"),
    "edition-named-twice": Wrong("GET /api/1/compare/editions/first/first"),
    "path-that-is-not-there": Wrong("GET /api/1/guideline"),
    "version-that-is-not-there": Wrong("GET /api/2/consult"),
    "method-that-is-not-taken": Wrong("GET /api/1/consult"),
    "method-that-nobody-knows": Wrong("BREW /api/1/guidelines"),
    "editions-while-many-wait": Wrong("GET /api/1/compare/editions/first/first"),
}


def answer_to(name: str, library: Library) -> Answer:
    """Ask what is asked wrongly; where that is for a crowd, in a crowd."""
    asked = interface(library, {})
    app, (line, sent, headers) = app_of(asked), ASKED[name]
    if name == "editions-while-many-wait":

        async def crowd() -> Answer:
            async with asked.comparing:
                before = [asyncio.ensure_future(asking(app, line)) for _ in range(1 + MOST_WAITING)]
                await asyncio.sleep(0)
                last = await asking(app, line)
            await asyncio.gather(*before)
            return last

        return asyncio.run(crowd())
    return ask(app, line, sent, headers if name != "case-that-is-cut" else JSON)


def exhibit(name: str, library: Library) -> str:
    """Show a request as it is sent, and how it is answered."""
    line, sent, headers = ASKED[name]
    answer = answer_to(name, library)
    body = sent if isinstance(sent, str) else b"".join([sent] if isinstance(sent, bytes) else sent).decode("latin-1")
    kept = {header: answer.headers[header] for header in ("allow", "retry-after") if header in answer.headers}
    asked, said = "\n".join([_short(line), *_lines(headers)]), "\n".join([str(answer.status), *_lines(kept)])
    return "\n\n".join([asked, *([_short(body)] if body else []), said, answer.faults])


def _lines(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def _short(text: str) -> str:
    return text if len(text) < 300 else f"{text[:80]}… ({len(text):,} letters)"


def small_library(base: Path) -> Library:
    """Read the small content that is asked about."""
    with contextlib.chdir(base.parent):
        return read_library(content_files(Path(base.name)))
