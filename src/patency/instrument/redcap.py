"""An instrument from a REDCap data dictionary, the CSV file with a row for each field.

In: the bytes of the file, and which of its forms is meant. Out: the text of an instrument file, with all that could
not be carried over: `faults` where a question, an answer, a branching or a calculation would mean something else or
be missing, `notes` where it would only look or behave otherwise. Nothing is dropped in silence.

A field that REDCap marks as an identifier, one that asks for an e-mail address and the like, and the record's own
number are left out: an answer never carries an identity. What REDCap has no place for (units, points that are no
codes, the order of answers) is read from the field annotation where export (redcap_export.py) wrote it.

The instrument is marked as imported and unverified: a dictionary does not say where its questions come from.

Not here: REDCap's logic (redcap_logic.py, redcap_words.py), exported answers (practice/redcap_rows.py).
"""

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from patency.case import Absence
from patency.document import to_yaml
from patency.fault import CONTROL, Fault, Faults, Place, Refused, listed, nearest
from patency.instrument.parse_formula import NAMES
from patency.instrument.model import ItemKind
from patency.instrument.redcap_logic import Untranslatable, read_logic
from patency.instrument.redcap_made import SOURCE, as_node, made_faults
from patency.instrument.redcap_words import Known, Scope, condition, formula
from patency.language.parse import RESERVED
from patency.table import Table, read_table, uncell

COLUMNS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
(NAME, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, LEAST, MOST, IDENTIFIER, BRANCHING, REQUIRED, ALIGNMENT, NUMBER,
 MATRIX, RANKING, ANNOTATION) = COLUMNS  # fmt: skip
ANNOTATED = "Patency:"
NUMBERS = re.compile(r"integer|number(_[1-4]dp)?(_comma_decimal)?")
DATES = re.compile(r"(date|datetime|datetime_seconds)_(ymd|mdy|dmy)")
_IDENTITIES = {"email": "an e-mail address", "phone": "a telephone number", "phone_australia": "a telephone number",
               "phone_uk": "a telephone number", "ssn": "a number of a person", "mrn_10d": "a number of a person",
               "mrn_generic": "a number of a person", "zipcode": "an address", "postalcode_australia": "an address",
               "postalcode_canada": "an address", "postalcode_uk": "an address", "postalcode_french": "an address",
               "postalcode_germany": "an address", "vmrn": "a number of a person"}  # fmt: skip
_WIDEST = (-1e9, 1e9)


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
    forms = list(dict.fromkeys(_cell(table, index, FORM) for index in range(len(table.rows))))
    if (form and form not in forms) or (not form and len(forms) != 1):
        what = f"the dictionary has no form {form!r}" if form else f"the dictionary has {len(forms)} forms"
        raise Refused([Fault(Place(file), what, "an instrument is made of one form",
                             nearest(form, forms, f"name one with --form: {listed(forms)}"))])  # fmt: skip
    return _Importing(table, form or forms[0], on).imported()


def _cell(table: Table, index: int, column: str) -> str:
    row = table.rows[index]
    place = table.header.index(column) if column in table.header else len(row)
    return uncell(row[place]).strip() if place < len(row) else ""


def plain(text: str) -> str:
    """Return words without tags and what cannot be seen."""
    text = html.unescape(re.sub(r"<(?:/?[A-Za-z!][^<>]{0,2000})>", " ", text))
    return " ".join(CONTROL.sub(" ", text).split())


def slug(words: str, code: str, taken: Mapping[str, Any]) -> str:
    """Make a name of the words of an answer: "Yes, always" is yes_always."""
    letters = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    name = "_".join(re.findall(r"[a-z0-9]+", letters))[:40].strip("_")
    if not re.match("[a-z]", name) or name in RESERVED or name in {each.value for each in Absence} | {"unknown"}:
        name = f"answer_{'_'.join(re.findall('[a-z0-9]+', code.lower())) or name or 'other'}"
    return name if name not in taken else f"{name}_{len(taken) + 1}"


