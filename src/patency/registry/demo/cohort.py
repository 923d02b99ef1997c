"""Cohorts drawn from the demo model, thousands of patients in milliseconds: who they are, what is done, what then happens.

`draw` gives the patients with all their luck (uniform numbers); `outcomes` turns the luck into what happens under any
treatment. The same luck under each treatment gives a patient's potential outcomes, so that an estimator can be held against
the truth of the very cohort it was given. Days count from diagnosis, as fractions; what never happens is at infinity.

Not here: what a registry sees of it (demo/seen.py), and how that is recorded (demo/records.py).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from patency.registry.demo.cells import CELLS, KNOTS, Cells, cells_of, cumulative, daily
from patency.registry.demo.model import AFTER_A_PROCEDURE, AGES, MODALITIES, TRAITS, Hazard, Model
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    from numpy.random import Generator

    from patency.registry.demo.cells import Claim, Real, Whole

LIMBS = 2
LUCK_OF_A_PATIENT = (
    "stent", "death", "bleeding", "recurrence", "pts", "moderate", "severe", "caused_bleeding", "caused_death", "lost",
)  # fmt: skip
LUCK_OF_A_LIMB = ("opened", "recanalised", "stenosis", "treated", "occlusion", "reopened", "reoccluded")


class Patients(NamedTuple):
    """Who is enrolled, one row each; `luck` is what befalls them, whatever is done."""

    model: Model
    cells: Cells
    cell: "Whole"
    age: "Real"  # years
    is_bilateral: "Claim"
    intended: "Whole"  # the treatment meant for them: its place in MODALITIES
    delay: "Real"  # days to the procedure, if they are to have one
    luck: Mapping[str, "Real"]  # by name: patient, or patient and limb

    def trait(self, dimension: str) -> "Whole":
        """Return the place of each patient's level among those of a dimension of TRAITS."""
        return level_of(self.cell, dimension)


class Veins(NamedTuple):
    """What happens to the vein of each leg, patient by patient; the second leg counts only where both are clotted."""

    is_opened: "Claim"
    recanalised: "Real"  # where it was not opened
    stenosis: "Real"
    reintervention: "Real"  # for the stenosis, before an occlusion
    occlusion: "Real"
    reopened: "Real"
    reocclusion: "Real"


class Outcomes(NamedTuple):
    """What happens to each patient, on which day."""

    modality: "Whole"  # what was meant
    procedure: "Real"  # infinite where there was none, or death came before
    is_stented: "Claim"
    death: "Real"
    bleeding: "Real"
    recurrence: "Real"
    pts: "Real"
    is_moderate: "Claim"  # moderate or severe, once there
    is_severe: "Claim"
    lost: "Real"
    veins: Veins
    is_in_both: "Claim"  # where both legs are clotted, whether post-thrombotic syndrome is in the second too

    @property
    def recorded(self) -> "Whole":
        """The treatment a registry records: none but anticoagulation where the procedure was not lived to see."""
        import numpy

        return numpy.where(numpy.isfinite(self.procedure), self.modality, 0)


def generator(seed: int) -> "Generator":
    """Return the source of chance that a seed gives, the same with the same version of NumPy."""
    import numpy

    return numpy.random.Generator(numpy.random.PCG64(seed))


def draw(model: Model, count: int, chance: "Generator") -> Patients:
    """Draw patients as they are enrolled."""
    import numpy

    cells = cells_of(model)
    cell = drawn(chance.random(count), cells.share)
    odds = numpy.cumsum(cells.treated, axis=0)[:, cell]
    intended = (chance.random(count)[None, :] > odds[:-1]).sum(axis=0)
    age = ages(cell, chance.random(count))
    delay = numpy.array(list(model.delay), dtype=float)[
        drawn(chance.random(count), numpy.array(list(model.delay.values())))
    ]
    is_bilateral = chance.random(count) < 0.10
    luck = {name: 1 - chance.random(count) for name in LUCK_OF_A_PATIENT}
    luck |= {name: 1 - chance.random((count, LIMBS)) for name in LUCK_OF_A_LIMB}
    luck["second_leg"] = 1 - chance.random(count)
    return Patients(model, cells, cell, age, is_bilateral, intended, delay, luck)


def drawn(luck: "Real", shares: "Real") -> "Whole":
    """Return which of some shares each uniform number falls into."""
    import numpy

    return numpy.searchsorted(numpy.cumsum(shares)[:-1] / shares.sum(), luck, side="right")


def ages(cell: "Whole", luck: "Real") -> "Real":
    """Return an age in years within the band of each cell, to a hundredth."""
    import numpy

    bounds = numpy.array([AGES[name] for name in TRAITS["age"]])[level_of(cell, "age")]
    found: Real = numpy.floor((bounds[:, 0] + luck * (bounds[:, 1] - bounds[:, 0])) * 100) / 100
    return found


