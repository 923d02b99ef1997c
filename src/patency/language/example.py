"""A patient for an outcome: a path through a landscape, as a case that `patency consult` opens.

The path is one that finds things absent rather than present; what the outcome does not need is then
left out, so that the example says what makes it one and little else.
"""

import math
from collections.abc import Iterator
from datetime import date

from patency.answer import OLDEST, written
from patency.case import Case, Finding, Members, Span, Value
from patency.language.landscape import IMPOSSIBLE, Combination, Landscape, Openings, Piece
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary


class Examples:
    """Finds patients in one landscape; a set of outcomes is kept as bits, as in a Reach."""

    def __init__(self, landscape: Landscape, vocabulary: Vocabulary, on: date) -> None:
        self.landscape = landscape
        self.concepts = vocabulary.concepts
        self.on = on
        self.below: list[int] = []
        for kids in landscape.diagram.kids:  # the kids of a node stand before it
            outcomes = 0
            for kid in kids:
                outcomes |= self._outcomes_below(kid)
            self.below.append(outcomes)

    def of(self, wanted: int, name: str, about: str) -> Case:
        """Return a patient for whom one of these outcomes is certain; at least one of them must be possible."""
        path = {finding.concept: finding for finding in self._path(wanted)}
        whole_last, whole_first = (self._needed(path, wanted, order) for order in (3, 1))
        needed = whole_last if len(whole_last) < len(whole_first) else whole_first
        return Case(self.on, {each: path[each] for each in self.concepts if each in needed}, name, about)

    def _needed(self, path: dict[str, Finding], wanted: int, whole: int) -> set[str]:
        """Leave out of a path what the outcome does not need, one finding after another.

        What follows from the rest goes first, then dates of events. What is defined and yet asked as a whole goes
        after its parts or before them, as `whole` says.
        """

        def turn(name: str) -> tuple[int, int]:
            concept = self.concepts[name]
            if concept.is_derived:
                return (whole if concept.is_asked else 0), -concept.order
            return (1 if concept.only_if else 2), -concept.order

        needed = set(path)
        for concept in sorted(path, key=turn):
            fewer = {each: path[each] for each in path if each in needed and each != concept}
            if not self.landscape.reach(Openings(Case(self.on, fewer))).outcomes & ~wanted:
                needed.discard(concept)
        return needed

    def _outcomes_below(self, node: int) -> int:
        if node >= 0:
            return self.below[node]
        return 0 if node == IMPOSSIBLE else 1 << (-2 - node)

    def _path(self, wanted: int) -> Iterator[Finding]:
        node = self.landscape.diagram.root
        while node >= 0:
            variable = self.landscape.variables[self.landscape.diagram.level[node]]
            concept = self.concepts[variable.concept]
            cell = min(
                (
                    cell
                    for cell, kid in enumerate(self.landscape.diagram.kids[node])
                    if self._outcomes_below(kid) & wanted
                ),
                key=lambda cell: _presence(variable.cells[cell][0]),
            )
            value = _value(concept, variable.cells[cell][0], self.on)
            yield Finding(
                concept.name, value, self.on, written(concept, value, self.on), is_asserted=concept.is_derived
            )
            node = self.landscape.diagram.kids[node][cell]


def _presence(piece: Piece) -> int:
    """Count what an answer finds present; the first of those that find least is taken."""
    return len(piece.present) if isinstance(piece, Combination) else int(piece is Truth.YES)


def _value(concept: Concept, piece: Piece, on: date) -> Value:
    """Return one answer that lies in a piece."""
    if isinstance(piece, Combination):
        present = frozenset(next(each for each in concept.values if each in members) for members in piece.present)
        return Members(present, frozenset(concept.values) - present)
    if isinstance(piece, frozenset):
        return frozenset({next(each for each in concept.values if each in piece)})
    if isinstance(piece, Span) and concept.kind is Kind.DATE:
        # The longest ago that is bounded, so that events keep their order, as a diagnosis that follows the onset.
        day = on.toordinal() - (piece.low if piece.high >= OLDEST else piece.high)
        return Span(day, day)
    if isinstance(piece, Span):
        number = piece.low if piece.high >= concept.highest else (piece.low + piece.high) / 2
        whole = math.ceil(number) if math.ceil(number) <= piece.high else number
        return Span(whole, whole)
    return piece
