"""What terms could still become, over every completion of what is unknown.

Kleene's Unknown is a guess: `a or not a` stays Unknown though every completion makes it true.
A Landscape knows exactly. It is drawn once for some terms: each concept they mention is cut into
cells (cells.py), and a decision diagram maps every choice of cells that the vocabulary's laws
allow to its **outcome**: which of the terms hold. For a case, the cells that its findings rule out
are closed, and what can still be reached is what could still be.

A derived concept is a variable of its own, tied to its definition by a law, so that asserting it
and deriving it are one mechanism.

Method: reduced ordered decision diagrams (Bryant RE. IEEE Trans Comput 1986;C-35:677-91), with the
order of variables by the FORCE heuristic (Aloul FA and others. GLSVLSI 2003:116-9). The diagram is
exact; where it would grow past MOST_NODES it is given up, and the page must say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from patency.case import Case
from patency.language.cells import TooMany, Variable, cut
from patency.language.lexicon import Law, Lexicon
from patency.language.terms import ATOMS, All, Any, Atom, Defined, Not, Term, concepts_of, parts, walk

MOST_NODES = 200_000  # seconds of work, once, when the content is read; the largest guideline here needs some thousands
IMPOSSIBLE = -1  # the terminal of what the laws forbid


@dataclass(frozen=True)
class Landscape:
    """Every outcome that some terms can have: bit t of an outcome says that term t holds.

    Node n asks variable `level[n]` and leads to `kids[n]`, one for each cell. A negative node is a
    terminal: IMPOSSIBLE, or outcome number `-2 - node`.
    """

    variables: tuple[Variable, ...]
    level: tuple[int, ...]
    kids: tuple[tuple[int, ...], ...]
    root: int
    outcomes: tuple[int, ...]
    position: Mapping[str, int] = field(default_factory=dict)

    def reach(self, case: Case) -> "Reach":
        """Say what a case can still reach."""
        return Reach(self, [variable.open_cells(case) for variable in self.variables])


class Reach:
    """What can be reached in a Landscape while only some cells are open.

    A set of outcomes is kept as bits: bit i stands for `landscape.outcomes[i]`; 0 is none at all.
    """

    def __init__(self, landscape: Landscape, open_cells: Sequence[int]) -> None:
        self.landscape = landscape
        self.open_cells = tuple(open_cells)
        # Variables with one open cell are answered: paths run straight through them.
        self._only = [cells.bit_length() - 1 if cells & (cells - 1) == 0 else -1 for cells in self.open_cells]
        self._below: dict[int, int] = {}
        self._edges: dict[int, list[tuple[int, int]]] = {}
        self.root = IMPOSSIBLE if 0 in self.open_cells else self._through(landscape.root)
        self.outcomes = self._outcomes_below(self.root)

    def closing(self, cells: Mapping[int, int]) -> "Reach":
        """Return what is reached when, of some variables, only these cells stay open."""
        return Reach(self.landscape, [open_cells & cells.get(at, open_cells) for at, open_cells in enumerate(self.open_cells)])

    def by_cell(self) -> list[list[int]]:
        """Return, for each variable and each of its cells, the outcomes reached when that is the answer.

        Every path is walked once, downwards; a path that passes a variable by is open to each of its cells.
        """
        depth = len(self.landscape.variables)
        passed = [0] * depth
        answers = [[0] * len(variable.cells) for variable in self.landscape.variables]
        self._pass_by(-1, self.root, passed)
        for node in self._nodes():
            level = self.landscape.level[node]
            for cell, kid in self._edges[node]:
                answers[level][cell] |= self._outcomes_below(kid)
                self._pass_by(level, kid, passed)
        for level, cells in enumerate(answers):
            for cell in range(len(cells)):
                if self.open_cells[level] >> cell & 1:
                    cells[cell] |= passed[level]
        return answers

    def can_flip(self, variable: int) -> bool:
        """Say whether two completions differ in this variable alone and yet in their outcome."""
        compared: dict[tuple[int, int], bool] = {}
        for node in self._nodes():
            if self.landscape.level[node] == variable:
                kids = [kid for _, kid in self._edges[node]]
                if any(self._differ(one, other, compared) for at, one in enumerate(kids) for other in kids[at + 1 :]):
                    return True
        return False

    def _through(self, node: int) -> int:
        level, kids, only = self.landscape.level, self.landscape.kids, self._only
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
            cells = self.open_cells[self.landscape.level[node]]
            for cell, kid in enumerate(self.landscape.kids[node]):
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
        below = self.landscape.level[node] if node >= 0 else len(passed)
        outcomes = self._outcomes_below(node)
        for level in range(above + 1, below):
            passed[level] |= outcomes

    def _differ(self, one: int, other: int, compared: dict[tuple[int, int], bool]) -> bool:
        if one == other:
            return False
        if one < 0 and other < 0:
            return IMPOSSIBLE not in (one, other)
        pair = (one, other)
        if pair not in compared:
            compared[pair] = False
            level = min(self.landscape.level[node] for node in pair if node >= 0)
            compared[pair] = any(
                self._differ(self._kid(one, level, cell), self._kid(other, level, cell), compared)
                for cell in range(len(self.landscape.variables[level].cells))
                if self.open_cells[level] >> cell & 1
            )
        return compared[pair]

    def _kid(self, node: int, level: int, cell: int) -> int:
        if node < 0 or self.landscape.level[node] != level:
            return node
        return next((kid for at, kid in self._edges[node] if at == cell), IMPOSSIBLE)


def draw(terms: Sequence[Term], lexicon: Lexicon, beside: Sequence[Term] = ()) -> Landscape | None:
    """Draw the landscape of some terms; None when it would pass the bound on the work.

    The answers that the terms `beside` tell apart are told apart here too, so that landscapes drawn
    beside one another have the same cells.
    """
    laws, definitions = _relevant(terms, lexicon)
    everything = [*terms, *(law.term for law in laws), *definitions.values(), *beside]
    orders = _orders(terms, [law.term for law in laws], definitions)
    best: Landscape | None = None
    for order in orders:
        try:
            drawing = _Drawing(order, everything, lexicon)
            landscape = drawing.landscape(terms, laws, definitions)
        except TooMany:
            continue
        if best is None or len(landscape.level) < len(best.level):
            best = landscape
    return best


def _relevant(terms: Sequence[Term], lexicon: Lexicon) -> tuple[list[Law], dict[str, Term]]:
    """Find the laws that touch these terms, directly or through one another, and the definitions used."""
    concepts: set[str] = set()
    waiting: list[Term] = list(terms)
    laws: list[Law] = []
    definitions: dict[str, Term] = {}
    while waiting:
        for term in waiting:
            concepts.update(concepts_of(term))
            definitions |= {at.concept: at.term for at in walk(term) if isinstance(at, Defined)}
        found = [law for law in lexicon.laws if law not in laws and concepts & set(concepts_of(law.term))]
        laws += found
        waiting = [law.term for law in found]
    return laws, definitions


def _orders(terms: Sequence[Term], laws: Sequence[Term], definitions: Mapping[str, Term]) -> list[list[str]]:
    """Propose orders of the concepts; those that are spoken of together should stand together."""
    mentioned: dict[str, None] = {}

    def mention(term: Term) -> None:
        for part in parts(term):
            mention(part)
        if isinstance(term, (*ATOMS, Defined)):
            mentioned.setdefault(term.concept)

    for term in (*terms, *laws):
        mention(term)
    order = list(mentioned)
    groups = [_direct(term) for term in (*terms, *laws)]
    groups += [{name, *_direct(term)} for name, term in definitions.items()]
    return [order, _gathered(order, groups), order[::-1]]


def _direct(term: Term) -> set[str]:
    """Return the concepts a term mentions itself, not through a definition."""
    if isinstance(term, (*ATOMS, Defined)):
        return {term.concept}
    return set().union(*(_direct(part) for part in parts(term)))


def _gathered(order: list[str], groups: list[set[str]]) -> list[str]:
    """Move each concept to the middle of those it is spoken of with, some twenty times over (FORCE)."""
    for _ in range(20):
        position = {name: at for at, name in enumerate(order)}
        middles = [(group, sum(position[name] for name in group) / len(group)) for group in groups]
        pull = {name: [middle for group, middle in middles if name in group] or [position[name]] for name in order}
        order = sorted(order, key=lambda name: (sum(pull[name]) / len(pull[name]), position[name]))
    return order


class _Drawing:
    """Builds a diagram bottom-up; equal nodes are one node."""

    def __init__(self, order: Sequence[str], terms: Sequence[Term], lexicon: Lexicon) -> None:
        self.position = {name: at for at, name in enumerate(order)}
        atoms: dict[str, dict[Atom | Defined, None]] = {name: {} for name in order}
        for term in terms:
            for at in walk(term):
                if isinstance(at, (*ATOMS, Defined)) and at.concept in atoms:
                    atoms[at.concept].setdefault(at)
        self.variables: list[Variable] = []
        self.holds: dict[Atom | Defined, list[bool]] = {}
        for name in order:
            variable, columns = cut(lexicon.vocabulary.concepts[name], list(atoms[name]))
            self.variables.append(variable)
            self.holds |= dict(zip(atoms[name], columns, strict=True))
        self.level: list[int] = []
        self.kids: list[tuple[int, ...]] = []
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}
        self.terms: dict[Term, int] = {}

    def landscape(self, terms: Sequence[Term], laws: Sequence[Law], definitions: Mapping[str, Term]) -> Landscape:
        """Draw the laws, then each term upon them."""
        lawful = TRUE
        tied = [(self.term(Defined(name, term)), self.term(term)) for name, term in definitions.items()]
        for drawn in [self.combine(same, *pair) for pair in tied] + [self.term(law.term) for law in laws]:
            lawful = self.combine(conjoin, lawful, drawn)
        # From here on a terminal is no longer a truth but an outcome: -2 - bits, or IMPOSSIBLE.
        root = self.combine(_to_outcome, lawful, TRUE)
        for bit, term in enumerate(terms):
            root = self.combine(_add_bit(bit), root, self.term(term))
        return self._finished(root)

    def term(self, term: Term) -> int:
        """Draw one term, definitions as variables of their own."""
        if term not in self.terms:
            self.terms[term] = self._term(term)
        return self.terms[term]

    def _term(self, term: Term) -> int:
        if isinstance(term, Not):
            return self.combine(same, self.term(term.term), FALSE)
        if isinstance(term, (All, Any)):
            joined = TRUE if isinstance(term, All) else FALSE
            for each in term.terms:
                joined = self.combine(conjoin if isinstance(term, All) else disjoin, joined, self.term(each))
            return joined
        return self.node(self.position[term.concept], tuple(TRUE if holds else FALSE for holds in self.holds[term]))

    def node(self, level: int, kids: tuple[int, ...]) -> int:
        """Return the node with these kids; one that makes no difference is left out."""
        if all(kid == kids[0] for kid in kids):
            return kids[0]
        key = (level, kids)
        node = self.known.get(key)
        if node is None:
            if len(self.level) >= MOST_NODES:
                raise TooMany
            node = self.known[key] = len(self.level)
            self.level.append(level)
            self.kids.append(kids)
        return node

    def combine(self, join: Callable[[int, int], int | None], one: int, other: int) -> int:
        """Combine two diagrams; `join` says what two terminals become, or None to look further down."""
        done: dict[tuple[int, int], int] = {}

        def down(one: int, other: int) -> int:
            joined = join(one, other)
            if joined is not None:
                return joined
            key = (one, other)
            if key not in done:
                level = min(self.level[node] for node in key if node >= 0)
                kids = tuple(
                    down(self._kid(one, level, cell), self._kid(other, level, cell))
                    for cell in range(len(self.variables[level].cells))
                )
                done[key] = self.node(level, kids)
            return done[key]

        return down(one, other)

    def _kid(self, node: int, level: int, cell: int) -> int:
        return self.kids[node][cell] if node >= 0 and self.level[node] == level else node

    def _finished(self, root: int) -> Landscape:
        """Keep the nodes under the root and number the outcomes in order of appearance."""
        numbers: dict[int, int] = {}
        outcomes: dict[int, int] = {}
        level: list[int] = []
        kids: list[tuple[int, ...]] = []

        def keep(node: int) -> int:
            if node == IMPOSSIBLE:
                return node
            if node < 0:
                return -2 - outcomes.setdefault(-2 - node, len(outcomes))
            if node not in numbers:
                kept = tuple(keep(kid) for kid in self.kids[node])
                numbers[node] = len(level)
                level.append(self.level[node])
                kids.append(kept)
            return numbers[node]

        top = keep(root)
        return Landscape(tuple(self.variables), tuple(level), tuple(kids), top, tuple(outcomes), self.position)


FALSE, TRUE = -2, -3


def conjoin(one: int, other: int) -> int | None:
    """Join two truths by `and`."""
    if FALSE in (one, other):
        return FALSE
    return other if one == TRUE else one if other == TRUE else None


def disjoin(one: int, other: int) -> int | None:
    """Join two truths by `or`."""
    if TRUE in (one, other):
        return TRUE
    return other if one == FALSE else one if other == FALSE else None


def same(one: int, other: int) -> int | None:
    """Join two truths by `if and only if`."""
    if other == TRUE:
        return one
    return (TRUE if one == other else FALSE) if one < 0 and other < 0 else None


def _to_outcome(truth: int, _: int) -> int | None:
    return None if truth >= 0 else -2 if truth == TRUE else IMPOSSIBLE


def _add_bit(bit: int) -> Callable[[int, int], int | None]:
    def join(outcome: int, truth: int) -> int | None:
        if outcome == IMPOSSIBLE or truth == FALSE:
            return outcome
        return -2 - ((-2 - outcome) | 1 << bit) if outcome < 0 and truth == TRUE else None

    return join
