"""What the traps of the scales forbid: a blank taken for nought, an ulcer for points, memory for a source.

Source: the traps and rules of `scales.md`, each named where it is tried; the vectors stand in test_scales.py.
"""

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from patency.case import Span
from patency.instrument.check import unmet
from patency.instrument.score import findings, score
from patency.source import Mark
from patency.truth import Truth

from . import test_scales as tables
from .scaling import Scales, check, names, respond, scored, told
from .test_scales import SIGNS, VEINS, VILLALTA, bleed, patient, vcss, villalta


def test_an_ulcer_decides_the_category_and_never_the_total(scales: Scales) -> None:
    """scales.md section 1, trap 1: one calculator adds 15 points for an ulcer; the raw total stays what it is."""
    for line in VILLALTA.strip().splitlines():
        _, inputs, total, _ = (cell.strip() for cell in line.split("|"))
        check(scales["villalta"], villalta(inputs.replace("no", "yes")), f"total {total}, category severe, reaches yes")


def test_villalta_with_a_blank_has_a_range_and_no_total(scales: Scales) -> None:
    """VIL-10: any item missing gives no total, and a blank is never counted as 0."""
    blank = scored(scales["villalta"], villalta("1,1,1,0,0,1,0,0,0,-,0 ; no"))
    assert blank["total"].total is None
    assert blank["total"].missing == ("ectasia",)
    assert [told(blank[name]) for name in ("total", "category", "reaches")] == ["4 to 7", "none or mild", "not known"]
    for at in range(11):
        levels = ["0"] * 11
        levels[at] = "-"
        assert told(scored(scales["villalta"], villalta(f"{','.join(levels)} ; no"))["total"]) == "0 to 3"


def test_villalta_is_5_or_more_whatever_the_answers(scales: Scales) -> None:
    """The band is told where the whole range lies in one, though the total is not."""
    found = scored(scales["villalta"], villalta("2,2,1,0,0,0,0,0,0,0,- ; no"))
    assert found["total"].total is None
    assert [told(found[name]) for name in ("total", "category", "reaches")] == ["5 to 8", "mild", "yes"]
    unasked = scored(scales["villalta"], villalta("2,2,1,0,0,0,0,0,0,0,0 ; -"))
    assert told(unasked["total"]) == "5", "an ulcer that nobody looked for leaves the total alone"
    assert told(unasked["category"]) == "mild or severe"


@pytest.mark.parametrize(
    ("duration", "size", "points"),
    [
        ("2.9 months", "1.9 cm", "duration_points 1, size_points 1"),
        ("3 months", "2.0 cm", "duration_points 2, size_points 2"),
        ("12 months", "60 mm", "duration_points 2, size_points 2"),
        ("1 year", "6 cm", "duration_points 2, size_points 2"),
        ("13 months", "6.1 cm", "duration_points 3, size_points 3"),
        ("2 to 4 months", "1 to 7 cm", "duration_points 1 to 2, size_points 1 to 3"),
    ],
)
def test_limits_of_an_ulcer(scales: Scales, duration: str, size: str, points: str) -> None:
    """VCSS-07: 2 and 6 cm are level 2; exactly 3 months is level 2 by default (scales.md section 2)."""
    check(scales["vcss"], f"ulcers: one, ulcer_duration: {duration}, ulcer_size: {size}", points)


def test_the_duration_of_no_ulcer_is_refused(scales: Scales) -> None:
    """VCSS-05: 1,0,1,0,0,0,0,1,0,0 is invalid, for its duration is above 0 with no ulcer."""
    _, faults = respond(scales["vcss"], vcss("1,0,1,0,0,0,0,1,0,0"))
    assert [fault.what for fault in faults] == ["'ulcer_duration' is answered, and is not asked"]


def test_more_than_3_percent_of_the_other_limb(scales: Scales) -> None:
    """The limit is relative, and 3% itself is normal; the one part of the scale that is no draft."""
    for limb, thicker in (("30.9", "no"), ("31.0", "yes"), ("20", "no")):
        answers = f"circumference: {limb} cm, other_circumference: 30 cm"
        check(scales["modified-villalta"], answers, f"thicker {thicker}")
    assert not scales["modified-villalta"].scores["thicker"].is_draft


