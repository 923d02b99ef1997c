"""Which program wrote a file of responses, found in the file or named in the mapping; and the file opened as it is meant."""

from patency.practice import limesurvey, qualtrics, redcap_rows
from patency.practice.export import Export
from patency.practice.layout import Layout
from patency.table import Table


def opened(table: Table, layout: Layout | None, form: str) -> Export:
    """Open a table as the program that wrote it meant it; `form` is the name of the instrument."""
    named = layout.format if layout else ""
    if named == "qualtrics" or (not named and qualtrics.recognises(table)):
        return qualtrics.opened(table)
    if named == "limesurvey" or (not named and limesurvey.recognises(table)):
        return limesurvey.opened(table)
    if named == "redcap" or (not named and redcap_rows.recognises(table)):
        return redcap_rows.opened(table, layout, form)
    if qualtrics.looks_alike(table):
        return qualtrics.without_headers(table)
    return Export("plain", table, {}, {}, [None] * len(table.rows), clusters=[None] * len(table.rows))
