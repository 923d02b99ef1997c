"""A file on its way into a registry: tried first, then written, some thousand rows at a time, each time whole.

In: a session, the file's rows, the mapping. Out: the account of every row: kept, or refused with its reasons. Nothing is added
twice, so an import that was interrupted goes on when it is run again. A row that says what stands already is kept and counted
apart; one that says otherwise is refused, or makes a correction where a reason is given.

A record comes after the one it hangs on, in whatever order the rows stand: where a part looks for records that another part of
the same file makes, the file is read once more for it.

Not here: what the cells say (files/read.py), which records a row makes (files/made.py).
"""

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from patency.fault import Fault, Place, Refused
from patency.registry.access import ADD, CORRECT
from patency.registry.entry import Packed
from patency.registry.files.account import Account
from patency.registry.files.ahead import Rows, batches
from patency.registry.files.foreseen import Foreseen
from patency.registry.files.ids import Ids
from patency.registry.files.made import Change, Given, Maker, Unfit, changed
from patency.registry.files.map import (
    BY_ROW,
    LATEST,
    ONLY,
    SAME_DATE,
    ImportMap,
    Part,
    left_out,
    refuse_map,
    several_groups,
)
from patency.registry.files.read import Batch, Reader
from patency.registry.files.standing import Standing
from patency.registry.kinds import KINDS
from patency.registry.oneline import refuse_lines
from patency.registry.pseudonym import by_fold, folded, remarks
from patency.registry.session import Session
from patency.table import counted

_MOST_ONE_BY_ONE = 200  # patients


class _Made(NamedTuple):
    """What the rows of a batch make: the records that are new, and what of those that stand is to be corrected."""

    new: list[Packed]
    corrections: list[Change]


class _Coming(Iterator[_Made]):
    """What comes of each batch; of the next one it can be got ready before it is asked for."""

    def __init__(self, of: Iterator[_Made]) -> None:
        self._of = of
        self._ready: list[_Made] = []

    def ready(self) -> Sequence[Packed]:
        """Get the next one ready, if there is one; return what is new in it."""
        self._ready += islice(self._of, 1 - len(self._ready))
        return self._ready[0].new if self._ready else ()

    def __next__(self) -> _Made:
        self.ready()
        if not self._ready:
            raise StopIteration
        return self._ready.pop()


