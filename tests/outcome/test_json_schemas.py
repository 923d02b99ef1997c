"""What `outcome like` and `outcome against` write for programs is what `patency schema` says that it is."""

import json
from contextlib import redirect_stdout
from copy import deepcopy
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from patency.casefile import read_case
from patency.cli import main
from patency.cut import Cut
from patency.document import read_bytes, read_document
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.guideline.files import CONTENT
from patency.outcome import against_text, alike_text
from patency.outcome.against import against
from patency.outcome.alike import alike
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


def test_the_schema_of_the_consult_is_printed_where_none_is_named() -> None:
    """`patency schema` says what it has always said."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(["schema"])
    assert json.loads(printed.getvalue())["properties"]["format"] == {"const": "patency-consult/4"}
