"""The figures of a survey as SVG: bars with whiskers, a diverging bar where answers are ordered, a strip for numbers.

A question's table goes in, a drawing comes out. Across, everything stands at per cents of the drawing's own width and
every line of words is short enough for a phone, so that one drawing fits a desk, a hand and a sheet of paper with its
letters the same size. Colours and fonts come from the stylesheet; each mark is labelled where it stands, the one side
of a diverging bar is hatched, and steps differ in lightness, so that nothing hangs on telling colours apart.

Not here: what stands in the table beside a figure (practice/report.py), and the colours (survey.css).
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from patency.answer import day_words, unit_words
from patency.instrument.model import ItemKind
from patency.percent import counted
from patency.practice.part import figures_of
from patency.practice.tables import Days, Numbers, Question, Row
from patency.share import Interval

LINE, BAR, GAP, CAP = (
    18,
    14,
    12,
    4,
)  # heights in pixels: a line of words, a bar, what is between rows, half a whisker's end
LETTERS = 36  # of a line at 14 pixels, so that it stays within a phone of 320
GRID = (25, 50, 75)
NARROWEST, WORDS_WIDE, NUMBERS_WIDE = (
    288,
    7.6,
    7.1,
)  # pixels: a figure on a phone of 320, and letters in the widest fonts
STYLE = Path(__file__).parent / "figure.css"
ALONE, MARGIN = 480, 12  # pixels across of a figure that leaves its page, and of the ground around it
PALEST = 0.35  # of the steps of one side of a diverging bar, the outermost being 1


class Piece(NamedTuple):
    """A part of a drawing, as high as it says, drawn from its own top."""

    height: int
    marks: Markup


class Step(NamedTuple):
    """One stage on the way from the invited to the analysed; those who are out go no further."""

    words: str
    count: int  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    is_out: bool = False


class Look(NamedTuple):
    """How a bar is filled: a class of the stylesheet, how strongly, and whether it is hatched."""

    kind: str = "bar"
    strength: float = 1.0
    is_hatched: bool = False


def figure(question: Question, name: str, title: str, says: str) -> Markup:
    """Draw one question; of a question that nobody answered, or in free text, there is nothing to draw."""
    if question.numbers:
        pieces = _numbers(question.numbers)
    elif question.days:
        pieces = _days(question.days)
    elif not question.rows or not question.reach.answered:
        pieces = []
    elif question.item.kind is ItemKind.ORDERED:
        pieces = _ordered(question.rows, name)
    else:
        pieces = [*(bar(row, name, Look()) for row in question.rows), _axis(question)]
    return drawn_of(pieces, name, title, says) if pieces else Markup("")


def flow(steps: Sequence[Step], name: str, title: str, says: str) -> Markup:
    """Draw the way from the invited to the analysed: a bar for each stage, as long as its count."""
    most = max((step.count for step in steps), default=0)
    pieces = []
    for step in steps:
        words = lettered(step.words, str(step.count))
        look = Look("middle", 1.0, True) if step.is_out else Look()
        drawn = rect(0, step.count / most if most else 0, look, name)
        pieces.append(beneath(words, Piece(BAR, drawn)))
    return drawn_of(pieces, name, title, says)


def drawn_of(pieces: Iterable[Piece], name: str, title: str, says: str) -> Markup:
    """Put pieces beneath one another."""
    pieces = tuple(pieces)
    tops = [0, *accumulate(piece.height + GAP for piece in pieces)]
    marks = Markup("").join(
        Markup('<g transform="translate(0 {})">{}</g>').format(top, piece.marks)
        for piece, top in zip(pieces, tops, strict=False)
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="figure" width="100%" height="{0}" role="img" '
        'aria-labelledby="{1}-title {1}-says"><title id="{1}-title">{2}</title><desc id="{1}-says">{3}</desc>'
        '<defs><pattern id="{1}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="hatch" d="M0 0V6"/></pattern></defs>{4}</svg>'
    ).format(tops[-1], name, title, says, marks)


def bar(row: Row, name: str, look: Look) -> Piece:
    """Draw one answer: its words, its numbers, its bar and the whisker of its interval."""
    words = lettered(row.words, counted(row.share, row.interval))
    track = rect(0, 1, Look("track"), name)
    grid = Markup("").join(Markup('<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>')
                           .format(at, BAR) for at in GRID)  # fmt: skip
    drawn = rect(0, row.share.value or 0, look, name)
    return beneath(words, Piece(BAR, track + grid + drawn + whisker(row.interval)))


def whisker(interval: Interval | None) -> Markup:
    """Draw an interval twice, broad in the colour of the ground and then in ink, so that it is seen on any bar."""
    if interval is None:
        return Markup("")
    low, high, middle = at_share(interval.low), at_share(interval.high), BAR // 2
    top, bottom = middle - CAP, middle + CAP
    return Markup("").join(
        Markup(
            '<line class="{0}" x1="{1}" x2="{2}" y1="{3}" y2="{3}"/><line class="{0}" x1="{1}" x2="{1}" y1="{4}" y2="{5}"/>'
            '<line class="{0}" x1="{2}" x2="{2}" y1="{4}" y2="{5}"/>'
        ).format(kind, low, high, middle, top, bottom)
        for kind in ("halo", "whisker")
    )


def _axis(question: Question) -> Piece:
    """Draw the scale beneath bars, in per cent of those who answered."""
    said = f"per cent of the {question.reach.answered} who answered"
    return scale("0", "100", said)


def scale(low: str, high: str, said: str) -> Piece:
    """Set the ends of a scale, and what it is of between them."""
    marks = Markup(
        '<text class="scale" x="0" y="12">{}</text><text class="scale" x="50%" y="12" text-anchor="middle">{}</text>'
        '<text class="scale" x="100%" y="12" text-anchor="end">{}</text>'
    ).format(low, said, high)
    return Piece(LINE, marks)


def _ordered(rows: Sequence[Row], name: str) -> list[Piece]:
    """Draw ordered answers as one bar that diverges from its middle, and then each with its whisker."""
    looks = [_look(number, len(rows)) for number in range(len(rows))]
    axis = scale("0", "100", f"per cent of the {rows[0].share.of} who answered")
    return [
        _diverging(rows, looks, name),
        *(bar(row, name, look) for row, look in zip(rows, looks, strict=True)),
        axis,
    ]


def _look(number: int, of: int) -> Look:
    """Return how one of several ordered answers looks: one colour to each side of the middle, strongest outermost."""
    if 2 * number == of - 1:
        return Look("middle")
    side = of // 2
    is_less = number < side
    inward = number if is_less else of - 1 - number
    strength = 1 - (1 - PALEST) * inward / max(side - 1, 1) if side > 1 else 1.0
    return Look("warm" if is_less else "cool", round(strength, 2), is_less)


def _diverging(rows: Sequence[Row], looks: Sequence[Look], name: str) -> Piece:
    """Draw the answers side by side, so that half of the middle one, or the border between two, stands in the centre.

    Half the width is all respondents, whatever the question, so that two questions can be compared by eye.
    """
    shares = [row.share.value or 0 for row in rows]
    middle = len(shares) // 2
    left = sum(shares[:middle]) + (shares[middle] / 2 if len(shares) % 2 else 0)
    edges = [0.5 + (edge - left) / 2 for edge in (0.0, *accumulate(shares))]
    height = BAR + 8
    marks = Markup("")
    for (start, end), look, row in zip(pairwise(edges), looks, rows, strict=True):
        marks += rect(start, end, look, name, height)
        if end - start >= 0.04:  # less than 13 pixels on a phone; the count stands with its own bar below
            marks += Markup('<text class="count" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                at_share((start + end) / 2), height // 2 + 5, row.share.count
            )
    zero = Markup('<line class="zero" x1="50%" x2="50%" y1="-3" y2="{}"/>').format(height + 3)
    ends = Markup(
        '<text class="scale" x="0" y="{0}">\N{LEFTWARDS ARROW} {1}</text><text class="scale" x="100%" y="{0}" '
        'text-anchor="end">{2} \N{RIGHTWARDS ARROW}</text>'
    ).format(height + 16, _cut(rows[0].words), _cut(rows[-1].words))
    return Piece(height + LINE + 4, marks + zero + ends)


def _cut(words: str, most: int = 18) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _numbers(numbers: Numbers) -> list[Piece]:
    """Draw a box strip: all answers as a line, the middle half as a box, the median as a bar across it."""
    ends = (numbers.least, numbers.lower_quartile, numbers.median, numbers.upper_quartile, numbers.most)
    if any(end is None for end in ends):
        return []
    low, first, median, third, high = (float(end) for end in ends if end is not None)
    unit = f" {unit_words(numbers.unit)}" if numbers.unit not in ("", "1") else ""
    words = lettered(
        f"median {figures_of(median)}{unit}, quartiles {figures_of(first)} and {figures_of(third)}", f"n = {numbers.n}"
    )
    return [
        beneath(words, strip(low, (first, median, third), high)),
        scale(figures_of(low), figures_of(high), unit.strip()),
    ]


def _days(days: Days) -> list[Piece]:
    """Draw days as a line from the first to the last, with the median across it."""
    if days.earliest is None or days.median is None or days.latest is None:
        return []
    words = lettered(f"median {day_words(days.median)}", f"n = {days.n}")
    low, median, high = (day.toordinal() for day in (days.earliest, days.median, days.latest))
    return [beneath(words, strip(low, (median, median, median), high)),
            scale(day_words(days.earliest), day_words(days.latest), "")]  # fmt: skip


def strip(low: float, quartiles: tuple[float, float, float], high: float) -> Piece:
    """Draw a line from end to end, a box on its middle half, and the median across it."""
    breadth = (high - low) or 1.0
    first, median, third = ((each - low) / breadth if high > low else 0.5 for each in quartiles)
    return Piece(
        BAR + 6,
        Markup(
            '<line class="whisker" x1="0" x2="100%" y1="10" y2="10"/><rect class="box" x="{}" y="2" width="{}" height="16"/>'
            '<line class="median" x1="{}" x2="{}" y1="0" y2="20"/>'
        ).format(at_share(first), at_share(max(third - first, 0.004)), at_share(median), at_share(median)),
    )


def lettered(text: str, numbers: str) -> Piece:
    """Set an answer's words over its bar, and its numbers at the end of the last line, or beneath where it is full."""
    lines = textwrap.wrap(text, LETTERS) or [""]
    is_full = WORDS_WIDE * len(lines[-1]) + NUMBERS_WIDE * (len(numbers) + 2) > NARROWEST
    marks = Markup("").join(
        Markup('<text x="0" y="{}">{}</text>').format(LINE * at + 13, line) for at, line in enumerate(lines)
    )
    last = len(lines) - 1 + is_full
    marks += Markup('<text class="numbers" x="100%" y="{}" text-anchor="end">{}</text>').format(
        LINE * last + 13, numbers
    )
    return Piece(LINE * (last + 1), marks)


