"""Patients like this one: what happened to those of a registry who match a case on what matters, after each option.

In: an open cut, a case, and definitions. Out: an Alike: by what was matched, step by step until enough matched, and for each
definition and option what came of them. Criteria are content (content/alike), coarse, and of the diagnosis; the one that
counts least is dropped first, and the population never. What the case does not say is not matched on, and that is said; a
patient of whom a trait is not known matches nobody on it. Of each patient the first episode of the cut counts.

What is shown of few: an option's patients are told apart only as parted.py allows, by the outcomes that are shown too,
so that neither two steps nor two answers, to whatever cases, differ by fewer than `fewest`. A step counts the patients of
those options of which it may tell. It is widened on until half of the figures that the population alone allows can be told.
Where real patients are in a cut, only the definitions that content lists are shown, for two of one family may differ by one
person; those that are listed together are looked at together.

These are outcomes after an option, not because of it: nothing here weighs who was given what (that is compared elsewhere).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.case import Case
from patency.cut.opened import Cut
from patency.guideline.model import Library
from patency.outcome.asked import allowed
from patency.outcome.definition import Definition
from patency.outcome.estimated import RUNS, Estimated, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import DEATH, EVENT, Followed, follow
from patency.outcome.parted import parted, told_of
from patency.outcome.read_criteria import FIRST, Criteria, Level, read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of

if TYPE_CHECKING:
    import polars

# With fewer patients the interval of a share may be wider than 34 percentage points (15 of 30 is 33% to 67% by Wilson):
# Patency's own choice of what is worth showing, and no statement that 30 are enough to choose by.
ENOUGH = 30
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


class Alike(NamedTuple):
    """What came of registry patients like one: steps, and for each definition the figure of each option at the last step."""

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


class _Told(NamedTuple):
    """What a definition finds, and the people with the depth to which they are parted by it and its family."""

    followed: Followed
    rows: "polars.DataFrame"


class _Asked(NamedTuple):
    """A case as it is matched: its levels by criterion, in their order."""

    criteria: Criteria
    levels: Mapping[str, Level]

    @property
    def order(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.criteria.matched)

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
    enough: int = ENOUGH,
) -> Alike:
    """Say what came of the patients of a cut who are like one, after each option."""
    asked = _asked(read_criteria(library, read_definitions(library.sources)), case)
    fewest = allowed(cut, fewest)
    empty = _empty(cut, asked, library, fewest, enough)
    if FIRST not in asked.levels:
        return empty._replace(too_few="It is not known whether this patient is a child or an adult. Children and adults are "
                              "never joined, so nothing is shown; add the age.")  # fmt: skip
    people = _first_episodes(cut)
    definitions = tuple(definitions) or definitions_for(case, library)
    told = _followed(cut, people, definitions, asked, library, fewest)
    rows = parted(_states(people, ()), asked.order, fewest)
    widest = _outcomes(definitions, told, asked.order, {FIRST: asked.levels[FIRST].name}, fewest)
    wanted = 1 if fewest == 1 else max(1, (_tellable(widest) + 1) // 2)
    steps: list[Step] = []
    for levels, dropped in _widening(asked):
        steps.append(_step(rows, asked, levels, dropped))
        if (steps[-1].patients or 0) < enough:
            continue
        outcomes = _outcomes(definitions, told, asked.order, levels, fewest)
        if _tellable(outcomes) >= wanted:
            return empty._replace(steps=tuple(steps), outcomes=outcomes)
    return empty._replace(steps=tuple(steps), too_few=_too_few(steps[-1], enough))


def _outcomes(
    definitions: Sequence[Definition],
    told: "Mapping[str, _Told]",
    order: Sequence[str],
    levels: Mapping[str, str],
    fewest: int,
) -> tuple[tuple[Definition, tuple[Shown, ...]], ...]:
    return tuple((each, _figures(each, told, order, levels, fewest)) for each in definitions)


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

    Where there are no definitions, everybody is there.
    """
    import polars

    if not followed:
        return people.with_columns(state=polars.lit("there"))
    names = [each.definition.name for each in followed]
    found = people
    for name, each in zip(names, followed, strict=True):
        found = found.join(_state(each).rename({"one": name}), on="episode", how="left", maintain_order="left")
    alone = [polars.lit(f"{name}=") + polars.col(name) for name in names]
    together = polars.concat_str(names, separator="/")  # null where one of them cannot be told
    states = polars.concat_list(*alone, together).list.drop_nulls()
    return found.with_columns(state=states).drop(names)


