"""What happened to patients like this one, in the words that text and HTML share.

No figure stands without its definition, its count and denominator (or that they were not printed) and its interval (or that
there is none); what was worked out and not printed says so. What is too few is said in words, and so is what is withheld.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from patency.consult.outcomes import Headline, OptionOutcomes, Outcomes, Spoke
from patency.consult.said import by_condition
from patency.evidence.printed_outcomes import RARELY_SAID, PrintedOutcome, WhichStudy
from patency.percent import decimals, percent, rounded, span
from patency.source import Citation
from patency.vocabulary import DAYS_A_MONTH

if TYPE_CHECKING:
    from patency.consult.page import Consult
    from patency.outcome.alike import Alike, Step
    from patency.outcome.definition import Definition
    from patency.outcome.estimated import Estimated, Point
    from patency.outcome.few import Shown
    from patency.share import Interval

HEADING = "What happened to patients like this one"
LABEL = "after, not because of"
PUBLISHED, REGISTRY = "Published studies", "This registry"
NO_FIGURES = "no published figures for such a patient"
NONE_HERE = "none in this registry"
HELD_BACK = "withheld"
CAVEAT = (
    "What came after an option, not because of it: studies chose their patients, and counted by definitions of their own. "
    "Figures stand side by side and are never pooled."
)
NO_COUNT = "count and denominator not printed"
OVER_TIME = "an estimate over time, count not printed"
MOST_PRINTED = 2  # studies of an option on paper
MONTH = 24.0  # at which one's own curves are read; where they cannot be, at the last month at which they can


def figure_words(figure: PrintedOutcome) -> str:
    """Say a figure as printed: how many of how many, its percentage, its interval, and what of it was worked out."""
    share, printed = figure.share, f"{figure.percent}%" if figure.percent else ""
    if share is not None:
        said = f"{share.count} of {share.of}, {printed or percent(share)} ({span(figure.interval, share.of)})"
        return f"{said}, {marks}" if (marks := _decoded(figure)) else said
    known = [f"{figure.count} counted"] if figure.count is not None else []
    known += [f"of {figure.of}, the count not printed"] if figure.of and figure.count is None else []
    known += ["of how many not printed"] if figure.count is not None and not figure.of else []
    why = OVER_TIME if figure.is_cumulative else ", ".join(known) or NO_COUNT
    ends = f", printed interval {figure.low} to {figure.high}" if figure.low and figure.high else ", no interval"
    return f"{printed} ({why}{ends})" if printed else f"{why}{ends}"


def _decoded(figure: PrintedOutcome) -> str:
    what = ["count"] * figure.is_count_decoded + ["denominator"] * figure.is_of_decoded
    return f"{' and '.join(what)} by arithmetic, not printed" if what else ""


def definition_name(figure: PrintedOutcome) -> str:
    """Name the definition by which a figure was counted, as the list of definitions has it."""
    return figure.definition if figure.is_defined else "definition not stated"


def when_words(figure: PrintedOutcome) -> str:
    """Say when, of what unit where it is not patients, and of which group where the study tells of several after the option."""
    group = f" ({figure.group.removesuffix(_unit(figure))})" if figure.has_others else ""
    return f"{_at_and_unit(figure)}{group}"


def _at_and_unit(figure: PrintedOutcome) -> str:
    return f"{'time not stated' if figure.at == 'not stated' else figure.at}{_unit(figure)}"


def _unit(figure: PrintedOutcome) -> str:
    return {"patient": "", "not stated": ", unit not stated"}.get(figure.unit, f", by {figure.unit}")


def spoke_words(spoke: Spoke) -> str:
    """Say a figure with its outcome, its time and the name of its definition."""
    figure = spoke.figure
    return f"{figure.words}, {when_words(figure)} [{definition_name(figure)}]: {figure_words(figure)}"


def brief_words(spoke: Spoke) -> str:
    """Say a figure as short as a cell must: the percentage, of how many, when, by which definition."""
    return f"{_share_in_brief(spoke)}, {when_words(spoke.figure)}, {definition_name(spoke.figure)}"


def headline_words(headline: Headline) -> str:
    """Say what stands for a study as short as a cell must: its whole group's figure, or each part's with its name."""
    if len(headline) == 1:
        return brief_words(headline[0])
    first = headline[0].figure
    parts = ", ".join(f"{each.figure.group} {_share_in_brief(each)}" for each in headline)
    return f"{parts}; {_at_and_unit(first)}, {definition_name(first)}"


def cited(headline: Headline) -> tuple[Citation, ...]:
    """List what the figures of a headline cite, each once."""
    return tuple(dict.fromkeys(citation for each in headline for citation in each.figure.citations))


def _share_in_brief(spoke: Spoke) -> str:
    figure, share = spoke.figure, spoke.figure.share
    printed = f"{figure.percent}%" if figure.percent else percent(share) if share else ""
    of = f"{share.count} of {share.of}; {span(figure.interval, share.of)}" if share else _short_of(figure)
    marks = "; by arithmetic" if share and _decoded(figure) else ""
    return f"{printed or f'{figure.count} counted'} ({of}{marks})"


def _short_of(figure: PrintedOutcome) -> str:
    if figure.is_cumulative:
        return "over time; count not printed"
    if figure.count is not None:
        return "of how many not printed"
    return f"count not printed, of {figure.of}" if figure.of else NO_COUNT


def who_words(study: WhichStudy, unsaid: Sequence[str] = ()) -> str:
    """Say of what design a study is, whom it watched, and what it does not state of them."""
    missing = [each for each in unsaid if each != RARELY_SAID]
    not_said = f"; {' and '.join(missing)} not stated" if missing else ""
    part = f"; some of the patients of {study.part_of_short}" if study.part_of else ""
    return f"{study.design}; {study.people}{not_said}{part}"


def by_study(spoken: Iterable[Spoke]) -> list[tuple[WhichStudy, list[Spoke]]]:
    """Group figures by their study, so that whom it watched is said once."""
    groups: dict[str, list[Spoke]] = {}
    for each in spoken:
        groups.setdefault(each.figure.study.id, []).append(each)
    return [(figures[0].figure.study, figures) for figures in groups.values()]


def group_words(option: OptionOutcomes) -> str:
    """Say which broader options have figures, for an option that has none."""
    names = " and ".join(each.brief for each in option.groups)
    return f"figures of {names} as a group stand there" if names else ""


def definitions(spoken: Iterable[Spoke]) -> dict[str, Spoke]:
    """List the definitions by which figures were counted, each once with a figure that cites it."""
    return {each.figure.definition: each for each in spoken if each.figure.is_defined}


def silent(outcomes: Outcomes) -> list[str]:
    """Name the options after which nothing was printed for such a patient."""
    return [each.option.brief for each in outcomes.options.values() if not each.speaking]


def may_speak(outcomes: Outcomes) -> dict[str, list[str]]:
    """List the conditions under which more figures would speak, each with its studies."""
    return by_condition((each.condition, each.figure.study.short) for each in outcomes.open)


def registry_label(alike: "Alike") -> str:
    """Say whose figures they are, loudly where nobody lived them."""
    return alike.label.strip("* .").upper()


def registry_word(alike: "Alike") -> str:
    """Say in the one word that a card has room for that nobody lived these figures; nothing where somebody did."""
    return registry_label(alike).partition(":")[0]


def step_words(step: "Step") -> str:
    """Say a step of widening: what was asked for, what was given up for it, and how many that left."""
    asked = ", ".join(each.words for each in step.criteria) or "nothing"
    count = "number withheld" if step.patients is None else f"{step.patients} patient{'s' * (step.patients != 1)}"
    given_up = f"without {step.dropped}, " if step.dropped else ""
    return f"{given_up}{asked}: {count}"


def alike_words(alike: "Alike") -> Iterator[str]:
    """Yield who the patients alike are, how they were found, what the case did not say, and once why anything is withheld."""
    from patency.outcome.widened import WITHHELD

    for words in _found_words(alike):
        yield words.replace(WITHHELD, HELD_BACK)
    if why := withheld_words(alike):
        yield why


def withheld_words(alike: "Alike") -> str:
    """Say why something is withheld, once: in its place stands the one word; nothing where nothing is."""
    from patency.outcome.widened import WITHHELD

    reasons = dict.fromkeys(each.withheld for _, figures in alike.outcomes for each in figures if each.withheld)
    is_apart = any(WITHHELD in words for words in (*reasons, *_found_words(alike)))
    said = [WITHHELD.removeprefix(f"{HELD_BACK}, ")] * is_apart
    said += [each.removeprefix(f"{WITHHELD}: ").removeprefix("not shown: ") for each in reasons]
    return f"Where it says {HELD_BACK}: {'; '.join(said)}." if said else ""


def _found_words(alike: "Alike") -> Iterator[str]:
    yield f"Alike: {alike.population_words}; at least {alike.enough} were looked for."
    for step in alike.steps:
        yield step.words or step_words(step)
    if alike.unknown:
        names = ", ".join(each.words for each in alike.unknown)
        yield f"Not known of this patient, and so not matched on (whoever is compared may be either): {names}."
    if alike.too_few:
        yield alike.too_few
    yield from _matched_words(alike)


def _matched_words(alike: "Alike") -> Iterator[str]:
    """Yield by what the patients of each outcome were matched, once for those that were matched alike; and all options together."""
    titles: dict[str, list[str]] = {}
    for definition, figures in alike.outcomes:
        if definition.name in alike.matched:
            titles.setdefault(alike.matched[definition.name].words, []).append(definition.name)
        for shown in figures:
            if not shown.figure.group:
                yield f"All options together: {own_words(definition, shown)}"
    for words, names in titles.items():
        yield f"{', '.join(names)}: {words}"


def own_words(definition: "Definition", shown: "Shown") -> str:
    """Say one of the registry's own figures with its definition's name; or that it is withheld."""
    return f"{definition.title} [{definition.name}]: {HELD_BACK if shown.withheld else estimate_words(shown)}"


def told_own(option: OptionOutcomes) -> list[tuple["Definition", "Shown"]]:
    """List the registry's own figures of an option that are told."""
    return [each for each in option.own if not each[1].withheld]


