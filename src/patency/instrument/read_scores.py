"""How the scores of an instrument are read.

A score is made of what stands above it, so that no score can be made of itself. Between which two numbers it lies
is worked out from its items, so that a band that nobody could reach is a Fault where it is written.
"""

from dataclasses import dataclass, field

from patency.answer import Unreadable, unit_factor
from patency.case import Span
from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.instrument.conditions import Order, asks_what_was_answered, read_condition
from patency.instrument.formula import Formula, Undefined, hull, names_in, told, value_of
from patency.instrument.model import UNBOUNDED, Band, Item, Score
from patency.instrument.parse_formula import NAMES, parse_formula
from patency.instrument.points import NOTHING, points_of, why_not_added
from patency.language.define import refuse_reserved
from patency.language.terms import Term, concepts_of
from patency.source import Citation, Source, is_unverified, read_citations
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary, refuse_odd_name

MOST_DECIMALS = 6
_WAYS = ("number", "bands", "when", "members")
_KINDS = {"number": Kind.NUMBER, "bands": Kind.ORDERED, "when": Kind.YES_NO, "members": Kind.SET}


@dataclass(frozen=True)
class Reading:
    """What an instrument has been found to hold so far, and what it may mention."""

    sources: dict[str, Source]
    patient: Vocabulary
    faults: list[Fault]
    citations: tuple[Citation, ...]
    items: dict[str, Item] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    ahead: dict[str, Concept] = field(default_factory=dict)  # the scores of the file, as far as their kind and words

    @property
    def order(self) -> Order:
        """All items and scores; of a score that is not read yet, what can be told before."""
        concepts = {name: item.concept for name, item in self.items.items()}
        return Order(concepts, self.ahead | {name: score.concept for name, score in self.scores.items()})


def read_scores(fields: Fields, reading: Reading) -> None:
    """Read the scores of an instrument, each made of what stands above it."""
    group = fields.group("scores")
    for name, node in group.items():
        if name in reading.items:
            item = reading.items[name]
            what = f"{name!r} is an item and a score (the item at {item.place})"
            reading.faults.append(
                Fault(node.place, what, "a formula or a condition could mean either", "rename one of them")
            )
            continue
        quiet = Fields(node, [], f"the score {name!r}")  # its faults are noted when it is read
        reading.ahead[name] = _concept(name, quiet, _way(quiet), UNBOUNDED, len(reading.items) + len(reading.ahead))
    for name in reading.ahead:
        reading.scores[name] = _read_score(name, group[name], reading)


def _way(fields: Fields) -> str:
    """Return in which of the four ways a score is made."""
    return next((way for way in _WAYS if way in fields.named), "number")


def _read_score(name: str, node: Node, reading: Reading) -> Score:
    fields = Fields(node, reading.faults, f"the score {name!r}")
    refuse_odd_name(name, node.place, reading.faults)
    if name in NAMES:
        fields.fault(node.place, f"{name!r} cannot name a score", "it means something else in a formula", "rename it")
    given = [way for way in _WAYS if way in fields.named]
    if len(given) != 1 and fields.is_readable:
        fields.fault(
            node.place,
            f"{fields.what} is made in {len(given)} ways",
            f"a score is made in one: {listed(_WAYS)}",
            "give it one of them",
        )
    way = _way(fields)
    conditions = _Conditions(name, reading)
    number = _read_number(fields, conditions) if way == "number" else None
    bands, members = _read_bands(fields, "bands", conditions), _read_bands(fields, "members", conditions)
    when = (
        conditions.read(fields.as_text(fields.named["when"], "when"), fields.named["when"].place)
        if fields.get("when")
        else None
    )
    uses = tuple(dict.fromkeys([*(names_in(number) if number else ()), *conditions.mentioned]))
    citations = read_citations(fields, reading.sources) or reading.citations
    concept = _concept(name, fields, way, _range(number, reading), len(reading.items) + len(reading.scores))
    refuse_reserved(concept, reading.faults)
    score = Score(
        name=name,
        words=fields.text("words") or name,
        number=number,
        unit=fields.text("unit", "1"),
        decimals=_whole(fields, "decimals", MOST_DECIMALS),
        prorated=_read_prorated(fields, number, reading),
        bands=bands,
        members=members,
        when=when,
        uses=uses,
        concept=concept,
        feeds=fields.text("feeds"),
        is_draft=is_unverified(citations) or any(_is_draft(each, reading) for each in uses),
        citations=citations,
        place=node.place,
    )
    check_feed(fields, concept, reading)
    fields.close()
    return score


