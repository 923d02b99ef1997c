"""Patients like this one: what happened to those of a registry who match a case on what matters, after each option.

In: an open cut, a case, and definitions. Out: an Alike: by what was matched, step by step until enough matched, and for each
definition and option what came of them. Criteria are content (content/alike), coarse, and of the diagnosis; the one that
counts least is dropped first, and the population never; nor what content compares with its like alone (a pregnancy, a
threatened limb). What the case does not say is not matched on, and that is said; a
patient of whom a trait is not known matches nobody on it. Of each patient the first episode of the cut counts.

The steps count who matches. Each outcome is then shown by as many of the criteria as leave enough people of whom it is known
and may be told (widened.py), with the reason beside each that is left out.

What is shown of few: patients are told apart only as parted.py allows, so that neither two steps, nor two outcomes, nor two
answers, to whatever cases, differ by fewer than `fewest`. An option that may not be told alone is counted among all options
together, where these may be told. Where real patients are in a cut, only the definitions that content lists are shown, for
two of one family may differ by one person: what the second one finds is never told more finely than what the first one does.
Deaths before an event are told by the outcome of death alone.

These are outcomes after an option, not because of it: nothing here weighs who was given what (that is compared elsewhere).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.case import Case
from patency.cut.opened import Cut
from patency.guideline.model import Library
from patency.outcome.asked import allowed
from patency.outcome.definition import Definition
from patency.outcome.estimated import ALL, RUNS, Estimated, estimated
from patency.outcome.few import Shown, shown, without_point
from patency.outcome.follow import EVENT, Followed, follow
from patency.outcome.own_choice import policy_number
from patency.outcome.parted import OPTION, parted, told_of
from patency.outcome.parted_by_month import parted_by_month
from patency.outcome.read_criteria import FIRST, Criteria, Level, read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from patency.outcome.widened import WITHHELD, Told, Widened, is_told_at, told_group, widened

if TYPE_CHECKING:
    import polars

ENOUGH = 30  # where content states no policy `enough_alike`; content/policies.yaml says why
AFTER = (
    "These are outcomes after an option, not because of it: who was given what was chosen for reasons, which may have "
    "decided the outcome too."
)


class Criterion(NamedTuple):
    """By what patients are matched: where the case says it, `words` are what it says."""

    name: str
    words: str
    is_known: bool


class Step(NamedTuple):
    """Whom a step matches: by which criteria, which one was dropped, and how many; None where that is withheld."""

    criteria: tuple[Criterion, ...]
    dropped: str
    patients: int | None
    words: str


class Matching(NamedTuple):
    """By what the patients of one outcome were matched, and by what they were not, with the reason."""

    criteria: tuple[Criterion, ...]
    left_out: tuple[tuple[Criterion, str], ...]

    @property
    def words(self) -> str:
        """Say it in one sentence."""
        by = "; ".join(each.words for each in self.criteria)
        left = "; ".join(f"{each.words}: {why}" for each, why in self.left_out)
        return f"Matched by: {by}." + (f" Not by: {left}." if left else "")


class Alike(NamedTuple):
    """What came of registry patients like one: steps, and for each definition the figure of each option.

    `matched` says of each definition by which criteria its patients were matched.
    """

    label: str
    content: str
    registry: str
    population_words: str
    steps: tuple[Step, ...]
    unknown: tuple[Criterion, ...]
    outcomes: tuple[tuple[Definition, tuple[Shown, ...]], ...]
    too_few: str
    fewest: int
    enough: int
    says: str = AFTER
    about: str = ""
    why_dropped: Mapping[str, str] = {}
    why_shown: Mapping[str, str] = {}
    option_words: Mapping[str, str] = {}
    matched: Mapping[str, Matching] = {}


class _Asked(NamedTuple):
    """A case as it is matched: its levels by criterion, in their order."""

    criteria: Criteria
    levels: Mapping[str, Level]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.criteria.matched)

    @property
    def held(self) -> tuple[str, ...]:
        """By what the case is matched in any event: the first criterion, and what is compared with its like alone."""
        return (self.order[0], *(name for name, level in self.levels.items() if level.alone and name != self.order[0]))

    @property
    def traits(self) -> tuple[str, ...]:
        """By what patients are parted: the first criterion, the option, then each other criterion."""
        return (self.order[0], OPTION, *self.order[1:])

    def matching(self, found: Widened) -> Matching:
        """Say by what an outcome is shown."""
        left_out = tuple((self.criterion(name), why) for name, why in found.left_out.items())
        return Matching(tuple(self.criterion(name) for name in found.levels), left_out)

    def criterion(self, name: str) -> Criterion:
        words = next(each.words for each in self.criteria.matched if each.name == name)
        known = self.levels.get(name)
        return Criterion(name, known.words if known else words, known is not None)


def definitions_for(case: Case, library: Library) -> tuple[Definition, ...]:
    """Return the definitions that are shown of patients like one by default; none where child or adult is not known."""
    known = read_definitions(library.sources)
    asked = _asked(read_criteria(library, known), case)
    return tuple(known[name] for name in _listed(asked))


def alike(
    cut: Cut,
    case: Case,
    definitions: Sequence[Definition],
    library: Library,
    fewest: int | None = None,
    enough: int | None = None,
) -> Alike:
    """Say what came of the patients of a cut who are like one, after each option; `enough` are wanted, by policy otherwise."""
    enough = round(policy_number(library, "enough_alike", ENOUGH)) if enough is None else enough
    asked = _asked(read_criteria(library, read_definitions(library.sources)), case)
    fewest = allowed(cut, fewest)
    empty = _empty(cut, asked, library, fewest, enough)
    if FIRST not in asked.levels:
        return empty._replace(too_few="It is not known whether this patient is a child or an adult. Children and adults are "
                              "never joined, so nothing is shown; add the age.")  # fmt: skip
    people = _first_episodes(cut)
    definitions = tuple(definitions) or definitions_for(case, library)
    rows = parted(_states(people, ()), asked.traits, fewest)
    steps = _steps(rows, asked, enough)
    if untold := asked.criteria.untold_of(case):
        return empty._replace(steps=steps, too_few=f"Nobody is known to be like this patient: of {untold.words}, which the case "
                              f"has, a cut tells nothing. {untold.why} No figure is given.")  # fmt: skip
    if (steps[-1].patients or 0) < enough:
        return empty._replace(steps=steps, too_few=_too_few(steps[-1], asked, enough))
    told = _followed(cut, rows, definitions, asked, library, fewest)
    return _with_outcomes(empty._replace(steps=steps), definitions, told, asked)


def _with_outcomes(found: Alike, definitions: Sequence[Definition], told: Mapping[str, Told], asked: _Asked) -> Alike:
    """Show each outcome as narrowly as it may be; or say that none can be told."""
    levels = {name: asked.levels[name].name for name in asked.order if name in asked.levels}
    by = {
        each.name: widened(told[each.name], levels, asked.held, found.enough)
        for each in definitions
        if each.name in told
    }
    outcomes = tuple((each, _figures(each, told, by, found.fewest)) for each in definitions)
    if not _tellable(outcomes):
        return found._replace(too_few=_none_told(found.steps[-1], asked))
    matched = {each.name: asked.matching(by[each.name]) for each, figures in outcomes if figures}
    return found._replace(outcomes=outcomes, matched=matched)


def _tellable(outcomes: Sequence[tuple[Definition, tuple[Shown, ...]]]) -> int:
    """Count the figures that may be shown and are of somebody."""
    return sum(not each.withheld and each.figure.patients > 0 for _, figures in outcomes for each in figures)


def _asked(criteria: Criteria, case: Case) -> _Asked:
    levels = {each.name: level for each in criteria.matched if (level := each.level_of(case)) is not None}
    return _Asked(criteria, levels)


def _listed(asked: _Asked) -> tuple[str, ...]:
    population = asked.levels.get(FIRST)
    return tuple(asked.criteria.shown.get(population.name, {})) if population else ()


def _empty(cut: Cut, asked: _Asked, library: Library, fewest: int, enough: int) -> Alike:
    population = asked.levels.get(FIRST)
    return Alike(
        label=cut.manifest.warning,
        content=cut.manifest.content,
        registry=cut.manifest.registry,
        population_words=population.words if population else "",
        steps=(),
        unknown=tuple(asked.criterion(name) for name in asked.order if name not in asked.levels),
        outcomes=(),
        too_few="",
        fewest=fewest,
        enough=enough,
        about=asked.criteria.about,
        why_dropped={each.name: each.why for each in asked.criteria.matched},
        why_shown=asked.criteria.shown.get(population.name, {}) if population else {},
        option_words={name: option.words for name, option in library.options.items()},
    )


def _first_episodes(cut: Cut) -> "polars.DataFrame":
    """Return the traits of each patient's first episode whose first treatment is known: people are counted, once each."""
    import polars

    days = cut.table("episode").select("episode", "day").collect()
    ordered = traits_of(cut).join(days, on="episode", how="left").sort("patient", "day", "episode", nulls_last=True)
    return ordered.unique("patient", keep="first", maintain_order=True).filter(polars.col("option").is_not_null())