def level_of(cell: "Whole", dimension: str) -> "Whole":
    """Return the place of each cell's level among those of a dimension."""
    import numpy

    place = list(TRAITS).index(dimension)
    levels = TRAITS[dimension]
    return numpy.array([levels.index(each[place]) for each in CELLS])[cell]


def outcomes(patients: Patients, modality: "Whole | str | None" = None) -> Outcomes:
    """Return what happens to the patients: under what was meant for them, or under a treatment given to all."""
    import numpy

    model, cells, luck = patients.model, patients.cells, patients.luck
    if isinstance(modality, str):
        modality = numpy.full(len(patients.cell), MODALITIES.index(modality))
    meant = patients.intended if modality is None else modality
    is_stented = luck["stent"] <= cells.stented[meant, patients.cell]
    at = (meant, is_stented.astype(int), patients.cell)

    def comes(name: str) -> "Real":
        return _after(luck[name], cells.factor[name][at], model.hazards[name])

    death = comes("death")
    procedure = numpy.where((meant > 0) & (death > patients.delay), patients.delay, numpy.inf)
    for name, when in AFTER_A_PROCEDURE.items():
        caused = numpy.where(luck[f"caused_{name}"] <= cells.caused[name][at], procedure + when, numpy.inf)
        if name == "death":
            death = numpy.minimum(death, caused)
        else:
            bleeding = numpy.minimum(comes("bleeding"), caused)
    pts = comes("pts")
    is_moderate = luck["moderate"] <= cells.moderate[at]
    lost = _lost(luck["lost"], cells.lost[at], pts, model)
    return Outcomes(
        meant, procedure, is_stented & numpy.isfinite(procedure), death, bleeding, comes("recurrence"), pts, is_moderate,
        is_moderate & (luck["severe"] <= model.severe), lost, _of_the_limbs(patients, at, procedure),
        patients.is_bilateral & (luck["second_leg"] <= model.second_leg),
    )  # fmt: skip


def _of_the_limbs(patients: Patients, at: tuple["Whole", "Whole", "Whole"], procedure: "Real") -> Veins:
    import numpy

    model, cells, luck = patients.model, patients.cells, patients.luck
    from_then = procedure[:, None]
    is_opened = (luck["opened"] <= cells.opened[at][:, None]) & numpy.isfinite(from_then)
    begins = numpy.where(is_opened, from_then, numpy.inf)
    stenosis, occlusion = (
        begins + _after(luck[name], cells.factor[name][at][:, None], model.hazards[name])
        for name in ("stenosis", "occlusion")
    )
    treated = stenosis + model.treated_after * DAYS_A_MONTH
    is_treated = (luck["treated"] <= model.stenosis_treated) & (treated < occlusion)
    reopened = numpy.where(
        luck["reopened"] <= model.reopened, occlusion + model.reopened_after * DAYS_A_MONTH, numpy.inf
    )
    with numpy.errstate(divide="ignore"):
        again = -numpy.log(luck["reoccluded"]) / (model.reoccluded / DAYS_A_MONTH)
    alone = _after(luck["recanalised"], cells.factor["recanalised"][at][:, None], model.hazards["recanalised"])
    return Veins(
        is_opened, numpy.where(is_opened, numpy.inf, alone), numpy.where(stenosis < occlusion, stenosis, numpy.inf),
        numpy.where(is_treated, treated, numpy.inf), occlusion, reopened, reopened + again,
    )  # fmt: skip


def _after(luck: "Real", factor: "Real", hazard: Hazard) -> "Real":
    """Return the day on which something comes: where the cumulated hazard reaches an exponential number."""
    import numpy

    levels, rates = cumulative(hazard), daily(hazard)
    reached = -numpy.log(luck) / factor
    day = numpy.interp(reached, levels, KNOTS)
    beyond = reached > levels[-1]
    if rates[-1] == 0:
        return numpy.where(beyond, numpy.inf, day)
    return numpy.where(beyond, KNOTS[-1] + (reached - levels[-1]) / rates[-1], day)


def _lost(luck: "Real", factor: "Real", pts: "Real", model: Model) -> "Real":
    """Return the day of loss to follow-up; where loss is informative it comes faster from the onset of the syndrome."""
    import numpy

    alone = _after(luck, factor, model.lost)
    if model.informative == 1:
        return alone
    # Past the onset the hazard is `informative` times what it was: the rest of the exponential number is used up faster.
    onset = numpy.interp(pts, KNOTS, cumulative(model.lost))
    onset = onset + numpy.maximum(pts - KNOTS[-1], 0) * daily(model.lost)[-1]
    rest = (-numpy.log(luck) / factor - onset) / model.informative
    later = _after(numpy.exp(-(onset + numpy.maximum(rest, 0))), numpy.ones(1), model.lost)
    return numpy.where(alone <= pts, alone, later)
