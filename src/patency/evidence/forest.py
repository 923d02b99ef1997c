"""A table of studies as a forest plot: SVG that stands alone, and text.

A Table (together.py) goes in. Each study is a square as large as its weight with its interval, each summary a diamond,
and where a further study would be expected a thin bar; all in black on white, told apart by shape and by words, so that
it reads in grey and for the colour-blind. Counts stand on each line, definitions and the rest below the figure.
"""

import math
from collections.abc import Iterator, Sequence
from textwrap import wrap
from xml.sax.saxutils import escape

from patency.evidence.effect import Measure
from patency.evidence.pool import Pooled
from patency.evidence.together import Line, Table
from patency.fault import listed
from patency.percent import ratio
from patency.share import Interval

WIDE, LINE, PLOT_FROM, PLOT_TO, TOP = 980, 26, 470, 770, 60
_SQUARE_LEAST, _SQUARE_MOST = 5.0, 16.0
_FURTHEST = 100.0  # a ratio beyond this, or its inverse, ends in an arrow
NO_CAUSE = "Studies without a control, and single arms, say what came after a treatment and not because of it."
DECODED = "a count marked † was worked out from a percentage and is not printed in the source"


def says(table: Table) -> str:
    """Say in one line what is compared."""
    measure = table.asked.measure
    return f"{table.outcome}, {'share of those treated' if measure is Measure.SHARE else measure.value}"


def number(measure: Measure, value: float) -> str:
    """Write a value as its measure is read: ratios plain, the rest in percent."""
    return f"{value:.2f}" if measure.is_ratio else f"{100 * value:.1f}%"


def spanned(measure: Measure, value: float, interval: Interval) -> str:
    """Write a value with its interval."""
    low, high = (number(measure, end) for end in interval)
    return f"{number(measure, value)} ({low} to {high})"


def counts(line: Line) -> str:
    """Write the counts of a study, its treated arm first; a decoded one bears a dagger."""
    dagger = "†" if line.is_decoded else ""
    return " v ".join(f"{share.count}/{share.of}{dagger}" for share in line.shares)


def value_of(line: Line) -> str:
    """Write what a study found; of a share alone, its count says it and Wilson's interval stands beside it."""
    measure = line.effect.measure
    if measure is not Measure.SHARE:
        return spanned(measure, line.effect.value, line.effect.interval)
    (share,) = line.shares
    interval = share.interval
    assert interval is not None, "nobody is pooled"  # _line leaves those out
    return f"{ratio(share.count, share.of)} ({' to '.join(number(measure, end) for end in interval)})"


def notes(table: Table) -> tuple[str, ...]:
    """Say what stands below the figure: definitions, times, denominators, method, what was left out."""
    lines = table.lines
    of = sum(share.of for line in lines for share in line.shares)
    said = [
        f"Definition: {'; '.join(table.definitions)}."
        + (" Pooled across definitions because it was asked for." if len(table.definitions) > 1 else ""),
        f"Counted: each {lines[0].reported.unit}; {of} in {len(lines)} {'study' if len(lines) == 1 else 'studies'}.",
        f"At: {'; '.join(f'{line.study.short}, {line.reported.at}' for line in lines)}.",
        f"Sources: {'; '.join(_cited(line) for line in lines)}.",
    ]
    if table.asked.measure is not Measure.SHARE:
        said.append("Worked out from counts, unadjusted; a paper may print an adjusted effect.")
    if any(line.effect.has_halves for line in lines):
        halves = listed([line.study.short for line in lines if line.effect.has_halves], "and")
        said.append(f"Half a person was added to each cell of {halves}, which has a cell of zero.")
    if any(line.is_decoded for line in lines):
        said.append(f"† {DECODED}.")
    said += [*map(spread, table.summaries), _narrower(table)]
    said.append(_left_out(table))
    if table.asked.measure is Measure.SHARE or any(line.study.design != "randomised trial" for line in lines):
        said.append(NO_CAUSE)
    return tuple(filter(None, said))


