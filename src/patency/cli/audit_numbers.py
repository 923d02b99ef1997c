"""`patency audit-numbers`: whether the figures of a publication can be, alone and together."""

import argparse
import sys
from pathlib import Path

from patency.cli.common import CASE_REFUSED, CONTENT_REFUSED, UNREADABLE, Failed, failing, width
from patency.document import read_bytes, read_document, text_of
from patency.evidence.finding import Examined, Verdict
from patency.guideline.cache import open_library

MISFITS = (Verdict.ODD, Verdict.OTHER)


def arguments(audit: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    audit.description = (
        "Say of percentages, means, intervals and claims, as printed, which counts and denominators fit, alone and together, "
        "and which fit none. Most misfits are slips, or denominators that were not printed; it says nothing of honesty."
    )
    audit.epilog = (
        "examples: patency audit-numbers figures.yaml; patency audit-numbers --draft article.txt > figures.yaml"
    )
    audit.add_argument(
        "file", type=Path, metavar="FILE", help="a file of published figures; after --draft, a plain text"
    )
    audit.add_argument(
        "--draft", action="store_true", help="write such a file from the figures of a plain text, to be corrected"
    )
    audit.add_argument(
        "--format", choices=("text", "json", "html"), default="text", help="how to lay the findings out (text)"
    )
    audit.add_argument(
        "--strict",
        action="store_true",
        help=f"end with exit code {CONTENT_REFUSED} where a figure does not fit (else 0)",
    )
    audit.set_defaults(run=_audit)


def _audit(options: argparse.Namespace) -> None:
    with failing("the file was not read", UNREADABLE):
        content = read_bytes(options.file)
        if options.draft:
            _draft(text_of(content, str(options.file)), options.file.name)
            return
    examined = _examined(content, options.file)
    sys.stdout.write(_laid_out(examined, options.format))
    misfits = sum(finding.verdict in MISFITS for finding in examined.findings)
    if options.strict and misfits:
        raise Failed(CONTENT_REFUSED, f"{misfits} of {len(examined.findings)} findings do not fit")


def _draft(text: str, name: str) -> None:
    from patency.evidence.draft import draft

    sys.stdout.write(draft(text, name))


def _examined(content: bytes, path: Path) -> Examined:
    from patency.evidence.examine import examine
    from patency.evidence.read import read_audit

    with failing("the figures are refused", CASE_REFUSED):
        return examine(read_audit(read_document(content, str(path)), open_library().sources))


def _laid_out(examined: Examined, form: str) -> str:
    from patency.evidence.text import to_json, to_text

    if form == "html":
        from patency.publish.audited import to_html

        return to_html(examined, open_library())
    return to_json(examined) if form == "json" else to_text(examined, width())
