"""What the scales of content/instruments score: every vector of the knowledge base, written down here a second time.

Source: `scales.md`, the collection of scales with their vectors and where each was read (sections 1 to 5, 7 to 10, 13,
19 and 20; its source key is content/sources/scales.yaml). A vector's inputs, total and category are transcribed from
its row there, not from the instrument file; where a row does not tell a fact that a definition needs, QUIET and the
rows below say what was supposed. Vectors that rest on definitions nobody could read are marked draft, and the scores
must say so themselves.
"""

import pytest

from .scaling import Scales, check, vectors

# Villalta: v1 to v11 (0 to 3) ; ulcer | total | category

VILLALTA_ITEMS = (
    "pain", "cramps", "heaviness", "paraesthesia", "pruritus", "oedema", "induration", "pigmentation", "redness",
    "ectasia", "compression_pain",
)  # fmt: skip
GRADES = ("none", "mild", "moderate", "severe")
VILLALTA = """
VIL-01 | 0,0,0,0,0,0,0,0,0,0,0 ; no  | 0  | none
VIL-02 | 1,1,1,0,0,1,0,0,0,0,0 ; no  | 4  | none
VIL-03 | 1,1,1,0,0,1,0,0,0,1,0 ; no  | 5  | mild
VIL-04 | 2,1,2,1,1,2,0,0,0,0,0 ; no  | 9  | mild
VIL-05 | 2,1,2,1,1,2,0,1,0,0,0 ; no  | 10 | moderate
VIL-06 | 2,2,2,1,1,2,1,1,1,1,0 ; no  | 14 | moderate
VIL-07 | 2,2,2,1,1,2,1,1,1,1,1 ; no  | 15 | severe
VIL-08 | 1,0,0,0,0,0,0,0,0,0,0 ; yes | 1  | severe
VIL-09 | 3,3,3,3,3,3,3,3,3,3,3 ; no  | 33 | severe
"""


def villalta(inputs: str) -> str:
    levels, ulcer = inputs.split(";")
    graded = zip(VILLALTA_ITEMS, levels.split(","), strict=True)
    answers = [f"{item}: {GRADES[int(level)]}" for item, level in graded if level.strip() != "-"]
    return ", ".join([*answers, *([f"ulcer: {ulcer}"] if ulcer.strip() != "-" else [])])


@pytest.mark.parametrize(("inputs", "total", "category"), vectors(VILLALTA))
def test_villalta(scales: Scales, inputs: str, total: str, category: str) -> None:
    """0-4 none, 5-9 mild, 10-14 moderate, 15 or an ulcer severe (practical-haemostasis.com; MDCalc)."""
    check(scales["villalta"], villalta(inputs), f"total {total}, category {category}")


# Revised VCSS: pain, varicose veins, oedema, pigmentation, inflammation, induration, ulcer number, duration, size,
# compression | total | total without compression

VCSS_LEVELS = {
    "pain": ("none", "occasional", "daily", "limiting"),
    "varicose_veins": ("none", "few", "calf_or_thigh", "calf_and_thigh"),
    "oedema": ("none", "ankle", "below_knee", "knee"),
    "pigmentation": ("none", "ankle", "lower_third", "wider"),
    "inflammation": ("none", "ankle", "lower_third", "wider"),
    "induration": ("none", "ankle", "lower_third", "wider"),
    "ulcers": ("none", "one", "two", "three_or_more"),
    "ulcer_duration": ("", "2 months", "6 months", "13 months"),
    "ulcer_size": ("", "1 cm", "4 cm", "6.1 cm"),
    "compression": ("none", "sometimes", "mostly", "daily"),
}
VCSS = """
VCSS-01 | 0,0,0,0,0,0,0,0,0,0 | 0  | 0
VCSS-02 | 2,1,2,1,0,0,0,0,0,2 | 8  | 6
VCSS-03 | 3,2,3,3,2,2,1,2,1,3 | 22 | 19
VCSS-04 | 3,3,3,3,3,3,3,3,3,3 | 30 | 27
VCSS-06 | 2,3,0,0,0,0,0,0,0,3 | 8  | 5
VCSS-07 | 0,0,0,0,0,0,1,2,2,0 | 5  | 5
"""


