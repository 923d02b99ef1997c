"""What is told of a response with blanks, beside every way of filling them in, tried one by one.

The reference knows nothing of spans or of Kleene: it writes down each complete response that the instrument would take,
works out the scores with plain numbers, and collects what comes out.
"""

import itertools
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.reference import Fact, is_true
from agreement.strategies import Hand, examples
from instrument.ward import instrument_of, scored
from patency.case import Members, Span
from patency.instrument import ways
from patency.instrument.formula import Call, Formula, If, Name, Negative, Number, Operation, rounded
from patency.instrument.model import Instrument, Item, ItemKind
from patency.instrument.scored import Scored
from patency.language.terms import Term
from patency.truth import Truth

Complete = Mapping[str, Fact]  # the answer to each item that is asked


# The reference


def complete(instrument: Instrument) -> Iterator[Complete]:
    """Yield every complete response that the instrument takes."""

    def filled(names: list[str], answers: dict[str, Fact]) -> Iterator[Complete]:
        if not names:
            if not any(holds(check.when, instrument, answers) for check in instrument.checks):
                yield answers
            return
        item = instrument.items[names[0]]
        if item.when is not None and not holds(item.when, instrument, answers):
            yield from filled(names[1:], answers)
            return
        for fact in facts(item):
            yield from filled(names[1:], {**answers, item.name: fact})

    yield from filled(list(instrument.items), {})


def holds(term: Term, instrument: Instrument, answers: Complete) -> bool:
    """Say whether a condition is true; nothing that it says of the answer to an item that is not asked is."""
    no_answer: dict[str, Fact] = {
        item.name: frozenset() if item.kind is ItemKind.MULTIPLE else "" for item in instrument.items.values()
    }
    return is_true(term, {**no_answer, **answers})


def facts(item: Item) -> list[Fact]:
    if item.kind is ItemKind.YES_NO:
        return [True, False]
    if item.kind is ItemKind.MULTIPLE:
        sizes = range(len(item.choices) + 1)
        return [frozenset(some) for size in sizes for some in itertools.combinations(item.choices, size)]
    return list(item.choices)


def points(item: Item, fact: Fact) -> float:
    names = (
        [fact] if isinstance(fact, str) else sorted(fact) if isinstance(fact, frozenset) else ["yes" if fact else "no"]
    )
    return math.fsum(item.choices[name].points or 0.0 for name in names)


def worth(formula: Formula, instrument: Instrument, answers: Complete) -> float:
    """Work a formula out with plain numbers; a division by zero is raised."""
    match formula:
        case Number(value):
            return value
        case Name(name) if name in instrument.items:
            return points(instrument.items[name], answers[name]) if name in answers else 0.0
        case Name(name):
            number = instrument.scores[name].number
            assert number is not None, "only numbers are in formulas"
            return round(worth(number, instrument, answers), 9)
        case Negative(inner):
            return -worth(inner, instrument, answers)
        case Operation(sign, left, right):
            one, other = worth(left, instrument, answers), worth(right, instrument, answers)
            return (
                one + other
                if sign == "+"
                else one - other
                if sign == "-"
                else one * other
                if sign == "*"
                else one / other
            )
        case If(condition, _, then, otherwise):
            return worth(then if holds(condition, instrument, answers) else otherwise, instrument, answers)
        case Call(function, arguments):
            return called(function, [worth(each, instrument, answers) for each in arguments])


def called(function: str, values: list[float]) -> float:
    if function == "round":
        return rounded(values[0], int(values[1]) if len(values) > 1 else 0)
    if function == "abs":
        return abs(values[0])
    if function in ("min", "max"):
        return min(values) if function == "min" else max(values)
    return math.fsum(values) / (len(values) if function == "mean" else 1)


def facts_of(instrument: Instrument, answers: Complete) -> Complete:
    """Return the answers and the numbers made of them, of which conditions speak."""
    found = dict(answers)
    for each in instrument.scores.values():
        if each.number is not None:
            with suppress(ZeroDivisionError):
                found[each.name] = round(worth(each.number, instrument, answers), 9)
    return found


