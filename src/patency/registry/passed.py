"""What a record says of the patient in other words than the vocabulary: which concept it is a finding of, and by which answer.

An item whose answers are those of a concept says so itself (`feeds:` in its form). Here stand those whose answers are named
otherwise; what is read from several records at once stands in done.py and veins.py. What is listed nowhere is not passed on,
and is named beside the consult (unused.py); what was not answered stays Unknown.

A category of Rutherford's scale, and phlegmasia, are passed as they stand; that either threatens the limb follows by the
vocabulary's own laws.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from patency.case import Finding, Members, Span
from patency.case import Value as Known
from patency.fault import Place
from patency.registry.entry import Entry, Value
from patency.registry.kinds import KINDS
from patency.truth import Truth

SOURCE = "from the registry"
PASSED: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("episode", "side"): ("side", {"left": "left", "right": "right"}),
    ("episode", "first_or_recurrent"): (
        "episode_history",
        {"first": "first", "recurrent_ipsilateral": "recurrent_same_limb", "recurrent_contralateral": "recurrent_other_limb"},
    ),
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
    ("episode", "planned_duration"): (
        "planned_anticoagulation",
        {"under_6_weeks": "under_six_weeks", "six_to_12_weeks": "six_to_twelve_weeks", "indefinite": "indefinite",
         "three_to_6_months": "three_to_six_months", "over_6_months": "over_six_months"},
    ),
}  # fmt: skip
_PROVOKED = {"catheter": "central_venous_catheter"}  # every other answer has the concept's own name
_OFFERED = ("surgery", "trauma", "cancer", "catheter", "pregnancy", "hormones", "immobility", "infection", "covid")
_THROMBOPHILIAS = {
    "fvl_heterozygous": "factor_v_leiden_heterozygous", "fvl_homozygous": "factor_v_leiden_homozygous",
    "prothrombin": "prothrombin_variant", "protein_c": "protein_c", "protein_s": "protein_s", "antithrombin": "antithrombin",
    "antiphospholipid": "antiphospholipid", "other": "other",
}  # fmt: skip
_D_DIMERS = {"feu": "d_dimer", "ddu": "d_dimer_ddu"}  # never converted: see the concept's own help


class Passed(NamedTuple):
    """A finding, and the answers that it was read from, each by its record and its item."""

    finding: Finding
    by: tuple[tuple[str, str], ...]


def passing(
    concept: str, value: Known, day: date, entry: Entry, *items: str, said_on: date | None = None, unit: str = ""
) -> Passed:
    """Return a finding that is read from items of a record of a day; `said_on` is the day that it speaks of, where another."""
    words = KINDS[entry.kind].words
    finding = Finding(concept, value, said_on or day, words_of(value, unit), f"{SOURCE}, {words} of {day}",
                      place=Place(f"{words} {entry.id}"))  # fmt: skip
    return Passed(finding, tuple((entry.id, item) for item in items))


def words_of(value: Known, unit: str = "") -> str:
    """Write a finding as a case file has it; a span without a unit is one of days."""
    match value:
        case Span(low, high):
            ends = [f"{end:.10g}" if unit else str(date.fromordinal(int(end))) for end in (low, high)]
            return f"{' to '.join(dict.fromkeys(ends))} {unit}".strip()
        case frozenset():
            return " or ".join(sorted(value))
        case Members(included, excluded):
            return f"{{includes: [{', '.join(sorted(included))}], excludes: [{', '.join(sorted(excluded))}]}}"
    return str(value)


def days_of(value: Value | None) -> Span | None:
    """Return a day, or a span of days, as the language counts them; None where there is none."""
    if isinstance(value, Span):
        return value
    return Span(value.toordinal(), value.toordinal()) if isinstance(value, date) else None


def passed(entry: Entry, day: date) -> Iterator[Passed]:
    """Yield what a record says of the patient by items whose answers are named otherwise."""
    for (kind, item), (concept, answers) in PASSED.items():
        value = entry.values.get(item) if entry.kind == kind else None
        if isinstance(value, str) and value in answers:
            yield passing(concept, frozenset({answers[value]}), day, entry, item)
    if entry.kind == "episode":
        yield from _episode(entry, day)


def _episode(entry: Entry, day: date) -> Iterator[Passed]:
    if isinstance(entry.values.get("date"), date):  # the form asks for the day "by imaging"
        yield passing("objectively_confirmed", Truth.YES, day, entry, "date")
    if entry.values.get("limb_threat") == "none":
        yield passing("limb_threat", Truth.NO, day, entry, "limb_threat")
    provoking = entry.values.get("provoking")
    if isinstance(provoking, frozenset):
        told = {_PROVOKED.get(each, each): each in provoking for each in _OFFERED}
        yield passing("provoking", members(told), day, entry, "provoking")
    yield from _thrombophilia(entry, day)
    amount, concept = entry.values.get("d_dimer"), _D_DIMERS.get(str(entry.values.get("d_dimer_unit")))
    if concept and isinstance(amount, (float, int, Span)):
        span = amount if isinstance(amount, Span) else Span(amount, amount)
        yield passing(concept, span, day, entry, "d_dimer", "d_dimer_unit", unit="ug/L")


def _thrombophilia(entry: Entry, day: date) -> Iterator[Passed]:
    """Yield whether tests were done and what they showed; none of the list is said where tests found none."""
    found = entry.values.get("thrombophilia")
    if not isinstance(found, frozenset):
        return
    is_tested = "not_tested" not in found
    yield passing("thrombophilia_tested", Truth.YES if is_tested else Truth.NO, day, entry, "thrombophilia")
    if is_tested:
        shown = members({name: each in found for each, name in _THROMBOPHILIAS.items()})
        yield passing("thrombophilia", shown, day, entry, "thrombophilia")


def members(told: Mapping[str, bool]) -> Members:
    """Return the members of a set that were said to be in it, and those that were said not to be."""
    return Members(frozenset(each for each in told if told[each]), frozenset(each for each in told if not told[each]))