def vcss(inputs: str) -> str:
    chosen = zip(VCSS_LEVELS.items(), inputs.split(","), strict=True)
    return ", ".join(f"{item}: {levels[int(level)]}" for (item, levels), level in chosen if levels[int(level)])


@pytest.mark.parametrize(("inputs", "total", "without"), vectors(VCSS))
def test_vcss(scales: Scales, inputs: str, total: str, without: str) -> None:
    """Ten attributes of 0 to 3, and the total without compression (Vasquez 2010, in copies; scales.md section 2)."""
    severe = "yes" if int(total) >= 8 else "no"
    check(scales["vcss"], vcss(inputs), f"total {total}, total_without_compression {without}, severe {severe}")


# The other scales: answers as written | scores. A row of QUIET says that nothing more was done for a bleed.

CEAP = """
CEAP-01 | signs: none, symptoms: yes                                    | class c0, modifier s, full c0
CEAP-02 | signs: [varicose_veins, oedema], recurrent_veins: yes         | class c3, full c2r+c3
CEAP-03 | signs: [oedema, skin_change, corona]                          | class c4c, full c3+c4a+c4c, modifier a or s
CEAP-04 | signs: [healed_ulcer, hardened_skin]                          | class c5, full c4b+c5
CEAP-05 | signs: [active_ulcer], recurrent_ulcer: yes                   | class c6r, full c6r
"""
LIMB = """
RUT-01 | rutherford | sensory_loss: none, weakness: none, AUDIBLE                             | category viable
RUT-02 | rutherford | sensory_loss: toes, weakness: none, arterial_signal: inaudible      | category marginally_threatened
RUT-03 | rutherford | sensory_loss: beyond_toes, weakness: partial                         | category immediately_threatened
RUT-04 | rutherford | sensory_loss: profound, weakness: paralysed, SILENT                      | category irreversible
PHL-01 | phlegmasia | swollen: yes, painful: yes, colour: white                            | level alba
PHL-02 | phlegmasia | swollen: yes, painful: yes, colour: blue, dying_skin: no             | level cerulea
PHL-03 | phlegmasia | colour: blue, dying_skin: yes                                        | level venous_gangrene
"""
CIRSE = """
CIR-01 | treated_after: no, extra_stay: 0 hours, sequelae: none, died: no  | grade one
CIR-02 | treated_after: no, extra_stay: 1 night, sequelae: none, died: no  | grade two
CIR-03 | treated_after: yes, extra_stay: 0 hours, sequelae: none, died: no | grade three
CIR-04 | treated_after: no, extra_stay: 72 hours, sequelae: none, died: no | grade three
CIR-05 | sequelae: mild, died: no                                          | grade four
CIR-06 | sequelae: severe, died: no                                        | grade five
CIR-07 | died: yes                                                         | grade six
"""


@pytest.mark.parametrize(("answers", "expected"), vectors(CEAP))
def test_ceap(scales: Scales, answers: str, expected: str) -> None:
    """The basic class is the highest sign, and the full set keeps them all (Lurie 2020, in copies; section 3)."""
    check(scales["ceap"], answers, expected)


@pytest.mark.parametrize(("scale", "answers", "expected"), vectors(LIMB))
def test_limb_threat(scales: Scales, scale: str, answers: str, expected: str) -> None:
    """Rutherford by the textbook's table, phlegmasia by eMedicine (section 13); neither is computed from the other."""
    for signal in ("AUDIBLE", "SILENT"):
        heard = "audible" if signal == "AUDIBLE" else "inaudible"
        answers = answers.replace(signal, f"arterial_signal: {heard}, venous_signal: {heard}")
    check(scales[scale], answers, expected)


@pytest.mark.parametrize(("answers", "expected"), vectors(CIRSE))
def test_cirse(scales: Scales, answers: str, expected: str) -> None:
    """Six grades (CIRSE 2017, in the abstract of doi 10.1007/s00270-025-04200-w; section 8)."""
    check(scales["cirse"], answers, expected)


# Manco-Johnson: difference of circumference ; other signs | pain at rest, daily, with exercise | scores

