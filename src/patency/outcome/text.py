"""Definitions and figures of outcomes as text for a terminal: the label first and last, and the definition over its figures."""

from collections.abc import Iterator, Mapping
from textwrap import wrap

from patency.outcome.definition import Definition
from patency.outcome.markdown import cited
from patency.outcome.numbers import numbers_of
from patency.outcome.reported import Outcome, Reported
from patency.outcome.words import count_words
from patency.source import Mark, Source


def listed(definitions: Mapping[str, Definition]) -> Iterator[str]:
    """List definitions by family, each with its mark."""
    families = dict.fromkeys(each.family for each in definitions.values())
    for family in families:
        yield family
        for name, each in definitions.items():
            if each.family == family:
                yield f"  {name:30} {each.title} [{_weakest(each).words}]"


def _weakest(definition: Definition) -> Mark:
    """Return how the least verified part of a definition was verified: the whole is no surer."""
    marks = list(Mark)
    return max((citation.mark for citation in definition.citations), key=marks.index)


def defined(definition: Definition, sources: Mapping[str, Source], width: int) -> Iterator[str]:
    """Show a definition in words, with its sources and how each was verified."""
    yield f"{definition.name} ({definition.family})"
    yield from _wrapped(definition.words, width, "  ")
    if definition.is_seen_at_visits:
        yield from _wrapped("The event is seen at visits, and its day is not known.", width, "  ")
    for citation in definition.citations:
        words = sources[citation.source].words if citation.source in sources else citation.source
        yield from _wrapped(f"{words} {citation.at}: {citation.mark.words}", width, "  - ")


def to_text(reported: Reported, width: int) -> str:
    """Lay out the figures of one outcome, or of several."""
    return "\n".join(_lines(reported, width)) + "\n"


def _lines(reported: Reported, width: int) -> Iterator[str]:
    yield from (reported.label, "") if reported.label else ()
    for outcome in reported.outcomes:
        yield from _outcome(outcome, reported, width)
    yield from _wrapped(f"Source: {reported.source}, content {reported.cut['content']}.", width)
    for paragraph in reported.methods[1:]:
        yield from _wrapped(paragraph, width)
    yield from ("", reported.label) if reported.label else ()


def _outcome(outcome: Outcome, reported: Reported, width: int) -> Iterator[str]:
    yield from _wrapped(outcome.definition.words, width)
    for each in outcome.definition.citations:
        yield from _wrapped(cited(each, reported), width, "  - ")
    for words, many in outcome.counts.items():
        yield from _wrapped(f"{words}: {count_words(many)}", width, "  ")
    for shown in outcome.figures:
        yield ""
        name = reported.group(shown.figure.group)
        yield name[:1].upper() + name[1:]
        for number in numbers_of(shown):
            yield from _wrapped(f"{number.measure}: {number.text}", width, "  ")
        if shown.figure.method and not shown.withheld:
            yield from _wrapped(f"method: {shown.figure.method}", width, "  ")
    yield ""
    for note in outcome.notes:
        yield from _wrapped(note, width)


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return wrap(
        text, max(width, 40), initial_indent=indent, subsequent_indent=" " * (len(indent) + 2) if indent else ""
    )
