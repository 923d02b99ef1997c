"""What a record says of the patient in other words than the vocabulary: which concept it is a finding of, and by which answer.

An item whose answers are those of a concept says so itself (`feeds:` in its form). Here stand those whose answers are named
otherwise, and the veins, of which each is a record. What is not listed is not passed on; what was not answered stays Unknown.

A category of Rutherford's scale, and phlegmasia, are passed as they stand; that either threatens the limb follows by the
vocabulary's own laws.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from patency.case import Finding, Members
from patency.case import Value as Known
from patency.fault import Place
from patency.registry.entry import Entry
from patency.registry.kinds import KINDS
from patency.truth import Truth

PASSED: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("episode", "side"): ("side", {"left": "left", "right": "right"}),
    ("episode", "limb_threat"): (
        "phlegmasia", {"none": "none", "alba": "alba", "cerulea": "cerulea", "gangrene": "venous_gangrene"},
    ),
    ("episode", "rutherford"): (
        "rutherford",
        {"I": "viable", "IIa": "marginally_threatened", "IIb": "immediately_threatened", "III": "irreversible"},
    ),
    ("episode", "compression_lesion"): (
        "compression_lesion", {"none": "none", "may_thurner": "may_thurner", "other": "other_external"},
    ),
}  # fmt: skip
_PROVOKED = {"catheter": "central_venous_catheter"}  # every other answer has the concept's own name
_OFFERED = ("surgery", "trauma", "cancer", "catheter", "pregnancy", "hormones", "immobility", "infection", "covid")
CAVA = "inferior_vena_cava"
_CAVAL = {"cava_infrarenal", "cava_suprarenal"}


def passed(entry: Entry, day: date) -> Iterator[Finding]:
    """Yield what a record says of the patient by items whose answers are named otherwise."""
    for (kind, item), (concept, answers) in PASSED.items():
        value = entry.values.get(item) if entry.kind == kind else None
        if isinstance(value, str) and value in answers:
            yield _finding(concept, frozenset({answers[value]}), answers[value], day, entry)
    if entry.kind != "episode":
        return
    if entry.values.get("limb_threat") == "none":
        yield _finding("limb_threat", Truth.NO, "no", day, entry)
    provoking = entry.values.get("provoking")
    if isinstance(provoking, frozenset):
        yield _members("provoking", {_PROVOKED.get(each, each): each in provoking for each in _OFFERED}, day, entry)


def veins(entries: Iterable[tuple[Entry, date]]) -> Iterator[Finding]:
    """Yield which veins hold clot, by the segments of the one leg that the episode is about; the cava by the episode too."""
    dated = list(entries)
    episode = next((each for each, _ in dated if each.kind == "episode"), None)
    side = episode.values.get("side") if episode else None
    limbs = {each.id for each, _ in dated if each.kind == "limb" and each.values.get("side") == side}
    told: dict[str, bool] = {}
    days = []
    for each, day in dated:
        vein, involved = str(each.values.get("vein", "")), each.values.get("involved")
        if each.kind == "segment" and each.parent in limbs and involved in ("yes", "no") and vein not in _CAVAL:
            told[vein] = told.get(vein, False) or involved == "yes"
            days.append(day)
    if episode and side in ("left", "right"):
        caval = episode.values.get("caval")
        if caval in ("yes", "no"):
            told[CAVA] = caval == "yes"
        if told:
            on = max(days, default=next(day for each, day in dated if each is episode))
            yield _members("segments", told, on, episode)


def _members(concept: str, told: Mapping[str, bool], day: date, entry: Entry) -> Finding:
    value = Members(frozenset(each for each in told if told[each]), frozenset(each for each in told if not told[each]))
    includes, excludes = ", ".join(sorted(value.included)), ", ".join(sorted(value.excluded))
    return _finding(concept, value, f"{{includes: [{includes}], excludes: [{excludes}]}}", day, entry)


def _finding(concept: str, value: Known, written: str, day: date, entry: Entry) -> Finding:
    return Finding(concept, value, day, written, entry.kind, place=Place(f"{KINDS[entry.kind].words} {entry.id}"))
