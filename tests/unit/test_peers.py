"""What surveyed peers choose, beside what guidelines say."""

from datetime import date

import pytest

from patency.casefile import read_case
from patency.consult.html import to_html
from patency.consult.json import as_json
from patency.consult.page import Consult, consult
from patency.consult.peers import ALONE, Accord, lead, rows_with_peers, sign_test
from patency.consult.text import to_text
from patency.document import read_document
from patency.guideline.load import read_library
from patency.truth import Truth

from .small import FILES

SEVERE = "{age: 45, onset: 3 days ago, severity: severe, limb_threat: no}"
HEAD = FILES["practice/readers.yaml"].partition("questions:")[0]


def page(findings: str, *surveys: str, **more: str) -> Consult:
    """Consult the leaflet for a patient, beside surveys of which the questions are given."""
    texts = {name: text for name, text in FILES.items() if name != "practice/readers.yaml"}
    for number, questions in enumerate(surveys):
        head = HEAD.replace("survey: readers", f"survey: s{number}").replace("Readers 2021", f"Survey {number}")
        texts[f"practice/s{number}.yaml"] = f"{head}questions:\n{questions}"
    texts |= more
    library = read_library({name: text.encode() for name, text in texts.items()})
    document = read_document(f"on: 2026-05-29\nfindings: {findings}".encode(), "case.yaml")
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29))
    assert not faults
    return consult(library, case)


def asked(removal: int, waiting: int, base: int, when: str = "severity >= moderate", more: str = "") -> str:
    return f"""
  - id: first
    asks: What first?
    base: {base}
    {more}
    answers:
      removal: {{words: removal, count: {removal}}}
      waiting: {{words: waiting, count: {waiting}}}
    speaks: {{decision: treatment, when: {when}, means: {{removal: removal, waiting: waiting}}}}
"""


# The leaflet prefers removal to waiting for this patient. R: binom::binom.confint(30, 40, methods = "wilson") gives
# 0.598 to 0.858; 8 of 40 gives 0.105 to 0.348.
STANDS = """
removal  waiting  base  accord
      8       30    40  differ
     30        8    40  agree
     22       18    40  differ in part
     18       22    40  differ in part
     38        0    40  agree
      0        2    40  differ in part
      0        0    40  not told
"""


@pytest.mark.parametrize("row", STANDS.split("\n")[2:-1])
def test_practice_and_guidance_differ_only_where_clearly_more_than_half_chose_otherwise(row: str) -> None:
    """The lower end of Wilson's interval lies above one half, or it is only in part."""
    removal, waiting, base, *accord = row.split()
    found = page(SEVERE, asked(int(removal), int(waiting), int(base))).practice["treatment"]
    assert found.accord.value == " ".join(accord)


def test_the_sentence_names_counts_interval_and_guideline() -> None:
    """One sentence, all of it from data."""
    found = page(SEVERE, asked(8, 30, 40)).practice["treatment"]
    assert found.sentence == (
        "Practice and guidance differ: of 40 who answered Survey 0, 30 (75%; 60% to 86%) chose watchful waiting, "
        "to which Leaflets 2020 prefers another."
    )
    found = page(SEVERE, asked(30, 8, 40)).practice["treatment"]
    assert found.sentence == (
        "Practice and guidance agree: of 40 who answered Survey 0, 30 (75%; 60% to 86%) chose removal of the clot, "
        "which Leaflets 2020 favours."
    )


def test_what_the_question_took_as_settled_is_said() -> None:
    """Who was asked which method has not said that one should be used."""
    question = asked(8, 30, 40).replace("decision: treatment,", "decision: treatment, given: once it is agreed,")
    assert (
        "of 40 who answered Survey 0, asked once it is agreed, 30"
        in page(SEVERE, question).practice["treatment"].sentence
    )


def test_where_no_guideline_speaks_practice_stands_alone() -> None:
    """A child is outside the leaflet."""
    found = page("{age: 9, severity: severe}", asked(8, 30, 40))
    assert not found.first.rows
    assert (found.practice["treatment"].accord, found.practice["treatment"].sentence) == (Accord.ALONE, ALONE)


def test_what_guidelines_have_not_told_yet_differs_from_nothing() -> None:
    """Whether the leaflet speaks hangs on the day of onset."""
    found = page("{age: 45, severity: severe}", asked(8, 30, 40)).practice["treatment"]
    assert found.accord is Accord.UNTOLD
    assert found.sentence.startswith("What guidelines say on this hangs on what is not known")


def test_percentages_without_counts_tell_nothing() -> None:
    """There is no interval to lie above one half."""
    question = asked(8, 30, 40).replace("count: 8", "percent: 20").replace("count: 30", "percent: 75")
    found = page(SEVERE, question).practice["treatment"]
    assert found.accord is Accord.UNTOLD
    assert "no counts" in found.sentence


def test_a_question_speaks_where_its_condition_holds_and_may_where_it_is_open() -> None:
    """Unknown is not No: it is shown with what is still open, and what is No is left out."""
    speaks = page(SEVERE, asked(8, 30, 40)).practice["treatment"]
    assert [told.truth for told in speaks.speaking] == [Truth.YES]
    may = page("{age: 45}", asked(8, 30, 40)).practice["treatment"]
    assert [(told.truth, told.condition) for told in may.open] == [
        (Truth.UNKNOWN, "the severity of symptoms is at least moderate")
    ]
    assert (may.speaking, may.sentence) == ((), "")
    assert page("{age: 45, severity: mild}", asked(8, 30, 40)).practice == {}


