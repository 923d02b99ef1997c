"""What can be proved of the rules, and a patient where it cannot.

For each guideline: every rule is reachable; two rules never stand on clashing sides of one option
for the same patient, unless the overlap is declared with its reason; the patients it sets out to
cover have a rule, or the gap is declared. For the library: the safety claims of content/claims.yaml.
The vocabulary's laws are part of every proof. A claim that fails comes with a counterexample case,
which `patency consult` opens.

Soundness for partial knowledge needs no solver here: the landscape is exact, and a test compares it
with every completion.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import z3

from patency.case import Case
from patency.fault import Fault, Place
from patency.guideline.model import Claim, Guideline, Library, Rule, Saying, Stance, condition_of
from patency.language.evaluate import evaluate
from patency.language.terms import All, Not, Term
from patency.language.to_z3 import Encoding
from patency.truth import Truth

PATIENCE = 20_000  # milliseconds for one claim; the slowest here takes a few
DAY = date(2026, 1, 1)  # counterexamples are written as of this day; their dates are days before it


class Verdict(NamedTuple):
    """One claim: what it says, whether it is proved, and where it is not, a patient who shows it.

    `is_proved` is None where the solver gave up.
    """

    subject: str
    says: str
    is_proved: bool | None
    counterexample: Case | None
    places: tuple[Place, ...]


def prove(library: Library, only: Sequence[str] = ()) -> Iterator[Verdict]:
    """Prove every claim of the library, or of some guidelines, one by one."""
    for guideline in library.guidelines.values():
        if not only or guideline.id in only:
            yield from _reachable(guideline, library)
            yield from _without_clash(guideline, library)
            yield from _covering(guideline, library)
    if not only:
        for claim in library.claims:
            yield from _claimed(claim, library)


def _in_scope(guideline: Guideline, rule: Rule) -> Term:
    return All((guideline.population, condition_of(rule)))


def _reachable(guideline: Guideline, library: Library) -> Iterator[Verdict]:
    for rule in guideline.rules:
        answer, _ = _find([_in_scope(guideline, rule)], library, f"{guideline.id} {rule.id}")
        yield Verdict(guideline.id, f"some patient fits rule {rule.id}", answer, None, (rule.place,))


def _without_clash(guideline: Guideline, library: Library) -> Iterator[Verdict]:
    declared = [set(overlap.rules) for overlap in guideline.overlaps]
    for one, other in itertools.combinations(guideline.rules, 2):
        clashing = sorted(set(_clashes(one, other, library)))
        if not clashing or {one.id, other.id} in declared:
            continue
        words = ", ".join(library.options[option].words for option in clashing)
        name = f"{guideline.id} {one.id} and {other.id}"
        found, case = _find([_in_scope(guideline, one), _in_scope(guideline, other)], library, name)
        says = f"rules {one.id} and {other.id} never clash on {words}"
        yield Verdict(guideline.id, says, None if found is None else not found, case, (one.place, other.place))


def _clashes(one: Rule, other: Rule, library: Library) -> Iterator[str]:
    """Yield the options on which two rules stand on opposite sides, one of them perhaps rating a broader one."""
    for first, second in itertools.product(one.says, other.says):
        narrower = _narrower(first.option, second.option, library)
        if narrower and _opposed(first, second):
            yield narrower


def _narrower(one: str, other: str, library: Library) -> str:
    for narrow, broad in ((one, other), (other, one)):
        at = narrow
        while at and at != broad:
            at = library.options[at].within
        if at:
            return narrow
    return ""


def _opposed(one: Saying, other: Saying) -> bool:
    stances = (one.grade.stance, other.grade.stance)
    return any(stance.supports for stance in stances) and Stance.AVOID in stances


def _covering(guideline: Guideline, library: Library) -> Iterator[Verdict]:
    coverage = guideline.coverage
    if coverage is None:
        return
    outside = [Not(condition_of(rule)) for rule in guideline.rules] + [Not(gap.when) for gap in coverage.gaps]
    name = f"{guideline.id} without a rule"
    found, case = _find([guideline.population, coverage.of, *outside], library, name)
    says = f"{coverage.says}: each has a rule, or one of {len(coverage.gaps)} declared gaps"
    yield Verdict(guideline.id, says, None if found is None else not found, case, (guideline.place,))
    for gap in coverage.gaps:
        inside = [guideline.population, coverage.of, gap.when, *(Not(condition_of(rule)) for rule in guideline.rules)]
        found, _ = _find(inside, library, f"{guideline.id} gap")
        yield Verdict(guideline.id, f"the declared gap is one: {gap.why}", found, None, (guideline.place,))


def _claimed(claim: Claim, library: Library) -> Iterator[Verdict]:
    if claim.shows:
        shown = All(tuple(term for term in _conditions_of(claim.shows, library) if term is not None))
        found, case = _find([claim.when, Not(shown)], library, claim.id)
        yield Verdict(claim.id, claim.says, None if found is None else not found, case, (claim.place,))
    for guideline in library.guidelines.values():
        if claim.silences and guideline.id not in claim.silences_all_but:
            found, case = _find([claim.when, guideline.population], library, f"{claim.id} {guideline.id}")
            yield Verdict(claim.id, f"{claim.says} ({guideline.id})", None if found is None else not found, case,
                          (claim.place, guideline.place))  # fmt: skip


def _conditions_of(path: tuple[str, str], library: Library) -> tuple[Term | None, ...]:
    """Return the conditions under which a statement is shown: its sheet's, its section's and its own."""
    sheet = next(sheet for sheet in library.sheets if sheet.id == path[0])
    section, statement = next(
        (section, each) for section in sheet.sections for each in section.statements if each.id == path[1]
    )
    return (sheet.when, section.when, statement.when)


def _find(terms: Sequence[Term], library: Library, name: str) -> tuple[bool | None, Case | None]:
    """Look for a patient for whom all of these hold; None where the solver gives up."""
    encoding = Encoding(library.lexicon)
    solver = z3.Solver()
    solver.set("timeout", PATIENCE)
    solver.set("random_seed", 0)
    formulas: list[Any] = [encoding.formula(term) for term in terms]
    solver.add(*formulas, *encoding.laws(terms), *encoding.facts)
    answer = solver.check()
    if answer == z3.sat:
        return True, _smallest(terms, encoding.case(solver.model(), DAY, name))
    return (False, None) if answer == z3.unsat else (None, None)


def _smallest(terms: Sequence[Term], case: Case) -> Case:
    """Leave out of a counterexample what it does not need."""
    for name in case.findings:
        smaller = replace(case, findings={each: finding for each, finding in case.findings.items() if each != name})
        if all(evaluate(term, smaller) is Truth.YES for term in terms):
            case = smaller
    return case


def fault_of(verdict: Verdict) -> Fault:
    """Say what is not proved, and where to look."""
    also = f"; see also {', '.join(str(place) for place in verdict.places[1:])}" if verdict.places[1:] else ""
    why = (
        "a patient is printed above for whom it fails"
        if verdict.is_proved is False
        else "the solver found no answer in time"
    )
    if verdict.counterexample is None and verdict.is_proved is False:
        why = "no patient can be like this"
    return Fault(verdict.places[0], f"{verdict.subject}: not proved that {verdict.says}", why,
                 f"mend the rules, or declare it with its reason (overlaps, coverage){also}")  # fmt: skip
