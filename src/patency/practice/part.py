"""One question in words and tables: what it asked, of whom, how far it reached, and what was answered.

A Question of the tabulation goes in, a Part comes out. Every percentage in its tables stands in a row with its count, its
denominator and its interval. What people wrote in their own words is counted and never shown.

Not here: how a percentage is written (percent.py), what is said of the whole survey (report.py).
"""

from itertools import count
from typing import NamedTuple

from patency.answer import unit_words
from patency.case import Absence
from patency.fault import listed
from patency.instrument.model import Item, ItemKind
from patency.language.words import to_words
from patency.percent import counted, decimals, percent, rounded, span
from patency.practice.methods import NOT_STATED, day, sentence
from patency.practice.tables import UNMAPPED, Question, Reach, Row, Spread, Tables
from patency.source import Citation

KINDS = {
    ItemKind.YES_NO: "yes or no",
    ItemKind.SINGLE: "one answer",
    ItemKind.ORDERED: "one answer, in order",
    ItemKind.MULTIPLE: "any number of answers",
    ItemKind.NUMBER: "a number",
    ItemKind.DATE: "a date",
    ItemKind.TEXT: "in their own words",
}


class Table(NamedTuple):
    """A table of words: what it shows, the heads of its columns, and its rows, in groups that may have a title."""

    caption: str
    head: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


class Part(NamedTuple):
    """One question: its words as fielded, who was asked, how far it reached, its tables, and what must be seen beside them.

    `says` is the figure in words.
    """

    number: int
    question: Question
    kind: str
    who: str
    reached: str
    tables: tuple[Table, ...]
    remarks: tuple[str, ...]
    says: str
    citations: tuple[Citation, ...]

    @property
    def item(self) -> Item:
        """The question as the instrument has it."""
        return self.question.item


class Section(NamedTuple):
    """Questions that the instrument groups."""

    title: str
    parts: tuple[Part, ...]


def sections(tables: Tables) -> tuple[Section, ...]:
    """Lay out every question, in the sections of the instrument, and number them as they are printed."""
    grouped: dict[str, list[Question]] = {}
    for question in tables.questions:
        grouped.setdefault(question.item.section, []).append(question)
    numbers = count(1)
    return tuple(
        Section(title, tuple(_part(next(numbers), question, tables) for question in questions))
        for title, questions in grouped.items()
    )


def _part(number: int, question: Question, tables: Tables) -> Part:
    item = question.item
    who = f"Asked only if {to_words(item.when, tables.instrument.vocabulary)}." if item.when else "Asked of all."
    is_silent = tables.survey is not None and tables.survey.is_margins_only and not question.reach.answered
    # Whoever put answers together from margins had none for it: nobody left it blank.
    reached = (
        "No figure was published."
        if is_silent
        else reach_words(question.reach, tables.analysed)
        if question.is_mapped
        else f"{UNMAPPED}."
    )
    return Part(number, question, KINDS[item.kind], who, reached, _tables(question), _remarks(question), _says(question),
                item.citations)  # fmt: skip


def reach_words(reach: Reach, analysed: int) -> str:
    """Say how far a question reached: of the analysed, who was asked; of these, who answered, and why others did not."""
    said = [f"{reach.asked} of {analysed} {_were(reach.asked)} asked"]
    if reach.not_asked:
        said.append(f"{reach.not_asked} {_were(reach.not_asked)} not, for it did not apply")
    if reach.untold:
        said.append(f"of {reach.untold} that cannot be told")
    of_asked = [f"{reach.answered} answered"]
    of_asked += [f"{count} {_GAVE_NONE.get(reason, reason)}" for reason, count in reach.absent.items() if count]
    of_asked += [f"{reach.blank} left it blank"] if reach.blank else []
    contrary = (
        f" {reach.contrary} answered though not asked, and {_were(reach.contrary)} not counted."
        if reach.contrary
        else ""
    )
    return f"{'; '.join(said)}. Of these {reach.asked}, {listed(of_asked, 'and')}.{contrary}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


_GAVE_NONE = {
    Absence.DECLINED.value: "declined",
    Absence.NOT_KNOWN.value: "did not know",
    Absence.NOT_APPLICABLE.value: "said that it does not apply",
}


def _tables(question: Question) -> tuple[Table, ...]:
    if question.numbers:
        return (_number_table(question),)
    if question.days:
        days = question.days
        dated = (("Earliest", day(days.earliest)), ("Median", day(days.median)), ("Latest", day(days.latest)))
        return (Table(f"Days, of {days.n} who answered", ("", "Day"), (("", dated),)),)
    if not question.rows or not question.reach.answered:
        return ()
    tables = [_answers(question)]
    if question.selections:
        rows = tuple((row.words, *_share(row)) for row in question.selections)
        caption = "Of all that was ticked; what one person ticks hangs together, and the intervals allow for it"
        tables.append(Table(caption, ("Answer", *_SHARE), (("", rows),)))
    return tuple(tables)


