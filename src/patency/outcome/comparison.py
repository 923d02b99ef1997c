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
- in the smaller group at least 5 patients for each column of covariates, or nothing is weighted, and fewer than 10 are
  warned of. Ten is the rule of Peduzzi P and others (J Clin Epidemiol 1996;49:1373-9); five to nine did little worse
  (Vittinghoff E, McCulloch CE. Am J Epidemiol 2007;165:710-8), and the rule has no firm ground (van Smeden M and others.
  BMC Med Res Methodol 2016;16:163). All three recalled. A convention, and Patency's own choice.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from patency.cut.opened import Cut
from patency.fault import Fault, Place, Refused, nearest
from patency.outcome.asked import allowed, refuse_other_steps
from patency.outcome.assigned import ALONE, NOTHING, WINDOW, assigned_of
from patency.outcome.covariates import COVARIATES, Columns, columns_of
from patency.outcome.definition import Definition, Happened, OnScale, Open, Origin
from patency.outcome.estimate.logrank import log_rank
from patency.outcome.estimate.shares import difference
from patency.outcome.estimate.weighted import Difference, Overlap, overlap, weighted_difference, weighted_incidence
from patency.outcome.estimated import DAYS_A_MONTH
from patency.outcome.follow import CENSORED, DEATH, EVENT, Followed, follow
from patency.outcome.had_by import had_by
from patency.outcome.traits import OPTIONS, traits_of
from patency.share import Interval, Share

if TYPE_CHECKING:
    import polars

LEAST_EVENTS, LEAST_EACH = 5, 5  # patients with and without the outcome in each group; patients for each covariate
BALANCED = 0.1  # a standardised difference below it counts as balance: Austin PC. Stat Med 2009;28:3083-107 (recalled)
HAD, DIED, NOT_SEEN, NOT_TOLD = (
    "had the event by the landmark",
    "died by the landmark",
    "not followed as far as the landmark",
    "of whom it cannot be told",
)


class Question(NamedTuple):
    """Which option, against which, by how many months after time zero; how many days a treatment may take to begin."""

    option: str
    against: str
    month: float = 12
    window: int = WINDOW
    covariates: tuple[str, ...] = COVARIATES


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
    """A difference as it came: of one group less the other, with its interval, and the test of none at all."""

    value: float | None
    interval: Interval | None
    method: str
    why: str = ""
    p: float | None = None
    test: str = ""


class Balanced(NamedTuple):
    """A covariate's standardised difference before and after weighting: a line of the balance table and of a love plot."""

    covariate: str
    before: float | None
    after: float | None


