"""The answers behind two published surveys, put together again from their margins.

In: for each question of ELITE-Kids (2025) and of the survey on childhood leukaemia (2021), how many gave each answer:
a count that the text prints, or one that gives the percentage it prints. Out: content/surveys/*.csv, a row for each
response. `python tests/practice/reconstruct.py` writes them anew; a test compares them letter by
letter.

These are not responses. How a person who gave one answer answered another question is not known: each question is
dealt out on its own, to the rows in the order of a hash of the question's name and the row's number. So no
cross-tabulation of these files means anything, and every row says so.

Not here: which percentages come out of them (test_source_surveys.py), what the surveys were (content/surveys).
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SURVEYS = Path(__file__).parents[2] / "src" / "patency" / "content" / "surveys"
LABEL = "reconstructed from published margins, not a real response"


class Margin(NamedTuple):
    """How often each answer to a question was given; `answered` is how many gave them, where several may be given.

    Only those are asked who gave the answer `if_answered` names: a question and one of its answers.
    """

    counts: Mapping[str, int]
    if_answered: tuple[str, str] | None = None
    answered: int = 0

    @property
    def is_multiple(self) -> bool:
        """Whether one person may have ticked several."""
        return bool(self.answered)


class Survey(NamedTuple):
    """The margins of one survey: so many responses were analysed, and so many more were begun and not finished."""

    name: str
    analysed: int
    unfinished: int
    margins: Mapping[str, Margin]


USES = ("uses_endovascular", "yes")

ELITE_KIDS = Survey(
    "elite-kids",
    35,
    5,
    {
        "experience": Margin({"six_or_more": 27, "fewer_than_six": 8}),
        "setting": Margin({"academic_childrens_hospital": 30, "other": 5}),
        "resources": Margin({"yes": 35}),
        "uses_endovascular": Margin({"yes": 34, "no": 1}),
        # Shares of what was ticked. 25 ticks would do (6, 5, 5), but 34 people tick one each at least: 50 is the next
        # total that gives 24.0%, 20.0% and 20.0% exactly. 41, 45 and 46 round to the same.
        "factors": Margin({"severe_symptoms": 12, "limb_ischaemia": 10, "may_thurner": 10, "other": 18}, USES, 34),
        "no_mts_first": Margin({"pcdt": 15, "cdt": 12, "thrombectomy": 4, "other": 3}, USES),
        "mts_first": Margin({"pcdt": 14, "cdt": 10, "thrombectomy": 6, "other": 4}, USES),
        "mts_beside": Margin({"angioplasty": 34}, USES),
        # "Always or sometimes" is one number. How it falls apart is not known: all of it stands as "sometimes", whose
        # words say so, for a split would make "rarely" look like what most chose.
        "thrombectomy_first_line": Margin({"sometimes": 15, "rarely": 9, "never": 7, "other": 2}, USES),
        # 61% is 14 of 23, 11 of 18, 17 of 28, 19 of 31 or 20 of 33. 23 is the most that is not above the 24 who would
        # use it always, sometimes or rarely.
        "thrombectomy_used": Margin({"used": 23, "other": 10}, USES),
        "thrombectomy_outcome": Margin({"acceptable": 14, "other": 9}, ("thrombectomy_used", "used")),
        "upfront_stent": Margin({"everyone": 2, "selected": 15, "never_or_very_rarely": 4, "other": 12}, USES),
        "stent_factors": Margin(
            {"age_or_size": 9, "compression": 7, "interventionist": 12}, ("upfront_stent", "selected"), 15
        ),
        # 69% is 9 of 13, 11 of 16, 18 of 26, 20 of 29, 22 of 32 or 24 of 35. The abstract's questions are answered by 34,
        # 33 and then 30, in its own order, and this one stands between: 32.
        "stent_timing": Margin({"interventionist": 22, "other": 10}, USES),
        # 63% is 22 of 35, 20 of 32 or 19 of 30, for the same reason the last.
        "heparin_during": Margin({"prophylactic": 19, "other": 11}, USES),
        "outpatient_drug": Margin({"doac": 16, "lmwh": 7, "other": 7}),
        "duration_without_stent": Margin({"six_to_twelve_weeks": 14, "longer": 11, "other": 5}),
        # 53% and 45% share no denominator from 10 to 35. 53% is 16 of 30 (17 of 32, 18 of 34), 45% is 13 of 29 (14 of 31,
        # 15 of 33): one person fewer answered the last question.
        "duration_with_stent": Margin({"at_least_six_months": 16, "other": 14}),
        "antiplatelet_with_stent": Margin({"recommended": 13, "other": 16}),
    },
)

ALL_VTE_PRACTICE = Survey(
    "all-vte-practice",
    145,
    9,
    {
        "field": Margin({"haematology": 76, "oncology": 19, "combined": 40, "transplant": 10}),
        "experience": Margin({"up_to_five": 38, "six_to_fifteen": 63, "sixteen_or_more": 44}),
        "new_leukaemias": Margin({"up_to_fifty": 99, "more_than_fifty": 46}),
        # "All but 1": of the 145 whose other answers are counted; of the 154 who responded it would be 153.
        "country": Margin({"united_states": 144, "other": 1}),
        "most_treated": Margin({}),
        # "Half" is 72 or 73 of 145 (71 of 142): the first that is no less than half. 16% is 23 of either.
        "catheter_dvt_duration": Margin({"three_months": 73, "until_line_removal": 23, "other": 49}),
        "sinus_thrombosis_duration": Margin({}),
        "embolism_duration": Margin({}),
        "thrombocytopenia": Margin({}),
        "platelet_threshold": Margin({}),
        "drug_class": Margin({}),
        "prophylaxis": Margin({}),
    },
)

RECONSTRUCTED = (ELITE_KIDS, ALL_VTE_PRACTICE)


def order(question: str, rows: Sequence[int]) -> list[int]:
    """Put rows in the order in which the answers to a question are dealt out to them."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{question} {row}".encode()).digest())


