"""Numbers agree with R to ten decimal places.

The values were printed by `Rscript tests/tally/agreement.R` with R 4.2.2 and its package survey 4.1.1; each call stands
there under the same name. R is not needed to run these tests.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import factorial, prod
from typing import Any

import polars
import pytest

from patency.practice.counted_out import Work
from patency.practice.design import Layer, Unit, linear, mean_estimate, share_estimate
from patency.practice.numbers import finite_wilson, numbers
from patency.practice.tests_of_difference import chi_squared_p, difference_test, exact_p, pair_test, ranks_test
from patency.share import Interval, Share, wilson

CLOSE = 1e-10


def near(expected: float) -> Any:
    return pytest.approx(expected, abs=CLOSE, rel=0)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (15, 34, 0.288834822462422, 0.605461007437969),
        (0, 12, 0.0, 0.242494006655241),
        (34, 35, 0.854669127663863, 0.994938508144556),
    ],
)
def test_an_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    """prop.test(15, 34, correct = FALSE)$conf.int, and so on."""
    assert wilson(count, of) == Interval(near(low), near(high))


def test_quartiles_are_of_type_7() -> None:
    """X <- c(3.5, 1, 4, 1, 5, 9, 2.25, 6, 5, 3); quantile(x, c(.25, .5, .75), type = 7); mean(x); sd(x)."""
    found = numbers(polars.Series([3.5, 1, None, 4, 1, 5, 9, 2.25, 6, 5, 3]), "1")

    assert (found.n, found.least, found.most) == (10, 1, 9)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (near(2.4375), near(3.75), near(5))
    assert (found.mean, found.standard_deviation) == (near(3.975), near(2.43370430962076))


TABLES = [
    ([[3, 1], [1, 3]], 0.485714285714286),
    ([[15, 4], [6, 10]], 0.0181407829809436),
    ([[0, 5], [7, 2]], 0.020979020979021),
    ([[900, 700], [1000, 900]], 0.0347159620413919),
    ([[4, 2, 1], [0, 5, 2], [1, 1, 6]], 0.0182556912081255),
    ([[8, 2, 3, 1], [2, 7, 4, 6]], 0.0262321698388342),
    ([[3, 0, 2, 4], [1, 5, 0, 1], [2, 2, 6, 0]], 0.00329368992277624),
    ([[30, 23, 16], [21, 7, 7], [10, 6, 5]], 0.59473842425477),
    ([[5, 8, 3, 6], [4, 2, 9, 5], [7, 7, 1, 2]], 0.0325199577818269),
    ([[40, 30, 20, 25, 12], [45, 30, 12, 9, 22]], 0.0136989713088697),
    ([[20, 10, 12, 5], [10, 9, 20, 8], [11, 7, 6, 9]], 0.100705987590378),
    ([[12, 3, 5, 9, 2, 8, 4, 7], [20, 13, 15, 9, 22, 8, 14, 7]], 0.0168562442962105),
    ([[30, 12, 8], [14, 15, 20], [9, 3, 10], [5, 6, 3]], 0.0106456469127315),
    ([[3, 1, 2, 0, 4, 1], [1, 3, 1, 2, 0, 5], [2, 2, 4, 1, 1, 1]], 0.150621124595837),
]


@pytest.mark.parametrize(("table", "p"), TABLES)
def test_the_exact_test_is_fishers(table: list[list[int]], p: float) -> None:
    """fisher.test(matrix(c(4, 2, 1, 0, 5, 2, 1, 1, 6), 3, byrow = TRUE))$p.value, and so on; R's own ends at its 1e-7."""
    turned = [list(line) for line in zip(*table, strict=True)]

    assert exact_p(table) == near(p)
    assert exact_p(turned) == near(p)
    assert difference_test(table).is_exact


