"""Every kind of patient of the demo model, as arrays: how frequent each is, what is done, and how fast things happen.

A cell is one combination of traits. Arrays have a row for each treatment, then for no stent and a stent, then the cells.
"""

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from patency.registry.demo.model import MODALITIES, PERIODS, TRAITS, Chance, Hazard, Model
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Real = NDArray[numpy.float64]
    Whole = NDArray[numpy.int64]
    Claim = NDArray[numpy.bool_]

KNOTS = tuple(months * DAYS_A_MONTH for months in PERIODS)  # days
CELLS = tuple(product(*TRAITS.values()))


class Cells(NamedTuple):
    """The kinds of patient: shares of the enrolled and of those seen but not enrolled, treatments, factors."""

    share: "Real"  # cell
    missed: "Real"  # cell: those seen and not enrolled
    seen_for_each: float  # how many are seen for each who is enrolled
    treated: "Real"  # treatment, cell: the propensity
    stented: "Real"  # treatment, cell
    factor: Mapping[str, "Real"]  # by outcome: treatment, stent, cell
    caused: Mapping[str, "Real"]  # by outcome, what the procedure causes: treatment, stent, cell
    opened: "Real"  # treatment, stent, cell
    moderate: "Real"  # treatment, stent, cell
    lost: "Real"  # treatment, stent, cell


def cells_of(model: Model) -> Cells:
    """Return the kinds of patient of a model."""
    import numpy

    traits = _traits()
    here = {name: claim[0, 0] for name, claim in traits.items() if claim.shape[:2] == (1, 1)}
    seen = numpy.ones(len(CELLS))
    for dimension, shares in model.who.items():
        place = list(TRAITS).index(dimension)
        seen = seen * numpy.array([shares[cell[place]] for cell in CELLS])
    for trait, chance in (("compressed", model.compressed), ("bleeding_prone", model.bleeding_prone)):
        share = _share(chance, here)
        seen = seen * numpy.where(here[trait], share, 1 - share)
    enters = _share(model.enrolled, here)
    odds = numpy.array([_product(model.odds[each], here) for each in MODALITIES])
    stented = numpy.array([_share(model.stented, here) * (each != MODALITIES[0]) for each in MODALITIES])
    is_procedure = numpy.array([float(each != MODALITIES[0]) for each in MODALITIES])[:, None, None]
    return Cells(
        share=seen * enters / (seen * enters).sum(),
        missed=seen * (1 - enters) / (seen * (1 - enters)).sum(),
        seen_for_each=float(1 / (seen * enters).sum()),
        treated=odds / odds.sum(axis=0),
        stented=stented,
        factor={name: _product(Chance(1.0, hazard.times), traits) for name, hazard in model.hazards.items()},
        caused={name: _share(chance, traits) * is_procedure for name, chance in model.at_procedure.items()},
        opened=_share(model.opened, traits) * is_procedure,
        moderate=_share(model.moderate, traits),
        lost=_product(Chance(1.0, model.lost.times), traits),
    )


def has(trait: str) -> "Claim":
    """Return which cells have a trait."""
    found: Claim = _traits()[trait][0, 0]
    return found


def _traits() -> dict[str, "Claim"]:
    """Return for each trait who has it: an array of treatment, stent and cell, or of length one where it does not matter."""
    import numpy

    found = {
        level: numpy.array([level in cell for cell in CELLS])[None, None, :]
        for levels in TRAITS.values()
        for level in levels
    }
    for place, name in enumerate(MODALITIES):
        found[name] = (numpy.arange(len(MODALITIES)) == place)[:, None, None]
    found["stented"] = numpy.array([False, True])[None, :, None]
    found["compressed_stented"] = found["compressed"] & found["stented"]
    found["compressed_unstented"] = found["compressed"] & ~found["stented"]
    return found


def _product(chance: Chance, traits: Mapping[str, "Claim"]) -> "Real":
    import numpy

    shape = numpy.broadcast_shapes(*(claim.shape for claim in traits.values()))
    found = numpy.full(shape, chance.share)
    for trait, factor in chance.times.items():
        found = found * numpy.where(traits[trait], factor, 1.0)
    return found


def _share(chance: Chance, traits: Mapping[str, "Claim"]) -> "Real":
    found = _product(chance, traits)
    assert (found <= 1).all(), f"a chance is at most one: {chance}"
    return found


def daily(hazard: Hazard) -> "Real":
    """Return the hazard per day in each period, for who has none of the traits that matter."""
    import numpy

    return numpy.array(hazard.per_month) / DAYS_A_MONTH


def cumulative(hazard: Hazard) -> "Real":
    """Return the cumulated hazard at the beginning of each period."""
    import numpy

    return numpy.concatenate([[0.0], numpy.cumsum(daily(hazard)[:-1] * numpy.diff(KNOTS))])
