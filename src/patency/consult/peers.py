"""What surveyed peers choose for such a patient, decision by decision, beside what guidelines say.

In: a Library, what is known of the case, and the comparisons of its guidelines. Out: for each decision the published
questions that speak for this patient (their condition holds) or may speak (it is still open, and said in words); how
they stand to what the guidelines here say; one sentence on it. A survey is practice and no guidance: it fires no
rule, it is never pooled with another, and it changes nothing that `advise`, `ask` or `compare` says.

How practice and guidance are compared, and no further: a question with one answer each, asked of people and not of
cases, whose counts are known and which speaks for this patient now. An answer that means an option is *opposed* where a
guideline that holds now advises against that option or prefers another to it and none favours it; *favoured* where one
favours it and none is opposed; *unspoken of* where none says anything of it that holds now. Answers that are no option,
and options on which the guidelines divide or of which a narrower one is favoured, count on neither side.
- They differ where more than half chose what is opposed; or, where guidelines favour some option here, what is opposed
  or unspoken of. More than half means that the lower end of Wilson's interval at 95% lies above one half.
- They agree where more than half, in the same sense, chose what is favoured.
- They differ in part where some chose what is opposed. Otherwise it is not told, and the sentence says why.
Whether one answer is chosen by clearly more than another is told by the exact sign test between the two most chosen,
among those who chose either (Conover WJ. Practical Nonparametric Statistics, 3rd ed, 1999, section 3.4): two shares of
one sample are not independent, so overlapping intervals would not do. Those whose answer was not reported may all have
given the same, and are taken as one more answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from math import comb
from typing import NamedTuple

from patency.case import Case
from patency.fault import listed
from patency.guideline.compare import AGAINST, FAVOUR, OPEN, PREFER_OTHER, Comparison, Heard, Row, side, with_broader
from patency.guideline.model import Decision, Library, Option
from patency.language.evaluate import evaluate, open_part
from patency.language.words import to_words
from patency.percent import percent, span
from patency.practice.published import (
    ITSELF,
    ONE,
    RESPONDENTS,
    Published,
    PublishedAnswer,
    PublishedQuestion,
    is_by_arithmetic,
)
from patency.share import Share
from patency.source import Citation
from patency.truth import Truth

ALONE = "No guideline here speaks on this for this patient; what follows is practice alone."
LIKELY = 0.05  # a sign test above it does not tell two answers apart
OPPOSED, FAVOURED, UNSPOKEN, NEITHER = "opposed", "favoured", "unspoken of", "neither"


class Accord(Enum):
    """How what peers chose stands to what guidelines say."""

    ALONE = "practice alone"
    DIFFER = "differ"
    PARTLY = "differ in part"
    AGREE = "agree"
    UNTOLD = "not told"


class Told(NamedTuple):
    """A question that speaks or may speak for this patient; its open condition in words; and what it comes to.

    `lead` says whether one answer is chosen by clearly more than another. `twins` name other surveys here that
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

    def option(self, answer: PublishedAnswer) -> str:
        """Return the option that an answer means; none if it stands for itself."""
        meant = self.question.speaks.means[answer.id] if self.question.speaks else ITSELF
        return "" if meant == ITSELF else meant

    @property
    def is_by_arithmetic(self) -> bool:
        """Whether any of its shares rests on a count that was not printed."""
        return any(is_by_arithmetic(self.question, answer) for answer in self.question.answers)


