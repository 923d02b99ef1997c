"""The consult as versioned JSON, whole or in part; consult.schema.json beside this file says what it holds.

In: a Consult. Out: values that JSON can write, or the text itself. A part has the numbers of sources that the
whole has, so that the two can be laid side by side.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import patency
from patency.case import Finding
from patency.consult.beside import Conditions
from patency.consult.json_outcomes import alike_as_json, outcomes_as_json
from patency.consult.json_peers import practice_as_json
from patency.consult.page import Consult, References, heard_words
from patency.consult.said import finding_words
from patency.consult.sheets import Shown, ShownSection, ShownSheet
from patency.guideline.advise import Advice, Opinion, RuleAdvice
from patency.guideline.ask import Question
from patency.guideline.compare import Comparison, Heard
from patency.guideline.model import Library, SheetKind
from patency.language.evaluate import Trace, explain
from patency.language.words import to_words
from patency.source import Citation, Remark, Source
from patency.truth import Truth

FORMAT = "patency-consult/4"
QUESTIONS = "patency-ask/1"
COMPARISONS = "patency-compare/1"
SCHEMA = Path(__file__).with_name("consult.schema.json")


def to_json(consult: Consult, is_explained: bool = False) -> str:
    """Write the whole page as JSON; `is_explained` adds the trace of every rule."""
    return json.dumps(as_json(consult, is_explained), ensure_ascii=False, indent=2) + "\n"


def as_json(consult: Consult, is_explained: bool = False) -> dict[str, Any]:
    """Lay the whole page out as a value that JSON can write."""
    return _Layout(consult, is_explained).page()


def questions_as_json(consult: Consult) -> dict[str, Any]:
    """Lay out the questions that are still worth asking, and nothing else of the page."""
    return _Layout(consult, is_explained=False).asked()


def comparisons_as_json(consult: Consult) -> dict[str, Any]:
    """Lay out the guidelines side by side, decision by decision, and nothing else of the page."""
    return _Layout(consult, is_explained=False).compared()


def written_with(library: Library, written: str) -> dict[str, Any]:
    """Say how something is written, by which Patency, from which content, and what that is meant for."""
    return {
        "format": written,
        "patency": patency.__version__,
        "content_hash": library.content_hash,
        "intended_use": library.page.intended_use,
    }


def source_as_json(source: Source) -> dict[str, Any]:
    """Lay out a source, so that a reader can find it and sees what was read of it."""
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "authors": source.authors,
        "year": source.year,
        "where": source.where,
        "read": source.read,
    }


class _Layout:
    def __init__(self, consult: Consult, is_explained: bool) -> None:
        self.consult = consult
        self.is_explained = is_explained
        self.vocabulary = consult.library.lexicon.vocabulary
        self.references = References(consult.library.sources, consult.citations)

    def page(self) -> dict[str, Any]:
        consult, library = self.consult, self.consult.library
        cautions = [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.CONTRAINDICATIONS)]
        return {
            **written_with(library, FORMAT),
            "on": consult.case.on.isoformat(),
            "case": {
                "name": consult.case.name,
                "about": consult.case.about,
                "findings": [self._finding(finding) for finding in consult.case.findings.values()],
            },
            "policies": [
                {
                    "name": policy.name,
                    "value": policy.value,
                    "unit": policy.unit,
                    "says": policy.says,
                    "why": policy.why,
                }
                for policy in library.lexicon.policies.values()
            ],
            "expires": consult.expires and {"on": consult.expires.on.isoformat(), "why": consult.expires.why},
            "state": consult.state_words,
            "alerts": [self._shown(shown) for shown in consult.alerts],
            "cautions": cautions,
            "advice": [self._advice(advice) for advice in consult.advice],
            "compare": self._comparisons(),
            "practice": [practice_as_json(practice, self._cited) for practice in consult.practice.values()],
            "outcomes": [outcomes_as_json(each, consult.alike, self._cited) for each in consult.outcomes.values()],
            "registry": alike_as_json(consult.alike) if consult.alike else None,
            "ask": self._questions(),
            "trade_off": [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.TRADE_OFF)],
            "work_up": [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.WORK_UP)],
            "plan": [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.PROCEDURE)],
            "aftercare": [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.AFTERCARE)],
            "pitfalls": [self._sheet(sheet) for sheet in consult.of_kind(SheetKind.PITFALLS)],
            "sources": self._sources(),
        }

    def asked(self) -> dict[str, Any]:
        return {
            **written_with(self.consult.library, QUESTIONS),
            "on": self.consult.case.on.isoformat(),
            "state": self.consult.state_words,
            "questions": self._questions(),
        }

    def compared(self) -> dict[str, Any]:
        return {
            **written_with(self.consult.library, COMPARISONS),
            "on": self.consult.case.on.isoformat(),
            "compare": self._comparisons(),
            "sources": self._sources(),
        }

    def _comparisons(self) -> list[dict[str, Any]]:
        return [self._comparison(each) for each in self.consult.comparisons if each.rows]

    def _questions(self) -> list[dict[str, Any]]:
        return [self._question(question) for question in self.consult.questions]

    def _sources(self) -> list[dict[str, Any]]:
        return [{"number": number, **source_as_json(source)} for number, source in self.references.cited()]

    def _finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "concept": finding.concept,
            "words": finding_words(finding, self.vocabulary.concepts[finding.concept], self.consult.case.on),
            "written": finding.written,
            "on": finding.on.isoformat(),
            "source": finding.source,
            "absent": finding.absence.value if finding.absence else None,
            "asserted": finding.is_asserted,
            "panel": finding.panel or None,
        }

    def _cited(self, citations: Iterable[Citation]) -> list[dict[str, Any]]:
        return [
            {
                "number": self.references.number(each.source),
                "source": each.source,
                "at": each.at,
                "mark": each.mark.value,
            }
            for each in citations
        ]

    def _remarks(self, remarks: Iterable[Remark]) -> list[dict[str, Any]]:
        return [{"text": remark.text, "citation": self._cited(remark.citations)} for remark in remarks]

    def _shown(self, shown: Shown) -> dict[str, Any]:
        statement = shown.statement
        return {
            "id": statement.id,
            "text": statement.text,
            "truth": str(shown.truth),
            "if": shown.condition or None,
            "key": statement.is_key,
            "flag": statement.flag or None,
            "option": statement.option or None,
            "aspect": statement.aspect or None,
            "citation": self._cited(statement.citations),
            "but": self._remarks(statement.but),
        }

    def _section(self, section: ShownSection) -> dict[str, Any]:
        return {
            "id": section.section.id,
            "title": section.section.title,
            "strength": section.section.strength or None,
            "truth": str(section.truth),
            "if": section.condition or None,
            "statements": [self._shown(shown) for shown in section.statements],
        }

    def _sheet(self, sheet: ShownSheet) -> dict[str, Any]:
        return {
            "sheet": sheet.sheet.id,
            "title": sheet.sheet.title,
            "about": sheet.sheet.about or None,
            "truth": str(sheet.truth),
            "if": sheet.condition or None,
            "citation": self._cited(sheet.sheet.citations),
            "sections": [self._section(section) for section in sheet.sections],
        }

    def _advice(self, advice: Advice) -> dict[str, Any]:
        guideline = advice.guideline
        scope = {Truth.YES: "in scope", Truth.NO: "out of scope", Truth.UNKNOWN: "unknown"}[advice.scope]
        return {
            "guideline": guideline.id,
            "title": guideline.title,
            "publisher": guideline.publisher,
            "edition": guideline.edition,
            "content_hash": guideline.content_hash,
            "superseded_by": guideline.superseded_by or None,
            "decision": guideline.decision,
            "scope": scope,
            "population": guideline.population_words,
            "population_note": self._remarks([guideline.population_note] if guideline.population_note else []),
            "matches": [rule.rule.id for rule in advice.matches],
            "no_match": advice.finds_no_match,
            "settled": advice.is_settled,
            "exact": advice.is_exact,
            "expires": advice.expires and {"on": advice.expires.on.isoformat(), "why": advice.expires.why},
            "rules": [self._rule(rule) for rule in advice.rules],
            "notes": self._remarks(guideline.notes),
            "citation": self._cited(guideline.citations),
        }

    def _rule(self, advice: RuleAdvice) -> dict[str, Any]:
        rule = advice.rule
        written: dict[str, Any] = {
            "id": rule.id,
            "title": rule.title,
            "truth": str(advice.truth),
            "holds": str(advice.holds),
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
            "reviewed": rule.review
            and {"by": rule.review.by, "role": rule.review.role, "on": rule.review.on.isoformat()},
            "opinions": [self._opinion(opinion) for opinion in advice.opinions],
            "notes": self._remarks(rule.notes),
            "citation": self._cited(rule.citations),
        }
        if self.is_explained:
            case = self.consult.case
            written["trace"] = {
                "when": self._trace(explain(rule.when, case)),
                "exceptions": {each.name: self._trace(explain(each.when, case)) for each in rule.exclusions},
            }
        return written

    def _comparison(self, comparison: Comparison) -> dict[str, Any]:
        conditions = Conditions(comparison, self.consult.known, self.consult.library)
        return {
            "decision": comparison.decision.id,
            "asks": comparison.decision.asks,
            "columns": [advice.guideline.id for advice in comparison.columns],
            "rows": [
                {
                    "option": row.option.id,
                    "words": row.option.words,
                    "cells": {name: [self._heard(heard) for heard in cell] for name, cell in row.cells.items()},
                }
                for row in comparison.rows
            ],
            "settled": self.consult.is_settled_on(comparison.decision.id),
            "questions": len(self.consult.questions_on(comparison.decision.id)),
            "silent": [advice.guideline.id for advice in comparison.silent],
            "untold": [advice.guideline.id for advice in comparison.untold],
            "open": [
                {
                    "letter": letter,
                    "if": words,
                    "would_hold": [
                        {"guideline": advice.guideline.id, "rule": said.heard.rule.rule.id, "option": option.id}
                        for advice, option, said in conditions.would_hold.get(words, ())
                    ],
                }
                for words, letter in conditions.letters.items()
            ],
            "agreements": list(comparison.agreements),
            "differences": list(comparison.differences),
            "reasons": [
                {"guideline": advice.guideline.id, "text": reason.text, "citation": self._cited(reason.citations)}
                for advice, reason in comparison.reasons
            ],
        }

    def _heard(self, heard: Heard) -> dict[str, Any]:
        return {
            "rule": heard.rule.rule.id,
            "stance": "prefers another" if heard.preferred else heard.opinion.grade.stance.value,
            "grade": heard.opinion.grade.id,
            "holds": str(heard.holds),
            "preferred": heard.preferred and heard.preferred.id,
            "group": heard.group and heard.group.id,
            "words": heard_words(heard, self.consult.library),
            "citation": self._cited(heard.opinion.citations),
        }

    def _opinion(self, opinion: Opinion) -> dict[str, Any]:
        return {
            "option": opinion.option,
            "words": self.consult.library.options[opinion.option].words,
            "stance": opinion.grade.stance.value,
            "grade": opinion.grade.id,
            "grade_words": opinion.grade.words,
            "over": opinion.over or None,
            "note": opinion.note or None,
            "holds": str(opinion.holds),
            "settled": opinion.is_settled,
            "citation": self._cited(opinion.citations),
        }

    def _trace(self, trace: Trace) -> dict[str, Any]:
        return {
            "words": to_words(trace.term, self.vocabulary),
            "truth": str(trace.truth),
            "asserted": trace.is_asserted,
            "because": [self._trace(part) for part in trace.because],
        }

    def _question(self, question: Question) -> dict[str, Any]:
        return {
            "name": question.name,
            "panel": question.is_panel,
            "asks": question.asks,
            "concepts": list(question.concepts),
            "decision": question.decision,
            "cost": question.cost,
            "expected_sets_of_opinions": round(question.expected, 4),
            "answers": [
                {
                    "answer": answer.words,
                    "sets_of_opinions": answer.distinct(question.decision),
                    "leads_to": {
                        guideline: {rule: str(truth) for rule, truth in rules.items()}
                        for guideline, rules in answer.leads_to.items()
                    },
                    "words": self.consult.led_to(question, answer),
                }
                for answer in question.answers
            ],
        }
