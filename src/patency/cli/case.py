"""A case as it is given on the command line, and the page for it."""

import argparse
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from patency.bounds import LARGEST_FILE
from patency.case import Case, Finding
from patency.casefile import EARLIEST, LATEST, read_case, set_findings, with_findings
from patency.cli.common import CASE_REFUSED, MISTYPED, UNREADABLE, Failed, add_site, failing
from patency.document import Node, read_bytes, read_document
from patency.fault import Fault, Place, Refused, listed
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.consult.own import Own
    from patency.consult.page import Consult
    from patency.instrument.model import Instrument
    from patency.instrument.response import Response


def add_case(command: argparse.ArgumentParser) -> None:
    """Let a command take the day, and findings beside those of the file."""
    command.add_argument("--on", type=day_typed, metavar="DATE", help="the day the page is as of, such as 2026-05-29")
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="put in or replace one finding"
    )
    command.add_argument("--response", action="append", default=[], metavar="FILE",
                         help="answers to a scale, whose scores become findings; may be given again")  # fmt: skip
    add_site(command)


def day_typed(text: str) -> datetime.date:
    """Return a day that is typed as an option."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write 2026-05-29") from None
    if EARLIEST <= day <= LATEST:
        return day
    raise argparse.ArgumentTypeError(f"{text!r} is not a day between {EARLIEST} and {LATEST}")


def add_cut(command: argparse.ArgumentParser) -> None:
    """Let a command take a cut of one's own registry."""
    command.add_argument("--cut", type=Path, metavar="DIR",
                         help="a cut of your own registry: adds what happened to patients like this one")  # fmt: skip


def own_of(options: argparse.Namespace, library: Library) -> "Own | None":
    """Open the cut that is named, or end the command with what is wrong with it."""
    if getattr(options, "cut", None) is None:
        return None
    from patency.consult.own import own_registry

    with failing("the cut is refused", UNREADABLE):
        return own_registry(options.cut, library)


def page_of(options: argparse.Namespace, library: Library, is_asking: bool = False) -> "Consult":
    """Return the page for the case that is given, or asked for question by question; refuse the case with its faults."""
    from patency.consult.page import consult, refuse

    own = own_of(options, library)  # before anything is asked
    case, faults = _case(options, library)
    with failing("the case is refused", CASE_REFUSED):
        refuse(case, faults, library)
        if is_asking:
            from patency.consult.dialogue import converse

            case = converse(library, case, _hear, _say)
        return consult(library, case, own)


def case_given(options: argparse.Namespace, library: Library) -> Case:
    """Return the case that is given; refuse it with its faults and with what its findings contradict."""
    from patency.guideline.contradict import contradictions

    case, faults = _case(options, library)
    if every := {*faults, *contradictions(case, library)}:
        raise Refused(every)
    return case


def _say(line: str) -> None:
    # Where the page goes to a file or a pipe, the questions must not go with it.
    print(line, file=sys.stdout if sys.stdout.isatty() else sys.stderr)


def _hear(prompt: str) -> str:
    if sys.stdout.isatty():
        return input(prompt)
    print(prompt, end="", file=sys.stderr, flush=True)
    return input()


def _case(options: argparse.Namespace, library: Library) -> tuple[Case, list[Fault]]:
    vocabulary = library.lexicon.vocabulary
    today = options.on or datetime.date.today()
    faults: list[Fault] = []
    if options.case is not None:
        document = document_named(options.case)
        case, faults = read_case(document, vocabulary, today, also=("expect",))
        if options.on and options.on != case.on:
            faults += _from_the_future(case, options.on)
            case = case.seen_on(options.on)
    elif options.set or options.response or sys.stdin.isatty():
        case = Case(today)
    else:
        raise Failed(MISTYPED, "name a case file, or - to read it from standard input")
    if options.response:
        case = _with_responses(case, options, library, faults)
    case, more = set_findings(case, options.set, vocabulary)
    return case, [*faults, *more]


def _with_responses(case: Case, options: argparse.Namespace, library: Library, faults: list[Fault]) -> Case:
    """Return the case with what responses to scales say of the patient."""
    from patency.cli.instrument import instruments_for
    from patency.instrument.leg import SIDE, of_leg
    from patency.instrument.response import instrument_of, read_response

    instruments = instruments_for(options, library)
    settled = {setting.partition("=")[0].strip() for setting in options.set}
    sides = [setting for setting in options.set if setting.partition("=")[0].strip() == SIDE]
    affected = set_findings(case, sides, library.lexicon.vocabulary)[0].value(SIDE)  # what is wrong is said later
    for name in options.response:
        document = document_named(name, "response")
        instrument = instrument_of(document, instruments, faults)
        before = len(faults)
        if instrument is None:
            continue
        response = read_response(document, instrument, faults, case.on)
        if len(faults) == before:
            fed = of_leg(_fed(response, faults), response, affected, faults)
            case = with_findings(case, fed, faults, settled)
    return case


def _fed(response: "Response", faults: list[Fault]) -> tuple[Finding, ...]:
    """Return what a response says of the patient; note where it says nothing."""
    from patency.instrument.score import findings, score

    instrument = response.instrument
    fed = findings(response, score(instrument, response), response.case.on)
    if not fed:
        faults.append(Fault(response.place, f"the {instrument.title} says nothing of the patient with these answers",
                            _why_nothing(instrument), "leave it out, or score it by itself with `patency score`"))  # fmt: skip
    return fed


def _why_nothing(instrument: "Instrument") -> str:
    """Say why nothing that was answered to an instrument is a finding of the patient."""
    scores = instrument.scores.values()
    if any(item.feeds for item in instrument.items.values()) or any(score.feeds for score in scores):
        return "what it scores is not told yet"
    drafts = sum(score.is_draft for score in scores)
    if drafts:
        which = "its scores" if drafts == len(scores) else f"{drafts} of its {len(scores)} scores"
        return f"{which} are drafts, resting on definitions that nobody confirmed; none joins a case"
    return "what it asks and scores is no finding of any concept"


def _from_the_future(case: Case, on: datetime.date) -> list[Fault]:
    later = {name: finding.on for name, finding in case.findings.items() if finding.on > on}
    if not later:
        return []
    what = (
        f"{listed([repr(name) for name in later], 'and')} {'was' if len(later) == 1 else 'were'} found after this day"
    )
    return [Fault(Place(f"--on {on}"), what, "nothing from the future can be known",
                  f"leave --on out, or give {max(later.values())} or a later day")]  # fmt: skip


def document_named(name: str, what: str = "case") -> Node:
    """Read a case, or a response, from a file or from standard input; or end the command with what is wrong with it."""
    with failing(f"the {what} cannot be read", UNREADABLE):
        content, file = (
            (sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input")
            if name == "-"
            else (read_bytes(Path(name)), name)
        )
    with failing(f"the {what} is refused", CASE_REFUSED):
        return read_document(content, file)
