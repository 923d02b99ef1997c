"""A consult that was given, kept by its hashes, and what was then decided, by whom and why.

In: the case and the page. Out: a record that says which case, which content and which Patency the page came from, so that it
can be made again and compared; and later a correction of it with the decision.
"""

import hashlib
import json
from datetime import date

import patency
from patency.case import Case, Members, Span
from patency.case import Value as Known
from patency.registry.entry import Entry, New, Value
from patency.registry.oneline import refuse_lines
from patency.registry.session import Session
from patency.truth import Truth

DECISION = "what was decided after the consult"  # the reason of the correction that holds it


def keep_consult(session: Session, episode: str, case: Case, page: str, favoured: str = "") -> Entry:
    """Keep a consult that was given: the hashes of its case, of its page, of the library and of each guideline."""
    library = session.registry.library
    patient = session.entry("episode", episode).patient
    hashes = {name: guideline.content_hash for name, guideline in sorted(library.guidelines.items())}
    values: dict[str, Value] = {
        "date": case.on,
        "case_hash": case_hash(case),
        "library_hash": library.content_hash,
        "patency_version": patency.__version__,
        "guidelines": json.dumps(hashes, separators=(",", ":")),
        "page_hash": hashlib.sha256(page.encode()).hexdigest(),
    }
    if favoured:
        values["favoured"] = favoured
    return session.keep([New("consult", values, patient, episode)])[0]


def decide(session: Session, consult: str, decided: str, on: date, by: str, why: str) -> Entry:
    """Note what was decided after a consult; a decision that changes is one more correction."""
    refuse_lines({"decided": decided, "by": by, "why": why})
    values: dict[str, Value] = {"decided": decided, "decided_date": on, "decided_by": by, "why": why}
    return session.keep_version("consult", consult, values, DECISION)


def case_hash(case: Case) -> str:
    """Return the hash by which a case is known: its day, and of each finding what is known, since when, or why it is not."""
    found = [
        [each.concept, _plain(each.value), each.on.isoformat(), each.absence.value if each.absence else ""]
        for _, each in sorted(case.findings.items())
    ]
    return hashlib.sha256(json.dumps([case.on.isoformat(), found]).encode()).hexdigest()


def _plain(value: Known | None) -> object:
    match value:
        case Members(included, excluded):
            return [sorted(included), sorted(excluded)]
        case Span(low, high):
            return [low, high]
        case Truth():
            return str(value)
        case frozenset():
            return sorted(value)
    return None
