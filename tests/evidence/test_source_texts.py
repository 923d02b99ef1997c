"""Every percentage of the three source texts: reproduced, with its count and denominator, or impossible, with the arithmetic."""

import pytest

from patency.evidence.finding import Examined, Finding, Verdict
from patency.evidence.model import Audit

# In the order of the text: the group, the percentage as printed, and every count of every denominator that it can be
# while the whole group fits; `-` where the group fits none, so that each stands alone.
ELITE_KIDS = """
response       58   40/69
responders     77   27/35 17/22
responders     86   30/35 19/22
use            97   34/35 33/34 32/33 31/32 30/31 29/30 28/29
factors        24   6/25
factors        20   5/25
factors        20   5/25
without-mts    44   15/34
without-mts    35   12/34
without-mts    12   4/34
with-mts       41   14/34 7/17
with-mts       29   10/34 5/17
with-mts       18   6/34 3/17
mt-first       45   15/33
mt-first       27   9/33
mt-first       21   7/33
mt-outcomes    61   20/33 19/31 17/28 14/23 11/18
stent          45   15/33
stent          12   4/33
stent          6    2/33
stent-factors  60   9/15
stent-factors  47   7/15
stent-factors  80   12/15
stent-timing   69   24/35 22/32 20/29 18/26 11/16 9/13
heparin        63   22/35 20/32 19/30 17/27 15/24 12/19 10/16 5/8
outpatient     53   16/30
outpatient     23   7/30
duration       47   14/30 9/19
duration       37   11/30 7/19
after-stent    53   -
after-stent    45   -
"""
ALL_SURVEY = """
all-response   17.7 154/870
practice       52   76/145
practice       13   19/145
practice       28   40/145
practice       7    10/145
years          26   38/149 38/148 38/147 38/146 38/145
years          30   44/149 44/148 44/147 44/146 44/145
new-cases      68   99/146 99/145
"""
IVC_COHORT = """
success        97.3 36/37
filters        91.7 33/36
filters        8.3  3/36
cava-patency   95   35/37 21/22 20/21 19/20 18/19
cava-patency   100  37/37 22/22 21/21 20/20 19/19
pts            22   8/37 8/36 7/32 6/27 5/23 4/18 2/9
"""
TABLES = {"elite-kids": ELITE_KIDS, "all-survey": ALL_SURVEY, "ivc-cohort": IVC_COHORT}
ROWS = [(name, number, *row.split(maxsplit=2)) for name, table in TABLES.items()
        for number, row in enumerate(table.strip().splitlines())]  # fmt: skip
# Whose percentages fit a hundred ways: by how many denominators, from which to which.
WIDE = {("all-survey", "catheter"): (76, 32, 154), ("ivc-cohort", "iliac-patency"): (15, 13, 74)}


def finding_of(examined: Examined, name: str) -> Finding:
    return next(each for each in examined.findings if each.id == name)


@pytest.mark.parametrize(
    ("name", "number", "group", "percent", "fits"), ROWS, ids=[f"{row[2]}-{row[3]}-{row[1]}" for row in ROWS]
)
def test_a_percentage_is_reproduced_or_impossible(
    examined: dict[str, Examined], name: str, number: int, group: str, percent: str, fits: str
) -> None:
    """The answer names each count of each denominator, and no other."""
    found = finding_of(examined[name], group)
    at = [row for row in ROWS if row[0] == name and row[2] == group].index((name, number, group, percent, fits))
    part = found.parts[at]
    assert f"{percent}%" in part.printed
    if fits == "-":
        assert found.verdict is Verdict.ODD
        return
    named = [f"{count} of {of}" for count, _, of in (fit.partition("/") for fit in fits.split())]
    assert (
        part.answer == f"{', '.join(named[:-1])} or {named[-1]}." if len(named) > 1 else part.answer == f"{named[0]}."
    )
    assert (part.verdict is Verdict.FITS) is (len(named) == 1)
    for fit in fits.split():
        count, _, of = fit.partition("/")
        assert any(f"{fit} = " in line for line in part.workings), "each is shown with its arithmetic"
        decimals = len(percent.partition(".")[2])
        assert abs(100 * int(count) / int(of) - float(percent)) <= 0.5 * 10**-decimals


