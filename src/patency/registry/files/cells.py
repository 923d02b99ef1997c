"""What the cells of one column say, as they are packed: what is written alike in thousands of rows is read once.

A cell is read by the reader of practice/cells.py, and held against what its form allows (valid.py), so that nothing comes in
from a file that could not be entered by hand.

Not here: which columns answer which items (map.py), what a whole row says (read.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from patency.answer import Unreadable
from patency.case import Absence, Span
from patency.instrument.model import Item, ItemKind
from patency.practice import identity
from patency.practice.cells import Read
from patency.registry.entry import fragment
from patency.registry.files.excel import is_odd, why_odd
from patency.registry.valid import shown, why_wrong
from patency.table import LONGEST_CELL, uncell

NOT_ASKED = "[not asked]"  # as an export writes that there was no question: of its reasons the only one that is no answer in surveys
_TO = " to "  # between the two ends of what is known within them, as an export writes it and as one types it
_MOST_KNOWN = 50_000  # unlike cells of one column whose reading is kept for later rows


class Answers(Mapping[str, Sequence[Any]]):
    """The answers to the items of a part, row by row; those of an item are gathered when they are first asked for."""

    def __init__(self, found: dict[str, Sequence[Any]]) -> None:
        self._found = found
        self._waiting: dict[str, tuple[Mapping[Any, Any], Sequence[Any]]] = {}

    def add(self, name: str, known: Mapping[Any, Any], cells: Sequence[Any]) -> None:
        """Add an item, by its cells and what each of them says."""
        self._waiting[name] = (known, cells)

    def __getitem__(self, name: str) -> Sequence[Any]:
        if name not in self._found:
            known, cells = self._waiting[name]
            self._found[name] = [known[cell] for cell in cells]
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._found, **self._waiting})

    def __len__(self) -> int:
        return len(self._found.keys() | self._waiting.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._found or name in self._waiting


class Cells:
    """Reads the cells of one item, and remembers what they said and how it is packed."""

    def __init__(self, name: str, item: Item, read: Callable[[Any], Read], places: Sequence[int], today: date) -> None:
        self.name, self.item, self.places, self.today = name, item, places, today
        self.read, self.is_text = read, item.kind is ItemKind.TEXT
        self.known: dict[Any, Read | Span | Unreadable] = {}
        self.texts: dict[Any, str] = {}  # each cell, packed
        self.sections: dict[Any, str] = {}  # and where in the line that stands
        # Whether any known cell cannot be read; whether any says a reason for no answer, or a span.
        self.is_odd = self.is_mixed = False

    def packed(self, cells: Sequence[Any]) -> list[str]:
        """Return what each cell says, packed."""
        try:
            return list(map(self.texts.__getitem__, cells))
        except KeyError:  # soon there are none that were not met before
            self._learn(cells)
        return list(map(self.texts.__getitem__, cells))

    def _learn(self, cells: Sequence[Any]) -> None:
        """Read those cells that were not met before; what people wrote freely comes but once, and is not kept."""
        if self.is_text or len(self.known) > _MOST_KNOWN:
            self.known, self.texts, self.sections, self.is_odd, self.is_mixed = {}, {}, {}, False, False
        for cell in set(cells) - self.known.keys():
            try:
                value = self._value(cell)
            except Unreadable as unreadable:
                self.known[cell], self.is_odd = unreadable, True
                self.sections[cell], self.texts[cell] = "", "?"  # its row is refused; yet the part had something to say
                continue
            self.known[cell] = value
            self.sections[cell], self.texts[cell] = ("", "") if value is None else fragment(self.name, value)
            self.is_mixed = self.is_mixed or isinstance(value, (Absence, Span))

    def _value(self, cell: Any) -> Read | Span:
        for each in (cell,) if isinstance(cell, str) else cell:
            if len(each) > LONGEST_CELL:
                raise Unreadable(f"the cell has {len(each):,} letters", f"up to {LONGEST_CELL:,} are read",
                                 "look at what it is; an answer is shorter")  # fmt: skip
            if is_odd(each):
                raise Unreadable(*odd(each))
        value = self._read(uncell(cell)) if isinstance(cell, str) else self.read(tuple(map(uncell, cell)))
        if value is None and NOT_ASKED in ((cell.strip(),) if isinstance(cell, str) else cell):
            value = Absence.NOT_ASKED
        if self.is_text and isinstance(value, str) and (what := identity.held(value)):
            raise Unreadable(
                f"{self.item.name!r} holds {what}", "a record never carries an identity", "take it out of the text"
            )
        if value is not None and (wrong := why_wrong(self.item, value, self.today)):
            raise Unreadable(f"{self.item.name!r} cannot be {shown(value, self.item)}", *wrong)
        return value

    def _read(self, cell: str) -> Read | Span:
        """Read a cell; of a number or a day it may hold both ends of what is known."""
        try:
            return self.read(cell)
        except Unreadable:
            ends = cell.split(_TO)
            if len(ends) != 2 or self.item.kind not in (ItemKind.NUMBER, ItemKind.DATE):
                raise
            match tuple(map(self.read, ends)):
                case (float() as low, float() as high):
                    return low if low == high else Span(low, high)
                case (date() as first, date() as last):
                    return first if first == last else Span(first.toordinal(), last.toordinal())
            raise


def odd(cell: str) -> tuple[str, str, str]:
    """Say what is wrong with a cell of Excel's: what, why, how to mend it."""
    return (
        f"the cell cannot be read: {why_odd(cell)}",
        "what it shows is not what it holds",
        "write into each cell what it says, as a value",
    )
