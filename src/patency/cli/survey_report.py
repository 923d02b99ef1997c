"""`patency survey report` and `patency survey practice`: what a survey adds up to, for people and for a consult.

Wiring only: which survey is meant, and what else may be asked of both, is in survey.py and survey_open.py.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cli.common import CONTENT_REFUSED, UNREADABLE, failing
from patency.cli.dictionary import write_out
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
        "Write one page that needs nothing else, the same as Markdown, a CSV table of every number, and the figures. "
        "Every percentage stands with its count, its denominator and its interval."
    )
    report.epilog = "example: patency survey report elite-kids --out report"
    report.add_argument("--out", type=Path, metavar="DIR", required=True,
                        help="where to write it: a new or empty folder, or an earlier report")  # fmt: skip
    report.set_defaults(run=lambda options: _report(options, opens))


def practice_arguments(practice: argparse.ArgumentParser, opens: Opens) -> None:
    """Say what may be asked of the practice file."""
    practice.description = (
        "Write what the respondents of a survey chose as a file of published practice, which a consult shows beside "
        "guidelines: the questions of which the survey says to whom they speak."
    )
    practice.epilog = "example: patency survey practice our-survey --library ours --out ours/practice/our-survey.yaml"
    practice.add_argument("--out", type=Path, metavar="FILE", help="where to write it; otherwise it is printed")
    practice.set_defaults(run=lambda options: _practice(opens(options), options.out))


def _report(options: argparse.Namespace, opens: Opens) -> None:
    from patency.practice.report import report
    from patency.publish.folder import REPORT, refuse_folder, write_site

    with failing("the report was not written", UNREADABLE):
        refuse_folder(options.out, REPORT)  # before the work, which takes a while
        opened = opens(options)
        written = report(opened.survey, opened.tables, opened.library.sources, opened.rows)
        write_site(_files(written, opened.library), options.out, REPORT)
    if written.label:
        print(written.label)
    print(
        f"{written.tables.analysed} responses to {len(written.tables.questions)} questions; open {options.out / 'report.html'}"
    )


def _files(report: "Report", library: Library) -> Mapping[str, bytes]:
    from patency.practice.markdown import to_markdown
    from patency.practice.tidy import to_csv
    from patency.publish.press import Press
    from patency.publish.survey import figures, page

    drawn = figures(report)
    named = {name: f"figures/{name}.svg" for name in drawn}
    return {
        "report.html": page(report, Press(library)),
        "report.md": to_markdown(report, named).encode(),
        "report.csv": to_csv(report),
        **{named[name]: content for name, content in drawn.items()},
    }


def _practice(opened: Opened, out: Path | None) -> None:
    from patency.practice.as_published import as_published

    with failing("nothing was written", CONTENT_REFUSED):
        write_out(as_published(opened.survey, opened.tables), out)
