"""The table of one question: its answers, their shares of those who answered, intervals, bounds and spread."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.fault import listed
from patency.instrument.model import Choice, Item, ItemKind
from patency.practice.answers import Answers, is_answered
from patency.practice.columns import columns_of
from patency.practice.design import Design, Layer, Unit, linear, mean_estimate, share_estimate, units
from patency.practice.numbers import bounds, days, finite_wilson, numbers
from patency.practice.spread import spread
from patency.practice.tables import Estimate, Options, Question, Reach, Row, Spread
from patency.practice.tests_of_difference import SIGNIFICANT, p_figures, pair_test
from patency.share import Interval, Share, wilson

if TYPE_CHECKING:
    import polars


class Setting(NamedTuple):
    """What every table needs to know of the survey: how many were invited, the design, and how to tabulate.

    Where only margins are known (Survey.is_margins_only), which answers one person ticked together is not. Of questions
    that are `withheld` by stratum no estimate weighs the strata.
    """

    invited: int | None
    design: Design
    options: Options
    is_margins_only: bool = False
    withheld: frozenset[str] = frozenset()


class _Counted(NamedTuple):
    """One answer of a question, or several as one: who gave it, and how many they are."""

    name: str
    words: str
    of: tuple[str, ...]
    people: int


def question(item: Item, answers: Answers, setting: Setting) -> Question:
    """Tabulate one question."""
    reach = answers.reaches[item.name]
    table = _TABLES.get(item.kind, _chosen)(item, answers, setting)
    return table._replace(warnings=(*_reach_warnings(reach), *table.warnings))


def choices_of(item: Item) -> Mapping[str, str]:
    """Return the words of each answer that an item offers, in order."""
    if item.kind is ItemKind.YES_NO and not item.choices:
        return {"yes": "yes", "no": "no"}
    return {name: choice.words for name, choice in item.choices.items()}


def _reach_warnings(reach: Reach) -> list[str]:
    said = []
    if reach.untold:
        said.append(
            f"of {reach.untold} it cannot be told whether they were asked, for the answer it hangs on is blank or not mapped; "
            "they are not counted"
        )
    if reach.contrary:
        said.append(f"{reach.contrary} answered though the question was not for them; those answers are not counted")
    return said


def _chosen(item: Item, answers: Answers, setting: Setting) -> Question:
    found = dict(answers.frame[item.name].value_counts().iter_rows())
    offered = choices_of(item)
    counts = {name: found.get(name, 0) for name in offered}
    reach, stated = answers.reaches[item.name], _stated(item, counts)
    counted = [_Counted(name, words, (name,), counts[name]) for name, words in offered.items()]
    merged = [_Counted(c.name, c.words, c.of, sum(counts[name] for name in c.of)) for c in item.collapsed]
    every, warnings = _rows(item, [*counted, *merged], answers, setting)
    rows = every[: len(counted)]
    if item.kind is ItemKind.ORDERED:
        rows = _cumulated(rows, lambda share: _interval(share, item, setting))
    return Question(
        item,
        reach,
        tuple(rows),
        tuple(every[len(counted) :]),
        spread=_spread(stated, rows),
        warnings=(*warnings, *_alike(offered, stated)),
    )


def _stated(item: Item, counts: Mapping[str, int]) -> dict[str, int]:
    """Leave out what is left of those who answered: it is no answer, and may be several."""
    return {
        name: count for name, count in counts.items() if name not in item.choices or not item.choices[name].is_remainder
    }


def _spread(stated: Mapping[str, int], rows: Sequence[Row]) -> Spread | None:
    """Say how far the stated answers differ; the one given most often has the share and the interval that it has in the table."""
    found = spread(stated)
    if found is None:
        return None
    own = next(row for row in rows if row.name in found.modal)
    return found._replace(modal_share=own.share, modal_interval=own.interval)


def _rows(item: Item, counted: Sequence[_Counted], answers: Answers, setting: Setting) -> tuple[list[Row], list[str]]:
    reach = answers.reaches[item.name]
    of = reach.answered
    # A question that was not for everybody may have been for all who are not known to be apart from it: with them the
    # share is least and most, for each of them who is left out brings both ends nearer to what was answered.
    concerned = setting.invited - reach.not_asked if setting.invited else 0
    estimates, warnings = _estimates(item, counted, answers, setting)
    rows = []
    for each, estimate in zip(counted, estimates, strict=True):
        share = Share(each.people, of)
        limits = bounds(share, concerned) if concerned else None
        rows.append(
            Row(each.name, each.words, share, _interval(share, item, setting), bounds=limits, estimate=estimate)
        )
    if setting.options.is_finite and item.when is not None:
        warnings.append(
            "how many of those invited it would have been asked of is not known; the intervals are not narrowed"
        )
    return rows, warnings


def _interval(share: Share, item: Item, setting: Setting) -> Interval | None:
    if setting.options.is_finite and setting.invited and item.when is None:
        return finite_wilson(share, setting.invited)
    return share.interval


def _cumulated(rows: Sequence[Row], interval: Callable[[Share], Interval | None]) -> list[Row]:
    so_far, cumulated = 0, []
    for row in rows:
        so_far += row.share.count
        share = Share(so_far, row.share.of)
        cumulated.append(row._replace(cumulative=share, cumulative_interval=interval(share)))
    return cumulated


def _estimates(
    item: Item, counted: Sequence[_Counted], answers: Answers, setting: Setting
) -> tuple[list[Estimate | None], list[str]]:
    """Estimate each share for all who were invited; none of a question of which a stratum shows few people."""
    design = setting.design
    if not design.layers:
        return [None] * len(counted), []
    if item.name in setting.withheld:
        why = "no estimate for all invited is given: beside the counts it would show answers of few people of a stratum"
        return [None] * len(counted), [why]
    samples = [units(answers.frame, design, is_answered(item), _gave(item, each.of)) for each in counted]
    return [share_estimate(linear(each, design.layers)) for each in samples], []


def _gave(item: Item, names: Sequence[str]) -> "polars.Expr":
    """Return where an item was answered by one of these."""
    import polars

    if item.kind is ItemKind.MULTIPLE:
        ticked = polars.any_horizontal([polars.col(f"{item.name}/{name}").fill_null(False) for name in names])
        return ticked & is_answered(item)
    return polars.col(item.name).is_in(list(names)).fill_null(False)


def _alike(offered: Mapping[str, str], counts: Mapping[str, int]) -> list[str]:
    """Warn where the most frequent answer cannot be told apart from another, by the exact test of the two counts."""
    ordered = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    if len(ordered) < 2:
        return []
    first = ordered[0]
    doubtful = []
    for name in ordered[1:]:
        p = pair_test(counts[first], counts[name])
        if counts[name] < counts[first] and p is not None and p >= SIGNIFICANT:
            doubtful.append(f"{offered[name]} ({counts[name]}; p = {p_figures(p, 2)})")
    if not doubtful:
        return []
    return [
        f"{offered[first]} ({counts[first]}) cannot be told apart from {listed(doubtful)}: exact test of the two counts"
    ]


def _multiple(item: Item, answers: Answers, setting: Setting) -> Question:
    import polars

    names = list(item.choices)
    ticked = (
        answers.frame.select(columns_of(item))  # a filter copies every column there is
        .filter(is_answered(item))
        .select(polars.col(f"{item.name}/{name}").fill_null(False).alias(name) for name in names)
    )
    counts = {name: int(ticked[name].sum()) for name in names}
    counted = [_Counted(name, item.choices[name].words, (name,), counts[name]) for name in names]
    merged = [
        _Counted(c.name, c.words, c.of, ticked.select(polars.any_horizontal(c.of).sum()).item()) for c in item.collapsed
    ]
    every, warnings = _rows(item, [*counted, *merged], answers, setting)
    return Question(
        item,
        answers.reaches[item.name],
        tuple(every[: len(counted)]),
        tuple(every[len(counted) :]),
        _margins(item.choices, counts, len(ticked))
        if setting.is_margins_only
        else _selections(item.choices, counts, ticked),
        warnings=(
            *warnings,
            *([_APART] if setting.is_margins_only else _alike_ticked(item.choices, _stated(item, counts), ticked)),
        ),
    )


_APART = (
    "which answers were ticked together is not known: intervals of shares of what was ticked are as wide as if each person "
    "had ticked one, and no two answers are compared"
)


def _margins(choices: Mapping[str, Choice], counts: Mapping[str, int], people: int) -> tuple[Row, ...]:
    """Return shares of all that was ticked, where nobody knows what was ticked together.

    What one person ticks may hang together as closely as can be, and then each tells as much as one answer.
    """
    every = sum(counts.values())
    shares = [Share(counts[name], every) for name in choices]
    return tuple(
        Row(name, choice.words, share, wilson((share.value or 0.0) * people, people))
        for (name, choice), share in zip(choices.items(), shares, strict=True)
    )


def _selections(
    choices: Mapping[str, Choice], counts: Mapping[str, int], ticked: "polars.DataFrame"
) -> tuple[Row, ...]:
    """Return shares of all that was ticked; what one person ticks hangs together, so each person is a cluster."""
    import polars

    every = sum(counts.values())
    many = ticked.with_columns(polars.sum_horizontal(list(choices)).alias("many?")).group_by("many?")
    sizes = list(many.agg(polars.len().alias("people?"), polars.col(list(choices)).sum()).iter_rows(named=True))
    rows = []
    for name, choice in choices.items():
        sample = [Unit("", row["many?"], 1.0, row[name]) for row in sizes if row[name]]
        sample += [
            Unit("", row["many?"], 0.0, row["people?"] - row[name]) for row in sizes if row["people?"] > row[name]
        ]
        estimate = share_estimate(linear(sample, {"": Layer(1.0)})) if every else None
        share = Share(counts[name], every)
        people = len(ticked) - sum(row["people?"] for row in sizes if not row["many?"])
        interval = (estimate and estimate.interval) or (
            wilson((share.value or 0.0) * people, people) if every else None
        )
        rows.append(Row(name, choice.words, share, interval, estimate=estimate))
    return tuple(rows)


def _alike_ticked(choices: Mapping[str, Choice], counts: Mapping[str, int], ticked: "polars.DataFrame") -> list[str]:
    """Warn where the answer ticked most cannot be told apart from another, by those who ticked one of the two alone."""
    ordered = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    doubtful = []
    for name in ordered[1:]:
        both = int((ticked[ordered[0]] & ticked[name]).sum())
        p = pair_test(counts[ordered[0]] - both, counts[name] - both)
        if counts[name] < counts[ordered[0]] and p is not None and p >= SIGNIFICANT:
            doubtful.append(f"{choices[name].words} ({counts[name]}; p = {p_figures(p, 2)})")
    if not doubtful:
        return []
    most = f"{choices[ordered[0]].words} ({counts[ordered[0]]})"
    return [f"{most} cannot be told apart from {listed(doubtful)}: exact test of those who ticked one of the two alone"]


def _numbers(item: Item, answers: Answers, setting: Setting) -> Question:
    import polars

    reach, design = answers.reaches[item.name], setting.design
    found = numbers(answers.frame[item.name], item.concept.unit if item.concept else "")
    if not design.layers:
        return Question(item, reach, numbers=found)
    if item.name in setting.withheld:
        return Question(
            item, reach, numbers=found, warnings=("no mean of all invited is given: few of a stratum answered",)
        )
    sample = units(answers.frame, design, is_answered(item), polars.col(item.name))
    return Question(item, reach, numbers=found._replace(mean_estimate=mean_estimate(linear(sample, design.layers))))


def _days(item: Item, answers: Answers, _: Setting) -> Question:
    return Question(item, answers.reaches[item.name], days=days(answers.frame[item.name]))


def _text(item: Item, answers: Answers, _: Setting) -> Question:
    return Question(item, answers.reaches[item.name])


_TABLES = {ItemKind.MULTIPLE: _multiple, ItemKind.NUMBER: _numbers, ItemKind.DATE: _days, ItemKind.TEXT: _text}
