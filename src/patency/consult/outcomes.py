"""What happened to patients like this one, option by option: published figures always, one's own registry where a cut is given.

In: a Library, what is known of the case, the comparisons, and patients alike out of a cut if there is one. Out: for each
decision the options with what studies printed of those who had them: what speaks for this patient, and what may. Figures
stand side by side and are never pooled; they are of what came after an option, not because of it. No rule sees them.

Not here: for whom a study speaks (guideline/read_studies.py), how patients alike are found (outcome/alike.py), the words
(said_by_outcomes.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.case import Case
from patency.evidence.printed_outcomes import PrintedOutcome, Spoken, WhichStudy
from patency.guideline.compare import Comparison, Row, with_broader
from patency.guideline.model import Decision, Library, Option
from patency.language.evaluate import evaluate, open_part
from patency.language.words import to_words
from patency.source import Citation
from patency.truth import Truth

if TYPE_CHECKING:
    from patency.outcome.alike import Alike
    from patency.outcome.definition import Definition
    from patency.outcome.few import Shown

MOST_STUDIES = 3  # of an option, that the short page tells


class Spoke(NamedTuple):
    """A printed figure for this patient: whether its study speaks for them, and the condition that is still open."""

    figure: PrintedOutcome
    unsaid: tuple[str, ...]
    truth: Truth
    condition: str

    @property
    def citations(self) -> Iterator[Citation]:
        """Yield what it rests on: where it was printed, where its definition stands, and what is remarked of it."""
        yield from self.figure.citations
        yield from self.figure.definition_citations
        for remark in self.figure.remarks:
            yield from remark.citations


Headline = tuple[Spoke, ...]  # what stands for a study: the figure of its whole group, or those of all its parts


class OptionOutcomes(NamedTuple):
    """What came after one option: printed figures that speak or may speak, those of broader options, and one's own."""

    option: Option
    speaking: tuple[Spoke, ...]
    open: tuple[Spoke, ...]
    groups: tuple[Option, ...]  # broader options with figures, which do not say how it went after this one
    own: tuple[tuple["Definition", "Shown"], ...]

    @property
    def headlines(self) -> tuple[Headline, ...]:
        """What the short page tells: of a few studies the outcomes that matter most, each at its first time, no patient twice."""
        told = _by_headline(each for each in self.speaking if each.figure.is_key)
        if not told and self.speaking:
            return _headlines(self.speaking)[:1]
        families = list(dict.fromkeys(family for family, _ in told))[:MOST_STUDIES]
        return tuple(each for (family, _), each in told.items() if family in families)

    @property
    def short(self) -> tuple[Spoke, ...]:
        """The figures of what the short page tells."""
        return tuple(each for headline in self.headlines for each in headline)

    def lead(self, outcome: str) -> tuple[Headline, ...]:
        """What its cell shows: the outcome that most options of the decision have, or its own first; one a study."""
        own = [each for each in self.speaking if each.figure.outcome == outcome]
        own = own or [each for each in self.speaking if each.figure.outcome == self.speaking[0].figure.outcome]
        return _headlines(own)[:MOST_STUDIES]


class Outcomes(NamedTuple):
    """What came after the options of one decision; `lead` is the outcome that stands in the table of options."""

    decision: Decision
    options: Mapping[str, OptionOutcomes]
    lead: str

    @property
    def speaking(self) -> tuple[Spoke, ...]:
        """Every figure that speaks for this patient."""
        return tuple(spoke for each in self.options.values() for spoke in each.speaking)

    @property
    def lead_words(self) -> str:
        """What the outcome is called that stands in the table of options."""
        return next((each.figure.words for each in self.speaking if each.figure.outcome == self.lead), "")

    @property
    def open(self) -> tuple[Spoke, ...]:
        """Every figure that may speak."""
        return tuple(spoke for each in self.options.values() for spoke in each.open)

    @property
    def is_told(self) -> bool:
        """Whether anything stands here beside what may."""
        return bool(self.speaking) or any(each.own for each in self.options.values())

    @property
    def citations(self) -> Iterator[Citation]:
        """Yield what it cites: what the short page tells, then what speaks, then what may."""
        for option in self.options.values():
            for headline in (*option.lead(self.lead), *option.headlines) if option.speaking else ():
                for each in headline:
                    yield from each.citations
        for each in (*self.speaking, *self.open):
            yield from each.citations
        for option in self.options.values():
            for definition, _ in option.own:
                yield from definition.citations


def outcomes_of(
    library: Library, known: Case, comparisons: Sequence[Comparison], alike: "Alike | None" = None
) -> dict[str, Outcomes]:
    """Gather what came after each option, by decision; decisions of whose options nothing is known are left out."""
    told: dict[str, list[Spoke]] = {}
    for each in _spoken(library, known):
        told.setdefault(each.figure.option, []).append(each)
    own = _own(alike)
    found = {}
    for comparison in comparisons:
        names = comparison.decision.options
        if any(name in told or name in own for name in names):
            options = {name: _option(library.options[name], told, own, library) for name in names}
            found[comparison.decision.id] = Outcomes(comparison.decision, options, _lead(options.values()))
    return found


