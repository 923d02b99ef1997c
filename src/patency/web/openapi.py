"""The description of the interface for programs, as OpenAPI 3.1.

In: the table of verbs, the library, the examples. Out: the document as a value. Its schemas are made from the
vocabulary (schemas.py); its examples are the stated ones, and what they are answered with, worked out here.
Of an answer that is too long to read, an example has the first entry of every list.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import patency
from patency.document import Node, plain, to_yaml
from patency.fault import Refused
from patency.guideline.model import Library
from patency.vocabulary import Kind, Vocabulary
from patency.web.body import JSON, YAML
from patency.web.schemas import faults_as_json, ref, schemas
from patency.web.verb import ROOT, Asked, Declined, Part, Verb

LICENSE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
ABOUT = """\
What the command line says, for programs. A case is sent in the body of a request, as JSON or as a case file in YAML; \
where it says no day (`on`), it is read as of the server's own day. Nothing of it is kept, and nothing of a patient \
belongs in an address.

A case that cannot be read is refused whole, with every fault at once: where it is, what it is, why it matters, and \
how to mend it. Unknown is an answer: what is left out counts as not asked, and may be said to be not known, declined \
or not applicable. A number alone is in the concept's own unit; true and false are yes and no.

The number in the path is the version of the interface. Each answer names its format with a version of its own, the \
version of Patency, and the hash of the content that it was made from."""

_STATUSES = {
    "400": "It cannot be read.",
    "404": "There is no such thing.",
    "413": "The case is larger than any case.",
    "415": "It is neither JSON nor YAML.",
    "422": "It was read, and is refused.",
    "429": "Too much is asked at once; ask again later.",
    "default": "Whatever else cannot be answered.",
}


def description(verbs: Iterable[Verb], library: Library, examples: Mapping[str, Node]) -> dict[str, Any]:
    """Describe the interface: every verb, what it takes and gives, with examples."""
    documents = {name: without_expectations(document) for name, document in examples.items()}
    paths: dict[str, dict[str, Any]] = {}
    for verb in verbs:
        paths.setdefault(verb.path, {})[verb.method.lower()] = _operation(verb, library, documents)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Patency", "version": patency.__version__, "summary": patency.__doc__, "description": ABOUT,
                 "license": LICENSE, "x-content-hash": library.content_hash},
        # The way from this document to where the paths begin, whatever a proxy has put before them.
        "servers": [{"url": "../1"}],
        "paths": paths,
        "components": {"schemas": schemas(library), "examples": _examples(documents)},
    }  # fmt: skip


def without_expectations(document: Node) -> Node:
    """Return an example's case without the advice that it expects, which is not looked at here."""
    named = document.value if isinstance(document.value, dict) else {}
    return document._replace(value={name: node for name, node in named.items() if name != "expect"})


def _examples(documents: Mapping[str, Node]) -> dict[str, Any]:
    """Write each example in both ways in which a case may be sent."""
    found = {}
    for name, document in documents.items():
        case = plain(document)
        about = {"summary": case.get("about", name)}
        found[f"{name}.json"] = {**about, "value": case}
        found[f"{name}.yaml"] = {**about, "value": to_yaml(document)}
    return found


def _operation(verb: Verb, library: Library, documents: Mapping[str, Node]) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": verb.name, "summary": verb.says, "description": verb.about}
    parameters = [
        *(_parameter(each, "path") for each in verb.parts),
        *(_parameter(each, "query") for each in verb.queries),
    ]
    if parameters:
        described["parameters"] = parameters
    if verb.takes_case:
        described["requestBody"] = _body(documents)
    given: dict[str, Any] = {"schema": ref(verb.answers)}
    if verb.tried is not None:
        given["example"] = abridged(verb.answer(verb.tried))
    described["responses"] = {"200": {"description": verb.says, "content": {verb.media_type: given}}}
    for status in _statuses(verb):
        described["responses"][status] = {
            "description": _STATUSES[status],
            "content": {JSON: {"schema": ref("faults")}},
        }
    if verb.takes_case and documents:
        described["responses"]["422"]["content"][JSON]["examples"] = _refused(verb, library, documents)
    return described


