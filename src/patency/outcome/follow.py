"""A definition applied to a cut: times, shares or numbers, one row for each unit, and what was left out and why.

In: an open cut and a Definition. Out: a Followed, whose frame has `unit`, `episode`, `patient`, `site`, and

    of a time     `time` in days from the origin, `event` (0 censored, 1 the event, 2 death before it), `after` and `seen`:
                  an event lies in (after, time], and until `seen` it was known not to have come, or to have
    of a share    `value`: yes, no
    of a number   `value`, and of a change `before`

Every figure of an outcome rests on such a frame, whatever it was filtered by before; `counts` says how many units
there were and how many could not be told, in words that stand beside the figure.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.opened import Cut
from patency.outcome import happened, patency, scale
from patency.outcome.definition import Definition, Happened, Measured, OnScale, Open, Patency, Recorded, Succeeded
from patency.outcome.scans import Veins, seen_of
from patency.outcome.traits import traits_of
from patency.outcome.units import units_of

if TYPE_CHECKING:
    import polars

CENSORED, EVENT, DEATH = 0, 1, 2
CONTRARY = "scans that call the vein occluded and the stent in it not, or the other way round: counted as the stent is"
UNSEEN = 183  # days since the last planned visit, after which it is told of how many nothing was heard
_UNIT = ("unit", "episode", "patient", "site")


class Followed(NamedTuple):
    """What a definition finds in a cut."""

    definition: Definition
    frame: "polars.DataFrame"
    counts: Mapping[str, int]


def follow(cut: Cut, definition: Definition) -> Followed:
    """Apply a definition to a cut."""
    found = units_of(cut, definition.unit, definition.origin)
    meant = _meant(cut, definition, found.frame)
    frame, counts = _applied(cut, definition, meant)
    units = definition.unit.plural
    all_of = {units: found.frame.height + found.without}
    if found.without:
        all_of[_without(definition)] = found.without
    if others := found.frame.height - meant.height:
        all_of[_not_meant(definition)] = others
    return Followed(definition, frame, all_of | {words: number for words, number in counts.items() if number})


def has_few_others(followed: Followed, fewest: int) -> bool:
    """Whether few had no such procedure, or are not those of whom it is meant: the rest would tell of treatment or age."""
    definition, counts = followed.definition, followed.counts
    return any(0 < counts.get(words, 0) < fewest for words in (_without(definition), _not_meant(definition)))


def _without(definition: Definition) -> str:
    return f"{definition.unit.plural} without {definition.origin.words}"


def _not_meant(definition: Definition) -> str:
    return f"{definition.unit.plural} of patients of whom it is not meant, for it is of {definition.whom}"


def _meant(cut: Cut, definition: Definition, units: "polars.DataFrame") -> "polars.DataFrame":
    """Return the units of those of whom a definition is meant; who is not known to be one of them is not."""
    import polars

    if not definition.among:
        return units
    told = traits_of(cut).select("episode", "population")
    joined = units.join(told, on="episode", how="left", maintain_order="left")
    return joined.filter(polars.col("population") == definition.among).drop("population")


def _applied(cut: Cut, definition: Definition, units: "polars.DataFrame") -> "tuple[polars.DataFrame, dict[str, int]]":
    match definition.rule:
        case Patency() as rule:
            return _patency(cut, definition, units, rule)
        case Open() as rule:
            return _open(cut, definition, units, rule)
        case OnScale() as rule:
            found = scale.reached(cut, units, rule)
            return _shares(definition, units, found)
        case Happened() as rule:
            return _happened(cut, definition, units, rule)
        case Recorded() as rule:
            return _shares(definition, units, happened.recorded(cut, units, rule))
        case Succeeded() as rule:
            return _shares(definition, units, happened.success(cut, units, rule))
        case Measured() as rule:
            return _numbers(cut, definition, units, rule)


def _patency(
    cut: Cut, definition: Definition, units: "polars.DataFrame", rule: Patency
) -> "tuple[polars.DataFrame, dict[str, int]]":
    import polars

    col = polars.col
    seen = seen_of(cut, units, Veins(rule.veins, rule.is_stented, rule.closed, rule.narrower))
    lost = patency.lost(seen, rule.level)
    told = units.join(lost, on="unit", how="left", maintain_order="left")
    frame = told.filter(col("day").is_not_null())
    event = polars.when("is_lost").then(EVENT).otherwise(CENSORED)
    frame = frame.select(*_UNIT, time="day", event=event, after="after", seen="day")
    plural = definition.unit.plural
    return frame, {
        f"{plural} whose vein no scan showed after the origin": told.height - frame.height,
        f"{plural} treated once closed, of which nobody said how they were left": int(lost["is_unsettled"].sum()),
        f"{plural} with a procedure of which nobody said whether the vein had closed before: counted as closed": int(
            lost["is_assumed"].sum()
        ),
        "scans that say narrowed, and not by how much: counted as not narrowed": int(seen["is_untold_narrow"].sum()),
        CONTRARY: int(seen["is_contrary"].sum()),
    }


def _open(
    cut: Cut, definition: Definition, units: "polars.DataFrame", rule: Open
) -> "tuple[polars.DataFrame, dict[str, int]]":
    import polars

    col = polars.col
    seen = seen_of(cut, units, Veins(rule.veins, is_stented=False, closed=rule.closed, narrower=None))
    scans = seen.filter(col("is_scan") & col("day").is_between(*rule.window) & col("is_closed").is_not_null())
    near = scans.sort("unit", (col("day") - rule.nearest).abs(), "day").unique(
        "unit", keep="first", maintain_order=True
    )
    found = units.select("unit").join(
        near.select("unit", value=~col("is_closed")), on="unit", how="left", maintain_order="left"
    )
    frame, counts = _shares(definition, units, found)
    return frame, counts | {CONTRARY: int(seen["is_contrary"].sum())}


def _happened(
    cut: Cut, definition: Definition, units: "polars.DataFrame", rule: Happened
) -> "tuple[polars.DataFrame, dict[str, int]]":
    import polars

    col = polars.col
    found = units.join(happened.first_event(cut, units, rule), on="unit", how="left", maintain_order="left")
    stop, death = col("stop") - col("origin"), col("death") - col("origin")
    untold = f"{definition.unit.plural} with an event of which it cannot be told whether it is one: counted as none"
    counts = {untold: int(found["is_untold"].sum())}
    if rule.is_ever:
        frame, more = _shares(definition, units, found.select("unit", value=col("day").is_not_null()))
        return frame, counts | more
    if rule.within is not None:
        is_one = col("day") <= rule.within
        watched = (stop >= rule.within) | (death <= rule.within)
        if rule.where.get("what") == ("death",):  # who died is watched for as long as who lived
            watched = col("vital") - col("origin") >= rule.within
            is_one = is_one & watched
        value = polars.when(is_one).then(polars.lit(value=True)).when(watched).then(polars.lit(value=False))
        frame, more = _shares(definition, units, found.select("unit", value=value))
        return frame, counts | more
    return timed(definition, found, counts)


def timed(
    definition: Definition, found: "polars.DataFrame", counts: dict[str, int]
) -> "tuple[polars.DataFrame, dict[str, int]]":
    """Return the times to an event that is told whenever it comes: with it, dead and alive are followed until one and the same day."""
    import polars

    col = polars.col
    last, death = col("vital") - col("origin"), col("death") - col("origin")
    is_event, is_dead = (col("day") <= last).fill_null(value=False), (death <= last).fill_null(value=False)
    time = polars.when(is_event).then("day").when(is_dead).then(death).otherwise(last).cast(polars.Int32)
    of_death = DEATH if definition.competing else CENSORED
    event = polars.when(is_event).then(EVENT).when(is_dead).then(of_death).otherwise(CENSORED)
    is_late = (col("day").is_not_null() & ~is_event) | (death.is_not_null() & ~is_dead)
    is_unseen = (event == CENSORED) & (time - (col("visited").fill_null(0) - col("origin")) > UNSEEN)
    told = found.select(*_UNIT, is_late=is_late, is_unseen=is_unseen, time=time, event=event, after=time, seen=time)
    frame = told.filter(col("time") >= 0)
    unseen, late = (int(frame[name].sum()) for name in ("is_unseen", "is_late"))
    plural = definition.unit.plural
    return frame.drop("is_late", "is_unseen"), counts | {
        f"{plural} not visited as planned in the last half year of their follow-up: counted as without an event": unseen,
        f"{plural} of which it is not known how long after the origin the patient lived": told.height - frame.height,
        f"{plural} with an event or a death after the day until which it is known who lived: counted as followed until that day": late,
    }


def _shares(
    definition: Definition, units: "polars.DataFrame", found: "polars.DataFrame"
) -> "tuple[polars.DataFrame, dict[str, int]]":
    import polars

    told = units.join(found, on="unit", how="left", maintain_order="left").select(*_UNIT, "value")
    frame = told.filter(polars.col("value").is_not_null())
    return frame, {f"{definition.unit.plural} of which it cannot be told": told.height - frame.height}


def _numbers(
    cut: Cut, definition: Definition, units: "polars.DataFrame", rule: Measured
) -> "tuple[polars.DataFrame, dict[str, int]]":
    import polars

    col, plural = polars.col, definition.unit.plural
    if rule.field:
        found = happened.number(cut, units, rule).with_columns(before=polars.lit(None, polars.Float64))
    else:
        found = scale.totals(cut, units, rule)
    told = units.join(found, on="unit", how="left", maintain_order="left").select(*_UNIT, "value", "before")
    is_told = col("value").is_not_null() & (col("before").is_not_null() | (not rule.is_change))
    frame = told.filter(is_told)
    return frame, {f"{plural} without such a number": told.height - frame.height}
