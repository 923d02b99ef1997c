"""`patency score`: what the answers to a questionnaire or scale add up to."""

import argparse
import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from patency.cli.case import day_typed, document_named
from patency.cli.common import CASE_REFUSED, MISTYPED, Failed, add_site, failing, open_for
from patency.cli.instrument import instrument_named, instruments_for, write_json, write_lines
from patency.document import Node
from patency.fault import Fault, Faults, Place

if TYPE_CHECKING:
    from patency.instrument.model import Instrument
    from patency.instrument.response import Response


def arguments(score: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    score.description = (
        "Score a response. While an item is blank the total is not told; the range it must lie in is, and whatever "
        "holds for every answer the blank could have. A choice is written by its name, as `patency instrument show SCALE` "
        "has it, or by its words, its code or its points. A response file holds `instrument:`, `on:`, `answers:` and, of "
        "a scale of one leg, `side: left` or `side: right`."
    )
    score.epilog = "example: patency score villalta --set pain=mild --set cramps=2 --set ulcer=no"
    score.add_argument("scale", metavar="SCALE", help="an instrument, as `patency instrument list` names it")
    score.add_argument(
        "response", nargs="?", metavar="RESPONSE", help="a response file; - reads it from standard input"
    )
    score.add_argument("--on", type=day_typed, metavar="DATE", help="the day of the response, where it names none")
    score.add_argument("--set", action="append", default=[], metavar="ITEM=ANSWER", help="put in or replace one answer")
    score.add_argument("--json", action="store_true", help="for a program")
    score.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    add_site(score)
    score.set_defaults(run=_score)


def _score(options: argparse.Namespace) -> None:
    from patency.instrument.score import score

    if options.response is None and not options.set:
        raise Failed(
            MISTYPED, "name a response file, or - to read it from standard input, or answer by --set ITEM=ANSWER"
        )
    library = open_for(options)
    instrument = instrument_named(options.scale, instruments_for(options, library))
    response = _response(options, instrument)
    scored = score(instrument, response)
    if options.json:
        from patency.instrument.json import scored_json

        write_json(scored_json(response, scored, library.sources))
    else:
        from patency.instrument.show import scored_lines

        write_lines(scored_lines(response, scored, library.sources))


def _response(options: argparse.Namespace, instrument: "Instrument") -> "Response":
    from patency.instrument.response import read_response, with_settings

    faults: list[Fault] = Faults()
    place = Place("--set")
    node = (
        Node(place, {"answers": Node(place, {})})
        if options.response is None
        else document_named(options.response, "response")
    )
    with failing("the response is refused", CASE_REFUSED):  # so many that reading stopped
        response = read_response(
            with_settings(node, options.set, faults), instrument, faults, options.on or datetime.date.today()
        )
    if faults:
        raise Failed(CASE_REFUSED, "the response is refused", sorted(set(faults)))
    return response
