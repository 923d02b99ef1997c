"""From a Library to the pages of a site, each a path and its bytes; writing them is folder.py's.

The same content gives the same bytes: no page knows the time or the machine. Every link is relative,
so that the site works from a folder of files and under any path of a server. It has no script, and
nothing that it does not bring along. What it says of medicine is content.

All pages together take seconds, so a server asks for each as it is wanted (`Site`); a folder gets them
all at once (`site`).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patency.consult.html import HOUSE
from patency.consult.page import Consult, consult
from patency.evidence.model import Audit
from patency.evidence.study import Evidence, Study
from patency.guideline.editions import Change, differences_between
from patency.guideline.model import Claim, Guideline, Library, Sheet
from patency.practice.published import Published, PublishedQuestion
from patency.publish import beside, studied
from patency.publish.audited import given_of
from patency.publish.chart import charts
from patency.publish.cited import uses_of
from patency.publish.press import FRONT, STYLE, Page, Press, Roof
from patency.vocabulary import Concept

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict

_HERE = Path(__file__).parent
Given = Callable[[], Mapping[str, Any]]


def site(
    library: Library,
    verdicts: Sequence["Verdict"] | None = None,
    roof: Roof | None = None,
    audits: Sequence[Audit] = (),
    evidence: Evidence = studied.NONE,
) -> dict[str, bytes]:
    """Build every file of the site by its path; `verdicts` are the proofs, None where they were not run."""
    pages = Site(library, lambda: verdicts, roof, audits, evidence)
    return {path: pages.printed(path) for path in pages.paths}


class Site:
    """The files of the site by their paths, each printed when it is asked for.

    `prove` gives the proofs, or None where they cannot be run; it is asked once, by the first page that shows any.
    """

    def __init__(
        self,
        library: Library,
        prove: Callable[[], Sequence["Verdict"] | None],
        roof: Roof | None = None,
        audits: Sequence[Audit] = (),
        evidence: Evidence = studied.NONE,
    ) -> None:
        self.library = library
        self.audits = audits
        self.evidence = evidence
        self._prove = prove
        self._press = Press(library, roof)
        self._plan = self._planned()

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of each file."""
        return (*self._plan, STYLE)

    def printed(self, path: str) -> bytes:
        """Print one file."""
        if path == STYLE:
            return stylesheet()
        template, given = self._plan[path]
        return self._press.printed(Page(path, template, given()))

    def _planned(self) -> dict[str, tuple[str, Given]]:
        """Say which pages there are, and what fills each."""
        library = self.library
        plan: dict[str, tuple[str, Given]] = {
            FRONT: ("index", self._front),
            "beside.html": ("beside", self._beside),
            "editions.html": ("editions", lambda: {"editions": _editions(library)}),
            "sheets.html": ("sheets", dict),
            "practice.html": ("practice", lambda: {"topics": _topics(library)}),
            studied.LIST: ("studies", lambda: studied.given_of_list(self.evidence)),
            studied.CLAIMED: ("claimed", lambda: studied.given_of_claims(self.evidence)),
            "options.html": ("options", dict),
            "vocabulary.html": ("vocabulary", lambda: {"groups": _by_file(library)}),
            "claims.html": ("claims", self._claims),
            "audit.html": ("audit", lambda: given_of(self.audits)),
            "policies.html": ("policies", dict),
            "sources.html": ("sources", lambda: {"uses": uses_of(library, self.audits, self.evidence)}),
        }
        for number, patient in enumerate(library.patients):
            plan[f"patients/{patient.name}.html"] = ("patient", partial(self._patient, number))
        for guideline in library.guidelines.values():
            plan[f"guidelines/{guideline.id}.html"] = ("guideline", partial(self._guideline, guideline))
        for sheet in library.sheets:
            plan[f"sheets/{sheet.id}.html"] = ("sheet", partial(_sheet, sheet))
        for study in self.evidence.studies.values():
            plan[studied.page_of(study.id)] = ("study", partial(self._study, study))
        return plan

    @cached_property
    def _patients(self) -> tuple[Consult, ...]:
        return beside.consults(self.library)

    @cached_property
    def _verdicts(self) -> Sequence["Verdict"] | None:
        return self._prove()

    def _proofs(self) -> dict[str, Any]:
        by_subject = groupby(sorted(self._verdicts or (), key=_subject), key=_subject)
        return {
            "verdicts": self._verdicts,
            "is_proved": self._verdicts is not None,
            "proofs": {name: list(found) for name, found in by_subject},
        }

    def _front(self) -> Mapping[str, Any]:
        return {**self._proofs(), "groups": _groups(self.library)}

    def _beside(self) -> Mapping[str, Any]:
        return {"patients": self._patients, "tables": beside.tables(self.library, self._patients)}

    def _claims(self) -> Mapping[str, Any]:
        return {**self._proofs(), "named": _by_name(self.library), "statements": _statements(self.library)}

    def _patient(self, number: int) -> Mapping[str, Any]:
        return {"consult": consult(self.library, self.library.patients[number])}

    def _study(self, study: Study) -> Mapping[str, Any]:
        return studied.given_of_study(study, self.evidence, self.audits)

    def _guideline(self, guideline: Guideline) -> Mapping[str, Any]:
        proofs = self._proofs()
        return {"guideline": guideline, "charts": charts(guideline, self.library),
                "is_proved": proofs["is_proved"], "proofs": proofs["proofs"].get(guideline.id, [])}  # fmt: skip


