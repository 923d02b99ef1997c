"""From what the file of an instrument says of an item's answers to Choices; Faults go where the Fields gather them.

In: the Fields of an item, and the lists of answers that several items share. Out: its answers by their names, with their
words, points and codes, and which of them are counted as one.
"""

import re
from collections import Counter
from collections.abc import Mapping

from patency.answer import ABSENCES
from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.instrument.model import MOST_CHOICES, Choice, Collapsed, ItemKind
from patency.vocabulary import number_of, refuse_odd_name


def read_choices(fields: Fields, kind: ItemKind, shared: Mapping[str, Node]) -> dict[str, Choice]:
    """Read the answers of an item by their names, its own or those of a list that it names; none where none are chosen."""
    if not kind.is_chosen:
        return {}
    if kind is ItemKind.YES_NO:
        points = fields.group("points")
        worth = {"yes": 1.0, "no": 0.0} | {name: number_of(each, fields.faults) for name, each in points.items()}
        for name, each in points.items():
            if name not in ("yes", "no"):
                fields.fault(
                    each.place,
                    f"{fields.what} has no answer {name!r}",
                    "it is answered yes or no",
                    "write points: {yes: 1, no: 0}",
                )
        return {name: Choice(name, name, worth[name], code) for name, code in (("yes", "1"), ("no", "0"))}
    node = fields.need("answers", "one answer or several must be chosen")
    if node is None:
        return {}
    if isinstance(node.value, str):
        name = node.value.strip()
        if name not in shared:
            fields.fault(
                node.place,
                f"there are no answers {name!r}",
                "an item names its answers, or a list of them under 'answers'",
                nearest(name, shared, "write answers: {mild: mild, severe: severe}"),
            )
            return {}
        return _read_list(shared[name], fields)
    return _read_list(node, fields)


def _read_list(node: Node, fields: Fields) -> dict[str, Choice]:
    listing = Fields(node, fields.faults, f"the answers to {fields.what}")
    choices: dict[str, Choice] = {}
    if len(listing.named) > MOST_CHOICES:
        fields.fault(
            listing.place,
            f"{fields.what} has {len(listing.named):,} answers",
            f"up to {MOST_CHOICES:,} are read",
            "let it be answered in words, or ask in two steps",
        )
        return {}
    for name, each in listing.named.items():
        _refuse_odd_answer(name, each.place, fields.faults)
        if name in ABSENCES:
            fields.fault(
                each.place,
                f"{name!r} cannot be an answer to {fields.what}",
                "it is read as a reason for giving none",
                "rename it, or leave it out",
            )
        choices[name] = _read_choice(name, each, fields)
    if listing.is_readable and len(choices) < 2:
        fields.fault(
            listing.place,
            f"{fields.what} has fewer than two answers",
            "there is nothing to choose",
            "write two or more",
        )
    for what, values in (
        ("words", [each.words for each in choices.values()]),
        ("code", [each.code for each in choices.values()]),
    ):
        doubles = sorted(each for each, times in Counter(values).items() if times > 1)
        if doubles:
            fields.fault(
                listing.place,
                f"two answers to {fields.what} have the {what} {doubles[0]!r}",
                "nobody could tell them apart",
                "change one of them",
            )
    return choices


def _refuse_odd_answer(name: str, place: Place, faults: list[Fault]) -> None:
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]*", name):  # as on the ward: IIa, V12, grade 3
        faults.append(
            Fault(
                place,
                f"{name!r} cannot name an answer",
                "conditions mention it by this name",
                "use letters, digits, '_' and '-'",
            )
        )


def _read_choice(name: str, node: Node, fields: Fields) -> Choice:
    if isinstance(node.value, str):
        return Choice(name, node.value.strip() or name, None, name)
    entry = Fields(node, fields.faults, f"the answer {name!r}")
    points = entry.get("points")
    choice = Choice(
        name,
        entry.need_text("words", "a person chooses by them"),
        None if points is None else number_of(points, fields.faults),
        entry.text("code", name),
        entry.get("remainder") is not None
        and entry.choice("remainder", ("yes", "no"), "it is an answer, or what is left") == "yes",
    )
    entry.close()
    return choice


def read_collapsed(fields: Fields, choices: Mapping[str, Choice]) -> tuple[Collapsed, ...]:
    """Read which answers of an item are counted as one, under which name."""
    collapsed = []
    for name, node in fields.group("collapse").items():
        entry = Fields(node, fields.faults, f"the answers counted as one {name!r}")
        refuse_odd_name(name, node.place, fields.faults)
        of = entry.texts("of")
        odd = [each for each in of if each not in choices]
        if odd or len(set(of)) < 2 or name in choices:
            what = (
                f"{name!r} is an answer itself"
                if name in choices
                else f"{odd[0]!r} is no answer to {fields.what}"
                if odd
                else f"{name!r} joins fewer than two answers"
            )
            fields.fault(
                entry.place,
                what,
                "some of an item's answers are counted as one, under a name of their own",
                nearest(odd[0], choices, f"its answers are {listed(list(choices), 'and')}")
                if odd
                else "write of: [one, other]",
            )
        collapsed.append(Collapsed(name, entry.need_text("words", "a table names them so"), of))
        entry.close()
    return tuple(collapsed)
