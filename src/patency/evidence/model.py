"""The figures of one text, as printed, and what its reader would need to know of them."""

from collections.abc import Mapping
from typing import NamedTuple

from patency.evidence.printed import Printed
from patency.fault import Place
from patency.source import Citation, Remark

# The bounds within which a stranger's file is worked out at once.
MOST_PEOPLE = 5_000
MOST_SHARES = 120
MOST_OTHERS = 20  # means, medians, intervals, rates, claims: of each
MOST_POPULATION = 1_000_000  # drawn from more, nothing is narrower for it
MOST_VALUES = 200  # from the least to the most that a whole-number scale can give


class Share(NamedTuple):
    """A percentage as printed, with the count and the denominator where the text gives them."""

    id: str
    says: str
    percent: Printed | None
    counted: int | None = None
    of: int | None = None


class Group(NamedTuple):
    """Shares that one denominator should fit; `one` where each person gave one answer, so that counts add up."""

    id: str
    title: str
    shares: tuple[Share, ...]
    at_most: int | None
    of: int | None
    stated: tuple[int, ...]
    is_one: bool
    total: int | None
    is_part: bool = False  # of the people behind the other groups, as its own bound says
    remarks: tuple[Remark, ...] = ()


class Above(NamedTuple):
    """So many per cent had a value above a bound."""

    more_than: int
    percent: Printed


class Mean(NamedTuple):
    """A mean, and what is printed with it; `of` are the numbers of people that it may be of."""

    id: str
    says: str
    mean: Printed
    sd: Printed | None
    of: tuple[int, ...]
    is_whole: bool
    items: int
    least: int | None
    most: int | None
    above: Above | None
    remarks: tuple[Remark, ...] = ()


class Median(NamedTuple):
    """A median of whole numbers, with its range and quartiles where they are printed."""

    id: str
    says: str
    median: Printed
    least: Printed | None
    most: Printed | None
    lower: Printed | None
    upper: Printed | None
    of: int | None
    remarks: tuple[Remark, ...] = ()


class Arm(NamedTuple):
    """So many of so many, by the text or by a reader's arithmetic; `population` is from how many they were drawn, if few."""

    counted: int
    of: int
    population: int | None = None


class Interval(NamedTuple):
    """An estimate with its interval: of a share, or of two shares compared."""

    id: str
    says: str
    kind: str
    estimate: Printed | None
    low: Printed
    high: Printed
    level: int
    arms: tuple[Arm, ...]
    p: Printed | None
    remarks: tuple[Remark, ...] = ()


class Rate(NamedTuple):
    """Events per so much time at risk."""

    id: str
    says: str
    rate: Printed
    events: int
    time: Printed
    per: int
    remarks: tuple[Remark, ...] = ()


class Claim(NamedTuple):
    """What a text claims in words, of what kind that is, and which of what it needs the text gives."""

    id: str
    says: str
    kind: str
    gives: tuple[str, ...]
    of: int | None
    remarks: tuple[Remark, ...] = ()


class Audit(NamedTuple):
    """The figures of one text."""

    id: str
    title: str
    citations: tuple[Citation, ...]
    groups: tuple[Group, ...]
    means: tuple[Mean, ...]
    medians: tuple[Median, ...]
    intervals: tuple[Interval, ...]
    rates: tuple[Rate, ...]
    claims: tuple[Claim, ...]
    remarks: tuple[Remark, ...]
    is_one_sample: bool  # the text reads as though the same people stood behind every group
    place: Place


class Kind(NamedTuple):
    """A kind of claim: what it says, and what a reader needs to weigh it."""

    words: str
    needs: Mapping[str, str]


# What each kind of claim needs before a reader can weigh it. Comparison and interval: STROBE (von Elm and
# others, BMJ 2007;335:806), items 12 and 16; numbers at risk: Pocock SJ and others, Lancet 2002;359:1686.
CLAIMS: Mapping[str, Kind] = {
    "change": Kind("that something changed", {
        "before": "the same measured before", "after": "a measurement after", "time": "how long after"}),
    "effect": Kind("that something works, or is safe", {
        "comparison": "what came of others who were treated otherwise", "interval": "how sure the figure is"}),
    "amount": Kind("that a figure is high or low", {
        "figure": "the figure", "comparison": "what it is high or low beside", "interval": "how sure the figure is"}),
    "over time": Kind("of a rate over time", {
        "figure": "the figure", "time": "the time it is of", "at risk": "how many were still observed then"}),
    "none": Kind("that something did not happen", {
        "number": "to how many it could have happened", "definition": "what counts as it"}),
    "composition": Kind("of a share", {"denominator": "of how many"}),
}  # fmt: skip
