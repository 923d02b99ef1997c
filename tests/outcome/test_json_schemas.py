"""What `outcome like`, `outcome against` and `outcome compare` write for programs is what `patency schema` says that it is."""

import json
from contextlib import redirect_stdout
from copy import deepcopy
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from outcome.test_comparison import made
from outcome.test_tested import with_deaths
from patency.casefile import read_case
from patency.cli import main
from patency.cut import Cut
from patency.document import read_bytes, read_document
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.guideline.files import CONTENT
from patency.outcome import against_text, alike_text, comparison_text
from patency.outcome.against import against
from patency.outcome.alike import alike
from patency.outcome.assigned import ALONE
from patency.outcome.comparison import Question, compare
from patency.outcome.read_definitions import read_definitions
from registry.made import library

CASE = Path(__file__).parents[2] / "examples" / "may-thurner.yaml"


def schema(of: str) -> Draft202012Validator:
    printed = StringIO()
    with redirect_stdout(printed):
        main(["schema", of])
    said = json.loads(printed.getvalue())
    Draft202012Validator.check_schema(said)
    return Draft202012Validator(said)


@pytest.mark.parametrize("fewest", [1, 5])
def test_patients_like_one_are_written_as_the_schema_says(demo: Cut, fewest: int) -> None:
    """Figures that are shown and figures that are withheld alike."""
    document = read_document(read_bytes(CASE), CASE.name)
    case = read_case(document, library().lexicon.vocabulary, date(2026, 5, 29), also=("expect",))[0]
    written = json.loads(alike_text.to_json(alike(demo, case, (), library(), fewest=fewest)))
    schema("alike").validate(written)
    assert written["outcomes"]


def against_all(cut: Cut) -> dict[str, dict[str, Any]]:
    evidence = read_evidence(CONTENT, library().sources, read_texts(CONTENT, library().sources), library().options)
    found = {name: against(cut, name, evidence, library()) for name in evidence.terms.claims}
    return {name: json.loads(against_text.to_json(each, evidence)) for name, each in found.items()}


def test_a_cut_against_each_claim_is_written_as_the_schema_says(demo: Cut) -> None:
    """Claims with figures, with a comparison, and with none; and the schema lets nothing else through."""
    validator, written = schema("against"), against_all(demo)
    for each in written.values():
        validator.validate(each)
    assert {each["verdict"] for each in written.values()} <= {"supports", "contrasts", "cannot tell"}
    for name in ("stances", "rule", "published"):
        spoilt = deepcopy(written["stents-70-90"])
        del spoilt[name]
        assert not validator.is_valid(spoilt)
    assert not validator.is_valid(written["stents-70-90"] | {"p": 0.04})


@pytest.mark.parametrize(
    ("name", "fewest"), [("recurrent-thrombosis", 1), ("patency-primary", 1), ("pts-attract", 5), ("villalta-last", 5)]
)
def test_a_comparison_is_written_as_the_schema_says(demo: Cut, name: str, fewest: int) -> None:
    """With tests and a hazard ratio, with a share alone, with a mean; and the schema lets nothing else through."""
    option = "thrombectomy_without_lytic" if name == "patency-primary" else ALONE
    asked = Question("pharmacomechanical", option, month=24, covariates=("age",))
    found = compare(demo, read_definitions(library().sources)[name], asked, fewest)
    written, validator = json.loads(comparison_text.to_json(found)), schema("compare")
    validator.validate(written)
    assert written["as_they_came"], written["refused"]
    assert bool(written["as_they_came"]["tests"]) is found.definition.is_time
    assert not validator.is_valid(written | {"p": 0.04})
    for left_out in ("format", "as_they_came", "reading"):
        assert not validator.is_valid({key: value for key, value in written.items() if key != left_out})
    if found.definition.is_time:
        del written["as_they_came"]["ratio"]["check"]["p"]
        assert not validator.is_valid(written)


def test_a_comparison_with_a_test_withheld_is_written_as_the_schema_says() -> None:
    """Of three deaths Gray's test has no figure, and its reason."""
    written = json.loads(comparison_text.to_json(made(*with_deaths(3, 0), fewest=5)))
    schema("compare").validate(written)
    assert written["as_they_came"]["tests"][0]["p"] is None


def test_a_comparison_that_is_refused_is_written_as_the_schema_says(demo: Cut) -> None:
    """Nobody had a procedure under anticoagulation alone from which time could run."""
    found = compare(demo, read_definitions(library().sources)["patency-primary"], Question("pharmacomechanical", ALONE))
    written = json.loads(comparison_text.to_json(found))
    schema("compare").validate(written)
    assert (written["as_they_came"], bool(written["refused"])) == (None, True)


def test_the_schema_of_the_consult_is_printed_where_none_is_named() -> None:
    """`patency schema` says what it has always said."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(["schema"])
    assert json.loads(printed.getvalue())["properties"]["format"] == {"const": "patency-consult/4"}
