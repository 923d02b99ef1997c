"""A study as text: every figure with its count, denominator, definition, interval, and how it is known.

What is printed stands as it is printed; what is worked out beside it says that it is. Not here: what the number auditor
finds (text.py), and several studies together (forest.py).
"""

from collections.abc import Iterator
from textwrap import wrap

from patency.evidence.by_rule import BY_RULE, GIVEN, OR, Ruled, ruled
from patency.evidence.forest import spanned
from patency.evidence.study import (
    NOT_STATED,
    Asserted,
    Compared,
    Counts,
    Evidence,
    Expected,
    Figure,
    Population,
    Reported,
    Stands,
    Study,
    stances_on,
)
from patency.percent import span
from patency.source import Citation

NO_COUNT = "count and denominator not printed"
NO_FIGURE = "no figures are printed that could be taken over"
STANCES = f"Stances are {GIVEN}. {BY_RULE}"


def listed_study(study: Study, evidence: Evidence) -> str:
    """Say a study in one line: what it is of, and which outcomes it gives."""
    outcomes = dict.fromkeys(evidence.terms.outcomes[each.outcome].words for each in study.outcomes)
    return f"{study.id:26} {study.design}, {study.population.age}, {study.population.extent}: {'; '.join(outcomes) or 'no figures'}"


def to_text(study: Study, evidence: Evidence, width: int = 100) -> str:
    """Lay a study out for a terminal."""
    return "\n".join(_lines(study, evidence, width)) + "\n"


def _lines(study: Study, evidence: Evidence, width: int) -> Iterator[str]:
    yield from wrap(f"{study.short}: {study.title}", width)
    people = study.population
    about = f"{study.design}; {study.setting}; enrolled: {study.enrolled}. {people.words}."
    yield from wrap(f"{about} {read_as(people).capitalize()}.", width)
    yield from wrap(f"Source: {cited(study.citations)}", width)
    if study.part_of:
        yield f"Its patients are some of those of {study.part_of}."
    for group in study.groups.values():
        of = f"{group.of}" if group.of else "number not stated"
        yield f"  {group.id}: {group.words}, {of}{f' ({group.option})' if group.option else ''}"
    for outcome in study.outcomes:
        yield ""
        yield from _outcome(study, outcome, evidence, width)
    yield ""
    for each in study.stands:
        yield from hung(stance_words(study, each, evidence), width, "")
    if study.stands:
        yield from hung(STANCES, width, "")
    for flag in study.flags:
        yield from hung(f"! {flag.text} ({cited(flag.citations)})", width, "")


def read_as(people: Population) -> str:
    """Say how Patency reads whom a study watched."""
    return (
        f"age: {people.age}; extent: {people.extent}; phase: {people.phase}; treatment begun: {people.begun}; "
        f"compression of the vein: {people.compression}"
    )


def _outcome(study: Study, outcome: Reported, evidence: Evidence, width: int) -> Iterator[str]:
    terms = evidence.terms
    by = f"[{outcome.definition}] {terms.definitions[outcome.definition].words}"
    way = "; an estimate over time, no share of people" if outcome.is_cumulative else ""
    head = f"{terms.outcomes[outcome.outcome].words} ({outcome.id}), {outcome.at}, by {outcome.unit}{way}"
    yield from hung(head, width, "")
    yield from hung(
        f"definition: {by if outcome.definition != NOT_STATED else terms.definitions[NOT_STATED].words}", width, "  "
    )
    for figure in outcome.figures.values():
        yield from hung(f"{study.groups[figure.group].words}: {figure_words(figure, outcome)}", width, "  ")
    for effect in outcome.effects:
        yield from hung(effect_words(study, outcome, effect), width, "  ")
    for remark in outcome.remarks:
        yield from hung(f"! {remark.text} ({cited(remark.citations)})", width, "  ")


def figure_words(figure: Figure, outcome: Reported) -> str:
    """Say one figure as printed, with its count, denominator and interval, and how each is known."""
    return f"{percent_words(figure)}; {counted_words(figure, outcome)} ({cited(figure.citations)})"


def percent_words(figure: Figure) -> str:
    """Say a percentage as it was printed, or that none was."""
    return f"{figure.percent.text}%" if figure.percent else "no percentage printed"


def counted_words(figure: Figure, outcome: Reported) -> str:
    """Say the count, denominator and interval of a figure, and how each is known."""
    return f"{_counted(figure, outcome)}{_printed_interval(figure)}"


