"""The units that an outcome is counted in: each with its patient, from when time runs, and until when it was observed.

In: an open cut and a definition's unit and origin. Out: a frame, a row for each unit: `unit`, `episode`, `patient`, `site`,
`side` (null for an episode), `vein` (null but for veins), `origin`, `stop`, `visited`, `vital` and `death` in days from the
diagnosis. Units without the origin that is asked for (no procedure, no stent) are not among them; how many, `Units.without` says.
"""

from typing import TYPE_CHECKING, NamedTuple

from patency.cut.opened import Cut
from patency.fault import Fault, Place, Refused
from patency.outcome.definition import Origin, Unit

if TYPE_CHECKING:
    import polars

NOT_TREATING = ("filter_alone",)  # a procedure that neither removes a clot nor opens a vein


class Units(NamedTuple):
    """The units, and how many have no such origin."""

    frame: "polars.DataFrame"
    without: int


def units_of(cut: Cut, unit: Unit, origin: Origin) -> Units:
    """Return the units of a cut, with their origin."""
    import polars

    all_of = _rows(cut, unit).join(_observed(cut), on="episode", how="left", maintain_order="left")
    begun = all_of.join(_origins(cut, unit, origin), on="unit", how="left", maintain_order="left")
    if origin in (Origin.DIAGNOSIS, Origin.TREATMENT):
        begun = begun.with_columns(polars.col("origin").fill_null(0))
    kept = begun.filter(polars.col("origin").is_not_null())
    return Units(kept, begun.height - kept.height)


def procedures_of(cut: Cut) -> "polars.DataFrame":
    """Return the procedures that treat a vein, in order; `is_first` is the index procedure, or the earliest where none is named."""
    import polars

    col = polars.col
    found = cut.table("procedure").filter(
        ~col("modality").cast(polars.String).is_in(NOT_TREATING).fill_null(value=False)
    )
    ordered = found.filter(col("day").is_not_null()).collect().sort("episode", "day", "procedure")
    named, place = col("is_index").fill_null(value=False), polars.int_range(polars.len()).over("episode")
    return ordered.with_columns(is_first=polars.when(named.any().over("episode")).then(named).otherwise(place == 0))


def _rows(cut: Cut, unit: Unit) -> "polars.DataFrame":
    import polars

    col, text = polars.col, polars.String
    sides = {"side": col("side").cast(text)}
    if unit is Unit.LIMB:
        return (
            cut.table("limb")
            .select("episode", "patient", "site", unit="limb", vein=polars.lit(None, text), **sides)
            .collect()
        )
    if unit is Unit.VEIN:
        limbs = cut.table("limb").select("limb", **sides)
        found = cut.table("segment").join(limbs, on="limb", how="left")
        return found.select("episode", "patient", "site", "side", unit="segment", vein=col("vein").cast(text)).collect()
    if unit is Unit.PROCEDURE:
        found = procedures_of(cut).filter("is_first").lazy()
        return found.select(
            "episode", "patient", "site", unit="procedure", vein=polars.lit(None, text), **sides
        ).collect()
    nothing = {"side": polars.lit(None, text), "vein": polars.lit(None, text)}
    return cut.table("episode").select("episode", "patient", "site", unit="episode", **nothing).collect()


def _origins(cut: Cut, unit: Unit, origin: Origin) -> "polars.DataFrame":
    """Return the day of each unit's origin: of a limb or vein, by what was done on its side."""
    import polars

    col = polars.col
    rows = _rows(cut, unit)
    if origin is Origin.DIAGNOSIS:
        return rows.select("unit", origin=polars.lit(0, polars.Int32))
    done = procedures_of(cut)
    if origin is Origin.STENT:
        stents = cut.table("stent").select("procedure", stent_side=col("side").cast(polars.String)).collect()
        done = stents.join(done, on="procedure").with_columns(
            side=polars.coalesce("stent_side", col("side").cast(polars.String))
        )
    else:
        done = done.filter("is_first")
    days = done.select("episode", "day", done_on=col("side").cast(polars.String))
    met = rows.select("unit", "episode", "side").join(days, on="episode").filter(is_on_side())
    return met.group_by("unit").agg(origin=col("day").min())


def refuse_older(cut: Cut) -> None:
    """Refuse a cut that does not say until when it is known who lived: no outcome can be followed in it."""
    observed = cut.manifest.tables.get("observed")
    if observed is not None and all(column.name != "vital_day" for column in observed.columns):
        raise Refused([Fault(Place(str(cut.folder)), "an older Patency cut it, and it does not say until when it is known who lived",
                             "the living would be followed for less long than the dead, and the share of the dead would be too high",
                             "cut the registry anew")])  # fmt: skip


def _observed(cut: Cut) -> "polars.DataFrame":
    """Return until when each episode was seen, until when it is known whether its patient lived, and the day of a death.

    `visited` is the last visit as planned. A loss is no sight, so `stop` ends on the last one.
    `vital` is found for the living and the dead alike (registry/cutting/vital.py).
    """
    import polars

    refuse_older(cut)
    col, table = polars.col, cut.table("observed")
    died = polars.when(col("end_why").cast(polars.String) == "death").then("end_day")
    return table.select(
        "episode", stop=polars.max_horizontal("last_day", died), visited="last_visit_day", vital="vital_day", death=died
    ).collect()


def is_on_side() -> "polars.Expr":
    """Whether what was done (`done_on`) on one side, both, or on one that nobody named, concerns a unit of a `side`, or of none."""
    import polars

    side, done = polars.col("side"), polars.col("done_on")
    return side.is_null() | done.is_null() | (done == "both") | (side == done)
