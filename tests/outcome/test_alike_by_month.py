"""Of random cuts, all pairs of answers: they never differ by 1 to 4 who are counted or not, at risk, lost or with the event."""

import io
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path

import polars
import pytest

from patency.case import Case
from patency.casefile import read_case
from patency.cut import Cut
from patency.document import read_bytes, read_document
from patency.outcome.alike import Alike, alike
from patency.outcome.estimated import ALL, MONTHS, Estimated
from patency.outcome.follow import EVENT, Followed, follow
from patency.outcome.parted import GROUP, parted
from patency.outcome.parted_by_month import parted_by_month
from patency.outcome.read_criteria import read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.outcome.traits import traits_of
from patency.outcome.widened import Told, is_told_at, told_group
from patency.vocabulary import DAYS_A_MONTH
from registry.made import library

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
DEFINITIONS = read_definitions(library().sources)
LEVELS = {"population": ("x", "y"), "option": ("o", "p", "q"), "b": ("x", "y", "z"), "c": ("x", "y")}
FEWEST, DRAWS = 5, 25

# Of one answer: who is counted, of whom nothing is on record, and at each month that is told who is at risk, left, or had the event.
Answer = Mapping[str, frozenset[str]]


def few_between(answers: Sequence[Answer]) -> list[object]:
    """Say of what two answers differ by, or share, 1 to 4 people; an answer alone is set against none."""
    found: list[object] = []
    nobody: Answer = {name: frozenset() for each in answers for name in each}
    for one, other in combinations([*answers, nobody], 2):
        for name in one.keys() & other.keys():
            parts = (one[name] - other[name], other[name] - one[name], one[name] & other[name])
            found += [(name, len(part)) for part in parts if 0 < len(part) < FEWEST]
    return found


def answer_of(rows: polars.DataFrame, frame: polars.DataFrame, months: Sequence[float]) -> Answer:
    """Return who is counted of the people of an answer, and who is not; and at some months, between and after them, who had it."""
    told = {"n": people(frame), "not on record": people(rows) - people(frame)}
    time, had = polars.col("time"), polars.col("event") == EVENT
    for month in months:
        day = month * DAYS_A_MONTH
        told[f"at risk at {month}"] = people(frame.filter(time >= day))
        told[f"events by {month}"] = people(frame.filter(had & (time <= day)))
        told[f"events after {month}"] = people(frame.filter(had & (time > day)))
        told[f"censored by {month}"] = people(frame.filter(~had & (time < day)))
    for first, last in combinations(sorted(months), 2):
        is_between = (time > first * DAYS_A_MONTH) & (time <= last * DAYS_A_MONTH)
        told[f"events from {first} to {last}"] = people(frame.filter(had & is_between))
    return told


def people(frame: polars.DataFrame) -> frozenset[str]:
    return frozenset(frame["patient"])


def drawn(chance: random.Random, name: str) -> tuple[Followed, polars.DataFrame]:
    """Draw people with traits, some with two limbs, of whom some have no record, and when they left and by what."""
    rows, limbs = [], []
    many, common, longest = chance.randint(20, 300), chance.random(), chance.choice((400, 1200, 2500))
    for at in range(many):
        who = f"{at:03}"
        traits = {trait: chance.choice([*levels, levels[0], None]) for trait, levels in LEVELS.items()}
        rows.append({"patient": who, "episode": who, **traits, "option": traits["option"] or "o"})
        for limb in range(chance.choice((0, 1, 1, 1, 2))):
            time, event = chance.randint(1, longest), EVENT if chance.random() < common else 0
            limbs.append({"unit": f"{who}-{limb}", "patient": who, "episode": who, "time": time, "event": event})
    text = polars.String
    frame = polars.DataFrame(
        limbs, schema={"unit": text, "patient": text, "episode": text, "time": polars.Int32, "event": polars.Int32}
    )
    followed = Followed(DEFINITIONS[name], frame.with_columns(seen="time", after="time", site=polars.lit("s")), {})
    return followed, polars.DataFrame(rows, schema={"patient": text, "episode": text, **dict.fromkeys(LEVELS, text)})


def told_of_draw(followed: Followed, people_drawn: polars.DataFrame) -> Told:
    had = followed.frame.group_by("episode").agg(had=(polars.col("event") == EVENT).any())
    words = polars.when("had").then(polars.lit("event")).otherwise(polars.lit("none"))
    states = had.select("episode", state=polars.concat_list(words))
    rows = people_drawn.join(states, on="episode", how="left", maintain_order="left")
    rows = parted(rows.with_columns(state=polars.col("state").fill_null(["not on record"])), tuple(LEVELS), FEWEST)
    return Told(followed, rows, parted_by_month(followed, rows, tuple(LEVELS), FEWEST))