def untold_own(option: OptionOutcomes) -> str:
    """Name the definitions by which the registry's own figures of an option are withheld; why is said once."""
    names = [definition.name for definition, shown in option.own if shown.withheld]
    return f"{HELD_BACK}: {', '.join(names)}" if names else ""


def estimate_words(shown: "Shown") -> str:
    """Say an estimate: of how many, how many had the event, the share or the curve with its interval."""
    if shown.withheld:
        return shown.withheld
    figure = shown.figure
    units = figure.definition.unit.plural
    if figure.share is not None and figure.share.of:
        return f"{figure.share.count} of {figure.share.of} {units}, {percent(figure.share)} ({span(figure.interval, figure.share.of)})"
    if figure.summary is not None:
        ends = figure.summary.interval
        within = f" ({rounded(ends.low, 1)} to {rounded(ends.high, 1)})" if ends else ", no interval"
        return f"mean {rounded(figure.summary.mean, 1)}{within} of {figure.units} {units}"
    if not figure.units:
        return f"nobody: 0 {units} could be followed"
    events = f"{figure.events} of {figure.units} {units} {'lost' if figure.kept else 'had'} it"
    months = (
        f", followed for a median of {figure.followed / DAYS_A_MONTH:.0f} months" if figure.followed is not None else ""
    )
    told = [_at(point, figure) for point in _points(figure)] or [f"no share over time: {_untold(figure)}"]
    return "; ".join([f"{events}{months}", *told])


