"""What whoever asks may choose where patients lived: a larger fewest, and the months that all others read.

Asked again and again by other months or windows, two answers would differ by what one person had on one day. So months are those
of every report, and the window of a comparison is Patency's own. Where nobody in a cut lived, anything may be asked.
"""

from collections.abc import Sequence

from patency.cut.manifest import FEWEST
from patency.cut.opened import Cut
from patency.fault import Fault, Place, Refused
from patency.outcome.assigned import WINDOW
from patency.outcome.estimated import MONTHS
from patency.outcome.few import fewest_of


def allowed(cut: Cut, fewest: int | None) -> int:
    """Return the fewest people whose count may leave; where patients lived nobody may ask for less than the cut's own."""
    least = fewest_of(cut)
    if fewest is not None and fewest < least:
        why = "nobody can be counted as less than one"
        if least == FEWEST:
            why = f"the cut has no label that says that nobody in it lived: {FEWEST} is the fewest"
        raise Refused([Fault(Place("--fewest"), f"counts of {fewest} people would leave", why, f"say {least} or more")])
    return least if fewest is None else fewest


def refuse_other_months(months: Sequence[float], fewest: int) -> None:
    """Refuse months of the reader's own where patients lived: asked month by month, a curve tells of single people."""
    if fewest > 1 and tuple(months) != MONTHS:
        raise Refused([Fault(Place("--months"), "a curve is read at other months than the others'",
                             "asked again and again by other months, it would tell of single people",
                             f"leave --months out: the months are {_said(MONTHS)}")])  # fmt: skip


def refuse_other_mean(until: float | None, fewest: int) -> None:
    """Refuse a mean time open within months of the reader's own where patients lived: two of them are the curve between."""
    if fewest > 1 and until is not None and until not in MONTHS:
        raise Refused([Fault(Place("--mean"), f"a mean time open is asked within {until:g} months",
                             "two means within other months differ by the curve between them, and so tell of single people",
                             f"use one of {_said(MONTHS)}")])  # fmt: skip


def refuse_other_steps(month: float, window: int, fewest: int) -> None:
    """Refuse a comparison by a month or a window of the reader's own where patients lived: two of them differ by single people."""
    faults = []
    if fewest > 1 and month not in MONTHS:
        faults.append(Fault(Place("--month"), f"options are compared by {month:g} months",
                            "asked month by month, a comparison would tell of single people",
                            f"use one of {_said(MONTHS)}"))  # fmt: skip
    if fewest > 1 and window != WINDOW:
        faults.append(Fault(Place("--window"), f"treatments may take {window} days to begin",
                            "asked day by day, a comparison would tell of single people",
                            f"leave --window out: it is {WINDOW} days"))  # fmt: skip
    if faults:
        raise Refused(faults)


def _said(months: Sequence[float]) -> str:
    return ", ".join(f"{month:g}" for month in months)
