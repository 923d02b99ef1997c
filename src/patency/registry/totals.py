"""What a filled-in scale adds up to, said as soon as it is entered; and how its items are typed.

In: what the record says, and the forms. Out: lines for a person: each score with the instrument, its version, its source and
what a blank item does to it; or each item with the name, the words and the code by which it is answered.

A total that was worked out elsewhere is kept beside these and never used: that the two differ is a rule's to say
(content/registry/quality). Not here: what answers score (instrument/score.py).
"""

from collections.abc import Iterator, Mapping

from patency.answer import amount_words
from patency.case import Absence
from patency.instrument.formula import number_words
from patency.instrument.model import UNBOUNDED, Choice, Instrument, Item, ItemKind
from patency.instrument.score import score
from patency.instrument.scored import Scored
from patency.instrument.show import cited
from patency.language.words import to_words
from patency.registry.entry import ITEMS, Value
from patency.registry.forms import Forms
from patency.registry.said import response_of, scale_answers


def scored_lines(values: Mapping[str, Value], forms: Forms) -> Iterator[str]:
    """Yield what a filled-in scale scores, in words, with the items that are blank."""
    scale = forms.scales.get(str(values.get("instrument", "")))
    if scale is None:
        return
    side = values.get("side")
    yield f"{scale.title} ({scale.id}; {scale.version}){f', {side} leg' if side in ('left', 'right') else ''}:"
    if values.get("version", scale.version) != scale.version:
        yield "  nothing is scored: it was filled in in another version, which may ask or count otherwise"
        return
    if not scale_answers(values):
        yield f"  nothing is scored: no item has an answer; `patency registry form response {scale.id}` lists them"
        return
    scored = score(scale, response_of(values, scale, scale.place)).values()
    for each in scored:
        yield from _score_lines(each)
    blank = {name for each in scored if not each.is_settled or each.is_prorated for name in each.missing}
    if blank:
        yield f"  blank: {', '.join(_blank(item, values) for name, item in scale.items.items() if name in blank)}"
    if scale.notes:
        yield f"  note: {scale.notes[0].text} {cited(scale.notes[0].citations)}"


def _score_lines(scored: Scored) -> Iterator[str]:
    each = scored.score
    draft = "DRAFT, by a definition that nobody confirmed, not for care: " if each.is_draft else ""
    yield f"  {draft}{each.words}: {_of_all(scored)} {cited(each.citations)}"
    if each.number is not None:
        yield f"    {_blank_rule(scored)}"


def _of_all(scored: Scored) -> str:
    """Say a score, a number of points with the most that it can be: 7 of 33."""
    concept, words = scored.score.concept, scored.words
    ends = (concept.lowest, concept.highest)
    if scored.score.number is None or scored.value is None or ends == UNBOUNDED or scored.score.unit != "1":
        return words
    said, colon, rest = words.partition(":")
    range_words = (
        f" of {number_words(ends[1])}" if ends[0] == 0 else f", from {number_words(ends[0])} to {number_words(ends[1])}"
    )
    return f"{said}{range_words}{colon}{rest}"


def _blank_rule(scored: Scored) -> str:
    if count := scored.score.prorated:
        return f"up to {amount_words(str(count), 'blank item')} count as the mean of the others; more leave it open"
    return "a blank item leaves it open, and never counts as 0"


def _blank(item: Item, values: Mapping[str, Value]) -> str:
    reason = values.get(ITEMS + item.name)
    return f"{ITEMS}{item.name} ({item.asks}{f': {reason.value}' if isinstance(reason, Absence) else ''})"


def items_words(scale: Instrument) -> Iterator[str]:
    """Yield the items of a scale as they are typed into a registry, each with the names and codes of its answers."""
    yield f"{scale.title} ({scale.id}; {scale.version}), about {scale.unit}"
    yield f"An item is typed {ITEMS}ITEM=VALUE: an answer by its name, or by its code in brackets; or the reason why there is none."
    section = ""
    for item in scale.items.values():
        if item.section != section:
            section = item.section
            yield from ("", section)
        yield f"  {ITEMS}{item.name}: {item.asks}"
        yield f"    {_takes(item)}{_reasons(item)}"
        if item.when is not None:
            yield f"    asked when {to_words(item.when, scale.vocabulary)}"
    first = next(iter(scale.items.values()))
    yield ""
    yield (f"example: patency registry add our-registry N-17 response instrument={scale.id} date=2026-09-03"
           f"{' side=left' if scale.is_per_leg else ''} {ITEMS}{first.name}={_example(first)}")  # fmt: skip


def _takes(item: Item) -> str:
    if item.choices:
        said = "; ".join(_choice(each) for each in item.choices.values())
        return f"several, as [ONE, ANOTHER], or none: {said}" if item.kind is ItemKind.MULTIPLE else said
    if item.concept is None:
        return "in words"
    if item.kind is ItemKind.DATE:
        return "a day, such as 2026-09-03"
    return f"a number, {item.concept.lowest:g} to {amount_words(f'{item.concept.highest:g}', item.concept.unit)}"


def _choice(choice: Choice) -> str:
    words = "" if choice.words == choice.name else f": {choice.words}"
    return f"{choice.name}{f' ({choice.code})' if choice.code != choice.name else ''}{words}"


def _reasons(item: Item) -> str:
    return f"; or {', '.join(each.value for each in item.absences)}" if item.absences else ""


def _example(item: Item) -> str:
    if item.choices:
        return next(iter(item.choices))
    return (
        "WORDS" if item.concept is None else "2026-09-03" if item.kind is ItemKind.DATE else f"{item.concept.lowest:g}"
    )
