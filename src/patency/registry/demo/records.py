"""The records of one of the demo's patients: who they are, what they agreed to, the thrombosis, what is known of it.

What was done stands in demo/treatments.py, what was seen and what happened in demo/follow.py.
"""

from datetime import timedelta

from patency.registry.demo.follow import add_events, add_visits
from patency.registry.demo.person import Notes, Person, or_absent
from patency.registry.demo.treatments import add_medications, add_procedure
from patency.registry.entry import Value
from patency.vocabulary import DAYS_A_YEAR

_VEINS = ("common_femoral", "external_iliac", "common_iliac")
_BANDS = {"child": "1_to_11", "adolescent": "12_to_17", "adult": "18_to_64", "older": "65_and_over"}
_POPULATION = {"child": "child", "adolescent": "adolescent", "adult": "adult", "older": "adult"}
_NEONATE = 28  # days, the age below which a child is a neonate


def write_down(notes: Notes, person: Person) -> str:
    """Note all records of a patient, and return the id of their episode."""
    patient = notes.records[0]
    notes.records[0] = patient._replace(values={**patient.values, "sex_at_birth": person.sex})
    _add_consents(notes, person)
    episode = _add_episode(notes, person)
    _add_findings(notes, person, episode)
    _add_limbs(notes, person, episode)
    add_procedure(notes, person, episode)
    add_medications(notes, person, episode)
    add_visits(notes, person, episode)
    add_events(notes, person, episode)
    return episode


def _add_consents(notes: Notes, person: Person) -> None:
    day = person.on(min(person.luck.whole(0, 2), person.end))
    scope = "data_and_contact" if person.luck.is_so(0.8) else "data"
    by = "parent" if person.is_minor else "patient"
    notes.add("consent", notes.patient, what="consent", date=day, given_by=by, scope=scope, form_version="demo 1")
    if 7 <= person.age < 18:
        notes.add(
            "consent", notes.patient, what="assent", date=day, given_by="patient", scope=scope, form_version="demo 1"
        )
    of_age = (18 - person.age) * DAYS_A_YEAR + 14
    if person.is_minor and of_age < person.end:
        notes.add("consent", notes.patient, what="reconsent", date=person.on(of_age), given_by="patient", scope=scope,
                  form_version="demo 2")  # fmt: skip


def _add_episode(notes: Notes, person: Person) -> str:
    luck, traits = person.luck, person.traits
    is_old = traits["anatomy"] == "post_thrombotic"
    compressed = "may_thurner" if traits["compression"] == "compressed" else "none"
    threat = {"mild": ("none",), "moderate": ("none", "none", "none", "alba"), "severe": ("none", "alba", "cerulea")}
    values: dict[str, Value | bool | int | None] = {
        "date": person.diagnosed,
        "age": person.age,
        "population": "neonate" if person.age * DAYS_A_YEAR < _NEONATE else _POPULATION[traits["age"]],
        "first_or_recurrent": "recurrent_ipsilateral" if is_old else "first",
        "side": person.sides[0] if len(person.sides) == 1 else "both",
        "symptom_onset": person.diagnosed - timedelta(days=_days_of_symptoms(person, is_old)),
        "provoking": (provoked := _provoked(person)),
        "thrombophilia": frozenset({luck.one_of("fvl_heterozygous", "prothrombin", "not_tested", "not_tested")}),
        "compression_lesion": or_absent(luck, compressed, 0.05),
        "catheter_related": "catheter" in provoked,
        "limb_threat": luck.one_of(*threat[traits["severity"]]),
        "pulmonary_embolism": luck.one_of("none", "none", "none", "symptomatic", "incidental"),
        "lytic_contraindication": traits["bleeding"] == "bleeding_prone",
        "caval": traits["anatomy"] == "iliocaval",
        "first_treatment": person.recorded,
        "planned_duration": luck.one_of("three_to_6_months", "over_6_months", "indefinite"),
        "read_by": "site",
        **_laboratory(person),
    }
    return notes.add("episode", notes.patient, **values)


