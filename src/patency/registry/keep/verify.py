"""Whether a registry was tampered with, and where: every line of every trail, every row of every table.

In: the registry as its operator holds it, and heads that were carried out of it before (heads.py). Out: a Finding for each
thing that does not fit; none where all does. Both are walked in order, so that a million lines need little memory.

- Each line's hash is made of the one before (chain.py): an edited, dropped, added or moved line does not fit.
- Each head is signed by the key of the vault: a trail that was written anew without that key has none.
- Each head carried out names a line and its hash: a trail that was cut short, or written anew with the key, lacks it.
- Each row has one line, which bears its digest, and each such line its row (verify_rows.py).
- Each patient who was erased has no key, and who has none was erased; each key opens what it sealed (verify_keys.py).
- What guards the rows in the database stands as Patency lays it (verify_guards.py).
- Each user has the role, the site and the password they were given; the registry and each site say what was entered.

Not here: nothing that is opened is shown or kept.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from patency.registry import schema
from patency.registry.chain import OURS, START, Head, Line, hash_of
from patency.registry.database import damage
from patency.registry.keep.heads import Carried, newest_heads
from patency.registry.keep.held import Held
from patency.registry.keep.mistyped import FIX, mistyped
from patency.registry.keep.verify_guards import guard_findings
from patency.registry.keep.verify_keys import erasure_findings, identity_findings, key_findings
from patency.registry.keep.verify_people import person_findings, registry_findings, site_findings
from patency.registry.keep.verify_rows import row_findings
from patency.registry.keep.words import lines, moment, trail_of
from patency.registry.registry import HEADS, KEYS, Registry
from patency.registry.vault import is_signed
from patency.table import counted

AT_ONCE = 10_000  # rows that are read from the database at once
_MOST_MOVED = 200  # lines among which an order is looked for in which they fit


class Finding(NamedTuple):
    """Something that was tampered with: whose trail it belongs to ("" for the registry's own), what was done, what can be."""

    site: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.site or 'registry'}: {self.what}"


def verify(registry: Registry | Held, against: Iterable[Carried] = (), is_restoring: bool = False) -> Iterator[Finding]:
    """Yield everything in a registry that does not fit its trail, or the heads that were carried out of it.

    `is_restoring` where it was filled from a backup just now, which may know nothing of erasures since.
    """
    held = Held.of(registry)
    yield from of_itself(held)
    # Read before the database is: what they tell stood by then, and no later moment of it lacks it.
    newest, destroyed = [] if is_restoring else newest_heads(held.vault), held.vault.erased()
    yield from _everything(held, [*against, *newest], destroyed, is_restoring)


def _everything(
    held: Held, against: Iterable[Carried], destroyed: Collection[str], is_restoring: bool
) -> Iterator[Finding]:
    with held.legible() as connection:
        yield from (Finding(*cell, FIX) for cell in mistyped(connection, held.mistyped(connection)))
        ours, strange = _ours(held, against)
        yield from strange
        heads = {row.site: Head(row.site, row.seq, bytes(row.hash), row.at, bytes(row.signature))
                 for row in connection.execute(select(schema.head))}  # fmt: skip
        sites = {row.id for row in connection.execute(select(schema.site.c.id))} | {OURS}
        told = {row.site for row in connection.execute(select(schema.trail.c.site).distinct())}
        restored = _restored(connection)
        for site in sorted(sites | told | set(heads) | {each.head.site for each in ours}):
            carried = [each for each in ours if each.head.site == site and each.head.seq]
            yield from _trail(connection, site, heads.get(site), held, carried, restored)
        yield from (Finding(*found) for found in row_findings(connection))
        yield from (Finding(*found) for found in key_findings(connection, held, destroyed))
        yield from (Finding(*found) for found in identity_findings(connection, held))
        for look in _LOOKS:
            yield from (Finding(site, what) for site, what in look(connection, held))
        if not is_restoring:
            yield from (
                Finding(*found) for found in erasure_findings(connection, held, destroyed, is_restored=bool(restored))
            )
            yield from _kept(connection, held)
        if said := damage(connection):
            yield Finding(
                OURS, f"the database's file is damaged ({said}): keep it as it is, and restore the newest backup"
            )