def deal(survey: Survey) -> dict[str, dict[int, list[str]]]:
    """Deal the answers of each question out to the rows that are asked it: row by row, what it answered."""
    dealt: dict[str, dict[int, list[str]]] = {}
    for question, margin in survey.margins.items():
        asked = list(range(1, survey.analysed + 1))
        if margin.if_answered:
            before, answer = margin.if_answered
            asked = [row for row in asked if answer in dealt[before].get(row, [])]
        answers = [name for name, count in margin.counts.items() for _ in range(count)]
        # Ticks go round those who answered, so that nobody ticks one twice and everybody ticks one.
        rows = order(question, asked)[: margin.answered if margin.is_multiple else len(answers)]
        dealt[question] = {row: answers[place :: len(rows)] for place, row in enumerate(rows)}
    return dealt


def header(survey: Survey) -> list[str]:
    """Name the columns: a question each, or one for each answer where several may be ticked."""
    columns = ["response", "reconstructed", "finished"]
    for question, margin in survey.margins.items():
        columns += [f"{question}/{answer}" for answer in margin.counts] if margin.is_multiple else [question]
    return columns


def cells(survey: Survey, dealt: Mapping[str, Mapping[int, list[str]]], row: int) -> list[str]:
    """Write one row."""
    written = [str(row), LABEL, "yes" if row <= survey.analysed else "no"]
    for question, margin in survey.margins.items():
        given = dealt[question].get(row)
        if margin.is_multiple:
            written += ["" if given is None else str(int(answer in given)) for answer in margin.counts]
        else:
            written += given or [""]
    return written


def write(survey: Survey) -> bytes:
    """Write the file of a survey; the rows that were not finished come last and hold no answer, for none is known."""
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(header(survey))
    dealt = deal(survey)
    lines.writerows(cells(survey, dealt, row) for row in range(1, survey.analysed + survey.unfinished + 1))
    return stream.getvalue().encode()


if __name__ == "__main__":
    for each in RECONSTRUCTED:
        (SURVEYS / f"{each.name}.csv").write_bytes(write(each))