def _is_draft(name: str, reading: Reading) -> bool:
    if name in reading.items:
        return is_unverified(reading.items[name].citations)
    return name in reading.scores and reading.scores[name].is_draft


class _Conditions:
    """Reads the conditions of one score, and keeps what they mention."""

    def __init__(self, name: str, reading: Reading) -> None:
        self.name, self.reading = name, reading
        self.mentioned: list[str] = []

    def read(self, text: str, place: Place) -> Term | None:
        """Read one of them; a score may not hang on whether something was answered."""
        term = read_condition(text, place, self.reading.order, self.name, self.reading.faults)
        if term is None:
            return None
        if asks_what_was_answered(term):
            self.reading.faults.append(
                Fault(
                    place,
                    f"the score {self.name!r} hangs on whether something was answered",
                    "filling in a blank may settle a score but must never reverse it",
                    "say which answers count; a blank leaves the score open by itself",
                )
            )
            return None
        self.mentioned += concepts_of(term)
        return term


def _read_number(fields: Fields, conditions: _Conditions) -> Formula | None:
    reading = conditions.reading
    node = fields.get("number")
    if node is None:
        return None
    names = {name: why_not_added(item) for name, item in reading.items.items()}
    for name, concept in reading.order.scores.items():
        is_above = name in reading.scores
        itself = "a score cannot be made of itself" if name == conditions.name else "it stands further down"
        names[name] = itself if not is_above else "" if concept.kind is Kind.NUMBER else "it is a score, but no number"
    return parse_formula(fields.as_text(node, "number"), node.place, names, conditions.read, reading.faults)


def _range(formula: Formula | None, reading: Reading) -> Span:
    """Return between which two numbers a score lies, whatever is answered."""
    if formula is None:
        return UNBOUNDED
    spans = {}
    for name in names_in(formula):
        if name in reading.items:
            item = reading.items[name]
            spans[name] = hull([points_of(item, None), *([NOTHING] if item.when else [])])
        else:
            spans[name] = Span(reading.scores[name].concept.lowest, reading.scores[name].concept.highest)
    try:
        return told(value_of(formula, spans, lambda _: Truth.UNKNOWN))
    except Undefined:
        return UNBOUNDED


def _concept(name: str, fields: Fields, way: str, span: Span, order: int) -> Concept:
    """Make of a score what the language knows of it."""
    words, says = fields.text("words") or name, fields.texts("says")
    if way == "when" and "says" in fields.named and len(says) != 2:
        fields.fault(
            fields.named["says"].place,
            f"{fields.what} needs 'says' with a clause and its denial",
            "it is said by one of them",
            "write says: [the syndrome is present, the syndrome is absent]",
        )
    is_told = way == "when" and len(says) == 2
    values = (
        {each: _band_words(each, node) for each, node in fields.group(way).items()}
        if way in ("bands", "members")
        else {}
    )
    return Concept(
        name,
        _KINDS[way],
        words,
        f"{words} includes" if way == "members" else words,
        says[0] if is_told else f"{words} includes" if way == "members" else f"“{words}” is yes",
        says[1] if is_told else f"{words} does not include" if way == "members" else f"“{words}” is no",
        "",
        (),
        values,
        fields.text("unit", "1"),
        {},
        span.low,
        span.high,
        "history",
        (),
        order,
        fields.place,
    )


