"""What can be known of a patient: concepts, the panels that ask several at once, constraints.

Every concept is written once, in content/vocabulary, with its question, its type, unit and
range, its codes, and what it costs to find out. Definitions and constraints are kept here as
the text their author wrote; language/lexicon.py gives them meaning.
"""

import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from patency.document import Fields, Node
from patency.fault import Fault, Place, nearest
from patency.source import Citation, Source, read_citations


class Kind(Enum):
    """The type of a concept."""

    YES_NO = "yes/no"
    NUMBER = "number"
    CHOICE = "choice"
    ORDERED = "ordered"
    SET = "set"
    DATE = "date"


DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
DAYS = {"day": 1.0, "week": 7.0, "month": DAYS_A_MONTH, "year": DAYS_A_YEAR}
COSTS = ("history", "examination", "laboratory", "imaging", "invasive")  # least burden first


class Code(NamedTuple):
    """A concept's code in a published code system, with how it was verified."""

    system: str
    code: str
    mark: str


class Concept(NamedTuple):
    """Something that can be known of a patient.

    `words` is how a sentence names it (for a set: subject and verb); `says` and `denies` are the
    clauses for Yes and No (for a set: subject and verb once more, and their denial); `values` maps
    each answer's name to its words, least first when ordered; `unit` is the unit every stored number
    has, `units` the factors from other units into it;
    `lowest` and `highest` bound what is possible, in `unit`; `order` is its place in the files.
    A derived concept carries the text of its definition. A date has the event it dates (`only_if`), and
    how many days back that event's own question reaches (`within`; 0 for ever): it is asked only once
    the event is known, and giving it answers the event. Where the event is a choice, it has happened
    when the answer is `other_than` one value.
    """

    name: str
    kind: Kind
    asks: str
    words: str
    says: str
    denies: str
    help: str
    citations: tuple[Citation, ...]
    values: Mapping[str, str]
    unit: str
    units: Mapping[str, float]
    lowest: float
    highest: float
    cost: str
    codes: tuple[Code, ...]
    order: int
    place: Place
    definition: str = ""
    definition_place: Place = Place("")
    is_asked: bool = True
    only_if: str = ""
    other_than: str = ""
    within: float = 0.0

    @property
    def is_derived(self) -> bool:
        """Whether it is defined from other concepts."""
        return bool(self.definition)


class Panel(NamedTuple):
    """Yes/no concepts asked together; "none of these" is one answer that gives each a dated No."""

    name: str
    asks: str
    members: tuple[str, ...]
    order: int
    place: Place


class Constraint(NamedTuple):
    """What is true of every patient: if the first condition holds, so does the second."""

    name: str
    premise: str
    conclusion: str
    why: str
    place: Place
    premise_place: Place
    conclusion_place: Place


class Vocabulary(NamedTuple):
    """All concepts, panels and constraints, by name."""

    concepts: Mapping[str, Concept] = {}
    panels: Mapping[str, Panel] = {}
    constraints: Mapping[str, Constraint] = {}

    def panel_of(self, name: str) -> Panel | None:
        """Return the panel that asks this concept, if one does."""
        return next((panel for panel in self.panels.values() if name in panel.members), None)


def read_vocabulary(documents: list[Node], sources: dict[str, Source], faults: list[Fault]) -> Vocabulary:
    """Read the vocabulary files together, so that any may mention what another holds."""
    concepts: dict[str, Concept] = {}
    panels: dict[str, Panel] = {}
    constraints: dict[str, Constraint] = {}
    for document in documents:
        fields = Fields(document, faults, "a vocabulary file")
        for section, is_derived in (("concepts", False), ("definitions", True)):
            for name, node in fields.group(section).items():
                _refuse_second(name, node, concepts.get(name) or panels.get(name), faults)
                concept = _read_concept(name, node, is_derived, len(concepts), sources, faults)
                concepts.setdefault(name, concept)  # a second meaning is refused, and is not what others are read by
        for name, node in fields.group("panels").items():
            _refuse_second(name, node, concepts.get(name) or panels.get(name), faults)
            panels.setdefault(name, _read_panel(name, node, len(panels), faults))
        for name, node in fields.group("constraints").items():
            _refuse_second(name, node, constraints.get(name), faults)
            constraints.setdefault(name, _read_constraint(name, node, faults))
        fields.close()
    _check_panels(panels, concepts, faults)
    _check_dates(concepts, faults)
    return Vocabulary(concepts, panels, constraints)


