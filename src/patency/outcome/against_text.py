"""A cut against a claim, as text and as JSON: each figure with its definition and rule, and beside it the published stances.

In: an Against and the evidence. Out: text. The cut's own warning stands at the head and at the foot.
"""

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from patency.evidence.by_rule import BY_RULE, COMPARED_RULE, GIVEN, RULE, ruled
from patency.evidence.study import Evidence, Stands, Study, stances_on
from patency.evidence.study_text import cited, claim_text, expected_words, hung
from patency.outcome.against import Against, Judged
from patency.outcome.alike_text import ends_said, share_said
from patency.outcome.comparison import Compared
from patency.outcome.comparison_text import without_words
from patency.outcome.numbers import between_words
from patency.outcome.words import months_words
from patency.percent import IN_FILES, ratio, span
from patency.percent import RULE as DIGITS

FORMAT = "patency-against/1"


def to_text(against: Against, evidence: Evidence, width: int = 100) -> str:
    """Lay out how a cut stands to a claim for a terminal."""
    return "\n".join(_lines(against, evidence, width)) + "\n"


def _lines(against: Against, evidence: Evidence, width: int) -> Iterator[str]:
    if against.label:
        yield against.label
    yield from wrap(f"{against.registry} (cut {against.content[:12]}) against the claim: {against.claim.words}", width)
    yield from wrap(f"{against.verdict.value.upper()}: {against.why}", width)
    for number, each in enumerate(against.judged):
        yield ""
        yield from hung(f"{each.verdict.value}: {figure_words(each)} {each.why}", width, "  ")
        reading = f"{each.expected.says} ({cited(each.expected.citations)})"
        yield from hung(f"expected: {expected_words(each.expected, each.month)} {reading}", width, "  ")
        definition, after = each.definition, against.judged[number + 1 : number + 2]
        if all(next_one.definition != definition for next_one in after):  # once under its last figure
            yield from hung(f"[{definition.name}] {definition.words} ({cited(definition.citations)})", width, "  ")
    yield ""
    yield from hung(f"Rule: {RULE} {COMPARED_RULE}", width, "")
    yield ""
    yield "Published studies:"
    yield claim_text(against.claim.id, evidence, width).rstrip("\n")
    if against.label:
        yield against.label


def figure_words(judged: Judged) -> str:
    """Say what a cut shows, with all that the figure stands on."""
    figure = judged.figure
    if judged.compared is not None:
        return _difference(judged, judged.compared)
    if figure is None:
        return "no figure."
    people = f"{figure.units} {figure.definition.unit.plural} of {figure.patients} patients"
    if judged.value is None:
        return f"{people}, no figure."
    if judged.interval is None:
        return f"{people}, {figure.events} with the event, no interval."
    percent, ends = ratio(judged.value * figure.units, figure.units), span(judged.interval, figure.units)
    if judged.month is None:
        return f"{figure.events} of {figure.units} {figure.definition.unit.plural}, {percent} ({ends})."
    at = next((at for at, each in enumerate(figure.points) if each.month == judged.month), None)
    risk = figure.points[at].at_risk if at is not None else None
    between = _between(judged, at)
    what = "still free of its loss" if figure.kept else "had it"
    told = f"{people}, {figure.events} with the event, {risk} at risk{between}"
    return f"{percent} ({ends}) {what} at {months_words(round(judged.month))}; {told}."


def _between(judged: Judged, at: int | None) -> str:
    """Say Turnbull's share beside the naive one, by which the claim is judged, for studies print that."""
    figure = judged.figure
    if figure is None or at is None or at >= len(figure.between):
        return ""
    words = between_words(figure.between[at], figure.units)
    return f"; naive, as studies print it, and judged by; by Turnbull, between scans, {words}" if words else ""


def _difference(judged: Judged, compared: Compared) -> str:
    arms = " against ".join(
        f"{each.events} of {each.units} {judged.definition.unit.plural} after {compared.question.named(each.option)}"
        for each in compared.arms
    )
    if judged.value is None or judged.interval is None or compared.weighted is None:
        return f"{arms}; no weighted difference."
    low, high = (f"{100 * end:+.1f}" for end in judged.interval)
    effective = " and ".join(f"{each:.0f}" for each in compared.weighted.effective)
    without = "".join(f"; {each}" for each in without_words(compared.weighted, compared.question))
    begin = f"; counted from day {compared.landmark}" if compared.landmark is not None else ""
    return (
        f"{arms}{begin}; weighted difference {100 * judged.value:+.1f} percentage points ({low} to {high}), "
        f"{compared.weighted.difference.method}, effective sizes {effective}{without}."
    )


def to_json(against: Against, evidence: Evidence) -> str:
    """Write how a cut stands to a claim for a program."""
    said = {
        "format": FORMAT,
        "warning": against.label,
        "registry": against.registry,
        "content": against.content,
        "claim": against.claim.id,
        "words": against.claim.words,
        "verdict": against.verdict.value,
        "why": against.why,
        "rule": f"{RULE} {COMPARED_RULE}",
        "fewest": against.fewest,
        "digits": f"{DIGITS} {IN_FILES}",
        "figures": [_judged(each) for each in against.judged],
        "stances": {"given": GIVEN, "by_rule": BY_RULE},
        "published": [_published(study, stands, against) for study, stands in stances_on(evidence, against.claim.id)],
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _published(study: Study, stands: Stands, against: Against) -> dict[str, Any]:
    """Write how a study stands to the claim: as given, and what the rule says of its own interval."""
    found = ruled(study, stands, against.claim)
    return {
        "study": study.id,
        "stance": stands.stance.value,
        "on": stands.on,
        "says": stands.says,
        "by_rule": found.verdict.value if found.verdict else None,
        "by_rule_why": found.why,
        "by_rule_rests_on": list(found.rests),
    }


def _judged(judged: Judged) -> dict[str, Any]:
    figure, expected = judged.figure, judged.expected
    return {
        "definition": judged.definition.name,
        "words": judged.definition.words,
        "expected": expected_words(expected, judged.month),
        "reading": expected.says,
        "month": judged.month,
        "units": figure.units if figure else None,
        "patients": figure.patients if figure else None,
        "events": figure.events if figure else None,
        **_estimate(judged),
        "verdict": judged.verdict.value,
        "why": judged.why,
        "in_words": figure_words(judged),
        "method": figure.method if figure else "",
    }


def _estimate(judged: Judged) -> dict[str, Any]:
    """Return what was estimated with the digits that are printed: of a difference, a decimal of a percentage point."""
    if judged.figure is not None:
        of = judged.figure.units
        return {"value": share_said(judged.value, of), "interval": ends_said(judged.interval, of)}
    ends = [round(end, 3) for end in judged.interval] if judged.interval else None
    return {"value": None if judged.value is None else round(judged.value, 3), "interval": ends}
