"""The outcomes of groups as SVG: curves with their bands and the counts beneath them.

Figures that may be shown go in, a drawing comes out, by the ways of figure.py: everything across is a per cent of the
drawing's own width, and lines of words are short, so that the letters are as large on a phone as on a desk and on paper.
A curve lies in a frame of its own that is stretched across, with lines that stay as thin as they are.

Up to three groups share a frame, told apart by dashes and by a letter at each end; of more each has its own, with the
others pale behind it: bands that lie upon one another cannot be read in grey. Groups that are withheld are named, with why.

Not here: what is drawn of a curve (course.py), shares and numbers (bars.py), the table beside it (outcome_tables.py), and
the colours (curve.css).
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from patency.outcome.estimated import ALL, Point
from patency.outcome.words import AT_RISK, BETWEEN, STILL_FREE
from patency.publish.bars import SHORT, numbers, paragraph, shares, stacked
from patency.publish.course import Box, Course, Step, course_of
from patency.publish.figure import LETTERS, LINE, Piece, drawn_of

if TYPE_CHECKING:
    from patency.outcome.few import Shown

LEFT, RIGHT = 0.18, 0.96  # of the width, where a frame begins and ends: before it stand the words of the counts
TALL, LOW = 190, 120  # pixels: a frame of several curves or of everybody, and one of many
BROAD = 1000  # units of a frame across, which are stretched to its width
NEXT = 0.115  # of the width: what two numbers of three digits beneath a frame need on a phone
# Where the scale of an incidence may end, and in how many parts; that of who is free is whole.
TOPS = {0.1: 5, 0.25: 5, 0.5: 5, 1.0: 4}
KINDS = ("first", "second", "third")
EVERYBODY = "everybody"
BY_MONTHS = "dot: the share at that month, with its 95% interval; the line between two dots leads the eye alone"
APART = 15  # pixels between the letters at the ends of curves


def curves(figures: "Sequence[Shown]", words: Mapping[str, str], name: str, title: str, says: str,
           label: str = "") -> Markup:  # fmt: skip
    """Draw one outcome of everybody and of each group; of nothing that may be shown there is no drawing."""
    parts = _parts(figures, words, name)
    return (
        drawn_of([*_loud(label), *(piece for part in parts for piece in part)], name, title, says)
        if parts
        else Markup("")
    )


def parted(figures: "Sequence[Shown]", words: Mapping[str, str], name: str, title: str, says: str,
           label: str = "") -> tuple[Markup, ...]:  # fmt: skip
    """Draw the same, each frame by itself: what is higher than a sheet cannot be printed whole."""
    return tuple(
        drawn_of([*_loud(label), *part], f"{name}-{at}" if at else name, title, says)
        for at, part in enumerate(_parts(figures, words, name))
    )


def _loud(label: str) -> list[Piece]:
    return [paragraph(label, "loud", LETTERS - 4)] if label else []


def _parts(figures: "Sequence[Shown]", words: Mapping[str, str], name: str) -> list[list[Piece]]:
    """Return the pieces of each part of a drawing, the first with all that the others need."""
    named = {**words, ALL: words.get(ALL) or EVERYBODY}
    shown = [each for each in figures if not each.withheld]
    first, *others = _courses(shown, named) or [[]]
    first += [*shares(shown, named, name), *numbers(shown, named)]
    if not first:
        return []
    return [[*first, *(paragraph(line, "scale") for line in _withheld(figures, named))], *others]


def _withheld(figures: "Sequence[Shown]", named: Mapping[str, str]) -> list[str]:
    """Name the groups that are not shown, by why."""
    by_why: dict[str, list[str]] = {}
    for each in figures:
        if each.withheld:
            by_why.setdefault(each.withheld, []).append(named[each.figure.group])
    return [f"{'; '.join(names)}: {why}" for why, names in by_why.items()]


# Curves.


def _courses(shown: "Sequence[Shown]", named: Mapping[str, str]) -> list[list[Piece]]:
    courses = [course for each in shown if (course := course_of(each))]
    if not courses:
        return []
    frame = _Frame(courses)
    whole = [frame.panel([each], named, TALL) for each in courses if each.group == ALL]
    groups = [each for each in courses if each.group != ALL]
    if len(groups) > len(KINDS):
        others = [frame.panel([each], named, LOW, [other for other in groups if other is not each]) for each in groups]
    else:
        others = [frame.panel(groups, named, TALL)] if groups else []
    panels = [*whole, *others]
    return [[paragraph(frame.upright, "scale", SHORT), panels[0], *_foot(courses)], *([panel] for panel in panels[1:])]


def _foot(courses: Sequence[Course]) -> Iterator[Piece]:
    yield paragraph(f"months from {courses[0].figure.definition.origin.words}", "scale", SHORT)
    if any(each.marks for each in courses):
        yield paragraph(BY_MONTHS, "scale", SHORT)
    if any(each.boxes for each in courses):
        yield _key()


class _Frame:
    """What all frames of one outcome share: how far they reach, across and upward."""

    def __init__(self, courses: Sequence[Course]) -> None:
        self.kept = courses[0].figure.kept
        self.last = max(each.until for each in courses)
        most = max(_highest(each) for each in courses)
        self.top = 1.0 if self.kept else next((top for top in TOPS if most <= top), 1.0)
        self.rungs = [at / TOPS[self.top] for at in range(TOPS[self.top] + 1)]
        self.months = _months(courses, self.last)

    @property
    def upright(self) -> str:
        """What the scale upward shows."""
        what = STILL_FREE if self.kept else "had the event"
        short = "" if self.top == 1 else f" (the scale ends at {100 * self.top:g}%)"
        return f"per cent who {what}{short}" if not self.kept else f"per cent {what}{short}"

    def across(self, month: float) -> float:
        """Place a month as a share of the drawing's width."""
        return LEFT + (RIGHT - LEFT) * month / self.last

    def panel(self, courses: Sequence[Course], named: Mapping[str, str], tall: int,
              behind: Sequence[Course] = ()) -> Piece:  # fmt: skip
        """Draw curves in one frame, with their names above and the counts beneath."""
        letters = [chr(ord("A") + at) if len(courses) > 1 else "" for at in range(len(courses))]
        parts = [
            _headed(course, named[course.group], letter, KINDS[at])
            for at, (course, letter) in enumerate(zip(courses, letters, strict=True))
        ]
        parts += [Piece(8, Markup("")), self._plot(courses, tall, letters, behind), self._scale()]
        parts += [self._counts(course, letter) for course, letter in zip(courses, letters, strict=True)]
        return stacked(parts)

    def _plot(self, courses: Sequence[Course], tall: int, letters: Sequence[str], behind: Sequence[Course]) -> Piece:
        grid = Markup("").join(self._line(share, tall) for share in self.rungs)
        inside = Markup("").join(_path(self._steps(other, tall), "behind") for other in behind)
        inside += Markup("").join(_band(self._edges(each, tall), KINDS[at]) for at, each in enumerate(courses))
        inside += Markup("").join(
            _path(self._steps(each, tall), f"curve {KINDS[at]}") for at, each in enumerate(courses)
        )
        frame = Markup(
            '<svg class="plot" x="{:.2f}%" width="{:.2f}%" height="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>'
        ).format(100 * LEFT, 100 * (RIGHT - LEFT), tall, BROAD, tall, inside)
        marks = Markup("").join(
            self._marks(each, KINDS[at], 4 * (2 * at - len(courses)), tall) for at, each in enumerate(courses)
        )
        return Piece(tall + 2, grid + frame + marks + self._letters(courses, letters, tall))

    def _line(self, share: float, tall: int) -> Markup:
        """Draw a line of the grid with its per cent before it."""
        kind = "foot" if share == 0 else "line"
        return Markup(
            '<line class="{0}" x1="{1:.2f}%" x2="{2:.2f}%" y1="{3:.1f}" y2="{3:.1f}"/>'
            '<text class="scale" x="{1:.2f}%" dx="-6" y="{4:.1f}" text-anchor="end">{5:g}</text>'
        ).format(kind, 100 * LEFT, 100 * RIGHT, tall * (1 - share), tall * (1 - share) + 4, 100 * self.top * share)

    def _steps(self, course: Course, tall: int) -> str:
        if course.marks:
            start = (0.0, 1.0 if self.kept else 0.0)
            points = [start, *((each.month, each.value or 0.0) for each in course.marks)]
            return "M" + "L".join(f"{self._x(month)} {self._y(share, tall)}" for month, share in points)
        path = [f"M{self._x(0)} {self._y(course.steps[0].share, tall)}"]
        path += [f"H{self._x(each.month)}V{self._y(each.share, tall)}" for each in course.steps[1:]]
        return "".join((*path, f"H{self._x(course.until)}"))

    def _edges(self, course: Course, tall: int) -> str:
        """Outline the band of a curve: along its upper ends, and back along its lower ones."""
        ends = [*course.steps[1:], Step(course.until, 0.0, None, None)] if course.steps else []
        upper, lower = [], []
        for here, after in pairwise(ends):
            if here.low is None or here.high is None:
                continue
            span = (self._x(here.month), self._x(after.month))
            upper += [f"{x} {self._y(here.high, tall)}" for x in span]
            lower += [f"{x} {self._y(here.low, tall)}" for x in span]
        return f"M{'L'.join([*upper, *reversed(lower)])}Z" if upper else ""

    def _marks(self, course: Course, kind: str, aside: int, tall: int) -> Markup:
        """Draw the boxes of Turnbull's curve, and the shares at months where no steps may be shown."""
        drawn = Markup("")  # boxes of several curves stand side by side
        for box in course.boxes:
            if box.month not in self.months:
                continue
            height = max(tall * (box.most - box.least) / self.top, 4)
            middle = (self._y(box.most, tall) + self._y(box.least, tall)) / 2
            drawn += self._whisker(box, aside + 4, tall) + Markup(
                '<rect class="between {}" x="{:.2f}%" transform="translate({} 0)" width="8" y="{:.1f}" height="{:.1f}"/>'
            ).format(kind, 100 * self.across(box.month), aside, middle - height / 2, height)
        return drawn + Markup("").join(self._mark(point, tall) for point in course.marks)

    def _whisker(self, box: Box, aside: int, tall: int) -> Markup:
        if box.low is None or box.high is None:
            return Markup("")
        return Markup(
            '<line class="whisker" x1="{0:.2f}%" x2="{0:.2f}%" transform="translate({1} 0)" y1="{2:.1f}" y2="{3:.1f}"/>'
        ).format(100 * self.across(box.month), aside, self._y(box.low, tall), self._y(box.high, tall))

    def _mark(self, point: Point, tall: int) -> Markup:
        at = 100 * self.across(point.month)
        drawn = Markup("")
        if point.interval is not None:
            drawn = Markup('<line class="whisker" x1="{0:.2f}%" x2="{0:.2f}%" y1="{1:.1f}" y2="{2:.1f}"/>').format(
                at, self._y(point.interval.low, tall), self._y(point.interval.high, tall)
            )
        return drawn + Markup('<circle class="mark" cx="{:.2f}%" cy="{:.1f}" r="4"/>').format(
            at, self._y(point.value or 0.0, tall)
        )

    def _letters(self, courses: Sequence[Course], letters: Sequence[str], tall: int) -> Markup:
        """Set a letter beside the end of each curve, and none upon another."""
        ends = sorted(
            (self._y(_last(each), tall), self.across(each.until), letter)
            for each, letter in zip(courses, letters, strict=True)
            if letter
        )
        drawn, free = Markup(""), 0.0
        for y, x, letter in ends:
            free = max(y, free)
            drawn += Markup('<text class="letter" x="{:.2f}%" dx="4" y="{:.1f}">{}</text>').format(
                100 * x, free + 5, letter
            )
            free += APART
        return drawn

    def _scale(self) -> Piece:
        marks = Markup("").join(
            Markup('<text class="scale" x="{:.2f}%" y="13" text-anchor="middle">{:g}</text>').format(
                100 * self.across(month), month
            )
            for month in self.months
        )
        return Piece(LINE, marks)

    def _counts(self, course: Course, letter: str) -> Piece:
        """Set beneath a frame how many were at risk, had the event, died before it and were censored, up to each month."""
        lines = _lines_of(course, self.months)
        parts = []
        for words, counts in lines.items():
            marks = Markup('<text class="scale" x="0" y="12">{}</text>').format(f"{letter} {words}".strip())
            for month, count in counts.items():
                if letter and month == 0:
                    continue  # all of them, whose count stands above; here is no room for it
                marks += Markup('<text class="tally" x="{:.2f}%" y="12" text-anchor="middle">{}</text>').format(
                    100 * self.across(month), count
                )
            parts.append(Piece(15, marks))
        return stacked([*parts, Piece(4, Markup(""))])

    def _x(self, month: float) -> float:
        return round(BROAD * month / self.last, 2)

    def _y(self, share: float, tall: int) -> float:
        return round(tall * (1 - min(share, self.top) / self.top), 2)


