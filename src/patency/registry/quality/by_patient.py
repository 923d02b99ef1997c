"""All that stands of every patient, patient by patient, so that no more than some of them are in memory at once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from patency.registry import schema
from patency.registry.access import VIEW
from patency.registry.database import transaction
from patency.registry.entry import Entry
from patency.registry.kinds import KINDS
from patency.registry.rows import rows_of, select_rows
from patency.registry.stands import Key, fallen

if TYPE_CHECKING:
    from patency.registry.session import Session

QUERY = "query"
AT_ONCE = 500  # patients that are in memory at once


def standing(session: "Session", patient: str = "") -> Iterator[tuple[str, list[Entry]]]:
    """Yield each patient whom the user may see, or one, with the records that stand of them; a patient's comes first.

    Whoever asks for all of them notes in the trail what for. Patients who were erased are left out. Of queries those that
    are void are given too: whoever voided one did not want it opened again.
    """
    session.need(VIEW, "see records")
    if patient:
        yield from _between(session, patient, patient)
        return
    first = ""
    while found := _next(session, first):
        yield from _between(session, found[0], found[-1])
        first = found[-1]


def _next(session: "Session", after: str) -> list[str]:
    """Return the patients who follow one, in the order of their ids."""
    with transaction(session.registry.engine, session.token) as connection:
        table = rows_of(connection, schema.records["patient"], sites=session.sites, after=after, most=AT_ONCE)
        query = select(table.c.id).where(table.c.version == 1).order_by(table.c.id)
        return [row.id for row in connection.execute(query)]


def _between(session: "Session", first: str, last: str) -> Iterator[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    gone: dict[str, set[Key]] = {"": set()}
    with transaction(session.registry.engine, session.token) as connection:
        for kind in KINDS:
            rows = select_rows(
                connection, schema.records[kind], sites=session.sites, first_patient=first, last_patient=last
            )
            newest: dict[str, Row[Any]] = {}
            for row in connection.execute(rows):
                if row.id not in newest or row.version > newest[row.id].version:
                    newest[row.id] = row
            latest = ((row.site, row.id, row.parent or "", row.is_void and kind != QUERY) for row in newest.values())
            gone[kind] = fallen(latest, gone[KINDS[kind].of])
            for row in newest.values():
                entry = None if (row.site, row.id) in gone[kind] else session.opened(kind, row)
                if entry is not None:
                    found.setdefault(entry.patient, []).append(entry)
    return iter(sorted((patient, entries) for patient, entries in found.items() if entries[0].kind == "patient"))
