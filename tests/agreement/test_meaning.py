"""What a term means: the evaluator beside the plain reference, and what is written, read back and said aloud."""

import itertools

from hypothesis import given

from agreement.reference import Fact, Patient, answers, atoms_in, fits, is_true, patients
from agreement.strategies import TODAY, Bedside, bedsides, examples, written
from patency.case import Case, Finding, Members, Span, Value
from patency.fault import Fault, Place
from patency.guideline.advise import Reading
from patency.language.evaluate import Trace, evaluate, explain, open_part
from patency.language.parse import parse
from patency.language.terms import All, Any, Compare, Defined, Holds, Not, Term
from patency.language.words import to_words
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN


@examples(60)
@given(bedsides())
def test_a_term_written_down_and_read_back_is_the_same_term(bedside: Bedside) -> None:
    """Reading a term that was written gives the term that was meant, and the library reads each rule so."""
    ward, faults = bedside.ward, list[Fault]()

    assert parse(written(bedside.term), Place("here"), ward.library.lexicon, faults) == bedside.term
    assert faults == []
    for name, paper in ward.papers.items():
        rules = ward.library.guidelines[name].rules
        assert [rule.when for rule in rules] == [rule.when for rule in paper.rules]
        assert [tuple(each.when for each in rule.exclusions) for rule in rules] == [
            each.exceptions for each in paper.rules
        ]


@examples(70)
@given(bedsides())
def test_of_a_patient_fully_known_every_term_is_decided_as_the_reference_says(bedside: Bedside) -> None:
    """Where nothing is unknown, the evaluator says Yes or No, and says what plain two-valued logic says."""
    term, ward = bedside.term, bedside.ward
    for patient in patients(Case(TODAY), ward.vocabulary, ward.laws, [term]):
        expected = YES if is_true(term, patient) else NO
        assert evaluate(term, fully_known(patient, ward.vocabulary)) is expected


@examples(130)
@given(bedsides())
def test_what_is_decided_is_so_of_everybody_the_case_could_be(bedside: Bedside) -> None:
    """A Yes or No under unknowns is the same Yes or No for every completion of the unknowns."""
    term, ward = bedside.term, bedside.ward
    truth = evaluate(term, bedside.case)
    could_be = {is_true(term, patient) for patient in patients(bedside.case, ward.vocabulary, ward.laws, [term])}

    assert truth is UNKNOWN or could_be == {truth is YES}


@examples(80)
@given(bedsides())
def test_what_is_asked_of_one_concept_is_decided_as_soon_as_its_finding_decides_it(bedside: Bedside) -> None:
    """A single comparison is Unknown only if two answers that the finding leaves open differ in it."""
    vocabulary, case = bedside.ward.vocabulary, bedside.case
    for atom in atoms_in(bedside.term):
        name = getattr(atom, "concept", "")
        if case.value(name) is None:
            assert isinstance(atom, Defined) or evaluate(atom, case) is UNKNOWN
        elif isinstance(atom, Defined):
            assert evaluate(atom, case) is case.value(name), "what was asserted stands"
        elif not (isinstance(atom, Compare) and atom.bound % 1 and atom.sign in ("=", "!=")):
            # A date is never exactly a month ago, but a comparison does not know that days are whole.
            could_be = {truth for (truth,) in answers(vocabulary.concepts[name], case, [atom])}
            assert evaluate(atom, case) is (UNKNOWN if len(could_be) == 2 else YES if True in could_be else NO)


@examples(80)
@given(bedsides(visits=3))
def test_a_finding_more_never_reverses_what_was_decided(bedside: Bedside) -> None:
    """Filling in an unknown, narrowing a span or adding members to a set turns no Yes into No and no No into Yes."""
    truths = [evaluate(bedside.term, case) for case in bedside.cases]
    for before, after in itertools.pairwise(truths):
        assert before in (UNKNOWN, after)


