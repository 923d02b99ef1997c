"""Random small wards: a vocabulary, its laws and definitions, guidelines, and a patient, as their authors write them.

A Ward is drawn around one **witness**, a patient of whom everything is known. Every law is true of
the witness, and a case is what somebody has found out about the witness so far, so that no case
contradicts itself. Content and case are the text of files: what a failing test prints is what one
can paste into a folder.

A term is drawn as a term, written down by `written`, and read back by the library.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from agreement.reference import Condition, Fact, Laws, Paper, Patient, is_true
from patency.case import Case, Members, Span
from patency.casefile import read_case
from patency.document import read_document
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.language.terms import All, Among, Answered, Any, Compare, Defined, Holds, Includes, Not, Term
from patency.vocabulary import Concept, Kind, Vocabulary

TODAY = date(2026, 5, 29)
COSTS = ("history", "examination", "laboratory", "imaging", "invasive")
SIGNS = ("<", "<=", ">", ">=", "=", "!=")

# name: (type, the rest of its entry)
YES_NO = {
    "fever": "says: [the patient is febrile, the patient is not febrile]",
    "bleeding": "says: [there is bleeding, there is no bleeding]",
    "pregnant": "says: [the patient is pregnant, the patient is not pregnant]",
    "ulcer": "says: [the leg is ulcerated, the leg is not ulcerated]",
}
OTHERS = {
    "platelets": "type: number, words: the platelet count, unit: 10^9/L, range: [0, 1000]",
    "haemoglobin": "type: number, words: haemoglobin, unit: g/L, also: {g/dL: 10}, range: [0, 250]",
    "severity": "type: ordered, words: severity, values: {mild: mild, moderate: moderate, severe: severe}",
    "side": "type: choice, words: the side, values: {left: left, right: right, both: both sides}",
    "segments": "type: set, words: it involves, values: {caval: the cava, iliac: iliac vein, femoral: femoral vein}",
    "onset": "type: date, words: the onset",
    "delivery": "type: date, words: the delivery",
}
# What an author compares each with, as written and in the concept's own unit; the ends and beyond are meant.
BOUNDS: Mapping[str, Sequence[tuple[str, float]]] = {
    "platelets": [("50 10^9/L", 50), ("100 10^9/L", 100), ("0 10^9/L", 0), ("1000 10^9/L", 1000)],
    "haemoglobin": [("80 g/L", 80), ("10 g/dL", 100), ("120.5 g/L", 120.5)],
    "onset": [("14 days", 14), ("1 week", 7), ("1 month", 30.4375), ("0 days", 0), ("100 years", 36525)],
    "delivery": [("6 weeks", 42), ("3 months", 91.3125), ("14 days", 14)],
}
# What a patient has of each: values at the bounds and beside them.
AMOUNTS: Mapping[str, Sequence[float]] = {
    "platelets": [49, 50, 51, 99, 100, 101, 0, 1000],
    "haemoglobin": [79, 80, 81, 99, 100, 101, 120, 120.5, 121],
    "onset": [13, 14, 15, 6, 7, 8, 30, 31, 0, 400],
    "delivery": [41, 42, 43, 91, 92, 13, 14],
}
DERIVED = {
    "unwell": "says: [the patient is unwell, the patient is well]",
    "frail": "says: [the patient is frail, the patient is robust]",
}

FIXED = {
    "sources.yaml": "sources:\n  ward: {kind: note, title: The ward's book, year: 2020}\n",
    "decisions.yaml": "decisions:\n"
    "  first: {asks: What now, options: {rest: {words: rest}, walk: {words: walking}}}\n"
    "  second: {asks: What then, options: {wait: {words: waiting}}}\n",
    "grades/simple.yaml": """\
scale: simple
title: Good or bad
cite: [{source: ward, mark: original}]
grades: {good: {words: good, stance: for}, bad: {words: bad, stance: avoid}}
""",
    "page.yaml": """\
