"""A published study: whom it watched, what it counted, by which definition, and which claims it bears on.

Figures stand as they were printed. A count that was worked out from a percentage is decoded, and says so wherever it is
shown; where neither count nor denominator is known, a percentage stands alone and cannot be pooled. A definition is a
name from a list: two figures by different definitions are two outcomes, and are never pooled unasked.

Not here: how a file says it (read_study.py), pooling (together.py), and whether the figures can be (study_audit.py).
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from patency.evidence.effect import Effect, Measure, effect_of
from patency.evidence.printed import Printed
from patency.fault import Place
from patency.share import Interval, Share
from patency.source import Citation, Remark

NOT_STATED = "not-stated"
DESIGNS = (
    "randomised trial", "subgroup of a randomised trial", "single arm", "registry", "cohort", "case series",
    "systematic review", "individual patient data", "survey", "teaching text",
)  # fmt: skip
AGES, UNITS = ("adult", "child", "mixed", "not stated"), ("patient", "limb", "lesion", "not stated")
EXTENTS = ("iliofemoral", "iliocaval", "caval", "femoropopliteal", "proximal", "any", "not stated")
PHASES = ("acute", "subacute", "chronic", "mixed", "none", "not stated")
FIRST, LATER = "as first treatment", ("after weeks", "after months")
BEGUN = (
    FIRST,
    *LATER,
    "mixed",
    "none",
    "not stated",
)  # when in the course of the clot the treatment began that is told of
COMPRESSIONS = ("compression", "no compression", "mixed", "not stated")
_RATIOS = {"risk ratio": Measure.RISK_RATIO, "odds ratio": Measure.ODDS_RATIO, "difference": Measure.DIFFERENCE}
EFFECTS = (*_RATIOS, "hazard ratio", "other")


class Counts(Enum):
    """Whether a count was printed."""

    PRINTED = "printed"
    DECODED = "decoded"
    NOT_GIVEN = "not given"


class Stance(Enum):
    """How a study stands to a claim."""

    SUPPORTS = "supports"
    CONTRASTS = "contrasts"
    MENTIONS = "mentions"


class Outcome(NamedTuple):
    """What can come of a clot and its treatment, in words; `is_good` where more of it is better.

    `is_key` where an editor marked it for the short page of a consult (decision 0005).
    """

    id: str
    words: str
    is_good: bool
    is_key: bool = False


class Definition(NamedTuple):
    """What counts as an outcome, by one way of defining it."""

    id: str
    words: str
    citations: tuple[Citation, ...]


class Expected(NamedTuple):
    """What a claim leads one to expect of a registry: by which definition of an outcome, after how many months, of whom.

    Either a share between two ends, or that the first of two options (or of several, "this or that") has it less or more often
    than the second.
    `outcome` is a definition of content/outcomes, which outcome/against.py looks up; `extent` is "" where any will do.
    `after` names the options after which a share is counted, any where it is empty. `reported` names the outcomes as
    studies count them, by which their own figures are judged (by_rule.py); none where they are not.
    """

    outcome: str
    months: tuple[float, ...]
    between: Interval | None
    compares: tuple[str, ...]
    direction: str
    extent: str
    says: str
    citations: tuple[Citation, ...]
    place: Place
    after: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()


class Asserted(NamedTuple):
    """A claim that studies are set against, who makes it, and what it leads one to expect of a registry.

    Where it expects nothing, `no_registry` says why none can be set against it.
    """

    id: str
    words: str
    citations: tuple[Citation, ...]
    expects: tuple[Expected, ...] = ()
    no_registry: str = ""


class Terms(NamedTuple):
    """What a study may mention: outcomes, definitions and claims, by name."""

    outcomes: Mapping[str, Outcome]
    definitions: Mapping[str, Definition]
    claims: Mapping[str, Asserted]


class Population(NamedTuple):
    """Whom a study watched, and when in the course of their clot treatment began: in words of a list, and in its own."""

    age: str
    extent: str
    phase: str
    begun: str
    compression: str
    words: str


class Group(NamedTuple):
    """An arm, or a group that a study reports by itself; `option` is what Patency calls its treatment, if anything.

    `is_part` where it is some of those whom the study watched after that option, so that it never stands for them all.
    """

    id: str
    words: str
    option: str
    of: int | None
    is_part: bool = False


class Figure(NamedTuple):
    """What is printed of one group: a percentage, a count, of how many, an interval; and how the count is known."""

    group: str
    percent: Printed | None
    counted: int | None
    of: int | None
    counts: Counts
    is_of_printed: bool
    low: Printed | None
    high: Printed | None
    citations: tuple[Citation, ...]

    @property
    def share(self) -> Share | None:
        """Its count of how many, printed or decoded; none where either is not known."""
        return Share(self.counted, self.of) if self.counted is not None and self.of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's interval of its share."""
        return self.share and self.share.interval


class Compared(NamedTuple):
    """An effect as printed, of two groups of an outcome, the first against the second."""

    kind: str
    groups: tuple[str, ...]
    estimate: Printed | None
    low: Printed | None
    high: Printed | None
    p: Printed | None
    adjusted: str


class Reported(NamedTuple):
    """One outcome of a study: by which definition, when, of what, and its figures.

    `is_cumulative` where the figures are estimates over time, which are no shares of people.
    """

    id: str
    outcome: str
    definition: str
    at: str
    unit: str
    is_cumulative: bool
    figures: Mapping[str, Figure]
    effects: tuple[Compared, ...]
    remarks: tuple[Remark, ...]
    citations: tuple[Citation, ...]
    place: Place

    def recomputed(self, effect: Compared) -> Effect | None:
        """Work an effect out from the counts; none where they, or its kind, do not allow it."""
        shares = [self.figures[name].share for name in effect.groups if name in self.figures]
        if self.is_cumulative or len(shares) != 2 or effect.kind not in _RATIOS:
            return None
        first, second = shares
        return effect_of(_RATIOS[effect.kind], first, second) if first and second else None

    def is_decoded(self, effect: Compared) -> bool:
        """Whether a count behind an effect was worked out and not printed."""
        return any(self.figures[name].counts is Counts.DECODED for name in effect.groups if name in self.figures)


class Stands(NamedTuple):
    """How a study stands to a claim, the outcome on which that rests if it rests on one, and why."""

    claim: str
    stance: Stance
    on: str
    says: str
    citations: tuple[Citation, ...]


class Study(NamedTuple):
    """One published study."""

    id: str
    short: str
    title: str
    design: str
    setting: str
    enrolled: str
    population: Population
    groups: Mapping[str, Group]
    outcomes: tuple[Reported, ...]
    stands: tuple[Stands, ...]
    flags: tuple[Remark, ...]
    citations: tuple[Citation, ...]
    part_of: str  # another study whose patients these are, so that the two are never pooled
    audit: str  # the name of an audit of its text that stands in a file of its own; none where its figures are all here
    place: Place


class Evidence(NamedTuple):
    """The studies by name, and the terms in which they are told."""

    studies: Mapping[str, Study]
    terms: Terms


def stances_on(evidence: Evidence, claim: str) -> tuple[tuple[Study, Stands], ...]:
    """Gather how each study stands to a claim, those that support it first."""
    found = [(study, each) for study in evidence.studies.values() for each in study.stands if each.claim == claim]
    order = list(Stance)
    return tuple(sorted(found, key=lambda pair: (order.index(pair[1].stance), pair[0].short)))
