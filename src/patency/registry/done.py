"""What was done and given, and what bled, as findings: read from procedures, stents, filters, medications and events.

In: the records of one episode, each with its day, and the day of the consult. Out: findings, each with the answers that it
was read from. A record that is not there proves nothing: no drug, stent or bleed is denied because none was recorded, and a
drug that was stopped does not say that no other was begun.

What holds until somebody notes its end (a drug without a stop, a filter not removed) was true on the day on which the record
was last written, and is dated so: how long that counts is said in lasting.py.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from patency.case import Span
from patency.registry.entry import Entry
from patency.registry.passed import Passed, days_of, passing
from patency.registry.veins import Dated
from patency.truth import Truth

_CLASSES = {
    "apixaban": "direct_oral", "rivaroxaban": "direct_oral", "edoxaban": "direct_oral", "dabigatran": "direct_oral",
    "enoxaparin": "low_molecular_weight_heparin", "dalteparin": "low_molecular_weight_heparin",
    "ufh": "unfractionated_heparin", "warfarin": "vitamin_k_antagonist", "fondaparinux": "fondaparinux",
}  # fmt: skip
# The concept's help: reduced is less than full treatment but more than prevention. So is what a form calls intermediate.
_INTENSITIES = {
    "prophylactic": "prophylactic",
    "reduced": "reduced",
    "intermediate": "reduced",
    "therapeutic": "therapeutic",
}
_COURSE = ("drug", "start", "stop")
_ORAL = {"direct_oral", "vitamin_k_antagonist"}
_ANTIPLATELET = {"aspirin", "clopidogrel"}
_REMOVALS = {"cdt", "pcdt", "thrombectomy_alone", "surgery"}  # "by catheter or by surgery", as the concept asks
_LYSES = {"cdt", "pcdt", "systemic_lysis"}
_LYTICS = {"alteplase", "urokinase", "tenecteplase"}
_TREATMENTS = {
    "anticoagulation_alone": "anticoagulation_alone", "cdt": "catheter_lysis", "pcdt": "pharmacomechanical",
    "thrombectomy_alone": "thrombectomy_without_lytic", "surgery": "surgical_thrombectomy", "systemic_lysis": "systemic_lysis",
}  # fmt: skip
_MONTH, _FIVE_DAYS = (
    timedelta(days=30),
    timedelta(days=5),
)  # as the concepts ask: "in the past month", "in the past 5 days"
# ISTH 2005: a bleed into one of these, with symptoms, is major.
_CRITICAL = {
    "intracranial",
    "intraspinal",
    "intraocular",
    "retroperitoneal",
    "intraarticular",
    "pericardial",
    "muscle_compartment",
}


def done(entries: Iterable[Dated], on: date) -> Iterator[Passed]:
    """Yield what was done and given up to a day, and what bled."""
    dated = list(entries)
    episode, day = next((each, of) for each, of in dated if each.kind == "episode")
    of_leg = _of_leg(dated, episode)
    yield from _first(of_leg, episode, day, on)
    yield from _removed(of_leg)
    yield from _lysed(dated, on)  # a lytic in whichever leg is in the blood
    yield from _stented(of_leg)
    yield from _filtered(dated, on)
    drugs = [(each, of) for each, of in dated if each.kind == "medication"]
    yield from _anticoagulated(drugs, on)
    yield from _began(drugs, day, episode, on)
    yield from _stopped(drugs, on)
    yield from _antiplatelets(drugs, on)
    for each, of in dated:
        if each.kind == "event" and each.values.get("what") == "bleeding" and each.values.get("overt") != "no":
            yield from _bled(each, of)
        if each.kind == "event" and each.values.get("term") == "contrast_allergy":
            yield passing("contrast_allergy", Truth.YES, of, each, "what", "term")


def _of_leg(dated: Iterable[Dated], episode: Entry) -> list[Dated]:
    """Return the records that may be about the episode's leg: neither they nor what they hang on name the other leg alone."""
    every = list(dated)
    elsewhere = {
        each.id for each, _ in every if {each.values.get("side"), episode.values.get("side")} == {"left", "right"}
    }
    return [(each, day) for each, day in every if each.id not in elsewhere and each.parent not in elsewhere]


# Procedures


def _first(dated: list[Dated], episode: Entry, of: date, on: date) -> Iterator[Passed]:
    """Yield the first treatment, once it had begun: on the day of the index procedure, or when somebody had written it down."""
    chosen = str(episode.values.get("first_treatment", ""))
    if chosen not in _TREATMENTS:
        return
    index = [(each, day) for each, day in dated if each.kind == "procedure" and each.values.get("is_index") == "yes"
             and each.values.get("modality") == chosen]  # fmt: skip
    began = min((day for _, day in index), default=None)
    said_on = began or episode.at.date()
    if said_on <= on:
        treatment = frozenset({_TREATMENTS[chosen]})
        found = passing("initial_treatment", treatment, of, episode, "first_treatment", said_on=said_on)
        written = "" if began else f", written on {said_on}"
        yield found._replace(finding=found.finding._replace(source=found.finding.source + written))
    if began:
        entry = min(index, key=lambda pair: pair[1])[0]
        span = Span(began.toordinal(), began.toordinal())
        yield passing("initial_treatment_on", span, began, entry, "date", "modality", "is_index")


