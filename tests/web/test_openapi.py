"""The description of the interface for programs: it is whole, it is valid, and what it shows is so."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jsonschema
import pytest
import schemathesis
from starlette.applications import Starlette

import patency
from patency.document import plain
from patency.guideline.files import content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.vocabulary import Kind
from patency.web.api import Interface
from patency.web.app import application
from patency.web.openapi import abridged
from patency.web.verb import ROOT

from .programs import JSON, YAML, Answer, app_of, ask, fits, interface, stated_examples, validator_of

BASE = Path(__file__).parents[1] / "refused" / "base"


@pytest.fixture(scope="module")
def asked(library: Library) -> Interface:
    return interface(library)


@pytest.fixture(scope="module")
def app(asked: Interface) -> Starlette:
    return app_of(asked)


@pytest.fixture(scope="module")
def described(app: Starlette) -> Any:
    return ask(app, "GET /api/1/openapi.json").json


def operations(described: Any) -> list[tuple[str, str, Any]]:
    return [
        (method.upper(), path, each) for path, methods in described["paths"].items() for method, each in methods.items()
    ]


def test_it_is_valid_openapi(described: Any) -> None:
    """By the published schema of OpenAPI 3.1; and so is each of the schemas in it, by that of JSON Schema."""
    schemathesis.openapi.from_dict(described).validate()
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_nothing_is_pointed_to_that_is_not_there(described: Any) -> None:
    """Every reference leads somewhere within the description."""
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)))
    assert references
    for reference in references:
        found = described
        for step in reference.split("/"):
            found = found[step]


def test_every_route_is_described_and_every_verb_has_a_route(asked: Interface, described: Any) -> None:
    """One table makes both."""
    routed = {route.path.removeprefix(ROOT) for route in asked.routes() if route.path.startswith(ROOT)}

    assert routed == set(described["paths"])
    assert [each["operationId"] for _, _, each in operations(described)] == [verb.name for verb in asked.verbs]


def test_it_leads_to_the_paths_wherever_it_stands(described: Any) -> None:
    """The way from the description to its server holds under whatever path a proxy has put before it."""
    (server,) = described["servers"]

    assert (
        urljoin("https://ward.example/tools/patency/api/1/openapi.json", server["url"])
        == "https://ward.example/tools/patency/api/1"
    )


def test_it_says_by_what_it_was_made(described: Any, library: Library) -> None:
    """Patency's version, and the hash of the content."""
    assert described["info"]["version"] == patency.__version__
    assert described["info"]["x-content-hash"] == library.content_hash


def test_the_stated_examples_are_those_of_the_description(described: Any) -> None:
    """Each as JSON and as YAML, without the advice that it expects, and each fits the schema of a case."""
    shown = described["components"]["examples"]
    for name, document in stated_examples().items():
        case = {part: value for part, value in plain(document).items() if part != "expect"}
        assert shown[f"{name}.json"]["value"] == case
        fits(case, "case", described)
    assert len(shown) == 2 * len(stated_examples())


def test_both_ways_of_an_example_are_answered_alike(app: Starlette, described: Any) -> None:
    """What is shown can be sent as it stands."""
    shown = described["components"]["examples"]
    for name in ("acute-severe-adult", "onset-vague", "after-stent"):
        as_json = ask(app, "POST /api/1/ask", json.dumps(shown[f"{name}.json"]["value"]), JSON)
        as_yaml = ask(app, "POST /api/1/ask", shown[f"{name}.yaml"]["value"], YAML)
        assert (as_json.status, as_json.json) == (200, as_yaml.json)


def test_each_example_of_an_answer_is_the_answer(app: Starlette, asked: Interface, described: Any) -> None:
    """Abridged to the first entry of every list, and of the form that is described."""
    tried = {verb.name: verb for verb in asked.verbs if verb.tried}
    assert len(tried) == 8
    for method, path, operation in operations(described):
        verb = tried.get(operation["operationId"])
        if verb is None or verb.tried is None:
            continue
        (content,) = operation["responses"]["200"]["content"].values()
        query = "&".join(f"{name}={value}" for name, value in verb.tried.query.items())
        line = f"{method} {ROOT}{path.format(**verb.tried.path)}?{query}"
        answer = ask(app, line, verb.tried.body, {"content-type": verb.tried.media_type})
        assert content["example"] == abridged(answer.json)
        fits(content["example"], content["schema"]["$ref"].rpartition("/")[2], described)


def test_the_example_of_a_refusal_is_how_it_is_refused(app: Starlette, described: Any) -> None:
    """The worked patient, with an impossible number and a name misspelt; both are told, each with its mending."""
    for path in ("/consult", "/ask", "/compare"):
        (shown,) = described["paths"][path]["post"]["responses"]["422"]["content"]["application/json"][
            "examples"
        ].values()
        sent = shown["description"].removeprefix("What is answered to ")
        answer = ask(app, f"POST {ROOT}{path}", sent, JSON)
        assert (answer.status, answer.json) == (422, shown["value"])
        assert [each["where"] for each in answer.json["faults"]] == ["findings.age", "findings.otherwise_healthys"]


