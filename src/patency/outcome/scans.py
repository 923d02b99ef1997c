"""What a cut says of the veins of each unit: its scans and its further procedures, as patency.py reads them.

Scans count from the day after the origin. A core laboratory's reading goes before a committee's, and that before the
site's, of the same vein on the same day. Of several veins on one day, the unit is closed where any is, and open where one
at least was shown and none was closed. Where a scan shows a stent in the vein, the stent's state is read: flow beside an
occluded stent is no open segment. Scans that call one of the two occluded and the other not are counted. What was recorded
as a thrombosis of a stent counts as a scan that showed it closed.
"""

from typing import TYPE_CHECKING, NamedTuple

from patency.cut.opened import Cut
from patency.outcome.definition import Closed
from patency.outcome.patency import SEEN
from patency.outcome.units import is_on_side, procedures_of

if TYPE_CHECKING:
    import polars

# Of a scan: narrowed, and not by how much; a stent that is occluded in a vein that is not, or the other way round.
SAID_APART = ("is_untold_narrow", "is_contrary")
READERS = ("core_laboratory", "adjudication", "site")  # whose reading goes first
STENT_THROMBOSES = (
    "acute_stent_thrombosis",
    "stent_thrombosis",
)  # terms of the note "Iliocaval": early and late complications


class Veins(NamedTuple):
    """Which veins of a unit count, by what a scan shows one closed, and above which stenosis (percent) it is narrow."""

    names: tuple[str, ...]
    is_stented: bool
    closed: Closed
    narrower: float | None


def seen_of(cut: Cut, units: "polars.DataFrame", veins: Veins) -> "polars.DataFrame":
    """Return what was seen of each unit, in days from its origin: the columns of patency.SEEN, and SAID_APART."""
    import polars

    targets = _targets(cut, units, veins)
    rows = [_scans(cut, targets, veins), _thromboses(cut, targets), _procedures(cut, targets)]
    joined = polars.concat(rows, how="diagonal")
    return joined.select(*SEEN, *(polars.col(each).fill_null(value=False) for each in SAID_APART)).sort("unit", "day")


def _targets(cut: Cut, units: "polars.DataFrame", veins: Veins) -> "polars.DataFrame":
    """Return the veins of each unit that count: those with a stent; or those involved, and all where no vein is on record."""
    import polars

    col = polars.col
    base = units.select("unit", "episode", "side", "vein", "origin")
    every = base.join(polars.DataFrame({"target": veins.names}, schema={"target": polars.String}), how="cross")
    every = every.filter(col("vein").is_null() | (col("vein") == col("target"))).drop("vein")
    if veins.is_stented:
        return _on_its_side(every, cut.table("stent").select("episode", target="segment", done_on="side"))
    limbs = cut.table("limb").select("limb", done_on="side")
    involved = cut.table("segment").filter("involved").join(limbs, on="limb", how="left")
    named = involved.select("episode", "done_on", target="vein")
    marked = _on_its_side(every, named)
    rest = every.join(named.select("episode").unique().collect(), on="episode", how="anti")
    return polars.concat([marked, rest.select(marked.columns)])


def _on_its_side(every: "polars.DataFrame", named: "polars.LazyFrame") -> "polars.DataFrame":
    """Return the veins that are named in a record of their episode and of their side."""
    import polars

    text = named.with_columns(polars.col("target", "done_on").cast(polars.String)).collect()
    met = every.join(text, on=["episode", "target"]).filter(is_on_side())
    return met.drop("done_on").unique(maintain_order=True)


def _scans(cut: Cut, targets: "polars.DataFrame", veins: Veins) -> "polars.DataFrame":
    """Return what the scans of a day show of each unit, all its veins together."""
    import polars

    col = polars.col
    told = _read(cut, targets).with_columns(
        closed=_is_closed(veins.closed),
        narrow=polars.lit(value=False) if veins.narrower is None else col("stenosis") > veins.narrower,
        contrary=(_is_contrary() if veins.closed is Closed.OCCLUDED else polars.lit(value=False)),
        untold=(col("state") == "stenosed") & col("stenosis").is_null() & (veins.narrower is not None),
    )
    is_any, is_told = col("closed").any(), col("closed").is_not_null().any()
    return told.group_by("unit", day=col("day") - col("origin"), maintain_order=True).agg(
        is_scan=polars.lit(value=True),
        is_closed=polars.when(is_any).then(polars.lit(value=True)).when(is_told).then(polars.lit(value=False)),
        is_narrow=col("narrow").any(),
        is_untold_narrow=col("untold").any(),
        is_contrary=col("contrary").any(),
    )