def _days_of_symptoms(person: Person, is_old: bool) -> int:
    """Return for how long they had symptoms before the diagnosis, at most since birth."""
    return min(person.luck.whole(15, 40) if is_old else person.luck.whole(1, 13), int(person.age * DAYS_A_YEAR))


def _provoked(person: Person) -> frozenset[str]:
    luck = person.luck
    found = {name for name in ("surgery", "trauma", "immobility", "infection") if luck.is_so(0.12)}
    if person.traits["age"] == "child" and luck.is_so(0.5):
        found.add("catheter")
    if person.traits["age"] == "older" and luck.is_so(0.25):
        found.add("cancer")
    if person.sex == "female" and 13 <= person.age < 50 and luck.is_so(0.35):
        found.add("hormones")
    return frozenset(found)


def _laboratory(person: Person) -> dict[str, Value | bool | int | None]:
    luck, is_prone = person.luck, person.traits["bleeding"] == "bleeding_prone"
    d_dimer = or_absent(luck, luck.near(3800, 900, 0), 0.2)
    stay = luck.whole(2, 5) + (3 if person.recorded != "anticoagulation_alone" else 0)
    return {
        "haemoglobin": or_absent(luck, luck.near(11.0 if is_prone else 13.2, 0.8)),
        "platelets": or_absent(luck, luck.near(110 if is_prone else 240, 30, 0)),
        "creatinine": or_absent(luck, luck.near(70, 12, 0)),
        "d_dimer": d_dimer,
        "d_dimer_unit": "feu" if isinstance(d_dimer, float) else None,
        "inr": or_absent(luck, luck.near(1.1, 0.05)),
        "weight": or_absent(luck, person.weight_on(0)),
        "height": or_absent(luck, luck.near(_height_cm(person.age), 4 if person.age >= 1 else 1.5, 0)),
        "stay_days": min(float(stay), float(int(person.end))),
        "icu_days": 0.0,
    }


def _add_findings(notes: Notes, person: Person, episode: str) -> None:
    """Note what hangs on the vocabulary: how severe it is, and whether bleeding is to be feared."""
    source = "the site's letter (synthetic)"
    for concept, written in (("severity", person.traits["severity"]), ("objectively_confirmed", "yes")):
        notes.add("finding", episode, concept=concept, date=person.diagnosed, written=written, source=source)
    if person.luck.is_so(0.3):
        notes.add("finding", episode, concept="ambulatory", date=person.diagnosed, source=source,
                  written="not known" if person.luck.is_so(0.2) else "yes")  # fmt: skip


def _add_limbs(notes: Notes, person: Person, episode: str) -> None:
    luck, anatomy = person.luck, person.traits["anatomy"]
    chronicity = "chronic" if anatomy == "post_thrombotic" else "acute" if luck.is_so(0.8) else "subacute"
    for place, side in enumerate(person.sides):
        limb = notes.add("limb", episode, side=side, iliofemoral=True)
        for vein in (*_VEINS, *(("cava_infrarenal",) if anatomy == "iliocaval" and place == 0 else ())):
            notes.add("segment", limb, vein=vein, involved=True, occlusion=luck.whole(8, 10) * 10, date=person.diagnosed,
                      chronicity=chronicity, chronicity_by="imaging", read_by="site")  # fmt: skip
        is_femoral = luck.is_so(0.6)
        notes.add("segment", limb, vein="femoral", involved=is_femoral, date=person.diagnosed, read_by="site",
                  occlusion=luck.whole(5, 10) * 10 if is_femoral else 0,
                  chronicity=chronicity if is_femoral else None)  # fmt: skip


def _height_cm(age: float) -> float:
    return 75 + 5.6 * min(age, 17.0) if age >= 1 else 50 + 30.6 * age


def band_of(level: str, age: float) -> str:
    """Return the age band of the screening log for a level of age, and an age in years."""
    return "under_1" if age < 1 else _BANDS[level]
