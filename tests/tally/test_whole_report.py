"""The whole report of a survey, from its sheet: what is printed in one place does not undo another."""

from itertools import product
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.instrument.model import Instrument
from patency.percent import counted
from patency.practice.report import Report, report
from patency.practice.survey import Outcome, Stratum
from patency.practice.tables import Options
from patency.practice.tally import doubts, tabulate
from patency.practice.tally_text import to_text
from patency.practice.tests_of_difference import p_figures
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


def test_one_share_has_one_interval() -> None:
    """Where intervals are narrowed for all invited, the table, what is given most often and the column of all say the same."""
    columns = {
        "stratum": ["north"] * 9 + ["south"] * 9,
        "uses": (["yes"] * 5 + ["no"] * 4) + (["yes"] * 4 + ["no"] * 5),
    }
    columns["uses"][17] = "yes"
    written = whole(PLAIN, columns, is_finite=True, by=("stratum",), smallest=1)
    row = written.tables.questions[0].rows[0]
    yes = counted(row.share, row.interval)

    assert yes != counted(row.share)
    assert f"most often: yes, {yes}" in str(written.sections)
    assert written.crossed[0][0].groups[0][1][0][3] == yes
    assert to_text(written.tables).count(yes) == 3


def test_a_p_beside_the_limit_is_not_written_as_the_limit() -> None:
    """To say "Cannot be told apart, p = 0.05" would contradict itself; 0.0501 does not, nor does 0.0499."""
    assert [p_figures(p, 2) for p in (0.0501, 0.0499, 0.049, 0.05, 0.3)] == [
        "0.0501",
        "0.0499",
        "0.049",
        "0.05",
        "0.30",
    ]
    assert p_figures(0.04996, 3) == "0.04996"


def test_questions_are_numbered_as_they_are_printed() -> None:
    """Though the instrument comes back to an earlier section."""
    made = instrument(one="yes/no", two="yes/no", three="yes/no")
    sections = {"one": "first", "two": "second", "three": "first"}
    made = made._replace(items={name: item._replace(section=sections[name]) for name, item in made.items.items()})
    written = whole(
        made, {"stratum": ["north"] * 9, "one": ["yes"] * 9, "two": ["no"] * 9, "three": ["yes", "no", "no"] * 3}
    )
    printed = [(part.number, part.item.name) for section in written.sections for part in section.parts]

    assert printed == [(1, "one"), (2, "three"), (3, "two")]
    assert written.variation is not None
    assert written.variation.groups[0][1][0][0] == "2. three?"


def test_numbers_are_rounded_alike_and_their_unit_is_as_one_says_it() -> None:
    """In the report and in the terminal; and where no test is given the reason is said as a sentence."""
    made = instrument(years="number", uses="yes/no")
    item = made.items["years"]
    assert item.concept is not None
    made = made._replace(items={**made.items, "years": item._replace(concept=item.concept._replace(unit="year"))})
    columns: dict[str, list[Any]] = {
        "stratum": ["north"] * 6 + ["south"] * 6,
        "years": [1.0, 2, 2, 2, 3, 3, 4.005, 5, 6, 7, 8, 9.3],
    }
    columns["uses"] = ["yes"] * 7 + ["no"] * 5
    written = whole(made, columns, by=("stratum",))

    assert "Of 12 who answered, in years" in str(written.sections)
    assert "12 numbers: median 3.5 years, quartiles 2 and 6.25\n" in to_text(written.tables)
    assert "No test is given: beside the totals it could give a hidden cell back." in str(written.crossed)


def test_a_survey_without_an_outcome_is_told_what_to_write() -> None:
    """And the rates that cannot be given stand in one line."""
    columns: dict[str, list[Any]] = {
        "stratum": ["north"] * 9,
        "uses": ["yes"] * 9,
        "finished": [True] * 7 + [False] * 2,
    }
    stated = survey(PLAIN, 40, strata=STRATA, is_finished_needed=True)
    written = whole(PLAIN, columns, stated)
    offered = "write outcome: {complete: 7, partial: 2}"

    assert any(offered in warning for warning in written.warnings)
    assert any(offered in doubt for doubt in doubts(sheet(PLAIN, columns), stated))
    title, rows = written.rates.groups[-1]
    assert (title, len(rows)) == ("Not given", 1)
    assert to_text(written.tables).count("not stated: ") == 1
    contrary = stated._replace(outcome=Outcome(complete=9))
    assert doubts(sheet(PLAIN, columns), contrary) == ("7 are analysed, and the survey states 9 complete responses",)


def test_what_is_left_of_those_who_answered_is_no_answer() -> None:
    """It is counted, and neither given most often nor compared, nor does it make respondents differ."""
    made = instrument(first="single drug stent rest")
    item = made.items["first"]
    choices = {**item.choices, "rest": item.choices["rest"]._replace(is_remainder=True)}
    made = made._replace(items={"first": item._replace(choices=choices)})
    question = tabulate(sheet(made, {"first": ["rest"] * 9 + ["drug"] * 8 + ["stent"] * 8})).question("first")

    assert question.spread is not None
    assert (question.spread.entropy, question.spread.modal, question.spread.offered) == (1.0, ("drug", "stent"), 2)
    assert question.spread.modal_share == question.rows[0].share
    assert [row.share.count for row in question.rows] == [8, 8, 9]
    assert question.warnings == ()
