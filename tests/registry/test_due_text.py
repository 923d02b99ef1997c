"""How what is due, complete and counted is laid out; and that synthetic data say so wherever they go."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from patency.cli import main
from patency.registry.registry import Registry
from registry.made import PASSWORD, made
from registry.made_follow_up import filled


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A synthetic registry with 14 patients in North and 6 in South, of which nothing is changed here."""
    with closing(filled(made(tmp_path_factory.mktemp("ward"), label="synthetic"), 14, 6)) as registry:
        yield registry


@pytest.fixture
def says(ward: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What the shell answers of it."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)

    def run(words: str) -> str:
        what, *more = words.split(" ", 1)
        capsys.readouterr()
        assert main(["registry", what, str(ward.folder), *(more[0].split(" ") if more else [])]) == 0
        return capsys.readouterr().out

    return run


DUE = """\
*** SYNTHETIC: nobody in it ever lived; no figure of it is evidence ***
What is due, on 2025-06-05
what is dated after that day does not count; what was written after it does
by The minimal common set, version 2; time runs from the index date, on which imaging showed the clot
196 planned visits: 39 done, 0 out of window, 2 due, 1 overdue, 0 missed, 42 upcoming, 112 not expected, 0 cannot be told

overdue (1)
  patient  episode                visit    planned for  window
  P-0000   2025-01-31 (of an id)  90 days  2025-05-01   2025-05-01 to 2025-05-31  closed 5 days ago

due (2)
  patient  episode                visit    planned for  window
  P-0006   2025-02-06 (of an id)  90 days  2025-05-07   2025-05-07 to 2025-06-06  closes in 1 day
  P-0012   2025-02-12 (of an id)  90 days  2025-05-13   2025-05-13 to 2025-06-12  closes in 7 days
"""


def test_a_list_names_what_wants_doing_first(says: Callable[[str], str]) -> None:
    """39 visits were made: 14 at 10 days, 14 at 30 days, and 11 of 14 at 3 months; of every sixth the last was not."""
    said = says("due --user rita --on 2025-06-05")
    assert re.sub(r"\([0-9a-f]{8}\)", "(of an id)", said) == DUE


def test_missed_visits_are_listed_apart_from_those_overdue(says: Callable[[str], str]) -> None:
    """P-0000 was not seen at 3 months: 60 days overdue until 30 July, and missed from then on."""
    parts = says("due --user rita --on 2025-08-01").split("\n\n")
    (missed,) = [part for part in parts if part.startswith("missed (1)")]
    assert "  P-0000   2025-01-31 " in missed
    assert "closed 62 days ago" in missed
    (overdue,) = [part for part in parts if part.startswith("overdue (2)")]
    assert [line.split()[0] for line in overdue.splitlines()[2:]] == ["P-0006", "P-0012"]
    assert "missed" not in says("due --user rita --on 2025-08-01 --status overdue").replace("1 missed", "")


def test_each_form_of_the_list_names_the_episode(says: Callable[[str], str]) -> None:
    """The day of its diagnosis, and its id: two episodes of one patient are told apart."""
    visit = json.loads(says("due --user rita --on 2025-06-05 --status overdue --json"))["visits"][0]
    (row,) = csv.DictReader(io.StringIO(says("due --user rita --on 2025-06-05 --status overdue --csv")))
    assert visit["diagnosed"] == row["diagnosed"] == "2025-01-31"
    assert visit["episode"] == row["episode"]
    assert f"2025-01-31 ({visit['episode'][:8]})" in says("due --user rita --on 2025-06-05")


def test_a_csv_file_and_json_bear_the_label_of_synthetic_data(says: Callable[[str], str]) -> None:
    """Whoever opens the file alone must see that nobody in it ever lived."""
    for words in ("due --user rita --status all", "complete --user rita", "count --user rita episode.side"):
        rows = list(csv.DictReader(io.StringIO(says(f"{words} --csv"))))
        assert rows
        assert {row["label"] for row in rows} == {"synthetic"}
        assert json.loads(says(f"{words} --json"))["label"] == "synthetic"
    assert json.loads(says("flow --user rita --json"))["label"] == "synthetic"


@pytest.mark.parametrize("form", ["", " --csv", " --json"])
@pytest.mark.parametrize("words", ["due --status all", "complete", "flow", "count episode.side", "count visit.planned"])
def test_the_statistician_is_shown_no_name_in_any_form(says: Callable[[str], str], words: str, form: str) -> None:
    """Neither a pseudonym nor the name of a site."""
    if words == "flow" and form == " --csv":
        form = ""
    said = says(f"{words} --user stat{form}")
    assert "P-0" not in said
    assert "P-1" not in said
    assert "north" not in said.lower()


def test_no_percentage_stands_without_its_count_its_denominator_and_its_interval(says: Callable[[str], str]) -> None:
    """Each is written as 9 of 14, 64% (39% to 84%)."""
    for words in ("complete --user rita", "flow --user rita", "count --user rita episode.side --by caval"):
        for line in says(words).splitlines():
            percents = line.count("%") - line.count("target") * line.partition("target")[2].count("%")
            assert percents in (0, 3), line
            assert percents == 0 or " of " in line


def test_a_list_of_what_is_missing_says_why(says: Callable[[str], str]) -> None:
    """No segment is recorded of anybody."""
    said = says("complete --user rita --missing")
    assert re.search(r"  P-0013  2025-02-13 \(\w{8}\)    no segment is recorded\n", said)
    assert "which segments are involved: missing 14 times; --missing lists them" in says("complete --user rita")
    written = says("complete --user rita --missing --csv").splitlines()
    assert written[0] == "target,pseudonym,episode,diagnosed,visit,missing,label"
    assert sum(",P-" in line and ",,no segment is recorded," in line for line in written) == 14
    assert says("complete --user rita --csv").startswith("target,of,count")
