"""Table 1 as a stranger reads it: from all that is printed no count that is withheld can be worked out, nor bounded to one."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy
import polars
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from patency.cut import Cut
from patency.outcome.reported import Trait
from patency.outcome.table_one import TRAITS, table_one
from patency.outcome.traits import ACUTE, SUBACUTE, traits_of
from patency.outcome.two_way import TwoWay, groups_withheld, withheld

FEWEST = 5
WITHHELD = "withheld"
Place = tuple[
    str, int, int
]  # the trait, the row, of which the first is "not known", and the column, the last of no group


class Printed(NamedTuple):
    """What a reader knows of each count: the least and the most that it can be, before anything is solved."""

    ends: dict[Place, tuple[float, float]]
    asked: frozenset[Place]  # what was withheld


def dealt(chance: random.Random) -> polars.DataFrame:
    """Deal patients to groups, some of them to none; levels and what is not known are sometimes of few, sometimes of one group."""
    groups = ["a", "b", "c", "d"][: chance.randint(2, 4)]
    weights = [chance.choice([1, 5, 20]) for _ in groups]
    many, nowhere = chance.choice([12, 30, 80, 200]), chance.choice([0, 0, 0, 0.02, 0.2])
    option = [None if chance.random() < nowhere else chance.choices(groups, weights)[0] for _ in range(many)]
    columns: dict[str, list[Any]] = {"option": option, "episode": [str(at) for at in range(many)]}
    for asked in TRAITS:
        levels: list[Any] = list(asked.levels) or [float(at) for at in range(40)]
        wants = {each: [chance.choice([0, 1, 1, 5, 40]) + 0.01 for _ in levels] for each in [*groups, None]}
        lost = {each: chance.choice([0, 0, 0.01, 0.03, 0.3]) for each in [*groups, None]}
        columns[asked.column] = [
            None if chance.random() < lost[each] else chance.choices(levels, wants[each])[0] for each in option
        ]
    columns["phase"] = [
        each if each is None else "acute" if each <= ACUTE else "subacute" if each <= SUBACUTE else "chronic"
        for each in columns["onset"]
    ]
    kinds = {each.column: polars.String if each.levels else polars.Float64 for each in TRAITS}
    return polars.DataFrame(columns, schema_overrides=kinds)


def texts(row: Trait) -> list[str]:
    return [row.everybody.text, *(cell.text for cell in row.groups)]


def read(rows: Sequence[Trait]) -> Printed:
    """Read the printed table: counts, denominators and what is not known; what is withheld where more is shown is of somebody."""
    ends: dict[Place, tuple[float, float]] = {}
    asked: set[Place] = set()
    heads = texts(rows[0])
    for at, head in enumerate(heads):
        ends["", 0, at] = (1, numpy.inf) if head == WITHHELD else (int(head), int(head))
        asked |= {("", 0, at)} if head == WITHHELD else set()
    by_words: dict[str, list[Trait]] = {}
    for row in rows[1:]:
        by_words.setdefault(row.words, []).append(row)
    for words, some in by_words.items():
        column = next(each.column for each in TRAITS if each.words == words)
        is_number = some[0].level.startswith("mean")
        printed = [[cell.text for cell in some[0].missing], *(texts(row) for row in (some[:1] if is_number else some))]
        is_all = all(text == WITHHELD for row in printed for text in row)
        for at, head in enumerate(heads):
            for place, each in enumerate(printed):
                low, high = counts_of(each[at], is_number=is_number and place == 1)
                if low != high and head != WITHHELD:
                    asked.add((column, place, at))
                    low = max(low, float(not is_all))
                ends[column, place, at] = (low, high)
            for each in printed[1:]:
                if found := re.search(r"(?:^\d+|,) of (\d+)", each[at]):  # a denominator tells of whom it is not known
                    not_known = int(head) - int(found.group(1))
                    low, high = ends[column, 0, at]
                    ends[column, 0, at] = (max(low, not_known), min(high, not_known))
    return Printed(ends, frozenset(asked))


def counts_of(text: str, *, is_number: bool) -> tuple[float, float]:
    """Return the least and most that a cell by itself says."""
    if text == "of nobody":
        return 0, 0
    found = re.search(r", of (\d+)$", text) if is_number else re.match(r"(\d+)(?: of |, of )", text)
    if found:
        return int(found.group(1)), int(found.group(1))
    return (1 if is_number and "±" in text else 0), numpy.inf


class Solver:
    """All that must hold between the counts of a table: rows and columns add up, and two traits may be unknown of the same."""

    def __init__(self, printed: Printed) -> None:
        wide = 1 + max(at for _, _, at in printed.ends)
        columns = dict.fromkeys(column for column, _, _ in printed.ends)
        rows = {column: 1 + max(row for name, row, _ in printed.ends if name == column) for column in columns}
        self.places = [(column, row, at) for column in columns for row in range(rows[column]) for at in range(wide + 1)]
        self.at = {place: number for number, place in enumerate(self.places)}
        lines: list[dict[Place, int]] = []
        for column in columns:
            for row in range(rows[column]):
                lines.append({(column, row, at): -1 if at == 0 else 1 for at in range(wide + 1)})
            if column:
                lines += [
                    {("", 0, at): -1} | {(column, row, at): 1 for row in range(rows[column])} for at in range(wide + 1)
                ]
        if {"onset", "phase"} <= set(columns):
            lines += [{("onset", 0, at): 1, ("phase", 0, at): -1} for at in range(wide + 1)]
        matrix = numpy.zeros((len(lines), len(self.places)))
        for number, line in enumerate(lines):
            for place, sign in line.items():
                matrix[number, self.at[place]] = sign
        self.holds = LinearConstraint(matrix, 0, 0)
        low, high = zip(*(printed.ends.get(place, (0, numpy.inf)) for place in self.places), strict=True)
        self.ends = Bounds(low, high)

    def range_of(self, place: Place) -> tuple[int, int]:
        """Return the least and the most that a count can be, in whole numbers."""
        return self._end(place, 1), -self._end(place, -1)

    def _end(self, place: Place, sign: int) -> int:
        aim = numpy.zeros(len(self.places))
        aim[self.at[place]] = sign
        found = milp(aim, integrality=numpy.ones(len(aim)), bounds=self.ends, constraints=self.holds)
        assert found.success, found.message
        return round(float(found.fun))


def small_of_no_group(frame: polars.DataFrame, by: str, wide: int) -> Iterator[Place]:
    """Yield the counts of 1 to 4 among those in no group, whom no column shows."""
    rest = frame.filter(polars.col(by).is_null())
    for asked in TRAITS:
        if asked.column == by:
            continue
        known = rest[asked.column].drop_nulls()
        counts = [int((known == level).sum()) for level in asked.levels] or [len(known)]
        for row, count in enumerate([rest.height - len(known), *counts]):
            if 0 < count < FEWEST:
                yield asked.column, row, wide


def solved(frame: polars.DataFrame, by: str = "option") -> tuple[list[Place], int]:
    """Return what follows from a printed table and should not, and how many counts were withheld."""
    names = sorted(frame[by].drop_nulls().unique())
    rows = table_one(frame, by, names, FEWEST)
    printed = read(rows)
    solver = Solver(printed)
    true = [*printed.asked, *small_of_no_group(frame, by, len(names) + 1)]
    return [place for place in true if len(set(solver.range_of(place))) == 1], len(printed.asked)


@pytest.mark.parametrize("draw", range(12))
def test_no_withheld_count_of_a_printed_table_can_be_solved(draw: int) -> None:
    """Row and column totals, group sizes, denominators and what is not known leave every withheld count two values or more."""
    found, asked = solved(dealt(random.Random(f"printed {draw}")))
    assert not found
    assert asked


def test_table_one_of_patients_who_lived_cannot_be_solved(demo: Cut) -> None:
    """By each trait that makes groups; some counts are withheld, and some are left to read."""
    for by in ("option", "extent", "population"):
        found, asked = solved(traits_of(demo), by)
        assert not found
        assert asked


def test_nothing_of_few_stands_in_the_table() -> None:
    """No count of 1 to 4 is printed: not of a level, not of those of whom it is not known, not as a number's denominator."""
    for draw in range(40):
        frame = dealt(random.Random(f"few {draw}"))
        printed = read(table_one(frame, "option", sorted(frame["option"].drop_nulls().unique()), FEWEST))
        for place, (low, high) in printed.ends.items():
            assert low != high or not 0 < low < FEWEST, place


