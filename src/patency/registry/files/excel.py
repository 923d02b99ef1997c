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
from typing import IO, Any
from xml.etree import ElementTree as Xml

from patency.bounds import empty
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.registry.files.bounds import refuse_unbounded
from patency.table import refuse_header

_ORDERS = {"year-month-day": "%Y-%m-%d", "day-month-year": "%d-%m-%Y", "month-day-year": "%m-%d-%Y"}


# What Excel shows of a cell that it could not work out; the older formats tell it from a text in no other way.
_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!",
                     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!"))  # fmt: skip
_MOST_MERGED = 1_000_000  # cells
_UNREADABLE = "[cannot be read: "


class Odd(str):
    """What stands in a cell that cannot be read: why, in words.

    Among the refused rows it is written so, and refused again until somebody has written what the cell says.
    """


def odd_cell(why: str) -> Odd:
    """Return what stands in a cell that cannot be read."""
    return Odd(f"{_UNREADABLE}{why}]")


def is_odd(cell: str) -> bool:
    """Whether a cell says that it cannot be read."""
    return cell.startswith(_UNREADABLE)


def why_odd(cell: str) -> str:
    """Say why a cell cannot be read."""
    return cell.removeprefix(_UNREADABLE).removesuffix("]")


class Sheet:
    """The rows of one sheet below its first, like those of a CSV file (table.Stream)."""

    def __init__(self, path: Path, sheet: str = "", decimal: str = "point", dates: str = "year-month-day",
                 orders: Mapping[str, str] = {}) -> None:  # fmt: skip
        self.file, self.separator = path.name, ""
        refuse_unbounded(path)
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
                    row[place - self._left] = odd_cell(why)
            yield number + 1, row

    def _written(self, cell: Any, order: str) -> str:
        if isinstance(cell, str):
            return odd_cell(f"it holds the error {cell}") if cell in _ERRORS else cell
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
        last, merged = self._left + len(self.header) - 1, 0
        for (top, left), (bottom, right) in self._cells.merged_cell_ranges or ():
            rows = range(max(top, self._first + 1), min(bottom, self._cells.total_height) + 1)
            columns = range(max(left, self._left), min(right, last) + 1)
            merged += len(rows) * len(columns)
            if merged > _MOST_MERGED:
                raise Refused([Fault(self.place(top + 1), f"more than {_MOST_MERGED:,} cells are merged with others",
                                     "of which row what they hold is true, nobody could say",
                                     "unmerge them, and write into each cell what it says")])  # fmt: skip
            for row in rows:
                odd.setdefault(row, {}).update(dict.fromkeys(columns, "it is merged with others"))
        return odd


def _said(cell: object) -> bool:
    return bool(str(cell).strip())


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
            for (row, column), cell in _cells_of(content):
                parts = {each.tag.rpartition("}")[2]: each.text for each in cell}
                if cell.get("t") == "e":
                    why = f"it holds the error {parts.get('v')}"
                elif "f" in parts and not parts.get("v") and cell.get("t") != "str":
                    why = "it holds a formula that was never worked out"
                else:
                    continue
                odd.setdefault(row, {})[column] = f"{_reference(row, column)}: {why}"
    return odd


def _cells_of(content: IO[bytes]) -> Iterator[tuple[tuple[int, int], Xml.Element]]:
    """Yield the cells of a sheet with row and column, from 0; a cell need not say where it stands: then it is the next one."""
    row = column = -1
    for event, each in Xml.iterparse(content, ("start", "end")):  # noqa: S314  expat bounds what entities may grow to
        name = each.tag.rpartition("}")[2]
        if name == "row" and event == "start":
            row, column = int(each.get("r", row + 2)) - 1, -1
        elif name == "c" and event == "end":
            row, column = _place(each.get("r", "")) or (row, column + 1)
            yield (row, column), each
        elif name == "row":
            each.clear()


def _may_be_odd(packed: zipfile.ZipFile, file: str) -> bool:
    """Whether a sheet has any error or formula at all: most have none, and parsing a million rows takes a minute."""
    before = b""
    with packed.open(file) as content:
        while some := content.read(1 << 20):
            if re.search(rb"<(\w+:)?f[\s>/]|\bt\s*=\s*[\"']e[\"']|^\xff\xfe|^\xfe\xff", before + some):
                return True
            before = some[-40:]
    return False


def _file_of(packed: zipfile.ZipFile, sheet: str) -> str:
    names = set(packed.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    book = Xml.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314
    relations = Xml.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for each in book.iter():
        if each.tag.rpartition("}")[2] == "sheet" and each.get("name") == sheet:
            ids = [value for name, value in each.items() if name.rpartition("}")[2] == "id" and name.startswith("{")]
            target = targets.get(ids[0] if ids else "", "")
            file = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return file if file in names else ""
    return ""


def _place(reference: str) -> tuple[int, int] | None:
    """Return row and column, from 0, of a reference such as AB12."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _reference(row: int, column: int) -> str:
    """Return how a sheet names a cell: AB12."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
