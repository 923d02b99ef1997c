"""The whole report of a survey, from its sheet: what is printed in one place does not undo another."""

from typing import Any

import pytest

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
