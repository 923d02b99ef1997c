"""Patients like this one as text, and as JSON for a program.

In: an Alike. Out: by what was matched and what was dropped, and under each outcome its definition, its source and, for each
option, how many patients, how many had it, how long they were followed, and the estimate with its interval; where too few
can be told of, nothing but the words that say so. The cut's own warning stands at the head and at the foot.

Not here: how patients are matched (alike.py), the page of a consult, figures that were published (evidence/).
"""

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from patency.evidence.study_text import cited, hung
from patency.outcome.alike import Alike, Criterion, Matching, Step
from patency.outcome.definition import Definition
from patency.outcome.estimate.visits import BetweenVisits
from patency.outcome.estimated import Estimated, Point
from patency.outcome.few import Shown
from patency.outcome.methods import said_once
from patency.outcome.numbers import between_words
from patency.outcome.words import months_words
from patency.percent import IN_FILES, RULE, counted, ends_in_print, in_print, ratio, rounded, span
from patency.share import Interval

FORMAT = "patency-alike/1"
TOGETHER = "all options together"


def to_text(alike: Alike, width: int = 100) -> str:
    """Lay out what came of patients like one for a terminal."""
    return "\n".join(_lines(alike, width)) + "\n"


def _lines(alike: Alike, width: int) -> Iterator[str]:
    if alike.label:
        yield alike.label
    yield from wrap(f"Patients like this one in {alike.registry} (cut {alike.content[:12]})", width)
    yield from wrap(alike.says, width)
    yield ""
    yield from _matched(alike, width)
    if alike.too_few:
        yield from wrap(alike.too_few, width)
    for definition, figures in alike.outcomes:
        yield ""
        yield from _outcome(alike, definition, figures, width)
    yield ""
    yield from hung(f"How patients are matched: {alike.about}", width, "")
    yield from hung(f"{RULE} {IN_FILES}", width, "")
    if alike.fewest > 1:
        few = f"Not shown: whatever would tell of 1 to {alike.fewest - 1} people, here or between two answers of this cut."
        yield from hung(few, width, "")
    if alike.label:
        yield alike.label


def _matched(alike: Alike, width: int) -> Iterator[str]:
    for number, step in enumerate(alike.steps, 1):
        dropped = f"without «{step.dropped}» ({alike.why_dropped[_dropped(alike, number)]}) " if step.dropped else ""
        yield from hung(f"{number}. {dropped}{step.words}", width, "  ")
    for each in alike.unknown:
        yield from hung(f"- not matched on, for the case does not say it: {each.words}", width, "  ")


def _dropped(alike: Alike, number: int) -> str:
    """Return the criterion that a step no longer has."""
    before, now = alike.steps[number - 2].criteria, alike.steps[number - 1].criteria
    return next(each.name for each in before if each not in now)


def _outcome(alike: Alike, definition: Definition, figures: tuple[Shown, ...], width: int) -> Iterator[str]:
    yield from hung(f"[{definition.name}] {definition.words} ({cited(definition.citations)})", width, "")
    if why := alike.why_shown.get(definition.name):
        yield from hung(f"shown because: {why}", width, "  ")
    if not figures:
        yield from hung(unlisted(alike), width, "  ")
    if matched := alike.matched.get(definition.name):
        yield from hung(matched.words, width, "  ")
    for each in figures:
        if not each.withheld:
            yield from hung(f"{group_name(alike, each)}: {figure_words(each.figure)}", width, "  ")
    for words in dict.fromkeys(each.withheld for each in figures if each.withheld):
        named = "; ".join(group_name(alike, each) for each in figures if each.withheld == words)
        yield from hung(f"{named}: {words}", width, "  ")
    if methods := said_once([each.figure for each in figures if not each.withheld]):
        yield from hung(f"method: {'; '.join(methods)}", width, "  ")


def group_name(alike: Alike, shown: Shown) -> str:
    """Name the option of a figure, or all of them."""
    group = shown.figure.group
    return alike.option_words.get(group, group) or TOGETHER


def unlisted(alike: Alike) -> str:
    """Say why an outcome has no figures."""
    return (
        f"not shown: of real patients only the listed outcomes are shown ({', '.join(alike.why_shown)}), for two definitions "
        "may differ by one person"
    )


def figure_words(figure: Estimated) -> str:
    """Say one figure with all it stands on: of how many, how many had it, followed how long, the estimate, its interval."""
    if not figure.units:
        return "nobody of them was counted by this definition"
    people = f"{figure.units} {figure.definition.unit.plural} of {figure.patients} patients"
    if figure.share is not None:
        return f"{people}; {counted(figure.share, figure.interval)}"
    if figure.summary is not None:
        ends = figure.summary.interval
        interval = f" ({ends.low:.1f} to {ends.high:.1f})" if ends else ", no interval of so few"
        return f"{people}; mean {figure.summary.mean:.1f}{interval}, median {figure.summary.median:.1f}"
    deaths = f", {figure.deaths} died before it" if figure.deaths else ""
    followed = f"; followed for {figure.followed:.0f} days in the median" if figure.followed is not None else ""
    points = "; ".join([*_told_points(figure), *_untold_points(figure)])
    return f"{people}; {figure.events} had it{deaths}{followed}; {points}"


def _told_points(figure: Estimated) -> Iterator[str]:
    between = dict(enumerate(figure.between))
    for at, each in enumerate(figure.points):
        if _is_told(each):
            yield f"{_point(each, figure)}{turnbull_words(between.get(at), figure.units)}"


def _untold_points(figure: Estimated) -> Iterator[str]:
    """Yield the months that are not told, those of one reason together."""
    untold = [each for each in figure.points if not _is_told(each)]
    for why in dict.fromkeys(each.why for each in untold):
        months = ", ".join(f"{each.month:g}" for each in untold if each.why == why)
        yield f"not told at {months} months: {why.removeprefix('not shown: ')}"


