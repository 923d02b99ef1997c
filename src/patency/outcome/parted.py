"""Into which groups the patients of an option may be parted, so that no answer, nor two of them, tells of few people.

In: a row for each episode, with its patient, its option, its traits, and its state by the definitions that are shown
together. Out: how deep each row is parted: by how many of the traits, in their order.

Patients of one option are parted by one trait after another, always in the same order. A group is parted only if each part
of it, whose trait is not known among them, and in it each state (had the event, did not, died before) is of nobody or of
enough people; a group that is not parted stays whole for good. Who has no state, for nothing is on record, counts for no
state: that is no secret (few.py). How it is parted hangs on the cut alone and not
on the case that is asked about. An answer is made of whole groups: so what two answers of one cut differ by is made of whole
groups too, in whatever order, by whomever and however often they are asked, and is itself a figure that could be shown.
This is the rule of registry/follow/few.py (whole groups or nothing, looked at more finely than shown) along a tree.

What this does not hold against: another cut of the same registry (one patient more), and what a reader knows besides.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

DEPTH = "depth"  # by how many traits a row's group is parted; 0 where not even the first one may be told
_GROUP = "group"


def parted(rows: "polars.DataFrame", traits: Sequence[str], fewest: int) -> "polars.DataFrame":
    """Return the rows with the depth to which each may be told apart; `state` is one or a list of them."""
    import polars

    col = polars.col
    found = rows.with_columns(col("option").alias(_GROUP), polars.lit(0).alias(DEPTH))
    for place, trait in enumerate(traits):
        part = col(trait).fill_null("?")
        people = col("patient").n_unique()
        parts = found.group_by(_GROUP, DEPTH, part.alias("part")).agg(people)
        every = found.explode("state") if found.schema["state"] == polars.List else found
        told = every.filter(col("state").is_not_null())
        states = told.group_by(_GROUP, DEPTH, part.alias("part"), "state").agg(people)
        cells = polars.concat([parts, states], how="diagonal")
        may = cells.group_by(_GROUP, DEPTH).agg(is_enough=(col("patient") >= fewest).all())
        joined = found.join(may, on=[_GROUP, DEPTH], how="left", maintain_order="left")
        goes_on = col("is_enough") & (col(DEPTH) == place)
        found = joined.with_columns(
            polars.when(goes_on).then(polars.concat_str(_GROUP, polars.lit("/"), part)).otherwise(_GROUP).alias(_GROUP),
            polars.when(goes_on).then(place + 1).otherwise(DEPTH).alias(DEPTH),
        ).drop("is_enough")
    return found.drop(_GROUP)


def told_of(rows: "polars.DataFrame", traits: Sequence[str], asked: Mapping[str, str]) -> "polars.DataFrame | None":
    """Return the rows of one option that have the traits asked for; None where they are not whole groups."""
    import polars

    found = rows
    for place, trait in enumerate(traits):
        if trait in asked:
            if (found[DEPTH] <= place).any():
                return None
            found = found.filter(polars.col(trait) == asked[trait])
    return found