def _states(people: "polars.DataFrame", followed: Sequence[Followed]) -> "polars.DataFrame":
    """Return the people with their states by definitions that are shown together: of each alone, and of all where all can be told.

    Of whom nothing is on record is a state too: an answer's people, less those whom it counts, are they. Where there are no
    definitions, everybody is there.
    """
    import polars

    if not followed:
        return people.with_columns(state=polars.lit("there"))
    names = [each.definition.name for each in followed]
    found = people
    for name, each in zip(names, followed, strict=True):
        found = found.join(_state(each).rename({"one": name}), on="episode", how="left", maintain_order="left")
    alone = [polars.lit(f"{name}=") + polars.col(name).fill_null("not on record") for name in names]
    together = polars.concat_str(names, separator="/")  # null where one of them cannot be told
    states = polars.concat_list(*alone, together).list.drop_nulls()
    return found.with_columns(state=states).drop(names)


def _state(followed: Followed) -> "polars.DataFrame":
    """Return the state of each episode: of several limbs the event of any. A death before it is not told (few.py), and no event."""
    import polars

    col, frame = polars.col, followed.frame
    one: polars.Expr
    if "event" in frame.columns:
        one = polars.when((col("event") == EVENT).any()).then(polars.lit("event")).otherwise(polars.lit("none"))
    elif "before" in frame.columns:
        one = polars.lit("told")
    else:
        one = polars.when(col("value").any()).then(polars.lit("yes")).otherwise(polars.lit("no"))
    return frame.group_by("episode").agg(one=one)


