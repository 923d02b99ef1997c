"""An instrument from a REDCap data dictionary, the CSV file with a row for each field.

In: the bytes of the file, and which of its forms is meant. Out: the text of an instrument file, with all that could
not be carried over: `faults` where a question, an answer, a branching or a calculation would mean something else or
be missing, `notes` where it would only look or behave otherwise. Nothing is dropped in silence.

A field that REDCap marks as an identifier, one that asks for an e-mail address and the like, and the record's own
number are left out: an answer never carries an identity. What REDCap has no place for (units, points that are no
codes, the order of answers) is read from the field annotation where export (redcap_export.py) wrote it.

The instrument is marked as imported and unverified: a dictionary does not say where its questions come from.

Not here: a row (redcap_row.py), its type (redcap_fields.py), REDCap's logic (redcap_logic.py, redcap_words.py), the
answers it exports (practice/redcap_rows.py).
"""

import re
from datetime import date
from typing import Any, NamedTuple

from patency.document import to_yaml
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.instrument.parse_formula import NAMES
from patency.instrument.redcap_fields import identity, item_of, unused
from patency.instrument.redcap_logic import Untranslatable, read_logic
from patency.instrument.redcap_made import SOURCE, as_node, made_faults
from patency.instrument.redcap_row import BRANCHING, CHOICES, FORM, IDENTIFIER, LABEL, NAME, SECTION, TYPE, Row, plain
from patency.instrument.redcap_words import Known, Scope, condition, formula
from patency.language.tokens import RESERVED
from patency.table import Table, counted, read_table

LONGEST_SHOWN = 120  # letters of a logic that a message quotes


class Imported(NamedTuple):
    """The text of an instrument file, what could not be carried over into it, and what is only otherwise."""

    text: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


def import_dictionary(content: bytes, file: str, on: date, form: str = "") -> Imported:
    """Make an instrument file of a data dictionary; refuse what is no dictionary, or has several forms and none is named."""
    table = read_table(content, file)
    missing = [name for name in (NAME, FORM, TYPE, LABEL) if name not in table.header]
    if missing:
        raise Refused([Fault(Place(file, 1), f"the file has no column {listed([repr(name) for name in missing], 'and')}",
                             "this is no data dictionary of REDCap",
                             "download the Data Dictionary in REDCap (not the records), and import that file")])  # fmt: skip
    faults, notes = Faults(), Faults()
    rows = [Row(table, index, faults, notes) for index in range(len(table.rows))]
    forms = list(dict.fromkeys(row.at(FORM) for row in rows))
    if (form and form not in forms) or (not form and len(forms) != 1):
        what = f"the dictionary has no form {form!r}" if form else f"the dictionary has {len(forms)} forms"
        raise Refused([Fault(Place(file), what, "an instrument is made of one form",
                             nearest(form, forms, f"name one with --form: {listed(forms)}"))])  # fmt: skip
    return _Importing(table, form or forms[0], faults, notes).imported(rows, on)


