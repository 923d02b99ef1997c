"""What is true in the demo model, computed and not simulated: how often each outcome comes by each month.

`under` says what would be if all had a treatment (a potential outcome); `as_recorded` what becomes of those whom a registry
records under it, whom severity, age and bleeding chose, and of whom nobody who died waiting for a procedure is recorded as
having had it (immortal time). The difference of two `under` is a causal effect; what that of two `as_recorded` adds is bias.

Hazards are constant within a period and the kinds of patient finite in number, so each integral is a finite sum.
Time counts from diagnosis, in months; for what happens to an opened vein (OF_THE_VEIN) from the procedure that opened it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.registry.demo_cells import KNOTS, Cells, cells_of, daily, has
from patency.registry.demo_model import AFTER_A_PROCEDURE, DAYS_A_MONTH, MODALITIES, Model

if TYPE_CHECKING:
    from patency.registry.demo_cells import Real

OF_THE_PATIENT = ("death", "bleeding", "recurrence", "pts", "moderate_pts")
OF_THE_VEIN = (
    "occlusion",  # its flow stops: the end of primary-assisted patency
    "stenosis",  # before any occlusion
    "reintervention",  # for a stenosis, before any occlusion
    "primary_loss",  # occlusion, or reintervention before it
    "stenosis_or_occlusion",  # as VERNACULAR and VIRTUS count the loss of primary patency
    "secondary_loss",  # occlusion that is not opened again, or the next one
)


class Truth(NamedTuple):
    """By each of some months: `incidence` with death competing, and `net` as if nobody died."""

    months: tuple[float, ...]
    incidence: tuple[float, ...]
    net: tuple[float, ...]


class Clock(NamedTuple):
    """What may happen: hazards (factor, per day, from which day on their periods count), and what happens at one moment."""

    parts: Sequence[tuple["Real", "Real", float]]
    moment: float = -1.0  # day; -1 for never
    mass: "Real | float" = 0.0

    @property
    def breaks(self) -> set[float]:
        """The days at which something changes."""
        return {knot + start for _, _, start in self.parts for knot in KNOTS} | ({self.moment} if self.moment >= 0 else set())

    def hazard(self, day: float) -> "Real":
        """Return the hazard on a day between two breaks."""
        import numpy

        found = numpy.zeros(1)
        for factor, rates, start in self.parts:
            if day >= start:
                found = found + factor * rates[int(numpy.searchsorted(numpy.array(KNOTS), day - start, side="right")) - 1]
        return found


def under(
    model: Model, outcome: str, months: Sequence[float], modality: str, only: Mapping[str, str] = {}, weights: str = "all"
) -> Truth:  # fmt: skip
    """Return how often an outcome comes if all had one treatment, a procedure if alive on its day.

    `only` keeps to traits, such as {"age": "adult"}, and to `stent: yes` or `no`. `weights` are "all" for the enrolled, or
    "overlap:A:B" for the population in which the treatments A and B are about as likely (Li 2018, overlap weights).
    """
    cells = cells_of(model)
    who = _population(cells, only, weights)
    return _summed(model, cells, outcome, months, modality, _with_stents(cells, modality, who, only), is_recorded=False)


def as_recorded(model: Model, outcome: str, months: Sequence[float], modality: str, only: Mapping[str, str] = {}) -> Truth:
    """Return how often an outcome comes among those whom a registry records under a treatment."""
    cells = cells_of(model)
    who = _population(cells, only, "all") * cells.treated[MODALITIES.index(modality)]
    if modality == MODALITIES[0] and outcome in OF_THE_PATIENT:
        return _joined_by_who_died_waiting(model, cells, outcome, months, who, only)
    return _summed(model, cells, outcome, months, modality, _with_stents(cells, modality, who, only), is_recorded=True)


def effect(
    model: Model, outcome: str, months: Sequence[float], one: str, other: str,
    only: Mapping[str, str] = {}, weights: str = "all",
) -> tuple[float, ...]:  # fmt: skip
    """Return the causal difference of incidence: one treatment less another."""
    first, second = (under(model, outcome, months, each, only, weights) for each in (one, other))
    return tuple(a - b for a, b in zip(first.incidence, second.incidence, strict=True))


def flow(model: Model, months: Sequence[float], modality: str, only: Mapping[str, str] = {}) -> tuple[float, ...]:
    """Return the share whose vein is open at each month after diagnosis if all had one treatment and nobody died."""
    import numpy

    cells = cells_of(model)
    who = _with_stents(cells, modality, _population(cells, only, "all"), only)
    at = MODALITIES.index(modality)
    days = [month * DAYS_A_MONTH for month in months]
    by_itself = cells.factor["recanalised"][at], daily(model.hazards["recanalised"]), 0.0
    found = numpy.zeros(len(days))
    for delay, share in model.delay.items():
        opened = cells.opened[at]
        alone = _integrated(Clock([by_itself]), Clock([]), days).net
        lasting = _still_open(model, cells, at, [max(day - delay, 0.0) for day in days])
        begun = numpy.array([float(day >= delay) for day in days])[:, None, None]
        found += share * (who * (opened * lasting * begun + (1 - opened) * alone)).sum(axis=(1, 2)) / who.sum()
    return tuple(float(each) for each in found)


# --- the sums ---------------------------------------------------------------------------------------------------------


class _Sums(NamedTuple):
    incidence: "Real"  # day, then as the clocks
    net: "Real"


def _integrated(event: Clock, rival: Clock, days: Sequence[float]) -> _Sums:
    """Integrate exactly, from break to break, how often the event comes before its rival."""
    import numpy

    shape = numpy.broadcast_shapes(
        *(numpy.shape(part[0]) for each in (event, rival) for part in each.parts), numpy.shape(event.mass), numpy.shape(rival.mass)
    )
    free, spared, total = numpy.ones(shape), numpy.ones(shape), numpy.zeros(shape)
    breaks = sorted({0.0, *days, *(each for each in event.breaks | rival.breaks if 0 <= each < max(days, default=0))})
    incidence, net = {}, {}
    for day, after in zip(breaks, [*breaks[1:], None], strict=True):
        if day == event.moment:
            total = total + free * spared * event.mass
            free = free * (1 - event.mass)
        if day == rival.moment:
            spared = spared * (1 - rival.mass)
        incidence[day], net[day] = total, 1 - free
        if after is None:
            break
        span, between = after - day, (day + after) / 2
        comes, goes = event.hazard(between), rival.hazard(between)
        both = comes + goes
        share = numpy.where(both == 0, span, -numpy.expm1(-both * span) / numpy.where(both == 0, 1, both))
        total = total + free * spared * comes * share
        free, spared = free * numpy.exp(-comes * span), spared * numpy.exp(-goes * span)
    return _Sums(numpy.array([incidence[day] for day in days]), numpy.array([net[day] for day in days]))


def _summed(
    model: Model, cells: Cells, outcome: str, months: Sequence[float], modality: str, who: "Real", is_recorded: bool
) -> Truth:  # fmt: skip
    """Sum over the days of the procedure and the kinds of patient, `who` of (stent, cell)."""
    import numpy

    at, days = MODALITIES.index(modality), [month * DAYS_A_MONTH for month in months]
    incidence, net, weight = numpy.zeros(len(days)), numpy.zeros(len(days)), 0.0
    for delay, share in model.delay.items() if at else ((0, 1.0),):
        death = _death(model, cells, at, delay)
        alive = 1 - _integrated(_before(model, cells, at), Clock([]), [delay]).net[0] if at else numpy.ones(1)
        if outcome in OF_THE_VEIN:
            sums, counts = _of_the_vein(model, cells, at, outcome, days, delay), who * alive * cells.opened[at]
        else:
            sums = _of_the_patient(model, cells, at, outcome, days, delay, death)
            counts = who * (alive if is_recorded else 1.0)
            if is_recorded and at:
                sums = _given_alive(model, cells, at, outcome, days, delay, sums, alive)
        incidence += share * (counts * sums.incidence).sum(axis=(1, 2))
        net += share * (counts * sums.net).sum(axis=(1, 2))
        weight += share * float(counts.sum())
    return Truth(tuple(months), tuple(map(float, incidence / weight)), tuple(map(float, net / weight)))


def _of_the_patient(
    model: Model, cells: Cells, at: int, outcome: str, days: Sequence[float], delay: float, death: Clock
) -> _Sums:  # fmt: skip
    event = _event(model, cells, at, outcome, delay)
    if outcome == "death":
        return _integrated(event, Clock([]), days)
    sums = _integrated(event, death, days)
    share = cells.moderate[at] if outcome == "moderate_pts" else 1.0
    return _Sums(sums.incidence * share, sums.net * share)


def _event(model: Model, cells: Cells, at: int, outcome: str, delay: float) -> Clock:
    if outcome == "death":
        return _death(model, cells, at, delay)
    name = "pts" if outcome == "moderate_pts" else outcome
    part = (cells.factor[name][at], daily(model.hazards[name]), 0.0)
    if at and name in cells.caused:
        return Clock([part], delay + AFTER_A_PROCEDURE[name], cells.caused[name][at])
    return Clock([part])


def _death(model: Model, cells: Cells, at: int, delay: float) -> Clock:
    part = (cells.factor["death"][at], daily(model.hazards["death"]), 0.0)
    return Clock([part], delay + AFTER_A_PROCEDURE["death"], cells.caused["death"][at]) if at else Clock([part])


def _before(model: Model, cells: Cells, at: int) -> Clock:
    """Death before a procedure, which is death on anticoagulation."""
    return Clock([(cells.factor["death"][at], daily(model.hazards["death"]), 0.0)])


def _given_alive(
    model: Model, cells: Cells, at: int, outcome: str, days: Sequence[float], delay: float, sums: _Sums, alive: "Real"
) -> _Sums:  # fmt: skip
    """Return the sums among those who lived to see the procedure."""
    if outcome == "death":
        died = 1 - alive
        gone = _integrated(_before(model, cells, at), Clock([]), [min(day, delay) for day in days]).net
        return _Sums((sums.incidence - gone) / (1 - died), (sums.net - gone) / (1 - died))
    early = _early(model, cells, at, outcome, days, delay, alive)
    return _Sums((sums.incidence - early) / alive, sums.net)


def _early(
    model: Model, cells: Cells, at: int, outcome: str, days: Sequence[float], delay: float, alive: "Real"
) -> "Real":  # fmt: skip
    """Return how often the outcome came, and then death, both before the procedure."""
    first = [min(day, delay) for day in days]
    share = cells.moderate[at] if outcome == "moderate_pts" else 1.0
    event = _event(model, cells, at, outcome, delay)._replace(moment=-1.0)
    sums = _integrated(event, _before(model, cells, at), first)
    return (sums.incidence - alive * sums.net) * share


def _joined_by_who_died_waiting(
    model: Model, cells: Cells, outcome: str, months: Sequence[float], who: "Real", only: Mapping[str, str]
) -> Truth:  # fmt: skip
    """Return the outcome of those recorded under anticoagulation alone: who was to have it, and who died before the other."""
    import numpy

    own = _summed(model, cells, outcome, months, MODALITIES[0], _with_stents(cells, MODALITIES[0], who, only), is_recorded=True)
    days = [month * DAYS_A_MONTH for month in months]
    count, weight = numpy.array(own.incidence) * who.sum(), float(who.sum())
    for at in range(1, len(MODALITIES)):
        others = _population(cells, only, "all") * cells.treated[at]
        for delay, share in model.delay.items():
            gone = _integrated(_before(model, cells, at), Clock([]), [delay]).net[0][0]
            if outcome == "death":
                died = _integrated(_before(model, cells, at), Clock([]), [min(day, delay) for day in days]).net[:, 0]
            else:
                died = _early(model, cells, at, outcome, days, delay, (1 - gone)[None])[:, 0]
            count += share * (others * died).sum(axis=1)
            weight += share * float((others * gone).sum())
    return Truth(own.months, tuple(map(float, count / weight)), own.net)


def _of_the_vein(
    model: Model, cells: Cells, at: int, outcome: str, days: Sequence[float], delay: float
) -> _Sums:  # fmt: skip
    """Return the sums of an opened vein, from the procedure on; death runs on from diagnosis."""
    import numpy

    # The procedure may itself be fatal, on the second day after it.
    death = Clock([(cells.factor["death"][at], daily(model.hazards["death"]), -delay)], 2.0, cells.caused["death"][at])
    occludes = (cells.factor["occlusion"][at], daily(model.hazards["occlusion"]), 0.0)
    narrows = (cells.factor["stenosis"][at], daily(model.hazards["stenosis"]), 0.0)
    treated = (narrows[0], narrows[1], model.treated_after * DAYS_A_MONTH)
    both = model.stenosis_treated
    match outcome:
        case "occlusion":
            return _integrated(Clock([occludes]), death, days)
        case "stenosis":
            rivals = death._replace(parts=[*death.parts, occludes])
            return _Sums(_integrated(Clock([narrows]), rivals, days).incidence, _integrated(Clock([narrows]), Clock([occludes]), days).incidence)
        case "stenosis_or_occlusion":
            return _integrated(Clock([occludes, narrows]), death, days)
        case "reintervention":
            rivals = death._replace(parts=[*death.parts, occludes])
            sums = _integrated(Clock([treated]), rivals, days)
            alone = _integrated(Clock([treated]), Clock([occludes]), days)
            return _Sums(both * sums.incidence, both * alone.incidence)
        case "primary_loss":
            often = _integrated(Clock([occludes, treated]), death, days)
            seldom = _integrated(Clock([occludes]), death, days)
            return _Sums(*(both * one + (1 - both) * other for one, other in zip(often, seldom, strict=True)))
    net = 1 - _still_open(model, cells, at, days, is_gap_open=True)
    return _Sums(numpy.full_like(net, numpy.nan), net)


def _still_open(
    model: Model, cells: Cells, at: int, days: Sequence[float], is_gap_open: bool = False
) -> "Real":  # fmt: skip
    """Return the share of opened veins that are open, or open again, on each day after the procedure."""
    import numpy

    occludes = Clock([(cells.factor["occlusion"][at], daily(model.hazards["occlusion"]), 0.0)])
    gap, again = model.reopened_after * DAYS_A_MONTH, model.reoccluded / DAYS_A_MONTH
    gone = _integrated(occludes, Clock([]), days).net
    ends = [max(day - gap, 0.0) for day in days]
    until = _integrated(occludes, Clock([]), ends).net
    # A share of what was opened again at day u is still open at day t: exp(-again (t - u)). The same sum, with a rival whose
    # hazard is below nought, is of f(u) exp(again u).
    growing = Clock([(numpy.full(1, -again), numpy.ones(len(KNOTS)), 0.0)])
    lasting = _integrated(occludes, growing, ends).incidence
    lasting = lasting * numpy.exp(-again * numpy.array(ends))[:, None, None]
    waiting = gone - until if is_gap_open else 0.0
    return 1 - gone + model.reopened * (lasting + waiting)


def _population(cells: Cells, only: Mapping[str, str], weights: str) -> "Real":
    import numpy

    kept = [has(level) for dimension, level in only.items() if dimension != "stent"]
    who = numpy.where(numpy.logical_and.reduce(kept), cells.share, 0.0) if kept else cells.share
    if weights == "all":
        return who
    _, one, other = weights.split(":")
    first, second = (cells.treated[MODALITIES.index(each)] for each in (one, other))
    return who * first * second / (first + second)


def _with_stents(cells: Cells, modality: str, who: "Real", only: Mapping[str, str]) -> "Real":
    """Return the population with and without a stent, as the treatment brings it: (stent, cell)."""
    import numpy

    stented = cells.stented[MODALITIES.index(modality)]
    without, with_one = who * (1 - stented), who * stented
    keep = only.get("stent", "")
    return numpy.array([without * (keep != "yes"), with_one * (keep != "no")])
