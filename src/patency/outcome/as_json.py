"""A report of outcomes as data, and the schema by which another program can check it.

In: a Reported, out: JSON, format `patency-outcomes/1`. Every number carries its count, denominator, interval, unit and method;
every outcome its definition with its citations; a figure that is withheld nothing but why.
"""

import json
from collections.abc import Mapping
from typing import Any

from patency.outcome.few import Shown
from patency.outcome.numbers import Number, numbers_of
from patency.outcome.reported import Outcome, Reported, Trait
from patency.source import Citation

FORMAT = "patency-outcomes/1"
_TEXT = {"type": "string"}
_SAID = {"type": "string", "minLength": 1}
_COUNT = {"type": ["integer", "null"]}
_NUMBER = {"type": ["number", "null"]}


def _object(**fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _list(of: Mapping[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


_CITATION = _object(source=_SAID, words=_SAID, at=_TEXT, mark=_SAID)
_ONE = _object(measure=_SAID, text=_SAID, value=_NUMBER, low=_NUMBER, high=_NUMBER, count=_COUNT, of=_COUNT, month=_NUMBER,
               unit=_TEXT, method=_TEXT)  # fmt: skip
_FIGURE = _object(group=_TEXT, words=_SAID, withheld=_TEXT, units=_COUNT, patients=_COUNT, method=_TEXT, source=_SAID,
                  numbers=_list(_ONE, 1))  # fmt: skip
_DEFINITION = _object(name=_SAID, family=_SAID, title=_SAID, words=_SAID, unit=_SAID, origin=_SAID, hash=_SAID,
                      cite=_list(_CITATION, 1))  # fmt: skip
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "outcomes of a registry cut, by Patency",
    **_object(
        format={"const": FORMAT},
        label=_TEXT,
        title=_SAID,
        cut={"type": "object", "required": ["content", "registry"], "additionalProperties": _TEXT},
        source=_SAID,
        by=_TEXT,
        groups=_list(_object(name=_SAID, words=_SAID)),
        fewest={"type": "integer", "minimum": 1},
        flow=_list(_object(words=_SAID, count=_COUNT, is_out={"type": "boolean"}), 1),
        table_1=_list(_object(words=_SAID, level=_TEXT, everybody=_SAID, groups=_list(_SAID), missing=_list(_SAID), difference=_TEXT)),
        outcomes=_list(_object(definition=_DEFINITION, counts=_object() | {"additionalProperties": _COUNT}, notes=_list(_SAID),
                               figures=_list(_FIGURE, 1))),
        methods=_list(_SAID, 1),
        strobe=_list(_object(item=_SAID, asks=_SAID, answer=_SAID), 22),
        sources=_list(_CITATION),
        foot=_TEXT,
    ),
}  # fmt: skip


def to_json(reported: Reported) -> str:
    """Write a report as data."""
    return json.dumps(data_of(reported), ensure_ascii=False, indent=1) + "\n"


def data_of(reported: Reported) -> dict[str, Any]:
    """Return a report as data."""
    return {
        "format": FORMAT,
        "label": reported.label,
        "title": reported.title,
        "cut": dict(reported.cut),
        "source": reported.source,
        "by": reported.by,
        "groups": [{"name": name, "words": reported.group(name)} for name in reported.groups],
        "fewest": reported.fewest,
        "flow": [stage._asdict() for stage in reported.flow],
        "table_1": [_trait(trait) for trait in reported.traits],
        "outcomes": [_outcome(outcome, reported) for outcome in reported.outcomes],
        "methods": list(reported.methods),
        "strobe": [{"item": item, "asks": asks, "answer": answer} for item, asks, answer in reported.strobe],
        "sources": [_citation(each, reported) for each in reported.sources],
        "foot": reported.label,
    }


def estimate_json(reported: Reported) -> str:
    """Write one outcome alone as data."""
    data = data_of(reported)
    kept = ("label", "title", "cut", "source", "by", "groups", "fewest", "outcomes", "methods", "sources", "foot")
    return (
        json.dumps({"format": "patency-outcome/1", **{name: data[name] for name in kept}}, ensure_ascii=False, indent=1)
        + "\n"
    )


def _trait(trait: Trait) -> dict[str, Any]:
    return {
        "words": trait.words, "level": trait.level, "everybody": trait.everybody.text,
        "groups": [cell.text for cell in trait.groups], "missing": [cell.text for cell in trait.missing],
        "difference": trait.difference,
    }  # fmt: skip


def _outcome(outcome: Outcome, reported: Reported) -> dict[str, Any]:
    definition = outcome.definition
    return {
        "definition": {
            "name": definition.name, "family": definition.family, "title": definition.title, "words": definition.words,
            "unit": definition.unit.value, "origin": definition.origin.words, "hash": definition.content_hash,
            "cite": [_citation(each, reported) for each in definition.citations],
        },
        "counts": dict(outcome.counts),
        "notes": list(outcome.notes),
        "figures": [_figure(each, reported) for each in outcome.figures],
    }  # fmt: skip


def _figure(shown: Shown, reported: Reported) -> dict[str, Any]:
    figure = shown.figure
    return {
        "group": figure.group, "words": reported.group(figure.group), "withheld": shown.withheld,
        "units": None if shown.withheld else figure.units, "patients": None if shown.withheld else figure.patients,
        "method": "" if shown.withheld else figure.method, "source": reported.source,
        "numbers": [_number(number) for number in numbers_of(shown)],
    }  # fmt: skip


def _number(number: Number) -> dict[str, Any]:
    return number._asdict()


def _citation(citation: Citation, reported: Reported) -> dict[str, Any]:
    source = reported.references.get(citation.source)
    return {"source": citation.source, "words": source.words if source else citation.source, "at": citation.at,
            "mark": citation.mark.value}  # fmt: skip
