"""Which tables are not shown, so that nobody can be known by them.

One rule, that of surveys (practice/small_groups.py): a table is shown whole if each group of people in it is of at least
`FEWEST`, or of nobody; otherwise it is not shown at all. What is looked at is finer than what is printed: the crossing of
all that the table counts by, that its condition mentions, and that any of these hangs on, over everybody in the pool and
not over those whom the condition leaves. So the difference of any two tables of the same questions is a group that was
looked at too, in whatever order, by whomever and in whatever session they are asked.

A group is counted in people, never in records: twelve scans of two people are two people. Nought is shown: that nobody
has something is told of all others together.

Whole tables are withheld and no cells: of a table with gaps, its totals or another table give cells back. Hundepool A, et
al. Statistical Disclosure Control. Wiley 2012, chapter 4, on thresholds and on linked tables. Conditions on numbers and
days are not taken over the pool, for a bound could be moved until one person lies between two tables (Denning DE, et al.
The tracker: a threat to statistical database security. ACM Trans Database Syst 1979;4:76-96; both from memory).
"""

from collections.abc import Hashable, Iterable

from patency.cut.manifest import FEWEST

WHY = f"Not shown: some group in it, or between it and another table, has fewer than {FEWEST} people."


def has_few(people: Iterable[tuple[Hashable, str]]) -> bool:
    """Whether some group has people in it, and too few; each is given as the group and the person."""
    groups: dict[Hashable, set[str]] = {}
    for group, person in people:
        found = groups.setdefault(group, set())
        if len(found) < FEWEST:
            found.add(person)
    return any(len(found) < FEWEST for found in groups.values())


def changed_by_few(before: Iterable[tuple[Hashable, str]], after: Iterable[tuple[Hashable, str]]) -> bool:
    """Whether between two moments somebody came into a group, or left one, and too few did."""
    was, is_now = set(before), set(after)
    return has_few(is_now - was) or has_few(was - is_now)
