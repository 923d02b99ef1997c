"""Whether whole numbers can have a mean, an SD and a share above a bound, with an example where they can.

A mean of n whole numbers is a whole sum over n (GRIM: Brown NJL, Heathers JAJ. Soc Psychol Personal Sci
2017;8:363-9, doi 10.1177/1948550616673876). Their squares add up to a whole number too, odd or even as the sum
is (GRIMMER: Anaya J. PeerJ Preprints 2016;4:e2400v1; Allard A, Analytic-GRIMMER, 2018). Where that leaves a
chance an example is built, as SPRITE does (Heathers JA and others, PeerJ Preprints 2018;6:e26968v1), though
without drawing lots; where none is found and the numbers are few, every possibility is counted through. So what
is called possible is shown, what is called impossible is proved, and the rest is called open.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import isqrt
from typing import NamedTuple

from patency.evidence.model import Mean
from patency.evidence.printed import Printed, Reach, Way

MOST_TRIED = 6  # sums of squares for which an example is looked for
MOST_SUMS = 40  # that are tried; where more fit, some between them are left out, and nothing is called impossible
MOST_SPLITS = 2_000  # ways to share these sums between those above a bound and the rest, likewise
MOST_LOOKS = 60_000  # at pairs of values, while examples of one mean are looked for
MANY = 300  # people; of more, a tenth of these sums and splits are tried
MOST_COUNTED = 300_000  # steps of counting every possibility through
NARROW = 60  # values between which pairs are moved so that an example looks like people


class Room(NamedTuple):
    """Some whole numbers: how many, what they add up to, and between what ends each lies."""

    people: int
    total: int
    least: int
    most: int

    @property
    def is_possible(self) -> bool:
        """Whether so many numbers between these ends can have this sum at all."""
        return self.people * self.least <= self.total <= self.people * self.most

    @property
    def flattest(self) -> int:
        """The least sum of squares: all as equal as whole numbers can be."""
        if not self.people:
            return 0
        each, more = divmod(self.total, self.people)
        return (self.people - more) * each**2 + more * (each + 1) ** 2

    @property
    def widest(self) -> int:
        """The greatest sum of squares: all at the two ends, but for one at most (Bhatia and Davis, for whole numbers)."""
        if not self.people or self.least == self.most:
            return self.flattest
        wide = self.most - self.least
        at_most, rest = divmod(self.total - self.people * self.least, wide)
        at_least = self.people - at_most - (1 if rest else 0)
        return at_most * self.most**2 + at_least * self.least**2 + ((self.least + rest) ** 2 if rest else 0)


class Spread(NamedTuple):
    """What an SD leaves for the sum of squares; `per` is n - 1, or n where only that fits."""

    low: int
    high: int
    per: int


class Found(NamedTuple):
    """What was found of one number of people: `values` is an example, where there is one."""

    of: int
    sums: range
    way: Way
    is_open: bool = False
    values: tuple[int, ...] = ()
    per: int = 0
    reached: tuple[Fraction, Fraction] | None = None  # the least and greatest variance that the rest allows


def sums_of(mean: Mean, of: int, way: Way) -> range:
    """Return the whole sums of so many people's values that are printed as this mean (GRIM)."""
    return mean.mean.reach(way).wholes(Fraction(of * mean.items))


def spread_of(sd: Printed, total: int, of: int, per: int, scale: int = 1) -> Spread:
    """Return which sums of squares are printed as this SD."""
    reach = sd.reach()
    squared = Reach(max(reach.low, Fraction(0)) ** 2, reach.high**2, reach.has_low, reach.has_high)
    moved = Fraction(total**2, of)
    shifted = Reach(squared.low * per * scale**2 + moved, squared.high * per * scale**2 + moved,
                    squared.has_low, squared.has_high)  # fmt: skip
    found = shifted.wholes()
    return Spread(found.start, found.stop - 1, per)