def _left_out(table: Table) -> str:
    """Say which studies report the outcome and are not in the figure, by the reason."""
    by_reason: dict[str, list[str]] = {}
    for each in table.left_out:
        by_reason.setdefault(each.why, []).append(each.short)
    told = [f"{why} ({'; '.join(names)})" for why, names in by_reason.items()]
    return f"Left out: {listed(told, 'and')}." if told else ""


def _narrower(table: Table) -> str:
    """Warn where few studies that agree make the interval of Hartung and Knapp too short (Jackson and others 2017)."""
    if not table.summaries:
        return ""
    alike, differing = table.summaries[0], table.summaries[-1]
    if differing.high - differing.low >= alike.high - alike.low:
        return ""
    return "The random effects' interval is the narrower here, which chance brings about where few studies agree: trust the wider."


def _cited(line: Line) -> str:
    return ", ".join(f"{each.source} ({each.at}; {each.mark.words})" for each in line.reported.citations)


def spread(pooled: Pooled) -> str:
    """Say how far the studies differ, and by which formulas; of a fixed effect, nothing: it takes them to be alike."""
    if pooled.tau2 is None or pooled.tau2_interval is None:
        return ""
    low, high = pooled.tau2_interval
    said = (
        f"Q {pooled.q:.2f} on {pooled.studies - 1} (p {pooled.q_p:.3f}), I² {100 * pooled.share_between:.0f}%, "
        f"τ² {pooled.tau2:.4f} ({low:.4f} to {high:.4f}). I² is τ² / (τ² + the typical sampling variance), with REML's τ², as R's "
        f"metafor has it (Higgins and Thompson 2002; Viechtbauer 2010); as (Q − df) / Q it would be {100 * pooled.share_by_q:.0f}%. "
        "The interval of τ² is by Q profile (Viechtbauer 2007)."
    )
    expected = pooled.prediction
    where = (
        f" A further study would be expected between {number(pooled.measure, expected.low)} and {number(pooled.measure, expected.high)}: "
        f"the 95% prediction interval, of t with k − 1 = {pooled.studies - 1} degrees of freedom times √(τ² + error²), the error by "
        "Hartung and Knapp, as metafor has it (Higgins, Thompson and Spiegelhalter 2009 take k − 2)."
        if expected
        else ""
    )
    few = " From so few studies the spread between them is hardly known." if pooled.studies < 5 else ""
    return said + where + few


def to_text(table: Table, width: int = 100) -> str:
    """Lay a forest plot out for a terminal."""
    lines = [says(table), ""]
    name = max(
        len(each) for each in [*(line.study.short for line in table.lines), *(p.method for p in table.summaries)]
    )
    count = max(len(counts(line)) for line in table.lines)
    for line in table.lines:
        lines.append(f"{line.study.short:{name}}  {counts(line):>{count}}  {value_of(line)}")
    for pooled in table.summaries:
        lines.append(f"{pooled.method:{name}}  {'':{count}}  {spanned(pooled.measure, pooled.value, pooled.interval)}")
    for note in notes(table):
        lines += ["", *wrap(note, width, break_on_hyphens=False)]
    return "\n".join(lines) + "\n"


def to_svg(table: Table) -> str:
    """Draw a forest plot that needs no stylesheet."""
    rows = len(table.lines) + len(table.summaries)
    below = [part for note in notes(table) for part in wrap(note, 140, break_on_hyphens=False)]
    axis = TOP + rows * LINE + 16
    height = axis + 50 + 17 * len(below)
    scale = _Scale(table)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}" role="img" ',
        f'font-family="sans-serif" font-size="14"><title>{escape(says(table))}</title>',
        f'<rect width="{WIDE}" height="{height}" fill="#fff"/>',
        _text(12, 24, says(table), "bold"),
        *scale.neutral(axis),
        *_axis(scale, axis),
    ]
    weights = _weights(table)
    for at, line in enumerate(table.lines):
        drawn += _study(line, weights[at], TOP + at * LINE, scale)
    for at, pooled in enumerate(table.summaries, len(table.lines)):
        drawn += _summary(pooled, TOP + at * LINE, scale)
    drawn += [_text(12, axis + 48 + 17 * at, part, size=12) for at, part in enumerate(below)]
    return "".join(drawn) + "</svg>\n"


def _weights(table: Table) -> list[float]:
    parts = [1 / line.effect.variance for line in table.lines]
    return [part / max(parts) for part in parts]