@examples(60)
@given(bedsides(visits=2))
def test_the_open_part_of_a_term_says_the_same_once_more_is_known(bedside: Bedside) -> None:
    """What the page shows as still open decides a term as the whole of it does, whatever is found out next."""
    if evaluate(bedside.term, bedside.case) is UNKNOWN:
        part = open_part(bedside.term, bedside.case)
        assert all(evaluate(part, case) is evaluate(bedside.term, case) for case in bedside.cases)


@examples(50)
@given(bedsides())
def test_an_explanation_ends_at_findings_and_each_step_follows_from_the_next(bedside: Bedside) -> None:
    """Every line of a trace has the truth that the lines under it give it."""

    def check(trace: Trace) -> None:
        assert trace.truth is evaluate(trace.term, bedside.case)
        below = [each.truth for each in trace.because]
        match trace.term:
            case All():
                assert (trace.truth is NO) is (NO in below)
                assert (trace.truth is YES) is (set(below) == {YES})
            case Any():
                assert (trace.truth is YES) is (YES in below)
                assert (trace.truth is NO) is (set(below) == {NO})
            case Not():
                assert [trace.truth.value] == [2 - truth.value for truth in below]
            case Defined() if not trace.is_asserted:
                assert below == [trace.truth]
            case _:
                assert below == []
        for each in trace.because:
            check(each)

    check(explain(bedside.term, bedside.case))


@examples(110)
@given(bedsides())
def test_what_follows_from_the_findings_is_true_of_everybody_the_case_could_be(bedside: Bedside) -> None:
    """Every finding that laws and assertions add fits each completion of the case as it was, and none is lost."""
    ward, case = bedside.ward, bedside.case
    known = Reading(case, ward.library).known
    for patient in patients(case, ward.vocabulary, ward.laws, []):
        for concept in ward.vocabulary.concepts.values():
            fact = (
                is_true(ward.laws.definitions[concept.name], patient) if concept.is_derived else patient[concept.name]
            )
            assert fits(fact, concept, known), f"{concept.name} cannot be {fact}, says {known.findings[concept.name]}"
    assert set(case.findings) <= set(known.findings)
    for name in case.findings:
        assert known.value(name) == case.value(name) or known.findings[name].source == "follows from the other findings"


@examples(70)
@given(bedsides())
def test_a_sentence_names_everything_its_term_speaks_of_in_the_sense_it_speaks_of_it(bedside: Bedside) -> None:
    """Read aloud, a term and its denial name every concept, and say of a yes/no concept which of the two is meant."""
    vocabulary = bedside.ward.vocabulary
    for term, holds in ((bedside.term, True), (Not(bedside.term), False)):
        said = to_words(term, vocabulary)
        for words in named_in(bedside.term, holds, vocabulary):
            assert words in said
    assert to_words(bedside.term, vocabulary) != to_words(Not(bedside.term), vocabulary)
    assert to_words(Not(Not(bedside.term)), vocabulary) == to_words(bedside.term, vocabulary)


def named_in(term: Term, holds: bool, vocabulary: Vocabulary) -> list[str]:
    """List the words by which a sentence must name what a term speaks of, said in one sense or the other."""
    match term:
        case Not(inner):
            return named_in(inner, not holds, vocabulary)
        case All(terms) | Any(terms):
            return [words for each in terms for words in named_in(each, holds, vocabulary)]
        case Holds(name) | Defined(name, _):
            concept = vocabulary.concepts[name]
            return [concept.says if holds else concept.denies]
    return [vocabulary.concepts[term.concept].words]


def fully_known(patient: Patient, vocabulary: Vocabulary) -> Case:
    """Write down everything about somebody as exact findings."""
    findings = {
        name: Finding(name, exact(fact, vocabulary.concepts[name]), TODAY, "") for name, fact in patient.items()
    }
    return Case(TODAY, findings)


def exact(fact: Fact, concept: Concept) -> Value:
    """Say a fact as a finding that leaves nothing open."""
    if isinstance(fact, bool):
        return YES if fact else NO
    if isinstance(fact, str):
        return frozenset({fact})
    if isinstance(fact, frozenset):
        return Members(fact, frozenset(concept.values) - fact)
    at = TODAY.toordinal() - fact if concept.kind is Kind.DATE else fact
    return Span(at, at)
