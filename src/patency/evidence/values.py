"""What is found of means, medians and rates."""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

from patency.evidence.finding import Finding, Verdict, worst
from patency.evidence.model import Mean, Median, Rate
from patency.evidence.printed import Printed, Way, decimal, root
from patency.evidence.whole import Found, find, tallied
from patency.fault import listed


def of_mean(mean: Mean) -> Finding:
    """Say whether a mean, its SD and a share above a bound can be had by so many people."""
    parts = [_of_people(mean, of) for of in mean.of]
    verdict = _least_bad([part.verdict for part in parts])
    answer = " ".join(part.answer for part in parts)
    return Finding(mean.id, mean.says, _printed(mean), verdict, answer,
                   tuple(line for part in parts for line in part.workings), (), (), mean.remarks)  # fmt: skip


def _least_bad(verdicts: list[Verdict]) -> Verdict:
    """One number of people that fits is enough, where several are in question."""
    return (
        Verdict.FITS if Verdict.FITS in verdicts else worst(verdicts) if Verdict.OPEN not in verdicts else Verdict.OPEN
    )


def _printed(mean: Mean) -> str:
    printed = f"{mean.mean.text}{f' ± {mean.sd.text}' if mean.sd else ''}"
    return printed + (f", {mean.above.percent.text}% above {mean.above.more_than}" if mean.above else "")


def _of_people(mean: Mean, of: int) -> Finding:
    for check in (_outside, _too_wide):
        if said := check(mean, of):
            return Finding("", "", "", Verdict.ODD, *said)
    return _of_whole(mean, of) if mean.is_whole else _of_any(of)


def _of_any(of: int) -> Finding:
    return Finding(
        "", "", "", Verdict.FITS, f"{of} people can have it; values that are not whole leave nothing else to check."
    )


def _outside(mean: Mean, of: int) -> tuple[str, tuple[str, ...]] | None:
    """Say where a mean lies beyond the ends of its scale."""
    reach = mean.mean.reach()
    if (mean.least is not None and reach.high < mean.least) or (mean.most is not None and reach.low > mean.most):
        return f"{of} people cannot have it: a mean lies within its scale, from {mean.least} to {mean.most}.", ()
    return None


def _too_wide(mean: Mean, of: int) -> tuple[str, tuple[str, ...]] | None:
    """Say where an SD is larger than any with this mean on this scale.

    Bhatia R, Davis C. A better bound on the variance. Am Math Mon 2000;107:353-7; times n/(n - 1) for a sample.
    """
    if mean.sd is None or mean.least is None or mean.most is None or of < 2:
        return None
    reach, middle = mean.mean.reach(), Fraction(mean.least + mean.most, 2)
    at = min(max(middle, reach.low), reach.high)  # the mean within reach that lets values lie farthest apart
    largest = (mean.most - at) * (at - mean.least) * of / (of - 1)
    if max(mean.sd.reach().low, Fraction(0)) ** 2 <= largest:
        return None
    said = f"{of} people cannot have it: with this mean, values from {mean.least} to {mean.most} have an SD of at most"
    mean_there = decimal(at, 3)
    working = f"√(({mean.most} − {mean_there}) × ({mean_there} − {mean.least}) × {of}/{of - 1}) = {root(largest)}"
    return f"{said} {root(largest)}.", (working,)


def _of_whole(mean: Mean, of: int) -> Finding:
    found = find(mean, of)
    if not found.sums:
        return Finding(
            "", "", "", Verdict.ODD, f"{of} people cannot have it: no whole sum gives this mean.", (_between(mean, of),)
        )
    workings: tuple[str, ...] = (_summed(mean, found),)
    if mean.sd is None:
        return Finding("", "", "", _by_way(found), f"{of} people can have it{_but(found)}.", workings)
    if found.values:
        population = ", but only with the SD over n, not n − 1" if found.per == of and of > 1 else ""
        workings += (f"for example {tallied(found.values, mean.items)} (made up to fit, not anybody's answers)",)
        return Finding("", "", "", _by_way(found), f"{of} people can have it{_but(found)}{population}.", workings)
    if found.is_open:
        return Finding("", "", "", Verdict.OPEN, f"For {of} people it was not settled: nothing rules it out, "
                       "and no example was found.", workings)  # fmt: skip
    if found.reached:
        low, high = (root(each) for each in found.reached)
        workings += (f"the SD can be from {low} to {high} with the rest as printed, in steps",)
    return Finding("", "", "", Verdict.ODD, f"{of} people cannot have it: no whole numbers with this mean have "
                   f"{'this SD and this share' if mean.above else 'this SD'}.", workings)  # fmt: skip