def test_a_case_has_a_property_for_all_that_can_be_known(described: Any, library: Library) -> None:
    """Each concept with its question, each panel with its members, and nothing else."""
    vocabulary = library.lexicon.vocabulary
    findings = described["components"]["schemas"]["case"]["properties"]["findings"]

    assert list(findings["properties"]) == [*vocabulary.concepts, *vocabulary.panels]
    assert findings["additionalProperties"] is False
    for name, concept in vocabulary.concepts.items():
        assert findings["properties"][name]["title"] == concept.asks


SENT = """
    fits     age      45
    fits     age      45.5
    fits     age      "45 years"
    fits     age      "10 to 16 years"
    fits     age      "< 18"
    fits     age      "3 months"
    fits     age      "not known"
    fits     age      {"value": 45, "on": "2026-05-01", "from": "the letter"}
    fits     age      {"absent": "declined"}
    unfit    age      -1
    unfit    age      121
    unfit    age      "45 pounds"
    unfit    age      null
    unfit    age      {"value": 45, "absent": "declined"}
    fits     pain     "mild"
    fits     pain     "mild or severe"
    unfit    pain     "bad"
    unfit    pain     ["mild"]
    fits     swollen  true
    fits     swollen  "no"
    unfit    swollen  "perhaps"
    unfit    swollen  1
    fits     veins    ["iliac"]
    fits     veins    "none"
    fits     veins    {"includes": ["iliac"], "excludes": ["femoral"]}
    unfit    veins    ["aorta"]
    unfit    veins    {"includes": ["iliac"], "without": []}
    fits     onset    "3 days ago"
    fits     onset    "2026-05-20 to 2026-05-26"
    fits     onset    "2026-05-26"
    unfit    onset    "26/05/2026"
    fits     looks    ["blue"]
    fits     looks    "none of these"
    unfit    looks    ["green"]
    unfit    sied     "left"
"""


@pytest.mark.parametrize("row", SENT.strip().splitlines())
def test_what_fits_the_schema_of_a_case_is_understood(row: str) -> None:
    """And what does not is refused: the two agree on the answers that programs give."""
    small = interface(read_library(content_files(BASE)), {})
    described = small.description
    kind, name, sent = row.split(maxsplit=2)
    case = {"on": "2026-05-29", "findings": {name: json.loads(sent)}}

    assert validator_of("case", described).is_valid(case) is (kind == "fits")
    assert (ask(app_of(small), "POST /api/1/ask", json.dumps(case), JSON).status == 200) is (kind == "fits")


def test_every_number_may_be_written_in_each_of_its_units(described: Any, library: Library) -> None:
    """Whatever unit a laboratory uses, so long as it is known."""
    check = validator_of("case", described)
    numbers = [each for each in library.lexicon.vocabulary.concepts.values() if each.kind is Kind.NUMBER]
    for concept in numbers:
        for unit in (concept.unit, *concept.units):
            written = f"1 {unit}" if unit != "1" else "1"
            assert check.is_valid({"findings": {concept.name: written}}), (concept.name, unit)


def test_a_library_of_few_things_is_described_as_well() -> None:
    """One guideline, no older edition, no example: what there is no example of is described without one."""
    described = interface(read_library(content_files(BASE)), {}).description

    schemathesis.openapi.from_dict(json.loads(json.dumps(described))).validate()
    editions = described["paths"]["/compare/editions/{older}/{newer}"]["get"]
    assert "example" not in editions["responses"]["200"]["content"]["application/json"]


def test_the_patients_of_the_library_serve_as_examples(library: Library) -> None:
    """Where no other case files are given; each fits the schema of a case."""
    described = ask(application(library), "GET /api/1/openapi.json").json
    examples = described["components"]["examples"]

    assert {name for name in examples if name.endswith(".json")} == {
        f"{patient.name}.json" for patient in library.patients
    }
    for patient in library.patients:
        fits(examples[f"{patient.name}.json"]["value"], "case", described)


@pytest.fixture(scope="module")
def page(library: Library) -> Any:
    return ask(application(library), "GET /api")


def test_the_page_for_people_shows_the_whole_table(page: Answer, asked: Interface) -> None:
    """Every verb with its path and what it says, a case, an answer, and a refusal."""
    shown = page.body.decode()

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for verb in asked.verbs:
        assert f"<code><b>{verb.method}</b> {ROOT}{verb.path}</code>" in shown
        assert f'<h2 id="{verb.name}">{verb.says}</h2>' in shown
    assert "healthy-severe" in shown
    assert "it lies between 0 and" in shown
    assert "style=" not in shown
    assert "<script" not in shown


def test_the_page_for_people_leads_to_the_description(page: Answer, library: Library) -> None:
    """By links that hold under any path; and its address is one, for with a slash its links would lead elsewhere."""
    links = set(re.findall(r'href="([^"#]+)"', page.body.decode()))

    assert {"api/1/openapi.json", "api/1/schema"} <= links
    assert not any(link.startswith(("/", "http")) for link in links)
    answer = ask(application(library), "GET /api/")
    assert (answer.status, answer.headers["location"]) == (307, "../api")
