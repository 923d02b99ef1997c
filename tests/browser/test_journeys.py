"""What people come to the page for, from beginning to end, in a real browser and in every way in which they use it."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from patency.guideline.model import Library

from .chromium import WARD
from .person import WAYS, Person, SitDown, Way, somebody
from .serving import serving, whole_application

every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)

WORKED = {
    "How old is the patient?": ["45"],
    "Is the limb threatened?": ["No"],
    "Which veins of this leg, and is the vena cava, involved?":
        ["The common femoral vein", "The external iliac vein", "The common iliac vein", "is not there"],
    "How severe are the symptoms in the limb?": ["Severe"],
    "Is the patient pregnant?": ["No"],
    "On what day did symptoms of this clot begin?": ["3 days ago"],
    "Apart from this clot, is the patient healthy?": ["Yes"],
    "Which leg is this about?": ["The left"],
    "Is the patient anticoagulated now?": ["Yes"],
}  # fmt: skip
MOST_PASSED = 2  # questions passed over, after which one asks for the rest


def answers_what_is_asked(person: Person, known: dict[str, list[str]]) -> dict[str, list[str]]:
    """Answer what one knows, one question at a time as they come; return what was not asked."""
    left, passed = dict(known), 0
    while left and passed < MOST_PASSED:
        question = person.asked
        if question in left:
            person.answers(question, *left.pop(question))
            person.presses("Next")
        else:
            person.presses("Pass over")
            passed += 1
        assert person.asked != question
    return left


@every_way
def test_from_the_empty_form_to_print(way: Way, at_the_page: SitDown) -> None:
    """The patient of the worked article: asked one at a time, then the rest, then read and printed; another is ticked."""
    with at_the_page(way) as person:
        person.opens()
        person.is_in_order()
        person.writes("Day of this page", "2026-05-29")
        left = answers_what_is_asked(person, WORKED)
        assert len(left) < len(WORKED) / 2
        person.presses(r"All \d+ questions")
        person.is_in_order()
        for question in list(left):
            if not person.is_asked(question):
                person.picks("Add an answer to", question)
                person.presses("Add")
            person.answers(question, *left.pop(question))
        person.presses("Update the page")

        person.sees("expires 9 Jun 2026", "age: 45 years", "the affected leg: the left", "3 days ago")
        assert person.opinions("ACR 2020", "anticoagulation alone").startswith("● usually appropriate")
        assert person.opinions(
            "ACR 2020", "catheter-directed removal (CDT or PMT), with or without a stent"
        ).startswith("● usually")
        assert person.opinions("ACR 2020", "surgical thrombectomy").startswith("◐ may be appropriate")

        person.opens_rule("ACR 2020", "anticoagulation alone")
        person.sees(
            "ACR 2020, v2", "Holds for this patient", "when the clot is iliofemoral, and symptoms began less than 14 days ago",
            "Yes symptoms began less than 14 days ago", "No the limb is threatened", "variant 2: read second-hand",
        )  # fmt: skip
        person.closes_rule()

        for size in ("A4", "Letter"):
            assert 1 <= person.prints(size) <= 2
        with person.on_paper():
            person.sees("expires 9 Jun 2026", "usually appropriate")
            person.does_not_see("Update the page", "Add an answer to", "This rule in the library")

        person.opens("examples/ivc-extension")  # whose clot is in the cava as well, so that a plan stands there
        ticked = person.ticks(2)
        with person.on_paper():
            assert [each.is_checked() for each in ticked] == [True, True]
            assert all(each.is_visible() for each in ticked)


CHILD = {
    "How old is the patient?": ["12"],
    "Is the limb threatened?": ["No"],
    "How severe are the symptoms in the limb?": ["Severe"],
}


@every_way
def test_a_child(way: Way, at_the_page: SitDown) -> None:
    """The guidelines for adults are out of scope, in one line; the one for children speaks."""
    with at_the_page(way) as person:
        person.opens()
        answers_what_is_asked(person, CHILD)
        declined = person.asked
        person.answers(declined, "Not known")
        person.picks("because it is", "declined", within=declined)
        person.presses("Next")

        person.sees("age: 12 years", "Answered not known", "declined")
        assert len(re.findall(r"Out of scope: [^.]*ACR 2020[^.]*SIR 2023", person.words)) == 1
        assert "ASH 2018 (children)" in person.columns
        assert not {"ACR 2020", "SIR 2023", "CHEST 2021"} & {*person.columns}
        person.is_in_order()


@every_way
def test_a_limb_threat_entered_late_puts_the_alert_on_top(way: Way, at_the_page: SitDown) -> None:
    """It stands before the form and all else, is said aloud, and leads from wherever one is."""
    with at_the_page(way) as person:
        person.opens("examples/acute-severe-adult")
        person.does_not_see("Limb-threatening ischaemia is an emergency")
        person.answers("Is the limb threatened?", "Yes")
        if not way.has_script:
            person.presses("Next")

        person.has_alert_on_top("limb-threatening ischaemia is an emergency")
        person.presses("Next") if way.has_script else None
        person.has_alert_on_top("limb-threatening ischaemia is an emergency")
        assert person.opinions("ACR 2020", "anticoagulation alone").startswith("✕ usually not appropriate")


FAULTY = """
case: faulty
on: 2026-05-29
findings:
  age: forty
  onset: 3/4/2026
  severity: sever
  limb_threats: no
  segments: [common_femoral, external_iliac, common_iliac]
  side: left
