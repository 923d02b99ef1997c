"""What surveyed peers say, as plain text: in the row of an option, and below each decision who they are.

The short page says what speaks for this patient; what may speak is named with its condition, and `full` has it.
"""

from collections.abc import Iterator, Sequence

from patency.consult.peers import Practice, Told, rows_with_peers
from patency.consult.said_by_peers import (
    HEADING,
    LEGEND,
    answer_words,
    asked_words,
    brief_share,
    may_speak,
    remarks,
    survey_words,
    surveys_of,
)
from patency.consult.text_beside import BesideText
from patency.guideline.compare import Comparison, Row
from patency.guideline.model import Option
from patency.practice.published import Published


class PeersText(BesideText):
    """Adds to each comparison what peers say of its options, and below it who they are."""

    is_with_peers = True

    def _rows(self, comparison: Comparison) -> tuple[Row, ...]:
        practice = self.consult.practice.get(comparison.decision.id) if self.is_with_peers else None
        return rows_with_peers(comparison, practice, self.library)

    def _peers(self, option: Option) -> list[str]:
        practice = self.consult.practice.get(option.decision) if self.is_with_peers else None
        answers = practice.options.get(option.id, ()) if practice else ()
        return [f"peers {brief_share(told, answer)} {told.survey.short}" for told, answer in answers]

    def _comparison(self, comparison: Comparison) -> Iterator[str]:
        """Yield a decision: what guidelines say, then what peers do."""
        yield from super()._comparison(comparison)
        practice = self.consult.practice.get(comparison.decision.id) if self.is_with_peers else None
        if practice:
            if practice.speaking:
                yield from self._wrapped(f"{HEADING} ({LEGEND}). {practice.sentence}", 2, 4)
            yield from self._practice(practice)
            yield from self._may_speak([practice])

    def _practised(self) -> Iterator[str]:
        """Yield what peers say on the later decisions."""
        first = self.consult.first.decision.id
        later = [practice for name, practice in self.consult.practice.items() if name != first]
        if later:
            yield from self._heading(f"{HEADING} on later decisions ({LEGEND})")
        for practice in later:
            if practice.speaking:
                yield from self._wrapped(f"{practice.decision.asks} · {practice.sentence}", 2, 4)
                yield from self._practice(practice)
        yield from self._may_speak(later)

    def _practice(self, practice: Practice) -> Iterator[str]:
        for survey, asked in surveys_of(practice.speaking):
            yield from self._wrapped(self._who(survey), 4, 2)
            for told in asked:
                yield from self._told(told)
        for told in practice.open if self.is_full else ():
            yield from self._wrapped(f"if {told.condition}: {self._who(told.survey)}", 4, 2)
            yield from self._told(told)

    def _who(self, survey: Published) -> str:
        """Say who was asked the first time, and the name of the survey after that; a loud label each time."""
        if survey.id in self.told_of:
            return f"{survey.label.upper()}. {survey.short}:" if survey.label else f"{survey.short}:"
        self.told_of.add(survey.id)
        return f"{survey_words(survey)}."

    def _told(self, told: Told) -> Iterator[str]:
        said = [*(answer_words(told, answer) for answer in told.question.answers), *remarks(told)]
        words = f"{asked_words(told)} {'; '.join(said)}".strip()
        yield from self._wrapped(self._cited(words, told.question.citations), 6, 2)
        for more in (told.question.note, told.lead):
            yield from self._wrapped(more, 8, 2)

    def _may_speak(self, practices: Sequence[Practice]) -> Iterator[str]:
        """Yield what else would speak, and under which condition; the whole page has it where it belongs."""
        if self.is_full:
            return
        self.left_out += sum(len(practice.open) for practice in practices)
        for condition, decisions in may_speak(practices).items():
            said = "; ".join(f"{asks} ({', '.join(surveys)})" for asks, surveys in decisions.items())
            yield from self._wrapped(f"peers may speak, if {condition} (--full): {said}", 2, 4)
