"""How a landscape is drawn: a decision diagram over the cells of every concept that some terms mention.

A derived concept is a variable of its own, tied to its definition by a law, so that asserting it
and deriving it are one mechanism.

Method: reduced ordered decision diagrams (Bryant RE. IEEE Trans Comput 1986;C-35:677-91), with the
order of variables by the FORCE heuristic (Aloul FA and others. GLSVLSI 2003:116-9). The diagram is
exact; where it would grow past a bound below it is given up, and the page must say so.
"""

from collections.abc import Callable, Mapping, Sequence

from patency.language.cells import TooMany, cut
from patency.language.landscape import IMPOSSIBLE, Landscape, Variable
from patency.language.lexicon import Law, Lexicon
from patency.language.terms import ATOMS, All, Any, Atom, Defined, Not, Term, concepts_of, parts, walk

# Bounds on work that is done once, when the content is read, within seconds; the largest guideline here needs some
# fifty concepts, ten atoms of one, and thousands of nodes.
MOST_CONCEPTS = 300
MOST_ATOMS = 100  # of one concept
MOST_CELLS = 10_000
MOST_NODES = 100_000
MOST_STEPS = 500_000  # pairs of cells that are combined


def draw(terms: Sequence[Term], lexicon: Lexicon, beside: Sequence[Term] = ()) -> Landscape | None:
    """Draw the landscape of some terms; None when it would pass the bound on the work.

    The answers that the terms `beside` tell apart are told apart here too, so that landscapes drawn
    beside one another have the same cells.
    """
    try:
        laws, definitions = _relevant(terms, lexicon)
    except TooMany:
        return None
    tied = [law.term for law in laws] + [Defined(name, term) for name, term in definitions.items()]
    everything = [*terms, *tied, *beside]
    orders = _orders(terms, tied, definitions)
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
    """Find the laws and definitions that touch these terms, directly or through one another.

    A definition that no term mentions counts as well: who asserts that a patient is a child says something of age.
    """
    concepts: set[str] = set()
    waiting: list[Term] = list(terms)
    laws: list[Law] = []
    definitions: dict[str, Term] = {}
    others = [(law, frozenset(concepts_of(law.term))) for law in lexicon.laws]
    derived = [Defined(name, term) for name, term in lexicon.definitions.items()]
    while waiting:
        for term in waiting:
            concepts.update(concepts_of(term))
            definitions |= {at.concept: at.term for at in walk(term) if isinstance(at, Defined)}
        if len(concepts) > MOST_CONCEPTS:
            raise TooMany
        found = [law for law, names in others if concepts & names]
        others = [(law, names) for law, names in others if not concepts & names]
        laws += found
        waiting = [law.term for law in found]
        waiting += [term for term in derived if term.concept not in definitions and concepts & set(concepts_of(term))]
    return laws, definitions


def _orders(terms: Sequence[Term], laws: Sequence[Term], definitions: Mapping[str, Term]) -> list[list[str]]:
    """Propose orders of the concepts; those that are spoken of together should stand together."""
    mentioned: dict[str, None] = {}

    def mention(term: Term) -> None:
        if isinstance(term, Defined) and term.concept in mentioned:
            return
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
        if max(map(len, atoms.values()), default=0) > MOST_ATOMS:
            raise TooMany
        self.variables: list[Variable] = []
        self.holds: dict[Atom | Defined, list[bool]] = {}
        cells = 0
        for name in order:
            variable, columns = cut(lexicon.vocabulary.concepts[name], list(atoms[name]))
            if name in lexicon.definitions:
                variable = variable._replace(follows_from=frozenset(concepts_of(lexicon.definitions[name])))
            self.variables.append(variable)
            cells += len(variable.cells)
            if cells > MOST_CELLS:
                raise TooMany
            self.holds |= dict(zip(atoms[name], columns, strict=True))
        self.level: list[int] = []
        self.kids: list[tuple[int, ...]] = []
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}
        self.terms: dict[Term, int] = {}
        self.steps = 0

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
