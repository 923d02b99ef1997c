"""What surveyed peers choose for such a patient, decision by decision, beside what guidelines say.

In: a Library, what is known of the case, and the comparisons of its guidelines. Out: for each decision the published
questions that speak for this patient (their condition holds) or may speak (it is still open, and said in words); how
they stand to what the guidelines here say; one sentence on it. A survey is practice and no guidance: it fires no
rule, it is never pooled with another, and it changes nothing that `advise`, `ask` or `compare` says.

Not here: how practice and guidance are compared (accord.py), which answer was chosen most (most_chosen.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patency.case import Case
from patency.consult.accord import Accord, beside
from patency.consult.most_chosen import lead
from patency.fault import listed
from patency.guideline.compare import Comparison, Row
from patency.guideline.model import Decision, Library
from patency.language.evaluate import evaluate, open_part
from patency.language.words import to_words
from patency.practice.published import ONE, Published, PublishedAnswer, PublishedQuestion, is_by_arithmetic
from patency.source import Citation, Mark
from patency.truth import Truth

NOT_ASKED, NOT_REPORTED = "not asked", "not among the answers reported"
ALONE = "No guideline here speaks on this for this patient; what follows is practice alone."


class Told(NamedTuple):
    """A question that speaks or may speak for this patient; its open condition in words; and what it comes to.

    `lead` says whether one answer is chosen by clearly more than every other. `twins` name other surveys here that
    asked the same.
    """

    survey: Published
    question: PublishedQuestion
    truth: Truth
    condition: str
    lead: str
    accord: Accord
    sentence: str
    twins: tuple[str, ...]

    @property
    def given(self) -> str:
        """What the question took as settled."""
        return self.question.speaks.given if self.question.speaks else ""

    @property
    def in_short(self) -> str:
        """What the question took as settled, as short as a cell must say it."""
        return (
            (self.question.speaks.given_short or f"asked {self.given}") if self.question.speaks and self.given else ""
        )

    def options(self, answer: PublishedAnswer) -> tuple[str, ...]:
        """Return the options that an answer means; none if it stands for itself."""
        return self.question.speaks.means[answer.id] if self.question.speaks else ()

    def only(self, answer: PublishedAnswer) -> str:
        """Return for whom alone an answer is meant, if it is not for everybody who was asked about."""
        return self.question.speaks.only.get(answer.id, "") if self.question.speaks else ""

    @property
    def is_by_arithmetic(self) -> bool:
        """Whether any of its shares rests on a count that was not printed."""
        return any(is_by_arithmetic(self.question, answer) for answer in self.question.answers)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What it cites; a count by Patency's arithmetic is cited as Patency's own reading beside what was printed."""
        return (*self.question.citations, *(self._own if self.is_by_arithmetic else ()))

    def cited(self, answer: PublishedAnswer) -> tuple[Citation, ...]:
        """Return what a share cites where it stands alone: the reading on which it rests."""
        return self._own if is_by_arithmetic(self.question, answer) else self.question.citations

    @property
    def _own(self) -> tuple[Citation, ...]:
        first = self.question.citations[0]
        at = f"{first.at}, counts by arithmetic" if first.at else "counts by arithmetic"
        return (Citation(first.source, at, Mark.INFERENCE),)

    @property
    def offers_no_more(self) -> bool:
        """Whether an option that is not among its answers was surely not among those it offered."""
        is_whole = self.question.form == ONE and self.question.rest == 0
        return bool(self.given) or is_whole or len(self.question.answers) < 2


class Practice(NamedTuple):
    """What peers say on one decision: what speaks for this patient, and what may."""

    decision: Decision
    speaking: tuple[Told, ...]
    open: tuple[Told, ...]
    accord: Accord
    sentence: str

    @property
    def sentence_cites(self) -> tuple[Citation, ...]:
        """What the sentence cites: the surveys whose figures it gives."""
        found = (told.cited(answer) for told in self.speaking if told.sentence for answer in told.question.answers)
        return tuple(dict.fromkeys(each for citations in found for each in citations))

    @property
    def is_told(self) -> bool:
        """Whether more can be said than that nothing can be told: on paper that is not what one acts on first."""
        return bool(self.speaking) and self.accord is not Accord.UNTOLD

    @property
    def citations(self) -> Iterator[Citation]:
        """Yield what it cites, what speaks before what may."""
        for told in (*self.speaking, *self.open):
            yield from told.citations

    @property
    def options(self) -> dict[str, tuple[tuple[Told, PublishedAnswer], ...]]:
        """The answers that mean an option, by that option: what its row shows."""
        found: dict[str, list[tuple[Told, PublishedAnswer]]] = {}
        for told in self.speaking:
            for answer in told.question.answers:
                for option in told.options(answer):
                    found.setdefault(option, []).append((told, answer))
        return {option: tuple(answers) for option, answers in found.items()}

    @property
    def unasked(self) -> str:
        """Say of an option that no answer means why: nobody was asked of it, or the answers reported do not tell."""
        offering = [each for each in self.speaking if any(map(each.options, each.question.answers))]
        return NOT_ASKED if all(each.offers_no_more for each in offering) else NOT_REPORTED


