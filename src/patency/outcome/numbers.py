"""The numbers of a figure, one by one: each with its counts, its interval and the method that it is by.

In: a figure as it may leave (few.py). Out: Numbers, from which text, Markdown, CSV and JSON are all written, so that no
output says more than another, and none prints a percentage without its count, denominator and interval. Values have the digits
that their text has (percent.py): a file tells no more than what is printed.
"""

from collections.abc import Iterator
from typing import NamedTuple

from patency.outcome.definition import Measured
from patency.outcome.estimate.incidence import Incidence
from patency.outcome.estimate.visits import BetweenVisits
from patency.outcome.estimated import RUNS, SEED, Estimated, Median, Point
from patency.outcome.few import Shown
from patency.outcome.tail import fewest_at_risk
from patency.outcome.words import months_words
from patency.percent import WHOLE_BELOW, counted, ends_in_print, in_print, ratio, rounded, span
from patency.share import Interval, Share
from patency.vocabulary import DAYS_A_MONTH

WITHHELD, NONE_SEEN = "withheld", "none seen"
# Which of two curves a number is of, where both are given.
NAIVE = "naive: the loss is taken to come on the day of the scan"
BY_TURNBULL = "by Turnbull: the loss came between two scans"


class Number(NamedTuple):
    """One number: what it measures, in words, and its parts; `of` is its denominator, at risk where it is of a curve."""

    measure: str
    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    of: int | None = None
    month: float | None = None
    unit: str = ""
    method: str = ""


def numbers_of(shown: Shown) -> tuple[Number, ...]:
    """Return the numbers of a figure; of one that is withheld, in words why."""
    figure = shown.figure
    if shown.withheld:
        return (Number(WITHHELD, shown.withheld),)
    if not figure.units:
        return (Number("nobody", "nobody was counted, so there is nothing to tell", of=0),)
    return tuple(_in_print(number, figure.units) for number in (_units(figure), *_kind(figure)))


def _in_print(number: Number, of: int) -> Number:
    """Return a number with the digits that its text has."""
    month = None if number.month is None else float(f"{number.month:.6g}")
    if number.unit == "share":
        of = max(of, WHOLE_BELOW) if number.measure == NONE_SEEN else of  # whose end is printed with a decimal
        value = None if number.value is None else in_print(number.value * of, of)
        low, high = (
            None if end is None else ends_in_print(Interval(end, end), of).low for end in (number.low, number.high)
        )
    else:
        value, low, high = (
            None if each is None else float(rounded(each, 1)) for each in (number.value, number.low, number.high)
        )
        month = None if month is None else float(rounded(month, 1))
    return number._replace(value=value, low=low, high=high, month=month)


def _kind(figure: Estimated) -> Iterator[Number]:
    if figure.summary is not None:
        return _numeric(figure)
    if figure.share is not None:
        return _share(figure, figure.share)
    return _times(figure)


def _units(figure: Estimated) -> Number:
    plural = figure.definition.unit.plural
    text = f"{figure.units} {plural} of {figure.patients} patients"
    return Number("counted", text, count=figure.units, of=figure.patients, unit=plural)


def _share(figure: Estimated, share: Share) -> Iterator[Number]:
    for measure, interval, method in (
        ("share", figure.interval, "Wilson"),
        ("share, exact interval", figure.exact, "Clopper-Pearson"),
    ):
        low, high = interval or (None, None)
        text = f"{counted(share, interval)}, {method}"
        yield Number(measure, text, share.value, low, high, share.count, share.of, unit="share", method=method)
    if not share.count and figure.exact is not None:
        most = f"{rounded(100 * figure.exact.high, 1)}%"
        yield Number(
            NONE_SEEN, f"none of {share.of} is not never: the exact interval of 95% is 0% to {most}",
            0.0, 0.0, figure.exact.high, 0, share.of, unit="share", method="Clopper-Pearson",
        )  # fmt: skip


