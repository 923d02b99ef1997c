"""An event and its date: the one is asked before the other, and the date answers both."""

from datetime import date

import pytest

from patency.casefile import read_case
from patency.document import read_document
from patency.guideline.advise import Reading, advise
from patency.guideline.ask import ask
from patency.guideline.model import Library
from patency.truth import Truth

GOOD = """
on: 2026-05-29
findings:
  age: 45
  pregnant: no
  segments: [common_femoral]
  onset: 3 days ago
  severity: severe
  limb_threat: no
  compression_lesion: none
  good_function: yes
  active_cancer: no
"""


def read(text: str, library: Library):  # type: ignore[no-untyped-def]
    return read_case(read_document(text.encode(), "case.yaml"), library.lexicon.vocabulary, date(2026, 5, 29))


@pytest.mark.parametrize(
    ("written", "event", "happened"),
    [
        ("major_surgery_on: 5 days ago", "major_surgery", Truth.YES),
        ("major_surgery_on: 200 days ago", "major_surgery", Truth.NO),
        ("major_surgery_on: 3 months ago", "major_surgery", None),
        ("stroke_or_tia_on: 20 years ago", "stroke_or_tia", Truth.YES),
        ("major_surgery_on: not known", "major_surgery", None),
    ],
)
def test_a_date_answers_whether_the_event_was(
    written: str, event: str, happened: Truth | None, library: Library
) -> None:
    """Within the reach of the event's question its date means Yes, beyond it No, and across its edge nothing."""
    case, faults = read(f"on: 2026-05-29\nfindings:\n  {written}\n", library)
    assert faults == []
    assert case.value(event) is happened


def test_nobody_is_asked_when_before_being_asked_whether(library: Library) -> None:
    """The day of an operation is asked once there was one, and never before."""
    case, _ = read(GOOD, library)
    guideline = library.guidelines["acr-2020"]
    asked = {name for question in ask([advise(guideline, Reading(case, library))], case, library)
             for name in question.concepts}  # fmt: skip
    assert "major_surgery" in asked
    assert not {name for name in asked if name.endswith("_on")}

    case, _ = read(GOOD + "  major_surgery: yes\n", library)
    questions = ask([advise(guideline, Reading(case, library))], case, library)
    assert "major_surgery_on" in {question.name for question in questions}


def test_what_is_left_is_asked_though_every_date_is_not_known(library: Library) -> None:
    """With the summary questions and all dates answered not known, the events themselves are still asked, and settle it."""
    unknown = "".join(f"  {name}: not known\n" for name in (
        "otherwise_healthy", "lysis_contraindicated", "stroke_or_tia_on", "intracranial_bleed_on", "neurosurgery_on",
        "head_trauma_on", "major_surgery_on"))  # fmt: skip
    guideline = library.guidelines["acr-2020"]
    case, _ = read(GOOD + unknown, library)
    questions = ask([advise(guideline, Reading(case, library))], case, library)
    assert "brain_and_spine" in {question.name for question in questions}

    panels = "  brain_and_spine: none\n  recent_procedures: none\n  bleeding_now: none\n"
    known = unknown
    for line in unknown.splitlines(keepends=True):
        if "_on:" in line:
            known = known.replace(line, "")
    case, faults = read(GOOD + known + panels, library)
    assert faults == []
    assert (
        next(each for each in advise(guideline, Reading(case, library)).rules if each.rule.id == "v2").holds
        is Truth.YES
    )


def test_the_start_of_a_treatment_is_asked_once_one_has_begun(library: Library) -> None:
    """A choice is an event too: the first treatment has a day only when there was one."""
    concept = library.lexicon.vocabulary.concepts["initial_treatment_on"]
    assert (concept.only_if, concept.other_than) == ("initial_treatment", "none_yet")
    _, faults = read(
        "on: 2026-05-29\nfindings:\n  initial_treatment: none_yet\n  initial_treatment_on: 2 days ago\n", library
    )
    assert [fault.what for fault in faults] == [
        "'initial_treatment_on' dates what 'initial_treatment' says has not happened"
    ]
