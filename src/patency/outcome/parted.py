"""Into which groups patients may be parted, so that no answer, nor two of them, tells of few people.

In: a row for each episode, with its patient, its traits (the option is one of them), and its state by the definitions that
are shown together. Out: the rows, each with its group.

Patients are parted by one trait after another, always in the same order. A part stands alone if it and in it each state
(had the event, had it not) is of nobody or of enough people. Parts that may not stand alone are put together, and with
them the smallest of the others until together they may; by that trait they are told apart no more. Where nothing is left
that may stand alone, the group stays whole and the next trait is tried. By the option all groups (children and adults)
are parted alike, so that an option's figure of everybody (`patency outcome report`) less that of adults tells of no few
children. Of whom nothing is on record may be a state as well: it is in alike.py, for two answers would tell of few of them by a
trait, and in a report it is no secret (few.py). How it is parted hangs on the cut alone and not on the case that is asked about.

An answer is made of whole groups, all of whose people have what was asked for. So what two answers of one cut differ by is
made of whole groups too, in whatever order, by whomever and however often they are asked, and whichever traits are left out,
and is itself a figure that could be shown. Groups that were parted by people alone are not cut again for an outcome, but put
together (`parted` of rows that have a group already): so it holds between two outcomes as well, and at the months of a curve
(parted_by_month.py). This is the rule of
registry/follow/few.py (whole groups or nothing, looked at more finely than shown) along a tree.

What this does not hold against: another cut of the same registry (one patient more), and what a reader knows besides.
"""

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars

GROUP = "group"
NEVER = 0  # groups up to this one are never told, for they are too few, and so is all that they were parted from
OPTION = "option"
_UNKNOWN = ""


class _Atom(NamedTuple):
    """Rows that stay together: their places, their one level of each trait (None where they differ), and who has which state."""

    places: tuple[int, ...]
    levels: tuple[str | None, ...]
    patients: frozenset[str]
    states: frozenset[tuple[str, str]]


_Block = list[list[_Atom]]  # of one part of a trait, its atoms in each group


def parted(rows: "polars.DataFrame", traits: Sequence[str], fewest: int) -> "polars.DataFrame":
    """Return the rows with the group to which each may be told apart; `state` is one or a list of them."""
    import polars

    groups = [NEVER] * rows.height
    for number, group in enumerate(_groups(_atoms(rows, traits), traits, fewest), 1):
        name = number if _is_enough(group, fewest) else NEVER - number
        for each in group:
            for place in each.places:
                groups[place] = name
    return rows.with_columns(polars.Series(GROUP, groups, dtype=polars.Int64))


def _atoms(rows: "polars.DataFrame", traits: Sequence[str]) -> list[_Atom]:
    """Return the groups that there are already, or each row by itself."""
    of = rows[GROUP].to_list() if GROUP in rows.columns else range(rows.height)
    members: dict[int, list[tuple[int, tuple[object, ...]]]] = {}
    for place, (group, row) in enumerate(zip(of, rows.select("patient", "state", *traits).iter_rows(), strict=True)):
        members.setdefault(group, []).append((place, row))
    return [_atom(each) for each in members.values()]


def _atom(members: Sequence[tuple[int, tuple[object, ...]]]) -> _Atom:
    rows = [row for _, row in members]
    levels = [
        {_UNKNOWN if level is None else str(level) for level in each} for each in list(zip(*rows, strict=True))[2:]
    ]
    return _Atom(
        tuple(place for place, _ in members),
        tuple(next(iter(each)) if len(each) == 1 else None for each in levels),
        frozenset(str(row[0]) for row in rows),
        frozenset((state, str(row[0])) for row in rows for state in _states(row[1])),
    )


def _states(state: object) -> tuple[str, ...]:
    if state is None:
        return ()
    return (state,) if isinstance(state, str) else tuple(state)  # type: ignore[arg-type]  # a list of text otherwise


def _groups(atoms: list[_Atom], traits: Sequence[str], fewest: int) -> list[list[_Atom]]:
    """Return the groups into which atoms may be parted by one trait after another."""
    groups = [atoms]
    for place, trait in enumerate(traits):
        alike = [groups] if trait == OPTION else [[group] for group in groups]
        groups = [part for each in alike for part in _split(each, place, fewest)]
    return groups


def _split(groups: list[list[_Atom]], place: int, fewest: int) -> list[list[_Atom]]:
    """Return groups parted by one trait, all of them alike: those that may not stand alone in each are one part."""
    levels: dict[str, _Block] = {}
    together: _Block = [[] for _ in groups]
    for number, group in enumerate(groups):
        for each in group:
            level = each.levels[place]
            block = together if level is None else levels.setdefault(level, [[] for _ in groups])
            block[number].append(each)
    alone = []
    for _, block in sorted(levels.items(), key=lambda each: (_many(each[1]), each[0])):
        if _may_stand(block, fewest):
            alone.append(block)
        else:
            together = _joined(together, block)
    is_told = [
        _is_enough(group, fewest) for group in groups
    ]  # from a group that is never told nothing can be subtracted
    while alone and not _may_stand(list(compress(together, is_told)), fewest):
        together = _joined(together, alone.pop(0))
    return [part for block in (*alone, together) for part in block if part]


def _joined(one: _Block, other: _Block) -> _Block:
    return [[*here, *there] for here, there in zip(one, other, strict=True)]


def _may_stand(block: _Block, fewest: int) -> bool:
    return all(_is_enough(part, fewest) for part in block if part)


def _many(block: _Block) -> int:
    return sum(len(_patients(part)) for part in block)


def _patients(atoms: Sequence[_Atom]) -> frozenset[str]:
    return frozenset[str]().union(*(each.patients for each in atoms))


def _is_enough(atoms: Sequence[_Atom], fewest: int) -> bool:
    """Whether the people of atoms, and those of each state among them, are enough."""
    people: dict[str, int] = {}
    for state, _ in frozenset[tuple[str, str]]().union(*(each.states for each in atoms)):
        people[state] = people.get(state, 0) + 1
    return len(_patients(atoms)) >= fewest and all(many >= fewest for many in people.values())


def told_of(rows: "polars.DataFrame", asked: Mapping[str, str]) -> "polars.DataFrame | None":
    """Return the rows that have the traits asked for; None where they are not whole groups that may be told."""
    import polars

    col = polars.col
    wanted = [(col(trait) == level).fill_null(value=False) for trait, level in asked.items()]
    has = rows.with_columns(has=polars.all_horizontal(polars.lit(value=True), *wanted))
    whole = has.group_by(GROUP).agg(col("has").any(), is_all=col("has").all()).filter("has")
    if (~whole["is_all"]).any() or (whole[GROUP] <= NEVER).any():
        return None
    return has.filter("has").drop("has")
