"""The answers that count: which responses are analysed, of whom each question was asked, and how far it reached.

In: a Sheet and its Survey. Out: Answers, in which an answer to a question that was not asked stands no longer; how
many there were is kept.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from patency.instrument.model import Instrument, Item, ItemKind
from patency.practice.asked import truths
from patency.practice.columns import columns_of
from patency.practice.sheet import Sheet
from patency.practice.survey import Survey
from patency.practice.tables import Reach

if TYPE_CHECKING:
    import polars


class Answers(NamedTuple):
    """The rows that are analysed, and for each question how far it reached.

    `asked` says of each row, of a question that was not for all, what its condition comes to: 2 for Yes, 1 for Unknown.
    """

    instrument: Instrument
    frame: "polars.DataFrame"
    reaches: Mapping[str, Reach]
    kept: int
    asked: "Mapping[str, polars.Series]"


def answers(sheet: Sheet, survey: Survey | None) -> Answers:
    """Return the answers of those who are analysed."""
    import polars

    frame = analysed(sheet, survey)
    reaches, nulled, conditions = {}, [], {}
    for item in sheet.instrument.items.values():
        asked = truths(item.when, sheet.instrument, frame) if item.when else None
        reach = reach_of(item, frame, asked)
        reaches[item.name] = reach
        if asked is not None:
            conditions[item.name] = asked
        if asked is not None and reach.contrary:
            nulled += [polars.when(asked != 0).then(polars.col(name)).alias(name) for name in columns_of(item)]
    frame = frame.with_columns(nulled) if nulled else frame
    return Answers(sheet.instrument, frame, reaches, len(sheet.frame), conditions)


def analysed(sheet: Sheet, survey: Survey | None) -> "polars.DataFrame":
    """Return the responses that the survey counts as complete; one of which that cannot be told is not."""
    import polars

    if survey and survey.complete:
        return sheet.frame.filter(truths(survey.complete, sheet.instrument, sheet.frame) == 2)
    if survey and survey.is_finished_needed:
        return sheet.frame.filter(polars.col("finished").fill_null(False))
    return sheet.frame


def is_answered(item: Item) -> "polars.Expr":
    """Return where an item has an answer."""
    import polars

    given = polars.col(item.name)
    return given.fill_null(False) if item.kind is ItemKind.MULTIPLE else given.is_not_null()


def reach_of(item: Item, frame: "polars.DataFrame", asked: "polars.Series | None") -> Reach:
    """Count of whom a question was asked, who answered, and who did not, by the reason they gave."""
    import polars

    rows = len(frame)
    given, reason = frame.select(is_answered(item).alias("given"), polars.col(f"{item.name}?").alias("reason"))
    stated = reason.is_not_null() & ~given
    if asked is None:
        not_asked = untold = contrary = 0
    else:
        denied = asked == 0
        contrary = _count(denied & given)
        not_asked = _count(denied)
        untold = _count((asked == 1) & ~given & ~stated)
        given, stated = given & ~denied, stated & ~denied
    absent = {} if not stated.any() else dict(sorted(reason.filter(stated).value_counts().iter_rows()))
    answered = _count(given)
    was_asked = rows - not_asked - untold
    return Reach(was_asked, not_asked, untold, answered, absent, was_asked - answered - sum(absent.values()), contrary)


def _count(mask: "polars.Series") -> int:
    return int(mask.sum())
