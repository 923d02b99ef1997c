"""What one guideline says of one case, and until when.

For each rule: whether it holds, does not, or cannot be told yet, in Kleene's logic; whether that is
settled, which is exact (over every completion, language/landscape.py); and the day on which the
passing of time alone will change the advice.
"""

import math
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import NamedTuple

from patency.case import Case, Finding, Span
from patency.fault import Refused
from patency.guideline.contradict import contradictions
from patency.guideline.model import Grade, Guideline, Library, Part, Rule, Saying
from patency.language.entail import following
from patency.language.evaluate import evaluate
from patency.language.landscape import Landscape, Openings, Reach
from patency.language.terms import Compare
from patency.source import Citation
from patency.truth import Truth, both


class Opinion(NamedTuple):
    """What a rule says of one option for this case: whether it holds, and whether that is settled."""

    option: str
    grade: Grade
    over: str
    note: str
    holds: Truth
    is_settled: bool
    citations: tuple[Citation, ...]

    @property
    def narrowing(self) -> str:
        """What its note narrows the option or the rating to, and no short form leaves out: its words up to the first semicolon."""
        return self.note.partition("; ")[0]

    @property
    def rating(self) -> str:
        """The source's own grade, and what alone it is said of."""
        return f"{self.grade.words}, {self.narrowing}" if self.narrowing else self.grade.words

    @property
    def comment(self) -> str:
        """What its note says beyond that, where there is room."""
        return self.note.partition("; ")[2]


class RuleAdvice(NamedTuple):
    """One rule on this case: `truth` in Kleene's logic, `holds` over every completion."""

    rule: Rule
    truth: Truth
    holds: Truth
    opinions: tuple[Opinion, ...]


class Expiry(NamedTuple):
    """The first day on which this advice will differ, and the reason."""

    on: date
    why: str


class Reading:
    """One case as every guideline of a library reads it, on its own day and on later ones."""

    def __init__(self, case: Case, library: Library, earlier: "Reading | None" = None) -> None:
        self.case = case
        self.library = library
        self.openings = Openings(case)
        self._earlier = earlier
        self._later: dict[date, Reading] = {}

    def on(self, day: date) -> "Reading":
        """Return the same findings read on another day."""
        if day not in self._later:
            self._later[day] = Reading(self.case.seen_on(day), self.library, self)
        return self._later[day]

    @cached_property
    def is_possible(self) -> bool:
        """Whether some patient can have these findings."""
        return all(reach.outcomes for reach, _ in self._lawful)

    @cached_property
    def known(self) -> Case:
        """The findings and what follows from them."""
        follows = {finding.concept: finding for _, findings in self._lawful for finding in findings}
        return self.case._replace(findings={**self.case.findings, **follows})

    @cached_property
    def _lawful(self) -> list[tuple[Reach, list[Finding]]]:
        """Who, of the patients that the laws allow, this still could be, and what follows; of an earlier day what is the same."""
        lawful = []
        for at, landscape in enumerate(self.library.lawful):
            if self._earlier and self.is_like(self._earlier, landscape):
                lawful.append(self._earlier._lawful[at])
            else:
                reach = landscape.reach(self.openings)
                lawful.append((reach, following(self.case, reach) if reach.outcomes else []))
        return lawful

    def is_like(self, other: "Reading", landscape: Landscape | None) -> bool:
        """Whether both leave the same open in a landscape; of one that is not drawn nobody knows."""
        return landscape is not None and all(self.openings[dated] == other.openings[dated] for dated in landscape.dates)


class OpenPart(NamedTuple):
    """What a guideline says on one decision, where more than one outcome is within reach."""

    part: Part
    reach: Reach


class Advice(NamedTuple):
    """All opinions of one guideline on one case; `open_parts` are what is not settled.

    `is_exact` says whether what is settled was worked out over every completion, and not guessed
    from Kleene's Unknown because the bound on the work was passed.
    """

    guideline: Guideline
    on: date
    scope: Truth
    rules: tuple[RuleAdvice, ...]
    expires: Expiry | None
    open_parts: tuple[OpenPart, ...]
    is_exact: bool

    @property
    def is_settled(self) -> bool:
        """Whether no unknown can change an opinion."""
        return all(each.holds is not Truth.UNKNOWN for each in self.rules)

    @property
    def matches(self) -> tuple[RuleAdvice, ...]:
        """The rules that hold."""
        return tuple(each for each in self.rules if each.holds is Truth.YES)

    @property
    def open(self) -> tuple[RuleAdvice, ...]:
        """The rules that cannot be told yet."""
        return tuple(each for each in self.rules if each.holds is Truth.UNKNOWN)

    @property
    def finds_no_match(self) -> bool:
        """Whether the guideline speaks for this patient and yet has no rule for the situation."""
        return self.scope is Truth.YES and not self.matches and not self.open


