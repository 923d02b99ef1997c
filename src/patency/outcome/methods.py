"""How it was counted, in words that a methods section can take up: estimators, variances, small cells, versions.

In: the cut and the outcomes of a report. Out: paragraphs, and the facts of the STROBE list. What stands here is told from what
was done, so that a method that was not used is not named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

import patency
from patency.cut.manifest import FEWEST
from patency.cut.opened import Cut
from patency.outcome.estimated import RUNS, SEED, Estimated
from patency.outcome.few import few_words
from patency.outcome.reported import Outcome, Stage
from patency.outcome.strobe import AUTHORS
from patency.outcome.tail import FEW
from patency.outcome.words import count_words
from patency.percent import IN_FILES, RULE
from patency.vocabulary import DAYS_A_MONTH

AFTER = (
    "Every figure is of what happened after a treatment, and not because of it: nobody was dealt a treatment by lot, and no "
    "comparison here is adjusted for what drove the choice."
)


def methods_of(
    cut: Cut, outcomes: Sequence[Outcome], by: str, fewest: int, flow: Sequence[Stage] = ()
) -> tuple[str, ...]:
    """Return the methods of outcomes, and of a flow where there is one, in paragraphs."""
    return tuple(paragraph for paragraph in _paragraphs(cut, outcomes, by, fewest, flow) if paragraph)


def _paragraphs(cut: Cut, outcomes: Sequence[Outcome], by: str, fewest: int, flow: Sequence[Stage]) -> Iterator[str]:
    manifest = cut.manifest
    yield (
        f"The figures are of a cut of the registry {manifest.registry}, protocol {manifest.protocol or 'not named'}, whose content has the "
        f"SHA-256 {manifest.content}. {AFTER}"
    )
    yield f"Groups are by {by}; who is in none, because nobody said, is counted among everybody alone." if by else ""
    yield _estimators(outcomes)
    yield _dependence(outcomes)
    yield _visits(outcomes)
    yield _known(outcomes)
    yield (
        "Two definitions of one outcome give two figures; the definition stands under each, with its source and how that was "
        "verified. What could not be told of somebody is counted and left out, and never taken for a no, except where the "
        "definition says so."
    )
    yield _small(fewest, flow)
    yield f"{RULE} {IN_FILES}"
    yield _versions(manifest.made_by)


def _estimators(outcomes: Sequence[Outcome]) -> str:
    methods = said_once([shown.figure for outcome in outcomes for shown in outcome.figures if not shown.withheld])
    times = any(outcome.definition.is_time for outcome in outcomes)
    competing = any(outcome.definition.competing for outcome in outcomes)
    at_visits = any(outcome.definition.is_seen_at_visits for outcome in outcomes)
    more = ((_FOLLOWED, times), (_DEATHS, competing), (_PATENCY, at_visits), (_IS_CUT, times))
    said = "".join(words for words, is_so in more if is_so)
    return f"Estimates: {'; '.join(methods)}{said}. Intervals are of 95% and of two sides." if methods else ""


_FOLLOWED = "; the median follow-up is by Kaplan and Meier of the censoring (Schemper and Smith 1996)"
_DEATHS = (
    ". Where death comes before an event that it keeps from happening, it competes: the share is Aalen and Johansen's, and "
    "not one minus Kaplan and Meier's"
)
_PATENCY = ". A patency is Kaplan and Meier's curve, censored at the last scan: a death ends it there and is no loss"
_IS_CUT = (
    f". A curve is cut where fewer than a tenth of those counted, or than {FEW}, are at risk (after Pocock and others 2002): no "
    "share, step, median or mean beyond is told or drawn"
)


def said_once(figures: Sequence[Estimated]) -> tuple[str, ...]:
    """Return the methods of figures, each once: an effective number, which each group has of its own, with its groups."""
    found: dict[str, list[str]] = {}
    for figure in figures:
        if figure.method:
            numbers = found.setdefault(_EFFECTIVE.sub(r"the effective number of \2", figure.method), [])
            if number := _EFFECTIVE.search(figure.method):
                numbers.append(f"{figure.definition.name}, {figure.group or 'everybody'}: {number[1]}")
    return tuple(f"{method} ({'; '.join(numbers)})" if numbers else method for method, numbers in found.items())


_EFFECTIVE = re.compile(r"([\d.]+) as the effective number of (\w+)")  # as estimated.py writes it


def _dependence(outcomes: Sequence[Outcome]) -> str:
    figures = [shown.figure for outcome in outcomes for shown in outcome.figures if not shown.withheld]
    clustered = any("clustered" in figure.method for figure in figures)
    shares = any(figure.share is not None and figure.patients < figure.units for figure in figures)
    return " ".join([
        "Limbs of one patient are not independent: variances of curves are clustered by patient." if clustered else "",
        "Intervals of shares of limbs are Wilson's with the effective number of limbs; exact intervals and those of means take limbs "
        "for independent, and are too narrow where a patient has two." if shares else "",
    ]).strip()  # fmt: skip


def _visits(outcomes: Sequence[Outcome]) -> str:
    if not any(outcome.definition.is_seen_at_visits for outcome in outcomes):
        return ""
    return (
        "The loss of a patency is seen at scans, and happened between two of them. The curve takes the day of the scan for its "
        "day, as published curves do: it is called naive. Turnbull's estimate, which does not, is given with it. Its interval lies "
        f"between percentiles of {RUNS} bootstrap draws of patients, each with all their limbs (seed {SEED}): it is approximate."
    )


def _known(outcomes: Sequence[Outcome]) -> str:
    if not any(outcome.definition.is_time and not outcome.definition.is_seen_at_visits for outcome in outcomes):
        return ""
    return (
        "An event that is told whenever it comes, a death among them, is counted until the day by which it counts as known who "
        "lived, of the living and the dead by one rule: until a loss, until a year and a half after a planned visit that no other "
        "followed, or until the end of the data, taken back to 92 or 183 days or full years. Who is not on record as dead by then "
        "counts as alive, and an event that the site was never told of as none. Followed until last seen, the living would leave "
        "between two visits and the dead would not, and too many would seem to die (Lesko CR and others. Am J Epidemiol "
        "2018;187:623-32)."
    )


def _small(fewest: int, flow: Sequence[Stage]) -> str:
    if fewest <= 1:
        lived = "nobody in this cut lived, so nobody can be known again."
        by_cut = [stage.words for stage in flow if stage.count is None]
        if not by_cut:
            return f"No cell was withheld for being small: {lived}"
        return (
            f"Withheld in the flow, for the cut itself says only that they are fewer than {FEWEST}: {'; '.join(by_cut)}. Beyond that "
            f"no cell was withheld for being small: {lived}"
        )
    return (
        f"Small cells: a figure that is withheld is {few_words(fewest)}. Curves are told at months alone, and only where {fewest} or more "
        "were at risk and nobody, or as many, had the event since the last month that is shown; least and greatest values are not "
        "told. Two definitions of one family whose counts differ by fewer people do not stand beside each other: the later figure is "
        "withheld. How many have no record of an outcome is told by its denominators."
    )


def _versions(made_by: Mapping[str, object]) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "polars"))
    of_cut = ", ".join(f"{name} {str(value)[:16]}" for name, value in made_by.items() if isinstance(value, str | int))
    return f"Software: Patency {patency.__version__} with {libraries}. The cut was made by: {of_cut}."


def facts_of(
    cut: Cut, outcomes: Sequence[Outcome], flow: Sequence[Stage], by: str, methods: Sequence[str]
) -> dict[str, str]:
    """Return what the cut can say to the items of the STROBE list."""
    manifest, sites = cut.manifest, _sites(cut)
    titles = "; ".join(f"{outcome.definition.title} ({outcome.definition.name})" for outcome in outcomes)
    stages = "; ".join(f"{stage.words}: {count_words(stage.count)}" for stage in flow if not stage.is_out)
    more = f". The rest is {AUTHORS}."
    return {
        "1": f"A registry's cohort, described by outcome{more}",
        "4": f"A registry of patients, cut at one point{more}",
        "5": f"{sites} site{'s' * (sites != 1)}; days are counted from each index date, and a cut holds no dates{more}",
        "6": f"Protocol {manifest.protocol or 'not named'}; the flow shows who was entered, enrolled and left{more}",
        "7": f"Outcomes, each with its definition: {titles}. Groups: {by or 'none'}{more}",
        "8": "All variables are of the registry's forms; the cut's manifest names each column, its unit and how it was read.",
        "9": f"Not adjusted for confounding by indication; screening log and losses are shown{more}",
        "10": f"All who are in the cut were counted; no number was planned here{more}",
        "11": f"Numbers are told as they are, phases and ages cut as their definitions say{more}",
        "12": "See the methods of this report: " + " ".join(methods)[:400] + "…",
        "13": f"See the flow. {stages}.",
        "14": f"See Table 1, with what is missing.{_median_follow_up(outcomes)}",
        "15": "See the outcomes: units, patients, events and deaths stand by each figure.",
        "16": f"All estimates are unadjusted, with intervals of 95%{more}",
        "17": _further(outcomes, by),
    }  # fmt: skip


def _median_follow_up(outcomes: Sequence[Outcome]) -> str:
    followed = [
        f"{outcome.definition.title}: {outcome.figures[0].figure.followed / DAYS_A_MONTH:.1f} months"
        for outcome in outcomes
        if not outcome.figures[0].withheld and outcome.figures[0].figure.followed is not None
    ]
    return f" Median follow-up: {'; '.join(followed)}." if followed else ""


def _has_turnbull(figure: Estimated) -> bool:
    """Whether Turnbull's estimate stands beside the naive one at some month that is told."""
    return any(point.value is not None for point, _ in zip(figure.points, figure.between, strict=False))


def _further(outcomes: Sequence[Outcome], by: str) -> str:
    """List every analysis that the report shows beside the estimate of each outcome in everybody."""
    figures = [(o.definition, each.figure) for o in outcomes for each in o.figures if not each.withheld]
    said = [f"groups by {by}, each estimated by itself and not tested against one another"] if by else []
    if turnbull := list(dict.fromkeys(definition.title for definition, figure in figures if _has_turnbull(figure))):
        said.append(f"Turnbull's estimate beside the naive curve ({'; '.join(turnbull)})")
    if exact := list(dict.fromkeys(definition.title for definition, figure in figures if figure.exact)):
        said.append(f"exact intervals beside Wilson's ({'; '.join(exact)})")
    families: dict[str, list[str]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.definition.family, []).append(outcome.definition.name)
    if several := [f"{family}: {', '.join(names)}" for family, names in families.items() if len(names) > 1]:
        said.append(f"several definitions of one family ({'; '.join(several)})")
    return (
        f"Shown beside the estimates: {'; '.join(said)}. No other."
        if said
        else "No other analysis stands in this report."
    )


def _sites(cut: Cut) -> int:
    return int(cut.table("episode").select("site").collect()["site"].n_unique())