def _times(figure: Estimated) -> Iterator[Number]:
    yield Number("events", f"{figure.events} with the event of {figure.units}", count=figure.events, of=figure.units,
                 unit=figure.definition.unit.plural)  # fmt: skip
    if figure.definition.competing:
        said = "not shown: they are few" if figure.deaths is None else f"{figure.deaths} of {figure.units}"
        yield Number("deaths before the event", said, count=figure.deaths, of=figure.units,
                     unit=figure.definition.unit.plural)  # fmt: skip
    if figure.followed is not None:
        months = figure.followed / DAYS_A_MONTH
        yield Number("median follow-up", f"{months:.1f} months, of {figure.units} (reverse Kaplan-Meier)", months, of=figure.units,
                     unit="months", method="reverse Kaplan-Meier")  # fmt: skip
    for at, point in enumerate(figure.points):
        yield _point(figure, point)
        if at < len(figure.between) and point.value is not None:
            yield from _between(figure, at)
    yield from _end(figure)
    yield from _restricted(figure)
    yield from _median(figure)
    yield from _cut(figure)


def _median(figure: Estimated) -> Iterator[Number]:
    found = figure.median
    if found is None:
        return
    value, low, high = (None if each is None else each / DAYS_A_MONTH for each in found.ends)
    reach = found.reach / DAYS_A_MONTH
    yield Number("median time", median_words(found, figure.units), value, low, high, of=figure.units, month=reach, unit="months",
                 method=figure.method)  # fmt: skip


def median_words(median: Median, of: int) -> str:
    """Say by when half had the event; what the curve does not reach before it is cut is said, and no lone number stands."""
    value, low, high = (None if each is None else each / DAYS_A_MONTH for each in median.ends)
    half = f" by {value:.1f} months" if value else f": not reached by {median.reach / DAYS_A_MONTH:.1f} months"
    if low and high:
        return f"half had the event{half} ({low:.1f} to {high:.1f}), of {of}"
    lower, upper = (f"{end:.1f} months" if end else "not reached" for end in (low, high))
    return f"half had the event{half} (lower limit {lower}, upper limit {upper}), of {of}"


def _cut(figure: Estimated) -> Iterator[Number]:
    """Yield how far a curve is told, where that is not as far as it goes, and by which rule."""
    if figure.reach is None:
        return
    fewest, reach = fewest_at_risk(figure.units), figure.reach / DAYS_A_MONTH
    if figure.curve is not None:
        text = f"to {reach:.1f} months: the curve is cut where fewer than {fewest} of {figure.units} are at risk"
        yield Number("told as far as", text, reach, count=fewest, of=figure.units, month=reach, unit="months",
                     method=figure.method)  # fmt: skip
    elif figure.points[-1].value is None:  # it is told at months alone (few.py), the last of which may lie before that
        text = f"to {reach:.1f} months, of {figure.units}: no later month is told, for the reason that stands at it"
        yield Number("told as far as", text, reach, of=figure.units, month=reach, unit="months", method=figure.method)


def _point(figure: Estimated, point: Point) -> Number:
    had = "free of the event" if figure.kept else "had the event"
    measure = f"{had} by {months_words(point.month)}"
    if point.value is None:
        return Number(
            measure, point.why or "not known", of=point.at_risk, month=point.month, unit="share", method=figure.method
        )
    found = _curve(figure, measure, point.value, point.interval, point.at_risk, point.month, point.why)
    return found._replace(text=f"{found.text}; {NAIVE}") if figure.between else found


def _curve(  # the parts of one number
    figure: Estimated,
    measure: str,
    value: float,
    interval: Interval | None,
    at_risk: int | None,
    month: float,
    why: str,
) -> Number:
    low, high = interval or (None, None)
    between = f" ({span(interval, figure.units)})" if interval else f" (no interval: {why or 'it is not known'})"
    text = f"{share_words(value, figure.units)}{between}, {at_risk} of {figure.units} at risk"
    return Number(measure, text, value, low, high, at_risk, figure.units, month, "share", figure.method)


def share_words(value: float, of: int) -> str:
    """Write a share of a curve in percent; what is not all or none is never printed so."""
    return ratio(value * of, of)


def _between(figure: Estimated, at: int) -> Iterator[Number]:
    each, point = figure.between[at], figure.points[at]
    if each.least is None or each.most is None:
        return
    text = f"{between_words(each, figure.units)}; {point.at_risk} of {figure.units} at risk; {BY_TURNBULL}"
    yield Number(
        f"free of the event by {months_words(point.month)}, seen at visits", text,
        each.least if each.least == each.most else None, each.low, each.high, point.at_risk, figure.units, point.month, "share",
        "Turnbull" if each.low is None else f"Turnbull; interval by {RUNS} bootstrap draws (seed {SEED})",
    )  # fmt: skip


