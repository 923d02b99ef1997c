"""What the answers of a survey add up to.

Values of R were printed by `Rscript tests/tally/agreement.R`, with the calls in the docstrings.
"""

from datetime import date
from typing import Any

import pytest

from patency.fault import Refused
from patency.instrument.model import Instrument
from patency.practice.survey import FieldPeriod, Frame, Outcome, Reached, Stratum, Survey, Visits
from patency.practice.tables import Bounds, Options, Question, Reach
from patency.practice.tally import tabulate
from patency.share import Interval, Share, wilson
from patency.truth import Truth

from .made import HERE, instrument, sheet

PLAIN = instrument(
    uses="yes/no",
    how="ordered never seldom often always | regularly: often always when uses",
    which="multiple a b c | a_or_b: a b",
    years="number",
    since="date",
    remarks="text",
)


def near(expected: float) -> Any:
    """As close as R prints it."""
    return pytest.approx(expected, abs=1e-10, rel=0)


def survey(made: Instrument, invited: int | None = None, **named: Any) -> Survey:
    """A survey of so many invited, that states nothing else."""
    frame = Frame(
        "some", Reached.NAMED_LIST, "a list", invited, named.pop("institutions", None), named.pop("strata", {})
    )
    plain = Survey(
        "made", "Made", "Made", made, "", (), frame, FieldPeriod(None, None), {}, Outcome(), Visits(), {}, None, False,
        None, {}, "", HERE,
    )  # fmt: skip
    return plain._replace(**named)


def table(name: str, columns: dict[str, list[Any]], made: Instrument = PLAIN, **options: Any) -> Question:
    """The table of one question of a sheet."""
    return tabulate(sheet(made, columns), options.pop("survey", None), Options(**options)).question(name)


def test_a_share_has_its_count_its_denominator_and_wilsons_interval() -> None:
    """Those who gave no answer are not in the denominator; they are counted by their reason, or as blank."""
    found = table("uses", {"uses": ["yes", "yes", "no", None, None], "uses?": [None, None, None, "declined", None]})

    assert found.reach == Reach(asked=5, not_asked=0, untold=0, answered=3, absent={"declined": 1}, blank=1, contrary=0)
    assert [(row.name, row.share, row.interval) for row in found.rows] == [
        ("yes", Share(2, 3), wilson(2, 3)),
        ("no", Share(1, 3), wilson(1, 3)),
    ]


BRANCHED = """
uses     how      uses?
yes      often    -
yes      -        -
no       -        -
no       always   -
-        -        -
-        seldom   -
-        -        declined
"""


def test_whether_a_question_was_asked_is_yes_no_or_cannot_be_told() -> None:
    """Where the answer it hangs on is blank, nobody knows, unless it was answered; an answer to what was not asked is set apart."""
    rows = [[None if cell == "-" else cell for cell in line.split()] for line in BRANCHED.split("\n")[2:-1]]
    found = table("how", dict(zip(("uses", "how", "uses?"), map(list, zip(*rows, strict=True)), strict=True)))

    assert found.reach == Reach(asked=3, not_asked=2, untold=2, answered=2, absent={}, blank=1, contrary=1)
    assert {row.name: row.share for row in found.rows}["always"] == Share(0, 2)
    assert found.warnings == (
        "of 2 it cannot be told whether they were asked, for the answer it hangs on is blank or not mapped; they are not counted",
        "1 answered though the question was not for them; those answers are not counted",
        *found.warnings[2:],
    )