def _band_words(name: str, node: Node) -> str:
    if isinstance(node.value, dict) and "words" in node.value:
        node = node.value["words"]
    return node.value.strip() if isinstance(node.value, str) and node.value.strip() else name


def _read_bands(fields: Fields, way: str, conditions: _Conditions) -> tuple[Band, ...]:
    group = fields.group(way)
    if way in fields.named and not group:
        fields.fault(
            fields.named[way].place,
            f"{fields.what} has no {way}",
            "there is nothing it could be",
            "write name: {words: ..., when: ...}",
        )
    bands: list[Band] = []
    for name, node in group.items():
        refuse_odd_name(name, node.place, fields.faults)
        when = None
        if isinstance(node.value, str):
            may_be_plain = way == "bands" and not bands
        else:
            entry = Fields(node, fields.faults, f"{name!r} of {fields.what}")
            entry.need_text("words", "it is said so")
            text = entry.text("when")
            may_be_plain = bool(text) or (way == "bands" and not bands)
            when = conditions.read(text, entry.named["when"].place) if text else None
            entry.close()
        if not may_be_plain:
            fields.fault(
                node.place,
                f"{name!r} of {fields.what} has no condition",
                "only the least band of all may hold without one"
                if way == "bands"
                else "it is in the set when that holds",
                "write {words: ..., when: ...}",
            )
        bands.append(Band(name, _band_words(name, node), when))
    return tuple(bands)


def _whole(fields: Fields, name: str, most: int) -> int:
    text = fields.text(name, "0")
    fix = f"write {name}: 1" if most else "leave it out"
    if text.isascii() and text.isdigit() and int(text) <= most:
        return int(text)
    fields.fault(
        fields.named[name].place,
        f"{name!r} cannot be {text!r}",
        f"it is a whole number up to {most}",
        fix,
    )
    return 0


def _read_prorated(fields: Fields, number: Formula | None, reading: Reading) -> int:
    items = [name for name in dict.fromkeys(names_in(number)) if name in reading.items] if number else []
    most = max(0, len(items) - 1)
    return _whole(fields, "prorate", most)


def check_feed(fields: Fields, concept: Concept | None, reading: Reading) -> None:
    """Note where what is answered or scored cannot be a finding of the concept that it feeds."""
    node = fields.get("feeds")
    if node is None:
        return
    name = fields.as_text(node, "feeds")
    target = reading.patient.concepts.get(name)
    if target is None:
        fields.fault(
            node.place,
            f"{fields.what} feeds {name!r}, which is not in the vocabulary",
            "a finding answers a concept",
            nearest(name, reading.patient.concepts, "`patency concepts` lists what can be known"),
        )
    elif reason := _why_not_fed(concept, target):
        fields.fault(
            node.place, f"{fields.what} cannot feed {name!r}", reason, "feed another concept, or add one that fits"
        )


def _why_not_fed(concept: Concept | None, target: Concept) -> str:
    choices = (Kind.CHOICE, Kind.ORDERED)
    if concept is None:
        return "free text is a finding of nothing"
    if concept.kind is not target.kind and not (concept.kind in choices and target.kind in choices):
        return f"that one is {target.kind.value}, and this is {concept.kind.value}"
    odd = [name for name in concept.values if name not in target.values]
    if odd:
        return f"{odd[0]!r} is not among its values"
    if concept.kind is not Kind.NUMBER:
        return ""
    try:
        factor = unit_factor(target, concept.unit)
    except Unreadable as unreadable:
        return f"{unreadable.what}: {unreadable.why}"
    low, high = concept.lowest * factor, concept.highest * factor
    is_within = (low, high) == UNBOUNDED or target.lowest <= low <= high <= target.highest
    return (
        ""
        if is_within
        else f"that one lies between {target.lowest:g} and {target.highest:g}, this between {low:g} and {high:g}"
    )
