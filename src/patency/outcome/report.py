"""A report of outcomes: flow of patients, Table 1, each outcome by its definition, methods and the STROBE list.

In: a cut, the definitions that are asked, and by what the patients are grouped. Out: a Reported in which nothing small is left,
and which every output writes as it stands: Markdown (markdown.py), a CSV row for each number (tidy.py), JSON (as_json.py), and the
page (publish/outcomes.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import patency
from patency.cut.opened import Cut
from patency.cut.signature import fingerprint
from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.model import Library
from patency.outcome.as_json import to_json
from patency.outcome.asked import allowed, refuse_other_mean, refuse_other_months
from patency.outcome.beside import Printed, shown_beside
from patency.outcome.definition import Definition, Patency
from patency.outcome.estimated import MONTHS, RUNS, Estimated, estimated
from patency.outcome.few_cells import told
from patency.outcome.flow import flow_of
from patency.outcome.follow import Followed, follow, has_few_others
from patency.outcome.markdown import to_markdown
from patency.outcome.methods import AFTER, facts_of, methods_of
from patency.outcome.reported import Cell, Outcome, Reported, Stage, Trait
from patency.outcome.strobe import strobe_of
from patency.outcome.table_one import BY, LEVELS, table_one
from patency.outcome.tidy import to_csv
from patency.outcome.traits import traits_of
from patency.source import Citation, Source

if TYPE_CHECKING:
    import polars

__all__ = [
    "Cell",
    "Outcome",
    "Reported",
    "Stage",
    "Trait",
    "estimate",
    "outcome_of",
    "report",
    "to_csv",
    "to_json",
    "to_markdown",
]


def report(  # what the command asks
    cut: Cut,
    definitions: Sequence[Definition],
    library: Library,
    by: str = "option",
    fewest: int | None = None,
    months: Sequence[float] = MONTHS,
    notes: Sequence[str] = (),
) -> Reported:
    """Count everything that a report says; `notes` are paragraphs of the authors on how the cut came about."""
    least = allowed(cut, fewest)
    refuse_other_months(months, least)
    traits = traits_of(cut)
    groups = groups_of(traits, by)
    outcomes = _beside_each_other(cut, definitions, groups, least, months)
    names = tuple(sorted(groups["group"].drop_nulls().unique())) if groups is not None else ()
    flow, words = flow_of(cut, outcomes, least), BY.get(by, "")
    methods = (*notes, *methods_of(cut, outcomes, words, least, flow))
    cited = tuple(dict.fromkeys(citation for each in definitions for citation in each.citations))
    return Reported(
        title=f"Outcomes in the registry {cut.manifest.registry}", label=cut.manifest.warning, cut=_of_cut(cut), by=words,
        groups=names, group_words=words_of(names, by, library), fewest=least, flow=flow,
        traits=table_one(traits, by if names else "", names, least), outcomes=outcomes, methods=methods,
        strobe=strobe_of(facts_of(cut, outcomes, flow, words, methods)), sources=cited, references=_references(cited, library),
    )  # fmt: skip


def estimate(  # what the command asks
    cut: Cut,
    definition: Definition,
    library: Library,
    by: str = "",
    fewest: int | None = None,
    months: Sequence[float] = MONTHS,
    until: float | None = None,
) -> Reported:
    """Count one outcome alone: a Reported without flow, Table 1 and STROBE."""
    least = allowed(cut, fewest)
    refuse_other_months(months, least)
    refuse_other_mean(until, least)
    groups = groups_of(traits_of(cut), by)
    outcome = outcome_of(cut, definition, groups, least, months, until)
    names = tuple(each.figure.group for each in outcome.figures if each.figure.group)
    return Reported(
        title=definition.title, label=cut.manifest.warning, cut=_of_cut(cut), by=BY.get(by, ""), groups=names,
        group_words=words_of(names, by, library), fewest=least, flow=(), traits=(), outcomes=(outcome,),
        methods=methods_of(cut, (outcome,), BY.get(by, ""), least), strobe=(), sources=definition.citations,
        references=_references(definition.citations, library),
    )  # fmt: skip


def _references(cited: Iterable[Citation], library: Library) -> dict[str, Source]:
    return {each.source: library.sources[each.source] for each in cited if each.source in library.sources}


def groups_of(traits: "polars.DataFrame", by: str) -> "polars.DataFrame | None":
    """Return the group of each episode; None where nothing is asked."""
    if not by:
        return None
    if by not in BY:
        raise Refused([Fault(Place("--by"), f"patients cannot be grouped by {by!r}", "groups are by what each was like at the start",
                             nearest(by, BY, f"use one of {', '.join(BY)}"))])  # fmt: skip
    return traits.select("episode", group=by)


def words_of(names: Sequence[str], by: str, library: Library) -> Mapping[str, str]:
    """Return what each group is called: an option by Patency's own words for it."""
    if by == "option":
        return {name: library.options[name].brief if name in library.options else name for name in names}
    levels = LEVELS.get(by, {})
    return {name: levels.get(name, name) for name in names}


