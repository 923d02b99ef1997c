"""How tables are shown in a terminal and to programs."""

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pytest

from patency.cli import DONE, MISTYPED, main
from patency.practice.report import Rows
from patency.practice.survey import Outcome
from patency.practice.tables import Options, Tables
from patency.practice.tally import tabulate
from patency.practice.tally_json import tables_json
from patency.practice.tally_text import to_text

from .made import instrument, sheet
from .test_tally import STRATA, survey

MADE = instrument(
    group="single g h", uses="yes/no", how="ordered never often always when uses", which="multiple a b", years="number",
    since="date",
)  # fmt: skip
COLUMNS: dict[str, list[Any]] = {
    "stratum": ["a"] * 14 + ["b"] * 14,
    "group": (["g"] * 7 + ["h"] * 7) * 2,
    "uses": ["yes"] * 7 + ["no"] * 7 + ["yes"] * 9 + ["no"] * 5,
    "how": ["often"] * 7 + [None] * 7 + ["always"] * 8 + [None] * 6,
    "which": ["a", "a b", "", None] * 7,
    "years": [float(each) for each in range(28)],
}


def tables(**options: Any) -> Tables:
    stated = survey(
        MADE, 69, strata=STRATA, outcome=Outcome(28, 0, 0, 0, 0, 41, 0.5), label="made up, not real responses"
    )
    return tabulate(sheet(MADE, COLUMNS), stated, Options(**options))


def test_a_terminal_shows_every_share_with_its_count_denominator_and_interval() -> None:
    """And whom the question was asked of, the worst case, and the estimate that honours the strata."""
    said = to_text(tables())

    assert said.splitlines()[1] == "*** made up, not real responses ***"
    assert (
        "uses: uses?\n"
        "  asked 28, answered 28\n"
        "  yes: 16 of 28, 57% (39% to 73%)\n"
        "    of all 69 invited: at worst 16 to 57, 23% to 83%\n"
        "    estimated by the design: 60% (39% to 78%)\n"
    ) in said
    assert "  asked 16, answered 15, blank 1, not asked 12\n" in said
    assert "  28 numbers: median 13.5, quartiles 6.75 and 20.25\n" in said
    assert "RR1 I / (I + P + R + NC + O + U): 28 of 69, 41% (30% to 52%); response rate, complete responses\n" in said
    assert "RR3 I / (I + P + R + NC + O + eU): 28 of 48.5, 58% (no interval: a number is assumed)" in said
    assert (
        "not defined: view rate, participation rate and completion rate; not stated: unique visitors of the survey, "
        in said
    )


def test_what_became_of_the_rows_stands_before_the_numbers() -> None:
    """Rows in, kept, refused with reasons, and set aside; a program reads the same."""
    rows = Rows(
        40, {"a cell that cannot be read": 12}, {"answers to what was not asked": 1}, ("12 of 40 rows are refused",)
    )
    said = to_text(tables(), rows).splitlines()

    assert said[2:6] == [
        "40 rows in, 28 kept, 12 refused",
        "  12 refused: a cell that cannot be read",
        "  1 set aside: answers to what was not asked",
        "! 12 of 40 rows are refused",
    ]
    assert tables_json(tables(), rows)["rows"]["kept"] == 28


def test_two_questions_are_compared_in_a_terminal() -> None:
    """With an interval that says that it is approximate, or with the reason why there is none."""
    said = to_text(tables(compared=(("uses", "group"), ("uses", "uses")), smallest=1))

    assert "variation in uses less that in group, of 28 who answered both: -0.01; at the ends" not in said
    assert "variation in uses less that in group, of 28 who answered both: -0.01 (" in said
    assert "variation in uses less that in uses, of 0 who answered both: not told; it is one question\n" in said


def test_what_is_withheld_says_so_in_a_terminal() -> None:
    """Of a table that is withheld there is one sentence, and neither a number nor a test."""
    said = to_text(tables(by=("group",), smallest=8))

    assert (
        "uses, by group: uses?\n  ! Not shown by group: some group has fewer than 8 people in it.\n\n"
        "how, by group: how?\n  ! Not shown by group: some group has fewer than 8 people in it.\n"
    ) in said


def test_a_program_reads_the_same_numbers() -> None:
    """A table that is withheld says so and holds no number; what does not exist is null."""
    said = json.loads(json.dumps(tables_json(tables(by=("group",), smallest=8))))
    by_name = {each["question"]: each for each in said["questions"]}

    assert said["label"] == "made up, not real responses"
    assert by_name["uses"]["answers"][0]["count"] == 16
    assert by_name["uses"]["answers"][0]["worst_case"]["most"] == {"count": 57, "of": 69, "share": 57 / 69}
    assert by_name["how"]["reach"]["not_asked"] == 12
    assert by_name["since"]["days"] == {"n": 0, "earliest": None, "median": None, "latest": None}
    withheld = {each["question"]: each for each in said["crossed"] if each["withheld"]}
    assert {"uses", "how"} <= set(withheld)
    assert all(not (each["groups"] or each["answers"] or each["test"]) for each in withheld.values())


def test_the_tables_of_a_survey_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As text, as JSON and as CSV; answers that are not real say so in each."""
    printed = {}
    for form in ("", "--json", "--csv"):
        assert main(["survey", "tabulate", "elite-kids", *([form] if form else [])]) == DONE
        printed[form] = capsys.readouterr().out
    label = "Reconstructed from published margins, not real responses."

    assert "  pharmacomechanical catheter-directed lysis: 15 of 34, 44% (29% to 61%)\n" in printed[""]
    assert f"*** {label}" in printed[""]
    assert json.loads(printed["--json"])["label"].startswith(label)
    rows = list(csv.DictReader(io.StringIO(printed["--csv"])))
    assert all(row["label"].startswith(label) for row in rows)
    assert any(row["count"] == "15" and row["denominator"] == "34" for row in rows)


def test_nothing_heavy_is_loaded_before_answers_are_counted() -> None:
    """The types of tables, surveys and shares are read by pages at night; Polars and scipy are loaded to count."""
    code = (
        "import sys, patency.practice.tally, patency.practice.read_survey, patency.practice.tally_text; "
        "sys.exit(sum(name in sys.modules for name in ('polars', 'numpy', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_was_put_together_from_margins_is_not_crossed(capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with the reason."""
    assert main(["survey", "tabulate", "elite-kids", "--by", "setting"]) == MISTYPED
    assert "what two of them say together is chance" in capsys.readouterr().err
