"""The CSV files of REDCap's records, raw: name___1 for each box, one row for each event and each repeat.

The first column is the record. A row of another repeated instrument, or of another event than the mapping names, is
no response to this instrument; of several events none is chosen unasked. Repeats of one record are not independent
of one another, so the record becomes their cluster: numbered anew, for a record's own number can be traced. In a file
without events and repeats a record has one row, and a second is a copy. A row without a record is one by itself.

REDCap writes 0 for a box that nobody ticked, whether or not anybody saw it: nothing ticked is a blank here, unless
the mapping says `unticked: none`.
"""

import re

from patency.fault import Fault, Refused, listed
from patency.practice.export import Export, column_cells, row_fault
from patency.practice.layout import Layout, used_by
from patency.table import Table, counted

_EVENT, _REPEATED, _INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_OWN = {
    _EVENT: "when in the study it was asked", _REPEATED: "which instrument is repeated", _INSTANCE: "which repeat it is",
    "redcap_survey_identifier": "a name that somebody else gave a person",
    "redcap_data_access_group": "an institution: it rides with an answer only as a stratum",
}  # fmt: skip
_FINISHED = {"2": True, "complete": True, "0": False, "1": False, "incomplete": False, "unverified": False}
_COMPLETE, _TIMESTAMP = "_complete", "_timestamp"


def recognises(table: Table) -> bool:
    """Whether a table is an export of REDCap's records."""
    return any(name in _OWN or "___" in name for name in table.header) or any(
        name.endswith(_COMPLETE) and set(column_cells(table, name)) <= {"", *"012"} for name in table.header[1:]
    )


def opened(table: Table, layout: Layout | None, form: str) -> Export:
    """Open an export; `form` is the instrument's own name, where the mapping gives no other."""
    form = (layout.form if layout else "") or form
    own = {table.header[0]: "the number of a record, by which it can be traced"}
    own |= {name: _OWN[name] for name in table.header if name in _OWN}
    completes = [name for name in table.header if name.endswith(_COMPLETE)]
    own |= dict.fromkeys(completes, "whether a form is complete")
    own |= {name: "when it was answered" for name in table.header if name.endswith(_TIMESTAMP)}
    finished: list[bool | None] = [None] * len(table.rows)
    named = [name for name in completes if name == form + _COMPLETE] or (completes if len(completes) == 1 else [])
    if named:
        finished = [_FINISHED.get(cell.lower()) for cell in column_cells(table, named[0])]
    refused = _refused(table, layout, form) if layout else {}
    records = column_cells(table, table.header[0])
    parts = [name for name in (_EVENT, _REPEATED, _INSTANCE) if name in table.header]
    clusters = _clusters(records, refused) if parts else [None] * len(records)
    rest = zip(*(column_cells(table, name) for name in parts), strict=True) if parts else [()] * len(records)
    ids = [" ".join((record, *more)) if record else "" for record, more in zip(records, rest, strict=True)]
    nameless = sum(not record for index, record in enumerate(records) if index not in refused)
    note = f"{counted(nameless, 'row')} without a record: each is taken for a response by itself" if nameless else ""
    is_record = bool(
        re.search(r"(?i)record|(^|_)id($|_)", table.header[0])
    )  # else whoever exported it left the record out
    return Export("redcap", table, {}, own, finished, refused, clusters, ids=ids if is_record else (), note=note)


def _refused(table: Table, layout: Layout, form: str) -> dict[int, Fault]:
    """Refuse the rows that are no response to this instrument."""
    refused: dict[int, Fault] = {}
    used = [table.header.index(name) for name in used_by(layout) if name in table.header]
    filled = [any(place < len(row) and row[place].strip() not in ("", "0") for place in used) for row in table.rows]
    if _REPEATED in table.header:
        repeated = column_cells(table, _REPEATED)
        for index, name in enumerate(repeated):
            if name and name != form and not filled[index]:
                what = f"the row is a repeat of {name!r}"
                refused[index] = row_fault(
                    table, index, what, f"it is no response to {form!r}", "nothing needs mending"
                )
            elif not name and form in repeated and not filled[index]:
                what = "the row is the record itself"
                refused[index] = row_fault(table, index, what, f"the answers to {form!r} stand in its repeats",
                                           "nothing needs mending")  # fmt: skip
    if _EVENT in table.header:
        refused |= _other_events(table, layout, filled)
    return refused


def _other_events(table: Table, layout: Layout, filled: list[bool]) -> dict[int, Fault]:
    events = column_cells(table, _EVENT)
    asked = list(dict.fromkeys(event for event, is_filled in zip(events, filled, strict=True) if is_filled))
    if layout.event and layout.event not in events:
        raise Refused([Fault(layout.place, f"the file has no event {layout.event!r}", "no row would be kept",
                             f"name one of {listed(asked)}")])  # fmt: skip
    if not layout.event and len(asked) > 1:
        raise Refused([Fault(table.place(0), f"the answers stand in {len(asked)} events: {listed(asked, 'and')}",
                             "one person would count as often as there are events",
                             f"name the one that is meant in the mapping: event: {asked[0]}")])  # fmt: skip
    event = layout.event or (asked[0] if asked else "")
    return {
        index: row_fault(table, index, f"the row is of the event {name!r}", f"the answers are those of {event!r}",
                         "nothing needs mending")
        for index, name in enumerate(events) if event and name != event
    }  # fmt: skip


def _clusters(records: list[str], refused: dict[int, Fault]) -> list[str | None]:
    records = [record or f" {index}" for index, record in enumerate(records)]  # a row without a record is its own
    kept = [record for index, record in enumerate(records) if index not in refused]
    if len(set(kept)) == len(kept):
        return [None] * len(records)
    numbers = {record: str(number) for number, record in enumerate(dict.fromkeys(kept), 1)}
    return [numbers.get(record) for record in records]
