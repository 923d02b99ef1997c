"""What some terms could still become, over every completion of what is unknown.

Kleene's Unknown is a guess: `a or not a` stays Unknown though every completion makes it true.
A Landscape knows exactly. It is drawn once for some terms (draw.py): each concept they mention is
cut into cells, answers that none of the terms tells apart, and a decision diagram maps every
choice of cells that the vocabulary's laws allow to its **outcome**: which of the terms hold. For a
case, the cells that its findings rule out are closed, and what can still be reached is what could
still be.
"""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from patency.case import Case, Members, Span, Value
from patency.truth import Truth
from patency.vocabulary import Kind

IMPOSSIBLE = -1  # the terminal of what the laws forbid


class Combination(NamedTuple):
    """Sets that have at least one member of each present class, and none of the absent ones."""

    present: tuple[frozenset[str], ...]
    absent: frozenset[str]


Piece = Truth | Span | frozenset[str] | Combination


@dataclass(frozen=True, eq=False)
class Variable:
    """A concept, cut into cells; each cell is the pieces it is made of. A derived one follows from others."""

    concept: str
    kind: Kind
    cells: tuple[tuple[Piece, ...], ...]
    follows_from: frozenset[str] = frozenset()

    def open_cells(self, case: Case) -> int:
        """Return, as bits, the cells that a case leaves possible."""
        known = case.days_since(self.concept) if self.kind is Kind.DATE else case.value(self.concept)
        if known is None:
            return (1 << len(self.cells)) - 1
        return sum(1 << index for index, cell in enumerate(self.cells) if any(_meets(known, piece) for piece in cell))


class Openings(dict[Variable, int]):
    """Which cells a case leaves possible, worked out once for all landscapes that share a variable."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __missing__(self, variable: Variable) -> int:
        cells = self[variable] = variable.open_cells(self.case)
        return cells


def _meets(known: Value, piece: Piece) -> bool:
    if isinstance(known, Span):
        return isinstance(piece, Span) and known.low <= piece.high and piece.low <= known.high
    if isinstance(known, frozenset):
        return isinstance(piece, frozenset) and bool(known & piece)
    if isinstance(known, Members):
        return (
            isinstance(piece, Combination)
            and not known.included & piece.absent
            and not any(members <= known.excluded for members in piece.present)
        )
    return known is piece


class Diagram(NamedTuple):
    """Node n asks variable `level[n]` and leads to `kids[n]`, one for each cell.

    A negative node is a terminal: IMPOSSIBLE, or outcome number `-2 - node`.
    """

    level: tuple[int, ...]
    kids: tuple[tuple[int, ...], ...]
    root: int
    outcomes: tuple[int, ...]


class Landscape:
    """Every outcome that some terms can have: bit t of an outcome says that term t holds.

    Most of a library's landscapes are not needed for one patient, so a kept one is unpacked when it is first used.
    """

    def __init__(self, variables: tuple[Variable, ...], diagram: Diagram | bytes) -> None:
        self.variables = variables
        self._diagram = diagram

    def __reduce__(self) -> tuple[type["Landscape"], tuple[tuple[Variable, ...], bytes]]:
        return Landscape, (self.variables, pickle.dumps(tuple(self.diagram), protocol=pickle.HIGHEST_PROTOCOL))

    @property
    def diagram(self) -> Diagram:
        """The decision diagram."""
        if isinstance(self._diagram, bytes):
            self._diagram = Diagram(*pickle.loads(self._diagram))
        return self._diagram

    @property
    def outcomes(self) -> tuple[int, ...]:
        """The outcomes, in the order in which a Reach numbers them."""
        return self.diagram.outcomes

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The level of each concept."""
        return {variable.concept: at for at, variable in enumerate(self.variables)}

    def reach(self, openings: Openings) -> "Reach":
        """Say what a case can still reach."""
        return Reach(self, [openings[variable] for variable in self.variables])


class _Comparison(NamedTuple):
    """Two completions side by side: they differ in one variable, may differ in what follows from it, and agree otherwise."""

    variable: int
    following: frozenset[int]
    known: dict[tuple[int, int], bool]


