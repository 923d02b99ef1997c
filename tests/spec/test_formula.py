"""Formulas: arithmetic over answers, and over answers that are not fully known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.strategies import Hand, examples
from patency.case import Case, Finding, Span
from patency.fault import Fault, Place
from patency.instrument.conditions import Mentioned
from patency.instrument.formula import (
    Call,
    Formula,
    If,
    Name,
    Negative,
    Number,
    Operation,
    Undefined,
    rounded,
    value_of,
    written,
)
from patency.instrument.parse_formula import parse_formula
from patency.language.evaluate import evaluate
from patency.language.parse import parse
from patency.language.terms import Holds, Term
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

ON = date(2026, 5, 29)
HERE = Place("leg.yaml", 3)
ULCER = Concept(
    "ulcer", Kind.YES_NO, "q", "Ulcer", "it is", "it is not", "", (), {}, "", {}, 0, 0, "history", (), 0, HERE
)
WORDS = Mentioned(Vocabulary({"ulcer": ULCER}), ("ulcer",))
NAMES = {"a": "", "b": "", "c": ""}


def condition(text: str, place: Place) -> Term | None:
    return parse(text, place, WORDS, [])


def read(text: str) -> Formula:
    faults: list[Fault] = []
    formula = parse_formula(text, HERE, NAMES, condition, faults)
    assert faults == []
    assert formula is not None
    return formula


def worth(text: str, ulcer: Truth | None = None, **spans: tuple[float, float]) -> tuple[float, float]:
    findings = {} if ulcer is None else {"ulcer": Finding("ulcer", ulcer, ON, "")}
    case = Case(ON, findings)
    given = {name: Span(*span) for name, span in spans.items()}
    return tuple(value_of(read(text), given, lambda term: evaluate(term, case)))  # type: ignore[return-value]


VALUES = """
formula                       a        b        between
a + b                         1 2      10 20    11 22
a - b                         1 2      10 20    -19 -8
a - b - 1                     1 2      10 20    -20 -9
a * b                         -1 2     10 20    -20 40
a / b                         1 2      10 20    0.05 0.2
-a                            1 2      0 0      -2 -1
2 * (a + b)                   1 2      10 20    22 44
2 + 3 * 4                     0 0      0 0      14 14
12 / 2 / 3                    0 0      0 0      2 2
sum(a, b, 1)                  1 2      10 20    12 23
mean(a, b)                    1 2      10 20    5.5 11
min(a, b)                     1 15     10 20    1 15
max(a, b)                     1 15     10 20    10 20
abs(a)                        -3 2     0 0      0 3
abs(a)                        -3 -2    0 0      2 3
round(a)                      0.5 2.5  0 0      1 3
round(a)                      -2.5 0   0 0      -3 0
round(a / 3, 1)               1 2      0 0      0.3 0.7
if(ulcer, a, b)               1 2      10 20    1 20
if(not ulcer, 1, 2) + a       1 2      0 0      2 4
"""


@pytest.mark.parametrize("row", VALUES.strip().split("\n")[1:])
def test_a_formula_lies_between_the_ends_of_what_it_is_made_of(row: str) -> None:
    """The table is worked out by hand; nobody knows whether there is an ulcer."""
    text, rest = row[:30].strip(), [float(each) for each in row[30:].split()]
    assert worth(text, a=(rest[0], rest[1]), b=(rest[2], rest[3])) == (rest[4], rest[5])


def test_a_condition_that_is_told_leaves_one_branch() -> None:
    """Of an `if` only what may count counts."""
    assert worth("if(ulcer, a, b)", Truth.YES, a=(1, 2), b=(10, 20)) == (1, 2)
    assert worth("if(ulcer, a, b)", Truth.NO, a=(1, 2), b=(10, 20)) == (10, 20)


@pytest.mark.parametrize(
    ("divisor", "why"),
    [
        ((0, 0), "it would be divided by zero"),
        ((-1, 1), "it might be divided by zero"),
        ((0, 5), "it might be divided by zero"),
    ],
)
def test_a_division_by_what_may_be_zero_has_no_value(divisor: tuple[float, float], why: str) -> None:
    """No number is made up for it, and the reason is said."""
    with pytest.raises(Undefined) as undefined:
        worth("a / b", a=(1, 1), b=divisor)
    assert undefined.value.why == why


def test_what_is_larger_than_any_score_has_no_value() -> None:
    """Products may outgrow what a number can hold; then there is none, and no error."""
    with pytest.raises(Undefined, match="larger than any score"):
        worth("a * a * a * a", a=(1e9, 1e9))


@pytest.mark.parametrize(
    ("number", "decimals", "expected"),
    [
        (0.5, 0, 1),
        (1.5, 0, 2),
        (2.5, 0, 3),
        (-2.5, 0, -3),
        (2.675, 2, 2.68),
        (79.3333, 1, 79.3),
        (1e9, 2, 1e9),
        (-0.2, 0, 0),
    ],
)
def test_a_half_is_rounded_away_from_zero_as_by_hand(number: float, decimals: int, expected: float) -> None:
    """Python rounds 2.5 to 2 and 2.675 to 2.67; a person, and REDCap, does neither."""
    assert rounded(number, decimals) == expected


WRITTEN = """
a+b*c                          a + b * c
(a+b)*c                        (a + b) * c
a-(b - c)                      a - (b - c)
(a - b)-c                      a - b - c
a/(b*c)                        a / (b * c)
-(a + b)                       -(a + b)
a + -b                         a + (-b)
sum( a,b , c)                  sum(a, b, c)
round(a,1)                     round(a, 1)
if( ulcer and ulcer , 1.50,0)  if(ulcer and ulcer, 1.5, 0)
"""


@pytest.mark.parametrize("row", WRITTEN.strip().split("\n"))
def test_a_formula_is_written_plainly(row: str) -> None:
    """No bracket more than it needs, none less; what is written is read as the same."""
    text, plain = row[:30].strip(), row[30:].strip()
    assert written(read(text)) == plain
    assert read(plain) == read(text)


def drawn(hand: Hand, depth: int) -> Formula:
    kind = hand.of(["name", "number", "negative", "operation", "call", "if"]) if depth else hand.of(["name", "number"])
    inner = [drawn(hand, depth - 1) for _ in range(2)] if depth else []
    match kind:
        case "name":
            return Name(hand.of(["a", "b", "c"]))
        case "number":
            return Number(hand.of([0.0, 1.0, 2.5, 0.001, 100000.0]))
        case "negative":
            return Negative(inner[0])
        case "operation":
            return Operation(hand.of(["+", "-", "*", "/"]), inner[0], inner[1])
        case "if":
            return If(Holds("ulcer"), "ulcer", inner[0], inner[1])
    function = hand.of(["sum", "mean", "min", "max", "abs", "round"])
    return Call(function, tuple(inner[:1] if function in ("abs", "round") else inner))


@st.composite
def formulas(draw) -> Formula:  # type: ignore[no-untyped-def]
    return drawn(Hand(draw), 3)


@examples(150)
@given(formulas())
def test_a_formula_written_down_and_read_back_is_the_same(formula: Formula) -> None:
    """And every kind of part is among those drawn."""
    assert read(written(formula)) == formula
