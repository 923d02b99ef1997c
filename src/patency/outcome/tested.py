"""Two groups tested over all that was followed: by Gray's test where death competes, by the log-rank test, by a hazard ratio.

In: the rows that are compared, as they came. Out: the tests, and a hazard ratio with the check of whether it holds at every time; or
in words why one of them is not there. The numbers are of estimate/. None of them takes weights: Gray's test has none in the paper,
and the others go with it, so that all are of the same groups.

What is withheld where patients lived: Gray's test where a count of deaths is, for it is made of them, and digits beyond those that
are printed, of every figure here, for the rest could tell what single people had.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from patency.outcome.definition import Definition
from patency.outcome.estimate.cox import cox
from patency.outcome.estimate.gray import Gray, gray
from patency.outcome.estimate.logrank import LogRank, log_rank
from patency.outcome.estimate.proportional import proportional
from patency.outcome.follow import DEATH, EVENT
from patency.share import Interval

if TYPE_CHECKING:
    import polars

GRAY, LOG_RANK = "Gray's test", "log-rank test"
CHECK = "score test of Grambsch and Therneau, against one minus Kaplan and Meier's curve of all"
DEPENDENT = "it takes limbs of one patient as independent of each other, which they are not"
UNLIKELY = 0.05
# With so many events a test of one degree of freedom at 5% sees, four times in five, a correlation of 0.28 between the ratio and
# time (the root of 7.85 over the events). A convention, and Patency's own choice.
ENOUGH = 100


class Tested(NamedTuple):
    """A test: what it asks, its statistic with degrees of freedom, its p; or `why` there is none."""

    name: str
    asks: str
    chi_squared: float | None = None
    freedom: int = 0
    p: float | None = None
    why: str = ""
    warning: str = ""


class Ratio(NamedTuple):
    """A hazard ratio of the option to the other, whether it holds at every time, and how far that check has a say."""

    value: float | None
    interval: Interval | None
    method: str
    why: str
    check: Tested
    reading: str


def put_to_the_test(kept: "polars.DataFrame", definition: Definition, taken: Any, clusters: Any,
                    limits: tuple[float, int]) -> tuple[Tested, ...]:  # fmt: skip
    """Return the tests of no difference at any time, Gray's first where death competes."""
    times, states = kept["time"].to_numpy(), kept["state"].to_numpy()
    ranked = Tested(LOG_RANK, "whether those still at risk have it as soon, the dead censored")
    asked = (Tested(GRAY, "whether as many come to have it, where death competes"),) if definition.competing else ()
    if clusters is not None:
        return tuple(each._replace(why=DEPENDENT) for each in (*asked, ranked))
    found = [_filled(ranked, log_rank(times, states == EVENT, taken), limits[1])]
    for each in asked:
        few = _few_deaths(times, states, taken, limits)
        found.insert(0, each._replace(why=few) if few else _filled(each, gray(times, states, taken), limits[1]))
    return tuple(found)


def ratio_of(kept: "polars.DataFrame", taken: Any, clusters: Any, fewest: int) -> Ratio:
    """Return the hazard ratio of the option, and the check of whether it holds at every time."""
    times, had = kept["time"].to_numpy(), (kept["state"] == EVENT).to_numpy()
    check, found = _check(times, had, taken, clusters, fewest), cox(times, had, taken, clusters=clusters)
    method = f"{found.method}; the dead censored"
    if found.hazard_ratios is None or found.low is None or found.high is None:
        return Ratio(None, None, method, found.why, check, "")
    value, low, high = (_told(float(each[0]), 2, fewest) for each in (found.hazard_ratios, found.low, found.high))
    return Ratio(value, Interval(low, high), method, "; ".join(found.warnings), check, _reading(check, int(had.sum())))


def _check(times: Any, had: Any, taken: Any, clusters: Any, fewest: int) -> Tested:
    asked = Tested(CHECK, "whether the ratio drifts with time")
    if clusters is not None:
        return asked._replace(why=DEPENDENT)
    found = proportional(times, had, taken)
    if found.overall is None or found.overall_p is None:
        return asked._replace(why=found.why)
    return asked._replace(
        chi_squared=_told(found.overall, 2, fewest), freedom=found.freedom, p=_told(found.overall_p, 3, fewest)
    )


def _reading(check: Tested, events: int) -> str:
    """Say what the check tells and what it does not."""
    if check.p is None:
        return "whether one ratio holds at every time is not known"
    if check.p < UNLIKELY:
        return (
            "a sign that the ratio changes with time: no one ratio describes it, and the curves say more. When it changes, and "
            "to what, this does not say"
        )
    if events < ENOUGH:
        return "no sign that the ratio changes with time; but with so few events it cannot tell, and none but a great change would show"
    return "no sign that the ratio changes with time; one that rises and falls again would not show"


def _filled(asked: Tested, found: Gray | LogRank, fewest: int) -> Tested:
    if found.chi_squared is None or found.p is None:
        return asked._replace(why=found.why)
    warning = found.warning if isinstance(found, Gray) else ""
    p = _told(found.p, 3, fewest)
    return asked._replace(chi_squared=_told(found.chi_squared, 2, fewest), freedom=found.freedom, p=p, warning=warning)


def _few_deaths(times: Any, states: Any, taken: Any, limits: tuple[float, int]) -> str:
    """Say that deaths are too few to be told, by the month that is asked for or of all that was followed, or nothing."""
    by, fewest = limits
    for group in (0, 1):
        died = (states == DEATH) & (taken == group)
        if any(0 < int(count) < fewest for count in (died.sum(), (died & (times <= by)).sum())):
            return f"not shown: fewer than {fewest} died before it in one of the groups"
    return ""


def _told(value: float, digits: int, fewest: int) -> float:
    return round(value, digits) if fewest > 1 else value
