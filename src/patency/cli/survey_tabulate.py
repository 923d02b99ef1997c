"""`patency survey tabulate`: the numbers of a survey, question by question, in the terminal or for a program.

Wiring only: how a survey is found and opened is in survey_open.py, what is counted in practice/tally.py.
"""

import argparse
import sys

from patency.cli.instrument import write_json
from patency.cli.survey_report import Opened, Opens
from patency.practice.tables import Options

SMALLEST = Options().smallest


def tabulate_arguments(tabulate: argparse.ArgumentParser, opens: Opens) -> None:
    """Say what may be asked of it."""
    tabulate.description = (
        "Count the answers of a survey: of each question whom it was asked of, who answered, counts and shares with their "
        "intervals, worst cases, and how far respondents differ."
    )
    tabulate.epilog = "example: patency survey tabulate elite-kids --finite"
    form = tabulate.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for a program")
    form.add_argument("--csv", action="store_true", help="for a program, a line for each number")
    tabulate.set_defaults(run=lambda options: _tabulate(options, opens(options)))


def counting_arguments(command: argparse.ArgumentParser) -> None:
    """Say how answers may be counted, wherever they are."""
    command.add_argument("--by", action="append", default=[], metavar="QUESTION",
                         help="also lay out every question by the answers to this one, or by stratum")  # fmt: skip
    command.add_argument("--compare", action="append", nargs=2, default=[], metavar=("FIRST", "SECOND"),
                         help="compare how far respondents differ in two questions")  # fmt: skip
    command.add_argument(
        "--finite", action="store_true", help="narrow the intervals for those invited being all there are"
    )
    command.add_argument("--smallest-cell", type=_people, default=SMALLEST, metavar="N",
                         help=f"show no table by groups with a group of fewer people (otherwise {SMALLEST}; 1 shows all)")  # fmt: skip


def counting(options: argparse.Namespace) -> Options:
    """Return how answers are to be counted, as it was typed; where nothing may be typed, as it is otherwise."""
    return Options(
        tuple(getattr(options, "by", ())),
        getattr(options, "finite", False),
        getattr(options, "smallest_cell", SMALLEST),
        tuple((first, second) for first, second in getattr(options, "compare", ())),
    )


def _people(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of people, such as {SMALLEST}")


def _tabulate(options: argparse.Namespace, opened: Opened) -> None:
    if options.json:
        from patency.practice.tally_json import tables_json

        write_json(tables_json(opened.tables, opened.rows))
    elif options.csv:
        from patency.practice.report import report
        from patency.practice.tidy import to_csv

        sys.stdout.write(to_csv(report(opened.survey, opened.tables, opened.library.sources, opened.rows)).decode())
    else:
        from patency.practice.tally_text import to_text

        sys.stdout.write(to_text(opened.tables, opened.rows))
