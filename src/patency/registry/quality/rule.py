"""What a quality rule is: a condition on one record that should never hold, and the quantities it may mention.

A rule is of one kind of record. Its condition may mention, by their names, the items of that kind; the items of the kinds
it hangs on, after the kind's name (`episode_side`, and for a stent `procedure_date`); and measures. It may ask whether an
item was answered, as a questionnaire may, for some rules are of what is missing.

A measure is a quantity that the language has no words for: the days between two dates, or what the records that repeat
say together. It is worked out for the record that is checked, so the same measure may serve rules of several kinds.

Not here: how rules are read (read_rules.py, read_measures.py), what a measure comes to (measures.py), what becomes of a
hit (queries.py).
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from patency.fault import Place
from patency.language.terms import Term
from patency.registry.entry import Value
from patency.source import Citation
from patency.vocabulary import Concept

TODAY = "today"  # the day of the check, from which days may be counted


class Sort(Enum):
    """What a hit says of a record: that it cannot be, hardly can, contradicts another, or leaves something out."""

    IMPOSSIBLE = "impossible"
    IMPLAUSIBLE = "implausible"
    INCONSISTENT = "inconsistent"
    INCOMPLETE = "incomplete"


class How(Enum):
    """What records that repeat are asked."""

    COUNT = "count"
    ANY = "any"
    ALL = "all"
    LATEST = "latest"
    EARLIEST = "earliest"

    @property
    def takes(self) -> bool:
        """Whether it takes one answer of one of them."""
        return self in (How.LATEST, How.EARLIEST)


class Days(NamedTuple):
    """The days from one date to another: below 0 where `item` was before `since`."""

    item: str
    since: str


class Difference(NamedTuple):
    """One number less another of the same unit."""

    item: str
    since: str


class Sum(NamedTuple):
    """One number and a time added to it, such as an age and the days since; `factor` turns a day into the number's unit."""

    item: str
    days: str
    factor: float


class Ratio(NamedTuple):
    """One number divided by another of the same unit."""

    item: str
    to: str


class Named(NamedTuple):
    """Whether a text, such as the name of a scale, is one of some."""

    item: str
    names: frozenset[str]


class Current(NamedTuple):
    """Whether a filled-in scale names the version of the scale that Patency has."""

    item: str


class Scored(NamedTuple):
    """What Patency makes of the answers to a filled-in scale: its score of this name, or a Span while items are blank."""

    score: str


class Said(NamedTuple):
    """Of how many items of a filled-in scale something is said: an answer, or the reason why there is none."""

    items: str


class Classed(NamedTuple):
    """Whether the class that was written under `item` is another than a scale makes of the record's own facts."""

    item: str
    scale: str
    score: str


class Repeats(NamedTuple):
    """What the records of a kind say together: those within the record of the kind `within` that the checked one hangs on.

    That record may be the checked one itself. The checked record, where it is of the same kind, is among them.
    `where` says which of them count; `same`, that they give the same answers as the checked record to some items;
    `before`, that they are `by` a date before that date of the checked record. Of the latest and earliest, `by` is the date
    that orders them and `take` the item whose answer is taken.
    """

    how: How
    kind: str
    within: str
    where: "Condition | None"
    same: tuple[str, ...]
    by: str
    before: str
    take: str
    alike: frozenset[str] = (
        frozenset()
    )  # those of `same` under which two blanks tell nothing apart, and so are the same


Way = Days | Difference | Sum | Ratio | Named | Current | Scored | Said | Classed | Repeats


class Measure(NamedTuple):
    """A named quantity, for records of one kind: how it is worked out, of which other measures, and how conditions know it."""

    name: str
    kind: str
    how: Way
    concept: Concept
    uses: "Mapping[str, Measure]"
    place: Place


class Condition(NamedTuple):
    """A condition on records of a kind, with the measures that it mentions."""

    kind: str
    term: Term
    written: str
    measures: Mapping[str, Measure]
    concepts: Mapping[str, Concept]


class Written(NamedTuple):
    """A record of an example, and the records that hang on it."""

    kind: str
    values: Mapping[str, Value]
    below: "tuple[Written, ...]"


class Example(NamedTuple):
    """A patient on whom a rule was tried: `fires` is yes, no, or unknown, where it cannot be told."""

    patient: Written
    fires: str
    place: Place


class Rule(NamedTuple):
    """A condition that should hold of no record; `says` is what is wrong with one of which it does, `fix` how it is mended."""

    name: str
    kind: str
    sort: Sort
    condition: Condition
    says: str
    fix: str
    citations: tuple[Citation, ...]
    examples: tuple[Example, ...]
    place: Place
