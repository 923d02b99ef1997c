"""What may leave of few people: nothing small is shown, and nothing small can be worked out from what is."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import numpy
import polars
import pytest

from patency.cut import Cut
from patency.fault import Refused
from patency.outcome.definition import Definition
from patency.outcome.estimated import ALL, MONTHS, Estimated, estimated
from patency.outcome.few import Shown, fewest_of, people, shown
from patency.outcome.few_cells import hidden, told
from patency.outcome.follow import Followed, follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.report import estimate
from patency.outcome.traits import traits_of
from patency.vocabulary import DAYS_A_MONTH
from registry.made import library

DEFINITIONS: Mapping[str, Definition] = read_definitions(library().sources)
FEWEST = 5
DRAWS = 150


def drawn(chance: random.Random, name: str) -> tuple[Followed, polars.DataFrame]:
    """Deal limbs or episodes to groups, some of them small, some with few events."""
    groups = [f"g{at}" for at in range(chance.randint(2, 6))]
    weights = [chance.choice([1, 2, 5, 20]) for _ in groups]
    risks = {group: chance.choice([0.0, 0.03, 0.2, 0.5, 1.0]) for group in groups}
    rows = []
    for patient in range(chance.choice([4, 20, 60, 200])):
        group = chance.choices([*groups, None], [*weights, 1])[0]
        for limb in range(chance.choice([1, 1, 1, 2])):
            time = chance.randint(1, 800)
            event = 1 if chance.random() < risks.get(group or "", 0.1) else chance.choice([0, 0, 0, 0, 2])
            rows.append((f"{patient}-{limb}", str(patient), str(patient), "a", group, time, event, bool(event == 1)))
    frame = polars.DataFrame(
        rows, ("unit", "episode", "patient", "site", "group", "time", "event", "value"), orient="row"
    ).with_columns(after=polars.col("time"), seen=polars.col("time"))
    counts = {"limbs": frame.height}
    return Followed(DEFINITIONS[name], frame.drop("group"), counts), frame.select("episode", "group").unique()


def cells(figure: Estimated) -> dict[str, int]:
    """Every count of a figure, in its own words."""
    found = {"units": figure.units, "patients": figure.patients}
    if figure.events is not None:
        found |= {"events": figure.events, "without": figure.units - figure.events}
    if figure.deaths is not None:
        found |= {"deaths": figure.deaths}
    return found


def small_ones_that_follow(true: Sequence[Estimated], leaving: Sequence[Shown]) -> Iterator[str]:
    """Solve for all that is withheld of each count, everybody being the groups and those of no group."""
    everybody, *groups = true
    told_of = {each.figure.group: {} if each.withheld else cells(each.figure) for each in leaving}
    for cell, total in cells(everybody).items():
        out = [cells(group)[cell] for group in groups if cell not in told_of[group.group]]
        if cell not in told_of[ALL] or not out:
            continue
        left = total - sum(told_of[group.group].get(cell, 0) for group in groups)
        assert left >= sum(out)
        if 0 < left < FEWEST and (everybody.most == 1 or left * 2 < FEWEST):
            yield f"{cell}: {left}"


@pytest.mark.parametrize("name", ["recurrent-thrombosis", "patency-primary", "pts-attract", "death"])
def test_nothing_small_is_shown_or_follows_from_what_is(name: str) -> None:
    """Of many draws, no figure that leaves has a cell of 1 to 4 people, and none is what the others leave of everybody."""
    chance = random.Random(f"few {name}")
    withheld = left = 0
    for _ in range(DRAWS):
        followed, groups = drawn(chance, name)
        true = estimated(followed, groups)
        leaving = shown(true, FEWEST)
        for each in leaving:
            withheld += bool(each.withheld)
            left += not each.withheld
            if each.withheld:
                assert not any(people(each.figure))
            else:
                assert not any(0 < count < FEWEST for count in people(each.figure))
        assert list(small_ones_that_follow(true, leaving)) == []
    assert withheld > DRAWS / 10
    assert left > DRAWS / 10


def test_points_of_few_people_are_withheld_and_cannot_be_worked_out() -> None:
    """No point has fewer than 5 at risk, alone or as what the other groups leave; 0 or 5 have the event between two."""
    chance = random.Random("points")
    points = 0
    for _ in range(DRAWS):
        followed, groups = drawn(chance, "recurrent-thrombosis")
        true = {each.group: each for each in estimated(followed, groups)}
        leaving = [each for each in shown(tuple(true.values()), FEWEST) if not each.withheld]
        by_unit = followed.frame.join(groups, on="episode", how="left")
        for each in leaving:
            figure = each.figure
            assert figure.curve is None
            last = max((point.month for point in figure.points if point.value is not None), default=None)
            assert figure.reach == (None if last is None else last * DAYS_A_MONTH)
            rows = by_unit if figure.group == ALL else by_unit.filter(polars.col("group") == figure.group)
            days = rows.filter(polars.col("event") == 1)["time"].to_list()
            told_of = [point for point in figure.points if point.value is not None]
            ends = [0.0, *(point.month * DAYS_A_MONTH for point in told_of), float("inf")]
            for first, last in pairwise(ends) if told_of else ():
                had = sum(first < day <= last for day in days)
                assert had == 0 or had >= FEWEST
            for point in told_of:
                points += 1
                assert point.at_risk is not None
                assert point.at_risk >= FEWEST
        for place in range(len(true[ALL].points)):
            risks = {each.figure.group: each.figure.points[place].at_risk for each in leaving}
            if risks.get(ALL) is not None and len(risks) < len(true):
                rest = (risks[ALL] or 0) - sum(risk or 0 for group, risk in risks.items() if group != ALL)
                assert rest == 0 or rest * true[ALL].most >= FEWEST or len([r for r in risks.values() if r]) == 1
    assert points > DRAWS


def test_no_point_that_is_withheld_follows_from_everybody_and_the_other_groups() -> None:
    """Whoever subtracts the groups told at two months from everybody never finds 1 to 4 with the event between them."""
    chance = random.Random("rest")
    found = 0
    for _ in range(DRAWS):
        followed, groups = drawn(chance, "recurrent-thrombosis")
        leaving = {
            each.figure.group: each.figure for each in shown(estimated(followed, groups), FEWEST) if not each.withheld
        }
        rows = followed.frame.join(groups, on="episode", how="left").filter(polars.col("event") == 1)
        if ALL not in leaving:
            continue
        again = rows.height - rows["patient"].n_unique()
        ends = [
            (0.0, None),
            *(
                (point.month * DAYS_A_MONTH, at)
                for at, point in enumerate(leaving[ALL].points)
                if point.value is not None
            ),
        ]
        for (first, one), (last, two) in combinations([*ends, (float("inf"), None)], 2):
            if one is None and two is None:
                continue
            both = [group for group, each in leaving.items() if group != ALL
                    and all(at is None or each.points[at].value is not None for at in (one, two))]  # fmt: skip
            among = rows.filter((polars.col("time") > first) & (polars.col("time") <= last))
            rest = among.height - among.filter(polars.col("group").is_in(both)).height
            assert rest == 0 or rest * 2 >= FEWEST or rest - again >= FEWEST or not both
            assert again or rest == 0 or rest >= FEWEST or not both
            found += bool(both)
    assert found > DRAWS


def test_a_mean_is_told_where_the_curve_is_told_at_its_end(demo: Cut) -> None:
    """The area under a curve up to a month whose point is withheld would tell of its steps; within other months nobody may ask."""
    lived = demo._replace(manifest=demo.manifest._replace(label=""))
    told_of = withheld = 0
    for until in MONTHS:
        found = estimate(lived, DEFINITIONS["patency-primary"], library(), "option", until=until)
        for each in found.outcomes[0].figures:
            if each.withheld or each.figure.restricted is None:
                continue
            point = next(point for point in each.figure.points if point.month == until)
            assert (each.figure.restricted.value is None) == (point.value is None)
            told_of += point.value is not None
            withheld += point.value is None
    assert told_of
    assert withheld
    with pytest.raises(Refused, match="--mean"):
        estimate(lived, DEFINITIONS["patency-primary"], library(), until=3.03)
    assert estimate(demo, DEFINITIONS["patency-primary"], library(), until=3.03)


def follows(lines: Sequence[Sequence[int]], out: frozenset[int]) -> set[int]:
    """Which withheld cells follow from what is shown, by the null space of the lines: another way than the module's."""
    unknown = sorted(out)
    matrix = numpy.array(
        [[(-1.0 if place == line[0] else 1.0) if place in line else 0.0 for place in unknown] for line in lines]
    )
    if not unknown:
        return set()
    _, values, vectors = numpy.linalg.svd(matrix)
    free = vectors[int((values > 1e-9).sum()) :]
    return {place for at, place in enumerate(unknown) if not (abs(free[:, at]) > 1e-9).any()}