def refuse_odd_name(
    name: str, place: Place, faults: list[Fault], why: str = "conditions mention it by this name"
) -> None:
    """Note a name that a condition could not mention, nor a page bear."""
    if not re.fullmatch("[a-z][a-z0-9_-]*", name):
        faults.append(
            Fault(
                place,
                f"{name!r} cannot be a name",
                why,
                "use lower-case letters, digits, '_' and '-', a letter first",
            )
        )


def _refuse_second(name: str, node: Node, first: Concept | Panel | Constraint | None, faults: list[Fault]) -> None:
    refuse_odd_name(name, node.place, faults)
    if first:
        faults.append(
            Fault(
                node.place,
                f"{name!r} is defined twice (first at {first.place})",
                "one word must mean one thing",
                "rename or remove one of them",
            )
        )


def _read_concept(
    name: str, node: Node, is_derived: bool, order: int, sources: dict[str, Source], faults: list[Fault]
) -> Concept:
    fields = Fields(node, faults, f"the concept {name!r}")
    kind = Kind.YES_NO
    if not is_derived:
        kind = Kind(
            fields.choice("type", [kind.value for kind in Kind], "an answer is checked against the concept's type")
        )
    says = fields.texts("says")
    if kind is Kind.YES_NO and len(says) != 2:
        fields.fault(
            node.place,
            f"{name!r} needs 'says' with a clause and its denial",
            "sentences are made of them",
            "write says: [the limb is threatened, the limb is not threatened]",
        )
        says = (name, f"not {name}")
    lowest, highest = read_range(fields, kind)
    concept = Concept(
        name=name,
        kind=kind,
        asks=fields.need_text("asks", "somebody has to be asked"),
        words="" if kind is Kind.YES_NO else fields.need_text("words", "sentences name it so"),
        says=says[0] if says else "",
        denies=says[1] if len(says) > 1 else "",
        help=fields.text("help"),
        citations=read_citations(fields, sources),
        values=_read_values(fields, kind),
        unit=read_unit(fields, kind),
        units=read_units(fields, kind),
        lowest=lowest,
        highest=highest,
        cost=fields.choice("cost", COSTS, "questions are ranked by what an answer costs"),
        codes=_read_codes(fields),
        order=order,
        place=node.place,
        definition=fields.need_text("when", "a definition says when it holds") if is_derived else "",
        definition_place=_place_of("when", fields),
        is_asked=not is_derived or fields.choice("asked", ["yes", "no"], "it is asked directly, or not", "no") == "yes",
        only_if=fields.text("only_if"),
        other_than=fields.text("other_than"),
        within=_read_window(fields),
    )
    fields.close()
    return concept


def _place_of(name: str, fields: Fields) -> Place:
    return fields.named[name].place if name in fields.named else fields.place


def _read_values(fields: Fields, kind: Kind) -> Mapping[str, str]:
    if kind not in (Kind.CHOICE, Kind.ORDERED, Kind.SET):
        return {}
    why = "an answer must be one of them"
    node = fields.need("values", why)
    if node is not None and not node.value:
        fields.fault(node.place, f"{fields.what} has no values", why, "write values: {mild: mild, severe: severe}")
    for value, each in fields.group("values").items():
        refuse_odd_name(value, each.place, fields.faults)
    return {value: fields.as_text(node, value) for value, node in fields.group("values").items()}


def read_unit(fields: Fields, kind: Kind) -> str:
    """Read the unit of a number; another kind has none."""
    return fields.need_text("unit", "a number without its unit means nothing") if kind is Kind.NUMBER else ""


def read_units(fields: Fields, kind: Kind) -> Mapping[str, float]:
    """Read in which other units a number may be given, each with what turns it into its own."""
    if kind is not Kind.NUMBER:
        return {}
    units = {unit: number_of(node, fields.faults) for unit, node in fields.group("also").items()}
    for unit, factor in units.items():
        if factor <= 0:
            fields.fault(
                fields.named["also"].place,
                f"{unit!r} is {factor:g} of the unit",
                "converted by it, every number would be wrong",
                "write how many of the unit one of it is, such as 0.5",
            )
    return units


