"""Which veins hold clot, how old it looks and how narrow they are, read from the records of veins and of imaging.

In: the records of one episode, each with its day. Out: findings of the leg that the episode is about. Of an episode of both
legs, or of which the side is not said, nothing is passed: nobody could say which leg is meant.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from patency.case import Members, Span
from patency.case import Value as Known
from patency.registry.entry import Entry
from patency.registry.passed import Passed, members, passing
from patency.truth import Truth

Dated = tuple[Entry, date]
CAVA = "inferior_vena_cava"
_CAVAL = {"cava_infrarenal", "cava_suprarenal"}
_ILIAC = {"common_iliac", "external_iliac"}
_ILIOFEMORAL = {"common_femoral", *_ILIAC}  # what the vocabulary's own definition names
_METHODS = {
    "duplex": "ultrasound", "ct": "ct_venography", "mr": "mr_venography", "venography": "catheter_venography",
    "ivus": "intravascular_ultrasound",
}  # fmt: skip


def veins(entries: Iterable[Dated]) -> Iterator[Passed]:
    """Yield what is known of the veins of the leg that the episode is about, and of the other leg."""
    dated = list(entries)
    episode, day = next((each, day) for each, day in dated if each.kind == "episode")
    side = episode.values.get("side")
    if side not in ("left", "right"):
        return
    limbs = {each.id: each for each, _ in dated if each.kind == "limb"}
    ours = [pair for pair in dated if pair[0].kind == "segment" and _side(limbs.get(pair[0].parent)) == side]
    others = [
        pair for pair in dated if pair[0].kind == "segment" and _side(limbs.get(pair[0].parent)) not in ("", side)
    ]
    whole = [each for each in limbs.values() if _side(each) == side and each.values.get("iliofemoral") in ("yes", "no")]
    yield from _segments(ours, whole, episode, day)
    if found := _involved(others):
        yield _of_several("other_limb_segments", members(found), others)
    yield from _limb(whole, _involved(ours), day)
    yield from _clot(ours)
    yield from _imaged([pair for pair in dated if pair[0].kind == "imaging" and pair[0].values.get("side") == side])


def _side(entry: Entry | None) -> str:
    return str(entry.values.get("side", "")) if entry else ""


def _involved(segments: Iterable[Dated]) -> dict[str, bool]:
    told: dict[str, bool] = {}
    for each, _ in segments:
        vein, involved = str(each.values.get("vein", "")), each.values.get("involved")
        if involved in ("yes", "no") and vein not in _CAVAL:
            told[vein] = told.get(vein, False) or involved == "yes"
    return told


def _of_several(concept: str, value: Known, some: Iterable[Dated], *items: str, unit: str = "") -> Passed:
    """Return a finding that several records make together, of the day of the latest."""
    dated = list(some)
    entry, day = max(dated, key=lambda pair: pair[1])
    read = items or ("vein", "involved")
    found = passing(concept, value, day, entry, *read, unit=unit)
    return found._replace(by=tuple((each.id, item) for each, _ in dated for item in read))


def _segments(ours: list[Dated], whole: list[Entry], episode: Entry, day: date) -> Iterator[Passed]:
    """Yield which veins hold clot; what was said of the leg as a whole counts as read where the veins say the same."""
    told = _involved(ours)
    is_iliofemoral = any(told.get(vein) for vein in _ILIOFEMORAL)
    is_known = is_iliofemoral or told.keys() >= _ILIOFEMORAL
    same = [each for each in whole if is_known and (each.values["iliofemoral"] == "yes") == is_iliofemoral]
    is_told_by_episode = episode.values.get("caval") in ("yes", "no")
    if is_told_by_episode:
        told[CAVA] = episode.values["caval"] == "yes"
    if told:
        read = [(each, on) for each, on in ours if each.values.get("involved") in ("yes", "no")]
        found = (
            _of_several("segments", members(told), read) if read else passing("segments", members(told), day, episode)
        )
        also = [(episode.id, "caval")] if is_told_by_episode else []
        yield found._replace(by=(*found.by, *also, *((each.id, "iliofemoral") for each in same)))


def _limb(limbs: Iterable[Entry], told: dict[str, bool], day: date) -> Iterator[Passed]:
    """Yield what was said of the leg as a whole, where no vein says it already."""
    is_said = any(told.get(vein) for vein in _ILIOFEMORAL) or told.keys() >= _ILIOFEMORAL
    for limb in limbs if not is_said else ():
        truth = Truth.YES if limb.values["iliofemoral"] == "yes" else Truth.NO
        found = passing("iliofemoral", truth, day, limb, "iliofemoral")
        yield found._replace(finding=found.finding._replace(is_asserted=True))


def _clot(ours: list[Dated]) -> Iterator[Passed]:
    """Yield whether the clot closes the vein and how old it looks, by the latest reading of veins that hold clot."""
    clotted = [(each, on) for each, on in ours if each.values.get("involved") == "yes"]
    latest = max((on for _, on in clotted), default=None)
    clotted = [(each, on) for each, on in clotted if on == latest]
    shares = [each.values.get("occlusion") for each, _ in clotted]
    if 100 in shares:
        yield _of_several("occlusive_thrombus", Truth.YES, clotted, "occlusion")
    elif shares and all(isinstance(share, (int, float)) for share in shares):
        yield _of_several("occlusive_thrombus", Truth.NO, clotted, "occlusion")
    imaged = [(each, on) for each, on in clotted if each.values.get("chronicity_by") == "imaging"]
    ages = {str(each.values["chronicity"]) for each, _ in imaged if isinstance(each.values.get("chronicity"), str)}
    if ages:
        yield _of_several("thrombus_age_on_imaging", frozenset(ages), imaged, "chronicity", "chronicity_by")


def _imaged(images: list[Dated]) -> Iterator[Passed]:
    """Yield how the iliac vein was imaged, and how narrow it is at its tightest; by which measure, the form does not ask."""
    iliac = [(each, on) for each, on in images if each.values.get("segment") in _ILIAC]
    methods = {_METHODS[str(each.values["method"])] for each, _ in iliac if each.values.get("method") in _METHODS}
    if methods:  # by what else it was imaged, a record that is not there does not say
        yield _of_several("iliac_vein_imaging", Members(frozenset(methods), frozenset()), iliac, "method", "segment")
    measured = [(each, on) for each, on in iliac if isinstance(each.values.get("stenosis"), (int, float))]
    latest = max((on for _, on in measured), default=None)
    measured = [(each, on) for each, on in measured if on == latest]
    if measured:
        yield _of_several("iliac_stenosis", _tightest(measured), measured, "stenosis", "segment", unit="%")


def _tightest(measured: Iterable[Dated]) -> Span:
    """Return the stenosis of the tightest vein; of one vein that two readers measured, it lies between the two."""
    by_vein: dict[str, list[float]] = {}
    for each, _ in measured:
        stenosis = each.values["stenosis"]
        assert isinstance(stenosis, (int, float)), "only what was measured"
        by_vein.setdefault(str(each.values["segment"]), []).append(float(stenosis))
    return Span(max(map(min, by_vein.values())), max(map(max, by_vein.values())))