def _highest(course: Course) -> float:
    ends = [each.high if each.high is not None else each.share for each in course.steps]
    marks = [each.interval.high if each.interval else each.value or 0.0 for each in course.marks]
    return max([*ends, *marks, *(box.high if box.high is not None else box.most for box in course.boxes)], default=1.0)


def _last(course: Course) -> float:
    return course.steps[-1].share if course.steps else course.marks[-1].value or 0.0


def _months(courses: Sequence[Course], last: float) -> list[float]:
    """Choose the months that are counted beneath: the last ones first, as close as they can be read on a phone."""
    found = sorted({0.0, *(point.month for each in courses for point in each.figure.points if point.month <= last)})
    chosen: list[float] = []
    for month in reversed(found):
        far = (chosen[-1] - month) / last * (RIGHT - LEFT) if chosen else 1.0
        room = month / last * (RIGHT - LEFT)  # to the first, which always stands
        if month == 0 or (far >= NEXT and room >= NEXT):
            chosen.append(month)
    return chosen[::-1]


def _lines_of(course: Course, months: Sequence[float]) -> dict[str, dict[float, int]]:
    if not course.tallies:
        return {AT_RISK: {each.month: each.at_risk for each in course.marks if each.month in months and each.at_risk}}
    tallies = [each for each in course.tallies if each.month in months]
    later = [each for each in tallies if each.month > 0]
    lines = {AT_RISK: {each.month: each.at_risk for each in tallies}}
    lines["events"] = {each.month: each.events for each in later}
    if any(each.deaths for each in course.tallies):
        lines["died"] = {each.month: each.deaths for each in later}
    return lines | {"censored": {each.month: each.censored for each in later}}