def test_branching_is_what_the_language_says_of_each_row() -> None:
    """One combination of answers is evaluated once, and each row is told the same as if it were alone."""
    made = instrument(
        a="single x y z",
        b="multiple p q",
        n="number",
        c="yes/no when a in [x, y] and (b has p or not n < 3 1)",
    )
    rows = [
        (a, b, n) for a in ("x", "y", "z", None) for b in ("p", "p q", "q", "", None) for n in (1.0, 3.0, 7.5, None)
    ] * 2
    columns = dict(zip("abn", map(list, zip(*rows, strict=True)), strict=True))

    together = table("c", columns, made).reach
    alone = [table("c", {name: [each] for name, each in zip("abn", row, strict=True)}, made).reach for row in rows]

    assert (together.asked, together.not_asked, together.untold) == tuple(
        sum(getattr(reach, name) for reach in alone) for name in ("asked", "not_asked", "untold")
    )
    by_hand = {Truth.YES: 2 * (2 * 2 * 4 + 2 * 3 * 2), Truth.NO: 2 * (20 + 2 * 2 * 1 + 2 * 1)}
    assert (together.asked, together.not_asked) == (by_hand[Truth.YES], by_hand[Truth.NO])


def test_categories_are_collapsed_and_ordered_ones_cumulated() -> None:
    """Often or always, as the instrument declares; seldom or less often, because the answers have an order."""
    found = table("how", {"uses": ["yes"] * 7, "how": ["never", "seldom", "seldom", "often", "often", "always", None]})

    assert [(row.name, row.share) for row in found.collapsed] == [("regularly", Share(3, 6))]
    assert [row.cumulative for row in found.rows] == [Share(1, 6), Share(3, 6), Share(5, 6), Share(6, 6)]
    assert found.rows[1].cumulative_interval == wilson(3, 6)


def test_several_answers_are_counted_by_respondents_and_by_selections() -> None:
    """One who ticked nothing answered; one who left the question out did not."""
    found = table("which", {"which": ["a b", "a", "c", "", None, "a b c"]})

    assert [(row.name, row.share) for row in found.rows] == [("a", Share(3, 5)), ("b", Share(2, 5)), ("c", Share(2, 5))]
    assert [(row.name, row.share) for row in found.selections] == [
        ("a", Share(3, 7)),
        ("b", Share(2, 7)),
        ("c", Share(2, 7)),
    ]
    assert [(row.name, row.share) for row in found.collapsed] == [("a_or_b", Share(3, 5))]


def test_what_one_person_ticks_hangs_together() -> None:
    """An interval of a share of selections has each respondent as a cluster, as R's survey package would.

    svyciprop(~is_a, svydesign(ids = ~id, weights = ~1, data = ticks), method = "xlogit"), one row a tick, with
    id = c(1, 1, 2, 3, 3, 3, 4, 5, 5, 6) and is_a = c(1, 0, 1, 1, 0, 0, 0, 1, 0, 1); see agreement.R.
    """
    found = table("which", {"which": ["a b", "a", "a b c", "c", "a c", "a"]})

    assert found.selections[0].share == Share(5, 10)
    assert found.selections[0].interval == Interval(near(0.244831159525667), near(0.755168840474333))


def test_numbers_and_days_are_described_and_texts_only_counted() -> None:
    """A number has its unit; of two days in the middle the earlier one is the median."""
    columns: dict[str, list[Any]] = {
        "years": [4.0, 2.0, None, 9.0],
        "since": [date(2026, 5, 3), date(2026, 5, 1), date(2026, 5, 9), date(2026, 5, 29)],
        "remarks": ["none", None, None, "see enclosed"],
    }
    tables = tabulate(sheet(PLAIN, columns))
    years, since, remarks = (tables.question(name) for name in ("years", "since", "remarks"))

    assert years.numbers is not None
    assert (years.numbers.n, years.numbers.median, years.numbers.mean) == (3, 4.0, 5.0)
    assert since.days is not None
    assert since.days == (4, date(2026, 5, 1), date(2026, 5, 3), date(2026, 5, 29))
    assert (remarks.reach.answered, remarks.rows, remarks.numbers) == (2, (), None)


def test_of_nobody_nothing_is_told() -> None:
    """A share of nobody has no value and no interval; a mean of nobody does not exist."""
    tables = tabulate(sheet(PLAIN, {"uses": [None, None]}))
    uses, years = tables.question("uses"), tables.question("years")

    assert [(row.share.value, row.interval) for row in uses.rows] == [(None, None), (None, None)]
    assert uses.spread is None
    assert years.numbers is not None
    assert (years.numbers.n, years.numbers.mean, years.numbers.median) == (0, None, None)