MANCO_JOHNSON = """
MJI-01 | 0 cm   ;             | zero, zero, zero | physical 0, functional 0, mji_any no, mji_significant no
MJI-02 | 1.6 cm ;             | zero, zero, zero | physical 1, functional 0, mji_any yes, mji_significant no
MJI-03 | 0 cm   ;             | zero, zero, two  | physical 0, functional 2, mji_any yes, mji_significant no
MJI-04 | 1.6 cm ;             | zero, zero, one  | physical 1, functional 1, mji_any yes, mji_significant yes
MJI-05 | 0.9 cm ;             | zero, zero, zero | physical 0, functional 0, mji_any no, mji_significant no
MJI-06 | 16 mm  ; collaterals | zero, zero, zero | physical 2, functional 0, mji_any yes, mji_significant no
"""


@pytest.mark.parametrize(("signs", "pain", "expected"), vectors(MANCO_JOHNSON))
def test_manco_johnson_draft(scales: Scales, signs: str, pain: str, expected: str) -> None:
    """DRAFT: any point, and both parts (Luceri 2015, abstract); the items are from memory (section 4)."""
    difference, present = signs.split(";")
    seen = [f"{sign}: {'yes' if sign in present else 'no'}" for sign in ("collaterals", "skin_change", "ulcer")]
    levels = zip(("pain_at_rest", "pain_in_daily_life", "pain_with_exercise"), pain.split(", "), strict=True)
    faces = [f"{item}: {level}" for item, level in levels]
    check(scales["manco-johnson"], ", ".join([f"circumference_difference: {difference}", *seen, *faces]), expected)


MODIFIED_VILLALTA = """
MVS-01 | 32.0 | 32.0 | -                                            | total 0, category none, thicker no
MVS-02 | 33.0 | 32.4 | -                                            | total 0, category none, thicker no, difference 1.9
MVS-03 | 34.0 | 32.4 | collaterals swelling                         | total 3, category mild, thicker yes, difference 4.9
MVS-04 | 32.4 | 32.4 | pain swelling pitting collaterals tenderness pigmentation | total 6, category moderate
"""
SIGNS = (
    "pain", "swelling", "pitting", "collaterals", "pigmentation", "tenderness", "varicosities", "colour_change", "ulcer",
)  # fmt: skip


@pytest.mark.parametrize(("limb", "other", "present", "expected"), vectors(MODIFIED_VILLALTA))
def test_modified_villalta_draft(scales: Scales, limb: str, other: str, present: str, expected: str) -> None:
    """DRAFT: a point for each finding, from memory; only the 3% is read (Blood 2013;122:1726, abstract; section 5)."""
    signs = ", ".join(f"{sign}: {'yes' if sign in present.split() else 'no'}" for sign in SIGNS)
    check(
        scales["modified-villalta"],
        f"circumference: {limb} cm, other_circumference: {other} cm, {signs}",
        expected,
    )


# ISTH bleeding: facts | adult 2005 | paediatric 2011. Facts that a row does not tell are those of QUIET.

QUIET = {
    "overt": "yes", "fatal": "no", "sites": "[elsewhere]", "haemoglobin_before": "120 g/L",
    "haemoglobin_after": "120 g/L", "hours_between": "0 to 24 hours", "red_cell_units": "0", "other_product": "no",
    "reversal": "no", "medical_treatment": "no", "procedures": "none", "admitted": "no", "seen": "no",
}  # fmt: skip
ISTH = """
ISTH-01 | sites: [access]; haemoglobin_before: 12.4 g/dL; haemoglobin_after: 10.3 g/dL | major | major
ISTH-02 | haemoglobin_after: 101 g/L; red_cell_units: 1; underlying: no; admitted: yes; seen: yes | crnm | crnm
ISTH-03 | sites: [gut]; haemoglobin_after: 95 g/L; hours_between: 4 days; medical_treatment: not known | major | minor or crnm
ISTH-04 | haemoglobin_after: 105 g/L; red_cell_units: 2; underlying: no | major | crnm
ISTH-05 | sites: [muscle]; haemoglobin_after: 112 g/L; seen: yes; medical_treatment: not known | crnm | minor or crnm
ISTH-06 | sites: [intracranial]; symptomatic: yes | major | major
ISTH-07 | overt: no; sites: none; haemoglobin_after: 96 g/L | none | none
ISTH-08 | sites: [access]; haemoglobin_after: 108 g/L; hours_between: 24 hours; red_cell_units: 1; underlying: no | crnm | crnm
ISTH-09 | sites: [pulmonary]; seen: yes | crnm | major
ISTH-10 | sites: [uterine]; seen: yes | crnm | minor
ISTH-11 | sites: [access]; haemoglobin_after: 111 g/L; procedures: [surgery]; operating_suite: yes | crnm | major
"""