def _beside_each_other(
    cut: Cut,
    definitions: Sequence[Definition],
    groups: "polars.DataFrame | None",
    fewest: int,
    months: Sequence[float],
) -> tuple[Outcome, ...]:
    """Return the outcomes, each as it may leave beside those of its family before it."""
    printed: list[Printed] = []
    found = []
    for each in definitions:
        followed = follow(cut, each)
        found.append(_outcome(followed, estimated(followed, groups, months, runs=RUNS), fewest, printed))
    return tuple(found)


def outcome_of(
    cut: Cut,
    definition: Definition,
    groups: "polars.DataFrame | None",
    fewest: int,
    months: Sequence[float] = MONTHS,
    until: float | None = None,
) -> Outcome:
    """Return an outcome as it may leave."""
    followed = follow(cut, definition)
    return _outcome(followed, estimated(followed, groups, months, until, RUNS), fewest, [])


def _outcome(followed: Followed, counted: Sequence[Estimated], fewest: int, before: list[Printed]) -> Outcome:
    """Return an outcome as it may leave, and add it to those that are printed."""
    definition, is_out = followed.definition, has_few_others(followed, fewest)
    leaving = shown_beside(counted, before, fewest, is_out=is_out)
    by_group = {each.group: each for each in counted}
    before.append(Printed(definition, by_group, {each.figure.group: each for each in leaving}))
    counts = _counts(followed, fewest, is_told=not leaving[0].withheld)
    return Outcome(definition, leaving, counts, tuple(_notes(definition, leaving[0].figure)))


def _counts(followed: Followed, fewest: int, *, is_told: bool) -> Mapping[str, int | None]:
    """Return the counts in words: how many units there were, and those that were left out; those counted are the rest."""
    plural = followed.definition.unit.plural
    analysed = f"{plural} analysed"
    out = [
        words
        for words in followed.counts
        if words != plural and "counted as" not in words and "how they were left" not in words
    ]
    counts = {**followed.counts, analysed: followed.frame.height}
    found = told(counts, fewest, plural, [*out, analysed], [analysed] if is_told else [])
    found.pop(analysed)
    return found


def _notes(definition: Definition, everybody: Estimated) -> Iterator[str]:
    if definition.is_draft:
        yield "Unverified: the words of its source were not read."
    if isinstance(definition.rule, Patency) and everybody.units:
        yield "Seen at scans: the naive curve takes the day of the scan for that of the loss; Turnbull's estimate does not."
    yield AFTER


def _of_cut(cut: Cut) -> Mapping[str, str]:
    manifest, record = cut.manifest, cut.record
    return {
        "content": manifest.content,
        "registry": manifest.registry,
        "protocol": manifest.protocol or "not named",
        "label": manifest.label,
        "cut on": str(record.get("at", "not known"))[:10],
        "signed by": f"the key {fingerprint(cut.signer)}" if cut.signer else "nobody",
        "cut by Patency": str(manifest.made_by.get("patency", "not known")),
        "counted by Patency": patency.__version__,
    }
