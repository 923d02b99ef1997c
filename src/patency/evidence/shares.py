"""What is found of percentages: each alone, and the group that one denominator should fit."""

from fractions import Fraction

from patency.evidence.finding import Finding, Fit, Verdict, ratio, some, worst
from patency.evidence.fit import Fits, Row, counts_of, fits_alone, fits_together, nearest_denominators
from patency.evidence.model import MOST_PEOPLE, Group, Share
from patency.evidence.printed import Printed, Way
from patency.fault import listed

MOST_NAMED = 8  # denominators written out in a sentence


def of_group(group: Group) -> Finding:
    """Say which denominators fit all shares of a group, and what each share then counts."""
    own = {share.of for share in group.shares}
    if group.of is None and None in own:
        return _unstated(group)
    of = group.of or (own.pop() if len(own) == 1 else None)
    return _apart(group) if of is None else _stated(group._replace(of=of))


def denominators_of(group: Group) -> tuple[int, ...]:
    """Return the denominators that fit a group whose denominator is not printed; none where it is."""
    if group.of or all(share.of for share in group.shares):
        return ()
    return fits_together(group, range(1, (group.at_most or 0) + 1)).denominators


def _apart(group: Group) -> Finding:
    """Shares with denominators of their own have nothing in common but the page."""
    parts = tuple(_of_stated(share, share.of or 1) for share in group.shares)
    return Finding(group.id, group.title, "", worst([part.verdict for part in parts]), _tally(parts), (), (), parts,
                   group.remarks)  # fmt: skip


def _tally(parts: tuple[Finding, ...]) -> str:
    odd = [part.printed for part in parts if part.verdict is Verdict.ODD]
    if not odd:
        return "Each is what its count and denominator give." if len(parts) > 1 else parts[0].answer
    if len(parts) == 1:
        return parts[0].answer
    return f"{some(odd)} cannot be as printed; the rest can." if len(odd) < len(parts) else "None can be as printed."


def _stated(group: Group) -> Finding:
    of = group.of or 1
    parts = tuple(_of_stated(share, share.of or of) for share in group.shares)
    verdict, answer = worst([part.verdict for part in parts]), _tally(parts)
    row = Row(of, tuple(_loosely(share, share.of or of) for share in group.shares))
    if group.is_one and all(row.counts):
        sums, whole = row.sums, group.total if group.total is not None else of
        if sums.start > whole or (group.total is not None and whole not in sums):
            verdict = Verdict.ODD
            more = sums.start - whole
            answer += (f" They add up to {_run(sums)}, {abs(more)} {'more' if more > 0 else 'fewer'} than the {whole} people who "
                       "gave one answer each" + (": some are counted twice." if more > 0 else "."))  # fmt: skip
        elif len(group.shares) > 1:
            answer += f" {_added(row, whole)}"
    return Finding(group.id, group.title, "", verdict, answer, (), (), parts, group.remarks)


def _loosely(share: Share, of: int) -> range:
    """Return the counts that fit in the first way that any does; a printed count stands, whatever its percentage."""
    found = next((counts for way in Way if (counts := counts_of(share, of, way))), range(0))
    return found or (range(share.counted, share.counted + 1) if share.counted is not None else found)


def _of_stated(share: Share, of: int) -> Finding:
    """Say whether a percentage is one of its denominator, and of its count where that is printed."""
    fits = fits_alone(share, [of])
    printed = _printed(share)
    if not fits.rows:
        return Finding(share.id, share.says, printed, Verdict.ODD, _impossible(share, of), _near(share, of))
    counts = fits.rows[0].counts[0]
    verdict = Verdict.FITS if len(counts) == 1 else Verdict.OPEN
    answer = f"{_run(counts)} of {of}"
    if fits.way is not Way.ROUNDED:
        verdict, answer = Verdict.ODD, f"{answer}, but only if {fits.way.value}"
    return Finding(share.id, share.says, printed, verdict, f"{answer}.", tuple(_shown(share, counts, of)),
                   (Fit(counts.start, counts[-1], of),))  # fmt: skip