def tables_of(lines: tuple[int, ...], columns: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield every table with these totals, as its columns."""
    if not columns:
        yield []
        return
    for laid in product(*(range(min(line, columns[0]) + 1) for line in lines)):
        if sum(laid) == columns[0]:
            left = tuple(line - gone for line, gone in zip(lines, laid, strict=True))
            yield from ([laid, *others] for others in tables_of(left, columns[1:]))


def test_the_exact_test_is_what_counting_every_table_gives() -> None:
    """In fractions, one table after another: the obvious way, which is too slow for any but small tables."""
    drawn = random.Random(3)
    for lines, columns in [(2, 3), (3, 3), (2, 5), (3, 4)] * 4:
        table = [[drawn.randint(0, 2) for _ in range(columns)] for _ in range(lines - 1)] + [[1] * columns]
        table[0][0] += 1
        table[1][1] += 1
        totals = tuple(sum(line) for line in table)
        weights = [Fraction(1, prod(factorial(count) for column in each for count in column))
                   for each in tables_of(totals, [sum(column) for column in zip(*table, strict=True)])]  # fmt: skip
        seen = Fraction(1, prod(factorial(count) for line in table for count in line))

        assert exact_p(table) == near(float(sum(each for each in weights if each <= seen) / sum(weights)))


@pytest.mark.parametrize(("one", "other", "p"), [(15, 11, 0.557197093963623), (5, 20, 0.00407731533050537)])
def test_two_answers_are_told_apart_by_the_binomial_test(one: int, other: int, p: float) -> None:
    """binom.test(15, 26)$p.value; binom.test(20, 25)$p.value."""
    assert pair_test(one, other) == near(p)


def test_two_answers_of_a_large_survey_are_told_apart_alike() -> None:
    """binom.test(961, 2002)$p.value; past 2,000 answers scipy sums the binomial."""
    assert pair_test(961, 1041) == near(0.0774349838910377)


def test_a_table_too_large_to_count_out_is_tested_approximately_and_says_so() -> None:
    """chisq.test(matrix(c(40, 30, 20, 25, 45, 30), 2, byrow = TRUE), correct = FALSE)$p.value."""
    assert chi_squared_p([[40, 30, 20], [25, 45, 30]])[0] == near(0.0187112098289045)

    found = difference_test([[400, 300, 200, 300], [250, 450, 300, 250], [300, 300, 350, 250], [200, 230, 340, 320]])

    assert (found.name, found.is_exact) == ("chi-squared test without continuity correction", False)
    assert found.why == "approximate: the table is too large for the exact test"


def test_a_large_and_thin_table_is_not_tested_at_all() -> None:
    """Cochran 1954: where less than one is expected, chi-squared is not to be relied upon."""
    found = difference_test([[400, 300, 200, 1], [250, 450, 300, 1], [300, 300, 350, 2], [200, 230, 340, 0]])

    assert found.p is None
    assert found.why == "the table is too large for the exact test, and too thin for the chi-squared test"


@pytest.mark.parametrize(("thin", "is_tested"), [((4, 4, 4), True), ((4, 4, 1), True), ((1, 1, 0), False)])
def test_a_fifth_of_the_counts_expected_may_be_under_five(thin: tuple[int, int, int], is_tested: bool) -> None:
    """Cochran 1954, and none under one: of 12 or 9 people 4 or 3 are expected in each of three, of 2 people 0.7.

    With such a column more it is six of eighteen.
    """
    table = [[400, 300, 200, 250, thin[0]], [250, 450, 300, 150, thin[1]], [300, 300, 250, 300, thin[2]]]

    assert (difference_test(table).p is not None) is is_tested
    assert difference_test([[*line, each] for line, each in zip(table, thin, strict=True)]).p is None


def test_what_a_run_may_count_out_is_bounded() -> None:
    """What one table took the next has no more; past the bound the chi-squared test is given and called approximate."""
    table, work = [[20, 10, 12, 5], [10, 9, 20, 8], [11, 7, 6, 9]], Work(400_000)

    assert [difference_test(table, work).is_exact for _ in range(2)] == [True, False]
    assert work.left >= 0


def test_numbers_of_groups_are_compared_by_their_ranks() -> None:
    """kruskal.test(list(c(1, 2, 2, 5), c(3, 4, 4, 6, 7), c(2, 8, 9)))$p.value."""
    found = ranks_test([polars.Series(each) for each in ([1, 2, 2, 5], [3, 4, 4, 6, 7], [2, 8, 9])])

    assert found.p == near(0.150467300636709)
    assert not found.is_exact


def test_an_interval_of_a_finite_population_is_wilsons_of_the_effective_number() -> None:
    """prop.test(15/34 * n, n, correct = FALSE) with n = 34 * 68 / 35: Cochran 1977, section 2.6."""
    n = 34 * 68 / 35
    whole = finite_wilson(Share(69, 69), 69)

    assert finite_wilson(Share(15, 34), 69) == wilson(15 / 34 * n, n)
    assert whole == Interval(1, 1)
    assert finite_wilson(Share(0, 0), 69) is None
    assert finite_wilson(Share(50, 70), 69) == wilson(50, 70)


# The sample of agreement.R: two strata of 20 and 49 invited; 6 and 9 are analysed, one of each left the question out.

INSTITUTIONS = "i1 i1 i2 i3 i3 i4 j1 j1 j2 j2 j3 j4 j4 j5 j5".split()
TOLD = [1, 0, 1, None, 1, 0, 0, 0, 1, None, 0, 1, 0, 0, 1]
MEASURED = [4, 7.5, 2, None, 3, 8, 1, 2, 6, None, 5.25, 9, 3, 3, 2]
STRATA = {"a": Layer(20 / 6), "b": Layer(49 / 9)}


def people(answers: Sequence[float | None], is_one_stratum: bool = False) -> list[Unit]:
    strata = ["" if is_one_stratum else name for name in "aaaaaabbbbbbbbb"]
    return [Unit(stratum, answer is not None, answer or 0) for stratum, answer in zip(strata, answers, strict=True)]


def clusters(answers: Sequence[float | None], is_one_stratum: bool = False) -> list[Unit]:
    found: dict[str, Unit] = {}
    for place, one in zip(INSTITUTIONS, people(answers, is_one_stratum), strict=True):
        _, answered, total, _ = found.get(place, Unit(one.stratum, 0, 0))
        found[place] = Unit(one.stratum, answered + one.answered, total + one.total)
    return list(found.values())


def of(strata: Mapping[str, Layer], a: int, b: int) -> dict[str, Layer]:
    return {"a": strata["a"]._replace(units=a), "b": strata["b"]._replace(units=b)}


SHARES = [  # what R calls it, the units, the layers, share, standard error, low, high
    ("strata", people(TOLD), STRATA, 0.437269372693727, 0.147529414181321, 0.171950936955035, 0.744094527328604),
    ("strata fpc", people(TOLD), of(STRATA, 20, 49), 0.437269372693727, 0.131318895496718, 0.193587714123812, 0.715522961706957),
    ("clusters", clusters(TOLD), STRATA, 0.437269372693727, 0.124793419670858, 0.189772911712745, 0.720508058073072),
    ("clusters fpc", clusters(TOLD), of(STRATA, 18, 47), 0.437269372693727, 0.116607706830142, 0.202164022278293, 0.704396088922016),
    ("clusters alone", clusters(TOLD, True), {"": Layer(1)}, 0.461538461538462, 0.120068780400610, 0.219555350124255, 0.723113415216154),
    ("simple fpc", people(TOLD, True), {"": Layer(1, 69)}, 0.461538461538462, 0.126608703916059, 0.220261115410894, 0.722288935542187),
]  # fmt: skip
MEANS = [
    ("strata", people(MEASURED), STRATA, 4.181273062730628, 0.751416699610518, 2.52741605784284, 5.83513006761841),
    ("strata fpc", people(MEASURED), of(STRATA, 20, 49), 4.181273062730628, 0.669513347363441, 2.70768412070042, 5.65486200476084),
    ("clusters", clusters(MEASURED), STRATA, 4.181273062730628, 0.831736486550059, 2.21452879569978, 6.14801732976147),
    ("clusters fpc", clusters(MEASURED), of(STRATA, 18, 47), 4.181273062730628, 0.777977520123831, 2.34164855145180, 6.02089757400945),
    ("clusters alone", clusters(MEASURED, True), {"": Layer(1)}, 4.288461538461538, 0.768347666730364, 2.51664864170685, 6.06027443521623),
    ("simple fpc", people(MEASURED, True), {"": Layer(1, 69)}, 4.288461538461538, 0.636800487397945, 2.90099246658055, 5.67593061034253),
]  # fmt: skip


@pytest.mark.parametrize(("design", "units", "layers", "share", "error", "low", "high"), SHARES)
def test_a_share_of_all_invited_is_that_of_the_survey_package(
    design: str, units: list[Unit], layers: Mapping[str, Layer], share: float, error: float, low: float, high: float
) -> None:
    """svymean(~y, subset(svydesign(...), !is.na(y))) and svyciprop(~y, ..., method = "xlogit"), as agreement.R calls them."""
    found = share_estimate(linear(units, layers))

    assert found is not None, design
    assert (found.share, found.standard_error) == (near(share), near(error))
    assert found.interval == Interval(near(low), near(high))


@pytest.mark.parametrize(("design", "units", "layers", "mean", "error", "low", "high"), MEANS)
def test_a_mean_of_all_invited_is_that_of_the_survey_package(
    design: str, units: list[Unit], layers: Mapping[str, Layer], mean: float, error: float, low: float, high: float
) -> None:
    """svymean(~x, ...) and confint(..., df = degf(...)), as agreement.R calls them."""
    found = mean_estimate(linear(units, layers))

    assert found is not None, design
    assert (found.mean, found.standard_error) == (near(mean), near(error))
    assert found.interval == Interval(near(low), near(high))


def test_people_who_answered_alike_may_be_counted_together() -> None:
    """Twice two alike are four: the estimate does not depend on how its units are written down."""
    apart = [Unit("", 1, 1)] * 4 + [Unit("", 1, 0)] * 3 + [Unit("", 0, 0)] * 2
    together = [Unit("", 1, 1, 4), Unit("", 1, 0, 3), Unit("", 0, 0, 2)]

    found, same = (linear(units, {"": Layer(1, 40)}) for units in (apart, together))

    assert found == pytest.approx(same, abs=1e-15)


def test_a_stratum_with_one_person_has_a_share_but_no_standard_error() -> None:
    """R stops at a lonely unit; here the share is given, and that nothing is known of its error."""
    found = share_estimate(linear([Unit("a", 1, 1), Unit("b", 1, 0), Unit("b", 1, 1)], {"a": Layer(5), "b": Layer(3)}))

    assert found is not None
    assert (found.share, found.standard_error, found.interval) == (near(8 / 11), None, None)
