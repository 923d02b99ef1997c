"""The figures: what is drawn is what was counted, and reads in grey."""

import re
from collections.abc import Sequence

import pytest

from patency.practice.part import sections
from patency.practice.tables import Question
from patency.publish.figure import _look, alone, figure

from .made_up import LABEL, QUESTIONS, tables

PARTS = {part.item.name: part for section in sections(tables()) for part in section.parts}


def drawn(name: str) -> str:
    part = PARTS[name]
    return str(figure(part.question, f"figure-{name}", part.item.asks, part.says))


def numbers(pattern: str, text: str) -> list[float]:
    return [float(each) for each in re.findall(pattern, text)]


def shares(question: Question) -> list[float]:
    return [round(100 * row.share.count / row.share.of, 2) for row in question.rows]


@pytest.mark.parametrize("name", ["uses", "first", "why"])
def test_a_bar_is_as_long_as_its_share(name: str) -> None:
    """In per cent of the drawing, which is the scale beneath it."""
    assert numbers(r'<rect class="bar" x="0.00%" width="([\d.]+)%"', drawn(name)) == shares(PARTS[name].question)


def test_a_whisker_reaches_from_end_to_end_of_the_interval() -> None:
    """15 of 34: 28.88% to 60.55%, by R's prop.test(15, 34, correct = FALSE)."""
    ends = re.findall(r'<line class="whisker" x1="([\d.]+)%" x2="([\d.]+)%"', drawn("first"))
    assert ends[0] == ("28.88", "60.55")


def test_ordered_answers_diverge_from_the_middle_of_the_middle_one() -> None:
    """Half of it stands to each side of the centre; half the width is everybody, whatever the question."""
    first, *_ = re.findall(r"<g transform.*?<line class=\"zero\"", drawn("how_often"), re.S)
    placed = [(kind, float(x), float(width)) for kind, x, width in
              re.findall(r'<rect class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', first)]  # fmt: skip
    assert [kind for kind, _, _ in placed] == ["warm", "warm", "middle", "cool", "cool"]
    assert [round(2 * width, 1) for _, _, width in placed] == [
        round(each, 1) for each in shares(PARTS["how_often"].question)
    ]
    _, start, width = placed[2]
    assert start + width / 2 == pytest.approx(50, abs=0.01)


@pytest.mark.parametrize("of", range(2, 12))
def test_no_two_answers_look_alike(of: int) -> None:
    """Each differs from every other in grey: the one side is hatched, the middle of an odd number is neither."""
    looks = [_look(number, of) for number in range(of)]
    assert len(set(looks)) == of
    assert [look.kind for look in looks].count("middle") == of % 2
    assert {look.is_hatched for look in looks if look.kind == "warm"} <= {True}
    assert {look.is_hatched for look in looks if look.kind != "warm"} <= {False}


def test_numbers_are_drawn_from_the_least_to_the_most() -> None:
    """Of 1, 5, 9.5, 16 and 31 the box stands between 13.33% and 50% of the way, and the median at 28.33%."""
    box = re.findall(r'<rect class="box" x="([\d.]+)%" y="2" width="([\d.]+)%"', drawn("years"))
    assert box == [("13.33", "36.67")]
    assert numbers(r'<line class="median" x1="([\d.]+)%"', drawn("years")) == [28.33]


@pytest.mark.parametrize("name", ["uses", "years", "since", "first", "how_often", "why"])
def test_a_figure_is_told_to_whoever_cannot_see_it(name: str) -> None:
    """It has a title and a description, and names both."""
    text = drawn(name)
    ids: Sequence[str] = re.findall(r'aria-labelledby="(\S+) (\S+)"', text)[0]
    assert [each in re.findall(r'<(?:title|desc) id="([^"]+)"', text) for each in ids] == [True, True]
    assert 'role="img"' in text


def test_what_nobody_answered_has_no_figure() -> None:
    """Nor has what was answered in people's own words."""
    assert drawn("remarks") == ""
    asked = QUESTIONS[3]
    nobody = asked._replace(reach=asked.reach._replace(answered=0, blank=34))
    assert figure(nobody, "figure", "Nobody", "") == ""


def test_a_figure_alone_brings_its_colours_and_its_label() -> None:
    """Written out, for not every program that draws SVG knows colours by name."""
    written = alone(figure(PARTS["first"].question, "figure", "First", "one"), LABEL)
    assert "var(" not in written
    assert "fill: #0072b2" in written
    assert LABEL.split(",")[0] in written