def test_every_percentage_of_the_texts_is_in_a_row(audits: dict[str, Audit]) -> None:
    """The percentages printed in the abstracts 000 and 002 and the news report 001, in the order of the texts.

    000 gives 20% for two factors at once; 001 says "half" in words.
    """
    printed = {
        "elite-kids": "58 77 86 97 24 20 20 44 35 12 41 29 18 45 27 21 61 45 12 6 60 47 80 69 63 53 23 47 37 53 45",
        "all-survey": "17.7 52 13 28 7 26 30 68 50 16",
        "ivc-cohort": "97.3 91.7 8.3 95 100 77 85 22",
    }
    for name, expected in printed.items():
        shares = [share.percent.text for group in audits[name].groups for share in group.shares if share.percent]
        assert " ".join(shares) == expected
        wide = sum(len(group.shares) for group in audits[name].groups if (name, group.id) in WIDE)
        assert len([row for row in ROWS if row[0] == name]) + wide == len(shares)


@pytest.mark.parametrize(("name", "group"), WIDE)
def test_a_percentage_that_fits_almost_anything_is_said_to(
    examined: dict[str, Examined], name: str, group: str
) -> None:
    """How many denominators would fit, and between which."""
    many, first, last = WIDE[name, group]
    answer = finding_of(examined[name], group).answer
    assert answer.startswith(f"{many} numbers up to ")
    assert answer.endswith(f" would fit, from {first} to {last}.")


def test_the_two_figures_after_a_stent_have_no_denominator_in_common(examined: dict[str, Examined]) -> None:
    """53% fits 15, 17, 19, 30, 32 and 34; 45% fits 11, 20, 22, 29, 31 and 33; each is shown."""
    found = finding_of(examined["elite-kids"], "after-stent")
    assert found.answer == "No number of people up to 35 fits all of them: they cannot have the same denominator."
    assert [[fit.of for fit in part.fits] for part in found.parts] == [
        [15, 17, 19, 30, 32, 34],
        [11, 20, 22, 29, 31, 33],
    ]
    assert "53% is not (17/33 = 51.52%, 18/33 = 54.55%)" in found.workings[1]


SUMS = """
without-mts  They add up to 31: 3 of 34 gave another answer, or none.
mt-first     They add up to 31: 2 of 33 gave another answer, or none.
stent        They add up to 21: 12 of 33 gave another answer, or none.
outpatient   They add up to 23: 7 of 30 gave another answer, or none.
"""


@pytest.mark.parametrize("row", SUMS.strip().splitlines(), ids=lambda row: row.split()[0])
def test_where_each_gave_one_answer_the_rest_is_counted(examined: dict[str, Examined], row: str) -> None:
    """A question with one answer each has so many left who gave another."""
    group, _, says = row.partition(" ")
    assert finding_of(examined["elite-kids"], group).answer.endswith(says.strip())


def test_the_number_that_the_text_gives_is_refused_with_the_arithmetic(examined: dict[str, Examined]) -> None:
    """35 replies were analysed, and 44% of 35 is no count; of 154 who answered, 145 are the denominator."""
    modality = finding_of(examined["elite-kids"], "without-mts")
    assert modality.verdict is Verdict.OTHER
    assert modality.workings == ("not 35, which the text gives: 44% is neither 15/35 = 42.86% nor 16/35 = 45.71%",)
    practice = finding_of(examined["all-survey"], "practice")
    assert practice.answer == (
        "145 is the only number up to 154 that fits: 76, 19, 40 and 10 of 145. They add up to 145: nobody is left."
    )
    assert [line[:7] for line in practice.workings] == ["not 154", "not 142"]


def test_no_one_number_answered_every_question(examined: dict[str, Examined]) -> None:
    """Five numbers would, between them; in the other survey 145 does for all."""
    across = finding_of(examined["elite-kids"], "across")
    assert across.verdict is Verdict.ODD
    assert [line.partition(":")[0] for line in across.workings] == ["35", "33", "34", "30", "25"]
    assert finding_of(examined["all-survey"], "across").answer == "145 would fit them all."


