"""Each estimator against the truth of the demo model: one run says whether the 95 % interval held it.

Who claims coverage must hold the truth in 93 to 97 % of runs; a naive way is there to fail, and must. A run's chance hangs
on its number and on nothing else, so that any run can be looked at by itself.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy

from outcome.simulation.drawn import (
    RECORDED,
    Rows,
    compare,
    evenly,
    in_a_cut,
    level,
    overlap_truth,
    people,
    scanned,
    watched,
)  # fmt: skip
from patency.outcome.comparison import Question
from patency.outcome.estimate.cox import cox
from patency.outcome.estimate.gray import gray
from patency.outcome.estimate.incidence import incidence, incidence_at
from patency.outcome.estimate.logrank import log_rank
from patency.outcome.estimate.proportional import proportional
from patency.outcome.estimate.resampled import turnbull_intervals
from patency.outcome.estimate.shares import difference, exact_share
from patency.outcome.estimate.survival import at, mean_until, survival
from patency.outcome.estimate.weighted import weighted_difference, weighted_incidence
from patency.registry.demo.cohort import outcomes
from patency.registry.demo.model import MODEL, Chance, Model
from patency.registry.demo.seen import see
from patency.registry.demo.truth import effect, under
from patency.share import Interval, Share
from patency.vocabulary import DAYS_A_MONTH

YEAR, TWO = 12 * DAYS_A_MONTH, 24 * DAYS_A_MONTH
CDT, ALONE = "cdt", "anticoagulation_alone"
OF_OPTION = {CDT: "catheter_lysis", ALONE: "anticoagulation_alone"}


HOLDS, AT_LEAST, FAILS, SHOWN = "93 to 97%", "at least 93%", "to fail", "shown only"


class Scenario(NamedTuple):
    """What is estimated of what in how many patients, and what its interval claims: one of the four above."""

    estimator: str
    of: str
    patients: int
    claims: str
    run: Callable[[Any], bool | None]
    is_slow: bool = False


DEADLY = MODEL.times("death", 5)


def _ends(low: float | None, high: float | None, truth: float) -> bool | None:
    return None if low is None or high is None else low <= truth <= high


def _within(interval: Interval | None, truth: float) -> bool | None:
    return None if interval is None else interval.low <= truth <= interval.high


@cache
def _truth(model_name: str, outcome: str, month: float, arm: str, kind: str) -> float:
    found = under(_MODELS[model_name], outcome, [month], arm)
    return float(getattr(found, kind)[0])


# No trait matters to the syndrome but the option: then Cox's ratio is the model's own, given the traits and not.
SMOOTH = MODEL._replace(hazards={**MODEL.hazards, "pts": MODEL.hazards["pts"]._replace(times={CDT: 0.65})})
STILL = MODEL._replace(reopened=0.0, stenosis_treated=0.0)  # nobody comes with an occlusion: visits know nothing of it
# By lot, deadly at first, and no procedure does anything: what differs is the time before a procedure.
IMMORTAL = evenly(MODEL.times("death", 8))._replace(at_procedure={**MODEL.at_procedure, "death": Chance(0.0)})
_MODELS: Mapping[str, Model] = {
    "plain": MODEL,
    "deadly": DEADLY,
    "still": STILL,
    "again": MODEL.times("recurrence", 3),
    "deadly-again": DEADLY.times("recurrence", 3),
}


def _shares(chance: Any, arm: str, many: int) -> Share:
    happened = outcomes(people(MODEL, many, chance), arm)
    return Share(int(((happened.pts <= TWO) & (happened.pts <= happened.death)).sum()), many)


def wilson(chance: Any) -> bool | None:
    found = _shares(chance, CDT, 150).interval
    return _within(found, _truth("plain", "pts", 24, CDT, "incidence"))


def exact(chance: Any) -> bool | None:
    found = exact_share(_shares(chance, CDT, 150)).interval
    return _within(found, _truth("plain", "pts", 24, CDT, "incidence"))


def newcombe(chance: Any) -> bool | None:
    found = difference(_shares(chance, CDT, 150), _shares(chance, ALONE, 150)).interval
    return _within(found, effect(MODEL, "pts", [24], CDT, ALONE)[0])


def _deaths(chance: Any) -> Rows:
    happened = outcomes(people(DEADLY, 200, chance), ALONE)
    return watched(happened, numpy.full(200, numpy.inf), chance)


def kaplan_meier(chance: Any) -> bool | None:
    rows = _deaths(chance)
    found = at(survival(rows.time, rows.state == 2), [TWO])[0]
    return _ends(found.low, found.high, 1 - _truth("deadly", "death", 24, ALONE, "net"))


@cache
def _true_mean() -> float:
    months = numpy.linspace(0, 24, 2401)
    net = numpy.array(under(DEADLY, "death", months.tolist(), ALONE).net)
    return float(numpy.trapezoid(1 - net, months * DAYS_A_MONTH))


def restricted_mean(chance: Any) -> bool | None:
    rows = _deaths(chance)
    found = mean_until(survival(rows.time, rows.state == 2), TWO)
    return _ends(found.low, found.high, _true_mean())


def aalen_johansen(chance: Any) -> bool | None:
    happened = outcomes(people(DEADLY, 200, chance), ALONE)
    rows = watched(happened, happened.pts, chance)
    found = incidence_at(incidence(rows.time, rows.state, causes=2), 1, [TWO])[0]
    return _ends(found.low, found.high, _truth("deadly", "pts", 24, ALONE, "incidence"))


def _told(model: Model, outcome: str, chance: Any, until: str) -> tuple[Any, Any]:
    """Return times and states as a cut can tell them: with who had no event followed until `until`.

    "seen" is the last visit; "visit" counts an event up to that visit only, and deaths whenever; "vital" follows all by the cut's
    `vital_day`, through registry/cutting/vital.py and outcome/follow.py themselves.
    """
    patients = people(model, 400, chance)
    happened = outcomes(patients, ALONE)
    followed = chance.uniform(YEAR, 3 * YEAR, 400)
    seen = see(patients, happened, followed, numpy.arange(400), chance)
    day = getattr(happened, outcome)
    if until == "vital, told at visits":  # a recurrence that no planned visit followed is on no record
        last = numpy.where(numpy.isfinite(seen.visit), seen.visit, 0).max(axis=1)
        day = numpy.where(day <= last, day, numpy.inf)
    if until.startswith("vital"):
        return in_a_cut(outcome, happened, seen, followed, day)
    last = numpy.where(numpy.isfinite(seen.visit), seen.visit, 0).max(axis=1)
    had = (day <= (last if until == "visit" else seen.end)) & (day <= happened.death)
    died = happened.death <= seen.end
    return numpy.where(had, day, numpy.where(died, happened.death, last)), numpy.where(had, 1, numpy.where(died, 2, 0))


def _cut(model_name: str, outcome: str, until: str) -> Callable[[Any], bool | None]:
    def run(chance: Any) -> bool | None:
        times, states = _told(_MODELS[model_name], outcome, chance, until)
        found = incidence_at(incidence(times, states, causes=2), 1, [TWO])[0]
        return _ends(found.low, found.high, _truth(model_name, outcome, 24, ALONE, "incidence"))

    return run


def one_minus_kaplan_meier(chance: Any) -> bool | None:
    happened = outcomes(people(DEADLY.times("death", 4), 600, chance), ALONE)
    rows = watched(happened, happened.pts, chance)
    found = at(survival(rows.time, rows.state == 1), [TWO])[0]
    truth = under(DEADLY.times("death", 4), "pts", [24], ALONE).incidence[0]
    return _ends(found.low, found.high, 1 - truth)


def _limbs(chance: Any) -> tuple[Any, Any, Any]:
    """Return both legs of everybody, from the procedure on, each known to the day."""
    patients = people(STILL, 220, chance)
    happened = outcomes(patients, CDT)
    end = numpy.minimum(numpy.minimum(happened.lost, happened.death), chance.uniform(YEAR, 3 * YEAR, 220))[:, None]
    day, kept = happened.veins.occlusion, happened.veins.is_opened & (happened.procedure[:, None] < end)
    time = numpy.minimum(day, end) - happened.procedure[:, None]
    who = numpy.broadcast_to(numpy.arange(220)[:, None], kept.shape)
    return time[kept], (day <= end)[kept], who[kept]


def clustered(chance: Any) -> bool | None:
    time, event, who = _limbs(chance)
    found = at(survival(time, event, clusters=who), [YEAR])[0]
    return _ends(found.low, found.high, 1 - _truth("still", "occlusion", 12, CDT, "net"))


def limbs_as_if_independent(chance: Any) -> bool | None:
    time, event, _ = _limbs(chance)
    found = at(survival(time, event), [YEAR])[0]
    return _ends(found.low, found.high, 1 - _truth("still", "occlusion", 12, CDT, "net"))


def _between(chance: Any, many: int) -> Any:
    patients = people(STILL, many, chance)
    return scanned(patients, outcomes(patients, CDT), chance, scatter=1.0)


def _turnbull(month: float) -> Callable[[Any], bool | None]:
    def run(chance: Any) -> bool | None:
        rows = _between(chance, 170)
        seed = int(chance.integers(1 << 30))
        found = turnbull_intervals(rows.without, rows.first, [month * DAYS_A_MONTH], seed=seed, runs=200)[0]
        return _ends(found.low, found.high, 1 - _truth("still", "occlusion", month, CDT, "net"))

    return run


def _naive(month: float) -> Callable[[Any], bool | None]:
    def run(chance: Any) -> bool | None:
        rows = _between(chance, 170)
        found = at(survival(rows.time, rows.event), [month * DAYS_A_MONTH])[0]
        return _ends(found.low, found.high, 1 - _truth("still", "occlusion", month, CDT, "net"))

    return run


def _by_lot(chance: Any) -> tuple[Any, Rows]:
    """Return who had which of two options by lot, and until when each was watched for the syndrome."""
    patients = people(evenly(SMOOTH), 500, chance)
    happened = outcomes(patients)
    kept = numpy.isin(patients.intended, (0, 1))
    rows = watched(happened, happened.pts, chance)
    return patients.intended[kept], rows._replace(time=rows.time[kept], state=rows.state[kept])


def cox_by_lot(chance: Any) -> bool | None:
    option, rows = _by_lot(chance)
    found = cox(rows.time, rows.state == 1, option == 1)
    return found.low is not None and found.high is not None and bool(found.low[0] <= 0.65 <= found.high[0])


def _cox(chance: Any, traits: tuple[str, ...]) -> bool | None:
    patients = people(MODEL, 900, chance)
    happened = outcomes(patients)
    kept = numpy.isin(patients.intended, (0, 1))
    rows = watched(happened, happened.pts, chance)
    columns = [patients.intended == 1, *(_has(patients, name) for name in traits)]
    x = numpy.column_stack(columns).astype(float)
    found = cox(rows.time[kept], rows.state[kept] == 1, x[kept])
    return found.low is not None and found.high is not None and bool(found.low[0] <= 0.65 <= found.high[0])


def _has(patients: Any, name: str) -> Any:
    return numpy.logical_or.reduce([level(patients, dimension) == name for dimension in RECORDED])


def cox_adjusted(chance: Any) -> bool | None:
    return _cox(chance, ("mild", "severe", "iliocaval", "post_thrombotic", "child", "adolescent"))


def cox_alone(chance: Any) -> bool | None:
    return _cox(chance, ())


def logrank_of_nothing(chance: Any) -> bool | None:
    patients = people(evenly(MODEL), 400, chance)
    happened = outcomes(patients)
    rows = watched(happened, happened.recurrence, chance)
    found = log_rank(rows.time, rows.state == 1, patients.intended)
    return None if found.p is None else found.p > 0.05


def gray_of_nothing(chance: Any) -> bool | None:
    patients = people(IMMORTAL.times("recurrence", 3), 400, chance)
    happened = outcomes(patients)
    rows = watched(happened, happened.recurrence, chance)
    found = gray(rows.time, rows.state, patients.intended)
    return None if found.p is None else found.p > 0.05


def proportional_of_nothing(chance: Any) -> bool | None:
    option, rows = _by_lot(chance)
    found = proportional(rows.time, rows.state == 1, option == 1)
    return None if found.overall_p is None else found.overall_p > 0.05


def _landmark(chance: Any, month: float, many: int) -> Any:
    patients = people(IMMORTAL, many, chance)
    happened = outcomes(patients)
    rows = watched(happened, happened.death, chance)
    question = Question(OF_OPTION[CDT], OF_OPTION[ALONE], month, covariates=RECORDED)
    return happened, rows, compare(patients, happened, rows, question)


def landmark(chance: Any) -> bool | None:
    _, _, found = _landmark(chance, 3, 1500)
    assert found.plain is not None, found.refused
    return _within(found.plain.interval, 0.0)


def immortal(chance: Any) -> bool | None:
    """From the diagnosis, by the option that was recorded in the end: those who died waiting had anticoagulation alone."""
    patients = people(IMMORTAL, 1500, chance)
    happened = outcomes(patients)
    rows = watched(happened, happened.death, chance)
    kept = numpy.isin(happened.recorded, (0, 1))
    nothing = numpy.zeros((int(kept.sum()), 0))
    found = weighted_incidence(
        rows.time[kept], rows.state[kept], happened.recorded[kept] == 1, nothing, 3 * DAYS_A_MONTH
    )
    return _within(found.interval, 0.0)


@cache
def _true_overlap() -> float:
    return overlap_truth(MODEL, "pts", 24, 14, CDT, ALONE)


def _compared(chance: Any, many: int) -> Any:
    patients = people(MODEL, many, chance)
    happened = outcomes(patients)
    rows = watched(happened, happened.pts, chance)
    return compare(patients, happened, rows, Question(OF_OPTION[CDT], OF_OPTION[ALONE], 24, covariates=RECORDED))


def weighted_curves(chance: Any) -> bool | None:
    found = _compared(chance, 1200)
    assert found.weighted is not None, found.refused or found.not_weighted
    return _within(found.weighted.difference.interval, _true_overlap())


def as_they_came(chance: Any) -> bool | None:
    found = _compared(chance, 1200)
    return _within(found.plain.interval, _true_overlap())


def weighted_shares(chance: Any) -> bool | None:
    """The same of a share that is known of all who are alive at the landmark."""
    patients = people(MODEL, 1200, chance)
    happened = outcomes(patients)
    kept = numpy.isin(happened.recorded, (0, 1)) & (happened.death > 14)
    x = numpy.column_stack([_has(patients, name) for name in _DUMMIES]).astype(float)
    had = (happened.pts <= TWO) & (happened.pts <= happened.death)
    found = weighted_difference(had[kept], happened.recorded[kept] == 1, x[kept])
    return _within(found.interval, _true_overlap())


_DUMMIES = (
    "child",
    "adolescent",
    "older",
    "iliocaval",
    "post_thrombotic",
    "mild",
    "severe",
    "compressed",
    "bleeding_prone",
)
PTS, CLOSED = "post-thrombotic syndrome by 24 months", "occlusion of the opened vein"
AGAIN = "recurrent thrombosis by 24 months"
DEAD = "death by 24 months"
SCENARIOS: Mapping[str, Scenario] = {
    "wilson": Scenario("Wilson's interval of a share", PTS, 150, HOLDS, wilson),
    "exact": Scenario("exact interval of a share", PTS, 150, AT_LEAST, exact),
    "newcombe": Scenario("Newcombe's interval of a difference", PTS, 300, HOLDS, newcombe),
    "kaplan-meier": Scenario("Kaplan-Meier, Greenwood, log-log", "death by 24 months", 200, HOLDS, kaplan_meier),
    "restricted-mean": Scenario("restricted mean time", "days alive of 24 months", 200, HOLDS, restricted_mean),
    "clustered": Scenario("Kaplan-Meier of limbs, clustered", f"{CLOSED} by 12 months", 220, HOLDS, clustered),
    "limbs-as-if-independent": Scenario("the same, not clustered", f"{CLOSED} by 12 months", 220, SHOWN, limbs_as_if_independent),
    "aalen-johansen": Scenario("Aalen-Johansen", PTS, 200, HOLDS, aalen_johansen),
    "one-minus-kaplan-meier": Scenario("one less Kaplan-Meier where many die", PTS, 600, FAILS, one_minus_kaplan_meier),
    "last-seen": Scenario("Aalen-Johansen, who had none until last seen", AGAIN, 400, FAILS, _cut("again", "recurrence", "seen")),
    "last-visit": Scenario("the same, events until the last visit only", AGAIN, 400, SHOWN, _cut("again", "recurrence", "visit")),
    "vital": Scenario("the same, everybody until the day by which the living are known", AGAIN, 400, HOLDS,
                      _cut("again", "recurrence", "vital")),
    "vital-many-die": Scenario("the same, where many die", f"{AGAIN}, death 5 times as frequent", 400, HOLDS,
                               _cut("deadly-again", "recurrence", "vital")),
    "vital-told-at-visits": Scenario("the same, a recurrence told by a later planned visit or not at all", AGAIN, 400, SHOWN,
                                     _cut("again", "recurrence", "vital, told at visits")),
    "death-last-seen": Scenario("who lives until last seen, deaths whenever", DEAD, 400, FAILS, _cut("deadly", "death", "seen")),
    "death-vital": Scenario("everybody until the day by which the living are known", DEAD, 400, HOLDS, _cut("deadly", "death", "vital")),
    "turnbull-2": Scenario("Turnbull, bootstrap of 200", f"{CLOSED} by 2 months", 170, HOLDS, _turnbull(2), is_slow=True),
    "turnbull-12": Scenario("Turnbull, bootstrap of 200", f"{CLOSED} by 12 months", 170, HOLDS, _turnbull(12), is_slow=True),
    "naive-2": Scenario("Kaplan-Meier of the day it was seen", f"{CLOSED} by 2 months", 170, FAILS, _naive(2)),
    "naive-12": Scenario("Kaplan-Meier of the day it was seen", f"{CLOSED} by 12 months", 170, SHOWN, _naive(12)),
    "cox": Scenario("Cox, options by lot", "hazard ratio of the syndrome", 500, HOLDS, cox_by_lot),
    "cox-adjusted": Scenario("Cox, adjusted for the traits", "hazard ratio of the syndrome", 900, HOLDS, cox_adjusted),
    "cox-alone": Scenario("Cox, not adjusted", "hazard ratio of the syndrome", 900, FAILS, cox_alone),
    "log-rank": Scenario("log-rank test: not rejected", "recurrence, on which no option acts", 400, HOLDS, logrank_of_nothing),
    "gray": Scenario("Gray's test: not rejected", "recurrence where many die, on which no option acts", 400, HOLDS, gray_of_nothing),
    "proportional": Scenario("check of a hazard ratio that holds: not rejected", "the syndrome, options by lot", 500, HOLDS,
                             proportional_of_nothing),
    "landmark": Scenario("landmark comparison, by lot", "death by 3 months, on which no option acts", 1500, HOLDS, landmark),
    "immortal": Scenario("comparison from the diagnosis by the recorded option", "the same", 1500, FAILS, immortal),
    "weighted": Scenario("comparison of curves, overlap weights", PTS, 1200, HOLDS, weighted_curves),
    "weighted-shares": Scenario("comparison of shares, overlap weights", PTS, 1200, HOLDS, weighted_shares),
    "as-they-came": Scenario("comparison of curves, not weighted", PTS, 1200, FAILS, as_they_came),
}  # fmt: skip
