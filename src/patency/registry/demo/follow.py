"""What was seen of one of the demo's patients afterwards, visit by visit, and what happened to them."""

from collections.abc import Mapping

from patency.case import Absence
from patency.registry.demo.person import Luck, Notes, Person, or_absent
from patency.registry.demo.scales import scales_of, severity_on, vcss_at_diagnosis
from patency.registry.demo.seen import SCHEDULE
from patency.registry.entry import Value

_UNPLANNED = -1
_UNSCORED = 6  # of every so many patients one had no score at the diagnosis, whoever that is
READERS = ("site", "core_laboratory")


def add_visits(notes: Notes, person: Person, episode: str) -> None:
    """Note the first visit, those of the schedule that were made, and those that a patient came to by themselves."""
    pain = person.luck.whole(3, 9)
    first = notes.add("visit", episode, date=person.diagnosed, planned="baseline", how="in_person",
                      pain=pain, ulcer="none")  # fmt: skip
    if not person.is_minor and int(person.pseudonym[-5:]) % _UNSCORED:
        for side in person.sides:
            _add_response(notes, person, (first, 0, side), "vcss", vcss_at_diagnosis(person, pain))
    _add_scan(notes, person, first, 0)
    felt = [(_UNPLANNED, day, True, False) for day in _felt(person)]
    for place, day, is_scanned, is_scored in sorted((*person.visits, *felt), key=lambda visit: visit[1]):
        severity = severity_on(person, day)
        has_ulcer = severity == 3 and day >= 90 and person.luck.is_so(0.2)
        visit = _add_visit(notes, person, episode, place, day, severity, has_ulcer)
        if is_scanned:
            _add_scan(notes, person, visit, day)
        if is_scored:
            _add_scales(notes, person, visit, day, severity, has_ulcer)


def _add_scales(notes: Notes, person: Person, visit: str, day: float, severity: int, has_ulcer: bool) -> None:
    """Note the scales of a visit: of minors one, which is of no leg; of adults those of each clotted leg."""
    for place, side in enumerate([None] if person.is_minor else person.sides):
        is_there = place == 0 or person.is_in_both
        for scale, answers in scales_of(person, severity if is_there else 0, has_ulcer and place == 0).items():
            _add_response(notes, person, (visit, day, side), scale, answers)


def _add_response(
    notes: Notes, person: Person, where: tuple[str, float, str | None], scale: str, answers: Mapping[str, Value]
) -> None:
    visit, day, side = where
    notes.add("response", visit, instrument=scale, date=person.on(day), read_by="site", side=side,
              **{name.replace(".", "__"): value for name, value in answers.items()})  # fmt: skip


def _felt(person: Person) -> list[float]:
    """Return the days on which patients come by themselves: with an occlusion that will be opened, or a narrowing."""
    days = {int(limb["occlusion"]) + 1.0 for limb in person.limbs if person.has_seen(limb["reopened"])}
    days |= {int(limb["reintervention"]) - 1.0 for limb in person.limbs if person.has_seen(limb["reintervention"])}
    return sorted(days - {day for _, day, _, _ in person.visits})


def _add_visit(
    notes: Notes, person: Person, episode: str, place: int, day: float, severity: int, has_ulcer: bool
) -> str:  # fmt: skip
    luck, is_planned = person.luck, place != _UNPLANNED
    girth = luck.near(person.calf_cm, 1.2 if person.age >= 1 else 0.4)
    swollen = round(girth * (1.02 + 0.02 * severity), 1)
    worn = luck.one_of("none", "intermittent", "most_days", "daily")
    sides = {f"calf_{side}_cm": swollen if side == person.sides[0] else girth for side in ("left", "right")}
    return notes.add(
        "visit", episode, date=person.on(day), planned=SCHEDULE[place].name if is_planned else "unplanned",
        how=luck.one_of("in_person", "in_person", "in_person", "telephone") if place == 0 else "in_person",
        pain=or_absent(luck, min(10, 2 * severity + luck.whole(0, 3))), ulcer="active" if has_ulcer else "none",
        ulcer_size_cm=luck.near(2.5, 0.6) if has_ulcer else None, compression=or_absent(luck, worn),
        weight=person.weight_on(day) if person.is_minor else None, **sides,
    )  # fmt: skip


