"""The meaning of a rule, written to be checked by eye: each record by itself, each measure by going through all records.

The reference that checker.py and repeats.py must agree with. Nothing is remembered, ordered or left out here.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from patency.case import Absence, Case, Finding, Span, Value
from patency.instrument.model import Item, ItemKind
from patency.language.evaluate import evaluate
from patency.registry.entry import Entry
from patency.registry.forms import Forms
from patency.registry.kinds import lineage
from patency.registry.quality.measures import Reckoning, reckoned
from patency.registry.quality.one_patient import At, Patient, value_in
from patency.registry.quality.read_measures import prefixed
from patency.registry.quality.repeats import joined
from patency.registry.quality.rule import Condition, Days, Difference, How, Measure, Ratio, Repeats, Rule, Sum
from patency.truth import Truth, both, either, negate


class Alone:
    """All that stands of one patient, gone through from the beginning for every question."""

    def __init__(self, entries: Sequence[Entry], forms: Forms, on: date) -> None:
        self.entries = [entry for entry in entries if not entry.is_void]
        self.forms, self.on = forms, on

    def holds(self, rule: Rule) -> dict[str, Truth]:
        """Say of each record of the rule's kind whether its condition holds."""
        return {entry.id: self.truth(rule.condition, entry) for entry in self.entries if entry.kind == rule.kind}

    def truth(self, condition: Condition, entry: Entry) -> Truth:
        """Evaluate a condition of a record as it is written, with everything that may be known."""
        findings = {}
        for name, (item, raw) in self.said(entry).items():
            if raw is not None and not isinstance(raw, Absence):
                findings[name] = Finding(name, value_in(item, raw), self.on, "")
        for name, measure in condition.measures.items():
            if (value := self.measured(measure, entry)) is not None:
                findings[name] = Finding(name, value, self.on, "")
        return evaluate(condition.term, Case(self.on, findings))

    def said(self, entry: Entry) -> dict[str, tuple[Any, Any]]:
        """Return what a record and those it hangs on say, by the names that conditions have for it, with each item."""
        found = {name: (item, entry.values.get(name)) for name, item in self.forms.of[entry.kind].items.items()}
        for kind in lineage(entry.kind)[1:]:
            above = self.above(entry, kind)
            for name, item in self.forms.of[kind].items.items():
                raw = above.values.get(name) if above else None
                found.setdefault(prefixed(kind, name), (item, raw))
        return found

    def above(self, entry: Entry, kind: str) -> Entry | None:
        """Return the record of a kind that another is, or hangs on."""
        if entry.kind == kind:
            return entry
        parents = [each for each in self.entries if each.id == entry.parent]
        return self.above(parents[0], kind) if parents else None

    def measured(self, measure: Measure, entry: Entry) -> Value | None:
        """Work a measure out."""
        match measure.how:
            case Repeats():
                return self.repeats(measure.how, entry)
            case Days(first, second) | Difference(first, second):
                a, b = self.span(first, measure, entry), self.span(second, measure, entry)
                return None if a is None or b is None else Span(a.low - b.high, a.high - b.low)
            case Sum(first, second, factor):
                a, b = self.span(first, measure, entry), self.span(second, measure, entry)
                return None if a is None or b is None else Span(a.low + b.low * factor, a.high + b.high * factor)
            case Ratio(first, second):
                a, b = self.span(first, measure, entry), self.span(second, measure, entry)
                return (
                    None if a is None or b is None or b.low <= 0 or a.low < 0 else Span(a.low / b.high, a.high / b.low)
                )
        # A text's name, a version and a score are worked out of the record alone, in one way only.
        by = Reckoning(self.forms, lambda _condition: lambda _at: Truth.UNKNOWN, {})
        return reckoned(measure, by)(At(entry, {}, Patient([], {}, self.on)))

    def span(self, name: str, measure: Measure, entry: Entry) -> Span | None:
        """Return a date or a number, by its name, as the range it lies in."""
        if name == "today":
            return Span(self.on.toordinal(), self.on.toordinal())
        if name in measure.uses:
            value = self.measured(measure.uses[name], entry)
            return value if isinstance(value, Span) else None
        item, raw = self.said(entry)[name]
        value = value_in(item, raw)
        return value if isinstance(value, Span) else None

    def repeats(self, how: Repeats, entry: Entry) -> Value | None:
        """Work out what the records of a kind in one place say together."""
        place = self.above(entry, how.within)
        among = [
            each for each in self.entries if each.kind == how.kind and place and self.above(each, how.within) is place
        ]
        looked = [self.looked_at(each, how, entry) for each in among]
        asked = [Truth.YES if how.where is None else self.truth(how.where, each) for each in among]
        counts = [both(pair) for pair in zip(looked, asked, strict=True)]
        match how.how:
            case How.COUNT:
                return Span(counts.count(Truth.YES), len(counts) - counts.count(Truth.NO))
            case How.ANY:
                return either(counts)
            case How.ALL:
                return both(either((negate(at), holds)) for at, holds in zip(looked, asked, strict=True))
        return self.taken(how, among, counts)

    def looked_at(self, each: Entry, how: Repeats, entry: Entry) -> Truth:
        """Say whether one of them gives the same answers as the checked record, and is before it, where that is asked."""
        truths = []
        items = self.forms.of[how.kind].items
        for name in how.same:
            first, second = (_likened(items[name], one.values.get(name)) for one in (each, entry))
            if name in how.alike and not {name} & {*each.values, *entry.values}:
                truths.append(Truth.YES)  # neither says anything of it
            elif first is None or second is None:
                truths.append(Truth.UNKNOWN)
            elif isinstance(first, Span) and isinstance(second, Span):
                apart = first.high < second.low or second.high < first.low
                truths.append(Truth.NO if apart else Truth.YES if first == second and first.is_exact else Truth.UNKNOWN)
            else:
                truths.append(Truth.YES if first == second else Truth.NO)
        if how.before:
            first, second = self.day(each, how.by), self.day(entry, how.before)
            if first is None or second is None:
                truths.append(Truth.UNKNOWN)
            else:
                never = first.low >= second.high
                truths.append(Truth.YES if first.high < second.low else Truth.NO if never else Truth.UNKNOWN)
        return both(truths)

    def day(self, entry: Entry, name: str) -> Span | None:
        """Return a date of a record as the days it may be."""
        value = value_in(self.forms.of[entry.kind].items[name], entry.values.get(name))
        return value if isinstance(value, Span) else None

    def taken(self, how: Repeats, among: Sequence[Entry], counts: Sequence[Truth]) -> Value | None:
        """Take the answer of whichever may be the latest or earliest."""
        item = self.forms.of[how.kind].items[how.take]
        may_count = [each for each, truth in zip(among, counts, strict=True) if truth is not Truth.NO]
        sure = [each for each, truth in zip(among, counts, strict=True) if truth is Truth.YES]
        if not sure:
            return None
        is_latest = how.how is How.LATEST

        def earliest_and_last(each: Entry) -> tuple[float, float]:
            day = self.day(each, how.by)
            return (-1e9, 1e9) if day is None else (day.low, day.high)

        if is_latest:
            bound = max(earliest_and_last(each)[0] for each in sure)
            may_be_it = [each for each in may_count if earliest_and_last(each)[1] >= bound]
        else:
            bound = min(earliest_and_last(each)[1] for each in sure)
            may_be_it = [each for each in may_count if earliest_and_last(each)[0] <= bound]
        return joined([value_in(item, each.values.get(how.take)) for each in may_be_it])


def _likened(item: Item, raw: Any) -> Value | str | None:
    """Return what is held against another: words as they were typed, anything else as the language knows it."""
    return raw if item.kind is ItemKind.TEXT and isinstance(raw, str) else value_in(item, raw)
