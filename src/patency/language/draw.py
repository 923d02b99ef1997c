"""How a landscape is drawn: a decision diagram over the cells of every concept that some terms mention.

A derived concept is a variable of its own, tied to its definition by a law, so that asserting it
and deriving it are one mechanism.

Method: reduced ordered decision diagrams (Bryant RE. IEEE Trans Comput 1986;C-35:677-91), with the
order of variables by the FORCE heuristic (Aloul FA and others. GLSVLSI 2003:116-9). The diagram is
exact; where it would grow past a bound below it is given up, and the page must say so.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from patency.language.cells import TooMany, cut
from patency.language.landscape import IMPOSSIBLE, Diagram, Landscape, Variable
from patency.language.lexicon import Lexicon
from patency.language.terms import (
    ATOMS,
    ONLY_OF_A_PATIENT,
    All,
    Answered,
    Any,
    Atom,
    Defined,
    Not,
    Term,
    concepts_of,
    parts,
    walk,
)

# Bounds on work that is done once, when the content is read, within seconds; the largest guideline here needs some
# fifty concepts, ten atoms of one, and thousands of nodes.
MOST_CONCEPTS = 300
MOST_ATOMS = 100  # of one concept
MOST_CELLS = 10_000
MOST_NODES = 100_000
MOST_STEPS = 500_000  # pairs of cells that are combined


class Cut:
    """Every concept cut into cells once, by all that some terms and the lexicon's own laws tell apart.

    Landscapes drawn over one cut have the same cells, so that one answer means the same to each of them.
    """

    def __init__(self, terms: Iterable[Term], lexicon: Lexicon) -> None:
        self._vocabulary = lexicon.vocabulary
        self._definitions = lexicon.definitions
        self._atoms: dict[str, dict[Atom | Defined, None]] = {}
        laws = (law.term for law in lexicon.laws)
        derived = (Defined(name, term) for name, term in lexicon.definitions.items())
        for term in (*terms, *laws, *derived):
            for at in walk(term):
                if isinstance(at, (*ATOMS, Defined)):
                    self._atoms.setdefault(at.concept, {}).setdefault(at)
        self._cut: dict[str, tuple[Variable, dict[Atom | Defined, list[bool]]]] = {}

    def of(self, name: str) -> tuple[Variable, dict[Atom | Defined, list[bool]]]:
        """Return a concept's variable and, for each atom, in which of its cells it holds."""
        if name not in self._cut:
            atoms = list(self._atoms[name])
            if len(atoms) > MOST_ATOMS:
                raise TooMany
            follows_from = frozenset(concepts_of(self._definitions[name])) if name in self._definitions else frozenset()
            variable, columns = cut(self._vocabulary.concepts[name], atoms, follows_from)
            self._cut[name] = (variable, dict(zip(atoms, columns, strict=True)))
        return self._cut[name]


def draw(terms: Sequence[Term], lexicon: Lexicon, cut: Cut | None = None) -> Landscape | None:
    """Draw the landscape of some terms; None when it would pass the bound on the work."""
    tied = touching(terms, lexicon)
    try:
        drawing = _Drawing(_order([*terms, *tied]), cut or Cut(terms, lexicon))
        return drawing.landscape(terms, tied)
    except TooMany:
        return None


def touching(terms: Sequence[Term], lexicon: Lexicon) -> list[Term]:
    """List the laws, and the definitions as derived concepts, that touch these terms, directly or through one another.

    A definition that no term mentions counts as well: who asserts that a patient is a child says something of age.
    """
    speaking: dict[str, list[Term]] = {}
    for term in _tied(lexicon):
        for name in concepts_of(term):
            speaking.setdefault(name, []).append(term)
    found: dict[Term, None] = {}
    waiting = list(terms)
    while waiting:
        for name in concepts_of(waiting.pop(0)):
            for term in speaking.pop(name, ()):
                if term not in found:
                    found[term] = None
                    waiting.append(term)
    return list(found)


def draw_lawful(lexicon: Lexicon, cut: Cut) -> tuple[Landscape, ...]:
    """Draw who can be: one landscape for each group of laws and definitions that has no concept in common with another."""
    drawn = []
    seen: set[Term] = set()
    for term in _tied(lexicon):
        if term not in seen:
            together = touching([term], lexicon)
            seen.update(together)
            with suppress(TooMany):
                drawn.append(_Drawing(_order(together), cut).landscape((), together))
    return tuple(drawn)


def draw_laws(laws: Sequence[Term], lexicon: Lexicon) -> Landscape | None:
    """Draw who could be if only some of the laws and definitions held; None when it would pass the bound on the work."""
    try:
        return _Drawing(_order(laws), Cut(laws, lexicon)).landscape((), laws)
    except TooMany:
        return None


def _tied(lexicon: Lexicon) -> list[Term]:
    return [law.term for law in lexicon.laws] + [Defined(name, term) for name, term in lexicon.definitions.items()]


def _order(terms: Sequence[Term]) -> list[str]:
    """Order the concepts so that those that are spoken of together stand together."""
    mentioned: dict[str, None] = {}
    groups: list[set[str]] = []

    def mention(term: Term) -> None:
        if isinstance(term, Defined):
            if term.concept in mentioned:
                return
            groups.append({term.concept, *_direct(term.term)})
        for part in parts(term):
            mention(part)
        if isinstance(term, (*ATOMS, Defined)):
            mentioned.setdefault(term.concept)

    for term in terms:
        mention(term)
    groups += [_direct(term) for term in terms]
    if len(mentioned) > MOST_CONCEPTS:
        raise TooMany
    return _gathered(list(mentioned), groups)


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

    def __init__(self, order: Sequence[str], cut: Cut) -> None:
        self.position = {name: at for at, name in enumerate(order)}
        self.variables: list[Variable] = []
        self.holds: dict[Atom | Defined, list[bool]] = {}
        for name in order:
            variable, holds = cut.of(name)
            self.variables.append(variable)
            self.holds |= holds
        if sum(len(variable.cells) for variable in self.variables) > MOST_CELLS:
            raise TooMany
        self.level: list[int] = []
        self.kids: list[tuple[int, ...]] = []
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}
        self.terms: dict[Term, int] = {}
        self.steps = 0

    def landscape(self, terms: Sequence[Term], tied: Sequence[Term]) -> Landscape:
        """Draw what is lawful, then each term upon it; a derived concept is so when its definition is."""
        lawful = TRUE
        for each in tied:
            drawn = self.term(each)
            if isinstance(each, Defined):
                drawn = self.combine(same, drawn, self.term(each.term))
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
        assert not isinstance(term, Answered), ONLY_OF_A_PATIENT
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
                self.steps += len(self.variables[level].cells)
                if self.steps > MOST_STEPS:
                    raise TooMany
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
        return Landscape(tuple(self.variables), Diagram(tuple(level), tuple(kids), top, tuple(outcomes)))


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
