"""What is due, how complete a registry is, its flow and its counts, laid out: as text for a terminal, and as rows for a CSV file.

No percentage stands without its count, its denominator and its interval. Where nobody in a registry ever lived its label
stands above everything; over the pool it is said by which moment it stands.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from patency.cut.label import banner
from patency.cut.manifest import FEWEST
from patency.percent import counted as share_words
from patency.registry.follow.complete import Completeness, Missing
from patency.registry.follow.counts import Count
from patency.registry.follow.due import DUE, MISSED, OVERDUE, STATUSES, UNTOLD, Standing
from patency.registry.follow.flow import Step
from patency.registry.follow.follow_up import Complete, Due, Flowed
from patency.registry.follow.protocol import STARTS, Planned, Protocol, Target
from patency.source import best_mark
from patency.table import cell, counted

POOLED = "all sites with five patients or more, as the pool stood"
STILL = (
    "It stands still until {until}, and until in each group nobody or at least {fewest} people have changed, so that nobody can\n"
    "be seen by comparing two answers."
)
NOBODY = f"No site has {FEWEST} patients yet, so that nobody is in it; it is looked at anew at each question."
DATED = "what is dated after that day does not count; what was written after it does"
REPEATS = (
    "Some patients have several of these records; the intervals take each for a person of its own, and are too narrow."
)
_HEADINGS = ("patient", "episode", "visit", "planned for", "window", "")
HEADER = (
    "pseudonym",
    "episode",
    "diagnosed",
    "visit",
    "status",
    "planned_for",
    "opens",
    "closes",
    "made_on",
    "days",
    "missing",
    "said",
)


def _top(title: str, label: str, is_pooled: bool, on: str, until: date | None) -> Iterator[str]:
    if label:
        yield banner(label)
    yield f"{title}, {POOLED} on {on}" if is_pooled else f"{title}, on {on}"
    if is_pooled:
        yield STILL.format(until=until, fewest=FEWEST) if until else NOBODY


def _top_of_day(title: str, found: Due | Complete | Flowed) -> Iterator[str]:
    yield from _top(title, found.label, found.is_pooled, str(found.on), found.until)
    yield DATED


def due_text(due: Due, chosen: Sequence[str]) -> Iterator[str]:
    """Lay out how many visits are in each status, and one by one those in the chosen ones, each status apart."""
    yield from _top_of_day("What is due", due)
    yield f"by {due.protocol.title}, version {due.protocol.version}; time runs from {STARTS[due.protocol.starts]}"
    if due.withheld:
        yield due.withheld
        return
    yield f"{counted(sum(due.counts.values()), 'planned visit')}: " + ", ".join(
        f"{n} {status}" for status, n in due.counts.items()
    )
    for status in chosen:
        found = sorted((each for each in due.standings if each.status == status), key=_urgency)
        if found:
            yield ""
            yield f"{status} ({len(found)})"
            yield from aligned([_HEADINGS, *(_cells(each) for each in found)])


def _urgency(standing: Standing) -> tuple[str, str, str]:
    closes = standing.window.closes.isoformat() if standing.window else ""
    return closes, standing.pseudonym, standing.visit


def _cells(standing: Standing) -> tuple[str, ...]:
    window = standing.window
    between = f"{window.opens} to {window.closes}" if window else ""
    planned = str(window.target) if window else ""
    notes = [_days(standing), *(f"no {each.removeprefix('a ')}" for each in standing.missing), *standing.said]
    return (
        standing.pseudonym,
        _episode(standing),
        standing.words,
        planned,
        between,
        "; ".join(note for note in notes if note),
    )


def _episode(found: Standing | Missing) -> str:
    """Name an episode by the day of its diagnosis and the beginning of its id, as queries are named."""
    return f"{found.diagnosed} ({found.episode[:8]})"


def _days(standing: Standing) -> str:
    days = "" if standing.days is None else counted(standing.days, "day")
    match standing.status:
        case "due":
            return f"closes in {days}"
        case "upcoming":
            return f"opens in {days}"
        case "overdue" | "missed":
            return f"closed {days} ago"
        case "done" | "out of window":
            return f"made {standing.made_on}"
    return ""


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lay out rows in columns as wide as what stands in them."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)).rstrip()


def labelled(rows: Sequence[Sequence[str]], label: str) -> list[Sequence[str]]:
    """Return rows of a CSV file with the registry's label in each, where it has one: a file leaves its heading behind."""
    if not label:
        return list(rows)
    return [(*row, cell(label) if place else "label") for place, row in enumerate(rows)]


def due_rows(due: Due, chosen: Sequence[str]) -> list[Sequence[str]]:
    """Return the list as rows of a CSV file; over the pool, the number in each status."""
    if due.is_pooled:
        return [("status", "visits"), *((status, str(count)) for status, count in due.counts.items())]
    return [
        HEADER,
        *(tuple(cell(each) for each in _row(standing)) for standing in due.standings if standing.status in chosen),
    ]


def _row(standing: Standing) -> tuple[str, ...]:
    days = [str(each) for each in standing.window] if standing.window else ["", "", ""]
    made, number = str(standing.made_on or ""), "" if standing.days is None else str(standing.days)
    return (standing.pseudonym, standing.episode, standing.diagnosed, standing.visit, standing.status, *days, made, number,
            "; ".join(standing.missing), "; ".join(standing.said))  # fmt: skip


def shown_statuses(status: str) -> tuple[str, ...]:
    """Return the statuses that are listed one by one, each apart: those asked for, or what to act on and what was missed."""
    return (OVERDUE, DUE, MISSED, UNTOLD) if not status else STATUSES if status == "all" else (status,)


