"""An instrument as a REDCap data dictionary, to be filled in there.

In: an Instrument. Out: the CSV file, with notes on all that REDCap has no place for. The file opens with the record's
number, which every project needs. What REDCap cannot hold but an import can (units, points that are no codes, the
order of answers) is written into the field annotation after "Patency:", where REDCap does not look.

REDCap adds up what is there; so that a blank leaves a total open there too, a sum is exported as a + b and not as
sum(a, b), and bands as nested if() around a check that nothing they hang on is blank.

Not here: what comes back (redcap.py).
"""

import html
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from patency.case import Absence
from patency.fault import Fault, Place, Refused, listed
from patency.instrument.conditions import Order, read_condition
from patency.instrument.formula import Call, Formula, If, Name, Negative, Number, Operation, number_words
from patency.instrument.model import Band, Choice, Instrument, Item, ItemKind, Score
from patency.instrument.redcap_row import ANNOTATED, COLUMNS
from patency.language.terms import All, Among, Answered, Atom, Compare, Defined, Holds, Includes, Not, Term
from patency.language.terms import Any as AnyOf
from patency.language.words import OPPOSITE
from patency.table import cell, csv_text

_TYPES = {
    ItemKind.YES_NO: "yesno", ItemKind.SINGLE: "radio", ItemKind.ORDERED: "radio", ItemKind.MULTIPLE: "checkbox",
    ItemKind.NUMBER: "text", ItemKind.DATE: "text", ItemKind.TEXT: "notes",
}  # fmt: skip
_DEFAULT = (Absence.DECLINED, Absence.NOT_KNOWN, Absence.NOT_APPLICABLE)
_NOTHING = "''"
MOST_HUNG = 60  # items that say whether one is shown
# Parts of conditions that are denied: where each hangs on two above it they double from item to item.
MOST_DENIED = 5_000


class Exported(NamedTuple):
    """A data dictionary, and what could not go into it."""

    text: str
    notes: tuple[Fault, ...]


def export_dictionary(instrument: Instrument) -> Exported:
    """Write an instrument as a data dictionary."""
    return _Exporting(instrument).exported()


def field_name(name: str) -> str:
    """Return a name as REDCap takes it: it knows no hyphen."""
    return name.replace("-", "_")


def code_of(choice: Choice) -> str:
    """Return the code of an answer as REDCap takes it."""
    return "".join(each if each.isascii() and (each.isalnum() or each in "-_.") else "_" for each in choice.code)


def _is_hidden(choice: Choice) -> bool:
    """Whether an import could not tell the name of a choice from its code: names there begin with a small letter."""
    return choice.code != choice.name or not choice.name[:1].islower() or choice.name != choice.name.lower()


