"""What the scales of content/instruments score: every vector of the knowledge base, written down here a second time.

Source: `scales.md`, the collection of scales with their vectors and where each was read (sections 1 to 5, 7 to 10, 13,
19 and 20; its source key is content/sources/scales.yaml). A vector's inputs, total and category are transcribed from
its row there, not from the instrument file; where a row does not tell a fact that a definition needs, QUIET and the
rows below say what was supposed. Vectors that rest on definitions nobody could read are marked draft, and the scores
must say so themselves.
"""

from collections.abc import Mapping

import pytest

from patency.case import Members, Span
from patency.document import Node, read_document
from patency.fault import Fault
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.instrument.formula import number_words, rounded
from patency.instrument.model import Instrument
from patency.instrument.read import read_instruments
from patency.instrument.response import Response, read_response
from patency.instrument.score import findings, score
from patency.instrument.scored import Scored
from patency.source import Mark
from patency.truth import Truth

SCALES = {
    "villalta", "vcss", "ceap", "manco-johnson", "modified-villalta", "isth-bleeding", "marder", "removal", "let",
    "rutherford", "phlegmasia", "vte-bleed", "riete", "cirse", "sir", "svs-thrombus",
}  # fmt: skip


@pytest.fixture(scope="module")
def scales(library: Library) -> Mapping[str, Instrument]:
    """Return the scales, read from their files."""
    files = {f"{name}.yaml": (CONTENT / "instruments" / f"{name}.yaml").read_bytes() for name in sorted(SCALES)}
    return read_instruments(files, library.sources, library.lexicon.vocabulary)


def respond(instrument: Instrument, answers: str) -> tuple[Response, list[Fault]]:
    """Return a response whose answers are written in one line."""
    faults: list[Fault] = []
    node: Node = read_document(f"{{on: 2026-05-29, answers: {{{answers}}}}}".encode(), "response.yaml")
    return read_response(node, instrument, faults), faults


def scored(instrument: Instrument, answers: str) -> Mapping[str, Scored]:
    response, faults = respond(instrument, answers)
    assert faults == []
    return score(instrument, response)


def told(each: Scored) -> str:
    """Say what a score is in the words of the tables below."""
    if each.why_undefined:
        return "undefined"
    match each.value:
        case Span(low, high):
            ends = [number_words(rounded(end, each.score.decimals)) for end in (low, high)]
            return ends[0] if low == high else " to ".join(ends)
        case Truth():
            return {Truth.YES: "yes", Truth.NO: "no"}.get(each.value, "not known")
        case Members(included, _):
            return "+".join(name for name in each.score.concept.values if name in included)
        case frozenset():
            return " or ".join(name for name in each.score.concept.values if name in each.value)
    raise AssertionError("a score without a value is undefined")


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def check(instrument: Instrument, answers: str, expected: str) -> None:
    """Score the answers, and compare every score that is expected: `total 4, category none`."""
    found = scored(instrument, answers)
    for pair in expected.split(", "):
        name, value = pair.split(" ", 1)
        assert told(found[name]) == value, name


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


@pytest.mark.parametrize(("vector", "inputs", "total", "category"), rows(VILLALTA))
def test_villalta(scales: Mapping[str, Instrument], vector: str, inputs: str, total: str, category: str) -> None:
    """0-4 none, 5-9 mild, 10-14 moderate, 15 or an ulcer severe (practical-haemostasis.com; MDCalc)."""
    check(scales["villalta"], villalta(inputs), f"total {total}, category {category}")


def test_an_ulcer_decides_the_category_and_never_the_total(scales: Mapping[str, Instrument]) -> None:
    """scales.md section 1, trap 1: one calculator adds 15 points for an ulcer; the raw total stays what it is."""
    for inputs, total, _ in (row[1:] for row in rows(VILLALTA)):
        check(scales["villalta"], villalta(inputs.replace("no", "yes")), f"total {total}, category severe, reaches yes")


