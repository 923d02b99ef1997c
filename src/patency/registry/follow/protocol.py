"""A protocol of follow-up: which visits are planned, within which windows, and how complete a registry is to be.

A protocol is content, one YAML file each, read by read_protocol.py. Time runs from the index date or from the index
procedure. A month is a calendar month: one month after 31 January is the last day of February. Windows are in days.

Not here: which visits of an episode were made (due.py), how complete a registry is (complete.py).
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from patency.fault import Place
from patency.source import Citation, best_mark

STARTS = {"diagnosis": "the index date, on which imaging showed the clot", "procedure": "the index procedure"}
ENDS = ("death", "lost", "withdrawal")  # after which no more is due, where a protocol says so
UNITS = ("day", "week", "month", "year")


class Length(NamedTuple):
    """A length of time in whole days, weeks, calendar months or years."""

    number: int
    unit: str

    def after(self, day: date) -> date:
        """Return the day this long after another; where its month is shorter, that month's last day."""
        match self.unit:
            case "day":
                return day + timedelta(days=self.number)
            case "week":
                return day + timedelta(weeks=self.number)
        months = day.month - 1 + self.number * (12 if self.unit == "year" else 1)
        year, month = day.year + months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))

    @property
    def words(self) -> str:
        """The length as it is written: 3 months."""
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


class Wanted(NamedTuple):
    """Something that is to be recorded: a record of a kind in which each field has a value, the first of them one of some."""

    name: str
    words: str
    kind: str
    fields: tuple[str, ...]
    any_of: frozenset[str]


class Window(NamedTuple):
    """The day a visit is planned for, and the first and the last on which it may be made."""

    target: date
    opens: date
    closes: date


class Planned(NamedTuple):
    """A visit of a protocol: when it is planned, and what is to be recorded at it.

    `planned` is the name by which a visit says that it is this one; `only_after` the kind of record without which none is
    planned, such as a stent.
    """

    name: str
    words: str
    at: Length
    before: int
    after: int
    planned: str
    expects: tuple[str, ...]
    only_after: str
    may_overlap: bool
    citations: tuple[Citation, ...]
    place: Place

    def window(self, origin: date) -> Window:
        """Return its window, counted from the day on which time begins."""
        target = self.at.after(origin)
        return Window(target, target - timedelta(days=self.before), target + timedelta(days=self.after))

    @property
    def mark(self) -> str:
        """How its day or its window was verified, in words."""
        return best_mark(self.citations).words


class Target(NamedTuple):
    """How many are to have what is wanted, in percent: of the episodes, of the visits made, or of those that were expected."""

    name: str
    wanted: Wanted
    of: str
    at: tuple[str, ...]
    least: int
    citations: tuple[Citation, ...]


class Protocol(NamedTuple):
    """A plan of follow-up in one version. A visit not made is overdue for some days after its window, and then missed."""

    name: str
    title: str
    version: str
    about: str
    starts: str
    ends: tuple[str, ...]
    overdue: int
    expected: Mapping[str, Wanted]
    visits: tuple[Planned, ...]
    targets: tuple[Target, ...]
    citations: tuple[Citation, ...]
    content_hash: str
    place: Place

    def visit(self, name: str) -> Planned:
        """Return the visit of a name."""
        return next(each for each in self.visits if each.name == name)
