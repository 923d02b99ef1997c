"""A chart as SVG: one row to each question and end, from top to bottom, indented where it branches.

Of the answers to a question, those that end come first, and the last question goes straight on, so
that the way through is a line down the page. The drawing is cut between rows into strips, each low
enough for a sheet of paper. All colours and fonts come from the stylesheet.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from patency.consult.beside import SIGNS
from patency.guideline.model import Library, Rule, Saying
from patency.publish.chart import Branch, Chart, End, Question, Step, ends_of, numbered
from patency.source import is_unverified

WIDTH, INDENT, LINE, PAD, GAP, TRUNK = 760, 30, 19, 9, 12, 15
TALLEST = 240  # of a strip; a sheet of paper is filled with as many as it has room for
SIZE = 14  # of letters, as the stylesheet has it
NO_RULE, OUT_OF_SCOPE = "no rule: it says nothing here", "out of scope"


class Word(NamedTuple):
    """A word of a row, and whether it is set in bold."""

    text: str
    is_bold: bool = False


class Row(NamedTuple):
    """A box of the drawing: what stands in it, line by line, and how deep it is indented."""

    kind: str
    depth: int
    lines: tuple[tuple[Word, ...], ...]
    parent: int
    is_straight: bool

    @property
    def height(self) -> int:
        """How high its box is."""
        return len(self.lines) * LINE + 2 * PAD

    @property
    def left(self) -> int:
        """Where its box begins."""
        return self.depth * INDENT


def to_svg(chart: Chart, library: Library) -> Markup:
    """Draw a chart as SVG, in strips from top to bottom."""
    rows = tuple(_rows(chart, library))
    tops = [0]
    for row in rows:
        tops.append(tops[-1] + row.height + GAP)
    return Markup("\n").join(_strip(rows, tops, first, past) for first, past in _strips(rows))


def _rows(chart: Chart, library: Library) -> Iterator[Row]:
    numbers = numbered(chart)
    drawn: set[Question] = set()
    waiting: list[tuple[Step, str, int, int, bool]] = [(chart.root, "", 0, -1, True)]
    at = -1
    while waiting:
        step, answer, depth, parent, is_straight = waiting.pop()
        at += 1
        said = _words(f"{answer}:", True) if answer else ()
        width = WIDTH - depth * INDENT - 2 * PAD
        if isinstance(step, End):
            lines = [*_wrapped((*said, *_end_words(step)), width)]
            for rule in step.rules:
                for saying in sayings_on(rule, chart):
                    lines += _wrapped(_words(saying_words(saying, library)), width, "    ")
            yield Row("end" if step.rules else "end none", depth, tuple(lines), parent, is_straight)
        elif step in drawn:
            words = (*said, *_words(f"go on at {numbers[step]}"))
            yield Row("see", depth, tuple(_wrapped(words, width)), parent, is_straight)
        else:
            drawn.add(step)
            words = (*said, *_words(str(numbers[step]), True), *_words(step.asks))
            yield Row("question", depth, tuple(_wrapped(words, width)), parent, is_straight)
            ordered = in_order(step)
            for number, branch in reversed(list(enumerate(ordered))):
                goes_on = number == len(ordered) - 1 and isinstance(branch.leads, Question)
                waiting.append((branch.leads, branch.answer, depth + (not goes_on), at, goes_on))


def in_order(question: Question) -> list[Branch]:
    """Put the answers of a question in the order in which they are drawn: those that end first, the longest way last."""
    return sorted(question.branches, key=lambda branch: (isinstance(branch.leads, Question), ends_of(branch.leads)))


def sayings_on(rule: Rule, chart: Chart) -> list[Saying]:
    """Return what a rule says on the decision of a chart."""
    return [saying for saying in rule.says if saying.option in chart.decision.options]


def saying_words(saying: Saying, library: Library) -> str:
    """Say what a rule says of one option, with the sign of its stance."""
    over = f" over {library.options[saying.over].words}" if saying.over else ""
    note = f" ({saying.note})" if saying.note else ""
    doubt = "not confirmed: " if is_unverified(saying.citations) else ""
    words = f"{library.options[saying.option].words}{over}: {doubt}{saying.grade.words}{note}"
    return f"{SIGNS[saying.grade.stance]} {words}"


def _end_words(end: End) -> Iterator[Word]:
    if not end.rules:
        yield from _words(NO_RULE if end.is_in_scope else OUT_OF_SCOPE)
    else:
        yield from _words(f"rule{'s' * (len(end.rules) > 1)}")
        yield from _words(", ".join(rule.id for rule in end.rules), True)


def _words(text: str, is_bold: bool = False) -> tuple[Word, ...]:
    return tuple(Word(each, is_bold) for each in text.split())


def _wrapped(words: Iterable[Word], width: float, hang: str = "") -> list[tuple[Word, ...]]:
    """Break words into lines; the lines after the first begin with the hang."""
    lines: list[list[Word]] = []
    left = 0.0
    for word in words:
        takes = _wide(word.text) + _wide(" ")
        if not lines or takes > left:
            lines.append([Word(hang)] if lines and hang else [])
            left = width - _wide(hang)
        lines[-1].append(word)
        left -= takes
    return [tuple(line) for line in lines]


def _wide(text: str) -> float:
    """Estimate how wide letters are set, in the widest of the usual sans-serif fonts, bold."""
    narrow, broad = "iljtfrI.,:;'|()[]/ -", "mwMW@%●◐○✕▷—"
    return sum(0.42 if each in narrow else 1.02 if each in broad else 0.69 for each in text) * SIZE


def _strips(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Cut the drawing into runs of rows that fit a sheet."""
    first, height = 0, 0
    for number, row in enumerate(rows):
        if number > first and height + row.height > TALLEST:
            yield first, number
            first, height = number, 0
        height += row.height + GAP
    yield first, len(rows)