def test_villalta_with_a_blank_has_a_range_and_no_total(scales: Mapping[str, Instrument]) -> None:
    """VIL-10: any item missing gives no total, and a blank is never counted as 0."""
    blank = scored(scales["villalta"], villalta("1,1,1,0,0,1,0,0,0,-,0 ; no"))
    assert blank["total"].total is None
    assert blank["total"].missing == ("ectasia",)
    assert [told(blank[name]) for name in ("total", "category", "reaches")] == ["4 to 7", "none or mild", "not known"]
    for at in range(11):
        levels = ["0"] * 11
        levels[at] = "-"
        assert told(scored(scales["villalta"], villalta(f"{','.join(levels)} ; no"))["total"]) == "0 to 3"


def test_villalta_is_5_or_more_whatever_the_answers(scales: Mapping[str, Instrument]) -> None:
    """The band is told where the whole range lies in one, though the total is not."""
    found = scored(scales["villalta"], villalta("2,2,1,0,0,0,0,0,0,0,- ; no"))
    assert found["total"].total is None
    assert [told(found[name]) for name in ("total", "category", "reaches")] == ["5 to 8", "mild", "yes"]
    unasked = scored(scales["villalta"], villalta("2,2,1,0,0,0,0,0,0,0,0 ; -"))
    assert told(unasked["total"]) == "5", "an ulcer that nobody looked for leaves the total alone"
    assert told(unasked["category"]) == "mild or severe"


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


@pytest.mark.parametrize(("vector", "inputs", "total", "without"), rows(VCSS))
def test_vcss(scales: Mapping[str, Instrument], vector: str, inputs: str, total: str, without: str) -> None:
    """Ten attributes of 0 to 3, and the total without compression (Vasquez 2010, in copies; scales.md section 2)."""
    severe = "yes" if int(total) >= 8 else "no"
    check(
        scales["vcss"], vcss(inputs), f"total {total}, total_without_compression {without}, severe {severe}"
    )


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
def test_limits_of_an_ulcer(scales: Mapping[str, Instrument], duration: str, size: str, points: str) -> None:
    """VCSS-07: 2 and 6 cm are level 2; exactly 3 months is level 2 by default (scales.md section 2)."""
    check(scales["vcss"], f"ulcers: one, ulcer_duration: {duration}, ulcer_size: {size}", points)


def test_the_duration_of_no_ulcer_is_refused(scales: Mapping[str, Instrument]) -> None:
    """VCSS-05: 1,0,1,0,0,0,0,1,0,0 is invalid, for its duration is above 0 with no ulcer."""
    _, faults = respond(scales["vcss"], vcss("1,0,1,0,0,0,0,1,0,0"))
    assert [fault.what for fault in faults] == ["'ulcer_duration' is answered, and is not asked"]


# The other scales: answers as written | scores. A row of QUIET says that nothing more was done for a bleed.

CEAP = """
CEAP-01 | signs: none, symptoms: yes                                    | class c0, modifier s, full c0
CEAP-02 | signs: [varicose_veins, oedema], recurrent_veins: yes         | class c3, full c2r+c3
CEAP-03 | signs: [oedema, skin_change, corona]                          | class c4c, full c3+c4a+c4c, modifier a or s
CEAP-04 | signs: [healed_ulcer, hardened_skin]                          | class c5, full c4b+c5
CEAP-05 | signs: [active_ulcer], recurrent_ulcer: yes                   | class c6r, full c6r
"""
LIMB = """
RUT-01 | rutherford | sensory_loss: none, weakness: none, arterial_signal: audible, venous_signal: audible | category viable
RUT-02 | rutherford | sensory_loss: toes, weakness: none, arterial_signal: inaudible           | category marginally_threatened
RUT-03 | rutherford | sensory_loss: beyond_toes, weakness: partial                             | category immediately_threatened
RUT-04 | rutherford | sensory_loss: profound, weakness: paralysed, arterial_signal: inaudible, venous_signal: inaudible | category irreversible
PHL-01 | phlegmasia | swollen: yes, painful: yes, colour: white                                | level alba
PHL-02 | phlegmasia | swollen: yes, painful: yes, colour: blue, dying_skin: no                 | level cerulea
PHL-03 | phlegmasia | colour: blue, dying_skin: yes                                            | level venous_gangrene
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
DRAFT = """
MJI-01 | manco-johnson | circumference_difference: 0 cm | zero, zero, zero | physical 0, functional 0, mji_any no, mji_significant no
MJI-02 | manco-johnson | circumference_difference: 1.6 cm | zero, zero, zero | physical 1, functional 0, mji_any yes, mji_significant no
MJI-03 | manco-johnson | circumference_difference: 0 cm | zero, zero, two | physical 0, functional 2, mji_any yes, mji_significant no
MJI-04 | manco-johnson | circumference_difference: 1.6 cm | zero, zero, one | physical 1, functional 1, mji_any yes, mji_significant yes
MJI-05 | manco-johnson | circumference_difference: 0.9 cm | zero, zero, zero | physical 0, functional 0, mji_any no, mji_significant no
MJI-06 | manco-johnson | circumference_difference: 16 mm, collaterals: yes | zero, zero, zero | physical 2, functional 0, mji_any yes, mji_significant no
"""


@pytest.mark.parametrize(("vector", "answers", "expected"), rows(CEAP))
def test_ceap(scales: Mapping[str, Instrument], vector: str, answers: str, expected: str) -> None:
    """The basic class is the highest sign, and the full set keeps them all (Lurie 2020, in copies; section 3)."""
    check(scales["ceap"], answers, expected)


@pytest.mark.parametrize(("vector", "scale", "answers", "expected"), rows(LIMB))
def test_limb_threat(scales: Mapping[str, Instrument], vector: str, scale: str, answers: str, expected: str) -> None:
    """Rutherford by the textbook's table, phlegmasia by eMedicine (section 13); neither is computed from the other."""
    check(scales[scale], answers, expected)


