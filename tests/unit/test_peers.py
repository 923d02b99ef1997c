"""What surveyed peers choose, beside what guidelines say."""

from datetime import date

import pytest

from patency.casefile import read_case
from patency.consult.accord import Accord
from patency.consult.html import to_html
from patency.consult.json import as_json
from patency.consult.most_chosen import lead, sign_test
from patency.consult.page import Consult, consult
from patency.consult.peers import ALONE, NOT_ASKED, NOT_REPORTED, rows_with_peers
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
        "Practice and guidance differ: in Survey 0, 30 of 40 (75%; 60% to 86%) chose watchful waiting, "
        "to which Leaflets 2020 prefers removal of the clot (is good)."
    )
    found = page(SEVERE, asked(30, 8, 40)).practice["treatment"]
    assert found.sentence == (
        "Practice and guidance agree: in Survey 0, 30 of 40 (75%; 60% to 86%) chose removal of the clot, "
        "which Leaflets 2020 favours (is good)."
    )


def test_a_question_that_took_something_for_granted_tells_nothing() -> None:
    """Who was asked which method has not said that one should be used, however many named it."""
    for removal, waiting in ((8, 30), (38, 0)):
        question = asked(removal, waiting, 40).replace(
            "decision: treatment,", "decision: treatment, given: once it is agreed, given_short: if agreed,"
        )
        found = page(SEVERE, question)
        assert found.practice["treatment"].accord is Accord.UNTOLD
        assert found.practice["treatment"].sentence == (
            "Whether practice and guidance differ cannot be told: Survey 0 was asked once it is agreed, which takes "
            "for granted what is to be decided."
        )
    assert "peers 95% (38 of 40; 83% to 99%), if agreed, Survey 0, 2021 [1]" in " ".join(to_text(found).split())


def test_what_is_unspoken_of_is_never_said_to_be_opposed() -> None:
    """Twenty-five chose an option of which nobody speaks, and ten one to which another is preferred."""
    options = FILES["decisions.yaml"].replace("      waiting:", "      prayer: {words: prayer}\n      waiting:")
    question = asked(25, 10, 40).replace("means: {removal: removal", "means: {removal: prayer")
    found = page(SEVERE, question, **{"decisions.yaml": options}).practice["treatment"]
    # R: prop.test(35, 40, correct = FALSE)$conf.int gives 0.739 to 0.945; 10 of 40 0.142 to 0.402; 25 of 40 0.470 to 0.758.
    assert found.sentence == (
        "Practice and guidance differ: in Survey 0, 35 of 40 (88%; 74% to 95%) chose what no guideline here favours: "
        "10 of 40 (25%; 14% to 40%) chose watchful waiting, to which Leaflets 2020 prefers removal of the clot "
        "(is good); 25 of 40 (63%; 47% to 76%) chose prayer, of which no guideline here speaks for this patient; "
        "favoured here: removal of the clot (Leaflets 2020)."
    )


def test_an_answer_that_means_several_options_stands_where_they_all_stand() -> None:
    """In its own words; where they stand apart it is on neither side, and it is shown beside each."""
    options = FILES["decisions.yaml"].replace(
        "      waiting:", "      prayer: {words: prayer}\n      pilgrimage: {words: pilgrimage}\n      waiting:"
    )
    both = asked(30, 8, 40).replace("removal: removal,", "removal: [prayer, pilgrimage],")
    found = page(SEVERE, both, **{"decisions.yaml": options}).practice["treatment"]
    assert "30 of 40 (75%; 60% to 86%) chose removal, of which no guideline here speaks" in found.sentence
    assert list(found.options) == ["prayer", "pilgrimage", "waiting"]
    apart = asked(30, 0, 40).replace("removal: removal,", "removal: [removal, waiting],")
    assert page(SEVERE, apart).practice["treatment"].accord is Accord.UNTOLD


def test_for_whom_alone_an_answer_is_meant_is_kept() -> None:
    """In the cell and in the sentence."""
    question = asked(30, 8, 40).replace("waiting: waiting}", "waiting: waiting}, only: {removal: for the few}")
    found = page(SEVERE, question)
    sentence = found.practice["treatment"].sentence
    assert "30 of 40 (75%; 60% to 86%) use removal of the clot, for the few, which Leaflets 2020 favours" in sentence
    assert "peers 75% (30 of 40; 60% to 86%), for the few, Survey 0, 2021 [1]" in " ".join(to_text(found).split())


def test_a_survey_older_than_a_guideline_says_so() -> None:
    """Nobody can follow what is not written yet."""
    leaflet = FILES["guidelines/leaflet.yaml"].replace("year: 2020", "year: 2022")
    found = page(SEVERE, asked(8, 30, 40), **{"guidelines/leaflet.yaml": leaflet}).practice["treatment"]
    assert found.sentence.endswith("; surveyed before that guideline.")


def test_counts_by_arithmetic_are_marked_in_the_cell_and_in_the_sentence() -> None:
    """As Patency's own reading, like everything else on the page that was not printed."""
    found = page(SEVERE, asked(8, 30, 40, more="base_mark: inference\n    base_note: 20 would fit as well."))
    text = " ".join(to_text(found).split())
    assert "peers 75% (30 of 40; 60% to 86%), Survey 0, 2021 [1 own]" in text
    assert f"{found.practice['treatment'].sentence} [1 own]" in text
    assert "counts by Patency's arithmetic; 20 would fit as well. [1][1 own]" in text
    assert ".." not in text


def test_an_option_that_nobody_was_asked_of_says_so() -> None:
    """A question with answers that were not reported may have offered it; one that took something for granted did not."""
    options = FILES["decisions.yaml"].replace("      waiting:", "      prayer: {words: prayer}\n      waiting:")
    one = asked(30, 8, 40).replace("waiting: waiting}", "waiting: itself}")
    for question, said in (
        (one, NOT_REPORTED),
        (one.replace("base: 40", "base: 38"), NOT_ASKED),
        (one.replace("treatment,", "treatment, given: once agreed,"), NOT_ASKED),
    ):
        found = page(SEVERE, question, **{"decisions.yaml": options})
        assert found.practice["treatment"].unasked == said
        assert f"peers: {said}" in " ".join(to_text(found).split())
        assert f'<span class="soft">{said}</span>' in to_html(found)


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
    told = (
        page(SEVERE, asked(8, 30, 40), asked(15, 4, 33), asked(5, 5, 40), asked(15, 9, 26))
        .practice["treatment"]
        .speaking
    )
    assert [lead(each.question) for each in told] == [
        "Most chosen: waiting (30, against 8 for removal; exact sign test, p < 0.01).",
        (
            "14 answers were not reported, so it cannot be told whether any answer was chosen by clearly more than "
            "every other."
        ),
        (
            "30 answers were not reported, so it cannot be told whether any answer was chosen by clearly more than "
            "every other."
        ),
        "No answer was chosen by clearly more than every other (removal 15, waiting 9; exact sign test, p = 0.31).",
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