def _kept(connection: Connection, held: Held) -> Iterator[Finding]:
    """Yield whether the heads that the registry itself kept are gone."""
    if not any(each.head.site == OURS for each in newest_heads(held.vault)):
        yield Finding(OURS, f"the newest heads of the trails, which stand in {KEYS}/{HEADS} beside the keys, are gone: whether an older "
                            "database was put back cannot be told by them; make a backup, which writes them anew")  # fmt: skip
    c = schema.trail.c
    told = (c.action == "admin") & (c.note.contains('"what":"backup"') | c.note.contains('"what":"restored"'))
    count = connection.execute(select(func.count()).where(told)).scalar_one()
    if count and not any((held.folder / HEADS).glob("*.json")):
        yield Finding(OURS, f"no heads stand in {HEADS}/, though {counted(count, 'backup')} or restoring left some there: they were "
                            "taken away; put them back from a copy, or make a backup, which writes them anew")  # fmt: skip


_LOOKS = (registry_findings, person_findings, site_findings, guard_findings)


def of_itself(held: Held) -> Iterator[Finding]:
    """Yield what is wrong with what the database says of the registry itself."""
    if held.rows != 1:
        yield Finding(OURS, f"the database says {held.rows} times which registry it is: once is right")
    elif held.public_key != held.vault.public:
        yield Finding(OURS, "the public key in the database was replaced: it is not that of the registry's folder of keys, "
                            "by which the heads below were looked at")  # fmt: skip


def _ours(held: Held, against: Iterable[Carried]) -> tuple[list[Carried], list[Finding]]:
    """Return the heads that this registry carried out, and what is wrong with others that were said to be."""
    ours, strange = [], []
    for each in dict.fromkeys(against):
        head = f"the head of {trail_of(each.head.site)} at line {each.head.seq} in {each.file}"
        if not each.is_by(held.vault.public):
            strange.append(
                Finding(each.head.site, f"{head} is not signed by this registry's key: it is another's, or forged")
            )
        elif each.registry != held.details.id:
            strange.append(Finding(OURS, f"the registry's id was changed: {head} is signed for {each.registry}"))
            ours.append(each)
        else:
            ours.append(each)
    return ours, strange


def _restored(connection: Connection) -> str:
    """Return when the registry was last restored from a backup, in words that follow a finding; "" where it never was."""
    trail = schema.trail
    query = select(trail.c.at).where(trail.c.site == OURS, trail.c.note.contains('"what":"restored"'))
    ats = [row.at for row in connection.execute(query)]
    return f"; it was restored from a backup on {moment(max(ats))}, which may be why" if ats else ""


def _trail(
    connection: Connection, site: str, head: Head | None, held: Held, carried: Sequence[Carried], restored: str
) -> Iterator[Finding]:
    walk = _Walk(site, {each.head.seq for each in carried})
    yield from walk.through(connection)
    if head is None:
        yield Finding(site, f"{trail_of(site)} has no head: it was taken away")
    else:
        yield from _ending(walk, head, held)
    yield from _against(walk, carried, restored)


