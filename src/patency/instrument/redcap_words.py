"""What REDCap's logic means in Patency's language: conditions and formulas, written as an instrument file has them.

A blank is where the two differ. In REDCap `[a] <> '1'` shows a field while nothing is answered; in Patency a
comparison with a blank is Unknown. So it becomes `not answered(a) or a != one`, and `[a] <> '1' and [a] <> ''`
becomes `a != one`. A sum of REDCap adds up what is there; Patency's gives a range where something is blank. That is
no slip: an instrument that was imported says so in its head (redcap.py).

What has no meaning here is Untranslatable, with its reason.
"""

import operator
from collections.abc import Mapping
from typing import NamedTuple

from patency.instrument.model import ItemKind
from patency.instrument.redcap_logic import Called, Expression, Field, Joined, Literal, Untranslatable
from patency.language.words import OPPOSITE

_DAYS = {"d": 1.0, "y": 365.2425, "M": 30.44, "h": 1 / 24}  # as REDCap counts them
_ATOM, _AND, _OR = 3, 2, 1
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Known(NamedTuple):
    """A field as far as logic needs it: its kind (none of a score), its answers by code, its unit."""

    name: str
    kind: ItemKind | None
    answers: Mapping[str, str]
    unit: str = "1"
    points: Mapping[str, str] = {}  # by the name of the answer


class Scope(NamedTuple):
    """The fields that logic may mention, and whether it is that of a score: a score never asks what is blank."""

    fields: Mapping[str, Known]
    is_score: bool = False


class Said(NamedTuple):
    """A condition and how tightly it holds together.

    `asks` is the field of which it asks whether it was answered; `of` the field that it compares, and `holds_blank`
    whether REDCap lets it hold where that field is blank.
    """

    text: str
    tightness: int = _ATOM
    asks: str = ""
    of: str = ""
    holds_blank: bool = False


def condition(expression: Expression, scope: Scope) -> str:
    """Write a logic as a condition."""
    return _either_blank(_said(expression, scope), scope).text


def _said(expression: Expression, scope: Scope) -> Said:
    if isinstance(expression, Field):
        return _compared("=", expression, Literal("1", True), scope)
    if isinstance(expression, Called) and expression.name in ("isblankormissingcode", "isblanknotmissingcode"):
        field = _only_field(expression, scope)
        return Said(f"not {_is_answered(field.name, scope)}", _AND)
    if isinstance(expression, Joined):
        match expression.sign:
            case "and":
                kept = _without_guards(expression.parts) if scope.is_score else expression.parts
                return _together([_said(part, scope) for part in kept], scope)
            case "or":
                if (names := _one_of(expression, scope)) is not None:
                    return names
                parts = [_either_blank(_said(part, scope), scope) for part in expression.parts]
                return Said(" or ".join(_within(part, _OR) for part in parts), _OR)
            case "not":
                return _denied(expression.parts[0], scope)
            case "=" | "!=" | "<" | "<=" | ">" | ">=":
                return _compared(expression.sign, expression.parts[0], expression.parts[1], scope)
    raise Untranslatable("it is a number where a condition should stand", "nobody could say when it holds")


def _one_of(expression: Joined, scope: Scope) -> Said | None:
    """Say several answers to one question in one breath: `a in [one, two]`."""
    names, codes = set(), []
    for part in expression.parts:
        match part:
            case Joined("=", (Field(name, None), Literal(code, _))) if code:
                names.add(name)
                codes.append(code)
            case _:
                return None
    known = scope.fields.get(next(iter(names))) if len(names) == 1 else None
    if known is None or known.kind not in (ItemKind.SINGLE, ItemKind.ORDERED) or not set(codes) <= set(known.answers):
        return None
    return Said(f"{known.name} in [{', '.join(known.answers[code] for code in codes)}]", of=known.name)


def _only_field(expression: Called, scope: Scope) -> Known:
    if len(expression.arguments) == 1 and isinstance(expression.arguments[0], Field):
        return _known(expression.arguments[0], scope)
    raise Untranslatable(f"{expression.name}() is asked of more than one field", "it is asked of one")


