"""A field of the form, as its template shows it: the question, its possible answers, what is written there now.

In: the draft, the vocabulary, the questions still worth asking, the faults. Out: Fields in groups: what to ask
next, what is answered already, what was asked for besides. A name stands in one place only.

Not here: what a browser posts (form.py), the words of a question (content).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from patency.answer import ABSENCES, amount_parts, as_written, unit_words
from patency.case import Absence
from patency.consult.page import Consult
from patency.document import Node
from patency.fault import Fault
from patency.guideline.ask import Question
from patency.guideline.model import Decision, Library
from patency.vocabulary import Concept, Kind, Panel, Vocabulary
from patency.web.draft import ALL, Draft, Posted

WHY = tuple(absence.value for absence in Absence)
_AGO = re.compile(r"(\d+(?:\s*(?:to|–)\s*\d+)?)\s+days?\s+ago")


@dataclass(frozen=True)
class Choice:
    """One possible answer that a control offers."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One question with its controls; `kind` is that of its concept, or `panel`, or `odd` for a name nobody knows."""

    name: str
    kind: str
    asks: str
    help: str = ""
    cost: str = ""
    choices: tuple[Choice, ...] = ()
    text: str = ""
    units: tuple[Choice, ...] = ()
    ago: str = ""
    rest: str = ""
    excluded: tuple[Choice, ...] = ()
    absence: str = ""
    on: str = ""
    source: str = ""
    is_answered: bool = False
    faults: tuple[Fault, ...] = ()
    settles: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Group:
    """Fields under one heading."""

    name: str
    heading: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Fields:
    """The whole form: what is asked next, what else could still be asked, and what is answered."""

    next: tuple[Field, ...]
    groups: tuple[Group, ...]
    answered: tuple[Field, ...]
    added: tuple[Field, ...]
    others: tuple[Group, ...]
    asked: str
    left: int

    @cached_property
    def _at(self) -> Mapping[Fault, str]:
        shown = (*self.next, *(field for group in self.groups for field in group.fields), *self.added, *self.answered)
        return {fault: field.name for field in reversed(shown) for fault in field.faults}

    def of(self, fault: Fault) -> str:
        """Name the first field that a fault is about, or nothing where it is about none."""
        return self._at.get(fault, "")


def fields(draft: Draft, library: Library, consult: Consult | None, faults: Iterable[Fault]) -> Fields:
    """Lay the form out: in the order of what is worth asking, each name once."""
    vocabulary = library.lexicon.vocabulary
    about = _by_name(faults, vocabulary, draft)
    asked = _asked(draft, consult, vocabulary)
    names = {name for _, each in asked for name in each}
    made = {
        name: _field(name, draft.answers.get(name), vocabulary, about.get(name, ()))
        for name in (*names, *draft.answers, *draft.added)
    }
    made |= {name: _as_posted(made[name], posted) for name, posted in draft.doubled.items() if name in made}
    if consult is not None:
        for question, each in asked:
            if each == (question.name,):
                made[question.name] = replace(
                    made[question.name], settles=consult.answers_to(question), cost=question.cost
                )
    order = [(question, tuple(made[name] for name in each)) for question, each in asked]
    laid = order if draft.mode == ALL else order[:1]
    shown = {field.name for _, each in laid for field in each}
    groups = [_group(decision, laid) for decision in library.decisions.values()] if draft.mode == ALL else []
    return Fields(
        next=tuple(field for _, each in laid for field in each) if draft.mode != ALL else (),
        groups=tuple(group for group in groups if group.fields),
        answered=tuple(made[name] for name in draft.answers if name not in shown),
        added=tuple(made[name] for name in draft.added if name not in shown and name not in draft.answers),
        others=_others(vocabulary, {*draft.answers, *draft.added, *shown}),
        asked=laid[0][0].name if laid else "",
        left=len(asked),
    )