def test_the_worst_case_has_all_who_gave_no_answer_answer_otherwise_or_so() -> None:
    """15 of 34 answers of 69 invited: from 15 of 69, 22%, to 50 of 69, 72% (the issue's example; Manski 1990)."""
    found = table("uses", {"uses": ["yes"] * 15 + ["no"] * 19 + [None]}, survey=survey(PLAIN, 69))
    bounds = found.rows[0].bounds

    assert bounds == Bounds(Share(15, 69), Share(50, 69))
    assert bounds is not None
    assert [round(100 * (share.value or 0)) for share in bounds] == [22, 72]


def test_the_worst_case_of_a_question_that_was_not_for_everybody_is_of_whom_it_may_have_been_for() -> None:
    """Whoever gave no answer may be one of them or not; the ends are those at which all are, tried for each number here."""
    asked = [*["yes"] * 6, "no", "no", None]
    answers = [*["often"] * 2, *["never"] * 3, *[None] * 4]
    rows = table("how", {"uses": asked, "how": answers}, survey=survey(PLAIN, 20)).rows
    found = next(row.bounds for row in rows if row.name == "often")

    others = 20 - 2 - 5  # of 20 invited two are known to be none of them, and five answered
    shares = [(2 + so) / (5 + one) for one in range(others + 1) for so in range(one + 1)]
    assert found == Bounds(Share(2, 18), Share(2 + others, 18))
    assert (found.least.value, found.most.value) == (min(shares), max(shares))


def test_an_interval_may_be_of_a_finite_population() -> None:
    """prop.test(15 / 34 * n, n, correct = FALSE) with n = 34 * 68 / 35, on request."""
    columns: dict[str, list[Any]] = {"uses": ["yes"] * 15 + ["no"] * 19}
    narrowed = table("uses", columns, survey=survey(PLAIN, 69), is_finite=True).rows[0].interval

    assert narrowed == wilson(15 / 34 * (34 * 68 / 35), 34 * 68 / 35)
    assert table("uses", columns, survey=survey(PLAIN, 69)).rows[0].interval == wilson(15, 34)
    assert table("uses", columns, is_finite=True).rows[0].interval == wilson(15, 34)


def test_only_complete_responses_are_analysed() -> None:
    """One of which nobody knows whether it was finished is not complete, and the number left out is told."""
    columns: dict[str, list[Any]] = {"uses": ["yes", "no", "yes"], "finished": [True, None, False]}
    tables = tabulate(sheet(PLAIN, columns), survey(PLAIN, is_finished_needed=True))

    assert (tables.kept, tables.analysed, tables.not_complete) == (3, 1, 2)


def test_completeness_may_be_a_condition() -> None:
    """Only those of whom it holds are analysed; where it cannot be told it does not."""
    complete = instrument(uses="yes/no", then="text when uses").items["then"].when
    tables = tabulate(sheet(PLAIN, {"uses": ["yes", "no", None]}), survey(PLAIN, complete=complete))

    assert (tables.kept, tables.analysed) == (3, 1)


def test_what_does_not_fit_what_the_survey_states_is_said() -> None:
    """More answers than invitations, and other counts than its outcome."""
    tables = tabulate(sheet(PLAIN, {"uses": ["yes"] * 7}), survey(PLAIN, 6, outcome=Outcome(complete=5)))

    assert tables.warnings[:2] == (
        "7 are analysed, and 6 were invited: the worst case cannot be told",
        "7 are analysed, and the survey states 5 complete responses",
    )
    assert tables.question("uses").rows[0].bounds is None


def test_two_answers_that_look_different_and_are_not_are_pointed_out() -> None:
    """binom.test(15, 26)$p.value is 0.557; binom.test(15, 23)$p.value is 0.21; binom.test(20, 25)$p.value is 0.004."""
    made = instrument(one="single a b c d")
    alike = table("one", {"one": ["a"] * 15 + ["b"] * 11 + ["c"] * 8}, made)
    clear = table("one", {"one": ["a"] * 20 + ["b"] * 5}, made)

    assert alike.warnings == (
        "a (15) cannot be told apart from b (11; p = 0.56) or c (8; p = 0.21): exact test of the two counts",
    )
    assert clear.warnings == ()


