"""What happened to patients like this one, as values that JSON can write; consult.schema.json says what they hold."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from patency.consult.outcomes import OptionOutcomes, Outcomes, Spoke
from patency.consult.said_by_outcomes import LABEL, estimate_words, figure_words
from patency.percent import ends_in_print, in_print
from patency.share import Interval
from patency.source import Citation

if TYPE_CHECKING:
    from patency.outcome.alike import Alike, Criterion
    from patency.outcome.definition import Definition
    from patency.outcome.estimate.visits import BetweenVisits
    from patency.outcome.estimated import Point
    from patency.outcome.few import Shown

Cited = Callable[[Iterable[Citation]], list[dict[str, Any]]]


def outcomes_as_json(outcomes: Outcomes, alike: "Alike | None", cited: Cited) -> dict[str, Any]:
    """Lay out what came after the options of one decision; `cited` numbers citations as the page does."""
    return {
        "decision": outcomes.decision.id,
        "asks": outcomes.decision.asks,
        "label": LABEL,
        "lead": outcomes.lead or None,
        "options": [_option(each, alike, cited) for each in outcomes.options.values()],
    }


def alike_as_json(alike: "Alike") -> dict[str, Any]:
    """Lay out who the patients alike of one's own registry are, and how they were found; null is what is withheld."""
    return {
        "label": alike.label or None,
        "registry": alike.registry,
        "content": alike.content,
        "population": alike.population_words,
        "steps": [
            {
                "criteria": [_criterion(each) for each in step.criteria],
                "dropped": step.dropped or None,
                "patients": step.patients,
                "words": step.words,
            }
            for step in alike.steps
        ],
        "unknown": [_criterion(each) for each in alike.unknown],
        "too_few": alike.too_few or None,
        "fewest": alike.fewest,
        "enough": alike.enough,
        "everybody": [
            _own(alike, definition, shown)
            for definition, figures in alike.outcomes
            for shown in figures
            if not shown.figure.group
        ],
    }


def _criterion(criterion: "Criterion") -> dict[str, Any]:
    return {"name": criterion.name, "words": criterion.words, "known": criterion.is_known}


def _option(option: OptionOutcomes, alike: "Alike | None", cited: Cited) -> dict[str, Any]:
    return {
        "option": option.option.id,
        "words": option.option.words,
        "figures": [_figure(each, cited) for each in (*option.speaking, *option.open)],
        "as_a_group_with": [each.id for each in option.groups],
        "registry": [_own(alike, definition, shown, cited) for definition, shown in option.own] if alike else [],
    }


def _figure(spoke: Spoke, cited: Cited) -> dict[str, Any]:
    figure, study = spoke.figure, spoke.figure.study
    return {
        "study": study.id,
        "short": study.short,
        "design": study.design,
        "population": study.people,
        "not_stated": list(spoke.unsaid),
        "part_of": study.part_of or None,
        "truth": str(spoke.truth),
        "if": spoke.condition or None,
        "group": figure.group,
        "outcome": figure.outcome,
        "words": figure.words,
        "more_is_good": figure.is_good,
        "definition": figure.definition,
        "definition_words": figure.definition_words,
        "definition_citation": cited(figure.definition_citations),
        "at": figure.at,
        "unit": figure.unit,
        "over_time": figure.is_cumulative,
        "percent": figure.percent or None,
        "count": figure.count,
        "of": figure.of,
        "count_by_arithmetic": figure.is_count_decoded,
        "of_by_arithmetic": figure.is_of_decoded,
        "interval": _interval(figure.interval),
        "printed_interval": [figure.low, figure.high] if figure.low and figure.high else None,
        "said": figure_words(figure),
        "remarks": [{"text": each.text, "citation": cited(each.citations)} for each in figure.remarks],
        "citation": cited(figure.citations),
    }


def _own(alike: "Alike", definition: "Definition", shown: "Shown", cited: Cited | None = None) -> dict[str, Any]:
    """Lay out a figure with the label and the hash of the cut that it is of, for a program may take it alone."""
    figure, is_shown = shown.figure, not shown.withheld
    return {
        "label": alike.label or None,
        "content": alike.content,
        "definition": definition.name,
        "title": definition.title,
        "definition_words": definition.words,
        "definition_citation": cited(definition.citations) if cited else [],
        "withheld": shown.withheld or None,
        "unit": definition.unit.value,
        "units": figure.units if is_shown else None,
        "patients": figure.patients if is_shown else None,
        "events": figure.events if is_shown else None,
        "followed_days": figure.followed if is_shown else None,
        "count": figure.share.count if is_shown and figure.share else None,
        "of": figure.share.of if is_shown and figure.share else None,
        "interval": _interval(figure.interval, figure.units) if is_shown else None,
        "kept": figure.kept,
        "points": [_point(each, figure.units) for each in figure.points] if is_shown else [],
        "turnbull": [_between(*each, figure.units) for each in zip(figure.points, figure.between, strict=False)]
        if is_shown
        else [],
        "method": figure.method and f"{figure.method}; rounded as it is printed, once it was estimated",
        "said": estimate_words(shown),
    }


def _point(point: "Point", of: int) -> dict[str, Any]:
    return {
        "month": point.month,
        "still_followed": point.at_risk,
        "value": None if point.value is None else in_print(point.value * of, of),
        "interval": _interval(point.interval, of),
        "why": point.why or None,
    }


def _between(point: "Point", found: "BetweenVisits", of: int) -> dict[str, Any]:
    ends = None if found.low is None or found.high is None else Interval(found.low, found.high)
    least, most = (None if each is None else in_print(each * of, of) for each in (found.least, found.most))
    return {
        "month": point.month,
        "least": least,
        "most": most,
        "interval": _interval(ends, of),
        "why": found.why or None,
    }


def _interval(interval: Interval | None, of: int | None = None) -> dict[str, float] | None:
    """Lay out an interval; one of the registry, of so many, with the digits that are printed of it."""
    told = ends_in_print(interval, of) if interval and of else interval
    return {name: round(end, 6) for name, end in told._asdict().items()} if told else None
