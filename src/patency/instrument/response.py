"""What one person answered: a Case over the instrument's own vocabulary, and its texts apart.

In: a response file, or the answers of a worked example. Out: a Response, or every Fault in it. A blank stays a blank:
an item that is left out, or answered by a reason for giving no answer, is Unknown and never nought.

Refused is what cannot be an answer: to an item that does not exist or is not asked, of another kind, or one that a
check of the instrument forbids beside the others.

Not here: what the answers add up to (score.py), responses by the hundred from other programs (practice/arrive.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from patency.answer import ABSENCES, LONGEST, Unreadable, as_written, read_value
from patency.case import Absence, Case, Finding
from patency.casefile import answer_typed, read_day
from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.instrument.asked import Asked
from patency.instrument.chosen import by_names
from patency.instrument.model import Instrument, Item
from patency.language.words import to_words
from patency.truth import Truth

LONGEST_TEXT = 3_000  # letters of one answer in free text
SIDES = ("left", "right")


class Response(NamedTuple):
    """What one person answered to an instrument, on the day of its case.

    The case has a finding of each item that was answered. Of free text the finding has no value, for the language
    knows nothing of it but that it was given; the text itself is in `texts`. `absences` are the reasons that were
    stated for giving no answer; what was left out without a reason is in none of the three. `side` is the leg it is
    about, where the instrument is of one leg and the response says which.
    """

    instrument: Instrument
    case: Case
    texts: Mapping[str, str] = {}
    absences: Mapping[str, Absence] = {}
    about: str = ""
    place: Place = Place("")
    side: str = ""


def read_response(node: Node, instrument: Instrument, faults: list[Fault], on: date | None = None) -> Response:
    """Read a response file; `on` is the day it was given, unless it says `on:` itself."""
    fields = Fields(node, faults, "the response")
    named = fields.text("instrument", instrument.id)
    if named != instrument.id:
        fields.fault(
            fields.named["instrument"].place,
            f"the response is to {named!r}, not to {instrument.id!r}",
            "its answers would mean something else",
            f"score it by {named!r}",
        )
    day = read_day(fields, on or date.today())
    about = fields.text("about")
    side = fields.choice("side", SIDES, "it is the leg that was examined", "") if "side" in fields.named else ""
    if side and not instrument.is_per_leg:
        fields.fault(
            fields.named["side"].place,
            f"the {instrument.title} is not of one leg",
            "its answers would mean the same of either",
            "leave 'side' out",
        )
    fields.need("answers", "there is nothing to score")
    group = fields.group("answers")
    places = fields.named["answers"].keys or {} if "answers" in fields.named else {}
    fields.close()
    response = read_answers(group, instrument, day, faults, places, fields.place)
    return response._replace(about=about, side=side)


def instrument_of(node: Node, instruments: Mapping[str, Instrument], faults: list[Fault]) -> Instrument | None:
    """Return the instrument that a response file names, or note that there is none."""
    quiet = Fields(node, [], "the response")  # what is wrong otherwise is noted when it is read
    named = quiet.get("instrument")
    if named is None:
        Fields(node, faults, "the response").need("instrument", "its answers mean nothing without what was asked")
        return None
    name = quiet.as_text(named, "instrument")
    if name not in instruments:
        faults.append(
            Fault(
                named.place,
                f"there is no instrument {name!r}",
                "only those that are defined can be answered",
                nearest(name, instruments, "`patency instrument list` lists them"),
            )
        )
    return instruments.get(name)


def read_answers(
    answers: Mapping[str, Node],
    instrument: Instrument,
    on: date,
    faults: list[Fault],
    places: Mapping[str, Place],
    place: Place,
) -> Response:
    """Read answers by the names of their items, given on a day; `places` are where each stands, `place` where they begin."""
    found: list[Fault] = []
    findings: dict[str, Finding] = {}
    texts: dict[str, str] = {}
    absences: dict[str, Absence] = {}
    for name, node in answers.items():
        item = instrument.items.get(name)
        where = places.get(name, node.place)
        if item is None:
            found.append(
                Fault(
                    where,
                    f"{name!r} is no item of the {instrument.title}",
                    "an answer that is not counted would be lost in silence",
                    nearest(name, instrument.items, f"`patency instrument show {instrument.id}` lists its items"),
                )
            )
            continue
        finding = _read_answer(item, node, where, on, found)
        if finding is None:
            continue
        if finding.absence:
            absences[name] = finding.absence
        else:
            findings[name] = finding
            texts |= {name: finding.written} if item.concept is None else {}
    case = Case(on, {name: findings[name] for name in instrument.items if name in findings})
    refuse_unasked(instrument, case, found)
    if not found:  # an answer that is not read yet may be the one that a check speaks of
        refuse_forbidden(instrument, case, place, found)
    faults.extend(found)
    return Response(instrument, case, texts, absences, place=place)


def _read_answer(item: Item, node: Node, where: Place, on: date, faults: list[Fault]) -> Finding | None:
    try:
        node = by_names(item, node)
        if item.concept is None:
            value, absence = None, _read_text(item, node)
        else:
            value, absence = read_value(item.concept, node, on)
    except Unreadable as unreadable:
        faults.append(Fault(where, unreadable.what, unreadable.why, unreadable.fix))
        return None
    if absence and absence not in item.absences:
        allowed = [each.value for each in item.absences]
        faults.append(
            Fault(
                where,
                f"{item.name!r} is {absence.value!r}",
                f"the reasons it takes are {listed(allowed)}" if allowed else "it takes no reason for giving no answer",
                "answer it, or leave it out",
            )
        )
        return None
    return Finding(item.name, value, on, as_written(node), "", absence, place=where)


def _read_text(item: Item, node: Node) -> Absence | None:
    text = node.value.strip() if isinstance(node.value, str) else ""
    if not text:
        found = "empty" if isinstance(node.value, str) else node.kind
        raise Unreadable(
            f"{item.name!r} is {found}", "it is answered in words of one's own", "write them, or leave it out"
        )
    if len(text) > LONGEST_TEXT:
        raise Unreadable(
            f"{item.name!r} has {len(text):,} letters", f"up to {LONGEST_TEXT:,} are read", "say it in fewer words"
        )
    return ABSENCES.get(text.lower()) if len(text) <= LONGEST else None


def with_settings(node: Node, settings: Iterable[str], faults: list[Fault]) -> Node:
    """Return a response file with `item=answer` put in, replacing what was answered to the same item."""
    answers: dict[str, Node] = {}
    places: dict[str, Place] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        place = Place(f"--set {setting}")
        if equals:
            answers[name.strip()], places[name.strip()] = answer_typed(text, place), place
        else:
            faults.append(Fault(place, "there is no '='", "an answer names its item", "write --set item=answer"))
    if not answers:
        return node
    given = node.value.get("answers", Node(node.place, {})) if isinstance(node.value, dict) else None
    if given is None or not isinstance(node.value, dict) or not isinstance(given.value, dict):
        return node  # what is wrong with it is said when it is read
    merged = Node(given.place, {**given.value, **answers}, {**(given.keys or {}), **places})
    return Node(node.place, {**node.value, "answers": merged}, node.keys)


def refuse_unasked(instrument: Instrument, case: Case, faults: list[Fault]) -> None:
    """Note each answer to an item that is not asked, as the other answers say."""
    asked = Asked(instrument.items, case)
    for name, finding in case.findings.items():
        item = instrument.items[name]
        if asked.of(item) is Truth.NO:
            assert item.when is not None, "what hangs on nothing is always asked"
            faults.append(
                Fault(
                    finding.place,
                    f"{name!r} is answered, and is not asked",
                    f"it is asked only when {to_words(item.when, instrument.vocabulary)}",
                    "leave it out, or correct the answer it hangs on",
                )
            )


def refuse_forbidden(instrument: Instrument, case: Case, place: Place, faults: list[Fault]) -> None:
    """Note which answers a check of the instrument forbids beside one another."""
    asked = Asked(instrument.items, case)
    for check in instrument.checks:
        if asked.holds(check.when, case) is Truth.YES:
            said = to_words(check.when, instrument.vocabulary)
            faults.append(
                Fault(
                    place,
                    f"these answers cannot be together: {said}",
                    check.says,
                    "correct one of them, or leave it out",
                )
            )
