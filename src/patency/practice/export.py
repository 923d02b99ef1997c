"""What a survey program wrote, opened: its own rows and columns told apart from the answers.

Each program has a module that knows its files: qualtrics.py, limesurvey.py, redcap_rows.py. What they hand on is an
Export, and from there on every file is read in one way (arrive.py).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from patency.fault import Fault
from patency.table import Table


class Export(NamedTuple):
    """A table of responses.

    `labels` is the question of a column, where the file tells it. `own` are the columns of the program itself, each
    with what it is. `finished` and `clusters` stand row by row. `refused` are the rows, by their index, that are no
    response. `unasked` are cells that say "was not shown". `ids` are the program's own numbers of the responses,
    empty where a row has none. `note` is what a person should know of the file.
    """

    format: str
    table: Table
    labels: Mapping[str, str]
    own: Mapping[str, str]
    finished: Sequence[bool | None]
    refused: Mapping[int, Fault] = {}
    clusters: Sequence[str | None] = ()
    unasked: frozenset[str] = frozenset()
    ids: Sequence[str] = ()
    note: str = ""


def column_cells(table: Table, column: str, most: int | None = None) -> list[str]:
    """Return the cells of one column, of its first rows where so many are wanted; nothing where a row is too short."""
    place = table.header.index(column)
    return [row[place].strip() if place < len(row) else "" for row in table.rows[:most]]


def row_fault(table: Table, index: int, what: str, why: str, fix: str, column: str = "") -> Fault:
    """Say what is wrong with a row, by its number as a person counts: the first of data is row 1."""
    where = f"row {index + 1}, column {column!r}" if column else f"row {index + 1}"
    return Fault(table.place(index), f"{where}: {what}", why, fix)
