"""What people come to the page for, from beginning to end, in a real browser and in every way in which they use it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from .person import WAYS, Person, Way, somebody

SitDown = Callable[[Way], AbstractContextManager[Person]]


@pytest.fixture
def at_the_page(browser: Any, served: str) -> SitDown:
    """Return what sits somebody down at the page."""
    return lambda way: somebody(browser, served, way)


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
    """The patient of the worked article: asked one at a time, then the rest, then read, ticked and printed."""
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

        ticked = person.ticks(2)
        for size in ("A4", "Letter"):
            assert 1 <= person.prints(size) <= 2
        with person.on_paper():
            person.sees("expires 9 Jun 2026", "usually appropriate")
            person.does_not_see("Update the page", "Add an answer to", "This rule in the library")
            assert [each.is_checked() for each in ticked] == [True, True]
            assert all(each.is_visible() for each in ticked)
