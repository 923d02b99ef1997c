"""Filled-in scales as a cut shows them: one row each, with Patency's own total; beside it every answer, and every score.

A total that leaves an item blank is a span from `total_low` to `total_high` and no total; a category that is not settled is
none, and `category_may_be` says what it may still be. A total that was worked out elsewhere stands as `total_as_written` and is
never used. Of a scale in another version than the one that stands in the manifest nothing is scored: its answers may mean
something else.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.case import Absence, Members, Span
from patency.cut.manifest import Column
from patency.instrument.model import Instrument, Item, ItemKind
from patency.instrument.score import score
from patency.instrument.scored import Scored
from patency.registry.cutting.ages import AGE, shown_age
from patency.registry.cutting.columns import EPOCH
from patency.registry.entry import ITEMS, unpacked
from patency.registry.said import response_of
from patency.truth import Truth

if TYPE_CHECKING:
    import polars

ANOTHER = "another"
_LONG_AGO = date(2000, 1, 1)  # scores hang on no day, unless an item is one: then nothing is kept from before
RESPONSE = (
    Column("instrument", "one of", "the scale; null where Patency does not have it"),
    Column("version", "text", f"its version: that of the manifest, or '{ANOTHER}', of which nothing is scored"),
    Column("total", "number", "Patency's own total, where no blank leaves it open"),
    Column("total_low", "number", "the least the total may be"),
    Column("total_high", "number", "the most the total may be"),
    Column("category", "one of", "Patency's own category, where it is settled"),
    Column("category_may_be", "list of", "the categories that it may still be"),
)
ANSWER = (
    Column("response", "id", "the filled-in scale"),
    Column("item", "text", "the item, by its name in the scale"),
    Column("choice", "one of", "the answer, of an item with answers to choose from; yes or no"),
    Column("number", "number", "the answer, of a number"),
    Column("low", "number", "the least it may be, where only two ends are known"),
    Column("high", "number", "the most it may be"),
    Column("members", "list of", "the answers, where several may be given"),
    Column("day", "day", "the answer, of a date", "days since the index date"),
    Column("absent", "one of", "the reason for no answer"),
)
SCORE = (
    Column("response", "id", "the filled-in scale"),
    Column("score", "text", "the score, by its name in the scale"),
    Column("low", "number", "the least it may be, of a number"),
    Column("high", "number", "the most it may be"),
    Column("may_be", "list of", "what it may be, of bands, yes or no; of a set, what is in it"),
    Column("is_settled", "yes/no", "whether no blank leaves it open"),
)


class Filled(NamedTuple):
    """Some filled-in scales: what is added to their rows, and the rows of the two tables beside; `at` is a row's place."""

    added: "polars.DataFrame"
    answers: "polars.DataFrame"
    scores: "polars.DataFrame"


class Scales:
    """Reads filled-in scales; what is answered alike is scored once."""

    def __init__(self, scales: Mapping[str, Instrument]) -> None:
        self._scales = scales
        self._known: dict[tuple[str, str], dict[str, Scored]] = {}

    def read(self, lines: Sequence[bytes], index: Sequence[int | None]) -> Filled:
        """Read lines of filled-in scales; `index` is the index day of each, counted from 1970."""
        import polars

        added: list[tuple[Any, ...]] = []
        answers: list[tuple[Any, ...]] = []
        scores: list[tuple[Any, ...]] = []
        for at, (line, day) in enumerate(zip(lines, index, strict=True)):
            said = json.loads(line)
            scale = self._scales.get(said.get("v", {}).get("instrument", ""))
            version = said.get("v", {}).get("version", "")
            is_this = scale is not None and version in ("", scale.version)
            scored = self._scored(scale, said) if scale is not None and is_this else {}
            added.append((scale and scale.id, scale and (scale.version if is_this else ANOTHER), *_summed(scored)))
            answers += [(at, *each) for each in _answers(scale, line, day)] if scale is not None else []
            scores += [(at, *_score(name, each)) for name, each in scored.items()]
        return Filled(*(
            polars.DataFrame(rows, schema, orient="row")
            for rows, schema in zip((added, answers, scores), _schemas(), strict=True)
        ))  # fmt: skip

    def _scored(self, scale: Instrument, said: Mapping[str, Any]) -> dict[str, Scored]:
        spans = {name: ends for name, ends in said.get("s", {}).items() if name.startswith(ITEMS)}
        alike = (scale.id, repr((said.get("i"), spans)))
        if alike not in self._known:
            values, _ = unpacked(json.dumps({"i": said.get("i", {}), "s": spans}).encode())
            self._known[alike] = score(scale, response_of(values, scale, scale.place, on=_LONG_AGO))
        return self._known[alike]


def _schemas() -> tuple[dict[str, Any], ...]:
    """Return the types of the columns that are added, of answers, and of scores."""
    import polars

    at, number, text, texts = polars.get_index_type(), polars.Float64(), polars.String(), polars.List(polars.String())
    added = (text, text, number, number, number, text, texts)
    answers = (at, text, text, number, number, number, texts, polars.Int32(), text)
    scores = (at, text, number, number, texts, polars.Boolean())
    return (
        dict(zip(_names(RESPONSE), added, strict=True)),
        dict(zip(("at", *_names(ANSWER[1:])), answers, strict=True)),
        dict(zip(("at", *_names(SCORE[1:])), scores, strict=True)),
    )


def _answers(scale: Instrument, line: bytes, index: int | None) -> list[tuple[Any, ...]]:
    """Return each answer of a filled-in scale, without free text."""
    values, _ = unpacked(line)
    found = []
    for name, item in scale.items.items():
        answer = values.get(ITEMS + name)
        if answer is None or item.kind is ItemKind.TEXT:
            continue
        choice = number = low = high = members = day = absent = None
        match answer:
            case Absence():
                absent = answer.value
            case Span(least, most):
                low, high = _days(least, index, item), _days(most, index, item)
            case frozenset():
                members = sorted(answer)
            case date():
                day = None if index is None else answer.toordinal() - EPOCH - index
            case float():
                number = shown_age(answer) if item.feeds == AGE else answer
            case _:
                choice = answer
        found.append((name, choice, number, low, high, members, day, absent))
    return found


def _days(end: float, index: int | None, item: Item) -> float | None:
    if item.kind is not ItemKind.DATE:
        return shown_age(end) if item.feeds == AGE else end
    return None if index is None else end - EPOCH - index


def _summed(scored: Mapping[str, Scored]) -> tuple[Any, ...]:
    total, category = scored.get("total"), scored.get("category")
    span = total.value if total is not None and isinstance(total.value, Span) else None
    bands = list(category.score.concept.values) if category is not None else []
    may_be = (
        [name for name in bands if isinstance(category.value, frozenset) and name in category.value]
        if category
        else None
    )
    ends = (span.low if span.is_exact else None, span.low, span.high) if span else (None, None, None)
    return (*ends, may_be[0] if may_be is not None and len(may_be) == 1 else None, may_be)


def _score(name: str, scored: Scored) -> tuple[Any, ...]:
    low = high = may_be = None
    match scored.value:
        case Span():
            low, high = scored.value
        case Members(included, _):
            may_be = sorted(included)
        case frozenset():
            may_be = [band for band in scored.score.concept.values if band in scored.value]
        case Truth():
            may_be = ["yes", "no"] if scored.value is Truth.UNKNOWN else [str(scored.value)]
    return name, low, high, may_be, scored.is_settled and not scored.why_undefined


def _names(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]
