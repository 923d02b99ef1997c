"""The whole report of a survey, from its sheet: what is printed in one place does not undo another."""

from itertools import product
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.instrument.model import Instrument
from patency.practice.report import Report, report
from patency.practice.survey import Stratum
from patency.practice.tables import Options
from patency.practice.tally import tabulate
from patency.practice.tally_text import to_text
from patency.practice.tidy import to_csv

from .made import HERE, instrument, sheet
from .test_tally import survey

STRATA = {name: Stratum(name, f"the {name}", 10, HERE) for name in ("north", "south")}
PLAIN = instrument(uses="yes/no", years="number")


def whole(made: Instrument, columns: dict[str, list[Any]], stated: Any = None, **options: Any) -> Report:
    """Report a sheet of a survey of 40 invited in two strata."""
    stated = stated or survey(made, 40, strata=STRATA)
    return report(stated, tabulate(sheet(made, columns), stated, Options(**options)), {})


@pytest.mark.parametrize("north", [11, 45])
def test_more_analysed_than_invited_is_said_and_not_weighed(north: int) -> None:
    """In a stratum, or in all: whoever counted is wrong, and every report says so and is written all the same."""
    columns = {"stratum": ["north"] * north + ["south"] * 8, "uses": ["yes"] * north + ["no"] * 8}
    written = whole(PLAIN, columns, is_finite=True)

    assert f"{north} of the north are analysed and 10 were invited" in written.tables.design
    assert f"{north} of the north are analysed, and 10 were invited: one of the two is wrong." in written.warnings
    assert written.strata is not None
    assert written.strata.groups[0][1][0] == ("the north", "10", f"{north}, more than were invited")
    assert "more than were invited" in to_csv(written).decode()
    assert "one of the two is wrong" in to_text(written.tables)
    assert all(row.estimate is None for question in written.tables.questions for row in question.rows)


BRANCHED = instrument(
    region="single a b c", treats="yes/no", first="single drug stent when treats", where="single leg arm when first = stent",
    beds="number when treats",
)  # fmt: skip
World = tuple[str, ...]  # how one person answered everything, and of which group that is
EVERYBODY: list[Any] = list(product(("north", "south", "east"), "abc", ("no",), ("drug",), ("leg",))) + list(
    product(("north", "south", "east"), "abc", ("yes",), ("drug", "stent"), ("leg", "arm"))
)
EVERYBODY = [row for row in EVERYBODY if row[3:] != ("drug", "arm")]
PEOPLE = st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=60)


def _answered(rows: list[World]) -> dict[str, list[Any]]:
    """Lay out who was asked what: nobody leaves a blank, so that a group's size is a count of answers."""
    return {
        "stratum": [row[0] for row in rows],
        "region": [row[1] for row in rows],
        "treats": [row[2] for row in rows],
        "first": [row[3] if row[2] == "yes" else None for row in rows],
        "where": [row[4] if row[2] == "yes" and row[3] == "stent" else None for row in rows],
        "beds": [10.0 if row[2] == "yes" else None for row in rows],
    }


