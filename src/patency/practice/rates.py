"""How many of those invited answered: AAPOR's rates, and the three of CHERRIES, each with what it is made of."""

from typing import NamedTuple

from patency.practice.share import Interval


class Rate(NamedTuple):
    """One rate: its name, how it is made in words, its two numbers and its value.

    `numerator` and `denominator` need not be whole: where eligibility is assumed, a part of the unknown counts. Where
    `value` is None, `why` says which number is not stated or that the denominator is 0. `interval` is Wilson's where both
    numbers are counts.
    """

    name: str
    words: str
    formula: str
    numerator: float | None
    denominator: float | None
    value: float | None
    interval: Interval | None
    why: str
