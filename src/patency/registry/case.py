"""The case of an episode on a day: what `consult` takes.

In: what stands of a patient, and a day. Out: the frozen Case of the latest finding of each concept on or before that day,
whether it was entered as a finding, answers an item of a form that feeds a concept, or is a score of a filled-in scale. Of
two that differ on the same day nobody could say which counts: that is a Fault, and there is no case.

A later "not known" counts before an earlier answer: what is not known any more must not be taken for a No. What is too old
to pass for today's (lasting.py) is asked again. Of the other leg, and of a score whose definition nobody confirmed, nothing
enters the case. Beside the case stand the findings that were too old, and what no concept takes (unused.py).

Not here: the page (consult/), which knows no registry; the consult that was given (kept.py).
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from patency.answer import amount_words
from patency.case import Absence, Case, Finding, Span
from patency.case import Value as Known
from patency.casefile import with_events
from patency.fault import Fault, Faults, Place, Refused
from patency.instrument.leg import SIDE, of_leg
from patency.instrument.response import SIDES
from patency.instrument.score import findings, score
from patency.registry.done import done
from patency.registry.entry import Entry, Value
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.lasting import still_known
from patency.registry.passed import SOURCE, Passed, passed
from patency.registry.said import findings_of, known, response_of
from patency.registry.session import Session
from patency.registry.unused import unused
from patency.registry.valid import no_scale
from patency.registry.veins import veins
from patency.truth import Truth
from patency.vocabulary import DAYS_A_YEAR, Concept, Kind, Vocabulary

AGE = "age"


class Seen(NamedTuple):
    """The case of an episode; what was found too long ago to count, latest first; and what no concept takes, by record."""

    case: Case
    again: tuple[Finding, ...]
    unused: tuple[tuple[str, str], ...]


def case_of(session: Session, episode: str, on: date) -> Case:
    """Return the case of an episode on a day; refuse it where findings of one day cannot both be."""
    return seen_of(session, episode, on).case


def seen_of(session: Session, episode: str, on: date) -> Seen:
    """Return the case of an episode on a day, with what is beside it."""
    patient = session.entry("episode", episode).patient
    return seen_from(session.record_of(patient), episode, on, session.forms)


def seen_from(entries: Iterable[Entry], episode: str, on: date, forms: Forms) -> Seen:
    """Return the case of an episode on a day and what is beside it, from all that stands of its patient."""
    faults: list[Fault] = Faults()
    known = _of_episode(entries, episode)
    dated = [(each, day) for each, day in known if day <= on]
    if all(each.id != episode for each, _ in dated):
        begun = next(day for each, day in known if each.id == episode)
        raise Refused([Fault(Place("--on"), f"on {on} this thrombosis had not been diagnosed", f"the episode begins on {begun}",
                             "name that day, or a later one")])  # fmt: skip
    every = [each for entry, day in dated for each in _found(entry, day, forms, faults)]
    every += [*veins(dated), *done(dated, on)]
    found = [each.finding for each in every]
    side = _latest(found, [], forms.vocabulary).get(SIDE)
    affected = _side_of(dated) if side is None else side.value
    for entry, _ in dated:
        if entry.kind == "response":
            scored = [Passed(each, ((entry.id, "instrument"),)) for each in _scored(entry, forms, affected, faults)]
            every, found = [*every, *scored], [*found, *(each.finding for each in scored)]
    latest = _without_overtaken(_latest(found, faults, forms.vocabulary), forms.vocabulary)
    kept, again = still_known(latest.values(), on, forms.vocabulary)
    findings = {each.concept: _as_seen(each, on, forms.vocabulary) for each in kept}
    order = sorted(findings, key=lambda name: forms.vocabulary.concepts[name].order)
    case = Case(on, {name: findings[name] for name in order}, _pseudonym(dated))
    case = with_events(case, forms.vocabulary, faults)
    if faults:
        raise Refused(faults)
    by = {answer for each in every for answer in each.by}
    return Seen(case, tuple(sorted(again, key=lambda each: each.on, reverse=True)), tuple(unused(dated, by, on, forms)))


def _of_episode(entries: Iterable[Entry], episode: str) -> list[tuple[Entry, date]]:
    """Return the episode, its patient and what hangs on it, each with its day: its own, or that of what it hangs on.

    What hangs on a record that is void, or that another episode holds, is left out.
    """
    every = sorted(entries, key=lambda each: list(KINDS).index(each.kind))  # what others hang on comes first
    index = next(each for each in every if each.id == episode)
    found = [(each, _day(index, date.min)) for each in every if each.kind == "patient" and each.id == index.patient]
    days = {episode: _day(index, date.min)}
    for each in every:
        if each.id == episode or each.parent in days:
            days[each.id] = _day(each, days.get(each.parent, date.min))
            found.append((each, days[each.id]))
    return found


def _day(entry: Entry, otherwise: date) -> date:
    """Return a record's day; a medication's is the day it was begun, the last of those it may have been."""
    day = entry.values.get("start" if entry.kind == "medication" else "date")
    if isinstance(day, Span):
        return date.fromordinal(int(day.high))
    return day if isinstance(day, date) else otherwise


def _pseudonym(dated: Iterable[tuple[Entry, date]]) -> str:
    return next((str(each.values.get("pseudonym", "")) for each, _ in dated if each.kind == "patient"), "")


def _place(entry: Entry) -> Place:
    return Place(f"{KINDS[entry.kind].words} {entry.id}")


def _found(entry: Entry, day: date, forms: Forms, faults: list[Fault]) -> Iterator[Passed]:
    """Yield what a record says of the patient: a finding, or the answers to items that feed a concept."""
    if entry.kind == "finding":
        for finding in findings_of(entry.values, forms.vocabulary, _place(entry), faults):
            if finding.absence is not Absence.NOT_ASKED:
                yield Passed(finding._replace(source=finding.source or f"{SOURCE}, finding of {day}"), ())
        return
    yield from passed(entry, day)
    form = forms.of[entry.kind]
    for name, item in form.items.items():
        value = entry.values.get(name)
        if not item.feeds or value is None or value is Absence.NOT_ASKED:
            continue
        concept = forms.vocabulary.concepts[item.feeds]
        absence = value if isinstance(value, Absence) else None
        answer = None if isinstance(value, Absence) else known(item, value)
        words = _words(concept, answer) if absence is None else absence.value
        source = f"{SOURCE}, {KINDS[entry.kind].words} of {day}"
        yield Passed(
            Finding(concept.name, answer, day, words, source, absence, place=_place(entry)), ((entry.id, name),)
        )


def _words(concept: Concept, value: Known | None) -> str:
    """Write a value as a case file does, days as themselves."""
    match value:
        case Span(low, high):
            ends = [
                f"{end:.10g}" if concept.kind is not Kind.DATE else str(date.fromordinal(int(end)))
                for end in (low, high)
            ]
            return amount_words(" to ".join(dict.fromkeys(ends)), concept.unit)
        case frozenset():
            return " or ".join(sorted(value))
    return str(value)


def _scored(entry: Entry, forms: Forms, affected: Known | None, faults: list[Fault]) -> list[Finding]:
    """Return what a filled-in scale says of the patient; nothing where it is about the leg that the case is not about."""
    name = str(entry.values.get("instrument"))
    if name not in forms.scales:
        faults.append(no_scale(name, _place(entry), forms.scales))
        return []
    response = response_of(entry.values, forms.scales[name], _place(entry))
    if response.side and isinstance(affected, frozenset) and response.side not in affected:
        return []
    scored = {name: each for name, each in score(response.instrument, response).items() if not each.score.is_draft}
    return of_leg(findings(response, scored, response.case.on), response, affected, faults)


def _side_of(dated: Iterable[tuple[Entry, date]]) -> frozenset[str] | None:
    sides: list[Value] = [each.values.get("side", "") for each, _ in dated if each.kind == "episode"]
    return next((frozenset({str(side)}) for side in sides if side in SIDES), None)


def _latest(found: Iterable[Finding], faults: list[Fault], vocabulary: Vocabulary) -> dict[str, Finding]:
    """Return the latest finding of each concept; where numbers or scales of that day differ, all that they may mean.

    Two weights of one day, two readers of one leg, or both legs: whichever counts, it lies within. Note where two findings
    of one day say what cannot be joined.
    """
    every: dict[str, list[Finding]] = {}
    for finding in found:
        every.setdefault(finding.concept, []).append(finding)
    latest = {}
    for concept, some in every.items():
        day = max(each.on for each in some)
        last = [each for each in some if each.on == day]
        first, *others = [each for each in last if each.value is not None] or last
        for other in others:
            if other.value == first.value:
                continue
            value = _either(first, other)
            if value is None:
                what = f"{concept!r} is {other.written!r} here and {first.written!r} at {first.place}, both of {day}"
                faults.append(Fault(other.place, what, "nobody could see which of the two counts",
                                    "correct one of them, or void it", (concept,)))  # fmt: skip
            else:
                first = first._replace(value=value, written=_words(vocabulary.concepts[concept], value))
        latest[concept] = first
    return latest


def _either(one: Finding, other: Finding) -> Known | None:
    """Return what is true whichever of two findings counts: the span of two numbers or days, the answers of two scales."""
    match one.value, other.value:
        case Span() as first, Span() as second:
            return Span(min(first.low, second.low), max(first.high, second.high))
        case frozenset() as some, frozenset() as more if one.scale and other.scale:
            return some | more
    return None


def _as_seen(finding: Finding, on: date, vocabulary: Vocabulary) -> Finding:
    """Return a finding as it is to be read on a later day: with its day, and an age with the time that has passed."""
    concept, value = vocabulary.concepts[finding.concept], finding.value
    if finding.on == on:
        return finding
    if concept.kind is Kind.DATE and isinstance(value, Span):  # "3 days ago" was said on another day
        return finding._replace(written=_words(concept, value))
    if finding.concept != AGE or not isinstance(value, Span):
        source = finding.source.removesuffix(f" of {finding.on}")  # the page says the day beside it
        return finding._replace(scale=finding.scale or source)
    age = aged(value, (on - finding.on).days, concept.highest)
    source = f"{finding.written} on {finding.on}, counted on"
    return finding._replace(value=age, written=_age_words(age), on=on, source=source)


def _age_words(age: Span) -> str:
    """Write an age as a case file reads it back: days to 3 months, months to 2 years, then tenths of years, all completed.

    Rounded down, it stays on the same side of any whole number of years (from 2 years on), months or weeks.
    """
    unit, factor = ("day", DAYS_A_YEAR) if age.high < 0.25 else ("month", 12.0) if age.high < 2 else ("year", 10.0)
    ends = [math.floor(end * factor + 1e-6) / (10 if unit == "year" else 1) for end in age]
    return amount_words(" to ".join(dict.fromkeys(f"{end:g}" for end in ends)), unit)


def aged(age: Span, days: int, oldest: float) -> Span:
    """Return an age some days later, in years.

    A whole number of years is an age in completed years, as it is said at the bedside: who is 17 may be 18 tomorrow. So a
    year later that patient is 18 or nearly 19, and nobody passes for a child, or for an adult, by the rounding.
    """
    is_whole = age.low == age.high == math.floor(age.low)
    high = math.nextafter(age.high + 1, 0) if is_whole and days else age.high
    return Span(min(age.low + days / DAYS_A_YEAR, oldest), min(high + days / DAYS_A_YEAR, oldest))


def _without_overtaken(findings: Mapping[str, Finding], vocabulary: Vocabulary) -> Mapping[str, Finding]:
    """Return the findings without an earlier No to what a later one dates: not done on Monday, done on Tuesday."""
    for finding in findings.values():
        concept = vocabulary.concepts[finding.concept]
        told = findings.get(concept.only_if) if concept.only_if and finding.value is not None else None
        if told is None or told.on >= finding.on:
            continue
        if told.value is Truth.NO or (concept.other_than and told.value == frozenset({concept.other_than})):
            findings = {name: each for name, each in findings.items() if name != concept.only_if}
    return findings
