"""What a guideline is: decisions, options, grades, rules, scenarios, and the sheets around them.

All of it is content, read by load.py from YAML files that clinicians write.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from patency.case import Case
from patency.evidence.printed_outcomes import Spoken
from patency.fault import Place
from patency.language.landscape import Landscape
from patency.language.lexicon import Lexicon
from patency.language.terms import All, Compare, Not, Term
from patency.packed import Packed
from patency.practice.published import Published
from patency.source import Citation, Mark, Remark, Source
from patency.truth import Truth


class Stance(Enum):
    """The common reading of a source's own grade."""

    FOR = "for"
    CONDITIONAL = "conditional"
    NEUTRAL = "neutral"
    AVOID = "avoid"
    SILENT = "silent"

    @property
    def supports(self) -> bool:
        """Whether it speaks in favour of an option."""
        return self in (Stance.FOR, Stance.CONDITIONAL)


class Option(NamedTuple):
    """One answer to a decision; `within` is the broader option that covers it, if any."""

    id: str
    decision: str
    words: str
    within: str
    uses_lytic: bool
    removes_clot: bool
    needs_anticoagulation_after: bool
    order: int

    @property
    def brief(self) -> str:
        """Its words up to the first bracket or comma, where a line must be short."""
        return self.words.partition(" (")[0].partition(",")[0]


class Decision(NamedTuple):
    """A question that a consult answers."""

    id: str
    asks: str
    options: tuple[str, ...]


class Grade(NamedTuple):
    """One step of a source's own scale, in its words, with the stance it is read as."""

    id: str
    words: str
    stance: Stance


class Scale(NamedTuple):
    """A source's own scale of grades, and the citation for how Patency reads it."""

    id: str
    title: str
    grades: Mapping[str, Grade]
    citations: tuple[Citation, ...]
    place: Place


class Saying(NamedTuple):
    """What a rule says of one option; `over` names the option it prefers this one to, if it compares."""

    option: str
    grade: Grade
    over: str
    note: str
    citations: tuple[Citation, ...]
    place: Place


class Exclusion(NamedTuple):
    """A named exception: where it holds, its rule does not."""

    name: str
    when: Term
    why: str
    citations: tuple[Citation, ...]


class Review(NamedTuple):
    """The clinician who has checked a rule against its source."""

    by: str
    role: str
    on: date


class Rule(NamedTuple):
    """A condition, what it says of each option, its named exceptions, its source and its review."""

    id: str
    title: str
    when: Term
    exclusions: tuple[Exclusion, ...]
    says: tuple[Saying, ...]
    notes: tuple["Remark", ...]
    citations: tuple[Citation, ...]
    review: Review | None
    place: Place


def condition_of(rule: Rule) -> Term:
    """Return when a rule holds: its condition, and none of its exclusions."""
    if not rule.exclusions:
        return rule.when
    return All((rule.when, *(Not(exclusion.when, rule.place) for exclusion in rule.exclusions)), rule.place)


class Reason(NamedTuple):
    """A cited sentence that says why a guideline stands where it stands on one decision; of `rules` alone, where it names some."""

    text: str
    citations: tuple[Citation, ...]
    decision: str
    rules: tuple[str, ...] = ()


class Overlap(NamedTuple):
    """Rules that may stand on clashing sides of an option for one patient, because the source does."""

    rules: tuple[str, ...]
    why: str
    citations: tuple[Citation, ...]


class Gap(NamedTuple):
    """Patients whom a guideline sets out to cover and has no rule for."""

    when: Term
    why: str
    citations: tuple[Citation, ...]


class Coverage(NamedTuple):
    """The patients whom a guideline sets out to cover, in words and as a condition, and its declared gaps."""

    says: str
    of: Term
    gaps: tuple[Gap, ...]


class Expectation(NamedTuple):
    """What a scenario expects of one guideline; what is not mentioned is not checked."""

    guideline: str
    scope: Truth | None = None
    rules: Mapping[str, Truth] = {}
    opinions: Mapping[str, tuple[str, ...]] = {}
    settled: Truth | None = None
    expires: date | None = None
    never_expires: bool = False
    asks_first: tuple[str, ...] = ()


class Scenario(NamedTuple):
    """A short named patient with the advice expected: test, example and training case."""

    name: str
    case: Case
    expects: tuple[Expectation, ...]
    place: Place


class Part(NamedTuple):
    """What a guideline says on one decision: the places of the rules that speak on it, and their landscape.

    The landscape maps every completion of a case to which of them hold in scope (bit i: rule `rules[i]`).
    It is None where the bound on the work was passed.
    """

    decision: str
    rules: tuple[int, ...]
    landscape: Landscape | None


