"""What was done for one of the demo's patients: the procedure step by step, its stents and filter, and the drugs."""

from patency.registry.demo.person import Notes, Person, or_absent

_STEPS = {
    "cdt": ("access", "venography", "lysis_infusion", "balloon", "completion_venography"),
    "pcdt": ("access", "venography", "lysis_pulse", "rheolytic", "balloon", "completion_venography"),
    "thrombectomy_alone": ("access", "venography", "aspiration", "balloon", "completion_venography"),
}
_LENGTHS = {"under_6_weeks": 35, "six_to_12_weeks": 75, "three_to_6_months": 165, "over_6_months": 320}  # days


def add_procedure(notes: Notes, person: Person, episode: str) -> None:
    """Note the procedure that opened the vein, or was to; nothing where there was none."""
    day, luck = person.days["procedure"], person.luck
    if not person.has_seen(day):
        return
    is_opened = all(limb["is_opened"] for limb in person.limbs)
    removed = luck.whole(10, 19) * 5 if is_opened else luck.whole(1, 9) * 5
    procedure = notes.add(
        "procedure", episode, date=person.on(day), side=person.sides[0] if len(person.sides) == 1 else "both",
        modality=person.recorded, is_index=True, minutes=luck.whole(35, 150), contrast_ml=luck.whole(40, 160),
        fluoroscopy_mgy=or_absent(luck, luck.whole(20, 400), 0.1), blood_loss_ml=luck.whole(1, 20) * 10,
        anaesthesia="general" if person.age < 12 else luck.one_of("local", "sedation", "general"), ivus=luck.is_so(0.6),
        access=frozenset({luck.one_of("popliteal", "femoral", "posterior_tibial")}),
        team=frozenset({"interventional_radiology", luck.one_of("haematology", "vascular_surgery")}),
        periprocedural_anticoagulation=luck.one_of("ufh_therapeutic", "lmwh"),
        lysis_percent=removed, technical_success=is_opened, success_rule="lysis_50",
        residual_stenosis=luck.whole(0, 6) * 5 if is_opened else 90, read_by="site", **_read_twice(person, removed, is_opened),
    )  # fmt: skip
    _add_steps(notes, person, procedure)
    if person.is_stented:
        _add_stents(notes, person, procedure)
    if person.traits["anatomy"] == "iliocaval" and luck.is_so(0.4):
        removed_on = day + luck.whole(20, 90)
        is_removed = person.has_seen(removed_on) and luck.is_so(0.8)
        notes.add("filter", episode, date=person.on(day), position="infrarenal", retrievable=True,
                  removed="yes" if is_removed else "no", removed_date=person.on(removed_on) if is_removed else None)  # fmt: skip


def _read_twice(person: Person, removed: int, is_opened: bool) -> dict[str, float | bool]:
    """Return what a core laboratory read, which is sterner by five points at most and calls the same a success."""
    if not person.is_read_twice:
        return {}
    sterner = 5 if removed not in (50, 5) and person.luck.is_so(0.5) else 0
    return {"core_lysis_percent": float(removed - sterner), "core_technical_success": is_opened}


def _add_steps(notes: Notes, person: Person, procedure: str) -> None:
    luck = person.luck
    for number, what in enumerate((*_STEPS[person.recorded], *(("stent",) if person.is_stented else ())), 1):
        is_lysis = what.startswith("lysis")
        notes.add(
            "step", procedure, number=number, what=what,
            segment="popliteal" if what == "access" else "common_iliac",
            agent="alteplase" if is_lysis else None,  # which, and no amount: nothing here could be taken for a dose
            hours=luck.whole(12, 36) if what == "lysis_infusion" else None,
            passes=luck.whole(2, 6) if what in ("aspiration", "rheolytic") else None,
            balloon_mm=luck.whole(10, 16) if what == "balloon" else None,
            device="made-up device" if what in ("aspiration", "rheolytic") else None,
        )  # fmt: skip


def _add_stents(notes: Notes, person: Person, procedure: str) -> None:
    luck = person.luck
    for side in person.sides:
        for segment in ("common_iliac", "external_iliac")[: 1 + luck.is_so(0.35)]:
            notes.add("stent", procedure, segment=segment, side=side, model="other", model_other="made-up stent", type="dedicated_venous",
                      diameter_mm=luck.whole(6, 9) * 2, length_mm=luck.whole(6, 15) * 10,
                      into_cava=segment == "common_iliac" and luck.is_so(0.3),
                      below_ligament=segment == "external_iliac" and luck.is_so(0.3))  # fmt: skip


def add_medications(notes: Notes, person: Person, episode: str) -> None:
    """Note the periods of each drug: a heparin first, then what follows for as long as was planned."""
    luck, end = person.luck, person.end
    begin = luck.whole(5, 10)
    notes.add("medication", episode, drug="enoxaparin" if luck.is_so(0.8) else "ufh", start=person.diagnosed,
              intensity="therapeutic", stop=person.on(begin) if begin <= end else None,
              stop_reason="completed" if begin <= end else None)  # fmt: skip
    if begin < end:
        drug = (
            luck.one_of("rivaroxaban", "enoxaparin", "dabigatran")
            if person.is_minor
            else luck.one_of("apixaban", "rivaroxaban", "warfarin")
        )
        stop, reason = _stopped(notes, person, begin)
        notes.add("medication", episode, drug=drug, start=person.on(begin), intensity="therapeutic",
                  stop=person.on(stop) if stop <= end else None, stop_reason=reason if stop <= end else None)  # fmt: skip
    if person.is_stented and person.days["procedure"] < end and luck.is_so(0.45):
        notes.add("medication", episode, drug="aspirin", start=person.on(person.days["procedure"]))


def _stopped(notes: Notes, person: Person, begin: float) -> tuple[float, str]:
    planned = next(str(record.values["planned_duration"]) for record in notes.records if record.kind == "episode")
    last = _LENGTHS.get(planned, float("inf")) + person.luck.whole(-10, 25)
    bled = person.days["bleeding"]
    return (bled, "bleeding") if begin < bled < last else (last, "completed")