class _Exporting:
    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.form = field_name(instrument.id)
        self.notes: list[Fault] = []
        self.denied = 0
        concepts = {item.name: item.concept for item in instrument.items.values()}
        self.order = Order(concepts, {score.name: score.concept for score in instrument.scores.values()})

    def exported(self) -> Exported:
        rows = [self._row("record_id", "text", "Record ID")]
        section = ""
        for item in self.instrument.items.values():
            rows.append(self._item(item, item.section if item.section != section else ""))
            section = item.section
        for score in self.instrument.scores.values():
            rows += self._score(score)
        self._note_the_rest()
        return Exported(csv_text([COLUMNS, *rows]), tuple(dict.fromkeys(self.notes)))

    def _row(self, name: str, kind: str, label: str, **more: str) -> list[str]:
        told = {"name": field_name(name), "form": self.form, "type": kind, "label": label} | more
        order = ("name", "form", "section", "type", "label", "choices", "help", "validation", "least", "most", "identifier",
                 "when", "required", "alignment", "number", "matrix", "ranking", "annotation")  # fmt: skip
        texts = ("section", "label", "help")
        return [
            cell(html.escape(told.get(part, ""), quote=False)) if part in texts else told.get(part, "")
            for part in order
        ]

    def _note(
        self, place: Place, what: str, why: str, fix: str = "nothing needs mending, unless you rely on it there"
    ) -> None:
        self.notes.append(Fault(place, what, why, fix))

    # Items

    def _item(self, item: Item, section: str) -> list[str]:
        more = {"section": section, "help": item.help}
        # Elsewhere a reason for giving none will do, and REDCap would force an answer.
        if item.is_required and not item.absences:
            more["required"] = "y"
        if item.kind.is_chosen and item.kind is not ItemKind.YES_NO:
            more["choices"] = " | ".join(
                f"{self._code(each, item)}, {self._words(each, item)}" for each in item.choices.values()
            )
        elif item.kind is ItemKind.NUMBER and item.concept is not None:
            ends = (item.concept.lowest, item.concept.highest)
            more |= {"validation": "number", "least": number_words(ends[0]), "most": number_words(ends[1])}
        elif item.kind is ItemKind.DATE:
            more["validation"] = "date_ymd"
        if item.when_written:
            faults: list[Fault] = []
            term = read_condition(item.when_written, item.place, self.order, item.name, faults)
            assert term is not None, "the instrument was read with it"
            more["when"] = self._said(term)
        if annotated := self._annotation(item):
            more["annotation"] = f"{ANNOTATED} {json.dumps(annotated, ensure_ascii=False)}"
        if item.feeds:
            self._note(
                item.place,
                f"{item.name!r} feeds {item.feeds!r}, which is not exported",
                "REDCap knows no patient's vocabulary",
            )
        if field_name(item.name) != item.name:
            self._note(
                item.place, f"{item.name!r} is exported as {field_name(item.name)!r}", "REDCap's names have no hyphen"
            )
        return self._row(item.name, _TYPES[item.kind], item.asks, **more)

    def _code(self, choice: Choice, item: Item) -> str:
        code = code_of(choice)
        if code != choice.code:
            self._note(
                item.place,
                f"the code {choice.code!r} of {item.name!r} is exported as {code!r}",
                "REDCap's codes are letters, digits, - _ and .",
            )
        return code

    def _words(self, choice: Choice, item: Item) -> str:
        words = " ".join(html.escape(choice.words, quote=False).split())
        if "|" in words:
            self._note(
                item.place, f"'|' in the answer {choice.words!r} is exported as '/'", "in REDCap it parts the answers"
            )
        return words.replace("|", "/")

    def _annotation(self, item: Item) -> dict[str, Any]:
        """Say what REDCap has no column for."""
        told: dict[str, Any] = {}
        choices = item.choices.values()
        points = {each.name: number_words(each.points) for each in choices if each.points is not None}
        if item.kind is ItemKind.YES_NO:
            told["points"] = points if points != {"yes": "1", "no": "0"} else None
            denial = item.concept is not None and (item.concept.says, item.concept.denies)
            told["says"] = list(denial) if denial and not denial[0].startswith("“") else None
        elif item.kind.is_chosen:
            told["names"] = {self._code(each, item): each.name for each in choices if _is_hidden(each)}
            told["points"] = points
        told["ordered"] = item.kind is ItemKind.ORDERED
        told["collapse"] = {each.name: {"words": each.words, "of": list(each.of)} for each in item.collapsed}
        if item.kind is ItemKind.NUMBER and item.concept is not None:
            told["unit"] = item.concept.unit
            told["also"] = {unit: number_words(factor) for unit, factor in item.concept.units.items()}
        told["absences"] = [each.value for each in item.absences] if item.absences != _DEFAULT else None
        return {name: value for name, value in told.items() if value}

    # Scores

    def _score(self, score: Score) -> list[list[str]]:
        label = score.words or score.name
        told = {"decimals": score.decimals, "unit": score.unit} | (
            {"prorate": score.prorated} if score.prorated else {}
        )
        annotated = f"{ANNOTATED} {json.dumps(told, ensure_ascii=False)}"
        if score.feeds:
            self._note(
                score.place,
                f"{score.name!r} feeds {score.feeds!r}, which is not exported",
                "REDCap knows no patient's vocabulary",
            )
        if score.prorated:
            self._note(score.place, f"{score.name!r} is not prorated in REDCap", "there a blank leaves it blank")
        if score.number is not None:
            return [self._row(score.name, "calc", label, choices=self._number(score.number), annotation=annotated)]
        self._note(
            score.place,
            f"{score.name!r} is exported as a number",
            "REDCap works out numbers alone; its label says what they mean",
        )
        if score.members:
            return [
                self._row(f"{score.name}_{each.name}", "calc", f"{label}: {each.words} (1 yes, 0 no)",
                          choices=self._whole(score, f"if({self._held(each)}, 1, 0)"))
                for each in score.members
            ]  # fmt: skip
        if score.when is not None:
            words = f"{label} (1: {score.concept.says}, 0: {score.concept.denies})"
            return [
                self._row(score.name, "calc", words, choices=self._whole(score, f"if({self._said(score.when)}, 1, 0)"))
            ]
        meanings = "; ".join(f"{number} {each.words}" for number, each in enumerate(score.bands))
        return [self._row(score.name, "calc", f"{label} ({meanings})", choices=self._whole(score, self._bands(score)))]

    def _held(self, band: Band) -> str:
        assert band.when is not None, "only the least band has no condition"
        return self._said(band.when)

    def _bands(self, score: Score) -> str:
        """Say the highest band that holds, from the top."""
        text = _NOTHING
        for number, band in enumerate(score.bands):
            text = str(number) if band.when is None else f"if({self._said(band.when)}, {number}, {text})"
        return text

    def _whole(self, score: Score, text: str) -> str:
        """Leave a score blank while anything it hangs on is."""
        asked = [
            name for name in score.uses if name in self.instrument.scores or self.instrument.items[name].when is None
        ]
        guards = [guard for name in asked if (guard := self._answered(name, True))]
        return f"if({' and '.join(guards)}, {text}, {_NOTHING})" if guards else text

    # Conditions

    def _said(self, term: Term) -> str:
        match term:
            case Holds(name) | Defined(name):
                return f"[{field_name(name)}] = '1'"
            case Answered(name):
                return self._answered(name, True)
            case Not(inner):
                return self._denied(inner)
            case All(terms):
                return " and ".join(self._in_brackets(each) for each in terms)
            case AnyOf(terms):
                return " or ".join(self._in_brackets(each) for each in terms)
            case Compare():
                return self._compared(term, term.sign)
            case Among(name, values, sign):
                return self._among(name, values, is_guarded=sign == "!=")
            case Includes(name, members, every):
                boxes = [f"{self._box(name, member)} = '1'" for member in members]
                return boxes[0] if len(boxes) == 1 else f"({(' and ' if every else ' or ').join(boxes)})"

    def _in_brackets(self, term: Term) -> str:
        said = self._said(term)
        return f"({said})" if (" and " in said or " or " in said) and not _is_enclosed(said) else said

    def _denied(self, term: Term) -> str:
        """Say the denial of the thing itself, for REDCap lets !( ) of a blank hold.

        What is said of an item is denied as well where the item is not asked.
        """
        self.denied += 1
        if self.denied > MOST_DENIED:
            self._refuse_long()
        match term:
            case Not(inner):
                return self._said(inner)
            case All(terms):
                return self._said(AnyOf(tuple(Not(each) for each in terms)))
            case AnyOf(terms):
                return self._said(All(tuple(Not(each) for each in terms)))
        item = self.instrument.items.get(term.concept)
        if item is not None and len(item.hangs_on) > MOST_HUNG:
            self._refuse_long()
        said = self._atom_denied(term)
        if item is None or item.when is None or isinstance(term, Answered):
            return said
        return f"({self._denied(item.when)} or {said})"

    def _refuse_long(self) -> None:
        why = "there a denial is written out with all that decides whether its field is shown"
        fix = "let fewer conditions hang on one another, or say them without 'not'"
        place = Place(self.instrument.place.file)
        raise Refused([Fault(place, "the conditions are too long for REDCap", why, fix)])

    def _atom_denied(self, term: Atom | Answered | Defined) -> str:
        match term:
            case Holds(name) | Defined(name):
                return f"[{field_name(name)}] = '0'"
            case Answered(name):
                return self._answered(name, False)
            case Compare():
                return self._compared(term, OPPOSITE[term.sign])
            case Among(name, values):
                return self._among(name, frozenset(self._values(name)) - values, is_guarded=False)
            case Includes(name, members, every):
                boxes = [f"{self._box(name, member)} = '0'" for member in members]
                return boxes[0] if len(boxes) == 1 else f"({(' or ' if every else ' and ').join(boxes)})"

    def _answered(self, name: str, is_so: bool) -> str:
        item = self.instrument.items.get(name)
        if item is None or item.kind is not ItemKind.MULTIPLE:
            return f"[{field_name(name)}] {'<>' if is_so else '='} ''"
        boxes = (" or " if is_so else " and ").join(
            f"{self._box(name, each)} = '{int(is_so)}'" for each in item.choices
        )
        self._note(
            item.place,
            f"whether {name!r} was answered is exported as whether anything was ticked",
            "a box of REDCap has no blank",
        )
        return f"({boxes})"

    def _compared(self, term: Compare, sign: str) -> str:
        sign = "<>" if sign == "!=" else sign
        name = field_name(term.concept)
        if term.is_days_since:
            return f"datediff([{name}], 'today', 'd') {sign} {number_words(term.bound)}"
        return f"([{name}] <> '' and [{name}] {sign} {number_words(term.bound)})"  # a blank is less than 5 there

    def _values(self, name: str) -> Sequence[str]:
        if name in self.instrument.items:
            return list(self.instrument.items[name].choices)
        return [band.name for band in self.instrument.scores[name].bands]

    def _among(self, name: str, values: Iterable[str], is_guarded: bool) -> str:
        order = list(self._values(name))
        kept, field = [each for each in order if each in set(values)], f"[{field_name(name)}]"
        if is_guarded and len(kept) == len(order) - 1:
            other = next(each for each in order if each not in kept)
            return f"({field} <> '{self._value(name, other)}' and {field} <> '')"
        said = " or ".join(f"{field} = '{self._value(name, each)}'" for each in kept)
        return f"({said})" if len(kept) > 1 else said

    def _value(self, name: str, answer: str) -> str:
        if name in self.instrument.items:
            item = self.instrument.items[name]
            return self._code(item.choices[answer], item)
        return str(self._values(name).index(answer))

    def _box(self, name: str, member: str) -> str:
        if name in self.instrument.scores:
            return f"[{field_name(name)}_{member}]"
        return f"[{field_name(name)}({self._value(name, member)})]"

    # Formulas

    def _number(self, formula: Formula) -> str:
        match formula:
            case Number(value):
                return number_words(value)
            case Name(name):
                return self._counted(name)
            case Negative(inner):
                return f"(-{self._number(inner)})"
            case Operation(sign, left, right):
                return f"({self._number(left)} {sign} {self._number(right)})"
            case Call("sum" | "mean" as name, arguments):
                total = " + ".join(self._number(each) for each in arguments)
                return f"({total})" if name == "sum" else f"(({total}) / {len(arguments)})"
            case Call(name, arguments):
                return f"{name}({', '.join(self._number(each) for each in arguments)})"
            case If(condition, _, then, otherwise):
                return f"if({self._said(condition)}, {self._number(then)}, {self._number(otherwise)})"

    def _counted(self, name: str) -> str:
        """Say what an answer counts: its own code where that is its points, and nothing where it was not asked."""
        field = f"[{field_name(name)}]"
        item = self.instrument.items.get(name)
        if item is None:
            return field
        text = field
        points = {each.name: number_words(each.points) for each in item.choices.values() if each.points is not None}
        if item.kind is ItemKind.MULTIPLE:
            text = f"({' + '.join(f'{self._box(name, each)} * {worth}' for each, worth in points.items())})"
        elif any(points[each.name] != each.code for each in item.choices.values()):
            text = _NOTHING
            for each in reversed(list(item.choices.values())):
                text = f"if({field} = '{self._code(each, item)}', {points[each.name]}, {text})"
        return f"if({self._said(item.when)}, {text}, 0)" if item.when is not None else text

    def _note_the_rest(self) -> None:
        instrument = self.instrument
        parts = {
            "its citations": True, "its licence note": True, "its notes": instrument.notes, "its examples": instrument.examples,
            "its checks of what answers cannot be together": instrument.checks,
            "the reasons for giving no answer (make them missing data codes of the project)":
                any(item.absences for item in instrument.items.values()),
        }  # fmt: skip
        left = [part for part, is_there in parts.items() if is_there]
        what = f"of {instrument.id!r} these are not exported: {listed(left, 'and')}"
        self._note(instrument.place, what, "a data dictionary has no place for them",
                   "keep the instrument's own file: it is the source, and this a copy")  # fmt: skip


def _is_enclosed(text: str) -> bool:
    """Whether one pair of brackets holds it all: "(a or b)", and not "(a) or (b)"."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
