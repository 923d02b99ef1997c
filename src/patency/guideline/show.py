"""A guideline and a concept, read aloud."""

from collections.abc import Iterable

from patency.answer import amount_words
from patency.guideline.model import Guideline, Library
from patency.instrument.show import cited
from patency.language.words import to_words
from patency.source import Remark
from patency.vocabulary import Concept, Kind, Panel, Vocabulary


def guideline_words(guideline: Guideline, library: Library) -> str:
    """Say everything a guideline says, in sentences, each with its source."""
    vocabulary = library.lexicon.vocabulary
    lines = [
        f"{guideline.id}: {guideline.title}",
        f"{guideline.publisher}, {guideline.year}, edition {guideline.edition}",
    ]
    if guideline.superseded_by:
        lines.append(f"superseded by {guideline.superseded_by}")
    lines += [f"for {guideline.population_words}: when {to_words(guideline.population, vocabulary)}"]
    lines += _remarks([guideline.population_note] if guideline.population_note else [])
    lines += [f"scale: {guideline.scale.title}", f"content {guideline.content_hash}", cited(guideline.citations)]
    for rule in guideline.rules:
        lines += ["", f"{rule.id}: {rule.title}", f"  when {to_words(rule.when, vocabulary)}"]
        for exclusion in rule.exclusions:
            lines.append(
                f"  except when {to_words(exclusion.when, vocabulary)}: {exclusion.why} {cited(exclusion.citations)}"
            )
        for saying in rule.says:
            over = f" over {library.options[saying.over].words}" if saying.over else ""
            note = f" ({saying.note})" if saying.note else ""
            words = library.options[saying.option].words
            lines.append(f"  {words}{over}: {saying.grade.words}{note} {cited(saying.citations)}")
        lines += [f"  {line}" for line in _remarks(rule.notes)]
        review = rule.review
        lines.append(
            f"  reviewed by {review.by}, {review.role}, {review.on}" if review else "  not yet reviewed by a clinician"
        )
    lines += ["", *_remarks(guideline.notes), f"{len(guideline.scenarios)} scenarios:"]
    lines += [f"  {scenario.name}" for scenario in guideline.scenarios]
    return "\n".join(lines)


def _remarks(remarks: Iterable[Remark]) -> list[str]:
    return [f"{remark.text} {cited(remark.citations)}" for remark in remarks]


def named(word: str, vocabulary: Vocabulary) -> tuple[list[Concept], list[Panel]]:
    """Return the concepts whose name or question has a word, and the panels whose name has it."""
    word = word.lower()
    return (
        [each for each in vocabulary.concepts.values() if word in each.name or word in each.asks.lower()],
        [each for each in vocabulary.panels.values() if word in each.name],
    )


def concept_words(concept: Concept, library: Library, is_long: bool) -> str:
    """Say what a concept is and how it is answered, in a line or in full."""
    unit = f" in{amount_words('', concept.unit)}" if concept.unit not in ("", "1") else ""
    kind = "derived" if concept.is_derived else concept.kind.value
    line = f"{concept.name}: {kind}{unit}, {concept.cost}. {concept.asks}"
    if not is_long:
        return line
    lines = [line]
    if concept.help:
        lines.append(f"  {concept.help} {cited(concept.citations)}".rstrip())
    if concept.values:
        lines.append(f"  answers: {', '.join(f'{name} ({words})' for name, words in concept.values.items())}")
    if concept.kind is Kind.NUMBER:
        others = f"; also in {', '.join(concept.units)}" if concept.units else ""
        highest = amount_words(f"{concept.highest:.10g}", concept.unit)
        lines.append(f"  between {concept.lowest:g} and {highest}{others}")
    if concept.is_derived and concept.name in library.lexicon.definitions:
        lines.append(f"  when {to_words(library.lexicon.definitions[concept.name], library.lexicon.vocabulary)}")
    for code in concept.codes:
        lines.append(f"  {code.system} {code.code} ({code.mark})")
    panel = library.lexicon.vocabulary.panel_of(concept.name)
    if panel:
        lines.append(f"  asked with the panel {panel.name}")
    return "\n".join(lines)
