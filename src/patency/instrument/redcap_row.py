"""One row of a REDCap data dictionary: a field, with what its eighteen columns say, and what is noted of it.

`fault` is for what would mean something else or be missing in the instrument, `note` for what would only look or
behave otherwise. Either names the row, the field and the column.
"""

import html
import json
import re
from typing import Any

from patency.fault import CONTROL, Fault
from patency.table import Table, uncell

COLUMNS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
(NAME, FORM, SECTION, TYPE, LABEL, CHOICES, HELP, VALIDATION, LEAST, MOST, IDENTIFIER, BRANCHING, REQUIRED, ALIGNMENT, NUMBER,
 MATRIX, RANKING, ANNOTATION) = COLUMNS  # fmt: skip
ANNOTATED = "Patency:"  # opens what an export writes where REDCap does not look
_HARMLESS = "nothing needs mending, unless you rely on it"


def plain(text: str) -> str:
    """Return words without tags and without what cannot be seen."""
    text = html.unescape(re.sub(r"<(?:/?[A-Za-z!][^<>]{0,2000})>", " ", text))
    return " ".join(CONTROL.sub(" ", text).split())


class Row:
    """A field of a dictionary."""

    def __init__(self, table: Table, index: int, faults: list[Fault], notes: list[Fault]) -> None:
        self.table, self.index, self.faults, self.notes = table, index, faults, notes
        cells = table.rows[index]
        self.cells = {name: uncell(cell).strip() for name, cell in zip(table.header, cells, strict=False)}
        self.is_ragged = len(cells) != len(table.header)

    def at(self, column: str) -> str:
        """Return what stands in a column; nothing where it is not there."""
        return self.cells.get(column, "")

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.at(NAME)

    @property
    def kind(self) -> str:
        """The type of the field."""
        return self.at(TYPE).lower()

    @property
    def validation(self) -> str:
        """How what is typed is checked."""
        return self.at(VALIDATION).lower()

    def fault(self, column: str, what: str, why: str, fix: str) -> None:
        """Note what cannot be carried over."""
        self.faults.append(self._said(column, what, why, fix))

    def note(self, column: str, what: str, why: str, fix: str = _HARMLESS) -> None:
        """Note what is carried over otherwise, or left out and not missed."""
        self.notes.append(self._said(column, what, why, fix))

    def _said(self, column: str, what: str, why: str, fix: str) -> Fault:
        where = f"row {self.index + 1} ({self.name or 'without a name'}), column {column!r}"
        return Fault(self.table.place(self.index), f"{where}: {what}", why, fix)

    @property
    def noted(self) -> dict[str, Any]:
        """What an export wrote into the annotation; nothing where it wrote nothing, or somebody changed it."""
        _, mark, written = self.at(ANNOTATION).partition(ANNOTATED)
        try:
            found = json.loads(written) if mark else {}
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def group(self, name: str) -> dict[str, str]:
        """Return named values that an export wrote, as text."""
        found = self.noted.get(name)
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def refuse_tags(self) -> None:
        """Tell of every action tag: it changes what people see or may answer."""
        text, mark, _ = self.at(ANNOTATION).partition(ANNOTATED)
        for tag in dict.fromkeys(re.findall(r"@[A-Z][A-Z0-9_-]*", text)):
            if tag in ("@CALCTEXT", "@CALCDATE", "@IF"):
                self.fault(ANNOTATION, f"the action tag {tag} cannot be carried over", "the answer is worked out, not given",
                           "make it a calculated field that gives a number")  # fmt: skip
            else:
                self.note(ANNOTATION, f"the action tag {tag} is not carried over", "Patency has no such tags")
        if mark and not self.noted:
            self.note(ANNOTATION, "what Patency wrote there has been changed and is not read", "it is no longer what was exported",
                      "write the units and points into the instrument file")  # fmt: skip