def every_question() -> Iterator[dict[str, str]]:
    """Yield every question that a case could ask: the population, and each other trait at each of its levels or left out."""
    first, *others = LEVELS
    for chosen in product(LEVELS[first], *([None, *LEVELS[name]] for name in others)):
        yield {name: level for name, level in zip(LEVELS, chosen, strict=True) if level is not None}


def test_of_random_cuts_no_two_answers_differ_by_few_at_a_month() -> None:
    """Whatever is asked: of who is counted or not on record, at risk, censored, with the event by, between and after told months."""
    chance = random.Random("months")
    months_told = narrow = 0
    for _ in range(DRAWS):
        told = told_of_draw(*drawn(chance, "patency-primary"))
        answers: dict[object, Answer] = {}
        for asked in every_question():
            levels = {name: level for name, level in asked.items() if name != "option"}
            group = asked.get("option", ALL)
            rows = told_group(told, group, levels)
            if rows is None:
                continue
            months = [month for month in MONTHS if is_told_at(told, month, group, levels)]
            frame = told.followed.frame.join(rows, on="episode", how="semi")
            answers[people(rows), *months] = answer_of(rows, frame, months)
            months_told += len(months)
            narrow += len(months) * (len(asked) > 1)
        assert few_between(list(answers.values())) == []
    assert months_told > 10 * DRAWS  # so that it could fail
    assert narrow > DRAWS


def test_by_the_groups_of_an_outcome_alone_months_would_tell_of_few() -> None:
    """The same draws, told at every month of which enough are at risk in each group, as it once was: then few are found."""
    chance = random.Random("months")
    found: list[object] = []
    for _ in range(5):
        told = told_of_draw(*drawn(chance, "patency-primary"))
        answers = []
        for asked in every_question():
            rows = told_group(told, asked.get("option", ALL), {k: v for k, v in asked.items() if k != "option"})
            if rows is not None:
                frame = told.followed.frame.join(rows.select("episode", GROUP), on="episode")
                answers.append(answer_of(rows, frame, [month for month in MONTHS if is_followed(frame, month)]))
        found += few_between(answers)
    assert found


def is_followed(frame: polars.DataFrame, month: float) -> bool:
    left = frame.filter(polars.col("time") >= month * DAYS_A_MONTH)
    return bool((left.group_by(GROUP).agg(polars.col("patient").n_unique())["patient"] >= FEWEST).all())


# Of a registry, from the command's own answer.


def some_of(cut: Cut, chance: random.Random) -> Cut:
    """Return a cut of some of its patients, drawn."""
    patients = sorted(cut.table("patient").collect()["patient"])
    kept = chance.sample(patients, chance.randint(len(patients) // 2, len(patients)))
    files = {}
    for name in cut.manifest.tables:
        table = cut.table(name).collect()
        if "patient" in table.columns:
            table = table.filter(polars.col("patient").is_in(kept))
        file = io.BytesIO()
        table.write_parquet(file)
        files[name] = file.getvalue()
    return cut._replace(kept=files)


def case_in(path: Path) -> Case:
    document = read_document(read_bytes(path), path.name)
    case, faults = read_case(document, library().lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert faults == []
    return case


def matched(cut: Cut, found: Alike, levels: Mapping[str, str], figure: Estimated) -> polars.DataFrame:
    """Return the people of whom a figure of an answer is, by the traits that it names."""
    rows = traits_of(cut).filter(polars.col("option").is_not_null())
    names = {each.name for each in found.matched[figure.definition.name].criteria}
    asked = {name: level for name, level in levels.items() if name in names} | (
        {"option": figure.group} if figure.group else {}
    )
    for name, level in asked.items():
        rows = rows.filter(polars.col(name) == level)
    return rows


@pytest.mark.parametrize("seed", ["one", "two"])
def test_of_some_of_the_demo_no_two_answers_differ_by_few_at_a_month(demo: Cut, seed: str) -> None:
    """All pairs of what `alike` answers to the examples, of patients drawn from a registry, each counted anew by hand."""
    cut, told = some_of(demo, random.Random(seed)), 0
    names, criteria = (
        ("patency-primary", "recurrent-thrombosis", "death"),
        read_criteria(library(), DEFINITIONS).matched,
    )
    answers: dict[str, list[Answer]] = {name: [] for name in names}
    for path in EXAMPLES:
        case = case_in(path)
        levels = {each.name: level.name for each in criteria if (level := each.level_of(case))}
        found = alike(cut, case, [DEFINITIONS[name] for name in names], library(), fewest=FEWEST)
        for definition, figures in found.outcomes:
            for each in figures:
                if each.withheld or not each.figure.units:
                    continue
                rows = matched(cut, found, levels, each.figure)
                frame = follow(cut, definition).frame.join(rows, on="episode", how="semi")
                assert frame.height == each.figure.units
                months = [point.month for point in each.figure.points if point.value is not None]
                answers[definition.name].append(answer_of(rows, frame, months))
                told += len(months)
    for each_of in answers.values():
        assert few_between(each_of) == []
    assert told > 10
