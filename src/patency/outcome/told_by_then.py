"""Whether the curves of two options that are compared are told by the month that is asked, as every report tells them.

In: what was followed, with `time` and `state` from time zero or the landmark; who is counted under which option; the month and the
landmark. Out: in words why a curve is not told by then, or nothing. The rules are those of every report: no curve is told where few
remain (tail.py), nor where single people could be worked out from its points, or from everybody and the other options (few.py).

Not here: how many must have had the outcome for a comparison (comparison.py).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from patency.outcome.estimated import MONTHS, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import Followed
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    import polars

    from patency.outcome.definition import Definition


def why_untold(
    definition: "Definition",
    kept: "polars.DataFrame",
    options: "polars.DataFrame",
    both: Mapping[str, str],
    limits: tuple[float, int, int],
) -> str:
    """Say why one of both options, with its words, has no figure by a month.

    `limits` are the month, the day of the landmark, and the fewest.
    """
    month, landmark, fewest = limits
    started = landmark / DAYS_A_MONTH
    months = [each - started for each in sorted({*MONTHS, month}) if each > started]
    frame = kept.with_columns(seen=kept["time"], event=kept["state"])
    groups = options.select("episode", group="option")
    all_shown = shown(estimated(Followed(definition, frame, {}), groups, months), fewest)
    found = [each for each in all_shown if each.figure.group in both]
    for each in found:
        if why := _why(each, months.index(month - started)):
            said = f"what came after {both[each.figure.group]} is not told by that month: {why}"
            return f"too few to say: {said}. {_rather(found, started)}"
    return ""


def _why(found: Shown, place: int) -> str:
    if found.withheld:
        return found.withheld.removeprefix("not shown: ")
    point = found.figure.points[place]
    return point.why.removeprefix("not shown: ") if point.value is None else ""


def _rather(found: Sequence[Shown], started: float) -> str:
    """Say by which of everybody's months both options are told."""
    told = [{each.month for each in one.figure.points if each.value is not None} for one in found]
    both = [month for month in MONTHS if all(month - started in each for each in told)]
    return (
        f"Both are told by {', '.join(f'{each:g}' for each in both)} months." if both else "They are told by no month."
    )