def _counted(figure: Figure, outcome: Reported) -> str:
    share = figure.share
    if outcome.is_cumulative:
        return "no count: an estimate over time"
    if share is None:
        known = [
            f"{figure.counted} counted" * (figure.counted is not None),
            f"of {figure.of}" * (figure.of is not None),
        ]
        return ", ".join(filter(None, known)) + (", the rest not printed" if any(known) else NO_COUNT)
    marks = ["count decoded, not printed"] if figure.counts is Counts.DECODED else []
    marks += [] if figure.is_of_printed else ["denominator decoded, not printed"]
    said = f"{share.count}/{share.of}, Wilson {span(share.interval, share.of)}"
    return f"{said} [{'; '.join(marks)}]" if marks else said


def _printed_interval(figure: Figure) -> str:
    return f"; printed interval {figure.low.text} to {figure.high.text}" if figure.low and figure.high else ""


def effect_words(study: Study, outcome: Reported, effect: Compared) -> str:
    """Say an effect as printed, and beside it what the counts give."""
    first, second = (study.groups[name].words for name in effect.groups)
    parts = [effect.estimate.text] if effect.estimate else []
    parts += [f"({effect.low.text} to {effect.high.text})"] if effect.low and effect.high else []
    parts += [f"p {effect.p.text}"] if effect.p else []
    parts += [f"[{effect.adjusted}]"] if effect.adjusted else []
    said = f"{effect.kind}, {first} against {second}: printed {' '.join(parts) or 'without a figure'}"
    again = outcome.recomputed(effect)
    if again is None:
        return f"{said}; counts do not allow to work it out again"
    decoded = ", from decoded counts" if outcome.is_decoded(effect) else ""
    return f"{said}; from counts{decoded} {spanned(again.measure, again.value, again.interval)}"


def stance_words(study: Study, stands: Stands, evidence: Evidence) -> str:
    """Say how a study stands to a claim: as given, on what that rests, and by the rule."""
    claim = evidence.terms.claims[stands.claim]
    on = f" on {stands.on}" if stands.on else ""
    says = f" {stands.says}" if stands.says else ""
    by_rule = ruled_words(ruled(study, stands, claim))
    return f"{stands.stance.value} (given){on}: {claim.words}{says} ({cited(stands.citations)}) {by_rule}"


def ruled_words(found: Ruled) -> str:
    """Say what the rule says of a study, and on which interval that rests."""
    rests = f" on {'; '.join(found.rests)}" if found.rests else ""
    return f"By the rule: {found.words}{rests}. {found.why}"


def claim_text(claim: str, evidence: Evidence, width: int = 100) -> str:
    """Lay out a claim with the stance of each study, as given and by the rule."""
    asserted = evidence.terms.claims[claim]
    stances = stances_on(evidence, claim)
    lines = [*wrap(asserted.words, width)]
    lines += wrap(f"made by: {cited(asserted.citations)}" if asserted.citations else "", width)
    lines += wrap(STANCES if stances else "", width)
    for study, stands in stances:
        lines += hung(f"{stands.stance.value:9} {study.short} (given). {_rests(study, stands)}", width, "")
        lines += hung(ruled_words(ruled(study, stands, asserted)), width, "    ")
    return "\n".join(lines) + "\n"


def _rests(study: Study, stands: Stands) -> str:
    figures = next((each for each in study.outcomes if each.id == stands.on), None)
    rests = "; ".join(figure_words(each, figures) for each in figures.figures.values()) if figures else ""
    return " ".join(filter(None, (stands.says, f"{stands.on}: {rests}" if rests else "")))


def listed_claim(claim: Asserted, width: int = 100) -> str:
    """Say a claim, and what a registry can answer of it, or why it can answer nothing."""
    lines = hung(f"{claim.id:26} {claim.words}", width, "")
    for each in claim.expects:
        lines += hung(f"of a registry: {expected_words(each)} ({each.outcome})", width, "    ")
    lines += hung(f"no registry can answer it: {claim.no_registry}", width, "    ") if claim.no_registry else []
    return "\n".join(lines)


def expected_words(expected: Expected, month: float | None = None) -> str:
    """Say what a claim leads one to expect of a registry; at one month, where it is read at several."""
    of = f" of {expected.extent} clots" if expected.extent else ""
    if expected.between is None:
        first, second = expected.compares
        return f"{expected.direction} after {first} than after {second}{of}.".replace("_", " ")
    months = (month,) if month is not None else expected.months
    at = f" at {' and '.join(f'{each:.0f}' for each in months)} month{'' if months == (1,) else 's'}" if months else ""
    low, high = (f"{100 * end:g}" for end in expected.between)
    after = f" after {OR.join(expected.after)}".replace("_", " ") if expected.after else ""
    return f"{low} to {high}%{at}{of}{after}."


def cited(citations: tuple[Citation, ...]) -> str:
    """Say where something was read, and how it was verified."""
    return "; ".join(f"{each.source}, {each.at}: {each.mark.words}" for each in citations)


def hung(text: str, width: int, indent: str) -> list[str]:
    """Break a text into lines, of which all but the first stand further in."""
    return wrap(text, max(width, 40), initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)
