"""What an answer counts: its points, its number, and the same of an answer that is not fully known."""

from patency.case import Members, Span, Value
from patency.instrument.model import Item, ItemKind
from patency.truth import Truth

NOTHING = Span(0.0, 0.0)


def points_of(item: Item, value: Value | None) -> Span:
    """Return between which two ends an item counts, given what is known of its answer; nothing known is every answer.

    The reader has seen to it that every answer of an item in a formula has points.
    """
    if item.kind is ItemKind.NUMBER:
        concept = item.concept
        assert concept is not None, "only free text has no concept"
        return value if isinstance(value, Span) else Span(concept.lowest, concept.highest)
    if item.kind is ItemKind.MULTIPLE:
        return _of_several(item, value if isinstance(value, Members) else Members(frozenset(), frozenset()))
    points = [_points(item, name) for name in _possible(item, value)]
    return Span(min(points), max(points))


def why_not_added(item: Item) -> str:
    """Say why an item cannot stand in a formula; nothing where it can."""
    if item.kind is ItemKind.NUMBER:
        return ""
    if not item.kind.is_chosen:
        return "it is free text" if item.kind is ItemKind.TEXT else "it is a date"
    without = [name for name, choice in item.choices.items() if choice.points is None]
    return f"its answer {without[0]!r} has no points" if without else ""


def _possible(item: Item, value: Value | None) -> list[str]:
    if isinstance(value, Truth) and value is not Truth.UNKNOWN:
        return [str(value)]
    if isinstance(value, frozenset):
        return sorted(value)
    return list(item.choices)


def _points(item: Item, name: str) -> float:
    points = item.choices[name].points
    assert points is not None, "the reader refuses a formula with an answer that has no points"
    return points


def _of_several(item: Item, known: Members) -> Span:
    """Add up what was ticked; what may or may not have been ticked counts both ways."""
    sure = sum(_points(item, name) for name in known.included)
    open_points = [_points(item, name) for name in item.choices if name not in known.included | known.excluded]
    return Span(sure + sum(min(0.0, each) for each in open_points), sure + sum(max(0.0, each) for each in open_points))
