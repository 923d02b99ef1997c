"""The places of a library that can be searched, each with its heading, its text, its path and its marks.

How a thing is headed and where it stands is as the library's pages have it; how it was verified and reviewed
goes with it, so that what is not looks so among the results as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patency.evidence.model import Audit, Claim, Interval, Mean, Median, Rate
from patency.evidence.study import Asserted, Evidence, Study, Terms
from patency.guideline.model import Guideline, Library, Rule, Saying, Statement
from patency.language.words import to_words
from patency.practice.published import Published, PublishedQuestion, of_words, percent_words
from patency.publish.studied import CLAIMED, NONE, page_of
from patency.source import Citation, Mark, best_mark, is_unverified
from patency.vocabulary import Concept

GUIDELINES, RULES, STATEMENTS, PRACTICE, STUDIES, FIGURES, CONCEPTS, OPTIONS, SOURCES = GROUPS = (
    "Guidelines", "Rules", "Statements", "Practice", "Studies", "Figures", "Concepts", "Options", "Sources",
)  # fmt: skip


class Tag(NamedTuple):
    """How a place was verified or reviewed, or what else a reader must know of it; `is_open` where it was not."""

    words: str
    is_open: bool = False


class Entry(NamedTuple):
    """A place of the library: its group, heading and path, where it stands, what is written there, and its marks."""

    group: str
    title: str
    where: str
    path: str
    passages: tuple[str, ...]
    tags: tuple[Tag, ...] = ()
    is_unverified: bool = False


def entries(library: Library, audits: Iterable[Audit] = (), evidence: Evidence = NONE) -> tuple[Entry, ...]:
    """List every place in the order of the library; what is superseded comes last of its kind."""
    return tuple(_entries(library, audits, evidence))


def _entries(library: Library, audits: Iterable[Audit], evidence: Evidence) -> Iterator[Entry]:
    ordered = sorted(library.guidelines.values(), key=lambda guideline: not guideline.is_current)
    yield from (_guideline(guideline, library) for guideline in ordered)
    yield from (_rule(rule, guideline, library) for guideline in ordered for rule in guideline.rules)
    yield from _statements(library)
    yield from (_surveyed(survey, question) for survey in library.practice for question in survey.questions)
    yield from (_studied(study, evidence.terms) for study in evidence.studies.values())
    yield from (_claimed(claim) for claim in evidence.terms.claims.values())
    yield from map(_audited, audits)
    yield from (_concept(concept, library) for concept in library.lexicon.vocabulary.concepts.values())
    for option in library.options.values():
        above = (f"within {library.options[option.within].words}",) if option.within else ()
        yield Entry(
            OPTIONS,
            option.words,
            f"{library.decisions[option.decision].asks} · {option.id}",
            f"options.html#{option.id}",
            above,
        )
    for source in library.sources.values():
        read, tags = ((f"read: {source.read}",), ()) if source.read else ((), (Tag("not stated what was read", True),))
        yield Entry(SOURCES, source.words, f"{source.kind} · {source.id}", f"sources.html#{source.id}", read, tags)


def _guideline(guideline: Guideline, library: Library) -> Entry:
    remarks = [note.text for note in guideline.notes] + [reason.text for reason in guideline.reasons]
    remarks += [overlap.why for overlap in guideline.overlaps]
    remarks += [gap.why for gap in guideline.coverage.gaps] if guideline.coverage else []
    about = [guideline.population_note.text] if guideline.population_note else []
    where = f"{library.decisions[guideline.decision].asks} · {guideline.year}"
    passages = (f"for {guideline.population_words}", *about, *remarks)
    reviewed = sum(1 for rule in guideline.rules if rule.review)
    tags = (_reviewed(reviewed, len(guideline.rules)), *_superseded(guideline, library))
    title = f"{guideline.short}: {guideline.title}"
    return Entry(GUIDELINES, title, where, f"guidelines/{guideline.id}.html", passages, tags)


def _rule(rule: Rule, guideline: Guideline, library: Library) -> Entry:
    vocabulary = library.lexicon.vocabulary
    excepted = (f"except when {to_words(each.when, vocabulary)}: {each.why}" for each in rule.exclusions)
    passages = (*(_saying(each, library) for each in rule.says), f"when {to_words(rule.when, vocabulary)}", *excepted,
                *(note.text for note in rule.notes))  # fmt: skip
    cited = [*rule.citations, *(each for saying in rule.says for each in saying.citations)]
    tags = (_reviewed(int(rule.review is not None), 1), *_verified(cited), *_superseded(guideline, library))
    path = f"guidelines/{guideline.id}.html#rule-{rule.id}"
    return Entry(RULES, rule.title, f"{guideline.short} · {rule.id}", path, passages, tags, is_unverified(cited))


def _saying(saying: Saying, library: Library) -> str:
    over = f" rather than {library.options[saying.over].words}" if saying.over else ""
    note = f" ({saying.note})" if saying.note else ""
    return f"{library.options[saying.option].words}{over}: {saying.grade.words}{note}"


def _statements(library: Library) -> Iterator[Entry]:
    for sheet in library.sheets:
        for section in sheet.sections:
            for each in section.statements:
                where = " · ".join(dict.fromkeys((sheet.title, section.title)))
                path = f"sheets/{sheet.id}.html#{section.id}--{each.id}"
                passages = tuple(_passages(each, library))
                tags = _verified(each.citations)
                yield Entry(STATEMENTS, each.text, where, path, passages, tags, is_unverified(each.citations))


def _surveyed(survey: Published, question: PublishedQuestion) -> Entry:
    """Say what was asked in a survey, and what was answered; practice, not guidance."""
    said = tuple(
        f"{answer.words}: {percent_words(question, answer)} ({of_words(question, answer)})"
        for answer in question.answers
    )
    passages = (*said, *filter(None, (question.note, question.base_note, f"{survey.title}; {survey.asked}")))
    where = f"{survey.short} · practice, not guidance"
    path = f"practice.html#{survey.id}--{question.id}"
    tags = _verified(question.citations)
    return Entry(PRACTICE, question.asks, where, path, passages, tags, is_unverified(question.citations))


def _studied(study: Study, terms: Terms) -> Entry:
    """Say of whom a study is, and what it counted."""
    counted = (
        f"{terms.outcomes[each.outcome].words}, {each.at}, by {terms.definitions[each.definition].words}"
        for each in study.outcomes
    )
    groups = "; ".join(each.words for each in study.groups.values())
    said = (study.population.words, groups, study.setting, *counted, *(each.says for each in study.stands))
    flags = (flag.text for flag in study.flags)
    tags, is_open = _verified(study.citations), is_unverified(study.citations)
    title = study.title if study.title.startswith(study.short) else f"{study.short}: {study.title}"
    return Entry(STUDIES, title, f"{study.design} · {study.id}", page_of(study.id),
                 tuple(filter(None, (*said, *flags))), tags, is_open)  # fmt: skip


def _claimed(claim: Asserted) -> Entry:
    passages = tuple(filter(None, (*(each.says for each in claim.expects), claim.no_registry)))
    return Entry(STUDIES, claim.words, f"a claim, and how studies stand to it · {claim.id}", f"{CLAIMED}#{claim.id}",
                 passages, _verified(claim.citations))  # fmt: skip


def _audited(audit: Audit) -> Entry:
    """Say of which figures an audit is; what was found of them is worked out when its page is printed."""
    groups = (
        f"{group.title}: {'; '.join(dict.fromkeys(share.says for share in group.shares))}" for group in audit.groups
    )
    others: list[Mean | Median | Interval | Rate | Claim] = [
        *audit.means, *audit.medians, *audit.intervals, *audit.rates, *audit.claims
    ]  # fmt: skip
    remarks = [*audit.remarks, *(remark for each in audit.groups for remark in each.remarks)]
    remarks += [remark for each in others for remark in each.remarks]
    passages = (*groups, *(each.says for each in others), *(remark.text for remark in remarks))
    tags, is_open = _verified(audit.citations), is_unverified(audit.citations)
    return Entry(FIGURES, audit.title, "published figures, audited", f"audit.html#{audit.id}", passages, tags, is_open)


def _passages(statement: Statement, library: Library) -> Iterator[str]:
    if statement.when:
        yield f"when {to_words(statement.when, library.lexicon.vocabulary)}"
    if statement.option:
        yield f"on {library.options[statement.option].words}"
    yield from (f"but {remark.text}" for remark in statement.but)


def _concept(concept: Concept, library: Library) -> Entry:
    meaning = library.lexicon.definitions.get(concept.name)
    said = [concept.help, " · ".join(concept.values.values()), concept.says or concept.words, concept.denies]
    said += [f"means that {to_words(meaning, library.lexicon.vocabulary)}"] if meaning else []
    said += [f"{code.system} {code.code}" for code in concept.codes]
    path = f"vocabulary.html#{concept.name}"
    tags = _verified(concept.citations)
    return Entry(CONCEPTS, concept.asks, concept.name, path, tuple(filter(None, said)), tags,
                 is_unverified(concept.citations))  # fmt: skip


def _superseded(guideline: Guideline, library: Library) -> tuple[Tag, ...]:
    by = guideline.superseded_by
    return (Tag(f"superseded by {library.guidelines[by].short}", is_open=True),) if by else ()


def _reviewed(done: int, rules: int) -> Tag:
    if not done:
        return Tag("not reviewed by a clinician", is_open=True)
    return Tag("reviewed by a clinician") if done == rules else Tag(f"{done} of {rules} rules reviewed", is_open=True)


def _verified(citations: Sequence[Citation]) -> tuple[Tag, ...]:
    """Say how the best of some citations was verified."""
    mark = best_mark(citations)
    return (Tag(mark.words, is_open=mark is Mark.UNVERIFIED),) if citations else ()
