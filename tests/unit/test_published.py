"""Published practice: how a survey is read, and what its figures come to."""

import pytest

from patency.fault import Refused
from patency.guideline.files import Local
from patency.guideline.load import read_library
from patency.practice.published import NO_COUNT, Published, is_by_arithmetic, of_words, percent_words
from patency.practice.read_published import gives, is_percentage
from patency.share import wilson
from patency.source import Mark

from .small import FILES

HEAD = """
survey: peers
kind: survey
short: Peers 2022
title: What peers do
year: 2022
asked: surgeons
through: a list of names
field: March 2022
invited: not published
answered: not published
analysed: not published
population: people with a clot
cite: [{source: leaflet, at: page 3, mark: second-hand}]
questions:
"""


def files(**more: str) -> dict[str, bytes]:
    return {
        name: text.encode()
        for name, text in (FILES | {f"practice/{name}.yaml": text for name, text in more.items()}).items()
    }


def survey(questions: str) -> Published:
    (found,) = (each for each in read_library(files(peers=HEAD + questions)).practice if each.id == "peers")
    return found


def test_a_survey_says_who_was_asked_and_how_many() -> None:
    """What was not published is said so."""
    library = read_library(files(peers=HEAD + "  - {id: q, asks: What?, base: not published, note: Varied.}"))
    assert [each.short for each in library.practice] == ["Peers 2022", "Readers 2021"]
    assert [each.flow for each in library.practice] == [
        "invited, answered and analysed: not published",
        "60 invited, 45 answered, 40 analysed",
    ]


def test_a_percentage_without_its_count_has_no_interval() -> None:
    """It stands as it was printed, and where the interval would stand is said why there is none."""
    (question,) = survey(
        "  - {id: q, asks: What?, base: not published, answers: {a: {words: one, percent: 50}}}"
    ).questions
    (answer,) = question.answers
    assert (percent_words(question, answer), of_words(question, answer)) == ("50%", NO_COUNT)
    assert (question.share(answer), question.interval(answer), question.rest) == (None, None, None)


def test_a_count_has_its_denominator_and_interval() -> None:
    """R: prop.test(14, 34, correct = FALSE)$conf.int gives 0.2636597 and 0.5777841."""
    (question,) = survey(
        "  - {id: q, asks: What?, base: 34, base_mark: inference, answers: {a: {words: one, percent: 41, count: 14}}}"
    ).questions
    (answer,) = question.answers
    assert of_words(question, answer) == "14 of 34; 26% to 58%"
    assert question.interval(answer) == pytest.approx((0.2636597, 0.5777841), abs=1e-7)
    assert (answer.mark, is_by_arithmetic(question, answer), question.rest) == (Mark.SECOND_HAND, True, 20)


def test_what_is_no_count_of_people_has_no_interval() -> None:
    """Answers to several cases by one person hang together."""
    (question,) = survey(
        "  - {id: q, asks: What?, of: cases, base: 774, answers: {a: {words: one, percent: 78, count: 607}}}"
    ).questions
    (answer,) = question.answers
    assert of_words(question, answer) == "607 of 774 cases; no interval, for these are not people"
    assert question.interval(answer) is None


def test_a_count_without_a_printed_percentage_gets_its_own() -> None:
    """51 of 53."""
    (question,) = survey("  - {id: q, asks: What?, base: 53, answers: {a: {words: one, count: 51}}}").questions
    assert percent_words(question, question.answers[0]) == "96%"


def test_several_answers_each_leave_no_rest() -> None:
    """9, 7 and 12 of 15 add up to more than everybody."""
    (question,) = survey(
        "  - {id: q, asks: What?, form: several, base: 15, answers: {a: {words: one, count: 9}, b: {words: two, count: 12}}}"
    ).questions
    assert question.rest is None


PRINTED = """
count  base  percent  gives
   14    34       41    yes
   14    34       42     no
    1     8     12.5    yes
    1     8       13    yes
    1     8       12    yes
  573   618     92.7    yes
   40    44       90     no
    1    97      1.0    yes
    1    97      1.1     no
    0    12        0    yes
   12    12      100    yes
"""


@pytest.mark.parametrize("row", PRINTED.split("\n")[2:-1])
def test_a_percentage_fits_its_count_to_its_own_decimals(row: str) -> None:
    """Whichever way a half is rounded; 12.5 is printed as 12 and as 13."""
    count, base, percent, expected = row.split()
    assert gives(int(count), int(base), percent) is (expected == "yes")


@pytest.mark.parametrize("text", ["", "-1", "44%", "1e1", "100.1", "4.", "٤", "nan", "half"])
def test_what_is_no_percentage_is_not_taken_for_one(text: str) -> None:
    """Digits alone, as they were printed."""
    assert not is_percentage(text)


def test_the_interval_of_the_usual_level_is_that_of_any_other() -> None:
    """R: prop.test(15, 34, conf.level = 0.9, correct = FALSE)$conf.int gives 0.3106379 and 0.5803867."""
    assert wilson(15, 34, 0.9) == pytest.approx((0.3106379, 0.5803867), abs=1e-7)
    assert wilson(15, 34, 0.95) == pytest.approx(wilson(15, 34, 0.95 + 1e-13), abs=1e-9)


def test_a_site_brings_a_survey_of_its_own() -> None:
    """It is labelled as local, and stands beside the published ones."""
    question = "  - {id: q, asks: What?, base: not published, note: Varied.}"
    ours = HEAD.replace("source: leaflet", "source: answers") + question
    source = "sources: {answers: {kind: note, title: What we were told, year: 2022}}"
    local = Local("ours", {"practice/ours.yaml": ours.encode(), "sources/ours.yaml": source.encode()})
    found = read_library(files(), local=local).practice
    assert [(each.short, each.is_local) for each in found] == [("Peers 2022 (local)", True), ("Readers 2021", False)]


def test_two_surveys_cannot_share_a_name() -> None:
    """A reference could mean either."""
    question = "  - {id: q, asks: What?, base: not published, note: Varied.}"
    with pytest.raises(Refused, match="'survey peers' is the name of two things"):
        read_library(files(one=HEAD + question, two=HEAD + question))