class Weighted(NamedTuple):
    """A difference by overlap weights, and all that it rests on."""

    difference: Difference
    balance: tuple[Balanced, ...]
    effective: tuple[float, float]
    covariates_left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the groups overlap, and every covariate is balanced."""
        is_even = all(each.after is not None and abs(each.after) < BALANCED for each in self.balance)
        return self.difference.interval is not None and is_even and not self.warnings


class Compared(NamedTuple):
    """What came of it; `refused` and `not_weighted` say in words why something is not there."""

    definition: Definition
    question: Question
    landmark: int | None  # days after time zero; None where none is needed
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
    landmark = question.window if from_diagnosis else None
    both = [question.option, question.against]
    unknown = assigned.filter(col("option").is_null()).group_by("why").agg(col("patient").n_unique()).sort("why").rows()
    empty = Compared(
        definition, question, landmark, _withheld(dict(unknown), fewest), (), None, None, "", "", "", {}, fewest
    )
    if why := why_not(definition, question):
        return empty._replace(refused=why)
    chosen = assigned.filter(col("option").is_in(both))
    frame = followed.frame.join(chosen.select("episode", "option", "later", "later_option"), on="episode")
    kept = _kept(frame, definition, landmark or 0)
    arms = tuple(_arm(option, chosen, frame, kept, question, fewest) for option in both)
    by = question.month * DAYS_A_MONTH - (landmark or 0)
    if why := _too_few(kept, definition, both, (by, fewest)):
        return empty._replace(refused=why)
    taken = (kept["option"] == question.option).cast(polars.Int8).to_numpy()
    arms = tuple(_estimated(arm, kept.filter(col("option") == arm.option), definition, (by, fewest)) for arm in arms)
    plain = _plain(kept, definition, taken, arms)
    weighted = _weighted(kept, traits, definition, taken, (by, fewest), question)
    if isinstance(weighted, str):
        return empty._replace(arms=arms, plain=plain, not_weighted=weighted)
    return empty._replace(arms=arms, plain=plain, weighted=weighted)


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
    rule, both = definition.rule, (question.option, question.against)
    from_diagnosis = definition.origin is Origin.DIAGNOSIS
    if not from_diagnosis and (named := [option for option in both if option in (ALONE, NOTHING)]):
        return (
            f"time runs from {definition.origin.words}, and who had {named[0].replace('_', ' ')} had no procedure: "
            "the groups would not start on the same day. Name a definition that runs from the diagnosis."
        )
    # From a procedure that both had there is no landmark, and so no days before it.
    if from_diagnosis and isinstance(rule, Happened) and (rule.within is not None or rule.is_ever):
        return (
            "it asks whether an event came within some days, or ever, so that the days before the landmark cannot be "
            "told from those after it. Name the definition of the time to it."
        )
    if isinstance(rule, OnScale | Open) and from_diagnosis and rule.window.first <= question.window:
        return "it counts visits before the end of the window, in which the treatments only begin."
    if definition.is_time and question.month * DAYS_A_MONTH <= (question.window if from_diagnosis else 0):
        return "the month lies before the end of the window, in which the treatments only begin."
    return ""


def _kept(frame: "polars.DataFrame", definition: Definition, landmark: int) -> "polars.DataFrame":
    """Return the units at the landmark, with `time` from it, and `state`: 0, the event, or death before it where it competes."""
    import polars

    col = polars.col
    if not definition.is_time:
        return frame
    time = col("seen") if definition.is_seen_at_visits else col("time")
    # With no landmark day 0 counts: an event on it is no event before time zero.
    later = frame.filter(time > landmark) if landmark else frame
    return later.with_columns(time=(time - landmark), state=col("event"))


def _arm(option: str, chosen: "polars.DataFrame", frame: "polars.DataFrame", kept: "polars.DataFrame",
         question: Question, fewest: int) -> Arm:  # fmt: skip
    import polars

    col = polars.col
    of_it, here = frame.filter(col("option") == option), kept.filter(col("option") == option)
    everybody = chosen.filter(col("option") == option)
    gone = of_it.join(here.select("unit"), on="unit", how="anti").join(here.select("patient"), on="patient", how="anti")
    counts = {NOT_TOLD: everybody.join(of_it.select("patient"), on="patient", how="anti")["patient"].n_unique()}
    if "event" in gone.columns:
        for words, event in ((HAD, EVENT), (DIED, DEATH), (NOT_SEEN, CENSORED)):
            counts[words] = gone.filter(col("event") == event)["patient"].n_unique()
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


def _withheld(counts: Mapping[str, int], fewest: int) -> dict[str, int | None]:
    """Return counts as they may leave: none of a list of which one is of so few, for the rest would help to work it out."""
    if any(0 < count < fewest for count in counts.values()):
        return dict.fromkeys(counts)
    return {words: count for words, count in counts.items() if count}


def _too_few(kept: "polars.DataFrame", definition: Definition, both: Sequence[str], limits: tuple[float, int]) -> str:
    import polars

    (by, fewest), col = limits, polars.col
    least = max(LEAST_EVENTS, fewest)
    for option in both:
        words = option.replace("_", " ")
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


# What they come to.


def _estimated(arm: Arm, frame: "polars.DataFrame", definition: Definition, limits: tuple[float, int]) -> Arm:
    by, fewest = limits
    if definition.is_time:
        times, states = frame["time"].to_numpy(), frame["state"].to_numpy()
        value, interval = had_by(definition, times, states, by, _clusters(frame))
        had, died = (int(((states == state) & (times <= by)).sum()) for state in (EVENT, DEATH))
        return arm._replace(events=had, deaths=None if 0 < died < fewest else died, value=value, interval=interval)
    values = frame["value"].cast(float).to_numpy()
    if _is_share(frame):
        share = Share(int(values.sum()), len(values))
        return arm._replace(events=share.count, value=share.value, interval=share.interval)
    return arm._replace(events=frame.height, value=float(values.mean()))


def _plain(kept: "polars.DataFrame", definition: Definition, taken: Any, arms: tuple[Arm, ...]) -> Plain:
    import numpy

    nothing, clusters = numpy.zeros((kept.height, 0)), _clusters(kept)
    if definition.is_time:
        return _of_curves(kept, definition, taken, arms)
    if _is_share(kept) and clusters is None:
        one, other = (Share(arm.events, arm.units) for arm in arms)
        newcombe = difference(one, other)
        return Plain(newcombe.value, newcombe.interval, "Newcombe's hybrid score interval", newcombe.why)
    values = kept["value"].cast(float).to_numpy()
    found = weighted_difference(values, taken, nothing, clusters=clusters)
    return Plain(found.value, found.interval, found.method, found.why)


def _of_curves(kept: "polars.DataFrame", definition: Definition, taken: Any, arms: tuple[Arm, ...]) -> Plain:
    """Set two curves against each other at a month, by the intervals of each, which keep within 0 and 1.

    Zou GY, Donner A. Stat Med 2008;27:1693-702 (recalled): Newcombe's way for any two estimates.
    """
    (one, other), clusters = arms, _clusters(kept)
    curve = "one less Kaplan-Meier" if definition.is_seen_at_visits else "Aalen-Johansen"
    method = f"{curve}; interval of the difference from both log-log intervals (Zou and Donner)"
    ranked = log_rank(kept["time"].to_numpy(), (kept["state"] == EVENT).cast(int).to_numpy(), taken)
    test = "log-rank, the dead censored" if clusters is None else ""
    p = ranked.p if clusters is None else None  # it takes limbs of one patient as independent, which they are not
    if one.value is None or other.value is None:
        return Plain(None, None, method, "nobody was followed as far as that month in one of the groups", p, test)
    by = one.value - other.value
    if one.interval is None or other.interval is None:
        return Plain(by, None, method, "one of the curves has no interval there: nobody had had the event", p, test)
    low = by - ((one.value - one.interval.low) ** 2 + (other.interval.high - other.value) ** 2) ** 0.5
    high = by + ((one.interval.high - one.value) ** 2 + (other.value - other.interval.low) ** 2) ** 0.5
    return Plain(by, Interval(low, high), method, "", p, test)


def _weighted(kept: "polars.DataFrame", traits: "polars.DataFrame", definition: Definition, taken: Any,
              limits: tuple[float, int], question: Question) -> Weighted | str:  # fmt: skip
    by, fewest = limits
    told = kept.select("episode").join(traits, on="episode", how="left", maintain_order="left")
    columns = columns_of(told, question.covariates)
    patients = [
        kept.filter(kept["option"] == each)["patient"].n_unique() for each in (question.option, question.against)
    ]
    many = len(columns.names)
    if not many:
        return "no covariate differs between any two patients: there is nothing to balance"
    if min(patients) < LEAST_EACH * many:
        return (
            f"{min(patients)} patients in the smaller group cannot carry {many} columns of covariates: at least {LEAST_EACH} "
            "for each. Name fewer traits with --covariate, chosen before looking at the outcome."
        )
    rests = overlap(taken, columns.matrix)
    if isinstance(rests, str):
        return rests
    clusters = _clusters(kept)
    if definition.is_time:
        found = weighted_incidence(kept["time"].to_numpy(), kept["state"].to_numpy(), taken, columns.matrix, by,
                                   cause=EVENT, clusters=clusters)  # fmt: skip
    else:
        found = weighted_difference(kept["value"].cast(float).to_numpy(), taken, columns.matrix, clusters=clusters)
    return _with_balance(found, rests, columns, fewest)


def _with_balance(found: Difference, rests: Overlap, columns: Columns, fewest: int) -> Weighted:
    names = columns.names
    balance = tuple(Balanced(names[each.covariate], each.before, each.after) for each in rests.balance)
    uneven = [each.covariate for each in balance if each.after is None or abs(each.after) >= BALANCED]
    said = tuple(_vague(each) if _is_of_few(each, fewest) else each for each in rests.warnings)
    warnings = said + ((f"not balanced: {', '.join(uneven)}",) if uneven else ())
    return Weighted(found, balance, rests.effective, columns.left_out, warnings)


def _is_of_few(warning: str, fewest: int) -> bool:
    count = warning.removeprefix(_POSITIVITY).split()[0]
    return warning.startswith(_POSITIVITY) and int(count) < fewest


def _vague(warning: str) -> str:
    return f"{_POSITIVITY}some{warning[warning.index(' had ') :]}"


_POSITIVITY = "positivity: "


def _is_share(frame: "polars.DataFrame") -> bool:
    import polars

    return frame["value"].dtype == polars.Boolean


def _clusters(frame: "polars.DataFrame") -> Any:
    """Return the patient of each row as a number, or None where each has a row of their own."""
    if frame["patient"].n_unique() == frame.height:
        return None
    return frame["patient"].rank("dense").to_numpy()