def rows_with_outcomes(rows: Sequence[Row], outcomes: Outcomes | None, library: Library) -> tuple[Row, ...]:
    """Return rows of a comparison, and one for each other option after which something was seen; in the decision's order."""
    if outcomes is None:
        return tuple(rows)
    here = {row.option.id for row in rows}
    more = [name for name, each in outcomes.options.items() if name not in here and (each.speaking or each.own)]
    found = [*rows, *(Row(library.options[name], {}) for name in more)]
    return tuple(sorted(found, key=lambda row: row.option.order))


def _spoken(library: Library, known: Case) -> Iterator[Spoke]:
    told: dict[tuple[int, ...], tuple[Truth, str]] = {}  # many figures share one condition
    for each in library.studies:
        key = (id(each.when), *map(id, each.apart))
        if key not in told:
            told[key] = _truth(each, known, library)
        truth, condition = told[key]
        if truth is not Truth.NO:
            yield Spoke(each.figure, each.unsaid, truth, condition)


def _truth(spoken: Spoken, known: Case, library: Library) -> tuple[Truth, str]:
    vocabulary = library.lexicon.vocabulary
    truth = evaluate(spoken.when, known)
    said = [to_words(open_part(spoken.when, known), vocabulary)] if truth is Truth.UNKNOWN else []
    among = [
        f"it watched such patients, which it does not state: {to_words(each, vocabulary)}"
        for each in spoken.apart
        if evaluate(each, known) is Truth.YES
    ]
    if truth is not Truth.NO and among:
        truth, said = Truth.UNKNOWN, [*said, *among]
    return truth, ", and ".join(said)


def _option(
    option: Option,
    told: Mapping[str, Sequence[Spoke]],
    own: Mapping[str, tuple[tuple["Definition", "Shown"], ...]],
    library: Library,
) -> OptionOutcomes:
    found = sorted(told.get(option.id, ()), key=_nearest)
    groups = tuple(
        library.options[name]
        for name in with_broader(option, library)[1:]
        if any(each.truth is Truth.YES for each in told.get(name, ()))
    )
    return OptionOutcomes(
        option, tuple(each for each in found if each.truth is Truth.YES),
        tuple(each for each in found if each.truth is not Truth.YES), groups, own.get(option.id, ()),
    )  # fmt: skip


def _nearest(spoke: Spoke) -> tuple[int, int, int, str, int]:
    """Those first whose patients were most like this one, then by design, then read in the original; last by what they are of."""
    study: WhichStudy = spoke.figure.study
    return study.breadth, study.design_rank, study.mark_rank, study.short, spoke.figure.rank


def _by_headline(speaking: Iterable[Spoke]) -> dict[tuple[str, str], Headline]:
    """Find for each study, its parts with it, what stands for it in each outcome: never the first of its parts alone."""
    told: dict[tuple[str, str], list[Spoke]] = {}
    for each in speaking:
        told.setdefault((each.figure.study.family, each.figure.outcome), []).append(each)
    return {name: _headline(spoken) for name, spoken in told.items()}


def _headlines(speaking: Iterable[Spoke]) -> tuple[Headline, ...]:
    return tuple(_by_headline(speaking).values())


def _headline(spoken: Sequence[Spoke]) -> Headline:
    """Choose among figures of one outcome, nearest first: the whole group's, or where none is printed all those of its parts."""
    first = spoken[0].figure
    of_study = [each for each in spoken if each.figure.study.id == first.study.id]
    wholes = [each for each in of_study if not each.figure.is_part]
    return tuple(wholes[:1] or [each for each in of_study if _asked(each) == _asked(spoken[0])])


def _asked(spoke: Spoke) -> tuple[str, str]:
    return spoke.figure.definition, spoke.figure.at


def _lead(options: Iterable[OptionOutcomes]) -> str:
    """Find the outcome that most options have, then most figures, then what stands first in content."""
    figures = [(option.option.id, each.figure) for option in options for each in option.speaking]
    ranks = {figure.outcome: figure.rank for _, figure in figures}
    by_option = Counter(outcome for _, outcome in {(option, figure.outcome) for option, figure in figures})
    all_of = Counter(figure.outcome for _, figure in figures)
    return max(ranks, key=lambda outcome: (by_option[outcome], all_of[outcome], -ranks[outcome]), default="")


def _own(alike: "Alike | None") -> dict[str, tuple[tuple["Definition", "Shown"], ...]]:
    """Lay the figures of patients alike out by option; the group of everybody is no option."""
    found: dict[str, list[tuple[Definition, Shown]]] = {}
    for definition, figures in alike.outcomes if alike else ():
        for shown in figures:
            if shown.figure.group:
                found.setdefault(shown.figure.group, []).append((definition, shown))
    return {name: tuple(figures) for name, figures in found.items()}