def outcome(name: str, instrument: Instrument, answers: Complete) -> object:
    """Return what a score is of somebody who answered everything."""
    each = instrument.scores[name]
    known = facts_of(instrument, answers)
    try:
        if each.number is not None:
            return round(worth(each.number, instrument, answers), 9)
        if each.bands:
            held = [band.name for band in each.bands if band.when is None or holds(band.when, instrument, known)]
            return held[-1] if held else "undefined"
        if each.members:
            return frozenset(
                band.name for band in each.members if band.when is not None and holds(band.when, instrument, known)
            )
        assert each.when is not None, "a score is one of four"
        return holds(each.when, instrument, known)
    except (ZeroDivisionError, KeyError):  # a number that a condition speaks of is undefined
        return "undefined"


def outcomes(instrument: Instrument, left: list[Complete]) -> dict[str, set[object]]:
    """Return what each score may be; of scores upon a number that may be undefined nothing is said here."""
    found = {name: {outcome(name, instrument, each) for each in left} for name in instrument.scores}
    is_told = "undefined" not in found["total"]
    return {name: possible for name, possible in found.items() if is_told or instrument.scores[name].number is not None}


def says_all_of(got: Scored, possible: set[object]) -> bool:
    """Say whether a score, as told, leaves room for everything that is possible."""
    match got.value:
        case None:
            return "undefined" in possible
        case Span(low, high):
            return all(isinstance(each, float) and low <= each <= high for each in possible)
        case Members(included, excluded):
            return all(isinstance(each, frozenset) and included <= each and not each & excluded for each in possible)
        case frozenset():
            return possible <= got.value
        case Truth.UNKNOWN:
            return True
    return possible == {got.value is Truth.YES}


def says_no_more_than(got: Scored, possible: set[object]) -> bool:
    """Say whether a score is told as closely as it can be."""
    match got.value:
        case None:
            return "undefined" in possible
        case Span(low, high):
            return {low, high} == {min(possible), max(possible)}  # type: ignore[type-var]  # they are numbers
        case Members(included, excluded):
            sets = [each for each in possible if isinstance(each, frozenset)]
            every = frozenset(name for name in got.score.concept.values)
            return included == frozenset.intersection(*sets) and excluded == every - frozenset().union(*sets)
        case frozenset():
            return possible == got.value
        case Truth.UNKNOWN:
            return possible == {True, False}
    return len(possible) == 1


# What is drawn


@st.composite
def instruments(draw) -> Instrument:  # type: ignore[no-untyped-def]
    """Draw a small instrument: items that hang on one another, and scores of each kind upon them."""
    hand = Hand(draw)
    lines = ["items:"]
    items: dict[str, str] = {}
    for number in range(hand.number(2, 4)):
        name, kind = f"i{number}", hand.of(["ordered", "yes/no", "single", "multiple"])
        lines.append(f"  {name}: {{asks: {name}, type: {kind}{_answers(hand, kind)}{_when(hand, items)}}}")
        items[name] = kind
    if len(items) > 1 and hand.is_one_in(3):
        some = hand.some(list(items), 2, 2)
        lines += [
            "checks:",
            f'  odd: {{when: "{_atom(hand, some[0], items)} and {_atom(hand, some[1], items)}", says: it cannot be}}',
        ]
    lines += ["scores:", f"  total: {{words: total, number: '{_formula(hand, list(items), items, 2)}'}}"]
    lines.append(f"  twice: {{words: twice, number: '{_formula(hand, [*items, 'total'], items, 2)}'}}")
    # A condition may not compare the total with what it never reaches, so its ends are looked up first.
    ends = instrument_of("\n".join(lines[:-1]) + "\n").scores["total"].concept
    middle = (ends.lowest + ends.highest) / 2
    bounds = [hand.of([f"{each:.9f}" for each in (middle, ends.lowest, ends.highest)]) for _ in range(3)]
    conditions = [
        f"total >= {bounds[0]}",
        f"{_atom(hand, hand.of(list(items)), items)}",
        f"total < {bounds[1]} or {_atom(hand, hand.of(list(items)), items)}",
    ]
    first = hand.of(["low", f"{{words: low, when: total > {bounds[2]}}}"])
    middle_band, highest = (f'{{words: w{at}, when: "{condition}"}}' for at, condition in enumerate(conditions[:2]))
    lines.append(f"  band: {{words: band, bands: {{low: {first}, mid: {middle_band}, high: {highest}}}}}")
    lines.append(f'  flag: {{words: flag, when: "{conditions[2]}"}}')
    lines.append(
        f'  levels: {{words: levels, members: {{one: {{words: I, when: "{conditions[0]}"}}, two: {{words: II, when: "{conditions[1]}"}}}}}}'
    )
    return instrument_of("\n".join(lines) + "\n")


