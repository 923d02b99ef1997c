"""What can be proved of the rules, and a patient where it cannot.

For each guideline: every rule is reachable; two rules never stand on clashing sides of one option
for the same patient, unless the overlap is declared with its reason; where one ends at a threshold
and another begins there, nobody falls between them or into both, unless that is declared; the patients
it sets out to cover have a rule, or the gap is declared. For the library: the safety claims of content/claims.
The vocabulary's laws are part of every proof. A claim that fails comes with a counterexample case,
which `patency consult` opens.

Soundness for partial knowledge needs no solver here: the landscape is exact, and a test compares it
with every completion.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import z3

from patency.case import Case
from patency.fault import Fault, Place
from patency.guideline.model import Claim, Guideline, Library, Rule, Saying, Stance, condition_of
from patency.guideline.thresholds import meetings, narrower
from patency.language.evaluate import evaluate
from patency.language.terms import All, Any, Not, Term
from patency.language.to_z3 import Encoding
from patency.language.words import to_words
from patency.truth import Truth

PATIENCE = 20_000  # milliseconds for one claim; the slowest here takes a few
DAY = date(2026, 1, 1)  # counterexamples are written as of this day; their dates are days before it


class Verdict(NamedTuple):
    """One claim: what it says, whether it is proved, and where it is not, a patient who shows it.

    `is_proved` is None where the solver gave up. `guideline` is the one whose rules are in question, if it is one.
    """

    subject: str
    says: str
    is_proved: bool | None
    counterexample: Case | None
    places: tuple[Place, ...]
    guideline: str = ""


class Search:
    """Looks for patients; laws and formulas are put to the solver once for all claims."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._encoding = Encoding(library.lexicon)
        self._solver = _solver(self._encoding)
        self._stated = 0
        self._solver.add(*(self._encoding.formula(law.term) for law in library.lexicon.laws))

    def exists(self, terms: Sequence[Term]) -> bool | None:
        """Say whether there is a patient for whom all of these hold; None where the solver gives up."""
        formulas = [self._encoding.formula(term) for term in terms]
        self._solver.add(*self._encoding.facts[self._stated :])
        self._stated = len(self._encoding.facts)
        self._solver.push()
        self._solver.add(*formulas)
        answer = self._solver.check()
        self._solver.pop()
        return None if answer == z3.unknown else bool(answer == z3.sat)

    def find(self, terms: Sequence[Term], name: str) -> tuple[bool | None, Case | None]:
        """Look for such a patient, and describe whoever there is by what the terms and the laws speak of."""
        exists = self.exists(terms)
        if not exists:
            return exists, None
        encoding = Encoding(self.library.lexicon)
        solver = _solver(encoding)
        solver.add(*(encoding.formula(term) for term in terms), *encoding.laws(terms), *encoding.facts)
        if solver.check() != z3.sat:
            return None, None
        found = encoding.case(solver.model(), DAY, name)
        return True, _smallest(terms, found._replace(about="a counterexample found by proof; no real patient"))


def _solver(encoding: Encoding) -> z3.Solver:
    solver = z3.Solver(ctx=encoding.context)
    solver.set("timeout", PATIENCE)
    solver.set("random_seed", 0)
    return solver


def prove(library: Library, only: Sequence[str] = ()) -> Iterator[Verdict]:
    """Prove every claim of the library, or of some guidelines, one by one."""
    search = Search(library)
    for guideline in library.guidelines.values():
        if not only or guideline.id in only:
            yield from _reachable(guideline, search)
            yield from _without_clash(guideline, search)
            yield from _meeting(guideline, search)
            yield from _covering(guideline, search)
    if not only:
        yield from prove_claims(search)


def prove_claims(search: Search) -> Iterator[Verdict]:
    """Prove the claims of the whole library."""
    for claim in search.library.claims:
        yield from _claimed(claim, search)


def _in_scope(guideline: Guideline, rule: Rule) -> Term:
    return All((guideline.population, condition_of(rule)))


def _reachable(guideline: Guideline, search: Search) -> Iterator[Verdict]:
    for rule in guideline.rules:
        answer = search.exists([_in_scope(guideline, rule)])
        yield Verdict(guideline.id, f"some patient fits rule {rule.id}", answer, None, (rule.place,))


def _without_clash(guideline: Guideline, search: Search) -> Iterator[Verdict]:
    declared = [set(overlap.rules) for overlap in guideline.overlaps]
    for one, other in itertools.combinations(guideline.rules, 2):
        clashing = sorted(set(_clashes(one, other, search.library)))
        if not clashing or {one.id, other.id} in declared:
            continue
        words = ", ".join(search.library.options[option].words for option in clashing)
        name = f"{guideline.id} {one.id} and {other.id}"
        found, case = search.find([_in_scope(guideline, one), _in_scope(guideline, other)], name)
        says = f"rules {one.id} and {other.id} never clash on {words}"
        yield _never(guideline.id, says, found, case, (one.place, other.place), guideline.id)


def _clashes(one: Rule, other: Rule, library: Library) -> Iterator[str]:
    """Yield the options on which two rules stand on opposite sides, one of them perhaps rating a broader one."""
    for first, second in itertools.product(one.says, other.says):
        option = narrower(first.option, second.option, library)
        if option and _opposed(first, second):
            yield option


def _opposed(one: Saying, other: Saying) -> bool:
    stances = (one.grade.stance, other.grade.stance)
    return any(stance.supports for stance in stances) and Stance.AVOID in stances