def _followed(
    cut: Cut,
    rows: "polars.DataFrame",
    definitions: Sequence[Definition],
    asked: _Asked,
    library: Library,
    fewest: int,
) -> dict[str, Told]:
    """Follow each definition that may be shown, and part its people by what is listed of its family, asked for now or not."""
    if fewest == 1:
        return {each.name: Told(follow(cut, each), rows, {}) for each in definitions}
    known, listed = read_definitions(library.sources), _listed(asked)
    found: dict[str, Told] = {}
    for family in {each.family for each in definitions if each.name in listed and known[each.name] == each}:
        together: list[Followed] = []
        groups = rows
        for name in listed:
            if known[name].family == family:
                together.append(follow(cut, known[name]))
                groups = parted(_states(groups.drop("state"), together), asked.traits, fewest)
                found[name] = Told(together[-1], groups, _by_month(together, groups, asked, fewest))
    return {each.name: found[each.name] for each in definitions if each.name in found and known[each.name] == each}


def _by_month(
    together: Sequence[Followed], rows: "polars.DataFrame", asked: _Asked, fewest: int
) -> "Mapping[float, polars.DataFrame]":
    """Part the people at each month; of two times of a family by the first alone, for no month of one is set against the other's."""
    *before, followed = together
    if not followed.definition.is_time or any(each.definition.is_time for each in before):
        return {}
    return parted_by_month(followed, rows, asked.traits, fewest)


def _steps(rows: "polars.DataFrame", asked: _Asked, enough: int) -> tuple[Step, ...]:
    """Widen until enough match: the criterion that counts least is dropped, what is held never."""
    names = [name for name in asked.order if name in asked.levels]
    steps: list[Step] = []
    dropped = ""
    while True:
        steps.append(_step(rows, asked, {name: asked.levels[name].name for name in names}, dropped))
        may_go = [name for name in names if name not in asked.held]
        if (steps[-1].patients or 0) >= enough or not may_go:
            return tuple(steps)
        names.remove(may_go[-1])
        dropped = asked.criterion(may_go[-1]).words