def _is_told(point: Point) -> bool:
    return point.value is not None and point.at_risk is not None


def _point(point: Point, figure: Estimated) -> str:
    at, value = f"at {months_words(round(point.month))}", point.value or 0.0
    why = f" [{point.why}]" if point.why else ""
    if point.interval is None:  # no percentage without its interval: where nobody had it yet, that is said in words
        return f"{at} {_without_interval(value, figure)}, {point.at_risk} at risk{why}"
    what = "still free of its loss" if figure.kept else "had it"
    percent = ratio(value * figure.units, figure.units)
    return f"{at} {percent} ({span(point.interval, figure.units)}) {what}, {point.at_risk} at risk{why}"


def turnbull_words(found: BetweenVisits | None, of: int) -> str:
    """Say what Turnbull's curve is where the naive one was told, to stand after it; nothing where there is none."""
    words = between_words(found, of) if found else ""
    return f" (naive, by the day of the scan); by Turnbull, between scans, {words}" if words else ""


def _without_interval(value: float, figure: Estimated) -> str:
    nobody, everybody = (1.0, 0.0) if figure.kept else (0.0, 1.0)
    return {nobody: "nobody had it yet", everybody: "everybody still followed had it"}.get(
        value, "no interval of so few"
    )


def to_json(alike: Alike) -> str:
    """Write what came of patients like one for a program."""
    return json.dumps(said(alike), indent=1, ensure_ascii=False) + "\n"


def said(alike: Alike) -> dict[str, Any]:
    """Return all that an Alike says, of what may be shown."""
    return {
        "format": FORMAT,
        "warning": alike.label,
        "registry": alike.registry,
        "content": alike.content,
        "says": alike.says,
        "population": alike.population_words,
        "enough": alike.enough,
        "fewest": alike.fewest,
        "about": alike.about,
        "digits": f"{RULE} {IN_FILES}",
        "steps": [_step(each) for each in alike.steps],
        "unknown": [_criterion(each) for each in alike.unknown],
        "too_few": alike.too_few,
        "outcomes": [_of(alike, definition, figures) for definition, figures in alike.outcomes],
    }


def _step(step: Step) -> dict[str, Any]:
    criteria = [_criterion(each) for each in step.criteria]
    return {"criteria": criteria, "dropped": step.dropped, "patients": step.patients, "words": step.words}


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {"name": criterion.name, "words": criterion.words, "is_known": criterion.is_known}


def _of(alike: Alike, definition: Definition, figures: tuple[Shown, ...]) -> dict[str, Any]:
    return {
        "definition": definition.name,
        "words": definition.words,
        "cite": [{"source": each.source, "at": each.at, "mark": each.mark.value} for each in definition.citations],
        "why": alike.why_shown.get(definition.name, ""),
        "withheld": "" if figures else unlisted(alike),
        **_matching(alike.matched.get(definition.name)),
        "options": [_figure(each, group_name(alike, each)) for each in figures if each.figure.group],
        "everybody": [_figure(each, group_name(alike, each)) for each in figures if not each.figure.group],
    }


def _matching(matched: Matching | None) -> dict[str, Any]:
    if matched is None:
        return {"matched_by": [], "not_matched_by": []}
    left_out = [{**_criterion(each), "why": why} for each, why in matched.left_out]
    return {"matched_by": [_criterion(each) for each in matched.criteria], "not_matched_by": left_out}


def _figure(shown: Shown, words: str) -> dict[str, Any]:
    figure, of = shown.figure, shown.figure.units
    named = {"option": figure.group, "words": words}
    if shown.withheld:
        return named | {"withheld": shown.withheld}
    told = {
        "units": of,
        "unit": figure.definition.unit.value,
        "patients": figure.patients,
        "events": figure.events,
        "deaths": figure.deaths,
        "followed_days": None if figure.followed is None else round(figure.followed),
        "share": in_print(figure.share.count, figure.share.of) if figure.share else None,
        "interval": ends_said(figure.interval, of),
        "exact": ends_said(figure.exact, of),
        "kept": figure.kept,
        "points": [_told(each, of) for each in figure.points],
        "turnbull": [_between(point, each, of) for point, each in zip(figure.points, figure.between, strict=False)],
        "mean": _decimal(figure.summary.mean) if figure.summary else None,
        "mean_interval": [_decimal(each) for each in (figure.summary.interval or ())] if figure.summary else None,
        "method": figure.method,
        "in_words": figure_words(figure),
    }
    return named | {name: value for name, value in told.items() if value not in (None, [], "")}


def _decimal(number: float) -> float:
    return float(rounded(number, 1))


def share_said(value: float | None, of: int) -> float | None:
    """Return a share of a curve of so many with the digits that are printed; None where it is not told."""
    return None if value is None else in_print(value * of, of)


def ends_said(interval: Interval | None, of: int) -> list[float] | None:
    """Return the ends of an interval with the digits that are printed; None where there is none."""
    return list(ends_in_print(interval, of)) if interval else None


def _told(point: Point, of: int) -> dict[str, Any]:
    return {
        "month": point.month,
        "at_risk": point.at_risk,
        "value": share_said(point.value, of),
        "interval": ends_said(point.interval, of),
        "why": point.why,
    }


def _between(point: Point, found: BetweenVisits, of: int) -> dict[str, Any]:
    ends = None if found.low is None or found.high is None else Interval(found.low, found.high)
    least, most = share_said(found.least, of), share_said(found.most, of)
    return {"month": point.month, "least": least, "most": most, "interval": ends_said(ends, of), "why": found.why}
