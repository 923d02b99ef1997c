"""Whether shares differ, by exact tests; where no exact test is within reach it says so.

Fisher's test of 2 by 2, Freeman and Halton's of larger tables, the exact binomial test of two answers to one question
(the sign test of a multinomial pair) and of paired answers (McNemar). Nothing here is random: the same table has the
same p for ever. Where a table is too large to be counted out, the chi-squared test is given and labelled approximate.

Fisher RA. J R Stat Soc 1935;98:39-54. Freeman GH, Halton JH. Biometrika 1951;38:141-9. McNemar Q. Psychometrika
1947;12:153-7. The same values as R's fisher.test, binom.test, kruskal.test and chisq.test(correct = FALSE).
"""

from collections.abc import Sequence
from math import comb, prod

from patency.practice.tables import Test

SIGNIFICANT = 0.05
MOST_STEPS = 200_000  # of counting out one table; about half a second
_AS_LIKELY = 1 + 1e-7  # tables this close to the one seen are as likely as it, as R's fisher.test has it


class _TooLarge(Exception):  # noqa: N818  answered in the same module by an approximate test
    pass


def pair_test(one: int, other: int) -> float | None:
    """Return the exact two-sided p that one of two answers is given as often as the other; none where nobody gave either."""
    n = one + other
    if not n:
        return None
    fewest = min(one, other)
    if 2 * fewest == n:
        return 1.0
    if n > 2_000:  # the sum below holds integers of n binary digits
        from scipy.stats import binom

        return min(1.0, 2 * float(binom.cdf(fewest, n, 0.5)))
    return min(1.0, float(2 * sum(comb(n, k) for k in range(fewest + 1)) / 2**n))


def difference_test(table: Sequence[Sequence[int]]) -> Test:
    """Test whether the lines of a table differ between its columns: exactly, or else approximately and labelled so."""
    table = _without_empty(table)
    if len(table) < 2 or len(table[0]) < 2:
        return Test("none", None, True, "all gave the same answer, or are of one group: there is nothing to compare")
    name = (
        "Fisher's exact test"
        if len(table) == len(table[0]) == 2
        else "Fisher's exact test as Freeman and Halton extended it"
    )
    try:
        return Test(name, exact_p(table), True)
    except _TooLarge:
        p, least = chi_squared_p(table)
        why = "approximate: the table is too large for the exact test"
        if least < 5:  # Cochran WG. Biometrics 1954;10:417-51
            return Test(
                "none", None, False, "the table is too large for the exact test, and too thin for the chi-squared test"
            )
        return Test("chi-squared test without continuity correction", p, False, why)


def exact_p(table: Sequence[Sequence[int]]) -> float:
    """Return the share of all tables with these totals that are at most as likely as this one.

    Every table weighs, as a whole number, the ways in which it can come about. Columns are laid one after another;
    what is kept is how many of each line are still to be laid, with the weights so far, alike ones together.
    """
    if len(table) > len(table[0]):
        table = list(zip(*table, strict=True))
    if len(table) == 2 and len(table[0]) == 2:
        return _fisher(table)
    totals = [sum(line) for line in table]
    columns = sorted((sum(column) for column in zip(*table, strict=True)), reverse=True)
    seen = prod(_ways(column) for column in zip(*table, strict=True))
    weights: dict[tuple[int, ...], dict[int, int]] = {tuple(totals): {1: 1}}
    steps = 0
    for column in columns[:-1]:
        following: dict[tuple[int, ...], dict[int, int]] = {}
        for left, so_far in weights.items():
            for laid in _layings(column, left):
                steps += len(so_far)
                if steps > MOST_STEPS:
                    raise _TooLarge
                ways = _ways(laid)
                into = following.setdefault(tuple(a - b for a, b in zip(left, laid, strict=True)), {})
                for weight, times in so_far.items():
                    into[weight * ways] = into.get(weight * ways, 0) + times
        weights = following
    every = below = 0
    for left, so_far in weights.items():
        last = _ways(left)
        for weight, times in so_far.items():
            every += weight * last * times
            below += weight * last * times if weight * last <= seen * _AS_LIKELY else 0
    return below / every


def _fisher(table: Sequence[Sequence[int]]) -> float:
    (a, b), (c, d) = table
    if a + b + c + d > 2_000:
        from scipy.stats import fisher_exact

        return float(fisher_exact([[a, b], [c, d]])[1])
    ways = [comb(a + c, k) * comb(b + d, a + b - k) for k in range(max(0, a + b - (b + d)), min(a + b, a + c) + 1)]
    seen = comb(a + c, a) * comb(b + d, b)
    return sum(each for each in ways if each <= seen * _AS_LIKELY) / sum(ways)


def _ways(column: Sequence[int]) -> int:
    """Count the ways in which those of one column can be given to the lines."""
    left, ways = sum(column), 1
    for count in column:
        ways *= comb(left, count)
        left -= count
    return ways


def _layings(column: int, left: Sequence[int]) -> list[tuple[int, ...]]:
    if len(left) == 1:
        return [(column,)] if column <= left[0] else []
    rest = sum(left[1:])
    return [
        (first, *others)
        for first in range(max(0, column - rest), min(column, left[0]) + 1)
        for others in _layings(column - first, left[1:])
    ]


def _without_empty(table: Sequence[Sequence[int]]) -> list[list[int]]:
    lines = [list(line) for line in table if sum(line)]
    kept = [at for at in range(len(lines[0])) if sum(line[at] for line in lines)] if lines else []
    return [[line[at] for at in kept] for line in lines]


def chi_squared_p(table: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Return the p of the chi-squared test without correction, and the least count that was expected."""
    from scipy.stats import chi2_contingency

    found = chi2_contingency(table, correction=False)
    return float(found.pvalue), float(found.expected_freq.min())


def ranks_test(groups: Sequence[Sequence[float]]) -> Test:
    """Test whether numbers are higher in some groups than in others: Kruskal and Wallis, JASA 1952;47:583-621."""
    from scipy.stats import kruskal

    filled = [group for group in groups if len(group)]
    name = "Kruskal-Wallis test"
    if len(filled) < 2:
        return Test(name, None, False, "there is one group alone: there is nothing to compare")
    if len({value for group in filled for value in group}) < 2:
        return Test(name, None, False, "all gave the same number: there is nothing to compare")
    return Test(
        name, float(kruskal(*filled).pvalue), False, "approximate: its p is read off the chi-squared distribution"
    )
