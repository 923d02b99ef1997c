"""What a survey was: which questions, who was invited through what, when, under which consent, and what came of it.

Survey is made by read_survey.py from one YAML file. A fact that its authors did not state is None, or not there: it
is printed as "not stated" and never taken for a zero.

Not here: the answers (sheet.py), what is counted in them (tally.py), response rates (rates.py), the names of the
facts that a reader expects (checklist.py).
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from patency.document import Node
from patency.fault import Place
from patency.instrument.model import Instrument
from patency.language.terms import Term
from patency.source import Citation

LEAST_INVITED = 5  # of a stratum: an answer that rides with a smaller one could be known for somebody's


class Reached(Enum):
    """Through what people were invited."""

    NAMED_LIST = "named list"
    SOCIETY_LIST = "society list"
    OPEN_LINK = "open link"


class Stratum(NamedTuple):
    """A part of those invited, from which a known number was invited."""

    name: str
    words: str
    invited: int
    place: Place


class Frame(NamedTuple):
    """Who could answer. `invited` and `institutions` are None where nobody knows; `strata` is empty where none were used."""

    population: str
    reached: Reached
    through: str
    invited: int | None
    institutions: int | None
    strata: Mapping[str, Stratum]


class FieldPeriod(NamedTuple):
    """From the first day to the last on which answers were taken."""

    first: date | None
    last: date | None


class Outcome(NamedTuple):
    """What came of the invitations, by AAPOR's classes; None where it was not stated.

    `complete` is I, `partial` P, `refused` R (refusal and break-off), `not_reached` NC, `other` O, `unknown` U (nobody
    knows whether they were eligible, UH and UO together), and `eligible` e: the share of the unknown that is assumed
    to have been eligible. It is an assumption and is always printed as one.
    """

    complete: int | None = None
    partial: int | None = None
    refused: int | None = None
    not_reached: int | None = None
    other: int | None = None
    unknown: int | None = None
    eligible: float | None = None


class Visits(NamedTuple):
    """How many came by, for the three rates of CHERRIES; None where it was not stated."""

    site: int | None = None
    survey: int | None = None
    first_page: int | None = None
    agreed: int | None = None
    finished: int | None = None


class Responses(NamedTuple):
    """The file of answers and its mapping, named beside the survey's own file; `mapping` is empty where none is needed."""

    file: str
    mapping: str
    place: Place


class Speaks(NamedTuple):
    """What one question says to a consult, as written: which decision, for which cases, and what each answer means.

    `practice.published` gives it meaning; here only the item and its answers are known to exist. `item` is the question;
    `means` maps an answer's name, or that of a collapsed category, to options' names, or to "itself".
    """

    item: str
    decision: str
    when: str
    means: Mapping[str, tuple[str, ...]]
    node: Node
    place: Place


class Survey(NamedTuple):
    """One survey. `label` says loudly what the answers are where they are not real responses; otherwise it is empty.

    A response is analysed when `complete` holds for it: the condition, or, where that is None and `is_finished_needed`,
    that it was finished; where neither is given, every response that was kept is analysed.

    `is_margins_only` says that the answers were put together from what was published of each question on its own: what
    any two of them say together is chance, and nothing that rests on it is told.
    """

    id: str
    title: str
    short: str
    instrument: Instrument
    label: str
    citations: tuple[Citation, ...]
    frame: Frame
    field: FieldPeriod
    ethics: Mapping[str, str]
    outcome: Outcome
    visits: Visits
    facts: Mapping[str, str]
    complete: Term | None
    is_finished_needed: bool
    responses: Responses | None
    practice: Mapping[str, Speaks]
    content_hash: str
    place: Place
    is_margins_only: bool = False