def _group(decision: Decision, order: Iterable[tuple[Question, tuple[Field, ...]]]) -> Group:
    here = tuple(field for question, each in order if question.decision == decision.id for field in each)
    return Group(decision.id, decision.asks, here)


def _asked(draft: Draft, consult: Consult | None, vocabulary: Vocabulary) -> list[tuple[Question, tuple[str, ...]]]:
    """List the questions with the fields that put them, those that were passed over last."""
    found: list[tuple[Question, tuple[str, ...]]] = []
    seen: set[str] = set()
    for question in consult.questions if consult else ():
        panel = vocabulary.panels.get(question.name)
        names: tuple[str, ...] = (question.name,)
        if panel and not {*panel.members}.isdisjoint(draft.answers):
            # Ticking none of a panel would answer No to what stands elsewhere as its own answer; so each is asked apart.
            names = tuple(name for name in question.concepts if name not in draft.answers)
        elif (
            question.name not in vocabulary.panels
            and (whole := vocabulary.panel_of(question.name))
            and whole.name in draft.answers
        ):
            names = (whole.name,)
        names = tuple(name for name in names if name not in seen)
        seen.update(names)
        if names:
            found.append((question, names))
    return sorted(found, key=lambda each: each[0].name in draft.skipped)


def _by_name(faults: Iterable[Fault], vocabulary: Vocabulary, draft: Draft) -> dict[str, tuple[Fault, ...]]:
    """Find for each field the faults that are about it; a member of a panel is mended at the panel."""
    found: dict[str, tuple[Fault, ...]] = {}
    for fault in faults:
        for name in fault.about:
            panel = vocabulary.panel_of(name)
            at = panel.name if panel and name not in draft.answers and panel.name in draft.answers else name
            if fault not in found.get(at, ()):
                found[at] = (*found.get(at, ()), fault)
    return found


def _others(vocabulary: Vocabulary, shown: Collection[str]) -> tuple[Group, ...]:
    """Group what else can be known by the file of the vocabulary that it is written in."""
    groups: dict[str, list[Field]] = {}
    for concept in sorted(vocabulary.concepts.values(), key=lambda each: each.order):
        if concept.is_asked and concept.name not in shown:
            topic = concept.place.file.rpartition("/")[2].partition(".")[0]
            groups.setdefault(topic, []).append(Field(concept.name, concept.kind.value, concept.asks))
    return tuple(Group(topic, topic.replace("-", " "), tuple(each)) for topic, each in groups.items())


def _field(name: str, node: Node | None, vocabulary: Vocabulary, faults: tuple[Fault, ...]) -> Field:
    answer, on, source = _parts(node)
    written = as_written(answer) if answer is not None else ""
    absence = ABSENCES.get(written.strip().lower())
    field = Field(
        name, "odd", name, text=written, absence=absence.value if absence else "", on=on, source=source,
        is_answered=node is not None, faults=faults,
    )  # fmt: skip
    if panel := vocabulary.panels.get(name):
        return _panel_field(field, panel, answer, vocabulary)
    if concept := vocabulary.concepts.get(name):
        field = replace(field, kind=concept.kind.value, asks=concept.asks, help=concept.help, cost=concept.cost)
        return _MAKERS[concept.kind](field, concept, answer)
    return field


def _parts(node: Node | None) -> tuple[Node | None, str, str]:
    """Take an answer apart into itself, the day on which it was found and where it is from."""
    if node is None or not isinstance(node.value, dict) or not {"value", "absent", "on", "from"} & set(node.value):
        return node, "", ""
    parts = node.value
    on, source = (as_written(parts[part]) if part in parts else "" for part in ("on", "from"))
    return parts.get("absent") or parts.get("value"), on, source


def _truth(field: Field, _: Concept, __: Node | None) -> Field:
    chosen = {"true": "yes", "present": "yes", "false": "no", "absent": "no"}.get(
        field.text.lower(), field.text.lower()
    )
    offered = tuple(Choice(value, value.capitalize(), value == chosen) for value in ("yes", "no"))
    return replace(field, choices=_with_odd(offered, field))


