"""Whether shares differ, by exact tests; where no exact test is within reach it says so.

Fisher's test of 2 by 2, Freeman and Halton's of larger tables, the exact binomial test of two answers to one question
(the sign test of a multinomial pair) and of paired answers (McNemar). Nothing here is random: the same table has the
same p for ever. Where a table is too large to be counted out, the chi-squared test is given and labelled approximate.

Fisher RA. J R Stat Soc 1935;98:39-54. Freeman GH, Halton JH. Biometrika 1951;38:141-9. McNemar Q. Psychometrika
1947;12:153-7. The same values as R's fisher.test, binom.test, kruskal.test and chisq.test(correct = FALSE).
"""

from collections.abc import Iterator, Sequence
from math import comb, fsum, prod
from typing import TYPE_CHECKING

from patency.percent import rounded
from patency.practice.tables import Test

if TYPE_CHECKING:
    import polars

SIGNIFICANT = 0.05
MOST_STEPS = 500_000  # of counting out one table: at worst about a second
A_LAYING = 10  # steps, of working out one way to share out a column, where carrying a weight on takes one
MOST_PEOPLE = (
    1_000  # in a table that is counted out: the whole numbers it is counted in have about two digits for three
)
_AS_LIKELY = (10**7 + 1, 10**7)  # tables within this ratio are as likely as the one seen, as R's fisher.test has it


class _TooLarge(Exception):  # noqa: N818  answered in the same module by an approximate test
    pass


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
    """Return the share of all tables with these totals that are at most as likely as this one."""
    if len(table) > len(table[0]):
        table = list(zip(*table, strict=True))
    if len(table) == 2 and len(table[0]) == 2:
        return _fisher(table)
    if sum(map(sum, table)) > MOST_PEOPLE:
        raise _TooLarge
    seen = prod(_ways(column) for column in zip(*table, strict=True))
    return _Counting(table, seen * _AS_LIKELY[0] // _AS_LIKELY[1]).share()


class _Counting:
    """Counts out all tables with the totals of one, column after column, in whole numbers.

    A table weighs the number of ways in which it can come about. After some columns what matters is how many of each
    line are left, in any order, and the weight so far; alike ones are carried on together. Where the most that the
    columns to come could multiply a weight by leaves it within the limit all of them count, and where the least takes it
    beyond, none does: neither is counted out (Mehta CR, Patel NR. J Am Stat Assoc 1983;78:427-34).
    """

    def __init__(self, table: Sequence[Sequence[int]], limit: int) -> None:
        self.totals = tuple(sorted(sum(line) for line in table))
        self.columns = sorted((sum(column) for column in zip(*table, strict=True)), reverse=True)
        self.limit = limit
        self.steps = 0
        self.ends: dict[tuple[int, ...], tuple[int, int]] = {}

    def share(self) -> float:
        """Return the share, by weight, of the tables within the limit."""
        within = 0
        waiting: dict[tuple[int, ...], dict[int, int]] = {self.totals: {1: 1}}
        for at in range(len(self.columns)):
            following: dict[tuple[int, ...], dict[int, int]] = {}
            for left, weights in waiting.items():
                least, most = self._ends(left, at)
                open_still = {}
                for weight, times in weights.items():
                    if weight * most <= self.limit:
                        within += weight * times * _ways(left)
                    elif weight * least <= self.limit:
                        open_still[weight] = times
                if open_still:
                    self._carry(left, open_still, at, following)
            waiting = following
        return within / _ways(self.totals)

    def _carry(
        self, left: tuple[int, ...], weights: dict[int, int], at: int, into: dict[tuple[int, ...], dict[int, int]]
    ) -> None:
        for ways, following in self._laid(left, at):
            self._step(len(weights))
            found = into.setdefault(following, {})
            for weight, times in weights.items():
                found[weight * ways] = found.get(weight * ways, 0) + times

    def _ends(self, left: tuple[int, ...], at: int) -> tuple[int, int]:
        """Return the least and the most that the columns from here on can multiply a weight by."""
        if at == len(self.columns) - 1:
            return (_ways(left),) * 2
        if left not in self.ends:  # how many are left tells at which column one stands
            low = high = 0
            for ways, following in self._laid(left, at):
                least, most = self._ends(following, at + 1)
                low, high = min(low or ways * least, ways * least), max(high, ways * most)
            self.ends[left] = low, high
        return self.ends[left]

    def _laid(self, left: tuple[int, ...], at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        for laid in _layings(self.columns[at], left):
            self._step(A_LAYING)
            yield _ways(laid), tuple(sorted(have - gone for have, gone in zip(left, laid, strict=True)))

    def _step(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MOST_STEPS:
            raise _TooLarge


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
    limit = weights[a] * _AS_LIKELY[0] / _AS_LIKELY[1]
    return min(1.0, fsum(each for each in weights.values() if each <= limit) / fsum(weights.values()))


def _ways(column: Sequence[int]) -> int:
    """Count the ways in which those of one column can be given to the lines."""
    left, ways = sum(column), 1
    for count in column:
        ways *= comb(left, count)
        left -= count
    return ways


def _layings(column: int, left: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield each way in which a column can be shared out among lines with so many left; one at a time, for there may be millions."""
    if len(left) == 1:
        if column <= left[0]:
            yield (column,)
        return
    rest = sum(left[1:])
    for first in range(max(0, column - rest), min(column, left[0]) + 1):
        for others in _layings(column - first, left[1:]):
            yield (first, *others)


def _without_empty(table: Sequence[Sequence[int]]) -> list[list[int]]:
    lines = [list(line) for line in table if sum(line)]
    kept = [at for at in range(len(lines[0])) if sum(line[at] for line in lines)] if lines else []
    return [[line[at] for at in kept] for line in lines]


def chi_squared_p(table: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Return the p of the chi-squared test without correction, and the least count that was expected."""
    from scipy.special import chdtrc

    columns = [sum(column) for column in zip(*table, strict=True)]
    cells = [
        (count, sum(line) * column / sum(columns))
        for line in table
        for count, column in zip(line, columns, strict=True)
    ]
    found = fsum((count - expected) ** 2 / expected for count, expected in cells)
    freedom = (len(table) - 1) * (len(columns) - 1)
    return float(chdtrc(freedom, found)), min(expected for _, expected in cells)


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
