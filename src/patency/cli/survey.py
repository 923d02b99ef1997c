"""`patency survey`: what people answered, from the file of a survey program to its numbers.

`map` drafts how the columns of a file hold the answers; `arrive` reads the file and accounts for every row. What is
counted and reported then stands in cli/survey_report.py. A survey is named, or is a file of its own.
"""

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cli.common import CONTENT_REFUSED, MISTYPED, UNREADABLE, Failed, add_site, open_for
from patency.cli.dictionary import read_table_bytes, write_out
from patency.cli.instrument import instruments_for
from patency.cli.survey_report import Opened, practice_arguments, report_arguments
from patency.document import read_bytes, read_document
from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.files import CONTENT, content_files
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.practice.arrive import Arrival
    from patency.practice.survey import Survey

MOST_SHOWN = 40  # faults that are printed of one kind; all of them are counted
MAPPING = ".map.yaml"  # ends the name of a mapping, which is no survey


class Found(NamedTuple):
    """A survey, the library it stands in, and the folder in which its files lie."""

    library: Library
    survey: "Survey"
    folder: Path


def arguments(survey: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = survey.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the surveys", epilog="example: patency survey list")
    listing.set_defaults(run=_list)
    mapping = actions.add_parser(
        "map",
        help="draft how the columns of a file hold the answers",
        description="Draft a mapping from the headers of a CSV file: of Qualtrics, REDCap, LimeSurvey, or any other. What is guessed "
        "says so and is refused until a person has looked at it; columns that look like an identity are left out.",
        epilog="example: patency survey map elite-kids answers.csv --out answers.map.yaml",
    )
    mapping.add_argument("survey", metavar="SURVEY", help="a survey's name, or its file")
    mapping.add_argument("file", type=Path, metavar="FILE", help="the answers, as CSV")
    mapping.add_argument("--out", type=Path, metavar="FILE", help="where to write it; otherwise it is printed")
    mapping.add_argument(
        "--encoding", default="", metavar="NAME", help="latin-1 or windows-1252, where the file is not UTF-8"
    )
    mapping.add_argument("--separator", default="", choices=["comma", "semicolon", "tab"], help="where it cannot be found")
    mapping.set_defaults(run=_map)
    arrive = actions.add_parser(
        "arrive",
        aliases=["check"],
        help="read the answers and account for every row",
        description="Read the file of answers that the survey names: rows in, kept, and refused with reasons; answers set aside; "
        "columns left out.",
        epilog="example: patency survey arrive elite-kids",
    )
    arrive.add_argument("survey", metavar="SURVEY", help="a survey's name, or its file")
    arrive.set_defaults(run=_arrive)
    report = actions.add_parser("report", help="write what a survey adds up to")
    report_arguments(report, opened)
    practice = actions.add_parser("practice", help="write what its respondents choose, for the consult")
    practice_arguments(practice, opened)
    for command in (report, practice):
        command.add_argument("survey", metavar="SURVEY", help="a survey's name, or its file")
    for command in (listing, mapping, arrive, report, practice):
        command.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
        add_site(command)


def surveys_for(options: argparse.Namespace, library: Library) -> dict[str, Found]:
    """Read the surveys of Patency and of the site; or end the command with what is wrong with them."""
    from patency.practice.read_survey import read_surveys

    instruments = instruments_for(options, library)
    try:
        home = options.content or CONTENT
        own = read_surveys(_files(home), instruments, library.sources)
        local = own
        if options.library:
            local = read_surveys(_files(options.library), instruments, library.sources, str(options.library), own)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the surveys are refused", refused.faults) from None
    return {
        name: Found(library, each, (home if name in own else options.library) / "surveys")
        for name, each in local.items()
    }


def _files(directory: Path) -> dict[str, bytes]:
    folder = directory / "surveys"
    files = content_files(folder) if folder.is_dir() else {}
    return {f"surveys/{name}": content for name, content in files.items() if not name.endswith(MAPPING)}


def survey_found(options: argparse.Namespace) -> Found:
    """Return the survey that was named, or whose file was; or end the command with the nearest right name."""
    library = open_for(options)
    if options.survey.endswith((".yaml", ".yml")):
        return _of_file(options, library)
    surveys = surveys_for(options, library)
    if options.survey in surveys:
        return surveys[options.survey]
    fault = Fault(Place("survey"), f"there is no survey {options.survey!r}", "only those that are written down can be read",
                  nearest(options.survey, surveys, "`patency survey list` lists them; or name a survey's file"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to read", [fault])


def _of_file(options: argparse.Namespace, library: Library) -> Found:
    from patency.practice.read_survey import read_surveys

    path = Path(options.survey)
    try:
        content = read_bytes(path)
    except Refused as refused:
        raise Failed(UNREADABLE, "the survey cannot be read", refused.faults) from None
    try:
        surveys = read_surveys({str(path): content}, instruments_for(options, library), library.sources)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the survey is refused", refused.faults) from None
    return Found(library, next(iter(surveys.values())), path.parent)


def arrival_of(found: Found) -> "Arrival":
    """Read the answers of a survey; or end the command with why they cannot be read."""
    from patency.practice.arrive import arrive
    from patency.practice.layout import read_layout

    survey = found.survey
    if survey.responses is None:
        fault = Fault(survey.place, f"the survey {survey.id!r} names no file of answers", "there is nothing to read",
                      "add a line such as 'responses: {file: answers.csv, mapping: answers.map.yaml}'")  # fmt: skip
        raise Failed(CONTENT_REFUSED, "the survey has no answers", [fault])
    path = found.folder / survey.responses.file
    content = read_table_bytes(path)
    faults: list[Fault] = []
    layout = None
    try:
        if survey.responses.mapping:
            mapping = found.folder / survey.responses.mapping
            document = read_document(read_bytes(mapping), str(mapping))
            layout = read_layout(document, survey.instrument, survey.frame.strata, faults)
        if faults:
            raise Refused(faults)
        return arrive(content, str(path), survey.instrument, layout)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the answers are refused", refused.faults) from None


def opened(options: argparse.Namespace) -> Opened:
    """Open a survey with its answers counted."""
    from patency.practice.report import Rows
    from patency.practice.tally import tabulate

    found = survey_found(options)
    arrival = arrival_of(found)
    rows = Rows(arrival.rows_in, arrival.refused_by, arrival.set_aside_by)
    return Opened(found.library, found.survey, tabulate(arrival.sheet, found.survey), rows)


def _list(options: argparse.Namespace) -> None:
    for name, found in surveys_for(options, open_for(options)).items():
        invited = found.survey.frame.invited
        asked = f"{invited} invited" if invited is not None else "nobody knows how many were invited"
        print(f"{name:20} {found.survey.short}, {asked}: {found.survey.title}")


def _map(options: argparse.Namespace) -> None:
    from patency.practice.draft import draft
    from patency.practice.programs import opened as opened_as
    from patency.table import SEPARATORS, read_table

    instrument = survey_found(options).survey.instrument
    content = read_table_bytes(options.file)
    try:
        signs = {name: sign for sign, name in SEPARATORS.items()}
        table = read_table(content, str(options.file), signs.get(options.separator, ""), options.encoding)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the file is refused", refused.faults) from None
    write_out(draft(opened_as(table, None, instrument.id), instrument, options.encoding), options.out)


def _arrive(options: argparse.Namespace) -> None:
    found = survey_found(options)
    arrival = arrival_of(found)
    if found.survey.label:
        print(found.survey.label.strip())
    print(f"{arrival.rows_in} rows in, {arrival.rows_kept} kept, {len(arrival.refused)} refused")
    _count("refused", arrival.refused_by)
    _show(fault for row in arrival.refused for fault in row.faults)
    _count("set aside", arrival.set_aside_by)
    _show(arrival.set_aside)
    if arrival.differences:
        print(f"{len(arrival.differences)} calculated fields are not Patency's own score")
        _show(arrival.differences)
    if arrival.left_out:
        print(f"{len(arrival.left_out)} columns left out")
        for column, why in arrival.left_out.items():
            print(f"  {Place(column)}: {why}")


def _count(what: str, reasons: Mapping[str, int]) -> None:
    for reason, count in reasons.items():
        print(f"  {count} {what}: {reason}")


def _show(faults: Iterable[Fault]) -> None:
    """Print the first of many faults; the rest are counted."""
    told = list(faults)
    for fault in told[:MOST_SHOWN]:
        print(fault)
    if len(told) > MOST_SHOWN:
        print(f"... and {len(told) - MOST_SHOWN} more")