def test_two_ticked_answers_are_compared_by_those_who_ticked_one_alone() -> None:
    """McNemar's exact test: 4 ticked a without b, 1 b without a; binom.test(4, 5)$p.value is 0.375."""
    found = table("which", {"which": ["a b"] * 20 + ["a"] * 4 + ["b"]})

    assert found.warnings == (
        "a (24) cannot be told apart from b (21; p = 0.38): exact test of those who ticked one of the two alone",
    )


# Spread.


def test_spread_is_normalised_entropy_with_the_modal_share() -> None:
    """0 where all answer alike, 1 where every answer is given equally often; -sum(p * log(p)) / log(4) in R, p <- c(5, 3, 1, 1) / 10."""
    made = instrument(one="single a b c d")
    alike, apart, between = (
        table("one", {"one": list(each)}, made).spread for each in ("aaaa", "abcdabcd", "aaaaabbbcd")
    )

    assert (alike and alike.entropy, apart and apart.entropy) == (0.0, 1.0)
    assert between is not None
    assert between.entropy == near(0.842737648613667)
    assert between.standard_error == near(0.138864062895334)
    assert (between.modal, between.modal_share) == (("a",), Share(5, 10))
    assert apart is not None
    assert apart.modal == ("a", "b", "c", "d")


def test_two_questions_are_compared_in_how_far_respondents_differ() -> None:
    """Of those who answered both; the closed form says how sure one may be, and at the ends that it cannot say."""
    made = instrument(one="single a b c", two="single a b c d")
    columns: dict[str, list[Any]] = {"one": list("aaaaaaabbc") * 4 + ["a"], "two": list("abcdabcdab") * 4 + [None]}
    pair = Options(compared=(("one", "two"),), smallest=1)
    answers: tuple[dict[str, list[Any]], ...] = (
        columns, columns | {"two": columns["one"]}, {"one": ["a"], "two": [None]},
    )  # fmt: skip
    found, same, nobody = (tabulate(sheet(made, each), None, pair).compared[0] for each in answers)

    assert found.n == 40
    assert found.difference == near(-0.255628598065237)
    assert found.interval is not None
    assert found.interval.low < (found.difference or 0) < found.interval.high < 0
    assert (same.interval is None, same.why != "") == (False, False)
    assert (nobody.difference, nobody.why) == (None, "nobody answered both")


# Groups.


def crossed(columns: dict[str, list[Any]], made: Instrument, **options: Any) -> Any:
    return tabulate(sheet(made, columns), None, Options(by=("group",), **options)).crossed[0]


GROUPED = instrument(group="single g h", one="yes/no")


def grouped(*cells: int) -> dict[str, list[Any]]:
    """Answers of two groups: yes of g, no of g, yes of h, no of h."""
    pairs = [("g", "yes"), ("g", "no"), ("h", "yes"), ("h", "no")]
    rows = [pair for pair, count in zip(pairs, cells, strict=True) for _ in range(count)]
    return {"group": [group for group, _ in rows], "one": [answer for _, answer in rows]}


def test_groups_are_tested_exactly_and_doubt_is_said() -> None:
    """fisher.test(matrix(c(15, 6, 4, 10), 2))$p.value is 0.0181; of 8, 7, 6 and 9 it is 0.7152."""
    different, alike = (crossed(grouped(*cells), GROUPED, smallest=1) for cells in ((15, 4, 6, 10), (8, 7, 6, 9)))

    assert different.test.p == near(0.0181407829809436)
    assert different.warnings == ()
    assert [cell.share for cell in different.lines[0].cells] == [Share(15, 19), Share(6, 16)]
    assert different.lines[0].total == Share(21, 35)
    assert alike.warnings[0] == "the groups cannot be told apart (Fisher's exact test: p = 0.72)"