def advise(guideline: Guideline, reading: Reading) -> Advice:
    """Say what the guideline recommends for this case, and what cannot be told yet."""
    if not reading.is_possible:
        raise Refused(contradictions(reading.case, reading.library))
    told = _told(guideline, reading)
    kleene = evaluate(guideline.population, reading.case)
    rules = []
    for rule, condition, holds in zip(guideline.rules, guideline.conditions, told.holds, strict=True):
        opinions = tuple(_opinion(saying, holds) for saying in rule.says)
        truth = kleene if kleene is Truth.NO else both((kleene, evaluate(condition, reading.case)))
        rules.append(RuleAdvice(rule, truth, holds, opinions))
    expires = _expiry(guideline, reading, told)
    return Advice(guideline, reading.case.on, told.scope, tuple(rules), expires, told.open, told.is_exact)


def _opinion(saying: Saying, holds: Truth) -> Opinion:
    return Opinion(
        saying.option, saying.grade, saying.over, saying.note, holds, holds is not Truth.UNKNOWN, saying.citations
    )


class _Told(NamedTuple):
    """What a guideline says on one day, over every completion: scope, each rule, and what is open."""

    scope: Truth
    holds: tuple[Truth, ...]
    open: tuple[OpenPart, ...]
    is_exact: bool


def _told(guideline: Guideline, reading: Reading) -> _Told:
    scope = _scope(guideline, reading)
    is_exact = scope is not Truth.UNKNOWN or guideline.scope is not None
    holds = [Truth.NO] * len(guideline.rules)
    open_parts = []
    for part in guideline.parts if scope is not Truth.NO else ():
        truths_of_part, reach = _part(guideline, part, scope, reading)
        for at, truth in zip(part.rules, truths_of_part, strict=True):
            holds[at] = truth
        if reach and reach.outcomes & (reach.outcomes - 1):
            open_parts.append(OpenPart(part, reach))
        is_exact = is_exact and (reach is not None or Truth.UNKNOWN not in truths_of_part)
    return _Told(scope, tuple(holds), tuple(open_parts), is_exact)


def _scope(guideline: Guideline, reading: Reading) -> Truth:
    """Say whether a guideline speaks; what Kleene's logic can tell needs no landscape."""
    scope = evaluate(guideline.population, reading.known)
    if scope is Truth.UNKNOWN and guideline.scope:
        reach = guideline.scope.reach(reading.openings)
        (scope,) = truths(reach, reach.outcomes, 1)
    return scope


def _part(guideline: Guideline, part: Part, scope: Truth, reading: Reading) -> tuple[list[Truth], Reach | None]:
    """Say of each rule of a part whether it holds; with what can be reached, where Kleene's logic cannot tell."""
    holds = [both((scope, evaluate(guideline.conditions[at], reading.known))) for at in part.rules]
    if part.landscape is None or Truth.UNKNOWN not in holds:
        return holds, None
    reach = part.landscape.reach(reading.openings)
    return truths(reach, reach.outcomes, len(part.rules)), reach


def truths(reach: Reach, outcomes: int, count: int) -> list[Truth]:
    """Say of each of a landscape's terms whether it holds in every one of these outcomes, in some or in none."""
    always, ever = -1, 0
    for number, outcome in enumerate(reach.landscape.outcomes):
        if outcomes >> number & 1:
            always &= outcome
            ever |= outcome
    return [
        Truth.YES if always >> term & 1 else Truth.UNKNOWN if ever >> term & 1 else Truth.NO for term in range(count)
    ]


def _expiry(guideline: Guideline, reading: Reading, today: _Told) -> Expiry | None:
    """Find the first day on which what can be said changes with no new finding."""
    for day, atom, is_past in _turning_days(guideline.clocks, reading.case):
        later = reading.on(day)
        if not later.is_possible or _differs(guideline, later, reading, today):
            concept = reading.library.lexicon.vocabulary.concepts[atom.concept]
            past = "more than " if is_past else ""
            return Expiry(day, f"{past}{atom.written} since {concept.words}")
    return None


def _differs(guideline: Guideline, later: Reading, reading: Reading, today: _Told) -> bool:
    """Say whether something else can be said on a later day; where nothing has opened or closed, nothing can."""
    scope = today.scope
    if not later.is_like(reading, guideline.scope):
        scope = _scope(guideline, later)
    if scope is not today.scope:
        return True
    for part in guideline.parts if scope is not Truth.NO else ():
        if not later.is_like(reading, part.landscape):
            holds, _ = _part(guideline, part, scope, later)
            if holds != [today.holds[at] for at in part.rules]:
                return True
    return False


def _turning_days(clocks: Iterable[Compare], case: Case) -> list[tuple[date, Compare, bool]]:
    """List, soonest first, the days on which a comparison with time may turn, and whether its bound is then passed."""
    turning: dict[int, tuple[Compare, bool]] = {}
    for atom in clocks:
        if isinstance(span := case.value(atom.concept), Span):
            for end in (span.low, span.high):
                for day in (math.ceil(end + atom.bound), math.floor(end + atom.bound) + 1):
                    if day > case.on.toordinal():
                        turning.setdefault(day, (atom, day > end + atom.bound))
    return [(date.fromordinal(day), *turning[day]) for day in sorted(turning)]
