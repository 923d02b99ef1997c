"""The JSON Schemas of what the interface for programs takes and gives, by name, for the description in openapi.py.

The schema of a case is made from the vocabulary: a program that sends what fits it is understood. The reader
takes more than the schema says, all that a case file may hold, and may still refuse what fits it: a schema
cannot say that two answers contradict each other.

Not here: the schema of the consult, which is consult.schema.json.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import patency
from patency.case import Absence
from patency.consult.editions import FORMAT as EDITIONS
from patency.consult.json import COMPARISONS, QUESTIONS, SCHEMA
from patency.fault import CONTROL, Fault, listed
from patency.guideline.model import Library, Stance
from patency.publish.json import CONCEPT, CONCEPTS, GUIDELINE, GUIDELINES, answered, measured
from patency.source import Mark
from patency.truth import Truth
from patency.vocabulary import COSTS, Concept, Kind, Panel

Schema = dict[str, Any]

FAULTS = "patency-faults/1"
_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_YES_OR_NO: Schema = {"type": "boolean"}
_DAY: Schema = {
    "type": "string",
    "pattern": r"^((19|20|21)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|2200-01-01)$",
    "examples": ["2026-05-29"],
}
_STANCE: Schema = {"enum": [stance.value for stance in Stance]}


def ref(name: str) -> Schema:
    """Point to a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _closed(says: str = "", /, **properties: Schema) -> Schema:
    """Describe an object that has all of these and nothing else."""
    said = {"description": says} if says else {}
    return {
        **said,
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _written(written: str, says: str, /, **properties: Schema) -> Schema:
    return _closed(
        says,
        format={"const": written},
        patency=_TEXT,
        content_hash={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        intended_use=_TEXT,
        **properties,
    )


def faults_as_json(faults: Iterable[Fault], library: Library, meanwhile: Sequence[str] = ()) -> dict[str, Any]:
    """Lay out what is wrong with a request, and the alerts that stand all the same."""
    alerts = {"alerts": list(meanwhile)} if meanwhile else {}
    return {**stamp(library), "faults": [fault.shown for fault in faults], **alerts}


def stamp(library: Library) -> dict[str, str]:
    """Return what stands before the faults, whoever tells them: the format, and which Patency found them."""
    return {"format": FAULTS, "patency": patency.__version__, "content_hash": library.content_hash}


def schemas(library: Library) -> dict[str, Schema]:
    """Return every schema of the description by its name."""
    return {"case": case_schema(library), **_ANSWERS_TO_CONCEPTS, "faults": _FAULTS, **_consult(), **_ANSWERS, **_PARTS}


# What is asked.


def _words(most: int) -> Schema:
    """Describe free text: no letter in it may be unseen. Of halves of letters a schema cannot speak."""
    unseen = CONTROL.pattern.strip("[]").removesuffix("\ud800-\udfff")
    written = "".join(letter if letter == "-" or ord(letter) > 0xFFFF else f"\\u{ord(letter):04x}" for letter in unseen)
    return {"type": "string", "maxLength": most, "pattern": f"^[^{written}]*$"}


_ABSENCE: Schema = {
    "description": "Why there is no answer.",
    "enum": [*(absence.value for absence in Absence)],
}


def _dated(value: Schema) -> Schema:
    """Describe an answer with the day on which it was found and where it is from, or the reason it is absent."""
    beside = {"on": ref("day"), "from": _words(1000)}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"value": value, "absent": ref("absence"), **beside},
        "oneOf": [{"required": ["value"]}, {"required": ["absent"]}],
    }


_ANSWERS_TO_CONCEPTS: dict[str, Schema] = {
    "day": {**_DAY, "description": "A day, as in 2026-05-29."},
    "absence": _ABSENCE,
    "yes_or_no": {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}, ref("absence")]},
    "yes_or_no_found": {"anyOf": [ref("yes_or_no"), _dated(ref("yes_or_no"))]},
    "date": {
        "description": "A day, a month, or how long ago; a range where it is not known better.",
        "anyOf": [
            ref("day"),
            {
                "type": "string",
                "pattern": r"^(today|yesterday|\d{1,3}( to \d{1,3})? (day|week|month|year)s? ago"
                r"|\d{4}-\d{2}-\d{2} to \d{4}-\d{2}-\d{2})$",
                "examples": ["3 days ago", "10 to 16 days ago", "2026-05-20 to 2026-05-26"],
            },
            ref("absence"),
        ],
    },
    "date_found": {"anyOf": [ref("date"), _dated(ref("date"))]},
}