def _strip(rows: Sequence[Row], tops: Sequence[int], first: int, past: int) -> Markup:
    top, bottom = tops[first], tops[past] - (GAP if past == len(rows) else 0)
    lines = Markup("").join(_line(row, number, rows, tops, top, bottom) for number, row in enumerate(rows))
    boxes = Markup("").join(_box(rows[number], tops[number] - top) for number in range(first, past))
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {0} {1}" width="{0}" height="{1}" aria-hidden="true" '
        'focusable="false">{2}{3}</svg>'
    ).format(WIDTH + 2, bottom - top + 2, lines, boxes)


def _line(row: Row, number: int, rows: Sequence[Row], tops: Sequence[int], top: int, bottom: int) -> Markup:
    """Draw the line from a row's question to the row, as far as it runs through a strip."""
    if row.parent < 0:
        return Markup("")
    start = tops[row.parent] + rows[row.parent].height
    end = tops[number] if row.is_straight else tops[number] + PAD + LINE // 2
    if end < top or start > bottom:
        return Markup("")
    x = rows[row.parent].left + TRUNK
    down = f"M{x} {max(start, top) - top}V{min(end, bottom) - top}"
    across = f"H{row.left}" if not row.is_straight and end <= bottom else ""
    return Markup('<path class="line" d="{}"/>').format(down + across)


def _box(row: Row, top: int) -> Markup:
    shape = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        row.kind, row.left, top, WIDTH - row.left, row.height, 0 if row.kind.startswith("end") else 9
    )
    texts = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(row.left + PAD, top + PAD + LINE * at + SIZE, _spans(line))
        for at, line in enumerate(row.lines)
    )
    return Markup("<g>{}{}</g>").format(shape, texts)


def _spans(line: Sequence[Word]) -> Markup:
    spans = []
    for word in line:
        text = word.text.replace(" ", "\N{NO-BREAK SPACE}")
        spans.append(
            Markup('<tspan class="bold">{}</tspan>').format(text) if word.is_bold else Markup("{}").format(text)
        )
    return Markup(" ").join(spans)
