"""What surveys published, figure by figure, and what the two new children's pages make of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from patency.casefile import read_case
from patency.consult.accord import Accord
from patency.consult.page import Consult, consult
from patency.consult.peers import ALONE
from patency.consult.text import to_text
from patency.document import read_bytes, read_document
from patency.guideline.model import Library
from patency.practice.published import RESPONDENTS, Published, PublishedQuestion
from patency.practice.read_published import gives
from patency.source import Mark

EXAMPLES = Path(__file__).parents[2] / "examples"


def page_of(name: str, library: Library) -> Consult:
    path = EXAMPLES / f"{name}.yaml"
    document = read_document(read_bytes(path), path.name)
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert not faults
    return consult(library, case)


# Each printed percentage, with the count and the denominator that give it; - where none is known.
# Sources: the abstract of ELITE-Kids (2025), the news summary of Degliuomini (2021), the abstracts of the others.
FIGURES = """
elite-kids-2025         experience                six_or_more          77    27   35
elite-kids-2025         setting                   academic             86    30   35
elite-kids-2025         resources                 yes                 100    35   35
elite-kids-2025         endovascular              selected             97    34   35
elite-kids-2025         factors                   severe_symptoms      24     -    -
elite-kids-2025         factors                   limb_ischaemia       20     -    -
elite-kids-2025         factors                   may_thurner          20     -    -
elite-kids-2025         first-method              pcdt                 44    15   34
elite-kids-2025         first-method              cdt                  35    12   34
elite-kids-2025         first-method              thrombectomy         12     4   34
elite-kids-2025         first-method-may-thurner  pcdt                 41    14   34
elite-kids-2025         first-method-may-thurner  cdt                  29    10   34
elite-kids-2025         first-method-may-thurner  thrombectomy         18     6   34
elite-kids-2025         thrombectomy-first        always_or_sometimes  45    15   33
elite-kids-2025         thrombectomy-first        rarely               27     9   33
elite-kids-2025         thrombectomy-first        never                21     7   33
elite-kids-2025         thrombectomy-outcome      acceptable           61     -    -
elite-kids-2025         stent                     selected             45    15   33
elite-kids-2025         stent                     hardly_ever          12     4   33
elite-kids-2025         stent                     everyone              6     2   33
elite-kids-2025         stent-reasons             size                 60     9   15
elite-kids-2025         stent-reasons             compression          47     7   15
elite-kids-2025         stent-reasons             interventionist      80    12   15
elite-kids-2025         stent-timing              interventionist      69     -    -
elite-kids-2025         heparin-during            yes                  63     -    -
elite-kids-2025         outpatient-drug           doac                 53    16   30
elite-kids-2025         outpatient-drug           lmwh                 23     7   30
elite-kids-2025         duration-without-stent    weeks                47    14   30
elite-kids-2025         duration-without-stent    longer               37    11   30
elite-kids-2025         duration-with-stent       six_months           53     -    -
elite-kids-2025         antiplatelet              yes                  45     -    -
all-survey-2021         field-of-practice         haematology          52    76  145
all-survey-2021         field-of-practice         oncology             13    19  145
all-survey-2021         field-of-practice         both                 28    40  145
all-survey-2021         field-of-practice         transplantation       7    10  145
all-survey-2021         experience                five_or_less         26    38  145
all-survey-2021         experience                sixteen_or_more      30    44  145
all-survey-2021         centre                    up_to_50             68    99  145
all-survey-2021         line-clot-duration        three_months         50     -    -
all-survey-2021         line-clot-duration        line_out             16     -    -
uk-leukaemia-2016       line-clot-duration        six_weeks            43     9   21
uk-leukaemia-2016       line-clot-duration        three_months         33     7   21
uk-leukaemia-2016       sinus-duration            three_months         71     -    -
uk-leukaemia-2016       sinus-duration            six_months           24     -    -
uk-leukaemia-2016       few-platelets-line        transfused           50     -    -
uk-leukaemia-2016       few-platelets-sinus       transfused           73     -    -
uk-leukaemia-2016       heparin-twice-a-day       twice                70     -    -
uk-leukaemia-2016       anti-xa                   checked              86     -    -
uk-leukaemia-2016       asparaginase              again                91     -    -
uk-leukaemia-2016       line-delayed              delayed              43     -    -
doac-children-2025      uses                      yes                  85    85  100
doac-children-2025      uses-high-income          yes                  89     -    -
doac-children-2025      uses-lower-income         yes                  76     -    -
doac-children-2025      started                   fewer_than_half      91     -    -
doac-children-2025      switched                  fewer_than_half      62     -    -
doac-children-2025      no-formulation            formulation          39     -    -
doac-children-2025      no-formulation            access                9     -    -
doac-children-2025      no-formulation-lower-income  formulation       52     -    -
doac-children-2025      no-formulation-lower-income  access            29     -    -
embolism-children-2019  protocol                  yes                  40     -    -
embolism-children-2019  route                     systemic             45     -    -
embolism-children-2019  route                     catheter             25     -    -
embolism-children-2019  route                     pharmacomechanical   19     -    -
embolism-children-2019  duration                  longer               58     -    -
embolism-children-2019  follow-up                 yes                  61     -    -
prophylaxis-wards-2016  prescribes                yes                   -    51   53
prophylaxis-wards-2016  policy-for-all            against_or_unsure     -    29   53
prophylaxis-wards-2016  line                      not_supported         -    33   53
prophylaxis-wards-2016  has-policy                yes                   -    17   53
prophylaxis-intensive-care-2011  adolescent       usually            42.3     -    -
prophylaxis-intensive-care-2011  child            usually             1.0     -    -
prophylaxis-intensive-care-2011  infant           usually             1.1     -    -
attract-views-2020      knew                      yes                  79     -    -
attract-views-2020      routine                   yes                  70     -    -
attract-views-2020      well-run                  yes                  20     -    -
attract-views-2020      flaw                      femoropopliteal      55     -    -
few-platelets-adults-2020  continued              continued            78   607  774
filters-physicians-2024 two-days                  yes                  60     -    -
filters-physicians-2024 three-weeks               yes                27.3     -    -
filters-children-2012   hospital                  adult              92.7   573  618
filters-children-2012   reason-children           clot                  -    40   44
filters-children-2012   reason-adult              clot                 43   246  573
"""

# Who was invited, who answered, whose answers were analysed; - where that was not published.
FLOWS = """
elite-kids-2025                     69    40   35
all-survey-2021                    870   154    -
uk-leukaemia-2016                   28     -    -
aspho-lysis-2009                     -     -  285
doac-children-2025                 103   100    -
embolism-children-2019             442   134  125
prophylaxis-wards-2016             112    53    -
prophylaxis-intensive-care-2011    151    97    -
attract-views-2020               15650   451    -
delphi-stent-2018                  106    61    -
delphi-stent-spain-2023              -    20    -
few-platelets-adults-2020          886   168    -
filters-physicians-2024              -    53    -
filters-children-2012                -     -    -
astro-kids                           -     -    -
"""


def questions(library: Library) -> Iterator[tuple[Published, PublishedQuestion]]:
    for survey in library.practice:
        for question in survey.questions:
            yield survey, question


def test_every_figure_is_the_one_that_was_published(library: Library) -> None:
    """The table is the whole of it: no percentage more, no count more."""
    found = {
        (survey.id, question.id, answer.id): (
            answer.percent or "-",
            "-" if answer.count is None else str(answer.count),
            "-" if question.base is None else str(question.base),
        )
        for survey, question in questions(library)
        for answer in question.answers
    }
    rows = [row.split() for row in FIGURES.strip().splitlines()]
    assert found == {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows}


def test_every_survey_says_how_many_were_there(library: Library) -> None:
    """As far as it was published."""
    found = {
        each.id: tuple("-" if count is None else str(count) for count in (each.invited, each.answered, each.analysed))
        for each in library.practice
    }
    rows = [row.split() for row in FLOWS.strip().splitlines()]
    assert found == {row[0]: tuple(row[1:]) for row in rows}


def test_each_printed_percentage_is_given_by_its_count_or_has_none(library: Library) -> None:
    """No share stands here that its own figures contradict."""
    for _, question in questions(library):
        for answer in question.answers:
            if answer.count is not None and answer.percent:
                assert question.base is not None
                assert gives(answer.count, question.base, answer.percent)


# Where whole numbers other than the one taken fit as well; the note of each question says so.
OTHERS = {
    ("elite-kids-2025", "first-method-may-thurner"): {17},
    ("elite-kids-2025", "duration-without-stent"): {19, 32},
    ("elite-kids-2025", "stent-reasons"): {30},
}


def test_a_count_by_arithmetic_is_the_only_one_that_fits_or_says_so(library: Library) -> None:
    """Of all denominators up to those analysed that give every percentage of a question with one answer each."""
    tried = 0
    for survey, question in questions(library):
        if question.base is None or not all(each.mark is Mark.INFERENCE for each in question.answers):
            continue
        percents = [each.percent for each in question.answers]
        most = survey.analysed or survey.answered or survey.invited
        assert most
        if len(percents) > 1:
            fits = {base for base in range(1, most + 1) if _fits(base, percents, question.form == "one")}
            assert question.base in fits
            assert fits - {question.base} == OTHERS.get((survey.id, question.id), set()), question.id
            assert not fits - {question.base} or "would fit" in question.base_note
            tried += 1
    assert tried == 8


def _fits(base: int, percents: list[str], is_one: bool) -> bool:
    counts = [[count for count in range(base + 1) if gives(count, base, percent)] for percent in percents]
    return all(counts) and (not is_one or sum(min(each) for each in counts) <= base)


def test_a_count_that_was_not_printed_is_marked_so(library: Library) -> None:
    """Every count of ELITE-Kids and of the UK survey is arithmetic; of the US survey, only the denominator."""
    for survey, question in questions(library):
        marks = {answer.mark for answer in question.answers if answer.count is not None}
        if survey.id in ("elite-kids-2025", "uk-leukaemia-2016", "doac-children-2025"):
            assert marks <= {Mark.INFERENCE}
        elif survey.id == "all-survey-2021":
            assert marks <= {Mark.SECOND_HAND}
            assert question.base is None or question.base_mark is Mark.INFERENCE
        else:
            assert marks <= {Mark.ORIGINAL}


def test_what_are_no_people_are_counted_as_what_they_are(library: Library) -> None:
    """Factors named, answers to cases, and records of filters have no interval."""
    units = {(survey.id, question.id): question.unit for survey, question in questions(library)
             if question.unit != RESPONDENTS}  # fmt: skip
    assert units == {
        ("elite-kids-2025", "factors"): "mentions",
        ("few-platelets-adults-2020", "continued"): "cases",
        ("filters-children-2012", "hospital"): "records",
        ("filters-children-2012", "reason-children"): "records",
        ("filters-children-2012", "reason-adult"): "records",
    }


def test_a_child_with_may_thurner_anatomy_sees_where_peers_and_guidelines_part(library: Library) -> None:
    """It rests on whether a catheter is used at all, for selected patients; which method first was asked of a catheter alone."""
    page = page_of("child-may-thurner", library)
    first, stent = page.practice["first-treatment"], page.practice["stent"]
    assert first.accord is Accord.DIFFER
    assert first.sentence == (
        "Practice and guidance differ: in ELITE-Kids 2025, 34 of 35 (97%; 85% to 99%) use catheter-directed removal, "
        "for selected patients, of which as a whole no guideline here speaks for this patient, though to "
        "catheter-directed lysis ASH/ISTH 2024 prefers anticoagulation alone (conditional, very low certainty); "
        "favoured here: anticoagulation alone (ASH 2018 (children); ASH/ISTH 2024)."
    )
    assert {option: [told.survey.short for told, _ in answers] for option, answers in first.options.items()} == {
        "catheter_removal": ["ELITE-Kids 2025"],
        "pharmacomechanical": ["ELITE-Kids 2025"],
        "catheter_lysis": ["ELITE-Kids 2025"],
        "thrombectomy_without_lytic": ["ELITE-Kids 2025"],
    }
    assert (stent.accord, stent.sentence) == (Accord.ALONE, ALONE)
    words = [answer.words for told in stent.speaking for answer in told.question.answers]
    assert words.count("left to the interventionist") == 2, "shown as itself"
    assert page.practice["anticoagulant"].accord is Accord.PARTLY
    text = " ".join(to_text(page).split())
    assert "catheter-directed lysis: ▷ ASH/ISTH 2024 anticoagulation alone preferred" in text
    assert "peers 29% (10 of 34; 17% to 46%), if by catheter, ELITE-Kids 2025 [4 own]" in text
    assert "lysis: peers 41% (14 of 34; 26% to 58%), if by catheter, ELITE-Kids 2025 [4 own]" in text
    assert "17 would fit these percentages as well" in text
    assert page.practice["duration"].sentence == (
        "Practice and guidance differ in part: in ELITE-Kids 2025, 14 of 30 (47%; 30% to 64%) chose 6 to 12 weeks, of "
        "which no guideline here speaks for this patient; favoured here: six to twelve months (ASH/ISTH 2024)."
    )
    assert "No guideline here speaks on this for this patient; what follows is practice alone." in text


def test_a_child_with_leukaemia_and_few_platelets_sees_practice_alone_where_nobody_guides(library: Library) -> None:
    """On few platelets and on the asparaginase no guideline speaks for a child; on duration two surveys and one guideline do."""
    page = page_of("child-leukaemia", library)
    alone = {name for name, practice in page.practice.items() if practice.accord is Accord.ALONE and practice.speaking}
    assert alone == {"intensity", "asparaginase"}
    duration = page.practice["duration"]
    assert duration.accord is Accord.PARTLY
    assert duration.sentence == (
        "Practice and guidance differ in part: in UK leukaemia survey 2016, 9 of 21 (43%; 24% to 63%) chose six weeks, "
        "of which ASH/ISTH 2024 says: excluded from the recommendation; 7 of 21 (33%; 17% to 55%) chose three months, "
        "which ASH/ISTH 2024 favours (remark, ungraded, or longer, while the risk lasts); surveyed before that guideline."
    )
    assert [(told.survey.short, told.twins) for told in duration.speaking] == [
        ("US leukaemia survey 2021", ("UK leukaemia survey 2016",)),
        ("UK leukaemia survey 2016", ("US leukaemia survey 2021",)),
    ]
    text = " ".join(to_text(page).split())
    assert "transfused, and not paused 50% (count and denominator not published)" in text
    assert "given again 91% (count and denominator not published)" in text


@pytest.mark.parametrize("name", ["child-12", "child-may-thurner"])
def test_children_with_a_severe_clot_see_elite_kids(name: str, library: Library) -> None:
    """With the figures of May-Thurner anatomy, and not those without."""
    told = [told.question.id for told in page_of(name, library).practice["first-treatment"].speaking]
    assert "first-method-may-thurner" in told
    assert "first-method" not in told


def test_what_guidelines_have_not_told_a_child_yet_is_not_said_to_differ(library: Library) -> None:
    """Of the child of twelve too little is known for any guideline to speak."""
    first = page_of("child-12", library).practice["first-treatment"]
    assert first.accord is Accord.UNTOLD
    assert first.sentence == (
        "What guidelines say on this hangs on what is not known, so whether practice differs cannot be told."
    )


@pytest.mark.parametrize("change", ["pregnant: not known", "onset: not known"])
def test_where_pregnancy_or_onset_is_unknown_the_condition_stays_open(change: str, library: Library) -> None:
    """The surveys speak of acute clots in children, and do not speak of pregnancy."""
    name = change.partition(":")[0]
    text = read_bytes(EXAMPLES / "child-may-thurner.yaml").decode()
    lines = [f"  {change}" if line.startswith(f"  {name}:") else line for line in text.splitlines()]
    document = read_document("\n".join(lines).encode(), "case.yaml")
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert not faults
    first = consult(library, case).practice["first-treatment"]
    assert {told.question.id for told in first.open} >= {"endovascular", "first-method-may-thurner"}
    assert first.accord is not Accord.DIFFER


def test_what_is_shown_for_adults_is_not_shown_for_children(library: Library) -> None:
    """And the other way round."""
    adults = {"attract-views-2020", "few-platelets-adults-2020", "filters-physicians-2024"}
    for path in sorted(EXAMPLES.glob("*.yaml")):
        page = page_of(path.stem, library)
        shown = {told.survey.id for practice in page.practice.values() for told in practice.speaking}
        assert not shown & adults if path.stem.startswith("child") else shown <= adults