class Guideline(NamedTuple):
    """A versioned, dated set of rules from one file.

    `population` is the condition under which it speaks at all, and `scope` its landscape; `conditions` are
    when each rule holds; `clocks` are the comparisons with time that may change what it says as days pass.
    A local one is the own protocol of the site that uses Patency.
    """

    id: str
    title: str
    publisher: str
    year: int
    edition: str
    supersedes: str
    decision: str
    scale: Scale
    population: Term
    population_words: str
    population_note: Remark | None
    citations: tuple[Citation, ...]
    rules: tuple[Rule, ...]
    notes: tuple[Remark, ...]
    reasons: tuple[Reason, ...]
    overlaps: tuple[Overlap, ...]
    coverage: Coverage | None
    scenarios: Packed[Scenario]
    content_hash: str
    place: Place
    conditions: tuple[Term, ...]
    scope: Landscape | None = None
    parts: tuple[Part, ...] = ()
    clocks: tuple[Compare, ...] = ()
    is_local: bool = False
    superseded_by: str = ""

    @property
    def in_scope(self) -> tuple[Term, ...]:
        """When each rule holds for a patient for whom the guideline speaks."""
        return tuple(All((self.population, condition)) for condition in self.conditions)

    @property
    def is_current(self) -> bool:
        """Whether no other guideline here supersedes it."""
        return not self.superseded_by

    @property
    def short(self) -> str:
        """How a column heads it."""
        return f"{self.publisher} {self.edition}{' (local)' * self.is_local}"


class SheetKind(Enum):
    """What a sheet is for, in the order of the page."""

    ALERT = "alert"
    CONTRAINDICATIONS = "contraindications"
    TRADE_OFF = "trade-off"
    WORK_UP = "work-up"
    PROCEDURE = "procedure"
    AFTERCARE = "aftercare"
    PITFALLS = "pitfalls"


WATCH = "watch"  # the aspect of an alert that says what to look out for while nothing is wrong


class Statement(NamedTuple):
    """A cited sentence, with the condition under which it applies and what other sources say against it.

    A key statement stands on the short page; the others where the whole page is asked for.
    """

    id: str
    text: str
    when: Term | None
    citations: tuple[Citation, ...]
    but: tuple[Remark, ...]
    flag: str
    option: str
    aspect: str
    is_key: bool
    place: Place


class Section(NamedTuple):
    """Some statements of a sheet under one heading; `strength` is absolute, relative and so on."""

    id: str
    title: str
    strength: str
    when: Term | None
    statements: tuple[Statement, ...]


class Sheet(NamedTuple):
    """What surrounds the rating: alerts, contraindications, work-up, trade-off, procedure, aftercare.

    It applies `when`, and is left out where it is known to be past its use (`unless`).
    """

    id: str
    kind: SheetKind
    title: str
    short: str
    about: str
    when: Term | None
    unless: Term | None
    citations: tuple[Citation, ...]
    sections: tuple[Section, ...]
    place: Place


class Claim(NamedTuple):
    """What must always be true of the library, in words a clinician can read.

    Whenever the condition holds: one of the statements `shows` (sheet, statement) is on the page, if
    need be only where a rule favours one of the options `where_favoured`; no rule favours an option
    `never_favoured`; every guideline but those named is out of scope, where `silences` is set. A claim
    with `favour_rests_on` says instead on which marks every opinion in favour rests. What is claimed of
    several statements, one after another, is several claims of one name, and `of` says which each is.
    """

    id: str
    says: str
    when: Term
    place: Place
    shows: tuple[tuple[str, str], ...] = ()
    where_favoured: frozenset[str] = frozenset()
    never_favoured: frozenset[str] = frozenset()
    silences: bool = False
    silences_all_but: tuple[str, ...] = ()
    favour_rests_on: frozenset[Mark] = frozenset()
    of: str = ""


class PageWords(NamedTuple):
    """The words of the page that belong to medicine: its intended use, headings by kind of sheet, what a list is about."""

    intended_use: str
    headings: Mapping[str, str]
    about: Mapping[str, str]


class Library(NamedTuple):
    """All content, read, checked and typed; `lawful` are the patients that the vocabulary's laws allow.

    `practice` is what was published of what peers do, `studies` what was printed of outcomes: they stand beside the
    guidelines and are none of their business.
    """

    sources: Mapping[str, Source]
    lexicon: Lexicon
    decisions: Mapping[str, Decision]
    options: Mapping[str, Option]
    guidelines: Mapping[str, Guideline]
    sheets: tuple[Sheet, ...]
    claims: tuple[Claim, ...]
    page: PageWords
    lawful: tuple[Landscape, ...]
    content_hash: str
    patients: tuple[Case, ...] = ()  # those for whom the published library lays the guidelines side by side
    practice: tuple[Published, ...] = ()
    studies: tuple[Spoken, ...] = ()
