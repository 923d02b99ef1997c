"""The rows of a large file, read in a process of their own while those before them are sealed and written.

Reading is half of the work, and needs nothing of the database; with two processors it costs no time. What comes of it is the
same as without (`plainly`), which is how small files are read, and any file where a process cannot be split (only Linux can,
safely).
"""

import multiprocessing
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from typing import Protocol, overload

from patency.fault import Place
from patency.registry.files.read import Batch, Drawn, Reader, Refusals, Row

AT_ONCE = 20_000  # rows of one batch, and of one transaction
_LATER = (
    5  # by how much who reads ahead stands back (nice) where there is too little room: whoever writes waits for nobody
)
LARGE = 2 * AT_ONCE  # rows, from which a process of its own is worth its start


class Rows(Protocol):
    """A file whose rows can be read one after the other, more than once."""

    file: str
    header: tuple[str, ...]
    separator: str
    count: int
    digest: str

    def place(self, line: int) -> Place:
        """Return where a row begins."""
        ...

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the line it begins on."""
        ...


def batches(reader: Reader, rows: Rows) -> Iterator[Batch]:
    """Yield the rows of a file as they were read, batch after batch."""
    can_split = sys.platform == "linux" and (os.cpu_count() or 1) > 1
    return _ahead(reader, rows) if can_split and rows.count >= LARGE else plainly(reader, rows)


def plainly(reader: Reader, rows: Rows) -> Iterator[Batch]:
    """Yield the same, read in this process."""
    return map(reader.read, _some(rows.rows()))


def _some(rows: Iterable[tuple[int, list[str]]]) -> Iterator[list[Row]]:
    """Yield the rows of a file, many at a time, with their numbers."""
    numbered = ((number, line, cells) for number, (line, cells) in enumerate(rows, 1))
    while some := list(islice(numbered, AT_ONCE)):
        yield some


def _ahead(reader: Reader, rows: Rows) -> Iterator[Batch]:
    split = multiprocessing.get_context("fork")
    here, there = split.Pipe(duplex=False)
    process = split.Process(target=_send, args=(there, reader, rows), daemon=True)
    process.start()
    there.close()
    try:
        while content := here.recv_bytes():
            yield _unpacked(content, reader)
    finally:
        here.close()
        process.terminate()
        process.join()


def _send(there: Connection, reader: Reader, rows: Rows) -> None:
    os.nice(_LATER)
    for batch in plainly(reader, rows):
        there.send_bytes(_packed(batch))
    there.send_bytes(b"")


def _packed(batch: Batch) -> bytes:
    drawn = [each[1:] for each in batch.drawn]  # the parts are known on the other side
    cells = pickle.dumps(list(batch.rows), pickle.HIGHEST_PROTOCOL)
    told = (cells, len(batch.rows), batch.told, batch.patients, drawn, batch.refusals.of, batch.refusals.reasons)
    return pickle.dumps(told, pickle.HIGHEST_PROTOCOL)


def _unpacked(content: bytes, reader: Reader) -> Batch:
    cells, count, told, patients, drawn, faults, reasons = pickle.loads(content)  # noqa: S301  of this program's own process
    rows = _Later(cells, count)
    refusals = Refusals(rows, reader.place)
    refusals.of, refusals.reasons = faults, reasons
    parts = [Drawn(part.part, *rest) for part, rest in zip(reader.parts, drawn, strict=True)]
    return Batch(rows, told, patients, parts, refusals)


class _Later(Sequence[Row]):
    """Rows whose cells are unpacked when one of them is asked for: few are, those that are refused."""

    def __init__(self, content: bytes, count: int) -> None:
        self._content, self._count = content, count
        self._rows: list[Row] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """Return a row."""
        if self._rows is None:
            self._rows = pickle.loads(self._content)  # noqa: S301  of this program's own process
        return self._rows[index]
