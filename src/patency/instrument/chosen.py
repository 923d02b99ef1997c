"""How a choice may be written in a response: by its name, its words, its code, or its points, as on a paper form.

In: an answer as it was written. Out: the same answer by the names of the choices, so that all that reads it after knows
names alone. What is written in none of these ways is left as it is, and the reader of answers says what is wrong with it.

Points are an answer only where every choice has a whole number of its own. Where code, words and points lead to two
choices, nobody could tell which was meant, and the answer is refused with their names.
"""

import re
from collections.abc import Sequence

from patency.answer import ABSENCES, Unreadable
from patency.document import Node
from patency.fault import listed
from patency.instrument.model import Choice, Item, ItemKind


def by_names(item: Item, node: Node) -> Node:
    """Return an answer with each choice by its name."""
    if item.kind is ItemKind.MULTIPLE:
        return _several(item, node)
    if item.kind.is_chosen and isinstance(node.value, str):
        return Node(node.place, _one(item, node.value), node.keys)
    return node


def _one(item: Item, text: str) -> str:
    whole = _name(item, text)
    if whole is not None or item.kind is ItemKind.YES_NO:
        return text if whole is None else whole
    parts = re.split(r"\s+or\s+", text.strip())
    names = [_name(item, part) or part for part in parts]
    return text if names == parts else " or ".join(names)


def _several(item: Item, node: Node) -> Node:
    match node.value:
        case dict():  # what it includes and excludes
            return Node(node.place, {name: _several(item, each) for name, each in node.value.items()}, node.keys)
        case tuple() if all(isinstance(each.value, str) for each in node.value):
            parts = [str(each.value) for each in node.value]
        case str() if node.value.strip().lower() != "none":
            parts = node.value.split(",")
        case _:
            return node
    names = _joined(item, parts)
    return Node(node.place, tuple(Node(node.place, name) for name in names), node.keys) if names != parts else node


def _joined(item: Item, parts: Sequence[str]) -> list[str]:
    """Name each part, or several together: the words of a choice may hold a comma."""
    most = 1 + max(choice.words.count(",") for choice in item.choices.values())
    names: list[str] = []
    at = 0
    while at < len(parts):
        for count in range(min(most, len(parts) - at), 0, -1):
            name = _name(item, ", ".join(part.strip() for part in parts[at : at + count]))
            if name is not None or count == 1:
                names.append(parts[at] if name is None else name)
                at += count
                break
    return names


def _name(item: Item, written: str) -> str | None:
    """Return the name of the choice that is meant, if one is."""
    text = written.strip()
    if text in item.choices:
        return text
    if text.lower() in ABSENCES:
        return None
    by_points = _are_points_answers(item)
    meant = [choice.name for choice in item.choices.values() if _is_meant(choice, text, by_points)]
    if len(meant) > 1:
        raise Unreadable(
            f"{item.name!r} cannot be {text!r}",
            f"it may mean {listed([repr(name) for name in meant])}, by its words, its code or its points",
            f"write {listed(meant)}",
        )
    return meant[0] if meant else None


def _is_meant(choice: Choice, text: str, by_points: bool) -> bool:
    points = f"{choice.points:.0f}" if by_points and choice.points is not None else None
    return text.lower() == choice.words.lower() or text in (choice.code, points)


def _are_points_answers(item: Item) -> bool:
    """Whether every choice has a whole number of points of its own, so that the number says which is meant."""
    points = [choice.points for choice in item.choices.values()]
    return len(set(points)) == len(points) and all(each is not None and each.is_integer() for each in points)
