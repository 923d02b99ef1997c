"""A draft of a file to audit, from plain text: the figures that were recognised, for a person to correct.

It knows four shapes: `15/34 (44%)`, `15 (44%)`, `44%` and `3.9 ± 2.2`. The end of a range, what bounds a group and
what has a unit count nobody: of `6-12 weeks (47%)` the percentage alone is drafted, and of `70-90%` nothing. Which
figures belong together, how many people there may be and what is claimed in words it cannot know, and leaves to be
filled in.
"""

import re
from collections.abc import Iterator

from patency.document import Node, to_yaml
from patency.fault import CONTROL, Place

MOST_FIGURES = 100  # of a text; more are counted and left out
_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
# No number that a range ends with, or that is a bound, and no digits from within a number.
_ALONE = "".join(rf"(?<!{sign})(?<!{sign} )" for sign in "-‐‑‒–—−≥≤<>~±") + r"(?<![0-9.])"
_BOUND = rf"{_ALONE}(?<!\bto )"
_UNIT = (
    r"(?!\s*(?:(?:milli)?sec(?:ond)?s?|min(?:ute)?s?|h(?:ou)?rs?|h|days?|d|weeks?|wks?|months?|mos?|years?|yrs?|y"
    r"|[mckµ]?m|inch(?:es)?|[kmµ]?g|[md]?l|i?u|mmhg|mmol|fr|french|times|fold|per\s?cent)\b)"
)
_WORD = r"(?!to\b|and\b|or\b)[^\W\d]\w*"
_FIGURE = re.compile(
    rf"(?:{_BOUND}(?P<count>[0-9]{{1,4}})\s*(?:/|\bof\b)\s*(?P<of>[0-9]{{1,4}})\s*\(\s*(?P<p1>{_NUMBER})\s*%"
    rf"|{_BOUND}(?P<only>[0-9]{{1,4}})(?![0-9]){_UNIT}(?:\s+{_WORD}){{0,2}}\s*\(\s*(?P<p2>{_NUMBER})\s*%"
    rf"|(?P<mean>{_NUMBER})\s*(?:±|\+/-|\+-)\s*(?P<sd>{_NUMBER})"
    rf"|{_ALONE}(?P<p3>{_NUMBER})\s*%)",
    re.IGNORECASE,
)
_NEAR = 40  # letters before and after a figure that are quoted


def draft(text: str, name: str) -> str:
    """Write the figures of a text as a file to audit; `name` is what the text is called."""
    shares: list[list[tuple[str, str]]] = []
    means: list[list[tuple[str, str]]] = []
    found = list(_figures(text))
    for number, (line, figure, quoted) in enumerate(found[:MOST_FIGURES], 1):
        entry = [("id", f"figure-{number}"), ("says", f"line {line}: {quoted}")]
        if figure["mean"]:
            means.append([*entry, ("mean", figure["mean"]), ("sd", figure["sd"])])
        else:
            shares.append([*entry, *_share(figure)])
    left = f"; {len(found) - MOST_FIGURES} more were left out" if len(found) > MOST_FIGURES else ""
    known, name = min(len(found), MOST_FIGURES), " ".join(CONTROL.sub(" ", name).split())
    head = (
        f"# A draft: {known} figures were recognised in {name}{left}. Correct it by hand: put what one question\n"
        "# asked into one group, say how many people there may be (at_most), and of each mean of how many it is and\n"
        "# whether the values are whole numbers (of: [36], values: whole).\n"
    )
    return head + to_yaml(_document(shares, means))


def _figures(text: str) -> Iterator[tuple[int, re.Match[str], str]]:
    for line, words in enumerate(CONTROL.sub(" ", text).splitlines(), 1):
        for figure in _FIGURE.finditer(words):
            start, end = max(0, figure.start() - _NEAR), figure.end() + _NEAR // 2
            before, after = words[start : figure.start()], words[figure.end() : end]
            if start:  # whole words alone
                before = before.partition(" ")[2]
            if end < len(words):
                after = after.rpartition(" ")[0]
            around = f"{before}{figure[0]}{after}"
            yield line, figure, " ".join(around.split())


def _share(figure: re.Match[str]) -> list[tuple[str, str]]:
    named = figure.groupdict()
    percent = named["p1"] or named["p2"] or named["p3"]
    given = [("percent", percent), ("count", named["count"] or named["only"]), ("of", named["of"])]
    return [(name, value) for name, value in given if value]


def _document(shares: list[list[tuple[str, str]]], means: list[list[tuple[str, str]]]) -> Node:
    named = {
        "audit": _text("draft"),
        "title": _text("what was published, by whom and when"),
        "at_most": _text("how many people there may be"),
    }
    if shares:
        group = {
            "id": _text("group-1"),
            "title": _text("what was asked"),
            "answers": _text("several"),
            "shares": _list(shares),
        }
        named["groups"] = Node(_NOWHERE, (Node(_NOWHERE, group),))
    if means:
        named["means"] = _list(means)
    return Node(_NOWHERE, named)


def _list(entries: list[list[tuple[str, str]]]) -> Node:
    return Node(_NOWHERE, tuple(Node(_NOWHERE, {name: _text(value) for name, value in entry}) for entry in entries))


def _text(value: str) -> Node:
    return Node(_NOWHERE, value)


_NOWHERE = Place("draft")
