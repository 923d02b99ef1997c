"""Which groups are not shown in a subgroup table, for what their size would tell.

A group of a few people is not shown. A question that hangs on another was asked of those who gave one answer to that:
the size of a group in its table is a cell of the other's. So what is hidden in a group there is hidden here, and a group
that is a few people smaller here than there. Of the groups that are hidden there are two at least, and more than a few
people in them together, for the totals would give one alone back.

Not here: which cells are hidden within a table (hidden.py).
"""

from collections.abc import Iterable, Sequence

from patency.instrument.model import Instrument
from patency.practice.asked import above
from patency.practice.cross import WITHHELD
from patency.practice.tables import Cell, Crossed, NumbersBy

_WHY = "not shown: its groups would give back what is hidden where a question that it hangs on is laid out"
_OF_FEW = "the numbers are not shown by groups: a group of few people could be worked out from the others"


def guarded(
    crossed: Iterable[Crossed], numbers: Iterable[NumbersBy], instrument: Instrument, smallest: int
) -> tuple[tuple[Crossed, ...], tuple[NumbersBy, ...]]:
    """Take out of the tables by groups what the size of a group would tell, over all tables."""
    laid: list[Crossed | NumbersBy] = [*crossed, *numbers]
    if smallest > 1:
        order = {name: at for at, name in enumerate(instrument.items)}
        sizes = {_key(each): [group.of or 0 for group in each.groups] for each in laid}
        hidden: dict[tuple[str, str], set[int]] = {}
        done: dict[tuple[str, str], Crossed | NumbersBy] = {}
        for each in sorted(laid, key=lambda each: order[each.item.name]):  # a question hangs on those before it
            every = [sizes[name, each.by] for name in above(each.item, instrument) if (name, each.by) in sizes]
            columns = _telling(sizes[_key(each)], every, smallest)
            for name in above(each.item, instrument):
                columns |= hidden.get((name, each.by), set())
            done[_key(each)] = _without(each, _covered(columns, sizes[_key(each)], smallest))
            hidden[_key(each)] = _hidden(done[_key(each)])
        laid = [_unless_given_back(done[_key(each)], hidden, instrument) for each in laid]
    return tuple(each for each in laid if isinstance(each, Crossed)), tuple(
        each for each in laid if isinstance(each, NumbersBy)
    )


def _key(laid: Crossed | NumbersBy) -> tuple[str, str]:
    return (laid.item.name, laid.by)


def _telling(sizes: Sequence[int], above_it: Sequence[Sequence[int]], smallest: int) -> set[int]:
    """Return the groups of a few people, and those a few people smaller than where all of them were asked."""
    return {at for at, of in enumerate(sizes)
            if 0 < of < smallest or any(0 < every[at] - of < smallest for every in above_it)}  # fmt: skip


def _covered(columns: set[int], sizes: Sequence[int], smallest: int) -> set[int]:
    rest = sorted((at for at, of in enumerate(sizes) if of and at not in columns), key=lambda at: (sizes[at], at))
    hidden = set(columns)
    while hidden and rest and (sum(sizes[at] > 0 for at in hidden) < 2 or sum(sizes[at] for at in hidden) < smallest):
        hidden.add(rest.pop(0))
    return hidden


def _without(laid: Crossed | NumbersBy, columns: set[int]) -> Crossed | NumbersBy:
    if not columns:
        return laid
    if isinstance(laid, NumbersBy):
        unsized = tuple(group._replace(of=None) for group in laid.groups)
        return laid._replace(groups=unsized, numbers=(), test=None, is_hidden=True, warnings=(_OF_FEW,))
    groups = tuple(group._replace(of=None) if at in columns else group for at, group in enumerate(laid.groups))
    lines = tuple(line._replace(cells=tuple(Cell(None, None, True) if at in columns else cell for at, cell in enumerate(line.cells)))
                  for line in laid.lines)  # fmt: skip
    hidden = sum(cell.is_hidden for line in lines for cell in line.cells)
    return laid._replace(groups=groups, lines=lines, test=laid.test and WITHHELD, hidden=hidden, warnings=(),
                         line_tests=tuple(WITHHELD for _ in laid.line_tests))  # fmt: skip


def _hidden(laid: Crossed | NumbersBy) -> set[int]:
    if isinstance(laid, NumbersBy):
        return set(range(len(laid.groups))) if laid.is_hidden else set()
    unsized = {at for at, group in enumerate(laid.groups) if group.of is None}
    return unsized | {at for line in laid.lines for at, cell in enumerate(line.cells) if cell.is_hidden}


def _unless_given_back(
    laid: Crossed | NumbersBy, hidden: dict[tuple[str, str], set[int]], instrument: Instrument
) -> Crossed | NumbersBy:
    """Show nothing by a question that hangs on another where its totals are cells that are hidden by that other."""
    by = instrument.items.get(laid.by)
    if by is None or by.when is None or isinstance(laid, NumbersBy):
        return laid
    mine = [laid.item.name, *above(laid.item, instrument)]
    theirs = above(by, instrument)
    if not any(hidden.get(pair) for one in mine for other in theirs for pair in ((one, other), (other, one))):
        return laid
    unsized = tuple(group._replace(of=None) for group in laid.groups)
    cells = sum(len(line.cells) for line in laid.lines)
    return laid._replace(groups=unsized, lines=(), test=None, line_tests=(), hidden=cells, warnings=(_WHY,))
