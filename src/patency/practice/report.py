"""The report of a survey: everything that is said of it, in words and tables, before it is laid out.

A Survey, its Tables and what became of its rows go in; a Report comes out, which markdown.py and the HTML page
(publish/survey.py) lay out and which therefore say the same. Every percentage in it stands with its count, its
denominator and its interval. What people wrote in their own words is counted and never shown.

Not here: counting (tally.py), rounding (percent.py), what the methods are called (methods.py), figures (publish/figure.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import patency
from patency.fault import listed
from patency.instrument.model import ItemKind
from patency.percent import counted, ratio, rounded, span
from patency.practice import checklist
from patency.practice.methods import CHERRIES, NOT_STATED, RATES, WORKS, Said, methods, sentence
from patency.practice.part import Section, Table, figures_of, modal, sections
from patency.practice.rates import Rate, untold
from patency.practice.survey import Survey
from patency.practice.tables import Came, Crossed, NumbersBy, Question, Tables, Test
from patency.practice.tests_of_difference import p_figures
from patency.share import Share
from patency.source import Citation, Mark, Source

NOT_SHOWN = "not shown"
NO_INTERVAL = "none: a number is assumed"


class Rows(NamedTuple):
    """What became of the rows of the file of answers: how many there were, why some were refused or parts set aside."""

    read: int
    refused: Mapping[str, int] = {}
    set_aside: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()


class Stage(NamedTuple):
    """One stage from the invited to the analysed; a count of None is not stated. Those who are out go no further."""

    words: str
    count: int | None  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    note: str
    is_out: bool = False


class Reference(NamedTuple):
    """A source that the report cites, with its number and every passage."""

    number: int
    source: Source
    passages: tuple[Citation, ...]


class Report(NamedTuple):
    """All that the report of a survey says."""

    survey: Survey
    tables: Tables
    label: str
    methods: tuple[Said, ...]
    stages: tuple[Stage, ...]
    flow: Table
    refused: Table | None
    strata: Table | None
    rates: Table
    rates_said: Said
    checklist: Table
    checklist_said: Said
    variation: Table | None
    sections: tuple[Section, ...]
    crossed: tuple[tuple[Table, tuple[str, ...]], ...]
    notes: tuple[Said, ...]
    hidden: tuple[str, ...]
    warnings: tuple[str, ...]
    references: tuple[Reference, ...]
    versions: str

    @property
    def banner(self) -> str:
        """What of the label stands on every sheet: its first sentence."""
        first, end, _ = self.label.partition(". ")
        return first + end.strip()

    def number(self, citation: Citation) -> int:
        """Return the number under which a citation's source is listed."""
        return next(each.number for each in self.references if each.source.id == citation.source)


def report(survey: Survey, tables: Tables, sources: Mapping[str, Source], rows: Rows | None = None) -> Report:
    """Say all that a survey's answers add up to."""
    tables = _guarded(tables)
    said = methods(survey, tables)
    laid_out = sections(tables)
    cited = [each for sentence in said for each in sentence.citations]
    cited += [*RATES, *CHERRIES, *(each for section in laid_out for part in section.parts for each in part.citations)]
    notes = tuple(Said(note.text, note.citations) for note in survey.instrument.notes)
    cited += [each for note in notes for each in note.citations]
    stages = _stages(survey, tables, rows)
    return Report(
        survey=survey,
        tables=tables,
        label=tables.label,
        methods=said,
        stages=stages,
        flow=_flow(stages),
        refused=_refused(rows),
        rates=_rates(tables.rates),
        rates_said=Said(_rates_words(survey), RATES),
        checklist=_checklist(survey, tables),
        checklist_said=Said(_checklist_words(survey), CHERRIES),
        variation=_variation(laid_out),
        sections=laid_out,
        strata=_strata(tables),
        crossed=(
            *((_crossed(each), _remarks(each.test, each.warnings)) for each in tables.crossed),
            *((_numbers_by(each), _remarks(each.test, each.warnings)) for each in tables.numbers_by),
        ),
        notes=notes,
        hidden=_hidden(tables),
        warnings=tuple(sentence(each) for each in (*(rows.notes if rows else ()), *tables.warnings)),
        references=_references(cited, {**sources, **WORKS}),
        versions=f"Patency {patency.__version__} · instrument {survey.instrument.content_hash[:12]} · survey {survey.content_hash[:12]}",
    )


