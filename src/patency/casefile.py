"""How a case is written: a file of about fifteen lines, or `name=value` on the command line.

In: a document and the vocabulary. Out: a Case, or every Fault in it; a case with a Fault is
refused whole. Values are written as on the ward: `45 years`, `35 10^9/L`, `10 to 16 days ago`,
`moderate or severe`, `[common_femoral, external_iliac]`, `not known`; a panel is answered with
`none` or with the list of what is present.

A time said in weeks, months or years is known no better than that unit: "5 months ago" is any day
from four and a half to five and a half months ago, and compares in three values.
"""

import math
import re
from collections.abc import Iterable
from datetime import date, timedelta

from patency.case import Absence, Case, Finding, Members, Span, Value
from patency.document import Fields, Node
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.truth import Truth
from patency.vocabulary import DAYS, Concept, Kind, Vocabulary

OLDEST = 130 * 366  # days; nobody's history begins earlier
LONGEST = 300  # letters of one answer; what is longer answers no question here
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)  # days on which a page can be seen

_ABSENCES = {absence.value: absence for absence in Absence} | {"unknown": Absence.NOT_KNOWN}
_TRUTHS = {
    "yes": Truth.YES,
    "true": Truth.YES,
    "present": Truth.YES,
    "no": Truth.NO,
    "false": Truth.NO,
    "absent": Truth.NO,
}
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_AMOUNT = re.compile(
    rf"(?P<sign><=|>=|<|>)?\s*(?P<low>{_NUMBER})(?:\s*(?:to|–)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>\S.*)?"
)
_AGO = re.compile(r"(?P<low>\d{1,6})(?:\s*(?:to|–)\s*(?P<high>\d{1,6}))?\s*(?P<unit>day|week|month|year)s?\s+ago")
_MONTHS = ("january february march april may june july august september october november december").split()


class Unreadable(Exception):  # noqa: N818  turned into a Fault by whoever knows the place
    """An answer that does not fit its concept: what, why, how to mend it."""

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.why, self.fix = what, why, fix


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
    on = _read_day(fields, "on", today)
    findings: dict[str, Finding] = {}
    for name, node in fields.group("findings").items():
        place = _key_place(fields.named["findings"], name)
        for finding in read_answer(name, node, place, on, vocabulary, faults):
            _keep(finding, findings, faults)
    case = Case(on, findings, fields.text("case"), fields.text("about"))
    fields.close()
    return _with_events(case, vocabulary, faults)


def read_answer(
    name: str, node: Node, place: Place, on: date, vocabulary: Vocabulary, faults: list[Fault]
) -> list[Finding]:
    """Read what is answered to one concept or one panel."""
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
        answer = text.strip()
        node = Node(place, _bracketed(answer, place) if answer.startswith("[") else answer)
        for finding in read_answer(name.strip(), node, place, case.on, vocabulary, faults):
            case = case.with_finding(finding)
    return _with_events(case, vocabulary, faults), faults


def _with_events(case: Case, vocabulary: Vocabulary, faults: list[Fault]) -> Case:
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
                )
            )
    return case


def _bracketed(text: str, place: Place) -> tuple[Node, ...]:
    return tuple(Node(place, part.strip()) for part in text.strip("[]").split(",") if part.strip())


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
            )
        )


def _read_day(fields: Fields, name: str, default: date) -> date:
    node = fields.get(name)
    if node is None:
        return default
    text = fields.as_text(node, name)
    try:
        day = date.fromisoformat(text)
        if EARLIEST <= day <= LATEST:
            return day
    except ValueError:
        pass
    if text:
        fields.fault(
            node.place,
            f"{name!r} cannot be {text!r}",
            f"it is a day between {EARLIEST} and {LATEST}",
            "write it as 2026-05-29",
        )
    return default


