"""The CSV files of LimeSurvey: questions by their codes, Q1[SQ001] for a part of one, answers as codes or words.

A heading may be the code, the question, or both ("Q1. Which ...?"). `submitdate` is empty where the response was not
finished. A question that was not shown is exported as "N/A" with words, and as nothing with codes. "-oth-" is the
answer "other", whose words stand in Q1[other].
"""

import re

from patency.practice.export import Export, column_cells
from patency.table import Table

_OWN = {
    "id": "the number of a response, by which it can be traced",
    "response id": "the number of a response, by which it can be traced",
    "submitdate": "when it was finished", "date submitted": "when it was finished",
    "lastpage": "how far it went", "last page": "how far it went",
    "startlanguage": "the language it was shown in", "start language": "the language it was shown in",
    "seed": "a number of chance", "startdate": "when it was begun", "date started": "when it was begun",
    "datestamp": "when it was last touched", "date last action": "when it was last touched",
    "ipaddr": "an internet address", "ip address": "an internet address", "refurl": "a link to one response",
    "referrer url": "a link to one response", "token": "a number of a person", "access code": "a number of a person",
    "interviewtime": "how long it took", "total time": "how long it took",
}  # fmt: skip
_SUBMITTED = ("submitdate", "date submitted")
_HEADING = re.compile(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\.\s+(.*)", re.DOTALL)
UNASKED = frozenset({"N/A"})


def recognises(table: Table) -> bool:
    """Whether a table is an export of LimeSurvey."""
    return any(_plain(name) in _SUBMITTED for name in table.header)


def opened(table: Table) -> Export:
    """Open an export; where headings hold code and question, the code is the name."""
    headings = [_HEADING.fullmatch(name) for name in table.header]
    codes = tuple(found[1] if found else name for found, name in zip(headings, table.header, strict=True))
    if len(set(codes)) == len(codes):
        labels = {code: found[2] for code, found in zip(codes, headings, strict=True) if found}
        table = table._replace(header=codes)
    else:
        labels = {name: name for name in table.header}
    own = {name: _OWN[_plain(name)] for name in table.header if _plain(name) in _OWN}
    own |= {name: "how long it took" for name in table.header if re.match(r"(?i)(group|question)_?time\d", name)}
    finished: list[bool | None] = [None] * len(table.rows)
    if submitted := [name for name in table.header if _plain(name) in _SUBMITTED]:
        finished = [cell not in ("", *UNASKED) for cell in column_cells(table, submitted[0])]
    labels = {name: label for name, label in labels.items() if name not in own}
    numbers = [name for name in table.header if _plain(name) in ("id", "response id")]
    ids = column_cells(table, numbers[0]) if numbers else []
    return Export("limesurvey", table, labels, own, finished, unasked=UNASKED, ids=ids)


def _plain(name: str) -> str:
    found = _HEADING.fullmatch(name)
    return (found[1] if found else name).strip().lower()
