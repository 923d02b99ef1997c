"""The CSV files of Qualtrics: of today, with three header rows, and of the legacy exporter, with two.

Today: names, questions, and a row of JSON with each column's ImportId. Legacy: V1, V2 ... and Q1 ... in the first
row, the words in the second. Either holds choices as words or as numbers, and several answers as one cell parted by
commas or as a column each (Q5_1); the mapping tells which. The layout is that of Qualtrics' support page
"Understanding Your Dataset".

The column Status tells what a response is. As a number it is a sum: 1 preview, 2 test, 4 imported, 8 spam, 16
offline; a preview, a test and spam are nobody's answers.
"""

from collections.abc import Mapping, Sequence

from patency.fault import Fault, Place, Refused, nearest
from patency.practice.export import Export, column_cells, row_fault
from patency.table import Table

_OWN = {
    "StartDate": "when it was begun", "EndDate": "when it was ended", "Status": "what kind of response it is",
    "IPAddress": "an internet address", "Progress": "how far it went", "Duration (in seconds)": "how long it took",
    "Finished": "whether it was finished", "RecordedDate": "when it was recorded",
    "ResponseId": "the number of a response, by which it can be traced",
    "ResponseID": "the number of a response, by which it can be traced", "ResponseSet": "where it was kept",
    "Name": "a name", "RecipientLastName": "a name", "RecipientFirstName": "a name", "RecipientEmail": "an e-mail address",
    "Email": "an e-mail address", "EmailAddress": "an e-mail address",
    "ExternalReference": "a name that somebody else gave a person",
    "ExternalDataReference": "a name that somebody else gave a person", "LocationLatitude": "a place on the map",
    "LocationLongitude": "a place on the map", "LocationAccuracy": "a place on the map",
    "DistributionChannel": "how the invitation went out", "UserLanguage": "the language it was shown in",
    "Q_RecaptchaScore": "how likely it is a person", "Q_URL": "a link to one response",
}  # fmt: skip
_REAL = {"ip address": 0, "imported": 4, "offline": 16}
_UNREAL = {"survey preview": 1, "preview": 1, "survey test": 2, "test": 2, "offline survey preview": 17,
           "offline preview": 17, "spam": 8, "possible spam": 8, "possible spam preview": 9, "imported possible spam": 12}  # fmt: skip
_NOBODY = {1: "a preview", 2: "a test", 8: "marked as spam"}
_FINISHED = {"true": True, "1": True, "false": False, "0": False}


_LABELS = {"StartDate": "Start Date", "EndDate": "End Date", "Status": "Response Type", "IPAddress": "IP Address",
           "RecordedDate": "Recorded Date", "ResponseId": "Response ID"}  # fmt: skip
_TELLING = ("Status", "ResponseId", "RecordedDate")  # two of them stand together in no other program's file


def recognises(table: Table) -> bool:
    """Whether a table is an export of Qualtrics."""
    return _header_rows(table) > 0


def looks_alike(table: Table) -> bool:
    """Whether a table has Qualtrics' own columns, with its header rows or without."""
    return sum(name in table.header for name in _TELLING) > 1


def _header_rows(table: Table) -> int:
    """Count the rows below the first that say something of the columns; what is not known for one is somebody's answers."""
    if any(_is_of_ids(row) for row in table.rows[1:2]):
        return 2
    return int(any(_is_of_ids(row) or _is_legacy(row) or _is_of_labels(table.header, row) for row in table.rows[:1]))


def _is_of_ids(row: Sequence[str]) -> bool:
    return any(cell.lstrip().startswith('{"ImportId"') for cell in row)


def _is_legacy(row: Sequence[str]) -> bool:
    return row[0] in ("ResponseID", "ResponseId")


def _is_of_labels(header: Sequence[str], row: Sequence[str]) -> bool:
    return any(_LABELS.get(name) == cell.strip() for name, cell in zip(header, row, strict=False))


def opened(table: Table) -> Export:
    """Open an export; refuse one that has none of the header rows, of which the first response would be taken for one."""
    count = _header_rows(table)
    if not count:
        raise Refused([Fault(Place(table.file), "the file has none of Qualtrics' header rows",
                             "the first rows would be taken for them, and they are somebody's answers",
                             "export it again, or write format: plain in the mapping")])  # fmt: skip
    said = {} if _is_of_ids(table.rows[0]) else dict(zip(table.header, table.rows[0], strict=False))
    return _told(table.without(count), said, "qualtrics")


def without_headers(table: Table) -> Export:
    """Open a file of Qualtrics as a plain one: its own columns still say which rows are nobody's answers."""
    export = _told(table, {}, "plain")
    note = (
        "it looks like a file of Qualtrics without its header rows: what Status and Finished say of each row is heeded"
    )
    return export._replace(note=note, clusters=[None] * len(table.rows))


def _told(table: Table, said: Mapping[str, str], program: str) -> Export:
    names = {name if name in _OWN else said.get(name, name).strip(): name for name in table.header}
    own = {column: _OWN[name] for name, column in names.items() if name in _OWN}
    labels = {column: label.strip() for column, label in said.items() if column not in own}
    refused = _refused(table, names["Status"]) if "Status" in names else {}
    finished: list[bool | None] = [None] * len(table.rows)
    if "Finished" in names:
        finished = [_FINISHED.get(cell.lower()) for cell in column_cells(table, names["Finished"])]
    numbers = [column for name, column in names.items() if name in ("ResponseId", "ResponseID")]
    ids = column_cells(table, numbers[0]) if numbers else []
    return Export(program, table, labels, own, finished, refused, ids=ids)


def _refused(table: Table, column: str) -> dict[int, Fault]:
    kinds = _REAL | _UNREAL
    refused = {}
    for index, cell in enumerate(column_cells(table, column)):
        kind = int(cell) if cell.isdecimal() and len(cell) < 4 else kinds.get(cell.lower(), 0 if not cell else None)
        if kind is None:
            refused[index] = row_fault(table, index, f"the status is {cell[:60]!r}, which Patency does not know",
                                       "it may be nobody's answers",
                                       nearest(cell, kinds, "take the row out, or correct its status"), column)  # fmt: skip
        elif nobody := [words for bit, words in _NOBODY.items() if kind & bit]:
            refused[index] = row_fault(table, index, f"the response is {' and '.join(nobody)}", "it is nobody's answer",
                                       "nothing needs mending", column)  # fmt: skip
    return refused
