"""Two options set against each other from one day on, so that neither is given time in which nothing could happen to it.

Time zero is the diagnosis. Each patient is counted under what was begun within a window (assigned.py); who had the event,
died or was lost by the window's end (the landmark) is in neither group, and counted; what was done later is shown as
crossover and changes no group. Without this, whoever died waiting for a procedure would be a death under anticoagulation
alone, and nobody recorded under a procedure could have died in its first days (immortal time: Suissa S. Am J Epidemiol
2008;167:492-9; landmark: Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710-9; a trial that is emulated: Hernan MA,
Robins JM. Am J Epidemiol 2016;183:758-64; all three recalled). Where time runs from the procedure and both options are
procedures, the option is known at time zero and no landmark is needed.

In: an open cut, a definition and a Question. Out: a Compared: the plain difference, and one by overlap weights
(estimate/weighted.py), or in words why there is none. Not here: how it is written (comparison_text.py).

What the data must carry, and whoever wants other limits must state them:
- in each group at least 5 patients with the outcome and 5 without, or nothing is compared: fewer give intervals that
  cannot be trusted, and tell of single people;
- a curve that is told by that month, as every report would tell it (told_by_then.py);
- and what a weighting needs (adjusted.py).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.cut.opened import Cut
from patency.evidence.by_rule import OR
from patency.fault import Fault, Place, Refused, nearest
from patency.outcome.adjusted import Weighted, adjusted, clusters_of
from patency.outcome.asked import allowed, refuse_other_steps
from patency.outcome.assigned import ALONE, NOTHING, WINDOW, assigned_of
from patency.outcome.counterparts import OneSided, with_counterparts
from patency.outcome.covariates import COVARIATES
from patency.outcome.definition import Definition, Happened, Measured, OnScale, Open, Origin, Recorded
from patency.outcome.estimate.shares import difference
from patency.outcome.estimate.weighted import weighted_difference
from patency.outcome.estimated import estimated
from patency.outcome.follow import CENSORED, DEATH, EVENT, Followed, follow
from patency.outcome.had_by import curve_of, had_by
from patency.outcome.tested import Ratio, Tested, put_to_the_test, ratio_of
from patency.outcome.told_by_then import why_untold
from patency.outcome.traits import OPTIONS, traits_of
from patency.share import Interval, Share
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    import polars

    _Frames = tuple[polars.DataFrame, polars.DataFrame, polars.DataFrame]

LEAST_EVENTS = 5  # patients with the outcome in each group, and without it
HAD, DIED, NOT_SEEN, NOT_TOLD = (
    "had the event by the landmark",
    "died by the landmark",
    "not followed as far as the landmark",
    "of whom it cannot be told",
)
OTHERS = {"adult": "children, of whom it is not meant", "child": "adults, of whom it is not meant"}  # by whom it is of


class Question(NamedTuple):
    """Which option, against which, by how many months after time zero; how many days a treatment may take to begin.

    `words` are what the options of content are called.
    """

    option: str
    against: str
    month: float = 12
    window: int = WINDOW
    covariates: tuple[str, ...] = COVARIATES
    words: Mapping[str, str] = {}

    def named(self, option: str) -> str:
        """Return what an option is called, or those that a claim takes together."""
        return OR.join(self.words.get(each, each.replace("_", " ")) for each in option.split(OR))


class Arm(NamedTuple):
    """One group: who is analysed, who was left out by the landmark and why, and who changed over later.

    `units` and `events` are of what the definition counts, events and deaths by the month that is asked for; the rest are
    patients. None where it is withheld. `value` is the plain share or mean.
    """

    option: str
    patients: int
    units: int
    events: int
    deaths: int | None
    value: float | None
    interval: Interval | None
    left_out: Mapping[str, int | None]
    crossed: int | None
    crossed_day: float | None  # the median


class Plain(NamedTuple):
    """A difference as it came, of one group less the other, with its interval; of curves the tests and the hazard ratio too."""

    value: float | None
    interval: Interval | None
    method: str
    why: str = ""
    tests: tuple[Tested, ...] = ()
    ratio: Ratio | None = None


class Compared(NamedTuple):
    """What came of it; `refused` and `not_weighted` say in words why something is not there."""

    definition: Definition
    question: Question
    landmark: (
        int | None
    )  # days after time zero; None where none is needed: from the procedure, or of visits after the window
    not_assigned: Mapping[str, int | None]
    arms: tuple[Arm, ...]
    plain: Plain | None
    weighted: Weighted | None
    refused: str
    not_weighted: str
    label: str
    source: Mapping[str, str]
    fewest: int


def compare(cut: Cut, definition: Definition, question: Question, fewest: int | None = None) -> Compared:
    """Compare two options in a cut; where patients lived by a month and a window that all others use."""
    refuse_unknown(question)
    least = allowed(cut, fewest)
    refuse_other_steps(question.month, question.window, least)
    found = compared(follow(cut, definition), assigned_of(cut, question.window), traits_of(cut), question, least)
    said = cut.manifest
    return found._replace(
        label=said.warning, source={"cut": said.content, "registry": said.registry, "protocol": said.protocol}
    )


def compared(
    followed: Followed, assigned: "polars.DataFrame", traits: "polars.DataFrame", question: Question, fewest: int
) -> Compared:
    """Compare two options in what was followed: `assigned` as assigned.py gives it, `traits` with a row for each episode."""
    import polars

    col, definition = polars.col, followed.definition
    from_diagnosis = definition.origin is Origin.DIAGNOSIS
    landmark = question.window if from_diagnosis and definition.is_time else None
    both = [question.option, question.against]
    unknown = assigned.filter(col("option").is_null()).group_by("why").agg(col("patient").n_unique()).sort("why").rows()
    empty = Compared(
        definition, question, landmark, _withheld(dict(unknown), fewest), (), None, None, "", "", "", {}, fewest
    )
    if why := why_not(definition, question):
        return empty._replace(refused=why)
    chosen = _marked(assigned.filter(col("option").is_in(both)), traits, definition)
    frame = followed.frame.join(chosen.select("episode", "option", "later", "later_option"), on="episode")
    kept = _kept(frame, definition, landmark or 0)
    arms = tuple(_arm(option, (chosen, frame, kept), question, (landmark, fewest), definition.among) for option in both)
    limits = question.month * DAYS_A_MONTH - (landmark or 0), fewest
    if why := _too_few(kept, definition, question, limits) or _untold(followed, assigned, question, fewest):
        return empty._replace(refused=why)
    return _worked_out(empty._replace(arms=arms), kept, traits, question, limits)


def _worked_out(
    found: Compared, kept: "polars.DataFrame", traits: "polars.DataFrame", question: Question, limits: tuple[float, int]
) -> Compared:
    """Estimate each group by itself, and set one against the other, as they are and weighted."""
    import polars

    definition, option = found.definition, polars.col("option")
    taken = (kept["option"] == question.option).cast(polars.Int8).to_numpy()
    arms = tuple(_estimated(arm, kept.filter(option == arm.option), definition, limits) for arm in found.arms)
    found = found._replace(arms=arms, plain=_plain(kept, definition, taken, arms, limits))
    weighted = _weighted(kept, traits, definition, question, limits)
    return found._replace(not_weighted=weighted) if isinstance(weighted, str) else found._replace(weighted=weighted)


def _weighted(
    kept: "polars.DataFrame",
    traits: "polars.DataFrame",
    definition: Definition,
    question: Question,
    limits: tuple[float, int],
) -> Weighted | str:
    """Weigh those who have counterparts after the other option; or say why nobody is weighted."""
    import polars

    here, without = with_counterparts(kept, traits, question.covariates)
    said = "; ".join(_one_sided_words(each, question, limits[1]) for each in without)
    if any(each.patients < limits[1] for each in without):
        return (
            f"patients without a counterpart are left out and counted, and some are too few to be counted: {said}. Name traits "
            "without those with --covariate, chosen before looking at the outcome."
        )
    if without and (why := _too_few(here, definition, question, limits)):
        return f"without those who have no counterpart ({said}) {why}"
    taken = (here["option"] == question.option).cast(polars.Int8).to_numpy()
    found = adjusted(here, traits, definition, taken, limits, question.covariates)
    if isinstance(found, str):
        return f"without those who have no counterpart ({said}): {found}" if without else found
    return found._replace(without=without)


def _one_sided_words(each: OneSided, question: Question, fewest: int) -> str:
    other = question.against if each.option == question.option else question.option
    many = f"fewer than {fewest}" if each.patients < fewest else str(each.patients)
    return f"{each.covariate}: {many} after {question.named(each.option)}, none after {question.named(other)}"


# Who is compared.


def refuse_unknown(question: Question) -> None:
    """Refuse a question of options or traits that no registry records."""
    known = tuple(sorted({*OPTIONS.values(), NOTHING}))
    faults = [
        Fault(Place("outcome compare"), f"{option!r} is no option that a registry records", "nobody could be counted under it",
              nearest(option, known, f"the options are {', '.join(known)}"))
        for option in (question.option, question.against)
        if option not in known
    ]  # fmt: skip
    faults += [
        Fault(Place("outcome compare"), f"{name!r} is no trait that is known of a patient at the start", "it cannot be balanced",
              nearest(name, (*COVARIATES, *_MORE), f"the traits are {', '.join((*COVARIATES, *_MORE))}"))
        for name in question.covariates
        if name not in (*COVARIATES, *_MORE)
    ]  # fmt: skip
    if question.option == question.against:
        faults.append(
            Fault(Place("outcome compare"), "an option is compared with itself", "nothing can differ", "name another for --against")
        )  # fmt: skip
    if faults:
        raise Refused(faults)


_MORE = ("population", "sex", "onset", "provoked", "weight", "platelets")


def why_not(definition: Definition, question: Question) -> str:
    """Say why a definition cannot compare these options at all, or nothing."""
    both = question.option, question.against
    from_diagnosis = definition.origin is Origin.DIAGNOSIS
    if from_diagnosis and (why := _why_not_from_the_diagnosis(definition, question.window)):
        return why
    if not from_diagnosis and (named := [option for option in both if option in (ALONE, NOTHING)]):
        return (
            f"time runs from {definition.origin.words}, and who had {question.named(named[0])} had no procedure: "
            "the groups would not start on the same day. Name a definition that runs from the diagnosis."
        )
    if definition.is_time and question.month * DAYS_A_MONTH <= (question.window if from_diagnosis else 0):
        return "the month lies before the end of the window, in which the treatments only begin."
    return ""


def _why_not_from_the_diagnosis(definition: Definition, window: int) -> str:
    """Say why what is counted from the diagnosis, and so from a landmark, cannot be; a procedure that both had needs none."""
    rule = definition.rule
    if isinstance(rule, Happened) and (rule.within is not None or rule.is_ever):
        return (
            "it asks whether an event came within some days, or ever, so that the days before the landmark cannot be "
            "told from those after it. Name the definition of the time to it."
        )
    if isinstance(rule, Recorded):
        return (
            "it asks for the first record of its kind, whenever it was made, so that what came before the treatment cannot be "
            "told from what came after it."
        )
    is_at_visits = isinstance(rule, OnScale | Open) or (isinstance(rule, Measured) and not rule.field)
    if is_at_visits and _first_day(definition) <= window:
        return "it counts visits before the end of the window, in which the treatments only begin."
    return ""


def _first_day(definition: Definition) -> int:
    """Return the day from which a definition counts visits."""
    rule = definition.rule
    return rule.window.first if isinstance(rule, OnScale | Open | Measured) else 0


def _marked(chosen: "polars.DataFrame", traits: "polars.DataFrame", definition: Definition) -> "polars.DataFrame":
    """Say who is known to be none of those of whom a definition is meant; of who is of no known age it cannot be told."""
    import polars

    if not definition.among:
        return chosen.with_columns(is_other=polars.lit(value=False))
    told = traits.select("episode", is_other=polars.col("population") != definition.among)
    marked = chosen.join(told, on="episode", how="left", maintain_order="left")
    return marked.with_columns(polars.col("is_other").fill_null(value=False))


def _kept(frame: "polars.DataFrame", definition: Definition, landmark: int) -> "polars.DataFrame":
    """Return the units at the landmark, with `time` from it, and `state`: 0, the event, or death before it where it competes."""
    import polars

    col = polars.col
    if isinstance(definition.rule, Measured) and definition.rule.is_change:
        return frame.with_columns(value=col("value") - col("before"))
    if not definition.is_time:
        return frame
    time = col("seen") if definition.is_seen_at_visits else col("time")
    # With no landmark day 0 counts: an event on it is no event before time zero.
    later = frame.filter(time > landmark) if landmark else frame
    return later.with_columns(time=(time - landmark), state=col("event"))


def _arm(option: str, frames: "_Frames", question: Question, limits: tuple[int | None, int], among: str) -> Arm:
    """Count one group of `frames`: who chose an option, of whom there is something to follow, and who is analysed."""
    import polars

    (landmark, fewest), col = limits, polars.col
    everybody, of_it, here = (frame.filter(col("option") == option) for frame in frames)
    counts = _left_out(everybody, of_it, among)
    if landmark is not None:
        counts |= _by_landmark(of_it, here)
    other = question.against if option == question.option else question.option
    is_over = col("later_option") == other
    if option in (ALONE, NOTHING):
        is_over = col("later").is_not_null()  # any procedure: with it nobody has had anticoagulation alone any more
    crossed = here.filter(is_over).unique("patient", maintain_order=True)
    few = 0 < crossed.height < fewest
    day = crossed["later"].median()
    return Arm(
        option, here["patient"].n_unique(), here.height, 0, None, None, None, _withheld(counts, fewest),
        None if few else crossed.height, None if few or day is None else float(day),  # type: ignore[arg-type]  # days are numbers
    )  # fmt: skip


def _left_out(everybody: "polars.DataFrame", of_it: "polars.DataFrame", among: str) -> dict[str, int]:
    """Count the patients of whom nothing is followed: those of whom it is not meant apart from those of whom it cannot be told."""
    import polars

    missing = everybody.join(of_it.select("patient"), on="patient", how="anti")
    meant = missing.filter(~polars.col("is_other"))["patient"].n_unique()
    others = {OTHERS[among]: missing["patient"].n_unique() - meant} if among else {}
    return {**others, NOT_TOLD: meant}


def _by_landmark(of_it: "polars.DataFrame", here: "polars.DataFrame") -> dict[str, int]:
    """Count the patients who are out by the landmark, by why."""
    import polars

    gone = of_it.join(here.select("unit"), on="unit", how="anti").join(here.select("patient"), on="patient", how="anti")
    states = ((HAD, EVENT), (DIED, DEATH), (NOT_SEEN, CENSORED))
    return {words: gone.filter(polars.col("event") == event)["patient"].n_unique() for words, event in states}


def _withheld(counts: Mapping[str, int], fewest: int) -> dict[str, int | None]:
    """Return counts as they may leave: none of a list of which one is of so few, for the rest would help to work it out."""
    if any(0 < count < fewest for count in counts.values()):
        return dict.fromkeys(counts)
    return {words: count for words, count in counts.items() if count}


def _too_few(kept: "polars.DataFrame", definition: Definition, question: Question, limits: tuple[float, int]) -> str:
    import polars

    (by, fewest), col = limits, polars.col
    least = max(LEAST_EVENTS, fewest)
    for option in (question.option, question.against):
        words = question.named(option)
        here = kept.filter(col("option") == option)
        if here["patient"].n_unique() < 2 * least:
            return f"too few to say: fewer than {2 * least} patients were followed after {words}."
        if "value" in kept.columns and kept["value"].dtype != polars.Boolean:
            continue
        had = (col("state") == EVENT) & (col("time") <= by) if definition.is_time else col("value")
        if definition.is_time and here.filter(col("time") >= by)["patient"].n_unique() < least:
            return f"too few to say: fewer than {least} patients were followed as far as that month after {words}."
        if here.filter(had)["patient"].n_unique() < least:
            return f"too few to say: fewer than {least} patients had the outcome after {words}."
        if here.filter(~had)["patient"].n_unique() < least:
            return f"too few to say: fewer than {least} patients were without the outcome after {words}."
    return ""


def _untold(followed: Followed, assigned: "polars.DataFrame", question: Question, fewest: int) -> str:
    definition = followed.definition
    if not definition.is_time:
        return ""
    landmark = question.window if definition.origin is Origin.DIAGNOSIS else 0
    limits = (question.month, landmark, fewest)
    kept = _kept(followed.frame, definition, landmark)
    both = {option: question.named(option) for option in (question.option, question.against)}
    return why_untold(definition, kept, assigned, both, limits)


# What they come to.


def _estimated(arm: Arm, frame: "polars.DataFrame", definition: Definition, limits: tuple[float, int]) -> Arm:
    """Estimate one group, by the estimators and intervals of `outcome estimate` (estimated.py)."""
    by, fewest = limits
    if definition.is_time:
        times, states = frame["time"].to_numpy(), frame["state"].to_numpy()
        value, interval = had_by(definition, times, states, by, clusters_of(frame))
        had, died = (int(((states == state) & (times <= by)).sum()) for state in (EVENT, DEATH))
        return arm._replace(events=had, deaths=None if 0 < died < fewest else died, value=value, interval=interval)
    (found, *_) = estimated(Followed(definition, frame, {}))
    if found.share is not None:
        return arm._replace(events=found.share.count, value=found.share.value, interval=found.interval)
    return arm._replace(events=frame.height, value=float(frame["value"].cast(float).to_numpy().mean()))


def _plain(
    kept: "polars.DataFrame", definition: Definition, taken: Any, arms: tuple[Arm, ...], limits: tuple[float, int]
) -> Plain:
    import numpy

    nothing, clusters = numpy.zeros((kept.height, 0)), clusters_of(kept)
    if definition.is_time:
        tests = put_to_the_test(kept, definition, taken, clusters, limits)
        ratio = ratio_of(kept, taken, clusters)
        return _of_curves(definition, arms)._replace(tests=tests, ratio=ratio)
    if _is_share(kept) and clusters is None:
        one, other = (Share(arm.events, arm.units) for arm in arms)
        newcombe = difference(one, other)
        return Plain(newcombe.value, newcombe.interval, "Newcombe's hybrid score interval", newcombe.why)
    values = kept["value"].cast(float).to_numpy()
    found = weighted_difference(values, taken, nothing, clusters=clusters)
    return Plain(found.value, found.interval, found.method, found.why)


def _of_curves(definition: Definition, arms: tuple[Arm, ...]) -> Plain:
    """Set two curves against each other at a month, by the intervals of each, which keep within 0 and 1.

    Zou GY, Donner A. Stat Med 2008;27:1693-702 (recalled): Newcombe's way for any two estimates.
    """
    one, other = arms
    method = f"{curve_of(definition)}; interval of the difference from both log-log intervals (Zou and Donner)"
    if one.value is None or other.value is None:
        return Plain(None, None, method, "nobody was followed as far as that month in one of the groups")
    by = one.value - other.value
    if one.interval is None or other.interval is None:
        return Plain(by, None, method, "one of the curves has no interval there: nobody had had the event")
    low = by - ((one.value - one.interval.low) ** 2 + (other.interval.high - other.value) ** 2) ** 0.5
    high = by + ((one.interval.high - one.value) ** 2 + (other.value - other.interval.low) ** 2) ** 0.5
    return Plain(by, Interval(low, high), method)


def _is_share(frame: "polars.DataFrame") -> bool:
    import polars

    return frame["value"].dtype == polars.Boolean