class _Importing:
    """One form on its way into an instrument."""

    def __init__(self, table: Table, form: str, on: date) -> None:
        self.table, self.form, self.on = table, form, on
        self.faults: list[Fault] = Faults()
        self.notes: list[Fault] = []
        self.fields: dict[str, Known] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.scores: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, dict[str, Any]] = {}
        self.ignored: dict[tuple[str, str], list[int]] = {}

    def imported(self) -> Imported:
        rows = [index for index in range(len(self.table.rows)) if _cell(self.table, index, FORM) == self.form]
        section = ""
        for index in rows:
            section = plain(_cell(self.table, index, SECTION)) or section
            self._field(index, section)
        for index in rows:  # after all, for a branching may mention what stands further down
            self._logic(index)
        for (column, why), numbers in self.ignored.items():
            shown = listed([str(number + 1) for number in numbers[:12]], "and") + (
                " and more" if len(numbers) > 12 else ""
            )
            what = f"{column!r} is not carried over ({'row' if len(numbers) == 1 else 'rows'} {shown})"
            self.notes.append(
                Fault(self.table.place(numbers[0]), what, why, "nothing needs mending, unless you rely on it")
            )
        document = self._document()
        self.faults += made_faults(document, self.table.file)
        return Imported(to_yaml(as_node(document)), tuple(self.faults), tuple(self.notes))

    def _at(self, index: int, column: str) -> str:
        return _cell(self.table, index, column)

    def _say(self, faults: list[Fault], index: int, column: str, what: str, why: str, fix: str) -> None:
        where = f"row {index + 1} ({self._at(index, NAME) or 'without a name'}), column {column!r}"
        faults.append(Fault(self.table.place(index), f"{where}: {what}", why, fix))

    def _fault(self, index: int, column: str, what: str, why: str, fix: str) -> None:
        self._say(self.faults, index, column, what, why, fix)

    def _note(
        self, index: int, column: str, what: str, why: str, fix: str = "nothing needs mending, unless you rely on it"
    ) -> None:
        self._say(self.notes, index, column, what, why, fix)

    # Fields

    def _field(self, index: int, section: str) -> None:
        name, kind = self._at(index, NAME), self._at(index, TYPE).lower()
        if len(self.table.rows[index]) != len(self.table.header):
            self._fault(index, NAME, f"the row has {len(self.table.rows[index])} cells, and the file {len(self.table.header)} columns",
                        "its parts would stand under other columns", "put what holds a comma or a line end in quotes")  # fmt: skip
        elif what := self._identity(index):
            self._note(
                index, IDENTIFIER, f"the field holds {what} and is left out", "an answer never carries an identity"
            )
        elif not re.fullmatch("[a-z][a-z0-9_]*", name) or name in RESERVED or name in NAMES:
            self._fault(index, NAME, f"{name!r} cannot name an item", "it means something else in a condition or a formula, or is no name",
                        "rename the field")  # fmt: skip
        elif name in self.items or name in self.scores:
            self._fault(
                index, NAME, f"{name!r} is there twice", "only one of the two could count", "rename one of them"
            )
        elif kind == "calc":
            self.scores[name] = {"words": plain(self._at(index, LABEL)) or name}
            self.fields[name] = Known(name, None, {}, str(self._annotation(index).get("unit") or "1"))
            self._unused(index)
        else:
            self._item(index, name, kind, section)

    def _identity(self, index: int) -> str:
        if self._at(index, IDENTIFIER).lower() == "y":
            return "what REDCap marks as an identifier"
        if index == 0 and self._at(index, TYPE).lower() == "text" and not self._at(index, VALIDATION):
            return "the record's own number"
        return _IDENTITIES.get(self._at(index, VALIDATION).lower(), "")

    def _item(self, index: int, name: str, kind: str, section: str) -> None:
        makers = {
            "text": self._text_field, "notes": self._text_field, "slider": self._slider, "radio": self._chosen,
            "dropdown": self._chosen, "checkbox": self._chosen, "yesno": self._yes_no, "truefalse": self._yes_no,
        }  # fmt: skip
        if kind not in makers:
            why = {"descriptive": "a text that asks nothing has no place in an instrument", "file": "a file is no answer that can be counted",
                   "sql": "its answers stand in a database that is not here"}.get(kind, "REDCap has no such field, as far as Patency knows")  # fmt: skip
            self._fault(index, TYPE, f"a field of type {kind!r} cannot be carried over", why,
                        "take it out, or give it another type" if kind != "descriptive" else "put its words into a field note or label")  # fmt: skip
            return
        label = plain(self._at(index, LABEL))
        if not label:
            self._fault(index, LABEL, "the field has no label", "somebody has to be asked", "write what it asks")
        item: dict[str, Any] = {"asks": label or name, "section": section, "help": plain(self._at(index, NOTE))}
        made = makers[kind](index, name, self._annotation(index))
        if made is None:
            return
        self.items[name] = {key: value for key, value in {**item, **made}.items() if value not in ("", None)}
        self._unused(index)

    def _annotation(self, index: int, is_told: bool = True) -> dict[str, Any]:
        """Read what an export wrote; an action tag is told of, for it changes what people see or may answer."""
        text = self._at(index, ANNOTATION)
        before, mark, after = text.partition(ANNOTATED)
        for tag in dict.fromkeys(re.findall(r"@[A-Z][A-Z0-9_-]*", before if mark else text)) if is_told else ():
            if tag in ("@CALCTEXT", "@CALCDATE", "@IF"):
                self._fault(index, ANNOTATION, f"the action tag {tag} cannot be carried over", "the answer is worked out, not given",
                            "make it a calculated field that gives a number")  # fmt: skip
            else:
                self._note(index, ANNOTATION, f"the action tag {tag} is not carried over", "Patency has no such tags")
        if not mark:
            return {}
        try:
            found = json.loads(after)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        self._note(
            index,
            ANNOTATION,
            "what Patency wrote there has been changed and is not read",
            "it is no longer what was exported",
        )
        return {}

    def _text_field(self, index: int, name: str, noted: Mapping[str, Any]) -> dict[str, Any] | None:
        validation = self._at(index, VALIDATION).lower()
        if NUMBERS.fullmatch(validation):
            if validation not in ("number", "number_comma_decimal"):
                self._note(
                    index,
                    VALIDATION,
                    f"the decimals of {validation!r} are not carried over",
                    "a number here may have any",
                )
            return self._number(index, name, noted)
        if DATES.fullmatch(validation):
            if "time" in validation:
                self._note(
                    index, VALIDATION, f"the time of day of {validation!r} is not carried over", "a date here is a day"
                )
            for column in (LEAST, MOST):
                if self._at(index, column):
                    self._note(
                        index, column, "the bound of a date is not carried over", "a date here has none but today"
                    )
            self.fields[name] = Known(name, ItemKind.DATE, {})
            return {"type": "date"}
        if validation:
            self._note(
                index, VALIDATION, f"the validation {validation!r} is not carried over", "a text here may be any"
            )
        self.fields[name] = Known(name, ItemKind.TEXT, {})
        return {"type": "text"}

    def _number(self, index: int, name: str, noted: Mapping[str, Any]) -> dict[str, Any]:
        ends = []
        for column, widest in zip((LEAST, MOST), _WIDEST, strict=True):
            written = self._at(index, column).replace(",", ".")
            try:
                ends.append(f"{float(written):.12g}")
            except ValueError:
                ends.append(f"{widest:.0f}")
                self._fault(index, column, f"{written!r} is no bound" if written else "the number has no bound",
                            "impossible values are refused by it", "write the least and the greatest number that is possible")  # fmt: skip
        unit = str(noted.get("unit") or "1")
        if "unit" not in noted:
            self._note(index, LABEL, "the unit is not known and was written as '1'", "REDCap has no place for one",
                       "write the unit into the instrument file")  # fmt: skip
        self.fields[name] = Known(name, ItemKind.NUMBER, {}, unit)
        return {"type": "number", "unit": unit, "also": noted.get("also"), "range": ends}

    def _slider(self, index: int, name: str, noted: Mapping[str, Any]) -> dict[str, Any]:
        if self._at(index, CHOICES):
            self._fault(index, CHOICES, "the labels of the slider cannot be carried over", "a number has none",
                        "write them into the field note")  # fmt: skip
        self.fields[name] = Known(name, ItemKind.NUMBER, {})
        ends = [self._at(index, LEAST) or "0", self._at(index, MOST) or "100"]  # as REDCap draws it
        return {"type": "number", "unit": str(noted.get("unit") or "1"), "range": ends}

    def _yes_no(self, index: int, name: str, noted: Mapping[str, Any]) -> dict[str, Any]:
        if self._at(index, TYPE).lower() == "truefalse":
            self._note(index, TYPE, "'True' and 'False' are said as yes and no", "they are the same answers")
        points = noted.get("points")
        worth = (
            {str(key): str(value) for key, value in points.items()}
            if isinstance(points, dict)
            else {"yes": "1", "no": "0"}
        )
        self.fields[name] = Known(name, ItemKind.YES_NO, {"1": "yes", "0": "no"}, points=worth)
        return {
            "type": "yes/no",
            "points": noted.get("points"),
            "says": noted.get("says"),
            "absences": noted.get("absences"),
        }

    def _chosen(self, index: int, name: str, noted: Mapping[str, Any]) -> dict[str, Any] | None:
        is_several = self._at(index, TYPE).lower() == "checkbox"
        answers: dict[str, dict[str, str]] = {}
        codes: dict[str, str] = {}
        names = noted.get("names") if isinstance(noted.get("names"), dict) else {}
        points = noted.get("points") if isinstance(noted.get("points"), dict) else {}
        for part in re.split(r"\||\r?\n", self._at(index, CHOICES)):
            if not part.strip():
                continue
            code, comma, words = (each.strip() for each in part.partition(","))
            words = plain(words)
            if not comma or not code or not words or code in codes:
                self._fault(index, CHOICES, f"{part.strip()[:60]!r} is no answer of its own", "an answer is a code, a comma and its words",
                            "write 1, Yes | 2, No")  # fmt: skip
                continue
            own = names.get(code) or (code if re.fullmatch("[a-z][a-z0-9_-]*", code) else "")
            answer = own if own and own not in answers else slug(words, code, answers)
            codes[code] = answer
            # In REDCap a code is the number that a calculation adds up.
            scored = (
                points.get(answer)
                if points or "names" in noted
                else f"{float(code):.10g}"
                if _is_number(code) and not is_several
                else None
            )
            answers[answer] = {
                "words": words,
                **({"points": scored} if scored is not None else {}),
                **({"code": code} if code != answer else {}),
            }
        if len(answers) < 2:
            self._fault(
                index,
                CHOICES,
                f"the field has {len(answers)} answers",
                "there is nothing to choose",
                "write two or more",
            )
            return None
        kind = ItemKind.MULTIPLE if is_several else ItemKind.ORDERED if noted.get("ordered") else ItemKind.SINGLE
        worth = {answer: str(each["points"]) for answer, each in answers.items() if "points" in each}
        self.fields[name] = Known(name, kind, codes, points=worth)
        made = {
            "type": kind.value,
            "answers": self._list(index, answers),
            "collapse": noted.get("collapse"),
            "absences": noted.get("absences"),
        }
        return made

    def _list(self, index: int, answers: dict[str, dict[str, str]]) -> Any:
        """Share a list of answers among the questions of a matrix."""
        group = self._at(index, MATRIX)
        if group and re.fullmatch("[a-z][a-z0-9_]*", group) and self.lists.setdefault(group, answers) == answers:
            return group
        return answers

    def _unused(self, index: int) -> None:
        """Keep account of what is in the row and has no place in an instrument."""
        for column, why in (
            (REQUIRED, "no answer is forced here: a blank stays a blank"),
            (ALIGNMENT, "it is about the look of a page"),
            (NUMBER, "questions are known by their names here"),
        ):
            if self._at(index, column) not in ("", "n", "N"):
                self.ignored.setdefault((column, why), []).append(index)
        if self._at(index, RANKING).lower() == "y":
            self._fault(index, RANKING, "a ranking cannot be carried over", "each answer of the matrix may be given once, and Patency does not see to it",
                        "ask it in another way")  # fmt: skip
        if "[" in self._at(index, LABEL) and re.search(r"\[[a-z][a-z0-9_:-]*\]", self._at(index, LABEL)):
            self._fault(index, LABEL, "the label shows the answer to another field", "a question is the same for everybody here",
                        "write it without")  # fmt: skip
        if self._at(index, TYPE).lower() == "calc" and self._at(index, BRANCHING):
            self._note(
                index,
                BRANCHING,
                "the branching of a calculated field is not carried over",
                "a score is worked out wherever it can be told",
            )

    # Logic

    def _logic(self, index: int) -> None:
        name = self._at(index, NAME)
        if name in self.items and self._at(index, BRANCHING):
            column, scope = BRANCHING, Scope(self.fields)
        elif name in self.scores and "number" not in self.scores[name]:
            column, scope = CHOICES, Scope(self.fields, is_score=True)
        else:
            return
        text = self._at(index, column)
        try:
            if name in self.items:
                self.items[name]["when"] = condition(read_logic(text), scope)
            else:
                self._score(index, name, text, scope)
        except Untranslatable as not_said:
            shown = " ".join(text.split())
            shown = repr(shown) if len(shown) <= 120 else f"{shown[:120]!r} and more"
            self._fault(index, column, f"{shown} cannot be carried over: {not_said.what}", not_said.why, not_said.fix)
            self.scores.pop(name, None)

    def _score(self, index: int, name: str, text: str, scope: Scope) -> None:
        noted = self._annotation(index, is_told=False)
        number = formula(read_logic(text), scope)
        is_whole = not re.search(r"/|mean|\d\.\d", number) and "round" not in number
        digits = re.match(r"round\(.*, (\d)\)$", number)
        decimals = noted.get("decimals", 0 if is_whole else int(digits[1]) if digits else 2)
        self.scores[name] |= {"number": number, "decimals": str(decimals)} | {
            key: str(noted[key]) for key in ("unit", "prorate") if key in noted
        }

    # The file

    def _document(self) -> dict[str, Any]:
        cited = [
            {
                "source": SOURCE,
                "at": f"{self.table.file.replace(chr(92), '/').rpartition('/')[2]}, {self.on}",
                "mark": "unverified",
            }
        ]
        document = {
            "instrument": self.form.lower().replace("_", "-"),
            "title": self.form.replace("_", " ").capitalize(),
            "version": f"as imported on {self.on}",
            "unit": "one response",
            "licence": "not stated in the data dictionary; ask whoever made it before you use it",
            "about": f"Imported from a REDCap data dictionary on {self.on}. Nobody has verified its wording or its scores. "
                     "Where an answer is blank, REDCap adds up what is there, and Patency gives a range.",
            "cite": cited,
            "answers": self.lists,
            "items": self.items,
            "scores": self.scores,
        }  # fmt: skip
        return {key: value for key, value in document.items() if value}


def _is_number(code: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", code))