def bleed(facts: str) -> str:
    told_facts = dict(fact.strip().split(": ", 1) for fact in facts.split(";") if fact.strip())
    return ", ".join(f"{item}: {answer}" for item, answer in (QUIET | told_facts).items())


@pytest.mark.parametrize(("facts", "adult", "child"), vectors(ISTH))
def test_isth_bleeding(scales: Scales, facts: str, adult: str, child: str) -> None:
    """Adult 2005 with the non-major category, and paediatric 2011, as copies and trial records quote them (section 7)."""
    check(scales["isth-bleeding"], bleed(facts), f"adult_2005 {adult}, paediatric_2011 {child}")


# Marder: occlusion of iliac, common femoral, femoral, popliteal, before ; after | scores


VEINS = ("iliac", "common_femoral", "femoral", "popliteal")
MARDER = """
MAR-01 | 1,1,.5,0 ; .1,0,.25,0      | before 15, after 3.1, removal 79.3, grade two, endpoint yes
MAR-02 | 1,1,1,1 ; 0,0,0,0          | before 24, after 0, removal 100, grade three, endpoint yes
MAR-03 | 1,1,0,0 ; .6,.6,0,0        | before 10, after 6, removal 40, grade one, endpoint no
MAR-04 | 1,0,0,0 ; .5,0,0,0         | before 6, after 3, removal 50, grade two, endpoint no
MAR-05 | 0,0,0,0 ; 0,0,0,0          | before 0, after 0, removal undefined, grade undefined, endpoint undefined
MAR-06 | 1,1,0,0 ; .25,.25,0,0      | before 10, after 2.5, removal 75, grade two, endpoint yes
"""
REMOVAL = """
MAR-07-a | 49.9 | grade one, endpoint no
MAR-07-b | 50.0 | grade two, endpoint no
MAR-07-c | 99.9 | grade two, endpoint yes, grade_cavent undefined
MAR-07-d | 100  | grade three, endpoint yes, grade_cavent three
MAR-08 | 95   | grade two, endpoint yes, grade_cavent undefined
MAR-08-at-90 | 90   | grade two, endpoint yes, grade_cavent two
"""


@pytest.mark.parametrize(("occluded", "expected"), vectors(MARDER))
def test_marder_draft(scales: Scales, occluded: str, expected: str) -> None:
    """DRAFT: weights 6, 4, 10, 4 from memory; grades by Mewissen 1999, endpoint by CLOUT (section 9)."""
    items = [f"{when}_{vein}" for when in ("before", "after") for vein in VEINS]
    shares = zip(items, occluded.replace(";", ",").split(","), strict=True)
    check(scales["marder"], ", ".join(f"{item}: {float(share):g}" for item, share in shares), expected)


@pytest.mark.parametrize(("percent", "expected"), vectors(REMOVAL))
def test_share_removed_as_measured(scales: Scales, percent: str, expected: str) -> None:
    """Below 50% I, to below 100% II, 100% III (Mewissen 1999); CaVenT 2009 says nothing of 91 to 99%."""
    check(scales["removal"], f'removed: "{percent} %"', expected)


LET = """
LET-01 | calf                                                                      | levels one, reaches_groin no
LET-02 | popliteal, femoral                                                        | levels two, reaches_groin no
LET-03 | calf, popliteal, femoral, common_femoral, external_iliac, common_iliac    | levels one+two+three, reaches_groin yes
LET-04 | common_iliac, inferior_vena_cava                                          | levels three+four, reaches_groin yes
"""