def _read_panel_answer(
    name: str, node: Node, place: Place, on: date, vocabulary: Vocabulary, faults: list[Fault]
) -> list[Finding]:
    panel = vocabulary.panels[name]
    present: list[str] = []
    absence = None
    if isinstance(node.value, str):
        text = node.value.strip()
        absence = _ABSENCES.get(text.lower())
        present = [] if absence or text.lower() in ("none", "none of these") else [text]
    else:
        present = [_written(item) for item in node.value] if isinstance(node.value, tuple) else [_written(node)]
    for item in present:
        if item not in panel.members:
            faults.append(
                Fault(
                    place,
                    f"the panel {name!r} does not ask {item!r}",
                    f"it asks {listed(panel.members, 'and')}",
                    nearest(item, panel.members, "write 'none', or a list of those present"),
                )
            )
    written = "none of these" if not present else listed(present, "and")
    findings = []
    for member in panel.members:
        value = None if absence else Truth.YES if member in present else Truth.NO
        findings.append(Finding(member, value, on, written, "", absence, False, name, place))
    return findings


def _read_finding(concept: Concept, node: Node, place: Place, on: date, faults: list[Fault]) -> Finding | None:
    answer, day, source = node, on, ""
    if isinstance(node.value, dict) and not (concept.kind is Kind.SET and {"includes", "excludes"} & set(node.value)):
        fields = Fields(node, faults, f"the finding {concept.name!r}")
        day, source = _read_day(fields, "on", on), fields.text("from")
        absent = fields.get("absent")
        given = absent or fields.need("value", "a finding has a value, or the reason it is absent")
        fields.close()
        if given is None:
            return None
        if absent and _written(absent).strip().lower() not in _ABSENCES:
            fields.fault(
                absent.place,
                f"{concept.name!r} is absent because {_written(absent)!r}",
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
    return Finding(concept.name, value, day, _written(answer), source, absence, concept.is_derived, "", place)


def _written(node: Node) -> str:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, tuple):
        return ", ".join(_written(item) for item in node.value)
    return "; ".join(f"{name} {_written(item)}" for name, item in node.value.items())


def read_value(concept: Concept, node: Node, on: date) -> tuple[Value | None, Absence | None]:
    """Read one answer; raise Unreadable when it does not fit its concept."""
    if isinstance(node.value, str) and len(node.value) > LONGEST:
        more = len(node.value) - 20
        raise Unreadable(
            f"{concept.name!r} cannot be {node.value[:20]!r} and {more:,} letters more",
            f"up to {LONGEST} are read",
            f"write {example(concept)}",
        )
    if isinstance(node.value, str) and node.value.strip().lower() in _ABSENCES:
        return None, _ABSENCES[node.value.strip().lower()]
    if concept.kind is Kind.SET:
        return _read_members(concept, node), None
    if not isinstance(node.value, str):
        raise Unreadable(f"{concept.name!r} is {node.kind}", "it has one answer", f"write {example(concept)}")
    text = node.value.strip()
    if concept.kind is Kind.YES_NO:
        if text.lower() not in _TRUTHS:
            raise Unreadable(
                f"{concept.name!r} cannot be {text!r}", "it is a yes/no question", "write yes, no or not known"
            )
        return _TRUTHS[text.lower()], None
    if concept.kind is Kind.NUMBER:
        return _read_amount(concept, text), None
    if concept.kind is Kind.DATE:
        return _read_date(concept, text, on), None
    return _read_answers(concept, text), None


def example(concept: Concept) -> str:
    """Show how an answer to this concept is written."""
    values = list(concept.values)
    return {
        Kind.YES_NO: f"{concept.name}: yes",
        Kind.NUMBER: f"{concept.name}: {amount_words(f'{concept.highest / 4:.10g}', concept.unit)}",
        Kind.DATE: f"{concept.name}: 3 days ago",
        Kind.SET: f"{concept.name}: [{', '.join(values[:2])}]",
    }.get(concept.kind, f"{concept.name}: {values[0] if values else ''}")


def _read_answers(concept: Concept, text: str) -> frozenset[str]:
    by_words = {words.lower(): value for value, words in concept.values.items()}
    if text.lower() in by_words:  # words that hold an "or" themselves
        return frozenset({by_words[text.lower()]})
    answers = {
        part: part if part in concept.values else by_words.get(part.lower(), "") for part in re.split(r"\s+or\s+", text)
    }
    odd = [part for part, answer in answers.items() if not answer]
    if odd:
        raise Unreadable(
            f"{concept.name!r} cannot be {listed([repr(part) for part in odd])}",
            f"it is one of {listed(list(concept.values))}",
            _meant(odd, concept, "write one of them, or not known"),
        )
    return frozenset(answers.values())


