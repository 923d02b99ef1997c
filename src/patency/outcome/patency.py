"""Patency as a state machine: what scans and further procedures say of a vein, and when each kind of patency was lost.

In: what was seen of each unit, a row for each scan and each further procedure, in days from the origin:

    unit      which limb or vein
    day       days from the origin
    is_scan   a scan, or else a procedure on the treated vein; on one day, scans come first
    is_closed what a scan showed by the definition's rule; null where it did not show the vein
    is_narrow whether a scan showed a stenosis above the definition's bound
    is_late   whether a procedure was done after the vein had closed; null where nobody said
    is_open   whether a procedure left the vein open; null where nobody said

Out: `lost`, a row for each unit that was seen at all: when each level was lost, or until when it was last seen kept.

    primary            lost at the first closed or narrow scan or procedure
    primary-assisted   lost at the first closed scan or late procedure, or at a narrow one that nothing relieved
    secondary          lost where what was closed or narrow was never open again

So primary is lost no later than primary-assisted, and that no later than secondary (knowledge of one day is of all
three). Rules and test vectors: the registry's scales, section "Patency (venous)": VERNACULAR (doi 10.1007/s00270-021-02975-2)
and VIRTUS count a stenosis above 50 %, the rule by flow does not.

A vein closed and treated, of which nobody said how it was left and which was not scanned again, is not known to be open
or closed: it is followed until it was last seen open, and counted as `is_unsettled`.
"""

from typing import TYPE_CHECKING

from patency.outcome.definition import Level

if TYPE_CHECKING:
    import polars

SEEN = ("unit", "day", "is_scan", "is_closed", "is_narrow", "is_late", "is_open")


def lost(seen: "polars.DataFrame", level: Level) -> "polars.DataFrame":
    """Return for each unit when patency of a level was lost.

    Columns: `unit`; `day`, of the loss, or the last on which the vein was seen kept; `is_lost`; `after`, the last day
    before the loss on which it was seen kept (0 where none was): the loss lies in (after, day], and where a procedure
    before any occlusion ended it, on that very day; `is_unsettled`; `is_assumed`, where nobody said whether a procedure
    came before or after an occlusion, and it is counted as after. A unit without a scan that showed it is not among them.
    """
    import polars

    states, col = _states(seen), polars.col
    found = _with_bounds(_units(states).filter("is_seen").with_columns(loss=_loss(level)), states)
    is_exact = (
        (level is Level.PRIMARY)
        & (col("loss") == col("exact"))
        & (polars.min_horizontal("closed", "narrow").fill_null(_NEVER) > col("loss"))
    )
    return found.select(
        "unit",
        day=polars.coalesce("loss", "last_kept", polars.lit(0)).cast(polars.Int32),
        is_lost=col("loss").is_not_null(),
        after=polars.when(is_exact).then("loss").otherwise(col("after").fill_null(0)).cast(polars.Int32),
        is_unsettled=col("loss").is_null() & col("is_open_ended"),
        is_assumed=col("is_assumed") & (level is not Level.PRIMARY),
    )


_NEVER = 2**31 - 1


def _loss(level: Level) -> "polars.Expr":
    """Return the day by which a level is lost."""
    import polars

    final = polars.when(~polars.col("is_open_ended")).then(polars.col("final"))
    return {
        Level.PRIMARY: polars.min_horizontal("closed", "narrow", "treated"),
        Level.ASSISTED: polars.min_horizontal(polars.col("closed"), final),
        Level.SECONDARY: final,
    }[level]


def _units(states: "polars.DataFrame") -> "polars.DataFrame":
    """Return for each unit the first day of each thing by which a level can be lost, and the last on which it was kept."""
    import polars

    col = polars.col
    return states.group_by("unit", maintain_order=True).agg(
        is_seen=col("is_scan").any(),
        closed=col("day").filter(col("is_shut") | col("is_late")).min(),
        narrow=col("day").filter(col("is_thin")).min(),
        treated=col("day").filter(~col("is_scan")).min(),
        final=col("day").filter(col("is_final")).min(),
        last_kept=col("day").filter(col("is_kept")).max(),
        is_open_ended=(col("is_final") | col("was_final")).any() & col("is_untold").any(),
        is_assumed=col("is_assumed").any(),
    )


def _with_bounds(found: "polars.DataFrame", states: "polars.DataFrame") -> "polars.DataFrame":
    """Add to each loss the last day before it on which the vein was seen kept, and the first procedure before any occlusion."""
    import polars

    col = polars.col
    exact = states.filter("is_before").group_by("unit").agg(exact=col("day").min())
    kept = states.filter("is_kept").select("unit", kept="day").join(found.select("unit", "loss"), on="unit")
    after = kept.filter(col("kept") < col("loss")).group_by("unit").agg(after=col("kept").max())
    return found.join(exact, on="unit", how="left").join(after, on="unit", how="left", maintain_order="left")


def _states(seen: "polars.DataFrame") -> "polars.DataFrame":
    """Return what was seen in order, and what each row says of its vein: whether it keeps it, and whether nothing after relieved it."""
    import polars

    col, unit, told = polars.col, "unit", _in_order(seen)
    is_procedure = ~col("is_scan")
    is_good = col("is_scan") & ~col("is_shut") & ~col("is_thin")
    is_left_open = is_procedure & col("is_open").fill_null(value=False)
    is_bad = col("is_shut") | col("is_thin") | (is_procedure & (col("is_late") | ~col("is_open").fill_null(value=True)))
    is_untold = is_procedure & col("is_open").is_null() & col("is_last_scan") & col("was_final")
    relief = polars.when(is_good | is_left_open).then("order").max().over(unit).fill_null(-1)
    return (
        told.with_columns(relief=relief)
        .with_columns(
            is_kept=is_good | is_left_open | col("is_before"), is_final=is_bad & (col("order") > col("relief"))
        )
        .with_columns(was_final=col("is_final").cum_max().over(unit))
        .with_columns(is_untold=is_untold)
    )


def _in_order(seen: "polars.DataFrame") -> "polars.DataFrame":
    """Return what was seen in order, of each row what it says by itself and by what came before it."""
    import polars

    col, unit = polars.col, "unit"
    is_procedure = ~col("is_scan")
    shows = seen.filter(is_procedure | col("is_closed").is_not_null())
    ordered = shows.sort(unit, "day", is_procedure, maintain_order=True).with_columns(
        order=polars.int_range(polars.len()).over(unit),
        is_shut=col("is_scan") & col("is_closed").fill_null(value=False),
        is_last_scan=(col("is_scan").cast(polars.Int32).cum_sum(reverse=True).over(unit) == 0),
    )
    return ordered.with_columns(
        is_thin=col("is_scan") & ~col("is_shut") & col("is_narrow").fill_null(value=False),
        was_shut=polars.when("is_scan").then("is_shut").forward_fill().over(unit).fill_null(value=False),
        is_assumed=is_procedure & col("is_late").is_null(),
        is_before=is_procedure & ~col("is_late").fill_null(value=True),
        is_late=is_procedure & col("is_late").fill_null(value=True),
    ).with_columns(is_assumed=col("is_assumed") & ~col("was_shut"))
