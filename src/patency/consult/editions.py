"""What changed between two editions, as text for a terminal and as JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from patency.casefile import case_file
from patency.consult.json import written_with
from patency.consult.page import References
from patency.consult.said import LEGEND, finding_words
from patency.consult.text_beside import wrapped
from patency.fault import Fault, Place, listed
from patency.guideline.compare import Heard
from patency.guideline.editions import Change, Rating, Side, supersedes
from patency.guideline.model import Guideline, Library
from patency.source import Citation
from patency.truth import Truth

FORMAT = "patency-editions/1"
SEVERAL = "Patients of several kinds at once hear all that is said of each; such a kind is named here with its parts."


def to_text(
    library: Library, editions: tuple[Guideline, Guideline], changes: Sequence[Change], width: int = 100
) -> str:
    """List the changes, decision by decision: who, what was said and what is said now, and an example."""
    return "\n".join(_Layout(library, editions, changes, width).lines()) + "\n"


def named_twice(place: Place, guideline: Guideline) -> Fault:
    """Say that an edition was to be compared with itself."""
    return Fault(
        place, f"{guideline.id!r} is named twice", "an edition does not differ from itself", "name the other edition"
    )


class _Layout:
    def __init__(
        self, library: Library, editions: tuple[Guideline, Guideline], changes: Sequence[Change], width: int
    ) -> None:
        self.library = library
        self.older, self.newer = editions
        self.changes = changes
        self.width = width
        self.references = References(library.sources)

    def lines(self) -> Iterator[str]:
        yield from self._head()
        for decision in self.library.decisions.values():
            numbered = [(at, each) for at, each in enumerate(self.changes, 1) if each.decision.id == decision.id]
            if numbered:
                yield from ("", decision.asks.upper())
            for number, change in numbered:
                if not change.parts:
                    yield from self._change(number, change)
            several = [(number, change) for number, change in numbered if change.parts]
            if several:
                yield from self._wrapped(SEVERAL, 2)
            for number, change in several:
                yield from self._sum(number, change)
        yield from ("", "SOURCES")
        yield from self._wrapped(LEGEND, 2)
        for number, source in self.references.cited():
            yield from self._wrapped(f"[{number}] {source.words} ({source.kind})", 2, 5)
        yield from self._wrapped(f"Content {self.library.content_hash[:12]}", 2)

    def _head(self) -> Iterator[str]:
        both = f"{self._cited(self.older.short, self.older.citations)} and {self._cited(self.newer.short, self.newer.citations)}"
        yield from self._wrapped(f"What changed between {both}", 0, 2)
        if not supersedes(self.newer, self.older, self.library):
            yield from self._wrapped("Neither supersedes the other: these are two guidelines, and not two editions.")
        alone = sum(not change.parts for change in self.changes)
        of_words = sum(change.is_of_words for change in self.changes)
        yield from self._wrapped(
            f"{len(self.changes)} kinds of patient are rated otherwise: {alone} by themselves, "
            f"{len(self.changes) - alone} as the sum of these. For {of_words} of them only the words of the scale changed."
        )
        yield from self._wrapped(
            "A kind is which rules of the two hold. It is complete: no patient that the vocabulary allows is left out. "
            "Rules that say nothing on a decision make no kinds there."
        )
        yield from self._wrapped(self.library.page.intended_use)

    def _change(self, number: int, change: Change) -> Iterator[str]:
        yield from self._wrapped(f"{number:>2}  {_whom(change.older)}", 2, 4)
        yield from self._wrapped(f"→ {_whom(change.newer)}", 6, 2)
        for rating in change.ratings:
            yield from self._wrapped(self._rating(rating), 8, 2)
        yield from self._wrapped(f"for example: {self._example(change)}", 6, 2)

    def _sum(self, number: int, change: Change) -> Iterator[str]:
        rules = [", ".join(rule.id for rule in side.rules) or "no rule" for side in (change.older, change.newer)]
        parts = listed([str(part + 1) for part in change.parts], "and")
        yield from self._wrapped(f"{number:>2}  {rules[0]} → {rules[1]}: as {parts}", 2, 4)

    def _rating(self, rating: Rating) -> str:
        same = "" if rating.is_changed else " (the same stance)"
        return f"{rating.option.words}: {self._said(rating.older)} → {self._said(rating.newer)}{same}"

    def _said(self, heard: Iterable[Heard]) -> str:
        said: dict[str, list[Citation]] = {}
        for each in heard:
            said.setdefault(rated_words(each), []).extend(each.opinion.citations)
        return " and ".join(self._cited(words, citations) for words, citations in said.items()) or "not rated"

    def _example(self, change: Change) -> str:
        concepts = self.library.lexicon.vocabulary.concepts
        case = change.example
        return " · ".join(finding_words(each, concepts[each.concept], case.on) for each in case.findings.values())

    def _cited(self, text: str, citations: Iterable[Citation]) -> str:
        return f"{text} {self.references.marks(citations)}"

    def _wrapped(self, text: str, indent: int = 0, hang: int = 0) -> list[str]:
        return wrapped(text, self.width, indent, hang)


_SILENT = {
    Truth.YES: ": no rule",
    Truth.NO: " does not speak for them",
    Truth.UNKNOWN: ": no rule, or it does not speak for them",
}


def _whom(side: Side) -> str:
    if side.rules:
        return f"{side.guideline.short}: {'; and '.join(f'{rule.title} ({rule.id})' for rule in side.rules)}"
    return f"{side.guideline.short}{_SILENT[side.scope]}"


def rated_words(heard: Heard) -> str:
    """Say an opinion with the source's own grade and what that is narrowed to, also where it was rated with a broader option."""
    grade = heard.opinion.rating
    said = f"{heard.preferred.words} preferred, {grade}" if heard.preferred else grade
    return f"{said} (rated with {heard.group.words})" if heard.group else said


