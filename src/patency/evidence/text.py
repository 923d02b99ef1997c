"""The findings of an audit as text, to a width; and as data."""

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from patency.evidence.finding import Examined, Finding, Verdict
from patency.source import Citation, Remark

MOST_FITS = 200  # counts with denominators of one figure that are written as data; how many there are stands beside
CAUTION = (
    "What fits may still be wrong, and what does not is most often a slip or a denominator that was not printed. "
    "A count that was found by arithmetic is a reconstruction, not a figure of the source."
)


def to_text(examined: Examined, width: int = 100) -> str:
    """Lay the findings out for a terminal."""
    return "\n".join(_lines(examined, width)) + "\n"


def _lines(examined: Examined, width: int) -> Iterator[str]:
    yield from wrap(examined.audit.title, width)
    yield from wrap(counted(examined), width)
    for finding in examined.findings:
        yield ""
        yield from _finding(finding, width, "")
        for part in finding.parts:
            yield from _finding(part, width, "  ")
        for remark in finding.remarks:
            yield from _indented(f"remark ({_marked(remark.citations)}): {remark.text}", width, "  ")
    for remark in examined.audit.remarks:
        yield ""
        yield from wrap(f"Remark ({_marked(remark.citations)}): {remark.text}", width)
    yield ""
    yield from wrap(" · ".join(f"{verdict.sign} {verdict.value}" for verdict in Verdict), width)
    yield from wrap(CAUTION, width)


def notes_of(examined: Examined) -> Iterator[str]:
    """Say in paragraphs what does not fit, and what was remarked, as a report of the same data repeats it."""
    yield f"What the number auditor says of the publication “{examined.audit.title}”. {counted(examined)} {CAUTION}"
    for finding in examined.findings:
        said = "" if finding.verdict is Verdict.FITS else f"{finding.answer} {'; '.join(finding.workings)}".strip()
        remarks = " ".join(f"Remark ({_marked(each.citations)}): {each.text}" for each in finding.remarks)
        if said or remarks:
            head = f"{finding.says}{': ' if finding.printed else ''}{finding.printed}"
            yield f"Auditor: {head} ({finding.verdict.value}). {said} {remarks}".strip()
    for remark in examined.audit.remarks:
        yield f"Auditor: remark ({_marked(remark.citations)}): {remark.text}"


def counted(examined: Examined) -> str:
    """Count the findings by how they stand."""
    found = [(examined.number_of(verdict), verdict) for verdict in Verdict]
    in_all = len(examined.findings)
    return f"{in_all} finding{'s' * (in_all != 1)}: {'; '.join(f'{verdict.value}: {many}' for many, verdict in found if many)}."


def _marked(citations: tuple[Citation, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{each.source}, {each.mark.words}" for each in citations))


def _finding(finding: Finding, width: int, indent: str) -> Iterator[str]:
    head = f"{finding.says}: {finding.printed}" if finding.printed else finding.says
    yield from _indented(f"{finding.verdict.sign} {head}", width, indent)
    yield from _indented(finding.answer, width, f"{indent}  ")
    for line in finding.workings:
        yield from _indented(line, width, f"{indent}    ")


def _indented(text: str, width: int, indent: str) -> list[str]:
    return wrap(text, max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def to_json(examined: Examined) -> str:
    """Write the findings as data."""
    written = {
        "audit": examined.audit.id,
        "title": examined.audit.title,
        "caution": CAUTION,
        "findings": [_data(finding) for finding in examined.findings],
        "remarks": [_remark(remark) for remark in examined.audit.remarks],
    }
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def _data(finding: Finding) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": finding.id,
        "says": finding.says,
        "printed": finding.printed,
        "verdict": finding.verdict.value,
        "answer": finding.answer,
        "workings": list(finding.workings),
    }
    if finding.fits:
        written["fits"] = [{"low": fit.low, "high": fit.high, "of": fit.of} for fit in finding.fits[-MOST_FITS:]]
        written["fits_in_all"] = len(finding.fits)
    if finding.parts:
        written["parts"] = [_data(part) for part in finding.parts]
    if finding.remarks:
        written["remarks"] = [_remark(remark) for remark in finding.remarks]
    return written


def _remark(remark: Remark) -> dict[str, Any]:
    cited = [{"source": each.source, "at": each.at, "mark": each.mark.value} for each in remark.citations]
    return {"text": remark.text, "cite": cited}
