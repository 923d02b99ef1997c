"""The library as values that JSON can write: its guidelines, and what can be known of a patient.

Everything that claims something has its citations with their verification marks, and the answer brings the sources.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from patency.answer import example
from patency.consult.json import source_as_json, written_with
from patency.guideline.model import Gap, Guideline, Library, Overlap, Reason, Rule, Saying
from patency.language.words import to_words
from patency.source import Citation, Mark, Remark, best_mark
from patency.vocabulary import Concept, Kind, Panel, Vocabulary

GUIDELINES = "patency-guidelines/1"
GUIDELINE = "patency-guideline/1"
CONCEPTS = "patency-concepts/1"
CONCEPT = "patency-concept/1"


def guidelines_as_json(library: Library) -> dict[str, Any]:
    """List the guidelines: whose they are, for whom, whether superseded, how far reviewed and how verified."""
    listed = [_listed(each) for each in library.guidelines.values()]
    return {**written_with(library, GUIDELINES), "guidelines": listed}


def guideline_as_json(guideline: Guideline, library: Library) -> dict[str, Any]:
    """Lay out everything that a guideline says, in words, with its sources."""
    return {**written_with(library, GUIDELINE), **_Layout(library).guideline(guideline)}


def concepts_as_json(concepts: Iterable[Concept], panels: Iterable[Panel], library: Library) -> dict[str, Any]:
    """List what can be known of a patient, and the panels that ask several at once."""
    layout = _Layout(library)
    return {
        **written_with(library, CONCEPTS),
        "concepts": [layout.concept(each) for each in concepts],
        "panels": [{"name": each.name, "asks": each.asks, "members": list(each.members)} for each in panels],
        "sources": layout.sources(),
    }


def concept_as_json(concept: Concept, library: Library) -> dict[str, Any]:
    """Lay out one thing that can be known of a patient: how it is asked, answered, defined and coded."""
    layout = _Layout(library)
    return {**written_with(library, CONCEPT), "concept": layout.concept(concept), "sources": layout.sources()}


def _listed(guideline: Guideline) -> dict[str, Any]:
    marks = [best_mark(saying.citations) for rule in guideline.rules for saying in rule.says]
    return {
        "id": guideline.id,
        "title": guideline.title,
        "publisher": guideline.publisher,
        "year": guideline.year,
        "edition": guideline.edition,
        "local": guideline.is_local,
        "current": guideline.is_current,
        "supersedes": guideline.supersedes or None,
        "superseded_by": guideline.superseded_by or None,
        "decision": guideline.decision,
        "population": guideline.population_words,
        "scale": guideline.scale.title,
        "rules": len(guideline.rules),
        "reviewed": sum(1 for rule in guideline.rules if rule.review),
        "scenarios": len(guideline.scenarios),
        "opinions_by_mark": {mark.value: marks.count(mark) for mark in Mark},
        "content_hash": guideline.content_hash,
    }


class _Layout:
    """Lays out content, and notes the sources that it cites on the way."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.vocabulary: Vocabulary = library.lexicon.vocabulary
        self.cited: dict[str, None] = {}

    def sources(self) -> list[dict[str, Any]]:
        return [source_as_json(self.library.sources[name]) for name in self.cited]

    def guideline(self, guideline: Guideline) -> dict[str, Any]:
        coverage = guideline.coverage
        return {
            "guideline": _listed(guideline),
            "citation": self._cited(guideline.citations),
            "population": {
                "words": guideline.population_words,
                "when": to_words(guideline.population, self.vocabulary),
                "note": self._remarks([guideline.population_note] if guideline.population_note else []),
            },
            "scale": {
                "title": guideline.scale.title,
                "grades": [
                    {"grade": grade.id, "words": grade.words, "stance": grade.stance.value}
                    for grade in guideline.scale.grades.values()
                ],
                "citation": self._cited(guideline.scale.citations),
            },
            "rules": [self._rule(rule) for rule in guideline.rules],
            "reasons": [
                {"decision": each.decision, "rules": list(each.rules), **self._remark(each)}
                for each in guideline.reasons
            ],
            "notes": self._remarks(guideline.notes),
            "overlaps": [self._overlap(each) for each in guideline.overlaps],
            "coverage": coverage
            and {
                "says": coverage.says,
                "of": to_words(coverage.of, self.vocabulary),
                "gaps": [self._gap(gap) for gap in coverage.gaps],
            },
            "sources": self.sources(),
        }

    def _rule(self, rule: Rule) -> dict[str, Any]:
        review = rule.review
        return {
            "id": rule.id,
            "title": rule.title,
            "when": to_words(rule.when, self.vocabulary),
            "exceptions": [
                {
                    "name": each.name,
                    "when": to_words(each.when, self.vocabulary),
                    "why": each.why,
                    "citation": self._cited(each.citations),
                }
                for each in rule.exclusions
            ],
            "reviewed": review and {"by": review.by, "role": review.role, "on": review.on.isoformat()},
            "opinions": [self._saying(saying) for saying in rule.says],
            "notes": self._remarks(rule.notes),
            "citation": self._cited(rule.citations),
        }

    def _saying(self, saying: Saying) -> dict[str, Any]:
        return {
            "option": saying.option,
            "words": self.library.options[saying.option].words,
            "stance": saying.grade.stance.value,
            "grade": saying.grade.id,
            "grade_words": saying.grade.words,
            "over": saying.over or None,
            "note": saying.note or None,
            "citation": self._cited(saying.citations),
        }

    def _overlap(self, overlap: Overlap) -> dict[str, Any]:
        return {"rules": list(overlap.rules), "why": overlap.why, "citation": self._cited(overlap.citations)}

    def _gap(self, gap: Gap) -> dict[str, Any]:
        when = to_words(gap.when, self.vocabulary)
        return {"when": when, "why": gap.why, "citation": self._cited(gap.citations)}

    def concept(self, concept: Concept) -> dict[str, Any]:
        definition = self.library.lexicon.definitions.get(concept.name)
        panel = self.vocabulary.panel_of(concept.name)
        return {
            "name": concept.name,
            "type": concept.kind.value,
            "asks": concept.asks,
            "help": concept.help or None,
            "cost": concept.cost,
            "asked": concept.is_asked,
            "defined_as": to_words(definition, self.vocabulary) if definition is not None else None,
            "values": [{"value": value, "words": words} for value, words in concept.values.items()],
            "measured": measured(concept),
            "dates": concept.only_if or None,
            "panel": panel.name if panel else None,
            "example": answered(concept),
            "codes": [{"system": each.system, "code": each.code, "mark": each.mark} for each in concept.codes],
            "citation": self._cited(concept.citations),
        }

    def _remarks(self, remarks: Iterable[Remark]) -> list[dict[str, Any]]:
        return [self._remark(remark) for remark in remarks]

    def _remark(self, remark: Remark | Reason) -> dict[str, Any]:
        return {"text": remark.text, "citation": self._cited(remark.citations)}

    def _cited(self, citations: Iterable[Citation]) -> list[dict[str, Any]]:
        found = list(citations)
        self.cited.update(dict.fromkeys(each.source for each in found))
        return [{"source": each.source, "at": each.at, "mark": each.mark.value} for each in found]


def answered(concept: Concept) -> str | list[str]:
    """Show an answer to a concept, as JSON has it."""
    return list(concept.values)[:2] if concept.kind is Kind.SET else example(concept).partition(": ")[2]


def measured(concept: Concept) -> Mapping[str, Any] | None:
    """Say in which unit a number is, what the others are worth in it, and between which ends it lies."""
    if concept.kind is not Kind.NUMBER:
        return None
    unit = concept.unit if concept.unit != "1" else None
    return {"unit": unit, "also": dict(concept.units), "lowest": concept.lowest, "highest": concept.highest}
