"""Whether a workbook can be opened at all: how large it is, unpacked, and how far its cells reach.

In: a file that may come from a stranger. Out: nothing, or a refusal in words. python-calamine makes room for every cell between
the first and the last one of a sheet, and ends the whole process where there is not enough: one cell in the far corner of an
empty sheet (XFD1048576) is 17 thousand million cells. So a sheet's XML is read through first; the formats that have none are
opened in a process of their own, whose memory is bounded.

Not here: what the cells say (files/excel.py).
"""

import multiprocessing
import os
import re
import sys
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from patency.bounds import too_large
from patency.fault import Fault, Place, Refused
from patency.table import LARGEST

UNPACKED = 1_500_000_000  # bytes; a zip of nothing but blanks can grow a thousandfold
MOST_CELLS = 50_000_000  # of a sheet, blank ones between its first and last among them: a million rows of 47 columns
MOST_MEMORY = 4_000_000_000  # bytes, in which a workbook of an older format must open
_AT_ONCE = 1 << 20
_ANY = re.compile(rb"<(?:[^\s<>/]+:)?c[\s>/]")  # a cell, however it is written
_COLUMNS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"')  # and as most programs write it
_ROWS = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_REFERENCE = re.compile("([A-Za-z]{0,3})([0-9]{1,7})")


def refuse_unbounded(path: Path) -> None:
    """Refuse a workbook that could not be opened in any memory."""
    where, size = Place(path.name), path.stat().st_size
    if size > LARGEST:
        raise Refused([too_large(where, size, LARGEST)])
    if not zipfile.is_zipfile(path):
        _refuse_unopened(path)
        return
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
            if size > UNPACKED:
                raise Refused([too_large(where, size, UNPACKED)])
            for each in packed.infolist():
                _refuse_far(packed, each, where)
            is_xml = "xl/workbook.xml" in packed.namelist()
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        expat.ExpatError,
    ) as error:
        raise Refused([Fault(where, f"this is no Excel file that can be read: {error}", "nothing can be taken from it",
                             "open it and save it again as .xlsx, or as CSV")]) from None  # fmt: skip
    if not is_xml:
        _refuse_unopened(path)


def _refuse_far(packed: zipfile.ZipFile, member: zipfile.ZipInfo, where: Place) -> None:
    """Read a part of a workbook through: its checksum is held against what it says of itself, and a sheet is measured."""
    bottom, right = _reach(packed, member)
    if bottom * right > MOST_CELLS:
        raise Refused([Fault(where, f"the cells of {member.filename} reach to row {bottom:,} and column {right:,}",
                             f"room is made for up to {MOST_CELLS:,} cells, blank ones too; these are {bottom * right:,}",
                             "delete what stands far to the right or far below, and save it again, or save it as CSV")])  # fmt: skip


def _reach(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the last row and the last column in which a sheet has a cell; of what is no sheet, nought."""
    is_xml = member.filename.lower().endswith(".xml")
    bottom = right = 0
    rest = b""
    with packed.open(member) as content:
        while some := content.read(_AT_ONCE):
            text = rest + some if is_xml else b""
            columns, rows = _COLUMNS.findall(text), _ROWS.findall(text)
            if not len(_ANY.findall(text)) == len(columns) == len(rows) or len(rest) > _AT_ONCE:
                return _reach_slowly(packed, member)
            bottom = max(bottom, *map(int, {*rows, b"0"}))
            right = max(right, *map(_number, {*columns, b""}))
            rest = text[text.rfind(b">") + 1 :]
    return bottom, right


def _reach_slowly(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the same of a sheet that is written otherwise than by most programs; a cell need not say where it stands."""
    at, last = [0, 0], [0, 0]

    def begun(tag: str, said: dict[str, str]) -> None:
        name, reference = tag.rpartition("}")[2], said.get("r", "")
        found = _REFERENCE.fullmatch(reference)
        if name == "row":
            at[:] = [int(found[2]) if found else at[0] + 1, 0]
        elif name == "c":
            at[:] = [int(found[2]), _number(found[1].encode())] if found else [at[0], at[1] + 1]
            last[:] = [max(last[0], at[0]), max(last[1], at[1])]

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = begun
    with packed.open(member) as content:
        parser.ParseFile(content)
    return last[0], last[1]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _refuse_unopened(path: Path) -> None:
    """Open a workbook in a process of its own, whose memory is bounded; refuse it where that process does not outlive it."""
    if sys.platform != "linux":
        return  # elsewhere a process cannot be bounded so
    split = multiprocessing.get_context("fork").Process(target=_open, args=(path,), daemon=True)
    split.start()
    split.join()
    if split.exitcode != 0:
        raise Refused([Fault(Place(path.name), "the file cannot be opened: it asks for more memory than is given, or is broken",
                             "its cells may reach far to the right or far below, or it may be made to do harm",
                             "open it and save it again as .xlsx, or as CSV")])  # fmt: skip


def _open(path: Path) -> None:
    import resource

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # what calamine says when it ends the process is no sentence for a person
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name)
    except python_calamine.CalamineError:
        os._exit(0)  # it is no workbook: said, with the reason, when it is opened
    except BaseException:  # noqa: BLE001  whatever it is, the file cannot be opened; the parent says so
        os._exit(1)
    os._exit(0)