def read_range(fields: Fields, kind: Kind) -> tuple[float, float]:
    """Read between which ends a number lies."""
    if kind is not Kind.NUMBER:
        return (0.0, 0.0)
    fields.need("range", "impossible values are refused by it")
    ends = [number_of(node, fields.faults) for node in fields.items("range")]
    if len(ends) == 2 and ends[0] < ends[1]:
        return (ends[0], ends[1])
    if "range" in fields.named:
        fields.fault(
            fields.named["range"].place,
            "the range needs a lowest and a highest value",
            "impossible values are refused by it",
            "write range: [0, 120]",
        )
    return (0.0, 1.0)


def number_of(node: Node, faults: list[Fault]) -> float:
    """Read a number; what is none is a Fault, and counts as one from there on."""
    try:
        number = float(node.value) if isinstance(node.value, str) else math.nan
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    found = repr(node.value) if isinstance(node.value, str) else node.kind
    faults.append(Fault(node.place, f"{found} is not a number", "a number is needed here", "write digits, such as 0.5"))
    return 1.0


def _read_window(fields: Fields) -> float:
    """Read how far back the event's question reaches, in days."""
    text = fields.text("within")
    number, _, unit = text.partition(" ")
    days = DAYS.get(unit.removesuffix("s"))
    if not text:
        return 0.0
    if days is None or not number.isdecimal():
        fields.fault(fields.named["within"].place, f"'within' cannot be {text!r}", "it says how far back the event is asked about",
                     "write a number of days, weeks, months or years, such as 3 months")  # fmt: skip
        return 0.0
    return int(number) * days


def _read_codes(fields: Fields) -> tuple[Code, ...]:
    codes = []
    for node in fields.items("codes"):
        entry = Fields(node, fields.faults, "a code")
        why = "a code is known by its system, its value and how it was verified"
        codes.append(Code(entry.need_text("system", why), entry.need_text("code", why), entry.need_text("mark", why)))
        entry.close()
    return tuple(codes)


def _read_panel(name: str, node: Node, order: int, faults: list[Fault]) -> Panel:
    fields = Fields(node, faults, f"the panel {name!r}")
    fields.need("members", "a panel asks several concepts in one breath")
    panel = Panel(
        name, fields.need_text("asks", "somebody has to be asked"), fields.texts("members"), order, node.place
    )
    fields.close()
    return panel


def _read_constraint(name: str, node: Node, faults: list[Fault]) -> Constraint:
    fields = Fields(node, faults, f"the constraint {name!r}")
    why = "a constraint says: if this, then that, and why"
    constraint = Constraint(
        name, fields.need_text("if", why), fields.need_text("then", why), fields.need_text("why", why), node.place,
        _place_of("if", fields), _place_of("then", fields),
    )  # fmt: skip
    fields.close()
    return constraint


def _check_dates(concepts: Mapping[str, Concept], faults: list[Fault]) -> None:
    for concept in concepts.values():
        event = concepts.get(concept.only_if)
        is_event = event is not None and (
            (event.kind is Kind.YES_NO and not event.is_derived and not concept.other_than)
            or (event.kind is Kind.CHOICE and concept.other_than in event.values)
        )
        if concept.only_if and not (is_event and concept.kind is Kind.DATE):
            faults.append(Fault(concept.place, f"{concept.name!r} is the date of {concept.only_if!r}, which cannot be",
                                "a date belongs to a plain yes/no concept, the event it dates",
                                nearest(concept.only_if, concepts, "name the event, or take 'only_if' out")))  # fmt: skip


def _check_panels(panels: Mapping[str, Panel], concepts: Mapping[str, Concept], faults: list[Fault]) -> None:
    asked: dict[str, str] = {}
    for panel in panels.values():
        for member in panel.members:
            concept = concepts.get(member)
            if concept is None:
                faults.append(
                    Fault(
                        panel.place,
                        f"the panel {panel.name!r} asks {member!r}, which is not in the vocabulary",
                        "a panel asks concepts",
                        nearest(member, concepts, "add the concept first"),
                    )
                )
            elif concept.kind is not Kind.YES_NO or concept.is_derived:
                faults.append(
                    Fault(
                        panel.place,
                        f"the panel {panel.name!r} asks {member!r}, which is not a plain yes/no concept",
                        "'none of these' must be a No to each",
                        "take it out of the panel",
                    )
                )
            elif member in asked:
                found = "twice" if asked[member] == panel.name else f"by {asked[member]!r} already"
                faults.append(
                    Fault(
                        panel.place,
                        f"the panel {panel.name!r} asks {member!r}, which is asked {found}",
                        "a person should be asked once",
                        "take it out of one of the two places",
                    )
                )
            asked.setdefault(member, panel.name)