def _impossible(share: Share, of: int) -> str:
    percent = share.percent.text if share.percent else ""
    if share.counted is None:
        return f"No count of {of} is printed as {percent}%."
    return f"{share.counted} of {of} is not printed as {percent}%."


def _near(share: Share, of: int) -> tuple[str, ...]:
    """Show the arithmetic of what does not fit, and what would."""
    workings = [", ".join(_neighbours(share, of))]
    if share.counted is not None and share.percent is not None:
        workings.insert(0, ratio(share.counted, of, share.percent))
        counted = _counted_of(share.counted, share.percent)
        workings.append(f"{share.counted} is {share.percent.text}% of {counted}" if counted
                        else f"{share.counted} is {share.percent.text}% of no number of people")  # fmt: skip
    return tuple(workings)


def _counted_of(count: int, percent: Printed) -> str:
    """Name the denominators of which a count is printed as this percentage."""
    for way in Way:
        reach = percent.reach(way)
        low = max(1, int(100 * count / reach.high))
        high = min(MOST_PEOPLE, int(100 * count / reach.low) + 1) if reach.low > 0 else MOST_PEOPLE
        if found := [str(of) for of in range(low, high + 1) if Fraction(100 * count, of) in reach]:
            return some(found, MOST_NAMED) + ("" if way is Way.ROUNDED else f", but only if {way.value}")
    return ""


def _neighbours(share: Share, of: int) -> list[str]:
    """Divide the counts next below and above what the percentage would be."""
    if share.percent is None:
        return []
    below = int(share.percent.value * of / 100)
    return [ratio(count, of, share.percent) for count in (below, below + 1) if 0 <= count <= of]


def _unstated(group: Group) -> Finding:
    bound = range(1, (group.at_most or 0) + 1)
    fits = fits_together(group, bound)
    parts = tuple(_of_unstated(share, group, fits) for share in group.shares)
    if not fits.rows:
        return Finding(
            group.id, group.title, "", Verdict.ODD, _none(group), tuple(_misfits(group)), (), parts, group.remarks
        )
    is_unique = len(fits.rows) == 1 and all(len(counts) == 1 for counts in fits.rows[0].counts)
    verdict = (Verdict.FITS if is_unique else Verdict.OPEN) if fits.way is Way.ROUNDED else Verdict.ODD
    if verdict is not Verdict.ODD and group.stated and not set(group.stated) & set(fits.denominators):
        verdict = Verdict.OTHER
    return Finding(group.id, group.title, "", verdict, _fitting(group, fits), tuple(_refused(group, fits)),
                   (), parts, group.remarks)  # fmt: skip


def _none(group: Group) -> str:
    """Say that nothing fits, and whether one answer each would be why."""
    if group.is_one and fits_together(group._replace(is_one=False), range(1, (group.at_most or 0) + 1)).rows:
        return f"Wherever they fit one number up to {group.at_most}, they add up to more people than there are."
    if len(group.shares) == 1:
        return f"No number of people up to {group.at_most} gives it."
    return f"No number of people up to {group.at_most} fits all of them: they cannot have the same denominator."


def _misfits(group: Group) -> list[str]:
    lines = []
    for of, fitted in nearest_denominators(group, range(1, (group.at_most or 0) + 1)):
        missed = [f"{_printed(share)} is not ({', '.join(_neighbours(share, of))})"
                  for share in group.shares if not counts_of(share, of)]  # fmt: skip
        if missed:
            lines.append(f"{fitted} of {len(group.shares)} fit {of}: {'; '.join(missed)}")
    return lines


