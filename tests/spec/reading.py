"""How a page of the manual is checked: a condition, a table of cases, and what is true of each.

A vocabulary, a condition and a finding are written here exactly as an author and a clinician write
them. A table has one case in each line, its findings left of the last bar and the truth right of it.
"""

from collections.abc import Mapping
from datetime import date

from patency.case import Case
from patency.casefile import read_case
from patency.document import read_document
from patency.fault import Fault, Place, Refused
from patency.language.define import build_lexicon
from patency.language.evaluate import evaluate
from patency.language.lexicon import Lexicon, Policy
from patency.language.parse import parse
from patency.language.terms import Term
from patency.vocabulary import read_vocabulary

TODAY = date(2026, 5, 29)


def language(vocabulary: str, policies: Mapping[str, Policy] | None = None) -> Lexicon:
    """Read a vocabulary as its author wrote it."""
    faults: list[Fault] = []
    document = read_document(vocabulary.encode(), "vocabulary.yaml")
    lexicon = build_lexicon(read_vocabulary([document], {}, faults), policies or {}, faults)
    if faults:
        raise Refused(faults)
    return lexicon


def condition(text: str, lexicon: Lexicon) -> Term:
    """Read a condition as its author wrote it."""
    faults: list[Fault] = []
    term = parse(text, Place("condition"), lexicon, faults)
    if term is None:
        raise Refused(faults)
    return term


def patient(findings: str, lexicon: Lexicon, on: date = TODAY) -> Case:
    """Read the findings of one patient, written on one line: `age: 45 years, severity: severe`."""
    document = read_document(f"findings: {{{findings}}}".encode(), "case.yaml")
    case, faults = read_case(document, lexicon.vocabulary, on)
    if faults:
        raise Refused(faults)
    return case


def rows(table: str) -> list[list[str]]:
    """Take a table apart at its bars, without the empty lines around it."""
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.strip()]


def differences(text: str, table: str, lexicon: Lexicon, on: date = TODAY) -> list[str]:
    """List the lines of a table that are not so; an empty list means that the manual is right."""
    term = condition(text, lexicon)
    lines = rows(table)
    assert len(lines) > 1, "a table that shows one case shows nothing"
    return [
        f"{findings or 'nothing known'}: {text} is {found}, not {expected}"
        for findings, expected in lines
        if (found := str(evaluate(term, patient(findings, lexicon, on)))) != expected
    ]
