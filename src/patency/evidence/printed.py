"""A number as it was printed: its digits are known, and so is what could have been rounded to it.

Everything is a fraction, since at the fives, where rounding turns, a float is already rounded itself.
"""

import re
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from patency.document import Fields

MOST_WHOLE, MOST_DECIMALS = 9, 6  # digits; no published figure here has more
_NUMBER = re.compile(rf"-?[0-9]{{1,{MOST_WHOLE}}}(\.[0-9]{{1,{MOST_DECIMALS}}})?")


class Way(Enum):
    """How a number came to be printed short; each is tried only where the one before it fits nothing."""

    ROUNDED = "rounded"
    CUT = "cut off instead of rounded"
    TWICE = "rounded twice"


class Reach(NamedTuple):
    """All numbers from `low` to `high`; whether the two ends are among them."""

    low: Fraction
    high: Fraction
    has_low: bool = True
    has_high: bool = True

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, Fraction | int):
            return False
        return self.low < number < self.high or (
            (self.has_low and number == self.low) or (self.has_high and number == self.high)
        )

    def wholes(self, times: Fraction = Fraction(1)) -> range:
        """Return the whole numbers that lie within `times` this reach."""
        # By whole numbers, for a file may ask this half a million times.
        low, below = self.low.numerator * times.numerator, self.low.denominator * times.denominator
        high, above = self.high.numerator * times.numerator, self.high.denominator * times.denominator
        first, last = -(-low // below), high // above
        first += first * below == low and not self.has_low
        last -= last * above == high and not self.has_high
        return range(first, last + 1)


class Printed(NamedTuple):
    """A number by its digits."""

    text: str
    value: Fraction
    decimals: int

    @property
    def unit(self) -> Fraction:
        """What one more in the last place would be."""
        return Fraction(1, 10**self.decimals)

    def reach(self, way: Way = Way.ROUNDED) -> Reach:
        """Return every number that is printed so.

        Rounded: a five goes up, or to the even digit; both are common, so a number is within reach by either.
        """
        return _mirrored(self._above_zero(-self.value, way)) if self.value < 0 else self._above_zero(self.value, way)

    def _above_zero(self, value: Fraction, way: Way) -> Reach:
        half, tenth = self.unit / 2, self.unit / 10
        is_even = (value / self.unit).numerator % 2 == 0
        match way:
            case Way.ROUNDED:
                return Reach(value - half, value + half, True, is_even)
            case Way.CUT:
                return Reach(value, value + self.unit, True, False)
            case Way.TWICE:  # 4.478 becomes 4.5, and that 5
                return Reach(value - half - tenth / 2, value + half - tenth / 2, True, False)


def _mirrored(reach: Reach) -> Reach:
    return Reach(-reach.high, -reach.low, reach.has_high, reach.has_low)


def read_number(text: str) -> Printed | None:
    """Read a number as printed; None where it is none, or has more digits than any figure has."""
    text = text.strip()
    plain = text.replace("·", ".").replace("−", "-").lstrip("+")  # some journals print a raised point
    if not _NUMBER.fullmatch(plain):
        return None
    return Printed(text, Fraction(plain), len(plain.partition(".")[2]))


def printed_in(fields: Fields, name: str) -> Printed | None:
    """Read a number of a file as it was printed, with or without its sign of percent; none where it is not given."""
    node = fields.get(name)
    if node is None:
        return None
    text = fields.as_text(node, name).removesuffix("%").strip()
    number = read_number(text)
    if number is None and isinstance(node.value, str):
        fields.fault(node.place, f"{name!r} is {text!r}, which is not a number as it is read here",
                     "its digits say how it was rounded",
                     f"write it with a point and at most {MOST_DECIMALS} decimals, such as 97.3")  # fmt: skip
    return number


def decimal(value: Fraction, decimals: int) -> str:
    """Write a fraction with so many decimals."""
    whole = round(value * 10**decimals)
    sign, digits = "-" if whole < 0 else "", str(abs(whole)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def root(value: Fraction, decimals: int = 3) -> str:
    """Write the square root of a fraction with so many decimals."""
    from math import isqrt

    scaled = value * 100 ** (decimals + 1)
    return decimal(Fraction(isqrt(scaled.numerator // scaled.denominator), 10 ** (decimals + 1)), decimals)
