"""Until when it counts as known of each episode's patient whether they lived: of the living and of the dead by one rule.

In: the episodes with their index days, the days on which patients came as planned, those on which they were seen alive, and
losses. Out: `vital_day` of each episode, in days since its index date. Whoever counts deaths, or what competes with death,
follows until this day whoever lived, and counts no death after it.

The last day on which a patient was seen alive will not do. A death is told by the site whenever it comes, without a visit;
that a patient lives is told by the next visit alone. Censored at the last sight, the living leave between two visits and the dead
do not, and the share of the dead is too high: an event that is captured outside visits is to be followed until the study's own
criterion of loss is met, or its end, and not until the last visit (Lesko CR and others. Am J Epidemiol 2018;187:623-32, and with
competing events Epidemiology 2019;30:817-24; abstracts read). So a patient of whom no death is told counts as alive until the first of

    the end       the last day on which anything was seen of anybody in the cut: until then sites still reported
    a withdrawal  of consent, after which nothing may be told
    a loss        the day for which it is recorded, if nothing but a death was seen of the patient after it; where the day is
                  not known, the last day on which they were seen alive
    a silence     GAP days after a planned visit that no other followed within GAP days, whether or not anybody recorded a loss:
                  of who is not visited for so long nobody would tell a death. GAP is Patency's own choice: longer than from one
                  yearly visit to the end of the window of the next. Unplanned visits do not end a silence, for events bring them

and who died is followed by the very same days: nothing of it looks at the death. None of these hangs on whether the patient lived, as long
as losses and silences do not. The end and a withdrawal are not told as they are, for they would tell the index date (observed.py): they are
taken back to a quarter, half a year, or full years since the index date. What lies beyond is given up, of the living and the dead alike.
"""

from math import ceil
from typing import TYPE_CHECKING

from patency.vocabulary import DAYS_A_YEAR

if TYPE_CHECKING:
    import polars

GAP = 548  # days, a year and a half
STEPS = (92, 183, *(ceil(DAYS_A_YEAR * year) for year in range(1, 51)))


def vital_days(
    episodes: "polars.DataFrame", visits: "polars.DataFrame", alive: "polars.DataFrame", losses: "polars.DataFrame"
) -> "polars.DataFrame":
    """Return `episode` and `vital_day` of `episodes` (episode, patient, index, last_day, withdrawn); the rest have `episode` and `day`."""
    import polars

    col = polars.col
    told = episodes.join(_silences(episodes, visits), on="episode", how="left", maintain_order="left")
    told = told.join(_lost(episodes, alive, losses), on="patient", how="left", maintain_order="left")
    end = (col("last_day") + col("index")).max() - col("index")
    day = polars.min_horizontal(
        _step(polars.min_horizontal(end, "withdrawn")), col("silent_on") - col("index"), col("lost_on") - col("index")
    )
    is_counted = col("index").is_not_null()
    return told.select("episode", vital_day=polars.when(is_counted).then(day.clip(0)).cast(polars.Int32))


def _step(day: "polars.Expr") -> "polars.Expr":
    """Return the last of STEPS that a day has reached, or 0."""
    import polars

    return polars.max_horizontal(polars.lit(0), *(polars.when(day >= step).then(step) for step in STEPS))


def _silences(episodes: "polars.DataFrame", visits: "polars.DataFrame") -> "polars.DataFrame":
    """Return of each episode the day, counted from 1970, that ends the first silence of its patient since its index date."""
    import polars

    col = polars.col
    came = visits.join(episodes.select("episode", "patient", "index"), on="episode").select(
        "patient", on=col("day") + col("index")
    )
    own = episodes.select("patient", on="index")
    seen = polars.concat([came, own]).drop_nulls()
    since = episodes.select("episode", "patient", "index").join(seen, on="patient").filter(col("on") >= col("index"))
    following, then = since.sort("episode", "on"), col("on").shift(-1)
    is_last = (col("episode") != col("episode").shift(-1)).fill_null(True)
    return following.filter(is_last | (then - col("on") > GAP)).group_by("episode").agg(silent_on=col("on").min() + GAP)


def _lost(episodes: "polars.DataFrame", alive: "polars.DataFrame", losses: "polars.DataFrame") -> "polars.DataFrame":
    """Return of each patient who was lost, and never seen alive after it, the day of it, counted from 1970."""
    import polars

    col = polars.col
    places = episodes.select("episode", "patient", "index")
    last = places.join(alive, on="episode").group_by("patient").agg(alive_on=(col("day") + col("index")).max())
    known = losses.join(places, on="episode").join(last, on="patient", how="left")
    lost = known.with_columns(lost_on=polars.coalesce(col("day") + col("index"), "alive_on"))
    return lost.filter(col("lost_on") >= col("alive_on")).group_by("patient").agg(col("lost_on").min())
