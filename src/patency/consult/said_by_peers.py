"""What surveyed peers say, in the words that text and HTML share: who was asked, how many, and each answer's share."""

from collections.abc import Iterable, Iterator

from patency.consult.peers import Practice, Told
from patency.consult.said import by_condition
from patency.percent import span
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
ARITHMETIC = "counts by Patency's arithmetic"


def answer_words(told: Told, answer: PublishedAnswer) -> str:
    """Say an answer with its share, of how many and its interval."""
    return f"{answer.words} {share_words(told, answer)}"


def share_words(told: Told, answer: PublishedAnswer) -> str:
    """Say the share of an answer, of how many and its interval; or that they were not published."""
    return f"{percent_words(told.question, answer)} ({of_words(told.question, answer)})"


def brief_share(told: Told, answer: PublishedAnswer) -> str:
    """Say a share as short as a cell must: of how many, its interval, and for whom or upon what it was given."""
    share, interval = told.question.share(answer), told.question.interval(answer)
    of = f"{share.count} of {share.of}" if share else "count not published"
    within = f"; {span(interval, share.of)}" if share and interval else ""
    said = [f"{percent_words(told.question, answer)} ({of}{within})", told.only(answer), told.in_short]
    if len(told.options(answer)) > 1:
        said.insert(1, f"for {answer.words}")
    return ", ".join(each for each in said if each)


def dated(survey: Published) -> str:
    """Name a survey with its year."""
    return survey.short if str(survey.year) in survey.short else f"{survey.short}, {survey.year}"


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
    label = f"{survey.label.upper().rstrip('.')}. " if survey.label else ""
    return f"{label}{survey.short}: {about_words(survey)}"


def about_words(survey: Published) -> str:
    """Say who was asked, when and how many of them answered, without the name of the survey."""
    return f"{survey.asked}; {survey.field}; {survey.flow}"


def remarks(told: Told) -> Iterator[str]:
    """Yield what a reader must know of a question's figures."""
    if rest := told.question.rest:
        yield f"others {rest} of {told.question.base}, not reported"
    if told.is_by_arithmetic:
        yield ARITHMETIC
    if told.question.base_note:
        yield told.question.base_note
    if told.twins:
        yield f"the same question as {', '.join(told.twins)}; not pooled"


def surveys_of(told: Iterable[Told]) -> list[tuple[Published, list[Told]]]:
    """Group what stands together by its survey, so that who was asked is said once; topics stay side by side."""
    groups: list[tuple[Published, list[Told]]] = []
    for each in told:
        if groups and groups[-1][0] is each.survey:
            groups[-1][1].append(each)
        else:
            groups.append((each.survey, [each]))
    return groups


def may_speak(practice: Practice) -> dict[str, list[str]]:
    """List the conditions under which more questions would speak on a decision, the shortest first, each with its surveys."""
    return by_condition((told.condition, told.survey.short) for told in practice.open)


def legend(practice: Practice) -> str:
    """Say what the block is, and what its ranges are where it has any."""
    asked = [*practice.speaking, *practice.open]
    has_ranges = any(told.question.interval(answer) for told in asked for answer in told.question.answers)
    return f"{LABEL}; ranges are Wilson's interval at 95%" if has_ranges else LABEL