intended_use: for this ward
headings: {alert: A, contraindications: C, trade-off: T, work-up: W, procedure: P, aftercare: F, pitfalls: X}
about: {lysis: lysis, anticoagulation: anticoagulation, anticoagulation-after: anticoagulation after, stent: stent}
""",
}

_Drawn = TypeVar("_Drawn")


class Hand:
    """Draws one thing after another."""

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object]) -> None:
        self._draw = draw

    def of(self, things: Sequence[_Drawn]) -> _Drawn:
        """Draw one of some things; the first is the plainest."""
        return self._draw(st.sampled_from(list(things)))  # type: ignore[return-value]  # it is one of the things

    def some(self, things: Sequence[_Drawn], at_least: int = 0, at_most: int | None = None) -> list[_Drawn]:
        """Draw some different things, in any order."""
        strategy = st.lists(
            st.sampled_from(list(things)), min_size=at_least, max_size=at_most or len(things), unique=True
        )
        return list(self._draw(strategy)) if things else []  # type: ignore[call-overload]

    def number(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return self._draw(st.integers(low, high))  # type: ignore[return-value]  # it is an int

    def is_one_in(self, count: int) -> bool:
        """Draw whether something rare is so."""
        return self.number(1, count) == count


def examples(count: int) -> settings:
    """Run a property on so many examples, the same on every run.

    PATENCY_EXAMPLES multiplies them; PATENCY_WILD, set to anything, draws others on every run.
    """
    return settings(
        max_examples=count * int(os.environ.get("PATENCY_EXAMPLES", "1")),
        derandomize="PATENCY_WILD" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Ward:
    """Content as its files, the same as terms, and the witness of whom all its laws are true."""

    files: Mapping[str, str]
    laws: Laws
    papers: Mapping[str, Paper]
    witness: Patient

    @cached_property
    def library(self) -> Library:
        """Read the files as Patency reads its own."""
        return read_library({name: text.encode() for name, text in self.files.items()})

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the concepts."""
        return self.library.lexicon.vocabulary

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return every condition of its current guidelines."""
        return tuple(term for paper in self.papers.values() for term in paper.terms)

    def case(self, findings: Mapping[str, str]) -> Case:
        """Read a case file with these findings."""
        lines = [f"  {name}: {answer}" for name, answer in findings.items()]
        text = "\n".join([f"on: {TODAY}", "findings:" if lines else "findings: {}", *lines])
        case, faults = read_case(read_document(text.encode(), "case.yaml"), self.vocabulary, TODAY)
        assert not faults, f"a case that is drawn can be read: {faults}\n{text}"
        return case

    def _repr_pretty_(self, printer: RepresentationPrinter, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        shown = {name: text for name, text in self.files.items() if name not in FIXED}
        return "\n".join(["", *(f"--- {name}\n{text}" for name, text in shown.items())])


@dataclass(frozen=True)
class Bedside:
    """A ward, what is known of its witness at each visit (more each time), and a term to ask about."""

    ward: Ward
    visits: tuple[Mapping[str, str], ...]
    term: Term

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Return the case at each visit."""
        return tuple(self.ward.case(findings) for findings in self.visits)

    @property
    def case(self) -> Case:
        """Return the case at the first visit."""
        return self.cases[0]

    def _repr_pretty_(self, printer: RepresentationPrinter, _: bool) -> None:
        printer.text(repr(self))

    def __repr__(self) -> str:
        found = [f"--- findings: {dict(findings)}" for findings in self.visits]
        return "\n".join([repr(self.ward), *found, f"--- term: {written(self.term)}"])