def state_on(person: Person, limb: dict[str, float], day: float) -> str:
    """Return the state of a leg's vein on a day: open, stenosed or occluded."""
    if day >= limb["recanalised"]:
        return "open"
    if not limb["is_opened"] or day < person.days["procedure"] or day >= limb["reocclusion"]:
        return "occluded"
    if limb["occlusion"] <= day < limb["reopened"]:
        return "occluded"
    return "stenosed" if limb["stenosis"] <= day < limb["reintervention"] and day < limb["occlusion"] else "open"


def _add_scan(notes: Notes, person: Person, visit: str, day: float) -> None:
    """Note what a scan shows of each leg's iliac vein, and of a clotted vena cava, which goes as the first leg's vein does.

    A core laboratory reads the scans of some patients too: it sees the same state, and measures the narrowing by itself.
    """
    is_stented = person.is_stented and day >= person.days["procedure"]
    veins: list[tuple[str | None, str, dict[str, float], bool]]
    veins = [(side, "common_iliac", limb, is_stented) for side, limb in zip(person.sides, person.limbs, strict=True)]
    if person.traits["anatomy"] == "iliocaval":
        veins.append((None, "cava_infrarenal", person.limbs[0], False))
    for side, vein, limb, in_stent in veins:
        for reader in READERS if person.is_read_twice else READERS[:1]:
            _add_look(notes, person, visit, day, (side, vein, in_stent, reader), state_on(person, limb, day))


def _add_look(
    notes: Notes, person: Person, visit: str, day: float, where: tuple[str | None, str, bool, str], state: str
) -> None:  # fmt: skip
    luck, (side, vein, in_stent, reader) = person.luck, where
    narrowed = {"open": luck.whole(0, 4) * 10, "stenosed": luck.whole(11, 17) * 5, "occluded": 100}[state]
    notes.add(
        "imaging", visit, date=person.on(day), method="duplex", side=side, segment=vein, status=state,
        stenosis=float(narrowed), in_stent=in_stent, stent_status=state if in_stent else "none", read_by=reader,
        compressible=None if side is None else {"open": "yes", "stenosed": "partly", "occluded": "no"}[state],
        flow={"open": "spontaneous", "stenosed": "augmented_only", "occluded": "none"}[state],
        reflux_s=or_absent(luck, luck.near(0.6, 0.2), 0.2) if side is not None and state != "occluded" else None,
    )  # fmt: skip


def add_events(notes: Notes, person: Person, episode: str) -> None:
    """Note what happened while the patient was followed."""
    days, luck = person.days, person.luck
    if person.has_seen(days["recurrence"]):
        notes.add("event", episode, what="recurrent_thrombosis", date=person.on(days["recurrence"]), confirmed_by="duplex",
                  recurrence_site=luck.one_of("ipsilateral", "ipsilateral", "contralateral", "pulmonary"))  # fmt: skip
    for place, (side, limb) in enumerate(zip(person.sides, person.limbs, strict=True)):
        _add_reinterventions(notes, person, episode, side, limb)
        if place == 0 and person.traits["anatomy"] == "iliocaval":
            _add_caval_reinterventions(notes, person, episode, limb)
    if person.has_seen(days["bleeding"]):
        _add_major_bleed(notes, person, episode)
    _add_lesser(notes, person, episode)
    if person.is_dead:
        near = days["procedure"] + 2 == days["death"]
        cause = "procedure" if near else luck.one_of("thromboembolism", "cancer", "other", "other", "")
        notes.add("event", episode, what="death", date=person.on(days["death"]), cause=cause or Absence.NOT_KNOWN)
    if person.is_lost:
        last = max((day for _, day, _, _ in person.visits), default=0)
        notes.add("event", episode, what="lost", date=person.on(person.end), last_contact=person.on(last))


