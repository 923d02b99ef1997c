"""What the answers of a survey add up to.

In: a Sheet, its Survey where there is one, and Options. Out: Tables (tables.py holds their types). Who is analysed and
of whom a question was asked is in answers.py, each table in question.py and cross.py, the design of the sample in
design.py, what came of the invitations in rates.py.

Not here: how a table looks (report), how answers arrive (arrive.py).
"""

from collections.abc import Sequence

from patency.fault import Fault, Place, Refused, listed
from patency.instrument.model import ItemKind
from patency.practice.answers import Answers, answers
from patency.practice.counted_out import Work
from patency.practice.cross import STRATUM, By, crossed, crossed_by, numbers_by
from patency.practice.design import plan
from patency.practice.question import Setting, choices_of, question
from patency.practice.rates import rates
from patency.practice.sheet import Sheet
from patency.practice.small_groups import has_few_numbers, withheld
from patency.practice.spread import compare_spread
from patency.practice.survey import Survey
from patency.practice.tables import NO_REACH, Came, Compared, Crossed, Options, Question, Tables

__all__ = ["Options", "Tables", "tabulate"]

_PLAIN = Options()


def tabulate(sheet: Sheet, survey: Survey | None = None, options: Options = _PLAIN) -> Tables:
    """Count the answers of a sheet, question by question, and cross them with what was asked for."""
    _refuse_crossing(survey, (*options.by, *(name for pair in options.compared for name in pair)))
    for name in (name for pair in options.compared for name in pair):
        crossed_by(name, sheet.instrument, None, "--compare")
    bys = [crossed_by(name, sheet.instrument, survey) for name in options.by]
    _refuse_unmapped(sheet, (*options.by, *(name for pair in options.compared for name in pair)))
    counted = answers(sheet, survey)
    design = plan(counted.frame, survey, options.is_finite)
    setting = Setting(
        survey.frame.invited if survey else None,
        design,
        options,
        survey is not None and survey.is_margins_only,
        _not_weighed(counted, survey, options.smallest) if len(design.layers) > 1 else frozenset(),
    )
    items = sheet.instrument.items.values()
    pairs = [(item, by) for by in bys for item in items if item.name != by.name and item.name not in sheet.unmapped]
    held, work = withheld(_columns(bys), counted, options.smallest), Work()
    questions = {
        item.name: Question(item, NO_REACH, is_mapped=False)
        if item.name in sheet.unmapped
        else question(item, counted, setting)
        for item in items
    }
    return Tables(
        sheet.instrument,
        survey,
        options,
        survey.label if survey else "",
        counted.kept,
        len(counted.frame),
        counted.kept - len(counted.frame),
        design.words,
        tuple(questions.values()),
        tuple(
            _as_in(questions[item.name], crossed(item, by, counted, held.get((item.name, by.name), ""), work))
            for item, by in pairs
            if item.kind.is_chosen
        ),
        tuple(
            numbers_by(item, by, counted, held.get((item.name, by.name), ""), options.smallest)
            for item, by in pairs
            if item.kind is ItemKind.NUMBER
        ),
        _came(counted, survey),
        rates(survey.outcome, survey.visits, survey.frame.invited) if survey else (),
        _warnings(counted, survey),
        tuple(_compared(counted, *pair, options.smallest) for pair in options.compared),
    )


def _as_in(question: Question, crossed: Crossed) -> Crossed:
    """Give the totals of a subgroup table the intervals that the same shares have in the question's own."""
    own = {(row.name, row.share): row.interval for row in question.rows}
    lines = tuple(line._replace(interval=own.get((line.name, line.total))) for line in crossed.lines)
    return crossed._replace(lines=lines)


def _columns(bys: Sequence[By]) -> dict[str, tuple[str, ...]]:
    return {by.name: tuple(by.groups) for by in bys}