class Practice(NamedTuple):
    """What peers say on one decision: what speaks for this patient, and what may."""

    decision: Decision
    speaking: tuple[Told, ...]
    open: tuple[Told, ...]
    accord: Accord
    sentence: str

    @property
    def is_alone(self) -> bool:
        """Whether no guideline speaks on it for this patient."""
        return self.accord is Accord.ALONE

    @property
    def is_told(self) -> bool:
        """Whether more can be said than that nothing can be told: on paper that is not what one acts on first."""
        return bool(self.speaking) and self.accord is not Accord.UNTOLD

    @property
    def citations(self) -> Iterator[Citation]:
        """Yield what it cites, what speaks before what may."""
        for told in (*self.speaking, *self.open):
            yield from told.question.citations

    @property
    def options(self) -> dict[str, tuple[tuple[Told, PublishedAnswer], ...]]:
        """The answers that mean an option, by that option: what its row shows."""
        found: dict[str, list[tuple[Told, PublishedAnswer]]] = {}
        for told in self.speaking:
            for answer in told.question.answers:
                if option := told.option(answer):
                    found.setdefault(option, []).append((told, answer))
        return {option: tuple(answers) for option, answers in found.items()}


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
        accord, sentence = _beside(question, survey, comparison, library)
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
    if not any(each.option(answer) for each in counted for answer in each.question.answers):
        return "the answers are no options of this decision"
    return "no more than half can be said to have chosen what guidelines here favour or oppose"


class _Stand(NamedTuple):
    """Where the guidelines stand on the option that an answer means, who stands there, and in which way."""

    side: str
    option: Option
    chosen: int
    who: tuple[str, ...] = ()
    way: str = ""


def _beside(
    question: PublishedQuestion, survey: Published, comparison: Comparison, library: Library
) -> tuple[Accord, str]:
    """Lay the counts of a question beside where the guidelines stand on each option."""
    speaks, base = question.speaks, question.base
    if speaks is None or question.rest is None or not base or question.unit != RESPONDENTS:
        return Accord.UNTOLD, ""
    stands = [
        _stand(library.options[option], answer.count or 0, comparison, library)
        for answer in question.answers
        if (option := speaks.means[answer.id]) != ITSELF
    ]
    asked = f" asked {speaks.given}," if speaks.given else ""
    accord, said = _compared([each for each in stands if each.chosen], base, _favoured(comparison))
    return (
        accord,
        f"Practice and guidance {accord.value}: of {base} who answered {survey.short},{asked} {said}." if said else "",
    )


def _compared(stands: Sequence[_Stand], base: int, favoured_here: str) -> tuple[Accord, str]:
    """Say how what was chosen stands to what is favoured and opposed, by the rules at the head of this file."""
    opposed = [each for each in stands if each.side == OPPOSED]
    favoured = [each for each in stands if each.side == FAVOURED]
    unfavoured = [each for each in stands if each.side in (OPPOSED, UNSPOKEN)]
    if _is_most(opposed, base):
        return Accord.DIFFER, f"{_chose(opposed, base)}, {_told_of(opposed)}"
    if favoured_here and _is_most(unfavoured, base):
        none = "which no" if len(unfavoured) == 1 else "none of which any"
        which = f"{none} guideline here favours for this patient; favoured here: {favoured_here}"
        return Accord.DIFFER, f"{_chose(unfavoured, base)}, {which}"
    if _is_most(favoured, base):
        return Accord.AGREE, f"{_chose(favoured, base)}, {_told_of(favoured)}"
    if opposed:
        also = f"; {_chose(favoured, base)}, {_told_of(favoured)}" if favoured else ""
        return Accord.PARTLY, f"{_chose(opposed, base)}, {_told_of(opposed)}{also}"
    return Accord.UNTOLD, ""


def _is_most(stands: Sequence[_Stand], base: int) -> bool:
    """Whether clearly more than half chose one of these."""
    interval = Share(sum(each.chosen for each in stands), base).interval
    return bool(stands) and interval is not None and interval.low > 0.5


def _chose(stands: Sequence[_Stand], base: int) -> str:
    share = Share(sum(each.chosen for each in stands), base)
    named = [f"{each.option.brief} {each.chosen}" if len(stands) > 1 else each.option.brief for each in stands]
    return f"{share.count} ({percent(share)}; {span(share.interval, base)}) chose {listed(named, 'or')}"


def _told_of(stands: Sequence[_Stand]) -> str:
    """Say what guidelines say of some options, in the words that are true of all of them together."""
    names = list(dict.fromkeys(name for each in stands for name in each.who))
    who, s = listed(names, "and"), "" if len(names) > 1 else "s"
    if stands[0].side == FAVOURED:
        return f"which {who} favour{s}"
    ways = {each.way for each in stands}
    if ways == {AGAINST}:
        return f"against which {who} advise{s}"
    return (
        f"to which {who} prefer{s} another"
        if ways == {PREFER_OTHER}
        else f"which {who} advise{s} against or prefer{s} another to"
    )