class _Importing:
    """One form on its way into an instrument."""

    def __init__(self, table: Table, form: str, faults: list[Fault], notes: list[Fault]) -> None:
        self.table, self.form, self.faults, self.notes = table, form, faults, notes
        self.fields: dict[str, Known] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.scores: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, Any] = {}
        self.ignored: dict[tuple[str, str], list[int]] = {}

    def imported(self, rows: list[Row], on: date) -> Imported:
        rows = [row for row in rows if row.at(FORM) == self.form]
        section = ""
        for row in rows:
            section = plain(row.at(SECTION)) or section
            self._field(row, section)
        for row in rows:  # after all, for a branching may mention what stands further down
            self._logic(row)
        self._note_ignored()
        document = self._document(on)
        self.faults += made_faults(document, self.table.file)
        return Imported(to_yaml(as_node(document)), tuple(self.faults), tuple(self.notes))

    def _field(self, row: Row, section: str) -> None:
        name, cells = row.name, len(self.table.rows[row.index])
        if row.is_ragged:
            row.fault(NAME, f"the row has {counted(cells, 'cell')}, and the file {counted(len(self.table.header), 'column')}",
                      "its parts would stand under other columns", "put what holds a comma or a line end in quotes")  # fmt: skip
        elif what := identity(row, row.at(IDENTIFIER).lower() == "y"):
            row.note(IDENTIFIER, f"the field holds {what} and is left out", "an answer never carries an identity")
        elif not re.fullmatch("[a-z][a-z0-9_]*", name) or name in RESERVED or name in NAMES:
            row.fault(NAME, f"{name!r} cannot name an item", "it means something else in a condition or a formula, or is no name",
                      "rename the field")  # fmt: skip
        elif name in self.fields:
            row.fault(NAME, f"{name!r} is there twice", "only one of the two could count", "rename one of them")
        else:
            self._made(row, section)

    def _made(self, row: Row, section: str) -> None:
        for ignored in unused(row):
            self.ignored.setdefault(ignored, []).append(row.index)
        if row.kind == "calc":
            self.scores[row.name] = {"words": plain(row.at(LABEL)) or row.name}
            self.fields[row.name] = Known(row.name, None, {}, str(row.noted.get("unit") or "1"))
        elif made := item_of(row, section, self.lists):
            self.items[row.name], self.fields[row.name] = made

    def _note_ignored(self) -> None:
        for (column, why), indexes in self.ignored.items():
            shown = [str(index + 1) for index in indexes[:12]] + (["more"] if len(indexes) > 12 else [])
            what = f"{column!r} is not carried over ({'row' if len(indexes) == 1 else 'rows'} {listed(shown, 'and')})"
            place = self.table.place(indexes[0])
            self.notes.append(Fault(place, what, why, "nothing needs mending, unless you rely on it"))

    def _logic(self, row: Row) -> None:
        column = CHOICES if row.name in self.scores else BRANCHING
        if not (row.name in self.scores or (row.name in self.items and row.at(BRANCHING))):
            return
        text = row.at(column)
        try:
            if row.name in self.items:
                self.items[row.name]["when"] = condition(read_logic(text), Scope(self.fields))
            else:
                self.scores[row.name] |= _score(row, text, Scope(self.fields, is_score=True))
        except Untranslatable as not_said:
            shown = " ".join(text.split())
            shown = repr(shown) if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]!r} and more"
            row.fault(column, f"{shown} cannot be carried over: {not_said.what}", not_said.why, not_said.fix)
            self.scores.pop(row.name, None)

    def _document(self, on: date) -> dict[str, Any]:
        file = self.table.file.replace("\\", "/").rpartition("/")[2]
        document = {
            "instrument": self.form.lower().replace("_", "-"),
            "title": self.form.replace("_", " ").capitalize(),
            "version": f"as imported on {on}",
            "unit": "one response",
            "licence": "not stated in the data dictionary; ask whoever made it before you use it",
            "about": f"Imported from a REDCap data dictionary on {on}. Nobody has verified its wording or its scores. "
                     "Where an answer is blank, REDCap adds up what is there, and Patency gives a range.",
            "cite": [{"source": SOURCE, "at": f"{file}, {on}", "mark": "unverified"}],
            "answers": self.lists,
            "items": self.items,
            "scores": self.scores,
        }  # fmt: skip
        return {name: value for name, value in document.items() if value}


def _score(row: Row, text: str, scope: Scope) -> dict[str, str]:
    """Make a score of a calculated field; without a word on decimals it has those of its own rounding, or two."""
    number = formula(read_logic(text), scope)
    is_whole = not re.search(r"/|mean|\d\.\d|round", number)
    digits = re.match(r"round\(.*, (\d)\)$", number)
    decimals = 0 if is_whole else int(digits[1]) if digits else 2
    told = {name: str(row.noted[name]) for name in ("decimals", "unit", "prorate") if name in row.noted}
    return {"number": number, "decimals": str(decimals)} | told
