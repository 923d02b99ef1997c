"""What must stand after a crash: all that was acknowledged, each other write whole or not at all, and nothing that does not fit."""

from collections.abc import Collection, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select, text

from patency.registry import schema
from patency.registry.database import is_postgresql, transaction
from patency.registry.keep.held import Held, hold
from patency.registry.keep.verify import verify
from patency.registry.kinds import KINDS
from registry.bringing import VISITS, brought
from registry.crashing import BATCH, BATCHES, Place
from registry.made import PASSWORD

MOST_TOLD = 5  # findings


class Write(NamedTuple):
    """A write that was tried: its rows, each as SITE/KIND/ID/VERSION, and whether the writer was told that they stand."""

    rows: frozenset[str]
    is_acknowledged: bool


def tried(notes: Path) -> Iterator[Write]:
    """Yield every write that was tried, as the writers' notes tell; a last line that was cut off tells of none."""
    for path in notes.glob("*.txt"):
        told = path.read_text()
        lines = told[: told.rfind("\n") + 1].splitlines()
        for line, after in pairwise([*lines, ""]):
            if line != "+":
                yield Write(frozenset(line.split()[1:]), after == "+")


def looked_at(place: Place, writes: Collection[Write]) -> set[str]:
    """See that all is well, and return the rows that stand."""
    held = hold(place.folder, place.owner)
    try:
        _see_that_it_is_sound(held)
        with held.still() as connection:
            found = _standing(connection)
            _see_that_nothing_hangs_on_nothing(connection)
    finally:
        held.close()
    for rows, is_acknowledged in writes:
        assert not is_acknowledged or rows <= found, f"{len(rows - found)} rows of an acknowledged write are lost"
        assert rows <= found or not rows & found, f"of a write of {len(rows)} rows, {len(rows & found)} stand"
    return found


def _see_that_it_is_sound(held: Held) -> None:
    if not is_postgresql(held.engine):
        with transaction(held.engine) as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalar()
            assert said == "ok", said
            hang = connection.execute(text("PRAGMA foreign_key_check")).all()
            assert not hang, f"{len(hang)} rows hang on none"
    found = [str(each) for each in islice(verify(held), MOST_TOLD)]
    assert not found, "; ".join(found)


def _standing(connection: Connection) -> set[str]:
    return {f"{row.site}/{kind}/{row.id}/{row.version}" for kind in KINDS
            for row in connection.execute(select(*schema.records[kind].c["site", "id", "version"]))}  # fmt: skip


def _see_that_nothing_hangs_on_nothing(connection: Connection) -> None:
    for kind, above in ((kind.name, kind.of) for kind in KINDS.values() if kind.of):
        table, parent = schema.records[kind], schema.records[above]
        joined = (table.c.parent == parent.c.id) & (table.c.site == parent.c.site)
        alone = select(table.c.id).where(~select(parent.c.id).where(joined).exists())
        assert connection.execute(alone).first() is None, f"no {kind} is without its {above}"


def brought_in_again(place: Place, file: Path, user: str) -> int:
    """See that a file whose import was interrupted comes in whole when it is brought in again; return what stood of it."""
    registry = place.opened()
    try:
        account = brought(registry.sign_in(user, PASSWORD), file, VISITS)
    finally:
        registry.close()
    assert (account.kept, account.refused) == (BATCH * BATCHES, 0)
    assert account.already % BATCH == 0, "it stood by whole transactions"
    assert account.new["visit"] == BATCH * BATCHES - account.already, "each row came in that did not stand"
    return account.already
