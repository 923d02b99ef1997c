"""What fits on paper of what happened to patients like this one.

In: the page, and the lines there are. Out: the options whose nearest figure is printed overleaf, whether one's own registry
is, what that takes, and in words how many figures are left to the screen. Outcomes give way before anything else does.

Not here: the room itself (paper.py), the words of a figure (said_by_outcomes.py).
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import NamedTuple

from patency.consult.outcomes import Headline, OptionOutcomes, Outcomes, Spoke
from patency.consult.page import Consult
from patency.consult.room import HEADING, THIRD, letters_of, lines_of_sources
from patency.consult.said_by_outcomes import (
    MOST_PRINTED,
    REGISTRY,
    cited,
    definitions,
    headline_words,
    own_words,
    withheld_words,
)
from patency.source import Citation

LEAST = 0.12  # of the room that options, alerts and cautions leave: kept for outcomes, that a full page still has some


class Overleaf(NamedTuple):
    """What the second sheet says of what happened: figures by option, one's own registry, and what is on screen alone."""

    figures: tuple[tuple[OptionOutcomes, Headline], ...] = ()
    has_own: bool = False
    left_out: str = ""
    lines: float = 0.0
    sources: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether there is anything to say here."""
        return bool(self.figures or self.has_own or self.left_out)


def overleaf(consult: Consult, room: float, sources: Iterable[str], printed: Iterable[Spoke]) -> Overleaf:
    """Choose the options whose nearest figure is printed, in the decision's order, as far as there is room.

    `sources` are listed anyway; the figures `printed` stand on the first sheet.
    """
    if not consult.outcomes and not consult.alike:
        return Overleaf()
    lines, cited, found = _lines_whatever(consult), dict.fromkeys(sources), list[tuple[OptionOutcomes, Headline]]()
    new = dict[str, None]()
    has_own = consult.alike is not None and lines + _lines_of_own(consult) <= room
    lines += _lines_of_own(consult) * has_own
    for told, headline in _nearest(consult):
        more = dict.fromkeys(
            each.source for each in _cited(headline) if each.source not in cited and each.source not in new
        )
        takes = _lines_of(told, headline, [each for _, before in found for each in before]) + lines_of_sources(
            consult.library, more
        )
        if lines + takes > room:
            break
        lines, new = lines + takes, new | more
        found.append((told, headline))
    left = _left_out(consult, [*printed, *(each for _, headline in found for each in headline)], has_own)
    return Overleaf(tuple(found), has_own, left, lines, tuple(new))


def _lines_whatever(consult: Consult) -> float:
    """Reckon the heading, and what names all that is left to the screen."""
    return HEADING + 1.0 + sum(len(told.option.brief) + 2 for told, _ in _nearest(consult)) / THIRD / 3


def letters_of_cells(outcomes: Outcomes, option: str) -> tuple[int, int]:
    """Count the letters that the cells of an option take in the table: of published studies, and of one's own registry."""
    told = outcomes.options.get(option)
    if told is None:
        return 0, 0
    published = sum(len(each[0].figure.words) + _letters(each) for each in in_cell(outcomes, told))
    return published, sum(len(own_words(*each)) for each in told.own[:1])


def in_cell(outcomes: Outcomes, told: OptionOutcomes) -> tuple[Headline, ...]:
    """Return what stands for each study in the cell of an option."""
    return told.lead(outcomes.lead)[:MOST_PRINTED] if told.speaking else ()


def in_cells(outcomes: Outcomes) -> Iterator[Spoke]:
    """Yield the figures that stand in the table of options."""
    for told in outcomes.options.values():
        for headline in in_cell(outcomes, told):
            yield from headline


def _nearest(consult: Consult) -> Iterator[tuple[OptionOutcomes, Headline]]:
    outcomes = consult.outcomes.get(consult.first.decision.id)
    for told in outcomes.options.values() if outcomes else ():
        if outcomes and told.speaking:
            yield told, told.lead(outcomes.lead)[0]


def _cited(headline: Headline) -> Iterator[Citation]:
    for each in headline:
        yield from each.figure.citations
        yield from each.figure.definition_citations


def _letters(headline: Headline) -> int:
    return len(headline_words(headline)) + len(headline[0].figure.study.short) + letters_of(cited(headline)) + 4


def _lines_of(told: OptionOutcomes, headline: Headline, before: list[Spoke]) -> float:
    """Reckon the paragraph of an option, and its definition where none before it had the same."""
    thirds = ceil((len(told.option.brief) + len(headline[0].figure.words) + _letters(headline)) / THIRD) + 0.1
    known = definitions(before)
    for name, each in definitions(headline).items():
        if name not in known:
            letters = len(name) + len(each.figure.definition_words) + letters_of(each.figure.definition_citations) + 4
            thirds += letters / THIRD + (0 if known else 1)
    return thirds / 3


def _lines_of_own(consult: Consult) -> float:
    options = [told for outcomes in consult.outcomes.values() for told in outcomes.options.values() if told.own]
    letters = sum(len(told.option.brief) + len(own_words(*told.own[0])) + 4 for told in options) + len(REGISTRY)
    if alike := consult.alike:
        letters += len(alike.too_few) + len(withheld_words(alike)) + len(alike.label)
    return ceil(letters / THIRD) / 3


def _left_out(consult: Consult, printed: Iterable[Spoke], has_own: bool) -> str:
    """Say how many figures are on screen alone: those for such a patient, one's own, and those that may speak."""
    here = {id(each) for each in printed}
    everything = list(consult.outcomes.values())
    speaking = sum(1 for outcomes in everything for each in outcomes.speaking if id(each) not in here)
    options = [told for outcomes in everything for told in outcomes.options.values()]
    own = sum(len(told.own) - has_own for told in options if told.own)
    may = sum(len(outcomes.open) for outcomes in everything)
    counts = ((speaking, "for such a patient"), (own, "of this registry"), (may, "that may speak to this patient"))
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    total = speaking + own + may
    unprinted = [told.option.brief for told, headline in _nearest(consult) if id(headline[0]) not in here]
    named = f"; all of what came after {', '.join(unprinted)}" if unprinted else ""
    return f"{total} figure{'s' * (total != 1)} more on screen: {said}{named}." if total else ""