def test_a_table_with_totals_gives_no_small_cell_back() -> None:
    """Of random tables of levels by groups with both totals, no withheld small cell is determined, alone or in a sum."""
    chance = random.Random("tables")
    for _ in range(DRAWS):
        high, wide = chance.randint(2, 6), chance.randint(2, 5)
        body = [[chance.choice([0, 1, 2, 4, 6, 9, 30]) for _ in range(wide)] for _ in range(high)]
        table = [[sum(row), *row] for row in body]
        table.append([sum(column) for column in zip(*table, strict=True)])
        count = [value for row in table for value in row]
        step = wide + 1
        lines = [[row * step + at for at in range(step)] for row in range(high + 1)]
        lines += [[high * step + at, *(row * step + at for row in range(high))] for at in range(step)]
        out = hidden(count, lines, FEWEST)
        assert all(place in out for place, value in enumerate(count) if 0 < value < FEWEST)
        assert not {place for place in follows(lines, out) if 0 < count[place] < FEWEST}
        for total, *parts in lines:
            gone = sum(count[place] for place in parts if place in out)
            assert total in out or gone == 0 or gone >= FEWEST


def test_counts_in_words_do_not_give_a_small_one_back() -> None:
    """Of 40 limbs 2 had no scan and 30 are counted: a second count is withheld, or the total."""
    counts = {"limbs": 40, "limbs without a scan": 2, "limbs without a procedure": 8, "counted": 30}
    kept = told(counts, FEWEST, "limbs", ("limbs without a scan", "limbs without a procedure", "counted"))
    assert kept == {"limbs": 40, "limbs without a scan": None, "limbs without a procedure": None, "counted": 30}
    assert told({"limbs": 32, "without": 2, "counted": 30}, FEWEST, "limbs", ("without", "counted"))["counted"] is None
    printed = told({"limbs": 32, "without": 2, "counted": 30}, FEWEST, "limbs", ("without", "counted"), ["counted"])
    assert printed == {"limbs": None, "without": None, "counted": 30}, (
        "what a figure prints is told, and its total is not"
    )


