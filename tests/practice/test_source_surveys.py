"""What the two published surveys print, printed again by their reconstruction."""

import csv
import io

import pytest

from patency.fault import Refused
from patency.percent import percent
from patency.practice.markdown import to_markdown
from patency.practice.tables import Options, Row
from patency.practice.tally import tabulate
from patency.practice.tidy import to_csv
from patency.share import Share, wilson

from .printed import ALL_VTE_PRACTICE, ELITE_KIDS, RATES, Printed, printed
from .shipped import NAMES, shipped

TABLES = {"elite-kids": ELITE_KIDS, "all-vte-practice": ALL_VTE_PRACTICE}
EACH = [(name, each) for name, table in TABLES.items() for each in printed(table)]
WORDS = {"all": "100", "half": "50"}


def row_of(name: str, each: Printed) -> Row:
    question = shipped(name).tables.question(each.question)
    rows = question.selections if each.is_of_ticks else (*question.rows, *question.collapsed)
    return next(row for row in rows if row.name == each.answer)


@pytest.mark.parametrize(
    ("name", "each"), EACH, ids=lambda given: given if isinstance(given, str) else f"{given.question}-{given.answer}"
)
def test_the_report_prints_what_was_published(name: str, each: Printed) -> None:
    """Count, denominator and percentage of every answer that was printed stand in one line of the report's tables."""
    row = row_of(name, each)
    assert row.share == Share(each.people, each.of)
    assert percent(row.share) == f"{WORDS.get(each.percent, each.percent)}%"

    line = f"| {row.words} | {each.people} | {each.of} | {WORDS.get(each.percent, each.percent)}% |"
    asks = shipped(name).survey.instrument.items[each.question].asks
    number = list(shipped(name).survey.instrument.items).index(each.question) + 1
    part = to_markdown(shipped(name).report).partition(f"### {number}. {asks}")[2].partition("### ")[0]
    assert line in part


@pytest.mark.parametrize("name", NAMES)
def test_the_response_that_was_published_is_one_of_two(name: str) -> None:
    """The printed 58% counts 40 replies of 69, and 35 of them were analysed, 51%; 17.7% counts 154 of 870, and 145 are 16.7%.

    AAPOR RR1 is I, and RR2 I + P, of all who were invited (standard definitions, 9th edition, as public programs have them).
    """
    rates = {rate.name: rate for rate in shipped(name).tables.rates}
    published, count, invited = RATES[name]
    analysed = {"elite-kids": ("51", 35), "all-vte-practice": ("16.7", 145)}[name]
    assert (rates["RR2"].numerator, rates["RR2"].denominator) == (count, invited)
    assert (rates["RR1"].numerator, rates["RR1"].denominator) == (analysed[1], invited)
    assert all(rates[each].value is None for each in ("RR3", "RR5", "REF1", "COOP1", "CON1")), "refusals are not stated"
    said = to_markdown(shipped(name).report)
    for number, of_all in ((published, count), analysed):
        assert f"| {of_all} | {invited} | {number}% |" in said


def test_the_flow_goes_from_the_invited_to_the_analysed() -> None:
    """69 invited, 40 answered, 35 complete and analysed; every row of the file is kept."""
    elite = shipped("elite-kids")
    stages = {stage.words: stage.count for stage in elite.report.stages}
    assert [stages[each] for each in ("Invited", "Kept", "Not complete", "Analysed")] == [69, 40, 5, 35]
    assert (elite.arrival.rows_in, elite.arrival.rows_kept, elite.arrival.refused, elite.arrival.set_aside) == (
        40,
        40,
        (),
        (),
    )


def test_a_third_of_the_invited_say_little_of_the_rest() -> None:
    """15 of 34 answers are 29% to 61% of such respondents, and 22% to 72% of all who were invited.

    One of the 69 is known not to have been asked: least 15 of 68, most 15 + 34 of 68.
    """
    row = row_of("elite-kids", Printed("44", "no_mts_first", False, "pcdt", 15, 34))
    assert row.interval == wilson(15, 34)
    assert row.bounds == (Share(15, 68), Share(49, 68))
    assert [percent(share) for share in row.bounds] == ["22%", "72%"]


def test_heterogeneous_practice_is_a_number() -> None:
    """Shannon's entropy of 15, 12 and 4, over the logarithm of 3; the 3 of whom nothing was stated are no answer.

    R: p <- c(15, 12, 4) / 31; -sum(p * log(p)) / log(3) gives 0.8946416338681261.
    """
    spread = shipped("elite-kids").tables.question("no_mts_first").spread
    assert spread is not None
    assert spread.entropy == pytest.approx(0.8946416338681261, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_wherever_the_numbers_go_the_label_goes_too(name: str) -> None:
    """In every part of the report in Markdown, and in every line of its CSV."""
    label = shipped(name).survey.label
    assert label.startswith("Reconstructed from published margins, not real responses.")
    said = to_markdown(shipped(name).report)
    assert said.count("\n## ") == said.count("> **Reconstructed from published margins, not real responses.**")
    rows = list(csv.DictReader(io.StringIO(to_csv(shipped(name).report).decode("utf-8-sig"))))
    assert rows
    assert all(any(cell.startswith("Reconstructed from published margins") for cell in row.values()) for row in rows)


def test_what_nobody_knows_is_not_crossed() -> None:
    """Each question was dealt out on its own, so a table of two, or a comparison of them, is refused with the reason."""
    elite = shipped("elite-kids")
    with pytest.raises(Refused, match="the answers of 'elite-kids' cannot be crossed with 'experience'"):
        tabulate(elite.arrival.sheet, elite.survey, Options(by=("experience",)))
    two = Options(compared=(("no_mts_first", "mts_first"),))
    with pytest.raises(Refused, match="what two of them say together is chance"):
        tabulate(elite.arrival.sheet, elite.survey, two)


def test_what_was_ticked_together_is_not_told() -> None:
    """No two ticks of one person are compared, and the interval is that of 34 people and not of 50 ticks."""
    question = shipped("elite-kids").tables.question("factors")
    assert question.selections[0].interval == wilson(0.24 * 34, 34)
    assert not any("those who ticked" in warning for warning in question.warnings)


def test_what_was_reported_without_figures_has_none() -> None:
    """Seven questions of childhood leukaemia were reported as varied, and nobody is said to have answered them."""
    tables = shipped("all-vte-practice").tables
    silent = [question.item.name for question in tables.questions if not question.reach.answered]
    assert silent == [
        "most_treated", "sinus_thrombosis_duration", "embolism_duration", "thrombocytopenia", "platelet_threshold",
        "drug_class", "prophylaxis",
    ]  # fmt: skip


def test_nobody_is_said_to_have_left_blank_what_was_not_published() -> None:
    """Where no figure was published the report says so, and what is told of such a question stands beside it."""
    said = to_markdown(shipped("all-vte-practice").report)
    part = said.partition("At which platelet count do you hold anticoagulation?")[2].partition("### ")[0]
    assert "No figure was published." in part
    assert "Reported as varied, without figures" in part
    assert "left it blank" not in said.partition("## About the respondent")[2].partition("## Checklist")[0]


def test_what_the_authors_did_not_state_is_not_stated() -> None:
    """What the reconstruction has (19 questions, branching) is not taken for what the questionnaire had."""
    lines = to_markdown(shipped("elite-kids").report).split("\n")
    for item in ("Adaptive questioning", "Number of items", "Incentives", "Informed consent", "Completeness check"):
        (line,) = [line for line in lines if line.startswith(f"| {item}")]
        assert line.endswith("| not stated |")
