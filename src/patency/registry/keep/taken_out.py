"""What was taken out of a site while a patient was in it: the cuts and exports that an erasure does not reach.

In: the site's trail. Out: each cut and export that was at work between the line that added the patient and the one that
erased them: when, by whom, and what the trail noted of it, by which it is known again.

Not here: cuts of all sites, which stand in the registry's own trail; an administrator reads that one.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import select

from patency.registry import schema
from patency.registry.database import transaction
from patency.registry.keep.verify_people import DONE, noted_in
from patency.registry.keep.words import moment
from patency.registry.rows import rows_of
from patency.registry.session import Session

_ENDS = ("finished", "written")  # what the last line of a cut and of an export notes


class Taken(NamedTuple):
    """A cut or an export: when it ended, or began where no end is noted, by whom, and each file or content with its SHA-256."""

    at: str
    user: str
    what: str
    is_whole: bool
    files: tuple[tuple[str, str], ...]


def taken_while(session: Session, patient: str) -> list[Taken]:
    """Return what was taken out of the user's own site while a patient was in it, in the order of the trail."""
    with transaction(session.registry.engine, session.token) as connection:
        c = rows_of(connection, schema.trail, sites=[session.user.site]).c
        query = select(c.seq, c.at, c.person, c.action, c.note).where(
            c.action.in_(("cut", "export"))
            | (c.kind == "patient") & (c.record == patient) & c.action.in_(("add", "erase"))
        )
        lines = connection.execute(query.order_by(c.seq)).all()
    came = next((line.seq for line in lines if line.action == "add"), 0)
    gone = [line.seq for line in lines if line.action == "erase" and noted_in(line.note).get("what") == DONE]
    until = gone[-1] if gone else float("inf")
    return [taken for first, last, taken in _paired(lines) if last > came and first < until]


def _paired(lines: Iterable[Any]) -> Iterator[tuple[float, float, Taken]]:
    """Yield each cut and export with the numbers of its first and last line; of one whose end is not noted, the last is no number."""
    begun: dict[tuple[str, str], list[Any]] = {}
    for line in lines:
        if line.action not in ("cut", "export"):
            continue
        note, who = noted_in(line.note), (line.person, line.action)
        if note.get("what") == "begun":
            begun.setdefault(who, []).append(line)
            continue
        start = begun[who].pop(0) if note.get("what") in _ENDS and begun.get(who) else line
        yield start.seq, line.seq, Taken(line.at, line.person, _named(line, note), True, _files(note))
    for line in (each for several in begun.values() for each in several):
        yield line.seq, float("inf"), Taken(line.at, line.person, _named(line, {}), False, ())


def _named(line: Any, note: dict[str, Any]) -> str:
    if line.action == "cut":
        return "a cut of the site"
    return "an export of records" if note.get("what") in {None, *_ENDS} else f"an export of {note['what']}"


def _files(note: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if content := note.get("content"):
        return (("content", str(content)),)
    files = note.get("files")
    return tuple((name, str(told[1])) for name, told in files.items()) if isinstance(files, dict) else ()


def said(taken: Taken) -> Iterator[str]:
    """Yield a line for what was taken out, and one for each file of it."""
    whole = "" if taken.is_whole else ": begun, and no end of it is noted; look whether there is something of it"
    yield f"{moment(taken.at)}, {taken.user}: {taken.what}{whole}"
    yield from (f"    {name} {digest}" for name, digest in taken.files)
