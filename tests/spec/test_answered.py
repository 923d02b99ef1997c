"""`answered(item)`: a questionnaire alone may ask whether something was answered, and it is never unknown."""

from datetime import date

import pytest

from patency.case import Absence, Case, Finding, Span
from patency.fault import Fault, Place
from patency.instrument.conditions import Mentioned
from patency.language.draw import draw
from patency.language.evaluate import evaluate, explain, open_part
from patency.language.lexicon import Lexicon
from patency.language.parse import parse
from patency.language.terms import All, Answered, Holds, Not, concepts_of, walk
from patency.language.words import to_words
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

ON = date(2026, 5, 29)
HERE = Place("leg.yaml", 3)
PAIN = Concept(
    "pain",
    Kind.YES_NO,
    "Pain?",
    "Pain",
    "it hurts",
    "it does not hurt",
    "",
    (),
    {},
    "",
    {},
    0,
    0,
    "history",
    (),
    0,
    HERE,
)
WORDS = Mentioned(Vocabulary({"pain": PAIN}), ("pain", "why"))


def told(**findings: Finding) -> Case:
    return Case(ON, findings)


@pytest.mark.parametrize(
    ("finding", "is_answered"),
    [
        (Finding("pain", Truth.NO, ON, "no"), Truth.YES),
        (Finding("pain", Span(1, 3), ON, "1 to 3"), Truth.YES),
        (Finding("pain", None, ON, "it hurts at night"), Truth.YES),  # free text, of which no more is known
        (Finding("pain", None, ON, "not known", absence=Absence.NOT_KNOWN), Truth.NO),
        (Finding("pain", None, ON, "declined", absence=Absence.DECLINED), Truth.NO),
    ],
)
def test_an_answer_of_any_kind_is_one_and_a_reason_for_giving_none_is_none(
    finding: Finding, is_answered: Truth
) -> None:
    """Whether somebody answered is always known."""
    assert evaluate(Answered("pain"), told(pain=finding)) is is_answered
    assert evaluate(Not(Answered("pain")), told(pain=finding)) is not is_answered


def test_what_is_left_out_is_not_answered_and_its_answer_is_unknown() -> None:
    """A blank is a No to whether it was answered, and Unknown as to what."""
    assert evaluate(Answered("pain"), told()) is Truth.NO
    assert evaluate(Holds("pain"), told()) is Truth.UNKNOWN


def test_it_is_read_where_items_can_be_answered_free_text_among_them() -> None:
    """The words of an instrument name what is answerable."""
    faults: list[Fault] = []
    assert parse("answered(why) and pain", HERE, WORDS, faults) == All((Answered("why"), Holds("pain")))
    assert parse("not answered( pain )", HERE, WORDS, faults) == Not(Answered("pain"))
    assert faults == []


@pytest.mark.parametrize("text", ["answered(pain)", "answered", "pain = answered"])
def test_of_a_patient_it_is_refused_as_every_question_after_the_unknown_is(text: str) -> None:
    """A lexicon has nothing answerable: filling in an unknown must never reverse advice."""
    faults: list[Fault] = []
    assert parse(text, HERE, Lexicon(Vocabulary({"pain": PAIN})), faults) is None
    (fault,) = faults
    assert "unknown" in fault.why or "yes/no" in fault.what


def test_it_is_said_as_what_was_done() -> None:
    """An item is named by its words, free text by its name."""
    vocabulary = WORDS.vocabulary
    assert to_words(Answered("pain"), vocabulary) == "Pain was answered"
    assert to_words(Not(Answered("why")), vocabulary) == "why was not answered"
    assert (
        to_words(Not(All((Answered("why"), Holds("pain")))), vocabulary) == "why was not answered or it does not hurt"
    )


def test_it_is_an_end_of_every_walk_and_explains_itself() -> None:
    """It mentions its item, has no parts, and is never open."""
    term = All((Answered("why"), Holds("pain")))
    assert concepts_of(term) == ["why", "pain"]
    assert [type(each) for each in walk(term)] == [All, Answered, Holds]
    case = told(why=Finding("why", None, ON, "at night"))
    assert [each.truth for each in explain(term, case).because] == [Truth.YES, Truth.UNKNOWN]
    assert open_part(term, case) == Holds("pain")


def test_no_landscape_is_drawn_over_it() -> None:
    """A landscape is of patients; if such a term came so far, the parser would have failed, and that is said."""
    with pytest.raises(AssertionError, match="no condition of a patient asks whether something was answered"):
        draw([All((Answered("pain"), Holds("pain")))], Lexicon(Vocabulary({"pain": PAIN})))