def test_the_category_of_2023_is_care_sought_and_nothing_changed(scales: Scales) -> None:
    """ISTH-10: patient important bleeding, no intervention (PMC10472337, abstract); what one page adds is a draft."""
    isth = scales["isth-bleeding"]
    check(isth, bleed("sites: [uterine]; seen: yes"), "patient_important_2023 yes, major_2023 no")
    check(isth, bleed("sites: [uterine]; seen: yes; medical_treatment: yes"), "patient_important_2023 no")
    check(isth, bleed("sites: [uterine]; seen: no"), "patient_important_2023 no")
    check(isth, bleed("reversal: yes"), "major_2023 yes, paediatric_2011 minor")
    assert [name for name, each in isth.scores.items() if each.is_draft] == ["major_2023"]


@pytest.mark.parametrize(
    ("before", "after", "adult"),
    [
        ("12.4 g/dL", "10.4 g/dL", "major"),
        ("12.3 g/dL", "10.3 g/dL", "major"),
        ("124 g/L", "104 g/L", "major"),
        ("124 g/L", "105 g/L", "minor"),
        ("8.00 mmol/L", "6.76 mmol/L", "major"),
        ("8.00 mmol/L", "6.77 mmol/L", "minor"),
    ],
)
def test_a_fall_of_two_is_major_in_every_unit(scales: Scales, before: str, after: str, adult: str) -> None:
    """2 g/dL, 20 g/L, 1.24 mmol/L (lixiana.com): exactly so much is major."""
    facts = f"haemoglobin_before: {before}; haemoglobin_after: {after}"
    check(scales["isth-bleeding"], bleed(facts), f"adult_2005 {adult}, paediatric_2011 {adult}")


def test_a_leg_without_a_clot_before_has_no_share(scales: Scales) -> None:
    """MAR-05: nothing was there to remove; the reason is told, and no success is counted."""
    nothing = ", ".join(f"{when}_{vein}: 0" for when in ("before", "after") for vein in VEINS)
    found = scored(scales["marder"], nothing)
    assert found["removal"].total is None
    assert found["removal"].words == "undefined: it would be divided by zero"
    assert found["endpoint"].words == "undefined: it rests on 'removal', and it would be divided by zero"


def test_level_three_alone_does_not_say_iliofemoral(scales: Scales) -> None:
    """Level III holds the deep femoral confluence; ATTRACT asks for the common femoral or an iliac vein."""
    check(scales["let"], "segments: [deep_femoral]", "levels three, reaches_groin no")


@pytest.mark.parametrize(
    ("scale", "facts", "total"),
    [
        ("vte-bleed", "sex: male, haemoglobin: 13 g/dL", "0"),
        ("vte-bleed", "sex: male, haemoglobin: 12.9 g/dL", "1.5"),
        ("vte-bleed", "sex: female, haemoglobin: 12 g/dL", "0"),
        ("vte-bleed", "sex: female, haemoglobin: 119 g/L", "1.5"),
        ("vte-bleed", "sex: male, systolic_pressure: 140 mmHg", "1"),
        ("vte-bleed", "sex: male, systolic_pressure: 139 mmHg", "0"),
        ("vte-bleed", "creatinine_clearance: 60 mL/min", "0"),
        ("vte-bleed", "creatinine_clearance: 59.9 mL/min", "1.5"),
        ("vte-bleed", "age: 59.9 years", "0"),
        ("riete", "age: 75 years", "0"),
        ("riete", "age: 75.1 years", "1"),
        ("riete", "creatinine: 1.2 mg/dL", "0"),
        ("riete", "creatinine: 107 umol/L", "1.5"),
    ],
)
def test_limits_of_bleeding_risk(scales: Scales, scale: str, facts: str, total: str) -> None:
    """Hb <13 in men and <12 in women, SBP >=140 in men, clearance <60, age >=60; creatinine >1.2, age >75."""
    check(scales[scale], patient(scale, facts), f"total {total}")


def test_a_few_facts_may_settle_the_group(scales: Scales) -> None:
    """Cancer alone is 2 points of VTE-BLEED, so the group is high whatever the answers; the total stays open."""
    found = scored(scales["vte-bleed"], "active_cancer: yes")
    assert found["total"].total is None
    assert [told(found[name]) for name in ("total", "group")] == ["2 to 9", "high"]


CLASSES = {
    "small_veins": "c1", "varicose_veins": "c2", "oedema": "c3", "skin_change": "c4a", "hardened_skin": "c4b",
    "corona": "c4c", "healed_ulcer": "c5", "active_ulcer": "c6",
}  # fmt: skip