def ward_of(vocabulary: str, **guidelines: str) -> Ward:
    """Read a ward that somebody wrote by hand: its vocabulary, and of each guideline everything but its head."""
    head = "title: A leaflet\npublisher: Ward\nyear: 2020\ndecision: first\nscale: simple\n"
    head += "cite: [{source: ward, mark: original}]\n"
    files = {
        f"guidelines/{name}.yaml": f'guideline: {name}\nedition: "{name}"\n{head}{text}'
        for name, text in guidelines.items()
    }
    files = {**FIXED, "vocabulary/ward.yaml": vocabulary, **files}
    library = read_library({name: text.encode() for name, text in files.items()})
    papers = {
        each.id: Paper(
            each.population,
            tuple(Condition(rule.when, tuple(exclusion.when for exclusion in rule.exclusions)) for rule in each.rules),
        )
        for each in library.guidelines.values()
    }
    constraints = []
    for law in library.lexicon.laws:
        match law.term:
            case Any((Not(premise), conclusion)):
                constraints.append((premise, conclusion))
    return Ward(files, Laws(tuple(constraints), library.lexicon.definitions), papers, {})


@st.composite
def wards(draw: Callable[[st.SearchStrategy[object]], object], guidelines: int = 1, rules: int = 3) -> Ward:
    """Draw a ward with up to so many guidelines, each of up to so many rules."""
    hand = Hand(draw)
    yes_no = hand.some(list(YES_NO), hand.of([2, 1, 3]), 3)
    others = hand.some(list(OTHERS), hand.of([1, 2, 0]), 2)
    witness = {name: _fact(hand, name) for name in [*yes_no, *others]}
    definitions: dict[str, Term] = {}
    for name in list(DERIVED)[: hand.number(0, 2)]:
        definitions[name] = draw_term(hand, list(witness), definitions, 2)
    constraints = tuple(_law(hand, witness, definitions) for _ in range(hand.number(0, 2)))
    papers = {
        f"g{number}": Paper(
            _population(hand, witness, definitions),
            tuple(_rule(hand, witness, definitions) for _ in range(hand.of([2, 1, 3][:rules]))),
        )
        for number in range(1, hand.number(1, guidelines) + 1)
    }
    files = {
        **FIXED,
        "vocabulary/ward.yaml": _vocabulary(hand, yes_no, others, definitions, constraints),
        **{f"guidelines/{name}.yaml": _guideline(name, paper) for name, paper in papers.items()},
    }
    return Ward(files, Laws(constraints, definitions), papers, witness)


@st.composite
def bedsides(
    draw: Callable[[st.SearchStrategy[object]], object], guidelines: int = 1, visits: int = 1, rules: int = 3
) -> Bedside:
    """Draw a ward and what is found out about its witness at each of some visits."""
    ward: Ward = draw(wards(guidelines, rules))  # type: ignore[assignment]  # it is a Ward
    hand = Hand(draw)
    found: list[Mapping[str, str]] = []
    for _ in range(visits):
        found.append(_findings(hand, ward, found[-1] if found else {}))
    return Bedside(ward, tuple(found), draw_term(hand, list(ward.witness), ward.laws.definitions, 3))


@st.composite
def strangers(draw: Callable[[st.SearchStrategy[object]], object]) -> Bedside:
    """Draw a ward, and findings in somebody of whom its laws need not be true."""
    ward: Ward = draw(wards())  # type: ignore[assignment]  # it is a Ward
    hand = Hand(draw)
    stranger = {name: _fact(hand, name) for name in ward.witness}
    findings = _findings(hand, replace(ward, witness=stranger), {})
    asserted = {name: hand.of(["yes", "no"]) for name in hand.some(list(ward.laws.definitions))}
    return Bedside(ward, ({**findings, **asserted},), All(()))


def draw_term(hand: Hand, names: Sequence[str], definitions: Mapping[str, Term], deep: int) -> Term:
    """Draw a term of these words, nested no deeper than so."""
    how = hand.of(["atom", "all", "any", "all", "any", "not"]) if deep else "atom"
    if how == "atom":
        return _atom(hand, hand.of([*names, *definitions]), definitions)
    if how == "not":
        return Not(draw_term(hand, names, definitions, deep - 1))
    parts = tuple(draw_term(hand, names, definitions, deep - 1) for _ in range(hand.number(2, 3)))
    return All(parts) if how == "all" else Any(parts)


