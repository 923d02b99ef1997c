"""Which option each episode is counted under: what was begun within a stated window from the diagnosis, by the records.

In: an open cut and a window in days. Out: a frame, a row for each episode:

    episode, patient
    option        of the first procedure that treats a vein and was begun from day 0 to the window's last day; where there was
                  none, anticoagulation alone if an anticoagulant was begun by then; null where it cannot be told
    why           in words why it cannot be told
    later         the days of the first procedure after the window, null where there was none
    later_option  what that procedure was; null where it is of no option

The option as somebody wrote it down afterwards (`first_treatment`) is hindsight: a procedure on day 40 makes no episode a
procedure's from day 0, and whoever waits for one and dies had anticoagulation alone. It is asked only whether nothing was given.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from patency.cut.opened import Cut
from patency.outcome.traits import OPTIONS
from patency.outcome.units import NOT_TREATING, procedures_of

if TYPE_CHECKING:
    import polars

WINDOW = (
    14  # days, where nobody asks for another: the policy `assigned_within`, of which content/policies.yaml says why
)
ALONE, NOTHING = "anticoagulation_alone", "no_anticoagulation"
_NO_ANTICOAGULANT = ("aspirin", "clopidogrel")
UNDATED = "a procedure has no day"
EARLIER = "a procedure came before the diagnosis"
OF_NO_OPTION = "the first procedure is of none of the options"
NOT_SAID = "nobody said what was begun"
PROCEDURES: Mapping[str, str] = {
    name: option for name, option in OPTIONS.items() if name not in ("anticoagulation_alone", "none")
}


def assigned_of(cut: Cut, window: int = WINDOW) -> "polars.DataFrame":
    """Return the option that each episode is counted under."""
    import polars

    col, text = polars.col, polars.String
    episodes = cut.table("episode").select("episode", "patient", said=col("first_treatment").cast(text)).collect()
    first, after = _procedures(cut, window)
    frame = (
        episodes.join(first, on="episode", how="left")
        .join(after, on="episode", how="left")
        .join(_drugs(cut, window), on="episode", how="left")
        .join(_flawed(cut), on="episode", how="left")
        .with_columns(col("has_begun", "has_drug", "is_undated", "is_earlier").fill_null(value=False))
    )
    told = _told(frame).select("episode", "patient", "option", "why", "later", "later_option")
    return told.sort("episode")


def _told(frame: "polars.DataFrame") -> "polars.DataFrame":
    """Add the option of each episode, or why it cannot be told."""
    import polars

    col, when, words = polars.col, polars.when, polars.lit
    option = when("has_begun").then("begun").when(col("has_drug") | (col("said") == ALONE)).then(words(ALONE))
    option = option.when(col("said") == "none").then(words(NOTHING))
    why = when("is_undated").then(words(UNDATED)).when("is_earlier").then(words(EARLIER))
    why = why.when(col("option").is_null() & col("has_begun")).then(words(OF_NO_OPTION))
    cannot = col("is_undated") | col("is_earlier")
    return frame.with_columns(option=when(~cannot).then(option)).with_columns(
        why=why.when(col("option").is_null()).then(words(NOT_SAID))
    )


def _procedures(cut: Cut, window: int) -> "tuple[polars.DataFrame, polars.DataFrame]":
    """Return the first procedure of each episode within the window, and the first after it."""
    import polars

    col = polars.col
    done = procedures_of(cut).with_columns(
        option=col("modality").cast(polars.String).replace_strict(dict(PROCEDURES), default=None)
    )
    within = done.filter(col("day").is_between(0, window)).sort(
        "episode", "day", "is_first", descending=[False, False, True]
    )
    first = within.unique("episode", keep="first", maintain_order=True)
    after = done.filter(col("day") > window).sort("episode", "day").unique("episode", keep="first", maintain_order=True)
    return (
        first.select("episode", begun="option", has_begun=polars.lit(value=True)),
        after.select("episode", later="day", later_option="option"),
    )


def _drugs(cut: Cut, window: int) -> "polars.DataFrame":
    """Return the episodes in which an anticoagulant was begun by the end of the window."""
    import polars

    col, text = polars.col, polars.String
    drug, kind = col("drug").cast(text), col("drug_class").cast(text)
    is_one = ~drug.is_in(_NO_ANTICOAGULANT) & (
        (drug != "other") | kind.is_in(("antiplatelet", "other")).not_().fill_null(value=False)
    )
    begun = cut.table("medication").filter(is_one & (col("start_day") <= window))
    return begun.select("episode", has_drug=polars.lit(value=True)).unique().collect()


def _flawed(cut: Cut) -> "polars.DataFrame":
    """Return the episodes of whose procedures it cannot be told which came first."""
    import polars

    col = polars.col
    treats = ~col("modality").cast(polars.String).is_in(NOT_TREATING).fill_null(value=False)
    found = cut.table("procedure").filter(treats).group_by("episode")
    return found.agg(is_undated=col("day").is_null().any(), is_earlier=(col("day") < 0).any()).collect()
