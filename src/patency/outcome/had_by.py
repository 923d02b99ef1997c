"""The share of a group that had an event by one day, by the curve that its definition names.

In: a definition, times and states (0 censored, 1 the event, 2 death before it). Out: the share and its interval, None where nobody
was followed so far. A patency is Kaplan and Meier's, in a comparison as in every report (estimated.py): one definition has one estimator.
"""

from typing import Any

from patency.outcome.definition import Definition
from patency.outcome.estimate.incidence import incidence, incidence_at
from patency.outcome.estimate.survival import at, survival
from patency.outcome.follow import EVENT
from patency.share import Interval


def had_by(
    definition: Definition, times: Any, states: Any, day: float, clusters: Any
) -> tuple[float | None, Interval | None]:
    """Return the share that had the event by a day, and its interval."""
    if definition.is_seen_at_visits:
        free = at(survival(times, states == EVENT, clusters=clusters), [day])[0]
        ends = None if free.low is None or free.high is None else Interval(1 - free.high, 1 - free.low)
        return None if free.value is None else 1 - free.value, ends
    had = incidence_at(incidence(times, states, causes=2, clusters=clusters), EVENT, [day])[0]
    return had.value, None if had.low is None or had.high is None else Interval(had.low, had.high)


def curve_of(definition: Definition) -> str:
    """Name by what curve that share is."""
    return "one less Kaplan-Meier" if definition.is_seen_at_visits else "Aalen-Johansen"
