"""A score of one response, and how a person reads it.

"5", "4 to 7: not told, 1 item is blank", "mild", "none or mild: not told", "undefined: it would be divided by zero".
"""

from typing import NamedTuple

from patency.answer import amount_words
from patency.case import Members, Span, Value
from patency.fault import listed
from patency.instrument.formula import number_words, rounded
from patency.instrument.model import Score
from patency.truth import Truth
from patency.vocabulary import Concept


class Scored(NamedTuple):
    """One score of a response: its value, as far as it can be told, and which items it waits for.

    The value is a Span, the bands it may still be, a truth, or Members; None where it is undefined, and why.
    `is_prorated` where the mean of the others stood in for a blank; `is_outer` where what is told may be wider than it
    need be; of bands, where none of them may hold.
    """

    score: Score
    value: Value | None
    missing: tuple[str, ...] = ()
    is_prorated: bool = False
    why_undefined: str = ""
    is_outer: bool = False

    @property
    def total(self) -> float | None:
        """The number, where it is known exactly; a range has no total."""
        return self.value.low if isinstance(self.value, Span) and self.value.is_exact else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left open."""
        match self.value:
            case Span():
                return self.value.is_exact
            case frozenset():
                return len(self.value) == 1
            case Members(included, excluded):
                return len(included | excluded) == len(self.score.members)
        return self.value is not Truth.UNKNOWN

    @property
    def words(self) -> str:
        """The score as a person reads it."""
        return _scored_words(self)


def _scored_words(scored: Scored) -> str:
    """Say a score in short; what is open says that it is, and what it waits for."""
    if scored.why_undefined:
        return f"undefined: {scored.why_undefined}"
    concept = scored.score.concept
    match scored.value:
        case Span(low, high):
            said = _number_said(scored, low, high)
        case Truth():
            said = _truth_said(concept, scored.value)
        case Members(included, excluded):
            said = _set_said(concept, included, excluded)
        case frozenset():
            said = listed([words for name, words in concept.values.items() if name in scored.value])
            said += " at most" if scored.is_outer else ""
        case None:
            raise AssertionError("what has no value is undefined")
    return said if scored.is_settled else f"{said}: not told{_waiting(scored)}"


def _number_said(scored: Scored, low: float, high: float) -> str:
    decimals, unit = scored.score.decimals, scored.score.unit
    least, most = (number_words(rounded(end, decimals)) for end in (low, high))
    if low == high:
        return f"{amount_words(least, unit)}{', prorated' if scored.is_prorated else ''}"
    # The ends are shown to as many decimals as the score has; a range that looks like one number is still a range.
    said = f"about {least}" if least == most else f"{least} to {most}"
    return f"{amount_words(said, unit)}{' at most' if scored.is_outer else ''}"


def _truth_said(concept: Concept, truth: Truth) -> str:
    if truth is Truth.UNKNOWN:
        return f"{concept.says}, or {concept.denies}"
    return concept.says if truth is Truth.YES else concept.denies


def _set_said(concept: Concept, included: frozenset[str], excluded: frozenset[str]) -> str:
    sure = [words for name, words in concept.values.items() if name in included]
    perhaps = [words for name, words in concept.values.items() if name not in included | excluded]
    said = ", ".join(sure) or ("none" if not perhaps else "none for sure")
    return f"{said}; perhaps {', '.join(perhaps)}" if perhaps else said


def _waiting(scored: Scored) -> str:
    count = len(scored.missing)
    return f", {count} item{'s are' if count > 1 else ' is'} blank" if count else ""


def value_written(concept: Concept, value: Value) -> str:
    """Write a value as a case file does; a range as its two ends."""
    match value:
        case Span(low, high):
            ends = number_words(low) if low == high else f"{number_words(low)} to {number_words(high)}"
            return amount_words(ends, concept.unit)
        case Members(included, excluded) if included | excluded == set(concept.values):
            return f"[{', '.join(name for name in concept.values if name in included)}]" if included else "none"
        case Members(included, excluded):
            return f"includes {listed(sorted(included), 'and') or 'none'}; excludes {listed(sorted(excluded), 'and') or 'none'}"
        case frozenset():
            return " or ".join(name for name in concept.values if name in value)
        case Truth():
            return str(value)