def _with_odd(offered: tuple[Choice, ...], field: Field) -> tuple[Choice, ...]:
    """Keep an answer that is none of those offered, such as 'moderate or severe', as a choice of its own."""
    if not field.text or field.absence or any(choice.is_chosen for choice in offered):
        return offered
    return (*offered, Choice(field.text, _odd(field.text) if field.faults else field.text, True))


def _one_of(field: Field, concept: Concept, _: Node | None) -> Field:
    written = field.text.lower()
    offered = tuple(Choice(value, words, written in (value, words.lower())) for value, words in concept.values.items())
    return replace(field, choices=_with_odd(offered, field))


def _amount(field: Field, concept: Concept, _: Node | None) -> Field:
    amount, unit = ("", concept.unit) if field.absence else amount_parts(concept, field.text)
    units = tuple(
        Choice(each, unit_words(each), each == unit) for each in (concept.unit, *concept.units) if each not in ("", "1")
    )
    return replace(field, text=amount, units=units)


def _day(field: Field, _: Concept, __: Node | None) -> Field:
    ago = _AGO.fullmatch(field.text.strip())
    return replace(field, text="", ago=ago[1]) if ago else replace(field, text="" if field.absence else field.text)


def _members(field: Field, concept: Concept, answer: Node | None) -> Field:
    return _list(field, concept.values, answer)


def _list(field: Field, values: Mapping[str, str], answer: Node | None) -> Field:
    """Show a list to tick: what is there, what is known not to be, and what is said of the rest."""
    parts: Mapping[str, Node] = answer.value if answer is not None and isinstance(answer.value, dict) else {}
    written = [] if field.absence else _names(parts.get("includes") if parts else answer)
    included = ["none" if each.lower() == "none of these" else each for each in written]
    offered = [Choice(value, words, value in included) for value, words in values.items()]
    offered += [Choice(each, _odd(each), True) for each in included if each not in values and each != "none"]
    offered.append(Choice("none", "none of these", included == ["none"]))
    rest = "" if answer is None or field.absence or included == ["none"] else "unknown" if parts else "no"
    kept = tuple(Choice(each, values.get(each, each), True) for each in _names(parts.get("excludes")))
    return replace(field, choices=tuple(offered), rest=rest, excluded=kept)


def _odd(written: str) -> str:
    return f"“{written}”, as it was written"


def _names(node: Node | None) -> list[str]:
    if node is None:
        return []
    if isinstance(node.value, str):
        return [part.strip() for part in node.value.split(",") if part.strip()]
    return [as_written(each).strip() for each in node.value] if isinstance(node.value, tuple) else [as_written(node)]


def _panel_field(field: Field, panel: Panel, answer: Node | None, vocabulary: Vocabulary) -> Field:
    says = {name: vocabulary.concepts[name].says for name in panel.members}
    return replace(_list(field, says, answer), kind="panel", asks=panel.asks)


def _as_posted(field: Field, posted: Posted) -> Field:
    """Show a field that says two things as it was posted, so that the person clears one of them and not the form."""

    def one(part: str) -> str:
        return next((value for value in reversed(posted.get(part, ())) if value), "")

    chosen = posted.get("", ())
    is_absent = bool(one(".unknown")) or "?" in chosen
    return replace(
        field,
        text="" if field.choices else one(""),
        ago=one(".ago"),
        rest=one(".rest"),
        absence=(one(".why") or WHY[0]) if is_absent else "",
        choices=tuple(replace(choice, is_chosen=choice.value in chosen) for choice in field.choices),
    )


_MAKERS = {
    Kind.YES_NO: _truth,
    Kind.CHOICE: _one_of,
    Kind.ORDERED: _one_of,
    Kind.NUMBER: _amount,
    Kind.DATE: _day,
    Kind.SET: _members,
}
