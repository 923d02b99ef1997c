"""Bleeds as a cut shows them: what each definition calls them, worked out from their facts by the scale isth-bleeding.

The form of an event names a bleed's facts as the scale's items are named, so that the scale reads them as they are. A column
for each of its definitions holds the class where the facts settle it, and null where they do not; `_may_be` holds what it
may still be. What the site called the bleed stands apart, in `class_as_written`, and is never used.

In: lines of events. Out: the columns beside those of the form. Of an event that is no bleed, and of one that does not say what it
was, they are null.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from patency.cut.manifest import Column
from patency.instrument.model import Instrument, Score
from patency.instrument.score import score
from patency.instrument.scored import Scored
from patency.registry.entry import ITEMS, unpacked
from patency.registry.said import response_of
from patency.truth import Truth

if TYPE_CHECKING:
    import polars

SCALE = "isth-bleeding"
_NO_DAY = date(2000, 1, 1)  # none of the scale's items is a date
_SIGN = b'"what":"bleeding"'


class Bleeds:
    """Reads what each definition calls a bleed; what is told alike is scored once."""

    def __init__(self, scales: Mapping[str, Instrument]) -> None:
        self._scale = scales.get(SCALE)
        self._scores = [each for each in self._scale.scores.values() if not each.number] if self._scale else []
        self._known: dict[frozenset[Any], tuple[Any, ...]] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, as the manifest lists them."""
        return tuple(column for each in self._scores for column in self._columns_of(each))

    def _columns_of(self, each: Score) -> tuple[Column, ...]:
        assert self._scale is not None, "it has a score"
        says = f"{each.words}, by the facts of the bleed and {SCALE} in the version of the manifest"
        if each.when is not None:
            return (Column(f"bleeding_{each.name}", "yes/no", f"whether it is {says}; null where that is open"),)
        bands = {band.name: band.words for band in each.bands}
        return (
            Column(f"bleeding_{each.name}", "one of, least first", f"{says}; null where that is open", "", bands),
            Column(f"bleeding_{each.name}_may_be", "list of", f"what it may still be by {each.words}"),
        )

    def read(self, lines: Sequence[bytes]) -> "polars.DataFrame":
        """Return the columns of lines of events."""
        import polars

        none = (None,) * len(self.columns)
        rows = [self._called(line) if _SIGN in line else none for line in lines]
        schema = {column.name: _type(column) for column in self.columns}
        return polars.DataFrame(rows, schema, orient="row")

    def _called(self, line: bytes) -> tuple[Any, ...]:
        assert self._scale is not None, "there are columns"
        values, _ = unpacked(line)
        facts = {ITEMS + name: values[name] for name in self._scale.items if name in values}
        alike = frozenset(facts.items())
        if alike not in self._known:
            found = score(self._scale, response_of(facts, self._scale, self._scale.place, _NO_DAY))
            self._known[alike] = tuple(value for each in self._scores for value in _told(found[each.name]))
        return self._known[alike]


def _told(scored: Scored) -> tuple[Any, ...]:
    """Return what a score comes to as its columns hold it."""
    if scored.score.when is not None:
        return (None if scored.value in (None, Truth.UNKNOWN) else scored.value is Truth.YES,)
    said = scored.value if isinstance(scored.value, frozenset) else frozenset()
    may_be = [band.name for band in scored.score.bands if band.name in said]
    return may_be[0] if len(may_be) == 1 else None, may_be


def _type(column: Column) -> Any:
    import polars

    if column.type == "yes/no":
        return polars.Boolean()
    return polars.Enum(list(column.choices)) if column.choices else polars.List(polars.String())
