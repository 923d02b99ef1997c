"""How far a curve is told: not where few remain, for its end is unstable and draws the eye.

In: a curve and how many it began with. Out: how many must be at risk, and the last day with so many. Figures, tables and texts
all go by this one rule, so that none prints a last step, a median or a mean that another leaves out.

Not here: what may be told of few people who lived (few.py).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patency.outcome.estimate.incidence import Incidence
    from patency.outcome.estimate.survival import Survival

# Pocock SJ, Clayton TC, Altman DG. Lancet 2002;359:1686-9 (recalled) would end a curve with 10 to 20 % of all still followed;
# of the small groups of a registry that is fewer than five.
FEW, PART = 5, 10  # five, and one in ten


def fewest_at_risk(units: int) -> int:
    """Return how many must be at risk for a curve to be told so far: a tenth of all, and five at least."""
    return max(FEW, -(-units // PART))


def reach_of(curve: "Survival | Incidence", units: int) -> float | None:
    """Return the last day on which somebody left and enough were at risk; None where too few were ever followed."""
    enough = curve.times[curve.at_risk >= fewest_at_risk(units)]
    return float(enough[-1]) if len(enough) else None


def cut_words(units: int) -> str:
    """Say why a curve is not told at some time."""
    return f"the curve is cut where fewer than {fewest_at_risk(units)} are at risk"
