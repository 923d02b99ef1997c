"""Published practice: what a survey, a panel or a register has reported that peers do.

A file of `content/practice/` holds one survey (read_published.py says how it is written); here is what it is once it
is read. Figures stand as they were printed. A count that was not printed but worked out from percentages is marked as
Patency's own reading; where neither count nor denominator is known, the percentage stands alone and has no interval.
Two surveys that asked the same question bear the same topic: they are shown side by side and never pooled.

Not here: how much of it speaks for a patient (consult/peers.py), and surveys whose answers are at hand (survey.py).
"""

from collections.abc import Mapping
from typing import NamedTuple

from patency.fault import Place, listed
from patency.language.terms import Term
from patency.percent import percent, span
from patency.share import Interval, Share
from patency.source import Citation, Mark, Remark

ITSELF = "itself"  # an answer that is no option of the decision, and is shown in its own words
NOT_PUBLISHED = "not published"
NO_COUNT = "count and denominator not published"
RESPONDENTS = "respondents"
ONE, SEVERAL = "one", "several"
KINDS = {"survey": "survey", "panel": "panel of experts", "record": "recorded practice, not a survey"}


class PublishedAnswer(NamedTuple):
    """One answer to a question: its percentage as printed, its count if one is known, and how that is known."""

    id: str
    words: str
    percent: str
    count: int | None  # type: ignore[assignment]  # a tuple's own count says nothing here
    mark: Mark


class Speaks(NamedTuple):
    """The decision that a question bears on, for whom, and which option each answer means.

    `given` says what the question took as settled, where it did: peers who were asked which method to use
    have not said that they would use one. `given_short` says it in a few words. An answer may mean several options,
    or none, if it stands for itself; `only` says for whom alone it is meant, if it is not for all.
    """

    decision: str
    when: Term
    given: str
    given_short: str
    means: Mapping[str, tuple[str, ...]]
    only: Mapping[str, str]


class PublishedQuestion(NamedTuple):
    """A question in our words, how many answered it (None where that was not published), and the answers in order.

    `unit` says what was counted; where that is not respondents, there is no interval. `base_note` says which other
    denominators fit what was printed, where more than one does.
    """

    id: str
    asks: str
    form: str
    unit: str
    base: int | None
    base_mark: Mark
    base_note: str
    topic: str
    note: str
    citations: tuple[Citation, ...]
    answers: tuple[PublishedAnswer, ...]
    speaks: Speaks | None
    place: Place

    def share(self, answer: PublishedAnswer) -> Share | None:
        """Return the count of an answer and of how many; none where either is not known."""
        return Share(answer.count, self.base) if answer.count is not None and self.base else None

    def interval(self, answer: PublishedAnswer) -> Interval | None:
        """Return the interval of a share of respondents; none of what is not known, and none of cases or mentions."""
        share = self.share(answer)
        return share.interval if share and self.unit == RESPONDENTS else None

    @property
    def rest(self) -> int | None:
        """How many gave an answer that was not reported, where each gave one and all counts are known."""
        counts = [answer.count for answer in self.answers if answer.count is not None]
        if self.base is None or self.form != ONE or len(counts) < len(self.answers):
            return None
        return self.base - sum(counts)


class Published(NamedTuple):
    """What was published of one survey: who was asked, through what, when, how many; and what they answered.

    A number is None where it was not published. `label` is printed loudly wherever its figures are: it says that
    they are reconstructed. A local one is a site's own.
    """

    id: str
    kind: str
    short: str
    title: str
    year: int
    asked: str
    through: str
    field: str
    invited: int | None
    answered: int | None
    analysed: int | None
    population: str
    label: str
    citations: tuple[Citation, ...]
    notes: tuple[Remark, ...]
    questions: tuple[PublishedQuestion, ...]
    place: Place
    is_local: bool = False

    @property
    def flow(self) -> str:
        """Say how many were invited, answered and were analysed, and what of it was not published."""
        counts = {"invited": self.invited, "answered": self.answered, "analysed": self.analysed}
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count is not None)
        untold = listed([name for name, count in counts.items() if count is None], "and")
        said = (told, f"{untold}: {NOT_PUBLISHED}" if untold else "")
        return "; ".join(each for each in said if each)


def percent_words(question: PublishedQuestion, answer: PublishedAnswer) -> str:
    """Say a percentage as it was printed; where none was, the one that its count gives."""
    if answer.percent:
        return f"{answer.percent}%"
    share = question.share(answer)
    return percent(share) if share else ""


def of_words(question: PublishedQuestion, answer: PublishedAnswer) -> str:
    """Say of how many a percentage is, with its interval; or that neither count nor denominator was published."""
    share = question.share(answer)
    if share is None:
        return NO_COUNT if question.base is None else f"count not published, of {question.base}"
    counted = f"{share.count} of {share.of}{'' if question.unit == RESPONDENTS else ' ' + question.unit}"
    interval = question.interval(answer)
    if interval is None:
        return f"{counted}; no interval, for these are not people"
    return f"{counted}; {span(interval, share.of)}"


def is_by_arithmetic(question: PublishedQuestion, answer: PublishedAnswer) -> bool:
    """Whether a share rests on a count or a denominator that was worked out and not printed."""
    return question.share(answer) is not None and Mark.INFERENCE in (answer.mark, question.base_mark)
