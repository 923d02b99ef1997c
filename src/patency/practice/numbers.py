"""What numbers and dates come to: median and quartiles, mean and standard deviation, first and last day.

Quartiles are R's type 7, its default: Hyndman RJ, Fan Y. Am Stat 1996;50:361-5. An interval for a share of a finite
population is Wilson's with the number asked in place of the sample that would tell as much of an endless one.
"""

from typing import TYPE_CHECKING

from patency.practice.tables import Bounds, Days, Numbers
from patency.share import Interval, Share, wilson

if TYPE_CHECKING:
    import polars


def numbers(answers: "polars.Series", unit: str) -> Numbers:
    """Describe the numbers that were given."""
    given = answers.drop_nulls().sort()
    n = len(given)
    if not n:
        return Numbers(0, unit, None, None, None, None, None, None, None)
    return Numbers(
        n,
        unit,
        float(given[0]),
        _quantile(given, 0.25),
        _quantile(given, 0.5),
        _quantile(given, 0.75),
        float(given[-1]),
        float(given.mean()),  # type: ignore[arg-type]  # a column of numbers has one
        float(given.std()) if n > 1 else None,  # type: ignore[arg-type]  # and this of two
    )


def _quantile(ordered: "polars.Series", share: float) -> float:
    at = (len(ordered) - 1) * share
    below = int(at)
    low = float(ordered[below])
    return low if at == below else low + (at - below) * (float(ordered[below + 1]) - low)


def days(answers: "polars.Series") -> Days:
    """Describe the days that were given; of two in the middle the earlier is the median, so that it is one that was given."""
    given = answers.drop_nulls().sort()
    if not len(given):
        return Days(0, None, None, None)
    return Days(len(given), given[0], given[(len(given) - 1) // 2], given[-1])


def finite_wilson(share: Share, population: int) -> Interval | None:
    """Return Wilson's interval for a share of a population of which so many were asked.

    Sampling without return lessens the variance by (N - n) / (N - 1): Cochran WG, Sampling Techniques, 3rd ed. 1977,
    section 2.6. A sample that tells as much of an endless population has n (N - 1) / (N - n) people; it takes the place
    of n, as effective sample sizes do: Korn EL, Graubard BI. Surv Methodol 1998;24:193-201. Who asks all knows.
    """
    if share.value is None:
        return None
    if share.of > population:  # more than there are: whoever counted them is wrong, and nothing is known for certain
        return wilson(share.count, share.of)
    if share.of == population:
        return Interval(share.value, share.value)
    effective = share.of * (population - 1) / (population - share.of)
    return wilson(share.value * effective, effective)


def bounds(share: Share, invited: int) -> Bounds | None:
    """Return what the share of the invited would be had all the others answered otherwise, and had all answered so.

    No assumption is made of those who did not answer: Manski CF. Am Econ Rev 1990;80(2):319-23.
    """
    if share.of > invited:
        return None
    return Bounds(Share(share.count, invited), Share(share.count + invited - share.of, invited))
