"""Whether shares differ, by exact tests; where no exact test is within reach it says so.

Fisher's test of 2 by 2, Freeman and Halton's of larger tables, the exact binomial test of two answers to one question
(the sign test of a multinomial pair) and of paired answers (McNemar). Nothing here is random: the same table has the
same p for ever. Where a table is too large to be counted out (counted_out.py), the chi-squared test is given and labelled
approximate.

Fisher RA. J R Stat Soc 1935;98:39-54. Freeman GH, Halton JH. Biometrika 1951;38:141-9. McNemar Q. Psychometrika
1947;12:153-7. The same values as R's fisher.test, binom.test, kruskal.test and chisq.test(correct = FALSE).
"""

from collections.abc import Sequence
from math import comb, fsum
from typing import TYPE_CHECKING

from patency.percent import rounded
from patency.practice.counted_out import AS_LIKELY, TooLarge, Work, share_as_unlikely
from patency.practice.tables import Test

if TYPE_CHECKING:
    import polars

SIGNIFICANT = 0.05


def p_figures(p: float, places: int) -> str:
    """Write a p, with more decimals where fewer would put it on the limit that it lies beside."""
    while places < 6 and p != SIGNIFICANT and float(rounded(p, places)) == SIGNIFICANT:
        places += 1
    return rounded(p, places)


def pair_test(one: int, other: int) -> float | None:
    """Return the exact two-sided p that one of two answers is given as often as the other; none where nobody gave either."""
    n = one + other
    if not n:
        return None
    fewest = min(one, other)
    if 2 * fewest == n:
        return 1.0
    if n > 2_000:  # the sum below holds integers of n binary digits
        from scipy.special import bdtr

        return min(1.0, 2 * float(bdtr(fewest, n, 0.5)))
    return min(1.0, float(2 * sum(comb(n, k) for k in range(fewest + 1)) / 2**n))


def difference_test(table: Sequence[Sequence[int]], work: Work | None = None) -> Test:
    """Test whether the lines of a table differ between its columns: exactly, or else approximately and labelled so.

    `work` is what all tables of a run may take together; without it a table has as much as any may.
    """
    table = _without_empty(table)
    if len(table) < 2 or len(table[0]) < 2:
        return Test("none", None, True, "all gave the same answer, or are of one group: there is nothing to compare")
    name = "Fisher's exact test" if _is_fourfold(table) else "Fisher's exact test as Freeman and Halton extended it"
    try:
        return Test(name, exact_p(table, work), True)
    except TooLarge:
        p, expected = chi_squared_p(table)
        if not _is_filled(expected):
            return Test(
                "none", None, False, "the table is too large for the exact test, and too thin for the chi-squared test"
            )
        return Test(
            "chi-squared test without continuity correction",
            p,
            False,
            "approximate: the table is too large for the exact test",
        )


def _is_filled(expected: Sequence[float]) -> bool:
    """Whether chi-squared may be relied upon: at most a fifth of the counts expected is under 5, and none under 1.

    Cochran WG. Biometrics 1954;10:417-51: so for more than one degree of freedom, and no other table comes here.
    """
    return min(expected) >= 1 and 5 * sum(each < 5 for each in expected) <= len(expected)


def exact_p(table: Sequence[Sequence[int]], work: Work | None = None) -> float:
    """Return the share of all tables with these totals that are at most as likely as this one."""
    return _fisher(table) if _is_fourfold(table) else share_as_unlikely(table, work or Work())


def _is_fourfold(table: Sequence[Sequence[int]]) -> bool:
    return len(table) == len(table[0]) == 2


def _fisher(table: Sequence[Sequence[int]]) -> float:
    (a, b), (c, d) = table
    # Each table's weight from its neighbour's, the likeliest being 1: no large number is met, whatever the size.
    lowest, highest = max(0, a - d), min(a + b, a + c)
    likeliest = min(highest, max(lowest, (a + b + 1) * (a + c + 1) // (a + b + c + d + 2)))
    weights = {likeliest: 1.0}
    for k in range(likeliest, highest):
        weights[k + 1] = weights[k] * (a + b - k) * (a + c - k) / ((k + 1) * (d - a + k + 1))
    for k in range(likeliest, lowest, -1):
        weights[k - 1] = weights[k] * k * (d - a + k) / ((a + b - k + 1) * (a + c - k + 1))
    limit = weights[a] * (1 + AS_LIKELY)
    return min(1.0, fsum(each for each in weights.values() if each <= limit) / fsum(weights.values()))


def _without_empty(table: Sequence[Sequence[int]]) -> list[list[int]]:
    lines = [list(line) for line in table if sum(line)]
    kept = [at for at in range(len(lines[0])) if sum(line[at] for line in lines)] if lines else []
    return [[line[at] for at in kept] for line in lines]


def chi_squared_p(table: Sequence[Sequence[int]]) -> tuple[float, list[float]]:
    """Return the p of the chi-squared test without correction, and the counts that were expected."""
    from scipy.special import chdtrc

    columns = [sum(column) for column in zip(*table, strict=True)]
    cells = [
        (count, sum(line) * column / sum(columns))
        for line in table
        for count, column in zip(line, columns, strict=True)
    ]
    found = fsum((count - expected) ** 2 / expected for count, expected in cells)
    freedom = (len(table) - 1) * (len(columns) - 1)
    return float(chdtrc(freedom, found)), [expected for _, expected in cells]


def ranks_test(groups: "Sequence[polars.Series]") -> Test:
    """Test whether numbers are higher in some groups than in others: Kruskal and Wallis, JASA 1952;47:583-621."""
    import polars
    from scipy.special import chdtrc

    filled = [group for group in groups if len(group)]
    name = "Kruskal-Wallis test"
    if len(filled) < 2:
        return Test(name, None, False, "there is one group alone: there is nothing to compare")
    every = polars.concat(filled)
    n, ties = len(every), every.value_counts()["count"].cast(polars.Float64)
    tied = 1 - float((ties**3 - ties).sum()) / (n**3 - n)
    if not tied:
        return Test(name, None, False, "all gave the same number: there is nothing to compare")
    ranks, squares, at = every.rank("average"), 0.0, 0
    for group in filled:
        squares += float(ranks[at : at + len(group)].sum()) ** 2 / len(group)
        at += len(group)
    found = (12 * squares / (n * (n + 1)) - 3 * (n + 1)) / tied
    return Test(
        name,
        float(chdtrc(len(filled) - 1, found)),
        False,
        "approximate: its p is read off the chi-squared distribution",
    )
