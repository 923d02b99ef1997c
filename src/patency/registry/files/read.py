"""What the rows of a file say, part by part: each record packed for the registry, or why its row is refused.

Many rows are read at once, column by column: a cell that is written alike in thousands of rows is read once, by the reader
of practice/cells.py, and what it says is packed once (entry.fragment). Of a row in which anything cannot be read, nothing is
brought in.

Not here: which rows stand already, and on what a record hangs (run.py).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple

from patency.answer import Unreadable
from patency.case import Absence
from patency.fault import Fault, Place
from patency.instrument.asked import hung_on
from patency.instrument.model import Instrument, ItemKind
from patency.practice import identity
from patency.practice.cells import reader_of
from patency.practice.conditions import truths
from patency.registry.entry import ITEMS, SECTIONS, fragment, line_of, section_of
from patency.registry.files.cells import Answers, Cells, odd
from patency.registry.files.excel import is_odd
from patency.registry.files.ids import Ids
from patency.registry.files.map import BLANK, FILLED, GROUP, ImportMap, Part
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.valid import faults_of
from patency.table import counted, uncell
from patency.truth import Truth

Row = tuple[int, int, list[str]]  # its number from 1, the line it begins on, its cells


class Refusals:
    """What is wrong with which rows of one batch, with the reason in a few words."""

    def __init__(self, rows: Sequence[Row], place: Callable[[int], Place]) -> None:
        self.rows, self._place = rows, place
        self.of: dict[int, list[Fault]] = {}
        self.reasons: dict[int, str] = {}

    def add(self, index: int, reason: str, what: str, why: str, fix: str, column: str = "") -> None:
        """Refuse a row."""
        number, line, _ = self.rows[index]
        where = f"row {number}, column {column!r}" if column else f"row {number}"
        self.reasons.setdefault(index, reason)
        self.of.setdefault(index, []).append(Fault(self._place(line), f"{where}: {what}", why, fix))


class Drawn(NamedTuple):
    """What one part makes of each row of a batch: a packed line, or None where it makes nothing, the id, and the date.

    `keyless` are the rows in which its key is blank.
    """

    part: Part
    contents: Sequence[bytes | None]
    ids: Sequence[str]
    keyless: frozenset[int]
    dates: Sequence[date | None]


class _PartReader:
    """Reads one part of a mapping, batch after batch."""

    def __init__(
        self, part: Part, header: Sequence[str], found: ImportMap, forms: Forms, ids: Ids, today: date
    ) -> None:
        self.part, self.forms, self.ids, self.today = part, forms, ids, today
        self.form = forms.of[part.kind]
        self.scale = forms.scales.get(part.scale)
        place = {name: index for index, name in enumerate(header)}
        self.cells = [
            Cells(
                name,
                column.item,
                reader_of(column, found.decimal, frozenset()),
                [place[each] for each in column.columns],
                today,
            )
            for name, column in sorted(part.columns.items())
        ]
        self.id, self.key = place.get(part.id, -1), [place[each] for each in part.key]
        self.conditions = [(place[column], words) for column, words in part.rows.items()]
        told = {place[each] for each in (*part.telling, found.patient) if each}
        # A file of patients alone enrols each of them, one of whom nothing more is known too.
        is_of_patients = part.kind == "patient" and len(found.parts) == 1
        self.telling = [each for each in self.cells if not is_of_patients and not told >= set(each.places)]
        self.fixed = [fragment(name, value) for name, value in sorted(part.fixed.items())]
        self.patient = place[found.patient] if part.kind == "patient" else -1
        self.said: dict[str, Sequence[str]] = {}  # of the batch that was drawn last: what each item says of each row
        # What a finding says hangs on its concept, and answers on the version of their scale: looked at record by record.
        self.is_whole = part.kind == "finding" or (
            part.kind == "response" and {"instrument", "version"} & part.columns.keys()
        )

    def drawn(self, columns: Sequence[Sequence[str]], patients: Sequence[str], refusals: Refusals) -> Drawn:
        """Read a batch, given column by column."""
        count = len(patients)
        is_meant = self._meant(columns, count)
        lines: dict[str, list[Iterable[str]]] = {section: [] for section in SECTIONS}
        answers = Answers({name: [value] * count for name, value in self.part.fixed.items()})
        for section, text in self.fixed:
            lines[section].append(repeat(text, count))
        said: list[list[str]] = []
        said_by: dict[str, Sequence[str]] = {}
        for cells in self.cells:
            given: Sequence[Any] = columns[cells.places[0]]
            if self.part.columns[cells.name].members:
                given = list(zip(*(columns[place] for place in cells.places), strict=True))
            texts = cells.packed(given)
            answers.add(cells.name, cells.known, given)
            self._put(cells, given, texts, lines)
            said_by[cells.name] = texts
            if cells in self.telling:
                said.append(texts)
        if self.patient >= 0:
            names = [pseudonym_of(each) for each in columns[self.patient]]
            answers.add("pseudonym", {each: each for each in names}, names)
            lines["v"].append([fragment("pseudonym", each)[1] for each in names])
        is_told = _told(said, count)
        meant = [index for index in range(count) if is_meant[index] and is_told[index] and index not in refusals.of]
        self._refuse(meant, answers, refusals)
        contents: list[bytes | None] = [None] * count
        packed = _packed(lines, count)
        for index in meant:
            contents[index] = packed[index]
        ids, keyless = self._ids(columns, patients)
        dates = (
            [each if isinstance(each, date) else None for each in answers["date"]]
            if "date" in answers
            else [None] * count
        )
        self.said = said_by
        return Drawn(self.part, contents, ids, keyless, dates)

    def _ids(self, columns: Sequence[Sequence[str]], patients: Sequence[str]) -> tuple[list[str], frozenset[int]]:
        """Return the id of what each row makes, and the rows in which its key is blank."""
        if self.id >= 0:
            return [cell.strip() for cell in columns[self.id]], frozenset()
        if self.part.kind == "patient":
            return list(map(self.ids.patient, patients)), frozenset()
        keys = [list(map(str.strip, columns[place])) for place in self.key]
        ids = list(map(self.ids.record, repeat(self.part.name), patients, *keys))
        if not keys or all(map(all, keys)):
            return ids, frozenset()
        return ids, frozenset(index for index, told in enumerate(zip(*keys, strict=True)) if not any(told))

    def _meant(self, columns: Sequence[Sequence[str]], count: int) -> Sequence[bool]:
        """Say for which rows the part is meant at all."""
        meant = [True] * count
        for place, words in self.conditions:
            allowed = set(words)
            meant = [
                is_meant and (cell in allowed or (BLANK in allowed and not cell) or (FILLED in allowed and bool(cell)))
                for is_meant, cell in zip(meant, map(str.strip, columns[place]), strict=True)
            ]
        return meant

    def _put(self, cells: Cells, given: Sequence[Any], texts: list[str], lines: dict[str, list[Iterable[str]]]) -> None:
        """Put what an item says into the sections of the lines."""
        if not cells.is_mixed:
            section = "i" if cells.name.startswith(ITEMS) else "d" if cells.item.kind is ItemKind.DATE else "v"
            lines[section].append(texts)
            return
        sections = list(map(cells.sections.__getitem__, given))
        for section in set(sections) - {""}:
            lines[section].append([text if each == section else "" for each, text in zip(sections, texts, strict=True)])

    def _refuse(self, meant: Sequence[int], answers: Mapping[str, Sequence[Any]], refusals: Refusals) -> None:
        for cells in self.cells:
            if cells.is_odd:
                column = self.part.columns[cells.name].columns[0]
                for index in meant:
                    if isinstance(value := answers[cells.name][index], Unreadable):
                        refusals.add(index, "a cell that cannot be read", value.what, value.why, value.fix, column)
        good = [index for index in meant if index not in refusals.of]
        self._refuse_unsaid(good, answers, refusals)
        _refuse_together(self.form, answers, good, refusals, self.part)
        if self.is_whole:
            self._refuse_whole(good, answers, refusals)
        if self.scale is not None:
            _refuse_together(self.scale, answers, good, refusals, self.part, ITEMS)

    def _refuse_whole(self, good: Sequence[int], answers: Mapping[str, Sequence[Any]], refusals: Refusals) -> None:
        """Refuse what the registry itself would refuse of one record."""
        for index in good:
            if index not in refusals.of:
                values = {name: given[index] for name, given in answers.items() if given[index] is not None}
                for fault in faults_of(self.part.kind, values, self.forms, Place(""), self.today):
                    refusals.add(index, "a record that cannot be", fault.what, fault.why, fault.fix)

    def _refuse_unsaid(self, good: Sequence[int], answers: Mapping[str, Sequence[Any]], refusals: Refusals) -> None:
        """Refuse a record that does not say what every one of its kind says."""
        for name, item in self.form.items.items():
            if not item.is_required:
                continue
            values = answers.get(name)
            for index in good:
                if values is None or values[index] is None:
                    column = self.part.columns[name].columns[0] if name in self.part.columns else ""
                    refusals.add(index, "what is always asked is not answered",
                                 f"the {KINDS[self.part.kind].words} has no {name!r}", "it is asked of everybody",
                                 "fill it in" if column else f"map a column to {name!r}", column)  # fmt: skip


def _told(said: Sequence[Sequence[str]], count: int) -> Sequence[bool]:
    """Say which rows have something to say in any of some columns; of a part without columns, every row has."""
    if not said or any(map(all, said)):
        return [True] * count
    return list(map(any, zip(*said, strict=True)))


def _packed(lines: Mapping[str, Sequence[Iterable[str]]], count: int) -> list[bytes]:
    """Return each row's line."""
    sections = []
    for section, columns in lines.items():
        if columns:
            said = [",".join(filter(None, texts)) for texts in zip(*columns, strict=True)]
            sections.append([section_of(section, text) if text else "" for text in said])
    if not sections:
        return [b"{}"] * count
    return [line_of(filter(None, texts)) for texts in zip(*sections, strict=True)]