def to_json(library: Library, editions: tuple[Guideline, Guideline], changes: Sequence[Change]) -> str:
    """Write the changes as JSON."""
    return json.dumps(as_json(library, editions, changes), ensure_ascii=False, indent=2) + "\n"


def as_json(library: Library, editions: tuple[Guideline, Guideline], changes: Sequence[Change]) -> dict[str, Any]:
    """Lay the changes out as a value that JSON can write, each example as a case file in text."""
    older, newer = editions
    return {
        **written_with(library, FORMAT),
        "older": older.id,
        "newer": newer.id,
        "supersedes": supersedes(newer, older, library),
        "changes": [_change(number, change) for number, change in enumerate(changes, 1)],
    }


def _change(number: int, change: Change) -> dict[str, Any]:
    return {
        "number": number,
        "decision": change.decision.id,
        "older": _side(change.older),
        "newer": _side(change.newer),
        "ratings": [
            {
                "option": rating.option.id,
                "words": rating.option.words,
                "changed": rating.is_changed,
                "older": [_opinion(each) for each in rating.older],
                "newer": [_opinion(each) for each in rating.newer],
            }
            for rating in change.ratings
        ],
        "only_words": change.is_of_words,
        "sum_of": [part + 1 for part in change.parts],
        "example": case_file(change.example),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"scope": str(side.scope), "rules": [{"id": rule.id, "title": rule.title} for rule in side.rules]}


def _opinion(heard: Heard) -> dict[str, Any]:
    grade = heard.opinion.grade
    return {
        "rule": heard.rule.rule.id,
        "grade": grade.id,
        "words": grade.words,
        "stance": grade.stance.value,
        "preferred": heard.preferred.id if heard.preferred else None,
        "group": heard.group.id if heard.group else None,
        "note": heard.opinion.note or None,
        "citation": [
            {"source": each.source, "at": each.at, "mark": each.mark.value} for each in heard.opinion.citations
        ],
    }