def _untold(figure: "Estimated") -> str:
    """Say why no month can be given, by the one at which curves are read: an earlier one may lack its interval alone."""
    why = next((each.why for each in figure.points if each.month == MONTH and each.why), "")
    return why.removeprefix("not shown: ") or "none is known"


def _points(figure: "Estimated") -> list["Point"]:
    told = [each for each in figure.points if each.value is not None and not each.why]
    return [each for each in told if each.month == MONTH] or told[-1:]


def _at(point: "Point", figure: "Estimated") -> str:
    from patency.outcome.words import months_words

    what = "still had it" if figure.kept else "had had it"
    said = f"{_share(point.value, point.interval, figure.units)} {what} at {months_words(point.month)} ({point.at_risk} still followed)"
    return f"{said}{_turnbull(point, figure)}"


def _turnbull(point: "Point", figure: "Estimated") -> str:
    """Say Turnbull's share, where a loss is seen at scans alone, after the naive one."""
    if not figure.between:
        return ""
    from patency.outcome.alike_text import turnbull_words

    return turnbull_words(figure.between[figure.points.index(point)], figure.units)


def _share(value: float | None, interval: "Interval | None", of: int) -> str:
    said = f"{rounded(100 * (value or 0.0), decimals(of))}%"
    return f"{said} ({span(interval, of)})" if interval else f"{said} (no interval)"


def own_definitions(consult: "Consult") -> list["Definition"]:
    """List the definitions by which one's own registry was counted, each once."""
    options = (option for outcomes in consult.outcomes.values() for option in outcomes.options.values())
    return list({definition.name: definition for option in options for definition, _ in option.own}.values())


def words_for_pages() -> Mapping[str, Any]:
    """Return what the templates are filled with: these words, by the names that templates have for them."""
    return {
        "after_heading": HEADING, "after_label": LABEL, "after_caveat": CAVEAT, "published": PUBLISHED,
        "registry_name": REGISTRY, "no_figures": NO_FIGURES, "none_here": NONE_HERE, "most_after": MOST_PRINTED,
        "after_in_short": headline_words, "after_cited": cited, "after_when": when_words,
        "figure_words": figure_words, "definition_name": definition_name,
        "who_words": who_words, "by_study": by_study, "group_words": group_words, "definitions": definitions,
        "silent_options": silent, "alike_words": lambda alike: list(alike_words(alike)), "own_words": own_words,
        "estimate_words": estimate_words, "own_definitions": own_definitions, "registry_label": registry_label,
        "registry_word": registry_word, "told_own": told_own, "untold_own": untold_own, "withheld_words": withheld_words,
    }  # fmt: skip