def _atom(hand: Hand, name: str, definitions: Mapping[str, Term]) -> Term:
    if name in definitions:
        return Defined(name, definitions[name])
    if name in BOUNDS:
        written, bound = hand.of(BOUNDS[name])
        return Compare(name, name in ("onset", "delivery"), hand.of(SIGNS), bound, written)
    values = _values(name)
    if name == "segments":
        return Includes(name, tuple(hand.some(values, 1)), hand.of([False, True]))
    if values:
        sign = hand.of([*SIGNS, "in"] if name == "severity" else ["=", "!=", "in"])
        named = tuple(hand.some(values, 1)) if sign == "in" else (hand.of(values),)
        accepted = frozenset(value for value in values if _is_among(value, sign, named, values))
        # `severity < mild` is refused, for it is never so; its denial says what can be said.
        return Among(name, accepted, sign, named) if accepted else Among(name, frozenset(named), "=", named)
    return Holds(name)


def _values(name: str) -> list[str]:
    _, _, values = OTHERS.get(name, "").partition("values: {")
    return [pair.partition(":")[0].strip() for pair in values.strip("}").split(",")] if values else []


def _is_among(value: str, sign: str, named: tuple[str, ...], values: Sequence[str]) -> bool:
    if sign == "in":
        return value in named
    mine, other = values.index(value), values.index(named[0])
    return {
        "<": mine < other,
        "<=": mine <= other,
        ">": mine > other,
        ">=": mine >= other,
        "=": mine == other,
        "!=": mine != other,
    }[sign]


def written(term: Term) -> str:
    """Write a term as an author would, with brackets wherever a term stands within another."""
    match term:
        case Holds(name) | Defined(name, _):
            return name
        case Answered(name):
            return f"answered({name})"
        case Compare(name, is_days_since, sign, _, amount):
            return f"days_since({name}) {sign} {amount}" if is_days_since else f"{name} {sign} {amount}"
        case Among(name, _, sign, named):
            return f"{name} in [{', '.join(named)}]" if sign == "in" else f"{name} {sign} {named[0]}"
        case Includes(name, members, every):
            if len(members) == 1 and not every:
                return f"{name} has {members[0]}"
            return f"{name} has {'all' if every else 'any'} [{', '.join(members)}]"
        case Not(inner):
            return f"not {_bracketed(inner)}"
        case All(parts) | Any(parts):
            return (" and " if isinstance(term, All) else " or ").join(_bracketed(each) for each in parts)


def _bracketed(term: Term) -> str:
    return f"({written(term)})" if isinstance(term, (All, Any)) else written(term)


def _fact(hand: Hand, name: str) -> Fact:
    if name in AMOUNTS:
        return hand.of(AMOUNTS[name])
    values = _values(name)
    if name == "segments":
        return frozenset(hand.some(values))
    return hand.of(values) if values else hand.of([False, True])


def _law(hand: Hand, witness: Patient, definitions: Mapping[str, Term]) -> tuple[Term, Term]:
    """Draw a premise and a conclusion, turned so that they are true of the witness."""
    premise = draw_term(hand, list(witness), definitions, 1)
    conclusion = draw_term(hand, list(witness), definitions, 1)
    if is_true(premise, witness) and not is_true(conclusion, witness):
        conclusion = Not(conclusion)
    return premise, conclusion


def _population(hand: Hand, witness: Patient, definitions: Mapping[str, Term]) -> Term:
    """Draw for whom a guideline is: often for everybody, in words of which Kleene's logic cannot tell."""
    some = draw_term(hand, list(witness), definitions, 1)
    return hand.of([Any((some, Not(some))), Any((some, Not(some))), some])


