"""Outcomes that are shares or numbers as SVG: a bar with its interval, a strip with its middle half, for each group.

Figures that may be shown go in, pieces of a drawing come out. Where the least and the most may not be shown, for they are
somebody's own, a strip is as long as its middle half.

Not here: curves (curve.py), how a piece is put under another (figure.py).
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from patency.practice.tables import Row
from patency.publish.figure import BAR, Look, Piece, bar, beneath, lettered, scale

if TYPE_CHECKING:
    from patency.outcome.estimated import Summary
    from patency.outcome.few import Shown

SHORT = 44  # letters of a line at 12 pixels


def shares(shown: "Sequence[Shown]", named: Mapping[str, str], name: str) -> Iterator[Piece]:
    """Draw a bar for the share of each group, with its interval."""
    known = [each.figure for each in shown if each.figure.share is not None]
    for figure in known:
        if figure.share is not None:
            words = named[figure.group]
            if not figure.share.of:
                yield lettered(words, "of nobody can it be told")
                continue
            yield bar(Row(figure.group, words, figure.share, figure.interval), name, Look())
    if known:
        yield scale("0", "100", "per cent, with its 95% interval")


def numbers(shown: "Sequence[Shown]", named: Mapping[str, str]) -> Iterator[Piece]:
    """Draw a strip for the numbers of each group, all on one scale."""
    known = [(each.figure, each.figure.summary) for each in shown if each.figure.summary is not None]
    if not known:
        return
    ends = [end for _, summary in known for end in _ends(summary)]
    low, high = min(ends), max(ends)
    for figure, summary in known:
        words = lettered(named[figure.group], f"{summary.mean:.1f}{_around(summary)}, n = {figure.units}")
        yield beneath(words, _boxed(summary, low, high))
    yield scale(f"{low:g}", f"{high:g}", "")
    yield paragraph(
        "over the line: mean with its 95% interval; line: " + _spans(known[0][1]) + "; box: middle half; bar: median",
        "scale",
        SHORT,
    )


def _ends(summary: "Summary") -> tuple[float, float]:
    first, third = summary.quartiles
    return (first if summary.least is None else summary.least, third if summary.most is None else summary.most)


def _spans(summary: "Summary") -> str:
    return "middle half" if summary.least is None else "least to most"


def _around(summary: "Summary") -> str:
    return f" ({summary.interval.low:.1f} to {summary.interval.high:.1f})" if summary.interval else ""


def _boxed(summary: "Summary", low: float, high: float) -> Piece:
    breadth = (high - low) or 1.0
    place = [
        (end - low) / breadth if high > low else 0.5 for end in (*_ends(summary), *summary.quartiles, summary.median)
    ]
    least, most, first, third, median = (100 * each for each in place)
    marks = Markup(
        '<line class="grid" x1="0" x2="100%" y1="10" y2="10"/><line class="whisker" x1="{:.2f}%" x2="{:.2f}%" y1="10" y2="10"/>'
        '<rect class="box" x="{:.2f}%" y="2" width="{:.2f}%" height="16"/><line class="median" x1="{:.2f}%" x2="{:.2f}%" y1="0" y2="20"/>'
    ).format(least, most, first, max(third - first, 0.4), median, median)
    return Piece(BAR + 6, marks)


# Words.


def paragraph(text: str, kind: str, letters: int = SHORT) -> Piece:
    """Set words in lines that are short enough for a phone."""
    lines = textwrap.wrap(text, letters)
    marks = Markup("").join(
        Markup('<text class="{}" x="0" y="{}">{}</text>').format(kind, 16 * at + 12, line)
        for at, line in enumerate(lines)
    )
    return Piece(16 * len(lines), marks)


def stacked(parts: Sequence[Piece]) -> Piece:
    """Put parts beneath one another without a gap."""
    top, marks = 0, Markup("")
    for part in parts:
        marks += Markup('<g transform="translate(0 {})">{}</g>').format(top, part.marks)
        top += part.height
    return Piece(top, marks)
