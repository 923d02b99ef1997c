"""Which counts of a table of levels by groups are withheld, so that no withheld count can be worked out exactly.

In: the counts by row and column. The first column is everybody's, the last of those who are in no group, which is not printed;
the rows of a column add up to how many are in it, the columns of a row to everybody's. Out: the cells that are withheld.

Where sums of withheld cells are large enough (few.hidden) a count may still follow, for no count is below nought, and what is
withheld is at least one. Such a table is a flow from everybody through its rows into its groups; a withheld count can be
another one where some of what flows through it can go round, through other withheld counts, and nowhere else. This is exact
for whole numbers (a table of two ways is totally unimodular: Hoffman AJ, Kruskal JB 1956, recalled), and a search in a graph.
"""

from collections.abc import Collection, Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from patency.outcome.few_cells import hidden

Place = tuple[int, int]  # row and column
Node = tuple[str, int]
_EVERYBODY, _END = ("everybody", 0), ("end", 0)


class TwoWay(NamedTuple):
    """Counts by row and column, how many are in each column, and the columns of which nothing is told."""

    counts: Sequence[Sequence[int]]
    many: Sequence[int]
    out: Collection[int] = ()

    @property
    def rest(self) -> int:
        """The column of those in no group."""
        return len(self.many) - 1

    def shown(self) -> Iterator[Place]:
        """Yield the places of the columns that are told."""
        for row in range(len(self.counts)):
            yield from ((row, at) for at in range(self.rest) if at not in self.out)


class _Arc(NamedTuple):
    """A count that a reader does not know: from which node to which, how many, and the least that it can be."""

    start: Node
    end: Node
    count: int  # type: ignore[assignment]  # a tuple can count too; nobody asks it to here
    least: int
    cost: int = 0  # of withholding it, where it is told


def withheld(table: TwoWay, fewest: int, gone: Collection[Place] = ()) -> frozenset[Place]:
    """Return the places of told columns whose counts are withheld; `gone` are withheld in any case."""
    if fewest <= 1:
        return frozenset()
    places = frozenset(table.shown())
    out = _by_sums(table, fewest, frozenset(gone) & places)
    while out != places and (tight := _tight(table, out, fewest)) is not None:
        more = _way_round(table, out, tight)
        if more is None:
            return places
        out = _by_sums(table, fewest, out | more)
    return out


def groups_withheld(many: Sequence[int], fewest: int) -> frozenset[int]:
    """Return the groups whose size is withheld, everybody's being told: no size follows, nor how many few are in no group."""
    rest, found = len(many) - 1, frozenset[int]()
    if fewest <= 1:
        return found
    while True:
        out = hidden(many, [list(range(len(many)))], fewest, gone=[rest, *found], kept=[0])
        found, told = out - {rest}, [at for at in range(1, rest) if at not in out and many[at]]
        # What is withheld together is of one each at the least, and known where it is of no more.
        if not told or not found or sum(many[at] for at in out) > len(found):
            return frozenset(found)
        found |= {min(told, key=lambda at: many[at])}


def _by_sums(table: TwoWay, fewest: int, gone: Collection[Place]) -> frozenset[Place]:
    """Return what is withheld so that no sum of withheld counts is small."""
    wide, rows = len(table.many), [table.many, *table.counts]
    lines = [[row * wide + at for at in range(wide)] for row in range(len(rows))]
    lines += [[row * wide + at for row in range(len(rows))] for at in range(wide)]
    never = [row * wide + at for row in range(len(rows)) for at in range(wide) if at == table.rest or at in table.out]
    told = [at for at in range(wide) if at not in table.out and at != table.rest]
    asked = [(row + 1) * wide + at for row, at in gone]
    found = hidden([each for row in rows for each in row], lines, fewest, [*never, *asked], told)
    places = {(place // wide - 1, place % wide) for place in found}
    return frozenset(places & set(table.shown()))


def _tight(table: TwoWay, out: frozenset[Place], fewest: int) -> Place | None:
    """Return a place that is withheld, or of few and not printed, whose count can be no other; None where there is none."""
    arcs = dict(_arcs(table, out))
    small = [at for at, arc in arcs.items() if at not in out and at[0] >= 0 and 0 < arc.count < fewest]
    every = list(arcs.values())
    return next((place for place in (*sorted(out), *small) if _cheapest(arcs[place], every) is None), None)


def _arcs(table: TwoWay, out: frozenset[Place]) -> Iterator[tuple[Place, _Arc]]:
    """Yield what a reader does not know; row -1 is of how many are in a column. What is withheld in a told column is of somebody."""
    for row, at in _places(table):
        if (row, at) in out or at == table.rest or at in table.out:
            yield (row, at), _arc(table, (row, at), int((row, at) in out))
    for at in sorted({*table.out, table.rest}):
        yield (-1, at), _Arc(("column", at), _END, table.many[at], int(at != table.rest))


def _places(table: TwoWay) -> Iterator[Place]:
    for row in range(len(table.counts)):
        yield from ((row, at) for at in range(len(table.many)))


def _arc(table: TwoWay, place: Place, least: int, cost: int = 0) -> _Arc:
    row, at = place
    start, end = (_EVERYBODY, ("row", row)) if at == 0 else (("row", row), ("column", at))
    return _Arc(start, end, table.counts[row][at], least, cost)


def _way_round(table: TwoWay, out: frozenset[Place], tight: Place) -> frozenset[Place] | None:
    """Return the places, of as few people as can be, by withholding which a count can be another one; None where there are none."""
    arcs = dict(_arcs(table, out))
    dear = 1 + sum(table.many)
    for row, at in table.shown():
        if (row, at) not in out and (count := table.counts[row][at]):
            arcs[row, at] = _arc(table, (row, at), 1, count + dear * (at == 0))
    way = _cheapest(arcs[tight], list(arcs.values()))
    return None if way is None else frozenset(place for place, arc in arcs.items() if arc.cost and arc in way)


def _cheapest(arc: _Arc, arcs: Sequence[_Arc]) -> "list[_Arc] | None":
    """Return through which others one more of a count can go round, or one less; None where it can be no other."""
    others = [each for each in arcs if each is not arc]
    ways = [_way(others, arc.end, arc.start), _way(others, arc.start, arc.end) if arc.count > arc.least else None]
    return min((way for way in ways if way is not None), key=lambda way: sum(each.cost for each in way), default=None)


def _way(arcs: Sequence[_Arc], start: Node, end: Node) -> "list[_Arc] | None":
    """Return the cheapest way of one more from a node to another: along arcs, or back where there is some to spare (Dijkstra)."""
    ahead: list[tuple[int, Node, list[_Arc]]] = [(0, start, [])]
    reached = set[Node]()
    while ahead:
        cost, here, way = heappop(ahead)
        if here == end:
            return way
        if here in reached:
            continue
        reached.add(here)
        for each in arcs:
            there = (
                each.end if each.start == here else each.start if each.end == here and each.count > each.least else here
            )
            if there not in reached:
                heappush(ahead, (cost + each.cost, there, [*way, each]))
    return None