@pytest.mark.parametrize(("vector", "answers", "expected"), rows(CIRSE))
def test_cirse(scales: Mapping[str, Instrument], vector: str, answers: str, expected: str) -> None:
    """Six grades (CIRSE 2017, in the abstract of doi 10.1007/s00270-025-04200-w; section 8)."""
    check(scales["cirse"], answers, expected)


@pytest.mark.parametrize(("vector", "scale", "swelling", "pain", "expected"), rows(DRAFT))
def test_manco_johnson_draft(
    scales: Mapping[str, Instrument], vector: str, scale: str, swelling: str, pain: str, expected: str
) -> None:
    """DRAFT: any point, and both parts (Luceri 2015, abstract); the items are from memory (section 4)."""
    absent = [f"{item}: no" for item in ("collaterals", "skin_change", "ulcer") if item not in swelling]
    faces = zip(("pain_at_rest", "pain_in_daily_life", "pain_with_exercise"), pain.split(", "), strict=True)
    answers = ", ".join([swelling, *absent, *(f"{item}: {face}" for item, face in faces)])
    check(scales[scale], answers, expected)


MODIFIED_VILLALTA = """
MVS-01 | 32.0 | 32.0 | -                                            | total 0, category none, thicker no
MVS-02 | 33.0 | 32.4 | -                                            | total 0, category none, thicker no, difference 1.9
MVS-03 | 34.0 | 32.4 | collaterals swelling                         | total 3, category mild, thicker yes, difference 4.9
MVS-04 | 32.4 | 32.4 | pain swelling pitting collaterals tenderness pigmentation | total 6, category moderate
"""
SIGNS = ("pain", "swelling", "pitting", "collaterals", "pigmentation", "tenderness", "varicosities", "colour_change", "ulcer")


@pytest.mark.parametrize(("vector", "limb", "other", "present", "expected"), rows(MODIFIED_VILLALTA))
def test_modified_villalta_draft(
    scales: Mapping[str, Instrument], vector: str, limb: str, other: str, present: str, expected: str
) -> None:
    """DRAFT: a point for each finding, from memory; only the 3% is read (Blood 2013;122:1726, abstract; section 5)."""
    findings_ = ", ".join(f"{sign}: {'yes' if sign in present.split() else 'no'}" for sign in SIGNS)
    check(
        scales["modified-villalta"],
        f"circumference: {limb} cm, other_circumference: {other} cm, {findings_}",
        expected,
    )


def test_more_than_3_percent_of_the_other_limb(scales: Mapping[str, Instrument]) -> None:
    """The limit is relative, and 3% itself is normal; the one part of the scale that is no draft."""
    for limb, thicker in (("30.9", "no"), ("31.0", "yes"), ("20", "no")):
        answers = f"circumference: {limb} cm, other_circumference: 30 cm"
        check(scales["modified-villalta"], answers, f"thicker {thicker}")
    assert not scales["modified-villalta"].scores["thicker"].is_draft


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