def test_a_count_that_is_small_where_everybody_is_in_a_group_has_others_withheld_with_it() -> None:
    """Nobody is in no group: 2 of a and 3 of b cannot stand as what everybody's 30 less 25 leaves; nor can 1 and 1 of 2."""
    table = TwoWay([[0, 0, 0, 0], [30, 25, 5, 0], [30, 28, 2, 0]], [60, 53, 7, 0])
    out = withheld(table, FEWEST)
    assert out == {(1, 1), (1, 2), (2, 1), (2, 2)}
    ones = TwoWay([[0, 0, 0, 0, 0, 0], [40, 36, 1, 1, 2, 0], [40, 4, 19, 19, 8, 0]], [80, 40, 20, 20, 10, 0])
    assert {(1, at) for at in (2, 3, 4)} < withheld(ones, FEWEST)


def test_sizes_of_groups_that_are_withheld_do_not_follow() -> None:
    """Five groups of one each, of 45, would be known as five of five; a further group is withheld."""
    assert groups_withheld([45, 40, 1, 1, 1, 1, 1, 0], FEWEST) == {1, 2, 3, 4, 5, 6}
    assert groups_withheld([45, 40, 3, 2], FEWEST) == {2}
    assert groups_withheld([45, 40, 5, 0], FEWEST) == frozenset()
    assert groups_withheld([45, 40, 3, 2], 1) == frozenset()


def test_what_is_not_known_of_few_takes_the_denominators_with_it() -> None:
    """Of 60 episodes the sex of 2 is not known: neither that, nor a denominator of 58, is printed."""
    kinds = {each.column: polars.String if each.levels else polars.Float64 for each in TRAITS}
    frame = polars.DataFrame(
        {"option": ["a"] * 30 + ["b"] * 30, "sex": [None] * 2 + ["male"] * 28 + ["male"] * 10 + ["female"] * 20}
        | {each.column: [None] * 60 for each in TRAITS if each.column != "sex"},
        schema_overrides=kinds,
    )
    rows = [row for row in table_one(frame, "option", ["a", "b"], FEWEST) if row.words == "sex at birth"]
    said = [text for row in rows for text in (*texts(row), *(cell.text for cell in row.missing))]
    assert not any(re.search(r"of (58|28)\b|^2\b", text) for text in said)
    assert "20, of those known among 60" in said or "38, of those known among 60" in said
