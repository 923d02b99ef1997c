"""What some terms could still become, over every completion of what is unknown.

Kleene's Unknown is a guess: `a or not a` stays Unknown though every completion makes it true.
A Landscape knows exactly. It is drawn once for some terms (draw.py): each concept they mention is
cut into cells, answers that none of the terms tells apart, and a decision diagram maps every
choice of cells that the vocabulary's laws allow to its **outcome**: which of the terms hold. For a
case, the cells that its findings rule out are closed, and what can still be reached is what could
still be.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from patency.case import Case, Members, Span, Value
from patency.packed import Packed
from patency.truth import Truth
from patency.vocabulary import Kind

IMPOSSIBLE = -1  # the terminal of what the laws forbid


class Combination(NamedTuple):
    """Sets that have at least one member of each present class, and none of the absent ones."""

    present: tuple[frozenset[str], ...]
    absent: frozenset[str]


Piece = Truth | Span | frozenset[str] | Combination


class Variable:
    """A concept, cut into cells; each cell is the pieces it is made of. A derived one follows from others."""

    def __init__(
        self, concept: str, kind: Kind, cells: tuple[tuple[Piece, ...], ...], follows_from: frozenset[str] = frozenset()
    ) -> None:
        self.concept = concept
        self.kind = kind
        self.cells = cells
        self.follows_from = follows_from

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
    """Every outcome that some terms can have: bit t of an outcome says that term t holds."""

    def __init__(self, variables: tuple[Variable, ...], diagram: Diagram) -> None:
        self.variables = variables
        self._diagram = Packed([diagram])

    @property
    def diagram(self) -> Diagram:
        """The decision diagram."""
        return self._diagram[0]

    @property
    def outcomes(self) -> tuple[int, ...]:
        """The outcomes, in the order in which a Reach numbers them."""
        return self.diagram.outcomes

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The level of each concept."""
        return {variable.concept: at for at, variable in enumerate(self.variables)}

    @cached_property
    def dates(self) -> tuple[Variable, ...]:
        """The variables that change as time passes."""
        return tuple(variable for variable in self.variables if variable.kind is Kind.DATE)

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
        self.open_cells = tuple(open_cells)
        self._level = landscape.diagram.level
        self._below = {IMPOSSIBLE: 0} | {-2 - number: 1 << number for number in range(len(landscape.outcomes))}
        self._edges: dict[int, list[tuple[int, int]]] = {}
        self.root, self.outcomes = (IMPOSSIBLE, 0) if 0 in self.open_cells else self._walk()

    def _walk(self) -> tuple[int, int]:
        """Walk once from the root, and note for each node where its open cells lead and what is reached below."""
        level, kids, root, _ = self.landscape.diagram
        cells = [[cell for cell in range(bits.bit_length()) if bits >> cell & 1] for bits in self.open_cells]
        # Variables with one open cell are answered: paths run straight through them.
        only = [each[0] if len(each) == 1 else -1 for each in cells]
        below, edges = self._below, self._edges

        def down(node: int) -> int:
            reached = 0
            onward = []
            leads = kids[node]
            for cell in cells[level[node]]:
                kid = leads[cell]
                while kid >= 0 and only[level[kid]] >= 0:
                    kid = kids[kid][only[level[kid]]]
                found = below[kid] if kid in below else down(kid)
                if found:
                    onward.append((cell, kid))
                    reached |= found
            below[node] = reached
            edges[node] = onward
            return reached

        while root >= 0 and only[level[root]] >= 0:
            root = kids[root][only[level[root]]]
        return root, below[root] if root in below else down(root)

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
                answers[level][cell] |= self._below[kid]
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

    def _nodes(self) -> list[int]:
        return list(self._edges)

    def _pass_by(self, above: int, node: int, passed: list[int]) -> None:
        below = self._level[node] if node >= 0 else len(passed)
        outcomes = self._below[node]
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
