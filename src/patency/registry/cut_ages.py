"""What of an age a cut may show.

Capped at 90: 45 CFR 164.514(b)(2)(i)(C) lets all ages over 89 be given as "90 or older" only. Patency rounds besides, for an
age with many decimals tells a birthday to whoever learns the index date: to years from 18 on, to tenths from 1 to 17, and
below to hundredths, four days, which keep a newborn apart from an infant. Downward, as ages are told, so that nobody comes
of age by it.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

AGE, OLDEST = "age", 90.0  # the concept that an item with an age feeds; where ages end
_STEPS = ((18.0, 1), (1.0, 10), (0.0, 100))  # from this age on, so many steps to a year
_HAIR = 1e-9  # years: 0.29 * 100 is 28.999999999999996, and no age that is told lies so near to a step


def shown_age(age: float) -> float:
    """Return an age in years as a cut shows it."""
    steps = next(each for start, each in _STEPS if age >= start)
    return min(math.floor(age * steps + _HAIR) / steps, OLDEST)


def shown_ages(age: "polars.Expr") -> "polars.Expr":
    """Return a column of ages as a cut shows them; where there is none there is still none."""
    import polars

    # Polars multiplies by a tenth instead of dividing by ten, and 12 tenths would be 1.2000000000000002: hence the rounding.
    rounded = [((age * steps + _HAIR).floor() / steps).round(2) for _, steps in _STEPS]
    said = (
        polars.when(age >= _STEPS[0][0])
        .then(rounded[0])
        .when(age >= _STEPS[1][0])
        .then(rounded[1])
        .otherwise(rounded[2])
    )
    return said.clip(upper_bound=OLDEST)