def _rule(hand: Hand, witness: Patient, definitions: Mapping[str, Term]) -> Condition:
    when = draw_term(hand, list(witness), definitions, 2)
    exceptions = tuple(draw_term(hand, list(witness), definitions, 1) for _ in range(max(0, hand.number(-2, 2))))
    return Condition(when, exceptions)


def _vocabulary(
    hand: Hand,
    yes_no: Sequence[str],
    others: Sequence[str],
    definitions: Mapping[str, Term],
    constraints: Sequence[tuple[Term, Term]],
) -> str:
    lines = ["concepts:"]
    lines += [f"  {name}: {{type: yes/no, asks: {name}?, {YES_NO[name]}, cost: {hand.of(COSTS)}}}" for name in yes_no]
    lines += [f"  {name}: {{asks: {name}?, {OTHERS[name]}, cost: {hand.of(COSTS)}}}" for name in others]
    if definitions:
        lines.append("definitions:")
    for name, term in hand.some(list(definitions.items()), len(definitions)):
        asked = hand.of(["no", "yes"])
        about = f"asks: {name}?, {DERIVED[name]}, cost: {hand.of(COSTS)}, asked: {asked}"
        lines.append(f'  {name}: {{{about}, when: "{written(term)}"}}')
    in_panel = hand.some(yes_no, 2) if len(yes_no) > 1 and hand.of([True, True, False]) else []
    if in_panel:
        lines += ["panels:", f"  signs: {{asks: Which of these?, members: [{', '.join(in_panel)}]}}"]
    if constraints:
        lines.append("constraints:")
    for number, (premise, conclusion) in enumerate(constraints):
        lines.append(
            f'  law-{number}: {{if: "{written(premise)}", then: "{written(conclusion)}", why: it is so on this ward}}'
        )
    return "\n".join(lines)


def _guideline(name: str, paper: Paper) -> str:
    lines = [
        f"guideline: {name}",
        f"title: What {name} says",
        "publisher: Ward",
        "year: 2020",
        f'edition: "{name}"',
        "decision: first",
        "scale: simple",
        "cite: [{source: ward, mark: original}]",
        f'population: {{words: some of us, when: "{written(paper.population)}"}}',
        "rules:",
    ]
    for number, rule in enumerate(paper.rules, 1):
        says = "{option: rest, grade: good}" if number != 2 else "{option: wait, grade: good}"
        if number == 3:  # speaks on both decisions
            says += ", {option: wait, grade: bad}"
        lines += [
            f"  - id: r{number}",
            f"    title: the kind of patient number {number}",
            f'    when: "{written(rule.when)}"',
            f"    says: [{says}]",
            "    reviewed: nobody",
        ]
        if rule.exceptions:
            lines.append("    except:")
        for letter, exception in zip("abc", rule.exceptions, strict=False):
            cited = "cite: [{source: ward, mark: original}]"
            lines.append(f'      {letter}: {{when: "{written(exception)}", why: it is different, {cited}}}')
    return "\n".join(lines)


def _findings(hand: Hand, ward: Ward, before: Mapping[str, str]) -> Mapping[str, str]:
    """Draw what is found out of the witness, at least as much as before."""
    earlier = ward.case(before)
    found: dict[str, str] = {}
    for concept in ward.vocabulary.concepts.values():
        is_known = earlier.value(concept.name) is not None
        if concept.is_derived:
            truth: Fact = is_true(ward.laws.definitions[concept.name], ward.witness)
            says = (
                before.get(concept.name) if is_known or hand.of([True, True, True, False]) else "yes" if truth else "no"
            )
        else:
            says = _answer(hand, concept, ward.witness[concept.name], earlier)
        if says or concept.name in before:
            found[concept.name] = says or before[concept.name]
    panel = ward.vocabulary.panels.get("signs")
    if panel and hand.is_one_in(4) and all(earlier.value(name) is None for name in panel.members):
        present = [name for name in panel.members if ward.witness[name] is True]
        found = {name: says for name, says in found.items() if name not in panel.members}
        found["signs"] = f"[{', '.join(present)}]" if present else "none"
    elif "signs" in before:
        found = {name: says for name, says in found.items() if name not in ward.vocabulary.panels["signs"].members}
        found["signs"] = before["signs"]
    return found


