"""The files of the two published surveys are what their margins make, and say of every row that it is made."""

import csv
import io

import pytest

from .printed import ALL_VTE_PRACTICE, COUNTED, ELITE_KIDS, IMPOSSIBLE, IN_THE_TEXT, RATES, Impossible, printed
from .reconstruct import LABEL, RECONSTRUCTED, SURVEYS, Survey, deal, write

TABLES = {"elite-kids": ELITE_KIDS, "all-vte-practice": ALL_VTE_PRACTICE}


def rounded(count: int, of: int) -> int:
    """Round a percentage as a paper prints it, a half away from zero, in whole numbers throughout."""
    return (200 * count + of) // (2 * of)


@pytest.mark.parametrize("survey", RECONSTRUCTED, ids=lambda survey: survey.name)
def test_the_shipped_file_is_what_the_script_writes(survey: Survey) -> None:
    """Letter by letter: nobody mended an answer by hand."""
    assert (SURVEYS / f"{survey.name}.csv").read_bytes() == write(survey)


@pytest.mark.parametrize("survey", RECONSTRUCTED, ids=lambda survey: survey.name)
def test_every_row_says_that_it_is_reconstructed(survey: Survey) -> None:
    """A row that is copied out of its file still says so."""
    rows = list(csv.DictReader(io.StringIO(write(survey).decode())))
    assert len(rows) == survey.analysed + survey.unfinished
    assert {row["reconstructed"] for row in rows} == {LABEL}


@pytest.mark.parametrize("survey", RECONSTRUCTED, ids=lambda survey: survey.name)
def test_what_is_dealt_out_are_the_margins(survey: Survey) -> None:
    """Each answer is given as often as its margin says, nobody ticks one twice, and nobody ticks nothing."""
    for question, rows in deal(survey).items():
        margin = survey.margins[question]
        given = [answer for answers in rows.values() for answer in answers]
        assert {answer: given.count(answer) for answer in margin.counts} == dict(margin.counts)
        assert all(len(set(answers)) == len(answers) > 0 for answers in rows.values())
        if not margin.is_multiple:
            assert all(len(answers) == 1 for answers in rows.values())


@pytest.mark.parametrize("name", TABLES)
def test_every_percentage_of_the_text_is_listed(name: str) -> None:
    """In the order of the text. "Both at 20%" is one percentage of two factors; what is told in words has none."""
    listed = [RATES[name][0], *(each.percent for each in printed(TABLES[name]) if each.percent.isdigit())]
    if name == "elite-kids":
        assert listed.pop(listed.index("20")) == "20"
    assert listed == IN_THE_TEXT[name].split()


@pytest.mark.parametrize("name", TABLES)
def test_a_count_gives_the_percentage_that_is_printed(name: str) -> None:
    """Rounded as it is printed; "all" is all of them, and "half" rounds to 50."""
    words = {"all": 100, "half": 50}
    for each in printed(TABLES[name]):
        expected = words[each.percent] if each.percent in words else int(each.percent)
        assert rounded(each.people, each.of) == expected, each


@pytest.mark.parametrize("impossible", IMPOSSIBLE, ids=lambda each: each.why)
def test_some_percentages_fit_no_count(impossible: Impossible) -> None:
    """Of none of these denominators does each of these percentages have a count."""
    for of in impossible.denominators:
        fits = [any(rounded(count, of) == percent for count in range(of + 1)) for percent in impossible.percents]
        assert not all(fits), f"{impossible.percents} fit {of}"


def test_only_145_fits_what_is_printed_of_childhood_leukaemia() -> None:
    """Neither the 154 who responded nor the 142 of a congress report give the seven percentages that are printed with counts."""
    fitting = [of for of in range(100, 200) if all(rounded(count, of) == percent for count, percent in COUNTED)]
    assert fitting == [145]
    assert sum(count for count, _ in COUNTED[:4]) == 145
