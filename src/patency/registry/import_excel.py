"""One sheet of an Excel file, as rows of text: read the way a CSV file is (table.py), and nothing guessed in silence.

Excel knows numbers and dates from text; each is written here as the mapping will read it, so that a date that is a date can
never be turned round. What a cell shows and what it holds may differ: a merged cell, an error, a formula that was never worked
out and a number that is dressed up as something else are told of, or refused with their row.

python-calamine is used here alone; it reads the whole sheet, and a sheet has a million rows at most.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from patency.document import empty, too_large
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.table import LARGEST, refuse_header

_UNPACKED = 1_500_000_000  # bytes; a zip of nothing but blanks can grow a thousandfold
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ORDERS = {"year-month-day": "%Y-%m-%d", "day-month-year": "%d-%m-%Y", "month-day-year": "%m-%d-%Y"}


class Odd(str):
    """What stands in a cell that cannot be read: why, in words."""


class Sheet:
    """The rows of one sheet below its first, like those of a CSV file (table.Stream)."""

    def __init__(self, path: Path, sheet: str = "", decimal: str = "point", dates: str = "year-month-day",
                 orders: Mapping[str, str] = {}) -> None:  # fmt: skip
        self.file, self.separator = path.name, ""
        _refuse_size(path)
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._cells, name = _opened(path, sheet)
        self.sheet = name
        self._decimal, self._order = decimal, dates
        start = self._cells.start
        self._left = start[1] if start else 0
        found = next(
            ((row, cells) for row, cells in enumerate(self._cells.iter_rows()) if any(map(_said, cells))), None
        )
        if found is None:
            raise Refused([empty(Place(f"{self.file}, sheet {name!r}"))])
        self._first, cells = found
        names = [str(each).strip() for each in cells]
        while names and not names[-1]:
            names.pop()
        refuse_header(names, self.place(self._first + 1))
        self.header = tuple(names)
        self._orders = [_ORDERS[orders.get(each, dates)] for each in names]
        self._odd = self._merged() | _unread(path, name)
        self.count = sum(1 for _ in self.rows())

    def place(self, line: int) -> Place:
        """Return where a row stands."""
        return Place(f"{self.file}, sheet {self.sheet!r}", line)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with its number in the sheet; a row in which nothing stands is none."""
        width = len(self.header)
        for number, cells in enumerate(self._cells.iter_rows()):
            odd = self._odd.get(number, {})
            if number <= self._first or not (odd or any(map(_said, cells))):
                continue
            row = [self._written(cell, order) for cell, order in zip(cells, self._orders, strict=False)]
            row += [""] * (width - len(row))
            row += [str(cell) for cell in cells[width:] if _said(cell)]
            for place, why in odd.items():
                if 0 <= place - self._left < width:
                    row[place - self._left] = Odd(why)
            yield number + 1, row

    def _written(self, cell: Any, order: str) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return "yes" if cell else "no"
        if isinstance(cell, (int, float)):
            text = str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))
            return text.replace(".", ",") if self._decimal == "comma" else text
        if isinstance(cell, datetime) and cell.time() != time():
            return cell.strftime(f"{order} %H:%M:%S")
        return cell.strftime(order) if isinstance(cell, date) else str(cell)

    def _merged(self) -> dict[int, dict[int, str]]:
        """Find the cells that are merged with others: of which row what they hold is true, nobody could say."""
        odd: dict[int, dict[int, str]] = {}
        for (top, left), (bottom, right) in self._cells.merged_cell_ranges or ():
            for row in range(max(top, self._first + 1), min(bottom, self._cells.total_height) + 1):
                odd.setdefault(row, {}).update(
                    dict.fromkeys(range(left, min(right, left + 500) + 1), "it is merged with others")
                )
        return odd


def _said(cell: object) -> bool:
    return bool(str(cell).strip())


def _refuse_size(path: Path) -> None:
    where, size = Place(path.name), path.stat().st_size
    if size > LARGEST:
        raise Refused([too_large(where, size, LARGEST)])
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
        if size > _UNPACKED:
            raise Refused([too_large(where, size, _UNPACKED)])


def _opened(path: Path, sheet: str) -> tuple[Any, str]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
        names = book.sheet_names
        if not sheet and len(names) == 1:
            sheet = names[0]
        if sheet not in names:
            what = f"there is no sheet {sheet!r}" if sheet else f"the file has {len(names)} sheets, and none is named"
            raise Refused([Fault(Place(path.name), what, "each sheet is a table of its own",
                                 nearest(sheet, names, f"name one in the mapping: sheet: {listed(names)}"))])  # fmt: skip
        return book.get_sheet_by_name(sheet), sheet
    except python_calamine.CalamineError as error:
        raise Refused([Fault(Place(path.name), f"this is no Excel file that can be read: {error}",
                             "nothing can be taken from it", "open it and save it again as .xlsx, or as CSV")]) from None  # fmt: skip


def _unread(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """Find the cells that hold an error, or a formula that no program has worked out: they would be read as blank."""
    if not zipfile.is_zipfile(path):
        return {}  # the older formats keep no formula without its result
    odd: dict[int, dict[int, str]] = {}
    with zipfile.ZipFile(path) as packed:
        file = _file_of(packed, sheet)
        if not file or not _may_be_odd(packed, file):
            return {}
        with packed.open(file) as content:
            for _, cell in Xml.iterparse(content):  # noqa: S314  expat bounds what entities may grow to
                if cell.tag == f"{_MAIN}c":
                    is_error, formula, value = cell.get("t") == "e", cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
                    shown = value.text if value is not None else None
                    if is_error or (formula is not None and not shown and cell.get("t") != "str"):
                        row, column = _place(cell.get("r", ""))
                        why = (
                            f"it holds the error {shown}"
                            if is_error
                            else "it holds a formula that was never worked out"
                        )
                        odd.setdefault(row, {})[column] = why
                elif cell.tag == f"{_MAIN}row":
                    cell.clear()
    return odd


def _may_be_odd(packed: zipfile.ZipFile, file: str) -> bool:
    """Whether a sheet has any error or formula at all: most have none, and parsing a million rows takes a minute."""
    before = b""
    with packed.open(file) as content:
        while some := content.read(1 << 20):
            if re.search(rb'<f[ >/]|t="e"', before + some):
                return True
            before = some[-8:]
    return False


def _file_of(packed: zipfile.ZipFile, sheet: str) -> str:
    names = set(packed.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    book = Xml.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314
    relations = Xml.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for each in book.iter(f"{_MAIN}sheet"):
        if each.get("name") == sheet:
            target = targets.get(each.get(f"{_RELATIONS}id"), "")
            file = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return file if file in names else ""
    return ""


def _place(reference: str) -> tuple[int, int]:
    """Return row and column, from 0, of a reference such as AB12."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None:
        return -1, -1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
