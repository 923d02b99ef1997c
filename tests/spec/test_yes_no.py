"""Chapter 2. Yes/no questions."""

import pytest

from patency.case import Absence

from .reading import differences, language, patient

LANGUAGE = language("""
concepts:
  limb_threat:
    asks: Is the limb threatened?
    says: [the limb is threatened, the limb is not threatened]
    type: yes/no
    cost: examination
  active_bleeding:
    asks: Is the patient bleeding now?
    says: [there is active bleeding, there is no active bleeding]
    type: yes/no
    cost: examination
""")


def test_a_yes_no_concept_holds_when_it_is_answered_yes() -> None:
    """The name alone is the condition; without an answer it is unknown, never no."""
    table = """
        limb_threat: yes        | yes
        limb_threat: no         | no
        limb_threat: not known  | unknown
                                | unknown
        active_bleeding: yes    | unknown
    """
    assert not differences("limb_threat", table, LANGUAGE)


def test_not_denies_it() -> None:
    """`not` before a name asks for the answer no, and silence is not that answer."""
    table = """
        limb_threat: yes        | no
        limb_threat: no         | yes
        limb_threat: not known  | unknown
                                | unknown
    """
    assert not differences("not limb_threat", table, LANGUAGE)


def test_a_known_answer_settles_a_pair_though_the_other_is_unknown() -> None:
    """One No decides `and`, one Yes decides `or`."""
    table = """
        limb_threat: no                           | no
        active_bleeding: no                       | no
        limb_threat: yes                          | unknown
        limb_threat: yes, active_bleeding: yes    | yes
    """
    assert not differences("limb_threat and active_bleeding", table, LANGUAGE)
    table = """
        limb_threat: yes                          | yes
        active_bleeding: yes                      | yes
        limb_threat: no                           | unknown
        limb_threat: no, active_bleeding: no      | no
    """
    assert not differences("limb_threat or active_bleeding", table, LANGUAGE)


def test_unknown_or_its_denial_is_still_unknown() -> None:
    """The plain reading looks at each part by itself; what follows over all completions is worked out elsewhere."""
    table = """
                            | unknown
        limb_threat: yes    | yes
        limb_threat: no     | yes
    """
    assert not differences("limb_threat or not limb_threat", table, LANGUAGE)


@pytest.mark.parametrize(
    ("written", "absence"),
    [
        ("not known", Absence.NOT_KNOWN),
        ("unknown", Absence.NOT_KNOWN),
        ("not asked", Absence.NOT_ASKED),
        ("declined", Absence.DECLINED),
        ("not applicable", Absence.NOT_APPLICABLE),
    ],
)
def test_an_absence_says_why_there_is_no_value(written: str, absence: Absence) -> None:
    """An answer may be missing for a reason; it has no value all the same."""
    finding = patient(f"limb_threat: {written}", LANGUAGE).findings["limb_threat"]

    assert (finding.value, finding.absence) == (None, absence)


@pytest.mark.parametrize("written", ["yes", "Yes", "true", "present"])
def test_yes_can_be_written_in_several_ways(written: str) -> None:
    """A yes is a yes, however it is put."""
    assert not differences("limb_threat", f"limb_threat: {written} | yes\n | unknown", LANGUAGE)


@pytest.mark.parametrize("written", ["no", "No", "false", "absent"])
def test_no_can_be_written_in_several_ways(written: str) -> None:
    """A no is a no, however it is put."""
    assert not differences("limb_threat", f"limb_threat: {written} | no\n | unknown", LANGUAGE)
