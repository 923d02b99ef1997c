"""Which records fire a quality rule, and of which it cannot be told.

In: the rules, the forms, and the records of patients as they stand. Out: for each patient, the hits, and what could not be
told. A rule fires where its condition is Yes. Unknown is no hit, and it is no pass either: it is counted by itself.

Each condition is evaluated once for each combination of the values that it hangs on, for few combinations occur; what
hangs on the record alone is looked at first, and where it is No already no measure is worked out. That the result is that of
evaluating each record by itself is tested (tests/registry/test_quality.py).

Not here: what a measure comes to (measures.py), what becomes of a hit (queries.py), where records come from (checks.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from patency.case import Case, Finding
from patency.instrument.model import Item
from patency.language.evaluate import evaluate
from patency.language.terms import All, Compare, Term, concepts_of, walk
from patency.registry.entry import Entry
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS, lineage
from patency.registry.measures import At, Patient, Reckoned, reckoned, value_in
from patency.registry.read_measures import prefixed
from patency.registry.rule import Condition, Measure, Rule
from patency.truth import Truth

YES, NO = Truth.YES, Truth.NO
MOST_KEPT = 200_000  # combinations of which a condition remembers what it said


class Hit(NamedTuple):
    """A record, in one version, that fires a rule."""

    rule: str
    kind: str
    record: str
    version: int
    patient: str


class Checked(NamedTuple):
    """What came of checking one patient: the hits, and the rules and records of which it could not be told."""

    patient: str
    hits: tuple[Hit, ...]
    untold: frozenset[tuple[str, str]]
    records: int


class Summary(NamedTuple):
    """What came of checking many patients: how many, and of each rule how many records fire it or could not be told."""

    patients: int
    records: int
    hits: Mapping[str, int]
    untold: Mapping[str, int]


class Checker:
    """Rules made ready for records of some forms. It remembers what conditions said, and nothing of any patient."""

    def __init__(self, rules: Mapping[str, Rule], forms: Forms) -> None:
        self.rules, self.forms = rules, forms
        self._items = {kind: _items_seen_from(kind, forms) for kind in forms.of if KINDS[kind].of or kind == "patient"}
        self._wanted: dict[str, dict[str, str]] = {}
        self._of: dict[str, list[tuple[str, _Truths]]] = {}
        for rule in rules.values():
            self._of.setdefault(rule.kind, []).append((rule.name, self._truths(rule.condition)))

    def check(self, patient: str, entries: Iterable[Entry], on: date) -> Checked:
        """Check all that stands of one patient; records that are void are left out, as if they were not there."""
        found = Patient(entries, self._wanted, on)
        hits: list[Hit] = []
        untold: list[tuple[str, str]] = []
        for kind, rules in self._of.items():
            for entry in found.of_kind.get(kind, ()):
                at = found.at(entry)
                for name, truth_of in rules:
                    truth = truth_of(at)
                    if truth is YES:
                        hits.append(Hit(name, kind, entry.id, entry.version, patient))
                    elif truth is not NO:
                        untold.append((name, entry.id))
        return Checked(patient, tuple(hits), frozenset(untold), sum(map(len, found.of_kind.values())))

    def _truths(self, condition: Condition) -> "_Truths":
        for name in _names_of(condition):
            self._want(condition.kind, name)
        measures = {name: self._reckoned(measure) for name, measure in condition.measures.items()}
        return _Truths(condition, self._items[condition.kind], measures, set(self.forms.of[condition.kind].items))

    def _reckoned(self, measure: Measure) -> Reckoned:
        for each in _all_of(measure):
            for name in each.how:
                if isinstance(name, str):
                    self._want(measure.kind, name)
        return reckoned(measure, self.forms, self._truths)

    def _want(self, kind: str, name: str) -> None:
        """Note which items of the kinds above are looked at, so that no others are gathered."""
        for above in lineage(kind)[1:]:
            item = name.removeprefix(prefixed(above, ""))
            if item != name and item in self.forms.of[above].items:
                self._wanted.setdefault(above, {})[item] = name


def check_records(
    forms: Forms, rules: Mapping[str, Rule], patients: Iterable[tuple[str, Sequence[Entry]]], on: date
) -> Iterable[Checked]:
    """Check many patients, each with the records that stand of them, one after another."""
    checker = Checker(rules, forms)
    return (checker.check(patient, entries, on) for patient, entries in patients)


def summed(found: Iterable[Checked]) -> Summary:
    """Count what came of checking many patients."""
    patients = records = 0
    hits: Counter[str] = Counter()
    untold: Counter[str] = Counter()
    for each in found:
        patients += 1
        records += each.records
        hits.update(hit.rule for hit in each.hits)
        untold.update(rule for rule, _ in each.untold)
    return Summary(patients, records, hits, untold)


def _all_of(measure: Measure) -> list[Measure]:
    return [measure, *(each for used in measure.uses.values() for each in _all_of(used))]


def _names_of(condition: Condition) -> list[str]:
    return [name for name in concepts_of(condition.term) if name not in condition.measures]


def _items_seen_from(kind: str, forms: Forms) -> dict[str, Item]:
    """Return the items that a condition on a kind may mention, by the names it has for them."""
    found = dict(forms.of[kind].items)
    for above in lineage(kind)[1:]:
        for name, item in forms.of[above].items.items():
            found.setdefault(prefixed(above, name), item)
    return found


class _Truths:
    """A condition made ready: what it says of a record, remembered by the values that it hangs on."""

    def __init__(
        self, condition: Condition, items: Mapping[str, Item], measures: Mapping[str, Reckoned], own: set[str]
    ) -> None:
        names = _names_of(condition)
        self._own = tuple(name for name in names if name in own)
        self._above = tuple(name for name in names if name not in own)
        self._items = [items[name] for name in (*self._own, *self._above)]
        self._names = (*self._own, *self._above)
        self._measures, self._reckoned = tuple(measures), tuple(measures.values())
        self._guard, self._term = _guard(condition), condition.term
        self._is_of_a_day = any(isinstance(each, Compare) and each.is_days_since for each in walk(condition.term))
        self._guarded: dict[Any, Truth] = {}
        self._known: dict[Any, Truth] = {}

    def __call__(self, at: At) -> Truth:
        key: tuple[Any, ...] = tuple(map(at.own.get, self._own))
        if self._above:
            key += tuple(map(at.above.get, self._above))
        if self._is_of_a_day:
            key += (at.patient.on,)
        truth = self._guarded.get(key)
        if truth is None:
            truth = _remember(self._guarded, key, self._evaluated(self._guard, key, (), at.patient.on))
        if truth is NO or not self._measures:
            return truth
        values = tuple([reckon(at) for reckon in self._reckoned])
        whole = (key, values)
        truth = self._known.get(whole)
        if truth is None:
            truth = _remember(self._known, whole, self._evaluated(self._term, key, values, at.patient.on))
        return truth

    def _evaluated(self, term: Term, key: Sequence[Any], values: Sequence[Any], on: date) -> Truth:
        findings = {}
        for name, item, raw in zip(self._names, self._items, key, strict=False):  # the key may end with the day
            value = value_in(item, raw)
            if value is not None or isinstance(raw, str):  # free text has no value, yet it was given
                findings[name] = Finding(name, value, on, "")
        for name, value in zip(self._measures, values, strict=bool(values)):
            if value is not None:
                findings[name] = Finding(name, value, on, "")
        return evaluate(term, Case(on, findings))


def _remember(known: dict[Any, Truth], key: Any, truth: Truth) -> Truth:
    if len(known) >= MOST_KEPT:
        known.clear()
    known[key] = truth
    return truth


def _guard(condition: Condition) -> Term:
    """Return what of a condition mentions no measure: where it is No, so is the whole."""
    term, measures = condition.term, set(condition.measures)
    if not measures:
        return term
    parts = term.terms if isinstance(term, All) else ()
    return All(tuple(each for each in parts if not measures & set(concepts_of(each))))