def case_schema(library: Library) -> Schema:
    """Describe a case: one property for each thing that can be known, and for each panel that asks several."""
    vocabulary = library.lexicon.vocabulary
    findings: dict[str, Schema] = {each.name: _finding(each) for each in vocabulary.concepts.values()}
    findings |= {each.name: _panel(each) for each in vocabulary.panels.values()}
    return {
        "description": "What is known of one patient on one day. What is left out counts as not asked. What an example expects "
        "of its advice (`expect`) may stand beside it, and is not looked at.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "case": {"description": "A name for the case; never the patient's.", **_words(300)},
            "about": {"description": "The case in a sentence.", **_words(3000)},
            "on": {
                "description": "The day the page is as of; the server's own day where it is left out.",
                **ref("day"),
            },
            "findings": {"type": "object", "additionalProperties": False, "properties": findings},
        },
    }


def _finding(concept: Concept) -> Schema:
    said: Schema = {"title": concept.asks, **({"description": concept.help} if concept.help else {})}
    if concept.kind in (Kind.YES_NO, Kind.DATE):
        return {**said, **ref("date_found" if concept.kind is Kind.DATE else "yes_or_no_found")}
    value = {"anyOf": [*_VALUES[concept.kind](concept), ref("absence")]}
    return {**said, "anyOf": [value, _dated(value)], "examples": [answered(concept)]}


def _amount(concept: Concept) -> Iterable[Schema]:
    """Describe a number: in the concept's own unit where none is written."""
    about = measured(concept) or {}
    units = [each for unit in (about["unit"], *about["also"]) if unit for each in _spelled(unit)]
    unit = f"( ?({'|'.join(re.escape(each) for each in units)}))?" if units else ""
    within = {"minimum": about["lowest"], "maximum": about["highest"]}
    said = f"In {listed(units)}; a number alone is in {units[0]}." if units else "A number without a unit."
    number = r"\d{1,7}(\.\d{1,4})?"
    yield {"type": "number", **within}
    yield {"description": said, "type": "string", "pattern": f"^((<|<=|>|>=) ?{number}|{number}( to {number})?){unit}$"}


def _spelled(unit: str) -> list[str]:
    return [unit, f"{unit}s"] if unit in ("day", "week", "month", "year") else [unit]


def _choice(concept: Concept) -> Iterable[Schema]:
    """Describe one answer of several, or those that it may still be."""
    value = f"({'|'.join(concept.values)})"
    words = "; ".join(f"{name}: {words}" for name, words in concept.values.items())
    yield {"description": words, "enum": list(concept.values)}
    yield {"description": "Those that are still possible.", "type": "string", "pattern": f"^{value}( or {value})+$",
           "maxLength": 300}  # fmt: skip


def _set(concept: Concept) -> Iterable[Schema]:
    """Describe a set: its members and no others, or some that it has and some that it has not."""
    members: Schema = {"type": "array", "uniqueItems": True, "items": {"enum": list(concept.values)}}
    words = "; ".join(f"{name}: {words}" for name, words in concept.values.items())
    yield {"description": f"These, and no other. {words}", **members, "minItems": 1}
    yield {"const": "none"}
    yield _some(members)


def _some(members: Schema) -> Schema:
    return {"description": "Some that there are, and some that there are not; of the rest nothing is known.",
            "type": "object", "additionalProperties": False, "minProperties": 1,
            "properties": {"includes": members, "excludes": members}}  # fmt: skip


_VALUES = {Kind.NUMBER: _amount, Kind.CHOICE: _choice, Kind.ORDERED: _choice, Kind.SET: _set}


def _panel(panel: Panel) -> Schema:
    members: Schema = {"type": "array", "uniqueItems": True, "items": {"enum": list(panel.members)}}
    return {
        "title": panel.asks,
        "description": "Those that are present, and no other; or none; or some of either; or why there is no answer.",
        "anyOf": [
            members,
            _some(members),
            {"enum": ["none", "none of these"]},
            ref("absence"),
        ],
    }


