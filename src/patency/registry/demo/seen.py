"""What a registry sees of the demo's patients: visits scattered around their days, or missed; scans and scales, or none.

Occlusion, stenosis and post-thrombotic syndrome are seen at visits alone, so each is known to lie between two of them
(`between`); deaths, bleeds and reinterventions have their day. What a patient feels at once (an occlusion that is opened
again, a stenosis that is treated) brings them to a visit of its own, which is recorded (demo/follow.py) and not drawn here:
the visits here know nothing of what they will find.

Who is missed hangs on the site, the age and the severity (missing at random); scans and scales that are left out, on the
site alone.
"""

from typing import TYPE_CHECKING, NamedTuple

from patency.registry.demo.cells import has
from patency.registry.demo.cohort import Outcomes, Patients

if TYPE_CHECKING:
    from numpy.random import Generator

    from patency.registry.demo.cells import Claim, Real, Whole

FIRST_SCORE = 90.0  # days: what scores before are of the clot itself, and not of what it left


class Planned(NamedTuple):
    """A visit of the schedule: its name, its day, half its window, and whether a scan belongs to it."""

    name: str
    day: float
    half: float
    is_scan: bool


# The usual visits of a follow-up, each with half its window; months are counted as days.
SCHEDULE = (
    Planned("V10", 10, 3, False),
    Planned("V30", 30, 12, True),
    Planned("V3", 91, 30, True),
    Planned("V6", 183, 45, True),
    Planned("V12", 365, 60, True),
    Planned("V24", 731, 90, True),
    Planned("yearly", 1096, 90, True),
    Planned("yearly", 1461, 90, True),
    Planned("yearly", 1826, 90, True),
)
FOLLOWED, DIED, LOST = 0, 1, 2  # why nothing more is seen


class Habits(NamedTuple):
    """How well patients are seen: shares of visits missed, scans and scales left out; a site's own factor multiplies each."""

    scatter: float = 0.45  # standard deviation of a visit's day, in halves of its window
    missed: float = 0.08
    missed_if_mild: float = 1.4
    missed_if_older: float = 1.3
    unscanned: float = 0.12
    unscored: float = 0.06
    site_factors: tuple[float, ...] = (0.5, 0.8, 1.0, 1.3, 1.8)


HABITS = Habits()


class Seen(NamedTuple):
    """What is seen: patient by patient, visit by visit of the SCHEDULE; a visit that was not made is at infinity."""

    end: "Real"  # the last day on which anything could be seen
    why: "Whole"  # FOLLOWED, DIED or LOST
    visit: "Real"  # patient, visit
    is_scanned: "Claim"
    is_scored: "Claim"


def see(
    patients: Patients, outcomes: Outcomes, followed: "Real", site: "Whole", chance: "Generator", habits: Habits = HABITS
) -> Seen:  # fmt: skip
    """Return what is seen of patients whose follow-up would end `followed` days after diagnosis, at sites 0, 1, 2, ..."""
    import numpy

    end = numpy.minimum(numpy.minimum(outcomes.death, outcomes.lost), followed)
    why = numpy.where(end == followed, FOLLOWED, numpy.where(outcomes.death <= outcomes.lost, DIED, LOST))
    shape = (len(end), len(SCHEDULE))
    days, halves = (numpy.array([getattr(each, name) for each in SCHEDULE]) for name in ("day", "half"))
    visit = numpy.floor(days + chance.standard_normal(shape) * halves * habits.scatter)
    visit = numpy.maximum.accumulate(
        numpy.maximum(visit, 1.0) + numpy.arange(len(SCHEDULE)), axis=1
    )  # one after the other
    factor = numpy.array(habits.site_factors)[site % len(habits.site_factors)]
    mild = numpy.where(has("mild")[patients.cell], habits.missed_if_mild, 1.0)
    older = numpy.where(has("older")[patients.cell], habits.missed_if_older, 1.0)
    missed = chance.random(shape) < (habits.missed * factor * mild * older)[:, None]
    visit = numpy.where(missed | (visit >= end[:, None]), numpy.inf, visit)
    is_made = numpy.isfinite(visit)
    is_scan = numpy.array([each.is_scan for each in SCHEDULE])
    is_scanned = is_made & is_scan & (chance.random(shape) >= (habits.unscanned * factor)[:, None])
    is_scored = is_made & (visit >= FIRST_SCORE) & (chance.random(shape) >= (habits.unscored * factor)[:, None])
    return Seen(end, why, visit, is_scanned, is_scored)


def between(day: "Real", seen: Seen, is_looked: "Claim") -> tuple["Real", "Real"]:
    """Return between which looks something came: the last without it (0 before any), the first with it (infinite for none)."""
    import numpy

    looks = numpy.where(is_looked, seen.visit, numpy.nan)
    come = day[:, None] <= looks
    before = numpy.where(is_looked & ~come, seen.visit, 0.0).max(axis=1)
    after = numpy.where(is_looked & come, seen.visit, numpy.inf).min(axis=1)
    return before, after
