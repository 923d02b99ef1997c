"""What surveyed peers say, as values that JSON can write; consult.schema.json says what they hold."""

from collections.abc import Callable, Iterable
from typing import Any

from patency.consult.peers import Practice, Told
from patency.consult.said_by_peers import LABEL, share_words
from patency.practice.published import Published, PublishedAnswer, is_by_arithmetic
from patency.source import Citation

Cited = Callable[[Iterable[Citation]], list[dict[str, Any]]]


def practice_as_json(practice: Practice, cited: Cited) -> dict[str, Any]:
    """Lay out what peers say on one decision; `cited` numbers citations as the page does."""
    return {
        "decision": practice.decision.id,
        "asks": practice.decision.asks,
        "label": LABEL,
        "accord": practice.accord.value,
        "sentence": practice.sentence or None,
        "sentence_citation": cited(practice.sentence_cites),
        "unasked": practice.unasked if practice.options else None,
        "questions": [_question(told, cited) for told in (*practice.speaking, *practice.open)],
    }


def survey_as_json(survey: Published) -> dict[str, Any]:
    """Lay out who was asked, through what and when, and how many; null is what was not published."""
    return {
        "id": survey.id,
        "kind": survey.kind,
        "short": survey.short,
        "title": survey.title,
        "year": survey.year,
        "asked": survey.asked,
        "through": survey.through,
        "field": survey.field,
        "invited": survey.invited,
        "answered": survey.answered,
        "analysed": survey.analysed,
        "population": survey.population,
        "label": survey.label or None,
        "local": survey.is_local,
    }


def _question(told: Told, cited: Cited) -> dict[str, Any]:
    question = told.question
    return {
        "question": question.id,
        "survey": survey_as_json(told.survey),
        "asks": question.asks,
        "given": told.given or None,
        "given_short": told.in_short or None,
        "truth": str(told.truth),
        "if": told.condition or None,
        "form": question.form,
        "counted": question.unit,
        "base": question.base,
        "base_mark": question.base_mark.value if question.base is not None else None,
        "base_note": question.base_note or None,
        "topic": question.topic or None,
        "same_question_as": list(told.twins),
        "note": question.note or None,
        "lead": told.lead or None,
        "accord": told.accord.value,
        "sentence": told.sentence or None,
        "others": question.rest,
        "answers": [_answer(told, answer) for answer in question.answers],
        "citation": cited(told.citations),
    }


def _answer(told: Told, answer: PublishedAnswer) -> dict[str, Any]:
    question = told.question
    share, interval = question.share(answer), question.interval(answer)
    return {
        "answer": answer.id,
        "words": answer.words,
        "options": list(told.options(answer)),
        "only": told.only(answer) or None,
        "percent": answer.percent or None,
        "count": answer.count,
        "of": share.of if share else None,
        "share": round(share.value, 6) if share and share.value is not None else None,
        "interval": {name: round(end, 6) for name, end in interval._asdict().items()} if interval else None,
        "mark": answer.mark.value if answer.count is not None else None,
        "by_arithmetic": is_by_arithmetic(question, answer),
        "said": share_words(told, answer),
    }
