"""Every output is walked: no figure or table without definition, denominators and source, and nothing small in any of them."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from outcome.test_few import FEWEST
from patency.cut import Cut
from patency.outcome.as_json import SCHEMA, estimate_json
from patency.outcome.definition import Definition
from patency.outcome.methods import methods_of
from patency.outcome.numbers import numbers_of
from patency.outcome.read_definitions import read_definitions
from patency.outcome.report import Reported, estimate, report, to_csv, to_json, to_markdown
from patency.outcome.reported import Stage
from patency.outcome.strobe import AUTHORS, ITEMS
from patency.outcome.text import to_text
from registry.made import library

DEFINITIONS: Mapping[str, Definition] = read_definitions(library().sources)
PERCENT = re.compile(r"\d%")
OF = re.compile(r"\bof \d")
INTERVAL = re.compile(r"\d%? to \d|no interval|no lower end")
WIDE = 100_000


def lived(cut: Cut) -> Cut:
    """The same cut as if patients had lived in it, so that small cells must be withheld."""
    return cut._replace(manifest=cut.manifest._replace(label=""))


@pytest.fixture(scope="module", params=["synthetic", "as if they had lived"])
def reported(request: pytest.FixtureRequest, demo: Cut) -> Reported:
    cut = demo if request.param == "synthetic" else lived(demo)
    return report(cut, list(DEFINITIONS.values()), library())


def holds(text: str) -> None:
    """A percentage has its denominator and its interval, or says why there is none."""
    if PERCENT.search(text):
        assert OF.search(text), text
        assert INTERVAL.search(text), text


def test_every_row_of_the_csv_has_definition_denominator_method_and_source(reported: Reported) -> None:
    """A row of the table stands by itself: what was counted, in whom, of how many, how, and of which cut."""
    rows = list(csv.DictReader(io.StringIO(to_csv(reported))))
    assert {row["part"] for row in rows} == {"flow", "table 1", "outcome"}
    assert {row["outcome"] for row in rows} >= set(DEFINITIONS)
    for row in rows:
        assert row["definition"]
        assert row["group"]
        assert row["measure"]
        assert row["unit"]
        assert row["method"]
        assert reported.cut["content"][:16] in row["source"]
        assert row["label"].lstrip("'") == reported.label
        is_withheld = row["text"].startswith(("withheld", "not shown", "nobody"))
        assert row["denominator"] or is_withheld or "not known" in row["text"] or row["measure"] == "counted"
        holds(row["text"])
        if row["part"] == "outcome":
            assert DEFINITIONS[row["outcome"]].words.startswith(row["definition"][:40])
            assert row["defined_by"]
        if row["text"].startswith("not shown") and row["measure"] == "withheld":
            assert not any(row[name] for name in ("value", "low", "high", "count", "denominator", "units", "patients"))


def test_the_data_keep_their_schema_and_every_number_its_parts(reported: Reported) -> None:
    """The JSON fits its schema; a share has value, denominator and unit; a figure withheld has no number in it."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(to_json(reported))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    for outcome in data["outcomes"]:
        assert outcome["definition"]["cite"]
        for figure in outcome["figures"]:
            assert figure["source"] == reported.source
            for number in figure["numbers"]:
                holds(number["text"])
                assert number["value"] is None or number["of"] is not None
                if figure["withheld"]:
                    assert {number[name] for name in ("value", "low", "high", "count", "of")} == {None}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate({**data, "figures": 1})


def sections(text: str) -> Iterator[tuple[str, list[str]]]:
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, *lines = section.splitlines()
        yield head, lines


def test_every_section_of_the_markdown_names_its_definition_and_source(reported: Reported) -> None:
    """Over each table stands what it is of; each percentage in it has its denominator and interval."""
    text = to_markdown(reported)
    found = dict(sections(text))
    for outcome in reported.outcomes:
        said = "\n".join(found[outcome.definition.title.replace("_", "\\_")])
        assert f"Definition `{outcome.definition.name}`: " in said
        assert "Defined by: " in said
        assert "Counted from: " in said
        assert all(each.withheld or not each.figure.units for each in outcome.figures) or "Method: " in said
        assert (reported.label == "") or "SYNTHETIC" in said
    for head, lines in found.items():
        tables = [line for line in lines if line.startswith("|")]
        if tables and head not in ("STROBE",):
            assert any(reported.cut["content"][:16] in line for line in lines), head
        for line in tables if head not in ("STROBE",) else ():
            for each in line.split(" | "):
                holds(each.replace("\\", ""))


def test_every_outcome_is_told_at_a_terminal_with_what_it_rests_on(demo: Cut) -> None:
    """Label first and last, the definition, its source, the cut, the method; counts beside each percentage."""
    for name, definition in DEFINITIONS.items():
        for cut in (demo, lived(demo)):
            found = estimate(cut, definition, library(), "option", until=12.0)
            lines = to_text(found, WIDE).splitlines()
            assert lines[0] == lines[-1] == cut.manifest.warning or not cut.manifest.warning
            assert definition.words in lines
            assert any(found.cut["content"] in line for line in lines)
            for line in lines:
                if line.startswith("  ") and not line.startswith(("  -", "  method")):
                    holds(line)
            data: dict[str, Any] = json.loads(estimate_json(found))
            assert data["outcomes"][0]["definition"]["name"] == name
            assert data["label"] == data["foot"] == cut.manifest.warning


