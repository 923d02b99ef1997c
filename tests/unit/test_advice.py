"""What a guideline says of a case, and until when."""

import random
from collections.abc import Iterable
from datetime import date

import pytest

from patency.case import Case, Finding, Span
from patency.casefile import read_case, set_findings
from patency.document import read_document
from patency.fault import Place, Refused
from patency.guideline.advise import Advice, Reading, advise
from patency.guideline.contradict import contradictions
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

from .small import files

TODAY = date(2026, 5, 29)
SMALL = read_library(files())


def patient(findings: str, library: Library = SMALL) -> Case:
    document = read_document(f"case: a patient\nfindings: {{{findings}}}".encode(), "case.yaml")
    case, faults = read_case(document, library.lexicon.vocabulary, TODAY)
    assert not faults
    return case


def advice_on(findings: str, library: Library = SMALL, guideline: str = "leaflet") -> Advice:
    return advise(library.guidelines[guideline], Reading(patient(findings, library), library))


ADVICE = """
findings                                                             | scope   | severe        | mild          | settled
age: 45, onset: 3 days ago, severity: severe, limb_threat: no        | yes     | yes           | no            | yes
age: 45, onset: 3 days ago, severity: severe, limb_threat: yes       | yes     | no            | no            | yes
age: 45, onset: 3 days ago, severity: severe                         | yes     | unknown       | no            | no
age: 45, onset: 20 days ago, severity: severe                        | yes     | no            | no            | yes
age: 45, severity: mild                                              | yes     | no            | yes           | yes
age: 45, onset: 3 days ago, severity: moderate                       | yes     | unknown > yes | no            | yes
age: 45, onset: 3 days ago, limb_threat: yes                         | yes     | no            | unknown > no  | yes
age: 45, onset: 3 days ago                                           | yes     | unknown       | unknown       | no
age: 12, onset: 3 days ago, severity: severe, limb_threat: no        | no      | no            | no            | yes
age: 12                                                              | no      | no            | no            | yes
age: 17 to 18, severity: mild                                        | unknown | no            | unknown       | no
onset: 3 days ago, severity: severe, limb_threat: yes                | unknown | no            | no            | yes
"""


@pytest.mark.parametrize("row", [line.split("|") for line in ADVICE.strip().splitlines()[1:]], ids=lambda row: row[0])
def test_each_rule_holds_does_not_or_cannot_be_told(row: list[str]) -> None:
    """`unknown > yes`: the plain reading cannot tell, and yet every completion that the laws allow agrees.

    A moderate limb cannot be a threatened one, so the exception is out without being asked; and a threatened
    limb cannot be a mild one.
    """
    findings, scope, *rules, settled = (cell.strip() for cell in row)
    advice = advice_on(findings)

    told = [
        f"{rule.truth} > {rule.holds}" if rule.truth is not rule.holds else str(rule.holds) for rule in advice.rules
    ]
    assert (str(advice.scope), told) == (scope, rules)
    assert advice.is_settled is (settled == "yes")
    assert advice.is_exact


def test_what_is_neither_out_of_scope_nor_matched_finds_no_match() -> None:
    """The guideline speaks for the patient and has no rule for the situation; while a rule is open it may yet."""
    assert advice_on("age: 45, onset: 20 days ago, severity: severe").finds_no_match
    assert not advice_on("age: 45, onset: 3 days ago, severity: severe").finds_no_match
    assert not advice_on("age: 45, severity: mild").finds_no_match
    assert not advice_on("age: 12").finds_no_match


def test_an_opinion_holds_with_its_rule() -> None:
    """Each says what of which option, over which other, from which passage, and whether that is settled."""
    severe, mild = advice_on("age: 45, onset: 3 days ago, severity: severe").rules
    (removal,) = severe.opinions

    assert (removal.option, removal.over, removal.grade.words) == ("removal", "waiting", "is good")
    assert (removal.holds, removal.is_settled) == (Truth.UNKNOWN, False)
    assert [(each.option, each.grade.id, each.note, each.holds, each.is_settled) for each in mild.opinions] == [
        ("waiting", "good", "for a week", Truth.NO, True),
        ("removal", "bad", "", Truth.NO, True),
    ]
    assert [citation.at for citation in removal.citations] == ["page 1"]