def _headed(course: Course, words: str, letter: str, kind: str) -> Piece:
    """Name a curve over its frame, with a piece of its line."""
    figure = course.figure
    died = f", {figure.deaths} died before it" if figure.deaths else ""
    had = "lost it" if figure.kept else "had it"
    text = f"{figure.events} of {figure.units} {figure.definition.unit.plural} {had}{died}"
    cut = f"; drawn {course.cut}" if course.cut else ""
    head = textwrap.wrap(words, LETTERS - 6)
    marks = Markup('<line class="curve {}" x1="0" x2="30" y1="8" y2="8"/>').format(kind)
    marks += Markup("").join(
        Markup('<text class="head" x="38" y="{}">{}</text>').format(LINE * at + 13, line)
        for at, line in enumerate([f"{letter}  {head[0]}".strip(), *head[1:]])
    )
    return stacked([Piece(LINE * len(head), marks), paragraph(text + cut, "numbers", LETTERS + 4)])


def _key() -> Piece:
    """Say what the boxes are."""
    words = paragraph(BETWEEN, "scale", SHORT - 4)
    box = Markup('<rect class="between" x="2" y="3" width="8" height="12"/><g transform="translate(20 0)">{}</g>')
    return Piece(words.height, box.format(words.marks))


def _path(line: str, kind: str) -> Markup:
    return Markup('<path class="{}" d="{}"/>').format(kind, line)


def _band(edges: str, kind: str) -> Markup:
    return Markup('<path class="band {}" d="{}"/>').format(kind, edges) if edges else Markup("")
