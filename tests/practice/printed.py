"""Every percentage that two published surveys print, in the order of their texts, and where it comes from.

PRINTED has a line for each: what is printed, the question and its answer in the reconstructed survey, and the share that
gives it. `*` before the question says that the share is one of what was ticked. RATES are rates of those invited.

IMPOSSIBLE has what no count gives: the percentages that were printed, how many of how many they could have been shares
of, and why one would have thought so.
"""

from typing import NamedTuple

ELITE_KIDS = """
 77  experience               six_or_more                  27 of 35
 86  setting                  academic_childrens_hospital  30 of 35
all  resources                yes                          35 of 35
 97  uses_endovascular        yes                          34 of 35
 24  *factors                 severe_symptoms              12 of 50
 20  *factors                 limb_ischaemia               10 of 50
 20  *factors                 may_thurner                  10 of 50
 44  no_mts_first             pcdt                         15 of 34
 35  no_mts_first             cdt                          12 of 34
 12  no_mts_first             thrombectomy                  4 of 34
 41  mts_first                pcdt                         14 of 34
 29  mts_first                cdt                          10 of 34
 18  mts_first                thrombectomy                  6 of 34
all  mts_beside               angioplasty                  34 of 34
 45  thrombectomy_first_line  always_or_sometimes          15 of 33
 27  thrombectomy_first_line  rarely                        9 of 33
 21  thrombectomy_first_line  never                         7 of 33
 61  thrombectomy_outcome     acceptable                   14 of 23
 45  upfront_stent            selected                     15 of 33
 12  upfront_stent            never_or_very_rarely          4 of 33
  6  upfront_stent            everyone                      2 of 33
 60  stent_factors            age_or_size                   9 of 15
 47  stent_factors            compression                   7 of 15
 80  stent_factors            interventionist              12 of 15
 69  stent_timing             interventionist              22 of 32
 63  heparin_during           prophylactic                 19 of 30
 53  outpatient_drug          doac                         16 of 30
 23  outpatient_drug          lmwh                          7 of 30
 47  duration_without_stent   six_to_twelve_weeks          14 of 30
 37  duration_without_stent   longer                       11 of 30
 53  duration_with_stent      at_least_six_months          16 of 30
 45  antiplatelet_with_stent  recommended                  13 of 29
"""

# "76 (52%)": the counts are printed, their denominator is not. "Half" is a word, and 16% has no count.
ALL_VTE_PRACTICE = """
  52  field                  haematology          76 of 145
  13  field                  oncology             19 of 145
  28  field                  combined             40 of 145
   7  field                  transplant           10 of 145
  26  experience             up_to_five           38 of 145
  30  experience             sixteen_or_more      44 of 145
  68  new_leukaemias         up_to_fifty          99 of 145
half  catheter_dvt_duration  three_months         73 of 145
  16  catheter_dvt_duration  until_line_removal   23 of 145
"""

# What is printed in either text, as it stands there and in its order; "both at 20%" is one.
IN_THE_TEXT = {
    "elite-kids": "58 77 86 97 24 20 44 35 12 41 29 18 45 27 21 61 45 12 6 60 47 80 69 63 53 23 47 37 53 45",
    "all-vte-practice": "17.7 52 13 28 7 26 30 68 16",
}

# The response, as AAPOR's RR2 has it: complete and partial answers of all who were invited.
RATES = {"elite-kids": ("58", 40, 69), "all-vte-practice": ("17.7", 154, 870)}


class Printed(NamedTuple):
    """One percentage: how it is printed, and what gives it."""

    percent: str
    question: str
    is_of_ticks: bool
    answer: str
    people: int
    of: int


def printed(table: str) -> list[Printed]:
    """Read one of the tables above."""
    found = []
    for line in table.strip().split("\n"):
        percent, question, answer, count, _, of = line.split()
        found.append(Printed(percent, question.lstrip("*"), question.startswith("*"), answer, int(count), int(of)))
    return found


class Impossible(NamedTuple):
    """Percentages that are not shares of any of these denominators, all of one: `why` says what was to be expected."""

    percents: tuple[int, ...]
    denominators: range
    why: str


IMPOSSIBLE = (
    Impossible((24, 20), range(34, 36), "factors, of the 34 who use it or of the 35 analysed"),
    Impossible(
        (61,), range(24, 25), "outcomes of thrombectomy alone, of the 24 who use it always, sometimes or rarely"
    ),
    Impossible((53, 45), range(10, 36), "duration and antiplatelet with a stent, of one number who answered both"),
    Impossible((69,), range(33, 35), "the time of the stent, of the 33 or 34 who answered the questions before it"),
    Impossible((58,), range(35, 36), "the response, of the 35 that were analysed and not of the 69 invited"),
)

# Counts that the text on childhood leukaemia prints with their percentages. All seven fit 145 alone:
# not the 154 who responded, nor the 142 that a congress report analysed. The fields of practice add up to 145 as well.
COUNTED = ((76, 52), (19, 13), (40, 28), (10, 7), (38, 26), (44, 30), (99, 68))
