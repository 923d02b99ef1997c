"""How one answer is written, and what it may mean: the value of one concept, from text.

Values are written as on the ward: `45 years`, `35 10^9/L`, `10 to 16 days ago`, `moderate or severe`,
`[common_femoral, external_iliac]`, `not known`. A time said in weeks, months or years is known no
better than that unit: "5 months ago" is any day from four and a half to five and a half months ago,
and compares in three values.
"""

import math
import re
from datetime import date, timedelta

from patency.case import Absence, Members, Span, Value
from patency.document import Node
from patency.fault import listed, nearest
from patency.truth import Truth
from patency.vocabulary import DAYS, Concept, Kind

OLDEST = 130 * 366  # days; nobody's history begins earlier
LONGEST = 300  # letters of one answer; what is longer answers no question here

ABSENCES = {absence.value: absence for absence in Absence} | {"unknown": Absence.NOT_KNOWN}
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
    rf"(?P<sign><=|>=|<|>)?\s*(?P<low>{_NUMBER})(?:\s*(?:to|–|-)\s*(?P<high>{_NUMBER}))?\s*(?P<unit>\S.*)?"
)
_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d.,])")
_AGO = re.compile(r"(?P<low>\d{1,6})(?:\s*(?:to|–|-)\s*(?P<high>\d{1,6}))?\s*(?P<unit>day|week|month|year)s?\s+ago")
_MONTHS = ("january february march april may june july august september october november december").split()


class Unreadable(Exception):  # noqa: N818  turned into a Fault by whoever knows the place
    """An answer that does not fit its concept: what, why, how to mend it."""

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.why, self.fix = what, why, fix


def as_written(node: Node) -> str:
    """Return an answer as it was written."""
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, tuple):
        return ", ".join(as_written(item) for item in node.value)
    return "; ".join(f"{name} {as_written(item)}" for name, item in node.value.items())


def read_value(concept: Concept, node: Node, on: date) -> tuple[Value | None, Absence | None]:
    """Read one answer; raise Unreadable when it does not fit its concept."""
    if isinstance(node.value, str) and len(node.value) > LONGEST:
        more = len(node.value) - 20
        raise Unreadable(
            f"{concept.name!r} cannot be {node.value[:20]!r} and {more:,} letters more",
            f"up to {LONGEST} are read",
            f"write {example(concept)}",
        )
    if isinstance(node.value, str) and node.value.strip().lower() in ABSENCES:
        return None, ABSENCES[node.value.strip().lower()]
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
    words = (
        [as_written(item) for item in given.value] if isinstance(given.value, tuple) else as_written(given).split(",")
    )
    members = dict.fromkeys(word.strip() for word in words)
    odd = [member for member in members if member not in concept.values]
    if odd:
        raise Unreadable(
            f"{concept.name!r} cannot hold {listed([repr(member) for member in odd], 'and')}",
            f"its members are {listed(list(concept.values), 'and')}",
            _meant(odd, concept, "write some of them, or none"),
        )
    return frozenset(members)


def _amount(text: str) -> re.Match[str] | None:
    """Take an amount apart; of a comma only what can be no thousand is a decimal point: 9,5 and not 150,000."""
    return _AMOUNT.fullmatch(_COMMA.sub(r"\1.\2", text.strip()))


def _read_amount(concept: Concept, text: str) -> Span:
    match = _amount(text)
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
    _refuse_beyond(concept, text, (low, high))
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


def _refuse_beyond(concept: Concept, text: str, ends: tuple[float, float]) -> None:
    for end in ends:
        # A millionth of slack, so that a converted bound such as 120 years in days is not refused for its last digit.
        slack = 1e-6 * max(1.0, abs(end))
        if not concept.lowest - slack <= end <= concept.highest + slack or not math.isfinite(end):
            highest = amount_words(f"{concept.highest:.10g}", concept.unit)
            raise Unreadable(
                f"{concept.name!r} cannot be {text}",
                f"it lies between {concept.lowest:g} and {highest}",
                "check the number and its unit",
            )


def amount_words(number: str, unit: str) -> str:
    """Write an amount as one says it: 1 day, 14 days, 35 10^9/L, 1.7."""
    time = unit.removesuffix("s")
    if time in DAYS:
        unit = time if number == "1" else f"{time}s"
    return number if unit in ("", "1") else f"{number} {unit}"


def with_unit(concept: Concept, written: str) -> str:
    """Return an amount as its author wrote it, with the concept's unit where none was written."""
    match = _amount(written)
    return amount_words(written, concept.unit) if match and not match["unit"] else written


def unit_words(unit: str) -> str:
    """Name a unit as it stands after an amount."""
    return f"{unit}s" if unit in DAYS else unit


def amount_parts(concept: Concept, written: str) -> tuple[str, str]:
    """Take an amount apart into its number and its unit; what is no amount stays whole, in the concept's own unit."""
    match = _amount(written)
    spoken = (match["unit"] or concept.unit).lower() if match else ""
    for unit in (concept.unit, *concept.units):
        if spoken in (unit.lower(), f"{unit}s".lower()):
            return (written[: -len(match["unit"])] if match and match["unit"] else written).strip(), unit
    return written, concept.unit


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
        words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text).replace(",", " ").split()
        if len(words) == 3 and words[1].isdecimal() and not words[0].isdecimal():  # May 26, 2026
            words = [words[1], words[0], words[2]]
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


def day_words(day: date) -> str:
    """Write a date so that nobody can misread it: 9 Jun 2026."""
    return f"{day.day} {_MONTHS[day.month - 1][:3].capitalize()} {day.year}"


def written(concept: Concept, value: Value, on: date) -> str:
    """Write a value as a case file does."""
    if isinstance(value, Truth):
        return str(value)
    if isinstance(value, Members):
        return f"[{', '.join(each for each in concept.values if each in value.included)}]" if value.included else "none"
    if isinstance(value, Span):
        if concept.kind is Kind.DATE:
            return f"{on.toordinal() - round(value.low)} days ago"
        return amount_words(f"{value.low:.10g}", concept.unit)
    return " or ".join(sorted(value))