def _step(rows: "polars.DataFrame", asked: _Asked, levels: Mapping[str, str], dropped: str) -> Step:
    criteria = tuple(asked.criterion(name) for name in levels)
    by = "; ".join(each.words for each in criteria)
    every = told_of(rows, levels)
    if every is not None:
        return Step(criteria, dropped, every.height, f"{by}: {every.height} patients")
    counts = [told_of(rows, {"option": option, **levels}) for option in sorted(rows["option"].unique())]
    told = [each.height for each in counts if each is not None]
    hidden = len(counts) - len(told)
    if not sum(told):
        return Step(criteria, dropped, None, f"{by}: how many is {WITHHELD}")
    beside = f", not counting {hidden} of {len(counts)} options, which are {WITHHELD}"
    return Step(criteria, dropped, sum(told), f"{by}: {sum(told)} patients{beside}")


def _too_few(step: Step, asked: _Asked, enough: int) -> str:
    if step.patients == 0 and len(asked.held) > 1:
        return f"This registry has nobody like this patient: {_held(asked)}. No figure is given{_why_held(asked)}."
    found = f"how many is {WITHHELD}," if step.patients is None else f"{step.patients} match,"
    return f"Too few to say: even by {_held(asked)} alone {found} and {enough} are wanted{_why_held(asked)}."


def _none_told(step: Step, asked: _Asked) -> str:
    return (
        f"Too few to say: {step.patients} match, but of none of these outcomes enough had it and had it not, even by "
        f"{_held(asked)} alone{_why_held(asked)}."
    )


def _held(asked: _Asked) -> str:
    """Say by what the case is matched in any event: the population, and what is compared with its like alone."""
    if len(asked.held) == 1:
        return "the population"
    return "; ".join(asked.levels[name].words for name in asked.held)


def _why_held(asked: _Asked) -> str:
    said = [asked.levels[name].alone for name in asked.held if asked.levels[name].alone]
    return f", for {', and '.join(said)}" if said else ""


def _figures(
    definition: Definition, told: Mapping[str, Told], by: Mapping[str, Widened], fewest: int
) -> tuple[Shown, ...]:
    """Estimate an outcome for each option among those matched; one that may not be told is withheld, and all are told together."""
    if definition.name not in told or told[definition.name].followed.definition != definition:
        return ()  # nor is what a site itself calls by a listed name
    this, levels = told[definition.name], by[definition.name].levels
    found = {each: told_group(this, each, levels) for each in sorted(this.rows["option"].unique())}
    if any(rows is None for rows in found.values()) and (every := told_group(this, ALL, levels)) is not None:
        found = {ALL: every, **found}
    figures = [_figure(this, group, levels, rows, fewest) for group, rows in found.items() if rows is not None]
    nobody = this.followed.frame.head(0)
    empty = estimated(Followed(this.followed.definition, nobody, {}))[0]
    withheld = [
        Shown(empty._replace(group=group), _withheld_words(fewest)) for group, rows in found.items() if rows is None
    ]
    counted = shown([each for each in figures if each.units], fewest)
    nobody_counted = [Shown(each, "") for each in figures if not each.units]
    return tuple(sorted([*counted, *nobody_counted, *withheld], key=lambda each: each.figure.group))


def _figure(told: Told, group: str, levels: Mapping[str, str], rows: "polars.DataFrame", fewest: int) -> Estimated:
    followed = told.followed
    frame = followed.frame.join(rows, on="episode", how="semi", maintain_order="left")
    found = estimated(Followed(followed.definition, frame, {}), runs=RUNS)[0]._replace(group=group)
    if fewest == 1:
        return found
    for place, each in enumerate(found.points):
        if not is_told_at(told, each.month, group, levels):
            found = without_point(found, place, _point_words(fewest))
    return found._replace(deaths=None)


def _point_words(fewest: int) -> str:
    return f"not shown: fewer than {fewest} people at risk, lost or with the event, among these or beside them"


def _withheld_words(fewest: int) -> str:
    return f"{WITHHELD}: fewer than {fewest} had it, had it not, or have no record of it, among these or beside them"
