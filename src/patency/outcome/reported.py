"""What a report of outcomes holds, before it is written: everything has been counted, and nothing small is left in it.

Not here: how it is counted (report.py), written (markdown.py, tidy.py, as_json.py) or drawn (publish/outcomes.py).
"""

from collections.abc import Mapping
from typing import NamedTuple

from patency.outcome.definition import Definition
from patency.outcome.few import Shown
from patency.source import Citation, Source


class Stage(NamedTuple):
    """One stage of the flow of patients; `count` is None where it is withheld, `is_out` says who leaves it there."""

    words: str
    count: int | None  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    is_out: bool


class Cell(NamedTuple):
    """A cell of Table 1: its count and denominator in words, or that it is withheld."""

    text: str


class Trait(NamedTuple):
    """A row of Table 1; `missing` is of everybody, then of each group. `difference` is the largest between two groups."""

    words: str
    level: str
    everybody: Cell
    groups: tuple[Cell, ...]
    missing: tuple[Cell, ...]
    difference: str


class Outcome(NamedTuple):
    """A definition with its figures, everybody's first; `counts` are of all groups together, None where withheld."""

    definition: Definition
    figures: tuple[Shown, ...]
    counts: Mapping[str, int | None]
    notes: tuple[str, ...]


class Reported(NamedTuple):
    """A report: of which cut, by what groups, and all that it says."""

    title: str
    label: str
    cut: Mapping[str, str]
    by: str
    groups: tuple[str, ...]
    group_words: Mapping[str, str]
    fewest: int
    flow: tuple[Stage, ...]
    traits: tuple[Trait, ...]
    outcomes: tuple[Outcome, ...]
    methods: tuple[str, ...]
    strobe: tuple[tuple[str, str, str], ...]
    sources: tuple[Citation, ...]
    references: Mapping[str, Source] = {}

    @property
    def source(self) -> str:
        """What every number of it was counted from."""
        return f"cut {self.cut['content'][:16]} of registry {self.cut['registry']}"

    @property
    def into_cut(self) -> tuple[Stage, ...]:
        """The stages that lead into the cut; those from it to an outcome stand under that outcome, as denominators."""
        titles = tuple(f"{outcome.definition.title}: " for outcome in self.outcomes)
        return tuple(stage for stage in self.flow if not stage.words.startswith(titles))

    def group(self, name: str) -> str:
        """What a group is called."""
        return self.group_words.get(name, name) if name else "everybody"
