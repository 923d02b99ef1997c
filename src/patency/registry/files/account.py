"""What came of an import, row by row: rows in = kept + refused, and every refused row with its reasons.

The refused rows go to a file of their own, as they were, behind their number and the reason, which can be mended there and
imported again by the same mapping. It holds what the file held of patients, so its owner alone may read it.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from patency.fault import Fault, Place, Refused
from patency.registry.kinds import KINDS
from patency.registry.pseudonym import ALIKE, FORMULA, TELLING
from patency.registry.where import only_ours
from patency.table import cell, counted, csv_text

_ROWS_NAMED = 10  # of those whose pseudonyms are remarked upon
MOST_SHOWN = 40  # refused rows of which the account keeps the words; all of them are counted, and stand in the file
BOM = "\ufeff"
NUMBER, REASON = "patency_row", "patency_refused"


def refused_beside(file: Path) -> Path:
    """Return where the refused rows of a file go unless somebody names it: beside it, under a name that is free.

    Those of an import before may have been mended there, so they stay as they are.
    """
    names = (f"{file.name}.refused{f'-{nth}' if nth > 1 else ''}.csv" for nth in count(1))
    return next(path for path in map(file.with_name, names) if not os.path.lexists(path))


def _refuse_path(path: Path) -> None:
    """Refuse a place for the refused rows at which something stands, or nothing could, before anything comes in."""
    if os.path.lexists(path):
        raise Refused([Fault(Place(str(path)), "it is there already, and the refused rows would overwrite it",
                             "it may be somebody's own, the file of the import itself among them",
                             "name a new file with --refused, or leave that out")])  # fmt: skip
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Refused([Fault(Place(str(path)), "the refused rows cannot be written there",
                             "a row that is refused must stand somewhere to be mended",
                             "name a file with --refused, in a folder that is there and that you may write into")])  # fmt: skip


class Made(NamedTuple):
    """How many records of a kind were new, stood already as they are, or were corrected."""

    new: int = 0
    already: int = 0
    corrected: int = 0


class Account:
    """The account of one import, as it grows.

    The refused rows are written as their file has them, parted by its `separator`, so that its mapping reads them again;
    `is_marked` where that mapping names an encoding: then they begin with the mark of UTF-8, which overrides it.
    """

    def __init__(
        self, refused: Path | None = None, header: Sequence[str] = (), separator: str = ",", is_marked: bool = False
    ) -> None:
        self.rows_in = self.kept = self.already = 0
        self.refused_by: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.new: Counter[str] = Counter()
        self.same: Counter[str] = Counter()
        self.corrected: Counter[str] = Counter()
        self.remarked: dict[
            str, list[int]
        ] = {}  # rows that enrol somebody, by what is to be looked at of the pseudonym
        self.left_out: Mapping[str, str] = {}
        self.is_written = False
        self._path, self._header, self._has_file = refused, header, False
        self._separator, self._start = separator, BOM if is_marked else ""
        if refused is not None:
            _refuse_path(refused)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return self.refused_by.total()

    @property
    def file(self) -> Path | None:
        """Where the refused rows are, if there are any."""
        return self._path if self._has_file else None

    def made(self) -> dict[str, Made]:
        """Count the records of each kind."""
        kinds = [kind for kind in KINDS if self.new[kind] or self.same[kind] or self.corrected[kind]]
        return {kind: Made(self.new[kind], self.same[kind], self.corrected[kind]) for kind in kinds}

    def refuse(self, number: int, cells: Sequence[str], reason: str, faults: Sequence[Fault]) -> None:
        """Note a row that was refused."""
        self.refused_by[reason] += 1
        if len(self.faults) < MOST_SHOWN:
            self.faults += faults
        if self._path is None:
            return
        rows = [(NUMBER, REASON, *self._header)] if not self._has_file else []
        said = " | ".join(f"{fault.what.partition(': ')[2]}; {fault.fix}" for fault in faults)
        # A file that is there is never opened anew: it may be the person's own.
        mode = "a" if self._has_file else "x"
        with open(self._path, mode, encoding="utf-8", newline="", opener=only_ours) as file:
            start = "" if self._has_file else self._start
            file.write(start + csv_text([*rows, [str(number), cell(said), *map(cell, cells)]], self._separator))
        self._has_file = True

    def _remarks(self) -> Iterator[tuple[list[int], str]]:
        for remark in (TELLING, FORMULA, ALIKE):
            if numbers := self.remarked.get(remark, []):
                said = remark.replace("differs", "differ", 1) if len(numbers) > 1 else remark
                yield numbers, f"{counted(len(numbers), 'new pseudonym')} that {said}"

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        yield f"{counted(self.rows_in, 'row')} in = {self.kept:,} kept + {self.refused:,} refused"
        if self.already:
            yield f"  {self.already:,} of those kept stood already as they are"
        for kind, made in self.made().items():
            said = [f"{made.new:,} new"] + [f"{number:,} {words}" for number, words in
                    ((made.already, "already there"), (made.corrected, "corrected")) if number]  # fmt: skip
            yield f"  {KINDS[kind].plural}: {', '.join(said)}"
        for numbers, remark in self._remarks():
            yield f"  ! {remark}: {_named(numbers)}; once written it cannot be corrected"
        for reason, number in self.refused_by.most_common():
            yield f"  refused, {reason}: {number:,}"
        if self.file:
            yield f"  the refused rows stand in {self.file}; mend them there and import that file"
        if self.left_out:
            yield f"columns that were not read: {', '.join(f'{name} ({why})' for name, why in self.left_out.items())}"
        if not self.is_written:
            yield "nothing was written: this was a dry run. Add --write to write it."


def _named(numbers: Sequence[int]) -> str:
    """Name rows by their numbers, the first of them where they are many."""
    rest = f" and {len(numbers) - _ROWS_NAMED:,} more" if len(numbers) > _ROWS_NAMED else ""
    return f"row{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers[:_ROWS_NAMED]))}{rest}"