def _printed(written: Report, kinds: list[Any], counts: dict[str, list[Any]], many: Any) -> tuple[list[Any], list[Any]]:
    """Return what the report prints by groups as sums over the kinds of people, and the hidden small cells likewise."""

    def mask(**said: str) -> Any:
        return numpy.array(
            [all(counts[name][at] == value for name, value in said.items()) for at in range(len(kinds))], float
        )

    def reached(name: str) -> Any:
        return numpy.array([counts[name][at] is not None for at in range(len(kinds))], float)

    shown: list[Any] = []
    hidden: list[Any] = []
    tables: list[Any] = [*written.tables.crossed, *written.tables.numbers_by]
    for table in tables:
        for group in table.groups:
            if group.of is not None:
                shown.append(mask(**{table.by: group.name}) * reached(table.item.name))
        for line in getattr(table, "lines", ()):
            shown.append(mask(**{table.item.name: line.name}) * reached(table.by))
            for group, cell in zip(table.groups, line.cells, strict=True):
                each = mask(**{table.item.name: line.name, table.by: group.name})
                lines = reached(table.by) * mask(**{table.item.name: line.name})
                groups = reached(table.item.name) * mask(**{table.by: group.name})
                if cell.share is not None:
                    shown.append(each)
                elif lines @ many > each @ many < groups @ many:  # otherwise the cell is a total
                    hidden.append(each)
    return shown, hidden


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_no_hidden_cell_follows_from_the_whole_report(rows: list[World]) -> None:
    """Nothing that is printed by groups, in whatever tables, adds up or subtracts to a hidden cell of some few people."""
    columns = _answered(rows)
    strata = {name: Stratum(name, name, 60, HERE) for name in ("north", "south", "east")}
    written = whole(BRANCHED, columns, survey(BRANCHED, 200, strata=strata), by=("stratum", "region"))
    # Those who answer alike are one unknown number each; every printed number is a sum of some of them.
    kinds = [tuple(values[0] for values in _answered([row]).values()) for row in EVERYBODY]
    told = {name: [kind[at] for kind in kinds] for at, name in enumerate(columns)}
    many = numpy.array([list(zip(*columns.values(), strict=True)).count(kind) for kind in kinds])
    shown, hidden = _printed(written, kinds, told, many)
    known = numpy.linalg.matrix_rank(numpy.array(shown))
    for cell in hidden:
        if 0 < cell @ many < 5:
            assert numpy.linalg.matrix_rank(numpy.array([*shown, cell])) > known, cell
    for table in written.tables.crossed:
        assert all(group.of is None or group.of == 0 or group.of >= 5 for group in table.groups)


def test_a_branched_question_does_not_give_back_what_it_hangs_on() -> None:
    """The two of the north who treat nobody are hidden; how many of the north were asked further would tell them."""
    treats = ["yes"] * 18 + ["no"] * 2 + ["yes"] * 12 + ["no"] * 9
    columns: dict[str, list[Any]] = {
        "stratum": ["north"] * 20 + ["south"] * 21,
        "treats": treats,
        "first": [None if each == "no" else "drug" for each in treats],
        "beds": [None if each == "no" else 4.0 for each in treats],
    }
    strata = {name: Stratum(name, name, 30, HERE) for name in ("north", "south")}
    written = whole(BRANCHED, columns, survey(BRANCHED, 60, strata=strata), by=("stratum",))
    first = next(each for each in written.tables.crossed if each.item.name == "first")

    assert [group.of for group in first.groups] == [None, None]
    assert all(cell.is_hidden for line in first.lines for cell in line.cells)
    assert written.tables.numbers_by[0].is_hidden
    assert "18" not in str(written.crossed)
    assert [group.of for group in written.tables.crossed[1].groups] == [20, 21]


def test_a_group_of_a_few_people_is_not_shown_nor_its_size() -> None:
    """Both "Austria (3)" and "0 of 3" are two ways of saying what three people did not answer."""
    columns = {"stratum": ["north"] * 3 + ["south"] * 9, "treats": ["yes"] * 12}
    written = whole(BRANCHED, columns, by=("stratum",))
    treats = next(table for table, _ in written.crossed if "treats" in table.caption)

    assert treats.head[1:3] == ("the north (hidden)", "the south (hidden)")
    assert "of 3" not in str(treats)


def test_quartiles_of_a_group_take_ten_answers() -> None:
    """Of nine, each of the three quartiles is somebody's own answer."""
    columns: dict[str, list[Any]] = {
        "stratum": ["north"] * 9 + ["south"] * 10,
        "years": [float(each) for each in range(19)],
    }
    written = whole(PLAIN, columns, survey(PLAIN, 40, strata={**STRATA}), by=("stratum",))
    numbers = written.tables.numbers_by[0].numbers

    assert [each.lower_quartile is None for each in numbers] == [True, False]
    assert "hidden" in str(written.crossed[-1])
    assert "median 4\n" in to_text(written.tables)
