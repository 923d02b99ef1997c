"""`patency survey report` and `patency survey practice`: what a survey adds up to, for people and for a consult.

Wiring only: cli/survey.py names these two among its actions.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from patency.cli.common import CONTENT_REFUSED, MISTYPED, UNREADABLE, Failed, open_for
from patency.cli.instrument import instruments_for
from patency.document import read_bytes, read_document
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.guideline.files import CONTENT
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.practice.arrive import Arrival
    from patency.practice.report import Report
    from patency.practice.survey import Survey
    from patency.practice.tables import Options, Tables

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Opened(NamedTuple):
    """A survey with its answers counted: the library it stands in, its tables, and what came of the rows of its file."""

    library: Library
    survey: "Survey"
    tables: "Tables"
    arrival: "Arrival"


def add_report(actions: Actions) -> argparse.ArgumentParser:
    """Let the report of a survey be written."""
    report = actions.add_parser(
        "report",
        help="write the report of a survey",
        description="Write one page that needs nothing else, the same as Markdown, a CSV table of every number, and the figures. "
        "Every percentage stands with its count, its denominator and its interval.",
        epilog="example: patency survey report elite-kids --out report --by experience",
    )
    _add_survey(report)
    report.add_argument("--out", type=Path, metavar="DIR", required=True,
                        help="where to write it: a new or empty folder, or an earlier report")  # fmt: skip
    report.add_argument("--by", action="append", default=[], metavar="QUESTION",
                        help="also lay out every question by the answers to this one, or by stratum")  # fmt: skip
    report.add_argument(
        "--finite", action="store_true", help="narrow the intervals for those invited being all there are"
    )
    report.set_defaults(run=_report)
    return report


def add_practice(actions: Actions) -> argparse.ArgumentParser:
    """Let the answers of a survey be printed as published practice."""
    practice = actions.add_parser(
        "practice",
        help="print what a survey's respondents chose, for a consult to show",
        description="Print what the respondents of a survey chose as a file of published practice, which a consult shows beside "
        "guidelines: the questions of which the survey says to whom they speak.",
        epilog="example: patency survey practice elite-kids > practice/elite-kids.yaml",
    )
    _add_survey(practice)
    practice.set_defaults(run=_practice)
    return practice


def _add_survey(command: argparse.ArgumentParser) -> None:
    command.add_argument("survey", metavar="SURVEY", help="a survey of Patency's own by its name, or a survey file")


def opened(options: argparse.Namespace, how: "Options | None" = None) -> Opened:
    """Read a survey and its answers and count them, or end the command with what is wrong."""
    from patency.practice.arrive import arrive
    from patency.practice.layout import read_layout
    from patency.practice.tables import Options
    from patency.practice.tally import tabulate
    from patency.table import LARGEST

    library = open_for(options)
    path = _path(options.survey)
    try:
        survey = _survey(path, options, library)
        if survey.responses is None:
            raise Refused([_no_answers(survey)])
        faults: list[Fault] = Faults()
        layout = None
        if survey.responses.mapping:
            mapping = path.parent / survey.responses.mapping
            strata = {name: stratum.invited for name, stratum in survey.frame.strata.items()}
            layout = read_layout(read_document(read_bytes(mapping), str(mapping)), survey.instrument, strata, faults)
        if faults:
            raise Refused(faults)
        answers = path.parent / survey.responses.file
        arrival = arrive(read_bytes(answers, LARGEST), str(answers), survey.instrument, layout)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the survey is refused", refused.faults) from None
    _refuse_unknown(how, survey)
    return Opened(library, survey, tabulate(arrival.sheet, survey, how or Options()), arrival)


def _path(name: str) -> Path:
    """Return where a survey stands: a file, or one of Patency's own by its name."""
    own = {path.stem: path for path in sorted((CONTENT / "surveys").glob("*.yaml")) if not path.stem.endswith(".map")}
    if name in own:
        return own[name]
    if name.endswith(".yaml"):
        return Path(name)
    fault = Fault(Place("survey"), f"there is no survey {name!r}", "only those in the library, or in a file, can be reported",
                  nearest(name, own, f"name a file, or one of: {', '.join(own)}"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to report", [fault])


def _survey(path: Path, options: argparse.Namespace, library: Library) -> "Survey":
    from patency.practice.read_survey import read_surveys

    instruments = instruments_for(options, library)
    (survey,) = read_surveys({str(path): read_bytes(path)}, instruments, library.sources).values()
    return survey


def _no_answers(survey: "Survey") -> Fault:
    return Fault(
        survey.place,
        f"the survey {survey.id!r} names no file of answers",
        "there is nothing to count",
        "add 'responses:', with the file and its mapping",
    )


def _refuse_unknown(how: "Options | None", survey: "Survey") -> None:
    """End the command where a table is asked for by what is no question that one chooses an answer to."""
    chosen = ["stratum", *(item.name for item in survey.instrument.items.values() if item.kind.is_chosen)]
    for name in how.by if how else ():
        if name not in chosen:
            fault = Fault(Place("--by"), f"{name!r} is no question that groups respondents", "a group gave one answer",
                          nearest(name, chosen, f"use one of: {', '.join(chosen)}"))  # fmt: skip
            raise Failed(MISTYPED, "nothing to report", [fault])


def _report(options: argparse.Namespace) -> None:
    from patency.practice.report import report, rows_of
    from patency.practice.tables import Options
    from patency.publish.folder import REPORT, refuse_folder, write_site

    try:
        refuse_folder(options.out, REPORT)  # before the work, which takes a while
        found = opened(options, Options(by=tuple(options.by), is_finite=options.finite))
        rows = rows_of(found.arrival.rows_in, (each.faults for each in found.arrival.refused), found.arrival.set_aside)
        written = report(found.survey, found.tables, found.library.sources, rows)
        write_site(_files(written, found.library), options.out, REPORT)
    except Refused as refused:
        raise Failed(UNREADABLE, "the report was not written", refused.faults) from None
    if written.label:
        print(written.label)
    print(
        f"{found.tables.analysed} responses to {len(found.tables.questions)} questions; open {options.out / 'report.html'}"
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


def _practice(options: argparse.Namespace) -> None:
    from patency.practice.as_published import as_published

    found = opened(options)
    try:
        sys.stdout.write(as_published(found.survey, found.tables))
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "nothing was written", refused.faults) from None
