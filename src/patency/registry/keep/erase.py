"""To erase a patient: their key is destroyed, and with it all that was ever recorded of them, wherever a copy of it lies.

In: an investigator of the patient's site, the patient, and one of four reasons; a reason in free words could tell who it is
and would outlast them. Out: what was done, and what is left to do by hand: to call back what was taken out before (taken_out.py).
Step by step, each of which may be done again:

1. a line of the trail says that it has begun;
2. the key is destroyed in the vault;
3. what was kept of names is deleted, and a line says that it is done, in one transaction;
4. on SQLite the database's log is emptied.

Whatever stops it in between, it is done when it is run again, and `status` tells of it until then. What is left in the
tables is sealed by a key that no longer exists, and keeps its place, so that the trail still fits. In the open remain how many
records of which kinds there were, by whom and when they were written, and the length of each, in steps (vault.py).
"""

from typing import NamedTuple

from sqlalchemy import select

from patency.fault import Fault, Place, Refused, nearest
from patency.registry import schema
from patency.registry.access import ERASE, NotHere
from patency.registry.database import is_postgresql, transaction
from patency.registry.keep.identity import remove
from patency.registry.keep.taken_out import Taken, taken_while
from patency.registry.keep.verify_people import BEGUN, DONE, erasures
from patency.registry.rows import rows_of
from patency.registry.session import Session

REASONS = {
    "asked": "the patient, or whoever speaks for them, asked for it",
    "withdrawn": "consent was withdrawn, and the data may not stay",
    "mistaken": "the patient should never have been enrolled",
    "ordered": "an authority ordered it",
}


class Erasure(NamedTuple):
    """What was done: whether the database's log could be emptied, and what is to be called back."""

    patient: str
    is_log_empty: bool
    taken: list[Taken]


def erase(session: Session, patient: str, reason: str) -> Erasure:
    """Erase a patient of the user's own site, for ever."""
    session.need(ERASE, "erase patients")
    if reason not in REASONS:
        raise Refused([Fault(Place("reason"), f"there is no reason {reason!r}", "a reason in free words could tell who it was",
                             nearest(reason, REASONS, f"use one of {', '.join(REASONS)}"))])  # fmt: skip
    state = _state(session, patient)
    if state != BEGUN:
        session.note("erase", "patient", patient, patient, {"what": BEGUN, "reason": reason})
    session.registry.vault.destroy(patient)
    with session.writing() as writing:
        remove(writing.connection, session.user.site, patient)
        writing.note("erase", "patient", patient, patient=patient, details={"what": DONE})
    return Erasure(patient, _empty_log(session), taken_while(session, patient))


def _state(session: Session, patient: str) -> str:
    """Return how far the erasure of a patient has come, or refuse: nobody of this site, or erased already."""
    with session.noting_strangers(), transaction(session.registry.engine, session.token) as connection:
        table = rows_of(connection, schema.records["patient"], sites=[session.user.site], ids=[patient])
        found = connection.execute(select(table.c.id)).first()
        if not found:
            fault = Fault(Place("patient"), "there is no such patient at your site",
                          "only patients of your own site can be erased", "check the pseudonym")  # fmt: skip
            raise NotHere(fault, "patient", patient)
        state = erasures(connection, session.user.site).get((session.user.site, patient), "")
    if state == DONE and not session.registry.vault.is_known(patient):
        raise Refused([Fault(Place("patient"), "the patient was erased already", "there is nothing left to erase",
                             "nothing is to be done")])  # fmt: skip
    return state


def _empty_log(session: Session) -> bool:
    """Empty SQLite's log; whoever reads just then holds it open, and what is in it is sealed and unreadable all the same."""
    engine = session.registry.engine
    if is_postgresql(engine):
        return True
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 5000")
        try:
            is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        finally:
            connection.invalidate()
    return not is_busy