@pytest.mark.parametrize(("vector", "facts", "adult", "child"), rows(ISTH))
def test_isth_bleeding(scales: Mapping[str, Instrument], vector: str, facts: str, adult: str, child: str) -> None:
    """Adult 2005 with the non-major category, and paediatric 2011, as copies and trial records quote them (section 7)."""
    check(scales["isth-bleeding"], bleed(facts), f"adult_2005 {adult}, paediatric_2011 {child}")


def test_the_category_of_2023_is_care_sought_and_nothing_changed(scales: Mapping[str, Instrument]) -> None:
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
def test_a_fall_of_two_is_major_in_every_unit(
    scales: Mapping[str, Instrument], before: str, after: str, adult: str
) -> None:
    """2 g/dL, 20 g/L, 1.24 mmol/L (lixiana.com): exactly so much is major."""
    facts = f"haemoglobin_before: {before}; haemoglobin_after: {after}"
    check(scales["isth-bleeding"], bleed(facts), f"adult_2005 {adult}, paediatric_2011 {adult}")


# Marder: occlusion of iliac, common femoral, femoral, popliteal, before ; after | before | after | removed | grade | CLOUT

VEINS = ("iliac", "common_femoral", "femoral", "popliteal")
MARDER = """
MAR-01 | 1,1,.5,0 ; .1,0,.25,0 | 15 | 3.1 | 79.3      | two       | yes
MAR-02 | 1,1,1,1 ; 0,0,0,0     | 24 | 0   | 100       | three     | yes
MAR-03 | 1,1,0,0 ; .6,.6,0,0   | 10 | 6   | 40        | one       | no
MAR-04 | 1,0,0,0 ; .5,0,0,0    | 6  | 3   | 50        | two       | no
MAR-05 | 0,0,0,0 ; 0,0,0,0     | 0  | 0   | undefined | undefined | undefined
MAR-06 | 1,1,0,0 ; .25,.25,0,0 | 10 | 2.5 | 75        | two       | yes
"""
REMOVAL = """
MAR-07 | 49.9 | grade one, endpoint no
MAR-07 | 50.0 | grade two, endpoint no
MAR-07 | 99.9 | grade two, endpoint yes, grade_cavent undefined
MAR-07 | 100  | grade three, endpoint yes, grade_cavent three
MAR-08 | 95   | grade two, endpoint yes, grade_cavent undefined
MAR-08 | 90   | grade two, endpoint yes, grade_cavent two
"""


@pytest.mark.parametrize(("vector", "occluded", "before", "after", "removed", "grade", "clout"), rows(MARDER))
def test_marder_draft(
    scales: Mapping[str, Instrument],
    vector: str, occluded: str, before: str, after: str, removed: str, grade: str, clout: str,
) -> None:  # fmt: skip
    """DRAFT: weights 6, 4, 10, 4 from memory; grades by Mewissen 1999, endpoint by CLOUT (section 9)."""
    shares = occluded.replace(";", ",").split(",")
    items = [f"{when}_{vein}" for when in ("before", "after") for vein in VEINS]
    answers = ", ".join(f"{item}: {float(share):g}" for item, share in zip(items, shares, strict=True))
    expected = f"before {before}, after {after}, removal {removed}, grade {grade}, endpoint {clout}"
    check(scales["marder"], answers, expected)


@pytest.mark.parametrize(("vector", "percent", "expected"), rows(REMOVAL))
def test_share_removed_as_measured(
    scales: Mapping[str, Instrument], vector: str, percent: str, expected: str
) -> None:
    """Below 50% I, to below 100% II, 100% III (Mewissen 1999); CaVenT 2009 says nothing of 91 to 99%."""
    check(scales["removal"], f'removed: "{percent} %"', expected)


def test_a_leg_without_a_clot_before_has_no_share(scales: Mapping[str, Instrument]) -> None:
    """MAR-05: nothing was there to remove; the reason is told, and no success is counted."""
    nothing = ", ".join(f"{when}_{vein}: 0" for when in ("before", "after") for vein in VEINS)
    found = scored(scales["marder"], nothing)
    assert found["removal"].total is None
    assert found["removal"].words == "undefined: it would be divided by zero"
    assert found["endpoint"].words == "undefined: it rests on 'removal', and it would be divided by zero"


