"""The answers to one question by the answers to another, or by stratum: counts, shares of each group, and tests.

Which crossings are not shown, for what they would tell of few people, is in small_groups.py.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patency.fault import Fault, Place, Refused, nearest
from patency.instrument.model import Instrument, Item, ItemKind
from patency.practice.answers import Answers, is_answered
from patency.practice.columns import columns_of
from patency.practice.counted_out import Work
from patency.practice.numbers import numbers
from patency.practice.question import choices_of
from patency.practice.small_groups import FEWEST_NUMBERS, has_few_numbers
from patency.practice.survey import Survey
from patency.practice.tables import Cell, Crossed, Group, Line, NumbersBy, Test
from patency.practice.tests_of_difference import SIGNIFICANT, difference_test, p_figures, ranks_test
from patency.share import Share

if TYPE_CHECKING:
    import polars

STRATUM = "stratum"
_CROSSABLE = (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED)


class By:
    """What questions are crossed with: its name, its words, and the words of each group in order."""

    def __init__(self, name: str, words: str, groups: Mapping[str, str]) -> None:
        self.name, self.words, self.groups = name, words, groups


def crossed_by(name: str, instrument: Instrument, survey: Survey | None, option: str = "--by") -> By:
    """Return what questions may be crossed with by this name; refuse it where that cannot be."""
    if name == STRATUM and survey and survey.frame.strata:
        return By(STRATUM, "stratum", {each.name: each.words for each in survey.frame.strata.values()})
    item = instrument.items.get(name)
    if item is not None and item.kind in _CROSSABLE:
        return By(name, item.asks, choices_of(item))
    names = [each.name for each in instrument.items.values() if each.kind in _CROSSABLE]
    names += [STRATUM] if survey and survey.frame.strata else []
    if item is not None:
        what, fix = f"{name!r} is answered by {item.kind.value}", "name a question with one answer of several"
    else:
        what, fix = f"{name!r} is no question here", nearest(name, names, "name a question with one answer of several")
    raise Refused([Fault(Place(option), what, "groups are made of answers that exclude one another", fix)])


def crossed(item: Item, by: By, answers: Answers, withheld: str, work: Work) -> Crossed:
    """Lay the answers to a chosen question out by group; nothing of it where a sentence says that it is withheld."""
    if withheld:
        return Crossed(item, by.name, by.words, (), (), None, (), True, (withheld,))
    table = _counts(item, by, answers)
    groups = tuple(Group(name, words, of) for (name, words), of in zip(by.groups.items(), table.pop(""), strict=True))
    lines = tuple(_line(name, words, table[name], groups) for name, words in choices_of(item).items())
    if item.kind is ItemKind.MULTIPLE:
        # The answers overlap: each is a table of its own, of those who ticked it and who did not.
        tests = tuple(
            difference_test([ticked, [group.of - count for group, count in zip(groups, ticked, strict=True)]], work)
            for ticked in table.values()
        )
        return Crossed(item, by.name, by.words, groups, lines, None, tests, False, ())
    test = difference_test(list(table.values()), work)
    return Crossed(item, by.name, by.words, groups, lines, test, (), False, tuple(_doubts(test)))


def _line(name: str, words: str, counts: Sequence[int], groups: Sequence[Group]) -> Line:
    shares = [Share(count, group.of) for count, group in zip(counts, groups, strict=True)]
    cells = tuple(Cell(share, share.interval) for share in shares)
    return Line(name, words, cells, Share(sum(counts), sum(group.of for group in groups)))


def _doubts(test: Test) -> list[str]:
    if test.p is None or test.p < SIGNIFICANT:
        return []
    return [
        f"the groups cannot be told apart ({test.name}{'' if test.is_exact else ', approximate'}: p = {p_figures(test.p, 2)})"
    ]


def _counts(item: Item, by: By, answers: Answers) -> dict[str, list[int]]:
    """Count each answer by group among those who answered both; under "" the sizes of the groups."""
    import polars

    both = _both(item, by, answers)
    columns = {"": polars.len()}
    for name in choices_of(item):
        is_multiple = item.kind is ItemKind.MULTIPLE
        gave = polars.col(f"{item.name}/{name}").fill_null(False) if is_multiple else polars.col(item.name) == name
        columns[name] = gave.sum()
    found = both.group_by(polars.col(by.name).alias("by?")).agg(
        each.cast(polars.Int64).alias(f"{name}/") for name, each in columns.items()
    )
    rows = {row["by?"]: row for row in found.iter_rows(named=True)}
    return {name: [rows[group][f"{name}/"] if group in rows else 0 for group in by.groups] for name in columns}


def _both(item: Item, by: By, answers: Answers) -> "polars.DataFrame":
    """Return the answers of those who answered both."""
    import polars

    columns = answers.frame.select(by.name, *columns_of(item))
    return columns.filter(is_answered(item), polars.col(by.name).is_in(list(by.groups)))


def numbers_by(item: Item, by: By, answers: Answers, withheld: str, smallest: int) -> NumbersBy:
    """Describe the numbers that each group gave; nothing of any where a sentence says that it is withheld."""
    import polars

    if withheld:
        return NumbersBy(item, by.name, by.words, (), (), None, True, (withheld,))
    both = _both(item, by, answers)
    given = [both.filter(polars.col(by.name) == name)[item.name] for name in by.groups]
    groups = tuple(Group(name, words, len(each)) for (name, words), each in zip(by.groups.items(), given, strict=True))
    unit = item.concept.unit if item.concept else ""
    # The least and the most of a group are somebody's own answer; of all together they are shown, of a group not.
    described = tuple(numbers(each, unit)._replace(least=None, most=None) for each in given)
    test = ranks_test(given)
    said = _doubts(test)
    if smallest > 1 and has_few_numbers(item.name, by.name, list(by.groups), answers):
        described = tuple(
            each._replace(lower_quartile=None, upper_quartile=None, mean=None, standard_deviation=None)
            for each in described
        )
        said.append(
            f"of no group quartiles, mean and standard deviation are shown: some group gave fewer than {FEWEST_NUMBERS} numbers"
        )
    return NumbersBy(item, by.name, by.words, groups, described, test, False, tuple(said))
