"""What an audit finds: of each figure a verdict, one sentence, and the arithmetic it rests on."""

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from patency.evidence.model import Audit
from patency.evidence.printed import Printed, decimal
from patency.source import Remark


class Verdict(Enum):
    """How a figure stands; `sign` is read in grey and by those who see no colour."""

    ODD = "does not fit"
    OTHER = "fits another number than the text gives"
    LACKS = "cannot be weighed"
    OPEN = "not settled"
    FITS = "fits"

    @property
    def sign(self) -> str:
        """A mark to be seen at a glance."""
        return _SIGNS[self.name]


_SIGNS = {"ODD": "✕", "OTHER": "≠", "LACKS": "?", "OPEN": "○", "FITS": "●"}
WORST_FIRST = list(Verdict)


class Fit(NamedTuple):
    """Counts from `low` to `high` of one denominator, each of which is printed so."""

    low: int
    high: int
    of: int


class Finding(NamedTuple):
    """What was found of one figure, or of several that stand together (`parts`)."""

    id: str
    says: str
    printed: str
    verdict: Verdict
    answer: str
    workings: tuple[str, ...] = ()
    fits: tuple[Fit, ...] = ()
    parts: tuple["Finding", ...] = ()
    remarks: tuple[Remark, ...] = ()


class Examined(NamedTuple):
    """An audit with everything that was found, in the order of the file."""

    audit: Audit
    findings: tuple[Finding, ...]

    def number_of(self, verdict: Verdict) -> int:
        """Count the findings of a verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict that a reader must see first."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.FITS)


def ratio(count: int, of: int, percent: Printed | None) -> str:
    """Write a division with enough decimals to see how it would be rounded: 15/34 = 44.12%."""
    return f"{count}/{of} = {decimal(Fraction(100 * count, of), (percent.decimals if percent else 0) + 2)}%"


def some(words: list[str], most: int = 10) -> str:
    """Join words, and say how many more there are."""
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