def _guarded(tables: Tables) -> Tables:
    """Hide the numbers and days of few people: of three, least, median and most are the answers themselves."""
    least = tables.options.smallest
    return tables._replace(
        questions=tuple(
            each._replace(numbers=None, days=None) if each.reach.answered < least else each for each in tables.questions
        )
    )


# From the invited to the analysed.


def _stages(survey: Survey, tables: Tables, rows: Rows | None) -> tuple[Stage, ...]:
    outcome = survey.outcome
    stages = [Stage("Invited", survey.frame.invited, survey.frame.population)]
    if outcome.complete is not None or outcome.partial is not None:
        answered = (outcome.complete or 0) + (outcome.partial or 0)
        of = f"{_stated(outcome.complete)} complete, {_stated(outcome.partial)} in part"
        stages.append(Stage("Answered, as the survey states", answered, of))
    if rows is not None:
        stages.append(Stage("Rows in the file of answers", rows.read, "each a response"))
        stages.append(
            Stage("Refused", sum(rows.refused.values()), "the reasons stand below" if rows.refused else "", True)
        )
    stages.append(Stage("Kept", tables.kept, ""))
    stages.append(Stage("Not complete", tables.not_complete, "kept, and not analysed", True))
    stages.append(Stage("Analysed", tables.analysed, "what every table below rests on"))
    return tuple(stages)


def _stated(number: int | None) -> str:
    return NOT_STATED if number is None else str(number)


def _flow(stages: Sequence[Stage]) -> Table:
    rows = tuple((stage.words, _stated(stage.count), stage.note) for stage in stages)
    return Table("From the invited to the analysed", ("Stage", "Count", "Which"), (("", rows),))


def _refused(rows: Rows | None) -> Table | None:
    if rows is None or not (rows.refused or rows.set_aside):
        return None
    groups = [(title, tuple((why, str(count)) for why, count in sorted(reasons.items())))
              for title, reasons in (("Rows refused", rows.refused), ("Set aside", rows.set_aside)) if reasons]  # fmt: skip
    return Table("What was refused or set aside, and why", ("Why", "Count"), tuple(groups))


def _rates_words(survey: Survey) -> str:
    said = "Rates of those invited, as AAPOR defines them, and of those who came by."
    outcome = survey.outcome
    if outcome.eligible is None or not outcome.unknown:
        return said
    share = f"that {outcome.eligible:g} of those of whom eligibility is not known were eligible"
    return f"{said} Where e stands, it is assumed {share}: an assumption, and nobody counted it."


def _rates(rates: Sequence[Rate]) -> Table:
    """Lay out the rates that can be given; those that cannot are gathered by what is missing."""
    head = ("Rate", "What it is", "Numerator", "Denominator", "Percent", "95% interval")
    given = tuple(_rate(rate) for rate in rates if rate.value is not None)
    names, why = untold(rates)
    groups = [("", given), *([("Not given", ((listed(names, "and"), why, "", "", NOT_STATED, ""),))] if names else [])]
    return Table("Response rates", head, tuple(groups))


def _rate(rate: Rate) -> tuple[str, ...]:
    what = f"{rate.words}: {rate.formula}" if rate.formula else rate.words
    assert rate.numerator is not None, "a rate that has a value is made of numbers"
    assert rate.denominator is not None, "a rate that has a value is made of numbers"
    of = rate.denominator
    interval = span(rate.interval, of) or NO_INTERVAL
    return (rate.name, what, _number(rate.numerator), _number(of), ratio(rate.numerator, of), interval)


