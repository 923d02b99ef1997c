"""How many of those invited answered: AAPOR's rates, and the three of CHERRIES, each with what it is made of.

With D = (I + P) + (R + NC + O), all known to be eligible, and U all of whom that is not known: the formulas as the
package outcomerate of rOpenSci has them (R/outcomerate.R), which implements AAPOR's Standard Definitions, 9th edition 2016. Read
second-hand. Two popular calculators show others (partials at half their weight, I / R): they are not these rates.

CHERRIES: Eysenbach G. J Med Internet Res 2004;6(3):e34. The view rate is survey visitors of site visitors, at most 1;
a published checklist prints it the other way round.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from patency.fault import listed
from patency.practice.survey import Outcome, Visits
from patency.share import Interval, wilson


class Rate(NamedTuple):
    """One rate: its name, how it is made in words, its two numbers and its value.

    `numerator` and `denominator` need not be whole: where eligibility is assumed, a part of the unknown counts. Where
    `value` is None, `why` says which number is not stated or that the denominator is 0. `interval` is Wilson's where nothing
    is assumed.
    """

    name: str
    words: str
    formula: str
    numerator: float | None
    denominator: float | None
    value: float | None
    interval: Interval | None
    why: str
    missing: tuple[str, ...] = ()


class _Formula(NamedTuple):
    name: str
    words: str
    over: tuple[str, ...]
    under: tuple[str, ...]


_ALL = ("I", "P", "R", "NC", "O")
_EVERYBODY = (*_ALL, "U")
_UNDER = {"RR": (_EVERYBODY, (*_ALL, "eU"), _ALL), "COOP": (("I", "P", "R", "O"), ("I", "P", "R"))}
_KNOWN = {
    "I": "complete responses",
    "P": "partial responses",
    "R": "refusals",
    "NC": "those not reached",
    "O": "others",
    "U": "those of whom eligibility is not known",
    "eU": "the share of the unknown that is eligible",
}


def _formulas() -> list[_Formula]:
    found = []
    for at, under in enumerate(_UNDER["RR"]):
        found.append(_Formula(f"RR{2 * at + 1}", "response rate, complete responses", ("I",), under))
        found.append(_Formula(f"RR{2 * at + 2}", "response rate, partial responses counted", ("I", "P"), under))
    for at, under in enumerate(_UNDER["COOP"]):
        found.append(_Formula(f"COOP{2 * at + 1}", "cooperation rate, complete responses", ("I",), under))
        found.append(_Formula(f"COOP{2 * at + 2}", "cooperation rate, partial responses counted", ("I", "P"), under))
    for at, under in enumerate(_UNDER["RR"]):
        found.append(_Formula(f"REF{at + 1}", "refusal rate", ("R",), under))
    for at, under in enumerate(_UNDER["RR"]):
        found.append(_Formula(f"CON{at + 1}", "contact rate", ("I", "P", "R", "O"), under))
    return found


def rates(outcome: Outcome, visits: Visits, invited: int | None = None) -> tuple[Rate, ...]:
    """Return AAPOR's rates and those of CHERRIES, each with its two numbers or the reason why it is not defined.

    Everybody who was invited is in one of AAPOR's classes: where it is not stated what became of some, all of them
    together are those who were invited, and a rate of all of them needs no more.
    """
    i, p, r, nc, o, u, e = outcome
    # Where there is nobody of whom eligibility is not known, no assumption is needed: any share of none is none.
    assumed = 0 if u == 0 else None if u is None or e is None else e * u
    numbers = {"I": i, "P": p, "R": r, "NC": nc, "O": o, "U": u, "eU": assumed}
    every = None if _total(_EVERYBODY, numbers) is not None else invited
    return (*(_rate(formula, numbers, _KNOWN, every) for formula in _formulas()), *_cherries(visits))


def untold(rates: Sequence[Rate]) -> tuple[list[str], str]:
    """Name the rates that cannot be given, and say in one sentence what is missing."""
    names = [rate.name for rate in rates if rate.value is None]
    parts = dict.fromkeys(part for rate in rates if rate.value is None for part in rate.missing)
    said = [f"not stated: {listed(list(parts), 'and')}"] if parts else []
    said += dict.fromkeys(rate.why for rate in rates if rate.value is None and not rate.missing)
    return names, "; ".join(said)


def _cherries(visits: Visits) -> tuple[Rate, ...]:
    numbers = dict(visits._asdict())
    return tuple(_rate(_Formula(*formula), numbers, _COUNTED) for formula in _OF_VISITS)


_COUNTED = {
    "site": "unique visitors of the site",
    "survey": "unique visitors of the survey",
    "first_page": "unique visitors of its first page",
    "agreed": "those who agreed to take part",
    "finished": "those who finished",
}
_OF_VISITS = (
    ("view rate", "survey visitors of site visitors", ("survey",), ("site",)),
    ("participation rate", "those who agreed, of the visitors of the first page", ("agreed",), ("first_page",)),
    ("completion rate", "those who finished, of those who agreed", ("finished",), ("agreed",)),
)


def _rate(
    formula: _Formula, numbers: Mapping[str, float | None], known: Mapping[str, str], invited: int | None = None
) -> Rate:
    """Make one rate; `invited` are all together, where not each class of them is stated."""
    written = f"{_sum(formula.over)} / {_sum(formula.under)}"
    is_of_all = invited is not None and formula.under == _EVERYBODY
    needed = dict.fromkeys((*formula.over, *(() if is_of_all else formula.under)))
    missing = [known[part] for part in needed if numbers[part] is None]
    over = _total(formula.over, numbers)
    under = invited if is_of_all else _total(formula.under, numbers)
    why = f"not stated: {listed(missing, 'and')}" if missing else "" if under else "the denominator is 0"
    if why or over is None or not under:
        return Rate(formula.name, formula.words, written, over, under, None, None, why, tuple(missing))
    # How many of the unknown are eligible nobody counted: a product that happens to be whole is no count either.
    is_assumed = "eU" in formula.under and bool(numbers["U"])
    are_counts = not is_assumed and over <= under
    return Rate(
        formula.name, formula.words, written, over, under, over / under, wilson(over, under) if are_counts else None, ""
    )


def _total(parts: tuple[str, ...], numbers: Mapping[str, float | None]) -> float | None:
    values = [numbers[part] for part in parts]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _sum(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
