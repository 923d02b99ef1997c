"""How a case is written: a file of about fifteen lines, or `name=value` on the command line.

In: a document and the vocabulary. Out: a Case, or every Fault in it; a case with a Fault is
refused whole. A panel is answered with `none`, with the list of what is present, or, where
not all was asked, with what it includes and excludes.

Not here: how one answer is written (answer.py).
"""

import json
import math
import re
from collections.abc import Collection, Iterable
from datetime import date

from patency.answer import ABSENCES, Unreadable, as_written, read_value
from patency.case import Absence, Case, Finding
from patency.document import Fields, Node
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Panel, Vocabulary

_NEEDS_QUOTES = re.compile(r"^[^\w(]|: | #|:$")  # in a line of YAML
LONGEST_NAME, LONGEST_LABEL = 300, 3_000  # letters
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)  # days on which a page can be seen


def read_case(
    document: Node, vocabulary: Vocabulary, today: date, also: Iterable[str] = ()
) -> tuple[Case, list[Fault]]:
    """Read a case file; `today` is the day it is seen on unless it says `on:` itself.

    `also` names further parts of the document that somebody else reads.
    """
    faults: list[Fault] = Faults()
    try:
        return _read_case(Fields(document, faults, "the case"), vocabulary, today, also), faults
    except Refused as refused:  # so many that reading stopped
        return Case(today), list(refused.faults)


def _read_case(fields: Fields, vocabulary: Vocabulary, today: date, also: Iterable[str]) -> Case:
    faults = fields.faults
    for name in also:
        fields.get(name)
    before = len(faults)
    on = read_day(fields, today)
    faults[before:] = [fault._replace(about=("on",)) for fault in faults[before:]]
    findings: dict[str, Finding] = {}
    for name, node in fields.group("findings").items():
        place = _key_place(fields.named["findings"], name)
        for finding in read_answer(name, node, place, on, vocabulary, faults):
            _keep(finding, findings, faults)
    case = Case(on, findings, _read_label(fields, "case", LONGEST_NAME), _read_label(fields, "about", LONGEST_LABEL))
    fields.close()
    return with_events(case, vocabulary, faults)


def read_answer(
    name: str, node: Node, place: Place, on: date, vocabulary: Vocabulary, faults: list[Fault]
) -> list[Finding]:
    """Read what is answered to one concept or one panel."""
    found: list[Fault] = []
    findings = _read_named(name, node, place, on, vocabulary, found)
    faults.extend(fault._replace(about=(name,)) for fault in found)
    return findings


def _read_named(
    name: str, node: Node, place: Place, on: date, vocabulary: Vocabulary, faults: list[Fault]
) -> list[Finding]:
    if name in vocabulary.panels:
        return _read_panel_answer(name, node, place, on, vocabulary, faults)
    concept = vocabulary.concepts.get(name)
    if concept is None:
        names = (*vocabulary.concepts, *vocabulary.panels)
        faults.append(
            Fault(
                place,
                f"{name!r} is not in the vocabulary",
                "a finding must answer a known question",
                nearest(name, names, "`patency concepts` lists what can be known"),
            )
        )
        return []
    finding = _read_finding(concept, node, place, on, faults)
    return [finding] if finding else []


def set_findings(case: Case, settings: Iterable[str], vocabulary: Vocabulary) -> tuple[Case, list[Fault]]:
    """Return the case with `name=value` answers put in, replacing what was known of the same concept."""
    faults: list[Fault] = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        place = Place(f"--set {setting}")
        if not equals:
            faults.append(Fault(place, "there is no '='", "an answer names its concept", "write --set name=value"))
            continue
        for finding in read_answer(name.strip(), answer_typed(text, place), place, case.on, vocabulary, faults):
            case = case.with_finding(finding)
    return with_events(case, vocabulary, faults), faults


