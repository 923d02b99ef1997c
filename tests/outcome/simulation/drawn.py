"""Cohorts of the demo model as an estimator sees them, and what is true of them: no registry is written.

A draw is a few thousand patients in milliseconds (patency.registry.demo.cohort); what is true comes from sums, not draws
(demo/truth.py). Times are in days and not rounded, unless a scan is what is seen.
"""

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy
import polars

from patency.outcome.comparison import Compared, Question, compared
from patency.outcome.definition import Level
from patency.outcome.follow import Followed, timed
from patency.outcome.patency import lost
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import OPTIONS
from patency.registry.cutting.vital import vital_days
from patency.registry.demo.cells import cells_of
from patency.registry.demo.cohort import Outcomes, Patients, draw
from patency.registry.demo.model import MODALITIES, TRAITS, Chance, Model
from patency.registry.demo.seen import HABITS, LOST, Seen, see
from patency.registry.demo.truth import under
from patency.vocabulary import DAYS_A_MONTH
from registry.made import library

RECORDED = ("age", "anatomy", "severity", "compression", "bleeding")  # the traits by which the options were chosen
LONG = 36 * DAYS_A_MONTH


class Rows(NamedTuple):
    """Times to the first of the event and death, or to the end of the watch: 0, 1 the event, 2 death."""

    time: Any
    state: Any
    end: Any


def people(model: Model, many: int, chance: Any) -> Patients:
    """Draw patients."""
    return draw(model, many, chance)


def watched(happened: Outcomes, day: Any, chance: Any) -> Rows:
    """Return when something was seen of each, by who enters evenly over two years and is watched for one to three."""
    end = numpy.minimum(happened.lost, chance.uniform(12 * DAYS_A_MONTH, LONG, len(happened.death)))
    first = numpy.minimum(day, happened.death)
    state = numpy.where(first > end, 0, numpy.where(day <= happened.death, 1, 2))
    return Rows(numpy.minimum(first, end), state, end)


def evenly(model: Model) -> Model:
    """Return the model in which no trait hangs on what is done: options are chosen by lot."""
    return model._replace(odds={name: Chance(each.share) for name, each in model.odds.items()})


def level(patients: Patients, dimension: str) -> Any:
    """Return each patient's level by name."""
    return numpy.array(TRAITS[dimension])[patients.trait(dimension)]


# As follow.py, assigned.py and traits.py give them.


@cache
def definition(name: str = "recurrent-thrombosis") -> Any:
    """Return a definition: that of any event whose day is known and before which patients may die."""
    return read_definitions(library().sources)[name]


def compare(patients: Patients, happened: Outcomes, rows: Rows, question: Question) -> Compared:
    """Compare two options by outcome/comparison.py itself."""
    many = len(rows.time)
    names = polars.Series([str(each) for each in range(many)])
    frame = polars.DataFrame({
        "unit": names, "episode": names, "patient": names, "site": "one", "time": rows.time, "event": rows.state,
        "after": rows.time, "seen": rows.time,
    })  # fmt: skip
    options = numpy.array([OPTIONS[name] for name in MODALITIES])
    begun = numpy.where(happened.procedure <= numpy.minimum(question.window, rows.end), happened.modality, 0)
    assigned = polars.DataFrame({
        "episode": names, "patient": names, "option": options[begun], "why": None, "later": None, "later_option": None,
    }, schema_overrides={"later": polars.Int32, "later_option": polars.String, "why": polars.String})  # fmt: skip
    traits = polars.DataFrame({"episode": names, **{name: level(patients, name) for name in RECORDED}})
    return compared(Followed(definition(), frame, {}), assigned, traits, question, 1)


def in_a_cut(outcome: str, happened: Outcomes, seen: Seen, followed: Any, day: Any) -> tuple[Any, Any]:
    """Return times and states of an outcome as its definition finds them in a cut, whole days from the diagnosis.

    Patients were diagnosed `followed` days before the data end; each visit, death and loss stands on record as in the demo.
    """
    many = len(followed)
    death, event = (numpy.where(each <= seen.end, each, numpy.inf) for each in (happened.death, day))
    visits = numpy.column_stack([numpy.zeros(many), numpy.where(numpy.isfinite(seen.visit), seen.visit, 0.0)])
    known = [visits.max(axis=1), numpy.where(numpy.isfinite(event) & (event <= death), event, 0.0)]
    alive = numpy.max(known, axis=0)
    of = numpy.arange(many)
    episodes = polars.DataFrame({
        "episode": of, "patient": of, "index": whole(-followed), "last_day": whole(numpy.where(death < numpy.inf, death, alive)),
        "withdrawn": polars.Series([None] * many, dtype=polars.Int32),
    })  # fmt: skip
    came = polars.DataFrame({"episode": numpy.repeat(of, visits.shape[1]), "day": whole(visits.ravel())})
    lost = seen.why == LOST
    vital = vital_days(
        episodes, came, polars.DataFrame({"episode": of, "day": whole(alive)}),
        polars.DataFrame({"episode": of[lost], "day": whole(seen.end[lost])}),
    )  # fmt: skip
    found = vital.select(
        unit="episode", episode="episode", patient="episode", site="episode", vital="vital_day", origin=0
    ).with_columns(day=whole(event), death=whole(death), visited=whole(visits.max(axis=1)))
    frame, _ = timed(definition("death" if outcome == "death" else "recurrent-thrombosis"), found, {})
    return frame["time"].to_numpy(), frame["event"].to_numpy()


