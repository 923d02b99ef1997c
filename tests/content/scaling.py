"""How the tests of scales score a response, and say what came of it in the words of a table."""

from collections.abc import Mapping
from typing import Any

import pytest

from patency.case import Members, Span
from patency.document import read_document
from patency.fault import Fault
from patency.instrument.formula import number_words, rounded
from patency.instrument.model import Instrument
from patency.instrument.response import Response, read_response
from patency.instrument.score import score
from patency.instrument.scored import Scored
from patency.truth import Truth

Scales = Mapping[str, Instrument]


def respond(instrument: Instrument, answers: str) -> tuple[Response, list[Fault]]:
    """Return a response whose answers are written in one line."""
    faults: list[Fault] = []
    node = read_document(f"{{on: 2026-05-29, answers: {{{answers}}}}}".encode(), "response.yaml")
    return read_response(node, instrument, faults), faults


def scored(instrument: Instrument, answers: str) -> Mapping[str, Scored]:
    """Return the scores of answers that are in order."""
    response, faults = respond(instrument, answers)
    assert faults == []
    return score(instrument, response)


def told(each: Scored) -> str:
    """Say what a score is: a number, `4 to 7`, `none or mild`, `yes`, `one+two`, `undefined`."""
    if each.why_undefined:
        return "undefined"
    match each.value:
        case Span(low, high):
            ends = [number_words(rounded(end, each.score.decimals)) for end in (low, high)]
            return ends[0] if low == high else " to ".join(ends)
        case Truth():
            return {Truth.YES: "yes", Truth.NO: "no"}.get(each.value, "not known")
        case Members(included, _):
            return "+".join(name for name in each.score.concept.values if name in included)
        case frozenset():
            return " or ".join(name for name in each.score.concept.values if name in each.value)
    raise AssertionError("a score without a value is undefined")


def names(table: str) -> set[str]:
    """Return the names of the vectors of a table."""
    return {line.partition("|")[0].strip() for line in table.strip().splitlines()}


def vectors(table: str) -> list[Any]:
    """Return the rows of a table, each a test under the name in its first cell."""
    found = []
    for line in table.strip().splitlines():
        name, *cells = (cell.strip() for cell in line.split("|"))
        found.append(pytest.param(*cells, id=name))
    return found


def check(instrument: Instrument, answers: str, expected: str) -> None:
    """Score the answers, and compare every score that is expected: `total 4, category none`."""
    found = scored(instrument, answers)
    for pair in expected.split(", "):
        name, value = pair.split(" ", 1)
        assert told(found[name]) == value, name