def _not_weighed(counted: Answers, survey: Survey | None, smallest: int) -> frozenset[str]:
    """Name the questions of which an estimate that weighs the strata could tell of few people of one."""
    columns = _columns([crossed_by(STRATUM, counted.instrument, survey)])
    held = {name for name, _ in withheld(columns, counted, smallest)}
    numbers = [each.name for each in counted.instrument.items.values() if each.kind is ItemKind.NUMBER and smallest > 1]
    return frozenset(held | {name for name in numbers if has_few_numbers(name, STRATUM, columns[STRATUM], counted)})


def _compared(counted: Answers, first: str, second: str, smallest: int) -> Compared:
    """Compare how far respondents differ in two questions that have one answer each."""
    if first == second:
        return Compared(first, second, 0, None, None, "it is one question")
    bys = [crossed_by(name, counted.instrument, None, "--compare") for name in (first, second)]
    if why := withheld(_columns(bys), counted, smallest).get((first, second)):
        return Compared(first, second, None, None, None, why)
    items = (counted.instrument.items[first], counted.instrument.items[second])
    pairs = counted.frame.select(first, second).drop_nulls().group_by(first, second).len().sort(first, second)
    offered = (len(choices_of(items[0])), len(choices_of(items[1])))
    return compare_spread((first, second), offered, list(pairs.iter_rows()))


def _refuse_crossing(survey: Survey | None, names: Sequence[str]) -> None:
    """Refuse to lay questions beside one another of which nobody knows how they were answered together."""
    if survey and survey.is_margins_only and names:
        what = f"the answers of {survey.id!r} cannot be crossed with {listed([repr(name) for name in names], 'and')}"
        why = (
            "each question was put together on its own from what was published; what two of them say together is chance"
        )
        raise Refused([Fault(Place(survey.place.file), what, why, "read each question on its own")])


def _refuse_unmapped(sheet: Sheet, names: Sequence[str]) -> None:
    """Refuse to lay a question beside others that no column of the file was mapped to."""
    if asked := [name for name in dict.fromkeys(names) if name in sheet.unmapped]:
        raise Refused([Fault(Place("--by, --compare"), f"no column of the file is mapped to {name!r}", "nothing is known of its answers",
                             "map its column in the mapping of the answers, or leave it out here") for name in asked])  # fmt: skip


def _came(counted: Answers, survey: Survey | None) -> tuple[Came, ...]:
    if not survey or not survey.frame.strata:
        return ()
    found = dict(counted.frame["stratum"].value_counts().iter_rows())
    return tuple(
        Came(each.name, each.words, each.invited, found.get(each.name, 0)) for each in survey.frame.strata.values()
    )


def doubts(sheet: Sheet, survey: Survey) -> tuple[str, ...]:
    """Say where the answers do not fit what the survey states of itself, and what it could state."""
    return _warnings(answers(sheet, survey), survey)


def _warnings(counted: Answers, survey: Survey | None) -> tuple[str, ...]:
    """Say where the answers and what the survey states of itself do not fit one another."""
    if survey is None:
        return ()
    said, analysed = [], len(counted.frame)
    if survey.frame.invited is not None and analysed > survey.frame.invited:
        said.append(f"{analysed} are analysed, and {survey.frame.invited} were invited: the worst case cannot be told")
    said += [f"{each.analysed} of {each.words} are analysed, and {each.invited} were invited: one of the two is wrong"
             for each in _came(counted, survey) if each.analysed > each.invited]  # fmt: skip
    if survey.outcome.complete is not None and analysed != survey.outcome.complete:
        said.append(f"{analysed} are analysed, and the survey states {survey.outcome.complete} complete responses")
    if analysed and not any(each is not None for each in survey.outcome):
        partial = f", partial: {counted.kept - analysed}" if counted.kept > analysed else ""
        said.append(f"no response rate can be given: the survey states no outcome. If the file has every answer that came, write "
                    f"outcome: {{complete: {analysed}{partial}}}")  # fmt: skip
    if survey.is_margins_only:
        said.append(
            "only what was published of each question is known: nothing is crossed, and variation is of the answers that were "
            "published apart; what is left beside them is counted and neither ranked nor compared"
        )
    return tuple(said)
