"""Nobody can be known by a table by groups: what is printed of one question does not give away another.

Each of the first tests is a way in which people were once found; the last reads whole tabulations of random surveys as
someone would who subtracts whatever is printed from whatever else is.
"""

import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy
import pytest

from patency.instrument.model import Instrument
from patency.practice.survey import Stratum
from patency.practice.tables import Crossed, NumbersBy, Options, Tables
from patency.practice.tally import tabulate
from patency.practice.tally_json import tables_json
from patency.practice.tally_text import to_text

from .made import HERE, instrument, sheet
from .test_tally import survey

FEW = "Not shown by group: some group has fewer than 5 people in it."
BESIDE = "Not shown by group: beside other tables it could tell of a group of fewer than 5 people."
GROUP = ["g"] * 20 + ["h"] * 20


def shown(made: Instrument, columns: Mapping[str, list[Any]], *by: str, **options: Any) -> dict[tuple[str, str], str]:
    """Tabulate, and return for each crossing why it is not shown, or nothing where it is."""
    return reasons(tabulate(sheet(made, columns), None, Options(by=by or ("group",), **options)))


def reasons(tables: Tables) -> dict[tuple[str, str], str]:
    laid = [(each.item.name, each.by, each.is_withheld, each.warnings) for each in tables.crossed]
    laid += [(each.item.name, each.by, each.is_withheld, each.warnings) for each in tables.numbers_by]
    return {(name, by): warnings[0] if is_withheld else "" for name, by, is_withheld, warnings in laid}


def test_groups_of_five_or_of_nobody_are_shown() -> None:
    """A cell of nobody tells of nobody."""
    made = instrument(group="single g h i", one="single a b c")
    columns = {"group": GROUP, "one": ["a"] * 15 + ["b"] * 5 + ["a"] * 20}

    assert shown(made, columns) == {("one", "group"): ""}


@pytest.mark.parametrize("blank", [1, 4])
def test_those_who_left_the_crossing_question_blank_are_a_group(blank: int) -> None:
    """All less those crossed would be their answers."""
    made = instrument(group="single g h", one="yes/no")
    columns: dict[str, list[Any]] = {
        "group": [*GROUP, *[None] * blank],
        "one": ["yes"] * 10 + ["no"] * 10 + ["yes"] * 20 + ["no"] * blank,
    }

    assert shown(made, columns) == {("one", "group"): FEW}


def test_those_who_left_the_crossed_question_blank_are_a_group() -> None:
    """The size of a group less those who answered."""
    made = instrument(group="single g h", one="yes/no")

    assert shown(made, {"group": GROUP, "one": ["yes"] * 19 + [None] + ["yes"] * 20}) == {("one", "group"): FEW}


def test_a_branched_question_does_not_give_back_what_it_hangs_on() -> None:
    """Of 20 and 13 asked 17 and 7 say yes: how many were asked further would tell the 3 of g who said no."""
    made = instrument(group="single g h", uses="yes/no", how="single a b when uses", beds="number when how = a")
    uses = ["yes"] * 17 + ["no"] * 3 + ["yes"] * 7 + ["no"] * 6
    columns: dict[str, list[Any]] = {
        "group": ["g"] * 20 + ["h"] * 13,
        "uses": uses,
        "how": ["a" if each == "yes" else None for each in uses],
        "beds": [10.0 if each == "yes" else None for each in uses],
    }

    assert shown(made, columns) == {("uses", "group"): FEW, ("how", "group"): FEW, ("beds", "group"): FEW}


def test_what_hangs_on_a_withheld_question_is_withheld_though_its_own_groups_are_not_small() -> None:
    """Three of g answer c, and all are asked further."""
    made = instrument(group="single g h", first="single a b c", why="yes/no when first = a or not first = a")
    columns = {"group": GROUP, "first": ["a"] * 10 + ["b"] * 7 + ["c"] * 3 + ["a"] * 20, "why": ["yes"] * 40}

    assert shown(made, columns) == {("first", "group"): FEW, ("why", "group"): FEW}


def test_a_question_that_hangs_on_two_does_not_tell_of_both_together() -> None:
    """Of g ten said yes to one, ten to the other and eight to both: the two who did not are their difference."""
    made = instrument(group="single g h", one="yes/no", two="yes/no", both="yes/no when one and two")
    columns: dict[str, list[Any]] = {
        "group": GROUP, "one": ["yes"] * 10 + ["no"] * 10 + ["yes"] * 20, "two": ["no"] * 2 + ["yes"] * 10 + ["no"] * 8 + ["yes"] * 20,
        "both": [None] * 2 + ["yes"] * 8 + [None] * 10 + ["yes"] * 20,
    }  # fmt: skip

    assert shown(made, columns) == {("one", "group"): "", ("two", "group"): "", ("both", "group"): FEW}