def _by_way(found: Found) -> Verdict:
    return Verdict.FITS if found.way is Way.ROUNDED else Verdict.ODD


def _but(found: Found) -> str:
    return "" if found.way is Way.ROUNDED else f", but only if {found.way.value}"


def _summed(mean: Mean, found: Found) -> str:
    first, last = found.sums[0], found.sums[-1]
    by = found.of * mean.items
    words = f"{first}/{by} = {decimal(Fraction(first, by), mean.mean.decimals + 2)}"
    if first == last:
        return f"sum {words}"
    return f"sums from {words} to {last}/{by} = {decimal(Fraction(last, by), mean.mean.decimals + 2)}"


def _between(mean: Mean, of: int) -> str:
    by = of * mean.items
    below = (mean.mean.value * by).__floor__()
    return ", ".join(
        f"{each}/{by} = {decimal(Fraction(each, by), mean.mean.decimals + 2)}" for each in (below, below + 1)
    )


def of_median(median: Median) -> Finding:
    """Say whether a median lies where its range, its quartiles and the number of people allow."""
    marks = [("least", median.least), ("lower quartile", median.lower), ("median", median.median),
             ("upper quartile", median.upper), ("most", median.most)]  # fmt: skip
    known: list[tuple[str, Printed]] = [(name, number) for name, number in marks if number is not None]
    turned = [f"{name} {number.text} is above {after} {more.text}"
              for (name, number), (after, more) in pairwise(known) if number.value > more.value]  # fmt: skip
    words = ", ".join(f"{name} {number.text}" for name, number in known)
    if turned:
        return Finding(median.id, median.says, words, Verdict.ODD, f"It is out of order: {listed(turned, 'and')}.", (), (), (),
                       median.remarks)  # fmt: skip
    is_half = (median.median.value * 2).denominator == 1
    if not is_half or (median.of is not None and median.of % 2 and median.median.value.denominator != 1):
        people = f"an odd number of people ({median.of})" if is_half else "any number of people"
        return Finding(median.id, median.says, words, Verdict.ODD,
                       f"Whole numbers of {people} have no such median.", (), (), (), median.remarks)  # fmt: skip
    return Finding(median.id, median.says, words, Verdict.FITS, "Its marks are in order; nothing else can be checked.", (), (), (),
                   median.remarks)  # fmt: skip


def of_rate(rate: Rate) -> Finding:
    """Say whether events over time give the rate that is printed, and how sure so many events are."""
    printed = f"{rate.rate.text} per {rate.per} ({rate.events} over {rate.time.text})"
    reach = rate.time.reach()
    if reach.low <= 0:
        return Finding(
            rate.id, rate.says, printed, Verdict.ODD, "There is no time at risk to divide by.", (), (), (), rate.remarks
        )
    low, high = (Fraction(rate.events * rate.per) / each for each in (reach.high, reach.low))
    printed_as = rate.rate.reach()
    does_fit = low <= printed_as.high and printed_as.low <= high
    value = decimal(Fraction(rate.events * rate.per) / rate.time.value, rate.rate.decimals + 2)
    answer = f"{rate.events} over {rate.time.text} is {value} per {rate.per}, "
    if does_fit:
        ends = [rate.per / float(rate.time.value) * end for end in _byar(rate.events)]
        answer += f"which is what is printed; its 95% interval is {ends[0]:.2f} to {ends[1]:.2f}."
    else:
        answer += f"not {rate.rate.text}."
    return Finding(
        rate.id, rate.says, printed, Verdict.FITS if does_fit else Verdict.ODD, answer, (), (), (), rate.remarks
    )


def _byar(events: int) -> tuple[float, float]:
    """Return Byar's interval of a number of events (Rothman KJ, Boice JD. Epidemiologic analysis, NIH 1979)."""
    z, more = 1.959963985, events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    return low, more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
