"""Where guidelines disagree, cell by cell: sixteen patients, and what each source says of each.

The tables were compiled from the sources by hand, before the rules were encoded. Here each cell is checked
against what `compare` says of the whole library on ONE patient for each row; where a cell speaks of a second
moment ("once the clot is out") or of an "if", a variant of that patient says it, for every column alike.

How a code of the tables maps to what `compare` lays out (docs/decisions/0008):

- `R` removal favoured, `C` removal may be considered: some way of removing the clot is accepted or favoured
  (stance `for` or `conditional`). How strongly is the source's own grade, which is asserted beside the code.
- `A` anticoagulation alone preferred: it is preferred to removal, or favoured while no removal is. That is not
  `X`; where a code has no `A`, nothing is preferred to removal.
- `X` removal advised against: a way of removing the clot has stance `avoid`, and none is favoured.
- `-` silent: nothing is said for or against removal, and nothing preferred to it; `out`: out of scope.
- Two codes, as in `A C`: both are said. `C?` is a C that hangs on what the row does not say of the patient:
  the opinion is shown with its "if".
- After an option's name (`stent R`) a code speaks of that option in the same way.

"Removal" is the option `removal` with all that it covers; systemic lysis stands apart.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pytest

from patency.case import Case, Finding
from patency.casefile import read_case
from patency.consult.page import Consult, consult
from patency.document import read_document
from patency.guideline.advise import Advice
from patency.guideline.compare import Heard, compare
from patency.guideline.model import Library, Stance
from patency.truth import Truth

ON = "2026-05-29"

# What is true of every adult of rows 1 to 12 unless the row says otherwise: the tables call them healthy.
ADULT = """
pregnant: no
limb_threat: no
phlegmasia: none
episode_history: first
bleeding_risk: low
ambulatory: yes
good_function: yes
active_cancer: no
life_expectancy: 30 years
major_surgery: no
little_cardiopulmonary_reserve: no
lysis_contraindicated: no
anticoagulation_contraindicated: no
anticoagulation_complication: no
anticoagulation_failed: no
anticoagulated: yes
rapid_extension_on_anticoagulation: no
worse_on_anticoagulation: no
haemodynamic_compromise: no
pulmonary_embolism: none
catheter_related: no
central_venous_catheter: no
removal_done: no
initial_treatment: anticoagulation_alone
initial_treatment_on: today
"""

PATIENTS = {
    "1": "age: 45, segments: [common_femoral, external_iliac, common_iliac], onset: 3 days ago, severity: severe, "
    "patient_fears_pts_more_than_bleeding: no",
    "2": "age: 45, segments: [common_femoral, external_iliac, common_iliac], onset: 3 days ago, severity: mild, "
    "patient_fears_pts_more_than_bleeding: no, high_pts_risk: no",
    "2, minimal and diagnosed a week ago": "age: 45, segments: [common_femoral, external_iliac, common_iliac], "
    "onset: 9 days ago, diagnosed_on: 7 days ago, severity: minimal",
    "3": "age: 45, segments: [femoral, common_femoral, external_iliac, common_iliac], onset: 3 days ago, "
    "severity: severe, limb_threat: yes, phlegmasia: cerulea",
    "4": "age: 45, segments: [common_femoral, external_iliac, common_iliac], onset: 8 days ago, severity: severe, "
    "compression_lesion: may_thurner, high_pts_risk: yes",
    "4, once the clot is out": "age: 45, segments: [common_femoral, external_iliac, common_iliac], "
    "onset: 8 days ago, compression_lesion: may_thurner, removal_done: yes, removal_on: today, "
    "initial_treatment: catheter_lysis",
    "5": "age: 29, sex: female, pregnant: yes, gestation: 28 weeks, segments: [common_femoral, external_iliac], "
    "onset: 2 days ago, severity: severe, delivery: no",
    "6": "age: 50, segments: [common_femoral, external_iliac], onset: 2 days ago, severity: severe, "
    "bleeding_risk: high, major_surgery: yes, major_surgery_on: 5 days ago",
    "7": "age: 45, segments: [common_femoral, external_iliac], onset: 18 days ago, severity: moderate, "
    "initial_treatment_on: 17 days ago",
    "8": "age: 50, segments: [common_femoral, external_iliac], onset: 150 days ago, severity: moderate, "
    "persistent_symptoms: yes, initial_treatment_on: 148 days ago, outflow_obstruction: yes, venous_ulcer: none, "
    "femoral_inflow_good: yes, anticoagulation_contraindicated_after: no",
    "8, severe": "age: 50, segments: [common_femoral, external_iliac], onset: 150 days ago, severity: severe, "
    "persistent_symptoms: yes, initial_treatment_on: 148 days ago, outflow_obstruction: yes, venous_ulcer: none",
    "8, poor inflow": "age: 50, segments: [common_femoral, external_iliac], onset: 150 days ago, severity: moderate, "
    "persistent_symptoms: yes, initial_treatment_on: 148 days ago, outflow_obstruction: yes, femoral_inflow_good: no",
    "9": "age: 45, segments: [common_femoral, external_iliac, common_iliac, inferior_vena_cava], onset: 5 days ago, "
    "severity: moderate, high_pts_risk: yes",
    "9, under catheter lysis": "age: 45, segments: [common_femoral, external_iliac, common_iliac, inferior_vena_cava], "
    "onset: 5 days ago, severity: moderate, initial_treatment: catheter_lysis",
    "10": "age: 60, segments: [femoral, popliteal], onset: 5 days ago, severity: moderate",
    "11": "age: 45, segments: [common_femoral, external_iliac], onset: 4 days ago, severity: severe, "
    "episode_history: recurrent_same_limb, high_pts_risk: yes",
    "12": "age: 60, segments: [common_femoral, external_iliac], onset: 3 days ago, diagnosed_on: today, "
    "bleeding_risk: high, active_bleeding: yes, gi_bleed: yes, gi_bleed_on: today, "
    "anticoagulation_contraindicated: yes, lysis_contraindicated: yes, anticoagulated: no, "
    "initial_treatment: none_yet, initial_treatment_on: not known",
}

CHILD = """
pregnant: no
weight: 40 kg
haemodynamic_compromise: no
pulmonary_embolism: none
anticoagulation_contraindicated: no
anticoagulation_failed: no
worse_on_anticoagulation: no
trigger_kind: none
episode_history: first
clinically_unsuspected: no
occlusive_thrombus: yes
thrombophilia: none
thrombophilia_tested: yes
removal_done: no
initial_treatment: anticoagulation_alone
active_cancer: no
catheter_related: no
central_venous_catheter: no
"""
LEUKAEMIA = (
    "age: 9, limb_threat: no, segments: [common_femoral, external_iliac, common_iliac], onset: 2 days ago, "
    "severity: moderate, active_cancer: yes, blood_cancer: yes, acute_leukaemia: yes, asparaginase: yes, "
    "platelets: 35 10^9/L, catheter_related: yes, central_venous_catheter: yes, catheter_working: yes, "
    "trigger_kind: persistent, provoking: [cancer, central_venous_catheter]"
)
CANCER = (
    "age: 60, pregnant: no, active_cancer: yes, segments: [common_femoral, external_iliac, common_iliac], "
    "onset: 4 days ago, diagnosed_on: 3 days ago, severity: moderate, platelets: 40 10^9/L, limb_threat: no"
)
CHILDREN = {
    "13": "age: 15, segments: [common_femoral, external_iliac, common_iliac], onset: 2 days ago, severity: severe, "
    "limb_threat: no, compression_lesion: may_thurner, provoking: none",
    "14": "age: 15, segments: [common_femoral, external_iliac, common_iliac], onset: 2 days ago, severity: severe, "
    "limb_threat: yes, phlegmasia: cerulea, compression_lesion: may_thurner, provoking: none",
    "15": f"{LEUKAEMIA}, catheter_needed: yes",
    "15, line not needed": f"{LEUKAEMIA}, catheter_needed: no",
}
CANCERS = {
    "16": f"{CANCER}, progression_risk_high: yes",
    "16, lower risk of progression": f"{CANCER}, progression_risk_high: no",
}


class Cell(NamedTuple):
    """One cell of the tables: what a guideline says of a row's patient, and how that was read (v or s).

    `grades` are the source's own, of each option named; `shown` are statements that stand beside the ratings
    (sheet/statement), where the source speaks outside its recommendations.
    """

    row: str
    guideline: str
    codes: str
    mark: str
    grades: str = ""
    shown: str = ""


TABLE = [
    # 1: 45 years, healthy, first left iliofemoral clot, day 3, moderate to severe, low bleeding risk
    Cell("1", "acr-2013", "R", "v", "catheter_lysis: rating-8; anticoagulation_alone: rating-5"),
    Cell("1", "acr-2020", "R", "s", "catheter_removal: usually-appropriate; anticoagulation_alone: usually-appropriate"),
    Cell("1", "svs-2012", "R", "v", "removal: grade-2c"),
    Cell("1", "aha-2011", "C", "s", "lytic_removal: class-iia-b"),
    Cell("1", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("1", "ash-2020", "A C?", "s", "anticoagulation_alone: conditional; lytic_removal?: remark"),
    Cell("1", "nice-ng158", "C", "s", "catheter_lysis: consider"),
    Cell("1", "esvs-2021", "C", "s", "removal: class-iia-a"),
    Cell("1", "sir-2023", "C", "v", "catheter_removal: acceptable"),
    Cell("1", "thrombosis-canada-dvt", "A C", "v", "anticoagulation_alone: for-most; removal: possible-role"),
    # 2: the same, mild
    Cell("2, minimal and diagnosed a week ago", "acr-2013", "R; anticoagulation_alone R", "v",
         "anticoagulation_alone: rating-5, rating-7; catheter_lysis: rating-7, rating-8"),
    Cell("2", "acr-2020", "X; anticoagulation_alone R", "s",
         "catheter_removal: usually-not-appropriate; anticoagulation_alone: usually-appropriate"),
    Cell("2", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("2", "ash-2020", "A", "s", "anticoagulation_alone: conditional"),
    Cell("2", "esvs-2021", "C", "s", "removal: class-iia-a"),
    Cell("2", "sir-2023", "A", "s", "anticoagulation_alone: most-patients"),
    Cell("2", "thrombosis-canada-dvt", "A", "v", "anticoagulation_alone: for-most"),
    # 3: phlegmasia cerulea dolens, limb threat
    Cell("3", "acr-2013", "R", "v", "catheter_lysis: rating-8; surgical_thrombectomy: rating-3, rating-6; "
         "anticoagulation_alone: rating-3, rating-5"),
    Cell("3", "acr-2020", "R; systemic_lysis C; anticoagulation_alone X", "s",
         "catheter_removal: usually-appropriate; surgical_thrombectomy: usually-appropriate; "
         "systemic_lysis: may-be-appropriate; anticoagulation_alone: usually-not-appropriate"),
    Cell("3", "svs-2012", "R", "v", "removal: grade-1a"),
    Cell("3", "aha-2011", "R", "s", "lytic_removal: class-i-c, class-iia-b"),
    Cell("3", "chest-2021", "C", "v", "removal: remark"),
    Cell("3", "ash-2020", "C", "s", "lytic_removal: remark"),
    Cell("3", "thrombosis-canada-dvt", "R", "v", "removal: reserved, possible-role"),
    # 4: day 8, CT shows May-Thurner anatomy
    Cell("4", "acr-2013", "R", "v", "catheter_lysis: rating-8; anticoagulation_alone: rating-3, rating-5"),
    Cell("4", "acr-2020", "R", "s", "catheter_removal: usually-appropriate; "
         "anticoagulation_alone: may-be-appropriate, usually-appropriate"),
    Cell("4", "svs-2012", "R", "v", "removal: grade-2c"),
    Cell("4, once the clot is out", "svs-2012", "stent R", "v", "stent: grade-1c"),
    Cell("4", "aha-2011", "C", "s", "lytic_removal: class-iia-b"),
    Cell("4", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("4", "ash-2020", "A C", "s", "anticoagulation_alone: conditional; lytic_removal: remark"),
    Cell("4", "nice-ng158", "C", "s", "catheter_lysis: consider"),
    Cell("4", "esvs-2021", "C", "s", "removal: class-iia-a"),
    Cell("4", "thrombosis-canada-dvt", "A C", "v", "anticoagulation_alone: for-most; removal: possible-role"),
    # 5: 28 weeks pregnant, moderate to severe, day 2
    Cell("5", "acr-2013", "out", "v"),
    Cell("5", "acr-2020", "C", "s", "anticoagulation_alone: usually-appropriate; catheter_removal: may-be-appropriate"),
    Cell("5", "svs-2012", "out", "v"),
    Cell("5", "chest-2021", "out", "v"),
    Cell("5", "sir-2023", "out", "v", shown="sir-2014-lysis/pregnancy"),
    Cell("5", "thrombosis-canada-pregnancy", "X", "v", "catheter_lysis: avoid"),
    # 6: laparotomy 5 days ago, severe, no limb threat
    Cell("6", "acr-2013", "-", "v", shown="poor-candidates/surgery"),
    Cell("6", "svs-2012", "surgical_thrombectomy C", "v", "surgical_thrombectomy: grade-2c"),
    Cell("6", "aha-2011", "X", "s", "lytic_removal: class-iii-b"),
    Cell("6", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("6", "nice-ng158", "X", "s", "catheter_lysis: outside-criteria"),
    Cell("6", "esvs-2021", "A", "s", "anticoagulation_alone: implied"),
    Cell("6", "sir-2023", "-", "v", shown="sir-2014-lysis/major-surgery"),
    Cell("6", "thrombosis-canada-dvt", "A", "v", "anticoagulation_alone: for-most"),
    # 7: day 18, moderate
    Cell("7", "acr-2013", "-", "v"),
    Cell("7", "acr-2020", "-", "s"),
    Cell("7", "svs-2012", "X", "v", "removal: outside-criteria"),
    Cell("7", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("7", "nice-ng158", "X", "s", "catheter_lysis: outside-criteria"),
    Cell("7", "thrombosis-canada-dvt", "A", "v", "anticoagulation_alone: for-most"),
    # 8: 5 months after anticoagulation alone, persistent moderate symptoms
    Cell("8", "acr-2013", "-", "v"),
    Cell("8", "acr-2020", "C; anticoagulation_alone C; compression C", "s",
         "anticoagulation_alone: may-be-appropriate; catheter_removal: may-be-appropriate; "
         "compression: may-be-appropriate; surgical_thrombectomy: may-be-appropriate-disagreement"),
    Cell("8", "aha-2011", "X", "s", "lytic_removal: class-iii-b"),
    Cell("8", "esvs-2022", "stent X", "s", "stent: class-iii-c"),
    Cell("8, severe", "esvs-2022", "stent R", "s", "stent: class-iia-b"),
    Cell("8", "sir-2023-chronic", "stent C", "s", "stent: e-s-highly-selected"),
    Cell("8, poor inflow", "sir-2023-chronic", "stent X", "s", "stent: e-s-avoid-in-most"),
    Cell("8", "thrombosis-canada-pts", "-", "v", "stent: growing-use"),
    # 9: iliofemoral clot into the vena cava, day 5, moderate
    Cell("9", "acr-2013", "C", "v", shown="work-up/caval-clot"),
    Cell("9", "acr-2020", "-", "s", shown="pitfalls/no-variant-for"),
    Cell("9", "svs-2012", "R; retrievable_filter C", "v", "removal: grade-2c; retrievable_filter: grade-2c"),
    Cell("9", "chest-2021", "A; caval_filter X", "v",
         "anticoagulation_alone: weak-moderate; caval_filter: against-strong-moderate"),
    Cell("9", "ash-2020", "A C", "s", "anticoagulation_alone: conditional; lytic_removal: remark"),
    Cell("9", "sir-2020-filter", "caval_filter X", "s", "caval_filter: not-routine"),
    Cell("9, under catheter lysis", "sir-2020-filter", "-", "s", "caval_filter: select"),
    Cell("9", "thrombosis-canada-dvt", "A C", "v", "anticoagulation_alone: for-most; removal: possible-role"),
    Cell("9", "thrombosis-canada-filter", "caval_filter X", "v", "caval_filter: not-supported"),
    # 10: femoropopliteal only, moderate
    Cell("10", "acr-2020", "X; anticoagulation_alone R", "s",
         "catheter_removal: usually-not-appropriate; anticoagulation_alone: usually-appropriate"),
    Cell("10", "svs-2012", "A", "v", "anticoagulation_alone: grade-1c"),
    Cell("10", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("10", "nice-ng158", "-", "s"),
    Cell("10", "esvs-2021", "X", "s", "removal: not-recommended"),
    Cell("10", "thrombosis-canada-dvt", "A", "v", "anticoagulation_alone: for-most"),
    # 11: second clot in the same leg, iliofemoral, day 4, severe
    Cell("11", "acr-2013", "-", "v"),
    Cell("11", "svs-2012", "-", "v"),
    Cell("11", "chest-2021", "A", "v", "anticoagulation_alone: weak-moderate"),
    Cell("11", "ash-2020", "A C", "s", "anticoagulation_alone: conditional; lytic_removal: remark"),
    Cell("11", "nice-ng158", "C", "s", "catheter_lysis: consider"),
    Cell("11", "thrombosis-canada-dvt", "A C", "v", "anticoagulation_alone: for-most; removal: possible-role",
         "trade-off/attract-predictors"),
    # 12: anticoagulation contraindicated (gut bleed today), acute iliofemoral clot
    Cell("12", "acr-2013", "-", "v", shown="trade-off/acr-2013-comment"),
    Cell("12", "acr-2019-filter", "retrievable_filter R", "s", "retrievable_filter: usually-appropriate"),
    Cell("12", "chest-2021", "caval_filter R", "v", "caval_filter: strong-moderate"),
    Cell("12", "ash-2020", "retrievable_filter C", "s", "retrievable_filter: remark"),
    Cell("12", "nice-ng158", "retrievable_filter C", "s", "retrievable_filter: consider"),
    Cell("12", "esvs-2021", "retrievable_filter R", "s", "retrievable_filter: class-i-b"),
    Cell("12", "sir-2020-filter", "caval_filter C", "s", "caval_filter: consider"),
    Cell("12", "thrombosis-canada-filter", "caval_filter R", "v", "caval_filter: indicated"),
    # 13: 15 years, left iliofemoral clot with May-Thurner anatomy, severe, no limb threat
    Cell("13", "ash-isth-2024", "A", "s", "anticoagulation_alone: conditional-very-low"),
    Cell("13", "ash-2018-paediatric", "X A; surgical_thrombectomy X A", "v",
         "surgical_thrombectomy: conditional-against-very-low"),
    # 14: the same with phlegmasia cerulea dolens
    Cell("14", "ash-isth-2024", "A C", "s", "catheter_lysis: remark; systemic_lysis: remark"),
    # 15: 9 years, leukaemia on asparaginase, iliac clot on a femoral line, platelets 35
    Cell("15", "ash-isth-2024", "A; six_weeks X", "s", "anticoagulation_alone: conditional-very-low; six_weeks: excluded"),
    Cell("15", "ash-2018-paediatric", "keep_line R", "s", "keep_line: conditional-very-low"),
    Cell("15, line not needed", "ash-2018-paediatric", "remove_line R", "s", "remove_line: strong-very-low"),
    Cell("15, line not needed", "ash-isth-2024", "remove_line R", "s", "remove_line: conditional-low"),
    Cell("15", "isth-2018", "out", "s"),
    Cell("15", "gimema-2018", "out", "v"),
    # 16: 60 years, active cancer, iliofemoral clot day 4, platelets 40, moderate
    Cell("16", "isth-2018", "full_with_transfusion R", "s", "full_with_transfusion: suggest"),
    Cell("16, lower risk of progression", "isth-2018", "reduced_intensity R", "s", "reduced_intensity: suggest"),
    Cell("16", "thrombosis-canada-cancer", "reduced_intensity R; full_with_transfusion C", "v",
         "reduced_intensity: advised; full_with_transfusion: may-consider"),
    Cell("16", "asco-2013", "", "v", "full_intensity: relative", "asco-2013-anticoagulation/platelets-50"),
    Cell("16", "sir-2023", "-", "s", shown="attract-exclusions/platelets"),
]  # fmt: skip

NOT_ASSERTED = {
    "inference about who a recommendation applies to (i)": [
        ("2", "SVS/AVF 2012"), ("2", "AHA 2011"), ("2", "NICE"), ("6", "ACR 2020"), ("6", "ASH 2020"), ("7", "AHA 2011"),
        ("9", "AHA 2011"), ("9", "NICE"), ("11", "ACR 2020"), ("11", "AHA 2011"), ("13", "other"), ("14", "other"),
    ],
    "from memory, nothing confirmed it (m)": [
        ("3", "NICE"), ("3", "ESVS 2021"), ("3", "SIR 2023"), ("4", "SIR 2023"), ("5", "AHA 2011"), ("5", "ASH 2020"),
        ("5", "ESVS 2021"), ("7", "ASH 2020"), ("7", "ESVS 2021"), ("7", "SIR 2023"), ("9", "ESVS 2021"), ("10", "ASH 2020"),
        ("10", "SIR 2023"), ("11", "ESVS 2021"), ("11", "SIR 2023"), ("12", "AHA 2011"), ("13", "CHEST 2012, children"),
        ("14", "CHEST 2012, children"),
    ],
    "a dash without a mark": [
        ("5", "NICE"), ("8", "SVS/AVF 2012"), ("8", "CHEST 2021"), ("8", "ASH 2020"), ("8", "NICE"), ("10", "ACR 2013"),
        ("10", "AHA 2011"), ("12", "SVS/AVF 2012"), ("15", "CHEST 2012, children"), ("16", "ASH/ISTH 2024"),
        ("16", "CHEST 2012, children"), ("16", "practice"),
    ],
    "what peers do: a survey, and no guideline": [("13", "practice"), ("14", "practice"), ("15", "practice")],
}  # fmt: skip

COLUMNS = {
    "acr-2013": "ACR 2013", "acr-2020": "ACR 2020", "acr-2019-filter": "ACR 2020", "svs-2012": "SVS/AVF 2012",
    "aha-2011": "AHA 2011", "chest-2021": "CHEST 2021", "ash-2020": "ASH 2020", "nice-ng158": "NICE",
    "esvs-2021": "ESVS 2021", "esvs-2022": "ESVS 2021", "sir-2023": "SIR 2023", "sir-2023-chronic": "SIR 2023",
    "sir-2020-filter": "SIR 2023", "thrombosis-canada-dvt": "Thrombosis Canada",
    "thrombosis-canada-pts": "Thrombosis Canada", "thrombosis-canada-filter": "Thrombosis Canada",
    "thrombosis-canada-pregnancy": "Thrombosis Canada",
}  # fmt: skip


ALONE, REMOVAL = "anticoagulation_alone", "removal"


class Desk:
    """The pages of the tables' patients, each laid out once."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.pages: dict[str, Consult] = {}
        self.removals = {option.id for option in library.options.values() if option.removes_clot}

    def page(self, row: str) -> Consult:
        """Return the page of one row's patient, from which all its cells are read."""
        if row not in self.pages:
            usual = ADULT if row in PATIENTS else CHILD if row in CHILDREN else ""
            own = (PATIENTS | CHILDREN | CANCERS)[row]
            findings: dict[str, Finding] = {}
            for text in (", ".join(usual.strip().splitlines()), own):
                document = read_document(f"on: {ON}\nfindings: {{{text}}}".encode(), f"row {row}")
                case, faults = read_case(document, self.library.lexicon.vocabulary, date.fromisoformat(ON))
                assert faults == []
                findings |= case.findings
            self.pages[row] = consult(self.library, Case(date.fromisoformat(ON), findings, f"row {row}"))
        return self.pages[row]

    def heard(self, row: str, guideline: str) -> dict[str, tuple[Heard, ...]]:
        """Return what a guideline is heard to say in the row of each option.

        A superseded edition has no column today; it is heard as it was before its successor.
        """
        advice = [_as_current(each) if each.guideline.id == guideline else each for each in self.page(row).advice]
        return {
            line.option.id: line.cells[guideline]
            for comparison in compare(self.library, advice)
            for line in comparison.rows
            if guideline in line.cells
        }

    def shows(self, row: str) -> set[str]:
        """Return the statements that stand on the page as true of this patient."""
        page = self.page(row)
        return {
            f"{sheet.sheet.id}/{shown.statement.id}"
            for sheet in page.sheets
            for section in sheet.sections
            for shown in section.of(Truth.YES)
        }

    def kinds_of(self, option: str) -> set[str]:
        """Return an option and all that it covers."""
        covered = {option}
        for each in self.library.options.values():
            if each.within in covered:
                covered.add(each.id)
        return covered