class Import:
    """One import of one file."""

    def __init__(self, session: Session, rows: Rows, found: ImportMap, account: Account, *, is_written: bool = False,
                 correct: str = "", today: date | None = None) -> None:  # fmt: skip
        session.need(ADD, "add records")
        if correct:
            session.need(CORRECT, "correct records")
            refuse_lines({"--correct": correct})
        refuse_map(found, rows.file, rows.header)
        if fault := several_groups(found, rows.file, rows.header, rows.rows()):
            raise Refused([fault])
        self.session, self.rows, self.found, self.account = session, rows, found, account
        self.is_written, self.reason = is_written, correct
        ids = Ids(session.id_of, found.source)
        today = today or date.today()
        self.reader = Reader(found, rows.header, session.forms, ids, rows.place, today)
        with _swept_by_hand():
            self.standing = Standing(session, {part.kind for part in found.parts}, *_looked_for(found))
        self.maker = Maker(session, found, rows.header, ids, self.standing, today, corrects=bool(correct))
        enrols = any(part.kind == "patient" for part in found.parts)
        self._turns = {part.name: (self._turn(part, False), self._turn(part, enrols)) for part in found.parts}
        self.foreseen = Foreseen()
        # The patients of whom something was written, now or by the same file when it was interrupted before the rules ran.
        self.touched: set[str] = set()
        self.passes = 1 + max(apart for _, apart in self._turns.values())
        account.left_out, account.is_written = left_out(found, rows.header), is_written

    def run(self, ticked: Callable[[int], object] = lambda _: None) -> Account:
        """Read the file, and write what it says if that is meant; `ticked` is told how many rows were read."""
        if self.is_written:
            details = {"source": self.found.source, "file": self.rows.digest, "rows": self.rows.count}
            self.session.note("import", details=details)
        with _swept_by_hand():
            for turn in range(self.passes):
                coming = _Coming(self._made_of(turn, ticked))
                for made in coming:
                    self._write(made, coming.ready)
        self.account.rows_in = self.rows.count
        if self.account.kept + self.account.refused != self.rows.count:
            raise Refused([_changed_meanwhile(self.rows, self.account)])
        return self.account

    def _turn(self, part: Part, is_apart: bool) -> int:
        """Return in which reading of the file all that a part's record hangs on stands; `is_apart`: another row enrols."""
        if part.kind == "patient":
            return 0
        parent = part.parent
        if parent is not None and parent.how == BY_ROW:
            above = self.found.part(parent.part)
            assert above is not None, "the mapping was read with it"
            return self._turn(above, is_apart)
        of = KINDS[part.kind].of
        found = [self._turn(each, is_apart) + 1 for each in self.found.parts if parent and each.kind == of]
        return max(found, default=1 if is_apart else 0)

    def _made_of(self, turn: int, ticked: Callable[[int], object]) -> Iterator[_Made]:
        """Yield what the rows make whose turn it is, batch after batch; each is asked for while the one before is written."""
        before = 0  # rows of the batches before
        for batch in batches(self.reader, self.rows):
            yield self._made(batch, turn, before)
            before += len(batch.rows)
            ticked(len(batch.rows))
            del batch
            gc.collect(0)  # what came of this batch alone

    def _made(self, batch: Batch, turn: int, before: int) -> _Made:
        """Return what the rows of a batch make whose turn it is; the first of them is the one after `before`."""
        given = list(map(self.maker.given, batch.drawn))
        plain = self.maker.plain(batch, given[0]) if len(given) == 1 else {}
        changes = self._kept_at_once({before + 1 + index: record for index, record in plain.items()})
        for index in range(len(batch.rows)) if len(plain) < len(batch.rows) else ():
            parts = [each for each in given if each.drawn.contents[index] is not None]
            if index in batch.refusals.of:
                if turn == 0:
                    self._refuse(batch, index)
            elif index not in plain and (self.passes == 1 or self._turn_of(parts) == turn):
                try:
                    kept = self._kept(self.maker.made(batch, index, parts), before + 1 + index)
                    self._remark(kept, batch.patients[index], before + 1 + index)
                    changes += kept
                except Unfit as unfit:
                    batch.refusals.add(index, *unfit.told)
                    self._refuse(batch, index)
        self.account.new.update(change.record.kind for change in changes if change.stood is None)
        self.account.corrected.update(change.record.kind for change in changes if change.stood is not None)
        new = [*plain.values(), *(change.record for change in changes if change.stood is None)]
        return _Made(new, [change for change in changes if change.stood is not None])

    def _remark(self, kept: Sequence[Change], pseudonym: str, number: int) -> None:
        """Note a row that enrols somebody under what looks like a name or a day, like a formula, or like another's pseudonym."""
        if not any(change.record.kind == "patient" and change.stood is None for change in kept):
            return
        for remark in remarks(pseudonym, self._others):
            self.account.remarked.setdefault(remark, []).append(number)
        self._others.setdefault(folded(pseudonym), pseudonym)

    @cached_property
    def _others(self) -> dict[str, str]:
        """The pseudonyms of the site's patients, as far as they are told apart at a glance: read where somebody new comes."""
        return by_fold(str(entry.values.get("pseudonym", "")) for entry in self.session.entries("patient"))

    def _turn_of(self, parts: Sequence[Given]) -> int:
        is_apart = not any(each.drawn.part.kind == "patient" for each in parts)
        return max((self._turns[each.drawn.part.name][is_apart] for each in parts), default=0)

    def _refuse(self, batch: Batch, index: int) -> None:
        number, _, cells = batch.rows[index]
        self.account.refuse(number, cells, batch.refusals.reasons[index], batch.refusals.of[index])

    def _kept_at_once(self, plain: Mapping[int, Packed]) -> list[Change]:
        """Count the rows that are like most, by their numbers; what else is to be written comes after."""
        self.account.kept += len(plain)
        if plain:
            kind = self.found.parts[0].kind
            self.account.new[kind] += len(plain)
            self.standing.add_all(kind, plain)
        return []

    def _kept(self, made: list[Change], number: int) -> list[Change]:
        """Count what a row makes, and return what of it is to be written."""
        self.account.kept += 1
        written = made
        if any(change.is_there for change in made):
            written = [change for change in made if not change.is_there]
            self.account.already += not written
            self.account.same.update(change.record.kind for change in made if change.is_there)
            self.touched.update(change.record.patient for change in made if change.is_there)
        for change in made:
            self.standing.meet(change.record, number)
        for change in written:
            if change.stood is None:
                self.standing.add(change.record, change.on)
        return written

    def _write(self, made: _Made, meanwhile: Callable[[], Sequence[Packed]]) -> None:
        """Write the new records of a batch in one transaction; then each correction in its own."""
        if not self.is_written:
            self.foreseen.note(*made)
            return
        self.touched.update(record.patient for record in made.new)
        if made.new:
            # What is to be corrected is looked up after what was corrected before it.
            self.session.add_packed(made.new, self.found.source, None if made.corrections else meanwhile)
        for record, _, part, stood, _ in made.corrections:
            assert stood is not None, "else it would be new"
            self.touched.add(record.patient)
            values = changed(part, stood.content, record.content)
            self.session.correct(record.kind, record.id, values, self.reason, stood.version)


def _changed_meanwhile(rows: Rows, account: Account) -> Fault:
    was = account.kept + account.refused
    return Fault(Place(rows.file), f"it had {counted(rows.count, 'row')} when it was opened, and {counted(was, 'row')} when it was read",
                 "it was changed meanwhile, so nobody could account for its rows",
                 "leave it as it is, and import it again: what stands already is not added twice")  # fmt: skip


def _looked_for(found: ImportMap) -> tuple[set[str], set[str]]:
    """Return the kinds of which a patient's only record is looked for, and those of which one by its date."""
    dated = {KINDS[part.kind].of for part in found.parts if part.parent and part.parent.how in (SAME_DATE, LATEST)}
    only = {KINDS[part.kind].of for part in found.parts if part.parent and part.parent.how == ONLY}
    return only - dated, dated


def look_over(session: Session, patients: Collection[str]) -> int:
    """Check the patients of whom something came in by the quality rules; return how many things are asked about.

    What is unlikely is no reason to refuse a row: it becomes a query. Of many patients a check of all is sooner done.
    """
    from patency.registry.quality.check import check_all, check_patient

    if len(patients) > _MOST_ONE_BY_ONE:
        return sum(check_all(session).hits.values())
    return sum(len(check_patient(session, patient)) for patient in sorted(patients))


@contextmanager
def _swept_by_hand() -> Iterator[None]:
    """Let Python's collector of rings rest while rows come in by the ten thousand: it would walk them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()  # what stood before, the forms and the library, need never be walked
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
