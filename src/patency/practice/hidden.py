"""Which cells of a subgroup table are not shown, so that nobody can be known by them.

A cell of a few people is hidden, and as many others as it takes that the totals do not give it back: a hidden cell can
always be of at least two sizes, for all that is printed. A cell of nobody may stand; it is hidden only in aid of others.

Hundepool A, et al. Statistical Disclosure Control. Wiley 2012, chapter 4 (frequency tables, primary and secondary
suppression).
"""

from collections.abc import Iterator, Mapping, Sequence

Table = Sequence[Sequence[int]]
At = tuple[int, int]
Node = tuple[str, int]  # a line or a column


def hidden_cells(table: Table, smallest: int) -> frozenset[At]:
    """Return the cells, as (line, column), that are not shown beside their totals.

    Only a cell of somebody is a cause: 0 < count < smallest. A table and the same one turned on its side hide the same
    cells, so that printing both gives nothing away.
    """
    lines = [at for at, line in enumerate(table) if sum(line)]
    columns = [at for at, column in enumerate(zip(*table, strict=True)) if sum(column)]
    if min(len(lines), len(columns)) < 2:
        return frozenset()  # each cell is a total: there is nothing that a cell could tell besides
    hidden = {at for at in _cells(table) if 0 < table[at[0]][at[1]] < smallest}
    while exposed := _exposed(table, hidden):
        covers = [_cover(table, hidden, at) for at in exposed]
        if None in covers:
            # With every total above 0 a table of which nothing is shown can always be filled in several ways.
            return frozenset((line, column) for line in lines for column in columns)
        hidden = hidden.union(*(cover for cover in covers if cover))
    return frozenset(hidden)


def _cells(table: Table) -> Iterator[At]:
    return ((line, column) for line in range(len(table)) for column in range(len(table[0])))


def _cover(table: Table, hidden: set[At], exposed: At) -> set[At] | None:
    """Return the cheapest three cells that with this one make a rectangle in which people could be moved about."""
    line, column = exposed
    best: tuple[tuple[int, int, tuple[int, ...]], set[At]] | None = None
    for other_line, other_column in _cells(table):
        if other_line == line or other_column == column or not table[other_line][other_column]:
            continue
        corners = {(line, other_column), (other_line, column), (other_line, other_column)} - hidden
        sizes = tuple(sorted(table[at[0]][at[1]] for at in corners))
        cost = (sum(sizes), len(corners), sizes)
        if best is None or cost < best[0]:
            best = cost, corners
        elif cost == best[0]:
            best = cost, best[1] | corners  # a tie is broken for neither: the choice must not depend on the order
    return best[1] if best and best[1] else None


def _exposed(table: Table, hidden: set[At]) -> list[At]:
    """Return the hidden cells that could be neither one larger nor one smaller with all totals as they are.

    One more here is one less in another hidden cell of the line, one more in a third of that column, and so on until
    the way leads back: a way through lines and columns. Where no such way exists the cell is known.
    """
    crossing: dict[Node, list[At]] = {}
    for line, column in hidden:
        crossing.setdefault(("line", line), []).append((line, column))
        crossing.setdefault(("column", column), []).append((line, column))
    return [
        at
        for at in hidden
        if not _leads_back(table, crossing, at, +1)
        and not (table[at[0]][at[1]] > 0 and _leads_back(table, crossing, at, -1))
    ]


def _leads_back(table: Table, crossing: Mapping[Node, list[At]], start: At, change: int) -> bool:
    """Search from the line of the start to its column, by cells that can take the opposite and the same change in turn."""
    waiting: list[Node] = [("line", start[0])]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        # In a line that has too much (or too little) another cell gives way; in its column another makes up for it.
        step = -change if node[0] == "line" else change
        for line, column in crossing[node]:
            following: Node = ("column", column) if node[0] == "line" else ("line", line)
            if (line, column) == start or (step < 0 and not table[line][column]) or following in seen:
                continue
            if following == ("column", start[1]):
                return True
            seen.add(following)
            waiting.append(following)
    return False