def _known(field: Field, scope: Scope) -> Known:
    if field.name not in scope.fields:
        raise Untranslatable(f"it mentions [{field.name}], which is no field of this instrument", "its answer is not known here",
                             "leave it out, or bring the field into this form")  # fmt: skip
    return scope.fields[field.name]


def _together(parts: list[Said], scope: Scope) -> Said:
    """Join what must hold together; a comparison says by itself that its field was answered."""
    guarded = {part.asks for part in parts if part.asks}
    compared = {part.of for part in parts if part.of}
    texts = [
        _within(part if part.of in guarded else _either_blank(part, scope), _AND)
        for part in parts
        if not (part.asks and part.asks in compared)
    ]
    return Said(" and ".join(dict.fromkeys(texts)), _AND if len(set(texts)) > 1 else _ATOM)


def _without_guards(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Leave out "is it answered?" beside a comparison of the same field: a score is open there by itself."""
    blank = Literal("", True)
    compared = {
        part.parts[0] for part in parts if isinstance(part, Joined) and part.sign in OPPOSITE and part.parts[1] != blank
    }
    return tuple(
        part
        for part in parts
        if not (isinstance(part, Joined) and part.sign == "!=" and part.parts[1] == blank and part.parts[0] in compared)
    )


def _either_blank(part: Said, scope: Scope) -> Said:
    if not part.holds_blank or scope.is_score:  # a blank leaves a score open by itself
        return part
    return Said(f"not answered({part.of}) or {part.text}", _OR)


def _is_answered(name: str, scope: Scope) -> str:
    if scope.is_score:
        raise Untranslatable(f"it asks whether [{name}] is blank", "filling in a blank may settle a score but must never reverse it",
                             "leave it out: what is blank leaves a score open by itself")  # fmt: skip
    return f"answered({name})"


def _within(part: Said, tightness: int) -> str:
    return f"({part.text})" if part.tightness < tightness else part.text


def _denied(expression: Expression, scope: Scope) -> Said:
    if isinstance(expression, Joined) and expression.sign in OPPOSITE:
        return _compared(OPPOSITE[expression.sign], expression.parts[0], expression.parts[1], scope)
    inner = _either_blank(_said(expression, scope), scope)
    return Said(f"not {inner.text if inner.tightness == _ATOM else f'({inner.text})'}", _AND)


def _compared(sign: str, left: Expression, right: Expression, scope: Scope) -> Said:
    if isinstance(left, Literal) and not isinstance(right, Literal):
        sign, left, right = _TURNED[sign], right, left
    if not isinstance(right, Literal):
        raise Untranslatable(
            "it compares two fields with one another", "a condition compares an answer with what is written there"
        )
    if isinstance(left, Called) and left.name == "datediff":
        return _days_since(sign, left, right, scope)
    if not isinstance(left, Field):
        raise Untranslatable("it compares a calculation", "a condition compares an answer",
                             "make the calculation a field of its own; a question cannot hang on a score")  # fmt: skip
    known = _known(left, scope)
    if known.kind is None and scope.is_score and right.text:
        return Said(f"{known.name} {sign} {_amount(right.text, known.unit)}", of=known.name)
    if known.kind is None and not scope.is_score:
        raise Untranslatable(f"it hangs on the calculated field [{known.name}]", "a question hangs on answers, not on scores",
                             "say which answers it hangs on")  # fmt: skip
    if left.code is not None:
        return _box(sign, known, left.code, right)
    if right.text == "" and sign in ("=", "!="):
        said = _is_answered(known.name, scope)
        return Said(said, asks=known.name) if sign == "!=" else Said(f"not {said}", _AND)
    match known.kind:
        case ItemKind.YES_NO | ItemKind.SINGLE | ItemKind.ORDERED:
            return _chosen(sign, known, right.text)
        case ItemKind.NUMBER:
            return Said(f"{known.name} {sign} {_amount(right.text, known.unit)}", of=known.name)
    kind = known.kind.value if known.kind else "a score"
    raise Untranslatable(f"it compares [{known.name}], which is {kind}, with {right.text!r}",
                         "of it one may only ask whether it was answered")  # fmt: skip


def _box(sign: str, known: Known, code: str, right: Literal) -> Said:
    if known.kind is not ItemKind.MULTIPLE or code not in known.answers:
        raise Untranslatable(
            f"it mentions [{known.name}({code})], which is no box", "nobody could tick it", "correct the code"
        )
    if sign not in ("=", "!=") or right.text not in ("0", "1"):
        raise Untranslatable(f"it compares the box [{known.name}({code})] with {right.text!r}", "a box is 0 or 1")
    text = f"{known.name} has {known.answers[code]}"
    return Said(text) if (sign == "=") == (right.text == "1") else Said(f"not {text}", _AND)


def _chosen(sign: str, known: Known, code: str) -> Said:
    """Compare a choice: with one answer, or with all whose codes are as large."""
    if sign in ("=", "!="):
        if code not in known.answers:
            raise Untranslatable(f"it compares [{known.name}] with {code!r}, which is no code of it", "it could never hold",
                                 "correct the code")  # fmt: skip
        name = known.answers[code]
        if known.kind is ItemKind.YES_NO:
            is_yes = (name == "yes") == (sign == "=")
            said = known.name if is_yes else f"not {known.name}"
            return Said(said, _ATOM if is_yes else _AND, of=known.name, holds_blank=sign == "!=")
        return Said(f"{known.name} {sign} {name}", of=known.name, holds_blank=sign == "!=")
    try:
        bound = float(code)
        numbers = {name: float(each) for each, name in known.answers.items()}
    except ValueError:
        raise Untranslatable(f"it asks whether [{known.name}] is {sign} {code}", "its codes are no numbers",
                             "name the answers that are meant") from None  # fmt: skip
    holds = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    names = [name for name, number in numbers.items() if holds(number, bound)]
    if not names or len(names) == len(numbers):
        raise Untranslatable(f"[{known.name}] is {'always' if names else 'never'} {sign} {code}", "the condition would say nothing",
                             "check the number")  # fmt: skip
    if known.kind is ItemKind.YES_NO:
        return Said(known.name, of=known.name) if names == ["yes"] else Said(f"not {known.name}", _AND, of=known.name)
    text = f"{known.name} in [{', '.join(names)}]" if len(names) > 1 else f"{known.name} = {names[0]}"
    return Said(text, of=known.name)


def _amount(text: str, unit: str) -> str:
    try:
        number = f"{float(text.replace(',', '.')):.10g}"
    except ValueError:
        raise Untranslatable(f"it compares a number with {text!r}", "that is none") from None
    return number if unit in ("", "1") else f"{number} {unit}"


def _days_since(sign: str, called: Called, right: Literal, scope: Scope) -> Said:
    arguments = called.arguments
    dates = [each for each in arguments[:2] if isinstance(each, Field)]
    todays = [each for each in arguments[:2] if isinstance(each, Literal) and each.text in ("today", "now")]
    unit = arguments[2].text if len(arguments) > 2 and isinstance(arguments[2], Literal) else ""
    if len(dates) != 1 or len(todays) != 1:
        raise Untranslatable(
            "it counts the time between two fields", "Patency counts the days from a date to the day of the response"
        )
    if unit not in _DAYS:
        raise Untranslatable(f"it counts time in {unit!r}", "days, months and years are counted here")
    known = _known(dates[0], scope)
    if known.kind is not ItemKind.DATE:
        raise Untranslatable(
            f"it counts the time since [{known.name}], which is no date", "time is counted since a date"
        )
    days = float(_amount(right.text, "")) * _DAYS[unit]
    return Said(f"days_since({known.name}) {sign} {days:.10g} days")


# Formulas


def formula(expression: Expression, scope: Scope) -> str:
    """Write a calculation as a formula."""
    return _formula(expression, scope, 0)


_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2}
_FUNCTIONS = ("sum", "mean", "min", "max", "abs", "round")


def _formula(expression: Expression, scope: Scope, outer: int) -> str:
    match expression:
        case Literal(text, is_text):
            return _number(text, is_text)
        case Field(name, code):
            return _added(_known(expression, scope), name, code)
        case Called("if", arguments) if len(arguments) == 3:
            if (only := _unless_blank(arguments)) is not None:
                return _formula(only, scope, outer)
            if name := _points(expression, scope):
                return name
            then, otherwise = (_formula(each, scope, 0) for each in arguments[1:])
            return f"if({condition(arguments[0], scope)}, {then}, {otherwise})"
        case Called(name, arguments) if name in _FUNCTIONS:
            return f"{name}({', '.join(_formula(each, scope, 0) for each in arguments)})"
        case Called(name, _):
            raise Untranslatable(f"it uses {name}()", "a formula has + - * /, sum, mean, min, max, abs, round and if")
        case Joined("negative", parts):
            text = f"-{_formula(parts[0], scope, 3)}"
            return f"({text})" if outer else text
        case Joined(sign, parts) if sign in _TIGHTNESS:
            tight = _TIGHTNESS[sign]
            text = f"{_formula(parts[0], scope, tight)} {sign} {_formula(parts[1], scope, tight + 1)}"
            return f"({text})" if outer > tight else text
    raise Untranslatable("it is a condition where a number should stand", "a formula is a number",
                         "write if(condition, 1, 0)")  # fmt: skip


def _unless_blank(arguments: tuple[Expression, ...]) -> Expression | None:
    """Return what is worked out where "is anything blank?" is all that is asked first: a blank leaves a score open anyway."""
    asked, then, otherwise = arguments
    if otherwise == Literal("", True) and _asks_blanks(asked, "!=", "and"):
        return then
    return otherwise if then == Literal("", True) and _asks_blanks(asked, "=", "or") else None


def _asks_boxes(expression: Expression, sign: str) -> bool:
    """Whether it asks if any box of one field is ticked, or none: a box has no blank of its own."""
    joiner, code = ("or", "1") if sign == "!=" else ("and", "0")
    if not isinstance(expression, Joined) or expression.sign != joiner:
        return False
    names = set()
    for part in expression.parts:
        match part:
            case Joined("=", (Field(name, str()), Literal(value, _))) if value == code:
                names.add(name)
            case _:
                return False
    return len(names) == 1


def _points(expression: Expression, scope: Scope) -> str:
    """Name the field whose every answer is turned into its points, one if() after the other, as an export writes it."""
    points: dict[str, str] = {}
    names: set[str] = set()
    while isinstance(expression, Called) and expression.name == "if" and len(expression.arguments) == 3:
        match expression.arguments:
            case (Joined("=", (Field(name, None), Literal(code, _))), Literal(worth, _), rest):
                names.add(name)
                points[code] = worth
                expression = rest
            case _:
                return ""
    known = scope.fields.get(next(iter(names))) if len(names) == 1 else None
    is_whole = known is not None and expression == Literal("", True)
    return (
        known.name
        if known and is_whole and {known.answers.get(code, ""): worth for code, worth in points.items()} == known.points
        else ""
    )


def _asks_blanks(expression: Expression, sign: str, joiner: str) -> bool:
    if _asks_boxes(expression, sign):
        return True
    if isinstance(expression, Joined) and expression.sign == joiner:
        return all(_asks_blanks(part, sign, joiner) for part in expression.parts)
    return (
        isinstance(expression, Joined)
        and expression.sign == sign
        and isinstance(expression.parts[0], Field)
        and expression.parts[1] == Literal("", True)
    )


def _number(text: str, is_text: bool) -> str:
    try:
        number = float(text)
    except ValueError:
        kind = "nothing" if is_text and not text else repr(text)
        raise Untranslatable(f"it gives {kind} where a number should stand", "a score is a number, and open where it cannot be told",
                             "leave that case out: what is blank leaves a score open by itself") from None  # fmt: skip
    return f"{number:.12g}" if number >= 0 else f"(-{-number:.12g})"


def _added(known: Known, name: str, code: str | None) -> str:
    if code is not None:
        if known.kind is not ItemKind.MULTIPLE or code not in known.answers:
            raise Untranslatable(
                f"it mentions [{name}({code})], which is no box", "nobody could tick it", "correct the code"
            )
        return f"if({name} has {known.answers[code]}, 1, 0)"
    if known.kind in (ItemKind.TEXT, ItemKind.DATE, ItemKind.MULTIPLE):
        raise Untranslatable(
            f"it adds up [{name}], which is {known.kind.value}", "only numbers and coded answers can be added"
        )
    return name