def _as_current(advice: Advice) -> Advice:
    return advice._replace(guideline=advice.guideline._replace(superseded_by=""))


@pytest.fixture(scope="module")
def desk(library: Library) -> Desk:
    return Desk(library)


def codes_of(heard: Iterable[Heard], removals: set[str]) -> set[str]:
    """Read what is heard of an option, in its row, as codes: + accepted or favoured, ? only if, A, X.

    Which of two ways of removal is the better one says nothing of whether to remove.
    """
    codes = set()
    for each in heard:
        if each.preferred is not None:
            codes |= {"A"} if each.preferred.id == ALONE and each.holds is Truth.YES else set()
        elif each.opinion.grade.stance.supports and each.opinion.over not in removals:
            codes.add({Truth.YES: "+", Truth.UNKNOWN: "?"}[each.holds])
        elif each.opinion.grade.stance is Stance.AVOID and each.holds is Truth.YES:
            codes.add("X")
    return codes


def expected_codes(written: str) -> set[str]:
    """Translate the codes of a cell: R and C are both acceptance, C? is one with an "if"."""
    return {{"R": "+", "C": "+", "C?": "?"}.get(code, code) for code in written.split()} - {"-"}


def differs(cell: Cell, desk: Desk) -> list[str]:
    """List in what the library does not say what a cell says."""
    heard = desk.heard(cell.row, cell.guideline)
    if cell.codes == "out":
        advice = next(each for each in desk.page(cell.row).advice if each.guideline.id == cell.guideline)
        return ([] if advice.scope is Truth.NO else ["it is in scope"]) + unshown(cell, desk)
    alone = "+" in codes_of(heard.get(ALONE, ()), desk.removals)
    found = unshown(cell, desk)
    for part in filter(None, (part.strip() for part in cell.codes.split(";"))):
        option, _, codes = part.partition(" ") if part.split()[0] in desk.library.options else (REMOVAL, "", part)
        said = {code for kind in desk.kinds_of(option) for code in codes_of(heard.get(kind, ()), desk.removals)}
        if option == REMOVAL and "A" in codes.split() and "+" not in said and alone:
            said.add("A")
        if "+" in said and "X" not in codes.split():
            said.discard("X")  # of two ways of removal one may be advised against
        if said - ({"?"} if "?" not in codes else set()) != expected_codes(codes):
            found.append(f"{option}: {sorted(said)}, where the cell says {codes}")
    for part in filter(None, (part.strip() for part in cell.grades.split(";"))):
        option, _, grades = part.partition(": ")
        truth = Truth.UNKNOWN if option.endswith("?") else Truth.YES
        said = {each.opinion.grade.id for each in heard.get(option.rstrip("?"), ())
                if each.holds is truth and each.opinion.option == option.rstrip("?")}  # fmt: skip
        if said != set(grades.split(", ")):
            found.append(f"{option}: graded {sorted(said)}, where the cell says {grades}")
    return found


def unshown(cell: Cell, desk: Desk) -> list[str]:
    """Say it where a statement that should stand beside the ratings does not."""
    return [f"{cell.shown} is not shown"] if cell.shown and cell.shown not in desk.shows(cell.row) else []


@pytest.mark.parametrize("cell", TABLE, ids=[f"row {cell.row}: {cell.guideline}" for cell in TABLE])
def test_a_cell_of_the_tables_is_reproduced(cell: Cell, desk: Desk) -> None:
    """What the guideline is heard to say of this patient is what the table says, in codes and in its own grades."""
    assert differs(cell, desk) == []


def test_every_cell_is_asserted_or_named_with_the_reason_why_not() -> None:
    """Rows 1 to 12 have ten columns, and every one of the 120 is in one list and not in both."""
    cells = [(cell.row.partition(",")[0], cell) for cell in TABLE]
    asserted = {(row, COLUMNS[cell.guideline]) for row, cell in cells if int(row) <= 12}
    spared = {(row, column) for cells in NOT_ASSERTED.values() for row, column in cells if int(row) <= 12}
    everything = {(str(row), column) for row in range(1, 13) for column in dict.fromkeys(COLUMNS.values())}
    assert everything - asserted - spared == set()
    assert asserted & spared == set()