LET = """
LET-01 | calf                                                                      | levels one, reaches_groin no
LET-02 | popliteal, femoral                                                        | levels two, reaches_groin no
LET-03 | calf, popliteal, femoral, common_femoral, external_iliac, common_iliac    | levels one+two+three, reaches_groin yes
LET-04 | common_iliac, inferior_vena_cava                                          | levels three+four, reaches_groin yes
"""


@pytest.mark.parametrize(("vector", "veins", "expected"), rows(LET))
def test_let_draft(scales: Mapping[str, Instrument], vector: str, veins: str, expected: str) -> None:
    """DRAFT: levels I to IV from memory (section 10); iliofemoral by ATTRACT (Circulation 2019, abstract) is none."""
    check(scales["let"], f"segments: [{veins}]", expected)


def test_level_three_alone_does_not_say_iliofemoral(scales: Mapping[str, Instrument]) -> None:
    """Level III holds the deep femoral confluence; ATTRACT asks for the common femoral or an iliac vein."""
    check(scales["let"], "segments: [deep_femoral]", "levels three, reaches_groin no")


SIR = """
SIR-01 | care: none, life_threatening: no, died: no                       | grade one
SIR-02 | care: [blood_product, overnight], life_threatening: no, died: no | grade two
SIR-03 | care: [intensive_care], life_threatening: no, died: no           | grade three
SIR-04 | life_threatening: yes, died: no                                  | grade four
"""


@pytest.mark.parametrize(("vector", "answers", "expected"), rows(SIR))
def test_sir_draft(scales: Mapping[str, Instrument], vector: str, answers: str, expected: str) -> None:
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
RIE-05 | riete     | recent_major_bleeding: yes, haemoglobin: 11 g/dL, creatinine: 2 mg/dL, cancer: yes, overt_embolism: yes, age: 80 years | total 8, group high
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
    known = dict(fact.split(": ", 1) for fact in facts.split(", "))
    return ", ".join(f"{item}: {answer}" for item, answer in (OTHERWISE[scale] | known).items())


@pytest.mark.parametrize(("vector", "scale", "facts", "expected"), rows(BLEEDING_RISK))
def test_bleeding_risk(scales: Mapping[str, Instrument], vector: str, scale: str, facts: str, expected: str) -> None:
    """VTE-BLEED by PMC6283241 Table 1; RIETE by MDCalc and two more calculators (sections 19 and 20)."""
    check(scales[scale], patient(scale, facts), expected)


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
def test_limits_of_bleeding_risk(scales: Mapping[str, Instrument], scale: str, facts: str, total: str) -> None:
    """Hb <13 in men and <12 in women, SBP >=140 in men, clearance <60, age >=60; creatinine >1.2, age >75."""
    check(scales[scale], patient(scale, facts), f"total {total}")


def test_a_few_facts_may_settle_the_group(scales: Mapping[str, Instrument]) -> None:
    """Cancer alone is 2 points of VTE-BLEED, so the group is high whatever the answers; the total stays open."""
    found = scored(scales["vte-bleed"], "active_cancer: yes")
    assert found["total"].total is None
    assert [told(found[name]) for name in ("total", "group")] == ["2 to 9", "high"]


def test_thrombus_extent_adds_up_to_24(scales: Mapping[str, Instrument]) -> None:
    """Eight segments of 0 to 3 (medicalalgorithms.com, reporting standards; section 9b)."""
    segments = ("tibial", "popliteal", "common_femoral", "femoral", "iliac", "vena_cava", "great_saphenous", "small_saphenous")
    for level, total in (("none", "0"), ("partial", "8"), ("part_occluded", "16"), ("occluded", "24")):
        check(scales["svs-thrombus"], ", ".join(f"{segment}: {level}" for segment in segments), f"total {total}")


# What holds of every scale


DRAFTS = {
    "manco-johnson": {"physical", "functional", "mji_any", "mji_significant"},
    "modified-villalta": {"total", "category"},
    "isth-bleeding": {"major_2023"},
    "marder": {"before", "after", "removal", "grade", "grade_cavent", "endpoint"},
    "let": {"levels"},
    "sir": {"grade"},
}