def _removed(dated: list[Dated]) -> Iterator[Passed]:
    removals = [
        (each, day) for each, day in dated if each.kind == "procedure" and each.values.get("modality") in _REMOVALS
    ]
    for entry, day in removals:
        yield passing("removal_done", Truth.YES, day, entry, "modality")
        yield passing("removal_on", Span(day.toordinal(), day.toordinal()), day, entry, "date", "modality")


def _lysed(dated: list[Dated], on: date) -> Iterator[Passed]:
    """Yield that a lytic was given in the past month, which is true of the day of the consult."""
    for entry, day in dated:
        is_lysis = (
            (entry.kind == "procedure" and entry.values.get("modality") in _LYSES)
            or (entry.kind == "step" and entry.values.get("agent") in _LYTICS)
            or (entry.kind == "event" and "lysis" in _several(entry, "reintervention_type"))
        )
        if is_lysis and day >= on - _MONTH:
            read = {"procedure": "modality", "step": "agent", "event": "reintervention_type"}[entry.kind]
            yield passing("recent_lysis", Truth.YES, day, entry, read, said_on=on)


def _stented(dated: list[Dated]) -> Iterator[Passed]:
    for entry, day in dated:
        if entry.kind == "stent":
            yield passing("stent_placed", Truth.YES, day, entry)
        elif entry.kind == "procedure" and entry.values.get("modality") == "stent_alone":
            yield passing("stent_placed", Truth.YES, day, entry, "modality")
        elif entry.kind == "step" and entry.values.get("what") == "stent":
            yield passing("stent_placed", Truth.YES, day, entry, "what")
        elif entry.kind == "event" and "stent" in _several(entry, "reintervention_type"):
            yield passing("stent_placed", Truth.YES, day, entry, "reintervention_type")


def _several(entry: Entry, item: str) -> frozenset[str]:
    found = entry.values.get(item)
    return found if isinstance(found, frozenset) else frozenset()


def _filtered(dated: list[Dated], on: date) -> Iterator[Passed]:
    """Yield whether a filter is in the patient: where one is, it is; where each that is known was removed, none is."""
    filters = [(each, day) for each, day in dated if each.kind == "filter"]
    gone = []
    for entry, day in filters:
        removed, removed_on = entry.values.get("removed"), days_of(entry.values.get("removed_date"))
        is_removed = removed == "yes" and removed_on is not None and removed_on.high <= on.toordinal()
        is_later = removed == "yes" and removed_on is not None and removed_on.low > on.toordinal()
        is_there = removed in ("no", "attempted") or is_later
        if is_there:
            yield passing("ivc_filter_in_place", Truth.YES, day, entry, "removed", said_on=_last_said(entry, day, on))
        if is_removed and removed_on is not None:
            gone.append((entry, date.fromordinal(int(removed_on.high))))
    if gone and len(gone) == len(filters):
        entry, day = max(gone, key=lambda pair: pair[1])
        yield passing("ivc_filter_in_place", Truth.NO, day, entry, "removed", "removed_date")


def _last_said(entry: Entry, began: date, on: date) -> date:
    """Return the day up to which a record without an end says that something goes on: that on which it was last written."""
    return min(max(began, entry.at.date()), on)


# Drugs


def _given(entry: Entry, on: date) -> date | None:
    """Return the day on which a drug was last said to be given, up to a day; None where it is not, or nobody knows."""
    start, stop = days_of(entry.values.get("start")), entry.values.get("stop")
    if start is None or start.high > on.toordinal():
        return None
    if stop is None:
        return _last_said(entry, date.fromordinal(int(start.high)), on)
    stopped = days_of(stop)
    return on if stopped is not None and stopped.low > on.toordinal() else None


def _anticoagulated(drugs: list[Dated], on: date) -> Iterator[Passed]:
    given = [(each, day, last) for each, day in drugs if _is_anticoagulant(each) and (last := _given(each, on))]
    for entry, day, last in given:
        yield passing("anticoagulated", Truth.YES, day, entry, *_COURSE, said_on=last)
        if _class_of(entry) in _ORAL:
            yield passing("oral_anticoagulant_now", Truth.YES, day, entry, *_COURSE, said_on=last)
    if not given or any(each.values.get("drug") == "other" and _given(each, on) for each, _ in drugs):
        return  # what "another" drug is, nobody said
    entry, day, last = max(given, key=lambda each: each[2])
    classes = frozenset(_class_of(each) for each, _, _ in given)
    yield passing("anticoagulant_class", classes, day, entry, *_COURSE, said_on=last)
    intensities = frozenset(_INTENSITIES.get(str(each.values.get("intensity")), "") for each, _, _ in given)
    if "" not in intensities:
        found = passing("anticoagulation_intensity", intensities, day, entry, said_on=last)
        yield found._replace(by=tuple((each.id, "intensity") for each, _, _ in given))