# What is answered.


def _consult() -> dict[str, Schema]:
    """Return the schema of the consult and those that it is made of, under the names of the description."""
    written = SCHEMA.read_text(encoding="utf-8").replace('"#/$defs/', '"#/components/schemas/')
    whole: Schema = json.loads(written)
    del whole["$schema"]
    parts: Mapping[str, Schema] = whole.pop("$defs")
    return {"consult": whole, **parts}


def _part_of_consult(name: str) -> Schema:
    return ref(f"consult/properties/{name}")


_FAULTS: Schema = {
    "description": "What is wrong with a request, all of it at once.",
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "patency", "content_hash", "faults"],
    "properties": {
        "format": {"const": FAULTS},
        "patency": _TEXT,
        "content_hash": _TEXT,
        "faults": {
            "type": "array",
            "minItems": 1,
            "items": _closed(
                where={**_TEXT, "description": "The way to it in JSON (findings.age), or its line in YAML (the case:7)."},
                what={**_TEXT, "description": "What is wrong."},
                why={**_TEXT, "description": "Why it matters."},
                fix={**_TEXT, "description": "How to mend it."},
            ),
        },
        "alerts": {
            "description": "Of a case that is refused, what cannot wait until it is mended: what stands whatever is wrong, then "
                           "what each doubtful finding alone would call for, with its sources. Missing where there is none.",
            "type": "array",
            "minItems": 1,
            "items": _TEXT,
        },
    },
}  # fmt: skip

_CITATION = _closed("A passage, and how it was verified.", source=_TEXT, at=_TEXT,
                    mark={"enum": [mark.value for mark in Mark]})  # fmt: skip
_CITED = _list_of(ref("passage"))
_SOURCE = _closed(
    "A document that is quoted: where to find it, and what was read of it.",
    id=_TEXT, kind=_TEXT, title=_TEXT, authors=_TEXT, year={"type": "integer"}, where=_TEXT, read=_TEXT,
)  # fmt: skip
_SAID = _closed(text=_TEXT, citation=_CITED)
_HEARD = _closed(
    rule=_TEXT, grade=_TEXT, words=_TEXT, stance=_STANCE, preferred=_MAYBE, group=_MAYBE, note=_MAYBE, citation=_CITED
)  # fmt: skip
_SIDE = _closed(
    "Whether an edition speaks for such patients, and which of its rules hold for them.",
    scope={"enum": [str(truth) for truth in Truth]},
    rules=_list_of(_closed(id=_TEXT, title=_TEXT)),
)
_LISTED = _closed(
    "A guideline: whose, for whom, which edition, how far it was reviewed by clinicians, and how its opinions were verified.",
    id=_TEXT, title=_TEXT, publisher=_TEXT, year={"type": "integer"}, edition=_TEXT, local=_YES_OR_NO, current=_YES_OR_NO,
    supersedes=_MAYBE, superseded_by=_MAYBE, decision=_TEXT, population=_TEXT, scale=_TEXT, rules=_COUNT, reviewed=_COUNT,
    scenarios=_COUNT, opinions_by_mark=_closed(**{mark.value: _COUNT for mark in Mark}), content_hash=_TEXT,
)  # fmt: skip
_RULE = _closed(
    id=_TEXT, title=_TEXT, when=_TEXT,
    exceptions=_list_of(_closed(name=_TEXT, when=_TEXT, why=_TEXT, citation=_CITED)),
    reviewed={"oneOf": [{"type": "null"}, _closed(by=_TEXT, role=_TEXT, on=_DAY)]},
    opinions=_list_of(_closed(option=_TEXT, words=_TEXT, stance=_STANCE, grade=_TEXT, grade_words=_TEXT,
                              over=_MAYBE, note=_MAYBE, citation=_CITED)),
    notes=_list_of(ref("said")), citation=_CITED,
)  # fmt: skip
_CONCEPT = _closed(
    "Something that can be known of a patient: how it is asked and answered, what it costs to find out, what defines it.",
    name=_TEXT, type={"enum": [kind.value for kind in Kind]}, asks=_TEXT, help=_MAYBE, cost={"enum": list(COSTS)},
    asked=_YES_OR_NO, defined_as=_MAYBE, values=_list_of(_closed(value=_TEXT, words=_TEXT)),
    measured={"oneOf": [{"type": "null"}, _closed(
        unit=_MAYBE, also={"type": "object", "additionalProperties": {"type": "number"}},
        lowest={"type": "number"}, highest={"type": "number"},
    )]},
    dates=_MAYBE, panel=_MAYBE, example={"anyOf": [_TEXT, _list_of(_TEXT)]},
    codes=_list_of(_closed(system=_TEXT, code=_TEXT, mark=_TEXT)), citation=_CITED,
)  # fmt: skip

