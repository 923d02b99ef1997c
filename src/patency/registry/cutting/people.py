"""Who is in a cut: whose consent stands, and who is left out and why.

A patient's last word decides: consent, or consent renewed; refusal; withdrawal. A young patient's assent stands beside a
guardian's consent and never in its place: it gives none, and lifts no refusal and no withdrawal. Who withdrew
is in it only where they said that what was recorded up to then may stay, and with no more than that. Not to know whether it may
stay is not a yes. Where no consent is recorded the patient is in it, and counted: a site may have leave to go without
(a waiver), which is its own to answer for. Of who was erased there is nothing to read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from patency.cut.manifest import FEWEST
from patency.registry.entry import Value

CONSENT, WITHDRAWN, REFUSED = ("consent", "reconsent"), "withdrawal", "refusal"
_ORDER = (*CONSENT, REFUSED, WITHDRAWN)  # of two words on one day the stricter counts


class Standing(NamedTuple):
    """What a patient's last word comes to: `is_in`, the last day of which records may be shown, and the word itself."""

    is_in: bool
    until: date | None = None
    word: str = ""


_GIVEN = tuple(f'"what":"{word}"'.encode() for word in CONSENT)
_NOES = tuple(f'"{word}"'.encode() for word in (WITHDRAWN, REFUSED))


def is_plain(line: bytes) -> bool:
    """Whether a sealed line says for sure that consent was given, and nothing else; what is in doubt is to be read."""
    return any(word in line for word in _GIVEN) and not any(word in line for word in _NOES)


def standings(consents: Iterable[tuple[str, Mapping[str, Value]]]) -> dict[str, Standing]:
    """Return what each patient's last word comes to: of consents as they stand, each with the patient's id."""
    last: dict[str, Mapping[str, Value]] = {}
    for patient, values in consents:
        if values.get("what") not in _ORDER:
            continue
        known = last.get(patient)
        if known is None or _weight(values) > _weight(known):
            last[patient] = values
    return {patient: _standing(values) for patient, values in last.items()}


def _weight(values: Mapping[str, Value]) -> tuple[date, int]:
    """Return by what the last of several words is told; one whose day is not known counts as the last, if it is a no."""
    what, day = str(values["what"]), values.get("date")
    if not isinstance(day, date):
        day = date.min if what in CONSENT else date.max
    return day, _ORDER.index(what)


def _standing(values: Mapping[str, Value]) -> Standing:
    what, day = str(values["what"]), values.get("date")
    if what in CONSENT:
        return Standing(True, None, what)
    if what == WITHDRAWN and values.get("may_keep") == "yes" and isinstance(day, date):
        return Standing(True, day, what)
    return Standing(False, None, what)


def counted(patients: Mapping[str, Standing], erased: int) -> dict[str, int | str]:
    """Return how many are in a cut and how many are not, as its manifest says it: `patients` are all who can be read."""
    found = Counter((standing.is_in, standing.word) for standing in patients.values())
    return {
        "patients": sum(standing.is_in for standing in patients.values()),
        "withdrawn": few(found[False, WITHDRAWN]),
        "withdrawn, and what was recorded up to then stays": few(found[True, WITHDRAWN]),
        "refused": few(found[False, REFUSED]),
        "no consent recorded": few(found[True, ""]),
        "erased": few(erased),
    }


def untold(consents: Iterable[tuple[str, Mapping[str, Value]]], patients: Mapping[str, Standing]) -> frozenset[str]:
    """Return which of withdrawal and refusal a cut says in no row: what fewer than five in it ever said, or stand by.

    The manifest does not tell how many those are, and a row with its day would.
    """
    said: dict[str, set[str]] = {WITHDRAWN: set(), REFUSED: set()}
    for patient, values in consents:
        if (what := values.get("what")) in said and patient in patients and patients[patient].is_in:
            said[str(what)].add(patient)
    standing = Counter(each.word for each in patients.values() if each.is_in)
    return frozenset(word for word, who in said.items() if len(who) < FEWEST or 0 < standing[word] < FEWEST)


def few(count: int) -> int | str:
    """Return a count of people; from 1 to 4 it is not told."""
    return f"fewer than {FEWEST}" if 0 < count < FEWEST else count
