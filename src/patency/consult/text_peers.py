"""What surveyed peers say, as plain text: in the row of an option, and below each decision who they are.

The short page says what speaks for this patient; what may speak is named with its condition, and `full` has it.
"""

from collections.abc import Iterator, Sequence

from patency.consult.peers import Practice, Told, rows_with_peers
from patency.consult.said_by_peers import (
    HEADING,
    LABEL,
    about_words,
    answer_words,
    asked_words,
    brief_share,
    dated,
    legend,
    may_speak,
    remarks,
    surveys_of,
)
from patency.consult.text_beside import BesideText
from patency.guideline.compare import Comparison, Row
from patency.guideline.model import Option
from patency.practice.published import Published

MOST_OPEN = 3  # conditions under which more would speak that the short page says, the simplest; the rest are counted


class PeersText(BesideText):
    """Adds to each comparison what peers say of its options, and below it who they are."""

    is_with_peers = True

    def _rows(self, comparison: Comparison) -> tuple[Row, ...]:
        practice = self.consult.practice.get(comparison.decision.id) if self.is_with_peers else None
        return rows_with_peers(comparison, practice, self.library)

    def _peers(self, option: Option) -> list[str]:
        practice = self.consult.practice.get(option.decision) if self.is_with_peers else None
        options = practice.options if practice else {}
        if practice and options and option.id not in options:
            return [f"peers: {practice.unasked}"]
        return [
            self._cited(f"peers {brief_share(told, answer)}, {dated(told.survey)}", told.cited(answer))
            for told, answer in options.get(option.id, ())
        ]

    def _comparison(self, comparison: Comparison) -> Iterator[str]:
        """Yield a decision: what guidelines say, then what peers do."""
        yield from super()._comparison(comparison)
        practice = self.consult.practice.get(comparison.decision.id) if self.is_with_peers else None
        if practice:
            if practice.speaking:
                yield from self._wrapped(f"{HEADING} ({legend(practice)}). {self._sentence(practice)}", 2, 4)
            yield from self._practice(practice)
            yield from self._may_speak(practice)

    def _practised(self) -> Iterator[str]:
        """Yield what peers say on the later decisions."""
        first = self.consult.first.decision.id
        later = [practice for name, practice in self.consult.practice.items() if name != first]
        if any(practice.speaking for practice in later):
            yield from self._heading(f"{HEADING} on later decisions ({LABEL})")
        for practice in later:
            if practice.speaking:
                yield from self._wrapped(f"{practice.decision.asks} · {self._sentence(practice)}", 2, 4)
                yield from self._practice(practice)

    def _sentence(self, practice: Practice) -> str:
        return f"{practice.sentence} {self.references.marks(practice.sentence_cites)}".strip()

    def _practice(self, practice: Practice) -> Iterator[str]:
        for survey, asked in surveys_of(practice.speaking):
            if self.is_full:
                yield from self._whole(f"{self._who(survey)}:", asked)
            else:
                self.left_out += sum(bool(told.question.note and told.question.answers) for told in asked)
                said = " ".join(self._briefly(told) for told in asked)
                yield from self._wrapped(f"{self._who(survey)}: {said}", 4, 2)
        for told in practice.open if self.is_full else ():
            yield from self._whole(f"if {told.condition}: {self._who(told.survey)}:", [told])

    def _who(self, survey: Published) -> str:
        """Say who was asked the first time, and the name of the survey after that; a loud label each time."""
        label = f"{survey.label.upper().rstrip('.')}. " if survey.label else ""
        if survey.id in self.told_of:
            return f"{label}{survey.short}"
        self.told_of.add(survey.id)
        return f"{label}{survey.short} ({about_words(survey)})"

    def _briefly(self, told: Told) -> str:
        """Say a question in a few lines; what its figures rest on is said, and what else to know of it on the whole page."""
        question = told.question
        said = [answer_words(told, answer) for answer in question.answers] or [
            question.note.partition(". ")[0].rstrip(".")
        ]
        words = f"{asked_words(told)} {'; '.join([*said, *remarks(told)])}."
        return f"{self._cited(words, told.citations)} {told.lead}".strip()

    def _whole(self, who: str, asked: Sequence[Told]) -> Iterator[str]:
        yield from self._wrapped(who, 4, 2)
        for told in asked:
            said = [*(answer_words(told, answer) for answer in told.question.answers), *remarks(told)]
            words = f"{asked_words(told)} {'; '.join(said)}".strip()
            yield from self._wrapped(self._cited(words, told.citations), 6, 2)
            for more in (told.question.note, told.lead):
                yield from self._wrapped(more, 8, 2)

    def _may_speak(self, practice: Practice) -> Iterator[str]:
        """Yield what else would speak on a decision, and under which condition; the whole page has it where it belongs."""
        if self.is_full:
            return
        self.left_out += len(practice.open)
        conditions = may_speak(practice)
        said = [f"if {condition}: {', '.join(surveys)}" for condition, surveys in list(conditions.items())[:MOST_OPEN]]
        rest = len(conditions) - MOST_OPEN
        said += [f"and under {rest} longer condition{'s' * (rest != 1)}"] if rest > 0 else []
        if said:
            yield from self._wrapped(f"peers may speak (--full), {'. '.join(said)}", 2, 4)
