"""`patency outcome like` and `patency outcome against`: a cut asked about one patient, and about one claim."""

import argparse
import sys
from pathlib import Path

from patency.cli.case import add_case, case_given
from patency.cli.common import CASE_REFUSED, MISTYPED, UNREADABLE, add_fewest, evidence_beside, failing, open_for, width


def like_arguments(like: argparse.ArgumentParser) -> None:
    """Say what may be asked of patients like one."""
    like.description = (
        "Say what came of the patients of a registry's cut who are like one, after each option: matched by stated criteria, "
        "widened step by step until enough match. These are outcomes after an option, not because of it."
    )
    like.epilog = "example: patency outcome like CUT examples/may-thurner.yaml"
    like.add_argument("cut", type=Path, metavar="CUT", help="the folder of a cut")
    like.add_argument("case", metavar="CASE.yaml", help="a case file, or - for standard input")
    like.add_argument("--outcome", action="append", default=[], metavar="NAME",
                      help="an outcome by its definition; may be given again (otherwise a short list)")  # fmt: skip
    add_fewest(like)
    like.add_argument("--json", action="store_true", help="for a program")
    add_case(like)
    like.set_defaults(run=_like)


def against_arguments(against: argparse.ArgumentParser) -> None:
    """Say what may be asked of a claim."""
    against.description = (
        "Say whether a registry's cut supports or contrasts a claim, or cannot tell, and by which rule."
    )
    against.epilog = "example: patency outcome against CUT stents-70-90"
    against.add_argument("cut", type=Path, metavar="CUT", help="the folder of a cut")
    against.add_argument("claim", metavar="CLAIM", help="the name of a claim; `patency study claims` lists them")
    add_fewest(against)
    against.add_argument("--json", action="store_true", help="for a program")
    against.set_defaults(run=_against, policy=[], library=None)


def _like(options: argparse.Namespace) -> None:
    from patency.cut.opened import open_cut
    from patency.outcome.alike import alike
    from patency.outcome.alike_text import to_json, to_text
    from patency.outcome.read_definitions import definition_named

    library = open_for(options)
    with failing("the case is refused", CASE_REFUSED):
        case = case_given(options, library)
    with failing("nothing to show", MISTYPED):
        definitions = [definition_named(name, library.sources) for name in options.outcome]
    with failing("the cut is refused", UNREADABLE):
        cut = open_cut(options.cut)
    with failing("nothing to show", MISTYPED):
        found = alike(cut, case, definitions, library, options.fewest)
    sys.stdout.write(to_json(found) if options.json else to_text(found, width()))


def _against(options: argparse.Namespace) -> None:
    from patency.cut.opened import open_cut
    from patency.guideline.files import CONTENT
    from patency.outcome.against import against
    from patency.outcome.against_text import to_json, to_text

    library = open_for(options)
    evidence = evidence_beside(CONTENT, library)
    with failing("the cut is refused", UNREADABLE):
        cut = open_cut(options.cut)
    with failing("nothing to show", MISTYPED):
        found = against(cut, options.claim, evidence, library, options.fewest)
    sys.stdout.write(to_json(found, evidence) if options.json else to_text(found, evidence, width()))
