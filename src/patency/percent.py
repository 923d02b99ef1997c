"""How a share is written: one rule of rounding for every percentage that Patency prints of a survey.

A Share goes in; "15 of 34, 44% (29% to 61%)" comes out, or its parts for the columns of a table. A percentage has
no decimal where fewer than 200 were counted, and one from 200 on; a half is rounded away from zero, on the exact
fraction and never on a float of it. What is some is never printed as none, nor what is not all as all.

The manual of the AMA allows a percentage no more digits than its denominator has (9 of 28 is 32%, not 32.1%; AMA
Manual of Style, 10th edition, visual presentation of data, read second-hand): no decimal below 100. Its journals ask
for none below 200 (instructions for authors, from memory, not confirmed), which keeps that rule too and is what the
surveys that Patency reads over have printed, so that their percentages come out as they stand there.
"""

from typing import TYPE_CHECKING

from patency.share import Interval, Share

if TYPE_CHECKING:
    from fractions import Fraction  # loading it would take a page at night as long as half of starting

WHOLE_BELOW = 200
RULE = (
    "Percentages are rounded to whole numbers where fewer than 200 were counted and to one decimal from 200 on, a half "
    "away from zero; the ends of intervals likewise."
)
# More digits in a file than in print would give back the counts that are withheld.
IN_FILES = (
    "Files (JSON, CSV) hold the digits that are printed, and no more; nothing was rounded before it was estimated."
)


def percent(share: Share) -> str:
    """Write the percentage of a share; of nobody there is none."""
    return ratio(share.count, share.of)


def ratio(count: "float | Fraction", of: "float | Fraction") -> str:
    """Write so many of so many in percent, where either may be an assumption and not whole; of nobody there is none."""
    if not of:
        return ""
    places = decimals(of)
    (above, over), (below, under) = count.as_integer_ratio(), of.as_integer_ratio()
    steps, whole = _steps(100 * above * under, below * over, places), 100 * 10**places
    if above and not steps:
        return f"<{_written(1, places)}%"
    if count < of and steps == whole:
        return f">{_written(whole - 1, places)}%"
    return f"{_written(steps, places)}%"


def span(interval: Interval | None, of: float) -> str:
    """Write an interval of a share of so many, in percent."""
    if interval is None:
        return ""
    low, high = (rounded(100 * end, decimals(of)) for end in interval)
    return f"{low}% to {high}%"


def in_print(count: "float | Fraction", of: "float | Fraction") -> float:
    """Return the share of so many of so many with the digits of its percentage in print, for a file: 0.44 where 44% is printed."""
    return _as_share(ratio(count, of))


def ends_in_print(interval: Interval, of: float) -> Interval:
    """Return an interval of a share of so many with the same digits."""
    low, high = (_as_share(rounded(100 * end, decimals(of))) for end in interval)
    return Interval(low, high)


def _as_share(percentage: str) -> float:
    return round(float(percentage.strip("<>%")) / 100, 4)


def counted(share: Share, interval: Interval | None = None) -> str:
    """Write a share in full: its count, of how many, its percentage and its interval, Wilson's unless another is given."""
    if not share.of:
        return f"{share.count} of nobody"
    return f"{share.count} of {share.of}, {percent(share)} ({span(interval or share.interval, share.of)})"


def decimals(of: "float | Fraction") -> int:
    """Say how many decimals a percentage of so many has."""
    return 0 if of < WHOLE_BELOW else 1


def rounded(number: "float | Fraction", places: int) -> str:
    """Round a number, a half away from zero, and write it with so many decimals."""
    return _written(_steps(*number.as_integer_ratio(), places), places)


def _steps(above: int, below: int, places: int) -> int:
    """Count the steps of the last decimal in a fraction, a half as one more."""
    whole, rest = divmod(abs(above) * int(10**places), below)
    steps = whole + int(2 * rest >= below)
    return -steps if above < 0 else steps


def _written(steps: int, places: int) -> str:
    whole, part = divmod(abs(steps), 10**places)
    sign = "-" if steps < 0 else ""
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"