def _refuse_together(form: Instrument, answers: Mapping[str, Sequence[Any]], good: Sequence[int], refusals: Refusals, part: Part,
                     before: str = "") -> None:  # fmt: skip
    """Refuse answers to what was not asked, and those that a check of the form forbids beside one another."""
    chosen: dict[str, list[Any]] = {}

    def of(name: str) -> list[Any]:
        if name not in chosen:
            values = answers[before + name]
            chosen[name] = list(values) if len(good) == len(values) else [values[index] for index in good]
        return chosen[name]

    for name, item in form.items.items():
        if item.when is None or before + name not in answers or of(name).count(None) == len(good):
            continue
        given = {each: of(each) for each in (*item.hangs_on, name) if before + each in answers}
        for index, value, truth in zip(good, of(name), truths(item.when, form.items, given, len(good)), strict=True):
            if truth is Truth.NO and value is not None and not isinstance(value, Absence):
                refusals.add(index, "an answer to what was not asked", f"{name!r} has an answer and was not asked",
                             f"it is asked only when {item.when_written}", "look whether that answer or this one is wrong",
                             part.columns[before + name].columns[0] if before + name in part.columns else "")  # fmt: skip
    for check in form.checks:
        given = {each: of(each) for each in hung_on(check.when, form.items) if before + each in answers}
        for index, truth in zip(good, truths(check.when, form.items, given, len(good)), strict=True):
            if truth is Truth.YES:
                refusals.add(index, "answers that cannot be together", f"its answers cannot be together ({check.name})",
                             check.says, "look which of them is wrong")  # fmt: skip


