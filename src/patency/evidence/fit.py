"""Which counts of which denominators are printed as a percentage, one by one and together.

For one denominator the counts that fit are a run of whole numbers, since a larger count is a larger share.
So the sums of several such runs have no holes either, and whether answers can add up is one comparison.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from patency.evidence.model import Group, Share
from patency.evidence.printed import Reach, Way


class Row(NamedTuple):
    """A denominator, and for each share the counts of it that fit."""

    of: int
    counts: tuple[range, ...]

    @property
    def sums(self) -> range:
        """What the counts may add up to."""
        return range(sum(each.start for each in self.counts), sum(each[-1] for each in self.counts) + 1)


class Fits(NamedTuple):
    """Everything that fits, and how the numbers must have been shortened for it."""

    way: Way
    rows: tuple[Row, ...]

    @property
    def denominators(self) -> tuple[int, ...]:
        """The denominators that fit."""
        return tuple(row.of for row in self.rows)


def counts_of(share: Share, of: int, way: Way = Way.ROUNDED) -> range:
    """Return the counts of a denominator that are printed as this share is."""
    return _within(share, of, share.percent and share.percent.reach(way))


def _within(share: Share, of: int, reach: Reach | None) -> range:
    found = range(of + 1)
    if reach is not None:
        fitting = reach.wholes(Fraction(of, 100))
        found = range(max(fitting.start, 0), min(fitting.stop, of + 1))
    if share.counted is not None:
        return range(share.counted, share.counted + 1) if share.counted in found else range(0)
    return found


def fits_alone(share: Share, denominators: Iterable[int]) -> Fits:
    """Return every count and denominator that fit one share."""
    return _fits([share], list(denominators), lambda _row: True)


def fits_together(group: Group, denominators: Iterable[int]) -> Fits:
    """Return every denominator that fits all shares of a group at once, with the counts of each."""
    return _fits(group.shares, list(denominators), lambda row: _adds_up(row, group))


def _adds_up(row: Row, group: Group) -> bool:
    if not group.is_one:
        return True
    return group.total in row.sums if group.total is not None else row.sums.start <= row.of


def _fits(shares: Iterable[Share], denominators: list[int], accepts: Callable[[Row], bool]) -> Fits:
    shares = tuple(shares)
    for way in Way:
        rows = []
        reaches = [share.percent and share.percent.reach(way) for share in shares]
        for of in denominators:
            counts = []
            for share, reach in zip(shares, reaches, strict=True):
                # One that has its own denominator is not of the group's.
                counts.append(_within(share, of if share.of is None else share.of, reach))
                if not counts[-1]:
                    break
            else:
                if accepts(row := Row(of, tuple(counts))):
                    rows.append(row)
        if rows:
            return Fits(way, tuple(rows))
    return Fits(Way.ROUNDED, ())


def nearest_denominators(group: Group, denominators: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return denominators that fit most of a group's shares, and how many each fits, the best first."""
    reaches = [(share, share.percent and share.percent.reach()) for share in group.shares]
    scored = [(sum(bool(_within(share, of, reach)) for share, reach in reaches), of) for of in denominators]
    best = sorted((each for each in scored if each[0]), key=lambda each: (-each[0], -each[1]))[:3]
    return tuple((of, fitted) for fitted, of in best)


def enough(sets: dict[str, tuple[int, ...]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return few denominators that between them fit every group, each with those it fits first.

    Taken one after another, each time the one that fits most of those left; fewer may do, which is not claimed.
    """
    left = dict(sets)
    chosen: list[tuple[int, tuple[str, ...]]] = []
    while left:
        tally: dict[int, int] = {}
        for each in left.values():
            for of in each:
                tally[of] = tally.get(of, 0) + 1
        best = max(tally, key=lambda of: (tally[of], of))
        chosen.append((best, tuple(name for name, each in left.items() if best in each)))
        left = {name: each for name, each in left.items() if best not in each}
    return tuple(chosen)
