"""An instrument, and what a response to it scores, as JSON for other programs.

A number that is not known is null and has a range beside it; nothing is ever left out because it is unknown.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from patency.case import Members, Span
from patency.instrument.formula import written
from patency.instrument.model import UNBOUNDED, Band, Instrument, Item, Score
from patency.instrument.response import Response
from patency.instrument.scored import Scored
from patency.language.words import to_words
from patency.source import Citation, Source
from patency.truth import Truth


def instrument_json(instrument: Instrument) -> dict[str, Any]:
    """Return everything an instrument asks and scores."""
    return {
        "instrument": instrument.id,
        "title": instrument.title,
        "version": instrument.version,
        "content": instrument.content_hash,
        "about": instrument.about,
        "unit": instrument.unit,
        "per": "leg" if instrument.is_per_leg else None,
        "rater": instrument.rater,
        "licence": instrument.licence,
        "cite": _cited(instrument.citations),
        "items": [_item(item, instrument) for item in instrument.items.values()],
        "checks": [
            {"check": each.name, "never": to_words(each.when, instrument.vocabulary), "says": each.says}
            for each in instrument.checks
        ],
        "scores": [_score(each, instrument) for each in instrument.scores.values()],
        "notes": [{"text": note.text, "cite": _cited(note.citations)} for note in instrument.notes],
        "examples": [each.name for each in instrument.examples],
    }


def _item(item: Item, instrument: Instrument) -> dict[str, Any]:
    concept = item.concept
    is_number = item.kind.value == "number" and concept is not None
    return {
        "item": item.name,
        "type": item.kind.value,
        "asks": item.asks,
        "section": item.section,
        "help": item.help,
        "answers": [
            {"answer": each.name, "words": each.words, "points": each.points, "code": each.code}
            for each in item.choices.values()
        ],
        "collapse": [{"name": each.name, "words": each.words, "of": list(each.of)} for each in item.collapsed],
        "unit": concept.unit if is_number and concept else None,
        "range": [concept.lowest, concept.highest] if is_number and concept else None,
        "when": item.when_written or None,
        "when_words": None if item.when is None else to_words(item.when, instrument.vocabulary),
        "absences": [each.value for each in item.absences],
        "feeds": item.feeds or None,
        "cite": _cited(item.citations),
    }


def _score(each: Score, instrument: Instrument) -> dict[str, Any]:
    vocabulary = instrument.vocabulary
    ends = (each.concept.lowest, each.concept.highest)

    def steps(bands: Iterable[Band]) -> list[dict[str, Any]]:
        return [
            {
                "name": band.name,
                "words": band.words,
                "when": None if band.when is None else to_words(band.when, vocabulary),
            }
            for band in bands
        ]

    return {
        "score": each.name,
        "words": each.words,
        "draft": each.is_draft,
        "formula": None if each.number is None else written(each.number),
        "unit": each.unit,
        "decimals": each.decimals,
        "range": None if each.number is None or ends == UNBOUNDED else list(ends),
        "prorate": each.prorated,
        "bands": steps(each.bands),
        "members": steps(each.members),
        "when": None if each.when is None else to_words(each.when, vocabulary),
        "uses": list(each.uses),
        "feeds": each.feeds or None,
        "cite": _cited(each.citations),
    }


def scored_json(response: Response, scored: Mapping[str, Scored], sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return what a response scores; a total that is open is null, with its range."""
    instrument = response.instrument
    used = dict.fromkeys(citation.source for each in scored.values() for citation in each.score.citations)
    return {
        "instrument": instrument.id,
        "title": instrument.title,
        "version": instrument.version,
        "content": instrument.content_hash,
        "on": response.case.on.isoformat(),
        "about": response.about,
        "side": response.side or None,
        "scores": {name: _scored(each) for name, each in scored.items()},
        "sources": {name: sources[name].words for name in used},
    }


def _scored(each: Scored) -> dict[str, Any]:
    return {
        "words": each.words,
        "settled": each.is_settled,
        "draft": each.score.is_draft,
        "prorated": each.is_prorated,
        "missing": list(each.missing),
        "undefined": each.why_undefined or None,
        **_value(each),
        "cite": _cited(each.score.citations),
    }


def _value(each: Scored) -> dict[str, Any]:
    score = each.score
    if score.number is not None:
        span = each.value if isinstance(each.value, Span) else None
        return {
            "total": each.total,
            "range": list(span) if span else None,
            "may_be_wider": each.is_outer,
            "unit": score.unit,
        }
    if score.bands:
        possible = [name for name in score.concept.values if isinstance(each.value, frozenset) and name in each.value]
        return {"band": possible[0] if len(possible) == 1 else None, "possible": possible}
    if score.members:
        known = each.value if isinstance(each.value, Members) else Members(frozenset(), frozenset())
        names = list(score.concept.values)
        return {
            "members": [name for name in names if name in known.included],
            "not_known": [name for name in names if name not in known.included | known.excluded],
        }
    return {"holds": None if each.value in (None, Truth.UNKNOWN) else each.value is Truth.YES}


def _cited(citations: Iterable[Citation]) -> list[dict[str, str]]:
    return [{"source": each.source, "at": each.at, "mark": each.mark.value} for each in citations]
