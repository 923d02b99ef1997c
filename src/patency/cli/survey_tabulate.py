"""`patency survey tabulate`: the numbers of a survey, question by question, in the terminal or for a program.

Wiring only: how a survey is found and opened is in survey_open.py, what is counted in practice/tally.py.
"""

import argparse
import sys

from patency.cli.instrument import write_json
from patency.cli.survey_report import Opened, Opens


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


def _tabulate(options: argparse.Namespace, opened: Opened) -> None:
    if options.json:
        from patency.practice.tally_json import tables_json

        write_json(tables_json(opened.tables))
    elif options.csv:
        from patency.practice.report import report
        from patency.practice.tidy import to_csv

        sys.stdout.write(to_csv(report(opened.survey, opened.tables, opened.library.sources, opened.rows)).decode())
    else:
        from patency.practice.tally_text import to_text

        sys.stdout.write(to_text(opened.tables))