def test_a_cut_of_nobody_who_lived_is_shown_whole(cohort: Cut, demo: Cut) -> None:
    """No patient can be known again in what was reconstructed or made up; where patients lived, 5 is the fewest."""
    assert (fewest_of(cohort), fewest_of(demo)) == (1, 1)
    assert fewest_of(demo._replace(manifest=demo.manifest._replace(label=""))) == FEWEST
    figures = estimated(follow(cohort, DEFINITIONS["severe-complication-on-record"]))
    assert shown(figures, 1) == tuple(Shown(figure, "") for figure in figures)


def test_none_of_many_is_shown_and_one_of_many_is_not(demo: Cut) -> None:
    """That nobody was harmed is what is looked for; a count of 1 to 4 is withheld with its share."""
    groups = traits_of(demo).select("episode", group="option")
    for name in ("severe-complication", "death-30-days", "recurrent-thrombosis", "procedure-minutes"):
        for true, each in zip(
            found := estimated(follow(demo, DEFINITIONS[name]), groups), shown(found, FEWEST), strict=True
        ):
            if any(0 < count < FEWEST for count in people(true)):
                assert each.withheld
            elif each.withheld:
                assert not any(people(each.figure))
            assert not each.figure.counts
            if each.figure.followed is not None:
                assert each.figure.followed / DAYS_A_MONTH == pytest.approx(round(each.figure.followed / DAYS_A_MONTH))
            if each.figure.summary is not None:
                assert each.figure.summary.least is None
