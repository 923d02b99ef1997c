"""`patency survey`: list the surveys, map and check files of answers, report what they add up to, hand it on to consults.

Wiring only. A survey is opened in survey_open.py; what is written of it is in survey_report.py.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from patency.cli.common import CASE_REFUSED, CONTENT_REFUSED, Failed, add_site, open_for
from patency.cli.instrument import Actions, instrument_named, instruments_for
from patency.cli.survey_open import answers_of, arrived, counted, found, surveys_for
from patency.cli.survey_report import practice_arguments, report_arguments
from patency.fault import Refused

if TYPE_CHECKING:
    from patency.practice.arrive import Arrival


def arguments(survey: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = survey.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in (_add_list, _add_map, _add_check, _add_report, _add_practice):
        add_site(add(actions))


def _add_list(actions: Actions) -> argparse.ArgumentParser:
    listing = actions.add_parser("list", help="list the surveys", epilog="example: patency survey list")
    listing.set_defaults(run=_list)
    return listing


def _add_map(actions: Actions) -> argparse.ArgumentParser:
    mapping = actions.add_parser(
        "map",
        help="draft how the columns of a file hold the answers",
        epilog="example: patency survey map elite-kids answers.csv > answers.map.yaml",
    )
    mapping.description = (
        "Draft the mapping of a file of answers from its headers. What is not sure is marked as a guess, and refused until "
        "somebody has looked."
    )
    mapping.add_argument("instrument", metavar="INSTRUMENT", help="as `patency instrument list` names it")
    mapping.add_argument("file", type=Path, metavar="FILE", help="CSV of Qualtrics, REDCap, LimeSurvey, or plain")
    mapping.set_defaults(run=_map)
    return mapping


def _add_check(actions: Actions) -> argparse.ArgumentParser:
    check = actions.add_parser(
        "check", help="say what becomes of each row of answers", epilog="example: patency survey check elite-kids"
    )
    _add_survey(check)
    check.set_defaults(run=_check)
    return check


def _add_report(actions: Actions) -> argparse.ArgumentParser:
    report = actions.add_parser("report", help="write what the answers add up to, as a page, Markdown and CSV")
    _add_survey(report)
    report.add_argument("--by", action="append", default=[], metavar="QUESTION",
                        help="cross every question with this one, or with 'stratum'")  # fmt: skip
    report.add_argument(
        "--finite", action="store_true", help="narrow intervals: a good part of all there are was asked"
    )
    report_arguments(report, counted)
    return report


def _add_practice(actions: Actions) -> argparse.ArgumentParser:
    practice = actions.add_parser("practice", help="print what respondents chose, for consults to show")
    _add_survey(practice)
    practice_arguments(practice, counted)
    return practice


def _add_survey(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("survey", metavar="SURVEY", help="its name, as `patency survey list` has it, or its file")


def _list(options: argparse.Namespace) -> None:
    for name, each in surveys_for(options, open_for(options)).items():
        questions = len(each.survey.instrument.items)
        print(
            f"{name}: {each.survey.title} ({questions} questions){f'. {each.survey.label}' if each.survey.label else ''}"
        )


def _map(options: argparse.Namespace) -> None:
    from patency.practice.draft import draft
    from patency.practice.programs import opened
    from patency.table import read_table

    instrument = instrument_named(options.instrument, instruments_for(options, open_for(options)))
    content = answers_of(options.file)
    try:
        export = opened(read_table(content, str(options.file)), None, instrument.id)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the answers are refused", refused.faults) from None
    sys.stdout.write(draft(export, instrument))


def _check(options: argparse.Namespace) -> None:
    each = found(options)
    arrival = arrived(each)
    if each.survey.label:
        print(each.survey.label)
    print(_account(arrival))
    for fault in arrival.set_aside:
        print(fault)
    if arrival.refused:
        faults = [fault for row in arrival.refused for fault in row.faults]
        raise Failed(CASE_REFUSED, f"{len(arrival.refused)} of {arrival.rows_in} rows are refused", faults)


def _account(arrival: "Arrival") -> str:
    """Say what became of the rows: rows in are rows kept and rows refused."""
    said = [f"{arrival.rows_in} rows: {arrival.rows_kept} kept, {len(arrival.refused)} refused"]
    said += [f"{len(arrival.set_aside)} answers set aside"] if arrival.set_aside else []
    said += [f"column {name!r} left out: {why}" for name, why in arrival.left_out.items()]
    return "\n".join(said)
