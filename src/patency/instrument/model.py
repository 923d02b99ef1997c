"""What an instrument is: items, the answers they take, when each is asked, and what the answers score.

An instrument is content, one YAML file each, read by read.py. It carries a Vocabulary of its own, made of
its items and its scores, so that branching, checks and bands are conditions of Patency's language; what
one person answered is a Case of that vocabulary (response.py). An item of free text is in no vocabulary:
of it a condition may only ask whether it was answered.

Not here: who was asked and when (practice/survey.py), which patient a scale was filled in for (case.py).
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from patency.case import Absence, Span
from patency.document import Node
from patency.fault import Place
from patency.instrument.formula import Formula
from patency.language.terms import Term
from patency.source import Citation, Remark
from patency.vocabulary import Concept, Vocabulary

MOST_CHOICES = 1_000  # of an item: all countries are some 250
UNBOUNDED = Span(-1e9, 1e9)  # where a score has no ends that can be worked out, as after a division


class ItemKind(Enum):
    """How an item is answered."""

    YES_NO = "yes/no"
    SINGLE = "single"
    ORDERED = "ordered"
    MULTIPLE = "multiple"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"

    @property
    def is_chosen(self) -> bool:
        """Whether one chooses among answers that are given."""
        return self in (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED, ItemKind.MULTIPLE)


class Choice(NamedTuple):
    """One answer that can be chosen: its words, the points it scores (none where it scores nothing), its code in exports.

    `is_remainder` says that it is what is left of those who answered, and no answer that anybody was offered.
    """

    name: str
    words: str
    points: float | None
    code: str
    is_remainder: bool = False


class Collapsed(NamedTuple):
    """Several answers counted as one: "always or sometimes"."""

    name: str
    words: str
    of: tuple[str, ...]


class Item(NamedTuple):
    """One question: what it asks, how it is answered, and the condition under which it is asked at all.

    `concept` is the same item as the language knows it; an item of free text has none. `choices` are in the
    order in which they are offered, least first where ordered. `absences` are the reasons for giving no answer
    that a person may state. `when` is the condition as its author wrote it, in `when_written` word for word; what it
    says is asked.py's, for it may mention items that themselves hang on conditions. `hangs_on` are all the items, in
    the order of the file, whose answers say whether this one is asked. `feeds` names the concept of a patient's case that
    the answer is a finding of. Without an answer to what `is_required`, or a reason for none, a registry takes no record.
    """

    name: str
    kind: ItemKind
    asks: str
    help: str
    section: str
    choices: Mapping[str, Choice]
    collapsed: tuple[Collapsed, ...]
    absences: tuple[Absence, ...]
    when: Term | None
    when_written: str
    concept: Concept | None
    feeds: str
    citations: tuple[Citation, ...]
    place: Place
    hangs_on: tuple[str, ...] = ()
    is_required: bool = False


class Band(NamedTuple):
    """One step of a banded score, or one member of a set; the first step of all may hold without a condition."""

    name: str
    words: str
    when: Term | None


class Score(NamedTuple):
    """What answers add up to: exactly one of a number, bands, a yes or no, or a set.

    Of bands, written least first, the highest whose condition holds is the score. Of members, each that holds is
    in the set. `prorated` is how many items may be blank and stand in by the mean of the others: 0 where, as the
    source says or says nothing else, a blank item leaves the total open. `uses` are the items and scores it is
    made of. A draft rests, itself or in an item, on a definition that nobody confirmed.
    """

    name: str
    words: str
    number: Formula | None
    unit: str
    decimals: int
    prorated: int
    bands: tuple[Band, ...]
    members: tuple[Band, ...]
    when: Term | None
    uses: tuple[str, ...]
    concept: Concept
    feeds: str
    is_draft: bool
    citations: tuple[Citation, ...]
    place: Place


class Check(NamedTuple):
    """What answers cannot be together, and why."""

    name: str
    when: Term
    says: str
    place: Place


class Instrument(NamedTuple):
    """A questionnaire or a scale, in one version."""

    id: str
    title: str
    version: str
    about: str
    unit: str
    rater: str
    licence: str
    items: Mapping[str, Item]
    scores: Mapping[str, Score]
    checks: tuple[Check, ...]
    vocabulary: Vocabulary
    examples: "tuple[Example, ...]"
    citations: tuple[Citation, ...]
    notes: tuple[Remark, ...]
    content_hash: str
    place: Place
    is_per_leg: bool = False  # a response is about one leg, and may say which


class Example(NamedTuple):
    """A worked response: its answers as written on a day, and what they must score, as written; or that it is refused."""

    name: str
    about: str
    answers: Mapping[str, Node]
    expects: Mapping[str, Node]
    is_refused: bool
    on: date
    citations: tuple[Citation, ...]
    place: Place
