"""A survey's own answers as published practice: what is written is read again, and nothing is lost on the way."""

import pytest

from patency.document import read_document
from patency.fault import Fault, Refused
from patency.guideline.model import Library
from patency.practice.as_published import as_published
from patency.practice.published import Published, is_by_arithmetic
from patency.practice.read_published import Known, read_published
from patency.share import Share
from patency.source import Mark

from .made_up import LABEL, SOURCES, survey, tables

WRITTEN = """\
# Counted from the answers of made-up, cd34cd34cd34; made anew rather than mended by hand.

survey: made-up
"""


def read(written: str, library: Library) -> Published:
    """Read what was written as content is read, where `adult` and `young` are known."""
    faults: list[Fault] = []
    condition = written.replace("adult and not young", "adult").replace("when: adult", "when: age >= 18 years")
    options = {"which-first": ("the_one", "the_other"), "whether": ("use",)}
    known = Known(SOURCES, library.lexicon, options, faults)
    published = read_published(read_document(condition.encode(), "made-up.yaml"), known)
    assert faults == []
    return published


def test_what_is_written_is_read_again(library: Library) -> None:
    """Who was asked, through what and when, how many; each answer with its count and what it means."""
    written = as_published(survey(), tables())
    assert written.startswith(WRITTEN)
    published = read(written, library)
    assert (published.invited, published.answered, published.analysed) == (69, 40, 35)
    assert (published.year, published.field) == (2026, "5 May 2026 to 30 Jun 2026")
    first, often = published.questions
    assert [first.share(each) for each in first.answers] == [Share(15, 34), Share(12, 34), Share(7, 34)]
    assert [each.percent for each in first.answers] == ["44", "35", "21"]
    assert first.speaks is not None
    assert first.speaks.means == {"one": ("the_one",), "another": ("the_other",), "hostile": ()}
    assert first.speaks.given == "once it is used"
    assert first.rest == often.rest == 0


def test_what_has_a_meaning_as_one_is_counted_as_one(library: Library) -> None:
    """Always and sometimes are 15 of 33, in the place of the first of them; what has no meaning stands as itself."""
    _, often = read(as_published(survey(), tables()), library).questions
    assert [(each.id, each.count) for each in often.answers] == [
        ("never", 7),
        ("rarely", 9),
        ("at_times", 2),
        ("often", 15),
    ]
    assert often.speaks is not None
    assert often.speaks.means == {"never": (), "rarely": (), "at_times": (), "often": ("use",)}


def test_the_label_goes_along(library: Library) -> None:
    """What is put together from margins is marked as an inference; what was counted is a count, whoever answered."""
    published = read(as_published(survey()._replace(is_margins_only=True), tables()), library)
    assert published.label == LABEL
    assert {each.mark for question in published.questions for each in question.answers} == {Mark.INFERENCE}
    assert {question.base_mark for question in published.questions} == {Mark.INFERENCE}
    counted = read(as_published(survey(), tables()), library)
    assert counted.label == LABEL
    assert {each.mark for question in counted.questions for each in question.answers} == {Mark.ORIGINAL}
    assert not any(is_by_arithmetic(question, each) for question in counted.questions for each in question.answers)
    real = read(as_published(survey(""), tables("")), library)
    assert real.label == ""
    assert {each.mark for question in real.questions for each in question.answers} == {Mark.ORIGINAL}


def test_a_question_that_no_column_is_mapped_to_is_not_handed_on() -> None:
    """Nothing is known of its answers, and to write none of none would say that nobody answered."""
    every = tuple(each._replace(is_mapped=each.item.name not in survey().practice) for each in tables().questions)
    with pytest.raises(Refused, match="no column of the file is mapped to"):
        as_published(survey(), tables()._replace(questions=every))


def test_a_survey_that_says_nothing_to_a_consult_is_refused() -> None:
    """Its authors alone can say for which patients an answer speaks; and what has no day cannot be weighed."""
    with pytest.raises(Refused, match="does not say what its questions mean"):
        as_published(survey()._replace(practice={}), tables())
    dateless = survey()._replace(field=survey().field._replace(first=None, last=None))
    with pytest.raises(Refused, match="does not state when"):
        as_published(dateless, tables())