def stylesheet() -> bytes:
    """Return the library's style: the look of the house, and what is its own."""
    return HOUSE.read_bytes() + b"\n" + (_HERE / STYLE).read_bytes()


def _sheet(sheet: Sheet) -> Mapping[str, Any]:
    return {"sheet": sheet}


def _subject(verdict: "Verdict") -> str:
    return verdict.subject


def _groups(library: Library) -> list[tuple[str, list[Guideline]]]:
    """Group the guidelines by the decision that each is mainly about; those superseded come last."""
    current = [each for each in library.guidelines.values() if each.is_current]
    groups = [
        (decision.asks, [each for each in current if each.decision == decision.id])
        for decision in library.decisions.values()
    ]
    superseded = [each for each in library.guidelines.values() if not each.is_current]
    return [group for group in [*groups, ("Superseded editions", superseded)] if group[1]]


def _by_file(library: Library) -> list[tuple[str, list[Concept]]]:
    """Group the concepts by the file that they are written in."""
    concepts = library.lexicon.vocabulary.concepts.values()
    files = {Path(concept.place.file).stem: None for concept in concepts}
    return [(file, [each for each in concepts if Path(each.place.file).stem == file]) for file in files]


def _statements(library: Library) -> dict[tuple[str, str], str]:
    """Return the text of each statement by its sheet and name."""
    return {(sheet.id, statement.id): statement.text
            for sheet in library.sheets for section in sheet.sections for statement in section.statements}  # fmt: skip


def _topics(library: Library) -> dict[str, list[tuple[Published, PublishedQuestion]]]:
    """Gather the questions that more than one survey asked, to stand side by side."""
    found: dict[str, list[tuple[Published, PublishedQuestion]]] = {}
    for survey in library.practice:
        for question in survey.questions:
            if question.topic:
                found.setdefault(question.topic, []).append((survey, question))
    return {topic: asked for topic, asked in found.items() if len(asked) > 1}


def _by_name(library: Library) -> dict[str, list[Claim]]:
    """Gather the claims of one name: a sentence, claimed of one thing after another."""
    named: dict[str, list[Claim]] = {}
    for claim in library.claims:
        named.setdefault(claim.id, []).append(claim)
    return named


def _editions(library: Library) -> list[tuple[Guideline, Guideline, tuple[Change, ...]]]:
    """Compare each guideline with the older edition of it that is here."""
    pairs = [
        (library.guidelines[newer.supersedes], newer)
        for newer in library.guidelines.values()
        if newer.supersedes in library.guidelines
    ]
    return [(older, newer, differences_between(library, older, newer)) for older, newer in pairs]