def test_nothing_small_stands_in_a_report_of_patients_who_lived(demo: Cut) -> None:
    """No count of 1 to 4 people is in the flow, in Table 1 or among the counts and figures of the outcomes."""
    found = report(lived(demo), list(DEFINITIONS.values()), library())
    assert found.fewest == FEWEST
    data = json.loads(to_json(found))
    for stage in data["flow"]:
        assert stage["count"] is None or not 0 < stage["count"] < FEWEST, stage
    for row in data["table_1"]:
        for text in (row["everybody"], *row["groups"], *row["missing"]):
            if re.match(r"\d+,? of", text):
                assert not 0 < int(text.split()[0].rstrip(",")) < FEWEST, row
    withheld = 0
    for outcome in data["outcomes"]:
        for many in outcome["counts"].values():
            assert many is None or not 0 < many < FEWEST, outcome["counts"]
        for figure in outcome["figures"]:
            withheld += bool(figure["withheld"])
            for number in figure["numbers"]:
                assert number["count"] is None or not 0 < number["count"] < FEWEST, number
    assert withheld


def test_the_list_of_strobe_has_its_22_items_and_says_which_are_the_authors(reported: Reported) -> None:
    """Each item has a fact of the cut, or says that it is for the authors to write."""
    assert [number for number, _ in ITEMS] == [str(number) for number in range(1, 23)]
    answers = {number: answer for number, _, answer in reported.strobe}
    assert answers["2"] == answers["22"] == AUTHORS
    assert "patients in the cut" in answers["13"]
    assert DEFINITIONS["patency-primary"].title in answers["7"]


def test_the_list_of_strobe_names_every_further_analysis_that_is_shown(demo: Cut, reported: Reported) -> None:
    """Groups, Turnbull's curve, exact intervals, several definitions of one outcome; or that there is none."""
    (answer,) = [answer for number, _, answer in reported.strobe if number == "17"]
    assert "groups by" in answer
    named = answer.partition("Turnbull's estimate beside the naive curve (")[2].partition(")")[0].split("; ")
    shown = [
        each.definition.title
        for each in reported.outcomes
        if any("by Turnbull" in number.text for figure in each.figures for number in numbers_of(figure))
    ]
    assert shown
    assert set(named) >= set(shown)
    assert all(
        each in [o.definition.title for o in reported.outcomes if o.definition.is_seen_at_visits] for each in named
    )
    assert "exact intervals beside Wilson's" in answer
    several = report(demo, [DEFINITIONS["patency-primary"], DEFINITIONS["patency-secondary"]], library(), by="")
    (answer,) = [answer for number, _, answer in several.strobe if number == "17"]
    assert "several definitions of one family (patency: patency-primary, patency-secondary)" in answer
    plain = report(demo, [DEFINITIONS["death"]], library(), by="")
    (answer,) = [answer for number, _, answer in plain.strobe if number == "17"]
    assert answer == "No other analysis stands in this report."


def test_that_no_cell_was_withheld_is_said_only_where_none_was(demo: Cut) -> None:
    """A cut may itself say no more of some than that they are few: then that stands in the methods."""
    stages = Stage("patients in the cut", 300, is_out=False), Stage("refused: not in the cut", None, is_out=True)
    whole, withheld = (" ".join(methods_of(demo, (), "", 1, stages[:many])) for many in (1, 2))
    assert "No cell was withheld for being small" in whole
    assert "No cell was withheld" not in withheld
    assert "fewer than 5: refused: not in the cut. Beyond that no cell was withheld" in withheld
    found = report(demo, [DEFINITIONS["death"]], library())
    assert any(stage.count is None for stage in found.flow) != any(
        "No cell was withheld" in each for each in found.methods
    )


def test_the_flow_goes_from_the_screened_to_the_analysed(demo: Cut) -> None:
    """Who was entered in the log was enrolled, or left for a reason; each outcome says how many were analysed."""
    found = report(demo, [DEFINITIONS["patency-primary"]], library())
    stages = {stage.words: stage.count for stage in found.flow}
    out = [stage.count or 0 for stage in found.flow if stage.words.startswith("not enrolled")]
    assert stages["entered in the screening log"] == sum(out) + (stages["enrolled, by the screening log"] or 0)
    analysed = stages[f"{DEFINITIONS['patency-primary'].title}: limbs analysed"]
    assert analysed == found.outcomes[0].figures[0].figure.units
    assert analysed == demo.manifest.tables["limb"].rows - sum(
        stage.count or 0
        for stage in found.flow
        if stage.is_out and stage.words.startswith(DEFINITIONS["patency-primary"].title)
    )