def _statuses(verb: Verb) -> list[str]:
    found = {"400": True, "404": bool(verb.parts), "413": verb.takes_case, "415": verb.takes_case,
             "422": verb.may_refuse, "429": verb.may_wait, "default": True}  # fmt: skip
    return [status for status, is_so in found.items() if is_so]


def _parameter(part: Part, where: str) -> dict[str, Any]:
    schema = {"type": "string", **({"enum": list(part.allowed)} if part.allowed else {"maxLength": 100})}
    return {"name": part.name, "in": where, "required": where == "path", "description": part.says, "schema": schema}


def _body(names: Iterable[str]) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": ref("case")}, YAML[0]: {"schema": ref("case")}}
    for name in names:
        for media_type, ending in ((JSON, "json"), (YAML[0], "yaml")):
            shown = content[media_type].setdefault("examples", {})
            shown[name] = {"$ref": f"#/components/examples/{name}.{ending}"}
    return {"required": True, "content": content}


def _refused(verb: Verb, library: Library, documents: Mapping[str, Node]) -> dict[str, Any]:
    """Spoil an example in two places, and show with which faults it is refused."""
    asked = spoiled(plain(next(iter(documents.values()))), library.lexicon.vocabulary)
    try:
        verb.answer(Asked(body=json.dumps(asked).encode(), media_type=JSON))
    except (Refused, Declined) as refused:
        said = f"What is answered to {json.dumps(asked, ensure_ascii=False)}"
        return {"refused": {"summary": "Every fault at once", "description": said,
                            "value": faults_as_json(refused.faults, library)}}  # fmt: skip
    raise AssertionError("a case with a misspelt name and an impossible number is refused")


def spoiled(case: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return a case with the first of its numbers impossible, and the name of its last finding misspelt."""
    findings = dict(case["findings"])
    number = next(each for each in vocabulary.concepts.values() if each.kind is Kind.NUMBER and each.name in findings)
    *others, last = (name for name in findings if name != number.name)
    return {
        **case,
        "findings": {
            number.name: 2 * round(number.highest),
            **{name: findings[name] for name in others},
            f"{last}s": findings[last],
        },
    }


def abridged(value: Any) -> Any:
    """Return a value with only the first entry of each of its lists, but both ends of an interval."""
    if isinstance(value, Mapping):
        return {name: each if name.endswith("interval") else abridged(each) for name, each in value.items()}
    return [abridged(each) for each in value[:1]] if isinstance(value, list) else value


def read_aloud(described: Mapping[str, Any], examples: Mapping[str, Node]) -> dict[str, Any]:
    """Return the description for a person: its paragraphs, each verb with its parts and example, and what may go wrong."""
    operations = [
        _aloud(method, path, each) for path, methods in described["paths"].items() for method, each in methods.items()
    ]
    refused = [shown for each in operations for shown in each["refused"]]
    return {
        "paragraphs": described["info"]["description"].split("\n\n"),
        "operations": operations,
        "statuses": {status: says for status, says in _STATUSES.items() if status.isdecimal()},
        "case": next((to_yaml(without_expectations(each)) for each in examples.values()), ""),
        "refused": refused[0] if refused else "",
    }


def _aloud(method: str, path: str, described: Mapping[str, Any]) -> dict[str, Any]:
    content = described["responses"]["200"]["content"]
    shown = [each["example"] for each in content.values() if "example" in each]
    refused = described["responses"].get("422", {}).get("content", {}).get(JSON, {}).get("examples", {})
    return {
        "id": described["operationId"],
        "method": method.upper(),
        "path": f"{ROOT.removeprefix('/')}{path}",
        "says": described["summary"],
        "about": described["description"],
        "takes_case": "requestBody" in described,
        "parts": [
            {
                "name": each["name"],
                "says": each["description"],
                "allowed": each["schema"].get("enum", ()),
                "in": each["in"],
            }
            for each in described.get("parameters", ())
        ],
        "statuses": [status for status in described["responses"] if status.isdecimal()],
        "answer": json.dumps(shown[0], ensure_ascii=False, indent=2) if shown else "",
        "refused": [json.dumps(each["value"], ensure_ascii=False, indent=2) for each in refused.values()],
    }
