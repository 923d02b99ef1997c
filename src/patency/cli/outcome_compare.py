"""`patency outcome compare`: two options set against each other from the day of the diagnosis, as they came and weighted."""

import argparse
from pathlib import Path
from typing import Any

from patency.cli.common import UNREADABLE, add_fewest, failing, open_for


def arguments(actions: "argparse._SubParsersAction[Any]") -> None:
    """Add the command."""
    comparing = actions.add_parser(
        "compare",
        help="set two options against each other",
        description="Compare an outcome after two options. Each patient is counted under what was begun within a window from the "
        "diagnosis, from the window's end on, so that nobody is given time in which nothing could happen; what was done later is "
        "shown and changes no group. As they came, and weighted to those who might have had either (overlap weights), with the "
        "balance table. Of times, not weighted: Gray's test where death competes, the log-rank test, and a hazard ratio with the "
        "check of whether it holds at every time. What the data cannot carry is refused in words.",
        epilog="example: patency outcome compare cuts/spring recurrent-thrombosis --option catheter_lysis "
        "--against anticoagulation_alone --month 24",
    )
    comparing.add_argument("cut", type=Path, metavar="CUT", help="the folder of a cut")
    comparing.add_argument("name", metavar="NAME", help="a definition's name; `patency outcome list` lists them")
    comparing.add_argument("--option", required=True, metavar="OPTION", help="an option, such as catheter_lysis")
    comparing.add_argument(
        "--against", required=True, metavar="OPTION", help="the other, such as anticoagulation_alone"
    )
    window = "how many days from the diagnosis a treatment may take to begin (the policy assigned_within; where patients lived 14)"
    comparing.add_argument("--window", type=_days, metavar="DAYS", help=window)
    month = "by which month (12); where patients lived 1, 3, 6, 12, 24, 36 or 60"
    comparing.add_argument("--month", type=_month, default=12, metavar="MONTH", help=month)
    comparing.add_argument("--covariate", action="append", default=[], metavar="TRAIT",
                           help="balance this trait, such as age; may be given again (all that are commonly balanced)")  # fmt: skip
    add_fewest(comparing)
    comparing.add_argument("--json", action="store_true", help="write JSON, with the love plot's data")
    comparing.add_argument(
        "--key",
        metavar="FINGERPRINT",
        help="refuse a cut that this key did not sign: its fingerprint, or the key itself",
    )
    comparing.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    comparing.set_defaults(run=_compare, policy=[], library=None)


def _days(text: str) -> int:
    number = text.removesuffix("days").strip()
    if not number.isdigit() or not 0 < int(number) <= 365:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to 365, such as 14")
    return int(number)


def _month(text: str) -> float:
    try:
        month = float(text)
    except ValueError:
        month = 0.0
    if not 0 < month <= 600:
        raise argparse.ArgumentTypeError(f"{text!r} is no month after the diagnosis, such as 12")
    return month


def _compare(options: argparse.Namespace) -> int:
    from patency.cut.opened import open_cut
    from patency.outcome.assigned import WINDOW
    from patency.outcome.comparison import Question, compare
    from patency.outcome.comparison_text import to_json, to_text
    from patency.outcome.covariates import COVARIATES
    from patency.outcome.own_choice import policy_number
    from patency.outcome.read_definitions import definition_named

    library = open_for(options)
    window = options.window or round(policy_number(library, "assigned_within", WINDOW))
    with failing("the options are not compared", UNREADABLE):
        definition = definition_named(options.name, library.sources)
        words = {name: option.words for name, option in library.options.items()}
        question = Question(options.option, options.against, options.month, window,
                            tuple(dict.fromkeys(options.covariate)) or COVARIATES, words)  # fmt: skip
        found = compare(open_cut(options.cut, options.key), definition, question, options.fewest)
    print((to_json if options.json else to_text)(found), end="")
    return 0