def _number(number: float | None) -> str:
    return NOT_STATED if number is None else f"{number:g}"


# The checklist.


def _checklist(survey: Survey, tables: Tables) -> Table:
    filled = checklist.filled(survey, _visit_rates(tables))
    groups: dict[str, list[tuple[str, ...]]] = {}
    for each in filled:
        words = each.entry.words + ("" if each.entry.is_confirmed else " (name from memory, not confirmed)")
        groups.setdefault(each.entry.group, []).append((words, each.states))
    return Table("Checklist for surveys over the internet", ("Item", "What is stated"),
                 tuple((group, tuple(rows)) for group, rows in groups.items()))  # fmt: skip


def _visit_rates(tables: Tables) -> dict[str, str]:
    """Return the rates of visits in full, by their names in the checklist."""
    names = {entry.words.partition(":")[0].lower(): entry.name for entry in checklist.ENTRIES}
    found = {}
    for rate in tables.rates:
        name = names.get(rate.name.lower())
        if name and rate.value is not None and rate.numerator is not None and rate.denominator:
            share = f"{rate.numerator:g} of {rate.denominator:g}, {ratio(rate.numerator, rate.denominator)}"
            found[name] = f"{share} ({span(rate.interval, rate.denominator) or rate.why})"
    return found


def _checklist_words(survey: Survey) -> str:
    filled = checklist.filled(survey, {})
    stated = sum(each.is_stated for each in filled)
    return f"The items of CHERRIES, filled from what the survey states: {stated} of {len(filled)} are stated."


# Across questions.


def _variation(laid_out: Sequence[Section]) -> Table | None:
    """List the questions by how far respondents differ, most first."""
    parts = [part for section in laid_out for part in section.parts]
    spread = [(part.number, part.question) for part in parts if part.question.spread]
    if not spread:
        return None
    spread.sort(key=lambda each: -(each[1].spread.entropy if each[1].spread else 0))
    rows = []
    for number, question in spread:
        if question.spread:
            error = question.spread.standard_error
            rows.append((f"{number}. {question.item.asks}", rounded(question.spread.entropy, 2),
                         "" if error is None else rounded(error, 2), str(question.spread.offered),
                         modal(question.spread, question)))  # fmt: skip
    head = ("Question", "Variation, of 1", "Standard error", "Answers offered", "Given most often")
    return Table("Where respondents differ, most first", head, (("", tuple(rows)),))


def _crossed(crossed: Crossed) -> Table:
    """Lay out a question by groups; of one that is withheld there is a caption alone."""
    head = ("Answer", *(f"{group.words} ({group.of})" for group in crossed.groups), "All")
    tests = [*crossed.line_tests, *([None] * (len(crossed.lines) - len(crossed.line_tests)))]
    rows = []
    for line, test in zip(crossed.lines, tests, strict=True):
        more = [_p_words(test.p) if test and test.p is not None else ""] if crossed.line_tests else []
        rows.append(
            (
                line.words,
                *(counted(cell.share, cell.interval) for cell in line.cells),
                counted(line.total, line.interval),
                *more,
            )
        )
    head = (*head, "P") if crossed.line_tests else head
    groups = () if crossed.is_withheld else (("", tuple(rows)),)
    return Table(f"{crossed.item.asks} By: {crossed.by_words}", head, groups)


def _numbers_by(crossed: NumbersBy) -> Table:
    """Lay out the numbers of each group; its least and its most are somebody's own answers, and no column is for them."""
    head = ("Group", "Answered", "Lower quartile", "Median", "Upper quartile")
    rows = []
    for group, numbers in zip(crossed.groups, crossed.numbers, strict=True):
        shown = (numbers.lower_quartile, numbers.median, numbers.upper_quartile)
        cells = ["" if not group.of else NOT_SHOWN if each is None else figures_of(each) for each in shown]
        rows.append((group.words, str(group.of), *cells))
    groups = () if crossed.is_withheld else (("", tuple(rows)),)
    return Table(f"{crossed.item.asks} By: {crossed.by_words}", head, groups)


