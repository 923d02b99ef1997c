"""The demo's filled-in scales, item by item: the points follow from whether post-thrombotic syndrome is there and how bad.

A total of 5 or more by Villalta's scale, and of 1 or more by the children's, is there from the day of its onset and never
before: in this model the scale is read without error. Which items bear the points is chance.
"""

from collections.abc import Mapping

from patency.case import Absence
from patency.registry.demo.person import Luck, Person
from patency.registry.entry import ITEMS, Value

_GRADES = ("none", "mild", "moderate", "severe")
_VILLALTA = (
    "pain", "cramps", "heaviness", "paraesthesia", "pruritus", "oedema", "induration", "pigmentation", "redness", "ectasia",
    "compression_pain",
)  # fmt: skip
_VCSS: Mapping[str, tuple[str, ...]] = {
    "pain": ("none", "occasional", "daily", "limiting"),
    "varicose_veins": ("none", "few", "calf_or_thigh", "calf_and_thigh"),
    "oedema": ("none", "ankle", "below_knee", "knee"),
    "pigmentation": ("none", "ankle", "lower_third", "wider"),
    "inflammation": ("none", "ankle", "lower_third", "wider"),
    "induration": ("none", "ankle", "lower_third", "wider"),
    "compression": ("none", "sometimes", "mostly", "daily"),
}
_CHILDREN = (
    "pain",
    "swelling",
    "pitting",
    "collaterals",
    "pigmentation",
    "tenderness",
    "varicosities",
    "colour_change",
)


def severity_on(person: Person, day: float) -> int:
    """Return how bad the syndrome is on a day: 0 none, 1 mild, 2 moderate, 3 severe."""
    if day < int(person.days["pts"]):
        return 0
    return 3 if person.is_severe else 2 if person.is_moderate else 1


def scales_of(person: Person, severity: int, has_ulcer: bool) -> dict[str, dict[str, Value]]:
    """Return the answers to each scale that is filled in at a visit, by the scale's name; of one leg, where it is of one."""
    if person.is_minor:
        return {"modified-villalta": _children(person, severity, has_ulcer)}
    points = (
        person.luck.whole(0, 4),
        5 + person.luck.whole(0, 4),
        10 + person.luck.whole(0, 4),
        15 + person.luck.whole(0, 8),
    )
    total = points[severity]
    graded = dict(zip(_VILLALTA, _shared(total, len(_VILLALTA), person.luck), strict=True))
    villalta: dict[str, Value] = {ITEMS + item: _GRADES[grade] for item, grade in graded.items()}
    villalta[ITEMS + "ulcer"] = "yes" if has_ulcer else "no"
    spread = dict(zip(_VCSS, _shared(min(total * 2 // 3 + 1, 19), len(_VCSS), person.luck), strict=True))
    vcss: dict[str, Value] = {ITEMS + item: _VCSS[item][grade] for item, grade in spread.items()}
    vcss[ITEMS + "ulcers"] = "one" if has_ulcer else "none"
    if has_ulcer:
        vcss |= {
            ITEMS + "ulcer_duration": float(person.luck.whole(1, 14)),
            ITEMS + "ulcer_size": person.luck.near(2.5, 0.6),
        }
    return {"villalta": _with_gaps(villalta, person.luck), "vcss": _with_gaps(vcss, person.luck)}


def vcss_at_diagnosis(person: Person, pain: int) -> dict[str, Value]:
    """Return the VCSS of a leg with a fresh clot: pain and swelling, of the clot itself, as bad as the pain that was noted.

    Villalta's scale is not filled in then: it is of what the clot leaves, from day 90 on.
    """
    grades = {
        "pain": 1 + (pain >= 5) + (pain >= 8),
        "oedema": 2 + (person.traits["anatomy"] == "iliocaval"),
        "inflammation": pain % 2,
    }
    answers: dict[str, Value] = {ITEMS + item: words[grades.get(item, 0)] for item, words in _VCSS.items()}
    return {**answers, ITEMS + "ulcers": "none"}


def _shared(total: int, items: int, luck: Luck) -> list[int]:
    """Share points over items of at most three points each, every way as likely."""
    places = list(range(3 * items))
    grades = [0] * items
    for taken in range(total):
        at = luck.whole(taken, len(places) - 1)
        places[taken], places[at] = places[at], places[taken]
        grades[places[taken] // 3] += 1
    return grades


def _children(person: Person, severity: int, has_ulcer: bool) -> dict[str, Value]:
    luck = person.luck
    found = (0, luck.whole(1, 3), luck.whole(4, 6), luck.whole(5, 7))[severity]
    signs = list(_CHILDREN)
    present = {signs.pop(luck.whole(0, len(signs) - 1)) for _ in range(found)}
    other = luck.near(person.calf_cm, 1.2 if person.age >= 1 else 0.4)
    answers: dict[str, Value] = {ITEMS + sign: "yes" if sign in present else "no" for sign in _CHILDREN}
    # Within 3% the limb counts as no thicker, and bears no point.
    answers |= {ITEMS + "circumference": round(other * 1.01, 1), ITEMS + "other_circumference": other}
    answers[ITEMS + "ulcer"] = "yes" if has_ulcer else "no"
    return _with_gaps(answers, luck)


def _with_gaps(answers: dict[str, Value], luck: Luck) -> dict[str, Value]:
    """Leave an item out of some scales, with a reason or without."""
    if luck.is_so(0.05):
        item = list(answers)[luck.whole(0, len(answers) - 1)]
        if luck.is_so(0.5):
            answers[item] = Absence.NOT_ASKED
        else:
            del answers[item]
    return answers