def _is_anticoagulant(entry: Entry) -> bool:
    return entry.values.get("drug") in _CLASSES


def _class_of(entry: Entry) -> str:
    return _CLASSES[str(entry.values["drug"])]


def _stopped(drugs: list[Dated], on: date) -> Iterator[Passed]:
    for entry, day in drugs:
        stop = entry.values.get("stop")
        is_for_bleeding = _is_anticoagulant(entry) and entry.values.get("stop_reason") == "bleeding"
        if is_for_bleeding and isinstance(stop, date) and stop <= on:
            yield passing("anticoagulation_complication", Truth.YES, day, entry, *_COURSE, "stop_reason", said_on=stop)


def _began(drugs: list[Dated], diagnosed: date, episode: Entry, on: date) -> Iterator[Passed]:
    """Yield when anticoagulation for this clot began; what was begun before its first symptom was given for something else."""
    onset = days_of(episode.values.get("symptom_onset"))
    first = onset.low if onset else diagnosed.toordinal()
    found = [(days_of(each.values.get("start")), each, day) for each, day in drugs if _is_anticoagulant(each)]
    begun = [
        (start, each, day)
        for start, each, day in found
        if start and first <= start.low and start.high <= on.toordinal()
    ]
    if begun and all(start for start, _, _ in found):  # one of which nobody knows the day may have been the first
        start, entry, day = min(begun, key=lambda each: each[0])
        yield passing("anticoagulation_started_on", start, day, entry, "drug", "start")


def _antiplatelets(drugs: list[Dated], on: date) -> Iterator[Passed]:
    for entry, day in drugs:
        last = _given(entry, on) if entry.values.get("drug") in _ANTIPLATELET else None
        if last:
            yield passing("antiplatelet_now", Truth.YES, day, entry, *_COURSE, said_on=last)
        stop = days_of(entry.values.get("stop"))
        is_of_late = stop is not None and (on - _FIVE_DAYS).toordinal() <= stop.low <= stop.high <= on.toordinal()
        if entry.values.get("drug") == "clopidogrel" and (last or is_of_late):
            yield passing("thienopyridine_past_5_days", Truth.YES, day, entry, *_COURSE, said_on=last or on)


# Bleeds


def _bled(entry: Entry, day: date) -> Iterator[Passed]:
    """Yield what a bleed is: one that was attended to, one in skull or gut, a serious one. What it is not, nobody asked."""
    span, site = Span(day.toordinal(), day.toordinal()), entry.values.get("bleeding_site")
    if _was_attended(entry):
        yield passing(
            "bleeding_history", Truth.YES, day, entry, "what", "care", "intervention", "units_transfused", "reversal"
        )
    if site == "intracranial":
        yield passing("intracranial_bleed_on", span, day, entry, "what", "bleeding_site")
    if site == "gastrointestinal":
        yield passing("gi_bleed_on", span, day, entry, "what", "bleeding_site")
    if _is_major(entry):
        yield passing("serious_bleed_on", span, day, entry, "what", "fatal", "bleeding_site", "symptomatic",
                      "hb_before", "hb_after", "units_transfused")  # fmt: skip


def _was_attended(entry: Entry) -> bool:
    said = entry.values
    units, treated = said.get("units_transfused"), said.get("intervention")
    return (
        said.get("care") in ("visit", "admission", "higher_care")
        or (isinstance(treated, str) and treated not in ("none", "compression"))
        or (isinstance(units, (int, float)) and units > 0)
        or "yes" in (said.get("reversal"), said.get("in_theatre"), said.get("fatal"))
        or _is_major(entry)
    )


def _is_major(entry: Entry) -> bool:
    """Whether a bleed is known to be major, by ISTH 2005: fatal, of a critical site, 2 g/dL or 2 units."""
    said = entry.values
    before, after, units = said.get("hb_before"), said.get("hb_after"), said.get("units_transfused")
    fell = isinstance(before, (int, float)) and isinstance(after, (int, float)) and before - after >= 2 - 1e-9
    return (
        said.get("fatal") == "yes"
        or (said.get("bleeding_site") in _CRITICAL and said.get("symptomatic") == "yes")
        or fell
        or (isinstance(units, (int, float)) and units >= 2)
    )
