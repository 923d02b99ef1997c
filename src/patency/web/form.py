"""The form of a consult: what a browser posts, as a case document, and back.

In: posted names with values, or an uploaded case file. Out: a Draft, which holds every answer as it
was written, readable or not, so that nothing a person typed is lost; `document` makes of it what
casefile.py reads. The draft travels in the form itself; the server keeps nothing of it.

A field is named by its concept or panel: `age`. What belongs to it stands after a dot: `age.unit`,
`onset.ago`, `segments.rest`, `severity.unknown` and `.why`, `x.on` and `x.from`. What is not an answer
begins with a dot: `.order`, `.on`, `.name`, `.about`, `.mode`, `.add`, `.added`, `.skip`, `.skipped`, `.done`, `.hours`, `.made_up`.

Not here: what an answer means (casefile.py), how a field looks (fields.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from patency.answer import ABSENCES, with_unit
from patency.case import Absence, Case, Finding, Members
from patency.document import Node
from patency.fault import CONTROL, Fault, Place
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Panel, Vocabulary

HERE = Place("your answers")
ONE, ALL = "one", "all"  # questions at a time
UNKNOWN = "?"  # what a row of radio buttons says instead of an answer

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Draft:
    """What a person has entered so far, as it was written, and how far the form has come."""

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


def read_form(posted: Posted, vocabulary: Vocabulary) -> Draft:
    """Read what a browser posts; what cannot be one answer is kept as written, with its Fault."""
    faults: list[Fault] = []
    posted = {key: [_clean(value, key, faults) for value in values] for key, values in posted.items()}
    # As they were answered, not as they stand in the form, where the question that is asked comes first.
    found = dict.fromkeys(key.partition(".")[0] for key in posted if not key.startswith("."))
    names = dict.fromkeys(name for name in (*_one(posted, ".order").split(), *found) if name in found)
    answers = {}
    for name in names:
        node = _answer(name, posted, vocabulary, faults)
        if node is not None:
            answers[name] = node
    added = [name for name in (*posted.get(".added", ()), *posted.get(".add", ())) if _is_known(name, vocabulary)]
    skipped = [name for name in (*posted.get(".skipped", ()), *posted.get(".skip", ())) if _is_known(name, vocabulary)]
    return Draft(
        _one(posted, ".on"), _one(posted, ".name"), _one(posted, ".about"), answers,
        ALL if _one(posted, ".mode") == ALL else ONE,
        tuple(dict.fromkeys(added)), tuple(dict.fromkeys(skipped)), frozenset(posted.get(".done", ())),
        _one(posted, ".hours"), bool(_one(posted, ".made_up")), tuple(faults),
    )  # fmt: skip


def _is_known(name: str, vocabulary: Vocabulary) -> bool:
    return name in vocabulary.concepts or name in vocabulary.panels


def _clean(value: str, key: str, faults: list[Fault]) -> str:
    """Return a value without letters that cannot be seen, and note that there were some."""
    if not CONTROL.search(value):
        return value.strip()
    name = key.partition(".")[0]
    faults.append(Fault(HERE, "a letter here cannot be seen", "it could steer the screen of whoever reads the page",
                        "look at it, and send it again without that letter", (name,) if name else ()))  # fmt: skip
    return CONTROL.sub("", value).strip()


def _one(posted: Posted, key: str) -> str:
    """Return the last value of a name: of two controls of one name the browser sends the later one last."""
    values = [value for value in posted.get(key, ()) if value]
    return values[-1] if values else ""


def _all(posted: Posted, key: str) -> list[str]:
    return list(dict.fromkeys(value for value in posted.get(key, ()) if value))


def _answer(name: str, posted: Posted, vocabulary: Vocabulary, faults: list[Fault]) -> Node | None:
    concept = vocabulary.concepts.get(name)
    if name in vocabulary.panels:
        node = _panel(posted, name, faults)
    elif concept is None:
        text = _one(posted, name)
        node = _text(text) if text else None
    else:
        node = _READERS[concept.kind](posted, concept, faults)
    absence = _absence(posted, name)
    if absence and node is not None:
        faults.append(Fault(HERE, f"{name!r} has an answer, and is said to be {absence.value}", "only one of the two can be true",
                            "clear one of them", (name,)))  # fmt: skip
    elif absence:
        node = _text(absence.value)
    return _with_origin(node, posted, name)


def _text(text: str) -> Node:
    return Node(HERE, text)


def _absence(posted: Posted, name: str) -> Absence | None:
    """Return why an answer is absent, where it is said to be; most often nobody knows."""
    if not _one(posted, f"{name}.unknown") and _one(posted, name) != UNKNOWN:
        return None
    return ABSENCES.get(_one(posted, f"{name}.why"), Absence.NOT_KNOWN)


def _with_origin(node: Node | None, posted: Posted, name: str) -> Node | None:
    """Return an answer with the day on which it was found and where it is from, where these are said."""
    origin = {part: text for part in ("on", "from") if (text := _one(posted, f"{name}.{part}"))}
    if not origin:
        return node
    told = {part: _text(text) for part, text in origin.items()}
    if node is None:
        return Node(HERE, told)
    kind = "absent" if isinstance(node.value, str) and node.value in ABSENCES else "value"
    return Node(HERE, {kind: node, **told})


def _chosen(posted: Posted, concept: Concept, _: list[Fault]) -> Node | None:
    text = _one(posted, concept.name)
    return _text(text) if text not in ("", UNKNOWN) else None


def _amount(posted: Posted, concept: Concept, _: list[Fault]) -> Node | None:
    text, unit = _one(posted, concept.name), _one(posted, f"{concept.name}.unit")
    if not text:
        return None
    return _text(with_unit(concept._replace(unit=unit), text) if unit in concept.units else with_unit(concept, text))


def _day(posted: Posted, concept: Concept, faults: list[Fault]) -> Node | None:
    day, ago = _one(posted, concept.name), _one(posted, f"{concept.name}.ago")
    if ago and day:
        faults.append(Fault(HERE, f"{concept.name!r} has a date and a number of days", "one of them could be meant, or both",
                            "clear one of them", (concept.name,)))  # fmt: skip
    if ago and not day:
        return _text(f"{ago} day{'s' * (ago != '1')} ago" if ago[-1:].isdecimal() else ago)
    return _text(day) if day else None


def _members(posted: Posted, concept: Concept, faults: list[Fault]) -> Node | None:
    chosen, absent = _all(posted, concept.name), _all(posted, f"{concept.name}.excluded")
    if chosen == ["none"]:
        return _text("none")
    if "none" in chosen:
        faults.append(_none_of_some(concept.name))
        chosen.remove("none")
    if not chosen and not absent:
        return None
    members = Node(HERE, tuple(_text(each) for each in chosen))
    if _one(posted, f"{concept.name}.rest") == "no":
        return members
    parts = {"includes": members, "excludes": Node(HERE, tuple(_text(each) for each in absent))}
    return Node(HERE, {part: node for part, node in parts.items() if node.value})


def _panel(posted: Posted, name: str, faults: list[Fault]) -> Node | None:
    chosen = _all(posted, name)
    if len(chosen) > 1 and "none" in chosen:
        faults.append(_none_of_some(name))
        chosen.remove("none")
    if not chosen:
        return None
    return _text("none") if chosen == ["none"] else Node(HERE, tuple(_text(each) for each in chosen))


def _none_of_some(name: str) -> Fault:
    what = f"{name!r} has both 'none of these' and some of them"
    return Fault(HERE, what, "both cannot be true", "clear the one or the others", (name,))


_READERS = {
    Kind.YES_NO: _chosen,
    Kind.CHOICE: _chosen,
    Kind.ORDERED: _chosen,
    Kind.NUMBER: _amount,
    Kind.DATE: _day,
    Kind.SET: _members,
}


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