def test_what_nobody_could_read_is_a_draft(scales: Mapping[str, Instrument]) -> None:
    """A score is a draft where its definition, or that of an item in it, is from memory; no other score is."""
    found = {name: {each.name for each in scale.scores.values() if each.is_draft} for name, scale in scales.items()}
    assert {name: drafts for name, drafts in found.items() if drafts} == DRAFTS


def test_nothing_answered_is_nothing_known(scales: Mapping[str, Instrument]) -> None:
    """With every item blank no score of any scale is settled."""
    for scale in scales.values():
        for name, each in scored(scale, "").items():
            assert not each.is_settled or each.why_undefined, f"{scale.id} {name}"
            assert each.total is None


def test_every_vector_stands_in_its_file_too(scales: Mapping[str, Instrument]) -> None:
    """The vectors are transcribed twice, here and as examples; each says who it rests on."""
    tables = (VILLALTA, VCSS, CEAP, LIMB, CIRSE, DRAFT, MODIFIED_VILLALTA, ISTH, MARDER, REMOVAL, LET, SIR, BLEEDING_RISK)
    named = {row[0] for table in tables for row in rows(table)} | {"VIL-10", "VCSS-05"}
    examples = {example.name: example for scale in scales.values() for example in scale.examples}
    assert {vector for vector in named if not any(name.startswith(vector) for name in examples)} == set()
    assert all(example.citations for example in examples.values())
    assert all(note.citations and note.text for scale in scales.values() for note in scale.notes)


def test_every_scale_says_what_may_be_done_with_it(scales: Mapping[str, Instrument]) -> None:
    """Each has a licence line, a rater, a version and what one response is about."""
    for scale in scales.values():
        assert all((scale.licence, scale.rater, scale.version, scale.unit, scale.about)), scale.id


def test_nothing_second_hand_claims_to_be_the_original(scales: Mapping[str, Instrument]) -> None:
    """The defining papers of Villalta, VCSS, CEAP and ISTH bleeding were not read: no total claims it."""
    for scale, name in (("villalta", "category"), ("vcss", "total"), ("ceap", "class"), ("isth-bleeding", "adult_2005")):
        marks = {citation.mark for citation in scales[scale].scores[name].citations}
        assert Mark.ORIGINAL not in marks, scale


# What a scale tells of the patient


def test_scores_are_findings_of_the_patient(scales: Mapping[str, Instrument]) -> None:
    """A total, a category and a level become findings under the patient's own concepts, with the scale as their source."""
    limb, _ = respond(scales["phlegmasia"], "swollen: yes, painful: yes, colour: blue, dying_skin: no")
    leg, _ = respond(scales["villalta"], villalta("1,1,1,0,0,1,0,0,0,1,0 ; no"))
    found = [*findings(limb, score(scales["phlegmasia"], limb), limb.case.on), *findings(leg, score(scales["villalta"], leg), leg.case.on)]
    assert [(each.concept, each.value) for each in found] == [
        ("phlegmasia", frozenset({"cerulea"})),
        ("villalta_total", Span(5.0, 5.0)),
    ]
    assert found[1].source.startswith("Villalta scale")


def test_no_scale_says_that_there_was_a_syndrome_before(scales: Mapping[str, Instrument]) -> None:
    """A Villalta of 5 may be the acute clot: it never answers whether the syndrome was established, nor the bleeding risk."""
    fed = {each.feeds for scale in scales.values() for each in (*scale.items.values(), *scale.scores.values())}
    assert fed - {""} == {
        "age", "sex", "haemoglobin", "creatinine", "segments", "phlegmasia", "rutherford", "villalta_total",
        "vcss_total", "ceap_class", "vte_bleed", "riete",
    }  # fmt: skip


def test_rutherford_and_phlegmasia_know_nothing_of_each_other(scales: Mapping[str, Instrument]) -> None:
    """Both are captured; neither holds an item of the other (section 13)."""
    assert not set(scales["rutherford"].items) & set(scales["phlegmasia"].items)
    assert {each.feeds for each in scales["rutherford"].scores.values()} == {"rutherford"}
    assert {each.feeds for each in scales["phlegmasia"].scores.values()} == {"phlegmasia"}