def test_two_questions_are_withheld_both_ways_round() -> None:
    """The same cells; here the three of g whom `one` was not asked of are in no small cell of the other table."""
    made = instrument(group="single g h", asked="yes/no", one="yes/no when asked")
    columns: dict[str, list[Any]] = {
        "group": GROUP, "asked": ["yes"] * 17 + ["no"] * 3 + ["yes"] * 10 + ["no"] * 10,
        "one": ["yes"] * 10 + ["no"] * 7 + [None] * 3 + ["yes"] * 5 + ["no"] * 5 + [None] * 10,
    }  # fmt: skip
    found = shown(made, columns, "group", "one")

    assert found["one", "group"] == FEW
    assert found["group", "one"] in (FEW, BESIDE)


def test_every_box_is_a_group_and_every_box_that_is_not_ticked() -> None:
    """Each ticked one: with the line of c left out, the others would have given the three of it back."""
    made = instrument(group="single g h", which="multiple a b c")
    columns = {"group": GROUP, "which": ["a"] * 10 + ["b"] * 7 + ["c"] * 3 + ["a"] * 5 + ["b"] * 5 + ["c"] * 10}

    assert shown(made, columns) == {("which", "group"): FEW}
    assert shown(made, columns | {"which": ["a"] * 18 + [""] * 2 + ["a"] * 5 + [""] * 15}) == {("which", "group"): FEW}


def test_a_table_whose_hidden_cells_the_rule_itself_would_tell_is_withheld() -> None:
    """3 5 0 / 6 6 1: whoever knows how cells were chosen knew which of the hidden ones were small."""
    made = instrument(group="single g h i", one="yes/no")
    cells = {("g", "yes"): 3, ("h", "yes"): 5, ("g", "no"): 6, ("h", "no"): 6, ("i", "no"): 1}
    rows = [cell for cell, many in cells.items() for _ in range(many)]

    assert shown(made, {"group": [row[0] for row in rows], "one": [row[1] for row in rows]}) == {("one", "group"): FEW}


@pytest.mark.parametrize(("few", "is_told"), [(4, False), (5, True)])
def test_two_questions_are_compared_only_where_their_joint_table_may_be_shown(few: int, is_told: bool) -> None:
    """The interval is a function of it, and how many answered both is one of its sums."""
    made = instrument(group="single g h", one="yes/no")
    columns = {"group": GROUP, "one": ["yes"] * (20 - few) + ["no"] * few + ["yes"] * 8 + ["no"] * 12}
    tables = tabulate(sheet(made, columns), None, Options(compared=(("one", "group"),)))
    found = tables.compared[0]

    assert (found.interval is not None) is is_told
    if not is_told:
        assert found[2:] == (None, None, None, FEW)
        assert f"variation in one less that in group: {FEW}\n" in to_text(tables)


STRATA = {name: Stratum(name, f"the {name}", 60, HERE) for name in ("north", "south")}


def test_an_estimate_is_withheld_with_the_table_by_stratum() -> None:
    """And with it that of a question that hangs on it, whose own strata are large."""
    made = instrument(uses="yes/no", how="single a b when uses or not uses", years="number")
    columns: dict[str, list[Any]] = {
        "stratum": ["north"] * 20 + ["south"] * 20, "uses": ["yes"] * 17 + ["no"] * 3 + ["yes"] * 20,
        "how": ["a"] * 10 + ["b"] * 10 + ["a"] * 20, "years": [4.0] * 40,
    }  # fmt: skip
    small, large = (
        tabulate(sheet(made, columns | {"uses": uses}), survey(made, 120, strata=STRATA))
        for uses in (columns["uses"], ["yes"] * 15 + ["no"] * 5 + ["yes"] * 20)
    )

    for name in ("uses", "how"):
        assert all(row.estimate is None for row in small.question(name).rows)
        assert all(row.estimate is not None for row in large.question(name).rows)
    years = small.question("years").numbers
    assert years is not None
    assert years.mean_estimate is not None


# Random surveys.

MADE = instrument(
    region="single a b", treats="yes/no", first="single drug stent when treats", where="single leg arm when first = stent",
    both="yes/no when treats and region = a", which="multiple x y", beds="number when treats",
)  # fmt: skip
THREE = {name: Stratum(name, name, 200, HERE) for name in ("north", "south", "east")}
Person = dict[str, Any]


