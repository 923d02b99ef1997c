"""How long a finding of the registry counts as known, so that an old value never passes for today's.

In: the findings of a case. Out: those that still count, and those that must be asked again. A fact about how this clot began
stays one; that something ever happened stays a Yes; a No to it, a state, a laboratory value and a finding of the leg do not.
The day of an event that may have happened again is read as "on that day or since".

The lengths are Patency's own and unverified: no source that was read says how old a finding may be. They are short, because
asking once more costs less than an old No that nobody looked at again.

Not here: dates typed into a case file, whose writer says of which day each finding is.
"""

import math
from collections.abc import Iterable
from datetime import date

from patency.case import Finding, Members, Span
from patency.registry.passed import words_of
from patency.truth import Truth
from patency.vocabulary import Concept, Vocabulary

# Facts about this clot, its first treatment and who the patient was before it.
LASTING = frozenset(
    """age sex onset diagnosed_on clinically_unsuspected side segments other_limb_segments episode_history catheter_related
    prophylaxis_before_clot provoking trigger_kind thrombophilia compression_lesion previous_clot_same_limb_on established_pts
    venous_disease_c3 initial_treatment_on anticoagulation_started_on removal_on stenosis_found residual_thrombus
    leukaemia_lineage ivc_anomaly good_function ambulatory iliofemoral femoropopliteal iliocaval may_thurner unprovoked
    proximal""".split()
)
# What was once so stays so, or until a record says that it ended; that it was not so may have changed the next day.
LASTING_YES = frozenset(
    """objectively_confirmed thrombophilia_tested removal_done stent_placed ivc_filter_in_place right_to_left_shunt
    bleeding_history bleeding_disorder stroke_or_tia intracranial_bleed seizure_disorder lytic_reaction anticoagulant_reaction
    contrast_reaction contrast_allergy heparin_induced_thrombocytopenia diabetes anticoagulation_failed
    anticoagulation_complication""".split()
)
LASTING_BUT = {"pulmonary_embolism": "none", "initial_treatment": "none_yet"}  # each answer but this one
# What may turn within hours.
OF_TODAY = frozenset(
    """active_bleeding life_threatening_bleeding critical_site_bleeding haemodynamic_compromise right_heart_strain limb_threat
    phlegmasia rutherford irreversible_limb_ischaemia severity severe_sepsis severe_illness_now seizure_past_48_hours
    systolic_pressure diastolic_pressure uncontrolled_hypertension thienopyridine_past_5_days procedure_planned
    spinal_anaesthesia_planned platelet_transfusion_support""".split()
)
DAY, WEEK, MONTH = 1, 7, 30  # days
_BY_COST = {"imaging": MONTH}


def days_counted(concept: Concept) -> float:
    """Return for how many days an answer counts that is no lasting one."""
    if concept.name in LASTING:
        return math.inf
    return DAY if concept.name in OF_TODAY else _BY_COST.get(concept.cost, WEEK)


def still_known(findings: Iterable[Finding], on: date, vocabulary: Vocabulary) -> tuple[list[Finding], list[Finding]]:
    """Return what still counts on a day, and what is too old for it and must be asked again."""
    known, again = [], []
    for finding in findings:
        concept = vocabulary.concepts[finding.concept]
        if (on - finding.on).days <= days_counted(concept):
            known.append(finding)
            continue
        left = _left_of(finding, concept, on)
        if left is not None:
            known.append(left)
        if left is not finding:
            again.append(finding)
    return known, again


def _left_of(finding: Finding, concept: Concept, on: date) -> Finding | None:
    """Return what an old finding still says, if anything."""
    value = finding.value
    if isinstance(value, Span) and concept.only_if and not concept.other_than:  # "the latest": there may be a later one
        since = Span(value.low, on.toordinal())
        return finding._replace(value=since, written=words_of(since), on=on)  # as it is known on this day
    if isinstance(value, Members) and concept.name == "iliac_vein_imaging" and value.included:  # "so far"
        included = Members(value.included, frozenset())
        return finding._replace(value=included, written=words_of(included))
    other = LASTING_BUT.get(concept.name)
    is_lasting = (value is Truth.YES and concept.name in LASTING_YES) or (
        other is not None and isinstance(value, frozenset) and other not in value
    )
    return finding if is_lasting else None