def _state(followed: Followed) -> "polars.DataFrame":
    """Return the state of each episode: of several limbs the event of any, then a death."""
    import polars

    col, frame = polars.col, followed.frame
    one: polars.Expr
    if "event" in frame.columns:
        had = polars.when((col("event") == EVENT).any()).then(polars.lit("event"))
        one = had.when((col("event") == DEATH).any()).then(polars.lit("death")).otherwise(polars.lit("none"))
    elif "before" in frame.columns:
        one = polars.lit("told")
    else:
        one = polars.when(col("value").any()).then(polars.lit("yes")).otherwise(polars.lit("no"))
    return frame.group_by("episode").agg(one=one)


def _followed(
    cut: Cut,
    people: "polars.DataFrame",
    definitions: Sequence[Definition],
    asked: _Asked,
    library: Library,
    fewest: int,
) -> dict[str, _Told]:
    """Follow each definition that may be shown, and part its people by what is listed of its family, asked for now or not."""
    listed = _listed(asked)
    if fewest == 1:
        rows = parted(_states(people, ()), asked.order, fewest)
        return {each.name: _Told(follow(cut, each), rows) for each in definitions}
    known = read_definitions(library.sources)
    wanted = {each.family for each in definitions if each.name in listed and known[each.name] == each}
    followed = [follow(cut, known[name]) for name in listed if known[name].family in wanted]
    found: dict[str, _Told] = {}
    for family in wanted:
        together = [each for each in followed if each.definition.family == family]
        rows = parted(_states(people, together), asked.order, fewest)
        found |= {each.definition.name: _Told(each, rows) for each in together}
    return found


def _widening(asked: _Asked) -> Iterator[tuple[dict[str, str], str]]:
    """Yield what is matched on, step by step: the criterion that counts least is dropped, the population never."""
    names = [name for name in asked.order if name in asked.levels]
    dropped = ""
    while names:
        yield {name: asked.levels[name].name for name in names}, dropped
        dropped = asked.criterion(names.pop()).words


def _step(rows: "polars.DataFrame", asked: _Asked, levels: Mapping[str, str], dropped: str) -> Step:
    counts = [told_of(option, asked.order, levels) for option in rows.partition_by("option", maintain_order=True)]
    told = [each.height for each in counts if each is not None]
    criteria = tuple(asked.criterion(name) for name in levels)
    by = "; ".join(each.words for each in criteria)
    if not told:
        return Step(criteria, dropped, None, f"{by}: how many is not shown, for too few are in it or beside it")
    hidden = len(counts) - len(told)
    beside = f", not counting {hidden} of {len(counts)} options, in which too few are" if hidden else ""
    return Step(criteria, dropped, sum(told), f"{by}: {sum(told)} patients{beside}")


def _too_few(step: Step, enough: int) -> str:
    if (step.patients or 0) >= enough:
        return (
            f"Too few to say: {step.patients} match by the population alone, and of none of these outcomes enough had it and "
            "had it not."
        )
    found = "too few to count" if step.patients is None else f"{step.patients}"
    return f"Too few to say: even by the population alone {found} match, and {enough} are wanted."


def _figures(
    definition: Definition, told: Mapping[str, _Told], order: Sequence[str], levels: Mapping[str, str], fewest: int
) -> tuple[Shown, ...]:
    """Estimate an outcome for each option among those matched; one that may not be told is withheld."""
    if definition.name not in told or told[definition.name].followed.definition != definition:
        return ()  # nor is what a site itself calls by a listed name
    followed, rows = told[definition.name]
    found: list[tuple[Estimated, bool]] = []
    for each in rows.partition_by("option", maintain_order=True):
        matched = told_of(each, order, levels)
        episodes = each.head(0) if matched is None else matched
        frame = followed.frame.join(episodes, on="episode", how="semi", maintain_order="left")
        alone = estimated(Followed(followed.definition, frame, {}), runs=RUNS)[0]
        found.append((alone._replace(group=each["option"][0]), matched is not None))
    kept = shown([figure for figure, is_told in found if is_told], fewest)
    words = f"too few to say: parting these patients so finely would tell of fewer than {fewest} of them"
    every = [*kept, *(Shown(figure, words) for figure, is_told in found if not is_told)]
    return tuple(sorted(every, key=lambda each: each.figure.group))
