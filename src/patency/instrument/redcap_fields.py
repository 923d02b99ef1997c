"""What each type of REDCap's fields becomes in an instrument: an item as its file writes it, and as logic knows it.

Not here: branching and calculations (redcap_words.py), what becomes of the whole dictionary (redcap.py).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from patency.answer import ABSENCES
from patency.instrument.model import MOST_CHOICES, ItemKind
from patency.instrument.redcap_row import (
    ALIGNMENT,
    BRANCHING,
    CHOICES,
    HELP,
    LABEL,
    LEAST,
    MOST,
    NUMBER,
    RANKING,
    REQUIRED,
    TYPE,
    VALIDATION,
    Row,
    plain,
)
from patency.instrument.redcap_words import Known
from patency.language.tokens import RESERVED
from patency.table import counted

Made = tuple[dict[str, Any], Known] | None  # none where there is a Fault instead

NUMBERS = re.compile(r"integer|number(_[1-4]dp)?(_comma_decimal)?")
DATES = re.compile(r"(date|datetime|datetime_seconds)_(ymd|mdy|dmy)")
WIDEST = ("-1000000000", "1000000000")  # of a number without bounds, when the rest is wanted all the same
_PERSON = "a number of a person"
_IDENTITIES = {
    "email": "an e-mail address", "ssn": _PERSON, "mrn_10d": _PERSON, "mrn_generic": _PERSON, "vmrn": _PERSON,
}  # fmt: skip
_ALSO = {"phone": "a telephone number", "zipcode": "an address", "postalcode": "an address"}  # with a country after it
_UNREADABLE = {
    "descriptive": ("a text that asks nothing has no place in an instrument", "put its words into a field note or a label"),
    "file": ("a file is no answer that can be counted", "take it out"),
    "sql": ("its answers stand in a database that is not here", "make it a list of choices"),
}  # fmt: skip
_UNUSED = (
    (REQUIRED, "no answer is forced here: a blank stays a blank"),
    (ALIGNMENT, "it is about the look of a page"),
    (NUMBER, "questions are known by their names here"),
)


def identity(row: Row, is_marked: bool) -> str:
    """Say what identity a field asks for; nothing where it asks for none."""
    if is_marked:
        return "what REDCap marks as an identifier"
    if row.index == 0 and row.kind == "text" and not row.validation:
        return "the record's own number"
    other = next((what for start, what in _ALSO.items() if row.validation.startswith(start)), "")
    return _IDENTITIES.get(row.validation, other)


def unused(row: Row) -> list[tuple[str, str]]:
    """Tell of what is in a row and has no place in an instrument; what is harmless is returned, to be told of once."""
    if row.at(RANKING).lower() == "y":
        row.fault(RANKING, "a ranking cannot be carried over", "Patency does not see to it that each answer is given once",
                  "ask it in another way")  # fmt: skip
    if re.search(r"\[[a-z][a-z0-9_:-]*\]", row.at(LABEL)):
        row.fault(LABEL, "the label shows the answer to another field", "a question is the same for everybody here",
                  "write it without")  # fmt: skip
    if row.kind == "calc" and row.at(BRANCHING):
        row.note(
            BRANCHING,
            "the branching of a calculated field is not carried over",
            "a score is given wherever it can be told",
        )
    row.refuse_tags()
    return [(column, why) for column, why in _UNUSED if row.at(column) not in ("", "n", "N")]


def item_of(row: Row, section: str, lists: dict[str, Any]) -> Made:
    """Make an item of a field; `lists` are the answers that the questions of a matrix share."""
    if row.kind not in _MAKERS:
        why, fix = _UNREADABLE.get(
            row.kind, ("REDCap has no such field, as far as Patency knows", "give it another type")
        )
        row.fault(TYPE, f"a field of type {row.kind!r} cannot be carried over", why, fix)
        return None
    label = plain(row.at(LABEL))
    if not label:
        row.fault(LABEL, "the field has no label", "somebody has to be asked", "write what it asks")
    made = _MAKERS[row.kind](row, lists)
    if made is None:
        return None
    item, known = made
    told = {"asks": label or row.name, "section": section, "help": plain(row.at(HELP))} | item
    more = {name: row.noted.get(name) for name in ("absences", "says") if known.kind is not ItemKind.TEXT}
    return {name: value for name, value in (told | more).items() if value not in ("", None)}, known


def _typed(row: Row, _: dict[str, Any]) -> Made:
    validation = row.validation
    if NUMBERS.fullmatch(validation):
        if validation not in ("number", "number_comma_decimal"):
            row.note(VALIDATION, f"the decimals of {validation!r} are not carried over", "a number here may have any")
        return _number(row)
    if DATES.fullmatch(validation):
        if "time" in validation:
            row.note(VALIDATION, f"the time of day of {validation!r} is not carried over", "a date here is a day")
        if row.at(LEAST) or row.at(MOST):
            row.note(LEAST, "the bounds of a date are not carried over", "a date here has none but today")
        return {"type": "date"}, Known(row.name, ItemKind.DATE, {})
    if validation:
        row.note(VALIDATION, f"the validation {validation!r} is not carried over", "a text here may be any")
    return {"type": "text"}, Known(row.name, ItemKind.TEXT, {})


def _number(row: Row) -> Made:
    ends = []
    for column, widest in zip((LEAST, MOST), WIDEST, strict=True):
        written = row.at(column).replace(",", ".")
        if not _is_number(written):
            row.fault(column, f"{written!r} is no bound" if written else "the number has no bound", "impossible values are refused by it",
                      "write the least and the greatest number that is possible")  # fmt: skip
        ends.append(written if _is_number(written) else widest)
    if "unit" not in row.noted:
        row.note(LABEL, "the unit is not known and was written as '1'", "REDCap has no place for one",
                 "write the unit into the instrument file")  # fmt: skip
    unit = str(row.noted.get("unit") or "1")
    item = {"type": "number", "unit": unit, "also": row.group("also") or None, "range": ends}
    return item, Known(row.name, ItemKind.NUMBER, {}, unit)


def _slider(row: Row, _: dict[str, Any]) -> Made:
    if row.at(CHOICES):
        row.fault(
            CHOICES,
            "the labels of the slider cannot be carried over",
            "a number has none",
            "write them into the field note",
        )
    ends = [row.at(LEAST) or "0", row.at(MOST) or "100"]  # as REDCap draws it
    return {"type": "number", "unit": "1", "range": ends}, Known(row.name, ItemKind.NUMBER, {})


def _yes_no(row: Row, _: dict[str, Any]) -> Made:
    if row.kind == "truefalse":
        row.note(TYPE, "'True' and 'False' are said as yes and no", "they are the same answers")
    points = row.group("points")
    known = Known(row.name, ItemKind.YES_NO, {"1": "yes", "0": "no"}, points=points or {"yes": "1", "no": "0"})
    return {"type": "yes/no", "points": points or None}, known


def _chosen(row: Row, lists: dict[str, Any]) -> Made:
    answers: dict[str, dict[str, str]] = {}
    codes: dict[str, str] = {}
    parts = re.split(r"\||\r?\n", row.at(CHOICES))
    if len(parts) > MOST_CHOICES:
        row.fault(CHOICES, f"the field has {len(parts):,} answers", f"up to {MOST_CHOICES:,} are read",
                  "let it be answered in words, or ask in two steps")  # fmt: skip
        return None
    for part in parts:
        code, comma, words = (each.strip() for each in part.partition(","))
        if not part.strip():
            continue
        if not comma or not code or not plain(words) or code in codes:
            row.fault(CHOICES, f"{part.strip()[:60]!r} is no answer of its own", "an answer is a code, a comma and its words",
                      "write 1, Yes | 2, No")  # fmt: skip
            continue
        codes[code] = _name(row, code, plain(words), answers)
        points = _points(row, code, codes[code])
        own = {"code": code} if code != codes[code] else {}
        answers[codes[code]] = {"words": plain(words)} | ({"points": points} if points else {}) | own
    if len(answers) < 2:
        row.fault(
            CHOICES,
            f"the field has {counted(len(answers), 'answer')}",
            "there is nothing to choose",
            "write two or more",
        )
        return None
    is_ordered = bool(row.noted.get("ordered"))
    kind = ItemKind.MULTIPLE if row.kind == "checkbox" else ItemKind.ORDERED if is_ordered else ItemKind.SINGLE
    worth = {answer: each["points"] for answer, each in answers.items() if "points" in each}
    item = {"type": kind.value, "answers": _shared(row, answers, lists), "collapse": row.noted.get("collapse")}
    return item, Known(row.name, kind, codes, points=worth)


def _name(row: Row, code: str, words: str, taken: Mapping[str, Any]) -> str:
    """Name an answer: as it was exported, by its code where that is a name, or by its words."""
    own = row.group("names").get(code) or (code if re.fullmatch("[a-z][a-z0-9_-]*", code) else "")
    return own if own and own not in taken and own not in ABSENCES else slug(words, code, taken)


def _points(row: Row, code: str, answer: str) -> str:
    if row.group("points") or "names" in row.noted:
        return row.group("points").get(answer, "")
    # In REDCap a code is the number that a calculation adds up.
    return f"{float(code):.10g}" if _is_number(code) and row.kind != "checkbox" else ""


def slug(words: str, code: str, taken: Mapping[str, Any]) -> str:
    """Make a name of the words of an answer: "Yes, always" is yes_always."""
    letters = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    name = "_".join(re.findall(r"[a-z0-9]+", letters))[:40].strip("_")
    if not re.match("[a-z]", name) or name in RESERVED or name.replace("_", " ") in ABSENCES:
        name = f"answer_{'_'.join(re.findall('[a-z0-9]+', code.lower())) or name or 'other'}"
    return name if name not in taken else f"{name}_{len(taken) + 1}"


def _shared(row: Row, answers: dict[str, dict[str, str]], lists: dict[str, Any]) -> Any:
    """Share a list of answers among the questions of a matrix."""
    group = row.at("Matrix Group Name")
    if re.fullmatch("[a-z][a-z0-9_]*", group) and lists.setdefault(group, answers) == answers:
        return group
    return answers


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text))


_MAKERS: Mapping[str, Callable[[Row, dict[str, Any]], Made]] = {
    "text": _typed, "notes": _typed, "slider": _slider, "radio": _chosen, "dropdown": _chosen, "checkbox": _chosen,
    "yesno": _yes_no, "truefalse": _yes_no,
}  # fmt: skip