def _fitting(group: Group, fits: Fits) -> str:
    found = fits.denominators
    if len(found) == 1:
        row = fits.rows[0]
        counts = listed([_run(each) for each in row.counts], "and")
        answer = f"{found[0]} is the only number up to {group.at_most} that fits: {counts} of {found[0]}."
        if group.is_one and len(group.shares) > 1:
            answer += f" {_added(row, group.total if group.total is not None else found[0])}"
    elif len(found) <= MOST_NAMED:
        answer = f"{listed([str(of) for of in found])} would fit."
    else:
        answer = f"{len(found)} numbers up to {group.at_most} would fit, from {found[0]} to {found[-1]}."
    return answer if fits.way is Way.ROUNDED else f"{answer} But only if {fits.way.value}."


def _added(row: Row, whole: int) -> str:
    low, high = whole - row.sums[-1], whole - row.sums.start
    rest = str(low) if low == high else f"{max(low, 0)} to {high}"
    others = "nobody is left" if high == 0 else f"{rest} of {whole} gave another answer, or none"
    return f"They add up to {_run(row.sums)}: {others}."


def _refused(group: Group, fits: Fits) -> list[str]:
    """Show why a number of people that the text gives is not the denominator."""
    lines = []
    for of in group.stated:
        if of not in fits.denominators:
            misfit = next((share for share in group.shares if not counts_of(share, of, fits.way)), None)
            why = (
                f"{_printed(misfit)} is neither {' nor '.join(_neighbours(misfit, of))}"
                if misfit and misfit.percent
                else "the counts do not add up"
            )
            lines.append(f"not {of}, which the text gives: {why}")
    return lines


def _of_unstated(share: Share, group: Group, fits: Fits) -> Finding:
    """Say what one share of a group is; by itself, and where the group fits as a whole."""
    alone = fits_alone(share, range(1, (group.at_most or 0) + 1))
    rows = tuple(Fit(row.counts[0].start, row.counts[0][-1], row.of) for row in alone.rows)
    at = group.shares.index(share)
    within = [f"{_run(row.counts[at])} of {row.of}" for row in fits.rows[-MOST_NAMED:][::-1]]
    printed = _printed(share)
    if not rows:
        return Finding(share.id, share.says, printed, Verdict.ODD, f"No number of people up to {group.at_most} gives it.",
                       tuple(_neighbours(share, group.at_most or 1)))  # fmt: skip
    one = len(fits.rows) == 1 and len(fits.rows[0].counts[at]) == 1
    if not within:
        return Finding(
            share.id, share.says, printed, Verdict.OPEN, "By itself it would fit.", (_divided(share, alone, 0),), rows
        )
    verdict = Verdict.FITS if one else Verdict.OPEN
    workings: tuple[str, ...] = (_divided(share, fits, at),)
    if len(group.shares) > 1 and len(rows) > len(fits.rows):
        workings += (f"by itself it would fit {len(rows)} numbers up to {group.at_most}",)
    return Finding(share.id, share.says, printed, verdict if fits.way is Way.ROUNDED else Verdict.ODD,
                   f"{listed(within)}{f' and {len(fits.rows) - MOST_NAMED} more' if len(fits.rows) > MOST_NAMED else ''}.",
                   workings, rows)  # fmt: skip


def _divided(share: Share, fits: Fits, at: int) -> str:
    """Show the divisions of the largest denominators, and say how many there are more."""
    shown = [each for row in fits.rows[-MOST_NAMED:][::-1] for each in _shown(share, row.counts[at], row.of)]
    more = len(fits.rows) - MOST_NAMED
    return ", ".join(shown) + (f" and those of {more} more" if more > 0 else "")


def _shown(share: Share, counts: range, of: int) -> list[str]:
    if len(counts) > 2:
        return [f"{ratio(counts[0], of, share.percent)} to {ratio(counts[-1], of, share.percent)}"]
    return [ratio(count, of, share.percent) for count in counts]


def _run(counts: range) -> str:
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"


def _printed(share: Share) -> str:
    """Write a share as the text has it."""
    percent = f"{share.percent.text}%" if share.percent else ""
    if share.counted is None:
        return percent
    counted = f"{share.counted}/{share.of}" if share.of else str(share.counted)
    return f"{counted} ({percent})" if percent else counted
