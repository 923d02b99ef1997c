"""What leaves as a file has the digits that are printed: with more of them counts that are withheld could be found."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outcome.reporting import reported_of
from patency.casefile import read_case
from patency.cut import Cut
from patency.document import read_bytes, read_document
from patency.outcome.alike import alike
from patency.outcome.alike_text import to_json
from patency.outcome.as_json import to_json as report_json
from patency.outcome.report import to_csv
from patency.percent import IN_FILES, decimals, ends_in_print, in_print
from patency.share import Interval
from registry.made import library

CASE = Path(__file__).parents[2] / "examples" / "may-thurner.yaml"


def test_a_share_in_a_file_has_the_digits_of_its_percentage() -> None:
    """No decimal below 200 and one from 200 on, a half away from zero; some is never none, nor is most all."""
    pairs = ((15, 34), (23, 40), (1, 1000), (1, 3000), (2999, 3000), (0, 9), (9, 9))
    assert [in_print(*pair) for pair in pairs] == [0.44, 0.58, 0.001, 0.001, 0.999, 0.0, 1.0]
    assert ends_in_print(Interval(0.12345, 0.98765), 40) == (0.12, 0.99)
    assert ends_in_print(Interval(0.12345, 0.98765), 400) == (0.123, 0.988)


@pytest.mark.parametrize("fewest", [1, 5])
def test_a_report_has_in_its_files_the_numbers_that_it_prints(demo: Cut, fewest: int) -> None:
    """Each share of the JSON and the CSV stands in its text to the last digit; and the methods say so."""
    reported = reported_of(demo, fewest=fewest)
    data = json.loads(report_json(reported))
    assert any(IN_FILES in each for each in data["methods"])
    numbers = [each for outcome in data["outcomes"] for figure in outcome["figures"] for each in figure["numbers"]]
    rows = [row for row in csv.DictReader(io.StringIO(to_csv(reported))) if row["part"] == "outcome"]
    found = [
        (each["unit"], each["value"], each["text"]) for each in (*numbers, *rows) if each["value"] not in (None, "")
    ]
    assert len(found) > 40
    for unit, value, text in found:
        percentages = re.findall(r"[\d.]+(?=%)", text)
        if unit == "share":
            assert f"{100 * float(value):.4g}" in [f"{float(each):.4g}" for each in percentages], text
        else:
            assert round(float(value), 1) == float(value)


def test_patients_like_one_have_in_the_file_what_is_printed(demo: Cut) -> None:
    """Points, shares and ends of intervals have two decimals of fewer than 200; the estimate itself is exact still."""
    document = read_document(read_bytes(CASE), CASE.name)
    case = read_case(document, library().lexicon.vocabulary, date(2026, 5, 29), also=("expect",))[0]
    found = alike(demo, case, (), library(), fewest=5)
    data = json.loads(to_json(found))
    assert IN_FILES in data["digits"]
    told = 0
    for outcome in data["outcomes"]:
        for each in (*outcome["options"], *outcome["everybody"]):
            for share in shares(each):
                told += 1
                assert round(share, decimals(each["units"]) + 2) == share
    assert told > 20
    exact = [
        point.value for _, figures in found.outcomes for each in figures for point in each.figure.points if point.value
    ]
    assert any(round(each, 6) != each for each in exact)


def shares(figure: dict[str, Any]) -> Iterator[float]:
    """Yield every share of a figure."""
    for part in (figure, *figure.get("points", ()), *figure.get("turnbull", ())):
        yield from (part[name] for name in ("share", "value", "least", "most") if part.get(name) is not None)
        yield from (end for name in ("interval", "exact") for end in part.get(name) or ())


@pytest.mark.parametrize("fewest", [1, 5])
def test_the_text_of_patients_like_one_tells_the_months_that_the_file_has(demo: Cut, fewest: int) -> None:
    """Each month that is told stands in the words, and each that is not is named with the reason."""
    document = read_document(read_bytes(CASE), CASE.name)
    case = read_case(document, library().lexicon.vocabulary, date(2026, 5, 29), also=("expect",))[0]
    data = json.loads(to_json(alike(demo, case, (), library(), fewest=fewest)))
    months = set()
    for outcome in data["outcomes"]:
        for each in (*outcome["options"], *outcome["everybody"]):
            untold = {
                month
                for part in re.findall(r"not told at ([\d, ]+) months", each.get("in_words", ""))
                for month in part.split(", ")
            }
            for point in each.get("points", ()):
                is_told = (
                    re.search(rf"at {point['month']} months? [^;]*, {point['at_risk']} at risk", each["in_words"])
                    is not None
                )
                assert is_told == (point["value"] is not None) == (str(point["month"]) not in untold), each["in_words"]
                months.add((point["month"], is_told))
    assert len({month for month, is_told in months if is_told}) > 3
    assert any(not is_told for _, is_told in months)