def test_each_sign_has_its_class_and_the_highest_is_the_basic_one(scales: Scales) -> None:
    """C0<C1<C2<C2r<C3<C4a<C4b<C4c<C5<C6<C6r, a convention (section 3)."""
    first_time = {"varicose_veins": ", recurrent_veins: no", "active_ulcer": ", recurrent_ulcer: no"}
    for at, (sign, name) in enumerate(CLASSES.items()):
        check(scales["ceap"], f"signs: [{sign}]{first_time.get(sign, '')}", f"class {name}, full {name}")
        up_to_it = ", ".join(list(CLASSES)[: at + 1])
        check(scales["ceap"], f"signs: [{up_to_it}]{first_time.get(sign, '')}", f"class {name}")


def test_an_ulcer_makes_the_childrens_scale_severe_and_adds_no_point(scales: Scales) -> None:
    """DRAFT: more than 8, or an ulcer, is severe (section 5); the ulcer leaves the total as it is."""
    limb = "circumference: 32 cm, other_circumference: 32 cm"
    none = ", ".join(f"{sign}: no" for sign in SIGNS if sign != "ulcer")
    check(scales["modified-villalta"], f"{limb}, {none}, ulcer: yes", "total 0, category severe")


def test_a_silent_vein_alone_is_no_ischaemia(scales: Scales) -> None:
    """In a clotted leg the venous signal is lost without ischaemia; category III needs all four findings (section 13)."""
    well = "sensory_loss: none, weakness: none, arterial_signal: audible, venous_signal: inaudible"
    check(scales["rutherford"], well, "category viable")
    lost = "sensory_loss: profound, weakness: paralysed, arterial_signal: inaudible"
    check(scales["rutherford"], lost, "category immediately_threatened or irreversible")


def test_a_blue_leg_that_is_not_swollen_fits_no_level(scales: Scales) -> None:
    """No level is made up where swelling and pain are absent: think of an artery."""
    check(scales["phlegmasia"], "swollen: no, painful: yes, colour: blue, dying_skin: no", "level undefined")
    check(scales["phlegmasia"], "colour: usual", "level none")


# What holds of every scale


DRAFTS = {
    "manco-johnson": {"physical", "functional", "mji_any", "mji_significant"},
    "modified-villalta": {"total", "category"},
    "isth-bleeding": {"major_2023"},
    "marder": {"before", "after", "removal", "grade", "grade_cavent", "endpoint"},
    "let": {"levels"},
    "sir": {"grade"},
}


def test_what_nobody_could_read_is_a_draft(scales: Scales) -> None:
    """A score is a draft where its definition, or that of an item in it, is from memory; no other score is."""
    found = {name: {each.name for each in scale.scores.values() if each.is_draft} for name, scale in scales.items()}
    assert {name: drafts for name, drafts in found.items() if drafts} == DRAFTS


def test_nothing_answered_is_nothing_known(scales: Scales) -> None:
    """With every item blank no score of any scale is settled."""
    for scale in scales.values():
        for name, each in scored(scale, "").items():
            assert not each.is_settled or each.why_undefined, f"{scale.id} {name}"
            assert each.total is None


def test_every_vector_stands_in_its_file_too(scales: Scales) -> None:
    """The 83 vectors of scales.md for these scales are transcribed twice, in the tables and as examples."""
    written = [each for each in vars(tables).values() if isinstance(each, str) and each.startswith("\n")]
    tried = numbered(name for table in written for name in names(table)) | {"VIL-10", "VCSS-05"}
    counts = Counter(name.partition("-")[0] for name in tried)
    assert counts == {
        "VIL": 10, "VCSS": 7, "CEAP": 5, "MJI": 6, "MVS": 4, "ISTH": 11, "MAR": 8, "LET": 4, "RUT": 4, "PHL": 3,
        "VTB": 5, "RIE": 5, "CIR": 7, "SIR": 4,
    }  # fmt: skip
    assert tried <= numbered(example.name for scale in scales.values() for example in scale.examples)


def numbered(vectors: Iterable[str]) -> set[str]:
    """Return the names of vectors without what tells the parts of one apart."""
    return {found[0] for name in vectors if (found := re.match(r"[A-Z]+-\d\d", name))}


def test_every_scale_does_what_its_examples_say(scales: Scales) -> None:
    """Each worked response scores what its file says."""
    assert [fault for scale in scales.values() for fault in unmet(scale)] == []


