"""Arithmetic over answers: `sum(pain, cramps) + if(ulcer, 15, 0)`.

A Formula is a frozen tree. Its value is worked out over Spans, so that an answer known to lie between two ends, or not
known at all, gives a result between two ends: never a number that nobody could vouch for.

Not here: how a formula is read (parse_formula.py), what a name stands for and which answers go together (score.py).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from patency.case import Span
from patency.language.terms import Term
from patency.record import Record
from patency.truth import Truth

LARGEST_VALUE = 1e15  # beyond it digits are lost, and no score comes near


EXACT_TO = 9  # decimals; beyond them 0.1 + 0.2 is not 0.3, and a threshold would be missed by the last digit


class Number(Record):
    """A number as it stands."""

    value: float


class Name(Record):
    """An item's points or number, or a score."""

    name: str


class Negative(Record):
    """A formula with its sign turned."""

    inner: "Formula"


class Operation(Record):
    """Two formulas joined by + - * or /."""

    sign: str
    left: "Formula"
    right: "Formula"


class Call(Record):
    """A function of some formulas: a sum, mean, min, max, abs or round."""

    function: str
    arguments: "tuple[Formula, ...]"


class If(Record):
    """One of two formulas, as a condition holds or not; `words` is the condition as its author wrote it."""

    condition: Term
    words: str
    then: "Formula"
    otherwise: "Formula"


Formula = Number | Name | Negative | Operation | Call | If


class Undefined(Exception):  # noqa: N818  an answer: there is no such number, and why
    """What a formula has no value for, with the reason."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def parts(formula: Formula) -> tuple[Formula, ...]:
    """Return the formulas a formula is made of."""
    match formula:
        case Negative(inner):
            return (inner,)
        case Operation(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case If(_, _, then, otherwise):
            return (then, otherwise)
    return ()


def walk(formula: Formula) -> Iterator[Formula]:
    """Yield a formula and everything in it."""
    yield formula
    for part in parts(formula):
        yield from walk(part)


def names_in(formula: Formula) -> list[str]:
    """Return the names in a formula, as often as each stands there; those in its conditions are not among them."""
    return [each.name for each in walk(formula) if isinstance(each, Name)]


def conditions_in(formula: Formula) -> list[Term]:
    """Return the conditions of a formula."""
    return [each.condition for each in walk(formula) if isinstance(each, If)]


# What a formula is worth


def value_of(formula: Formula, spans: Mapping[str, Span], holds: Callable[[Term], Truth]) -> Span:
    """Return between which two ends a formula lies, by the arithmetic of intervals; raise Undefined where it has no value.

    Every possible value lies between the ends. Where a name stands in a formula once, both ends are reached; where
    it stands twice they may not be, for `a - a` does not know that it is nought (Moore RE, Interval Analysis, 1966).
    `holds` says whether a condition of the formula does.
    """
    match formula:
        case Number(value):
            return Span(value, value)
        case Name(name):
            return spans[name]
        case Negative(inner):
            low, high = value_of(inner, spans, holds)
            return Span(-high, -low)
        case Operation(sign, left, right):
            return _bounded(_joined(sign, value_of(left, spans, holds), value_of(right, spans, holds)))
        case Call(function, arguments):
            return _bounded(_called(function, [value_of(each, spans, holds) for each in arguments]))
        case If(condition, _, then, otherwise):
            truth = holds(condition)
            branches = [then] if truth is Truth.YES else [otherwise] if truth is Truth.NO else [then, otherwise]
            return hull([value_of(each, spans, holds) for each in branches])


def _bounded(span: Span) -> Span:
    if max(abs(span.low), abs(span.high)) > LARGEST_VALUE:
        raise Undefined("it is larger than any score is")
    return span


def told(span: Span) -> Span:
    """Return a span without the digits that binary arithmetic leaves behind."""
    return Span(round(span.low, EXACT_TO), round(span.high, EXACT_TO))


def hull(spans: list[Span]) -> Span:
    """Return the span that holds all of some spans."""
    return Span(min(span.low for span in spans), max(span.high for span in spans))


def _joined(sign: str, left: Span, right: Span) -> Span:
    if sign == "+":
        return Span(left.low + right.low, left.high + right.high)
    if sign == "-":
        return Span(left.low - right.high, left.high - right.low)
    if sign == "/":
        if right.low <= 0 <= right.high:
            raise Undefined("it would be divided by zero" if right.is_exact else "it might be divided by zero")
        right = Span(1 / right.high, 1 / right.low) if not right.is_exact else right
    corners = [
        one / other if sign == "/" and right.is_exact else one * other
        for one in (left.low, left.high)
        for other in (right.low, right.high)
    ]
    return Span(min(corners), max(corners))


def _called(function: str, spans: list[Span]) -> Span:
    lows, highs = [span.low for span in spans], [span.high for span in spans]
    match function:
        case "sum":
            return Span(math.fsum(lows), math.fsum(highs))
        case "mean":
            return Span(math.fsum(lows) / len(spans), math.fsum(highs) / len(spans))
        case "min":
            return Span(min(lows), min(highs))
        case "max":
            return Span(max(lows), max(highs))
        case "abs":
            ends = sorted((abs(lows[0]), abs(highs[0])))
            return Span(0.0 if lows[0] <= 0 <= highs[0] else ends[0], ends[1])
    assert function == "round", "the parser makes no other function"
    decimals = int(lows[1]) if len(spans) > 1 else 0
    return Span(rounded(lows[0], decimals), rounded(highs[0], decimals))


def rounded(number: float, decimals: int) -> float:
    """Round to so many decimals, a half away from zero, as one does by hand: 2.5 is 3, and -2.5 is -3.

    Python rounds a half to the even neighbour, and would make two patients with 0.5 and 1.5 differ by two.
    The shortest decimal writing of the number is what is rounded, so that 2.675 is 2.68 as it reads.
    """
    return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) + 0.0


# How a formula is written


def written(formula: Formula) -> str:
    """Write a formula as a file holds it, with no bracket more than it needs; read back, it is the same formula."""
    return _written(formula, 0)


_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 2}


def _written(formula: Formula, outer: int) -> str:
    match formula:
        case Number(value):
            return number_words(value)
        case Name(name):
            return name
        case Negative(inner):
            text = f"-{_written(inner, 3)}"
            return f"({text})" if outer else text
        case Operation(sign, left, right):
            tightness = _TIGHTNESS[sign]
            # a - (b - c) and a / (b * c) need their brackets; so does a + (b + c), to be the same tree
            text = f"{_written(left, tightness)} {sign} {_written(right, tightness + 1)}"
            return f"({text})" if outer > tightness else text
        case Call(function, arguments):
            return f"{function}({', '.join(_written(each, 0) for each in arguments)})"
        case If(_, words, then, otherwise):
            return f"if({words}, {_written(then, 0)}, {_written(otherwise, 0)})"


def number_words(number: float) -> str:
    """Write a number in plain digits."""
    return f"{Decimal(repr(number)):f}".removesuffix(".0")
