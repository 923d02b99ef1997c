"""What a person has entered in the form of a consult, as it was written, readable or not.

In: a case file, a case, or what a browser posts (form.py). Out: a Draft, and the case document that it says.
Nothing typed is lost here: what cannot be read stays as it was written, with its Fault, until it is mended.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from patency.answer import Unreadable, read_value
from patency.case import Case, Finding, Members, Span
from patency.document import Node
from patency.fault import Fault, Place, Refused
from patency.truth import Truth
from patency.vocabulary import Kind, Panel, Vocabulary

HERE = Place("your answers")
ONE, ALL = "one", "all"  # questions at a time
MOST_ANSWERS = 500  # in a form or a file that fills one; the vocabulary has under two hundred
MOST_VALUES = 2_000  # in all of them together

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Draft:
    """What a person has entered so far, as it was written, and how far the form has come.

    `unanswered` is the question that was sent back empty; `doubled` holds what was posted of a field that says two things.
    """

    on: str = ""
    name: str = ""
    about: str = ""
    answers: Mapping[str, Node] = field(default_factory=dict)
    mode: str = ONE
    added: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    done: frozenset[str] = frozenset()
    hours: str = ""
    is_made_up: bool = False
    unanswered: str = ""
    doubled: Mapping[str, Posted] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been answered."""
        return not self.answers

    def document(self, without: Collection[str] = ()) -> Node:
        """Return the case file that says what has been entered, without some of the answers."""
        named = {name: Node(HERE, text) for name, text in (("case", self.name), ("about", self.about)) if text}
        if self.on:
            named["on"] = Node(HERE, self.on)
        answers = {name: node for name, node in self.answers.items() if name not in without}
        places = {name: node.place for name, node in answers.items()}
        return Node(HERE, {**named, "findings": Node(HERE, answers, places)})

    def seen_on(self, day: str) -> "Draft":
        """Return the draft with a day where it had none: what was 3 days ago must stay so tomorrow."""
        return self if self.on else replace(self, on=day)


def from_document(document: Node) -> Draft:
    """Take a case file into the form; what does not belong in one is left to `read_case` to refuse."""
    named = document.value if isinstance(document.value, dict) else {}

    def text(name: str) -> str:
        value = named[name].value if name in named else ""
        return value if isinstance(value, str) else ""

    findings = named["findings"].value if "findings" in named else {}
    keys = named["findings"].keys or {} if "findings" in named else {}
    answers = (
        {name: node._replace(place=keys.get(name, node.place)) for name, node in findings.items()}
        if isinstance(findings, dict)
        else {}
    )
    return Draft(text("on"), text("case"), text("about"), answers)


def refuse_crowd(document: Node) -> None:
    """Refuse a file with more in it than any patient has: laying it out would keep the server from others."""
    findings = document.value.get("findings") if isinstance(document.value, dict) else None
    if findings is None or not isinstance(findings.value, dict):
        return
    if len(findings.value) > MOST_ANSWERS or _size(findings) > MOST_VALUES:
        raise Refused([Fault(document.place, f"it holds more than {MOST_ANSWERS} findings, or {MOST_VALUES:,} values",
                             "no patient has so many", "check that it is the file you meant")])  # fmt: skip


def _size(node: Node) -> int:
    parts = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, tuple) else ()
    return 1 + sum(_size(part) for part in parts)


def moved(draft: Draft, was_on: str, known: Collection[str], vocabulary: Vocabulary) -> Draft:
    """Return a draft whose day was changed by hand, with what was known as days ago turned into its date: the past does not move."""
    try:
        then = date.fromisoformat(was_on)
    except ValueError:
        return draft
    if draft.on == was_on:
        return draft
    fixed = {name: _fixed(name, node, then, vocabulary) for name, node in draft.answers.items() if name in known}
    return replace(draft, answers={**draft.answers, **fixed})


def _fixed(name: str, node: Node, then: date, vocabulary: Vocabulary) -> Node:
    concept = vocabulary.concepts.get(name)
    if concept is None or concept.kind is not Kind.DATE or not isinstance(node.value, str):
        return node
    try:
        value, _ = read_value(concept, node, then)
    except Unreadable:
        return node
    if not isinstance(value, Span):
        return node
    first, last = (date.fromordinal(int(day)).isoformat() for day in value)
    return node._replace(value=first if first == last else f"{first} to {last}")


def from_case(case: Case, vocabulary: Vocabulary) -> Draft:
    """Take a case into the form, as if somebody had entered it."""
    panels = {
        panel.name: panel
        for panel in vocabulary.panels.values()
        if all(_is_of(panel, name, case) for name in panel.members)
    }
    answers: dict[str, Node] = {}
    for finding in case.findings.values():
        if finding.panel in panels:
            answers[finding.panel] = _of_panel(panels[finding.panel], case)
        elif (
            finding.source.removeprefix("from ") not in case.findings
        ):  # what follows from another answer is not an answer
            answers[finding.concept] = _of_finding(finding, vocabulary)
    return Draft(case.on.isoformat(), case.name, case.about, answers)


def _is_of(panel: Panel, name: str, case: Case) -> bool:
    return name in case.findings and case.findings[name].panel == panel.name


def _of_panel(panel: Panel, case: Case) -> Node:
    present = tuple(_text(name) for name in panel.members if case.value(name) is Truth.YES)
    absence = case.findings[panel.members[0]].absence
    return _text(absence.value) if absence else Node(HERE, present) if present else _text("none")


def _of_finding(finding: Finding, vocabulary: Vocabulary) -> Node:
    if finding.panel:
        return _text(finding.absence.value if finding.absence else str(finding.value))
    if not isinstance(finding.value, Members):
        return _text(finding.written)
    included, excluded = (Node(HERE, tuple(_text(each) for each in sorted(names))) for names in finding.value)
    if len(included.value) + len(excluded.value) < len(vocabulary.concepts[finding.concept].values):
        return Node(HERE, {"includes": included, "excludes": excluded})
    return included if included.value else _text("none")


def _text(text: str) -> Node:
    return Node(HERE, text)