def test_every_scale_says_what_may_be_done_with_it(scales: Scales) -> None:
    """Each has a licence line, a rater, a version and what one response is about."""
    for scale in scales.values():
        assert all((scale.licence, scale.rater, scale.version, scale.unit, scale.about)), scale.id


def test_nothing_second_hand_claims_to_be_the_original(scales: Scales) -> None:
    """The defining papers of Villalta, VCSS, CEAP and ISTH bleeding were not read: no total claims it."""
    for scale, name in (
        ("villalta", "category"),
        ("vcss", "total"),
        ("ceap", "class"),
        ("isth-bleeding", "adult_2005"),
    ):
        marks = {citation.mark for citation in scales[scale].scores[name].citations}
        assert Mark.ORIGINAL not in marks, scale


# What a scale tells of the patient


def test_scores_are_findings_of_the_patient(scales: Scales) -> None:
    """A total, a category and a level become findings under the patient's own concepts, with the scale as their source."""
    limb, _ = respond(scales["phlegmasia"], "swollen: yes, painful: yes, colour: blue, dying_skin: no")
    leg, _ = respond(scales["villalta"], villalta("1,1,1,0,0,1,0,0,0,1,0 ; no"))
    found = [
        *findings(limb, score(scales["phlegmasia"], limb), limb.case.on),
        *findings(leg, score(scales["villalta"], leg), leg.case.on),
    ]
    assert [(each.concept, each.value) for each in found] == [
        ("phlegmasia", frozenset({"cerulea"})),
        ("villalta_total", Span(5.0, 5.0)),
        ("villalta_category", frozenset({"mild"})),
    ]
    assert found[1].source.startswith("Villalta scale")


@pytest.mark.parametrize(("ulcer", "category"), [("yes", {"severe"}), ("no", {"none"}), ("-", {"none", "severe"})])
def test_an_ulcer_joins_the_case_beside_the_total(scales: Scales, ulcer: str, category: set[str]) -> None:
    """VIL-08: with every item none the total is 0, and the category says what the ulcer makes of it, or may make of it."""
    leg, _ = respond(scales["villalta"], villalta(f"0,0,0,0,0,0,0,0,0,0,0 ; {ulcer}"))
    found = findings(leg, score(scales["villalta"], leg), leg.case.on)
    assert [(each.concept, each.value) for each in found] == [
        ("villalta_total", Span(0.0, 0.0)),
        ("villalta_category", frozenset(category)),
    ]


def test_no_scale_says_that_there_was_a_syndrome_before(scales: Scales) -> None:
    """A Villalta of 5 may be the acute clot: it never answers whether the syndrome was established, nor the bleeding risk."""
    fed = {item.feeds for scale in scales.values() for item in scale.items.values()}
    fed |= {each.feeds for scale in scales.values() for each in scale.scores.values()}
    assert fed - {""} == {
        "age", "sex", "haemoglobin", "creatinine", "active_cancer", "systolic_pressure", "segments",
        "phlegmasia", "rutherford", "villalta_total",
        "villalta_category", "vcss_total", "ceap_class", "vte_bleed", "riete",
    }  # fmt: skip


def test_rutherford_and_phlegmasia_know_nothing_of_each_other(scales: Scales) -> None:
    """Both are captured; neither holds an item of the other (section 13)."""
    assert not set(scales["rutherford"].items) & set(scales["phlegmasia"].items)
    assert {each.feeds for each in scales["rutherford"].scores.values()} == {"rutherford"}
    assert {each.feeds for each in scales["phlegmasia"].scores.values()} == {"phlegmasia"}


def test_what_a_bleeding_score_asks_is_told_of_the_patient(scales: Scales) -> None:
    """VTE-BLEED asks the very questions of the vocabulary (Table 1 and its footnotes), so its facts join the case."""
    facts = "age: 62 years, sex: male, active_cancer: yes, systolic_pressure: 150 mmHg, bled_before: no"
    response, _ = respond(scales["vte-bleed"], facts)
    found = {
        each.concept: each.value for each in findings(response, score(scales["vte-bleed"], response), response.case.on)
    }
    assert found["active_cancer"] is Truth.YES
    assert found["systolic_pressure"] == Span(150.0, 150.0)
    assert "bleeding_history" not in found, "the score counts nosebleeds that needed no attention"
