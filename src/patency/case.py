"""What is known of one patient on one day.

A Finding is what may be true of one concept: a Yes or No, the span a number or date lies in, the
answers a choice may still be, the members a set has and has not. Where nothing is known, or the
answer was that it is not known, there is no value and every question about it stays Unknown.

Not here: how a case file is read (casefile.py), what a condition makes of a case (language/).
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from patency.fault import Place
from patency.truth import Truth


class Absence(Enum):
    """Why a finding has no value."""

    NOT_ASKED = "not asked"
    NOT_KNOWN = "not known"
    DECLINED = "declined"
    NOT_APPLICABLE = "not applicable"


class Span(NamedTuple):
    """A number, or a day counted from year 1, known to lie between two ends, both included."""

    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether only one value is possible."""
        return self.low == self.high


class Members(NamedTuple):
    """What is known to be in a set and what is known not to be; the rest is Unknown."""

    included: frozenset[str]
    excluded: frozenset[str]


Value = Truth | Span | frozenset[str] | Members


class Finding(NamedTuple):
    """One concept's value on a day, with where it came from, or the reason it is absent.

    `scale` is the scale whose response it came by; `leg` what is to be said of the leg that the response is about.
    """

    concept: str
    value: Value | None
    on: date
    written: str
    source: str = ""
    absence: Absence | None = None
    is_asserted: bool = False
    panel: str = ""
    place: Place = Place("")
    scale: str = ""
    leg: str = ""


class Case(NamedTuple):
    """The findings of one patient, seen on one day. Looking up what is not there gives no value, never a default."""

    on: date
    findings: Mapping[str, Finding] = {}
    name: str = ""
    about: str = ""

    def value(self, concept: str) -> Value | None:
        """Return what may be true of a concept, or None when nothing is known."""
        finding = self.findings.get(concept)
        return None if finding is None else finding.value

    def days_since(self, concept: str) -> Span | None:
        """Return how many days ago a dated concept was, as a span."""
        value = self.value(concept)
        if not isinstance(value, Span):
            return None
        today = self.on.toordinal()
        return Span(today - value.high, today - value.low)

    def seen_on(self, day: date) -> "Case":
        """Return the same findings seen on another day."""
        return self._replace(on=day)

    def with_finding(self, finding: Finding) -> "Case":
        """Return the case with one finding more, or another in its place."""
        return self._replace(findings={**self.findings, finding.concept: finding})
