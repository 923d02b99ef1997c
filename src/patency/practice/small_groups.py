"""Which questions are not laid out by groups, so that nobody can be known by them.

One rule: a question crossed with another, or with the strata, is shown only if every group of people in the table is of
at least `smallest`, or of nobody. Groups are, in each column (each answer of the crossing question, and those who gave
none of it), those who gave each answer, who ticked or did not tick each box, who ticked nothing, who were asked and gave
no answer, and who were not asked; and of a question that hangs on others, those of each answer to these who were asked
it or were not. Otherwise nothing of the crossing is shown. Then no difference of two printed numbers is of a few people.

What hangs on a question that is not shown is not shown either, nor are two questions the other way round: their groups
are the other's cells.

Whole tables are withheld and no cells: of a table with gaps, its totals, its tests, a question further down, an estimate
or the very rule by which cells are chosen give cells back. Hundepool A, et al. Statistical Disclosure Control. Wiley
2012, chapter 4, on thresholds and on why suppression has to be audited over all tables that are linked.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patency.instrument.model import Item, ItemKind
from patency.practice.answers import Answers, is_answered

if TYPE_CHECKING:
    import polars

FEWEST_NUMBERS = 10  # in each group of which quartiles, a mean and a deviation are given: of five they are people's own
_LAID_OUT = (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED)
Pair = tuple[str, str]  # a question, and what it is crossed with


def withheld(columns: Mapping[str, Sequence[str]], answers: Answers, smallest: int) -> Mapping[Pair, str]:
    """Return the crossings that are not shown, each with the sentence that says so; `columns` are the groups of each crossing."""
    items = answers.instrument.items
    pairs = [(name, by) for by in columns for name in items if name != by]
    why = f"Not shown by group: some group has fewer than {smallest} people in it."
    found = {pair: why for pair in pairs if smallest > 1 and _is_small(pair, columns[pair[1]], answers, smallest)}
    beside = f"Not shown by group: beside other tables it could tell of a group of fewer than {smallest} people."
    over = {name: item.hangs_on for name, item in items.items()}
    is_new = True
    while is_new:
        more = {(name, by) for name, by in pairs
                if (by, name) in found or any((each, by) in found for each in over[name])} - found.keys()  # fmt: skip
        found |= dict.fromkeys(more, beside)
        is_new = bool(more)
    return found


def has_few_numbers(name: str, by: str, columns: Sequence[str], answers: Answers) -> bool:
    """Whether some group, those who are of none among them, gave too few numbers to be summed up."""
    import polars

    given = answers.frame.select(_column(by, columns), polars.col(name)).drop_nulls(name)
    return any(count < FEWEST_NUMBERS for count in given.group_by("column?").len()["len"])


def _is_small(pair: Pair, columns: Sequence[str], answers: Answers, smallest: int) -> bool:
    item = answers.instrument.items[pair[0]]
    frame = answers.frame.with_columns(_column(pair[1], columns), _state(item, answers))
    groupings = [*_answers_of(item), *_by_above(item, answers)]
    return any(
        0 < count < smallest
        for grouping in groupings
        for count in frame.group_by("column?", "state?", *grouping).len()["len"]
    )


def _column(by: str, columns: Sequence[str]) -> "polars.Expr":
    import polars

    return polars.when(polars.col(by).is_in(list(columns))).then(polars.col(by)).alias("column?")


def _state(item: Item, answers: Answers) -> "polars.Series":
    """Say of each person whether the question was asked, was not, or that it cannot be told."""
    import polars

    asked = answers.asked.get(item.name)
    if asked is None:
        return polars.Series("state?", [2], dtype=polars.Int8).new_from_index(0, len(answers.frame))
    # Where it cannot be told, whoever answered or said why not was asked.
    spoke = answers.frame.select((is_answered(item) | polars.col(f"{item.name}?").is_not_null()).alias("spoke"))[
        "spoke"
    ]
    return asked.set((asked == 1) & spoke, 2).alias("state?")


def _answers_of(item: Item) -> "list[list[polars.Expr]]":
    """Return what parts the people of a column: their answer, or for each box whether it was ticked; blanks among them."""
    import polars

    given = is_answered(item).alias("given?")
    if item.kind in _LAID_OUT:
        return [[polars.col(item.name).alias("answer?")]]
    if item.kind is not ItemKind.MULTIPLE:
        return [[given]]
    sets = [[name] for name in item.choices] + [list(each.of) for each in item.collapsed] + [list(item.choices)]
    return [[given, polars.any_horizontal([polars.col(f"{item.name}/{name}").fill_null(False) for name in each]).alias("answer?")]
            for each in sets]  # fmt: skip


def _by_above(item: Item, answers: Answers) -> "list[list[polars.Expr]]":
    """Return what parts those asked and not asked by what the question hangs on: by all answers together, and by each box."""
    import polars

    over = [answers.instrument.items[name] for name in item.hangs_on]
    together = [polars.col(each.name).alias(f"{each.name}!") for each in over if each.kind in _LAID_OUT]
    boxes = [grouping for each in over if each.kind is ItemKind.MULTIPLE for grouping in _answers_of(each)]
    others = [[is_answered(each).alias("given?")] for each in over if each.kind not in (*_LAID_OUT, ItemKind.MULTIPLE)]
    return [*([together] if together else []), *boxes, *others]
