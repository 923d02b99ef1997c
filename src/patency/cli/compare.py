"""`patency compare`: the guidelines side by side for one patient, or two editions for every kind of patient."""

import argparse
import sys
from pathlib import Path

from patency.casefile import case_file
from patency.cli.case import add_case, page_of
from patency.cli.common import CONTENT_REFUSED, MISTYPED, Failed, failing, guideline_named, open_for, width, write_into
from patency.fault import Place


def arguments(compare: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    compare.description = (
        "For each decision, options by guidelines, with each source's own grade; what agrees, and what differs. "
        "Or, for two editions, the kinds of patient whose rating changes."
    )
    compare.epilog = "examples: patency compare examples/may-thurner.yaml; patency compare --editions acr-2013 acr-2020"
    compare.add_argument("case", nargs="?", metavar="CASE", help="a case file; - reads it from standard input")
    compare.add_argument("--editions", nargs=2, metavar=("OLDER", "NEWER"), help="two editions, instead of a case")
    compare.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to lay the editions out (text)"
    )
    compare.add_argument(
        "--examples", type=Path, metavar="DIR", help="write an example of each kind there, as a case file"
    )
    compare.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    add_case(compare)
    compare.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> None:
    from patency.consult.text import compared

    if (options.case is None) is (options.editions is None):
        raise Failed(MISTYPED, "name a case file to compare the guidelines for, or two editions after --editions")
    if options.case and (options.format == "json" or options.examples):
        raise Failed(
            MISTYPED,
            "--format json and --examples are for --editions; `patency consult CASE --format json` has the comparison",
        )
    if options.editions:
        _compare_editions(options)
    else:
        sys.stdout.write(compared(page_of(options, open_for(options)), width()))


def _compare_editions(options: argparse.Namespace) -> None:
    from patency.consult.editions import named_twice, to_json, to_text
    from patency.guideline.editions import differences_between, supersedes

    library = open_for(options)
    older, newer = (guideline_named(name, library) for name in options.editions)
    if older.id == newer.id:
        raise Failed(MISTYPED, "nothing to compare", [named_twice(Place("--editions"), older)])
    if supersedes(older, newer, library):
        older, newer = newer, older
    with failing("the two are not compared", CONTENT_REFUSED):
        changes = differences_between(library, older, newer)
    if options.examples:
        for number, change in enumerate(changes, 1):
            write_into(options.examples, f"{older.id}-to-{newer.id}-{number}.yaml", case_file(change.example).encode())
    laid_out = (
        to_json(library, (older, newer), changes)
        if options.format == "json"
        else to_text(library, (older, newer), changes, width())
    )
    sys.stdout.write(laid_out)
