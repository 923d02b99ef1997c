"""At which months the curve of an answer is told, so that no two answers differ by few at any of them.

In: what a definition finds, and its people in the groups to which they may be told apart by it (parted.py). Out: for each month
the groups that may be told apart at it. They are put together out of the others by the same rule, with other states: at that
month nobody or enough people of each are at risk, have left without the event, and have had it; so between it and any other
month that is told of them, and after the last. An answer is told at a month if it is made of whole groups of that month.

Months are taken up in a fixed order, those that most studies print first, and each parts no more finely than those before it: so
what two answers differ by at two months is whole groups at both. Who may not be told at a month is parted at the next as if that
month had not been asked. No answer joins children and adults: each are parted by themselves. All this hangs on the cut alone.

Not here: deaths before an event, which no answer tells; they are here among those who left without it. Nor everybody's curve of
a report, which less that of adults leaves that of children: a report and answers are read beside each other (docs/decisions/0032).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from patency.outcome.estimated import MONTHS
from patency.outcome.few import COMPARED
from patency.outcome.follow import EVENT, Followed
from patency.outcome.parted import GROUP, NEVER, parted
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    import polars

ORDER = (*COMPARED, *(month for month in MONTHS if month not in COMPARED))


def parted_by_month(
    followed: Followed, rows: "polars.DataFrame", traits: Sequence[str], fewest: int
) -> "dict[float, polars.DataFrame]":
    """Return for each month the people with the groups that may be told apart at it; by the first trait they always are."""
    import polars

    first, *others = traits
    is_one = polars.col(first).n_unique().over(GROUP) == 1  # a group of both is in no answer
    alone = rows.filter((polars.col(GROUP) > NEVER) & is_one)
    parts = [_by_month(followed, part, others, fewest) for part in alone.partition_by(first)]
    return {month: _together([part[month] for part in parts]) for month in ORDER if parts}


def _by_month(
    followed: Followed, rows: "polars.DataFrame", traits: Sequence[str], fewest: int
) -> "dict[float, polars.DataFrame]":
    """Return the same of those of one level of the first trait."""
    found: dict[float, polars.DataFrame] = {}
    told: dict[str, tuple[float, ...]] = {}
    for month in ORDER:
        states = _column(rows, _states(followed, told, month))
        found[month] = parted(rows.with_columns(state=rows["state"].list.concat(states)), traits, fewest)
        is_told = found[month][GROUP] > NEVER
        told |= {each: (*told.get(each, ()), month) for each in found[month].filter(is_told)["episode"]}
        rows = rows.with_columns(found[month][GROUP].zip_with(is_told, rows[GROUP] + rows.height))
    return found


def _together(parts: "Sequence[polars.DataFrame]") -> "polars.DataFrame":
    """Put the groups of parts into one frame, each by a number of its own."""
    import polars

    group, many = polars.col(GROUP), sum(part.height for part in parts)
    return polars.concat(
        part.with_columns(polars.when(group > NEVER).then(group + at * many).otherwise(NEVER).alias(GROUP))
        for at, part in enumerate(parts)
    )


def _column(rows: "polars.DataFrame", states: Mapping[str, set[str]]) -> "polars.Series":
    import polars

    return polars.Series([sorted(states.get(each, ())) for each in rows["episode"]], dtype=polars.List(polars.String))


def _states(followed: Followed, told: Mapping[str, Sequence[float]], month: float) -> dict[str, set[str]]:
    """Return the states of each episode by a month and by those that are told of it already, of several limbs those of all."""
    found: dict[str, set[str]] = {}
    for episode, time, event in followed.frame.select("episode", "time", "event").iter_rows():
        found.setdefault(episode, set()).update(_state(time, event == EVENT, [*told.get(episode, ()), month]))
    return found


def _state(time: float, had: bool, months: Sequence[float]) -> Iterator[str]:
    """Yield who was at risk at each month and who had left without the event, and between which of the months who had it."""
    yield from (f"at risk at {month}" for month in months if time >= month * DAYS_A_MONTH)
    if not had:
        yield from (f"left by {month}" for month in months if time < month * DAYS_A_MONTH)
        return
    before = max((month for month in months if time > month * DAYS_A_MONTH), default="the start")
    after = min((month for month in months if time <= month * DAYS_A_MONTH), default="the end")
    yield f"event from {before} to {after}"
