"""What a survey's file says; what it says wrongly is in tests/refused."""

from datetime import date

from patency.practice.read_survey import read_surveys
from patency.practice.survey import FieldPeriod, Outcome, Reached, Survey, Visits

from .made import instrument

ASKED = instrument(uses="yes/no", how="ordered never often always | regularly: often always when uses", years="number")
FULL = """
survey: made-up
title: What nobody does
short: Made-up
instrument: made
label: made up
frame:
  population: clinicians who do not exist
  reached: named list
  through: a list of names
  invited: 69
  institutions: 65
  strata: {north: {words: from the north, invited: 20}, south: {invited: 49}}
field: {from: 2026-05-05, to: 2026-06-30}
ethics: {board: No board, consent: none was needed}
outcome: {complete: 35, partial: 5, unknown: 29, eligible: 0.5}
visits: {agreed: 40, finished: 35}
facts: {contact: by letter, incentives: none}
complete: uses and how >= often
responses: {file: made-up.csv, mapping: made-up.map.yaml}
practice:
  how: {decision: first-treatment, when: child, means: {regularly: itself}}
"""
LEAST = """
survey: made-up
title: What nobody does
instrument: made
frame: {population: whoever came by, reached: open link}
"""


def read(text: str) -> Survey:
    return read_surveys({"made-up.yaml": text.encode()}, {"made": ASKED}, {})["made-up"]


def test_a_survey_states_who_was_invited_when_and_what_came_of_it() -> None:
    """Each part of the file stands in the survey."""
    found = read(FULL)

    assert (found.frame.reached, found.frame.invited, found.frame.institutions) == (Reached.NAMED_LIST, 69, 65)
    assert [(each.words, each.invited) for each in found.frame.strata.values()] == [
        ("from the north", 20),
        ("south", 49),
    ]
    assert found.field == FieldPeriod(date(2026, 5, 5), date(2026, 6, 30))
    assert found.outcome == Outcome(35, 5, None, None, None, 29, 0.5)
    assert found.visits == Visits(agreed=40, finished=35)
    assert (found.ethics, found.facts) == (
        {"board": "No board", "consent": "none was needed"},
        {"contact": "by letter", "incentives": "none"},
    )
    assert (found.complete is not None, found.is_finished_needed) == (True, False)
    assert found.responses is not None
    assert (found.responses.file, found.responses.mapping) == ("made-up.csv", "made-up.map.yaml")
    assert (found.practice["how"].decision, found.practice["how"].means) == (
        "first-treatment",
        {"regularly": ("itself",)},
    )


def test_what_a_survey_does_not_state_is_not_known() -> None:
    """Nothing is taken for nought or for nothing."""
    found = read(LEAST)

    assert (found.short, found.label, found.frame.invited, found.frame.strata) == ("made-up", "", None, {})
    assert (found.field, found.outcome, found.visits) == (FieldPeriod(None, None), Outcome(), Visits())
    assert (found.complete, found.is_finished_needed, found.responses) == (None, False, None)


def test_responses_may_have_to_be_finished() -> None:
    """`complete: finished` asks for no condition."""
    found = read(f"{LEAST}complete: finished\n")

    assert (found.complete, found.is_finished_needed) == (None, True)
