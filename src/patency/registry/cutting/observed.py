"""Until when each episode was observed, and why no longer: so that who had no event can be told from who was not seen.

In: the days of what was read, kind by kind. Out: a row for each episode, with the columns of OBSERVED.

An observation ends with a death, a withdrawal, a loss or a refusal to be followed further, if nothing of the episode was seen
after it; all else is ended by the cut. The day of the cut itself is not told: with the day on which it was cut, which stands in
cut.json, it would tell the index date. So there the observation ends with the last day on which anything was seen, and a withdrawal
of which no row is told (cutting/people.py) looks the same.

An event is itself a reason to be seen. Who censors at `last_day` counts those with an event as seen for longer than those without;
`last_visit_day` is free of it. Neither will do where deaths are counted: `vital_day` (cutting/vital.py) follows the living and the dead
by one rule. Which of them an outcome censors at is the outcome's to say.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.manifest import Column
from patency.registry.cutting.vital import GAP, vital_days

if TYPE_CHECKING:
    import polars

DEATH, WITHDRAWAL, REFUSED, LOST, CUT = "death", "withdrawal", "follow_up_refused", "lost", "data_cut"
WHY = {
    DEATH: "the patient died",
    WITHDRAWAL: "the consent was withdrawn; what was recorded up to then may stay",
    REFUSED: "the patient refused to be followed further",
    LOST: "lost to follow-up",
    CUT: "none of these: followed until the data were cut",
}
_SINCE = "days since the index date"
OBSERVED = (
    Column("first_day", "day", "the first day on which anything was done or seen of the episode, its index date included", _SINCE),
    Column("last_day", "day", "the last day on which anything was seen of the episode, an event included; a record of loss is no sight",
           _SINCE),
    Column("last_seen_in", "one of", "the kind of record that tells of that day; of several the first in the order of the choices"),
    Column("last_visit_day", "day", "the last visit of the episode that was not unplanned, or the last contact that such a visit "
           "names; null where there was none", _SINCE),
    Column("patient_last_day", "day", "the last day on which anything was seen of the patient, in any episode", _SINCE),
    Column("end_day", "day", "the day on which the observation ended: of a death, a withdrawal, a loss and a refusal the day for which it "
           "is recorded; where the cut ended it the last day on which anything was seen. Null where it is not exactly known", _SINCE),
    Column("end_why", "one of", "what ended it", "", WHY),
    Column("vital_day", "day", "the day until which it counts as known whether the patient lived, by one rule for the living and the dead: "
           "who is not on record as dead by then was alive, and a later death does not count. It is the first of a loss, of "
           f"{GAP} days after a planned visit that no other followed, and of the end of the cut or a withdrawal, which are taken back "
           "to 92 days, 183 days or full years", _SINCE),
)  # fmt: skip
SEEN_IN: Mapping[str, tuple[str, ...]] = {
    "visit": ("day", "last_contact_day"), "imaging": ("day",), "response": ("day",), "procedure": ("day",),
    "event": ("day", "last_contact_day"), "filter": ("day", "removed_day"), "medication": ("start_day", "stop_day"),
    "finding": ("day",), "episode": ("index_day",),
}  # fmt: skip


class _Ends(NamedTuple):
    """What the events say of ends, a row for each."""

    deaths: "polars.DataFrame"
    losses: "polars.DataFrame"


class Observed:
    """Gathers, kind by kind, when each episode was seen; `row` tells in the end until when it was."""

    def __init__(self) -> None:
        self._seen: list[polars.DataFrame] = []
        self._alive: list[polars.DataFrame] = []  # as seen, without deaths
        self._visits: polars.DataFrame | None = None
        self._came: polars.DataFrame | None = None  # each day on which a patient came as planned
        self._ends: _Ends | None = None

    def add(self, kind: str, frame: "polars.DataFrame", until: Mapping[int, int]) -> None:
        """Take in the rows of a kind, whose days are counted from `index`; `until` are withdrawals, after which nothing counts."""
        import polars

        if kind not in SEEN_IN:
            return
        what = polars.col("what").cast(polars.String())
        if kind == "event":
            self._ends = _Ends(*(
                frame.filter(what == word).select("episode", "day", "lost_because") for word in ("death", "lost")
            ))  # fmt: skip
            frame = frame.with_columns(day=polars.when(what.ne_missing("lost")).then("day"))
        if kind == "episode":
            frame = frame.with_columns(index_day=polars.lit(0, polars.Int32()))
        if until:
            last = polars.col("patient").replace_strict(until, default=None, return_dtype=polars.Int32) - polars.col(
                "index"
            )
            said = (polars.col(name) for name in SEEN_IN[kind])
            frame = frame.with_columns(polars.when(last.is_null() | (each <= last)).then(each) for each in said)
        seen = _ends_of(frame, SEEN_IN[kind])
        self._seen.append(seen.with_columns(kind=polars.lit(kind)))
        if kind == "event":
            seen = _ends_of(frame.with_columns(day=polars.when(what.ne_missing("death")).then("day")), SEEN_IN[kind])
        self._alive.append(seen.select("episode", day="last_day"))
        if kind == "visit":
            planned = frame.filter(polars.col("planned").cast(polars.String()).ne_missing("unplanned"))
            self._visits = _ends_of(planned, SEEN_IN[kind])
            self._came = polars.concat([planned.select("episode", day=each) for each in SEEN_IN[kind]]).drop_nulls()

    def rows(self, episodes: "polars.DataFrame", until: Mapping[int, int], is_told: bool) -> "polars.DataFrame":
        """Return a row for each of `episodes` (episode, patient, index); `until` are withdrawals, and whether they may be told."""
        import polars

        assert self._ends is not None, "events are read before it is asked until when episodes were observed"
        assert self._came is not None, "and visits too"
        withdrawn = polars.col("patient").replace_strict(until, default=None, return_dtype=polars.Int32) - polars.col(
            "index"
        )
        frame = episodes.with_columns(withdrawn=withdrawn)
        frame = self._with_days(frame)
        vital = vital_days(frame, self._came, polars.concat(self._alive), self._ends.losses)
        frame = frame.join(vital, on="episode", how="left", maintain_order="left")
        frame = frame.join(_of_patients(self._ends.deaths, frame), on="patient", how="left", maintain_order="left")
        died = (polars.col("died_on") - polars.col("index")).alias("died")
        frame = frame.with_columns(died, is_dead=polars.col("is_dead").fill_null(False))
        frame = frame.join(_losses(self._ends.losses), on="episode", how="left", maintain_order="left")
        return _ended(frame, is_told)

    def _with_days(self, frame: "polars.DataFrame") -> "polars.DataFrame":
        """Add the days on which episodes were first and last seen."""
        import polars

        assert self._visits is not None, "visits were read"
        seen = polars.concat([each.with_columns(rank=polars.lit(list(SEEN_IN).index(each["kind"][0]) if each.height else 0))
                              for each in self._seen])  # fmt: skip
        last = seen.sort("last_day", "rank", descending=[True, False], nulls_last=True).group_by("episode", maintain_order=True).agg(
            first_day=polars.col("first_day").min(), last_day=polars.col("last_day").first(), last_seen_in=polars.col("kind").first(),
        )  # fmt: skip
        visits = self._visits.select("episode", last_visit_day="last_day")
        for each in (last, visits):
            frame = frame.join(each, on="episode", how="left", maintain_order="left")
        in_any = (polars.col("last_day") + polars.col("index")).max().over("patient") - polars.col("index")
        return frame.with_columns(patient_last_day=in_any)


def _ends_of(frame: "polars.DataFrame", days: tuple[str, ...]) -> "polars.DataFrame":
    """Return the first and the last day of each episode in some rows."""
    import polars

    ends = frame.group_by("episode", maintain_order=True).agg(
        first_day=polars.min_horizontal(polars.col(day).min() for day in days),
        last_day=polars.max_horizontal(polars.col(day).max() for day in days),
    )
    return ends.select("episode", "first_day", "last_day")


def _of_patients(deaths: "polars.DataFrame", episodes: "polars.DataFrame") -> "polars.DataFrame":
    """Return who died, and on which day counted from 1970: a death is recorded with one episode and ends all."""
    import polars

    known = deaths.join(episodes.select("episode", "patient", "index"), on="episode")
    return known.group_by("patient", maintain_order=True).agg(
        died_on=(polars.col("day") + polars.col("index")).min(), is_dead=polars.lit(True)
    )


def _losses(losses: "polars.DataFrame") -> "polars.DataFrame":
    """Return the last loss of each episode, one without a day first, for nobody can say that anything was seen after it."""
    import polars

    last = losses.sort("day", descending=True, nulls_last=False).unique("episode", keep="first", maintain_order=True)
    refused = (polars.col("lost_because").cast(polars.String()) == "follow_up_refused").fill_null(False)
    return last.select(
        "episode", lost_day="day", loss=polars.when(refused).then(polars.lit(REFUSED)).otherwise(polars.lit(LOST))
    )


def _ended(frame: "polars.DataFrame", is_told: bool) -> "polars.DataFrame":
    """Say what ended each observation, and when: a death before all, for it may be known of who was lost."""
    import polars

    is_lost = polars.col("loss").is_not_null() & (polars.col("last_day") <= polars.col("lost_day")).fill_null(True)
    is_withdrawn = polars.col("withdrawn").is_not_null() & is_told
    why = polars.when("is_dead").then(polars.lit(DEATH)).when(is_withdrawn).then(polars.lit(WITHDRAWAL)).when(is_lost).then(
        polars.col("loss")).otherwise(polars.lit(CUT))  # fmt: skip
    day = polars.when("is_dead").then(polars.col("died")).when(is_withdrawn).then(polars.col("withdrawn")).when(is_lost).then(
        polars.col("lost_day")).otherwise(polars.col("last_day"))  # fmt: skip
    return frame.with_columns(
        polars.col("last_seen_in").cast(polars.Enum(list(SEEN_IN))),
        end_day=day,
        end_why=why.cast(polars.Enum(list(WHY))),
    )