def between_words(found: BetweenVisits, of: int) -> str:
    """Say Turnbull's share, or the two that it lies between, with its interval or why there is none; nothing where it is none."""
    if found.least is None or found.most is None:
        return ""
    low, high = share_words(found.least, of), share_words(found.most, of)
    value = low if low == high else f"{low} to {high}, wherever the losses lie between two visits"
    if found.low is None or found.high is None:
        return f"{value} (no interval was drawn)"
    return f"{value} ({span(Interval(found.low, found.high), of)})"


def _end(figure: Estimated) -> Iterator[Number]:
    """Yield the last step that is told of a curve, which is what a publication prints that names no time."""
    curve = figure.curve
    if curve is None:
        return
    values, low, high, events = (
        (curve.incidence[0], curve.low[0], curve.high[0], curve.events[0])
        if isinstance(curve, Incidence)
        else (curve.survival, curve.low, curve.high, curve.events)
    )
    fewest = fewest_at_risk(figure.units)
    steps = [at for at, had in enumerate(events) if had and curve.at_risk[at] >= fewest]
    if not steps:
        return
    at = steps[-1]
    ends = None if low[at] != low[at] else Interval(float(low[at]), float(high[at]))
    month = float(curve.times[at]) / DAYS_A_MONTH
    had = "free of the event" if figure.kept else "had the event"
    yield _curve(figure, f"{had} after the last step that is told of the curve, at {month:.1f} months", float(values[at]), ends,
                 round(float(curve.at_risk[at])), month, "all had it")  # fmt: skip


def _restricted(figure: Estimated) -> Iterator[Number]:
    mean = figure.restricted
    if mean is None:
        return
    until = months_words(mean.until / DAYS_A_MONTH)
    measure = f"mean time free of the event within {until}"
    if mean.value is None:
        yield Number(
            measure,
            mean.why,
            of=figure.units,
            unit="months",
            month=mean.until / DAYS_A_MONTH,
            method=f"restricted mean to {until}",
        )
        return
    value, low, high = (None if each is None else each / DAYS_A_MONTH for each in (mean.value, mean.low, mean.high))
    interval = f" ({low:.1f} to {high:.1f})" if low is not None and high is not None else f" ({mean.why})"
    yield Number(measure, f"{value:.1f} months of the first {until}{interval}, of {figure.units}", value, low, high, of=figure.units,
                 month=mean.until / DAYS_A_MONTH, unit="months",
                 method=f"restricted mean: the area under the curve to {until}")  # fmt: skip


def _numeric(figure: Estimated) -> Iterator[Number]:
    rule, summary = figure.definition.rule, figure.summary
    unit = rule.field if isinstance(rule, Measured) and rule.field else "points"
    of = figure.units
    if summary is None:
        return
    low, high = summary.interval or (None, None)
    interval = f" ({low:.1f} to {high:.1f})" if low is not None and high is not None else " (no interval of one)"
    yield Number("mean", f"{summary.mean:.1f}{interval} {unit}, of {of}", summary.mean, low, high, of=of, unit=unit,
                 method="mean with Student's t interval")  # fmt: skip
    if summary.deviation is not None:
        yield Number("standard deviation", f"{summary.mean:.1f} ± {summary.deviation:.1f} {unit}, of {of}", summary.deviation,
                     of=of, unit=unit, method="of a sample")  # fmt: skip
    first, third = summary.quartiles
    yield Number("median and quartiles", f"{summary.median:.1f} ({first:.1f} to {third:.1f}) {unit}, of {of}", summary.median,
                 first, third, of=of, unit=unit, method="linear between ranks")  # fmt: skip
    if summary.least is not None and summary.most is not None:
        yield Number("mean with least and most", f"{summary.mean:.0f} ({summary.least:g} to {summary.most:g}) {unit}, of {of}",
                     summary.mean, summary.least, summary.most, of=of, unit=unit, method="least and most of all")  # fmt: skip
    change = figure.change
    if change is not None and change.mean is not None:
        low, high = change.interval or (None, None)
        interval = f" ({low:.1f} to {high:.1f})" if low is not None and high is not None else ""
        yield Number("change since before", f"{change.mean:+.1f}{interval} {unit}, of {change.pairs} pairs", change.mean, low,
                     high, of=change.pairs, unit=unit, method=change.method)  # fmt: skip