def _read(cut: Cut, targets: "polars.DataFrame") -> "polars.DataFrame":
    """Return the scans of each vein that counts, of one day the reading that goes first; `state` is a stent's, where it shows one."""
    import polars

    col, text = polars.col, polars.String
    ranks = dict(zip(READERS, range(3), strict=True))
    read = col("read_by").cast(text).fill_null("site").replace_strict(ranks, default=2)
    scans = cut.table("imaging").select(
        "episode", "day", "in_stent", "stenosis", status=col("status").cast(text), stent=col("stent_status").cast(text),
        flow=col("flow").cast(text), compressible=col("compressible").cast(text), target=col("segment").cast(text),
        done_on=col("side").cast(text), rank=read,
    ).collect()  # fmt: skip
    met = targets.join(scans, on=["episode", "target"]).filter(is_on_side() & (col("day") > col("origin")))
    first = met.sort("rank", maintain_order=True).unique(["unit", "target", "day"], keep="first", maintain_order=True)
    is_of_stent = col("in_stent").fill_null(value=False) & col("stent").is_not_null()
    return first.with_columns(state=polars.when(is_of_stent).then("stent").otherwise("status"))


def _is_contrary() -> "polars.Expr":
    """Whether a scan calls the vein occluded and the stent in it not, or the other way round."""
    import polars

    col = polars.col
    in_stent = col("in_stent").fill_null(value=False)
    vein, stent = (
        polars.when(col(name).is_in(["open", "stenosed", "occluded"])).then(col(name) == "occluded")
        for name in ("status", "stent")
    )
    return in_stent & (vein != stent).fill_null(value=False)


def _is_closed(by: Closed) -> "polars.Expr":
    import polars

    col = polars.col
    if by is Closed.OCCLUDED:
        shown = col("state").is_in(["open", "stenosed"])
        return (
            polars.when(col("state") == "occluded")
            .then(polars.lit(value=True))
            .when(shown)
            .then(polars.lit(value=False))
        )
    return (col("flow") == "none") | (col("compressible") == "no")  # of three values: unknown where neither settles it


def _thromboses(cut: Cut, targets: "polars.DataFrame") -> "polars.DataFrame":
    import polars

    col = polars.col
    found = cut.table("event").filter(col("term").cast(polars.String).is_in(STENT_THROMBOSES))
    return _met(found, targets).select("unit", "day", is_scan=polars.lit(value=True), is_closed=polars.lit(value=True))


def _procedures(cut: Cut, targets: "polars.DataFrame") -> "polars.DataFrame":
    """Return the further procedures: those recorded as such and as events, once where both stand on one day."""
    import polars

    col = polars.col
    events = cut.table("event").filter(col("what").cast(polars.String) == "reintervention")
    told = _met(events, targets).select("unit", "day", is_late=~col("before_occlusion"))
    again = procedures_of(cut).filter(~col("is_first")).with_columns(segment=polars.lit(None, polars.String)).lazy()
    done = _met(again, targets).select("unit", "day", is_open="technical_success")
    joined = polars.concat([told, done], how="diagonal")
    return joined.group_by("unit", "day", maintain_order=True).agg(
        is_scan=polars.lit(value=False),
        is_late=col("is_late").drop_nulls().max(),
        is_open=col("is_open").drop_nulls().min(),
    )


def _met(found: "polars.LazyFrame", targets: "polars.DataFrame") -> "polars.DataFrame":
    """Return what was done to each unit after its origin: on its side, in one of its veins or in one that nobody named."""
    import polars

    col, text = polars.col, polars.String
    done = found.with_columns(done_in=col("segment").cast(text), done_on=col("side").cast(text)).drop("side").collect()
    met = targets.join(done, on="episode")
    is_there = col("done_in").is_null() | (col("done_in") == col("target"))
    after = met.filter(is_there & is_on_side() & (col("day") > col("origin")))
    return after.with_columns(day=col("day") - col("origin"))
