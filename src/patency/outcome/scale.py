"""Whether a scale reached what a definition asks for, of each unit, and what its totals were.

In: an open cut, units, and a rule. A scale that was filled in for one leg counts for that leg; one without a side counts for
both. Instruments are never mixed: a definition names one. Yes, no and unknown are kept apart: an incomplete scale whose
grade could be either says neither, and a unit without any settled scale in the window was not assessed.
"""

from typing import TYPE_CHECKING

from patency.cut.opened import Cut
from patency.outcome.definition import Measured, OnScale, Window
from patency.outcome.units import is_on_side

if TYPE_CHECKING:
    import polars


def reached(cut: Cut, units: "polars.DataFrame", rule: OnScale) -> "polars.DataFrame":
    """Return `unit`, `value` (null where it cannot be told) and `scales`, how many settled ones count."""
    import polars

    col = polars.col
    found = _responses(cut, units, rule.instrument, rule.window).join(_value(cut, rule), on="response", how="left")
    settled = found.filter(col("value").is_not_null() | col("alone"))
    if rule.nearest is not None:
        settled = _nearest(settled, rule.nearest)
    first, last = col("day").filter(col("value")).min(), col("day").filter(col("value")).max()
    span = col("day").max() - col("day").min()
    is_reached = (last - first >= rule.apart).fill_null(value=False) | col("alone").any()
    could_be = span >= rule.apart  # once only, or twice too close together, leaves it open
    told = settled.group_by("unit").agg(
        value=polars.when(is_reached).then(polars.lit(value=True)).when(could_be).then(polars.lit(value=False)),
        scales=polars.len(),
    )
    return (
        units.select("unit")
        .join(told, on="unit", how="left", maintain_order="left")
        .with_columns(col("scales").fill_null(0))
    )


def totals(cut: Cut, units: "polars.DataFrame", rule: Measured) -> "polars.DataFrame":
    """Return `unit`, `value`, the total nearest to the day, and `before`, the last one up to the origin."""
    import polars

    col = polars.col
    later = _nearest(_totals(cut, units, rule.instrument, rule.window), rule.nearest)
    earlier = _totals(cut, units, rule.instrument, Window(-36_500, 0))
    before = earlier.sort("day", maintain_order=True).group_by("unit").agg(before=col("total").last())
    found = units.select("unit").join(later.select("unit", value="total"), on="unit", how="left", maintain_order="left")
    return found.join(before, on="unit", how="left", maintain_order="left")


def _totals(cut: Cut, units: "polars.DataFrame", instrument: str, window: Window) -> "polars.DataFrame":
    import polars

    found = _responses(cut, units, instrument, window)
    return found.with_columns(total=polars.coalesce("total", "total_as_written")).filter(
        polars.col("total").is_not_null()
    )


def _responses(cut: Cut, units: "polars.DataFrame", instrument: str, window: Window) -> "polars.DataFrame":
    import polars

    col, text = polars.col, polars.String
    scales = cut.table("response").filter(col("instrument").cast(text) == instrument).select(
        "response", "episode", "day", "total", "total_as_written", done_on=col("side").cast(text),
    ).collect()  # fmt: skip
    met = units.select("unit", "episode", "side", "origin").join(scales, on="episode").filter(is_on_side())
    since = met.with_columns(day=col("day") - col("origin"))
    return since.filter(col("day").is_between(window.first, window.last)).sort("unit", "day", "response")


def _nearest(found: "polars.DataFrame", day: int) -> "polars.DataFrame":
    import polars

    apart = (polars.col("day") - day).abs()
    return found.sort("unit", apart, "day", maintain_order=True).unique("unit", keep="first", maintain_order=True)


def _value(cut: Cut, rule: OnScale) -> "polars.DataFrame":
    """Return of each response whether it has what is asked for, null where it is not settled, and whether the one item is."""
    import polars

    col = polars.col
    responses = cut.table("response").select("response", "total", "total_as_written").collect()
    if rule.least is not None:
        total = polars.coalesce("total", "total_as_written")
        return responses.select("response", value=total >= rule.least, alone=polars.lit(value=False))
    scores = cut.table("score").filter(col("score") == rule.score).select("response", "may_be").collect()
    wanted = polars.lit(list(rule.values), polars.List(polars.String))
    met = col("may_be").list.set_intersection(wanted).list.len()
    value = (
        polars.when(met == col("may_be").list.len())
        .then(polars.lit(value=True))
        .when(met == 0)
        .then(polars.lit(value=False))
    )
    told = responses.select("response").join(scores.select("response", value=value), on="response", how="left")
    if not rule.alone:
        return told.with_columns(alone=polars.lit(value=False))
    is_alone = (col("item") == rule.alone) & (col("choice").cast(polars.String) == "yes")
    alone = cut.table("answer").filter(is_alone).select("response", alone=polars.lit(value=True)).collect()
    return told.join(alone, on="response", how="left").with_columns(col("alone").fill_null(value=False))
