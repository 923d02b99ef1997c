"""`patency survey report` and `patency survey practice`: what a survey adds up to, written for people and for a consult.

Wiring only: a survey's file is opened by cli/survey.py, which names these two among its actions.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cli.common import CONTENT_REFUSED, UNREADABLE, Failed
from patency.fault import Refused
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.practice.report import Report, Rows
    from patency.practice.survey import Survey
    from patency.practice.tables import Tables


class Opened(NamedTuple):
    """A survey with its answers counted: the library it stands in, its tables, and what became of the rows of its file."""

    library: Library
    survey: "Survey"
    tables: "Tables"
    rows: "Rows | None"


Opens = Callable[[argparse.Namespace], Opened]


def report_arguments(report: argparse.ArgumentParser, opens: Opens) -> None:
    """Say what may be asked of the report."""
    report.description = (
        "Write the report of a survey as one page that needs nothing else, as Markdown, as a CSV table of every number, and "
        "its figures as SVG. Every percentage stands with its count, its denominator and its interval."
    )
    report.epilog = "example: patency survey report elite-kids --out report"
    report.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        required=True,
        help="where to write it: a new or empty folder, or an earlier report",
    )
    report.set_defaults(run=lambda options: _report(options, opens(options)))


def practice_arguments(practice: argparse.ArgumentParser, opens: Opens) -> None:
    """Say what may be asked of the practice file."""
    practice.description = (
        "Print what the respondents of a survey chose as a file of published practice, which a consult shows beside the "
        "guidelines: only the questions that the survey says speak to a consult."
    )
    practice.epilog = "example: patency survey practice elite-kids > practice/elite-kids.yaml"
    practice.set_defaults(run=lambda options: _practice(opens(options)))


def _report(options: argparse.Namespace, opened: Opened) -> None:
    from patency.practice.report import report
    from patency.publish.folder import REPORT, write_site

    written = report(opened.survey, opened.tables, opened.library.sources, opened.rows)
    files = _files(written, opened.library)
    try:
        write_site(files, options.out, REPORT)
    except Refused as refused:
        raise Failed(UNREADABLE, "the report was not written", refused.faults) from None
    if written.label:
        print(written.label)
    print(
        f"{opened.tables.analysed} responses to {len(opened.tables.questions)} questions; open {options.out / 'report.html'}"
    )


def _files(report: "Report", library: Library) -> Mapping[str, bytes]:
    from patency.practice.markdown import to_markdown
    from patency.practice.tidy import to_csv
    from patency.publish.press import Press
    from patency.publish.survey import figures, page

    drawn = {f"figures/{name}.svg": content for name, content in figures(report).items()}
    named = {name.removeprefix("figures/").removesuffix(".svg"): name for name in drawn}
    return {
        "report.html": page(report, Press(library)),
        "report.md": to_markdown(report, named).encode(),
        "report.csv": to_csv(report),
        **drawn,
    }


def _practice(opened: Opened) -> None:
    from patency.practice.as_published import as_published

    try:
        written = as_published(opened.survey, opened.tables)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "nothing was written", refused.faults) from None
    sys.stdout.write(written)
