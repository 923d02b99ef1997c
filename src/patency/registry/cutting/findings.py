"""Findings of the vocabulary as a cut shows them: what was written is read by the vocabulary, and the words themselves stay out.

A panel that was answered at once is a row for each of its members. What cannot be read, or is of no concept, has no value and
says so in `is_read`: it is not dropped, and not guessed at.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from patency.case import Absence, Finding, Members, Span
from patency.casefile import answer_typed, read_answer
from patency.cut.manifest import Column
from patency.fault import Fault, Place
from patency.registry.cutting.ages import AGE, shown_age
from patency.registry.cutting.columns import EPOCH
from patency.truth import Truth
from patency.vocabulary import Kind, Vocabulary

if TYPE_CHECKING:
    import polars

FINDING = (
    Column("concept", "text", "the concept of the vocabulary; null where it has none of that name"),
    Column("is_read", "yes/no", "whether what was written could be read; if not, nothing is known of it here"),
    Column("truth", "yes/no", "what was found, of a yes/no concept"),
    Column("low", "number", "the least it may be, of a number or of a day since the index date"),
    Column("high", "number", "the most it may be"),
    Column("may_be", "list of", "the answers it may be, of one among several"),
    Column("includes", "list of", "what is known to be in it, of a set"),
    Column("excludes", "list of", "what is known not to be in it"),
    Column("absence", "one of", "the reason for no value"),
)
_UNREAD = (None, False, *[None] * 7)


class Findings:
    """Reads findings; what is written alike is read once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[tuple[str, str, date], list[tuple[Any, ...]]] = {}

    def read(self, lines: Sequence[bytes], index: Sequence[int | None]) -> "polars.DataFrame":
        """Read lines of findings; `index` is the index day of each, counted from 1970. `at` is the place of a row's line."""
        import polars

        rows = [
            (at, *row)
            for at, (line, day) in enumerate(zip(lines, index, strict=True))
            for row in self._rows(json.loads(line), day)
        ]
        text, number = polars.String(), polars.Float64()
        texts, yes_no = polars.List(text), polars.Boolean()
        types = (text, yes_no, yes_no, number, number, texts, texts, texts, text)
        schema = {"at": polars.get_index_type(), **dict(zip((column.name for column in FINDING), types, strict=True))}
        return polars.DataFrame(rows, schema, orient="row")

    def _rows(self, said: Mapping[str, Any], index: int | None) -> list[tuple[Any, ...]]:
        plain = said.get("v", {})
        name, written = plain.get("concept", ""), plain.get("written")
        concept = self._vocabulary.concepts.get(name)
        if written is None:
            return [(concept and name, True, *[None] * 6, said.get("a", {}).get("written"))]
        on = date.fromisoformat(said["d"]["date"]) if "date" in said.get("d", {}) else date.fromordinal(EPOCH)
        alike = (name, written, on)
        if alike not in self._known:
            faults: list[Fault] = []
            place = Place("finding")
            found = read_answer(name, answer_typed(written, place), place, on, self._vocabulary, faults)
            self._known[alike] = [] if faults else [self._row(finding) for finding in found]
        rows = self._known[alike] or [(concept and name, *_UNREAD[1:])]
        return [self._since(row, index) for row in rows]

    def _row(self, finding: Finding) -> tuple[Any, ...]:
        truth = low = high = may_be = includes = excludes = None
        match finding.value:
            case Truth():
                truth = None if finding.value is Truth.UNKNOWN else finding.value is Truth.YES
            case Span():
                low, high = map(shown_age, finding.value) if finding.concept == AGE else finding.value
            case Members(some, others):
                includes, excludes = sorted(some), sorted(others)
            case frozenset():
                may_be = sorted(finding.value)
        absence = finding.absence.value if isinstance(finding.absence, Absence) else None
        return finding.concept, True, truth, low, high, may_be, includes, excludes, absence

    def _since(self, row: tuple[Any, ...], index: int | None) -> tuple[Any, ...]:
        """Return a row whose day is counted from the index date; where that is not known, nothing is told."""
        concept = self._vocabulary.concepts.get(row[0] or "")
        if concept is None or concept.kind is not Kind.DATE or row[3] is None:
            return row
        ends = (None, None) if index is None else (row[3] - EPOCH - index, row[4] - EPOCH - index)
        return (*row[:3], *ends, *row[5:])
