"""How conditions and measures of rules are read: what each may mention, and of what type it is.

A measure is read for the kind of record whose rule mentions it, so `days: date` is the date of a visit in a rule of visits
and that of a procedure in a rule of procedures. It may use measures that stand above it in its file.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from patency.answer import OLDEST
from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.instrument.conditions import Mentioned
from patency.instrument.model import UNBOUNDED
from patency.language.define import refuse_reserved
from patency.language.parse import parse
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS, lineage
from patency.registry.quality.rule import (
    TODAY,
    Classed,
    Condition,
    Current,
    Days,
    Difference,
    How,
    Measure,
    Named,
    Ratio,
    Repeats,
    Said,
    Scored,
    Sum,
    Way,
)
from patency.registry.valid import no_scale
from patency.vocabulary import DAYS, Concept, Kind, Vocabulary, refuse_odd_name

MOST_REPEATS = 1e6
OF_ONE_RECORD = {
    "days": "from",
    "difference": "from",
    "sum": "and",
    "ratio": "to",
    "text": "is",
    "current": "",
    "score": "",
    "items": "",
    "class": "by",
}
_BY_SCALE = ("current", "score", "items", "class")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_WHY = "a measure is worked out of what a record says and of the records beside it"


def prefixed(kind: str, name: str) -> str:
    """Return how an item of a kind is named in a condition on what hangs on it."""
    return f"{kind}_{name}"


def concepts_of_kind(kind: str, forms: Forms) -> dict[str, Concept | None]:
    """Return what a condition on records of a kind may mention of forms; free text has no concept, but may be answered."""
    found: dict[str, Concept | None] = {name: item.concept for name, item in forms.of[kind].items.items()}
    for above in lineage(kind)[1:]:
        for name, item in forms.of[above].items.items():
            found.setdefault(prefixed(above, name), _above(item.concept, above, prefixed(above, name)))
    return found


def _above(concept: Concept | None, kind: str, name: str) -> Concept | None:
    if concept is None:
        return None
    whose = f"(of the {KINDS[kind].words})"
    if concept.kind is Kind.SET:  # its words are a subject and a verb
        return concept._replace(name=name, words=f"{whose} {concept.words}", says=f"{whose} {concept.says}",
                                denies=f"{whose} {concept.denies}")  # fmt: skip
    return concept._replace(
        name=name, words=f"{concept.words} {whose}", says=f"{concept.says} {whose}", denies=f"{concept.denies} {whose}"
    )


class Draft(NamedTuple):
    """A measure as it is written, before it is known for which kinds."""

    node: Node
    order: int


class Measures:
    """The measures of one file, read for a kind when a condition on that kind first mentions them."""

    def __init__(self, group: Mapping[str, Node], forms: Forms, faults: list[Fault]) -> None:
        self.forms, self.faults = forms, faults
        self.drafts = {name: Draft(node, order) for order, (name, node) in enumerate(group.items())}
        self.used: set[str] = set()
        self._known: dict[tuple[str, str], Measure | None] = {}
        self._concepts: dict[str, dict[str, Concept | None]] = {}
        for name, draft in self.drafts.items():
            refuse_odd_name(name, draft.node.place, faults)

    def concepts(self, kind: str) -> dict[str, Concept | None]:
        """Return what forms give a condition on a kind to mention."""
        if kind not in self._concepts:
            self._concepts[kind] = concepts_of_kind(kind, self.forms)
        return self._concepts[kind]

    def condition(self, kind: str, text: str, place: Place, is_of_repeats: bool = False) -> Condition | None:
        """Read a condition on records of a kind, with the measures that it mentions."""
        mentioned = [name for name in dict.fromkeys(_NAME.findall(text)) if name in self.drafts]
        measures = {name: self.of(name, kind, place) for name in mentioned}
        found = {name: measure for name, measure in measures.items() if measure is not None}
        if len(found) < len(measures):
            return None
        for measure in found.values():
            if is_of_repeats and _is_of_repeats(measure):
                self.faults.append(Fault(place, f"it mentions {measure.name!r}, which is made of several records itself",
                                         "which records count must be told of each by itself",
                                         "mention only what one record says"))  # fmt: skip
                return None
        known = self.concepts(kind)
        concepts = {name: concept for name, concept in known.items() if concept is not None}
        concepts |= {name: measure.concept for name, measure in found.items()}
        found_wrong: list[Fault] = []
        term = parse(text, place, Mentioned(Vocabulary(concepts), known), found_wrong)
        self.faults.extend(_in_words_of_rules(fault, kind) for fault in found_wrong)
        return None if term is None else Condition(kind, term, text, found, concepts)

    def of(self, name: str, kind: str, asked_at: Place) -> Measure | None:
        """Read a measure for a kind, or note why it cannot be had there."""
        self.used.add(name)
        if (name, kind) not in self._known:
            self._known[name, kind] = self._read(name, kind, asked_at)
        return self._known[name, kind]

    def _read(self, name: str, kind: str, asked_at: Place) -> Measure | None:
        node = self.drafts[name].node
        fields = Fields(node, self.faults, f"the measure {name!r}")
        types = [each for each in (*OF_ONE_RECORD, *(how.value for how in How)) if each in fields.named]
        if len(types) != 1:
            known = listed([*OF_ONE_RECORD, *(how.value for how in How)])
            fields.fault(node.place, f"{fields.what} is {'of ' + listed(types, 'and') + ' at once' if types else 'of nothing'}",
                         _WHY, f"begin it with one of {known}")  # fmt: skip
            return None
        before = len(self.faults)
        reader = _Reader(name, kind, fields, self, asked_at)
        made = reader.repeats(How(types[0])) if types[0] not in OF_ONE_RECORD else reader.one(types[0])
        if made is None:
            return None
        fields.close()
        if len(self.faults) > before:
            return None
        how, concept = made
        refuse_reserved(concept, self.faults)
        return Measure(name, kind, how, concept, reader.uses, node.place)


def _in_words_of_rules(fault: Fault, kind: str) -> Fault:
    """Say of a name that nobody knows what a rule may mention; the language speaks of questionnaires."""
    what, mark, _ = fault.what.partition(", which is no item or score of this instrument")
    if not mark:
        return fault
    return fault._replace(what=f"{what}, which is no item of the {KINDS[kind].words}, of what it hangs on, nor a measure",
                          why="a rule may use only what can be entered, and measures of it")  # fmt: skip


def _is_of_repeats(measure: Measure) -> bool:
    return isinstance(measure.how, Repeats) or any(_is_of_repeats(each) for each in measure.uses.values())


class _Reader:
    """Reads one measure for one kind."""

    def __init__(self, name: str, kind: str, fields: Fields, measures: Measures, asked_at: Place) -> None:
        self.name, self.kind, self.fields, self.measures, self.asked_at = name, kind, fields, measures, asked_at
        self.uses: dict[str, Measure] = {}

    def one(self, how: str) -> tuple[Way, Concept] | None:
        """Read a measure of one record."""
        fields = self.fields
        if how in _BY_SCALE:
            return self._by_scale(how)
        item = fields.need_text(how, _WHY)
        if how == "text":
            fields.need("is", "the text is one of some")
            self._text(item)
            return Named(item, frozenset(fields.texts("is"))), self._yes_no()
        other = fields.need_text(OF_ONE_RECORD[how], _WHY)
        wanted = Kind.DATE if how == "days" else Kind.NUMBER
        first, second = self._named(item, wanted), self._named(other, wanted)
        if first is None or second is None:
            return None
        if how == "days":
            return Days(item, other), self._number(
                "day", -OLDEST, OLDEST, {name: days for name, days in DAYS.items() if days > 1}
            )
        if how == "sum":
            return self._sum(item, other, first, second)
        if first.unit != second.unit:
            fields.fault(fields.place, f"{fields.what} is of {item!r} in {first.unit} and {other!r} in {second.unit}",
                         "the result would mean nothing", "name two of the same unit")  # fmt: skip
            return None
        if how == "ratio":
            return Ratio(item, other), self._number("1", 0, MOST_REPEATS)
        width = max(first.highest, second.highest) - min(first.lowest, second.lowest)
        return Difference(item, other), self._number(first.unit, -width, width, first.units)

    def _by_scale(self, how: str) -> tuple[Way, Concept] | None:
        """Read a measure for which a scale is looked at."""
        if how == "items":
            return Said(self.fields.choice("items", ("said",), _WHY)), self._number("1", 0, MOST_REPEATS)
        named = self.fields.need_text(how, _WHY)
        if how == "class":
            return self._classed(named)
        if how == "score":
            return Scored(named), self._number("1", UNBOUNDED.low, UNBOUNDED.high)
        self._text(named)
        return Current(named), self._yes_no()

    def _classed(self, item: str) -> tuple[Way, Concept] | None:
        """Read whether a class that was written is another than a scale makes of the record's facts."""
        fields, forms = self.fields, self.measures.forms
        named, name = fields.need_text("scale", _WHY), fields.need_text("by", _WHY)
        concept, scale = self._item_of(self.kind, item), forms.scales.get(named)
        if scale is None:
            self.measures.faults.append(no_scale(named, fields.place, forms.scales))
        if concept is None or scale is None:
            return None
        banded = {each.name: {band.name for band in each.bands} for each in scale.scores.values() if each.bands}
        if name not in banded:
            fields.fault(fields.place, f"{fields.what} classes by {name!r}, which is no score in classes of {scale.title}",
                         "a class is held against another",
                         nearest(name, banded, f"use one of {listed(list(banded)) or 'none'}"))  # fmt: skip
            return None
        if not concept.values or not set(concept.values) <= banded[name]:
            fields.fault(fields.place, f"{fields.what} is of {item!r}, whose answers are not the classes of {name!r}",
                         "only what has the same classes can be held against it", "name an item that has them")  # fmt: skip
            return None
        return Classed(item, named, name), self._yes_no()

    def _sum(self, item: str, other: str, first: Concept, second: Concept) -> tuple[Way, Concept] | None:
        factor = first.units.get("day")
        if factor is None or second.unit != "day":
            self.fields.fault(self.fields.place, f"{self.fields.what} adds {other!r}, in {second.unit}, to {item!r}, in {first.unit}",
                              "only days are added, and only to a time", "name an age, and a measure of days")  # fmt: skip
            return None
        return Sum(item, other, factor), self._number(first.unit, -OLDEST, OLDEST, first.units)

    def repeats(self, how: How) -> tuple[Way, Concept] | None:
        """Read what records of a kind say together."""
        fields = self.fields
        kind = fields.choice(how.value, self._repeating(), "records that repeat are of a kind")
        within = self._within(kind)
        text = fields.text("where")
        where = self.measures.condition(kind, text, fields.named["where"].place, True) if text else None
        alike = fields.texts("alike")
        same = (*fields.texts("same"), *alike)
        for each in same:
            self._likened(kind, each)
            self._likened(self.kind, each)
        before = fields.text("before")
        by = fields.text("by", "date") if how.takes or before else ""
        if by:
            self._date_of(kind, by)
        if before:
            self._date_of(self.kind, before)
        take = fields.need_text("take", "one answer of one record is taken") if how.takes else ""
        taken = self._item_of(kind, take) if take else None
        if within is None or (text and where is None):
            return None
        made = Repeats(how, kind, within, where, same, by, before, take, frozenset(alike))
        if how is How.COUNT:
            return made, self._number("1", 0, MOST_REPEATS)
        if not how.takes:
            return made, self._yes_no()
        return None if taken is None else (made, self._taken(taken))

    def _repeating(self) -> list[str]:
        return [name for name in KINDS if KINDS[name].of and name != "query" and name in self.measures.forms.of]

    def _within(self, kind: str) -> str | None:
        """Find whose records are meant: of the record itself, if they hang on it, or of the nearest that both hang on."""
        own, theirs = lineage(self.kind), lineage(kind)
        shared = [each for each in own if each in theirs[1:]]  # nearest first; a record holds none of its own kind
        named = self.fields.text("within")
        if named and named in shared:
            return named
        if named or not shared:
            said = f"within {named!r}, which" if named else "of what"
            what = f"{self.fields.what} is of {KINDS[kind].plural} {said} a {KINDS[self.kind].words} does not hang on with them"
            self.fields.fault(self.fields.place, what, "it must be told whose records are meant",
                              nearest(named, shared, f"use one of {listed(shared) or 'none'}"))  # fmt: skip
            return None
        return shared[0]

    def _item_of(self, kind: str, name: str) -> Concept | None:
        concepts = self.measures.concepts(kind)
        own = [each for each in self.measures.forms.of[kind].items if concepts[each] is not None]
        if name in own:
            return concepts[name]
        self._refuse_name(name, kind, own)
        return None

    def _likened(self, kind: str, name: str) -> None:
        """Note a name that is no item of a kind; words may be likened too, such as the name of a scale."""
        if name not in self.measures.forms.of[kind].items:
            self._refuse_name(name, kind, list(self.measures.forms.of[kind].items))

    def _date_of(self, kind: str, name: str) -> None:
        concept = self._item_of(kind, name)
        if concept is not None:
            self._refuse_kind(concept, Kind.DATE, name)

    def _named(self, name: str, wanted: Kind) -> Concept | None:
        """Return what a measure mentions: an item of its own kind or of one above, another measure, or the day of the check."""
        if name == TODAY and wanted is Kind.DATE:
            return self._number("day", 0, OLDEST)._replace(kind=Kind.DATE)
        drafts = self.measures.drafts
        if name in drafts:
            if drafts[name].order >= drafts[self.name].order:
                self.fields.fault(self.fields.place, f"{self.fields.what} mentions {name!r}, which stands further down",
                                  "what is worked out first must not hang on what follows from it", "move this one below it")  # fmt: skip
                return None
            found = self.measures.of(name, self.kind, self.asked_at)
            if found is None:
                return None
            self.uses[name] = found
            return self._refuse_kind(found.concept, wanted, name)
        concepts = self.measures.concepts(self.kind)
        concept = concepts.get(name)
        if concept is None:
            self._refuse_name(name, self.kind, [each for each in concepts if concepts[each] is not None])
            return None
        return self._refuse_kind(concept, wanted, name)

    def _text(self, name: str) -> None:
        items = self.measures.forms.of[self.kind].items
        texts = [each for each, item in items.items() if item.concept is None]
        if name and name not in texts:
            self._refuse_name(name, self.kind, texts)

    def _refuse_name(self, name: str, kind: str, known: Sequence[str]) -> None:
        if name:
            what = f"{self.fields.what} mentions {name!r}, which is no item of the {KINDS[kind].words} that fits there"
            self.fields.fault(self.fields.place, what, f"it is asked for at {self.asked_at}",
                              nearest(name, known, f"use one of {listed(known[:12]) or 'none'}"))  # fmt: skip

    def _refuse_kind(self, concept: Concept, wanted: Kind, name: str) -> Concept | None:
        if concept.kind is wanted:
            return concept
        self.fields.fault(self.fields.place, f"{self.fields.what} mentions {name!r}, which is a {concept.kind.value} and no {wanted.value}",
                          _WHY, f"name a {wanted.value}")  # fmt: skip
        return None

    def _number(self, unit: str, low: float, high: float, units: Mapping[str, float] = {}) -> Concept:
        words = self.fields.need_text("words", "the rule is read aloud")
        return self._concept(Kind.NUMBER, words, "", "")._replace(unit=unit, units=units, lowest=low, highest=high)

    def _yes_no(self) -> Concept:
        says = self.fields.texts("says")
        if len(says) != 2:
            what = f"{self.fields.what} needs 'says' with a clause and its denial"
            self.fields.fault(self.fields.place, what, "the rule is read aloud",
                              "write says: [an ulcer is active, no ulcer is active]")  # fmt: skip
            return self._concept(Kind.YES_NO, "", "", "")
        return self._concept(Kind.YES_NO, "", *says)

    def _taken(self, concept: Concept) -> Concept:
        if concept.kind is Kind.YES_NO:
            return self._yes_no()
        words = self.fields.need_text("words", "the rule is read aloud")
        return concept._replace(
            name=self.name, words=words, says=words, denies=f"not so: {words}", place=self.fields.place
        )

    def _concept(self, kind: Kind, words: str, says: str, denies: str) -> Concept:
        place = self.fields.place
        return Concept(self.name, kind, "", words, says, denies, "", (), {}, "", {}, 0.0, 0.0, "history", (), 0, place)