def test_two_surveys_of_one_topic_stand_side_by_side_and_are_not_pooled() -> None:
    """Each has its own count and interval; each names the other."""
    found = page(SEVERE, asked(8, 30, 40, more="topic: first"), asked(1, 2, 10, more="topic: first")).practice[
        "treatment"
    ]
    assert [(told.survey.short, told.question.base, told.twins) for told in found.speaking] == [
        ("Survey 0", 40, ("Survey 1",)),
        ("Survey 1", 10, ("Survey 0",)),
    ]
    assert [told.survey.short for told, _ in found.options["removal"]] == ["Survey 0", "Survey 1"]


def test_an_option_that_only_peers_name_has_a_row() -> None:
    """In the order of the decision, and with nothing said of it by any guideline."""
    options = FILES["decisions.yaml"].replace("      waiting:", "      prayer: {words: prayer}\n      waiting:")
    question = asked(8, 30, 40).replace("means: {removal: removal", "means: {removal: prayer")
    found = page(SEVERE, question, **{"decisions.yaml": options})
    rows = rows_with_peers(found.first, found.practice["treatment"], found.library)
    assert [(row.option.id, bool(row.cells)) for row in rows] == [
        ("removal", True),
        ("prayer", False),
        ("waiting", True),
    ]
    # Nobody speaks of prayer, and removal is favoured: 38 of 40 chose neither.
    assert found.practice["treatment"].accord is Accord.DIFFER


def test_answers_that_are_no_options_are_on_neither_side() -> None:
    """They are shown as themselves."""
    question = asked(8, 30, 40).replace("removal: removal, waiting: waiting", "removal: itself, waiting: itself")
    found = page(SEVERE, question).practice["treatment"]
    assert (found.accord, found.options) == (Accord.UNTOLD, {})
    assert "no options of this decision" in found.sentence


SIGNS = """
more  fewer  p
  15     12  0.7011
  14     10  0.5413
  16      7  0.09314
   9      7  0.8036
  15      4  0.01921
  30      8  0.00047199
   5      5  1
"""


@pytest.mark.parametrize("row", SIGNS.split("\n")[2:-1])
def test_the_sign_test_is_exact(row: str) -> None:
    """R: binom.test(more, more + fewer)$p.value."""
    more, fewer, probability = row.split()
    assert sign_test(int(more), int(fewer)) == pytest.approx(float(probability), rel=1e-3)


def test_an_answer_leads_only_where_it_can_be_told_from_the_next() -> None:
    """Answers that were not reported may all have been one, and count as one more."""
    told = page(SEVERE, asked(8, 30, 40), asked(15, 4, 33), asked(5, 5, 40)).practice["treatment"].speaking
    assert [lead(each.question) for each in told] == [
        "Most chosen: waiting (30, against 8 for removal; exact sign test, p < 0.01).",
        (
            "No answer is chosen by clearly more than another (removal 15, answers that were not reported 14; "
            "exact sign test, p = 1.00)."
        ),
        "No answer can be said to be chosen most: those of 30 of 40 were not reported.",
    ]


def test_a_survey_changes_nothing_that_guidelines_say() -> None:
    """Neither advice nor questions nor the comparison know of it."""
    without, beside = page(SEVERE), page(SEVERE, asked(8, 30, 40))
    assert without.practice == {}
    assert [each.agreements for each in without.comparisons] == [each.agreements for each in beside.comparisons]
    assert [each.name for each in without.questions] == [each.name for each in beside.questions]
    assert without.state_words == beside.state_words


def test_figures_that_are_reconstructed_say_so_wherever_they_stand() -> None:
    """In capitals in text, loudly on the page, and in JSON."""
    labelled = FILES["practice/readers.yaml"] + "label: reconstructed from margins, not real answers\n"
    found = page(SEVERE, **{"practice/readers.yaml": labelled})
    assert "RECONSTRUCTED FROM MARGINS, NOT REAL ANSWERS. Readers 2021" in " ".join(to_text(found).split())
    assert '<strong class="loud">reconstructed from margins, not real answers</strong>' in to_html(found)
    (practice,) = as_json(found)["practice"]
    assert [each["survey"]["label"] for each in practice["questions"]] == [
        "reconstructed from margins, not real answers"
    ]


def test_json_has_what_the_page_has() -> None:
    """Each share with its count, denominator, interval and mark; null where nothing was published."""
    question = asked(8, 30, 40).replace("count: 8", "percent: 20").replace("form: one", "")
    (practice,) = as_json(page(SEVERE, question))["practice"]
    assert (practice["decision"], practice["label"], practice["accord"]) == (
        "treatment",
        "practice, not guidance",
        "not told",
    )
    removal, waiting = practice["questions"][0]["answers"]
    assert (removal["percent"], removal["count"], removal["interval"], removal["mark"]) == ("20", None, None, None)
    assert (waiting["count"], waiting["of"], waiting["share"], waiting["mark"]) == (30, 40, 0.75, "original")
    # R: prop.test(30, 40, correct = FALSE)$conf.int gives 0.5980604 and 0.8581288.
    assert waiting["interval"] == {
        "low": pytest.approx(0.5980604, abs=1e-6),
        "high": pytest.approx(0.8581288, abs=1e-6),
    }
