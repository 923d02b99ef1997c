"""A survey's own answers as published practice: the file by which a consult can show what its respondents chose.

A Survey and its Tables go in; out comes a file of `content/practice/`, as read_published.py reads it. Only questions that
the survey says speak to a consult are in it, each with its counts and the denominator of those who answered. Categories
that the survey gives a meaning as one are counted as one. An answer to which it gives no meaning stands as itself, so that
none is lost.

Not here: how the file is read and checked (read_published.py), what a consult makes of it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from patency.document import Fields, Node, plain, to_yaml
from patency.fault import Fault, Place, Refused
from patency.instrument.model import ItemKind
from patency.percent import decimals, rounded
from patency.practice.methods import period, reached_words
from patency.practice.published import NOT_PUBLISHED
from patency.practice.survey import Speaks, Survey
from patency.practice.tables import Question, Row, Tables
from patency.source import Mark

_HERE = Place("as_published.py")
_ITSELF = "itself"
_Written = str | Sequence["_Written"] | Mapping[str, "_Written"]


def as_published(survey: Survey, tables: Tables) -> str:
    """Write the answers of a survey as a file of published practice; refuse a survey that says nothing to a consult."""
    if not survey.practice:
        raise Refused(
            [
                Fault(
                    survey.place,
                    f"the survey {survey.id!r} does not say what its questions mean to a consult",
                    "nobody but its authors can say for which patients an answer speaks",
                    "add 'practice:', with the decision, the condition and what each answer means, question by question",
                )
            ]
        )
    if unmapped := [name for name in survey.practice if not tables.question(name).is_mapped]:
        raise Refused(
            [
                Fault(
                    survey.place,
                    f"no column of the file is mapped to {name!r}, which is to speak to a consult",
                    "nothing is known of its answers, and nobody left it blank",
                    "map its column in the mapping of the answers, or take the question out of 'practice:'",
                )
                for name in unmapped
            ]
        )
    told: dict[str, _Written] = {
        "survey": survey.id,
        "kind": "survey",
        "short": survey.short,
        "title": survey.title,
        "year": _year(survey),
        "asked": survey.frame.population,
        "through": reached_words(survey.frame),
        "field": period(survey.field.first, survey.field.last).removeprefix("from "),
        "invited": _count(survey.frame.invited),
        "answered": _count(max(tables.kept, (survey.outcome.complete or 0) + (survey.outcome.partial or 0))),
        "analysed": _count(tables.analysed),
        "population": _about(survey),
        **({"label": survey.label.rstrip(".")} if survey.label else {}),
        "cite": [
            {"source": each.source, **({"at": each.at} if each.at else {}), "mark": each.mark.value}
            for each in survey.citations
        ],
        "questions": [_question(speaks, tables.question(speaks.item), survey) for speaks in survey.practice.values()],
    }
    return f"# Counted from the answers of {survey.id}, {survey.content_hash[:12]}; made anew rather than mended by hand.\n\n{_yaml(told)}"


def _about(survey: Survey) -> str:
    """Say in one sentence whom the answers are about."""
    first, end, _ = survey.instrument.about.partition(". ")
    return f"{first}{end.strip()}" or survey.title


def _year(survey: Survey) -> str:
    when = survey.field.last or survey.field.first
    if when is None:
        raise Refused(
            [
                Fault(
                    survey.place,
                    f"the survey {survey.id!r} does not state when its answers were taken",
                    "nobody can weigh an answer who does not know how old it is",
                    "add 'field:', with 'from' and 'to'",
                )
            ]
        )
    return str(when.year)


def _count(number: int | None) -> str:
    return NOT_PUBLISHED if number is None else str(number)


def _question(speaks: Speaks, question: Question, survey: Survey) -> dict[str, _Written]:
    rows = _meant(speaks, question)
    base = question.reach.answered
    # Put together from margins, counts were worked out; counted ones are counts, and the label says whose they are.
    is_made = {"mark": Mark.INFERENCE.value} if survey.is_margins_only else {}
    return {
        "id": question.item.name.replace("_", "-"),
        "asks": question.item.asks,
        "form": "several" if question.item.kind is ItemKind.MULTIPLE else "one",
        "base": str(base),
        **({"base_mark": Mark.INFERENCE.value} if survey.is_margins_only else {}),
        "answers": {
            row.name: {"words": row.words, "percent": _percent(row), "count": str(row.share.count), **is_made}
            for row in rows
        },
        "speaks": _speaks(speaks, rows),
    }


def _percent(row: Row) -> str:
    """Write the percentage of a count as the report of the survey prints it."""
    return rounded(Fraction(100 * row.share.count, row.share.of), decimals(row.share.of)) if row.share.of else "0"


def _meant(speaks: Speaks, question: Question) -> list[Row]:
    """List the answers, those counted as one in the place of its first where the survey gives them a meaning as one."""
    joined = {each.name: each for each in question.item.collapsed if each.name in speaks.means}
    counted = {row.name: row for row in question.collapsed}
    member_of = {member: name for name, each in joined.items() for member in each.of}
    found: dict[str, Row] = {}
    for row in question.rows:
        name = member_of.get(row.name, row.name)
        found.setdefault(name, counted.get(name, row))
    return list(found.values())


def _speaks(speaks: Speaks, rows: Sequence[Row]) -> dict[str, _Written]:
    fields = Fields(speaks.node, [], "practice")
    means: dict[str, _Written] = {row.name: _meaning(speaks.means.get(row.name, (_ITSELF,))) for row in rows}
    named = [row.name for row in rows]
    only: dict[str, _Written] = {name: plain(each) for name, each in fields.group("only").items() if name in named}
    return {
        "decision": speaks.decision,
        **{name: plain(fields.named[name]) for name in ("given", "given_short") if name in fields.named},
        "when": speaks.when,
        "means": means,
        **({"only": only} if only else {}),
    }


def _meaning(options: tuple[str, ...]) -> _Written:
    return options[0] if len(options) == 1 else options


def _yaml(written: _Written) -> str:
    return to_yaml(_node(written))


def _node(written: _Written) -> Node:
    if isinstance(written, str):
        return Node(_HERE, written)
    if isinstance(written, Mapping):
        return Node(_HERE, {name: _node(each) for name, each in written.items()})
    return Node(_HERE, tuple(_node(each) for each in written))