def _meant(odd: list[str], concept: Concept, otherwise: str) -> str:
    """Propose the names meant by several mistyped ones, each proposal once."""
    meant = dict.fromkeys(nearest(each, concept.values, "") for each in odd[:5])
    proposals = [proposal for proposal in meant if proposal]
    return " ".join([*proposals, otherwise] if "" in meant else proposals)


def _read_members(concept: Concept, node: Node) -> Members:
    everything = frozenset(concept.values)
    if isinstance(node.value, dict):
        for name in node.value:
            if name not in ("includes", "excludes"):
                raise Unreadable(
                    f"{concept.name!r} has no place for {name!r}",
                    "a name that is not read would be lost in silence",
                    nearest(name, ("includes", "excludes"), "write includes: [...] and excludes: [...]"),
                )
        included = _members(concept, node.value.get("includes"))
        excluded = _members(concept, node.value.get("excludes"))
        if included & excluded:
            raise Unreadable(
                f"{concept.name!r} both includes and excludes {listed(sorted(included & excluded), 'and')}",
                "both cannot be true",
                "take it out of one list",
            )
        return Members(included, excluded)
    if isinstance(node.value, str) and node.value.strip().lower() == "none":
        return Members(frozenset(), everything)
    included = _members(concept, node)
    return Members(included, everything - included)


def _members(concept: Concept, given: Node | None) -> frozenset[str]:
    if given is None:
        return frozenset()
    words = [_written(item) for item in given.value] if isinstance(given.value, tuple) else _written(given).split(",")
    members = dict.fromkeys(word.strip() for word in words)
    odd = [member for member in members if member not in concept.values]
    if odd:
        raise Unreadable(
            f"{concept.name!r} cannot hold {listed([repr(member) for member in odd], 'and')}",
            f"its members are {listed(list(concept.values), 'and')}",
            _meant(odd, concept, "write some of them, or none"),
        )
    return frozenset(members)


def _read_amount(concept: Concept, text: str) -> Span:
    match = _AMOUNT.fullmatch(text)
    if not match:
        unit = amount_words("", concept.unit)
        raise Unreadable(
            f"{concept.name!r} cannot be {text!r}",
            f"it is a number{f' in{unit}' if unit else ''}",
            f"write {example(concept)}",
        )
    if match["sign"] and match["high"]:
        raise Unreadable(
            f"{concept.name!r} cannot be {text!r}",
            "a range has two ends already",
            f"leave out {match['sign']!r}, or one of the two numbers",
        )
    factor = unit_factor(concept, match["unit"])
    low = float(match["low"]) * factor
    high = float(match["high"]) * factor if match["high"] else low
    if low > high:
        raise Unreadable(
            f"{concept.name!r} runs from {match['low']} down to {match['high']}",
            "a range starts at its lower end",
            f"write {match['high']} to {match['low']}",
        )
    for end in (low, high):
        # A millionth of slack, so that a converted bound such as 120 years in days is not refused for its last digit.
        slack = 1e-6 * max(1.0, abs(end))
        if not concept.lowest - slack <= end <= concept.highest + slack or not math.isfinite(end):
            highest = amount_words(f"{concept.highest:.10g}", concept.unit)
            raise Unreadable(
                f"{concept.name!r} cannot be {text}",
                f"it lies between {concept.lowest:g} and {highest}",
                "check the number and its unit",
            )
    low, high = (min(max(end, concept.lowest), concept.highest) for end in (low, high))
    span = {
        "<": Span(concept.lowest, math.nextafter(low, -math.inf)),
        "<=": Span(concept.lowest, low),
        ">": Span(math.nextafter(low, math.inf), concept.highest),
        ">=": Span(low, concept.highest),
    }.get(match["sign"], Span(low, high))
    if span.low > span.high:
        raise Unreadable(
            f"{concept.name!r} cannot be {text}", "no possible value is left", "check the sign and the number"
        )
    return span


def amount_words(number: str, unit: str) -> str:
    """Write an amount as one says it: 1 day, 14 days, 35 10^9/L, 1.7."""
    time = unit.removesuffix("s")
    if time in DAYS:
        unit = time if number == "1" else f"{time}s"
    return number if unit in ("", "1") else f"{number} {unit}"


