"""The CSV files of Qualtrics: of today, with three header rows, and of the legacy exporter, with two.

Today: names, questions, and a row of JSON with each column's ImportId. Legacy: V1, V2 ... and Q1 ... in the first
row, the words in the second. Either holds choices as words or as numbers, and several answers as one cell parted by
commas or as a column each (Q5_1); the mapping tells which. The layout is that of Qualtrics' support page
"Understanding Your Dataset".

The column Status tells what a response is. As a number it is a sum: 1 preview, 2 test, 4 imported, 8 spam, 16
offline; a preview, a test and spam are nobody's answers.
"""

from patency.fault import Fault, nearest
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


def recognises(table: Table) -> bool:
    """Whether a table is an export of Qualtrics."""
    return _is_of_today(table) or _is_legacy(table)


def _is_of_today(table: Table) -> bool:
    return len(table.rows) > 1 and any(cell.lstrip().startswith('{"ImportId"') for cell in table.rows[1])


def _is_legacy(table: Table) -> bool:
    return bool(table.rows) and ("ResponseID" in table.rows[0][:1] or "ResponseId" in table.rows[0][:1])


def opened(table: Table) -> Export:
    """Open an export."""
    said = dict(zip(table.header, table.rows[0], strict=False))
    table = table.without(2 if _is_of_today(table) else 1)
    names = {name if name in _OWN else said[name].strip(): name for name in table.header if name in said}
    own = {column: _OWN[name] for name, column in names.items() if name in _OWN}
    labels = {column: label.strip() for column, label in said.items() if column not in own}
    refused = _refused(table, names["Status"]) if "Status" in names else {}
    finished: list[bool | None] = [None] * len(table.rows)
    if "Finished" in names:
        finished = [_FINISHED.get(cell.lower()) for cell in column_cells(table, names["Finished"])]
    return Export("qualtrics", table, labels, own, finished, refused)


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