def whole(days: Any) -> polars.Series:
    """Return days as a cut tells them: whole, and null for never."""
    return (
        polars.Series(numpy.where(numpy.isfinite(days), numpy.floor(days), numpy.nan)).fill_nan(None).cast(polars.Int32)
    )


class Scanned(NamedTuple):
    """What scans say of opened veins: the last day open, the first closed (infinite for none), and when that was seen."""

    without: Any
    first: Any
    time: Any
    event: Any


def scanned(patients: Patients, happened: Outcomes, chance: Any, scatter: float = HABITS.scatter) -> Scanned:
    """Return what scheduled scans show of the first leg's vein once a procedure opened it, by outcome/patency.py."""
    habits = HABITS._replace(scatter=scatter)
    many = len(patients.cell)
    seen = see(
        patients,
        happened,
        chance.uniform(12 * DAYS_A_MONTH, 60 * DAYS_A_MONTH, many),
        numpy.arange(many),
        chance,
        habits,
    )
    opened = happened.veins.is_opened[:, 0] & (happened.procedure < seen.end)
    since = seen.visit - numpy.where(opened, happened.procedure, 0.0)[:, None]  # infinity less itself is no number
    is_shown = seen.is_scanned & (since > 0) & opened[:, None]
    unit, visit = numpy.nonzero(is_shown)
    closed = seen.visit[unit, visit] >= happened.veins.occlusion[unit, 0]
    frame = polars.DataFrame({
        "unit": unit, "day": since[unit, visit], "is_scan": True, "is_closed": closed, "is_narrow": False,
        "is_late": None, "is_open": None,
    }, schema_overrides={"day": polars.Int32, "is_late": polars.Boolean, "is_open": polars.Boolean})  # fmt: skip
    found = lost(frame, Level.ASSISTED)
    day, event = found["day"].to_numpy().astype(float), found["is_lost"].to_numpy()
    without = numpy.where(event, found["after"].to_numpy().astype(float), day)
    return Scanned(without, numpy.where(event, day, numpy.inf), day, event)


# What is true.


def kinds() -> tuple[dict[str, str], ...]:
    """Return every combination of the recorded traits."""
    return tuple(dict(zip(RECORDED, each, strict=True)) for each in product(*(TRAITS[name] for name in RECORDED)))


def overlap_truth(model: Model, outcome: str, month: float, window: float, one: str, other: str) -> float:
    """Return the true difference from the landmark on, in the overlap population of those alive at it.

    Of an outcome that cannot come before the landmark: its incidence, over the share alive at the landmark, in each kind
    of patient, weighted by N1 N0 / (N1 + N0), for of a kind N1 and N0 are there to be compared (Li 2018, section 2).
    """
    cells = cells_of(model)
    by, total = 0.0, 0.0
    for kind in kinds():
        here = _of_kind(kind)
        share = float(cells.share[here].sum())
        if not share:
            continue
        found = [_from_landmark(model, outcome, (month, window / DAYS_A_MONTH), arm, kind) for arm in (one, other)]
        first, second = (
            float((cells.share * cells.treated[MODALITIES.index(arm)])[here].sum()) * alive
            for arm, (_, alive) in zip((one, other), found, strict=True)
        )
        weight = first * second / (first + second)
        by, total = by + weight * (found[0][0] - found[1][0]), total + weight
    return by / total


def _from_landmark(
    model: Model, outcome: str, months: tuple[float, float], arm: str, kind: Mapping[str, str]
) -> tuple[float, float]:
    month, landmark = months
    alive = 1 - under(model, "death", [landmark], arm, only=kind).incidence[0]
    before, after = under(model, outcome, [landmark, month], arm, only=kind).incidence
    assert outcome == "death" or before == 0, (
        "the outcome may come before the landmark: who had it is not alive and free of it"
    )
    return (after - before) / alive, alive


def _of_kind(kind: Mapping[str, str]) -> Any:
    from patency.registry.demo.cells import has

    return numpy.logical_and.reduce([has(name) for name in kind.values()])
