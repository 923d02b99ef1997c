"""Findings, days and sources as a clinician reads them."""

from collections.abc import Iterable
from datetime import date

from patency.answer import day_words, with_unit
from patency.case import Case, Finding, Members, Span
from patency.source import Mark, Source
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

MARKS = {
    Mark.ORIGINAL: "",
    Mark.SECOND_HAND: " 2nd",
    Mark.WEAK: " weak",
    Mark.INFERENCE: " own",
    Mark.UNVERIFIED: " unverified",
}
SHORT_LEGEND = "2nd: read second-hand; weak: in a weak place; own: Patency's own reading."
LEGEND = (
    "No mark: read in the original. 2nd: read second-hand. weak: second-hand, in a weak place (machine-written, or scraped). "
    "own: Patency's own reading. unverified: not confirmed in any source."
)


def finding_words(finding: Finding, concept: Concept, on: date) -> str:
    """Say a finding as a clinician reads it back on a day; a date is said as itself and as days before that day.

    Of one that came by a response, the day is said wherever it is another: a score of 2019 is no score of today.
    """
    said = _said(finding, concept, on)
    apart = [*([day_words(finding.on)] if finding.on != on else []), *([finding.leg] if finding.leg else [])]
    return f"{said} ({', '.join((finding.scale, *apart))})" if finding.scale and apart else said


def _said(finding: Finding, concept: Concept, on: date) -> str:
    if finding.absence:
        name = concept.words or concept.says
        return f"{name}: {finding.absence.value}"
    value = finding.value
    if isinstance(value, Truth):
        said = concept.says if value is Truth.YES else concept.denies
        return f"{said} (asserted)" if finding.is_asserted else said
    if isinstance(value, frozenset):
        return f"{concept.words}: {' or '.join(words for name, words in concept.values.items() if name in value)}"
    if isinstance(value, Members):
        names = [words for name, words in concept.values.items() if name in value.included]
        if not set(concept.values) - value.included - value.excluded:
            return f"{concept.words} {', '.join(names)}, and no other" if names else f"{concept.words} none"
        names += [f"not {words}" for name, words in concept.values.items() if name in value.excluded]
        return f"{concept.words} {', '.join(names)} (the rest not known)"
    if concept.kind is Kind.DATE and isinstance(value, Span):
        return f"{concept.words}: {_day_words(value, on)}"
    return f"{concept.words}: {with_unit(concept, finding.written) if concept.kind is Kind.NUMBER else finding.written}"


def _day_words(days: Span, on: date) -> str:
    """Say when something was, so that it stays true on whatever day the page is seen."""
    first, last = date.fromordinal(int(days.low)), date.fromordinal(int(days.high))
    nearest_day, furthest_day = (on - last).days, (on - first).days
    if first == last:
        return f"{day_words(first)} ({furthest_day} day{'s' * (furthest_day != 1)} ago)"
    return f"{day_words(first)} to {day_words(last)} ({nearest_day} to {furthest_day} days ago)"


def source_words(source: Source) -> str:
    """Say a source in short: its first author, a shortened title, the year and where it can be found."""
    author = source.authors.partition(",")[0].partition(";")[0].partition(" et al")[0]
    _, found, rest = source.where.partition("doi ")
    where = f"doi {rest.split()[0].rstrip(';,.')}" if found else _shortened(source.where.partition(";")[0], 44)
    parts = (_shortened(author, 30), _shortened(source.title, 48), str(source.year), where)
    return ". ".join(part.rstrip(".") for part in parts if part)


def source_named(source: Source) -> str:
    """Name a source by its first author and year."""
    author = _shortened(
        source.authors.partition(",")[0].partition(";")[0].partition(" et al")[0].partition(" (")[0], 34
    )
    return f"{author or source.title} {source.year}"


def _shortened(text: str, most: int) -> str:
    """Cut a text after a whole word, and show that it was cut."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0] or text[:most]}…"


def by_condition(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Gather names by the condition that each hangs on, every name once; the shortest condition comes first."""
    found: dict[str, dict[str, None]] = {}
    for condition, name in named:
        found.setdefault(condition, {})[name] = None
    return {condition: list(found[condition]) for condition in sorted(found, key=len)}


def summary(case: Case, vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """Return the findings in words, panels answered with none as one, and the names of what was answered not known."""
    said: list[str] = []
    absent: list[str] = []
    panels: set[str] = set()
    for finding in case.findings.values():
        concept = vocabulary.concepts[finding.concept]
        if finding.absence:
            absent.append(finding_words(finding, concept, case.on))
        elif finding.panel and finding.value is Truth.NO:
            if finding.panel not in panels:
                panels.add(finding.panel)
                others = "none" if finding.written == "none of these" else "no other"
                said.append(f"{vocabulary.panels[finding.panel].asks} {others} of them")
        else:
            said.append(finding_words(finding, concept, case.on))
    return said, absent