def with_events(case: Case, vocabulary: Vocabulary, faults: list[Fault]) -> Case:
    """Return the case in which a dated event has happened: its date answers the event's own question."""
    for finding in list(case.findings.values()):
        concept = vocabulary.concepts[finding.concept]
        since = case.days_since(concept.name) if concept.only_if else None
        if since is None:
            continue
        reaches = concept.within or math.inf
        happened = Truth.YES if since.high <= reaches else Truth.NO if since.low > reaches else None
        told = case.value(concept.only_if)
        if concept.other_than:
            told, happened = (Truth.NO if told == frozenset({concept.other_than}) else Truth.UNKNOWN), Truth.YES
        if happened is not None and told is None:
            event = Finding(
                concept.only_if, happened, finding.on, str(happened), f"from {concept.name}", place=finding.place
            )
            case = case.with_finding(event)
        elif happened is Truth.YES and told is Truth.NO:
            faults.append(
                Fault(
                    finding.place,
                    f"{concept.name!r} dates what {concept.only_if!r} says has not happened",
                    "only one of the two can be true",
                    "correct one of them, or leave one out",
                    (concept.name, concept.only_if),
                )
            )
    return case


def _read_label(fields: Fields, name: str, longest: int) -> str:
    text = fields.text(name)
    if len(text) <= longest:
        return text
    place = fields.named[name].place
    fields.fault(place, f"{name!r} has {len(text):,} letters", f"up to {longest:,} are read", "say it in fewer words")
    return ""


def answer_typed(text: str, place: Place) -> Node:
    """Return an answer as it is typed after `name=`: a word, or several in square brackets."""
    answer = text.strip()
    if not answer.startswith("["):
        return Node(place, answer)
    return Node(place, tuple(Node(place, part.strip()) for part in answer.strip("[]").split(",") if part.strip()))


def with_findings(case: Case, findings: Iterable[Finding], faults: list[Fault], settled: Collection[str] = ()) -> Case:
    """Return the case with findings that another file brings; what the two say of one concept must be the same.

    Of what is `settled` otherwise, as by `--set`, either may say what it likes.
    """
    for finding in findings:
        known = case.findings.get(finding.concept)
        if finding.on > case.on:
            what = f"{finding.concept!r} is of {finding.on}, after the day of this page, {case.on}"
            faults.append(
                Fault(finding.place, what, "nothing from the future can be known", "correct one of the two dates")
            )
        if known is None or known.value is None:
            case = case.with_finding(finding)
        elif finding.concept not in settled and (known.value, known.on) != (finding.value, finding.on):
            faults.append(
                Fault(
                    finding.place,
                    f"{finding.concept!r} is {finding.written!r} here, of {finding.on}, "
                    f"and {known.written!r} at {known.place}, of {known.on}",
                    "nobody could see which of the two counts",
                    f"leave one of them out, or say which with --set {finding.concept}=...",
                    (finding.concept,),
                )
            )
    return case


def _key_place(group: Node, name: str) -> Place:
    return (group.keys or {}).get(name, group.place)


def _keep(finding: Finding, findings: dict[str, Finding], faults: list[Fault]) -> None:
    known = findings.get(finding.concept)
    if known is None or (known.panel and known.value == finding.value):
        findings[finding.concept] = finding
    elif known.value != finding.value:
        faults.append(
            Fault(
                finding.place,
                f"{finding.concept!r} is answered twice, and differently (first at {known.place})",
                "only one of the answers can be true",
                "leave one of them",
                (finding.concept,),
            )
        )


def read_day(fields: Fields, default: date) -> date:
    """Return the day under 'on', or the default where none is named; one that is empty or is none is a Fault."""
    node = fields.get("on")
    if node is None:
        return default
    text = fields.as_text(node, "on")
    try:
        day = date.fromisoformat(text)
        if EARLIEST <= day <= LATEST:
            return day
    except ValueError:
        pass
    if text or isinstance(node.value, str):  # of what is no text `as_text` has told
        fields.fault(
            node.place,
            f"'on' cannot be {text!r}",
            f"it is a day between {EARLIEST} and {LATEST}",
            "write it as 2026-05-29",
        )
    return default


