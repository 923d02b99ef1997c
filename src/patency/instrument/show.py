"""An instrument, and what a response to it scores, read aloud: everything in words, each with its source."""

from collections.abc import Iterable, Mapping

from patency.answer import amount_words
from patency.fault import listed
from patency.instrument.formula import written
from patency.instrument.model import UNBOUNDED, Choice, Instrument, Item, ItemKind, Score
from patency.instrument.response import Response
from patency.instrument.scored import Scored
from patency.language.words import to_words
from patency.source import Citation, Source

DRAFT = "DRAFT: it rests on a definition that nobody confirmed; not for care"


def line_of(instrument: Instrument) -> str:
    """Say in one line what an instrument is."""
    drafts = sum(1 for each in instrument.scores.values() if each.is_draft)
    scores = len(instrument.scores)
    labels = [f"{len(instrument.items)} items", f"{scores} scores" if scores else "no score"]
    labels += [f"DRAFT: {'all' if drafts == scores else f'{drafts} of the {scores}'} scores"] if drafts else []
    return f"{instrument.id:16} {instrument.title} ({instrument.version}): {', '.join(labels)}; {instrument.licence}"


def instrument_words(instrument: Instrument) -> str:
    """Say everything an instrument asks and scores."""
    lines = [f"{instrument.id}: {instrument.title}", f"version: {instrument.version}"]
    lines += [f"about {instrument.unit}{f', answered by: {instrument.rater}' if instrument.rater else ''}"]
    lines += [instrument.about] if instrument.about else []
    lines += [f"licence: {instrument.licence}", f"content {instrument.content_hash}", cited(instrument.citations)]
    section = ""
    for item in instrument.items.values():
        if item.section != section:
            section = item.section
            lines += ["", section]
        lines += _item_lines(item, instrument)
    for check in instrument.checks:
        lines += ["", f"never: {to_words(check.when, instrument.vocabulary)}", f"  {check.says}"]
    for each in instrument.scores.values():
        lines += ["", *_score_lines(each, instrument)]
    lines += ["", *(f"{note.text} {cited(note.citations)}" for note in instrument.notes)] if instrument.notes else []
    lines += ["", f"{len(instrument.examples)} examples:"]
    lines += [f"  {each.name}{f': {each.about}' if each.about else ''}" for each in instrument.examples]
    return "\n".join(lines)


def _item_lines(item: Item, instrument: Instrument) -> list[str]:
    lines = [f"{item.name}: {item.asks} ({_how(item)})"]
    if item.choices and item.kind is not ItemKind.YES_NO:
        lines += _choice_lines(item)
    lines += [
        f"  counted as one, {each.words}: {listed([item.choices[name].words for name in each.of], 'and')}"
        for each in item.collapsed
    ]
    if item.when is not None:
        lines.append(f"  asked when {to_words(item.when, instrument.vocabulary)}")
    lines += [f"  {item.help}"] if item.help else []
    lines += [f"  a finding of {item.feeds}"] if item.feeds else []
    if item.citations != instrument.citations:
        lines.append(f"  {cited(item.citations)}")
    return lines


def _how(item: Item) -> str:
    if item.kind is ItemKind.NUMBER and item.concept is not None:
        concept = item.concept
        return f"number, {concept.lowest:g} to {amount_words(f'{concept.highest:g}', concept.unit)}"
    if item.kind is ItemKind.YES_NO and (item.choices["yes"].points, item.choices["no"].points) != (1.0, 0.0):
        return f"yes/no; {'; '.join(_choice_words(each) for each in item.choices.values())}"
    return item.kind.value


def _choice_words(choice: Choice) -> str:
    return choice.words if choice.points is None else f"{choice.words} = {choice.points:g}"


def _choice_lines(item: Item) -> list[str]:
    """Say the choices, each on a line with its name where that is not its words: the name is what is typed."""
    choices = item.choices.values()
    if all(each.name == each.words for each in choices):
        return [f"  {'; '.join(_choice_words(each) for each in choices)}"]
    return [f"    {each.name}: {_choice_words(each)}" for each in choices]


def _score_lines(each: Score, instrument: Instrument) -> list[str]:
    vocabulary = instrument.vocabulary
    lines = [f"{each.name}: {each.words}", *([f"  {DRAFT}"] if each.is_draft else [])]
    if each.number is not None:
        lines.append(f"  = {written(each.number)}{_ends(each)}")
        lines.append(
            f"  up to {each.prorated} blank items count as the mean of the others"
            if each.prorated
            else "  a blank item leaves it open"
        )
    for band in (*each.bands, *each.members):
        lines.append(f"  {band.words}{f' when {to_words(band.when, vocabulary)}' if band.when is not None else ''}")
    if each.bands:
        lines.append("  the last of these that holds")
    if each.when is not None:
        lines.append(f"  {each.concept.says} when {to_words(each.when, vocabulary)}")
    lines += [f"  a finding of {each.feeds}"] if each.feeds else []
    return [*lines, f"  {cited(each.citations)}"]


def _ends(each: Score) -> str:
    low, high = each.concept.lowest, each.concept.highest
    return "" if (low, high) == UNBOUNDED else f", from {low:g} to {amount_words(f'{high:g}', each.unit)}"


def cited(citations: Iterable[Citation]) -> str:
    """Name the passages that something rests on, and how each was verified."""
    return "".join(f"[{each.source}{', ' + each.at if each.at else ''}: {each.mark.words}]" for each in citations)


def scored_lines(response: Response, scored: Mapping[str, Scored], sources: Mapping[str, Source]) -> str:
    """Say what a response scores, what it waits for, and on whose authority."""
    instrument = response.instrument
    about = "".join(f"{each}, " for each in (response.about, response.side and f"{response.side} leg") if each)
    lines = [f"{instrument.title} ({instrument.version})", f"{about}{response.case.on}; about {instrument.unit}"]
    if any(each.score.is_draft for each in scored.values()):
        lines.append("DRAFT: some of these scores rest on a definition that nobody confirmed; not for care")
    for each in scored.values():
        draft = "DRAFT " if each.score.is_draft else ""
        lines += ["", f"{draft}{each.score.words}: {each.words}"]
        if not each.is_settled or each.is_prorated:
            lines += [f"  blank: {', '.join(_named(name, response) for name in each.missing)}"] if each.missing else []
        lines.append(f"  {cited(each.score.citations)}")
    used = dict.fromkeys(citation.source for each in scored.values() for citation in each.score.citations)
    if instrument.notes:
        first, count = instrument.notes[0], len(instrument.notes)
        where = f"1 of {count} notes; `patency instrument show {instrument.id}` has all" if count > 1 else "note"
        lines += ["", f"{where}: {first.text} {cited(first.citations)}"]
        used |= dict.fromkeys(citation.source for citation in first.citations)
    lines += ["", "sources:", *(f"  {name}: {sources[name].words}" for name in used)] if used else []
    return "\n".join(lines)


def _named(name: str, response: Response) -> str:
    words = response.instrument.items[name].asks
    reason = response.absences.get(name)
    return f"{words} ({reason.value})" if reason else words
