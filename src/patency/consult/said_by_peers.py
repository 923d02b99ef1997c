"""What surveyed peers say, in the words that text and HTML share: who was asked, how many, and each answer's share."""

from collections.abc import Iterable, Iterator

from patency.consult.peers import Practice, Told
from patency.practice.published import (
    ONE,
    RESPONDENTS,
    Published,
    PublishedAnswer,
    of_words,
    percent_words,
)

HEADING = "What surveyed peers say"
LABEL = "practice, not guidance"
LEGEND = f"{LABEL}; ranges are Wilson's interval at 95%"
ARITHMETIC = "counts by Patency's arithmetic, not printed"


def answer_words(told: Told, answer: PublishedAnswer) -> str:
    """Say an answer with its share, of how many and its interval."""
    return f"{answer.words} {share_words(told, answer)}"


def share_words(told: Told, answer: PublishedAnswer) -> str:
    """Say the share of an answer, of how many and its interval; or that they were not published."""
    return f"{percent_words(told.question, answer)} ({of_words(told.question, answer)})"


def brief_share(told: Told, answer: PublishedAnswer) -> str:
    """Say a share as short as a cell must; where neither count nor denominator is known, that."""
    share = told.question.share(answer)
    of = f"{share.count} of {share.of}" if share else "count not published"
    return f"{percent_words(told.question, answer)} ({of})"


def asked_words(told: Told) -> str:
    """Say what was asked, how many answered it, and what it took as settled."""
    question = told.question
    said = []
    if question.base is not None:
        said.append(f"{question.base} {'answered' if question.unit == RESPONDENTS else question.unit}")
    if question.form != ONE:
        said.append("several answers each")
    if told.given:
        said.append(f"asked {told.given}")
    return f"{question.asks} ({'; '.join(said)})" if said else question.asks


def survey_words(survey: Published) -> str:
    """Say who was asked, when and how many of them answered."""
    label = f"{survey.label.upper()}. " if survey.label else ""
    return f"{label}{survey.short}: {survey.asked}; {survey.field}; {survey.flow}"


def remarks(told: Told) -> Iterator[str]:
    """Yield what a reader must know of a question's figures."""
    if rest := told.question.rest:
        yield f"others, not reported: {rest} of {told.question.base}"
    if told.is_by_arithmetic:
        yield ARITHMETIC
    if told.twins:
        yield f"the same question as {', '.join(told.twins)}; side by side, never pooled"


def surveys_of(told: Iterable[Told]) -> list[tuple[Published, list[Told]]]:
    """Group what stands together by its survey, so that who was asked is said once; topics stay side by side."""
    groups: list[tuple[Published, list[Told]]] = []
    for each in told:
        if groups and groups[-1][0] is each.survey:
            groups[-1][1].append(each)
        else:
            groups.append((each.survey, [each]))
    return groups


def may_speak(practices: Iterable[Practice]) -> dict[str, dict[str, list[str]]]:
    """List the conditions under which more questions would speak, the shortest first; under each, decisions and surveys."""
    found: dict[str, dict[str, list[str]]] = {}
    for practice in practices:
        for told in practice.open:
            surveys = found.setdefault(told.condition, {}).setdefault(practice.decision.asks, [])
            if told.survey.short not in surveys:
                surveys.append(told.survey.short)
    return dict(sorted(found.items(), key=lambda each: len(each[0])))
