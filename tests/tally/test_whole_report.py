"""The whole report of a survey, from its sheet: what is printed in one place does not undo another."""

from typing import Any

import pytest

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
