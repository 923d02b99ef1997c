"""Which records fire a quality rule, and of which it cannot be told.

In: the rules, the forms, and the records of patients as they stand. Out: for each patient, the hits, and what could not be
told. A rule fires where its condition is Yes. Unknown is no hit, and it is no pass either: it is counted by itself.

Each part of a condition is evaluated once for each combination of the values that it hangs on, for few combinations occur,
and once for all numbers that it cannot tell apart, for of ages and days there are many (bands.py). What hangs on the record
alone is looked at first, and behind a No nothing is worked out. That the result is that of evaluating each record by itself
is tested (tests/registry/test_quality.py).

Not here: what a measure comes to (measures.py), what becomes of a hit (queries.py), where records come from (quality/check.py).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, cast

from patency.case import Case, Finding, Value
from patency.instrument.model import Item
from patency.language.evaluate import evaluate
from patency.language.terms import All, Answered, Any, Compare, Not, Term, concepts_of, walk
from patency.registry.entry import Entry
from patency.registry.forms import Forms
from patency.registry.kinds import lineage
from patency.registry.quality.bands import Bounds, banded, bounds_of
from patency.registry.quality.measures import Reckoning, is_shared, reckoned
from patency.registry.quality.one_patient import At, Patient, Reckoned, value_in
from patency.registry.quality.read_measures import prefixed
from patency.registry.quality.rule import Condition, Measure, Rule
from patency.truth import Truth, both, either, negate

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
MOST_KEPT = 20_000  # combinations of which a condition remembers what it said
MOST_PLANS = 20_000  # sets of names that records say something under


class Hit(NamedTuple):
    """A record, in one version, that fires a rule; `says` is what the rule says of it."""

    rule: str
    kind: str
    record: str
    version: int
    patient: str
    says: str


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
        self._items = {kind: _items_seen_from(kind, forms) for kind in forms.of if "patient" in lineage(kind)}
        self._wanted: dict[str, dict[str, str]] = {}
        self._with = Reckoning(forms, lambda condition: self._truths(condition).shortest, {})
        self._of: dict[str, list[tuple[str, _Truths]]] = {}
        self._hanging: dict[str, list[_Truths]] = {}  # those of them that ask what is the same beneath one record
        self._plans: dict[tuple[str, int, tuple[str, ...]], _Plan] = {}
        self._numbers: dict[tuple[Truth, ...], int] = {}
        for rule in rules.values():
            self._of.setdefault(rule.kind, []).append((rule.name, self._truths(rule.condition)))
        for kind, ready in self._of.items():
            self._hanging[kind] = [truths for _, truths in ready if truths.is_hanging]

    def check(self, patient: str, entries: Iterable[Entry], on: date) -> Checked:
        """Check all that stands of one patient; records that are void are left out, as if they were not there."""
        found = Patient(entries, self._wanted, on)
        hits: list[Hit] = []
        untold: list[tuple[str, str]] = []
        for kind in self._of:
            shared: dict[str, int] = {}
            for entry in found.of_kind.get(kind, ()):
                at = found.at(entry)
                if entry.parent not in shared:
                    shared[entry.parent] = self._shared(tuple([truths.shared(at) for truths in self._hanging[kind]]))
                key = (kind, shared[entry.parent], tuple(entry.values))
                plan = self._plans.get(key)
                for name, answer, parts in self._planned(*key) if plan is None else plan:
                    for part in parts:
                        truth = part(at)
                        if truth is NO:
                            break
                        if truth is UNKNOWN:
                            answer = UNKNOWN
                    else:
                        if answer is YES:
                            hits.append(Hit(name, kind, entry.id, entry.version, patient, self.rules[name].says))
                        else:
                            untold.append((name, entry.id))
        records = sum(map(len, found.of_kind.values()))
        found.forget()
        return Checked(patient, tuple(hits), frozenset(untold), records)

    def _shared(self, truths: tuple[Truth, ...]) -> int:
        """Return a number for what rules say of all records beneath one, by which it is quickly found again."""
        return self._numbers.setdefault(truths, len(self._numbers))

    def _planned(self, kind: str, shared: int, given: tuple[str, ...]) -> "_Plan":
        """Return the rules that may still fire, or not be told, of a record that says something under these names."""
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        said = iter(next(truths for truths, number in self._numbers.items() if number == shared))
        truths = [(name, next(said) if ready.is_hanging else YES, ready) for name, ready in self._of[kind]]
        plan = self._plans[kind, shared, given] = tuple(
            (name, truth, ready.own) for name, truth, ready in truths if truth is not NO and not ready.is_decided(given)
        )
        return plan

    def _truths(self, condition: Condition) -> "_Truths":
        for name in concepts_of(condition.term):
            if name not in condition.measures:
                self._want(condition.kind, name)
        measures = {name: self._reckoned(measure) for name, measure in condition.measures.items()}
        return _Truths(condition, self._items[condition.kind], measures, frozenset(self.forms.of[condition.kind].items))

    def _reckoned(self, measure: Measure) -> Reckoned:
        for each in _all_of(measure):
            for name in each.how:
                if isinstance(name, str):
                    self._want(measure.kind, name)
        return reckoned(measure, self._with)

    def _want(self, kind: str, name: str) -> None:
        """Note which items of the kinds above are looked at, so that no others are gathered."""
        for above in lineage(kind)[1:]:
            item = name.removeprefix(prefixed(above, ""))
            if item != name and item in self.forms.of[above].items:
                self._wanted.setdefault(above, {})[item] = name


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


def _items_seen_from(kind: str, forms: Forms) -> dict[str, Item]:
    """Return the items that a condition on a kind may mention, by the names it has for them."""
    found = dict(forms.of[kind].items)
    for above in lineage(kind)[1:]:
        for name, item in forms.of[above].items.items():
            found.setdefault(prefixed(above, name), item)
    return found


class _Truths:
    """A condition made ready, in parts that must all hold.

    One No decides a conjunction whatever its other parts say (Kleene), so what stands behind it need not be worked out.
    First come the parts that are the same for all records beneath one record (`shared`); then those of the record itself
    (`own`), of which those that mention no measure are one.
    """

    def __init__(
        self, condition: Condition, items: Mapping[str, Item], measures: Mapping[str, Reckoned], own: frozenset[str]
    ) -> None:
        def part(term: Term) -> _Part:
            return _Part(term, items, measures, own)

        whole = condition.term
        terms = whole.terms if isinstance(whole, All) else (whole,)
        names = [set(concepts_of(term)) for term in terms]
        told = own | {name for name, measure in condition.measures.items() if not is_shared(measure, own)}
        plain = tuple(
            term for term, each in zip(terms, names, strict=True) if each & told and not each & measures.keys()
        )
        self._plain = All(plain, whole.place)
        self._own_names = own
        self._shared = tuple(part(term) for term, each in zip(terms, names, strict=True) if not each & told)
        rest = [part(term) for term, each in zip(terms, names, strict=True) if each & told and each & measures.keys()]
        self.own = (*([part(self._plain)] if plain else []), *rest)
        self.is_hanging = bool(self._shared)

    def __call__(self, at: At) -> Truth:
        return both((self.shared(at), *(part(at) for part in self.own)))

    @property
    def shortest(self) -> "Callable[[At], Truth]":
        """The same, without the way round where it is one part."""
        return self.own[0] if len(self.own) == 1 and not self._shared else self

    def shared(self, at: At) -> Truth:
        """Say what is the same for all records that hang on the same one."""
        return both(part(at) for part in self._shared) if self._shared else YES

    def is_decided(self, given: Sequence[str]) -> bool:
        """Whether no record that says something under these names alone can fire the rule, or be one of which it is not told."""
        return _told(self._plain, self._own_names.difference(given)) is NO


def _told(term: Term, blank: Collection[str]) -> Truth:
    """Say what a term comes to where some items are blank and nothing is known of the others."""
    match term:
        case Not(inner):
            return negate(_told(inner, blank))
        case All(terms):
            return both(_told(each, blank) for each in terms)
        case Any(terms):
            return either(_told(each, blank) for each in terms)
        case Answered(name):
            return NO if name in blank else UNKNOWN
    return UNKNOWN


class _Part:
    """A part of a condition, and what it said of each combination of the values that it hangs on."""

    def __init__(
        self, term: Term, items: Mapping[str, Item], measures: Mapping[str, Reckoned], own: frozenset[str]
    ) -> None:
        names = concepts_of(term)
        self._own = tuple(name for name in names if name in own and name not in measures)
        self._above = tuple(name for name in names if name not in own and name not in measures)
        self._measures = tuple(name for name in names if name in measures)
        self._items = [items[name] for name in (*self._own, *self._above)]
        self._reckoned = tuple(measures[name] for name in self._measures)
        self._term = term
        self._is_of_a_day = any(isinstance(each, Compare) and each.is_days_since for each in walk(term))
        self._is_short = not self._above and not self._is_of_a_day and not (self._own and self._measures)
        self._key = self._key_maker()
        self._bounds = self._bounds_in_order()
        self._known: dict[object, Truth] = {}
        self._of_bands: dict[object, Truth] = {}

    def _key_maker(self) -> Callable[[At], object]:
        """Return what gathers the values that the part hangs on: one by itself, or several in order."""
        own, above, reckoned, is_of_a_day = self._own, self._above, self._reckoned, self._is_of_a_day
        if self._is_short:  # the commonest, each the shortest way
            if own:
                return (lambda at: at.own.get(own[0])) if len(own) == 1 else lambda at: tuple(map(at.own.get, own))
            return reckoned[0] if len(reckoned) == 1 else lambda at: tuple([reckon(at) for reckon in reckoned])
        return lambda at: (*map(at.own.get, own), *map(at.above.get, above), *[reckon(at) for reckon in reckoned],
                           at.patient.on if is_of_a_day else None)  # fmt: skip

    def _bounds_in_order(self) -> tuple[Bounds | None, ...]:
        """Return what the values that the part hangs on are held against, in the order of its key; nothing of the day."""
        bounds = bounds_of(self._term)
        against = tuple(bounds.get(name) for name in (*self._own, *self._above, *self._measures))
        return against if self._is_short else (*against, None)

    def __call__(self, at: At) -> Truth:
        key = self._key(at)
        truth = self._known.get(key)
        return self._said(key, at.patient.on) if truth is None else truth

    def _said(self, key: object, on: date) -> Truth:
        """Return what the part says of values that it has not met; it has often met others of the same bands."""
        values = cast("tuple[object, ...]", (key,) if self._is_short and len(self._bounds) == 1 else key)
        bands = tuple(banded(values, self._bounds))
        truth = self._of_bands.get(bands)
        if truth is None:
            truth = _kept(self._of_bands, bands, self._evaluated(values, on))
        return _kept(self._known, key, truth)

    def _evaluated(self, values: Sequence[object], on: date) -> Truth:
        findings = {}
        for name, item, raw in zip((*self._own, *self._above), self._items, values, strict=False):
            value = value_in(item, raw)
            if value is not None or isinstance(raw, str):  # free text has no value, yet it was given
                findings[name] = Finding(name, value, on, "")
        for name, come_to in zip(self._measures, values[len(self._items) :], strict=False):
            if come_to is not None:
                findings[name] = Finding(name, cast("Value", come_to), on, "")
        return evaluate(self._term, Case(on, findings))


def _kept(known: dict[object, Truth], key: object, truth: Truth) -> Truth:
    if len(known) >= MOST_KEPT:
        known.clear()
    known[key] = truth
    return truth


_Plan = tuple[
    tuple[str, Truth, tuple[_Part, ...]], ...
]  # a rule, what it says of all records beneath one, what is left
