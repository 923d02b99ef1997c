"""Where each source is cited: what a reader needs who has a document in hand and asks what was taken from it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patency.evidence.model import Audit
from patency.evidence.study import Evidence, Study
from patency.guideline.model import Guideline, Library, Sheet
from patency.publish.studied import CLAIMED, NONE, page_of
from patency.source import Citation


class Use(NamedTuple):
    """One citation of a source: what is said on its authority, and the page and anchor where it stands."""

    citation: Citation
    label: str
    page: str


def uses_of(library: Library, audits: Sequence[Audit] = (), evidence: Evidence = NONE) -> dict[str, tuple[Use, ...]]:
    """Gather, for each source, where it is cited, in the order of the pages."""
    gathered: dict[str, dict[Use, None]] = {name: {} for name in library.sources}
    of_audits = (use for audit in audits for use in _by_audit(audit))
    for use in (*_uses(library), *of_audits, *_by_evidence(evidence)):
        gathered[use.citation.source][use] = None
    return {name: tuple(uses) for name, uses in gathered.items()}


def _uses(library: Library) -> Iterator[Use]:
    for guideline in library.guidelines.values():
        yield from _by_guideline(guideline)
    for sheet in library.sheets:
        yield from _by_sheet(sheet)
    for survey in library.practice:
        page = f"practice.html#{survey.id}"
        yield from _each(
            (*survey.citations, *(each for note in survey.notes for each in note.citations)), survey.short, page
        )
        for question in survey.questions:
            at = f"practice.html#{survey.id}--{question.id}"
            yield from _each(question.citations, f"{survey.short}: {question.asks}", at)
    for concept in library.lexicon.vocabulary.concepts.values():
        yield from _each(concept.citations, concept.asks, f"vocabulary.html#{concept.name}")


def _each(citations: Iterable[Citation], label: str, page: str) -> Iterator[Use]:
    return (Use(citation, label, page) for citation in citations)


def _by_guideline(guideline: Guideline) -> Iterator[Use]:
    page = f"guidelines/{guideline.id}.html"
    yield from _each(guideline.citations, guideline.short, page)
    yield from _each(guideline.scale.citations, f"{guideline.short}, how its grades are read", f"{page}#scale")
    if guideline.population_note:
        yield from _each(guideline.population_note.citations, f"{guideline.short}, for whom", f"{page}#population")
    for rule in guideline.rules:
        at, label = f"{page}#rule-{rule.id}", f"{guideline.short}, {rule.id}"
        cited = [*rule.citations, *(each for saying in rule.says for each in saying.citations)]
        cited += [each for exclusion in rule.exclusions for each in exclusion.citations]
        yield from _each([*cited, *(each for note in rule.notes for each in note.citations)], label, at)
    for name, remarks in (("notes", guideline.notes), ("reasons", guideline.reasons), ("overlaps", guideline.overlaps),
                          ("gaps", guideline.coverage.gaps if guideline.coverage else ())):  # fmt: skip
        cited = [each for remark in remarks for each in remark.citations]
        yield from _each(cited, f"{guideline.short}, {name}", f"{page}#{name}")


def _by_sheet(sheet: Sheet) -> Iterator[Use]:
    page = f"sheets/{sheet.id}.html"
    yield from _each(sheet.citations, sheet.title, page)
    for section in sheet.sections:
        for statement in section.statements:
            cited = [*statement.citations, *(each for remark in statement.but for each in remark.citations)]
            yield from _each(cited, f"{sheet.title}: {section.title}", f"{page}#{section.id}")


def _by_audit(audit: Audit) -> Iterator[Use]:
    page = f"audit.html#{audit.id}"
    figures = (audit.groups, audit.means, audit.medians, audit.intervals, audit.rates, audit.claims)
    remarks = [*audit.remarks, *(remark for kind in figures for figure in kind for remark in figure.remarks)]
    cited = [*audit.citations, *(each for remark in remarks for each in remark.citations)]
    yield from _each(cited, f"Published figures: {audit.title}", page)


def _by_evidence(evidence: Evidence) -> Iterator[Use]:
    for study in evidence.studies.values():
        yield from _by_study(study)
    for claim in evidence.terms.claims.values():
        cited = (*claim.citations, *(each for expected in claim.expects for each in expected.citations))
        yield from _each(cited, f"Claimed: {claim.words}", f"{CLAIMED}#{claim.id}")


def _by_study(study: Study) -> Iterator[Use]:
    page, label = page_of(study.id), f"{study.short}, a study"
    flags = (each for flag in study.flags for each in flag.citations)
    yield from _each((*study.citations, *flags), label, page)
    for reported in study.outcomes:
        cited = [*reported.citations, *(each for figure in reported.figures.values() for each in figure.citations)]
        cited += [each for remark in reported.remarks for each in remark.citations]
        yield from _each(cited, f"{label}: {reported.id}", f"{page}#{reported.id}")
    yield from _each((each for stands in study.stands for each in stands.citations), label, f"{page}#stands")