def test_a_group_of_few_withholds_the_whole_table() -> None:
    """With its test and the sizes of its groups; a page says so."""
    found = crossed(grouped(15, 4, 6, 10), GROUPED)

    assert (found.is_withheld, found.groups, found.lines, found.test) == (True, (), (), None)
    assert found.warnings == ("Not shown by group: some group has fewer than 5 people in it.",)


def test_numbers_are_described_by_group_unless_one_is_small() -> None:
    """The least and the most of a group are somebody's own answer and are not shown."""
    made = instrument(group="single g h", years="number")
    columns: dict[str, list[Any]] = {"group": ["g"] * 6 + ["h"] * 5, "years": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}
    shown = tabulate(sheet(made, columns), None, Options(by=("group",))).numbers_by[0]
    withheld = tabulate(sheet(made, columns), None, Options(by=("group",), smallest=6)).numbers_by[0]

    assert [(each.n, each.median, each.least) for each in shown.numbers] == [(6, 3.5, None), (5, 9.0, None)]
    assert shown.test is not None
    assert shown.test.p == near(0.00616989932054415)
    assert (withheld.is_withheld, withheld.groups, withheld.numbers, withheld.test) == (True, (), (), None)


def test_quartiles_and_means_by_group_take_ten_numbers_in_each() -> None:
    """Of nine each quartile is somebody's own number, and from all together the others would give the mean of nine back."""
    made = instrument(group="single g h", years="number")
    columns: dict[str, list[Any]] = {"group": ["g"] * 10 + ["h"] * 9, "years": [float(each) for each in range(19)]}
    few, enough, blank = (
        tabulate(sheet(made, each), None, Options(by=("group",))).numbers_by[0]
        for each in (
            columns,
            {"group": [*columns["group"], "h"], "years": [*columns["years"], 19.0]},
            {"group": ["g"] * 10 + [None] * 9, "years": columns["years"]},
        )
    )

    for found in (few, blank):
        summed = [(each.lower_quartile, each.mean, each.standard_deviation) for each in found.numbers]
        assert summed == [(None, None, None)] * 2
        assert found.warnings[-1].endswith("some group gave fewer than 10 numbers")
    assert [each.mean for each in enough.numbers] == [4.5, 14.5]
    assert [each.lower_quartile for each in enough.numbers] == [2.25, 12.25]


@pytest.mark.parametrize("name", ["which", "whihc", "years", "stratum"])
def test_groups_are_made_of_answers_that_exclude_one_another(name: str) -> None:
    """Whatever else is named is refused."""
    with pytest.raises(Refused):
        tabulate(sheet(PLAIN, {"uses": ["yes"]}), None, Options(by=(name,)))


# Strata and clusters.


STRATA = {"a": Stratum("a", "the first", 20, HERE), "b": Stratum("b", "the second", 49, HERE)}


def test_without_strata_or_clusters_the_tables_say_so() -> None:
    """What was treated as a simple random sample is called one."""
    assert (
        tabulate(sheet(PLAIN, {"uses": ["yes"]})).design
        == "treated as a simple random sample; no strata or clusters were given"
    )


def stratified() -> dict[str, list[Any]]:
    """Of 20 and 49 invited 12 and 16 are analysed; 7 and 5 said yes, 5 and 11 no."""
    return {"stratum": ["a"] * 12 + ["b"] * 16, "uses": ["yes"] * 7 + ["no"] * 5 + ["yes"] * 5 + ["no"] * 11}


def test_strata_are_honoured() -> None:
    """(20 * 7/12 + 49 * 5/16) / 69; the estimators themselves are compared with R in test_agreement.py."""
    tables = tabulate(sheet(PLAIN, stratified()), survey(PLAIN, 69, strata=STRATA))
    estimate = tables.question("uses").rows[0].estimate

    assert estimate is not None
    assert estimate.share == pytest.approx((20 * 7 / 12 + 49 * 5 / 16) / 69, abs=1e-12)
    assert [(each.invited, each.analysed) for each in tables.strata] == [(20, 12), (49, 16)]
    assert tables.design == (
        "strata (2) are honoured: each answer stands for those invited in its stratum; no clusters were given"
    )


