"""What is true in the demo model, computed and not simulated: how often each outcome comes by each month.

`under` says what would be if all had a treatment (a potential outcome); `as_recorded` what becomes of those whom a registry
records under it, whom severity, age and bleeding chose, and of whom nobody who died waiting for a procedure is recorded as
having had it (immortal time). The difference of two `under` is a causal effect; what that of two `as_recorded` adds is bias.

Hazards are constant within a period and the kinds of patient finite in number, so each integral is a finite sum.
Time counts from diagnosis, in months; for what happens to an opened vein (OF_THE_VEIN) from the procedure that opened it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.registry.demo.cells import KNOTS, Cells, cells_of, daily, has
from patency.registry.demo.model import AFTER_A_PROCEDURE, MODALITIES, Model
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    from patency.registry.demo.cells import Real

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
        return {knot + start for _, _, start in self.parts for knot in KNOTS} | (
            {self.moment} if self.moment >= 0 else set()
        )

    def hazard(self, day: float) -> "Real":
        """Return the hazard on a day between two breaks."""
        import numpy

        found = numpy.zeros(1)
        for factor, rates, start in self.parts:
            if day >= start:
                found = (
                    found + factor * rates[int(numpy.searchsorted(numpy.array(KNOTS), day - start, side="right")) - 1]
                )
        return found


def under(
    model: Model, outcome: str, months: Sequence[float], modality: str, only: Mapping[str, str] = {}, weights: str = "all"
) -> Truth:  # fmt: skip
    """Return how often an outcome comes if all had one treatment, a procedure if alive on its day.

    `second_leg_pts` is that of the second leg, among those whose legs are both clotted. `only` keeps to traits, such as
    {"age": "adult"}, and to `stent: yes` or `no`. `weights` are "all" for the enrolled, or "overlap:A:B" for the population in
    which the treatments A and B are about as likely (Li 2018, overlap weights).
    """
    arm = _arm(model, months, modality)
    who = _with_stents(arm.cells, arm.at, _population(arm.cells, only, weights), only)
    return _truth(months, _summed(arm, outcome, who, is_recorded=False))


def as_recorded(
    model: Model, outcome: str, months: Sequence[float], modality: str, only: Mapping[str, str] = {}
) -> Truth:
    """Return how often an outcome comes among those whom a registry records under a treatment."""
    arm = _arm(model, months, modality)
    everybody = _population(arm.cells, only, "all")
    meant = _with_stents(arm.cells, arm.at, everybody * arm.cells.treated[arm.at], only)
    sums = _summed(arm, outcome, meant, is_recorded=True)
    if arm.at == 0:
        sums = _joined_by_who_died_waiting(arm, outcome, sums, float(meant.sum()), everybody)
    return _truth(months, sums)


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

    arm = _arm(model, months, modality)
    who = _with_stents(arm.cells, arm.at, _population(arm.cells, only, "all"), only)
    days, opened = arm.days, arm.cells.opened[arm.at]
    alone = _integrated(Clock([arm.part("recanalised")]), NEVER, days).net
    found = numpy.zeros(len(days))
    for delay, share in model.delay.items():
        lasting = _still_open(arm._replace(days=tuple(max(day - delay, 0.0) for day in days)))
        begun = numpy.array([float(day >= delay) for day in days])[:, None, None]
        found += share * (who * (opened * lasting * begun + (1 - opened) * alone)).sum(axis=(1, 2)) / who.sum()
    return tuple(float(each) for each in found)


# --- the sums ---------------------------------------------------------------------------------------------------------

NEVER = Clock([])


class _Sums(NamedTuple):
    incidence: "Real"  # day, then as the clocks
    net: "Real"


class _Arm(NamedTuple):
    """A treatment, by its place in MODALITIES, and the days by which outcomes are counted."""

    model: Model
    cells: Cells
    at: int
    days: tuple[float, ...]

    def part(self, outcome: str, start: float = 0.0) -> tuple["Real", "Real", float]:
        """Return the hazards of an outcome, by stent and cell."""
        return self.cells.factor[outcome][self.at], daily(self.model.hazards[outcome]), start

    def share(self, outcome: str) -> "Real | float":
        """Return the part of an outcome that is meant by its name."""
        if outcome == "moderate_pts":
            moderate: Real = self.cells.moderate[self.at]
            return moderate
        return self.model.second_leg if outcome == "second_leg_pts" else 1.0


def _arm(model: Model, months: Sequence[float], modality: str) -> _Arm:
    return _Arm(model, cells_of(model), MODALITIES.index(modality), tuple(month * DAYS_A_MONTH for month in months))


def _truth(months: Sequence[float], sums: _Sums) -> Truth:
    return Truth(tuple(months), tuple(map(float, sums.incidence)), tuple(map(float, sums.net)))


def _integrated(event: Clock, rival: Clock, days: Sequence[float]) -> _Sums:
    """Integrate exactly, from break to break, how often the event comes before its rival."""
    import numpy

    factors = [numpy.shape(part[0]) for each in (event, rival) for part in each.parts]
    shape = numpy.broadcast_shapes(*factors, numpy.shape(event.mass), numpy.shape(rival.mass))
    free, spared, total = numpy.ones(shape), numpy.ones(shape), numpy.zeros(shape)
    breaks = sorted({0.0, *days, *(each for each in event.breaks | rival.breaks if 0 <= each < max(days))})
    incidence, net = {}, {}
    for day, after in zip(breaks, [*breaks[1:], breaks[-1]], strict=True):
        if day == event.moment:
            total = total + free * spared * event.mass
            free = free * (1 - event.mass)
        if day == rival.moment:
            spared = spared * (1 - rival.mass)
        incidence[day], net[day] = total, 1 - free
        span, between = after - day, (day + after) / 2
        comes, goes = event.hazard(between), rival.hazard(between)
        both = comes + goes
        lasts = numpy.where(both == 0, span, -numpy.expm1(-both * span) / numpy.where(both == 0, 1, both))
        total = total + free * spared * comes * lasts
        free, spared = free * numpy.exp(-comes * span), spared * numpy.exp(-goes * span)
    return _Sums(numpy.array([incidence[day] for day in days]), numpy.array([net[day] for day in days]))


def _summed(arm: _Arm, outcome: str, who: "Real", is_recorded: bool) -> _Sums:
    """Sum over the days of the procedure and the kinds of patient, `who` of (stent, cell)."""
    import numpy

    incidence, net, weight = numpy.zeros(len(arm.days)), numpy.zeros(len(arm.days)), 0.0
    for delay, share in arm.model.delay.items() if arm.at else ((0, 1.0),):
        counts = who * _alive(arm, delay) if is_recorded or outcome in OF_THE_VEIN else who
        if outcome in OF_THE_VEIN:
            sums, counts = _of_the_vein(arm, outcome, delay), counts * arm.cells.opened[arm.at]
        else:
            sums = _of_the_patient(arm, outcome, delay)
            sums = _given_alive(arm, outcome, delay, sums) if is_recorded and arm.at else sums
        incidence += share * (counts * sums.incidence).sum(axis=(1, 2))
        net += share * (counts * sums.net).sum(axis=(1, 2))
        weight += share * float(counts.sum())
    return _Sums(incidence / weight, net / weight)


def _of_the_patient(arm: _Arm, outcome: str, delay: float) -> _Sums:
    sums = _integrated(
        _event(arm, outcome, delay), NEVER if outcome == "death" else _event(arm, "death", delay), arm.days
    )
    return _Sums(sums.incidence * arm.share(outcome), sums.net * arm.share(outcome))


def _event(arm: _Arm, outcome: str, delay: float) -> Clock:
    """Return what may bring an outcome, the procedure among it."""
    clock = _by_itself(arm, outcome)
    if arm.at == 0 or outcome not in arm.cells.caused:
        return clock
    return Clock(clock.parts, delay + AFTER_A_PROCEDURE[outcome], arm.cells.caused[outcome][arm.at])


def _by_itself(arm: _Arm, outcome: str) -> Clock:
    return Clock([arm.part("pts" if outcome in ("moderate_pts", "second_leg_pts") else outcome)])


def _died(arm: _Arm, days: Sequence[float]) -> "Real":
    """Return the share who died by each day, of nothing that a procedure did."""
    return _integrated(_by_itself(arm, "death"), NEVER, days).net


def _alive(arm: _Arm, delay: float) -> "Real":
    """Return the share who live to see a procedure; all, where there is none."""
    alive: Real = 1 - _died(arm, [delay])[0]
    return alive


def _given_alive(arm: _Arm, outcome: str, delay: float, sums: _Sums) -> _Sums:
    """Return the sums among those who lived to see the procedure."""
    alive, waiting = _alive(arm, delay), [min(day, delay) for day in arm.days]
    if outcome == "death":
        died = _died(arm, waiting)
        return _Sums((sums.incidence - died) / alive, (sums.net - died) / alive)
    return _Sums((sums.incidence - _early(arm, outcome, delay)) / alive, sums.net)


def _early(arm: _Arm, outcome: str, delay: float) -> "Real":
    """Return how often the outcome came, and then death, both before the procedure."""
    waiting = [min(day, delay) for day in arm.days]
    if outcome == "death":
        return _died(arm, waiting)
    sums = _integrated(_by_itself(arm, outcome), _by_itself(arm, "death"), waiting)
    return (sums.incidence - _alive(arm, delay) * sums.net) * arm.share(outcome)


def _joined_by_who_died_waiting(arm: _Arm, outcome: str, own: _Sums, weight: float, everybody: "Real") -> _Sums:
    """Add to those who were to have anticoagulation alone those who died before the procedure meant for them.

    No procedure was had, so nothing hangs on a stent: the first of the two is taken for both.
    """
    count, total = own.incidence * weight, weight
    for at in range(1, len(MODALITIES)):
        other, meant = arm._replace(at=at), everybody * arm.cells.treated[at]
        for delay, share in arm.model.delay.items():
            count = count + share * (meant * _early(other, outcome, delay)[:, 0]).sum(axis=1)
            total += share * float((meant * (1 - _alive(other, delay)[0])).sum())
    return own._replace(incidence=count / total)


def _of_the_vein(arm: _Arm, outcome: str, delay: float) -> _Sums:
    """Return the sums of an opened vein, from the procedure on; death runs on from diagnosis."""
    import numpy

    model, days = arm.model, arm.days
    death = Clock([arm.part("death", -delay)], AFTER_A_PROCEDURE["death"], arm.cells.caused["death"][arm.at])
    occludes, narrows = arm.part("occlusion"), arm.part("stenosis")
    treated = arm.part("stenosis", model.treated_after * DAYS_A_MONTH)
    match outcome:
        case "occlusion":
            return _integrated(Clock([occludes]), death, days)
        case "stenosis":
            return _before_occlusion(narrows, occludes, death, days)
        case "stenosis_or_occlusion":
            return _integrated(Clock([occludes, narrows]), death, days)
        case "reintervention":
            found = _before_occlusion(treated, occludes, death, days)
            return _Sums(model.stenosis_treated * found.incidence, model.stenosis_treated * found.net)
        case "primary_loss":
            often, seldom = (_integrated(Clock(parts), death, days) for parts in ([occludes, treated], [occludes]))
            share = model.stenosis_treated
            return _Sums(*(share * one + (1 - share) * other for one, other in zip(often, seldom, strict=True)))
    net = 1 - _still_open(arm, is_gap_open=True)
    return _Sums(numpy.full_like(net, numpy.nan), net)


def _before_occlusion(part: Any, occludes: Any, death: Clock, days: Sequence[float]) -> _Sums:
    """Return the sums of what can no longer come once the vein is occluded."""
    with_death = _integrated(Clock([part]), death._replace(parts=[*death.parts, occludes]), days)
    return _Sums(with_death.incidence, _integrated(Clock([part]), Clock([occludes]), days).incidence)


def _still_open(arm: _Arm, is_gap_open: bool = False) -> "Real":
    """Return the share of opened veins that are open, or open again, on each day after the procedure."""
    import numpy

    occludes = Clock([arm.part("occlusion")])
    gap, again = arm.model.reopened_after * DAYS_A_MONTH, arm.model.reoccluded / DAYS_A_MONTH
    gone = _integrated(occludes, NEVER, arm.days).net
    ends = [max(day - gap, 0.0) for day in arm.days]
    # A share of what was opened again at day u is still open at day t: exp(-again (t - u)). The same sum, with a rival whose
    # hazard is below nought, is of f(u) exp(again u).
    growing = Clock([(numpy.full(1, -again), numpy.ones(len(KNOTS)), 0.0)])
    lasting = _integrated(occludes, growing, ends).incidence * numpy.exp(-again * numpy.array(ends))[:, None, None]
    waiting = gone - _integrated(occludes, NEVER, ends).net if is_gap_open else 0.0
    return 1 - gone + arm.model.reopened * (lasting + waiting)


def _population(cells: Cells, only: Mapping[str, str], weights: str) -> "Real":
    import numpy

    kept = [has(level) for dimension, level in only.items() if dimension != "stent"]
    who = numpy.where(numpy.logical_and.reduce(kept), cells.share, 0.0) if kept else cells.share
    if weights == "all":
        return who
    _, one, other = weights.split(":")
    first, second = (cells.treated[MODALITIES.index(each)] for each in (one, other))
    found: Real = who * first * second / (first + second)
    return found


def _with_stents(cells: Cells, at: int, who: "Real", only: Mapping[str, str]) -> "Real":
    """Return the population with and without a stent, as the treatment brings it: (stent, cell)."""
    import numpy

    stented = cells.stented[at]
    keep = only.get("stent", "")
    return numpy.array([who * (1 - stented) * (keep != "yes"), who * stented * (keep != "no")])