def _read_panel_answer(
    name: str, node: Node, place: Place, on: date, vocabulary: Vocabulary, faults: list[Fault]
) -> list[Finding]:
    panel = vocabulary.panels[name]
    if isinstance(node.value, dict):
        return _read_part_of_panel(panel, node, place, on, faults)
    present: list[str] = []
    absence = None
    if isinstance(node.value, str):
        text = node.value.strip()
        absence = ABSENCES.get(text.lower())
        present = [] if absence or text.lower() in ("none", "none of these") else [text]
    else:
        present = [as_written(item) for item in node.value] if isinstance(node.value, tuple) else [as_written(node)]
    _refuse_others(panel, present, place, faults)
    written = "none of these" if not present else listed(present, "and")
    findings = []
    for member in panel.members:
        value = None if absence else Truth.YES if member in present else Truth.NO
        findings.append(Finding(member, value, on, written, "", absence, False, name, place))
    return findings


def _refuse_others(panel: Panel, names: Iterable[str], place: Place, faults: list[Fault]) -> None:
    for name in names:
        if name not in panel.members:
            faults.append(
                Fault(
                    place,
                    f"the panel {panel.name!r} does not ask {name!r}",
                    f"it asks {listed(panel.members, 'and')}",
                    nearest(name, panel.members, "write 'none', or a list of those present"),
                )
            )


def _read_part_of_panel(panel: Panel, node: Node, place: Place, on: date, faults: list[Fault]) -> list[Finding]:
    """Read which of a panel are present and which are absent; of the rest nothing is known."""
    fields = Fields(node, faults, f"the panel {panel.name!r}")
    present, absent = fields.texts("includes"), fields.texts("excludes")
    fields.close()
    _refuse_others(panel, (*present, *absent), place, faults)
    if both := sorted({*present} & {*absent}):
        what = f"{panel.name!r} both includes and excludes {listed(both, 'and')}"
        faults.append(Fault(place, what, "both cannot be true", "take it out of one list"))
    told = {**dict.fromkeys(absent, Truth.NO), **dict.fromkeys(present, Truth.YES)}
    return [Finding(name, told[name], on, str(told[name]), place=place) for name in panel.members if name in told]


def _read_finding(concept: Concept, node: Node, place: Place, on: date, faults: list[Fault]) -> Finding | None:
    answer, day, source = node, on, ""
    if isinstance(node.value, dict) and not (concept.kind is Kind.SET and {"includes", "excludes"} & set(node.value)):
        fields = Fields(node, faults, f"the finding {concept.name!r}")
        day, source = read_day(fields, on), fields.text("from")
        absent = fields.get("absent")
        given = absent or fields.need("value", "a finding has a value, or the reason it is absent")
        fields.close()
        if given is None:
            return None
        if absent and as_written(absent).strip().lower() not in ABSENCES:
            fields.fault(
                absent.place,
                f"{concept.name!r} is absent because {as_written(absent)!r}",
                "a reason for absence is known by name",
                f"write one of {listed([each.value for each in Absence])}; or the answer itself after 'value:'",
            )
            return None
        answer = given
        if day > on:
            faults.append(
                Fault(
                    place,
                    f"{concept.name!r} was found on {day}, after the day of this page, {on}",
                    "nothing from the future can be known",
                    "correct one of the two dates",
                )
            )
    try:
        value, absence = read_value(concept, answer, day)
    except Unreadable as unreadable:
        faults.append(Fault(place, unreadable.what, unreadable.why, unreadable.fix))
        return None
    return Finding(concept.name, value, day, as_written(answer), source, absence, concept.is_derived, "", place)


def case_file(case: Case) -> str:
    """Write a case as a file that `patency consult` opens."""
    about = json.dumps(case.about, ensure_ascii=False) if _NEEDS_QUOTES.search(case.about) else case.about
    lines = [f'case: "{case.name}"', f"about: {about}", f"on: {case.on.isoformat()}", "findings:"]
    lines += [f"  {finding.concept}: {_dated(finding, case.on)}" for finding in case.findings.values()]
    return "\n".join(lines) + "\n"


def _dated(finding: Finding, on: date) -> str:
    """Write a finding; one of another day than the page with its day and its source, lest it pass for today's."""
    written = str(finding.value) if finding.panel and finding.value is not None else finding.written
    if finding.on == on:
        return written
    source = f", from: {json.dumps(finding.source, ensure_ascii=False)}" if finding.source else ""
    said = f"absent: {written}" if finding.absence else f"value: {written}"
    return f"{{{said}, on: {finding.on.isoformat()}{source}}}"