def test_an_estimate_that_would_show_a_small_stratum_is_not_given() -> None:
    """With two strata the count and the weighted share are two equations for two unknown cells."""
    columns = stratified()
    columns["uses"][:12] = ["yes"] * 10 + ["no"] * 2
    found = table("uses", columns, survey=survey(PLAIN, 69, strata=STRATA))

    assert [row.estimate for row in found.rows] == [None, None]
    assert (
        "no estimate for all invited is given: beside the counts it would show answers of few people of a stratum"
        in found.warnings
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"stratum": ["a"] * 28}, "nobody of the second is analysed"),
        ({"stratum": [None] * 28}, "28 responses carry none of them"),
        ({"stratum": ["a"] * 27 + ["c"]}, "1 responses carry none of them"),
    ],
)
def test_strata_that_cannot_be_honoured_are_said_to_be_so(change: dict[str, list[Any]], why: str) -> None:
    """Nothing is weighted by what is not known."""
    tables = tabulate(sheet(PLAIN, stratified() | change), survey(PLAIN, 69, strata=STRATA))

    assert tables.design == f"treated as a simple random sample: strata were given, but {why}"
    assert tables.question("uses").rows[0].estimate is None


FOR_ALL = "; the 69 invited being all there are, the intervals of questions asked of all are narrowed"
STRATIFIED = "strata (2) are honoured: each answer stands for those invited in its stratum; no clusters were given"
UNKNOWN = "for how many clusters there are is not known"
CLUSTERS = [f"c{at % 4}" for at in range(28)]


@pytest.mark.parametrize(
    ("strata", "clusters", "design"),
    [
        ({}, None, f"treated as a simple random sample; no strata or clusters were given{FOR_ALL}"),
        (STRATA, None, f"{STRATIFIED}{FOR_ALL}; those of estimates are narrowed"),
        ({}, CLUSTERS, f"clusters (4) are honoured; no strata were given{FOR_ALL}; those of estimates are not narrowed, {UNKNOWN}"),
    ],
)  # fmt: skip
def test_the_design_says_which_intervals_are_narrowed(strata: Any, clusters: Any, design: str) -> None:
    """And they are: Wilson's of a question that was asked of all, and those of estimates where it is known of how many."""
    columns = {name: each for name, each in stratified().items() if strata or name != "stratum"}
    columns |= {"cluster": clusters} if clusters else {}
    plain, finite = (
        tabulate(sheet(PLAIN, columns), survey(PLAIN, 69, strata=strata), Options(is_finite=is_finite))
        for is_finite in (False, True)
    )
    was, narrow = (each.question("uses").rows[0] for each in (plain, finite))

    assert finite.design == design
    assert _width(narrow.interval) < _width(was.interval)
    if was.estimate and narrow.estimate:
        is_narrowed = _width(narrow.estimate.interval) < _width(was.estimate.interval)
        assert is_narrowed is ("those of estimates are narrowed" in design)


def _width(interval: Interval | None) -> float:
    assert interval is not None
    return interval.high - interval.low


def test_clusters_are_honoured() -> None:
    """People of one institution tell less than as many of different ones; the clusters of agreement.R, strata left out."""
    columns: dict[str, list[Any]] = {
        "cluster": "i1 i1 i2 i3 i3 i4 j1 j1 j2 j2 j3 j4 j4 j5 j5".split(),
        "uses": ["yes" if each == "1" else "no" if each == "0" else None for each in "101-10001-01001"],
    }
    found = tabulate(sheet(PLAIN, columns))
    estimate = found.question("uses").rows[0].estimate

    assert found.design == "clusters (9) are honoured; no strata were given"
    assert estimate is not None
    assert estimate.standard_error == near(0.120068780400610)
    assert estimate.interval == Interval(near(0.219555350124255), near(0.723113415216154))