class _Scale:
    """Where a value lies across the plot: ratios by their logarithm."""

    def __init__(self, table: Table) -> None:
        self.measure = table.asked.measure
        ends = [end for line in table.lines for end in _interval(line)]
        ends += [end for pooled in table.summaries for end in (*pooled.interval, *(pooled.prediction or ()))]
        ends += [] if self.measure.neutral is None else [self.measure.neutral]
        self.least, self.most = min(map(self._on, ends)), max(map(self._on, ends))

    def _on(self, value: float) -> float:
        return math.log(min(max(value, 1 / _FURTHEST), _FURTHEST)) if self.measure.is_ratio else value

    def at(self, value: float) -> float:
        wide = (self.most - self.least) or 1.0
        return PLOT_FROM + (PLOT_TO - PLOT_FROM) * (self._on(value) - self.least) / wide

    def ticks(self) -> Sequence[float]:
        if self.measure.is_ratio:
            steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
            return [step for step in steps if self.least <= math.log(step) <= self.most]
        return [step / 10 for step in range(-10, 11) if self.least <= step / 10 <= self.most]

    def neutral(self, axis: float) -> Iterator[str]:
        if self.measure.neutral is not None:
            x = self.at(self.measure.neutral)
            yield f'<line x1="{x:.1f}" y1="{TOP - 18}" x2="{x:.1f}" y2="{axis}" stroke="#000" stroke-dasharray="4 3"/>'


def _interval(line: Line) -> Interval:
    if line.effect.measure is Measure.SHARE:
        return line.shares[0].interval or Interval(0.0, 1.0)
    return line.effect.interval


def _axis(scale: _Scale, y: float) -> Iterator[str]:
    yield f'<line x1="{PLOT_FROM}" y1="{y}" x2="{PLOT_TO}" y2="{y}" stroke="#000"/>'
    last = -math.inf
    for tick in scale.ticks():
        x = scale.at(tick)
        if x - last < 34:  # figures would run into each other
            continue
        last = x
        words = f"{tick:g}" if scale.measure.is_ratio else f"{100 * tick:.0f}%"
        yield f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 5}" stroke="#000"/>'
        yield _text(x, y + 20, words, anchor="middle", size=12)


def _study(line: Line, weight: float, y: float, scale: _Scale) -> Iterator[str]:
    low, high = _interval(line)
    value = line.effect.value if line.effect.measure is not Measure.SHARE else line.shares[0].value or 0.0
    x, half = scale.at(value), (_SQUARE_LEAST + (_SQUARE_MOST - _SQUARE_LEAST) * math.sqrt(weight)) / 2
    yield _text(12, y + 5, line.study.short)
    yield _text(PLOT_FROM - 14, y + 5, counts(line), anchor="end")
    yield f'<line x1="{scale.at(low):.1f}" y1="{y}" x2="{scale.at(high):.1f}" y2="{y}" stroke="#000" stroke-width="1.5"/>'
    yield f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" height="{2 * half:.1f}" fill="#444"/>'
    yield _text(PLOT_TO + 14, y + 5, value_of(line))


def _summary(pooled: Pooled, y: float, scale: _Scale) -> Iterator[str]:
    low, high = (scale.at(end) for end in pooled.interval)
    x = scale.at(pooled.value)
    if pooled.prediction:
        first, last = (scale.at(end) for end in pooled.prediction)
        yield f'<line x1="{first:.1f}" y1="{y}" x2="{last:.1f}" y2="{y}" stroke="#000" stroke-width="3" stroke-dasharray="2 2"/>'
    yield _text(12, y + 5, pooled.method, "bold")
    yield (
        f'<path d="M{low:.1f} {y}L{x:.1f} {y - 7}L{high:.1f} {y}L{x:.1f} {y + 7}Z" fill="#fff" stroke="#000" stroke-width="1.5"/>'
    )
    yield _text(PLOT_TO + 14, y + 5, spanned(pooled.measure, pooled.value, pooled.interval), "bold")


def _text(x: float, y: float, words: str, weight: str = "normal", anchor: str = "start", size: int = 14) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-weight="{weight}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'