def with_unit(concept: Concept, written: str) -> str:
    """Return an amount as its author wrote it, with the concept's unit where none was written."""
    match = _AMOUNT.fullmatch(written.strip())
    return amount_words(written, concept.unit) if match and not match["unit"] else written


def unit_factor(concept: Concept, unit: str | None) -> float:
    """Return what turns an amount in this unit into the concept's own; no unit means its own."""
    if not unit:
        return 1.0
    known = {concept.unit: 1.0, **concept.units}
    wanted = unit.strip()
    for spelling in (wanted, wanted.removesuffix("s")):
        for name, factor in known.items():
            if spelling.lower() == name.lower():
                return factor
    shown = [name for name in known if name != "1"]
    raise Unreadable(
        f"{concept.name!r} is not measured in {wanted!r}",
        "the number would mean something else" if shown else "it has no unit",
        nearest(wanted, shown, f"use {listed(shown)}" if shown else "write the number alone"),
    )


def _read_date(concept: Concept, text: str, on: date) -> Span:
    low, high = _read_dates(concept, text.lower(), on)
    if high > on:
        raise Unreadable(
            f"{concept.name!r} is {text!r}, which is after {on}",
            "what has not happened yet cannot be known",
            "correct the date, or the day of this page",
        )
    if (on - low).days > OLDEST:
        raise Unreadable(
            f"{concept.name!r} cannot be {text!r}", "nobody's history reaches back so far", "check the year"
        )
    return Span(low.toordinal(), high.toordinal())


def _read_dates(concept: Concept, text: str, on: date) -> tuple[date, date]:
    if text in ("today", "yesterday"):
        day = on - timedelta(days=text == "yesterday")
        return day, day
    ago = _AGO.fullmatch(text)
    if ago:
        unit = DAYS[ago["unit"]]
        slack = 0 if ago["unit"] == "day" else unit / 2
        nearest_day = max(0, math.ceil(int(ago["low"]) * unit - slack))
        furthest_day = math.floor(int(ago["high"] or ago["low"]) * unit + slack)
        if nearest_day > furthest_day:
            raise Unreadable(
                f"{concept.name!r} runs from {ago['low']} down to {ago['high']}",
                "a range starts at its lower end",
                f"write {ago['high']} to {ago['low']} {ago['unit']}s ago",
            )
        if furthest_day > OLDEST:
            raise Unreadable(
                f"{concept.name!r} cannot be {text!r}", "nobody's history reaches back so far", "check the number"
            )
        return on - timedelta(days=furthest_day), on - timedelta(days=nearest_day)
    first, joiner, last = text.partition(" to ")
    low, high = _read_day_words(concept, first, on)
    if not joiner:
        return low, high
    high = _read_day_words(concept, last, on)[1]
    if low > high:
        raise Unreadable(
            f"{concept.name!r} runs from {first} back to {last}",
            "a range starts at its earlier end",
            f"write {last} to {first}",
        )
    return low, high


def _read_day_words(concept: Concept, text: str, on: date) -> tuple[date, date]:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text)
            return day, day
        words = text.split()
        if len(words) in (2, 3) and words[-1].isdecimal() and len(words[-1]) == 4:
            month = next(
                number for number, name in enumerate(_MONTHS, 1) if len(words[-2]) >= 3 and name.startswith(words[-2])
            )
            if len(words) == 3:
                day = date(int(words[2]), month, int(words[0]))
                return day, day
            first, after = date(int(words[1]), month, 1), date(int(words[1]) + month // 12, month % 12 + 1, 1)
            last = after - timedelta(days=1)
            return first, on if first <= on < last else last  # of the month that is running, the days so far
    except (ValueError, StopIteration, OverflowError):
        pass
    is_bare = re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-](\d{2}|\d{4})", text)
    why = (
        "a date in such numbers may be two dates, for either may be the month"
        if is_bare
        else "it is a date, and the calendar has no such one"
    )
    raise Unreadable(
        f"{concept.name!r} cannot be {text!r}", why, "write 2026-05-26, 26 May 2026, 3 days ago, or 10 to 16 days ago"
    )