FLAGS = """
attract                attract-bleeding--treated       ODD  6 of 336, but only if cut off instead of rounded.
attract                attract-bleeding--control       FITS 1 of 355.
attract                attract-bleeding--effect-1         ODD  It holds 1, which is no effect, though p = 0.049
attract-iliofemoral    if-severe--effect-1              ODD  It holds 1, which is no effect, though p = 0.048
cavent                 cavent-obstruction--effect-1 ODD  It is 53% as wide as the narrowest of the methods in use
cavent                 cavent-patency--effect-1     FITS The counts give 28.15, as printed.
cavent                 cavent-pts-24--effect-1       FITS The counts give 14.44, as printed. Its ends are those of a method in use (Newcombe).
cava                   cava-pts--effect-1              FITS The counts give 0.754, as printed.
cava                   attendance               ODD  120 of 152 is not printed as 79.8%.
cava                   cava-late-pts--effect-1              FITS The counts give 0.544, as printed.
torpedo                open-1        OTHER 87 or 88 would fit.
torpedo                open-2        OTHER 81 is the only number up to 92 that fits: 12 and 22 of 81.
aziz-2012              residual-recurrence--less         ODD  3 of 67, but only if rounded twice.
li-2024                angioplasty            ODD  21 of 29 is not printed as 69%.
may-thurner-series     series-pts             ODD  14 of 30, but only if cut off instead of rounded.
may-thurner-series     series-imaging                ODD  32 of 47 is not printed as 70%.
dabigatran-children    bleeding-classes       ODD  Each is what its count and denominator give. They add up to 42, 2 more than the 40
goldenberg-2011        open-1      OTHER 15 is the only number up to 16 that fits: 8, 6 and 4 of 15.
line-thrombosis-children line-recurrence--older      ODD  No count of 188 is printed as 2.0%.
line-thrombosis-children line-pts--older          FITS 87 of 188.
warad-2020             children-pts           FITS 8 of 13.
v-mixtent              open-1        OTHER 81 or 162 would fit.
v-mixtent              mixtent-adverse--all--interval       FITS The counts give 1.170, as printed. Its ends are those of a method in use (exact).
stents-seven-hospitals seven-patency--nivl             FITS 133 of 134.
stents-sun-yat-sen     sun-24                 FITS 8 of 22.
ivc-cohort             vcss                   FITS 36 people can have it. 37 people can have it.
ivc-cohort             villalta               FITS 36 people can have it. 37 people can have it.
ivc-cohort             alleviates             LACKS A claim that something changed. The text does not give: the same measured before
ivc-cohort             high-patency           LACKS A claim that a figure is high or low. The text does not give: what it is high or low
ivc-cohort             cumulative             LACKS A claim of a rate over time. The text does not give: the time it is of
ivc-cohort             no-complications       LACKS A claim that something did not happen. The text does not give: what counts as it.
"""  # noqa: E501  a row is one line


@pytest.mark.parametrize("row", FLAGS.strip().splitlines(), ids=lambda row: " ".join(row.split()[:2]))
def test_what_is_found_of_a_figure_stays_found(examined: dict[str, Examined], row: str) -> None:
    """The findings are not kept but worked out; this pins them."""
    audit, name, verdict, says = row.split(maxsplit=3)
    found = {each.id: each for one in examined[audit].findings for each in (one, *one.parts)}[name]
    assert found.verdict is Verdict[verdict]
    assert found.answer.startswith(says)


def test_the_scores_of_the_cohort_can_be_had(examined: dict[str, Examined]) -> None:
    """A mean of 3.9 with an SD of 2.2 and 8 of 36 above 4 is no contradiction: an example has all three."""
    villalta = finding_of(examined["ivc-cohort"], "villalta")
    assert villalta.workings[0] == "sums from 139/36 = 3.861 to 142/36 = 3.944"
    values = [int(value) for part in villalta.workings[1][12:].partition(" (")[0].split(", ")
              for many, _, value in [part.partition(" × ")] for _ in range(int(many))]  # fmt: skip
    mean = sum(values) / 36
    sd = (sum((value - mean) ** 2 for value in values) / 35) ** 0.5
    assert (len(values), f"{mean:.1f}", f"{sd:.1f}", sum(value > 4 for value in values)) == (36, "3.9", "2.2", 8)


def test_of_what_never_happened_an_upper_end_is_given(examined: dict[str, Examined]) -> None:
    """R: binom.test(0, 37)$conf.int gives 0 to 0.0949."""
    (exact, rule) = finding_of(examined["ivc-cohort"], "no-complications").workings
    assert "at most 9.5% of such people" in exact
    assert rule.startswith("3/37 = 8.1%")