def _answers(hand: Hand, kind: str) -> str:
    if kind == "yes/no":
        return hand.of(["", ", points: {yes: 2, no: 0}", ", points: {yes: -1, no: 1}"])
    given = ", ".join(
        f"{name}: {{words: {name}, points: {hand.of([0, 1, 2, 3, -1, 0.5])}}}" for name in ("a", "b", "c")
    )
    return f", answers: {{{given}}}"


def _when(hand: Hand, items: Mapping[str, str]) -> str:
    if not items or not hand.is_one_in(3):
        return ""
    return f', when: "{_atom(hand, hand.of(list(items)), items)}"'


def _atom(hand: Hand, name: str, items: Mapping[str, str]) -> str:
    kind = items[name]
    if kind == "yes/no":
        return hand.of([name, f"not {name}"])
    if kind == "multiple":
        return hand.of([f"{name} has b", f"not {name} has all [a, b]"])
    return hand.of([f"{name} = a", f"{name} != b", f"{name} in [b, c]"])


def _formula(hand: Hand, names: list[str], items: Mapping[str, str], depth: int) -> str:
    if depth == 0 or hand.is_one_in(4):
        return hand.of([*names, "2", "0.5"])
    one, other = (_formula(hand, names, items, depth - 1) for _ in range(2))
    made = hand.of(["sum", "+", "-", "*", "max", "if", "/", "abs", "round", "mean", "min", "minus"])
    if made == "if":
        return f"if({_atom(hand, hand.of(list(items)), items)}, {one}, {other})"
    if made in ("sum", "max", "min", "mean"):
        return f"{made}({one}, {other})"
    if made in ("abs", "round"):
        return f"{made}({one})"
    return f"-({one})" if made == "minus" else f"({one}) {made} ({other})"


@st.composite
def responses(draw) -> tuple[Instrument, dict[str, str], list[Complete]]:  # type: ignore[no-untyped-def]
    """Draw an instrument, some answers that it takes, and every complete response that they leave possible."""
    hand = Hand(draw)
    instrument: Instrument = draw(instruments())
    everyone = list(complete(instrument))
    if not everyone:  # its check forbids every response
        return instrument, {}, []
    whole = hand.of(everyone)
    told = {name: whole[name] for name in hand.some(list(whole), 0, None)}
    # What is answered was asked: an answer stands only beside the answers that it hangs on, or their blanks.
    left = [each for each in everyone if all(name in each and each[name] == fact for name, fact in told.items())]
    return instrument, {name: _written(fact) for name, fact in told.items()}, left


def _written(fact: Fact) -> str:
    if isinstance(fact, frozenset):
        return f"[{', '.join(sorted(fact))}]"
    return fact if isinstance(fact, str) else "yes" if fact else "no"


@examples(150)
@given(responses())
def test_what_is_told_is_what_every_way_of_filling_in_the_blanks_has_in_common(drawn) -> None:  # type: ignore[no-untyped-def]
    """A range reaches from the least to the greatest of all completions, and bands, truths and sets are as close."""
    instrument, answers, left = drawn
    if left:
        told = scored(instrument, answers)
        for name, possible in outcomes(instrument, left).items():
            got = told[name]
            assert says_all_of(got, possible), (name, got, possible)
            assert says_no_more_than(got, possible), (name, got, possible)


@examples(150)
@given(responses())
def test_past_the_bound_nothing_that_is_possible_is_left_out(drawn) -> None:  # type: ignore[no-untyped-def]
    """Where the ways are too many to try, what is told holds them all; a range not called an outer one is exact."""
    instrument, answers, left = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "MOST_WAYS", 0)
        told = scored(instrument, answers) if left else {}
    for name, possible in outcomes(instrument, left).items() if left else []:
        got = told[name]
        if got.value is None:
            continue  # it may be undefined of some, and then no number is told of any
        if got.score.bands and got.is_outer:
            possible.discard("undefined")  # that none of its bands may hold is said
        assert says_all_of(got, possible), (name, got, possible)
        if isinstance(got.value, Span) and not got.is_outer:
            assert says_no_more_than(got, possible), (name, got, possible)
