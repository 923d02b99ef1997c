"""How a CSV file is read and written: rows of text with their lines, and nothing guessed in silence.

In: the bytes of a file that may come from a stranger. Out: a Table, or every Fault found. UTF-8, and UTF-16 that
says so in its first bytes, are read; an older encoding only where a person names it. A quote that is never closed
or a byte that is no letter refuses the file, for nobody could say where its rows end; a row that is too short or
too long is kept as it is, for whoever reads the rows to refuse by its number.

Python's own reader is used and not a faster one: it is exact about quotes and line ends within a cell, it tells
the line, and it never decides that a column is numbers. `cell` is how text is written so that a spreadsheet does
not run it.

A file of a million rows is a Stream: read through once, so that one that is broken far down is refused before anything of
it is kept, and then a row at a time.

Not here: what the columns mean (practice/arrive.py, instrument/redcap.py, registry/files/map.py).
"""

import codecs
import csv
import hashlib
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from patency.bounds import empty, too_large
from patency.fault import CONTROL, Fault, Place, Refused, listed

LARGEST = 100_000_000  # bytes; 100,000 answers to 60 questions are some 30 million
LARGEST_STREAM = 4_000_000_000  # bytes; 10 million visits are some 2 thousand million
_AT_ONCE = 1 << 20  # bytes that are read at once
MOST_ROWS = 500_000
MOST_COLUMNS = 5_000
LONGEST_CELL = 32_767  # letters; no spreadsheet holds more in a cell
SHORT = 24  # letters of a cell that is likely to come again
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
OLDER = {"latin-1": "latin-1", "windows-1252": "cp1252"}  # read only where a person names them: every byte fits
ENCODINGS = ("utf-8", "utf-16", *OLDER)
_BLANK = ("\n", "\r\n", "\r")  # lines that are no rows
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet may take for a formula


class Table(NamedTuple):
    """The rows of a file below its first, each with the line on which it begins; row 1 is the first of them."""

    file: str
    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    separator: str

    def place(self, index: int) -> Place:
        """Return where a row begins, by its index from 0."""
        return Place(self.file, self.lines[index])

    def without(self, count: int) -> "Table":
        """Return the table without its first rows, which said something of the columns."""
        return self._replace(rows=self.rows[count:], lines=self.lines[count:])


def read_table(content: bytes, file: str, separator: str = "", encoding: str = "") -> Table:
    """Read one CSV file; refuse it, with every Fault found, where its rows cannot be told apart."""
    if len(content) > LARGEST:
        raise Refused([too_large(Place(file), len(content), LARGEST)])
    text = _text(content, file, encoding)
    separator = separator or _separator(text, file)
    rows, lines = _rows(text, separator, file)
    if not rows:
        raise Refused([empty(Place(file))])
    header = [name.strip() for name in rows[0]]
    while header and not header[-1] and not any(len(row) >= len(header) and row[len(header) - 1] for row in rows[1:]):
        header.pop()  # what a spreadsheet leaves to the right of a table
    width = len(header)
    rows = [row if len(row) <= width else row[:width] + [each for each in row[width:] if each] for row in rows]
    refuse_header(header, Place(file, lines[0]))
    return Table(file, tuple(header), rows[1:], lines[1:], separator)


