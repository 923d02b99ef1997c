"""What studies printed of an outcome after an option, as a consult keeps it at hand: words, whole numbers, citations.

In: Evidence. Out: PrintedOutcomes, one for each figure of a group whose treatment Patency has a name for. A percentage
stands by its digits, as text: nothing here loads fractions, for which a page at night would have to wait.

Not here: for which patients a study speaks (guideline/read_studies.py), nor how a figure is shown (consult).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from patency.language.terms import Term
from patency.share import Interval, Share
from patency.source import Citation, Mark, Remark, best_mark

if TYPE_CHECKING:
    from patency.evidence.study import Evidence, Figure, Reported, Study

BREADTHS = {"proximal": 1, "any": 2, "not stated": 3}  # the other extents are one place each
NOT_STATED = "not-stated"  # a definition that the text did not give, as study.py calls it
UNSAID = (
    "age",
    "extent",
    "phase",
    "when treatment began",
    "compression of the vein",
)  # what a study may leave unsaid, in order
RARELY_SAID = UNSAID[-1]  # by most studies; JSON alone tells that it was not


class WhichStudy(NamedTuple):
    """The study that a figure is of: its name, its design, and whom it watched, in its own words and in Patency's."""

    id: str
    short: str
    design: str
    design_rank: int  # the place of its design in study.py's list, of which randomised trials are the first
    mark_rank: int  # the place of its mark among Marks, of which read in the original is the first
    age: str
    extent: str
    breadth: int  # of the extent: 0 where it is one place, more where it is wider
    phase: str
    begun: str  # when in the course of the clot the treatment began
    compression: str
    people: str
    part_of: str  # the study whose patients these are some of
    part_of_short: str

    @property
    def family(self) -> str:
        """The study that its patients belong to, itself or a larger one: they must not be told twice as though others."""
        return self.part_of or self.id


class PrintedOutcome(NamedTuple):
    """A figure as printed: of which outcome, by which definition, when, after which option, in how many of how many.

    `percent`, `low` and `high` are "" where they were not printed; a count or denominator that was worked out says so.
    `rank` is the place of its outcome in content/study-terms: what stands first is shown first.
    """

    study: WhichStudy
    group: str
    is_part: bool  # whether it is some of those whom the study watched after the option, and stands for them with the rest alone
    has_others: bool  # whether the study tells of another group after the same option, so that each must be named
    option: str
    outcome: str
    words: str
    is_good: bool
    is_key: bool  # whether an editor marked the outcome for the short page
    rank: int
    definition: str
    definition_words: str
    definition_citations: tuple[Citation, ...]
    at: str
    unit: str
    is_cumulative: bool
    percent: str
    count: int | None  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    of: int | None
    is_count_decoded: bool
    is_of_decoded: bool
    low: str
    high: str
    remarks: tuple[Remark, ...]
    citations: tuple[Citation, ...]

    @property
    def share(self) -> Share | None:
        """Its count of how many; none where either is not known, or where it is an estimate over time."""
        return Share(self.count, self.of) if self.count is not None and self.of and not self.is_cumulative else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's interval of its share."""
        return self.share.interval if self.share else None

    @property
    def is_defined(self) -> bool:
        """Whether the text that was read says by which definition it counted."""
        return self.definition != NOT_STATED


def printed_outcomes(evidence: "Evidence") -> Iterator[PrintedOutcome]:
    """Yield the figures of each study, group by group, that are of an option."""
    ranks = {name: rank for rank, name in enumerate(evidence.terms.outcomes)}
    for study in evidence.studies.values():
        whole = evidence.studies.get(study.part_of)
        which = _which(study, whole.short if whole else "")
        for reported in study.outcomes:
            for figure in reported.figures.values():
                if study.groups[figure.group].option:
                    yield _printed(which, study, reported, figure, evidence, ranks[reported.outcome])


def _which(study: "Study", whole: str) -> WhichStudy:
    from patency.evidence.study import DESIGNS  # loads fractions, and so only where content is read anew

    people = study.population
    mark_rank = list(Mark).index(best_mark(study.citations))
    return WhichStudy(
        study.id, study.short, study.design, DESIGNS.index(study.design), mark_rank, people.age, people.extent,
        BREADTHS.get(people.extent, 0), people.phase, people.begun, people.compression, people.words, study.part_of, whole,
    )  # fmt: skip


def _has_others(study: "Study", figure: "Figure") -> bool:
    told = {each.group for reported in study.outcomes for each in reported.figures.values()}
    option = study.groups[figure.group].option
    return any(study.groups[name].option == option for name in told - {figure.group})


def _printed(
    which: WhichStudy, study: "Study", reported: "Reported", figure: "Figure", evidence: "Evidence", rank: int
) -> PrintedOutcome:
    outcome, definition = evidence.terms.outcomes[reported.outcome], evidence.terms.definitions[reported.definition]
    group = study.groups[figure.group]
    return PrintedOutcome(
        which, group.words, group.is_part, _has_others(study, figure), group.option, outcome.id, outcome.words,
        outcome.is_good, outcome.is_key, rank, definition.id, definition.words,
        definition.citations, reported.at, reported.unit, reported.is_cumulative,
        figure.percent.text if figure.percent else "", figure.counted, figure.of, figure.counts.value == "decoded",
        figure.of is not None and not figure.is_of_printed, figure.low.text if figure.low else "",
        figure.high.text if figure.high else "",
        reported.remarks, figure.citations,
    )  # fmt: skip


class Spoken(NamedTuple):
    """A printed figure, the patients to whom it speaks, and what its study does not state of whom it watched."""

    figure: PrintedOutcome
    when: Term
    unsaid: tuple[str, ...]
    apart: tuple[Term, ...]  # what is true of some patients of whom the study does not say that it watched any
