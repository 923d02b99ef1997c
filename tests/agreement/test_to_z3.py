"""The solver's reading of a term agrees with its meaning, and its counterexamples are patients."""

import random
from datetime import date

import pytest
import z3

from patency.case import Case, Finding, Members, Span, Value
from patency.casefile import case_file, read_case
from patency.document import read_document
from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.guideline.prove import prove
from patency.language.evaluate import evaluate
from patency.language.terms import KINDS, All, Answered, Any, Compare, Defined, Not, Term, concepts_of, walk
from patency.language.to_z3 import Encoding
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

ON = date(2026, 5, 29)


def conditions(library: Library) -> list[Term]:
    """Return every condition of the library: rules, laws, definitions and statements."""
    terms = [term for guideline in library.guidelines.values() for term in guideline.conditions]
    terms += [law.term for law in library.lexicon.laws]
    terms += [Defined(name, term) for name, term in library.lexicon.definitions.items()]
    terms += [
        each.when for sheet in library.sheets for section in sheet.sections for each in section.statements if each.when
    ]
    return terms


def some_value(concept: Concept, bounds: list[float], chance: random.Random) -> Value:
    """Draw a value for a concept, at or beside a bound that some condition compares it with."""
    if concept.kind is Kind.YES_NO:
        return chance.choice((Truth.YES, Truth.NO))
    if concept.kind in (Kind.CHOICE, Kind.ORDERED):
        return frozenset({chance.choice(list(concept.values))})
    if concept.kind is Kind.SET:
        inside = frozenset(each for each in concept.values if chance.random() < 0.4)
        return Members(inside, frozenset(concept.values) - inside)
    near = [bound + step for bound in bounds for step in (-1, 0, 1)] or [1.0]
    if concept.kind is Kind.DATE:
        day = ON.toordinal() - max(0, min(40_000, round(chance.choice(near))))
        return Span(day, day)
    number = min(concept.highest, max(concept.lowest, chance.choice(near)))
    return Span(number, number)


def mixed(terms: list[Term], chance: random.Random) -> Term:
    """Join some conditions into a larger one."""
    some = tuple(chance.sample(terms, chance.randint(1, 3)))
    return chance.choice((All(some), Any(some), Not(All(some))))


def test_the_solver_agrees_with_the_meaning(library: Library) -> None:
    """On 400 mixed conditions and complete patients, the formula is true exactly where the term is Yes."""
    chance = random.Random(4)
    terms = conditions(library)
    bounds: dict[str, list[float]] = {}
    for term in terms:
        for at in walk(term):
            if isinstance(at, Compare):
                bounds.setdefault(at.concept, []).append(at.bound)
    seen: set[type] = set()
    for _ in range(400):
        term = mixed(terms, chance)
        seen |= {type(at) for at in walk(term)}
        findings = {}
        for name in concepts_of(term):
            concept = library.lexicon.vocabulary.concepts[name]
            if not concept.is_derived:
                findings[name] = Finding(name, some_value(concept, bounds.get(name, []), chance), ON, "")
        case = Case(ON, findings)
        encoding = Encoding(library.lexicon)
        solver = z3.Solver(ctx=encoding.context)
        formula = encoding.formula(term)
        solver.add(*(same(encoding, finding, library) for finding in findings.values()), *ties(encoding))
        meaning = evaluate(term, case)
        assert meaning is not Truth.UNKNOWN
        solver.add(formula if meaning is Truth.NO else z3.Not(formula))
        assert solver.check() == z3.unsat
    # Of a patient nothing is asked of answers, and so no guideline can bring the solver such a term.
    assert seen == set(KINDS) - {Answered}, "every other kind of term was drawn"


def ties(encoding: Encoding) -> list:  # type: ignore[type-arg]
    """Return what ties derived concepts to their definitions; the ranges are left out, for values lie at their edges."""
    return [fact for fact in encoding.facts if z3.is_eq(fact)]


def same(encoding: Encoding, finding: Finding, library: Library):  # type: ignore[no-untyped-def]
    """Say in the solver's words that a concept has this value."""
    concept = library.lexicon.vocabulary.concepts[finding.concept]
    value = finding.value
    if isinstance(value, Members):
        return z3.And([encoding._member(concept.name, each) == (each in value.included) for each in concept.values])
    symbol = encoding._symbol(concept.name)
    if isinstance(value, Truth):
        return symbol == (value is Truth.YES)
    if isinstance(value, Span):
        number = ON.toordinal() - value.low if concept.kind is Kind.DATE else value.low
        return symbol == z3.RealVal(repr(float(number)), encoding.context)
    assert isinstance(value, frozenset)
    return symbol == list(concept.values).index(next(iter(value)))


def test_the_library_is_proved(library: Library) -> None:
    """Every rule is reachable, no two clash undeclared, coverage holds, and so do the library's claims."""
    verdicts = list(prove(library))
    assert [(verdict.subject, verdict.says) for verdict in verdicts if not verdict.is_proved] == []
    assert {"limb-threat-raises-the-alarm", "bleeding-forbids-the-lytic"} <= {verdict.subject for verdict in verdicts}


@pytest.mark.parametrize(
    ("file", "old", "new", "claim"),
    [
        (
            "guidelines/acr-2020.yaml",
            "severity in [minimal, mild] and otherwise_healthy",
            "otherwise_healthy",
            "v1 and v2",
        ),
        ("guidelines/acr-2020.yaml", "iliofemoral and limb_threat", "iliofemoral", "v1 and v5"),
        (
            "guidelines/acr-2020.yaml",
            "iliofemoral and limb_threat",
            "iliofemoral and limb_threat and severity = mild",
            "rule v5",
        ),
        ("guidelines/acr-2020.yaml", "  when: age >= adult_age", "  when: age >= 10 years", "speaks for a child"),
        ("guidelines/acr-2013.yaml", "rules: [v2, v4]", "rules: [v1, v4]", "v2 and v4"),
        ("sheets/alerts.yaml", "when: limb_threat\n", "when: limb_threat and severity = moderate\n", "emergency alert"),
        (
            "sheets/sir-2014-lysis.yaml",
            "when: active_bleeding\n",
            "when: active_bleeding and adult\n",
            "an option with a lytic is favoured in active bleeding",
        ),
        (
            "guidelines/ash-isth-2024.yaml",
            "        when: pregnant\n",
            "        when: pregnant and age < 12 years\n",
            "in pregnancy (ash-isth-2024 r17",
        ),
        ("guidelines/svs-2012.yaml", "days_since(onset) >= 14 days", "days_since(onset) > 14 days", "too-late meet"),
    ],
)
def test_a_broken_rule_is_not_proved(file: str, old: str, new: str, claim: str) -> None:
    """A dropped condition, a rule nobody fits, a widened population, a lost declaration, a silenced alarm: each is found."""
    files = content_files(CONTENT)
    text = files[file].decode()
    assert old in text
    library = read_library(files | {file: text.replace(old, new, 1).encode()})
    failed = [verdict for verdict in prove(library) if not verdict.is_proved]
    assert any(claim in verdict.says for verdict in failed)
    for verdict in failed:
        if verdict.counterexample is not None:
            document = read_document(case_file(verdict.counterexample).encode(), "counterexample.yaml")
            _, faults = read_case(document, library.lexicon.vocabulary, ON)
            assert faults == [], "a counterexample is a case that can be opened"
