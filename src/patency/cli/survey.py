"""`patency survey`: what people answered, from the file of a survey program to its numbers.

`map` drafts how the columns of a file hold the answers; `arrive` reads the file and accounts for every row. What is
counted and reported then stands in survey_tabulate.py and survey_report.py, and how a survey is found and opened in
survey_open.py.
"""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from patency.cli.common import CONTENT_REFUSED, add_site, failing, open_for
from patency.cli.dictionary import read_table_bytes, write_out
from patency.cli.survey_open import arrival_of, opened, survey_found, surveys_for
from patency.cli.survey_report import practice_arguments, report_arguments
from patency.cli.survey_tabulate import counting_arguments, tabulate_arguments
from patency.fault import Fault, Place
from patency.table import counted

_ROW = re.compile(r"^row \d+")
MOST_SHOWN = 40  # faults that are printed of one kind; all of them are counted


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
    mapping.add_argument(
        "--separator", default="", choices=["comma", "semicolon", "tab"], help="where it cannot be found"
    )
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
    tabulate = actions.add_parser("tabulate", help="count what was answered, question by question")
    tabulate_arguments(tabulate, opened)
    report = actions.add_parser("report", help="write what a survey adds up to")
    report_arguments(report, opened)
    for command in (tabulate, report):
        counting_arguments(command)
    practice = actions.add_parser("practice", help="write what its respondents choose, for the consult")
    practice_arguments(practice, opened)
    for command in (tabulate, report, practice):
        command.add_argument("survey", metavar="SURVEY", help="a survey's name, or its file")
    for command in (listing, mapping, arrive, tabulate, report, practice):
        command.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
        add_site(command)


def _list(options: argparse.Namespace) -> None:
    for name, found in surveys_for(options, open_for(options)).items():
        invited = found.survey.frame.invited
        asked = f"{invited} invited" if invited is not None else "nobody knows how many were invited"
        print(f"{name:20} {found.survey.short}, {asked}: {found.survey.title}")


def _map(options: argparse.Namespace) -> None:
    from patency.practice.draft import draft
    from patency.practice.programs import opened as opened_as
    from patency.table import SEPARATORS, read_table

    survey = survey_found(options).survey
    instrument = survey.instrument
    content = read_table_bytes(options.file)
    with failing("the file is refused", CONTENT_REFUSED):
        signs = {name: sign for sign, name in SEPARATORS.items()}
        table = read_table(content, str(options.file), signs.get(options.separator, ""), options.encoding)
    write_out(
        draft(opened_as(table, None, instrument.id), instrument, options.encoding, survey.frame.strata), options.out
    )


def _arrive(options: argparse.Namespace) -> None:
    from patency.practice.tally import doubts

    found = survey_found(options)
    arrival = arrival_of(found)
    if found.survey.label:
        print(found.survey.label.strip())
    print(f"{counted(arrival.rows_in, 'row')} in, {arrival.rows_kept} kept, {len(arrival.refused)} refused")
    for note in (*arrival.notes, *doubts(arrival.sheet, found.survey)):
        print(f"! {note}")
    _count("refused", arrival.refused_by)
    _show(_alike(fault for row in arrival.refused for fault in row.faults))
    _count("set aside", arrival.set_aside_by)
    _show(_alike(arrival.set_aside))
    if arrival.differences:
        print(f"{counted(len(arrival.differences), 'calculated field')} that Patency's own score does not bear out")
        _show(arrival.differences)
    if arrival.left_out:
        print(f"{counted(len(arrival.left_out), 'column')} left out")
        for column, why in arrival.left_out.items():
            print(f"  {Place(column)}: {why}")


def _count(what: str, reasons: Mapping[str, int]) -> None:
    for reason, count in reasons.items():
        print(f"  {count} {what}: {reason}")


def _alike(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Tell what is wrong with many rows in the same words once, with the number of rows."""
    gathered: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        gathered.setdefault((_ROW.sub("", fault.what), fault.why, fault.fix), []).append(fault)
    for (what, _, _), alike in gathered.items():
        more = f" and {counted(len(alike) - 1, 'row')} more" if len(alike) > 1 else ""
        row = _ROW.match(alike[0].what)
        yield alike[0]._replace(what=f"{row[0]}{more}{what}") if row else alike[0]


def _show(faults: Iterable[Fault]) -> None:
    """Print the first of many faults; the rest are counted."""
    told = list(faults)
    for fault in told[:MOST_SHOWN]:
        print(fault)
    if len(told) > MOST_SHOWN:
        print(f"... and {len(told) - MOST_SHOWN} more")