def _remarks(test: Test | None, warnings: tuple[str, ...]) -> tuple[str, ...]:
    said = []
    if test and test.p is None:
        said.append(f"No test is given: {test.why.removeprefix('not given: ')}.")
    elif test:
        kind = "exact" if test.is_exact else "approximate"
        said.append(sentence(f"{test.name}: {kind}, {_p_words(test.p)}{f'; {test.why}' if test.why else ''}"))
    return (*said, *(sentence(each) for each in warnings))


def _strata(tables: Tables) -> Table | None:
    """Say of each stratum how many were invited and are analysed."""
    if not tables.strata:
        return None
    rows = tuple((each.words, str(each.invited), _came(each)) for each in tables.strata)
    return Table("Invited and analysed, by stratum", ("Stratum", "Invited", "Analysed"), (("", rows),))


def _came(came: Came) -> str:
    if came.analysed > came.invited:
        return f"{came.analysed}, more than were invited"
    return counted(Share(came.analysed, came.invited))


def _p_words(p: float | None) -> str:
    if p is None:
        return ""
    return "P < 0.001" if p < 0.001 else f"P = {p_figures(p, 3)}"


def _hidden(tables: Tables) -> tuple[str, ...]:
    """Say what is not shown, and why."""
    texts = sum(question.item.kind is ItemKind.TEXT and question.reach.answered > 0 for question in tables.questions)
    said = []
    if tables.crossed or tables.numbers_by:
        withheld = sum(each.is_withheld for each in tables.crossed) + sum(
            each.is_withheld for each in tables.numbers_by
        )
        said.append(_withheld(withheld, tables.options.smallest))
        said.append(
            "Shown however small are the counts of a question by itself, and how many of a stratum are analysed. "
            "Whoever knows more of the respondents than stands here may still work out more."
        )
    if any(_is_left_out(question) for question in tables.questions):
        said.append(f"Numbers and days that fewer than {tables.options.smallest} gave are not summed up.")
    if texts:
        said.append(
            f"Answers in people's own words, to {texts} {'question' if texts == 1 else 'questions'}, are counted and not shown."
        )
    if unmapped := [question.item.name for question in tables.questions if not question.is_mapped]:
        said.append(
            f"Of {listed(unmapped, 'and')} nothing is known: no column of the file was mapped to what was asked there."
        )
    if not said:
        said.append(
            "Nothing is hidden: there is no table by groups, and no question is answered in people's own words."
        )
    return tuple(said)


def _withheld(tables: int, smallest: int) -> str:
    if smallest == 1:
        return "Every table by groups is shown, however few people a group is of."
    if not tables:
        return f"Every table by groups is shown: each group in it is of {smallest} people at least, or of nobody."
    which = "1 table by groups is" if tables == 1 else f"{tables} tables by groups are"
    return (
        f"{which} not shown: a group in such a table, or in one that goes with it, is of fewer than {smallest} people."
    )


def _is_left_out(question: Question) -> bool:
    is_summed = question.item.kind in (ItemKind.NUMBER, ItemKind.DATE)
    return is_summed and question.reach.answered > 0 and not (question.numbers or question.days)


def _references(cited: Iterable[Citation], sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    passages: dict[str, dict[Citation, None]] = {}
    for citation in cited:
        passages.setdefault(citation.source, {})[citation] = None
    return tuple(
        Reference(number, sources[name], tuple(found)) for number, (name, found) in enumerate(passages.items(), 1)
    )


def is_doubtful(citation: Citation) -> bool:
    """Whether a citation is from memory alone, and must look so."""
    return citation.mark is Mark.UNVERIFIED
