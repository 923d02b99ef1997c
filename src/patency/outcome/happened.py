"""Whether and when an event was recorded of each unit, and whether its index procedure reached what it was done for.

In: an open cut, units, and a rule. An event on a side counts for a limb of that side, one without a side for both; an event
that a definition's answers neither settle nor exclude (the field is unknown) is told apart, and is no event.
"""

from typing import TYPE_CHECKING

from patency.cut.opened import Cut
from patency.outcome.definition import Happened, Measured, Recorded, Succeeded
from patency.outcome.units import is_on_side, procedures_of

if TYPE_CHECKING:
    import polars


def first_event(cut: Cut, units: "polars.DataFrame", rule: Happened) -> "polars.DataFrame":
    """Return `unit`, `day` from the origin of the first event (null where there was none), and `is_untold`."""
    import polars

    col, text = polars.col, polars.String
    table = cut.table(rule.table)
    answers = [col(field).cast(text).is_in(list(values)) for field, values in rule.where.items()]
    side = col("side").cast(text) if "side" in table.collect_schema() else polars.lit(None, text)
    told = table.select("episode", "day", done_on=side, is_one=polars.all_horizontal(answers)).collect()
    met = units.select("unit", "episode", "side", "origin").join(told, on="episode")
    after = met.filter(is_on_side() & (col("day") >= col("origin")))
    found = after.group_by("unit").agg(
        day=(col("day") - col("origin")).filter(col("is_one")).min(), is_untold=col("is_one").is_null().any()
    )
    joined = units.select("unit").join(found, on="unit", how="left", maintain_order="left")
    return joined.with_columns(col("is_untold").fill_null(value=False))


def recorded(cut: Cut, units: "polars.DataFrame", rule: Recorded) -> "polars.DataFrame":
    """Return `unit` and `value` of the first record that answers, null where there is none."""
    import polars

    answer = polars.col(rule.field).cast(polars.String)
    found = cut.table(rule.table).select("episode", "day", rule.table, value=answer.is_in(list(rule.values))).collect()
    told = found.filter(polars.col("value").is_not_null()).sort("episode", "day", rule.table, nulls_last=True)
    first = told.unique("episode", keep="first", maintain_order=True).select("episode", "value")
    return units.join(first, on="episode", how="left", maintain_order="left").select("unit", "value")


def success(cut: Cut, units: "polars.DataFrame", rule: Succeeded) -> "polars.DataFrame":
    """Return `unit` and `value` of the index procedure, null where nobody said."""
    import polars

    said = polars.col(rule.field)
    if rule.least is not None:
        said = said >= rule.least
    elif rule.most is not None:
        said = said <= rule.most
    return _of_procedures(cut, units, said)


def number(cut: Cut, units: "polars.DataFrame", rule: Measured) -> "polars.DataFrame":
    """Return `unit` and `value`, a number of the index procedure."""
    import polars

    return _of_procedures(cut, units, polars.col(rule.field))


def _of_procedures(cut: Cut, units: "polars.DataFrame", value: "polars.Expr") -> "polars.DataFrame":
    done = procedures_of(cut).filter("is_first").select(unit="procedure", value=value)
    return units.select("unit").join(done, on="unit", how="left", maintain_order="left")