def _covering(guideline: Guideline, search: Search) -> Iterator[Verdict]:
    coverage = guideline.coverage
    if coverage is None:
        return
    outside = [Not(condition_of(rule)) for rule in guideline.rules] + [Not(gap.when) for gap in coverage.gaps]
    name = f"{guideline.id} without a rule"
    found, case = search.find([guideline.population, coverage.of, *outside], name)
    gaps = f", or one of {len(coverage.gaps)} declared gaps" if coverage.gaps else ""
    says = f"{coverage.says}: each has a rule{gaps}"
    yield _never(guideline.id, says, found, case, (guideline.place,), guideline.id)
    for gap in coverage.gaps:
        inside = [guideline.population, coverage.of, gap.when, *(Not(condition_of(rule)) for rule in guideline.rules)]
        found = search.exists(inside)
        yield Verdict(guideline.id, f"the declared gap is one: {gap.why}", found, None, (guideline.place,))


def _meeting(guideline: Guideline, search: Search) -> Iterator[Verdict]:
    """Prove that rules which meet at a threshold leave nobody between them and have nobody twice.

    A declared gap may lie between them, and a declared overlap may have them both.
    """
    declared = [set(overlap.rules) for overlap in guideline.overlaps]
    gaps = tuple(Not(gap.when) for gap in guideline.coverage.gaps) if guideline.coverage else ()
    vocabulary = search.library.lexicon.vocabulary
    for below, above, ends, begins in meetings(guideline, search.library):
        wrong: list[Term] = [All((Not(ends), Not(begins), *gaps))]
        if {below.id, above.id} not in declared:
            wrong.append(All((ends, begins)))
        says = (
            f"rules {below.id} and {above.id} meet, nobody falling between or into both: "
            f"{to_words(ends, vocabulary)}, and {to_words(begins, vocabulary)}"
        )
        name = f"{guideline.id} {below.id} and {above.id} meet"
        found, case = search.find([guideline.population, Any(tuple(wrong))], name)
        yield _never(guideline.id, says, found, case, (below.place, above.place), guideline.id)


def _claimed(claim: Claim, search: Search) -> Iterator[Verdict]:
    if claim.favour_rests_on:
        yield from _resting(claim, search.library)
    for guideline in search.library.guidelines.values():
        if claim.where_favoured or claim.never_favoured:
            yield from _favouring(claim, guideline, search)
        if claim.silences and guideline.id not in claim.silences_all_but:
            found, case = search.find([claim.when, guideline.population], f"{claim.id} {guideline.id}")
            says = f"{claim.says} ({guideline.id})"
            yield _never(claim.id, says, found, case, (claim.place, guideline.place), guideline.id)
    if claim.shows and not claim.where_favoured:
        found, case = search.find([claim.when, Not(_shown(claim, search.library))], claim.id)
        says = f"{claim.says}: {claim.of}" if claim.of else claim.says
        yield _never(claim.id, says, found, case, (claim.place,))


def _favouring(claim: Claim, guideline: Guideline, search: Search) -> Iterator[Verdict]:
    """Prove a claim of each rule that favours one of the options it is about; say it once where it is true of all."""
    about = claim.where_favoured or claim.never_favoured
    favouring = [
        (rule, saying) for rule in guideline.rules
        for saying in [each for each in rule.says if each.option in about and each.grade.stance.supports][:1]
    ]  # fmt: skip
    unshown = [Not(_shown(claim, search.library))] if claim.shows else []
    failed = False
    for rule, saying in favouring:
        terms = [claim.when, _in_scope(guideline, rule), *unshown]
        found, case = search.find(terms, f"{claim.id} {guideline.id} {rule.id}")
        if found is not False:
            failed = True
            says = f"{claim.says} ({guideline.id} {rule.id}, {search.library.options[saying.option].words})"
            yield _never(claim.id, says, found, case, (claim.place, saying.place), guideline.id)
    if favouring and not failed:
        yield Verdict(claim.id, f"{claim.says} ({guideline.id})", True, None, (claim.place, guideline.place))


def _resting(claim: Claim, library: Library) -> Iterator[Verdict]:
    """Look through the citations of every opinion in favour; that needs no solver."""
    for guideline in library.guidelines.values():
        unread = [
            (rule, saying) for rule in guideline.rules for saying in rule.says
            if saying.grade.stance.supports
            and not any(citation.mark in claim.favour_rests_on for citation in saying.citations)
        ]  # fmt: skip
        for rule, saying in unread:
            says = f"{claim.says} ({guideline.id} {rule.id}, {library.options[saying.option].words})"
            yield Verdict(claim.id, says, False, None, (claim.place, saying.place), guideline.id)
        if not unread:
            yield Verdict(claim.id, f"{claim.says} ({guideline.id})", True, None, (claim.place, guideline.place))


def _never(
    subject: str, says: str, found: bool | None, case: Case | None, places: tuple[Place, ...], guideline: str = ""
) -> Verdict:
    """Say that there is nobody like this, or show who is."""
    return Verdict(subject, says, None if found is None else not found, case, places, guideline)


def _shown(claim: Claim, library: Library) -> Term:
    """Return when at least one of the statements of a claim is on the page."""
    return Any(tuple(_shows(path, library) for path in claim.shows))


def _shows(path: tuple[str, str], library: Library) -> Term:
    """Return when a statement is shown: where its sheet, its section and itself apply, and the sheet is not past its use."""
    sheet = next(sheet for sheet in library.sheets if sheet.id == path[0])
    section, statement = next(
        (section, each) for section in sheet.sections for each in section.statements if each.id == path[1]
    )
    past = (Not(sheet.unless),) if sheet.unless else ()
    return All((*(term for term in (sheet.when, section.when, statement.when) if term is not None), *past))


def _smallest(terms: Sequence[Term], case: Case) -> Case:
    """Leave out of a counterexample what it does not need."""
    for name in case.findings:
        smaller = case._replace(findings={each: finding for each, finding in case.findings.items() if each != name})
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