EXPIRY = """
onset              | from 29 May 2026 the advice stands until
today              | 2026-06-12: 14 days since the onset of symptoms
3 days ago         | 2026-06-09: 14 days since the onset of symptoms
12 days ago        | 2026-05-31: 14 days since the onset of symptoms
13 days ago        | 2026-05-30: 14 days since the onset of symptoms
14 days ago        | never
18 days ago        | never
10 to 12 days ago  | 2026-05-31: 14 days since the onset of symptoms
10 to 16 days ago  | 2026-06-02: 14 days since the onset of symptoms
14 to 16 days ago  | never
not known          | never
"""


@pytest.mark.parametrize(("onset", "until"), [line.split("|") for line in EXPIRY.strip().splitlines()[1:]])
def test_advice_expires_on_the_first_day_on_which_time_alone_changes_it(onset: str, until: str) -> None:
    """An interval turns when its far end passes the bound; one that is already unsure, when its near end does."""
    advice = advice_on(f"age: 45, onset: {onset.strip()}, severity: severe, limb_threat: no")

    assert (f"{advice.expires.on}: {advice.expires.why}" if advice.expires else "never") == until.strip()


@pytest.mark.parametrize("onset", ["today", "3 days ago", "12 days ago", "10 to 12 days ago", "10 to 16 days ago"])
def test_nothing_changes_before_the_day_of_expiry(onset: str) -> None:
    """Seen on each day until then the rules are as they are today, and on that day they are not."""
    case = patient(f"age: 45, onset: {onset}, severity: severe, limb_threat: no")

    def rules_on(day: int) -> list[Truth]:
        seen = advise(SMALL.guidelines["leaflet"], Reading(case.seen_on(date.fromordinal(day)), SMALL))
        return [rule.truth for rule in seen.rules]

    expires = advice_on(f"age: 45, onset: {onset}, severity: severe, limb_threat: no").expires
    assert expires is not None
    today, last = TODAY.toordinal(), expires.on.toordinal()
    assert all(rules_on(day) == rules_on(today) for day in range(today, last))
    assert rules_on(last) != rules_on(today)


@pytest.mark.parametrize("findings", ["severity: mild", "severity: severe, limb_threat: yes", "severity: moderate"])
def test_a_date_that_decides_nothing_makes_nothing_expire(findings: str) -> None:
    """Where the rules are decided without it, day 14 passes unnoticed."""
    expires = advice_on(f"age: 45, onset: 12 days ago, {findings}").expires

    assert (expires is None) is (findings != "severity: moderate")


LARGE = """
onset              | severity | day 12 of ACR 2020
12 days ago        | severe   | 2026-05-31
10 to 12 days ago  | severe   | 2026-05-31
10 to 16 days ago  | severe   | 2026-06-02
20 days ago        | severe   | never
"""


@pytest.mark.parametrize(("onset", "severity", "day"), [line.split("|") for line in LARGE.strip().splitlines()[1:]])
def test_advice_of_acr_2020_expires_on_day_14(library: Library, onset: str, severity: str, day: str) -> None:
    """A patient on day 12 has two days."""
    findings = (
        f"age: 45, pregnant: no, segments: [common_femoral], onset: {onset.strip()}, severity: {severity.strip()}, "
        "limb_threat: no, otherwise_healthy: yes, compression_lesion: none"
    )
    expires = advice_on(findings, library, "acr-2020").expires

    assert str(expires.on if expires else "never") == day.strip()


@pytest.mark.parametrize(
    ("started", "day"), [("91 days ago", "2026-05-30"), ("92 days ago", "never"), ("3 months ago", "2026-06-13")]
)
def test_advice_of_acr_2020_changes_after_three_months(library: Library, started: str, day: str) -> None:
    """Three months after treatment began a variant comes into force; `3 months ago` may be 77 days or 106."""
    findings = (
        "age: 45, pregnant: no, segments: [common_femoral], onset: 200 days ago, severity: moderate, limb_threat: no, "
        f"persistent_symptoms: yes, initial_treatment: anticoagulation_alone, initial_treatment_on: {started}"
    )
    expires = advice_on(findings, library, "acr-2020").expires

    assert str(expires.on if expires else "never") == day


