"""A concept cut into cells: answers that none of some terms tells apart.

The cells of one concept do not overlap and leave nothing out, so a completion of a case is a
choice of one cell for each concept, and there are few of them.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence

from patency.answer import OLDEST
from patency.case import Span
from patency.language.evaluate import among, compare
from patency.language.landscape import Combination, Piece, Variable
from patency.language.terms import Among, Atom, Compare, Defined, Holds, Includes
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

MOST_CLASSES = 12  # kinds of members of one set that terms tell apart; 2^12 combinations are enumerated


class TooMany(Exception):  # noqa: N818  a bound on the work was reached, which is an answer
    """Terms tell more combinations apart than can be enumerated."""


def cut(
    concept: Concept, atoms: Sequence[Atom | Defined], follows_from: frozenset[str] = frozenset()
) -> tuple[Variable, list[list[bool]]]:
    """Cut a concept into the cells that these atoms tell apart; also say, for each atom, in which cells it holds."""
    pieces = _pieces(concept, atoms)
    tests = [_test(atom) for atom in atoms]
    cells: dict[tuple[bool, ...], list[Piece]] = {}
    for piece in pieces:
        cells.setdefault(tuple(test(piece) for test in tests), []).append(piece)
    kept = tuple(merged(concept.kind, cell) for cell in cells.values())
    return Variable(concept.name, concept.kind, kept, follows_from), [
        list(column) for column in zip(*cells, strict=True)
    ]


def _pieces(concept: Concept, atoms: Iterable[Atom | Defined]) -> Iterable[Piece]:
    match concept.kind:
        case Kind.YES_NO:
            return (Truth.YES, Truth.NO)
        case Kind.CHOICE | Kind.ORDERED:
            return [frozenset({value}) for value in concept.values]
        case Kind.SET:
            return _combinations(concept, [atom for atom in atoms if isinstance(atom, Includes)])
        case Kind.NUMBER | Kind.DATE:
            bounds = sorted({atom.bound for atom in atoms if isinstance(atom, Compare)})
            lowest, highest = (0.0, float(OLDEST)) if concept.kind is Kind.DATE else (concept.lowest, concept.highest)
            return _spans(bounds, lowest, highest, concept.kind is Kind.DATE)


def _spans(bounds: list[float], lowest: float, highest: float, whole: bool) -> list[Span]:
    """Cut a line at its bounds; each bound is a piece of its own, for `<` and `<=` treat it differently."""
    edges = [lowest]
    for bound in bounds:
        edges += [math.nextafter(bound, -math.inf), bound, bound, math.nextafter(bound, math.inf)]
    edges.append(highest)
    spans = []
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        low, high = max(low, lowest), min(high, highest)
        if whole:  # days are counted whole
            low, high = float(math.ceil(low)), float(math.floor(high))
        if low <= high:
            spans.append(Span(low, high))
    return spans


def _combinations(concept: Concept, atoms: list[Includes]) -> Iterable[Combination]:
    """Combine the classes of members that the atoms tell apart; members of an `all` stand alone."""
    # In the vocabulary's order, so that the cells are the same in whatever order the atoms come.
    mentioned = [member for member in concept.values if any(member in atom.members for atom in atoms)]
    alone = {member for atom in atoms if atom.every for member in atom.members}
    classes: dict[object, set[str]] = {}
    for member in mentioned:
        key = (
            member
            if member in alone
            else frozenset(index for index, atom in enumerate(atoms) if member in atom.members)
        )
        classes.setdefault(key, set()).add(member)
    if len(classes) > MOST_CLASSES:
        raise TooMany
    groups = [frozenset(members) for members in classes.values()]
    for chosen in itertools.product((True, False), repeat=len(groups)):
        present = tuple(group for group, is_in in zip(groups, chosen, strict=True) if is_in)
        absent = frozenset().union(*(group for group, is_in in zip(groups, chosen, strict=True) if not is_in))
        yield Combination(present, absent)


def _test(atom: Atom | Defined) -> Callable[[Piece], bool]:
    def holds(piece: Piece) -> bool:
        match atom, piece:
            case ((Holds() | Defined()), Truth()):
                return piece is Truth.YES
            case Compare(), Span():
                return compare(piece, atom.sign, atom.bound) is Truth.YES
            case Among(), frozenset():
                return among(piece, atom.values) is Truth.YES
        assert isinstance(atom, Includes), "pieces are cut to fit their atoms"
        assert isinstance(piece, Combination), "pieces are cut to fit their atoms"
        is_in = [any(member in group for group in piece.present) for member in atom.members]
        return all(is_in) if atom.every else any(is_in)

    return holds


def merged(kind: Kind, cell: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join neighbouring spans, and the values of a choice, into one piece."""
    if kind in (Kind.CHOICE, Kind.ORDERED):
        return (frozenset().union(*(piece for piece in cell if isinstance(piece, frozenset))),)
    if kind not in (Kind.NUMBER, Kind.DATE):
        return tuple(cell)
    joined: list[Span] = []
    for piece in sorted(piece for piece in cell if isinstance(piece, Span)):
        if joined and _touch(joined[-1].high, piece.low, kind):
            joined[-1] = Span(joined[-1].low, piece.high)
        else:
            joined.append(piece)
    return tuple(joined)


def _touch(high: float, low: float, kind: Kind) -> bool:
    return low == high + 1 if kind is Kind.DATE else low == math.nextafter(high, math.inf)
