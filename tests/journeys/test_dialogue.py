"""From nothing to a settled page, question by question, without a terminal: what is said and heard is passed in."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pytest

from patency.case import Absence, Case
from patency.casefile import read_case, set_findings
from patency.consult import dialogue
from patency.consult.dialogue import converse
from patency.consult.page import consult, is_settled_on
from patency.document import read_bytes, read_document
from patency.guideline.advise import Reading, advise
from patency.guideline.cache import open_library
from patency.guideline.model import Library
from patency.truth import Truth
from patency.vocabulary import Kind

from .conftest import ROOT

TODAY = date(2026, 5, 29)


@pytest.fixture(scope="module")
def whole() -> Library:
    """Return the whole library."""
    found = open_library()
    assert len(found.guidelines) > 30
    return found


@pytest.fixture(scope="module")
def library(whole: Library) -> Library:
    """Return the library with the two editions of one guideline, so that what is asked can be told by heart."""
    kept = {name: guideline for name, guideline in whole.guidelines.items() if name in ("acr-2013", "acr-2020")}
    return whole._replace(guidelines=kept)


# The patient of examples/acute-severe-adult.yaml, as a clinician would answer; what the file does not say is not known.
WORKED = {
    "age": "45 years",
    "pregnant": "no",
    "side": "left",
    "segments": "common_femoral, external_iliac, common_iliac",
    "onset": "3 days ago",
    "severity": "severe",
    "limb_threat": "no",
    "anticoagulated": "yes",
    "otherwise_healthy": "yes",
    "compression_lesion": "none",
}


class Talk(NamedTuple):
    """A conversation: what is then known, what was asked, and every line of it."""

    case: Case
    asked: list[str]
    lines: list[str]


def talk(
    library: Library, answers: Mapping[str, str | Sequence[str]], case: Case | None = None, otherwise: str = "not known"
) -> Talk:
    """Hold a conversation with somebody who has these answers, several in turn, and says `otherwise` to the rest."""
    vocabulary = library.lexicon.vocabulary
    names = {concept.asks: concept.name for concept in vocabulary.concepts.values()}
    names |= {panel.asks: panel.name for panel in vocabulary.panels.values()}
    waiting = {name: [said] if isinstance(said, str) else list(said) for name, said in answers.items()}
    asked: list[str] = []
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        question = re.fullmatch(r"\n\d+\. (.*)", line)
        if question:
            asked.append(names[question[1]])

    def hear(prompt: str) -> str:
        left = waiting.get(asked[-1], [])
        answer = left.pop(0) if left else otherwise
        lines.append(prompt + answer)
        if answer == "(end of input)":
            raise EOFError
        return answer

    return Talk(converse(library, case or Case(TODAY), hear, say), asked, lines)


def matching(library: Library, case: Case) -> list[str]:
    """Name the variants of ACR 2020 that hold, once nothing is left to ask."""
    (advice,) = consult(library, case).current
    return [each.rule.id for each in advice.matches]


def test_the_worked_patient_settles_in_at_most_ten_questions(library: Library) -> None:
    """From nothing; a panel counts as one question. The variant of the worked article holds, and no other."""
    held = talk(library, WORKED)
    (advice,) = consult(library, held.case).current

    assert len(held.asked) <= 10
    assert len(set(held.asked)) == len(held.asked)
    assert advice.is_settled
    assert [each.rule.id for each in advice.matches] == ["v2"]
    assert held.lines[-1] == f"Nothing more could change an opinion ({len(held.asked)} questions).\n"


def settled_after(library: Library, held: Talk, guideline: str) -> int:
    """Count the questions after which nothing unknown could change what one guideline says on the first decision."""
    members = {name: panel.name for panel in library.lexicon.vocabulary.panels.values() for name in panel.members}
    case, put = Case(TODAY), set()
    for finding in held.case.findings.values():
        panel = members.get(finding.concept, "")
        put.add(panel if panel in held.asked else finding.concept)
        case = case.with_finding(finding)
        advice = advise(library.guidelines[guideline], Reading(case, library))
        if is_settled_on("first-treatment", [advice]):
            break
    return len(put)


TOLD = WORKED | {
    "bleeding_risk": "low",
    "life_expectancy": "30 years",
    "course_so_far": "none",
    "endovascular_available": "yes",
    "phlegmasia": "none",
    "high_pts_risk": "no",
    "patient_fears_pts_more_than_bleeding": "no",
    "episode_history": "first",
    "ambulatory": "yes",
}


def test_in_the_whole_library_the_first_decision_settles_first(whole: Library) -> None:
    """Seventeen questions settle it for every guideline, thirteen for one of them; the dialogue says so and goes on."""
    held = talk(whole, TOLD)
    said = [line.strip() for line in held.lines if line.startswith("\nHow to treat the clot first:")]

    assert said == ["How to treat the clot first: settled (18 questions)."]
    assert settled_after(whole, held, "acr-2020") <= 13
    assert held.lines.index("\nHOW TO TREAT THE CLOT FIRST") < held.lines.index("\nWHETHER TO STENT THE VEIN")
    assert "first-treatment" not in {question.decision for question in consult(whole, held.case).questions}
    assert consult(whole, held.case).state_words.startswith("How to treat the clot first: settled; later decisions:")


def test_a_child_is_asked_nothing_for_a_guideline_on_adults(whole: Library) -> None:
    """In the whole library the age comes first, and settles it for that guideline."""
    held = talk(whole, TOLD | {"age": "12 years"})

    assert held.asked[0] == "age"
    assert settled_after(whole, held, "acr-2020") == 1


def test_a_decision_that_what_is_not_known_leaves_open_is_not_called_settled(whole: Library) -> None:
    """The dialogue goes on all the same, and says which it was."""
    held = talk(whole, WORKED)

    assert "\nHow to treat the clot first: nothing more to ask, and not settled (17 questions)." in held.lines
    assert not any(line.startswith("\nHow to treat the clot first: settled") for line in held.lines)


def test_what_the_dialogue_learns_is_what_the_file_says(library: Library) -> None:
    """Both rate the options alike, once compression is known in the file too."""
    document = read_document(read_bytes(ROOT / "examples" / "acute-severe-adult.yaml"), "acute-severe-adult.yaml")
    case, faults = read_case(document, library.lexicon.vocabulary, TODAY, also=("expect",))
    assert not faults
    case, faults = set_findings(case, ["compression_lesion=none"], library.lexicon.vocabulary)
    assert not faults

    def rated(case: Case) -> list[tuple[str, str, Truth]]:
        (advice,) = consult(library, case).current
        return [(each.option, each.grade.id, each.holds) for rule in advice.rules for each in rule.opinions]

    assert rated(talk(library, WORKED).case) == rated(case)


@pytest.mark.parametrize(
    ("change", "variants", "most"),
    [
        ({"age": "12 years"}, [], 7),
        ({"severity": "mild"}, ["v1"], 10),
        ({"limb_threat": "yes"}, ["v5"], 5),
        ({"onset": "18 days ago"}, [], 10),
        ({"pregnant": "yes"}, ["v7"], 10),
        ({"compression_lesion": "may_thurner"}, ["v2", "v4"], 10),
        ({"segments": "popliteal, femoral", "severity": "moderate"}, ["v3"], 10),
        ({"segments": "calf"}, [], 10),
    ],
    ids=["child", "mild", "threat", "day-18", "pregnant", "may-thurner", "femoropopliteal", "calf"],
)
def test_other_patients_settle_too(library: Library, change: dict[str, str], variants: list[str], most: int) -> None:
    """The more an answer rules out, the fewer questions are left."""
    held = talk(library, WORKED | change)

    assert matching(library, held.case) == variants
    assert len(held.asked) <= most
    assert held.lines[-1].startswith("Nothing more could change an opinion")


def test_nothing_that_was_answered_not_known_is_asked_again(library: Library) -> None:
    """Somebody who knows nothing is asked each question once, and then the page is printed as it is."""
    held = talk(library, {})

    assert len(set(held.asked)) == len(held.asked)
    assert {found.absence for found in held.case.findings.values()} == {Absence.NOT_KNOWN}
    assert consult(library, held.case).questions == ()
    assert not consult(library, held.case).current[0].is_settled


@pytest.mark.parametrize("said", ["", "not known", "unknown", "Not known"])
def test_there_are_several_ways_not_to_know(library: Library, said: str) -> None:
    """Enter alone is one of them."""
    first = talk(library, {}, otherwise="stop").asked[0]
    held = talk(library, {first: said}, otherwise="stop")

    assert held.case.findings[first].absence is Absence.NOT_KNOWN
    assert held.asked.count(first) == 1


WRONG = {
    "age": ["430", "-3", "45 kg", "forty-five", "45 years"],
    "segments": ["9", "femur", "5, 9", ",", "common_femoral, external_iliac, common_iliac"],
    "onset": ["tomorrow", "2026-06-01", "05/06/2026", "200 years ago", "3 days ago"],
    "severity": ["5", "0", "awful", "severe"],
    "limb_threat": ["perhaps", "1", "no"],
    "otherwise_healthy": ["so-so", "²", "yes"],
    "compression_lesion": ["²", "9" * 5000, "none"],
}


def test_a_wrong_answer_is_asked_for_again_and_nothing_is_lost(library: Library) -> None:
    """Each says what is wrong and how to put it; in the end the same is known as if it had been right at once."""
    held, plain = talk(library, {**WORKED, **WRONG}), talk(library, WORKED)

    assert held.asked == plain.asked
    assert {name: found.value for name, found in held.case.findings.items()} == {
        name: found.value for name, found in plain.case.findings.items()
    }
    for line in (
        "   'age' cannot be 430: it lies between 0 and 120 years; check the number and its unit",
        "   'age' is not measured in 'kg': the number would mean something else; use year, month, week or day",
        "   '9' is none of them: the answers are numbered 1 to 8; write their numbers",
        "   'limb_threat' cannot be 'perhaps': it is a yes/no question; write yes, no or not known",
    ):
        assert line in held.lines
    assert not any("Traceback" in line for line in held.lines)


def test_an_answer_that_contradicts_the_others_is_asked_for_again(library: Library) -> None:
    """A child of three is not pregnant; the age is asked again, and why is said."""
    vocabulary = library.lexicon.vocabulary
    case, _ = set_findings(Case(TODAY), ["pregnant=yes"], vocabulary)
    held = talk(library, WORKED | {"age": ["3 years", "30 years"]}, case)

    assert any("these findings cannot all be true: the patient is pregnant and" in line for line in held.lines)
    assert any("Only a woman or girl of childbearing age is pregnant" in line for line in held.lines)
    assert finding(held, "age") == "30 years"


def test_what_several_laws_rule_out_together_is_said(library: Library) -> None:
    """Phlegmasia cerulea threatens the limb and a threatened limb is severe, so it is not mild: two laws, one answer."""
    vocabulary = library.lexicon.vocabulary
    case, _ = set_findings(Case(TODAY), ["phlegmasia=cerulea", "age=50", "segments=[common_femoral]"], vocabulary)
    mild, faults = set_findings(case, ["severity=mild"], vocabulary)
    assert not faults
    found = dialogue._impossible([mild.findings["severity"]], case, library)
    assert [fault.what for fault in found] == [
        "no patient can have all of these findings: 'phlegmasia': cerulea and 'severity': mild"
    ]


def finding(held: Talk, name: str) -> str:
    return held.case.findings[name].written


def test_numbers_choose_from_what_is_shown(library: Library) -> None:
    """The answers are numbered, and kept by name."""
    held = talk(library, WORKED | {"segments": "5, 6 7", "severity": "4", "compression_lesion": "1"})

    assert finding(held, "segments") == "common_femoral, external_iliac, common_iliac"
    assert (finding(held, "severity"), finding(held, "compression_lesion")) == ("severe", "none")
    assert matching(library, held.case) == ["v2"]


def test_an_answer_may_leave_several_possible(library: Library) -> None:
    """`moderate or severe` is one answer, and so is an interval."""
    held = talk(library, WORKED | {"severity": "moderate or severe", "onset": "3 to 5 days ago"})

    assert matching(library, held.case) == ["v2"]


@pytest.mark.parametrize(("yes", "no"), [("y", "n"), ("Yes", "NO")])
def test_yes_and_no_may_be_short(library: Library, yes: str, no: str) -> None:
    """One letter is enough."""
    held = talk(library, WORKED | {"limb_threat": no, "pregnant": no, "otherwise_healthy": yes})

    assert matching(library, held.case) == ["v2"]


def test_an_answer_to_a_derived_question_is_an_assertion(library: Library) -> None:
    """The page shows it as asserted."""
    held = talk(library, WORKED)

    assert held.case.findings["otherwise_healthy"].is_asserted
    assert not held.case.findings["limb_threat"].is_asserted


PARTS = WORKED | {"otherwise_healthy": "not known", "lysis_contraindicated": "not known", "good_function": "yes"}


def test_a_panel_is_one_question(library: Library) -> None:
    """Who cannot say whether the patient is healthy is asked for the parts; one `none` answers several."""
    panels = library.lexicon.vocabulary.panels
    nothing = dict.fromkeys(panels, "none")
    long_ago = {
        each.name: "10 years ago" for each in library.lexicon.vocabulary.concepts.values() if each.kind is Kind.DATE
    }
    held = talk(library, {**nothing, **long_ago, **PARTS, "active_cancer": "no", "major_surgery": "no"})
    asked = [name for name in held.asked if name in panels]

    assert asked, "some panel is asked"
    assert matching(library, held.case) == ["v2"]
    for name in asked:
        answered = [found for found in held.case.findings.values() if found.panel == name]
        assert len(answered) > 1
        assert {(found.value, found.on, found.written) for found in answered} == {(Truth.NO, TODAY, "none of these")}


def test_a_panel_takes_the_numbers_of_those_present(library: Library) -> None:
    """What is shown under a number is then present, the others are not."""
    panels = library.lexicon.vocabulary.panels
    first = next(name for name in talk(library, PARTS).asked if name in panels)
    held = talk(library, {**PARTS, first: ["99", "1"]})
    answered = {name: found.value for name, found in held.case.findings.items() if found.panel == first}

    assert list(answered.values()).count(Truth.YES) == 1
    assert set(answered.values()) == {Truth.YES, Truth.NO}
    assert any(line.startswith("   '99' is none of them: the answers are numbered 1 to ") for line in held.lines)


def test_help_explains_a_question_and_asks_it_again(library: Library) -> None:
    """The help text of the vocabulary, descriptors of severity and all, and no answer is taken."""
    held = talk(library, {**WORKED, "severity": ["help", "HELP", "severe"]})
    told = [line for line in held.lines if "Moderate to severe: marked swelling" in line]

    assert len(told) == 2
    assert matching(library, held.case) == ["v2"]


@pytest.mark.parametrize("word", ["stop", "quit", "Q", "(end of input)"])
def test_stop_ends_it_with_what_is_known(library: Library, word: str) -> None:
    """Nothing answered before is lost, nothing is invented, and the page can be printed."""
    held = talk(library, WORKED | {"limb_threat": word})
    before = held.asked[: held.asked.index("limb_threat")]

    assert held.asked[-1] == "limb_threat"
    assert list(held.case.findings) == before
    assert consult(library, held.case).questions


def test_a_case_that_is_settled_is_asked_nothing(library: Library) -> None:
    """There is nothing to hear."""
    held = talk(library, {}, talk(library, WORKED).case)

    assert held.asked == []
    assert held.lines[-1] == "Nothing more could change an opinion (0 questions).\n"


def test_every_question_is_numbered_and_says_how_to_answer(library: Library) -> None:
    """Its answers or an example stand under it."""
    lines = talk(library, WORKED).lines
    shown = "\n".join(lines)

    assert "\n1. " in shown
    assert "   for example 30 years" in lines
    assert "   for example 3 days ago" in lines
    assert "   yes or no" in lines
    assert "   5 the common femoral vein" in lines
    assert "   write the numbers of all that apply, or 'none'" in lines
    assert "   write one number" in lines