class Stream:
    """A file whose rows are read one after the other; `count` and `digest` (SHA-256) are those of the whole file.

    Row 1 is the first below the header. What a file is refused for as a whole is found when it is opened.
    """

    def __init__(self, path: Path, separator: str = "", encoding: str = "") -> None:
        self._path, self.file = path, path.name
        size = path.stat().st_size
        if size > LARGEST_STREAM:
            raise Refused([too_large(Place(self.file), size, LARGEST_STREAM)])
        with path.open("rb") as file:
            start = file.read(_AT_ONCE)
        self._codec, self._encoding = _codec(start, self.file, encoding), encoding
        self.digest = self._read_through()
        self.separator = separator or _separator(self._first_text(), self.file)
        first = next(self._numbered(), None)
        if first is None:
            raise Refused([empty(Place(self.file))])
        names = [name.strip() for name in first[1]]
        while names and not names[-1]:
            names.pop()  # what a spreadsheet leaves to the right of a table; a row that has more is refused by its number
        refuse_header(names, Place(self.file, first[0]))
        self.header = tuple(names)
        self.count = self._counted() - 1

    def place(self, line: int) -> Place:
        """Return where a row begins."""
        return Place(self.file, line)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the line on which it begins; blank cells beyond the last column are dropped."""
        width = len(self.header)
        for line, row in islice(self._numbered(), 1, None):
            if len(row) > width:
                row = row[:width] + [each for each in row[width:] if each]
            yield line, row

    def _first_text(self) -> str:
        with self._path.open(encoding=self._codec, newline="") as file:
            return file.read(_AT_ONCE)

    def _read_through(self) -> str:
        """Refuse bytes that are no letters, and NUL, wherever they stand."""
        digest, decoder, lines = hashlib.sha256(), codecs.getincrementaldecoder(self._codec)(), 1
        with self._path.open("rb") as file:
            while True:
                some = file.read(_AT_ONCE)
                digest.update(some)
                try:
                    text = decoder.decode(some, final=not some)
                except UnicodeDecodeError as error:
                    raise Refused([_no_letter(error, self.file, lines, self._codec, self._encoding)]) from None
                if "\0" in text:
                    raise Refused([_nul(self.file, lines + text[: text.index("\0")].count("\n"))])
                if not some:
                    return digest.hexdigest()
                lines += text.count("\n")

    def _counted(self) -> int:
        """Count the rows, the header among them; refuse a file whose rows cannot be told apart.

        A line in which nothing is quoted is a row: it need not be taken apart, which is most of the work.
        """
        count = 0
        try:
            with self._path.open(encoding=self._codec, newline="") as file:
                for line in file:
                    if '"' in line or len(line) > LARGEST:
                        row = next(csv.reader(chain((line,), file), delimiter=self.separator, strict=True))
                        count += bool(row)
                    elif line not in _BLANK:
                        count += 1
        except csv.Error:
            return sum(1 for _ in self._numbered())  # which tells the line
        return count

    def _numbered(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LARGEST)
        with self._path.open(encoding=self._codec, newline="") as file:
            reader = csv.reader(file, delimiter=self.separator, strict=True)
            begins = 1
            try:
                for row in reader:
                    if row:  # a blank line is no row
                        yield begins, row
                    begins = reader.line_num + 1
            except csv.Error as error:
                raise Refused([_not_csv(error, Place(self.file, begins))]) from None


def _codec(content: bytes, file: str, encoding: str) -> str:
    """Return how the bytes of a file are read as letters, by those it begins with."""
    if content.startswith((BOM_UTF32_LE, BOM_UTF32_BE)):
        raise Refused([Fault(Place(file), "the file is UTF-32", "no program that makes tables writes it, so it was never tried",
                             "save it again as UTF-8")])  # fmt: skip
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if content.startswith(BOM_UTF8):
        return "utf-8-sig"
    return OLDER.get(encoding, "utf-8")


def _text(content: bytes, file: str, encoding: str) -> str:
    codec = _codec(content, file, encoding)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused([_no_letter(error, file, 1, codec, encoding)]) from None
    if "\0" in text:
        raise Refused([_nul(file, text[: text.index("\0")].count("\n") + 1)])
    return text


def _no_letter(error: UnicodeDecodeError, file: str, line: int, codec: str, encoding: str) -> Fault:
    line += error.object[: error.start].count(b"\n")
    named = f"save it again as UTF-8, or name its encoding, {listed(list(OLDER))}, in the mapping"
    what = f"byte {error.object[error.start]:#04x} is no letter in {encoding if encoding in OLDER else codec.upper()}"
    return Fault(Place(file, line), what, "a guess at the letters could change what somebody answered", named)


def _nul(file: str, line: int) -> Fault:
    return Fault(Place(file, line), "the file holds a NUL byte", "no text has one; it may be UTF-16 that does not say so",
                 "save it again as UTF-8")  # fmt: skip


def _separator(text: str, file: str) -> str:
    """Find what parts the columns: whatever makes most columns of the first row."""
    widths = {}
    for each in SEPARATORS:
        try:
            widths[each] = len(next(csv.reader(io.StringIO(text[:1_000_000], newline=""), delimiter=each), []))
        except csv.Error:  # said, with its line, when the whole is read
            widths[each] = 0
    most = max(widths.values())
    found = [each for each, width in widths.items() if width == most]
    if most > 1 and len(found) > 1:
        names = listed([f"{SEPARATORS[each]}s" for each in found])
        raise Refused([Fault(Place(file, 1), f"the columns may be parted by {names}", "the first row has as many of each",
                             "name it: separator: comma in the mapping, or --separator comma while there is none")])  # fmt: skip
    return found[0]


def _rows(text: str, separator: str, file: str) -> tuple[list[list[str]], list[int]]:
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    seen: dict[str, str] = {}
    begins = 1
    try:
        for row in reader:
            if row:  # a blank line is no row
                # The same few answers stand in most cells: kept once each, a large file takes a third of the memory.
                rows.append([seen.setdefault(cell, cell) if len(cell) <= SHORT else cell for cell in row])
                lines.append(begins)
                if len(rows) > MOST_ROWS + 1:
                    break
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Refused([_not_csv(error, Place(file, begins))]) from None
    if len(rows) > MOST_ROWS + 1:
        raise Refused([Fault(Place(file, begins), f"the file has more than {MOST_ROWS:,} rows", "no survey has so many answers",
                             "split it, or check that it is the file you meant")])  # fmt: skip
    return rows, lines


def _not_csv(error: csv.Error, place: Place) -> Fault:
    is_open = "end of data" in str(error)
    what = "a quote is opened here and never closed" if is_open else f"this is not CSV: {error}"
    return Fault(place, what, "nobody could say where a row ends from here on",
                 'close the quote, and write a quote within a cell twice: ""')  # fmt: skip


def refuse_header(header: Sequence[str], place: Place) -> None:
    """Refuse a header in which a column has no name, or two have one."""
    if len(header) > MOST_COLUMNS:
        raise Refused([Fault(place, f"the file has {len(header):,} columns", f"up to {MOST_COLUMNS:,} are read",
                             "leave out the columns that are not needed")])  # fmt: skip
    faults = []
    first: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if not name:
            faults.append(Fault(place, f"column {number} has no name", "nobody could say what it holds",
                                "name it in the first row, or take the column out"))  # fmt: skip
        elif name in first:
            faults.append(Fault(place, f"columns {first[name]} and {number} are both named {name!r}",
                                "only one of the two could count, and nobody would see which", "rename one of them"))  # fmt: skip
        first.setdefault(name, number)
    if faults:
        raise Refused(faults[:20])


def counted(count: int, what: str) -> str:
    """Say how many there are: 1 cell, 2 cells."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def cell(text: str) -> str:
    """Return text as it stands in a CSV file, so that no spreadsheet takes it for a formula.

    OWASP, CSV Injection: a cell that begins with = + - @, a tab or a line end may be run; a single quote before it
    makes it text. It is for texts: a number of Patency's own is written as a number, its minus included.
    """
    text = CONTROL.sub("�", text.replace("\r\n", "\n"))
    return f"'{text}" if text.lstrip(" '").startswith(_RUNS) or text.startswith(_RUNS) else text


def uncell(text: str) -> str:
    """Return the text of a cell that `cell` wrote."""
    rest = text[1:]
    return rest if text.startswith("'") and (rest.lstrip(" '").startswith(_RUNS) or rest.startswith(_RUNS)) else text


def csv_text(rows: Iterable[Sequence[str]], separator: str = ",", end: str = "\n") -> str:
    """Write rows as a CSV file; their cells are taken as they are, so texts go through `cell` first."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator, lineterminator=end).writerows(rows)
    return written.getvalue()


def numbers_text(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[str]) -> str:
    """Write rows under their names as CSV: texts so that no spreadsheet runs them; what stands under `numbers` stays a number."""
    safe = ([said if name in numbers else cell(said) for name, said in zip(header, row, strict=True)] for row in rows)
    return csv_text([header, *safe])
