"""How far respondents differ from one another: "heterogeneous practice" as a number.

Shannon's entropy of the shares, divided by the most it could be for the answers offered, is 0 where all answer alike
and 1 where every answer is given equally often (Shannon CE. Bell Syst Tech J 1948;27:379-423, 623-56; Pielou EC. J Theor
Biol 1966;13:131-44). Its standard error is the closed form for large samples (Basharin GP. Theory Probab Appl
1959;4:333-6): nothing is drawn at random.
"""

from collections.abc import Mapping, Sequence
from math import log, sqrt

from patency.practice.tables import Compared, Spread
from patency.share import CONFIDENCE, Interval, Share, z_of


def spread(counts: Mapping[str, int]) -> Spread | None:
    """Say how far the answers to one question differ; none where nobody answered or one answer alone is offered."""
    n, offered = sum(counts.values()), len(counts)
    if not n or offered < 2:
        return None
    shares = [count / n for count in counts.values() if count]
    entropy = -sum(share * log(share) for share in shares)
    variance = sum(share * log(share) ** 2 for share in shares) - entropy**2
    most = max(counts.values())
    return Spread(
        min(1.0, abs(entropy) / log(offered)),  # abs: -0.0 where all answer alike
        sqrt(max(0.0, variance) / n) / log(offered) if n > 1 else None,
        offered,
        tuple(name for name, count in counts.items() if count == most),
        Share(most, n),
    )


def compare_spread(
    names: tuple[str, str], offered: tuple[int, int], answers: Sequence[tuple[str, str, int]]
) -> Compared:
    """Compare the spread of two questions: `answers` counts each pair of answers among those who answered both.

    The same people answer both questions, so the standard error is that of the difference of what each adds to either
    entropy: the logarithm of the share of those who answered alike (the delta method).
    """
    n = sum(count for _, _, count in answers)
    if not n or min(offered) < 2:
        return Compared(
            *names, n, None, None, "nobody answered both" if not n else "one of them offers one answer alone"
        )
    surprise = (
        _surprise([(one, count) for one, _, count in answers], n, offered[0]),
        _surprise([(other, count) for _, other, count in answers], n, offered[1]),
    )
    each = [(surprise[0][one] - surprise[1][other], count) for one, other, count in answers]
    difference = sum(value * count for value, count in each) / n
    variance = sum((value - difference) ** 2 * count for value, count in each) / n
    if variance < 1e-12:
        # Near the most or least that entropy can be, its first derivative says nothing of how it varies.
        return Compared(*names, n, difference, None, "at the ends of the scale no interval can be given in closed form")
    half = z_of(CONFIDENCE) * sqrt(variance / n)
    return Compared(*names, n, difference, Interval(difference - half, difference + half), "")


def _surprise(answers: Sequence[tuple[str, int]], n: int, offered: int) -> dict[str, float]:
    counts: dict[str, int] = {}
    for answer, count in answers:
        counts[answer] = counts.get(answer, 0) + count
    return {answer: -log(count / n) / log(offered) for answer, count in counts.items() if count}