ABSENCES = ("not asked", "not known", "declined", "not applicable")


def _answer(hand: Hand, concept: Concept, fact: Fact, earlier: Case) -> str:
    """Write what is found out of one concept, nothing at all being the empty text."""
    known = earlier.value(concept.name)
    how = hand.of(["nothing", "nothing", "nothing", "partly", "partly", "exact", "absent"])
    if known is None and how == "nothing":
        return ""
    if known is None and how == "absent":
        return hand.of(ABSENCES)
    is_exact = how == "exact"
    match concept.kind:
        case Kind.YES_NO:
            return "yes" if fact else "no"
        case Kind.CHOICE | Kind.ORDERED:
            possible = [value for value in concept.values if known is None or value in known]  # type: ignore[operator]
            return " or ".join(dict.fromkeys([str(fact), *([] if is_exact else hand.some(possible))]))
        case Kind.SET:
            assert isinstance(fact, frozenset), "a set has members"
            return _members(hand, concept, fact, known if isinstance(known, Members) else None, is_exact)
        case Kind.NUMBER | Kind.DATE:
            assert isinstance(fact, (int, float)), "an amount is a number"
            span = earlier.days_since(concept.name) if concept.kind is Kind.DATE else known
            return _span(hand, concept, fact, span if isinstance(span, Span) else None, is_exact)


def _members(hand: Hand, concept: Concept, fact: frozenset[str], known: Members | None, is_exact: bool) -> str:
    if is_exact:
        return f"[{', '.join(sorted(fact))}]" if fact else "none"
    known = known or Members(frozenset(), frozenset())
    included = known.included | set(hand.some(sorted(fact - known.included)))
    excluded = known.excluded | set(hand.some(sorted(set(concept.values) - fact - known.excluded)))
    return f"{{includes: [{', '.join(sorted(included))}], excludes: [{', '.join(sorted(excluded))}]}}"


def _span(hand: Hand, concept: Concept, fact: float, known: Span | None, is_exact: bool) -> str:
    unit = "days ago" if concept.kind is Kind.DATE else concept.unit
    if is_exact and concept.name == "haemoglobin" and hand.of([False, True]):
        in_other = f"{fact / 10:g}"
        return f"{in_other} g/dL" if float(in_other) * 10 == fact else f"{fact:g}"
    if is_exact:
        return f"{fact:g} {unit}"
    if known is None and concept.kind is Kind.NUMBER and hand.is_one_in(3):
        bound = hand.of([bound for _, bound in BOUNDS[concept.name]])
        sign = hand.of([sign for sign in ("<", "<=", ">", ">=") if _is_apart(fact, sign, bound)])
        return f'"{sign} {bound:g} {unit}"'
    if known is None and concept.kind is Kind.DATE and fact > 7 and hand.is_one_in(3):
        return f"{round(fact / 7)} weeks ago"
    marks = [*AMOUNTS[concept.name], *(known or ())]
    inside = [mark for mark in marks if known is None or known.low <= mark <= known.high]
    low, high = hand.of([m for m in inside if m <= fact]), hand.of([m for m in inside if m >= fact])
    ends = (f"{low:g}", f"{high:g}") if concept.kind is Kind.DATE else (repr(float(low)), repr(float(high)))
    return f"{' to '.join(ends)} {unit}"


def _is_apart(fact: float, sign: str, bound: float) -> bool:
    # An end at the very edge of what is possible leaves nothing beyond it.
    return {"<": fact < bound, "<=": fact <= bound, ">": fact > bound, ">=": fact >= bound}[sign] and math.isfinite(
        bound
    )