class Reach:
    """What can be reached in a Landscape while only some cells are open.

    A set of outcomes is kept as bits: bit i stands for `landscape.outcomes[i]`; 0 is none at all.
    """

    def __init__(self, landscape: Landscape, open_cells: Sequence[int]) -> None:
        self.landscape = landscape
        self._level, self._kids, root, _ = landscape.diagram
        self.open_cells = tuple(open_cells)
        # Variables with one open cell are answered: paths run straight through them.
        self._only = [cells.bit_length() - 1 if cells & (cells - 1) == 0 else -1 for cells in self.open_cells]
        self._below: dict[int, int] = {}
        self._edges: dict[int, list[tuple[int, int]]] = {}
        self.root = IMPOSSIBLE if 0 in self.open_cells else self._through(root)
        self.outcomes = self._outcomes_below(self.root)

    def closing(self, cells: Mapping[int, int]) -> "Reach":
        """Return what is reached when, of some variables, only these cells stay open."""
        return Reach(
            self.landscape, [open_cells & cells.get(at, open_cells) for at, open_cells in enumerate(self.open_cells)]
        )

    def by_cell(self) -> list[list[int]]:
        """Return, for each variable and each of its cells, the outcomes reached when that is the answer.

        Every path is walked once, downwards; a path that passes a variable by is open to each of its cells.
        """
        depth = len(self.landscape.variables)
        passed = [0] * depth
        answers = [[0] * len(variable.cells) for variable in self.landscape.variables]
        self._pass_by(-1, self.root, passed)
        for node in self._nodes():
            level = self._level[node]
            for cell, kid in self._edges[node]:
                answers[level][cell] |= self._outcomes_below(kid)
                self._pass_by(level, kid, passed)
        for level, cells in enumerate(answers):
            for cell in range(len(cells)):
                if self.open_cells[level] >> cell & 1:
                    cells[cell] |= passed[level]
        return answers

    def can_flip(self, variable: int) -> bool:
        """Say whether two completions differ in this variable, and in what follows from it, alone and yet in their outcome."""
        name = self.landscape.variables[variable].concept
        following = frozenset(at for at, each in enumerate(self.landscape.variables) if name in each.follows_from)
        parting = {variable, *(level for level in following if level < variable)}
        comparison = _Comparison(variable, following, {})
        for node in self._nodes():
            if self._level[node] in parting:
                kids = [kid for _, kid in self._edges[node]]
                if any(self._differ(one, other, comparison) for at, one in enumerate(kids) for other in kids[at + 1 :]):
                    return True
        return False

    def _through(self, node: int) -> int:
        level, kids, only = self._level, self._kids, self._only
        while node >= 0 and only[level[node]] >= 0:
            node = kids[node][only[level[node]]]
        return node

    def _outcomes_below(self, node: int) -> int:
        if node < 0:
            return 0 if node == IMPOSSIBLE else 1 << (-2 - node)
        known = self._below.get(node)
        if known is None:
            known = 0
            edges = []
            cells = self.open_cells[self._level[node]]
            for cell, kid in enumerate(self._kids[node]):
                if cells >> cell & 1:
                    kid = self._through(kid)
                    outcomes = self._outcomes_below(kid)
                    if outcomes:
                        edges.append((cell, kid))
                        known |= outcomes
            self._below[node] = known
            self._edges[node] = edges
        return known

    def _nodes(self) -> list[int]:
        return list(self._edges)

    def _pass_by(self, above: int, node: int, passed: list[int]) -> None:
        below = self._level[node] if node >= 0 else len(passed)
        outcomes = self._outcomes_below(node)
        for level in range(above + 1, below):
            passed[level] |= outcomes

    def _differ(self, one: int, other: int, comparison: _Comparison) -> bool:
        """Say whether two paths that have parted can end in two outcomes."""
        if one == other or IMPOSSIBLE in (one, other):
            return False
        if one < 0 and other < 0:
            return True
        pair = (one, other)
        if pair not in comparison.known:
            level = min(self._level[node] for node in pair if node >= 0)
            comparison.known[pair] = any(
                self._differ(left, right, comparison)
                for cell, left in self._steps(one, level)
                for other_cell, right in self._steps(other, level)
                if level in comparison.following or (cell == other_cell) is (level != comparison.variable)
            )
        return comparison.known[pair]

    def _steps(self, node: int, level: int) -> list[tuple[int, int]]:
        """List the open cells of a level, each with where it leads; a node further down is passed by."""
        if node >= 0 and self._level[node] == level:
            return self._edges[node]
        return [
            (cell, node) for cell in range(self.open_cells[level].bit_length()) if self.open_cells[level] >> cell & 1
        ]