def practice_of(library: Library, known: Case, comparisons: Sequence[Comparison]) -> dict[str, Practice]:
    """Gather what peers say for a case, by decision; decisions on which no question may speak are left out."""
    found: dict[str, list[tuple[Published, PublishedQuestion, Truth]]] = {}
    for survey in library.practice:
        for question in survey.questions:
            if question.speaks is not None:
                truth = evaluate(question.speaks.when, known)
                if truth is not Truth.NO:
                    found.setdefault(question.speaks.decision, []).append((survey, question, truth))
    return {
        comparison.decision.id: _practice(comparison, found[comparison.decision.id], library, known)
        for comparison in comparisons
        if comparison.decision.id in found
    }


def rows_with_peers(comparison: Comparison, practice: Practice | None, library: Library) -> tuple[Row, ...]:
    """Return the rows of a comparison, and one for each other option that surveyed peers named; in the decision's order."""
    if practice is None:
        return comparison.rows
    rows = {row.option.id: row for row in comparison.rows}
    found = [*rows.values(), *(Row(library.options[name], {}) for name in practice.options if name not in rows)]
    return tuple(sorted(found, key=lambda row: row.option.order))


def _practice(
    comparison: Comparison,
    found: Sequence[tuple[Published, PublishedQuestion, Truth]],
    library: Library,
    known: Case,
) -> Practice:
    told = [_told(each, found, comparison, library, known) for each in found]
    speaking = _side_by_side([each for each in told if each.truth is Truth.YES])
    accord, sentence = _in_words(comparison, speaking)
    later = _side_by_side([each for each in told if each.truth is not Truth.YES])
    return Practice(comparison.decision, speaking, later, accord, sentence)


def _side_by_side(told: Iterable[Told]) -> tuple[Told, ...]:
    """Put those that asked the same question one after another, where the first of them stands."""
    groups: dict[str, list[Told]] = {}
    for each in told:
        groups.setdefault(each.question.topic or f"{each.survey.id}/{each.question.id}", []).append(each)
    return tuple(each for group in groups.values() for each in group)


def _told(
    each: tuple[Published, PublishedQuestion, Truth],
    found: Iterable[tuple[Published, PublishedQuestion, Truth]],
    comparison: Comparison,
    library: Library,
    known: Case,
) -> Told:
    survey, question, truth = each
    speaks, condition = question.speaks, ""
    if speaks is not None and truth is Truth.UNKNOWN:
        condition = to_words(open_part(speaks.when, known), library.lexicon.vocabulary)
    twins = tuple(other.short for other, asked, _ in found if asked.topic == question.topic and other != survey)
    accord, sentence = Accord.UNTOLD, ""
    if truth is Truth.YES:
        accord, sentence = beside(question, survey, comparison, library)
    return Told(survey, question, truth, condition, lead(question), accord, sentence, twins if question.topic else ())


def _in_words(comparison: Comparison, speaking: Sequence[Told]) -> tuple[Accord, str]:
    """Say of a decision how practice and guidance stand, in the words of the questions that tell it."""
    if not comparison.columns:
        return Accord.ALONE, ALONE if speaking else ""
    if not speaking:
        return Accord.UNTOLD, ""
    if len(comparison.untold) == len(comparison.columns):
        return (
            Accord.UNTOLD,
            "What guidelines say on this hangs on what is not known, so whether practice differs cannot be told.",
        )
    order = (Accord.DIFFER, Accord.PARTLY, Accord.AGREE)
    telling = [each for each in speaking if each.accord in order]
    if not telling:
        return Accord.UNTOLD, f"Whether practice and guidance differ cannot be told: {_why_untold(speaking)}."
    worst = min((each.accord for each in telling), key=order.index)
    return worst, " ".join(each.sentence for each in telling)


def _why_untold(speaking: Iterable[Told]) -> str:
    counted = [each for each in speaking if each.question.form == ONE and each.question.rest is not None
               and each.question.answers]  # fmt: skip
    if not counted:
        return "no counts of one answer each were published"
    telling = [each for each in counted if any(map(each.options, each.question.answers))]
    if not telling:
        return "the answers are no options of this decision"
    if all(each.given for each in telling):
        taken = listed(list(dict.fromkeys(f"{each.survey.short} was asked {each.given}" for each in telling)), "and")
        return f"{taken}, which takes for granted what is to be decided"
    return "no more than half can be said to have chosen what guidelines here favour or oppose"