def complete_text(complete: Complete, names_missing: bool) -> Iterator[str]:
    """Lay out how each target stands, and if asked what is missing, episode by episode."""
    yield from _top_of_day("Completeness", complete)
    yield f"by {complete.protocol.title}, version {complete.protocol.version}"
    yield from aligned([(*_standing(each), f"target {each.target.least}%: {each.is_met}") for each in complete.targets])
    if not complete.is_pooled:
        for each in complete.targets:
            if each.missing:
                yield f"{each.target.wanted.words}: missing {len(each.missing)} times" + (
                    "" if names_missing else "; --missing lists them"
                )
                if names_missing:
                    yield from aligned([(one.pseudonym, _episode(one), one.visit, one.why) for one in each.missing])


def _standing(each: Completeness) -> tuple[str, str]:
    return each.target.wanted.words, each.withheld or f"{share_words(each.share)} of {each.target.of}"


def complete_rows(complete: Complete) -> list[Sequence[str]]:
    """Return the targets as rows of a CSV file."""
    header = ("target", "of", "count", "denominator", "low", "high", "least_percent", "stands", "withheld")
    return [header, *(_target_row(each) for each in complete.targets)]


def missing_rows(complete: Complete) -> list[Sequence[str]]:
    """Return what is missing as rows of a CSV file, episode by episode; over the pool nobody is named."""
    header = ("target", "pseudonym", "episode", "diagnosed", "visit", "missing")
    rows = [(each.target.name, one.pseudonym, one.episode, one.diagnosed, one.visit, one.why)
            for each in complete.targets for one in each.missing]  # fmt: skip
    return [header, *(tuple(cell(said) for said in row) for row in rows)]


def _target_row(each: Completeness) -> tuple[str, ...]:
    interval = each.share.interval
    ends = (f"{interval.low:.6f}", f"{interval.high:.6f}") if interval else ("", "")
    counts = ("", "") if each.withheld else (str(each.share.count), str(each.share.of))
    return each.target.name, each.target.of, *counts, *ends, str(each.target.least), each.is_met, each.withheld


def flow_text(flowed: Flowed) -> Iterator[str]:
    """Lay out the flow of patients, each box under the one that it is a part of."""
    yield from _top_of_day("Flow of patients", flowed)
    for part in flowed.parts:
        yield ""
        yield part.title
        if part.withheld:
            yield f"  {part.withheld}"
        yield from (f"  {'  ' * step.depth}{step.words}: {_step(step)}" for step in part.steps)


def _step(step: Step) -> str:
    return f"{step.count:,}" if step.share is None else share_words(step.share)


def count_text(count: Count, on: str) -> Iterator[str]:
    """Lay out a table of counts, column by column."""
    yield from _top(
        f"{count.kind}.{count.field}: {count.words}",
        count.label,
        bool(count.pooled_at),
        count.pooled_at or on,
        count.until,
    )
    if count.where:
        yield f"where {count.where}" + (
            f"; of {counted(count.untold, 'record')} it cannot be told" if count.untold else ""
        )
    if count.withheld:
        yield count.withheld
        return
    for column, name in enumerate(count.columns):
        yield ""
        yield f"{count.by}: {name}" if count.by else "all together"
        rows = [(row.words, share_words(count.share(row, column))) for row in count.rows]
        rows += [(row.words, str(row.counts[column])) for row in count.missing if row.counts[column]]
        yield from aligned(rows)
    if count.repeats:
        yield ""
        yield REPEATS


def count_rows(count: Count) -> list[Sequence[str]]:
    """Return a table of counts as rows of a CSV file; what is withheld has no row but its reason."""
    if count.withheld:
        return [("withheld",), (count.withheld,)]
    rows: list[Sequence[str]] = [("by", "answer", "count", "denominator", "low", "high")]
    for column, name in enumerate(count.columns):
        for row in count.rows:
            share = count.share(row, column)
            ends = [f"{end:.6f}" for end in share.interval] if share.interval else ["", ""]
            rows.append((cell(name), cell(row.words), str(share.count), str(share.of), *ends))
        rows += [(cell(name), cell(row.words), str(row.counts[column]), "", "", "") for row in count.missing]
    return rows


def protocol_text(protocol: Protocol) -> Iterator[str]:
    """Lay out a protocol: its visits with their windows, and how each was verified."""
    yield f"{protocol.name}: {protocol.title}, version {protocol.version}"
    yield protocol.about
    yield f"time runs from {STARTS[protocol.starts]}; nothing more is due after {' or '.join(protocol.ends) or 'nothing'}"
    yield f"a visit not made is overdue for {counted(protocol.overdue, 'day')} after its window, then missed"
    yield from aligned([_visit(visit, protocol) for visit in protocol.visits])
    yield "targets"
    yield from aligned([_target_words(target) for target in protocol.targets])


def _visit(visit: Planned, protocol: Protocol) -> tuple[str, ...]:
    expected = ", ".join(protocol.expected[name].words for name in visit.expects)
    condition = f"only after a {visit.only_after}" if visit.only_after else ""
    cited = "; ".join(f"{each.source}, {each.at}: {each.mark.words}" for each in visit.citations)
    return visit.name, visit.words, f"{visit.before} days before to {visit.after} after", expected, condition, cited


def _target_words(target: Target) -> tuple[str, ...]:
    of = f"{target.least}% of {target.of}{' ' if target.at else ''}{', '.join(target.at)}"
    return target.wanted.words, of, best_mark(target.citations).words