def find(mean: Mean, of: int) -> Found:
    """Say whether so many whole numbers can have this mean, this SD and this share above a bound."""
    way, sums = next(((way, sums) for way in (Way.ROUNDED, Way.CUT) if (sums := sums_of(mean, of, way))),
                     (Way.ROUNDED, range(0)))  # fmt: skip
    found = Found(of, sums, way)
    patience = iter(range(MOST_LOOKS))
    if mean.sd is None:
        return found
    for per in dict.fromkeys((of - 1, of)):
        for total in sums[:: 1 + len(sums) // _most(of, MOST_SUMS)] if per else ():
            spread = spread_of(mean.sd, total, of, per, mean.items)
            found = _with_spread(mean, found, total, spread, patience)
            if found.values:
                return found
    return found


def _most(of: int, bound: int) -> int:
    return bound if of <= MANY else bound // 10


def _with_spread(mean: Mean, found: Found, total: int, spread: Spread, patience: Iterator[int]) -> Found:
    """Look for an example with one sum of the values, however those above the bound share in it."""
    splits, is_every = _splits(mean, found, total, spread)
    is_every &= len(found.sums) < _most(found.of, MOST_SUMS)
    is_open, reached, moved = found.is_open or not is_every, found.reached, Fraction(total**2, found.of)
    for rooms in splits:
        low, high = sum(each.flattest for each in rooms), sum(each.widest for each in rooms)
        reached = _wider(reached, [(each - moved) / (spread.per * mean.items**2) for each in (low, high)])
        near = Spread(max(low, spread.low), min(high, spread.high), spread.per)
        if values := _example(rooms, total, near, patience):
            return found._replace(values=tuple(sorted(values)), per=spread.per, is_open=False)
        is_open |= values is None
    return found._replace(is_open=is_open, reached=reached)


def _wider(reached: tuple[Fraction, Fraction] | None, ends: list[Fraction]) -> tuple[Fraction, Fraction]:
    known = [*(reached or ()), *ends]
    return min(known), max(known)


def _splits(mean: Mean, found: Found, total: int, spread: Spread) -> tuple[list[tuple[Room, ...]], bool]:
    """List the ways in which the people may be split by the bound, and say whether these are all."""
    of = found.of
    at_most = _most(of, MOST_SPLITS) // min(_most(of, MOST_SUMS), len(found.sums))
    least, most = _ends(mean, of, total, spread)
    if mean.above is None:
        room = Room(of, total, least, most)
        return [(room,)] if room.is_possible else [], True
    bound = mean.above.more_than * mean.items
    parts = {}
    for many in mean.above.percent.reach().wholes(Fraction(of, 100)):
        if 0 <= many <= of:
            first = max(many * (bound + 1), total - (of - many) * bound)
            parts[many] = range(first, min(many * most, total - (of - many) * least) + 1)
    step = 1 + sum(map(len, parts.values())) // at_most
    rooms = [(Room(of - many, total - part, least, min(bound, most)), Room(many, part, max(bound + 1, least), most))
             for many, each in parts.items() for part in each[::step]]  # fmt: skip
    possible = [each for each in rooms if all(room.is_possible for room in each)]
    halfway = spread.low + total**2 // of  # twice; where the two parts differ about as much as people within each
    return sorted(possible, key=lambda each: abs(2 * sum(room.flattest for room in each) - halfway)), step == 1


def _ends(mean: Mean, of: int, total: int, spread: Spread) -> tuple[int, int]:
    """Return between what ends values lie: by the scale, or else by the SD, from which none can be too far."""
    far = isqrt(max(0, spread.high - total**2 // of)) + 1
    least = total // of - far if mean.least is None else mean.least * mean.items
    return least, total // of + 1 + far if mean.most is None else mean.most * mean.items


def _example(rooms: tuple[Room, ...], total: int, spread: Spread, patience: Iterator[int]) -> list[int] | None:
    """Return values that fit; an empty list where there are none, None where that was not found out."""
    # A number is odd where its square is, so the two sums are odd together.
    wanted = range(spread.low + (spread.low - total) % 2, spread.high + 1, 2)
    if not wanted:
        return []
    for squares in wanted[:MOST_TRIED]:
        for narrowed in _narrowed(rooms, squares):
            for is_like_people in (True, False):
                if values := _spread_out(narrowed, squares, is_like_people, patience):
                    return values
    reachable = _counted(rooms[0]) if len(rooms) == 1 else None
    if reachable is None:
        return None
    return next((values for squares in wanted if (values := _traced(rooms[0], squares, reachable))), [])


def _narrowed(rooms: tuple[Room, ...], squares: int) -> Iterator[tuple[Room, ...]]:
    """Yield the rooms with nearer ends first, at 2 and 4 SDs from the mean, so that an example looks like people."""
    people, total = sum(room.people for room in rooms), sum(room.total for room in rooms)
    sd = isqrt(max(0, people * squares - total**2)) // people + 1
    for far in (2 * sd, 4 * sd):
        nearer = tuple(room._replace(least=max(room.least, total // people - far), most=min(room.most, total // people + far))
                       for room in rooms)  # fmt: skip
        if all(room.is_possible and room.least <= room.most for room in nearer):
            yield nearer
    yield rooms


def _spread_out(rooms: tuple[Room, ...], squares: int, is_like_people: bool, patience: Iterator[int]) -> list[int]:
    """Move pairs apart, starting from the most equal values, until the squares add up; may find nothing."""
    if is_like_people and max(room.most - room.least for room in rooms) > NARROW:
        return []
    tallies = [_equal(room) for room in rooms]
    left = (squares - sum(room.flattest for room in rooms)) // 2
    if not is_like_people:
        for room, tally in zip(rooms, tallies, strict=True):
            left = _leap(room, tally, left)
    while left > 0:
        moves = [(rank, move, tally) for room, tally in zip(rooms, tallies, strict=True)
                 for rank, move in _moves(room, tally, left, is_like_people)]  # fmt: skip
        looks = 10 + len(moves) + sum(map(len, tallies))
        if not moves or next(islice(patience, looks, None), None) is None:
            return []
        _, (low, high), tally = max(moves, key=lambda each: each[:2])
        pairs = min(tally[low] // (2 if low == high else 1), tally[high], left // (high - low + 1))
        pairs = 1 if is_like_people else pairs
        for before, after in ((low, low - 1), (high, high + 1)):
            tally[before] -= pairs
            tally[after] = tally.get(after, 0) + pairs
        left -= pairs * (high - low + 1)
    return [value for tally in tallies for value, many in tally.items() for _ in range(many)] if left == 0 else []


def _leap(room: Room, tally: dict[int, int], left: int) -> int:
    """Move pairs of equal values far apart at once, as long as some stay, and return what is left to add."""
    middle = max(tally, key=lambda value: tally[value], default=0)
    while (far := min(middle - room.least, room.most - middle, isqrt(left))) > 0 and tally[middle] > 3:
        pairs = min((tally[middle] - 2) // 2, left // far**2)
        for value, more in ((middle, -2 * pairs), (middle - far, pairs), (middle + far, pairs)):
            tally[value] = tally.get(value, 0) + more
        left -= pairs * far**2
    return left


def _equal(room: Room) -> dict[int, int]:
    if not room.people:
        return {}
    each, more = divmod(room.total, room.people)
    return {each: room.people - more, each + 1: more}


def _moves(room: Room, tally: dict[int, int], left: int, is_like_people: bool) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield pairs of values that may be moved one apart and add no more than is left, each with its rank.

    Those come first that most people have, so that the example looks like people; or else those that are
    farthest from each other, so that it is found at once.
    """
    there = sorted(value for value, many in tally.items() if many)
    for low in there:
        if low == room.least:
            continue
        fitting = (each for each in reversed(there) if each < room.most and low <= each < low + left
                   and (each != low or tally[low] > 1))  # fmt: skip
        if is_like_people:
            yield from ((min(tally[low], tally[high]), (low, high)) for high in fitting)
        elif (high := next(fitting, None)) is not None:
            yield high - low, (low, high)


def _counted(room: Room) -> list[list[int]] | None:
    """Count through which squares each sum of so many values can have, as bits; None where that is too much."""
    wide = room.most - room.least
    total = room.total - room.people * room.least
    if room.people * (total + 1) * (wide + 1) > MOST_COUNTED:
        return None
    reached = [[1] + [0] * total]
    for _ in range(room.people):
        before, after = reached[-1], [0] * (total + 1)
        for sum_before, bits in enumerate(before):
            for value in range(min(wide, total - sum_before) + 1) if bits else ():
                after[sum_before + value] |= bits << value**2
        reached.append(after)
    return reached


def _traced(room: Room, squares: int, reached: list[list[int]]) -> list[int]:
    """Walk back from a sum and its squares to values that have them."""
    total = room.total - room.people * room.least
    # The squares of what each value is above the least one.
    squares = squares - 2 * room.least * total - room.people * room.least**2
    if squares < 0 or not reached[-1][total] >> squares & 1:
        return []
    values = []
    for before in reversed(reached[:-1]):
        value = next(each for each in range(room.most - room.least + 1)
                     if each <= total and each**2 <= squares and before[total - each] >> (squares - each**2) & 1)  # fmt: skip
        values.append(room.least + value)
        total, squares = total - value, squares - value**2
    return values


def tallied(values: Iterable[int], items: int = 1) -> str:
    """Write values by how often each stands there: '2 × 0, 1 × 3'."""
    tally: dict[int, int] = {}
    for value in values:
        tally[value] = tally.get(value, 0) + 1
    return ", ".join(f"{many} × {value if items == 1 else f'{value}/{items}'}" for value, many in sorted(tally.items()))