class _Walk:
    """One walk along a trail: how far it went, and the hashes of the lines that somebody asks for."""

    def __init__(self, site: str, wanted: set[int]) -> None:
        self.site, self.last, self.hash, self.at = site, 0, START, ""
        self.hashes: dict[int, tuple[bytes, str]] = {}
        self._wanted = wanted
        self._odd: list[tuple[Line, bytes]] = []  # lines on end that do not fit, the first of them
        self._before = START  # what stood before those
        self._odd_last = 0

    def through(self, connection: Connection) -> Iterator[Finding]:
        """Walk to the end, and yield what does not fit."""
        table = schema.trail
        query = select(table).where(table.c.site == self.site).order_by(table.c.seq)
        for rows in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
            for row in rows:
                yield from self._step(row)
        yield from self._told()

    def _step(self, row: Any) -> Iterator[Finding]:
        line, kept = Line(*row[:11]), bytes(row[11])
        if line.seq < 1:
            yield Finding(
                self.site, f"a line numbered {line.seq} was put into {trail_of(self.site)}, which begins at 1"
            )
            return
        is_next = line.seq == self.last + 1
        if is_next and hash_of(self.hash, line) == kept:
            if self._odd:
                yield from self._told()
        elif is_next:
            self._keep(line, kept)
        else:
            yield from self._told()
            yield Finding(self.site, self._gap(line))
        if line.seq in self._wanted:
            self.hashes[line.seq] = kept, line.at
        self.last, self.hash, self.at = line.seq, kept, line.at

    def _gap(self, line: Line) -> str:
        between = f", between {moment(self.at)} and {moment(line.at)}" if self.at else ""
        missing = lines(self.last + 1, line.seq - 1)
        return f"{missing} of {trail_of(self.site)} {'is' if self.last + 2 == line.seq else 'are'} missing{between}"

    def _keep(self, line: Line, kept: bytes) -> None:
        if not self._odd:
            self._before = self.hash
        if len(self._odd) <= _MOST_MOVED:
            self._odd.append((line, kept))
        self._odd_last = line.seq

    def _told(self) -> Iterator[Finding]:
        """Yield what is to be said of the lines on end that do not fit."""
        if not self._odd:
            return
        first, last = self._odd[0][0], self._odd_last
        which = f"{lines(first.seq, last)} of {trail_of(self.site)}"
        if moved := _moved(self._before, self._odd):
            what = f"{lines(*moved)} of {trail_of(self.site)} were put in another order"
        elif first.seq == last:
            what = (
                f"{which} ({moment(first.at)}, {first.user}, {first.action}) was changed, or what follows from the one "
                "before was"
            )
        else:
            what = f"{which}, from {moment(first.at)} on, were changed, or lines among them were put in or taken out"
        self._odd = []
        yield Finding(self.site, what)


def _moved(before: bytes, odd: Sequence[tuple[Line, bytes]]) -> tuple[int, int] | None:
    """Return the first and last line of some that fit in another order, or None where there is no such order."""
    if not 2 <= len(odd) <= _MOST_MOVED:
        return None
    left, places = list(odd), []
    for seq in range(odd[0][0].seq, odd[0][0].seq + len(odd)):
        found = next((each for each in left if hash_of(before, each[0]._replace(seq=seq)) == each[1]), None)
        if found is None:
            return None
        left.remove(found)
        before = found[1]
        if found[0].seq != seq:
            places.append(seq)
    return (min(places), max(places)) if places else None


def _ending(walk: _Walk, head: Head, held: Held) -> Iterator[Finding]:
    """Yield what is wrong with the head that a trail ends in."""
    name = trail_of(walk.site)
    if not is_signed(held.vault.public, head.signature, head.message(held.details.id)):
        yield Finding(
            walk.site, f"the head of {name} is not signed by this registry's key: whoever wrote it had no key"
        )
    if head.seq > walk.last:
        is_are = "is" if head.seq == walk.last + 1 else "are"
        yield Finding(walk.site, f"{lines(walk.last + 1, head.seq)} of {name} {is_are} missing: it was cut short "
                                 f"after {moment(walk.at) if walk.at else 'its beginning'}")  # fmt: skip
    elif head.seq < walk.last:
        stands = "stands" if head.seq + 1 == walk.last else "stand"
        yield Finding(walk.site, f"{lines(head.seq + 1, walk.last)} of {name} {stands} after its head of {moment(head.at)}: "
                                 "added without the key, or an old head was put back")  # fmt: skip
    elif head.hash != walk.hash:
        yield Finding(
            walk.site, f"the head of {name} is not that of its last line, {walk.last}: one of them was written anew"
        )


def _against(walk: _Walk, carried: Sequence[Carried], restored: str) -> Iterator[Finding]:
    """Yield which heads that were carried out are not on the trail."""
    name = trail_of(walk.site)
    for seq, alike in groupby(sorted(carried, key=lambda each: each.head.seq), lambda each: each.head.seq):
        for each in alike:
            kept, _ = walk.hashes.get(seq, (b"", ""))
            carries = f"{each.file} carries its head at line {seq}, signed on {moment(each.head.at)}"
            if not kept:
                ends = f"it ends at line {walk.last}" if seq > walk.last else "that line is gone"
                yield Finding(walk.site, f"{name} was cut short or written anew: {carries}, and {ends}{restored}")
            elif kept != each.head.hash:
                yield Finding(walk.site, f"{name} was written anew at or before line {seq}: {carries}, and the line "
                                         f"there now is another{restored}")  # fmt: skip
