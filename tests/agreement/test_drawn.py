"""What the strategies draw: a property that never meets a kind of term or of finding says nothing of it."""

from collections.abc import Sized

from hypothesis import given

from agreement.reference import opinions, patients
from agreement.strategies import ABSENCES, COSTS, SIGNS, Bedside, bedsides, examples, strangers
from patency.case import Finding, Members, Span
from patency.language.terms import KINDS, Among, Answered, Compare, Includes, Term, walk
from patency.truth import Truth
from patency.vocabulary import Kind


def test_every_kind_of_term_concept_finding_and_ward_is_drawn() -> None:
    """In a few hundred wards: every term, sign, kind of concept, cost, way of knowing and of not knowing."""
    drawn: set[object] = set()

    @examples(180)
    @given(bedsides(guidelines=2, visits=2))
    def draw(bedside: Bedside) -> None:
        ward = bedside.ward
        for term in (bedside.term, *ward.terms, *ward.laws.terms):
            drawn.update(each for at in walk(term) for each in traits(at))
        for concept in ward.vocabulary.concepts.values():
            drawn.update((concept.kind, concept.cost))
            if concept.is_derived:
                drawn.add("asked for" if concept.is_asked else "not asked for")
        for case in bedside.cases:
            drawn.update(how for finding in case.findings.values() for how in ways(finding))
        if bedside.cases[0].findings != bedside.cases[1].findings:
            drawn.add("a finding more")
        if any(rule.exceptions for paper in ward.papers.values() for rule in paper.rules):
            drawn.add("an exception")
        drawn.update(f"{len(names)} {what}" for what, names in sizes(bedside))
        people = patients(bedside.case, ward.vocabulary, ward.laws, ward.terms)
        drawn.update(
            ("open" if len({opinions(paper, each) for each in people}) > 1 else "closed")
            for paper in ward.papers.values()
        )

    draw()

    assert drawn >= {
        *(kind for kind in KINDS if kind is not Answered),  # no patient is asked it: tests/agreement/test_answered.py
        *Kind,
        *COSTS,
        *ABSENCES,
        *(f"number {sign}" for sign in SIGNS),
        *(f"days {sign}" for sign in SIGNS),
    }
    assert drawn >= {*(f"choice {sign}" for sign in (*SIGNS, "in")), "has any", "has all", "asked for", "not asked for"}
    assert drawn >= {"yes", "no", "exact", "a span", "one answer", "some answers", "all members", "some members"}
    assert drawn >= {"asserted", "through a panel", "a finding more", "an exception", "open", "closed"}
    assert drawn >= {
        "0 laws",
        "1 laws",
        "2 laws",
        "0 definitions",
        "1 definitions",
        "2 definitions",
        "1 papers",
        "2 papers",
    }
    assert drawn >= {"0 panels", "1 panels"}


def test_possible_and_impossible_strangers_are_drawn() -> None:
    """Findings in somebody of whom the laws need not be true are now possible and now not."""
    drawn: set[bool] = set()

    @examples(50)
    @given(strangers())
    def draw(bedside: Bedside) -> None:
        drawn.add(bool(patients(bedside.case, bedside.ward.vocabulary, bedside.ward.laws, bedside.ward.terms)))

    draw()

    assert drawn == {True, False}


def traits(term: Term) -> set[object]:
    """Say what kind of term it is, and how it compares."""
    match term:
        case Compare(_, is_days_since, sign):
            return {Compare, f"{'days' if is_days_since else 'number'} {sign}"}
        case Among(_, _, sign):
            return {Among, f"choice {sign}"}
        case Includes(_, _, every):
            return {Includes, "has all" if every else "has any"}
    return {type(term)}


def ways(finding: Finding) -> set[object]:
    """Say how a finding is known, or not."""
    said: set[object] = {"asserted"} if finding.is_asserted else {"through a panel"} if finding.panel else set()
    match finding.value:
        case None:
            return said | {finding.absence.value if finding.absence else ""}
        case Truth():
            return said | {str(finding.value)}
        case Span():
            return said | {"exact" if finding.value.is_exact else "a span"}
        case Members(included, excluded):
            return said | {"all members" if len(included | excluded) == 3 else "some members"}
    return said | {"one answer" if len(finding.value) == 1 else "some answers"}


def sizes(bedside: Bedside) -> list[tuple[str, Sized]]:
    """Name the parts of a ward."""
    ward = bedside.ward
    return [("laws", ward.laws.constraints), ("definitions", ward.laws.definitions), ("papers", ward.papers),
            ("panels", ward.vocabulary.panels)]  # fmt: skip