def everybody() -> Iterator[Person]:
    """Yield every kind of person that there can be; of whom it cannot be told whether a question was for them may answer it."""
    for stratum in THREE:
        for region in ("a", "b", None):
            for treats in ("yes", "no", None):
                is_asked = treats != "no"
                for first in ("drug", "stent", None) if is_asked else (None,):
                    for where in ("leg", "arm", None) if is_asked and first != "drug" else (None,):
                        for both in ("yes", "no", None) if is_asked and region != "b" else (None,):
                            for which in ("x", "x y", "", None):
                                for beds in (10.0, None) if is_asked else (None,):
                                    yield {"stratum": stratum, "region": region, "treats": treats, "first": first,
                                           "where": where, "both": both, "which": which, "beds": beds}  # fmt: skip


KINDS = list(everybody())
BYS = ("stratum", "region", "first")


@cache
def are(name: str, *answers: Any) -> Any:
    """Return which kinds of people gave one of these answers; of boxes, ticked them."""
    if name == "which" and answers[0] is not None:
        return numpy.array([each["which"] is not None and answers[0] in each["which"] for each in KINDS], float)
    return numpy.array([each[name] in answers for each in KINDS], float)


def answered(name: str) -> Any:
    return 1 - are(name, None)


def printed(tables: Tables) -> Iterator[Any]:
    """Yield what is printed by groups, each number as a sum over the kinds of people."""
    laid: list[Crossed | NumbersBy] = [*tables.crossed, *tables.numbers_by]
    for each in laid:
        for group in each.groups:
            yield are(each.by, group.name) * answered(each.item.name)
            for line in each.lines if isinstance(each, Crossed) else ():
                yield are(each.by, group.name) * are(each.item.name, line.name)
    weights = {came.name: came.invited / came.analysed for came in tables.strata if came.analysed}
    weigh = sum(weight * are("stratum", name) for name, weight in weights.items())
    for question in tables.questions:
        for row in question.rows:
            if row.estimate:
                share = row.estimate.share
                yield weigh * (are(question.item.name, row.name) - share * answered(question.item.name))


def printed_of_all(tables: Tables) -> Iterator[Any]:
    """Yield the counts of each question by itself, and of each stratum."""
    yield numpy.ones(len(KINDS))
    for name in THREE:
        yield are("stratum", name)
    for question in tables.questions:
        yield answered(question.item.name)
        for row in question.rows:
            yield are(question.item.name, row.name)


def small_groups(many: Any) -> Iterator[Any]:
    """Yield each group of one to four people who are of one column, or of none, and answered alike or did not."""
    for by, groups in (("stratum", (*THREE, None)), ("region", ("a", "b", None)), ("first", ("drug", "stent", None))):
        for group in groups:
            for name in MADE.items:
                alike = [are(name, choice) for choice in MADE.items[name].choices or ("yes", "no")]
                alike += [answered(name) - are("which", box) for box in ("x", "y") if name == "which"]
                for each in (*alike, answered(name), are(name, None)):
                    people = each * are(by, group)
                    if name != by and 0 < people @ many < 5:
                        yield people


def directions(known: list[Any]) -> Any:
    """Return what spans all that follows by sums and differences, whatever their coefficients, from what is known."""
    _, sizes, spanned = numpy.linalg.svd(numpy.array(known), full_matrices=False)
    return spanned[sizes > 1e-9 * sizes[0]]


def follows(people: Any, spanned: Any) -> bool:
    return bool(numpy.linalg.norm(people - (people @ spanned.T) @ spanned) < 1e-6)


def test_no_small_group_follows_from_all_that_is_printed() -> None:
    """Of forty random surveys, branched and stratified, with blanks; what the counts of all give away is theirs to give."""
    drawn = random.Random(11)
    alone: Any = None
    seen = {"": 0, FEW: 0, BESIDE: 0, "small": 0}
    for _ in range(40):
        met = drawn.sample(range(len(KINDS)), drawn.randint(2, 10))
        many = numpy.zeros(len(KINDS))
        many[met] = [drawn.choice((1, 3, 5, 6, 6, 7, 9, 14)) for _ in met]
        people = [KINDS[at] for at in met for _ in range(int(many[at]))]
        columns = {name: [each[name] for each in people] for name in KINDS[0]}
        tables = tabulate(sheet(MADE, columns), survey(MADE, 600, strata=THREE), Options(by=BYS))
        of_all = list(printed_of_all(tables))
        every = directions([*of_all, *printed(tables)])
        alone = directions(of_all) if alone is None else alone  # the same sums of kinds in every survey
        for why in reasons(tables).values():
            seen[why] += 1
        for group in small_groups(many):
            seen["small"] += 1
            assert not follows(group, every) or follows(group, alone), (columns, group)
        for each in tables_json(tables)["crossed"] + tables_json(tables)["numbers_by"]:
            assert each["withheld"] is not bool(each["groups"])
            assert all(group["of"] == 0 or group["of"] >= 5 for group in each["groups"])
    assert min(seen.values()) > 3, seen
