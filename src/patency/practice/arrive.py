"""How responses arrive: from the file that a survey program wrote to a Sheet, with an account of every row.

In: the bytes of the file, the instrument, and the Layout that a person confirmed. Out: an Arrival. Every row of the
file is kept or refused, and a refused row has its reasons; rows in = rows kept + rows refused, always. A cell that
cannot be read refuses its row, for a response without that answer would say something else. An answer to a question
that the branching did not ask is set aside and listed, and its row is kept. No column that looks like an identity is
read, and an institution rides with an answer only as a stratum: the survey's file has none of fewer than five invited.

Not here: how each program writes (qualtrics.py, limesurvey.py, redcap_rows.py), how a cell is read (cells.py), which
responses are complete enough to be analysed (survey.py).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from patency.answer import Unreadable
from patency.case import Absence
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.instrument.model import Instrument, ItemKind
from patency.instrument.response import Response
from patency.instrument.score import Scored, score
from patency.practice import identity
from patency.practice.cells import Read, read_all, reader_of
from patency.practice.columns import members_of, sheet_of
from patency.practice.conditions import case_of, truths
from patency.practice.draft import sure
from patency.practice.export import Export, row_fault
from patency.practice.layout import FINISHED, GUESSED, Layout, Told, used_by
from patency.practice.programs import opened
from patency.practice.sheet import Sheet
from patency.table import LONGEST_CELL, counted, read_table
from patency.truth import Truth

_SAYS = {"finished": "whether it was finished", "stratum": "of which stratum it is"}
UNREAD = "no item is mapped to it"
MOST_OFFERED = 6  # unlike cells that a message offers to map
MANY = 10  # where more than one row in so many is refused, it is said loudly


class RefusedRow(NamedTuple):
    """A row of the file that is no response, or none that can be read: why in a few words, and every Fault in it."""

    row: int
    reason: str
    faults: tuple[Fault, ...]


class Arrival(NamedTuple):
    """What came of a file: rows_in == rows kept + rows refused.

    `set_aside` are answers that were not kept though their row was; `differences` are calculated fields that are not
    Patency's own score; `left_out` are the columns that were not read, each with the reason; `notes` are sentences on the file.
    """

    sheet: Sheet
    rows_in: int
    refused: tuple[RefusedRow, ...]
    set_aside: tuple[Fault, ...]
    differences: tuple[Fault, ...]
    left_out: Mapping[str, str]
    set_aside_by: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def refused_by(self) -> Mapping[str, int]:
        """Count the refused rows by their reasons."""
        return Counter(row.reason for row in self.refused)

    @property
    def rows_kept(self) -> int:
        """How many rows were kept."""
        return self.sheet.frame.height


def arrive(content: bytes, file: str, instrument: Instrument, layout: Layout | None) -> Arrival:
    """Read a file of responses; refuse it whole only where its rows or columns cannot be told apart.

    Without a mapping a column is read where it bears the very name of an item; nothing is guessed.
    """
    if layout is None:
        layout = sure(opened(read_table(content, file), None, instrument.id), instrument)
    export = opened(read_table(content, file, layout.separator, layout.encoding), layout, instrument.id)
    _refuse_layout(export, layout)
    return _Arriving(export, instrument, layout).arrival()


def _refuse_layout(export: Export, layout: Layout) -> None:
    """Refuse a mapping that does not fit the file, or that would read an identity."""
    header, faults = export.table.header, []
    for column, uses in used_by(layout).items():
        what = export.own.get(column) or identity.named(column)
        if column not in header:
            faults.append(Fault(layout.place, f"{export.table.file} has no column {column!r}, which is mapped to {uses[0]!r}",
                                "its answers would all be blank", nearest(column, header, "name a column of the file")))  # fmt: skip
        elif what and uses[0] not in ("finished", "stratum", "cluster", "id"):
            faults.append(Fault(layout.place, f"the column {column!r} holds {what}", "an answer never carries an identity",
                                "take it out of 'items'; if it is none, rename the column"))  # fmt: skip
    if faults:
        raise Refused(faults)


class _Arriving:
    """One file on its way: the rows that are still good, what was answered in them, and what is wrong with the rest."""

    def __init__(self, export: Export, instrument: Instrument, layout: Layout) -> None:
        self.export, self.instrument, self.layout = export, instrument, layout
        self.table = export.table
        self.count = len(self.table.rows)
        self.faults: dict[int, list[Fault]] = {index: [fault] for index, fault in export.refused.items()}
        self.reasons = {index: fault.what.partition(": ")[2] for index, fault in export.refused.items()}
        self.set_aside: list[tuple[int, Fault, str]] = []
        self.answers: dict[str, list[Any]] = {}

    def arrival(self) -> Arrival:
        self._refuse_rows()
        self.width = len(self.table.header)
        blank = [""] * self.width
        rows = [blank if index in self.faults else row for index, row in enumerate(self.table.rows)]
        self.cells = dict(zip(self.table.header, zip(*rows, strict=True), strict=True)) if rows else {}
        self._read()
        self._set_aside_identities()
        self._set_aside_unasked()
        self._check()
        told = self._told()
        self._refuse_copies()
        kept = [index for index in range(self.count) if index not in self.faults]
        differences = self._differences(kept)
        columns = {name: _chosen(values, kept) for name, values in (self._columns() | told).items()}
        return Arrival(
            sheet_of(self.instrument, {"row": [index + 1 for index in kept], **columns})._replace(
                unmapped=self._unmapped()
            ),
            self.count,
            tuple(
                RefusedRow(index + 1, self.reasons[index], tuple(self.faults[index])) for index in sorted(self.faults)
            ),
            tuple(fault for index, fault, _ in sorted(self.set_aside) if index not in self.faults),
            differences,
            self._left_out(),
            Counter(reason for index, _, reason in self.set_aside if index not in self.faults),
            self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        said = [self.export.note] if self.export.note else []
        lost, responses = len(self.faults.keys() - self.export.refused), self.count - len(self.export.refused)
        if lost * MANY > responses:
            said.append(
                f"{lost} of {counted(responses, 'response')} refused: what is counted speaks for those that are left"
            )
        if unmapped := [name for name in self.instrument.items if name in self._unmapped()]:
            said.append(
                f"no column is mapped to {listed([repr(each) for each in unmapped], 'and')}: told as not mapped, not as blank"
            )
        if unread := [column for column, why in self._left_out().items() if why == UNREAD]:
            said.append(
                f"mapped to nothing, and not said to be left out: {listed([repr(each) for each in unread], 'and')}; whatever was "
                "answered there is not counted"
            )
        return tuple(said)

    def _unmapped(self) -> frozenset[str]:
        return frozenset(self.instrument.items.keys() - self.layout.columns.keys())

    def _refuse(self, index: int, reason: str, what: str, why: str, fix: str, column: str = "") -> None:
        self.reasons.setdefault(index, reason)
        self.faults.setdefault(index, []).append(row_fault(self.table, index, what, why, fix, column))

    def _refuse_rows(self) -> None:
        width = len(self.table.header)
        for index, row in enumerate(self.table.rows):
            if len(row) != width:
                what = f"it has {counted(len(row), 'cell')}, and the file {counted(width, 'column')}"
                self._refuse(index, "cells too few or too many", what,
                             "its answers would stand under other questions",
                             "put what holds a separator or a line end in quotes, or take the row out")  # fmt: skip
            elif not any(map(str.strip, row)):
                self._refuse(index, "an empty row", "it is empty", "it is nobody's answer", "take it out")
            elif len(max(row, key=len)) > LONGEST_CELL:
                column = self.table.header[row.index(max(row, key=len))]
                self._refuse(index, "a cell too long", f"the cell has {len(max(row, key=len)):,} letters",
                             f"up to {LONGEST_CELL:,} are read",
                             "look at what it is; an answer is shorter", column)  # fmt: skip

    def _read(self) -> None:
        """Read every cell of every item; a cell that cannot be read refuses its row."""
        decimal = self.layout.decimal or self._decimal()
        for name in self.instrument.items:
            column = self.layout.columns.get(name)
            if column is None:
                self.answers[name] = [None] * self.count
                continue
            cells: Sequence[Any] = self.cells.get(column.column, ())
            if column.members and self.count:
                cells = list(zip(*(self.cells[each] for each in column.members.values()), strict=True))
            read = read_all(cells, reader_of(column, decimal, self.export.unasked))
            for index, value in enumerate(read):
                if isinstance(value, Unreadable):
                    self._refuse(
                        index,
                        "a cell that cannot be read",
                        value.what,
                        value.why,
                        value.fix,
                        column.column,
                    )
                    read[index] = None
            self.answers[name] = read

    def _decimal(self) -> str:
        """Find whether numbers have a decimal comma; refuse the file where they might have either."""
        numbers = [column for name, column in self.layout.columns.items()
                   if self.instrument.items[name].kind is ItemKind.NUMBER and column.column]  # fmt: skip
        found = {cell for column in numbers for cell in self.cells.get(column.column, ())}
        commas = [cell for cell in found if re.fullmatch(r"\s*[-+]?\d+,\d+\s*", cell)]
        if not commas:
            return "point"
        points = [cell for cell in found if re.fullmatch(r"\s*[-+]?\d+\.\d+\s*", cell)]
        if points or all(re.fullmatch(r"\s*[-+]?\d{1,3},\d{3}\s*", cell) for cell in commas):
            shown = f"{min(commas).strip()!r}" + (f" and {min(points).strip()!r}" if points else "")
            raise Refused([Fault(Place(self.table.file), f"the file has {shown} among its numbers",
                                 "a comma may be a decimal comma, or part thousands",
                                 "name in the mapping which: decimal: comma, or point")])  # fmt: skip
        return "comma"

    def _set_aside(self, index: int, name: str, reason: str, what: str, why: str, fix: str) -> None:
        column = self.layout.columns[name].columns[0]
        self.set_aside.append((index, row_fault(self.table, index, what, why, fix, column), reason))
        self.answers[name][index] = None

    def _set_aside_identities(self) -> None:
        for name, item in self.instrument.items.items():
            if item.kind is not ItemKind.TEXT:
                continue
            for index, text in enumerate(self.answers[name]):
                if isinstance(text, str) and (what := identity.held(text)):
                    self._set_aside(index, name, "texts that hold an identity", f"the answer to {name!r} holds {what} and was set aside",
                                    "an answer never carries an identity",
                                    "take it out of the text in the file to keep the rest")  # fmt: skip

    def _set_aside_unasked(self) -> None:
        """Set aside answers to questions that were not asked; each question may hang on those before it."""
        items = self.instrument.items
        for name, item in items.items():
            if item.when is None or name not in self.layout.columns:
                continue
            for index, truth in enumerate(truths(item.when, items, self.answers, self.count)):
                answer = self.answers[name][index]
                if truth is not Truth.NO or answer is None:
                    continue
                if isinstance(answer, Absence):  # "not applicable" is what one says to a question that was not for one
                    self.answers[name][index] = None
                    continue
                self._set_aside(index, name, "answers to what was not asked",
                                f"{name!r} has an answer and was not asked, so it was set aside",
                                f"it is asked only when {item.when_written}", "look whether that answer or this one is wrong")  # fmt: skip

    def _check(self) -> None:
        for check in self.instrument.checks:
            for index, truth in enumerate(truths(check.when, self.instrument.items, self.answers, self.count)):
                if truth is Truth.YES and index not in self.faults:
                    self._refuse(index, "answers that cannot be together", f"its answers cannot be together ({check.name})", check.says,
                                 "look which of them is wrong")  # fmt: skip

    def _refuse_copies(self) -> None:
        """Refuse a response that stands in the file again; of those that bear one number the first that is good is kept."""
        column = self.layout.id
        ids = [cell.strip() for cell in self.cells.get(column.column, ())] if column else self.export.ids
        first: dict[str, int] = {}
        for index, number in enumerate(ids):
            if number and index not in self.faults and first.setdefault(number, index) != index:
                is_same = self.table.rows[index] == self.table.rows[first[number]]
                but = "and is a copy of it" if is_same else "with other answers"
                fix = "nothing needs mending" if is_same else "look which of the two holds, and take the other out"
                self._refuse(index, "a response that is there twice", f"it bears the number of row {first[number] + 1}, {but}",
                             "one person would count twice", fix)  # fmt: skip

    def _told(self) -> dict[str, list[Any]]:
        """Read what a row tells of the whole response."""
        told: dict[str, list[Any]] = {"finished": list(self.export.finished), "stratum": [None] * self.count}
        if self.layout.finished is not None:
            told["finished"] = self._words(self.layout.finished, "finished", FINISHED)
        if self.layout.stratum is not None:
            told["stratum"] = self._words(
                self.layout.stratum, "stratum", {name.lower(): name for name in self.layout.strata}
            )
        told["cluster"] = list(self.export.clusters) or [None] * self.count
        if self.layout.cluster is not None:
            cells = [cell.strip() for cell in self.cells.get(self.layout.cluster.column, ())]
            # A hospital's name would tell who answered; that two answers are of one hospital need not.
            numbers = {cell: str(number) for number, cell in enumerate(dict.fromkeys(filter(None, cells)), 1)}
            told["cluster"] = [numbers.get(cell) for cell in cells]
        return told

    def _words(self, told: Told, what: str, own: Mapping[str, Any]) -> list[Any]:
        meanings = {**own} | {cell.lower(): own.get(name, name) for cell, name in told.answers.items()}
        cells = [cell.strip() for cell in self.cells.get(told.column, ())]
        unknown = dict.fromkeys(cell for cell in cells if cell and cell.lower() not in meanings)
        answers = ", ".join(f"{cell}: {GUESSED.get(cell.lower(), '?')}" for cell in list(unknown)[:MOST_OFFERED])
        fix = f"write in the mapping: {what}: {{column: {told.column}, answers: {{{answers}}}}}"
        one_of = f"it is one of {listed([repr(each) for each in meanings])}"
        found: list[Any] = []
        for index, cell in enumerate(cells):
            if cell in unknown:
                self._refuse(index, "a cell that cannot be read", f"{cell[:60]!r} does not say {_SAYS[what]}",
                             one_of, fix, told.column)  # fmt: skip
            found.append(meanings.get(cell.lower()))
        return found

    def _columns(self) -> dict[str, list[Any]]:
        columns: dict[str, list[Any]] = {}
        for name, item in self.instrument.items.items():
            read: list[Read] = self.answers[name]
            columns[f"{name}?"] = [each.value if isinstance(each, Absence) else None for each in read]
            answered = [None if isinstance(each, Absence) else each for each in read]
            if item.kind is not ItemKind.MULTIPLE:
                columns[name] = answered
                continue
            columns[name] = [each is not None for each in answered]
            for member, column in members_of(item).items():
                columns[column] = [None if each is None else member in each for each in answered]  # type: ignore[operator]  # a set was read
        return columns

    def _differences(self, kept: list[int]) -> tuple[Fault, ...]:
        """Compare what the program worked out with Patency's own score."""
        found = []
        for name, column in self.layout.scores.items():
            told, items = self.instrument.scores[name], self.instrument.items
            known: dict[tuple[Any, ...], Scored] = {}
            for index in kept:
                cell = self.cells[column][index].strip()
                if not cell:
                    continue
                row = tuple(self.answers[each][index] for each in items)
                if row not in known:
                    response = Response(self.instrument, case_of(list(items.values()), row))
                    known[row] = score(self.instrument, response)[name]
                total = known[row].total
                try:
                    is_same = (
                        total is not None and abs(float(cell.replace(",", ".")) - total) < 0.51 * 10.0**-told.decimals
                    )
                except ValueError:
                    is_same = False
                if not is_same:
                    what = f"the file says {cell[:60]!r} for {name!r}, and Patency {known[row].words!r}"
                    found.append(row_fault(self.table, index, what, "the calculated field and the instrument's score are not the same",
                                           "look at how the program works it out, above all where an answer is blank", column))  # fmt: skip
        return tuple(found)

    def _left_out(self) -> dict[str, str]:
        """Say of every column that was not read why not."""
        used = used_by(self.layout)
        left_out = {}
        for column in self.table.header:
            if column not in used:
                left_out[column] = (
                    self.export.own.get(column)
                    or self.layout.left_out.get(column)
                    or identity.named(column, self.export.labels.get(column, ""))
                    or UNREAD
                )
        return left_out


def _chosen(values: Sequence[Any], kept: list[int]) -> list[Any]:
    return [values[index] for index in kept]
