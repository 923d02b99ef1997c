"""What counts as an outcome: from when time runs, what the event is, what ends it, in what unit, and seen how.

Trials define the same word differently, so a definition is content (content/outcomes), several stand in one family, and
the one used is named under every figure. Each rests on one rule of a few kinds:

    Patency    a treated vein is open: primary, primary-assisted or secondary, by one rule of what is closed
    Open       a vein was open at the scan of one visit
    OnScale    a scale of the post-thrombotic syndrome reached a grade: at one visit, at any, or twice some time apart
    Happened   an event of a kind was recorded: at any time, or within some days
    Recorded   of those with a record of a kind, such as a filter, the first one has one of some answers
    Succeeded  a procedure reached what it was done for, by one rule
    Measured   a number at a visit or of a procedure, and its change since the first

Not here: how a definition is read (read_definitions.py) or applied to a cut (patency.py, scale.py, happened.py).
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from patency.fault import Place
from patency.source import Citation, is_unverified


class Unit(Enum):
    """What is counted; limbs and veins of one patient are not independent, so their variance is clustered by patient."""

    EPISODE = "episode"
    LIMB = "limb"
    VEIN = "vein"
    PROCEDURE = "procedure"

    @property
    def plural(self) -> str:
        """What several are called."""
        return {"episode": "episodes", "limb": "limbs", "vein": "veins", "procedure": "procedures"}[self.value]


class Origin(Enum):
    """The day from which time runs."""

    DIAGNOSIS = "diagnosis"
    TREATMENT = "treatment"  # the index procedure; the diagnosis where there was none
    PROCEDURE = "procedure"
    STENT = "stent"

    @property
    def words(self) -> str:
        """As it stands under a figure."""
        return {
            "diagnosis": "the diagnosis",
            "treatment": "the index procedure, or the diagnosis where there was none",
            "procedure": "the index procedure",
            "stent": "the procedure that placed the first stent",
        }[self.value]


class Level(Enum):
    """Which patency: without any further procedure, with those before occlusion, or with those after it too."""

    PRIMARY = "primary"
    ASSISTED = "primary-assisted"
    SECONDARY = "secondary"


class Closed(Enum):
    """By what a scan shows a vein closed."""

    OCCLUDED = "occluded"
    NO_FLOW = "no flow, or not compressible"


class Window(NamedTuple):
    """Days from the origin, both ends included, in which a visit counts."""

    first: int
    last: int


class Patency(NamedTuple):
    """A vein stays open; `narrower` is the stenosis in percent above which it counts as lost, None where none does."""

    level: Level
    closed: Closed
    narrower: float | None
    veins: tuple[str, ...]
    is_stented: bool  # whether only veins with a stent count, or those that were involved


class Open(NamedTuple):
    """A vein was open at the scan nearest to a day within a window."""

    closed: Closed
    veins: tuple[str, ...]
    window: Window
    nearest: int


class OnScale(NamedTuple):
    """A score of a scale has one of some values, or a total of so many points or more, within a window of days.

    At any visit of the window, or at the one nearest to a day. Where it must do so several times, the first and the last
    are so many days apart; one item that has a value of `alone` is enough by itself.
    """

    instrument: str
    score: str
    values: tuple[str, ...]
    least: float | None  # of a total that was worked out elsewhere, as it was written
    window: Window
    nearest: int | None
    apart: int  # days; 0 where one time is enough
    alone: str  # the name of a yes/no item, such as an ulcer; "" where there is none


class Happened(NamedTuple):
    """An event was recorded whose fields have one of some answers: when, within so many days, or whether at any time."""

    table: str
    where: Mapping[str, tuple[str, ...]]
    within: int | None
    is_ever: bool  # whether it is asked if it is on record at all: who has none counts as having had none


class Recorded(NamedTuple):
    """The first record of a table that answers a field has one of some answers; who has no such record is not counted."""

    table: str
    field: str
    values: tuple[str, ...]


class Succeeded(NamedTuple):
    """A field of the index procedure says so: yes, or a number on the right side of a bound."""

    field: str
    least: float | None
    most: float | None


class Measured(NamedTuple):
    """A number: a field of the index procedure, or the total of a scale at the visit nearest to a day within a window.

    Where it is a change, it is that total less the last one up to the origin.
    """

    field: str  # of a procedure; "" for a scale
    instrument: str
    window: Window
    nearest: int
    is_change: bool


Rule = Patency | Open | OnScale | Happened | Recorded | Succeeded | Measured


class Definition(NamedTuple):
    """One definition of one outcome. `family` is what it defines: definitions of one family can be swapped."""

    name: str
    family: str
    title: str
    says: str
    rule: Rule
    unit: Unit
    origin: Origin
    among: str  # "adult" or "child", of whom alone it is meant; "" of everybody
    competing: bool  # whether death before the event competes with it (Aalen and Johansen); never with a patency
    citations: tuple[Citation, ...]
    content_hash: str
    place: Place

    @property
    def is_time(self) -> bool:
        """Whether it is a time to an event, and not a share or a number at one time."""
        return isinstance(self.rule, Patency) or (
            isinstance(self.rule, Happened) and self.rule.within is None and not self.rule.is_ever
        )

    @property
    def is_seen_at_visits(self) -> bool:
        """Whether the event is known to lie between two visits only, and not its day."""
        return isinstance(self.rule, Patency)

    @property
    def is_draft(self) -> bool:
        """Whether its words rest on memory alone."""
        return is_unverified(self.citations)

    @property
    def whom(self) -> str:
        """Of whom it is meant, in words."""
        return {"adult": "adults", "child": "children", "": "everybody"}[self.among]

    @property
    def words(self) -> str:
        """The definition in one paragraph, as it stands under every figure."""
        draft = " Unverified: its source's own words were not read." if self.is_draft else ""
        of = f" of {self.whom}" if self.among else ""
        return f"{self.title}: {self.says} Counted in {self.unit.plural}{of}, from {self.origin.words}.{self._reads}{self._ends}{draft}"

    @property
    def _reads(self) -> str:
        """What a scan is read for, where it shows a vein and a stent in it."""
        if not isinstance(self.rule, Patency | Open) or self.rule.closed is not Closed.OCCLUDED:
            return ""
        return " Where a scan shows a stent in the vein, it counts as the stent is, not as the vein is."

    @property
    def _ends(self) -> str:
        """By whose curve a time is counted, what a death is to it, and until when who had nothing is followed."""
        if not self.is_time:
            return ""
        if self.is_seen_at_visits:
            return " The share is Kaplan and Meier's: a death ends the follow-up and is no loss. Followed until the last scan."
        dies = ": death is a competing event" if self.competing else ", and nothing competes"
        return f" The share is Aalen and Johansen's{dies}. Everybody is followed for as long as it counts as known who lived."
