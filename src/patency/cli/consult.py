"""`patency consult`: the page for one patient."""

import argparse
import sys
from pathlib import Path

from patency.cli.case import add_case, add_cut, page_of
from patency.cli.common import MISTYPED, UNREADABLE, Failed, open_for, width
from patency.fault import Fault, Place


def arguments(consult: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    consult.description = (
        "Print the page for one patient. With no case file, on a terminal, it asks question by question."
    )
    consult.epilog = "example: patency consult examples/acute-severe-adult.yaml --set compression_lesion=may_thurner"
    consult.add_argument("case", nargs="?", metavar="CASE", help="a case file; - reads it from standard input")
    consult.add_argument("--format", choices=("text", "json", "html"), default="text", help="how to lay it out (text)")
    consult.add_argument("--full", action="store_true", help="print every statement, not only the key ones")
    consult.add_argument("--explain", action="store_true", help="add why each rule holds or does not")
    consult.add_argument("--out", type=Path, metavar="FILE", help="write it to a file instead")
    add_cut(consult)
    add_case(consult)
    consult.set_defaults(run=_consult)


def _consult(options: argparse.Namespace) -> None:
    page = page_of(options, open_for(options), options.case is None and not (options.set or options.response))
    if options.format == "json":
        from patency.consult.json import to_json

        written = to_json(page, options.explain)
    elif options.format == "html":
        from patency.consult.html import to_html

        written = to_html(page, options.explain)
    else:
        from patency.consult.text import to_text

        written = to_text(page, width(), options.full, options.explain)
    if options.out is None:
        sys.stdout.write(written)
    else:
        _write(written, options)


def _write(written: str, options: argparse.Namespace) -> None:
    if options.case not in (None, "-") and options.out.exists() and options.out.samefile(options.case):
        fault = Fault(Place(str(options.out)), "the page would be written over its own case", "the case would be lost",
                      "name another file")  # fmt: skip
        raise Failed(MISTYPED, "the page was not written", [fault])
    try:
        options.out.write_text(written, encoding="utf-8")
    except OSError as error:
        fault = Fault(Place(str(options.out)), f"the page cannot be written: {(error.strerror or '').lower()}",
                      "nothing was kept", "name another file")  # fmt: skip
        raise Failed(UNREADABLE, "the page was not written", [fault]) from None
