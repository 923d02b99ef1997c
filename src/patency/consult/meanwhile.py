"""What cannot wait until a case is mended: the alerts that stand all the same, in sentences with their sources.

In: a case that is refused, its findings of which something is wrong, a Library. Out: for each of these, the alerts that
it calls for beside the findings that nothing is wrong with; and those that the latter call for by themselves. One of
two findings that exclude each other is wrong, and nobody here knows which: a blue leg stays an emergency until
somebody has looked again (docs/decisions/0013). An alert that asks no more than to watch is not one of them.
"""

from collections.abc import Iterable

from patency.case import Case
from patency.consult.said import MARKS, finding_words, source_named
from patency.consult.sheets import Shown, alerts_of, shown_sheet
from patency.guideline.advise import Reading
from patency.guideline.model import WATCH, Library, SheetKind
from patency.source import Citation
from patency.truth import Truth


def meanwhile(case: Case, doubtful: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return what stands whatever is wrong, then what each doubtful finding alone would call for."""
    doubtful = [*doubtful]
    certain = _standing(_without(doubtful, case), library)
    return (*([_said(certain, library)] if certain else []), *if_so(case, doubtful, library))


def if_so(case: Case, doubtful: Iterable[str], library: Library) -> tuple[str, ...]:
    """Return what each doubtful finding would call for beside those that nothing is wrong with, and they do not."""
    doubtful = [name for name in doubtful if name in case.findings]
    if not doubtful:
        return ()
    rest = _without(doubtful, case)
    already = set(_standing(rest, library))
    sentences: list[str] = []
    for name in doubtful:
        finding = case.findings[name]
        beside = rest.with_finding(finding)
        # What it excludes beside the rest has a Fault of its own; this is for an assertion, which has none.
        seen = beside if Reading(beside, library).is_possible else rest._replace(findings={name: finding})
        words = finding_words(finding, library.lexicon.vocabulary.concepts[name], case.on)
        more = [shown for shown in _standing(seen, library) if shown not in already]
        sentences += [f"If {words}: {_said(more, library)}"] if more else []
    return tuple(sentences)


def _without(names: Iterable[str], case: Case) -> Case:
    left_out = set(names)
    return case._replace(findings={name: each for name, each in case.findings.items() if name not in left_out})


def _standing(case: Case, library: Library) -> list[Shown]:
    """List the alerts that stand for a case, but those that say what to watch for; none where no patient can be so."""
    reading = Reading(case, library)
    if not reading.is_possible:
        return []
    vocabulary = library.lexicon.vocabulary
    sheets = [shown_sheet(each, reading.known, vocabulary) for each in library.sheets if each.kind is SheetKind.ALERT]
    return [each for each in alerts_of(sheets) if each.truth is Truth.YES and each.statement.aspect != WATCH]


def _said(alerts: Iterable[Shown], library: Library) -> str:
    return " ".join(f"{each.statement.text} [{_cited(each.statement.citations, library)}]" for each in alerts)


def _cited(citations: Iterable[Citation], library: Library) -> str:
    named = ((source_named(library.sources[each.source]), each.at, MARKS[each.mark].strip()) for each in citations)
    return "; ".join(f"{source}, {at}{f' ({mark})' * bool(mark)}" for source, at, mark in named)