def _add_reinterventions(notes: Notes, person: Person, episode: str, side: str, limb: dict[str, float]) -> None:
    for when, is_before in (("reintervention", True), ("reopened", False)):
        if person.has_seen(limb[when]):
            done = {"angioplasty"} if is_before else {person.luck.one_of("lysis", "thrombectomy"), "angioplasty"}
            notes.add("procedure", episode, date=person.on(limb[when]), side=side, is_index=False, technical_success=True,
                      modality="angioplasty_alone" if is_before else "pcdt" if "lysis" in done else "thrombectomy_alone")  # fmt: skip
            notes.add("event", episode, what="reintervention", date=person.on(limb[when]), side=side,
                      segment="common_iliac", reintervention_type=frozenset(done), before_occlusion=is_before)  # fmt: skip


def _add_caval_reinterventions(notes: Notes, person: Person, episode: str, limb: dict[str, float]) -> None:
    """Note that the vena cava was opened along with the first leg's vein, which it goes as."""
    for when, is_before in (("reintervention", True), ("reopened", False)):
        if person.has_seen(limb[when]):
            notes.add("event", episode, what="reintervention", date=person.on(limb[when]), segment="cava_infrarenal",
                      reintervention_type=frozenset({"angioplasty"}), before_occlusion=is_before)  # fmt: skip


def _add_major_bleed(notes: Notes, person: Person, episode: str) -> None:
    """Note a bleed that is major by the definitions for adults and for children: two grams and more within a day."""
    luck = person.luck
    is_caused = person.days["bleeding"] == person.days["procedure"] + 1
    before, units = luck.near(12.4, 0.5), luck.whole(0, 3)
    site = "access" if is_caused else luck.one_of("gut", "retroperitoneal", "elsewhere")
    notes.add(
        "event", episode, what="bleeding", date=person.on(person.days["bleeding"]), overt=True, fatal=False,
        sites=frozenset({site}), symptomatic=True if site == "retroperitoneal" else None, haemoglobin_before=before,
        haemoglobin_after=round(before - 2.1 - luck.whole(0, 12) / 10, 1), hours_between=luck.whole(6, 23), red_cell_units=units,
        other_product=False, underlying=False if units else None, medical_treatment=not is_caused, procedures=frozenset(),
        reversal=False, admitted=True, seen=True, class_as_written="major" if luck.is_so(0.9) else "crnm", class_by="isth_adult",
        relatedness="procedure" if is_caused else "drug", adjudicated=luck.is_so(0.7), read_by="site",
    )  # fmt: skip


def _add_lesser(notes: Notes, person: Person, episode: str) -> None:
    """Note what the model says nothing of: bleeds that are not major, and complications of the procedure."""
    luck, day = person.luck, person.luck.whole(3, 200)
    if luck.is_so(0.05) and person.has_seen(day):
        before = luck.near(12.6, 0.4)
        notes.add("event", episode, what="bleeding", date=person.on(day), overt=True, fatal=False, sites=frozenset({"elsewhere"}),
                  haemoglobin_before=before, haemoglobin_after=round(before - luck.whole(0, 9) / 10, 1), hours_between=12,
                  red_cell_units=0, other_product=False, medical_treatment=False, procedures=frozenset(), reversal=False,
                  admitted=False, seen=or_absent(luck, luck.is_so(0.5), 0.1), relatedness="drug")  # fmt: skip
    if person.has_seen(person.days["procedure"] + 1):
        for term, share, relatedness in _COMPLICATIONS:
            if luck.is_so(share) and (person.is_stented or relatedness != "device"):
                notes.add("event", episode, what="complication", term=term, date=person.on(person.days["procedure"] + 1),
                          severity_system="cirse_2017", severity=_severity(luck), relatedness=relatedness, loss=False)  # fmt: skip


_COMPLICATIONS = (
    ("haematoma", 0.04, "procedure"), ("contrast_allergy", 0.005, "drug"), ("access_vessel_injury", 0.01, "procedure"),
    ("stent_malapposition", 0.02, "device"), ("stent_migration", 0.005, "device"),
)  # fmt: skip


def _severity(luck: Luck) -> str:
    return luck.one_of("1", "1", "2", "3")