"""
MENDED = {
    "How old is the patient?": ["40"],
    "On what day did symptoms of this clot begin?": ["3 April 2026"],
    "How severe are the symptoms in the limb?": ["Severe"],
    "limb_threats (not in the vocabulary)": [""],
}
FAULTS = ("age", "onset", "severity", "limb_threats")


@every_way
def test_a_faulty_case_file_is_mended_at_its_fields(way: Way, at_the_page: SitDown, tmp_path: Path) -> None:
    """Each fault stands beside its field, and is led to from the top, where the focus is; mended one by one, the page is whole."""
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY, encoding="utf-8")
    with at_the_page(way) as person:
        person.opens()
        person.uploads(file)
        person.sees("4 things need mending")
        assert person.is_at("errors")
        person.is_in_order()
        for name in FAULTS:
            person.follows_fault(name)
            assert person.is_at(f"field-{name}")
            assert person.says_beside(name)
        for left, (question, answer) in zip((3, 2, 1, 0), MENDED.items(), strict=True):
            person.answers(question, *answer)
            person.presses("Next")
            person.sees(f"{left} things need mending" if left > 1 else "One thing needs mending" if left else "Consult")
        person.does_not_see("mending")
        person.sees("age: 40 years", "3 Apr 2026", "the severity of symptoms: severe", "the limb is not threatened")


@every_way
def test_a_case_is_kept_opened_elsewhere_and_forgotten(way: Way, at_the_page: SitDown) -> None:
    """The key that is shown once opens it in any browser; once it is forgotten nothing does."""
    with at_the_page(way) as person:
        person.opens("examples/mild")
        ticked = len(person.ticks(1))
        patient = person.patient
        person.picks("Keep it here for", "8 hours")
        person.presses("Keep")
        person.sees("Kept for 8 hours", "It is shown this once")
        person.is_in_order()
        key = person.page.locator(".kept-key").inner_text()
    with at_the_page(way) as person:
        person.opens()
        person.writes("A case kept here, by its key", key.lower())
        person.presses("Open", beside="by its key")
        assert person.patient == patient
        assert person.page.locator(".tick:checked").count() == ticked
    with at_the_page(way) as person:
        for words in ("The case is forgotten", "no case is kept here under this key"):
            person.opens()
            person.writes("A case kept here, by its key", key)
            person.presses("Forget it", beside="by its key")
            person.sees(words)
            person.does_not_see(patient)
        person.is_in_order()


@every_way
def test_the_page_is_taken_away_in_three_forms(way: Way, at_the_page: SitDown, tmp_path: Path) -> None:
    """As a page that stands alone, as JSON, and as a case file that opens to the same page."""
    with at_the_page(way) as person:
        person.opens("examples/acute-severe-adult")
        patient, opinion = person.patient, person.opinions("ACR 2020", "anticoagulation alone")
        alone = person.downloads_by("Page as one file").decode()
        assert "usually appropriate" in alone
        assert "<script" not in alone
        told = json.loads(person.downloads_by("JSON"))
        assert told["case"]["name"] == "acute-severe-adult"
        file = tmp_path / "case.yaml"
        file.write_bytes(person.downloads_by("Case file"))
        person.opens()
        person.uploads(file)
        assert person.patient == patient
        assert person.opinions("ACR 2020", "anticoagulation alone") == opinion


def test_when_the_server_stops_the_page_says_what_it_does_not_know(browser: Any, library: Library) -> None:
    """It looks stale and says why; when the server is back it comes back."""
    app = whole_application(library)
    with contextlib.ExitStack() as open_page:
        with serving(app) as address:
            person = open_page.enter_context(somebody(browser, address, WAYS[0]))
            person.opens("examples/mild")
        person.wire.is_down = True
        person.answers("How severe are the symptoms in the limb?", "Severe")
        person.sees("The server cannot be reached", "does not know your last answer", "press “Next” to try again")
        assert person.page.locator("#live.stale").count() == 1
        person.page.wait_for_function("() => getComputedStyle(document.querySelector('.leaf')).opacity < 1")
        with person.on_paper():
            said = "each => getComputedStyle(each, '::before').content"
            assert "does not know the last answer" in person.page.locator("#live").evaluate(said)
        with serving(app, port=int(address.rstrip("/").rpartition(":")[2])):
            person.presses("Next")
            person.does_not_see("does not know your last answer")
            person.sees("the severity of symptoms: severe")
            assert person.page.locator("#live.stale").count() == 0


def test_answers_are_not_lost_without_a_word(at_the_page: SitDown) -> None:
    """With a script the answers are in the page alone: whoever reloads or goes back is asked first. One who answered nothing is not."""
    with at_the_page(WAYS[0]) as person:
        warned: list[str] = []

        def accept(dialog: Any) -> None:
            warned.append(dialog.type)
            dialog.accept()

        person.page.on("dialog", accept)
        person.opens("examples/mild")
        person.page.reload()
        assert warned == []
        person.answers("How severe are the symptoms in the limb?", "Severe")
        person.sees("the severity of symptoms: severe")
        person.downloads_by("Case file")
        person.picks("Keep it here for", "8 hours")
        person.presses("Keep")
        person.presses("Back to the case")
        person.page.reload()
        assert warned == []
        person.sees("the severity of symptoms: severe")
        person.answers("How severe are the symptoms in the limb?", "Mild")
        person.sees("the severity of symptoms: mild")
        person.page.reload()
        assert warned == ["beforeunload"]


def test_without_a_script_a_reload_asks_again_what_was_asked(at_the_page: SitDown) -> None:
    """The browser sends the form again, and the page is the same."""
    with at_the_page(Way("no script", has_script=False)) as person:
        person.opens("examples/mild")
        person.answers("How severe are the symptoms in the limb?", "Severe")
        person.presses("Next")
        person.page.reload()
        person.sees("the severity of symptoms: severe")


@pytest.mark.parametrize("has_script", [True, False])
def test_on_a_ward_without_https_every_form_is_taken(browser: Any, served: str, has_script: bool) -> None:
    """Over plain http and under a name of its own a browser says of a form only its origin, and must be let say it."""
    address = served.replace("127.0.0.1", WARD)
    with somebody(browser, address, Way("ward", has_script=has_script)) as person:
        person.opens("examples/mild")
        person.presses("Next")
        assert person.downloads_by("Case file")
        person.presses("Keep")
        person.sees("Kept for 1 hour")