class Reader:
    """Reads the rows of one file, batch after batch."""

    def __init__(self, found: ImportMap, header: Sequence[str], forms: Forms, ids: Ids, place: Callable[[int], Place],
                 today: date) -> None:  # fmt: skip
        self.found, self.header, self.place = found, tuple(header), place
        self.parts = [_PartReader(part, header, found, forms, ids, today) for part in found.parts]
        self.patient = self.header.index(found.patient) if found.patient else -1
        told = {found.patient, *(each for part in found.parts for each in part.telling)} - {""}
        self.telling = sorted(self.header.index(each) for each in told)
        self.group = self.header.index(GROUP) if found.groups else -1

    def read(self, rows: Sequence[Row]) -> "Batch":
        """Read some rows."""
        refusals = Refusals(rows, self.place)
        width = len(self.header)
        self._refuse_rows(rows, width, refusals)
        blank = [""] * width
        whole = [blank if index in refusals.of else cells for index, (_, _, cells) in enumerate(rows)]
        columns = list(zip(*whole, strict=True))
        self._refuse_odd(columns, refusals)
        patients = [""] * len(rows)
        if self.patient >= 0:
            patients = [pseudonym_of(cell) for cell in columns[self.patient]]
        for index, group in enumerate(columns[self.group] if self.group >= 0 and columns else ()):
            if (group.strip() or BLANK) not in self.found.groups and index not in refusals.of:
                of = f"of the data access group {group.strip()!r}" if group.strip() else "of no data access group"
                refusals.add(index, "a record of another data access group", f"it is {of}",
                             "the mapping names those that are your site's", "nothing needs mending, unless the group is your site's: "
                             "then name it in the mapping, under 'groups'", GROUP)  # fmt: skip
        for index, pseudonym in enumerate(patients if self.patient >= 0 else ()):
            if not pseudonym and index not in refusals.of:
                refusals.add(index, "a row of no patient", "it names no patient", "every record is somebody's",
                             "write the patient's pseudonym", self.found.patient)  # fmt: skip
        for pseudonym in set(patients):
            if what := _odd_pseudonym(pseudonym):
                for index in (index for index, each in enumerate(patients) if each == pseudonym):
                    refusals.add(index, "a pseudonym that is none", f"the pseudonym {what}",
                                 "a patient stands in the registry under a pseudonym alone",
                                 "write one that says nothing of who it is", self.found.patient)  # fmt: skip
        drawn = [part.drawn(columns, patients, refusals) for part in self.parts]
        if len(drawn) > 1:
            self._refuse_untaken(drawn, len(rows), refusals)
        return Batch(rows, {place: columns[place] for place in self.telling}, patients, drawn, refusals)

    def _refuse_untaken(self, drawn: Sequence[Drawn], count: int, refusals: Refusals) -> None:
        """Refuse rows of which one part makes a record, and another none though it has an answer: that would be lost.

        What says which record a row is of may stand for several parts, and is no answer.
        """
        telling = {each for part in self.found.parts for each in part.rows} | {self.found.patient}
        taken: dict[str, list[Sequence[bytes | None]]] = {}
        for part, made in zip(self.parts, drawn, strict=True):
            for column in part.part.used:
                taken.setdefault(column, []).append(made.contents)
        for part, made in zip(self.parts, drawn, strict=True):
            lacking = [index for index in range(count) if made.contents[index] is None and index not in refusals.of]
            for name, texts in part.said.items() if lacking else ():
                columns = part.part.columns[name].columns
                for index in lacking:
                    if not texts[index] or index in refusals.of or telling & set(columns):
                        continue
                    if any(contents[index] is not None for column in columns for contents in taken[column]):
                        continue
                    if any(each.contents[index] is not None for each in drawn):
                        words = KINDS[part.part.kind].words
                        refusals.add(index, "an answer that no part takes", f"{name!r} is answered, and the row makes no {words}",
                                     "the answer would be lost in silence",
                                     f"look at 'rows' and 'key' of the part {part.part.name!r}, or empty the cell",
                                     columns[0])  # fmt: skip

    def _refuse_odd(self, columns: Sequence[Sequence[str]], refusals: Refusals) -> None:
        """Refuse rows of an Excel sheet in which what says whose a record is, or which, cannot be read."""
        for place in self.telling:
            if any(map(is_odd, columns[place])):
                for index, cell in enumerate(columns[place]):
                    if is_odd(cell):
                        refusals.add(index, "a cell that cannot be read", *odd(cell), self.header[place])

    def _refuse_rows(self, rows: Sequence[Row], width: int, refusals: Refusals) -> None:
        header = list(self.header)
        for index, (_, _, cells) in enumerate(rows):
            if len(cells) != width:
                what = f"it has {counted(len(cells), 'cell')}, and the file {counted(width, 'column')}"
                refusals.add(index, "cells too few or too many", what, "its cells would stand under other names",
                             "put what holds a separator or a line end in quotes, or take the row out")  # fmt: skip
            elif not (self.patient >= 0 and cells[self.patient]) and not any(map(str.strip, cells)):
                refusals.add(index, "an empty row", "it is empty", "it is nobody's record", "take it out")
            elif cells == header:
                refusals.add(
                    index, "the header again", "it is the header once more", "it is nobody's record", "take it out"
                )


def pseudonym_of(cell: str) -> str:
    """Return the pseudonym that a cell holds."""
    return uncell(cell.strip()) if cell[:1] == "'" else cell.strip()


def _odd_pseudonym(text: str) -> str:
    if what := identity.held(text):
        return f"is {what}"
    if len(text) > 100 or not text.isprintable():
        return "is longer than 100 letters, or has some that cannot be seen"
    return ""


class Batch(NamedTuple):
    """Some rows as they were read: their patients' pseudonyms, what each part makes of them, and what is refused.

    `told` are the columns, by their place, that say which record it is and on what it hangs.
    """

    rows: Sequence[Row]
    told: Mapping[int, Sequence[str]]
    patients: Sequence[str]
    drawn: Sequence[Drawn]
    refusals: Refusals