def test_findings_that_break_a_law_are_a_contradiction() -> None:
    """The fault stands at the last of the findings concerned and says what cannot be, and why."""
    (fault,) = contradictions(patient("severity: mild, limb_threat: yes"), SMALL)

    assert (
        fault.what
        == "these findings cannot all be true: the limb is threatened and the severity of symptoms is not severe"
    )
    assert fault.why == "A threatened limb is never less than severe."
    assert str(fault.where) == "case.yaml:2"
    assert contradictions(patient("severity: mild or severe, limb_threat: yes"), SMALL) == []


def test_an_assertion_against_the_findings_is_a_contradiction() -> None:
    """What can be worked out cannot be asserted otherwise."""
    (fault,) = contradictions(patient("acute: yes, onset: 20 days ago"), SMALL)

    assert fault.what == "you assert 'acute': yes, but the other findings say: symptoms began 14 or more days ago"
    assert fault.why == "it is defined as: the onset of symptoms was less than 14 days ago"
    assert contradictions(patient("acute: yes, onset: 3 days ago"), SMALL) == []
    assert contradictions(patient("acute: yes, onset: 10 to 16 days ago"), SMALL) == []
    assert contradictions(patient("acute: yes"), SMALL) == []


def test_findings_that_break_several_laws_together_are_refused() -> None:
    """No single law is broken, and yet no patient can be so."""
    with_one_more = files(
        vocabulary=(
            "constraints:\n",
            "constraints:\n  bleeding-threatens: {if: bleeding, then: limb_threat, why: So.}\n",
        )
    )
    library = read_library(with_one_more)
    case = patient("age: 45, onset: 3 days ago, bleeding: yes, severity: mild", library)
    (fault,) = contradictions(case, library)

    assert fault.what == "no patient can have all of these findings: 'bleeding': yes and 'severity': mild"
    assert fault.about == ("bleeding", "severity")
    assert fault.why.startswith("So. ")
    with pytest.raises(Refused) as refused:
        advise(library.guidelines["leaflet"], Reading(case, library))
    assert refused.value.faults == (fault,)


def test_what_is_named_excludes_itself_and_nothing_of_it_can_be_missed(library: Library) -> None:
    """A case is impossible exactly where something is named, and a set that laws rule out together is as small as can be."""
    hand = random.Random(12)
    askable = [each for each in library.lexicon.vocabulary.concepts.values() if each.kind is Kind.YES_NO or each.values]
    named_together = 0
    for _ in range(300):
        drawn = [f"{each.name}={_drawn(each, hand)}" for each in hand.sample(askable, 25)]
        case, _ = set_findings(Case(TODAY), drawn, library.lexicon.vocabulary)
        faults = contradictions(case, library)
        assert bool(faults) is not Reading(case, library).is_possible
        for fault in faults:
            if fault.what.startswith("no patient"):
                named_together += 1
                assert not _is_possible(case, fault.about, library)
                for name in fault.about:
                    assert _is_possible(case, [each for each in fault.about if each != name], library)
    assert named_together > 20


def _drawn(concept: Concept, hand: random.Random) -> str:
    return hand.choice(["yes", "no"] if concept.kind is Kind.YES_NO else list(concept.values))


def _is_possible(case: Case, names: Iterable[str], library: Library) -> bool:
    return Reading(Case(case.on, {name: case.findings[name] for name in names}), library).is_possible


def test_the_days_since_are_a_span_of_their_own() -> None:
    """The earliest day is the longest ago."""
    early, late = date(2026, 5, 13).toordinal(), date(2026, 5, 19).toordinal()
    case = Case(TODAY, {"onset": Finding("onset", Span(early, late), TODAY, "", place=Place("x"))})

    assert case.days_since("onset") == Span(10, 16)
    assert case.seen_on(date(2026, 6, 29)).days_since("onset") == Span(41, 47)
    assert case.days_since("age") is None
