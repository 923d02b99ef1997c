"""In which ways the blanks of a response could be filled in, where they are answers to choose among.

Ways that the instrument itself would refuse (an answer to what is not asked, one that a check forbids) are no ways.
A number or a date that is blank has no end of answers, and stays open in every way.
"""

import math
from collections.abc import Iterable, Iterator

from patency.case import Absence, Case, Finding, Members, Value
from patency.instrument.asked import Asked, hung_on
from patency.instrument.conditions import asks_what_was_answered
from patency.instrument.model import Instrument, Item, ItemKind, Score
from patency.language.terms import Term
from patency.truth import Truth

MOST_WAYS = 1_024  # five graded items of four answers each


class Ways:
    """The ways in which the blanks under a score could be filled in, where they are answers to choose among."""

    def __init__(self, instrument: Instrument, case: Case, each: Score) -> None:
        self.instrument, self.case = instrument, case
        self.checks = [check.when for check in instrument.checks if not _asks_what_was_answered(check.when, instrument)]
        # What forbids some ways of filling in one blank may be the blank beside it; but not where that makes too many.
        for names in (self._bound_together(each), self._hung_on(items_under(each, instrument))):
            self.open = {
                item.name: values
                for item in instrument.items.values()
                if item.name in names and (values := possible(item, case))
            }
            self.are_few = bool(self.open) and math.prod(len(values) for values in self.open.values()) <= MOST_WAYS
            if self.are_few:
                break

    def _hung_on(self, names: Iterable[str]) -> set[str]:
        """Return some items and those whose answers say whether they are asked."""
        found = set(names)
        return found.union(*(self.instrument.items[name].hangs_on for name in found if name in self.instrument.items))

    def _bound_together(self, each: Score) -> set[str]:
        """Return the items under a score, and those that an answer or a check ties to them."""
        left = ties(self.instrument, self.case)
        found = self._hung_on(items_under(each, self.instrument))
        while touching := [tie for tie in left if tie & found]:
            left = [tie for tie in left if tie not in touching]
            found = self._hung_on(found.union(*touching))
        return found

    def __iter__(self) -> Iterator[Case]:
        for case in self._filled(list(self.open), self.case):
            if self._is_allowed(case):
                yield case

    def _filled(self, names: list[str], case: Case) -> Iterator[Case]:
        if not names:
            yield case
            return
        item = self.instrument.items[names[0]]
        asked = Asked(self.instrument.items, case).of(item) if item.name not in self.case.findings else Truth.YES
        if asked is not Truth.YES:  # not asked, so blank for good; or it may not be, and stays open
            yield from self._filled(names[1:], case)
            return
        for value in self.open[item.name]:
            # The reason says that nobody gave this answer: it is supposed, and answered() stays No.
            supposed = Finding(item.name, value, case.on, "", absence=Absence.NOT_KNOWN)
            told = self.case.findings.get(item.name)
            finding = supposed if told is None else told._replace(value=value)
            yield from self._filled(names[1:], case.with_finding(finding))

    def _is_allowed(self, case: Case) -> bool:
        """Whether the instrument would take these answers."""
        asked = Asked(self.instrument.items, case)
        for name in self.case.findings:
            if asked.of(self.instrument.items[name]) is Truth.NO:
                return False
        return all(asked.holds(when, case) is not Truth.YES for when in self.checks)


def _asks_what_was_answered(term: Term, instrument: Instrument) -> bool:
    """Whether a condition, or one on which an item that it names is asked, asks if something was answered: here it is supposed."""
    hung = (instrument.items[name].when for name in hung_on(term, instrument.items))
    return any(asks_what_was_answered(each) for each in (term, *hung) if each is not None)


def ties(instrument: Instrument, case: Case) -> list[set[str]]:
    """Return the items that a check, or an answer to what hangs on others, ties to one another."""
    found = [set(hung_on(check.when, instrument.items)) for check in instrument.checks]
    for item in instrument.items.values():
        if item.when is not None and item.name in case.findings:  # what is answered was asked
            found.append({item.name, *item.hangs_on})
    return found


def possible(item: Item, case: Case) -> list[Value]:
    """List the answers that an item may still have, where it is one to choose; nothing where it is settled."""
    value = case.value(item.name)
    if item.kind is ItemKind.YES_NO:
        return [Truth.YES, Truth.NO] if value is None else []
    if item.kind in (ItemKind.SINGLE, ItemKind.ORDERED):
        names = [name for name in item.choices if not isinstance(value, frozenset) or name in value]
        return [frozenset({name}) for name in names] if len(names) > 1 else []
    if item.kind is not ItemKind.MULTIPLE:
        return []
    known = value if isinstance(value, Members) else Members(frozenset(), frozenset())
    names = [name for name in item.choices if name not in known.included | known.excluded]
    if not names or 2 ** len(names) > MOST_WAYS:
        return []
    return [
        Members(
            known.included | {name for at, name in enumerate(names) if ticked >> at & 1},
            known.excluded | {name for at, name in enumerate(names) if not ticked >> at & 1},
        )
        for ticked in range(2 ** len(names))
    ]


def items_under(each: Score, instrument: Instrument) -> list[str]:
    """Return the items that a score is made of, directly or through other scores."""
    found: dict[str, None] = {}
    for name in each.uses:
        if name in instrument.items:
            found.setdefault(name)
        else:
            found |= dict.fromkeys(items_under(instrument.scores[name], instrument))
    return [name for name in instrument.items if name in found]