@pytest.mark.parametrize(("veins", "expected"), vectors(LET))
def test_let_draft(scales: Scales, veins: str, expected: str) -> None:
    """DRAFT: levels I to IV from memory (section 10); iliofemoral by ATTRACT (Circulation 2019, abstract) is none."""
    check(scales["let"], f"segments: [{veins}]", expected)


SIR = """
SIR-01 | care: none, life_threatening: no, died: no                       | grade one
SIR-02 | care: [blood_product, overnight], life_threatening: no, died: no | grade two
SIR-03 | care: [intensive_care], life_threatening: no, died: no           | grade three
SIR-04 | life_threatening: yes, died: no                                  | grade four
"""


@pytest.mark.parametrize(("answers", "expected"), vectors(SIR))
def test_sir_draft(scales: Scales, answers: str, expected: str) -> None:
    """DRAFT: the five grades of SIR 2017 from memory (section 8)."""
    check(scales["sir"], answers, expected)


BLEEDING_RISK = """
VTB-01 | vte-bleed | age: 62 years, sex: female, haemoglobin: 11.5 g/dL, creatinine_clearance: 80 mL/min | total 3, group high
VTB-02 | vte-bleed | age: 50 years, sex: male, systolic_pressure: 150 mmHg                               | total 1, group low
VTB-03 | vte-bleed | age: 50 years, sex: female, systolic_pressure: 150 mmHg                             | total 0, group low
VTB-04 | vte-bleed | active_cancer: yes                                                                  | total 2, group high
VTB-05 | vte-bleed | age: 60 years                                                                       | total 1.5, group low
RIE-01 | riete     | age: 50 years                                                                       | total 0, group low
RIE-02 | riete     | age: 76 years, creatinine: 1.3 mg/dL                                                | total 2.5, group intermediate
RIE-03 | riete     | recent_major_bleeding: yes, haemoglobin: 11 g/dL, cancer: yes                       | total 4.5, group high
RIE-04 | riete     | recent_major_bleeding: yes, cancer: yes, age: 76 years                              | total 4, group intermediate
RIE-05 | riete     | ALL, cancer: yes, overt_embolism: yes, age: 80 years                                 | total 8, group high
"""
OTHERWISE = {  # of whoever a row does not tell it
    "vte-bleed": {
        "age": "40 years", "sex": "female", "active_cancer": "no", "systolic_pressure": "120 mmHg",
        "haemoglobin": "14 g/dL", "bled_before": "no", "creatinine_clearance": "100 mL/min",
    },
    "riete": {
        "age": "40 years", "sex": "female", "recent_major_bleeding": "no", "haemoglobin": "14 g/dL",
        "creatinine": "0.8 mg/dL", "cancer": "no", "overt_embolism": "no",
    },
}  # fmt: skip


def patient(scale: str, facts: str) -> str:
    facts = facts.replace("ALL", "recent_major_bleeding: yes, haemoglobin: 11 g/dL, creatinine: 2 mg/dL")
    known = dict(fact.split(": ", 1) for fact in facts.split(", "))
    return ", ".join(f"{item}: {answer}" for item, answer in (OTHERWISE[scale] | known).items())


@pytest.mark.parametrize(("scale", "facts", "expected"), vectors(BLEEDING_RISK))
def test_bleeding_risk(scales: Scales, scale: str, facts: str, expected: str) -> None:
    """VTE-BLEED by PMC6283241 Table 1; RIETE by MDCalc and two more calculators (sections 19 and 20)."""
    check(scales[scale], patient(scale, facts), expected)


def test_thrombus_extent_adds_up_to_24(scales: Scales) -> None:
    """Eight segments of 0 to 3 (medicalalgorithms.com, reporting standards; section 9b)."""
    segments = (
        "tibial", "popliteal", "common_femoral", "femoral", "iliac", "vena_cava", "great_saphenous", "small_saphenous",
    )  # fmt: skip
    for level, total in (("none", "0"), ("partial", "8"), ("part_occluded", "16"), ("occluded", "24")):
        check(scales["svs-thrombus"], ", ".join(f"{segment}: {level}" for segment in segments), f"total {total}")
