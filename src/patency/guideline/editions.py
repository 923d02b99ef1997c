"""What changed between two editions: the kinds of patient whose rating is another, each with an example.

A kind of patient is which rules of the older and of the newer edition hold for it. One landscape is
drawn over the conditions of both, so that every kind there can be is met, and none that cannot. Kinds
are told apart decision by decision, by the rules that say something of its options: a rule that
speaks of another decision makes no two kinds here.

Two editions may rate on two scales. Then what counts is the stance that each grade is read as; both
are shown in their own words, and where only the words differ, the change says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from patency.case import Case
from patency.fault import Fault, Refused
from patency.guideline.advise import Opinion, RuleAdvice
from patency.guideline.compare import Heard, hear, with_broader
from patency.guideline.model import Decision, Guideline, Library, Option, Rule
from patency.language.draw import draw
from patency.language.example import Examples
from patency.truth import Truth

DAY = date(2026, 1, 1)  # examples are written as of this day


class Side(NamedTuple):
    """What one edition has for a kind of patient: whether it speaks for them (Unknown: for some), and which rules hold."""

    guideline: Guideline
    scope: Truth
    rules: tuple[Rule, ...]


class Rating(NamedTuple):
    """What the two editions say of one option; `is_changed` is false where only the words of the scale differ."""

    option: Option
    older: tuple[Heard, ...]
    newer: tuple[Heard, ...]
    is_changed: bool


class Change(NamedTuple):
    """One kind of patient whose ratings differ between the editions, with an example.

    `parts` are the places, in the list, of the changes that this one is the sum of, for patients who
    are of several kinds at once; a change with none stands for itself.
    """

    decision: Decision
    older: Side
    newer: Side
    ratings: tuple[Rating, ...]
    example: Case
    parts: tuple[int, ...]

    @property
    def is_of_words(self) -> bool:
        """Whether only the scale changed, and no stance."""
        return not any(rating.is_changed for rating in self.ratings)


class Kind(NamedTuple):
    """Which rules of the older and of the newer edition hold, by their number."""

    older: frozenset[int]
    newer: frozenset[int]

    @property
    def simplest_first(self) -> tuple[int, list[int], list[int]]:
        """Order a kind after all that it could be the sum of."""
        return len(self.older) + len(self.newer), sorted(self.newer), sorted(self.older)

    @property
    def as_listed(self) -> tuple[bool, bool, list[int], list[int]]:
        """Order the kinds that both editions rate before those that one of them is silent on."""
        return not (self.older and self.newer), not self.newer, sorted(self.newer), sorted(self.older)


def supersedes(newer: Guideline, older: Guideline, library: Library) -> bool:
    """Say whether one guideline supersedes another, directly or through editions between."""
    at = newer.supersedes
    while at and at != older.id:
        at = library.guidelines[at].supersedes if at in library.guidelines else ""
    return bool(at)


def differences_between(library: Library, older: Guideline, newer: Guideline) -> tuple[Change, ...]:
    """List every kind of patient whose rating differs between two editions, decision by decision.

    In each, those that stand for themselves come before those that are the sum of others.
    """
    landscape = draw((older.population, *older.in_scope, newer.population, *newer.in_scope), library.lexicon)
    if landscape is None:
        raise Refused([_too_tangled(older, newer)])
    examples = Examples(landscape, library.lexicon.vocabulary, DAY)
    changes: list[Change] = []
    for decision in library.decisions.values():
        kinds = _kinds(landscape.outcomes, (older, newer), decision)
        rated: dict[Kind, tuple[Side, Side, tuple[Rating, ...]]] = {}
        for kind, among in kinds.items():
            outcomes = [outcome for number, outcome in enumerate(landscape.outcomes) if among >> number & 1]
            sides = _side(older, kind.older, outcomes, 0), _side(newer, kind.newer, outcomes, 1 + len(older.rules))
            if ratings := tuple(_ratings(decision, *sides, library)):
                rated[kind] = (*sides, ratings)
        numbers: dict[Kind, int] = {}
        for kind, parts in _alone_then_sums(rated):
            numbers[kind] = len(changes)
            name = f"{older.id} to {newer.id}, {len(changes) + 1}"
            example = examples.of(kinds[kind], name, "an example; no real patient")
            changes.append(Change(decision, *rated[kind], example, tuple(sorted(numbers[part] for part in parts))))
    return tuple(changes)


def _kinds(outcomes: Sequence[int], editions: tuple[Guideline, Guideline], decision: Decision) -> Mapping[Kind, int]:
    """Gather the outcomes, as bits, by which rules that speak on this decision hold."""
    older, newer = editions
    shift = 1 + len(older.rules)
    kinds: dict[Kind, int] = {}
    for number, outcome in enumerate(outcomes):
        kind = Kind(
            frozenset(at for at in _speaking(older, decision) if outcome >> (at + 1) & 1),
            frozenset(at for at in _speaking(newer, decision) if outcome >> (shift + at + 1) & 1),
        )
        kinds[kind] = kinds.get(kind, 0) | 1 << number
    return kinds


def _speaking(guideline: Guideline, decision: Decision) -> list[int]:
    return [
        at for at, rule in enumerate(guideline.rules) if any(saying.option in decision.options for saying in rule.says)
    ]


def _alone_then_sums(kinds: Iterable[Kind]) -> list[tuple[Kind, tuple[Kind, ...]]]:
    """Order the kinds as they are listed, each with those that it is the sum of, if there are any."""
    alone: list[Kind] = []
    sums: list[tuple[Kind, tuple[Kind, ...]]] = []
    for kind in sorted(kinds, key=lambda kind: kind.simplest_first):
        parts = _parts(kind, alone)
        if parts:
            sums.append((kind, parts))
        else:
            alone.append(kind)
    return [(kind, ()) for kind in sorted(alone, key=lambda kind: kind.as_listed)] + sums


def _parts(kind: Kind, simpler: Sequence[Kind]) -> tuple[Kind, ...]:
    """Find the kinds that this one is the sum of: together they have its rules and no others.

    A kind that now has a rule is not made of one that has none: that what was said is said no more would be untrue of it.
    """
    chosen: list[Kind] = []
    older: frozenset[int] = frozenset()
    newer: frozenset[int] = frozenset()
    for each in reversed(simpler):  # the largest first, so that few are named
        is_part = each.older <= kind.older and each.newer <= kind.newer and (each.newer or not kind.newer)
        if is_part and not (each.older <= older and each.newer <= newer):
            chosen.append(each)
            older, newer = older | each.older, newer | each.newer
    return tuple(chosen) if (older, newer) == kind else ()


def _side(guideline: Guideline, rules: frozenset[int], outcomes: Iterable[int], shift: int) -> Side:
    scopes = {outcome >> shift & 1 for outcome in outcomes}
    scope = Truth.UNKNOWN if len(scopes) == 2 else Truth.YES if scopes == {1} else Truth.NO
    return Side(guideline, scope, tuple(guideline.rules[at] for at in sorted(rules)))


def _ratings(decision: Decision, older: Side, newer: Side, library: Library) -> Iterator[Rating]:
    """Yield each option on which the two differ, in stance or in words."""
    spoken_of = {saying.option for side in (older, newer) for rule in side.rules for saying in rule.says}
    for name in decision.options:
        option = library.options[name]
        first, second = _heard(option, older, library), _heard(option, newer, library)
        if name in spoken_of and not _is_told_elsewhere(option, (first, second), spoken_of, library):
            read = _grades if older.guideline.scale.id == newer.guideline.scale.id else _stances
            is_changed = read(first) != read(second)
            if is_changed or _words(first) != _words(second):
                yield Rating(option, first, second, is_changed)


def _heard(option: Option, side: Side, library: Library) -> tuple[Heard, ...]:
    heard = []
    for rule in side.rules:
        opinions = tuple(
            Opinion(saying.option, saying.grade, saying.over, saying.note, Truth.YES, True, saying.citations)
            for saying in rule.says
        )
        advice = RuleAdvice(rule, Truth.YES, Truth.YES, opinions)
        heard += [each for opinion in opinions if (each := hear(option, advice, opinion, library)) is not None]
    return tuple(heard)


def _is_told_elsewhere(
    option: Option, heard: tuple[tuple[Heard, ...], tuple[Heard, ...]], spoken_of: set[str], library: Library
) -> bool:
    """Say whether another row tells it: both rate it only with a broader option, or one speaks only of a narrower one."""
    if all(each.group is not None for one in heard for each in one):
        return True
    narrower = any(
        name != option.id and option.id in with_broader(library.options[name], library) for name in spoken_of
    )
    return narrower and () in heard


def _stances(heard: Iterable[Heard]) -> set[tuple[str, str]]:
    return {(each.opinion.grade.stance.value, each.preferred.id if each.preferred else "") for each in heard}


def _grades(heard: Iterable[Heard]) -> set[tuple[str, str]]:
    return {(each.opinion.grade.id, each.preferred.id if each.preferred else "") for each in heard}


def _words(heard: Iterable[Heard]) -> set[str]:
    return {each.opinion.grade.words for each in heard}


def _too_tangled(older: Guideline, newer: Guideline) -> Fault:
    return Fault(
        older.place,
        f"the conditions of {older.id!r} and {newer.id!r} cannot be laid over one another",
        "together they tell more answers apart than can be gone through",
        "compare them for one patient: patency compare CASE",
    )
