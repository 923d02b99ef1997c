"""Two definitions of one report: what they differ by is of nobody or of enough people, in every figure, sum and point."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import polars

from outcome.test_few import DEFINITIONS, FEWEST
from patency.cut import Cut
from patency.outcome.beside import Printed, beside_words, shown_beside
from patency.outcome.estimated import ALL, Estimated, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import Followed, follow, has_few_others
from patency.outcome.report import Reported, report
from patency.vocabulary import DAYS_A_MONTH
from registry.made import library

STRICT, LOOSE = DEFINITIONS["patency-primary"], DEFINITIONS["patency-assisted"]
DRAWS = 120


def nested(chance: random.Random) -> tuple[Followed, Followed, polars.DataFrame]:
    """Deal people to groups: who lost the stricter patency lost the looser one too, but for some, sometimes few."""
    rows, few = [], chance.choice([0.0, 0.05, 0.1, 0.5])
    groups = ["a", "b", "c"][: chance.randint(2, 3)]
    for person in range(chance.choice([60, 150, 300])):
        group = chance.choices([*groups, None], (20, 10, 5, 1)[-len(groups) - 1 :])[0]
        is_lost, time = chance.random() < 0.4, chance.randint(1, 800)
        later = is_lost and chance.random() < few
        for_loose = (time + chance.randint(1, 200), int(chance.random() < 0.5)) if later else (time, int(is_lost))
        rows.append((str(person), group, time, int(is_lost), *for_loose))
    frame = polars.DataFrame(rows, ("unit", "group", "time", "event", "time_2", "event_2"), orient="row").with_columns(
        episode=polars.col("unit"), patient=polars.col("unit"), site=polars.lit("a")
    )
    both = []
    for definition, day, had in ((STRICT, "time", "event"), (LOOSE, "time_2", "event_2")):
        one = frame.select("unit", "episode", "patient", "site", time=day, event=had)
        one = one.with_columns(after=polars.col("time"), seen=polars.col("time"))
        both.append(Followed(definition, one, {"limbs": one.height}))
    return both[0], both[1], frame.select("episode", "group")


def printed(figures: Sequence[Estimated], leaving: Sequence[Shown]) -> Printed:
    return Printed(
        figures[0].definition, {each.group: each for each in figures}, {each.figure.group: each for each in leaving}
    )


def told(leaving: Mapping[str, Shown]) -> dict[str, int]:
    return {group: each.figure.events or 0 for group, each in leaving.items() if not each.withheld}


def of_few(first: Mapping[str, int], second: Mapping[str, int]) -> Iterator[int]:
    """Yield differences of 1 to 4 between what two definitions tell of a group, or of those that some groups leave."""
    both = set(first) & set(second)
    groups = sorted(both - {ALL})
    found = [first[group] - second[group] for group in both]
    if ALL in both:
        found.append(first[ALL] - second[ALL] - sum(first[group] - second[group] for group in groups))
    yield from (each for each in found if 0 < abs(each) < FEWEST)


def test_nested_definitions_do_not_differ_by_few() -> None:
    """Of many draws, no group and no rest of the groups has 1 to 4 who met one of two definitions alone; some are withheld."""
    chance = random.Random("nested")
    withheld = left = would = 0
    for _ in range(DRAWS):
        strict, loose, groups = nested(chance)
        first, second = estimated(strict, groups), estimated(loose, groups)
        before = printed(first, shown(first, FEWEST))
        leaving = printed(second, shown_beside(second, [before], FEWEST))
        alone = printed(second, shown(second, FEWEST))
        would += bool(list(of_few(told(before.leaving), told(alone.leaving))))
        assert list(of_few(told(before.leaving), told(leaving.leaving))) == []
        withheld += sum(each.withheld == beside_words(FEWEST) for each in leaving.leaving.values())
        left += len(leaving.told)
    assert would > DRAWS / 10, "shown each by itself they would tell of few"
    assert withheld > DRAWS / 10
    assert left > DRAWS / 10


def test_points_of_nested_curves_do_not_differ_by_few() -> None:
    """At a month that both curves print, nobody or 5 and more had lost the one alone by then, or are at risk in one alone."""
    chance = random.Random("nested points")
    points = hidden = 0
    for _ in range(DRAWS):
        strict, loose, groups = nested(chance)
        first, second = estimated(strict, groups), estimated(loose, groups)
        before = printed(first, shown(first, FEWEST))
        for each in shown_beside(second, [before], FEWEST):
            other = before.leaving[each.figure.group].figure
            if each.withheld or before.leaving[each.figure.group].withheld:
                continue
            rows = loose.frame.join(groups, on="episode").join(strict.frame, on="unit", suffix="_1")
            rows = rows if each.figure.group == ALL else rows.filter(polars.col("group") == each.figure.group)
            for one, two in zip(other.points, each.figure.points, strict=True):
                hidden += two.why == beside_words(FEWEST)
                if one.at_risk is None or two.at_risk is None:
                    continue
                points += 1
                day = one.month * DAYS_A_MONTH
                by_then = [
                    rows.filter((polars.col(time) <= day) & (polars.col(event) == 1)).height
                    for time, event in (("time", "event"), ("time_1", "event_1"))
                ]
                assert not 0 < abs(by_then[0] - by_then[1]) < FEWEST
                assert not 0 < abs(one.at_risk - two.at_risk) < FEWEST
    assert points > DRAWS / 10
    assert hidden


def lived(cut: Cut) -> Cut:
    return cut._replace(manifest=cut.manifest._replace(label=""))


def near(found: Reported) -> Iterator[tuple[str, str, str]]:
    """Yield two definitions of the same people whose printed counts of a group differ by few."""
    for one, two in combinations(found.outcomes, 2):
        a, b = one.definition, two.definition
        if (a.family, a.unit, a.origin) != (b.family, b.unit, b.origin) or (a.among and b.among and a.among != b.among):
            continue
        second = {each.figure.group: each for each in two.figures}
        for each in one.figures:
            other = second.get(each.figure.group, Shown(each.figure, "none"))
            if each.withheld or other.withheld or each.figure.events is None or other.figure.events is None:
                continue
            units = each.figure.units - other.figure.units
            events = each.figure.events - other.figure.events
            if abs(units) < FEWEST and (0 < abs(events) < FEWEST or 0 < abs(units - events) < FEWEST):
                yield a.name, b.name, each.figure.group


def test_no_two_definitions_of_a_report_of_patients_who_lived_differ_by_few(demo: Cut) -> None:
    """Of all definitions by option and by extent; of nobody who lived they stand beside each other as they are."""
    for by in ("option", "extent"):
        found = report(lived(demo), list(DEFINITIONS.values()), library(), by)
        assert list(near(found)) == []
        assert any(each.withheld == beside_words(FEWEST) for one in found.outcomes for each in one.figures)
    assert list(near(report(demo, list(DEFINITIONS.values()), library())))


def test_a_definition_that_few_are_not_of_is_withheld(demo: Cut) -> None:
    """Of 3 children among adults, or 3 without a procedure, the denominators of the others would tell age or treatment."""
    whole = follow(demo, DEFINITIONS["severe-complication"])
    words = next(each for each in whole.counts if "without the index procedure" in each)
    few = whole._replace(counts={**whole.counts, words: 3})
    assert has_few_others(few, FEWEST)
    assert not has_few_others(whole, FEWEST)
    assert not has_few_others(few, 1)
    figures = estimated(few)
    assert all(each.withheld for each in shown_beside(figures, [], FEWEST, is_out=True))
