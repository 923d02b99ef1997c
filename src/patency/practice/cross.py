"""The answers to one question by the answers to another, or by stratum: counts, shares of each group, and tests.

A cell of few people is hidden, and others with it, so that the totals do not give it back (hidden.py); what the sizes of
groups would tell over several tables is in group_sizes.py.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patency.fault import Fault, Place, Refused, nearest
from patency.instrument.model import Instrument, Item, ItemKind
from patency.practice.answers import Answers, is_answered
from patency.practice.columns import columns_of
from patency.practice.hidden import hidden_cells
from patency.practice.numbers import numbers
from patency.practice.question import choices_of
from patency.practice.survey import Survey
from patency.practice.tables import Cell, Crossed, Group, Line, Numbers, NumbersBy, Test
from patency.practice.tests_of_difference import SIGNIFICANT, difference_test, ranks_test
from patency.share import Share

if TYPE_CHECKING:
    import polars

STRATUM = "stratum"
QUARTILES_FROM = 10  # answers: of five the quartiles are the second and the fourth person's own
_CROSSABLE = (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED)
WITHHELD = Test("none", None, True, "not given: beside the totals it could give a hidden cell back")


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


def crossed(item: Item, by: By, answers: Answers, smallest: int) -> Crossed:
    """Lay the answers to a chosen question out by group."""
    table = _counts(item, by, answers)
    sizes = table.pop("")
    groups = tuple(Group(name, words, of) for (name, words), of in zip(by.groups.items(), sizes, strict=True))
    if item.kind is ItemKind.MULTIPLE:
        return _overlapping(item, by, groups, sizes, table, smallest)
    hidden = hidden_cells(list(table.values()), smallest)
    lines = tuple(
        _line(name, words, table[name], sizes, [column for line, column in hidden if line == at])
        for at, (name, words) in enumerate(choices_of(item).items())
    )
    test = WITHHELD if hidden else difference_test(list(table.values()))
    return Crossed(item, by.name, by.words, groups, lines, test, (), len(hidden), tuple(_doubts(test)))


def _overlapping(
    item: Item,
    by: By,
    groups: tuple[Group, ...],
    sizes: Sequence[int],
    table: Mapping[str, Sequence[int]],
    smallest: int,
) -> Crossed:
    """Lay out a question of several answers: each line is a table of its own, of those who ticked it and who did not."""
    lines, tests, hidden_in_all = [], [], 0
    for name, words in choices_of(item).items():
        pair = [table[name], [of - count for of, count in zip(sizes, table[name], strict=True)]]
        hidden = {column for _, column in hidden_cells(pair, smallest)}
        lines.append(_line(name, words, table[name], sizes, hidden))
        tests.append(WITHHELD if hidden else difference_test(pair))
        hidden_in_all += len(hidden)
    return Crossed(item, by.name, by.words, groups, tuple(lines), None, tuple(tests), hidden_in_all, ())


def _line(name: str, words: str, counts: Sequence[int], sizes: Sequence[int], hidden: Sequence[int] | set[int]) -> Line:
    cells = []
    for at, (count, of) in enumerate(zip(counts, sizes, strict=True)):
        share = Share(count, of)
        cells.append(Cell(None, None, True) if at in hidden else Cell(share, share.interval, False))
    return Line(name, words, tuple(cells), Share(sum(counts), sum(sizes)))


def _doubts(test: Test) -> list[str]:
    if test.p is None or test.p < SIGNIFICANT:
        return []
    return [
        f"the groups cannot be told apart ({test.name}{'' if test.is_exact else ', approximate'}: p = {test.p:.2f})"
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


def numbers_by(item: Item, by: By, answers: Answers, smallest: int) -> NumbersBy:
    """Describe the numbers that each group gave; nothing of any where one is of few people."""
    import polars

    both = _both(item, by, answers)
    given = [both.filter(polars.col(by.name) == name)[item.name] for name in by.groups]
    groups = tuple(Group(name, words, len(each)) for (name, words), each in zip(by.groups.items(), given, strict=True))
    if any(0 < len(each) < smallest for each in given):
        why = "not shown: a group is of few people, and the others would give it back from all together"
        return NumbersBy(item, by.name, by.words, groups, (), None, True, (why,))
    unit = item.concept.unit if item.concept else ""
    # The least and the most of a group are somebody's own answer; of all together they are shown, of a group not.
    described = tuple(_of_group(numbers(each, unit), smallest) for each in given)
    test = ranks_test(given)
    return NumbersBy(item, by.name, by.words, groups, described, test, False, tuple(_doubts(test)))


def _of_group(found: Numbers, smallest: int) -> Numbers:
    found = found._replace(least=None, most=None)
    return (
        found
        if found.n >= QUARTILES_FROM or smallest == 1
        else found._replace(lower_quartile=None, upper_quartile=None)
    )
