"""The form of a consult: what a browser posts, read as a Draft.

A field is named by its concept or panel: `age`. What belongs to it stands after a dot: `age.unit`,
`onset.ago`, `segments.rest`, `severity.unknown` and `.why`, `x.on` and `x.from`. What is not an answer
begins with a dot: `.order`, `.on`, `.was_on`, `.today`, `.name`, `.about`, `.mode`, `.go`, `.asked`, `.add`, `.added`,
`.skip`, `.skipped`, `.done`, `.hours`, `.made_up`.

Not here: what an answer means (casefile.py), how a field looks (fields.py).
"""

import re
from collections.abc import Iterable

from patency.answer import ABSENCES, with_unit
from patency.case import Absence
from patency.document import Node
from patency.fault import CONTROL, Fault
from patency.vocabulary import Concept, Kind, Vocabulary
from patency.web.draft import ALL, HERE, ONE, Draft, Posted, moved

UNKNOWN = "?"  # what a row of radio buttons says instead of an answer
_PARTS = ("", ".unit", ".ago", ".rest", ".excluded", ".unknown", ".why")
_ROUGHLY = re.compile(r"^(about|around|approximately|approx\.?|ca\.?|~)\s*", re.IGNORECASE)
_SPAN = re.compile(r"\d+(\s*(to|-|–)\s*\d+)?\s+(day|week|month|year)s?", re.IGNORECASE)


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
    doubled = {name: _of(name, posted) for name in {name for fault in faults for name in fault.about}}
    asked = _one(posted, ".asked").split()
    added = [name for name in (*posted.get(".added", ()), *posted.get(".add", ())) if _is_known(name, vocabulary)]
    passed = (
        *posted.get(".skipped", ()),
        *posted.get(".skip", ()),
        *(name for name in names if _is_said_to_be_open(name, posted)),
    )
    skipped = [name for name in passed if _is_known(name, vocabulary)]
    is_empty = bool(_one(posted, ".go") and asked) and not any(name in answers for name in asked)
    draft = Draft(
        _one(posted, ".today") or _one(posted, ".on"), _one(posted, ".name"), _one(posted, ".about"), answers,
        ALL if _one(posted, ".mode") == ALL else ONE,
        tuple(dict.fromkeys(added)), tuple(dict.fromkeys(skipped)), frozenset(posted.get(".done", ())),
        _one(posted, ".hours"), bool(_one(posted, ".made_up")), asked[0] if is_empty else "", doubled, tuple(faults),
    )  # fmt: skip
    return moved(draft, _one(posted, ".was_on"), _one(posted, ".order").split(), vocabulary)


def _of(name: str, posted: Posted) -> Posted:
    """Return all that was posted of a field."""
    return {part: posted[name + part] for part in _PARTS if name + part in posted}


def _is_said_to_be_open(name: str, posted: Posted) -> bool:
    """Whether a list is said to go on in ways that nobody knows: it is asked again last."""
    return _one(posted, f"{name}.rest") == "unknown" and bool(_all(posted, name))


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
        node = _members(posted, name, faults)
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
    day, ago = (_ROUGHLY.sub("", _one(posted, name)) for name in (concept.name, f"{concept.name}.ago"))
    if ago and day:
        faults.append(Fault(HERE, f"{concept.name!r} has a date and a number of days", "one of them could be meant, or both",
                            "clear one of them", (concept.name,)))  # fmt: skip
    if ago and not day:
        return _text(
            f"{ago} day{'s' * (ago != '1')} ago"
            if ago[-1:].isdecimal()
            else f"{ago} ago"
            if _SPAN.fullmatch(ago)
            else ago
        )
    return _text(f"{day} ago" if _SPAN.fullmatch(day) else day) if day else None


def _set(posted: Posted, concept: Concept, faults: list[Fault]) -> Node | None:
    return _members(posted, concept.name, faults)


def _members(posted: Posted, name: str, faults: list[Fault]) -> Node | None:
    """Read what is ticked of a list; what is not ticked is absent only where that is said."""
    chosen, absent, rest = _all(posted, name), _all(posted, f"{name}.excluded"), _one(posted, f"{name}.rest")
    if chosen == ["none"] or (rest == "no" and not chosen):
        return _text("none")
    if "none" in chosen:
        faults.append(_none_of_some(name))
        chosen.remove("none")
    if not chosen and not absent:
        return None
    members = _list(chosen)
    parts = {"includes": members, "excludes": _list(absent)}
    return members if rest == "no" else Node(HERE, {part: node for part, node in parts.items() if node.value})


def _list(names: Iterable[str]) -> Node:
    return Node(HERE, tuple(_text(name) for name in names))


def _text(text: str) -> Node:
    return Node(HERE, text)


def _none_of_some(name: str) -> Fault:
    what = f"{name!r} has both 'none of these' and some of them"
    return Fault(HERE, what, "both cannot be true", "clear the one or the others", (name,))


_READERS = {
    Kind.YES_NO: _chosen,
    Kind.CHOICE: _chosen,
    Kind.ORDERED: _chosen,
    Kind.NUMBER: _amount,
    Kind.DATE: _day,
    Kind.SET: _set,
}
