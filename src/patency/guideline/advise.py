"""What one guideline says of one case, and until when.

For each rule: whether it holds, does not, or cannot be told yet, in Kleene's logic; whether that is
settled, which is exact (over every completion, language/landscape.py); and the day on which the
passing of time alone will change the advice.
"""

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from patency.case import Case, Span
from patency.fault import Fault, Place, Refused
from patency.guideline.model import Grade, Guideline, Library, Rule, Saying
from patency.language.evaluate import evaluate
from patency.language.landscape import Reach
from patency.language.lexicon import Lexicon
from patency.language.terms import Compare, Not, Term, concepts_of, walk
from patency.language.words import to_words
from patency.source import Citation
from patency.truth import Truth


class Opinion(NamedTuple):
    """What a rule says of one option for this case: whether it holds, and whether that is settled."""

    option: str
    grade: Grade
    over: str
    note: str
    holds: Truth
    is_settled: bool
    citations: tuple[Citation, ...]


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


class Advice(NamedTuple):
    """All opinions of one guideline on one case. `reach` is None where the bound on the work was passed."""

    guideline: Guideline
    on: date
    scope: Truth
    rules: tuple[RuleAdvice, ...]
    expires: Expiry | None
    reach: Reach | None

    @property
    def is_exact(self) -> bool:
        """Whether `settled` was worked out over every completion, and not guessed from Kleene's Unknown."""
        return self.reach is not None

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


def advise(guideline: Guideline, case: Case, lexicon: Lexicon) -> Advice:
    """Say what the guideline recommends for this case, and what cannot be told yet."""
    reach = guideline.landscape.reach(case) if guideline.landscape else None
    if reach is not None and not reach.outcomes:
        raise Refused([_impossible(case)])
    scope, *kleene = _kleene(guideline, case)
    certain, possible = always_and_ever(reach, reach.outcomes) if reach else (0, -1)
    rules = []
    for number, (rule, truth) in enumerate(zip(guideline.rules, kleene, strict=True), 1):
        holds = truth
        if reach is not None:
            holds = Truth.YES if certain >> number & 1 else Truth.UNKNOWN if possible >> number & 1 else Truth.NO
        opinions = tuple(_opinion(saying, holds) for saying in rule.says)
        rules.append(RuleAdvice(rule, truth, holds, opinions))
    if reach is not None and scope is Truth.UNKNOWN:
        scope = Truth.YES if certain & 1 else Truth.UNKNOWN if possible & 1 else Truth.NO
    return Advice(guideline, case.on, scope, tuple(rules), expiry(guideline, case, lexicon), reach)


def _opinion(saying: Saying, holds: Truth) -> Opinion:
    return Opinion(
        saying.option, saying.grade, saying.over, saying.note, holds, holds is not Truth.UNKNOWN, saying.citations
    )


def always_and_ever(reach: Reach, outcomes: int) -> tuple[int, int]:
    """Return which terms hold in every one of these outcomes, and which in any, as bits."""
    always, ever = -1, 0
    for number, outcome in enumerate(reach.landscape.outcomes):
        if outcomes >> number & 1:
            always &= outcome
            ever |= outcome
    return always, ever


def expiry(guideline: Guideline, case: Case, lexicon: Lexicon) -> Expiry | None:
    """Find the first day on which what can be said changes with no new finding."""
    today = _told(guideline, case)
    # A law or an assertion may turn with time as well: who is said to be acute cannot be so on day 14.
    terms = (*guideline.conditions, *(law.term for law in lexicon.laws), *lexicon.definitions.values())
    for day, atom in _turning_days(terms, case):
        if _told(guideline, case.seen_on(day)) != today:
            concept = lexicon.vocabulary.concepts[atom.concept]
            return Expiry(day, f"{atom.written} since {concept.words}")
    return None


def _kleene(guideline: Guideline, case: Case) -> list[Truth]:
    return [evaluate(condition, case) for condition in guideline.conditions]


def _told(guideline: Guideline, case: Case) -> tuple[int, int] | list[Truth]:
    """Return which conditions always and ever hold, a case that cannot be having neither; Kleene's truths where that is not known."""
    if guideline.landscape is None:
        return _kleene(guideline, case)
    reach = guideline.landscape.reach(case)
    return always_and_ever(reach, reach.outcomes)


def _turning_days(conditions: Iterable[Term], case: Case) -> list[tuple[date, Compare]]:
    """List, soonest first, the days on which a comparison with time may turn."""
    turning: dict[int, Compare] = {}
    for condition in conditions:
        for atom in walk(condition):
            if isinstance(atom, Compare) and atom.is_days_since and isinstance(span := case.value(atom.concept), Span):
                for end in (span.low, span.high):
                    for day in (math.ceil(end + atom.bound), math.floor(end + atom.bound) + 1):
                        if day > case.on.toordinal():
                            turning.setdefault(day, atom)
    return [(date.fromordinal(day), turning[day]) for day in sorted(turning)]


def contradictions(case: Case, library: Library) -> list[Fault]:
    """List what in a case cannot be true: findings that break a law, assertions that break a definition."""
    faults = []
    lexicon = library.lexicon
    vocabulary = lexicon.vocabulary
    for law in lexicon.laws:
        if evaluate(law.term, case) is Truth.NO:
            place = _first_place(law.term, case)
            faults.append(
                Fault(
                    place,
                    f"these findings cannot all be true: {to_words(Not(law.term), vocabulary)}",
                    law.why,
                    "correct one of them",
                )
            )
    for finding in case.findings.values():
        definition = lexicon.definitions.get(finding.concept)
        if definition is None or not isinstance(finding.value, Truth):
            continue
        derived = evaluate(definition, case)
        if derived is not Truth.UNKNOWN and derived is not finding.value:
            concept = vocabulary.concepts[finding.concept]
            faults.append(
                Fault(
                    finding.place,
                    f"you assert {finding.concept!r}: {finding.written}, but the other findings say: "
                    f"{concept.says if derived is Truth.YES else concept.denies}",
                    f"it is defined as: {to_words(definition, vocabulary)}",
                    "correct the assertion or the findings",
                )
            )
    return faults


def _first_place(term: Term, case: Case) -> Place:
    places = [case.findings[name].place for name in concepts_of(term) if name in case.findings]
    return max(places, default=Place("the case"))


def _impossible(case: Case) -> Fault:
    return Fault(
        Place(case.name or "the case"),
        "no patient can have all of these findings",
        "together they break what the vocabulary says is true of every patient, though no single pair does",
        "check each finding, the asserted ones first",
    )