_SHARE = ("Count", "Of", "Percent", "95% interval")


def _share(row: Row) -> tuple[str, str, str, str]:
    interval = span(row.interval, row.share.of) or "none given"
    return (str(row.share.count), str(row.share.of), percent(row.share), interval)


def _answers(question: Question) -> Table:
    """Lay out the answers; columns that no answer fills are left out."""
    rows = (*question.rows, *question.collapsed)
    has_lesser = any(row.cumulative for row in rows)
    has_bounds, has_estimate = any(row.bounds for row in rows), any(row.estimate for row in rows)

    def line(row: Row) -> tuple[str, ...]:
        more = [_cumulative(row)] if has_lesser else []
        more += [_bounds(row)] if has_bounds else []
        more += [_estimate(row)] if has_estimate else []
        return (row.words, *_share(row), *more)

    head = ["Answer", *_SHARE]
    head += ["This or one before it"] if has_lesser else []
    concerned = "Bounds, of all invited" if question.item.when is None else "Bounds, of all it may be for"
    head += [concerned] if has_bounds else []
    head += ["Estimate by the design"] if has_estimate else []
    several = "; each could give several" if question.item.kind is ItemKind.MULTIPLE else ""
    groups = [("", tuple(line(row) for row in question.rows))]
    if question.collapsed:
        groups.append(("Counted as one", tuple(line(row) for row in question.collapsed)))
    return Table(f"Of {question.reach.answered} who answered{several}", tuple(head), tuple(groups))


def _cumulative(row: Row) -> str:
    return counted(row.cumulative, row.cumulative_interval) if row.cumulative else ""


def _bounds(row: Row) -> str:
    """Write the two ends with their counts: 22% to 72% (15 to 50 of 69)."""
    if row.bounds is None:
        return NOT_STATED
    least, most = row.bounds
    return f"{percent(least)} to {percent(most)} ({least.count} to {most.count} of {least.of})"


def _estimate(row: Row) -> str:
    if row.estimate is None:
        return ""
    of = row.share.of
    written = rounded(100 * row.estimate.share, decimals(of))
    return f"{written}% ({span(row.estimate.interval, of) or 'no interval'}), from {row.share.count} of {of}"


def _number_table(question: Question) -> Table:
    numbers = question.numbers
    assert numbers is not None, "only a question for a number is laid out as one"
    named = {"Least": numbers.least, "Lower quartile": numbers.lower_quartile, "Median": numbers.median,
             "Upper quartile": numbers.upper_quartile, "Most": numbers.most, "Mean": numbers.mean,
             "Standard deviation": numbers.standard_deviation}  # fmt: skip
    estimate = numbers.mean_estimate
    rows = [(name, "not given" if each is None else figures_of(each)) for name, each in named.items()]
    if estimate:
        low_high = (
            "no interval" if estimate.interval is None else " to ".join(figures_of(end) for end in estimate.interval)
        )
        rows.append(("Mean, estimated by the design", f"{figures_of(estimate.mean)} ({low_high})"))
    unit = f", in {unit_words(numbers.unit)}" if numbers.unit not in ("", "1") else ""
    return Table(f"Of {numbers.n} who answered{unit}", ("", "Value"), (("", tuple(rows)),))


def figures_of(number: float) -> str:
    """Write a number of a summary with two decimals at most."""
    return rounded(number, 2).rstrip("0").rstrip(".") if number % 1 else f"{number:g}"


def _remarks(question: Question) -> tuple[str, ...]:
    remarks = []
    if question.item.kind is ItemKind.TEXT and question.reach.answered:
        remarks.append("What was written is counted and not shown: it could tell who wrote it.")
    is_summed = question.item.kind in (ItemKind.NUMBER, ItemKind.DATE)
    if is_summed and question.reach.answered and not (question.numbers or question.days):
        remarks.append("Hidden: so few answered that a summary would give their answers away.")
    if question.spread:
        remarks.append(_spread_words(question.spread, question))
    return (*remarks, *(sentence(each) for each in question.warnings))


def _spread_words(spread: Spread, question: Question) -> str:
    error = f", standard error {rounded(spread.standard_error, 2)}" if spread.standard_error is not None else ""
    return (
        f"Variation {rounded(spread.entropy, 2)} of 1{error}, over {spread.offered} answers offered; "
        f"most often: {modal(spread, question)}."
    )


def modal(spread: Spread, question: Question) -> str:
    """Name the answer that was given most often, or those that tie, with its share."""
    words = [row.words for row in question.rows if row.name in spread.modal]
    each = "each " if len(words) > 1 else ""
    return f"{listed(words, 'and')}, {each}{counted(spread.modal_share, spread.modal_interval)}"


def _says(question: Question) -> str:
    """Say a figure in words, for whoever cannot see it."""
    if question.rows:
        return "; ".join(f"{row.words}: {counted(row.share, row.interval)}" for row in question.rows)
    return "; ".join(" ".join(cells) for table in _tables(question) for _, rows in table.groups for cells in rows)