def _stand(option: Option, count: int, comparison: Comparison, library: Library) -> _Stand:
    row = _row_of(option, comparison, library)
    sides: dict[str, list[str]] = {}
    for advice in comparison.columns:
        taken = side(row.cells.get(advice.guideline.id, ())) if row else OPEN
        sides.setdefault(taken, []).append(advice.guideline.short)
    against = [*sides.get(AGAINST, ()), *sides.get(PREFER_OTHER, ())]
    favour = sides.get(FAVOUR, [])
    if (against and favour) or set(sides) - {OPEN, AGAINST, PREFER_OTHER, FAVOUR}:
        return _Stand(NEITHER, option, count)
    if against or favour:
        way = AGAINST if PREFER_OTHER not in sides else PREFER_OTHER if AGAINST not in sides else OPPOSED
        return _Stand(OPPOSED if against else FAVOURED, option, count, tuple(against or favour), way)
    is_narrower_favoured = any(
        option.id in with_broader(row.option, library)[1:] and _who_favours(row, comparison) for row in comparison.rows
    )
    # What may yet hold of an option could still be said in its favour, so nothing is made of it.
    is_open = row is not None and any(_is_open(cell) for cell in row.cells.values())
    return _Stand(NEITHER if is_narrower_favoured or is_open else UNSPOKEN, option, count)


def _is_open(cell: Iterable[Heard]) -> bool:
    return any(heard.side == OPEN for heard in cell)


def _row_of(option: Option, comparison: Comparison, library: Library) -> Row | None:
    """Return the row of an option, or of the nearest broader one: what is said of that is heard of it as a group."""
    rows = {row.option.id: row for row in comparison.rows}
    return next((rows[name] for name in with_broader(option, library) if name in rows), None)


def _who_favours(row: Row, comparison: Comparison) -> tuple[str, ...]:
    return tuple(
        advice.guideline.short
        for advice in comparison.columns
        if side(row.cells.get(advice.guideline.id, ())) == FAVOUR
    )


def _favoured(comparison: Comparison) -> str:
    """Name the options that guidelines favour here, each with who does; not those that are favoured as a group alone."""
    found = [
        (row.option.brief, who)
        for row in comparison.rows
        if (who := _who_favours(row, comparison))
        and any(heard.group is None and heard.side == FAVOUR for cell in row.cells.values() for heard in cell)
    ]
    return listed([f"{option} ({'; '.join(who)})" for option, who in found], "and")


def sign_test(more: int, fewer: int) -> float:
    """Return the two-sided exact probability of counts at least as unequal, were both answers as likely.

    R: binom.test(more, more + fewer)$p.value
    """
    trials = more + fewer
    tail = sum(comb(trials, each) for each in range(max(more, fewer), trials + 1))
    return min(1.0, tail / (1 << trials - 1))


def lead(question: PublishedQuestion) -> str:
    """Say whether one answer is chosen by clearly more than any other; nothing where it cannot be worked out."""
    rest = question.rest
    if rest is None or not question.base or len(question.answers) < 2:
        return ""
    counts = sorted(((answer.count or 0, answer.words) for answer in question.answers), reverse=True)
    (most, first), (next_most, second) = counts[:2]
    if most > rest > next_most:
        next_most, second = rest, "answers that were not reported"
    probability = sign_test(most, max(next_most, rest))
    words = f"p = {probability:.2f}" if probability >= 0.01 else "p < 0.01"
    if most <= rest:
        return f"No answer can be said to be chosen most: those of {rest} of {question.base} were not reported."
    if probability >= LIKELY:
        return f"No answer is chosen by clearly more than another ({first} {most}, {second} {next_most}; exact sign test, {words})."
    return f"Most chosen: {first} ({most}, against {next_most} for {second}; exact sign test, {words})."
