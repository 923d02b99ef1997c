"""What a tabulation says, as values: nothing here counts, and nothing here loads more than the standard library.

A percentage is always a Share, with its count and denominator, beside its interval. Where a table is
withheld, so that nobody can be known by it, `is_withheld` is true, it holds no number at all, and a warning says why; where a
number does not exist it is None.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from patency.instrument.model import Instrument, Item
from patency.practice.rates import Rate
from patency.practice.survey import Survey
from patency.share import Interval, Share


class Options(NamedTuple):
    """How to tabulate.

    `by` names the items (or "stratum") that every question is crossed with. `is_finite` narrows intervals for a
    population that was asked in full or in good part. A table by groups of which one is of fewer than `smallest` people, but
    not of nobody, is withheld; 1 withholds nothing. `compared` names pairs of questions whose spread is compared.
    """

    by: tuple[str, ...] = ()
    is_finite: bool = False
    smallest: int = 5
    compared: tuple[tuple[str, str], ...] = ()


class Reach(NamedTuple):
    """How far a question reached. `asked`, `not_asked` and `untold` add up to those analysed.

    A question whose condition hangs on a blank cannot be told to have been asked: where it was answered all the same
    it was asked, otherwise it is `untold`. Of those asked, all are `answered`, `absent` (by the reason they stated) or
    `blank`. `contrary` counts answers to a question that was not asked; they are counted nowhere else.
    """

    asked: int
    not_asked: int
    untold: int
    answered: int
    absent: Mapping[str, int]
    blank: int
    contrary: int


class Bounds(NamedTuple):
    """What the share would be if all who gave no answer had answered otherwise, and if all had answered so."""

    least: Share
    most: Share


class Estimate(NamedTuple):
    """A share of the population that the design allows to be estimated: weighted, with its standard error and interval."""

    share: float
    standard_error: float | None
    interval: Interval | None


class Row(NamedTuple):
    """One answer, or several collapsed into one.

    `share` is of those who answered; `interval` is Wilson's, of the finite population where that was asked for.
    `cumulative` is, of an ordered item, this answer or a lesser one. `bounds` are of the invited whom the question
    may have been for, and are None where their number is not known. `estimate` honours strata and clusters.
    """

    name: str
    words: str
    share: Share
    interval: Interval | None
    cumulative: Share | None = None
    cumulative_interval: Interval | None = None
    bounds: Bounds | None = None
    estimate: Estimate | None = None


class Numbers(NamedTuple):
    """The answers to a question for a number; quartiles by R's type 7, and None where nobody or one alone answered."""

    n: int
    unit: str
    least: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    most: float | None
    mean: float | None
    standard_deviation: float | None
    mean_estimate: "MeanEstimate | None" = None


class MeanEstimate(NamedTuple):
    """A mean of the population that the design allows to be estimated."""

    mean: float
    standard_error: float | None
    interval: Interval | None


class Days(NamedTuple):
    """The answers to a question for a date."""

    n: int
    earliest: date | None
    median: date | None
    latest: date | None


class Spread(NamedTuple):
    """How far respondents differ: 0 where all answer alike, 1 where every answer offered is given equally often.

    `entropy` is Shannon's, divided by its largest value for `offered` answers; `standard_error` is its closed form for
    large samples. The modal answers are those given most often: one, or several that tie; their
    interval is that of the same share in the rows.
    """

    entropy: float
    standard_error: float | None
    offered: int
    modal: tuple[str, ...]
    modal_share: Share
    modal_interval: Interval | None = None


class Question(NamedTuple):
    """One question: how far it reached, and what was answered.

    Of chosen items `rows` are the answers in the order offered, `collapsed` the categories that the instrument declares.
    Of `multiple`, `rows` are shares of respondents and `selections` shares of all that was ticked. Of text there is only
    the count. `warnings` are sentences that a reader must see beside the numbers. Of a question that is not mapped to the file
    nothing is known, not even that it was left blank: nothing is counted.
    """

    item: Item
    reach: Reach
    rows: tuple[Row, ...] = ()
    collapsed: tuple[Row, ...] = ()
    selections: tuple[Row, ...] = ()
    numbers: Numbers | None = None
    days: Days | None = None
    spread: Spread | None = None
    warnings: tuple[str, ...] = ()
    is_mapped: bool = True


UNMAPPED = "Not mapped: no column of the file was read for this question, so that nothing is known of its answers"
NO_REACH = Reach(0, 0, 0, 0, {}, 0, 0)


class Test(NamedTuple):
    """A test of difference. `p` is None where none is given; `why` says then why, or, of an approximate one, what it is."""

    name: str
    p: float | None
    is_exact: bool
    why: str = ""


class Cell(NamedTuple):
    """One cell of a table by groups: the share of its group."""

    share: Share
    interval: Interval | None


class Line(NamedTuple):
    """One answer through all groups, and in all of them together; `interval` is that of the question's own table, if it has that share."""

    name: str
    words: str
    cells: tuple[Cell, ...]
    total: Share
    interval: Interval | None = None


class Group(NamedTuple):
    """A column of a subgroup table: those who gave one answer to the question it is crossed by, or one stratum."""

    name: str
    words: str
    of: int


class Crossed(NamedTuple):
    """One question by the answers to another, of those who answered both.

    Of `multiple` the lines overlap, and each has a test of its own in `line_tests`; otherwise `test` is of the whole table.
    Where it is withheld there are neither groups nor lines nor tests.
    """

    item: Item
    by: str
    by_words: str
    groups: tuple[Group, ...]
    lines: tuple[Line, ...]
    test: Test | None
    line_tests: tuple[Test, ...]
    is_withheld: bool
    warnings: tuple[str, ...]


class NumbersBy(NamedTuple):
    """A question for a number by the answers to another, of those who answered both.

    Where it is withheld there are neither groups nor numbers nor a test. Where some group gave few numbers, of all groups
    there are medians alone: from all together the others would give a mean back.
    """

    item: Item
    by: str
    by_words: str
    groups: tuple[Group, ...]
    numbers: tuple[Numbers, ...]
    test: Test | None
    is_withheld: bool
    warnings: tuple[str, ...]


class Came(NamedTuple):
    """How many of a stratum were invited, and how many are analysed.

    The second is shown however small it is: that one of at least five people took part does not say which, nor what they
    answered.
    """

    name: str
    words: str
    invited: int
    analysed: int


class Compared(NamedTuple):
    """The spread of two questions beside one another, of those who answered both.

    `difference` is the first normalised entropy less the second. Where no interval is given, `why` says why not; where it is
    withheld `n` is None too.
    """

    first: str
    second: str
    n: int | None
    difference: float | None
    interval: Interval | None
    why: str


class Tables(NamedTuple):
    """All of a tabulation: how many responses were kept and analysed, each question, what was crossed, and the rates.

    `design` is one sentence on strata, clusters and the finite population, or on their absence. `label` repeats the
    survey's own, and stands on whatever is printed of these tables.
    """

    instrument: Instrument
    survey: Survey | None
    options: Options
    label: str
    kept: int
    analysed: int
    not_complete: int
    design: str
    questions: tuple[Question, ...]
    crossed: tuple[Crossed, ...]
    numbers_by: tuple[NumbersBy, ...]
    strata: tuple[Came, ...]
    rates: tuple[Rate, ...]
    warnings: tuple[str, ...]
    compared: tuple[Compared, ...] = ()

    def question(self, name: str) -> Question:
        """Return the table of one item."""
        return next(question for question in self.questions if question.item.name == name)