# The citations of the consult carry the number under which it lists their source; those here have none.
_PARTS: dict[str, Schema] = {
    "passage": _CITATION, "document": _SOURCE, "said": _SAID, "rating": _HEARD, "side": _SIDE,
    "listed_guideline": _LISTED, "guideline_rule": _RULE, "concept_entry": _CONCEPT,
}  # fmt: skip

_ANSWERS: dict[str, Schema] = {
    "questions": _written(
        QUESTIONS, "The questions that are still worth asking, most telling first.",
        on=_DAY, state=_TEXT, questions=_part_of_consult("ask"),
    ),
    "comparisons": _written(
        COMPARISONS, "The guidelines side by side, decision by decision. Numbers of sources are those of the consult.",
        on=_DAY, compare=_part_of_consult("compare"), sources=_part_of_consult("sources"),
    ),
    "editions": _written(
        EDITIONS, "Every kind of patient whose rating differs between two editions, each with an example as a case file.",
        older=_TEXT, newer=_TEXT, supersedes=_YES_OR_NO,
        changes=_list_of(_closed(
            number=_COUNT, decision=_TEXT, older=ref("side"), newer=ref("side"),
            ratings=_list_of(_closed(option=_TEXT, words=_TEXT, changed=_YES_OR_NO,
                                     older=_list_of(ref("rating")), newer=_list_of(ref("rating")))),
            only_words=_YES_OR_NO, sum_of=_list_of(_COUNT), example=_TEXT,
        )),
    ),
    "guidelines": _written(GUIDELINES, "The guidelines of the library.", guidelines=_list_of(ref("listed_guideline"))),
    "guideline": _written(
        GUIDELINE, "Everything that one guideline says, in words, with its sources.",
        guideline=ref("listed_guideline"), citation=_CITED,
        population=_closed(words=_TEXT, when=_TEXT, note=_list_of(ref("said"))),
        scale=_closed(title=_TEXT, grades=_list_of(_closed(grade=_TEXT, words=_TEXT, stance=_STANCE)), citation=_CITED),
        rules=_list_of(ref("guideline_rule")),
        reasons=_list_of(_closed(decision=_TEXT, rules=_list_of(_TEXT), text=_TEXT, citation=_CITED)),
        notes=_list_of(ref("said")),
        overlaps=_list_of(_closed(rules=_list_of(_TEXT), why=_TEXT, citation=_CITED)),
        coverage={"oneOf": [{"type": "null"}, _closed(
            says=_TEXT, of=_TEXT, gaps=_list_of(_closed(when=_TEXT, why=_TEXT, citation=_CITED)))]},
        sources=_list_of(ref("document")),
    ),
    "concepts": _written(
        CONCEPTS, "What can be known of a patient, and the panels that ask several at once.",
        concepts=_list_of(ref("concept_entry")),
        panels=_list_of(_closed(name=_TEXT, asks=_TEXT, members=_list_of(_TEXT))), sources=_list_of(ref("document")),
    ),
    "concept": _written(
        CONCEPT, "One thing that can be known of a patient.", concept=ref("concept_entry"), sources=_list_of(ref("document"))
    ),
    "schema": {"description": "A JSON Schema.", "type": "object", "required": ["$schema"],
               "properties": {"$schema": _TEXT}},
    "description": {"description": "This description.", "type": "object", "required": ["openapi", "paths"],
                    "properties": {"openapi": _TEXT, "paths": {"type": "object"}}},
}  # fmt: skip