def beneath(words: Piece, drawn: Piece) -> Piece:
    """Put what is drawn beneath its words."""
    marks = words.marks + Markup('<g transform="translate(0 {})">{}</g>').format(words.height, drawn.marks)
    return Piece(words.height + drawn.height, marks)


def rect(start: float, end: float, look: Look, name: str, height: int = BAR) -> Markup:
    """Draw a rectangle between two shares of the width."""
    if end <= start:
        return Markup("")
    x, width = at_share(start), at_share(end - start)
    drawn = Markup('<rect class="{}" x="{}" width="{}" height="{}" fill-opacity="{:g}"/>').format(
        look.kind, x, width, height, look.strength
    )
    if look.is_hatched:
        drawn += Markup('<rect x="{}" width="{}" height="{}" fill="url(#{}-hatch)"/>').format(x, width, height, name)
    return drawn


def at_share(share: float) -> str:
    """Place a share of the width."""
    return f"{100 * share:.2f}%"


@cache
def _style(*more: Path) -> str:
    """Return the style of the figures with its colours written out, for not every program that draws SVG knows names of them."""
    style = "\n".join(path.read_text(encoding="utf-8") for path in (STYLE, *more))
    colours = dict(re.findall(r"--(\w+): ([^;]+);", style))
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], style.partition("}\n")[2]).strip()


def alone(drawn: Markup, label: str, under: Sequence[str] = (), *styles: Path) -> str:
    """Return a figure as a file of its own, with its colours, the label of what it shows above it, and what stands under it."""
    height = int(re.findall(r'height="(\d+)"', str(drawn))[0])
    lines = textwrap.wrap(label, ALONE // 10)
    top = MARGIN + LINE * len(lines) + (GAP if lines else 0)
    said = _lines("loud", lines, MARGIN)
    foot = [line for paragraph in under for line in (*textwrap.wrap(paragraph, ALONE // 7), "")]
    said += _lines("scale", foot, top + height + (GAP if foot else 0))
    tall = top + height + (GAP + LINE * len(foot) if foot else 0)
    inner = str(drawn).replace('width="100%"', f'x="{MARGIN}" y="{top}" width="{ALONE}"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" width="{ALONE + 2 * MARGIN}" height="{tall}">'
        f'<style>{_style(*styles)}</style><rect width="100%" height="100%" fill="#fff"/>{said}{inner}</svg>\n'
    )


def _lines(kind: str, lines: Sequence[str], top: int) -> Markup:
    return Markup("").join(
        Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, MARGIN, top + LINE * at + 13, line)
        for at, line in enumerate(lines)
    )
