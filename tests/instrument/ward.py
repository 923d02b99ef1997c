"""Small instruments for tests, as their authors write them."""

from collections.abc import Mapping
from datetime import date

from patency.document import read_document
from patency.fault import Fault, Place
from patency.instrument.model import Instrument
from patency.instrument.read import read_instruments
from patency.instrument.response import Response, read_response
from patency.instrument.score import Scored, score
from patency.source import Source
from patency.vocabulary import Vocabulary

ON = date(2026, 5, 29)
SOURCES = {"ward": Source("ward", "note", "The ward's book", "", 2020, "", "", Place("sources.yaml"))}
HEAD = """\
instrument: leg
title: Leg scale
version: "1"
unit: one leg
licence: free to use
cite: [{source: ward, mark: original}]
answers:
  graded:
    none: {words: none, points: 0}
    mild: {words: mild, points: 1}
    moderate: {words: moderate, points: 2}
    severe: {words: severe, points: 3}
"""


NO_PATIENT = Vocabulary()


def instrument_of(body: str, vocabulary: Vocabulary = NO_PATIENT) -> Instrument:
    """Read an instrument from its items and scores; what heads it is always the same."""
    head = HEAD if "answers: graded" in body else HEAD.partition("answers:")[0]
    # Where nothing is worked out, an example stands in that answers nothing; it is not checked here.
    refused = ", refused: yes" if "\nscores:" in f"\n{body}" else ""
    examples = "" if "\nexamples:" in f"\n{body}" else f"\nexamples:\n  none: {{answers: {{}}{refused}}}\n"
    return read_instruments({"leg.yaml": f"{head}{body}{examples}".encode()}, SOURCES, vocabulary)["leg"]


def respond(instrument: Instrument, answers: Mapping[str, str] | str) -> tuple[Response, list[Fault]]:
    """Read a response from its answers, as a file holds them."""
    written = answers if isinstance(answers, str) else "{" + ", ".join(f"{n}: {a}" for n, a in answers.items()) + "}"
    faults: list[Fault] = []
    return read_response(read_document(f"answers: {written}".encode(), "leg.yaml"), instrument, faults, ON), faults


def scored(instrument: Instrument, answers: Mapping[str, str] | str) -> dict[str, Scored]:
    """Score answers that are read without a fault."""
    response, faults = respond(instrument, answers)
    assert faults == []
    return score(instrument, response)
