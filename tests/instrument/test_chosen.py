"""How a choice may be written: by its name, its words, its code or its points, and never by what means two of them."""

import pytest

from patency.case import Members
from patency.instrument.response import Response
from patency.truth import Truth

from .ward import instrument_of, respond

FORM = """
items:
  ache: {asks: Ache, type: ordered, answers: graded}
  worst: {asks: Worst, type: single, answers: {am: {words: In the morning, code: "1"}, pm: {words: at night or late, code: "2"}}}
  halves: {asks: Halves, type: ordered, answers: {half: {words: some, points: 0.5}, one: {words: much, points: 1}}}
  alike: {asks: Alike, type: single, answers: {a: {words: this, points: 1}, b: {words: that, points: 1}}}
  shifted:
    asks: Shifted
    type: ordered
    answers: {low: {words: lowest, points: 0, code: "1"}, high: {words: highest, points: 1, code: "2"}}
  veins: {asks: Veins, type: multiple, answers: {calf: "in the calf, or below", groin: {words: in the groin, code: g}, other: elsewhere}}
  ulcer: {asks: Ulcer, type: yes/no, points: {yes: 2, no: 0}}
"""  # fmt: skip
PAPER = instrument_of(FORM)


def answered(item: str, text: str) -> Response:
    response, faults = respond(PAPER, {item: text})
    assert faults == []
    return response


@pytest.mark.parametrize(
    ("item", "text", "names"),
    [
        ("ache", "moderate", {"moderate"}),
        ("ache", "Moderate", {"moderate"}),
        ("ache", "'2'", {"moderate"}),
        ("ache", "1 or 2", {"mild", "moderate"}),
        ("worst", "in the morning", {"am"}),
        ("worst", "at night or late", {"pm"}),
        ("worst", "'2'", {"pm"}),
        ("halves", "much", {"one"}),
        ("shifted", "'2'", {"high"}),
        ("shifted", "'0'", {"low"}),
    ],
)
def test_one_choice_is_written_in_any_of_four_ways(item: str, text: str, names: set[str]) -> None:
    """The name, the words in large or small letters, the code, or a number of points that only one choice has."""
    response = answered(item, text)
    assert response.case.value(item) == frozenset(names)
    assert response.case.findings[item].written == " or ".join(
        name for name in PAPER.items[item].choices if name in names
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[groin, elsewhere]", {"groin", "other"}),
        ("in the groin", {"groin"}),
        ("['in the calf, or below', g]", {"calf", "groin"}),
        ("[in the calf, or below, g]", {"calf", "groin"}),
        ("none", set()),
    ],
)
def test_several_choices_are_written_so_as_well(text: str, names: set[str]) -> None:
    """Words that hold a comma are put together again."""
    members = answered("veins", text).case.value("veins")
    assert isinstance(members, Members)
    assert members.included == names


def test_what_is_open_in_a_set_is_written_so_as_well() -> None:
    """What it includes and excludes are choices too."""
    assert answered("veins", "{includes: [in the groin], excludes: [elsewhere]}").case.value("veins") == Members(
        frozenset({"groin"}), frozenset({"other"})
    )


def test_yes_and_no_are_written_as_on_a_form() -> None:
    """1 is the code of yes and 2 its points here; 0 is both of no."""
    assert [answered("ulcer", each).case.value("ulcer") for each in ("'1'", "'2'", "'0'", "no")] == [
        Truth.YES, Truth.YES, Truth.NO, Truth.NO,
    ]  # fmt: skip


def test_a_reason_for_no_answer_stays_one() -> None:
    """It is never looked for among the words."""
    assert answered("ache", "not known").case.findings == {}


@pytest.mark.parametrize(
    ("item", "text", "said"),
    [
        ("shifted", "'1'", "it may mean 'low' or 'high', by its words, its code or its points"),
        ("alike", "'1'", "it is one of a or b"),
        ("halves", "'1'", "it is one of half or one"),
        ("ache", "'4'", "it is one of none, mild, moderate or severe"),
        ("veins", "[femoral]", "its members are calf, groin and other"),
    ],
)
def test_a_number_that_may_mean_two_choices_is_refused(item: str, text: str, said: str) -> None:
    """Points are an answer only where every choice has a whole number of its own."""
    _, faults = respond(PAPER, {item: text})
    assert [fault.why for fault in faults] == [said]
